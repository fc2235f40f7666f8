/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether an answer is right, and how often which command was granted and refused.
 */
#ifndef _NL_ORACLE_H
#define _NL_ORACLE_H

#include <stdbool.h>
#include <stdint.h>

#include "exchange.h"
#include "msg.h"

#define COMMANDS	256

enum link_op {
	LINK_ADD,
	LINK_SET,
	LINK_DEL,
	LINK_OPS,
};

/* Of one command. */
struct tally {
	uint64_t granted, refused;
	uint64_t mute;		/* refused for what it has, without a word */
	uint64_t heard;		/* notifications */
};

/* Of one process, in memory that all share. */
struct tallies {
	struct tally command[COMMANDS], link[LINK_OPS];
	uint64_t sent, dropped, ignored;	/* by the kernel, as is right */
	uint64_t changed;	/* lists that changed while they were told */
	uint64_t lost;		/* answers that there was no room for */
	uint64_t compared;	/* requests that must not change anything */
	uint64_t strangers;	/* requests to others than the family */
	uint64_t failures;
};

struct worker {
	uint64_t seed;
	uint32_t worker;
	bool unprivileged;
	struct conn genl, rtnl;
	struct tallies *sum;
};

enum verdict {
	VERDICT_NOTHING,	/* it was not even looked at */
	VERDICT_REFUSED,
	VERDICT_GRANTED,
};

extern const char *const link_op_names[LINK_OPS];

/* Send the message, judge what comes back. */
enum verdict oracle_ask(struct worker *w, struct msg *m, uint32_t number);
/* Judge a notification. */
void oracle_hear(struct worker *w, const struct nlmsghdr *nlh);
/* Something is not right, of message @number, which may be NULL. */
void oracle_fail(struct worker *w, const struct msg *m, uint32_t number, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* Whether it asks for what changes nothing. */
bool oracle_reads(const struct msg *m);
/* False if a refusal may have changed something: what rtnetlink does one by one. */
bool oracle_is_whole(const struct msg *m);

#endif
