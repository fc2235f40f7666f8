// SPDX-License-Identifier: GPL-2.0
/*
 * The path set: weighted rendezvous hashing of buckets over path ids.
 *
 * For a bucket every member draws u, uniform in (0, 1), from a hash of its id,
 * the bucket and the seed. -log(u) / weight is then exponentially distributed
 * with the weight as its rate, and the smallest of such draws belongs to a
 * member with a probability proportional to its weight. A member's draw does
 * not know of the other members: one that leaves gives up its own buckets and
 * moves no other.
 *
 * Integers only, in host order: every machine gets the same owners.
 */
#include <linux/align.h>
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "mix.h"
#include "pathset.h"

/* Fraction bits of a cost, and of the segments of the logarithm's table. */
#define COST_SHIFT	44
#define LOG2_SHIFT	7

/* A cost, times a weight, is compared in 64 bits. */
static_assert(34ULL << COST_SHIFT <= U64_MAX / IPV6TUN_WEIGHT_MAX);
static_assert(IPV6TUN_PATH_MAX <= U16_MAX);
/* ipv6tun_pathset_bucket() masks. */
static_assert(!(IPV6TUN_BUCKETS & (IPV6TUN_BUCKETS - 1)));

/* Buckets between two chances to schedule: below 1 ms with all paths. */
#define BUILD_BATCH	64

/* 2^44 * log2(1 + i / 128), rounded */
static const u64 log2_table[(1 << LOG2_SHIFT) + 1] = {
	0x000000000000, 0x002dfca16dde, 0x005b9e5a170b, 0x0088e68ea89a,
	0x00b5d69bac78, 0x00e26fd5c855, 0x010eb389fa2a, 0x013aa2fdd27f,
	0x01663f6fac91, 0x01918a16e463, 0x01bc84240adb, 0x01e72ec117fa,
	0x02118b119b4f, 0x023b9a32eaa5, 0x02655d3c4f16, 0x028ed53f307f,
	0x02b803473f7b, 0x02e0e85a9de0, 0x0309857a05e0, 0x0331dba0efce,
	0x0359ebc5b69e, 0x0381b6d9bb2a, 0x03a93dc9864b, 0x03d0817ce9cd,
	0x03f782d7204d, 0x041e42b6ec0c, 0x0444c1f6b4c3, 0x046b016ca47c,
	0x049101eac382, 0x04b6c43f1367, 0x04dc4933a933, 0x0501918ec6c1,
	0x05269e12f347, 0x054b6f7f1326, 0x0570068e7ef6, 0x059463f919df,
	0x05b888736743, 0x05dc74ae9fbf, 0x06002958c587, 0x0623a71cb82d,
	0x0646eea247c6, 0x066a008e4789, 0x068cdd829fd8, 0x06af861e5fc8,
	0x06d1fafdce21, 0x06f43cba79e4, 0x07164beb4a57, 0x073829248e96,
	0x0759d4f80cbb, 0x077b4ff5108e, 0x079c9aa879d5, 0x07bdb59cca39,
	0x07dea15a32c2, 0x07ff5e66a100, 0x081fed45cbcd, 0x08404e793fb8,
	0x086082806b1d, 0x088089d8a9e4, 0x08a064fd50f3, 0x08c01467b94c,
	0x08df988f4ae8, 0x08fef1e98741, 0x091e20ea1394, 0x093d2602c2e6,
	0x095c01a39fbd, 0x097ab43af5a0, 0x09993e355a4e, 0x09b79ffdb6c9,
	0x09d5d9fd5011, 0x09f3ec9bcfb8, 0x0a11d83f4c35, 0x0a2f9d4c5104,
	0x0a4d3c25e68e, 0x0a6ab52d99e7, 0x0a8808c38454, 0x0aa5374652a2,
	0x0ac241134c4f, 0x0adf26865a8a, 0x0afbe7fa0f05, 0x0b1885c7aa98,
	0x0b35004723c4, 0x0b5157cf2d08, 0x0b6d8cb53b0d, 0x0b899f4d8ab6,
	0x0ba58feb2704, 0x0bc15edfeed3, 0x0bdd0c7c9a81, 0x0bf89910c168,
	0x0c1404eadf38, 0x0c2f5058593e, 0x0c4a7ba58378, 0x0c65871da59e,
	0x0c80730b0001, 0x0c9b3fb6d056, 0x0cb5ed69565b, 0x0cd07c69d870,
	0x0ceaecfea808, 0x0d053f6d2609, 0x0d1f73f9c70c, 0x0d398ae81790,
	0x0d53847ac00a, 0x0d6d60f388e4, 0x0d8720935e64, 0x0da0c39a5480,
	0x0dba4a47aa99, 0x0dd3b4d9cf25, 0x0ded038e633f, 0x0e0636a23e2f,
	0x0e1f4e5170d0, 0x0e384ad748f1, 0x0e512c6e549a, 0x0e69f3506545,
	0x0e829fb69304, 0x0e9b31d93f99, 0x0eb3a9f01975, 0x0ecc08321eb3,
	0x0ee44cd59ffb, 0x0efc78104358, 0x0f148a170701, 0x0f2c831e4411,
	0x0f446359b135, 0x0f5c2afc6544, 0x0f73da38d9d5, 0x0f8b7140edbb,
	0x0fa2f045e783, 0x0fba577877d8, 0x0fd1a708bbe1, 0x0fe8df263f95,
	0x100000000000,
};

/*
 * -log2((u + 0.5) / 2^32) in units of 2^-44, at least 2^-33 and at most 33.
 *
 * The chord between two table entries lies below the logarithm, so the result
 * is never too small, and too large by at most (1/128)^2 / (8 ln 2) = 1.1e-5.
 * What shares depend on is the ratio of two costs; near u = 2^32, where the
 * costs of winners crowd, the relative error is at most 1/512, and the same
 * for all of them. Strictly decreasing in u, so that equal weights get exactly
 * equal chances whatever the error.
 */
static u64 cost_of(u32 u)
{
	u64 v = 2 * (u64)u + 1;
	unsigned int n = fls64(v) - 1;
	u32 frac = v << (32 - n);
	u32 i = frac >> (32 - LOG2_SHIFT);
	u64 rem = frac & (BIT(32 - LOG2_SHIFT) - 1);
	u64 log = log2_table[i] +
		  ((log2_table[i + 1] - log2_table[i]) * rem >> (32 - LOG2_SHIFT));

	return ((u64)(33 - n) << COST_SHIFT) - log;
}

/*
 * The id's half of the draw. ipv6tun_mix32() is a bijection: no two ids share
 * a salt, whatever the seed, so no two members draw alike.
 */
static u32 salt_of(u16 id, u32 seed)
{
	return ipv6tun_mix32(id + ipv6tun_mix32(seed ^ 0x9e3779b9));
}

/* The bucket's half of the draw. */
static u32 salt_of_bucket(u32 bucket)
{
	return ipv6tun_mix32(bucket ^ 0x7f4a7c15);
}

/**
 * ipv6tun_pathset_owner() - compute the owner of a bucket
 * @set: the path set
 * @bucket: 0..IPV6TUN_BUCKETS - 1
 * @alive: bit per path id, members whose bit is clear are passed over;
 *	   NULL takes all for alive
 *
 * The definition of who owns a bucket; takes some nanoseconds per member.
 * Of two equal draws the lower id's wins.
 *
 * Context: any. The caller keeps @set from being freed. Bits of @alive may
 * change meanwhile; the result is then that of before or after.
 *
 * Return: path id, 0 if the set has no (living) member.
 */
u16 ipv6tun_pathset_owner(const struct ipv6tun_pathset *set, u32 bucket,
			  const unsigned long *alive)
{
	u32 salt = salt_of_bucket(ipv6tun_pathset_bucket(bucket));
	/* More than any cost: the first member beats it. */
	u64 best_cost = 34ULL << COST_SHIFT;
	u32 best_weight = 1;
	u16 best = 0;
	unsigned int i;

	for (i = 0; i < set->n; i++) {
		const struct ipv6tun_member *m = &set->member[i];
		u32 u = ipv6tun_mix32(set->salt[i] ^ salt);
		u64 limit = best_cost * m->weight;
		u64 cost;

		/*
		 * Most draws are hopeless, and this shows it without the
		 * logarithm: -log2(x) > 1 - x below 1.
		 */
		if (((u64)~u << (COST_SHIFT - 32)) * best_weight >= limit)
			continue;
		if (alive && !test_bit(m->id, alive))
			continue;

		/* cost / weight < best_cost / best_weight */
		cost = cost_of(u);
		if (cost * best_weight >= limit)
			continue;
		best_cost = cost;
		best_weight = m->weight;
		best = m->id;
	}
	return best;
}

/**
 * ipv6tun_pathset_has() - is a path a member?
 * @set: the path set
 * @id: path id
 *
 * Context: any. The caller keeps @set from being freed.
 *
 * Return: whether it is, dead or alive.
 */
bool ipv6tun_pathset_has(const struct ipv6tun_pathset *set, u16 id)
{
	unsigned int low = 0, high = set->n;

	while (low < high) {
		unsigned int mid = low + (high - low) / 2;

		if (set->member[mid].id == id)
			return true;
		if (set->member[mid].id > id)
			high = mid;
		else
			low = mid + 1;
	}
	return false;
}

static u16 pick(const struct ipv6tun_pathset *set, u32 bucket,
		const unsigned long *alive, bool use);

/*
 * The path of a bucket as long as there is no table. What the set replaced
 * counts, so that a flow stays when its path is a member of both; the table
 * will be filled with these answers. Others may still use what it replaced: @use
 * says whether this is a packet, or just a question.
 */
static u16 pick_unbuilt(const struct ipv6tun_pathset *set, u32 bucket,
			const unsigned long *alive, bool use)
{
	const struct ipv6tun_pathset *prev = READ_ONCE(set->prev);

	if (prev) {
		/* IPV6TUN_PREV_MAX bounds the recursion. */
		u16 id = pick(prev, bucket, alive, use);

		if (id && ipv6tun_pathset_has(set, id))
			return id;
	}
	return ipv6tun_pathset_owner(set, bucket, alive);
}

/* Once a tick is enough, and keeps the line clean for the other senders. */
static void note_use(struct ipv6tun_settling *settling, u32 bucket, u32 now)
{
	if (READ_ONCE(settling->used[bucket]) != now)
		WRITE_ONCE(settling->used[bucket], now);
}

static u16 pick(const struct ipv6tun_pathset *set, u32 bucket,
		const unsigned long *alive, bool use)
{
	struct ipv6tun_settling *settling;
	const u16 *buckets;
	u16 id;

	bucket = ipv6tun_pathset_bucket(bucket);
	/* Both dependency-ordered after the release that publishes them. */
	buckets = READ_ONCE(set->buckets);
	if (likely(buckets)) {
		settling = READ_ONCE(set->settling);
		if (unlikely(settling) && use)
			note_use(settling, bucket, jiffies);
		id = READ_ONCE(buckets[bucket]);
	} else if (set->n == 1) {
		id = set->member[0].id;
	} else {
		return pick_unbuilt(set, bucket, alive, use);
	}

	if (likely(!alive || test_bit(id, alive)))
		return id;
	return ipv6tun_pathset_owner(set, bucket, alive);
}

/**
 * ipv6tun_pathset_pick() - the path for a packet
 * @set: the path set
 * @bucket: 0..IPV6TUN_BUCKETS - 1, of the packet's flow
 * @alive: bit per path id: the path may carry traffic now; NULL takes all for
 *	   alive
 *
 * A table look-up when the path assigned to the bucket is alive. When a path
 * dies its buckets are shared out to their owners by their packets, at once;
 * all others stay. In immediate mode, and without a table, the result equals
 * ipv6tun_pathset_owner() at every time.
 *
 * Takes no lock, allocates nothing, and writes nothing but the time of use of
 * the bucket while the set is settling.
 *
 * Context: any, the transmit path; RCU read side unless the caller keeps @set
 * from being freed otherwise.
 *
 * Return: path id, 0 if the set has no living member.
 */
u16 ipv6tun_pathset_pick(const struct ipv6tun_pathset *set, u32 bucket,
			 const unsigned long *alive)
{
	return pick(set, bucket, alive, true);
}

/**
 * ipv6tun_pathset_peek() - the path a packet would take
 * @set: the path set
 * @bucket: as for ipv6tun_pathset_pick()
 * @alive: likewise
 *
 * Does not count as use of the bucket: who asks where a flow is must not keep
 * it from going home.
 *
 * Context: as ipv6tun_pathset_pick().
 *
 * Return: path id, 0 if the set has no living member.
 */
u16 ipv6tun_pathset_peek(const struct ipv6tun_pathset *set, u32 bucket,
			 const unsigned long *alive)
{
	return pick(set, bucket, alive, false);
}

static int cmp_id(const void *a, const void *b)
{
	const struct ipv6tun_member *ma = a, *mb = b;

	return ma->id - mb->id;
}

/**
 * ipv6tun_pathset_alloc() - make a path set
 * @member: the members in any order; an id given twice counts once, with the
 *	    larger weight; ids outside 1..IPV6TUN_PATH_MAX are left out; weights
 *	    are brought into 1..IPV6TUN_WEIGHT_MAX
 * @n: how many, 0 is allowed
 * @seed: the device's seed; routers that must agree share it
 * @gfp: GFP_ATOMIC will do, at 12 bytes per member; failure is not logged
 *
 * The set can be used at once; ipv6tun_pathset_build() makes it fast.
 *
 * Context: any, as @gfp allows.
 *
 * Return: a strong reference, the only one, or NULL without memory.
 */
struct ipv6tun_pathset *
ipv6tun_pathset_alloc(const struct ipv6tun_member *member, unsigned int n,
		      u32 seed, gfp_t gfp)
{
	struct ipv6tun_pathset *set;
	struct ipv6tun_member *m;
	unsigned int i;
	size_t size;

	size = ALIGN(struct_size(set, member, n), sizeof(long));
	size = size_add(size, array_size(BITS_TO_LONGS(n), sizeof(long)));
	size = size_add(size, array_size(n, sizeof(*set->salt)));
	set = kmalloc(size, gfp | __GFP_NOWARN);
	if (!set)
		return NULL;
	memset(set, 0, sizeof(*set));
	refcount_set(&set->refs, 1);
	set->seed = seed;
	set->seen = PTR_ALIGN((unsigned long *)&set->member[n], sizeof(long));
	bitmap_zero(set->seen, n);
	set->salt = (u32 *)(set->seen + BITS_TO_LONGS(n));

	if (n)
		memcpy(set->member, member, flex_array_size(set, member, n));
	sort(set->member, n, sizeof(*set->member), cmp_id, NULL);

	/* In place: @m follows the last member kept, never ahead of @i. */
	m = set->member;
	for (i = 0; i < n; i++) {
		u16 id = set->member[i].id;
		u32 weight = clamp_t(u32, set->member[i].weight, 1,
				     IPV6TUN_WEIGHT_MAX);

		if (!id || id > IPV6TUN_PATH_MAX)
			continue;
		if (m > set->member && m[-1].id == id) {
			m[-1].weight = max(m[-1].weight, weight);
			continue;
		}
		m->id = id;
		m->weight = weight;
		m++;
	}
	set->n = m - set->member;
	for (i = 0; i < set->n; i++)
		set->salt[i] = salt_of(set->member[i].id, seed);
	return set;
}

/**
 * ipv6tun_pathset_get() - take a reference
 * @set: the path set
 *
 * Context: any; the caller holds a reference, or a lock that keeps one held.
 *
 * Return: @set.
 */
struct ipv6tun_pathset *ipv6tun_pathset_get(struct ipv6tun_pathset *set)
{
	refcount_inc(&set->refs);
	return set;
}

static void free_rcu_cb(struct rcu_head *head)
{
	struct ipv6tun_pathset *set = container_of(head, struct ipv6tun_pathset,
						   rcu);

	kvfree(set->buckets);
	kvfree(set->settling);
	kfree(set);
}

/**
 * ipv6tun_pathset_put() - let go of a path set
 * @set: the path set or NULL; if it was published, no longer so
 *
 * With the last reference the set is freed, after the last packet using it. A
 * packet that can still reach its predecessor through it can so already now:
 * the predecessor's own grace period covers it.
 *
 * Context: any but NMI. The module must call rcu_barrier() before it goes.
 */
void ipv6tun_pathset_put(struct ipv6tun_pathset *set)
{
	while (set && refcount_dec_and_test(&set->refs)) {
		struct ipv6tun_pathset *prev = set->prev;

		call_rcu(&set->rcu, free_rcu_cb);
		set = prev;
	}
}

/**
 * ipv6tun_pathset_leave() - forget what a set replaced
 * @set: the path set, with its table built, or never to be built
 *
 * Context: any but NMI; writers of chains are serialised by the caller.
 */
void ipv6tun_pathset_leave(struct ipv6tun_pathset *set)
{
	struct ipv6tun_pathset *prev = set->prev;

	WRITE_ONCE(set->prev, NULL);
	ipv6tun_pathset_put(prev);
}

/**
 * ipv6tun_pathset_follow() - let a set take over the flows of another
 * @set: the new path set, not published yet, without table and predecessor
 * @prev: what it is going to replace, or NULL; a reference is taken
 *
 * For idle mode. Until its table is built, and in the table, @set leaves each
 * bucket where it is in @prev, if that path is alive and a member. The chain of
 * predecessors is cut after IPV6TUN_PREV_MAX: sets that are replaced faster
 * than tables are built move some flows.
 *
 * Does nothing if there is nothing to take over: with another seed flows are
 * in other buckets.
 *
 * Context: any but NMI; writers of chains are serialised by the caller.
 */
void ipv6tun_pathset_follow(struct ipv6tun_pathset *set,
			    struct ipv6tun_pathset *prev)
{
	unsigned int depth;

	if (!prev || set->n < 2 || set->seed != prev->seed)
		return;
	set->prev = ipv6tun_pathset_get(prev);
	for (depth = 1; prev && depth < IPV6TUN_PREV_MAX; depth++)
		prev = prev->prev;
	if (prev)
		ipv6tun_pathset_leave(prev);
}

/* Is someone alive who was not? */
static bool has_grown(const struct ipv6tun_pathset *set,
		      const unsigned long *alive)
{
	unsigned int i;

	for (i = 0; i < set->n; i++)
		if (test_bit(set->member[i].id, alive) &&
		    !test_bit(i, set->seen))
			return true;
	return false;
}

/*
 * Note who is alive, and tell whether someone is who was not. One look: who
 * returns between two would not be told of.
 */
static bool look(struct ipv6tun_pathset *set, const unsigned long *alive)
{
	bool grown = false;
	unsigned int i;

	for (i = 0; i < set->n; i++) {
		bool now = test_bit(set->member[i].id, alive);

		if (now && !test_bit(i, set->seen))
			grown = true;
		__assign_bit(i, set->seen, now);
	}
	return grown;
}

static struct ipv6tun_settling *settling_alloc(u32 now)
{
	struct ipv6tun_settling *settling;
	u32 i;

	settling = kvzalloc(sizeof(*settling), GFP_KERNEL | __GFP_NOWARN);
	if (!settling)
		return NULL;
	settling->since = now;
	/* Not known to be idle. */
	for (i = 0; i < IPV6TUN_BUCKETS; i++)
		settling->used[i] = now;
	return settling;
}

static void end_settling(struct ipv6tun_pathset *set)
{
	struct ipv6tun_settling *settling = set->settling;

	WRITE_ONCE(set->settling, NULL);
	if (settling)
		kvfree_rcu(settling, rcu);
}

/*
 * When did the buckets that the set is going to inherit begin to wait? Their
 * time-out goes on, or routes that change often would defer it for ever.
 */
static u32 waiting_since(const struct ipv6tun_pathset *set, u32 now)
{
	const struct ipv6tun_settling *settling;

	rcu_read_lock();
	for (; set; set = READ_ONCE(set->prev)) {
		settling = READ_ONCE(set->settling);
		if (settling) {
			now = settling->since;
			break;
		}
	}
	rcu_read_unlock();
	return now;
}

/**
 * ipv6tun_pathset_build() - make the bucket table of a set
 * @set: the path set; readers may be using it
 * @alive: bit per path id, as for ipv6tun_pathset_pick()
 * @rule: what the return of a path does
 * @now: jiffies
 *
 * In idle mode the table takes over what packets get while there is none, so
 * that it moves no flow; buckets that are not with their owner because of a
 * predecessor begin to wait. ipv6tun_pathset_leave() is then the caller's to
 * call.
 *
 * Does nothing for sets of fewer than two members and for those that have
 * their table.
 *
 * Context: process, sleeps; the caller keeps @set from being freed, and
 * serialises the writers of its table. Takes up to a second of processor time
 * for a set of all paths.
 *
 * Return: 0, or -ENOMEM; the set is then as good as before.
 */
int ipv6tun_pathset_build(struct ipv6tun_pathset *set,
			  const unsigned long *alive,
			  const struct ipv6tun_return *rule, u32 now)
{
	bool idle = rule->mode == IPV6TUN_RETURN_MODE_IDLE;
	struct ipv6tun_settling *settling = NULL;
	bool stale = !idle;
	u32 waiting = 0;
	u16 *buckets;
	u32 b;

	might_sleep();
	if (set->n < 2 || READ_ONCE(set->buckets))
		return 0;

	buckets = kvmalloc_array(IPV6TUN_BUCKETS, sizeof(*buckets),
				 GFP_KERNEL | __GFP_NOWARN);
	if (!buckets)
		return -ENOMEM;
	/* Only a predecessor can have a bucket elsewhere than at its owner. */
	if (idle && READ_ONCE(set->prev)) {
		settling = settling_alloc(now);
		if (!settling) {
			kvfree(buckets);
			return -ENOMEM;
		}
		settling->since = waiting_since(set, now);
	}
	look(set, alive);

	/* RCU: a predecessor can be cut off the chain meanwhile, and freed. */
	rcu_read_lock();
	for (b = 0; b < IPV6TUN_BUCKETS; b++) {
		u16 id = idle ? pick_unbuilt(set, b, alive, false) : 0;

		if (!id) {
			stale = true;
			id = ipv6tun_pathset_owner(set, b, NULL);
		} else if (settling &&
			   id != ipv6tun_pathset_owner(set, b, alive)) {
			__set_bit(b, settling->waiting);
			waiting++;
		}
		buckets[b] = id;
		if (b % BUILD_BATCH == BUILD_BATCH - 1) {
			rcu_read_unlock();
			cond_resched();
			rcu_read_lock();
		}
	}
	rcu_read_unlock();

	set->idle = idle;
	/* Who returned meanwhile may have buckets, unseen. */
	set->stale = stale || has_grown(set, alive);
	WRITE_ONCE(set->waiting, waiting);
	if (!waiting) {
		kvfree(settling);
		settling = NULL;
	}
	/* Release: who sees it sees the times filled in. */
	smp_store_release(&set->settling, settling);
	/* Release: who sees the table sees it filled. */
	smp_store_release(&set->buckets, buckets);
	return 0;
}

/* Back to immediate mode: the table is that of all members. */
static void refresh_immediate(struct ipv6tun_pathset *set)
{
	u32 b;

	for (b = 0; b < IPV6TUN_BUCKETS; b++) {
		WRITE_ONCE(set->buckets[b],
			   ipv6tun_pathset_owner(set, b, NULL));
		if (b % BUILD_BATCH == BUILD_BATCH - 1)
			cond_resched();
	}
	set->idle = false;
	set->stale = true;
	WRITE_ONCE(set->waiting, 0);
	end_settling(set);
}

/**
 * ipv6tun_pathset_refresh() - bring a table up to date after paths died or
 *			       returned
 * @set: the path set; readers may be using it
 * @alive: bit per path id, as for ipv6tun_pathset_pick()
 * @rule: what the return of a path does
 * @now: jiffies
 *
 * Does nothing for a set without table, nor in immediate mode, unless the mode
 * has changed. In idle mode:
 *
 * Buckets of dead paths are written over to where their packets go already, so
 * that they stay there when the path returns. That has to happen before the
 * path is shown alive in @alive.
 *
 * Buckets of living paths whose owner is now another, returned one begin to
 * wait for it. Unless a path has returned since the last time there are none,
 * and they are not looked at.
 *
 * Context: process, sleeps; the caller keeps @set from being freed, and
 * serialises the writers of its table. After deaths some nanoseconds per
 * bucket, and some more per member for those of the dead; after a return as
 * long as ipv6tun_pathset_build().
 *
 * Return: 0, or -ENOMEM: the buckets could not be made to wait and went to
 *	   their owners at once.
 */
int ipv6tun_pathset_refresh(struct ipv6tun_pathset *set,
			    const unsigned long *alive,
			    const struct ipv6tun_return *rule, u32 now)
{
	struct ipv6tun_settling *settling;
	bool grown, stale = false;
	u16 *buckets = set->buckets;
	u32 waiting = 0, work = 0;
	int err = 0;
	u32 b;

	might_sleep();
	if (!buckets)
		return 0;
	if (rule->mode != IPV6TUN_RETURN_MODE_IDLE) {
		if (set->idle)
			refresh_immediate(set);
		return 0;
	}

	grown = look(set, alive);
	settling = set->settling;
	if (grown && !settling) {
		settling = settling_alloc(now);
		if (!settling)
			err = -ENOMEM;
		/* Release: who sees it sees the times filled in. */
		smp_store_release(&set->settling, settling);
	}

	for (b = 0; b < IPV6TUN_BUCKETS; b++) {
		bool waits = settling && test_bit(b, settling->waiting);
		u16 id = buckets[b], owner = id;
		bool dead = !test_bit(id, alive);

		if (dead || grown || waits) {
			owner = ipv6tun_pathset_owner(set, b, alive);
			work++;
		}
		/* With nobody alive any path will do, but not for good. */
		stale |= !owner;
		waits = settling && !dead && owner && owner != id;
		if (!waits && owner && owner != id)
			WRITE_ONCE(buckets[b], owner);
		if (settling)
			__assign_bit(b, settling->waiting, waits);
		waiting += waits;

		if (work >= BUILD_BATCH || b % 4096 == 4095) {
			cond_resched();
			work = 0;
		}
	}
	set->idle = true;
	/* Who returned meanwhile may have got buckets, unseen. */
	set->stale = stale || has_grown(set, alive);
	WRITE_ONCE(set->waiting, waiting);
	if (!waiting)
		end_settling(set);
	return err;
}

/**
 * ipv6tun_pathset_settle() - let waiting buckets go home
 * @set: the path set; readers may be using it
 * @alive: bit per path id, as for ipv6tun_pathset_pick()
 * @rule: what the return of a path does
 * @now: jiffies
 * @delay: if buckets still wait, jiffies after which to call again
 *
 * Those that were not used for long enough go, or all after the time-out. Of
 * living paths only: ipv6tun_pathset_refresh() must have been called after the
 * last death, or comes soon.
 *
 * Context: process, sleeps; the caller keeps @set from being freed, and
 * serialises the writers of its table. Looks at the waiting buckets only.
 *
 * Return: number of buckets that still wait. With 0 settling has ended.
 */
u32 ipv6tun_pathset_settle(struct ipv6tun_pathset *set,
			   const unsigned long *alive,
			   const struct ipv6tun_return *rule, u32 now,
			   u32 *delay)
{
	struct ipv6tun_settling *settling = set->settling;
	s32 left, next = rule->idle;
	s32 end = S32_MAX;
	u32 waiting = 0, work = 0;
	unsigned long b;

	might_sleep();
	if (!settling)
		return 0;
	/* Signed: a packet may be a tick ahead of @now. */
	if (rule->forced)
		end = rule->forced - (now - settling->since);

	for_each_set_bit(b, settling->waiting, IPV6TUN_BUCKETS) {
		u16 owner;

		left = rule->idle - (now - READ_ONCE(settling->used[b]));
		if (left > 0 && end > 0) {
			waiting++;
			next = min(next, left);
			continue;
		}
		owner = ipv6tun_pathset_owner(set, b, alive);
		if (owner)
			WRITE_ONCE(set->buckets[b], owner);
		__clear_bit(b, settling->waiting);
		if (++work % BUILD_BATCH == 0)
			cond_resched();
	}
	WRITE_ONCE(set->waiting, waiting);
	if (!waiting)
		end_settling(set);
	/* Some bucket is always about to be idle: let a few come together. */
	next = max_t(s32, next, rule->idle / 8 + 1);
	*delay = clamp(next, 1, end > 0 ? end : 1);
	return waiting;
}

/**
 * ipv6tun_pathset_dirty() - would the return of a path move flows in idle mode?
 * @set: the path set
 * @id: path id
 * @alive: bit per path id, that of @id still clear
 *
 * It would as long as the table names dead paths: the flows of its buckets have
 * gone to owners of which @id may become one. ipv6tun_pathset_build() or
 * _refresh() helps.
 *
 * Context: process; the caller keeps @set from being freed, and serialises the
 * writers of its table.
 *
 * Return: false if @id is no member or surely moves none.
 */
bool ipv6tun_pathset_dirty(const struct ipv6tun_pathset *set, u16 id,
			   const unsigned long *alive)
{
	unsigned int i;

	if (set->n < 2 || !ipv6tun_pathset_has(set, id))
		return false;
	if (!set->buckets)
		return READ_ONCE(set->prev);
	if (set->stale)
		return true;
	for_each_set_bit(i, set->seen, set->n)
		if (!test_bit(set->member[i].id, alive))
			return true;
	return false;
}
