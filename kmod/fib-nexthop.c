// SPDX-License-Identifier: GPL-2.0
/*
 * The FIB tracker's view of nexthop objects.
 *
 * Routes refer to an object by its id, and replacing the object gives no FIB
 * event; a set of its own follows each object.
 */
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/ip_fib.h>
#include <net/ipv6.h>
#include <net/nexthop.h>

#include "compat/nexthop.h"
#include "fib.h"
#include "fib-priv.h"

/* For the change that was announced to be made. */
#define REREAD_DELAY	(HZ / 100)

/**
 * ipv6tun_nexthop_uses() - does a nexthop object lead to the device?
 * @fib: tracker of the device
 * @nh: the object
 *
 * Context: RCU or RTNL.
 * Return: whether it does, as far as one of its next hops goes.
 */
bool ipv6tun_nexthop_uses(const struct ipv6tun_fib *fib,
			  const struct nexthop *nh)
{
	const struct nh_group *group;
	const struct nh_info *info;
	unsigned int i;

	if (!nh->is_group) {
		info = rcu_dereference_rtnl(nh->nh_info);
		return info->fib_nhc.nhc_dev == fib->dev;
	}
	group = rcu_dereference_rtnl(nh->nh_grp);
	for (i = 0; i < group->num_nh; i++) {
		info = rcu_dereference_rtnl(group->nh_entries[i].nh->nh_info);
		if (info->fib_nhc.nhc_dev == fib->dev)
			return true;
	}
	return false;
}

/* The next hops of a nexthop object that use the device. RCU or RTNL. */
static struct ipv6tun_hops *hops_of_nexthop(const struct ipv6tun_fib *fib,
					    const struct nexthop *nh)
{
	const struct nh_group *group;
	const struct nh_info *info;
	struct ipv6tun_hops *hops;
	unsigned int i;

	if (!nh->is_group) {
		info = rcu_dereference_rtnl(nh->nh_info);
		hops = ipv6tun_hops_alloc(1, GFP_ATOMIC);
		if (hops && !info->reject_nh && !info->fdb_nh)
			ipv6tun_hops_add_nhc(hops, fib, &info->fib_nhc, 1,
					     nh->id);
		return hops;
	}

	group = rcu_dereference_rtnl(nh->nh_grp);
	hops = ipv6tun_hops_alloc(group->num_nh, GFP_ATOMIC);
	if (!hops || group->fdb_nh)
		return hops;
	for (i = 0; i < group->num_nh; i++) {
		const struct nh_grp_entry *entry = &group->nh_entries[i];

		info = rcu_dereference_rtnl(entry->nh->nh_info);
		if (!info->reject_nh)
			ipv6tun_hops_add_nhc(hops, fib, &info->fib_nhc,
					     entry->weight, entry->nh->id);
	}
	ipv6tun_hops_normalise(hops);
	return hops;
}

/**
 * ipv6tun_fibset_by_nexthop() - the set of a nexthop object
 * @fib: the tracker
 * @nh: the object
 *
 * Context: &ipv6tun_fib.lock, and RCU or RTNL.
 * Return: a strong reference, or NULL without memory.
 */
struct ipv6tun_fibset *ipv6tun_fibset_by_nexthop(struct ipv6tun_fib *fib,
						 const struct nexthop *nh)
{
	struct ipv6tun_fibset *set = ipv6tun_fibset_by_nhid(fib, nh->id);
	struct ipv6tun_hops *hops;

	if (set && set->valid)
		return ipv6tun_fibset_get(set);

	hops = hops_of_nexthop(fib, nh);
	if (!hops)
		return NULL;
	/*
	 * Without RTNL the object may be about to be replaced, with the event
	 * for it already over.
	 */
	schedule_delayed_work(&fib->reread, REREAD_DELAY);
	return ipv6tun_fibset_of_nhid(fib, nh->id, hops);
}

static void single_gw(const struct nh_notifier_single_info *info,
		      struct in6_addr *addr)
{
	*addr = in6addr_any;
	if (info->gw_family == AF_INET6)
		*addr = info->ipv6;
	else if (info->gw_family == AF_INET)
		ipv6_addr_set_v4mapped(info->ipv4, addr);
}

static void hops_add_single(struct ipv6tun_hops *hops,
			    const struct ipv6tun_fib *fib,
			    const struct nh_notifier_single_info *info,
			    u32 weight, u32 nhid)
{
	struct in6_addr addr;

	if (info->dev != fib->dev || info->is_reject || info->is_fdb)
		return;
	single_gw(info, &addr);
	ipv6tun_hops_add(hops, &addr, weight, nhid);
}

/* Whether the event tells next hops; that of a resilient group's table does not. */
static bool tells_hops(const struct nh_notifier_info *info)
{
	return info->type == NH_NOTIFIER_INFO_TYPE_SINGLE ||
	       info->type == NH_NOTIFIER_INFO_TYPE_GRP;
}

/*
 * The next hops a nexthop object has after the event. NULL without memory, or
 * if the event does not tell.
 */
static struct ipv6tun_hops *hops_of_info(const struct ipv6tun_fib *fib,
					 const struct nh_notifier_info *info)
{
	const struct nh_notifier_grp_entry_info *entry;
	struct ipv6tun_hops *hops;
	unsigned int i;

	switch (info->type) {
	case NH_NOTIFIER_INFO_TYPE_SINGLE:
		hops = ipv6tun_hops_alloc(1, GFP_ATOMIC);
		if (hops)
			hops_add_single(hops, fib, info->nh, 1, info->id);
		return hops;
	case NH_NOTIFIER_INFO_TYPE_GRP:
		hops = ipv6tun_hops_alloc(info->nh_grp->num_nh, GFP_ATOMIC);
		if (!hops || info->nh_grp->is_fdb)
			return hops;
		for (i = 0; i < info->nh_grp->num_nh; i++) {
			entry = &info->nh_grp->nh_entries[i];
			hops_add_single(hops, fib, &entry->nh, entry->weight,
					compat_nh_entry_id(entry));
		}
		ipv6tun_hops_normalise(hops);
		return hops;
	default:
		return NULL;
	}
}

/*
 * An object leads here now. Routes that came to use it while it led elsewhere were not
 * ours, and no FIB event tells that they are now: have the FIB read. Its set is no
 * measure, for that outlives the next hops for a while.
 */
static void change_set(struct ipv6tun_fib *fib, struct ipv6tun_fibset *set,
		       struct ipv6tun_hops *hops)
{
	const struct ipv6tun_hops *old = ipv6tun_fib_dereference(fib, set->hops);

	if (hops && hops->n && (!old || !old->n))
		schedule_delayed_work(&fib->fnet->sync, 0);
	ipv6tun_fibset_change(fib, set, hops);
}

/*
 * Nexthop @nhid is now @info, or gone (NULL): correct the group @set, if it
 * has it. A group that has gained a next hop of ours by that is read again.
 */
static void group_update(struct ipv6tun_fib *fib, struct ipv6tun_fibset *set,
			 u32 nhid, const struct nh_notifier_single_info *info)
{
	const struct ipv6tun_hops *old;
	struct ipv6tun_hops *hops;
	u32 weight = 0;
	unsigned int i;

	old = ipv6tun_fib_dereference(fib, set->hops);
	for (i = 0; old && i < old->n; i++)
		if (old->gw[i].nhid == nhid)
			weight = old->gw[i].weight;
	if (!weight)
		return;

	hops = ipv6tun_hops_alloc(old->n, GFP_ATOMIC);
	if (hops) {
		for (i = 0; i < old->n; i++)
			if (old->gw[i].nhid != nhid)
				hops->gw[hops->n++] = old->gw[i];
		if (info)
			hops_add_single(hops, fib, info, weight, nhid);
		ipv6tun_hops_normalise(hops);
	}
	ipv6tun_fibset_change(fib, set, hops);
}

/**
 * ipv6tun_nexthop_event() - apply a change of a nexthop object
 * @fib: the tracker
 * @event: NEXTHOP_EVENT_REPLACE, _DEL or _RES_TABLE_PRE_REPLACE
 * @info: the object after the event
 *
 * Called before the change for objects themselves, after it for the groups of
 * a changed object: the objects are not looked at, what the event says counts.
 *
 * Context: process, RTNL.
 */
void ipv6tun_nexthop_event(struct ipv6tun_fib *fib, unsigned long event,
			   const struct nh_notifier_info *info)
{
	const struct nh_notifier_single_info *single = NULL;
	bool gone = event == NEXTHOP_EVENT_DEL;
	struct ipv6tun_fibset *set;
	struct ipv6tun_hops *hops;
	int bucket;

	if (info->type == NH_NOTIFIER_INFO_TYPE_SINGLE && !gone)
		single = info->nh;

	spin_lock_bh(&fib->lock);
	hops = gone ? NULL : hops_of_info(fib, info);
	set = ipv6tun_fibset_by_nhid(fib, info->id);
	if (set) {
		change_set(fib, set, hops);
	} else {
		/*
		 * An object in use has come to lead here, or may have, if there
		 * was no memory to tell: its routes were not ours before, and no
		 * FIB event tells that they are now.
		 */
		const struct nexthop *nh = NULL;

		if (hops ? hops->n : !gone && tells_hops(info))
			nh = nexthop_find_by_id(info->net, info->id);
		if (nh && (!list_empty(&nh->fi_list) ||
			   !list_empty(&nh->f6i_list) ||
			   (!nh->is_group && !list_empty(&nh->grp_list))))
			schedule_delayed_work(&fib->fnet->sync, 0);
		kfree(hops);
	}
	if (fib->n_nhsets) {
		if (info->type == NH_NOTIFIER_INFO_TYPE_SINGLE)
			hash_for_each(fib->sets, bucket, set, node)
				if (set->nhid && set->nhid != info->id)
					group_update(fib, set, info->id,
						     single);
		schedule_delayed_work(&fib->reread, REREAD_DELAY);
	}
	spin_unlock_bh(&fib->lock);
}

/**
 * ipv6tun_fib_reread() - read the nexthop objects of all sets again
 * @work: &ipv6tun_fib.reread
 *
 * For what events cannot tell for certain. RTNL is tried only: who holds it
 * may be waiting for this work in ipv6tun_fib_stop().
 *
 * Context: process.
 */
void ipv6tun_fib_reread(struct work_struct *work)
{
	struct ipv6tun_fib *fib = container_of(to_delayed_work(work),
					       struct ipv6tun_fib, reread);
	struct ipv6tun_fibset *set;
	bool again = false;
	int bucket;

	if (!rtnl_trylock()) {
		schedule_delayed_work(&fib->reread, REREAD_DELAY);
		return;
	}
	rcu_read_lock();
	spin_lock_bh(&fib->lock);
	hash_for_each(fib->sets, bucket, set, node) {
		const struct nexthop *nh;
		struct ipv6tun_hops *hops;

		if (!set->nhid)
			continue;
		nh = nexthop_find_by_id(dev_net(fib->dev), set->nhid);
		hops = nh ? hops_of_nexthop(fib, nh) : NULL;
		if (nh && !hops)
			again = true;
		change_set(fib, set, hops);
	}
	if (again) {
		fib->nomem++;
		schedule_delayed_work(&fib->reread, IPV6TUN_FIB_RETRY);
	}
	spin_unlock_bh(&fib->lock);
	rcu_read_unlock();
	rtnl_unlock();
}

