// SPDX-License-Identifier: GPL-2.0
/*
 * Unit tests of SYNs that wait.
 */
#include <kunit/test.h>

/* The unit under test: symbols need not be exported for tests alone. */
#include "../nat64/syn.c"

static int syn_init(struct kunit *test)
{
	test->priv = nat64_syn_make();
	return test->priv ? 0 : -ENOMEM;
}

static void syn_exit(struct kunit *test)
{
	nat64_syn_free(test->priv);
}

static struct nat64_syn connection(unsigned int n)
{
	return (struct nat64_syn) {
		.remote4 = htonl(0xc6336401 + n / 100),
		.remote_port = htons(1000 + n % 100),
		.addr4 = htonl(0xc0000201), .port4 = htons(80),
		.expires = ktime_get_seconds() + 6,
	};
}

static bool keep(struct kunit *test, unsigned int n, unsigned int drop,
		 int seconds)
{
	struct nat64_syn syn = connection(n);

	syn.skb = alloc_skb(64, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, syn.skb);
	syn.drop = drop;
	syn.expires += seconds - 6;
	if (nat64_syn_keep(test->priv, &syn))
		return true;
	kfree_skb(syn.skb);
	return false;
}

static void syn_meets(struct kunit *test)
{
	struct nat64_syn syn = connection(7);

	KUNIT_EXPECT_FALSE(test, nat64_syn_meet(test->priv, &syn));
	KUNIT_EXPECT_TRUE(test, keep(test, 7, IPV6TUN_A_DROPS_NAT64_FILTERED, 6));
	syn.port4 = htons(81);
	KUNIT_EXPECT_FALSE(test, nat64_syn_meet(test->priv, &syn));
	syn = connection(8);
	KUNIT_EXPECT_FALSE(test, nat64_syn_meet(test->priv, &syn));
	syn = connection(107);
	KUNIT_EXPECT_FALSE(test, nat64_syn_meet(test->priv, &syn));
	syn = connection(7);
	KUNIT_ASSERT_TRUE(test, nat64_syn_meet(test->priv, &syn));
	KUNIT_EXPECT_EQ(test, syn.drop,
			(unsigned int)IPV6TUN_A_DROPS_NAT64_FILTERED);
	kfree_skb(syn.skb);
	KUNIT_EXPECT_FALSE(test, nat64_syn_meet(test->priv, &syn));
}

static void syn_kept_once(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, keep(test, 1, IPV6TUN_A_DROPS_NAT64_FILTERED, 6));
	KUNIT_EXPECT_FALSE(test, keep(test, 1, IPV6TUN_A_DROPS_NAT64_FILTERED, 6));
}

/* A scan of pool4 takes no room from connections that there may be. */
static void syn_scan(struct kunit *test)
{
	unsigned int n;

	for (n = 0; n < NAT64_SYN_MAX / 2; n++)
		KUNIT_ASSERT_TRUE(test, keep(test, n,
					     IPV6TUN_A_DROPS_NAT64_NO_BIB, 6));
	KUNIT_EXPECT_FALSE(test, keep(test, n, IPV6TUN_A_DROPS_NAT64_NO_BIB, 6));
	for (; n < NAT64_SYN_MAX; n++)
		KUNIT_ASSERT_TRUE(test, keep(test, n,
					     IPV6TUN_A_DROPS_NAT64_FILTERED, 6));
	KUNIT_EXPECT_FALSE(test, keep(test, n, IPV6TUN_A_DROPS_NAT64_FILTERED, 6));
}

static void syn_expires(struct kunit *test)
{
	struct nat64_syn syn;

	KUNIT_EXPECT_FALSE(test, nat64_syn_expire(test->priv, false, &syn));
	KUNIT_EXPECT_TRUE(test, keep(test, 1, IPV6TUN_A_DROPS_NAT64_NO_BIB, 60));
	KUNIT_EXPECT_TRUE(test, keep(test, 2, IPV6TUN_A_DROPS_NAT64_FILTERED, -1));
	KUNIT_ASSERT_TRUE(test, nat64_syn_expire(test->priv, false, &syn));
	KUNIT_EXPECT_EQ(test, syn.remote_port, htons(1002));
	KUNIT_EXPECT_EQ(test, syn.drop,
			(unsigned int)IPV6TUN_A_DROPS_NAT64_FILTERED);
	kfree_skb(syn.skb);
	KUNIT_EXPECT_FALSE(test, nat64_syn_expire(test->priv, false, &syn));
	/* Its room is there again, and the other one is found behind it. */
	syn = connection(1);
	KUNIT_ASSERT_TRUE(test, nat64_syn_meet(test->priv, &syn));
	kfree_skb(syn.skb);
}

static void syn_expires_all(struct kunit *test)
{
	struct nat64_syn syn;

	KUNIT_EXPECT_TRUE(test, keep(test, 1, IPV6TUN_A_DROPS_NAT64_NO_BIB, 6));
	KUNIT_EXPECT_FALSE(test, nat64_syn_expire(test->priv, false, &syn));
	KUNIT_ASSERT_TRUE(test, nat64_syn_expire(test->priv, true, &syn));
	kfree_skb(syn.skb);
	KUNIT_EXPECT_FALSE(test, nat64_syn_expire(test->priv, true, &syn));
}

static struct kunit_case syn_cases[] = {
	KUNIT_CASE(syn_meets),
	KUNIT_CASE(syn_kept_once),
	KUNIT_CASE(syn_scan),
	KUNIT_CASE(syn_expires),
	KUNIT_CASE(syn_expires_all),
	{}
};

static struct kunit_suite syn_suite = {
	.name = "ipv6tun_nat64_syn",
	.init = syn_init,
	.exit = syn_exit,
	.test_cases = syn_cases,
};

kunit_test_suite(syn_suite);
