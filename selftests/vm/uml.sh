# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034 # K_ and BED_ variables are for the runner
#
# The uml bed: the newest packaged kernel as an ordinary process.  Near native
# speed, or with every debugging aid (the debug flavour).  See vm.sh for what a
# bed provides.
#
# From the runner: SHARE (as for vm.sh), DEBUG (the debug flavour), KERNEL (what the user asked for).

# shellcheck source=selftests/vm/uml-kernel.sh
source "$TREE/selftests/vm/uml-kernel.sh"

# KASAN's shadow, lockdep's tables and kmemleak's objects need room.
UML_MEM=1536M

# bed_kernel: there is one kernel here, the newest; only its flavour varies.
# The runner's default is that of the vm bed, and so does not count.
bed_kernel()
{
	case $KERNEL in
	''|newest) ;;
	*) die "the uml bed has the newest packaged kernel only, not $KERNEL" ;;
	esac
	UML_FLAVOUR=${DEBUG:+debug}
	UML_FLAVOUR=${UML_FLAVOUR:-fast}
	# A kernel for one processor does not know the parameter.
	UML_CPUS=2
	[[ $UML_FLAVOUR == fast ]] || UML_CPUS=
	uml_kernel "$UML_FLAVOUR" || die "no kernel for the uml bed"
	# Kbuild takes the architecture of the module from here.
	export ARCH=um
}

bed_describe()
{
	echo "uml: kernel $K_RELEASE ($UML_FLAVOUR), ${UML_CPUS:-1} processor(s)"
}

bed_prepare()
{
	# A guest's memory is a file; it must be where programs may be mapped.
	[[ -w /dev/shm || -w ${TMPDIR:-/tmp} ]] ||
		die "neither /dev/shm nor ${TMPDIR:-/tmp} is writable"
}

bed_is_to_blame()
{
	return 1
}

# SMP works only with seccomp=on.  Drivers that are built in would add devices
# nobody asked for (gre0 and the like even to every new namespace): none here.
bed_start()
{
	local run_dir=$1

	mkdir -p "$run_dir/uml"
	"$K_VMLINUZ" mem="$UML_MEM" ${UML_CPUS:+ncpus="$UML_CPUS"} seccomp=on \
		uml_dir="$run_dir/uml" umid=guest \
		root=/dev/root rootfstype=hostfs rootflags=/ ro \
		init="$TREE/selftests/vm/uml-init.sh" \
		con=null con0=fd:0,fd:1 quiet loglevel=7 panic=-1 \
		log_buf_len=16M printk.devkmsg=on kasan_multi_shot slub_debug=F,net_namespace \
		fb_tunnels=none dummy.numdummies=0 ifb.numifbs=0 \
		kunit.enable=1 kunit.autorun=1 \
		tree="\"$TREE\"" share="\"$SHARE\"" run_dir="\"$run_dir\"" \
		</dev/null >"$run_dir/console.log" 2>&1 &
	BED_PID=$!
}

# bed_kunit: kunit.sh is a test script like any other.  The suites are a module
# of their own that includes the units it tests; ipv6tun.ko is not loaded.  The
# debug flavour's kernel does not count what is run.
bed_kunit()
{
	LOAD=
	# The environment reaches Kbuild as a variable of make.
	export CONFIG_IPV6TUN_KUNIT=m
	if [[ $BUILD ]]; then
		kernel_build_module || die "the module does not build"
	fi
	bed_prepare
	# shellcheck source=selftests/vm/cover.sh
	source "$TREE/selftests/vm/cover.sh"
	[[ $DEBUG ]] || COVER=1
	topics=(vm/kunit)
	run_tests
}
