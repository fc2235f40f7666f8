// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "bytes.h"
#include "compose.h"

static const struct path *any_path(struct packet *p)
{
	return &paths[below(p->r, PLAIN_PATHS)];
}

void compose_upper(struct packet *p, bool is6)
{
	static const uint8_t other[] = { 50, 94, 253, 254 };
	uint16_t sport = between(p->r, 2000, 2031), dport = between(p->r, 1000, 1007);
	uint8_t echo = is6 ? 128 : 8;

	if (is6 && one_in(p->r, 6))
		add_extensions(p);
	switch (below(p->r, 8)) {
	case 0:
	case 1:
	case 2:
		add_tcp(p, sport, dport, 0);
		break;
	case 3:
	case 4:
	case 5:
		add_udp(p, sport, dport);
		break;
	case 6:
		/* Requests and answers that nobody asked for. */
		if (one_in(p->r, 3))
			echo = is6 ? 129 : 0;
		add_icmp(p, is6, echo, 0, (uint32_t)sport << 16 | (rnd32(p->r) & 0xff));
		break;
	default:
		add_bytes(p, other[ANY(p->r, other)]);
		break;
	}
	add_payload(p);
}

/* The other end of what comes by a path: all that a router may do with it. */
static void inside_destination(struct packet *p, const struct path *path, bool is6,
			       struct addr *dst)
{
	unsigned int i = below(p->r, STATIC_HOSTS);
	struct addr host4 = ip4(198, 18, 0, i);
	const struct path *other = any_path(p);

	switch (below(p->r, 10)) {
	case 0:
	case 1:
		/* The router itself, which answers some. */
		*dst = path_inside(path, is6);
		break;
	case 2:
		*dst = path_host(other, is6, between(p->r, 2, 20));
		break;
	case 3:
	case 4:
		*dst = is6 ? pool6_96(&host4) : static4(i);
		break;
	case 5:
		*dst = is6 ? eam6(i) : eam4(i);
		break;
	default:
		*dst = is6 ? ip6(0xa, 0x10 + i) : host4;
		break;
	}
}

static void compose_gre(struct packet *p)
{
	const struct path *path = any_path(p), *from = path;
	struct addr src = path_remote(path), dst = path_local(path);
	bool is6 = one_in(p->r, 2);

	add_ip(p, &src, &dst);
	if (path->is6 && one_in(p->r, 6))
		add_extensions(p);
	add_gre(p, path);
	inside_destination(p, path, is6, &dst);
	/* Another path's hosts may come by this one; its peers may not. */
	if (one_in(p->r, 8))
		from = any_path(p);
	src = one_in(p->r, 4) ? path_peer(from, is6) :
	      path_host(from, is6, between(p->r, 2, 20));
	add_ip(p, &src, &dst);
	compose_upper(p, is6);
}

/* From a host beside the router, to one behind a path. */
static void compose_inside(struct packet *p)
{
	const struct path *path = any_path(p);
	bool is6 = p->side == SIX;
	struct addr src = is6 ? ip6(0xa, between(p->r, 0x10, 0x1f)) :
				ip4(198, 18, 1, between(p->r, 1, 20));
	struct addr dst = one_in(p->r, 3) ? path_peer(path, is6) :
					    path_host(path, is6, between(p->r, 2, 20));

	add_ip(p, &src, &dst);
	compose_upper(p, is6);
}

/* A packet that the router may have sent, for an error to be about. */
static void sent_by_path(struct packet *p, const struct path *path)
{
	struct addr src = path_local(path), dst = path_remote(path);
	bool is6 = one_in(p->r, 2);

	add_ip(p, &src, &dst);
	add_gre(p, path);
	src = is6 ? ip6(0xa, 0x10) : ip4(198, 18, 1, 1);
	dst = path_host(path, is6, 5);
	add_ip(p, &src, &dst);
	compose_upper(p, is6);
	packet_finish(p);
}

static void compose_pmtu(struct packet *p)
{
	static const uint16_t mtus[] = { 0, 1, 67, 68, 576, 1279, 1280, 1281, 1400, 1500, 65535 };
	const struct path *path = any_path(p);
	struct addr hop = path->is6 ? ip6(0, 0xfd) : ip4(192, 0, 2, 253);
	struct addr dst = path_local(path);
	uint32_t mtu = one_in(p->r, 2) ? mtus[ANY(p->r, mtus)] : rnd32(p->r) & 0xffff;
	struct packet *quoted = compose_start_quoted(p);
	bool other = one_in(p->r, 8);

	sent_by_path(quoted, path);
	add_ip(p, &hop, &dst);
	if (path->is6)
		add_icmp(p, true, other ? between(p->r, 1, 4) : 2, 0, mtu);
	else
		add_icmp(p, false, other ? 11 : 3, other ? 0 : 4, mtu);
	compose_quoted(p, quoted, false);
}

/* Probes */

static uint8_t learnt[16][PROBE_LEN];

void compose_learn(const uint8_t *probe)
{
	uint32_t id = get32(probe + 4);

	if (id < ARRAY_SIZE(learnt))
		memcpy(learnt[id], probe, PROBE_LEN);
}

/* The one that the router sent last, or a part of it replaced. */
static void add_probe(struct packet *p, const struct path *path)
{
	const struct path *other = &paths[between(p->r, PLAIN_PATHS, PATHS - 1)];
	uint8_t *at = packet_put(p, PROBE_LEN);
	unsigned int i;

	memcpy(at, learnt[one_in(p->r, 6) ? other->id : path->id], PROBE_LEN);
	put32(at, 0x69703674);
	switch (below(p->r, 6)) {
	case 0:
		put32(at + 4, one_in(p->r, 2) ? rnd32(p->r) : between(p->r, 0, 13));
		break;
	case 1:
		/* Number, time or hash. */
		i = below(p->r, 6);
		put32(at + 8 + 4 * i, rnd32(p->r));
		break;
	case 2:
		i = below(p->r, 20);
		at[12 + i] ^= 1 << below(p->r, 8);
		break;
	}
}

/* As another host answers it: the inside packet turned round, or what it forwarded. */
static void compose_probe(struct packet *p)
{
	const struct path *path = &paths[between(p->r, PLAIN_PATHS, PATHS - 1)];
	struct addr src = path_remote(path), dst = path_local(path);
	bool is6 = one_in(p->r, 8) ? !path->is6 : path->is6;

	add_ip(p, &src, &dst);
	add_gre(p, path);
	if (path->keepalive && !one_in(p->r, 8)) {
		add_probe(p, path);
		return;
	}
	src = path_peer(path, is6);
	dst = path_inside(path, is6);
	add_ip(p, &src, &dst);
	add_icmp(p, is6, is6 ? 129 : 0, one_in(p->r, 16), (uint32_t)path->id << 16 | 1);
	add_probe(p, path);
}

/* Which side a packet of a kind comes from. */
static enum side side_of(struct packet *p, enum kind kind)
{
	switch (kind) {
	case KIND_INSIDE:
		return one_in(p->r, 2) ? SIX : FOUR;
	case KIND_64:
	case KIND_ERROR64:
		return SIX;
	case KIND_46:
	case KIND_ERROR46:
		return FOUR;
	default:
		return UNDERLAY;
	}
}

void compose(struct packet *p, enum kind kind)
{
	static void (*const make[KINDS])(struct packet *p) = {
		[KIND_GRE] = compose_gre,
		[KIND_INSIDE] = compose_inside,
		[KIND_PMTU] = compose_pmtu,
		[KIND_PROBE] = compose_probe,
		[KIND_64] = compose_64,
		[KIND_46] = compose_46,
		[KIND_ERROR64] = compose_error64,
		[KIND_ERROR46] = compose_error46,
	};

	p->side = side_of(p, kind);
	make[kind](p);
	packet_finish(p);
	if (one_in(p->r, 16))
		p->trailer = between(p->r, 1, 46);
}
