/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A message, right or wrong. What it consists of follows from the seed, the worker, its
 * number and the world it is for; not from what was answered before.
 */
#ifndef _NL_MSG_H
#define _NL_MSG_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rng.h"
#include "table.h"

#define MSG_ROOM	8192
#define DEVICES_MAX	8
#define WRONGS_MAX	8

/*
 * Devices that come and go have fixed numbers, so that a message means the same device
 * whatever became of the others.
 */
#define VOLATILE_FIRST	1101
#define VOLATILE_N	6
#define NO_DEVICE	0x7ffffff0

struct world {
	uint16_t family;			/* number of the family, once known */
	uint32_t steady[DEVICES_MAX];		/* fuzzed, but stay; the first has routes */
	unsigned int n_steady;
	uint32_t other[DEVICES_MAX];		/* of another kind or another namespace */
	unsigned int n_other;
	uint32_t spared[DEVICES_MAX];		/* never occur in a message */
	unsigned int n_spared;
	uint32_t under;				/* may be the underlay device of a path */
};

extern struct world world;

bool is_steady(uint32_t ifindex);
bool is_volatile(uint32_t ifindex);
bool is_spared(uint32_t ifindex);

struct msg {
	union {
		struct nlmsghdr nlh;
		char byte[MSG_ROOM];
	};
	size_t len;			/* sent, whatever the header says */
	const struct op_spec *op;	/* what it was meant to be; NULL for rtnetlink */
	uint32_t device;		/* it is about */
	struct rng rng;
	unsigned int todo;		/* things to be made wrong yet */
	const char *wrong[WRONGS_MAX];	/* those that were */
	unsigned int n_wrong;
};

/* The message of this number. */
void msg_make(struct msg *m, uint64_t seed, uint32_t worker, uint32_t number);
/* For people: what it is, and its bytes. */
void msg_print(const struct msg *m, const char *title);

/* An empty one, right so far. */
void msg_start(struct msg *m, uint16_t type, uint16_t flags, const void *head, size_t len);
/* Append; without room nothing is. Returns where. */
struct nlattr *msg_put(struct msg *m, unsigned int type, const void *data, size_t len);
void msg_nest_end(struct msg *m, struct nlattr *nest);
void msg_raw(struct msg *m, const void *data, size_t len);
void msg_note(struct msg *m, const char *wrong);

/* Attributes that make sense, of a request or a nest (op NULL). */
void build_attrs(struct msg *m, const struct op_spec *op, const struct set_spec *set);
void build_request(struct msg *m, const struct op_spec *op);
void build_link(struct msg *m);

/* Make something wrong: with the last attribute, which begins at @at, or in all. */
void mutate_last(struct msg *m, const struct set_spec *set, const struct attr_spec *a, size_t at);
void mutate_message(struct msg *m);

/* Change what would reach further than the devices that are fuzzed. */
void fence(struct msg *m);

#endif
