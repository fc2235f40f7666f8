// SPDX-License-Identifier: GPL-2.0
/*
 * Sends netlink requests that ipv6tunctl would never send, one for each line
 * of standard input, and prints what the kernel answered.
 *
 *   COMMAND[+dump] [NAME=VALUE]...     the ipv6tun family
 *   link:IFINDEX [NAME=VALUE]...       RTM_NEWLINK of a device, IFLA_INFO_DATA
 *
 * NAME is the attribute's name or its number; VALUE one of u8:N u16:N u32:N
 * u64:N addr:ADDRESS str:TEXT hex:BYTES len:N (N zero bytes) flag. The words
 * from NAME=[ to ] are in a nest; NAME=( is a nest without its flag. A word
 * raw:BYTES appends bytes that are no attribute.
 *
 * Prints "ok", or "ERROR [ATTRIBUTE]: [TEXT]" with the kernel's text and the
 * attribute it pointed at; "-" when it pointed at none, "+NAME" when it said
 * that one is missing. "nltry -f COUNT SEED IFINDEX" sends random requests.
 *
 * Uses sockets and no library, to be independent of what it tests.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/if_ipv6tun.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../tools/spec-gen.c"

#define BUF_SIZE	65536

/* The request being built. */
static char req_buf[BUF_SIZE] __attribute__((aligned(8)));
static struct nlmsghdr *const req = (struct nlmsghdr *)req_buf;
/* Names of its attributes, and where they start. */
static const struct spec_set *req_set;
static size_t req_first;

static unsigned int seq;
static int family;

static const struct spec_attr data_attrs[] = {
	[IFLA_IPV6TUN_SEED] = { .name = "seed", .type = SPEC_U32 },
	[IFLA_IPV6TUN_HASH] = { .name = "hash", .type = SPEC_U8 },
	[IFLA_IPV6TUN_SYMMETRIC] = { .name = "symmetric", .type = SPEC_U8 },
	[IFLA_IPV6TUN_MSS_CLAMP] = { .name = "mss-clamp", .type = SPEC_U8 },
	[IFLA_IPV6TUN_MTU_AUTO] = { .name = "mtu-auto", .type = SPEC_U8 },
	[IFLA_IPV6TUN_PATHS] = { .name = "paths", .type = SPEC_U32 },
	[IFLA_IPV6TUN_RETURN] = { .name = "return", .type = SPEC_U8 },
	[IFLA_IPV6TUN_RETURN_IDLE] = { .name = "return-idle", .type = SPEC_U32 },
	[IFLA_IPV6TUN_RETURN_FORCED] = { .name = "return-forced", .type = SPEC_U32 },
};

static const struct spec_set data_set = { data_attrs, IFLA_IPV6TUN_MAX };

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static int open_socket(int protocol)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol), on = 1;

	if (fd < 0 ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on)))
		die("netlink socket");
	return fd;
}

static void *put(const void *data, size_t len)
{
	char *at = req_buf + NLMSG_ALIGN(req->nlmsg_len);

	if (at + NLA_ALIGN(len) > req_buf + BUF_SIZE) {
		fprintf(stderr, "request too long\n");
		exit(2);
	}
	memset(at, 0, NLA_ALIGN(len));
	if (data)
		memcpy(at, data, len);
	req->nlmsg_len = at + len - req_buf;
	return at;
}

static struct nlattr *put_attr(int type, const void *data, size_t len)
{
	struct nlattr attr = { .nla_len = NLA_HDRLEN + len, .nla_type = type };
	struct nlattr *at = put(&attr, sizeof(attr));

	put(data, len);
	return at;
}

static void start(int type, int flags, const void *head, size_t len)
{
	memset(req, 0, sizeof(*req));
	req->nlmsg_len = NLMSG_HDRLEN;
	req->nlmsg_type = type;
	req->nlmsg_flags = NLM_F_REQUEST | flags;
	req->nlmsg_seq = ++seq;
	put(head, len);
	req_first = NLMSG_ALIGN(req->nlmsg_len);
}

/* The attribute at byte @off of the request, entering nests, and its set. */
static const struct nlattr *find_at(size_t off, const struct spec_set **set)
{
	size_t at = req_first, end = req->nlmsg_len;

	*set = req_set;
	while (at + NLA_HDRLEN <= end) {
		const struct nlattr *attr = (void *)(req_buf + at);
		unsigned int type = attr->nla_type & NLA_TYPE_MASK;

		if (attr->nla_len < NLA_HDRLEN)
			break;
		if (off == at)
			return attr;
		if (off > at && off < at + attr->nla_len) {
			/* Of rtnetlink's nests, only the innermost has our names. */
			if (type <= (*set)->max && (*set)->attr[type].nest)
				*set = (*set)->attr[type].nest;
			end = at + attr->nla_len;
			at += NLA_HDRLEN;
			continue;
		}
		at += NLA_ALIGN(attr->nla_len);
	}
	return NULL;
}

static const char *name_of(const struct spec_set *set, unsigned int type)
{
	static char number[16];

	if (type <= set->max && set->attr[type].name)
		return set->attr[type].name;
	snprintf(number, sizeof(number), "%u", type);
	return number;
}

static const char *name_at(size_t off)
{
	const struct spec_set *set;
	const struct nlattr *attr = find_at(off, &set);

	return attr ? name_of(set, attr->nla_type & NLA_TYPE_MASK) : "?";
}

/* The set of the attributes in the nest at byte @off. */
static const struct spec_set *set_at(size_t off)
{
	const struct spec_set *set;
	const struct nlattr *attr = find_at(off, &set);
	unsigned int type = attr ? attr->nla_type & NLA_TYPE_MASK : 0;

	return type && type <= set->max && set->attr[type].nest ?
		set->attr[type].nest : req_set;
}

static void print_answer(const struct nlmsghdr *nlh)
{
	const struct spec_set *missing_set = req_set;
	char missing[40] = "";
	const char *where = "-", *text = "";
	unsigned int miss = 0;
	size_t at, skip;
	int err;

	/* The end of a dump has the number alone in front of the attributes. */
	memcpy(&err, NLMSG_DATA(nlh), sizeof(err));
	if (!err || (nlh->nlmsg_type == NLMSG_DONE && err > 0)) {
		puts("ok");
		return;
	}
	skip = nlh->nlmsg_type == NLMSG_DONE ? sizeof(int) : sizeof(struct nlmsgerr);
	at = NLMSG_HDRLEN + NLMSG_ALIGN(skip);
	while ((nlh->nlmsg_flags & NLM_F_ACK_TLVS) && at + NLA_HDRLEN <= nlh->nlmsg_len) {
		const struct nlattr *attr = (const void *)((const char *)nlh + at);
		const void *data = (const char *)attr + NLA_HDRLEN;
		unsigned int value;

		memcpy(&value, data, sizeof(value));
		switch (attr->nla_type) {
		case NLMSGERR_ATTR_MSG:
			text = data;
			break;
		case NLMSGERR_ATTR_OFFS:
			where = name_at(value);
			break;
		case NLMSGERR_ATTR_MISS_NEST:
			missing_set = set_at(value);
			break;
		case NLMSGERR_ATTR_MISS_TYPE:
			miss = value;
			break;
		}
		at += NLA_ALIGN(attr->nla_len);
	}
	if (miss) {
		snprintf(missing, sizeof(missing), "+%s", name_of(missing_set, miss));
		where = missing;
	}
	printf("%s %s: %s\n", strerrorname_np(-err), where, text);
}

/* Send the request and read up to the end of the answer. */
static void exchange(int fd, bool print)
{
	static char buf[BUF_SIZE] __attribute__((aligned(8)));
	size_t left;
	ssize_t len;

	if (send(fd, req, req->nlmsg_len, 0) < 0)
		die("send");
	for (;;) {
		const struct nlmsghdr *nlh = (void *)buf;

		len = recv(fd, buf, sizeof(buf), 0);
		if (len < 0)
			die("recv");
		for (left = len; NLMSG_OK(nlh, left); nlh = NLMSG_NEXT(nlh, left)) {
			if (nlh->nlmsg_seq != seq)
				continue;
			if (nlh->nlmsg_type != NLMSG_ERROR && nlh->nlmsg_type != NLMSG_DONE)
				continue;
			if (print)
				print_answer(nlh);
			return;
		}
	}
}

static void resolve_family(int fd)
{
	struct genlmsghdr head = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 };
	char buf[8192] __attribute__((aligned(8)));
	const struct nlmsghdr *nlh = (void *)buf;
	ssize_t len;
	size_t at;

	start(GENL_ID_CTRL, 0, &head, sizeof(head));
	put_attr(CTRL_ATTR_FAMILY_NAME, IPV6TUN_FAMILY_NAME,
		 sizeof(IPV6TUN_FAMILY_NAME));
	if (send(fd, req, req->nlmsg_len, 0) < 0)
		die("send");
	len = recv(fd, buf, sizeof(buf), 0);
	if (len < 0 || nlh->nlmsg_type != GENL_ID_CTRL) {
		fprintf(stderr, "no family %s\n", IPV6TUN_FAMILY_NAME);
		exit(2);
	}
	for (at = NLMSG_HDRLEN + GENL_HDRLEN; at + NLA_HDRLEN <= nlh->nlmsg_len;) {
		const struct nlattr *attr = (void *)(buf + at);

		if (attr->nla_type == CTRL_ATTR_FAMILY_ID)
			family = *(const __u16 *)(buf + at + NLA_HDRLEN);
		at += NLA_ALIGN(attr->nla_len);
	}
}

static size_t unhex(const char *text, char *data)
{
	size_t len = 0;
	unsigned int byte;

	for (; sscanf(text, "%2x", &byte) == 1 && text[0] && text[1]; text += 2)
		data[len++] = byte;
	return len;
}

static int attr_number(const char *name)
{
	unsigned int i;

	for (i = 1; i <= req_set->max; i++)
		if (req_set->attr[i].name && !strcmp(req_set->attr[i].name, name))
			return i;
	if (*name >= '0' && *name <= '9')
		return atoi(name);
	fprintf(stderr, "no attribute %s\n", name);
	exit(2);
}

static void put_number(int attr, const char *text, size_t len)
{
	unsigned long long value = strtoull(text, NULL, 0);
	__u32 u32 = value;
	__u16 u16 = value;
	__u8 u8 = value;

	switch (len) {
	case 1:
		put_attr(attr, &u8, 1);
		break;
	case 2:
		put_attr(attr, &u16, 2);
		break;
	case 4:
		put_attr(attr, &u32, 4);
		break;
	default:
		put_attr(attr, &value, 8);
	}
}

static void put_value(int attr, const char *value)
{
	char data[4096] = "";

	if (!strcmp(value, "flag")) {
		put_attr(attr, NULL, 0);
	} else if (!strncmp(value, "u8:", 3)) {
		put_number(attr, value + 3, 1);
	} else if (!strncmp(value, "u16:", 4)) {
		put_number(attr, value + 4, 2);
	} else if (!strncmp(value, "u32:", 4)) {
		put_number(attr, value + 4, 4);
	} else if (!strncmp(value, "u64:", 4)) {
		put_number(attr, value + 4, 8);
	} else if (!strncmp(value, "len:", 4)) {
		put_attr(attr, NULL, atoi(value + 4));
	} else if (!strncmp(value, "str:", 4)) {
		put_attr(attr, value + 4, strlen(value + 4) + 1);
	} else if (!strncmp(value, "hex:", 4)) {
		put_attr(attr, data, unhex(value + 4, data));
	} else if (!strncmp(value, "addr:", 5) && inet_pton(AF_INET, value + 5, data) == 1) {
		put_attr(attr, data, 4);
	} else if (!strncmp(value, "addr:", 5) && inet_pton(AF_INET6, value + 5, data) == 1) {
		put_attr(attr, data, 16);
	} else {
		fprintf(stderr, "no value %s\n", value);
		exit(2);
	}
}

static void put_words(char **save)
{
	const struct spec_set *set = req_set;
	char data[4096], *w, *value;
	struct nlattr *nest;
	unsigned int type;

	while ((w = strtok_r(NULL, "\n ", save)) && strcmp(w, "]")) {
		if (!strncmp(w, "raw:", 4)) {
			put(data, unhex(w + 4, data));
			continue;
		}
		value = strchr(w, '=');
		if (!value) {
			fprintf(stderr, "no value in %s\n", w);
			exit(2);
		}
		*value++ = 0;
		type = attr_number(w);
		if (strcmp(value, "[") && strcmp(value, "(")) {
			put_value(type, value);
			continue;
		}
		nest = put_attr(type | (*value == '[' ? NLA_F_NESTED : 0), NULL, 0);
		if (type <= set->max && set->attr[type].nest)
			req_set = set->attr[type].nest;
		put_words(save);
		req_set = set;
		nest->nla_len = req_buf + req->nlmsg_len - (char *)nest;
	}
}

static const struct spec_set *set_of(unsigned int cmd)
{
	switch (cmd) {
	case IPV6TUN_CMD_DEVICE_GET:
	case IPV6TUN_CMD_DEVICE_LIST:
		return &spec_device;
	case IPV6TUN_CMD_ROUTE_LIST:
		return &spec_route;
	case IPV6TUN_CMD_LOOKUP:
		return &spec_lookup;
	case IPV6TUN_CMD_NAT64_SET:
	case IPV6TUN_CMD_NAT64_DEL:
	case IPV6TUN_CMD_NAT64_GET:
	case IPV6TUN_CMD_NAT64_LIST:
	case IPV6TUN_CMD_NAT64_REPLACE:
		return &spec_nat64;
	case IPV6TUN_CMD_POOL6_ADD:
	case IPV6TUN_CMD_POOL6_DEL:
	case IPV6TUN_CMD_POOL6_LIST:
		return &spec_pool6;
	case IPV6TUN_CMD_POOL4_ADD:
	case IPV6TUN_CMD_POOL4_DEL:
	case IPV6TUN_CMD_POOL4_LIST:
		return &spec_pool4;
	case IPV6TUN_CMD_EAM_ADD:
	case IPV6TUN_CMD_EAM_DEL:
	case IPV6TUN_CMD_EAM_LIST:
		return &spec_eam;
	case IPV6TUN_CMD_BIB_ADD:
	case IPV6TUN_CMD_BIB_DEL:
	case IPV6TUN_CMD_BIB_LIST:
		return &spec_bib;
	case IPV6TUN_CMD_SESSION_LIST:
	case IPV6TUN_CMD_NAT64_FLUSH:
		return &spec_session;
	}
	return &spec_path;
}

static void genl_line(int fd, char *name, char *save)
{
	struct genlmsghdr head = { .version = IPV6TUN_FAMILY_VERSION };
	char *dump = strstr(name, "+dump");

	if (dump)
		*dump = 0;
	for (head.cmd = 1; head.cmd <= IPV6TUN_CMD_MAX; head.cmd++)
		if (!strcmp(spec_cmd[head.cmd], name))
			break;
	/* A number stands for a command that does not exist. */
	if (head.cmd > IPV6TUN_CMD_MAX)
		head.cmd = atoi(name);
	req_set = set_of(head.cmd);
	start(family, dump ? NLM_F_DUMP : NLM_F_ACK, &head, sizeof(head));
	put_words(&save);
	exchange(fd, true);
}

static void link_line(int fd, const char *ifindex, char *save)
{
	struct ifinfomsg head = { .ifi_index = atoi(ifindex) };
	struct nlattr *info, *data;

	req_set = &data_set;
	start(RTM_NEWLINK, NLM_F_ACK, &head, sizeof(head));
	info = put_attr(IFLA_LINKINFO | NLA_F_NESTED, NULL, 0);
	put_attr(IFLA_INFO_KIND, "ipv6tun", sizeof("ipv6tun"));
	data = put_attr(IFLA_INFO_DATA | NLA_F_NESTED, NULL, 0);
	put_words(&save);
	data->nla_len = req_buf + req->nlmsg_len - (char *)data;
	info->nla_len = req_buf + req->nlmsg_len - (char *)info;
	exchange(fd, true);
}

static bool is_nat64(void)
{
	return req_set == &spec_nat64 || req_set == &spec_pool6 ||
	       req_set == &spec_pool4 || req_set == &spec_eam ||
	       req_set == &spec_bib || req_set == &spec_session;
}

/* An address or prefix of few, so that there are conflicts and matches. */
static size_t random_nat64_addr(const char *name, unsigned char *data)
{
	bool six = strchr(name, '6') || req_set == &spec_pool6;

	memset(data + 1, 0, 15);
	data[0] = six ? 0xfd : 10;
	data[six ? 3 : 2] = rand() % 4;
	if (rand() % 2)
		data[six ? 15 : 3] = rand() % 16;
	return six ? 16 : 4;
}

static void put_random(unsigned int attr, unsigned int ifindex);

/* Of all attributes of the nest but the device. */
static void put_random_nest(unsigned int attr, unsigned int ifindex)
{
	const struct spec_set *set = req_set;
	struct nlattr *nest = put_attr(attr | NLA_F_NESTED, NULL, 0);
	unsigned int i;

	req_set = set->attr[attr].nest;
	for (i = 1; i <= req_set->max; i++)
		if (req_set->attr[i].name && strncmp(req_set->attr[i].name, "if", 2) &&
		    !strstr(req_set->attr[i].name, "used") && rand() % 16)
			put_random(i, ifindex);
	req_set = set;
	nest->nla_len = req_buf + req->nlmsg_len - (char *)nest;
}

/* A value that is often right, and sometimes just outside. */
static void put_random(unsigned int attr, unsigned int ifindex)
{
	static const unsigned char lens[] = { 0, 1, 2, 3, 4, 5, 8, 15, 16, 17 };
	static const unsigned char prefix_lens[] = { 0, 24, 28, 32, 32, 33, 64, 96, 128, 129 };
	static const unsigned char protos[] = { 1, 6, 17, 58 };
	const char *name = attr <= req_set->max && req_set->attr[attr].name ?
			   req_set->attr[attr].name : "";
	unsigned char data[64];
	size_t i, len;

	if (is_nat64() && *name && req_set->attr[attr].nest && rand() % 32) {
		put_random_nest(attr, ifindex);
		return;
	}

	for (i = 0; i < sizeof(data); i++)
		data[i] = rand() % 4 ? rand() % 4 : rand();
	switch (attr <= req_set->max ? req_set->attr[attr].type : SPEC_NONE) {
	case SPEC_FLAG:
		len = 0;
		break;
	case SPEC_U8:
		len = 1;
		if (is_nat64() && strstr(name, "-len"))
			*data = prefix_lens[rand() % sizeof(prefix_lens)];
		else if (is_nat64() && !strcmp(name, "proto"))
			*data = protos[rand() % sizeof(protos)];
		break;
	case SPEC_U16:
		len = 2;
		break;
	case SPEC_U32:
		len = 4;
		memset(data + 1, 0, 3);
		if (!strcmp(req_set->attr[attr].name, "ifindex") && rand() % 16)
			memcpy(data, &ifindex, 4);
		break;
	case SPEC_U64:
		len = 8;
		break;
	case SPEC_ADDR:
		len = rand() % 2 ? 4 : 16;
		data[0] = len == 4 ? 127 : 0xfd;
		if (is_nat64())
			len = random_nat64_addr(name, data);
		break;
	case SPEC_BYTES:
		/* Often a packet whose header is just there, or just not. */
		len = rand() % 2 ? 20 + rand() % 32 : 40 + rand() % 24;
		data[0] = rand() % 2 ? 0x60 : 0x40 | rand() % 16;
		if (rand() % 2)
			data[0] = len < 40 ? 0x45 : 0x60;
		break;
	default:
		len = lens[rand() % sizeof(lens)];
	}
	if (rand() % 32 == 0)
		len = lens[rand() % sizeof(lens)];
	put_attr(attr, data, len);
}

/* Up to what the command takes, seldom what it only gives. */
static bool want_random(unsigned int attr)
{
	if (!req_set->attr[attr].name)
		return false;
	if (req_set == &spec_path && attr > IPV6TUN_A_PATH_ADMIN &&
	    (attr < IPV6TUN_A_PATH_PROBE || attr > IPV6TUN_A_PATH_HOLD_UP))
		return false;
	if (req_set == &spec_lookup && attr > IPV6TUN_A_LOOKUP_MARK &&
	    attr != IPV6TUN_A_LOOKUP_PACKET)
		return false;
	/* Those of NAT64 have many that are only told: one makes a request wrong. */
	if (is_nat64() && (!strcmp(req_set->attr[attr].name, "ifname") ||
			   strstr(req_set->attr[attr].doc, "Read only") ||
			   strstr(req_set->attr[attr].doc, "In an event") ||
			   strstr(req_set->attr[attr].doc, "In the reply")))
		return rand() % 256 == 0;
	if (is_nat64() && !strcmp(req_set->attr[attr].name, "ifindex"))
		return true;
	return rand() % 3;
}

/* A packet goes with no other attribute but the mark. */
static void put_lookup(unsigned int ifindex)
{
	put_random(IPV6TUN_A_LOOKUP_IFINDEX, ifindex);
	put_random(IPV6TUN_A_LOOKUP_PACKET, ifindex);
}

static void fuzz(int fd, long count, unsigned int seed, unsigned int ifindex)
{
	static const unsigned char cmds[] = {
		IPV6TUN_CMD_PATH_ADD, IPV6TUN_CMD_PATH_ADD, IPV6TUN_CMD_PATH_SET,
		IPV6TUN_CMD_PATH_DEL, IPV6TUN_CMD_PATH_GET, IPV6TUN_CMD_PATH_LIST,
		IPV6TUN_CMD_DEVICE_GET, IPV6TUN_CMD_DEVICE_LIST,
		IPV6TUN_CMD_ROUTE_LIST, IPV6TUN_CMD_LOOKUP, IPV6TUN_CMD_LOOKUP,
		IPV6TUN_CMD_NAT64_SET, IPV6TUN_CMD_NAT64_DEL, IPV6TUN_CMD_NAT64_GET,
		IPV6TUN_CMD_NAT64_LIST, IPV6TUN_CMD_NAT64_REPLACE,
		IPV6TUN_CMD_POOL6_ADD, IPV6TUN_CMD_POOL6_DEL, IPV6TUN_CMD_POOL6_LIST,
		IPV6TUN_CMD_POOL4_ADD, IPV6TUN_CMD_POOL4_DEL, IPV6TUN_CMD_POOL4_LIST,
		IPV6TUN_CMD_EAM_ADD, IPV6TUN_CMD_EAM_DEL, IPV6TUN_CMD_EAM_LIST,
		IPV6TUN_CMD_BIB_ADD, IPV6TUN_CMD_BIB_DEL, IPV6TUN_CMD_BIB_LIST,
		IPV6TUN_CMD_SESSION_LIST, IPV6TUN_CMD_NAT64_FLUSH,
	};
	struct genlmsghdr head = { .version = IPV6TUN_FAMILY_VERSION };
	unsigned int i;
	bool dump;

	srand(seed);
	while (count--) {
		head.cmd = cmds[rand() % sizeof(cmds)];
		dump = strstr(spec_cmd[head.cmd], "-list");
		if (rand() % 64 == 0)
			dump = !dump;
		req_set = set_of(head.cmd);
		start(family, dump ? NLM_F_DUMP : NLM_F_ACK, &head, sizeof(head));
		for (i = 1; i <= req_set->max; i++)
			if (want_random(i))
				put_random(i, ifindex);
		if (req_set == &spec_lookup && rand() % 2) {
			req->nlmsg_len = req_first;
			put_lookup(ifindex);
		}
		if (rand() % 64 == 0)
			put_random(rand() % 64, ifindex);
		exchange(fd, false);
	}
	puts("ok");
}

int main(int argc, char **argv)
{
	int genl = open_socket(NETLINK_GENERIC), rtnl = open_socket(NETLINK_ROUTE);
	char line[8192], *save, *name;

	resolve_family(genl);
	if (argc == 5 && !strcmp(argv[1], "-f")) {
		fuzz(genl, atol(argv[2]), strtoul(argv[3], NULL, 0), atoi(argv[4]));
		return 0;
	}
	while (fgets(line, sizeof(line), stdin)) {
		name = strtok_r(line, "\n ", &save);
		if (!name)
			continue;
		if (!strncmp(name, "link:", 5))
			link_line(rtnl, name + 5, save);
		else
			genl_line(genl, name, save);
		fflush(stdout);
	}
	return 0;
}
