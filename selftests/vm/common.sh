# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034 # CACHE is for those who source this
#
# Shared by everything that runs on the user's machine (never in the guest).

# Set by the sourcing script before this file is read.
: "${TREE:?}"

# Headers in it name their own directory.
CACHE=$(realpath -m -- "${IPV6TUN_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/ipv6tun}")

# apt speaks the user's language, and depmod is not in a user's path.
export LC_ALL=C.UTF-8 PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

say()
{
	printf '%s\n' "$*"
}

# Prints a message and ends the calling script. 2 = the bed could not run,
# as opposed to 1 = it ran and something failed.
die()
{
	printf 'error: %s\n' "$*" >&2
	exit 2
}

[[ $TREE$CACHE != *[[:space:]:,%]* ]] ||
	die "the paths of tree and cache cannot have white space, colon, comma or % (Kbuild, QEMU): $TREE, $CACHE"

# as_root CMD...: runs CMD as root, through sudo when needed.
as_root()
{
	if ((EUID == 0)); then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo -- "$@"
	else
		die "need root for: $* (no sudo here)"
	fi
}

# quietly LABEL CMD...: runs a long command with its output in a log that is
# shown only when it fails.
quietly()
{
	local label=$1 log start=$SECONDS rc=0
	shift
	mkdir -p "$TREE/build/log"
	log=$TREE/build/log/${label//[^A-Za-z0-9._-]/_}.log
	printf '%s ...' "$label"
	"$@" >"$log" 2>&1 </dev/null || rc=$?
	if ((rc)); then
		printf ' failed (%d s); the end of %s:\n' $((SECONDS - start)) "$log"
		tail -n 40 "$log"
		return "$rc"
	fi
	printf ' %d s\n' $((SECONDS - start))
}
