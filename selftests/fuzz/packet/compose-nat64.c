// SPDX-License-Identifier: GPL-2.0
/*
 * What NAT64 translates: few hosts and ports, so that sessions are met again and
 * ICMP errors are about such as exist.
 */
#include "compose.h"

/* An IPv6 host and an IPv4 host, and how either appears to the other. */
struct ends {
	struct addr host6, as4;
	struct addr host4, as6;
	uint16_t port6, port4;	/* of the IPv6 host, here and there */
	uint16_t remote;	/* of the IPv4 host */
};

static void any_ends(struct packet *p, struct ends *e)
{
	/* No packet comes from or goes to these. */
	static const uint8_t strange[] = { 0, 127, 224, 240, 255 };
	unsigned int i = below(p->r, STATIC_HOSTS);

	e->remote = 1000 + below(p->r, 8);
	e->host4 = ip4(198, 18, 0, below(p->r, 8));
	if (one_in(p->r, 40))
		e->host4.byte[0] = strange[ANY(p->r, strange)];
	e->as6 = one_in(p->r, 8) ? pool6_64(&e->host4) : pool6_96(&e->host4);
	switch (below(p->r, 8)) {
	case 0:
		i = below(p->r, 16);
		e->host6 = eam6(i);
		e->as4 = eam4(i);
		e->port6 = between(p->r, 2000, 2031);
		e->port4 = e->port6;
		break;
	case 1:
	case 2:
		e->host6 = ip6(0xa, 0x10 + below(p->r, 16));
		e->as4 = static4(i);
		e->port6 = between(p->r, 2000, 2031);
		/* Any of the pool: some host may have it. */
		e->port4 = between(p->r, 1024, 65535);
		break;
	default:
		e->host6 = static6(i);
		e->as4 = static4(i);
		e->port6 = STATIC_PORT + i;
		e->port4 = STATIC_PORT + i;
		break;
	}
}

/* What either sends, between its ports. */
static void add_upper(struct packet *p, bool is6, const struct ends *e)
{
	uint16_t sport = is6 ? e->port6 : e->remote, dport = is6 ? e->remote : e->port4;
	static const uint8_t other[] = { 2, 41, 47, 50, 253 };
	uint8_t type;

	if (is6 && one_in(p->r, 8))
		add_extensions(p);
	switch (below(p->r, 16)) {
	case 0:
		add_bytes(p, other[ANY(p->r, other)]);
		break;
	case 1:
	case 2:
	case 3:
		type = is6 ? 128 + one_in(p->r, 2) : 8 * one_in(p->r, 2);
		add_icmp(p, is6, type, 0,
			 (uint32_t)(is6 ? e->port6 : e->port4) << 16 | (rnd32(p->r) & 0xffff));
		break;
	case 4:
	case 5:
	case 6:
	case 7:
	case 8:
	case 9:
		add_tcp(p, sport, dport, 0);
		break;
	default:
		add_udp(p, sport, dport);
		break;
	}
	add_payload(p);
}

void compose_64(struct packet *p)
{
	struct ends e;
	unsigned int i;

	any_ends(p, &e);
	if (one_in(p->r, 16)) {
		/* To another IPv6 host by its IPv4 address. */
		i = below(p->r, STATIC_HOSTS);
		e.host4 = static4(i);
		e.as6 = pool6_96(&e.host4);
		e.remote = STATIC_PORT + i;
	}
	add_ip(p, &e.host6, &e.as6);
	add_upper(p, true, &e);
}

void compose_46(struct packet *p)
{
	struct ends e;

	any_ends(p, &e);
	add_ip(p, &e.host4, &e.as4);
	add_upper(p, false, &e);
}

void compose_error64(struct packet *p)
{
	static const uint8_t codes[5] = { 0, 7, 1, 2, 5 };
	struct addr hop = ip6(0xb, below(p->r, 8));
	struct packet *quoted;
	struct ends e;
	uint8_t type;
	uint32_t rest = 0;

	/* About what came from the IPv4 host. */
	any_ends(p, &e);
	quoted = compose_start_quoted(p);
	add_ip(quoted, &e.as6, &e.host6);
	if (one_in(p->r, 16))
		add_extensions(quoted);
	switch (below(p->r, 4)) {
	case 0:
		add_tcp(quoted, e.remote, e.port6, 0);
		break;
	case 1:
		add_icmp(quoted, true, 128, 0, (uint32_t)e.port6 << 16);
		break;
	default:
		add_udp(quoted, e.remote, e.port6);
		break;
	}
	add_payload(quoted);
	packet_finish(quoted);

	type = between(p->r, 1, 4);
	if (type == 2)
		rest = one_in(p->r, 2) ? between(p->r, 1280, 1500) : rnd32(p->r);
	else if (type == 4)
		rest = below(p->r, 64);
	add_ip(p, one_in(p->r, 2) ? &e.host6 : &hop, &e.as6);
	add_icmp(p, true, type, below(p->r, codes[type]), rest);
	compose_quoted(p, quoted, type == 1 || type == 3);
}

void compose_error46(struct packet *p)
{
	static const uint8_t types[] = { 3, 3, 3, 3, 11, 11, 12, 12, 4, 5 };
	struct addr hop = ip4(10, 99, 0, below(p->r, 8));
	struct packet *quoted;
	struct ends e;
	uint8_t type, code = 0;
	uint32_t rest = 0;

	/* About what came from the IPv6 host. */
	any_ends(p, &e);
	quoted = compose_start_quoted(p);
	add_ip(quoted, &e.as4, &e.host4);
	switch (below(p->r, 4)) {
	case 0:
		add_tcp(quoted, e.port4, e.remote, 0);
		break;
	case 1:
		add_icmp(quoted, false, 8, 0, (uint32_t)e.port4 << 16);
		break;
	default:
		add_udp(quoted, e.port4, e.remote);
		break;
	}
	add_payload(quoted);
	packet_finish(quoted);

	type = types[ANY(p->r, types)];
	if (type == 3)
		code = below(p->r, 17);
	else if (type == 11 || type == 12)
		code = below(p->r, 3);
	if (type == 3 && code == 4)
		rest = one_in(p->r, 4) ? 0 : between(p->r, 68, 1500);
	else if (type == 12)
		rest = below(p->r, 24) << 24;
	add_ip(p, one_in(p->r, 2) ? &e.host4 : &hop, &e.as4);
	add_icmp(p, false, type, code, rest);
	compose_quoted(p, quoted, type == 3 || type == 11 || type == 12);
}
