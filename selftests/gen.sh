#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Generates the netlink code from its specification, or checks it.
#
#   selftests/gen.sh          write the generated files
#   selftests/gen.sh --check  write nothing, fail when a file differs
#
# The generator is the kernel's own, from KSRC=DIRECTORY or else from the
# newest packaged kernel source. The result is committed, so that building
# needs neither Python nor that source.
set -euo pipefail

TREE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=selftests/vm/common.sh
source "$TREE/selftests/vm/common.sh"

SPEC=Documentation/netlink/specs/ipv6tun.yaml
# Mode of the generator, its output, our file.
OUTPUTS=(
	"uapi --header kmod/include/uapi/linux/ipv6tun.h"
	"kernel --header kmod/netlink-gen.h"
	"kernel --source kmod/netlink-gen.c"
)

kernel_source()
{
	local UML_SRC=

	if [[ ${KSRC:-} ]]; then
		echo "$KSRC"
		return
	fi
	# shellcheck source=selftests/vm/uml-kernel.sh
	source "$TREE/selftests/vm/uml-kernel.sh"
	uml_source >&2 || die "no kernel source to take the generator from"
	echo "$UML_SRC"
}

# generate GENERATOR MODE PART FILE, in a directory that looks like a kernel
# tree to the generator: it searches upwards for MAINTAINERS, for ever.
generate()
{
	local again='/* To regenerate run: selftests/gen.sh */'

	(cd "$WORK" && python3 -B "$1" --mode "$2" "$3" --spec "$WORK/$SPEC" -o "$WORK/$4")
	sed -i "s@^/\* To regenerate run: .*@$again@" "$WORK/$4"
}

# settle FILE: put the generated FILE in its place, or compare it.
settle()
{
	cmp -s "$WORK/$1" "$TREE/$1" && return
	if ((CHECK)); then
		diff -u "$TREE/$1" "$WORK/$1" || true
		STALE=1
	else
		cp "$WORK/$1" "$TREE/$1"
		say "wrote $1"
	fi
}

main()
{
	local source generator line mode part file

	source=$(kernel_source)
	generator=$source/tools/net/ynl/pyynl/ynl_gen_c.py
	[[ -e $generator ]] || die "no tools/net/ynl/pyynl/ynl_gen_c.py in $source"

	WORK=$(mktemp -d)
	trap 'rm -rf "$WORK"' EXIT
	: >"$WORK/MAINTAINERS"
	mkdir -p "$WORK/${SPEC%/*}" "$WORK/kmod/include/uapi/linux"
	cp "$source"/Documentation/netlink/*.yaml "$WORK/Documentation/netlink/"
	cp "$TREE/$SPEC" "$WORK/$SPEC"

	for line in "${OUTPUTS[@]}"; do
		read -r mode part file <<<"$line"
		generate "$generator" "$mode" "$part" "$file"
		settle "$file"
	done
	mkdir "$WORK/tools"
	python3 -B "$TREE/tools/gen-spec.py" "$TREE/$SPEC" >"$WORK/tools/spec-gen.c"
	settle tools/spec-gen.c
	((STALE == 0)) || die "generated files are stale, run selftests/gen.sh"
}

STALE=0
case ${1:-} in
'') CHECK=0 ;;
--check) CHECK=1 ;;
*) die "usage: selftests/gen.sh [--check]" ;;
esac
main
