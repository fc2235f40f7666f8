#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What arrives and must not get through: each kind of broken, foreign or forged
# packet is dropped under its own counter and under no other, and none of them
# comes out of the device.
#
#	peer ------------------------------- router
#	e0 192.0.2.2 ...                     e0 192.0.2.1          wan0: paths 1 to 8
#	   2001:db8::2 ...                      2001:db8::1
#	e1 198.51.100.2                      e1 198.51.100.1
#
# Path N has the inside peers 10.0.N.2 and fd00:N::2.
#	1, 5	underlay IPv4, IPv6: plain		remote 192.0.2.2, 2001:db8::2
#	2, 6	with key 7				...3
#	3, 7	with checksum				...4
#	4, 8	bound to the underlay e1		...5
#
# "inject" (peers/inject.c) sends. A case is one packet or several, sent over both
# underlays.

# shellcheck source=selftests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=selftests/peers/inject.sh
source "$TREE/selftests/peers/inject.sh"

## Topology

setup()
{
	local id words

	setup_ns peer router
	veth peer:e0 router:e0
	veth peer:e1,198.51.100.2/24 router:e1,198.51.100.1/24
	for id in 2 3 4 5 9; do
		printf 'address add 192.0.2.%d/24 dev e0\n' $id
		printf 'address add 2001:db8::%d/64 dev e0 nodad\n' $id
	done | ns_batch peer
	{
		printf 'link add wan0 type ipv6tun\nlink set wan0 up\n'
		for id in {1..8}; do
			printf 'address add 10.0.%d.1/24 dev wan0\n' "$id"
			printf 'address add fd00:%d::1/64 dev wan0\n' "$id"
		done
		# .8 is this router, too, but no path's.
		printf 'address add %s dev e0\n' 192.0.2.1/24 192.0.2.8/24
		printf 'address add %s dev e0 nodad\n' 2001:db8::1/64 2001:db8::8/64
	} | ns_batch router
	while read -r id words; do
		printf 'path add wan0 id %d %s peer 10.0.%d.2 peer fd00:%d::2\n' \
			"$id" "$words" "$id" "$id"
	done >"$TMP/paths" <<-EOF
	1 local 192.0.2.1 remote 192.0.2.2
	2 local 192.0.2.1 remote 192.0.2.3 key 7
	3 local 192.0.2.1 remote 192.0.2.4 csum
	4 local 192.0.2.1 remote 192.0.2.5 underlay e1
	5 local 2001:db8::1 remote 2001:db8::2
	6 local 2001:db8::1 remote 2001:db8::3 key 7
	7 local 2001:db8::1 remote 2001:db8::4 csum
	8 local 2001:db8::1 remote 2001:db8::5 underlay e1
	EOF
	ns router ipv6tunctl -b "$TMP/paths"
	# From here on the neighbours know each other: no packet waits.
	ping_ok peer 192.0.2.1
	ping_ok peer 2001:db8::1
}

## Cases

declare -A PATH_OF=([plain]=1 [key]=2 [csum]=3 [bound]=4)
# Outer source and destination: the last number of both families' addresses.
declare -A OUTER=([plain]='2 1' [key]='3 1' [csum]='4 1' [bound]='5 1'
		  [stranger]='9 1' [elsewhere]='2 8')

# An inside packet from the path's own peer: an ICMP echo reply nobody asked for,
# IPv6's with a wrong checksum. Nothing answers.
IN6='ip=fd00:@N::2,fd00:@N::1,proto=58 hex=8100000000000000 data=20'
IN4='ip=10.0.@N.2,10.0.@N.1,proto=1 hex=0000ffff00000000 data=20'

# packets KIND PACKET...: sets PACKETS to what goes over both underlays. PACKETs
# come without the outer header. In them, @6 and @4 are inside packets, @N is the
# number of the path, @O that of another.
packets()
{
	local kind=$1 id=${PATH_OF[$1]:-1} src dst outer packet
	shift

	read -r src dst <<<"${OUTER[$kind]}"
	PACKETS=()
	for outer in "192.0.2.$src,192.0.2.$dst" "2001:db8::$src,2001:db8::$dst"; do
		for packet in "$@"; do
			packet=${packet//@6/$IN6}
			packet=${packet//@4/$IN4}
			packet=${packet//@N/$id}
			PACKETS+=("ip=$outer ${packet//@O/$((id % 4 + 1))}")
		done
		((id += 4))
	done
}

# Whatever came last: the one without an underlay has the rest.
narrower_underlay()
{
	local last packet="ip=192.0.2.5,192.0.2.1 gre ${IN6//@N/10}"

	ns router ipv6tunctl -b - <<-EOF
	path add wan0 id 10 local 192.0.2.1 remote 192.0.2.5 underlay e0 peer fd00:10::2
	path add wan0 id 9 local 192.0.2.1 remote 192.0.2.5 peer fd00:9::2
	EOF
	defer ns router ipv6tunctl path del wan0 id 9
	defer ns router ipv6tunctl path del wan0 id 10
	for last in 9 10 9; do
		ns router ipv6tunctl path set wan0 id $last weight 2
		counted router wan0 "path10.rx-packets+1" peer "$packet"
	done
}


# check KIND COUNTER COUNT PACKET...: over each underlay, COUNT packets count
# under COUNTER. Names that begin with "path" are counters of the path.
check()
{
	local kind=$1 counter=$2 count=$3 id=${PATH_OF[$1]:-1} want
	shift 3

	case $counter in
	path)
		want="path$id.rx-packets+$count path$((id + 4)).rx-packets+$count" ;;
	rx-key-mismatch|no-path)
		# No path can be blamed.
		want="$counter+$((2 * count))" ;;
	*)
		want="$counter+$((2 * count))"
		want+=" path$id.rx-dropped+$count path$((id + 4)).rx-dropped+$count" ;;
	esac
	packets "$kind" "$@"
	counted router wan0 "$want" peer "${PACKETS[@]}"
}

# delivered DESCRIPTION KIND COUNT PACKET...
delivered()
{
	run_test check "accepted: $1" "$2" path "${@:3}"
}

# dropped COUNTER DESCRIPTION KIND COUNT PACKET...
dropped()
{
	run_test check "$1: $2" "$3" "$1" "${@:4}"
}

## Tests of another form

own_option()
{
	packets plain "opt gre @6" "opt gre @4"
	# Of IPv6 only.
	counted router wan0 "path5.rx-packets+2" peer "${PACKETS[@]:2}"
}

# Fragments of the outer packet. The checksum spans all of them.
in_fragments()
{
	local fragment4="gre,csum @4 data=900 split=256"
	local fragment6="frag gre,csum @6 data=900 split=256"

	packets plain "$fragment4"
	counted router wan0 "path1.rx-packets+1" peer "${PACKETS[0]}"
	packets plain "$fragment6" "frag opt gre,csum @6 data=900 split=256" \
		"opt frag gre,csum @6 data=900 split=256"
	counted router wan0 "path5.rx-packets+3" peer "${PACKETS[@]:3}"
	packets plain "${fragment6/csum/csum=1}"
	counted router wan0 "rx-gre-csum+1 path5.rx-dropped+1" peer "${PACKETS[1]}"
}

path_down()
{
	defer ns router ipv6tunctl path set wan0 id 1 admin up
	defer ns router ipv6tunctl path set wan0 id 5 admin up
	ns router ipv6tunctl path set wan0 id 1 admin down
	ns router ipv6tunctl path set wan0 id 5 admin down
	check plain rx-path-down 2 "gre @6" "gre @4"
	# Of the others none is down.
	check key path 1 "gre,key=7 @6"
}

device_down()
{
	defer ns router ip link set wan0 up
	ns router ip link set wan0 down
	check plain rx-device-down 2 "gre @6" "gre @4"
}

# Plain GRE where the operator wants it encrypted.
policy()
{
	local outer

	for outer in "192.0.2.2/32 dst 192.0.2.1/32" "2001:db8::2/128 dst 2001:db8::1/128"; do
		printf 'xfrm policy add dir in src %s proto gre tmpl proto esp mode transport\n' "$outer"
	done >"$TMP/policy"
	defer ns router ip xfrm policy flush
	ns router ip -batch "$TMP/policy" || skip "no IPsec in this kernel"
	check plain rx-policy 2 "gre @6" "gre @4"
}

# Whatever a stranger may do to a packet: each counts once, somewhere.
random_damage()
{
	local rounds=1500
	local -a BEFORE=()

	read_items router wan0
	BEFORE=("${ITEMS[@]}")
	note "seed $SEED"
	packets key "gre,csum,key=7,seq=1 @6 fuzz=$SEED,$rounds" \
		"gre,key=7 ip=10.0.@N.2,10.0.@N.1 syn=1,2 fuzz=$((SEED + 1)),$rounds" \
		"gre,key=7 ip=fd00:@N::2,fd00:@N::1 syn=1,2 fuzz=$((SEED + 2)),$rounds"
	inject peer "${PACKETS[@]}"
	wait_for 20 all_counted $((6 * rounds)) ||
		fail "not $((6 * rounds)) packets: $DIFFERENCE"
	note "$DIFFERENCE"
}

all_counted() # PACKETS
{
	local item sum=0

	read_items router wan0
	difference
	for item in $DIFFERENCE; do
		case $item in
		rx-*|no-path+*|path*.rx-packets+*)
			sum=$((sum + ${item#*+})) ;;
		esac
	done
	((sum == $1))
}

# The counters again, by others: nftables saw on the device what the paths
# counted, and the device's drops are the sum of the reasons.
account()
{
	local seen name delivered=0 dropped=0

	seen=$(ns router nft list table netdev account)
	seen=${seen#*packets }
	counters router wan0
	for name in "${!COUNTERS[@]}"; do
		case $name in
		path*.rx-packets)	delivered=$((delivered + COUNTERS[$name])) ;;
		rx-*)			dropped=$((dropped + COUNTERS[$name])) ;;
		esac
	done
	between "$delivered" 20 100000 "packets delivered"
	eq "${seen%% *}" "$delivered" "packets seen on wan0"
	eq "$(ns router cat /sys/class/net/wan0/statistics/rx_dropped)" "$dropped" \
		"rx_dropped of wan0"
}

setup
# Of a run that failed, set this to its seed.
SEED=${SEED:-$RANDOM}
ns router nft 'table netdev account {
	chain in { type filter hook ingress device "wan0" priority 0; counter; }
}'
delivered "plain" plain 2 "gre @6" "gre @4"
delivered "checksum and sequence number on a plain path" plain 3 \
	"gre,csum @6" "gre,seq=9 @6" "gre,csum,seq=9 @4"
delivered "with its key" key 3 "gre,key=7 @6" "gre,csum,key=7 @6" "gre,key=7,seq=1 @4"
delivered "right checksum, odd length" csum 2 "gre,csum @6 data=1" "gre,csum @4 data=3"
delivered "reserved bits 6 to 12, to be ignored (RFC 2784, 2.3)" plain 7 \
	"gre,flags=0x"{0200,0100,0080,0040,0020,0010,0008}" @6"
run_test own_option "accepted: destination option before GRE"
run_test in_fragments "accepted: outer fragments, IPv6's with and without destination options"

dropped rx-gre-version "versions 1 to 7" plain 7 "gre,flags="{1,2,3,4,5,6,7}" @6"
dropped rx-gre-version "enhanced GRE of PPTP" plain 1 "gre,flags=0x2081,proto=0x880b data=40"
dropped rx-gre-flags "routing bit" plain 1 "gre,flags=0x4000 @6"
dropped rx-gre-flags "strict source route bit" plain 1 "gre,flags=0x0800 @6"
dropped rx-gre-flags "first recursion bit" plain 1 "gre,flags=0x0400 @6"
dropped rx-gre-flags "bits 1, 4 and 5, with key" key 3 \
	"gre,key=7,flags=0x"{4000,0800,0400}" @6"
dropped rx-gre-csum "wrong checksum" plain 3 \
	"gre,csum=1 @6" "gre,csum=0x8000 @4" "gre,csum=0x100,seq=1 @6"
dropped rx-gre-csum "wrong checksum where one is required" csum 1 "gre,csum=1 @6"
dropped rx-gre-csum "missing checksum" csum 2 "gre @6" "gre,seq=5 @4"
dropped rx-gre-truncated "ends in the first 4 bytes" plain 4 "gre @6 cut=0-3"
dropped rx-gre-truncated "ends in the checksum" csum 4 "gre,csum @6 cut=4-7"
dropped rx-gre-truncated "ends in the key" key 4 "gre,key=7 @6 cut=4-7"
dropped rx-gre-truncated "ends anywhere in 16 bytes" key 16 "gre,csum,key=7,seq=1 @6 cut=0-15"
dropped rx-gre-proto "no IP inside" plain 7 \
	"gre,proto=0x"{0000,05dc,0806,6558,8100,8847,ffff}" @6"
dropped rx-key-mismatch "another key" key 3 "gre,key="{0,8,0x07000000}" @6"
dropped rx-key-mismatch "no key" key 1 "gre @6"
dropped rx-key-mismatch "a key where there is none" plain 2 "gre,key=7 @6" "gre,key=0 @4"
dropped no-path "another outer source" stranger 1 "gre @6"
dropped no-path "another outer destination" elsewhere 1 "gre @6"
dropped no-path "another underlay device" bound 1 "gre @6"
dropped rx-inner-truncated "ends anywhere in the inside header" plain 60 \
	"gre @6 cut=4-43" "gre @4 cut=4-23"
dropped rx-inner-truncated "the same with right checksums" csum 60 \
	"gre,csum @6 cut=8-47" "gre,csum @4 cut=8-27"
dropped rx-inner-truncated "IPv4 header length beyond the packet, or too short" plain 3 \
	"gre ip=10.0.@N.2,10.0.@N.1,ihl="{15,4,0}" data=20"
dropped rx-inner-version "not what GRE says" plain 2 \
	"gre,proto=0x86dd @4 data=20" "gre,proto=0x0800 @6"
dropped rx-inner-version "no IP version" plain 4 \
	"gre ip=fd00:@N::2,fd00:@N::1,ver="{0,15}" data=20" \
	"gre ip=10.0.@N.2,10.0.@N.1,ver="{0,5}" data=20"
dropped rx-spoofed "the inside peer of another path" plain 2 \
	"gre ip=fd00:@O::2,fd00:@N::1 data=8" "gre ip=10.0.@O.2,10.0.@N.1 data=8"
# Its ICMP errors come by the path of their flow. To .8 of e0, nobody answers these.
delivered "the inside peer of another path, not to the device's own address" plain 2 \
	"gre ip=fd00:@O::2,2001:db8::8,proto=58 hex=8100000000000000 data=20" \
	"gre ip=10.0.@O.2,192.0.2.8,proto=1 hex=0000ffff00000000 data=20"
dropped rx-spoofed "the same, with key" key 2 \
	"gre,key=7 ip=fd00:@O::2,fd00:@N::1 data=8" "gre,key=7 ip=10.0.@O.2,10.0.@N.1 data=8"
run_test path_down "rx-path-down: path administratively down"
run_test device_down "rx-device-down: device down"
run_test policy "rx-policy: IPsec demanded"
run_test random_damage "random damage: every packet counts exactly once"
delivered "plain, after all that" plain 2 "gre @6" "gre @4"
run_test account "nftables and the device agree with the counters"
# Its paths take their counters along.
run_test narrower_underlay "of two paths between the same addresses, the one bound to the device"
