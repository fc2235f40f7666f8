// SPDX-License-Identifier: GPL-2.0
/*
 * The FIB tracker.
 *
 * One FIB notifier and one nexthop notifier serve a network namespace and call
 * the trackers attached to it. They are registered when the namespace is made,
 * outside RTNL, because registering takes RTNL (the FIB's did up to 6.12, the
 * nexthops' does) and devices come and go under it. A tracker needs no replay
 * when it attaches: no route can use a device that is not there yet.
 *
 * FIB events are applied at once, in the notifier, which is atomic and may hold
 * tb6_lock: when the kernel is done with a change, no packet is sent by the old
 * set any more. That costs one small GFP_ATOMIC allocation; the large bucket
 * table is built later by a work, and gives the same answers. For the same
 * reason a DEL is not held back in case an ADD follows: owners are a pure
 * function of the paths, so the ADD brings back the same, and flows return to
 * where they were.
 *
 * What changes in softirq, the life of paths, is no part of a set: packets look
 * at the bitmap. Only in idle mode do tables follow it, behind the packets.
 *
 * Without memory a route becomes stale: its set is unknown, its packets go by
 * the path of their own next hop, and a work repairs it from the FIB.
 *
 * Who gets what
 *   sets    Routes share their set: 100,000 prefixes learnt by BGP have a
 *	     handful. A set is found by its next hops, or, for routes that use
 *	     a nexthop object, by its id, because replacing an object gives no
 *	     FIB event.
 *   IPv6    Only the best route of a prefix is notified, and its packets' dst
 *	     tells the prefix.
 *   IPv4    A dst tells its gateway only; the FIB is asked again. Of several
 *	     entries of a prefix (TOS, priority) only the first is notified, so
 *	     the fib_info found must be the one that was notified. An entry
 *	     holds its fib_info, and the event that ends it comes before the
 *	     fib_info is freed: comparing the pointer is safe.
 *
 * Readers under RCU: ipv6tun_fib_set(), ipv6tun_fib_all(). Everything else
 * holds &ipv6tun_fib.lock.
 */
#include <linux/jhash.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/ip6_fib.h>
#include <net/ip_fib.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include <net/sock.h>

#include "compat/fib.h"
#include "fib.h"
#include "fib-priv.h"
#include "pathset.h"

/* Routes handled before the lock is given up. */
#define WALK_BATCH	64

static u32 hash_key(const struct ipv6tun_fib_match *key, u32 seed)
{
	const u32 *p = (__force const u32 *)key->prefix.s6_addr32;

	/* Routes that differ in their source alone share a chain: few exist. */
	return jhash2(p, 4, seed + key->table + (key->plen << 16) +
			    (key->family << 24));
}

static u32 hash_key_arg(const void *data, u32 len, u32 seed)
{
	return hash_key(data, seed);
}

static u32 hash_route(const void *data, u32 len, u32 seed)
{
	const struct ipv6tun_route *route = data;

	return hash_key(&route->key, seed);
}

static int cmp_key(const struct ipv6tun_fib_match *a,
		   const struct ipv6tun_fib_match *b)
{
	int ret;

	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	if (a->table != b->table)
		return a->table < b->table ? -1 : 1;
	ret = memcmp(&a->prefix, &b->prefix, sizeof(a->prefix));
	if (ret)
		return ret;
	if (a->plen != b->plen)
		return a->plen < b->plen ? -1 : 1;
	if (a->splen != b->splen)
		return a->splen < b->splen ? -1 : 1;
	return memcmp(&a->src, &b->src, sizeof(a->src));
}

static int cmp_route(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct ipv6tun_route *route = obj;

	return cmp_key(arg->key, &route->key);
}

static const struct rhashtable_params route_params = {
	.head_offset		= offsetof(struct ipv6tun_route, node),
	.key_len		= sizeof(struct ipv6tun_fib_match),
	.hashfn			= hash_key_arg,
	.obj_hashfn		= hash_route,
	.obj_cmpfn		= cmp_route,
	.automatic_shrinking	= true,
};

static u32 *route_count(struct ipv6tun_fib *fib, u8 family)
{
	return family == AF_INET6 ? &fib->n_routes6 : &fib->n_routes4;
}

/**
 * ipv6tun_route_find() - find a route
 * @fib: the tracker
 * @key: the route
 *
 * Context: &ipv6tun_fib.lock.
 * Return: the route or NULL.
 */
struct ipv6tun_route *ipv6tun_route_find(struct ipv6tun_fib *fib,
					 const struct ipv6tun_fib_match *key)
{
	return rhashtable_lookup_fast(&fib->routes, key, route_params);
}

/* First route after @key, or the first of all if its family is 0. */
static struct ipv6tun_route *route_after(struct ipv6tun_fib *fib,
					 const struct ipv6tun_fib_match *key)
{
	struct rb_node *node = fib->tree.rb_node;
	struct ipv6tun_route *found = NULL;

	while (node) {
		struct ipv6tun_route *route;

		route = rb_entry(node, struct ipv6tun_route, rb);
		if (cmp_key(&route->key, key) > 0) {
			found = route;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return found;
}

static void tree_insert(struct ipv6tun_fib *fib, struct ipv6tun_route *new)
{
	struct rb_node **link = &fib->tree.rb_node;
	struct rb_node *parent = NULL;

	while (*link) {
		struct ipv6tun_route *route;

		parent = *link;
		route = rb_entry(parent, struct ipv6tun_route, rb);
		link = cmp_key(&new->key, &route->key) < 0 ? &parent->rb_left :
							     &parent->rb_right;
	}
	rb_link_node(&new->rb, parent, link);
	rb_insert_color(&new->rb, &fib->tree);
}

/**
 * ipv6tun_route_add() - add a route
 * @fib: the tracker
 * @key: the route, not there yet
 *
 * It is stale until it is given its set.
 *
 * Context: &ipv6tun_fib.lock.
 * Return: the route, or NULL without memory.
 */
struct ipv6tun_route *ipv6tun_route_add(struct ipv6tun_fib *fib,
					const struct ipv6tun_fib_match *key)
{
	u32 *count = route_count(fib, key->family);
	struct ipv6tun_route *route;

	lockdep_assert_held(&fib->lock);

	route = kzalloc(sizeof(*route), GFP_ATOMIC | __GFP_NOWARN);
	if (!route)
		return NULL;
	route->key = *key;
	if (rhashtable_insert_fast(&fib->routes, &route->node, route_params)) {
		kfree(route);
		return NULL;
	}
	tree_insert(fib, route);
	WRITE_ONCE(*count, *count + 1);
	fib->n_stale++;
	return route;
}

/**
 * ipv6tun_route_set() - give a route its set
 * @fib: the tracker
 * @route: the route
 * @set: the set, whose reference is taken over; NULL makes the route stale
 * @fi: IPv4: the entry the set is for
 *
 * Context: &ipv6tun_fib.lock.
 */
void ipv6tun_route_set(struct ipv6tun_fib *fib, struct ipv6tun_route *route,
		       struct ipv6tun_fibset *set, const struct fib_info *fi)
{
	struct ipv6tun_fibset *old = ipv6tun_fib_dereference(fib, route->set);

	if (set && old)
		ipv6tun_fibset_follow(fib, set, old);
	rcu_assign_pointer(route->set, set);
	/* Who sees @fi sees its set, or a later one. */
	smp_store_release(&route->fi, fi);
	fib->n_stale += !set - !old;
	if (old)
		ipv6tun_fibset_put(fib, old);
}

/**
 * ipv6tun_route_forget() - forget a route
 * @fib: the tracker
 * @route: the route, freed after a grace period
 *
 * Context: &ipv6tun_fib.lock.
 */
void ipv6tun_route_forget(struct ipv6tun_fib *fib, struct ipv6tun_route *route)
{
	u32 *count = route_count(fib, route->key.family);

	rhashtable_remove_fast(&fib->routes, &route->node, route_params);
	rb_erase(&route->rb, &fib->tree);
	WRITE_ONCE(*count, *count - 1);
	ipv6tun_route_set(fib, route, NULL, NULL);
	fib->n_stale--;
	kfree_rcu(route, rcu);
}

/**
 * ipv6tun_routes_forget() - forget many routes
 * @fib: the tracker
 * @filled_only: those a repair under way has brought, else all
 *
 * Context: any but with &ipv6tun_fib.lock held.
 */
void ipv6tun_routes_forget(struct ipv6tun_fib *fib, bool filled_only)
{
	struct ipv6tun_fib_match key = {};
	struct ipv6tun_route *route;
	unsigned int batch;

	do {
		spin_lock_bh(&fib->lock);
		for (batch = 0; batch < WALK_BATCH; batch++) {
			route = route_after(fib, &key);
			if (!route)
				break;
			key = route->key;
			if (!filled_only || route->filled)
				ipv6tun_route_forget(fib, route);
		}
		spin_unlock_bh(&fib->lock);
	} while (route);
}

/**
 * ipv6tun_routes_confirm() - the repair under way has succeeded
 * @fib: the tracker
 *
 * Context: any but with &ipv6tun_fib.lock held.
 */
void ipv6tun_routes_confirm(struct ipv6tun_fib *fib)
{
	struct ipv6tun_fib_match key = {};
	struct ipv6tun_route *route;
	unsigned int batch;

	do {
		spin_lock_bh(&fib->lock);
		for (batch = 0; batch < WALK_BATCH; batch++) {
			route = route_after(fib, &key);
			if (!route)
				break;
			key = route->key;
			route->filled = false;
		}
		spin_unlock_bh(&fib->lock);
	} while (route);
}

static const struct ipv6tun_pathset *
set_paths(const struct ipv6tun_fib *fib, const struct ipv6tun_fibset *set)
{
	if (unlikely(READ_ONCE(set->all)))
		return ipv6tun_fib_all(fib);
	return rcu_dereference(set->paths);
}

static const struct ipv6tun_route *
route_lookup(const struct ipv6tun_fib *fib, const struct ipv6tun_fib_match *key,
	     struct ipv6tun_fib_match *match)
{
	const struct ipv6tun_route *route;

	route = rhashtable_lookup((struct rhashtable *)&fib->routes, key,
				  route_params);
	if (route && match)
		*match = *key;
	return route;
}

static const struct ipv6tun_pathset *
lookup6(const struct ipv6tun_fib *fib, const struct rt6_info *rt,
	struct in6_addr *gw, struct ipv6tun_fib_match *match)
{
	const struct rt6key *dst = &rt->rt6i_dst, *src = &rt->rt6i_src;
	struct ipv6tun_fib_match key = { .family = AF_INET6 };
	const struct ipv6tun_route *route;
	const struct fib6_info *from;
	const struct ipv6tun_fibset *set;

	if (rt->rt6i_flags & RTF_GATEWAY)
		*gw = rt->rt6i_gateway;
	if (!READ_ONCE(fib->n_routes6))
		return NULL;

	/*
	 * A dst loses its origin when the route is replaced, and is used on by
	 * the packets that already hold it. Its prefix stays.
	 */
	from = rcu_dereference(rt->from);
	if (likely(from)) {
		dst = &from->fib6_dst;
		src = &from->fib6_src;
		key.table = from->fib6_table->tb6_id;
	} else {
		key.table = l3mdev_fib_table_rcu(fib->dev);
		if (!key.table)
			key.table = RT_TABLE_MAIN;
	}
	key.prefix = dst->addr;
	key.plen = dst->plen;
	key.src = src->addr;
	key.splen = src->plen;

	route = route_lookup(fib, &key, match);
	set = route ? rcu_dereference(route->set) : NULL;
	return set ? set_paths(fib, set) : NULL;
}

/* Ask the FIB as it was asked for this packet, before it came here. */
static int fib4_ask(const struct ipv6tun_fib *fib, const struct sk_buff *skb,
		    const struct rtable *rt, struct fib_result *res)
{
	struct net *net = dev_net(fib->dev);
	struct flow_keys flkeys;
	struct flowi4 fl4 = {
		.flowi4_mark = skb->mark,
		.flowi4_scope = RT_SCOPE_UNIVERSE,
	};
	const struct iphdr *iph;
	struct iphdr buf;

	iph = skb_header_pointer(skb, skb_network_offset(skb), sizeof(buf),
				 &buf);
	if (!iph)
		return -EINVAL;
	fl4.daddr = iph->daddr;
	fl4.saddr = iph->saddr;
	compat_fib4_set_tos(&fl4, iph->tos);

	if (rt_is_input_route(rt)) {
		fl4.flowi4_iif = skb->skb_iif;
	} else {
		const struct sock *sk = skb_to_full_sk(skb);

		/*
		 * What the socket is bound to, else the VRF of the device: the
		 * kernel's own packets are sent from unbound sockets.
		 */
		fl4.flowi4_iif = LOOPBACK_IFINDEX;
		fl4.flowi4_oif = sk ? READ_ONCE(sk->sk_bound_dev_if) : 0;
		if (!fl4.flowi4_oif)
			fl4.flowi4_oif = l3mdev_master_ifindex_rcu(fib->dev);
		fl4.flowi4_uid = sock_net_uid(net, sk);
	}
	/* It reads only, though it does not promise to. */
	fib4_rules_early_flow_dissect(net, (struct sk_buff *)skb, &fl4,
				      &flkeys);
	return fib_lookup(net, &fl4, res, 0);
}

static const struct ipv6tun_pathset *
lookup4(const struct ipv6tun_fib *fib, const struct sk_buff *skb,
	const struct rtable *rt, struct in6_addr *gw,
	struct ipv6tun_fib_match *match)
{
	struct ipv6tun_fib_match key = { .family = AF_INET };
	const struct ipv6tun_route *route;
	const struct ipv6tun_fibset *set;
	const struct ipv6tun_hops *hops;
	struct fib_result res;

	if (rt->rt_gw_family == AF_INET)
		ipv6_addr_set_v4mapped(rt->rt_gw4, gw);
	else if (rt->rt_gw_family == AF_INET6)
		*gw = rt->rt_gw6;
	if (!READ_ONCE(fib->n_routes4))
		return NULL;

	if (fib4_ask(fib, skb, rt, &res) || res.type != RTN_UNICAST)
		return NULL;
	key.table = res.table->tb_id;
	ipv6_addr_set_v4mapped(res.prefix, &key.prefix);
	key.plen = res.prefixlen;

	route = route_lookup(fib, &key, NULL);
	/* Acquire: the set belongs to the fib_info, or to a later one. */
	if (!route || smp_load_acquire(&route->fi) != res.fi)
		return NULL;
	set = rcu_dereference(route->set);
	if (!set)
		return NULL;
	/* Not the packet's route unless it has the packet's next hop. */
	hops = rcu_dereference(set->hops);
	if (!hops || !ipv6tun_hops_have(hops, gw))
		return NULL;
	if (match)
		*match = key;
	return set_paths(fib, set);
}

/**
 * ipv6tun_fib_set() - the paths of the route a packet came by
 * @fib: the tracker
 * @skb: the packet, its IP header at the network offset, with its dst kept
 * @gw: the packet's next hop, IPv4 as v4-mapped, or :: for none
 * @match: the route, its family 0 if it is not tracked; may be NULL
 *
 * Context: rcu_read_lock() held. Takes no lock and writes no shared memory.
 * Return: the set, or NULL if the route is not known, or none of its next hops
 *	   is an inside peer.
 */
const struct ipv6tun_pathset *
ipv6tun_fib_set(const struct ipv6tun_fib *fib, const struct sk_buff *skb,
		struct in6_addr *gw, struct ipv6tun_fib_match *match)
{
	const struct dst_entry *dst = skb_dst(skb);

	*gw = in6addr_any;
	if (match)
		memset(match, 0, sizeof(*match));

	/* Packet sockets send without a dst, tc can give them a foreign one. */
	if (unlikely(!dst || dst->flags & DST_METADATA ||
		     compat_dst_dev(dst) != fib->dev))
		return NULL;

	switch (dst->ops->family) {
	case AF_INET6:
		return lookup6(fib, container_of(dst, struct rt6_info, dst),
			       gw, match);
	case AF_INET:
		return lookup4(fib, skb, container_of(dst, struct rtable, dst),
			       gw, match);
	default:
		return NULL;
	}
}

/* Its nexthop object leads to other devices at the moment. */
static bool leads_elsewhere(const struct ipv6tun_hops *hops)
{
	return hops && !hops->n;
}

/**
 * ipv6tun_fib_walk() - show the tracked routes, in ascending order
 * @fib: the tracker
 * @cursor: the last route shown; all zero to begin. Advanced route by route.
 * @cb: called for each; 0 to go on. It must not sleep, nor call the tracker.
 * @arg: for @cb
 *
 * A netlink dump keeps @cursor between its messages: the walk takes up at the
 * next route whatever happened to the tracker in between.
 *
 * Context: process.
 * Return: 0 at the end, or what @cb returned; the route it was called for is
 *	   then shown again.
 */
int ipv6tun_fib_walk(struct ipv6tun_fib *fib, struct ipv6tun_fib_match *cursor,
		     int (*cb)(const struct ipv6tun_fib_route_info *info,
			       void *arg), void *arg)
{
	struct ipv6tun_fib_route_info info;
	struct ipv6tun_route *route;
	unsigned int batch;
	int ret = 0;

	do {
		spin_lock_bh(&fib->lock);
		rcu_read_lock();
		for (batch = 0; batch < WALK_BATCH; batch++) {
			struct ipv6tun_fibset *set;
			struct ipv6tun_hops *hops;

			route = route_after(fib, cursor);
			if (!route)
				break;
			set = ipv6tun_fib_dereference(fib, route->set);
			hops = set ? ipv6tun_fib_dereference(fib, set->hops) :
				     NULL;
			if (leads_elsewhere(hops)) {
				*cursor = route->key;
				continue;
			}
			memset(&info, 0, sizeof(info));
			info.match = route->key;
			if (hops) {
				info.gw = hops->gw;
				info.n_gw = hops->n;
			}
			if (set) {
				info.nhid = set->nhid;
				info.set = set_paths(fib, set);
			}
			ret = cb(&info, arg);
			if (ret)
				break;
			*cursor = route->key;
		}
		rcu_read_unlock();
		spin_unlock_bh(&fib->lock);
		cond_resched();
	} while (route && !ret);
	return ret;
}

static u32 waiting_of(const struct ipv6tun_fib *fib,
		      struct ipv6tun_pathset __rcu *slot)
{
	const struct ipv6tun_pathset *paths = ipv6tun_fib_dereference(fib, slot);

	return paths ? READ_ONCE(paths->waiting) : 0;
}

/**
 * ipv6tun_fib_counts() - read the state of a tracker
 * @fib: the tracker
 * @counts: filled in
 *
 * Context: process, RTNL.
 */
void ipv6tun_fib_counts(struct ipv6tun_fib *fib,
			struct ipv6tun_fib_counts *counts)
{
	const struct ipv6tun_fibset *set;
	int bucket;

	ASSERT_RTNL();

	memset(counts, 0, sizeof(*counts));
	spin_lock_bh(&fib->lock);
	counts->routes = fib->n_routes4 + fib->n_routes6;
	counts->stale = fib->n_stale;
	counts->sets = fib->n_sets;
	counts->tables = fib->n_tables;
	counts->nomem = fib->nomem;
	counts->waiting = waiting_of(fib, fib->all);
	hash_for_each(fib->sets, bucket, set, node) {
		counts->waiting += waiting_of(fib, set->paths);
		/* As ipv6tun_fib_walk() does not show its routes. */
		if (leads_elsewhere(ipv6tun_fib_dereference(fib, set->hops)))
			counts->routes -= set->refs;
	}
	spin_unlock_bh(&fib->lock);
	if (fib->fnet)
		counts->resyncs = READ_ONCE(fib->fnet->resyncs);
}

/**
 * ipv6tun_fib_setup() - prepare the tracker of a new device
 * @fib: the tracker, zeroed
 * @dev: the device
 * @paths: its paths, which outlive the tracker
 * @seed: the device's seed
 *
 * Context: process.
 * Return: 0, or -ENOMEM with nothing to undo.
 */
int ipv6tun_fib_setup(struct ipv6tun_fib *fib, struct net_device *dev,
		      const struct ipv6tun_paths *paths, u32 seed)
{
	fib->dev = dev;
	fib->paths = paths;
	fib->seed = seed;
	fib->tree = RB_ROOT;
	mutex_init(&fib->tables_lock);
	spin_lock_init(&fib->lock);
	ipv6tun_fib_set_return(fib, &(struct ipv6tun_fib_cfg){
		.return_mode = IPV6TUN_RETURN_MODE_IMMEDIATE,
		.idle_ms = IPV6TUN_FIB_IDLE_MS,
		.forced_ms = IPV6TUN_FIB_FORCED_MS,
	});
	hash_init(fib->sets);
	INIT_LIST_HEAD(&fib->node);
	INIT_LIST_HEAD(&fib->idle);
	INIT_DELAYED_WORK(&fib->build, ipv6tun_fib_build);
	INIT_DELAYED_WORK(&fib->settle, ipv6tun_fib_settle);
	INIT_DELAYED_WORK(&fib->reap, ipv6tun_fib_reap);
	INIT_DELAYED_WORK(&fib->reread, ipv6tun_fib_reread);
	return rhashtable_init(&fib->routes, &route_params);
}

/**
 * ipv6tun_fib_destroy() - free a tracker
 * @fib: the tracker, stopped, and no longer reached by any packet; nobody calls
 *	 ipv6tun_fib_paths_changed() any more
 *
 * Context: process.
 */
void ipv6tun_fib_destroy(struct ipv6tun_fib *fib)
{
	WARN_ON_ONCE(fib->fnet);

	/* In this order: @build queues @settle. */
	cancel_delayed_work_sync(&fib->build);
	cancel_delayed_work_sync(&fib->settle);
	ipv6tun_pathset_put(rcu_dereference_protected(fib->all, true));
	RCU_INIT_POINTER(fib->all, NULL);
	rhashtable_destroy(&fib->routes);
	mutex_destroy(&fib->tables_lock);
}

