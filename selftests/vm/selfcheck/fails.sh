#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# One check fails by a comparison, one by a command, one by a lost packet: all must be
# reported.

# shellcheck source=selftests/lib.sh
source "$(dirname "$0")/../../lib.sh"
# shellcheck source=selftests/vm/selfcheck/third.sh
source "$(dirname "$0")/third.sh"

compares()
{
	eq 1 2 "on purpose"
	true
}

runs_command()
{
	ip link set no-such-device up
	true
}

loses()
{
	answer_of_the_third loss 100%
	ping_ok left 192.0.2.2 3
}

run_test compares
run_test runs_command
run_test loses
