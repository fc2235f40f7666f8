#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Checks how ipv6tunctl reads its words, on this machine, without the module:
# the cases of words.txt, batch files and random words, under ASan and UBSan. Part
# of lint.
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
	make -s -C "$TREE" tools SANITIZE=1 WERROR=-Werror
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

# batch WANT MESSAGE TEXT: a file of TEXT, with the escapes of printf.
batch()
{
	local file=$TMP/batch want=$1 message=$2

	# shellcheck disable=SC2059 # that is what it is
	printf -- "$3" >"$file"
	run -b "$file"
	[[ $said == "${message:+ipv6tunctl: $message}" && $status == "$want" ]] && return
	say "batch file: $3" "  want $want: $message" "  got $status: $said"
	return 1
}

# Files that end, break or are broken in every way. What is found out of order is
# named with its line, and nothing behind it is read.
batches()
{
	local long f=$TMP/batch bad=0 n=0 want message text

	printf -v long '%070000d' 0
	while IFS='|' read -r want message text; do
		n=$((n + 1))
		batch "$want" "$message" "${text//LONG/$long}" || bad=1
	done <<-EOD
	0||
	0||\n\n  \t\r\n# path add\n   # LONG
	1|$f:1: 'nonsense' is none of link, path, lookup, nat64, show, monitor|nonsense
	1|$f:3: link set: mtu: the value is missing|\n#\n link\tset absent0 mtu # 1500\r\npath
	2|$f:1: link set: absent0: No such device|link set absent0 mtu 1500\r\nnonsense\n
	2|$f:2: link del: absent0: No such device|#LONG\nlink del absent0 #LONG\nnonsense
	1|$f:1: the line contains a zero byte|link del absent0\0\n
	1|$f:2: the line contains a zero byte|# fine\n#\0
	1|$f:1: path: '-b' is none of add, set, del, show|path -b -
	1|$f:1: '-b' is none of link, path, lookup, nat64, show, monitor|-b -
	1|$f:1: link set: mtu: '$long' is not a number from 68 to 65535|link set absent0 mtu LONG
	1|$f:1: path add: DEV: 'a:b' cannot be the name of a device|path add a:b
	EOD
	run -b "$TMP"
	n=$((n + 1))
	if [[ $said != *": cannot read: Is a directory" || $status != 1 ]]; then
		say "batch file that is a directory: $status: $said"
		bad=1
	fi
	say "words: $n batch files"
	return "$bad"
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

TMP=$(mktemp -d)
trap 'rm -rf "$TMP"' EXIT
build && cases && batches && random
