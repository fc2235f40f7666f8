#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Fuzzes what ipv6tunctl reads: its words, batch and configuration files, and the
# kernel's answers (tools/fuzz/fuzz.c says how). Needs no module and no root.
#
#   selftests/fuzz-tools.sh [SECONDS]     default 60
#   selftests/fuzz-tools.sh runs=N        so many inputs, the same ones each time
#   selftests/fuzz-tools.sh FILE...       these inputs once, such as those of a finding
#
# What found something new is kept in build/fuzz-tools/corpus, findings in
# build/fuzz-tools/findings. Status 1: a finding; 4: clang cannot do this.
set -euo pipefail

TREE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=selftests/vm/common.sh
source "$TREE/selftests/vm/common.sh"

OUT=$TREE/build/fuzz-tools
FINDINGS=$OUT/findings

# Some packages of clang come without the runtime of libFuzzer.
have_libfuzzer()
{
	local code='#include <stddef.h>
		int LLVMFuzzerTestOneInput(const char *d, size_t n) { return d && n > 1 << 30; }'

	command -v clang >/dev/null &&
		clang -fsanitize=fuzzer,address,undefined -x c -o "$OUT/probe" - <<<"$code" >/dev/null 2>&1
}

build()
{
	mkdir -p "$FINDINGS"
	if ! have_libfuzzer; then
		say "clang here has no libFuzzer: install clang and libclang-rt-dev"
		exit 4
	fi
	make -s -C "$TREE/tools" fuzz OUT="$OUT" CC=clang WERROR=-Werror
}

# The commands of words.txt, right and wrong, as a batch file each; and each of their
# words for the dictionary.
seeds()
{
	local line n=0

	rm -rf "$OUT/seeds"
	mkdir "$OUT/seeds"
	cp "$TREE"/tools/fuzz/seeds/* "$OUT/seeds/"
	while IFS= read -r line; do
		[[ $line == *' | '* && $line != '#'* ]] || continue
		n=$((n + 1))
		printf '\n%s\n' "${line%% | *}" >"$OUT/seeds/words-$n"
	done <"$TREE/selftests/words.txt"
	sed -n 's/^\([^#].*\) | .*/\1/p' "$TREE/selftests/words.txt" | tr ' ' '\n' |
		grep -x '[0-9A-Za-z:./-]\{2,40\}' | sort -u | sed 's/.*/"&"/' >"$OUT/words.dict"
}

replay()
{
	local file

	for file; do
		[[ -r $file ]] || die "no such input: $file"
	done
	"$OUT/fuzz" -timeout=10 "$@"
}

main()
{
	local -a limit=(-max_total_time="${1:-60}")
	local corpus=$OUT/corpus

	if [[ ${1:-} == runs=* ]]; then
		# Nothing of earlier runs, or they would not be the same.
		limit=("-$1" -seed=1)
		corpus=$OUT/corpus-once
		rm -rf "$corpus"
	elif [[ ${1:-1} != [1-9]*([0-9]) ]]; then
		build
		replay "$@"
		return
	fi
	build
	seeds
	mkdir -p "$corpus"
	# New inputs go to the first directory.
	if ! "$OUT/fuzz" "${limit[@]}" -timeout=10 -rss_limit_mb=1024 -max_len=4096 \
	     -dict="$OUT/words.dict" -artifact_prefix="$FINDINGS/" -print_final_stats=1 \
	     "$corpus" "$OUT/seeds" >"$OUT/log" 2>&1 </dev/null; then
		grep -v '^#[0-9]' "$OUT/log" | tail -n 60
		say "a finding; all that was said of it is in ${OUT#"$TREE/"}/log; once more:"
		find "$FINDINGS" -type f -newer "$OUT/words.dict" -printf 'make fuzz-tools FILE=%p\n'
		return 1
	fi
	grep -E '^(Done|stat::number_of_executed_units|#[0-9]+.DONE)' "$OUT/log"
}

shopt -s extglob
main "$@"; exit
