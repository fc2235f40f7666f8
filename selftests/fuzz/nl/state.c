// SPDX-License-Identifier: GPL-2.0
#include <linux/genetlink.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/ipv6tun.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "state.h"

/* A list that changes while it is told is asked for again. */
#define TRIES		5

static void append(struct state *s, const void *data, size_t len)
{
	while (s->len + len > s->room) {
		s->room = s->room ? 2 * s->room : 65536;
		s->byte = realloc(s->byte, s->room);
		if (!s->byte)
			abort();
	}
	memcpy(s->byte + s->len, data, len);
	s->len += len;
}

static void begin(struct state *s, const char *name, uint32_t ifindex)
{
	struct section *section = &s->section[s->sections];

	if (s->sections == SECTIONS_MAX)
		abort();
	s->sections++;
	section->at = s->len;
	snprintf(section->name, sizeof(section->name), "%.14s %u", name, ifindex);
}

static void append_attr(struct state *s, const struct nlattr *attr)
{
	append(s, attr, MNL_ATTR_HDRLEN + mnl_attr_get_payload_len(attr));
}

static void keep_config(const struct nlmsghdr *nlh, void *arg)
{
	const struct genlmsghdr *head = mnl_nlmsg_get_payload(nlh);
	const struct op_spec *op = op_of(head->cmd);
	const struct nlattr *attr;

	if (!op)
		return;
	append(arg, &head->cmd, sizeof(head->cmd));
	mnl_attr_for_each(attr, nlh, GENL_HDRLEN)
		if (is_config(op->set, mnl_attr_get_type(attr)))
			append_attr(arg, attr);
}

static void keep_link(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifinfomsg *head = mnl_nlmsg_get_payload(nlh);
	unsigned char up = head->ifi_flags & IFF_UP;
	const struct nlattr *attr;

	append(arg, &up, sizeof(up));
	mnl_attr_for_each(attr, nlh, sizeof(*head))
		if (mnl_attr_get_type(attr) == IFLA_IFNAME ||
		    mnl_attr_get_type(attr) == IFLA_LINKINFO)
			append_attr(arg, attr);
}

/* Ask, and ask again if what is listed changed meanwhile; also an error is a state. */
static void ask(struct state *s, struct conn *conn, struct nlmsghdr *nlh, part_fn keep)
{
	size_t was = s->len;
	struct answer a;
	int i;

	for (i = 0; i < TRIES; i++) {
		s->len = was;
		if (!conn_exchange(conn, nlh, nlh->nlmsg_len, &a, keep, s) || a.late) {
			fprintf(stderr, "nlfuzz: no answer to a request for the state\n");
			exit(2);
		}
		if (!a.changed && !a.lost)
			break;
	}
	append(s, &a.err, sizeof(a.err));
}

static void list_request(struct msg *m, const struct op_spec *op, uint32_t ifindex)
{
	struct genlmsghdr head = { .cmd = op->cmd, .version = IPV6TUN_FAMILY_VERSION };
	const struct attr_spec *a;

	msg_start(m, world.family, NLM_F_DUMP, &head, sizeof(head));
	if (!ifindex)
		return;
	a = attr_named(op->set, "ifindex");
	msg_put(m, a->type, &ifindex, sizeof(ifindex));
	/* Of entries that come and go with traffic, only those that were made. */
	a = attr_named(op->set, "static");
	if (a && in_request(op, a->type))
		msg_put(m, a->type, NULL, 0);
}

/* Whether a list has things that can be configured; and is a list of all devices. */
static bool lists_config(const struct op_spec *op)
{
	unsigned int i;

	if (!op->dump || op->admin)
		return false;
	for (i = 0; i < op->n_reply; i++)
		if (is_config(op->set, op->reply[i]))
			return true;
	return false;
}

static void take_device(struct worker *w, struct state *s, uint32_t ifindex)
{
	struct ifinfomsg head = { .ifi_index = ifindex };
	struct msg m;

	begin(s, "link", ifindex);
	msg_start(&m, RTM_GETLINK, NLM_F_ACK, &head, sizeof(head));
	ask(s, &w->rtnl, &m.nlh, keep_link);
	begin(s, "bib-list", ifindex);
	list_request(&m, op_named("bib-list"), ifindex);
	ask(s, &w->genl, &m.nlh, keep_config);
}

void state_take(struct worker *w, struct state *s)
{
	unsigned int i;
	struct msg m;

	s->len = 0;
	s->sections = 0;
	for (i = 0; i < n_ops; i++) {
		if (!lists_config(&ops[i]))
			continue;
		begin(s, ops[i].name, 0);
		list_request(&m, &ops[i], 0);
		ask(s, &w->genl, &m.nlh, keep_config);
	}
	for (i = 0; i < world.n_steady; i++)
		take_device(w, s, world.steady[i]);
	for (i = 0; i < VOLATILE_N; i++)
		take_device(w, s, VOLATILE_FIRST + i);
}

const char *state_differs(const struct state *a, const struct state *b)
{
	unsigned int i;

	for (i = 0; i < a->sections && i < b->sections; i++) {
		size_t at = a->section[i].at;
		size_t end_a = i + 1 < a->sections ? a->section[i + 1].at : a->len;
		size_t end_b = i + 1 < b->sections ? b->section[i + 1].at : b->len;

		if (end_a != end_b || memcmp(a->byte + at, b->byte + at, end_a - at))
			return a->section[i].name;
	}
	return a->sections == b->sections ? NULL : "number of sections";
}

void state_swap(struct state *a, struct state *b)
{
	struct state c = *a;

	*a = *b;
	*b = c;
}
