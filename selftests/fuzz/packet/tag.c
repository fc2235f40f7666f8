// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <string.h>

#include "bytes.h"
#include "tag.h"

static const char magic[4] = "fuzz";

static uint32_t seal(const struct tag *tag)
{
	return (tag->number + 1) * 2654435761u ^ (tag->flags + 1) * 2246822519u;
}

void tag_write(uint8_t *at, const struct tag *tag)
{
	memcpy(at, magic, sizeof(magic));
	put32(at + 4, tag->number);
	put32(at + 8, tag->flags);
	put32(at + 12, seal(tag));
}

bool tag_find(const uint8_t *at, size_t len, struct tag *tag)
{
	const uint8_t *end = at + len;

	for (; (at = memmem(at, end - at, magic, sizeof(magic))); at++) {
		if (end - at < TAG_LEN)
			return false;
		tag->number = get32(at + 4);
		tag->flags = get32(at + 8);
		if (get32(at + 8) == tag->flags && get32(at + 12) == seal(tag))
			return true;
	}
	return false;
}
