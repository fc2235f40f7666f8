// SPDX-License-Identifier: GPL-2.0
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <string.h>

#include "msg.h"

/* One message in so many is of rtnetlink, and asks for what can only be told. */
#define LINK_SHARE	24
#define TOLD_SHARE	20

struct world world;

static bool is_one_of(const uint32_t *list, unsigned int n, uint32_t ifindex)
{
	while (n--)
		if (list[n] == ifindex)
			return true;
	return false;
}

bool is_steady(uint32_t ifindex)
{
	return is_one_of(world.steady, world.n_steady, ifindex);
}

bool is_volatile(uint32_t ifindex)
{
	return ifindex - VOLATILE_FIRST < VOLATILE_N;
}

bool is_spared(uint32_t ifindex)
{
	return is_one_of(world.spared, world.n_spared, ifindex);
}

void msg_note(struct msg *m, const char *wrong)
{
	if (m->n_wrong < WRONGS_MAX)
		m->wrong[m->n_wrong++] = wrong;
}

void msg_start(struct msg *m, uint16_t type, uint16_t flags, const void *head, size_t len)
{
	mnl_nlmsg_put_header(m->byte);
	m->nlh.nlmsg_type = type;
	m->nlh.nlmsg_flags = NLM_F_REQUEST | flags;
	memcpy(mnl_nlmsg_put_extra_header(&m->nlh, len), head, len);
}

struct nlattr *msg_put(struct msg *m, unsigned int type, const void *data, size_t len)
{
	struct nlattr *at = mnl_nlmsg_get_payload_tail(&m->nlh);

	return mnl_attr_put_check(&m->nlh, MSG_ROOM, type, len, data ?: "") ? at : NULL;
}

void msg_nest_end(struct msg *m, struct nlattr *nest)
{
	if (nest)
		mnl_attr_nest_end(&m->nlh, nest);
}

void msg_raw(struct msg *m, const void *data, size_t len)
{
	if (m->nlh.nlmsg_len + len > MSG_ROOM)
		return;
	memcpy(m->byte + m->nlh.nlmsg_len, data, len);
	m->nlh.nlmsg_len += len;
}

/* How often a command is sent. What empties the tables is rare, else they stay empty. */
static unsigned int share(const struct op_spec *op)
{
	if (op->notify || op->event)
		return 0;
	if (!strcmp(op->name, "nat64-del"))
		return 1;
	if (!strcmp(op->name, "nat64-replace"))
		return 2;
	if (!strcmp(op->name, "path-del"))
		return 6;
	return strstr(op->name, "-add") ? 12 : 8;
}

static const struct op_spec *draw_op(struct rng *r)
{
	unsigned int i, n = 0;

	if (rng_one_in(r, TOLD_SHARE)) {
		i = rng_below(r, n_ops);
		if (ops[i].notify || ops[i].event)
			return &ops[i];
	}
	for (i = 0; i < n_ops; i++)
		n += share(&ops[i]);
	n = rng_below(r, n);
	for (i = 0; n >= share(&ops[i]); i++)
		n -= share(&ops[i]);
	return &ops[i];
}

void msg_make(struct msg *m, uint64_t seed, uint32_t worker, uint32_t number)
{
	struct rng *r = &m->rng;
	unsigned int luck;

	memset(m, 0, sizeof(*m));
	rng_start(r, seed, worker, number);
	luck = rng_below(r, 16);
	m->todo = luck < 10 ? 0 : luck < 14 ? 1 : 2 + rng_below(r, 3);
	if (rng_one_in(r, LINK_SHARE))
		build_link(m);
	else
		build_request(m, draw_op(r));
	m->len = m->nlh.nlmsg_len;
	while (m->todo) {
		m->todo--;
		mutate_message(m);
	}
	fence(m);
}

void msg_print(const struct msg *m, const char *title)
{
	unsigned int i;

	printf("%s: %s", title, m->op ? m->op->name : "rtnetlink");
	for (i = 0; i < m->n_wrong; i++)
		printf("%s %s", i ? "," : ";", m->wrong[i]);
	printf("; %zu bytes", m->len);
	for (i = 0; i < m->len && i < 512; i++)
		printf("%s%02x", i % 32 ? i % 4 ? "" : " " : "\n  ", (uint8_t)m->byte[i]);
	putchar('\n');
}
