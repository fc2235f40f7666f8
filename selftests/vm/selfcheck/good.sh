#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# All is well: must pass.

# shellcheck source=selftests/lib.sh
source "$(dirname "$0")/../../lib.sh"

setup_ns left right
veth left:e0,192.0.2.1/24 right:e0,192.0.2.2/24

reaches_neighbour()
{
	ping_ok left 192.0.2.2 2
}

does_not_apply()
{
	skip "on purpose"
}

run_test reaches_neighbour
run_test does_not_apply
