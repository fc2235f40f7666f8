// SPDX-License-Identifier: GPL-2.0
/*
 * Unit tests of the GRE header parser. Headers are written out bit by bit as
 * RFC 2784 and RFC 2890 number them, and parsed from buffers of exactly the
 * length given, so that KASAN sees a read beyond it.
 */
#include <kunit/test.h>

/* The unit under test: symbols need not be exported for tests alone. */
#include "../gre.c"

/* Bit @n of the first 16, 0 being the most significant. */
#define RFC_BIT(n)	(0x8000 >> (n))
#define C		RFC_BIT(0)
#define K		RFC_BIT(2)
#define S		RFC_BIT(3)

#define TEST_KEY	0xdecade01

/* @flags, then protocol 0x86dd and a word for each of C, K and S. */
static void *header(struct kunit *test, u16 flags, unsigned int len)
{
	__be16 full[10] = { cpu_to_be16(flags), cpu_to_be16(0x86dd) };
	unsigned int at = 2;
	u8 *data;

	if (flags & C) {
		full[at++] = cpu_to_be16(0xc5c5);
		full[at++] = 0;
	}
	if (flags & K) {
		full[at++] = cpu_to_be16(TEST_KEY >> 16);
		full[at++] = cpu_to_be16(TEST_KEY & 0xffff);
	}
	full[at++] = cpu_to_be16(0x5e5e);
	full[at++] = cpu_to_be16(0x5e5e);

	KUNIT_ASSERT_LE(test, len, sizeof(full));
	data = kunit_kmalloc(test, len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, data);
	memcpy(data, full, len);
	return data;
}

static const struct flags_case {
	const char *name;
	u16 flags;
	unsigned int hlen;
	bool csum;
	bool key;
} flags_cases[] = {
	{ "none",	0,		4,  false, false },
	{ "C",		C,		8,  true,  false },
	{ "K",		K,		8,  false, true  },
	{ "S",		S,		8,  false, false },
	{ "C K",	C | K,		12, true,  true  },
	{ "C S",	C | S,		12, true,  false },
	{ "K S",	K | S,		12, false, true  },
	{ "C K S",	C | K | S,	16, true,  true  },
};

KUNIT_ARRAY_PARAM_DESC(flags, flags_cases, name);

static void gre_flags(struct kunit *test)
{
	const struct flags_case *c = test->param_value;
	struct ipv6tun_gre gre;
	unsigned int len;

	for (len = 0; len <= c->hlen + 1; len++) {
		void *data = header(test, c->flags, len);
		int err = ipv6tun_gre_parse(data, len, &gre);

		if (len < IPV6TUN_GRE_BASE_LEN) {
			KUNIT_EXPECT_EQ(test, err, -EMSGSIZE);
			KUNIT_EXPECT_EQ(test, gre.hlen, IPV6TUN_GRE_BASE_LEN);
			continue;
		}
		KUNIT_EXPECT_EQ(test, gre.hlen, c->hlen);
		if (len < c->hlen) {
			KUNIT_EXPECT_EQ(test, err, -EMSGSIZE);
			continue;
		}
		KUNIT_EXPECT_EQ(test, err, 0);
		KUNIT_EXPECT_EQ(test, be16_to_cpu(gre.proto), 0x86dd);
		KUNIT_EXPECT_EQ(test, gre.has_csum, c->csum);
		KUNIT_EXPECT_EQ(test, gre.has_key, c->key);
		KUNIT_EXPECT_EQ(test, be32_to_cpu(gre.key),
				c->key ? TEST_KEY : 0);
	}
	KUNIT_EXPECT_LE(test, c->hlen, IPV6TUN_GRE_MAX_LEN);
	if (!(c->flags & S))
		KUNIT_EXPECT_EQ(test, ipv6tun_gre_hlen(c->csum, c->key),
				c->hlen);
}

/* The routing, strict source route and reserved bits, and the version. */
static const struct bits_case {
	const char *name;
	u16 bits;
	int err;
} bits_cases[] = {
	{ "bit 1, routing",		RFC_BIT(1),	-EINVAL },
	{ "bit 4, strict source route",	RFC_BIT(4),	-EINVAL },
	{ "bit 5, recursion",		RFC_BIT(5),	-EINVAL },
	{ "bit 6, reserved, ignored",	RFC_BIT(6),	0 },
	{ "bit 7, reserved, ignored",	RFC_BIT(7),	0 },
	{ "bit 8, reserved, ignored",	RFC_BIT(8),	0 },
	{ "bit 9, reserved, ignored",	RFC_BIT(9),	0 },
	{ "bit 10, reserved, ignored",	RFC_BIT(10),	0 },
	{ "bit 11, reserved, ignored",	RFC_BIT(11),	0 },
	{ "bit 12, reserved, ignored",	RFC_BIT(12),	0 },
	{ "version 1",			1,		-EPROTONOSUPPORT },
	{ "version 2",			2,		-EPROTONOSUPPORT },
	{ "version 3",			3,		-EPROTONOSUPPORT },
	{ "version 4",			4,		-EPROTONOSUPPORT },
	{ "version 5",			5,		-EPROTONOSUPPORT },
	{ "version 6",			6,		-EPROTONOSUPPORT },
	{ "version 7",			7,		-EPROTONOSUPPORT },
	{ "version 1 with routing",	RFC_BIT(1) | 1,	-EPROTONOSUPPORT },
};

KUNIT_ARRAY_PARAM_DESC(bits, bits_cases, name);

static void gre_bits(struct kunit *test)
{
	const struct bits_case *c = test->param_value;
	struct ipv6tun_gre gre;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flags_cases); i++) {
		const struct flags_case *f = &flags_cases[i];
		u16 flags = f->flags | c->bits;
		void *data = header(test, flags, f->hlen);

		KUNIT_EXPECT_EQ(test, ipv6tun_gre_parse(data, f->hlen, &gre),
				c->err);
		if (!c->err) {
			KUNIT_EXPECT_EQ(test, gre.hlen, f->hlen);
			continue;
		}
		/* A bad header is told without asking for the rest of it. */
		data = header(test, flags, IPV6TUN_GRE_BASE_LEN);
		KUNIT_EXPECT_EQ(test,
				ipv6tun_gre_parse(data, IPV6TUN_GRE_BASE_LEN,
						  &gre),
				c->err);
	}
}

static void gre_alignment(struct kunit *test)
{
	u8 *aligned = header(test, C | K | S, IPV6TUN_GRE_MAX_LEN);
	u8 *data = kunit_kzalloc(test, IPV6TUN_GRE_MAX_LEN + 3, GFP_KERNEL);
	struct ipv6tun_gre gre;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, data);
	for (i = 0; i < 4; i++) {
		memcpy(data + i, aligned, IPV6TUN_GRE_MAX_LEN);
		KUNIT_EXPECT_EQ(test,
				ipv6tun_gre_parse(data + i, IPV6TUN_GRE_MAX_LEN,
						  &gre),
				0);
		KUNIT_EXPECT_EQ(test, be32_to_cpu(gre.key), TEST_KEY);
	}
}

static struct kunit_case gre_cases[] = {
	KUNIT_CASE_PARAM(gre_flags, flags_gen_params),
	KUNIT_CASE_PARAM(gre_bits, bits_gen_params),
	KUNIT_CASE(gre_alignment),
	{}
};

static struct kunit_suite gre_suite = {
	.name = "ipv6tun_gre",
	.test_cases = gre_cases,
};

kunit_test_suite(gre_suite);

MODULE_DESCRIPTION("Unit tests of ipv6tun");
MODULE_LICENSE("GPL");
