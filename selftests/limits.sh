#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The documented bound: 4096 paths on a device. One script of its own, because
# an emulated guest needs a minute or two for it.
#
#   router
#   +----------------------------------+
#   | wan0 (ipv6tun)  4096 paths       |
#   | e0 (dummy) 10.0.0.1              |
#   +----------------------------------+
source "$(dirname "$0")/lib.sh"

need_cmd jq

MAX=4096

setup_ns router
ns_batch router <<EOD
link add e0 type dummy
address add 10.0.0.1/24 dev e0
link set e0 up
route add default dev e0
EOD
ns router ipv6tunctl link add wan0 up

ctl()
{
	ns router ipv6tunctl "$@"
}

# paths COMMAND: a line of a batch file for each path.
paths()
{
	local i

	for ((i = 1; i <= MAX; i++)); do
		printf 'path %s wan0 id %d' "$1" "$i"
		[[ $1 == add ]] && printf ' local 10.0.0.1 remote 10.1.%d.%d peer fd01::%x' \
			$((i / 256)) $((i % 256)) "$i"
		echo
	done
}

add_all()
{
	local start=$SECONDS

	paths add | ctl -b -
	note "$MAX paths added in $((SECONDS - start)) s"
	# The list comes in many messages: none lost, none twice.
	eq "$(ctl path show wan0 | wc -l)" "$MAX" "paths listed"
	eq "$(ctl -j path show wan0 | jq '[.[].id] | unique | length')" "$MAX" "ids in JSON"
	eq "$(ctl -j show wan0 | jq '.[0]["paths-up"]')" "$MAX" "paths up"
}

one_more()
{
	refused "the device has 4096 paths" ctl path add wan0 local 10.0.0.1 remote 10.2.0.1
	refused "'4097' is not a number from 1 to 4096" \
		ctl path add wan0 id 4097 local 10.0.0.1 remote 10.2.0.1
	eq "$(ctl -j link show wan0 | jq '.[0].paths')" "$MAX" "paths"
}

# A route without next hop may use them all.
all_paths()
{
	local json

	ns router ip route add 198.51.100.0/24 dev wan0
	defer ns router ip route del 198.51.100.0/24
	json=$(ctl -j lookup wan0 from 10.0.0.1 to 198.51.100.1 proto udp sport 1 dport 2)
	eq "$(jq '.[0].members' <<<"$json")" "$MAX" "paths in the set"
	between "$(jq '.[0].id' <<<"$json")" 1 "$MAX" "path"
	eq "$(jq '.[0].member | length' <<<"$json")" 64 "paths listed in a lookup"
}

down_and_up()
{
	local begin=$EPOCHREALTIME

	ns router ip link set wan0 down
	eq "$(ctl -j show wan0 | jq '.[0]["paths-up"]')" 0 "paths up with the device down"
	ns router ip link set wan0 up
	wait_for 120 all_up || fail "$(ctl link show wan0)"
	note "down and up in $(_seconds_since "$begin") s"
}

all_up()
{
	[[ $(ctl -j show wan0 | jq '.[0]["paths-up"]') == "$MAX" ]]
}

remove_all()
{
	paths del | ctl -b -
	eq "$(ctl path show wan0)" "" "paths left"
}

run_test add_all "4096 paths on one device"
run_test one_more "one more is refused"
run_test all_paths "a set of all of them"
run_test down_and_up "the device down and up with all of them"
run_test remove_all "remove them one by one"
