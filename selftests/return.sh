#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Flows that stay put: of 4,000 live flows over eight paths (of 1,000 on an emulated
# machine), those of a path that fails move, and no other; when they go back depends
# on the mode.
#
#   edge                                 router
#   wan0 ==u0== eight paths, GRE ==u0==  gre1..gre8
#   2001:db8:a::1                        2001:db8:b::1
#
#   path N   10.0.0.1 - 10.0.0.1N        inside peer fd00:N::2
#
# The way of a packet is known from the device of the router it arrives by. A path
# is broken by dropping what is sent to its remote: only the probes can tell.
#
# time limit: 600
# alone: idle times of milliseconds

# shellcheck source=selftests/lib.sh disable=SC2317 # functions that wait_for calls
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

UDPFLOW=$TREE/build/selftests/udpflow
A6=2001:db8:a::1 B6=2001:db8:b::1
FLOWS=4000
! emulated || FLOWS=1000
# Packets a second, if nothing interferes; flows take turns.
RATE=2000
# A path that an emulated machine makes wait must not look like one that is down.
PROBE="probe icmp interval 100 multiplier 6 hold-up 0"
VICTIM=3

ctl()
{
	ns edge ipv6tunctl "$@"
}

# route ID...: to the router by these paths
route()
{
	# shellcheck disable=SC2046 # several words
	ns edge ip route replace $B6/128 src $A6 $(printf ' nexthop via fd00:%s::2 dev wan0' "$@")
}

path_is() # ID STATE
{
	[[ $(ctl -j path show wan0 id "$1") == *"\"state\":\"$2\""* ]]
}

kill_path() # ID
{
	ns router nft add element ip holes holes "{ 10.0.0.1$1 }"
	wait_for 20 path_is "$1" down || fail "path $1 is not down"
}

mend_path() # ID
{
	ns router nft flush set ip holes holes
	wait_for 20 path_is "$1" up || fail "path $1 is not up"
}

# flows_start: all flows, until flows_stop; each has been seen on its path when
# this returns.
flows_start()
{
	"$UDPFLOW" -f "$FLOWS" -r $RATE -t 200 "/run/netns/${NS[edge]}" "/run/netns/${NS[router]}" \
		$A6 $B6 >"$TMP/flows" 2>"$LOG_DIR/udpflow.log" </dev/null &
	FLOWS_PID=$!
	defer stop "$FLOWS_PID"
	round
}

received()
{
	udp6_packets router
}

# round: until every flow has sent a packet that could arrive.
round()
{
	local from

	from=$(received)
	# Some more, for the first ones may have been under way.
	wait_for 60 _received $((from + FLOWS + FLOWS / 8)) || fail "no round of packets"
}

_received()
{
	(($(received) >= $1))
}

flows_stop()
{
	kill -INT "$FLOWS_PID"
	wait "$FLOWS_PID" || fail "udpflow: $(<"$LOG_DIR/udpflow.log")"
	note "$(jq -c 'del(.flows)' "$TMP/flows")"
	eq "$(jq '[.flows[] | select(.received == 0)] | length' "$TMP/flows")" 0 "flows never seen"
}

flows_that() # JQ_CONDITION
{
	jq "[.flows[] | select($1)] | length" "$TMP/flows"
}

# Those of the other paths have seen nothing of it.
others_stayed()
{
	eq "$(flows_that ".first != \"gre$VICTIM\" and .moves != 0")" 0 \
		"flows of other paths that moved"
	eq "$(flows_that ".first != \"gre$VICTIM\" and .lost != 0")" 0 \
		"flows of other paths that lost a packet"
	between "$(flows_that ".first == \"gre$VICTIM\"")" $((FLOWS / 10 - 20)) \
		$((FLOWS * 15 / 100 + 20)) "flows of the path"
}

# where: the path of each flow by the data path's word, as text to compare
where()
{
	local i

	for ((i = 1; i <= FLOWS; i++)); do
		echo "lookup wan0 from $A6 to $B6 proto udp sport $((20000 + i)) dport 20000"
	done | ctl -j -b - | jq -r '.[0].id'
}

## Tests

return_immediate()
{
	ctl link set wan0 return immediate
	flows_start
	kill_path $VICTIM
	round
	mend_path $VICTIM
	round
	flows_stop
	others_stayed
	eq "$(flows_that ".first == \"gre$VICTIM\" and (.moves != 2 or .last != .first)")" 0 \
		"flows of the path that did not move and return"
}

return_idle()
{
	local before after idle=7

	# A kernel under checkers forwards a few hundred packets a second, and 4,000
	# flows take turns.
	[[ ! -e /proc/lockdep ]] || idle=30
	defer ctl link set wan0 return immediate
	# Longer than live flows pause, even on a machine that stops for a while.
	ctl link set wan0 return idle return-idle ${idle}000 return-forced 0
	before=$(where)
	eq "$(wc -l <<<"$before")" $FLOWS "flows looked up"
	flows_start
	kill_path $VICTIM
	round
	mend_path $VICTIM
	# Live flows stay where they are for as long as they live.
	round
	sleep $idle.5
	round
	after=$(where)
	flows_stop
	others_stayed
	eq "$(flows_that ".first == \"gre$VICTIM\" and (.moves != 1 or .last == .first)")" 0 \
		"live flows that went back"
	ne "$after" "$before" "paths of the live flows"
	# Now they are silent: they go back, to the last one. To ask is not to use.
	wait_for 120 all_at_home "$before" ||
		fail "$(paste <(echo "$before") <(where) | awk '$1 != $2' | wc -l) flows have not returned"
}

all_at_home()
{
	[[ $(where) == "$1" ]]
}

# However busy: after this time they go back.
return_forced()
{
	defer ctl link set wan0 return immediate
	ctl link set wan0 return idle return-idle 3600000 return-forced 9000
	flows_start
	kill_path $VICTIM
	round
	mend_path $VICTIM
	round
	sleep 10
	round
	flows_stop
	others_stayed
	eq "$(flows_that ".first == \"gre$VICTIM\" and (.moves != 2 or .last != .first)")" 0 \
		"flows of the path that did not move, or did not return in time"
}

# A second failure, of a path flows went to, while others wait to return.
fails_again()
{
	local n

	defer ctl link set wan0 return immediate
	ctl link set wan0 return idle return-idle 3600000 return-forced 0
	flows_start
	kill_path $VICTIM
	round
	mend_path $VICTIM
	round
	kill_path 5
	round
	mend_path 5
	round
	flows_stop
	eq "$(flows_that '.first != "gre3" and .first != "gre5" and .moves != 0')" 0 \
		"flows of paths that never failed, moved"
	eq "$(flows_that '.first == "gre5" and .moves != 1')" 0 \
		"flows of the second path that did not move once"
	# Those that had gone from the first to the second moved a second time, and
	# may be at home again.
	n=$(flows_that '.first == "gre3" and .moves == 2')
	between "$n" $((FLOWS / 200)) $((FLOWS / 28 + 10)) "flows that moved twice"
	eq "$(flows_that '.first == "gre3" and .moves != 1 and .moves != 2')" 0 \
		"flows of the first path that did not move once or twice"
}

# buckets_of_three: "id buckets" of each path of the set that has three
buckets_of_three()
{
	ctl -j -s show sets wan0 | jq -r '.[] | select(.members == 3) |
		.member[] | "\(.id) \(.buckets)"'
}

table_of_three()
{
	local table

	table=$(buckets_of_three)
	[[ $table == *$'\n'*$'\n'* && $table != *null* ]]
}

weights()
{
	local id share buckets flows FLOWS=4000

	ctl -b - <<-EOF
	path set wan0 id 2 weight 2
	path set wan0 id 4 weight 4
	EOF
	route 1 2 4
	# Tables are made by a work of their own.
	wait_for 20 table_of_three || fail "no table: $(ctl -s show sets wan0)"
	buckets=$(buckets_of_three)
	note "buckets: ${buckets//$'\n'/, }"
	flows_start
	flows_stop
	note "flows: $(jq -c .interfaces "$TMP/flows")"
	for id in 1 2 4; do
		# The ids are the weights, of seven.
		share=$(awk -v id=$id '$1 == id { print $2 }' <<<"$buckets")
		between "$share" $((65536 * id / 7 - 655)) $((65536 * id / 7 + 655)) \
			"buckets of weight $id, within 1 % of all"
		flows=$(jq ".interfaces.gre$id.flows" "$TMP/flows")
		between "$flows" $((FLOWS * id / 7 - 120)) $((FLOWS * id / 7 + 120)) \
			"flows of weight $id, within 3 % of all"
	done
}

## Topology

need_cmd jq nft
[[ -x $UDPFLOW ]] || skip "build/selftests/udpflow is not built"
set -e
setup_ns edge router
veth edge:u0,10.0.0.1/24 router:u0,10.0.0.2/24
for i in {1..8}; do
	cat <<-EOF
	address add 10.0.0.1$i/24 dev u0
	link add gre$i type gre local 10.0.0.1$i remote 10.0.0.1 ttl 64
	link set gre$i up
	address add fd00:$i::2/64 dev gre$i nodad
	EOF
done | ns_batch router
ns_batch router <<EOF
address add $B6/128 dev lo
EOF
ns router nft -f - <<EOF
table ip holes {
	set holes {
		type ipv4_addr
	}
	chain prerouting {
		type filter hook prerouting priority -300
		ip daddr @holes drop
	}
}
EOF
{
	echo "link add wan0 type ipv6tun"
	echo "link set wan0 up"
	echo "address add $A6/128 dev lo"
	for i in {1..8}; do
		echo "address add fd00:$i::1/64 dev wan0 nodad"
	done
} | ns_batch edge
for i in {1..8}; do
	echo "path add wan0 id $i local 10.0.0.1 remote 10.0.0.1$i peer fd00:$i::2 $PROBE"
done | ctl -b -
route {1..8}
for i in {1..8}; do
	wait_for 20 path_is "$i" up
done
set +e

run_test return_immediate "$FLOWS flows: those of a failed path move, and return at once"
run_test return_idle "return when idle: live flows stay, silent ones go back"
run_test return_forced "return when idle: the time is bounded"
run_test fails_again "another failure while flows wait to return"
run_test weights "weights 1:2:4, of buckets and of 4,000 flows"
