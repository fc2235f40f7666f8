# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Crafted packets, and what a device counts of them. Source after lib.sh.

INJECT=$TREE/build/selftests/inject
[[ -x $INJECT ]] || skip "build/selftests/inject is not built"

# inject NAME PACKET...: sends the packets from a namespace; see inject.c.
inject()
{
	"$INJECT" "/run/netns/${NS[$1]}" "${@:2}" 2>&1 || fail "inject: status $?"
}

# counters NAME DEVICE: sets COUNTERS, name -> packets: drop reasons and no-path
# by their names, those of a path as "path1.rx-packets".
declare -A COUNTERS=()
counters()
{
	local json item prefix=''
	local -a items

	json=$(ns "$1" ipv6tunctl -j show "$2")
	# Flat already, but for the punctuation.
	json=${json//[\{\}\[\]\"]/}
	IFS=, read -r -a items <<<"$json"
	COUNTERS=()
	for item in "${items[@]}"; do
		case $item in
		id:*)
			prefix=path${item#id:}. ;;
		*:[rt]x-*:*|[rt]x-*:*|no-path:*)
			[[ $item == *-bytes:* ]] && continue
			[[ $item == *:*:* ]] && item=${item#*:}
			COUNTERS[$prefix${item%:*}]=${item##*:} ;;
		esac
	done
	# An empty comparison would always succeed.
	((${#COUNTERS[@]} > 20)) || fail "counters of $2: $json"
}

# counters_since: prints what became of the counters since those in BEFORE, as
# "name+difference", sorted.
counters_since()
{
	local name

	for name in "${!COUNTERS[@]}"; do
		((COUNTERS[$name] == BEFORE[$name])) ||
			echo "$name+$((COUNTERS[$name] - BEFORE[$name]))"
	done | sort | paste -s -d ' '
}

# counted NAME DEVICE WANT FROM PACKET...: the packets, sent from namespace FROM,
# make the counters grow by exactly WANT ("name+difference ...", sorted).
counted()
{
	local name=$1 device=$2 want=$3 tries got=
	local -A BEFORE=()
	shift 3

	counters "$name" "$device"
	for got in "${!COUNTERS[@]}"; do
		BEFORE[$got]=${COUNTERS[$got]}
	done
	inject "$@"
	# The other end works in a softirq of its own.
	for ((tries = 0; tries < 10; tries++)); do
		counters "$name" "$device"
		got=$(counters_since)
		[[ $got == "$want" ]] && return
		sleep 0.1
	done
	fail "counted '$got', want '$want'"
}
