/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Damage to a packet that is right.
 */
#ifndef _PACKET_MUTATE_H
#define _PACKET_MUTATE_H

#include "packet.h"

/*
 * Damage behind byte @from, once or a few times. With @refit the outer IP header fits
 * what is left of the packet; else that is up to chance.
 */
void mutate(struct packet *p, size_t from, bool refit);
/* Whether the outermost header, or one that follows it in IPv6, makes it a fragment. */
bool is_fragment(const struct packet *p);
/* Whether what is inside a path's packet is GRE again. */
bool is_nested(const struct packet *p);

#endif
