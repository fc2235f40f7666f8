/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kernel differences in the FIB and its notifiers.
 */
#ifndef _IPV6TUN_COMPAT_FIB_H
#define _IPV6TUN_COMPAT_FIB_H

#include <linux/ip.h>
#include <linux/version.h>
#include <linux/workqueue.h>
#include <net/dst.h>
#include <net/flow.h>
#include <net/inet_dscp.h>
#include <net/route.h>

/*
 * The DSCP bits a packet is routed by: 6.12 made them all count, before it
 * the three TOS bits of RFC 791 did. 6.18 gave them their own type.
 */
static inline void compat_fib4_set_tos(struct flowi4 *fl4, u8 tos)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
	fl4->flowi4_tos = tos & IPTOS_RT_MASK;
#elif LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
	fl4->flowi4_tos = tos & INET_DSCP_MASK;
#else
	fl4->flowi4_dscp = inet_dsfield_to_dscp(tos);
#endif
}

/* 7.0 named the workqueue for long work anew, and warns of the old name. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0)
#define compat_unbound_wq	system_unbound_wq
#else
#define compat_unbound_wq	system_dfl_wq
#endif

/* 6.18 put the device of a dst under RCU. */
static inline const struct net_device *
compat_dst_dev(const struct dst_entry *dst)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
	return READ_ONCE(dst->dev);
#else
	return dst_dev_rcu(dst);
#endif
}

#endif
