/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets for the tests of NAT64, written out from a description. Nothing here
 * is shared with the code under test: bytes are put one by one and every
 * checksum is a plain sum over all of what it covers.
 *
 * A packet is described without regard to the family: @v says which it is built
 * as, the hosts and the client's port have a value in each. So what a packet
 * must be translated to is often the same description with another @v.
 */
#ifndef _IPV6TUN_TESTS_NAT64_PACKET_H
#define _IPV6TUN_TESTS_NAT64_PACKET_H

#include <kunit/test.h>
#include <linux/ipv6tun.h>
#include <linux/skbuff.h>

#include "../nat64/xlat.h"

/* Bytes of the longest packet built here. */
#define PACKET_MAX	4096

enum host { CLIENT, SERVER, ROUTER };

enum l4 { RAW, TCP, UDP, REQUEST, REPLY, ERROR };

/**
 * struct packet - a description
 * @v: 4 or 6
 * @src: source, with its port
 * @dst: destination, with its port
 * @tos: type of service, traffic class
 * @ttl: time to live, hop limit
 * @label: flow label
 * @id: identification; IPv4 has 16 bits of it
 * @df: don't fragment
 * @mf: more fragments
 * @off: offset of the fragment, bytes
 * @cut: bytes of the fragment, 0: all there are
 * @options: IPv4: their bytes
 * @n_options: number of bytes, divisible by 4
 * @ext: IPv6: extension headers in order, each of 8 bytes; a Fragment header
 *	 has @id, @off and @mf in it
 * @n_ext: number of them
 * @segments_left: of a routing header
 * @l4: what it carries
 * @proto: protocol, if RAW
 * @len: bytes of payload
 * @flaw: added to the right checksum
 * @no_sum: the checksum is 0
 * @type: of an ERROR
 * @code: of an ERROR
 * @rest: of an ERROR: the word behind the checksum
 * @in: packet inside an ERROR
 * @quoted: bytes of it, 0: all
 * @pad: zeroes after it
 * @extension: bytes of extension after that
 */
struct packet {
	u8			v;
	u8			src;
	u8			dst;
	u8			tos;
	u8			ttl;
	u32			label;
	u32			id;
	bool			df;
	bool			mf;
	u16			off;
	u16			cut;
	const u8		*options;
	u8			n_options;
	u8			ext[12];
	u8			n_ext;
	u8			segments_left;
	u8			l4;
	u8			proto;
	u16			len;
	u16			flaw;
	bool			no_sum;
	u8			type;
	u8			code;
	u32			rest;
	const struct packet	*in;
	u16			quoted;
	u16			pad;
	u16			extension;
};

/* @ext and @n_ext */
#define EXT(...)						\
	.ext = { __VA_ARGS__ },					\
	.n_ext = sizeof((u8[]){ __VA_ARGS__ })

static const u8 hosts6[][16] = {
	[CLIENT] = { 0x20, 0x01, 0x0d, 0xb8, 0, 1, [15] = 0x0c },
	[SERVER] = { 0x00, 0x64, 0xff, 0x9b, [12] = 198, 51, 100, 5 },
	[ROUTER] = { 0x00, 0x64, 0xff, 0x9b, [12] = 203, 0, 113, 77 },
};

static const u8 hosts4[][4] = {
	[CLIENT] = { 192, 0, 2, 1 },
	[SERVER] = { 198, 51, 100, 5 },
	[ROUTER] = { 203, 0, 113, 77 },
};

static inline u16 port_of(u8 v, u8 host)
{
	if (host == CLIENT)
		return v == 6 ? 1234 : 40001;
	return 80;
}

static inline void put16(u8 *at, u16 value)
{
	at[0] = value >> 8;
	at[1] = value;
}

static inline void put32(u8 *at, u32 value)
{
	put16(at, value >> 16);
	put16(at + 2, value);
}

/* Ones' complement sum of 16 bit words, on top of @sum. */
static inline u16 sum16(const u8 *at, unsigned int len, u16 start)
{
	u32 sum = start;
	unsigned int i;

	for (i = 0; i < len; i++)
		sum += i % 2 ? at[i] : at[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static inline u16 pseudo_sum(const struct packet *p, u8 proto, unsigned int len)
{
	u8 tail[8];
	u16 sum;

	if (p->v == 6) {
		sum = sum16(hosts6[p->src], 16, 0);
		sum = sum16(hosts6[p->dst], 16, sum);
	} else {
		sum = sum16(hosts4[p->src], 4, 0);
		sum = sum16(hosts4[p->dst], 4, sum);
	}
	put32(tail, len);
	put32(tail + 4, proto);
	return sum16(tail, sizeof(tail), sum);
}

static inline u8 proto_of(const struct packet *p)
{
	switch (p->l4) {
	case TCP:
		return 6;
	case UDP:
		return 17;
	case RAW:
		return p->proto;
	default:
		return p->v == 6 ? 58 : 1;
	}
}

static inline unsigned int build(struct kunit *test, const struct packet *p,
				 u8 *at);

static inline unsigned int build_error(struct kunit *test,
				       const struct packet *p, u8 *at)
{
	u8 *whole = kunit_kzalloc(test, PACKET_MAX, GFP_KERNEL);
	unsigned int len, i;

	KUNIT_ASSERT_NOT_NULL(test, whole);
	len = build(test, p->in, whole);
	if (p->quoted && p->quoted < len)
		len = p->quoted;
	memcpy(at, whole, len);
	len += p->pad;
	for (i = 0; i < p->extension; i++)
		at[len++] = 0xe0 + i % 16;
	kunit_kfree(test, whole);
	return len;
}

/* The whole of what is above IP. */
static inline unsigned int build_l4(struct kunit *test, const struct packet *p,
				    u8 *at)
{
	unsigned int check = 0, hlen = 0;
	unsigned int len, i;
	bool request;
	u16 sum = 0;

	switch (p->l4) {
	case TCP:
		hlen = 20;
		check = 16;
		put32(at + 4, 0x01020304);
		put32(at + 8, 0x05060708);
		put32(at + 12, 0x50182000);
		break;
	case UDP:
		hlen = 8;
		check = 6;
		put16(at + 4, hlen + p->len);
		break;
	case REQUEST:
	case REPLY:
		hlen = 8;
		check = 2;
		request = p->l4 == REQUEST;
		if (p->v == 6)
			at[0] = request ? 128 : 129;
		else
			at[0] = request ? 8 : 0;
		put16(at + 4, port_of(p->v, CLIENT));
		put16(at + 6, 7);
		break;
	case ERROR:
		hlen = 8;
		check = 2;
		at[0] = p->type;
		at[1] = p->code;
		put32(at + 4, p->rest);
		break;
	}
	if (p->l4 == TCP || p->l4 == UDP) {
		put16(at, port_of(p->v, p->src));
		put16(at + 2, port_of(p->v, p->dst));
	}

	if (p->l4 == ERROR) {
		len = hlen + build_error(test, p, at + hlen);
	} else {
		len = hlen + p->len;
		for (i = hlen; i < len; i++)
			at[i] = i * 7 + i / 251;
	}

	if (!check || p->no_sum)
		return len;
	if (p->v == 6 || p->l4 == TCP || p->l4 == UDP)
		sum = pseudo_sum(p, proto_of(p), len);
	sum = ~sum16(at, len, sum);
	if (p->flaw)
		sum = sum16((u8[]){ p->flaw >> 8, p->flaw }, 2, sum);
	if (p->l4 == UDP && !sum)
		sum = 0xffff;
	put16(at + check, sum);
	return len;
}

static inline unsigned int build_ip4(const struct packet *p, unsigned int len,
				     u8 *at)
{
	unsigned int hlen = 20 + p->n_options;

	at[0] = 0x40 | hlen / 4;
	at[1] = p->tos;
	put16(at + 2, hlen + len);
	put16(at + 4, p->id);
	put16(at + 6, p->df << 14 | p->mf << 13 | p->off / 8);
	at[8] = p->ttl;
	at[9] = proto_of(p);
	memcpy(at + 12, hosts4[p->src], 4);
	memcpy(at + 16, hosts4[p->dst], 4);
	if (p->n_options)
		memcpy(at + 20, p->options, p->n_options);
	put16(at + 10, ~sum16(at, hlen, 0));
	return hlen;
}

static inline unsigned int build_ip6(const struct packet *p, unsigned int len,
				     u8 *at)
{
	unsigned int hlen = 40, i;
	u8 *next = at + 6;

	put32(at, 6U << 28 | p->tos << 20 | p->label);
	at[7] = p->ttl;
	memcpy(at + 8, hosts6[p->src], 16);
	memcpy(at + 24, hosts6[p->dst], 16);
	for (i = 0; i < p->n_ext; i++) {
		*next = p->ext[i];
		next = at + hlen;
		hlen += 8;
		if (p->ext[i] == 44) {
			put16(next + 2, p->off | p->mf);
			put32(next + 4, p->id);
		} else if (p->ext[i] == 43) {
			next[3] = p->segments_left;
		} else {
			/* PadN */
			next[2] = 1;
			next[3] = 4;
		}
	}
	*next = proto_of(p);
	put16(at + 4, hlen - 40 + len);
	return hlen;
}

/* Returns the bytes written at @at, which has room for PACKET_MAX. */
static inline unsigned int build(struct kunit *test, const struct packet *p,
				 u8 *at)
{
	u8 *l4 = kunit_kzalloc(test, PACKET_MAX, GFP_KERNEL);
	unsigned int len, hlen;

	KUNIT_ASSERT_NOT_NULL(test, l4);
	memset(at, 0, PACKET_MAX);
	len = build_l4(test, p, l4) - p->off;
	if (p->cut && p->cut < len)
		len = p->cut;
	hlen = p->v == 6 ? build_ip6(p, len, at) : build_ip4(p, len, at);
	memcpy(at + hlen, l4 + p->off, len);
	kunit_kfree(test, l4);
	return hlen + len;
}

/* How a packet lies in memory, which must not change what becomes of it. */
enum shape {
	TIGHT,		/* linear, without room at either end */
	ROOMY,		/* linear, with room */
	PAGED,		/* only the IP header's first bytes are linear */
	CLONED,		/* someone else has it too */
	PARTIAL,	/* the checksum is yet to be completed */
	COMPLETE,	/* the receiver told the sum of all */
	N_SHAPES,
};

static inline struct sk_buff *make_skb(struct kunit *test, const u8 *data,
				       unsigned int len, enum shape shape,
				       u8 fill)
{
	unsigned int room = shape == ROOMY ? 128 : 0;
	unsigned int linear = shape == PAGED ? min(len, 20U) : len;
	struct sk_buff *skb;
	struct page *page;

	skb = alloc_skb(room + linear + room, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, room);
	skb_put_data(skb, data, linear);
	/* Nobody may look at what lies behind. */
	memset(skb_tail_pointer(skb), fill, skb_tailroom(skb));
	if (len > linear) {
		page = alloc_page(GFP_KERNEL);
		if (!page)
			kfree_skb(skb);
		KUNIT_ASSERT_NOT_NULL(test, page);
		memcpy(page_address(page), data + linear, len - linear);
		skb_add_rx_frag(skb, 0, page, 0, len - linear, PAGE_SIZE);
	}
	skb_reset_network_header(skb);
	skb_reset_mac_header(skb);
	skb->protocol = data[0] >> 4 == 6 ? htons(ETH_P_IPV6) :
					    htons(ETH_P_IP);
	if (shape == COMPLETE) {
		skb->ip_summed = CHECKSUM_COMPLETE;
		skb->csum = skb_checksum(skb, 0, len, 0);
	}
	return skb;
}

/* The checksum field gets what the pseudo-header sums up to. */
static inline void make_partial(struct sk_buff *skb, const struct packet *p,
				unsigned int l4)
{
	unsigned int check = p->l4 == TCP ? 16 : 6;

	put16(skb->data + l4 + check,
	      pseudo_sum(p, proto_of(p), skb->len - l4));
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_headroom(skb) + l4;
	skb->csum_offset = check;
}

static inline void set_ends(struct nat64_ends *ends, const struct packet *p,
			    bool to6)
{
	memset(ends, 0, sizeof(*ends));
	if (to6) {
		memcpy(&ends->src6, hosts6[p->src], 16);
		memcpy(&ends->dst6, hosts6[p->dst], 16);
	} else {
		memcpy(&ends->src4, hosts4[p->src], 4);
		memcpy(&ends->dst4, hosts4[p->dst], 4);
	}
	ends->ports = true;
	if (p->l4 == REQUEST || p->l4 == REPLY) {
		ends->sport = htons(port_of(to6 ? 6 : 4, CLIENT));
		ends->dport = ends->sport;
	} else {
		ends->sport = htons(port_of(to6 ? 6 : 4, p->src));
		ends->dport = htons(port_of(to6 ? 6 : 4, p->dst));
	}
}

#endif
