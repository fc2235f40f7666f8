// SPDX-License-Identifier: GPL-2.0
/*
 * Unit tests of the path set: shares, movement, the table, the golden owners,
 * what deaths and returns do to flows.
 */
#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/math64.h>

/* The unit under test: symbols need not be exported for tests alone. */
#include "../pathset.c"

#define MEMBERS		16
/* 1 % of all buckets */
#define TOLERANCE	(IPV6TUN_BUCKETS / 100)

static const u32 seeds[] = {
	0, 1, 2, 3, 0x7fffffff, 0x80000000, 0xffffffff, 0x12345678,
	0x9e3779b9, 0xdeadbeef, 64512, 64515, 64525, 0x00010000, 0x01000000,
	0xa5a5a5a5,
};

static const struct set_case {
	const char *name;
	struct ipv6tun_member member[MEMBERS];
} set_cases[] = {
	{ "two", { {1, 1}, {2, 1} } },
	{ "four", { {1, 1}, {2, 1}, {3, 1}, {4, 1} } },
	{ "four, highest ids", { {4093, 1}, {4094, 1}, {4095, 1}, {4096, 1} } },
	{ "four, powers of two", { {1, 9}, {256, 9}, {2048, 9}, {4096, 9} } },
	{ "four, scattered", { {7, 1000}, {77, 1000}, {777, 1000}, {4000, 1000} } },
	{ "weights 1 2 4", { {1, 1}, {2, 2}, {3, 4} } },
	{ "weights 4 2 1", { {1, 4}, {2, 2}, {3, 1} } },
	{ "weights 1 1000", { {1, 1}, {2, 1000} } },
	{ "weights 999 1000", { {1, 999}, {2, 1000} } },
	{ "weights 1 to 8", { {11, 1}, {12, 2}, {13, 3}, {14, 4}, {15, 5},
			      {16, 6}, {17, 7}, {18, 8} } },
	{ "sixteen", { {1, 1}, {2, 1}, {3, 1}, {4, 1}, {5, 1}, {6, 1}, {7, 1},
		       {8, 1}, {9, 1}, {10, 1}, {11, 1}, {12, 1}, {13, 1},
		       {14, 1}, {15, 1}, {16, 1} } },
};

KUNIT_ARRAY_PARAM_DESC(set, set_cases, name);

/* Members in a table of a test case. */
static unsigned int members(const struct ipv6tun_member *member)
{
	unsigned int n = 0;

	while (n < MEMBERS && member[n].id)
		n++;
	return n;
}

KUNIT_DEFINE_ACTION_WRAPPER(put_action, ipv6tun_pathset_put,
			    struct ipv6tun_pathset *);

/* Times of the tests: none passes unless a test says so. */
#define NOW		1000U
#define IDLE		100U
#define FORCED		1000U

static const struct ipv6tun_return immediate = {
	.mode = IPV6TUN_RETURN_MODE_IMMEDIATE, .idle = IDLE, .forced = FORCED,
};

static const struct ipv6tun_return idle = {
	.mode = IPV6TUN_RETURN_MODE_IDLE, .idle = IDLE, .forced = FORCED,
};

static const struct ipv6tun_return idle_unforced = {
	.mode = IPV6TUN_RETURN_MODE_IDLE, .idle = IDLE,
};

static struct ipv6tun_pathset *alloc_set(struct kunit *test,
					 const struct ipv6tun_member *member,
					 unsigned int n, u32 seed)
{
	struct ipv6tun_pathset *set;

	set = ipv6tun_pathset_alloc(member, n, seed, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, set);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, put_action, set));
	return set;
}

static void release_set(struct kunit *test, struct ipv6tun_pathset *set)
{
	kunit_release_action(test, put_action, set);
}

/* A bit per path id, all clear. */
static unsigned long *alloc_alive(struct kunit *test)
{
	unsigned long *alive = kunit_kcalloc(test,
					     BITS_TO_LONGS(IPV6TUN_PATH_MAX + 1),
					     sizeof(long), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, alive);
	return alive;
}

static unsigned long *alloc_all_alive(struct kunit *test)
{
	unsigned long *alive = alloc_alive(test);

	bitmap_fill(alive, IPV6TUN_PATH_MAX + 1);
	return alive;
}

/* The owners of all buckets, computed one by one. */
static void compute(const struct ipv6tun_pathset *set, u16 *owners)
{
	u32 b;

	for (b = 0; b < IPV6TUN_BUCKETS; b++) {
		owners[b] = ipv6tun_pathset_owner(set, b, NULL);
		if (!(b % 1024))
			cond_resched();
	}
}

static u16 *owners_of(struct kunit *test, const struct ipv6tun_member *member,
		      unsigned int n, u32 seed)
{
	struct ipv6tun_pathset *set = alloc_set(test, member, n, seed);
	u16 *owners = kunit_kmalloc_array(test, IPV6TUN_BUCKETS, sizeof(u16),
					  GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, owners);
	compute(set, owners);
	release_set(test, set);
	return owners;
}

static u32 *counts_of(struct kunit *test, const u16 *owners)
{
	u32 *count = kunit_kcalloc(test, IPV6TUN_PATH_MAX + 1, sizeof(*count),
				   GFP_KERNEL);
	u32 b;

	KUNIT_ASSERT_NOT_NULL(test, count);
	for (b = 0; b < IPV6TUN_BUCKETS; b++) {
		KUNIT_ASSERT_LE(test, owners[b], IPV6TUN_PATH_MAX);
		count[owners[b]]++;
	}
	return count;
}

static unsigned int differing(const u16 *a, const u16 *b)
{
	unsigned int n = 0;
	u32 i;

	for (i = 0; i < IPV6TUN_BUCKETS; i++)
		n += a[i] != b[i];
	return n;
}

/* Every member has the share its weight entitles it to, within 1 %. */
static void expect_shares(struct kunit *test, const u16 *owners,
			  const struct ipv6tun_member *member, unsigned int n,
			  u32 seed)
{
	u32 *count = counts_of(test, owners);
	u32 total = 0;
	unsigned int i;

	for (i = 0; i < n; i++)
		total += member[i].weight;
	for (i = 0; i < n; i++) {
		int want = IPV6TUN_BUCKETS * (u64)member[i].weight / total;
		int got = count[member[i].id];

		KUNIT_EXPECT_TRUE_MSG(test, abs(got - want) <= TOLERANCE,
				      "seed %#x: path %u has %d buckets, not %d",
				      seed, member[i].id, got, want);
	}
	kunit_kfree(test, count);
}

static void pathset_shares(struct kunit *test)
{
	const struct set_case *c = test->param_value;
	unsigned int n = members(c->member), i;

	for (i = 0; i < ARRAY_SIZE(seeds); i++) {
		u16 *owners = owners_of(test, c->member, n, seeds[i]);

		expect_shares(test, owners, c->member, n, seeds[i]);
		kunit_kfree(test, owners);
	}
}

/*
 * A member that leaves moves its own buckets and no other, they go to the
 * others by weight, and when it is back all is as before.
 */
static void pathset_leave_and_return(struct kunit *test)
{
	const struct set_case *c = test->param_value;
	struct ipv6tun_member rest[MEMBERS];
	unsigned int n = members(c->member), i, s;

	for (s = 0; s < 2; s++) {
		u16 *before = owners_of(test, c->member, n, seeds[s]);

		for (i = 0; i < n; i++) {
			unsigned int kept = 0, stayed = 0, moved = 0, j;
			u16 gone = c->member[i].id;
			u16 *during, *after;
			u32 b;

			for (j = 0; j < n; j++)
				if (j != i)
					rest[kept++] = c->member[j];
			during = owners_of(test, rest, kept, seeds[s]);
			for (b = 0; b < IPV6TUN_BUCKETS; b++) {
				if (during[b] == gone)
					stayed++;
				else if (before[b] != gone &&
					 before[b] != during[b])
					moved++;
			}
			KUNIT_EXPECT_EQ_MSG(test, stayed, 0, "path %u", gone);
			KUNIT_EXPECT_EQ_MSG(test, moved, 0, "path %u", gone);
			expect_shares(test, during, rest, kept, seeds[s]);

			/* In another order than before, for good measure. */
			rest[kept++] = c->member[i];
			after = owners_of(test, rest, kept, seeds[s]);
			KUNIT_EXPECT_EQ(test, differing(before, after), 0);
			kunit_kfree(test, during);
			kunit_kfree(test, after);
		}
		kunit_kfree(test, before);
	}
}

/* A member that gets heavier takes buckets, all others only give. */
static void pathset_weight_change(struct kunit *test)
{
	const struct set_case *c = test->param_value;
	struct ipv6tun_member member[MEMBERS];
	unsigned int n = members(c->member), i;

	for (i = 0; i < n; i++) {
		u16 *before, *after;
		unsigned int wrong = 0;
		u32 b;

		memcpy(member, c->member, sizeof(member));
		member[i].weight = max(1, member[i].weight / 2);
		before = owners_of(test, member, n, 1);
		member[i].weight = min(IPV6TUN_WEIGHT_MAX, 3 * member[i].weight);
		after = owners_of(test, member, n, 1);
		for (b = 0; b < IPV6TUN_BUCKETS; b++)
			wrong += before[b] != after[b] &&
				 after[b] != member[i].id;
		KUNIT_EXPECT_EQ(test, wrong, 0);
		kunit_kfree(test, before);
		kunit_kfree(test, after);
	}
}

/* Only the ratios of the weights count. */
static const struct scale_case {
	const char *name;
	struct ipv6tun_member member[MEMBERS];
	u32 factor;
} scale_cases[] = {
	{ "1 1", { {1, 1}, {2, 1} }, 7 },
	{ "1 1 1 1", { {1, 1}, {2, 1}, {3, 1}, {4, 1} }, 1000 },
	{ "1 2 4", { {1, 1}, {2, 2}, {3, 4} }, 250 },
	{ "2 3 5", { {1, 2}, {2, 3}, {3, 5} }, 199 },
};

KUNIT_ARRAY_PARAM_DESC(scale, scale_cases, name);

static void pathset_weight_scale(struct kunit *test)
{
	const struct scale_case *c = test->param_value;
	unsigned int n = members(c->member), i;
	struct ipv6tun_member member[MEMBERS];
	u16 *one, *scaled;

	memcpy(member, c->member, sizeof(member));
	for (i = 0; i < n; i++)
		member[i].weight *= c->factor;
	one = owners_of(test, c->member, n, 5);
	scaled = owners_of(test, member, n, 5);
	KUNIT_EXPECT_EQ(test, differing(one, scaled), 0);
}

/* The table holds the owners, and building it once more changes nothing. */
static void pathset_table(struct kunit *test)
{
	const struct set_case *c = test->param_value;
	struct ipv6tun_pathset *set = alloc_set(test, c->member, members(c->member), 9);
	u16 *owners = owners_of(test, c->member, members(c->member), 9);
	unsigned long *alive = alloc_all_alive(test);
	unsigned int wrong = 0;
	const u16 *table;
	u32 b;

	for (b = 0; b < IPV6TUN_BUCKETS; b++)
		wrong += ipv6tun_pathset_pick(set, b, NULL) != owners[b];
	KUNIT_EXPECT_EQ(test, wrong, 0);

	KUNIT_ASSERT_EQ(test, ipv6tun_pathset_build(set, alive, &immediate,
						    NOW), 0);
	table = set->buckets;
	KUNIT_ASSERT_NOT_NULL(test, table);
	KUNIT_EXPECT_EQ(test, differing(table, owners), 0);
	for (b = 0; b < IPV6TUN_BUCKETS; b++)
		wrong += ipv6tun_pathset_pick(set, b, NULL) != owners[b];
	KUNIT_EXPECT_EQ(test, wrong, 0);

	KUNIT_EXPECT_EQ(test, ipv6tun_pathset_build(set, alive, &immediate,
						    NOW), 0);
	KUNIT_EXPECT_PTR_EQ(test, (const u16 *)set->buckets, table);
}

/*
 * A dead member is as good as none: with and without table, every bucket goes
 * where it would go in a set of the living ones.
 */
static void pathset_alive(struct kunit *test)
{
	const struct set_case *c = test->param_value;
	unsigned long *alive = alloc_alive(test);
	unsigned int n = members(c->member), round;
	struct ipv6tun_pathset *bare, *built;

	bare = alloc_set(test, c->member, n, 3);
	built = alloc_set(test, c->member, n, 3);
	KUNIT_ASSERT_EQ(test, ipv6tun_pathset_build(built, alive, &immediate,
						    NOW), 0);

	for (round = 0; round < 8; round++) {
		/* None, then all, then varying halves. */
		u32 dice = round == 0 ? 0 : round == 1 ? ~0 :
			   ipv6tun_mix32(round);
		struct ipv6tun_member living[MEMBERS];
		unsigned int kept = 0, wrong = 0, i;
		u16 *want;
		u32 b;

		for (i = 0; i < n; i++) {
			__assign_bit(c->member[i].id, alive, dice & BIT(i));
			if (dice & BIT(i))
				living[kept++] = c->member[i];
		}
		want = owners_of(test, living, kept, 3);
		for (b = 0; b < IPV6TUN_BUCKETS; b++) {
			wrong += ipv6tun_pathset_owner(bare, b, alive) != want[b];
			wrong += ipv6tun_pathset_pick(bare, b, alive) != want[b];
			wrong += ipv6tun_pathset_pick(built, b, alive) != want[b];
			/* And so with traffic on while nothing may settle. */
			if (!(b % 4096)) {
				ipv6tun_pathset_refresh(built, alive,
							&immediate, NOW);
				wrong += !!built->settling;
			}
			wrong += !kept && want[b];
		}
		KUNIT_EXPECT_EQ_MSG(test, wrong, 0, "alive %#x", dice);
		kunit_kfree(test, want);
	}
}

/* What pathset_alloc() makes of its input. */
static const struct alloc_case {
	const char *name;
	struct ipv6tun_member in[6];
	unsigned int n_in;
	struct ipv6tun_member out[6];
	unsigned int n_out;
} alloc_cases[] = {
	{ "empty", {}, 0, {}, 0 },
	{ "one", { {5, 5} }, 1, { {5, 5} }, 1 },
	{ "sorted by id", { {3, 1}, {1, 2}, {2, 3} }, 3,
	  { {1, 2}, {2, 3}, {3, 1} }, 3 },
	{ "twice, lighter first", { {1, 1}, {2, 1}, {1, 7} }, 3,
	  { {1, 7}, {2, 1} }, 2 },
	{ "twice, heavier first", { {1, 7}, {2, 1}, {1, 1} }, 3,
	  { {1, 7}, {2, 1} }, 2 },
	{ "all the same", { {9, 1}, {9, 3}, {9, 2}, {9, 3}, {9, 1}, {9, 1} }, 6,
	  { {9, 3} }, 1 },
	{ "weights clamped", { {1, 0}, {2, 1000}, {3, 1001}, {4, U32_MAX} }, 4,
	  { {1, 1}, {2, 1000}, {3, 1000}, {4, 1000} }, 4 },
	{ "bad ids left out", { {0, 1}, {1, 1}, {4096, 1}, {4097, 1},
				{U16_MAX, 1}, {0, 2} }, 6,
	  { {1, 1}, {4096, 1} }, 2 },
	{ "only bad ids", { {0, 1}, {4097, 1} }, 2, {}, 0 },
};

KUNIT_ARRAY_PARAM_DESC(alloc, alloc_cases, name);

static void pathset_alloc(struct kunit *test)
{
	const struct alloc_case *c = test->param_value;
	struct ipv6tun_pathset *set = alloc_set(test, c->in, c->n_in, 77);
	unsigned int i;

	KUNIT_EXPECT_EQ(test, set->seed, 77);
	KUNIT_EXPECT_NULL(test, set->buckets);
	KUNIT_ASSERT_EQ(test, set->n, c->n_out);
	KUNIT_EXPECT_TRUE(test, bitmap_empty(set->seen, set->n));
	for (i = 0; i < c->n_in; i++)
		KUNIT_EXPECT_EQ(test, ipv6tun_pathset_has(set, c->in[i].id),
				c->in[i].id && c->in[i].id <= IPV6TUN_PATH_MAX);
	for (i = 0; i < c->n_out; i++) {
		KUNIT_EXPECT_EQ(test, set->member[i].id, c->out[i].id);
		KUNIT_EXPECT_EQ(test, set->member[i].weight, c->out[i].weight);
	}
}

static void pathset_none(struct kunit *test)
{
	struct ipv6tun_pathset *set = alloc_set(test, NULL, 0, 1);
	unsigned long *alive = alloc_alive(test);

	bitmap_fill(alive, IPV6TUN_PATH_MAX + 1);
	KUNIT_EXPECT_EQ(test, ipv6tun_pathset_build(set, alive, &idle, NOW), 0);
	KUNIT_EXPECT_NULL(test, set->buckets);
	KUNIT_EXPECT_EQ(test, ipv6tun_pathset_owner(set, 0, NULL), 0);
	KUNIT_EXPECT_EQ(test, ipv6tun_pathset_pick(set, 65535, NULL), 0);
	KUNIT_EXPECT_EQ(test, ipv6tun_pathset_pick(set, 65535, alive), 0);
	KUNIT_EXPECT_FALSE(test, ipv6tun_pathset_has(set, 0));
	KUNIT_EXPECT_FALSE(test, ipv6tun_pathset_dirty(set, 1, alive));
	ipv6tun_pathset_put(NULL);
}

static void pathset_one(struct kunit *test)
{
	static const struct ipv6tun_member member = { 4096, 3 };
	struct ipv6tun_pathset *set = alloc_set(test, &member, 1, 1);
	unsigned long *alive = alloc_alive(test);

	KUNIT_EXPECT_EQ(test, ipv6tun_pathset_build(set, alive, &idle, NOW), 0);
	KUNIT_EXPECT_NULL(test, set->buckets);
	KUNIT_EXPECT_EQ(test, ipv6tun_pathset_owner(set, 0, NULL), 4096);
	KUNIT_EXPECT_EQ(test, ipv6tun_pathset_pick(set, 1, NULL), 4096);
	KUNIT_EXPECT_EQ(test, ipv6tun_pathset_pick(set, 1, alive), 0);
	KUNIT_EXPECT_EQ(test, ipv6tun_pathset_owner(set, 1, alive), 0);
	__set_bit(4096, alive);
	KUNIT_EXPECT_EQ(test, ipv6tun_pathset_pick(set, 1, alive), 4096);
}

/* As many paths as there may be: none is left without a bucket. */
static void pathset_all(struct kunit *test)
{
	struct ipv6tun_member *member;
	struct ipv6tun_pathset *set;
	u32 *count, most = 0;
	unsigned int wrong = 0, i;

	member = kunit_kcalloc(test, IPV6TUN_PATH_MAX, sizeof(*member),
			       GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, member);
	for (i = 0; i < IPV6TUN_PATH_MAX; i++)
		member[i] = (struct ipv6tun_member){ IPV6TUN_PATH_MAX - i, 10 };
	set = alloc_set(test, member, IPV6TUN_PATH_MAX, 1);
	KUNIT_ASSERT_EQ(test, set->n, IPV6TUN_PATH_MAX);
	KUNIT_ASSERT_EQ(test, ipv6tun_pathset_build(set, alloc_all_alive(test),
						    &immediate, NOW), 0);

	count = counts_of(test, set->buckets);
	KUNIT_EXPECT_EQ(test, count[0], 0);
	for (i = 1; i <= IPV6TUN_PATH_MAX; i++) {
		wrong += !count[i];
		most = max(most, count[i]);
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
	/* 16 on average, the most of 4,096 Poisson draws is about 33 */
	KUNIT_EXPECT_LE(test, most, 48);
	for (i = 0; i < IPV6TUN_BUCKETS; i += 97)
		wrong += set->buckets[i] != ipv6tun_pathset_owner(set, i, NULL);
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

/*
 * Two routers of different versions must agree. These owners come from a model
 * of the definition with real logarithms, not from this code.
 */
static const struct golden_case {
	const char *name;
	u32 seed;
	struct ipv6tun_member member[MEMBERS];
	u16 first[16];	/* owners of the first buckets */
	u32 fnv;	/* of all: h = (h ^ owner) * 0x01000193 */
} golden_cases[] = {
	{ "four", 0, { {1, 1}, {2, 1}, {3, 1}, {4, 1} },
	  { 1, 3, 4, 1, 1, 1, 3, 3, 4, 1, 2, 4, 3, 3, 2, 1 }, 0x92013cd4 },
	{ "four, seed", 0x12345678, { {1, 1}, {2, 1}, {3, 1}, {4, 1} },
	  { 4, 4, 4, 1, 1, 2, 2, 4, 3, 1, 1, 1, 3, 4, 3, 3 }, 0x3ab046d5 },
	{ "weights 1 2 4", 1, { {10, 1}, {20, 2}, {4096, 4} },
	  { 20, 20, 4096, 4096, 20, 4096, 20, 20, 4096, 4096, 10, 20, 10, 4096,
	    4096, 4096 }, 0xb108d455 },
	{ "weights 1 1000", 0xffffffff, { {1, 1}, {2, 1000} },
	  { 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2 }, 0x3bd1ab37 },
	{ "sixteen", 7, { {1, 1}, {2, 1}, {3, 1}, {4, 1}, {5, 1}, {6, 1},
			  {7, 1}, {8, 1}, {9, 1}, {10, 1}, {11, 1}, {12, 1},
			  {13, 1}, {14, 1}, {15, 1}, {16, 1} },
	  { 3, 16, 4, 7, 15, 11, 13, 1, 16, 2, 9, 10, 9, 9, 14, 15 },
	  0x567d5b0d },
	{ "two, weight 3", 42, { {5, 3}, {6, 3} },
	  { 5, 5, 5, 6, 5, 5, 6, 5, 5, 5, 5, 5, 6, 6, 5, 5 }, 0xc223d61a },
};

KUNIT_ARRAY_PARAM_DESC(golden, golden_cases, name);

static void pathset_golden(struct kunit *test)
{
	const struct golden_case *c = test->param_value;
	u32 fnv = 0x811c9dc5;
	unsigned int n = members(c->member), i;
	u16 *owners;

	owners = owners_of(test, c->member, n, c->seed);
	for (i = 0; i < ARRAY_SIZE(c->first); i++)
		KUNIT_EXPECT_EQ_MSG(test, owners[i], c->first[i], "bucket %u", i);
	for (i = 0; i < IPV6TUN_BUCKETS; i++)
		fnv = (fnv ^ owners[i]) * 0x01000193;
	KUNIT_EXPECT_EQ(test, fnv, c->fnv);
}

/*
 * log2(1 + i / 128) in units of 2^-44, digit by digit: squaring doubles the
 * logarithm, and a result of 2 or more yields a one.
 */
static u64 log2_by_squaring(u32 i)
{
	u64 x = (1ULL << 62) + ((u64)i << (62 - LOG2_SHIFT));
	unsigned int bit;
	u64 log = 0;

	for (bit = 0; bit < COST_SHIFT; bit++) {
		x = mul_u64_u64_shr(x, x, 62);
		log <<= 1;
		if (x >> 63) {
			x >>= 1;
			log |= 1;
		}
	}
	return log;
}

static void pathset_log_table(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(log2_table) - 1; i++) {
		u64 got = log2_table[i], want = log2_by_squaring(i);

		/* Rounded there, cut off here. */
		KUNIT_EXPECT_TRUE_MSG(test, got - want <= 2 || want - got <= 2,
				      "entry %u", i);
	}
	KUNIT_EXPECT_EQ(test, log2_table[i], 1ULL << COST_SHIFT);
}

static unsigned int cost_wrong(u32 u)
{
	return (u != U32_MAX && cost_of(u) <= cost_of(u + 1)) +
	       (cost_of(u) < (u64)~u << (COST_SHIFT - 32));
}

/* Strictly decreasing, and never below what ipv6tun_pathset_owner() skips by. */
static void pathset_cost(struct kunit *test)
{
	unsigned int wrong = 0;
	u32 i, j;

	KUNIT_EXPECT_EQ(test, cost_of(0), 33ULL << COST_SHIFT);
	KUNIT_EXPECT_GT(test, cost_of(U32_MAX), 0);

	/* Around every change of octave, then of segment. */
	for (i = 0; i < 32; i++)
		for (j = 0; j < 16; j++)
			wrong += cost_wrong(BIT(i) - 8 + j);
	for (i = 0; i < 1 << 16; i++)
		for (j = 0; j < 16; j++)
			wrong += cost_wrong((i << 16) - 8 + j);
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

#define FLOWS	4000

/**
 * struct world - a set, and flows that use it
 * @set: the set as published
 * @alive: bit per path id
 * @now: the time
 * @path: where each flow went last
 */
struct world {
	struct ipv6tun_pathset	*set;
	unsigned long		*alive;
	u32			now;
	u16			path[FLOWS];
};

static u32 bucket_of(unsigned int flow)
{
	return ipv6tun_pathset_bucket(ipv6tun_mix32(flow * 0x9e3779b9 + 7));
}

/* A packet of a flow; the path it takes. */
static u16 send(struct world *w, unsigned int flow)
{
	u16 id = ipv6tun_pathset_pick(w->set, bucket_of(flow), w->alive);

	/* Of the time of use, overwrite the kernel's by the test's. */
	if (w->set->settling)
		note_use(w->set->settling, bucket_of(flow), w->now);
	return id;
}

/* A packet of every @step'th flow; how many of these have moved. */
static unsigned int send_all(struct world *w, unsigned int step)
{
	unsigned int moved = 0, i;

	for (i = 0; i < FLOWS; i += step) {
		u16 id = send(w, i);

		moved += id != w->path[i];
		w->path[i] = id;
	}
	return moved;
}

/* Flows on a path, by what they last did. */
static unsigned int flows_on(const struct world *w, u16 id)
{
	unsigned int n = 0, i;

	for (i = 0; i < FLOWS; i++)
		n += w->path[i] == id;
	return n;
}

/* Buckets whose path is not their owner. */
static unsigned int away(const struct world *w)
{
	unsigned int n = 0;
	u32 b;

	for (b = 0; b < IPV6TUN_BUCKETS; b++)
		n += w->set->buckets[b] !=
		     ipv6tun_pathset_owner(w->set, b, w->alive);
	return n;
}

static void refresh(struct kunit *test, struct world *w,
		    const struct ipv6tun_return *rule)
{
	KUNIT_ASSERT_EQ(test, ipv6tun_pathset_refresh(w->set, w->alive, rule,
						      w->now), 0);
}

static u32 settle(struct world *w, const struct ipv6tun_return *rule)
{
	u32 delay;

	return ipv6tun_pathset_settle(w->set, w->alive, rule, w->now, &delay);
}

/* In the order the tracker's contract demands. */
static void bring_back(struct kunit *test, struct world *w,
		       const struct ipv6tun_return *rule, u16 id)
{
	if (ipv6tun_pathset_dirty(w->set, id, w->alive))
		refresh(test, w, rule);
	__set_bit(id, w->alive);
	refresh(test, w, rule);
}

/* A set of paths 1 to @n of equal weight, built, all alive, with its flows. */
static struct world *make_world(struct kunit *test, unsigned int n,
				const struct ipv6tun_return *rule)
{
	struct world *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	struct ipv6tun_member member[MEMBERS];
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, w);
	for (i = 0; i < n; i++)
		member[i] = (struct ipv6tun_member){ i + 1, 1 };
	w->set = alloc_set(test, member, n, 11);
	w->alive = alloc_alive(test);
	w->now = NOW;
	bitmap_set(w->alive, 1, n);
	KUNIT_ASSERT_EQ(test, ipv6tun_pathset_build(w->set, w->alive, rule,
						    w->now), 0);
	send_all(w, 1);
	return w;
}

static const struct mode_case {
	const char *name;
	const struct ipv6tun_return *rule;
} mode_cases[] = {
	{ "immediate", &immediate },
	{ "idle", &idle },
};

KUNIT_ARRAY_PARAM_DESC(mode, mode_cases, name);

/* Weights 1:2:4 are kept by buckets within 1 %, by 4,000 flows within 3 %. */
static void pathset_flow_shares(struct kunit *test)
{
	static const struct ipv6tun_member member[] = { {1, 1}, {2, 2}, {3, 4} };
	const struct mode_case *c = test->param_value;
	struct world *w = make_world(test, 2, c->rule);
	unsigned int i;

	bitmap_set(w->alive, 1, 3);
	w->set = alloc_set(test, member, 3, 64512);
	KUNIT_ASSERT_EQ(test, ipv6tun_pathset_build(w->set, w->alive, c->rule,
						    w->now), 0);
	expect_shares(test, w->set->buckets, member, 3, 64512);
	send_all(w, 1);
	for (i = 0; i < 3; i++) {
		int want = FLOWS * member[i].weight / 7;
		int got = flows_on(w, member[i].id);

		KUNIT_EXPECT_LE_MSG(test, abs(got - want), FLOWS * 3 / 100,
				    "path %u has %d flows, not %d",
				    member[i].id, got, want);
	}
}

/* A path that dies moves its own flows, before and after the table follows. */
static void pathset_kill(struct kunit *test)
{
	const struct mode_case *c = test->param_value;
	struct world *w = make_world(test, 8, c->rule);
	u16 id;

	for (id = 1; id <= 8; id++) {
		unsigned int had = flows_on(w, id), others = 0, i;

		KUNIT_EXPECT_GT(test, had, FLOWS / 16);
		__clear_bit(id, w->alive);
		for (i = 0; i < FLOWS; i++)
			others += w->path[i] != id && send(w, i) != w->path[i];
		KUNIT_EXPECT_EQ(test, others, 0);
		KUNIT_EXPECT_EQ(test, send_all(w, 1), had);
		KUNIT_EXPECT_EQ(test, flows_on(w, id), 0);

		refresh(test, w, c->rule);
		KUNIT_EXPECT_EQ(test, send_all(w, 1), 0);
		KUNIT_EXPECT_NULL(test, w->set->settling);

		/* Home by time-out, for the next. */
		bring_back(test, w, c->rule, id);
		w->now += FORCED;
		settle(w, c->rule);
		send_all(w, 1);
	}
}

/* In immediate mode a return takes back just what was lost, at once. */
static void pathset_return_immediate(struct kunit *test)
{
	struct world *w = make_world(test, 8, &immediate);
	u16 *before = kunit_kmalloc_array(test, FLOWS, sizeof(u16), GFP_KERNEL);
	unsigned int had = flows_on(w, 3);

	KUNIT_ASSERT_NOT_NULL(test, before);
	memcpy(before, w->path, sizeof(w->path));
	__clear_bit(3, w->alive);
	send_all(w, 1);
	refresh(test, w, &immediate);
	KUNIT_EXPECT_EQ(test, away(w), counts_of(test, w->set->buckets)[3]);
	__set_bit(3, w->alive);
	KUNIT_EXPECT_EQ(test, send_all(w, 1), had);
	KUNIT_EXPECT_MEMEQ(test, before, w->path, sizeof(w->path));
	refresh(test, w, &immediate);
	KUNIT_EXPECT_EQ(test, send_all(w, 1), 0);
	KUNIT_EXPECT_NULL(test, w->set->settling);
}

/*
 * In idle mode a return moves no flow that is alive. The others' buckets go
 * home when their time has come, the rest by the time-out.
 */
static void pathset_return_idle(struct kunit *test)
{
	struct world *w = make_world(test, 8, &idle);
	u32 lost = counts_of(test, w->set->buckets)[3];
	u32 waiting, busy = 0, delay, b;
	unsigned long *used;
	unsigned int i;

	used = kunit_kcalloc(test, BITS_TO_LONGS(IPV6TUN_BUCKETS), sizeof(long),
			     GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, used);
	/* Every second flow goes on to send. */
	for (i = 0; i < FLOWS; i += 2)
		__set_bit(bucket_of(i), used);

	__clear_bit(3, w->alive);
	send_all(w, 1);
	refresh(test, w, &idle);
	KUNIT_EXPECT_EQ(test, counts_of(test, w->set->buckets)[3], 0);
	KUNIT_EXPECT_EQ(test, away(w), 0);

	w->now += 50;
	bring_back(test, w, &idle, 3);
	KUNIT_ASSERT_NOT_NULL(test, w->set->settling);
	KUNIT_EXPECT_EQ(test, w->set->waiting, lost);
	KUNIT_EXPECT_EQ(test, away(w), lost);
	KUNIT_EXPECT_EQ(test, send_all(w, 1), 0);
	for_each_set_bit(b, w->set->settling->waiting, IPV6TUN_BUCKETS)
		busy += test_bit(b, used);
	KUNIT_ASSERT_GT(test, busy, 100);

	/* One tick too early. */
	w->now += IDLE - 1;
	KUNIT_EXPECT_EQ(test, ipv6tun_pathset_settle(w->set, w->alive, &idle,
						     w->now, &delay), lost);
	KUNIT_EXPECT_GE(test, delay, 1);
	KUNIT_EXPECT_LE(test, delay, IDLE / 8 + 1);
	KUNIT_EXPECT_EQ(test, send_all(w, 2), 0);

	/* The quiet half goes. */
	w->now++;
	waiting = settle(w, &idle);
	KUNIT_EXPECT_EQ(test, waiting, busy);
	KUNIT_EXPECT_EQ(test, w->set->waiting, busy);
	KUNIT_EXPECT_EQ(test, away(w), busy);
	KUNIT_EXPECT_EQ(test, send_all(w, 2), 0);

	/* The rest does not, however long, ... */
	KUNIT_ASSERT_NOT_NULL(test, w->set->settling);
	while (w->now - w->set->settling->since < FORCED - 40) {
		w->now += 40;
		KUNIT_EXPECT_EQ(test, settle(w, &idle), busy);
		KUNIT_EXPECT_EQ(test, send_all(w, 2), 0);
	}
	/* ... unless it is forced to. */
	KUNIT_ASSERT_NOT_NULL(test, w->set->settling);
	w->now = w->set->settling->since + FORCED - 1;
	KUNIT_EXPECT_EQ(test, ipv6tun_pathset_settle(w->set, w->alive, &idle,
						     w->now, &delay), busy);
	KUNIT_EXPECT_EQ(test, delay, 1);
	w->now++;
	KUNIT_EXPECT_EQ(test, settle(w, &idle_unforced), busy);
	KUNIT_EXPECT_EQ(test, settle(w, &idle), 0);
	KUNIT_EXPECT_EQ(test, away(w), 0);
	KUNIT_EXPECT_NULL(test, w->set->settling);
	KUNIT_EXPECT_EQ(test, w->set->waiting, 0);
	KUNIT_EXPECT_EQ(test, counts_of(test, w->set->buckets)[3], lost);
}

/* A packet may be a tick ahead of the work, and the clock wraps. */
static void pathset_idle_clock(struct kunit *test)
{
	struct world *w = make_world(test, 4, &idle);
	u32 waiting, delay, b;

	w->now = -20;
	__clear_bit(2, w->alive);
	refresh(test, w, &idle);
	bring_back(test, w, &idle, 2);
	waiting = w->set->waiting;
	KUNIT_ASSERT_GT(test, waiting, 0);
	KUNIT_ASSERT_NOT_NULL(test, w->set->settling);

	for (b = 0; b < IPV6TUN_BUCKETS; b++)
		note_use(w->set->settling, b, 5);
	w->now = 4;
	KUNIT_EXPECT_EQ(test, ipv6tun_pathset_settle(w->set, w->alive, &idle,
						     w->now, &delay), waiting);
	KUNIT_EXPECT_EQ(test, delay, IDLE);
	w->now = 5 + IDLE - 1;
	KUNIT_EXPECT_EQ(test, settle(w, &idle), waiting);
	w->now++;
	KUNIT_EXPECT_EQ(test, settle(w, &idle), 0);
}

/* Two paths die and return: what lives on the others never moves. */
static void pathset_two_deaths(struct kunit *test)
{
	struct world *w = make_world(test, 8, &idle);
	u16 *home = kunit_kmalloc_array(test, FLOWS, sizeof(u16), GFP_KERNEL);
	unsigned int had, i, wrong = 0;

	KUNIT_ASSERT_NOT_NULL(test, home);
	memcpy(home, w->path, sizeof(w->path));

	had = flows_on(w, 1);
	__clear_bit(1, w->alive);
	KUNIT_EXPECT_EQ(test, send_all(w, 1), had);
	refresh(test, w, &idle);
	had = flows_on(w, 2);
	__clear_bit(2, w->alive);
	KUNIT_EXPECT_EQ(test, send_all(w, 1), had);
	refresh(test, w, &idle);

	/* One more dies, unseen: the flows it had must not follow those back. */
	KUNIT_EXPECT_FALSE(test, ipv6tun_pathset_dirty(w->set, 1, w->alive));
	had = flows_on(w, 4);
	__clear_bit(4, w->alive);
	KUNIT_EXPECT_TRUE(test, ipv6tun_pathset_dirty(w->set, 1, w->alive));
	KUNIT_EXPECT_EQ(test, send_all(w, 1), had);
	bring_back(test, w, &idle, 1);
	KUNIT_EXPECT_EQ(test, send_all(w, 1), 0);
	bring_back(test, w, &idle, 4);
	bring_back(test, w, &idle, 2);
	KUNIT_EXPECT_EQ(test, send_all(w, 1), 0);
	for (i = 0; i < FLOWS; i++)
		wrong += home[i] > 2 && home[i] != 4 && home[i] != w->path[i];
	KUNIT_EXPECT_EQ(test, wrong, 0);

	/* One more dies while buckets wait: its own go, wait or not. */
	had = flows_on(w, 5);
	__clear_bit(5, w->alive);
	KUNIT_EXPECT_EQ(test, send_all(w, 1), had);
	refresh(test, w, &idle);
	KUNIT_EXPECT_EQ(test, send_all(w, 1), 0);
	KUNIT_EXPECT_EQ(test, w->set->waiting, away(w));

	/* So does one that buckets wait for: they wait no longer. */
	had = flows_on(w, 2);
	__clear_bit(2, w->alive);
	KUNIT_EXPECT_EQ(test, send_all(w, 1), had);
	refresh(test, w, &idle);
	KUNIT_EXPECT_EQ(test, send_all(w, 1), 0);
	KUNIT_EXPECT_EQ(test, w->set->waiting, away(w));
	bring_back(test, w, &idle, 2);
	bring_back(test, w, &idle, 5);
	KUNIT_EXPECT_EQ(test, send_all(w, 1), 0);

	w->now += FORCED;
	KUNIT_EXPECT_EQ(test, settle(w, &idle), 0);
	send_all(w, 1);
	KUNIT_EXPECT_MEMEQ(test, home, w->path, sizeof(w->path));
}

/* Down and up before the table followed: the flows stay where they fled to. */
static void pathset_flap(struct kunit *test)
{
	struct world *w = make_world(test, 8, &idle);
	unsigned int had = flows_on(w, 6), round;

	for (round = 0; round < 3; round++) {
		__clear_bit(6, w->alive);
		KUNIT_EXPECT_EQ(test, send_all(w, 1), round ? 0 : had);
		KUNIT_EXPECT_TRUE(test, ipv6tun_pathset_dirty(w->set, 6,
							      w->alive));
		bring_back(test, w, &idle, 6);
		KUNIT_EXPECT_EQ(test, send_all(w, 1), 0);
		KUNIT_EXPECT_EQ(test, flows_on(w, 6), 0);
		KUNIT_EXPECT_FALSE(test, ipv6tun_pathset_dirty(w->set, 6,
							       w->alive));
	}
	/* What it is there for: without, all would come back at once. */
	w->now += FORCED;
	settle(w, &idle);
	send_all(w, 1);
	__clear_bit(6, w->alive);
	send_all(w, 1);
	__set_bit(6, w->alive);
	KUNIT_EXPECT_EQ(test, send_all(w, 1), had);
}

/* With all dead nothing goes anywhere, and the first that returns gets all. */
static void pathset_all_dead(struct kunit *test)
{
	struct world *w = make_world(test, 4, &idle);

	bitmap_clear(w->alive, 1, 4);
	send_all(w, 1);
	KUNIT_EXPECT_EQ(test, flows_on(w, 0), FLOWS);
	refresh(test, w, &idle);
	send_all(w, 1);
	KUNIT_EXPECT_EQ(test, flows_on(w, 0), FLOWS);

	__set_bit(2, w->alive);
	KUNIT_EXPECT_EQ(test, send_all(w, 1), FLOWS);
	KUNIT_EXPECT_EQ(test, flows_on(w, 2), FLOWS);
	/* The table had nothing better to say than the old owners. */
	KUNIT_EXPECT_TRUE(test, ipv6tun_pathset_dirty(w->set, 1, w->alive));
	bring_back(test, w, &idle, 1);
	KUNIT_EXPECT_EQ(test, send_all(w, 1), 0);
	bring_back(test, w, &idle, 3);
	bring_back(test, w, &idle, 4);
	KUNIT_EXPECT_EQ(test, send_all(w, 1), 0);
	w->now += IDLE - 1;
	KUNIT_EXPECT_GT(test, settle(w, &idle_unforced), 0);
	w->now++;
	KUNIT_EXPECT_EQ(test, settle(w, &idle_unforced), 0);
	KUNIT_EXPECT_EQ(test, away(w), 0);
}

static struct ipv6tun_pathset *successor(struct kunit *test,
					 struct ipv6tun_pathset *prev,
					 const struct ipv6tun_member *member,
					 unsigned int n)
{
	struct ipv6tun_pathset *set = alloc_set(test, member, n, prev->seed);

	ipv6tun_pathset_follow(set, prev);
	return set;
}

/* A set that replaces another keeps the flows of the paths they share. */
static void pathset_replace(struct kunit *test)
{
	static const struct ipv6tun_member member[] = {
		{1, 1}, {2, 5}, {3, 1}, {4, 1}, {6, 1}, {7, 1}, {8, 1}, {9, 1},
	};
	struct world *w = make_world(test, 8, &idle);
	struct ipv6tun_pathset *old = w->set;
	u16 *before, *during;
	unsigned int had, wrong = 0;
	u32 since, b;

	/* With a history: 3 has returned, to none of its flows. */
	__clear_bit(3, w->alive);
	refresh(test, w, &idle);
	bring_back(test, w, &idle, 3);
	KUNIT_ASSERT_NOT_NULL(test, w->set->settling);
	since = w->set->settling->since;
	send_all(w, 1);
	had = flows_on(w, 5);
	before = kunit_kmalloc_array(test, IPV6TUN_BUCKETS, 2, GFP_KERNEL);
	during = kunit_kmalloc_array(test, IPV6TUN_BUCKETS, 2, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, before);
	KUNIT_ASSERT_NOT_NULL(test, during);
	for (b = 0; b < IPV6TUN_BUCKETS; b++)
		before[b] = ipv6tun_pathset_pick(old, b, w->alive);

	__set_bit(9, w->alive);
	w->now += 10;
	w->set = successor(test, old, member, ARRAY_SIZE(member));
	KUNIT_EXPECT_PTR_EQ(test, w->set->prev, old);
	KUNIT_EXPECT_EQ(test, refcount_read(&old->refs), 2);
	KUNIT_EXPECT_TRUE(test, ipv6tun_pathset_dirty(w->set, 4, w->alive));
	KUNIT_EXPECT_FALSE(test, ipv6tun_pathset_dirty(w->set, 5, w->alive));
	KUNIT_EXPECT_EQ(test, send_all(w, 1), had);
	for (b = 0; b < IPV6TUN_BUCKETS; b++) {
		during[b] = ipv6tun_pathset_pick(w->set, b, w->alive);
		if (before[b] == 5)
			wrong += during[b] != ipv6tun_pathset_owner(w->set, b,
								    w->alive);
		else
			wrong += during[b] != before[b];
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);

	/* The table changes nothing; it begins to settle. */
	KUNIT_ASSERT_EQ(test, ipv6tun_pathset_build(w->set, w->alive, &idle,
						    w->now), 0);
	ipv6tun_pathset_leave(w->set);
	KUNIT_EXPECT_NULL(test, w->set->prev);
	KUNIT_EXPECT_EQ(test, refcount_read(&old->refs), 1);
	KUNIT_EXPECT_EQ(test, differing(w->set->buckets, during), 0);
	KUNIT_EXPECT_EQ(test, send_all(w, 1), 0);
	KUNIT_EXPECT_EQ(test, w->set->waiting, away(w));
	KUNIT_ASSERT_NOT_NULL(test, w->set->settling);
	KUNIT_EXPECT_EQ(test, w->set->settling->since, since);
	KUNIT_EXPECT_EQ(test, w->set->settling->used[b - 1], w->now);

	/* A path that dies before the table is there, and one after. */
	w->set = successor(test, w->set, member, ARRAY_SIZE(member));
	had = flows_on(w, 8);
	__clear_bit(8, w->alive);
	KUNIT_EXPECT_EQ(test, send_all(w, 1), had);
	KUNIT_ASSERT_EQ(test, ipv6tun_pathset_build(w->set, w->alive, &idle,
						    w->now), 0);
	KUNIT_EXPECT_EQ(test, send_all(w, 1), 0);
	KUNIT_EXPECT_FALSE(test, ipv6tun_pathset_dirty(w->set, 8, w->alive));
	bring_back(test, w, &idle, 8);
	KUNIT_EXPECT_EQ(test, send_all(w, 1), 0);

	w->now = since + FORCED;
	KUNIT_EXPECT_EQ(test, settle(w, &idle), 0);
	KUNIT_EXPECT_EQ(test, away(w), 0);
}

/* Others may still use what a set replaces: to ask it is no use of its buckets. */
static void pathset_successor_asks(struct kunit *test)
{
	static const struct ipv6tun_member member[] = { {1, 1}, {2, 1}, {9, 1} };
	struct world *w = make_world(test, 3, &idle);
	struct ipv6tun_pathset *old = w->set, *new;
	u32 then = w->now - 7, b, used = 0;

	__clear_bit(3, w->alive);
	refresh(test, w, &idle);
	bring_back(test, w, &idle, 3);
	KUNIT_ASSERT_NOT_NULL(test, old->settling);
	for (b = 0; b < IPV6TUN_BUCKETS; b++)
		note_use(old->settling, b, then);
	__set_bit(9, w->alive);
	new = successor(test, old, member, ARRAY_SIZE(member));
	for (b = 0; b < IPV6TUN_BUCKETS; b++)
		ipv6tun_pathset_peek(new, b, w->alive);
	KUNIT_ASSERT_EQ(test, ipv6tun_pathset_build(new, w->alive, &idle,
						    w->now), 0);
	for (b = 0; b < IPV6TUN_BUCKETS; b++)
		used += old->settling->used[b] != then;
	KUNIT_EXPECT_EQ(test, used, 0);
}

/* The chain of predecessors is bounded, and lets go of what it drops. */
static void pathset_chain(struct kunit *test)
{
	static const struct ipv6tun_member member[] = { {1, 1}, {2, 1}, {3, 1} };
	struct world *w = make_world(test, 3, &idle);
	struct ipv6tun_pathset *set[6] = { w->set };
	struct ipv6tun_pathset *other;
	unsigned int i;

	for (i = 1; i < ARRAY_SIZE(set); i++) {
		struct ipv6tun_pathset *prev;
		unsigned int depth = 0;

		set[i] = successor(test, set[i - 1], member, 3);
		for (prev = set[i]->prev; prev; prev = prev->prev)
			depth++;
		KUNIT_EXPECT_EQ(test, depth, min(i, IPV6TUN_PREV_MAX));
		w->set = set[i];
		KUNIT_EXPECT_EQ(test, send_all(w, 1), 0);
	}
	for (i = 0; i < ARRAY_SIZE(set); i++)
		KUNIT_EXPECT_EQ(test, refcount_read(&set[i]->refs),
				i < 3 || i == 5 ? 1 : 2);

	/* The last reference to the head frees the chain but what is held. */
	release_set(test, set[4]);
	release_set(test, set[5]);
	KUNIT_EXPECT_EQ(test, refcount_read(&set[3]->refs), 1);

	/* Nothing to take over: none, one path, another seed. */
	other = alloc_set(test, member, 3, 12);
	ipv6tun_pathset_follow(other, NULL);
	KUNIT_EXPECT_NULL(test, other->prev);
	ipv6tun_pathset_follow(other, set[3]);
	KUNIT_EXPECT_NULL(test, other->prev);
	other = successor(test, set[3], member, 1);
	KUNIT_EXPECT_NULL(test, other->prev);
}

/* A change of mode moves all home, or none. */
static void pathset_mode(struct kunit *test)
{
	struct world *w = make_world(test, 8, &immediate);
	u16 *owners = kunit_kmalloc_array(test, IPV6TUN_BUCKETS, sizeof(u16),
					  GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, owners);
	memcpy(owners, w->set->buckets, IPV6TUN_BUCKETS * sizeof(u16));
	__clear_bit(4, w->alive);
	send_all(w, 1);
	refresh(test, w, &immediate);
	KUNIT_EXPECT_EQ(test, differing(owners, w->set->buckets), 0);

	/* The table may name the dead path until it has been gone through. */
	KUNIT_EXPECT_TRUE(test, ipv6tun_pathset_dirty(w->set, 4, w->alive));
	refresh(test, w, &idle);
	KUNIT_EXPECT_FALSE(test, ipv6tun_pathset_dirty(w->set, 4, w->alive));
	KUNIT_EXPECT_EQ(test, send_all(w, 1), 0);
	bring_back(test, w, &idle, 4);
	KUNIT_EXPECT_EQ(test, send_all(w, 1), 0);
	KUNIT_EXPECT_GT(test, w->set->waiting, 0);

	refresh(test, w, &immediate);
	KUNIT_EXPECT_EQ(test, differing(owners, w->set->buckets), 0);
	KUNIT_EXPECT_NULL(test, w->set->settling);
	KUNIT_EXPECT_EQ(test, w->set->waiting, 0);
}

/*
 * Deaths, returns, traffic and time in random order. A flow that sends all the
 * time moves only when its path dies, never to a dead path, and in the end all
 * buckets are home.
 */
static void pathset_random(struct kunit *test)
{
	struct world *w = make_world(test, 8, &idle_unforced);
	unsigned int step, wrong = 0, deaths = 0, returns = 0;
	u32 dice = 1;

	for (step = 0; step < 600; step++) {
		u16 id;

		dice = ipv6tun_mix32(dice + step);
		id = 1 + dice % 8;
		if (!test_bit(id, w->alive)) {
			bring_back(test, w, &idle_unforced, id);
			returns++;
		} else if (dice & 0x100) {
			unsigned int had = flows_on(w, id);

			__clear_bit(id, w->alive);
			deaths++;
			if (!bitmap_empty(w->alive, IPV6TUN_PATH_MAX + 1))
				wrong += send_all(w, 1) != had;
			else
				__set_bit(id, w->alive);
		}
		/* The work comes when it comes. */
		if (dice & 0x200)
			refresh(test, w, &idle_unforced);
		w->now += dice >> 24 & 15;
		if (dice & 0x400)
			settle(w, &idle_unforced);
		wrong += send_all(w, 1);
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
	KUNIT_EXPECT_GT(test, deaths, 50);
	KUNIT_EXPECT_GT(test, returns, 50);

	refresh(test, w, &idle_unforced);
	w->now += IDLE;
	settle(w, &idle_unforced);
	KUNIT_EXPECT_EQ(test, w->set->waiting, away(w));
	w->now += IDLE;
	KUNIT_EXPECT_EQ(test, settle(w, &idle_unforced), 0);
	KUNIT_EXPECT_EQ(test, away(w), 0);
}

static struct kunit_case pathset_cases[] = {
	KUNIT_CASE_PARAM(pathset_alloc, alloc_gen_params),
	KUNIT_CASE(pathset_none),
	KUNIT_CASE(pathset_one),
	KUNIT_CASE(pathset_log_table),
	KUNIT_CASE(pathset_cost),
	KUNIT_CASE_PARAM(pathset_golden, golden_gen_params),
	KUNIT_CASE_PARAM(pathset_shares, set_gen_params),
	KUNIT_CASE_PARAM(pathset_leave_and_return, set_gen_params),
	KUNIT_CASE_PARAM(pathset_weight_change, set_gen_params),
	KUNIT_CASE_PARAM(pathset_weight_scale, scale_gen_params),
	KUNIT_CASE_PARAM(pathset_table, set_gen_params),
	KUNIT_CASE_PARAM(pathset_alive, set_gen_params),
	KUNIT_CASE_SLOW(pathset_all),
	KUNIT_CASE_PARAM(pathset_flow_shares, mode_gen_params),
	KUNIT_CASE_PARAM(pathset_kill, mode_gen_params),
	KUNIT_CASE(pathset_return_immediate),
	KUNIT_CASE(pathset_return_idle),
	KUNIT_CASE(pathset_idle_clock),
	KUNIT_CASE(pathset_two_deaths),
	KUNIT_CASE(pathset_flap),
	KUNIT_CASE(pathset_all_dead),
	KUNIT_CASE(pathset_replace),
	KUNIT_CASE(pathset_successor_asks),
	KUNIT_CASE(pathset_chain),
	KUNIT_CASE(pathset_mode),
	KUNIT_CASE_SLOW(pathset_random),
	{}
};

/* The last sets are freed by a callback of this module. */
static void pathset_suite_exit(struct kunit_suite *suite)
{
	rcu_barrier();
}

static struct kunit_suite pathset_suite = {
	.name = "ipv6tun_pathset",
	.suite_exit = pathset_suite_exit,
	.test_cases = pathset_cases,
};

kunit_test_suite(pathset_suite);
