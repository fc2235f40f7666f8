# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What soak.sh compares before and after: counters of a device, objects of the module's
# slab caches, memory of the machine. Source after lib.sh and network.sh.

## Counters

# counters: those of wan0 of the edge, sorted, "NAME VALUE" a line; those of all paths
# in a sum, for a flow's path depends on the identifier that ping has.
counters()
{
	{
		{
			ns edge ipv6tunctl -j -s show wan0
			ns edge ipv6tunctl -j nat64 show wan0 stats
		} | jq -r -s '[.. | objects | to_entries[] | select((.value | type) == "number") |
			select(.key | test("^(rx|tx|to4|to6|nat64|lost)-|-(bibs|sessions)$|^(no-path|pmtu-updates)$"))] |
			group_by(.key)[] | "\(.[0].key) \(map(.value) | add)"'
		ns edge ip -j -s link show wan0 | jq -r '.[0].stats64 | to_entries[] | .key as $way |
			.value | to_entries[] | "device-\($way)-\(.key) \(.value)"'
	} | sort
}

counter() # NAME
{
	counters | awk -v name="$1" '$1 == name { print $2 }'
}

counter_is() # NAME VALUE
{
	[[ $(counter "$1") == "$2" ]]
}

# functional_check FILE: makes network and device, whose counters have to be zero, sends
# a fixed number of packets and writes to FILE by how much each counter grew. Ends with a
# TCP transfer there and back through NAT64, every byte compared.
functional_check()
{
	local moved

	soak_network
	# Nobody else's packets: what a new link of a router has to say comes in its first
	# seconds.
	sleep 5
	soak_device
	eq "$(counters | awk '$2 != 0')" '' "counters of a new device that are not zero"
	traffic_passes
	ping_ok edge fd00:1::2
	ping_ok edge fd00:2::2
	ns edge ipv6tunctl nat64 flush wan0 >/dev/null
	counters >"$TMP/counters.before"
	ping_ok src "$DST6" 20
	ping_ok src "$POOL6$DST4" 10
	"$TREE/build/selftests/udpmany" -n 50 -r 1000 "/run/netns/${NS[src]}" e0 "$EDGE_MAC" \
		2001:db8:a::1000 "$POOL6$DST4" 9 >/dev/null
	wait_for 20 counter_is udp-sessions 50 || fail "$(counter udp-sessions) sessions, want 50"
	# The last one is on its way to the path yet.
	sleep 0.5
	counters | awk 'NR == FNR { was[$1] = $2; next } { print $1, $2 - was[$1] }' \
		"$TMP/counters.before" - >"$1"
	note "grown by: $(awk '$2 != 0 { printf "%s%s %d", sep, $1, $2; sep = ", " }' "$1")"
	moved=$("$TREE/build/selftests/tcpflow" -n 300000 -t 60 -l "$DST4" "/run/netns/${NS[src]}" \
		"/run/netns/${NS[dst]}" "$SRC6" "$POOL6$DST4" 2>&1) || fail "a TCP connection through NAT64: $moved"
	eq "$(counter tcp-sessions)" 1 "TCP sessions"
	devices_delete
}

## Slab caches of the module

# slabs: objects in use of each, "CACHE OBJECTS" a line. Shrinking gives back what
# processors and checkers keep.
slabs()
{
	local file

	for file in /sys/kernel/slab/ipv6tun_*/shrink; do
		[[ ! -w $file ]] || echo 1 >"$file"
	done
	awk '/^ipv6tun_/ { print $1, $2 }' /proc/slabinfo | sort
}

slabs_are() # TEXT
{
	[[ $(slabs) == "$1" ]]
}

# slabs_fresh: objects are freed after a grace period, those of namespaces when these
# have ended.
slabs_fresh()
{
	[[ -r /proc/slabinfo ]] || return 0
	wait_for "$PATIENCE" slabs_are "$(<"$TMP/slabs.fresh")" ||
		fail "objects of the module's slab caches: $(slabs), after a fresh start $(<"$TMP/slabs.fresh")"
}

## Memory

# memory_measure FILE: KiB in use, of them in slabs, once all that could be freed is;
# and the slab caches in FILE.slabs.
memory_measure()
{
	local file

	# The kernel frees the namespaces that ended last only when others end.
	for _ in 1 2 3; do
		unshare --net true
		sleep 0.5
	done
	for file in /sys/kernel/slab/*/shrink; do
		echo 1 >"$file" || true
	done 2>/dev/null
	sync
	echo 3 >/proc/sys/vm/drop_caches
	sleep 0.5
	# What the tests keep in /tmp is Shmem.
	awk '{ kb[$1] = $2 }
		END { print kb["MemTotal:"] - kb["MemAvailable:"] - kb["Shmem:"], kb["Slab:"] }' /proc/meminfo >"$1"
	[[ ! -r /proc/slabinfo ]] || awk 'NR > 2 { print $1, $2, $2 * $4 }' /proc/slabinfo | sort >"$1.slabs"
}

# slabs_grown BEFORE AFTER: the caches that grew most, by bytes.
slabs_grown()
{
	[[ -e $1.slabs && -e $2.slabs ]] || return 0
	join "$1.slabs" "$2.slabs" | awk '$5 > $3 { print $5 - $3, $1, $4 - $2 }' | sort -rn | head -n 8 |
		awk '{ printf "%s: %d objects, %d bytes more\n", $2, $3, $1 }'
}
