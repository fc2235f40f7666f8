// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "words.h"

#define MAX_NAMES	200

const char *file_name;
unsigned int line_number;

void die(const char *format, ...)
{
	va_list args;

	fprintf(stderr, "nat64case: ");
	if (file_name)
		fprintf(stderr, "%s:%u: ", file_name, line_number);
	va_start(args, format);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	exit(2);
}

static struct name {
	char name[32];
	char value[64];
} names[MAX_NAMES];
static unsigned int n_names;

void let(const char *name, const char *value)
{
	struct name *n;
	unsigned int i;

	for (i = 0; i < n_names && strcmp(names[i].name, name); i++)
		;
	if (i == MAX_NAMES || strlen(name) >= sizeof(n->name) || strlen(value) >= sizeof(n->value))
		die("too many names, or too long: %s", name);
	if (i == n_names)
		n_names++;
	n = &names[i];
	strcpy(n->name, name);
	strcpy(n->value, value);
}

const char *expand(const char *word)
{
	unsigned int i;

	for (i = 0; i < n_names; i++)
		if (!strcmp(names[i].name, word))
			return names[i].value;
	return word;
}

unsigned long number(const char *text, unsigned long max)
{
	unsigned long value;
	char *end;

	text = expand(text);
	errno = 0;
	value = strtoul(text, &end, 0);
	if (end == text || *end || errno || value > max)
		die("not a number up to %lu: %s", max, text);
	return value;
}

void split(struct words *w, char *line)
{
	char *word;

	w->n = 0;
	w->at = 0;
	while ((word = strsep(&line, " \t"))) {
		if (!*word)
			continue;
		if (w->n == MAX_WORDS)
			die("more than %d words", MAX_WORDS);
		w->word[w->n++] = word;
	}
}
