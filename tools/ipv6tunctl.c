// SPDX-License-Identifier: GPL-2.0
/*
 * ipv6tunctl: configure ipv6tun devices and their paths.
 *
 * Options, the dispatch table and batch files. Each object has a file of its
 * own: link.c, path.c, lookup.c, nat64.c, show.c, monitor.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"
#include "nl.h"
#include "print.h"

#ifndef VERSION
#define VERSION	"unknown"
#endif

struct ctl ctl;

static const struct {
	const char *name;
	int (*run)(struct args *args);
} objects[] = {
	{ "link", cmd_link },
	{ "path", cmd_path },
	{ "lookup", cmd_lookup },
	{ "nat64", cmd_nat64 },
	{ "show", cmd_show },
	{ "monitor", cmd_monitor },
};

static const char help[] =
"Usage: ipv6tunctl [OPTIONS] OBJECT COMMAND [WORDS]\n"
"       ipv6tunctl [OPTIONS] -b FILE\n"
"\n"
"  link add|set DEV [mtu N|auto] [seed HEX] [hash l4|l3|flowlabel]\n"
"                   [symmetric on|off] [mss-clamp on|off] [return immediate|idle]\n"
"                   [return-idle MS] [return-forced MS] [up|down]\n"
"  link del DEV\n"
"  link show [DEV]\n"
"  path add DEV local ADDR remote ADDR [id N] [key N|none] [csum [on|off]]\n"
"               [ttl N|inherit] [tos N|inherit] [underlay DEV|none] [weight N]\n"
"               [peer ADDR|none]... [probe icmp|keepalive|none] [interval MS]\n"
"               [multiplier N] [passive on|off] [hold-up MS] [admin up|down]\n"
"  path set DEV id N [the words of path add]\n"
"  path del DEV id N\n"
"  path show [DEV [id N]]\n"
"  lookup DEV from ADDR to ADDR [proto P] [sport N] [dport N]\n"
"             [flow-label N] [mark N]\n"
"  lookup DEV packet HEX [mark N]\n"
"  nat64 set DEV [mode stateful|stateless]\n"
"                [filtering endpoint-independent|address-dependent]\n"
"                [udp-zero drop|compute] [lowest-mtu N] [tcp-est S] [tcp-trans S]\n"
"                [tcp-syn S] [udp S] [icmp S] [max-sessions N]\n"
"                [icmp-source PREFIX4|none] [session-events on|off]\n"
"  nat64 del DEV\n"
"  nat64 pool6 add|del DEV PREFIX6\n"
"  nat64 pool4 add|del DEV PREFIX4 [proto tcp|udp|icmp|all]... [ports MIN-MAX]\n"
"  nat64 eam add|del DEV PREFIX6 PREFIX4\n"
"  nat64 bib add|del DEV proto tcp|udp|icmp addr6 ADDR port6 N addr4 ADDR port4 N\n"
"  nat64 replace DEV FILE\n"
"  nat64 flush DEV [FILTER]\n"
"  nat64 show [DEV] [pool6|pool4|eam|stats]\n"
"  nat64 show [DEV] bib|sessions [FILTER]\n"
"  nat64 show DEV config\n"
"    FILTER: [proto tcp|udp|icmp] [addr6 PREFIX6] [port6 N] [addr4 PREFIX4]\n"
"            [port4 N] [remote4 PREFIX4] (of sessions)\n"
"  show [DEV]\n"
"  show sets|routes|drops [DEV]\n"
"  monitor [nat64] [DEV]\n"
"\n"
"  -j, --json        JSON; each command that prints does so as one array\n"
"  -p, --pretty      indent the JSON\n"
"  -s, --stats       counters and details\n"
"  -n, --netns NAME  work in this network namespace\n"
"  -b, --batch FILE  commands from FILE, one a line; - is standard input\n"
"  -V, --version     print the version\n"
"  -h, --help        print this\n";

void complain(const char *fmt, ...)
{
	va_list ap;

	/* What was printed so far comes first where both go to one place. */
	fflush(stdout);
	fputs("ipv6tunctl: ", stderr);
	if (ctl.file)
		fprintf(stderr, "%s:%u: ", ctl.file, ctl.line);
	if (ctl.command)
		fprintf(stderr, "%s: ", ctl.command);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

void *xalloc(size_t size)
{
	void *ptr = calloc(1, size ? size : 1);

	if (ptr)
		return ptr;
	complain("out of memory");
	exit(CTL_REFUSED);
}

void *xrealloc(void *ptr, size_t size)
{
	ptr = realloc(ptr, size ? size : 1);
	if (ptr)
		return ptr;
	complain("out of memory");
	exit(CTL_REFUSED);
}

static int run(struct args *args)
{
	const char *object = *args->word;
	size_t i;

	ctl.command = NULL;
	ctl.device = NULL;
	for (i = 0; i < ARRAY_SIZE(objects); i++) {
		if (strcmp(object, objects[i].name))
			continue;
		args->word++;
		args->n--;
		ctl.command = object;
		return objects[i].run(args);
	}
	return usage_error("'%s' is none of link, path, lookup, nat64, show, monitor",
			   object);
}

static int run_line(char *line)
{
	struct args args;
	char **words = split_line(line, &args);
	int err = args.n ? run(&args) : CTL_OK;

	free(words);
	return err;
}

static int run_batch(const char *name)
{
	FILE *file = strcmp(name, "-") ? fopen(name, "re") : stdin;
	size_t size = 0;
	char *line = NULL;
	int err = CTL_OK;

	if (!file)
		return usage_error("%s: %s", name, strerror(errno));
	ctl.file = name;
	while (!err) {
		ssize_t len = getline(&line, &size, file);

		if (len < 0)
			break;
		ctl.line++;
		if (memchr(line, 0, len)) {
			ctl.command = NULL;
			err = usage_error("the line contains a zero byte");
		} else {
			err = run_line(line);
		}
	}
	ctl.command = NULL;
	if (!err && ferror(file))
		err = usage_error("cannot read: %s", strerror(errno));
	ctl.file = NULL;
	free(line);
	if (file != stdin)
		fclose(file);
	return err;
}

/*
 * Without one of the three, the next file that is opened would take its place: the
 * netlink socket would get what is meant for people. One that fails stands in.
 */
static void fill_standard_files(void)
{
	int fd;

	for (fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", fd ? O_RDONLY : O_WRONLY);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "pretty", no_argument, NULL, 'p' },
		{ "stats", no_argument, NULL, 's' },
		{ "netns", required_argument, NULL, 'n' },
		{ "batch", required_argument, NULL, 'b' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	const char *netns = NULL, *batch = NULL;
	struct args args;
	int c;

	fill_standard_files();
	while ((c = getopt_long(argc, argv, "+jpsn:b:Vh", options, NULL)) != -1) {
		switch (c) {
		case 'j':
			ctl.json = true;
			break;
		case 'p':
			ctl.pretty = true;
			break;
		case 's':
			ctl.stats = true;
			break;
		case 'n':
			if (netns)
				return usage_error("-n is given twice");
			netns = optarg;
			break;
		case 'b':
			if (batch)
				return usage_error("-b is given twice");
			batch = optarg;
			break;
		case 'V':
			puts("ipv6tunctl " VERSION);
			return out_flush();
		case 'h':
			fputs(help, stdout);
			return out_flush();
		default:
			return CTL_USAGE;
		}
	}
	args.n = argc - optind;
	args.word = argv + optind;
	if (batch && args.n)
		return usage_error("-b takes its commands from the file, '%s' is not expected here",
				   *args.word);
	if (!batch && !args.n) {
		fputs(help, stderr);
		return CTL_USAGE;
	}
	if (netns && nl_netns(netns))
		return CTL_REFUSED;
	return batch ? run_batch(batch) : run(&args);
}
