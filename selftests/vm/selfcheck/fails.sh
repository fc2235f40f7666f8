#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# One check fails by a comparison, one by a command: both must be reported.

# shellcheck source=selftests/lib.sh
source "$(dirname "$0")/../../lib.sh"

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

run_test compares
run_test runs_command
