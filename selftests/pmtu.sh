#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Packet sizes: no black hole, whatever the underlay takes and whoever is told.
#
#     a ------ r1 ------ m1 ====== m2 ------ r2 ------ b
#        9000  wan0 9000   variable    9000  wan0 9000
#
# The bottleneck is between two routers of the underlay, so that both r1 and r2
# learn of it by an ICMP error only. Path 1 is over IPv4, path 2 over IPv6, path 3
# over IPv4 between other addresses; the route to the other host selects the path.
#
# time limit: 600

# shellcheck source=selftests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

TOOBIG=$TREE/build/selftests/toobig
TCPFLOW=$TREE/build/selftests/tcpflow
A6=2001:db8:a::2 A4=198.51.100.2
B6=2001:db8:b::2 B4=203.0.113.2
# Bytes of TCP payload in a transfer; some hundred packets at the smallest size.
BYTES=300000

setup_network()
{
	setup_ns a r1 m1 m2 r2 b
	forwarding r1 m1 m2 r2
	# Errors must not be missing because many were sent before.
	for n in r1 m1 m2 r2; do
		sysctl_in $n net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
	done
	veth a:e0,$A6/64,$A4/24 r1:lan,2001:db8:a::1/64,198.51.100.1/24 mtu 9000
	veth r1:e0,2001:db8:f1::1/64,10.1.0.1/24,10.1.0.11/24 \
		m1:e0,2001:db8:f1::2/64,10.1.0.2/24 mtu 9000
	veth m1:e1,2001:db8:f2::1/64,10.2.0.1/24 m2:e0,2001:db8:f2::2/64,10.2.0.2/24 mtu 9000
	veth m2:e1,2001:db8:f3::1/64,10.3.0.1/24 \
		r2:e0,2001:db8:f3::2/64,10.3.0.2/24,10.3.0.12/24 mtu 9000
	veth r2:lan,2001:db8:b::1/64,203.0.113.1/24 b:e0,$B6/64,$B4/24 mtu 9000
	ns_batch m1 <<-END
		route add 10.3.0.0/24 via 10.2.0.2
		route add 2001:db8:f3::/64 via 2001:db8:f2::2
	END
	ns_batch m2 <<-END
		route add 10.1.0.0/24 via 10.2.0.1
		route add 2001:db8:f1::/64 via 2001:db8:f2::1
	END
	setup_router r1 10.1.0.1 10.3.0.2 2001:db8:f1::1 2001:db8:f3::2 10.1.0.11 10.3.0.12 1 2
	setup_router r2 10.3.0.2 10.1.0.1 2001:db8:f3::2 2001:db8:f1::1 10.3.0.12 10.1.0.11 2 1
}

setup_router() # NAME LOCAL REMOTE, LOCAL REMOTE, LOCAL REMOTE, OWN PEER (inside)
{
	ns "$1" ip link add wan0 type ipv6tun
	ns "$1" ipv6tunctl -b - <<-END
		path add wan0 id 1 local $2 remote $3 peer fd00:1::$9 peer 169.254.1.$9
		path add wan0 id 2 local $4 remote $5 peer fd00:2::$9 peer 169.254.2.$9
		path add wan0 id 3 local $6 remote $7 peer fd00:3::$9 peer 169.254.3.$9
	END
	ns_batch "$1" <<-END
		link set wan0 up
		address add fd00:1::$8/64 dev wan0
		address add fd00:2::$8/64 dev wan0
		address add fd00:3::$8/64 dev wan0
		address add 169.254.1.$8/24 dev wan0
		address add 169.254.2.$8/24 dev wan0
		address add 169.254.3.$8/24 dev wan0
	END
}

# start_over PATH MTU: the bottleneck is MTU, the way is PATH, and nobody knows
# yet. A route that is made anew has no memory of packet sizes.
start_over()
{
	local n

	printf 'link set e1 mtu %d\n' "$2" | ns_batch m1
	printf 'link set e0 mtu %d\n' "$2" | ns_batch m2
	renew r1 10.3.0.0/24 10.1.0.2 2001:db8:f3::/64 2001:db8:f1::2 \
		$B6/128 "fd00:$1::2" $B4/32 "169.254.$1.2"
	renew r2 10.1.0.0/24 10.3.0.1 2001:db8:f1::/64 2001:db8:f3::1 \
		$A6/128 "fd00:$1::1" $A4/32 "169.254.$1.1"
	renew_hosts
}

renew_hosts()
{
	renew a 0.0.0.0/0 198.51.100.1 ::/0 2001:db8:a::1
	renew b 0.0.0.0/0 203.0.113.1 ::/0 2001:db8:b::1
}

# renew NAME [PREFIX GATEWAY]...: routes are deleted, if any, and added.
renew()
{
	local name=$1
	shift
	while (($#)); do
		# Replaced, an IPv4 route would keep its memory.
		printf 'route replace blackhole %s\nroute del blackhole %s\nroute add %s via %s\n' \
			"$1" "$1" "$1" "$2"
		shift 2
	done >"$TMP/renew"
	ip -n "${NS[$name]}" -batch "$TMP/renew"
}

# path_mtu NAME ID: largest inside packet the path takes, as far as it knows.
path_mtu()
{
	local out
	out=$(ns "$1" ipv6tunctl -j path show wan0 id "$2")
	[[ $out =~ \"mtu\":([0-9]+) ]] || fail "no mtu in: $out"
	echo "${BASH_REMATCH[1]}"
}

# device_counter NAME KEY: from "show", of the device or of its drops.
device_counter()
{
	local out
	out=$(ns "$1" ipv6tunctl -j show wan0)
	[[ $out =~ \"$2\":([0-9]+) ]] || fail "no $2 in: $out"
	echo "${BASH_REMATCH[1]}"
}

path_mtu_is()
{
	[[ $(path_mtu "$1" "$2") == "$3" ]]
}

device_mtu_is()
{
	[[ $(ns "$1" ip link show wan0) == *" mtu $2 "* ]]
}

# expect_device_mtu NAME MTU WHEN
expect_device_mtu()
{
	wait_for 20 device_mtu_is "$1" "$2" ||
		fail "device MTU $3: want $2, have $(ns "$1" ip -o link show wan0)"
}

# tcp_passes SOURCE DESTINATION: a connection from a to b carries data both ways.
# Sets FLOW to the account of it.
tcp_passes()
{
	FLOW=$("$TCPFLOW" -n $BYTES -t 60 "/run/netns/${NS[a]}" "/run/netns/${NS[b]}" "$1" "$2") ||
		fail "TCP from $1 to $2: $FLOW"
}

# Let both routers learn the path MTU, and then both hosts: these packets are lost.
teach() # SOURCE DESTINATION
{
	ns a ping -n -q -c 3 -i 0.05 -W 0.3 -M "do" -s 4000 "$2" >/dev/null || true
	ns b ping -n -q -c 3 -i 0.05 -W 0.3 -M "do" -s 4000 "$1" >/dev/null || true
}

## Device MTU

# A router of its own, whose underlay is not used otherwise.
setup_auto()
{
	setup_ns x far
	veth x:e0,10.4.0.1/24,2001:db8:f4::1/64 far:e0,10.4.0.2/24,2001:db8:f4::2/64 mtu 8500
	veth x:e1,10.5.0.1/24 far:e1,10.5.0.2/24
	ns x ip link add wan0 type ipv6tun
	ns x ip link set wan0 up
}

# Each line: what is done, and the MTU that follows. Paths have a route, and their
# device may be any.
auto_mtu_is_the_smallest()
{
	setup_auto
	expect_device_mtu x 1476 "without paths"
	ns x ipv6tunctl path add wan0 id 1 local 10.4.0.1 remote 10.4.0.2
	expect_device_mtu x 8476 "over IPv4"
	ns x ipv6tunctl path set wan0 id 1 key 5
	expect_device_mtu x 8472 "with a key"
	ns x ipv6tunctl path set wan0 id 1 csum
	expect_device_mtu x 8468 "with key and checksum"
	ns x ipv6tunctl path set wan0 id 1 key none csum off
	ns x ipv6tunctl path add wan0 id 2 local 2001:db8:f4::1 remote 2001:db8:f4::2
	expect_device_mtu x 8456 "over IPv6"
	ns x ipv6tunctl path add wan0 id 3 local 10.5.0.1 remote 10.5.0.2
	expect_device_mtu x 1476 "with a path over a smaller underlay"
	ns x ipv6tunctl path set wan0 id 3 admin down
	expect_device_mtu x 8456 "with this path down"
	ns x ipv6tunctl path set wan0 id 3 admin up
	expect_device_mtu x 1476 "with this path up"
	ns x ipv6tunctl path del wan0 id 3
	ns x ipv6tunctl path del wan0 id 2
	expect_device_mtu x 8476 "without these two"
}

auto_mtu_follows_the_underlay()
{
	setup_auto
	ns x ipv6tunctl path add wan0 id 1 local 10.4.0.1 remote 10.4.0.2 peer 169.254.1.2
	expect_device_mtu x 8476 "at first"
	ns x ip link set e0 mtu 1400
	expect_device_mtu x 1376 "after the underlay shrank"
	ns x ip link set e0 mtu 1280
	expect_device_mtu x 1280 "never below IPv6's minimum"
	ns x ip link set e0 mtu 9000
	expect_device_mtu x 8976 "after the underlay grew"
	ns x ipv6tunctl path add wan0 id 2 local 10.5.0.1 remote 10.5.0.2
	expect_device_mtu x 1476 "with a second path"
	ns x ip link set e1 down
	# It may be back in a moment: what was known of it stays.
	ns x ip link set e0 mtu 1450
	expect_device_mtu x 1426 "after the first underlay shrank"
	ns x ip link set e0 mtu 9000
	expect_device_mtu x 1476 "with the second underlay down"
	ns x ip link set e1 up
	ns x ipv6tunctl path del wan0 id 2
	# No device changes here, only the routing: the next packet notices.
	ns_batch x <<-END
		address add 169.254.1.1/24 dev wan0
		route add 10.4.0.2/32 via 10.5.0.2
	END
	ping_count x 169.254.1.2 1 >/dev/null
	expect_device_mtu x 1476 "after the route moved to another device"
}

set_mtu_stays()
{
	setup_auto
	ns x ipv6tunctl path add wan0 id 1 local 10.4.0.1 remote 10.4.0.2
	expect_device_mtu x 8476 "at first"
	ns x ip link set wan0 mtu 1400
	ns x ip link set e0 mtu 8000
	ns x ipv6tunctl path add wan0 id 2 local 2001:db8:f4::1 remote 2001:db8:f4::2
	# Following is done by a work item, at once but not in the same instant.
	sleep 0.5
	expect_device_mtu x 1400 "set by hand"
	contains "$(ns x ipv6tunctl link show wan0)" "mtu 1400" "ipv6tunctl link show"
	ns x ipv6tunctl link set wan0 mtu auto
	expect_device_mtu x 7956 "automatic again"
	ns x ipv6tunctl link set wan0 mtu 2000
	ns x ip link set e0 mtu 8500
	sleep 0.5
	expect_device_mtu x 2000 "set by ipv6tunctl"

	refused "" ns x ip link set wan0 mtu 1279
	refused "" ns x ip link set wan0 mtu 65536
	expect_device_mtu x 2000 "after refused values"
	ns x ip link add wan1 mtu 3000 type ipv6tun
	contains "$(ns x ip link show wan1)" "mtu 3000" "MTU given at creation"
	ns x ip link delete wan1
}

## No black hole

tcp_gets_through() # PATH MTU CLAMP PAYLOAD
{
	ns r1 ipv6tunctl link set wan0 mss-clamp "$3"
	ns r2 ipv6tunctl link set wan0 mss-clamp "$3"
	start_over "$1" "$2"
	if [[ $4 == IPv6 ]]; then
		tcp_passes $A6 $B6
	else
		tcp_passes $A4 $B4
	fi
}

## Errors from the underlay

# The kernel's own GRE would update the route, too: do without it where it can be
# unloaded. Elsewhere the counter tells that ipv6tun did.
without_native_gre()
{
	local m

	for m in ip6_gre ip_gre gre; do
		if [[ -e /sys/module/$m/refcnt ]]; then
			rmmod $m || true
			defer modprobe -q $m
		fi
	done
	if [[ -e /sys/module/ip_gre ]]; then
		note "ip_gre cannot be unloaded here"
	fi
}

learns_per_path()
{
	without_native_gre
	start_over 1 1400
	local before after
	lacks "$(ns r1 ip -o route get 10.3.0.2)" " mtu " "the route to the remote at first"
	before=$(device_counter r1 pmtu-updates)
	teach $A6 $B6
	after=$(device_counter r1 pmtu-updates)
	between "$((after - before))" 1 4 "path MTU updates of r1"
	eq "$(path_mtu r1 1)" 1376 "r1, path 1"
	eq "$(path_mtu r2 1)" 1376 "r2, path 1"
	# Path 3 has the same way but other addresses, and has sent nothing.
	ping_ok r1 fd00:3::2
	eq "$(path_mtu r1 3)" 8976 "r1, path 3"

	start_over 2 1400
	teach $A6 $B6
	eq "$(path_mtu r1 2)" 1356 "r1, path 2"
	eq "$(path_mtu r2 2)" 1356 "r2, path 2"
}

# forge NAME OPTION... MTU FROM TO: from m1, says r1 about its path.
forge4()
{
	ns m1 "$TOOBIG" "${@:1:$#-3}" 10.1.0.2 10.1.0.1 "${@:$#-2}"
}

forge6()
{
	ns m1 "$TOOBIG" "${@:1:$#-3}" 2001:db8:f1::2 2001:db8:f1::1 "${@:$#-2}"
}

# Let paths 1 and 2 of r1 look at their routes.
look()
{
	ping_ok r1 fd00:1::2
	ping_ok r1 fd00:2::2
}

# Two underlays that know nothing of each other have the same addresses.
learns_per_vrf()
{
	local vrf i=0

	setup_ns v red blue
	ns v ip link add wan0 type ipv6tun
	for vrf in red blue; do
		((++i))
		veth v:${vrf}0 $vrf:e0,10.9.0.2/24 mtu 9000
		ns_batch v <<-END
			link add $vrf type vrf table 1$i
			link set $vrf up
			link set ${vrf}0 master $vrf
			address add 10.9.0.1/24 dev ${vrf}0
			route add 10.9.9.0/24 via 10.9.0.2 vrf $vrf
			address add fd00:$i::1/64 dev wan0 nodad
		END
		ns v ipv6tunctl path add wan0 id $i local 10.9.0.1 remote 10.9.9.2 \
			underlay $vrf peer fd00:$i::2
	done
	ns v ip link set wan0 up
	eq "$(vrf_mtus)" "8976 8976" "path MTUs at first"
	ns red "$TOOBIG" 10.9.0.2 10.9.0.1 1400 10.9.0.1 10.9.9.2
	eq "$(vrf_mtus)" "1376 8976" "path MTUs after an error from red"
	ns blue "$TOOBIG" 10.9.0.2 10.9.0.1 1300 10.9.0.1 10.9.9.2
	eq "$(vrf_mtus)" "1376 1276" "path MTUs after one from blue"
}

vrf_mtus()
{
	# Nobody answers.
	ns v ping -n -q -c 1 -W 0.1 fd00:1::2 >/dev/null || true
	ns v ping -n -q -c 1 -W 0.1 fd00:2::2 >/dev/null || true
	echo "$(path_mtu v 1) $(path_mtu v 2)"
}

forged_errors_are_ignored()
{
	local before mode

	without_native_gre
	start_over 1 9000
	look
	before=$(device_counter r1 pmtu-updates)
	eq "$(path_mtu r1 1) $(path_mtu r1 2)" "8976 8956" "path MTUs at first"

	# Wrong checksum
	forge4 -c 1400 10.1.0.1 10.3.0.2
	forge6 -c 1400 2001:db8:f1::1 2001:db8:f3::2
	# Of a packet nobody sends: another remote, another source, another protocol
	forge4 1400 10.1.0.1 10.3.0.99
	# The kernel's own GRE believes this one.
	[[ -e /sys/module/ip_gre ]] || forge4 1400 10.1.0.99 10.3.0.2
	forge4 -p 89 1400 10.1.0.1 10.3.0.2
	forge6 1400 2001:db8:f1::1 2001:db8:f3::99
	forge6 1400 2001:db8:f1::99 2001:db8:f3::2
	# The other way round: as if r2 had sent it
	forge4 1400 10.3.0.2 10.1.0.1
	forge6 1400 2001:db8:f3::2 2001:db8:f1::1
	forge6 -p 89 1400 2001:db8:f1::1 2001:db8:f3::2
	# Well formed, but not to be believed by those who cannot verify them, or at all.
	for mode in 3 2; do
		sysctl_in r1 net.ipv4.ip_no_pmtu_disc=$mode
		forge4 1400 10.1.0.1 10.3.0.2
	done
	sysctl_in r1 net.ipv4.ip_no_pmtu_disc=0
	look
	eq "$(device_counter r1 pmtu-updates)" "$before" "path MTU updates"
	eq "$(path_mtu r1 1)" 8976 "path 1 after forged errors"
	eq "$(path_mtu r1 2)" 8956 "path 2 after forged errors"

	# The same, well formed: the checks above would have noticed.
	forge4 1400 10.1.0.1 10.3.0.2
	forge6 1400 2001:db8:f1::1 2001:db8:f3::2
	look
	eq "$(device_counter r1 pmtu-updates)" $((before + 2)) "path MTU updates of two true errors"
	eq "$(path_mtu r1 1)" 1376 "path 1 after a true error"
	eq "$(path_mtu r1 2)" 1356 "path 2 after a true error"
}

# What a router may say that makes no sense: the path goes on.
absurd_errors_do_no_harm()
{
	start_over 1 9000
	forge4 0 10.1.0.1 10.3.0.2
	forge4 68 10.1.0.1 10.3.0.2
	forge4 65535 10.1.0.1 10.3.0.2
	forge4 -q 0 0 10.1.0.1 10.3.0.2
	forge6 0 2001:db8:f1::1 2001:db8:f3::2
	forge6 1279 2001:db8:f1::1 2001:db8:f3::2
	forge6 4294967295 2001:db8:f1::1 2001:db8:f3::2
	ping_ok a $B6 2 -s 1232
	ping_ok r1 fd00:2::2 2 -s 1232
	ping_ok a $B4 2 -s 400
}

## Errors to the inside

# ping_size FROM ADDRESS SIZE: one packet of SIZE bytes in all, never fragmented
# by the sender.
ping_size()
{
	local headers=28
	[[ $2 == *:* ]] && headers=48

	# One that is refused ends with the error.
	ping_count "$1" "$2" 1 -W 5 -M "do" -s $(($3 - headers))
}

# The host is told the right size: a byte more is refused, that size passes.
host_is_told() # SOURCE DESTINATION SIZE
{
	teach "$1" "$2"
	renew_hosts
	eq "$(ping_size a "$2" $(($3 + 1)))" 0 "replies to $(($3 + 1)) bytes"
	eq "$(ping_size a "$2" "$3")" 1 "replies to $3 bytes"
	contains "$(ns a ip -o route get "$2")" " mtu $3" "what the host learnt"
}

errors_to_the_inside()
{
	local lines

	need_cmd tshark
	start_over 1 1400
	capture a e0 "$LOG_DIR/told.pcap" "icmp[0] == 3 or (ip6 and ip6[40] == 2)"
	host_is_told $A6 $B6 1376
	host_is_told $A4 $B4 1376
	start_over 2 1400
	host_is_told $A6 $B6 1356
	start_over 1 1280
	host_is_told $A4 $B4 1256
	capture_stop "$CAPTURE_PID"

	# The decoder verifies the checksums: status 1 is good. Behind a comma follow
	# the fields of the quoted packet.
	lines=$(decode "$LOG_DIR/told.pcap" ipv6.src icmpv6.mtu icmpv6.checksum.status \
		icmp.mtu icmp.checksum.status | sed 's/,[^\t]*//g' | tr '\t' ' ' | sort -u)
	contains "$lines" "2001:db8:a::1 1376 1" "Packet Too Big over path 1"
	contains "$lines" "2001:db8:a::1 1356 1" "Packet Too Big over path 2"
	contains "$lines" "1376 1" "fragmentation needed over path 1"
	contains "$lines" "1256 1" "fragmentation needed below 1280"
	eq "$(grep -cvE '(^2001:db8:a::1 (1376|1356) 1 *$)|(^ +(1376|1256) 1$)' <<<"$lines" || true)" 0 \
		"other errors in: $lines"
}

# A super-packet is judged by its segments. The route to b is new, so that the
# device, not the route, refuses.
errors_for_super_packets()
{
	local before super

	need_cmd tshark
	ns r1 ipv6tunctl link set wan0 mss-clamp off
	ns r2 ipv6tunctl link set wan0 mss-clamp off
	start_over 1 1400
	teach $A6 $B6
	renew r1 $B6/128 fd00:1::2
	renew_hosts
	before=$(device_counter r1 tx-too-big)
	capture r1 wan0 "$LOG_DIR/super.pcap" "greater 8977"
	super=$CAPTURE_PID
	capture a e0 "$LOG_DIR/super-told.pcap" "ip6[40] == 2"
	tcp_passes $A6 $B6
	capture_stop "$CAPTURE_PID"
	capture_stop "$super"
	between "$(($(device_counter r1 tx-too-big) - before))" 1 1000 "packets refused as too big"
	ne "$(tcpdump -n -c 1 -r "$LOG_DIR/super.pcap" 2>/dev/null)" "" \
		"super-packets the device was given"
	eq "$(decode "$LOG_DIR/super-told.pcap" icmpv6.mtu icmpv6.checksum.status tcp.dstport |
		sort -u | tr '\t\n' '  ')" "1376 1 5300 8956 1 5300 " "what the host was told"
}

# The exception a host keeps is per destination: it must fit all paths its
# flows to there may take.
set_minimum_is_told()
{
	start_over 1 9000
	forge4 1400 10.1.0.11 10.3.0.12
	ping_ok r1 fd00:3::2
	forge4 1500 10.1.0.1 10.3.0.2
	ping_ok r1 fd00:1::2
	eq "$(path_mtu r1 1) $(path_mtu r1 3)" "1476 1376" "path MTUs"
	ns r1 ip -6 route add 2001:db8:b::/64 nexthop via fd00:1::2 nexthop via fd00:3::2
	defer ns r1 ip -6 route del 2001:db8:b::/64
	ns b ip address add 2001:db8:b::3/64 dev e0 nodad
	ns b ip address add 2001:db8:b::4/64 dev e0 nodad
	ns b ip address add 2001:db8:b::5/64 dev e0 nodad
	ns b ip address add 2001:db8:b::6/64 dev e0 nodad

	local i id by=
	for i in 3 4 5 6; do
		id=$(ns r1 ipv6tunctl -j lookup wan0 from $A6 to 2001:db8:b::$i proto ipv6-icmp)
		[[ $id =~ \"id\":([13]) ]] || fail "lookup: $id"
		by+="${BASH_REMATCH[1]} "
		ns a ping -n -q -c 1 -W 1 -M "do" -s 3000 2001:db8:b::$i >/dev/null || true
		contains "$(ns a ip -o route get 2001:db8:b::$i)" " mtu 1376" \
			"what a was told of 2001:db8:b::$i"
	done
	note "paths of these flows: $by"
}

## Fragments

# IPv6 has no smaller packets than 1280 bytes: where even these do not fit, the
# outer packet is fragmented, and nobody is told less.
ipv6_minimum_passes() # PATH
{
	local fragments

	start_over "$1" 1280
	teach $A6 $B6
	capture m2 e1 "$LOG_DIR/minimum-$1.pcap" "ip proto 47 or ip6"
	eq "$(ping_size a $B6 1280)" 1 "replies to 1280 bytes"
	ping_ok a $B6 3 -M "do" -s 1232
	tcp_passes $A6 $B6
	capture_stop "$CAPTURE_PID"
	contains "$(ns a ip -o route get $B6)" " mtu 1280" "what the host learnt"
	# More fragments follow, in the header of IPv4 or the second one of IPv6.
	fragments=$(tcpdump -n -r "$LOG_DIR/minimum-$1.pcap" \
		"ip[6] & 0x20 != 0 or (ip6[6] == 44 and ip6[43] & 1 != 0)" 2>/dev/null | wc -l)
	between "$fragments" 8 100000 "fragments in the underlay"
}

ipv4_without_df_passes() # PATH
{
	start_over "$1" 1400
	teach $A4 $B4
	renew_hosts
	ping_ok a $B4 3 -M dont -s 1400
	ping_ok a $B4 3 -M dont -s 4000
	lacks "$(ns a ip -o route get $B4)" " mtu " "the sender, who had not asked"
}

## MSS

# The MSS options of handshakes: IP version, 0 for SYN or 1 for SYN-ACK, MSS, and
# 1 for a good checksum of each.
mss_at() # NAME DEVICE
{
	# A host that knows the path's size offers less by itself.
	renew_hosts
	# Only these: data of one connection could fill the buffer before the next begins.
	capture "$1" "$2" "$LOG_DIR/mss.pcap" \
		"tcp[13] & 2 != 0 or (ip6 proto 6 and ip6[53] & 2 != 0)"
	tcp_passes $A6 $B6
	tcp_passes $A4 $B4
	capture_stop "$CAPTURE_PID"
	# tshark takes seconds to start in an emulated guest.
	tcpdump -n -vv -r "$LOG_DIR/mss.pcap" 2>/dev/null | awk '
		$2 == "IP" { version = 4 }
		$2 == "IP6" { version = 6 }
		match($0, /Flags \[S\.?\], cksum 0x[0-9a-f]+ \([a-z]+/) {
			flags = substr($0, RSTART, RLENGTH)
			mss = $0
			sub(/.*\[mss /, "", mss)
			print version, flags ~ /S\./, mss + 0, flags ~ /\(correct/
		}' | sort -u | tr '\n' ' '
}

mss_is_clamped()
{
	# Whole checksums, so that the decoder can tell whether they are still right.
	ns a ethtool -K e0 tx off >/dev/null
	defer ns a ethtool -K e0 tx on
	ns b ethtool -K e0 tx off >/dev/null
	defer ns b ethtool -K e0 tx on

	# The MTU of both devices is 8956.
	ns r1 ipv6tunctl link set wan0 mss-clamp on
	ns r2 ipv6tunctl link set wan0 mss-clamp on
	start_over 1 9000
	ping_ok r2 fd00:1::1
	eq "$(mss_at b e0)" "4 0 8916 1 4 1 8960 1 6 0 8896 1 6 1 8940 1 " "MSS by the device's MTU"
	start_over 1 1400
	teach $A6 $B6
	eq "$(mss_at b e0)" "4 0 1336 1 4 1 8960 1 6 0 1316 1 6 1 8940 1 " "MSS at b"
	eq "$(mss_at a e0)" "4 0 8960 1 4 1 1336 1 6 0 8940 1 6 1 1316 1 " "MSS at a"

	ns r1 ipv6tunctl link set wan0 mss-clamp off
	eq "$(mss_at r1 wan0)" "4 0 8960 1 4 1 1336 1 6 0 8940 1 6 1 1316 1 " \
		"clamped by r2 alone, and not by r1"
	ns r2 ipv6tunctl link set wan0 mss-clamp off
	eq "$(mss_at a e0)" "4 0 8960 1 4 1 8960 1 6 0 8940 1 6 1 8940 1 " "not clamped at all"
}

need_cmd tshark
setup_network

run_test auto_mtu_is_the_smallest "device MTU: smallest of the paths"
run_test auto_mtu_follows_the_underlay "device MTU: follows the underlay"
run_test set_mtu_stays "device MTU: set by hand, automatic again"
for path in 1 2; do
	for mtu in 1280 1400 1500 8500; do
		for clamp in on off; do
			run_test tcp_gets_through \
				"TCP over IPv$((2 * path + 2)) underlay of $mtu, MSS clamp $clamp" \
				$path $mtu $clamp IPv6
		done
	done
done
run_test tcp_gets_through "TCP over IPv4 inside, underlay of 1280" 1 1280 off IPv4
run_test tcp_gets_through "TCP over IPv4 inside, IPv6 underlay of 1400" 2 1400 off IPv4
run_test learns_per_path "path MTU is learnt per path"
run_test learns_per_vrf "path MTU is learnt per VRF"
run_test forged_errors_are_ignored "forged ICMP errors are ignored"
run_test absurd_errors_do_no_harm "absurd sizes in ICMP errors do no harm"
run_test errors_to_the_inside "inside senders are told the right size"
run_test errors_for_super_packets "also for super-packets"
run_test set_minimum_is_told "the smallest size of a path set is told"
run_test ipv6_minimum_passes "1280 bytes over an IPv4 underlay of 1280" 1
run_test ipv6_minimum_passes "1280 bytes over an IPv6 underlay of 1280" 2
run_test ipv4_without_df_passes "IPv4 without DF, IPv4 underlay" 1
run_test ipv4_without_df_passes "IPv4 without DF, IPv6 underlay" 2
run_test mss_is_clamped "MSS clamp, both directions"
