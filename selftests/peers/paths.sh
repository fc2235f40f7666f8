# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Two paths to two native GRE routers, and ways to break them. Source after lib.sh.
#
#   src ----- edge ==u1== transport ==p1== r1 (gre1: GRE over IPv4) -- lan1
#             wan0 ==u2==           ==p2== r2 (gre1: GRE over IPv6, key 2) -- lan2
#                                                                       dst
#
#   path 1   10.1.0.1 - 10.11.0.2                 peers fd00:1::2 10.9.1.2
#   path 2   2001:db8:f2::1 - 2001:db8:f12::2     peers fd00:2::2 10.9.2.2
#
# The way of a packet is known from the link of dst that it arrives on. What
# breaks is beyond the edge's links, so that only a probe can tell, unless the
# link itself is taken down.

# shellcheck disable=SC2034 # Used by those who source this.
SRC6=2001:db8:a::2 SRC4=10.100.0.2
DST6=2001:db8:b::2 DST4=198.51.100.2
UDPFLOW=$TREE/build/selftests/udpflow

paths_network()
{
	setup_ns src edge transport r1 r2 dst
	veth src:e0,$SRC6/64,$SRC4/24 edge:e0,2001:db8:a::1/64,10.100.0.1/24
	veth edge:u1,10.1.0.1/24,2001:db8:f1::1/64 transport:u1,10.1.0.254/24,2001:db8:f1::fe/64
	veth edge:u2,10.2.0.1/24,2001:db8:f2::1/64 transport:u2,10.2.0.254/24,2001:db8:f2::fe/64
	veth r1:ul0,10.11.0.2/24,2001:db8:f11::2/64 transport:p1,10.11.0.254/24,2001:db8:f11::fe/64
	veth r2:ul0,10.12.0.2/24,2001:db8:f12::2/64 transport:p2,10.12.0.254/24,2001:db8:f12::fe/64
	veth r1:lan0,10.201.0.1/24,2001:db8:1::1/64 dst:lan1,10.201.0.2/24,2001:db8:1::2/64
	veth r2:lan0,10.202.0.1/24,2001:db8:2::1/64 dst:lan2,10.202.0.2/24,2001:db8:2::2/64
	ns_batch src <<-EOF
	route add default via 10.100.0.1
	route add default via 2001:db8:a::1
	EOF
	ns_batch dst <<-EOF
	address add $DST6/128 dev lo
	address add $DST4/32 dev lo
	route add default nexthop via 10.201.0.1 nexthop via 10.202.0.1
	route add default nexthop via 2001:db8:1::1 nexthop via 2001:db8:2::1
	EOF
	paths_router r1 1 type gre local 10.11.0.2 remote 10.1.0.1 ttl 64
	paths_router r2 2 type ip6gre local 2001:db8:f12::2 remote 2001:db8:f2::1 key 2 encaplimit none
	# A keepalive has the router's own source address when it comes to be forwarded.
	sysctl_in r1 net.ipv4.conf.gre1.accept_local=1 net.ipv4.conf.all.rp_filter=0 \
		net.ipv4.conf.gre1.rp_filter=0
	ns_batch edge <<-EOF
	route add 10.11.0.0/24 via 10.1.0.254
	route add 10.12.0.0/24 via 10.2.0.254
	route add 2001:db8:f11::/64 via 2001:db8:f1::fe
	route add 2001:db8:f12::/64 via 2001:db8:f2::fe
	EOF
	forwarding edge transport r1 r2
	sysctl_in edge net.ipv6.icmp.ratelimit=0 net.ipv4.icmp_ratelimit=0
	paths_holes
}

paths_router() # NAME NUMBER GRE_WORD...
{
	ns_batch "$1" <<-EOF
	link add gre1 ${@:3}
	link set gre1 up
	address add fd00:$2::2/64 dev gre1 nodad
	address add 10.9.$2.2/24 dev gre1
	route add default via 10.1$2.0.254
	route add default via 2001:db8:f1$2::fe
	route add 2001:db8:a::/64 via fd00:$2::1
	route add 10.100.0.0/24 via 10.9.$2.1
	route add $DST6/128 via 2001:db8:$2::2
	route add $DST4/32 via 10.20$2.0.2
	EOF
}

# paths_device: wan0 of the edge without paths, but with the routes to dst.
paths_device()
{
	ns_batch edge <<-EOF
	link add wan0 type ipv6tun
	link set wan0 up
	address add fd00:1::1/64 dev wan0 nodad
	address add fd00:2::1/64 dev wan0 nodad
	address add 10.9.1.1/24 dev wan0
	address add 10.9.2.1/24 dev wan0
	EOF
}

paths_routes()
{
	ns_batch edge <<-EOF
	route replace $DST6/128 nexthop via fd00:1::2 dev wan0 nexthop via fd00:2::2 dev wan0
	route replace $DST4/32 nexthop via 10.9.1.2 dev wan0 nexthop via 10.9.2.2 dev wan0
	EOF
}

# dst_answers_by N: what dst sends to src goes by router N until the end of the test, for
# the other way is broken. By itself it answers where the request came in, or anywhere:
# kernels differ.
dst_answers_by()
{
	defer ns dst ip route del 2001:db8:a::/64
	ns dst ip route add 2001:db8:a::/64 via "2001:db8:$1::1"
}

# path_line ID WORD...: the command that adds path 1 or 2; with the usual inside
# peers, unless there are others among the words.
path_line()
{
	local words=" ${*:2}"

	[[ $words == *" peer "* ]] || words+=" peer fd00:$1::2 peer 10.9.$1.2"
	case $1 in
	1) echo "path add wan0 id 1 local 10.1.0.1 remote 10.11.0.2$words" ;;
	2) echo "path add wan0 id 2 local 2001:db8:f2::1 remote 2001:db8:f12::2 key 2$words" ;;
	esac
}

# GRE (and UDP, to see it by) through the transport from these devices vanishes; no sign
# of it anywhere.
paths_holes()
{
	ns transport nft -f - <<-EOF
	table inet holes {
		set holes {
			type ifname
		}
		chain prerouting {
			type filter hook prerouting priority -300
			iifname @holes meta l4proto { gre, udp } drop
		}
	}
	EOF
}

# hole DEVICE... / mend: what comes from these devices of the transport is lost:
# u1 on its way to r1, p1 on its way back.
hole()
{
	local list

	printf -v list '%s, ' "$@"
	ns transport nft add element inet holes holes "{ ${list%, } }"
}

mend()
{
	ns transport nft flush set inet holes holes
}

# uptime_ms: sets NOW to the time since boot, the clock of "since".
uptime_ms()
{
	local seconds

	read -r seconds _ </proc/uptime
	NOW=$((10#${seconds/./} * 10))
}

# path_get ID: sets P, what "path show" has of a path of wan0; counters by their
# names, "since" in ms.
declare -A P=()
path_get()
{
	local json item
	local -a items

	json=$(ns edge ipv6tunctl -j -s path show wan0 id "$1")
	json=${json//[\{\}\[\]\"]/}
	IFS=, read -r -a items <<<"$json"
	P=()
	for item in "${items[@]}"; do
		item=${item#stats:}
		item=${item#probe-stats:}
		P[${item%%:*}]=${item#*:}
	done
	[[ ${P[state]:-} ]] || fail "path $1: $json"
	P[since]=$((P[since] / 1000000))
}

# path_is ID STATE [REASON]
path_is()
{
	path_get "$1"
	[[ ${P[state]} == "$2" && ${P[reason]} == "${3:-none}" ]]
}

# path_counts SECONDS ID COUNTER LOW: waits until a counter of the path has got so far.
path_counts()
{
	wait_for "$1" _path_counted "${@:2}" || fail "path $2: ${P[$3]} $3, want $4 at least"
}

_path_counted() # ID COUNTER LOW
{
	path_get "$1"
	((P[$2] >= $3))
}

# path_becomes SECONDS ID STATE [REASON]
path_becomes()
{
	wait_for "$1" path_is "${@:2}" || fail "path $2 is ${P[state]} (${P[reason]}), want ${*:3}"
	path_get "$2"
}

# flows_start RATE [OPTION...]: 64 flows from src to dst, until flows_stop; returns
# when packets arrive.
flows_start()
{
	local before

	before=$(rx_packets dst lan2)
	"$UDPFLOW" -f 64 -r "$1" -t 120 "${@:2}" "/run/netns/${NS[src]}" "/run/netns/${NS[dst]}" \
		$SRC6 $DST6 >"$TMP/flows" 2>"$LOG_DIR/udpflow.log" </dev/null &
	FLOWS_PID=$!
	defer stop "$FLOWS_PID"
	# In turns of all flows: each has been seen on its first path by then.
	wait_for 20 _more_than dst lan2 $((before + 128)) || fail "no packet arrives"
}

_more_than() # NAME DEVICE PACKETS
{
	(($(rx_packets "$1" "$2") > $3))
}

# flows_round: until each flow has sent a packet that arrived. They take turns, and a
# machine that stops sends none.
flows_round()
{
	local from

	from=$(udp6_packets dst)
	# Some more, for the first ones may have been under way.
	wait_for 20 _delivered $((from + 128)) || fail "no round of packets"
}

_delivered() # PACKETS
{
	(($(udp6_packets dst) >= $1))
}

flows_stop()
{
	kill -INT "$FLOWS_PID"
	wait "$FLOWS_PID" || fail "udpflow: $(<"$LOG_DIR/udpflow.log")"
	note "$(jq -c 'del(.flows)' "$TMP/flows")"
}

flows_get() # JQ_EXPRESSION
{
	jq -r "$1" "$TMP/flows"
}
