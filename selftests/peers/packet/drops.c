// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/ipv6tun.h>

#include "drops.h"
#include "words.h"

static const struct drop {
	unsigned int id;
	const char *name;
} drops_known[] = {
	/* What is not for NAT64, on a device without paths. */
	{ IPV6TUN_A_DROPS_TX_NO_PATH, "tx-no-path" },
	{ IPV6TUN_A_DROPS_NAT64_TRUNCATED, "nat64-truncated" },
	{ IPV6TUN_A_DROPS_NAT64_PROTOCOL, "nat64-protocol" },
	{ IPV6TUN_A_DROPS_NAT64_ICMP_TYPE, "nat64-icmp-type" },
	{ IPV6TUN_A_DROPS_NAT64_SOURCE_ROUTE, "nat64-source-route" },
	{ IPV6TUN_A_DROPS_NAT64_EXT_HEADER, "nat64-ext-header" },
	{ IPV6TUN_A_DROPS_NAT64_UDP_ZERO, "nat64-udp-zero" },
	{ IPV6TUN_A_DROPS_NAT64_FRAGMENT, "nat64-fragment" },
	{ IPV6TUN_A_DROPS_NAT64_ADDRESS, "nat64-address" },
	{ IPV6TUN_A_DROPS_NAT64_LOOP, "nat64-loop" },
	{ IPV6TUN_A_DROPS_NAT64_NO_BIB, "nat64-no-bib" },
	{ IPV6TUN_A_DROPS_NAT64_NO_SESSION, "nat64-no-session" },
	{ IPV6TUN_A_DROPS_NAT64_FILTERED, "nat64-filtered" },
	{ IPV6TUN_A_DROPS_NAT64_TCP_STATE, "nat64-tcp-state" },
	{ IPV6TUN_A_DROPS_NAT64_POOL_EXHAUSTED, "nat64-pool-exhausted" },
	{ IPV6TUN_A_DROPS_NAT64_LIMIT, "nat64-limit" },
	{ IPV6TUN_A_DROPS_NAT64_NO_MEMORY, "nat64-no-memory" },
	{ IPV6TUN_A_DROPS_NAT64_QUEUE_FULL, "nat64-queue-full" },
};

const char *drop_name(unsigned int id)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(drops_known); i++)
		if (drops_known[i].id == id)
			return drops_known[i].name;
	return "of no concern to NAT64";
}

unsigned int drop_id(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(drops_known); i++)
		if (!strcmp(drops_known[i].name, name))
			return drops_known[i].id;
	die("no such reason to drop: %s", name);
}

static int genl = -1;
static uint16_t family;

/* A generic netlink request with one attribute. Returns the reply's length. */
static size_t ask(uint16_t type, uint8_t cmd, uint16_t attr, const void *value, size_t len,
		  void *reply, size_t max)
{
	struct {
		struct nlmsghdr nl;
		struct genlmsghdr genl;
		struct nlattr attr;
		uint8_t value[32];
	} request = {
		.nl.nlmsg_len = sizeof(request) - sizeof(request.value) + NLA_ALIGN(len),
		.nl.nlmsg_type = type,
		.nl.nlmsg_flags = NLM_F_REQUEST,
		.genl.cmd = cmd,
		.genl.version = 1,
		.attr.nla_len = NLA_HDRLEN + len,
		.attr.nla_type = attr,
	};
	struct nlmsghdr *head = reply;
	ssize_t got;

	memcpy(request.value, value, len);
	if (send(genl, &request, request.nl.nlmsg_len, 0) < 0)
		die("netlink: %s", strerror(errno));
	got = recv(genl, reply, max, 0);
	if (got < (ssize_t)(NLMSG_HDRLEN + GENL_HDRLEN))
		die("netlink: %s", got < 0 ? strerror(errno) : "short answer");
	if (head->nlmsg_type == NLMSG_ERROR)
		die("netlink: %s", strerror(-((struct nlmsgerr *)NLMSG_DATA(head))->error));
	return got;
}

static const struct nlattr *find_attr(const void *start, size_t len, uint16_t type)
{
	const struct nlattr *attr;
	size_t at;

	for (at = 0; at + NLA_HDRLEN <= len; at += NLA_ALIGN(attr->nla_len)) {
		attr = (const void *)((const char *)start + at);
		if (attr->nla_len < NLA_HDRLEN)
			break;
		if ((attr->nla_type & NLA_TYPE_MASK) == type)
			return attr;
	}
	return NULL;
}

static void open_netlink(void)
{
	char reply[8192];
	const struct nlattr *attr;
	size_t len;

	genl = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (genl < 0)
		die("netlink: %s", strerror(errno));
	len = ask(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME, IPV6TUN_FAMILY_NAME,
		  sizeof(IPV6TUN_FAMILY_NAME), reply, sizeof(reply));
	attr = find_attr(reply + NLMSG_HDRLEN + GENL_HDRLEN, len - NLMSG_HDRLEN - GENL_HDRLEN,
			 CTRL_ATTR_FAMILY_ID);
	if (!attr)
		die("netlink: no family");
	memcpy(&family, attr + 1, sizeof(family));
}

void read_drops(const char *device, uint64_t *drops)
{
	uint32_t ifindex = if_nametoindex(device);
	const struct nlattr *nest, *attr;
	char reply[8192];
	size_t len, at;
	unsigned int type;

	memset(drops, 0, MAX_DROPS * sizeof(*drops));
	/* Trying out the runner itself needs neither device nor module. */
	if (!strcmp(device, "none"))
		return;
	if (!ifindex)
		die("no device %s", device);
	if (genl < 0)
		open_netlink();
	len = ask(family, IPV6TUN_CMD_DEVICE_GET, IPV6TUN_A_DEVICE_IFINDEX, &ifindex,
		  sizeof(ifindex), reply, sizeof(reply));
	nest = find_attr(reply + NLMSG_HDRLEN + GENL_HDRLEN, len - NLMSG_HDRLEN - GENL_HDRLEN,
			 IPV6TUN_A_DEVICE_DROPS);
	if (!nest)
		die("netlink: no drop counters");
	for (at = NLA_HDRLEN; at + NLA_HDRLEN <= nest->nla_len; at += NLA_ALIGN(attr->nla_len)) {
		attr = (const void *)((const char *)nest + at);
		if (attr->nla_len < NLA_HDRLEN)
			break;
		type = attr->nla_type & NLA_TYPE_MASK;
		if (type < MAX_DROPS && attr->nla_len == NLA_HDRLEN + sizeof(uint64_t))
			memcpy(&drops[type], attr + 1, sizeof(uint64_t));
	}
}
