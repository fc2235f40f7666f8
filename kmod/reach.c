// SPDX-License-Identifier: GPL-2.0
/*
 * Reachability: can the underlay carry the packets of a path?
 *
 * Its device, its carrier, its route, its next hop: what this host can know
 * without asking the other side.
 */
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/dst.h>
#include <net/ipv6.h>
#include <net/neighbour.h>
#include <net/netevent.h>

#include "compat/fib.h"
#include "device.h"
#include "encap.h"
#include "health.h"
#include "path.h"
#include "pmtu.h"
#include "reach.h"
#include "underlay.h"

/* How often an underlay that failed is looked at again. */
#define RECHECK		(HZ / 4)

/* The next hop of the underlay: will a packet get out of this host? */
static u8 neighbour_reason(const struct ipv6tun_path *path,
			   struct dst_entry *dst)
{
	bool failing = READ_ONCE(path->health->underlay) ==
		       IPV6TUN_PATH_REASON_NEIGHBOUR;
	const void *remote = &path->cfg.remote;
	struct neighbour *n;
	u8 state;

	if (ipv6tun_path_is_ip4(path))
		remote = &path->cfg.remote.s6_addr32[3];
	n = dst_neigh_lookup(dst, remote);
	if (!n)
		return IPV6TUN_PATH_REASON_NONE;
	state = READ_ONCE(n->nud_state);
	/* What failed stays so until resolved: somebody has to ask. */
	if (failing && !(state & NUD_VALID))
		state = NUD_FAILED;
	if (state & NUD_FAILED)
		neigh_event_send(n, NULL);
	neigh_release(n);
	return state & NUD_FAILED ? IPV6TUN_PATH_REASON_NEIGHBOUR :
				    IPV6TUN_PATH_REASON_NONE;
}

static u8 device_reason(const struct net_device *dev,
			const struct net_device *leaving)
{
	if (!dev || dev == leaving || !(READ_ONCE(dev->flags) & IFF_UP))
		return IPV6TUN_PATH_REASON_UNDERLAY;
	if (!netif_carrier_ok(dev))
		return IPV6TUN_PATH_REASON_CARRIER;
	return IPV6TUN_PATH_REASON_NONE;
}

static u8 reach_reason(struct ipv6tun_path *path,
		       const struct net_device *leaving)
{
	const struct net_device *dev;
	struct dst_entry *dst;
	u8 reason;

	if (path->cfg.underlay) {
		dev = dev_get_by_index_rcu(path->tun->net, path->cfg.underlay);
		reason = device_reason(dev, leaving);
		if (reason)
			return reason;
	}
	dst = ipv6tun_encap_route(path);
	if (IS_ERR(dst))
		return IPV6TUN_PATH_REASON_ROUTE;
	dev = compat_dst_dev(dst);
	WRITE_ONCE(path->out_ifindex, dev->ifindex);
	reason = device_reason(dev, leaving);
	if (!reason)
		reason = neighbour_reason(path, dst);
	dst_release(dst);
	return reason;
}

/* Returns whether the underlay of the path fails. RCU. */
static bool check(struct ipv6tun_path *path, const struct net_device *leaving)
{
	u8 reason = reach_reason(path, leaving);

	if (reason != READ_ONCE(path->health->underlay))
		ipv6tun_health_underlay(path->health, reason);
	return reason != IPV6TUN_PATH_REASON_NONE;
}

/* What ends a failure gives no notice: routes, neighbours. */
static void recheck_soon(struct ipv6tun_dev *tun)
{
	queue_delayed_work(compat_unbound_wq, &tun->recheck, RECHECK);
}

/**
 * ipv6tun_reach_check() - look at the underlay of a path
 * @path: the path
 *
 * Context: process; RTNL.
 */
void ipv6tun_reach_check(struct ipv6tun_path *path)
{
	rcu_read_lock();
	if (check(path, NULL))
		recheck_soon(path->tun);
	rcu_read_unlock();
}

/**
 * ipv6tun_reach_lost_route() - a sender found no route to the remote
 * @path: the path
 *
 * Context: RCU, BH disabled.
 */
void ipv6tun_reach_lost_route(struct ipv6tun_path *path)
{
	if (READ_ONCE(path->health->underlay) != IPV6TUN_PATH_REASON_NONE)
		return;
	ipv6tun_health_underlay(path->health, IPV6TUN_PATH_REASON_ROUTE);
	recheck_soon(path->tun);
}

/**
 * ipv6tun_reach_recheck() - look again at all paths of a device
 * @work: &ipv6tun_dev.recheck
 *
 * Context: process.
 */
void ipv6tun_reach_recheck(struct work_struct *work)
{
	struct ipv6tun_dev *tun = container_of(to_delayed_work(work),
					       struct ipv6tun_dev, recheck);
	struct ipv6tun_path *path;
	bool failing = false;
	unsigned int id;

	for (id = 1; id <= IPV6TUN_PATH_MAX; id++) {
		rcu_read_lock();
		path = rcu_dereference(tun->paths.path[id]);
		if (path && check(path, NULL))
			failing = true;
		rcu_read_unlock();
		cond_resched();
	}
	if (failing)
		recheck_soon(tun);
}

/* A device of the underlay came, went or changed: who depends on it? */
static void follow_device(struct ipv6tun_dev *tun, const struct net_device *dev,
			  bool leaving)
{
	struct ipv6tun_path *path;
	bool failing = false;
	unsigned int id, seen;

	rcu_read_lock();
	for (id = 1, seen = 0; seen < tun->paths.n; id++) {
		path = rtnl_dereference(tun->paths.path[id]);
		if (!path)
			continue;
		seen++;
		/* A failing one may find its way by any device that appears. */
		if ((path->cfg.underlay == dev->ifindex ||
		     READ_ONCE(path->out_ifindex) == dev->ifindex ||
		     READ_ONCE(path->health->underlay)) &&
		    check(path, leaving ? dev : NULL))
			failing = true;
	}
	rcu_read_unlock();
	if (failing)
		recheck_soon(tun);
	/* Any device may be a path's way out, not only a bound one. */
	ipv6tun_pmtu_refresh_later(tun);
}

static int device_event(struct notifier_block *nb, unsigned long event,
			void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct ipv6tun_underlay *ul;
	struct ipv6tun_dev *tun;

	switch (event) {
	case NETDEV_UP:
	/* Tells before the first packet is lost. */
	case NETDEV_GOING_DOWN:
	case NETDEV_DOWN:
	/* The carrier. */
	case NETDEV_CHANGE:
	case NETDEV_UNREGISTER:
	case NETDEV_CHANGEMTU:
		break;
	default:
		return NOTIFY_DONE;
	}
	ul = ipv6tun_underlay_of(dev_net(dev));
	/* A namespace whose making failed on the way never got one. */
	if (!ul)
		return NOTIFY_DONE;
	list_for_each_entry(tun, &ul->devices, underlay_node)
		if (tun->dev != dev)
			follow_device(tun, dev, event == NETDEV_GOING_DOWN);
	return NOTIFY_DONE;
}

/* A neighbour that does not answer may be the next hop of a path. */
static int neighbour_event(struct notifier_block *nb, unsigned long event,
			   void *ptr)
{
	const struct neighbour *n = ptr;
	struct ipv6tun_underlay *ul;
	struct ipv6tun_dev *tun;

	if (event != NETEVENT_NEIGH_UPDATE ||
	    !(READ_ONCE(n->nud_state) & NUD_FAILED))
		return NOTIFY_DONE;
	rcu_read_lock();
	ul = ipv6tun_underlay_of(dev_net(n->dev));
	if (ul)
		list_for_each_entry_rcu(tun, &ul->devices, underlay_node)
			recheck_soon(tun);
	rcu_read_unlock();
	return NOTIFY_DONE;
}

static struct notifier_block neighbour_notifier = {
	.notifier_call = neighbour_event,
};

static struct notifier_block device_notifier = {
	.notifier_call = device_event,
};

/**
 * ipv6tun_reach_init() - follow devices and neighbours
 *
 * Context: process, module load.
 * Return: 0 or a negative errno.
 */
int __init ipv6tun_reach_init(void)
{
	int err;

	err = register_netdevice_notifier(&device_notifier);
	if (err)
		return err;
	err = register_netevent_notifier(&neighbour_notifier);
	if (err)
		unregister_netdevice_notifier(&device_notifier);
	return err;
}

/**
 * ipv6tun_reach_exit() - undo ipv6tun_reach_init()
 *
 * Context: process, module unload, after the last device.
 */
void ipv6tun_reach_exit(void)
{
	unregister_netevent_notifier(&neighbour_notifier);
	unregister_netdevice_notifier(&device_notifier);
}
