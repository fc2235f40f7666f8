#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# NAT64 with very many sessions, and with more than there is room for; the network
# is drawn in peers/nat64.sh.
#
# time limit: 900
# alone: a million sessions need the memory and the processors

# shellcheck source=selftests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=selftests/peers/nat64.sh
source "$TREE/selftests/peers/nat64.sh"

UDPMANY=$TREE/build/selftests/udpmany
UDPFLOW=$TREE/build/selftests/udpflow

# Slow machines do with fewer; the limits are the same for each session.
MILLION=1000000
LIVE=100000
FLOOD=100000
# As long as it takes to make so many, and some more; s.
SHORT=5
if emulated; then
	MILLION=20000
	LIVE=10000
	FLOOD=20000
	SHORT=15
elif [[ -e /proc/lockdep ]]; then
	# With all checkers on a session costs four milliseconds.
	MILLION=10000
	LIVE=4000
	FLOOD=4000
	SHORT=40
fi

# many N [OPTION...]: a packet each of N flows from the client.
many()
{
	"$UDPMANY" -n "$1" "${@:2}" "/run/netns/${NS[client]}" c0 "$GW_MAC" \
		2001:db8:1:1::1 "$SERVER" 9 >/dev/null
}

# steady_start OPTION...: a flow or more through the gateway, until they end or the
# scope does.
steady_start()
{
	"$UDPFLOW" -a "$SERVER4" "$@" "/run/netns/${NS[client]}" "/run/netns/${NS[server]}" \
		"$CLIENT" "$SERVER" >"$TMP/steady" 2>"$LOG_DIR/steady.log" &
	STEADY_PID=$!
	defer stop "$STEADY_PID"
}

# steady_end: waits, or with "now" ends it; sets LOST, and with option -w WAY, and
# LATE per mille.
steady_end()
{
	local line

	[[ ! ${1:-} ]] || kill -INT "$STEADY_PID"
	wait "$STEADY_PID" || fail "udpflow: $(<"$LOG_DIR/steady.log")"
	read -r line <"$TMP/steady"
	note "$line"
	[[ $line =~ '"lost":'([0-9]+) ]] || fail "no result"
	LOST=${BASH_REMATCH[1]}
	if [[ $line =~ '"received":'([0-9]+).*'"longest_way_us":'([0-9]+).*'"late":'([0-9]+) ]]; then
		WAY=${BASH_REMATCH[2]} LATE=$((BASH_REMATCH[3] * 1000 / (BASH_REMATCH[1] + 1)))
		note "the slowest packet took $WAY us, ${BASH_REMATCH[3]} longer than 10 ms"
	fi
}

# slow: whether this machine is no measure of time.
slow()
{
	emulated || [[ -e /proc/lockdep ]]
}

# passing WHAT COMMAND...: does it while a flow passes, at 1,000 packets a second,
# whose packets may not be held up. A machine that shares its processors stops for 10 ms and
# more now and then, whatever it does: a few packets may have met that.
passing()
{
	local what=$1 begin
	local -a how=(-r 1000 -w 10)

	# A slow machine would do nothing else.
	! slow || how=(-r 20)
	steady_start -f 1 -t 1200 "${how[@]}"
	sleep 1
	begin=$EPOCHREALTIME
	"${@:2}"
	note "$what: $(_seconds_since "$begin") s"
	steady_end now
	between "$LOST" 0 $((MILLION / 10000 + 5)) "packets lost by a flow, $what"
	if ! slow; then
		between "$LATE" 0 2 "per mille of the packets took longer than 10 ms, $what"
		between "$WAY" 1 200000 "us the slowest packet took, $what"
	fi
}

# gauge KEY: of the statistics, e.g. udp-sessions.
gauge()
{
	ns gw ipv6tunctl -j nat64 show wan0 stats | jq "[.. | objects | .[\"$1\"]? // empty] | add // 0"
}

live_sessions()
{
	gauge udp-sessions
}

# slab NAME: bytes of a slab cache.
slab()
{
	[[ -r /proc/slabinfo ]] || { echo 0; return; }
	awk -v name="$1" -v page="$(getconf PAGESIZE)" \
		'$1 == name { print $15 * $6 * page; found = 1 } END { if (!found) print 0 }' /proc/slabinfo
}

flush()
{
	ns gw ipv6tunctl nat64 flush wan0 >/dev/null
}

## Tests

set_up()
{
	many "$MILLION"
	wait_for 60 at_least $((MILLION * 98 / 100)) || note "sessions: $(live_sessions)"
}

# A table that is still growing shows some of them twice.
list()
{
	ns gw ipv6tunctl nat64 show wan0 sessions | sed 's/ expires.*//' | sort -u |
		grep -c "$SERVER4" >"$TMP/listed" || true
}

a_million()
{
	local before after n

	ns gw ipv6tunctl nat64 set wan0 max-sessions $((MILLION + 100000)) udp 600
	before=$(($(slab ipv6tun_bib) + $(slab ipv6tun_session)))
	# Neighbours are to be known.
	ping_ok client "$SERVER"
	passing nothing sleep 4
	passing "set up" set_up
	n=$(live_sessions)
	note "$n sessions"
	between "$n" $((MILLION * 98 / 100)) $((MILLION + 10)) "sessions"
	after=$(($(slab ipv6tun_bib) + $(slab ipv6tun_session)))
	# A checker's own bytes are not the session's.
	if ((after > before)) && [[ ! -e /proc/lockdep ]]; then
		note "$(((after - before) / n)) bytes of slab a session, BIB entry included"
		between $(((after - before) / n)) 60 160 "bytes of slab a session"
	fi
	passing "listed" list
	between "$(<"$TMP/listed")" $((n * 99 / 100)) $((n + 10)) "sessions listed"
	passing "ended" flush
	eq "$(($(live_sessions) <= 1))" 1 "no session is left"
	flush

	# Each ends by its own time-out.
	ns gw ipv6tunctl nat64 set wan0 udp 60
	defer ns gw ipv6tunctl nat64 set wan0 udp 300
	set_up
	at_least $((MILLION * 9 / 10)) || fail "only $(live_sessions) sessions are there to expire"
	passing "expired" wait_for 150 at_most 1
}

at_least()
{
	(($(live_sessions) >= $1))
}

at_most()
{
	(($(live_sessions) <= $1))
}

expiry()
{
	flush
	ns gw ipv6tunctl nat64 set wan0 udp $SHORT
	defer ns gw ipv6tunctl nat64 set wan0 udp 300
	many $LIVE
	at_least $((LIVE / 2)) || fail "only $(live_sessions) sessions"
	wait_for 90 at_most 0 || fail "$(live_sessions) sessions after their time-out"
	eq "$(gauge udp-bibs)" 0 "BIB entries without sessions"
}

# What there is goes on; who asks in vain is told, and counted.
exhausted()
{
	local out

	flush
	ns gw ipv6tunctl nat64 pool4 del wan0 $POOL4
	ns gw ipv6tunctl nat64 pool4 add wan0 192.0.2.1/32 ports 10000-11999
	defer restore_pool4
	steady_start -f 1000 -r 2000 -t 6
	wait_for 20 at_least 1000 || fail "only $(live_sessions) of 1000 flows began"
	many 20000 -r 10000
	out=$(nat64_drops)
	contains "$out" nat64-pool-exhausted= "what was refused"
	eq "$(live_sessions)" 2000 "sessions, as many as ports"
	steady_end
	between "$LOST" 0 120 "packets lost by a thousand flows that were there before"
}

restore_pool4()
{
	ns gw ipv6tunctl nat64 pool4 del wan0 192.0.2.1/32 ports 10000-11999
	ns gw ipv6tunctl nat64 pool4 add wan0 $POOL4
	flush
}

limit()
{
	flush
	ns gw ipv6tunctl nat64 set wan0 max-sessions 1000
	defer ns gw ipv6tunctl nat64 set wan0 max-sessions 1048576
	many 5000
	eq "$(live_sessions)" 1000 "sessions"
	contains "$(nat64_drops)" nat64-limit= "what was refused"
	flush
}

# log_lines: of the device, about what is full, since the test began
log_lines()
{
	dmesg | tac | sed '/ipv6tun-selftest: - /q' | grep -c 'wan0.*NAT64: ' || true
}

# The operator is told, but not by each packet; a new instance has said nothing yet.
logged_once()
{
	local begin=$SECONDS

	ns gw ipv6tunctl nat64 del wan0
	nat64_configure
	ns gw ipv6tunctl nat64 set wan0 max-sessions 100
	defer ns gw ipv6tunctl nat64 set wan0 max-sessions 1048576
	many 2000
	contains "$(nat64_drops)" nat64-limit= "what was refused"
	between "$(log_lines)" 1 $((1 + (SECONDS - begin) / 60)) "lines in the log for 1900 packets refused"
	flush
}

# Random sources, SYNs, fragments without end: memory is bounded, what there is
# goes on.
floods()
{
	local kind

	flush
	ns gw ipv6tunctl nat64 set wan0 max-sessions $((FLOOD / 2))
	defer ns gw ipv6tunctl nat64 set wan0 max-sessions 1048576
	for kind in udp syn frag; do
		steady_start -f 10 -r 500 -t 5
		wait_for 20 at_least 10 || fail "only $(live_sessions) of 10 flows began"
		many $FLOOD -s 4711 -k $kind -r 50000
		steady_end
		between "$LOST" 0 250 "packets lost by flows that were there before, $kind"
		flush
	done
}

## Life cycle with live sessions and traffic

crowd()
{
	many $LIVE
	at_least $((LIVE * 9 / 10)) || fail "only $(live_sessions) sessions"
	steady_start -f 8 -r 500 -t 60
	sleep 0.5
}

device_deleted()
{
	crowd
	ns gw ip link del wan0
	nat64_device
	ping_ok client "$SERVER" 2
}

instance_deleted()
{
	crowd
	ns gw ipv6tunctl nat64 del wan0
	nat64_configure
	ping_ok client "$SERVER" 2
}

namespace_ends()
{
	crowd
	stop "$STEADY_PID"
	ip netns delete "${NS[gw]}"
	nat64_setup 1500 1500
	GW_MAC=$(ns gw cat /sys/class/net/g6/address)
	ping_ok client "$SERVER" 2
}

module_unloads()
{
	[[ ${MODULE:-} ]] || skip "the path of the module is not known"
	crowd
	timeout 60 rmmod ipv6tun
	insmod "$MODULE"
	nat64_device
	ping_ok client "$SERVER" 2
}

need_cmd jq
nat64_setup 1500 1500
GW_MAC=$(ns gw cat /sys/class/net/g6/address)
# Nobody listens: the server need not say so.
sysctl_in server net.ipv4.icmp_echo_ignore_broadcasts=1
ns server nft -f - <<EOF
table ip filter {
	chain in {
		type filter hook input priority 0;
		udp dport 9 drop
		tcp dport 9 drop
	}
}
EOF
run_test a_million "$MILLION sessions set up, listed and ended"
run_test expiry "sessions end by time"
run_test exhausted "pool4 is exhausted"
run_test limit "the limit on sessions"
run_test logged_once "a full table is logged once a minute at most"
run_test floods "floods of random sources, SYNs and fragments"
run_test device_deleted "device deleted with $LIVE sessions"
run_test instance_deleted "NAT64 removed with $LIVE sessions"
run_test module_unloads "module unloads with $LIVE sessions"
run_test namespace_ends "namespace ends with $LIVE sessions"
