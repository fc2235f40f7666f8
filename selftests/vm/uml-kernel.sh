# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The kernel of the uml bed: User-Mode Linux from the newest packaged source.
#
# Two flavours share one unpacked source tree:
#   fast   uml.config                    near native speed, SMP
#   debug  uml.config uml-debug.config   every checker UML can run
# A build is kept in the cache under a name made of the kernel version and a
# hash of what went into it, so that a changed fragment or compiler gives a new
# build and an old one is never mistaken for it.
#
# Sourced, not run.

# shellcheck source=selftests/vm/suite.sh
. "${BASH_SOURCE[0]%/*}/suite.sh"

UML_HERE=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
UML_CACHE=$CACHE/uml

uml_say()
{
	echo "uml: $*" >&2
}

# Configuration fragments of a flavour, in the order they override each other.
uml_fragments()
{
	case $1 in
	fast) echo "$UML_HERE/uml.config" ;;
	debug) echo "$UML_HERE/uml.config" "$UML_HERE/uml-debug.config" ;;
	*) uml_say "no such flavour: $1"; return 1 ;;
	esac
}

# uml_source: unpack the newest packaged source, set UML_SRC and UML_VERSION.
#
# Without a network the newest one already unpacked is used.
uml_source()
{
	local suite=$IPV6TUN_NEWEST_SUITE pkg version

	if pkg=$(suite_newest "$suite" 'linux-source-[0-9.]+') &&
	   version=$(suite_version "$suite" "$pkg"); then
		# Kbuild and the shell agree only on plain characters in paths.
		UML_SRC=$UML_CACHE/source-${version//[^A-Za-z0-9.-]/_}
	else
		UML_SRC=$(find "$UML_CACHE" -maxdepth 1 -name 'source-*' \
			! -name '*.tmp' 2>/dev/null | sort -V | tail -n 1)
		[ -n "$UML_SRC" ] || return 1
		uml_say "package lists out of reach, using the cached ${UML_SRC##*/}"
	fi
	UML_VERSION=${UML_SRC##*/source-}
	mkdir -p "$UML_CACHE" || return 1
	{
		flock 9
		[ -d "$UML_SRC" ] || uml_unpack "$suite" "$pkg" "$version"
	} 9>"$UML_CACHE/source.lock"
}

# uml_unpack SUITE PACKAGE VERSION: fill UML_SRC.
uml_unpack()
{
	local suite=$1 pkg=$2 version=$3 tmp

	tmp=$UML_SRC.tmp
	rm -rf "$tmp"
	mkdir -p "$tmp"
	suite_download "$suite" "$pkg" "$version" "$tmp/deb" || return 1
	uml_say "unpacking $pkg $version (about 15 s)"
	# Two thirds of the tree describe hardware that UML does not have.
	tar -xf "$tmp/deb/usr/src/$pkg.tar.xz" -C "$tmp" --strip-components=1 \
		--exclude='*/arch/*/boot/dts' --exclude='*/asic_reg' \
		--exclude='*/Documentation/devicetree' \
		--exclude='*/tools/perf' || return 1
	rm -rf "$tmp/deb"
	mv "$tmp" "$UML_SRC"
}

# uml_make DIRECTORY ARGS...: run the kernel's make for a build directory.
uml_make()
{
	local out=$1

	shift
	# A user's own CROSS_COMPILE or LLVM is for the module under test.
	env -u MAKEFLAGS -u MAKELEVEL -u CROSS_COMPILE -u LLVM \
		nice make -C "$UML_SRC" ARCH=um O="$out" "$@"
}

# uml_configure DIRECTORY FRAGMENT...
#
# Kconfig drops a line whose dependencies are not met without a word; a bed
# that silently lost a checker is worse than one that does not build.
uml_configure()
{
	local out=$1 line name lost=0

	shift
	cat "$@" >"$out/fragments"
	uml_make "$out" -s KCONFIG_ALLCONFIG="$out/fragments" allnoconfig \
		>"$out/config.log" 2>&1 || { tail "$out/config.log" >&2; return 1; }
	# The last setting of a symbol counts.
	while IFS= read -r line; do
		name=${line%%=*}
		case $line in
		*=n) ! grep -q "^$name=" "$out/.config" ;;
		*) grep -qxF -- "$line" "$out/.config" ;;
		esac || { uml_say "$line did not survive Kconfig"; lost=1; }
	done < <(tac "$out/fragments" | grep '^CONFIG_' |
		 awk -F= '!seen[$1]++')
	return $lost
}

# Turn make's output into a line of progress every few seconds.
uml_progress()
{
	awk -v file="$1" -v what="$2" '
		function now(  t) { "date +%s" | getline t; close("date +%s"); return t }
		BEGIN { start = last = now() }
		{ print >file }
		$1 == "CC" || $1 == "AS" {
			if (++n % 50)
				next
			t = now()
			if (t - last >= 15) {
				last = t
				printf "uml: %s: %d files compiled, %d s, in %s\n",
				       what, n, t - start, $2
				fflush()
			}
		}
		END { printf "uml: %s: %d files compiled, %d s\n", what, n, now() - start }' >&2
}

# uml_prune: remove builds not used for a month, and sources without a build.
uml_prune()
{
	local stamp dir

	while IFS= read -r stamp; do
		rm -rf "${stamp%/complete}" "${stamp%/complete}.lock"
	done < <(find "$UML_CACHE" -mindepth 2 -maxdepth 2 -name complete -mtime +30)
	for dir in "$UML_CACHE"/source-*; do
		[[ $dir == "$UML_SRC" || $dir == *.tmp ]] ||
			compgen -G "$UML_CACHE/*-${dir##*/source-}-*/complete" >/dev/null ||
			rm -rf "$dir"
	done
}

# uml_kernel FLAVOUR: build when needed, and set what a bed needs to know:
# K_RELEASE, K_VMLINUZ (the program to run), K_KDIR (for modules, ARCH=um),
# K_MODDIR and K_CHROOT (empty: everything is built in, and built here).
uml_kernel()
{
	local flavour=$1 fragments key out

	fragments=$(uml_fragments "$flavour") && uml_source || return 1
	# shellcheck disable=SC2086 # a list of paths that we chose
	key=$({ echo "$UML_VERSION"; gcc -dumpfullversion -dumpmachine
		cat $fragments; } | sha256sum | cut -c1-12)
	out=$UML_CACHE/$flavour-$UML_VERSION-$key
	mkdir -p "$out" || return 1
	(
		flock 9
		# Touched at each use: what nobody used for a month goes.
		[ -e "$out/complete" ] && touch "$out/complete" && exit 0
		uml_say "building the $flavour flavour of $UML_VERSION, once (log: $out/build.log)"
		# shellcheck disable=SC2086
		uml_configure "$out" $fragments || exit 1
		set -o pipefail
		if ! uml_make "$out" -j"${JOBS:-$(nproc)}" linux modules 2>&1 |
		     uml_progress "$out/build.log" "$flavour"; then
			grep -E -A5 'error|Error ' "$out/build.log" | tail -n 20 >&2
			exit 1
		fi
		# Modules need headers, scripts and Module.symvers only.
		find "$out" \( -name '*.o' -o -name '.*.cmd' -o -name '*.a' \) \
			! -path '*/scripts/*' ! -path '*/tools/*' -delete
		: >"$out/complete"
		uml_prune
	) 9>"$out.lock" || { uml_say "no usable $flavour kernel"; return 1; }

	K_RELEASE=$(cat "$out/include/config/kernel.release")
	K_VMLINUZ=$out/linux
	K_KDIR=$out
	K_MODDIR=
	K_CHROOT=
	export K_RELEASE K_VMLINUZ K_KDIR K_MODDIR K_CHROOT
}
