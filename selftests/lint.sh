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
CPUS=$(nproc)
count=0 passed=0 failed=0 skipped=0

# Each check prints its complaints and fails, or returns 4 after printing why it
# does not apply.
SKIP=4

# need PROGRAM PACKAGE: whether there is one. Set-up installs what is packaged.
need()
{
	command -v "$1" >/dev/null && return
	if kernel_has_candidate "$2"; then
		echo "no $1: the package $2 is not installed"
	else
		echo "no $1: apt-cache policy knows no package $2"
	fi
	return 1
}

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

# kernel_source: sets UML_SRC, where the kernel's own checkers are; its headers come
# without them.
kernel_source()
{
	# shellcheck source=selftests/vm/uml-kernel.sh
	source "$TREE/selftests/vm/uml-kernel.sh"
	uml_source
}

# checkpatch_files TYPES: those on stdin, without complaints of these TYPES.
checkpatch_files()
{
	# kzalloc_obj is younger than the oldest kernel we build for.
	xargs -r -d '\n' -n 8 -P "$CPUS" perl "$UML_SRC/scripts/checkpatch.pl" --no-tree --strict \
		--terse --show-types --no-summary --ignore "ALLOC_WITH_SIZEOF$1" -f
}

checkpatch()
{
	local UML_SRC='' bad=0 types

	kernel_source || return 1
	c_files >"$LOG/c-files"
	grep '^kmod/' "$LOG/c-files" | grep -v '^kmod/compat/' | checkpatch_files '' || bad=1
	# The place where versions are compared.
	grep '^kmod/compat/' "$LOG/c-files" |
		checkpatch_files ,LINUX_VERSION_CODE,CONSTANT_COMPARISON || bad=1
	# User space has other types, helpers and attributes.
	types=,PREFER_KERNEL_TYPES,PREFER_DEFINED_ATTRIBUTE_MACRO,STRCPY,STRLCPY,VOLATILE
	types+=,EMBEDDED_FUNCTION_NAME
	grep -v -e '^kmod/' -e '^tools/fuzz/' "$LOG/c-files" | checkpatch_files "$types" || bad=1
	# The name of its function is libFuzzer's.
	grep '^tools/fuzz/' "$LOG/c-files" | checkpatch_files "$types,CAMELCASE" || bad=1
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

# checked MAKE_ARGS...: lets make check all files of the module, in the directory of
# gcc_w1 and with its flags, so that none is compiled a second time. Prints complaints.
checked()
{
	local out

	gcc_w1 >/dev/null 2>&1 || { echo 'the module does not build'; return 1; }
	out=$(module w1 W=1 KCFLAGS=-Werror C=2 "$@" 2>&1) || { echo "$out"; return 1; }
	grep -q '^  CHECK ' <<<"$out" || { echo "$out"; echo 'nothing was checked'; return 1; }
	# A checker does not fail a build: any word of it about our files does.
	! grep -E '(warning|warn|error):' <<<"$out"
}

sparse_c2()
{
	checked CF=-D__CHECK_ENDIAN__
}

smatch_c2()
{
	need smatch smatch || return "$SKIP"
	checked CHECK='smatch -p=kernel'
}

# Scripts of the kernel's about interfaces that we do not use.
COCCI_NOT_OURS='/hid/|/(bq27|check_bq27xxx_data|clk_put|device_attr_show|device_node_continue'
COCCI_NOT_OURS+='|devm_free|for_each_child|iounmap|irqf_oneshot|kmalloc_objs|of_table'
COCCI_NOT_OURS+='|platform_[a-z_]*|pm_runtime|put_device|resource_size|stream_open|vma_pages)[.]cocci$'

# cocci SCRIPT DIR: what a script of the kernel's reports, as coccicheck would run it.
cocci()
{
	local options
	local -a words

	options=$(sed -n 's,^/.* *Options: *,,p' "$1" | head -n 1)
	read -r -a words <<<"$options"
	timeout 120 spatch -D report --very-quiet --no-show-diff --cocci-file "$1" "${words[@]}" \
		--dir "$2" 2>&1 || echo "not run: $1"
}
export -f cocci

# What spatch cannot read, or not in time, is named: one that is older than the script.
# Three quarters of the scripts have to run, and a proof that they can find something.
coccinelle()
{
	local UML_SRC='' all not

	need spatch coccinelle || return "$SKIP"
	kernel_source || return 1
	rm -rf "$LOG/cocci"
	mkdir -p "$LOG/cocci"
	echo 'void f(void *p) { if (p) kfree(p); }' >"$LOG/cocci/bad.c"
	cocci "$UML_SRC/scripts/coccinelle/free/ifnullfree.cocci" "$LOG/cocci" >"$LOG/cocci/proof"
	if ! grep -q 'bad[.]c:1' "$LOG/cocci/proof"; then
		cat "$LOG/cocci/proof"
		echo 'spatch does not report what is there; is there no libpython?'
		return 1
	fi
	find "$UML_SRC/scripts/coccinelle" -name '*.cocci' | grep -v -E "$COCCI_NOT_OURS" | sort |
		xargs grep -l '^virtual.*report' >"$LOG/cocci/scripts"
	# shellcheck disable=SC2016 # expands in the other shell
	xargs -d '\n' -n 1 -P "$CPUS" bash -c 'cocci "$1" kmod' - <"$LOG/cocci/scripts" >"$LOG/cocci/out"
	all=$(wc -l <"$LOG/cocci/scripts")
	not=$(grep -c '^not run: ' "$LOG/cocci/out") || true
	grep '^not run: ' "$LOG/cocci/out"
	((not * 4 < all)) || { cat "$LOG/cocci/out"; echo "$not of $all scripts did not run"; return 1; }
	! grep -E '^[^ ]*kmod/[^ :]*:[0-9]+' "$LOG/cocci/out"
}

tools_warnings()
{
	local cc

	for cc in gcc clang; do
		command -v "$cc" >/dev/null || continue
		make -C "$TREE/tools" --no-print-directory -j"$CPUS" OUT="$TREE/build/tools-$cc" CC="$cc" \
			WERROR=-Werror CFLAGS='-O2 -g -Wshadow -Wformat=2 -Wstrict-prototypes' || return 1
	done
}

tools_analyzer()
{
	make -C "$TREE/tools" --no-print-directory -j"$CPUS" OUT="$TREE/build/tools-analyzer" CC=gcc \
		WERROR=-Werror CFLAGS='-O2 -g -fanalyzer'
}

# Which checks, and why not others, is in tools/.clang-tidy.
tools_tidy()
{
	local -a flags

	need clang-tidy clang-tidy || return "$SKIP"
	read -r -a flags < <(make -s -C tools print-flags)
	(cd tools && printf '%s\n' *.c fuzz/*.c |
		xargs -I '{}' -P "$CPUS" clang-tidy --quiet '{}' -- "${flags[@]}")
}

tools_cppcheck()
{
	need cppcheck cppcheck || return "$SKIP"
	cppcheck -q -j "$CPUS" --std=c11 --enable=warning,performance,portability --inline-suppr \
		--error-exitcode=1 -D_GNU_SOURCE -I tools -I kmod/include/uapi tools
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
	xargs -r -d '\n' -n 8 -P "$CPUS" shellcheck -x -P .:SCRIPTDIR <"$LOG/shell-files"
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
	done < <(files '*.yaml' '*.yml')
}

yaml_style()
{
	need yamllint yamllint || return "$SKIP"
	files '*.yaml' '*.yml' | xargs -r -d '\n' yamllint -d relaxed
}

# Words that are right: names of the field, and parts of other words.
SPELLED='ans,ba,ect,fo,fro,hist,iif,inout,mis,nd,ot,rcv,ro,sie,statics,te,ths,ue,wan'

spelling()
{
	need codespell codespell || return "$SKIP"
	# Seeds of the fuzzer are no text.
	files '*' | grep -v -e '^LICENSE$' -e '^tools/fuzz/seeds/' | xargs -r -d '\n' codespell -L "$SPELLED"
}

generated()
{
	selftests/gen.sh --check
}

words()
{
	selftests/words.sh
}

# Short, and the same inputs each time; make fuzz-tools is long.
fuzz_tools()
{
	selftests/fuzz-tools.sh runs=20000
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
	local what bad=0

	for what in selftests/mutants/*.list; do
		selftests/mutants/run --check "$what" || bad=1
	done
	return "$bad"
}

security()
{
	selftests/mutants/run --check Documentation/security.rst
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
	check 'the lists of mutants fit the code and the table of RFCs' mutants
	check 'the tests that show what security.rst says exist' security
	check 'YAML is well-formed' yaml
	check 'yamllint is content' yaml_style
	check 'codespell knows all words' spelling
	check 'BIRD accepts the examples' bird_parses
	check 'manual pages format without warning' man_pages
	check 'tools build without warning (gcc, clang)' tools_warnings
	check 'gcc -fanalyzer finds nothing in the tools' tools_analyzer
	check 'clang-tidy finds nothing in the tools' tools_tidy
	check 'cppcheck finds nothing in the tools' tools_cppcheck
	check 'ipv6tunctl reads its words, under ASan and UBSan' words
	check 'ipv6tunctl stands 20,000 inputs of the fuzzer' fuzz_tools
	check 'module builds without warning, gcc W=1' gcc_w1
	check 'sparse finds nothing in the module' sparse_c2
	check 'smatch finds nothing in the module' smatch_c2
	check "the kernel's coccinelle scripts find nothing in the module" coccinelle
	check 'module builds without warning, clang W=1' clang_w1
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
