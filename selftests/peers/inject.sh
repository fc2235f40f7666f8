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

# The counters of a device as ipv6tunctl prints them, an item per element. The
# layout stays the same as long as no path comes or goes.
ITEMS=()
read_items() # NAME DEVICE
{
	local json

	json=$(ns "$1" ipv6tunctl -j show "$2")
	# Flat already, but for the punctuation.
	json=${json//[\{\}\[\]\"]/}
	IFS=, read -r -a ITEMS <<<"$json"
	# An empty comparison would always succeed.
	((${#ITEMS[@]} > 30)) || fail "counters of $2: $json"
}

# _is_counter ITEM: packets by reason or direction, "no-path" included. Sets
# _name and _value.
_is_counter()
{
	[[ $1 =~ ^([a-z]+:)?([rt]x-[a-z-]+|no-path):([0-9]+)$ ]] || return
	_name=${BASH_REMATCH[2]} _value=${BASH_REMATCH[3]}
	[[ $_name != *-bytes ]]
}

# counters NAME DEVICE: sets COUNTERS, name -> packets: drop reasons and no-path
# by their names, those of a path as "path1.rx-packets".
declare -A COUNTERS=()
counters()
{
	local item prefix=''

	read_items "$1" "$2"
	COUNTERS=()
	for item in "${ITEMS[@]}"; do
		if [[ $item == id:* ]]; then
			prefix=path${item#id:}.
		elif _is_counter "$item"; then
			# shellcheck disable=SC2034 # the tests read it
			COUNTERS[$prefix$_name]=$_value
		fi
	done
}

# difference: sets DIFFERENCE to what became of the items since those in BEFORE,
# "name+difference ..." in the order of ipv6tunctl: reasons first, then paths.
difference()
{
	local i j value prefix

	DIFFERENCE=
	((${#ITEMS[@]} == ${#BEFORE[@]})) || fail "paths came or went"
	# Few differ: only these are taken apart.
	for i in "${!ITEMS[@]}"; do
		[[ ${ITEMS[i]} == "${BEFORE[i]}" ]] && continue
		_is_counter "${ITEMS[i]}" || continue
		value=$_value prefix=
		_is_counter "${BEFORE[i]}"
		for ((j = i; j >= 0; j--)); do
			[[ ${ITEMS[j]} == id:* ]] && prefix=path${ITEMS[j]#id:}. && break
		done
		DIFFERENCE+=" $prefix$_name+$((value - _value))"
	done
	DIFFERENCE=${DIFFERENCE# }
}

# counted NAME DEVICE WANT FROM PACKET...: the packets, sent from namespace FROM,
# make the counters grow by exactly WANT, written as by difference.
counted()
{
	local name=$1 device=$2 want=$3 until
	local -a BEFORE=()
	shift 3

	read_items "$name" "$device"
	BEFORE=("${ITEMS[@]}")
	inject "$@"
	# The other end works in a softirq of its own, on a processor that may stand still.
	until=$((${EPOCHREALTIME/[.,]/} + 5000000))
	while :; do
		read_items "$name" "$device"
		difference
		[[ $DIFFERENCE == "$want" ]] && return
		((${EPOCHREALTIME/[.,]/} < until)) || break
		sleep 0.1
	done
	fail "counted '$DIFFERENCE', want '$want'"
}
