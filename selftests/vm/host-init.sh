#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# First process of the host bed's namespaces: hides the machine's named network
# namespaces and daemons' sockets, then runs the tests.
#
# usage: host-init.sh RUN_DIR

run_dir=$1
# shellcheck source=/dev/null
source "$run_dir/job"

mount --make-rprivate /
# sysfs shows the devices of the network namespace it was mounted in.
mount -t sysfs sys /sys
mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null
for dir in netns frr bird; do
	[[ $TREE/ == /run/$dir/* ]] && continue
	mkdir -p "/run/$dir"
	mount -t tmpfs -o mode=755 "$dir" "/run/$dir"
done
id frr >/dev/null 2>&1 && chown frr:frr /run/frr

# Not exec: process 1 has to reap what the tests leave.
bash "$TREE/selftests/vm/guest-run.sh" "$run_dir"
