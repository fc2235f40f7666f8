#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Dies after its first check: the missing plan must be noticed.

# shellcheck source=selftests/lib.sh
source "$(dirname "$0")/../../lib.sh"

run_test true
kill -9 $$
