#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Process 1 of a guest, in the vm and uml beds alike. Makes the root look like a
# booted machine, then lets guest-run.sh work and switches the guest off.
#
# Expects: the host's root as a writable overlay, the tree visible at the same
# path as on the host, and from the kernel command line
#   run_dir=PATH	the directory shared with the host: job (input), output.log,
#			alive, totals, status (output)

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root TERM=dumb LANG=C.UTF-8
unset BOOT_IMAGE

# finish: ends the guest. Neither bed has a service manager to ask.
finish()
{
	sync
	busybox poweroff -f
	sleep 60
}
trap finish EXIT

: "${share:?not on the command line of the kernel}" "${run_dir:?}"

# A static program starts several times faster than a dynamic one here.
for applet in mount umount mkdir rm ln hostname chown sync; do
	eval "$applet() { busybox $applet \"\$@\"; }"
done

mounted()
{
	mountpoint -q "$1"
}

mounted /proc || mount -t proc proc /proc
mounted /sys || mount -t sysfs sys /sys
mounted /dev || mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mounted /dev/pts || mount -t devpts devpts /dev/pts
mounted /dev/shm || mount -t tmpfs shm /dev/shm
mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null
mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
mount -t bpf bpf /sys/fs/bpf 2>/dev/null
[[ -e /dev/fd ]] || ln -s /proc/self/fd /dev/fd

# shellcheck source=/dev/null
source "$run_dir/job"

# /run and /tmp become empty, except for what this run needs and the user
# happens to keep there (a clone in /tmp).
mkdir -p /.keep
mount -o bind / /.keep
mount -o bind "$share" /mnt
mount -t tmpfs -o mode=755 run /run
mount -t tmpfs -o mode=1777 tmp /tmp
for path in "$TREE" "$MODDIR"; do
	if [[ $path == /tmp/* || $path == /run/* ]]; then
		mkdir -p "$path"
		mount -o bind "/.keep$path" "$path"
	fi
done
mounted "$share" || mount -o bind /mnt "$share"
umount /mnt
umount -l /.keep
mkdir -p /run/netns /run/lock /run/frr /run/bird /var/tmp/frr /var/log/frr

# The modules may live in the cache rather than in /lib.
release=$(uname -r)
if [[ $MODDIR && $MODDIR != "/lib/modules/$release" ]]; then
	mkdir -p "/lib/modules/$release"
	mount -o bind "$MODDIR" "/lib/modules/$release"
fi

hostname guest
printf '127.0.0.1 localhost guest\n::1 localhost\n' >/etc/hosts
# Nothing may wait for a name server.
rm -f /etc/resolv.conf
: >/etc/resolv.conf
id frr >/dev/null 2>&1 && chown frr:frr /run/frr /var/tmp/frr /var/log/frr
id bird >/dev/null 2>&1 && chown bird:bird /run/bird

bash "$TREE/selftests/vm/guest-run.sh" "$run_dir" </dev/null >>"$run_dir/output.log" 2>&1
