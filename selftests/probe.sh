#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Probes, the states of a path, and what they mean for packets.
#
#   src ----- edge ==u1== transport ==p1== r1 (native GRE over IPv4) -- lan1
#             wan0 ==u2==           ==p2== r2 (native GRE over IPv6) -- lan2
#                                                                       dst
#
# Details in peers/paths.sh. Times have generous upper bounds: an emulated machine
# may stand still for seconds. Lower bounds are exact. How fast it really is,
# failover.sh and bench/failover.sh tell.
#
# time limit: 600
# alone: round trips and false alarms

# shellcheck source=selftests/lib.sh disable=SC2317 # functions that wait_for calls
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=selftests/peers/inject.sh
source "$TREE/selftests/peers/inject.sh"
# shellcheck source=selftests/peers/daemons.sh
source "$TREE/selftests/peers/daemons.sh"
# shellcheck source=selftests/peers/paths.sh
source "$TREE/selftests/peers/paths.sh"

SPIN=$TREE/build/selftests/spin

# What a machine that does nothing else may be late by, ms.
RATE=1000 BRISK=10000 LATE=5000
# With all checkers on, a packet costs milliseconds; others want a turn, too.
[[ -e /proc/lockdep_stats ]] && RATE=100 BRISK=100
emulated && RATE=250 BRISK=250 LATE=10000
# What is lenient here: an emulated machine that stops must not look like a path
# that is down.
LENIENT="interval 100 multiplier 6"

## Helpers

ctl()
{
	ns edge ipv6tunctl "$@"
}

# paths WORDS1 WORDS2: both paths anew, with these words, and up.
paths()
{
	local id

	{
		for id in 1 2; do
			echo "path del wan0 id $id"
		done
		path_line 1 "$1"
		path_line 2 "$2"
	} | ctl -b -
	paths_routes
	path_becomes 10 1 up
	path_becomes 10 2 up
}

only_path_1() # WORD...
{
	{
		echo "path del wan0 id 1"
		path_line 1 "$@"
	} | ctl -b -
}

# drops REASON: of the device so far
drops()
{
	counters edge wan0
	echo "${COUNTERS[$1]}"
}

# monitor_start: events of wan0 from now on, a JSON object per line in $EVENTS.
monitor_start()
{
	EVENTS=$TMP/events
	: >"$EVENTS"
	ip netns exec "${NS[edge]}" ipv6tunctl -j monitor wan0 >>"$EVENTS" 2>&1 </dev/null &
	defer stop $!
	wait_for 10 _monitor_listens || fail "no event arrives"
	: >"$EVENTS"
}

_monitor_listens()
{
	ctl path set wan0 id 2 ttl 64
	[[ -s $EVENTS ]]
}

# events ID: its changes of state, "state reason changes;..." in order
events()
{
	jq -r --argjson id "$1" 'select(.event == "path-state-ntf" and .id == $id) |
		"\(.state) \(.reason) \(.changes)"' "$EVENTS" | paste -sd ';'
}

# told ID EVENTS: the monitor has written just these.
told()
{
	[[ $(events "$1") == "$2" ]]
}

## Probes

# A new path waits for its first answer; then the answers keep coming.
probe_works() # ID WORD...
{
	local id=$1

	ctl path del wan0 id "$id"
	defer restore_paths
	path_line "$id" "${@:2}" | ctl -b -
	path_becomes 10 "$id" up
	eq "${P[changes]}" 1 "changes of state of a new path"
	path_counts 10 "$id" received 10
	eq "${P[state]}" up "state"
	between "${P[received]}" 10 1000 "answers"
	between "$((P[sent] - P[received]))" 0 3 "probes without an answer"
	between "${P[rtt]}" 1 2000000 "round-trip time in us"
	((P[rtt-min] <= P[rtt-smoothed] && P[rtt-smoothed] <= P[rtt-max])) ||
		fail "min ${P[rtt-min]} smoothed ${P[rtt-smoothed]} max ${P[rtt-max]}"
	counters edge wan0
	eq "${COUNTERS[rx-probe-forged]} ${COUNTERS[rx-probe-replayed]} ${COUNTERS[rx-probe-path]}" \
		"0 0 0" "answers found wrong"
}

restore_paths()
{
	{
		echo "path del wan0 id 1"
		echo "path del wan0 id 2"
		path_line 1
		path_line 2
	} | ctl -b -
}

# A router that does not forward what has its own address returns none.
keepalive_needs_the_peer()
{
	sysctl_in r1 net.ipv4.conf.gre1.accept_local=0
	defer sysctl_in r1 net.ipv4.conf.gre1.accept_local=1
	defer restore_paths
	only_path_1 probe keepalive interval 50
	path_counts 10 1 sent 10
	eq "${P[state]} ${P[reason]} ${P[received]}" "down probe-wait 0" "a path whose peer does not play"
	between "${P[sent]}" 10 100 "probes sent"
	sysctl_in r1 net.ipv4.conf.gre1.accept_local=1
	path_becomes 10 1 up
}

# A keepalive has nothing to do with inside peers: it goes on without them.
keepalive_without_peers()
{
	local before

	defer restore_paths
	only_path_1 probe keepalive interval 50
	path_becomes 10 1 up
	path_counts 10 1 sent 10
	before=${P[sent]}
	between "$before" 10 100 "probes sent"
	ctl path set wan0 id 1 peer none
	ctl path set wan0 id 1 weight 1
	path_get 1
	between "${P[sent]}" "$before" 1000 "probes sent, those before the change included"
	eq "${P[state]}" up "state"
}

waits_for_first_answer()
{
	defer mend
	defer restore_paths
	hole u1
	monitor_start
	only_path_1 probe icmp interval 50
	path_counts 10 1 sent 10
	eq "${P[state]} ${P[reason]} ${P[changes]}" "down probe-wait 0" "a new path without answers"
	between "${P[sent]}" 10 100 "probes sent while it waits"
	# What it would carry goes by the other.
	ping_ok src $DST6 3
	mend
	path_becomes 10 1 up
	eq "${P[changes]}" 1 "changes"
	wait_for 10 told 1 "up none 1" || fail "events: $(events 1)"
}

# A path in use goes on when a probe is added: it has its chances first.
probe_added_later()
{
	defer mend
	defer ctl path set wan0 id 1 probe none
	path_get 1
	local changes=${P[changes]}
	# shellcheck disable=SC2086 # several words
	ctl path set wan0 id 1 probe icmp $LENIENT
	path_get 1
	eq "${P[state]} ${P[changes]}" "up $changes" "state right after"
	hole u1
	path_becomes 10 1 down probe
	eq "${P[changes]}" $((changes + 1)) "changes"
	# Without a probe nothing speaks against it.
	ctl path set wan0 id 1 probe none hold-up 0
	path_becomes 10 1 up
	ctl path set wan0 id 1 hold-up 1000
}

rtt_and_loss()
{
	defer restore_paths
	defer tc -n "${NS[transport]}" qdisc del dev u1 root
	only_path_1 probe icmp interval 5 multiplier 50
	path_becomes 10 1 up
	ns transport tc qdisc add dev u1 root netem delay 20ms
	more_probes 50
	# What was under way when the machine stopped took longer: once more.
	wait_for 10 rtt_is_right ||
		fail "round-trip time with a delay of 20 ms: ${P[rtt]}, smoothed ${P[rtt-smoothed]}"
	between "${P[rtt-min]}" 1 "${P[rtt]}" "the shortest, from before"
	eq "${P[state]}" up "state"
	# 256 probes are looked at: five times the standard deviation is 14 %.
	ns transport tc qdisc change dev u1 root netem loss 30%
	more_probes 300
	wait_for 10 loss_is 150 450 || fail "loss in 1/1000 of 30 %: ${P[loss]}"
	ns transport tc qdisc change dev u1 root netem loss 0%
	more_probes 300
	wait_for 10 loss_is 0 40 || fail "loss in 1/1000 of none: ${P[loss]}"
}

# more_probes COUNT: until path 1 has sent so many
more_probes()
{
	path_get 1
	path_counts 30 1 sent $((P[sent] + $1))
}

rtt_is_right()
{
	path_get 1
	((P[rtt] >= 20000 && P[rtt] <= 400000)) &&
		((P[rtt-smoothed] >= 15000 && P[rtt-smoothed] <= 400000))
}

loss_is() # LOW HIGH
{
	path_get 1
	((P[loss] >= $1 && P[loss] <= $2))
}

## States

# What is lost on the way: flows of the path go to the other, none of the other
# is disturbed, all return when the path does.
black_hole() # DEVICE...
{
	local hole_at mend_at changes

	paths "probe icmp interval 50 hold-up 400" "probe icmp $LENIENT"
	monitor_start
	path_get 1
	changes=${P[changes]}
	flows_start $RATE
	uptime_ms
	hole_at=$NOW
	defer mend
	hole "$@"
	path_becomes 10 1 down probe
	eq "${P[changes]}" $((changes + 1)) "changes"
	# Three unanswered probes: two intervals at least lie between them, each up to
	# a sixteenth shorter.
	between $((P[since] - hole_at)) 90 $((LATE + 500)) "ms from the loss to the state"
	# All flows go by the other path now.
	local before after
	before=$(rx_packets dst lan1)
	flows_round
	after=$(rx_packets dst lan1)
	between $((after - before)) 0 5 "packets of UDP flows by the path that is down"
	uptime_ms
	mend_at=$NOW
	mend
	path_becomes 20 1 up
	between $((P[since] - mend_at)) 400 $((LATE + 1000)) "ms from the end of the loss to the return"
	eq "${P[changes]}" $((changes + 2)) "changes"
	flows_round
	flows_stop
	eq "$(flows_get '[.flows[] | select(.first == "lan2" and (.lost > 0 or .moves > 0))] | length')" 0 \
		"flows of the other path that lost packets or moved"
	between "$(flows_get '.interfaces.lan1.flows')" 16 48 "flows of the path"
	eq "$(flows_get '[.flows[] | select(.first == "lan1" and (.moves != 2 or .last != "lan1"))] | length')" 0 \
		"flows of the path that did not move and return"
	eq "$(events 1)" "down probe $((changes + 1));down hold-up $((changes + 1));up none $((changes + 2))" \
		"events"
	eq "$(events 2)" "" "events of the other path"
}

# The last probe has all of its interval to be answered, whatever is set meanwhile.
cadence()
{
	local i changes

	paths "" ""
	defer mend
	hole u1
	path_get 1
	changes=${P[changes]}
	# Long enough for a machine that stops meanwhile. The first probe is sent soon.
	ctl path set wan0 id 1 probe icmp interval 15000 multiplier 1
	path_counts 10 1 sent 1
	for i in 1 2 3 4 5 6 7 8; do
		echo "path set wan0 id 1 weight $i"
		sleep 0.2
	done | ctl -b -
	path_get 1
	eq "${P[state]} ${P[changes]} ${P[sent]}" "up $changes 1" "path 1: state, changes, probes"
}

hold_up_doubles()
{
	local i mend_at min=150

	paths "probe icmp interval 20 hold-up 150" "probe icmp $LENIENT"
	defer mend
	for i in 1 2 3; do
		hole p1
		path_becomes 10 1 down probe
		uptime_ms
		mend_at=$NOW
		mend
		path_becomes 20 1 up
		between $((P[since] - mend_at)) $min $((min + LATE + 500)) "ms to the return number $i"
		((min *= 2))
	done
}

# One that waits for long keeps none that waits for less.
hold_up_is_each_paths_own()
{
	paths "probe icmp $LENIENT hold-up 30000" "probe icmp interval 20 hold-up 150"
	defer mend
	# Without a path that is up there would be no waiting.
	ctl path add wan0 id 3 local 10.1.0.1 remote 10.11.0.2 key 3
	defer ctl path del wan0 id 3
	hole p1
	path_becomes 10 1 down probe
	mend
	path_becomes 10 1 down hold-up
	hole p2
	path_becomes 10 2 down probe
	mend
	path_becomes 10 2 up
	path_is 1 down hold-up || fail "the other path did not wait"
}

last_path_ends_hold_up()
{
	local cut_at

	paths "probe icmp interval 20 hold-up 30000" "probe icmp $LENIENT"
	defer mend
	defer ctl path set wan0 id 2 admin up
	hole p1
	path_becomes 10 1 down probe
	mend
	path_becomes 10 1 down hold-up
	sleep 0.5
	path_is 1 down hold-up || fail "it did not wait"
	uptime_ms
	cut_at=$NOW
	ctl path set wan0 id 2 admin down
	path_becomes 10 1 up
	between $((P[since] - cut_at)) 0 $LATE "ms until the path on trial takes over"
	dst_answers_by 1
	ping_ok src $DST6 2
}

admin_state()
{
	local changes

	paths "probe icmp interval 50 hold-up 20000" "probe icmp $LENIENT"
	path_get 1
	changes=${P[changes]}
	ctl path set wan0 id 1 admin down
	path_is 1 down admin || fail "${P[state]} (${P[reason]}) once the command has returned"
	eq "${P[changes]}" $((changes + 1)) "changes"
	# The administrator's word needs no trial: the first answer is enough.
	ctl path set wan0 id 1 admin up
	path_becomes 5 1 up
	eq "${P[changes]}" $((changes + 2)) "changes"
	# Without a probe: at once.
	ctl path set wan0 id 1 probe none
	ctl path set wan0 id 1 admin down
	ctl path set wan0 id 1 admin up
	path_is 1 up || fail "${P[state]} (${P[reason]}) once the command has returned"
}

# A device that is down hears no answer; that says nothing about the paths.
device_state()
{
	local id

	paths "probe icmp interval 20 hold-up 20000" "hold-up 20000"
	monitor_start
	ns edge sysctl -q -w net.ipv6.conf.wan0.keep_addr_on_down=1
	ns edge ip link set wan0 down
	for id in 1 2; do
		path_is $id down device || fail "path $id: ${P[state]} (${P[reason]})"
	done
	sleep 0.5
	path_is 1 down device || fail "path 1 later: ${P[state]} (${P[reason]})"
	# Without a probe at once, with one as soon as it is answered: no hold-up.
	ns edge ip link set wan0 up
	path_is 2 up || fail "path 2 with the device: ${P[state]} (${P[reason]})"
	path_becomes 5 1 up
	paths_routes
	ping_ok src $DST6 2
	events 1 >"$TMP/told"
	contains "$(<"$TMP/told")" "down device" "events of path 1"
	lacks "$(<"$TMP/told")" "down probe " "events of path 1"
	ctl path add wan0 id 3 local 10.1.0.1 remote 10.11.0.99
	ns edge ip link set wan0 down
	path_is 3 down device || fail "path 3: ${P[state]} (${P[reason]})"
	ctl path del wan0 id 3
	ns edge ip link set wan0 up
	paths_routes
}

carrier()
{
	local mend_at

	paths "hold-up 500" ""
	flows_start $RATE
	ns transport ip link set u1 down
	path_becomes 5 1 down carrier
	flows_round
	uptime_ms
	mend_at=$NOW
	ns transport ip link set u1 up
	path_becomes 20 1 up
	between $((P[since] - mend_at)) 400 $((LATE + 1500)) "ms to the return"
	flows_round
	flows_stop
	eq "$(flows_get '[.flows[] | select(.first == "lan2" and (.lost > 0 or .moves > 0))] | length')" 0 \
		"flows of the other path that lost packets or moved"
	eq "$(flows_get '[.flows[] | select(.first == "lan1" and .moves != 2)] | length')" 0 \
		"flows of the path that did not move and return"
	# The link of transport lost its IPv6 address, which nothing here needs.
}

# Another host may have it now.
address_lost()
{
	paths "" ""
	defer ns edge ip address replace 2001:db8:f2::1/64 dev u2 nodad
	ns edge ip address del 2001:db8:f2::1/64 dev u2
	ns edge ping -n -q -c 1 -W 1 fd00:2::2 >/dev/null || true
	path_becomes 5 2 down route
	dst_answers_by 1
	ping_ok src $DST6 2
	ns edge ip address add 2001:db8:f2::1/64 dev u2 nodad
	path_becomes 5 2 up
	ping_ok edge fd00:2::2
}

route_lost()
{
	paths "probe icmp interval 50 hold-up 0" ""
	defer ns edge ip route replace 10.11.0.0/24 via 10.1.0.254
	ns edge ip route del 10.11.0.0/24
	path_becomes 5 1 down route
	ping_ok src $DST6 2
	ns edge ip route add 10.11.0.0/24 via 10.1.0.254
	path_becomes 5 1 up
	# Without a probe the next packet finds out.
	ctl path set wan0 id 1 probe none
	ns edge ip route del 10.11.0.0/24
	ns edge ping -n -q -c 1 -W 1 fd00:1::2 >/dev/null || true
	path_becomes 5 1 down route
	ns edge ip route add 10.11.0.0/24 via 10.1.0.254
	path_becomes 5 1 up
}

neighbour_lost()
{
	paths "hold-up 0" ""
	sysctl_in edge net.ipv4.neigh.u1.retrans_time_ms=100
	defer ns transport ip link set u1 arp on
	ns transport ip link set u1 arp off
	ns edge ip neigh flush dev u1
	ns edge ping -n -q -c 2 -i 0.2 -W 1 fd00:1::2 >/dev/null || true
	path_becomes 10 1 down neighbour
	dst_answers_by 2
	ping_ok src $DST6 2
	# Nobody sends to it any more: we ask ourselves.
	ns transport ip link set u1 arp on
	path_becomes 10 1 up
	ping_ok edge fd00:1::2 1 -W 5
}

## Packets

all_paths_down()
{
	local out before

	paths "probe icmp interval 50" "probe icmp interval 50"
	defer mend
	hole u1 p2
	path_becomes 10 1 down probe
	path_becomes 10 2 down probe
	before=$(drops tx-path-down)
	out=$(ns src ping -n -c 2 -i 0.2 -W 2 $DST6 2>&1) || true
	contains "$out" "Destination unreachable: Address unreachable" "what the sender learns"
	out=$(ns src ping -n -c 2 -i 0.2 -W 2 $DST4 2>&1) || true
	contains "$out" "Destination Host Unreachable" "what the sender learns, IPv4"
	eq "$(drops tx-path-down)" $((before + 4)) "packets counted"
	mend
	# With none up there is no trial.
	path_becomes 5 1 up
	path_becomes 5 2 up
	ping_ok src $DST6 2
}

# A daemon, or an engineer, must see a path that is down come back.
pinned_to_a_dead_path()
{
	paths "probe icmp interval 50" ""
	defer mend
	hole p1
	path_becomes 10 1 down probe
	capture edge u1 "$TMP/pinned.pcap" greater 300
	ping_lost edge fd00:1::2 3 -s 400
	capture_stop "$CAPTURE_PID"
	eq "$(tcpdump -n -r "$TMP/pinned.pcap" 2>/dev/null | wc -l)" 3 "pings that went out"
	ctl path set wan0 id 1 admin down
	defer ctl path set wan0 id 1 admin up
	capture edge u1 "$TMP/admin.pcap" greater 300
	ping_lost edge fd00:1::2 2 -s 400
	capture_stop "$CAPTURE_PID"
	eq "$(tcpdump -n -r "$TMP/admin.pcap" 2>/dev/null | wc -l)" 0 \
		"pings that went out against the administrator's word"
}

# What is received counts as life, if one asks for it: it spares probes, and it
# keeps up a path that takes nothing.
passive()
{
	local sent spared

	paths "probe icmp $LENIENT passive on" ""
	defer mend
	background ns r1 ping -n -q -i 0.02 fd00:1::1
	path_counts 10 1 spared 1
	sent=${P[sent]} spared=${P[spared]}
	path_counts 20 1 spared $((spared + 15))
	between $((P[sent] - sent)) 0 4 "probes sent while packets arrive"
	# The way there is gone, the way back is not.
	stop "$BG_PID"
	background "$UDPFLOW" -f 1 -r 50 -t 60 "/run/netns/${NS[r1]}" "/run/netns/${NS[edge]}" \
		fd00:1::2 fd00:1::1
	path_get 1
	path_counts 10 1 spared $((P[spared] + 5))
	hole u1
	sleep 1.5
	path_is 1 up || fail "passive: ${P[state]} (${P[reason]}) though packets arrive"
	# By default this does not count.
	ctl path set wan0 id 1 passive off
	path_becomes 10 1 down probe
}

reconfiguration()
{
	paths "probe icmp $LENIENT" "probe icmp $LENIENT"
	defer restore_paths
	flows_start $BRISK
	while read -r line; do
		echo "path set wan0 $line"
		sleep 0.2
	done <<-EOF | ctl -b -
	id 1 interval 50
	id 1 multiplier 10
	id 1 probe keepalive
	id 1 probe none
	id 1 probe icmp
	id 1 passive on
	id 1 passive off
	id 1 hold-up 0
	id 1 hold-up 2000
	id 1 weight 3
	id 2 weight 7
	id 1 weight 1
	id 2 weight 1
	id 2 interval 20 multiplier 20 probe keepalive weight 2
	EOF
	sleep 0.3
	flows_stop
	eq "$(flows_get .lost)" 0 "packets lost of $(flows_get .sent)"
	eq "$(flows_get .duplicates)" 0 "packets twice"
	path_get 1
	eq "${P[state]} ${P[changes]}" "up 1" "path 1"
	path_get 2
	eq "${P[state]} ${P[changes]}" "up 1" "path 2"
}

## Enemies

# The first packet of a capture as hexadecimal digits, from behind GRE on; the
# outer IPv4 header has 20 bytes, GRE 4.
inside_of() # FILE
{
	tcpdump -n -x -c 1 -r "$1" 2>/dev/null |
		sed -n 's/^[[:space:]]*0x[0-9a-f]*: *//p' | tr -d ' \n' | cut -c 49-
}

# record FILTER DEVICE: sets ANSWER to an answer to a probe of path 1, recorded at
# a device of the transport.
record()
{
	capture transport "$2" "$TMP/answer.pcap" "src 10.11.0.2 and ip proto 47 and $1"
	sleep 0.5
	capture_stop "$CAPTURE_PID"
	ANSWER=$(inside_of "$TMP/answer.pcap")
	contains "$ANSWER" 69703674 "magic of the answer"
}

# harmless REASON PACKET...: they count, each as its REASON, and change nothing. Who
# sends them sits in the underlay and knows all addresses and keys.
harmless()
{
	local state state2 i=0 reason
	local -a reasons=() packets=()
	local -A before=()

	while (($#)); do
		reasons+=("$1")
		packets+=("$2 times=3")
		shift 2
	done
	path_get 2
	state2="${P[state]} ${P[changes]}"
	path_get 1
	state="${P[state]} ${P[reason]} ${P[changes]}"
	counters edge wan0
	for reason in "${reasons[@]}"; do
		before[$reason]=${COUNTERS[$reason]}
	done
	inject transport "${packets[@]}"
	sleep 0.2
	wait_for 5 counted_all || true
	counters edge wan0
	for reason in "${reasons[@]}"; do
		eq "${COUNTERS[$reason]}" $((${before[$reason]} + 3)) "packets counted as $reason"
	done
	path_get 1
	eq "${P[state]} ${P[reason]} ${P[changes]}" "$state" "state"
	path_get 2
	eq "${P[state]} ${P[changes]}" "$state2" "state of the other path"
}

counted_all()
{
	local reason

	counters edge wan0
	for reason in "${reasons[@]}"; do
		((${COUNTERS[$reason]} >= ${before[$reason]} + 3)) || return
	done
}

# enemies WORDS PROTO FILTER [FROM TO]: with these words for path 1, answers in GRE
# of this protocol, which FILTER finds. The inside source FROM made TO is what path
# 2 would have; a keepalive has none.
enemies()
{
	local forged nobody last as_path2 path2 path1="ip=10.11.0.2,10.1.0.1 gre,proto=$2"

	path2="ip=2001:db8:f12::2,2001:db8:f2::1 gre,key=2,proto=$2"
	paths "$1 interval 50" "${1%% peer*} $LENIENT"
	record "$3" p1
	# The hash is last.
	last=${ANSWER: -1}
	forged=${ANSWER%?}$(printf %x $((16#$last ^ 1)))
	# Behind the magic is the path's id; this one is beyond any.
	nobody=${ANSWER/6970367400000001/6970367400001001}
	as_path2=$ANSWER
	[[ ! ${4:-} ]] || as_path2=${ANSWER/"$4"/"$5"}
	harmless rx-probe-replayed "$path1 hex=$ANSWER" rx-probe-forged "$path1 hex=$forged" \
		rx-probe-path "$path2 hex=$as_path2"
	ne "$nobody" "$ANSWER" "the answer of a path that cannot be"
	harmless rx-probe-forged "$path1 hex=$nobody"
	[[ $as_path2 == "$ANSWER" ]] || harmless rx-spoofed "$path2 hex=$ANSWER"

	# Nor does any of them bring back a path that is down; not even an answer that
	# never arrived, if it comes by another path.
	defer mend
	hole p1
	path_becomes 10 1 down probe
	harmless rx-probe-replayed "$path1 hex=$ANSWER" rx-probe-forged "$path1 hex=$forged"
	record "$3" p1
	as_path2=$ANSWER
	[[ ! ${4:-} ]] || as_path2=${ANSWER/"$4"/"$5"}
	harmless rx-probe-path "$path2 hex=$as_path2"
	path_is 1 down probe || fail "${P[state]} (${P[reason]})"
}

## BFD of a routing daemon

bird_bfd_conf() # LOCAL REMOTE ROUTER_ID LOG
{
	cat <<-EOF
	log "$LOG_DIR/$4.log" all;
	router id $3;
	protocol device { }
	protocol bfd {
		multihop { interval 100 ms; multiplier 5; };
		neighbor $2 local $1 multihop on;
	}
	EOF
}

bfd_is() # STATE
{
	bird_do edge show bfd sessions | grep -q "^fd00:1::2 .* $1 "
}

# Its packets are for the inside peer, so they take this path and no other.
bfd_follows_its_path()
{
	defer mend
	wait_for 20 bfd_is Up || fail "$(bird_do edge show bfd sessions)"
	hole u2 p2
	path_becomes 10 2 down probe
	# Longer than it would take to notice. A machine that stops loses the session, too,
	# but that comes back.
	sleep 1
	wait_for 10 bfd_is Up || fail "it suffers from the other path: $(bird_do edge show bfd sessions)"
	mend
	path_becomes 10 2 up
	hole u1 p1
	wait_for 10 bfd_is Down || fail "$(bird_do edge show bfd sessions)"
	path_becomes 10 1 down probe
	# It finds its path again, while that is still on trial.
	mend
	wait_for 20 bfd_is Up || fail "$(bird_do edge show bfd sessions)"
}

# What the probes of as many paths as there may be take from the processors. The peer
# is native GRE on the same machine, so what answering costs is in the figure, too.
many_probes()
{
	local id n=4096 free left share try now

	emulated && skip "an emulated processor cannot do this"
	[[ -e /proc/lockdep_stats ]] && skip "the checkers need the processors"
	setup_ns many far
	veth many:m0,10.7.0.1/16 far:f0,10.7.255.254/16
	sysctl_in far net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 \
		net.ipv4.conf.default.accept_local=1 net.ipv4.conf.all.accept_local=1
	ns_batch far <<-EOF
		route add local 10.8.0.0/16 dev lo
		link add gre1 type gre local any remote 10.7.0.1
		link set gre1 up
	EOF
	ns_batch many <<-EOF
		route add 10.8.0.0/16 via 10.7.255.254
		link add wan0 up type ipv6tun
	EOF
	free=$("$SPIN" 3)
	for ((id = 1; id <= n; id++)); do
		echo "path add wan0 id $id local 10.7.0.1 remote 10.8.$((id / 256)).$((id % 256))" \
			"probe keepalive interval 100 multiplier 5"
	done | ns many ipv6tunctl -b -
	wait_for 20 all_up many $n || fail "$(ns many ipv6tunctl link show wan0)"
	# What others take of this machine meanwhile is in the figure, too: the least counts.
	for try in 1 2 3; do
		left=$("$SPIN" 3)
		now=$(((free - left) * 100 * $(nproc) / free))
		((try > 1 && now >= share)) || share=$now
		((share > 70)) || break
	done
	note "40,960 probes a second, and their answers: $share % of one processor"
	# As much again for the peer; more, and nobody could use it.
	between "$share" 1 100 "share of a processor"
	all_up many $n || fail "a false alarm: $(ns many ipv6tunctl link show wan0)"
	n=$(ns many ipv6tunctl -j path show wan0 | jq '[.[] | select(.changes > 1)] | length')
	eq "$n" 0 "paths that fell meanwhile"
}

all_up() # NAME PATHS
{
	[[ $(ns "$1" ipv6tunctl -j show wan0 | jq '.[0]["paths-up"]') == "$2" ]]
}

bfd_setup()
{
	paths "probe icmp interval 50" "probe icmp interval 50 hold-up 0"
	bird_bfd_conf fd00:1::1 fd00:1::2 10.1.0.1 edge-bird >"$TMP/edge.conf"
	bird_start edge "$TMP/edge.conf"
}

bfd_with_bird()
{
	need_cmd bird birdc
	bfd_setup
	bird_bfd_conf fd00:1::2 fd00:1::1 10.11.0.2 r1-bird >"$TMP/r1.conf"
	bird_start r1 "$TMP/r1.conf"
	bfd_follows_its_path
}

bfd_with_frr()
{
	need_cmd bird birdc bfdd
	bfd_setup
	# BIRD 2 sends multihop BFD with the default TTL; FRR wants 254 at least.
	cat >"$TMP/bfdd.conf" <<-EOF
	bfd
	 peer fd00:1::1 multihop local-address fd00:1::2
	  detect-multiplier 5
	  receive-interval 100
	  transmit-interval 100
	  minimum-ttl 1
	 !
	EOF
	frr_start_bfd r1 "$TMP/bfdd.conf"
	bfd_follows_its_path
}

need_cmd jq nft tc tcpdump
[[ -x $UDPFLOW ]] || skip "build/selftests/udpflow is not built"
set -e
paths_network
paths_device
{
	path_line 1
	path_line 2
} | ctl -b -
paths_routes
ping_all edge 1 56 fd00:1::2 fd00:2::2 10.9.1.2 10.9.2.2
set +e

icmp4="peer 10.9.1.2 peer fd00:1::2"
run_test probe_works "ICMPv6 probe over IPv4" 1 probe icmp interval 50
run_test probe_works "ICMP probe over IPv4" 1 probe icmp interval 50 "$icmp4"
run_test probe_works "ICMPv6 probe over IPv6, with a key" 2 probe icmp interval 50
run_test probe_works "keepalive over IPv4" 1 probe keepalive interval 50
run_test probe_works "keepalive over IPv6, with a key" 2 probe keepalive interval 50
run_test keepalive_needs_the_peer "keepalive needs a peer that forwards it"
run_test keepalive_without_peers "keepalive goes on without inside peers"
run_test waits_for_first_answer "a new path waits for its first answer"
run_test probe_added_later "a path in use carries on when a probe is added"
run_test rtt_and_loss "round-trip time and loss"
run_test black_hole "silent black hole" u1 p1
run_test black_hole "one-way loss, towards the peer" u1
run_test black_hole "one-way loss, from the peer" p1
run_test cadence "a change does not shorten an interval"
run_test hold_up_doubles "hold-up time doubles"
run_test hold_up_is_each_paths_own "hold-up time is each path's own"
run_test last_path_ends_hold_up "a path on trial is better than none"
run_test admin_state "administrative state, at once"
run_test device_state "a device that is down, and up again"
run_test carrier "carrier lost and back"
run_test route_lost "underlay route lost and back"
run_test address_lost "underlay address lost and back, IPv6"
run_test neighbour_lost "underlay next hop silent and back"
run_test all_paths_down "all paths down: senders are told"
run_test pinned_to_a_dead_path "traffic to the inside peer of a path that is down"
run_test passive "received traffic as life, on request"
run_test reconfiguration "probes and weights changed under traffic"
run_test enemies "ICMPv6 answers forged, replayed, by another path" \
	"probe icmp" 0x86dd 'ip[30] = 58 and ip[64] = 129' \
	fd000001000000000000000000000002 fd000002000000000000000000000002
run_test enemies "ICMP answers forged, replayed, by another path" \
	"probe icmp $icmp4" 0x0800 'ip[33] = 1 and ip[44] = 0' 0a090102 0a090202
run_test enemies "keepalives forged, replayed, by another path" \
	"probe keepalive" 0 'ip[22:2] = 0'
run_test many_probes "4,096 paths probed ten times a second"
run_test bfd_with_bird "BFD of BIRD on both sides"
run_test bfd_with_frr "BFD of BIRD with FRR"
