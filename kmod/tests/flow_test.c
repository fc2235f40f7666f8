// SPDX-License-Identifier: GPL-2.0
/*
 * Unit tests of the flow hash. A packet is written as its headers; two packets
 * are put side by side with the configurations under which they are one flow,
 * and must be two under all others.
 */
#include <kunit/test.h>

/* The unit under test: symbols need not be exported for tests alone. */
#include "../flow.c"

/* The six configurations, as bits. */
#define L4	BIT(0)
#define L4S	BIT(1)
#define L3	BIT(2)
#define L3S	BIT(3)
#define FL	BIT(4)
#define FLS	BIT(5)
#define SYM	(L4S | L3S | FLS)
#define ADDR	(L3 | L3S)
#define ALL	(L4 | L4S | L3 | L3S | FL | FLS)
#define N_CFG	6

static const char * const cfg_names[N_CFG] = {
	"l4", "l4 symmetric", "l3", "l3 symmetric",
	"flowlabel", "flowlabel symmetric",
};

static struct ipv6tun_flow_cfg cfg_of(unsigned int bit, u32 seed)
{
	static const u8 policies[] = {
		IPV6TUN_HASH_L4, IPV6TUN_HASH_L3, IPV6TUN_HASH_FLOWLABEL,
	};

	return (struct ipv6tun_flow_cfg){
		.seed = seed,
		.policy = policies[bit / 2],
		.symmetric = bit % 2,
	};
}

/* One header of a packet: what it is, and up to three of its fields. */
struct hdr {
	enum {
		END, K_IP6, K_IP4, K_IP4_OPT, K_IP4_BAD, K_EXT, K_FRAG, K_PORTS,
		K_ICMP, K_ICMP6, K_ESP, K_AH, K_GRE, K_OTHER, K_CUT,
	} kind;
	u32 a;
	u32 b;
	u32 c;
};

/* Addresses are numbers: 2001:db8::N and 198.51.100.N. */
#define IP6(src, dst)		{ K_IP6, src, dst }
#define IP6_LABEL(src, dst, l)	{ K_IP6, src, dst, l }
#define IP4(src, dst)		{ K_IP4, src, dst }
#define IP4_FRAG(src, dst, off)	{ K_IP4, src, dst, off }
#define IP4_OPT(src, dst)	{ K_IP4_OPT, src, dst }
#define IP4_BAD_IHL(src, dst)	{ K_IP4_BAD, src, dst }
/* Extension headers of 8 * (1 + words) bytes */
#define HOP(words)		{ K_EXT, NEXTHDR_HOP, words }
#define ROUTE(words)		{ K_EXT, NEXTHDR_ROUTING, words }
#define DEST(words)		{ K_EXT, NEXTHDR_DEST, words }
/* Offset and flags as they stand in the header, and the identification */
#define FRAG(off, id)		{ K_FRAG, off, id }
#define MF6			1
#define TCP(sport, dport)	{ K_PORTS, IPPROTO_TCP, sport, dport }
#define UDP(sport, dport)	{ K_PORTS, IPPROTO_UDP, sport, dport }
#define UDPLITE(sport, dport)	{ K_PORTS, IPPROTO_UDPLITE, sport, dport }
#define SCTP(sport, dport)	{ K_PORTS, IPPROTO_SCTP, sport, dport }
#define DCCP(sport, dport)	{ K_PORTS, IPPROTO_DCCP, sport, dport }
#define ICMP4(type, id)		{ K_ICMP, type, id }
#define ICMP6(type, id)		{ K_ICMP6, type, id }
#define ESP(spi)		{ K_ESP, spi }
#define AH(spi)			{ K_AH, spi }
/* First 16 bits and key */
#define GRE(flags, key)		{ K_GRE, flags, key }
#define GRE_C			0x8000
#define GRE_K			0x2000
#define OTHER(proto)		{ K_OTHER, proto }
/* The packet ends after so many bytes. */
#define CUT(len)		{ K_CUT, len }

#define MAX_HDR	14
#define MAX_LEN	512

struct packet {
	u8 data[MAX_LEN];
	unsigned int len;
	__be16 protocol;
};

static u8 proto_of(const struct hdr *h)
{
	switch (h->kind) {
	case K_EXT:
	case K_PORTS:
	case K_OTHER:
		return h->a;
	case K_FRAG:
		return NEXTHDR_FRAGMENT;
	case K_ICMP:
		return IPPROTO_ICMP;
	case K_ICMP6:
		return IPPROTO_ICMPV6;
	case K_ESP:
		return IPPROTO_ESP;
	case K_AH:
		return IPPROTO_AH;
	case K_GRE:
		return IPPROTO_GRE;
	default:
		return NEXTHDR_NONE;
	}
}

static void put(struct packet *p, const void *data, unsigned int len)
{
	memcpy(p->data + p->len, data, len);
	p->len += len;
}

static void put_be16(struct packet *p, u16 v)
{
	__be16 be = cpu_to_be16(v);

	put(p, &be, sizeof(be));
}

static void put_be32(struct packet *p, u32 v)
{
	__be32 be = cpu_to_be32(v);

	put(p, &be, sizeof(be));
}

static void put_ip6(struct packet *p, const struct hdr *h, u8 proto)
{
	struct ipv6hdr ip6h = {
		.nexthdr = proto,
		.hop_limit = 64,
		.saddr.s6_addr = { 0x20, 0x01, 0x0d, 0xb8, [15] = h->a },
		.daddr.s6_addr = { 0x20, 0x01, 0x0d, 0xb8, [15] = h->b },
	};

	ip6_flow_hdr(&ip6h, 0, cpu_to_be32(h->c));
	put(p, &ip6h, sizeof(ip6h));
}

static void put_ip4(struct packet *p, const struct hdr *h, u8 proto)
{
	struct iphdr iph = {
		.version = 4,
		.ihl = h->kind == K_IP4_OPT ? 7 : h->kind == K_IP4_BAD ? 4 : 5,
		.ttl = 64,
		.protocol = proto,
		.frag_off = cpu_to_be16(h->c),
		.saddr = cpu_to_be32(0xc6336400 + h->a),
		.daddr = cpu_to_be32(0xc6336400 + h->b),
	};

	put(p, &iph, sizeof(iph));
	if (h->kind == K_IP4_OPT) {
		put_be32(p, 0x01010101);
		put_be32(p, 0x01010100);
	}
}

/* Transport headers are cut after 8 bytes of them: no more is ever needed. */
static void put_hdr(struct packet *p, const struct hdr *h)
{
	u8 next = proto_of(h + 1);
	u8 ext[64] = { next, h->b };

	switch (h->kind) {
	case K_IP6:
		put_ip6(p, h, next);
		break;
	case K_IP4:
	case K_IP4_OPT:
	case K_IP4_BAD:
		put_ip4(p, h, next);
		break;
	case K_EXT:
		put(p, ext, 8 * (1 + h->b));
		break;
	case K_FRAG:
		put_be16(p, next << 8);
		put_be16(p, h->a);
		put_be32(p, h->b);
		break;
	case K_PORTS:
		put_be16(p, h->b);
		put_be16(p, h->c);
		put_be32(p, 0xeeeeeeee);
		break;
	case K_ICMP:
	case K_ICMP6:
		put_be16(p, h->a << 8);
		put_be16(p, 0xeeee);
		put_be16(p, h->b);
		put_be16(p, 0xeeee);
		break;
	case K_ESP:
		put_be32(p, h->a);
		put_be32(p, 0xeeeeeeee);
		break;
	case K_AH:
		put_be32(p, 0x06040000);
		put_be32(p, h->a);
		break;
	case K_GRE:
		put_be16(p, h->a);
		put_be16(p, ETH_P_IP);
		if (h->a & GRE_C)
			put_be32(p, 0xeeee0000);
		if (h->a & GRE_K)
			put_be32(p, h->b);
		put_be32(p, 0xeeeeeeee);
		break;
	case K_CUT:
		p->len = min(p->len, h->a);
		break;
	case K_OTHER:
		put_be32(p, 0x01020304);
		put_be32(p, 0x05060708);
		break;
	case END:
		break;
	}
}

/* Freed with the test. */
static struct packet *build(struct kunit *test, const struct hdr *h)
{
	struct packet *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	p->protocol = h->kind == K_IP6 ? htons(ETH_P_IPV6) : htons(ETH_P_IP);
	for (; h->kind != END; h++)
		put_hdr(p, h);
	return p;
}

/* Bytes up to @linear in the head, the rest in a page; @offset bytes before. */
static struct sk_buff *make_skb(struct kunit *test, const struct packet *p,
				unsigned int linear, unsigned int offset)
{
	struct sk_buff *skb = alloc_skb(offset + linear, GFP_KERNEL);
	unsigned int rest = p->len - linear;
	struct page *page;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	memset(skb_put(skb, offset), 0x66, offset);
	skb_set_network_header(skb, offset);
	skb_put_data(skb, p->data, linear);
	skb->protocol = p->protocol;
	if (!rest)
		return skb;

	page = alloc_page(GFP_KERNEL);
	if (!page)
		kfree_skb(skb);
	KUNIT_ASSERT_NOT_NULL(test, page);
	memcpy(page_address(page), p->data + linear, rest);
	skb_add_rx_frag(skb, 0, page, 0, rest, PAGE_SIZE);
	return skb;
}

static u32 hash_of(struct kunit *test, const struct packet *p,
		   const struct ipv6tun_flow_cfg *cfg)
{
	struct sk_buff *skb = make_skb(test, p, p->len, 0);
	u32 hash = ipv6tun_flow_hash(skb, cfg);

	kfree_skb(skb);
	return hash;
}

/* Which packets belong together. */
static const struct pair_case {
	const char *name;
	struct hdr a[MAX_HDR];
	struct hdr b[MAX_HDR];
	unsigned int same;	/* configurations under which they are one flow */
} pair_cases[] = {
	/* Addresses and ports */
	{ "source address",
	  { IP6(1, 2), TCP(1000, 80) }, { IP6(3, 2), TCP(1000, 80) }, 0 },
	{ "destination address",
	  { IP6(1, 2), TCP(1000, 80) }, { IP6(1, 3), TCP(1000, 80) }, 0 },
	{ "source port",
	  { IP6(1, 2), TCP(1000, 80) }, { IP6(1, 2), TCP(1001, 80) }, ADDR },
	{ "destination port",
	  { IP6(1, 2), TCP(1000, 80) }, { IP6(1, 2), TCP(1000, 81) }, ADDR },
	{ "ports swapped, addresses not",
	  { IP6(1, 2), TCP(1000, 80) }, { IP6(1, 2), TCP(80, 1000) }, ADDR },
	{ "reply",
	  { IP6(1, 2), TCP(1000, 80) }, { IP6(2, 1), TCP(80, 1000) }, SYM },
	{ "reply, equal ports",
	  { IP6(1, 2), UDP(53, 53) }, { IP6(2, 1), UDP(53, 53) }, SYM },
	{ "to itself, ports swapped",
	  { IP6(1, 1), UDP(1, 2) }, { IP6(1, 1), UDP(2, 1) }, SYM | ADDR },
	{ "UDP port",
	  { IP6(1, 2), UDP(1000, 80) }, { IP6(1, 2), UDP(1001, 80) }, ADDR },
	{ "UDP-Lite port",
	  { IP6(1, 2), UDPLITE(1, 80) }, { IP6(1, 2), UDPLITE(2, 80) }, ADDR },
	{ "SCTP port",
	  { IP6(1, 2), SCTP(1000, 80) }, { IP6(1, 2), SCTP(1001, 80) }, ADDR },
	{ "DCCP port",
	  { IP6(1, 2), DCCP(1000, 80) }, { IP6(1, 2), DCCP(1001, 80) }, ADDR },
	{ "TCP and UDP",
	  { IP6(1, 2), TCP(1000, 80) }, { IP6(1, 2), UDP(1000, 80) }, ADDR },
	{ "protocol without ports",
	  { IP6(1, 2), OTHER(99) }, { IP6(1, 2), OTHER(100) }, ADDR },
	{ "protocol without ports, reply",
	  { IP6(1, 2), OTHER(99) }, { IP6(2, 1), OTHER(99) }, SYM },
	{ "IPv4 source address",
	  { IP4(1, 2), TCP(1000, 80) }, { IP4(3, 2), TCP(1000, 80) }, 0 },
	{ "IPv4 destination address",
	  { IP4(1, 2), TCP(1000, 80) }, { IP4(1, 3), TCP(1000, 80) }, 0 },
	{ "IPv4 source port",
	  { IP4(1, 2), TCP(1000, 80) }, { IP4(1, 2), TCP(1001, 80) }, ADDR },
	{ "IPv4 destination port",
	  { IP4(1, 2), UDP(1000, 80) }, { IP4(1, 2), UDP(1000, 81) }, ADDR },
	{ "IPv4 reply",
	  { IP4(1, 2), TCP(1000, 80) }, { IP4(2, 1), TCP(80, 1000) }, SYM },
	{ "IPv4 protocol",
	  { IP4(1, 2), TCP(1000, 80) }, { IP4(1, 2), UDP(1000, 80) }, ADDR },
	{ "IPv4 options",
	  { IP4(1, 2), TCP(1000, 80) }, { IP4_OPT(1, 2), TCP(1000, 80) }, ALL },
	{ "IPv4 options, ports behind them",
	  { IP4_OPT(1, 2), TCP(1, 80) }, { IP4_OPT(1, 2), TCP(2, 80) }, ADDR },
	{ "IPv4 header length too small",
	  { IP4_BAD_IHL(1, 2), TCP(1, 2) }, { IP4_BAD_IHL(1, 2), UDP(3, 4) },
	  ALL },

	/* Flow label */
	{ "label",
	  { IP6_LABEL(1, 2, 5), TCP(1, 2) }, { IP6_LABEL(1, 2, 6), TCP(1, 2) },
	  ALL & ~FL },
	{ "label and none",
	  { IP6_LABEL(1, 2, 5), TCP(1, 2) }, { IP6(1, 2), TCP(1, 2) },
	  ALL & ~FL },
	{ "same label, other port",
	  { IP6_LABEL(1, 2, 5), TCP(1, 2) }, { IP6_LABEL(1, 2, 5), TCP(3, 2) },
	  ADDR | FL },
	{ "same label, reply",
	  { IP6_LABEL(1, 2, 5), TCP(1, 2) }, { IP6_LABEL(2, 1, 5), TCP(2, 1) },
	  SYM },
	{ "top bit of the label",
	  { IP6_LABEL(1, 2, 5), TCP(1, 2) },
	  { IP6_LABEL(1, 2, 0x80005), TCP(1, 2) }, ALL & ~FL },

	/* Extension headers */
	{ "hop-by-hop options",
	  { IP6(1, 2), TCP(1, 2) }, { IP6(1, 2), HOP(0), TCP(1, 2) }, ALL },
	{ "long hop-by-hop options",
	  { IP6(1, 2), TCP(1, 2) }, { IP6(1, 2), HOP(3), TCP(1, 2) }, ALL },
	{ "routing header",
	  { IP6(1, 2), TCP(1, 2) }, { IP6(1, 2), ROUTE(2), TCP(1, 2) }, ALL },
	{ "all in the order of RFC 8200",
	  { IP6(1, 2), TCP(1, 2) },
	  { IP6(1, 2), HOP(0), DEST(0), ROUTE(1), FRAG(0, 1), DEST(0),
	    TCP(1, 2) }, ALL },
	{ "port behind extension headers",
	  { IP6(1, 2), HOP(1), DEST(2), TCP(1, 2) },
	  { IP6(1, 2), HOP(1), DEST(2), TCP(3, 2) }, ADDR },
	{ "as many extension headers as allowed",
	  { IP6(1, 2), TCP(1, 2) },
	  { IP6(1, 2), DEST(0), DEST(0), DEST(0), DEST(0), DEST(0), DEST(0),
	    DEST(0), DEST(0), TCP(1, 2) }, ALL },
	{ "too many extension headers",
	  { IP6(1, 2), DEST(0), DEST(0), DEST(0), DEST(0), DEST(0), DEST(0),
	    DEST(0), DEST(0), DEST(0), TCP(1, 2) },
	  { IP6(1, 2), DEST(0), DEST(0), DEST(0), DEST(0), DEST(0), DEST(0),
	    DEST(0), DEST(0), DEST(0), UDP(3, 4) }, ALL },
	{ "nothing behind extension headers",
	  { IP6(1, 2), DEST(0) }, { IP6(1, 2), HOP(0) }, ALL },
	{ "extension header cut",
	  { IP6(1, 2), DEST(0), TCP(1, 2), CUT(41) },
	  { IP6(1, 2), DEST(0), UDP(3, 4), CUT(41) }, ALL },
	{ "extension header longer than the packet",
	  { IP6(1, 2), DEST(3), CUT(48) }, { IP6(1, 2), HOP(3), CUT(48) }, ALL },

	/* Fragments */
	{ "first and last fragment",
	  { IP6(1, 2), FRAG(MF6, 1), TCP(1, 2) },
	  { IP6(1, 2), FRAG(8, 1), TCP(77, 78) }, ALL },
	{ "first and middle fragment",
	  { IP6(1, 2), FRAG(MF6, 1), TCP(1, 2) },
	  { IP6(1, 2), FRAG(0x800 | MF6, 1), TCP(77, 78) }, ALL },
	{ "fragments, another next header in the last",
	  { IP6(1, 2), FRAG(MF6, 1), DEST(0), TCP(1, 2) },
	  { IP6(1, 2), FRAG(8, 1), OTHER(99) }, ALL },
	{ "fragments of two datagrams",
	  { IP6(1, 2), FRAG(MF6, 1), TCP(1, 2) },
	  { IP6(1, 2), FRAG(MF6, 2), TCP(3, 4) }, ALL },
	{ "fragments behind hop-by-hop options",
	  { IP6(1, 2), HOP(0), FRAG(MF6, 1), TCP(1, 2) },
	  { IP6(1, 2), HOP(0), FRAG(8, 1), TCP(77, 78) }, ALL },
	{ "fragment and whole datagram",
	  { IP6(1, 2), FRAG(MF6, 1), TCP(1, 2) }, { IP6(1, 2), TCP(1, 2) },
	  ADDR },
	{ "fragment, other direction",
	  { IP6(1, 2), FRAG(MF6, 1), TCP(1, 2) },
	  { IP6(2, 1), FRAG(8, 1), TCP(2, 1) }, SYM },
	{ "fragments with a label",
	  { IP6_LABEL(1, 2, 5), FRAG(MF6, 1), TCP(1, 2) },
	  { IP6_LABEL(1, 2, 5), FRAG(8, 1), TCP(77, 78) }, ALL },
	{ "atomic fragment",
	  { IP6(1, 2), FRAG(0, 1), TCP(1, 2) }, { IP6(1, 2), TCP(1, 2) }, ALL },
	{ "atomic fragment, reserved bits set",
	  { IP6(1, 2), FRAG(6, 1), TCP(1, 2) }, { IP6(1, 2), TCP(1, 2) }, ALL },
	{ "atomic fragments with different ports",
	  { IP6(1, 2), FRAG(0, 1), TCP(1, 2) },
	  { IP6(1, 2), FRAG(0, 1), TCP(3, 2) }, ADDR },
	{ "fragment header cut",
	  { IP6(1, 2), FRAG(0, 1), CUT(47) },
	  { IP6(1, 2), FRAG(MF6, 2), CUT(45) }, ALL },
	{ "IPv4 first and last fragment",
	  { IP4_FRAG(1, 2, IP_MF), TCP(1, 2) },
	  { IP4_FRAG(1, 2, 1), TCP(77, 78) }, ALL },
	{ "IPv4 first and middle fragment",
	  { IP4_FRAG(1, 2, IP_MF), TCP(1, 2) },
	  { IP4_FRAG(1, 2, IP_MF | 0x1fff), UDP(77, 78) }, ALL },
	{ "IPv4 fragment and whole datagram",
	  { IP4_FRAG(1, 2, IP_MF), TCP(1, 2) }, { IP4(1, 2), TCP(1, 2) },
	  ADDR },
	{ "IPv4 don't fragment",
	  { IP4_FRAG(1, 2, IP_DF), TCP(1, 2) }, { IP4(1, 2), TCP(1, 2) }, ALL },

	/* ICMP */
	{ "echo identifier",
	  { IP6(1, 2), ICMP6(128, 1) }, { IP6(1, 2), ICMP6(128, 2) }, ADDR },
	{ "echo request and reply, one direction",
	  { IP6(1, 2), ICMP6(128, 1) }, { IP6(1, 2), ICMP6(129, 1) }, ALL },
	{ "echo request and its reply",
	  { IP6(1, 2), ICMP6(128, 1) }, { IP6(2, 1), ICMP6(129, 1) }, SYM },
	{ "no identifier in other ICMPv6",
	  { IP6(1, 2), ICMP6(135, 1) }, { IP6(1, 2), ICMP6(136, 2) }, ALL },
	{ "IPv4 echo identifier",
	  { IP4(1, 2), ICMP4(8, 1) }, { IP4(1, 2), ICMP4(8, 2) }, ADDR },
	{ "IPv4 echo request and its reply",
	  { IP4(1, 2), ICMP4(8, 1) }, { IP4(2, 1), ICMP4(0, 1) }, SYM },
	{ "no identifier in other ICMP",
	  { IP4(1, 2), ICMP4(9, 1) }, { IP4(1, 2), ICMP4(10, 2) }, ALL },
	{ "ICMP is not ICMPv6",
	  { IP6(1, 2), ICMP4(8, 1) }, { IP6(1, 2), ICMP4(8, 2) }, ALL },
	{ "ICMPv6 is not ICMP",
	  { IP4(1, 2), ICMP6(128, 1) }, { IP4(1, 2), ICMP6(128, 2) }, ALL },
	{ "ICMP in IPv6 carries no error",
	  { IP6(9, 1), ICMP4(3, 0), IP6(1, 2), TCP(1, 2) },
	  { IP6(9, 1), ICMP4(11, 0), IP6(3, 4), TCP(3, 4) }, ALL },
	{ "ICMPv6 in IPv4 carries no error",
	  { IP4(9, 1), ICMP6(1, 0), IP4(1, 2), TCP(1, 2) },
	  { IP4(9, 1), ICMP6(2, 0), IP4(3, 4), TCP(3, 4) }, ALL },

	/* ICMP errors: from router 9 to 1, about what 1 sent to 2 */
	{ "unreachable, the flow towards the sender",
	  { IP6(9, 1), ICMP6(1, 0), IP6(1, 2), TCP(1000, 80) },
	  { IP6(2, 1), TCP(80, 1000) }, ALL },
	{ "unreachable, the sender's flow",
	  { IP6(9, 1), ICMP6(1, 0), IP6(1, 2), TCP(1000, 80) },
	  { IP6(1, 2), TCP(1000, 80) }, SYM },
	{ "packet too big",
	  { IP6(9, 1), ICMP6(2, 0), IP6(1, 2), UDP(1000, 80) },
	  { IP6(2, 1), UDP(80, 1000) }, ALL },
	{ "time exceeded",
	  { IP6(9, 1), ICMP6(3, 0), IP6(1, 2), UDP(1000, 80) },
	  { IP6(2, 1), UDP(80, 1000) }, ALL },
	{ "parameter problem",
	  { IP6(9, 1), ICMP6(4, 0), IP6(1, 2), UDP(1000, 80) },
	  { IP6(2, 1), UDP(80, 1000) }, ALL },
	{ "errors of a type to come",
	  { IP6(9, 1), ICMP6(127, 0), IP6(1, 2), UDP(1000, 80) },
	  { IP6(2, 1), UDP(80, 1000) }, ALL },
	{ "not an error",
	  { IP6(9, 1), ICMP6(130, 0), IP6(1, 2), UDP(1000, 80) },
	  { IP6(9, 1), ICMP6(131, 0), IP6(3, 4), TCP(7, 8) }, ALL },
	{ "errors from two routers",
	  { IP6(8, 1), ICMP6(3, 0), IP6(1, 2), UDP(1000, 80) },
	  { IP6(9, 1), ICMP6(3, 0), IP6(1, 2), UDP(1000, 80) }, ALL },
	{ "errors about two flows",
	  { IP6(9, 1), ICMP6(2, 0), IP6(1, 2), UDP(1000, 80) },
	  { IP6(9, 1), ICMP6(2, 0), IP6(1, 2), UDP(1001, 80) }, ADDR },
	{ "error about a port alone",
	  { IP6(9, 1), ICMP6(2, 0), IP6(1, 2), UDP(1000, 80), CUT(92) },
	  { IP6(2, 1), UDP(80, 1000) }, ALL },
	{ "error behind extension headers",
	  { IP6(9, 1), HOP(0), DEST(1), ICMP6(2, 0), IP6(1, 2), UDP(1000, 80) },
	  { IP6(2, 1), UDP(80, 1000) }, ALL },
	{ "error about a packet with extension headers",
	  { IP6(9, 1), ICMP6(2, 0), IP6(1, 2), HOP(1), ROUTE(0), UDP(7, 8) },
	  { IP6(2, 1), UDP(8, 7) }, ALL },
	{ "error about a fragment",
	  { IP6(9, 1), ICMP6(2, 0), IP6(1, 2), FRAG(MF6, 7), UDP(7, 8) },
	  { IP6(2, 1), FRAG(8, 9), UDP(77, 78) }, ALL },
	{ "error about an atomic fragment",
	  { IP6(9, 1), ICMP6(2, 0), IP6(1, 2), FRAG(0, 7), UDP(7, 8) },
	  { IP6(2, 1), UDP(8, 7) }, ALL },
	{ "error in an atomic fragment",
	  { IP6(9, 1), FRAG(0, 7), ICMP6(2, 0), IP6(1, 2), UDP(7, 8) },
	  { IP6(2, 1), UDP(8, 7) }, ALL },
	{ "error in fragments",
	  { IP6(9, 1), FRAG(MF6, 7), ICMP6(2, 0), IP6(1, 2), UDP(7, 8) },
	  { IP6(9, 1), FRAG(8, 7), OTHER(99) }, ALL },
	{ "error about an echo request",
	  { IP6(9, 1), ICMP6(3, 0), IP6(1, 2), ICMP6(128, 5) },
	  { IP6(2, 1), ICMP6(129, 5) }, ALL },
	{ "error about an error goes no deeper",
	  { IP6(9, 1), ICMP6(3, 0), IP6(1, 2), ICMP6(1, 5), IP6(3, 4), TCP(1, 2) },
	  { IP6(9, 1), ICMP6(3, 0), IP6(1, 2), ICMP6(1, 6), IP6(5, 6), TCP(3, 4) },
	  ALL },
	{ "error about a labelled packet",
	  { IP6(9, 1), ICMP6(2, 0), IP6_LABEL(1, 2, 5), TCP(7, 8) },
	  { IP6(2, 1), TCP(8, 7) }, ALL },
	{ "labelled error",
	  { IP6_LABEL(9, 1, 5), ICMP6(2, 0), IP6(1, 2), TCP(7, 8) },
	  { IP6(2, 1), TCP(8, 7) }, ALL },
	{ "error about ESP",
	  { IP6(9, 1), ICMP6(2, 0), IP6(1, 2), ESP(7) },
	  { IP6(9, 1), ICMP6(2, 0), IP6(1, 2), ESP(8) }, ALL },
	{ "error about a packet without ports",
	  { IP6(9, 1), ICMP6(2, 0), IP6(1, 2), TCP(7, 8), CUT(88) },
	  { IP6(2, 1), TCP(7, 8), CUT(40) }, ALL },
	{ "error about half a header",
	  { IP6(9, 1), ICMP6(2, 0), IP6(1, 2), TCP(7, 8), CUT(87) },
	  { IP6(9, 1), ICMP6(135, 0) }, ALL },
	{ "error about nothing",
	  { IP6(9, 1), ICMP6(2, 0) }, { IP6(9, 1), ICMP6(135, 0) }, ALL },
	{ "error type cut off",
	  { IP6(9, 1), ICMP6(2, 0), CUT(40) }, { IP6(9, 1), ICMP6(135, 0) },
	  ALL },
	{ "IPv4 unreachable",
	  { IP4(9, 1), ICMP4(3, 0), IP4(1, 2), TCP(1000, 80) },
	  { IP4(2, 1), TCP(80, 1000) }, ALL },
	{ "IPv4 unreachable, the sender's flow",
	  { IP4(9, 1), ICMP4(3, 0), IP4(1, 2), TCP(1000, 80) },
	  { IP4(1, 2), TCP(1000, 80) }, SYM },
	{ "IPv4 source quench",
	  { IP4(9, 1), ICMP4(4, 0), IP4(1, 2), UDP(1000, 80) },
	  { IP4(2, 1), UDP(80, 1000) }, ALL },
	{ "IPv4 redirect",
	  { IP4(9, 1), ICMP4(5, 0), IP4(1, 2), UDP(1000, 80) },
	  { IP4(2, 1), UDP(80, 1000) }, ALL },
	{ "IPv4 time exceeded",
	  { IP4(9, 1), ICMP4(11, 0), IP4(1, 2), UDP(1000, 80) },
	  { IP4(2, 1), UDP(80, 1000) }, ALL },
	{ "IPv4 parameter problem",
	  { IP4(9, 1), ICMP4(12, 0), IP4(1, 2), UDP(1000, 80) },
	  { IP4(2, 1), UDP(80, 1000) }, ALL },
	{ "IPv4 timestamp is not an error",
	  { IP4(9, 1), ICMP4(13, 0), IP4(1, 2), UDP(1000, 80) },
	  { IP4(9, 1), ICMP4(13, 0), IP4(3, 4), TCP(7, 8) }, ALL },
	{ "IPv4 error about a packet with options",
	  { IP4_OPT(9, 1), ICMP4(3, 0), IP4_OPT(1, 2), UDP(1000, 80) },
	  { IP4(2, 1), UDP(80, 1000) }, ALL },
	{ "IPv4 error about a fragment",
	  { IP4(9, 1), ICMP4(11, 1), IP4_FRAG(1, 2, IP_MF), UDP(7, 8) },
	  { IP4_FRAG(2, 1, 5), UDP(77, 78) }, ALL },
	{ "IPv4 error in fragments",
	  { IP4_FRAG(9, 1, IP_MF), ICMP4(3, 0), IP4(1, 2), UDP(7, 8) },
	  { IP4_FRAG(9, 1, 5), OTHER(99) }, ALL },
	{ "IPv4 error about an echo request",
	  { IP4(9, 1), ICMP4(3, 0), IP4(1, 2), ICMP4(8, 5) },
	  { IP4(2, 1), ICMP4(0, 5) }, ALL },
	{ "IPv4 error about half a header",
	  { IP4(9, 1), ICMP4(3, 0), IP4(1, 2), CUT(47) },
	  { IP4(9, 1), ICMP4(9, 0) }, ALL },

	/* Tunnels */
	{ "ESP SPI",
	  { IP6(1, 2), ESP(7) }, { IP6(1, 2), ESP(8) }, ADDR | SYM },
	{ "ESP, other direction",
	  { IP6(1, 2), ESP(7) }, { IP6(2, 1), ESP(8) }, SYM },
	{ "AH SPI",
	  { IP6(1, 2), AH(7) }, { IP6(1, 2), AH(8) }, ADDR | SYM },
	{ "IPv4 ESP SPI",
	  { IP4(1, 2), ESP(7) }, { IP4(1, 2), ESP(8) }, ADDR | SYM },
	{ "GRE key",
	  { IP6(1, 2), GRE(GRE_K, 7) }, { IP6(1, 2), GRE(GRE_K, 8) }, ADDR },
	{ "GRE key, other direction",
	  { IP6(1, 2), GRE(GRE_K, 7) }, { IP6(2, 1), GRE(GRE_K, 7) }, SYM },
	{ "GRE key behind a checksum",
	  { IP6(1, 2), GRE(GRE_K, 7) }, { IP6(1, 2), GRE(GRE_C | GRE_K, 7) },
	  ALL },
	{ "GRE without key",
	  { IP4(1, 2), GRE(0, 0) }, { IP4(1, 2), GRE(GRE_C, 0) }, ALL },
	{ "PPTP call ids",
	  { IP4(1, 2), GRE(GRE_K | 1, 7) }, { IP4(1, 2), GRE(GRE_K | 1, 8) },
	  ALL },

	/* Cut short */
	{ "ports cut off",
	  { IP6(1, 2), TCP(1, 2), CUT(43) }, { IP6(1, 2), TCP(3, 4), CUT(40) },
	  ALL },
	{ "IPv4 ports cut off",
	  { IP4(1, 2), TCP(1, 2), CUT(23) }, { IP4(1, 2), TCP(3, 4), CUT(20) },
	  ALL },
	{ "IPv6 header cut off",
	  { IP6(1, 2), TCP(1, 2), CUT(39) }, { IP6(3, 4), CUT(0) }, ALL },
	{ "IPv4 header cut off",
	  { IP4(1, 2), TCP(1, 2), CUT(19) }, { IP4(3, 4), CUT(0) }, ALL },
};

KUNIT_ARRAY_PARAM_DESC(pair, pair_cases, name);

static void flow_pair(struct kunit *test)
{
	const struct pair_case *c = test->param_value;
	struct packet *a = build(test, c->a), *b = build(test, c->b);
	unsigned int bit;

	for (bit = 0; bit < N_CFG; bit++) {
		struct ipv6tun_flow_cfg cfg = cfg_of(bit, 0x1badcafe);
		u32 ha = hash_of(test, a, &cfg), hb = hash_of(test, b, &cfg);

		if (c->same & BIT(bit))
			KUNIT_EXPECT_EQ_MSG(test, ha, hb, "%s", cfg_names[bit]);
		else
			KUNIT_EXPECT_NE_MSG(test, ha, hb, "%s", cfg_names[bit]);
	}
}

/* Every packet of the table, cut in two at every byte and shifted. */
static void flow_nonlinear(struct kunit *test)
{
	const struct pair_case *c = test->param_value;
	struct packet *p = build(test, c->a);
	unsigned int bit, linear;

	for (bit = 0; bit < N_CFG; bit++) {
		struct ipv6tun_flow_cfg cfg = cfg_of(bit, 0x1badcafe);
		u32 want = hash_of(test, p, &cfg);

		for (linear = 0; linear <= p->len; linear++) {
			/* As behind an Ethernet header every other time. */
			struct sk_buff *skb = make_skb(test, p, linear,
						       linear % 2 ? 14 : 0);
			u32 hash = ipv6tun_flow_hash(skb, &cfg);

			kfree_skb(skb);
			KUNIT_EXPECT_EQ_MSG(test, hash, want,
					    "%s, %u of %u bytes linear",
					    cfg_names[bit], linear, p->len);
		}
	}
}

/* Hash of @len bytes at @data, which may be followed by anything. */
static u32 hash_bytes(struct sk_buff *fake, u8 *data, unsigned int len,
		      const struct ipv6tun_flow_cfg *cfg)
{
	/* As much of an sk_buff as reading takes. */
	fake->head = data;
	fake->data = data;
	fake->len = len;
	skb_reset_network_header(fake);
	return ipv6tun_flow_hash(fake, cfg);
}

/*
 * Every packet of the table, cut short at every length: the hash does not
 * depend on what follows in memory, and where nothing does, KASAN sees no read.
 * A real sk_buff will not do, its data are followed by skb_shared_info.
 */
static void flow_truncated(struct kunit *test)
{
	const struct pair_case *c = test->param_value;
	struct packet *p = build(test, c->a);
	struct sk_buff *fake;
	unsigned int bit, len;
	u8 *room;

	fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fake);
	fake->protocol = p->protocol;
	room = kunit_kmalloc(test, MAX_LEN, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, room);

	for (len = 0; len <= p->len; len++) {
		u8 *exact = kunit_kmalloc(test, len, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, exact);
		memcpy(exact, p->data, len);
		for (bit = 0; bit < N_CFG; bit++) {
			struct ipv6tun_flow_cfg cfg = cfg_of(bit, 0x1badcafe);
			u32 want = hash_bytes(fake, exact, len, &cfg), fill;

			for (fill = 0x11; fill <= 0xff; fill += 0x77) {
				memcpy(room, p->data, len);
				memset(room + len, fill, MAX_LEN - len);
				KUNIT_EXPECT_EQ_MSG(test, want,
						    hash_bytes(fake, room, len,
							       &cfg),
						    "%s, %u bytes and %#x",
						    cfg_names[bit], len, fill);
			}
		}
		kunit_kfree(test, exact);
	}
}

/* Which bits of a packet make its flow. */
static const struct bits_case {
	const char *name;
	struct hdr p[MAX_HDR];
	unsigned int cfgs;
	struct {
		unsigned int first;	/* byte */
		unsigned int last;
		bool counts;
	} range[6];
} bits_cases[] = {
	{ "IPv6, L4", { IP6_LABEL(1, 2, 0x12345), TCP(1000, 80) }, L4 | L4S | FLS,
	  { { 0, 5, false }, { 7, 7, false }, { 8, 39, true }, { 40, 43, true },
	    { 44, 47, false } } },
	{ "IPv6, L3", { IP6_LABEL(1, 2, 0x12345), TCP(1000, 80) }, L3 | L3S,
	  { { 0, 5, false }, { 7, 7, false }, { 8, 39, true },
	    { 40, 47, false } } },
	{ "IPv6, flow label", { IP6_LABEL(1, 2, 0x12345), TCP(1000, 80) }, FL,
	  { { 2, 3, true }, { 4, 5, false }, { 7, 7, false },
	    { 8, 39, true }, { 40, 47, false } } },
	{ "IPv4, L4", { IP4(1, 2), TCP(1000, 80) }, L4 | L4S | FL | FLS,
	  { { 1, 5, false }, { 8, 8, false }, { 10, 11, false },
	    { 12, 23, true }, { 24, 27, false } } },
	{ "IPv4, L3", { IP4(1, 2), TCP(1000, 80) }, L3 | L3S,
	  { { 1, 8, false }, { 10, 11, false }, { 12, 19, true },
	    { 20, 27, false } } },
};

KUNIT_ARRAY_PARAM_DESC(bits, bits_cases, name);

static void flow_bits(struct kunit *test)
{
	const struct bits_case *c = test->param_value;
	struct packet *p = build(test, c->p);
	unsigned int bit, r, i;

	for (bit = 0; bit < N_CFG; bit++) {
		struct ipv6tun_flow_cfg cfg = cfg_of(bit, 7);
		u32 want = hash_of(test, p, &cfg);

		if (!(c->cfgs & BIT(bit)))
			continue;
		for (r = 0; r < ARRAY_SIZE(c->range); r++) {
			if (!c->range[r].last)
				break;
			for (i = c->range[r].first * 8;
			     i < c->range[r].last * 8 + 8; i++) {
				u32 hash;

				p->data[i / 8] ^= 0x80 >> i % 8;
				hash = hash_of(test, p, &cfg);
				p->data[i / 8] ^= 0x80 >> i % 8;
				KUNIT_EXPECT_EQ_MSG(test, hash != want,
						    c->range[r].counts,
						    "%s, byte %u, bit %u",
						    cfg_names[bit], i / 8,
						    i % 8);
			}
		}
	}
}

/* Not IP, and no protocol set at all: a hash like any other. */
static void flow_other_protocol(struct kunit *test)
{
	static const struct hdr tcp[MAX_HDR] = { IP6(1, 2), TCP(1, 2) };
	static const struct hdr none[MAX_HDR] = { IP6(1, 2), CUT(0) };
	struct packet *p = build(test, tcp), *empty = build(test, none);
	struct ipv6tun_flow_cfg cfg = cfg_of(0, 7);

	p->protocol = htons(ETH_P_MPLS_UC);
	KUNIT_EXPECT_EQ(test, hash_of(test, p, &cfg),
			hash_of(test, empty, &cfg));
	p->protocol = 0;
	KUNIT_EXPECT_EQ(test, hash_of(test, p, &cfg),
			hash_of(test, empty, &cfg));
}

/* Reading leaves no trace, and no trace of others is read. */
static void flow_skb_untouched(struct kunit *test)
{
	static const struct hdr error[MAX_HDR] = {
		IP6(9, 1), HOP(0), ICMP6(2, 0), IP6(1, 2), DEST(0), UDP(7, 8),
	};
	struct ipv6tun_flow_cfg cfg = cfg_of(0, 7);
	struct packet *p = build(test, error);
	struct sk_buff *skb = make_skb(test, p, 10, 0), *copy;
	u8 *data = kunit_kzalloc(test, p->len, GFP_KERNEL);
	u32 hash;

	KUNIT_ASSERT_NOT_NULL(test, data);
	copy = kunit_kzalloc(test, sizeof(*copy), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, copy);
	memcpy(copy, skb, sizeof(*skb));
	hash = ipv6tun_flow_hash(skb, &cfg);
	KUNIT_EXPECT_MEMEQ(test, skb, copy, sizeof(*skb));
	KUNIT_EXPECT_EQ(test, skb_copy_bits(skb, 0, data, p->len), 0);
	KUNIT_EXPECT_MEMEQ(test, data, p->data, p->len);

	skb_set_hash(skb, 0x12345678, PKT_HASH_TYPE_L4);
	skb->mark = 1;
	skb->priority = 2;
	KUNIT_EXPECT_EQ(test, ipv6tun_flow_hash(skb, &cfg), hash);
	kfree_skb(skb);
}

/* @n packets of a kind that differ as those of many clients do. */
static const struct spread_case {
	const char *name;
	struct hdr p[MAX_HDR];
	/* What packet i adds to source, destination and the two ports */
	u32 src;
	u32 dst;
	u32 sport;
	u32 dport;
} spread_cases[] = {
	{ "source port", { IP6(1, 2), TCP(32768, 443) }, 0, 0, 1, 0 },
	{ "every other source port", { IP6(1, 2), TCP(32768, 443) }, 0, 0, 2, 0 },
	{ "destination port", { IP6(1, 2), UDP(5000, 1) }, 0, 0, 0, 1 },
	{ "both ports", { IP6(1, 2), UDP(1, 1) }, 0, 0, 1, 1 },
	{ "source address", { IP6(0, 2), TCP(5000, 443) }, 1, 0, 0, 0 },
	{ "source address by 256", { IP6(0, 2), TCP(5000, 443) }, 256, 0, 0, 0 },
	{ "destination address", { IP6(1, 0), TCP(5000, 443) }, 0, 1, 0, 0 },
	{ "both addresses", { IP6(0, 0), TCP(5000, 443) }, 1, 1, 0, 0 },
	{ "address and port", { IP6(0, 2), TCP(32768, 443) }, 1, 0, 1, 0 },
	{ "IPv4 source port", { IP4(1, 2), TCP(32768, 443) }, 0, 0, 1, 0 },
	{ "IPv4 source address", { IP4(0, 2), TCP(5000, 443) }, 1, 0, 0, 0 },
	{ "IPv4 both addresses", { IP4(0, 0), TCP(5000, 443) }, 1, 1, 0, 0 },
};

KUNIT_ARRAY_PARAM_DESC(spread, spread_cases, name);

/* Adds @n to the big-endian number that ends with byte @last. */
static void add_at(struct packet *p, unsigned int last, u32 n)
{
	for (; n; n >>= 8) {
		n += p->data[last];
		p->data[last--] = n;
	}
}

static u32 spread_hash(struct kunit *test, const struct spread_case *c, u32 i,
		       const struct ipv6tun_flow_cfg *cfg)
{
	bool ipv6 = c->p[0].kind == K_IP6;
	struct packet *p = build(test, c->p);
	u32 hash;

	add_at(p, ipv6 ? 23 : 15, i * c->src);
	add_at(p, ipv6 ? 39 : 19, i * c->dst);
	add_at(p, ipv6 ? 41 : 21, i * c->sport);
	add_at(p, ipv6 ? 43 : 23, i * c->dport);
	hash = hash_of(test, p, cfg);
	kunit_kfree(test, p);
	return hash;
}

/*
 * The low 16 bits are what chooses the bucket: their upper and lower six must
 * each be spread evenly. Of 63 degrees of freedom, chi-squared is 63 on average
 * and above 119, five standard deviations more, once in 40,000 times if the
 * hash is good; the packets are fixed, so the test is too.
 */
static void flow_spread_many(struct kunit *test)
{
	const struct spread_case *c = test->param_value;
	unsigned int sym, i;

	for (sym = 0; sym < 2; sym++) {
		struct ipv6tun_flow_cfg cfg = cfg_of(sym ? 1 : 0, 3);
		unsigned int low[64] = {}, high[64] = {}, chi_low = 0, chi_high = 0;

		for (i = 0; i < 4096; i++) {
			u32 hash = spread_hash(test, c, i, &cfg);

			low[hash & 63]++;
			high[hash >> 10 & 63]++;
		}
		for (i = 0; i < 64; i++) {
			int dl = low[i] - 64, dh = high[i] - 64;

			chi_low += dl * dl;
			chi_high += dh * dh;
		}
		KUNIT_EXPECT_LE(test, chi_low / 64, 119);
		KUNIT_EXPECT_LE(test, chi_high / 64, 119);
		/* Too even is as suspect: five below would be 7. */
		KUNIT_EXPECT_GE(test, chi_low / 64, 20);
		KUNIT_EXPECT_GE(test, chi_high / 64, 20);
	}
}

/* Few flows, the demonstration's 64: each of four quarters gets some. */
static void flow_spread_few(struct kunit *test)
{
	const struct spread_case *c = test->param_value;
	u32 seed;

	for (seed = 0; seed < 16; seed++) {
		struct ipv6tun_flow_cfg cfg = cfg_of(0, seed);
		unsigned int quarter[4] = {}, i;

		for (i = 0; i < 64; i++)
			quarter[spread_hash(test, c, i, &cfg) >> 14 & 3]++;
		for (i = 0; i < 4; i++)
			KUNIT_EXPECT_TRUE_MSG(test,
					      quarter[i] >= 3 && quarter[i] <= 32,
					      "seed %u: %u of 64 in quarter %u",
					      seed, quarter[i], i);
	}
}

/* One bit of the seed changes half of the bits of the hash, on average. */
static void flow_seed(struct kunit *test)
{
	static const struct hdr tcp[MAX_HDR] = { IP6(1, 2), TCP(1, 2) };
	struct packet *p = build(test, tcp);
	unsigned int bit, round;

	for (bit = 0; bit < 32; bit++) {
		unsigned int flipped = 0;

		for (round = 0; round < 64; round++) {
			u32 seed = ipv6tun_mix32(round);
			struct ipv6tun_flow_cfg one = cfg_of(0, seed);
			struct ipv6tun_flow_cfg two = cfg_of(0, seed ^ BIT(bit));

			flipped += hweight32(hash_of(test, p, &one) ^
					     hash_of(test, p, &two));
		}
		/* 1024 of 2048, standard deviation 23 */
		KUNIT_EXPECT_GE_MSG(test, flipped, 1024 - 115, "bit %u", bit);
		KUNIT_EXPECT_LE_MSG(test, flipped, 1024 + 115, "bit %u", bit);
	}
}

/*
 * Two routers of different versions must agree. These hashes come from a model
 * of the definition in another language, not from this code.
 */
static const struct golden_case {
	const char *name;
	struct hdr p[MAX_HDR];
	u32 seed;
	unsigned int cfg;
	u32 hash;
} golden_cases[] = {
	{ "TCP", { IP6(1, 2), TCP(1000, 80) },
	  0x0, L4, 0xfea98a77 },
	{ "TCP, seed", { IP6(1, 2), TCP(1000, 80) },
	  0xfedcba98, L4, 0x6c4573ad },
	{ "TCP, symmetric", { IP6(1, 2), TCP(1000, 80) },
	  0x1, L4S, 0x3774be8a },
	{ "TCP reply, symmetric", { IP6(2, 1), TCP(80, 1000) },
	  0x1, L4S, 0x3774be8a },
	{ "addresses", { IP6(1, 2), TCP(1000, 80) },
	  0x2, L3, 0xef360983 },
	{ "flow label", { IP6_LABEL(1, 2, 0xabcde), TCP(1000, 80) },
	  0x2, FL, 0x64d69031 },
	{ "fragment", { IP6(1, 2), FRAG(8, 1), TCP(1000, 80) },
	  0x2, L4, 0xef360983 },
	{ "echo", { IP6(1, 2), ICMP6(128, 4711) },
	  0x3, L4, 0xcd82b333 },
	{ "error", { IP6(9, 1), ICMP6(2, 0), IP6(1, 2), UDP(1000, 53) },
	  0x3, L4, 0xcd532c51 },
	{ "ESP", { IP6(1, 2), ESP(0xdeadbeef) },
	  0x4, L4, 0x8895dddc },
	{ "GRE", { IP6(1, 2), GRE(GRE_C | GRE_K, 77) },
	  0x4, L4, 0x26ac97cf },
	{ "IPv4 TCP", { IP4(1, 2), TCP(1000, 80) },
	  0x0, L4, 0x2d460340 },
	{ "IPv4 addresses", { IP4(1, 2), TCP(1000, 80) },
	  0x5, L3, 0x09fcf337 },
	{ "IPv4 UDP, symmetric", { IP4(200, 3), UDP(65535, 1) },
	  0x6, L4S, 0xd0534e61 },
	{ "IPv4 echo reply", { IP4(1, 2), ICMP4(0, 0xffff) },
	  0x6, L4, 0x26254826 },
	{ "nothing", { IP4(1, 2), CUT(0) },
	  0x7, L4, 0xe4dd7f7c },
};

KUNIT_ARRAY_PARAM_DESC(golden, golden_cases, name);

static void flow_golden(struct kunit *test)
{
	const struct golden_case *c = test->param_value;
	struct ipv6tun_flow_cfg cfg = cfg_of(ilog2(c->cfg), c->seed);

	KUNIT_EXPECT_EQ(test, hash_of(test, build(test, c->p), &cfg), c->hash);
}

static struct kunit_case flow_cases[] = {
	KUNIT_CASE_PARAM(flow_pair, pair_gen_params),
	KUNIT_CASE_PARAM(flow_bits, bits_gen_params),
	KUNIT_CASE_PARAM(flow_nonlinear, pair_gen_params),
	KUNIT_CASE_PARAM(flow_truncated, pair_gen_params),
	KUNIT_CASE(flow_other_protocol),
	KUNIT_CASE(flow_skb_untouched),
	KUNIT_CASE_PARAM(flow_spread_many, spread_gen_params),
	KUNIT_CASE_PARAM(flow_spread_few, spread_gen_params),
	KUNIT_CASE(flow_seed),
	KUNIT_CASE_PARAM(flow_golden, golden_gen_params),
	{}
};

static struct kunit_suite flow_suite = {
	.name = "ipv6tun_flow",
	.test_cases = flow_cases,
};

kunit_test_suite(flow_suite);
