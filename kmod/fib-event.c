// SPDX-License-Identifier: GPL-2.0
/*
 * The FIB tracker's notifiers.
 */
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/fib_notifier.h>
#include <net/ip6_fib.h>
#include <net/ip_fib.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include <net/nexthop.h>

#include "compat/fib.h"
#include "fib.h"
#include "fib-priv.h"

/* Wait before asking the FIB again, doubled on each failure. */
#define SYNC_DELAY_MIN	HZ
#define SYNC_DELAY_MAX	(60 * HZ)

static unsigned int fib_net_id;

static void want_repair(struct ipv6tun_fib *fib)
{
	schedule_delayed_work(&fib->fnet->sync, SYNC_DELAY_MIN);
}

static void no_memory(struct ipv6tun_fib *fib)
{
	fib->nomem++;
	want_repair(fib);
}

/*
 * The next hops of @key are now those of @set, whose reference is taken over;
 * NULL if memory was missing.
 */
static void apply(struct ipv6tun_fib *fib, const struct ipv6tun_fib_match *key,
		  struct ipv6tun_fibset *set, const struct fib_info *fi,
		  bool fill)
{
	struct ipv6tun_route *route = ipv6tun_route_find(fib, key);

	if (fill && route && rcu_access_pointer(route->set)) {
		/* Known, and the event it came by is newer than a replay. */
		if (set)
			ipv6tun_fibset_put(fib, set);
		return;
	}
	if (!route)
		route = ipv6tun_route_add(fib, key);
	if (!route) {
		if (set)
			ipv6tun_fibset_put(fib, set);
		no_memory(fib);
		return;
	}
	route->filled = fill;
	ipv6tun_route_set(fib, route, set, fi);
	if (!set)
		no_memory(fib);
}

/*
 * The device is no next hop of @key. Of a replay that is news about a stale route
 * only: one that became so by a later event is repaired once more.
 */
static void forget(struct ipv6tun_fib *fib, const struct ipv6tun_fib_match *key,
		   bool fill)
{
	struct ipv6tun_route *route = ipv6tun_route_find(fib, key);

	if (route && (!fill || !rcu_access_pointer(route->set)))
		ipv6tun_route_forget(fib, route);
}

static void apply_nexthop(struct ipv6tun_fib *fib,
			  const struct ipv6tun_fib_match *key,
			  const struct nexthop *nh, const struct fib_info *fi,
			  bool fill)
{
	if (ipv6tun_nexthop_uses(fib, nh))
		apply(fib, key, ipv6tun_fibset_by_nexthop(fib, nh), fi, fill);
	else
		forget(fib, key, fill);
}

/* Takes over @hops, next hops of the device or NULL without memory. */
static void apply_hops(struct ipv6tun_fib *fib,
		       const struct ipv6tun_fib_match *key,
		       struct ipv6tun_hops *hops, const struct fib_info *fi,
		       bool fill)
{
	struct ipv6tun_fibset *set = NULL;

	if (hops) {
		ipv6tun_hops_normalise(hops);
		set = ipv6tun_fibset_by_hops(fib, hops);
	}
	apply(fib, key, set, fi, fill);
}

static void key_of_fib6(struct ipv6tun_fib_match *key,
			const struct fib6_info *rt)
{
	memset(key, 0, sizeof(*key));
	key->family = AF_INET6;
	key->table = rt->fib6_table->tb6_id;
	key->prefix = rt->fib6_dst.addr;
	key->plen = rt->fib6_dst.plen;
	key->src = rt->fib6_src.addr;
	key->splen = rt->fib6_src.plen;
}

static void add_fib6_nh(struct ipv6tun_hops *hops,
			const struct ipv6tun_fib *fib,
			const struct fib6_nh *nh)
{
	ipv6tun_hops_add_nhc(hops, fib, &nh->nh_common, nh->fib_nh_weight, 0);
}

/*
 * How many next hops of a route are the device's. Without any there is nothing that
 * memory could be missing for.
 */
static unsigned int own_hops6(const struct ipv6tun_fib *fib,
			      const struct fib6_info *rt)
{
	unsigned int n = rt->fib6_nh->nh_common.nhc_dev == fib->dev;
	const struct fib6_info *sibling;

	if (READ_ONCE(rt->fib6_nsiblings))
		list_for_each_entry_rcu(sibling, &rt->fib6_siblings,
					fib6_siblings)
			n += sibling->fib6_nh->nh_common.nhc_dev == fib->dev;
	return n;
}

static void replace6(struct ipv6tun_fib *fib,
		     const struct ipv6tun_fib_match *key,
		     const struct fib6_info *rt, bool fill)
{
	const struct fib6_info *sibling;
	struct ipv6tun_hops *hops;
	unsigned int n;

	if (rt->fib6_type != RTN_UNICAST) {
		forget(fib, key, fill);
		return;
	}
	if (rt->nh) {
		apply_nexthop(fib, key, rt->nh, NULL, fill);
		return;
	}

	n = own_hops6(fib, rt);
	if (!n) {
		forget(fib, key, fill);
		return;
	}
	hops = ipv6tun_hops_alloc(n, GFP_ATOMIC);
	if (hops) {
		add_fib6_nh(hops, fib, rt->fib6_nh);
		if (READ_ONCE(rt->fib6_nsiblings))
			list_for_each_entry_rcu(sibling, &rt->fib6_siblings,
						fib6_siblings)
				add_fib6_nh(hops, fib, sibling->fib6_nh);
	}
	apply_hops(fib, key, hops, NULL, fill);
}

/*
 * One of the next hops of a route is gone, and @rt no longer linked to the
 * rest. Whenever the rest is not known, the route is not known: then packets
 * go by the path of their own next hop, until the FIB has been read again.
 */
static void shrink6(struct ipv6tun_fib *fib, struct ipv6tun_route *route,
		    const struct fib6_info *rt)
{
	struct ipv6tun_fibset *set = ipv6tun_fib_dereference(fib, route->set);
	const struct fib_nh_common *nhc = &rt->fib6_nh->nh_common;
	struct in6_addr addr = {};
	struct ipv6tun_hops *hops, *old;
	unsigned int i;

	/* It was none of ours. */
	if (nhc->nhc_dev != fib->dev)
		return;
	if (nhc->nhc_gw_family == AF_INET6)
		addr = nhc->nhc_gw.ipv6;

	/*
	 * Stale; or @rt is of a route that is being made, on newer kernels
	 * without RTNL, and is not the one that is known here.
	 */
	old = set ? ipv6tun_fib_dereference(fib, set->hops) : NULL;
	if (!old || set->nhid || !ipv6tun_hops_have(old, &addr)) {
		ipv6tun_route_forget(fib, route);
		want_repair(fib);
		return;
	}
	if (old->n == 1) {
		ipv6tun_route_forget(fib, route);
		return;
	}
	hops = ipv6tun_hops_alloc(old->n - 1, GFP_ATOMIC);
	if (!hops) {
		ipv6tun_route_forget(fib, route);
		no_memory(fib);
		return;
	}
	for (i = 0; i < old->n; i++)
		if (!ipv6_addr_equal(&old->gw[i].addr, &addr))
			hops->gw[hops->n++] = old->gw[i];
	set = ipv6tun_fibset_by_hops(fib, hops);
	if (!set) {
		ipv6tun_route_forget(fib, route);
		no_memory(fib);
		return;
	}
	ipv6tun_route_set(fib, route, set, NULL);
}

/*
 * tb6_lock is held. @final: it is the final event of a multipath route, for which it
 * was not held, so that the route may be gone again.
 */
static void fib6_locked_event(struct ipv6tun_fib *fib, unsigned long event,
			      const struct fib6_entry_notifier_info *info,
			      bool final, bool fill)
{
	const struct fib6_info *rt = info->rt;
	struct ipv6tun_fib_match key;
	struct ipv6tun_route *route;

	key_of_fib6(&key, rt);

	/*
	 * The next hops are read under the lock, so that of two events the one
	 * that read last is applied last.
	 */
	spin_lock_bh(&fib->lock);
	switch (event) {
	case FIB_EVENT_ENTRY_REPLACE:
	case FIB_EVENT_ENTRY_APPEND:
		/*
		 * fib6_node is set while a route is linked. If it is gone, the
		 * event of what replaced it counts. Of other events fib6_node
		 * tells nothing: a route is notified before it is linked.
		 */
		if (!final || rcu_access_pointer(rt->fib6_node))
			replace6(fib, &key, rt, fill);
		break;
	case FIB_EVENT_ENTRY_DEL:
		route = ipv6tun_route_find(fib, &key);
		if (!route) {
			/* Of a route whose final event was never sent for it. */
			if (!rt->nh && rt->fib6_type == RTN_UNICAST &&
			    rt->fib6_nh->nh_common.nhc_dev == fib->dev)
				want_repair(fib);
			break;
		}
		route->filled = false;
		if (info->nsiblings || rt->nh)
			ipv6tun_route_forget(fib, route);
		else
			shrink6(fib, route, rt);
		break;
	}
	spin_unlock_bh(&fib->lock);
}

static void fib6_event(struct ipv6tun_fib *fib, unsigned long event,
		       const struct fib6_entry_notifier_info *info, bool fill)
{
	struct fib6_table *table = info->rt->fib6_table;

	/* A holder of tb6_lock has BH disabled. */
	if (softirq_count()) {
		fib6_locked_event(fib, event, info, false, fill);
		return;
	}
	/*
	 * Without RTNL, as on newer kernels, another may take next hops out of the
	 * ring of siblings meanwhile, and a walk of it would never end.
	 */
	spin_lock_bh(&table->tb6_lock);
	fib6_locked_event(fib, event, info, true, fill);
	spin_unlock_bh(&table->tb6_lock);
}

static unsigned int own_hops4(const struct ipv6tun_fib *fib,
			      const struct fib_info *fi)
{
	unsigned int n = 0;
	int i;

	for (i = 0; i < fi->fib_nhs; i++)
		n += fi->fib_nh[i].nh_common.nhc_dev == fib->dev;
	return n;
}

static void replace4(struct ipv6tun_fib *fib,
		     const struct ipv6tun_fib_match *key,
		     const struct fib_info *fi, u8 type, bool fill)
{
	struct ipv6tun_hops *hops;
	unsigned int n;
	int i;

	if (type != RTN_UNICAST) {
		forget(fib, key, fill);
		return;
	}
	if (fi->nh) {
		apply_nexthop(fib, key, fi->nh, fi, fill);
		return;
	}
	n = own_hops4(fib, fi);
	if (!n) {
		forget(fib, key, fill);
		return;
	}
	hops = ipv6tun_hops_alloc(n, GFP_ATOMIC);
	if (hops)
		for (i = 0; i < fi->fib_nhs; i++) {
			const struct fib_nh_common *nhc;

			nhc = &fi->fib_nh[i].nh_common;
			ipv6tun_hops_add_nhc(hops, fib, nhc, nhc->nhc_weight,
					     0);
		}
	apply_hops(fib, key, hops, fi, fill);
}

static void fib4_event(struct ipv6tun_fib *fib, unsigned long event,
		       const struct fib_entry_notifier_info *info, bool fill)
{
	struct ipv6tun_fib_match key = {
		.family = AF_INET,
		.table = info->tb_id,
		.plen = info->dst_len,
	};

	ipv6_addr_set_v4mapped(htonl(info->dst), &key.prefix);

	spin_lock_bh(&fib->lock);
	switch (event) {
	case FIB_EVENT_ENTRY_REPLACE:
		replace4(fib, &key, info->fi, info->type, fill);
		break;
	case FIB_EVENT_ENTRY_DEL:
		forget(fib, &key, false);
		break;
	}
	spin_unlock_bh(&fib->lock);
}

static void fib_event_all(struct ipv6tun_fib_net *fnet, unsigned long event,
			  const struct fib_notifier_info *info, bool fill)
{
	struct ipv6tun_fib *fib;

	if (event != FIB_EVENT_ENTRY_REPLACE &&
	    event != FIB_EVENT_ENTRY_APPEND && event != FIB_EVENT_ENTRY_DEL)
		return;

	/* The chain holds rcu_read_lock(). */
	list_for_each_entry_rcu(fib, &fnet->fibs, node) {
		if (info->family == AF_INET6)
			fib6_event(fib, event,
				   container_of(info,
						struct fib6_entry_notifier_info,
						info), fill);
		else if (info->family == AF_INET)
			fib4_event(fib, event,
				   container_of(info,
						struct fib_entry_notifier_info,
						info), fill);
	}
}

static int fib_nb_event(struct notifier_block *nb, unsigned long event,
			void *ptr)
{
	struct ipv6tun_fib_net *fnet = container_of(nb, struct ipv6tun_fib_net,
						    fib_nb);

	fib_event_all(fnet, event, ptr, false);
	return NOTIFY_DONE;
}

/*
 * The replay of a repair. Once registered, this block also sees live events,
 * for the moment until it is taken off again: those are @fib_nb's.
 */
static int fill_nb_event(struct notifier_block *nb, unsigned long event,
			 void *ptr)
{
	struct ipv6tun_fib_net *fnet = container_of(nb, struct ipv6tun_fib_net,
						    fill_nb);

	if (event == FIB_EVENT_ENTRY_REPLACE)
		fib_event_all(fnet, event, ptr, true);
	return NOTIFY_DONE;
}

static int nh_nb_event(struct notifier_block *nb, unsigned long event,
		       void *ptr)
{
	struct ipv6tun_fib_net *fnet = container_of(nb, struct ipv6tun_fib_net,
						    nh_nb);
	struct ipv6tun_fib *fib;

	/*
	 * Of a resilient group, PRE_REPLACE tells all next hops; its buckets
	 * are of no interest, the device has its own.
	 */
	if (event != NEXTHOP_EVENT_REPLACE && event != NEXTHOP_EVENT_DEL &&
	    event != NEXTHOP_EVENT_RES_TABLE_PRE_REPLACE)
		return NOTIFY_DONE;

	ASSERT_RTNL();
	list_for_each_entry(fib, &fnet->fibs, node)
		ipv6tun_nexthop_event(fib, event, ptr);
	return NOTIFY_DONE;
}

/* The FIB changed during the replay, which will be repeated: start afresh. */
static void fib_nb_again(struct notifier_block *nb)
{
	struct ipv6tun_fib_net *fnet = container_of(nb, struct ipv6tun_fib_net,
						    fib_nb);
	struct ipv6tun_fib *fib;

	rcu_read_lock();
	list_for_each_entry_rcu(fib, &fnet->fibs, node)
		ipv6tun_routes_forget(fib, false);
	rcu_read_unlock();
}

static void fill_nb_again(struct notifier_block *nb)
{
	struct ipv6tun_fib_net *fnet = container_of(nb, struct ipv6tun_fib_net,
						    fill_nb);
	struct ipv6tun_fib *fib;

	rcu_read_lock();
	list_for_each_entry_rcu(fib, &fnet->fibs, node)
		ipv6tun_routes_forget(fib, true);
	rcu_read_unlock();
}

static int repair(struct ipv6tun_fib_net *fnet)
{
	struct ipv6tun_fib *fib;
	int err;

	/*
	 * A change of a nexthop object is announced before it is made: let who
	 * has announced one finish.
	 */
	rtnl_lock();
	rtnl_unlock();

	err = register_fib_notifier(fnet->net, &fnet->fill_nb, fill_nb_again,
				    NULL);
	if (err)
		return err;
	unregister_fib_notifier(fnet->net, &fnet->fill_nb);

	rcu_read_lock();
	list_for_each_entry_rcu(fib, &fnet->fibs, node)
		ipv6tun_routes_confirm(fib);
	rcu_read_unlock();
	fnet->resyncs++;
	return 0;
}

static int go_live(struct ipv6tun_fib_net *fnet)
{
	int err;

	err = register_fib_notifier(fnet->net, &fnet->fib_nb, fib_nb_again,
				    NULL);
	fnet->live = !err;
	return err;
}

/*
 * Registering replays the whole FIB and fails if the FIB changes meanwhile,
 * five times in a row: on a router that is just learning its routes that is
 * no error, only too early.
 */
static void sync_work(struct work_struct *work)
{
	struct ipv6tun_fib_net *fnet = container_of(to_delayed_work(work),
						    struct ipv6tun_fib_net,
						    sync);
	int err;

	err = fnet->live ? repair(fnet) : go_live(fnet);
	if (!err) {
		fnet->delay = SYNC_DELAY_MIN;
		return;
	}
	schedule_delayed_work(&fnet->sync, fnet->delay);
	fnet->delay = min_t(unsigned long, 2 * fnet->delay, SYNC_DELAY_MAX);
}

/**
 * ipv6tun_fib_start() - attach a tracker to its device's network namespace
 * @fib: the tracker
 *
 * To be called before the namespace has a route that uses the device: at
 * registration, and after a move.
 *
 * Context: process, RTNL.
 */
void ipv6tun_fib_start(struct ipv6tun_fib *fib)
{
	ASSERT_RTNL();

	if (WARN_ON_ONCE(fib->fnet))
		return;
	fib->fnet = net_generic(dev_net(fib->dev), fib_net_id);
	list_add_rcu(&fib->node, &fib->fnet->fibs);
	/* What was cut short for a move. */
	atomic_set(&fib->changed, 1);
	queue_delayed_work(compat_unbound_wq, &fib->build, 0);
	queue_delayed_work(compat_unbound_wq, &fib->settle, 0);
}

/**
 * ipv6tun_fib_stop() - detach a tracker and forget all routes
 * @fib: the tracker; stopped already is no error
 *
 * Context: process, RTNL. Sleeps.
 */
void ipv6tun_fib_stop(struct ipv6tun_fib *fib)
{
	ASSERT_RTNL();

	if (!fib->fnet)
		return;

	/* No new event ... */
	list_del_rcu(&fib->node);
	/* ... and none under way, so that nothing queues a work any more ... */
	synchronize_net();
	cancel_delayed_work_sync(&fib->build);
	cancel_delayed_work_sync(&fib->reread);
	/* ... but the end of the last routes, which makes their sets idle. */
	ipv6tun_routes_forget(fib, false);
	cancel_delayed_work_sync(&fib->reap);
	cancel_delayed_work_sync(&fib->build);
	cancel_delayed_work_sync(&fib->settle);

	ipv6tun_fibsets_free(fib);
	fib->fnet = NULL;
}

static int __net_init fib_net_init(struct net *net)
{
	struct ipv6tun_fib_net *fnet = net_generic(net, fib_net_id);
	int err;

	fnet->net = net;
	fnet->fib_nb.notifier_call = fib_nb_event;
	fnet->fill_nb.notifier_call = fill_nb_event;
	fnet->nh_nb.notifier_call = nh_nb_event;
	/* Last: a change that another notifier refuses is not seen here. */
	fnet->nh_nb.priority = INT_MIN;
	INIT_LIST_HEAD(&fnet->fibs);
	INIT_DELAYED_WORK(&fnet->sync, sync_work);
	fnet->delay = SYNC_DELAY_MIN;

	err = register_nexthop_notifier(net, &fnet->nh_nb, NULL);
	if (err)
		return err;
	if (go_live(fnet))
		schedule_delayed_work(&fnet->sync, fnet->delay);
	return 0;
}

/* The namespace's devices are gone, or the module's. */
static void __net_exit fib_net_exit(struct net *net)
{
	struct ipv6tun_fib_net *fnet = net_generic(net, fib_net_id);

	WARN_ON_ONCE(!list_empty(&fnet->fibs));

	cancel_delayed_work_sync(&fnet->sync);
	if (fnet->live)
		unregister_fib_notifier(net, &fnet->fib_nb);
	unregister_nexthop_notifier(net, &fnet->nh_nb);
}

static struct pernet_operations fib_net_ops = {
	.init = fib_net_init,
	.exit = fib_net_exit,
	.id = &fib_net_id,
	.size = sizeof(struct ipv6tun_fib_net),
};

/**
 * ipv6tun_fib_init() - register the notifiers in all network namespaces
 *
 * To be called before the first device can be made.
 *
 * Context: process, without RTNL.
 * Return: 0 or a negative error.
 */
int __init ipv6tun_fib_init(void)
{
	return register_pernet_subsys(&fib_net_ops);
}

/**
 * ipv6tun_fib_exit() - undo ipv6tun_fib_init()
 *
 * To be called after the last device is gone.
 *
 * Context: process, without RTNL.
 */
void ipv6tun_fib_exit(void)
{
	unregister_pernet_subsys(&fib_net_ops);
}
