/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kernel differences in net_device and rtnl_link_ops.
 */
#ifndef _IPV6TUN_COMPAT_NETDEV_H
#define _IPV6TUN_COMPAT_NETDEV_H

#include <linux/netdevice.h>
#include <linux/version.h>
#include <net/rtnetlink.h>

/* 6.11 lets the core own the per-CPU statistics of a device, */
/* 6.12 turned NETIF_F_LLTX into a bit of the device. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0)
static inline int compat_netdev_tstats_alloc(struct net_device *dev)
{
	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	return dev->tstats ? 0 : -ENOMEM;
}

static inline void compat_netdev_tstats_free(struct net_device *dev)
{
	free_percpu(dev->tstats);
}

static inline void compat_netdev_setup(struct net_device *dev)
{
}
#else
static inline int compat_netdev_tstats_alloc(struct net_device *dev)
{
	return 0;
}

static inline void compat_netdev_tstats_free(struct net_device *dev)
{
}

static inline void compat_netdev_setup(struct net_device *dev)
{
	dev->pcpu_stat_type = NETDEV_PCPU_STAT_TSTATS;
}
#endif

static inline void compat_netdev_set_lltx(struct net_device *dev)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
	dev->features |= NETIF_F_LLTX;
#else
	dev->lltx = true;
#endif
}

/*
 * 6.15 passes newlink's arguments in a struct.
 *
 * COMPAT_NEWLINK(name) opens the definition of the rtnl_link_ops method
 * compat_name, which calls name(link_net, dev, tb, data, extack).
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0)
#define COMPAT_NEWLINK(name)						\
static int compat_##name(struct net *src_net, struct net_device *dev,	\
			 struct nlattr *tb[], struct nlattr *data[],	\
			 struct netlink_ext_ack *extack)		\
{									\
	return name(src_net, dev, tb, data, extack);			\
}
#else
#define COMPAT_NEWLINK(name)						\
static int compat_##name(struct net_device *dev,			\
			 struct rtnl_newlink_params *params,		\
			 struct netlink_ext_ack *extack)		\
{									\
	return name(rtnl_newlink_link_net(params), dev, params->tb,	\
		    params->data, extack);				\
}
#endif

#endif
