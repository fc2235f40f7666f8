# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2030,SC2031 # each scope has its own _scope
#
# The harness of the test scripts. A script draws its topology, builds it from
# namespaces, and checks one thing per function:
#
#	source "$(dirname "$0")/lib.sh"
#	setup_ns left right
#	veth left:e0,192.0.2.1/24 right:e0,192.0.2.2/24
#
#	reaches_neighbour()
#	{
#		eq "$(ping_count left 192.0.2.2 3)" 3 "replies"
#	}
#	run_test reaches_neighbour "the neighbour answers"
#
# Inside a test function
#   - any command that fails fails the test, and is named with its line;
#     where failure is expected, use it as a condition or with "refused";
#   - "fail", "eq" and their kind end the test, "skip" ends it as not applicable;
#   - "defer" undoes things when the function ends, in reverse order. Outside of
#     a function it undoes them when the script ends.
# Each function runs in a subshell: variables it sets are its own.
#
# Programs are expensive in an emulated guest (50 ms each): prefer "ip -batch"
# and the shell's own means.

set -u -o pipefail

: "${TREE:=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)}"
# Kept after the run: daemon logs, captures.
: "${LOG_DIR:=$(mktemp -d)}"
# Gone after the run.
TMP=$(mktemp -d "${TMPDIR:-/tmp}/ipv6tun.XXXXXX")

declare -A NS=()	# name used in the script -> real name of the namespace
_defers=()		# commands of this scope, oldest first
_capture_log=()		# pid of a tcpdump -> the file with what it says
_count=0		# results so far
_bad=0			# of them failed
_main=$BASHPID		# the script's own shell
_scope=$BASHPID		# the shell that runs the deferred commands

SKIP_STATUS=4

## Cheap commands

# A process costs tens of milliseconds in an emulated guest, and what it costs is
# mostly its libraries. Sleeping needs none: nobody ever writes here.
exec {_nothing}<> <(:)
sleep()
{
	read -rt "$1" -u "$_nothing" || true
}

# One static program for many.
for _applet in cat cut head mkdir rm tr uniq wc; do
	eval "$_applet() { busybox $_applet \"\$@\"; }"
done

# nsrun NETNS CMD...: the same as "ip netns exec".
NSRUN=$TREE/build/selftests/nsrun

## Clean-up

# defer CMD...: runs CMD when this scope (script or test function) ends.
defer()
{
	_defers+=("$(printf '%q ' "$@")")
}

_run_defers()
{
	local i

	for ((i = ${#_defers[@]} - 1; i >= 0; i--)); do
		eval "${_defers[i]}" >/dev/null 2>&1
	done
	_defers=()
}

_script_exit()
{
	local rc=$?

	# Subshells inherit the trap's text, but not the duty.
	[[ $BASHPID == "$_scope" ]] || return
	_run_defers
	rm -rf "$TMP"
	((rc == 0 && _bad)) && rc=1
	# The plan comes last: without it the runner knows the script broke off.
	((rc <= 1)) && printf '1..%d\n' "$_count"
	exit "$rc"
}
trap _script_exit EXIT

## Results

# note TEXT...: a line of information in the output; to stderr, so that it is
# seen from inside of $(...), too.
note()
{
	printf '# %s\n' "${*//$'\n'/$'\n# '}" >&2
}

# fail MESSAGE: ends the test as failed.
fail()
{
	note "$*"
	note "at ${BASH_SOURCE[-1]##*/}:$(_caller_line)"
	exit 1
}

# The line of the test script (not of this file) that is being executed.
_caller_line()
{
	local i

	for ((i = 1; i < ${#BASH_SOURCE[@]}; i++)); do
		if [[ ${BASH_SOURCE[i]} != "${BASH_SOURCE[0]}" ]]; then
			echo "${BASH_LINENO[i - 1]}"
			return
		fi
	done
}

# skip WHY: ends the test (or, outside of one, the script) as not applicable.
skip()
{
	if [[ $BASHPID == "$_main" ]]; then
		((_count++))
		printf 'ok %d - %s # SKIP %s\n' "$_count" "$(basename "$0" .sh)" "$*"
		exit 0
	fi
	printf '%s\n' "$*" >"$TMP/skip"
	exit "$SKIP_STATUS"
}

# eq GOT WANT MESSAGE
eq()
{
	[[ $1 == "$2" ]] || fail "$3: got '$1', want '$2'"
}

# ne GOT UNWANTED MESSAGE
ne()
{
	[[ $1 != "$2" ]] || fail "$3: got '$1', want anything else"
}

# between GOT LOW HIGH MESSAGE: for integers.
between()
{
	[[ $1 =~ ^-?[0-9]+$ ]] || fail "$4: got '$1', want a number from $2 to $3"
	(($1 >= $2 && $1 <= $3)) || fail "$4: got $1, want $2 to $3"
}

# contains TEXT PART MESSAGE
contains()
{
	[[ $1 == *"$2"* ]] || fail "$3: no '$2' in: $1"
}

# lacks TEXT PART MESSAGE
lacks()
{
	[[ $1 != *"$2"* ]] || fail "$3: unexpected '$2' in: $1"
}

# refused TEXT CMD...: CMD must fail and its output contain TEXT (may be empty).
refused()
{
	local text=$1 out
	shift
	if out=$("$@" 2>&1); then
		fail "accepted, but should be refused: $*"
	fi
	[[ $out == *"$text"* ]] || fail "refused with another text than '$text': $out"
}

# run_test FUNCTION [DESCRIPTION [ARG...]]
run_test()
{
	local function=$1 name=${2:-$1} start=$EPOCHREALTIME rc why
	shift $(($# < 2 ? $# : 2))

	# Lines of the names that are wanted, if not all are.
	[[ ! ${ONLY:-} || $'\n'$ONLY$'\n' == *$'\n'"$name"$'\n'* ]] || return 0
	rm -f "$TMP/skip"
	printf 'ipv6tun-selftest: - %s\n' "$name" 2>/dev/null >/dev/kmsg
	(
		_scope=$BASHPID _defers=()
		trap _test_exit EXIT
		trap 'note "${BASH_SOURCE[0]##*/}:$LINENO: status $?: $BASH_COMMAND"' ERR
		set -eE
		"$function" "$@"
	)
	rc=$?
	((_count++))
	_elapsed=$(_seconds_since "$start")
	if ((rc == 0)); then
		printf 'ok %d - %s # %s s\n' "$_count" "$name" "$_elapsed"
	elif ((rc == SKIP_STATUS)) && [[ -e $TMP/skip ]]; then
		why=$(<"$TMP/skip")
		printf 'ok %d - %s # SKIP %s\n' "$_count" "$name" "$why"
	else
		((_bad++))
		printf 'not ok %d - %s # %s s\n' "$_count" "$name" "$_elapsed"
	fi
}

_test_exit()
{
	local rc=$?

	[[ $BASHPID == "$_scope" ]] || return
	trap - ERR
	set +eE
	((rc == 0 || rc == SKIP_STATUS)) || _diagnose
	_run_defers
	exit "$rc"
}

# Seconds with one digit, without starting a program.
_seconds_since()
{
	local now=$EPOCHREALTIME us
	us=$((10#${now/[.,]/} - 10#${1/[.,]/}))
	printf '%d.%d' $((us / 1000000)) $((us / 100000 % 10))
}

# What an engineer would look at first.
_diagnose()
{
	local name real

	note "--- state of the namespaces"
	for name in "${!NS[@]}"; do
		real=${NS[$name]}
		[[ -e /run/netns/$real ]] || continue
		{
			echo "[$name]"
			ip -n "$real" -br address show up 2>&1
			ip -n "$real" -4 route show 2>&1
			ip -n "$real" -6 route show 2>&1 | grep -v '^fe80::/64'
			if [[ $(ip -n "$real" -br link show type ipv6tun 2>/dev/null) ]]; then
				ip -n "$real" -s -d link show type ipv6tun 2>&1
				ipv6tunctl -n "$real" -s show 2>&1
				ipv6tunctl -n "$real" show drops 2>&1
			fi
			# What the stack has counted, if anything.
			ns "$name" nstat -as 2>/dev/null | awk '!/^#/ { printf "%s %s ", $1, $2 } END { print "" }'
		} | sed 's/^/#   /' >&2
	done
	note "--- packets handled by each processor, and those that wait there"
	awk '{ print $1, $2, $3, "waiting", $12 }' /proc/net/softnet_stat | sed 's/^/#   /' >&2
	grep NET_ /proc/softirqs | sed 's/^/#   /' >&2
	note "--- kernel log since the test began"
	dmesg 2>/dev/null | tac | sed '/ipv6tun-selftest: - /q' | tac | tail -n 30 | sed 's/^/#   /' >&2
	note "---"
}

## Namespaces and links

# setup_ns NAME...: namespaces with lo up, without duplicate address detection,
# deleted when the scope ends. Use them through "ns", or by ${NS[name]}.
setup_ns()
{
	local name real inherit=0

	for name in "$@"; do
		real=$name-$BASHPID
		NS[$name]=$real
		printf 'netns add %s\n' "$real"
		defer ip netns delete "$real"
	done >"$TMP/netns"
	ip -batch "$TMP/netns"
	# The beds let new namespaces inherit the setting (see guest-run.sh).
	read -r inherit 2>/dev/null </proc/sys/net/core/devconf_inherit_init_net || true
	for name in "$@"; do
		ip -n "${NS[$name]}" link set lo up
		# shellcheck disable=SC2016 # expanded in the namespace
		((inherit == 1)) || ns "$name" bash -c \
			'for f in all default; do echo 0 >/proc/sys/net/ipv6/conf/$f/accept_dad; done'
	done
}

# ns NAME CMD...: runs CMD in the namespace. "ns NAME ip ..." is cheap.
ns()
{
	local real=${NS[$1]}

	case $2 in
	ip)		ip -n "$real" "${@:3}" ;;
	ipv6tunctl)	ipv6tunctl -n "$real" "${@:3}" ;;
	tc)		tc -n "$real" "${@:3}" ;;
	cat)		"$NSRUN" "$real" busybox "${@:2}" ;;
	*)		"$NSRUN" "$real" "${@:2}" ;;
	esac
}

# ns_batch NAME <<EOF: lines for "ip -batch", one process for all of them.
ns_batch()
{
	ip -n "${NS[$1]}" -batch -
}

# sysctl_in NAME KEY=VALUE...: KEY with slashes or dots, e.g. net.ipv6.conf.all.forwarding=1
sysctl_in()
{
	ns "$1" sysctl -q -w "${@:2}"
}

# forwarding NAME...: makes routers.
forwarding()
{
	local name

	for name in "$@"; do
		sysctl_in "$name" net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	done
}

# veth A:DEV[,ADDRESS...] B:DEV[,ADDRESS...] [OPTION...]: a cable between two
# namespaces, both ends up. OPTIONs go to both ends, e.g. "mtu 8500".
veth()
{
	local name list
	local -a a b

	IFS=: read -r name list <<<"$1"
	IFS=, read -r -a a <<<"$list"
	a=("${NS[$name]}" "${a[@]}")
	IFS=: read -r name list <<<"$2"
	IFS=, read -r -a b <<<"$list"
	b=("${NS[$name]}" "${b[@]}")
	shift 2
	ip link add "${a[1]}" netns "${a[0]}" "$@" type veth peer name "${b[1]}" netns "${b[0]}" "$@"
	_veth_end "${a[@]}"
	_veth_end "${b[@]}"
}

_veth_end() # NAMESPACE DEVICE ADDRESS...
{
	local ns=$1 dev=$2 address
	shift 2
	{
		for address in "$@"; do
			printf 'address add %s dev %s%s\n' "$address" "$dev" \
				"$([[ $address == *:* ]] && echo ' nodad')"
		done
		printf 'link set %s up\n' "$dev"
	} | ip -n "$ns" -batch -
}

## Processes

# background CMD...: starts CMD, stopped when the scope ends; its output goes to
# $LOG_DIR. Sets BG_PID. ("background ns r1 iperf3 -s" works.)
background()
{
	local name=$1
	local -a words=("$@")

	if [[ $1 == ns ]]; then
		# Without the shell function in between, the pid is the program's.
		words=("$NSRUN" "${NS[$2]}" "${@:3}")
		name=$3
	fi
	"${words[@]}" >>"$LOG_DIR/${name##*/}.log" 2>&1 </dev/null &
	BG_PID=$!
	defer stop "$BG_PID"
}

# stop PID: ends a process and waits until it is gone, twenty seconds at most
# before it is killed. For children of this shell and for daemons alike.
stop()
{
	local i

	kill "$1" 2>/dev/null || return 0
	for ((i = 0; i < 200; i++)); do
		[[ -d /proc/$1 ]] || break
		# A child stays as a zombie until it is waited for.
		[[ $(_state "$1") == Z ]] && break
		sleep 0.1
	done
	kill -9 "$1" 2>/dev/null || true
	wait "$1" 2>/dev/null || true
}

_state()
{
	local stat=
	read -r stat 2>/dev/null <"/proc/$1/stat"
	stat=${stat##*) }
	printf '%s\n' "${stat%% *}"
}

# stop_pidfile FILE: the same for a daemon that wrote its pid to FILE.
stop_pidfile()
{
	[[ -s $1 ]] && stop "$(<"$1")"
}

# wait_for SECONDS CMD...: repeats CMD until it succeeds; false when it did not
# within SECONDS. Ask for the state you wait for instead of sleeping.
wait_for()
{
	local until=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000))
	shift
	while ! "$@" >/dev/null 2>&1; do
		((${EPOCHREALTIME/[.,]/} < until)) || return 1
		sleep 0.1
	done
}

# need_cmd CMD...: skips when a program is missing.
need_cmd()
{
	local cmd

	for cmd in "$@"; do
		command -v "$cmd" >/dev/null || [[ -x /usr/lib/frr/$cmd ]] || skip "no $cmd here"
	done
}

# emulated: true on a machine without a processor of its own, slow and with stops.
emulated()
{
	grep -q -m 1 'QEMU TCG' /proc/cpuinfo
}

## Traffic

# ping_count NAME ADDRESS COUNT [PING_OPTION...]: prints how many replies came.
# By default fifty per second, and one second of patience after the last.
ping_count()
{
	local out

	out=$(ns "$1" ping -n -q -c "$3" -i 0.02 -W 1 "${@:4}" "$2" 2>&1) || true
	[[ $out =~ ([0-9]+)" received" ]] || fail "ping $2: $out"
	echo "${BASH_REMATCH[1]}"
}

# ping_ok NAME ADDRESS [COUNT [PING_OPTION...]]: every request is answered. All are
# sent at once: ping waits for the last replies as long as for its next request, and a
# machine may stop for a while, or have neighbours to find first.
ping_ok()
{
	local count=${3:-1} out
	out=$(ns "$1" ping -n -q -c "$count" -l "$count" -i 5 -W 5 "${@:4}" "$2" 2>&1) || true
	[[ $out == *" $count received"* ]] || fail "ping $2 from $1, want $count replies: $out"
}

# ping_all NAME COUNT SIZE ADDRESS...: pings all ADDRESSes at the same time. As in
# ping_ok, each sends its requests at once, so that it waits five seconds for the last
# reply. Each hears the answers to all of them, and its socket's buffer is small: not
# more than 50 replies of a family in all. Every request is answered.
ping_all()
{
	local name=$1 address dir
	local -a quiet=()

	dir=$(mktemp -d "$TMP/ping.XXXXXX")
	# shellcheck disable=SC2016 # expands in the other shell
	ns "$name" bash -c 'dir=$1 count=$2 size=$3; shift 3
		for address; do
			ping -n -q -c "$count" -l "$count" -i 5 -W 20 -s "$size" "$address" >"$dir/$address" 2>&1 &
		done
		wait' - "$dir" "${@:2}"
	for address in "${@:4}"; do
		[[ $(<"$dir/$address") == *" $2 received"* ]] && continue
		note "$(<"$dir/$address")"
		quiet+=("$address")
	done
	eq "${quiet[*]}" '' "no answer to $name from"
}

# ping_lost NAME ADDRESS [COUNT [PING_OPTION...]]: none is.
ping_lost()
{
	eq "$(ping_count "$1" "$2" "${3:-1}" "${@:4}")" 0 "replies of $2 to $1"
}

# capture NAME DEVICE FILE [FILTER...]: records packets to FILE (kept when it is
# below $LOG_DIR) until capture_stop or the end of the scope; returns when
# tcpdump listens. Sets CAPTURE_PID.
capture()
{
	local log=$3.log

	# In immediate mode each packet takes a slot of the snapshot length, and the
	# default buffer has eight. The longest packet is an offloaded one of 64 KiB.
	"$NSRUN" "${NS[$1]}" tcpdump -n -U --immediate-mode -B 32768 -s 65700 -i "$2" -w "$3" \
		"${@:4}" 2>"$log" </dev/null &
	CAPTURE_PID=$!
	_capture_log[CAPTURE_PID]=$log
	defer stop "$CAPTURE_PID"
	wait_for 30 grep -q 'listening on' "$log" || fail "tcpdump: $(<"$log")"
}

# capture_stop [PID]: ends a capture; all packets are in the file then.
capture_stop()
{
	local pid=${1:-$CAPTURE_PID}

	# Packets of the last instant are still on their way, and tcpdump leaves
	# behind what it has not read yet when it is told to end.
	sleep 0.2
	_capture_account=
	wait_for 20 _capture_complete "$pid" || note "tcpdump is behind"
	kill -INT "$pid"
	wait "$pid" || true
	[[ $(<"${_capture_log[pid]}") =~ [^0-9]0\ packets\ dropped\ by\ kernel[[:space:]]*$ ]] ||
		note "the capture is incomplete: ${_capture_account:-no account}"
}

# By tcpdump's own account: it has written as much as the kernel had for it, or
# looked again and found nothing more. (The numbers need not agree: packets of
# the moment before the filter was set count as received.)
_capture_complete() # PID
{
	local log=${_capture_log[$1]} account before
	local numbers=': ([0-9]+) packets? captured, ([0-9]+) packets? received by filter, ([0-9]+) '

	before=$(<"$log")
	kill -USR1 "$1"
	sleep 0.1
	account=$(<"$log")
	account=${account#"$before"}
	[[ $account =~ $numbers ]] || return 1
	((BASH_REMATCH[1] + BASH_REMATCH[3] >= BASH_REMATCH[2])) && return
	[[ $account == "$_capture_account" ]] && return
	_capture_account=$account
	return 1
}

# decode FILE FIELD...: one line per packet with tshark's fields, tab separated.
# DECODE_FILTER, if set, selects packets (display filter). tshark is an
# implementation of the formats independent of ours; it is slow to start.
decode()
{
	local file=$1 field
	local -a fields=()
	shift
	for field in "$@"; do
		fields+=(-e "$field")
	done
	tshark -n -r "$file" ${DECODE_FILTER:+-Y "$DECODE_FILTER"} -T fields "${fields[@]}" \
		2>>"$LOG_DIR/tshark.log"
}

# udp6_packets NAME: UDP packets over IPv6 that have arrived, whether anybody has read
# them or not; UDP's own counter is that of those read.
udp6_packets()
{
	# shellcheck disable=SC2016 # awk's own
	ns "$1" awk '$1 == "Ip6InDelivers" { n += $2 } $1 == "Icmp6InMsgs" { n -= $2 }
		END { print n + 0 }' /proc/net/snmp6
}

# rx_packets / tx_packets NAME DEVICE: the device's counters.
rx_packets()
{
	ns "$1" cat "/sys/class/net/$2/statistics/rx_packets"
}

tx_packets()
{
	ns "$1" cat "/sys/class/net/$2/statistics/tx_packets"
}
