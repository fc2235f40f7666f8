#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The device is a netdevice like any other to the rest of the system: routes,
# counters, captures, nftables, tc, VRF, rtnetlink.
#
#     a ------ r1 ======== r2 ------ b
#              wan0        wan0           path 1 over IPv4, path 2 over IPv6
#
# time limit: 600

# shellcheck source=selftests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

A6=2001:db8:a::2 B6=2001:db8:b::2
A4=198.51.100.2 B4=203.0.113.2

setup_network()
{
	setup_ns a r1 r2 b
	forwarding r1 r2
	veth a:e0,$A6/64,$A4/24 r1:lan,2001:db8:a::1/64,198.51.100.1/24
	veth r1:e0,10.1.0.1/24,2001:db8:f::1/64 r2:e0,10.1.0.2/24,2001:db8:f::2/64
	veth r2:lan,2001:db8:b::1/64,203.0.113.1/24 b:e0,$B6/64,$B4/24
	printf 'route add default via %s\n' 198.51.100.1 2001:db8:a::1 | ns_batch a
	printf 'route add default via %s\n' 203.0.113.1 2001:db8:b::1 | ns_batch b
	setup_router r1 1 2 2001:db8:b::/64 203.0.113.0/24 2001:db8:a::100
	setup_router r2 2 1 2001:db8:a::/64 198.51.100.0/24 2001:db8:b::100
}

# The last address is for what the router itself sends by any path: with an inside
# address as source, it would be accepted by the path of this address only.
setup_router() # NAME OWN PEER PREFIX6 PREFIX4 GLOBAL
{
	ns "$1" ip link add wan0 type ipv6tun
	ns "$1" ipv6tunctl -b - <<-END
		path add wan0 id 1 local 10.1.0.$2 remote 10.1.0.$3 peer fd00:1::$3 peer 169.254.1.$3
		path add wan0 id 2 local 2001:db8:f::$2 remote 2001:db8:f::$3 peer fd00:2::$3 peer 169.254.2.$3
	END
	ns_batch "$1" <<-END
		link set wan0 up
		address add fd00:1::$2/64 dev wan0
		address add fd00:2::$2/64 dev wan0
		address add 169.254.1.$2/24 dev wan0
		address add 169.254.2.$2/24 dev wan0
		address add $6/128 dev wan0
		route add $4 nexthop via fd00:1::$3 dev wan0 nexthop via fd00:2::$3 dev wan0
		route add $5 nexthop via 169.254.1.$3 dev wan0 nexthop via 169.254.2.$3 dev wan0
	END
}

reachable()
{
	ping_ok a $B6 2
	ping_ok a $B4 2
}

# count NAME DEVICE KEY: one counter of the device, as ip shows it.
count()
{
	ns "$1" cat "/sys/class/net/$2/statistics/$3"
}

# path_sum NAME KEY: a counter added up over the paths.
path_sum()
{
	ns "$1" ipv6tunctl -j path show wan0 | jq "[.[].stats[\"$2\"]] | add"
}

## Tests

# What iproute2 says of the device and its routes.
shows()
{
	local out

	reachable
	out=$(ns r1 ip -d link show wan0)
	contains "$out" "link/none" "link layer"
	contains "$out" "NOARP,UP" "flags"
	contains "$out" "ipv6tun" "kind"
	contains "$out" "qdisc noqueue" "queue"
	out=$(ns r1 ip -6 route show 2001:db8:b::/64)
	contains "$out" "nexthop via fd00:1::2 dev wan0 weight 1" "next hops"
	contains "$out" "nexthop via fd00:2::2 dev wan0 weight 1" "next hops"
	contains "$(ns r1 ip -o route get $B6)" "dev wan0" "route get"
	contains "$(ns r1 ip -o route get $B4)" "dev wan0" "route get"
	# Nothing to resolve, no address of its own making.
	eq "$(ns r1 ip neigh show dev wan0 nud reachable)" "" "neighbours"
	lacks "$(ns r1 ip -6 address show dev wan0)" "fe80:" "link-local address"
	eq "$(ns r1 ip -o link show type ipv6tun | wc -l)" 1 "devices of the kind"
}

# Device, paths and the other end count the same packets and bytes, of the inside.
counters_add_up()
{
	local key n
	local -A before=() paths=() far=()

	for key in rx_packets rx_bytes tx_packets tx_bytes; do
		before[$key]=$(count r1 wan0 $key)
		paths[$key]=$(path_sum r1 ${key/_/-})
		far[$key]=$(count r2 wan0 $key)
	done
	ping_ok a $B6 20 -s 1000
	ping_ok a $B4 20 -s 1000
	for key in rx_packets rx_bytes tx_packets tx_bytes; do
		n=$(count r1 wan0 $key)
		eq $((n - before[$key])) "$([[ $key == *packets ]] && echo 40 || echo $((20 * (1048 + 1028))))" \
			"$key of the device"
		eq $(($(path_sum r1 ${key/_/-}) - paths[$key])) $((n - before[$key])) "$key of all paths"
		eq $(($(count r2 wan0 "$(swap $key)") - far[$(swap $key)])) $((n - before[$key])) \
			"$(swap $key) of the other end"
	done
	contains "$(ns r1 ip -s link show wan0)" "$(count r1 wan0 tx_bytes)" "ip -s link"

	# A packet without a path is a dropped one, with a name.
	ns r1 ip -6 route add 2001:db8:dead::/64 via fd00:1::99 dev wan0
	defer ns r1 ip -6 route del 2001:db8:dead::/64
	n=$(count r1 wan0 tx_dropped)
	ping_lost r1 2001:db8:dead::1 2
	eq $(($(count r1 wan0 tx_dropped) - n)) 2 "tx_dropped"
	contains "$(ns r1 ipv6tunctl show drops wan0)" "tx-no-path" "the reason"
}

swap()
{
	case $1 in
	rx_*) echo "tx_${1#rx_}" ;;
	*) echo "rx_${1#tx_}" ;;
	esac
}

# Both directions are seen, as inside packets from the IP header on.
tcpdump_sees_inside_packets()
{
	need_cmd tshark
	capture r1 wan0 "$LOG_DIR/inside.pcap"
	ping_ok a $B6 2
	ping_ok a $B4 2
	capture_stop "$CAPTURE_PID"
	eq "$(decode "$LOG_DIR/inside.pcap" ipv6.src ipv6.dst icmpv6.type ip.src ip.dst icmp.type |
		tr '\t' ' ' | sed 's/^ *//; s/ *$//' | sort | uniq -c | sed 's/^ *//')" \
		"$(sort <<-END
			2 $A6 $B6 128
			2 $B6 $A6 129
			2 $A4 $B4 8
			2 $B4 $A4 0
		END
		)" "packets on the device"
	# A raw IP link: no Ethernet header to skip.
	contains "$(tcpdump -n -c 1 -r "$LOG_DIR/inside.pcap" 2>&1)" "link-type RAW (Raw IP)" "link type"
}

nft_drops_by_interface()
{
	need_cmd nft
	defer ns r1 nft flush ruleset
	ns r1 nft -f - <<-END
		table inet t {
			chain f {
				type filter hook forward priority 0
				iifname "wan0" icmpv6 type echo-reply counter drop
				oifname "wan0" icmp type echo-request counter drop
			}
		}
	END
	ping_lost a $B6 2
	ping_lost a $B4 2
	eq "$(ns r1 nft list chain inet t f | grep -c 'counter packets 2 ')" 2 "rules that matched twice"
	# Only these: other packets of the device pass.
	ping_ok r1 fd00:1::2
}

nft_masquerades()
{
	local sources

	need_cmd nft
	defer ns r1 nft flush ruleset
	ns r1 nft -f - <<-END
		table ip6 t {
			chain p {
				type nat hook postrouting priority srcnat
				oifname "wan0" ip6 saddr 2001:db8:a::/64 counter masquerade
			}
		}
	END
	capture b e0 "$LOG_DIR/masquerade.pcap" "ip6[40] == 128"
	ping_ok a $B6 2
	capture_stop "$CAPTURE_PID"
	sources=$(tcpdump -n -r "$LOG_DIR/masquerade.pcap" 2>/dev/null | awk '{ print $3 }' | sort -u)
	eq "$sources" "2001:db8:a::100" "the source b saw"
}

# The ingress and egress hooks of the device itself.
nft_netdev_hooks()
{
	need_cmd nft
	defer ns r1 nft flush ruleset
	ns r1 nft -f - <<-END
		table netdev t {
			chain i {
				type filter hook ingress device wan0 priority 0
				meta protocol ip6 counter
				meta protocol ip drop
			}
		}
	END
	ping_ok a $B6 2
	ping_lost a $B4 2
	contains "$(ns r1 nft list chain netdev t i)" "packets 2 " "packets seen at ingress"
}

tc_shapes()
{
	local took

	ns r1 tc qdisc add dev wan0 root tbf rate 400kbit burst 2000 latency 2s
	defer ns r1 tc qdisc del dev wan0 root
	# 20 packets of 1048 bytes at once are 168 kbit: 0.4 s at this rate.
	took=$EPOCHREALTIME
	ping_ok a $B6 20 -s 1000
	took=$(((${EPOCHREALTIME/[.,]/} - ${took/[.,]/}) / 1000))
	between $took 300 100000 "milliseconds for 168 kbit at 400 kbit/s"
	contains "$(ns r1 tc -s qdisc show dev wan0)" " 20 pkt" "packets through the qdisc"
}

tc_delays_and_loses()
{
	local out

	ns r1 tc qdisc add dev wan0 root netem delay 200ms
	defer ns r1 tc qdisc del dev wan0 root
	out=$(ns a ping -n -q -c 2 -i 0.2 -W 5 $B6)
	[[ $out =~ =\ ([0-9]+)\. ]] || fail "ping: $out"
	between "${BASH_REMATCH[1]}" 200 100000 "round trip in ms"
	ns r1 tc qdisc replace dev wan0 root netem loss 100%
	ping_lost a $B6 2
}

tc_filters_both_directions()
{
	ns r1 tc qdisc add dev wan0 clsact
	defer ns r1 tc qdisc del dev wan0 clsact
	ns r1 tc filter add dev wan0 egress protocol ipv6 flower dst_ip $B6 ip_proto icmpv6 action drop
	ping_lost a $B6 2
	contains "$(ns r1 tc -s filter show dev wan0 egress)" "Sent 208 bytes 2 pkt" "egress filter"
	reachable4
	ns r1 tc filter del dev wan0 egress
	ping_ok a $B6 2
	ns r1 tc filter add dev wan0 ingress protocol ip flower src_ip $B4 action drop
	ping_lost a $B4 2
	contains "$(ns r1 tc -s filter show dev wan0 ingress)" " 2 pkt" "ingress filter"
	ping_ok a $B6 2
}

reachable4()
{
	ping_ok a $B4 2
}

# The device in a VRF: its routes are the VRF's, the main table has none.
device_in_vrf()
{
	ns_batch r1 <<-END
		link add red type vrf table 100
		link set red up
		link set wan0 master red
		link set lan master red
		address add 2001:db8:a::1/64 dev lan nodad
		address add fd00:1::1/64 dev wan0
		address add fd00:2::1/64 dev wan0
		address add 2001:db8:a::100/128 dev wan0
	END
	defer ns r1 ip link delete red
	# Enslaving takes the routes along or drops them: as with any device.
	ns_batch r1 <<-END
		route replace 2001:db8:b::/64 table 100 nexthop via fd00:1::2 dev wan0 nexthop via fd00:2::2 dev wan0
		route replace 203.0.113.0/24 table 100 nexthop via 169.254.1.2 dev wan0 nexthop via 169.254.2.2 dev wan0
	END
	ping_ok a $B6 3
	ping_ok a $B4 3
	ping_ok r1 $B6 2 -I red
	ping_ok r1 fd00:1::2 2 -I wan0
	refused "unreachable" ns r1 ping -n -c 1 -W 1 $B6
	contains "$(ns r1 ipv6tunctl show routes wan0)" "table 100" "tracked routes"
}

device_back_from_vrf()
{
	# "link delete red" has released the devices; what IPv6 dropped comes anew.
	ns_batch r1 <<-END
		address replace 2001:db8:a::1/64 dev lan nodad
		address replace fd00:1::1/64 dev wan0
		address replace fd00:2::1/64 dev wan0
		route replace 2001:db8:b::/64 nexthop via fd00:1::2 dev wan0 nexthop via fd00:2::2 dev wan0
		route replace 203.0.113.0/24 nexthop via 169.254.1.2 dev wan0 nexthop via 169.254.2.2 dev wan0
	END
	reachable
}

# The underlay in a VRF: a path without an underlay device does not see it, a path
# bound to the VRF or to the device in it does.
underlay_in_vrf()
{
	local underlay

	ns_batch r1 <<-END
		link add blue type vrf table 200
		link set blue up
		link set e0 master blue
		address add 2001:db8:f::1/64 dev e0 nodad
	END
	ping_lost r1 fd00:1::2
	for underlay in blue e0; do
		ns r1 ipv6tunctl -b - <<-END
			path set wan0 id 1 underlay $underlay
			path set wan0 id 2 underlay $underlay
		END
		ping_ok r1 fd00:1::2 2
		ping_ok r1 fd00:2::2 2
		reachable
	done
	ns r1 ip link delete blue
	ns r1 ip address replace 2001:db8:f::1/64 dev e0 nodad
	ns r1 ipv6tunctl -b - <<-END
		path set wan0 id 1 underlay none
		path set wan0 id 2 underlay none
	END
	reachable
}

# What the kernel must not take, by way of iproute2 as well.
bad_links()
{
	refused "hardware address" ns r1 ip link add bad0 address 02:00:00:00:00:01 type ipv6tun
	refused "" ns r1 ip link add bad0 mtu 100 type ipv6tun
	refused "" ns r1 ip link add bad0 mtu 70000 type ipv6tun
	refused "" ns r1 ip link add wan0 type ipv6tun
	refused "" ns r1 ip link add bad0 type ipv6tun garbage 1
	refused "" ns r1 ip link set wan0 address 02:00:00:00:00:01
	refused "" ns r1 ip link add bad0 link e0 numtxqueues 0 type ipv6tun
	lacks "$(ns r1 ip -br link)" "bad0" "devices"
	# A bridge cannot take what has no Ethernet header.
	ns r1 ip link add br0 type bridge
	defer ns r1 ip link delete br0
	refused "" ns r1 ip link set wan0 master br0
	reachable
}

settings_by_name()
{
	local out

	ns r1 ip link set wan0 txqueuelen 500 alias "two paths"
	out=$(ns r1 ip -d link show wan0)
	contains "$out" "qlen 500" "queue length"
	contains "$out" "alias two paths" "alias"
	ns r1 ip link set wan0 alias ""
	ns r1 ipv6tunctl link set wan0 seed beef hash l3 symmetric off mss-clamp off
	out=$(ns r1 ipv6tunctl link show wan0)
	contains "$out" "seed beef" "seed"
	contains "$out" "hash l3" "hash"
	contains "$out" "symmetric off" "symmetric"
	contains "$out" "mss-clamp off" "MSS clamp"
	reachable
	ns r1 ipv6tunctl link set wan0 seed 0 hash l4 symmetric on mss-clamp on
	reachable
}

renamed()
{
	ns r1 ip link set wan0 down
	ns r1 ip link set wan0 name uplink
	ns r1 ip link set uplink up
	ns_batch r1 <<-END
		address replace fd00:1::1/64 dev uplink
		address replace fd00:2::1/64 dev uplink
		route replace 2001:db8:b::/64 nexthop via fd00:1::2 dev uplink nexthop via fd00:2::2 dev uplink
		route replace 203.0.113.0/24 nexthop via 169.254.1.2 dev uplink nexthop via 169.254.2.2 dev uplink
	END
	reachable
	contains "$(ns r1 ipv6tunctl path show uplink id 1)" "uplink" "path show"
	refused "" ns r1 ipv6tunctl path show wan0
	ns r1 ip link set uplink down
	ns r1 ip link set uplink name wan0
	ns r1 ip link set wan0 up
	ns_batch r1 <<-END
		address replace fd00:1::1/64 dev wan0
		address replace fd00:2::1/64 dev wan0
		route replace 2001:db8:b::/64 nexthop via fd00:1::2 dev wan0 nexthop via fd00:2::2 dev wan0
		route replace 203.0.113.0/24 nexthop via 169.254.1.2 dev wan0 nexthop via 169.254.2.2 dev wan0
	END
	reachable
}

# Down, nothing passes in either direction; up, everything as before.
down_and_up()
{
	local before

	ns r2 ip link set wan0 down
	before=$(ns r2 ipv6tunctl -j show wan0 | jq '.[0].drops["rx-device-down"]')
	ping_lost a $B6 2
	eq $(($(ns r2 ipv6tunctl -j show wan0 | jq '.[0].drops["rx-device-down"]') - before)) 2 \
		"rx-device-down"
	ns_batch r2 <<-END
		link set wan0 up
		address replace fd00:1::2/64 dev wan0
		address replace fd00:2::2/64 dev wan0
		route replace 2001:db8:a::/64 nexthop via fd00:1::1 dev wan0 nexthop via fd00:2::1 dev wan0
		route replace 198.51.100.0/24 nexthop via 169.254.1.1 dev wan0 nexthop via 169.254.2.1 dev wan0
	END
	reachable
}

ping_by_interface()
{
	ping_ok r1 fd00:1::2 2 -I wan0
	ping_ok r1 169.254.2.2 2 -I wan0
	ping_ok r1 $B6 2 -I wan0
	ping_ok r1 fd00:2::2 2 -I fd00:2::1
}

need_cmd jq
setup_network
run_test shows "ip link, ip route"
run_test counters_add_up "counters of device, paths and peer agree"
run_test tcpdump_sees_inside_packets "tcpdump, both directions"
run_test nft_drops_by_interface "nftables: iifname, oifname"
run_test nft_masquerades "nftables: masquerade"
run_test nft_netdev_hooks "nftables: netdev ingress"
run_test tc_shapes "tc: tbf"
run_test tc_delays_and_loses "tc: netem"
run_test tc_filters_both_directions "tc: clsact filters"
run_test ping_by_interface "ping -I"
run_test device_in_vrf "the device in a VRF"
run_test device_back_from_vrf "the device released from the VRF"
run_test underlay_in_vrf "the underlay in a VRF"
run_test bad_links "bad link settings are refused"
run_test settings_by_name "settings by iproute2 and ipv6tunctl"
run_test renamed "renamed"
run_test down_and_up "down and up"
