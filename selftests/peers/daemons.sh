# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Routing daemons in the tests' namespaces. Sourced after lib.sh.
#
# A daemon belongs to a namespace by name: one BIRD or one FRR in each. It is
# stopped when the scope that started it ends. Sockets and pid files are in $TMP,
# logs in $LOG_DIR.

FRR_BIN=/usr/lib/frr

# bird_start NAME FILE: returns when BIRD answers.
bird_start()
{
	local base=$TMP/$1.bird

	ns "$1" bird -c "$2" -s "$base.ctl" -P "$base.pid" || return 1
	defer stop_pidfile "$base.pid"
}

# bird_do NAME COMMAND...: birdc's output without the greeting.
bird_do()
{
	local name=$1 out
	shift
	out=$(birdc -s "$TMP/$name.bird.ctl" "$*") || return 1
	printf '%s\n' "${out#*$'\n'}"
}

# bird_configure NAME FILE: from now on this configuration.
bird_configure()
{
	bird_do "$1" "configure \"$2\"" | grep -q '^Reconfig'
}

# bird_sessions NAME: how many BGP sessions are established.
bird_sessions()
{
	local n
	n=$(bird_do "$1" show protocols | grep -c 'BGP .*Established') || true
	echo "${n:-0}"
}

# frr_start NAME FILE: zebra and bgpd, FILE being bgpd's configuration. They give
# up root, so all they touch is in a directory of theirs.
frr_start()
{
	local dir=$TMP/$1.frr

	mkdir -p "$dir"
	: >"$dir/zebra.conf"
	cp "$2" "$dir/bgpd.conf"
	chown -R frr:frr "$dir"
	chmod 711 "$TMP"
	defer frr_keep_logs "$1"
	defer stop_pidfile "$dir/zebra.pid"
	defer stop_pidfile "$dir/bgpd.pid"
	frr_run "$1"
}

# frr_start_bfd NAME FILE: zebra and bfdd, FILE being bfdd's configuration.
frr_start_bfd()
{
	local dir=$TMP/$1.frr daemon
	local -a options

	mkdir -p "$dir"
	: >"$dir/zebra.conf"
	cp "$2" "$dir/bfdd.conf"
	chown -R frr:frr "$dir"
	chmod 711 "$TMP"
	for daemon in zebra bfdd; do
		options=()
		# FRR before 10 would make a socket that the whole machine shares.
		[[ $daemon != bfdd || $("$FRR_BIN/bfdd" --help) != *--bfdctl* ]] ||
			options=(--bfdctl "$dir/bfdd.sock")
		defer stop_pidfile "$dir/$daemon.pid"
		ns "$1" "$FRR_BIN/$daemon" "${options[@]}" -d -f "$dir/$daemon.conf" \
			-i "$dir/$daemon.pid" -z "$dir/zserv.api" --vty_socket "$dir" \
			-A 127.0.0.1 --log "file:$dir/$daemon.log" \
			>>"$LOG_DIR/$1-$daemon.out" 2>&1 || return 1
	done
}

# frr_run NAME: again, after daemons_kill; the first start's scope stops it.
frr_run()
{
	local dir=$TMP/$1.frr daemon option

	for daemon in zebra bgpd; do
		# By default zebra deletes an IPv6 route before it adds another.
		option=
		[[ $daemon == zebra ]] && option=--v6-rr-semantics
		ns "$1" "$FRR_BIN/$daemon" $option -d -f "$dir/$daemon.conf" \
			-i "$dir/$daemon.pid" -z "$dir/zserv.api" --vty_socket "$dir" \
			-A 127.0.0.1 --log "file:$dir/$daemon.log" \
			>>"$LOG_DIR/$1-$daemon.out" 2>&1 || return 1
	done
}

frr_keep_logs()
{
	local daemon

	for daemon in zebra bgpd; do
		cat "$TMP/$1.frr/$daemon.log" >>"$LOG_DIR/$1-$daemon.log"
	done
}

# frr_do NAME COMMAND
frr_do()
{
	vtysh --vty_socket "$TMP/$1.frr" -c "$2"
}

# frr_sessions NAME: how many BGP sessions are established.
frr_sessions()
{
	local n
	n=$(frr_do "$1" 'show bgp neighbors' | grep -c 'BGP state = Established') || true
	echo "${n:-0}"
}

# daemons_kill NAME: what is left of them when a machine loses its power.
daemons_kill()
{
	local file

	for file in "$TMP/$1".{bird.pid,frr/zebra.pid,frr/bgpd.pid}; do
		[[ -s $file ]] || continue
		kill -9 "$(<"$file")" 2>/dev/null
		rm -f "$file"
	done
	return 0
}
