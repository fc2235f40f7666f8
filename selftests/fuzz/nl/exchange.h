/* SPDX-License-Identifier: GPL-2.0 */
/*
 * To send a request and to read all that is answered, or to know that nothing is.
 */
#ifndef _NL_EXCHANGE_H
#define _NL_EXCHANGE_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stdint.h>

/* How long the kernel may take. */
#define PATIENCE_S	5
#define TEXT_ROOM	96

struct conn {
	struct mnl_socket *nl;
	unsigned int portid;
	uint32_t seq;
};

struct answer {
	bool end;		/* there was an ACK, an error or the end of a list */
	bool late;		/* nothing came in time */
	bool lost;		/* the kernel had no room for some of it */
	bool multi;		/* it is a list */
	bool changed;		/* while it was listed: NLM_F_DUMP_INTR */
	bool missing;		/* the error says which attribute is missing */
	int err;		/* of the end; positive */
	unsigned int parts;	/* before the end */
	char text[TEXT_ROOM];	/* the error's */
};

/* Told of each part of an answer. */
typedef void (*part_fn)(const struct nlmsghdr *nlh, void *arg);

void conn_open(struct conn *c, int protocol);
void conn_close(struct conn *c);
/* The request gets its number here. False if it could not be sent. */
bool conn_exchange(struct conn *c, struct nlmsghdr *nlh, size_t len, struct answer *a,
		   part_fn fn, void *arg);
/* Number of the family or of its multicast group; 0 if there is none. */
unsigned int conn_family(struct conn *c, const char *group);

#endif
