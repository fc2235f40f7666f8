# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # guest and home are keys of NS, which lib.sh has
#
# The workers of soak.sh: each makes one kind of changes at random, as fast as it can,
# until it is told to stop. Source after lib.sh, peers/daemons.sh, peers/paths.sh,
# peers/failover.sh and network.sh.
#
# A worker NAME is change_NAME, which makes a few changes, and where there is more to do
# begin_NAME and end_NAME. What it changes depends on its random numbers only, never on
# what became of a change: the same seed gives the same changes in the same order. Numbers
# have to be drawn in the worker's own shell, for a subshell has others.
#
# Whatever is refused has to be refused for a reason that EXPECT names; anything else is
# written to $TMP/unexpected. While there is a file $TMP/leaving the module may be gone,
# and all that needs it may be refused (LEAVING). A file $TMP/halt ends all workers.

# shellcheck disable=SC2034 # for soak.sh
WORKERS=(paths probes sets nat64 maps links netns moves underlay bird looks traffic)

# Changes in one go.
: "${LINES_MAX:=16}"

## Refusals

# Of the kernel, the tool and ip, as they come when others were there first.
none='^-$'
gone='[Nn]o such device'
path_refusals='the device has (a|no) path of this id|another path (of the device )?has th|'
path_refusals+='an icmp probe needs an inside peer|no such underlay device|x0: No such device'
pool_refusals='pool6 has (this|no such) prefix|overlaps another prefix of pool6|'
pool_refusals+='pool4 has (some of these ports|no such range)|the device has no NAT64|'
pool_refusals+='an EAM entry has some of these addresses|traffic keeps making BIB entries|'
pool_refusals+='a static BIB entry has an IPv4 address that is not in pool4'
route_refusals='answers: (File exists|No such process|No such file or directory)|Invalid nexthop id|'
route_refusals+='Nexthop (id does not exist|has been deleted)|Can not replace|replace failed|FIB table does not'
map_refusals='pool4 has some of these IPv4 addresses|another (EAM|static) entry has|'
map_refusals+='there is no such (EAM|static BIB) entry'
# Of tcpflow: any of the others may break a connection, but it may not lie.
broken='Network is|Host is|No route to host|Connection|Broken pipe|Permission denied|Protocol|not done in time'

declare -A EXPECT=(
	[paths]=$path_refusals
	[probes]="$path_refusals|probes of the device would exceed"
	[sets]=$route_refusals
	[nat64]=$pool_refusals
	[maps]="$pool_refusals|$map_refusals"
	[links]="File exists|$gone|$path_refusals|$pool_refusals"
	[netns]=$none
	[moves]=$gone
	[underlay]=$none
	[bird]=$none
	[looks]="$gone|no route to the destination|does not lead to this device|the device has no"
	[traffic]=$broken
)
LEAVING="$gone|is not loaded|Unknown device type|Cannot find device|cannot parse nexthop|not supported|"
LEAVING+='No such (file|process)|Object not found|object not found|not an ipv6tun device|does not exist|Invalid nexthop|'
LEAVING+='Network is (unreachable|down)|No route to host|has invalid gateway|family ipv6tun'

## Random numbers

# rnd N: sets R to a number from 0 to N - 1, N up to 32768.
rnd()
{
	R=$((RANDOM % $1))
}

# pick WORD...: sets W to one of them.
pick()
{
	local -a words=("$@")

	W=${words[RANDOM % $#]}
}

# pause MS: so long at most.
pause()
{
	rnd "$1"
	printf -v W '0.%03d' "$R"
	((R >= 1000)) && W=$((R / 1000)).${W: -3}
	sleep "$W"
}

## The account

declare -A OKS=() REFUSED=() LEFT=() WHY=()

# kind COMMAND: sets KIND to what it is counted as.
kind()
{
	local -a w

	read -r -a w <<<"$1"
	case $1 in
	"nat64 pool"*|'nat64 eam'*|'nat64 bib'*|'nat64 show'*)
		KIND=${w[*]:0:3} ;;
	'lookup '*)
		KIND=lookup ;;
	*)
		KIND=${w[*]:0:2} ;;
	esac
	# Neither names nor numbers.
	KIND=${KIND% wan[0-9]}
}

# did COMMAND...
did()
{
	local command

	for command; do
		kind "$command"
		OKS[$KIND]=$((${OKS[$KIND]:-0} + 1))
	done
}

# refusal COMMAND TEXT
refusal()
{
	local text=${2//$'\n'/; }

	kind "$1"
	if [[ $text =~ ${EXPECT[$WORKER]} ]]; then
		REFUSED[$KIND]=$((${REFUSED[$KIND]:-0} + 1))
	elif [[ -e $TMP/leaving && $text =~ $LEAVING ]]; then
		LEFT[$KIND]=$((${LEFT[$KIND]:-0} + 1))
	else
		REFUSED[$KIND]=$((${REFUSED[$KIND]:-0} + 1))
		printf '%s: %s: %s\n' "$WORKER" "$1" "$text" >>"$TMP/unexpected"
	fi
	WHY[$text]=$((${WHY[$text]:-0} + 1))
}

# Appends what this worker did, one line for each kind, and why not.
account()
{
	local k

	for k in "${!OKS[@]}" "${!REFUSED[@]}" "${!LEFT[@]}"; do
		printf '%s\t%s\t%d\t%d\t%d\n' "$WORKER" "$k" "${OKS[$k]:-0}" "${REFUSED[$k]:-0}" \
			"${LEFT[$k]:-0}"
	done | sort -u >>"$TMP/done"
	for k in "${!WHY[@]}"; do
		printf '%s\t%d\t%s\n' "$WORKER" "${WHY[$k]}" "$k"
	done >>"$TMP/refused"
}

# tun NAME COMMAND...: commands of ipv6tunctl in namespace NAME. It stops at the first
# that is refused, and names its line: the others follow in another process.
tun()
{
	local name=$1 said text n
	local format='^ipv6tunctl: (-:([0-9]+): )?(.*)$'
	shift

	while (($#)); do
		printf -v text '%s\n' "$@"
		if said=$(ipv6tunctl -n "${NS[$name]}" -b - 2>&1 >/dev/null <<<"$text"); then
			did "$@"
			return
		fi
		said=${said##*$'\n'}
		n=1
		if [[ $said =~ $format ]]; then
			n=${BASH_REMATCH[2]:-1}
			said=${BASH_REMATCH[3]}
		fi
		did "${@:1:n - 1}"
		refusal "${!n}" "$said"
		shift "$n"
	done
}

# ips NAME COMMAND...: commands of ip in namespace NAME, "-" for that of this shell. It
# goes on after those that are refused.
ips()
{
	local said line text='' rc=0 i
	local -a where=(-n "${NS[$1]:-}") why=()
	[[ $1 != - ]] || where=()
	shift

	printf -v text '%s\n' "$@"
	said=$(ip "${where[@]}" -force -batch - 2>&1 >/dev/null <<<"$text") || rc=$?
	text=''
	while IFS= read -r line; do
		if [[ $line =~ ^'Command failed -:'([0-9]+)$ ]]; then
			why[BASH_REMATCH[1]]=${text:-no reason given}
			text=''
		elif [[ $line && $line != Warning:* ]]; then
			text+=${text:+; }$line
		fi
	done <<<"$said"
	# For some words it ends at once, whatever it was told, and names no line: the
	# worker's log has them all.
	if ((rc > 1)); then
		printf '%s\n' "$said" "$@"
		refusal "${*:$#}" "ip ended with status $rc: $text"
		return
	fi
	for ((i = 1; i <= $#; i++)); do
		if [[ ${why[i]:-} ]]; then
			refusal "${!i}" "${why[i]}"
		else
			did "${!i}"
		fi
	done
}

## Paths

# add_line ID: sets LINE to a command that adds one of eight paths. Of the first two
# there is another end; they are the traffic's.
add_line()
{
	if (($1 <= 2)); then
		LINE=${MAIN_PATH[$1]}
		return
	fi
	if (($1 % 2)); then
		LINE="path add wan0 id $1 local 10.1.0.1 remote 10.11.0.2 key $1 peer fd00:$1::2"
	else
		LINE="path add wan0 id $1 local 2001:db8:f2::1 remote 2001:db8:f12::2 key $1 peer fd00:$1::2 peer 10.9.$1.2"
	fi
	pick '' ' csum' ' ttl 9' ' underlay u1' ' underlay x0' ' probe icmp interval 50' ' admin down'
	LINE+=$W
}

# set_line ID: sets LINE to a command that changes one.
set_line()
{
	pick 'weight 1' 'weight 3' 'weight 9' 'ttl inherit' 'ttl 64' 'tos inherit' 'tos 8' 'tos 184' \
		'admin down' 'admin up' 'admin up weight 2 ttl 33 tos 4'
	LINE="path set wan0 id $1 $W"
	# What the other end would not understand.
	(($1 > 2)) || return 0
	rnd 6
	case $R in
	0)	pick on off
		LINE="path set wan0 id $1 csum $W" ;;
	1)	pick none 3 4 5 6 7 8 9
		LINE="path set wan0 id $1 key $W" ;;
	2)	pick u1 u2 x0 none
		LINE="path set wan0 id $1 underlay $W" ;;
	3)	pick none fd00:3::2 fd00:4::2 fd00:5::2 fd00:33::2 10.9.3.2
		LINE="path set wan0 id $1 peer $W" ;;
	4)	pick 'local 10.1.0.1 remote 10.11.0.2' 'local 2001:db8:f2::1 remote 2001:db8:f12::2' \
			'local 10.2.0.1 remote 10.12.0.2' 'local 10.2.0.1 remote 198.18.9.9'
		LINE="path set wan0 id $1 $W" ;;
	esac
}

begin_paths()
{
	MAIN_PATH=('' "$(path_line 1)" "$(path_line 2)")
}

change_paths()
{
	local i id
	local -a lines=()

	for ((i = 0; i < LINES_MAX; i++)); do
		rnd 8
		id=$((R + 1))
		rnd 10
		case $R in
		0|1|2)	add_line "$id" ;;
		3|4)	LINE="path del wan0 id $id" ;;
		*)	set_line "$id" ;;
		esac
		lines+=("$LINE")
	done
	tun edge "${lines[@]}" "${MAIN_PATH[1]}" "${MAIN_PATH[2]}" \
		"path set wan0 id 1 admin up" "path set wan0 id 2 admin up"
	pause 60
}

## Probes

change_probes()
{
	local i line
	local -a lines=() intervals=(5 10 20 50 200 1000)

	[[ ! $SLOW ]] || intervals=(100 200 1000)
	for ((i = 0; i < LINES_MAX / 2; i++)); do
		rnd 8
		line="path set wan0 id $((R + 1))"
		pick none icmp icmp keepalive
		line+=" probe $W"
		pick "${intervals[@]}"
		line+=" interval $W"
		pick '' ' multiplier 1' ' multiplier 3' ' multiplier 50' ' passive on' ' passive off' \
			' hold-up 0' ' hold-up 100' ' hold-up 1000'
		lines+=("$line$W")
	done
	tun edge "${lines[@]}" 'path set wan0 id 1 hold-up 0' 'path set wan0 id 2 hold-up 0'
	pause 150
}

## Path sets, by routes

# hops6 / hops4: set HOPS to the next hops of a route.
hops6()
{
	pick 1 2
	HOPS="via fd00:$W::2 dev wan0"
	rnd 3
	((R)) || return 0
	pick 1 2 7
	HOPS="nexthop via fd00:1::2 dev wan0 weight $W nexthop via fd00:2::2 dev wan0"
}

hops4()
{
	pick 1 2
	HOPS="via 10.9.$W.2 dev wan0"
	rnd 3
	((R)) || return 0
	pick 1 2 7
	HOPS="nexthop via 10.9.1.2 dev wan0 weight $W nexthop via 10.9.2.2 dev wan0"
}

change_sets()
{
	local i prefix
	local -a lines=()

	for ((i = 0; i < LINES_MAX; i++)); do
		rnd 8
		prefix=$R
		rnd 12
		case $R in
		0|1|2)	hops6
			pick add replace append
			lines+=("route $W 2001:db8:c:$prefix::/64 $HOPS") ;;
		3)	lines+=("route del 2001:db8:c:$prefix::/64") ;;
		4)	hops4
			pick replace append
			lines+=("route $W 198.51.10$prefix.0/24 $HOPS") ;;
		5)	lines+=("route del 198.51.10$prefix.0/24") ;;
		6)	hops6
			lines+=("route replace 2001:db8:c:$prefix::/64 table 10$prefix $HOPS") ;;
		7)	lines+=("route del 2001:db8:c:$prefix::/64 table 10$prefix") ;;
		8)	pick 1 2
			lines+=("nexthop replace id $((prefix % 4 + 1)) via fd00:$W::2 dev wan0") ;;
		9)	pick 1/2 1/3/4 2,5/4 3
			lines+=("nexthop replace id 10 group $W") ;;
		10)	pick 10 1 2
			lines+=("route replace 2001:db8:c:1$prefix::/64 nhid $W") ;;
		11)	pick 10 1 2 3 4
			lines+=("nexthop del id $W") ;;
		esac
	done
	# The traffic's own.
	hops6
	lines+=("route replace $DST6/128 $HOPS")
	hops4
	lines+=("route replace $DST4/32 $HOPS")
	ips edge "${lines[@]}"
	pause 60
}

## NAT64: pools and settings

begin_nat64()
{
	cat >"$TMP/replace.0" <<-END
		pool6 $POOL6/96
		pool4 $POOL4
	END
	cat >"$TMP/replace.1" <<-END
		set udp 20 max-sessions 5000 filtering address-dependent
		pool6 2001:db8:65::/96
		pool6 $POOL6/96
		pool4 $POOL4
		pool4 192.0.2.16/28 proto udp ports 2000-2100
		eam 2001:db8:e:2::/120 203.0.113.32/28
		bib proto udp addr6 $SRC6 port6 7 addr4 192.0.2.7 port4 7
	END
}

change_nat64()
{
	local i verb range
	local -a lines=() prefixes=(2001:db8:65::/96 2001:db8:65::/64 2001:db8:66::/48 2001:db8:66:1::/64 "$POOL6/96")

	for ((i = 0; i < LINES_MAX / 2; i++)); do
		pick add add del
		verb=$W
		rnd 8
		case $R in
		0|1)	pick "${prefixes[@]}"
			lines+=("nat64 pool6 $verb wan0 $W") ;;
		2|3)	pick 192.0.2.16/28 192.0.2.24/29 192.0.2.32/27 203.0.113.16/28 203.0.113.0/24
			range=$W
			pick '' ' proto udp ports 2000-2100' ' proto tcp proto icmp' ' ports 40000-50000'
			lines+=("nat64 pool4 $verb wan0 $range$W") ;;
		4)	pick 'udp 2' 'udp 300' 'icmp 1' 'tcp-trans 4' 'tcp-est 7440' 'filtering endpoint-independent' \
				'filtering address-dependent' 'udp-zero drop' 'udp-zero compute' 'lowest-mtu 1400' \
				'session-events on' 'session-events off' 'icmp-source 198.19.0.0/29' 'icmp-source none' \
				'max-sessions 200' 'max-sessions 1048576' 'mode stateless' 'mode stateful'
			lines+=("nat64 set wan0 $W") ;;
		5)	pick '' ' proto udp' ' proto tcp addr6 2001:db8:a::/64' " remote4 $DST4/32" ' addr4 192.0.2.0/30'
			lines+=("nat64 flush wan0$W") ;;
		6)	rnd 6
			((R)) || lines+=("nat64 del wan0") ;;
		7)	rnd 6
			((R)) || lines+=("nat64 pool4 del wan0 $POOL4") ;;
		esac
	done
	tun edge "${lines[@]}" "nat64 pool6 add wan0 $POOL6/96" "nat64 pool4 add wan0 $POOL4" \
		'nat64 set wan0 mode stateful'
	rnd 4
	# On its own: an error would name a line of its file.
	((R > 1)) || tun edge "nat64 replace wan0 $TMP/replace.$R"
	pause 100
}

## NAT64: explicit mappings and static BIB entries

change_maps()
{
	local i verb n
	local -a lines=()

	for ((i = 0; i < LINES_MAX; i++)); do
		pick add add del
		verb=$W
		rnd 8
		n=$R
		rnd 2
		if ((R)); then
			pick "203.0.113.$((16 * n))/28" "203.0.113.$((16 * n + 3))/32"
			lines+=("nat64 eam $verb wan0 2001:db8:e:$n::/120 $W")
		else
			pick udp tcp icmp
			lines+=("nat64 bib $verb wan0 proto $W addr6 2001:db8:a::$((n + 2)) port6 $((n + 7)) addr4 192.0.2.$((n + 1)) port4 $((n * 300 + 7))")
		fi
	done
	tun edge "${lines[@]}"
	pause 60
}

## Devices

change_links()
{
	local i n
	local -a lines=()

	for ((i = 0; i < LINES_MAX / 2; i++)); do
		rnd 4
		n=$((R + 1))
		rnd 10
		case $R in
		0|1)	pick '' ' seed 1234abcd hash l3' ' mtu 1400 up' ' up' ' return idle up'
			lines+=("link add wan$n$W") ;;
		2|3)	lines+=("link del wan$n") ;;
		4|5)	pick up down 'hash flowlabel' 'hash l4' 'seed 7' 'symmetric off' 'mss-clamp off' \
				'return idle return-idle 50 return-forced 1000' 'return immediate' 'mtu 2000' 'mtu auto'
			lines+=("link set wan$n $W") ;;
		6|7)	pick '' ' probe icmp interval 100' ' underlay u2'
			lines+=("path add wan$n id 1 local 10.1.0.1 remote 10.11.0.2 key 10$n peer fd00:10$n::2$W")
			lines+=("path add wan$n id 2 local 2001:db8:f1::1 remote 2001:db8:f11::2 key 10$n peer 10.10.$n.2") ;;
		8)	lines+=("nat64 pool6 add wan$n 2001:db8:64:$n::/96" \
				"nat64 pool4 add wan$n 192.0.2.$((64 + 16 * n))/28") ;;
		9)	lines+=("path del wan$n id 1") ;;
		esac
	done
	# And the device that has the traffic.
	pick 'seed 0' 'seed 5eed' 'hash l4' 'hash l3' 'return idle return-idle 20' 'return immediate' \
		'mss-clamp off' 'mss-clamp on' 'mtu 1400' 'mtu auto'
	tun edge "${lines[@]}" "link set wan0 $W"
	pause 100
}

end_links()
{
	tun edge 'link del wan1' 'link del wan2' 'link del wan3' 'link del wan4'
}

## Namespaces that end under traffic

# A device with a path, probes and NAT64, another at the end of a cable in the transport's
# namespace, and a flood between the two. One of the things that it stands on goes first.
change_netns()
{
	local n probe

	count=$((${count:-0} + 1))
	n=$((count % 200 + 1))
	NS[guest]=guest$n-$BASHPID
	ips - "netns add ${NS[guest]}" \
		"link add n0 netns ${NS[guest]} type veth peer name n$n netns ${NS[transport]}"
	ips guest 'link set lo up' 'link set n0 up' "address add 10.40.$n.1/24 dev n0"
	ips transport "link set n$n up" "address add 10.40.$n.254/24 dev n$n"
	pick none icmp keepalive
	probe=$W
	tun guest 'link add wan0 up' \
		"path add wan0 id 1 local 10.40.$n.1 remote 10.40.$n.254 peer fd00:40:$n::2 probe $probe interval 100" \
		"nat64 pool6 add wan0 $POOL6/96" "nat64 pool4 add wan0 $POOL4"
	tun transport "link add g$n up" \
		"path add g$n local 10.40.$n.254 remote 10.40.$n.1 peer fd00:40:$n::1"
	ips guest "address add fd00:40:$n::1/64 dev wan0 nodad" "route add $POOL6/96 via fe80::64 dev wan0"
	ips transport "address add fd00:40:$n::2/64 dev g$n nodad"
	"$NSRUN" "${NS[transport]}" ping -n -q -f -w 4 "fd00:40:$n::1" >/dev/null 2>&1 &
	FLOOD=$!
	pause 600
	rnd 4
	case $R in
	0)	ips guest 'link set n0 down' ;;
	1)	tun guest 'link del wan0' ;;
	2)	tun transport "link del g$n" ;;
	esac
	local how=$R
	ips - "netns delete ${NS[guest]}"
	((how == 2)) || tun transport "link del g$n"
	stop "$FLOOD"
	pause 100
}

## Devices that move between namespaces

new_home()
{
	homes=$((${homes:-0} + 1))
	NS[home]=home$homes-$BASHPID
	ips - "netns add ${NS[home]}"
	ips home 'link set lo up' 'link add d0 type dummy' 'address add 10.60.0.1/24 dev d0' 'link set d0 up'
}

begin_moves()
{
	new_home
}

change_moves()
{
	local n dev how

	moves=$((${moves:-0} + 1))
	n=$((moves % 1000 + 1000))
	dev=mv$n
	rnd 5
	how=$R
	if ((how < 4)); then
		tun edge "link add $dev up" \
			"path add $dev id 1 local 10.1.0.1 remote 10.11.0.2 key $n peer fd00:50::2 probe icmp interval 100" \
			"nat64 pool6 add $dev 2001:db8:67::/96" "nat64 pool4 add $dev 192.0.2.48/28"
		ips edge "link set $dev netns ${NS[home]}"
		ips home "link set $dev up" "address add fd00:50::1/64 dev $dev nodad" \
			"route add 2001:db8:c::/48 via fd00:50::2 dev $dev"
		tun home "path add $dev id 2 local 2001:db8:f1::1 remote 2001:db8:f11::2 key $n peer fd00:51::2" \
			"path set $dev id 1 weight 4 underlay none" "path del $dev id 1" \
			"nat64 pool6 add $dev 2001:db8:68::/96" "nat64 pool6 del $dev 2001:db8:67::/96" \
			"lookup $dev from fd00:50::1 to 2001:db8:c::1"
		"$NSRUN" "${NS[home]}" ping -n -q -c 20 -i 0.01 -W 0.1 2001:db8:c::1 >/dev/null 2>&1
		did 'ping moved'
	fi
	case $how in
	0|1|2)	# And back.
		ips home "link set $dev netns ${NS[edge]}"
		tun edge "path set $dev id 2 weight 2" "link del $dev" ;;
	3)	# Its new namespace ends, and it with that.
		ips - "netns delete ${NS[home]}"
		new_home ;;
	4)	# Its old namespace ends, where its underlay is, and it with that.
		tun home "link add $dev up" \
			"path add $dev id 1 local 10.60.0.1 remote 10.60.0.2 peer fd00:52::2 probe icmp interval 100"
		ips home "link set $dev netns ${NS[edge]}"
		ips edge "link set $dev up" "address add fd00:52::1/64 dev $dev nodad"
		ips - "netns delete ${NS[home]}"
		tun edge "path set $dev id 1 weight 3" "path show $dev"
		new_home ;;
	esac
	pause 200
}

end_moves()
{
	ips - "netns delete ${NS[home]}"
}

## The underlay

# mended N: the edge's link to path N as it was.
mended()
{
	ips edge "link set u$1 up" "address replace 10.$1.0.1/24 dev u$1" \
		"address replace 2001:db8:f$1::1/64 dev u$1 nodad" \
		"route replace 10.1$1.0.0/24 via 10.$1.0.254" \
		"route replace 2001:db8:f1$1::/64 via 2001:db8:f$1::fe"
}

change_underlay()
{
	local n

	rnd 2
	n=$((R + 1))
	rnd 8
	case $R in
	0)	ips edge "link set u$n down"
		pause 700
		mended "$n" ;;
	1)	ips transport "link set u$n down"
		pause 700
		ips transport "link set u$n up" ;;
	2)	ips edge 'link add x0 type dummy' 'address add 10.70.0.1/24 dev x0' 'link set x0 up'
		pause 500
		ips edge 'link set x0 down'
		pause 200
		ips edge 'link del x0' ;;
	3)	hole "u$n"
		pause 900
		mend
		did 'nft hole' ;;
	4)	ips edge "link set u$n mtu 1400"
		ips transport "link set u$n mtu 1400"
		pause 500
		ips edge "link set u$n mtu 1500"
		ips transport "link set u$n mtu 1500" ;;
	5)	ips edge 'link add red type vrf table 77' 'link set red up' "link set u$n master red"
		pause 500
		ips edge "link set u$n nomaster" 'link del red'
		mended "$n" ;;
	6)	ips edge "address del 10.$n.0.1/24 dev u$n" "address del 2001:db8:f$n::1/64 dev u$n"
		pause 500
		mended "$n" ;;
	7)	ips edge "route del 10.1$n.0.0/24" "route del 2001:db8:f1$n::/64"
		pause 500
		mended "$n" ;;
	esac
	# The traffic has to get somewhere, too.
	pause 1000
}

## BIRD at the edge and at a router, with a session over path 1

bird_conf() # NAME
{
	local i

	if [[ $1 == edge ]]; then
		failover_bird_head edge 10.1.0.1
		echo 'protocol kernel { merge paths on limit 16; ipv6 { import none; export where source = RTS_BGP; }; }'
		failover_bird_session r1 fd00:1::1 64512 fd00:1::2 64513 '' 'import all; export none;'
		return
	fi
	failover_bird_head r1 10.11.0.2
	echo 'protocol static { ipv6;'
	# A number of routes that changes.
	for ((i = 0; i <= R; i++)); do
		echo "route 2001:db8:d:$i::/64 via 2001:db8:1::2;"
	done
	echo '}'
	failover_bird_session edge fd00:1::2 64513 fd00:1::1 64512 '' \
		'import none; export where source = RTS_STATIC; next hop self;'
}

bird_up() # NAME
{
	local said

	rnd 40
	bird_conf "$1" >"$TMP/soak-$1.conf"
	if said=$(bird_start "$1" "$TMP/soak-$1.conf" 2>&1); then
		did 'bird start'
	else
		refusal 'bird start' "$1: $said"
	fi
}

begin_bird()
{
	bird_up edge
	bird_up r1
}

change_bird()
{
	local name said

	pick edge r1
	name=$W
	rnd 4
	case $R in
	0)	stop_pidfile "$TMP/$name.bird.pid"
		did 'bird stop'
		pause 500
		bird_up "$name" ;;
	1)	kill -9 "$(<"$TMP/$name.bird.pid")"
		rm -f "$TMP/$name.bird.pid"
		did 'bird kill'
		pause 500
		bird_up "$name" ;;
	*)	rnd 40
		bird_conf "$name" >"$TMP/soak-$name.conf"
		if said=$(bird_do "$name" "configure \"$TMP/soak-$name.conf\"" 2>&1); then
			did 'bird configure'
		else
			refusal 'bird configure' "$name: $said"
		fi ;;
	esac
	# Sessions take a second to come up.
	pause 3000
	[[ ! $(ip -n "${NS[edge]}" -6 route show 2001:db8:d::/64) ]] || did 'bird routes'
}

end_bird()
{
	stop_pidfile "$TMP/edge.bird.pid"
	stop_pidfile "$TMP/r1.bird.pid"
}

## Those who look

begin_looks()
{
	MONITOR=
}

change_looks()
{
	local i
	local -a lines=()

	if [[ ! $MONITOR ]]; then
		pick '' nat64 wan0
		ipv6tunctl -n "${NS[edge]}" monitor ${W:+"$W"} >/dev/null 2>&1 &
		MONITOR=$!
	fi
	for ((i = 0; i < LINES_MAX / 2; i++)); do
		pick show 'show wan0' 'path show' 'path show wan0' 'path show wan0 id 3' 'show routes' 'show sets' \
			'show drops' 'link show' "lookup wan0 from $SRC6 to $DST6 proto udp sport 1 dport 2" \
			"lookup wan0 from $SRC6 to 2001:db8:c:1::1" 'nat64 show' 'nat64 show wan0 stats' \
			'nat64 show wan0 sessions' 'nat64 show wan0 bib' 'nat64 show wan0 pool4' 'nat64 show wan0 pool6' \
			'nat64 show wan0 eam' 'nat64 show wan0 config' 'nat64 show wan0 sessions proto udp' 'show wan2'
		lines+=("$W")
	done
	tun edge "${lines[@]}"
	rnd 5
	if ((R == 0)); then
		stop "$MONITOR"
		MONITOR=
		did monitor
	fi
	pause 100
}

end_looks()
{
	[[ ! $MONITOR ]] || stop "$MONITOR"
}

## Traffic that comes in bursts; the steady one is soak.sh's

# connection WORD...: of tcpflow. It may be cut off, by any of the others, but what
# arrives is what was sent.
connection()
{
	local said

	if said=$("$TREE/build/selftests/tcpflow" -n 200000 -t 4 "$@" 2>&1 >/dev/null); then
		did tcpflow
	else
		refusal tcpflow "${said:-not done in time}"
	fi
}

change_traffic()
{
	local said

	rnd 6
	case $R in
	0|1|2)	pick udp syn frag
			# Numbers of its own; zero would mean none.
		rnd 32000
		if said=$("$TREE/build/selftests/udpmany" -n "$BURST" -r 20000 -s $((R + 1)) -k "$W" \
			"/run/netns/${NS[src]}" e0 "$EDGE_MAC" 2001:db8:a::1000 "$POOL6$DST4" 9 2>&1 >/dev/null); then
			did "udpmany $W"
		else
			refusal udpmany "$said"
		fi ;;
	3)	connection -l "$DST4" "/run/netns/${NS[src]}" "/run/netns/${NS[dst]}" "$SRC6" "$POOL6$DST4" ;;
	4)	connection "/run/netns/${NS[src]}" "/run/netns/${NS[dst]}" "$SRC6" "$DST6" ;;
	5)	# Whoever knocks from IPv4: pool4, static entries, mappings.
		# shellcheck disable=SC2016 # expanded in the namespace
		"$NSRUN" "${NS[dst]}" bash -c 'for ((i = 1; i < 60; i++)); do
			echo x >"/dev/udp/192.0.2.$((i % 14 + 1))/$((i % 8 * 300 + 7))"
			echo x >"/dev/udp/203.0.113.$i/$i"
			done 2>/dev/null' || true
		did 'knocks from IPv4' ;;
	esac
	pause 300
}

## All of them

# worker NAME NUMBER: one of them, in a shell of its own, until $TMP/halt is there.
worker()
{
	WORKER=$1 _defers=()
	set +eE
	trap - EXIT ERR
	RANDOM=$(((SEED * 31 + MINUTE * 1009 + ROUND * 101 + $2) & 0x7fffffff))
	! declare -F "begin_$1" >/dev/null || "begin_$1"
	while [[ ! -e $TMP/halt ]]; do
		"change_$1"
	done
	! declare -F "end_$1" >/dev/null || "end_$1"
	account
}

workers_start()
{
	local name i=0

	rm -f "$TMP/halt" "$TMP/leaving"
	PIDS=()
	for name in "${WORKERS[@]}"; do
		worker "$name" "$i" </dev/null >>"$LOG_DIR/worker-$name.log" 2>&1 &
		PIDS+=($!)
		i=$((i + 1))
	done
}

# ended PID: of a child
ended()
{
	[[ ! -d /proc/$1 || $(_state "$1") == Z ]]
}

# workers_stop: they end what they are at and leave nothing behind.
workers_stop()
{
	local i

	: >"$TMP/halt"
	for ((i = 0; i < ${#PIDS[@]}; i++)); do
		if ! wait_for "$PATIENCE" ended "${PIDS[i]}"; then
			note "$(ps -eo pid,ppid,stat,wchan:24,args | tail -n 60)"
			fail "worker ${WORKERS[i]} does not end within $PATIENCE s of being told"
		fi
		wait "${PIDS[i]}" || fail "worker ${WORKERS[i]}: status $?, see worker-${WORKERS[i]}.log"
	done
	PIDS=()
}

# The end of those that are left when a test has failed.
workers_kill()
{
	local pid

	: >"$TMP/halt"
	for pid in "${PIDS[@]}"; do
		wait_for 20 ended "$pid" || kill -9 "$pid"
	done
}
