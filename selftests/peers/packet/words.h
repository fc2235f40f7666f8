/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What data files are made of: lines, words, names for values, numbers.
 */
#ifndef _PACKET_WORDS_H
#define _PACKET_WORDS_H

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define MAX_LINE	16384
#define MAX_WORDS	400

/* Where we are, for messages. */
extern const char *file_name;
extern unsigned int line_number;

/* The words of a line; @at is the next one. */
struct words {
	char *word[MAX_WORDS];
	unsigned int n, at;
};

void __attribute__((noreturn, format(printf, 1, 2))) die(const char *format, ...);

/* NAME stands for VALUE from now on. */
void let(const char *name, const char *value);
/* What a word stands for: itself if it is no name. */
const char *expand(const char *word);
unsigned long number(const char *text, unsigned long max);
/* Take a line apart, in place. */
void split(struct words *w, char *line);

#endif
