/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of ipv6tunctl share: options, errors, exit codes and the
 * subcommands.
 */
#ifndef CTL_H
#define CTL_H

#include <stdbool.h>
#include <stddef.h>

#define __printf(a, b)	__attribute__((format(printf, a, b)))
#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

/* Exit codes, also the return value of every function that may fail. */
enum {
	CTL_OK,
	CTL_USAGE,	/* the words are wrong; nothing was sent */
	CTL_REFUSED,	/* the kernel refused, or the system cannot */
};

/**
 * struct ctl - options and the position in the input
 * @json: print JSON
 * @pretty: indent the JSON
 * @stats: print counters too
 * @command: the words that select the subcommand, for error messages
 * @device: the device the command is about, for error messages, or NULL
 * @file: batch file being read, NULL outside of one
 * @line: line in @file, from 1
 */
struct ctl {
	bool json;
	bool pretty;
	bool stats;
	const char *command;
	const char *device;
	const char *file;
	unsigned int line;
};

extern struct ctl ctl;

/* Print "ipv6tunctl: [FILE:LINE: ][COMMAND: ]message" to stderr. */
void __printf(1, 2) complain(const char *fmt, ...);

/* complain() and give the exit code for it. */
#define usage_error(...)	(complain(__VA_ARGS__), CTL_USAGE)
#define refused(...)		(complain(__VA_ARGS__), CTL_REFUSED)

/* Allocate zeroed memory or end the program: there is nothing to unwind. */
void *xalloc(size_t size);
void *xrealloc(void *ptr, size_t size);

/**
 * struct args - the words not yet read
 * @n: how many
 * @word: the words
 */
struct args {
	int n;
	char **word;
};

int cmd_link(struct args *args);
int cmd_path(struct args *args);
int cmd_lookup(struct args *args);
int cmd_nat64(struct args *args);
int cmd_show(struct args *args);
int cmd_monitor(struct args *args);

#endif
