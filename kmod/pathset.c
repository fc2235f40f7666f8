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
#include <linux/bitops.h>
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
 * ipv6tun_pathset_pick() - the path for a packet
 * @set: the path set
 * @bucket: 0..IPV6TUN_BUCKETS - 1, of the packet's flow
 * @alive: bit per path id: the path may carry traffic now
 *
 * Equal to ipv6tun_pathset_owner() at every time, but a table look-up when the
 * table is there and the owner alive. When a path dies its buckets are shared
 * out by their packets, at once and without a write; all others stay.
 *
 * Context: any, the transmit path; RCU read side unless the caller keeps @set
 * from being freed otherwise.
 *
 * Return: path id, 0 if the set has no living member.
 */
u16 ipv6tun_pathset_pick(const struct ipv6tun_pathset *set, u32 bucket,
			 const unsigned long *alive)
{
	const u16 *buckets;
	u16 id;

	/* Dependency-ordered after the cmpxchg_release() that publishes it. */
	buckets = READ_ONCE(set->buckets);
	if (likely(buckets))
		id = buckets[ipv6tun_pathset_bucket(bucket)];
	else if (set->n == 1)
		id = set->member[0].id;
	else
		return ipv6tun_pathset_owner(set, bucket, alive);

	if (likely(!alive || test_bit(id, alive)))
		return id;
	return ipv6tun_pathset_owner(set, bucket, alive);
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
 * Return: the set, owned by the caller, or NULL without memory.
 */
struct ipv6tun_pathset *
ipv6tun_pathset_alloc(const struct ipv6tun_member *member, unsigned int n,
		      u32 seed, gfp_t gfp)
{
	struct ipv6tun_pathset *set;
	struct ipv6tun_member *m;
	unsigned int i;
	size_t size;

	size = size_add(struct_size(set, member, n),
			array_size(n, sizeof(*set->salt)));
	set = kmalloc(size, gfp | __GFP_NOWARN);
	if (!set)
		return NULL;
	set->buckets = NULL;
	set->seed = seed;
	set->salt = (u32 *)&set->member[n];

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
 * ipv6tun_pathset_build() - make the bucket table of a set
 * @set: the path set; readers may be using it
 *
 * Does nothing for sets of fewer than two members and for those that have
 * their table. Two callers at a time are harmless, one table is thrown away.
 *
 * Context: process, sleeps; the caller keeps @set from being freed. Takes up
 * to a second of processor time for a set of all paths.
 *
 * Return: 0, or -ENOMEM; the set is then as good as before.
 */
int ipv6tun_pathset_build(struct ipv6tun_pathset *set)
{
	u16 *buckets;
	u32 i;

	might_sleep();
	if (set->n < 2 || READ_ONCE(set->buckets))
		return 0;

	buckets = kvmalloc_array(IPV6TUN_BUCKETS, sizeof(*buckets), GFP_KERNEL);
	if (!buckets)
		return -ENOMEM;
	for (i = 0; i < IPV6TUN_BUCKETS; i++) {
		buckets[i] = ipv6tun_pathset_owner(set, i, NULL);
		if (i % BUILD_BATCH == BUILD_BATCH - 1)
			cond_resched();
	}

	/* Release: who sees the table sees it filled. */
	if (cmpxchg_release(&set->buckets, NULL, buckets))
		kvfree(buckets);
	return 0;
}

/**
 * ipv6tun_pathset_free() - free a set nobody can reach any more
 * @set: the path set or NULL
 *
 * Context: any but NMI.
 */
void ipv6tun_pathset_free(struct ipv6tun_pathset *set)
{
	if (!set)
		return;
	kvfree(set->buckets);
	kfree(set);
}

static void free_rcu_cb(struct rcu_head *head)
{
	ipv6tun_pathset_free(container_of(head, struct ipv6tun_pathset, rcu));
}

/**
 * ipv6tun_pathset_free_rcu() - free a set after the last packet using it
 * @set: the path set or NULL; unlinked, and no ipv6tun_pathset_build() runs
 *
 * Context: any but NMI. The module must call rcu_barrier() before it goes.
 */
void ipv6tun_pathset_free_rcu(struct ipv6tun_pathset *set)
{
	if (set)
		call_rcu(&set->rcu, free_rcu_cb);
}
