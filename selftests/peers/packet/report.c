// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "fields.h"

#define MAX_ROWS	20

/* Rows of 16 bytes, not all; with another packet, only rows that differ from it. */
void packet_dump(const char *what, const uint8_t *byte, size_t len, const uint8_t *other,
		 size_t other_len)
{
	size_t row, i, shown = 0;

	printf("  %s, %zu bytes%s:\n", what, len, other ? ", * where it differs" : "");
	for (row = 0; row < len; row += 16) {
		if (other && row + 16 <= len && row + 16 <= other_len &&
		    !memcmp(byte + row, other + row, 16))
			continue;
		if (++shown > MAX_ROWS) {
			puts("    ...");
			return;
		}
		printf("    %4zu ", row);
		for (i = row; i < row + 16 && i < len; i++)
			printf("%c%02x", other && (i >= other_len || byte[i] != other[i]) ?
			       '*' : ' ', byte[i]);
		putchar('\n');
	}
}

void packet_explain(const struct packet *want, const uint8_t *got, size_t len)
{
	const struct note *n;
	size_t i, first;

	if (want->len != len)
		printf("  length: got %zu, want %zu\n", len, want->len);
	for (n = want->note; n < want->note + want->notes; n++) {
		if (!n->len || n->off + n->len > len ||
		    !memcmp(want->byte + n->off, got + n->off, n->len))
			continue;
		if (n->address) {
			int family = n->len == 4 ? AF_INET : AF_INET6;
			char g[INET6_ADDRSTRLEN], w[INET6_ADDRSTRLEN];

			printf("  %s: got %s, want %s\n", n->name,
			       inet_ntop(family, got + n->off, g, sizeof(g)),
			       inet_ntop(family, want->byte + n->off, w, sizeof(w)));
		} else {
			uint32_t shift = __builtin_ctz(n->mask);
			uint32_t g = (read_be(got + n->off, n->len) & n->mask) >> shift;
			uint32_t w = (read_be(want->byte + n->off, n->len) & n->mask) >> shift;

			if (g != w)
				printf("  %s: got %u (0x%x), want %u (0x%x)\n", n->name,
				       g, g, w, w);
		}
	}
	for (first = 0, i = len < want->len ? len : want->len; first < i; first++)
		if (got[first] != want->byte[first])
			break;
	printf("  first difference at byte %zu\n", first);
	packet_dump("want", want->byte, want->len, got, len);
	packet_dump("got", got, len, want->byte, want->len);
}
