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
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/if_tun.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/ipv6tun.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define MAX_LEN		65536
#define MAX_LINE	16384
#define MAX_WORDS	400
#define MAX_NAMES	200
#define MAX_NOTES	400
#define MAX_DROPS	64
#define MAX_ROWS	20
/* A packet that is due comes at once, but the machine may be slow. */
#define PATIENCE_MS	5000
#define SLICE_MS	100

static const char *file_name;
static unsigned int line_number;

static void __attribute__((noreturn, format(printf, 1, 2))) die(const char *format, ...)
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

/* ---- names and numbers ---- */

static struct name {
	char name[32];
	char value[64];
} names[MAX_NAMES];
static unsigned int n_names;

static void let(const char *name, const char *value)
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

static const char *expand(const char *word)
{
	unsigned int i;

	for (i = 0; i < n_names; i++)
		if (!strcmp(names[i].name, word))
			return names[i].value;
	return word;
}

static unsigned long number(const char *text, unsigned long max)
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

/* ---- making packets ---- */

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

/* The words of a packet; @at is the next one. */
struct words {
	char *word[MAX_WORDS];
	unsigned int n, at;
};

/* What the layers inside an IP header need to know of it. */
struct ip {
	bool is6;
	size_t at;		/* of the IP header */
	size_t next;		/* where the next layer writes its number */
	bool next_fixed;	/* it must not */
};

/* The words of one layer. */
struct args {
	char *layer;
	char *pos[2];
	unsigned int n_pos;
	char *option[24];
	unsigned int n_options;
};

static void build(struct packet *p, struct words *w, struct ip *ip);

static uint8_t *put(struct packet *p, size_t len)
{
	uint8_t *at = p->byte + p->len;

	if (len > sizeof(p->byte) - p->len)
		die("packet longer than %d", MAX_LEN);
	memset(at, 0, len);
	p->len += len;
	return at;
}

static void write_be(uint8_t *at, unsigned int width, uint32_t value)
{
	while (width--) {
		at[width] = value;
		value >>= 8;
	}
}

static uint32_t read_be(const uint8_t *at, unsigned int width)
{
	uint32_t value = 0;

	while (width--)
		value = value << 8 | *at++;
	return value;
}

static void add_note(struct packet *p, const char *layer, const char *name, size_t off,
		     unsigned int len, uint32_t mask)
{
	struct note *n = &p->note[p->notes];

	if (p->notes == MAX_NOTES)
		die("too many fields");
	p->notes++;
	n->off = off;
	n->len = len;
	n->mask = mask;
	n->address = false;
	snprintf(n->name, sizeof(n->name), "%s%s.%s", p->depth ? "inner " : "", layer, name);
}

/* The value of a field that may be anything: what came. */
static const uint8_t *wildcard(const struct packet *p, const char *text, size_t off, size_t width)
{
	static const uint8_t none[16];

	if (text[0] != '?' && strcmp(text, "any"))
		return NULL;
	if (!p->expected)
		die("'%s' is for packets that are expected", text);
	return p->actual && off + width <= p->actual_len ? p->actual + off : none;
}

/*
 * Remember the value under the name; "?NAME:..." wants more of it. When it does
 * not fit, the value is replaced by one that makes the comparison fail.
 */
static uint32_t capture(const char *text, uint32_t value)
{
	char name[32], decimal[16], *want;
	unsigned long low, high;
	bool fits;

	if (text[0] != '?')
		return value;
	snprintf(name, sizeof(name), "%s", text + 1);
	want = strchr(name, ':');
	if (want)
		*want++ = '\0';
	snprintf(decimal, sizeof(decimal), "%u", value);
	let(name, decimal);
	if (!want)
		return value;
	if (!strcmp(want, "odd"))
		fits = value & 1;
	else if (!strcmp(want, "even"))
		fits = !(value & 1);
	else if (want[0] == '!')
		fits = value != number(want + 1, UINT32_MAX);
	else if (sscanf(want, "%lu-%lu", &low, &high) == 2)
		fits = value >= low && value <= high;
	else
		die("unknown condition: %s", want);
	return fits ? value : ~value;
}

static void set_field(struct packet *p, const struct args *a, const char *name, size_t off,
		      unsigned int width, const char *text, uint32_t value)
{
	const uint8_t *came;

	if (text) {
		came = wildcard(p, text, off, width);
		value = came ? capture(text, read_be(came, width)) :
			number(text, width == 4 ? UINT32_MAX : (1UL << 8 * width) - 1);
	}
	write_be(p->byte + off, width, value);
	add_note(p, a->layer, name, off, width, ~0U);
}

/* An address, of 4 or 16 bytes. */
static void set_address(struct packet *p, const struct args *a, const char *name, size_t off,
			unsigned int width, const char *text)
{
	int family = width == 4 ? AF_INET : AF_INET6;
	const uint8_t *came = wildcard(p, text, off, width);
	char printed[INET6_ADDRSTRLEN];

	if (came) {
		memcpy(p->byte + off, came, width);
		if (text[0] == '?')
			let(text + 1, inet_ntop(family, came, printed, sizeof(printed)));
	} else if (inet_pton(family, expand(text), p->byte + off) != 1) {
		die("not an IPv%d address: %s", width == 4 ? 4 : 6, text);
	}
	add_note(p, a->layer, name, off, width, ~0U);
	p->note[p->notes - 1].address = true;
}

/* Words from @w up to the next layer. */
static void take_args(struct words *w, struct args *a)
{
	char *word;

	*a = (struct args){ .layer = w->word[w->at++] };
	while (w->at < w->n) {
		word = w->word[w->at];
		if (!strcmp(word, "|") || !strcmp(word, "[") || !strcmp(word, "]"))
			break;
		if (strchr(word, '=') && a->n_options < 24)
			a->option[a->n_options++] = word;
		else if (!strchr(word, '=') && a->n_pos < 2)
			a->pos[a->n_pos++] = word;
		else
			die("%s: too many words", a->layer);
		w->at++;
	}
}

/* The value of an option, taken out of the list; NULL if it is not there. */
static char *option(struct args *a, const char *name)
{
	size_t len = strlen(name);
	unsigned int i;
	char *value;

	for (i = 0; i < a->n_options; i++) {
		if (strncmp(a->option[i], name, len) || a->option[i][len] != '=')
			continue;
		value = a->option[i] + len + 1;
		a->option[i] = a->option[--a->n_options];
		return value;
	}
	return NULL;
}

static unsigned long option_number(struct args *a, const char *name, unsigned long max,
				   unsigned long value)
{
	char *text = option(a, name);

	return text ? number(text, max) : value;
}

static void no_more(const struct args *a, unsigned int n_pos)
{
	if (a->n_options)
		die("%s knows no '%s'", a->layer, a->option[0]);
	if (a->n_pos != n_pos)
		die("%s wants %u words, not %u", a->layer, n_pos, a->n_pos);
}

static void put_hex(struct packet *p, const char *hex)
{
	unsigned int value;

	for (; hex[0]; hex += 2) {
		if (!isxdigit(hex[0]) || !isxdigit(hex[1]) || sscanf(hex, "%2x", &value) != 1)
			die("not hexadecimal: %s", hex);
		*put(p, 1) = value;
	}
}

/* A part of what follows, see PART. */
struct part {
	bool given;
	size_t from, len;
	bool more;
};

static void parse_part(struct part *part, char *text)
{
	char *plus;

	*part = (struct part){ .given = text, .len = SIZE_MAX };
	if (!text)
		return;
	plus = strchr(text, '+');
	if (plus) {
		*plus = '\0';
		part->len = number(plus + 1, MAX_LEN);
	}
	part->from = number(text, MAX_LEN);
	/* The same words are read again when the packet has come. */
	if (plus)
		*plus = '+';
}

/* Leave only the part of what is behind @start. */
static void take_part(struct packet *p, struct part *part, size_t start)
{
	size_t total = p->len - start;
	unsigned int i;

	if (!part->given)
		return;
	if (part->from > total)
		die("the part begins behind the end, at %zu of %zu", part->from, total);
	if (part->len > total - part->from)
		part->len = total - part->from;
	part->more = part->from + part->len < total;
	memmove(p->byte + start, p->byte + start + part->from, part->len);
	p->len = start + part->len;
	for (i = 0; i < p->notes; i++) {
		if (p->note[i].off < start)
			continue;
		if (p->note[i].off >= start + part->from)
			p->note[i].off -= part->from;
		else
			p->note[i].len = 0;
	}
}

/* Ones' complement sum, RFC 1071. */
static uint32_t sum(const uint8_t *at, size_t len, uint32_t total)
{
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		total += at[i] << 8 | at[i + 1];
	if (len & 1)
		total += at[len - 1] << 8;
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return total;
}

/* The bytes from @start to the end have the checksum @off, and maybe a pseudo header. */
static void set_csum(struct packet *p, const struct args *a, size_t start, size_t off,
		     const struct ip *ip, uint8_t proto, const char *text)
{
	uint32_t total = 0, value;

	write_be(p->byte + off, 2, 0);
	if (ip) {
		total = ip->is6 ? sum(p->byte + ip->at + 8, 32, 0) :
				  sum(p->byte + ip->at + 12, 8, 0);
		total += proto + (p->len - start);
	}
	value = ~sum(p->byte + start, p->len - start, total) & 0xffff;
	/* RFC 768: zero means none. */
	if (proto == IPPROTO_UDP && !value)
		value = 0xffff;
	if (text && text[0] == '+') {
		value += number(text + 1, 0xffff);
		value = (value & 0xffff) + (value >> 16);
		text = NULL;
	} else if (text && !strcmp(text, "zero")) {
		value = 0;
		text = NULL;
	}
	set_field(p, a, "csum", off, 2, text, value);
}

static void next_is(struct packet *p, const struct ip *ip, uint8_t proto)
{
	if (!ip)
		die("no IP header around this layer");
	if (!ip->next_fixed)
		p->byte[ip->next] = proto;
}

static void set_bits(struct packet *p, const struct args *a, const char *name, size_t off,
		     unsigned int width, uint32_t mask, uint32_t value)
{
	uint32_t bits = read_be(p->byte + off, width);

	bits = (bits & ~mask) | (value * (mask & -mask) & mask);
	write_be(p->byte + off, width, bits);
	add_note(p, a->layer, name, off, width, mask);
}

static void build_ip6(struct packet *p, struct words *w, struct args *a)
{
	char *next = option(a, "next"), *len = option(a, "len"), *hlim = option(a, "hlim");
	struct ip ip = { .is6 = true, .at = p->len, .next = p->len + 6, .next_fixed = next };
	size_t at = p->len;

	put(p, 40);
	set_bits(p, a, "version", at, 4, 0xf0000000, 6);
	set_bits(p, a, "tc", at, 4, 0xff00000, option_number(a, "tc", 255, 0));
	set_bits(p, a, "flow", at, 4, 0xfffff, option_number(a, "flow", 0xfffff, 0));
	set_field(p, a, "hlim", at + 7, 1, hlim, p->expected && !p->depth ? 62 : 64);
	no_more(a, 2);
	set_address(p, a, "src", at + 8, 16, a->pos[0]);
	set_address(p, a, "dst", at + 24, 16, a->pos[1]);
	build(p, w, &ip);
	set_field(p, a, "len", at + 4, 2, len, p->len - at - 40);
	set_field(p, a, "next", at + 6, 1, next, p->byte[at + 6]);
}

static void build_ip4(struct packet *p, struct words *w, struct args *a)
{
	char *proto = option(a, "proto"), *len = option(a, "len"), *ttl = option(a, "ttl");
	char *df = option(a, "df"), *mf = option(a, "mf"), *off = option(a, "off");
	char *id = option(a, "id"), *csum = option(a, "csum"), *opt = option(a, "opt");
	struct ip ip = { .at = p->len, .next = p->len + 9, .next_fixed = proto };
	bool outer = !p->depth, fragment;
	size_t at = p->len, start;
	struct part part;
	uint32_t total;

	put(p, 20);
	if (opt) {
		put_hex(p, opt);
		while ((p->len - at) % 4)
			put(p, 1);
	}
	start = p->len;
	parse_part(&part, option(a, "part"));
	set_bits(p, a, "version", at, 1, 0xf0, 4);
	set_bits(p, a, "ihl", at, 1, 0xf, option_number(a, "ihl", 15, (start - at) / 4));
	set_field(p, a, "tos", at + 1, 1, option(a, "tos"), 0);
	set_bits(p, a, "rf", at + 6, 2, 0x8000, option_number(a, "rf", 1, 0));
	set_field(p, a, "id", at + 4, 2, !id && p->expected ? "any" : id, 0);
	set_field(p, a, "ttl", at + 8, 1, ttl, p->expected && outer ? 62 : 64);
	no_more(a, 2);
	set_address(p, a, "src", at + 12, 4, a->pos[0]);
	set_address(p, a, "dst", at + 16, 4, a->pos[1]);
	build(p, w, &ip);
	take_part(p, &part, start);
	total = p->len - at;
	set_field(p, a, "len", at + 2, 2, len, total);
	set_bits(p, a, "off", at + 6, 2, 0x1fff, off ? number(off, 65528) / 8 : part.from / 8);
	set_bits(p, a, "mf", at + 6, 2, 0x2000, mf ? number(mf, 1) : part.more);
	fragment = part.given || off || mf;
	set_bits(p, a, "df", at + 6, 2, 0x4000, df ? number(df, 1) :
		 !fragment && (!p->expected || total > 1260));
	set_field(p, a, "proto", at + 9, 1, proto, p->byte[at + 9]);
	p->byte[at + 10] = 0;
	p->byte[at + 11] = 0;
	total = ~sum(p->byte + at, start - at, 0) & 0xffff;
	if (csum && csum[0] == '+') {
		total += number(csum + 1, 0xffff);
		total = (total & 0xffff) + (total >> 16);
		csum = NULL;
	}
	set_field(p, a, "csum", at + 10, 2, csum, total);
}

/* Extension headers. */

static void build_ext(struct packet *p, struct words *w, struct args *a, struct ip *ip)
{
	size_t at = p->len;

	if (a->n_pos < 1)
		die("ext wants a number");
	next_is(p, ip, number(a->pos[0], 255));
	put(p, 2);
	put_hex(p, a->n_pos > 1 ? a->pos[1] : "010400000000");
	no_more(a, a->n_pos);
	if ((p->len - at) % 8)
		die("ext: 6, 14, ... bytes");
	p->byte[at + 1] = (p->len - at) / 8 - 1;
	add_note(p, a->layer, "next", at, 1, ~0U);
	ip->next = at;
	ip->next_fixed = false;
	build(p, w, ip);
}

static void build_rh(struct packet *p, struct words *w, struct args *a, struct ip *ip)
{
	char *seg = option(a, "seg");
	size_t at = p->len;

	next_is(p, ip, IPPROTO_ROUTING);
	put(p, 8);
	set_field(p, a, "type", at + 2, 1, option(a, "type"), 0);
	set_field(p, a, "left", at + 3, 1, option(a, "left"), 0);
	no_more(a, 0);
	if (seg) {
		put(p, 16);
		set_address(p, a, "seg", at + 8, 16, seg);
		p->byte[at + 1] = 2;
	}
	ip->next = at;
	ip->next_fixed = false;
	build(p, w, ip);
}

static void build_ah(struct packet *p, struct words *w, struct args *a, struct ip *ip)
{
	size_t at = p->len;

	next_is(p, ip, IPPROTO_AH);
	no_more(a, 0);
	put(p, 16);
	/* In words, less 2. */
	p->byte[at + 1] = 2;
	write_be(p->byte + at + 4, 4, 0x1001);
	write_be(p->byte + at + 8, 4, 7);
	ip->next = at;
	ip->next_fixed = false;
	build(p, w, ip);
}

static void build_frag(struct packet *p, struct words *w, struct args *a, struct ip *ip)
{
	char *off = option(a, "off"), *mf = option(a, "mf");
	size_t at = p->len;
	struct part part;

	next_is(p, ip, IPPROTO_FRAGMENT);
	parse_part(&part, option(a, "part"));
	put(p, 8);
	set_field(p, a, "id", at + 4, 4, option(a, "id"), 0);
	set_field(p, a, "res", at + 1, 1, option(a, "res"), 0);
	no_more(a, 0);
	ip->next = at;
	ip->next_fixed = false;
	build(p, w, ip);
	take_part(p, &part, at + 8);
	add_note(p, a->layer, "next", at, 1, ~0U);
	set_bits(p, a, "off", at + 2, 2, 0xfff8, off ? number(off, 65528) / 8 : part.from / 8);
	set_bits(p, a, "mf", at + 2, 2, 1, mf ? number(mf, 1) : part.more);
}

/* Upper layers. */

static void build_tcp(struct packet *p, struct words *w, struct args *a, struct ip *ip)
{
	static const char letters[] = "FSRPAUEC";
	char *flags = option(a, "flags"), *csum = option(a, "csum"), *opt = option(a, "opt");
	size_t at = p->len;
	uint8_t bits = 0;

	next_is(p, ip, IPPROTO_TCP);
	put(p, 20);
	if (opt) {
		put_hex(p, opt);
		while ((p->len - at) % 4)
			put(p, 1);
	}
	for (flags = flags ?: "A"; *flags; flags++) {
		if (!strchr(letters, *flags))
			die("no TCP flag: %s", flags);
		bits |= 1 << (strchr(letters, *flags) - letters);
	}
	set_field(p, a, "seq", at + 4, 4, option(a, "seq"), 0x01020304);
	set_field(p, a, "ack", at + 8, 4, option(a, "ack"), bits & 0x10 ? 0x05060708 : 0);
	set_bits(p, a, "doff", at + 12, 1, 0xf0,
		 option_number(a, "doff", 15, (p->len - at) / 4));
	set_bits(p, a, "flags", at + 13, 1, 0xff, bits);
	set_field(p, a, "win", at + 14, 2, option(a, "win"), 1000);
	set_field(p, a, "urg", at + 18, 2, option(a, "urg"), 0);
	no_more(a, 2);
	set_field(p, a, "sport", at, 2, a->pos[0], 0);
	set_field(p, a, "dport", at + 2, 2, a->pos[1], 0);
	build(p, w, ip);
	set_csum(p, a, at, at + 16, ip, IPPROTO_TCP, csum);
}

static void build_udp(struct packet *p, struct words *w, struct args *a, struct ip *ip)
{
	char *csum = option(a, "csum"), *len = option(a, "len");
	size_t at = p->len;

	next_is(p, ip, IPPROTO_UDP);
	put(p, 8);
	no_more(a, 2);
	set_field(p, a, "sport", at, 2, a->pos[0], 0);
	set_field(p, a, "dport", at + 2, 2, a->pos[1], 0);
	build(p, w, ip);
	set_field(p, a, "len", at + 4, 2, len, p->len - at);
	set_csum(p, a, at, at + 6, ip, IPPROTO_UDP, csum);
}

static void build_icmp(struct packet *p, struct words *w, struct args *a, struct ip *ip, bool is6)
{
	char *csum = option(a, "csum"), *text;
	size_t at = p->len;
	static const struct {
		const char *name;
		unsigned int off4, len4, off6, len6;
	} field[] = {
		{ "id", 4, 2, 4, 2 }, { "seq", 6, 2, 6, 2 }, { "mtu", 6, 2, 4, 4 },
		{ "ptr", 4, 1, 4, 4 }, { "len", 5, 1, 4, 1 }, { "rest", 4, 4, 4, 4 },
	};
	bool named = false;
	unsigned int i;

	next_is(p, ip, is6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
	put(p, 8);
	for (i = 0; i < ARRAY_SIZE(field); i++) {
		text = option(a, field[i].name);
		named |= !!text;
		if (text)
			set_field(p, a, field[i].name, at + (is6 ? field[i].off6 : field[i].off4),
				  is6 ? field[i].len6 : field[i].len4, text, 0);
	}
	no_more(a, 2);
	set_field(p, a, "type", at, 1, a->pos[0], 0);
	set_field(p, a, "code", at + 1, 1, a->pos[1], 0);
	if (!named)
		add_note(p, a->layer, "rest", at + 4, 4, ~0U);
	build(p, w, ip);
	set_csum(p, a, at, at + 2, is6 ? ip : NULL, is6 ? IPPROTO_ICMPV6 : 0, csum);
}

/* Contents. */

static uint8_t pattern(size_t i)
{
	return i * 7 + (i >> 8) * 3 + 1;
}

static void build_data(struct packet *p, struct args *a)
{
	size_t from = option_number(a, "from", MAX_LEN, 0), len, i;
	uint8_t *at;

	no_more(a, 1);
	len = number(a->pos[0], MAX_LEN);
	at = put(p, len);
	for (i = 0; i < len; i++)
		at[i] = pattern(from + i);
}

static void build_objects(struct packet *p, const struct args *a)
{
	size_t at = p->len;

	/* RFC 4884, section 7: version 2, checksum of the whole structure. */
	put(p, 4)[0] = 0x20;
	put_hex(p, a->pos[0]);
	set_csum(p, a, at, at + 2, NULL, 0, NULL);
}

static void build_inner(struct packet *p, struct words *w, struct ip *ip)
{
	size_t start = p->len, cut, pad;
	unsigned int i, notes = p->notes;
	struct args a;

	p->depth++;
	build(p, w, NULL);
	p->depth--;
	if (w->at == w->n || strcmp(w->word[w->at], "]"))
		die("] is missing");
	take_args(w, &a);
	cut = option_number(&a, "cut", MAX_LEN, MAX_LEN);
	pad = option_number(&a, "pad", MAX_LEN, 0);
	no_more(&a, 0);
	if (p->len - start > cut)
		p->len = start + cut;
	if (p->len - start < pad)
		put(p, start + pad - p->len);
	for (i = notes; i < p->notes; i++)
		if (p->note[i].off + p->note[i].len > p->len)
			p->note[i].len = 0;
	build(p, w, ip);
}

/* Layers that are no headers. */
static void build_contents(struct packet *p, struct words *w, struct args *a, struct ip *ip)
{
	if (!strcmp(a->layer, "data")) {
		build_data(p, a);
	} else {
		no_more(a, 1);
		if (!strcmp(a->layer, "raw"))
			next_is(p, ip, number(a->pos[0], 255));
		else if (!strcmp(a->layer, "hex"))
			put_hex(p, a->pos[0]);
		else if (!strcmp(a->layer, "zero"))
			put(p, number(a->pos[0], MAX_LEN));
		else if (!strcmp(a->layer, "objects"))
			build_objects(p, a);
		else if (!strcmp(a->layer, "trailer"))
			p->trailer = number(a->pos[0], MAX_LEN);
		else
			die("no such layer: %s", a->layer);
	}
	build(p, w, ip);
}

/* Append the layers up to the end or to a closing bracket. */
static void build(struct packet *p, struct words *w, struct ip *ip)
{
	struct args a;

	if (w->at < w->n && !strcmp(w->word[w->at], "|"))
		w->at++;
	if (w->at == w->n || !strcmp(w->word[w->at], "]"))
		return;
	if (!strcmp(w->word[w->at], "[")) {
		w->at++;
		build_inner(p, w, ip);
		return;
	}
	take_args(w, &a);
	if (!strcmp(a.layer, "ip6"))
		build_ip6(p, w, &a);
	else if (!strcmp(a.layer, "ip4"))
		build_ip4(p, w, &a);
	else if (!strcmp(a.layer, "ext"))
		build_ext(p, w, &a, ip);
	else if (!strcmp(a.layer, "rh"))
		build_rh(p, w, &a, ip);
	else if (!strcmp(a.layer, "ah"))
		build_ah(p, w, &a, ip);
	else if (!strcmp(a.layer, "frag"))
		build_frag(p, w, &a, ip);
	else if (!strcmp(a.layer, "tcp"))
		build_tcp(p, w, &a, ip);
	else if (!strcmp(a.layer, "udp"))
		build_udp(p, w, &a, ip);
	else if (!strcmp(a.layer, "icmp4"))
		build_icmp(p, w, &a, ip, false);
	else if (!strcmp(a.layer, "icmp6"))
		build_icmp(p, w, &a, ip, true);
	else
		build_contents(p, w, &a, ip);
}

static void make_packet(struct packet *p, struct words *w, unsigned int first, bool expected,
			const uint8_t *actual, size_t actual_len)
{
	p->len = 0;
	p->trailer = 0;
	p->depth = 0;
	p->notes = 0;
	p->expected = expected;
	p->actual = actual;
	p->actual_len = actual_len;
	w->at = first;
	build(p, w, NULL);
	if (w->at != w->n)
		die("] without [");
	memset(put(p, p->trailer), 0xee, p->trailer);
}

/* ---- drop counters ---- */

static const struct drop {
	unsigned int id;
	const char *name;
} drops_known[] = {
	{ IPV6TUN_A_DROPS_NAT64_TRUNCATED, "nat64-truncated" },
	{ IPV6TUN_A_DROPS_NAT64_PROTOCOL, "nat64-protocol" },
	{ IPV6TUN_A_DROPS_NAT64_ICMP_TYPE, "nat64-icmp-type" },
	{ IPV6TUN_A_DROPS_NAT64_SOURCE_ROUTE, "nat64-source-route" },
	{ IPV6TUN_A_DROPS_NAT64_EXT_HEADER, "nat64-ext-header" },
	{ IPV6TUN_A_DROPS_NAT64_UDP_ZERO, "nat64-udp-zero" },
	{ IPV6TUN_A_DROPS_NAT64_FRAGMENT, "nat64-fragment" },
	{ IPV6TUN_A_DROPS_NAT64_ADDRESS, "nat64-address" },
	{ IPV6TUN_A_DROPS_NAT64_LOOP, "nat64-loop" },
	{ IPV6TUN_A_DROPS_NAT64_NO_BIB, "nat64-no-bib" },
	{ IPV6TUN_A_DROPS_NAT64_NO_SESSION, "nat64-no-session" },
	{ IPV6TUN_A_DROPS_NAT64_FILTERED, "nat64-filtered" },
	{ IPV6TUN_A_DROPS_NAT64_TCP_STATE, "nat64-tcp-state" },
	{ IPV6TUN_A_DROPS_NAT64_POOL_EXHAUSTED, "nat64-pool-exhausted" },
	{ IPV6TUN_A_DROPS_NAT64_LIMIT, "nat64-limit" },
	{ IPV6TUN_A_DROPS_NAT64_NO_MEMORY, "nat64-no-memory" },
	{ IPV6TUN_A_DROPS_NAT64_QUEUE_FULL, "nat64-queue-full" },
};

static const char *drop_name(unsigned int id)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(drops_known); i++)
		if (drops_known[i].id == id)
			return drops_known[i].name;
	return "of no concern to NAT64";
}

static unsigned int drop_id(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(drops_known); i++)
		if (!strcmp(drops_known[i].name, name))
			return drops_known[i].id;
	die("no such reason to drop: %s", name);
}

static const char *device;
static int genl = -1;
static uint16_t family;

/* A generic netlink request with one attribute. Returns the reply's length. */
static size_t ask(uint16_t type, uint8_t cmd, uint16_t attr, const void *value, size_t len,
		  void *reply, size_t max)
{
	struct {
		struct nlmsghdr nl;
		struct genlmsghdr genl;
		struct nlattr attr;
		uint8_t value[32];
	} request = {
		.nl.nlmsg_len = sizeof(request) - sizeof(request.value) + NLA_ALIGN(len),
		.nl.nlmsg_type = type,
		.nl.nlmsg_flags = NLM_F_REQUEST,
		.genl.cmd = cmd,
		.genl.version = 1,
		.attr.nla_len = NLA_HDRLEN + len,
		.attr.nla_type = attr,
	};
	struct nlmsghdr *head = reply;
	ssize_t got;

	memcpy(request.value, value, len);
	if (send(genl, &request, request.nl.nlmsg_len, 0) < 0)
		die("netlink: %s", strerror(errno));
	got = recv(genl, reply, max, 0);
	if (got < (ssize_t)(NLMSG_HDRLEN + GENL_HDRLEN))
		die("netlink: %s", got < 0 ? strerror(errno) : "short answer");
	if (head->nlmsg_type == NLMSG_ERROR)
		die("netlink: %s", strerror(-((struct nlmsgerr *)NLMSG_DATA(head))->error));
	return got;
}

static const struct nlattr *find_attr(const void *start, size_t len, uint16_t type)
{
	const struct nlattr *attr;
	size_t at;

	for (at = 0; at + NLA_HDRLEN <= len; at += NLA_ALIGN(attr->nla_len)) {
		attr = (const void *)((const char *)start + at);
		if (attr->nla_len < NLA_HDRLEN)
			break;
		if ((attr->nla_type & NLA_TYPE_MASK) == type)
			return attr;
	}
	return NULL;
}

static void open_netlink(void)
{
	char reply[8192];
	const struct nlattr *attr;
	size_t len;

	genl = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (genl < 0)
		die("netlink: %s", strerror(errno));
	len = ask(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME, IPV6TUN_FAMILY_NAME,
		  sizeof(IPV6TUN_FAMILY_NAME), reply, sizeof(reply));
	attr = find_attr(reply + NLMSG_HDRLEN + GENL_HDRLEN, len - NLMSG_HDRLEN - GENL_HDRLEN,
			 CTRL_ATTR_FAMILY_ID);
	if (!attr)
		die("netlink: no family");
	memcpy(&family, attr + 1, sizeof(family));
}

static void read_drops(uint64_t *drops)
{
	uint32_t ifindex = if_nametoindex(device);
	const struct nlattr *nest, *attr;
	char reply[8192];
	size_t len, at;
	unsigned int type;

	memset(drops, 0, MAX_DROPS * sizeof(*drops));
	/* Trying out the runner itself needs neither device nor module. */
	if (!strcmp(device, "none"))
		return;
	if (!ifindex)
		die("no device %s", device);
	if (genl < 0)
		open_netlink();
	len = ask(family, IPV6TUN_CMD_DEVICE_GET, IPV6TUN_A_DEVICE_IFINDEX, &ifindex,
		  sizeof(ifindex), reply, sizeof(reply));
	nest = find_attr(reply + NLMSG_HDRLEN + GENL_HDRLEN, len - NLMSG_HDRLEN - GENL_HDRLEN,
			 IPV6TUN_A_DEVICE_DROPS);
	if (!nest)
		die("netlink: no drop counters");
	for (at = NLA_HDRLEN; at + NLA_HDRLEN <= nest->nla_len; at += NLA_ALIGN(attr->nla_len)) {
		attr = (const void *)((const char *)nest + at);
		if (attr->nla_len < NLA_HDRLEN)
			break;
		type = attr->nla_type & NLA_TYPE_MASK;
		if (type < MAX_DROPS && attr->nla_len == NLA_HDRLEN + sizeof(uint64_t))
			memcpy(&drops[type], attr + 1, sizeof(uint64_t));
	}
}

/* ---- the two sides ---- */

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

/* ---- one case ---- */

static struct packet packet;
static uint8_t came[MAX_LEN];
static char case_name[MAX_LINE];
static unsigned int case_line, passed, failed;
static bool in_case, case_failed;
static uint64_t drops_before[MAX_DROPS], drops_wanted[MAX_DROPS];

static void __attribute__((format(printf, 1, 2))) complain(const char *format, ...)
{
	va_list args;

	if (!case_failed)
		printf("FAILED %s (%s:%u)\n", case_name, file_name, case_line);
	case_failed = true;
	printf("  line %u: ", line_number);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

/* Rows of 16 bytes, not all; with another packet, only rows that differ from it. */
static void dump(const char *what, const uint8_t *byte, size_t len, const uint8_t *other,
		 size_t other_len)
{
	size_t row, i, shown = 0;

	printf("  %s, %zu bytes%s:\n", what, len, other ? ", * where it differs" : "");
	for (row = 0; row < len; row += 16) {
		if (other && row + 16 <= len && row + 16 <= other_len &&
		    !memcmp(byte + row, other + row, 16))
			continue;
		if (++shown > MAX_ROWS) {
			puts("    ...");
			return;
		}
		printf("    %4zu ", row);
		for (i = row; i < row + 16 && i < len; i++)
			printf("%c%02x", other && (i >= other_len || byte[i] != other[i]) ?
			       '*' : ' ', byte[i]);
		putchar('\n');
	}
}

static void explain(const struct packet *want, const uint8_t *got, size_t len)
{
	const struct note *n;
	size_t i, first;

	if (want->len != len)
		printf("  length: got %zu, want %zu\n", len, want->len);
	for (n = want->note; n < want->note + want->notes; n++) {
		if (!n->len || n->off + n->len > len ||
		    !memcmp(want->byte + n->off, got + n->off, n->len))
			continue;
		if (n->address) {
			int family = n->len == 4 ? AF_INET : AF_INET6;
			char g[INET6_ADDRSTRLEN], w[INET6_ADDRSTRLEN];

			printf("  %s: got %s, want %s\n", n->name,
			       inet_ntop(family, got + n->off, g, sizeof(g)),
			       inet_ntop(family, want->byte + n->off, w, sizeof(w)));
		} else {
			uint32_t shift = __builtin_ctz(n->mask);
			uint32_t g = (read_be(got + n->off, n->len) & n->mask) >> shift;
			uint32_t w = (read_be(want->byte + n->off, n->len) & n->mask) >> shift;

			if (g != w)
				printf("  %s: got %u (0x%x), want %u (0x%x)\n", n->name,
				       g, g, w, w);
		}
	}
	for (first = 0, i = len < want->len ? len : want->len; first < i; first++)
		if (got[first] != want->byte[first])
			break;
	printf("  first difference at byte %zu\n", first);
	dump("want", want->byte, want->len, got, len);
	dump("got", got, len, want->byte, want->len);
}

/* Drops that were counted and that the case does not name: true and told if any. */
static bool other_drops(void)
{
	uint64_t now[MAX_DROPS];
	unsigned int i;
	bool any = false;

	read_drops(now);
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
	int side, patience = case_failed ? SLICE_MS : 0;
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
			dump("got", came, len, NULL, 0);
		}
	}
	if (!case_failed)
		other_drops();
	if (case_failed) {
		failed++;
	} else {
		printf("ok %s\n", case_name);
		passed++;
	}
}

static void begin_case(const char *name)
{
	in_case = true;
	case_failed = false;
	case_line = line_number;
	strcpy(case_name, name);
	read_drops(drops_before);
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

	make_packet(&packet, w, 2, false, NULL, 0);
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
	make_packet(&packet, w, 2, true, came, len);
	if (!len) {
		complain("nothing came");
		return;
	}
	if (len == packet.len && !memcmp(came, packet.byte, len))
		return;
	complain("another packet came");
	explain(&packet, came, len);
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
		read_drops(now);
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

/* ---- files ---- */

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

static void split(struct words *w, char *line)
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
	if (case_failed)
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
