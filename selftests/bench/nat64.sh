#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What NAT64 costs: instructions per packet, beside plain forwarding and beside
# Jool in the same guest and run; and what a pool that is exhausted costs those
# who have a session. Run by "make bench", which counts instructions: there a
# nanosecond of the guest is one, so the figures repeat on any machine.
#
#	client -------------------- gw -------------------- server
#	c0                        g6  g4                        s0
#	2001:db8:1::2   2001:db8:1::1  2001:db8:2::1   2001:db8:2::2
#	198.18.1.2         198.18.1.1  198.18.2.1         198.18.2.2
#	              ours: wan0, pool6 2001:db8:64::/96, pool4 192.0.2.1
#	              Jool: hooks, pool6 2001:db8:65::/96, pool4 192.0.2.2
#
# pktgen sends, a packet at a time, and whoever receives drops before the stack,
# so that a figure is generator + forwarding + drop. The generator and the drop
# cancel out in what is left over plain forwarding of the family that came in.
# Checksums are complete, as those of packets from a wire.
#
# pool4 has as many ports as there are flows: these fill it, answers from IPv4 hit
# sessions at random, and any flow more is one too many.
#
# PACKETS=20000 a figure, FLOWS=1000, EXTRA=20000 flows too many, SIZE=100 bytes
# a frame.

# shellcheck source=selftests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

: "${PACKETS:=20000}" "${FLOWS:=1000}" "${EXTRA:=20000}" "${SIZE:=100}"

FIRST=1024	# port of the first flow
POOL=20000	# first port of pool4; not ephemeral ones, which Jool leaves out
SERVICE=9

declare -A COST=()	# case -> instructions per packet
declare -A MAC=()	# device of gw -> its address
cases=()		# in the order measured

# Traffic. A kind is "sender:device receiver:device via key value...", with the keys
# of pktgen.

FROM6='client:c0 server:s0 g6 src6 2001:db8:1::2'
FROM4='server:s0 client:c0 g4 src_min 198.18.2.2 src_max 198.18.2.2'

# arrived NAME: packets that a receiver has dropped.
arrived()
{
	ns "$1" nft list chain netdev sink in |
		awk '{ for (i = 2; i < NF; i++) if ($i == "packets") n += $(i + 1) } END { print n }'
}

# generate COUNT FIRST_PORT PORTS ORDER WHICH KIND...: COUNT packets of the flows
# from FIRST_PORT on, in random or rising order; WHICH port is theirs, udp_src or
# udp_dst. Sets PER_PACKET (instructions) and ARRIVED.
generate()
{
	local count=$1 first=$2 ports=$3 order=$4 which=$5
	local from=$6 to=$7 mac=${MAC[$8]} before result fixed=udp_dst flag=UDPSRC_RND
	local -a lines
	shift 8

	[[ $which == udp_dst ]] && fixed=udp_src flag=UDPDST_RND
	# Of a range pktgen leaves the last out.
	lines=("count $count" "pkt_size $SIZE" 'delay 0' 'clone_skb 0' "dst_mac $mac" 'flag UDPCSUM'
		"${which}_min $first" "${which}_max $((first + ports))"
		"${fixed}_min $SERVICE" "${fixed}_max $SERVICE")
	[[ $order == random ]] && lines+=("flag $flag")
	while (($#)); do
		lines+=("$1 $2")
		shift 2
	done
	before=$(arrived "${to%:*}")
	# shellcheck disable=SC2016 # expands in the other shell
	result=$(printf '%s\n' "${lines[@]}" | ns "${from%:*}" bash -c '
		echo rem_device_all >/proc/net/pktgen/kpktgend_0 &&
		echo "add_device $1" >/proc/net/pktgen/kpktgend_0 || exit
		while IFS= read -r line; do
			echo "$line" >"/proc/net/pktgen/$1" || exit
		done
		echo start >/proc/net/pktgen/pgctrl
		cat "/proc/net/pktgen/$1"
		echo rem_device_all >/proc/net/pktgen/kpktgend_0' - "${from#*:}") || fail "pktgen: $result"
	# What is in queues still.
	sleep 0.5
	ARRIVED=$(($(arrived "${to%:*}") - before))
	[[ $result =~ Result:\ OK:\ ([0-9]+)\(.*usec,\ ([0-9]+)\  ]] || fail "pktgen: $result"
	eq "${BASH_REMATCH[2]}" "$count" "packets sent"
	PER_PACKET=$((BASH_REMATCH[1] * 1000 / count))
}

# measure CASE WANTED_ARRIVALS GENERATE_ARGS...
measure()
{
	local name=$1 wanted=$2
	shift 2

	generate "$@"
	# A queue may overflow when the guest does something else for a moment.
	between "$ARRIVED" $((wanted - $1 / 200)) "$wanted" "packets that arrived, $name"
	COST[$name]=$PER_PACKET
	cases+=("$name")
}

# Network

network()
{
	local name

	setup_ns client gw server
	veth client:c0,2001:db8:1::2/64,198.18.1.2/24 gw:g6,2001:db8:1::1/64,198.18.1.1/24
	veth gw:g4,2001:db8:2::1/64,198.18.2.1/24 server:s0,2001:db8:2::2/64,198.18.2.2/24
	forwarding gw
	ping_ok gw 2001:db8:1::2
	ping_ok gw 198.18.1.2
	ping_ok gw 2001:db8:2::2
	ping_ok gw 198.18.2.2
	# Neighbours do not change; nor is anybody to ask about them meanwhile.
	ns_batch gw <<-EOT
		neigh replace 2001:db8:1::2 dev g6 lladdr $(ns client cat /sys/class/net/c0/address) nud permanent
		neigh replace 198.18.1.2 dev g6 lladdr $(ns client cat /sys/class/net/c0/address) nud permanent
		neigh replace 2001:db8:2::2 dev g4 lladdr $(ns server cat /sys/class/net/s0/address) nud permanent
		neigh replace 198.18.2.2 dev g4 lladdr $(ns server cat /sys/class/net/s0/address) nud permanent
	EOT
	for name in client:c0 server:s0; do
		ns "${name%:*}" ethtool -K "${name#*:}" tx off >/dev/null
		ns "${name%:*}" nft -f - <<-EOT
			table netdev sink {
				chain in {
					type filter hook ingress device ${name#*:} priority 0; policy accept;
					ip6 nexthdr udp counter drop
					ip protocol udp counter drop
				}
			}
		EOT
	done
	MAC[g6]=$(ns gw cat /sys/class/net/g6/address)
	MAC[g4]=$(ns gw cat /sys/class/net/g4/address)
}

# plain SUFFIX: forwarding without translation.
plain()
{
	# shellcheck disable=SC2086 # words
	{
		measure "plain IPv6$1" "$PACKETS" \
			"$PACKETS" $FIRST "$FLOWS" random udp_src $FROM6 dst6 2001:db8:2::2
		measure "plain IPv4$1" "$PACKETS" \
			"$PACKETS" $FIRST "$FLOWS" random udp_dst $FROM4 dst_min 198.18.1.2 dst_max 198.18.1.2
	}
}

# translate NAME POOL6 POOL4: all that is measured of a translator.
# shellcheck disable=SC2086 # words
translate()
{
	local name=$1
	local to4="$FROM6 dst6 $2c612:202" to6="$FROM4 dst_min $3 dst_max $3"

	# A packet of each flow makes the sessions.
	generate "$FLOWS" $FIRST "$FLOWS" rising udp_src $to4
	eq "$ARRIVED" "$FLOWS" "flows that $name has a session for"
	measure "$name 6->4" "$PACKETS" "$PACKETS" $FIRST "$FLOWS" random udp_src $to4
	measure "$name 4->6" "$PACKETS" "$PACKETS" $POOL "$FLOWS" random udp_dst $to6

	# None of these gets a port.
	measure "$name, a flow too many" 0 \
		"$EXTRA" $((FIRST + FLOWS)) "$EXTRA" rising udp_src $to4
	# As many packets of flows with a session as of flows too many, in turns of
	# $FLOWS each.
	measure "$name, half of each" $((PACKETS / 2)) \
		"$PACKETS" $FIRST $((2 * FLOWS)) rising udp_src $to4
	measure "$name 6->4, pool exhausted" "$PACKETS" "$PACKETS" $FIRST "$FLOWS" random udp_src $to4
	measure "$name 4->6, pool exhausted" "$PACKETS" "$PACKETS" $POOL "$FLOWS" random udp_dst $to6
	COST[$name 6->4, extra flows]=$((2 * ${COST[$name, half of each]} - ${COST[$name, a flow too many]}))
	cases+=("$name 6->4, extra flows")
}

ours()
{
	ns_batch gw <<-EOT
		link add wan0 type ipv6tun
		link set wan0 up
		route add 2001:db8:64::/96 via fe80::64 dev wan0
		route add 192.0.2.1/32 dev wan0
	EOT
	ns gw ipv6tunctl -b - <<-EOT
		nat64 pool6 add wan0 2001:db8:64::/96
		nat64 pool4 add wan0 192.0.2.1/32 ports $POOL-$((POOL + FLOWS - 1))
	EOT
	plain ', ours configured'
	translate ours 2001:db8:64:: 192.0.2.1
	ns gw ip link del wan0
}

jool_load()
{
	local module m

	[[ ${JOOL_DIR:-} && -x $JOOL_DIR/jool ]] || return
	for module in jool_common jool; do
		for m in $(modinfo -F depends "$JOOL_DIR/$module.ko" | tr ',' ' '); do
			[[ -d /sys/module/$m ]] || modprobe -q "$m" || return
		done
		insmod "$JOOL_DIR/$module.ko" || return
	done
	defer rmmod jool_common
	defer rmmod jool
	ns gw "$JOOL_DIR/jool" instance add bench --netfilter --pool6 2001:db8:65::/96 &&
		ns gw "$JOOL_DIR/jool" -i bench pool4 add 192.0.2.2 "$POOL-$((POOL + FLOWS - 1))" --udp
}

# Its hooks stay with those of reassembly that it asked for, so it comes last.
jool()
{
	plain ', Jool attached'
	translate Jool 2001:db8:65:: 192.0.2.2
	ns gw "$JOOL_DIR/jool" instance remove bench
}

# Results

# row TITLE CASE [PLAIN [PEER]]: instructions, what of it is over PLAIN, and that as
# a multiple of PEER's.
row()
{
	local own=${COST[$2]:-} plain=0 peer='' ratio=''

	if [[ ! $own ]]; then
		printf '%-42s not available\n' "$1"
		return
	fi
	[[ ${3:-} ]] && plain=${COST[$3]}
	[[ ${4:-} ]] && peer=${COST[$4]:-}
	[[ $peer ]] && ratio=$(awk "BEGIN { printf \"%.2f\", ($own - $plain) / ($peer - $plain) }")
	printf '%-42s %8d %11s %10s\n' "$1" "$own" "${3:+$((own - plain))}" "$ratio"
}

# kept WHICH: share of the packet rate that flows keep, of what they had before.
kept()
{
	local before=${COST[$1]:-} name list=''

	[[ $before ]] || return 0
	for name in "$1, pool exhausted" "$1, extra flows"; do
		[[ ${COST[$name]:-} ]] || continue
		list+=$(awk "BEGIN { printf \" %.2f\", $before / ${COST[$name]} }")
	done
	printf '%-42s%s\n' "$1" "$list"
}

table()
{
	local name

	printf '\n%-42s %8s %11s %10s\n' 'Instructions per packet' all 'over plain' "of Jool's"
	row 'plain IPv6 forwarding' 'plain IPv6'
	row 'plain IPv4 forwarding' 'plain IPv4'
	for name in 'ours configured' 'Jool attached'; do
		row "plain IPv6, $name" "plain IPv6, $name" 'plain IPv6'
		row "plain IPv4, $name" "plain IPv4, $name" 'plain IPv4'
	done
	row 'ours, NAT64 6->4' 'ours 6->4' 'plain IPv6' 'Jool 6->4'
	row 'Jool, NAT64 6->4' 'Jool 6->4' 'plain IPv6'
	row 'ours, NAT64 4->6' 'ours 4->6' 'plain IPv4' 'Jool 4->6'
	row 'Jool, NAT64 4->6' 'Jool 4->6' 'plain IPv4'
	for name in ours Jool; do
		row "$name, refusal of a flow too many" "$name, a flow too many" 'plain IPv6'
	done
	printf '\nPacket rate of %d flows, once %d more were refused and between these, of before:\n' \
		"$FLOWS" "$EXTRA"
	for name in 'ours 6->4' 'ours 4->6' 'Jool 6->4' 'Jool 4->6'; do
		kept "$name"
	done
	printf '\n'
}

results()
{
	local name sep=''

	printf '{"unit":"instructions per packet","kernel":"%s","packets":%d,"flows":%d,"size":%d,"cases":{' \
		"$(uname -r)" "$PACKETS" "$FLOWS" "$SIZE"
	for name in "${cases[@]}"; do
		printf '%s\n"%s":%d' "$sep" "$name" "${COST[$name]}"
		sep=,
	done
	printf '\n}}\n'
}

# Established flows keep nine tenths of their rate whoever else asks for more.
require()
{
	local name

	for name in 'ours 6->4, pool exhausted' 'ours 4->6, pool exhausted' 'ours 6->4, extra flows'; do
		((${COST[${name%,*}]} * 10 >= ${COST[$name]} * 9)) ||
			fail "$name: ${COST[$name]} instructions, ${COST[${name%,*}]} before"
	done
}

report()
{
	network
	plain ''
	ours
	if jool_load; then
		jool
	else
		note 'Jool is not available'
	fi
	table
	results >"$LOG_DIR/results.json"
	require
}

need_cmd nft ethtool awk
emulated || skip 'instructions are counted in an emulated guest only'
modprobe -q pktgen || skip 'no pktgen here'
run_test report 'what NAT64 costs'
