#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Path sets: the routing table decides which paths a prefix may use, in whatever
# way its routes come about. (Routes by BIRD and FRR are in bgp.sh.)
#
#   host                     router
#   +-----------+            +------------------------------------------+
#   | fd02::2   |            | wan0 (ipv6tun) fd00::1/64 10.9.0.1/24    |
#   | 10.2.0.2  |            |   path 1..4: peers fd00::1N 10.9.0.1N    |
#   |        e0-+------------+-h0                                       |
#   +-----------+            | u0 (dummy): underlay, swallows all       |
#                            | d0 (dummy): a device that is not ours    |
#                            +------------------------------------------+
#
# A set is read from "show routes" as its path ids, "ID" or "ID*WEIGHT"; where
# packets go is read from the counters of the paths.
#
# time limit: 600
#
# shellcheck source=selftests/lib.sh disable=SC2046,SC2317 # next hops are several
# words; functions that wait_for calls
source "$(dirname "$0")/lib.sh"

need_cmd jq

P6=2001:db8:1::/48
P4=198.18.0.0/16

## Helpers

# paths: commands that make the four paths
paths()
{
	local i

	for i in 1 2 3 4; do
		echo "path add wan0 id $i local 192.0.2.1 remote 192.0.2.1$i peer fd00::1$i peer 10.9.0.1$i"
	done
}

# via6 N... / via4 N...: the next hops of paths N, as "ip route" wants them.
via6()
{
	printf ' nexthop via fd00::1%s dev wan0' "$@"
}

via4()
{
	printf ' nexthop via 10.9.0.1%s dev wan0' "$@"
}

# route WORD...: the routes of the router
route()
{
	ns router ip route "$@"
}

# flush: takes the test's routes away.
flush()
{
	route flush $P4
	ns router ip -6 route flush $P6
	# Those for a source.
	ns router ip -6 route flush from fd02::2
}

# set_of PREFIX [TABLE]: the set of a route, "-" if it is not tracked.
set_of()
{
	local line word ids=''
	local -a words

	while read -r line; do
		[[ $line == *" table ${2:-main} prefix $1 "* ]] || continue
		read -r -a words <<<"$line"
		for ((word = 0; word < ${#words[@]}; word++)); do
			[[ ${words[word]} == path ]] || continue
			ids+="${ids:+ }${words[word + 1]}"
			((words[word + 3] == 1)) || ids+="*${words[word + 3]}"
		done
		printf '%s\n' "${ids:-none}"
		return
	done < <(ns router ipv6tunctl show routes wan0)
	echo -
}

# set_is WANT PREFIX [TABLE]
set_is()
{
	eq "$(set_of "${@:2}")" "$1" "set of ${*:2}"
}

has_set()
{
	[[ $(set_of "${@:2}") == "$1" ]]
}

# why TO FROM: how the path of a packet is decided, with the route.
why()
{
	ns router ipv6tunctl -j lookup wan0 from "$2" to "$1" |
		jq -r '.[0] | "\(.why) \(.table) \(.prefix)/\(."prefix-len")"'
}

# sent: packets sent by each path so far, in the order of the ids
sent()
{
	ns router ipv6tunctl -j -s path show wan0 | jq -r '[.[].stats."tx-packets"] | join(" ")'
}

# talk NAME ADDRESS: 64 flows of one packet each.
talk()
{
	# shellcheck disable=SC2016 # expanded in the namespace
	ns "$1" bash -c 'for ((p = 1; p <= 64; p++)); do
		echo x >"/dev/udp/$0/$p"; done 2>/dev/null || true' "$2"
}

# paths_used NAME ADDRESS: ids of the paths that carry some of 64 flows
paths_used()
{
	local -a before after
	local i ids=''

	read -r -a before < <(sent)
	talk "$1" "$2"
	read -r -a after < <(sent)
	for ((i = 0; i < ${#after[@]}; i++)); do
		((after[i] == before[i])) || ids+="${ids:+ }$((i + 1))"
	done
	printf '%s\n' "$ids"
}

## IPv6

multipath()
{
	defer flush
	route add $P6 $(via6 1 2 3)
	set_is "1 2 3" $P6
	eq "$(why 2001:db8:1::5 fd00::1)" "route 254 $P6" "decision"
	# What waits for a neighbour to be known is not on a path yet.
	ping_ok host fd02::1
	eq "$(paths_used router 2001:db8:1::5)" "1 2 3" "paths used by the router"
	eq "$(paths_used host 2001:db8:1::5)" "1 2 3" "paths used by the host"
}

grow_and_shrink()
{
	defer flush
	route add $P6 via fd00::11 dev wan0
	set_is 1 $P6
	route append $P6 via fd00::12 dev wan0
	set_is "1 2" $P6
	route append $P6 $(via6 4 3)
	set_is "1 2 3 4" $P6
	route del $P6 via fd00::12 dev wan0
	set_is "1 3 4" $P6
	route del $P6 via fd00::11 dev wan0
	route del $P6 via fd00::14 dev wan0
	set_is 3 $P6
	eq "$(paths_used router 2001:db8:1::5)" 3 "paths used"
	route del $P6 via fd00::13 dev wan0
	set_is - $P6
}

replace_and_delete()
{
	defer flush
	route add $P6 $(via6 1 2)
	route replace $P6 $(via6 3 4)
	set_is "3 4" $P6
	route replace $P6 via fd00::11 dev wan0
	set_is 1 $P6
	route replace $P6 $(via6 2 3)
	set_is "2 3" $P6
	route del $P6
	set_is - $P6
}

weights()
{
	defer flush
	defer ns router ipv6tunctl path set wan0 id 1 weight 1
	route add $P6 nexthop via fd00::11 dev wan0 nexthop via fd00::12 dev wan0 weight 3
	set_is "1 2*3" $P6
	ns router ipv6tunctl path set wan0 id 1 weight 5
	set_is "1*5 2*3" $P6
}

best_metric_only()
{
	defer flush
	route add $P6 via fd00::11 dev wan0 metric 200
	route add $P6 via fd00::12 dev wan0 metric 300
	set_is 1 $P6
	route add $P6 via fd00::13 dev wan0 metric 100
	set_is 3 $P6
	route del $P6 metric 100
	set_is 1 $P6
	route del $P6 metric 200
	set_is 2 $P6
}

hidden_by_another()
{
	defer flush
	route add $P6 metric 200 $(via6 1 2)
	route add $P6 via fd01::2 dev d0 metric 100
	set_is - $P6
	route del $P6 metric 100
	set_is "1 2" $P6
	route add blackhole $P6 metric 50
	set_is - $P6
	route del blackhole $P6 metric 50
	set_is "1 2" $P6
	route replace $P6 metric 200 nexthop via fd00::13 dev wan0 nexthop via fd01::2 dev d0
	set_is 3 $P6
}

# The route for all sources is one of a shorter prefix: in the kernel a source
# hides the others of its prefix.
by_source()
{
	defer flush
	defer route del 2001:db8::/32
	route add $P6 from fd02::2 via fd00::14 dev wan0
	route add 2001:db8::/32 via fd00::13 dev wan0
	eq "$(paths_used host 2001:db8:1::5)" 4 "paths used by the source of the route"
	defer ns host ip address del fd02::3/64 dev e0
	ns_batch host <<-EOF
	address add fd02::3/64 dev e0 nodad
	route add 2001:db8:1::/48 via fd02::1 src fd02::3
	EOF
	eq "$(paths_used host 2001:db8:1::5)" 3 "paths used by another source"
}

no_gateway()
{
	defer flush
	route add $P6 dev wan0
	route add $P4 dev wan0
	set_is "1 2 3 4" $P6
	set_is "1 2 3 4" $P4
	eq "$(paths_used router 2001:db8:1::5)" "1 2 3 4" "paths used"
	eq "$(paths_used host 198.18.0.5)" "1 2 3 4" "paths used by IPv4"
}

## Paths

one_path_two_peers()
{
	defer flush
	defer ns router ipv6tunctl path set wan0 id 1 peer fd00::11 peer 10.9.0.11
	ns router ipv6tunctl path set wan0 id 1 peer fd00::11 peer fd00::21 peer 10.9.0.11
	route add $P6 $(via6 1 2) nexthop via fd00::21 dev wan0
	set_is "1 2" $P6
}

peers_change()
{
	defer flush
	defer ns router ipv6tunctl path set wan0 id 2 peer fd00::12 peer 10.9.0.12
	route add $P6 $(via6 1 2 3)
	ns router ipv6tunctl path set wan0 id 2 peer fd00::22
	set_is "1 3" $P6
	ns router ipv6tunctl path set wan0 id 2 peer fd00::12 peer 10.9.0.12
	set_is "1 2 3" $P6
	ns router ipv6tunctl path del wan0 id 1
	set_is "2 3" $P6
	paths | head -n 1 | ns router ipv6tunctl -b -
	set_is "1 2 3" $P6
}

## IPv4

ipv4_multipath()
{
	defer flush
	route add $P4 $(via4 1 2)
	set_is "1 2" $P4
	eq "$(why 198.18.0.5 10.9.0.1)" "route 254 $P4" "decision"
	ping_ok host 10.2.0.1
	eq "$(paths_used router 198.18.0.5)" "1 2" "paths used by the router"
	eq "$(paths_used host 198.18.0.5)" "1 2" "paths used by the host"
	route replace $P4 $(via4 3 4)
	set_is "3 4" $P4
	eq "$(paths_used host 198.18.0.5)" "3 4" "paths used after the change"
	route replace blackhole $P4
	set_is - $P4
}

ipv4_by_ipv6_gateway()
{
	defer flush
	route add $P4 nexthop via inet6 fd00::11 dev wan0 nexthop via inet6 fd00::13 dev wan0
	set_is "1 3" $P4
	eq "$(paths_used host 198.18.0.5)" "1 3" "paths used"
}

# The kernel tells of the first entry of a prefix only. Packets of the others
# must not use its set.
ipv4_second_entry()
{
	defer flush
	route add $P4 tos 0x10 via 10.9.0.13 dev wan0
	route add $P4 via 10.9.0.14 dev wan0
	set_is 3 $P4
	eq "$(paths_used router 198.18.0.5)" 4 "paths used"
}

rules()
{
	defer flush
	defer route flush table 77
	defer route flush table 78
	route add $P4 via 10.9.0.11 dev wan0
	route add $P4 table 77 $(via4 2 3)
	route add $P4 table 78 via 10.9.0.14 dev wan0
	defer ns router ip rule del from 10.2.0.0/24 lookup 77
	ns router ip rule add from 10.2.0.0/24 lookup 77
	set_is "2 3" $P4 77
	eq "$(paths_used host 198.18.0.5)" "2 3" "paths used by the source of the rule"
	eq "$(paths_used router 198.18.0.5)" 1 "paths used by others"
	defer ns router ip rule del ipproto 17 dport 33 lookup 78
	ns router ip rule add pref 10 ipproto 17 dport 33 lookup 78
	eq "$(paths_used router 198.18.0.5)" "1 4" "paths used with a rule for one port"
}

## Nexthop objects

nexthop_objects()
{
	defer ns router ip nexthop flush
	ns_batch router <<-EOF
	nexthop add id 1 via fd00::11 dev wan0
	nexthop add id 2 via fd00::12 dev wan0
	nexthop add id 3 via fd00::13 dev wan0
	nexthop add id 9 via fd01::2 dev d0
	nexthop add id 100 group 1/2
	route add $P6 nhid 100
	route add $P4 nhid 100
	route add 2001:db8:2::/48 nhid 3
	route add 2001:db8:9::/48 nhid 9
	EOF
	set_is "1 2" $P6
	set_is "1 2" $P4
	eq "$(paths_used host 198.18.0.5)" "1 2" "paths used"

	# None of these gives an event of the routing table.
	ns router ip nexthop replace id 100 group 2/3,3
	set_is "2 3*3" $P6
	ns router ip nexthop replace id 3 via fd00::14 dev wan0
	set_is "2 4*3" $P6
	set_is 4 2001:db8:2::/48
	ns router ip nexthop replace id 3 via fd01::3 dev d0
	set_is 2 $P6
	ns router ip nexthop replace id 3 via fd00::13 dev wan0
	set_is "2 3*3" $P6

	# Away and back, and a route that came in between: nothing tells of that one.
	ns_batch router <<-EOF
	nexthop replace id 100 group 9
	route add 2001:db8:77::/48 nhid 100
	nexthop replace id 100 group 2/3,3
	EOF
	set_is "2 3*3" $P6
	wait_for 20 has_set "2 3*3" 2001:db8:77::/48 || fail "$(ns router ipv6tunctl show routes)"

	ns router ip nexthop del id 2
	set_is "3*3" $P6
	eq "$(paths_used host 198.18.0.5)" 3 "paths used"

	# An object in use comes to lead here.
	set_is - 2001:db8:9::/48
	ns router ip nexthop replace id 9 via fd00::11 dev wan0
	wait_for 20 has_set 1 2001:db8:9::/48
	ns router ip nexthop del id 100
	set_is - $P6
	set_is - $P4
}

resilient_group()
{
	defer ns router ip nexthop flush
	ns_batch router <<-EOF
	nexthop add id 1 via fd00::11 dev wan0
	nexthop add id 2 via fd00::12 dev wan0
	nexthop add id 3 via fd00::13 dev wan0
	nexthop add id 200 group 1/2 type resilient buckets 16
	route add $P6 nhid 200
	EOF
	set_is "1 2" $P6
	ns router ip nexthop replace id 200 group 1/2/3 type resilient
	set_is "1 2 3" $P6
	ns router ip nexthop del id 1
	set_is "2 3" $P6
	ns router ip nexthop replace id 2 via fd00::14 dev wan0
	set_is "3 4" $P6
}

## Tables and namespaces

vrf()
{
	ns_batch router <<-EOF
	link add vrf0 type vrf table 10
	link set vrf0 up
	link set wan0 master vrf0
	link set h0 master vrf0
	address replace fd00::1/64 dev wan0 nodad
	address replace fd02::1/64 dev h0 nodad
	EOF
	defer vrf_end
	route add $P6 vrf vrf0 $(via6 1 2)
	route add $P4 vrf vrf0 $(via4 3 4)
	set_is "1 2" $P6 10
	set_is "3 4" $P4 10
	eq "$(paths_used host 2001:db8:1::5)" "1 2" "paths used"
	eq "$(paths_used host 198.18.0.5)" "3 4" "paths used by IPv4"
}

vrf_end()
{
	ns_batch router <<-EOF
	link del vrf0
	address replace fd00::1/64 dev wan0 nodad
	address replace fd02::1/64 dev h0 nodad
	EOF
}

move()
{
	setup_ns other
	defer flush
	route add $P6 $(via6 1 2)
	ns router ip link add wan9 type ipv6tun
	ns router ipv6tunctl path add wan9 id 1 local 192.0.2.1 remote 192.0.2.91 peer fd09::11
	ns_batch router <<-EOF
	link set wan9 up
	address add fd09::1/64 dev wan9 nodad
	route add 2001:db8:9::/48 via fd09::11 dev wan9
	EOF
	contains "$(ns router ipv6tunctl show routes wan9)" \
		"prefix 2001:db8:9::/48 gateway fd09::11" "routes before the move"
	ns router ip link set wan9 netns "${NS[other]}"
	lacks "$(ns other ipv6tunctl show routes wan9)" 2001:db8:9:: "routes after the move"
	ns_batch other <<-EOF
	link set wan9 up
	address add fd09::1/64 dev wan9 nodad
	route add 2001:db8:8::/48 via fd09::11 dev wan9
	EOF
	contains "$(ns other ipv6tunctl show routes wan9)" \
		"prefix 2001:db8:8::/48 gateway fd09::11" "routes in the new namespace"
	set_is "1 2" $P6
}

## Strictness

# Traffic without end, while routes come and go: when "ip" has returned, no
# packet takes a path the route no longer has.
withdrawal_is_immediate()
{
	local change dropped kept path
	local -a before after

	defer flush
	route add $P6 $(via6 1 2 3 4)
	# All flows every 50 ms: more would leave an emulated guest no time. The
	# shell waits by reading where nothing is written.
	# shellcheck disable=SC2016 # expanded in the namespace
	background ns router bash -c 'exec {never}<> <(:)
		while read -r -t 0.05 -u "$never" || :; do for ((p = 1; p <= 64; p++)); do
		echo x >"/dev/udp/2001:db8:1::5/$p"; done 2>/dev/null; done'
	wait_for 10 all_paths_busy || fail "no traffic"

	while IFS=/ read -r change dropped kept; do
		# shellcheck disable=SC2086 # several words
		route ${change//PREFIX/$P6}
		read -r -a before < <(sent)
		sleep 0.5
		# The sender may have stood still.
		wait_for 20 all_sent || fail "no packets of paths $kept after '$change'"
		read -r -a after < <(sent)
		for path in $dropped; do
			eq "${after[path - 1]}" "${before[path - 1]}" "packets of path $path after '$change'"
		done
	done < <(changes)
}

# Whether each of the paths in "kept" has sent something since "before".
all_sent()
{
	local path
	local -a now

	read -r -a now < <(sent)
	for path in $kept; do
		((now[path - 1] > before[path - 1])) || return
	done
}

all_paths_busy()
{
	local -a packets

	read -r -a packets < <(sent)
	((packets[0] > busy0 + 20 && packets[3] > busy3 + 20))
}

# What is done to the route / paths it has lost / paths it has
changes()
{
	echo "del PREFIX via fd00::12 dev wan0/2/1 3 4"
	echo "replace PREFIX $(via6 1 2)/3 4/1 2"
	echo "replace PREFIX $(via6 3 4)/1 2/3 4"
	echo "replace PREFIX via fd00::12 dev wan0/1 3 4/2"
	echo "append PREFIX via fd00::13 dev wan0/1 4/2 3"
	echo "del PREFIX/1 2 3 4/"
	echo "add PREFIX $(via6 1 4)/2 3/1 4"
}

sets_are_shared_and_freed()
{
	local i

	wait_for 15 idle_sets_are_gone || fail "of the tests before: $(sets)"
	for ((i = 1; i <= 200; i++)); do
		echo "route add 2001:db8:$i::/48$(via6 1 2)"
	done >"$TMP/routes"
	ns_batch router <"$TMP/routes"
	eq "$(sets)" "$((200 + base_routes)) $((1 + base_sets))" "routes and sets"
	sed 's/add \([^ ]*\).*/del \1/' "$TMP/routes" | ns_batch router
	wait_for 15 idle_sets_are_gone || fail "still there: $(sets)"
}

sets()
{
	ns router ipv6tunctl -j show wan0 | jq -r '.[0] | "\(.routes) \(.sets)"'
}

idle_sets_are_gone()
{
	[[ $(sets) == "$base_routes $base_sets" ]]
}

## Topology

setup_ns host router
veth host:e0,10.2.0.2/24,fd02::2/64 router:h0,10.2.0.1/24,fd02::1/64
ns_batch host <<EOF
route add default via 10.2.0.1
route add default via fd02::1
EOF
forwarding router
ns_batch router <<EOF
link add u0 type dummy
link set u0 up
address add 192.0.2.1/24 dev u0
link add d0 type dummy
link set d0 up
address add fd01::1/64 dev d0 nodad
address add 10.8.0.1/24 dev d0
link add wan0 type ipv6tun
link set wan0 up
address add fd00::1/64 dev wan0 nodad
address add 10.9.0.1/24 dev wan0
EOF
paths | ns router ipv6tunctl -b -
read -r base_routes base_sets < <(sets)

run_test multipath "the next hops of a multipath route are its paths"
run_test grow_and_shrink "next hops appended and deleted one by one"
run_test replace_and_delete "routes replaced and deleted as a whole"
run_test weights "weights of next hops and of paths"
run_test best_metric_only "the route with the best metric decides"
run_test hidden_by_another "a better route by another device, or a blackhole"
run_test by_source "routes for a source prefix"
run_test no_gateway "a route without a gateway uses all paths"
run_test one_path_two_peers "two inside peers of one path count once"
run_test peers_change "sets follow paths and their inside peers"
run_test ipv4_multipath "IPv4 routes"
run_test ipv4_by_ipv6_gateway "IPv4 routes by way of IPv6 gateways"
run_test ipv4_second_entry "the second IPv4 entry of a prefix keeps its next hop"
run_test rules "policy routing of IPv4"
run_test nexthop_objects "nexthop objects and groups, replaced under the routes"
run_test resilient_group "resilient nexthop groups"
read -r busy0 _ _ busy3 < <(sent)
run_test withdrawal_is_immediate "no packet takes a withdrawn path"
run_test sets_are_shared_and_freed "routes share sets, idle sets are freed"
run_test move "a device that moves to another namespace"
run_test vrf "routes of a VRF"
