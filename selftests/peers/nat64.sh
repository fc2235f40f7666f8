# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A NAT64 gateway between an IPv6-only client and an IPv4-only server. Source
# after lib.sh.
#
#	client -------------------- gw -------------------- server
#	c0                        g6  g4                        s0
#	2001:db8:1::2   2001:db8:1::1  198.18.0.1       198.18.0.2
#	                   wan0: NAT64
#	                   pool6 2001:db8:64::/96
#	                   pool4 192.0.2.0/28
#
# pool6 is routed by a gateway that does not exist, so that not every destination
# gets a neighbour entry.

POOL6=2001:db8:64::
POOL4=192.0.2.0/28
# shellcheck disable=SC2034 # for the tests
SERVER4=198.18.0.2
# shellcheck disable=SC2034
SERVER=${POOL6}198.18.0.2
# shellcheck disable=SC2034
CLIENT=2001:db8:1::2

# nat64_setup [MTU_CLIENT [MTU_SERVER]]
nat64_setup()
{
	setup_ns client gw server
	veth client:c0,2001:db8:1::2/64 gw:g6,2001:db8:1::1/64 mtu "${1:-1500}"
	veth gw:g4,198.18.0.1/24 server:s0,198.18.0.2/24 mtu "${2:-1500}"
	forwarding gw
	nat64_device
	ns client ip route add default via 2001:db8:1::1
	ns server ip route add default via 198.18.0.1
}

# The device of the gateway, and what it is to translate.
nat64_device()
{
	ns_batch gw <<-EOF
		link add wan0 type ipv6tun
		link set wan0 mtu 9000 up
		route add ${POOL6}/96 via fe80::64 dev wan0
		route add $POOL4 dev wan0
	EOF
	nat64_configure
}

nat64_configure()
{
	ns gw ipv6tunctl -b - <<-EOF
		nat64 pool6 add wan0 ${POOL6}/96
		nat64 pool4 add wan0 $POOL4
	EOF
}

# nat64_drops: what NAT64 of the gateway dropped, "name=packets ...".
nat64_drops()
{
	ns gw ipv6tunctl -j -s show wan0 | grep -o '"nat64-[a-z-]*":[1-9][0-9]*' | tr -d '"' | tr ':\n' '= ' || true
}

# sessions [FILTER...]: how many the gateway has.
sessions()
{
	ns gw ipv6tunctl -j nat64 show wan0 sessions "$@" | jq -s 'flatten | length'
}

# Daemons in a namespace, all files in $TMP.

nginx_start() # NAME
{
	local dir=$TMP/$1.nginx

	mkdir -p "$dir/root"
	echo "hello from $1" >"$dir/root/index.html"
	head -c 3000000 /dev/urandom >"$dir/root/big"
	cat >"$dir/nginx.conf" <<-EOF
		daemon on;
		user root;
		worker_processes 1;
		pid $dir/pid;
		error_log $dir/error.log;
		events { worker_connections 64; }
		http {
			access_log off;
			client_body_temp_path $dir/body;
			proxy_temp_path $dir/proxy;
			fastcgi_temp_path $dir/fastcgi;
			uwsgi_temp_path $dir/uwsgi;
			scgi_temp_path $dir/scgi;
			server { listen 0.0.0.0:80; root $dir/root; }
		}
	EOF
	ns "$1" nginx -c "$dir/nginx.conf" -p "$dir" -e "$dir/error.log" || fail "nginx does not start"
	defer stop_pidfile "$dir/pid"
}

# unbound_start NAME ADDRESS [DNS64 FORWARDER]: answers for the zone example.test:
# www has an A record only. With DNS64 it asks FORWARDER instead and makes AAAA
# records by that prefix.
unbound_start()
{
	local dir=$TMP/$1.unbound

	mkdir -p "$dir"
	cat >"$dir/unbound.conf" <<-EOF
		server:
			directory: "$dir"
			chroot: ""
			username: ""
			pidfile: "$dir/pid"
			logfile: "$dir/log"
			interface: $2
			access-control: ::/0 allow
			access-control: 0.0.0.0/0 allow
			do-daemonize: yes
			module-config: "${3:+dns64 }iterator"
			${3:+dns64-prefix: $3}
			$(if [[ ${3:-} ]]; then
				echo 'local-zone: "test." nodefault'
			else
				echo 'local-zone: "example.test." static'
				echo "local-data: \"www.example.test. A $SERVER4\""
				echo "local-data: \"big.example.test. TXT '$(printf 'x%.0s' {1..250})'\""
			fi)
		remote-control:
			control-enable: no
		$([[ ! ${3:-} ]] || printf 'forward-zone:\n\tname: "example.test"\n\tforward-addr: %s\n' "$4")
	EOF
	ns "$1" unbound -c "$dir/unbound.conf" || fail "unbound does not start"
	defer stop_pidfile "$dir/pid"
}
