/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A packet in the making: layers are appended from the outside in, with what may
 * vary chosen at random; packet_finish() fills in lengths, checksums and protocols
 * as they should be.
 */
#ifndef _PACKET_PACKET_H
#define _PACKET_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net.h"
#include "random.h"

#define MAX_LEN		65535
#define MAX_LAYERS	32
#define MAX_MARKS	96

#define PROTO_HOPOPTS	0
#define PROTO_ICMP	1
#define PROTO_IPIP	4
#define PROTO_TCP	6
#define PROTO_UDP	17
#define PROTO_IPV6	41
#define PROTO_ROUTING	43
#define PROTO_FRAGMENT	44
#define PROTO_GRE	47
#define PROTO_AH	51
#define PROTO_ICMPV6	58
#define PROTO_NONE	59
#define PROTO_DSTOPTS	60

enum layer_kind { IP4, IP6, EXT, GRE, TCP, UDP, ICMP4, ICMP6, BYTES };

struct layer {
	enum layer_kind kind;
	uint8_t proto;		/* as the layer before calls it */
	size_t off;
};

/* Fields that decide how a packet is read: where damage matters most. */
enum mark_kind { MARK_LENGTH, MARK_SUM, MARK_PROTO, MARK_FLAGS };

struct mark {
	enum mark_kind kind;
	uint8_t len;
	size_t off;
};

struct packet {
	uint8_t byte[MAX_LEN];
	size_t len;
	struct layer layer[MAX_LAYERS];
	unsigned int layers;
	struct mark mark[MAX_MARKS];
	unsigned int marks;

	struct rnd *r;
	enum side side;		/* where it goes in */
	uint32_t number;
	uint8_t flags;		/* TAG_* */
	uint32_t longest;	/* payload there should be at most, bytes */
	size_t trailer;		/* bytes behind the end, as link layers pad */
};

/* The end must not change between the two but by these. */
void packet_start(struct packet *p, struct rnd *r, uint32_t number, uint8_t flags);
void packet_finish(struct packet *p);

uint8_t *packet_put(struct packet *p, size_t len);
void packet_mark(struct packet *p, enum mark_kind kind, size_t off, uint8_t len);
const struct layer *packet_layer(const struct packet *p, enum layer_kind kind);

/* Layers; to begin with, IP. */
void add_ip(struct packet *p, const struct addr *src, const struct addr *dst);
/* Behind IPv6: a chain of headers, now and then a long one. */
void add_extensions(struct packet *p);
void add_gre(struct packet *p, const struct path *path);
/* @flags: those of the TCP header, 0: any */
void add_tcp(struct packet *p, uint16_t sport, uint16_t dport, uint8_t flags);
void add_udp(struct packet *p, uint16_t sport, uint16_t dport);
void add_icmp(struct packet *p, bool is6, uint8_t type, uint8_t code, uint32_t rest);
/* @proto: of something that nobody looks into */
void add_bytes(struct packet *p, uint8_t proto);
/* Tags, some or many. */
void add_payload(struct packet *p);
void add_tags(struct packet *p, size_t len);

#endif
