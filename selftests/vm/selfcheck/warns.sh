#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Makes the kernel warn, in the midst of other tests.

# shellcheck source=selftests/lib.sh
source "$(dirname "$0")/../../lib.sh"

warns()
{
	insmod "$SPLAT_MODULE"
	rmmod splat
}

run_test warns
