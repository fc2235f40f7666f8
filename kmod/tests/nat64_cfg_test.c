// SPDX-License-Identifier: GPL-2.0
/*
 * Unit tests of the configuration: what is refused and why, and that edits and
 * copies keep what was there.
 */
#include <kunit/test.h>

/* The unit under test: symbols need not be exported for tests alone. */
#include "../nat64/cfg.c"

static struct nat64_eam eam(u32 n)
{
	return (struct nat64_eam){
		.prefix6 = { .addr.s6_addr32 = { cpu_to_be32(0x20010db8), 0, 0,
						 cpu_to_be32(n) },
			     .len = 128 },
		.prefix4 = { .addr = cpu_to_be32(0x0a000000 + n), .len = 32 },
	};
}

/* Arrays grow by doubling, also after a copy and after a removal. */
static void cfg_many(struct kunit *test)
{
	struct nat64_cfg *cfg = nat64_cfg_new(), *copy;
	const char *why = NULL;
	struct nat64_eam e;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, cfg);
	for (i = 0; i < 300; i++) {
		e = eam(i);
		KUNIT_ASSERT_EQ(test, nat64_cfg_add_eam(cfg, &e, &why), 0);
		if (i % 7)
			continue;
		copy = nat64_cfg_copy(cfg);
		KUNIT_ASSERT_NOT_NULL(test, copy);
		nat64_cfg_free(cfg);
		cfg = copy;
	}
	e = eam(150);
	KUNIT_EXPECT_EQ(test, nat64_cfg_add_eam(cfg, &e, &why), -EEXIST);
	KUNIT_EXPECT_EQ(test, nat64_cfg_del_eam(cfg, &e, &why), 0);
	KUNIT_EXPECT_EQ(test, nat64_cfg_del_eam(cfg, &e, &why), -ENOENT);
	KUNIT_EXPECT_EQ(test, nat64_cfg_add_eam(cfg, &e, &why), 0);
	KUNIT_EXPECT_EQ(test, cfg->n_eams, 300);
	for (i = 0; i < 300; i++) {
		e = eam(i);
		KUNIT_EXPECT_EQ(test, nat64_cfg_del_eam(cfg, &e, &why), 0);
	}
	KUNIT_EXPECT_EQ(test, cfg->n_eams, 0);
	nat64_cfg_free(cfg);
}

static void cfg_pool6(struct kunit *test)
{
	struct nat64_prefix6 prefix = {
		.addr.s6_addr32 = { cpu_to_be32(0x0064ff9b) }, .len = 96,
	};
	struct nat64_prefix6 wide = {
		.addr.s6_addr32 = { cpu_to_be32(0x0064ff9b) }, .len = 64,
	};
	struct nat64_cfg *cfg = nat64_cfg_new();
	const char *why = NULL;

	KUNIT_ASSERT_NOT_NULL(test, cfg);
	KUNIT_EXPECT_EQ(test, nat64_cfg_add_pool6(cfg, &prefix, &why), 0);
	KUNIT_EXPECT_EQ(test, nat64_cfg_add_pool6(cfg, &prefix, &why), -EEXIST);
	KUNIT_EXPECT_EQ(test, nat64_cfg_add_pool6(cfg, &wide, &why), -EINVAL);
	prefix.len = 95;
	KUNIT_EXPECT_EQ(test, nat64_cfg_add_pool6(cfg, &prefix, &why), -EINVAL);
	KUNIT_EXPECT_EQ(test, nat64_cfg_del_pool6(cfg, &wide, &why), -ENOENT);
	KUNIT_EXPECT_EQ(test, cfg->n_pool6, 1);
	nat64_cfg_free(cfg);
}

static void cfg_pool4(struct kunit *test)
{
	struct nat64_pool4_range a = {
		.prefix = { .addr = cpu_to_be32(0xc0000200), .len = 24 },
		.protos = 7, .min = 1024, .max = 2047,
	};
	struct nat64_cfg *cfg = nat64_cfg_new();
	const char *why = NULL;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, cfg);
	KUNIT_EXPECT_EQ(test, nat64_cfg_add_pool4(cfg, &a, &why), 0);
	KUNIT_EXPECT_EQ(test, nat64_cfg_add_pool4(cfg, &a, &why), -EEXIST);
	a.min = 2047;
	a.max = 3000;
	KUNIT_EXPECT_EQ(test, nat64_cfg_add_pool4(cfg, &a, &why), -EEXIST);
	a.min = 2048;
	KUNIT_EXPECT_EQ(test, nat64_cfg_add_pool4(cfg, &a, &why), 0);
	a.protos = 8;
	KUNIT_EXPECT_EQ(test, nat64_cfg_add_pool4(cfg, &a, &why), -EINVAL);
	a.protos = 1;
	a.min = 0;
	KUNIT_EXPECT_EQ(test, nat64_cfg_add_pool4(cfg, &a, &why), -EINVAL);
	a.min = 4000;
	KUNIT_EXPECT_EQ(test, nat64_cfg_add_pool4(cfg, &a, &why), -EINVAL);
	a.max = 5000;
	for (i = 2; i < 16; i++) {
		a.prefix.addr = cpu_to_be32(0xc0000200 + i * 256);
		KUNIT_EXPECT_EQ(test, nat64_cfg_add_pool4(cfg, &a, &why), 0);
	}
	a.prefix.addr = cpu_to_be32(0xc0001200);
	KUNIT_EXPECT_EQ(test, nat64_cfg_add_pool4(cfg, &a, &why), -ENOSPC);
	KUNIT_EXPECT_NOT_NULL(test, why);
	a.prefix.len = 0;
	KUNIT_EXPECT_EQ(test, nat64_cfg_add_pool4(cfg, &a, &why), -ENOSPC);
	nat64_cfg_free(cfg);
}

static void cfg_static(struct kunit *test)
{
	struct nat64_static entry = {
		.addr6.s6_addr32 = { cpu_to_be32(0x20010db8), 0, 0, 1 },
		.addr4 = cpu_to_be32(0xc0000201),
		.port6 = htons(80), .port4 = htons(8080), .l4 = NAT64_L4_TCP,
	};
	struct nat64_cfg *cfg = nat64_cfg_new();
	const char *why = NULL;

	KUNIT_ASSERT_NOT_NULL(test, cfg);
	KUNIT_EXPECT_EQ(test, nat64_cfg_add_static(cfg, &entry, &why), 0);
	entry.port4 = htons(8081);
	KUNIT_EXPECT_EQ(test, nat64_cfg_add_static(cfg, &entry, &why), -EEXIST);
	entry.port4 = htons(8080);
	entry.port6 = htons(81);
	KUNIT_EXPECT_EQ(test, nat64_cfg_add_static(cfg, &entry, &why), -EEXIST);
	entry.l4 = NAT64_L4_UDP;
	KUNIT_EXPECT_EQ(test, nat64_cfg_add_static(cfg, &entry, &why), 0);
	entry.port6 = 0;
	KUNIT_EXPECT_EQ(test, nat64_cfg_add_static(cfg, &entry, &why), -EINVAL);
	KUNIT_EXPECT_EQ(test, nat64_cfg_del_static(cfg, &entry, &why), -ENOENT);
	KUNIT_EXPECT_EQ(test, cfg->n_static, 2);
	nat64_cfg_free(cfg);
}

static void cfg_eam(struct kunit *test)
{
	struct nat64_eam wide = {
		.prefix6 = { .addr.s6_addr32 = { cpu_to_be32(0x20010db8),
						 cpu_to_be32(1) },
			     .len = 104 },
		.prefix4 = { .addr = cpu_to_be32(0x0a000000), .len = 8 },
	};
	struct nat64_cfg *cfg = nat64_cfg_new();
	const char *why = NULL;
	struct nat64_eam e;

	KUNIT_ASSERT_NOT_NULL(test, cfg);
	KUNIT_EXPECT_EQ(test, nat64_cfg_add_eam(cfg, &wide, &why), 0);
	/* One inside another is fine, but not the same prefix of either side. */
	e = eam(1);
	KUNIT_EXPECT_EQ(test, nat64_cfg_add_eam(cfg, &e, &why), 0);
	e.prefix6 = eam(2).prefix6;
	KUNIT_EXPECT_EQ(test, nat64_cfg_add_eam(cfg, &e, &why), -EEXIST);
	e = eam(2);
	e.prefix6 = eam(1).prefix6;
	KUNIT_EXPECT_EQ(test, nat64_cfg_add_eam(cfg, &e, &why), -EEXIST);
	/* 24 bits of IPv4, and room for 23. */
	wide.prefix6.addr.s6_addr32[1] = cpu_to_be32(2);
	wide.prefix6.len = 105;
	wide.prefix4.addr = cpu_to_be32(0x0b000000);
	KUNIT_EXPECT_EQ(test, nat64_cfg_add_eam(cfg, &wide, &why), -EINVAL);
	KUNIT_EXPECT_EQ(test, cfg->n_eams, 2);
	nat64_cfg_free(cfg);
}

/* As many as the documentation says, and not one more. */
static void cfg_limits(struct kunit *test)
{
	struct nat64_prefix6 prefix = {
		.addr.s6_addr32 = { cpu_to_be32(0x20010db8) }, .len = 96,
	};
	struct nat64_pool4_range range = {
		.prefix = { .addr = cpu_to_be32(0xc0000201), .len = 32 },
		.protos = 1,
	};
	struct nat64_static entry = {
		.addr6.s6_addr32 = { cpu_to_be32(0x20010db8), 0, 0, 1 },
		.addr4 = cpu_to_be32(0xc0000201),
		.port6 = htons(80), .port4 = htons(8080), .l4 = NAT64_L4_UDP,
	};
	struct nat64_cfg *cfg = nat64_cfg_new();
	struct nat64_eam e = eam(1);
	const char *why = NULL;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, cfg);
	for (i = 0; i <= 16; i++) {
		prefix.addr.s6_addr32[1] = cpu_to_be32(i);
		KUNIT_EXPECT_EQ(test, nat64_cfg_add_pool6(cfg, &prefix, &why),
				i < 16 ? 0 : -ENOSPC);
	}
	for (i = 0; i <= 256; i++) {
		range.min = i + 1;
		range.max = i + 1;
		KUNIT_EXPECT_EQ(test, nat64_cfg_add_pool4(cfg, &range, &why),
				i < 256 ? 0 : -ENOSPC);
	}

	/* One by one takes long: all but one are there, whatever they are. */
	cfg->eams = kvcalloc(16384, sizeof(*cfg->eams), GFP_KERNEL);
	cfg->statics = kvcalloc(16384, sizeof(*cfg->statics), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, cfg->eams);
	KUNIT_ASSERT_NOT_NULL(test, cfg->statics);
	cfg->n_eams = 16383;
	cfg->n_static = 16383;
	KUNIT_EXPECT_EQ(test, nat64_cfg_add_eam(cfg, &e, &why), 0);
	e = eam(2);
	KUNIT_EXPECT_EQ(test, nat64_cfg_add_eam(cfg, &e, &why), -ENOSPC);
	KUNIT_EXPECT_EQ(test, nat64_cfg_add_static(cfg, &entry, &why), 0);
	entry.port6 = htons(81);
	entry.port4 = htons(8081);
	KUNIT_EXPECT_EQ(test, nat64_cfg_add_static(cfg, &entry, &why), -ENOSPC);
	nat64_cfg_free(cfg);
}

/* RFC 6146, 4; RFC 4787, REQ-5; RFC 5382, REQ-4 and 5; RFC 5508, REQ-2. Seconds. */
static void cfg_defaults(struct kunit *test)
{
	static const u32 expected[NAT64_TIMEOUT_N] = {
		[NAT64_TIMEOUT_TCP_EST] = 7440,
		[NAT64_TIMEOUT_TCP_TRANS] = 240,
		[NAT64_TIMEOUT_TCP_SYN] = 6,
		[NAT64_TIMEOUT_UDP] = 300,
		[NAT64_TIMEOUT_ICMP] = 60,
	};
	struct nat64_cfg *cfg = nat64_cfg_new();
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, cfg);
	for (i = 0; i < NAT64_TIMEOUT_N; i++)
		KUNIT_EXPECT_EQ_MSG(test, cfg->settings.timeout[i], expected[i],
				    "time-out %u", i);
	nat64_cfg_free(cfg);
}

static struct kunit_case cfg_cases[] = {
	KUNIT_CASE(cfg_many),
	KUNIT_CASE(cfg_pool6),
	KUNIT_CASE(cfg_pool4),
	KUNIT_CASE(cfg_static),
	KUNIT_CASE(cfg_eam),
	KUNIT_CASE(cfg_limits),
	KUNIT_CASE(cfg_defaults),
	{}
};

static struct kunit_suite cfg_suite = {
	.name = "ipv6tun_nat64_cfg",
	.test_cases = cfg_cases,
};

kunit_test_suite(cfg_suite);
