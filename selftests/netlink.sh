#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The netlink interface: every attribute of every request with wrong values.
# What is refused must be refused for the right reason, with the attribute
# pointed at, and must not have changed anything.
#
#   router
#   +--------------------------------------------+
#   | wan0 (ipv6tun)  path 1 127.0.0.1-127.0.0.2 |
#   |                        peer fd00::11       |
#   |                 path 2 127.0.0.1-127.0.0.3 |
#   |                        peer 192.0.2.2      |
#   | lo                                         |
#   +--------------------------------------------+
# shellcheck source=selftests/lib.sh
source "$(dirname "$0")/lib.sh"

# shellcheck source=selftests/netlink/expect.sh
source "$TREE/selftests/netlink/expect.sh"

setup_ns router
ns router ipv6tunctl -b - <<EOD
link add wan0 up
path add wan0 id 1 local 127.0.0.1 remote 127.0.0.2 peer fd00::11
path add wan0 id 2 local 127.0.0.1 remote 127.0.0.3 peer 192.0.2.2 key 7 csum weight 3
EOD
ns_batch router <<EOD
address add fd00::1/64 dev wan0 nodad
route add 2001:db8::/32 via fd00::11 dev wan0
EOD
WAN=$(ns router cat /sys/class/net/wan0/ifindex)
LO=$(ns router cat /sys/class/net/lo/ifindex)

# Everything that configuration can change, as one line. Counters are left out:
# a probe may have been sent meanwhile.
state()
{
	ns router ipv6tunctl -j -b - <<<'link show
path show
show sets' | sed 's/,"\(probe-\)\?stats":{[^}]*}//g'
}
# Bucket tables are built in the background: until then a member has no number.
buckets_built()
{
	[[ $(ns router ipv6tunctl -j show sets) != *'"id":'+([0-9])',"weight":'+([0-9])'}'* ]]
}
settled_state()
{
	wait_for 10 buckets_built || true
	state
}
BEFORE=$(settled_state)
# UDP from fd00::1 to 2001:db8::1, port 1 to port 2; from 192.0.2.1 to
# 203.0.113.1.
PACKET6=6000000000081140fd00000000000000000000000000000120010db80000000000000000000000010001000200080000
PACKET4=4500001c0000400040110000c0000201cb7100010001000200080000
V4MAPPED=00000000000000000000ffffc0000201

unchanged()
{
	eq "$(settled_state)" "$BEFORE" "the state after requests that were refused"
}

config_lengths()
{
	lengths "$1" csum 1 ttl 1 tos 1 admin 1 key 4 underlay 4 weight 4
	lengths "$1" probe 1 interval 4 multiplier 1 passive 1 hold-up 4
	# 4 and 16 are right for addresses; all zeros is none, and refused, too.
	lengths "$1" local - remote - peer -
	# A flag has no value.
	lengths "$1" no-key 0 no-peer 0
}

# Each request is right but for the attribute at its end. (Of two that are the
# same, the later one counts.)
wrong_lengths()
{
	local add="path-add local=addr:127.0.0.1 remote=addr:127.0.0.9"
	local request

	{
		config_lengths "path-set ifindex=u32:$WAN id=u32:1"
		config_lengths "$add ifindex=u32:$WAN id=u32:9"
		for request in "$add" "path-set weight=u32:9" path-del path-get; do
			lengths "$request id=u32:1" ifindex 4
			lengths "$request ifindex=u32:$WAN" id 4
		done
		lengths path-list+dump ifindex 4
		lengths device-get ifindex 4
		lengths route-list+dump ifindex 4 count-buckets 0
		lengths "lookup from=addr:fd00::1 to=addr:2001:db8::1" ifindex 4
		lengths "lookup ifindex=u32:$WAN from=addr:fd00::1 to=addr:2001:db8::1" \
			proto 1 sport 2 dport 2 flow-label 4 mark 4
		lengths "lookup ifindex=u32:$WAN from=addr:fd00::1" to -
		lengths "lookup ifindex=u32:$WAN to=addr:2001:db8::1" from -
		# Zeros are no packet, whatever their number.
		lengths "lookup ifindex=u32:$WAN" packet -
	} | grep -v -e '\(to\|from\)=len:16' | expect
	unchanged
}

out_of_range()
{
	local c

	# These bounds are in the policies, so the kernel's text is not ours.
	for c in "path-add ifindex=u32:$WAN local=addr:127.0.0.1 remote=addr:127.0.0.9" \
		 "path-set ifindex=u32:$WAN id=u32:1"; do
		cat <<-EOD
		$c weight=u32:0 | ERANGE weight:
		$c weight=u32:1001 | ERANGE weight:
		$c weight=u32:4294967295 | ERANGE weight:
		$c csum=u8:2 | ERANGE csum:
		$c csum=u8:255 | ERANGE csum:
		$c admin=u8:2 | ERANGE admin:
		$c probe=u8:3 | ERANGE probe:
		$c probe=u8:255 | ERANGE probe:
		$c interval=u32:0 | ERANGE interval:
		$c interval=u32:4 | ERANGE interval:
		$c interval=u32:30001 | ERANGE interval:
		$c interval=u32:4294967295 | ERANGE interval:
		$c multiplier=u8:0 | ERANGE multiplier:
		$c multiplier=u8:51 | ERANGE multiplier:
		$c multiplier=u8:255 | ERANGE multiplier:
		$c passive=u8:2 | ERANGE passive:
		$c hold-up=u32:30001 | ERANGE hold-up:
		$c hold-up=u32:4294967295 | ERANGE hold-up:
		$c local=len:17 | ERANGE local:
		$c remote=len:64 | ERANGE remote:
		$c peer=len:17 | ERANGE peer:
		$c ifindex=u32:0 | ERANGE ifindex:
		$c tos=u8:2 | EINVAL tos: the two low bits
		$c tos=u8:3 | EINVAL tos: the two low bits
		$c tos=u8:255 | EINVAL tos: the two low bits
		$c underlay=u32:2147483647 | ENODEV underlay: no such underlay device
		$c underlay=u32:2147483648 | ENODEV underlay: no such underlay device
		$c underlay=u32:4294967295 | ENODEV underlay: no such underlay device
		$c underlay=u32:$WAN | ELOOP underlay: a device is not its own underlay
		$c key=u32:1 no-key=flag | EINVAL no-key: key and no-key exclude each other
		$c peer=addr:fd00::99 no-peer=flag | EINVAL no-peer: peer and no-peer exclude each other
		EOD
	done >"$TMP/cases"
	for c in path-add path-set path-del path-get; do
		cat <<-EOD
		$c ifindex=u32:$WAN id=u32:0 | ERANGE id:
		$c ifindex=u32:$WAN id=u32:4097 | ERANGE id:
		$c ifindex=u32:$WAN id=u32:65537 | ERANGE id:
		$c ifindex=u32:0 id=u32:1 | ERANGE ifindex:
		EOD
	done >>"$TMP/cases"
	cat >>"$TMP/cases" <<-EOD
	device-get ifindex=u32:0 | ERANGE ifindex:
	path-list+dump ifindex=u32:0 | ERANGE
	route-list+dump ifindex=u32:0 | ERANGE
	lookup ifindex=u32:0 | ERANGE ifindex:
	lookup ifindex=u32:$WAN from=addr:fd00::1 to=addr:2001:db8::1 flow-label=u32:0x100000 | ERANGE flow-label: a flow label has 20 bits
	lookup ifindex=u32:$WAN from=addr:fd00::1 to=addr:2001:db8::1 flow-label=u32:0xffffffff | ERANGE flow-label:
	EOD
	expect <"$TMP/cases"
	unchanged
}

wrong_devices()
{
	local c

	for c in "path-add id=u32:9 local=addr:127.0.0.1 remote=addr:127.0.0.9" \
		 "path-set id=u32:1 weight=u32:9" "path-del id=u32:1" "path-get id=u32:1" \
		 "device-get" "lookup from=addr:fd00::1 to=addr:2001:db8::1"; do
		cat <<-EOD
		$c | EINVAL +ifindex:
		$c ifindex=u32:$LO | EOPNOTSUPP ifindex: not an ipv6tun device
		$c ifindex=u32:2147483647 | ENODEV ifindex: no such device
		$c ifindex=u32:2147483648 | ENODEV ifindex: no such device
		$c ifindex=u32:4294967295 | ENODEV ifindex: no such device
		EOD
	done >"$TMP/cases"
	expect <"$TMP/cases"
	unchanged
}

missing()
{
	expect <<-EOD
	path-add ifindex=u32:$WAN remote=addr:127.0.0.9 | EINVAL +local:
	path-add ifindex=u32:$WAN local=addr:127.0.0.1 | EINVAL +remote:
	path-set ifindex=u32:$WAN weight=u32:9 | EINVAL +id:
	path-del ifindex=u32:$WAN | EINVAL +id:
	path-get ifindex=u32:$WAN | EINVAL +id:
	lookup ifindex=u32:$WAN to=addr:2001:db8::1 | EINVAL +from:
	lookup ifindex=u32:$WAN from=addr:fd00::1 | EINVAL +to:
	EOD
	unchanged
}

addresses()
{
	local set="path-set ifindex=u32:$WAN id=u32:1"
	local add="path-add ifindex=u32:$WAN id=u32:9"

	expect <<-EOD
	$set local=addr:0.0.0.0 | EINVAL local: not a unicast address
	$set local=addr:224.0.0.1 | EINVAL local: not a unicast address
	$set local=addr:255.255.255.255 | EINVAL local: not a unicast address
	$set remote=addr:0.0.0.0 | EINVAL remote: not a unicast address
	$set remote=addr:239.1.1.1 | EINVAL remote: not a unicast address
	$set remote=addr:2001:db8::1 | EINVAL remote: local and remote are of different families
	$set local=addr:2001:db8::1 | EINVAL local: local and remote are of different families
	$set remote=addr:127.0.0.1 | EINVAL remote: local and remote are the same address
	$set local=addr:::ffff:127.0.0.1 | EINVAL local: an IPv4-mapped address is no IPv6 address
	$set peer=addr:::ffff:192.0.2.1 | EINVAL peer: an IPv4-mapped address is no IPv6 address
	$set peer=addr::: | EINVAL peer: an inside peer is a global unicast address
	$set peer=addr:ff02::1 | EINVAL peer: an inside peer is a global unicast address
	$set peer=addr:fe80::1 | EINVAL peer: an inside peer is a global unicast address
	$set peer=addr:224.0.0.5 | EINVAL peer: an inside peer is a global unicast address
	$set peer=addr:192.0.2.2 | EEXIST peer: another path of the device has this inside peer
	$set peer=addr:fd00::12 peer=addr:192.0.2.2 | EEXIST peer: another path of the device has this inside peer
	$set peer=addr:fd00::12 peer=addr:fd00::12 | EINVAL peer: inside peer given twice
	$set peer=addr:fd00::1:1 peer=addr:fd00::1:2 peer=addr:fd00::1:3 peer=addr:fd00::1:4 peer=addr:fd00::1:5 peer=addr:fd00::1:6 peer=addr:fd00::1:7 peer=addr:fd00::1:8 peer=addr:fd00::1:9 | E2BIG peer:
	$set peer=len:0 | EINVAL peer: an address has 4 or 16 bytes
	$set peer=len:15 | EINVAL peer: an address has 4 or 16 bytes
	$set remote=addr:127.0.0.3 key=u32:7 | EEXIST remote: another path has these addresses, key and underlay
	$add local=addr:2001:db8::1 remote=addr:ff02::1 | EINVAL remote: not a unicast address
	$add local=addr::: remote=addr:2001:db8::2 | EINVAL local: not a unicast address
	$add local=addr:2001:db8::1 remote=addr:2001:db8::1 | EINVAL remote: local and remote are the same address
	$add local=addr:fe80::1 remote=addr:fe80::2 | EINVAL remote: a link-local address needs an underlay device
	$add local=addr:127.0.0.1 remote=addr:127.0.0.2 | EEXIST remote: another path has these addresses, key and underlay
	$add local=addr:127.0.0.1 remote=addr:127.0.0.9 peer=addr:fd00::11 | EEXIST peer: another path of the device has this inside peer
	path-add ifindex=u32:$WAN id=u32:1 local=addr:127.0.0.1 remote=addr:127.0.0.9 | EEXIST id: the device has a path of this id
	path-set ifindex=u32:$WAN id=u32:9 weight=u32:1 | ENOENT id: the device has no path of this id
	path-del ifindex=u32:$WAN id=u32:9 | ENOENT id: the device has no path of this id
	path-get ifindex=u32:$WAN id=u32:9 | ENOENT id: the device has no path of this id
	lookup ifindex=u32:$WAN from=addr:192.0.2.1 to=addr:2001:db8::1 | EINVAL to: source and destination are of different families
	lookup ifindex=u32:$WAN from=addr:127.0.0.5 to=addr:127.0.0.6 | ENETUNREACH to: the route does not lead to this device
	EOD
	unchanged
}

# Attributes that are only told, unknown ones, and bytes that are none.
unexpected()
{
	local attr

	for attr in ifname=str:wan0 state=u8:1 reason=u8:0 since=u64:0 mtu=u32:1400 stats=flag \
		    changes=u64:0 probe-stats=flag \
		    1=u32:0 100=u32:0 16383=u32:0; do
		printf '%s %s | EINVAL\n' "path-set ifindex=u32:$WAN id=u32:1 weight=u32:9" "$attr" \
			"path-get ifindex=u32:$WAN id=u32:1" "$attr" \
			"path-del ifindex=u32:$WAN id=u32:1" "$attr"
	done >"$TMP/cases"
	for attr in id=u32:1 bucket=u32:1 members=u32:1 why=u8:1 owner-reason=u8:0 100=flag; do
		printf '%s %s | EINVAL\n' \
			"lookup ifindex=u32:$WAN from=addr:fd00::1 to=addr:2001:db8::1" "$attr"
	done >>"$TMP/cases"
	cat >>"$TMP/cases" <<-EOD
	path-get ifindex=u32:$WAN id=u32:1 weight=u32:1 | EINVAL weight:
	path-list+dump ifindex=u32:$WAN id=u32:1 | EINVAL
	device-get ifindex=u32:$WAN paths=u32:1 | EINVAL paths:
	route-list+dump ifindex=u32:$WAN table=u32:254 | EINVAL
	path-set ifindex=u32:$WAN id=u32:1 weight=u32:9 raw:01 | EINVAL
	path-set ifindex=u32:$WAN id=u32:1 weight=u32:9 raw:01000100 | EINVAL
	path-set ifindex=u32:$WAN id=u32:1 weight=u32:9 raw:ffff0100 | EINVAL
	path-add+dump ifindex=u32:$WAN | EOPNOTSUPP
	path-get+dump ifindex=u32:$WAN | EOPNOTSUPP
	path-list ifindex=u32:$WAN | EOPNOTSUPP
	device-list | EOPNOTSUPP
	route-list | EOPNOTSUPP
	path-add-ntf ifindex=u32:$WAN | EOPNOTSUPP
	path-state-ntf ifindex=u32:$WAN | EOPNOTSUPP
	0 | EOPNOTSUPP
	200 | EOPNOTSUPP
	EOD
	expect <"$TMP/cases"
	unchanged
}

# rtnetlink's own parser takes attributes that are too long, for any kind.
link_attributes()
{
	expect <<-EOD
	link:$WAN hash=len:0 | E
	link:$WAN symmetric=len:0 | E
	link:$WAN mss-clamp=len:0 | E
	link:$WAN mtu-auto=len:0 | E
	link:$WAN seed=len:0 | E
	link:$WAN seed=len:1 | E
	link:$WAN seed=len:3 | E
	link:$WAN hash=u8:3 | ERANGE hash:
	link:$WAN hash=u8:255 | ERANGE hash:
	link:$WAN symmetric=u8:2 | ERANGE symmetric:
	link:$WAN mss-clamp=u8:2 | ERANGE mss-clamp:
	link:$WAN mtu-auto=u8:2 | ERANGE mtu-auto:
	link:$WAN paths=u32:5 | E
	link:$WAN return=len:0 | E
	link:$WAN return-idle=len:0 | E
	link:$WAN return-idle=len:3 | E
	link:$WAN return-forced=len:0 | E
	link:$WAN return=u8:2 | ERANGE return:
	link:$WAN return=u8:255 | ERANGE return:
	link:$WAN return-idle=u32:0 | ERANGE return-idle: return-idle is not from 1 ms to a day
	link:$WAN return-idle=u32:86400001 | ERANGE return-idle: return-idle is not from 1 ms to a day
	link:$WAN return=u8:1 return-idle=u32:0 | ERANGE return-idle:
	link:$WAN return-forced=u32:86400001 | ERANGE return-forced: return-forced is more than a day
	link:$WAN return-forced=u32:4294967295 | ERANGE return-forced:
	link:$LO hash=u8:1 | EOPNOTSUPP
	EOD
	unchanged
}

# The same bytes that are refused above are taken with right values.
right_values()
{
	expect <<-EOD
	path-add ifindex=u32:$WAN id=u32:4096 local=addr:2001:db8::1 remote=addr:2001:db8::2 key=u32:0xffffffff csum=u8:1 ttl=u8:255 tos=u8:252 underlay=u32:$LO weight=u32:1000 peer=addr:fd00::99 peer=addr:192.0.2.99 probe=u8:1 interval=u32:5 multiplier=u8:50 passive=u8:1 hold-up=u32:30000 admin=u8:0 | ok
	path-set ifindex=u32:$WAN id=u32:4096 probe=u8:2 interval=u32:30000 multiplier=u8:1 passive=u8:0 hold-up=u32:0 admin=u8:1 | ok
	path-set ifindex=u32:$WAN id=u32:4096 probe=u8:0 | ok
	path-set ifindex=u32:$WAN id=u32:4096 no-key=flag no-peer=flag csum=u8:0 ttl=u8:0 tos=u8:1 underlay=u32:0 weight=u32:1 admin=u8:1 | ok
	path-get ifindex=u32:$WAN id=u32:4096 | ok
	path-list+dump | ok
	path-list+dump ifindex=u32:$WAN | ok
	device-get ifindex=u32:$WAN | ok
	device-list+dump | ok
	route-list+dump ifindex=u32:$WAN count-buckets=flag | ok
	lookup ifindex=u32:$WAN from=addr:fd00::1 to=addr:2001:db8::1 proto=u8:6 sport=u16:1 dport=u16:65535 flow-label=u32:0xfffff mark=u32:1 | ok
	path-del ifindex=u32:$WAN id=u32:4096 | ok
	lookup ifindex=u32:$WAN packet=hex:$PACKET6 mark=u32:1 | ok
	link:$WAN seed=u32:1 hash=u8:2 symmetric=u8:0 mss-clamp=u8:0 mtu-auto=u8:0 return=u8:1 return-idle=u32:1 return-forced=u32:86400000 | ok
	link:$WAN return-idle=u32:86400000 return-forced=u32:0 | ok
	link:$WAN seed=u32:0 hash=u8:0 symmetric=u8:1 mss-clamp=u8:1 mtu-auto=u8:1 return=u8:0 return-idle=u32:10000 return-forced=u32:120000 | ok
	EOD
	unchanged
}

# An icmp probe and its inside peer belong together, whichever is changed.
probes()
{
	local new="path-add ifindex=u32:$WAN id=u32:9 local=addr:127.0.0.1 remote=addr:127.0.0.9"
	local one="path-set ifindex=u32:$WAN id=u32:1"

	expect <<-EOD
	$new probe=u8:1 | EINVAL probe: an icmp probe needs an inside peer
	$new probe=u8:1 no-peer=flag | EINVAL probe: an icmp probe needs an inside peer
	$one probe=u8:1 no-peer=flag | EINVAL probe: an icmp probe needs an inside peer
	$one probe=u8:1 interval=u32:30000 | ok
	$one no-peer=flag | EINVAL no-peer: an icmp probe needs an inside peer
	$one probe=u8:0 interval=u32:1000 | ok
	$new probe=u8:2 | ok
	path-del ifindex=u32:$WAN id=u32:9 | ok
	EOD
	unchanged
}

# 250 paths at 5 ms are 50,000 probes a second; one more, at whatever interval,
# is too much, and what there is may become less.
probe_rate()
{
	local new="path-add ifindex=u32:$WAN local=addr:127.0.0.1"
	local set="path-set ifindex=u32:$WAN" i

	{
		for ((i = 0; i < 250; i++)); do
			echo "$new id=u32:$((100 + i)) remote=addr:127.0.1.$i probe=u8:2 interval=u32:5 admin=u8:0 | ok"
		done
		# Too slow to take the path down while it is watched.
		echo "$set id=u32:1 interval=u32:30000 | ok"
		cat <<-EOD
		$new id=u32:9 remote=addr:127.0.0.9 probe=u8:2 interval=u32:30000 | ERANGE interval: probes of the device would exceed 50000 a second
		$new id=u32:9 remote=addr:127.0.0.9 probe=u8:2 | ERANGE probe: probes of the device would exceed 50000 a second
		$set id=u32:1 probe=u8:1 | ERANGE probe: probes of the device would exceed 50000 a second
		$set id=u32:100 interval=u32:6 | ok
		$set id=u32:1 probe=u8:1 | ok
		$set id=u32:100 interval=u32:5 | ERANGE interval: probes of the device would exceed 50000 a second
		$set id=u32:1 probe=u8:0 | ok
		$set id=u32:100 interval=u32:5 | ok
		$set id=u32:1 interval=u32:5 | ok
		$set id=u32:1 probe=u8:2 | ERANGE probe: probes of the device would exceed 50000 a second
		$set id=u32:1 interval=u32:30000 | ok
		EOD
		for ((i = 0; i < 250; i++)); do
			echo "path-del ifindex=u32:$WAN id=u32:$((100 + i)) | ok"
		done
		# What is removed makes room.
		echo "$set id=u32:1 probe=u8:1 | ok"
		echo "$set id=u32:1 probe=u8:0 interval=u32:1000 | ok"
	} >"$TMP/cases"
	expect <"$TMP/cases"
	unchanged
}

# A packet that is none, or that says what is also said beside it.
packets()
{
	local look="lookup ifindex=u32:$WAN" whole=$PACKET6
	local excl="a packet and the fields of a flow exclude each other"
	local bad="the IP header is incomplete or wrong"
	local i

	for ((i = 1; i < 40; i++)); do
		echo "$look packet=hex:${whole:0:2 * i} | EINVAL packet: $bad"
	done >"$TMP/cases"
	for ((i = 1; i < 20; i++)); do
		echo "$look packet=hex:${PACKET4:0:2 * i} | EINVAL packet: $bad"
	done >>"$TMP/cases"
	cat >>"$TMP/cases" <<-EOD
	$look packet=len:0 | EINVAL packet: neither an IPv4 nor an IPv6 packet
	$look packet=hex:50${whole:2} | EINVAL packet: neither an IPv4 nor an IPv6 packet
	$look packet=len:513 | ERANGE packet:
	$look packet=hex:44${PACKET4:2} | EINVAL packet: $bad
	$look packet=hex:4f${PACKET4:2} | EINVAL packet: $bad
	$look packet=hex:45000013${PACKET4:8} | EINVAL packet: $bad
	$look packet=hex:6000000000081140${V4MAPPED}20010db8000000000000000000000001 | EINVAL packet: $bad
	$look packet=hex:600000000008114020010db8000000000000000000000001${V4MAPPED} | EINVAL packet: $bad
	$look packet=hex:$whole from=addr:fd00::1 | EINVAL from: $excl
	$look packet=hex:$whole to=addr:2001:db8::1 | EINVAL to: $excl
	$look packet=hex:$whole proto=u8:6 | EINVAL proto: $excl
	$look packet=hex:$whole sport=u16:1 | EINVAL sport: $excl
	$look packet=hex:$whole dport=u16:1 | EINVAL dport: $excl
	$look packet=hex:$whole flow-label=u32:1 | EINVAL flow-label: $excl
	$look packet=hex:$PACKET4 | ENETUNREACH packet: no route to the destination
	$look packet=hex:${PACKET4:0:24}7f0000017f000001 | E
	$look packet=hex:${whole:0:80} | ok
	$look packet=hex:${whole}0000000000000000 | ok
	EOD
	expect <"$TMP/cases"
	unchanged
}

unprivileged()
{
	local out

	need_cmd setpriv
	out=$(printf '%s\n' "path-get ifindex=u32:$WAN id=u32:1" path-list+dump device-list+dump \
		"device-get ifindex=u32:$WAN" route-list+dump \
		"lookup ifindex=u32:$WAN from=addr:fd00::1 to=addr:2001:db8::1" \
		"path-set ifindex=u32:$WAN id=u32:1 weight=u32:9" \
		"path-del ifindex=u32:$WAN id=u32:1" \
		"path-add ifindex=u32:$WAN local=addr:127.0.0.1 remote=addr:127.0.0.9" |
		ns router setpriv --reuid=65534 --regid=65534 --clear-groups "$NLTRY")
	eq "$(grep -c '^ok$' <<<"$out")" 6 "requests that only read"
	eq "$(grep -c '^EPERM ' <<<"$out")" 3 "requests that change"
	unchanged
}

# Whatever random requests did to a second device, the first is as it was.
random_requests()
{
	local seed=$RANDOM index

	note "seed $seed"
	ns router ipv6tunctl link add wan1 up
	defer ns router ipv6tunctl link del wan1
	index=$(ns router cat /sys/class/net/wan1/ifindex)
	eq "$(ns router "$NLTRY" -f 20000 "$seed" "$index")" ok "20000 random requests"
	ns router ipv6tunctl -j show wan1 >"$TMP/wan1"
	ns router ipv6tunctl link del wan1
	unchanged
}

run_test right_values "right values of every attribute are taken"
run_test wrong_lengths "wrong lengths of every attribute are refused"
run_test out_of_range "values out of range are refused, with the attribute"
run_test wrong_devices "missing, unknown and other devices are refused"
run_test missing "requests that lack something name what it is"
run_test addresses "addresses that cannot serve and conflicts are refused"
run_test unexpected "unknown and read-only attributes and commands are refused"
run_test link_attributes "wrong values of the link attributes are refused"
run_test probes "an icmp probe without an inside peer is refused"
run_test probe_rate "more than 50,000 probes a second are refused"
run_test packets "packets to look up that are none are refused"
run_test unprivileged "without privilege one can read and not change"
run_test random_requests "random requests do no harm"
