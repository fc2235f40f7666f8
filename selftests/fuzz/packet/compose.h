/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whole packets of each kind that the router receives, all of them right.
 */
#ifndef _PACKET_COMPOSE_H
#define _PACKET_COMPOSE_H

#include "packet.h"

enum kind {
	KIND_GRE,	/* a path's packet to the router */
	KIND_INSIDE,	/* a host's packet that goes into a path */
	KIND_PMTU,	/* an ICMP error about a packet of a path */
	KIND_PROBE,	/* an answer to a probe, or what pretends to be one */
	KIND_64,	/* IPv6 to IPv4 */
	KIND_46,
	KIND_ERROR64,	/* an ICMPv6 error about what came from IPv4 */
	KIND_ERROR46,
	KINDS
};

/* Make one of them; packet_start() was called, and packet_finish() is done here. */
void compose(struct packet *p, enum kind kind);

/* compose-nat64.c: as layers only; compose() does the rest. */
void compose_64(struct packet *p);
void compose_46(struct packet *p);
void compose_error64(struct packet *p);
void compose_error46(struct packet *p);
/* The packet that an error is about, to be made: of the same number and flags. */
struct packet *compose_start_quoted(const struct packet *p);
/* Append it, cut somewhere, with extensions or without. */
void compose_quoted(struct packet *p, const struct packet *quoted, bool extensible);
/* What follows the IP header, from some host to another. */
void compose_upper(struct packet *p, bool is6);
/* A probe that the router sent; only what follows ICMP or GRE. */
#define PROBE_LEN	32
void compose_learn(const uint8_t *probe);

#endif
