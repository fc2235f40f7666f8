# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034 # K_ variables are for the runner
#
# Finds a Debian kernel for a guest and builds the module for it.
#
#   kernel_resolve 6.1|6.12|newest|RELEASE    sets the K_ variables below
#   kernel_build_module                       builds build/kmod-$K_RELEASE/ipv6tun.ko
#
# The kernel image is never installed, since that would change what the machine
# boots: its package is unpacked in the cache. Headers are installed normally.

K_RELEASE=	# e.g. 6.1.0-9-amd64
K_VMLINUZ=	# path of the bootable image
K_MODDIR=	# .../lib/modules/$K_RELEASE
K_KDIR=		# build directory (as seen inside K_CHROOT when that is set)
K_CHROOT=	# chroot to build in; empty: this machine's own compiler fits
K_MODULE=	# what kernel_build_module built

# The kernel a plain "make check" runs: the stock one of this machine's suite.
kernel_default()
{
	local VERSION_ID=
	# shellcheck source=/dev/null
	source /etc/os-release
	case $VERSION_ID in
	12)	echo 6.1 ;;
	13)	echo 6.12 ;;
	*)	echo newest ;;
	esac
}

# kernel_candidates VERSION: releases of that version which this machine's own
# apt can provide, best first. Flavours (cloud, rt, dbg, unsigned) do not match.
kernel_candidates()
{
	apt-cache pkgnames "linux-image-$1" |
		sed -n -E 's/^linux-image-([0-9]+[.][0-9]+[.][0-9.]+(-[0-9]+|\+[a-z0-9.]+)?-amd64)$/\1/p' |
		grep -E "^${1//./\\.}([.-]|\$)" | sort -rV
}

# True when apt can fetch the package (or it is installed).
kernel_has_candidate()
{
	# Not through a pipe: under pipefail, a reader that has seen enough turns
	# the answer into a failure of the writer.
	[[ $(apt-cache policy "$1" 2>/dev/null) =~ Candidate:\ [^\(] ]]
}

# True when image and headers of RELEASE are both available.
kernel_available()
{
	[[ -r /boot/vmlinuz-$1 && -d /lib/modules/$1/kernel ]] ||
		kernel_has_candidate "linux-image-$1" || return 1
	[[ -d /usr/src/linux-headers-$1 ]] || kernel_has_candidate "linux-headers-$1"
}

# kernel_unpack RELEASE [APT_OPTION...]: unpacks the image package below the
# cache and prints the directory. APT_OPTIONs may select another suite.
kernel_unpack()
{
	local release=$1 dir=$CACHE/kernel/$1 tmp
	shift
	if [[ ! -e $dir/.complete ]]; then
		tmp=$dir.$$
		rm -rf "$dir" "$tmp"
		mkdir -p "$tmp/download" "$tmp/usr/lib"
		# Also for trees without merged /usr, so that both names work.
		ln -s usr/lib "$tmp/lib"
		(
			cd "$tmp/download"
			apt-get "$@" -q download "linux-image-$release" 1>&2
			dpkg-deb --fsys-tarfile ./*.deb | tar -x -C "$tmp" --keep-directory-symlink
		) || { rm -rf "$tmp"; return 1; }
		rm -rf "$tmp/download"
		depmod -b "$tmp" "$release" 1>&2 || return 1
		touch "$tmp/.complete"
		mv "$tmp" "$dir"
	fi
	printf '%s\n' "$dir"
}

kernel_resolve()
{
	local version=$1 release='' r dir

	if [[ $version == newest ]]; then
		# shellcheck source=/dev/null
		source "$TREE/selftests/vm/newest.sh"
		newest_resolve
		return
	fi

	for r in $(kernel_candidates "$version"); do
		kernel_available "$r" && release=$r && break
	done
	if [[ -z $release ]]; then
		# Not in this suite or its backports as configured.
		# shellcheck source=/dev/null
		source "$TREE/selftests/vm/newest.sh"
		newest_resolve "$version"
		return
	fi

	K_RELEASE=$release
	K_CHROOT=
	K_KDIR=/usr/src/linux-headers-$release
	if [[ ! -d $K_KDIR ]]; then
		quietly "install linux-headers-$release" as_root env \
			DEBIAN_FRONTEND=noninteractive apt-get -y -q -o Dpkg::Use-Pty=0 \
			install --no-install-recommends "linux-headers-$release" ||
			die "cannot install linux-headers-$release"
	fi
	if [[ -r /boot/vmlinuz-$release && -d /lib/modules/$release/kernel ]]; then
		K_VMLINUZ=/boot/vmlinuz-$release
		K_MODDIR=/lib/modules/$release
	else
		quietly "unpack linux-image-$release" kernel_unpack "$release" ||
			die "cannot fetch linux-image-$release; is the package list old? try: apt-get update"
		dir=$CACHE/kernel/$release
		K_VMLINUZ=$dir/boot/vmlinuz-$release
		K_MODDIR=$dir/lib/modules/$release
	fi
}

# kernel_make DIR [MAKE_ARGS]: builds the external module in DIR for the
# resolved kernel. For the module itself use kernel_build_module.
kernel_make()
{
	local dir=$1
	shift
	if [[ $K_CHROOT ]]; then
		newest_make "$dir" "$@"
	else
		make -C "$K_KDIR" M="$dir" "$@" modules
	fi
}

kernel_build_module()
{
	K_MODULE=$TREE/build/kmod-$K_RELEASE/ipv6tun.ko
	if [[ $K_CHROOT ]]; then
		newest_build_module
	else
		quietly "build ipv6tun.ko for $K_RELEASE" \
			make -C "$TREE" -j2 --no-print-directory modules KDIR="$K_KDIR" \
			${CI:+KCFLAGS=-Werror}
	fi
}
