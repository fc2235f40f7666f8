/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The device: rtnl kind "ipv6tun".
 */
#ifndef _IPV6TUN_DEVICE_H
#define _IPV6TUN_DEVICE_H

#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/workqueue.h>
#include <net/gro_cells.h>

#include "fib.h"
#include "flow.h"
#include "health.h"
#include "path.h"
#include "stats.h"

struct nat64;

/**
 * struct ipv6tun_dev - private data of a device
 * @dev: the netdevice, which owns this
 * @net: the underlay's network namespace, fixed when the device is made. No
 *	 reference is held: the namespace deletes the device when it goes.
 * @underlay_node: in ipv6tun_underlay.devices of @net. RTNL.
 * @paths: its paths
 * @fib: which paths a route may use, in the device's own namespace
 * @flow: what makes a flow. Written under RTNL field by field, read by senders.
 * @sets: how the path sets are made; its seed is that of @flow. RTNL.
 * @mss_clamp: lower the MSS of TCP SYNs to what fits. As @flow.
 * @mtu_auto: the MTU follows the underlay. As @flow.
 * @mtu_following: the MTU is being changed to follow, not by the
 *		   administrator. RTNL.
 * @mtu_work: lets the MTU follow; holds a reference on @dev while queued
 * @health: what follows from the health of the paths
 * @recheck: looks again at paths whose underlay fails; RCU only
 * @addr_gen: grows whenever an address of the device comes or goes
 * @probe_rate: probes in 1000 seconds of all paths. RTNL, read by receivers.
 * @gro: re-entry of decapsulated packets, batched
 * @drops: per-CPU counters by drop reason
 * @pmtu_updates: path MTU messages taken from the underlay
 * @nat64: NAT64 of the device, or NULL. RTNL, readers RCU.
 */
struct ipv6tun_dev {
	struct net_device	*dev;
	struct net		*net;
	struct list_head	underlay_node;
	struct ipv6tun_paths	paths;
	struct ipv6tun_fib	fib;
	struct ipv6tun_flow_cfg	flow;
	struct ipv6tun_fib_cfg	sets;
	bool			mss_clamp;
	bool			mtu_auto;
	bool			mtu_following;
	struct work_struct	mtu_work;
	struct ipv6tun_health_dev health;
	struct delayed_work	recheck;
	atomic_t		addr_gen;
	u64			probe_rate;
	struct gro_cells	gro;
	struct ipv6tun_drops __percpu *drops;
	atomic64_t		pmtu_updates;
	struct nat64 __rcu	*nat64;
};

int ipv6tun_device_init(void);
void ipv6tun_device_exit(void);
bool ipv6tun_device_is(const struct net_device *dev);
void ipv6tun_device_unregister_all(struct list_head *devices,
				   struct list_head *kill);

#endif
