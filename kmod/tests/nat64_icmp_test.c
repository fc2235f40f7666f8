// SPDX-License-Identifier: GPL-2.0
/*
 * Unit tests of what ICMP messages become. The tables are RFC 7915, sections
 * 4.2 and 5.2, row by row; what no row names must be refused.
 */
#include <kunit/test.h>

/* The unit under test: symbols need not be exported for tests alone. */
#include "../nat64/icmp.c"

#define ANY	-1
#define NA	-1

struct row {
	s16 type;
	s16 code;	/* ANY: any, which then stays */
	u8 to_type;
	s16 to_code;
};

/* Section 4.2 */
static const struct row rows46[] = {
	{ 3, 0, 1, 0 },		/* net unreachable: no route */
	{ 3, 1, 1, 0 },		/* host unreachable */
	{ 3, 2, 4, 1 },		/* protocol: next header not known */
	{ 3, 3, 1, 4 },		/* port */
	{ 3, 4, 2, 0 },		/* fragmentation needed: too big */
	{ 3, 5, 1, 0 },		/* source route failed */
	{ 3, 6, 1, 0 },
	{ 3, 7, 1, 0 },
	{ 3, 8, 1, 0 },
	{ 3, 9, 1, 1 },		/* prohibited */
	{ 3, 10, 1, 1 },
	{ 3, 11, 1, 0 },	/* type of service */
	{ 3, 12, 1, 0 },
	{ 3, 13, 1, 1 },
	{ 3, 15, 1, 1 },	/* precedence cutoff */
	{ 11, ANY, 3, ANY },
	{ 12, 0, 4, 0 },
	{ 12, 2, 4, 0 },
};

/* Section 5.2 */
static const struct row rows64[] = {
	{ 1, 0, 3, 1 },		/* no route: host unreachable */
	{ 1, 1, 3, 10 },	/* prohibited */
	{ 1, 2, 3, 1 },		/* scope */
	{ 1, 3, 3, 1 },		/* address */
	{ 1, 4, 3, 3 },		/* port */
	{ 2, ANY, 3, 4 },	/* too big: fragmentation needed */
	{ 3, ANY, 11, ANY },
	{ 4, 0, 12, 0 },
	{ 4, 1, 3, 2 },		/* next header not known: protocol */
};

static const struct row *find(const struct row *rows, unsigned int n,
			      unsigned int type, unsigned int code)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (rows[i].type == type &&
		    (rows[i].code == ANY || rows[i].code == code))
			return &rows[i];
	return NULL;
}

static void try_all(struct kunit *test, const struct row *rows, unsigned int n,
		    bool (*error)(struct nat64_icmp *icmp,
				  const struct nat64_icmp_mtu *mtu))
{
	const struct nat64_icmp_mtu mtu = { .len = 1500 };
	unsigned int type, code;

	for (type = 0; type < 256; type++) {
		for (code = 0; code < 256; code++) {
			const struct row *row = find(rows, n, type, code);
			/* A pointer of 0 has a counterpart both ways. */
			struct nat64_icmp icmp = {
				.type = type,
				.code = code,
				.mtu = 1400,
			};
			bool ok = error(&icmp, &mtu);

			KUNIT_EXPECT_EQ_MSG(test, ok, !!row, "type %u code %u",
					    type, code);
			if (!ok || !row)
				continue;
			KUNIT_EXPECT_EQ(test, icmp.type, row->to_type);
			KUNIT_EXPECT_EQ(test, icmp.code,
					row->to_code == ANY ? code :
					(unsigned int)row->to_code);
		}
	}
}

static void icmp_types_46(struct kunit *test)
{
	try_all(test, rows46, ARRAY_SIZE(rows46), nat64_icmp_error_46);
}

static void icmp_types_64(struct kunit *test)
{
	try_all(test, rows64, ARRAY_SIZE(rows64), nat64_icmp_error_64);
}

/* Figure 3; what an IPv4 header has no counterpart for is NA. */
static const s16 pointers46[] = {
	0, 1, 4, 4, NA, NA, NA, NA, 7, 6, NA, NA, 8, 8, 8, 8, 24, 24, 24, 24,
};

/* Figure 6 */
static const s16 pointers64[] = {
	0, 1, NA, NA, 2, 2, 9, 8,
	12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12,
	16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16,
};

static void try_pointer(struct kunit *test, struct nat64_icmp icmp,
			const s16 *pointers, unsigned int n,
			bool (*error)(struct nat64_icmp *icmp,
				      const struct nat64_icmp_mtu *mtu))
{
	const struct nat64_icmp_mtu mtu = {};
	const struct nat64_icmp from = icmp;
	unsigned int i;

	for (i = 0; i < 300; i++) {
		s16 to = i < n ? pointers[i] : NA;
		bool ok;

		icmp = from;
		icmp.pointer = i;
		ok = error(&icmp, &mtu);
		KUNIT_EXPECT_EQ_MSG(test, ok, to != NA, "pointer %u", i);
		if (ok)
			KUNIT_EXPECT_EQ_MSG(test, icmp.pointer, (u32)to,
					    "pointer %u", i);
	}
	icmp = from;
	icmp.pointer = U32_MAX;
	KUNIT_EXPECT_FALSE(test, error(&icmp, &mtu));
}

static void icmp_pointer(struct kunit *test)
{
	try_pointer(test, (struct nat64_icmp){ .type = 12, .code = 0 },
		    pointers46, ARRAY_SIZE(pointers46), nat64_icmp_error_46);
	try_pointer(test, (struct nat64_icmp){ .type = 12, .code = 2 },
		    pointers46, ARRAY_SIZE(pointers46), nat64_icmp_error_46);
	try_pointer(test, (struct nat64_icmp){ .type = 4, .code = 0 },
		    pointers64, ARRAY_SIZE(pointers64), nat64_icmp_error_64);
}

/* A protocol that is not known: the pointer is that of the next header. */
static void icmp_pointer_protocol(struct kunit *test)
{
	struct nat64_icmp icmp = { .type = 3, .code = 2, .pointer = 99 };
	const struct nat64_icmp_mtu mtu = {};

	KUNIT_ASSERT_TRUE(test, nat64_icmp_error_46(&icmp, &mtu));
	KUNIT_EXPECT_EQ(test, icmp.pointer, 6U);
}

static const struct mtu_case {
	const char *name;
	u32 told;
	u32 mtu6;
	u32 mtu4;
	u32 len;
	u32 expected;
	u32 frag;
} mtu46_cases[] = {
	{ "plus 20",			1400, 0,    0,    1500,	 1420 },
	{ "bounded by IPv6",		1480, 1480, 1500, 1500,	 1480 },
	{ "bounded by IPv4",		1500, 9000, 1400, 1500,	 1420 },
	{ "neither bounds",		1400, 9000, 9000, 1500,	 1420 },
	{ "exactly the least",		1260, 0,    0,    1500,	 1280 },
	{ "just below the least",	1259, 0,    0,    1500,	 1280 },
	{ "68",				68,   0,    0,    1500,	 1280 },
	{ "least despite IPv6",		1400, 1000, 0,    1500,	 1280 },
	{ "largest",			65535, 0,   0,    65535, 65555 },
	{ "plateau 32000",		0,    0,    0,    65535, 32020 },
	{ "plateau 17914",		0,    0,    0,    32000, 17934 },
	{ "plateau 8166",		0,    0,    0,    17914, 8186 },
	{ "plateau 4352",		0,    0,    0,    8166,	 4372 },
	{ "plateau 2002",		0,    0,    0,    4352,	 2022 },
	{ "plateau 1492",		0,    0,    0,    2002,	 1512 },
	{ "plateau 1492 of 1500",	0,    0,    0,    1500,	 1512 },
	{ "plateau 1006, the least",	0,    0,    0,    1492,	 1280 },
	{ "plateau below all",		0,    0,    0,    20,	 1280 },
	{ "plateau bounded by IPv6",	0,    1500, 0,    2002,	 1500 },
};

static const struct mtu_case mtu64_cases[] = {
	{ "minus 20",			1420, 0,    0,    1500,	 1400 },
	{ "bounded by IPv6",		1500, 1400, 1500, 1500,	 1380 },
	{ "bounded by IPv4",		1500, 1500, 1400, 1500,	 1400 },
	{ "neither bounds",		1420, 9000, 9000, 1500,	 1400 },
	{ "the least",			1280, 0,    0,    1500,	 1260 },
	{ "below the least",		1279, 0,    0,    1500,	 1260 },
	{ "0",				0,    0,    0,    1500,	 1260 },
	{ "IPv6 MTU below the least",	1500, 100,  0,    1500,	 1260 },
	{ "IPv4 below the least",	1500, 1500, 576,  1500,	 576 },
	{ "more than 16 bits",		U32_MAX, 0, 0,    1500,	 65535 },
	{ "largest",			65555, 0,   0,    1500,	 65535 },
	{ "minus 28",			1420, 0,    0,    1500,	 1392, 8 },
	{ "minus 28, bounded by IPv6",	1500, 1400, 1500, 1500,	 1372, 8 },
	{ "minus 28, bounded by IPv4",	1500, 1500, 1400, 1500,	 1400, 8 },
	{ "minus 28, the least",	1280, 0,    0,    1500,	 1252, 8 },
};

KUNIT_ARRAY_PARAM_DESC(mtu46, mtu46_cases, name);
KUNIT_ARRAY_PARAM_DESC(mtu64, mtu64_cases, name);

static void try_mtu(struct kunit *test, struct nat64_icmp icmp,
		    bool (*error)(struct nat64_icmp *icmp,
				  const struct nat64_icmp_mtu *mtu))
{
	const struct mtu_case *c = test->param_value;
	const struct nat64_icmp_mtu mtu = {
		.mtu6 = c->mtu6,
		.mtu4 = c->mtu4,
		.len = c->len,
		.frag = c->frag,
	};

	icmp.mtu = c->told;
	KUNIT_ASSERT_TRUE(test, error(&icmp, &mtu));
	KUNIT_EXPECT_EQ(test, icmp.mtu, c->expected);
}

static void icmp_mtu_46(struct kunit *test)
{
	try_mtu(test, (struct nat64_icmp){ .type = 3, .code = 4 },
		nat64_icmp_error_46);
}

static void icmp_mtu_64(struct kunit *test)
{
	try_mtu(test, (struct nat64_icmp){ .type = 2 }, nat64_icmp_error_64);
}

/* Which types there is anything to be done about; the rest goes one hop. */
static void icmp_known(struct kunit *test)
{
	unsigned int type;

	for (type = 0; type < 256; type++) {
		bool error4 = type == 3 || type == 11 || type == 12;
		bool error6 = type >= 1 && type <= 4;
		bool echo4 = type == 0 || type == 8;
		bool echo6 = type == 128 || type == 129;
		bool error;

		KUNIT_EXPECT_EQ(test, nat64_icmp_known4(type, &error),
				error4 || echo4);
		if (error4 || echo4)
			KUNIT_EXPECT_EQ(test, error, error4);
		KUNIT_EXPECT_EQ(test, nat64_icmp_known6(type, &error),
				error6 || echo6);
		if (error6 || echo6)
			KUNIT_EXPECT_EQ(test, error, error6);
		/* RFC 4884, 4 and 5 */
		KUNIT_EXPECT_EQ(test, nat64_icmp_extensible4(type), error4);
		KUNIT_EXPECT_EQ(test, nat64_icmp_extensible6(type),
				type == 1 || type == 3);
	}
	KUNIT_EXPECT_EQ(test, nat64_icmp_echo_46(8), 128);
	KUNIT_EXPECT_EQ(test, nat64_icmp_echo_46(0), 129);
	KUNIT_EXPECT_EQ(test, nat64_icmp_echo_64(128), 8);
	KUNIT_EXPECT_EQ(test, nat64_icmp_echo_64(129), 0);
}

static struct kunit_case icmp_cases[] = {
	KUNIT_CASE(icmp_types_46),
	KUNIT_CASE(icmp_types_64),
	KUNIT_CASE(icmp_pointer),
	KUNIT_CASE(icmp_pointer_protocol),
	KUNIT_CASE_PARAM(icmp_mtu_46, mtu46_gen_params),
	KUNIT_CASE_PARAM(icmp_mtu_64, mtu64_gen_params),
	KUNIT_CASE(icmp_known),
	{}
};

static struct kunit_suite icmp_suite = {
	.name = "ipv6tun_nat64_icmp",
	.test_cases = icmp_cases,
};

kunit_test_suite(icmp_suite);
