/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the FIB tracker share.
 *
 * fib-event.c takes events, from the FIB itself and by way of fib-nexthop.c
 * from nexthop objects; they name next hops, which fib-set.c turns into paths;
 * fib.c keeps the routes and answers the data path.
 */
#ifndef _IPV6TUN_FIB_PRIV_H
#define _IPV6TUN_FIB_PRIV_H

#include <linux/list.h>
#include <linux/notifier.h>
#include <linux/rbtree.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable.h>
#include <linux/workqueue.h>

#include "compat/compiler.h"
#include "fib.h"

struct fib_info;
struct fib_nh_common;
struct net;
struct nexthop;
struct nh_notifier_info;

/* Wait before trying again what failed for lack of memory. */
#define IPV6TUN_FIB_RETRY	HZ

#define ipv6tun_fib_dereference(fib, p) \
	rcu_dereference_protected(p, lockdep_is_held(&(fib)->lock))

/**
 * struct ipv6tun_hops - next hops; immutable once shared
 * @rcu: defers the free past the last reader
 * @n: number of next hops
 * @room: size of @gw
 * @gw: the next hops; once normalised, ascending by address, each once
 */
struct ipv6tun_hops {
	struct rcu_head		rcu;
	unsigned int		n;
	unsigned int		room;
	struct ipv6tun_fib_gw	gw[] __counted_by(room);
};

/**
 * struct ipv6tun_fibset - what routes with the same next hops share
 * @node: in &ipv6tun_fib.sets
 * @idle: in &ipv6tun_fib.idle, while @refs is 0
 * @idle_since: jiffies when @refs became 0
 * @hash: of the next hops, or @nhid
 * @nhid: nexthop object the set follows, or 0
 * @refs: routes
 * @valid: @nhid: @hops are the object's, kept so by events
 * @table: counted in &ipv6tun_fib.n_tables
 * @unresolved: without memory for @paths, to be tried again
 * @all: has a next hop without gateway, and so means every path of the device.
 *	 Read under RCU.
 * @hops: the next hops. Read under RCU.
 * @paths: the paths they are, NULL if none is. Read under RCU.
 * @rcu: defers the free past the last reader
 *
 * All but @all, @hops and @paths is protected by &ipv6tun_fib.lock, and so is
 * the writing of these.
 */
struct ipv6tun_fibset {
	struct hlist_node		node;
	struct list_head		idle;
	unsigned long			idle_since;
	u32				hash;
	u32				nhid;
	unsigned int			refs;
	bool				valid;
	bool				table;
	bool				unresolved;
	bool				all;
	struct ipv6tun_hops __rcu	*hops;
	struct ipv6tun_pathset __rcu	*paths;
	struct rcu_head			rcu;
};

/**
 * struct ipv6tun_route - a route
 * @node: in &ipv6tun_fib.routes
 * @rb: in &ipv6tun_fib.tree. &ipv6tun_fib.lock.
 * @key: its key, immutable
 * @set: its next hops, NULL when stale. Read under RCU.
 * @fi: IPv4: the entry @set is for; an identity, never followed. Read under
 *	RCU, before @set.
 * @filled: brought by a repair under way. &ipv6tun_fib.lock.
 * @rcu: defers the free past the last reader
 */
struct ipv6tun_route {
	struct rhash_head		node;
	struct rb_node			rb;
	struct ipv6tun_fib_match	key;
	struct ipv6tun_fibset __rcu	*set;
	const struct fib_info		*fi;
	bool				filled;
	struct rcu_head			rcu;
};

/**
 * struct ipv6tun_fib_net - the notifiers of a network namespace
 * @net: the namespace
 * @fib_nb: receives FIB events once @live
 * @fill_nb: replays the FIB for a repair
 * @nh_nb: receives nexthop events
 * @fibs: attached trackers. Written under RTNL, read under RCU.
 * @sync: registers @fib_nb, or repairs; owns @live, @delay and @resyncs
 * @delay: before the next try of @sync
 * @live: @fib_nb is registered
 * @resyncs: completed repairs
 */
struct ipv6tun_fib_net {
	struct net		*net;
	struct notifier_block	fib_nb;
	struct notifier_block	fill_nb;
	struct notifier_block	nh_nb;
	struct list_head	fibs;
	struct delayed_work	sync;
	unsigned long		delay;
	bool			live;
	u64			resyncs;
};

/* fib-set.c */
struct ipv6tun_hops *ipv6tun_hops_alloc(unsigned int room, gfp_t gfp);
void ipv6tun_hops_add(struct ipv6tun_hops *hops, const struct in6_addr *addr,
		      u32 weight, u32 nhid);
void ipv6tun_hops_normalise(struct ipv6tun_hops *hops);
bool ipv6tun_hops_have(const struct ipv6tun_hops *hops,
		       const struct in6_addr *addr);
void ipv6tun_hops_add_nhc(struct ipv6tun_hops *hops,
			  const struct ipv6tun_fib *fib,
			  const struct fib_nh_common *nhc, u32 weight,
			  u32 nhid);
void ipv6tun_fibset_change(struct ipv6tun_fib *fib, struct ipv6tun_fibset *set,
			   struct ipv6tun_hops *hops);
void ipv6tun_fibset_follow(struct ipv6tun_fib *fib, struct ipv6tun_fibset *set,
			   struct ipv6tun_fibset *old);
void ipv6tun_fibset_put(struct ipv6tun_fib *fib, struct ipv6tun_fibset *set);
struct ipv6tun_fibset *ipv6tun_fibset_get(struct ipv6tun_fibset *set);
struct ipv6tun_fibset *ipv6tun_fibset_by_hops(struct ipv6tun_fib *fib,
					      struct ipv6tun_hops *hops);
struct ipv6tun_fibset *ipv6tun_fibset_by_nhid(struct ipv6tun_fib *fib,
					      u32 nhid);
struct ipv6tun_fibset *ipv6tun_fibset_of_nhid(struct ipv6tun_fib *fib, u32 nhid,
					      struct ipv6tun_hops *hops);
void ipv6tun_fibsets_free(struct ipv6tun_fib *fib);
void ipv6tun_fib_set_return(struct ipv6tun_fib *fib,
			    const struct ipv6tun_fib_cfg *cfg);
void ipv6tun_fib_build(struct work_struct *work);
void ipv6tun_fib_settle(struct work_struct *work);
void ipv6tun_fib_reap(struct work_struct *work);

/* fib-nexthop.c */
bool ipv6tun_nexthop_uses(const struct ipv6tun_fib *fib,
			  const struct nexthop *nh);
struct ipv6tun_fibset *ipv6tun_fibset_by_nexthop(struct ipv6tun_fib *fib,
						 const struct nexthop *nh);
void ipv6tun_nexthop_event(struct ipv6tun_fib *fib, unsigned long event,
			   const struct nh_notifier_info *info);
void ipv6tun_fib_reread(struct work_struct *work);

/* fib.c */
struct ipv6tun_route *ipv6tun_route_find(struct ipv6tun_fib *fib,
					 const struct ipv6tun_fib_match *key);
struct ipv6tun_route *ipv6tun_route_add(struct ipv6tun_fib *fib,
					const struct ipv6tun_fib_match *key);
void ipv6tun_route_set(struct ipv6tun_fib *fib, struct ipv6tun_route *route,
		       struct ipv6tun_fibset *set, const struct fib_info *fi);
void ipv6tun_route_forget(struct ipv6tun_fib *fib, struct ipv6tun_route *route);
void ipv6tun_routes_forget(struct ipv6tun_fib *fib, bool filled_only);
void ipv6tun_routes_confirm(struct ipv6tun_fib *fib);

#endif
