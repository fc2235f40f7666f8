#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# NAT64 with real programs on both sides; the network is drawn in peers/nat64.sh.
#
# time limit: 900

# shellcheck source=selftests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=selftests/peers/nat64.sh
source "$TREE/selftests/peers/nat64.sh"

TCPFLOW=$TREE/build/selftests/tcpflow
UDPGSO=$TREE/build/selftests/udpgso
UDPGSO_PORT=$(sed -n 's/^#define PORT[[:blank:]]*//p' "$TREE/selftests/peers/udpgso.c")

# listens NAME PORT [UDP]
listens()
{
	ns "$1" ss -Hln"${3:-t}" "sport = :$2" | grep -q .
}

pings()
{
	local before

	ping_ok client "$SERVER" 3
	# Larger than the path: fragments on both sides.
	ping_ok client "$SERVER" 2 -s 4000
	before=$(nat64_drops)
	eq "$before" '' "drops"
	# The identifier is the session's: two pings do not mix.
	ping_all client 3 100 "$SERVER" "${POOL6}198.18.0.1"
}

# An answer about a hop beyond, and the hop itself.
traces()
{
	local out

	out=$(ns client traceroute -6 -n -q 1 -w 5,1000,1000 -m 4 "$SERVER")
	note "$out"
	contains "$out" "1  2001:db8:1::1" "the gateway's IPv6 side"
	contains "$out" "2  ${POOL6}c612:1" "the gateway's IPv4 side"
	contains "$out" "3  ${POOL6}c612:2" "the server"
	out=$(ns client traceroute -6 -n -q 1 -w 5,1000,1000 -m 4 -I "$SERVER")
	contains "$out" "3  ${POOL6}c612:2" "the server, by echo"
	out=$(ns client traceroute -6 -n -q 1 -w 5,1000,1000 -m 4 -T -p 80 "$SERVER")
	contains "$out" "3  ${POOL6}c612:2" "the server, by TCP"
	need_cmd mtr
	out=$(ns client mtr -6 -n -r -c 2 -i 0.5 "$SERVER")
	note "$out"
	contains "$out" "${POOL6}c612:2" "mtr reaches the server"
}

# Towards IPv6 by a static BIB entry, whose echo requests need one, too.
traces_back()
{
	local out

	ns gw ipv6tunctl nat64 bib add wan0 proto udp addr6 "$CLIENT" port6 33440 addr4 192.0.2.9 port4 33440
	defer ns gw ipv6tunctl nat64 bib del wan0 proto udp addr6 "$CLIENT" port6 33440 addr4 192.0.2.9 port4 33440
	out=$(ns server traceroute -n -q 1 -w 5,1000,1000 -m 5 -U -p 33440 192.0.2.9)
	note "$out"
	contains "$out" "1  198.18.0.1" "the gateway's IPv4 side"
	# Its IPv6 side has no IPv4 address, and answers as the flow's own.
	contains "$out" "3  192.0.2.9" "the client"
}

web()
{
	local out

	need_cmd curl nginx
	nginx_start server
	out=$(ns client curl -s -S -m 10 "http://[$SERVER]/")
	eq "$out" "hello from server" "the page"
	out=$(ns client curl -s -S -m 60 -o "$TMP/big" -w '%{size_download}' "http://[$SERVER]/big")
	eq "$out" 3000000 "bytes of the large file"
	cmp "$TMP/big" "$TMP/server.nginx/root/big" || fail "the large file is not the same"
}

names()
{
	local out

	need_cmd unbound dig curl nginx
	nginx_start server
	unbound_start server 198.18.0.2
	unbound_start gw 2001:db8:1::1 "${POOL6}/96" 198.18.0.2
	wait_for 10 listens server 53 u || fail "unbound does not listen"
	wait_for 10 listens gw 53 u || fail "unbound does not listen"
	out=$(ns client dig +short +time=5 @2001:db8:1::1 AAAA www.example.test)
	eq "$out" "${POOL6}c612:2" "AAAA record of an IPv4-only name"
	out=$(ns client curl -s -S -m 10 --resolve "www.example.test:80:[$out]" http://www.example.test/)
	eq "$out" "hello from server" "the page, by name"
}

# Questions through the translator, by UDP and by TCP.
dns()
{
	local out way

	need_cmd unbound dig
	unbound_start server 198.18.0.2
	wait_for 10 listens server 53 u || fail "unbound does not listen"
	for way in notcp tcp; do
		out=$(ns client dig +short +time=5 +$way @"$SERVER" A www.example.test)
		eq "$out" "$SERVER4" "A record, +$way"
		out=$(ns client dig +short +time=5 +$way @"$SERVER" TXT big.example.test)
		eq "${#out}" 252 "length of the long record, +$way"
	done
}

iperf() # [OPTION...]
{
	local out

	out=$(ns client iperf3 -c "$SERVER" -J -t 2 "$@") || fail "iperf3 $*: $(tail -n 5 <<<"$out")"
	printf '%s' "$out"
}

iperf_server()
{
	background ns server iperf3 -s -4
	wait_for 10 listens server 5201 || fail "iperf3 does not listen"
}

# tcp_rate [-R]: TCP passes, that way.
tcp_rate()
{
	local out

	out=$(iperf "$@" | jq '.end.sum_received.bits_per_second / 1e6 | floor')
	note "TCP $*: $out Mbit/s"
	((out > 0)) || fail "no TCP throughput $*"
}

throughput()
{
	local out way drops default=/proc/sys/net/core/rmem_default

	need_cmd iperf3
	drops=$(nat64_drops)
	# A processor of an emulated machine may stand still: what comes in meanwhile, and
	# what iperf3 makes up for afterwards, has to find room.
	if [[ -w $default ]]; then
		defer bash -c "echo $(<$default) >$default"
		echo 8000000 >$default
	fi
	iperf_server
	for way in '' -R; do
		# shellcheck disable=SC2086 # an option or none
		tcp_rate $way
		# shellcheck disable=SC2086
		out=$(iperf -u -b 4M -l 1200 $way | jq '.end.sum | "\(.packets) \(.lost_packets)"' -r)
		note "UDP $way: packets and lost: $out"
		((${out% *} > 100)) || fail "UDP $way: $out"
		# What the ends lose on a busy machine is not ours.
		((${out#* } * 5 <= ${out% *})) || fail "UDP $way, lost: $out"
	done
	eq "$(nat64_drops)" "$drops" "drops of NAT64"
}

# stat KEY: a counter of the gateway's statistics.
stat()
{
	ns gw ipv6tunctl -j nat64 show wan0 stats | jq "[.. | objects | .[\"$1\"]? // empty] | add // 0"
}

# What was joined is translated whole, and cut behind: TCP and UDP.
super_packets()
{
	local packets bytes out drops least=3000
	local -a here=("/run/netns/${NS[client]}" "/run/netns/${NS[server]}")

	need_cmd iperf3
	drops=$(nat64_drops)
	iperf_server
	packets=$(stat to4-packets) bytes=$(stat to4-bytes)
	iperf >/dev/null
	packets=$(($(stat to4-packets) - packets)) bytes=$(($(stat to4-bytes) - bytes))
	note "TCP: $packets packets of $((bytes / packets)) bytes were translated"
	# A slow machine does not fill them; packets of the wire have 1,500 at most.
	[[ ! -e /proc/lockdep ]] || least=1600
	between $((bytes / packets)) $least 65536 "bytes of a packet, on average"

	packets=$(stat to4-packets)
	out=$("$UDPGSO" "${here[@]}" "$CLIENT" "$SERVER" "$SERVER4") || fail "UDP to IPv4: $out"
	contains "$out" "20 of 20" "datagrams to IPv4"
	between $(($(stat to4-packets) - packets)) 1 5 "packets that 20 datagrams were"
	ns gw ipv6tunctl nat64 bib add wan0 proto udp addr6 "$CLIENT" port6 "$UDPGSO_PORT" addr4 192.0.2.9 port4 "$UDPGSO_PORT"
	defer ns gw ipv6tunctl nat64 bib del wan0 proto udp addr6 "$CLIENT" port6 "$UDPGSO_PORT" addr4 192.0.2.9 port4 "$UDPGSO_PORT"
	packets=$(stat to6-packets)
	out=$("$UDPGSO" "${here[1]}" "${here[0]}" "$SERVER4" 192.0.2.9 "$CLIENT") || fail "UDP to IPv6: $out"
	contains "$out" "20 of 20" "datagrams to IPv6"
	between $(($(stat to6-packets) - packets)) 1 5 "packets that 20 datagrams were"
	eq "$(nat64_drops)" "$drops" "drops of NAT64"
}

# merged NAME COMMAND...: runs it, and what a device of the gateway received meanwhile of
# what udpgso sends is in MERGED, as packets after GRO.
merged()
{
	local dev=$1
	shift
	ns gw nft -f - <<-END
		add table netdev merged
		delete table netdev merged
		table netdev merged {
			chain in {
				type filter hook ingress device $dev priority 0;
				udp dport $UDPGSO_PORT counter
			}
		}
	END
	"$@"
	MERGED=$(ns gw nft -j list table netdev merged |
		jq '[.. | objects | .counter? // empty | .packets] | add // 0')
	ns gw nft delete table netdev merged
}

# gro_list NAME DEVICE DEVICE2: the first, of a host, cuts what it sends; the other end,
# of the gateway, joins it to lists of packets.
gro_list()
{
	ns "$1" ethtool -K "$2" tso off gso off tx-udp-segmentation off >/dev/null
	defer ns "$1" ethtool -K "$2" tso on gso on tx-udp-segmentation on
	ns gw ethtool -K "$3" gro on rx-gro-list on >/dev/null
	defer ns gw ethtool -K "$3" gro off rx-gro-list off
}

# Each packet of a list has a header, which is translated.
lists()
{
	local drops way
	local -a here=("/run/netns/${NS[client]}" "/run/netns/${NS[server]}")

	need_cmd nft iperf3
	ns gw ethtool -k g6 | grep -q '^rx-gro-list: off$' || skip "no lists of packets here"
	drops=$(nat64_drops)
	gro_list client c0 g6
	gro_list server s0 g4
	merged g6 "$UDPGSO" "${here[@]}" "$CLIENT" "$SERVER" "$SERVER4" >"$TMP/lists" || fail "UDP to IPv4: $(<"$TMP/lists")"
	between "$MERGED" 1 10 "packets that 20 datagrams to IPv4 were received as"
	ns gw ipv6tunctl nat64 bib add wan0 proto udp addr6 "$CLIENT" port6 "$UDPGSO_PORT" addr4 192.0.2.9 port4 "$UDPGSO_PORT"
	defer ns gw ipv6tunctl nat64 bib del wan0 proto udp addr6 "$CLIENT" port6 "$UDPGSO_PORT" addr4 192.0.2.9 port4 "$UDPGSO_PORT"
	merged g4 "$UDPGSO" "${here[1]}" "${here[0]}" "$SERVER4" 192.0.2.9 "$CLIENT" >"$TMP/lists" || fail "UDP to IPv6: $(<"$TMP/lists")"
	between "$MERGED" 1 10 "packets that 20 datagrams to IPv6 were received as"
	iperf_server
	for way in '' -R; do
		# shellcheck disable=SC2086 # an option or none
		tcp_rate $way
	done
	eq "$(nat64_drops)" "$drops" "drops of NAT64"
}

# Time-outs as set: an idle connection outlives those of UDP and of opening, and
# ends by its own.
idle_session()
{
	local out

	ns gw ipv6tunctl nat64 set wan0 tcp-est 300 tcp-trans 4 udp 2 icmp 2
	defer ns gw ipv6tunctl nat64 set wan0 tcp-est 7440 tcp-trans 240 udp 300 icmp 60
	ns gw ipv6tunctl nat64 flush wan0
	ping_ok client "$SERVER" 1
	out=$(ns client bash -c "
		exec 3<>/dev/tcp/$SERVER/7
		echo one >&3; read -t 5 -r line <&3; echo \"\$line\"
		sleep 9
		echo two >&3; read -t 5 -r line <&3; echo \"\$line\"
	" 2>&1) || true
	eq "$out" $'one\ntwo' "answers before and after an idle time"
	out=$(ns gw ipv6tunctl -j nat64 show wan0 sessions proto icmp)
	eq "$(jq -s 'flatten | length' <<<"$out")" 0 "echo sessions after their time-out"
}

echo_server()
{
	background ns server python3 -c '
import socketserver
class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(line)
socketserver.ThreadingTCPServer.allow_reuse_address = True
socketserver.ThreadingTCPServer.daemon_threads = True
socketserver.ThreadingTCPServer(("0.0.0.0", 7), Echo).serve_forever()
'
	wait_for 20 listens server 7 || fail "no echo server"
}

ftp()
{
	local out

	need_cmd vsftpd curl
	mkdir -p "$TMP/ftp/pub" /run/vsftpd/empty
	chmod 755 "$TMP" "$TMP/ftp" "$TMP/ftp/pub"
	echo "file from afar" >"$TMP/ftp/pub/file"
	cat >"$TMP/vsftpd.conf" <<-EOF
		listen=YES
		listen_ipv6=NO
		background=NO
		anonymous_enable=YES
		local_enable=NO
		anon_root=$TMP/ftp
		secure_chroot_dir=/run/vsftpd/empty
		seccomp_sandbox=NO
		isolate=NO
		isolate_network=NO
	EOF
	chown root: "$TMP/vsftpd.conf"
	background ns server vsftpd "$TMP/vsftpd.conf"
	wait_for 10 listens server 21 || fail "vsftpd does not listen"
	out=$(ns client curl -s -S -m 20 --ftp-pasv "ftp://[$SERVER]/pub/file" 2>&1)
	eq "$out" "file from afar" "the file, by EPSV"
}

# tcp_whole: both ways, every byte compared.
tcp_whole()
{
	local out

	# The server is IPv4 only; one process holds both ends.
	out=$("$TCPFLOW" -n "${1:-2000000}" -t 60 -l "$SERVER4" \
		"/run/netns/${NS[client]}" "/run/netns/${NS[server]}" "$CLIENT" "$SERVER") ||
		fail "TCP: $out"
	note "$out"
}

# side_mtus CLIENT GATEWAY6 GATEWAY4 SERVER
side_mtus()
{
	ns client ip link set c0 mtu "$1"
	ns gw ip link set g6 mtu "$2"
	ns gw ip link set g4 mtu "$3"
	ns server ip link set s0 mtu "$4"
	forget_mtus
}

# beyond_mtus [IPV6 IPV4]: as the gateway knows them by its routes. The two ends of a
# link keep the same MTU, for veth drops what is larger than the receiver's.
beyond_mtus()
{
	ns_batch gw <<-EOF
		route replace 2001:db8:1::/64 dev g6 proto kernel metric 256 ${1:+mtu lock $1}
		route replace 198.18.0.0/24 dev g4 proto kernel scope link src 198.18.0.1 ${2:+mtu $2}
	EOF
	forget_mtus
}

# What was learnt about other links.
forget_mtus()
{
	ns client ip -6 route flush cache
	ns gw ip -6 route flush cache
	ns gw ip route flush cache
	ns server ip route flush cache
}

# The MTU of links beyond: nobody but the translator can say. First with the MSS
# made to fit, then by ICMP errors alone.
hidden_mtu()
{
	local clamp a b

	defer ns gw ipv6tunctl link set wan0 mss-clamp on
	defer beyond_mtus
	for clamp in on off; do
		ns gw ipv6tunctl link set wan0 mss-clamp $clamp
		for a in 1280 1400 1500; do
			for b in 1280 1400 1500; do
				beyond_mtus $a $b
				tcp_whole 500000
			done
		done
	done
}

# Links that both ends know of.
known_mtu()
{
	local mtu

	defer side_mtus 1500 1500 1500 1500
	for mtu in 1280 1400; do
		side_mtus $mtu $mtu 1500 1500
		tcp_whole 300000
		ping_ok client "$SERVER" 1 -s 1200
		ping_ok client "$SERVER" 1 -s 1800
		side_mtus 1500 1500 $mtu $mtu
		tcp_whole 300000
		ping_ok client "$SERVER" 2 -s 1800
	done
}

firewall()
{
	local out

	ns gw nft -f - <<-EOF
		table ip filter {
			chain forward {
				type filter hook forward priority 0;
				ct state established accept
				oifname g4 tcp dport 7 drop
			}
		}
	EOF
	defer ns gw nft delete table ip filter
	if ns client bash -c "timeout 3 bash -c 'exec 3<>/dev/tcp/$SERVER/7'" 2>/dev/null; then
		fail "the rule on the IPv4 side did not hold"
	fi
	ping_ok client "$SERVER" 1
	out=$(ns gw conntrack -L 2>/dev/null) || true
	contains "$out" "dst=$SERVER4" "conntrack lists the IPv4 side"
	ns gw nft delete rule ip filter forward handle \
		"$(ns gw nft -a list chain ip filter forward | sed -n 's/.*dport 7 drop # handle //p')"
	out=$(ns client timeout 20 bash -c "exec 3<>/dev/tcp/$SERVER/7; echo hi >&3; read -r line <&3; echo \$line")
	eq "$out" hi "answer without the rule"
}

# A router with a single public address: pool4 is private, masquerading follows.
masquerade()
{
	local out

	ns gw nft -f - <<-EOF
		table ip nat {
			chain post {
				type nat hook postrouting priority 100;
				oifname g4 ip saddr $POOL4 masquerade
			}
		}
	EOF
	defer ns gw nft delete table ip nat
	# The server cannot answer pool4.
	ns server ip route del default
	defer ns server ip route add default via 198.18.0.1
	ping_ok client "$SERVER" 2
	out=$(ns client timeout 20 bash -c "exec 3<>/dev/tcp/$SERVER/7; echo hi >&3; read -r line <&3; echo \$line")
	eq "$out" hi "answer through the masquerade"
	tcp_whole 300000
}

# Another IPv6 host of the same client machine is published by a static entry.
publish()
{
	ns gw ipv6tunctl nat64 bib add wan0 proto tcp addr6 "$CLIENT" port6 8080 addr4 192.0.2.9 port4 80
	defer ns gw ipv6tunctl nat64 bib del wan0 proto tcp addr6 "$CLIENT" port6 8080 addr4 192.0.2.9 port4 80
	background ns client python3 -c '
import socketserver
class Peer(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(self.client_address[0].encode() + b"\n")
class Server(socketserver.TCPServer):
    address_family = 10
    allow_reuse_address = True
Server(("::", 8080), Peer).serve_forever()
'
	wait_for 20 listens client 8080 || fail "no server"
}

ask_published()
{
	local out

	out=$(ns client timeout 20 bash -c "exec 3<>/dev/tcp/${POOL6}192.0.2.9/80; read -r line <&3; echo \$line")
	contains "$out" "$POOL6" "source that the published host sees"
}

hairpin()
{
	publish
	ask_published
}

vrf()
{
	publish
	# The same addresses inside a VRF; the main table knows nothing of them.
	ns_batch gw <<-EOF
		link add blue type vrf table 77
		link set blue up
		link set g6 master blue
		link set g4 master blue
		link set wan0 master blue
		address replace 2001:db8:1::1/64 dev g6 nodad
		route replace ${POOL6}/96 via fe80::64 dev wan0 table 77
		route replace $POOL4 dev wan0 table 77
	EOF
	ping_ok client "$SERVER" 2
	tcp_whole 300000
	ask_published
	ns gw ip link del blue
	ns_batch gw <<-EOF
		address replace 2001:db8:1::1/64 dev g6 nodad
		route replace ${POOL6}/96 via fe80::64 dev wan0
		route replace $POOL4 dev wan0
	EOF
	ping_ok client "$SERVER" 2
	ask_published
}

nat64_setup 1500 1500
echo_server
run_test pings "ping, whole and in fragments"
run_test traces "traceroute and mtr to IPv4"
run_test traces_back "traceroute to IPv6"
run_test web "curl and nginx"
run_test names "DNS64 by unbound"
run_test dns "questions by UDP and TCP"
run_test throughput "iperf3, TCP and UDP, both ways"
run_test super_packets "super-packets of TCP and UDP"
run_test lists "lists of packets, as of GRO for forwarding"
run_test idle_session "a connection that is idle for long"
run_test ftp "FTP by EPSV"
run_test hidden_mtu "path MTU of 1280, 1400 and 1500 on each side"
run_test known_mtu "links of 1280 and 1400"
run_test firewall "nftables and conntrack see the IPv4 side"
run_test masquerade "one public address: pool4 behind a masquerade"
run_test hairpin "two IPv6 hosts by their IPv4 addresses"
run_test vrf "inside a VRF"
