/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words of the command line, strictly read.
 *
 * All functions return 0, or CTL_USAGE after naming the word that is wrong
 * and what would be right. @what is the keyword whose value is read.
 */
#ifndef PARSE_H
#define PARSE_H

#include <stdbool.h>
#include <stdint.h>

#include "ctl.h"
#include "spec.h"

/**
 * struct addr - an IP address
 * @len: 4 or 16
 * @byte: the address in network byte order
 */
struct addr {
	uint8_t len;
	uint8_t byte[16];
};

/* The next word, taken; NULL when there is none. */
const char *next_word(struct args *args);
/* The next word, left where it is. */
const char *peek_word(const struct args *args);
/* Complain of words that are left over. */
int end_of_words(const struct args *args);
/* Take the value of @what. */
int parse_value(struct args *args, const char *what, const char **value);

int parse_u32(struct args *args, const char *what, uint32_t min, uint32_t max,
	      uint32_t *value);
int parse_hex(struct args *args, const char *what, uint32_t *value);
/* Bytes, two hexadecimal digits each: at least one, at most @size. */
int parse_bytes(struct args *args, const char *what, uint8_t *byte, size_t size,
		size_t *len);
int parse_key(struct args *args, const char *what, uint32_t *value);
int parse_addr(struct args *args, const char *what, struct addr *value);
/* A prefix of @bytes 4 or 16; an address alone is a prefix of its length. */
int parse_prefix(struct args *args, const char *what, unsigned int bytes,
		 struct addr *value, uint8_t *len);
/* "MIN-MAX", or one port. */
int parse_ports(struct args *args, const char *what, uint16_t *min, uint16_t *max);
int parse_onoff(struct args *args, const char *what, bool *value);
int parse_enum(struct args *args, const char *what,
	       const struct spec_enum *names, uint8_t *value);
int parse_ttl(struct args *args, const char *what, uint8_t *value);
int parse_tos(struct args *args, const char *what, uint8_t *value);
int parse_proto(struct args *args, const char *what, uint8_t *value);

/* Check that @word can be the name of a network device. */
int parse_ifname(struct args *args, const char *what, const char **name);

/* The position of @name in @list of @n; complain if it is not there. */
int find_word(const char *const *list, unsigned int n, const char *name,
	      unsigned int *position);

/*
 * Split a line into words, in place; one that starts with # ends it. Returns
 * memory for the words, to be freed after @args is done with.
 */
char **split_line(char *line, struct args *args);

/**
 * parse_once() - refuse a keyword that was given before
 * @seen: bits of the keywords seen so far, updated
 * @bit: number of this keyword, below 32
 * @what: the keyword
 */
int parse_once(uint32_t *seen, unsigned int bit, const char *what);

#endif
