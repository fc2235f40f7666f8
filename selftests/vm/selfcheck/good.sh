#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# All is well: must pass.

# shellcheck source=selftests/lib.sh
source "$(dirname "$0")/../../lib.sh"
# shellcheck source=selftests/vm/selfcheck/third.sh
source "$(dirname "$0")/third.sh"

reaches_neighbour()
{
	ping_ok left 192.0.2.2 2
}

# Not what ping makes of it: it is gone before the reply comes.
takes_late_replies()
{
	ping_ok left 192.0.2.2 1
	answer_of_the_third delay 300ms
	ping_ok left 192.0.2.2 3
}

does_not_apply()
{
	skip "on purpose"
}

run_test reaches_neighbour
run_test takes_late_replies
run_test does_not_apply
