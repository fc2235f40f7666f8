#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Native gre and ip6gre on the same host, some of them between the very addresses
# of a path under another key, work as if there were no ipv6tun; and what is
# nobody's goes on to the kernel's own GRE.
#
#	router ------------------------------------ native
#	e0 192.0.2.1  2001:db8::1                   e0 192.0.2.2, .3  2001:db8::2, ::3
#	g0 to g5, later wan0                        g0 to g9
#	10.0.N.1  fd00:N::1                         10.0.N.2  fd00:N::2
#
#	N	router		to	key
#	0, 3	gre, ip6gre	...2	70N	same addresses as the paths
#	1, 4	gre, ip6gre	...3		keyless beside the paths' keys
#	2, 5	gre, ip6gre	...3	70N
#	6, 8	path		...2		keyless beside a native key
#	7, 9	path		...3	70N

# shellcheck source=selftests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=selftests/peers/inject.sh
source "$TREE/selftests/peers/inject.sh"

QUEUEOK=$TREE/build/selftests/queueok

## Topology

# N, what serves it on the router, host number of the remote, key.
TUNNELS=(
	"0 gre 2 700" "1 gre 3" "2 gre 3 702"
	"3 ip6gre 2 703" "4 ip6gre 3" "5 ip6gre 3 705"
	"6 path4 2" "7 path4 3 707" "8 path6 2" "9 path6 3 709"
)
NATIVE=(0 1 2 3 4 5)
PATHS=(6 7 8 9)

setup()
{
	local line n type host key kind ours theirs

	setup_ns router native
	# What native GRE says by itself would be counted.
	sysctl_in native net.ipv6.conf.default.router_solicitations=0
	veth router:e0,192.0.2.1/24,2001:db8::1/64 \
		native:e0,192.0.2.2/24,192.0.2.3/24,2001:db8::2/64,2001:db8::3/64
	for line in "${TUNNELS[@]}"; do
		read -r n type host key <<<"$line"
		kind=gre ours=192.0.2.1 theirs=192.0.2.$host
		[[ $type == *6* ]] && kind=ip6gre ours=2001:db8::1 theirs=2001:db8::$host
		{
			echo "link add g$n type $kind local $theirs remote $ours ${key:+key $key}"
			echo "address add 10.0.$n.2/24 dev g$n"
			echo "address add fd00:$n::2/64 dev g$n"
			echo "link set g$n up"
		} >>"$TMP/native"
		if [[ $type == path* ]]; then
			echo "path add wan0 id $n local $ours remote $theirs ${key:+key $key}" \
				"peer 10.0.$n.2 peer fd00:$n::2" >>"$TMP/paths"
			continue
		fi
		{
			echo "link add g$n type $kind local $ours remote $theirs ${key:+key $key}"
			echo "address add 10.0.$n.1/24 dev g$n"
			echo "address add fd00:$n::1/64 dev g$n"
			echo "link set g$n up"
		} >>"$TMP/router"
	done
	ns_batch router <"$TMP/router"
	ns_batch native <"$TMP/native"
}

## Tests

# pings N...: of both families, from both ends.
pings()
{
	local n
	local -a of_router=() of_native=()

	for n in "$@"; do
		of_router+=("10.0.$n.1" "fd00:$n::1")
		of_native+=("10.0.$n.2" "fd00:$n::2")
	done
	ping_all router 2 56 "${of_native[@]}"
	ping_all native 2 56 "${of_router[@]}"
}

add_paths()
{
	local n

	{
		echo 'link add wan0 type ipv6tun'
		echo 'link set wan0 up'
		for n in "${PATHS[@]}"; do
			echo "address add 10.0.$n.1/24 dev wan0"
			echo "address add fd00:$n::1/64 dev wan0"
		done
	} | ns_batch router
	ns router ipv6tunctl -b "$TMP/paths"
}

all_work()
{
	local n

	pings "${NATIVE[@]}" "${PATHS[@]}"
	# By the paths, and none of the natives' by them: requests and replies of
	# two pings of two families.
	counters router wan0
	for n in "${PATHS[@]}"; do
		eq "${COUNTERS[path$n.rx-packets]} ${COUNTERS[path$n.tx-packets]}" "8 8" \
			"packets of path $n, in and out"
	done
}

# A tunnel device added while the module has its hooks in place.
native_added_later()
{
	defer ns router ip link delete g10
	defer ns native ip link delete g10
	ns_batch router <<-EOF
	link add g10 type gre local 192.0.2.1 remote 192.0.2.2 key 710
	address add 10.0.10.1/24 dev g10
	address add fd00:10::1/64 dev g10
	link set g10 up
	EOF
	ns_batch native <<-EOF
	link add g10 type gre local 192.0.2.2 remote 192.0.2.1 key 710
	address add 10.0.10.2/24 dev g10
	address add fd00:10::2/64 dev g10
	link set g10 up
	EOF
	pings 10
}

# No path and no native device has these: the kernel says so.
nobodys()
{
	local inside='ip=fd00:6::2,fd00:6::1,proto=59'

	ns_batch native <<-EOF
	address add 192.0.2.9/24 dev e0
	address add 2001:db8::9/64 dev e0 nodad
	EOF
	defer ns native ip address delete 192.0.2.9/24 dev e0
	defer ns native ip address delete 2001:db8::9/64 dev e0
	capture native e0 "$TMP/nobody.pcap" 'icmp[0] = 3 or (icmp6 and ip6[40] = 1)'
	counted router wan0 no-path+2 native "ip=192.0.2.9,192.0.2.1 gre $inside" \
		"ip=2001:db8::9,2001:db8::1 gre $inside"
	capture_stop "$CAPTURE_PID"
	tcpdump -n -r "$TMP/nobody.pcap" 2>/dev/null >"$TMP/nobody"
	contains "$(<"$TMP/nobody")" '192.0.2.1 > 192.0.2.9: ICMP' "answer of the IPv4 stack"
	contains "$(<"$TMP/nobody")" '2001:db8::1 > 2001:db8::9: ICMP6' "answer of the IPv6 stack"
}

# What a firewall of the host decides of the outer packets holds for paths, too.
input_rules()
{
	defer ns router nft delete table inet outer
	ns router nft 'table inet outer {
		chain in {
			type filter hook input priority 0;
			ip saddr 192.0.2.2 ip protocol gre drop
			ip6 saddr 2001:db8::2 meta l4proto gre drop
		}
	}'
	ping_lost router 10.0.6.2
	ping_lost router fd00:8::2
	ping_ok router 10.0.7.2
	ping_ok router fd00:9::2
}

# They come back from a process then, and not in a softirq.
queued_by_firewall()
{
	local queued=$TMP/queued

	[[ -x $QUEUEOK ]] || skip "build/selftests/queueok is not built"
	ip netns exec "${NS[router]}" "$QUEUEOK" >"$queued" 2>&1 &
	defer stop $!
	wait_for 10 grep -q ready "$queued" || skip "no netfilter queue: $(<"$queued")"
	defer ns router nft delete table inet outer
	ns router nft 'table inet outer {
		chain in {
			type filter hook input priority 0;
			meta l4proto gre queue num 0
		}
	}' || skip "no rule for a netfilter queue"
	ping_ok router 10.0.6.2 10
	ping_ok router fd00:8::2 10
	ping_ok router 10.0.0.2 2
	between "$(tr -cd . <"$queued" | wc -c)" 22 1000 "packets that went through the queue"
}

natives_alone()
{
	ns router ipv6tunctl path del wan0 id 6
	pings "${NATIVE[@]}" 7 8 9
	ns router ip link delete wan0
	pings "${NATIVE[@]}"
}

setup
run_test pings "native GRE before there is a path" "${NATIVE[@]}"
run_test add_paths "paths between the same addresses, under other keys"
run_test all_work "native GRE and paths, side by side"
run_test native_added_later "native GRE added beside paths"
run_test nobodys "GRE of nobody goes on to the kernel, counted as no-path"
run_test input_rules "the host's firewall sees outer packets first"
run_test queued_by_firewall "a program of the host has outer packets first"
run_test natives_alone "native GRE when the paths are gone"
