// SPDX-License-Identifier: GPL-2.0
/*
 * Unit tests of explicit address mappings: the table of RFC 7757, section 3.3.1,
 * longest matches, and what no entry has.
 */
#include <kunit/test.h>
#include <linux/inet.h>

/* The unit under test: symbols need not be exported for tests alone. */
#include "../nat64/eam.c"

static struct in6_addr in6(struct kunit *test, const char *text)
{
	struct in6_addr addr = {};

	KUNIT_ASSERT_EQ(test, in6_pton(text, -1, addr.s6_addr, -1, NULL), 1);
	return addr;
}

static __be32 in4(struct kunit *test, const char *text)
{
	__be32 addr = 0;

	KUNIT_ASSERT_EQ(test, in4_pton(text, -1, (u8 *)&addr, -1, NULL), 1);
	return addr;
}

static const struct {
	const char *addr4;
	u8 len4;
	const char *addr6;
	u8 len6;
} entries[] = {
	{ "192.0.2.1",    32, "2001:db8:aaaa::",      128 },
	{ "192.0.2.2",    32, "2001:db8:bbbb::b",     128 },
	{ "192.0.2.16",   28, "2001:db8:cccc::",      124 },
	{ "192.0.2.128",  26, "2001:db8:dddd::",       64 },
	{ "192.0.2.192",  29, "2001:db8:eeee:8::",     62 },
	{ "192.0.2.224",  31, "64:ff9b::c000:2e0",    127 },
	/* And one around some of these, shorter on both sides. */
	{ "192.0.0.0",    16, "2001:db8::",            32 },
};

static struct nat64_eam_table *table(struct kunit *test)
{
	struct nat64_eam eams[ARRAY_SIZE(entries)];
	struct nat64_eam_table *made;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(entries); i++) {
		eams[i].prefix4.addr = in4(test, entries[i].addr4);
		eams[i].prefix4.len = entries[i].len4;
		eams[i].prefix6.addr = in6(test, entries[i].addr6);
		eams[i].prefix6.len = entries[i].len6;
	}
	made = nat64_eam_make(eams, ARRAY_SIZE(eams));
	KUNIT_ASSERT_NOT_NULL(test, made);
	return made;
}

static const struct both_case {
	const char *addr4;
	const char *addr6;
} both_cases[] = {
	{ "192.0.2.1",   "2001:db8:aaaa::" },
	{ "192.0.2.2",   "2001:db8:bbbb::b" },
	{ "192.0.2.16",  "2001:db8:cccc::" },
	{ "192.0.2.24",  "2001:db8:cccc::8" },
	{ "192.0.2.31",  "2001:db8:cccc::f" },
	{ "192.0.2.128", "2001:db8:dddd::" },
	{ "192.0.2.152", "2001:db8:dddd:0:6000::" },
	{ "192.0.2.183", "2001:db8:dddd:0:dc00::" },
	{ "192.0.2.191", "2001:db8:dddd:0:fc00::" },
	{ "192.0.2.193", "2001:db8:eeee:8:8000::" },
	{ "192.0.2.199", "2001:db8:eeee:b:8000::" },
	{ "192.0.2.224", "64:ff9b::c000:2e0" },
	{ "192.0.2.225", "64:ff9b::c000:2e1" },
	/* By the short one. */
	{ "192.0.17.3",  "2001:db8:1103::" },
	{ "192.0.2.3",   "2001:db8:203::" },
};

KUNIT_ARRAY_PARAM_DESC(both, both_cases, addr4);

static void eam_both(struct kunit *test)
{
	const struct both_case *c = test->param_value;
	struct nat64_eam_table *eam = table(test);
	struct in6_addr addr6, expected = in6(test, c->addr6);
	__be32 addr4;

	KUNIT_ASSERT_TRUE(test, nat64_eam_46(eam, in4(test, c->addr4), &addr6));
	KUNIT_EXPECT_MEMEQ(test, &addr6, &expected, sizeof(addr6));
	KUNIT_ASSERT_TRUE(test, nat64_eam_64(eam, &expected, &addr4));
	KUNIT_EXPECT_EQ(test, addr4, in4(test, c->addr4));
	nat64_eam_free(eam);
}

/* What follows the suffix does not matter (RFC 7757, section 3.3.1). */
static void eam_trailing_bits(struct kunit *test)
{
	struct nat64_eam_table *eam = table(test);
	struct in6_addr addr = in6(test, "2001:db8:dddd:0:6000:1234::1");
	__be32 addr4;

	KUNIT_ASSERT_TRUE(test, nat64_eam_64(eam, &addr, &addr4));
	KUNIT_EXPECT_EQ(test, addr4, in4(test, "192.0.2.152"));
	nat64_eam_free(eam);
}

static void eam_none(struct kunit *test)
{
	static const char * const none6[] = {
		"::", "2001:db7:ffff::", "2001:db9::", "64:ff9b::c000:2e2",
		"ffff::",
	};
	static const char * const none4[] = {
		"0.0.0.0", "191.255.255.255", "192.1.0.0", "255.255.255.255",
	};
	struct nat64_eam_table *eam = table(test);
	struct nat64_eam_table *empty = nat64_eam_make(NULL, 0);
	struct in6_addr addr6;
	unsigned int i;
	__be32 addr4;

	KUNIT_ASSERT_NOT_NULL(test, empty);
	for (i = 0; i < ARRAY_SIZE(none6); i++) {
		addr6 = in6(test, none6[i]);
		KUNIT_EXPECT_FALSE(test, nat64_eam_64(eam, &addr6, &addr4));
		KUNIT_EXPECT_FALSE(test, nat64_eam_64(empty, &addr6, &addr4));
	}
	for (i = 0; i < ARRAY_SIZE(none4); i++) {
		addr4 = in4(test, none4[i]);
		KUNIT_EXPECT_FALSE(test, nat64_eam_46(eam, addr4, &addr6));
		KUNIT_EXPECT_FALSE(test, nat64_eam_46(empty, addr4, &addr6));
	}
	nat64_eam_free(empty);
	nat64_eam_free(eam);
}

static struct kunit_case eam_cases[] = {
	KUNIT_CASE_PARAM(eam_both, both_gen_params),
	KUNIT_CASE(eam_trailing_bits),
	KUNIT_CASE(eam_none),
	{}
};

static struct kunit_suite eam_suite = {
	.name = "ipv6tun_nat64_eam",
	.test_cases = eam_cases,
};

kunit_test_suite(eam_suite);
