/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Values that make sense: of few addresses, numbers and ranges, so that requests are often
 * about what others have made, and tables stay small.
 */
#ifndef _NL_VALUES_H
#define _NL_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "msg.h"

/* Ids that paths are made with. There are a dozen of addresses for them, too. */
#define PATH_IDS	64
/* Things of NAT64 of each kind, on each device. */
#define OBJECTS		8
/* The longest value. */
#define VALUE_ROOM	600

/* What a request asks for decides which attributes it needs. */
enum shape {
	SHAPE_NAME,		/* a thing by its name, or what to list */
	SHAPE_PATH,
	SHAPE_LOOKUP,
	SHAPE_SETTINGS,
	SHAPE_OBJECT,		/* of NAT64, as a whole */
	SHAPE_FILTER,
};

/* What the attributes of one request or nest have in common. */
struct draw {
	enum shape shape;
	unsigned int k;		/* which of OBJECTS */
	bool adds;
	bool six;		/* addresses are IPv6 */
	bool outer;		/* the outer addresses of a path change */
	bool packet;		/* a flow is given as a packet */
	uint8_t len4, len6;	/* of prefixes in a filter */
	unsigned int peers;	/* put so far */
	uint64_t taken;		/* types put so far */
};

void draw_start(struct draw *d, struct msg *m, const struct op_spec *op, unsigned int k);
/* A device that this request may well be about. */
uint32_t draw_device(struct msg *m, const struct op_spec *op);
/* Returns the length of what it put to @data. */
size_t draw_value(struct draw *d, struct msg *m, const struct set_spec *set,
		  const struct attr_spec *a, void *data);

#endif
