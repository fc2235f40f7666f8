#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# ipv6tunctl: what it reads, prints and returns. (That it reads its words
# strictly is in words.txt, that the kernel refuses nonsense in netlink.sh.)
#
#   router                                  far
#   +------------------------------+        +------------------------------+
#   | wan0 (ipv6tun)               |        | wan0 (ipv6tun)               |
#   |  192.0.2.1 fd00::1           |        |  192.0.2.2 fd00::2           |
#   |  path 1: peers 192.0.2.2     |        |  path 1: peers 192.0.2.1     |
#   |          fd00::2             |        |          fd00::1             |
#   |                          e0 -+--------+- e0                          |
#   |                     10.0.0.1 |        | 10.0.0.2                     |
#   +------------------------------+        +------------------------------+
#
# shellcheck disable=SC2317 # functions that wait_for calls
# shellcheck source=selftests/lib.sh
source "$(dirname "$0")/lib.sh"

need_cmd jq

setup_ns router far
veth router:e0,10.0.0.1/24,2001:db8:1::1/64 far:e0,10.0.0.2/24,2001:db8:1::2/64
for name in router far; do
	[[ $name == router ]] && here=1 there=2 || here=2 there=1
	ns $name ipv6tunctl -b - <<-EOD
	link add wan0 up
	path add wan0 id 1 local 10.0.0.$here remote 10.0.0.$there peer 192.0.2.$there peer fd00::$there
	EOD
	ns_batch $name <<-EOD
	address add 192.0.2.$here/24 dev wan0
	address add fd00::$here/64 dev wan0 nodad
	EOD
done

# ctl WORD...: ipv6tunctl in the router.
ctl()
{
	ns router ipv6tunctl "$@"
}

# status WANT CMD...: the exit status, and the output in "said".
status()
{
	local want=$1 got=0
	shift
	said=$("$@" 2>&1) || got=$?
	eq "$got" "$want" "exit status of: $* ($said)"
}

# A command of jq that must be true of the JSON.
json()
{
	local what=$1
	shift
	jq -e "$what" >/dev/null <<<"$1" || fail "not true: $what: $1"
}

exit_status()
{
	local said out words

	status 0 ipv6tunctl -V
	status 0 ipv6tunctl --help
	status 0 ctl path show
	status 1 ipv6tunctl
	contains "$said" Usage: "no words"
	status 1 ipv6tunctl -x
	status 1 ctl path set wan0 id 1 weight 0
	eq "$said" "ipv6tunctl: path set: weight: '0' is not a number from 1 to 1000" "error"
	status 1 ctl -b "$TMP/absent"
	status 1 ctl -b /dev/null path show
	status 2 ctl path set wan0 id 9 weight 1
	eq "$said" "ipv6tunctl: path set: id: the device has no path of this id (No such file or directory)" "error"
	status 2 ctl path show lo
	eq "$said" "ipv6tunctl: path show: lo: not an ipv6tun device (Operation not supported)" "error"
	status 2 ctl link del lo
	eq "$said" "ipv6tunctl: link del: lo is not an ipv6tun device" "error"
	status 2 ctl link set lo up
	status 2 ctl link add wan0
	eq "$said" "ipv6tunctl: link add: File exists" "error"
	status 2 ctl path show absent0
	status 2 ipv6tunctl -n absent-namespace path show
	for out in ">/dev/full" ">&-"; do
		for words in "-n ${NS[router]} path show" "-n ${NS[router]} -j show" -V -h; do
			status 2 bash -c "ipv6tunctl $words $out"
			contains "$said" "cannot write" "error of: $words $out"
		done
	done
	status 1 ctl -b /dev/null -b /dev/null
	eq "$said" "ipv6tunctl: -b is given twice" "error"
	status 1 ctl -n elsewhere path show
	eq "$said" "ipv6tunctl: -n is given twice" "error"
	printf -v words 'x%.0s' {1..5000}
	status 2 ipv6tunctl -n "/$words" path show
	contains "$said" "File name too long" "error of a long name"
}

# link add, with each word, against iproute2's own view of the device.
link_words()
{
	local json

	ctl link add wan1 mtu 1400 seed beef hash flowlabel symmetric off mss-clamp off up
	defer ctl link del wan1
	json=$(ctl -j link show wan1)
	json '.[0] | .ifname == "wan1" and .admin == "up" and .mtu == 1400 and
		.seed == 48879 and .hash == "flowlabel" and .symmetric == false and
		.["mss-clamp"] == false and .["mtu-auto"] == false and .paths == 0 and
		.return == "immediate" and .["return-idle"] == 10000 and
		.["return-forced"] == 120000' "$json"
	json=$(ns router ip -j -d link show wan1)
	json '.[0] | .mtu == 1400 and .linkinfo.info_kind == "ipv6tun" and
		(.flags | contains(["UP"]))' "$json"
	ctl link set wan1 seed 1 hash l3 symmetric on mss-clamp on mtu auto down
	eq "$(ctl link show wan1)" \
		"wan1 down mtu 1476 (auto) seed 1 hash l3 symmetric on mss-clamp on return immediate paths 0" "text"
	# What is refused leaves everything as it was, its sibling settings too.
	if ctl link set wan1 mtu 1279 seed 2 2>/dev/null; then
		fail "an MTU below IPv6's minimum was taken"
	fi
	eq "$(ctl link show wan1)" \
		"wan1 down mtu 1476 (auto) seed 1 hash l3 symmetric on mss-clamp on return immediate paths 0" "after a refusal"
	ctl link set wan1 return idle return-idle 500 return-forced 0
	contains "$(ctl link show wan1)" \
		" mss-clamp on return idle return-idle 500 return-forced 0 paths 0" "return mode in text"
	if ctl link set wan1 return immediate mtu 1279 2>/dev/null; then
		fail "an MTU below IPv6's minimum was taken"
	fi
	json '.[0] | .return == "idle" and .["return-idle"] == 500 and .["return-forced"] == 0' \
		"$(ctl -j link show wan1)"
	ctl link set wan1 return immediate
	json '.[0] | .return == "immediate" and .["return-idle"] == 500' "$(ctl -j link show wan1)"
	ctl link set wan1 hash l4
	contains "$(ctl link show wan1)" "seed 1 hash l4" "what is not given stays"
	eq "$(ctl -j link show | jq length)" 2 "devices listed"
}

# The text of a path can be given to path add again.
path_text()
{
	local text words

	ctl path add wan0 id 7 local 2001:db8:1::1 remote 2001:db8:1::7 key 4294967295 csum \
		ttl inherit tos 0xb8 underlay e0 weight 1000 peer 198.51.100.7 peer fd00::7 admin down
	text=$(ctl path show wan0 id 7)
	words=${text%% state *}
	eq "$words" "wan0 id 7 local 2001:db8:1::1 remote 2001:db8:1::7 key 4294967295 csum ttl inherit tos 0xb8 underlay e0 weight 1000 peer 198.51.100.7 peer fd00::7 admin down" "text"
	ctl path del wan0 id 7
	# shellcheck disable=SC2086 # words, indeed
	ctl path add $words
	defer ctl path del wan0 id 7
	eq "$(ctl path show wan0 id 7 | sed 's/ state .*//')" "$words" "text after path add of it"
	contains "$(ctl path show wan0 id 7)" "state down (admin) for 00:00:0" "state"

	ctl path set wan0 id 7 key none csum off ttl 9 tos inherit underlay none weight 1 \
		peer none admin up
	text=$(ctl path show wan0 id 7)
	eq "${text%% state *}" \
		"wan0 id 7 local 2001:db8:1::1 remote 2001:db8:1::7 ttl 9 tos inherit weight 1" "after path set"
	ctl path set wan0 id 7 weight 2
	eq "$(ctl path show wan0 id 7 | sed 's/ state .*//')" "${text%% weight *} weight 2" \
		"what is not given stays"
}

# The words of the probe stand before the state, and only with a probe.
probe_text()
{
	local text words

	ctl path add wan0 id 8 local 10.0.0.1 remote 10.0.0.8 peer fd00::8 probe icmp interval 50 \
		multiplier 5 passive on hold-up 0
	text=$(ctl path show wan0 id 8)
	words=${text%% state *}
	eq "$words" "wan0 id 8 local 10.0.0.1 remote 10.0.0.8 ttl 64 tos inherit weight 1 peer fd00::8 probe icmp interval 50 multiplier 5 passive on hold-up 0" "text"
	[[ $text == *" mtu 1476 loss "[0-9]*.[0-9]% ]] || fail "loss, and no round-trip time: $text"
	ctl path del wan0 id 8
	# shellcheck disable=SC2086 # words, indeed
	ctl path add $words
	defer ctl path del wan0 id 8
	eq "$(ctl path show wan0 id 8 | sed 's/ state .*//')" "$words" "text after path add of it"
	contains "$(ctl path show wan0 id 8)" "state down (" "a path no probe of which was answered"

	ctl path set wan0 id 8 multiplier 3 passive off hold-up 1000
	eq "$(ctl path show wan0 id 8 | sed 's/ state .*//')" \
		"${words%% interval *} interval 50 multiplier 3" "defaults in text"
	ctl path set wan0 id 8 probe none hold-up 30000
	text=$(ctl path show wan0 id 8)
	eq "${text%% state *}" "${words%% probe *} hold-up 30000" "text without a probe"
	lacks "$text" loss "text without a probe"
	json '.[0] | .probe == "none" and .interval == 50 and .multiplier == 3 and
		.passive == 0 and .["hold-up"] == 30000 and has("probe-stats") == false' \
		"$(ctl -j path show wan0 id 8)"
	# Of what is refused nothing is changed.
	refused "probe: an icmp probe needs an inside peer" \
		ctl path set wan0 id 8 weight 9 peer none probe icmp
	eq "$(ctl path show wan0 id 8 | sed 's/ state .*//')" "${text%% state *}" "after a refusal"
}

# Probes that are answered: counters, loss and round-trip time.
probe_stats()
{
	local json text

	ctl path set wan0 id 1 probe icmp interval 100
	defer ctl path set wan0 id 1 probe none interval 1000
	answered()
	{
		ctl -j path show wan0 id 1 |
			jq -e '.[0] | .state == "up" and .["probe-stats"].received >= 3'
	}
	wait_for 20 answered || fail "no answers: $(ctl -s path show wan0 id 1)"
	json=$(ctl -j path show wan0 id 1)
	json '.[0] | .probe == "icmp" and .interval == 100 and .multiplier == 3 and .passive == 0 and
		.["hold-up"] == 1000 and .changes >= 1 and
		(.["probe-stats"] | keys == ["late", "loss", "received", "rtt", "rtt-max", "rtt-min",
					     "rtt-smoothed", "sent", "spared"] and
		 .sent >= .received and .spared == 0 and .loss < 1000 and
		 .["rtt-min"] > 0 and .["rtt-min"] <= .rtt and .rtt <= .["rtt-max"] and
		 .["rtt-min"] <= .["rtt-smoothed"] and .["rtt-smoothed"] <= .["rtt-max"])' "$json"
	text=$(ctl path show wan0 id 1)
	[[ $text =~ \ state\ up\ for\ [0-9:]+\ mtu\ 1476\ rtt\ [0-9]+\.[0-9]{3}\ ms\ loss\ [0-9]+\.[0-9]%$ ]] ||
		fail "text: $text"
	text=$(ctl -s path show wan0 id 1)
	[[ $text =~ \ state\ up\ for\ [0-9:]+\ changes\ [0-9]+\ mtu\ 1476$'\n    'probes\ sent\ ([0-9]+)\ received\ ([0-9]+)\ spared\ 0\ late\ [0-9]+\ loss\ [0-9.]+%\ rtt\ [0-9.]+\ ms\ rtt-smoothed\ [0-9.]+\ ms\ rtt-min\ [0-9.]+\ ms\ rtt-max\ [0-9.]+\ ms$'\n    'rx\  ]] ||
		fail "text with -s: $text"
	((BASH_REMATCH[2] >= 3)) || fail "answers: $text"
}

path_json()
{
	local json

	json=$(ctl -j path show wan0 id 1)
	json 'length == 1 and (.[0] | .ifname == "wan0" and .id == 1 and
		.local == "10.0.0.1" and .remote == "10.0.0.2" and has("key") == false and
		.csum == 0 and .ttl == 64 and .tos == 1 and .underlay == 0 and .weight == 1 and
		.peer == ["192.0.2.2", "fd00::2"] and .admin == "up" and .state == "up" and
		.reason == "none" and .mtu == 1476 and (.since > 0) and
		(.stats | keys) == ["rx-bytes", "rx-dropped", "rx-packets",
				    "tx-bytes", "tx-dropped", "tx-packets"])' "$json"
	eq "$(ctl -j path show wan0 id 1 | wc -l)" 1 "lines of JSON"
	eq "$(ctl -jp path show wan0 id 1 | jq -c .)" "$(jq -c . <<<"$json")" "indented JSON"
	# The kernel takes the lowest free id and tells it.
	eq "$(ctl path add wan0 local 10.0.0.1 remote 10.0.0.22)" "id 2" "id told in text"
	json=$(ctl -j path add wan0 local 10.0.0.1 remote 10.0.0.33)
	json '.[0].id == 3' "$json"
	ctl path del wan0 id 2
	eq "$(ctl path add wan0 local 10.0.0.1 remote 10.0.0.22)" "id 2" "lowest free id"
	ctl -b - <<<'path del wan0 id 2
path del wan0 id 3'
	eq "$(ctl -j path show | jq length)" 1 "paths left"
}

counters()
{
	local before after

	before=$(ctl -j path show wan0 id 1 | jq '.[0].stats["tx-packets"]')
	ping_ok router fd00::2 3
	after=$(ctl -j path show wan0 id 1 | jq '.[0].stats["tx-packets"]')
	between $((after - before)) 3 10 "packets sent over the path"
	[[ $(ctl -s path show wan0 id 1) =~ rx\ packets\ ([0-9]+)\ bytes\ ([0-9]+)\ tx ]] ||
		fail "no counters in text"
	((BASH_REMATCH[1] >= 3 && BASH_REMATCH[2] >= 3 * 104)) || fail "${BASH_REMATCH[0]}"
	lacks "$(ctl path show wan0 id 1)" "rx packets" "text without -s"
}

routes_and_sets()
{
	local json

	ctl path add wan0 id 2 local 10.0.0.1 remote 10.0.0.3 peer fd00::3
	defer ctl path del wan0 id 2
	ns_batch router <<-EOD
	route add 2001:db8:a::/48 nexthop via fd00::2 dev wan0 nexthop via fd00::3 dev wan0
	route add 2001:db8:b::/48 nexthop via fd00::2 dev wan0 nexthop via fd00::3 dev wan0
	route add 198.51.100.0/24 via 192.0.2.2 dev wan0
	EOD
	defer ns router ip -6 route del 2001:db8:a::/48
	defer ns router ip -6 route del 2001:db8:b::/48
	defer ns router ip route del 198.51.100.0/24
	contains "$(ctl show routes)" \
		"wan0 table main prefix 2001:db8:a::/48 gateway fd00::2 weight 1 gateway fd00::3 weight 1 paths 2 path 1 weight 1 path 2 weight 1" "text of routes"
	contains "$(ctl show routes wan0)" \
		"wan0 table main prefix 198.51.100.0/24 gateway 192.0.2.2 weight 1 paths 1 path 1 weight 1" "text of routes"
	json=$(ctl -j show routes)
	json '[.[] | select(.prefix == "2001:db8:a::")][0] | .["prefix-len"] == 48 and
		.family == 10 and .table == 254 and .members == 2 and
		[.gateway[].address] == ["fd00::2", "fd00::3"] and
		[.member[].id] == [1, 2]' "$json"
	# The bucket table is built in the background.
	buckets_known()
	{
		ctl -j show sets |
			jq -e '[.[] | select(.routes == 2 and .gateway)][0].member[0].buckets'
	}
	wait_for 20 buckets_known || fail "no buckets: $(ctl -j show sets)"
	json=$(ctl -j show sets)
	json '[.[] | select(.gateway and (.gateway | length) == 2)] | length == 1 and
		(.[0] | .routes == 2 and .members == 2 and
		 ([.member[].buckets] | add) == 65536)' "$json"
	# The connected prefixes have no next hop.
	json '[.[] | select(.["all-paths"])] | length == 1 and .[0].members == 2' "$json"
	contains "$(ctl show sets)" "gateway fd00::2 weight 1 gateway fd00::3 weight 1 paths 2" "text of sets"
}

lookups()
{
	local json said

	eq "$(ctl lookup wan0 from fd00::1 to fd00::2 | cut -d' ' -f1-5)" \
		"wan0 id 1 why inside-peer" "lookup of a peer"
	json=$(ctl -j lookup wan0 from 192.0.2.1 to 192.0.2.9 proto tcp sport 1 dport 2)
	json '.[0] | .from == "192.0.2.1" and .to == "192.0.2.9" and .proto == 6 and
		.sport == 1 and .dport == 2 and .id == 1 and .why != "none" and
		.bucket < 65536 and .prefix == "192.0.2.0" and .["prefix-len"] == 24' "$json"
	ctl path set wan0 id 1 admin down
	defer ctl path set wan0 id 1 admin up
	contains "$(ctl lookup wan0 from 192.0.2.1 to 192.0.2.9)" "why none drop tx-" "lookup without a path"
	json=$(ctl -j lookup wan0 from 192.0.2.1 to 192.0.2.9)
	json '.[0] | has("id") == false and .why == "none" and (.drop | startswith("tx-"))' "$json"
	status 2 ctl lookup wan0 from fd00::1 to 2001:db8:1::2
	contains "$said" "to: the route does not lead to this device" "lookup of another route"
}

overview()
{
	local json text

	json=$(ctl -j show)
	json 'length == 1 and (.[0] | .ifname == "wan0" and .paths == 1 and .["paths-up"] == 1 and
		(.drops | length) > 20 and (.path | length) == 1 and .path[0].id == 1)' "$json"
	text=$(ctl show wan0)
	[[ $text == "wan0 paths 1 up 1 routes "*$'\n'"  id 1 local 10.0.0.1 "* ]] || fail "text: $text"
	json=$(ctl -j show drops)
	json '.[0].drops | has("rx-gre-csum") and has("tx-no-path")' "$json"
	contains "$(ctl -s show drops)" "RFC 2784" "meaning of the counters"
	eq "$(ctl -s show drops | grep -c '^wan0 ')" "$(jq '.[0].drops | length' <<<"$json")" "counters"
}

# A packet is a flow: the same answer, however the question is put.
packet_lookups()
{
	local udp=fd000000000000000000000000000001 json said i

	ctl path add wan0 id 2 local 10.0.0.1 remote 10.0.0.3 peer fd00::3
	defer ctl path del wan0 id 2
	ns_batch router <<-EOD
	route add 2001:db8:a::/48 nexthop via fd00::2 dev wan0 nexthop via fd00::3 dev wan0
	route add 198.51.100.0/24 via 192.0.2.2 dev wan0
	EOD
	defer ns router ip -6 route del 2001:db8:a::/48
	defer ns router ip route del 198.51.100.0/24

	# UDP, port 1000 to port 53.
	udp=6000000000081140${udp}20010db8000a0000000000000000000103e8003500080000
	eq "$(ctl -j lookup wan0 packet "$udp")" \
		"$(ctl -j lookup wan0 from fd00::1 to 2001:db8:a::1 proto udp sport 1000 dport 53)" \
		"lookup of an IPv6 packet"
	# The same behind a destination option, with a flow label and cut short.
	json=$(ctl -j lookup wan0 packet "6001234500103c40${udp:16:64}110001040000000003e8003500080000")
	json '.[0] | .proto == 17 and .sport == 1000 and .dport == 53 and .["flow-label"] == 74565' "$json"
	eq "$(jq '.[0].hash' <<<"$json")" "$(ctl -j lookup wan0 packet "$udp" | jq '.[0].hash')" "its hash"
	# An echo request with the identifier 7; TCP with link-layer padding.
	eq "$(ctl -j lookup wan0 packet 4500001c0000400040010000c0000201c63364010800000000070001)" \
		"$(ctl -j lookup wan0 from 192.0.2.1 to 198.51.100.1 proto icmp sport 7)" \
		"lookup of an echo request"
	eq "$(ctl -j lookup wan0 packet 450000280000400040060000c0000201c6336401000100020000000000000000500200000000000000000000)" \
		"$(ctl -j lookup wan0 from 192.0.2.1 to 198.51.100.1 proto tcp sport 1 dport 2)" \
		"lookup of an IPv4 packet"
	status 2 ctl lookup wan0 packet 45
	eq "$said" "ipv6tunctl: lookup: packet: the IP header is incomplete or wrong (Invalid argument)" "error"

	# Of which path is the bucket, and why is it not there?
	for ((i = 1; i < 100; i++)); do
		json=$(ctl -j lookup wan0 from fd00::1 to 2001:db8:a::1 proto udp sport $i dport 1)
		[[ $json != *'"owner":2,'* ]] || break
	done
	json '.[0] | .id == 2 and .owner == 2 and has("owner-reason") == false' "$json"
	ctl path set wan0 id 2 admin down
	contains "$(ctl lookup wan0 from fd00::1 to 2001:db8:a::1 proto udp sport $i dport 1)" \
		" owner 2 (admin) table main " "owner that is down"
	json=$(ctl -j lookup wan0 from fd00::1 to 2001:db8:a::1 proto udp sport $i dport 1)
	json '.[0] | .id == 1 and .owner == 2 and .["owner-reason"] == "admin"' "$json"

	# The owner is back, its bucket not yet.
	ctl link set wan0 return idle return-idle 60000
	defer ctl link set wan0 return immediate return-idle 10000
	ctl path set wan0 id 2 admin up
	json=$(ctl -j lookup wan0 from fd00::1 to 2001:db8:a::1 proto udp sport $i dport 1)
	json '.[0] | .id == 1 and .owner == 2 and .["owner-reason"] == "none"' "$json"
	contains "$(ctl lookup wan0 from fd00::1 to 2001:db8:a::1 proto udp sport $i dport 1)" \
		"wan0 id 1 why route " "flow that stays"
	contains "$(ctl lookup wan0 from fd00::1 to 2001:db8:a::1 proto udp sport $i dport 1)" \
		" owner 2 (up) table main " "owner that is back"
	ctl link set wan0 return immediate
	went_back()
	{
		[[ $(ctl lookup wan0 from fd00::1 to 2001:db8:a::1 proto udp sport "$i" dport 1) == \
			"wan0 id 2 why route "*" owner 2 table main "* ]]
	}
	wait_for 20 went_back || fail "the flow did not go back"
}

# The route of a lookup is that of the flow: rules may ask for ports and TOS.
lookup_routes()
{
	local said

	ns_batch router <<-EOD
	route add 198.51.100.0/24 via 192.0.2.2 dev wan0 table 77
	route add 2001:db8:a::/48 via fd00::2 dev wan0 table 77
	rule add pref 10 ipproto 17 dport 33 lookup 77
	rule add pref 11 tos 0x10 lookup 77
	EOD
	ns router ip -6 rule add pref 10 ipproto 17 dport 33 lookup 77
	defer ns router ip rule del pref 10
	defer ns router ip -6 rule del pref 10
	defer ns router ip rule del pref 11
	defer ns router ip route flush table 77
	defer ns router ip -6 route flush table 77
	contains "$(ctl lookup wan0 from fd00::1 to 2001:db8:a::1 proto udp dport 33)" \
		"id 1 why route " "lookup by a rule for a port"
	contains "$(ctl lookup wan0 from 192.0.2.1 to 198.51.100.1 proto udp dport 33)" \
		"id 1 why route " "lookup by a rule for a port"
	contains "$(ctl lookup wan0 packet 451000140000400040ff0000c0000201c6336401)" \
		"id 1 why route " "lookup by a rule for a TOS"
	status 2 ctl lookup wan0 packet 450000140000400040ff0000c0000201c6336401
	contains "$said" "packet: no route to the destination" "lookup without the TOS"
	status 2 ctl lookup wan0 from fd00::1 to 2001:db8:a::1 proto udp dport 34
	contains "$said" "to: no route to the destination" "lookup of another port"
}

# A device in a VRF is routed to by the table of the VRF.
vrf_lookup()
{
	local said

	ns_batch router <<-EOD || skip "no VRF in this kernel"
	link add red up type vrf table 88
	EOD
	defer ns router ip link del red
	ns_batch router <<-EOD
	link add wan2 up type ipv6tun
	link set wan2 master red
	address add 198.18.0.1/24 dev wan2
	address add fd18::1/64 dev wan2 nodad
	EOD
	defer ns router ip link del wan2
	ctl path add wan2 id 1 local 10.0.0.1 remote 10.0.0.4 peer 198.18.0.2 peer fd18::2
	ns_batch router <<-EOD
	route add 198.51.100.0/24 via 198.18.0.2 dev wan2 table 88
	route add 2001:db8:a::/48 via fd18::2 dev wan2 table 88
	EOD
	contains "$(ctl lookup wan2 from 198.18.0.1 to 198.51.100.1)" \
		" id 1 why route " "lookup in a VRF"
	contains "$(ctl lookup wan2 from fd18::1 to 2001:db8:a::1)" \
		" id 1 why route " "lookup in a VRF"
	contains "$(ctl lookup wan2 from fd18::1 to 2001:db8:a::1)" \
		" table 88 prefix 2001:db8:a::/48" "lookup in a VRF"
	status 2 ctl lookup wan0 from fd18::1 to 2001:db8:a::1
	contains "$said" "to: no route to the destination" "lookup outside of it"
}

# Ten commands in one process, an error in the middle.
batch()
{
	local said

	status 0 ctl -b - <<-EOD
	# a comment

	path add wan0 id 10 local 10.0.0.1 remote 10.0.0.10   # another
	path add wan0 id 11 local 10.0.0.1 remote 10.0.0.11
	EOD
	eq "$said" "" "output of a batch"
	status 1 ctl -b - <<-EOD
	path set wan0 id 10 weight 2

	path set wan0 id 10 weight x
	path set wan0 id 10 weight 9
	EOD
	eq "$said" "ipv6tunctl: -:3: path set: weight: 'x' is not a number from 1 to 1000" "error"
	contains "$(ctl path show wan0 id 10)" "weight 2" "the batch ended at the error"
	printf 'path del wan0 id 10\npath del wan0 id 10\npath del wan0 id 11\n' >"$TMP/batch"
	status 2 ctl -b "$TMP/batch"
	contains "$said" "$TMP/batch:2: path del: id: the device has no path of this id" "error"
	status 0 ctl -b - <<<'path del wan0 id 11'
	# JSON: one array for each command.
	eq "$(ctl -j -b - <<<$'path show\nlink show' | jq -s length)" 2 "arrays"
}

namespaces()
{
	local said

	json '.[0].peer[0] == "192.0.2.1"' "$(ns far ipv6tunctl -j path show)"
	eq "$(ipv6tunctl -n "/run/netns/${NS[far]}" path show wan0 id 1 | cut -d' ' -f5)" \
		10.0.0.2 "namespace by path"
}

# Also when the device of that name is another one, as after a restart of the network.
monitor_of_a_name()
{
	local log=$TMP/named

	ctl link add wan5
	defer ns router ip link del wan5
	ip netns exec "${NS[router]}" ipv6tunctl monitor wan5 >"$log" 2>&1 </dev/null &
	defer stop $!
	named()
	{
		ctl path add wan5 id "$1" local 10.0.0.1 remote 10.0.5.2 key "$1"
		ctl path del wan5 id "$1"
		grep -q " added wan5 id $1 " "$log"
	}
	wait_for 20 named 1 || fail "monitor tells nothing"
	ctl link del wan5
	ctl link add wan5
	wait_for 20 named 2 || fail "not told of the new device: $(<"$log")"
	lacks "$(<"$log")" wan0 "another device"
}

# Every kind of event, in order, as it happens.
events()
{
	local log=$TMP/events json

	ip netns exec "${NS[router]}" ipv6tunctl monitor wan0 >"$log.text" 2>&1 </dev/null &
	defer stop $!
	ip netns exec "${NS[router]}" ipv6tunctl -j monitor >"$log.json" 2>&1 </dev/null &
	defer stop $!
	# Both listen when both have told of an event.
	heard()
	{
		ctl path set wan0 id 1 weight 1
		[[ -s $log.text && -s $log.json ]]
	}
	wait_for 20 heard || fail "monitor tells nothing"

	ctl -b - <<-EOD
	path add wan0 id 20 local 10.0.0.1 remote 10.0.0.20
	path set wan0 id 20 weight 5
	path set wan0 id 20 admin down
	path del wan0 id 20
	EOD
	complete()
	{
		grep -q ' deleted wan0 id 20 ' "$log.text" && grep -q '"path-del-ntf"' "$log.json"
	}
	wait_for 20 complete || fail "not told: $(cat "$log".*)"
	json=$(jq -s -c '[.[] | select(.id == 20) | .event]' "$log.json")
	eq "$(jq length <<<"$json")" "$(grep -c ' id 20 ' "$log.text")" "lines of both"
	# A change of state is told a moment later, but not after the removal.
	json 'index("path-add-ntf") == 0 and index("path-set-ntf") == 1 and
		any(. == "path-state-ntf") and .[-1] == "path-del-ntf"' "$json"
	json 'any(.event == "path-state-ntf" and .reason == "admin")' \
		"$(jq -s -c 'map(select(.id == 20))' "$log.json")"
	# Each line stands alone, with time and all of the path.
	json=$(tail -n 1 "$log.json")
	json '(.time | test("^20[0-9-]+T[0-9:.]+Z$")) and .ifname == "wan0" and
		.local == "10.0.0.1" and .weight == 5 and .admin == "down" and has("stats")' "$json"
	contains "$(<"$log.text")" "Z state wan0 id 20 local 10.0.0.1 " "state in text"
}

# A state event says why, since when and how often, on one line, also with -s.
state_event()
{
	local log=$TMP/state json line

	ctl path set wan0 id 1 probe icmp interval 20
	defer ctl path set wan0 id 1 probe none interval 1000
	ip netns exec "${NS[router]}" ipv6tunctl -s monitor wan0 >"$log.text" 2>&1 </dev/null &
	defer stop $!
	ip netns exec "${NS[router]}" ipv6tunctl -j monitor wan0 >"$log.json" 2>&1 </dev/null &
	defer stop $!
	heard()
	{
		ctl path set wan0 id 1 weight 1
		[[ -s $log.text && -s $log.json ]]
	}
	wait_for 20 heard || fail "monitor tells nothing"
	ns far ipv6tunctl path set wan0 id 1 admin down
	defer ns far ipv6tunctl path set wan0 id 1 admin up
	told()
	{
		grep -q 'state down (probe)' "$log.text" &&
			jq -s -e 'any(.event == "path-state-ntf" and .reason == "probe")' "$log.json"
	}
	wait_for 20 told || fail "not told: $(cat "$log".*)"
	json=$(jq -s -c '[.[] | select(.event == "path-state-ntf" and .reason == "probe")][0]' "$log.json")
	json '.id == 1 and .state == "down" and .changes >= 2 and .since > 0 and
		.["probe-stats"].sent > 0 and (.time | test("^20[0-9-]+T[0-9:.]+Z$"))' "$json"
	line=$(grep 'state down (probe)' "$log.text")
	[[ $line =~ ^20[0-9-]+T[0-9:.]+Z\ state\ wan0\ id\ 1\ .*\ changes\ [0-9]+\ .*probes\ sent\ .*rx\ packets\  ]] ||
		fail "text: $line"
	ns far ipv6tunctl path set wan0 id 1 admin up
	back()
	{
		jq -s -e '[.[] | select(.event == "path-state-ntf")][-1].state == "up"' "$log.json"
	}
	wait_for 20 back || fail "the return was not told: $(cat "$log".*)"
	eq "$(sed '/^20/d' "$log.text")" "" "lines that are no event"
}

# The state of a path follows its underlay, and the monitor tells.
underlay_event()
{
	local log=$TMP/underlay

	ctl path add wan0 id 21 local 10.0.0.1 remote 10.0.0.21 underlay e0
	defer ctl path del wan0 id 21
	ip netns exec "${NS[router]}" ipv6tunctl -j monitor wan0 >"$log" 2>&1 </dev/null &
	defer stop $!
	heard()
	{
		ctl path set wan0 id 21 weight 1
		[[ -s $log ]]
	}
	wait_for 20 heard || fail "monitor tells nothing"
	ns router ip link set e0 down
	defer ns router ip link set e0 up
	told()
	{
		jq -s -e 'any(.event == "path-state-ntf" and .id == 21 and
			.state == "down" and .reason == "underlay")' "$log"
	}
	wait_for 20 told || fail "not told: $(<"$log")"
	contains "$(ctl path show wan0 id 21)" "state down (underlay)" "path"
}

# A device may have any name, and be shown to root of another namespace.
foreign_names()
{
	local out

	defer ns router ip link del $'w\xff\e[2J'
	ns router ip link add $'w\xff\e[2J' type ipv6tun
	defer ns router ip link del $'\xc3\xa4"'
	ns router ip link add $'\xc3\xa4"' type ipv6tun
	out=$(ctl -j link show)
	contains "$out" '"w\u00ff\u001b[2J"' "a name that is no text"
	contains "$out" $'"\xc3\xa4\\""' "a name that is"
	iconv -f UTF-8 -t UTF-8 <<<"$out" >/dev/null
	jq . <<<"$out" >/dev/null
	lacks "$(ctl link show)" $'\e' "what a terminal is told"
	# Also as U+009B, and as the one byte that it is elsewhere.
	defer ns router ip link del $'c\xc2\x9b2J\x9b'
	ns router ip link add $'c\xc2\x9b2J\x9b' type ipv6tun
	contains "$(ctl -j link show)" '"c\u009b2J\u009b"' "control characters of eight bits"
	contains "$(ctl link show)" 'c??2J? ' "what a terminal is told"
}

# What completes a command does not run one.
completion_runs_nothing()
{
	cd "$TMP"
	# shellcheck disable=SC2016 # that is the point
	ns router ip link add '$(>pwned)' type ipv6tun
	# shellcheck disable=SC2016
	defer ns router ip link del '$(>pwned)'
	# shellcheck disable=SC2016
	: >'$(>pwned2)'
	: >"it's"
	# shellcheck disable=SC2016 # for the inner shell
	ns router bash -c '
		. "$1/tools/completion/ipv6tunctl"
		try() {
			COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
			_ipv6tunctl
			printf "%s\n" "${COMPREPLY[@]}"
		}
		try ipv6tunctl path del ""
		try ipv6tunctl nat64 replace wan0 ""
		try ipv6tunctl -b ""' - "$TREE" >completions
	[[ ! -e pwned && ! -e pwned2 ]] || fail "completion ran a command"
	# shellcheck disable=SC2016
	eq "$(grep -cxF '\$\(\>pwned\)' completions)" 1 "the device, quoted"
	eq "$(grep -cxF "it\'s" completions)" 2 "the file, quoted"
}

completion()
{
	local out

	# shellcheck disable=SC2016 # for the inner shell
	out=$(ns router bash -c '
		. "$1/tools/completion/ipv6tunctl"
		try() {
			COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
			_ipv6tunctl
			echo "$*: ${COMPREPLY[*]}"
		}
		try ipv6tunctl path del ""
		try ipv6tunctl path del wan0 id ""
		try ipv6tunctl link set wan0 hash ""
		try ipv6tunctl link set wan0 return ""
		try ipv6tunctl path set wan0 id 1 probe ""
		try ipv6tunctl path set wan0 id 1 pa
		try ipv6tunctl lookup wan0 p
		try ipv6tunctl show s' - "$TREE")
	eq "$out" "ipv6tunctl path del : wan0
ipv6tunctl path del wan0 id : 1
ipv6tunctl link set wan0 hash : l4 l3 flowlabel
ipv6tunctl link set wan0 return : immediate idle
ipv6tunctl path set wan0 id 1 probe : icmp keepalive none
ipv6tunctl path set wan0 id 1 pa: passive
ipv6tunctl lookup wan0 p: packet proto
ipv6tunctl show s: sets" "completions"
}

run_test exit_status "exit status and text of errors"
run_test link_words "link: all words, text and JSON"
run_test path_text "path: all words, and its text is its own input"
run_test probe_text "path: the words of the probe"
run_test probe_stats "path: what the probes found"
run_test path_json "path: JSON, ids"
run_test counters "path: counters"
run_test routes_and_sets "show routes and sets"
run_test lookups "lookup"
run_test packet_lookups "lookup of packets, and of a flow whose path is down"
run_test lookup_routes "lookup follows the rules of the routing table"
run_test vrf_lookup "lookup in a VRF"
run_test overview "show and show drops"
run_test batch "batch files"
run_test namespaces "namespaces"
run_test foreign_names "names that are no text"
run_test completion_runs_nothing "completion runs nothing"
run_test monitor_of_a_name "monitor stays with a name"
run_test events "monitor tells every event"
run_test state_event "monitor tells why a state changed"
run_test underlay_event "monitor tells when an underlay goes down"
run_test completion "completion knows devices and paths"
