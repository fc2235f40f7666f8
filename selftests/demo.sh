#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The walk-through: an IPv6 WAN over a cloud core, two SD-WAN routers, one of which
# dies; then NAT64 at the core, for a host that has IPv6 only. Every step prints what an operator would look at and checks it; the exit
# status is 0 only if all of it holds. Runs as root in a guest ("make demo").
#
# The network is drawn below, and in more detail in peers/walkthrough.sh.
#
# DEMO_TIMERS=aws takes keepalive and hold time of the published walk-through, 10
# and 30 s, instead of 3 and 9: the same result, later.

case ${DEMO_TIMERS:-} in
aws)	KEEPALIVE=10 HOLD=30 ;;
'')	KEEPALIVE=3 HOLD=9 ;;
*)	echo "DEMO_TIMERS: only 'aws' is known" >&2; exit 1 ;;
esac

# shellcheck source=selftests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=selftests/peers/daemons.sh
source "$TREE/selftests/peers/daemons.sh"
# shellcheck source=selftests/peers/walkthrough.sh
source "$TREE/selftests/peers/walkthrough.sh"
# shellcheck source=selftests/peers/nat64.sh
source "$TREE/selftests/peers/nat64.sh"

UDPFLOW=$TREE/build/selftests/udpflow
step=0 checks=0 begin=$EPOCHREALTIME

## What the reader sees

step()
{
	printf '\n%d. %s\n\n' "$((++step))" "$1"
}

say()
{
	printf '   %s\n' "$@"
}

# show NAME CMD...: the command as typed on that machine, and what it says.
show()
{
	printf '   %s# %s\n' "$1" "${*:2}"
	ns "$@" 2>&1 | indent
}

# Long lines go on with a deeper indent.
indent()
{
	awk '{
		line = "     " $0
		while (length(line) > 100 && match(substr(line, 10, 91), /.* /)) {
			print substr(line, 1, 8 + RLENGTH)
			line = "         " substr(line, 10 + RLENGTH)
		}
		sub(/ +$/, "", line)
		print line
	}'
}

ok()
{
	((++checks))
	printf '   ok: %s\n' "$*"
}

bad()
{
	printf '   FAILED: %s\n\n' "$*"
	_diagnose
	exit 1
}

# expect MESSAGE CMD...: CMD has to succeed.
expect()
{
	local message=$1
	shift
	# In a subshell, as lib.sh's own checks exit.
	if ("$@") >"$TMP/expect" 2>&1; then
		ok "$message"
	else
		[[ -s $TMP/expect ]] && indent <"$TMP/expect"
		bad "$message"
	fi
}

on_exit()
{
	local rc=$?

	[[ $BASHPID == "$_main" ]] || return
	_run_defers
	rm -rf "$TMP"
	exit "$rc"
}
trap on_exit EXIT

## Steps

draw()
{
	cat <<-'EOF'

	An IPv6 WAN over a cloud core, with a router that dies

	                   path 1                                   one device, wan0, with
	                  .-------- GRE -------- SD-WAN-1 ------.   two paths at the core;
	  src ---- core --|                    native GRE, FRR  |   GRE over IPv4, no key,
	       AS 64515   |                       AS 64525      |   underlay MTU 8500;
	  ipv6tun, BIRD   |                                     |   two IPv4 BGP sessions
	                  |                                   host  per path bring the
	                  |                       AS 64525      |   IPv6 routes
	                  |                    ipv6tun, BIRD    |
	                  '-------- GRE -------- SD-WAN-2 ------'
	                   path 2

	  src   2001:db8:0:100::2
	  host  2001:db8:0:400::2
	  inside of path 1  169.254.8.0/29  fde2:aa1a:d66:443b:d9d8:30c9:9674:6378/125
	  inside of path 2  169.254.9.0/29  fde2:aa1a:d66:443b:d9d8:30c9:9674:5378/125
	EOF
}

mtu_of() # NAME DEVICE
{
	ns "$1" cat "/sys/class/net/$2/mtu"
}

build()
{
	step "The network: core, two Connect peers, two routers"
	walk_underlay
	walk_core_device
	walk_sdwan1_device
	walk_sdwan2_device
	walk_core_daemon || bad "BIRD does not start on the core"
	walk_sdwan2_daemon || bad "BIRD does not start on SD-WAN-2"
	walk_sdwan1_daemon || bad "FRR does not start on SD-WAN-1"
	show core ipv6tunctl path show wan0
	show sdwan1 ip -br address show dev gre1
	show sdwan2 ip -br address show dev wan0
	expect "inside MTU of the core is 8476 (8500 - 20 IPv4 - 4 GRE)" eq "$(mtu_of core wan0)" 8476 MTU
	expect "so it is on SD-WAN-1 and SD-WAN-2" \
		eq "$(mtu_of sdwan1 gre1) $(mtu_of sdwan2 wan0)" "8476 8476" MTU
}

peers()
{
	local states address

	step "State of the Connect peers"
	states=$(ns core ipv6tunctl -j path show wan0 | jq -c 'map([.id, .state])')
	expect "both paths are up" eq "$states" '[[1,"up"],[2,"up"]]' "path states"
	for address in 169.254.8.1 $INSIDE:6379 169.254.9.1 $INSIDE:5379; do
		expect "$address answers" ping_ok core "$address" 1
	done
}

# established CORE SDWAN1 SDWAN2: so many sessions there
established()
{
	[[ "$(bird_sessions core) $(bird_sessions sdwan2) $(frr_sessions sdwan1)" == "$1 $3 $2" ]]
}

show_sessions()
{
	printf '   core# birdc show protocols\n'
	bird_do core show protocols | grep BGP | indent
	printf '   sdwan1# vtysh -c "show bgp ipv6 summary"\n'
	frr_do sdwan1 'show bgp ipv6 summary' |
		awk '$1 == "Neighbor" || /^169/ { printf "%-15s %8s %10s %s\n", $1, $3, $9, $10 }' | indent
	printf '   sdwan2# birdc show protocols\n'
	bird_do sdwan2 show protocols | grep BGP | indent
}

bgp()
{
	step "BGP: two sessions per Connect peer, keepalive $KEEPALIVE s, hold time $HOLD s"
	[[ ${DEMO_TIMERS:-} ]] ||
		say "(DEMO_TIMERS=aws takes 10 and 30 s: the same, but three times the waiting)"
	wait_for 60 established 4 2 2
	show_sessions
	expect "4 of 4 sessions established at the core, 2 of 2 at each router" established 4 2 2
}

route()
{
	step "The core's route to the site: one next hop per Connect peer"
	wait_for 30 walk_has_nexthops 2
	show core ip -6 route show $SITE6
	expect "next hops ...6379 and ...5379, though each came over two sessions" \
		eq "$(walk_nexthops $SITE6 | tr '\n' ' ')" \
		"via $INSIDE:5379 via $INSIDE:6379 " "next hops"
	printf '   core# ipv6tunctl show routes wan0 | grep %s\n' $SITE6
	ns core ipv6tunctl show routes wan0 | grep $SITE6 | indent
	expect "the route's path set holds both paths" eq "$(walk_set core $SITE6)" "1 2" "path set"
}

# hops_seen: traceroute6 to $TMP/trace; prints the routers at hop 2. The probes
# differ in their port, so each is a flow.
hops_seen() # FIRST_PORT
{
	ns src traceroute -6 -n -q 10 -N 10 -w 5,1000,1000 -m 3 -p "$1" $HOST6 >"$TMP/trace" 2>&1
	awk '$1 == 2' "$TMP/trace" | grep -o "$INSIDE:[0-9a-f]*" | sort -u | tr '\n' ' '
}

trace()
{
	local want=$1 port seen want_short

	# Ten flows may all be on one path, twice in a thousand times.
	for port in 33434 34434 35434; do
		seen=$(hops_seen "$port")
		[[ $seen == "$want" ]] && break
	done
	printf '   src# traceroute6 -n -q 10 %s\n' "$HOST6"
	# One router per line reads better than ten answers on one.
	sed -E "s/ms +([0-9a-f:]+ )/ms\n    \1/g" "$TMP/trace" | indent
	want_short=${want//$INSIDE:/...}
	expect "hop 2 is ${want_short% }" eq "$seen" "$want" "routers at hop 2"
	expect "hop 3 is the host" grep -q "^ 3  $HOST6" "$TMP/trace"
}

path_counters()
{
	ns core ipv6tunctl -j -s path show wan0 | jq -r '[.[].stats["tx-packets"]] | join(" ")'
}

# spread: 64 flows of 20 packets; result in $TMP/flows.
spread()
{
	"$UDPFLOW" -f 64 -r 640 -t 2 "/run/netns/${NS[src]}" "/run/netns/${NS[onprem]}" \
		$SRC6 $HOST6 >"$TMP/flows"
}

flows()
{
	local before after p1 p2 f1 f2 n1 n2 lost

	step "64 flows: packets per path"
	read -r -a before <<<"$(path_counters)"
	spread
	read -r -a after <<<"$(path_counters)"
	read -r f1 n1 f2 n2 lost <<<"$(jq -r '[.interfaces.lan1.flows // 0, .interfaces.lan1.packets // 0,
		.interfaces.lan2.flows // 0, .interfaces.lan2.packets // 0, .lost] | @sh' "$TMP/flows")"
	p1=$((after[0] - before[0])) p2=$((after[1] - before[1]))
	say "                          flows   packets   counter of the path (with BGP)"
	printf '     path 1 to SD-WAN-1 %7d %9d %9d\n' "$f1" "$n1" "$p1"
	printf '     path 2 to SD-WAN-2 %7d %9d %9d\n' "$f2" "$n2" "$p2"
	expect "1280 packets of 64 flows sent, none lost" eq "$lost $((n1 + n2)) $((f1 + f2))" "0 1280 64" "lost, packets, flows"
	expect "each path carries a quarter of the flows or more" between "$f1" 16 48 "flows of path 1"
	expect "each flow keeps to its path" eq "$(jq .moved "$TMP/flows")" 0 "flows that moved"
	# The path counters are the device's own, the other figures the host's.
	expect "the device counted the same" between "$((p1 - n1 + p2 - n2))" 0 40 "packets other than the flows'"
	jq -c '[.flows[].first]' "$TMP/flows" >"$TMP/assignment"
}

# ping_on DEVICE: an ICMP identifier whose flow goes that way.
ping_on()
{
	local id before after

	for id in {201..240}; do
		before=$(rx_packets onprem "$1")
		ns src ping -n -q -c 10 -i 0.01 -W 1 -e "$id" $HOST6 >/dev/null
		after=$(rx_packets onprem "$1")
		if ((after - before >= 10)); then
			echo "$id"
			return
		fi
	done
	return 1
}

start_ping() # FILE IDENTIFIER; sets PING_PID
{
	ip netns exec "${NS[src]}" ping -n -D -O -i 0.1 -e "$2" $HOST6 >"$1" 2>&1 </dev/null &
	PING_PID=$!
	defer stop "$PING_PID"
}

# gap FILE: prints the replies around the longest gap to FILE.log, and sets SENT,
# LOST, GAP (ms) and MISSING (requests without an answer within that gap).
gap()
{
	local line got

	awk '
		/icmp_seq=/ && /bytes from/ {
			t = substr($1, 2) + 0
			match($0, /icmp_seq=[0-9]+/)
			n = substr($0, RSTART + 9, RLENGTH - 9) + 0
			if (count && t - time > longest) {
				longest = t - time
				missing = n - number - 1
				before1 = previous; before2 = last; after1 = $0; want = 1
			} else if (want) {
				after2 = $0
				want = 0
			}
			previous = last; last = $0; time = t; number = n; count++
		}
		END {
			print before1; print before2
			if (missing)
				printf "... icmp_seq=%d to %d: no answer\n", start(after1) - missing, start(after1) - 1
			print after1; print after2
			printf "%d %d %d %d\n", longest * 1000 + 0.5, missing, number, count >"/dev/stderr"
		}
		function start(l) { match(l, /icmp_seq=[0-9]+/); return substr(l, RSTART + 9, RLENGTH - 9) + 0 }
	' "$1" >"$1.log" 2>"$1.gap"
	read -r GAP MISSING SENT got <"$1.gap"
	line=$(grep 'packets transmitted' "$1")
	[[ $line =~ ^([0-9]+)\ packets\ transmitted ]] || bad "ping: $line"
	# What was on its way when ping was ended is not lost; three seconds of it are.
	((BASH_REMATCH[1] - SENT <= 30)) || bad "no replies at the end: $line"
	LOST=$((SENT - got))
}

failover()
{
	local id1 id2 pid1 pid2

	step "SD-WAN-1 is switched off while ping6 runs"
	id1=$(ping_on lan1) || bad "no ping flow found for path 1"
	id2=$(ping_on lan2) || bad "no ping flow found for path 2"
	start_ping "$TMP/ping1" "$id1"
	pid1=$PING_PID
	start_ping "$TMP/ping2" "$id2"
	pid2=$PING_PID
	sleep 1.5
	walk_power_off
	wait_for $((HOLD + 10)) walk_has_nexthops 1
	sleep 1.5
	kill -INT "$pid1" "$pid2"
	wait "$pid1" "$pid2"

	gap "$TMP/ping1"
	say "src# ping6 -i 0.1 $HOST6		(a flow on path 1)"
	cut -c 1-90 "$TMP/ping1.log" | indent
	say ""
	say "path 1: $LOST of $SENT requests lost, a gap of $GAP ms"
	expect "the loss is one gap, and replies return through SD-WAN-2" eq "$MISSING" "$LOST" "requests lost in the gap"
	expect "something was lost: the router was really off" between "$LOST" 1 100000 "requests lost"
	expect "the gap is not longer than the hold time allows ($HOLD s and 3 s)" \
		between "$GAP" 1 $((HOLD * 1000 + 3000)) "gap in ms"
	gap "$TMP/ping2"
	say "path 2: $LOST of $SENT requests lost"
	expect "flows of the other path noticed nothing" eq "$LOST" 0 "requests lost"
	say "With BGP alone, a dead router is one whose hold time is over."
}

after_failover()
{
	step "The core's route and traceroute6 without SD-WAN-1"
	show core ip -6 route show $SITE6
	expect "one next hop, ...5379" eq "$(walk_nexthops $SITE6)" "via $INSIDE:5379" "next hops"
	expect "the path set holds path 2 alone" eq "$(walk_set core $SITE6)" 2 "path set"
	trace "$INSIDE:5379 "
}

recovery()
{
	local start=$EPOCHREALTIME

	step "SD-WAN-1 is switched on again"
	walk_power_on || bad "FRR does not start on SD-WAN-1"
	wait_for 60 walk_has_nexthops 2
	say "two next hops again $(_seconds_since "$start") s after the power came back"
	wait_for 30 established 4 2 2
	show core ip -6 route show $SITE6
	expect "all sessions established" established 4 2 2
	expect "both next hops are back" walk_has_nexthops 2
	spread
	expect "64 flows: none lost, each on the path it had before the failure" \
		eq "$(jq .lost "$TMP/flows") $(jq -c '[.flows[].first]' "$TMP/flows")" \
		"0 $(<"$TMP/assignment")" "lost, interface of each flow"
}

# DNS64 is the core's; the zone is served by the site's host.
V6ONLY=2001:db8:0:600::2
FRONT=2001:db8:0:700::80
TENANT=10.9.0.2

# v6only CMD...: on the IPv6-only host, with the core as its name server.
v6only()
{
	# "ns" gives the process mounts of its own.
	# shellcheck disable=SC2016
	ns v6only bash -c 'mount --bind "$0" /etc/resolv.conf && exec "$@"' "$TMP/resolv.conf" "$@"
}

show6()
{
	printf '   v6only# %s\n' "$*"
	v6only "$@" 2>&1 | indent
}

udp53()
{
	ns "$1" ss -Hlnu 'sport = :53' | grep -q .
}

nat64_network()
{
	step "NAT64 at the core: an IPv6-only host, a DNS64, an IPv4-only site"
	setup_ns v6only tenant
	veth v6only:lan0,$V6ONLY/64 core:lan6,2001:db8:0:600::1/64
	veth tenant:lan0,$TENANT/24 core:lan4,10.9.0.1/24
	ns v6only ip route add default via 2001:db8:0:600::1
	ns tenant ip route add default via 10.9.0.1
	sysctl_in onprem net.ipv4.icmp_ratelimit=0
	# One device for both: what it translates to IPv4 it sends on by its paths.
	ns_batch core <<-EOF
		route add ${POOL6}/96 via fe80::64 dev wan0
		route add $FRONT via fe80::64 dev wan0
		route add $POOL4 dev wan0
	EOF
	ns sdwan1 ip route add $POOL4 via 169.254.8.2
	ns sdwan2 ip route add $POOL4 via 169.254.9.2
	# What comes and goes by the same device is no detour here: no redirects.
	sysctl_in core net.ipv4.conf.all.send_redirects=0
	ns core ipv6tunctl -b - <<-EOF
		nat64 pool6 add wan0 ${POOL6}/96
		nat64 pool4 add wan0 $POOL4
		nat64 eam add wan0 $FRONT/128 $TENANT/32
		nat64 bib add wan0 proto udp addr6 $V6ONLY port6 33440 addr4 192.0.2.9 port4 33440
	EOF
	printf 'nameserver 2001:db8:0:600::1\n' >"$TMP/resolv.conf"
	nginx_start onprem
	nginx_start tenant
	SERVER4=$HOST4 unbound_start onprem $HOST4
	unbound_start core 2001:db8:0:600::1 "${POOL6}/96" $HOST4
	wait_for 20 udp53 onprem || bad "no name server at the site"
	wait_for 20 udp53 core || bad "no DNS64 at the core"
	show core ipv6tunctl nat64 show wan0 config
	ok "pool6 ${POOL6}/96, pool4 $POOL4, and the front $FRONT of the tenant $TENANT"
}

nat64_site()
{
	local host6=${POOL6}192.168.40.2 hex=${POOL6}c0a8:2802 got before after

	step "The IPv6-only host reaches the site's IPv4-only web server, by name"
	show6 dig +short AAAA www.example.test
	expect "DNS64 gives the IPv4-only name an IPv6 address" \
		eq "$(v6only dig +short +time=5 AAAA www.example.test)" "$hex" AAAA
	before=$(path_counters)
	show6 curl -s http://www.example.test/
	got=$(v6only curl -s -m 20 http://www.example.test/) || true
	expect "the page came" eq "$got" "hello from onprem" page
	after=$(path_counters)
	say "packets of the paths before and after: $before, $after"
	expect "the requests went through a path, as IPv4 in GRE" ne "$before" "$after" "path counters"
	expect "ping by NAT64 and a path" ping_ok v6only "$host6" 3
	ns v6only traceroute -6 -n -q 1 -w 3 -m 5 "$host6" >"$TMP/trace" 2>&1
	printf '   v6only# traceroute6 -n %s\n' "$host6"
	indent <"$TMP/trace"
	expect "the core is hop 1 as IPv6 router, hop 2 as IPv4 router" \
		grep -q "^ 2  ${POOL6}a9fe:" "$TMP/trace"
	expect "hop 4 is the host" grep -q "^ 4  $hex" "$TMP/trace"
	ns onprem traceroute -n -q 1 -w 3 -m 6 -U -p 33440 192.0.2.9 >"$TMP/trace" 2>&1
	printf '   onprem# traceroute -n -U -p 33440 192.0.2.9	(a static BIB entry)\n'
	indent <"$TMP/trace"
	expect "the IPv6-only host answers the IPv4 traceroute" grep -q "^ 4  192.0.2.9" "$TMP/trace"
	show core ipv6tunctl nat64 show wan0 sessions
	show core ipv6tunctl nat64 show wan0 stats
}

nat64_front()
{
	local got

	step "An IPv6 client reaches an IPv4-only tenant by its front, a 1:1 mapping"
	printf '   v6only# curl -s http://[%s]/\n' "$FRONT"
	got=$(ns v6only curl -s -m 20 "http://[$FRONT]/") || true
	printf '%s\n' "$got" | indent
	expect "the tenant's page came; it knows nothing of IPv6" eq "$got" "hello from tenant" page
	expect "ping of the front" ping_ok v6only $FRONT 3
	ns tenant ip -br address show dev lan0 | indent
}

module_refs()
{
	cat /sys/module/ipv6tun/refcnt
}

gone()
{
	local name

	for name in "${NS[@]}"; do
		[[ ! -e /run/netns/$name ]] || return 1
	done
	# The namespaces go in the background, and their devices with them.
	[[ $(module_refs) == 0 ]]
}

clean_up()
{
	local pid pids

	step "Clean-up"
	pids=$(cat "$TMP"/*.pid "$TMP"/*.frr/*.pid "$TMP"/*.nginx/pid "$TMP"/*.unbound/pid | tr '\n' ' ')
	_run_defers
	wait_for 20 gone
	expect "no namespace and no device is left" gone
	for pid in $pids; do
		[[ ! -d /proc/$pid ]] || bad "process $pid is still there: $(tr '\0' ' ' <"/proc/$pid/cmdline")"
	done
	ok "no daemon is left"
}

need_cmd bird birdc zebra bgpd vtysh traceroute ping jq curl nginx unbound dig
[[ -x $UDPFLOW ]] || bad "build/selftests/udpflow is not built"
draw
build
peers
bgp
route
step "traceroute6: both routers"
trace "$INSIDE:5379 $INSIDE:6379 "
flows
failover
after_failover
recovery
nat64_network
nat64_site
nat64_front
clean_up
printf '\n   %d checks, all good, in %s s.\n' "$checks" "$(_seconds_since "$begin")"
