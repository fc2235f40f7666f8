// SPDX-License-Identifier: GPL-2.0
#include "line.h"
#include "packet.h"
#include "words.h"

const void *packet_of_line(char *line, size_t *len)
{
	static struct packet packet;
	static struct words words;

	split(&words, line);
	packet_make(&packet, &words, 0, false, NULL, 0);
	*len = packet.len;
	return packet.byte;
}
