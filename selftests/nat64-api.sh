#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# NAT64 as configured and listed: every attribute with wrong values, a whole
# configuration at once, filters, events, who may do what, and lists that last
# longer than the device. The network is drawn in peers/nat64.sh.
#
# time limit: 600
#
# shellcheck disable=SC2317 # functions that wait_for calls
# shellcheck source=selftests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=selftests/peers/nat64.sh
source "$TREE/selftests/peers/nat64.sh"
# shellcheck disable=SC2034 # for expect.sh
NLTRY_NS=gw
# shellcheck source=selftests/netlink/expect.sh
source "$TREE/selftests/netlink/expect.sh"

need_cmd jq

# shellcheck disable=SC2119 # the usual MTU
nat64_setup
# An address of the gateway in another VRF.
ns_batch gw <<EOD
link add vrf1 type vrf table 10
link set vrf1 up
link add name dummy1 type dummy
link set dummy1 master vrf1 up
address add 203.0.113.99/24 dev dummy1
EOD
ns gw ipv6tunctl -b - <<EOD
nat64 eam add wan0 2001:db8:e::/124 203.0.113.16/28
nat64 bib add wan0 proto tcp addr6 $CLIENT port6 22 addr4 192.0.2.9 port4 22
link add wan1
EOD
WAN=$(ns gw cat /sys/class/net/wan0/ifindex)
OTHER=$(ns gw cat /sys/class/net/wan1/ifindex)
LO=$(ns gw cat /sys/class/net/lo/ifindex)

# ctl WORD...: ipv6tunctl in the gateway.
ctl()
{
	ns gw ipv6tunctl "$@"
}

config()
{
	ctl nat64 show wan0 config
}
BEFORE=$(config)

# Neither the configuration nor which devices have one.
unchanged()
{
	eq "$(config)" "$BEFORE" "the configuration after requests that were refused"
	eq "$(ctl -j nat64 show | jq -c 'map(.ifname)')" '["wan0"]' "devices with NAT64"
}

# json EXPRESSION JSON
json()
{
	jq -e "$1" >/dev/null <<<"$2" || fail "not true: $1: $2"
}

# udp_sessions PORT...: sessions of the client with these ports of the server.
udp_sessions()
{
	# shellcheck disable=SC2016 # expands there
	ns client bash -c 'host=$1; shift
		for port; do echo >"/dev/udp/$host/$port" || exit; done' - "$SERVER" "$@"
}

# count VIEW [FILTER...]
count()
{
	ctl -j nat64 show wan0 "$@" | jq length
}

# statics N: a configuration of so many static BIB and EAM entries.
statics()
{
	local i

	echo "pool4 192.0.2.128/25 ports 1-65535"
	for ((i = 0; i < $1; i++)); do
		printf 'bib proto udp addr6 2001:db8:2::%x port6 7 addr4 192.0.2.128 port4 %d\n' "$i" $((i + 1))
		printf 'eam 2001:db8:3::%x/128 10.9.%d.%d\n' "$i" $((i >> 8)) $((i & 255))
	done
}

P6="prefix=addr:2001:db8:65:: prefix-len=u8:96"
P4="prefix=addr:192.0.2.64 prefix-len=u8:28"
EAM="prefix6=addr:2001:db8:f:: prefix6-len=u8:128 prefix4=addr:203.0.113.1 prefix4-len=u8:32"
BIB="proto=u8:6 addr6=addr:2001:db8:1::9 port6=u16:80 addr4=addr:192.0.2.3 port4=u16:80"

right_values()
{
	local i

	# Each object is made, found to be there, removed, and found to be gone.
	{
		for i in "pool6 $P6" "pool4 $P4" "eam $EAM" "bib $BIB" \
			"pool4 $P4 protos=u8:1 port-min=u16:1 port-max=u16:1" \
			"pool4 $P4 protos=u8:7 port-min=u16:65535" \
			"pool6 prefix=addr:64:ff9b:: prefix-len=u8:96" \
			"pool6 prefix=addr:2001:db8:66:: prefix-len=u8:48" \
			"pool4 prefix=addr:203.0.113.96 prefix-len=u8:28"; do
			cat <<-EOD
			${i%% *}-add ifindex=u32:$WAN ${i#* } | ok
			${i%% *}-add ifindex=u32:$WAN ${i#* } | EEXIST
			${i%% *}-del ifindex=u32:$WAN ${i#* } | ok
			${i%% *}-del ifindex=u32:$WAN ${i#* } | ENOENT
			EOD
		done
		cat <<-EOD
		nat64-set ifindex=u32:$WAN mode=u8:1 filtering=u8:1 udp-zero=u8:0 lowest-mtu=u16:65535 tcp-est=u32:2592000 tcp-trans=u32:1 tcp-syn=u32:1 udp=u32:1 icmp=u32:1 max-sessions=u32:16777216 icmp-source=addr:192.0.2.8 icmp-source-len=u8:29 session-events=u8:1 | ok
		nat64-set ifindex=u32:$WAN no-icmp-source=flag session-events=u8:0 max-sessions=u32:1 | ok
		nat64-set ifindex=u32:$WAN mode=u8:0 filtering=u8:0 udp-zero=u8:1 lowest-mtu=u16:1280 tcp-est=u32:7440 tcp-trans=u32:240 tcp-syn=u32:6 udp=u32:300 icmp=u32:60 max-sessions=u32:1048576 | ok
		nat64-set ifindex=u32:$WAN | ok
		nat64-get ifindex=u32:$WAN | ok
		nat64-list+dump | ok
		pool6-list+dump | ok
		pool6-list+dump ifindex=u32:$WAN | ok
		pool4-list+dump ifindex=u32:$WAN | ok
		eam-list+dump ifindex=u32:$WAN | ok
		bib-list+dump ifindex=u32:$WAN proto=u8:6 addr6=addr:2001:db8:: addr6-len=u8:32 port6=u16:1 addr4=addr:192.0.2.0 addr4-len=u8:24 port4=u16:65535 static=flag | ok
		session-list+dump ifindex=u32:$WAN proto=u8:1 addr6=addr:2001:db8:: addr6-len=u8:32 port6=u16:1 addr4=addr:0.0.0.0 addr4-len=u8:0 port4=u16:1 remote4=addr:198.18.0.2 | ok
		nat64-flush ifindex=u32:$WAN proto=u8:17 remote4=addr:198.18.0.0 remote4-len=u8:16 | ok
		nat64-set ifindex=u32:$OTHER | ok
		nat64-replace ifindex=u32:$OTHER pool6=[ $P6 ] pool4=[ $P4 ] eam=[ $EAM ] bib=[ ${BIB/192.0.2.3/192.0.2.65} ] mode=u8:1 | ok
		nat64-del ifindex=u32:$OTHER | ok
		EOD
	} >"$TMP/cases"
	expect <"$TMP/cases"
	unchanged
}

wrong_lengths()
{
	local c

	{
		lengths "nat64-set ifindex=u32:$WAN" mode 1 filtering 1 udp-zero 1 lowest-mtu 2 \
			tcp-est 4 tcp-trans 4 tcp-syn 4 udp 4 icmp 4 max-sessions 4 icmp-source 4 \
			icmp-source-len 1 no-icmp-source 0 session-events 1
		for c in nat64-set nat64-del nat64-get; do
			lengths "$c" ifindex 4
		done
		for c in pool6-add pool6-del; do
			lengths "$c ifindex=u32:$WAN $P6" prefix - prefix-len 1
			lengths "$c $P6" ifindex 4
		done
		for c in pool4-add pool4-del; do
			lengths "$c ifindex=u32:$WAN $P4" prefix - prefix-len 1 protos 1 port-min 2 \
				port-max 2
			lengths "$c $P4" ifindex 4
		done
		for c in eam-add eam-del; do
			lengths "$c ifindex=u32:$WAN $EAM" prefix6 - prefix6-len 1 prefix4 - \
				prefix4-len 1
			lengths "$c $EAM" ifindex 4
		done
		for c in bib-add bib-del; do
			lengths "$c ifindex=u32:$WAN $BIB" proto 1 addr6 - port6 2 addr4 - port4 2
			lengths "$c $BIB" ifindex 4
		done
		for c in pool6 pool4 eam; do
			lengths "$c-list+dump" ifindex 4
		done
		for c in bib-list+dump session-list+dump nat64-flush; do
			lengths "$c" ifindex 4
			lengths "$c ifindex=u32:$WAN" proto 1 addr6 16 addr6-len 1 port6 2 addr4 4 \
				addr4-len 1 port4 2
		done
		for c in session-list+dump nat64-flush; do
			lengths "$c ifindex=u32:$WAN" remote4 4 remote4-len 1
		done
		lengths "nat64-replace ifindex=u32:$OTHER" mode 1 lowest-mtu 2 icmp-source 4 \
			pool6 - pool4 - eam - bib -
	} >"$TMP/cases"
	expect <"$TMP/cases"
	unchanged
}

bad_settings()
{
	local c

	for c in "nat64-set ifindex=u32:$WAN" "nat64-replace ifindex=u32:$WAN" \
		 "nat64-set ifindex=u32:$OTHER"; do
		cat <<-EOD
		$c mode=u8:2 | ERANGE mode:
		$c mode=u8:255 | ERANGE mode:
		$c filtering=u8:2 | ERANGE filtering:
		$c udp-zero=u8:2 | ERANGE udp-zero:
		$c lowest-mtu=u16:1279 | ERANGE lowest-mtu:
		$c lowest-mtu=u16:0 | ERANGE lowest-mtu:
		$c tcp-est=u32:0 | ERANGE tcp-est:
		$c tcp-est=u32:2592001 | ERANGE tcp-est: a time-out is at most 30 days
		$c tcp-trans=u32:0 | ERANGE tcp-trans:
		$c tcp-trans=u32:4294967295 | ERANGE tcp-trans: a time-out is at most 30 days
		$c tcp-syn=u32:0 | ERANGE tcp-syn:
		$c tcp-syn=u32:2592001 | ERANGE tcp-syn: a time-out is at most 30 days
		$c udp=u32:0 | ERANGE udp:
		$c udp=u32:2592001 | ERANGE udp: a time-out is at most 30 days
		$c icmp=u32:0 | ERANGE icmp:
		$c icmp=u32:2592001 | ERANGE icmp: a time-out is at most 30 days
		$c max-sessions=u32:0 | ERANGE max-sessions:
		$c max-sessions=u32:16777217 | ERANGE max-sessions: more than 16777216 sessions
		$c max-sessions=u32:4294967295 | ERANGE max-sessions: more than 16777216 sessions
		$c icmp-source=addr:192.0.2.8 icmp-source-len=u8:33 | ERANGE icmp-source-len:
		$c icmp-source-len=u8:32 | EINVAL icmp-source-len: a length without an address
		$c icmp-source=addr:192.0.2.9 icmp-source-len=u8:29 | EINVAL icmp-source: the prefix has bits set beyond its length
		$c icmp-source=addr:198.18.0.1 | EADDRINUSE icmp-source: an address of this host
		$c icmp-source=addr:198.18.0.0 icmp-source-len=u8:24 | EADDRINUSE icmp-source: an address of this host
		$c icmp-source=addr:127.0.0.1 | EINVAL icmp-source: not a unicast address
		$c icmp-source=addr:0.0.0.0 icmp-source-len=u8:0 | EINVAL icmp-source: not a unicast address
		$c icmp-source=addr:192.0.2.8 no-icmp-source=flag | EINVAL no-icmp-source: icmp-source and no-icmp-source exclude each other
		$c session-events=u8:2 | ERANGE session-events:
		$c ifindex=u32:0 | ERANGE ifindex:
		EOD
	done >"$TMP/cases"
	expect <"$TMP/cases"
	unchanged
}

# objects REQUEST: reads lines "_ OBJECT | ANSWER", puts the object at the "_" of
# the request.
objects()
{
	local line

	while IFS= read -r line; do
		line=${line#_ }
		printf '%s | %s\n' "${1/_/${line%% | *}}" "${line#* | }"
	done
}

# Each by itself and within a whole configuration.
bad_objects()
{
	local c

	{
		for c in "pool6-add ifindex=u32:$WAN _" "nat64-replace ifindex=u32:$WAN pool6=[ _ ]"; do
			objects "$c" <<-EOD
			_ prefix=addr:2001:db8:65:: prefix-len=u8:129 | ERANGE prefix-len:
			_ prefix=addr:2001:db8:65:: prefix-len=u8:95 | EINVAL prefix: not a length of RFC 6052
			_ prefix=addr:2001:db8:65:: prefix-len=u8:128 | EINVAL prefix: not a length of RFC 6052
			_ prefix=addr:2001:db8:65:0:100:: prefix-len=u8:96 | EINVAL prefix: not a length of RFC 6052
			_ prefix=addr:2001:db8:65::1 prefix-len=u8:96 | EINVAL prefix: the prefix has bits set beyond its length
			_ prefix=addr:ff02:: prefix-len=u8:96 | EINVAL prefix: not a global unicast prefix
			_ prefix=addr:fe80:: prefix-len=u8:64 | EINVAL prefix: not a global unicast prefix
			_ prefix=addr::: prefix-len=u8:96 | EINVAL prefix: not a global unicast prefix
			_ prefix=hex:00000000000000000000ffff00000000 prefix-len=u8:96 | EINVAL prefix: not a global unicast prefix
			_ prefix=addr:192.0.2.0 prefix-len=u8:96 | ERANGE prefix:
			EOD
		done
		for c in "pool4-add ifindex=u32:$WAN _" "nat64-replace ifindex=u32:$WAN pool4=[ _ ]"; do
			objects "$c" <<-EOD
			_ prefix=addr:192.0.2.64 prefix-len=u8:33 | ERANGE prefix-len:
			_ prefix=addr:192.0.2.65 prefix-len=u8:28 | EINVAL prefix: the prefix has bits set beyond its length
			_ prefix=addr:10.0.0.0 prefix-len=u8:19 | ENOSPC prefix: pool4 has room for 4096 addresses
			_ prefix=addr:0.0.0.0 prefix-len=u8:0 | EINVAL prefix: not a unicast address
			_ prefix=addr:127.0.0.0 prefix-len=u8:24 | EINVAL prefix: not a unicast address
			_ prefix=addr:224.0.0.0 prefix-len=u8:24 | EINVAL prefix: not a unicast address
			_ prefix=addr:255.255.255.255 prefix-len=u8:32 | EINVAL prefix: not a unicast address
			_ prefix=addr:198.18.0.1 prefix-len=u8:32 | EADDRINUSE prefix: an address of this host
			_ prefix=addr:198.18.0.0 prefix-len=u8:24 | EADDRINUSE prefix: an address of this host
			_ $P4 protos=u8:0 | EINVAL protos: no protocol given
			_ $P4 protos=u8:8 | EINVAL protos:
			_ $P4 port-min=u16:0 | ERANGE port-min:
			_ $P4 port-max=u16:0 | ERANGE port-max:
			_ $P4 port-max=u16:1023 | ERANGE port-max: the lowest port is above the highest
			_ $P4 port-min=u16:2 port-max=u16:1 | ERANGE port-max: the lowest port is above the highest
			EOD
		done
		for c in "eam-add ifindex=u32:$WAN _" "nat64-replace ifindex=u32:$WAN eam=[ _ ]"; do
			objects "$c" <<-EOD
			_ $EAM prefix6-len=u8:129 | ERANGE prefix6-len:
			_ $EAM prefix4-len=u8:33 | ERANGE prefix4-len:
			_ $EAM prefix6-len=u8:32 | EINVAL prefix6: the prefix has bits set beyond its length
			_ $EAM prefix4-len=u8:24 | EINVAL prefix4: the prefix has bits set beyond its length
			_ $EAM prefix4=addr:203.0.113.0 prefix4-len=u8:31 | EINVAL prefix6: the IPv6 prefix has no room for the suffix of the IPv4 prefix
			_ $EAM prefix6=addr:ff02::1 | EINVAL prefix6: not a global unicast prefix
			_ $EAM prefix4=addr:224.0.0.1 | EINVAL prefix4: not a unicast address
			_ $EAM prefix4=addr:198.18.0.1 | EADDRINUSE prefix4: an address of this host
			EOD
		done
		for c in "bib-add ifindex=u32:$WAN _" "nat64-replace ifindex=u32:$WAN bib=[ _ ]"; do
			objects "$c" <<-EOD
			_ $BIB proto=u8:0 | EINVAL proto: none of 6 (TCP), 17 (UDP) and 1 (ICMP)
			_ $BIB proto=u8:58 | EINVAL proto: none of 6 (TCP), 17 (UDP) and 1 (ICMP)
			_ $BIB port6=u16:0 | ERANGE port6: a port is from 1 to 65535
			_ $BIB port4=u16:0 | ERANGE port4: a port is from 1 to 65535
			_ $BIB addr6=addr:ff02::1 | EINVAL addr6: not a global unicast address
			_ $BIB addr6=addr:fe80::1 | EINVAL addr6: not a global unicast address
			_ $BIB addr6=addr::: | EINVAL addr6: not a global unicast address
			_ $BIB addr4=addr:0.0.0.0 | EINVAL addr4: not a unicast address
			_ $BIB addr4=addr:198.18.0.1 | EADDRINUSE addr4: an address of this host
			_ $BIB addr4=addr:203.0.113.200 | EINVAL -: a static BIB entry has an IPv4 address that is not in pool4
			EOD
		done
	} >"$TMP/cases"
	expect <"$TMP/cases"
	unchanged
}

bad_filters()
{
	local c

	for c in bib-list+dump session-list+dump nat64-flush; do
		cat <<-EOD
		$c ifindex=u32:0 | ERANGE
		$c ifindex=u32:$WAN proto=u8:2 | EINVAL proto: none of 6 (TCP), 17 (UDP) and 1 (ICMP)
		$c ifindex=u32:$WAN addr6-len=u8:64 | EINVAL addr6-len: a length without an address
		$c ifindex=u32:$WAN addr4-len=u8:24 | EINVAL addr4-len: a length without an address
		$c ifindex=u32:$WAN addr6=addr:2001:db8:: addr6-len=u8:129 | ERANGE
		$c ifindex=u32:$WAN addr4=addr:192.0.2.0 addr4-len=u8:33 | ERANGE
		$c ifindex=u32:$WAN addr6=addr:2001:db8::1 addr6-len=u8:64 | EINVAL addr6: the prefix has bits set beyond its length
		$c ifindex=u32:$WAN addr4=addr:192.0.2.1 addr4-len=u8:24 | EINVAL addr4: the prefix has bits set beyond its length
		$c ifindex=u32:$WAN port6=u16:0 | ERANGE port6: a port is from 1 to 65535
		$c ifindex=u32:$WAN port4=u16:0 | ERANGE port4: a port is from 1 to 65535
		EOD
	done >"$TMP/cases"
	cat >>"$TMP/cases" <<-EOD
	nat64-flush ifindex=u32:$WAN remote4-len=u8:24 | EINVAL remote4-len: a length without an address
	session-list+dump ifindex=u32:$WAN remote4=addr:192.0.2.1 remote4-len=u8:24 | EINVAL remote4: the prefix has bits set beyond its length
	EOD
	expect <"$TMP/cases"
	unchanged
}

# What is there already, in other words, or not at all.
conflicts()
{
	expect <<-EOD
	pool6-add ifindex=u32:$WAN prefix=addr:2001:db8:: prefix-len=u8:32 | EINVAL prefix: overlaps another prefix of pool6
	pool6-del ifindex=u32:$WAN prefix=addr:2001:db8:64:: prefix-len=u8:64 | ENOENT prefix: pool6 has no such prefix
	pool4-add ifindex=u32:$WAN prefix=addr:192.0.2.1 prefix-len=u8:32 port-min=u16:65535 | EEXIST prefix: pool4 has some of these ports
	pool4-del ifindex=u32:$WAN prefix=addr:192.0.2.0 prefix-len=u8:28 protos=u8:1 | ENOENT prefix: pool4 has no such range
	pool4-del ifindex=u32:$WAN prefix=addr:192.0.2.0 prefix-len=u8:28 | EINVAL -: a static BIB entry has an IPv4 address that is not in pool4
	eam-add ifindex=u32:$WAN $EAM prefix6=addr:2001:db8:e:: prefix6-len=u8:124 | EEXIST prefix6: another EAM entry has this IPv6 prefix
	eam-add ifindex=u32:$WAN $EAM prefix6-len=u8:124 prefix6=addr:2001:db8:f:: prefix4=addr:203.0.113.16 prefix4-len=u8:28 | EEXIST prefix6: another EAM entry has this IPv4 prefix
	bib-add ifindex=u32:$WAN $BIB addr6=addr:$CLIENT port6=u16:22 | EEXIST addr6: another static entry has this IPv6 address and port
	bib-add ifindex=u32:$WAN $BIB addr4=addr:192.0.2.9 port4=u16:22 | EEXIST addr6: another static entry has this IPv4 address and port
	bib-del ifindex=u32:$WAN $BIB | ENOENT addr6: there is no such static BIB entry
	nat64-replace ifindex=u32:$WAN pool6=[ $P6 ] pool6=[ $P6 ] | EEXIST prefix: pool6 has this prefix
	EOD
	unchanged
}

missing()
{
	expect <<-EOD
	pool6-add ifindex=u32:$WAN prefix-len=u8:96 | EINVAL +prefix:
	pool6-add ifindex=u32:$WAN prefix=addr:2001:db8:65:: | EINVAL +prefix-len:
	pool4-add ifindex=u32:$WAN prefix-len=u8:28 | EINVAL +prefix:
	pool4-del ifindex=u32:$WAN prefix=addr:192.0.2.64 | EINVAL +prefix-len:
	eam-add ifindex=u32:$WAN prefix6-len=u8:128 prefix4=addr:203.0.113.1 prefix4-len=u8:32 | EINVAL +prefix6:
	eam-add ifindex=u32:$WAN prefix6=addr:2001:db8:f:: prefix4=addr:203.0.113.1 prefix4-len=u8:32 | EINVAL +prefix6-len:
	eam-add ifindex=u32:$WAN prefix6=addr:2001:db8:f:: prefix6-len=u8:128 prefix4-len=u8:32 | EINVAL +prefix4:
	eam-del ifindex=u32:$WAN prefix6=addr:2001:db8:f:: prefix6-len=u8:128 prefix4=addr:203.0.113.1 | EINVAL +prefix4-len:
	bib-add ifindex=u32:$WAN ${BIB/proto=u8:6/} | EINVAL +proto:
	bib-add ifindex=u32:$WAN ${BIB/addr6=*port6/port6} | EINVAL +addr6:
	bib-add ifindex=u32:$WAN ${BIB/port6=u16:80/} | EINVAL +port6:
	bib-add ifindex=u32:$WAN ${BIB/addr4=*port4/port4} | EINVAL +addr4:
	bib-del ifindex=u32:$WAN ${BIB/port4=u16:80/} | EINVAL +port4:
	nat64-replace ifindex=u32:$WAN pool6=[ prefix-len=u8:96 ] | EINVAL +prefix:
	nat64-replace ifindex=u32:$WAN pool4=[ prefix=addr:192.0.2.64 ] | EINVAL +prefix-len:
	nat64-replace ifindex=u32:$WAN eam=[ ] | EINVAL +prefix6:
	nat64-replace ifindex=u32:$WAN bib=[ ${BIB/port4=u16:80/} ] | EINVAL +port4:
	bib-list+dump | EINVAL +ifindex:
	session-list+dump proto=u8:6 | EINVAL +ifindex:
	EOD
	unchanged
}

wrong_devices()
{
	local c

	for c in nat64-set nat64-del nat64-get nat64-replace "pool6-add $P6" "pool6-del $P6" \
		 "pool4-add $P4" "pool4-del $P4" "eam-add $EAM" "eam-del $EAM" "bib-add $BIB" \
		 "bib-del $BIB" nat64-flush bib-list+dump session-list+dump; do
		cat <<-EOD
		$c | EINVAL +ifindex:
		$c ifindex=u32:$LO | EOPNOTSUPP ifindex: not an ipv6tun device
		$c ifindex=u32:2147483647 | ENODEV ifindex: no such device
		$c ifindex=u32:4294967295 | ENODEV ifindex: no such device
		EOD
	done >"$TMP/cases"
	# Those that only look, or remove, make no NAT64.
	for c in nat64-del nat64-get "pool6-del $P6" "pool4-del $P4" "eam-del $EAM" "bib-del $BIB" \
		 nat64-flush bib-list+dump session-list+dump; do
		echo "$c ifindex=u32:$OTHER | ENOENT ifindex: the device has no NAT64"
	done >>"$TMP/cases"
	expect <"$TMP/cases"
	unchanged
}

unexpected()
{
	local attr

	for attr in ifname=str:wan0 stats=flag 1=u32:0 100=u32:0 pool6=flag; do
		echo "nat64-set ifindex=u32:$WAN udp=u32:9 $attr | EINVAL"
	done >"$TMP/cases"
	cat >>"$TMP/cases" <<-EOD
	nat64-get ifindex=u32:$WAN mode=u8:0 | EINVAL mode:
	nat64-del ifindex=u32:$WAN mode=u8:0 | EINVAL mode:
	nat64-replace ifindex=u32:$WAN pool6=( $P6 ] | EINVAL pool6:
	nat64-replace ifindex=u32:$WAN pool6=[ $P6 ifindex=u32:$WAN ] | EINVAL
	nat64-replace ifindex=u32:$WAN pool4=[ $P4 tcp-used=u32:0 ] | EINVAL
	nat64-replace ifindex=u32:$WAN bib=[ $BIB static=flag ] | EINVAL
	pool6-list+dump ifindex=u32:$WAN prefix-len=u8:96 | EINVAL
	pool4-add ifindex=u32:$WAN $P4 addresses=u32:1 | EINVAL addresses:
	bib-add ifindex=u32:$WAN $BIB static=flag | EINVAL static:
	bib-add ifindex=u32:$WAN $BIB addr6-len=u8:128 | EINVAL
	bib-list+dump ifindex=u32:$WAN sessions=u32:1 | EINVAL
	session-list+dump ifindex=u32:$WAN state=u8:1 | EINVAL
	nat64-flush ifindex=u32:$WAN expires=u32:1 | EINVAL expires:
	nat64-set+dump ifindex=u32:$WAN | EOPNOTSUPP
	nat64-list | EOPNOTSUPP
	bib-list ifindex=u32:$WAN | EOPNOTSUPP
	session-list ifindex=u32:$WAN | EOPNOTSUPP
	bib-add-ntf ifindex=u32:$WAN | EOPNOTSUPP
	EOD
	expect <"$TMP/cases"
	unchanged
}

# What is printed can be read again, and is then the same.
round_trip()
{
	local file=$TMP/config json

	cat >"$file" <<-EOD
	set mode stateless filtering address-dependent udp-zero drop lowest-mtu 1400 tcp-est 100 tcp-trans 101 tcp-syn 102 udp 103 icmp 104 max-sessions 105 icmp-source 192.0.2.8/29 session-events on
	pool6 2001:db8:65::/96
	pool6 64:ff9b::/96
	pool4 192.0.2.64/28 proto all ports 1024-65535
	pool4 192.0.2.64/28 proto udp proto icmp ports 1-1023
	pool4 192.0.2.80/32 proto tcp ports 7-7
	eam 2001:db8:f::/124 203.0.113.0/28
	eam 2001:db8:f::10/128 203.0.113.16/32
	bib proto udp addr6 2001:db8:1::9 port6 53 addr4 192.0.2.64 port4 53
	bib proto icmp addr6 2001:db8:1::9 port6 1 addr4 192.0.2.64 port4 2
	EOD
	ctl nat64 replace wan1 "$file"
	defer ctl nat64 del wan1
	eq "$(ctl nat64 show wan1 config)" "$(<"$file")" "a configuration after replace"
	json=$(ctl -j nat64 show wan1 config)
	json '.[0] | .mode == "stateless" and .["icmp-source"] == "192.0.2.8" and
		.["icmp-source-len"] == 29 and (.pool6 | length) == 2 and
		.pool4[1].protos == ["udp", "icmp"] and .pool4[2]["port-max"] == 7 and
		.eam[1]["prefix4-len"] == 32 and .bib[1].proto == 1' "$json"
	# In other words, with what stands for the defaults, and from a pipe.
	printf '%s\n' '# comment' '' 'bib addr4 192.0.2.64 port4 7 addr6 2001:db8:1::9 port6 7 proto tcp # after' \
		'pool4 192.0.2.64/28' 'set udp 9' 'set icmp 8' | ctl nat64 replace wan1 -
	json '.[0] | .mode == "stateful" and .udp == 9 and .icmp == 8 and .["tcp-est"] == 7440 and
		has("icmp-source") == false and .pool6 == [] and .eam == [] and
		.pool4 == [{"prefix": "192.0.2.64", "prefix-len": 28, "protos": ["tcp", "udp", "icmp"],
			"port-min": 1024, "port-max": 65535}] and (.bib | length) == 1' \
		"$(ctl -j nat64 show wan1 config)"
	ctl nat64 replace wan1 /dev/null
	eq "$(ctl nat64 show wan1 config | wc -l)" 1 "lines of an empty configuration"
}

# Of a file with one wrong line nothing is taken, and the line is named.
replace_errors()
{
	local file=$TMP/bad line want

	while IFS='|' read -r line want; do
		config >"$file"
		printf '%s\n' "$line" "pool6 2001:db8:70::/96" >>"$file"
		refused "$file:$(($(wc -l <"$file") - 1)): nat64 replace: $want" \
			ctl nat64 replace wan0 "$file"
	done <<-EOD
	pool6 2001:db8:65::/95|prefix: not a length of RFC 6052
	pool6 2001:db8:64::/96|prefix: pool6 has this prefix
	pool4 198.18.0.1|prefix: an address of this host
	pool4 192.0.2.64/28 proto gre|proto: 'gre' is none of tcp, udp, icmp
	pool4 192.0.2.64/28 ports 9-8|ports: '9-8' is not a port or MIN-MAX, from 1 to 65535
	eam 2001:db8:f::/124 203.0.113.1/28|prefix4: the prefix has bits set beyond its length
	bib proto tcp addr6 2001:db8:1::9 port6 80 addr4 192.0.2.3|port4 is missing
	bib proto tcp addr6 $CLIENT port6 22 addr4 192.0.2.3 port4 80|addr6: another static entry has this IPv6 address and port
	set icmp-source 198.18.0.1|icmp-source: an address of this host
	set udp 9|udp: given twice
	nonsense|'nonsense' is none of set, pool6, pool4, eam, bib
	EOD
	unchanged
}

# Sessions that the new configuration allows go on, the others end.
replace_keeps()
{
	local file=$TMP/config

	udp_sessions 1001 1002 1003
	defer ctl nat64 flush wan0
	eq "$(count sessions)" 3 "sessions"
	config >"$file"
	echo 'pool6 2001:db8:65::/96' >>"$file"
	ctl nat64 replace wan0 "$file"
	eq "$(count sessions)" 3 "sessions after a replace that allows them"
	ctl -b - <<-EOD
	nat64 pool4 add wan0 192.0.2.64/28
	nat64 bib del wan0 proto tcp addr6 $CLIENT port6 22 addr4 192.0.2.9 port4 22
	nat64 pool4 del wan0 192.0.2.0/28
	EOD
	eq "$(count sessions) $(count bib)" "0 0" "sessions and BIB entries without their pool4"
	printf '%s\n' "$BEFORE" >"$file"
	ctl nat64 replace wan0 "$file"
	unchanged
}

filters()
{
	local out line

	# Long enough for a slow machine to ask all of this.
	defer ctl nat64 set wan0 udp 300 icmp 60
	ctl nat64 set wan0 udp 3000 icmp 3000
	udp_sessions 2001 2002 2003 2004
	ns client ping -n -q -c 1 -W 5 "$SERVER" >/dev/null
	defer ctl nat64 flush wan0
	eq "$(count sessions)" 5 "sessions"
	eq "$(count sessions proto udp)" 4 "sessions of UDP"
	eq "$(count sessions proto icmp)" 1 "sessions of echo"
	eq "$(count sessions proto tcp)" 0 "sessions of TCP"
	eq "$(count sessions addr6 2001:db8:1::/64 remote4 198.18.0.0/16)" 5 "sessions of the client"
	eq "$(count sessions addr6 "$CLIENT" addr4 192.0.2.0/28)" 5 "sessions of the client"
	eq "$(count sessions addr6 2001:db8:1::3)" 0 "sessions of another"
	eq "$(count sessions remote4 198.18.0.3)" 0 "sessions with another"
	eq "$(count bib)" 6 "BIB entries"
	eq "$(count bib proto tcp)" 1 "BIB entries of TCP"
	eq "$(count bib port6 22)" 1 "BIB entries of a port"
	eq "$(count bib port4 22 addr4 192.0.2.9)" 1 "BIB entries of an IPv4 address and port"
	eq "$(count bib addr4 192.0.2.64/26)" 0 "BIB entries of other addresses"

	out=$(ctl -j nat64 show wan0 sessions proto udp)
	json 'map(.["remote-port"]) | sort == [2001, 2002, 2003, 2004]' "$out"
	json 'all(.ifname == "wan0" and .proto == 17 and .addr6 == "'"$CLIENT"'" and
		.remote6 == "2001:db8:64::c612:2" and .remote4 == "198.18.0.2" and
		.expires > 2000000 and .expires <= 3000000 and has("state") == false)' "$out"
	line=$(ctl nat64 show wan0 sessions port6 "$(jq '.[0].port6' <<<"$out")")
	[[ $line =~ ^wan0\ proto\ udp\ addr6\ $CLIENT\ port6\ [0-9]+\ remote6\ 2001:db8:64::c612:2\ addr4\ 192\.0\.2\.[0-9]+\ port4\ [0-9]+\ remote4\ 198\.18\.0\.2\ remote-port\ 200[1-4]\ expires\ [23][0-9][0-9][0-9]\ s$ ]] ||
		fail "text of a session: $line"
	out=$(ctl -j nat64 show wan0 bib proto udp)
	json 'all(.sessions == 1 and has("static") == false and .since > 0)' "$out"
	json '.[0] | .static == true and .sessions == 0' "$(ctl -j nat64 show wan0 bib proto tcp)"
	out=$(ctl -j nat64 show wan0 sessions proto icmp)
	json '.[0] | has("remote-port") == false and .port6 > 0' "$out"
	out=$(ctl -j nat64 show wan0 stats)
	json '.[0].stats | .["udp-sessions"] == 4 and .["icmp-sessions"] == 1 and
		.["tcp-bibs"] == 1 and .["udp-bibs"] == 4 and .["to4-packets"] >= 5' "$out"
	json '.[0] | .addresses == 16 and .["udp-used"] == 4 and .["tcp-used"] == 1' \
		"$(ctl -j nat64 show wan0 pool4)"

	eq "$(ctl nat64 flush wan0 proto tcp)" "sessions ended 0" "text of a flush"
	eq "$(ctl -j nat64 flush wan0 proto icmp | jq '.[0].ended')" 1 "sessions of echo ended"
	eq "$(count sessions)" 4 "sessions left"
	eq "$(ctl -j nat64 flush wan0 addr6 2001:db8:1::/64 | jq '.[0].ended')" 4 "sessions ended"
	eq "$(count sessions) $(count bib)" "0 1" "sessions and BIB entries left"
	ctl nat64 set wan0 udp 300 icmp 60
	unchanged
}

# listen FILE WORD...: a monitor in the background. Sets LISTENER.
listen()
{
	ip netns exec "${NS[gw]}" ipv6tunctl "${@:2}" >"$1" 2>&1 </dev/null &
	LISTENER=$!
	defer stop "$LISTENER"
}

# heard FILE...: something happens, and all have heard of it.
heard()
{
	local file

	ctl -b - <<-EOD
	nat64 bib add wan0 proto tcp addr6 $CLIENT port6 1 addr4 192.0.2.9 port4 1
	nat64 bib del wan0 proto tcp addr6 $CLIENT port6 1 addr4 192.0.2.9 port4 1
	EOD
	for file; do
		[[ -s $file ]] || return 1
	done
}

# Each event once, with all that is needed to tell later who it was.
events()
{
	local log=$LOG_DIR/monitor out

	listen "$log.config" -j monitor wan0
	listen "$log.json" -j monitor nat64
	listen "$log.text" monitor nat64 wan0
	wait_for 20 heard "$log.config" "$log.json" "$log.text" || fail "monitor tells nothing"

	udp_sessions 3001
	ctl nat64 flush wan0 >/dev/null
	ctl nat64 set wan0 session-events on
	udp_sessions 3002
	ctl nat64 flush wan0 >/dev/null
	ctl nat64 set wan0 session-events off
	all()
	{
		[[ $(grep -c '"proto":17' "$log.json") == 6 && $(grep -c 'proto udp' "$log.text") == 6 &&
			$(tail -n 1 "$log.config") == *'"session-events":0'* ]] &&
			grep -q '"session-events":1' "$log.config"
	}
	wait_for 20 all || fail "events: $(<"$log.json") $(<"$log.text") $(<"$log.config")"
	out=$(jq -s 'map(select(.proto == 17))' "$log.json")
	eq "$(jq -c 'map(.event)' <<<"$out")" \
		'["bib-add-ntf","bib-del-ntf","bib-add-ntf","session-add-ntf","session-del-ntf","bib-del-ntf"]' "events"
	json 'all(.ifname == "wan0" and .addr6 == "'"$CLIENT"'" and (.addr4 | startswith("192.0.2.")) and
		.port4 > 0 and .port6 > 0 and .timestamp > 1e18 and (.time | endswith("Z")))' "$out"
	json '.[0].since == .[1].since and .[1].timestamp >= .[0].timestamp' "$out"
	json '.[3] | .remote4 == "198.18.0.2" and .["remote-port"] == 3002 and
		.remote6 == "2001:db8:64::c612:2"' "$out"
	grep -q '^[0-9TZ:.-]* bib added wan0 proto udp addr6 ' "$log.text" || fail "text: $(<"$log.text")"
	grep -q '^[0-9TZ:.-]* session deleted wan0 proto udp addr6 ' "$log.text" ||
		fail "text: $(<"$log.text")"
	json 'all(.event == "nat64-set-ntf" and .ifname == "wan0")' "$(jq -s . "$log.config")"
	eq "$(ctl -j nat64 show wan0 stats | jq '.[0].stats["lost-events"]')" 0 "lost events"
	unchanged
}

# A listener that does not listen: what it lost is counted, and it is told.
lost_events()
{
	local log=$LOG_DIR/lost lost

	listen "$log" -j monitor nat64
	wait_for 20 heard "$log" || fail "monitor tells nothing"
	statics 8000 | grep -v eam >"$TMP/config"
	kill -STOP "$LISTENER"
	defer kill -CONT "$LISTENER"
	ctl -b - <<-EOD
	nat64 replace wan1 $TMP/config
	nat64 replace wan1 /dev/null
	nat64 replace wan1 $TMP/config
	nat64 replace wan1 /dev/null
	EOD
	defer ctl nat64 del wan1
	lost=$(ctl -j nat64 show wan1 stats | jq '.[0].stats["lost-events"]')
	kill -CONT "$LISTENER"
	note "$lost events lost"
	((lost > 0)) || fail "32000 events fit the buffer?"
	wait_for 20 grep -q '"event":"lost"' "$log" || fail "monitor does not tell that events were lost"
	ctl nat64 del wan1
	unchanged
}

# Lists of many messages are complete, and as large a configuration is taken.
large()
{
	local n=16384 start

	# Enough for lists of many messages, where time is short.
	! emulated || n=2048
	statics "$n" >"$TMP/large"
	start=$EPOCHREALTIME
	ctl nat64 replace wan1 "$TMP/large"
	defer ctl nat64 del wan1
	note "replace by $(wc -l <"$TMP/large") lines: $(_seconds_since "$start") s"
	eq "$(ctl nat64 show wan1 bib | sort -u | wc -l)" "$n" "BIB entries"
	eq "$(ctl nat64 show wan1 eam | sort -u | wc -l)" "$n" "EAM entries"
	eq "$(ctl nat64 show wan1 bib addr6 2001:db8:2::400/118 | wc -l)" 1024 "BIB entries of a prefix"
	eq "$(ctl -j nat64 show bib | jq 'map(select(.ifname == "wan1")) | length')" "$n" "entries in JSON"
	ctl nat64 show wan1 config | sed 1d | sort >"$TMP/config"
	# inet_ntop() writes 2001:db8:2:: for 2001:db8:2::0.
	sed -e '/^pool4/s/ports/proto all ports/' -e '/^eam/s/$/\/32/' -e 's/::0\b/::/' "$TMP/large" |
		sort >"$TMP/want"
	cmp "$TMP/want" "$TMP/config" || fail "the configuration is another"
	((n == 16384)) || return 0
	echo "bib proto udp addr6 2001:db8:4::1 port6 7 addr4 192.0.2.128 port4 16385" >>"$TMP/large"
	refused "$TMP/large:32770: nat64 replace: addr6: there are 16384 static BIB entries" \
		ctl nat64 replace wan1 "$TMP/large"
}

# list_outlives WORD...: somebody stops reading in the middle of a list, and
# what is listed is removed by these words. The rest of the list is empty.
list_outlives()
{
	local pid got

	ctl link add wan2
	defer ctl link del wan2
	statics 4000 | ctl nat64 replace wan2 -
	rm -f "$TMP/pipe"
	mkfifo "$TMP/pipe"
	ip netns exec "${NS[gw]}" ipv6tunctl nat64 show wan2 bib >"$TMP/pipe" 2>"$TMP/err" &
	pid=$!
	exec 7<"$TMP/pipe"
	read -r got <&7
	contains "$got" "wan2 proto udp" "the first line"
	ctl "$@"
	got=$(wc -l <&7)
	exec 7<&-
	wait "$pid" || fail "the list ends with an error: $(<"$TMP/err")"
	note "$got lines were left"
	((got < 3999)) || fail "all $got lines were there: nothing was in the way"
}

# Who may not configure sees what is configured, and not who talks to whom.
unprivileged()
{
	local out

	need_cmd setpriv
	out=$(printf '%s\n' "nat64-get ifindex=u32:$WAN" nat64-list+dump pool6-list+dump \
		"pool4-list+dump ifindex=u32:$WAN" eam-list+dump \
		"bib-list+dump ifindex=u32:$WAN" "session-list+dump ifindex=u32:$WAN" \
		"nat64-flush ifindex=u32:$WAN" "nat64-set ifindex=u32:$WAN" "nat64-del ifindex=u32:$WAN" \
		"nat64-replace ifindex=u32:$WAN" "pool6-add ifindex=u32:$WAN $P6" \
		"pool4-add ifindex=u32:$WAN $P4" "eam-add ifindex=u32:$WAN $EAM" \
		"bib-add ifindex=u32:$WAN $BIB" "bib-del ifindex=u32:$WAN $BIB" \
		"pool6-del ifindex=u32:$WAN $P6" "pool4-del ifindex=u32:$WAN $P4" \
		"eam-del ifindex=u32:$WAN $EAM" |
		ns gw setpriv --reuid=65534 --regid=65534 --clear-groups "$NLTRY")
	eq "$(grep -c '^ok$' <<<"$out")" 5 "requests that are for all"
	eq "$(grep -c '^EPERM ' <<<"$out")" 14 "requests that are not"
	# The program is not for everybody where it was built.
	refused "events: Operation not permitted" ns gw setpriv --bounding-set=-all --inh-caps=-all \
		timeout 5 ipv6tunctl monitor nat64
	unchanged
}

run_test right_values "right values of every attribute are taken"
run_test wrong_lengths "wrong lengths of every attribute are refused"
run_test bad_settings "settings out of range are refused, with the attribute"
run_test bad_objects "objects that cannot be are refused, with the attribute"
run_test bad_filters "filters that cannot be are refused, with the attribute"
run_test conflicts "what is there already is refused"
run_test missing "requests that lack something name what it is"
run_test wrong_devices "missing, other and plain devices are refused"
run_test unexpected "unknown and read-only attributes and commands are refused"
run_test round_trip "a configuration printed and read again is the same"
run_test replace_errors "a wrong line of a file is named, and changes nothing"
run_test replace_keeps "sessions outlive a new configuration that allows them"
run_test filters "lists and flushes by filter"
run_test events "monitor tells every event"
run_test lost_events "lost events are counted"
run_test large "the largest configuration, and lists of it"
run_test list_outlives "a list that is read slowly outlives its NAT64" nat64 del wan2
run_test list_outlives "a list that is read slowly outlives its device" link del wan2
run_test unprivileged "without privilege one sees no sessions"
