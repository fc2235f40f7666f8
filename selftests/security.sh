#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What Documentation/security.rst says and no other topic shows: who may change a
# device that was moved, what strangers can make this host send, log and remember,
# and what the memory of an operator's objects counts for.
#
#	host ------------------------------- router ------------------------- peer
#	h0 198.51.100.2       198.51.100.1 lan  e0 192.0.2.1       192.0.2.2 e0
#	   2001:db8:a::2      2001:db8:a::1           wan0
#
# shellcheck source=selftests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=selftests/peers/inject.sh
source "$TREE/selftests/peers/inject.sh"

HOST4=198.51.100.2
POOL4=203.0.113.0/28

# Packets of a flood.
FLOOD=40000
if emulated || [[ -e /proc/lockdep ]]; then
	FLOOD=4000
fi

setup()
{
	setup_ns host router peer
	veth host:h0,$HOST4/24,2001:db8:a::2/64 router:lan,198.51.100.1/24,2001:db8:a::1/64
	veth router:e0,192.0.2.1/24 peer:e0,192.0.2.2/24
	forwarding router
	ns router ip route add 10.9.0.0/16 via 192.0.2.2
	ns host ip route add default via 198.51.100.1
	ns host ip -6 route add default via 2001:db8:a::1
	ping_ok host 198.51.100.1
	ping_ok host 2001:db8:a::1
	ping_ok peer 192.0.2.1
}

# device NAME: one without paths, until the test ends.
device()
{
	ns router ipv6tunctl link add "$1" up
	defer ns router ip link delete "$1"
}

## Who may do what

# The program is the one of the namespaces of process OWNER, seen from inside of both.
as_owner()
{
	nsenter -t "$OWNER" --user --net --preserve-credentials ipv6tunctl "$@"
}

owns_namespaces()
{
	[[ $(readlink "/proc/$OWNER/ns/user") != "$(readlink /proc/self/ns/user)" &&
		$(readlink "/proc/$OWNER/ns/net") != "$(readlink /proc/self/ns/net)" ]]
}

# Who is root in the device's namespace only does not send in the underlay's name.
moved_device()
{
	local refusal="not permitted in the underlay's network namespace"

	need_cmd unshare nsenter
	unshare --user --map-root-user --net true || skip "no user namespaces here"
	ns router ipv6tunctl -b - <<-EOF
		link add wan9 up
		path add wan9 id 1 local 192.0.2.1 remote 192.0.2.2 weight 3
	EOF
	defer ns router ip link delete wan9
	background unshare --user --map-root-user --net sleep 1000
	OWNER=$BG_PID
	wait_for 10 owns_namespaces || fail "process $OWNER has no namespaces of its own"
	ns router ip link set wan9 netns "$OWNER"

	contains "$(as_owner path show wan9)" "weight 3" "the path, as its owner sees it"
	refused "$refusal" as_owner path set wan9 id 1 weight 9
	refused "$refusal" as_owner path set wan9 id 1 remote 192.0.2.3
	refused "$refusal" as_owner path add wan9 id 2 local 192.0.2.1 remote 192.0.2.3
	refused "$refusal" as_owner path del wan9 id 1
	contains "$(as_owner path show wan9)" "weight 3" "the path after these"
	# What is the device's alone is the owner's.
	as_owner link set wan9 seed 5
	as_owner nat64 set wan9 udp 120
	# And who may both may.
	nsenter -t "$OWNER" --net ipv6tunctl path set wan9 id 1 weight 9
	contains "$(as_owner path show wan9)" "weight 9" "the path, changed by who may"
}

# cgroup FILE: of the test's own memory control group
cgroup()
{
	cat "$TMP/cgroup/paths/$1"
}

slab_of_cgroup()
{
	cgroup memory.stat | awk '$1 == "slab_unreclaimable" { print $2 }'
}

is_charged()
{
	(($(slab_of_cgroup) > 250000))
}

# What is left of the memory when the program has ended is that of the paths.
paths_are_charged()
{
	local i

	mkdir -p "$TMP/cgroup"
	mount -t cgroup2 none "$TMP/cgroup" || skip "no control groups here"
	defer umount "$TMP/cgroup"
	grep -qw memory "$TMP/cgroup/cgroup.controllers" || skip "no memory control groups here"
	grep -qw memory "$TMP/cgroup/cgroup.subtree_control" ||
		echo +memory >"$TMP/cgroup/cgroup.subtree_control"
	mkdir "$TMP/cgroup/paths"
	defer rmdir "$TMP/cgroup/paths"
	device wan9
	for ((i = 0; i < 500; i++)); do
		echo "path add wan9 local 192.0.2.1 remote 10.9.$((i / 250)).$((i % 250 + 1)) peer fd09::$((i + 1))"
	done >"$TMP/paths"
	# shellcheck disable=SC2016 # expands in the other shell
	bash -c 'echo $BASHPID >"$1/cgroup.procs" && exec ipv6tunctl -n "$2" -b "$3"' - \
		"$TMP/cgroup/paths" "${NS[router]}" "$TMP/paths"
	eq "$(cgroup cgroup.procs)" "" "processes left in the group"
	wait_for 20 is_charged || fail "500 paths count as $(slab_of_cgroup) bytes of slab"
	note "500 paths count as $(slab_of_cgroup) bytes"
}

## What an outside host can cause

# errors4, errors6 NAME: ICMP errors of unreachable destinations that have arrived
errors4()
{
	# The first line has the names.
	ns "$1" cat /proc/net/snmp | awk '$1 == "Icmp:" && !n { n = split($0, name); next }
		$1 == "Icmp:" { for (i = 1; i <= n; i++) if (name[i] == "InDestUnreachs") print $i }'
}

errors6()
{
	ns "$1" cat /proc/net/snmp6 | awk '$1 == "Icmp6InDestUnreachs" { print $2 }'
}

# told FAMILY ADDRESS: of 300 packets to there, sent one after the other at once, some
# are answered by an error, most are not.
told()
{
	local before after

	before=$("errors$1" host)
	eq "$(ping_count host "$2" 300 -i 0.005)" 0 "replies of $2"
	after=$("errors$1" host)
	between $((after - before)) 1 100 "errors for 300 packets to $2"
	note "$((after - before)) errors for 300 packets to $2"
}

# Whoever's address it is that the packets have: not each is answered.
errors_are_limited()
{
	device wan0
	ns_batch router <<-EOF
		route add 203.0.113.128/25 dev wan0
		route add 2001:db8:b::/64 dev wan0
	EOF
	told 4 203.0.113.129
	told 6 2001:db8:b::1
	# Nobody has sent from there.
	ns router ipv6tunctl -b - <<-EOF
		nat64 pool6 add wan0 2001:db8:64::/96
		nat64 pool4 add wan0 $POOL4
	EOF
	ns router ip route add $POOL4 dev wan0
	told 4 203.0.113.1
	# 0.0.0.1 is no address to send to.
	ns router ip -6 route add 2001:db8:64::/96 dev wan0
	told 6 2001:db8:64::1
}

# lines: of the kernel log since the test began
lines()
{
	dmesg | tac | sed '/ipv6tun-selftest: - /q' | grep -cv ipv6tun-selftest || true
}

# unreclaimable: KiB of slab
unreclaimable()
{
	awk '$1 == "SUnreclaim:" { print $2 }' /proc/meminfo
}

# Damaged, foreign, unwanted, untranslatable: a packet is counted, and that is all.
packets_leave_nothing()
{
	local before grown seed=$RANDOM gre='gre,csum,key=7,seq=1' from='ip=192.0.2.2,192.0.2.1'
	local inner6='ip=fd00::2,fd00::1,proto=58 hex=8100000000000000 data=20'
	local inner4='ip=10.0.0.2,203.0.113.1 udp=53,53 data=20'

	device wan0
	ns router ipv6tunctl -b - <<-EOF
		path add wan0 id 1 local 192.0.2.1 remote 192.0.2.2 key 7 peer fd00::2 peer 10.0.0.2
		nat64 pool6 add wan0 2001:db8:64::/96
		nat64 pool4 add wan0 $POOL4
	EOF
	ns_batch router <<-EOF
		address add fd00::1/64 dev wan0 nodad
		address add 10.0.0.1/24 dev wan0
		route add $POOL4 dev wan0
	EOF
	# What has to be there for the first packets is no growth.
	inject peer "$from $gre $inner6 fuzz=1,500" "$from $gre $inner4 times=500"
	sleep 1
	before=$(unreclaimable)
	note "seed $seed"
	inject peer "$from $gre $inner6 fuzz=$seed,$((FLOOD / 4))" \
		"$from $gre $inner4 fuzz=$((seed + 1)),$((FLOOD / 4))" \
		"$from $gre $inner4 times=$((FLOOD / 4))" \
		"ip=192.0.2.9,192.0.2.1 gre $inner6 times=$((FLOOD / 8))" \
		"$from gre,key=8 $inner6 times=$((FLOOD / 8))"
	sleep 2
	grown=$(($(unreclaimable) - before))
	note "$FLOOD packets: $grown KiB, $(lines) lines"
	between "$(lines)" 0 10 "lines in the kernel log"
	# What checkers keep of freed memory is theirs.
	[[ -e /proc/lockdep ]] ||
		between "$grown" -1000000 $((2048 + FLOOD * 50 / 1024)) "KiB more of slab"
}

## Bounds

# Each two of 24 paths are a set: more than there are tables.
PATHS=24

with_table()
{
	ns router ipv6tunctl -j show sets wan0 |
		jq '[.[] | select(.members == 2 and .member[0].buckets)] | length'
}

all_tables()
{
	[[ $(with_table) == 256 ]]
}

tables_are_bounded()
{
	local i j n=0

	device wan0
	for ((i = 1; i <= PATHS; i++)); do
		echo "path add wan0 id $i local 192.0.2.1 remote 10.9.0.$i peer fd00::$((i + 100))"
	done >"$TMP/paths"
	ns router ipv6tunctl -b "$TMP/paths"
	{
		echo "address add fd00::1/64 dev wan0 nodad"
		for ((i = 1; i <= PATHS; i++)); do
			for ((j = i + 1; j <= PATHS; j++)); do
				echo "route add 2001:db8:c:$((++n))::/64 nexthop via fd00::$((i + 100)) dev wan0" \
					"nexthop via fd00::$((j + 100)) dev wan0"
			done
		done
	} >"$TMP/routes"
	ns_batch router <"$TMP/routes"
	n=$((PATHS * (PATHS - 1) / 2))
	wait_for 60 all_tables || fail "$(with_table) sets have a table, want 256"
	sleep 1
	eq "$(with_table)" 256 "sets with a table, a second later"
	eq "$(ns router ipv6tunctl -j show sets wan0 | jq '[.[] | select(.members == 2)] | length')" "$n" \
		"sets of two"
	# The others choose all the same.
	for ((i = 1; i <= n; i++)); do
		echo "lookup wan0 from fd00::1 to 2001:db8:c:$i::1 proto udp sport $i dport 53"
	done >"$TMP/lookups"
	eq "$(ns router ipv6tunctl -j -b "$TMP/lookups" | jq -s 'flatten | map(select(.id == .owner)) | length')" \
		"$n" "flows that have a path, that of their bucket's owner"
}

need_cmd jq
setup
run_test moved_device "paths of a device that was moved need privilege in both namespaces"
run_test paths_are_charged "paths count for the memory of who configures them"
run_test errors_are_limited "errors to senders are limited in rate"
run_test packets_leave_nothing "packets of strangers leave neither memory nor a line in the log"
run_test tables_are_bounded "no more than 256 sets have a bucket table"
