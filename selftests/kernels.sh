#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2317 # some functions are called by name
#
# Every kernel there is a package of: the selftests under 6.1, 6.12 and the newest
# one, as packaged, one after the other. Then the module is built, no more, for
# all others that have headers in this machine's suite or one that those three
# come from: earlier updates, which routers run until they are rebooted, and the
# cloud and real-time flavours.
#
# usage: kernels.sh [KERNEL...] [-- TOPIC...]
#
# KERNEL is 6.1, 6.12 or newest; "builds" for all that is built only; or the name of
# one of these, such as 6.12.117+deb12-rt-amd64. Default: all. TOPIC is one of the
# selftests.
set -uo pipefail

TREE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=selftests/vm/common.sh
source "$TREE/selftests/vm/common.sh"
# shellcheck source=selftests/vm/kernel.sh
source "$TREE/selftests/vm/kernel.sh"
# shellcheck source=selftests/vm/newest.sh
source "$TREE/selftests/vm/newest.sh"

STOCK=(6.1 6.12 newest)
LOG=$TREE/build/log/kernels
# "PASSED FAILED SKIPPED RELEASE: words", a line for each kernel.
RESULTS=$LOG/results
# Headers of all kernels that are only built for. In the tree, as a chroot sees it at
# the same path; gone when all is built, as there are gigabytes of them.
HEADERS=$TREE/build/headers

stock=() names=() topics=() builds=''

parse()
{
	while (($#)); do
		case $1 in
		-h|--help)	sed -n '/^# usage/,/^set /s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
		--)		shift; topics=("$@"); break ;;
		-*)		die "unknown option: $1" ;;
		builds)		builds=1 ;;
		6.1|6.12|newest)
				stock+=("$1") ;;
		*-amd64)	names+=("$1") ;;
		*)		die "not a kernel: $1" ;;
		esac
		shift
	done
	if [[ ! $builds ]] && ((${#stock[@]} + ${#names[@]} == 0)); then
		stock=("${STOCK[@]}")
		builds=1
	fi
}

result()
{
	printf '%s\n' "$*" >>"$RESULTS"
}

# test_kernel KERNEL: all selftests. A run that ends badly without having counted a
# failure is one.
test_kernel()
{
	local kernel=$1 log=$LOG/$1.log rc=0 release p f s

	printf '\n==== selftests under kernel %s\n' "$kernel"
	: >"$LOG/totals"
	IPV6TUN_TOTALS=$LOG/totals "$TREE/selftests/run" --kernel "$kernel" "${topics[@]}" \
		</dev/null 2>&1 | tee "$log" || rc=$?
	release=$(sed -n 's/^vm: kernel \([^ ,]*\),.*/\1/p;T;q' "$log")
	read -r p f s < <(awk '{ p += $1; f += $2; s += $3 } END { print p + 0, f + 0, s + 0 }' "$LOG/totals")
	if ((rc && !f)); then
		f=1
	fi
	result "$p $f $s ${release:-$kernel}: selftests: $p passed, $f failed, $s skipped;" \
		"log: ${log#"$TREE/"}"
}

# refresh_lists: what an old list names may be gone from the archive.
refresh_lists()
{
	if kernel_refresh_lists; then
		rm -f "$CACHE"/apt/*/updated
	else
		echo '# the package lists stay as they are'
	fi
}

# suite_of KERNEL: where kernel_resolve takes it from: "own", or another suite
suite_of()
{
	if [[ $1 != newest ]] && kernel_find "$1" >/dev/null; then
		echo own
	else
		newest_suite "$1"
	fi
}

# releases [APT...]: all kernels that have headers, in order
releases()
{
	"$@" apt-cache pkgnames linux-headers- |
		sed -n -E 's/^linux-headers-([0-9]+[.][0-9]+[.][0-9.]+(-[0-9]+|\+[a-z0-9.]+)?-((cloud|rt)-)?amd64)$/\1/p' |
		sort -V
}

# wanted RELEASE: whether to build for it, which is not done twice
wanted()
{
	[[ $builds || " ${names[*]} " == *" $1 "* ]] &&
		! cut -d ' ' -f 4 "$RESULTS" | grep -qxF -- "$1:"
}

# fetch_headers RELEASE [APT...]: unpacks those of its packages that are not there yet;
# flavours have some in common.
fetch_headers()
{
	local release=$1 tmp deb pkg
	local -a missing=()

	shift
	for pkg in $(kernel_headers "$release" "$@"); do
		[[ -e $HEADERS/.have/$pkg ]] || missing+=("$pkg")
	done
	tmp=$(mktemp -d "$HEADERS/download.XXXXXX") || return 1
	(cd "$tmp" && "$@" apt-get -q -o Acquire::Retries=3 download "${missing[@]}") || return 1
	for deb in "$tmp"/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$HEADERS" --keep-directory-symlink || return 1
	done
	rm -rf "$tmp"
	kernel_relocate "$release" "$HEADERS" "$HEADERS" || return 1
	touch "${missing[@]/#/$HEADERS/.have/}"
}

# build_module: for K_RELEASE, beside what others have built for it.
build_module()
{
	if [[ $K_CHROOT ]]; then
		newest_build_module VARIANT=-try
	else
		quietly "build ipv6tun.ko for $K_RELEASE" \
			make -C "$TREE" -j2 --no-print-directory modules KDIR="$K_KDIR" \
			KCFLAGS=-Werror VARIANT=-try
	fi
}

# build_for RELEASE [APT...]
build_for()
{
	local release=$1

	shift
	K_RELEASE=$release
	K_KDIR=$HEADERS/usr/src/linux-headers-$release
	if ! quietly "fetch headers $release" fetch_headers "$release" "$@"; then
		result "0 1 0 $release: cannot be built for: no headers, see above"
	elif ! build_module; then
		result "0 1 0 $release: does not build, see above;" \
			"to repeat: selftests/kernels.sh $release"
	else
		result "1 0 0 $release: builds"
		rm -rf "$TREE/build/kmod-$release-try"
	fi
}

# build_suite SUITE KERNEL: for all that SUITE has. KERNEL is the one whose chroot has
# the suite's compiler and C library.
build_suite()
{
	local suite=$1 kernel=$2 release
	local -a apt=() all=()

	K_CHROOT=
	if [[ $suite != own ]]; then
		kernel_resolve "$kernel"
		apt=(suite_apt "$suite")
	fi
	mapfile -t all < <(releases "${apt[@]}")
	for release in "${all[@]}"; do
		if wanted "$release"; then
			build_for "$release" "${apt[@]}"
		fi
	done
}

# build_all: this machine's own suite first, each of the others once.
build_all()
{
	local kernel suite seen=own

	printf '\n==== builds for the other kernels\n'
	rm -rf "$HEADERS"
	mkdir -p "$HEADERS/.have" "$HEADERS/usr/lib"
	ln -s usr/lib "$HEADERS/lib"
	# A subshell, as what has no way out ends the shell.
	(build_suite own '') || result "0 1 0 own: building for this machine's suite broke off, see above"
	for kernel in "${STOCK[@]}"; do
		suite=$(suite_of "$kernel")
		[[ " $seen " != *" $suite "* ]] || continue
		seen+=" $suite"
		(build_suite "$suite" "$kernel") ||
			result "0 1 0 $suite: building for this suite broke off, see above"
	done
	for kernel in "${names[@]}"; do
		if wanted "$kernel"; then
			result "0 1 0 $kernel: there are no such headers in: $seen"
		fi
	done
	rm -rf "$HEADERS"
}

main()
{
	local kernel p f s

	parse "$@"
	"$TREE/selftests/vm/setup.sh" || die "set-up failed"
	mkdir -p "$LOG" "$CACHE"
	: >"$RESULTS"
	# First, so that all of this run means the same kernels.
	if [[ $builds ]] || ((${#names[@]})); then
		refresh_lists
	fi
	for kernel in "${stock[@]}"; do
		test_kernel "$kernel"
	done
	if [[ $builds ]] || ((${#names[@]})); then
		build_all
	fi

	printf '\n# all kernels:\n'
	cut -d ' ' -f 4- "$RESULTS" | sed 's/^/#   /'
	read -r p f s < <(awk '{ p += $1; f += $2; s += $3 } END { print p + 0, f + 0, s + 0 }' "$RESULTS")
	if [[ ${IPV6TUN_TOTALS:-} ]]; then
		echo "$p $f $s" >>"$IPV6TUN_TOTALS"
		echo "# so many passed, failed, skipped here: $p $f $s"
	else
		echo "$p passed, $f failed, $s skipped"
	fi
	((f == 0 && p > 0))
}

main "$@"; exit
