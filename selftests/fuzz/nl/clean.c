// SPDX-License-Identifier: GPL-2.0
/*
 * Removes what there is. Each thing is removed by what the list says of it, so that what
 * can be listed can be removed.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/ipv6tun.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "state.h"

/* In this order: what others need goes later. */
static const char *const things[] = { "bib", "eam", "pool4", "pool6", "nat64", "path" };

/* Requests to be sent when the list has been read. */
struct removals {
	const struct op_spec *del;
	struct removal {
		char byte[256];
	} *list;
	unsigned int n;
};

static void add_removal(const struct nlmsghdr *nlh, void *arg)
{
	struct removals *all = arg;
	struct genlmsghdr head = { .cmd = all->del->cmd, .version = IPV6TUN_FAMILY_VERSION };
	const struct attr_spec *ifindex = attr_named(all->del->set, "ifindex");
	const struct nlattr *attr;
	struct msg m = { 0 };

	msg_start(&m, world.family, NLM_F_ACK, &head, sizeof(head));
	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		unsigned int type = mnl_attr_get_type(attr);

		if (type == ifindex->type && is_spared(mnl_attr_get_u32(attr)))
			return;
		if (in_request(all->del, type))
			msg_put(&m, type, mnl_attr_get_payload(attr),
				mnl_attr_get_payload_len(attr));
	}
	all->list = realloc(all->list, (all->n + 1) * sizeof(*all->list));
	if (!all->list || m.nlh.nlmsg_len > sizeof(all->list->byte))
		abort();
	memcpy(all->list[all->n++].byte, m.byte, sizeof(all->list->byte));
}

/* What @list has, of one device or of all. Sets all->list. */
static void read_list(struct worker *w, const struct op_spec *list, uint32_t ifindex,
		      struct removals *all)
{
	struct genlmsghdr head = { .cmd = list->cmd, .version = IPV6TUN_FAMILY_VERSION };
	const struct attr_spec *a = attr_named(list->set, "static");
	struct answer answer;
	struct msg m = { 0 };

	msg_start(&m, world.family, NLM_F_DUMP, &head, sizeof(head));
	if (ifindex)
		msg_put(&m, attr_named(list->set, "ifindex")->type, &ifindex, sizeof(ifindex));
	if (a && in_request(list, a->type))
		msg_put(&m, a->type, NULL, 0);
	if (!conn_exchange(&w->genl, &m.nlh, m.nlh.nlmsg_len, &answer, add_removal, all) ||
	    answer.late)
		oracle_fail(w, NULL, 0, "%s does not end", list->name);
	/* A list by device is one that needs one, and NAT64 on it. */
	if (answer.err && !(ifindex && (answer.err == ENODEV || answer.err == ENOENT ||
					answer.err == EOPNOTSUPP)))
		oracle_fail(w, NULL, 0, "%s: %s", list->name, strerror(answer.err));
}

static void read_lists(struct worker *w, const struct op_spec *list, struct removals *all)
{
	unsigned int i;

	if (!list->admin) {
		read_list(w, list, 0, all);
		return;
	}
	for (i = 0; i < world.n_steady; i++)
		read_list(w, list, world.steady[i], all);
	for (i = 0; i < VOLATILE_N; i++)
		read_list(w, list, VOLATILE_FIRST + i, all);
}

static void clean_thing(struct worker *w, const char *thing)
{
	struct removals all = { 0 };
	const struct op_spec *list;
	struct answer answer;
	char name[32];
	unsigned int i, n;

	snprintf(name, sizeof(name), "%s-del", thing);
	all.del = op_named(name);
	snprintf(name, sizeof(name), "%s-list", thing);
	list = op_named(name);
	if (!all.del || !list) {
		oracle_fail(w, NULL, 0, "the specification has no list of %s", thing);
		return;
	}
	read_lists(w, list, &all);
	n = all.n;
	for (i = 0; i < n; i++) {
		struct nlmsghdr *nlh = (struct nlmsghdr *)all.list[i].byte;

		if (!conn_exchange(&w->genl, nlh, nlh->nlmsg_len, &answer, NULL, NULL) ||
		    !answer.end || answer.err)
			oracle_fail(w, NULL, 0, "%s of what is listed: %s %s", all.del->name,
				    strerror(answer.err), answer.text);
	}
	all.n = 0;
	read_lists(w, list, &all);
	if (all.n)
		oracle_fail(w, NULL, 0, "%u of %u entries of %s remain", all.n, n, list->name);
	printf("removed %s %u\n", thing, n);
	free(all.list);
}

static void clean_links(struct worker *w)
{
	unsigned int i, n = 0;

	for (i = 0; i < VOLATILE_N; i++) {
		struct ifinfomsg head = { .ifi_index = VOLATILE_FIRST + i };
		struct msg m = { 0 };
		struct answer answer;

		msg_start(&m, RTM_DELLINK, NLM_F_ACK, &head, sizeof(head));
		if (!conn_exchange(&w->rtnl, &m.nlh, m.nlh.nlmsg_len, &answer, NULL, NULL) ||
		    !answer.end || (answer.err && answer.err != ENODEV))
			oracle_fail(w, NULL, 0, "device %u: %s", head.ifi_index,
				    strerror(answer.err));
		n += answer.end && !answer.err;
	}
	printf("removed device %u\n", n);
}

void state_clean(struct worker *w)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(things); i++)
		clean_thing(w, things[i]);
	clean_links(w);
}
