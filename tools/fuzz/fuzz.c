// SPDX-License-Identifier: GPL-2.0
/*
 * A fuzz target of ipv6tunctl, for libFuzzer: the tool from its main() on, with a
 * kernel of the fuzzer's. Nothing leaves the process: files, devices and sockets are
 * stand-ins (rename.h).
 *
 * An input is text in three parts, between them lines of "%%". The second and third
 * may be missing:
 *
 *	jp			options: letters of j, p, s; w: each line below is a word
 *	path show wan0		commands as in a batch file (without w)
 *	%%
 *	set mode stateful	what is in every other file
 *	%%
 *	= 3			what the kernel answers, see kernel.c
 *
 * Beside what the sanitizers look for, a finding is an exit status that is none of
 * the tool's, JSON that is none, and text that could command a terminal.
 */
#include <net/if.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"
#include "fuzz.h"

#define BATCH		"batch"
#define SEPARATOR	"%%\n"
#define WORDS_MAX	64

/**
 * struct part - some of the input
 * @text: not terminated, except for the last one
 * @len: bytes of it
 */
struct part {
	char *text;
	size_t len;
};

static struct part commands, config;

void finding(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vdprintf(STDERR_FILENO, fmt, ap);
	va_end(ap);
	abort();
}

FILE *fuzz_fopen(const char *name, const char *mode)
{
	const struct part *part = strcmp(name, BATCH) ? &config : &commands;

	return fmemopen(part->text, part->len, mode);
}

/* One name that no device has, as in words.txt. */
unsigned int fuzz_nametoindex(const char *name)
{
	return strcmp(name, "absent0") ? 7 : 0;
}

char *fuzz_indextoname(unsigned int ifindex, char *name)
{
	snprintf(name, IF_NAMESIZE, "wan0");
	return ifindex == 7 ? name : NULL;
}

/* What stands in @rest before the next separator, taken. */
static struct part take_part(struct part *rest)
{
	struct part part = *rest;
	size_t n = strlen(SEPARATOR);
	char *end = part.text;

	while (end) {
		if ((end == part.text || end[-1] == '\n') &&
		    (size_t)(part.text + part.len - end) >= n && !memcmp(end, SEPARATOR, n))
			break;
		end = memchr(end, '\n', part.text + part.len - end);
		end = end ? end + 1 : NULL;
	}
	if (!end) {
		rest->text += rest->len;
		rest->len = 0;
		return part;
	}
	part.len = end - part.text;
	rest->text = end + n;
	rest->len -= part.len + n;
	return part;
}

/* The options on the first line; true for the letter w. */
static bool take_options(struct part *rest, char *options, size_t size)
{
	bool words = false;
	size_t n = 0;

	options[n++] = '-';
	for (; rest->len && *rest->text != '\n'; rest->text++, rest->len--) {
		if (*rest->text == 'w')
			words = true;
		else if (*rest->text && strchr("jps", *rest->text) && n < size - 1)
			options[n++] = *rest->text;
	}
	options[n] = 0;
	if (rest->len) {
		rest->text++;
		rest->len--;
	}
	return words;
}

/* Each line of the commands becomes a word; behind "--" none is an option. */
static int put_words(char **argv, int argc)
{
	char *line, *save;

	argv[argc++] = "--";
	if (commands.len)
		commands.text[commands.len - 1] = 0;
	for (line = commands.len ? strtok_r(commands.text, "\n", &save) : NULL;
	     line && argc < WORDS_MAX; line = strtok_r(NULL, "\n", &save))
		argv[argc++] = line;
	return argc;
}

static int run(char *options, bool words)
{
	char *argv[WORDS_MAX + 1] = { "ipv6tunctl" };
	int argc = 1;

	if (options[1])
		argv[argc++] = options;
	if (words) {
		argc = put_words(argv, argc);
	} else {
		argv[argc++] = "-b";
		argv[argc++] = BATCH;
	}
	memset(&ctl, 0, sizeof(ctl));
	/* Start getopt anew. */
	optind = 0;
	return ctl_main(argc, argv);
}

/* The tool's stdout is memory meanwhile. Errors it may print as it likes. */
static void run_captured(char *options, bool words)
{
	static FILE *nowhere;
	FILE *out = stdout, *err = stderr;
	char *text = NULL;
	size_t len = 0;
	int status;

	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	stdout = open_memstream(&text, &len);
	if (!nowhere || !stdout)
		finding("no memory for the output\n");
	stderr = nowhere;
	status = run(options, words);
	fclose(stdout);
	stdout = out;
	stderr = err;
	if (status < CTL_OK || status > CTL_REFUSED)
		finding("status %d\n", status);
	if (ctl.json)
		check_json(text, len);
	else
		check_text(text, len);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct part rest = { malloc(size + 1), size };
	char *copy = rest.text, options[8];
	bool words;

	if (!copy)
		return 0;
	memcpy(copy, data, size);
	copy[size] = 0;
	words = take_options(&rest, options, sizeof(options));
	commands = take_part(&rest);
	config = take_part(&rest);
	kernel_begin(rest.text);
	run_captured(options, words);
	free(copy);
	return 0;
}
