#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Everything at once, for minutes: devices, paths, path sets, probes, NAT64 with its
# pools, mappings and static entries are made, changed and removed at random, while
# namespaces end, devices move, links flap, BIRD restarts, the module comes and goes, and
# packets flow. It ends as it began: nothing is left, nothing has grown, and the counters
# of a new device tell what they told before. Run by "make soak".
#
# MINUTES=10 of changes, at least two parts of the same length, each with a network of
# its own; 0.5 is enough to see that all works. SEED=N repeats the changes of each worker,
# though not the instants they met at. The network is drawn in network.sh, the workers
# are in workers.sh.
#
# A part has rounds. Each ends with the workers' end and the module's:
#	race	it is unloaded and loaded again while the workers go on
#	loaded	it is unloaded with all that they have left, under traffic
#	empty	all is deleted first, its slab caches have to be as of a fresh start
#
# time limit: 3600

# shellcheck source=selftests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
# shellcheck source=selftests/peers/daemons.sh
source "$TREE/selftests/peers/daemons.sh"
# shellcheck source=selftests/peers/paths.sh
source "$TREE/selftests/peers/paths.sh"
# shellcheck source=selftests/peers/failover.sh
source "$TREE/selftests/peers/failover.sh"
# shellcheck source=selftests/soak/network.sh
source "$TREE/selftests/soak/network.sh"
# shellcheck source=selftests/soak/account.sh
source "$TREE/selftests/soak/account.sh"
# shellcheck source=selftests/soak/workers.sh
source "$TREE/selftests/soak/workers.sh"

: "${MINUTES:=1}" "${SEED:=$((RANDOM * 32768 + RANDOM))}"

# Seconds that anything may take to end. Objects of a burst. What may stay of memory
# from the first part to the last, KiB: pages are not as full as they were, and tables of
# the kernel grow with their first users.
SLOW='' HOW='' PATIENCE=60 BURST=500 GROWN_MAX=16384 SLABS_MAX=4096
if emulated || [[ -e /proc/lockdep_stats ]]; then
	# The checkers keep notes of what they have seen.
	SLOW=1 PATIENCE=300 BURST=50 GROWN_MAX=131072 SLABS_MAX=32768 LINES_MAX=8
fi
[[ ! -e /proc/lockdep_stats ]] || HOW=' DEBUG=1'
PIDS=()

## Comings and goings of the module

unload()
{
	# A listing that somebody reads holds it.
	wait_for "$PATIENCE" timeout 60 rmmod ipv6tun ||
		fail "the module does not unload: $(timeout 60 rmmod ipv6tun 2>&1), $(</sys/module/ipv6tun/refcnt) users"
}

reload()
{
	[[ -e /sys/module/ipv6tun ]] || insmod "$MODULE"
}

race()
{
	: >"$TMP/leaving"
	unload
	pause 500
	insmod "$MODULE"
	pause 500
	workers_stop
	rm -f "$TMP/leaving"
	devices_delete
}

loaded()
{
	workers_stop
	unload
	no_devices || fail "devices that have survived the module: $(devices)"
	insmod "$MODULE"
}

empty()
{
	workers_stop
	devices_delete
	eq "$(</sys/module/ipv6tun/refcnt)" 0 "users of the module"
	slabs_fresh
}

## Tests

fresh_start()
{
	[[ ! -r /proc/slabinfo ]] || slabs >"$TMP/slabs.fresh"
	functional_check "$TMP/counters.first"
}

# part NUMBER: some rounds in one network
part()
{
	local how

	MINUTE=$1
	rm -f "$TMP/unexpected"
	RANDOM=$(((SEED + $1) & 0x7fffffff))
	defer reload
	soak_network
	soak_device
	defer workers_kill
	steady_start
	for ((ROUND = 1; ROUND <= ROUNDS; ROUND++)); do
		traffic_passes
		workers_start
		sleep "$ROUND_SECONDS"
		if ((ROUND == ROUNDS)); then
			how=empty
		elif (((MINUTE + ROUND) % 2)); then
			how=loaded
		else
			how=race
		fi
		note "round $ROUND ends: $how"
		"$how"
		((ROUND == ROUNDS)) || soak_device
	done
	steady_stop
	[[ ! -s $TMP/unexpected ]] ||
		fail "refused for a reason that is not among those expected (EXPECT in soak/workers.sh):"$'\n'"$(
			sort "$TMP/unexpected" | uniq -c | sort -rn | head -n 30)"$'\n'"again: $AGAIN"
}

# memory NUMBER: what is in use now that the network of that part is gone
memory()
{
	unload
	memory_measure "$TMP/memory.$1"
	insmod "$MODULE"
	note "in use, and of that in slabs: $(<"$TMP/memory.$1") KiB"
}

everybody_worked()
{
	local name idle=''

	for name in "${WORKERS[@]}"; do
		awk -F '\t' -v name="$name" '$1 == name { n += $3 } END { exit (n < 2) }' "$TMP/done" ||
			idle+=" $name"
	done
	eq "$idle" '' "workers that got nothing done"
}

as_a_fresh_start()
{
	local was

	slabs_fresh
	functional_check "$TMP/counters.last"
	slabs_fresh
	was=$(join "$TMP/counters.first" "$TMP/counters.last" | awk '$2 != $3 { print $1 ": " $3 ", was " $2 }')
	eq "$was" '' "counters that grew by another number than after the fresh start"
}

memory_is_steady()
{
	local used slab used_first slab_first

	read -r used_first slab_first <"$TMP/memory.1"
	read -r used slab <"$TMP/memory.$PARTS"
	note "KiB in use: $used_first after part 1, $used after part $PARTS; in slabs: $slab_first, $slab"
	note "$(slabs_grown "$TMP/memory.1" "$TMP/memory.$PARTS")"
	between $((slab - slab_first)) -1000000 $SLABS_MAX "KiB more in slabs than after part 1"
	between $((used - used_first)) -1000000 $GROWN_MAX "KiB more in use than after part 1"
}

module_is_free()
{
	eq "$(</sys/module/ipv6tun/refcnt)" 0 "users of the module"
	unload
	[[ ! -r /proc/slabinfo ]] || eq "$(slabs)" '' "slab caches of the module, which is gone"
	insmod "$MODULE"
}

# The changes of each worker, by kind. Why some were refused is in the log.
table()
{
	local format='# %-10s %-18s %10s %10s %12s\n'

	# shellcheck disable=SC2059 # the same for all
	printf "$format" worker change 'done' refused 'module gone'
	for worker in "${WORKERS[@]}"; do
		awk -F '\t' -v worker="$worker" -v format="$format" '
			$1 == worker { done[$2] += $3; refused[$2] += $4; gone[$2] += $5 }
			END {
				for (kind in done) {
					d += done[kind]; r += refused[kind]; g += gone[kind]
					printf format, "", kind, done[kind], refused[kind], gone[kind] | "sort"
				}
				close("sort")
				printf format, worker, "all", d + 0, r + 0, g + 0
			}' "$TMP/done"
	done
	awk -F '\t' '{ n[$1 "\t" $3] += $2 } END { for (k in n) print n[k] "\t" k }' "$TMP/refused" |
		sort -rn >"$LOG_DIR/refused.txt"
	echo "# why some were refused: refused.txt, among the logs"
}

[[ ${MODULE:-} ]] || skip "the path of the module is not known"
[[ $MINUTES =~ ^[0-9]+(\.[0-9]+)?$ ]] || { echo "# MINUTES=$MINUTES is not a number"; exit 2; }
[[ $SEED =~ ^[0-9]{1,10}$ ]] || { echo "# SEED=$SEED is not a number of ten digits at most"; exit 2; }
# Not octal.
SEED=$((10#$SEED))
need_cmd jq nft bird birdc
[[ -x $UDPFLOW ]] || skip "build/selftests/udpflow is not built"

# Parts of a minute, two at least; rounds of a quarter of that, two at least.
TOTAL_SECONDS=$(awk -v m="$MINUTES" 'BEGIN { printf "%d", m * 60 }')
PARTS=$((TOTAL_SECONDS >= 120 ? TOTAL_SECONDS / 60 : 2))
ROUNDS=$((TOTAL_SECONDS / PARTS / 15))
((ROUNDS >= 2)) || ROUNDS=2
ROUND_SECONDS=$((TOTAL_SECONDS / PARTS / ROUNDS))
((ROUND_SECONDS >= 3)) || ROUND_SECONDS=3
: >"$TMP/done"
: >"$TMP/refused"

AGAIN="make soak MINUTES=$MINUTES SEED=$SEED$HOW"
echo "# the same changes again: $AGAIN"
echo "# $PARTS parts of $ROUNDS rounds of $ROUND_SECONDS s, ${#WORKERS[@]} workers, $(nproc) processors"
run_test fresh_start "a fresh start: counters are zero, and what 80 packets add to them"
for ((i = 1; i <= PARTS; i++)); do
	run_test part "part $i of $PARTS: everything changes, and is gone in the end" "$i"
	run_test memory "memory after part $i" "$i"
done
run_test everybody_worked "every worker got something done"
run_test as_a_fresh_start "as after a fresh start: slabs, and what 80 packets add to the counters"
run_test memory_is_steady "memory has not grown since part 1"
run_test module_is_free "nobody uses the module, and it unloads"
table
