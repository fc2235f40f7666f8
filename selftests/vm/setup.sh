#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Installs what the build and the tests need and is missing (Debian 12 or 13,
# as root or through sudo). Changes nothing when all is there. Services that
# come with the packages are neither started nor enabled. Kernels and their
# headers are not installed at all: see kernel.sh.
set -euo pipefail

TREE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=selftests/vm/common.sh
source "$TREE/selftests/vm/common.sh"

# Package lists: one line per purpose.
PACKAGES=(
	# module and tools
	gcc make libc6-dev libelf-dev libssl-dev pahole pkg-config rsync kmod xz-utils zstd bc flex bison
	libnl-3-dev libnl-genl-3-dev
	# guests
	qemu-system-x86 busybox-static cpio util-linux mount procps debian-archive-keyring mmdebstrap
	# what the tests run
	iproute2 nftables bird2 frr tshark tcpdump iperf3 iputils-ping iputils-tracepath
	traceroute ethtool jq conntrack netbase python3 python3-yaml python3-jsonschema
	curl nginx unbound mtr-tiny bind9-dnsutils vsftpd
	# netlink requests by the grammar
	libmnl-dev
	# lint
	clang lld llvm sparse shellcheck perl
)
# What lint uses where this Debian has it, and else says that it has not. Reports of
# coccinelle's scripts are Python, which it loads.
OPTIONAL=(
	clang-tidy libclang-rt-dev cppcheck codespell yamllint coccinelle libpython3-dev smatch
)

# A package counts as installed only in the state "installed": removed ones
# with their configuration left behind are known to dpkg, too.
missing()
{
	local -A have=()
	local name state

	while read -r name state; do
		[[ $state == installed ]] && have[$name]=1
	done < <(dpkg-query -W -f='${Package} ${db:Status-Status}\n')
	for name in "$@"; do
		[[ ${have[$name]:-} ]] || printf '%s\n' "$name"
	done
}

# wanted: what is missing and can be had.
wanted()
{
	local name

	missing "${PACKAGES[@]}"
	for name in $(missing "${OPTIONAL[@]}"); do
		[[ $(apt-cache policy "$name" 2>/dev/null) =~ Candidate:\ [^\(] ]] && printf '%s\n' "$name"
	done
}

apt_get()
{
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q \
		-o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 "$@" </dev/null
}

# While packages are installed, a policy-rc.d refuses to start services. What
# was there before comes back afterwards, whatever happens.
POLICY=/usr/sbin/policy-rc.d
OURS='# of the set-up of ipv6tun'
deny_services()
{
	trap restore_services EXIT
	if [[ -e $POLICY || -L $POLICY ]]; then
		as_root mv "$POLICY" "$POLICY.ipv6tun-saved"
	fi
	printf '#!/bin/sh\n%s\nexit 101\n' "$OURS" | as_root tee "$POLICY" >/dev/null
	as_root chmod 0755 "$POLICY"
}

restore_services()
{
	trap - EXIT
	! grep -qs "^$OURS" "$POLICY" || as_root rm -f "$POLICY"
	if [[ -e $POLICY.ipv6tun-saved || -L $POLICY.ipv6tun-saved ]]; then
		as_root mv "$POLICY.ipv6tun-saved" "$POLICY"
	fi
}

main()
{
	local -a want services=()
	local s

	command -v dpkg-query >/dev/null || die "this needs Debian (no dpkg here)"
	[[ $(dpkg --print-architecture) == amd64 ]] ||
		die "the test bed is for amd64 only, this is $(dpkg --print-architecture)"

	# A run that was killed has left its own behind.
	if [[ -e $POLICY.ipv6tun-saved || -L $POLICY.ipv6tun-saved ]] || grep -qs "^$OURS" "$POLICY"; then
		restore_services
	fi
	mapfile -t want < <(wanted)
	((${#want[@]})) || return 0

	say "setup: ${#want[@]} packages are missing: ${want[*]}"
	# Services that exist already belong to the user and are left alone.
	for s in frr:frr bird2:bird bird2:bird6 nginx:nginx unbound:unbound vsftpd:vsftpd; do
		[[ " ${want[*]} " == *" ${s%:*} "* ]] && services+=("${s#*:}")
	done

	# Always update: package files named in old lists vanish from the archive.
	say "setup: apt-get update"
	apt_get update || die "apt-get update failed"
	# New lists may know more.
	mapfile -t want < <(wanted)
	deny_services
	say "setup: apt-get install"
	apt_get install --no-install-recommends "${want[@]}" || die "apt-get install failed"
	for s in "${services[@]}"; do
		if [[ -d /run/systemd/system ]]; then
			as_root systemctl disable --quiet "$s" 2>/dev/null &&
				say "setup: service $s is installed, not started and not enabled"
		elif command -v deb-systemd-helper >/dev/null; then
			as_root deb-systemd-helper disable "$s.service" >/dev/null 2>&1 || true
		fi
	done
	restore_services
	mapfile -t want < <(wanted)
	((${#want[@]} == 0)) || die "still missing after the installation: ${want[*]}"
	say "setup: done"
}

main
