# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034 # K_ and BED_ variables are for the runner
#
# The host bed: this machine's own, running kernel. A fault in the module is a
# fault of this machine, so this bed is used only when asked for. The tests get
# namespaces of their own for processes, mounts and network; the module and the
# kernel log are the machine's.

bed_kernel()
{
	K_RELEASE=$(uname -r)
	K_VMLINUZ=
	K_MODDIR=
	K_KDIR=/lib/modules/$K_RELEASE/build
	K_CHROOT=
	[[ ! ${1:-} || ! ${KERNEL:-} ]] || die "the host bed has the running kernel only"
	[[ -e /proc/sys/kernel/modules_disabled && $(</proc/sys/kernel/modules_disabled) == 0 ]] ||
		die "this kernel does not load modules"
	[[ ! -e /sys/module/ipv6tun ]] || die "ipv6tun is loaded on this machine already: is it in use?"
	[[ ! $BUILD || -d $K_KDIR ]] || die "no headers for the running kernel in $K_KDIR"
}

bed_prepare()
{
	((EUID == 0)) || die "the host bed needs root: run it with sudo"
}

bed_describe()
{
	echo "host: kernel $K_RELEASE, this machine's own"
}

bed_is_to_blame()
{
	return 1
}

bed_start()
{
	local run_dir=$1

	: >"$run_dir/console.log"
	# --kill-child: nothing outlives the bed, however it ends.
	unshare --mount --net --pid --fork --kill-child --mount-proc \
		bash "$TREE/selftests/vm/host-init.sh" "$run_dir" >>"$run_dir/output.log" 2>&1 </dev/null &
	BED_PID=$!
}
