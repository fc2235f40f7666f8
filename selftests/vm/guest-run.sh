#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs the tests under the kernel at hand and judges what they leave behind.
# Called by guest-init.sh in a guest and by host.sh on the real machine (there
# in a namespace of its own for processes, network and mounts).
#
# usage: guest-run.sh RUN_DIR	(RUN_DIR/job says what to do)
#
# Writes RUN_DIR/totals ("passed failed skipped") and RUN_DIR/status as its last
# act; the runner takes their absence for a crash.

shopt -s nullglob

RUN_DIR=$1
# shellcheck source=/dev/null
source "$RUN_DIR/job"

SYS=$TREE/selftests
KMEMLEAK=/sys/kernel/debug/kmemleak
SANITIZER_LOG=$RUN_DIR/sanitizer
MARK=
passed=0 failed=0 skipped=0

# Lines of the kernel log that fail a run. Warnings, lock and memory checkers,
# stuck tasks, leaked references, whatever their prefix.
SPLAT='WARNING:|BUG:|Oops|[Kk]ernel panic|general protection|divide error|double fault'
SPLAT+='|stack segment|Unable to handle kernel|Call Trace:|cut here'
SPLAT+='|possible (circular|recursive|irq)|inconsistent lock|suspicious RCU|DEADLOCK'
SPLAT+='|bad unlock balance|held lock freed|lock held when returning|MAX_LOCK'
SPLAT+='|INFO: (rcu|task|trying to register)|rcu.*(detected (stalls|expedited)|self-detected)'
SPLAT+='|blocked for more than|soft lockup|hard LOCKUP|scheduling while atomic'
SPLAT+='|sleeping function called|refcount_t|KASAN|KFENCE|KCSAN|UBSAN|ODEBUG'
SPLAT+='|corruption|[Bb]ad page|Objects remaining|page allocation failure'
SPLAT+='|unregister_netdevice: waiting|leaked reference|ref_tracker|possible memory leak'
SPLAT+='|[1-9][0-9]* new suspected memory leak|dst_release.*underflow|hw csum failure'

# Of these, what the kernel says of an allocation that fails, and does so also where a
# test lets it fail on purpose. What is wrong has other lines beside them.
NO_MEMORY='page allocation failure|vmalloc error|Call Trace:|ref_tracker: memory allocation failure'

result() # ok|not ok, description
{
	if [[ $1 == ok ]]; then
		((passed++))
	else
		((failed++))
	fi
	((number++))
	printf '%s %d - %s\n' "$1" "$number" "$2"
}

# alive NAME SECONDS: promises a next sign of life within SECONDS; the runner
# ends a guest that does not keep the promise.
alive()
{
	printf '%s %s\n' "$2" "$1" >"$RUN_DIR/alive"
}

# mark NAME: the log is judged from here on.
mark()
{
	MARK="ipv6tun-selftest: $1 $EPOCHREALTIME"
	printf '%s\n' "$MARK" >/dev/kmsg
}

# excused: the log without what the kernel says of allocations while a test lets them
# fail, which that test writes into the log.
excused()
{
	awk -v lines="$NO_MEMORY" '/ipv6tun-selftest: memory is short/ { short = 1 }
		/ipv6tun-selftest: memory is back/ { short = 0 }
		!(short && $0 ~ lines)'
}

# splats: the lines since the mark that fail a run, with some context. If the
# mark has been pushed out of the buffer, all of the buffer counts.
splats()
{
	local log=$RUN_DIR/dmesg

	dmesg >"$log.all"
	if grep -qF "$MARK" "$log.all"; then
		awk -v mark="$MARK" 'seen; index($0, mark) { seen = 1 }' "$log.all" >"$log"
	else
		mv "$log.all" "$log"
	fi
	excused <"$log" | grep -E -A 2 "$SPLAT" | head -n 60
}

# sanitizer_reports: those of the tool since it was asked last, with --sanitize.
sanitizer_reports()
{
	local file

	for file in "$SANITIZER_LOG".[0-9]*; do
		head -n 40 "$file"
		mv "$file" "$RUN_DIR/logs/"
	done
}

# user_processes: sets PROCESSES to the pids of everything but kernel threads
# (these have no command line), this shell and process 1. No subshell may be
# alive meanwhile: it would be found.
user_processes()
{
	local dir command

	PROCESSES=()
	for dir in /proc/[0-9]*; do
		[[ ${dir#/proc/} == "$$" || ${dir#/proc/} == 1 ]] && continue
		command=
		IFS= read -r -d '' command 2>/dev/null <"$dir/cmdline"
		[[ $command ]] && PROCESSES+=("${dir#/proc/}")
	done
}

# netns_objects: sets OBJECTS to how many struct net exist, named or not; empty
# if unknown. The kernel frees those of the last batch only together with the
# next: make it do so by a short-lived namespace.
netns_objects()
{
	OBJECTS=
	[[ $SLAB_EXACT ]] || return
	unshare --net true
	sleep 0.25
	read -r OBJECTS _ </sys/kernel/slab/net_namespace/objects
}

snapshot_baseline()
{
	local -a devices=(/sys/class/net/*) namespaces=(/run/netns/*)

	BASE_DEVICES=" ${devices[*]} "
	BASE_NETNS=" ${namespaces[*]} "
	user_processes
	BASE_PROCESSES=" ${PROCESSES[*]} "
	netns_objects
	netns_objects
	BASE_OBJECTS=$OBJECTS
}

# leftovers: sets LEFT to the names of what was not there at the baseline, and
# removes it so that the next test is not blamed.
leftovers()
{
	find_leftovers >"$RUN_DIR/left"
	LEFT=$(<"$RUN_DIR/left")
}

find_leftovers()
{
	local x tries

	user_processes
	for x in "${PROCESSES[@]}"; do
		[[ $BASE_PROCESSES == *" $x "* || ! -d /proc/$x ]] && continue
		printf 'process %s: %s\n' "$x" "$(tr '\0' ' ' <"/proc/$x/cmdline")"
		kill -9 "$x"
	done
	for x in /run/netns/*; do
		[[ $BASE_NETNS == *" $x "* ]] && continue
		printf 'namespace %s\n' "${x##*/}"
		ip netns delete "${x##*/}"
	done
	for x in /sys/class/net/*; do
		# Deleting one end of a pair takes the other along.
		[[ $BASE_DEVICES == *" $x "* || ! -e $x ]] && continue
		printf 'device %s\n' "${x##*/}"
		ip link delete "${x##*/}"
	done
	# Namespaces die asynchronously, and only with their last reference.
	[[ $BASE_OBJECTS ]] || return
	for ((tries = 0; tries < 40; tries++)); do
		netns_objects
		((OBJECTS <= BASE_OBJECTS)) && return
	done
	printf '%d struct net more than before, without name or process\n' \
		$((OBJECTS - BASE_OBJECTS))
	# Named once, accepted from then on: the next test is not guilty.
	BASE_OBJECTS=$OBJECTS
}

# indent_and_count END: passes a test's output on as it comes, until the line
# END, and counts its results in the variables of the caller.
indent_and_count()
{
	local line

	while IFS= read -r line; do
		# Something half a line long may precede it.
		[[ $line == *"$1" ]] && break
		printf '    %s\n' "$line"
		case $line in
		'ok '*'# SKIP'*)	((skipped++, results++)) ;;
		'ok '*)			((passed++, results++)) ;;
		'not ok '*)		((failed++, results++, bad++)) ;;
		'1..'*)			plan=${line#1..} ;;
		esac
	done
	[[ $line == ?*"$1" ]] && printf '    %s\n' "${line%"$1"}"
}

# emulated: whether no real processor runs this kernel's code
emulated()
{
	grep -q -m 1 'QEMU TCG' /proc/cpuinfo
}

# time_limit FILE: a script may ask for more by a line "# time limit: SECONDS". A
# kernel under checkers, or on a machine without a processor of its own, has three
# times as much. What the user asked for is meant as it is.
time_limit()
{
	local limit

	if [[ $TEST_LIMIT ]]; then
		echo "$TEST_LIMIT"
		return
	fi
	limit=$(sed -n 's/^# time limit: \([0-9]\+\).*/\1/p;40q' "$1")
	limit=${limit:-300}
	if [[ -e /proc/lockdep ]] || emulated; then
		limit=$((limit * 3))
	fi
	echo "$limit"
}

run_script() # TOPIC
{
	local topic=$1 file start=$EPOCHREALTIME limit rc results=0 bad=0 plan='' problems log seconds
	file=$SYS/$topic.sh
	[[ -x $file ]] || file=$SYS/$topic
	limit=$(time_limit "$file")
	printf '# %s\n' "$topic"
	mark "$topic"
	alive "$topic" $((limit + 60))
	mkdir -p "$RUN_DIR/logs/$topic"

	# The status travels through a file, as the reader of a pipe must run in
	# this shell to count.
	# The end is a line of its own rather than the end of the file, for a
	# process left behind keeps the pipe open.
	indent_and_count "end of $MARK" < <(
		LOG_DIR=$RUN_DIR/logs/$topic timeout -k 10 "$limit" "$file" 2>&1 </dev/null
		echo $? >"$RUN_DIR/rc"
		echo "end of $MARK"
	)
	rc=$(<"$RUN_DIR/rc")
	seconds=$(awk "BEGIN { printf \"%.1f\", $EPOCHREALTIME - $start }")
	alive "$topic: clean-up" 120

	problems=()
	if ((rc == 124 || (rc == 137 && ${seconds%.*} >= limit))); then
		problems+=("did not end within its time limit of $limit s")
	elif ((rc > 1)); then
		problems+=("exit status $rc")
	fi
	if ((results == 0)); then
		problems+=("no check ran")
	elif ((rc < 2)) && [[ $plan != "$results" ]]; then
		problems+=("ended early: plan '1..$plan', $results results")
	elif ((rc == 1 && bad == 0)); then
		problems+=("exit status 1 without a failed check")
	fi
	leftovers
	[[ $LEFT ]] && problems+=("left behind: ${LEFT//$'\n'/, }")
	log=$(splats)
	[[ $log ]] && problems+=("kernel log:"$'\n'"$log")
	log=$(sanitizer_reports)
	[[ $log ]] && problems+=("ipv6tunctl (make tools SANITIZE=1):"$'\n'"$log")

	if ((${#problems[@]})); then
		printf '%s\n' "${problems[@]}" | sed 's/^/# /'
		result 'not ok' "$topic: ends clean # $seconds s"
	else
		result ok "$topic: ends clean # $seconds s"
	fi
}

# hold_keys: the kernel patches its code when the first user of some things comes and
# when the last one goes, such as the first ping, for it wants time stamps. Emulated,
# the other processor may meet code half patched and never leave it (see vm.sh). Here is
# one user of each that stays, in a namespace that no test uses.
hold_keys()
{
	ping -n -q -i 3600 127.0.0.1 >/dev/null 2>&1 </dev/null &
	tc qdisc add dev lo clsact
	nft 'table inet held {
		chain prerouting { type filter hook prerouting priority 0; }
		chain input { type filter hook input priority 0; }
		chain forward { type filter hook forward priority 0; }
		chain output { type filter hook output priority 0; }
		chain postrouting { type filter hook postrouting priority 0; }
	}'
}

# load: prerequisites, then the module itself.
load()
{
	local m

	# The host bed neither sees these nor may it change them.
	if [[ $BED != host ]]; then
		# No fallback devices (gre0, ...) in the tests' namespaces.
		echo 1 >/proc/sys/net/core/fb_tunnels_only_for_init_net
		# New namespaces inherit from this one: saves each the sysctls.
		echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad
		echo 0 >/proc/sys/net/ipv6/conf/all/accept_dad
		echo 1 >/proc/sys/net/core/devconf_inherit_init_net
	fi
	# Missing ones may be built in; a test that needs one will say so.
	modprobe -qa veth dummy bridge vrf ip_gre ip6_gre ip_tunnel ip6_tunnel nf_tables \
		nft_ct nft_counter nft_masq nft_nat nft_reject_inet nf_conntrack nf_defrag_ipv4 nf_defrag_ipv6 \
		sch_netem sch_ingress sch_tbf sch_htb cls_matchall cls_u32 cls_flower act_mirred act_gact \
		act_police af_packet tun gro_cells udp_tunnel 2>/dev/null
	ip link set lo up
	# One processor alone has nobody to meet; benchmarks count its instructions.
	if [[ $BED != host ]] && emulated && (($(nproc) > 1)); then
		hold_keys
	fi
	# Whatever the module needs from the kernel, by its own word.
	[[ $MODULE ]] || return 0
	for m in $(modinfo -F depends "$MODULE" | tr ',' ' '); do
		modprobe -q "$m"
	done
}

module_refs()
{
	local n=0
	[[ -r /sys/module/ipv6tun/refcnt ]] && n=$(</sys/module/ipv6tun/refcnt)
	echo "$n"
}

# leak_scan: two scans, as objects younger than five seconds do not count and
# a pointer may hide in a register during one of them.
leak_scan()
{
	sleep 6
	echo scan >$KMEMLEAK || echo 'kmemleak has switched itself off'
	sleep 6
	echo scan >$KMEMLEAK || echo 'kmemleak has switched itself off'
	cat $KMEMLEAK
}

final_checks()
{
	local out n

	# From the start once more: nothing falls between two tests.
	MARK=$MARK_BEGIN
	alive 'final checks' 180
	printf '# final checks\n'
	if [[ $MODULE ]]; then
		n=$(module_refs)
		if ((n == 0)); then
			result ok 'module reference count is 0'
		else
			printf '# reference count %d\n' "$n"
			result 'not ok' 'module reference count is 0'
		fi
		if out=$(timeout 60 rmmod ipv6tun 2>&1) && [[ ! -e /sys/module/ipv6tun ]]; then
			result ok 'module unloads'
		else
			printf '# %s\n' "$out"
			result 'not ok' 'module unloads'
		fi
	fi
	leftovers
	if [[ $LEFT ]]; then
		printf '%s\n' "$LEFT" | sed 's/^/# /'
		result 'not ok' 'nothing left behind'
	else
		result ok 'nothing left behind'
	fi
	if [[ -w $KMEMLEAK ]]; then
		out=$(leak_scan)
		if [[ $out ]]; then
			printf '%s\n' "$out" | head -n 60 | sed 's/^/# /'
			result 'not ok' 'kmemleak finds nothing'
		else
			result ok 'kmemleak finds nothing'
		fi
	fi
	if [[ -r /proc/lockdep_stats ]]; then
		# lockdep turns itself off after its first complaint.
		if grep -qE '^ *debug_locks: +1$' /proc/lockdep_stats; then
			result ok 'lockdep still watches'
		else
			result 'not ok' 'lockdep still watches'
		fi
	fi
	out=$(splats)
	if [[ $out ]]; then
		printf '%s\n' "$out" | sed 's/^/# /'
		result 'not ok' 'kernel log is clean to the end'
	else
		result ok 'kernel log is clean to the end'
	fi
}

# run_command CMD...: for --shell and --demo; its output is the user's business.
run_command()
{
	local rc out

	mark command
	alive command $((COMMAND_LIMIT + 60))
	cd "$TREE" || return 1
	mkdir -p "$RUN_DIR/logs"
	LOG_DIR=$RUN_DIR/logs timeout -k 10 "$COMMAND_LIMIT" "$@" </dev/null
	rc=$?
	((rc == 124 || rc == 137)) && printf 'error: not done within %d s\n' "$COMMAND_LIMIT"
	out=$(splats)
	if [[ $out ]]; then
		printf '%s\n' 'error: kernel log:' "$out"
		((rc)) || rc=1
	fi
	return "$rc"
}

main()
{
	local number=0 status=0 topic

	# What the sanitizers find goes to files, whoever reads the tool's words.
	export ASAN_OPTIONS=exitcode=99:log_path=$SANITIZER_LOG
	export UBSAN_OPTIONS=$ASAN_OPTIONS:print_stacktrace=1
	export PATH=$TOOLS:$PATH TREE MODULE SPLAT_MODULE JOOL_DIR FUZZ_MESSAGES FUZZ_PACKETS FUZZ_SEED MINUTES SEED ONLY
	SLAB_EXACT=
	# KASAN keeps freed objects for a while, and the slab counts them.
	if ! grep -q ' kasan_quarantine_put$' /proc/kallsyms && [[ -r /sys/kernel/slab/net_namespace/sanity_checks &&
	      $(</sys/kernel/slab/net_namespace/sanity_checks) == 1 ]]; then
		SLAB_EXACT=1
	fi
	alive start 120
	mkdir -p /run/netns
	load
	# What the kernel itself seems to have lost while it booted is not ours.
	if [[ -w $KMEMLEAK && ! ${COMMAND:-} ]]; then
		leak_scan >/dev/null
		echo clear >$KMEMLEAK
	fi
	snapshot_baseline
	mark begin
	MARK_BEGIN=$MARK
	if [[ $MODULE ]] && ! insmod "$MODULE"; then
		dmesg | tail -n 5
		result 'not ok' 'module loads'
		status=1
	elif [[ ${COMMAND:-} ]]; then
		run_command bash -c "$COMMAND" || status=$?
		if [[ ${COMMAND_CHECKED:-} ]]; then
			((status == 0)) && final_checks
		fi
	else
		printf 'KTAP version 1\n'
		[[ $MODULE ]] && result ok 'module loads'
		if [[ ${LOAD_SPLAT:-} ]]; then
			insmod "$SPLAT_MODULE"
		fi
		for topic in $TESTS; do
			# Another guest may have taken it.
			[[ ! $CLAIMS ]] || mkdir "$CLAIMS/$topic" 2>/dev/null || continue
			run_script "$topic"
		done
		final_checks
		printf '1..%d\n' "$number"
	fi
	((failed && status == 0)) && status=1
	echo "$passed $failed $skipped" >"$RUN_DIR/totals"
	echo "$status" >"$RUN_DIR/status"
}

main
