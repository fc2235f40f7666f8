#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# How long flows are without a path when theirs dies, and what that costs, for the
# probes of ipv6tun and for BIRD over native GRE; false alarms, idle and on a busy
# machine; processor time of 4,096 probed paths. Run by "make failover-bench".
#
# Prints a table and fails when a requirement is not met. Network and method are
# in ../peers/paths.sh and ../peers/failover.sh.
#
# KILLS=20 of each kind for the probes; the daemon needs seconds to come back, so
# BFD_KILLS=5 and HOLD_KILLS=2. QUIET=60 seconds without a kill, twice.
# PARTS="kills alarms processor" are the parts to do, PROBED=4096 the paths of the
# last.

# shellcheck source=selftests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
# shellcheck source=selftests/peers/daemons.sh
source "$TREE/selftests/peers/daemons.sh"
# shellcheck source=selftests/peers/paths.sh
source "$TREE/selftests/peers/paths.sh"
# shellcheck source=selftests/peers/failover.sh
source "$TREE/selftests/peers/failover.sh"

: "${KILLS:=20}" "${BFD_KILLS:=5}" "${HOLD_KILLS:=2}" "${QUIET:=60}"
: "${PARTS:=kills alarms processor}" "${PROBED:=4096}"

missed=()
declare -A MEDIAN=()

miss() # TEXT
{
	missed+=("$1")
}

## Kills

row() # SETTING KIND
{
	MEDIAN[$1.$2]=$(quantile 50)
	printf '%-14s %-5s %5d %9s %9s %9s %9s %9s\n' "$1" "$2" ${#MS[@]} "$(quantile 50)" \
		"$(quantile 95)" "$(quantile 100)" \
		"$(awk -v n=${#MS[@]} -v l="$LOST" 'BEGIN { printf "%.1f", l / n }')" "$(flows_get .pps)"
}

kills()
{
	local ms kind

	printf '\n%-14s %-5s %5s %9s %9s %9s %9s %9s\n' noticed-by kill kills median-ms p95-ms max-ms \
		lost/kill packets/s
	for ms in 10 20 50; do
		failover_ours $ms
		for kind in "${KINDS[@]}"; do
			failover_kills ours "$kind" "$KILLS"
			row "icmp-3x$ms" "$kind"
			((ms != 10)) || at_most "$(quantile 95)" 50 ||
				miss "icmp 3 x 10 ms, $kind: p95 is $(quantile 95) ms, more than 50"
		done
		failover_ours_end
	done
	failover_daemon bfd
	for kind in "${KINDS[@]}"; do
		failover_kills daemon "$kind" "$BFD_KILLS"
		row bfd-3x100 "$kind"
	done
	failover_daemon_end
	failover_daemon hold
	for kind in "${KINDS[@]}"; do
		failover_kills daemon "$kind" "$HOLD_KILLS"
		row hold-9s "$kind"
	done
	failover_daemon_end
	compare
}

compare()
{
	local ms kind daemon

	for ms in 10 20 50; do
		for kind in "${KINDS[@]}"; do
			for daemon in bfd-3x100 hold-9s; do
				at_most "${MEDIAN[icmp-3x$ms.$kind]}" "${MEDIAN[$daemon.$kind]}" ||
					miss "icmp 3 x $ms ms is slower than $daemon: $kind"
			done
		done
	done
}

## False alarms

# All settings at the same time: path 1 3x10, path 2 3x20, path 3 3x50, BFD over the
# inside addresses of path 1.
alarms_setup()
{
	paths_device
	ns_batch r1 <<-EOF
	link add gre3 type gre local 10.11.0.2 remote 10.1.0.1 ttl 64 key 3
	link set gre3 up
	address add fd00:3::2/64 dev gre3 nodad
	EOF
	ns edge ip address add fd00:3::1/64 dev wan0 nodad
	{
		path_line 1 "probe icmp interval 10 multiplier 3 hold-up 0"
		path_line 2 "probe icmp interval 20 multiplier 3 hold-up 0"
		echo "path add wan0 id 3 local 10.1.0.1 remote 10.11.0.2 key 3 peer fd00:3::2" \
			"probe icmp interval 50 multiplier 3 hold-up 0"
	} | ns edge ipv6tunctl -b -
	for i in 1 2 3; do
		path_becomes 20 "$i" up
	done
	bfd_conf fd00:1::1 fd00:1::2 10.1.0.1 alarms-edge >"$TMP/edge.conf"
	bfd_conf fd00:1::2 fd00:1::1 10.11.0.2 alarms-r1 >"$TMP/r1.conf"
	bird_start edge "$TMP/edge.conf"
	bird_start r1 "$TMP/r1.conf"
	wait_for 20 bfd_up || fail "$(bird_do edge show bfd sessions)"
}

bfd_conf() # LOCAL REMOTE ROUTER_ID LOG
{
	cat <<-EOF
	log "$LOG_DIR/$4.log" all;
	router id $3;
	protocol device { }
	protocol bfd {
		debug { events };
		multihop { interval 100 ms; multiplier 3; };
		neighbor $2 local $1 multihop on;
	}
	EOF
}

bfd_up()
{
	bird_do edge show bfd sessions | grep -q ' Up '
}

# Times something went down so far: three paths, BFD.
downs()
{
	local id

	for id in 1 2 3; do
		path_get "$id"
		# Up, down, up, down...
		printf '%d ' $((P[changes] / 2))
	done
	grep -c 'from Up to ' "$LOG_DIR/alarms-edge.log" || true
}

alarms()
{
	local what i names=("icmp 3x10" "icmp 3x20" "icmp 3x50" "bfd 3x100")
	local -a before after loops

	alarms_setup
	printf '\n%-26s' "false alarms in $QUIET s"
	printf ' %10s' "${names[@]}"
	printf '\n'
	for what in idle "8 busy loops"; do
		loops=()
		if [[ $what != idle ]]; then
			for ((i = 0; i < 8; i++)); do
				(while :; do :; done) &
				loops+=($!)
				defer kill $!
			done
		fi
		read -r -a before < <(downs)
		sleep "$QUIET"
		read -r -a after < <(downs)
		((${#loops[@]} == 0)) || kill "${loops[@]}"
		printf '%-26s' "$what"
		for i in 0 1 2 3; do
			printf ' %10d' $((after[i] - before[i]))
		done
		printf '\n'
		((after[0] == before[0])) || miss "icmp 3 x 10 ms: false alarms, $what"
	done
	path_get 1
	printf 'timer late on path 1: %s times of %s\n' "${P[late]}" "${P[sent]}"
	stop_pidfile "$TMP/edge.bird.pid"
	stop_pidfile "$TMP/r1.bird.pid"
	ns edge ip link del wan0
}

## Processor

# work: how far loops come in two seconds that make no system calls, one on each
# processor. What the kernel does meanwhile is missing from it.
work()
{
	"$TREE/build/selftests/spin" 2
}

median() # NUMBER...
{
	printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"
}

# share WITHOUT WITH: percent of one processor
share()
{
	echo $(($(nproc) * (100 - 100 * $2 / $1)))
}

# rps NAME CPU_MASK: which processors do the work for what arrives there
rps()
{
	echo "$2" | ns "$1" tee /sys/class/net/m0/queues/rx-0/rps_cpus >/dev/null
}

# up: how many paths carry traffic
up()
{
	ns many ipv6tunctl -j show wan0 | jq '.[0]."paths-up"'
}

all_up()
{
	(($(up) == PROBED))
}

# The keepalives of PROBED paths: their timers are on the first processor. An ipv6tun
# device at the other end forwards them, on the second one. Five rounds, for the machine
# may have other things to do.
processor()
{
	local i send both
	local -a w_none=() w_send=() w_both=()

	setup_ns many peer
	veth many:m0,10.77.0.1/24 peer:m0,10.77.0.2/24
	forwarding peer
	ns peer ip route add local 10.78.0.0/16 dev lo
	ns many ip route add 10.78.0.0/16 via 10.77.0.2
	ns many ip link add wan0 type ipv6tun
	ns peer ip link add wan0 type ipv6tun
	# The peer is another machine: the other processor, if there is one.
	if (($(nproc) > 1)); then
		rps peer 2
		rps many 1
	fi
	sysctl_in peer net.ipv4.conf.wan0.accept_local=1 net.ipv4.conf.all.rp_filter=0 \
		net.ipv4.conf.wan0.rp_filter=0
	for ((i = 1; i <= PROBED; i++)); do
		echo "path add wan0 id $i local 10.78.$((i / 256)).$((i % 256)) remote 10.77.0.1"
	done | ns peer ipv6tunctl -b -
	# A timer stays on the processor that started it.
	for ((i = 1; i <= PROBED; i++)); do
		echo "path add wan0 id $i local 10.77.0.1 remote 10.78.$((i / 256)).$((i % 256))" \
			"probe keepalive interval 100 hold-up 0"
	done | taskset -c 0 ipv6tunctl -n "${NS[many]}" -b -
	for ((i = 0; i < 5; i++)); do
		w_none+=("$(work)")
		# The peer's device is down: it drops what it gets.
		ns many ip link set wan0 up
		sleep 1
		w_send+=("$(work)")
		ns peer ip link set wan0 up
		sleep 2
		w_both+=("$(work)")
		((i == 4)) && break
		ns many ip link set wan0 down
		ns peer ip link set wan0 down
		sleep 1
	done
	wait_for 5 all_up || miss "$(up) of $PROBED probed paths are up"
	send=$(share "$(median "${w_none[@]}")" "$(median "${w_send[@]}")")
	both=$(share "$(median "${w_none[@]}")" "$(median "${w_both[@]}")")
	printf '\n%d paths probed at 100 ms, %s of them up, share of one processor:\n' "$PROBED" \
		"$(up)"
	printf '  sending                           %3d %%\n' "$send"
	printf '  both ends: sending, forwarding, receiving  %3d %%\n' "$both"
	note "loops: without ${w_none[*]}, sending ${w_send[*]}, both ${w_both[*]}"
	((send <= 90)) || miss "probes take $send % of a processor"
}

need_cmd jq nft bird birdc taskset
[[ -x $UDPFLOW ]] || skip "build/selftests/udpflow is not built"

report()
{
	local part

	paths_network
	failover_prepare
	for part in $PARTS; do
		"$part"
	done
	((${#missed[@]} == 0)) || fail "not met:"$'\n'"$(printf '%s\n' "${missed[@]}")"
}
run_test report "what is required of failover"
