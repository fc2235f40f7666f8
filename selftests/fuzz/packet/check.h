/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Is it well-formed what comes out? Each header's lengths and each checksum, as far as
 * the router, and not whoever sent the packet, answers for it.
 */
#ifndef _PACKET_CHECK_H
#define _PACKET_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet.h"
#include "tag.h"

/* A packet that is checked, and how much of it has to be right. */
struct check {
	bool all;		/* also what the router leaves as it is */
	bool known;		/* it has a tag */
	bool whole;		/* no checksum is left to the next device */
	bool decodes;		/* a decoder knows what is in it, and has all of it */
	struct tag tag;
};

/*
 * Fill in @c of a packet that came out there, and check it. With @wild others may be among
 * those that go in whose headers the router itself was told to overwrite; then what has
 * no tag is not judged.
 * Return NULL if nothing is wrong, else what is.
 */
const char *check_output(struct check *c, enum side out, const uint8_t *byte, size_t len,
			 bool whole, bool wild);
/* The same of a packet that was made here and is right: all of it. */
const char *check_input(struct check *c, const struct packet *p);
/* Whether @len bytes at @ip have an address of the router's as their source. */
bool made_by_router(const uint8_t *ip, size_t len);

/* check-l4.c: what follows the IP header at @ip. @quoted: inside an ICMP error. */
const char *check_l4(struct check *c, const uint8_t *ip, uint8_t proto, const uint8_t *at,
		     size_t len, bool quoted);
/* check.c: the packet inside an ICMP error, of which @len bytes are here, maybe @padded. */
const char *check_quoted(struct check *c, const uint8_t *ip, size_t len, bool padded);

#endif
