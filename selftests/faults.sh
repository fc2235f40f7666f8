#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Without memory: every request, every change of routes and every packet that makes a
# session is done again and again, and each time another one of the allocations that
# the kernel makes for it fails. It is done wholly or not at all, says why, and what is
# left behind is seen by kmemleak when the module has gone.
#
#   gw                                        sessions: from 2001:db8:1::2 to 198.18.0.2,
#   +---------------------------------------+ which is 2001:db8:64::c612:2
#   | wan0  path 1  127.0.0.1-127.0.0.2     |
#   |       path 2  127.0.0.1-127.0.0.3     |
#   |       NAT64                           |
#   | wan1  path 1  127.0.0.1-127.0.0.9     |
#   | dummy0  2001:db8:1::1/64              |
#   |         198.18.0.1/24                 |
#   +---------------------------------------+
#
# A packet is given to the device in the context of the program that sends it, and what
# fails is counted for that program only: nothing else on the machine lacks memory.
#
# shellcheck disable=SC2317 # functions that wait_for calls
# shellcheck source=selftests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

FAILNTH=$TREE/build/selftests/failnth
FAILNS=$TREE/build/selftests/failns
SLAB=/sys/kernel/debug/failslab
PAGES=/sys/kernel/debug/fail_page_alloc

[[ -w $SLAB/ignore-gfp-wait && -w $PAGES/min-order && -e /proc/self/fail-nth ]] ||
	skip "this kernel cannot fail allocations on purpose; that of make check-debug can"
[[ -x $FAILNTH && -x $FAILNS ]] || skip "build/selftests/failnth is not built"
need_cmd jq

# allow_faults: allocations of all kinds may fail for who asks for it, but those of the
# checkers: they have their own reserves, and are half of all.
allow_faults()
{
	local file marked=0

	# Complaints of the kernel are excused in between: see vm/guest-run.sh.
	printf 'ipv6tun-selftest: memory is short\n' >/dev/kmsg
	defer eval 'printf "ipv6tun-selftest: memory is back\n" >/dev/kmsg'
	for file in /sys/kernel/slab/*/failslab; do
		case $file in
		*/kmemleak_*|*/debug_objects_*) continue ;;
		esac
		echo 1 2>/dev/null >"$file" && marked=1
	done
	((marked == 0)) || echo Y >$SLAB/cache-filter
	echo N >$SLAB/ignore-gfp-wait
	echo N >$PAGES/ignore-gfp-wait
	echo 0 >$PAGES/min-order
	echo 0 >$SLAB/verbose
	echo 0 >$PAGES/verbose
	defer eval "echo N >$SLAB/cache-filter; echo Y >$SLAB/ignore-gfp-wait
		echo 1 >$PAGES/min-order; echo Y >$PAGES/ignore-gfp-wait"
}

setup_ns gw other
forwarding gw
ns_batch gw <<EOD
link add dummy0 type dummy
link set dummy0 up
address add 2001:db8:1::1/64 dev dummy0 nodad
address add 198.18.0.1/24 dev dummy0
EOD
ns gw ipv6tunctl -b - <<EOD
link add wan0 up
link add wan1
path add wan0 id 1 local 127.0.0.1 remote 127.0.0.2 hold-up 0 peer fd00::11
path add wan0 id 2 local 127.0.0.1 remote 127.0.0.3 hold-up 0 peer fd00::12 peer 192.0.2.130
path add wan1 id 1 local 127.0.0.1 remote 127.0.0.9 hold-up 0
nat64 pool6 add wan0 2001:db8:64::/96
nat64 pool4 add wan0 192.0.2.0/28
nat64 eam add wan0 2001:db8:e::/124 203.0.113.16/28
nat64 bib add wan0 proto udp addr6 2001:db8:1::9 port6 53 addr4 192.0.2.1 port4 53
EOD
ns_batch gw <<EOD
address add fd00::1/64 dev wan0 nodad
address add 192.0.2.129/25 dev wan0
route add 2001:db8:f::/48 dev wan0
route add 2001:db8:a::/48 nexthop via fd00::11 dev wan0 nexthop via fd00::12 dev wan0
route add 2001:db8:64::/96 via fe80::64 dev wan0
route add 192.0.2.0/28 dev wan0
EOD
W=$(ns gw cat /sys/class/net/wan0/ifindex)
W1=$(ns gw cat /sys/class/net/wan1/ifindex)
LO=$(ns gw cat /sys/class/net/lo/ifindex)
DUMMY=$(ns gw cat /sys/class/net/dummy0/ifindex)

# Of a new device, which is always the same.
NEW=100
P2="id=u32:2 local=addr:127.0.0.1 remote=addr:127.0.0.3 hold-up=u32:0 peer=addr:fd00::12 peer=addr:192.0.2.130"
SEND6="packet $W ip6 2001:db8:1::2 2001:db8:64::c612:2"
FLUSH="undo nat64-flush ifindex=u32:$W"

# What the state is, for failnth.
cat >"$TMP/state" <<EOD
state links+dump
state routes+dump @family=4
state routes+dump @family=6
state nexthops+dump
state device-list+dump
state path-list+dump
state route-list+dump
state nat64-list+dump
state pool6-list+dump
state eam-list+dump
state pool4-list+dump ifindex=u32:$W
state bib-list+dump ifindex=u32:$W
state session-list+dump ifindex=u32:$W
state pool4-list+dump ifindex=u32:$W1
state bib-list+dump ifindex=u32:$W1
state lookup ifindex=u32:$W from=addr:fd00::1 to=addr:2001:db8:f::1
state lookup ifindex=u32:$W from=addr:fd00::1 to=addr:2001:db8:a::1
EOD

# What an operator sees of it.
shown()
{
	ns gw ip -d link show
	ns gw ipv6tunctl -j -b - <<<'link show
path show
show sets
nat64 show
nat64 show wan0 config' | jq -cS 'walk(if type == "object" then
		del(.since, .changes, .stats, .["probe-stats"]) else . end)'
}

as_before() # WHAT
{
	[[ $(shown) == "$1" ]]
}

# faults [OPTION...]: a case for failnth, which explains its words and the options, from
# standard input. Something has failed on the way, or nothing was tested.
faults()
{
	local before out rc=0

	cat >"$TMP/case"
	sed -n 's/^do \([a-z0-9-]*\).*/\1/p' "$TMP/case" >>"$TMP/done"
	before=$(shown)
	out=$(cat "$TMP/state" "$TMP/case" | ns gw "$FAILNTH" "$@" 2>&1) || rc=$?
	note "$(sed -n 's/^do //p' "$TMP/case" | cut -c 1-90)"$'\n'"  ${out//$'\n'/$'\n'  }"
	((rc == 0)) || fail "not wholly done or not at all; the log has where, and to repeat it" \
		"give these lines to build/selftests/failnth $*:"$'\n'"$(cat "$TMP/case")"
	[[ $out == *"failed "+([1-9])*([0-9]) ]] || fail "no allocation failed: nothing was tested"
	# What was prepared for the case is still there.
	if ! grep -q '^run ' "$TMP/case" && ! wait_for 15 as_before "$before"; then
		fail "shown before and after:"$'\n'"$(diff <(echo "$before") <(shown))"
	fi
}

# le32 NUMBER: as a machine has it in memory.
le32()
{
	printf '%02x%02x%02x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24))
}

# hop6 INTERFACE HEX: a next hop of a multipath route.
hop6()
{
	printf 'raw:1c000000%s14000500%s' "$(le32 "$1")" "$2"
}

hop4()
{
	printf 'raw:10000000%s08000500%s' "$(le32 "$1")" "$2"
}

## Devices

link_add()
{
	# The name that sysfs could not copy is the driver core's EINVAL.
	faults -m 120 -e EINVAL <<-EOD
	do link-add @index=$NEW name=str:wan9 linkinfo=[ kind=str:ipv6tun data=[ seed=u32:7 hash=u8:1 symmetric=u8:0 mss-clamp=u8:0 mtu-auto=u8:1 return=u8:1 return-idle=u32:50 return-forced=u32:60 ] ]
	undo link-del @index=$NEW
	EOD
	faults -m 40 -e EINVAL <<-EOD
	do link-add @index=$NEW @up name=str:wan9 mtu=u32:1400 linkinfo=[ kind=str:ipv6tun ]
	undo link-del @index=$NEW
	EOD
}

link_set()
{
	local kind=kind=str:ipv6tun

	faults <<-EOD
	do link-set @index=$W linkinfo=[ $kind data=[ seed=u32:5 hash=u8:1 symmetric=u8:0 mss-clamp=u8:0 return=u8:1 return-idle=u32:500 return-forced=u32:0 ] ]
	undo link-set @index=$W linkinfo=[ $kind data=[ seed=u32:0 hash=u8:0 symmetric=u8:1 mss-clamp=u8:1 return=u8:0 return-idle=u32:10000 return-forced=u32:120000 ] ]
	EOD
	faults <<-EOD
	do link-set @index=$W mtu=u32:2000
	undo link-set @index=$W linkinfo=[ $kind data=[ mtu-auto=u8:1 ] ]
	EOD
	# What its first time up leaves behind is no part of the question.
	ns gw ip link set wan1 up
	ns gw ip link set wan1 down
	faults <<-EOD
	do link-set @index=$W1 @up
	undo link-set @index=$W1 @down
	EOD
}

link_del()
{
	defer ns gw ip link del wan9
	faults -m 40 <<-EOD
	run link-add @index=$NEW name=str:wan9 mtu=u32:1400 linkinfo=[ kind=str:ipv6tun ]
	run path-add ifindex=u32:$NEW id=u32:1 local=addr:127.0.0.1 remote=addr:127.0.0.8
	run pool4-add ifindex=u32:$NEW prefix=addr:198.51.100.0 prefix-len=u8:28
	do link-del @index=$NEW
	undo link-add @index=$NEW name=str:wan9 mtu=u32:1400 linkinfo=[ kind=str:ipv6tun ]
	undo path-add ifindex=u32:$NEW id=u32:1 local=addr:127.0.0.1 remote=addr:127.0.0.8
	undo pool4-add ifindex=u32:$NEW prefix=addr:198.51.100.0 prefix-len=u8:28
	EOD
}

# To another namespace. What the kernel itself allocates when it may wait is left out:
# it warns of a device that could not be renamed in sysfs.
link_moves()
{
	local route="route-add @family=6 @len=48 dst=addr:2001:db8:b:: oif=u32:$NEW"

	echo Y >$SLAB/ignore-gfp-wait
	echo Y >$PAGES/ignore-gfp-wait
	defer eval "echo N >$SLAB/ignore-gfp-wait; echo N >$PAGES/ignore-gfp-wait"
	defer ns other ip link del wan9
	defer ns gw ip link del wan9
	faults <<-EOD
	run link-add @index=$NEW @up name=str:wan9 mtu=u32:1400 linkinfo=[ kind=str:ipv6tun ]
	run $route
	do link-set @index=$NEW @netns=/run/netns/${NS[other]}
	undo !ip -n ${NS[other]} link set wan9 netns ${NS[gw]}
	undo link-set @index=$NEW @up
	undo $route
	EOD
}

## Paths

path_add()
{
	faults <<-EOD
	do path-add ifindex=u32:$W id=u32:3 local=addr:127.0.0.1 remote=addr:127.0.0.4 hold-up=u32:0 key=u32:9 csum=u8:1 weight=u32:3 peer=addr:fd00::13 peer=addr:192.0.2.131 peer=addr:fd00::14
	undo path-del ifindex=u32:$W id=u32:3
	EOD
	# The kernel chooses the id. IPv6 outside, watched.
	faults <<-EOD
	do path-add ifindex=u32:$W local=addr:2001:db8:1::1 remote=addr:2001:db8:1::7 underlay=u32:$DUMMY hold-up=u32:0 probe=u8:2 interval=u32:30000
	undo path-del ifindex=u32:$W id=u32:3
	EOD
}

path_set()
{
	local set="path-set ifindex=u32:$W id=u32:1" change back

	while IFS='|' read -r change back; do
		faults <<-EOD
		do $set $change
		undo $set $back
		EOD
	done <<-EOD
	weight=u32:5 ttl=u8:9 tos=u8:8|weight=u32:1 ttl=u8:64 tos=u8:1
	key=u32:7 csum=u8:1|no-key=flag csum=u8:0
	peer=addr:fd00::21 peer=addr:fd00::22 peer=addr:192.0.2.140|peer=addr:fd00::11
	remote=addr:127.0.0.5 underlay=u32:$LO|remote=addr:127.0.0.2 underlay=u32:0
	admin=u8:0|admin=u8:1
	probe=u8:1 interval=u32:30000|probe=u8:0 interval=u32:1000
	EOD
}

path_del()
{
	faults <<-EOD
	do path-del ifindex=u32:$W id=u32:2
	undo path-add ifindex=u32:$W $P2
	EOD
}

## Routes

# A gateway that the kernel could not look up for want of memory is EHOSTUNREACH.
routes()
{
	local multi6 multi4 change back

	multi6="$(hop6 "$W" fd000000000000000000000000000011) $(hop6 "$W" fd000000000000000000000000000012)"
	multi4="$(hop4 "$W" c0000282) $(hop4 "$W" c0000283)"
	while IFS='|' read -r change back; do
		faults -e EHOSTUNREACH <<-EOD
		do $change
		undo $back
		EOD
	done <<-EOD
	route-add @family=6 @len=48 dst=addr:2001:db8:b:: oif=u32:$W gateway=addr:fd00::12|route-del @family=6 @len=48 dst=addr:2001:db8:b::
	route-add @family=6 @len=48 dst=addr:2001:db8:b:: oif=u32:$W|route-del @family=6 @len=48 dst=addr:2001:db8:b::
	route-add @family=6 @len=48 dst=addr:2001:db8:b:: multipath=( $multi6 ]|route-del @family=6 @len=48 dst=addr:2001:db8:b:: multipath=( $multi6 ]
	route-add @family=4 @len=24 dst=addr:198.51.100.0 oif=u32:$W gateway=addr:192.0.2.130|route-del @family=4 @len=24 dst=addr:198.51.100.0
	route-add @family=4 @len=24 dst=addr:198.51.100.0 multipath=( $multi4 ]|route-del @family=4 @len=24 dst=addr:198.51.100.0
	EOD
	ns_batch gw <<-EOD
	route add 2001:db8:c::/48 via fd00::11 dev wan0
	route add 198.51.100.0/24 via 192.0.2.130 dev wan0
	EOD
	defer ns gw ip route del 2001:db8:c::/48
	defer ns gw ip route del 198.51.100.0/24
	while IFS='|' read -r change back; do
		faults -e EHOSTUNREACH <<-EOD
		do $change
		undo $back
		EOD
	done <<-EOD
	route-append @family=6 @len=48 dst=addr:2001:db8:c:: oif=u32:$W gateway=addr:fd00::12|route-del @family=6 @len=48 dst=addr:2001:db8:c:: oif=u32:$W gateway=addr:fd00::12
	route-replace @family=6 @len=48 dst=addr:2001:db8:c:: oif=u32:$W gateway=addr:fd00::12|route-replace @family=6 @len=48 dst=addr:2001:db8:c:: oif=u32:$W gateway=addr:fd00::11
	route-replace @family=4 @len=24 dst=addr:198.51.100.0 oif=u32:$W gateway=addr:192.0.2.140|route-replace @family=4 @len=24 dst=addr:198.51.100.0 oif=u32:$W gateway=addr:192.0.2.130
	route-del @family=6 @len=48 dst=addr:2001:db8:c::|route-add @family=6 @len=48 dst=addr:2001:db8:c:: oif=u32:$W gateway=addr:fd00::11
	EOD
}

# A set of its own follows each object; one that did not lead here comes to do so.
nexthops()
{
	ns_batch gw <<-EOD
	nexthop add id 1 via fd00::11 dev wan0
	nexthop add id 2 via fd00::12 dev wan0
	nexthop add id 3 group 1/2
	nexthop add id 5 via 2001:db8:1::99 dev dummy0
	route add 2001:db8:77::/48 nhid 5
	route add 2001:db8:78::/48 nhid 3
	EOD
	defer ns gw ip nexthop flush
	faults -e EHOSTUNREACH <<-EOD
	do route-add @family=6 @len=48 dst=addr:2001:db8:b:: nh-id=u32:1
	undo route-del @family=6 @len=48 dst=addr:2001:db8:b::
	EOD
	faults -e EHOSTUNREACH <<-EOD
	do nexthop-add @family=6 id=u32:9 oif=u32:$W gateway=addr:fd00::12
	undo nexthop-del id=u32:9
	EOD
	faults -e EHOSTUNREACH <<-EOD
	do nexthop-replace id=u32:3 group=hex:$(le32 1)00000000
	undo nexthop-replace id=u32:3 group=hex:$(le32 1)00000000$(le32 2)00000000
	EOD
	faults -e EHOSTUNREACH <<-EOD
	do nexthop-replace @family=6 id=u32:5 oif=u32:$W gateway=addr:fd00::12
	undo nexthop-replace @family=6 id=u32:5 oif=u32:$DUMMY gateway=addr:2001:db8:1::99
	EOD
}

## NAT64

nat64_objects()
{
	local d="ifindex=u32:$W" kind words

	while read -r kind words; do
		faults <<-EOD
		do $kind-add $d $words
		undo $kind-del $d $words
		EOD
	done <<-EOD
	pool6 prefix=addr:2001:db8:65:: prefix-len=u8:96
	pool4 prefix=addr:198.51.100.64 prefix-len=u8:28
	eam prefix6=addr:2001:db8:d:: prefix6-len=u8:124 prefix4=addr:203.0.113.0 prefix4-len=u8:28
	bib proto=u8:6 addr6=addr:2001:db8:1::9 port6=u16:80 addr4=addr:192.0.2.3 port4=u16:80
	EOD
	while read -r kind words; do
		faults <<-EOD
		do $kind-del $d $words
		undo $kind-add $d $words
		EOD
	done <<-EOD
	pool6 prefix=addr:2001:db8:64:: prefix-len=u8:96
	eam prefix6=addr:2001:db8:e:: prefix6-len=u8:124 prefix4=addr:203.0.113.16 prefix4-len=u8:28
	bib proto=u8:17 addr6=addr:2001:db8:1::9 port6=u16:53 addr4=addr:192.0.2.1 port4=u16:53
	EOD
	# That of wan0 is needed by its static entry.
	ns gw ipv6tunctl nat64 pool4 add wan0 198.51.100.64/28
	defer ns gw ipv6tunctl nat64 pool4 del wan0 198.51.100.64/28
	faults <<-EOD
	do pool4-del $d prefix=addr:198.51.100.64 prefix-len=u8:28
	undo pool4-add $d prefix=addr:198.51.100.64 prefix-len=u8:28
	EOD
}

nat64_settings()
{
	faults <<-EOD
	do nat64-set ifindex=u32:$W filtering=u8:1 udp-zero=u8:0 lowest-mtu=u16:1400 tcp-est=u32:100 udp=u32:9 icmp=u32:8 max-sessions=u32:77 icmp-source=addr:198.51.100.8 icmp-source-len=u8:29 session-events=u8:1
	undo nat64-set ifindex=u32:$W filtering=u8:0 udp-zero=u8:1 lowest-mtu=u16:1280 tcp-est=u32:7440 udp=u32:300 icmp=u32:60 max-sessions=u32:1048576 no-icmp-source=flag session-events=u8:0
	EOD
}

# A device gets it by whatever is said first, and loses it.
nat64_comes_and_goes()
{
	local d="ifindex=u32:$W1" first

	for first in "nat64-set $d" "pool6-add $d prefix=addr:2001:db8:66:: prefix-len=u8:96" \
		"pool4-add $d prefix=addr:198.51.100.128 prefix-len=u8:28"; do
		faults <<-EOD
		do $first
		undo nat64-del $d
		EOD
	done
	defer ns gw ipv6tunctl nat64 del wan1
	faults <<-EOD
	run nat64-set $d
	do nat64-del $d
	undo nat64-set $d
	EOD
}

# Static entries take each other's places.
nat64_replace()
{
	local d="ifindex=u32:$W1"
	local pool4="pool4=[ prefix=addr:198.51.100.128 prefix-len=u8:28 ]"
	local bib="proto=u8:17 port6=u16:5 addr4=addr:198.51.100.129 port4=u16:5"
	local one="pool6=[ prefix=addr:2001:db8:66:: prefix-len=u8:96 ] $pool4 bib=[ $bib addr6=addr:2001:db8:1::5 ]"
	local two="udp=u32:9 pool6=[ prefix=addr:2001:db8:67:: prefix-len=u8:96 ] $pool4 eam=[ prefix6=addr:2001:db8:d:: prefix6-len=u8:128 prefix4=addr:203.0.113.1 prefix4-len=u8:32 ] bib=[ $bib addr6=addr:2001:db8:1::6 ] bib=[ proto=u8:6 addr6=addr:2001:db8:1::5 port6=u16:5 addr4=addr:198.51.100.129 port4=u16:5 ]"

	faults <<-EOD
	do nat64-replace $d $one
	undo nat64-del $d
	EOD
	defer ns gw ipv6tunctl nat64 del wan1
	faults <<-EOD
	run nat64-replace $d $one
	do nat64-replace $d $two
	undo nat64-replace $d $one
	EOD
}

## Sessions

# The state after a packet is that before or that after, too: no entry without a
# session, no port that nobody has, no count that is off.
sessions()
{
	local packet

	for packet in "udp 1000 53 | data 20" "icmp6 128 0 id=7 seq=1 | data 8" "tcp 1000 80 flags=S"; do
		faults <<-EOD
		do $SEND6 | $packet
		$FLUSH
		EOD
	done
	# From IPv4, by the static entry.
	faults <<-EOD
	do packet $W ip4 198.18.0.2 192.0.2.1 | udp 53 53 | data 20
	$FLUSH
	EOD
}

# More is allocated for each: who was spoken to, and what listeners are told.
sessions_with_all()
{
	ns gw ipv6tunctl nat64 set wan0 filtering address-dependent session-events on
	defer ns gw ipv6tunctl nat64 set wan0 filtering endpoint-independent session-events off
	background ns gw ipv6tunctl -j monitor nat64
	wait_for 20 listened || fail "monitor tells nothing"
	faults <<-EOD
	do $SEND6 | udp 1001 53 | data 20
	$FLUSH
	EOD
}

listened()
{
	ns gw ipv6tunctl -b - <<-EOD
	nat64 bib add wan0 proto tcp addr6 2001:db8:1::2 port6 1 addr4 192.0.2.9 port4 1
	nat64 bib del wan0 proto tcp addr6 2001:db8:1::2 port6 1 addr4 192.0.2.9 port4 1
	EOD
	[[ -s $LOG_DIR/ipv6tunctl.log ]]
}

fragments()
{
	faults <<-EOD
	do $SEND6 | frag id=5 part=0+16 | udp 1002 53 | data 40
	do $SEND6 | frag id=5 part=16 | udp 1002 53 | data 40
	$FLUSH
	EOD
}

# They change no session.
errors()
{
	defer ns gw ipv6tunctl nat64 flush wan0
	faults <<-EOD
	run $SEND6 | udp 1000 53 | data 20
	do $SEND6 | icmp6 1 4 | [ ip6 2001:db8:64::c612:2 2001:db8:1::2 | udp 53 1000 | data 20 ]
	EOD
	# One that cannot be translated, whose sender is told.
	faults <<-EOD
	do packet $W ip6 2001:db8:1::2 2001:db8:64::7f00:1 | udp 1000 53 | data 20
	EOD
}

flush()
{
	defer ns gw ipv6tunctl nat64 flush wan0
	faults <<-EOD
	run $SEND6 | udp 1000 53 | data 20
	do nat64-flush ifindex=u32:$W
	undo $SEND6 | udp 1000 53 | data 20
	EOD
}

# A path that is set again has no route yet. Without memory for one it is as if there
# were none, for a moment.
packet_over_a_path()
{
	faults <<-EOD
	do packet $W ip6 fd00::1 2001:db8:f::1 | udp 1 2 | data 20
	undo path-set ifindex=u32:$W id=u32:1 ttl=u8:64
	undo path-set ifindex=u32:$W id=u32:2 ttl=u8:64
	EOD
}

## The rest

# One of several fails at a time: what is only read never changes.
questions()
{
	local d="ifindex=u32:$W"

	defer ns gw ipv6tunctl nat64 flush wan0
	faults <<-EOD
	run $SEND6 | udp 1000 53 | data 20
	do path-get $d id=u32:1
	do path-list+dump
	do device-get $d
	do device-list+dump
	do route-list+dump count-buckets=flag
	do nat64-get $d
	do nat64-list+dump
	do pool6-list+dump
	do pool4-list+dump $d
	do eam-list+dump
	do bib-list+dump $d
	do session-list+dump $d
	EOD
	# Of a route that could not be made the stack says no more than that.
	faults -e ENETUNREACH,EHOSTUNREACH,EINVAL <<-EOD
	do lookup $d from=addr:fd00::1 to=addr:2001:db8:a::1 proto=u8:17 sport=u16:1 dport=u16:2
	do lookup $d from=addr:192.0.2.129 to=addr:192.0.2.130
	do lookup $d packet=hex:6000000000081140fd00000000000000000000000000000120010db8000f00000000000000000001000100020008ffff
	EOD
}

# Whatever the interface gets: nothing is left out here.
every_command()
{
	local missing

	missing=$(awk '/^operations:/ { on = 1 } /^mcast-groups:/ { on = 0 }
		on && /^ +name: / && !/-ntf$/ { print $NF }' "$TREE/Documentation/netlink/specs/ipv6tun.yaml" |
		grep -vxFf "$TMP/done") || true
	eq "$missing" '' "commands of the specification that no case above has"
}

# One that could not be made ends before our part of it was there, whoever uses us.
namespace_is_not_made()
{
	local made

	# Of pages the kernel itself has to say too much.
	echo Y >$PAGES/ignore-gfp-wait
	defer eval "echo N >$PAGES/ignore-gfp-wait"
	# All of them take minutes.
	made=$("$FAILNS" 5)
	note "$made failures on the way"
	between "$made" 10 10000 "namespaces that were not made"
}

: >"$TMP/done"
allow_faults
run_test link_add "without memory: a device is made"
run_test link_set "without memory: a device is changed"
run_test link_del "without memory: a device is deleted"
run_test link_moves "without memory: a device moves to another namespace"
run_test path_add "without memory: path-add"
run_test path_set "without memory: path-set"
run_test path_del "without memory: path-del"
run_test routes "without memory: routes come, change and go"
run_test nexthops "without memory: nexthop objects"
run_test nat64_objects "without memory: pools, EAM and BIB entries"
run_test nat64_settings "without memory: nat64-set"
run_test nat64_comes_and_goes "without memory: NAT64 comes and goes"
run_test nat64_replace "without memory: nat64-replace"
run_test sessions "without memory: packets that make sessions"
run_test sessions_with_all "without memory: sessions with filtering and events"
run_test fragments "without memory: fragments"
run_test errors "without memory: ICMP errors"
run_test flush "without memory: nat64-flush"
run_test packet_over_a_path "without memory: a packet over a path"
run_test questions "without memory: what is only read"
run_test every_command "every command of the specification was among them"
run_test namespace_is_not_made "without memory: a namespace is made"
