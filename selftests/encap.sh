#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The format on the wire: every combination of underlay, payload, key, checksum
# and sequence number against the kernel's own gre and ip6gre, both ways, with
# tshark as the judge.
#
#	router ------------------------------------ native
#	e0 192.0.2.1  2001:db8::1                   e0 192.0.2.1N  2001:db8::1N
#	wan0: paths 0 to 9                          g0 to g9
#	10.0.1N.1  fd00:1N::1                       10.0.1N.2  fd00:1N::2
#
#	e1 198.51.100.1  2001:db8:1::1  MTU 1280    e1 198.51.100.2  2001:db8:1::2
#	wan1: three paths                           g10, g11; wan2: one path
#
# The id of a path of wan0 is N + 1.

# shellcheck source=selftests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

UDPFLOW=$TREE/build/selftests/udpflow

# N, underlay and what the GRE header has. The paths never send a sequence number
# (RFC 2890 leaves it to the sender), but native ones may.
UNDERLAY=(4 4 4 4 4 6 6 6 6 6)
HAS=('' key csum 'key csum' 'key csum oseq' '' key csum 'key csum' 'key csum oseq')
PAYLOADS=(4 6)

## Topology

# words N SEQ: the words of HAS for "ip link" and ipv6tunctl alike.
words()
{
	local out=${HAS[$1]/key/key 3000$1}

	[[ $2 ]] || out=${out/oseq/}
	echo "$out"
}

setup()
{
	local n kind

	setup_ns router native
	veth router:e0,192.0.2.1/24,2001:db8::1/64 native:e0
	# Then checksums are complete when tcpdump sees the packets.
	ns router ethtool -K e0 tx off >/dev/null
	ns native ethtool -K e0 tx off >/dev/null
	printf 'link add wan0 type ipv6tun\nlink set wan0 up\n' >"$TMP/router"
	for n in "${!UNDERLAY[@]}"; do
		printf 'address add %s dev wan0\n' "10.0.1$n.1/24" "fd00:1$n::1/64" >>"$TMP/router"
		if ((UNDERLAY[n] == 4)); then
			printf 'address add 192.0.2.1%d/24 dev e0\n' "$n"
			printf 'link add g%d type gre local 192.0.2.1%d remote 192.0.2.1 %s\n' \
				"$n" "$n" "$(words "$n" seq)"
		else
			printf 'address add 2001:db8::1%d/64 dev e0 nodad\n' "$n"
			printf 'link add g%d type ip6gre local 2001:db8::1%d remote 2001:db8::1 %s\n' \
				"$n" "$n" "$(words "$n" seq)"
		fi
		printf 'address add %s dev g%d\n' "10.0.1$n.2/24" "$n" "fd00:1$n::2/64" "$n"
		printf 'link set g%d up\n' "$n"
	done >"$TMP/native"
	ns_batch router <"$TMP/router"
	ns_batch native <"$TMP/native"
	for n in "${!UNDERLAY[@]}"; do
		kind=192.0.2.1
		((UNDERLAY[n] == 6)) && kind=2001:db8::1
		printf 'path add wan0 id %d local %s remote %s%d %s peer %s peer %s\n' \
			$((n + 1)) $kind $kind "$n" "$(words "$n" '')" \
			"10.0.1$n.2" "fd00:1$n::2"
	done >"$TMP/paths"
	ns router ipv6tunctl -b "$TMP/paths"
}

# inside N PAYLOAD HOST: the inside address of the router (1) or of native (2).
inside()
{
	if (($2 == 4)); then
		echo "10.0.1$1.$3"
	else
		echo "fd00:1$1::$3"
	fi
}

## Tests

all_ping() # FROM HOST SIZE
{
	local n payload
	local -a addresses=()

	for n in "${!UNDERLAY[@]}"; do
		for payload in "${PAYLOADS[@]}"; do
			addresses+=("$(inside "$n" "$payload" "$2")")
		done
	done
	ping_all "$1" 3 "$3" "${addresses[@]}"
}

all_udp() # FROM TO HOST_FROM HOST_TO
{
	local n payload bad=''
	local -a pids=()

	for n in "${!UNDERLAY[@]}"; do
		for payload in "${PAYLOADS[@]}"; do
			# An odd length, for the checksum's last byte.
			"$UDPFLOW" -f 1 -r 10 -t 1 -l 777 "/run/netns/${NS[$1]}" "/run/netns/${NS[$2]}" \
				"$(inside "$n" "$payload" "$3")" "$(inside "$n" "$payload" "$4")" \
				>"$TMP/udp.$n.$payload" 2>&1 &
			pids+=($!)
		done
	done
	wait "${pids[@]}" || true
	for n in "${!UNDERLAY[@]}"; do
		for payload in "${PAYLOADS[@]}"; do
			[[ $(<"$TMP/udp.$n.$payload") == '{"sent":10,'*'"send_errors":0,"received":10,'* ]] ||
				bad+=" $n/IPv$payload"
		done
	done
	eq "$bad" '' "UDP lost on"
}

# What tshark is asked for, per packet. A checksum status of 1 is "good".
FIELDS=(ip.src ip.dst ipv6.src ipv6.dst gre.flags_and_version gre.proto gre.key
	gre.checksum.status ipv6.opt.tel icmp.checksum.status icmpv6.checksum.status
	udp.checksum.status frame.protocols)
declare -A SEEN=()	# a packet's fields -> how many packets like it

# Router solicitations and the like of native GRE are nobody's business here.
decode_all()
{
	local field count line
	local -a fields=()

	for field in "${FIELDS[@]}"; do
		fields+=(-e "$field")
	done
	tshark -n -r "$LOG_DIR/e0.pcap" -Y 'gre && !(ipv6.addr == ff00::/8)' \
		-o udp.check_checksum:TRUE -T fields -E separator='|' "${fields[@]}" \
		2>"$LOG_DIR/tshark.log" |
		sed -e 's/:ipv6.dstopts:/:/' -e 's/:data$//' -e 's/eth:ethertype://' |
		sort | uniq -c >"$LOG_DIR/decoded"
	while read -r count line; do
		SEEN[$line]=$count
	done <"$LOG_DIR/decoded"
}

# expect N PAYLOAD FROM TO PROTOCOL: such a packet was seen; FROM and TO are 1 for
# the router and 2 for native. (Subshells are slow, and this runs often.)
expect()
{
	local n=$1 payload=$2 from=$3 to=$4 protocol=$5 outer=${UNDERLAY[$1]} line
	local flags=0 key='' csum='' limit='' icmp='' icmpv6='' udp=''
	local -a inside=([4]="10.0.1$n." [6]="fd00:1$n::")
	local -a name=([4]=ip [6]=ipv6) type=([4]=0x0800 [6]=0x86dd)
	local -a host=('' 192.0.2.1 "192.0.2.1$n") src=([4]='' [6]='') dst=([4]='' [6]='')

	((outer == 6)) && host=('' 2001:db8::1 "2001:db8::1$n")
	src[outer]=${host[from]} dst[outer]=${host[to]}
	src[payload]+=${src[payload]:+,}${inside[payload]}$from
	dst[payload]+=${dst[payload]:+,}${inside[payload]}$to

	[[ ${HAS[n]} == *csum* ]] && ((flags |= 0x8000)) && csum=1
	[[ ${HAS[n]} == *key* ]] && ((flags |= 0x2000)) && printf -v key 0x%08x "3000$n"
	if ((from == 2)); then
		[[ ${HAS[n]} == *oseq* ]] && ((flags |= 0x1000))
		# RFC 2473, 4.1.1; ip6gre's default.
		((outer == 6)) && limit=4
	fi
	printf -v flags 0x%04x "$flags"
	# The checksum of the one protocol is good, the others are not there.
	printf -v "$protocol" 1
	printf -v line '%s|' "${src[4]}" "${dst[4]}" "${src[6]}" "${dst[6]}" "$flags" \
		"${type[payload]}" "$key" "$csum" "$limit" "$icmp" "$icmpv6" "$udp"
	line+=${name[outer]}:gre:${name[payload]}:$protocol
	[[ ${SEEN[$line]:-} ]] || fail "not sent by $( ((from == 1)) && echo the path || echo native): $line"
}

on_the_wire() # N PAYLOAD
{
	local protocol ping=icmp

	(($2 == 6)) && ping=icmpv6
	for protocol in $ping udp; do
		expect "$1" "$2" 1 2 "$protocol"
		expect "$1" "$2" 2 1 "$protocol"
	done
}

nothing_else()
{
	eq "${#SEEN[@]}" $((4 * ${#UNDERLAY[@]} * ${#PAYLOADS[@]})) "kinds of packets"
}

# An inside packet of 1280 bytes must fit, whatever the underlay. Of native GRE
# only gre can do this when it sends; so there is a path at the other end, too.
fragments()
{
	local fragment4='ip[6:2] & 0x3fff != 0' fragment6='ip6[6] = 44' from

	veth router:e1,198.51.100.1/24,2001:db8:1::1/64 \
		native:e1,198.51.100.2/24,2001:db8:1::2/64 mtu 1280
	ns_batch native <<-EOF
	link add g10 mtu 1280 type gre local 198.51.100.2 remote 198.51.100.1 nopmtudisc
	link add g11 type ip6gre local 2001:db8:1::2 remote 2001:db8:1::1 csum key 11
	link add wan2 type ipv6tun
	address add 10.0.20.2/24 dev g10
	address add fd00:20::2/64 dev g10
	address add fd00:21::2/64 dev g11
	address add fd00:22::2/64 dev wan2
	link set g10 up
	link set g11 up
	link set wan2 up
	EOF
	ns_batch router <<-EOF
	link add wan1 type ipv6tun
	link set wan1 up
	address add 10.0.20.1/24 dev wan1
	address add fd00:20::1/64 dev wan1
	address add fd00:21::1/64 dev wan1
	address add fd00:22::1/64 dev wan1
	EOF
	cat >"$TMP/paths" <<-EOF
	path add wan1 id 1 local 198.51.100.1 remote 198.51.100.2 peer 10.0.20.2 peer fd00:20::2
	path add wan1 id 2 local 2001:db8:1::1 remote 2001:db8:1::2 csum key 11 peer fd00:21::2
	path add wan1 id 3 local 2001:db8:1::1 remote 2001:db8:1::2 csum key 12 peer fd00:22::2
	EOF
	ns router ipv6tunctl -b "$TMP/paths"
	ns native ipv6tunctl path add wan2 id 1 local 2001:db8:1::2 remote 2001:db8:1::1 \
		csum key 12 peer fd00:22::1
	eq "$(ns router cat /sys/class/net/wan1/mtu)" 1280 "MTU of the device"

	capture native e1 "$LOG_DIR/e1.pcap"
	ping_ok native fd00:20::1 2 -s 1232
	ping_ok router fd00:20::2 2 -s 1232
	ping_ok native 10.0.20.1 2 -s 1252 -M dont
	ping_ok router 10.0.20.2 2 -s 1252 -M dont
	ping_ok native fd00:22::1 2 -s 1232
	ping_ok router fd00:22::2 2 -s 1232
	"$UDPFLOW" -f 1 -r 10 -t 1 -l 1232 "/run/netns/${NS[router]}" "/run/netns/${NS[native]}" \
		fd00:21::1 fd00:21::2 >"$TMP/udp"
	capture_stop "$CAPTURE_PID"
	contains "$(<"$TMP/udp")" '"send_errors":0,"received":10,' "UDP to ip6gre"
	# Two of each packet: so it was.
	for from in 198.51.100.{1,2}; do
		between "$(seen e1 "src $from and $fragment4")" 15 16 "fragments from $from"
	done
	between "$(seen e1 "src 2001:db8:1::1 and $fragment6")" 26 28 "fragments from the router"
	between "$(seen e1 "src 2001:db8:1::2 and $fragment6")" 7 8 "fragments to the router"
}

seen() # CAPTURE FILTER
{
	tcpdump -n -r "$LOG_DIR/$1.pcap" "$2" 2>/dev/null | wc -l
}

need_cmd tshark tcpdump ethtool
[[ -x $UDPFLOW ]] || skip "build/selftests/udpflow is not built"
setup
capture native e0 "$LOG_DIR/e0.pcap"
run_test all_ping "ping from the paths to native GRE, and back" router 2 1000
run_test all_ping "ping from native GRE to the paths, and back" native 1 55
run_test all_udp "UDP from the paths to native GRE" router native 1 2
run_test all_udp "UDP from native GRE to the paths" native router 2 1
capture_stop "$CAPTURE_PID"
decode_all
for n in "${!UNDERLAY[@]}"; do
	for payload in "${PAYLOADS[@]}"; do
		run_test on_the_wire \
			"decoded: IPv$payload in IPv${UNDERLAY[n]}, GRE with ${HAS[n]:-nothing more}" \
			"$n" "$payload"
	done
done
run_test nothing_else "decoded: nothing else was sent"
run_test fragments "1280 bytes inside an underlay of 1280: outer fragments, both ways"
