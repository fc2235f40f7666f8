/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The boundary to the kernel; nl.c is the only file that knows libnl.
 *
 * Functions that talk to the kernel return 0, or CTL_REFUSED after printing
 * what the kernel said and which attribute it said it of.
 */
#ifndef NL_H
#define NL_H

#include <linux/netlink.h>
#include <stdint.h>

#include "parse.h"
#include "spec.h"

struct req;

/**
 * struct obj - an object the kernel told of
 * @next: the one that followed
 * @cmd: generic netlink command; for rtnetlink the message type
 * @head: the family's header in front of the attributes
 * @len: bytes of @attr
 * @attr: the attributes
 */
struct obj {
	struct obj *next;
	unsigned int cmd;
	char head[32];
	size_t len;
	struct nlattr *attr;
};

/**
 * struct objs - objects in the order they came
 * @first: the first, or NULL
 * @last: where the next one is linked
 * @n: how many
 */
struct objs {
	struct obj *first;
	struct obj **last;
	unsigned int n;
};

void objs_init(struct objs *objs);
void objs_free(struct objs *objs);

/* Enter a network namespace: a name of ip-netns(8), or a path. */
int nl_netns(const char *name);

/* Index of device @name. */
int nl_ifindex(const char *name, uint32_t *ifindex);
/*
 * The same for the device a command is about: what the kernel says of an
 * "ifindex" is printed with its name.
 */
int nl_device(const char *name, uint32_t *ifindex);

/* A request of the ipv6tun family, its attributes from @set. */
struct req *req_genl(unsigned int cmd, const struct spec_set *set);
/* The same with room for a whole configuration. */
struct req *req_genl_large(unsigned int cmd, const struct spec_set *set);
/*
 * What is put into @req from here on comes of this line of @file: an error is
 * printed with it. NULL: of none.
 */
void req_line(struct req *req, const char *file, unsigned int line);
/*
 * A request of rtnetlink about the link @ifindex (0: any).
 * @nlflags: NLM_F_*; @up and @change: IFF_UP or 0, new flag and mask.
 */
struct req *req_link(unsigned int type, int nlflags, uint32_t ifindex,
		     unsigned int up, unsigned int change,
		     const struct spec_set *set);
void req_free(struct req *req);

void req_put(struct req *req, int attr, const void *data, size_t len);
void req_put_u8(struct req *req, int attr, uint8_t value);
void req_put_u16(struct req *req, int attr, uint16_t value);
void req_put_u32(struct req *req, int attr, uint32_t value);
void req_put_flag(struct req *req, int attr);
void req_put_string(struct req *req, int attr, const char *value);
void req_put_addr(struct req *req, int attr, const struct addr *value);
void *req_nest(struct req *req, int attr);
void req_nest_end(struct req *req, void *nest);

/*
 * Send, wait for the answer, free the request. @reply may be NULL when no
 * object is wanted. A dump that was disturbed by changes is repeated.
 */
int req_do(struct req *req, struct objs *reply);
int req_dump(struct req *req, struct objs *reply);
/*
 * The same for a dump of any length: @each gets one object after the other, and
 * ends it early when it returns other than 0, which is returned.
 */
int req_stream(struct req *req, int (*each)(const struct obj *obj, void *arg),
	       void *arg);

/**
 * nl_monitor() - hand on events until an error
 * @group: multicast group of the ipv6tun family
 * @event: called for each; with NULL when events were lost. Ends the loop
 *	when it returns other than 0.
 * @arg: for @event
 */
int nl_monitor(const char *group, int (*event)(const struct obj *obj, void *arg), void *arg);

/*
 * Attributes of an object. To go through them:
 *
 *	for (a = obj->attr, left = obj->len; attr_ok(a, left); a = attr_next(a, &left))
 */
struct nlattr *attr_next(const struct nlattr *attr, size_t *left);
bool attr_ok(const struct nlattr *attr, size_t left);
const struct nlattr *attr_find(const struct nlattr *attr, size_t len, int type);
unsigned int attr_type(const struct nlattr *attr);
size_t attr_len(const struct nlattr *attr);
const void *attr_data(const struct nlattr *attr);
/* Integer of any width; 0 when there is no attribute. */
unsigned long long attr_uint(const struct nlattr *attr);
/* String; "" when there is no attribute or it is not terminated. */
const char *attr_string(const struct nlattr *attr);

#endif
