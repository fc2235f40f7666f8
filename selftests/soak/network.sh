# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # NS has keys, not variables
#
# The network of soak.sh: that of peers/paths.sh, with NAT64 on the device that has the
# paths. Source after lib.sh and peers/paths.sh.
#
#   src ----- edge ==u1== transport ==p1== r1 -- lan1
#             wan0 ==u2==           ==p2== r2 -- lan2
#                                                 dst
#
# What src sends to pool6 is translated by wan0 and leaves as IPv4 by its paths; dst
# answers to pool4 by the same routers.

POOL6=2001:db8:64::
POOL4=192.0.2.0/28

soak_network()
{
	local n

	paths_network
	for n in 1 2; do
		ns_batch "r$n" <<-EOF
		route add 192.0.2.0/24 via 10.9.$n.1
		route add 203.0.113.0/24 via 10.9.$n.1
		EOF
	done
	# A link that goes down and up, or into a VRF and out of it, keeps its addresses.
	sysctl_in edge net.ipv6.conf.all.keep_addr_on_down=1
	sysctl_in transport net.ipv6.conf.all.keep_addr_on_down=1
	# A TCP connection whose other end has gone holds its namespace for as long as it
	# tries; here not for minutes.
	for n in src edge r1 dst; do
		sysctl_in $n net.ipv4.tcp_orphan_retries=1 net.ipv4.tcp_fin_timeout=1
	done
	# Nobody listens at port 9 of the destination, and need not say so.
	ns dst nft -f - <<-EOF
	table inet filter {
		chain in {
			type filter hook input priority 0;
			udp dport 9 drop
			tcp dport 9 drop
		}
	}
	EOF
	# shellcheck disable=SC2034 # for those who write frames
	EDGE_MAC=$(ns edge cat /sys/class/net/e0/address)
}

# soak_device: wan0 of the edge as each round begins with it.
soak_device()
{
	paths_device
	{
		path_line 1
		path_line 2
		echo "nat64 pool6 add wan0 $POOL6/96"
		echo "nat64 pool4 add wan0 $POOL4"
	} | ns edge ipv6tunctl -b -
	paths_routes
	ns_batch edge <<-EOF
	route replace $POOL6/96 via fe80::64 dev wan0
	route replace 192.0.2.0/24 dev wan0
	route replace 203.0.113.0/24 dev wan0
	EOF
}

# devices: all devices of the kind, "NAME DEVICE" a line. Those of namespaces without a
# name go with these.
devices()
{
	local name dev

	for name in src edge transport r1 r2 dst; do
		while read -r dev _; do
			[[ ! $dev ]] || echo "$name ${dev%@*}"
		done < <(ns "$name" ip -br link show type ipv6tun 2>/dev/null)
	done
}

no_devices()
{
	[[ ! $(devices) ]]
}

# devices_delete: one by one, those of the workers among them.
devices_delete()
{
	local name dev

	while read -r name dev; do
		# It may be going with the namespace of its underlay.
		ns "$name" ip link delete "$dev" 2>/dev/null || true
	done < <(devices)
	wait_for "$PATIENCE" no_devices || fail "devices that stay: $(devices)"
}

answers() # ADDRESS
{
	ns src ping -n -q -c 1 -W 1 "$1"
}

# traffic_passes: by the paths, and through the translation; the underlay may have to
# find its neighbours first.
traffic_passes()
{
	local to

	for to in "$DST6" "$POOL6$DST4"; do
		wait_for "$PATIENCE" answers "$to" || fail "nothing passes from src to $to"
	done
}

## Traffic that never ends; udpflow accounts for each packet

steady_start()
{
	local rate=1000 interval=0.005

	[[ ! $SLOW ]] || rate=50 interval=0.1
	STEADY=()
	steady_flow paths -f 64 -r $rate "/run/netns/${NS[src]}" "/run/netns/${NS[dst]}" "$SRC6" "$DST6"
	steady_flow nat64 -f 32 -r $((rate / 2)) -p 30000 -a "$DST4" \
		"/run/netns/${NS[src]}" "/run/netns/${NS[dst]}" "$SRC6" "$POOL6$DST4"
	background ns dst ping -n -q -i $interval -I "$DST6" "$SRC6"
	background ns dst ping -n -q -i $interval -I "$DST4" "$SRC4"
}

steady_flow() # NAME WORD...
{
	"$UDPFLOW" -t 3600 "${@:2}" >"$TMP/steady.$1" 2>"$LOG_DIR/udpflow-$1.log" </dev/null &
	defer stop $!
	STEADY+=("$1 $!")
}

# steady_stop: packets get lost, for their paths do; but each that was sent arrives once
# at most, and some do.
steady_stop()
{
	local name pid out

	while read -r name pid; do
		kill -INT "$pid"
		wait "$pid" || fail "udpflow ($name): $(<"$LOG_DIR/udpflow-$name.log")"
		out=$(jq -c 'del(.flows)' "$TMP/steady.$name")
		note "$name: $out"
		eq "$(jq .duplicates "$TMP/steady.$name")" 0 "packets twice, $name"
		between "$(jq .received "$TMP/steady.$name")" 1 100000000 "packets received, $name"
	done < <(printf '%s\n' "${STEADY[@]}")
}
