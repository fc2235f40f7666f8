#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs the KUnit suites inside a guest: loads ipv6tun_test.ko, whose suites run
# while it loads, and prints one flat KTAP result per case.
#
# The results come from debugfs rather than from the kernel log: there they are
# free of time stamps and of other messages.  A suite that announces more cases
# than it finished (its kernel thread died) is a failure of its own, and so is
# a module without any case.
set -u

tree=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd)
module=${KUNIT_MODULE:-$tree/build/kmod-$(uname -r)/tests/ipv6tun_test.ko}
debugfs=/sys/kernel/debug

bail()
{
	echo "Bail out! $*"
	exit 1
}

# Flatten nested KTAP: a case is a result line without results below it, and is
# named suite.case or suite.case.parameter.
flatten()
{
	awk '
		function result(status, what) {
			printf "%s%s %d - %s\n", held, status, ++n, what
			held = ""
			bad += status == "not ok"
		}
		# Leave a level: were there as many results as planned?
		function leave(depth) {
			# The outermost level only repeats what is known.
			if (depth == 0 && bad > file_bad)
				delete plan[0]
			if (depth in plan && done[depth] + 0 < plan[depth])
				result("not ok", suite ": " done[depth] + 0 " of " \
				       plan[depth] " results, the rest never ended")
			delete plan[depth]
			delete done[depth]
		}
		function leave_all(  depth) {
			for (depth = 2; depth >= 0; depth--)
				leave(depth)
		}
		FNR == 1 {
			leave_all()
			suite = FILENAME
			sub(/\/results$/, "", suite)
			sub(/.*\//, "", suite)
			file_bad = bad_before[0] = bad
		}
		{
			match($0, /^ */)
			depth = int(RLENGTH / 4)
			line = substr($0, RLENGTH + 1)
		}
		line ~ /^# Subtest: / {
			name[depth] = substr(line, 12)
			suite = name[1]
			bad_before[depth - 1] = bad
			next
		}
		line ~ /^1\.\.[0-9]+$/ {
			plan[depth] = substr(line, 4) + 0
			next
		}
		line ~ /^(not )?ok [0-9]+/ {
			status = line ~ /^not / ? "not ok" : "ok"
			what = line
			sub(/^(not )?ok [0-9]+ *-? */, "", what)
			parent = (depth + 1 in done)
			leave(depth + 1)
			done[depth]++
			if (depth == 1)
				what = suite "." what
			if (depth > 1)
				what = suite "." name[2] "." what
			# A parent repeats what its children said, unless it
			# failed on its own: in its set-up, for instance.
			if (!parent && depth > 0)
				result(status, what)
			else if (status == "not ok" && bad == bad_before[depth] + 0)
				result(status, what " (itself)")
			held = ""
			next
		}
		line ~ /^KTAP version/ || line == "" { next }
		# An explanation of the result that follows.
		{
			sub(/^# */, "", line)
			held = held "# " line "\n"
		}
		END {
			leave_all()
			if (!n) {
				print "not ok 1 - no KUnit case ran"
				exit 1
			}
			print "1.." n
			exit bad > 0
		}' "$@"
}

# keep_counters: what was counted in the suites' code, for cover.sh on the other
# side.  Read rather than copied: to those who ask, the files have no size.
keep_counters()
{
	local file

	[ -d "$debugfs/gcov" ] && [ "${LOG_DIR:-}" ] || return 0
	mkdir -p "$LOG_DIR/gcov"
	find "$debugfs/gcov" -type f -name '*.gcda' | while IFS= read -r file; do
		cat "$file" >"$LOG_DIR/gcov/${file##*/}"
	done
}

# For checking the parser itself: kunit.sh --parse FILE...
if [ "${1:-}" = --parse ]; then
	shift
	flatten "$@"
	exit
fi

echo "TAP version 13"
[ -r "$module" ] || bail "no $module: built with CONFIG_IPV6TUN_KUNIT=m?"
[ -d "$debugfs/kunit" ] || mount -t debugfs debugfs "$debugfs" ||
	bail "no debugfs"
[ -d "$debugfs/kunit" ] || bail "this kernel has no CONFIG_KUNIT_DEBUGFS"

# A failing case does not make insmod fail; a suite that cannot start does.
insmod "$module" || bail "insmod $module"
shopt -s nullglob
flatten "$debugfs"/kunit/*/results </dev/null
rc=$?
keep_counters
rmmod ipv6tun_test || { echo "Bail out! rmmod ipv6tun_test"; rc=1; }
exit "$rc"
