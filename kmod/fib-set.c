// SPDX-License-Identifier: GPL-2.0
/*
 * The FIB tracker's sets: next hops, and the paths they are.
 *
 * A path set is published at two kinds of places, &ipv6tun_fib.all and
 * &ipv6tun_fibset.paths, each of which holds a reference, under
 * &ipv6tun_fib.lock. Its bucket table is written in process context under
 * &ipv6tun_fib.tables_lock, while whoever writes it holds a reference too: by
 *   @build	missing tables; after ipv6tun_fib_paths_changed(), those there
 *   @settle	the buckets that wait for their owner, now and then
 *   ipv6tun_fib_path_returns()
 */
#include <linux/jhash.h>
#include <linux/math64.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <net/ip_fib.h>
#include <net/ipv6.h>

#include "compat/fib.h"
#include "fib.h"
#include "fib-priv.h"
#include "path.h"
#include "pathset.h"

/*
 * How long a set no route uses keeps its bucket table: routing daemons replace
 * A by B and B by A within seconds.
 */
#define SET_IDLE	(5 * HZ)
/*
 * How long changes of the paths' states are gathered: a lost underlay takes
 * many with it. Packets do not wait for it, nor does a return.
 */
#define CHANGES_DELAY	(HZ / 100)
/* Sets whose paths are resolved on the stack. */
#define FEW		16

/**
 * ipv6tun_hops_alloc() - make an empty list of next hops
 * @room: how many it can take
 * @gfp: how to allocate
 *
 * Return: the list, owned by the caller, or NULL without memory.
 */
struct ipv6tun_hops *ipv6tun_hops_alloc(unsigned int room, gfp_t gfp)
{
	struct ipv6tun_hops *hops;

	hops = kmalloc(struct_size(hops, gw, room), gfp | __GFP_NOWARN);
	if (!hops)
		return NULL;
	hops->room = room;
	hops->n = 0;
	return hops;
}

/**
 * ipv6tun_hops_add() - add a next hop
 * @hops: the list, not yet shared
 * @addr: gateway, IPv4 as v4-mapped, :: for none
 * @weight: its weight, 0 counts as 1
 * @nhid: nexthop object it comes from, or 0
 */
void ipv6tun_hops_add(struct ipv6tun_hops *hops, const struct in6_addr *addr,
		      u32 weight, u32 nhid)
{
	/* The route can have grown since it was measured: an event follows. */
	if (hops->n == hops->room)
		return;
	hops->gw[hops->n].addr = *addr;
	hops->gw[hops->n].weight = max(weight, 1U);
	hops->gw[hops->n].nhid = nhid;
	hops->n++;
}

static int cmp_gw(const void *a, const void *b)
{
	const struct ipv6tun_fib_gw *x = a, *y = b;

	return memcmp(&x->addr, &y->addr, sizeof(x->addr));
}

/**
 * ipv6tun_hops_normalise() - bring a list into its one form
 * @hops: the list, not yet shared
 *
 * Sort by address, and count an address once with its larger weight, so that
 * the order in which a routing daemon names the next hops makes no difference.
 */
void ipv6tun_hops_normalise(struct ipv6tun_hops *hops)
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

static bool hops_equal(const struct ipv6tun_hops *a,
		       const struct ipv6tun_hops *b)
{
	return a->n == b->n &&
	       !memcmp(a->gw, b->gw, flex_array_size(a, gw, a->n));
}

/**
 * ipv6tun_hops_have() - is this address a next hop?
 * @hops: the list, normalised
 * @addr: gateway, IPv4 as v4-mapped, :: for none
 *
 * Context: any; RCU for a shared list.
 * Return: whether it is.
 */
bool ipv6tun_hops_have(const struct ipv6tun_hops *hops,
		       const struct in6_addr *addr)
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

/**
 * ipv6tun_hops_add_nhc() - add a next hop of the FIB, if it is the device's
 * @hops: the list, not yet shared
 * @fib: tracker of the device
 * @nhc: the next hop
 * @weight: its weight
 * @nhid: nexthop object it comes from, or 0
 */
void ipv6tun_hops_add_nhc(struct ipv6tun_hops *hops,
			  const struct ipv6tun_fib *fib,
			  const struct fib_nh_common *nhc, u32 weight, u32 nhid)
{
	struct in6_addr addr = {};

	if (nhc->nhc_dev != fib->dev)
		return;
	if (nhc->nhc_gw_family == AF_INET6)
		addr = nhc->nhc_gw.ipv6;
	else if (nhc->nhc_gw_family == AF_INET)
		ipv6_addr_set_v4mapped(nhc->nhc_gw.ipv4, &addr);
	ipv6tun_hops_add(hops, &addr, weight, nhid);
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
 * lose the bucket table for nothing. True if it was published; in idle mode the
 * flows then stay where they are, if they can.
 */
static bool publish_paths(struct ipv6tun_fib *fib,
			  struct ipv6tun_pathset __rcu **slot,
			  struct ipv6tun_pathset *new)
{
	struct ipv6tun_pathset *old = ipv6tun_fib_dereference(fib, *slot);

	if (paths_equal(old, new)) {
		ipv6tun_pathset_put(new);
		return false;
	}
	if (new && fib->rule.mode == IPV6TUN_RETURN_MODE_IDLE)
		ipv6tun_pathset_follow(new, old);
	rcu_assign_pointer(*slot, new);
	ipv6tun_pathset_put(old);
	return true;
}

static void set_give_up_table(struct ipv6tun_fib *fib,
			      struct ipv6tun_fibset *set)
{
	if (!set->table)
		return;
	set->table = false;
	/* Another set may have waited for it. */
	if (fib->n_tables-- == IPV6TUN_FIB_TABLES_MAX)
		queue_delayed_work(compat_unbound_wq, &fib->build, 0);
}

/*
 * Building takes about 0.2 ms for each path. The wait is a little longer, so
 * that paths that are added one by one, or flap, cost no more than half a CPU.
 */
static void build_soon(struct ipv6tun_fib *fib,
		       const struct ipv6tun_pathset *paths)
{
	queue_delayed_work(compat_unbound_wq, &fib->build,
			   msecs_to_jiffies(paths->n / 4));
}

static void set_publish(struct ipv6tun_fib *fib, struct ipv6tun_fibset *set,
			struct ipv6tun_pathset *paths)
{
	if (!publish_paths(fib, &set->paths, paths))
		return;
	if (paths && paths->n > 1)
		build_soon(fib, paths);
	else
		set_give_up_table(fib, set);
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
static void set_resolve(struct ipv6tun_fib *fib, struct ipv6tun_fibset *set)
{
	struct ipv6tun_hops *hops = ipv6tun_fib_dereference(fib, set->hops);
	struct ipv6tun_member few[FEW], *member = few;
	struct ipv6tun_pathset *paths = NULL;
	unsigned int i, n = 0;

	set->unresolved = false;
	if (set->all || !hops || !hops->n)
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
	queue_delayed_work(compat_unbound_wq, &fib->build, IPV6TUN_FIB_RETRY);
}

static u32 hash_hops(const struct ipv6tun_hops *hops)
{
	return jhash2((const u32 *)hops->gw,
		      flex_array_size(hops, gw, hops->n) / sizeof(u32), 0);
}

/**
 * ipv6tun_fibset_change() - give a set other next hops
 * @fib: the tracker
 * @set: the set
 * @hops: the next hops, normalised; taken over. NULL: not known, and so the
 *	  routes of the set have none
 *
 * Context: &ipv6tun_fib.lock, and RCU or RTNL.
 */
void ipv6tun_fibset_change(struct ipv6tun_fib *fib, struct ipv6tun_fibset *set,
			   struct ipv6tun_hops *hops)
{
	struct ipv6tun_hops *old = ipv6tun_fib_dereference(fib, set->hops);
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
	set_resolve(fib, set);
}

static void set_free(struct ipv6tun_fib *fib, struct ipv6tun_fibset *set)
{
	struct ipv6tun_hops *hops = ipv6tun_fib_dereference(fib, set->hops);

	hash_del(&set->node);
	list_del(&set->idle);
	fib->n_sets--;
	if (set->nhid)
		fib->n_nhsets--;
	set_give_up_table(fib, set);
	ipv6tun_pathset_put(ipv6tun_fib_dereference(fib, set->paths));
	if (hops)
		kfree_rcu(hops, rcu);
	kfree_rcu(set, rcu);
}

/**
 * ipv6tun_fibset_follow() - let a set take over the flows of another
 * @fib: the tracker
 * @set: the set a route is about to be given
 * @old: the set the route has
 *
 * For idle mode: a routing daemon that takes a dead path out of a route, and
 * later puts it back, moves the route to another set. If the route is the first
 * to use @set, nobody has flows there, and those of @old stay where they are as
 * far as @set has their paths. Other routes that come later find @set in use,
 * and most of their flows where they were.
 *
 * Context: &ipv6tun_fib.lock.
 */
void ipv6tun_fibset_follow(struct ipv6tun_fib *fib, struct ipv6tun_fibset *set,
			   struct ipv6tun_fibset *old)
{
	struct ipv6tun_pathset *paths = ipv6tun_fib_dereference(fib, set->paths);
	struct ipv6tun_pathset *from, *new;

	if (fib->rule.mode != IPV6TUN_RETURN_MODE_IDLE || set->refs > 1 ||
	    set == old || set->all || !paths || paths->n < 2)
		return;
	from = ipv6tun_fib_dereference(fib, old->all ? fib->all : old->paths);
	if (!from)
		return;

	/* A new one: what @paths has of a table is of another time. */
	new = ipv6tun_pathset_alloc(paths->member, paths->n, paths->seed,
				    GFP_ATOMIC | __GFP_NOWARN);
	if (!new) {
		fib->nomem++;
		return;
	}
	ipv6tun_pathset_follow(new, from);
	rcu_assign_pointer(set->paths, new);
	ipv6tun_pathset_put(paths);
	build_soon(fib, new);
}

/**
 * ipv6tun_fibset_put() - let go of a set
 * @fib: the tracker
 * @set: the set; kept for a while after its last user is gone
 *
 * Context: &ipv6tun_fib.lock.
 */
void ipv6tun_fibset_put(struct ipv6tun_fib *fib, struct ipv6tun_fibset *set)
{
	if (--set->refs)
		return;
	set->idle_since = jiffies;
	list_add_tail(&set->idle, &fib->idle);
	schedule_delayed_work(&fib->reap, SET_IDLE);
}

/**
 * ipv6tun_fibset_get() - take a reference
 * @set: the set
 *
 * Context: &ipv6tun_fib.lock.
 * Return: @set.
 */
struct ipv6tun_fibset *ipv6tun_fibset_get(struct ipv6tun_fibset *set)
{
	if (!set->refs++)
		list_del_init(&set->idle);
	return set;
}

/* Takes over @hops. A new set has no user yet and so starts out idle. */
static struct ipv6tun_fibset *set_add(struct ipv6tun_fib *fib, u32 hash,
				      u32 nhid, struct ipv6tun_hops *hops)
{
	struct ipv6tun_fibset *set;

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
	ipv6tun_fibset_change(fib, set, hops);
	return set;
}

/**
 * ipv6tun_fibset_by_hops() - the set with just these next hops
 * @fib: the tracker
 * @hops: the next hops, normalised; taken over
 *
 * Context: &ipv6tun_fib.lock, and RCU or RTNL.
 * Return: a strong reference, or NULL without memory.
 */
struct ipv6tun_fibset *ipv6tun_fibset_by_hops(struct ipv6tun_fib *fib,
					      struct ipv6tun_hops *hops)
{
	u32 hash = hash_hops(hops);
	struct ipv6tun_fibset *set;

	hash_for_each_possible(fib->sets, set, node, hash) {
		if (set->hash != hash || set->nhid ||
		    !hops_equal(ipv6tun_fib_dereference(fib, set->hops), hops))
			continue;
		kfree(hops);
		return ipv6tun_fibset_get(set);
	}
	set = set_add(fib, hash, 0, hops);
	return set ? ipv6tun_fibset_get(set) : NULL;
}

/**
 * ipv6tun_fibset_by_nhid() - find the set of a nexthop object
 * @fib: the tracker
 * @nhid: the object
 *
 * Context: &ipv6tun_fib.lock.
 * Return: the set, borrowed, or NULL if there is none.
 */
struct ipv6tun_fibset *ipv6tun_fibset_by_nhid(struct ipv6tun_fib *fib,
					      u32 nhid)
{
	struct ipv6tun_fibset *set;

	hash_for_each_possible(fib->sets, set, node, nhid)
		if (set->nhid == nhid)
			return set;
	return NULL;
}

/**
 * ipv6tun_fibset_of_nhid() - the set of a nexthop object, with these next hops
 * @fib: the tracker
 * @nhid: the object
 * @hops: its next hops, normalised; taken over
 *
 * Context: &ipv6tun_fib.lock, and RCU or RTNL.
 * Return: a strong reference, or NULL without memory.
 */
struct ipv6tun_fibset *ipv6tun_fibset_of_nhid(struct ipv6tun_fib *fib, u32 nhid,
					      struct ipv6tun_hops *hops)
{
	struct ipv6tun_fibset *set = ipv6tun_fibset_by_nhid(fib, nhid);

	if (set)
		ipv6tun_fibset_change(fib, set, hops);
	else
		set = set_add(fib, nhid, nhid, hops);
	return set ? ipv6tun_fibset_get(set) : NULL;
}

/**
 * ipv6tun_fibsets_free() - free all sets
 * @fib: the tracker, which has no route any more
 *
 * Context: process.
 */
void ipv6tun_fibsets_free(struct ipv6tun_fib *fib)
{
	struct ipv6tun_fibset *set;
	struct hlist_node *next;
	int bucket;

	spin_lock_bh(&fib->lock);
	hash_for_each_safe(fib->sets, bucket, next, set, node)
		set_free(fib, set);
	spin_unlock_bh(&fib->lock);
}

/*
 * The set of all paths, NULL if there is none. RTNL, or RCU and &ipv6tun_fib.lock:
 * who changes paths meanwhile resolves them afterwards.
 */
static int make_all(const struct ipv6tun_fib *fib, gfp_t gfp,
		    struct ipv6tun_pathset **all)
{
	const struct ipv6tun_paths *paths = fib->paths;
	unsigned int n = 0, room = READ_ONCE(paths->n);
	struct ipv6tun_member *member;
	u16 id;

	*all = NULL;
	if (!room)
		return 0;
	/* What must not wait cannot be had from vmalloc(). */
	if (gfpflags_allow_blocking(gfp))
		member = kvmalloc_array(room, sizeof(*member), gfp);
	else
		member = kmalloc_array(room, sizeof(*member), gfp);
	if (!member)
		return -ENOMEM;
	for (id = 1; id <= IPV6TUN_PATH_MAX && n < room; id++) {
		member[n].id = id;
		member[n].weight = ipv6tun_paths_weight(paths, id);
		if (member[n].weight)
			n++;
	}
	if (n)
		*all = ipv6tun_pathset_alloc(member, n, fib->seed, gfp);
	kvfree(member);
	return n && !*all ? -ENOMEM : 0;
}

/* Publish what make_all() made, or have it tried again. */
static void publish_all(struct ipv6tun_fib *fib, struct ipv6tun_pathset *all,
			int err)
{
	lockdep_assert_held(&fib->lock);

	fib->unresolved = err;
	if (err) {
		fib->nomem++;
		queue_delayed_work(compat_unbound_wq, &fib->build,
				   IPV6TUN_FIB_RETRY);
		return;
	}
	if (publish_paths(fib, &fib->all, all) && all && all->n > 1)
		build_soon(fib, all);
}

/* What a work asks of a path set; under both locks. */
typedef bool (*wants_fn)(struct ipv6tun_fib *fib, struct ipv6tun_fibset *set,
			 struct ipv6tun_pathset *paths, u16 id);

/*
 * Does the build work have to do with @paths? @set is NULL for the set of all
 * paths.
 */
static bool wants_work(struct ipv6tun_fib *fib, struct ipv6tun_fibset *set,
		       struct ipv6tun_pathset *paths, u16 id)
{
	if (paths->n < 2)
		return false;
	if (paths->buckets)
		return paths->visited != fib->round;
	if (!set)
		return true;
	if (!set->refs)
		return false;
	if (!set->table) {
		if (fib->n_tables >= IPV6TUN_FIB_TABLES_MAX) {
			ipv6tun_pathset_leave(paths);
			return false;
		}
		set->table = true;
		fib->n_tables++;
	}
	return true;
}

/* Would path @id, when it returns, move flows of @paths? Asked once a tick. */
static bool wants_return(struct ipv6tun_fib *fib, struct ipv6tun_fibset *set,
			 struct ipv6tun_pathset *paths, u16 id)
{
	if (paths->ticked == fib->tick)
		return false;
	paths->ticked = fib->tick;
	return ipv6tun_pathset_dirty(paths, id, fib->paths->alive) &&
	       (paths->buckets || wants_work(fib, set, paths, id));
}

/* Does @paths have waiting buckets? Asked once a tick. */
static bool wants_tick(struct ipv6tun_fib *fib, struct ipv6tun_fibset *set,
		       struct ipv6tun_pathset *paths, u16 id)
{
	if (!paths->settling || paths->ticked == fib->tick)
		return false;
	paths->ticked = fib->tick;
	return true;
}

/*
 * A path set that @wants something, with a strong reference; the tracker may
 * change while its table is written. Copies the rules that apply to @rule.
 */
static struct ipv6tun_pathset *claim(struct ipv6tun_fib *fib, wants_fn wants,
				     u16 id, struct ipv6tun_return *rule)
{
	struct ipv6tun_pathset *paths, *found = NULL;
	struct ipv6tun_fibset *set;
	int bucket, err;

	lockdep_assert_held(&fib->tables_lock);

	rcu_read_lock();
	spin_lock_bh(&fib->lock);
	*rule = fib->rule;
	if (fib->unresolved) {
		err = make_all(fib, GFP_ATOMIC | __GFP_NOWARN, &paths);
		publish_all(fib, paths, err);
	}
	paths = ipv6tun_fib_dereference(fib, fib->all);
	if (paths && wants(fib, NULL, paths, id)) {
		found = ipv6tun_pathset_get(paths);
		goto out;
	}
	hash_for_each(fib->sets, bucket, set, node) {
		if (set->unresolved)
			set_resolve(fib, set);
		paths = ipv6tun_fib_dereference(fib, set->paths);
		if (paths && wants(fib, set, paths, id)) {
			found = ipv6tun_pathset_get(paths);
			goto out;
		}
	}
out:
	spin_unlock_bh(&fib->lock);
	rcu_read_unlock();
	return found;
}

/*
 * Build the table of @paths or bring it up to date. Consumes the reference. An
 * error means that memory is missing for the table.
 */
static int update(struct ipv6tun_fib *fib, struct ipv6tun_pathset *paths,
		  const struct ipv6tun_return *rule)
{
	const unsigned long *alive = fib->paths->alive;
	bool build = !paths->buckets;
	int err;

	if (build)
		err = ipv6tun_pathset_build(paths, alive, rule, jiffies);
	else
		err = ipv6tun_pathset_refresh(paths, alive, rule, jiffies);
	paths->visited = fib->round;
	if (paths->settling)
		queue_delayed_work(compat_unbound_wq, &fib->settle,
				   min_not_zero(rule->idle, rule->forced));

	spin_lock_bh(&fib->lock);
	if (build && !err)
		ipv6tun_pathset_leave(paths);
	if (err)
		fib->nomem++;
	spin_unlock_bh(&fib->lock);
	ipv6tun_pathset_put(paths);
	return build ? err : 0;
}

/**
 * ipv6tun_fib_build() - build bucket tables, bring them up to date
 * @work: &ipv6tun_fib.build
 *
 * Context: process.
 */
void ipv6tun_fib_build(struct work_struct *work)
{
	struct ipv6tun_fib *fib = container_of(to_delayed_work(work),
					       struct ipv6tun_fib, build);
	struct ipv6tun_pathset *paths;
	struct ipv6tun_return rule;
	int err = 0;

	mutex_lock(&fib->tables_lock);
	/* Full barrier: what is looked at below is the change, or later. */
	if (atomic_xchg(&fib->changed, 0))
		fib->round++;
	mutex_unlock(&fib->tables_lock);

	/* Set by set: a path that returns waits for one table at most. */
	do {
		mutex_lock(&fib->tables_lock);
		paths = claim(fib, wants_work, 0, &rule);
		if (paths)
			err = update(fib, paths, &rule);
		mutex_unlock(&fib->tables_lock);
	} while (paths && !err);
	if (err)
		queue_delayed_work(compat_unbound_wq, &fib->build,
				   IPV6TUN_FIB_RETRY);
}

/**
 * ipv6tun_fib_settle() - let buckets go to paths that have returned
 * @work: &ipv6tun_fib.settle
 *
 * Context: process.
 */
void ipv6tun_fib_settle(struct work_struct *work)
{
	struct ipv6tun_fib *fib = container_of(to_delayed_work(work),
					       struct ipv6tun_fib, settle);
	struct ipv6tun_pathset *paths;
	struct ipv6tun_return rule;
	u32 delay, next = 0;

	mutex_lock(&fib->tables_lock);
	fib->tick++;
	while ((paths = claim(fib, wants_tick, 0, &rule))) {
		if (ipv6tun_pathset_settle(paths, fib->paths->alive, &rule,
					   jiffies, &delay))
			next = next ? min(next, delay) : delay;
		ipv6tun_pathset_put(paths);
	}
	/* All that wait were asked: this replaces what update() queued. */
	if (next)
		mod_delayed_work(compat_unbound_wq, &fib->settle, next);
	mutex_unlock(&fib->tables_lock);
}

/**
 * ipv6tun_fib_path_returns() - a path is about to return
 * @fib: the tracker
 * @id: the path, whose bit in &ipv6tun_paths.alive is still clear
 *
 * To be called before the bit is set, after which ipv6tun_fib_paths_changed()
 * is due. In idle mode, writes into the tables where the flows of dead paths
 * have gone, so that setting the bit moves no flow. In immediate mode there is
 * nothing to do.
 *
 * A path that dies between this and the setting of the bit may have its flows
 * moved twice.
 *
 * Without memory for a table that is not built yet, or for settling, flows of
 * that set move with the return. It is counted.
 *
 * Context: process, sleeps, with or without RTNL. Waits for a table under
 *	    construction, at worst a second, with all paths in it. Calls for
 *	    one tracker may be made at the same time. Not after
 *	    ipv6tun_fib_destroy() began.
 */
void ipv6tun_fib_path_returns(struct ipv6tun_fib *fib, u16 id)
{
	struct ipv6tun_pathset *paths;
	struct ipv6tun_return rule;

	might_sleep();
	if (READ_ONCE(fib->rule.mode) != IPV6TUN_RETURN_MODE_IDLE)
		return;

	mutex_lock(&fib->tables_lock);
	fib->tick++;
	while ((paths = claim(fib, wants_return, id, &rule)))
		update(fib, paths, &rule);
	mutex_unlock(&fib->tables_lock);
}

/**
 * ipv6tun_fib_paths_changed() - paths have died or returned
 * @fib: the tracker
 *
 * To be called after bits of &ipv6tun_paths.alive have been changed. Packets
 * obey the bits without it. In idle mode the tables follow, and buckets whose
 * path has returned begin to wait for it; in immediate mode there is nothing to
 * do.
 *
 * Context: any; only queues a work. Not after ipv6tun_fib_destroy() began.
 */
void ipv6tun_fib_paths_changed(struct ipv6tun_fib *fib)
{
	if (READ_ONCE(fib->rule.mode) != IPV6TUN_RETURN_MODE_IDLE)
		return;
	/* The bits before the mark: pairs with ipv6tun_fib_build(). */
	atomic_set_release(&fib->changed, 1);
	queue_delayed_work(compat_unbound_wq, &fib->build, CHANGES_DELAY);
}

/**
 * ipv6tun_fib_reap() - free the sets that were idle long enough
 * @work: &ipv6tun_fib.reap
 *
 * Context: process.
 */
void ipv6tun_fib_reap(struct work_struct *work)
{
	struct ipv6tun_fib *fib = container_of(to_delayed_work(work),
					       struct ipv6tun_fib, reap);
	struct ipv6tun_fibset *set, *next;

	spin_lock_bh(&fib->lock);
	list_for_each_entry_safe(set, next, &fib->idle, idle) {
		unsigned long end = set->idle_since + SET_IDLE;

		if (time_before(jiffies, end)) {
			schedule_delayed_work(&fib->reap, end - jiffies);
			break;
		}
		set_free(fib, set);
	}
	spin_unlock_bh(&fib->lock);
}

/* Find out which paths there are. */
static int resolve_all(struct ipv6tun_fib *fib)
{
	struct ipv6tun_pathset *all;
	int err;

	err = make_all(fib, GFP_KERNEL, &all);
	spin_lock_bh(&fib->lock);
	publish_all(fib, all, err);
	spin_unlock_bh(&fib->lock);
	return err;
}

static int resolve(struct ipv6tun_fib *fib)
{
	struct ipv6tun_fibset *set;
	unsigned int i;

	/*
	 * A set added behind the loop is resolved from the new paths already:
	 * they were changed before this was called.
	 */
	for (i = 0; i < HASH_SIZE(fib->sets); i++) {
		rcu_read_lock();
		spin_lock_bh(&fib->lock);
		hlist_for_each_entry(set, &fib->sets[i], node)
			set_resolve(fib, set);
		spin_unlock_bh(&fib->lock);
		rcu_read_unlock();
		cond_resched();
	}
	return resolve_all(fib);
}

/**
 * ipv6tun_fib_resolve() - take over a change of the paths
 * @fib: the tracker
 * @seed: the device's seed
 *
 * To be called after paths, their inside peers or weights, or the seed have
 * changed; not for their states. Sets the change does not concern stay as they
 * are.
 *
 * Context: process, RTNL.
 * Return: 0, or -ENOMEM: the set of all paths is the old one until there is
 *	   memory, the sets of routes are right or unknown.
 */
int ipv6tun_fib_resolve(struct ipv6tun_fib *fib, u32 seed)
{
	ASSERT_RTNL();

	spin_lock_bh(&fib->lock);
	fib->seed = seed;
	spin_unlock_bh(&fib->lock);
	return resolve(fib);
}

static u32 ms_to_jiffies32(u32 ms)
{
	return msecs_to_jiffies(min_t(u32, ms, IPV6TUN_FIB_MS_MAX));
}

/**
 * ipv6tun_fib_set_return() - say what the return of a path does
 * @fib: the tracker
 * @cfg: the configuration; its seed is not looked at
 *
 * Existing tables follow with the next round of @fib->build.
 *
 * Context: process.
 */
void ipv6tun_fib_set_return(struct ipv6tun_fib *fib,
			    const struct ipv6tun_fib_cfg *cfg)
{
	spin_lock_bh(&fib->lock);
	WRITE_ONCE(fib->rule.mode, cfg->return_mode);
	fib->rule.idle = max(ms_to_jiffies32(cfg->idle_ms), 1U);
	fib->rule.forced = ms_to_jiffies32(cfg->forced_ms);
	spin_unlock_bh(&fib->lock);
}

/**
 * ipv6tun_fib_configure() - take over a change of the configuration
 * @fib: the tracker
 * @cfg: the configuration
 *
 * As ipv6tun_fib_resolve(), and sets what the return of a path does. A change
 * to immediate mode lets every bucket go to its owner, a change to idle mode
 * moves none; times that are changed hold for buckets that wait already.
 *
 * Context: process, RTNL, on a tracker that is set up.
 * Return: as ipv6tun_fib_resolve().
 */
int ipv6tun_fib_configure(struct ipv6tun_fib *fib,
			  const struct ipv6tun_fib_cfg *cfg)
{
	ASSERT_RTNL();

	ipv6tun_fib_set_return(fib, cfg);
	atomic_set(&fib->changed, 1);
	mod_delayed_work(compat_unbound_wq, &fib->build, 0);
	mod_delayed_work(compat_unbound_wq, &fib->settle, 0);
	return ipv6tun_fib_resolve(fib, cfg->seed);
}
