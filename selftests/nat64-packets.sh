#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# NAT64 packet by packet: what goes in and what must come out, as written in the
# data files nat64-packets/*.case. "nat64case" (peers/nat64case.c, which describes
# their format) is all hosts on both sides; a check is a file, and the cases of it
# that fail are named with their line.
#
#	H6 ------------- six [router] four ------------- Z4
#	2001:db8:6::2                        198.51.100.2
#	                     wan0
#	    to 2001:db8:64::/96, pool6   to 192.0.2.0/24, pool4 or EAM
#
# time limit: 600
#
# Some files only: selftests/run --bed uml --shell "NAT64_CASES='46-*' selftests/nat64-packets.sh"

# shellcheck source=selftests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NAT64CASE=$TREE/build/selftests/nat64case
[[ -x $NAT64CASE ]] || skip "build/selftests/nat64case is not built"
[[ -c /dev/net/tun ]] || modprobe tun || skip "no TUN devices here"

# A file that is not found must not go unseen.
LEAST_CASES=500

CASES=0	# run so far

setup()
{
	setup_ns router
	# Errors must neither be held back nor differ from run to run; the router has
	# one device for each side, so that it would redirect. Source routes are for the
	# translator to refuse.
	sysctl_in router net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0 \
		net.ipv6.auto_flowlabels=0 \
		net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.default.send_redirects=0 \
		net.ipv4.conf.all.accept_source_route=1 net.ipv4.conf.default.accept_source_route=1
	forwarding router
}

# cases FILE: all of them, on a device of their own.
cases()
{
	local rc=0

	defer ns router ip link delete wan0
	"$NAT64CASE" "/run/netns/${NS[router]}" wan0 "$1" >"$LOG_DIR/${1##*/}.log" 2>&1 || rc=$?
	if ((rc)); then
		note "$(grep -v '^ok ' "$LOG_DIR/${1##*/}.log")"
		fail "nat64case: status $rc"
	fi
}

# Counts in the shell of the script, whether the check passed or not.
count_cases()
{
	CASES=$((CASES + $(grep -c -E '^(ok|FAILED) ' "$1")))
}

enough_cases()
{
	note "$CASES cases"
	((CASES >= LEAST_CASES)) || fail "only $CASES cases, there should be $LEAST_CASES"
}

# title FILE: its name, and the first line of what it says of itself.
title()
{
	local name=${1##*/} line

	{ read -r line; read -r line; read -r line; } <"$1"
	line=${line#\# }
	line=${line%%. *}
	printf '%s: %s\n' "${name%.case}" "${line%[.:]}"
}

setup
for file in "$TREE"/selftests/nat64-packets/${NAT64_CASES:-*}.case; do
	run_test cases "$(title "$file")" "$file"
	count_cases "$LOG_DIR/${file##*/}.log"
done
[[ ${NAT64_CASES:-} ]] || run_test enough_cases "at least $LEAST_CASES cases were run"
