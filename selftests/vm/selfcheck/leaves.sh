#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Leaves a process, a namespace and a device.

# shellcheck source=selftests/lib.sh
source "$(dirname "$0")/../../lib.sh"

leaves()
{
	setsid sleep 1000 &
	ip netns add left-on-purpose
	ip link add left0 type dummy
}

run_test leaves
