// SPDX-License-Identifier: GPL-2.0
/*
 * The packet that an ICMP error is about.
 */
#include <string.h>

#include "bytes.h"
#include "compose.h"

struct packet *compose_start_quoted(const struct packet *p)
{
	static struct packet quoted;

	packet_start(&quoted, p->r, p->number, p->flags);
	quoted.longest = p->longest > 1400 ? 1400 : p->longest;
	quoted.side = p->side;
	return &quoted;
}

/* Extensions, RFC 4884, section 7: a header and an object or two. */
static void add_objects(struct packet *p)
{
	size_t off = p->len, n;
	uint8_t *at;

	packet_put(p, 4)[0] = 0x20;
	do {
		n = between(p->r, 1, 6) * 4;
		at = packet_put(p, n);
		put16(at, n);
		/* Of a class for private use. */
		at[2] = between(p->r, 247, 255);
		at[3] = 1;
	} while (one_in(p->r, 3));
	put16(p->byte + off + 2, ~sum16(p->byte + off, p->len - off, 0));
}

/* Without extensions an error ends where the packet inside is cut. */
void compose_quoted(struct packet *p, const struct packet *quoted, bool extensible)
{
	const struct layer *icmp = &p->layer[p->layers - 1];
	size_t head = quoted->layer[0].kind == IP6 ? 48 : (quoted->byte[0] & 15) * 4 + 8;
	size_t len = quoted->len, word, n;
	size_t room = icmp->kind == ICMP6 ? 1232 : 548;
	bool objects = extensible && one_in(p->r, 3);
	uint8_t *at;

	if (len > room)
		len = room;
	if (len > head && one_in(p->r, 2))
		len = between(p->r, head, len);
	word = icmp->kind == ICMP6 ? 8 : 4;
	/* A gap would not be of the packet inside. */
	n = objects && len < 128 ? 128 : len;
	if (objects)
		n = (n + word - 1) / word * word;
	at = packet_put(p, n);
	memcpy(at, quoted->byte, len);
	if (!objects)
		return;
	p->byte[icmp->off + (icmp->kind == ICMP6 ? 4 : 5)] = n / word;
	add_objects(p);
}
