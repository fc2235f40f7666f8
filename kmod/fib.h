/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The FIB tracker: which paths may a route use.
 *
 * The kernel's FIB is the only source of truth; the tracker mirrors, for one
 * device, the next hops of each route that leads to it, because a packet that
 * reaches the device carries one next hop only, not the set it was chosen from.
 */
#ifndef _IPV6TUN_FIB_H
#define _IPV6TUN_FIB_H

#include <linux/hashtable.h>
#include <linux/in6.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "pathset.h"

struct ipv6tun_fib_net;
struct ipv6tun_paths;
struct net_device;
struct sk_buff;

/*
 * Sets that get a bucket table, 128 KB each, and 264 KB more while settling. A
 * set beyond the limit computes the owner for every packet: paths that return
 * take their buckets back at once, whatever the return mode.
 */
#define IPV6TUN_FIB_TABLES_MAX	256

/*
 * Defaults of idle mode. A bucket has about as many flows as the device has
 * flows per 65,536: ten seconds outlast the pauses of one that is alive, the
 * first retransmissions of TCP (1 + 2 + 4 s) and a ping. Two minutes bound how
 * long a stream that never pauses keeps a returned path empty, and routers that
 * share a seed from agreeing again.
 */
#define IPV6TUN_FIB_IDLE_MS	10000
#define IPV6TUN_FIB_FORCED_MS	120000
/* Longer times are cut: jiffies of the data path have 32 bits. */
#define IPV6TUN_FIB_MS_MAX	86400000

/**
 * struct ipv6tun_fib_cfg - what the operator says of the path sets of a device
 * @seed: of the owners; routers that must agree share it
 * @return_mode: enum ipv6tun_return_mode. Immediate is the default: routers
 *		 that share flows agree at all times without talking to each
 *		 other. In idle mode the assignment has a history, which is each
 *		 router's own; it suits a device whose flows have one way only.
 * @idle_ms: idle mode: milliseconds after which an unused bucket goes back to a
 *	     path that has returned, up to IPV6TUN_FIB_MS_MAX
 * @forced_ms: idle mode: milliseconds after which all buckets go back, used or
 *	       not, up to IPV6TUN_FIB_MS_MAX; 0 for never
 */
struct ipv6tun_fib_cfg {
	u32	seed;
	u8	return_mode;
	u32	idle_ms;
	u32	forced_ms;
};

/**
 * struct ipv6tun_fib_match - the route behind a decision
 * @table: FIB table id, 0 if no tracked route was found
 * @prefix: the route's prefix; IPv4 as v4-mapped
 * @src: source prefix of an IPv6 route that has one, else zero
 * @plen: prefix length in bits of the route's own family
 * @splen: length of @src in bits, 0 for a route for all sources
 * @family: AF_INET or AF_INET6; 0 if no tracked route was found
 *
 * The key of a route. The FIB's own objects are no key: the packet's dst may
 * outlive them, and they change when the route does not.
 */
struct ipv6tun_fib_match {
	u32		table;
	struct in6_addr	prefix;
	struct in6_addr	src;
	u8		plen;
	u8		splen;
	u8		family;
};

/**
 * struct ipv6tun_fib_gw - one next hop of a route
 * @addr: gateway, IPv4 as v4-mapped; :: for a next hop without a gateway
 * @weight: share of this next hop, at least 1
 * @nhid: id of the nexthop object it comes from, or 0
 */
struct ipv6tun_fib_gw {
	struct in6_addr	addr;
	u32		weight;
	u32		nhid;
};

/**
 * struct ipv6tun_fib_route_info - a tracked route, as shown to a walker
 * @match: the route
 * @gw: its next hops that use the device, ascending by address
 * @n_gw: number of @gw
 * @nhid: id of the nexthop object the route uses, or 0
 * @set: the paths it may use; NULL if none of its gateways is an inside peer
 */
struct ipv6tun_fib_route_info {
	struct ipv6tun_fib_match	match;
	const struct ipv6tun_fib_gw	*gw;
	unsigned int			n_gw;
	u32				nhid;
	const struct ipv6tun_pathset	*set;
};

/**
 * struct ipv6tun_fib_counts - state of a tracker
 * @routes: tracked routes
 * @stale: routes whose set is unknown for lack of memory, repair under way
 * @sets: distinct sets of next hops, idle ones included
 * @tables: sets with a bucket table
 * @waiting: buckets that wait to go to a path that has returned, of all sets
 * @nomem: times memory was missing
 * @resyncs: completed repairs (of all devices of the namespace)
 */
struct ipv6tun_fib_counts {
	u32	routes;
	u32	stale;
	u32	sets;
	u32	tables;
	u32	waiting;
	u64	nomem;
	u64	resyncs;
};

/**
 * struct ipv6tun_fib - the tracker of one device
 * @dev: the device
 * @paths: its paths. Written under RTNL, read under RCU.
 * @fnet: the namespace part it is attached to, NULL when stopped. RTNL.
 * @node: entry in the list of @fnet. Written under RTNL, read under RCU.
 * @tables_lock: serialises the writers of bucket tables. Taken before @lock;
 *		 protects @round and @tick.
 * @lock: protects @tree, @sets, @idle, @all, @unresolved, @seed, @rule, the
 *	  numbers below, and the writing of @routes and of every struct reached
 *	  from these, but for bucket tables. Taken inside tb6_lock and with BH
 *	  disabled: no FIB function may be called under it.
 * @routes: match -> route. Read under RCU by the data path.
 * @tree: the same routes in ascending order, for walks
 * @sets: sets of next hops by content, or by nexthop object id
 * @idle: sets no route uses, oldest first
 * @all: set of all paths, NULL when there is none. Read under RCU.
 * @unresolved: without memory for @all, to be tried again
 * @seed: seed of the sets
 * @rule: what the return of a path does. Its mode is read without @lock.
 * @n_routes4: IPv4 routes. Read without @lock.
 * @n_routes6: IPv6 routes. Read without @lock.
 * @n_stale: routes without a set for lack of memory
 * @n_sets: number of sets
 * @n_nhsets: those of them that belong to a nexthop object
 * @n_tables: sets with a bucket table, or one being built
 * @nomem: times memory was missing
 * @changed: a path has died or returned since the last @round began. Atomic.
 * @round: counts the times the tables were brought up to date
 * @tick: counts the times waiting buckets were looked at
 * @build: builds missing bucket tables, and brings the others up to date
 * @settle: lets waiting buckets go home
 * @reap: frees sets that were idle long enough
 * @reread: reads nexthop objects again
 */
struct ipv6tun_fib {
	struct net_device		*dev;
	const struct ipv6tun_paths	*paths;
	struct ipv6tun_fib_net		*fnet;
	struct list_head		node;

	struct mutex			tables_lock; /* outside lock */
	spinlock_t			lock; /* inside tb6_lock */
	struct rhashtable		routes;
	struct rb_root			tree;
	DECLARE_HASHTABLE(sets, 8);
	struct list_head		idle;
	struct ipv6tun_pathset __rcu	*all;
	bool				unresolved;
	u32				seed;
	struct ipv6tun_return		rule;
	u32				n_routes4;
	u32				n_routes6;
	u32				n_stale;
	u32				n_sets;
	u32				n_nhsets;
	u32				n_tables;
	u64				nomem;
	atomic_t			changed;
	u32				round;
	u32				tick;

	struct delayed_work		build;
	struct delayed_work		settle;
	struct delayed_work		reap;
	struct delayed_work		reread;
};

int ipv6tun_fib_init(void);
void ipv6tun_fib_exit(void);

int ipv6tun_fib_setup(struct ipv6tun_fib *fib, struct net_device *dev,
		      const struct ipv6tun_paths *paths, u32 seed);
void ipv6tun_fib_destroy(struct ipv6tun_fib *fib);
void ipv6tun_fib_start(struct ipv6tun_fib *fib);
void ipv6tun_fib_stop(struct ipv6tun_fib *fib);
int ipv6tun_fib_resolve(struct ipv6tun_fib *fib, u32 seed);
int ipv6tun_fib_configure(struct ipv6tun_fib *fib,
			  const struct ipv6tun_fib_cfg *cfg);
void ipv6tun_fib_path_returns(struct ipv6tun_fib *fib, u16 id);
void ipv6tun_fib_paths_changed(struct ipv6tun_fib *fib);

const struct ipv6tun_pathset *
ipv6tun_fib_set(const struct ipv6tun_fib *fib, const struct sk_buff *skb,
		struct in6_addr *gw, struct ipv6tun_fib_match *match);

/**
 * ipv6tun_fib_all - the set of all paths of the device
 * @fib: the tracker
 *
 * Context: RCU read side.
 * Return: the set, or NULL if the device has no path.
 */
static inline const struct ipv6tun_pathset *
ipv6tun_fib_all(const struct ipv6tun_fib *fib)
{
	return rcu_dereference(fib->all);
}

int ipv6tun_fib_walk(struct ipv6tun_fib *fib, struct ipv6tun_fib_match *cursor,
		     int (*cb)(const struct ipv6tun_fib_route_info *info,
			       void *arg), void *arg);
void ipv6tun_fib_counts(struct ipv6tun_fib *fib,
			struct ipv6tun_fib_counts *counts);

#endif
