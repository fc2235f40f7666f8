/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the router sends: all of it is looked at, or the run fails.
 */
#ifndef _PACKET_CAPTURE_H
#define _PACKET_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net.h"

/* In the namespace at the other end of the router's cables. */
void capture_open(void);
/* Gets an IP packet, without link header. @whole: its checksums are complete. */
typedef void (*capture_take)(enum side from, const uint8_t *byte, size_t len, bool whole);

/* Take what came, for as long as there comes something within @ms; ten times that at most. */
void capture_drain(int ms, capture_take take);
/* Frames that came, and those that there was no room for. */
uint64_t capture_count(enum side side);
uint64_t capture_lost(void);

#endif
