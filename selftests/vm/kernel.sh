# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034 # K_ variables are for the runner
#
# Finds a Debian kernel for a guest and builds the module for it.
#
#   kernel_resolve 6.1|6.12|newest|RELEASE    sets the K_ variables below
#   kernel_build_module                       builds build/kmod-$K_RELEASE/ipv6tun.ko
#
# Nothing of a kernel is installed, since that would change what the machine
# boots (headers depend on the image since 6.12): the packages are unpacked in
# the cache, unless this machine happens to have that very kernel.

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

# True when this machine runs, or could run, RELEASE and has its headers.
kernel_installed()
{
	[[ -r /boot/vmlinuz-$1 && -d /lib/modules/$1/kernel && -d /usr/src/linux-headers-$1 ]]
}

# True when image and headers of RELEASE are both available.
kernel_available()
{
	kernel_installed "$1" ||
		{ kernel_has_candidate "linux-image-$1" && kernel_has_candidate "linux-headers-$1"; }
}

# kernel_find VERSION: prints the newest available release of it.
kernel_find()
{
	local r

	for r in $(kernel_candidates "$1"); do
		if kernel_available "$r"; then
			printf '%s\n' "$r"
			return
		fi
	done
	return 1
}

# kernel_headers RELEASE [APT...]: the packages of its headers, as apt-cache says, or
# APT... apt-cache. Compilers, which they depend on, too, are set-up's business.
kernel_headers()
{
	printf '%s\n' "linux-headers-$1"
	"${@:2}" apt-cache depends "linux-headers-$1" |
		sed -n -E 's/^ *Depends: (linux-(headers|kbuild)-[^ ]*)$/\1/p'
}

# kernel_relocate RELEASE FROM TO: in headers unpacked below FROM, the only absolute
# paths there are; TO is where these will be.
kernel_relocate()
{
	sed -i -E "s,^(include |KBUILD_OUTPUT=)/usr/src/,\1$3/usr/src/," \
		"$2/usr/src/linux-headers-$1/Makefile"
}

# kernel_unpack RELEASE: unpacks kernel and headers below the cache.
kernel_unpack()
{
	local release=$1 dir=$CACHE/kernel/$1 tmp deb
	local -a packages

	tmp=$dir.$$
	rm -rf "$dir" "$dir".[0-9]*
	mkdir -p "$tmp/download" "$tmp/usr/lib"
	# Also for trees without merged /usr, so that both names work.
	ln -s usr/lib "$tmp/lib"
	mapfile -t packages < <(kernel_headers "$release")
	packages+=("linux-image-$release")
	(cd "$tmp/download" && apt-get -q -o Acquire::Retries=3 download "${packages[@]}") || return 1
	for deb in "$tmp"/download/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$tmp" --keep-directory-symlink || return 1
	done
	rm -rf "$tmp/download"
	depmod -b "$tmp" "$release" || return 1
	kernel_relocate "$release" "$tmp" "$dir" || return 1
	touch "$tmp/.complete"
	mv "$tmp" "$dir"
}

# Package lists may be older than the archive: names in them do not exist there
# any more. Once per run is enough.
KERNEL_REFRESHED=
kernel_refresh_lists()
{
	[[ ! $KERNEL_REFRESHED ]] || return 1
	KERNEL_REFRESHED=1
	quietly 'apt-get update' as_root apt-get -q update
}

kernel_resolve()
{
	local version=$1 release='' dir

	if [[ $version == newest ]]; then
		# shellcheck source=selftests/vm/newest.sh
		source "$TREE/selftests/vm/newest.sh"
		newest_resolve
		return
	fi

	release=$(kernel_find "$version") ||
		{ kernel_refresh_lists && release=$(kernel_find "$version"); } || true
	if [[ -z $release ]]; then
		# Not in this suite or its backports as configured.
		# shellcheck source=selftests/vm/newest.sh
		source "$TREE/selftests/vm/newest.sh"
		newest_resolve "$version"
		return
	fi

	K_RELEASE=$release
	K_CHROOT=
	if kernel_installed "$release"; then
		K_VMLINUZ=/boot/vmlinuz-$release
		K_MODDIR=/lib/modules/$release
		K_KDIR=/usr/src/linux-headers-$release
		return
	fi
	dir=$CACHE/kernel/$release
	mkdir -p "$CACHE/kernel"
	{
		flock 9
		if [[ ! -e $dir/.complete ]]; then
			quietly "fetch kernel and headers $release (120 MB)" kernel_unpack "$release" ||
				{ kernel_refresh_lists &&
				  quietly "fetch kernel and headers $release again" kernel_unpack "$release"; } ||
				die "cannot fetch linux-image-$release and its headers"
		fi
	} 9>"$CACHE/kernel/.lock"
	K_VMLINUZ=$dir/boot/vmlinuz-$release
	K_MODDIR=$dir/lib/modules/$release
	K_KDIR=$dir/usr/src/linux-headers-$release
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
		# shellcheck disable=SC2119 # its arguments are optional
		newest_build_module
	else
		quietly "build ipv6tun.ko for $K_RELEASE" \
			make -C "$TREE" -j2 --no-print-directory modules KDIR="$K_KDIR" \
			${CI:+KCFLAGS=-Werror}
	fi
}
