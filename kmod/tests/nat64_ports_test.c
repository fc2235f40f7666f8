// SPDX-License-Identifier: GPL-2.0
/*
 * Unit tests of pool4's ports.
 */
#include <kunit/test.h>

/* The unit under test: symbols need not be exported for tests alone. */
#include "../nat64/ports.c"

#define ALL	(BIT(NAT64_L4_TCP) | BIT(NAT64_L4_UDP) | BIT(NAT64_L4_ICMP))

static struct nat64_pool4_range range(u32 addr, u8 len, u8 protos, u16 min,
				      u16 max)
{
	return (struct nat64_pool4_range){
		.prefix = { .addr = cpu_to_be32(addr), .len = len },
		.protos = protos, .min = min, .max = max,
	};
}

static struct in6_addr host(u32 n)
{
	return (struct in6_addr){ .s6_addr32 = { cpu_to_be32(0x20010db8), 0, 0,
						 cpu_to_be32(n) } };
}

static struct nat64_addr4 *take(struct nat64_ports *ports, u8 l4, u32 n,
				u16 wanted, u16 *got)
{
	const struct in6_addr addr = host(n);
	struct nat64_addr4 *from;
	__be16 port;

	from = nat64_ports_take(ports, l4, &addr, htons(wanted), &port);
	if (from)
		*got = ntohs(port);
	return from;
}

/* All ports of a range are given, each once, then none; one back, one again. */
static void ports_exhaust(struct kunit *test)
{
	struct nat64_pool4_range r = range(0xc0000200, 31, ALL, 2000, 2099);
	struct nat64_ports *ports = nat64_ports_make(&r, 1, NULL);
	unsigned long *seen[2];
	struct nat64_addr4 *from;
	unsigned int i;
	u16 port;

	KUNIT_ASSERT_NOT_NULL(test, ports);
	seen[0] = kunit_kzalloc(test, PORTS / 8, GFP_KERNEL);
	seen[1] = kunit_kzalloc(test, PORTS / 8, GFP_KERNEL);
	for (i = 0; i < 200; i++) {
		from = take(ports, NAT64_L4_UDP, i, 3000 + i, &port);
		KUNIT_ASSERT_NOT_NULL(test, from);
		KUNIT_EXPECT_GE(test, port, 2000);
		KUNIT_EXPECT_LE(test, port, 2099);
		KUNIT_EXPECT_FALSE(test, test_and_set_bit(port,
							  seen[be32_to_cpu(from->addr) & 1]));
	}
	KUNIT_EXPECT_NULL(test, take(ports, NAT64_L4_UDP, 999, 1, &port));
	KUNIT_EXPECT_NULL(test, take(ports, NAT64_L4_UDP, 999, 1, &port));
	/* Another protocol has ports of its own. */
	from = take(ports, NAT64_L4_TCP, 1, 1, &port);
	KUNIT_ASSERT_NOT_NULL(test, from);
	nat64_ports_put(from, NAT64_L4_TCP, htons(port));

	from = nat64_ports_find(ports, cpu_to_be32(0xc0000201));
	nat64_ports_put(from, NAT64_L4_UDP, htons(2042));
	KUNIT_ASSERT_PTR_EQ(test, take(ports, NAT64_L4_UDP, 7, 9, &port), from);
	KUNIT_EXPECT_EQ(test, port, 2042);
	KUNIT_EXPECT_NULL(test, take(ports, NAT64_L4_UDP, 999, 1, &port));
	KUNIT_EXPECT_EQ(test, from->n_used[NAT64_L4_UDP], 100);

	for (i = 2000; i < 2100; i++) {
		nat64_ports_put(ports->addrs[0], NAT64_L4_UDP, htons(i));
		nat64_ports_put(ports->addrs[1], NAT64_L4_UDP, htons(i));
	}
	nat64_ports_free(ports);
}

/* One host, one address, while that has ports (RFC 4787, REQ-2). */
static void ports_pair(struct kunit *test)
{
	struct nat64_pool4_range r = range(0xc0000200, 28, ALL, 1024, 65535);
	struct nat64_ports *ports = nat64_ports_make(&r, 1, NULL);
	struct nat64_addr4 *first, *next;
	unsigned int used = 0, i;
	u16 port;

	KUNIT_ASSERT_NOT_NULL(test, ports);
	for (i = 0; i < 200; i++) {
		u16 p1, p2;

		first = take(ports, NAT64_L4_TCP, i, 5000, &p1);
		next = take(ports, NAT64_L4_TCP, i, 5001, &p2);
		KUNIT_ASSERT_NOT_NULL(test, first);
		KUNIT_EXPECT_PTR_EQ(test, first, next);
		nat64_ports_put(first, NAT64_L4_TCP, htons(p1));
		nat64_ports_put(next, NAT64_L4_TCP, htons(p2));
		port = be32_to_cpu(first->addr) & 15;
		used |= BIT(port);
	}
	/* And different hosts use all of them. */
	KUNIT_EXPECT_EQ(test, used, 0xffff);
	nat64_ports_free(ports);
}

/* Even stays even for UDP, well-known stays well-known where there are any. */
static void ports_parity(struct kunit *test)
{
	struct nat64_pool4_range r = range(0xc0000201, 32, ALL, 1, 65535);
	struct nat64_ports *ports = nat64_ports_make(&r, 1, NULL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, ports);
	for (i = 1; i < 2048; i += 7) {
		struct nat64_addr4 *from;
		u16 port;

		from = take(ports, NAT64_L4_UDP, i, i, &port);
		KUNIT_ASSERT_NOT_NULL(test, from);
		KUNIT_EXPECT_EQ(test, port % 2, i % 2);
		KUNIT_EXPECT_EQ(test, port < 1024, i < 1024);
		nat64_ports_put(from, NAT64_L4_UDP, htons(port));

		from = take(ports, NAT64_L4_TCP, i, i, &port);
		KUNIT_ASSERT_NOT_NULL(test, from);
		KUNIT_EXPECT_EQ(test, port < 1024, i < 1024);
		nat64_ports_put(from, NAT64_L4_TCP, htons(port));
	}
	nat64_ports_free(ports);
}

/* Not one after the other, and not the same under another key. */
static void ports_unpredictable(struct kunit *test)
{
	struct nat64_pool4_range r = range(0xc0000201, 32, ALL, 1024, 65535);
	struct nat64_ports *a = nat64_ports_make(&r, 1, NULL);
	struct nat64_ports *b = nat64_ports_make(&r, 1, NULL);
	unsigned int near = 0, same = 0, i;
	u16 last = 0;

	KUNIT_ASSERT_NOT_NULL(test, a);
	KUNIT_ASSERT_NOT_NULL(test, b);
	for (i = 0; i < 500; i++) {
		struct nat64_addr4 *x, *y;
		u16 p, q;

		x = take(a, NAT64_L4_TCP, 1, 2000 + i, &p);
		y = take(b, NAT64_L4_TCP, 1, 2000 + i, &q);
		KUNIT_ASSERT_NOT_NULL(test, x);
		KUNIT_ASSERT_NOT_NULL(test, y);
		near += abs(p - last) < 16;
		same += p == q;
		last = p;
		nat64_ports_put(x, NAT64_L4_TCP, htons(p));
		nat64_ports_put(y, NAT64_L4_TCP, htons(q));
	}
	KUNIT_EXPECT_LT(test, near, 10U);
	KUNIT_EXPECT_LT(test, same, 10U);
	nat64_ports_free(a);
	nat64_ports_free(b);
}

/* A new configuration knows what is in use; a gone address lives with its last. */
static void ports_reconfigure(struct kunit *test)
{
	struct nat64_pool4_range r[2] = {
		range(0xc0000201, 32, ALL, 5000, 5000),
		range(0xc0000202, 32, ALL, 5000, 5001),
	};
	struct nat64_ports *old = nat64_ports_make(r, 2, NULL);
	struct nat64_addr4 *gone, *stays;
	struct nat64_ports *ports;
	u16 port;

	KUNIT_ASSERT_NOT_NULL(test, old);
	gone = nat64_ports_find(old, cpu_to_be32(0xc0000201));
	stays = nat64_ports_find(old, cpu_to_be32(0xc0000202));
	KUNIT_EXPECT_TRUE(test, nat64_ports_take_one(gone, NAT64_L4_TCP,
						     htons(5000)));
	KUNIT_EXPECT_FALSE(test, nat64_ports_take_one(gone, NAT64_L4_TCP,
						      htons(5000)));
	KUNIT_EXPECT_TRUE(test, nat64_ports_take_one(stays, NAT64_L4_TCP,
						     htons(5000)));
	KUNIT_EXPECT_TRUE(test, nat64_ports_has(old, NAT64_L4_TCP, stays->addr,
						htons(5001)));
	KUNIT_EXPECT_FALSE(test, nat64_ports_has(old, NAT64_L4_TCP, gone->addr,
						 htons(5001)));

	ports = nat64_ports_make(&r[1], 1, old);
	KUNIT_ASSERT_NOT_NULL(test, ports);
	nat64_ports_free(old);
	KUNIT_EXPECT_NULL(test, nat64_ports_find(ports, gone->addr));
	KUNIT_EXPECT_PTR_EQ(test, nat64_ports_find(ports, stays->addr), stays);
	KUNIT_EXPECT_PTR_EQ(test, take(ports, NAT64_L4_TCP, 1, 5000, &port),
			    stays);
	KUNIT_EXPECT_EQ(test, port, 5001);
	KUNIT_EXPECT_NULL(test, take(ports, NAT64_L4_TCP, 1, 5000, &port));

	nat64_ports_put(gone, NAT64_L4_TCP, htons(5000));
	nat64_ports_put(stays, NAT64_L4_TCP, htons(5000));
	nat64_ports_put(stays, NAT64_L4_TCP, htons(5001));
	nat64_ports_free(ports);
}

/* Two ranges of an address: full in one is not full. */
static void ports_two_ranges(struct kunit *test)
{
	struct nat64_pool4_range r[2] = {
		range(0xc0000201, 32, ALL, 5000, 5000),
		range(0xc0000201, 32, ALL, 6000, 6000),
	};
	struct nat64_ports *ports = nat64_ports_make(r, 2, NULL);
	struct nat64_addr4 *from;
	u16 p1, p2, p3;

	KUNIT_ASSERT_NOT_NULL(test, ports);
	KUNIT_EXPECT_EQ(test, ports->n_addrs, 1);
	from = take(ports, NAT64_L4_ICMP, 1, 1, &p1);
	KUNIT_ASSERT_NOT_NULL(test, from);
	KUNIT_ASSERT_NOT_NULL(test, take(ports, NAT64_L4_ICMP, 1, 1, &p2));
	KUNIT_EXPECT_EQ(test, p1 + p2, 11000);
	KUNIT_EXPECT_NULL(test, take(ports, NAT64_L4_ICMP, 1, 1, &p3));
	nat64_ports_put(from, NAT64_L4_ICMP, htons(p1));
	KUNIT_ASSERT_NOT_NULL(test, take(ports, NAT64_L4_ICMP, 1, 1, &p3));
	KUNIT_EXPECT_EQ(test, p1, p3);
	nat64_ports_put(from, NAT64_L4_ICMP, htons(p2));
	nat64_ports_put(from, NAT64_L4_ICMP, htons(p3));
	nat64_ports_free(ports);
}

/* As many ranges as addresses, but not one for each. */
static void ports_uneven(struct kunit *test)
{
	struct nat64_pool4_range r[3] = {
		range(0xc0000201, 32, BIT(NAT64_L4_TCP), 5000, 5000),
		range(0xc0000201, 32, BIT(NAT64_L4_TCP), 6000, 6001),
		range(0xc0000202, 32, BIT(NAT64_L4_UDP), 7000, 7000),
	};
	struct nat64_ports *ports = nat64_ports_make(r, 3, NULL);
	struct nat64_addr4 *from = NULL;
	unsigned int i;
	u16 port[3], none;

	KUNIT_ASSERT_NOT_NULL(test, ports);
	for (i = 0; i < 3; i++) {
		from = take(ports, NAT64_L4_TCP, 1, 4000, &port[i]);
		KUNIT_ASSERT_NOT_NULL(test, from);
	}
	KUNIT_EXPECT_EQ(test, port[0] + port[1] + port[2], 17001);
	KUNIT_EXPECT_NULL(test, take(ports, NAT64_L4_TCP, 1, 4000, &none));
	KUNIT_EXPECT_NULL(test, take(ports, NAT64_L4_ICMP, 1, 4000, &none));
	for (i = 0; i < 3; i++)
		nat64_ports_put(from, NAT64_L4_TCP, htons(port[i]));
	nat64_ports_free(ports);
}

/* That an address was full is no matter of the next configuration. */
static void ports_full_is_forgotten(struct kunit *test)
{
	struct nat64_pool4_range r = range(0xc0000201, 32, ALL, 5000, 5000);
	struct nat64_ports *old = nat64_ports_make(&r, 1, NULL), *ports;
	struct nat64_addr4 *from;
	u16 port, none;

	KUNIT_ASSERT_NOT_NULL(test, old);
	from = take(old, NAT64_L4_TCP, 1, 4000, &port);
	KUNIT_ASSERT_NOT_NULL(test, from);
	KUNIT_EXPECT_NULL(test, take(old, NAT64_L4_TCP, 2, 4000, &none));
	r.max = 5001;
	ports = nat64_ports_make(&r, 1, old);
	KUNIT_ASSERT_NOT_NULL(test, ports);
	/* A packet that still goes by the old one asks in vain. */
	KUNIT_EXPECT_NULL(test, take(old, NAT64_L4_TCP, 2, 4000, &none));
	KUNIT_EXPECT_NOT_NULL(test, take(ports, NAT64_L4_TCP, 2, 4000, &none));
	KUNIT_EXPECT_EQ(test, none, 5001);
	nat64_ports_put(from, NAT64_L4_TCP, htons(5000));
	nat64_ports_put(from, NAT64_L4_TCP, htons(5001));
	nat64_ports_free(old);
	nat64_ports_free(ports);
}

/* Where a range has no port of the host's kind, another may. */
static void ports_best_range(struct kunit *test)
{
	struct nat64_pool4_range r[2] = {
		range(0xc0000201, 32, ALL, 1, 1023),
		range(0xc0000201, 32, ALL, 1024, 65535),
	};
	struct nat64_ports *ports = nat64_ports_make(r, 2, NULL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, ports);
	for (i = 1; i < 200; i++) {
		struct nat64_addr4 *from;
		u16 port;

		from = take(ports, NAT64_L4_TCP, i, i * 10, &port);
		KUNIT_ASSERT_NOT_NULL(test, from);
		KUNIT_EXPECT_EQ(test, port < 1024, i * 10 < 1024);
		nat64_ports_put(from, NAT64_L4_TCP, htons(port));
	}
	nat64_ports_free(ports);
}

static struct kunit_case ports_cases[] = {
	KUNIT_CASE(ports_exhaust),
	KUNIT_CASE(ports_pair),
	KUNIT_CASE(ports_parity),
	KUNIT_CASE(ports_unpredictable),
	KUNIT_CASE(ports_reconfigure),
	KUNIT_CASE(ports_two_ranges),
	KUNIT_CASE(ports_uneven),
	KUNIT_CASE(ports_full_is_forgotten),
	KUNIT_CASE(ports_best_range),
	{}
};

static struct kunit_suite ports_suite = {
	.name = "ipv6tun_nat64_ports",
	.test_cases = ports_cases,
};

kunit_test_suite(ports_suite);
