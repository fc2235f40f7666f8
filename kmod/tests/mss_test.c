// SPDX-License-Identifier: GPL-2.0
/*
 * Unit tests of the MSS clamp. Checksums are made and judged by sums over all they
 * cover.
 */
#include <kunit/test.h>
#include <net/ip6_checksum.h>

/* The unit under test: symbols need not be exported for tests alone. */
#include "../mss.c"

#define OPTIONS	40

/* What follows the header, were it an option, would be a large MSS. */
static const u8 data[] = { 0xff, 0xff, 0xff, 0xff };

static const struct syn_case {
	const char *name;
	u8 options[OPTIONS];	/* of the TCP header; what is not given is EOL */
	u8 len;			/* divisible by 4 */
	u8 at;			/* of the MSS in the options, if there is one */
	u16 mss;		/* 0: nothing is changed */
} syn_cases[] = {
	{ "alone", { 2, 4, 0x22, 0xd8 }, 4, 2, 1360 },
	{ "among others", { 4, 2, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 2, 4, 0x22, 0xd8 },
	  16, 14, 1360 },
	{ "odd offset", { 1, 2, 4, 0x22, 0xd8, 4, 2, 0 }, 8, 3, 1360 },
	{ "high byte only", { 1, 2, 4, 0x15, 0x50, 1, 1, 1 }, 8, 3, 1360 },
	{ "no less", { 2, 4, 0x05, 0x50 }, 4 },
	{ "less already", { 2, 4, 0x02, 0x18 }, 4 },
	{ "no options", {}, 0 },
	{ "behind the end of the list", { 0, 0, 0, 0, 2, 4, 0x22, 0xd8 }, 8 },
	{ "of another length", { 2, 3, 0x22, 1 }, 4 },
	{ "longer than the header", { 1, 1, 2, 4 }, 4 },
	{ "its length is beyond the header", { 1, 1, 1, 2 }, 4 },
	{ "another is longer than the header", { 8, 200, 1, 2, 2, 4, 0x22, 0xd8 }, 8 },
	{ "another has no length", { 8, 0, 2, 4, 0x22, 0xd8, 1, 1 }, 8 },
	{ "another has the length 1", { 8, 1, 2, 4, 0x22, 0xd8, 1, 1 }, 8 },
};

KUNIT_ARRAY_PARAM_DESC(syn, syn_cases, name);

/* The sum that has to be 0: of the pseudo-header and all of TCP. */
static __sum16 tcp_sum(const struct sk_buff *skb, bool ip6, unsigned int hlen)
{
	unsigned int len = skb->len - hlen;
	__wsum sum = csum_partial(skb->data + hlen, len, 0);

	if (ip6)
		return csum_ipv6_magic(&ipv6_hdr(skb)->saddr,
				       &ipv6_hdr(skb)->daddr, len, IPPROTO_TCP,
				       sum);
	return csum_tcpudp_magic(ip_hdr(skb)->saddr, ip_hdr(skb)->daddr, len,
				 IPPROTO_TCP, sum);
}

/* A SYN with these options and some data. */
static struct sk_buff *make_syn(struct kunit *test, const struct syn_case *c,
				bool ip6)
{
	unsigned int hlen = ip6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);
	struct sk_buff *skb = alloc_skb(hlen + sizeof(struct tcphdr) + c->len +
					sizeof(data), GFP_KERNEL);
	struct ipv6hdr *ip6h;
	struct tcphdr *tcp;
	struct iphdr *iph;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reset_network_header(skb);
	if (ip6) {
		skb->protocol = htons(ETH_P_IPV6);
		ip6h = skb_put_zero(skb, hlen);
		ip6h->version = 6;
		ip6h->payload_len = htons(sizeof(*tcp) + c->len + sizeof(data));
		ip6h->nexthdr = IPPROTO_TCP;
		ip6h->saddr.s6_addr32[0] = cpu_to_be32(0x20010db8);
		ip6h->daddr.s6_addr32[3] = cpu_to_be32(0x12345678);
	} else {
		skb->protocol = htons(ETH_P_IP);
		iph = skb_put_zero(skb, hlen);
		iph->version = 4;
		iph->ihl = 5;
		iph->protocol = IPPROTO_TCP;
		iph->saddr = cpu_to_be32(0xc0000201);
		iph->daddr = cpu_to_be32(0xc6336401);
	}
	tcp = skb_put_zero(skb, sizeof(*tcp));
	tcp->source = htons(4711);
	tcp->dest = htons(80);
	tcp->doff = (sizeof(*tcp) + c->len) / 4;
	tcp->syn = 1;
	skb_put_data(skb, c->options, c->len);
	skb_put_data(skb, data, sizeof(data));
	tcp->check = tcp_sum(skb, ip6, hlen);
	KUNIT_ASSERT_EQ(test, (__force u16)tcp_sum(skb, ip6, hlen), 0);
	return skb;
}

/* 1400 bytes of IPv4, as much as 1420 of IPv6, have room for 1360 of TCP. */
static void check_syn(struct kunit *test, const struct syn_case *c, bool ip6)
{
	unsigned int hlen = ip6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);
	struct sk_buff *skb = make_syn(test, c, ip6);
	u8 want[OPTIONS + sizeof(data)];

	memcpy(want, c->options, c->len);
	memcpy(want + c->len, data, sizeof(data));
	if (c->mss) {
		want[c->at] = c->mss >> 8;
		want[c->at + 1] = c->mss & 0xff;
	}
	KUNIT_EXPECT_TRUE(test, ipv6tun_mss_offered(skb));
	ipv6tun_mss_clamp(skb, ip6 ? 1420 : 1400);
	KUNIT_EXPECT_MEMEQ(test, skb->data + hlen + sizeof(struct tcphdr), want,
			   c->len + sizeof(data));
	KUNIT_EXPECT_EQ(test, (__force u16)tcp_sum(skb, ip6, hlen), 0);
	kfree_skb(skb);
}

static void mss_clamp(struct kunit *test)
{
	check_syn(test, test->param_value, false);
	check_syn(test, test->param_value, true);
}

/* Less than the headers take is no MTU to go by. */
static void mss_tiny_mtu(struct kunit *test)
{
	static const struct syn_case c = {
		.options = { 2, 4, 0x22, 0xd8 }, .len = 4, .at = 2,
	};
	u32 mtu;

	for (mtu = 0; mtu <= 40; mtu += 10) {
		struct sk_buff *skb = make_syn(test, &c, false);

		ipv6tun_mss_clamp(skb, mtu);
		KUNIT_EXPECT_MEMEQ(test, skb->data + 40, c.options, c.len);
		kfree_skb(skb);
	}
}

/* A header that says it is longer than the packet, or has no options. */
static void mss_truncated(struct kunit *test)
{
	static const struct syn_case c = {
		.options = { 2, 4, 0x22, 0xd8 }, .len = 4,
	};
	unsigned int doff;

	for (doff = 0; doff < 16; doff++) {
		struct sk_buff *skb;

		/* The whole of it, or with the data. */
		if (doff == 6 || doff == 7)
			continue;
		skb = make_syn(test, &c, true);
		((struct tcphdr *)(skb->data + sizeof(struct ipv6hdr)))->doff = doff;
		ipv6tun_mss_clamp(skb, 1420);
		KUNIT_EXPECT_MEMEQ(test, skb->data + 60, c.options, c.len);
		kfree_skb(skb);
	}
}

static struct kunit_case mss_cases[] = {
	KUNIT_CASE_PARAM(mss_clamp, syn_gen_params),
	KUNIT_CASE(mss_tiny_mtu),
	KUNIT_CASE(mss_truncated),
	{}
};

static struct kunit_suite mss_suite = {
	.name = "ipv6tun_mss",
	.test_cases = mss_cases,
};

kunit_test_suite(mss_suite);
