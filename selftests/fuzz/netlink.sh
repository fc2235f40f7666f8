#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Requests by the grammar of the specification, right and wrong ones, from several
# processes at once, while packets flow by a device that they leave alone. See nlfuzz.c
# for what it sends and judges.
#
#   far              router                                       away
#   +------+         +----------------------------------+         +-------+
#   | wan0 = u0 === u0 = wan0 (62)   left alone         |         |       |
#   +------+         |      stay0 (1001) has routes     |         |       |
#                    |      stay1 (1002) = = = = = = = = = = = = = underlay
#                    |      1101...1106   come and go   |         | away0 |
#                    | dummy0 (1201)  underlay of most  |         | (1301)|
#                    +----------------------------------+         +-------+
#
# FUZZ_MESSAGES and FUZZ_SEED say how many and which; the same seed sends the same.
#
# time limit: 600

# shellcheck source=selftests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

: "${FUZZ_MESSAGES:=20000}" "${FUZZ_SEED:=1}"
[[ $FUZZ_MESSAGES =~ ^[1-9][0-9]*$ && $FUZZ_SEED =~ ^[0-9]+$ ]] ||
	{ note "FUZZ_MESSAGES and FUZZ_SEED are numbers"; exit 2; }

NLFUZZ=$TREE/build/selftests/nlfuzz
UDPFLOW=$TREE/build/selftests/udpflow
# Of the devices in the picture.
OPTIONS=(-s "$FUZZ_SEED" -d 1001 -d 1002 -o 1201 -o 1301 -x 62 -u 1201)
A6=2001:db8:a::1 B6=2001:db8:b::1
RATE=500
# With all checkers on, a packet costs milliseconds; others want a turn, too.
[[ -e /proc/lockdep_stats ]] && RATE=50

[[ -x $NLFUZZ ]] || skip "build/selftests/nlfuzz is not built"

setup_ns router far away
forwarding router

# The device left alone, and its peer.
veth router:u0,10.1.0.1/24 far:u0,10.1.0.2/24
left_alone() # NAME OWN PEER FROM TO [LINK_OPTION...]
{
	ns "$1" ip link add wan0 "${@:6}" type ipv6tun
	ns "$1" ipv6tunctl path add wan0 id 1 local "10.1.0.$2" remote "10.1.0.$3" peer "fd00:1::$3"
	ns_batch "$1" <<-END
		link set wan0 up
		address add fd00:1::$2/64 dev wan0 nodad
		address add $4/128 dev lo nodad
		route add $5/128 src $4 via fd00:1::$3 dev wan0
	END
}
left_alone router 1 2 $A6 $B6 index 62
left_alone far 2 1 $B6 $A6

# Devices that are fuzzed and stay, and what they stand on. Outer packets end in dummy0.
# What NAT64 makes of the pings below ends there, too.
ns_batch away <<EOD
link add away0 index 1301 type ipv6tun
link add stay1 index 1002 type ipv6tun
link set stay1 netns ${NS[router]}
EOD
ns_batch router <<EOD
link add dummy0 index 1201 type dummy
address add 198.51.100.1/24 dev dummy0
address add 198.51.100.2/24 dev dummy0
address add 2001:db8:dd::1/64 dev dummy0 nodad
address add 2001:db8:dd::2/64 dev dummy0 nodad
link set dummy0 up
route add 198.18.0.0/15 dev dummy0
link add stay0 index 1001 type ipv6tun
link set stay0 up
link set stay1 up
address add fd00:f::fe/64 dev stay0 nodad
address add 10.99.0.254/24 dev stay0
route add 2001:db8:100::/40 via fd00:f::1 dev stay0
route add 2001:db8:200::/40 nexthop via fd00:f::2 dev stay0 nexthop via fd00:f::3 dev stay0
route add 10.100.0.0/16 via 10.99.0.1 dev stay0
route add 64:ff9b::/96 dev stay0
EOD

# fuzz MODE MESSAGES: its output is kept.
fuzz()
{
	local log=$LOG_DIR/nlfuzz-$1.txt

	ns router "$NLFUZZ" "${OPTIONS[@]}" -n "$2" "$1" >"$log" 2>&1 || {
		note "$(grep -v -E '^(command|told) ' "$log" | head -n 60)"
		note "to see a message again: nlfuzz ${OPTIONS[*]} print WORKER FROM TO"
		fail "nlfuzz $1, seed $FUZZ_SEED"
	}
	note "$1: $(grep '^sum ' "$log")"
}

# flows_start NAME FROM TO SOURCE DESTINATION PORT: until flows_stop.
flows_start()
{
	"$UDPFLOW" -f 16 -r "$RATE" -t 3600 -p "$6" "/run/netns/${NS[$2]}" "/run/netns/${NS[$3]}" \
		"$4" "$5" >"$TMP/$1" 2>"$LOG_DIR/$1.log" </dev/null &
	printf -v "$1_PID" %s $!
	defer stop $!
}

# flows_stop NAME: nothing was lost; nothing explains a loss, for what is fuzzed shares no
# path, address or route with it.
flows_stop()
{
	local pid=$1_PID

	kill -INT "${!pid}"
	wait "${!pid}" || fail "udpflow: $(<"$LOG_DIR/$1.log")"
	note "$1: $(jq -c 'del(.flows)' "$TMP/$1" | tr -d '\n')"
	eq "$(jq .lost "$TMP/$1")" 0 "packets lost of $(jq .sent "$TMP/$1"), $1"
	between "$(jq .sent "$TMP/$1")" 10 1000000000 "packets sent, $1"
}

refused_alone()
{
	fuzz alone $((FUZZ_MESSAGES / 10 + 1))
}

# Each end sends to the other: what is fuzzed is in the same tables as the path that
# receives. The pings make sessions where NAT64 is configured so, and get no answer.
storm()
{
	ping_ok router $B6 1 -I $A6
	flows_start there router far $A6 $B6 20000
	flows_start back far router $B6 $A6 30000
	background ns router ping -n -q -i 0.02 64:ff9b::c612:1
	fuzz storm $((FUZZ_MESSAGES - FUZZ_MESSAGES / 5))
	flows_stop there
	flows_stop back
}

unprivileged()
{
	fuzz unprivileged $((FUZZ_MESSAGES / 10 + 1))
}

# Else the requests do not reach the code behind them. Notifications of what traffic brings
# need a configuration that happens to fit, and are only told of.
reached()
{
	local missing

	((FUZZ_MESSAGES >= 10000)) || skip "too few messages"
	cat "$LOG_DIR"/nlfuzz-{alone,storm,unprivileged}.txt >"$TMP/all"
	note "$(awk '$1 == "command" { yes[$2] += $3; no[$2] += $4; mute[$2] += $5 }
		END { for (n in yes) printf "%s: %d granted, %d refused, %d without a word\n",
			n, yes[n], no[n], mute[n] }' "$TMP/all" | sort)"
	note "$(awk '$1 == "told" { n[$2] += $3 }
		END { for (i in n) printf "%s: heard %d times\n", i, n[i] }' "$TMP/all" | sort)"
	missing=$(awk '$1 == "command" || $1 == "told" { yes[$2] += $3; no[$2] += $4; kind[$2] = $5 }
		END { for (n in yes) {
			if (!yes[n] && kind[n] != "traffic") print n " was never granted, or heard"
			if (!no[n]) print n " was never refused" } }' "$TMP/all")
	eq "$missing" '' "not reached"
}

removed()
{
	fuzz clean 1
	note "$(grep '^removed ' "$LOG_DIR/nlfuzz-clean.txt" | tr '\n' ';')"
	eq "$(ns router ip -j link show type ipv6tun | jq -c 'map(.ifindex) | sort')" \
		'[62,1001,1002]' "devices left"
	eq "$(ns router ipv6tunctl path show | wc -l)" 1 "paths left"
	# The one that was left alone works as before, and the others can go.
	ping_ok router $B6 5 -I $A6
	ns router ip link del stay0
	ns router ip link del stay1
	ping_ok router $B6 5 -I $A6
}

note "$FUZZ_MESSAGES messages, seed $FUZZ_SEED"
run_test refused_alone "what is refused has changed nothing"
run_test storm "requests from all sides are answered, and no packet of others is lost"
run_test unprivileged "without privilege one can read and not change"
run_test reached "every command was granted and refused"
run_test removed "everything can be removed as it is listed"
