#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# First process of a User-Mode Linux guest.
#
# The root file system is the host's own, through hostfs, mounted read-only.
# Everything else happens in an overlay whose writable half is in memory, so
# that nothing a test does reaches the host's files; only the output directory
# is shared for writing.  Then the common guest-init takes over.
#
# From the kernel command line: tree=, share=, run_dir= (see guest-init.sh).
set -u

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# Without a power switch the only way to end is through the kernel.
fatal()
{
	echo "uml-init: $*"
	mount -t proc proc /proc 2>/dev/null
	busybox halt -f
	exit 1
}

: "${tree:?}" "${share:?}" "${run_dir:?}"

# /run is on every Debian root and shows nothing of the host's that is needed.
mount -t tmpfs -o mode=0755 tmpfs /run || fatal "no tmpfs"
mkdir /run/rw /run/work /run/root || fatal "no room in /run"
mount -t overlay -o lowerdir=/,upperdir=/run/rw,workdir=/run/work overlay /run/root ||
	fatal "no overlay"
mount -t devtmpfs -o mode=0755 devtmpfs /run/root/dev || fatal "no devtmpfs"
mount -t proc proc /run/root/proc || fatal "no proc"
mount -t sysfs sysfs /run/root/sys || fatal "no sysfs"
# Host mounts below / are part of the view, so the directory is there already.
mount -t hostfs -o "$share" none "/run/root$share" || fatal "no $share"

cd /run/root || fatal "no overlay"
mkdir -p run/old
pivot_root . run/old || fatal "pivot_root"
umount -l /run/old
[ -r "$tree/selftests/vm/guest-init.sh" ] || fatal "no $tree"
exec /bin/bash "$tree/selftests/vm/guest-init.sh" </dev/console >/dev/console 2>&1
