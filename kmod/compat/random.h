/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kernel differences in random numbers.
 */
#ifndef _IPV6TUN_COMPAT_RANDOM_H
#define _IPV6TUN_COMPAT_RANDOM_H

#include <linux/random.h>
#include <linux/version.h>

/* 6.2 renamed it, and 6.11 removed the old name. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define compat_random_below	prandom_u32_max
#include <linux/prandom.h>
#else
#define compat_random_below	get_random_u32_below
#endif

#endif
