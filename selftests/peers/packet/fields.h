/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fields of a packet in the making.
 */
#ifndef _PACKET_FIELDS_H
#define _PACKET_FIELDS_H

#include "packet.h"

/* The words of one layer: positional ones, and NAME=VALUE. */
struct args {
	char *layer;
	char *pos[2];
	unsigned int n_pos;
	char *option[24];
	unsigned int n_options;
};

/* Take the words up to the next layer. */
void take_args(struct words *w, struct args *a);
/* The value of an option, taken out of the list; NULL if it is not there. */
char *option(struct args *a, const char *name);
unsigned long option_number(struct args *a, const char *name, unsigned long max,
			    unsigned long value);
/* Whatever has not been taken is an error. */
void no_more(const struct args *a, unsigned int n_pos);

/* Append zero bytes, or those of a text. */
uint8_t *put(struct packet *p, size_t len);
void put_hex(struct packet *p, const char *hex);

void write_be(uint8_t *at, unsigned int width, uint32_t value);
uint32_t read_be(const uint8_t *at, unsigned int width);

/* Remember that bytes are a field, for packet_explain(). */
void add_note(struct packet *p, const char *layer, const char *name, size_t off,
	      unsigned int len, uint32_t mask);
/* Set a field to what @text says, or to @value if that is NULL. */
void set_field(struct packet *p, const struct args *a, const char *name, size_t off,
	       unsigned int width, const char *text, uint32_t value);
/* Set the bits of @mask only. */
void set_bits(struct packet *p, const struct args *a, const char *name, size_t off,
	      unsigned int width, uint32_t mask, uint32_t value);
/* An address, of 4 or 16 bytes. */
void set_address(struct packet *p, const struct args *a, const char *name, size_t off,
		 unsigned int width, const char *text);

#endif
