// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "bytes.h"
#include "fragment.h"

/* A packet to be cut: what each piece begins with, and what is shared out. */
struct cut {
	const struct packet *whole;
	size_t head;		/* bytes of the whole that each piece has */
	size_t next;		/* IPv6: the field that names the Fragment header */
	size_t body;		/* bytes shared out */
};

/*
 * Of IPv6 behind the hop-by-hop options, if there are any. Return whether there is
 * something to share out: the packet may be a damaged one.
 */
static bool plan(struct cut *c, const struct packet *whole)
{
	const uint8_t *byte = whole->byte;

	c->whole = whole;
	c->next = 6;
	if (whole->layer[0].kind == IP4) {
		c->head = (byte[0] & 15) * 4;
	} else {
		c->head = 40;
		if (byte[6] == PROTO_HOPOPTS && whole->len > 48) {
			c->head += (byte[41] + 1) * 8;
			c->next = 40;
		}
	}
	c->body = whole->len - c->head;
	return c->head >= 20 && c->head < whole->len;
}

static void make_part(const struct cut *c, struct packet *part, size_t offset, size_t len,
		      bool more)
{
	const uint8_t *body = c->whole->byte + c->head;
	size_t here = offset < c->body ? c->body - offset : 0;
	uint8_t *at;

	packet_start(part, c->whole->r, c->whole->number, c->whole->flags);
	part->side = c->whole->side;
	part->layers = 1;
	part->layer[0] = c->whole->layer[0];
	memcpy(packet_put(part, c->head), c->whole->byte, c->head);
	if (part->layer[0].kind == IP6) {
		at = packet_put(part, 8);
		at[0] = part->byte[c->next];
		put16(at + 2, (offset & 0xfff8) | more);
		/* Nothing else in flight has the same. */
		put32(at + 4, c->whole->number);
		part->byte[c->next] = PROTO_FRAGMENT;
	} else {
		put16(part->byte + 4, c->whole->number);
		put16(part->byte + 6, (offset / 8 & 0x1fff) | (more ? 0x2000 : 0));
	}
	/* Behind the end of the whole there are zeroes. */
	at = packet_put(part, len);
	if (here)
		memcpy(at, body + offset, here < len ? here : len);
	if (part->layer[0].kind == IP6) {
		put16(part->byte + 4, part->len - 40);
	} else {
		put16(part->byte + 2, part->len);
		put16(part->byte + 10, 0);
		put16(part->byte + 10, ~sum16(part->byte, c->head, 0));
	}
}

/* Any of these alone makes the whole one that must not be put together. */
static void spoil(const struct cut *c, struct rnd *r, struct fragments *out, size_t size)
{
	struct packet *part = out->part[below(r, out->n)];
	size_t offset = below(r, c->body / 8 + 1) * 8;

	switch (below(r, 8)) {
	case 0:
		/* Overlaps. */
		make_part(c, part, offset >= 8 ? offset - 8 : 0, size, true);
		break;
	case 1:
		/* The longest packet ends before it. */
		offset = 65528 - below(r, 3) * 8;
		make_part(c, part, offset, size, one_in(r, 2));
		break;
	case 2:
		make_part(c, part, offset, 8, one_in(r, 2));
		break;
	case 3:
		/* No multiple of eight, and nothing at all. */
		make_part(c, part, offset, one_in(r, 2) ? 0 : between(r, 1, 7), true);
		break;
	case 4:
		/* A second end. */
		make_part(c, part, offset, 8, false);
		break;
	case 5:
		/* One is missing: the others wait in vain. */
		out->n -= out->n > 1;
		break;
	case 6:
		/* The beginning again, with something else in it. */
		make_part(c, part, 0, size, true);
		part->byte[part->len - 1] ^= 0xff;
		break;
	default:
		make_part(c, part, offset, size + 8, one_in(r, 2));
		break;
	}
}

static void shuffle(struct rnd *r, struct fragments *out)
{
	struct packet *other;
	unsigned int i, j;

	for (i = out->n; i > 1; i--) {
		j = below(r, i);
		other = out->part[i - 1];
		out->part[i - 1] = out->part[j];
		out->part[j] = other;
	}
}

bool fragment(const struct packet *whole, bool hostile, struct fragments *out)
{
	static struct packet parts[MAX_FRAGMENTS];
	static const size_t sizes[] = { 8, 16, 64, 256, 512, 1024, 1400, 65528 };
	struct rnd *r = whole->r;
	size_t size = sizes[ANY(r, sizes)], least, offset;
	struct cut c;

	if (!plan(&c, whole))
		return false;
	least = (c.body / MAX_FRAGMENTS / 8 + 1) * 8;
	if (size < least)
		size = least;
	out->n = 0;
	offset = 0;
	do {
		size_t len = c.body - offset < size ? c.body - offset : size;

		out->part[out->n] = &parts[out->n];
		make_part(&c, &parts[out->n], offset, len, offset + len < c.body);
		out->n++;
		offset += len;
	} while (offset < c.body);
	if (hostile)
		spoil(&c, r, out, size < 2048 ? size : 2048);
	if (one_in(r, 2))
		shuffle(r, out);
	return true;
}
