// SPDX-License-Identifier: GPL-2.0
/*
 * Unit tests of the packet parser of NAT64. What it must find is told by the
 * description the packet was made of.
 */
#include "nat64_packet.h"

/* The unit under test: symbols need not be exported for tests alone. */
#include "../nat64/parse.c"

#define DROP(reason)	IPV6TUN_A_DROPS_NAT64_##reason

/* Bytes to write over the packet, to spoil it. */
struct poke {
	u16	at;
	u8	value;
};

struct parse_case {
	const char	*name;
	struct packet	p;
	struct poke	pokes[4];
	unsigned int	n_pokes;
	unsigned int	reason;
};

#define POKE(...)						\
	.pokes = { __VA_ARGS__ },				\
	.n_pokes = ARRAY_SIZE(((struct poke[]){ __VA_ARGS__ }))

#define V4(kind, ...)	.p = { .v = 4, .src = SERVER, .dst = CLIENT, \
			       .l4 = kind, .len = 16, __VA_ARGS__ }
#define V6(kind, ...)	.p = { .v = 6, .src = CLIENT, .dst = SERVER, \
			       .l4 = kind, .len = 16, __VA_ARGS__ }

static const struct packet quoted4 = {
	.v = 4, .src = CLIENT, .dst = SERVER, .l4 = UDP, .len = 200,
};

static const struct packet quoted6 = {
	.v = 6, .src = SERVER, .dst = CLIENT, .l4 = TCP, .len = 200,
};

static const struct packet quoted_fragment4 = {
	.v = 4, .src = CLIENT, .dst = SERVER, .l4 = UDP, .len = 200,
	.off = 64, .id = 77,
};

static const struct packet quoted_echo6 = {
	.v = 6, .src = SERVER, .dst = CLIENT, .l4 = REPLY, .len = 40,
	EXT(0, 60, 44), .id = 0x12345678,
};

static const struct packet quoted_error4 = {
	.v = 4, .src = CLIENT, .dst = SERVER, .l4 = ERROR, .type = 3,
	.code = 3, .in = &quoted4,
};

static const struct packet quoted_error6 = {
	.v = 6, .src = SERVER, .dst = CLIENT, .l4 = ERROR, .type = 1,
	.in = &quoted6,
};

static const struct packet quoted_ns6 = {
	.v = 6, .src = SERVER, .dst = CLIENT, .l4 = ERROR, .type = 135,
	.in = &quoted6,
};

static const u8 nops[] = { 1, 1, 1, 0 };
static const u8 timestamps[] = { 68, 8, 5, 0, 0, 0, 0, 0 };
static const u8 lsrr_used[] = { 131, 7, 8, 10, 0, 0, 1, 0 };
static const u8 lsrr[] = { 1, 131, 7, 4, 10, 0, 0, 1 };
static const u8 ssrr[] = { 137, 7, 4, 10, 0, 0, 1, 0 };
static const u8 lsrr_after_end[] = { 0, 131, 7, 4, 10, 0, 0, 1 };
static const u8 bad_option[] = { 68, 60, 5, 0 };
static const u8 zero_option[] = { 68, 0, 5, 0 };

#define OPTIONS(o)	.options = (o), .n_options = sizeof(o)

static const struct parse_case parse_cases[] = {
	{ "4 TCP",		V4(TCP) },
	{ "4 TCP DF",		V4(TCP, .df = true) },
	{ "4 UDP",		V4(UDP) },
	{ "4 UDP empty",	V4(UDP, .len = 0) },
	{ "4 echo request",	V4(REQUEST) },
	{ "4 echo reply",	V4(REPLY) },
	{ "4 SCTP",		V4(RAW, .proto = 132) },
	{ "4 nothing above",	V4(RAW, .proto = 253, .len = 0) },
	{ "4 first fragment",	V4(UDP, .len = 100, .cut = 64, .mf = true,
				   .id = 0xfedc) },
	{ "4 middle fragment",	V4(UDP, .len = 100, .off = 16, .cut = 64,
				   .mf = true) },
	{ "4 last fragment",	V4(TCP, .len = 100, .off = 64) },
	{ "4 last of echo",	V4(REPLY, .len = 100, .off = 64) },
	{ "4 first of echo",	V4(REPLY, .len = 100, .cut = 64, .mf = true) },
	{ "4 error",		V4(ERROR, .type = 3, .code = 3,
				   .in = &quoted4) },
	{ "4 error, 8 bytes",	V4(ERROR, .type = 11, .in = &quoted4,
				   .quoted = 28) },
	{ "4 error, fragment",	V4(ERROR, .type = 3, .code = 4,
				   .in = &quoted_fragment4, .quoted = 28) },
	{ "4 error, extension",	V4(ERROR, .type = 11, .rest = 32 << 16,
				   .in = &quoted4, .quoted = 128,
				   .extension = 16) },
	{ "4 NOP options",	V4(TCP, OPTIONS(nops)) },
	{ "4 timestamps",	V4(UDP, OPTIONS(timestamps)) },
	{ "4 used source route", V4(UDP, OPTIONS(lsrr_used)) },
	{ "4 after the end",	V4(UDP, OPTIONS(lsrr_after_end)) },
	{ "4 option too long",	V4(UDP, OPTIONS(bad_option)) },
	{ "4 option too short",	V4(UDP, OPTIONS(zero_option)) },

	{ "6 TCP",		V6(TCP) },
	{ "6 UDP",		V6(UDP) },
	{ "6 echo request",	V6(REQUEST) },
	{ "6 echo reply",	V6(REPLY) },
	{ "6 SCTP",		V6(RAW, .proto = 132) },
	{ "6 ESP",		V6(RAW, .proto = 50) },
	{ "6 AH",		V6(RAW, .proto = 51) },
	{ "6 no next header",	V6(RAW, .proto = 59, .len = 0) },
	{ "6 hop-by-hop",	V6(TCP, EXT(0)) },
	{ "6 destination",	V6(UDP, EXT(60)) },
	{ "6 used routing",	V6(UDP, EXT(43)) },
	{ "6 all of RFC 8200",	V6(UDP, EXT(0, 60, 43, 60)) },
	{ "6 eight",		V6(UDP, EXT(60, 60, 60, 60, 60, 60, 60, 60)) },
	{ "6 atomic fragment",	V6(TCP, EXT(44), .id = 0xdeadbeef) },
	{ "6 first fragment",	V6(UDP, .len = 100, .cut = 64, .mf = true,
				   EXT(60, 44), .id = 0xdeadbeef) },
	{ "6 last fragment",	V6(UDP, .len = 100, .off = 64, EXT(44)) },
	{ "6 fragment of SCTP",	V6(RAW, .proto = 132, .len = 100, .off = 64,
				   EXT(44)) },
	{ "6 fragment of ESP",	V6(RAW, .proto = 50, .len = 100, .off = 64,
				   EXT(44)) },
	{ "6 error",		V6(ERROR, .type = 1, .code = 4,
				   .in = &quoted6) },
	{ "6 error, 8 bytes",	V6(ERROR, .type = 2, .rest = 1280,
				   .in = &quoted6, .quoted = 48) },
	{ "6 error, echo",	V6(ERROR, .type = 3, .in = &quoted_echo6) },
	{ "6 error, extension",	V6(ERROR, .type = 3, .rest = 16 << 24,
				   .in = &quoted6, .quoted = 128,
				   .extension = 16) },

	{ "4 version",		V4(TCP), POKE({ 0, 0x55 }),
				.reason = DROP(TRUNCATED) },
	{ "4 header of 16",	V4(TCP), POKE({ 0, 0x44 }),
				.reason = DROP(TRUNCATED) },
	{ "4 header too long",	V4(UDP, .len = 0), POKE({ 0, 0x4f }),
				.reason = DROP(TRUNCATED) },
	{ "4 length 0",		V4(TCP), POKE({ 2, 0 }, { 3, 0 }),
				.reason = DROP(TRUNCATED) },
	{ "4 shorter than IP",	V4(TCP), POKE({ 2, 0 }, { 3, 19 }),
				.reason = DROP(TRUNCATED) },
	{ "4 shorter than TCP",	V4(TCP), POKE({ 2, 0 }, { 3, 39 }),
				.reason = DROP(TRUNCATED) },
	{ "4 shorter than UDP",	V4(UDP), POKE({ 2, 0 }, { 3, 27 }),
				.reason = DROP(TRUNCATED) },
	{ "4 shorter than ICMP", V4(REPLY), POKE({ 2, 0 }, { 3, 27 }),
				.reason = DROP(TRUNCATED) },
	{ "4 longer than it is", V4(TCP), POKE({ 2, 1 }),
				.reason = DROP(TRUNCATED) },
	{ "4 TCP header of 16",	V4(TCP), POKE({ 32, 0x40 }),
				.reason = DROP(TRUNCATED) },
	{ "4 TCP header of 60",	V4(TCP), POKE({ 32, 0xf0 }),
				.reason = DROP(TRUNCATED) },
	{ "4 LSRR",		V4(TCP, OPTIONS(lsrr)),
				.reason = DROP(SOURCE_ROUTE) },
	{ "4 SSRR",		V4(TCP, OPTIONS(ssrr)),
				.reason = DROP(SOURCE_ROUTE) },
	{ "4 fragment of 60",	V4(UDP, .len = 100, .cut = 60, .mf = true),
				.reason = DROP(FRAGMENT) },
	{ "4 empty fragment",	V4(RAW, .proto = 17, .len = 0, .mf = true),
				.reason = DROP(FRAGMENT) },
	{ "4 past the end",	V4(UDP, .len = 100, .off = 64),
				POKE({ 6, 0x1f }, { 7, 0xff }),
				.reason = DROP(FRAGMENT) },
	{ "4 fragment of error", V4(ERROR, .type = 3, .in = &quoted4,
				    .cut = 64, .mf = true),
				.reason = DROP(FRAGMENT) },
	{ "4 tiny fragment",	V4(TCP, .cut = 8, .mf = true),
				.reason = DROP(TRUNCATED) },
	{ "4 IGMP",		V4(RAW, .proto = 2),
				.reason = DROP(PROTOCOL) },
	{ "4 ICMPv6",		V4(RAW, .proto = 58),
				.reason = DROP(PROTOCOL) },
	{ "4 hop-by-hop",	V4(RAW, .proto = 0), .reason = DROP(PROTOCOL) },
	{ "4 routing",		V4(RAW, .proto = 43),
				.reason = DROP(PROTOCOL) },
	{ "4 fragment header",	V4(RAW, .proto = 44),
				.reason = DROP(PROTOCOL) },
	{ "4 destination",	V4(RAW, .proto = 60),
				.reason = DROP(PROTOCOL) },
	{ "4 mobility",		V4(RAW, .proto = 135),
				.reason = DROP(PROTOCOL) },
	{ "4 HIP",		V4(RAW, .proto = 139),
				.reason = DROP(PROTOCOL) },
	{ "4 Shim6",		V4(RAW, .proto = 140),
				.reason = DROP(PROTOCOL) },
	{ "4 source quench",	V4(ERROR, .type = 4, .in = &quoted4),
				.reason = DROP(ICMP_TYPE) },
	{ "4 redirect",		V4(ERROR, .type = 5, .in = &quoted4),
				.reason = DROP(ICMP_TYPE) },
	{ "4 timestamp",	V4(REQUEST), POKE({ 20, 13 }),
				.reason = DROP(ICMP_TYPE) },
	{ "4 ICMP 128",		V4(REQUEST), POKE({ 20, 128 }),
				.reason = DROP(ICMP_TYPE) },
	{ "4 error of error",	V4(ERROR, .type = 3, .in = &quoted_error4),
				.reason = DROP(ICMP_TYPE) },
	{ "4 error of IPv6",	V4(ERROR, .type = 3, .in = &quoted6),
				.reason = DROP(TRUNCATED) },
	{ "4 error, 7 bytes",	V4(ERROR, .type = 3, .in = &quoted4,
				   .quoted = 27),
				.reason = DROP(TRUNCATED) },
	{ "4 error, empty",	V4(ERROR, .type = 3, .in = &quoted4,
				   .quoted = 0), POKE({ 2, 0 }, { 3, 28 }),
				.reason = DROP(TRUNCATED) },
	{ "4 error, it ends",	V4(ERROR, .type = 3, .in = &quoted4),
				POKE({ 30, 0 }, { 31, 27 }),
				.reason = DROP(TRUNCATED) },
	{ "4 error, extension early", V4(ERROR, .type = 11, .rest = 6 << 16,
				   .in = &quoted4) },

	{ "6 version",		V6(TCP), POKE({ 0, 0x45 }),
				.reason = DROP(TRUNCATED) },
	{ "6 shorter than TCP",	V6(TCP), POKE({ 4, 0 }, { 5, 19 }),
				.reason = DROP(TRUNCATED) },
	{ "6 empty",		V6(TCP), POKE({ 4, 0 }, { 5, 0 }),
				.reason = DROP(TRUNCATED) },
	{ "6 longer than it is", V6(TCP), POKE({ 4, 1 }),
				.reason = DROP(TRUNCATED) },
	{ "6 jumbogram",	V6(TCP, EXT(0)), POKE({ 4, 0 }, { 5, 0 }),
				.reason = DROP(EXT_HEADER) },
	{ "6 extension too long", V6(UDP, EXT(60)), POKE({ 41, 9 }),
				.reason = DROP(TRUNCATED) },
	{ "6 TCP header of 16",	V6(TCP), POKE({ 52, 0x40 }),
				.reason = DROP(TRUNCATED) },
	{ "6 routing",		V6(TCP, EXT(60, 43), .segments_left = 1),
				.reason = DROP(SOURCE_ROUTE) },
	{ "6 late hop-by-hop",	V6(TCP, EXT(60, 0)),
				.reason = DROP(EXT_HEADER) },
	{ "6 nine",		V6(UDP, EXT(60, 60, 60, 60, 60, 60, 60, 60,
					    60)),
				.reason = DROP(EXT_HEADER) },
	{ "6 fragment twice",	V6(UDP, EXT(44, 44)),
				.reason = DROP(EXT_HEADER) },
	{ "6 fragment, then options", V6(UDP, EXT(44, 60)),
				.reason = DROP(EXT_HEADER) },
	{ "6 fragment, then AH", V6(RAW, .proto = 51, EXT(44)),
				.reason = DROP(EXT_HEADER) },
	{ "6 mobility",		V6(RAW, .proto = 135),
				.reason = DROP(EXT_HEADER) },
	{ "6 HIP",		V6(RAW, .proto = 139),
				.reason = DROP(EXT_HEADER) },
	{ "6 Shim6",		V6(RAW, .proto = 140),
				.reason = DROP(EXT_HEADER) },
	{ "6 ICMP",		V6(RAW, .proto = 1), .reason = DROP(PROTOCOL) },
	{ "6 IGMP",		V6(RAW, .proto = 2), .reason = DROP(PROTOCOL) },
	{ "6 fragment of 60",	V6(UDP, .len = 100, .cut = 60, .mf = true,
				   EXT(44)),
				.reason = DROP(FRAGMENT) },
	{ "6 past the end",	V6(UDP, .len = 100, .off = 64, EXT(44)),
				POKE({ 42, 0xff }, { 43, 0xf8 }),
				.reason = DROP(FRAGMENT) },
	{ "6 fragment of error", V6(ERROR, .type = 1, .in = &quoted6,
				    .cut = 64, .mf = true, EXT(44)),
				.reason = DROP(FRAGMENT) },
	{ "6 neighbour solicitation", V6(REQUEST), POKE({ 40, 135 }),
				.reason = DROP(ICMP_TYPE) },
	{ "6 listener report",	V6(REQUEST), POKE({ 40, 131 }),
				.reason = DROP(ICMP_TYPE) },
	{ "6 error 5",		V6(ERROR, .type = 5, .in = &quoted6),
				.reason = DROP(ICMP_TYPE) },
	{ "6 error of error",	V6(ERROR, .type = 3, .in = &quoted_error6),
				.reason = DROP(ICMP_TYPE) },
	{ "6 error of neighbour", V6(ERROR, .type = 3, .in = &quoted_ns6),
				.reason = DROP(ICMP_TYPE) },
	{ "6 error of IPv4",	V6(ERROR, .type = 1, .in = &quoted4),
				.reason = DROP(TRUNCATED) },
	{ "6 error, 7 bytes",	V6(ERROR, .type = 1, .in = &quoted6,
				   .quoted = 47),
				.reason = DROP(TRUNCATED) },
};

KUNIT_ARRAY_PARAM_DESC(parse, parse_cases, name);

/* The case's packet in @at, spoiled. */
static unsigned int write_case(struct kunit *test, const struct parse_case *c,
			       u8 *at)
{
	unsigned int len = build(test, &c->p, at);
	unsigned int i;

	for (i = 0; i < c->n_pokes; i++)
		at[c->pokes[i].at] = c->pokes[i].value;
	return len;
}

static void check_hdrs(struct kunit *test, const struct packet *p,
		       unsigned int l3, unsigned int whole,
		       const struct nat64_hdrs *h)
{
	unsigned int l4 = l3 + (p->v == 6 ? 40 + p->n_ext * 8 :
					    20 + p->n_options);
	bool echo = p->l4 == REQUEST || p->l4 == REPLY;
	bool ports = !p->off && p->l4 != RAW && p->l4 != ERROR;
	unsigned int fh = 0, i;
	u8 kind;

	for (i = 0; i < p->n_ext; i++)
		if (p->ext[i] == 44)
			fh = l3 + 40 + i * 8;
	switch (p->l4) {
	case TCP:
		kind = NAT64_L4_TCP;
		break;
	case UDP:
		kind = NAT64_L4_UDP;
		break;
	case RAW:
		kind = NAT64_L4_OTHER;
		break;
	default:
		kind = NAT64_L4_ICMP;
		break;
	}
	KUNIT_EXPECT_EQ(test, h->l3, l3);
	KUNIT_EXPECT_EQ(test, h->l4, l4);
	KUNIT_EXPECT_EQ(test, h->fh, fh);
	KUNIT_EXPECT_EQ(test, h->len, whole);
	KUNIT_EXPECT_EQ(test, h->proto, proto_of(p));
	KUNIT_EXPECT_EQ(test, h->l4_kind, kind);
	KUNIT_EXPECT_EQ(test, h->fragment, p->off || p->mf);
	KUNIT_EXPECT_EQ(test, h->first, !p->off);
	KUNIT_EXPECT_EQ(test, h->mf, p->mf);
	KUNIT_EXPECT_EQ(test, h->df, p->df);
	KUNIT_EXPECT_EQ(test, h->frag_off, p->off);
	if (p->v == 4 || fh)
		KUNIT_EXPECT_EQ(test, h->ident, p->id);
	KUNIT_EXPECT_EQ(test, h->error, p->l4 == ERROR);
	KUNIT_EXPECT_EQ(test, h->has_ports, ports);
	if (!ports)
		return;
	KUNIT_EXPECT_EQ(test, be16_to_cpu(h->sport),
			port_of(p->v, echo ? CLIENT : p->src));
	KUNIT_EXPECT_EQ(test, be16_to_cpu(h->dport),
			port_of(p->v, echo ? CLIENT : p->dst));
}

static void parse_packet(struct kunit *test)
{
	const struct parse_case *c = test->param_value;
	u8 *data = kunit_kzalloc(test, PACKET_MAX, GFP_KERNEL);
	u8 *quoted = kunit_kzalloc(test, PACKET_MAX, GFP_KERNEL);
	enum shape shape;
	unsigned int len;

	KUNIT_ASSERT_NOT_NULL(test, data);
	KUNIT_ASSERT_NOT_NULL(test, quoted);
	len = write_case(test, c, data);
	for (shape = TIGHT; shape <= CLONED; shape++) {
		struct sk_buff *skb = make_skb(test, data, len, shape, 0xff);
		struct sk_buff *clone = NULL;
		struct nat64_pkt pkt;
		unsigned int reason;
		unsigned int l4;

		if (shape == CLONED)
			clone = skb_clone(skb, GFP_KERNEL);
		reason = nat64_parse(skb, c->p.v == 6, &pkt);
		KUNIT_EXPECT_EQ_MSG(test, reason, c->reason, "shape %u", shape);
		/* RFC 7915, 5.1: where the routing header is. */
		if (c->p.segments_left)
			KUNIT_EXPECT_EQ(test, pkt.out.l4, 48);
		if (!reason && !c->reason) {
			check_hdrs(test, &c->p, 0, len, &pkt.out);
			KUNIT_EXPECT_EQ(test, pkt.is6, c->p.v == 6);
			l4 = pkt.out.l4;
			if (c->p.l4 == ERROR)
				check_hdrs(test, c->p.in, l4 + 8,
					   build(test, c->p.in, quoted),
					   &pkt.in);
			/* All that will be written is in reach. */
			KUNIT_EXPECT_GE(test, skb_headlen(skb),
					c->p.l4 == ERROR ? pkt.in.l4 :
					pkt.out.l4);
		}
		kfree_skb(skb);
		kfree_skb(clone);
	}
}

/* Link layers pad; the packet is what its header says. */
static void parse_padding(struct kunit *test)
{
	static const struct packet packets[] = {
		{ .v = 4, .src = SERVER, .dst = CLIENT, .l4 = UDP, .len = 1 },
		{ .v = 6, .src = CLIENT, .dst = SERVER, .l4 = UDP, .len = 1 },
	};
	u8 *data = kunit_kzalloc(test, PACKET_MAX, GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, data);
	for (i = 0; i < ARRAY_SIZE(packets); i++) {
		unsigned int len = build(test, &packets[i], data);
		enum shape shape;

		memset(data + len, 0xaa, 17);
		for (shape = TIGHT; shape < N_SHAPES; shape++) {
			struct sk_buff *skb, *clone = NULL;
			struct nat64_pkt pkt;
			unsigned int reason;

			if (shape == PARTIAL)
				continue;
			skb = make_skb(test, data, len + 17, shape, 0);
			if (shape == CLONED)
				clone = skb_clone(skb, GFP_KERNEL);
			reason = nat64_parse(skb, packets[i].v == 6, &pkt);
			KUNIT_EXPECT_EQ(test, reason, 0);
			KUNIT_EXPECT_EQ(test, skb->len, len);
			KUNIT_EXPECT_EQ(test, pkt.out.len, len);
			if (clone)
				KUNIT_EXPECT_EQ(test, clone->len, len + 17);
			if (shape == COMPLETE &&
			    skb->ip_summed == CHECKSUM_COMPLETE)
				KUNIT_EXPECT_EQ(test, csum_fold(skb->csum),
						csum_fold(skb_checksum(skb, 0,
								       len,
								       0)));
			kfree_skb(skb);
			kfree_skb(clone);
		}
	}
}

/* The result must not depend on what lies behind the packet. */
static void parse_twice(struct kunit *test, const u8 *data, unsigned int len,
			bool is6, const char *what)
{
	struct nat64_pkt pkts[3];
	unsigned int reasons[3];
	unsigned int i;

	for (i = 0; i < 3; i++) {
		struct sk_buff *skb = make_skb(test, data, len,
					       i == 2 ? PAGED : ROOMY,
					       i ? 0xff : 0);

		reasons[i] = nat64_parse(skb, is6, &pkts[i]);
		kfree_skb(skb);
		KUNIT_EXPECT_EQ_MSG(test, reasons[i], reasons[0], "%s, %u",
				    what, len);
		if (!reasons[i])
			KUNIT_EXPECT_EQ(test, memcmp(&pkts[i], &pkts[0],
						     sizeof(pkts[0])), 0);
	}
}

/* Each packet cut at each byte, as it is and with its length set right. */
static void parse_truncated(struct kunit *test)
{
	const struct parse_case *c = test->param_value;
	u8 *data = kunit_kzalloc(test, PACKET_MAX, GFP_KERNEL);
	unsigned int len, n;

	KUNIT_ASSERT_NOT_NULL(test, data);
	/* What has its headers in the first 160 bytes, may end there. */
	len = write_case(test, c, data);
	for (n = 1; n < len; n += n < 160 ? 1 : 37) {
		parse_twice(test, data, n, c->p.v == 6, c->name);
		if (!c->reason) {
			struct sk_buff *skb = make_skb(test, data, n, TIGHT, 0);
			struct nat64_pkt pkt;

			KUNIT_EXPECT_EQ_MSG(test,
					    nat64_parse(skb, c->p.v == 6, &pkt),
					    DROP(TRUNCATED), "at %u", n);
			kfree_skb(skb);
		}
	}
	for (n = min(len - 1, 160U); n > (c->p.v == 6 ? 40 : 20); n--) {
		if (c->p.v == 6)
			put16(data + 4, n - 40);
		else
			put16(data + 2, n);
		parse_twice(test, data, n, c->p.v == 6, c->name);
	}
}

/* Each byte of each packet with other values. */
static void parse_flipped(struct kunit *test)
{
	const struct parse_case *c = test->param_value;
	static const u8 masks[] = { 0x01, 0xfe };
	u8 *data = kunit_kzalloc(test, PACKET_MAX, GFP_KERNEL);
	unsigned int len, i, j;

	KUNIT_ASSERT_NOT_NULL(test, data);
	len = write_case(test, c, data);
	/* Beyond there is payload. */
	for (i = 0; i < min(len, 120U); i++) {
		for (j = 0; j < ARRAY_SIZE(masks); j++) {
			data[i] ^= masks[j];
			parse_twice(test, data, len, c->p.v == 6, c->name);
			data[i] ^= masks[j];
		}
	}
}

static void make_gso(struct sk_buff *skb, unsigned int type)
{
	skb_shinfo(skb)->gso_size = 8;
	skb_shinfo(skb)->gso_segs = 2;
	skb_shinfo(skb)->gso_type = type;
}

/* Super-packets longer than a length field: BIG TCP has 0 there. */
static void parse_gso(struct kunit *test)
{
	static const struct packet p4 = {
		.v = 4, .src = SERVER, .dst = CLIENT, .l4 = TCP, .len = 16,
	};
	static const struct packet p6 = {
		.v = 6, .src = CLIENT, .dst = SERVER, .l4 = TCP, .len = 16,
	};
	static const struct packet p6_jumbo = {
		.v = 6, .src = CLIENT, .dst = SERVER, .l4 = TCP, .len = 16,
		EXT(0),
	};
	static const struct packet * const packets[] = { &p4, &p6, &p6_jumbo };
	u8 *data = kunit_kzalloc(test, PACKET_MAX, GFP_KERNEL);
	unsigned int i, len, reason;
	struct nat64_pkt pkt;
	struct sk_buff *skb;

	KUNIT_ASSERT_NOT_NULL(test, data);
	for (i = 0; i < ARRAY_SIZE(packets); i++) {
		bool is6 = packets[i]->v == 6;

		len = build(test, packets[i], data);
		put16(data + (is6 ? 4 : 2), 0);
		skb = make_skb(test, data, len, TIGHT, 0);
		make_gso(skb, is6 ? SKB_GSO_TCPV6 : SKB_GSO_TCPV4);
		reason = nat64_parse(skb, is6, &pkt);
		KUNIT_EXPECT_EQ(test, reason, 0);
		KUNIT_EXPECT_EQ(test, pkt.out.len, len);
		kfree_skb(skb);

		/* Padding behind a super-packet cannot be. */
		build(test, packets[i], data);
		skb = make_skb(test, data, len + 3, TIGHT, 0);
		make_gso(skb, is6 ? SKB_GSO_TCPV6 : SKB_GSO_TCPV4);
		KUNIT_EXPECT_EQ(test, nat64_parse(skb, is6, &pkt),
				DROP(TRUNCATED));
		kfree_skb(skb);
	}
}

static struct kunit_case nat64_parse_cases[] = {
	KUNIT_CASE_PARAM(parse_packet, parse_gen_params),
	KUNIT_CASE(parse_padding),
	KUNIT_CASE_PARAM(parse_truncated, parse_gen_params),
	KUNIT_CASE_PARAM(parse_flipped, parse_gen_params),
	KUNIT_CASE(parse_gso),
	{}
};

static struct kunit_suite nat64_parse_suite = {
	.name = "ipv6tun_nat64_parse",
	.test_cases = nat64_parse_cases,
};

kunit_test_suite(nat64_parse_suite);
