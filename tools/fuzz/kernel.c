// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel of the fuzz target: takes every request and answers with the lines of
 * the input. Each answer takes those up to its end:
 *
 *	= 3		an object that command 3 tells of, or an event; of rtnetlink,
 *			a link
 *	~ 3		the same, in a list that was disturbed
 *	@ 2		what the kernel tells of families
 *	! 22		the end: this error, 0 for none
 *	$ 22		the end of a list, that of most answers to "show"
 *	-		events were lost
 *
 * and behind these lines what is in the message:
 *
 *	1 x0500		attribute 1, bytes
 *	2 'wan0		attribute 2, a string
 *	9 {		attribute 9, a nest up to
 *	}
 *
 * Other lines do not count. After the last one each answer ends well at once.
 */
#include <ctype.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/rtnetlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#define FAMILY		0x21
#define ANSWER_SIZE	65536
#define DEPTH_MAX	8

/* The line to be read next, and the request to be answered; none for events. */
static const char *next;
static struct nlmsghdr request;

void kernel_begin(const char *answers)
{
	next = answers;
}

static void next_line(void)
{
	next += strcspn(next, "\n");
	if (*next)
		next++;
}

static bool is_message(void)
{
	return *next && strchr("=~@!$-", *next);
}

static int digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

static void put_bytes(struct nl_msg *msg, int type, const char *hex)
{
	unsigned char byte[512];
	int n = 0;

	while (n < (int)sizeof(byte) && isxdigit((unsigned char)hex[0]) &&
	       isxdigit((unsigned char)hex[1])) {
		byte[n++] = digit(hex[0]) << 4 | digit(hex[1]);
		hex += 2;
	}
	nla_put(msg, type, n, byte);
}

static void put_text(struct nl_msg *msg, int type, const char *line)
{
	size_t len = strcspn(line, "\n");
	char text[512] = "";

	if (len >= sizeof(text))
		len = sizeof(text) - 1;
	memcpy(text, line, len);
	nla_put(msg, type, len + 1, text);
}

/* All lines up to the next message. What does not fit is left out. */
static void put_attrs(struct nl_msg *msg)
{
	struct nlattr *nest[DEPTH_MAX];
	unsigned int depth = 0;

	for (; *next && !is_message(); next_line()) {
		char *value;
		int type = strtoul(next, &value, 10) & NLA_TYPE_MASK;

		if (*next == '}' && depth) {
			nla_nest_end(msg, nest[--depth]);
			continue;
		}
		if (!isdigit((unsigned char)*next) || *value++ != ' ')
			continue;
		if (*value == 'x') {
			put_bytes(msg, type, value + 1);
		} else if (*value == '\'') {
			put_text(msg, type, value + 1);
		} else if (*value == '{' && depth < DEPTH_MAX) {
			nest[depth] = nla_nest_start(msg, type);
			if (nest[depth])
				depth++;
		}
	}
	while (depth)
		nla_nest_end(msg, nest[--depth]);
}

static struct nlmsghdr *put_head(struct nl_msg *msg, int type, int flags)
{
	if (request.nlmsg_flags & NLM_F_DUMP)
		flags |= NLM_F_MULTI;
	return nlmsg_put(msg, request.nlmsg_pid, request.nlmsg_seq, type, 0, flags);
}

static void put_object(struct nl_msg *msg, char kind, unsigned int number)
{
	int flags = kind == '~' ? NLM_F_DUMP_INTR : 0;
	struct genlmsghdr genl = { .cmd = number };
	/* The device of fuzz_nametoindex(). */
	struct ifinfomsg link = { .ifi_index = 7, .ifi_flags = number };

	if (kind == '@') {
		put_head(msg, GENL_ID_CTRL, 0);
		nlmsg_append(msg, &genl, sizeof(genl), NLMSG_ALIGNTO);
	} else if (request.nlmsg_type == FAMILY) {
		put_head(msg, FAMILY, flags);
		nlmsg_append(msg, &genl, sizeof(genl), NLMSG_ALIGNTO);
	} else {
		put_head(msg, RTM_NEWLINK, flags);
		nlmsg_append(msg, &link, sizeof(link), NLMSG_ALIGNTO);
	}
	put_attrs(msg);
}

/* The kernel gives back what it was asked, or only its header. */
static void put_error(struct nl_msg *msg, unsigned int number)
{
	struct nlmsgerr e = { .error = -(int)(number % 133), .msg = request };

	put_head(msg, NLMSG_ERROR, NLM_F_CAPPED | NLM_F_ACK_TLVS);
	nlmsg_append(msg, &e, sizeof(e), NLMSG_ALIGNTO);
	put_attrs(msg);
}

static void put_done(struct nl_msg *msg, unsigned int number)
{
	int err = -(int)(number % 133);

	put_head(msg, NLMSG_DONE, NLM_F_MULTI | NLM_F_ACK_TLVS);
	nlmsg_append(msg, &err, sizeof(err), NLMSG_ALIGNTO);
	put_attrs(msg);
}

/* The next message of the input, or the end of what is asked for. */
static void put_message(struct nl_msg *msg)
{
	unsigned int number;
	char kind;

	while (*next && !is_message())
		next_line();
	kind = *next;
	if (!kind)
		kind = request.nlmsg_flags & NLM_F_DUMP ? '$' : '!';
	number = *next ? strtoul(next + 1, NULL, 10) : 0;
	next_line();
	if (kind == '!')
		put_error(msg, number);
	else if (kind == '$')
		put_done(msg, number);
	else
		put_object(msg, kind, number);
}

static int answer(struct nl_sock *sk, struct sockaddr_nl *from, unsigned char **data,
		  struct ucred **creds)
{
	struct nl_msg *msg;
	int len;

	(void)sk;
	/* For events there is no end but the socket's. */
	if (!request.nlmsg_type && !*next)
		return -NLE_FAILURE;
	if (*next == '-') {
		next_line();
		return -NLE_NOMEM;
	}
	memset(from, 0, sizeof(*from));
	from->nl_family = AF_NETLINK;
	if (creds)
		*creds = NULL;
	msg = nlmsg_alloc_size(ANSWER_SIZE);
	if (!msg)
		return -NLE_NOMEM;
	put_message(msg);
	len = nlmsg_hdr(msg)->nlmsg_len;
	*data = malloc(len);
	if (*data)
		memcpy(*data, nlmsg_hdr(msg), len);
	nlmsg_free(msg);
	return *data ? len : -NLE_NOMEM;
}

int fuzz_connect(struct nl_sock *sk, int protocol)
{
	(void)sk;
	(void)protocol;
	memset(&request, 0, sizeof(request));
	return 0;
}

int fuzz_send_auto(struct nl_sock *sk, struct nl_msg *msg)
{
	nl_complete_msg(sk, msg);
	request = *nlmsg_hdr(msg);
	return request.nlmsg_len;
}

/* An answer that was not read to its end would spoil all that follow. */
static int any_number(struct nl_msg *msg, void *arg)
{
	(void)msg;
	(void)arg;
	return NL_OK;
}

int fuzz_recvmsgs(struct nl_sock *sk, struct nl_cb *cb)
{
	nl_cb_overwrite_recv(cb, answer);
	nl_cb_set(cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, any_number, NULL);
	return nl_recvmsgs(sk, cb);
}

int fuzz_recvmsgs_default(struct nl_sock *sk)
{
	struct nl_cb *cb = nl_socket_get_cb(sk);
	int err = fuzz_recvmsgs(sk, cb);

	nl_cb_put(cb);
	return err;
}

int fuzz_add_memberships(struct nl_sock *sk, int group, ...)
{
	(void)sk;
	(void)group;
	return 0;
}

int fuzz_ctrl_resolve(struct nl_sock *sk, const char *name)
{
	(void)sk;
	(void)name;
	return FAMILY;
}

int fuzz_ctrl_resolve_grp(struct nl_sock *sk, const char *family, const char *group)
{
	(void)sk;
	(void)family;
	(void)group;
	return 1;
}
