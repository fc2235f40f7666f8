// SPDX-License-Identifier: GPL-2.0
/*
 * nat64case: packets into a router and what comes out of it, as data files say.
 *
 *	nat64case NETNS DEVICE FILE...
 *
 * In the network namespace it makes two TUN devices, "six" and "four", then takes
 * the files one after the other. What it writes to one of the devices the router
 * receives there, what it reads the router has sent. DEVICE is the ipv6tun device
 * whose drop counters are watched; a file may make it.
 *
 * A file is a list of statements, one a line. A line that begins with a blank
 * continues the one before; # begins a comment. N is decimal or 0x...
 *
 *	include FILE		beside this one
 *	let NAME VALUE		from here on NAME may stand for VALUE
 *	ip WORDS		for "ip -batch"
 *	ctl WORDS		for "ipv6tunctl -b"
 *	case NAME		begins a case
 *	send 6|4 PACKET		the router receives it from "six" or "four"
 *	expect 6|4 PACKET	the next packet there is this one, byte for byte
 *	drop REASON [N]		counted once, or N times
 *	wait N			seconds
 *
 * A case passes when all packets and drops came that it names, and no others.
 * Packets to multicast addresses are the router's own and not looked at.
 *
 * A PACKET is its layers from the outside in, separated by "|". A packet within a
 * packet (ICMP errors) stands in brackets. What is not said is filled in as it
 * should be: lengths, checksums, the protocol of the next layer, each of them by
 * the standards of the packet itself and not from any other packet.
 *
 *	ip6 SRC DST [tc=N] [flow=N] [hlim=N] [next=N] [len=N]
 *	ip4 SRC DST [tos=N] [ttl=N] [id=N] [df=N] [mf=N] [off=N] [rf=N] [part=PART]
 *	    [opt=HEX] [proto=N] [len=N] [ihl=N] [csum=CSUM]
 *		off counts bytes. opt is filled up with zeros to words.
 *	ext PROTO [HEX]		IPv6 extension header of this number: the bytes from
 *				its third on, 6, 14, ...; without: PadN
 *	rh left=N [type=N] [seg=ADDR]	routing header
 *	ah			authentication header
 *	frag [id=N] [off=N] [mf=N] [res=N] [part=PART]
 *	tcp SPORT DPORT [flags=FSRPAUEC] [seq=N] [ack=N] [win=N] [urg=N] [opt=HEX]
 *	    [doff=N] [csum=CSUM]
 *	udp SPORT DPORT [len=N] [csum=CSUM]
 *	icmp4, icmp6 TYPE CODE [id=N] [seq=N] [mtu=N] [ptr=N] [len=N] [rest=N]
 *	    [csum=CSUM]
 *		len: of RFC 4884, in its own units; rest: the second word
 *	raw PROTO		what follows is of this protocol
 *	data N [from=N]		N bytes of a pattern, or from byte N of it on
 *	hex HEX
 *	zero N			N zero bytes
 *	objects HEX		an extension structure of RFC 4884 with these objects
 *	[ PACKET ] [cut=N] [pad=N]
 *		only N bytes of it are here; zeros make it N bytes long
 *	trailer N		N bytes behind the end that the IP header tells
 *
 * PART is FROM+LEN or FROM: of what follows, only these bytes are here, and they
 * are a fragment: offset and more-fragments are set accordingly. Checksums in it
 * are those of the whole packet.
 * CSUM is a number, or "zero", or +N: wrong by N in ones' complement.
 *
 * In a packet that is expected, a field may also be
 *
 *	any	anything
 *	?NAME	anything; from here on NAME stands for it
 *	?NAME:odd, ?NAME:even, ?NAME:LOW-HIGH, ?NAME:!OTHER	the same, but
 *
 * and some defaults are those of a packet that was translated once and forwarded
 * twice: ttl and hlim are 62 (in brackets 64), id of IPv4 is any, df is 1 in
 * packets above 1260 bytes only (RFC 7915, section 5.1). Of packets sent, ttl and
 * hlim are 64, id is 0, df is 1, in fragments 0.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "packet/drops.h"
#include "packet/packet.h"
#include "packet/words.h"

/* A packet that is due comes at once, but the machine may be slow. */
#define PATIENCE_MS	5000
#define SLICE_MS	100

static const char *device;

/* The two sides */

enum { SIX, FOUR };
static int side_fd[2];
static const char *const side_name[] = { "six", "four" };

static void open_sides(void)
{
	struct ifreq ifr;
	int i;

	for (i = 0; i < 2; i++) {
		side_fd[i] = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
		if (side_fd[i] < 0)
			die("/dev/net/tun: %s", strerror(errno));
		memset(&ifr, 0, sizeof(ifr));
		strcpy(ifr.ifr_name, side_name[i]);
		ifr.ifr_flags = IFF_TUN | IFF_NO_PI;
		if (ioctl(side_fd[i], TUNSETIFF, &ifr))
			die("%s: %s", side_name[i], strerror(errno));
	}
}

static bool multicast(const uint8_t *byte, size_t len)
{
	if (len >= 40 && byte[0] >> 4 == 6)
		return byte[24] == 0xff;
	return len >= 20 && byte[0] >> 4 == 4 && (byte[16] & 0xf0) == 0xe0;
}

/* The next packet from a side; 0 if none comes in time. */
static size_t receive(int side, uint8_t *byte, int ms)
{
	struct pollfd fd = { .fd = side_fd[side], .events = POLLIN };
	ssize_t got;

	while (poll(&fd, 1, ms) > 0) {
		got = read(fd.fd, byte, MAX_LEN);
		if (got < 0 && errno != EAGAIN)
			die("%s: %s", side_name[side], strerror(errno));
		if (got > 0 && !multicast(byte, got))
			return got;
	}
	return 0;
}

/* Cases */

static struct packet packet;
static uint8_t came[MAX_LEN];
static char case_name[MAX_LINE];
static unsigned int case_line, passed, failed;
static bool in_case, broken;
static uint64_t drops_before[MAX_DROPS], drops_wanted[MAX_DROPS];

static void __attribute__((format(printf, 1, 2))) complain(const char *format, ...)
{
	va_list args;

	if (!broken)
		printf("FAILED %s (%s:%u)\n", case_name, file_name, case_line);
	broken = true;
	printf("  line %u: ", line_number);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

/* Drops that were counted and that the case does not name: true and told if any. */
static bool other_drops(void)
{
	uint64_t now[MAX_DROPS];
	unsigned int i;
	bool any = false;

	read_drops(device, now);
	for (i = 0; i < MAX_DROPS; i++) {
		if (now[i] - drops_before[i] <= drops_wanted[i])
			continue;
		complain("dropped as %s: %lu, want %lu", drop_name(i),
			 (unsigned long)(now[i] - drops_before[i]), (unsigned long)drops_wanted[i]);
		any = true;
	}
	return any;
}

static void end_case(void)
{
	/* After a failure, let what is on its way come to its end. */
	int side, patience = broken ? SLICE_MS : 0;
	size_t len;

	if (!in_case)
		return;
	in_case = false;
	for (side = SIX; side <= FOUR; side++) {
		for (;;) {
			len = receive(side, came, patience);
			if (!len)
				break;
			complain("a packet nobody expects on side %s", side_name[side]);
			packet_dump("got", came, len, NULL, 0);
		}
	}
	if (!broken)
		other_drops();
	if (broken) {
		failed++;
	} else {
		printf("ok %s\n", case_name);
		passed++;
	}
}

static void begin_case(const char *name)
{
	in_case = true;
	broken = false;
	case_line = line_number;
	strcpy(case_name, name);
	read_drops(device, drops_before);
	memset(drops_wanted, 0, sizeof(drops_wanted));
}

static int parse_side(const struct words *w)
{
	if (w->n > 1 && !strcmp(w->word[1], "6"))
		return SIX;
	if (w->n > 1 && !strcmp(w->word[1], "4"))
		return FOUR;
	die("6 or 4 is missing");
}

static void do_send(struct words *w)
{
	int side = parse_side(w);

	packet_make(&packet, w, 2, false, NULL, 0);
	if (write(side_fd[side], packet.byte, packet.len) != (ssize_t)packet.len)
		complain("send: %s", strerror(errno));
}

static void do_expect(struct words *w)
{
	int side = parse_side(w), waited;
	size_t len = 0;

	for (waited = 0; !len && waited < PATIENCE_MS; waited += SLICE_MS) {
		len = receive(side, came, SLICE_MS);
		if (!len && other_drops())
			return;
	}
	packet_make(&packet, w, 2, true, came, len);
	if (!len) {
		complain("nothing came");
		return;
	}
	if (len == packet.len && !memcmp(came, packet.byte, len))
		return;
	complain("another packet came");
	packet_explain(&packet, came, len);
}

static void do_drop(const struct words *w)
{
	struct pollfd fds[] = {
		{ .fd = side_fd[SIX], .events = POLLIN },
		{ .fd = side_fd[FOUR], .events = POLLIN },
	};
	uint64_t now[MAX_DROPS];
	unsigned int id, waited;

	if (w->n < 2)
		die("drop wants a reason");
	id = drop_id(w->word[1]);
	drops_wanted[id] += w->n > 2 ? number(w->word[2], 1000) : 1;
	for (waited = 0; waited < PATIENCE_MS; waited += SLICE_MS) {
		read_drops(device, now);
		if (now[id] - drops_before[id] >= drops_wanted[id])
			return;
		if (other_drops())
			return;
		/* What came instead of being dropped ends the wait, but not at once:
		 * it may be the error that goes with the drop.
		 */
		if (poll(fds, 2, SLICE_MS) > 0 && waited)
			break;
	}
	complain("%s: %lu dropped, want %lu", drop_name(id),
		 (unsigned long)(now[id] - drops_before[id]), (unsigned long)drops_wanted[id]);
}

/* Files */

/* Statements for another program are collected, to start it once for many. */
static struct batch {
	const char *word;
	char *const *argv;
	char text[16384];
	size_t len;
} batches[] = {
	{ .word = "ip", .argv = (char *const []){ "ip", "-batch", "-", NULL } },
	{ .word = "ctl", .argv = (char *const []){ "ipv6tunctl", "-b", "-", NULL } },
};

static int run(char *const *argv, const char *input, size_t len)
{
	int fd[2], status;
	pid_t child;

	fflush(NULL);
	if (pipe(fd))
		die("pipe: %s", strerror(errno));
	child = fork();
	if (child < 0)
		die("fork: %s", strerror(errno));
	if (!child) {
		dup2(fd[0], 0);
		close(fd[0]);
		close(fd[1]);
		execvp(argv[0], argv);
		fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
		_exit(127);
	}
	close(fd[0]);
	if (write(fd[1], input, len) != (ssize_t)len)
		fprintf(stderr, "%s does not read all of its input\n", argv[0]);
	close(fd[1]);
	waitpid(child, &status, 0);
	return status;
}

static void flush_batches(void)
{
	struct batch *b;

	for (b = batches; b < batches + 2; b++) {
		if (!b->len)
			continue;
		if (run(b->argv, b->text, b->len))
			die("'%s' failed, it was given:\n%s", b->word, b->text);
		b->len = 0;
	}
}

/* Add to a batch; a batch of the other kind goes first. */
static bool add_to_batch(const char *line)
{
	struct batch *b, *other;
	size_t n;

	for (b = batches; b < batches + 2; b++) {
		n = strlen(b->word);
		if (strncmp(line, b->word, n) || line[n] != ' ')
			continue;
		other = &batches[b == batches];
		if (other->len)
			flush_batches();
		n = snprintf(b->text + b->len, sizeof(b->text) - b->len, "%s\n", line + n + 1);
		b->len += n;
		if (b->len >= sizeof(b->text))
			die("too many lines for '%s'", b->word);
		return true;
	}
	return false;
}

static void include(const char *name);

static void statement(char *line)
{
	struct words w;
	char copy[MAX_LINE];

	if (!*line)
		return;
	if (add_to_batch(line))
		return;
	flush_batches();
	if (!strncmp(line, "case ", 5)) {
		end_case();
		begin_case(line + 5);
		return;
	}
	strcpy(copy, line);
	split(&w, copy);
	if (!strcmp(w.word[0], "let") && w.n == 3) {
		let(w.word[1], w.word[2]);
		return;
	}
	if (!strcmp(w.word[0], "include") && w.n == 2) {
		include(w.word[1]);
		return;
	}
	if (!in_case)
		die("not in a case: %s", line);
	if (broken)
		return;
	if (!strcmp(w.word[0], "send"))
		do_send(&w);
	else if (!strcmp(w.word[0], "expect"))
		do_expect(&w);
	else if (!strcmp(w.word[0], "drop"))
		do_drop(&w);
	else if (!strcmp(w.word[0], "wait") && w.n == 2)
		sleep(number(w.word[1], 60));
	else
		die("no such statement: %s", line);
}

/* Cut comment and blanks off the end. */
static void trim(char *line)
{
	char *hash = line[0] == '#' ? line : strstr(line, " #");
	size_t len;

	if (!hash)
		hash = strstr(line, "\t#");
	if (hash)
		*hash = '\0';
	for (len = strlen(line); len && isspace(line[len - 1]); )
		line[--len] = '\0';
}

static void do_file(const char *name)
{
	/* Not static: a file may include another. */
	char line[MAX_LINE], whole[MAX_LINE];
	unsigned int number = 0;
	bool continues;
	FILE *file;

	file_name = name;
	file = fopen(name, "re");
	if (!file)
		die("%s", strerror(errno));
	whole[0] = '\0';
	while (fgets(line, sizeof(line), file)) {
		number++;
		trim(line);
		if (!*line)
			continue;
		continues = isspace(line[0]);
		if (!continues) {
			statement(whole);
			whole[0] = '\0';
			line_number = number;
		}
		if (strlen(whole) + strlen(line) + 2 > sizeof(whole))
			die("line too long");
		strcat(whole, line);
	}
	statement(whole);
	flush_batches();
	end_case();
	fclose(file);
}

static void include(const char *name)
{
	const char *outer_name = file_name, *slash = strrchr(file_name, '/');
	unsigned int outer_line = line_number;
	char path[4096];

	snprintf(path, sizeof(path), "%.*s%s", slash ? (int)(slash + 1 - file_name) : 0,
		 file_name, name);
	end_case();
	do_file(path);
	file_name = outer_name;
	line_number = outer_line;
}

int main(int argc, char **argv)
{
	int fd, i;

	if (argc < 4) {
		fputs("usage: nat64case NETNS DEVICE FILE...\n", stderr);
		return 2;
	}
	fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die("%s: %s", argv[1], strerror(errno));
	device = argv[2];
	open_sides();
	for (i = 3; i < argc; i++)
		do_file(argv[i]);
	printf("%u passed, %u failed\n", passed, failed);
	return failed > 0;
}
