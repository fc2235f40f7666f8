/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A packet of a line of words, for programs that have no other use for these.
 */
#ifndef _PACKET_LINE_H
#define _PACKET_LINE_H

#include <stddef.h>

/* The packet that @line describes, which is taken apart; its length to @len. */
const void *packet_of_line(char *line, size_t *len);

#endif
