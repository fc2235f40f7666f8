#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the outer header says of the inner one, and the other way round: ECN
# (RFC 6040), DSCP, TTL, flow label, don't-fragment.
#
#	router ------------------------------------ peer
#	e0 192.0.2.1  2001:db8::1                   e0 192.0.2.N  2001:db8::N
#	wan0: four paths
#
# Path N has the inside peers 10.0.N.2 and fd00:N::2.
#	2	IPv4 underlay, TOS and TTL inherited	remote 192.0.2.2
#	3	IPv4 underlay, tos 0x48 ttl 9		192.0.2.3
#	4	IPv6 underlay, inherited		2001:db8::4
#	5	IPv6 underlay, tos 0x48 ttl 9		2001:db8::5
#
# "inject" writes the headers, inside ones on the router, outer ones on the peer;
# tshark reads both sides of the device.

# shellcheck source=selftests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=selftests/peers/inject.sh
source "$TREE/selftests/peers/inject.sh"

PATHS=(2 3 4 5)
ECN=('Not-ECT' 'ECT(1)' 'ECT(0)' 'CE')
FLOWS=32

## Topology

setup()
{
	local n words

	setup_ns router peer
	veth router:e0,192.0.2.1/24,2001:db8::1/64 peer:e0
	for n in "${PATHS[@]}"; do
		printf 'address add %s dev e0\n' "192.0.2.$n/24"
		printf 'address add %s dev e0 nodad\n' "2001:db8::$n/64"
	done | ns_batch peer
	{
		printf 'link add wan0 type ipv6tun\nlink set wan0 up\n'
		for n in "${PATHS[@]}"; do
			printf 'address add %s dev wan0\n' "10.0.$n.1/24" "fd00:$n::1/64"
		done
	} | ns_batch router
	while read -r n words; do
		printf 'path add wan0 id %d %s peer 10.0.%d.2 peer fd00:%d::2\n' "$n" "$words" "$n" "$n"
	done >"$TMP/paths" <<-EOF
	2 local 192.0.2.1 remote 192.0.2.2 tos inherit ttl inherit
	3 local 192.0.2.1 remote 192.0.2.3 tos 0x48 ttl 9
	4 local 2001:db8::1 remote 2001:db8::4 tos inherit ttl inherit
	5 local 2001:db8::1 remote 2001:db8::5 tos 0x48 ttl 9
	EOF
	ns router ipv6tunctl -b "$TMP/paths"
	ping_ok peer 192.0.2.1
	ping_ok peer 2001:db8::1
}

inside() # N FAMILY FROM TO
{
	if (($2 == 4)); then
		echo "10.0.$1.$3,10.0.$1.$4"
	else
		echo "fd00:$1::$3,fd00:$1::$4"
	fi
}

## Traffic

# From the router: each ECN value, with DSCP 0x20 and TTL 33, by each path. Then
# flows by path 4, two packets each. A packet is known by its ports.
send_out()
{
	local n family ecn port
	local -a packets=()

	for n in "${PATHS[@]}"; do
		for family in 4 6; do
			for ecn in 0 1 2 3; do
				packets+=("ip=$(inside "$n" $family 1 2),tos=$((0x80 | ecn)),ttl=33 udp=$((1000 + ecn)),9")
			done
		done
	done
	for family in 4 6; do
		for ((port = 2000; port < 2000 + FLOWS; port++)); do
			packets+=("ip=$(inside 4 $family 1 2) udp=$port,9 times=2")
		done
	done
	inject router "${packets[@]}"
}

# From the peer: all pairs of outer and inner ECN.
send_in()
{
	local n family outer inner
	local -a packets=() from=([2]="192.0.2.2,192.0.2.1" [4]="2001:db8::4,2001:db8::1")

	for n in 2 4; do
		for family in 4 6; do
			for outer in 0 1 2 3; do
				for inner in 0 1 2 3; do
					packets+=("ip=${from[n]},tos=$((0x40 | outer)) gre ip=$(inside "$n" $family 2 1),tos=$((0x80 | inner)) udp=$((1000 + outer)),$((1000 + inner))")
				done
			done
		done
	done
	inject peer "${packets[@]}"
}

## What tshark says

# decode_to FILE FIELD...: UDP that is no part of an ICMP error.
decode_to()
{
	DECODE_FILTER='udp && !icmp && !icmpv6' decode "$LOG_DIR/$1.pcap" "${@:2}" |
		tr '\t' '|' >"$LOG_DIR/$1.decoded"
}

# Of two headers of one kind tshark gives both, separated by a comma.
declare -A OUT=()	# path, inner family, port -> outer TOS, TTL, DF
declare -A LABELS=()	# inner family, port -> outer flow labels
read_out()
{
	local protocols dsfield tclass ttl hlim df label dst4 dst6 port tos dst n family

	while IFS='|' read -r protocols dsfield tclass ttl hlim df label dst4 dst6 port; do
		family=4
		[[ $protocols == *:gre:ipv6:* ]] && family=6
		if [[ $protocols == *:ip:gre:* ]]; then
			tos=$((${dsfield%%,*})) ttl=${ttl%%,*} df=${df%%,*} dst=${dst4%%,*}
			# Newer versions say True.
			df=${df/True/1}
		else
			tos=$((${tclass%%,*})) ttl=${hlim%%,*} df='' dst=${dst6%%,*}
		fi
		n=${dst: -1}
		if ((${port%%,*} < 2000)); then
			OUT[$n.$family.$port]="$tos $ttl $df"
		else
			LABELS[$family.$port]+="${label%%,*} "
		fi
	done <"$LOG_DIR/e0.decoded"
}

declare -A IN=()	# path, inner family, ports -> inner TOS
read_in()
{
	local dsfield tclass dst4 dst6 sport dport n

	while IFS='|' read -r dsfield tclass dst4 dst6 sport dport; do
		if [[ $dst4 ]]; then
			n=${dst4#10.0.}
			IN[${n%.1}.4.$sport.$dport]=$((dsfield))
		else
			n=${dst6#fd00:}
			IN[${n%::1}.6.$sport.$dport]=$((tclass))
		fi
	done <"$LOG_DIR/wan0.decoded"
}

## Tests

# RFC 6040, 4.1: a copy, whatever DSCP is. IPv4 outside: DF.
encapsulated() # N TOS TTL
{
	local n=$1 tos ttl=$3 family ecn df=''

	((n < 4)) && df=1
	for family in 4 6; do
		for ecn in 0 1 2 3; do
			tos=$(($2 | ecn))
			eq "${OUT[$n.$family.$((1000 + ecn))]:-nothing}" "$tos $ttl $df" \
				"TOS, TTL and DF outside of IPv$family with ${ECN[ecn]}"
		done
	done
}

# RFC 6040, figure 4.
decapsulated() # N FAMILY OUTER
{
	local outer=$3 inner want
	local -a same=(0 1 2 3)

	for inner in 0 1 2 3; do
		want=${same[inner]}
		case $outer$inner in
		30)		want=drop ;;
		12)		want=1 ;;
		31|32)		want=3 ;;
		esac
		[[ $want == drop ]] || want=$((0x80 | want))
		eq "${IN[$1.$2.$((1000 + outer)).$((1000 + inner))]:-drop}" "$want" \
			"inner TOS of ${ECN[inner]} out of ${ECN[outer]}"
	done
}

all_decapsulated() # OUTER
{
	local n family

	for n in 2 4; do
		for family in 4 6; do
			decapsulated "$n" $family "$1"
		done
	done
}

drops_counted()
{
	counters router wan0
	# Two underlays, two payloads.
	eq "${COUNTERS[rx-ecn]}" 4 "rx-ecn"
	eq "${COUNTERS[path2.rx-dropped]} ${COUNTERS[path4.rx-dropped]}" "2 2" "drops of the paths"
	eq "${COUNTERS[path2.rx-packets]} ${COUNTERS[path4.rx-packets]}" "30 30" "packets of the paths"
}

flow_labels()
{
	local family port a b
	local -A distinct

	for family in 4 6; do
		distinct=()
		for ((port = 2000; port < 2000 + FLOWS; port++)); do
			read -r a b <<<"${LABELS[$family.$port]:-none}"
			eq "$a" "$b" "labels of two packets of one flow"
			distinct[$a]=1
		done
		between "${#distinct[@]}" $((FLOWS - 2)) $FLOWS "labels of $FLOWS flows of IPv$family"
	done
}

need_cmd tshark tcpdump
setup
capture peer e0 "$LOG_DIR/e0.pcap" 'src 192.0.2.1 or src 2001:db8::1'
OUTER_PID=$CAPTURE_PID
capture router wan0 "$LOG_DIR/wan0.pcap" 'udp dst portrange 1000-1003'
send_out
send_in
capture_stop "$OUTER_PID"
capture_stop "$CAPTURE_PID"
decode_to e0 frame.protocols ip.dsfield ipv6.tclass ip.ttl ipv6.hlim ip.flags.df ipv6.flow \
	ip.dst ipv6.dst udp.srcport
decode_to wan0 ip.dsfield ipv6.tclass ip.dst ipv6.dst udp.srcport udp.dstport
read_out
read_in

run_test encapsulated "IPv4 outside: TOS, ECN and TTL of the inside, DF" 2 0x80 33
run_test encapsulated "IPv4 outside: fixed DSCP and TTL, ECN of the inside, DF" 3 0x48 9
run_test encapsulated "IPv6 outside: class, ECN and hop limit of the inside" 4 0x80 33
run_test encapsulated "IPv6 outside: fixed DSCP and hop limit, ECN of the inside" 5 0x48 9
for outer in 0 1 2 3; do
	run_test all_decapsulated "ECN of packets out of ${ECN[outer]}" $outer
done
run_test drops_counted "rx-ecn: congestion told to who cannot hear"
run_test flow_labels "IPv6 outside: a flow label per flow"
