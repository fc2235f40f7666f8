// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "packet.h"
#include "tag.h"

void packet_start(struct packet *p, struct rnd *r, uint32_t number, uint8_t flags)
{
	p->len = 0;
	p->layers = 0;
	p->marks = 0;
	p->trailer = 0;
	p->r = r;
	p->number = number;
	p->flags = flags;
}

uint8_t *packet_put(struct packet *p, size_t len)
{
	uint8_t *at = p->byte + p->len;

	if (len > sizeof(p->byte) - p->len) {
		fprintf(stderr, "pktfuzz: packet %u is too long\n", p->number);
		exit(2);
	}
	memset(at, 0, len);
	p->len += len;
	return at;
}

void packet_mark(struct packet *p, enum mark_kind kind, size_t off, uint8_t len)
{
	if (p->marks < MAX_MARKS)
		p->mark[p->marks++] = (struct mark){ .kind = kind, .off = off, .len = len };
}

const struct layer *packet_layer(const struct packet *p, enum layer_kind kind)
{
	unsigned int i;

	for (i = p->layers; i-- > 0; )
		if (p->layer[i].kind == kind)
			return &p->layer[i];
	return NULL;
}

static void add_layer(struct packet *p, enum layer_kind kind, uint8_t proto)
{
	if (p->layers == MAX_LAYERS) {
		fprintf(stderr, "pktfuzz: packet %u has too many layers\n", p->number);
		exit(2);
	}
	p->layer[p->layers++] = (struct layer){ .kind = kind, .proto = proto, .off = p->len };
}

/* Nearly all packets live long enough. */
static uint8_t random_ttl(struct packet *p)
{
	return one_in(p->r, 50) ? between(p->r, 1, 3) : between(p->r, 8, 255);
}

/* No option that a router refuses: padding, record route once, one that nobody knows. */
static void add_options(struct packet *p)
{
	size_t start = p->len, left, n;
	bool recorded = false;
	uint8_t *at;

	while (p->len - start < 36 && !one_in(p->r, 4)) {
		left = 36 - (p->len - start);
		switch (below(p->r, 3)) {
		case 0:
			packet_put(p, 1)[0] = 1;
			break;
		case 1:
			if (left < 7 || recorded)
				break;
			recorded = true;
			at = packet_put(p, 7);
			at[0] = 7;
			at[1] = 7;
			at[2] = 4;
			break;
		default:
			n = between(p->r, 2, left < 12 ? left + 1 : 12);
			at = packet_put(p, n);
			at[0] = 0x9e;
			at[1] = n;
			break;
		}
	}
	/* An end of the list, which is zero, makes it words. */
	packet_put(p, (4 - (p->len - start) % 4) % 4);
}

static void add_ip4(struct packet *p, const struct addr *src, const struct addr *dst)
{
	size_t off = p->len;
	uint8_t *at;

	add_layer(p, IP4, PROTO_IPIP);
	at = packet_put(p, 20);
	at[1] = rnd32(p->r);
	put16(at + 4, rnd32(p->r));
	at[6] = one_in(p->r, 2) ? 0x40 : 0;
	at[8] = random_ttl(p);
	memcpy(at + 12, src->byte, 4);
	memcpy(at + 16, dst->byte, 4);
	if (one_in(p->r, 8))
		add_options(p);
	at[0] = 0x40 | (p->len - off) / 4;
	packet_mark(p, MARK_FLAGS, off, 1);
	packet_mark(p, MARK_LENGTH, off + 2, 2);
	packet_mark(p, MARK_FLAGS, off + 6, 2);
	packet_mark(p, MARK_PROTO, off + 9, 1);
	packet_mark(p, MARK_SUM, off + 10, 2);
}

static void add_ip6(struct packet *p, const struct addr *src, const struct addr *dst)
{
	size_t off = p->len;
	uint8_t *at;

	add_layer(p, IP6, PROTO_IPV6);
	at = packet_put(p, 40);
	put32(at, 6u << 28 | (rnd32(p->r) & 0x0fffffff));
	at[7] = random_ttl(p);
	memcpy(at + 8, src->byte, 16);
	memcpy(at + 24, dst->byte, 16);
	packet_mark(p, MARK_FLAGS, off, 1);
	packet_mark(p, MARK_LENGTH, off + 4, 2);
	packet_mark(p, MARK_PROTO, off + 6, 1);
}

void add_ip(struct packet *p, const struct addr *src, const struct addr *dst)
{
	if (src->is6)
		add_ip6(p, src, dst);
	else
		add_ip4(p, src, dst);
}

/*
 * Options: one for experiments that is to be skipped, maybe behind a tunnel encapsulation
 * limit (RFC 2473). Padding of more than 7 bytes is refused by hosts.
 */
static void add_extension(struct packet *p, uint8_t proto)
{
	size_t len = between(p->r, 1, one_in(p->r, 10) ? 12 : 3) * 8, off = p->len, n;
	uint8_t *at;

	add_layer(p, EXT, proto);
	switch (proto) {
	case PROTO_ROUTING:
		/* Used up; with or without addresses. */
		len = one_in(p->r, 2) ? 8 : 24;
		at = packet_put(p, len);
		at[1] = len / 8 - 1;
		/* A type for experiments (RFC 4727). */
		at[2] = 253;
		packet_mark(p, MARK_FLAGS, off + 2, 2);
		break;
	case PROTO_AH:
		at = packet_put(p, 16);
		at[1] = 2;
		put32(at + 4, rnd32(p->r) | 0x100);
		put32(at + 8, 1);
		break;
	default:
		at = packet_put(p, len);
		at[1] = len / 8 - 1;
		n = 2;
		if (proto == PROTO_DSTOPTS && one_in(p->r, 3)) {
			put16(at + n, 0x0401);
			at[n + 2] = 4;
			n += 3;
		}
		at[n] = 0x1e;
		at[n + 1] = len - n - 2;
		break;
	}
	packet_mark(p, MARK_PROTO, off, 1);
	packet_mark(p, MARK_LENGTH, off + 1, 1);
}

void add_extensions(struct packet *p)
{
	static const uint8_t any[] = { PROTO_DSTOPTS, PROTO_DSTOPTS, PROTO_ROUTING, PROTO_AH };
	unsigned int n = one_in(p->r, 30) ? between(p->r, 8, 11) : between(p->r, 1, 3);

	if (one_in(p->r, 3))
		add_extension(p, PROTO_HOPOPTS);
	while (n--)
		add_extension(p, any[ANY(p->r, any)]);
}

void add_gre(struct packet *p, const struct path *path)
{
	/* Both may be there on any path, and bits 6 to 12 are to be ignored. */
	bool csum = path->csum || one_in(p->r, 4), seq = one_in(p->r, 4);
	size_t off = p->len;
	uint8_t *at;

	add_layer(p, GRE, PROTO_GRE);
	at = packet_put(p, 4);
	put16(at, (csum ? 0x8000 : 0) | (path->has_key ? 0x2000 : 0) | (seq ? 0x1000 : 0) |
		  (one_in(p->r, 8) ? (rnd32(p->r) & 0x03f8) : 0));
	packet_mark(p, MARK_FLAGS, off, 2);
	packet_mark(p, MARK_PROTO, off + 2, 2);
	if (csum) {
		packet_put(p, 4);
		packet_mark(p, MARK_SUM, off + 4, 2);
	}
	if (path->has_key) {
		packet_mark(p, MARK_FLAGS, p->len, 4);
		put32(packet_put(p, 4), path->key);
	}
	if (seq)
		put32(packet_put(p, 4), rnd32(p->r));
}

/* The MSS may lie at an odd offset. */
static void add_tcp_options(struct packet *p, bool syn)
{
	size_t start = p->len;
	uint8_t *at;

	while (p->len - start < 24 && one_in(p->r, 2))
		packet_put(p, 1)[0] = 1;
	if (syn && !one_in(p->r, 6)) {
		at = packet_put(p, 4);
		at[0] = 2;
		at[1] = 4;
		put16(at + 2, between(p->r, 0, 9000));
	}
	if (one_in(p->r, 2)) {
		at = packet_put(p, 10);
		at[0] = 8;
		at[1] = 10;
		put32(at + 2, rnd32(p->r));
	}
	packet_put(p, (4 - (p->len - start) % 4) % 4);
}

void add_tcp(struct packet *p, uint16_t sport, uint16_t dport, uint8_t flags)
{
	static const uint8_t common[] = { 0x02, 0x02, 0x12, 0x10, 0x18, 0x11, 0x04 };
	size_t off = p->len;
	uint8_t *at;

	if (!flags)
		flags = common[ANY(p->r, common)];
	add_layer(p, TCP, PROTO_TCP);
	at = packet_put(p, 20);
	put16(at, sport);
	put16(at + 2, dport);
	put32(at + 4, rnd32(p->r));
	if (flags & 0x10)
		put32(at + 8, rnd32(p->r));
	at[13] = flags;
	put16(at + 14, rnd32(p->r));
	if (flags & 2 || one_in(p->r, 3))
		add_tcp_options(p, flags & 2);
	at[12] = (p->len - off) / 4 << 4;
	packet_mark(p, MARK_LENGTH, off + 12, 1);
	packet_mark(p, MARK_FLAGS, off + 13, 1);
	packet_mark(p, MARK_SUM, off + 16, 2);
}

void add_udp(struct packet *p, uint16_t sport, uint16_t dport)
{
	size_t off = p->len;
	uint8_t *at;

	add_layer(p, UDP, PROTO_UDP);
	at = packet_put(p, 8);
	put16(at, sport);
	put16(at + 2, dport);
	packet_mark(p, MARK_LENGTH, off + 4, 2);
	packet_mark(p, MARK_SUM, off + 6, 2);
}

void add_icmp(struct packet *p, bool is6, uint8_t type, uint8_t code, uint32_t rest)
{
	size_t off = p->len;
	uint8_t *at;

	add_layer(p, is6 ? ICMP6 : ICMP4, is6 ? PROTO_ICMPV6 : PROTO_ICMP);
	at = packet_put(p, 8);
	at[0] = type;
	at[1] = code;
	put32(at + 4, rest);
	packet_mark(p, MARK_FLAGS, off, 2);
	packet_mark(p, MARK_SUM, off + 2, 2);
	packet_mark(p, MARK_LENGTH, off + 4, 2);
}

void add_bytes(struct packet *p, uint8_t proto)
{
	add_layer(p, BYTES, proto);
}

void add_tags(struct packet *p, size_t len)
{
	const struct tag tag = { .number = p->number, .flags = p->flags };
	uint8_t one[TAG_LEN], *at = packet_put(p, len);
	size_t i;

	tag_write(one, &tag);
	for (i = 0; i < len; i++)
		at[i] = one[i % TAG_LEN];
}

void add_payload(struct packet *p)
{
	size_t len;

	switch (below(p->r, 8)) {
	case 0:
		len = below(p->r, 2 * TAG_LEN);
		break;
	case 1:
		len = between(p->r, 0, p->longest);
		break;
	case 2:
		len = between(p->r, 0, p->longest < 3000 ? p->longest : 3000);
		break;
	default:
		len = between(p->r, 2 * TAG_LEN, 300);
		break;
	}
	add_tags(p, len);
}

/* As it ends up: the header, and what the layer behind it is called. */
static void finish_ip4(struct packet *p, const struct layer *l, uint8_t proto)
{
	uint8_t *at = p->byte + l->off;

	put16(at + 2, p->len - l->off);
	at[9] = proto;
	put16(at + 10, 0);
	put16(at + 10, ~sum16(at, (at[0] & 15) * 4, 0));
}

static void finish_ip6(struct packet *p, const struct layer *l, uint8_t proto)
{
	uint8_t *at = p->byte + l->off;

	put16(at + 4, p->len - l->off - 40);
	at[6] = proto;
}

static void finish_gre(struct packet *p, const struct layer *l, const struct layer *next)
{
	uint8_t *at = p->byte + l->off;

	/* What is not IP is a keepalive. */
	put16(at + 2, next && next->kind == IP4 ? 0x0800 :
		      next && next->kind == IP6 ? 0x86dd : 0);
	if (!(at[0] & 0x80))
		return;
	put32(at + 4, 0);
	put16(at + 4, ~sum16(at, p->len - l->off, 0));
}

/* @ip: the header whose addresses go into the sum, NULL for none */
static void finish_sum(struct packet *p, const struct layer *l, size_t field, const uint8_t *ip,
		       bool innermost)
{
	uint8_t *at = p->byte + l->off, *sum = at + field;
	size_t len = p->len - l->off;
	uint32_t pseudo = ip ? sum_pseudo(ip, l->proto, len) : 0;

	put16(sum, 0);
	if (innermost && p->flags & TAG_PARTIAL)
		put16(sum, sum16(NULL, 0, pseudo));
	else
		put16(sum, ~sum16(at, len, pseudo));
	if (l->kind == UDP && !get16(sum))
		put16(sum, 0xffff);
}

void packet_finish(struct packet *p)
{
	unsigned int i, j;

	for (i = p->layers; i-- > 0; ) {
		const struct layer *l = &p->layer[i];
		const struct layer *next = i + 1 < p->layers ? l + 1 : NULL;
		uint8_t proto = next ? next->proto : PROTO_NONE;
		const uint8_t *ip = NULL;

		for (j = i; j-- > 0 && !ip; )
			if (p->layer[j].kind <= IP6)
				ip = p->byte + p->layer[j].off;
		switch (l->kind) {
		case IP4:
			finish_ip4(p, l, proto);
			break;
		case IP6:
			finish_ip6(p, l, proto);
			break;
		case EXT:
			p->byte[l->off] = proto;
			break;
		case GRE:
			finish_gre(p, l, next);
			break;
		case UDP:
			put16(p->byte + l->off + 4, p->len - l->off);
			put16(p->byte + l->off + 6, 0);
			if (!(p->flags & TAG_ZERO))
				finish_sum(p, l, 6, ip, !next);
			break;
		case TCP:
			finish_sum(p, l, 16, ip, !next);
			break;
		case ICMP4:
			finish_sum(p, l, 2, NULL, !next);
			break;
		case ICMP6:
			finish_sum(p, l, 2, ip, !next);
			break;
		case BYTES:
			break;
		}
	}
}
