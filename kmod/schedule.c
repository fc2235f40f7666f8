// SPDX-License-Identifier: GPL-2.0
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#include "schedule.h"

/**
 * ipv6tun_schedule_slack() - how much earlier than due a probe may be sent
 * @interval: of the probes, ms
 *
 * Not all at the same time, yet not each alone: a timer may run a little early
 * when another one runs anyway, so that the probes of thousands of paths share
 * their interrupts. A path alone has its probes on time.
 *
 * Context: any.
 * Return: nanoseconds.
 */
u64 ipv6tun_schedule_slack(u32 interval)
{
	return interval * (u64)(NSEC_PER_MSEC / 16);
}

/**
 * ipv6tun_schedule_next() - when the next probe is due
 * @interval: of the probes, ms
 * @multiplier: how many in a row may stay without an answer
 * @due: when this one was
 * @now: when it was sent; earlier by the slack at most, or later
 *
 * The answer has half an interval at least, for the next one gives it another
 * chance; all of it, but for the slack, where it is the only one.
 *
 * Context: any.
 * Return: whole intervals after @due.
 */
ktime_t ipv6tun_schedule_next(u32 interval, u32 multiplier, ktime_t due,
			      ktime_t now)
{
	u64 ns = interval * (u64)NSEC_PER_MSEC;
	u64 least = multiplier > 1 ? ns / 2 :
				     ns - ipv6tun_schedule_slack(interval);
	s64 passed = ktime_to_ns(ktime_sub(now, due)) + least;
	u64 n = passed > 0 ? div64_u64(passed + ns - 1, ns) : 0;

	return ktime_add_ns(due, max(n, 1ULL) * ns);
}
