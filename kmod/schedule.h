/* SPDX-License-Identifier: GPL-2.0 */
/*
 * When a path is probed: pure logic.
 *
 * Each path keeps a schedule of its own, whatever the machine does. Counted from
 * the last probe, all paths would fall into step where the machine stood still
 * for a moment, and their probes would overflow queues together from then on.
 */
#ifndef _IPV6TUN_SCHEDULE_H
#define _IPV6TUN_SCHEDULE_H

#include <linux/ktime.h>
#include <linux/types.h>

u64 ipv6tun_schedule_slack(u32 interval);
ktime_t ipv6tun_schedule_next(u32 interval, u32 multiplier, ktime_t due,
			      ktime_t now);

#endif
