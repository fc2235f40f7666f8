// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "oracle.h"

/* Failures that are shown with their message. */
#define SHOWN_MAX	10

const char *const link_op_names[LINK_OPS] = { "link-add", "link-set", "link-del" };

/* What the kernel's netlink does with a message before anybody else sees it. */
enum fate {
	FATE_DROPPED,		/* without an answer */
	FATE_IGNORED,		/* acknowledged, if asked for */
	FATE_TAKEN,
};

/* What the parts of an answer are compared with. */
struct check {
	const struct op_spec *op;
	unsigned int portid;
	char strange[80];
};

void oracle_fail(struct worker *w, const struct msg *m, uint32_t number, const char *format, ...)
{
	char title[160], what[128];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	if (++w->sum->failures > SHOWN_MAX)
		return;
	snprintf(title, sizeof(title), "FAIL worker %u message %u: %s", w->worker, number, what);
	if (m)
		msg_print(m, title);
	else
		puts(title);
	fflush(stdout);
}

static const struct genlmsghdr *genl_head(const struct msg *m)
{
	return (const struct genlmsghdr *)(m->byte + NLMSG_HDRLEN);
}

static enum fate fate_of(const struct msg *m)
{
	if (m->len < NLMSG_HDRLEN || m->nlh.nlmsg_len < NLMSG_HDRLEN ||
	    m->nlh.nlmsg_len > m->len)
		return FATE_DROPPED;
	if (!(m->nlh.nlmsg_flags & NLM_F_REQUEST) || m->nlh.nlmsg_type < NLMSG_MIN_TYPE)
		return FATE_IGNORED;
	/* rtnetlink wants a byte at least, but only for a type it knows. */
	if (!m->op && m->nlh.nlmsg_type <= RTM_MAX && m->nlh.nlmsg_len == NLMSG_HDRLEN)
		return FATE_IGNORED;
	return FATE_TAKEN;
}

static bool has_head(const struct msg *m)
{
	return m->op && m->nlh.nlmsg_type == world.family &&
	       m->len >= NLMSG_HDRLEN + GENL_HDRLEN;
}

/* The command that the message asks for, as the kernel reads it. */
static const struct op_spec *asked_op(const struct msg *m)
{
	bool dump = (m->nlh.nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
	const struct op_spec *op = has_head(m) ? op_of(genl_head(m)->cmd) : NULL;

	return op && !op->notify && !op->event && op->dump == dump ? op : NULL;
}

static struct tally *tally_of(struct tallies *sum, const struct msg *m)
{
	if (m->op)
		return has_head(m) ? &sum->command[genl_head(m)->cmd] : NULL;
	switch (m->nlh.nlmsg_type) {
	case RTM_DELLINK:
		return &sum->link[LINK_DEL];
	case RTM_NEWLINK:
		return &sum->link[m->nlh.nlmsg_flags & NLM_F_CREATE ? LINK_ADD : LINK_SET];
	}
	return NULL;
}

static bool right_length(const struct attr_spec *a, const struct nlattr *attr)
{
	size_t len = mnl_attr_get_payload_len(attr);
	const char *text = mnl_attr_get_payload(attr);

	switch (a->kind) {
	case KIND_PAD:
	case KIND_FLAG:
		return !len;
	case KIND_U8:
		return len == 1;
	case KIND_U16:
		return len == 2;
	case KIND_U32:
		return len == 4;
	case KIND_U64:
		return len == 8;
	case KIND_STRING:
		return len && !text[len - 1];
	case KIND_ADDR:
		return len == 4 || len == 16;
	case KIND_ADDR4:
		return len == 4;
	case KIND_ADDR6:
		return len == 16;
	}
	return true;
}

/* By the grammar. False after telling what is not. */
static bool check_attr(struct check *c, const struct set_spec *set, const struct nlattr *attr,
		       bool nested)
{
	unsigned int type = mnl_attr_get_type(attr);
	const struct attr_spec *a = attr_of(set, type);
	const struct nlattr *inner;

	if (!a) {
		snprintf(c->strange, sizeof(c->strange), "%s has no attribute %u", set->name, type);
		return false;
	}
	if (!nested && a->kind != KIND_PAD && !in_reply(c->op, type)) {
		snprintf(c->strange, sizeof(c->strange), "%s is not told with %s", a->name,
			 c->op->name);
		return false;
	}
	if (!right_length(a, attr)) {
		snprintf(c->strange, sizeof(c->strange), "%s has %u bytes", a->name,
			 mnl_attr_get_payload_len(attr));
		return false;
	}
	if (a->kind == KIND_NEST)
		mnl_attr_for_each_nested(inner, attr)
			if (!check_attr(c, a->nest, inner, true))
				return false;
	return true;
}

static void check_part(const struct nlmsghdr *nlh, void *arg)
{
	const struct genlmsghdr *head = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	struct check *c = arg;

	/* rtnetlink's echo, or nothing to compare with: the end will tell. */
	if (!c->op || *c->strange)
		return;
	if (nlh->nlmsg_type != world.family || nlh->nlmsg_pid != c->portid ||
	    mnl_nlmsg_get_payload_len(nlh) < GENL_HDRLEN || head->cmd != c->op->cmd) {
		snprintf(c->strange, sizeof(c->strange), "an answer of another kind");
		return;
	}
	mnl_attr_for_each(attr, nlh, GENL_HDRLEN)
		if (!check_attr(c, c->op->set, attr, false))
			return;
}

/* Errors that say nothing without a text. Only what reaches the family's own code. */
static bool should_tell(const struct msg *m, const struct op_spec *op, const struct answer *a)
{
	size_t head = m->op ? GENL_HDRLEN : sizeof(struct ifinfomsg);

	if (m->nlh.nlmsg_len <= NLMSG_HDRLEN + head || (m->op && !op))
		return false;
	return a->err == EINVAL || a->err == ERANGE || a->err == EOPNOTSUPP;
}

static void judge_privilege(struct worker *w, const struct msg *m, uint32_t number,
			    const struct op_spec *op, const struct answer *a)
{
	bool admin = m->op ? op && op->admin : !!tally_of(w->sum, m);

	if (!w->unprivileged) {
		if (m->op && a->err == EPERM)
			oracle_fail(w, m, number, "not permitted");
		return;
	}
	if (admin && !a->err)
		oracle_fail(w, m, number, "granted without privilege");
	else if (admin && !m->n_wrong && a->err != EPERM)
		oracle_fail(w, m, number, "%s without privilege", strerrorname_np(a->err));
	else if (op && !op->admin && a->err == EPERM)
		oracle_fail(w, m, number, "reading needs privilege");
}

/* A message that the kernel has taken. */
static enum verdict judge(struct worker *w, const struct msg *m, uint32_t number,
			  const struct op_spec *op, const struct answer *a)
{
	struct tally *tally = tally_of(w->sum, m);

	/* Without an ACK asked for, and without an answer, it was granted. */
	if (!a->end && m->nlh.nlmsg_flags & NLM_F_ACK) {
		oracle_fail(w, m, number, "no answer");
		return VERDICT_NOTHING;
	}
	if (m->op && !m->n_wrong && !op && a->err != EOPNOTSUPP)
		oracle_fail(w, m, number, "%s for what is only told",
			    a->err ? strerrorname_np(a->err) : "granted");
	/* An answer that does not fit into its message. */
	if (m->op && a->err == EMSGSIZE)
		oracle_fail(w, m, number, "EMSGSIZE");
	judge_privilege(w, m, number, op, a);
	if (!tally) {
		w->sum->strangers++;
		return a->err ? VERDICT_REFUSED : VERDICT_GRANTED;
	}
	if (!a->err) {
		tally->granted++;
		return VERDICT_GRANTED;
	}
	tally->refused++;
	if (should_tell(m, op, a) && !*a->text && !a->missing)
		tally->mute++;
	return VERDICT_REFUSED;
}

enum verdict oracle_ask(struct worker *w, struct msg *m, uint32_t number)
{
	struct conn *conn = m->op ? &w->genl : &w->rtnl;
	struct check check = { .op = asked_op(m), .portid = conn->portid };
	struct tallies *sum = w->sum;
	struct answer a;

	sum->sent++;
	if (!conn_exchange(conn, &m->nlh, m->len, &a, check_part, &check)) {
		oracle_fail(w, m, number, "not sent: %s", strerrorname_np(errno));
		return VERDICT_NOTHING;
	}
	sum->changed += a.changed;
	sum->lost += a.lost;
	if (a.late && !a.lost)
		oracle_fail(w, m, number, "no answer in %u s", PATIENCE_S);
	if (a.late || a.lost)
		return VERDICT_NOTHING;
	if (*check.strange)
		oracle_fail(w, m, number, "%s", check.strange);
	switch (fate_of(m)) {
	case FATE_DROPPED:
		sum->dropped++;
		return VERDICT_NOTHING;
	case FATE_IGNORED:
		sum->ignored++;
		return VERDICT_NOTHING;
	default:
		return judge(w, m, number, check.op, &a);
	}
}

void oracle_hear(struct worker *w, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *head = mnl_nlmsg_get_payload(nlh);
	struct check check = { 0 };

	if (nlh->nlmsg_type != world.family || mnl_nlmsg_get_payload_len(nlh) < GENL_HDRLEN)
		return;
	w->sum->command[head->cmd].heard++;
	check.op = op_of(head->cmd);
	if (!check.op || (!check.op->notify && !check.op->event))
		oracle_fail(w, NULL, 0, "told of command %u", head->cmd);
	else
		check_part(nlh, &check);
	if (*check.strange)
		oracle_fail(w, NULL, 0, "%s: %s", check.op->name, check.strange);
}

bool oracle_reads(const struct msg *m)
{
	const struct op_spec *op = asked_op(m);

	return op && !op->admin;
}

bool oracle_is_whole(const struct msg *m)
{
	const struct ifinfomsg *head = (const struct ifinfomsg *)(m->byte + NLMSG_HDRLEN);
	const struct nlattr *attr;

	if (m->op || m->nlh.nlmsg_len < NLMSG_HDRLEN + sizeof(*head))
		return true;
	if (head->ifi_flags || head->ifi_change)
		return false;
	mnl_attr_for_each(attr, &m->nlh, sizeof(*head))
		if (mnl_attr_get_type(attr) <= IFLA_MAX &&
		    mnl_attr_get_type(attr) != IFLA_LINKINFO)
			return false;
	return true;
}
