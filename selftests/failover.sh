#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A path that dies silently, and how long its flows are without one: the short form
# of bench/failover.sh. Network and method are in peers/paths.sh and
# peers/failover.sh.
#
# alone: detection takes milliseconds

# shellcheck source=selftests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=selftests/peers/daemons.sh
source "$TREE/selftests/peers/daemons.sh"
# shellcheck source=selftests/peers/paths.sh
source "$TREE/selftests/peers/paths.sh"
# shellcheck source=selftests/peers/failover.sh
source "$TREE/selftests/peers/failover.sh"

# The bound is for machines that stand still now and then, and for the median;
# bench/failover.sh has the real one.
silent_loss()
{
	local bound=1000 interval=10

	# So slow that 10,000 packets a second, or an answer within 30 ms, are out of
	# reach: how long it takes says nothing there, that it works still does.
	if emulated || [[ -e /proc/lockdep_stats ]]; then
		bound=10000 interval=100 RATE=250
	fi
	failover_prepare
	failover_ours $interval
	failover_kills ours hole 3
	note "3 x $interval ms: ${MS[*]} ms, $LOST packets lost"
	eq "${#MS[@]}" 3 "kills"
	((LOST > 0)) || fail "no packet was lost: nothing was killed"
	at_most "${MS[1]}" $bound || fail "${MS[1]} ms is more than $bound"
}

need_cmd jq nft
[[ -x $UDPFLOW ]] || skip "build/selftests/udpflow is not built"
set -e
paths_network
set +e
run_test silent_loss "silent loss: the flows are elsewhere soon"
