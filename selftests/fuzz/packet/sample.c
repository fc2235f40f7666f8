// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "die.h"
#include "random.h"
#include "sample.h"

#define LINKTYPE_RAW	101

static FILE *file;
static uint32_t step, room, offered;

static void write_words(const uint32_t *word, size_t n)
{
	if (fwrite(word, sizeof(*word), n, file) != n)
		die("sample: %s", strerror(errno));
}

void sample_open(const char *name, uint32_t stride, uint32_t most)
{
	static const uint32_t head[] = { 0xa1b2c3d4, 4 << 16 | 2, 0, 0, 65536, LINKTYPE_RAW };

	file = fopen(name, "ae");
	if (!file)
		die("%s: %s", name, strerror(errno));
	fseek(file, 0, SEEK_END);
	if (!ftell(file))
		write_words(head, ARRAY_SIZE(head));
	step = stride ? stride : 1;
	room = most;
}

void sample_offer(const uint8_t *byte, size_t len)
{
	const uint32_t record[] = { offered, 0, len, len };

	if (!file || offered++ % step || !room)
		return;
	room--;
	write_words(record, 4);
	if (fwrite(byte, len, 1, file) != 1)
		die("sample: %s", strerror(errno));
}

void sample_close(void)
{
	if (file && fclose(file))
		die("sample: %s", strerror(errno));
}
