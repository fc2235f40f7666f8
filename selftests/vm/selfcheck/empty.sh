#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Checks nothing.

# shellcheck source=selftests/lib.sh
source "$(dirname "$0")/../../lib.sh"

