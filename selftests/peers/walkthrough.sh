# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The walk-through's network, for demo.sh and the BGP tests. Sourced after lib.sh
# and daemons.sh.
#
#   src ------- core ---------- transport --+-- sdwan1 ------- onprem
#   ...100::2   AS 64515        MTU 8500    |   AS 64525  lan1 ...400::2
#               ipv6tun wan0                |   native GRE, FRR   |
#               BIRD                        |                     |
#                                           +-- sdwan2 -----------+
#                                               AS 64525  lan2
#                                               ipv6tun wan0, BIRD
#
#   path 1   10.0.0.8 - 172.31.0.178    GRE over IPv4, no key
#            169.254.8.0/29             .1 sdwan1, .2 and .3 core
#            fde2:...:6378/125          6379 sdwan1, 637a and 637b core
#   path 2   10.0.0.9 - 172.31.16.178
#            169.254.9.0/29             .1 sdwan2, .2 and .3 core
#            fde2:...:5378/125          5379 sdwan2, 537a and 537b core
#
# The host's two links stand for a site network: a router that is switched off
# takes its link down, and the link a packet arrives on tells its way.

# shellcheck disable=SC2034 # Used by those who source this.
SITE4=192.168.40.0/24
INSIDE=fde2:aa1a:d66:443b:d9d8:30c9:9674
SRC6=2001:db8:0:100::2
HOST6=2001:db8:0:400::2
HOST4=192.168.40.2
SITE6=2001:db8:0:400::/64
: "${KEEPALIVE:=3}" "${HOLD:=9}"

walk_underlay()
{
	setup_ns src core transport sdwan1 sdwan2 onprem
	veth core:ul0,10.0.0.8/24,10.0.0.9/24 transport:core,10.0.0.1/24 mtu 8500
	veth sdwan1:ul0,172.31.0.178/20 transport:sdwan1,172.31.0.1/20 mtu 8500
	veth sdwan2:ul0,172.31.16.178/20 transport:sdwan2,172.31.16.1/20 mtu 8500
	veth src:lan0,$SRC6/64,10.1.0.2/24 core:lan0,2001:db8:0:100::1/64,10.1.0.1/24 mtu 8500
	veth sdwan1:lan0,2001:db8:0:400::11/64,192.168.40.11/24 \
		onprem:lan1,$HOST6/64,$HOST4/24 mtu 8500
	veth sdwan2:lan0,2001:db8:0:400::12/64,192.168.40.12/24 \
		onprem:lan2,$HOST6/64,$HOST4/24 mtu 8500
	ns src ip route add default via 10.1.0.1
	ns src ip route add default via 2001:db8:0:100::1
	ns core ip route add 172.31.0.0/16 via 10.0.0.1
	ns sdwan1 ip route add 10.0.0.0/24 via 172.31.0.1
	ns sdwan2 ip route add 10.0.0.0/24 via 172.31.16.1
	# Answers may leave by either router; a link that is down is not used.
	sysctl_in onprem net.ipv6.conf.all.ignore_routes_with_linkdown=1 \
		net.ipv4.conf.all.ignore_routes_with_linkdown=1 net.ipv6.icmp.ratelimit=0
	walk_host_routes
	forwarding core transport sdwan1 sdwan2
	# Or traceroute would see one answer per second.
	sysctl_in core net.ipv6.icmp.ratelimit=0
	sysctl_in sdwan1 net.ipv6.icmp.ratelimit=0
	sysctl_in sdwan2 net.ipv6.icmp.ratelimit=0
}

# The kernel drops next hops over a device that goes down, and not only for as
# long as it is down.
walk_host_routes()
{
	ns_batch onprem <<-EOF
	route replace default nexthop via 2001:db8:0:400::11 dev lan1 nexthop via 2001:db8:0:400::12 dev lan2
	route replace default nexthop via 192.168.40.11 dev lan1 nexthop via 192.168.40.12 dev lan2
	EOF
}

walk_core_device()
{
	ns core ipv6tunctl -b - <<-EOF
	link add wan0
	path add wan0 id 1 local 10.0.0.8 remote 172.31.0.178 peer 169.254.8.1 peer $INSIDE:6379
	path add wan0 id 2 local 10.0.0.9 remote 172.31.16.178 peer 169.254.9.1 peer $INSIDE:5379
	EOF
	walk_core_addresses
}

walk_core_addresses()
{
	ns_batch core <<-EOF
	address add 169.254.8.2/29 dev wan0
	address add 169.254.8.3/29 dev wan0
	address add 169.254.9.2/29 dev wan0
	address add 169.254.9.3/29 dev wan0
	address add $INSIDE:637a/125 dev wan0
	address add $INSIDE:637b/125 dev wan0
	address add $INSIDE:537a/125 dev wan0
	address add $INSIDE:537b/125 dev wan0
	link set wan0 up
	EOF
}

walk_sdwan1_device()
{
	ns_batch sdwan1 <<-EOF
	link add gre1 mtu 8476 type gre local 172.31.0.178 remote 10.0.0.8 ttl 64
	address add 169.254.8.1/29 dev gre1
	address add $INSIDE:6379/125 dev gre1
	link set gre1 up
	EOF
}

walk_sdwan2_device()
{
	ns sdwan2 ipv6tunctl -b - <<-EOF
	link add wan0
	path add wan0 id 1 local 172.31.16.178 remote 10.0.0.9 peer 169.254.9.2 peer 169.254.9.3 peer $INSIDE:537a peer $INSIDE:537b
	EOF
	ns_batch sdwan2 <<-EOF
	address add 169.254.9.1/29 dev wan0
	address add $INSIDE:5379/125 dev wan0
	link set wan0 up
	EOF
}

# walk_bird_conf EXAMPLE NAME: the example as it is, but for timers and log.
walk_bird_conf()
{
	sed -e "s|^log .*|log \"$LOG_DIR/$2-bird.log\" all;|" \
		-e "s|^\(define WAN_KEEPALIVE *= \).*|\1$KEEPALIVE;|" \
		-e "s|^\(define WAN_HOLD *= \).*|\1$HOLD;|" \
		-e "s|^include \"\.\./|include \"$TREE/bird/|" \
		"$TREE/bird/examples/$1.conf" >"$TMP/$2.conf"
}

walk_core_daemon()
{
	walk_bird_conf core-edge core
	bird_start core "$TMP/core.conf"
}

walk_sdwan1_daemon()
{
	sed -e "s/KEEPALIVE/$KEEPALIVE/;s/HOLD/$HOLD/" \
		"$TREE/selftests/peers/sdwan1-frr.conf" >"$TMP/sdwan1.conf"
	frr_start sdwan1 "$TMP/sdwan1.conf"
}

walk_sdwan2_daemon()
{
	walk_bird_conf sdwan-router sdwan2
	bird_start sdwan2 "$TMP/sdwan2.conf"
}

# walk_nexthops PREFIX: the core's next hops for it, one per line, in order.
walk_nexthops()
{
	ns core ip -6 route show "$1" | grep -o 'via [^ ]*' | sort
}

# walk_has_nexthops COUNT
walk_has_nexthops()
{
	[[ $(walk_nexthops $SITE6 | wc -l) == "$1" ]]
}

# walk_set NAME PREFIX: ids of the paths of wan0 that the route may use, in order;
# several routes, in several tables, give several lines.
walk_set()
{
	ns "$1" ipv6tunctl -j show routes wan0 |
		jq -r --arg prefix "${2%/*}" --argjson len "${2#*/}" '.[] |
			select(.prefix == $prefix and .["prefix-len"] == $len) |
			[.member[]?.id] | sort | map(tostring) | join(" ")'
}

# walk_power_off / walk_power_on: SD-WAN-1 as an instance that is stopped. It says
# goodbye to nobody: the links go first.
walk_power_off()
{
	ns_batch sdwan1 <<-EOF
	link set ul0 down
	link set lan0 down
	EOF
	daemons_kill sdwan1
}

walk_power_on()
{
	ns_batch sdwan1 <<-EOF
	link set ul0 up
	link set lan0 up
	address replace 2001:db8:0:400::11/64 dev lan0 nodad
	route replace 10.0.0.0/24 via 172.31.0.1
	EOF
	walk_host_routes
	frr_run sdwan1
}
