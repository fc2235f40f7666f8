/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kernel differences in timers.
 */
#ifndef _IPV6TUN_COMPAT_TIMER_H
#define _IPV6TUN_COMPAT_TIMER_H

#include <linux/hrtimer.h>
#include <linux/version.h>

/* 6.13 made the function an argument, 6.15 removed the other way. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void
compat_hrtimer_setup(struct hrtimer *timer,
		     enum hrtimer_restart (*function)(struct hrtimer *),
		     clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#else
#define compat_hrtimer_setup	hrtimer_setup
#endif

#endif
