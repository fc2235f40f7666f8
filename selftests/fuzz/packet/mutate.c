// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "bytes.h"
#include "mutate.h"

/* A byte to hit: more often in the headers, for what lies behind matters less. */
static size_t any_byte(struct packet *p, size_t from)
{
	size_t room = p->len - from;

	if (room > 64 && !one_in(p->r, 4))
		room = one_in(p->r, 2) ? 64 : room > 128 ? 128 : room;
	return from + below(p->r, room);
}

static uint32_t read_field(const uint8_t *at, unsigned int len)
{
	return len == 1 ? at[0] : len == 2 ? get16(at) : get32(at);
}

static void write_field(uint8_t *at, unsigned int len, uint32_t value)
{
	if (len == 1)
		at[0] = value;
	else if (len == 2)
		put16(at, value);
	else
		put32(at, value);
}

static void damage_field(struct packet *p, const struct mark *m)
{
	static const uint8_t protos[] = { 0, 1, 2, 4, 6, 17, 41, 43, 44, 47, 50, 51, 58, 59, 60,
					  132, 135, 139, 140, 253, 255 };
	static const uint16_t types[] = { 0x0800, 0x86dd, 0x0806, 0x8847, 0x880b, 0x6558, 0 };
	uint32_t value = read_field(p->byte + m->off, m->len);

	switch (m->kind) {
	case MARK_LENGTH:
		switch (below(p->r, 6)) {
		case 0:
			value = 0;
			break;
		case 1:
			value = ~0u;
			break;
		case 2:
			value += between(p->r, 1, 8);
			break;
		case 3:
			value -= between(p->r, 1, 8);
			break;
		case 4:
			value = between(p->r, 1, 40);
			break;
		default:
			value = rnd32(p->r);
			break;
		}
		break;
	case MARK_SUM:
		value = one_in(p->r, 3) ? 0 : rnd32(p->r);
		break;
	case MARK_PROTO:
		value = m->len == 1 ? protos[ANY(p->r, protos)] : types[ANY(p->r, types)];
		break;
	case MARK_FLAGS:
		value ^= 1u << below(p->r, m->len * 8);
		break;
	}
	write_field(p->byte + m->off, m->len, value);
}

/* Take a few bytes out of the middle, or put some there. */
static void shift(struct packet *p, size_t from)
{
	size_t at = any_byte(p, from), n = between(p->r, 1, 12);

	if (one_in(p->r, 2)) {
		if (n > p->len - at)
			n = p->len - at;
		memmove(p->byte + at, p->byte + at + n, p->len - at - n);
		p->len -= n;
	} else if (p->len + n <= MAX_LEN) {
		memmove(p->byte + at + n, p->byte + at, p->len - at);
		p->len += n;
	}
}

static void flip(struct packet *p, size_t from)
{
	size_t at = any_byte(p, from);

	p->byte[at] ^= 1 << below(p->r, 8);
}

static void damage(struct packet *p, size_t from)
{
	static const uint16_t values[] = { 0, 1, 0x7fff, 0x8000, 0xffff, 0x0100, 0xfff8 };
	const struct mark *m;
	size_t at, other;
	uint8_t byte;

	switch (below(p->r, 10)) {
	case 0:
	case 1:
		p->len = from + below(p->r, p->len - from);
		break;
	case 2:
	case 3:
	case 4:
	case 5:
		m = p->marks ? &p->mark[below(p->r, p->marks)] : NULL;
		if (m && m->off >= from && m->off + m->len <= p->len)
			damage_field(p, m);
		else
			flip(p, from);
		break;
	case 6:
		flip(p, from);
		break;
	case 7:
		at = any_byte(p, from);
		p->byte[at] = rnd32(p->r);
		break;
	case 8:
		at = any_byte(p, from);
		if (one_in(p->r, 3)) {
			other = any_byte(p, from);
			byte = p->byte[at];
			p->byte[at] = p->byte[other];
			p->byte[other] = byte;
		} else if (at + 2 <= p->len) {
			put16(p->byte + at, values[ANY(p->r, values)]);
		}
		break;
	default:
		shift(p, from);
		break;
	}
}

/* Length and checksum of the outermost header. */
static void refit_outer(struct packet *p, bool length)
{
	uint8_t *at = p->byte;
	size_t hlen = (at[0] & 15) * 4;

	if (p->layer[0].kind == IP6) {
		if (length && p->len >= 40)
			put16(at + 4, p->len - 40);
		return;
	}
	if (p->len < 20)
		return;
	if (length)
		put16(at + 2, p->len);
	if (hlen > p->len)
		hlen = p->len;
	put16(at + 10, 0);
	put16(at + 10, ~sum16(at, hlen, 0));
}

void mutate(struct packet *p, size_t from, bool refit)
{
	unsigned int n = one_in(p->r, 3) ? between(p->r, 2, 5) : 1;

	/* Never nothing at all: there is a first byte to send. */
	while (n-- && p->len > from && p->len > 1)
		damage(p, from);
	if (!p->len)
		p->len = 1;
	if (refit || !one_in(p->r, 8))
		refit_outer(p, true);
	else if (!one_in(p->r, 3))
		refit_outer(p, false);
}

/* Whether the IP header at @at, or one that follows it in IPv6, names @proto. */
static bool names(const struct packet *p, size_t at, uint8_t proto)
{
	uint8_t next;

	if (at + 20 > p->len)
		return false;
	if (p->byte[at] >> 4 == 4)
		return p->byte[at + 9] == proto;
	next = p->byte[at + 6];
	for (at += 40; at + 2 <= p->len && next != proto; ) {
		switch (next) {
		case PROTO_HOPOPTS:
		case PROTO_ROUTING:
		case PROTO_DSTOPTS:
			next = p->byte[at];
			at += (p->byte[at + 1] + 1) * 8;
			break;
		case PROTO_FRAGMENT:
			next = p->byte[at];
			at += 8;
			break;
		case PROTO_AH:
			next = p->byte[at];
			at += (p->byte[at + 1] + 2) * 4;
			break;
		default:
			return false;
		}
	}
	return next == proto;
}

bool is_fragment(const struct packet *p)
{
	if (p->layer[0].kind == IP4)
		return p->len >= 20 && (get16(p->byte + 6) & 0x3fff);
	return names(p, 0, PROTO_FRAGMENT);
}

bool is_nested(const struct packet *p)
{
	const struct layer *gre = packet_layer(p, GRE);
	uint8_t flags;

	if (!gre || gre->off + 4 > p->len)
		return false;
	/* Checksum, key and sequence number. */
	flags = p->byte[gre->off];
	return names(p, gre->off + 4 + 4 * (flags >> 7) + 4 * (flags >> 5 & 1) +
			4 * (flags >> 4 & 1), PROTO_GRE);
}
