// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "values.h"

/* Above what the specification can say. */
static const struct {
	const char *name;
	uint64_t max;
} caps[] = {
	{ "flow-label", 0xfffff },
	{ "icmp", 2592000 },
	{ "max-sessions", 16777216 },
	{ "tcp-est", 2592000 },
	{ "tcp-syn", 2592000 },
	{ "tcp-trans", 2592000 },
	{ "udp", 2592000 },
};

static const uint8_t pool6_len[OBJECTS] = { 96, 32, 40, 48, 56, 64, 96, 96 };
static const uint8_t eam6_len[OBJECTS] = { 120, 128, 124, 120, 128, 124, 120, 128 };
static const uint8_t eam4_len[OBJECTS] = { 28, 32, 28, 28, 32, 28, 28, 32 };
static const uint8_t protos[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP };
static const uint8_t filter6[] = { 128, 128, 96, 64, 0 };
static const uint8_t filter4[] = { 32, 32, 28, 24, 0 };

static enum shape shape_of(const struct op_spec *op)
{
	const struct attr_spec *filter;

	if (!op)
		return SHAPE_OBJECT;
	if (!strcmp(op->set->name, "lookup"))
		return SHAPE_LOOKUP;
	filter = attr_named(op->set, "addr6-len");
	if (filter && in_request(op, filter->type))
		return SHAPE_FILTER;
	if (!op->admin || op->n_request < 3)
		return SHAPE_NAME;
	if (!strcmp(op->set->name, "path"))
		return SHAPE_PATH;
	return strcmp(op->set->name, "nat64") ? SHAPE_OBJECT : SHAPE_SETTINGS;
}

void draw_start(struct draw *d, struct msg *m, const struct op_spec *op, unsigned int k)
{
	struct rng *r = &m->rng;

	memset(d, 0, sizeof(*d));
	d->shape = shape_of(op);
	d->k = k % OBJECTS;
	d->adds = op && strstr(op->name, "-add");
	d->six = rng_one_in(r, 2);
	d->outer = d->adds || rng_one_in(r, 8);
	d->packet = rng_one_in(r, 4);
	d->len6 = filter6[rng_below(r, sizeof(filter6))];
	d->len4 = filter4[rng_below(r, sizeof(filter4))];
}

/* Most requests are about those that stay, and only the first of these has routes. */
uint32_t draw_device(struct msg *m, const struct op_spec *op)
{
	struct rng *r = &m->rng;
	bool first = op && shape_of(op) == SHAPE_LOOKUP ? rng_below(r, 8) : rng_one_in(r, 2);

	if (world.n_steady && (first || rng_one_in(r, 3)))
		return world.steady[first ? 0 : rng_below(r, world.n_steady)];
	return VOLATILE_FIRST + rng_below(r, VOLATILE_N);
}

static uint64_t any_number(struct rng *r, const struct attr_spec *a)
{
	uint64_t max = a->max;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(caps); i++)
		if (!strcmp(caps[i].name, a->name) && caps[i].max < max)
			max = caps[i].max;
	switch (rng_below(r, 8)) {
	case 0:
		return a->min;
	case 1:
		return max;
	}
	return a->min + rng_next(r) % (max - a->min + 1 ?: 1);
}

static uint64_t prefix_len(const struct draw *d, const char *name)
{
	if (!strcmp(name, "prefix6-len"))
		return eam6_len[d->k];
	if (!strcmp(name, "prefix4-len"))
		return eam4_len[d->k];
	if (!strcmp(name, "icmp-source-len"))
		return 32;
	if (strchr(name, '6'))
		return d->len6;
	return d->len4;
}

/* How a path is configured: what is slow to probe, mostly. */
static uint64_t path_number(const struct draw *d, struct msg *m, const struct attr_spec *a)
{
	struct rng *r = &m->rng;

	if (!strcmp(a->name, "id"))
		return 1 + rng_below(r, rng_below(r, 8) ? PATH_IDS / 5 : PATH_IDS);
	if (!strcmp(a->name, "underlay"))
		return rng_one_in(r, 2) ? 0 : world.under;
	if (!strcmp(a->name, "tos"))
		return rng_one_in(r, 3) ? 1 : 4 * rng_below(r, 64);
	if (!strcmp(a->name, "key"))
		return rng_below(r, 3);
	if (!strcmp(a->name, "interval"))
		return rng_one_in(r, 16) ? a->min : 200 + rng_below(r, 20000);
	/* An echo needs an inside peer. */
	if (!strcmp(a->name, "probe") && d->adds && !d->peers)
		return 2 * rng_below(r, 2);
	return any_number(r, a);
}

/* Of an object of NAT64, and of flows. */
static uint64_t object_number(const struct draw *d, struct msg *m, const struct attr_spec *a)
{
	if (!strcmp(a->name, "proto"))
		return protos[(d->k + rng_one_in(&m->rng, 8)) % ARRAY_SIZE(protos)];
	if (!strcmp(a->name, "protos"))
		return 1 + d->k % 7;
	if (!strcmp(a->name, "port-min"))
		return 1024 + d->k;
	if (!strcmp(a->name, "port-max"))
		return 65535 - d->k;
	if (!strcmp(a->name, "port6") || !strcmp(a->name, "sport"))
		return 1000 + d->k;
	if (!strcmp(a->name, "port4") || !strcmp(a->name, "dport"))
		return 2000 + d->k;
	return any_number(&m->rng, a);
}

static uint64_t number(const struct draw *d, struct msg *m, const struct set_spec *set,
		       const struct attr_spec *a)
{
	size_t len = strlen(a->name);

	if (!strcmp(a->name, "ifindex"))
		return m->device;
	/* Those of pools are beside the prefix in a table of their own. */
	if (!strcmp(a->name, "prefix-len"))
		return set && attr_named(set, "protos") ? 28 : pool6_len[d->k];
	if (len > 4 && !strcmp(a->name + len - 4, "-len"))
		return prefix_len(d, a->name);
	if (d->shape == SHAPE_PATH || d->shape == SHAPE_NAME)
		return path_number(d, m, a);
	if (d->shape == SHAPE_SETTINGS)
		return any_number(&m->rng, a);
	return object_number(d, m, a);
}

static void to_addr4(uint8_t *data, unsigned int net, unsigned int host)
{
	uint32_t addr = htonl(net + host);

	memcpy(data, &addr, sizeof(addr));
}

static void to_addr6(uint8_t *data, uint32_t net, uint32_t more, unsigned int host)
{
	uint32_t addr[4] = { htonl(net), htonl(more), 0, htonl(host) };

	memcpy(data, addr, sizeof(addr));
}

static void mask(uint8_t *data, size_t size, unsigned int len)
{
	unsigned int i;

	for (i = len; i < 8 * size; i++)
		data[i / 8] &= ~(0x80 >> i % 8);
}

/* Those of NAT64, IPv4: pool4 is 203.0.113.0/25, a host of it for each object. */
static void object_addr4(const struct draw *d, const char *name, uint8_t *data)
{
	if (!strcmp(name, "prefix"))
		to_addr4(data, 0xcb007100, d->k * 16);
	else if (!strcmp(name, "prefix4"))
		to_addr4(data, 0xc0000200, d->k * 16);
	else if (!strcmp(name, "icmp-source"))
		to_addr4(data, 0xc0000008, d->k);
	else if (!strcmp(name, "remote4"))
		to_addr4(data, 0xc6120001, 0);
	else
		to_addr4(data, 0xcb007101, d->k * 16);
	if (d->shape == SHAPE_FILTER)
		mask(data, 4, d->len4);
}

static void object_addr6(const struct draw *d, const char *name, uint8_t *data)
{
	if (!strcmp(name, "prefix6"))
		to_addr6(data, 0x3fff0fff, 0, d->k * 0x100);
	else if (strcmp(name, "prefix"))
		to_addr6(data, 0x3fff0bbb, 0, 1 + d->k);
	else if (d->k)
		to_addr6(data, 0x3fff0000 + d->k, 0, 0);
	else
		to_addr6(data, 0x0064ff9b, 0, 0);
	if (d->shape == SHAPE_FILTER)
		mask(data, 16, d->len6);
}

/* Of paths and flows, of either family. */
static size_t either_addr(struct draw *d, struct msg *m, const char *name, uint8_t *data)
{
	struct rng *r = &m->rng;
	bool six = d->six;
	unsigned int host;

	if (!strcmp(name, "local") || !strcmp(name, "remote")) {
		host = *name == 'l' ? 1 + rng_below(r, 2) : 10 + rng_below(r, 6);
		to_addr4(data, 0xc6336400, host);
		if (six)
			to_addr6(data, 0x20010db8, 0x00dd0000, host);
	} else if (!strcmp(name, "from")) {
		to_addr4(data, 0x0a6300fe, 0);
		if (six)
			to_addr6(data, 0xfd00000f, 0, 0xfe);
	} else if (!strcmp(name, "to")) {
		host = 1 + rng_below(r, 200);
		to_addr4(data, 0x0a640000, host);
		if (six)
			to_addr6(data, 0x20010db8, rng_one_in(r, 2) ? 0x01000000 : 0x02000000,
				 host);
	} else {
		/* Inside peers: each another in one request. */
		six = rng_one_in(r, 2);
		host = 1 + (rng_below(r, 24) + d->peers++ * 24) % 240;
		to_addr4(data, 0x0a630000, host);
		if (six)
			to_addr6(data, 0xfd00000f, 0, host);
	}
	return six ? 16 : 4;
}

/* A packet to where the first device has routes, sometimes cut off. */
static size_t packet(struct draw *d, struct msg *m, uint8_t *data)
{
	struct rng *r = &m->rng;
	size_t head = d->six ? 40 : 20, len = head + rng_below(r, 4) * 8;

	memset(data, 0, len);
	if (d->six) {
		data[0] = 0x60;
		data[5] = len - head;
		data[6] = protos[d->k % ARRAY_SIZE(protos)];
		data[7] = 64;
		either_addr(d, m, "from", data + 8);
		either_addr(d, m, "to", data + 24);
	} else {
		data[0] = 0x45;
		data[3] = len;
		data[8] = 64;
		data[9] = protos[d->k % ARRAY_SIZE(protos)];
		either_addr(d, m, "from", data + 12);
		either_addr(d, m, "to", data + 16);
	}
	if (len > head) {
		data[head + 1] = d->k;
		data[head + 3] = 53;
	}
	return len;
}

/* Numbers are in host byte order, whose order of bytes this takes care of. */
static size_t store(uint8_t *data, uint64_t value, size_t len)
{
	uint32_t u32 = value;
	uint16_t u16 = value;

	switch (len) {
	case 1:
		*data = value;
		break;
	case 2:
		memcpy(data, &u16, sizeof(u16));
		break;
	case 4:
		memcpy(data, &u32, sizeof(u32));
		break;
	default:
		memcpy(data, &value, sizeof(value));
	}
	return len;
}

size_t draw_value(struct draw *d, struct msg *m, const struct set_spec *set,
		  const struct attr_spec *a, void *data)
{
	switch (a->kind) {
	case KIND_U8:
		return store(data, number(d, m, set, a), 1);
	case KIND_U16:
		return store(data, number(d, m, set, a), 2);
	case KIND_U32:
		return store(data, number(d, m, set, a), 4);
	case KIND_U64:
		return store(data, number(d, m, set, a), 8);
	case KIND_STRING:
		strcpy(data, "fz0");
		return 4;
	case KIND_ADDR:
		return either_addr(d, m, a->name, data);
	case KIND_ADDR4:
		object_addr4(d, a->name, data);
		return 4;
	case KIND_ADDR6:
		object_addr6(d, a->name, data);
		return 16;
	case KIND_BYTES:
		return packet(d, m, data);
	}
	return 0;
}
