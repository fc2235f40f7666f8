#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Fifty thousand packets into every receive path, right ones and damaged ones: the kernel
# stays well, each packet is accounted for where that can be exact, what comes out is
# well-formed, and whoever behaves well is served before and after.
#
#	wire ------------------------- router
#	u0                             u0  192.0.2.1  2001:db8::1    underlay
#	a0                             a0  2001:db8:a::ffff:1        default route, IPv6
#	b0                             b0  198.18.255.1              default route, IPv4
#	                               t0, n0: TUN and TAP, in only
#	                               wan0: paths 1 to 8            peers 10.0.N.2, 2001:db8:10N::2
#	                               nat0: NAT64                   pool6 2001:db8:64::/96, :65::/64
#	host ------------------------- router                        pool4 203.0.113.0/28
#	h0  198.18.9.2  2001:db8:9::2  h0  .1
#	g0: native GRE                 wan0: path 9
#
#	path	underlay	key and checksum	remote
#	1, 5	IPv4, IPv6	none			192.0.2.101, 2001:db8::105
#	2, 6			key 7			    ...102       ...106
#	3, 7			checksum		    ...103       ...107
#	4, 8			key 8, checksum		    ...102       ...106
#	10, 11, 12		watched, in one test only
#
# "pktfuzz" (pktfuzz.c, and packet/net.h, which has these addresses, too) is everybody on
# the wire, and reads all that arrives there. The same seed makes the same packets:
#
#	FUZZ_SEED=7 FUZZ_PACKETS=200000 selftests/run --bed uml fuzz/packets
#
# One packet again, of those that a failure names: pktfuzz -f NUMBER PHASE SEED 1 ...
#
# time limit: 600

# shellcheck source=selftests/lib.sh disable=SC2317 # functions that wait_for calls
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

: "${FUZZ_PACKETS:=50000}" "${FUZZ_SEED:=1}"

PKTFUZZ=$TREE/build/selftests/pktfuzz
[[ -x $PKTFUZZ ]] || skip "build/selftests/pktfuzz is not built"
[[ -c /dev/net/tun ]] || modprobe tun || skip "no TUN devices here"
need_cmd nft jq ethtool tshark

# Of all that nobody answers: no address that a packet goes to waits for a neighbour.
GATEWAY=02:00:00:00:00:01
SESSIONS=3000
# Packets for tshark, of each phase and in all.
SAMPLE=333 SAMPLES=3000

## Topology

setup()
{
	setup_ns wire router host
	sysctl_in wire net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
	# Errors must not be held back, nor does anybody need link-local addresses. Packets
	# come by any device.
	sysctl_in router net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0 \
		net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 \
		net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.default.send_redirects=0 \
		net.ipv6.conf.default.addr_gen_mode=1
	forwarding router
	veth wire:u0 router:u0,192.0.2.1/32,2001:db8::1/128 mtu 9000
	veth wire:a0 router:a0,2001:db8:a::ffff:1/128 mtu 9000
	veth wire:b0 router:b0,198.18.255.1/32 mtu 9000
	# The router asks for neighbours of packets that are not its own by this address only.
	veth host:h0,198.18.9.2/24,2001:db8:9::2/64 router:h0,198.18.9.1/24,2001:db8:9::1/64,fe80::9/64
	ns_batch router <<-EOT
	neighbour add 192.0.2.254 lladdr $GATEWAY dev u0 nud permanent
	neighbour add fe80::1 lladdr $GATEWAY dev u0 nud permanent
	neighbour add fe80::1 lladdr $GATEWAY dev a0 nud permanent
	neighbour add 198.18.255.254 lladdr $GATEWAY dev b0 nud permanent
	route add 192.0.2.0/24 via 192.0.2.254 dev u0 onlink
	route add 2001:db8::/64 via fe80::1 dev u0
	route add default via fe80::1 dev a0
	route add default via 198.18.255.254 dev b0 onlink
	link add wan0 type ipv6tun
	link set wan0 up
	link add nat0 type ipv6tun
	link set nat0 mtu 9000 up
	route add 2001:db8:64::/96 via fe80::64 dev nat0
	route add 2001:db8:65::/64 via fe80::64 dev nat0
	route add 203.0.113.0/27 dev nat0
	EOT
	setup_paths
	setup_nat64
	setup_host
}

# inside ID: the addresses of a path and the routes behind it, for ip -batch.
inside()
{
	local net
	printf -v net '2001:db8:%x' $((0x100 + $1))
	cat <<-EOT
	address add 10.0.$1.1/32 dev wan0
	address add $net::1/128 dev wan0
	route add 10.0.$1.2/32 dev wan0
	route add $net::2/128 dev wan0
	EOT
}

setup_paths()
{
	local id net words

	for id in {1..12}; do
		inside "$id"
	done | ns_batch router
	while read -r id words; do
		printf -v net '2001:db8:%x' $((0x100 + id))
		printf 'path add wan0 id %d %s peer 10.0.%d.2 peer %s::2\n' "$id" "$words" "$id" "$net"
	done >"$TMP/paths" <<-EOT
	1 local 192.0.2.1 remote 192.0.2.101
	2 local 192.0.2.1 remote 192.0.2.102 key 7
	3 local 192.0.2.1 remote 192.0.2.103 csum
	4 local 192.0.2.1 remote 192.0.2.102 key 8 csum
	5 local 2001:db8::1 remote 2001:db8::105
	6 local 2001:db8::1 remote 2001:db8::106 key 7
	7 local 2001:db8::1 remote 2001:db8::107 csum
	8 local 2001:db8::1 remote 2001:db8::106 key 8 csum
	9 local 198.18.9.1 remote 198.18.9.2
	EOT
	ns router ipv6tunctl -b "$TMP/paths"
	# Hosts behind the paths.
	for id in {1..8}; do
		printf -v net '2001:db8:%x' $((0x100 + id))
		printf 'route add 10.1.%d.0/24 via 10.0.%d.2 dev wan0\n' "$id" "$id"
		printf 'route add 2001:db8:%x::/48 via %s::2 dev wan0\n' $((0x200 + id)) "$net"
	done | ns_batch router
}

setup_nat64()
{
	local i proto host

	{
		echo "nat64 set nat0 max-sessions $SESSIONS"
		echo "nat64 pool6 add nat0 2001:db8:64::/96"
		echo "nat64 pool6 add nat0 2001:db8:65::/64"
		echo "nat64 pool4 add nat0 203.0.113.0/28"
		echo "nat64 eam add nat0 2001:db8:ea::/124 203.0.113.16/28"
		for i in {0..7}; do
			host=2001:db8:a::5$i
			# Two are behind paths 1 and 5.
			((i != 6)) || host=2001:db8:201::56
			((i != 7)) || host=2001:db8:205::57
			for proto in tcp udp icmp; do
				printf 'nat64 bib add nat0 proto %s addr6 %s port6 500%d addr4 203.0.113.%d port4 500%d\n' \
					"$proto" "$host" "$i" $((i + 1)) "$i"
			done
		done
	} >"$TMP/nat64"
	ns router ipv6tunctl -b "$TMP/nat64"
}

# Whoever behaves well. Its native GRE does not speak unless it is spoken to.
setup_host()
{
	sysctl_in host net.ipv6.conf.default.disable_ipv6=1
	ns_batch host <<-EOT
	route add default via 198.18.9.1
	route add default via 2001:db8:9::1
	link add g0 type gre local 198.18.9.2 remote 198.18.9.1
	address add 10.0.9.2/24 dev g0
	link set g0 up
	EOT
}

# What the router sends is complete, as on a wire; or left to the next device.
offloads() # on|off
{
	local dev

	for dev in u0 a0 b0; do
		ns router ethtool -K "$dev" tx "$1" tso "$1" gso "$1" tx-udp-segmentation "$1" \
			tx-gso-list "$1" >/dev/null
	done
}

## Packets

declare -A GOT=()	# pktfuzz's account

# fuzz PHASE PERCENT LEAST [LOG]: so much of the packets, and of them at least LEAST per
# mille come out as right as they were: or else nothing was tried.
fuzz()
{
	local phase=$1 n=$((FUZZ_PACKETS * $2 / 100)) log=$LOG_DIR/${4:-$1}.log line rc=0 item dev
	local -a items
	local -A sent=()

	# Of fewer not each kind is among them.
	((n >= 500)) || n=500
	for dev in u0 a0 b0; do
		sent[$dev]=$(tx_packets router $dev)
	done
	line=$("$PKTFUZZ" -s "$LOG_DIR/sample.pcap" -m "$SAMPLE" "$phase" "$FUZZ_SEED" "$n" \
		"/run/netns/${NS[router]}" "/run/netns/${NS[wire]}" 2>"$log") || rc=$?
	note "$phase: ${line:-nothing}"
	((rc == 0)) || fail "pktfuzz: status $rc: $(head -n 40 "$log")"
	line=${line//[\{\}\"]/}
	IFS=, read -r -a items <<<"$line"
	for item in "${items[@]}"; do
		GOT[${item%:*}]=${item#*:}
	done
	between "${GOT[sent]}" $((n / 3)) 1000000000 "packets that the kernel took"
	between "${GOT[right]}" $((GOT[sent] * $3 / 1000)) 1000000000 "right packets that came out"
	eq "${GOT[lost]}" 0 "packets that pktfuzz missed"
	# Probes go out while nobody looks; and now and then something else, the more so the
	# more fragments wait for others.
	[[ $phase != probe ]] || return 0
	for dev in u0 a0 b0; do
		sent[$dev]=$(($(tx_packets router $dev) - sent[$dev]))
		between "${GOT[$dev]}" $((sent[$dev] - 50 - sent[$dev] / 100)) "${sent[$dev]}" "frames of $dev that pktfuzz saw"
	done
}

## Accounts

declare -A NOW=() BEFORE=() GREW=()

# read_account: NOW; and GREW, what has become of BEFORE since then. For each ipv6tun
# device what it dropped by direction and what its paths carried; what nftables saw go to
# it (inet) and come from it (netdev); what each device of the router sent and received.
read_account()
{
	local key value

	while read -r key value; do
		NOW[$key]=$value
		GREW[$key]=$((value - ${BEFORE[$key]:-0}))
	done < <(
		# shellcheck disable=SC2016 # jq's own
		ns router ipv6tunctl -j show | jq -r '.[] | .ifname as $dev |
			def of(f): .drops | to_entries | map(select(.key | f) | .value) | add // 0;
			def paths(f): [.path[] | f // 0] | add // 0;
			"\($dev)-rx-drops \(of(startswith("rx-")))",
			"\($dev)-tx-drops \(of(startswith("rx-") | not))",
			"\($dev)-no-path \(.["no-path"])",
			"\($dev)-delivered \(paths(.stats["rx-packets"]))",
			"\($dev)-sent \(paths(.stats["tx-packets"]))",
			"\($dev)-answers \(paths(.["probe-stats"].received))"'
		ns router nft -j list counters |
			jq -r '.nftables[].counter? // empty | "\(.family)-\(.name) \(.packets)"'
		ns router ip -j -s link show |
			jq -r '.[] | "\(.ifname)-tx \(.stats64.tx.packets)", "\(.ifname)-rx \(.stats64.rx.packets)"'
	)
}

begin_account()
{
	local key

	read_account
	for key in "${!NOW[@]}"; do
		BEFORE[$key]=${NOW[$key]}
	done
}

# Each packet of a path was delivered, was an answer to a probe, or is counted as dropped.
# What the stack gave to the device was sent or dropped.
paths_add_up()
{
	read_account
	((GREW[wan0-rx-drops] + GREW[wan0-no-path] + GREW[wan0-delivered] + GREW[wan0-answers] == GOT[path])) &&
		((GREW[netdev-wan0] == GREW[wan0-delivered])) &&
		((GREW[inet-wan0] == GREW[wan0-sent] + GREW[wan0-tx-drops]))
}

# What the stack gave to the device was translated or dropped, and came out of it.
nat64_adds_up()
{
	read_account
	((GREW[inet-nat0] == GREW[nat0-tx] + GREW[nat0-tx-drops])) &&
		((GREW[netdev-nat0] == GREW[nat0-rx])) &&
		((GREW[nat0-tx] > 0 && GREW[nat0-tx-drops] > 0))
}

# adds_up SECONDS CONDITION: the last ones may be on their way.
adds_up()
{
	local key text=''

	if ! wait_for "$1" "$2"; then
		for key in "${!GREW[@]}"; do
			((GREW[$key] == 0)) || text+=" $key+${GREW[$key]}"
		done
		fail "$2: no, of ${GOT[path]} packets of paths:$text"
	fi
}

nft_counters()
{
	ns router nft -f - <<-EOT
	table inet account {
		counter wan0 { }
		counter nat0 { }
		chain post {
			type filter hook postrouting priority 300;
			oifname "wan0" counter name "wan0"
			oifname "nat0" counter name "nat0"
		}
	}
	table netdev account {
		counter wan0 { }
		counter nat0 { }
		chain wan0 {
			type filter hook ingress device "wan0" priority 0;
			counter name "wan0"
		}
		chain nat0 {
			type filter hook ingress device "nat0" priority 0;
			counter name "nat0"
		}
	}
	EOT
}

## Tests

flows()
{
	ns router ipv6tunctl nat64 flush nat0 >/dev/null
	ns router ip route flush cache
	ns router ip -6 route flush cache
	ping_ok host 10.0.9.1 5
	ping_ok host 2001:db8:64::198.18.9.2 5
	ping_ok host 2001:db8:9::1 5
}

paths_exact()
{
	# Merged packets would be counted once behind the device.
	ns router ethtool -K wan0 gro off >/dev/null
	defer ns router ethtool -K wan0 gro on
	begin_account
	fuzz gre 22 50
	adds_up 10 paths_add_up
}

nat64_exact()
{
	# A SYN that nobody expects is kept for six seconds before it is dropped: those of
	# the test before are not to be counted in this one.
	sleep 8
	begin_account
	fuzz nat64 22 50
	adds_up 30 nat64_adds_up
}

watched()
{
	local id

	defer ns router ipv6tunctl path del wan0 id 12
	defer ns router ipv6tunctl path del wan0 id 11
	defer ns router ipv6tunctl path del wan0 id 10
	ns router ipv6tunctl -b - <<-EOT
	path add wan0 id 10 local 192.0.2.1 remote 192.0.2.110 peer 10.0.10.2 probe icmp interval 20
	path add wan0 id 11 local 2001:db8::1 remote 2001:db8::10b peer 2001:db8:10b::2 probe keepalive interval 20
	path add wan0 id 12 local 2001:db8::1 remote 2001:db8::10c key 9 csum peer 2001:db8:10c::2 probe icmp interval 20
	EOT
	ns router ethtool -K wan0 gro off >/dev/null
	defer ns router ethtool -K wan0 gro on
	begin_account
	fuzz probe 4 0
	adds_up 10 paths_add_up
	for id in 10 11 12; do
		note "$(ns router ipv6tunctl -s path show wan0 id $id)"
	done
	((GREW[wan0-answers] > 0)) || fail "no answer was taken for one"
}

mtus()
{
	ns_batch router <<-EOT
	route add 192.0.2.103/32 via 192.0.2.254 dev u0 onlink mtu 1300
	route add 2001:db8::107/128 via fe80::1 dev u0 mtu 1290
	EOT
	fuzz pmtu 8 10
}

fragments()
{
	fuzz fragments 6 50
}

guests()
{
	fuzz offload 16 50 offload-off
	# Now the next device completes them.
	offloads on
	defer offloads off
	fuzz offload 8 50 offload-on
}

# Each packet is in the hands of others, too: a listener's, and those of a device it is
# mirrored to, which lets it wait.
clones()
{
	local dev

	ns_batch router <<-EOT
	link add d0 type dummy
	link set d0 up
	EOT
	defer ns router ip link del d0
	ns router tc qdisc add dev d0 root netem delay 20ms limit 20000
	for dev in u0 a0 b0; do
		ns router tc qdisc add dev $dev clsact
		defer ns router tc qdisc del dev $dev clsact
		ns router tc filter add dev $dev ingress matchall action mirred egress mirror dev d0
	done
	fuzz clone 8 50
}

# gro_list on|off: whether the router joins what the cable brings to lists of packets. What
# the cable is given whole it cuts.
gro_list()
{
	local dev other=off

	[[ $1 == on ]] || other=on
	for dev in u0 a0 b0; do
		ns wire ethtool -K "$dev" tso "$other" gso "$other" tx-udp-segmentation "$other" >/dev/null
		ns router ethtool -K "$dev" gro "$1" rx-gro-list "$1" >/dev/null
	done
}

trains()
{
	defer gro_list off
	gro_list on
	fuzz train 2 50
}

sessions()
{
	ns router ipv6tunctl -j nat64 show nat0 stats | jq '[.. | objects |
		.["tcp-sessions", "udp-sessions", "icmp-sessions"]? // empty] | add // 0'
}

no_sessions()
{
	(($(sessions) == 0))
}

# No table or queue of a stranger's making grows without end.
bounded()
{
	local memory file

	note "$(sessions) sessions"
	between "$(sessions)" 1 $SESSIONS "sessions"
	between "$(ns router ip neigh show | wc -l)" 1 200 "neighbours"
	for file in /proc/net/sockstat /proc/net/sockstat6; do
		# shellcheck disable=SC2016 # awk's own
		memory=$(ns router awk '/^FRAG/ { print $5 }' $file)
		between "$memory" 0 5000000 "bytes of fragments that wait ($file)"
	done
	ns router ipv6tunctl nat64 flush nat0 >/dev/null
	wait_for 20 no_sessions || fail "sessions after they were flushed: $(sessions)"
}

# What our checker has let pass, by an independent decoder: nothing is malformed, no
# checksum is wrong. What is quoted in an ICMP error is cut, so only its own counts there.
decoded()
{
	local n bad

	tshark -n -r "$LOG_DIR/sample.pcap" -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE \
		-o udp.check_checksum:TRUE -o ip.defragment:FALSE -o ipv6.defragment:FALSE \
		-o tcp.desegment_tcp_streams:FALSE -d udp.port==1-65535,data -d tcp.port==1-65535,data \
		-T fields -E occurrence=f -E separator=, -e frame.number -e icmp.type -e icmpv6.type \
		-e frame.protocols -e _ws.malformed -e ip.checksum.status -e gre.checksum.status \
		-e icmp.checksum.status -e icmpv6.checksum.status -e tcp.checksum.status \
		-e udp.checksum.status >"$LOG_DIR/decoded" 2>"$LOG_DIR/tshark.log"
	n=$(wc -l <"$LOG_DIR/decoded")
	note "$n packets decoded"
	between "$n" $((FUZZ_PACKETS < 50000 ? 1 : 500)) "$SAMPLES" "packets that tshark read"
	# shellcheck disable=SC2016 # awk's own
	bad=$(awk -F, '
		{
			error = $2 ~ /^(3|4|5|11|12)$/ || $3 ~ /^[1-4]$/
			# Something behind the header of the error: cut, too.
			quoted = error && $4 ~ /icmp(v6)?:./
			before = $4
			sub(/:icmp.*/, ":", before)
			wrong = ($5 != "" && !quoted) ||
				($6 == "0" && (!quoted || before ~ /:ip:/)) || ($7 == "0" && !quoted) ||
				$8 == "0" || $9 == "0"
			if (wrong || (!error && ($10 == "0" || $11 == "0")))
				print
		}' "$LOG_DIR/decoded")
	eq "$bad" '' "packets that are not well-formed, in sample.pcap"
}

# What a burst leaves in a queue of the kernel's is not to be lost there.
BACKLOG=/proc/sys/net/core/netdev_max_backlog
if [[ -w $BACKLOG ]]; then
	defer bash -c "echo $(<$BACKLOG) >$BACKLOG"
	echo 20000 >$BACKLOG
fi
setup
offloads off
nft_counters
note "FUZZ_SEED=$FUZZ_SEED FUZZ_PACKETS=$FUZZ_PACKETS"
run_test flows "ping by GRE and by NAT64, before"
run_test paths_exact "packets of paths, and into them: each is accounted for"
run_test nat64_exact "packets of NAT64 and ICMP errors: each is accounted for"
run_test watched "answers to probes: each is accounted for"
run_test mtus "ICMP errors about the router's packets"
run_test fragments "fragments, in order and out of it, and as nobody should make them"
run_test guests "offloads: what guests and cards tell, right or wrong; packets in pieces"
run_test clones "packets that others hold, too"
run_test trains "lists of packets that GRO made"
run_test bounded "sessions, neighbours and fragments are bounded"
run_test flows "ping by GRE and by NAT64, after"
run_test decoded "tshark finds what came out well-formed"
