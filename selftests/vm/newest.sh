# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034 # K_ and BED_ variables are for the runner
#
# Kernels of another Debian suite for the vm bed.
#
# Headers of a newer suite bring modpost and objtool that are linked against
# that suite's C library, and a kernel wants its own compiler's flags.  So the
# headers and that compiler live in a chroot of that suite, made once in the
# cache, and the module is built inside.  The image is unpacked beside it.
#
#   newest_resolve [VERSION]   sets the K_ variables of kernel.sh
#   newest_make DIR ARGS...    builds the external module in DIR
#   newest_build_module        builds build/kmod-$K_RELEASE/ipv6tun.ko
#
# Sourced by kernel.sh, not run.

# shellcheck source=selftests/vm/suite.sh
source "$TREE/selftests/vm/suite.sh"

# newest_suite VERSION: the suite that has a stock kernel of VERSION.
newest_suite()
{
	case $1 in
	newest)	echo "$IPV6TUN_NEWEST_SUITE" ;;
	6.1)	echo bookworm ;;
	6.12)	echo trixie ;;
	*)	die "no Debian suite known for a kernel $1" ;;
	esac
}

# newest_unpack SUITE IMAGE: unpacks kernel and modules of K_RELEASE in the cache.
#
# Newer suites split the image package: linux-image-* only depends on the
# packages with the kernel itself, its modules and their lists.
newest_unpack()
{
	local suite=$1 image=$2 dir=$CACHE/kernel/$K_RELEASE tmp pkg vmlinuz
	local -a pkgs

	mapfile -t pkgs < <(suite_apt "$suite" apt-cache depends "$image" |
		awk -v r="$K_RELEASE" '$2 ~ /^linux-(base|binary|modules)-/ &&
			substr($2, length($2) - length(r) + 1) == r { print $2 }')
	tmp=$dir.$$
	rm -rf "$dir" "$dir".[0-9]*
	mkdir -p "$tmp/usr/lib"
	# Both names work, whether or not the packages assume merged /usr.
	ln -s usr/lib "$tmp/lib"
	for pkg in "$image" "${pkgs[@]}"; do
		suite_download "$suite" "$pkg" "$(suite_version "$suite" "$pkg")" "$tmp" ||
			return 1
	done
	# Newer suites also keep the image beside the modules.
	vmlinuz=$(find "$tmp/boot/vmlinuz-$K_RELEASE" \
		"$tmp/usr/lib/modules/$K_RELEASE/vmlinuz" 2>/dev/null | head -n 1)
	[[ $vmlinuz ]] || {
		suite_err "no vmlinuz in $image and what it depends on"
		return 1
	}
	ln "$vmlinuz" "$tmp/vmlinuz" || return 1
	depmod -b "$tmp" "$K_RELEASE" || return 1
	touch "$tmp/.complete"
	mv "$tmp" "$dir"
}

# newest_chroot SUITE: makes K_CHROOT, with headers and compiler of K_RELEASE.
newest_chroot()
{
	local suite=$1 tmp=$K_CHROOT.tmp root

	root=$(suite_root "$suite")
	mkdir -p "${K_CHROOT%/*}"
	as_root rm -rf "$tmp" "$K_CHROOT"
	# Proxies and the like of this machine's apt, nothing else of it.
	apt-config dump Acquire | grep -E '^Acquire::(https?|Check|Retries)' >"$root/acquire.conf"
	as_root mmdebstrap --variant=apt --aptopt="$root/acquire.conf" \
		--aptopt='Apt::Install-Recommends "false"' \
		--include="linux-headers-$K_RELEASE,gcc,make,pahole,rsync" \
		"$suite" "$tmp" "$root/sources.list.d/debian.sources" || return 1
	as_root touch "$tmp/.complete"
	as_root mv "$tmp" "$K_CHROOT"
}

newest_resolve()
{
	local version=${1:-newest} suite regex image

	suite=$(newest_suite "$version") || exit
	regex='[0-9]+\.[0-9.]+'
	[[ $version == newest ]] || regex=${version//./\\.}'\.[0-9.]+'
	# Flavours (cloud, rt, unsigned) do not match.
	image=$(suite_newest "$suite" "linux-image-$regex(-[0-9]+|\+[a-z0-9.]+)?-amd64") ||
		die "cannot find a kernel $version in $suite"
	K_RELEASE=${image#linux-image-}
	K_VMLINUZ=$CACHE/kernel/$K_RELEASE/vmlinuz
	K_MODDIR=$CACHE/kernel/$K_RELEASE/lib/modules/$K_RELEASE
	K_KDIR=/usr/src/linux-headers-$K_RELEASE
	K_CHROOT=$CACHE/chroot/$K_RELEASE

	mkdir -p "$CACHE/kernel" "$CACHE/chroot"
	{
		flock 9
		[[ -e $CACHE/kernel/$K_RELEASE/.complete ]] ||
			quietly "unpack $image" newest_unpack "$suite" "$image" ||
			die "cannot fetch $image"
		[[ -e $K_CHROOT/.complete ]] ||
			quietly "make a $suite chroot to build for $K_RELEASE" \
				newest_chroot "$suite" ||
			die "cannot make a $suite chroot"
	} 9>"$CACHE/chroot/.lock"
}

# newest_in DIR USER COMMAND...: runs COMMAND in the chroot, with DIR visible.
#
# The mounts (objtool wants /proc) are in a namespace that ends with COMMAND,
# so that an interrupted run leaves none behind.
newest_in()
{
	local dir=$1 user=$2

	shift 2
	as_root mkdir -p "$K_CHROOT$dir"
	# shellcheck disable=SC2016 # expands in the inner shell
	as_root unshare --mount bash -c '
		root=$1 dir=$2 user=$3
		shift 3
		mount -t proc proc "$root/proc" &&
		mount --bind "$dir" "$root$dir" &&
		exec chroot --userspec="$user" "$root" /usr/bin/env -i HOME=/ \
			LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"' \
		- "$K_CHROOT" "$dir" "$user" "$@"
}

# newest_clang: the chroot's suite's own clang, installed when first asked for.
newest_clang()
{
	[[ -x $K_CHROOT/usr/bin/ld.lld ]] && return
	newest_in "$TREE" 0:0 apt-get -q update &&
	newest_in "$TREE" 0:0 DEBIAN_FRONTEND=noninteractive apt-get -y -q \
		--no-install-recommends install clang lld llvm
}

# newest_make DIR ARGS...: builds the external module in DIR.
newest_make()
{
	local dir=$1

	shift
	if [[ " $* " == *" LLVM=1 "* ]]; then
		newest_clang || return 1
	fi
	newest_in "$dir" "$(id -u):$(id -g)" make -C "$K_KDIR" M="$dir" "$@" modules
}

# newest_build_module ARGS...: "make modules" of this tree, in the chroot.
newest_build_module()
{
	if [[ " $* " == *" LLVM=1 "* && ! -x $K_CHROOT/usr/bin/ld.lld ]]; then
		quietly "install clang for $K_RELEASE" newest_clang || return 1
	fi
	quietly "build ipv6tun.ko for $K_RELEASE" newest_in "$TREE" \
		"$(id -u):$(id -g)" make -C "$TREE" -j2 --no-print-directory \
		modules KDIR="$K_KDIR" KCFLAGS=-Werror "$@"
}
