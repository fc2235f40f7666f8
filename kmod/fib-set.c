// SPDX-License-Identifier: GPL-2.0
/*
 * The FIB tracker's sets: next hops, and the paths they are.
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
	struct ipv6tun_pathset *old = ipv6tun_fib_dereference(fib, *slot);

	if (paths_equal(old, new)) {
		ipv6tun_pathset_free(new);
		return false;
	}
	rcu_assign_pointer(*slot, new);
	drop_paths(fib, old);
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
	drop_paths(fib, ipv6tun_fib_dereference(fib, set->paths));
	if (hops)
		kfree_rcu(hops, rcu);
	kfree_rcu(set, rcu);
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

/* A path set that wants its table, now owned by the build work. */
static struct ipv6tun_pathset *claim_unbuilt(struct ipv6tun_fib *fib)
{
	struct ipv6tun_pathset *paths;
	struct ipv6tun_fibset *set;
	int bucket;

	paths = ipv6tun_fib_dereference(fib, fib->all);
	if (paths && paths->n > 1 && !READ_ONCE(paths->buckets))
		goto found;

	hash_for_each(fib->sets, bucket, set, node) {
		if (set->unresolved)
			set_resolve(fib, set);
		paths = ipv6tun_fib_dereference(fib, set->paths);
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

/**
 * ipv6tun_fib_build() - build the bucket tables that are missing
 * @work: &ipv6tun_fib.build
 *
 * Context: process. One path set at a time: only the one it is busy with has
 *	    to be kept from being freed.
 */
void ipv6tun_fib_build(struct work_struct *work)
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
	queue_delayed_work(compat_unbound_wq, &fib->build, IPV6TUN_FIB_RETRY);
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
		build_soon(fib, set);
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
	struct ipv6tun_fibset *set;
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
			set_resolve(fib, set);
		spin_unlock_bh(&fib->lock);
		rcu_read_unlock();
		cond_resched();
	}
	return resolve_all(fib);
}

