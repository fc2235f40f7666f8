# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034 # BED_PID is for the runner
#
# The vm bed: a stock Debian kernel in QEMU. The guest's root is this machine's
# own root, read-only, under an overlay that forgets.
#
# Every bed provides
#   bed_kernel KERNEL        resolve the kernel (sets the K_ variables)
#   bed_prepare              whatever else a boot needs
#   bed_start RUN_DIR        start a guest in the background, its kernel's console
#                            in RUN_DIR/console.log; sets BED_PID
#   bed_describe             one line on what runs
#   bed_is_to_blame RUN_DIR  whether the guest died by no fault of its own; from
#                            now on that will not happen
#
# From the runner: SHARE (the directory that the guest may write to, with RUN_DIR in
# it), ICOUNT (count instructions: a nanosecond of the guest is an
# instruction, whatever else this machine does meanwhile).

VM_THREADS=multi	# of the emulator
VM_ACCEL=	# kvm, tcg or icount, set by vm_choose_accel

bed_kernel()
{
	kernel_resolve "$1"
}

bed_describe()
{
	if [[ $VM_ACCEL == icount ]]; then
		echo "vm: kernel $K_RELEASE, counting instructions, 1 processor"
	else
		echo "vm: kernel $K_RELEASE, $VM_ACCEL, 2 processors"
	fi
}

# The kernel patches its own code while the other processor runs it. Emulated by
# two threads, that one may see half of it: a breakpoint that nobody has set. A
# kernel newer than 6.1 dies of it. 6.1 looks once more at the code, finds it whole,
# and goes on with what the emulator remembers: the breakpoint, for ever. One
# thread for both processors is slower, and never does.
bed_is_to_blame()
{
	[[ $VM_ACCEL == tcg && $VM_THREADS == multi ]] || return
	grep -qsE '\] (Oops: )?int3: ' "$1/console.log" || vm_stuck_in_patch "$1/console.log" || return
	echo "note: the emulator met code half patched; once more, with one thread"
	VM_THREADS=single
}

# vm_stuck_in_patch CONSOLE_LOG: whether a processor got nowhere at an instruction that
# is patched: a long "nop", or a jump ahead. One that jumps back is in a loop of its own.
vm_stuck_in_patch()
{
	awk '/BUG: soft lockup/ { stuck = 1 }
		stuck && / Code: / {
			if (/<(66> 90|0f> 1f 44 00 00|eb> [0-7]|e9> .. .. .. 00)/)
				found = 1
			stuck = 0
		}
		END { exit !found }' "$1" 2>/dev/null
}

# vm_initramfs: sets VM_INITRD; made once per kernel and content.
vm_initramfs()
{
	local init=$TREE/selftests/vm/initramfs-init
	local base=${K_MODDIR%/lib/modules/*} key dir word file name
	local -a order=()
	local -A seen=()

	key=$(cat "$init" "${BASH_SOURCE[0]}" | sha256sum | cut -c1-12)
	VM_INITRD=$CACHE/initramfs/$K_RELEASE-$key
	[[ -e $VM_INITRD ]] && return

	dir=$(mktemp -d)
	mkdir -p "$dir/bin" "$dir/modules" "$dir/dev" "$CACHE/initramfs"
	cp /bin/busybox "$dir/bin/busybox"
	cp "$init" "$dir/init"
	chmod 0755 "$dir/init"
	for name in virtio_pci 9pnet_virtio 9p overlay virtio_rng; do
		while read -r word file _; do
			[[ $word == insmod && ! ${seen[$file]:-} ]] || continue
			seen[$file]=1
			name=${file##*/}
			name=${name%.ko*}
			case $file in
			*.xz)	xz -dc "$file" ;;
			*.zst)	zstd -qdc "$file" ;;
			*.gz)	gzip -dc "$file" ;;
			*)	cat "$file" ;;
			esac >"$dir/modules/$name.ko"
			order+=("$name.ko")
		done < <(/sbin/modprobe -d "${base:-/}" -S "$K_RELEASE" --show-depends "$name")
	done
	((${#order[@]})) || die "no 9p and overlay modules in $K_MODDIR"
	printf '%s\n' "${order[@]}" >"$dir/modules.order"
	(cd "$dir" && find . | cpio -o -H newc --quiet | gzip -1) >"$VM_INITRD.$$"
	mv "$VM_INITRD.$$" "$VM_INITRD"
	rm -rf "$dir"
}

# vm_qemu ACCEL CONSOLE_LOG RUN_DIR EXTRA_COMMAND_LINE: becomes QEMU.
#
# The time-outs of the kernel's watchdogs are raised because software emulation
# on a busy machine is slow, not because anything may hang: the bed has its own
# time limits. A guest that fails anyway (an Oops, a processor that is stuck) ends at
# once. F turns on the consistency check of struct net's slab, which makes its
# object count exact: that is how a leaked namespace is noticed. Programs at the same
# addresses each time (norandmaps) find what the emulator translated of them before:
# those tests that start many take a third less time.
vm_qemu()
{
	local accel=$1 console=$2 run_dir=$3 extra=$4
	local -a machine

	case $accel in
	tcg)	machine=(-accel "tcg,thread=$VM_THREADS" -smp 2) ;;
	# Time passes by instructions only, also while the guest sleeps.
	icount)	machine=(-accel tcg -icount "shift=0,sleep=off" -smp 1) ;;
	*)	machine=(-accel "$accel" -smp 2) ;;
	esac
	exec qemu-system-x86_64 -nodefaults -no-user-config -no-reboot -display none \
		"${machine[@]}" -cpu max -m 2G \
		-kernel "$K_VMLINUZ" -initrd "$VM_INITRD" \
		-append "console=ttyS0 loglevel=6 panic=-1 no_timer_check random.trust_cpu=on \
log_buf_len=16M printk.devkmsg=on watchdog_thresh=60 softlockup_panic=1 oops=panic rcupdate.rcu_cpu_stall_timeout=180 \
slub_debug=F,net_namespace net.ifnames=0 norandmaps tree=\"$TREE\" share=\"$SHARE\" run_dir=\"$run_dir\" $extra" \
		-serial "file:$console" -device virtio-rng-pci \
		-fsdev local,id=root,path=/,readonly=on,security_model=none,multidevs=remap \
		-device virtio-9p-pci,fsdev=root,mount_tag=root \
		-fsdev "local,id=out,path=$SHARE,security_model=none" \
		-device virtio-9p-pci,fsdev=out,mount_tag=out </dev/null
}

# vm_choose_accel: KVM may exist and yet hang an ordinary guest (nested
# virtualisation without support for it), so it is used only after a guest has
# booted in it. The answer holds until the machine or QEMU changes.
vm_choose_accel()
{
	local key file tmp pid i

	[[ $VM_ACCEL ]] && return
	if [[ ${ICOUNT:-} ]]; then
		VM_ACCEL=icount
		return
	fi
	if [[ ${IPV6TUN_ACCEL:-} ]]; then
		VM_ACCEL=$IPV6TUN_ACCEL
		return
	fi
	VM_ACCEL=tcg
	if [[ ! -r /dev/kvm || ! -w /dev/kvm ]]; then
		[[ ! -e /dev/kvm ]] ||
			say "note: no permission for /dev/kvm (group kvm), so software emulation, much slower"
		return 0
	fi
	key=$(cat /proc/sys/kernel/random/boot_id <(qemu-system-x86_64 --version) | sha256sum | cut -c1-12)
	file=$CACHE/accel-$key
	if [[ ! -s $file ]]; then
		printf 'is hardware acceleration usable? (at most 20 s) ...'
		tmp=$(mktemp -d)
		SHARE=$tmp vm_qemu kvm "$tmp/console.log" "$tmp" probe=1 >"$tmp/qemu.log" 2>&1 &
		pid=$!
		for ((i = 0; i < 40; i++)); do
			kill -0 "$pid" 2>/dev/null || break
			sleep 0.5
		done
		kill -9 "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
		if grep -qs '^probe-ok' "$tmp/console.log"; then
			echo kvm >"$file"
		else
			echo tcg >"$file"
		fi
		rm -rf "$tmp"
		printf ' %s\n' "$(sed 's/kvm/yes/; s/tcg/no, using software emulation/' "$file")"
	fi
	VM_ACCEL=$(<"$file")
}

bed_prepare()
{
	vm_initramfs
	vm_choose_accel
}

bed_start()
{
	vm_qemu "$VM_ACCEL" "$1/console.log" "$1" "" >"$1/qemu.log" 2>&1 &
	BED_PID=$!
}
