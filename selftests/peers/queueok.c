// SPDX-License-Identifier: GPL-2.0
/*
 * queueok: takes the packets of netfilter queue 0 of its network namespace, and
 * accepts them all, as an intrusion detection system does with what it likes.
 *
 *	queueok
 *
 * Prints "ready" when it listens, and a dot for each packet.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <linux/netlink.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int fd;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* A request about queue 0 with one attribute. */
static void request(int type, int flags, int attr, const void *data, size_t len)
{
	struct {
		struct nlmsghdr nlh;
		struct nfgenmsg nfg;
		struct nlattr attr;
		char data[32];
	} req = {
		.nlh.nlmsg_len = NLMSG_ALIGN(offsetof(typeof(req), data) + len),
		.nlh.nlmsg_type = NFNL_SUBSYS_QUEUE << 8 | type,
		.nlh.nlmsg_flags = NLM_F_REQUEST | flags,
		.nfg.version = NFNETLINK_V0,
		.attr.nla_type = attr,
		.attr.nla_len = NLA_HDRLEN + len,
	};

	memcpy(req.data, data, len);
	if (send(fd, &req, req.nlh.nlmsg_len, 0) < 0)
		die("send");
}

static void configure(int attr, const void *data, size_t len)
{
	char buf[4096] __attribute__((aligned(8)));
	const struct nlmsghdr *nlh = (const void *)buf;
	const struct nlmsgerr *answer = NLMSG_DATA(nlh);

	request(NFQNL_MSG_CONFIG, NLM_F_ACK, attr, data, len);
	if (recv(fd, buf, sizeof(buf), 0) < 0)
		die("recv");
	if (nlh->nlmsg_type != NLMSG_ERROR || answer->error) {
		errno = -answer->error;
		die("queue 0");
	}
}

static void accept_packet(const struct nlmsghdr *nlh)
{
	const struct nlattr *attr = (const void *)((const char *)NLMSG_DATA(nlh) +
						   sizeof(struct nfgenmsg));
	const struct nlattr *end = (const void *)((const char *)nlh + nlh->nlmsg_len);
	struct nfqnl_msg_verdict_hdr verdict = { .verdict = htonl(NF_ACCEPT) };
	struct nfqnl_msg_packet_hdr packet;

	for (; attr < end && attr->nla_len >= NLA_HDRLEN;
	     attr = (const void *)((const char *)attr + NLA_ALIGN(attr->nla_len))) {
		if (attr->nla_type != NFQA_PACKET_HDR)
			continue;
		memcpy(&packet, (const char *)attr + NLA_HDRLEN, sizeof(packet));
		verdict.id = packet.packet_id;
		/* First: whoever waits for the packet may then count the dots. */
		putchar('.');
		fflush(stdout);
		request(NFQNL_MSG_VERDICT, 0, NFQA_VERDICT_HDR, &verdict,
			sizeof(verdict));
	}
}

int main(void)
{
	static const struct nfqnl_msg_config_cmd bind = { .command = NFQNL_CFG_CMD_BIND };
	struct nfqnl_msg_config_params meta = { .copy_mode = NFQNL_COPY_META };
	char buf[65536] __attribute__((aligned(8)));

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
	if (fd < 0)
		die("socket");
	configure(NFQA_CFG_CMD, &bind, sizeof(bind));
	configure(NFQA_CFG_PARAMS, &meta, sizeof(meta));
	puts("ready");
	fflush(stdout);
	for (;;) {
		const struct nlmsghdr *nlh = (const void *)buf;
		ssize_t len = recv(fd, buf, sizeof(buf), 0);

		if (len < 0)
			die("recv");
		for (; NLMSG_OK(nlh, len); nlh = NLMSG_NEXT(nlh, len))
			if (nlh->nlmsg_type == (NFNL_SUBSYS_QUEUE << 8 | NFQNL_MSG_PACKET))
				accept_packet(nlh);
	}
}
