/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fragments of a packet: as a sender makes them, in any order, or as nobody should.
 */
#ifndef _PACKET_FRAGMENT_H
#define _PACKET_FRAGMENT_H

#include "packet.h"

#define MAX_FRAGMENTS	16

/* One packet each; the caller's, and overwritten by the next call. */
struct fragments {
	struct packet *part[MAX_FRAGMENTS];
	unsigned int n;
};

/*
 * Cut a finished packet. Of a @hostile one pieces overlap, are missing, tiny, twice
 * there or beyond the end. What is too long for its pieces to be so few gets larger ones.
 * Return false if there is nothing to cut.
 */
bool fragment(const struct packet *whole, bool hostile, struct fragments *out);

#endif
