// SPDX-License-Identifier: GPL-2.0
/*
 * Behind each request goes one that does nothing and is always acknowledged. The kernel
 * takes one after the other, so when that is answered, what is not answered will not be.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/ipv6tun.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "exchange.h"
#include "table.h"

#define BUF_SIZE	65536

static void die(const char *what)
{
	fprintf(stderr, "nlfuzz: %s: %s\n", what, strerror(errno));
	exit(2);
}

void conn_open(struct conn *c, int protocol)
{
	static const int options[] = {
		NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK,
	};
	struct timeval patience = { .tv_sec = PATIENCE_S };
	unsigned int i;
	int on = 1;

	c->nl = mnl_socket_open2(protocol, SOCK_CLOEXEC);
	if (!c->nl || mnl_socket_bind(c->nl, 0, MNL_SOCKET_AUTOPID) < 0)
		die("netlink socket");
	for (i = 0; i < ARRAY_SIZE(options); i++)
		if (mnl_socket_setsockopt(c->nl, options[i], &on, sizeof(on)))
			die("option of a netlink socket");
	if (setsockopt(mnl_socket_get_fd(c->nl), SOL_SOCKET, SO_RCVTIMEO, &patience,
		       sizeof(patience)))
		die("SO_RCVTIMEO");
	c->portid = mnl_socket_get_portid(c->nl);
	c->seq = 0;
}

void conn_close(struct conn *c)
{
	mnl_socket_close(c->nl);
}

/* What the kernel says beside the number: at @at of the message. */
static void read_texts(const struct nlmsghdr *nlh, size_t at, struct answer *a)
{
	const struct nlattr *attr;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	mnl_attr_for_each(attr, nlh, at) {
		switch (mnl_attr_get_type(attr)) {
		case NLMSGERR_ATTR_MSG:
			snprintf(a->text, sizeof(a->text), "%.*s",
				 (int)mnl_attr_get_payload_len(attr), mnl_attr_get_str(attr));
			break;
		case NLMSGERR_ATTR_MISS_TYPE:
			a->missing = true;
			break;
		}
	}
}

static void read_error(const struct nlmsghdr *nlh, struct answer *a)
{
	const struct nlmsgerr *error = mnl_nlmsg_get_payload(nlh);
	size_t at = sizeof(*error);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*error))
		return;
	/* The request is behind it, unless it is left out. */
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED) && error->msg.nlmsg_len > sizeof(error->msg))
		at += MNL_ALIGN(error->msg.nlmsg_len) - sizeof(error->msg);
	a->end = true;
	a->err = -error->error;
	if (at < mnl_nlmsg_get_payload_len(nlh))
		read_texts(nlh, at, a);
}

static void read_done(const struct nlmsghdr *nlh, struct answer *a)
{
	const int *err = mnl_nlmsg_get_payload(nlh);

	a->end = true;
	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*err))
		return;
	/* A length is no error. */
	a->err = *err < 0 ? -*err : 0;
	if (a->err)
		read_texts(nlh, sizeof(*err), a);
}

static void read_message(const struct nlmsghdr *nlh, struct answer *a, part_fn fn, void *arg)
{
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		a->changed = true;
	switch (nlh->nlmsg_type) {
	case NLMSG_ERROR:
		read_error(nlh, a);
		return;
	case NLMSG_DONE:
		read_done(nlh, a);
		return;
	}
	a->parts++;
	if (nlh->nlmsg_flags & NLM_F_MULTI)
		a->multi = true;
	if (fn)
		fn(nlh, arg);
}

/* Up to the answer to @last, and to the end of what is a list. */
static void read_all(struct conn *c, uint32_t last, struct answer *a, part_fn fn, void *arg)
{
	static char buf[BUF_SIZE] __attribute__((aligned(8)));
	bool through = false;

	while (!through || (a->multi && !a->end)) {
		ssize_t n = mnl_socket_recvfrom(c->nl, buf, sizeof(buf));
		const struct nlmsghdr *nlh;
		int left = n;

		if (n < 0) {
			if (errno == EINTR)
				continue;
			if (errno == ENOBUFS) {
				a->lost = true;
				continue;
			}
			if (errno != EAGAIN)
				die("recv");
			a->late = true;
			return;
		}
		for (nlh = (void *)buf; mnl_nlmsg_ok(nlh, left);
		     nlh = mnl_nlmsg_next(nlh, &left)) {
			if (nlh->nlmsg_seq == last)
				through = true;
			else if (nlh->nlmsg_seq == last - 1)
				read_message(nlh, a, fn, arg);
		}
	}
}

bool conn_exchange(struct conn *c, struct nlmsghdr *nlh, size_t len, struct answer *a,
		   part_fn fn, void *arg)
{
	struct nlmsghdr nothing = {
		.nlmsg_len = sizeof(nothing),
		.nlmsg_type = NLMSG_NOOP,
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
	};

	memset(a, 0, sizeof(*a));
	c->seq += 2;
	/* One that is cut off may have no room for it. */
	nlh->nlmsg_seq = c->seq - 1;
	nothing.nlmsg_seq = c->seq;
	if (mnl_socket_sendto(c->nl, nlh, len) < 0)
		return false;
	if (mnl_socket_sendto(c->nl, &nothing, sizeof(nothing)) < 0)
		return false;
	read_all(c, c->seq, a, fn, arg);
	return true;
}

struct wanted {
	const char *group;
	unsigned int found;
};

static void find_group(const struct nlattr *groups, struct wanted *w)
{
	const struct nlattr *group, *attr;

	mnl_attr_for_each_nested(group, groups) {
		const char *name = "";
		unsigned int id = 0;

		mnl_attr_for_each_nested(attr, group) {
			if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_NAME)
				name = mnl_attr_get_str(attr);
			else if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_ID)
				id = mnl_attr_get_u32(attr);
		}
		if (!strcmp(name, w->group))
			w->found = id;
	}
}

static void find_family(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr;
	struct wanted *w = arg;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID && !w->group)
			w->found = mnl_attr_get_u16(attr);
		else if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GROUPS && w->group)
			find_group(attr, w);
	}
}

unsigned int conn_family(struct conn *c, const char *group)
{
	char buf[256] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct wanted wanted = { .group = group };
	struct genlmsghdr *head;
	struct answer a;

	nlh->nlmsg_type = GENL_ID_CTRL;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	head = mnl_nlmsg_put_extra_header(nlh, sizeof(*head));
	head->cmd = CTRL_CMD_GETFAMILY;
	head->version = 1;
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, IPV6TUN_FAMILY_NAME);
	if (!conn_exchange(c, nlh, nlh->nlmsg_len, &a, find_family, &wanted))
		return 0;
	return wanted.found;
}
