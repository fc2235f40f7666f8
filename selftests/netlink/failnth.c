// SPDX-License-Identifier: GPL-2.0
/*
 * failnth: one request, again and again: first the kernel's first allocation for it
 * fails, then the second, until there was none left to fail. Each time all is as it
 * was before, or as it is after the request: nothing in between.
 *
 * Reads lines:
 *
 *	state REQUEST	what it answers is part of the state
 *	run REQUEST	once, before
 *	do REQUEST	what is to fail; of several, in this order, one allocation fails
 *	undo REQUEST	leads back to where it was; an ! begins a command of the shell
 *
 * A REQUEST is one of nltry's, or
 *
 *	link-add|-set|-del, links+dump [@index=N] [@up|@down] [@netns=FILE] [NAME=VALUE]...
 *	route-add|-append|-replace|-del, routes+dump [@family=4|6] [@len=N] [NAME=VALUE]...
 *	nexthop-add|-replace|-del, nexthops+dump [@family=4|6] [NAME=VALUE]...
 *	packet IFINDEX PACKET		sent by the device; PACKET as nat64case has it
 *
 * usage: failnth [-m MOST] [-e ERROR[,ERROR]...]
 *
 *   -m		let MOST allocations fail, evenly spread, if there are more
 *   -e		errors that it may fail with, beside ENOMEM and ENOBUFS
 *
 * Prints what happened, and last "failed N", the number of allocations that failed.
 * Needs a kernel with fault injection. Counters and times are not part of the state.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <fnmatch.h>
#include <linux/if_packet.h>
#include <linux/nexthop.h>
#include <net/if.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>

#include "../peers/packet/line.h"

/* How requests are written and sent: all of nltry but its main(). */
#define main nltry_main
#include "nltry.c"
#undef main

#define MAX_LINES	32
#define MAX_SHOT	1024
#define MAX_REASONS	16
/* More allocations than any request makes. */
#define MANY		1000000
/* Longer than what was without memory waits before it tries again. */
#define PATIENCE_MS	10000
#define SLICE_MS	20
/* Slices without a change, until which the state is one that stays. */
#define QUIET		8

struct lines {
	char *line[MAX_LINES];
	unsigned int n;
};

static struct lines states, runs, todo, undo;

/* A state: what lists and questions answered, a line for each message. */
struct shot {
	char *line[MAX_SHOT];
	unsigned int n;
};

/* Why requests were refused. */
static struct reason {
	int err;
	char text[128];
	unsigned int n;
} reasons[MAX_REASONS];

static int nth_fd;
/* The allocation that is to fail, counted from the next one on; 0 for none. */
static unsigned int left;
/* The kernel's text for the last error, and whether it was an answer at all. */
static char why[128];
static bool answered;
static const char *also_allowed = "";

/* Those without a name are not looked at. */
static const struct spec_attr link_info_attrs[] = {
	[IFLA_INFO_KIND] = { .name = "kind", .type = SPEC_STRING },
	[IFLA_INFO_DATA] = { .name = "data", .type = SPEC_NEST, .nest = &data_set },
};

static const struct spec_set link_info_set = { link_info_attrs, IFLA_INFO_DATA };

static const struct spec_attr link_attrs[] = {
	[IFLA_IFNAME] = { .name = "name", .type = SPEC_STRING },
	[IFLA_MTU] = { .name = "mtu", .type = SPEC_U32 },
	[IFLA_MASTER] = { .name = "master", .type = SPEC_U32 },
	[IFLA_OPERSTATE] = { .name = "operstate", .type = SPEC_U8 },
	[IFLA_LINKINFO] = { .name = "linkinfo", .type = SPEC_NEST, .nest = &link_info_set },
	[IFLA_NET_NS_FD] = { .name = "net-ns-fd", .type = SPEC_U32 },
};

static const struct spec_set link_set = { link_attrs, IFLA_NET_NS_FD };

static const struct spec_attr fib_attrs[] = {
	[RTA_DST] = { .name = "dst", .type = SPEC_ADDR },
	[RTA_OIF] = { .name = "oif", .type = SPEC_U32 },
	[RTA_GATEWAY] = { .name = "gateway", .type = SPEC_ADDR },
	[RTA_PRIORITY] = { .name = "priority", .type = SPEC_U32 },
	[RTA_MULTIPATH] = { .name = "multipath", .type = SPEC_BYTES },
	[RTA_TABLE] = { .name = "table", .type = SPEC_U32 },
	[RTA_NH_ID] = { .name = "nh-id", .type = SPEC_U32 },
};

static const struct spec_set fib_set = { fib_attrs, RTA_NH_ID };

static const struct spec_attr nexthop_attrs[] = {
	[NHA_ID] = { .name = "id", .type = SPEC_U32 },
	[NHA_GROUP] = { .name = "group", .type = SPEC_BYTES },
	[NHA_OIF] = { .name = "oif", .type = SPEC_U32 },
	[NHA_GATEWAY] = { .name = "gateway", .type = SPEC_ADDR },
};

static const struct spec_set nexthop_set = { nexthop_attrs, NHA_GATEWAY };

enum { LINK, ROUTE, NEXTHOP };

static const struct kind {
	const char *name;
	unsigned int what;
	int type, flags;
} kinds[] = {
	{ "link-add", LINK, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL },
	{ "link-set", LINK, RTM_NEWLINK, 0 },
	{ "link-del", LINK, RTM_DELLINK, 0 },
	{ "links+dump", LINK, RTM_GETLINK, NLM_F_DUMP },
	{ "route-add", ROUTE, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL },
	{ "route-append", ROUTE, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_APPEND },
	{ "route-replace", ROUTE, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE },
	{ "route-del", ROUTE, RTM_DELROUTE, 0 },
	{ "routes+dump", ROUTE, RTM_GETROUTE, NLM_F_DUMP },
	{ "nexthop-add", NEXTHOP, RTM_NEWNEXTHOP, NLM_F_CREATE | NLM_F_EXCL },
	{ "nexthop-replace", NEXTHOP, RTM_NEWNEXTHOP, NLM_F_CREATE | NLM_F_REPLACE },
	{ "nexthop-del", NEXTHOP, RTM_DELNEXTHOP, 0 },
	{ "nexthops+dump", NEXTHOP, RTM_GETNEXTHOP, NLM_F_DUMP },
};

/* What changes by itself, and what failed attempts are counted by. */
static const char *const moving[] = {
	"rx-*", "tx-*", "*-packets", "*-bytes", "since", "changes", "expires", "timestamp",
	"lost-events", "resyncs", "pmtu-updates", "no-path", "sets", "drops", "probe-stats",
};

/* Failing allocations */

static void set_nth(unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	if (pwrite(nth_fd, text, len, 0) != len)
		die("fail-nth");
}

static unsigned int get_nth(void)
{
	char text[16] = "";

	if (pread(nth_fd, text, sizeof(text) - 1, 0) < 0)
		die("fail-nth");
	return strtoul(text, NULL, 10);
}

/* From here on, for this task only, they count. */
static void begin_faults(void)
{
	if (left)
		set_nth(left);
}

static void end_faults(void)
{
	if (!left)
		return;
	left = get_nth();
	set_nth(0);
}

/* Whether the kernel is to tell where it fails, or is silent. */
static void set_verbose(const char *value)
{
	static const char *const files[] = {
		"/sys/kernel/debug/failslab/verbose",
		"/sys/kernel/debug/fail_page_alloc/verbose",
	};
	unsigned int i;
	FILE *file;

	for (i = 0; i < sizeof(files) / sizeof(*files); i++) {
		file = fopen(files[i], "w");
		if (!file)
			continue;
		fputs(value, file);
		fclose(file);
	}
}

/* Requests */

static const struct kind *kind_of(const char *name)
{
	unsigned int i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

/**
 * struct head - the words with an @ in front of the attributes
 * @index: interface index
 * @family: address family
 * @len: prefix length
 * @flags: new value of IFF_UP
 * @change: IFF_UP if that is to change
 * @netns: a file that is a network namespace
 */
struct head {
	int index;
	int family;
	int len;
	unsigned int flags, change;
	const char *netns;
};

static void take_head(struct head *head, char **save)
{
	char *w;

	*head = (struct head){ .family = AF_UNSPEC };
	for (;;) {
		while (*save && **save == ' ')
			(*save)++;
		if (!*save || **save != '@')
			return;
		w = strtok_r(NULL, " ", save);
		if (!strncmp(w, "@index=", 7)) {
			head->index = atoi(w + 7);
		} else if (!strncmp(w, "@family=", 8)) {
			head->family = atoi(w + 8) == 4 ? AF_INET : AF_INET6;
		} else if (!strncmp(w, "@len=", 5)) {
			head->len = atoi(w + 5);
		} else if (!strncmp(w, "@netns=", 7)) {
			head->netns = w + 7;
		} else if (!strcmp(w, "@up") || !strcmp(w, "@down")) {
			head->change = IFF_UP;
			head->flags = strcmp(w, "@up") ? 0 : IFF_UP;
		} else {
			fprintf(stderr, "no word %s\n", w);
			exit(2);
		}
	}
}

static void put_link(const struct kind *kind, const struct head *head, char **save)
{
	struct ifinfomsg msg = {
		.ifi_index = head->index,
		.ifi_flags = head->flags,
		.ifi_change = head->change,
	};
	unsigned int ns;

	req_set = &link_set;
	start(kind->type, kind->flags, &msg, sizeof(msg));
	if (head->netns) {
		/* Left open: failnth does not live long. */
		ns = open(head->netns, O_RDONLY | O_CLOEXEC);
		put_attr(IFLA_NET_NS_FD, &ns, sizeof(ns));
	}
	put_words(save);
}

static void put_route(const struct kind *kind, const struct head *head, char **save)
{
	struct rtmsg msg = {
		.rtm_family = head->family,
		.rtm_dst_len = head->len,
		.rtm_table = RT_TABLE_MAIN,
	};

	if (kind->type == RTM_NEWROUTE) {
		msg.rtm_protocol = RTPROT_STATIC;
		msg.rtm_scope = RT_SCOPE_UNIVERSE;
		msg.rtm_type = RTN_UNICAST;
	} else if (kind->type == RTM_DELROUTE) {
		msg.rtm_scope = RT_SCOPE_NOWHERE;
	}
	req_set = &fib_set;
	start(kind->type, kind->flags, &msg, sizeof(msg));
	put_words(save);
}

static void put_nexthop(const struct kind *kind, const struct head *head, char **save)
{
	struct nhmsg msg = { .nh_family = head->family };

	if (kind->type == RTM_NEWNEXTHOP)
		msg.nh_protocol = RTPROT_STATIC;
	req_set = &nexthop_set;
	start(kind->type, kind->flags, &msg, sizeof(msg));
	put_words(save);
}

static void put_rtnl(const struct kind *kind, char *save)
{
	struct head head;

	take_head(&head, &save);
	switch (kind->what) {
	case LINK:
		put_link(kind, &head, &save);
		break;
	case ROUTE:
		put_route(kind, &head, &save);
		break;
	case NEXTHOP:
		put_nexthop(kind, &head, &save);
		break;
	}
	/* One bit of the two is another flag for requests that are no dump. */
	if ((kind->flags & NLM_F_DUMP) != NLM_F_DUMP)
		req->nlmsg_flags |= NLM_F_ACK;
}

static void put_genl(char *name, char *save)
{
	struct genlmsghdr head = { .version = IPV6TUN_FAMILY_VERSION };
	char *dump = strstr(name, "+dump");

	if (dump)
		*dump = 0;
	for (head.cmd = 1; head.cmd <= IPV6TUN_CMD_MAX; head.cmd++)
		if (spec_cmd[head.cmd] && !strcmp(spec_cmd[head.cmd], name))
			break;
	if (head.cmd > IPV6TUN_CMD_MAX) {
		fprintf(stderr, "no request %s\n", name);
		exit(2);
	}
	req_set = set_of(head.cmd);
	start(family, dump ? NLM_F_DUMP : NLM_F_ACK, &head, sizeof(head));
	put_words(&save);
}

/* The error of an answer, positive, with its text in @why. */
static int error_of(const struct nlmsghdr *nlh)
{
	size_t at, skip = sizeof(struct nlmsgerr);
	int err;

	answered = true;
	memcpy(&err, NLMSG_DATA(nlh), sizeof(err));
	if (nlh->nlmsg_type == NLMSG_DONE) {
		skip = sizeof(int);
		if (err > 0)
			err = 0;
	}
	at = NLMSG_HDRLEN + NLMSG_ALIGN(skip);
	while ((nlh->nlmsg_flags & NLM_F_ACK_TLVS) && at + NLA_HDRLEN <= nlh->nlmsg_len) {
		const struct nlattr *attr = (const void *)((const char *)nlh + at);

		if (attr->nla_type == NLMSGERR_ATTR_MSG)
			snprintf(why, sizeof(why), "%s", (const char *)attr + NLA_HDRLEN);
		at += NLA_ALIGN(attr->nla_len);
	}
	return -err;
}

/*
 * Send the request that was put together and hear the answer, @each message of it.
 * Return 0 or an errno.
 */
static int converse(int fd, void (*each)(const struct nlmsghdr *nlh, void *arg), void *arg)
{
	static char buf[BUF_SIZE] __attribute__((aligned(8)));
	size_t rest;
	ssize_t len;

	answered = false;
	*why = 0;
	if (send(fd, req, req->nlmsg_len, 0) < 0) {
		/* It never came to the command. */
		answered = true;
		return errno;
	}
	for (;;) {
		const struct nlmsghdr *nlh = (void *)buf;

		len = recv(fd, buf, sizeof(buf), 0);
		if (len < 0)
			return errno;
		for (rest = len; NLMSG_OK(nlh, rest); nlh = NLMSG_NEXT(nlh, rest)) {
			if (nlh->nlmsg_seq != seq)
				continue;
			if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE)
				return error_of(nlh);
			if (each)
				each(nlh, arg);
		}
	}
}

/* One that is ready, so that it takes no memory when memory counts. */
static int ready_socket(int protocol)
{
	struct sockaddr_nl own = { .nl_family = AF_NETLINK };
	struct timeval patience = { .tv_sec = PATIENCE_MS / 1000 };
	int fd = open_socket(protocol);

	if (bind(fd, (struct sockaddr *)&own, sizeof(own)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)))
		die("netlink socket");
	return fd;
}

/* By the device itself: it gets the packet in the context of this task. */
static int send_packet(char *save)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET };
	const unsigned char *byte;
	int fd, err = 0;
	size_t len;

	to.sll_ifindex = strtoul(save, &save, 10);
	byte = packet_of_line(save, &len);
	to.sll_protocol = htons(*byte >> 4 == 6 ? 0x86dd : 0x0800);
	fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		die("packet socket");
	*why = 0;
	begin_faults();
	if (sendto(fd, byte, len, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		err = errno;
	end_faults();
	close(fd);
	/* That it was taken does not tell that something came of it. */
	answered = false;
	return err;
}

/* Do what a line asks for. Return 0 or an errno. */
static int deliver(const char *text)
{
	char line[8192], *save, *name;
	const struct kind *kind;
	int fd, err;

	if (*text == '!') {
		answered = true;
		return system(text + 1) ? EIO : 0;
	}
	if (snprintf(line, sizeof(line), "%s", text) >= (int)sizeof(line)) {
		fprintf(stderr, "line too long\n");
		exit(2);
	}
	name = strtok_r(line, " ", &save);
	if (!strcmp(name, "packet"))
		return send_packet(save);
	kind = kind_of(name);
	if (kind)
		put_rtnl(kind, save);
	else
		put_genl(name, save);
	fd = ready_socket(kind ? NETLINK_ROUTE : NETLINK_GENERIC);
	begin_faults();
	err = converse(fd, NULL, NULL);
	end_faults();
	close(fd);
	return err;
}

/* The state */

static bool moves(const char *name)
{
	unsigned int i;

	for (i = 0; i < sizeof(moving) / sizeof(*moving); i++)
		if (!fnmatch(moving[i], name, 0))
			return true;
	return false;
}

static void show_value(FILE *out, const struct spec_attr *spec, const void *data, size_t len)
{
	char addr[INET6_ADDRSTRLEN];
	unsigned long long u64 = 0;
	size_t i;

	switch (spec->type) {
	case SPEC_BOOL:
	case SPEC_U8:
	case SPEC_U16:
	case SPEC_U32:
	case SPEC_U64:
		/* Little endian, as all machines are that run this. */
		memcpy(&u64, data, len < sizeof(u64) ? len : sizeof(u64));
		fprintf(out, "%llu", u64);
		return;
	case SPEC_STRING:
		fprintf(out, "%.*s", (int)len, (const char *)data);
		return;
	case SPEC_ADDR:
		if (len != 4 && len != 16)
			break;
		fputs(inet_ntop(len == 4 ? AF_INET : AF_INET6, data, addr, sizeof(addr)), out);
		return;
	}
	for (i = 0; i < len; i++)
		fprintf(out, "%02x", ((const unsigned char *)data)[i]);
}

static void show_attrs(FILE *out, const struct spec_set *set, const char *at, size_t len)
{
	while (len >= NLA_HDRLEN) {
		const struct nlattr *attr = (const void *)at;
		unsigned int type = attr->nla_type & NLA_TYPE_MASK;
		size_t all = NLA_ALIGN(attr->nla_len);
		const struct spec_attr *spec;

		if (attr->nla_len < NLA_HDRLEN || attr->nla_len > len)
			return;
		spec = type <= set->max ? &set->attr[type] : NULL;
		if (spec && spec->name && !moves(spec->name)) {
			fprintf(out, " %s=", spec->name);
			if (spec->nest) {
				fputc('[', out);
				show_attrs(out, spec->nest, at + NLA_HDRLEN,
					   attr->nla_len - NLA_HDRLEN);
				fputs(" ]", out);
			} else {
				show_value(out, spec, at + NLA_HDRLEN,
					   attr->nla_len - NLA_HDRLEN);
			}
		}
		if (all > len)
			return;
		at += all;
		len -= all;
	}
}

/* What a part of the state was asked by, and its kind; NULL for our family. */
static const char *asked;
static const struct kind *asked_kind;

/* What is looked at of the fixed part of an answer. Return its length. */
static size_t show_head(FILE *out, const struct nlmsghdr *nlh)
{
	const void *head = NLMSG_DATA(nlh);
	const struct ifinfomsg *link = head;
	const struct rtmsg *route = head;

	if (!asked_kind)
		return GENL_HDRLEN;
	switch (asked_kind->what) {
	case LINK:
		fprintf(out, " index %d flags %x", link->ifi_index, link->ifi_flags);
		return sizeof(*link);
	case ROUTE:
		fprintf(out, " family %u len %u type %u", route->rtm_family, route->rtm_dst_len,
			route->rtm_type);
		return sizeof(*route);
	default:
		return sizeof(struct nhmsg);
	}
}

static void add_line(struct shot *shot, char *line)
{
	if (shot->n == MAX_SHOT) {
		fprintf(stderr, "too large a state\n");
		exit(2);
	}
	shot->line[shot->n++] = line;
}

static void add_message(const struct nlmsghdr *nlh, void *arg)
{
	size_t size, off;
	char *line;
	FILE *out = open_memstream(&line, &size);

	fprintf(out, "%s:", asked);
	off = NLMSG_HDRLEN + NLMSG_ALIGN(show_head(out, nlh));
	if (off < nlh->nlmsg_len)
		show_attrs(out, req_set, (const char *)nlh + off, nlh->nlmsg_len - off);
	fclose(out);
	add_line(arg, line);
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void take_shot(struct shot *shot)
{
	static int genl = -1, rtnl = -1;
	char line[8192], *save, *name, *text;
	unsigned int i;
	int err;

	if (genl < 0) {
		genl = ready_socket(NETLINK_GENERIC);
		rtnl = ready_socket(NETLINK_ROUTE);
	}
	shot->n = 0;
	for (i = 0; i < states.n; i++) {
		snprintf(line, sizeof(line), "%s", states.line[i]);
		name = strtok_r(line, " ", &save);
		/* put_genl() takes the name apart. */
		asked = states.line[i];
		asked_kind = kind_of(name);
		if (asked_kind)
			put_rtnl(asked_kind, save);
		else
			put_genl(name, save);
		err = converse(asked_kind ? rtnl : genl, add_message, shot);
		if (err && asprintf(&text, "%s: %s", states.line[i], strerrorname_np(err)) > 0)
			add_line(shot, text);
	}
	/* Hash tables have no order. */
	qsort(shot->line, shot->n, sizeof(*shot->line), compare_lines);
}

static void free_shot(struct shot *shot)
{
	while (shot->n)
		free(shot->line[--shot->n]);
}

static bool same(const struct shot *a, const struct shot *b)
{
	unsigned int i;

	if (a->n != b->n)
		return false;
	for (i = 0; i < a->n; i++)
		if (strcmp(a->line[i], b->line[i]))
			return false;
	return true;
}

/* The lines that only one of the two has: both are sorted. */
static void print_difference(const struct shot *want, const struct shot *is)
{
	unsigned int i = 0, j = 0;
	int order;

	while (i < want->n || j < is->n) {
		if (i == want->n)
			order = 1;
		else if (j == is->n)
			order = -1;
		else
			order = strcmp(want->line[i], is->line[j]);
		if (order < 0)
			printf("  missing: %s\n", want->line[i]);
		if (order > 0)
			printf("  instead: %s\n", is->line[j]);
		i += order <= 0;
		j += order >= 0;
	}
}

static void nap(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = SLICE_MS * 1000000L }, NULL);
}

/* The state once it does not change any more. */
static void settle(struct shot *shot)
{
	struct shot next = { .n = 0 };
	unsigned int quiet = 0, i;

	take_shot(shot);
	for (i = 0; quiet < QUIET && i < PATIENCE_MS / SLICE_MS; i++) {
		nap();
		take_shot(&next);
		quiet = same(shot, &next) ? quiet + 1 : 0;
		free_shot(shot);
		*shot = next;
		next.n = 0;
	}
}

/* Wait until the state is @a or @b. Return which, NULL with the difference printed. */
static const struct shot *becomes(const struct shot *a, const struct shot *b)
{
	struct shot is = { .n = 0 };
	const struct shot *found = NULL;
	unsigned int i;

	for (i = 0; !found && i < PATIENCE_MS / SLICE_MS; i++) {
		if (i)
			nap();
		free_shot(&is);
		take_shot(&is);
		if (same(&is, a))
			found = a;
		else if (same(&is, b))
			found = b;
	}
	if (!found)
		print_difference(a, &is);
	free_shot(&is);
	return found;
}

/* A case */

/* All of them, whatever becomes of one. Return the first error. */
static int deliver_all(const struct lines *lines, bool *was_answered)
{
	char first_why[sizeof(why)] = "";
	int first = 0, err;
	unsigned int i;

	*was_answered = true;
	for (i = 0; i < lines->n; i++) {
		err = deliver(lines->line[i]);
		if (!answered)
			*was_answered = false;
		if (err && !first) {
			first = err;
			memcpy(first_why, why, sizeof(why));
		}
	}
	memcpy(why, first_why, sizeof(why));
	return first;
}

static bool allowed(int err)
{
	const char *name = strerrorname_np(err), *at;
	size_t len = name ? strlen(name) : 0;

	if (err == ENOMEM || err == ENOBUFS)
		return true;
	for (at = also_allowed; len && (at = strstr(at, name)); at += len)
		if (!at[len] || at[len] == ',')
			return true;
	return false;
}

static void note_reason(int err)
{
	struct reason *r;

	for (r = reasons; r < reasons + MAX_REASONS - 1 && r->n; r++)
		if (r->err == err && !strcmp(r->text, why))
			break;
	r->err = err;
	snprintf(r->text, sizeof(r->text), "%s", why);
	r->n++;
}

static bool go_back(const struct shot *old)
{
	unsigned int i;
	int err;

	for (i = 0; i < undo.n; i++) {
		err = deliver(undo.line[i]);
		if (!err)
			continue;
		printf("cannot be undone: %s: %s %s\n", undo.line[i], strerrorname_np(err), why);
		return false;
	}
	if (becomes(old, old))
		return true;
	printf("undone, and not what it was\n");
	return false;
}

/* Once more, for the kernel log to tell which allocation that is. */
static void show_where(unsigned int n)
{
	unsigned int i;
	bool unused;

	for (i = 0; i < undo.n; i++)
		deliver(undo.line[i]);
	set_verbose("2");
	left = n;
	deliver_all(&todo, &unused);
	left = 0;
	set_verbose("0");
	for (i = 0; i < undo.n; i++)
		deliver(undo.line[i]);
}

/*
 * Without allocation @n. Return 1 if that failed, 0 if there are fewer, -1 if it is
 * not as it must be.
 */
static int try_without(unsigned int n, const struct shot *old, const struct shot *new)
{
	const struct shot *is;
	bool had, was_answered;
	int err;

	left = n;
	err = deliver_all(&todo, &was_answered);
	had = !left;
	left = 0;
	if (err)
		note_reason(err);
	if (err && !had) {
		printf("failed, though no allocation did: %s %s\n", strerrorname_np(err), why);
		return -1;
	}
	if (err && !allowed(err)) {
		printf("failed with another error: %s %s\n", strerrorname_np(err), why);
		return -1;
	}
	/* Who gets no answer does not know what happened, but it did so wholly. */
	if (had && !was_answered)
		is = becomes(old, new);
	else
		is = err ? becomes(old, old) : becomes(new, new);
	if (!is) {
		printf("%s %s, and the state is neither that before nor that after\n",
		       err ? strerrorname_np(err) : "success", why);
		return -1;
	}
	if ((is == new || same(is, new)) && !go_back(old))
		return -1;
	return had;
}

/* Return the number of allocations that failed, -1 if something was wrong. */
static int run_case(unsigned int most)
{
	struct shot old = { .n = 0 }, new = { .n = 0 };
	unsigned int total, step, n, failed = 0;
	bool unused;
	int ret;

	settle(&old);
	left = MANY;
	if (deliver_all(&todo, &unused)) {
		printf("fails with all the memory there is: %s\n", why);
		return -1;
	}
	total = MANY - left;
	left = 0;
	settle(&new);
	if (!go_back(&old))
		return -1;

	step = total > most ? (total + most - 1) / most : 1;
	for (n = 1; ; n += step) {
		ret = try_without(n, &old, &new);
		if (ret > 0)
			failed++;
		if (ret <= 0)
			break;
	}
	if (ret < 0) {
		printf("allocation %u of about %u\n", n, total);
		show_where(n);
		return -1;
	}
	printf("%u allocations, %u of them failed, one at a time\n", total, failed);
	free_shot(&old);
	free_shot(&new);
	return failed;
}

static void print_reasons(void)
{
	const struct reason *r;

	for (r = reasons; r < reasons + MAX_REASONS && r->n; r++)
		printf("refused %u times: %s %s\n", r->n, strerrorname_np(r->err), r->text);
}

static void add(struct lines *lines, const char *text)
{
	if (lines->n == MAX_LINES) {
		fprintf(stderr, "too many lines\n");
		exit(2);
	}
	lines->line[lines->n] = strdup(text);
	if (!lines->line[lines->n++])
		die("strdup");
}

static void read_lines(void)
{
	static const struct {
		const char *word;
		struct lines *lines;
	} words[] = {
		{ "state ", &states }, { "run ", &runs }, { "do ", &todo }, { "undo ", &undo },
	};
	char line[8192];
	unsigned int i;

	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = 0;
		for (i = 0; i < sizeof(words) / sizeof(*words); i++)
			if (!strncmp(line, words[i].word, strlen(words[i].word)))
				break;
		if (i < sizeof(words) / sizeof(*words)) {
			add(words[i].lines, line + strlen(words[i].word));
		} else if (*line) {
			fprintf(stderr, "not a line: %s\n", line);
			exit(2);
		}
	}
}

int main(int argc, char **argv)
{
	unsigned int most = UINT32_MAX, i;
	int opt, failed, err;

	while ((opt = getopt(argc, argv, "m:e:")) != -1) {
		if (opt == 'm')
			most = atoi(optarg);
		else if (opt == 'e')
			also_allowed = optarg;
		else
			return 2;
	}
	nth_fd = open("/proc/self/fail-nth", O_RDWR | O_CLOEXEC);
	if (nth_fd < 0)
		die("/proc/self/fail-nth");
	/* Page faults take memory, too. */
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		die("mlockall");
	read_lines();
	if (!todo.n || !most) {
		fprintf(stderr, "nothing to do\n");
		return 2;
	}
	resolve_family(ready_socket(NETLINK_GENERIC));
	for (i = 0; i < runs.n; i++) {
		err = deliver(runs.line[i]);
		if (err) {
			printf("%s: %s %s\n", runs.line[i], strerrorname_np(err), why);
			return 1;
		}
	}
	failed = run_case(most);
	print_reasons();
	if (failed < 0)
		return 1;
	printf("failed %d\n", failed);
	return 0;
}
