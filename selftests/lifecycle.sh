#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Everything comes and goes while packets flow in both directions: paths, the
# device, its underlay, namespaces, the module.
#
#     r1 ==== u1: path 1 over IPv4, path 3 over IPv6 ==== r2
#     wan0 == u2: path 2 over IPv4 ====================== wan0
#
# The inside addresses are on lo: 2001:db8:a::1 on r1, 2001:db8:b::1 on r2. Each
# test has a network of its own, for most end with a part of it missing.
#
# time limit: 600

# shellcheck source=selftests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

UDPFLOW=$TREE/build/selftests/udpflow
A6=2001:db8:a::1 B6=2001:db8:b::1
FLOWS=64
RATE=10000
emulated && RATE=1000
# With all checkers on, a packet costs milliseconds; others want a turn, too.
[[ -e /proc/lockdep_stats ]] && RATE=50
# udpflow's flow N has source port 20000 + N; all have destination port 20000.
PORT=20000

setup_network()
{
	setup_ns r1 r2
	veth r1:u1,10.1.0.1/24,2001:db8:f1::1/64 r2:u1,10.1.0.2/24,2001:db8:f1::2/64
	veth r1:u2,10.2.0.1/24 r2:u2,10.2.0.2/24
	ns r1 ip -6 address add $A6/128 dev lo
	ns r2 ip -6 address add $B6/128 dev lo
	make_device r1 1 2
	make_device r2 2 1
	add_routes r1 1 2 $A6 $B6
	add_routes r2 2 1 $B6 $A6
	warm_up
	ping_ok r1 $B6 1 -I $A6
}

# Each path once, with patience: the first packet waits for the underlay's neighbour
# discovery, whose first attempt may come before the other end listens.
warm_up()
{
	local n

	for n in 1 2 3; do
		ping_ok r1 fd00:$n::2 1
	done
}

make_device() # NAME OWN PEER
{
	ns "$1" ip link add wan0 type ipv6tun
	add_paths "$1" "$2" "$3" | ns "$1" ipv6tunctl -b -
}

add_paths() # NAME OWN PEER
{
	cat <<-END
		path add wan0 id 1 local 10.1.0.$2 remote 10.1.0.$3 peer fd00:1::$3 underlay u1
		path add wan0 id 2 local 10.2.0.$2 remote 10.2.0.$3 peer fd00:2::$3 underlay u2
		path add wan0 id 3 local 2001:db8:f1::$2 remote 2001:db8:f1::$3 peer fd00:3::$3 underlay u1
	END
}

add_routes() # NAME OWN PEER FROM TO
{
	ns_batch "$1" <<-END
		link set wan0 up
		address replace fd00:1::$2/64 dev wan0 nodad
		address replace fd00:2::$2/64 dev wan0 nodad
		address replace fd00:3::$2/64 dev wan0 nodad
		route replace $5/128 src $4 nexthop via fd00:1::$3 dev wan0 nexthop via fd00:2::$3 dev wan0 nexthop via fd00:3::$3 dev wan0
	END
}

# flows_start FROM TO SOURCE DESTINATION: 64 flows at RATE packets a second, until
# flows_stop. Returns when packets arrive.
flows_start()
{
	local before

	before=$(rx_packets "$2" wan0)
	"$UDPFLOW" -f $FLOWS -r $RATE -t 600 "/run/netns/${NS[$1]}" "/run/netns/${NS[$2]}" \
		"$3" "$4" >"$TMP/flows" 2>"$LOG_DIR/udpflow.log" </dev/null &
	FLOWS_PID=$!
	defer stop "$FLOWS_PID"
	wait_for 20 more_than "$2" $((before + FLOWS)) || fail "no packet arrives"
}

more_than() # NAME PACKETS
{
	(($(rx_packets "$1" wan0) > $2))
}

flows_stop()
{
	kill -INT "$FLOWS_PID"
	wait "$FLOWS_PID" || fail "udpflow: $(<"$LOG_DIR/udpflow.log")"
	jq -c 'del(.flows)' "$TMP/flows" >"$TMP/sum"
	note "$(<"$TMP/sum")"
}

flows_get() # JQ_EXPRESSION
{
	jq -r "$1" "$TMP/flows"
}

# Packets that nobody counts: a flood to r1, so that receiving is busy, too.
noise_start()
{
	background ns r2 ping -n -q -f -I $B6 $A6
}

# paths_of_flows: sets BY to the path each flow takes now, as "port id" lines.
paths_of_flows()
{
	local i

	BY=$(for ((i = 1; i <= FLOWS; i++)); do
		echo "lookup wan0 from $A6 to $B6 proto udp sport $((PORT + i)) dport $PORT"
	done | ns r1 ipv6tunctl -j -b - | jq -r '.[0] | "\(.sport) \(.id)"')
	eq "$(wc -l <<<"$BY")" $FLOWS "flows looked up"
}

# lost_by ID...: packets lost by the flows of these paths (see paths_of_flows).
lost_by()
{
	awk -v ids=" $* " 'NR == FNR { id[$1] = $2; next }
		index(ids, " " id[$1] " ") { n += $2 } END { print n + 0 }' \
		<(echo "$BY") <(flows_get '.flows[] | "\(.port) \(.lost)"')
}

# changes: lines of a batch with a moment of traffic between them.
changes()
{
	local line

	while read -r line; do
		echo "$line"
		sleep 0.2
	done | ns r1 ipv6tunctl -b -
}

path_is() # NAME ID TEXT
{
	[[ $(ns "$1" ipv6tunctl path show wan0 id "$2") == *"$3"* ]]
}

gone() # NAME DEVICE
{
	! ns "$1" ip link show "$2"
}

## Tests

# What both ends go on understanding loses nothing at all.
path_set_is_seamless()
{
	setup_network
	flows_start r1 r2 $A6 $B6
	changes <<-END
		path set wan0 id 3 ttl 10
		path set wan0 id 3 ttl inherit
		path set wan0 id 3 tos 8
		path set wan0 id 3 tos inherit
		path set wan0 id 3 weight 5
		path set wan0 id 3 weight 1
		path set wan0 id 3 csum on
		path set wan0 id 3 csum off
		path set wan0 id 3 underlay none
		path set wan0 id 3 underlay u1
		path set wan0 id 3 peer fd00:3::2 peer fd00:33::2
		path set wan0 id 3 peer none
		path set wan0 id 3 peer fd00:3::2
		path set wan0 id 3 admin down
		path set wan0 id 3 admin up
		path set wan0 id 3 ttl 20 tos 4 weight 7 csum on
		path set wan0 id 3 ttl 64 tos inherit weight 1 csum off
	END
	flows_stop
	eq "$(flows_get .lost)" 0 "packets lost of $(flows_get .sent)"
	eq "$(flows_get .duplicates)" 0 "packets twice"
	# It takes more than three seconds; what a machine that stops did not send is not
	# made up for.
	between "$(flows_get .sent)" $RATE 1000000 "packets sent"
}

# What the other end does not follow loses packets of this path only.
path_set_leaves_others_alone()
{
	setup_network
	paths_of_flows
	between "$(grep -c ' 3$' <<<"$BY")" 8 40 "flows of path 3"
	flows_start r1 r2 $A6 $B6
	changes <<-END
		path set wan0 id 3 key 5
		path set wan0 id 3 key none
		path set wan0 id 3 remote 2001:db8:f1::99
		path set wan0 id 3 remote 2001:db8:f1::2
		path set wan0 id 3 local 2001:db8:f1::98 key 7
		path set wan0 id 3 local 2001:db8:f1::1 key none
	END
	flows_stop
	eq "$(lost_by 1 2)" 0 "packets lost by flows of the other paths"
	between "$(lost_by 3)" 1 100000 "packets lost by flows of path 3, which was wrong for a while"
	# In the end all is well again.
	ping_ok r1 $B6 2 -I $A6
	ping_ok r1 fd00:3::2 2
}

path_deleted_and_added()
{
	setup_network
	paths_of_flows
	flows_start r1 r2 $A6 $B6
	noise_start
	changes <<-END
		path del wan0 id 3
		path add wan0 id 3 local 2001:db8:f1::1 remote 2001:db8:f1::2 peer fd00:3::2 underlay u1
		path del wan0 id 1
		path add wan0 id 1 local 10.1.0.1 remote 10.1.0.2 peer fd00:1::2 underlay u1
	END
	flows_stop
	eq "$(flows_get .lost)" 0 "packets lost of $(flows_get .sent)"
	# And each flow is where it was.
	local before=$BY
	paths_of_flows
	eq "$BY" "$before" "paths of the flows"
}

# Other threads change, list and look up at the same time.
changes_from_all_sides()
{
	local i n pids=()

	setup_network
	flows_start r1 r2 $A6 $B6
	noise_start
	for ((n = 10; n < 13; n++)); do
		for ((i = 0; i < 60; i++)); do
			cat <<-END
				path add wan0 id $n local 10.1.0.1 remote 10.1.0.2 key $n peer fd00:$n::2
				path set wan0 id $n weight $((i + 1)) key $((n + 100))
				path set wan0 id $n admin down
				link set wan0 seed $i
				path del wan0 id $n
			END
		done >"$TMP/storm$n"
		ns r1 ipv6tunctl -b "$TMP/storm$n" &
		pids+=($!)
	done
	for ((i = 0; i < 100; i++)); do
		echo "route replace 2001:db8:c::/64 nexthop via fd00:1::2 dev wan0 nexthop via fd00:10::2 dev wan0 onlink"
		echo "route replace 2001:db8:c::/64 via fd00:2::2 dev wan0"
		echo "route del 2001:db8:c::/64"
	done >"$TMP/routes"
	ip -n "${NS[r1]}" -batch "$TMP/routes" &
	pids+=($!)
	for ((i = 0; i < 60; i++)); do
		printf 'show\npath show\nshow routes\nshow sets\nlookup wan0 from %s to %s\n' $A6 $B6
	done >"$TMP/looks"
	ns r1 ipv6tunctl -s -b "$TMP/looks" >/dev/null &
	pids+=($!)
	for i in "${pids[@]}"; do
		wait "$i"
	done
	flows_stop
	eq "$(flows_get .lost)" 0 "packets lost of $(flows_get .sent)"
	eq "$(ns r1 ipv6tunctl path show wan0 | wc -l)" 3 "paths left"
}

device_deleted()
{
	setup_network
	flows_start r1 r2 $A6 $B6
	noise_start
	ns r1 ip link delete wan0
	eq "$(ns r1 ip -6 route show $B6)" "" "routes by the device"
	refused "" ns r1 ipv6tunctl show wan0
	# A new one takes over under the same traffic.
	make_device r1 1 2
	add_routes r1 1 2 $A6 $B6
	ping_ok r1 $B6 3 -I $A6
	ns r1 ip link delete wan0
	flows_stop
	between "$(flows_get .received)" 64 100000 "packets that arrived before"
	between "$(flows_get .send_errors)" 1 100000 "packets without a route afterwards"
}

# Down and gone: paths bound to the underlay device are left at once.
underlay_goes()
{
	local lost

	setup_network
	flows_start r1 r2 $A6 $B6
	ns r1 ip link set u2 down
	path_is r1 2 "state down underlay" || path_is r1 2 "state down" ||
		fail "$(ns r1 ipv6tunctl path show wan0 id 2)"
	sleep 0.5
	ns r1 ip link set u2 up
	# After the hold-up time, so that neighbours are found by then.
	wait_for 10 path_is r1 2 "state up" ||
		fail "$(ns r1 ipv6tunctl path show wan0 id 2)"
	sleep 0.5
	ns r1 ip link delete u2
	path_is r1 2 "state down" || fail "$(ns r1 ipv6tunctl path show wan0 id 2)"
	sleep 0.5
	flows_stop
	lost=$(flows_get .lost)
	# What is on its way is lost, but nothing is sent to a device that goes.
	between "$lost" 0 60 "packets lost of $(flows_get .sent)"

	# A new device of this name is another one, until the path is told.
	veth r1:u2,10.2.0.1/24 r2:u2,10.2.0.2/24
	path_is r1 2 "state down" || fail "a path is up by a device it is not bound to"
	ns r1 ipv6tunctl path set wan0 id 2 underlay u2
	ns r2 ipv6tunctl path set wan0 id 2 underlay u2
	ping_ok r1 fd00:2::2 2
}

# The device moves to another namespace, its underlay stays.
device_moves()
{
	setup_network
	setup_ns in1
	noise_start
	ns r1 ip link set wan0 netns "${NS[in1]}"
	ns in1 ip -6 address add $A6/128 dev lo
	add_routes in1 1 2 $A6 $B6
	ping_ok in1 $B6 3 -I $A6
	ping_ok in1 fd00:2::2 1
	contains "$(ns in1 ip -d link show wan0)" "link-netns" "where the underlay is"
	eq "$(ns in1 ipv6tunctl path show wan0 | wc -l)" 3 "paths, asked where the device is"
	eq "$(ns r1 ipv6tunctl path show | wc -l)" 0 "paths, asked where the underlay is"
	# A change takes effect, with addresses and devices of the underlay's side.
	ns in1 ipv6tunctl path set wan0 id 3 weight 9
	ns in1 ipv6tunctl path del wan0 id 3
	ns in1 ipv6tunctl path add wan0 id 3 local 2001:db8:f1::1 remote 2001:db8:f1::2 peer fd00:3::2
	ping_ok in1 fd00:3::2 2
	# And back.
	ns in1 ip link set wan0 netns "${NS[r1]}"
	add_routes r1 1 2 $A6 $B6
	ping_ok r1 $B6 3 -I $A6
}

# The device's namespace ends first: the underlay's goes on and can have another.
device_namespace_ends()
{
	setup_network
	setup_ns in1
	noise_start
	ns r1 ip link set wan0 netns "${NS[in1]}"
	add_routes in1 1 2 fd00:1::1 $B6
	ping_ok in1 fd00:1::2 1
	ip netns delete "${NS[in1]}"
	# The end of a namespace is not waited for: the addresses become free with it.
	wait_for 20 make_device_again || fail "no new device: $(make_device r1 1 2 2>&1)"
	add_routes r1 1 2 $A6 $B6
	ping_ok r1 $B6 2 -I $A6
}

make_device_again()
{
	ns r1 ip link delete wan0 2>/dev/null || true
	make_device r1 1 2
}

# The underlay's namespace ends first: the device goes with it.
underlay_namespace_ends()
{
	setup_network
	setup_ns in1
	noise_start
	ns r1 ip link set wan0 netns "${NS[in1]}"
	add_routes in1 1 2 fd00:1::1 $B6
	background ns in1 ping -n -q -i 0.01 $B6
	ping_ok in1 fd00:1::2 1
	ip netns delete "${NS[r1]}"
	wait_for 20 gone in1 wan0 || fail "the device is still there"
	eq "$(ns in1 ip -6 route show $B6)" "" "routes by the device"
}

# A namespace ends with everything in it, packets arriving.
namespace_ends()
{
	setup_network
	noise_start
	ping_ok r1 $B6 1 -I $A6
	ip netns delete "${NS[r1]}"
	# The other end of a cable goes with this one.
	wait_for 20 gone r2 u1 || fail "the namespace has not ended"
	path_is r2 1 "state down" || fail "$(ns r2 ipv6tunctl path show wan0 id 1)"
}

vrf_comes_and_goes()
{
	local i

	setup_network
	flows_start r1 r2 $A6 $B6
	noise_start
	ns r1 sysctl -q -w net.ipv6.conf.wan0.keep_addr_on_down=1 net.ipv6.conf.u1.keep_addr_on_down=1
	ns_batch r1 <<-END
		link add red type vrf table 100
		link set red up
	END
	for i in 1 2 3; do
		ns_batch r1 <<-END
			link set wan0 master red
			link set wan0 nomaster
			link set u1 master red
			link set u1 nomaster
		END
	done
	ns r1 ip link delete red
	add_routes r1 1 2 $A6 $B6
	ping_ok r1 $B6 3 -I $A6
	ping_ok r1 fd00:1::2 1
	ping_ok r1 fd00:3::2 1
	flows_stop
}

# The module leaves, devices and all, and comes back.
module_unloads()
{
	local monitor

	[[ ${MODULE:-} ]] || skip "the path of the module is not known"
	setup_network
	flows_start r1 r2 $A6 $B6
	noise_start
	defer reload
	ip netns exec "${NS[r1]}" ipv6tunctl monitor >"$TMP/monitor" 2>&1 </dev/null &
	monitor=$!
	defer stop $monitor
	wait_for 20 monitor_hears || fail "monitor tells nothing"
	timeout 60 rmmod ipv6tun
	gone r1 wan0 || fail "the device has survived its module"
	eq "$(ns r1 ip -6 route show $B6)" "" "routes by the device"
	refused "" ns r1 ip link add wan0 type ipv6tun
	# Nothing would ever come again: who logs events has to know.
	wait_for 10 stopped $monitor || fail "monitor waits for a module that is gone"
	contains "$(<"$TMP/monitor")" "module ipv6tun was removed" "last words of the monitor"
	insmod "$MODULE"
	make_device r1 1 2
	make_device r2 2 1
	add_routes r1 1 2 $A6 $B6
	add_routes r2 2 1 $B6 $A6
	ping_ok r1 $B6 3 -I $A6
	# Once more with the new one.
	timeout 60 rmmod ipv6tun
	insmod "$MODULE"
	flows_stop
}

monitor_hears()
{
	ns r1 ipv6tunctl path set wan0 id 1 weight 1
	[[ -s $TMP/monitor ]]
}

stopped() # PID
{
	! kill -0 "$1"
}

# The tests after this one need it, whatever happened here.
reload()
{
	[[ -e /sys/module/ipv6tun ]] || insmod "$MODULE"
}

need_cmd jq
run_test path_set_is_seamless "path set loses nothing"
run_test path_set_leaves_others_alone "path set loses nothing on other paths"
run_test path_deleted_and_added "path deleted and added"
run_test changes_from_all_sides "changes from all sides"
run_test device_deleted "device deleted with routes in place"
run_test underlay_goes "underlay down and deleted"
run_test device_moves "device moves to another namespace"
run_test device_namespace_ends "namespace of the device ends"
run_test underlay_namespace_ends "namespace of the underlay ends"
run_test namespace_ends "namespace of both ends"
run_test vrf_comes_and_goes "VRF enslaves and releases"
run_test module_unloads "module unloads and comes back"
