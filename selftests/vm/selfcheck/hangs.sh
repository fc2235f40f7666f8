#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Hangs: must be ended by its time limit.
#
# time limit: 3 seconds

# shellcheck source=selftests/lib.sh
source "$(dirname "$0")/../../lib.sh"

hangs()
{
	sleep 1000
}

run_test hangs
