#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Makes the kernel complain, in the midst of other tests. The name it is called
# by says of what: warns.sh of a warning, the links NAME.sh of what only the
# debug kernel sees.

# shellcheck source=selftests/lib.sh
source "$(dirname "$0")/../../lib.sh"

# complains KIND
complains()
{
	insmod "$SPLAT_MODULE" kind="$1"
	rmmod splat
}

kind=$(basename "$0" .sh)
[[ $kind != warns ]] || kind=warn
run_test complains "kernel complains: $kind" "$kind"
