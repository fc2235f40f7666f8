/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a packet says of itself: its payload repeats a tag of 16 bytes, so that each
 * segment, fragment and ICMP error made of it has one, and the checker knows what it
 * may expect. One that was damaged itself does not count.
 */
#ifndef _PACKET_TAG_H
#define _PACKET_TAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TAG_LEN		16

/* Nothing about it is wrong, down to the last checksum. */
#define TAG_CLEAN	0x01
/* The L4 checksum is left to an offload. */
#define TAG_PARTIAL	0x02
/* UDP without checksum. */
#define TAG_ZERO	0x04
/* What the offload was told is wrong: anything may become of it. */
#define TAG_WILD	0x08

struct tag {
	uint32_t number;
	uint8_t flags;
};

void tag_write(uint8_t *at, const struct tag *tag);
/* Whether there is one in @len bytes at @at; the first is in @tag. */
bool tag_find(const uint8_t *at, size_t len, struct tag *tag);

#endif
