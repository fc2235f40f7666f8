// SPDX-License-Identifier: GPL-2.0
/*
 * The boundary to the kernel, the only user of libnl.
 *
 * libnl 3.7 does the sockets and the messages, but knows nothing of extended
 * acks (the kernel's text, the attribute it is about) and drops
 * the error at the end of a dump. Both are read here.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/genetlink.h>
#include <linux/ipv6tun.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "nl.h"

/* A request has at most a few hundred bytes of attributes... */
#define REQ_SIZE	4096
/* ...but one with all static BIB and EAM entries there may be. */
#define REQ_SIZE_LARGE	0x200000
/* Repetitions of a dump that changes disturbed, before it is shown as it is. */
#define DUMP_TRIES	10
/* Events wait here while the terminal is slow: some 10,000. */
#define EVENT_BUFFER	0x800000

/**
 * struct conn - a connected socket
 * @sk: libnl's socket, NULL before first use
 * @family: message type of the ipv6tun family; unused for rtnetlink
 */
struct conn {
	struct nl_sock *sk;
	int family;
};

/**
 * struct mark - where in a request the attributes of a line begin
 * @off: offset from the netlink header, bytes
 * @line: the line, 0 for none
 */
struct mark {
	size_t off;
	unsigned int line;
};

/**
 * struct req - a request being built or waiting for its answer
 * @msg: libnl's message
 * @conn: where it goes
 * @set: names of its attributes, for errors
 * @hdrlen: length of the family's header
 * @reply: where objects go, or NULL
 * @each: instead, called for each object
 * @arg: for @each
 * @stop: what @each returned
 * @file: the file that @marks are about
 * @marks: ascending by offset
 * @n_marks: how many
 * @done: the answer is complete
 * @err: negative errno the kernel gave
 */
struct req {
	struct nl_msg *msg;
	struct conn *conn;
	const struct spec_set *set;
	size_t hdrlen;
	struct objs *reply;
	int (*each)(const struct obj *obj, void *arg);
	void *arg;
	int stop;
	const char *file;
	struct mark *marks;
	size_t n_marks;
	bool done;
	int err;
};

static struct conn genl, rtnl;

void objs_init(struct objs *objs)
{
	objs->first = NULL;
	objs->last = &objs->first;
	objs->n = 0;
}

void objs_free(struct objs *objs)
{
	struct obj *obj, *next;

	for (obj = objs->first; obj; obj = next) {
		next = obj->next;
		free(obj->attr);
		free(obj);
	}
	objs_init(objs);
}

bool attr_ok(const struct nlattr *attr, size_t left)
{
	return left >= sizeof(*attr) && attr->nla_len >= sizeof(*attr) &&
	       attr->nla_len <= left;
}

struct nlattr *attr_next(const struct nlattr *attr, size_t *left)
{
	size_t len = NLA_ALIGN(attr->nla_len);

	/* The last attribute need not be padded. */
	*left = len < *left ? *left - len : 0;
	return (struct nlattr *)((const char *)attr + len);
}

unsigned int attr_type(const struct nlattr *attr)
{
	return attr->nla_type & NLA_TYPE_MASK;
}

size_t attr_len(const struct nlattr *attr)
{
	return attr->nla_len - NLA_HDRLEN;
}

const void *attr_data(const struct nlattr *attr)
{
	return (const char *)attr + NLA_HDRLEN;
}

const struct nlattr *attr_find(const struct nlattr *attr, size_t len, int type)
{
	size_t left;

	for (left = len; attr_ok(attr, left); attr = attr_next(attr, &left))
		if ((int)attr_type(attr) == type)
			return attr;
	return NULL;
}

unsigned long long attr_uint(const struct nlattr *attr)
{
	uint64_t u64;
	uint32_t u32;
	uint16_t u16;

	if (!attr)
		return 0;
	switch (attr_len(attr)) {
	case 1:
		return *(const uint8_t *)attr_data(attr);
	case 2:
		memcpy(&u16, attr_data(attr), 2);
		return u16;
	case 4:
		memcpy(&u32, attr_data(attr), 4);
		return u32;
	case 8:
		memcpy(&u64, attr_data(attr), 8);
		return u64;
	}
	return 0;
}

const char *attr_string(const struct nlattr *attr)
{
	if (!attr || !attr_len(attr) ||
	    !memchr(attr_data(attr), 0, attr_len(attr)))
		return "";
	return attr_data(attr);
}

int nl_netns(const char *name)
{
	char path[PATH_MAX];
	int fd, err;

	if (snprintf(path, sizeof(path), "%s%s", strchr(name, '/') ? "" : "/run/netns/",
		     name) >= (int)sizeof(path))
		return refused("network namespace %s: %s", name, strerror(ENAMETOOLONG));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return refused("network namespace %s: %s", name, strerror(errno));
	err = setns(fd, CLONE_NEWNET) ? errno : 0;
	close(fd);
	if (err)
		return refused("network namespace %s: %s", name, strerror(err));
	return CTL_OK;
}

int nl_ifindex(const char *name, uint32_t *ifindex)
{
	*ifindex = if_nametoindex(name);
	if (!*ifindex)
		return refused("%s: %s", name, strerror(errno));
	return CTL_OK;
}

int nl_device(const char *name, uint32_t *ifindex)
{
	ctl.device = name;
	return nl_ifindex(name, ifindex);
}

static int conn_open(struct conn *conn, int protocol)
{
	int fd, on = 1, err;

	conn->sk = nl_socket_alloc();
	if (!conn->sk)
		return refused("out of memory");
	/* The answers are matched by being the next ones; events have their own. */
	err = nl_connect(conn->sk, protocol);
	if (err) {
		nl_socket_free(conn->sk);
		conn->sk = NULL;
		return refused("netlink: %s", nl_geterror(err));
	}
	fd = nl_socket_get_fd(conn->sk);
	/*
	 * Without these an error is only a number, and comes with the request,
	 * which may be a large one; and filters are ignored.
	 */
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	return CTL_OK;
}

static int rtnl_open(void)
{
	return rtnl.sk ? CTL_OK : conn_open(&rtnl, NETLINK_ROUTE);
}

static int genl_open(void)
{
	int err;

	if (genl.sk)
		return CTL_OK;
	err = conn_open(&genl, NETLINK_GENERIC);
	if (err)
		return err;
	genl.family = genl_ctrl_resolve(genl.sk, IPV6TUN_FAMILY_NAME);
	if (genl.family >= 0)
		return CTL_OK;
	err = genl.family;
	nl_socket_free(genl.sk);
	genl.sk = NULL;
	if (err == -NLE_OBJ_NOTFOUND)
		return refused("the kernel module ipv6tun is not loaded");
	return refused("family ipv6tun: %s", nl_geterror(err));
}

static struct req *req_alloc(struct conn *conn, const struct spec_set *set,
			     size_t hdrlen, size_t size)
{
	struct req *req = xalloc(sizeof(*req));

	req->msg = nlmsg_alloc_size(size);
	if (!req->msg) {
		complain("out of memory");
		exit(CTL_REFUSED);
	}
	req->conn = conn;
	req->set = set;
	req->hdrlen = hdrlen;
	return req;
}

static struct req *genl_alloc(unsigned int cmd, const struct spec_set *set,
			      size_t size)
{
	struct req *req = req_alloc(&genl, set, GENL_HDRLEN, size);

	/* The family's number is filled in when the request is sent. */
	genlmsg_put(req->msg, NL_AUTO_PORT, NL_AUTO_SEQ, 0, 0, 0, cmd,
		    IPV6TUN_FAMILY_VERSION);
	return req;
}

struct req *req_genl(unsigned int cmd, const struct spec_set *set)
{
	return genl_alloc(cmd, set, REQ_SIZE);
}

struct req *req_genl_large(unsigned int cmd, const struct spec_set *set)
{
	return genl_alloc(cmd, set, REQ_SIZE_LARGE);
}

struct req *req_link(unsigned int type, int nlflags, uint32_t ifindex,
		     unsigned int up, unsigned int change,
		     const struct spec_set *set)
{
	struct ifinfomsg ifi = {
		.ifi_index = ifindex,
		.ifi_flags = up,
		.ifi_change = change,
	};
	struct req *req = req_alloc(&rtnl, set, NLMSG_ALIGN(sizeof(ifi)),
				    REQ_SIZE);

	nlmsg_put(req->msg, NL_AUTO_PORT, NL_AUTO_SEQ, type, 0, nlflags);
	nlmsg_append(req->msg, &ifi, sizeof(ifi), NLMSG_ALIGNTO);
	return req;
}

void req_free(struct req *req)
{
	nlmsg_free(req->msg);
	free(req->marks);
	free(req);
}

void req_line(struct req *req, const char *file, unsigned int line)
{
	/* By doubling, at powers of two. */
	if (!(req->n_marks & (req->n_marks - 1)))
		req->marks = xrealloc(req->marks,
				      (req->n_marks ? 2 * req->n_marks : 1) * sizeof(*req->marks));
	req->marks[req->n_marks].off = nlmsg_hdr(req->msg)->nlmsg_len;
	req->marks[req->n_marks].line = file ? line : 0;
	req->n_marks++;
	if (file)
		req->file = file;
}

/* Every message has room for all attributes of its command. */
void req_put(struct req *req, int attr, const void *data, size_t len)
{
	if (!nla_put(req->msg, attr, len, data))
		return;
	complain("request too long");
	exit(CTL_REFUSED);
}

void req_put_u8(struct req *req, int attr, uint8_t value)
{
	req_put(req, attr, &value, sizeof(value));
}

void req_put_u16(struct req *req, int attr, uint16_t value)
{
	req_put(req, attr, &value, sizeof(value));
}

void req_put_u32(struct req *req, int attr, uint32_t value)
{
	req_put(req, attr, &value, sizeof(value));
}

void req_put_flag(struct req *req, int attr)
{
	req_put(req, attr, NULL, 0);
}

void req_put_string(struct req *req, int attr, const char *value)
{
	req_put(req, attr, value, strlen(value) + 1);
}

void req_put_addr(struct req *req, int attr, const struct addr *value)
{
	req_put(req, attr, value->byte, value->len);
}

void *req_nest(struct req *req, int attr)
{
	void *nest = nla_nest_start(req->msg, attr | NLA_F_NESTED);

	if (nest)
		return nest;
	complain("request too long");
	exit(CTL_REFUSED);
}

void req_nest_end(struct req *req, void *nest)
{
	nla_nest_end(req->msg, nest);
}

/*
 * The attribute at byte @off of the request. Nests are entered, so that the
 * innermost attribute is the one named.
 */
static const struct spec_attr *attr_at(const struct nlmsghdr *nlh,
				       const struct nlattr *attr, size_t len,
				       const struct spec_set *set, size_t off)
{
	const struct spec_attr *found = NULL;
	size_t left;

	while (set) {
		const struct spec_set *inner = NULL;

		for (left = len; attr_ok(attr, left); attr = attr_next(attr, &left)) {
			size_t start = (const char *)attr - (const char *)nlh;

			if (off < start || off >= start + attr->nla_len)
				continue;
			if (attr_type(attr) > set->max ||
			    !set->attr[attr_type(attr)].name)
				break;
			found = &set->attr[attr_type(attr)];
			if (off == start)
				break;
			inner = found->nest;
			len = attr_len(attr);
			attr = attr_data(attr);
			break;
		}
		set = inner;
	}
	return found;
}

/* The attribute that is missing from the nest at @off, or from the top level. */
static const struct spec_attr *attr_missing(const struct req *req,
					    const struct spec_attr *nest,
					    unsigned int type)
{
	const struct spec_set *set = nest ? nest->nest : req->set;

	if (!set || type > set->max || !set->attr[type].name)
		return NULL;
	return &set->attr[type];
}

/* The name the user knows an attribute by. */
static const char *typed_name(const struct spec_attr *spec)
{
	return ctl.device && !strcmp(spec->name, "ifindex") ? ctl.device : spec->name;
}

/* The line that the attribute at byte @off of the request comes of, 0 if none. */
static unsigned int line_at(const struct req *req, size_t off)
{
	unsigned int line = 0;
	size_t i;

	for (i = 0; i < req->n_marks && req->marks[i].off <= off; i++)
		line = req->marks[i].line;
	return line;
}

/*
 * Print what the kernel said: "ATTRIBUTE: TEXT (ERROR)", as far as known.
 * @tlv: the attributes of the extended ack
 */
static void explain(const struct req *req, int err, const struct nlattr *tlv,
		    size_t len)
{
	const struct nlmsghdr *nlh = nlmsg_hdr(req->msg);
	const struct nlattr *attrs = (const void *)((const char *)NLMSG_DATA(nlh) + req->hdrlen);
	size_t attrs_len = nlh->nlmsg_len - NLMSG_HDRLEN - req->hdrlen;
	const struct nlattr *a, *text = NULL;
	const struct spec_attr *bad = NULL, *missing = NULL, *nest = NULL;
	unsigned int miss_type = 0, line = 0;
	struct ctl old = ctl;
	size_t left;

	for (a = tlv, left = len; attr_ok(a, left); a = attr_next(a, &left)) {
		switch (attr_type(a)) {
		case NLMSGERR_ATTR_MSG:
			text = a;
			break;
		case NLMSGERR_ATTR_OFFS:
			bad = attr_at(nlh, attrs, attrs_len, req->set, attr_uint(a));
			line = line_at(req, attr_uint(a));
			break;
		case NLMSGERR_ATTR_MISS_NEST:
			nest = attr_at(nlh, attrs, attrs_len, req->set, attr_uint(a));
			line = line_at(req, attr_uint(a));
			break;
		case NLMSGERR_ATTR_MISS_TYPE:
			miss_type = attr_uint(a);
			break;
		}
	}
	if (miss_type)
		missing = attr_missing(req, nest, miss_type);
	if (line) {
		ctl.file = req->file;
		ctl.line = line;
	}
	if (!err) {
		if (*attr_string(text))
			complain("warning: %s", attr_string(text));
	} else if (missing) {
		complain("%s: missing (%s)", missing->name, strerror(err));
	} else if (bad && *attr_string(text)) {
		complain("%s: %s (%s)", typed_name(bad), attr_string(text),
			 strerror(err));
	} else if (bad) {
		complain("%s: %s", typed_name(bad), strerror(err));
	} else if (*attr_string(text)) {
		complain("%s (%s)", attr_string(text), strerror(err));
	} else {
		complain("%s", strerror(err));
	}
	ctl = old;
}

/* The TLVs behind an error; the request itself stands before them or not. */
static void explain_error(struct req *req, const struct nlmsghdr *nlh,
			  const struct nlmsgerr *e)
{
	size_t skip = sizeof(*e), len = nlh->nlmsg_len - NLMSG_HDRLEN;

	if (!(nlh->nlmsg_flags & NLM_F_CAPPED) && e->msg.nlmsg_len > NLMSG_HDRLEN)
		skip += e->msg.nlmsg_len - NLMSG_HDRLEN;
	skip = NLMSG_ALIGN(skip);
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS) || skip > len)
		skip = len;
	explain(req, -req->err, (const void *)((const char *)e + skip), len - skip);
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *e, void *arg)
{
	struct req *req = arg;

	(void)from;
	req->err = e->error;
	req->done = true;
	explain_error(req, (const void *)((const char *)e - NLMSG_HDRLEN), e);
	return NL_STOP;
}

/* Success may come with a warning. */
static int on_ack(struct nl_msg *msg, void *arg)
{
	struct req *req = arg;

	req->done = true;
	explain_error(req, nlmsg_hdr(msg), NLMSG_DATA(nlmsg_hdr(msg)));
	return NL_STOP;
}

/* The end of a dump, whose payload says whether it ended well. */
static int on_finish(struct nl_msg *msg, void *arg)
{
	const struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct req *req = arg;
	size_t len = nlh->nlmsg_len - NLMSG_HDRLEN;
	int err;

	req->done = true;
	if (len < sizeof(err))
		return NL_STOP;
	memcpy(&err, NLMSG_DATA(nlh), sizeof(err));
	if (err >= 0)
		return NL_STOP;
	req->err = err;
	len = (nlh->nlmsg_flags & NLM_F_ACK_TLVS) ? len - sizeof(err) : 0;
	explain(req, -err, (const void *)((const char *)NLMSG_DATA(nlh) + sizeof(err)),
		len);
	return NL_STOP;
}

/* Copy a message into an object of its own. */
static struct obj *obj_new(const struct nlmsghdr *nlh, size_t hdrlen)
{
	size_t len = nlh->nlmsg_len - NLMSG_HDRLEN;
	struct obj *obj;

	if (len < hdrlen)
		return NULL;
	obj = xalloc(sizeof(*obj));
	memcpy(obj->head, NLMSG_DATA(nlh), hdrlen);
	obj->len = len - hdrlen;
	obj->attr = xalloc(obj->len);
	memcpy(obj->attr, (const char *)NLMSG_DATA(nlh) + hdrlen, obj->len);
	if (nlh->nlmsg_type == genl.family)
		obj->cmd = ((const struct genlmsghdr *)NLMSG_DATA(nlh))->cmd;
	else
		obj->cmd = nlh->nlmsg_type;
	return obj;
}

/* Without a copy: there may be millions. */
static int hand_on(struct req *req, const struct nlmsghdr *nlh)
{
	size_t len = nlh->nlmsg_len - NLMSG_HDRLEN;
	struct obj obj = { 0 };

	if (req->stop || len < GENL_HDRLEN)
		return NL_OK;
	obj.cmd = ((const struct genlmsghdr *)NLMSG_DATA(nlh))->cmd;
	obj.len = len - GENL_HDRLEN;
	obj.attr = (struct nlattr *)((char *)NLMSG_DATA(nlh) + GENL_HDRLEN);
	req->stop = req->each(&obj, req->arg);
	return NL_OK;
}

static int on_valid(struct nl_msg *msg, void *arg)
{
	struct req *req = arg;
	struct obj *obj;

	if (req->each)
		return hand_on(req, nlmsg_hdr(msg));
	if (!req->reply)
		return NL_OK;
	obj = obj_new(nlmsg_hdr(msg), req->hdrlen);
	if (!obj)
		return NL_OK;
	*req->reply->last = obj;
	req->reply->last = &obj->next;
	req->reply->n++;
	return NL_OK;
}

/* Connect on first use: wrong words are reported without a module, too. */
static int req_open(struct req *req)
{
	int err;

	if (req->conn == &rtnl)
		return rtnl_open();
	err = genl_open();
	if (!err)
		nlmsg_hdr(req->msg)->nlmsg_type = genl.family;
	return err;
}

/* A request has to fit the send buffer, which is for ordinary ones. */
static void make_room(const struct req *req)
{
	int fd = nl_socket_get_fd(req->conn->sk);
	int size = nlmsg_hdr(req->msg)->nlmsg_len;

	if (size > REQ_SIZE &&
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

/* Send @req and read until its answer is complete. Returns libnl's error. */
static int transact(struct req *req)
{
	bool disturbed = false;
	struct nl_cb *cb;
	int err;

	cb = nl_cb_alloc(NL_CB_CUSTOM);
	if (!cb)
		return -NLE_NOMEM;
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, req);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, req);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, req);
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_valid, req);

	make_room(req);
	err = nl_send_auto(req->conn->sk, req->msg);
	while (err >= 0 && !req->done && !req->stop) {
		err = nl_recvmsgs(req->conn->sk, cb);
		/* Read to the end, or the next answer would be taken for ours. */
		if (err == -NLE_DUMP_INTR) {
			disturbed = true;
			err = 0;
		}
	}
	nl_cb_put(cb);
	return err >= 0 && disturbed ? -NLE_DUMP_INTR : err;
}

static int finish(struct req *req, int err)
{
	if (req->err)
		err = CTL_REFUSED;
	else if (err < 0)
		err = refused("netlink: %s", nl_geterror(err));
	else
		err = CTL_OK;
	req_free(req);
	return err;
}

int req_do(struct req *req, struct objs *reply)
{
	nlmsg_hdr(req->msg)->nlmsg_flags |= NLM_F_ACK;
	req->reply = reply;
	if (req_open(req)) {
		req_free(req);
		return CTL_REFUSED;
	}
	return finish(req, transact(req));
}

int req_dump(struct req *req, struct objs *reply)
{
	int err, try;

	nlmsg_hdr(req->msg)->nlmsg_flags |= NLM_F_DUMP;
	req->reply = reply;
	if (req_open(req)) {
		req_free(req);
		return CTL_REFUSED;
	}
	for (try = 1; ; try++) {
		req->done = false;
		nlmsg_hdr(req->msg)->nlmsg_seq = NL_AUTO_SEQ;
		err = transact(req);
		if (err != -NLE_DUMP_INTR || req->err)
			break;
		if (try == DUMP_TRIES) {
			complain("warning: the list kept changing, it may not be complete");
			err = 0;
			break;
		}
		objs_free(reply);
	}
	return finish(req, err);
}

int req_stream(struct req *req, int (*each)(const struct obj *obj, void *arg),
	       void *arg)
{
	int stop, err;

	nlmsg_hdr(req->msg)->nlmsg_flags |= NLM_F_DUMP;
	req->each = each;
	req->arg = arg;
	if (req_open(req)) {
		req_free(req);
		return CTL_REFUSED;
	}
	err = transact(req);
	/* Nothing is repeated: what was handed on cannot be taken back. */
	if (err == -NLE_DUMP_INTR)
		err = 0;
	stop = req->stop;
	err = finish(req, err);
	return stop ? stop : err;
}

/**
 * struct monitor - arguments of the event callback
 * @event: the user's function
 * @arg: its argument
 * @stop: what it returned
 */
struct monitor {
	int (*event)(const struct obj *obj, void *arg);
	void *arg;
	int stop;
};

/* What the kernel tells of families. Without ours no event will ever come again. */
static int on_family(struct nl_msg *msg, struct monitor *monitor)
{
	const struct genlmsghdr *head = nlmsg_data(nlmsg_hdr(msg));
	const struct nlattr *id;

	if (!genlmsg_valid_hdr(nlmsg_hdr(msg), 0) || head->cmd != CTRL_CMD_DELFAMILY)
		return NL_OK;
	id = nla_find(genlmsg_attrdata(head, 0), genlmsg_attrlen(head, 0),
		      CTRL_ATTR_FAMILY_ID);
	if (attr_uint(id) != (unsigned int)genl.family)
		return NL_OK;
	monitor->stop = refused("events: the kernel module ipv6tun was removed");
	return NL_STOP;
}

static int on_event(struct nl_msg *msg, void *arg)
{
	struct monitor *monitor = arg;
	struct obj *obj;

	if (nlmsg_hdr(msg)->nlmsg_type == GENL_ID_CTRL)
		return on_family(msg, monitor);
	if (nlmsg_hdr(msg)->nlmsg_type != genl.family)
		return NL_OK;
	obj = obj_new(nlmsg_hdr(msg), GENL_HDRLEN);
	if (!obj)
		return NL_OK;
	monitor->stop = monitor->event(obj, monitor->arg);
	free(obj->attr);
	free(obj);
	return monitor->stop ? NL_STOP : NL_OK;
}

int nl_monitor(const char *name, int (*event)(const struct obj *obj, void *arg),
	       void *arg)
{
	struct monitor monitor = { .event = event, .arg = arg };
	struct conn conn = { 0 };
	int group, fd, err, size = EVENT_BUFFER, on = 1;

	err = genl_open();
	if (err)
		return err;
	group = genl_ctrl_resolve_grp(genl.sk, IPV6TUN_FAMILY_NAME, name);
	if (group < 0)
		return refused("events: %s", nl_geterror(group));
	err = conn_open(&conn, NETLINK_GENERIC);
	if (err)
		return err;
	nl_socket_disable_seq_check(conn.sk);
	fd = nl_socket_get_fd(conn.sk);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	/* Makes the kernel count what it could not tell us, where it counts. */
	setsockopt(fd, SOL_NETLINK, NETLINK_BROADCAST_ERROR, &on, sizeof(on));
	nl_socket_modify_cb(conn.sk, NL_CB_VALID, NL_CB_CUSTOM, on_event, &monitor);
	/* The kernel's own family has a group of the same number. */
	err = nl_socket_add_memberships(conn.sk, GENL_ID_CTRL, group, 0);
	while (err >= 0 && !monitor.stop) {
		err = nl_recvmsgs_default(conn.sk);
		/* ENOBUFS, as libnl calls it: the kernel dropped events. */
		if (err == -NLE_NOMEM) {
			monitor.stop = event(NULL, arg);
			err = 0;
		}
	}
	nl_socket_free(conn.sk);
	if (err < 0)
		return refused("events: %s", nl_geterror(err));
	return monitor.stop;
}
