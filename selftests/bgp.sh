#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What routing daemons do to the paths: the path sets that BIRD and FRR bring
# about, and traffic while a router is withdrawn, drained or switched off.
#
#   src ---- core ---- transport --+-- sdwan1 (native GRE, FRR) ---- lan1
#            wan0, two paths       |                               onprem
#            BIRD, later FRR       +-- sdwan2 (ipv6tun, BIRD) ------ lan2
#
# Details in peers/walkthrough.sh. 64 flows run at 1,000 packets a second through
# each change; a packet's way is known from the link it arrives on.
#
# time limit: 900

# shellcheck source=selftests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=selftests/peers/daemons.sh
source "$TREE/selftests/peers/daemons.sh"
# shellcheck source=selftests/peers/walkthrough.sh
source "$TREE/selftests/peers/walkthrough.sh"

UDPFLOW=$TREE/build/selftests/udpflow
RATE=1000

## Helpers

# Packets that the queues between veth devices had no room for, so far.
queue_drops()
{
	local processed dropped sum=0

	while read -r processed dropped _; do
		: "$processed"
		((sum += 16#$dropped)) || true
	done </proc/net/softnet_stat
	echo "$sum"
}

# flows_start: 64 flows from src to the site, until flows_stop.
flows_start()
{
	"$UDPFLOW" -f 64 -r $RATE -t 120 "/run/netns/${NS[src]}" "/run/netns/${NS[onprem]}" \
		$SRC6 $HOST6 >"$TMP/flows" 2>"$LOG_DIR/udpflow.log" </dev/null &
	FLOWS_PID=$!
	DROPS=$(queue_drops)
	defer stop "$FLOWS_PID"
	more_arrive lan1
	more_arrive lan2
}

# more_arrive DEVICE: returns when each flow has sent twice more, for they take turns,
# and those that go by this link of the site have been seen there.
more_arrive()
{
	wait_for 30 received "$1" $(($(rx_packets onprem "$1") + 128)) ||
		fail "no packets arrive by $1"
}

received() # DEVICE PACKETS
{
	(($(rx_packets onprem "$1") > $2))
}

flows_stop()
{
	sleep 1
	kill -INT "$FLOWS_PID"
	wait "$FLOWS_PID" || fail "udpflow: $(<"$LOG_DIR/udpflow.log")"
	cp "$TMP/flows" "$LOG_DIR/udpflow.json"
	note "$(jq -c 'del(.flows)' "$TMP/flows")"
	note "dropped by full queues of the test network: $(($(queue_drops) - DROPS))"
}

flows_get() # JQ_EXPRESSION
{
	jq -r "$1" "$TMP/flows"
}

has_set() # NAME PREFIX WANT
{
	[[ $(walk_set "$1" "$2") == "$3" ]]
}

sessions_are() # NAME COUNT
{
	[[ $(bird_sessions "$1") == "$2" ]]
}

frr_sessions_are() # NAME COUNT
{
	[[ $(frr_sessions "$1") == "$2" ]]
}

# The site by way of $1 paths, in the kernel and in the device.
site_by()
{
	wait_for 90 walk_has_nexthops "$(wc -w <<<"$1")" ||
		fail "next hops of the site: $(walk_nexthops $SITE6)"
	eq "$(walk_set core $SITE6)" "$1" "path set of the site"
}

# Flows that began on DEVICE all went to the other link and came back, those of
# the other link stayed, and nothing was lost on the way.
moved_and_returned() # DEVICE
{
	eq "$(flows_get .lost)" 0 "packets lost of $(flows_get .sent)"
	between "$(flows_get ".interfaces.$1.flows // 0")" 16 48 "flows that began on $1"
	eq "$(flows_get "[.flows[] | select(.first == \"$1\" and .moves != 2)] | length")" 0 \
		"flows of $1 that did not move and return"
	eq "$(flows_get "[.flows[] | select(.first != \"$1\" and .moves != 0)] | length")" 0 \
		"flows of the other path that moved"
	eq "$(flows_get '[.flows[] | select(.first != .last)] | length')" 0 \
		"flows that did not return"
}

## Tests

sessions_come_up()
{
	wait_for 60 sessions_are core 4 ||
		fail "core: $(bird_do core show protocols)"
	wait_for 60 sessions_are sdwan2 2 ||
		fail "sdwan2: $(bird_do sdwan2 show protocols)"
	wait_for 60 frr_sessions_are sdwan1 2 ||
		fail "sdwan1: $(frr_do sdwan1 'show bgp summary')"
}

bird_feeds_path_sets()
{
	site_by "1 2"
	eq "$(walk_nexthops $SITE6 | tr '\n' ' ')" "via $INSIDE:5379 via $INSIDE:6379 " \
		"one next hop per path, though each came over two sessions"
	wait_for 10 has_set core "$SITE4" "1 2" || fail "IPv4: $(walk_set core "$SITE4")"
	ping_ok src $HOST6 5
	ping_ok src "$HOST4" 5
}

two_sessions_one_path()
{
	local n

	# Without one of them the kernel would not know which path the core meant.
	n=$(ns sdwan2 ip -6 route show 2001:db8:0:100::/64 | grep -o "via $INSIDE:537[ab]" | wc -l)
	eq "$n" 2 "next hops of the core's prefix on SD-WAN-2"
	eq "$(walk_set sdwan2 2001:db8:0:100::/64)" 1 "its path set"
	eq "$(ns sdwan2 ipv6tunctl -j show routes wan0 |
		jq -r '.[] | select(.prefix == "2001:db8:0:100::") | [.member[].weight] | join(" ")')" 1 \
		"weight of a path with two next hops"
}

# The inside prefix of one path, announced over the other, would catch sessions.
inside_prefixes_are_refused()
{
	sed -e "s|^define WAN_INSIDE6.*|define WAN_INSIDE6 = [ 2001:db8:ffff::/48 ];|" \
		-e "s|^define WAN_ANNOUNCE6.*|define WAN_ANNOUNCE6 = [ $SITE6, $INSIDE:6378/125 ];|" \
		-e "\$a protocol static { ipv6; route $INSIDE:6378/125 blackhole; }" \
		"$TMP/sdwan2.conf" >"$TMP/hijack.conf"
	defer bird_configure sdwan2 "$TMP/sdwan2.conf"
	bird_configure sdwan2 "$TMP/hijack.conf"
	wait_for 30 core_has_filtered || fail "the core never saw the announcement"
	lacks "$(bird_do core "show route $INSIDE:6378/125")" "peer2" "inside prefix at the core"
	eq "$(ns core ip -6 route show $INSIDE:6378/125 | wc -l)" 1 "routes to the inside prefix"
	ping_ok core $INSIDE:6379 2
}

# The last line of its kind is that of the IPv6 channel: received, rejected,
# filtered, ignored, accepted.
core_has_filtered()
{
	bird_do core 'show protocols all peer2_a' |
		awk '/Import updates:/ { n = $5 } END { exit !(n > 0) }'
}

# Stopping the sessions withdraws the routes; the router goes on forwarding.
bird_withdraws()
{
	flows_start
	bird_do sdwan2 'disable "core1_*"' >/dev/null
	site_by 1
	more_arrive lan1
	bird_do sdwan2 'enable "core1_*"' >/dev/null
	site_by "1 2"
	more_arrive lan2
	flows_stop
	moved_and_returned lan2
}

bird_drains()
{
	sed 's/^define WAN_DRAIN.*/define WAN_DRAIN = 1;/' "$TMP/sdwan2.conf" >"$TMP/drain.conf"
	flows_start
	bird_configure sdwan2 "$TMP/drain.conf"
	site_by 1
	eq "$(bird_sessions core)" 4 "sessions while SD-WAN-2 is drained"
	more_arrive lan1
	bird_configure sdwan2 "$TMP/sdwan2.conf"
	site_by "1 2"
	more_arrive lan2
	flows_stop
	moved_and_returned lan2
}

frr_withdraws()
{
	flows_start
	vtysh --vty_socket "$TMP/sdwan1.frr" -c 'configure terminal' -c 'router bgp 64525' \
		-c 'neighbor core shutdown'
	site_by 2
	more_arrive lan2
	vtysh --vty_socket "$TMP/sdwan1.frr" -c 'configure terminal' -c 'router bgp 64525' \
		-c 'no neighbor core shutdown'
	site_by "1 2"
	more_arrive lan1
	flows_stop
	moved_and_returned lan1
}

# Inside packets of the flows on their way to SD-WAN-1, by time; outer IPv4 header
# of 20 bytes, GRE of 4, then IPv6.
to_dead_path='dst 172.31.0.178 and ip proto 47 and ip[22:2] = 0x86dd and ip[30] = 17'

no_packet_after_the_route()
{
	local changed before after lost gap

	TZ=UTC ip -n "${NS[core]}" -ts -6 monitor route >"$TMP/monitor" &
	defer stop $!
	capture core ul0 "$TMP/dead.pcap" "$to_dead_path"
	flows_start
	walk_power_off
	site_by 2
	more_arrive lan2
	flows_stop
	capture_stop "$CAPTURE_PID"

	# The last change of the route: the one that dropped SD-WAN-1.
	changed=$(grep "$SITE6" "$TMP/monitor" | tail -n 1)
	contains "$changed" "via $INSIDE:5379" "what the route changed to"
	changed=${changed#[}
	changed=$(TZ=UTC date -d "${changed%%]*}" +%s.%6N)
	read -r before after <<<"$(tcpdump -tt -n -r "$TMP/dead.pcap" 2>/dev/null |
		awk -v t="$changed" '$1 > t { after++ } $1 <= t { before++ } END { print before + 0, after + 0 }')"
	note "to the dead path: $before packets before its route went, $after after"
	between "$before" 100 1000000 "packets to the dead path while its route stood"
	eq "$after" 0 "packets to the dead path after the FIB dropped it"

	lost=$(flows_get .lost) gap=$(flows_get .longest_gap_ms)
	between "$gap" 1000 $((HOLD * 1000 + 3000)) "longest gap of a flow in ms"
	# What was sent to the dead router is what was lost, and no flow of the other
	# path lost anything.
	between "$lost" 100 "$before" "packets lost"
	eq "$(flows_get '[.flows[] | select(.first == "lan2" and .lost > 0)] | length')" 0 \
		"flows of the other path with loss"
	eq "$(flows_get '[.flows[] | select(.last == "lan1")] | length')" 0 "flows left on lan1"
}

dead_router_returns()
{
	walk_power_on
	site_by "1 2"
	ping_ok src $HOST6 5
}

frr_feeds_nexthop_objects()
{
	local route

	stop_pidfile "$TMP/core.bird.pid"
	# Its routes go with it, unless it is killed.
	wait_for 20 walk_has_nexthops 0 || fail "BIRD left routes"
	sed -e "s/KEEPALIVE/$KEEPALIVE/;s/HOLD/$HOLD/" \
		"$TREE/selftests/peers/core-frr.conf" >"$TMP/core-frr.conf"
	frr_start core "$TMP/core-frr.conf"
	wait_for 90 frr_sessions_are core 2 ||
		fail "sessions: $(frr_do core 'show bgp summary')"
	site_by "1 2"
	route=$(ns core ip -6 route show $SITE6)
	contains "$route" "nhid" "route of FRR"

	flows_start
	bird_do sdwan2 'disable "core1_*"' >/dev/null
	site_by 1
	more_arrive lan1
	bird_do sdwan2 'enable "core1_*"' >/dev/null
	site_by "1 2"
	more_arrive lan2
	flows_stop
	moved_and_returned lan2
}

leave_vrf()
{
	ns_batch core <<-EOF
	link set wan0 nomaster
	link set lan0 nomaster
	EOF
}

bird_in_a_vrf()
{
	# Joining a VRF takes a device down for a moment.
	sysctl_in core net.ipv6.conf.wan0.keep_addr_on_down=1 net.ipv6.conf.lan0.keep_addr_on_down=1
	ns_batch core <<-EOF
	link set wan0 master red
	link set lan0 master red
	EOF
	defer leave_vrf
	walk_bird_conf core-edge core
	sed -i -e 's/^define WAN_KERNEL_TABLE.*/define WAN_KERNEL_TABLE = 100;/' \
		-e 's/^protocol bgp .*/&\n\tvrf "red";/' "$TMP/core.conf"
	bird_start core "$TMP/core.conf"
	wait_for 60 sessions_are core 4 ||
		fail "core: $(bird_do core show protocols)"
	wait_for 30 has_set core $SITE6 "1 2" || fail "path set: $(walk_set core $SITE6)"
	contains "$(ns core ipv6tunctl -j show routes wan0 |
		jq -c '.[] | select(.prefix == "2001:db8:0:400::") | .table')" 100 "table of the route"
	eq "$(ns core ip -6 route show $SITE6 | wc -l)" 0 "routes in the main table"
	flows_start
	flows_stop
	eq "$(flows_get .lost)" 0 "packets lost"
	between "$(flows_get '.interfaces.lan1.flows // 0')" 16 48 "flows on path 1"
	eq "$(flows_get .moved)" 0 "flows that moved"
}

need_cmd bird birdc zebra bgpd vtysh jq tcpdump
[[ -x $UDPFLOW ]] || skip "build/selftests/udpflow is not built"
# A processor of an emulated machine may stand still for seconds: what comes in
# meanwhile has to find room, or it counts as lost.
backlog=/proc/sys/net/core/netdev_max_backlog
defer bash -c "echo $(<$backlog) >$backlog"
echo 20000 >$backlog

set -e
walk_underlay
# For the last test; BIRD 2.0 wants a VRF to be older than the devices in it.
ns_batch core <<-EOF
link add red type vrf table 100
link set red up
EOF
walk_core_device
walk_sdwan1_device
walk_sdwan2_device
walk_core_daemon
walk_sdwan2_daemon
walk_sdwan1_daemon
set +e

run_test sessions_come_up "two BGP sessions on each path, both with one BIRD at the core"
run_test bird_feeds_path_sets "routes of BIRD, IPv6 and IPv4, give path sets"
run_test two_sessions_one_path "two sessions, two next hops, one path: it counts once"
run_test inside_prefixes_are_refused "a router that announces an inside prefix is not believed"
run_test bird_withdraws "sessions of a BIRD router stopped: no packet lost at $RATE a second"
run_test bird_drains "a router drained by community: no packet lost"
run_test frr_withdraws "sessions of an FRR router stopped: no packet lost"
run_test no_packet_after_the_route "a router switched off: no packet to its path once the route is gone"
run_test dead_router_returns "the router returns"
run_test frr_feeds_nexthop_objects "FRR with nexthop objects at the core: the same, no packet lost"
run_test bird_in_a_vrf "BIRD and device in a VRF"
