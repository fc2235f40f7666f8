#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2317 # the checks are called by name
#
# Checks that need no guest: style, static analysis, warnings of both compilers,
# and that what is generated is fresh. Usage: lint.sh [CHECK...]
set -uo pipefail

TREE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=selftests/vm/common.sh
source "$TREE/selftests/vm/common.sh"
# shellcheck source=selftests/vm/kernel.sh
source "$TREE/selftests/vm/kernel.sh"
cd "$TREE" || exit 2

LOG=$TREE/build/log/lint
count=0 passed=0 failed=0 skipped=0

# Each check prints its complaints and fails, or returns 4 after printing why it
# does not apply.
SKIP=4

# Files of ours, one per line, by extension; from git where there is git, so that
# build output does not count.
files()
{
	local pattern

	for pattern in "$@"; do
		git ls-files -co --exclude-standard -- "$pattern" 2>/dev/null ||
			find . \( -path ./build -o -path ./.git \) -prune -o -path "./$pattern" -type f -print | cut -c3-
	done | sort -u
}

c_files()
{
	# What a generator writes, it writes in a style of its own.
	files 'kmod/*.[ch]' 'tools/*.[ch]' 'selftests/*.[ch]' |
		xargs -r grep -L -E 'ynl-gen|YNL-GEN|^/\* Generated' || true
}

# checkpatch is in the kernel's source only, not in its headers.
checkpatch()
{
	local UML_SRC='' file bad=0 ignore

	# shellcheck source=selftests/vm/uml-kernel.sh
	source "$TREE/selftests/vm/uml-kernel.sh"
	uml_source || return 1
	while read -r file; do
		# kzalloc_obj is younger than the oldest kernel we build for.
		ignore=ALLOC_WITH_SIZEOF
		case $file in
		kmod/compat/*)
			# The place where versions are compared.
			ignore+=,LINUX_VERSION_CODE,CONSTANT_COMPARISON ;;
		tools/*|selftests/*)
			# User space has other types, helpers and attributes.
			ignore+=,PREFER_KERNEL_TYPES,PREFER_DEFINED_ATTRIBUTE_MACRO,STRCPY,STRLCPY,VOLATILE
			ignore+=,EMBEDDED_FUNCTION_NAME ;;
		esac
		perl "$UML_SRC/scripts/checkpatch.pl" --no-tree --strict --terse --show-types \
			--no-summary --ignore "$ignore" -f "$file" || bad=1
	done < <(c_files)
	return "$bad"
}

# module VARIANT MAKE_ARGS...: builds the module in a directory of its own.
module()
{
	make -C "$TREE" --no-print-directory -j2 modules KDIR="$K_KDIR" VARIANT="-$1" "${@:2}"
}

gcc_w1()
{
	module w1 W=1 KCFLAGS=-Werror
}

clang_w1()
{
	command -v clang ld.lld llvm-objcopy >/dev/null || { echo 'no clang'; return "$SKIP"; }
	module clang LLVM=1 W=1 KCFLAGS=-Werror
}

# sparse does not fail a build: any word of it about our files does.
sparse_c2()
{
	local out

	rm -rf "$TREE/build/kmod-$K_RELEASE-sparse"
	out=$(module sparse C=2 CF=-D__CHECK_ENDIAN__ 2>&1) || { echo "$out"; return 1; }
	grep -q '^  CHECK ' <<<"$out" || { echo "$out"; echo 'sparse did not run'; return 1; }
	! grep -E '(warning|error):' <<<"$out"
}

tools_warnings()
{
	local cc

	for cc in gcc clang; do
		command -v "$cc" >/dev/null || continue
		make -C "$TREE/tools" --no-print-directory OUT="$TREE/build/tools-$cc" CC="$cc" \
			WERROR=-Werror CFLAGS='-O2 -g -Wshadow -Wformat=2 -Wstrict-prototypes' || return 1
	done
}

shell()
{
	command -v shellcheck >/dev/null || { echo 'no shellcheck'; return "$SKIP"; }
	# Extensions do not tell all: some scripts have none.
	files '*' | while read -r file; do
		[[ -f $file ]] || continue
		case $file in
		*.sh) printf '%s\n' "$file" ;;
		*) head -c 40 "$file" | grep -qaE '^#!.*(bash|[ /]sh)' && printf '%s\n' "$file" ;;
		esac
	done >"$LOG/shell-files"
	xargs -r -d '\n' shellcheck -x -P .:SCRIPTDIR <"$LOG/shell-files"
}

bird_parses()
{
	local conf bad=0

	command -v bird >/dev/null || { echo 'no bird'; return "$SKIP"; }
	for conf in bird/examples/*.conf; do
		bird -p -c "$conf" || bad=1
	done
	return "$bad"
}

yaml()
{
	local file

	while read -r file; do
		python3 -c 'import sys, yaml; yaml.safe_load(open(sys.argv[1]))' "$file" || return 1
		if command -v yamllint >/dev/null; then
			yamllint -d relaxed "$file" || return 1
		fi
	done < <(files '*.yaml' '*.yml')
}

generated()
{
	selftests/gen.sh --check
}

words()
{
	selftests/words.sh
}

man_pages()
{
	local page out bad=0

	command -v man >/dev/null || { echo 'no man'; return "$SKIP"; }
	for page in $(files '*.[1-8]'); do
		out=$(LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null)
		[[ $out ]] && { printf '%s\n' "$out"; bad=1; }
	done
	return "$bad"
}

# The licence of every file of code is on its first lines.
spdx()
{
	local file bad=0

	while read -r file; do
		[[ -s $file ]] || continue
		case $file in
		LICENSE|*.txt|*/MAINTAINERS) continue ;;
		esac
		head -n 4 "$file" | grep -q 'SPDX-License-Identifier: ' ||
			{ echo "no SPDX line: $file"; bad=1; }
	done < <(files '*.[chS]' '*.sh' '*Kbuild' '*Makefile' '*.yaml' '*.config' '*.conf' selftests/run .ci/run)
	return "$bad"
}

mutants()
{
	selftests/mutants/run --check selftests/mutants/nat64.list
}

check() # DESCRIPTION FUNCTION
{
	local rc=0 start=$SECONDS log=$LOG/$2.log

	((wanted)) && [[ " ${only[*]} " != *" $2 "* ]] && return
	((++count))
	"$2" >"$log" 2>&1 </dev/null || rc=$?
	case $rc in
	0)	((++passed))
		printf 'ok %d - %s # %d s\n' $count "$1" $((SECONDS - start)) ;;
	"$SKIP")
		((++skipped))
		printf 'ok %d - %s # SKIP %s\n' $count "$1" "$(tail -n 1 "$log")" ;;
	*)	((++failed))
		tail -n 100 "$log" | sed 's/^/# /'
		printf 'not ok %d - %s # %d s\n' $count "$1" $((SECONDS - start)) ;;
	esac
}

main()
{
	local -a only=("$@")
	local wanted=$#

	"$TREE/selftests/vm/setup.sh" || die "set-up failed"
	mkdir -p "$LOG" "$CACHE"
	[[ $(files 'kmod/*.c') ]] || die "git does not know the files of $TREE: is it inside another repository?"
	kernel_resolve "${KERNEL:-$(kernel_default)}"
	[[ ! $K_CHROOT ]] || die "lint builds with this machine's own compilers: choose its own kernel"
	printf 'KTAP version 1\n# kernel %s\n' "$K_RELEASE"
	check 'licences are stated' spdx
	check 'scripts pass shellcheck' shell
	check 'checkpatch --strict is content' checkpatch
	check 'generated code is fresh' generated
	check 'the list of mutants fits the code and the table of RFCs' mutants
	check 'YAML is well-formed' yaml
	check 'BIRD accepts the examples' bird_parses
	check 'manual pages format without warning' man_pages
	check 'tools build without warning (gcc, clang)' tools_warnings
	check 'ipv6tunctl reads its words' words
	check 'module builds without warning, gcc W=1' gcc_w1
	check 'module builds without warning, clang W=1' clang_w1
	check 'sparse finds nothing in the module' sparse_c2
	printf '1..%d\n' "$count"
	if [[ ${IPV6TUN_TOTALS:-} ]]; then
		echo "$passed $failed $skipped" >>"$IPV6TUN_TOTALS"
		echo "# so many passed, failed, skipped here: $passed $failed $skipped"
	else
		echo "$passed passed, $failed failed, $skipped skipped"
	fi
	((failed == 0 && passed > 0))
}

main "$@"; exit
