#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Checks how ipv6tunctl reads its words, on this machine, without the module:
# the cases of words.txt and random ones, under ASan and UBSan. Part of lint.
set -euo pipefail

TREE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=selftests/vm/common.sh
source "$TREE/selftests/vm/common.sh"

# Random commands; the seed is printed and can be given to repeat them.
ROUNDS=${ROUNDS:-300}
SEED=${SEED:-$$}
OUT=$TREE/build/tools-asan
# A sanitizer's finding must not look like a refusal (1 or 2).
export ASAN_OPTIONS=exitcode=99 UBSAN_OPTIONS=halt_on_error=1:exitcode=99

build()
{
	make -s -C "$TREE/tools" OUT="$OUT" WERROR=-Werror \
		CFLAGS="-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all"
}

# run WORD...: sets "said" and "status".
run()
{
	status=0
	said=$("$OUT/ipv6tunctl" "$@" 2>&1) || status=$?
}

cases()
{
	local line want wanted bad=0 n=0
	local -a words

	while IFS= read -r line; do
		[[ $line == *' | '* && $line != '#'* ]] || continue
		read -r -a words <<<"${line%% | *}"
		want="ipv6tunctl: ${line#* | }"
		wanted=1
		[[ $want == *': No such device' ]] && wanted=2
		run "${words[@]}"
		n=$((n + 1))
		[[ $said == "$want" && $status == "$wanted" ]] && continue
		bad=1
		say "${words[*]}" "  want $wanted: $want" "  got $status: $said"
	done <"$TREE/selftests/words.txt"
	say "words: $n cases"
	((n > 100 && bad == 0))
}

# Whatever the words, the answer is an error message and no sanitizer report.
random()
{
	local -a pool words
	local i j

	mapfile -t pool < <(grep '^[^#].* | ' "$TREE/selftests/words.txt" |
		sed 's/ | .*//' | tr ' ' '\n' | grep -v -x up | sort -u)
	RANDOM=$SEED
	for ((i = 0; i < ROUNDS; i++)); do
		words=()
		case $((RANDOM % 7)) in
		0) words=(path add absent0) ;;
		1) words=(lookup absent0) ;;
		2) words=(link set absent0) ;;
		3) words=(nat64 set absent0) ;;
		4) words=(nat64 bib add absent0) ;;
		5) words=(nat64 flush absent0) ;;
		6) words=(nat64 pool4 add absent0 192.0.2.0/24) ;;
		esac
		for ((j = RANDOM % 20; j > 0; j--)); do
			words+=("${pool[RANDOM % ${#pool[@]}]}")
		done
		run "${words[@]}"
		if ((status != 1 && status != 2)) || [[ $said != ipv6tunctl:* ]]; then
			say "SEED=$SEED: status $status: ${words[*]}" "$said"
			return 1
		fi
	done
	say "words: $ROUNDS random commands, seed $SEED"
}

build && cases && random
