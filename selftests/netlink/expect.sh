# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Requests that ipv6tunctl would never send, and what the kernel must say of
# them. Source after lib.sh; sent from the namespace NLTRY_NS, a name of the
# script's, by default "router".

NLTRY=$TREE/build/selftests/nltry
: "${NLTRY_NS:=router}"
[[ -x $NLTRY ]] || skip "build/selftests/nltry is not built"

# expect: reads lines "REQUEST | ANSWER" and sends all requests with one
# program. ANSWER is the beginning of what nltry prints; of a list only the
# error, since old kernels do not tell why they refuse to begin one.
expect()
{
	local line bad=0 i
	local -a requests=() wants=() got

	while IFS= read -r line; do
		[[ $line == *' | '* ]] || continue
		requests+=("${line%% | *}")
		line=${line#* | }
		[[ ${requests[-1]%% *} == *+dump ]] && line=${line%% *}
		wants+=("$line")
	done
	mapfile -t got < <(printf '%s\n' "${requests[@]}" | ns "$NLTRY_NS" "$NLTRY")
	((${#requests[@]})) || fail "no requests"
	eq "${#got[@]}" "${#requests[@]}" "answers"
	for i in "${!requests[@]}"; do
		[[ ${got[i]} == "${wants[i]}"* ]] && continue
		note "${requests[i]}: got '${got[i]}', want '${wants[i]}'"
		bad=1
	done
	((bad == 0)) || fail "wrong answers"
	note "${#requests[@]} requests"
}

# An integer or address of a wrong length, for each attribute of each request.
# Whether the length or the value is found wrong differs between kernels.
lengths()
{
	local request=$1 attr good len
	shift

	while (($#)); do
		attr=$1 good=$2
		shift 2
		for len in 0 1 2 3 4 5 7 8 9 15 16 17 64; do
			[[ $len == "$good" ]] ||
				printf '%s %s=len:%d | E\n' "$request" "$attr" "$len"
		done
	done
}
