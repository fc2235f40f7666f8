// SPDX-License-Identifier: GPL-2.0
/*
 * Each layer makes its header, lets those inside it be made, and then fills in
 * what depends on them: lengths and checksums.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "fields.h"

/* What the layers inside an IP header need to know of it. */
struct ip {
	bool is6;
	size_t at;		/* of the IP header */
	size_t next;		/* where the next layer writes its number */
	bool next_fixed;	/* it must not */
};

static void build(struct packet *p, struct words *w, struct ip *ip);

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

void packet_make(struct packet *p, struct words *w, unsigned int first, bool expected,
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
