// SPDX-License-Identifier: GPL-2.0
/*
 * Requests by the grammar, that the kernel may well grant. Wherever an attribute has been
 * put, something can be made wrong with it.
 */
#include <linux/genetlink.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/ipv6tun.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "msg.h"
#include "values.h"

static bool is_taken(const struct draw *d, const struct set_spec *set, const char *name)
{
	const struct attr_spec *a = attr_named(set, name);

	return a && a->type < 64 && d->taken & 1ull << a->type;
}

static bool ends_in(const char *name, const char *end)
{
	size_t len = strlen(name), n = strlen(end);

	return len >= n && !strcmp(name + len - n, end);
}

/* The length of a prefix whose address is there, where it is not the default. */
static bool wants_len(const struct draw *d, const struct set_spec *set, const char *name)
{
	char address[32];

	snprintf(address, sizeof(address), "%.*s", (int)(strlen(name) - 4), name);
	if (!is_taken(d, set, address))
		return false;
	if (d->shape == SHAPE_SETTINGS)
		return true;
	return strchr(name, '6') ? d->len6 < 128 : d->len4 < 32;
}

static bool wants_path(const struct draw *d, struct msg *m, const char *name)
{
	if (!strcmp(name, "id"))
		return !d->adds || rng_below(&m->rng, 4);
	if (!strcmp(name, "local") || !strcmp(name, "remote"))
		return d->outer;
	return rng_one_in(&m->rng, 4);
}

static bool wants_object(const struct draw *d, const char *name)
{
	/* The same ones for the same object, so that it can be removed again. */
	if (!strcmp(name, "protos") || !strncmp(name, "port-", 5))
		return d->k % 2;
	return true;
}

/* Whether a request, which has the attributes before, gets this one. */
static bool wants(const struct draw *d, struct msg *m, const struct op_spec *op,
		  const struct set_spec *set, const struct attr_spec *a)
{
	struct rng *r = &m->rng;
	const char *name = a->name;

	if (!strcmp(name, "ifindex"))
		return !op || !op->dump || op->admin || rng_one_in(r, 2);
	if (!strncmp(name, "no-", 3))
		return !is_taken(d, set, name + 3) && rng_one_in(r, 12);
	switch (d->shape) {
	case SHAPE_NAME:
		return !op || !op->dump || rng_one_in(r, 2);
	case SHAPE_PATH:
		return wants_path(d, m, name);
	case SHAPE_LOOKUP:
		if (!strcmp(name, "packet"))
			return d->packet;
		if (!strcmp(name, "mark"))
			return rng_one_in(r, 4);
		if (!strcmp(name, "from") || !strcmp(name, "to"))
			return !d->packet;
		return !d->packet && rng_one_in(r, 2);
	case SHAPE_OBJECT:
		return wants_object(d, name);
	default:
		if (ends_in(name, "-len"))
			return wants_len(d, set, name);
		return rng_one_in(r, a->kind == KIND_NEST ? 2 : 4);
	}
}

static void put_attrs(struct msg *m, const struct op_spec *op, const struct set_spec *set,
		      struct draw *d);

static void put_attr(struct msg *m, const struct set_spec *set, const struct attr_spec *a,
		     struct draw *d, unsigned int nth)
{
	size_t at = m->nlh.nlmsg_len;
	uint8_t data[VALUE_ROOM];
	struct nlattr *nest;
	struct draw inner;
	size_t len;

	if (a->kind == KIND_NEST) {
		nest = msg_put(m, a->type | NLA_F_NESTED, NULL, 0);
		if (!nest)
			return;
		draw_start(&inner, m, NULL, d->k + nth);
		put_attrs(m, NULL, a->nest, &inner);
		msg_nest_end(m, nest);
	} else {
		len = draw_value(d, m, set, a, data);
		msg_put(m, a->type, data, len);
	}
	if (a->type < 64)
		d->taken |= 1ull << a->type;
	if (m->todo && rng_one_in(&m->rng, 2)) {
		m->todo--;
		mutate_last(m, set, a, at);
	}
}

static void put_attrs(struct msg *m, const struct op_spec *op, const struct set_spec *set,
		      struct draw *d)
{
	unsigned int i, nth, n = op ? op->n_request : set->n;

	for (i = 0; i < n; i++) {
		const struct attr_spec *a = op ? attr_of(set, op->request[i]) : &set->attr[i];
		unsigned int times;

		if (!wants(d, m, op, set, a))
			continue;
		times = a->multi ? 1 + rng_below(&m->rng, 4) : 1;
		for (nth = 0; nth < times; nth++)
			put_attr(m, set, a, d, nth);
	}
}

/* For a notification, which takes none, some of those that it is told with. */
static void put_told(struct msg *m, const struct op_spec *op, struct draw *d)
{
	unsigned int i;

	for (i = 0; i < op->n_reply && i < 4; i++)
		put_attr(m, op->set, attr_of(op->set, op->reply[i]), d, 0);
}

void build_request(struct msg *m, const struct op_spec *op)
{
	struct genlmsghdr head = { .cmd = op->cmd, .version = IPV6TUN_FAMILY_VERSION };
	struct draw d;

	m->op = op;
	m->device = draw_device(m, op);
	msg_start(m, world.family, op->dump ? NLM_F_DUMP : NLM_F_ACK, &head, sizeof(head));
	draw_start(&d, m, op, rng_below(&m->rng, OBJECTS));
	if (op->notify || op->event)
		put_told(m, op, &d);
	else
		put_attrs(m, op, op->set, &d);
}

/* Of a device that stays, only what is ours is changed. */
static void put_link_names(struct msg *m)
{
	struct rng *r = &m->rng;
	uint32_t mtu = 1280 + rng_below(r, 8000);
	char name[16];

	if (!is_volatile(m->device))
		return;
	if (rng_one_in(r, 3)) {
		/* A prefix that no other device has. */
		snprintf(name, sizeof(name), "fz%u", rng_below(r, VOLATILE_N));
		msg_put(m, IFLA_IFNAME, name, strlen(name) + 1);
	}
	if (rng_one_in(r, 8))
		msg_put(m, IFLA_MTU, &mtu, sizeof(mtu));
}

static void put_link_data(struct msg *m)
{
	struct nlattr *info, *data;
	struct draw d = { .shape = SHAPE_SETTINGS };
	unsigned int i;

	info = msg_put(m, IFLA_LINKINFO | NLA_F_NESTED, NULL, 0);
	if (m->todo && rng_one_in(&m->rng, 16)) {
		m->todo--;
		msg_note(m, "another kind");
		msg_put(m, IFLA_INFO_KIND, "dummy", 6);
	} else {
		/* Strings need no NUL here. */
		msg_put(m, IFLA_INFO_KIND, "ipv6tun", 7 + rng_below(&m->rng, 2));
	}
	data = msg_put(m, IFLA_INFO_DATA | NLA_F_NESTED, NULL, 0);
	for (i = 0; i < link_set.n; i++)
		if (strcmp(link_set.attr[i].name, "paths") && rng_one_in(&m->rng, 3))
			put_attr(m, &link_set, &link_set.attr[i], &d, 0);
	msg_nest_end(m, data);
	msg_nest_end(m, info);
}

/* A device is made, changed or removed. */
void build_link(struct msg *m)
{
	struct rng *r = &m->rng;
	struct ifinfomsg head = { 0 };
	unsigned int what = rng_below(r, 8);
	uint16_t flags = NLM_F_ACK;

	m->op = NULL;
	m->device = draw_device(m, NULL);
	if (what < 4)
		m->device = VOLATILE_FIRST + rng_below(r, VOLATILE_N);
	head.ifi_index = m->device;
	if (!what) {
		msg_start(m, RTM_DELLINK, flags, &head, sizeof(head));
		return;
	}
	if (what < 4) {
		flags |= NLM_F_CREATE | (rng_one_in(r, 2) ? NLM_F_EXCL : 0);
		if (rng_one_in(r, 2)) {
			head.ifi_flags = IFF_UP;
			head.ifi_change = IFF_UP;
		}
	}
	msg_start(m, RTM_NEWLINK, flags, &head, sizeof(head));
	put_link_names(m);
	put_link_data(m);
}
