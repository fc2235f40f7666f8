// SPDX-License-Identifier: GPL-2.0
/*
 * The FIB tracker.
 *
 * One FIB notifier and one nexthop notifier serve a network namespace and call
 * the trackers attached to it. They are registered when the namespace is made,
 * outside RTNL, because registering takes RTNL (the FIB's did before 6.13, the
 * nexthops' does) and devices come and go under it. A tracker needs no replay
 * when it attaches: no route can use a device that is not there yet.
 *
 * FIB events are applied at once, in the notifier, which is atomic and may hold
 * tb6_lock: when the kernel is done with a change, no packet is sent by the old
 * set any more. That costs one small GFP_ATOMIC allocation; the large bucket
 * table is built later by a work, and gives the same answers. For the same
 * reason a DEL is not held back in case an ADD follows: a set is a pure
 * function of its paths, so the ADD brings back the same owners, and flows
 * return to where they were.
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
#include <linux/if_vlan.h>
#include <linux/jhash.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <net/fib_notifier.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ip_fib.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include <net/nexthop.h>
#include <net/route.h>
#include <net/sock.h>

#include "compat/fib.h"
#include "fib.h"
#include "path.h"
#include "pathset.h"

/*
 * How long a set no route uses keeps its bucket table: routing daemons replace
 * A by B and B by A within seconds.
 */
#define SET_IDLE	(5 * HZ)
/* Wait before asking the FIB again, doubled on each failure. */
#define SYNC_DELAY_MIN	HZ
#define SYNC_DELAY_MAX	(60 * HZ)
/* Routes shown to a walker before the lock is given up. */
#define WALK_BATCH	64
/* Sets whose paths are resolved on the stack. */
#define FEW		16

/* The next hops of a set, ascending by address, each address once. */
struct hops {
	struct rcu_head		rcu;
	unsigned int		n;
	unsigned int		room;
	struct ipv6tun_fib_gw	gw[] __counted_by(room);
};

/*
 * Routes with the same next hops, or with the same nexthop object. All fields
 * but the RCU pointers are protected by &ipv6tun_fib.lock.
 */
struct fib_set {
	struct hlist_node		node;	/* in ipv6tun_fib.sets */
	struct list_head		idle;	/* in ipv6tun_fib.idle */
	unsigned long			idle_since;
	u32				hash;
	u32				nhid;	/* of the nexthop object, or 0 */
	unsigned int			refs;	/* routes */
	bool				valid;	/* nhid: hops are the object's */
	bool				table;	/* in ipv6tun_fib.n_tables */
	bool				unresolved; /* no memory for paths */
	bool				all;	/* read under RCU */
	struct hops __rcu		*hops;
	struct ipv6tun_pathset __rcu	*paths;
	struct rcu_head			rcu;
};

struct fib_route {
	struct rhash_head	node;
	struct rb_node		rb;
	struct ipv6tun_fib_match key;
	struct fib_set __rcu	*set;	/* NULL when stale */
	const struct fib_info	*fi;	/* IPv4: identity, never followed */
	bool			filled;	/* by a repair under way */
	struct rcu_head		rcu;
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

static unsigned int fib_net_id;

#define fib_dereference(fib, p) \
	rcu_dereference_protected(p, lockdep_is_held(&(fib)->lock))

/* ---- routes ---- */

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
	const struct fib_route *route = data;

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
	const struct fib_route *route = obj;

	return cmp_key(arg->key, &route->key);
}

static const struct rhashtable_params route_params = {
	.head_offset		= offsetof(struct fib_route, node),
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

static struct fib_route *route_find(struct ipv6tun_fib *fib,
				    const struct ipv6tun_fib_match *key)
{
	return rhashtable_lookup_fast(&fib->routes, key, route_params);
}

/* First route after @key, or the first of all if its family is 0. */
static struct fib_route *route_after(struct ipv6tun_fib *fib,
				     const struct ipv6tun_fib_match *key)
{
	struct rb_node *node = fib->tree.rb_node;
	struct fib_route *found = NULL;

	while (node) {
		struct fib_route *route = rb_entry(node, struct fib_route, rb);

		if (cmp_key(&route->key, key) > 0) {
			found = route;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return found;
}

static void tree_insert(struct ipv6tun_fib *fib, struct fib_route *new)
{
	struct rb_node **link = &fib->tree.rb_node;
	struct rb_node *parent = NULL;

	while (*link) {
		struct fib_route *route;

		parent = *link;
		route = rb_entry(parent, struct fib_route, rb);
		link = cmp_key(&new->key, &route->key) < 0 ? &parent->rb_left :
							     &parent->rb_right;
	}
	rb_link_node(&new->rb, parent, link);
	rb_insert_color(&new->rb, &fib->tree);
}

/* A new route is stale until it is given its set. */
static struct fib_route *route_add(struct ipv6tun_fib *fib,
				   const struct ipv6tun_fib_match *key)
{
	u32 *count = route_count(fib, key->family);
	struct fib_route *route;

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

static void set_put(struct ipv6tun_fib *fib, struct fib_set *set);

/* Takes over the caller's reference on @set; NULL makes the route stale. */
static void route_set(struct ipv6tun_fib *fib, struct fib_route *route,
		      struct fib_set *set, const struct fib_info *fi)
{
	struct fib_set *old = fib_dereference(fib, route->set);

	rcu_assign_pointer(route->set, set);
	/* Who sees @fi sees its set, or a later one. */
	smp_store_release(&route->fi, fi);
	fib->n_stale += !set - !old;
	if (old)
		set_put(fib, old);
}

static void route_forget(struct ipv6tun_fib *fib, struct fib_route *route)
{
	u32 *count = route_count(fib, route->key.family);

	rhashtable_remove_fast(&fib->routes, &route->node, route_params);
	rb_erase(&route->rb, &fib->tree);
	WRITE_ONCE(*count, *count - 1);
	route_set(fib, route, NULL, NULL);
	fib->n_stale--;
	kfree_rcu(route, rcu);
}

/* ---- next hops ---- */

static struct hops *hops_alloc(unsigned int room, gfp_t gfp)
{
	struct hops *hops;

	hops = kmalloc(struct_size(hops, gw, room), gfp | __GFP_NOWARN);
	if (!hops)
		return NULL;
	hops->room = room;
	hops->n = 0;
	return hops;
}

static void hops_add(struct hops *hops, const struct in6_addr *addr, u32 weight,
		     u32 nhid)
{
	/* The route can have grown since it was measured: an event follows. */
	if (hops->n == hops->room)
		return;
	hops->gw[hops->n].addr = *addr;
	hops->gw[hops->n].weight = max(weight, 1U);
	hops->gw[hops->n].nhid = nhid;
	hops->n++;
}

static void hops_add_nhc(struct hops *hops, const struct ipv6tun_fib *fib,
			 const struct fib_nh_common *nhc, u32 weight, u32 nhid)
{
	struct in6_addr addr = {};

	if (nhc->nhc_dev != fib->dev)
		return;
	if (nhc->nhc_gw_family == AF_INET6)
		addr = nhc->nhc_gw.ipv6;
	else if (nhc->nhc_gw_family == AF_INET)
		ipv6_addr_set_v4mapped(nhc->nhc_gw.ipv4, &addr);
	hops_add(hops, &addr, weight, nhid);
}

static int cmp_gw(const void *a, const void *b)
{
	const struct ipv6tun_fib_gw *x = a, *y = b;

	return memcmp(&x->addr, &y->addr, sizeof(x->addr));
}

/*
 * Sort by address, and count an address once with its larger weight, so that
 * the order in which a routing daemon names the next hops makes no difference.
 */
static void hops_normalise(struct hops *hops)
{
	unsigned int i, n = 0;

	sort(hops->gw, hops->n, sizeof(hops->gw[0]), cmp_gw, NULL);
	for (i = 0; i < hops->n; i++) {
		if (n && !cmp_gw(&hops->gw[n - 1], &hops->gw[i]))
			hops->gw[n - 1].weight = max(hops->gw[n - 1].weight,
						     hops->gw[i].weight);
		else
			hops->gw[n++] = hops->gw[i];
	}
	hops->n = n;
}

static bool hops_equal(const struct hops *a, const struct hops *b)
{
	return a->n == b->n &&
	       !memcmp(a->gw, b->gw, flex_array_size(a, gw, a->n));
}

static bool hops_have(const struct hops *hops, const struct in6_addr *addr)
{
	unsigned int low = 0, high = hops->n;

	while (low < high) {
		unsigned int mid = low + (high - low) / 2;
		int ret = memcmp(addr, &hops->gw[mid].addr, sizeof(*addr));

		if (!ret)
			return true;
		if (ret < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return false;
}

/* The next hops of a nexthop object that use the device. RCU or RTNL. */
static struct hops *hops_of_nexthop(const struct ipv6tun_fib *fib,
				    const struct nexthop *nh)
{
	const struct nh_group *group;
	const struct nh_info *info;
	struct hops *hops;
	unsigned int i;

	if (!nh->is_group) {
		info = rcu_dereference_rtnl(nh->nh_info);
		hops = hops_alloc(1, GFP_ATOMIC);
		if (hops && !info->reject_nh && !info->fdb_nh)
			hops_add_nhc(hops, fib, &info->fib_nhc, 1, nh->id);
		return hops;
	}

	group = rcu_dereference_rtnl(nh->nh_grp);
	hops = hops_alloc(group->num_nh, GFP_ATOMIC);
	if (!hops || group->fdb_nh)
		return hops;
	for (i = 0; i < group->num_nh; i++) {
		const struct nh_grp_entry *entry = &group->nh_entries[i];

		info = rcu_dereference_rtnl(entry->nh->nh_info);
		if (!info->reject_nh)
			hops_add_nhc(hops, fib, &info->fib_nhc, entry->weight,
				     entry->nh->id);
	}
	hops_normalise(hops);
	return hops;
}

/* ---- path sets ---- */

/*
 * Free a path set that was just unpublished. The one the build work is busy
 * with becomes the work's to free.
 */
static void drop_paths(struct ipv6tun_fib *fib, struct ipv6tun_pathset *paths)
{
	lockdep_assert_held(&fib->lock);

	if (!paths)
		return;
	if (paths == fib->building)
		fib->orphaned = true;
	else
		ipv6tun_pathset_free_rcu(paths);
}

static bool paths_equal(const struct ipv6tun_pathset *a,
			const struct ipv6tun_pathset *b)
{
	unsigned int i;

	if (!a || !b)
		return a == b;
	if (a->n != b->n || a->seed != b->seed)
		return false;
	for (i = 0; i < a->n; i++)
		if (a->member[i].id != b->member[i].id ||
		    a->member[i].weight != b->member[i].weight)
			return false;
	return true;
}

/*
 * Publish @new at @slot unless the same is there already: a packet must not
 * lose the bucket table for nothing. True if it was published.
 */
static bool publish_paths(struct ipv6tun_fib *fib,
			  struct ipv6tun_pathset __rcu **slot,
			  struct ipv6tun_pathset *new)
{
	struct ipv6tun_pathset *old = fib_dereference(fib, *slot);

	if (paths_equal(old, new)) {
		ipv6tun_pathset_free(new);
		return false;
	}
	rcu_assign_pointer(*slot, new);
	drop_paths(fib, old);
	return true;
}

static void set_give_up_table(struct ipv6tun_fib *fib, struct fib_set *set)
{
	if (!set->table)
		return;
	set->table = false;
	/* Another set may have waited for it. */
	if (fib->n_tables-- == IPV6TUN_FIB_TABLES_MAX)
		queue_delayed_work(system_unbound_wq, &fib->build, 0);
}

static void set_publish(struct ipv6tun_fib *fib, struct fib_set *set,
			struct ipv6tun_pathset *paths)
{
	if (!publish_paths(fib, &set->paths, paths))
		return;
	if (paths && paths->n > 1)
		queue_delayed_work(system_unbound_wq, &fib->build, 0);
	else
		set_give_up_table(fib, set);
}

static void no_memory(struct ipv6tun_fib *fib)
{
	fib->nomem++;
	if (fib->fnet)
		queue_delayed_work(system_wq, &fib->fnet->sync, SYNC_DELAY_MIN);
}

/*
 * A next hop's share is its own weight times the path's, brought back into the
 * range of weights when that leaves it.
 */
static void scale_weights(struct ipv6tun_member *member, unsigned int n)
{
	u32 most = 0;
	unsigned int i;

	for (i = 0; i < n; i++)
		most = max(most, member[i].weight);
	if (most <= IPV6TUN_WEIGHT_MAX)
		return;
	for (i = 0; i < n; i++)
		member[i].weight = max_t(u32, 1,
					 mul_u64_u32_div(member[i].weight,
							 IPV6TUN_WEIGHT_MAX,
							 most));
}

/* Find out which paths the next hops of @set are. RCU or RTNL. */
static void set_resolve(struct ipv6tun_fib *fib, struct fib_set *set)
{
	struct hops *hops = fib_dereference(fib, set->hops);
	struct ipv6tun_member few[FEW], *member = few;
	struct ipv6tun_pathset *paths = NULL;
	unsigned int i, n = 0;

	set->unresolved = false;
	if (READ_ONCE(set->all) || !hops->n)
		goto out;

	if (hops->n > FEW) {
		member = kmalloc_array(hops->n, sizeof(*member),
				       GFP_ATOMIC | __GFP_NOWARN);
		if (!member)
			goto nomem;
	}
	for (i = 0; i < hops->n; i++) {
		u16 id = ipv6tun_paths_peer(fib->paths, &hops->gw[i].addr);
		u32 weight = id ? ipv6tun_paths_weight(fib->paths, id) : 0;

		if (!weight)
			continue;
		member[n].id = id;
		member[n].weight = weight * min(hops->gw[i].weight, 65536U);
		n++;
	}
	if (n) {
		scale_weights(member, n);
		paths = ipv6tun_pathset_alloc(member, n, fib->seed,
					      GFP_ATOMIC | __GFP_NOWARN);
		if (!paths)
			goto nomem;
	}
	if (member != few)
		kfree(member);
out:
	set_publish(fib, set, paths);
	return;

nomem:
	if (member != few)
		kfree(member);
	/* Unknown is safe, the old set would not be. */
	set->unresolved = true;
	set_publish(fib, set, NULL);
	fib->nomem++;
	queue_delayed_work(system_unbound_wq, &fib->build, SYNC_DELAY_MIN);
}

/* ---- sets ---- */

static u32 hash_hops(const struct hops *hops)
{
	return jhash2((const u32 *)hops->gw,
		      flex_array_size(hops, gw, hops->n) / sizeof(u32), 0);
}

/* Takes over @hops, which may be NULL: then the set's content is unknown. */
static void set_hops(struct ipv6tun_fib *fib, struct fib_set *set,
		     struct hops *hops)
{
	struct hops *old = fib_dereference(fib, set->hops);
	bool all;

	set->valid = hops;
	if (hops && old && hops_equal(hops, old)) {
		kfree(hops);
		return;
	}
	/* The addresses are sorted, :: is the first. */
	all = hops && hops->n && ipv6_addr_any(&hops->gw[0].addr);
	WRITE_ONCE(set->all, all);
	rcu_assign_pointer(set->hops, hops);
	if (old)
		kfree_rcu(old, rcu);
	if (hops)
		set_resolve(fib, set);
	else
		set_publish(fib, set, NULL);
}

static void set_free(struct ipv6tun_fib *fib, struct fib_set *set)
{
	struct hops *hops = fib_dereference(fib, set->hops);

	hash_del(&set->node);
	list_del(&set->idle);
	fib->n_sets--;
	if (set->nhid)
		fib->n_nhsets--;
	set_give_up_table(fib, set);
	drop_paths(fib, fib_dereference(fib, set->paths));
	if (hops)
		kfree_rcu(hops, rcu);
	kfree_rcu(set, rcu);
}

static void set_put(struct ipv6tun_fib *fib, struct fib_set *set)
{
	if (--set->refs)
		return;
	set->idle_since = jiffies;
	list_add_tail(&set->idle, &fib->idle);
	queue_delayed_work(system_wq, &fib->reap, SET_IDLE);
}

static struct fib_set *set_get(struct fib_set *set)
{
	if (!set->refs++)
		list_del_init(&set->idle);
	return set;
}

/* Takes over @hops. A new set has no user yet and so starts out idle. */
static struct fib_set *set_add(struct ipv6tun_fib *fib, u32 hash, u32 nhid,
			       struct hops *hops)
{
	struct fib_set *set;

	set = kzalloc(sizeof(*set), GFP_ATOMIC | __GFP_NOWARN);
	if (!set) {
		kfree(hops);
		return NULL;
	}
	set->hash = hash;
	set->nhid = nhid;
	INIT_LIST_HEAD(&set->idle);
	hash_add(fib->sets, &set->node, hash);
	fib->n_sets++;
	if (nhid)
		fib->n_nhsets++;
	set_hops(fib, set, hops);
	return set;
}

/* Strong reference on the set with just these next hops. Takes over @hops. */
static struct fib_set *set_by_hops(struct ipv6tun_fib *fib, struct hops *hops)
{
	u32 hash = hash_hops(hops);
	struct fib_set *set;

	hash_for_each_possible(fib->sets, set, node, hash) {
		if (set->hash != hash || set->nhid ||
		    !hops_equal(fib_dereference(fib, set->hops), hops))
			continue;
		kfree(hops);
		return set_get(set);
	}
	set = set_add(fib, hash, 0, hops);
	return set ? set_get(set) : NULL;
}

static struct fib_set *nhset_find(struct ipv6tun_fib *fib, u32 nhid)
{
	struct fib_set *set;

	hash_for_each_possible(fib->sets, set, node, nhid)
		if (set->nhid == nhid)
			return set;
	return NULL;
}

/* Strong reference on the set of a nexthop object. RCU or RTNL. */
static struct fib_set *set_by_nexthop(struct ipv6tun_fib *fib,
				      const struct nexthop *nh)
{
	struct fib_set *set = nhset_find(fib, nh->id);
	struct hops *hops;

	if (set && set->valid)
		return set_get(set);

	hops = hops_of_nexthop(fib, nh);
	if (!hops)
		return NULL;
	/*
	 * Without RTNL the object may be about to be replaced, with the event
	 * for it already over.
	 */
	queue_delayed_work(system_wq, &fib->reread, HZ / 100);
	if (set) {
		set_hops(fib, set, hops);
		return set_get(set);
	}
	set = set_add(fib, nh->id, nh->id, hops);
	return set ? set_get(set) : NULL;
}

/* ---- events ---- */

/*
 * The next hops of @key are now those of @set, whose reference is taken over;
 * NULL if memory was missing.
 */
static void apply(struct ipv6tun_fib *fib, const struct ipv6tun_fib_match *key,
		  struct fib_set *set, const struct fib_info *fi, bool fill)
{
	struct fib_route *route = route_find(fib, key);

	if (fill && route && rcu_access_pointer(route->set)) {
		/* Known, and the event it came by is newer than a replay. */
		if (set)
			set_put(fib, set);
		return;
	}
	if (!route)
		route = route_add(fib, key);
	if (!route) {
		if (set)
			set_put(fib, set);
		no_memory(fib);
		return;
	}
	route->filled = fill;
	route_set(fib, route, set, fi);
	if (!set)
		no_memory(fib);
}

static void forget(struct ipv6tun_fib *fib, const struct ipv6tun_fib_match *key,
		   bool fill)
{
	struct fib_route *route = route_find(fib, key);

	if (route && !fill)
		route_forget(fib, route);
}

static bool nexthop_uses(const struct ipv6tun_fib *fib,
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

static void apply_nexthop(struct ipv6tun_fib *fib,
			  const struct ipv6tun_fib_match *key,
			  const struct nexthop *nh, const struct fib_info *fi,
			  bool fill)
{
	if (nexthop_uses(fib, nh))
		apply(fib, key, set_by_nexthop(fib, nh), fi, fill);
	else
		forget(fib, key, fill);
}

/* Takes over @hops. */
static void apply_hops(struct ipv6tun_fib *fib,
		       const struct ipv6tun_fib_match *key, struct hops *hops,
		       const struct fib_info *fi, bool fill)
{
	if (hops && !hops->n) {
		kfree(hops);
		forget(fib, key, fill);
		return;
	}
	if (hops)
		hops_normalise(hops);
	apply(fib, key, hops ? set_by_hops(fib, hops) : NULL, fi, fill);
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

static void replace6(struct ipv6tun_fib *fib,
		     const struct ipv6tun_fib_match *key,
		     const struct fib6_info *rt, bool fill)
{
	const struct fib6_info *sibling;
	struct hops *hops;

	if (rt->fib6_type != RTN_UNICAST) {
		forget(fib, key, fill);
		return;
	}
	if (rt->nh) {
		apply_nexthop(fib, key, rt->nh, NULL, fill);
		return;
	}

	hops = hops_alloc(1 + READ_ONCE(rt->fib6_nsiblings), GFP_ATOMIC);
	if (hops) {
		hops_add_nhc(hops, fib, &rt->fib6_nh->nh_common,
			     rt->fib6_nh->fib_nh_weight, 0);
		if (hops->room > 1)
			list_for_each_entry_rcu(sibling, &rt->fib6_siblings,
						fib6_siblings)
				hops_add_nhc(hops, fib,
					     &sibling->fib6_nh->nh_common,
					     sibling->fib6_nh->fib_nh_weight,
					     0);
	}
	apply_hops(fib, key, hops, NULL, fill);
}

/* One of the next hops of a route is gone, and @rt is unlinked from the rest */
static void shrink6(struct ipv6tun_fib *fib, struct fib_route *route,
		    const struct fib6_info *rt)
{
	struct fib_set *set = fib_dereference(fib, route->set);
	const struct fib_nh_common *nhc = &rt->fib6_nh->nh_common;
	struct in6_addr addr = {};
	struct hops *hops, *old;
	unsigned int i;

	/* Never a next hop of ours */
	if (nhc->nhc_dev != fib->dev)
		return;
	if (!set || set->nhid) {
		/* What is left is not known: stale, or events were missed. */
		route_forget(fib, route);
		no_memory(fib);
		return;
	}

	if (nhc->nhc_gw_family == AF_INET6)
		addr = nhc->nhc_gw.ipv6;
	old = fib_dereference(fib, set->hops);
	if (!hops_have(old, &addr) || old->n == 1) {
		/*
		 * The last one; or one of a route that is being made without
		 * RTNL and whose event is still to come.
		 */
		route_forget(fib, route);
		return;
	}
	hops = hops_alloc(old->n - 1, GFP_ATOMIC);
	if (!hops) {
		route_forget(fib, route);
		no_memory(fib);
		return;
	}
	for (i = 0; i < old->n; i++)
		if (!ipv6_addr_equal(&old->gw[i].addr, &addr))
			hops->gw[hops->n++] = old->gw[i];
	set = set_by_hops(fib, hops);
	if (!set) {
		route_forget(fib, route);
		no_memory(fib);
		return;
	}
	route_set(fib, route, set, NULL);
}

static void fib6_event(struct ipv6tun_fib *fib, unsigned long event,
		       const struct fib6_entry_notifier_info *info, bool fill)
{
	const struct fib6_info *rt = info->rt;
	struct ipv6tun_fib_match key;
	struct fib_route *route;
	/* A holder of tb6_lock has BH disabled. */
	bool table_locked = softirq_count();

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
		 * The final event of a multipath route comes without tb6_lock,
		 * and on newer kernels without RTNL: meanwhile the route may
		 * be gone again (fib6_node is set while a route is linked).
		 * Then the event of what replaced it counts. Under the lock
		 * fib6_node tells nothing: a route is notified before it is
		 * linked.
		 */
		if (table_locked || rcu_access_pointer(rt->fib6_node))
			replace6(fib, &key, rt, fill);
		break;
	case FIB_EVENT_ENTRY_DEL:
		route = route_find(fib, &key);
		if (!route)
			break;
		route->filled = false;
		if (info->nsiblings || rt->nh)
			route_forget(fib, route);
		else
			shrink6(fib, route, rt);
		break;
	}
	spin_unlock_bh(&fib->lock);
}

static void replace4(struct ipv6tun_fib *fib,
		     const struct ipv6tun_fib_match *key,
		     const struct fib_info *fi, u8 type, bool fill)
{
	struct hops *hops;
	int i;

	if (type != RTN_UNICAST) {
		forget(fib, key, fill);
		return;
	}
	if (fi->nh) {
		apply_nexthop(fib, key, fi->nh, fi, fill);
		return;
	}
	hops = hops_alloc(fi->fib_nhs, GFP_ATOMIC);
	if (hops)
		for (i = 0; i < fi->fib_nhs; i++) {
			const struct fib_nh_common *nhc;

			nhc = &fi->fib_nh[i].nh_common;
			hops_add_nhc(hops, fib, nhc, nhc->nhc_weight, 0);
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

/* ---- nexthop objects ---- */

static void single_gw(const struct nh_notifier_single_info *info,
		      struct in6_addr *addr)
{
	*addr = in6addr_any;
	if (info->gw_family == AF_INET6)
		*addr = info->ipv6;
	else if (info->gw_family == AF_INET)
		ipv6_addr_set_v4mapped(info->ipv4, addr);
}

static void hops_add_single(struct hops *hops, const struct ipv6tun_fib *fib,
			    const struct nh_notifier_single_info *info,
			    u32 weight)
{
	struct in6_addr addr;

	if (info->dev != fib->dev || info->is_reject || info->is_fdb)
		return;
	single_gw(info, &addr);
	hops_add(hops, &addr, weight, info->id);
}

/*
 * The next hops a nexthop object has after the event. NULL without memory, or
 * if the event does not tell.
 */
static struct hops *hops_of_info(const struct ipv6tun_fib *fib,
				 const struct nh_notifier_info *info)
{
	struct hops *hops;
	unsigned int i;

	switch (info->type) {
	case NH_NOTIFIER_INFO_TYPE_SINGLE:
		hops = hops_alloc(1, GFP_ATOMIC);
		if (hops)
			hops_add_single(hops, fib, info->nh, 1);
		return hops;
	case NH_NOTIFIER_INFO_TYPE_GRP:
		hops = hops_alloc(info->nh_grp->num_nh, GFP_ATOMIC);
		if (!hops || info->nh_grp->is_fdb)
			return hops;
		for (i = 0; i < info->nh_grp->num_nh; i++)
			hops_add_single(hops, fib,
					&info->nh_grp->nh_entries[i].nh,
					info->nh_grp->nh_entries[i].weight);
		hops_normalise(hops);
		return hops;
	default:
		return NULL;
	}
}

/*
 * Nexthop @nhid is now @info, or gone (NULL): correct the group @set, if it
 * has it. A group that has gained a next hop of ours by that is read again.
 */
static void group_update(struct ipv6tun_fib *fib, struct fib_set *set, u32 nhid,
			 const struct nh_notifier_single_info *info)
{
	struct hops *old = fib_dereference(fib, set->hops), *hops;
	u32 weight = 0;
	unsigned int i;

	for (i = 0; old && i < old->n; i++)
		if (old->gw[i].nhid == nhid)
			weight = old->gw[i].weight;
	if (!weight)
		return;

	hops = hops_alloc(old->n, GFP_ATOMIC);
	if (hops) {
		for (i = 0; i < old->n; i++)
			if (old->gw[i].nhid != nhid)
				hops->gw[hops->n++] = old->gw[i];
		if (info)
			hops_add_single(hops, fib, info, weight);
		hops_normalise(hops);
	}
	set_hops(fib, set, hops);
}

/*
 * Called before the change for objects themselves, after it for the groups of
 * a changed object: the objects are not looked at, what the event says counts.
 */
static void nexthop_event(struct ipv6tun_fib *fib, unsigned long event,
			  const struct nh_notifier_info *info)
{
	const struct nh_notifier_single_info *single = NULL;
	bool gone = event == NEXTHOP_EVENT_DEL;
	struct fib_set *set;
	struct hops *hops;
	int bucket;

	if (info->type == NH_NOTIFIER_INFO_TYPE_SINGLE && !gone)
		single = info->nh;

	spin_lock_bh(&fib->lock);
	hops = gone ? NULL : hops_of_info(fib, info);
	set = nhset_find(fib, info->id);
	if (set) {
		set_hops(fib, set, hops);
	} else {
		/*
		 * An object in use has come to lead here: its routes were not
		 * ours before, and no FIB event tells that they are now.
		 */
		const struct nexthop *nh;

		nh = hops && hops->n ? nexthop_find_by_id(info->net, info->id) :
				       NULL;
		if (nh && (!list_empty(&nh->fi_list) ||
			   !list_empty(&nh->f6i_list) ||
			   (!nh->is_group && !list_empty(&nh->grp_list))))
			queue_delayed_work(system_wq, &fib->fnet->sync, 0);
		kfree(hops);
	}
	if (fib->n_nhsets) {
		if (info->type == NH_NOTIFIER_INFO_TYPE_SINGLE)
			hash_for_each(fib->sets, bucket, set, node)
				if (set->nhid && set->nhid != info->id)
					group_update(fib, set, info->id,
						     single);
		queue_delayed_work(system_wq, &fib->reread, HZ / 100);
	}
	spin_unlock_bh(&fib->lock);
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
		nexthop_event(fib, event, ptr);
	return NOTIFY_DONE;
}

/*
 * What events could not tell for certain is read from the objects. RTNL is
 * tried only: who holds it may be waiting for this work in ipv6tun_fib_stop().
 */
static void reread_work(struct work_struct *work)
{
	struct ipv6tun_fib *fib = container_of(to_delayed_work(work),
					       struct ipv6tun_fib, reread);
	struct fib_set *set;
	bool again = false;
	int bucket;

	if (!rtnl_trylock()) {
		queue_delayed_work(system_wq, &fib->reread, HZ / 100);
		return;
	}
	rcu_read_lock();
	spin_lock_bh(&fib->lock);
	hash_for_each(fib->sets, bucket, set, node) {
		const struct nexthop *nh;
		struct hops *hops;

		if (!set->nhid)
			continue;
		nh = nexthop_find_by_id(dev_net(fib->dev), set->nhid);
		hops = nh ? hops_of_nexthop(fib, nh) : NULL;
		if (nh && !hops)
			again = true;
		set_hops(fib, set, hops);
	}
	if (again) {
		fib->nomem++;
		queue_delayed_work(system_wq, &fib->reread, SYNC_DELAY_MIN);
	}
	spin_unlock_bh(&fib->lock);
	rcu_read_unlock();
	rtnl_unlock();
}

/* ---- works ---- */

/* A path set that wants its table, now owned by the build work. */
static struct ipv6tun_pathset *claim_unbuilt(struct ipv6tun_fib *fib)
{
	struct ipv6tun_pathset *paths;
	struct fib_set *set;
	int bucket;

	paths = fib_dereference(fib, fib->all);
	if (paths && paths->n > 1 && !READ_ONCE(paths->buckets))
		goto found;

	hash_for_each(fib->sets, bucket, set, node) {
		if (set->unresolved)
			set_resolve(fib, set);
		paths = fib_dereference(fib, set->paths);
		if (!set->refs || !paths || paths->n < 2 ||
		    READ_ONCE(paths->buckets))
			continue;
		if (!set->table) {
			if (fib->n_tables >= IPV6TUN_FIB_TABLES_MAX)
				continue;
			set->table = true;
			fib->n_tables++;
		}
		goto found;
	}
	return NULL;
found:
	fib->building = paths;
	return paths;
}

static void build_work(struct work_struct *work)
{
	struct ipv6tun_fib *fib = container_of(to_delayed_work(work),
					       struct ipv6tun_fib, build);
	struct ipv6tun_pathset *paths;
	int err;

	do {
		rcu_read_lock();
		spin_lock_bh(&fib->lock);
		paths = claim_unbuilt(fib);
		spin_unlock_bh(&fib->lock);
		rcu_read_unlock();
		if (!paths)
			return;

		err = ipv6tun_pathset_build(paths);

		spin_lock_bh(&fib->lock);
		fib->building = NULL;
		if (fib->orphaned)
			ipv6tun_pathset_free_rcu(paths);
		fib->orphaned = false;
		if (err)
			fib->nomem++;
		spin_unlock_bh(&fib->lock);
	} while (!err);
	queue_delayed_work(system_unbound_wq, &fib->build, SYNC_DELAY_MIN);
}

static void reap_work(struct work_struct *work)
{
	struct ipv6tun_fib *fib = container_of(to_delayed_work(work),
					       struct ipv6tun_fib, reap);
	struct fib_set *set, *next;

	spin_lock_bh(&fib->lock);
	list_for_each_entry_safe(set, next, &fib->idle, idle) {
		unsigned long end = set->idle_since + SET_IDLE;

		if (time_before(jiffies, end)) {
			queue_delayed_work(system_wq, &fib->reap,
					   end - jiffies);
			break;
		}
		set_free(fib, set);
	}
	spin_unlock_bh(&fib->lock);
}

/* Forget all routes, or those a repair under way has brought. */
static void forget_routes(struct ipv6tun_fib *fib, bool filled_only)
{
	struct ipv6tun_fib_match key = {};
	struct fib_route *route;
	unsigned int batch;

	do {
		spin_lock_bh(&fib->lock);
		for (batch = 0; batch < WALK_BATCH; batch++) {
			route = route_after(fib, &key);
			if (!route)
				break;
			key = route->key;
			if (!filled_only || route->filled)
				route_forget(fib, route);
		}
		spin_unlock_bh(&fib->lock);
	} while (route);
}

static void filled_is_known(struct ipv6tun_fib *fib)
{
	struct ipv6tun_fib_match key = {};
	struct fib_route *route;
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

/* The FIB changed during the replay, which will be repeated: start afresh. */
static void fib_nb_again(struct notifier_block *nb)
{
	struct ipv6tun_fib_net *fnet = container_of(nb, struct ipv6tun_fib_net,
						    fib_nb);
	struct ipv6tun_fib *fib;

	rcu_read_lock();
	list_for_each_entry_rcu(fib, &fnet->fibs, node)
		forget_routes(fib, false);
	rcu_read_unlock();
}

static void fill_nb_again(struct notifier_block *nb)
{
	struct ipv6tun_fib_net *fnet = container_of(nb, struct ipv6tun_fib_net,
						    fill_nb);
	struct ipv6tun_fib *fib;

	rcu_read_lock();
	list_for_each_entry_rcu(fib, &fnet->fibs, node)
		forget_routes(fib, true);
	rcu_read_unlock();
}

static int repair(struct ipv6tun_fib_net *fnet)
{
	struct ipv6tun_fib *fib;
	int err;

	err = register_fib_notifier(fnet->net, &fnet->fill_nb, fill_nb_again,
				    NULL);
	if (err)
		return err;
	unregister_fib_notifier(fnet->net, &fnet->fill_nb);

	rcu_read_lock();
	list_for_each_entry_rcu(fib, &fnet->fibs, node)
		filled_is_known(fib);
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
	queue_delayed_work(system_wq, &fnet->sync, fnet->delay);
	fnet->delay = min_t(unsigned long, 2 * fnet->delay, SYNC_DELAY_MAX);
}

/* ---- data path ---- */

static const struct ipv6tun_pathset *
set_paths(const struct ipv6tun_fib *fib, const struct fib_set *set)
{
	if (unlikely(READ_ONCE(set->all)))
		return ipv6tun_fib_all(fib);
	return rcu_dereference(set->paths);
}

static const struct fib_route *
lookup(const struct ipv6tun_fib *fib, const struct ipv6tun_fib_match *key,
       struct ipv6tun_fib_match *match)
{
	const struct fib_route *route;

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
	const struct fib_route *route;
	const struct fib6_info *from;
	const struct fib_set *set;

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

	route = lookup(fib, &key, match);
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
	const struct fib_route *route;
	const struct fib_set *set;
	const struct hops *hops;
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

	route = lookup(fib, &key, NULL);
	/* Acquire: the set belongs to the fib_info, or to a later one. */
	if (!route || smp_load_acquire(&route->fi) != res.fi)
		return NULL;
	set = rcu_dereference(route->set);
	if (!set)
		return NULL;
	/* Not the packet's route unless it has the packet's next hop. */
	hops = rcu_dereference(set->hops);
	if (!hops || !hops_have(hops, gw))
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

/* ---- control ---- */

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
	struct fib_route *route;
	unsigned int batch;
	int ret = 0;

	do {
		spin_lock_bh(&fib->lock);
		rcu_read_lock();
		for (batch = 0; batch < WALK_BATCH; batch++) {
			struct fib_set *set;
			struct hops *hops;

			route = route_after(fib, cursor);
			if (!route)
				break;
			set = fib_dereference(fib, route->set);
			hops = set ? fib_dereference(fib, set->hops) : NULL;
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
	ASSERT_RTNL();

	memset(counts, 0, sizeof(*counts));
	spin_lock_bh(&fib->lock);
	counts->routes = fib->n_routes4 + fib->n_routes6;
	counts->stale = fib->n_stale;
	counts->sets = fib->n_sets;
	counts->tables = fib->n_tables;
	counts->nomem = fib->nomem;
	spin_unlock_bh(&fib->lock);
	if (fib->fnet)
		counts->resyncs = READ_ONCE(fib->fnet->resyncs);
}

static int resolve_all(struct ipv6tun_fib *fib)
{
	const struct ipv6tun_paths *paths = fib->paths;
	struct ipv6tun_pathset *set = NULL;
	struct ipv6tun_member *member;
	unsigned int n = 0;
	u16 id;

	if (paths->n) {
		member = kvmalloc_array(paths->n, sizeof(*member), GFP_KERNEL);
		if (!member)
			return -ENOMEM;
		for (id = 1; id <= IPV6TUN_PATH_MAX && n < paths->n; id++) {
			member[n].id = id;
			member[n].weight = ipv6tun_paths_weight(paths, id);
			if (member[n].weight)
				n++;
		}
		if (n)
			set = ipv6tun_pathset_alloc(member, n, fib->seed,
						    GFP_KERNEL);
		kvfree(member);
		if (n && !set)
			return -ENOMEM;
	}

	spin_lock_bh(&fib->lock);
	if (publish_paths(fib, &fib->all, set) && n > 1)
		queue_delayed_work(system_unbound_wq, &fib->build, 0);
	spin_unlock_bh(&fib->lock);
	return 0;
}

/**
 * ipv6tun_fib_resolve() - take over a change of the paths
 * @fib: the tracker
 * @seed: the device's seed
 *
 * To be called after paths, their inside peers or weights, or the seed have
 * changed. Sets the change does not concern stay as they are.
 *
 * Context: process, RTNL.
 * Return: 0, or -ENOMEM: the set of all paths is the old one, the sets of
 *	   routes are right or unknown.
 */
int ipv6tun_fib_resolve(struct ipv6tun_fib *fib, u32 seed)
{
	struct fib_set *set;
	unsigned int i;

	ASSERT_RTNL();

	spin_lock_bh(&fib->lock);
	fib->seed = seed;
	spin_unlock_bh(&fib->lock);

	/*
	 * A set added behind the loop is resolved from the new paths already:
	 * they were changed before this was called.
	 */
	for (i = 0; i < HASH_SIZE(fib->sets); i++) {
		rcu_read_lock();
		spin_lock_bh(&fib->lock);
		hlist_for_each_entry(set, &fib->sets[i], node)
			if (rcu_access_pointer(set->hops))
				set_resolve(fib, set);
		spin_unlock_bh(&fib->lock);
		rcu_read_unlock();
		cond_resched();
	}
	return resolve_all(fib);
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
	spin_lock_init(&fib->lock);
	hash_init(fib->sets);
	INIT_LIST_HEAD(&fib->node);
	INIT_LIST_HEAD(&fib->idle);
	INIT_DELAYED_WORK(&fib->build, build_work);
	INIT_DELAYED_WORK(&fib->reap, reap_work);
	INIT_DELAYED_WORK(&fib->reread, reread_work);
	return rhashtable_init(&fib->routes, &route_params);
}

/**
 * ipv6tun_fib_destroy() - free a tracker
 * @fib: the tracker, stopped, and no longer reached by any packet
 *
 * Context: process.
 */
void ipv6tun_fib_destroy(struct ipv6tun_fib *fib)
{
	WARN_ON_ONCE(fib->fnet);

	cancel_delayed_work_sync(&fib->build);
	ipv6tun_pathset_free_rcu(rcu_dereference_protected(fib->all, true));
	RCU_INIT_POINTER(fib->all, NULL);
	rhashtable_destroy(&fib->routes);
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
	queue_delayed_work(system_unbound_wq, &fib->build, 0);
}

/**
 * ipv6tun_fib_stop() - detach a tracker and forget all routes
 * @fib: the tracker; stopped already is no error
 *
 * Context: process, RTNL. Sleeps.
 */
void ipv6tun_fib_stop(struct ipv6tun_fib *fib)
{
	struct fib_set *set;
	struct hlist_node *next;
	int bucket;

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
	forget_routes(fib, false);
	cancel_delayed_work_sync(&fib->reap);
	cancel_delayed_work_sync(&fib->build);

	spin_lock_bh(&fib->lock);
	hash_for_each_safe(fib->sets, bucket, next, set, node)
		set_free(fib, set);
	spin_unlock_bh(&fib->lock);
	fib->fnet = NULL;
}

/* ---- namespaces ---- */

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
		queue_delayed_work(system_wq, &fnet->sync, fnet->delay);
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
