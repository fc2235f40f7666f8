// SPDX-License-Identifier: GPL-2.0
/*
 * Unit tests of IPv4 addresses inside IPv6 addresses. Expected values are those
 * of RFC 6052, section 2.4, and of the registry RFC 6890 made.
 */
#include <kunit/test.h>
#include <linux/inet.h>

/* The unit under test: symbols need not be exported for tests alone. */
#include "../nat64/addr.c"

static struct in6_addr addr6(struct kunit *test, const char *text)
{
	struct in6_addr addr = {};

	KUNIT_ASSERT_EQ(test, in6_pton(text, -1, addr.s6_addr, -1, NULL), 1);
	return addr;
}

static __be32 addr4(struct kunit *test, const char *text)
{
	__be32 addr = 0;

	KUNIT_ASSERT_EQ(test, in4_pton(text, -1, (u8 *)&addr, -1, NULL), 1);
	return addr;
}

static const struct embed_case {
	const char *prefix;
	u8 len;
	const char *addr;
} embed_cases[] = {
	{ "2001:db8::",			32, "2001:db8:c000:221::" },
	{ "2001:db8:100::",		40, "2001:db8:1c0:2:21::" },
	{ "2001:db8:122::",		48, "2001:db8:122:c000:2:2100::" },
	{ "2001:db8:122:300::",		56, "2001:db8:122:3c0:0:221::" },
	{ "2001:db8:122:344::",		64, "2001:db8:122:344:c0:2:2100::" },
	{ "2001:db8:122:344::",		96, "2001:db8:122:344::c000:221" },
	{ "64:ff9b::",			96, "64:ff9b::c000:221" },
};

KUNIT_ARRAY_PARAM_DESC(embed, embed_cases, addr);

static void addr_embed(struct kunit *test)
{
	const struct embed_case *c = test->param_value;
	const struct in6_addr expected = addr6(test, c->addr);
	const struct nat64_prefix6 prefix = {
		.addr = addr6(test, c->prefix),
		.len = c->len,
	};
	const __be32 a4 = addr4(test, "192.0.2.33");
	struct in6_addr addr;
	__be32 back = 0;
	unsigned int i;

	KUNIT_EXPECT_TRUE(test, nat64_addr_prefix_ok(&prefix));
	nat64_addr_embed(&prefix, a4, &addr);
	KUNIT_EXPECT_MEMEQ(test, &addr, &expected, sizeof(addr));
	KUNIT_EXPECT_TRUE(test, nat64_addr_extract(&prefix, &expected, &back));
	KUNIT_EXPECT_EQ(test, be32_to_cpu(back), be32_to_cpu(a4));

	/*
	 * Any bit changed: another prefix, another IPv4 address, or one that
	 * must be zero.
	 */
	for (i = 0; i < 128; i++) {
		bool host = i >= c->len;
		bool in_prefix, ok;

		addr = expected;
		addr.s6_addr[i / 8] ^= 0x80 >> i % 8;
		in_prefix = nat64_addr_in6(&prefix, &addr);
		KUNIT_EXPECT_EQ_MSG(test, in_prefix, host, "bit %u", i);
		ok = nat64_addr_extract(&prefix, &addr, &back);
		if (ok) {
			struct in6_addr again;

			KUNIT_EXPECT_TRUE_MSG(test, host, "bit %u", i);
			KUNIT_EXPECT_NE(test, be32_to_cpu(back),
					be32_to_cpu(a4));
			nat64_addr_embed(&prefix, back, &again);
			KUNIT_EXPECT_MEMEQ(test, &again, &addr, sizeof(addr));
		} else if (host) {
			/* The octet of RFC 6052, 2.2, or the suffix. */
			bool u = i >= 64 && i < 72;
			bool suffix = i >= c->len + 32 +
				      (c->len > 32 && c->len <= 64 ? 8 : 0);

			KUNIT_EXPECT_TRUE_MSG(test, u || suffix, "bit %u", i);
		}
	}
}

static void addr_prefix_ok(struct kunit *test)
{
	struct nat64_prefix6 prefix = {};
	unsigned int len;

	for (len = 0; len <= 255; len++) {
		bool ok = len == 32 || len == 40 || len == 48 || len == 56 ||
			  len == 64 || len == 96;

		prefix = (struct nat64_prefix6){
			.addr.s6_addr = { 0x20, 0x01 },
			.len = len,
		};
		KUNIT_EXPECT_EQ_MSG(test, nat64_addr_prefix_ok(&prefix), ok,
				    "/%u", len);
		if (!ok)
			continue;
		prefix.addr.s6_addr[len / 8] = 1;
		KUNIT_EXPECT_FALSE(test, nat64_addr_prefix_ok(&prefix));
		prefix.addr.s6_addr[len / 8] = 0;
		prefix.addr.s6_addr[15] = 0x80;
		KUNIT_EXPECT_FALSE(test, nat64_addr_prefix_ok(&prefix));
		prefix.addr.s6_addr[15] = 0;
		prefix.addr.s6_addr[8] = 0x10;
		KUNIT_EXPECT_FALSE(test, nat64_addr_prefix_ok(&prefix));
		prefix.addr.s6_addr[8] = 0;
		prefix.addr.s6_addr[9] = 0x10;
		KUNIT_EXPECT_EQ(test, nat64_addr_prefix_ok(&prefix), len == 96);
	}
}

static void addr_well_known(struct kunit *test)
{
	struct nat64_prefix6 prefix = {
		.addr = addr6(test, "64:ff9b::"),
		.len = 96,
	};
	unsigned int i;

	KUNIT_EXPECT_TRUE(test, nat64_addr_prefix_well_known(&prefix));
	for (i = 0; i < 12; i++) {
		prefix.addr.s6_addr[i] ^= 1;
		KUNIT_EXPECT_FALSE(test, nat64_addr_prefix_well_known(&prefix));
		prefix.addr.s6_addr[i] ^= 1;
	}
	prefix.len = 64;
	KUNIT_EXPECT_FALSE(test, nat64_addr_prefix_well_known(&prefix));
}

static void addr_in4(struct kunit *test)
{
	const __be32 a = addr4(test, "198.51.100.5");
	unsigned int len, i;

	for (len = 0; len <= 32; len++) {
		u32 mask = len ? ~0U << (32 - len) : 0;
		const struct nat64_prefix4 prefix = {
			.addr = a & cpu_to_be32(mask),
			.len = len,
		};

		KUNIT_EXPECT_TRUE(test, nat64_addr_in4(&prefix, a));
		for (i = 0; i < 32; i++) {
			__be32 b = a ^ cpu_to_be32(1U << (31 - i));

			KUNIT_EXPECT_EQ_MSG(test, nat64_addr_in4(&prefix, b),
					    i >= len, "/%u bit %u", len, i);
		}
	}
}

/* First and last address of each block, and of those in between. */
static const struct use_case {
	const char *first;
	const char *last;
	bool translatable;
	bool global;
} use_cases[] = {
	{ "0.0.0.0",		"0.255.255.255",	false, false },
	{ "1.0.0.0",		"9.255.255.255",	true,  true },
	{ "10.0.0.0",		"10.255.255.255",	true,  false },
	{ "11.0.0.0",		"100.63.255.255",	true,  true },
	{ "100.64.0.0",		"100.127.255.255",	true,  false },
	{ "100.128.0.0",	"126.255.255.255",	true,  true },
	{ "127.0.0.0",		"127.255.255.255",	false, false },
	{ "128.0.0.0",		"169.253.255.255",	true,  true },
	{ "169.254.0.0",	"169.254.255.255",	true,  false },
	{ "169.255.0.0",	"172.15.255.255",	true,  true },
	{ "172.16.0.0",		"172.31.255.255",	true,  false },
	{ "172.32.0.0",		"191.255.255.255",	true,  true },
	{ "192.0.0.0",		"192.0.0.8",		true,  false },
	{ "192.0.0.9",		"192.0.0.10",		true,  true },
	{ "192.0.0.11",		"192.0.0.255",		true,  false },
	{ "192.0.1.0",		"192.0.1.255",		true,  true },
	{ "192.0.2.0",		"192.0.2.255",		true,  false },
	{ "192.0.3.0",		"192.167.255.255",	true,  true },
	{ "192.168.0.0",	"192.168.255.255",	true,  false },
	{ "192.169.0.0",	"198.17.255.255",	true,  true },
	{ "198.18.0.0",		"198.19.255.255",	true,  false },
	{ "198.20.0.0",		"198.51.99.255",	true,  true },
	{ "198.51.100.0",	"198.51.100.255",	true,  false },
	{ "198.51.101.0",	"203.0.112.255",	true,  true },
	{ "203.0.113.0",	"203.0.113.255",	true,  false },
	{ "203.0.114.0",	"223.255.255.255",	true,  true },
	{ "224.0.0.0",		"255.255.255.255",	false, false },
};

KUNIT_ARRAY_PARAM_DESC(use, use_cases, first);

static void addr_use(struct kunit *test)
{
	const struct use_case *c = test->param_value;
	const __be32 ends[] = { addr4(test, c->first), addr4(test, c->last) };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		KUNIT_EXPECT_EQ(test, nat64_addr_translatable4(ends[i]),
				c->translatable);
		KUNIT_EXPECT_EQ(test, nat64_addr_global4(ends[i]), c->global);
	}
	/* No address is missing from the table. */
	if (c > use_cases)
		KUNIT_EXPECT_EQ(test, be32_to_cpu(ends[0]),
				be32_to_cpu(addr4(test, c[-1].last)) + 1);
}

static struct kunit_case addr_cases[] = {
	KUNIT_CASE_PARAM(addr_embed, embed_gen_params),
	KUNIT_CASE(addr_prefix_ok),
	KUNIT_CASE(addr_well_known),
	KUNIT_CASE(addr_in4),
	KUNIT_CASE_PARAM(addr_use, use_gen_params),
	{}
};

static struct kunit_suite addr_suite = {
	.name = "ipv6tun_nat64_addr",
	.test_cases = addr_cases,
};

kunit_test_suite(addr_suite);
