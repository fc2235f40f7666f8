/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that configuration has made, byte by byte; and how to remove it again.
 */
#ifndef _NL_STATE_H
#define _NL_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include "oracle.h"

#define SECTIONS_MAX	64

struct state {
	char *byte;
	size_t len, room;
	struct section {
		char name[24];
		size_t at;
	} section[SECTIONS_MAX];
	unsigned int sections;
};

/* Counters, states of paths, times and whatever else cannot be configured are left out. */
void state_take(struct worker *w, struct state *s);
/* NULL if they are the same, else where they differ. */
const char *state_differs(const struct state *a, const struct state *b);
void state_swap(struct state *a, struct state *b);

/* Remove whatever is listed, each as it is listed, then all devices that come and go. */
void state_clean(struct worker *w);

#endif
