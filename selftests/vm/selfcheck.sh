# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# selftests/run --self-check: runs tests that misbehave on purpose and compares
# the bed's verdicts with what they must be. A bed that cannot fail proves
# nothing.

# expect VERDICT TOPIC TEXT: the line that ends TOPIC says VERDICT ("ok" or
# "not ok"), and the output has TEXT between the start of TOPIC and that line.
selfcheck_expect()
{
	local verdict=$1 topic=$2 text=$3 part

	((++sc_count))
	part=$(sed -n "\\,^# vm/selfcheck/$topic\$,,\\,ends clean,p" "$RUN_DIR/output.log")
	if grep -qE "^$verdict [0-9]+ - vm/selfcheck/$topic: ends clean" <<<"$part" &&
	   grep -qF -- "$text" <<<"$part"; then
		printf 'ok %d - the bed reports "%s" as it should: %s\n' "$sc_count" "$topic" "$text"
		((++sc_passed))
	else
		printf 'not ok %d - the bed misjudges "%s": want %s, %s\n' "$sc_count" "$topic" "$verdict" "$text"
	fi
}

# What the checkers of the debug kernel are there for.
selfcheck_debug()
{
	local part

	selfcheck_expect 'not ok' oob 'KASAN: slab-out-of-bounds'
	selfcheck_expect 'not ok' uaf 'KASAN: slab-use-after-free'
	selfcheck_expect 'not ok' rcu 'suspicious RCU usage'
	selfcheck_expect 'not ok' sleep 'sleeping function called from invalid context'
	selfcheck_expect 'not ok' shift 'UBSAN: shift-out-of-bounds'
	selfcheck_expect 'not ok' lock 'possible circular locking dependency'
	((++sc_count))
	part=$(sed -n '/^# final checks$/,$p' "$RUN_DIR/output.log")
	if grep -q 'unreferenced object' <<<"$part" &&
	   grep -q '^not ok .* kmemleak finds nothing' <<<"$part"; then
		echo "ok $sc_count - the bed finds leaked memory"
		((++sc_passed))
	else
		echo "not ok $sc_count - the bed does not find leaked memory"
	fi
}

# selfcheck_blamed VERDICT CODE: whether a guest that got stuck where the processor had CODE, the
# byte at hand in <>, is taken for a victim of the emulator's ("yes") or not ("no").
selfcheck_blamed()
{
	local verdict=no

	((++sc_count))
	printf '[  130.1] %s\n' 'watchdog: BUG: soft lockup - CPU#1 stuck for 125s! [ping:99]' \
		'RIP: 0010:somewhere+0x58/0x290' "Code: 48 85 c0 $2 48 89 fb" >"$RUN_DIR/blamed"
	! vm_stuck_in_patch "$RUN_DIR/blamed" || verdict=yes
	if [[ $verdict == "$1" ]]; then
		printf 'ok %d - stuck at %s, is it the emulator? %s\n' "$sc_count" "$2" "$1"
		((++sc_passed))
	else
		printf 'not ok %d - stuck at %s, is it the emulator? want %s\n' "$sc_count" "$2" "$1"
	fi
}

# Nothing else gets another chance.
selfcheck_blame()
{
	selfcheck_blamed yes '<66> 90'
	selfcheck_blamed yes '<0f> 1f 44 00 00'
	selfcheck_blamed yes '<e9> 12 34 56 00'
	selfcheck_blamed yes '<eb> 12'
	selfcheck_blamed no 'f3 90 <eb> f6'
	selfcheck_blamed no '<eb> f6'
	selfcheck_blamed no '<e9> f6 ff ff ff'
	selfcheck_blamed no '66 90 <8b> 07'
}

selfcheck()
{
	local sc_count=0 sc_passed=0 rc=0

	# After the guilty ones, an innocent one: it must not be blamed for them.
	topics=(good fails hangs dies empty leaves warns)
	# lockdep ends with its first complaint, or with KASAN's: it comes first.
	[[ ! $DEBUG ]] || topics+=(rcu sleep lock shift oob uaf leak)
	topics+=(good)
	topics=("${topics[@]/#/vm/selfcheck/}")
	echo "# tests that misbehave on purpose:"
	in_guest || rc=$?

	echo "# what the bed made of them:"
	selfcheck_expect 'ok' good '# SKIP on purpose'
	selfcheck_expect 'ok' good ' ok 2 - takes_late_replies'
	selfcheck_expect 'ok' fails "on purpose: got '1', want '2'"
	selfcheck_expect 'ok' fails 'status 1: ip link set no-such-device up'
	selfcheck_expect 'ok' fails '2 received'
	selfcheck_expect 'not ok' hangs 'did not end within its time limit of '
	selfcheck_expect 'not ok' dies 'exit status 137'
	selfcheck_expect 'not ok' empty 'no check ran'
	selfcheck_expect 'not ok' leaves 'left-on-purpose'
	selfcheck_expect 'not ok' leaves 'device left0'
	selfcheck_expect 'not ok' leaves 'sleep 1000'
	selfcheck_expect 'not ok' warns 'splat on purpose'
	[[ ! $DEBUG ]] || selfcheck_debug
	[[ $BED != vm ]] || selfcheck_blame

	((++sc_count))
	if (($(grep -cE '^ok [0-9]+ - vm/selfcheck/good: ends clean' "$RUN_DIR/output.log") == 2)); then
		echo "ok $sc_count - the innocent are not blamed for the guilty"
		((++sc_passed))
	else
		echo "not ok $sc_count - an innocent test was blamed"
	fi
	((++sc_count))
	if ((rc == 1)); then
		echo "ok $sc_count - the run as a whole failed"
		((++sc_passed))
	else
		echo "not ok $sc_count - the run as a whole ended with status $rc"
	fi
	report "$sc_passed" $((sc_count - sc_passed)) 0
	((sc_count == sc_passed))
}
