/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Values of the command line, read and put into a request.
 *
 * All functions return 0, or CTL_USAGE after naming the word that is wrong; then
 * nothing was put. @what is the keyword whose value is read, @attr the attribute
 * it becomes.
 */
#ifndef PUT_H
#define PUT_H

#include <stdint.h>

#include "nl.h"
#include "parse.h"

/* A number from @min to @max; the attribute has so many bits. */
int put_u8(struct req *req, struct args *args, const char *what, int attr,
	   uint8_t min, uint8_t max);
int put_u16(struct req *req, struct args *args, const char *what, int attr,
	    uint16_t min, uint16_t max);
int put_u32(struct req *req, struct args *args, const char *what, int attr,
	    uint32_t min, uint32_t max);

/* What @parse reads. */
int put_parsed(struct req *req, struct args *args, const char *what, int attr,
	       int (*parse)(struct args *args, const char *what, uint8_t *value));
int put_enum(struct req *req, struct args *args, const char *what, int attr,
	     const struct spec_enum *names);
int put_onoff(struct req *req, struct args *args, const char *what, int attr);
int put_addr(struct req *req, struct args *args, const char *what, int attr);
/* As parse_prefix(); @len_attr gets the length. */
int put_prefix(struct req *req, struct args *args, const char *what,
	       unsigned int bytes, int attr, int len_attr);

#endif
