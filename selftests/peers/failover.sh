# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Paths that are killed under traffic, and how long it takes until the flows are
# elsewhere. Source after lib.sh, daemons.sh and paths.sh. The network is that of
# paths.sh; path 1 is the one that is killed.
#
# Kinds of kills:
#   peer	the underlay device of the peer is gone, nobody tells the edge
#   link	the edge's own underlay link loses its carrier
#   hole	the underlay loses everything, both ways
#   out	the underlay loses what goes to the peer
#   in	the underlay loses what comes from the peer
#
# Times are those of the packets: from the sending of the first one lost to that
# of the first one behind the last one lost that arrives, of the same flows. A loss
# of what comes from the peer costs no packet of flows to the peer: there it is the
# time from the first packet lost of a witness, which comes from the peer beside the
# tunnel, to the first packet of the flows that goes another way.

# shellcheck disable=SC2034 # for those who source this
KINDS=(peer link hole out in)

# A program to start takes longer than the kernel to lose packets: nft is there
# already, and a kill begins when it is told.
failover_prepare()
{
	mkfifo "$TMP/nft"
	ip netns exec "${NS[transport]}" nft -i <"$TMP/nft" >"$LOG_DIR/nft.log" 2>&1 &
	defer stop $!
	exec {NFT}>"$TMP/nft"
}

lose() # DEVICE...
{
	printf 'add element inet holes holes { %s }\n' "$1" >&"$NFT"
}

failover_break() # KIND
{
	case $1 in
	peer)	ns r1 ip link set ul0 down ;;
	link)	ns transport ip link set u1 down ;;
	hole)	lose u1,p1 ;;
	out)	lose u1 ;;
	in)	lose p1 ;;
	esac
}

failover_repair() # KIND
{
	case $1 in
	peer)	ns_batch r1 <<-EOF
		link set ul0 up
		route replace default via 10.11.0.254
		EOF
		;;
	link)	ns transport ip link set u1 up ;;
	*)	echo 'flush set inet holes holes' >&"$NFT" ;;
	esac
}

## The ways to notice

# failover_ours MS: icmp probes, 3 x MS ms.
failover_ours()
{
	local id

	paths_device
	for id in 1 2; do
		path_line $id "probe icmp interval $1 multiplier 3 hold-up 0"
	done | ns edge ipv6tunctl -b -
	paths_routes
	for id in 1 2; do
		path_becomes 20 $id up
	done
}

failover_ours_end()
{
	ns edge ip link del wan0
}

# failover_daemon bfd|hold: the same network without ipv6tun: BIRD over native GRE,
# with BFD 3 x 100 ms or with its hold timer, 3/9 s.
failover_daemon()
{
	local bfd=

	[[ $1 == bfd ]] && bfd="bfd on;"
	ns_batch edge <<-EOF
	link add gre1 type gre local 10.1.0.1 remote 10.11.0.2 ttl 64
	link add gre2 type ip6gre local 2001:db8:f2::1 remote 2001:db8:f12::2 key 2 encaplimit none
	link set gre1 up
	link set gre2 up
	address add fd00:1::1/64 dev gre1 nodad
	address add fd00:2::1/64 dev gre2 nodad
	EOF
	# By flow, as the paths do.
	sysctl_in edge net.ipv6.fib_multipath_hash_policy=1
	{
		failover_bird_head edge 10.1.0.1
		echo 'protocol kernel { merge paths on limit 16; ipv6 { import none; export where source = RTS_BGP; }; }'
		failover_bird_session r1 fd00:1::1 64512 fd00:1::2 64513 "$bfd" "import all; export none;"
		failover_bird_session r2 fd00:2::1 64512 fd00:2::2 64513 "$bfd" "import all; export none;"
	} >"$TMP/edge.conf"
	bird_start edge "$TMP/edge.conf"
	failover_bird_peer r1 1 "$bfd"
	failover_bird_peer r2 2 "$bfd"
	wait_for 60 failover_nexthops 2 || fail "$(bird_do edge show protocols)"
}

failover_bird_peer() # NAME NUMBER BFD
{
	{
		failover_bird_head "$1" "10.1$2.0.2"
		echo "protocol static { ipv6; route $DST6/128 via 2001:db8:$2::2; }"
		failover_bird_session edge "fd00:$2::2" 64513 "fd00:$2::1" 64512 "$3" \
			"import none; export all; next hop self;"
	} >"$TMP/$1.conf"
	bird_start "$1" "$TMP/$1.conf"
}

failover_bird_head() # NAME ROUTER_ID
{
	cat <<-EOF
	log "$LOG_DIR/$1-bird.log" all;
	router id $2;
	protocol device { }
	protocol direct { ipv6; interface "gre*"; }
	protocol bfd {
		interface "gre*" { interval 100 ms; multiplier 3; };
	}
	EOF
}

failover_bird_session() # NAME LOCAL AS REMOTE AS BFD CHANNEL
{
	cat <<-EOF
	protocol bgp $1 {
		local $2 as $3;
		neighbor $4 as $5;
		$6
		keepalive time 3;
		hold time 9;
		connect delay time 1;
		connect retry time 1;
		error wait time 1, 1;
		graceful restart off;
		long lived graceful restart off;
		ipv6 { $7 next hop prefer global; };
	}
	EOF
}

failover_nexthops() # COUNT
{
	[[ $(ns edge ip -6 route show "$DST6" | grep -c 'via fd00:') == "$1" ]]
}

failover_daemon_end()
{
	local name

	for name in edge r1 r2; do
		stop_pidfile "$TMP/$name.bird.pid"
	done
	ns_batch edge <<-EOF
	link del gre1
	link del gre2
	EOF
}

## Kills

# failover_kills WAY KIND COUNT: sets MS (sorted, ms and tenths of each kill) and
# LOST (packets of all kills). WAY is "ours" or "daemon". RATE is packets a second,
# 10,000 by default.
failover_kills()
{
	local way=$1 kind=$2 count=$3 i

	echo '{}' >"$TMP/witness"
	[[ $kind != in ]] || witness_start
	flows_start "${RATE:-10000}" -o 300 >/dev/null
	: >"$TMP/kills"
	for ((i = 0; i < count; i++)); do
		# Not in step with the probes.
		sleep "0.$((RANDOM % 300 + 300))"
		printf '%s\n' "${EPOCHREALTIME/[.,]/}" >>"$TMP/kills"
		failover_break "$kind"
		if [[ $way == ours ]]; then
			path_down_by_now || note "kill $i ($kind): path 1 did not go down"
		else
			wait_for 30 failover_nexthops 1 || note "kill $i ($kind): the route did not change"
		fi
		sleep 0.2
		failover_repair "$kind"
		if [[ $way == ours ]]; then
			path_becomes 20 1 up
		else
			wait_for 60 failover_nexthops 2 ||
				fail "no return: $(bird_do edge show protocols)"
		fi
	done
	sleep 0.3
	flows_stop 2>/dev/null
	[[ $kind != in ]] || witness_stop
	cp "$TMP/flows" "$LOG_DIR/udpflow-$way-$kind.json"
	failover_account "$kind"
}

# Not by GRE, so that no way to notice takes it for a sign of life.
witness_start()
{
	"$UDPFLOW" -f 1 -r 2000 -t 120 -o 300 "/run/netns/${NS[r1]}" "/run/netns/${NS[edge]}" \
		10.11.0.2 10.1.0.1 >"$TMP/witness" 2>"$LOG_DIR/witness.log" </dev/null &
	WITNESS_PID=$!
	defer stop "$WITNESS_PID"
}

witness_stop()
{
	kill -INT "$WITNESS_PID"
	wait "$WITNESS_PID" || fail "udpflow: $(<"$LOG_DIR/witness.log")"
}

path_down_by_now()
{
	wait_for 10 path_is 1 down probe || path_is 1 down carrier
}

# Of each kill the losses until the next one; "in" loses none.
failover_account() # KIND
{
	local ms lost

	MS=() LOST=0
	while read -r ms lost; do
		MS+=("$ms")
		LOST=$((LOST + lost))
	done < <(jq -r --arg kind "$1" --slurpfile kills "$TMP/kills" \
			--slurpfile witness "$TMP/witness" '
		def seen($at): $witness[0].start_us as $start |
			first($witness[0].outages[].at_us + $start | select(. >= $at)) // $at;
		. as $all | range($kills | length) as $i |
		($kills[$i] - $all.start_us) as $at |
		(if $kills[$i + 1] then $kills[$i + 1] - $all.start_us else 1e15 end) as $to |
		[$all.outages[] | select(.at_us >= $at and .at_us < $to)] as $out |
		[$all.switches[] | select(.at_us >= $at and .at_us < $to)] as $moves |
		(if $kind == "in" then ($moves[0].at_us // 1e9) + $all.start_us - seen($kills[$i])
		 else ($out | map(.us) | max // 0) end) as $us |
		"\([$us, 0] | max / 100 | round / 10) \($out | map(.lost) | add // 0)"' "$TMP/flows" |
		sort -n)
}

# quantile PERCENT: of MS, nearest rank
quantile()
{
	local n=${#MS[@]}

	echo "${MS[($1 * n + 99) / 100 - 1]}"
}

# at_most A B: for decimal fractions
at_most()
{
	awk -v a="$1" -v b="$2" 'BEGIN { exit !(a <= b) }'
}
