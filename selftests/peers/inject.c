// SPDX-License-Identifier: GPL-2.0
/*
 * inject: packets as described, byte for byte, into a network namespace.
 *
 *	inject NETNS PACKET...
 *
 * A packet is one argument: layers from the outside in, separated by blanks. The
 * first is IP, and the namespace routes by its destination; its source may be
 * anybody's. What is not said is filled in as it should be: lengths, checksums,
 * the protocol of the next layer. N is decimal or 0x...
 *
 *	ip=SRC,DST[,tos=N][,ttl=N][,flow=N][,proto=N][,ver=N][,ihl=N][,len=N]
 *		IPv4 or IPv6 as the addresses are; flow: label of IPv6; ihl: of
 *		IPv4, in words; len: total or payload length. The kernel insists
 *		on its own ver, ihl and len in the outermost header.
 *	opt	IPv6 destination options with a tunnel encapsulation limit
 *	frag	IPv6 fragment header, where it belongs in each fragment
 *	gre[,csum[=N]][,key=N][,seq=N][,flags=N][,proto=N]
 *		csum=N: a checksum N off the right one; flags: set beside those
 *		of csum, key and seq
 *	udp=SPORT,DPORT
 *	syn=SPORT,DPORT		a TCP SYN with an MSS option
 *	data=N	N bytes of payload
 *	hex=...	bytes in hexadecimal
 *
 * Words at the end make several packets of one:
 *
 *	cut=N or cut=FROM-TO	only so many bytes follow the outermost IP header,
 *				whose length is right, and so is GRE's checksum; a
 *				packet for each number
 *	split=N			fragments of N bytes, the last one first; IPv6's need
 *				a frag layer
 *	fuzz=SEED,COUNT		COUNT packets with random damage behind the
 *				outermost IP header, the same for the same SEED
 *	times=N			each of them N times
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_LAYERS	16
#define MAX_LEN		9000
#define UNSET		(-1)

enum layer_kind { IP4, IP6, OPT, FRAG, GRE, UDP, TCP, BYTES };

struct layer {
	enum layer_kind kind;
	size_t offset;
	long proto, len;	/* as the caller wants them, or UNSET */
	size_t csum;		/* GRE: where the checksum is, or 0 */
	unsigned int off_by;	/* GRE: wrong by so much */
};

struct packet {
	uint8_t byte[MAX_LEN];
	size_t len;
	struct layer layer[MAX_LAYERS];
	unsigned int layers;
	size_t cut_from, cut_to, split;
	uint32_t seed;
	unsigned long fuzz, times;
};

static int sock4 = -1, sock6 = -1;

static void __attribute__((noreturn, format(printf, 1, 2))) die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("inject: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	exit(2);
}

static unsigned long number(const char *text, unsigned long max)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = text ? strtoul(text, &end, 0) : 0;
	if (!text || end == text || *end || errno || value > max)
		die("not a value up to %lu: %s", max, text ? text : "");
	return value;
}

/* Split "name=value"; the value may be missing. */
static char *value_of(char *word)
{
	char *equals = strchr(word, '=');

	if (!equals)
		return NULL;
	*equals = '\0';
	return equals + 1;
}

static uint8_t *put(struct packet *p, size_t len)
{
	uint8_t *at = p->byte + p->len;

	if (len > sizeof(p->byte) - p->len)
		die("packet longer than %d", MAX_LEN);
	memset(at, 0, len);
	p->len += len;
	return at;
}

static struct layer *add_layer(struct packet *p, enum layer_kind kind)
{
	struct layer *l = &p->layer[p->layers];

	if (p->layers++ == MAX_LAYERS)
		die("more than %d layers", MAX_LAYERS);
	*l = (struct layer){
		.kind = kind, .offset = p->len, .proto = UNSET, .len = UNSET,
	};
	return l;
}

static void add_ip(struct packet *p, char *args)
{
	char *src = strsep(&args, ","), *dst = strsep(&args, ","), *option, *value;
	bool v6 = src && strchr(src, ':');
	struct layer *l = add_layer(p, v6 ? IP6 : IP4);
	uint8_t *at = put(p, v6 ? sizeof(struct ip6_hdr) : sizeof(struct iphdr));
	struct ip6_hdr *ip6 = (struct ip6_hdr *)at;
	struct iphdr *ip4 = (struct iphdr *)at;
	uint32_t tos = 0, ttl = 64, ver = v6 ? 6 : 4, ihl = 5, flow = 0;

	if (!src || !dst ||
	    inet_pton(v6 ? AF_INET6 : AF_INET, src,
		      v6 ? (void *)&ip6->ip6_src : (void *)&ip4->saddr) != 1 ||
	    inet_pton(v6 ? AF_INET6 : AF_INET, dst,
		      v6 ? (void *)&ip6->ip6_dst : (void *)&ip4->daddr) != 1)
		die("ip wants two addresses of one family");
	while ((option = strsep(&args, ","))) {
		value = value_of(option);
		if (!strcmp(option, "tos"))
			tos = number(value, 255);
		else if (!strcmp(option, "ttl"))
			ttl = number(value, 255);
		else if (!strcmp(option, "flow"))
			flow = number(value, 0xfffff);
		else if (!strcmp(option, "proto"))
			l->proto = number(value, 255);
		else if (!strcmp(option, "ver"))
			ver = number(value, 15);
		else if (!strcmp(option, "ihl"))
			ihl = number(value, 15);
		else if (!strcmp(option, "len"))
			l->len = number(value, 65535);
		else
			die("ip knows no %s", option);
	}
	if (v6) {
		ip6->ip6_flow = htonl(ver << 28 | tos << 20 | flow);
		ip6->ip6_hlim = ttl;
	} else {
		ip4->version = ver;
		ip4->ihl = ihl;
		ip4->tos = tos;
		ip4->ttl = ttl;
	}
}

static void add_gre(struct packet *p, char *args)
{
	struct layer *l = add_layer(p, GRE);
	uint16_t flags = 0, extra = 0;
	uint32_t key = 0, seq = 0, be;
	char *option, *value;
	size_t base;

	while ((option = strsep(&args, ","))) {
		value = value_of(option);
		if (!strcmp(option, "csum")) {
			flags |= 0x8000;
			l->off_by = value ? number(value, 65535) : 0;
		} else if (!strcmp(option, "key")) {
			flags |= 0x2000;
			key = number(value, UINT32_MAX);
		} else if (!strcmp(option, "seq")) {
			flags |= 0x1000;
			seq = number(value, UINT32_MAX);
		} else if (!strcmp(option, "flags")) {
			extra = number(value, 65535);
		} else if (!strcmp(option, "proto")) {
			l->proto = number(value, 65535);
		} else {
			die("gre knows no %s", option);
		}
	}
	base = p->len;
	put(p, 4);
	p->byte[base] = (flags | extra) >> 8;
	p->byte[base + 1] = extra;
	if (flags & 0x8000) {
		l->csum = p->len;
		put(p, 4);
	}
	if (flags & 0x2000) {
		be = htonl(key);
		memcpy(put(p, 4), &be, 4);
	}
	if (flags & 0x1000) {
		be = htonl(seq);
		memcpy(put(p, 4), &be, 4);
	}
}

static void add_ports(struct packet *p, enum layer_kind kind, char *args)
{
	char *sport = strsep(&args, ","), *dport = strsep(&args, ",");
	uint16_t port[2] = { htons(number(sport, 65535)), htons(number(dport, 65535)) };
	static const uint8_t mss[] = { 2, 4, 1460 >> 8, 1460 & 255 };
	struct tcphdr *tcp;

	add_layer(p, kind);
	if (kind == UDP) {
		memcpy(put(p, sizeof(struct udphdr)), port, sizeof(port));
		return;
	}
	tcp = (struct tcphdr *)put(p, sizeof(*tcp));
	memcpy(tcp, port, sizeof(port));
	tcp->doff = (sizeof(*tcp) + sizeof(mss)) / 4;
	tcp->syn = 1;
	tcp->window = htons(1000);
	memcpy(put(p, sizeof(mss)), mss, sizeof(mss));
}

static void add_bytes(struct packet *p, const char *hex, unsigned long n)
{
	unsigned int i, value;
	uint8_t *at;

	add_layer(p, BYTES);
	if (!hex) {
		at = put(p, n);
		for (i = 0; i < n; i++)
			at[i] = i;
		return;
	}
	for (; hex[0]; hex += 2) {
		if (sscanf(hex, "%2x", &value) != 1 || !hex[1])
			die("not hexadecimal: %s", hex);
		*put(p, 1) = value;
	}
}

static void add_option(struct packet *p)
{
	/* Next header, length, limit 4 (RFC 2473, section 4.1.1), PadN. */
	static const uint8_t limit[8] = { 0, 0, 4, 1, 4, 1, 1, 0 };

	add_layer(p, OPT);
	memcpy(put(p, sizeof(limit)), limit, sizeof(limit));
}

static void add_fragment(struct packet *p)
{
	add_layer(p, FRAG);
	put(p, sizeof(struct ip6_frag));
}

static void set_cut(struct packet *p, char *range)
{
	char *from = strsep(&range, "-");

	p->cut_from = number(from, MAX_LEN);
	p->cut_to = range ? number(range, MAX_LEN) : p->cut_from;
}

static void set_fuzz(struct packet *p, char *args)
{
	p->seed = number(strsep(&args, ","), UINT32_MAX);
	p->fuzz = number(args, 1000000);
}

static void parse(struct packet *p, char *text)
{
	char *word, *value;

	*p = (struct packet){ .cut_from = MAX_LEN, .cut_to = MAX_LEN, .times = 1 };
	while ((word = strsep(&text, " "))) {
		if (!*word)
			continue;
		/* "gre" has options only. */
		if (!strcmp(word, "gre") || !strncmp(word, "gre,", 4)) {
			add_gre(p, word[3] ? word + 4 : NULL);
			continue;
		}
		value = value_of(word);
		if (!strcmp(word, "ip"))
			add_ip(p, value);
		else if (!strcmp(word, "opt"))
			add_option(p);
		else if (!strcmp(word, "frag"))
			add_fragment(p);
		else if (!strcmp(word, "udp"))
			add_ports(p, UDP, value);
		else if (!strcmp(word, "syn"))
			add_ports(p, TCP, value);
		else if (!strcmp(word, "data"))
			add_bytes(p, NULL, number(value, MAX_LEN));
		else if (!strcmp(word, "hex") && value)
			add_bytes(p, value, 0);
		else if (!strcmp(word, "cut") && value)
			set_cut(p, value);
		else if (!strcmp(word, "split"))
			p->split = number(value, MAX_LEN) & ~7;
		else if (!strcmp(word, "times"))
			p->times = number(value, 1000000);
		else if (!strcmp(word, "fuzz"))
			set_fuzz(p, value);
		else
			die("what is '%s'?", word);
	}
	if (!p->layers || p->layer[0].kind > IP6)
		die("a packet begins with ip=");
}

/* The sum of RFC 1071, not yet folded. */
static uint32_t sum(const uint8_t *at, size_t len, uint32_t start)
{
	size_t i;

	for (i = 0; i < len; i++)
		start += i & 1 ? at[i] : at[i] << 8;
	return start;
}

static uint16_t fold(uint32_t value)
{
	value = (value >> 16) + (value & 0xffff);
	value += value >> 16;
	return ~value;
}

static void store(uint8_t *at, uint16_t value)
{
	at[0] = value >> 8;
	at[1] = value;
}

static unsigned int ip_proto(const struct packet *p, unsigned int i)
{
	if (p->layer[i].proto != UNSET)
		return p->layer[i].proto;
	if (i + 1 == p->layers)
		return IPPROTO_NONE;
	switch (p->layer[i + 1].kind) {
	case IP4:
		return IPPROTO_IPIP;
	case IP6:
		return IPPROTO_IPV6;
	case OPT:
		return IPPROTO_DSTOPTS;
	case FRAG:
		return IPPROTO_FRAGMENT;
	case GRE:
		return IPPROTO_GRE;
	case UDP:
		return IPPROTO_UDP;
	case TCP:
		return IPPROTO_TCP;
	default:
		return IPPROTO_NONE;
	}
}

static unsigned int gre_proto(const struct packet *p, unsigned int i)
{
	if (p->layer[i].proto != UNSET)
		return p->layer[i].proto;
	if (i + 1 < p->layers && p->layer[i + 1].kind == IP4)
		return 0x0800;
	/* Also when nothing follows: the length is to be what is wrong then. */
	return 0x86dd;
}

static void finish_ip(struct packet *p, unsigned int i, size_t end)
{
	const struct layer *l = &p->layer[i];
	uint8_t *at = p->byte + l->offset;
	size_t len = end - l->offset;

	if (l->kind == IP6) {
		store(at + 4, l->len != UNSET ? (size_t)l->len : len - sizeof(struct ip6_hdr));
		at[6] = ip_proto(p, i);
		return;
	}
	store(at + 2, l->len != UNSET ? (size_t)l->len : len);
	at[9] = ip_proto(p, i);
	store(at + 10, 0);
	store(at + 10, fold(sum(at, sizeof(struct iphdr), 0)));
}

static void finish_l4(struct packet *p, unsigned int i)
{
	const struct layer *l = &p->layer[i], *ip = l - 1;
	uint8_t *at = p->byte + l->offset, *check;
	size_t len = p->len - l->offset;
	uint32_t pseudo;

	if (!i || ip->kind > IP6)
		die("udp and syn follow ip");
	pseudo = len + (l->kind == UDP ? IPPROTO_UDP : IPPROTO_TCP);
	if (ip->kind == IP6)
		pseudo = sum(p->byte + ip->offset + 8, 32, pseudo);
	else
		pseudo = sum(p->byte + ip->offset + 12, 8, pseudo);
	if (l->kind == UDP)
		store(at + 4, len);
	check = at + (l->kind == UDP ? 6 : 16);
	store(check, fold(sum(at, len, pseudo)));
}

/* From the inside out, as the outer checksums cover the inner ones. */
static void finish_inner(struct packet *p)
{
	unsigned int i;

	for (i = p->layers; i-- > 1; ) {
		uint8_t *at = p->byte + p->layer[i].offset;

		switch (p->layer[i].kind) {
		case IP4:
		case IP6:
			finish_ip(p, i, p->len);
			break;
		case UDP:
		case TCP:
			finish_l4(p, i);
			break;
		case GRE:
			store(at + 2, gre_proto(p, i));
			break;
		case OPT:
		case FRAG:
			at[0] = ip_proto(p, i);
			break;
		case BYTES:
			break;
		}
	}
}

static size_t outer_len(const struct packet *p)
{
	return p->layer[0].kind == IP6 ? sizeof(struct ip6_hdr) : sizeof(struct iphdr);
}

static void transmit(const struct packet *p, size_t len)
{
	struct sockaddr_in to4 = { .sin_family = AF_INET };
	struct sockaddr_in6 to6 = { .sin6_family = AF_INET6 };
	bool v6 = p->layer[0].kind == IP6;
	ssize_t n;

	if (v6) {
		memcpy(&to6.sin6_addr, p->byte + 24, 16);
		n = sendto(sock6, p->byte, len, 0, (struct sockaddr *)&to6, sizeof(to6));
	} else {
		memcpy(&to4.sin_addr, p->byte + 16, 4);
		n = sendto(sock4, p->byte, len, 0, (struct sockaddr *)&to4, sizeof(to4));
	}
	if (n != (ssize_t)len)
		die("send %zu bytes: %s", len, strerror(errno));
}

/* The last one first, so that the first, which knows more, completes it. */
static void send_fragments(const struct packet *whole, size_t len)
{
	static uint16_t id;
	static struct packet p;
	size_t start = outer_len(whole), offset, n;
	uint8_t *frag = NULL;
	unsigned int i;

	for (i = 1; i < whole->layers; i++) {
		if (whole->layer[i].kind != FRAG)
			continue;
		start = whole->layer[i].offset + sizeof(struct ip6_frag);
		frag = p.byte + whole->layer[i].offset;
	}
	if (len <= start || (frag ? IP6 : IP4) != whole->layer[0].kind)
		die("nothing to split");
	id++;
	p = *whole;
	for (offset = (len - start - 1) / p.split * p.split; ; offset -= p.split) {
		bool more = offset + p.split < len - start;

		n = more ? p.split : len - start - offset;
		memcpy(p.byte + start, whole->byte + start + offset, n);
		if (frag) {
			store(frag + 2, offset | more);
			store(frag + 6, id);
		} else {
			store(p.byte + 4, id);
			store(p.byte + 6, offset / 8 | more << 13);
		}
		finish_ip(&p, 0, start + n);
		transmit(&p, start + n);
		if (!offset)
			break;
	}
}

static void send_len(struct packet *p, size_t len)
{
	unsigned long i;
	unsigned int j;

	for (j = 1; j < p->layers; j++) {
		const struct layer *l = &p->layer[j];

		if (!l->csum || l->csum + 2 > len)
			continue;
		store(p->byte + l->csum, 0);
		store(p->byte + l->csum,
		      fold(sum(p->byte + l->offset, len - l->offset, 0)) + l->off_by);
	}
	finish_ip(p, 0, len);
	for (i = 0; i < p->times; i++) {
		if (p->split)
			send_fragments(p, len);
		else
			transmit(p, len);
	}
}

static uint32_t random32(uint32_t *state)
{
	/* Xorshift (Marsaglia, 2003): the same on every machine. */
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static void send_damaged(const struct packet *good, uint32_t *state)
{
	static struct packet p;
	size_t head = outer_len(good), len = good->len, at;
	unsigned int n;

	p = *good;
	if (random32(state) % 4 == 0)
		len = head + random32(state) % (len - head);
	for (n = random32(state) % 4; n && len > head; n--) {
		/* Most of them in the headers, where they matter most. */
		at = head + random32(state) % (len - head);
		if (random32(state) % 2 && len - head > 64)
			at = head + random32(state) % 64;
		if (random32(state) % 2)
			p.byte[at] ^= 1 << random32(state) % 8;
		else
			p.byte[at] = random32(state);
	}
	finish_ip(&p, 0, len);
	transmit(&p, len);
}

static void send_all(struct packet *p)
{
	size_t head = outer_len(p), cut;
	uint32_t state = p->seed | 1;
	unsigned long i;

	finish_inner(p);
	if (p->fuzz) {
		for (i = 0; i < p->fuzz; i++)
			send_damaged(p, &state);
		return;
	}
	for (cut = p->cut_from; cut <= p->cut_to; cut++)
		send_len(p, cut < p->len - head ? head + cut : p->len);
}

int main(int argc, char **argv)
{
	static struct packet p;
	int fd, i, one = 1;

	if (argc < 3)
		die("usage: inject NETNS PACKET...");
	fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die("%s: %s", argv[1], strerror(errno));
	/* IPPROTO_RAW: the header is ours. */
	sock4 = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	sock6 = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	if (sock4 < 0 || sock6 < 0 ||
	    setsockopt(sock6, IPPROTO_IPV6, IPV6_HDRINCL, &one, sizeof(one)))
		die("socket: %s", strerror(errno));
	for (i = 2; i < argc; i++) {
		parse(&p, argv[i]);
		send_all(&p);
	}
	return 0;
}
