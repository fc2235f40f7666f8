/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets made of words, see ../nat64case.c for these.
 */
#ifndef _PACKET_PACKET_H
#define _PACKET_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "words.h"

#define MAX_LEN		65536
#define MAX_NOTES	400

/* A field, for telling where packets differ. */
struct note {
	char name[32];
	size_t off;
	unsigned int len;
	uint32_t mask;
	bool address;
};

struct packet {
	uint8_t byte[MAX_LEN];
	size_t len, trailer;
	bool expected;		/* defaults of a packet that was translated */
	const uint8_t *actual;	/* what came instead, for the fields that may be anything */
	size_t actual_len;
	unsigned int depth;	/* of brackets */
	struct note note[MAX_NOTES];
	unsigned int notes;
};

/*
 * Make a packet of the words from @first on. With @expected it is one that came
 * out, and what came, @actual, decides the fields that may be anything.
 */
void packet_make(struct packet *p, struct words *w, unsigned int first, bool expected,
		 const uint8_t *actual, size_t actual_len);
/* Print @byte, or where it differs from @other. */
void packet_dump(const char *what, const uint8_t *byte, size_t len, const uint8_t *other,
		 size_t other_len);
/* Print in which fields a packet that came is not the one expected. */
void packet_explain(const struct packet *want, const uint8_t *got, size_t len);

#endif
