// SPDX-License-Identifier: GPL-2.0
/*
 * Unit tests of header translation: a packet, and the packet it must become,
 * byte by byte, both written from descriptions. RFC 7915.
 */
#include <linux/prandom.h>
#include <linux/udp.h>

#include "nat64_packet.h"

/* The units under test: symbols need not be exported for tests alone. */
#include "../nat64/xlat.c"
#include "../nat64/error.c"
#include "../nat64/frag.c"
#include "../nat64/xlat-64.c"
#include "../nat64/xlat-46.c"

#define DROP(reason)	IPV6TUN_A_DROPS_NAT64_##reason

static const struct nat64_xlat_cfg cfg_default = {
	.lowest_mtu = 1280,
	.udp_zero_compute = true,
};

static const struct nat64_xlat_cfg cfg_drop_zero = {
	.lowest_mtu = 1280,
};

static const struct nat64_xlat_cfg cfg_mtu = {
	.lowest_mtu = 1500,
	.mtu6 = 1480,
	.mtu4 = 1440,
};

/**
 * struct xlat_case - a translation
 * @name: of the case
 * @from: what is translated
 * @to: what it must become
 * @cfg: settings, NULL: the default ones
 * @reason: why it must be refused instead
 */
struct xlat_case {
	const char			*name;
	struct packet			from;
	struct packet			to;
	const struct nat64_xlat_cfg	*cfg;
	unsigned int			reason;
};

/* From the client, which has IPv6. */
#define UP(v_, kind, ...)	{ .v = v_, .src = CLIENT, .dst = SERVER, \
				  .tos = 0xb9, .ttl = 17, .l4 = kind,	  \
				  .len = 100, __VA_ARGS__ }
/* To the client */
#define DOWN(v_, kind, ...)	{ .v = v_, .src = SERVER, .dst = CLIENT, \
				  .tos = 0x2e, .ttl = 250, .l4 = kind,	  \
				  .len = 100, __VA_ARGS__ }
/* An error about what the client or the server sent. */
#define TO_CLIENT(v_, ...)	{ .v = v_, .src = ROUTER, .dst = CLIENT, \
				  .tos = 0xc0, .ttl = 64, .l4 = ERROR,	  \
				  __VA_ARGS__ }
#define TO_SERVER(v_, ...)	{ .v = v_, .src = CLIENT, .dst = SERVER, \
				  .tos = 0xc0, .ttl = 64, .l4 = ERROR,	  \
				  __VA_ARGS__ }

/* What errors are about; the same packet in both families. */
#define QUOTED(name, ...)						    \
static const struct packet name##6 = { .v = 6, .ttl = 3, .len = 30, __VA_ARGS__ }; \
static const struct packet name##4 = { .v = 4, .ttl = 3, .len = 30, __VA_ARGS__ }

QUOTED(q_tcp, .src = CLIENT, .dst = SERVER, .l4 = TCP, .tos = 0x48);
QUOTED(q_udp, .src = CLIENT, .dst = SERVER, .l4 = UDP);
QUOTED(q_udp_zero, .src = CLIENT, .dst = SERVER, .l4 = UDP, .no_sum = true);
QUOTED(q_udp_wrong, .src = CLIENT, .dst = SERVER, .l4 = UDP, .flaw = 0x1234);
QUOTED(q_echo, .src = CLIENT, .dst = SERVER, .l4 = REQUEST);
QUOTED(q_sctp, .src = CLIENT, .dst = SERVER, .l4 = RAW, .proto = 132);
QUOTED(r_tcp, .src = SERVER, .dst = CLIENT, .l4 = TCP);
QUOTED(r_echo, .src = SERVER, .dst = CLIENT, .l4 = REPLY, .tos = 0xff);
QUOTED(r_udp_short, .src = SERVER, .dst = CLIENT, .l4 = UDP, .len = 3);
QUOTED(r_udp, .src = SERVER, .dst = CLIENT, .l4 = UDP, .len = 400);

/* An original longer than 1260 bytes had DF. */
static const struct packet r_tcp_long6 = {
	.v = 6, .src = SERVER, .dst = CLIENT, .l4 = TCP, .len = 1400,
};

static const struct packet r_tcp_long4 = {
	.v = 4, .src = SERVER, .dst = CLIENT, .l4 = TCP, .len = 1400,
	.df = true,
};

static const struct packet q_tcp_long6 = {
	.v = 6, .src = CLIENT, .dst = SERVER, .l4 = TCP, .len = 1400,
};

static const struct packet q_tcp_long4 = {
	.v = 4, .src = CLIENT, .dst = SERVER, .l4 = TCP, .len = 1400,
	.df = true,
};

static const u8 nops[40] = { 1, 1, 1 };

static const struct packet q_tcp_options4 = {
	.v = 4, .ttl = 3, .src = CLIENT, .dst = SERVER, .l4 = TCP, .len = 30,
	.tos = 0x48, .options = nops, .n_options = 4,
};

static const struct packet q_fragment4 = {
	.v = 4, .ttl = 3, .src = CLIENT, .dst = SERVER, .l4 = UDP, .len = 200,
	.off = 64, .id = 0xabcd, .mf = true, .cut = 64,
};

static const struct packet q_fragment6 = {
	.v = 6, .ttl = 3, .src = CLIENT, .dst = SERVER, .l4 = UDP, .len = 200,
	.off = 64, .id = 0xabcd, .mf = true, .cut = 64, EXT(44),
};

static const struct packet r_fragment6 = {
	.v = 6, .ttl = 3, .src = SERVER, .dst = CLIENT, .l4 = TCP, .len = 200,
	.id = 0x9876abcd, .mf = true, .cut = 64, EXT(0, 44),
};

static const struct packet r_fragment4 = {
	.v = 4, .ttl = 3, .src = SERVER, .dst = CLIENT, .l4 = TCP, .len = 200,
	.id = 0xabcd, .mf = true, .cut = 64,
};

/* IPv6 to IPv4 */
static const struct xlat_case cases64[] = {
	/* 5.1: without a Fragment header. @id is random where DF is clear. */
	{ "TCP",		UP(6, TCP, .label = 0xabcde), UP(4, TCP) },
	{ "UDP",		UP(6, UDP), UP(4, UDP) },
	{ "echo request",	UP(6, REQUEST), UP(4, REQUEST) },
	{ "echo reply",		UP(6, REPLY), UP(4, REPLY) },
	{ "SCTP, as it is",	UP(6, RAW, .proto = 132),
				UP(4, RAW, .proto = 132) },
	{ "ESP",		UP(6, RAW, .proto = 50),
				UP(4, RAW, .proto = 50) },
	{ "GRE",		UP(6, RAW, .proto = 47),
				UP(4, RAW, .proto = 47) },
	{ "no payload",		UP(6, TCP, .len = 0), UP(4, TCP, .len = 0) },
	{ "odd payload",	UP(6, UDP, .len = 1), UP(4, UDP, .len = 1) },
	{ "hop limit 1",	UP(6, UDP, .ttl = 1), UP(4, UDP, .ttl = 1) },
	{ "ECN",		UP(6, TCP, .tos = 3), UP(4, TCP, .tos = 3) },
	{ "1260 bytes",		UP(6, UDP, .len = 1232), UP(4, UDP, .len = 1232) },
	{ "1261 bytes: DF",	UP(6, UDP, .len = 1233),
				UP(4, UDP, .len = 1233, .df = true) },
	{ "1500 bytes: DF",	UP(6, TCP, .len = 1440),
				UP(4, TCP, .len = 1440, .df = true) },
	{ "extensions",		UP(6, UDP, EXT(0, 60, 43, 60)), UP(4, UDP) },
	{ "extensions, TCP",	UP(6, TCP, EXT(60)), UP(4, TCP) },
	{ "extensions, echo",	UP(6, REQUEST, EXT(60)), UP(4, REQUEST) },
	{ "extensions do not count", UP(6, UDP, .len = 1232, EXT(60)),
				UP(4, UDP, .len = 1232) },
	{ "wrong TCP",		UP(6, TCP, .flaw = 1), UP(4, TCP, .flaw = 1) },
	{ "wrong UDP",		UP(6, UDP, .flaw = 0x8000),
				UP(4, UDP, .flaw = 0x8000) },
	{ "wrong echo",		UP(6, REPLY, .flaw = 0x4321),
				UP(4, REPLY, .flaw = 0x4321) },
	{ "UDP without",	UP(6, UDP, .no_sum = true),
				UP(4, UDP, .no_sum = true) },

	/* 5.1.1: with one. */
	{ "atomic fragment",	UP(6, TCP, .id = 0x12345678, EXT(44)),
				UP(4, TCP, .id = 0x5678) },
	{ "atomic, long",	UP(6, TCP, .id = 0xfedcba98, .len = 1400, EXT(44)),
				UP(4, TCP, .id = 0xba98, .len = 1400) },
	{ "atomic, echo",	UP(6, REQUEST, .id = 9, EXT(44)),
				UP(4, REQUEST, .id = 9) },
	{ "first fragment",	UP(6, UDP, .id = 0x10002, .mf = true, .cut = 64,
				   EXT(44)),
				UP(4, UDP, .id = 2, .mf = true, .cut = 64) },
	{ "first, TCP",		UP(6, TCP, .id = 0x10002, .mf = true, .cut = 64,
				   EXT(60, 44)),
				UP(4, TCP, .id = 2, .mf = true, .cut = 64) },
	{ "middle fragment",	UP(6, UDP, .id = 2, .mf = true, .off = 16,
				   .cut = 32, EXT(44)),
				UP(4, UDP, .id = 2, .mf = true, .off = 16,
				   .cut = 32) },
	{ "last fragment",	UP(6, TCP, .id = 2, .off = 96, EXT(44)),
				UP(4, TCP, .id = 2, .off = 96) },
	{ "fragment of SCTP",	UP(6, RAW, .proto = 132, .id = 2, .off = 64,
				   EXT(44)),
				UP(4, RAW, .proto = 132, .id = 2, .off = 64) },
	{ "fragment of echo",	UP(6, REQUEST, .id = 2, .off = 64, EXT(44)),
				.reason = DROP(FRAGMENT) },
	{ "first of echo",	UP(6, REQUEST, .id = 2, .mf = true, .cut = 64,
				   EXT(44)),
				.reason = DROP(FRAGMENT) },

	/* 5.2 and 5.3: errors. */
	{ "no route",		TO_SERVER(6, .type = 1, .code = 0, .in = &r_tcp6),
				TO_SERVER(4, .type = 3, .code = 1, .in = &r_tcp4) },
	{ "prohibited",		TO_SERVER(6, .type = 1, .code = 1, .in = &r_tcp6),
				TO_SERVER(4, .type = 3, .code = 10, .in = &r_tcp4) },
	{ "port, about echo",	TO_SERVER(6, .type = 1, .code = 4, .in = &r_echo6),
				TO_SERVER(4, .type = 3, .code = 3, .in = &r_echo4) },
	{ "hop limit",		TO_SERVER(6, .type = 3, .code = 0, .in = &r_udp_short6),
				TO_SERVER(4, .type = 11, .code = 0, .in = &r_udp_short4) },
	{ "reassembly time",	TO_SERVER(6, .type = 3, .code = 1, .in = &r_fragment6,
					  .quoted = 40 + 8 + 8 + 64),
				TO_SERVER(4, .type = 11, .code = 1, .in = &r_fragment4) },
	{ "too big",		TO_SERVER(6, .type = 2, .rest = 1400, .in = &r_tcp_long6,
					  .quoted = 1232),
				TO_SERVER(4, .type = 3, .code = 4, .rest = 1380,
					  .in = &r_tcp_long4, .quoted = 548) },
	{ "too big, bounded",	TO_SERVER(6, .type = 2, .rest = 1500, .in = &r_tcp_long6,
					  .quoted = 1232),
				TO_SERVER(4, .type = 3, .code = 4, .rest = 1440,
					  .in = &r_tcp_long4, .quoted = 548),
				.cfg = &cfg_mtu },
	{ "too big, below 1280", TO_SERVER(6, .type = 2, .rest = 1000, .in = &r_tcp6),
				TO_SERVER(4, .type = 3, .code = 4, .rest = 1260,
					  .in = &r_tcp4) },
	{ "pointer",		TO_SERVER(6, .type = 4, .code = 0, .rest = 7, .in = &r_tcp6),
				TO_SERVER(4, .type = 12, .code = 0, .rest = 8 << 24,
					  .in = &r_tcp4) },
	{ "next header",	TO_SERVER(6, .type = 4, .code = 1, .rest = 6, .in = &r_tcp6),
				TO_SERVER(4, .type = 3, .code = 2, .in = &r_tcp4) },
	{ "no such pointer",	TO_SERVER(6, .type = 4, .code = 0, .rest = 2, .in = &r_tcp6),
				.reason = DROP(ICMP_TYPE) },
	{ "unknown option",	TO_SERVER(6, .type = 4, .code = 2, .rest = 2, .in = &r_tcp6),
				.reason = DROP(ICMP_TYPE) },
	{ "8 bytes inside",	TO_SERVER(6, .type = 1, .code = 4, .in = &r_tcp6,
					  .quoted = 48),
				TO_SERVER(4, .type = 3, .code = 3, .in = &r_tcp4,
					  .quoted = 28) },
	{ "16 bytes inside",	TO_SERVER(6, .type = 1, .code = 4, .in = &r_tcp6,
					  .quoted = 56),
				TO_SERVER(4, .type = 3, .code = 3, .in = &r_tcp4,
					  .quoted = 36) },
	{ "18 bytes inside",	TO_SERVER(6, .type = 1, .code = 4, .in = &r_tcp6,
					  .quoted = 58),
				TO_SERVER(4, .type = 3, .code = 3, .in = &r_tcp4,
					  .quoted = 38) },
	{ "wrong error",	TO_SERVER(6, .type = 1, .code = 4, .in = &r_tcp6,
					  .flaw = 0x55),
				TO_SERVER(4, .type = 3, .code = 3, .in = &r_tcp4,
					  .flaw = 0x55) },
	{ "wrong and cut",	TO_SERVER(6, .type = 2, .rest = 1400, .in = &r_tcp_long6,
					  .quoted = 1232, .flaw = 0xff00),
				TO_SERVER(4, .type = 3, .code = 4, .rest = 1380,
					  .in = &r_tcp_long4, .quoted = 548,
					  .flaw = 0xff00) },
	{ "error, atomic",	TO_SERVER(6, .type = 1, .code = 4, .in = &r_tcp6,
					  .id = 0x77778888, EXT(44)),
				TO_SERVER(4, .type = 3, .code = 3, .in = &r_tcp4,
					  .id = 0x8888) },
	{ "error, extensions",	TO_SERVER(6, .type = 1, .code = 4, .in = &r_tcp6,
					  EXT(0, 60)),
				TO_SERVER(4, .type = 3, .code = 3, .in = &r_tcp4) },
	/*
	 * RFC 4884: 40 + 50 bytes and zeroes up to 128 become 20 + 50 and
	 * zeroes up to 128; lengths are in words of 8 and of 4 bytes.
	 */
	{ "extension",		TO_SERVER(6, .type = 3, .rest = 16 << 24, .in = &r_tcp6,
					  .pad = 128 - 90, .extension = 20),
				TO_SERVER(4, .type = 11, .rest = 32 << 16, .in = &r_tcp4,
					  .pad = 128 - 70, .extension = 20) },
	{ "extension, longer",	TO_SERVER(6, .type = 1, .code = 4, .rest = 56 << 24,
					  .in = &r_udp6, .extension = 12),
				TO_SERVER(4, .type = 3, .code = 3, .rest = 107 << 16,
					  .in = &r_udp4, .extension = 12) },
	{ "extension, too long", TO_SERVER(6, .type = 1, .code = 4, .rest = 56 << 24,
					  .in = &r_udp6, .extension = 140),
				TO_SERVER(4, .type = 3, .code = 3, .rest = 102 << 16,
					  .in = &r_udp4, .quoted = 408,
					  .extension = 140) },
	{ "extension, no room",	TO_SERVER(6, .type = 1, .code = 4, .rest = 16 << 24,
					  .in = &r_udp6, .quoted = 128, .extension = 424),
				TO_SERVER(4, .type = 3, .code = 3,
					  .in = &r_udp4, .quoted = 108) },
	{ "length, none",	TO_SERVER(6, .type = 1, .code = 4, .rest = 16 << 24,
					  .in = &r_udp6, .quoted = 128),
				TO_SERVER(4, .type = 3, .code = 3,
					  .in = &r_udp4, .quoted = 108) },
	{ "length, a lie",	TO_SERVER(6, .type = 1, .code = 4, .rest = 200 << 24,
					  .in = &r_udp6, .quoted = 128),
				TO_SERVER(4, .type = 3, .code = 3,
					  .in = &r_udp4, .quoted = 108) },
};

/* IPv4 to IPv6 */
static const struct xlat_case cases46[] = {
	/* 4.1 */
	{ "TCP",		DOWN(4, TCP, .id = 99, .df = true), DOWN(6, TCP) },
	{ "TCP, no DF",		DOWN(4, TCP, .id = 99), DOWN(6, TCP) },
	{ "UDP",		DOWN(4, UDP), DOWN(6, UDP) },
	{ "echo request",	DOWN(4, REQUEST), DOWN(6, REQUEST) },
	{ "echo reply",		DOWN(4, REPLY), DOWN(6, REPLY) },
	{ "SCTP, as it is",	DOWN(4, RAW, .proto = 132),
				DOWN(6, RAW, .proto = 132) },
	{ "AH",			DOWN(4, RAW, .proto = 51),
				DOWN(6, RAW, .proto = 51) },
	{ "no payload",		DOWN(4, TCP, .len = 0), DOWN(6, TCP, .len = 0) },
	{ "odd payload",	DOWN(4, UDP, .len = 1), DOWN(6, UDP, .len = 1) },
	{ "time to live 1",	DOWN(4, UDP, .ttl = 1), DOWN(6, UDP, .ttl = 1) },
	{ "ECN",		DOWN(4, TCP, .tos = 3), DOWN(6, TCP, .tos = 3) },
	{ "options",		DOWN(4, TCP, .options = nops, .n_options = 4),
				DOWN(6, TCP) },
	{ "40 bytes of options", DOWN(4, UDP, .options = nops, .n_options = 40),
				DOWN(6, UDP) },
	{ "24 bytes, echo",	DOWN(4, REPLY, .options = nops, .n_options = 24),
				DOWN(6, REPLY) },
	{ "wrong TCP",		DOWN(4, TCP, .flaw = 1), DOWN(6, TCP, .flaw = 1) },
	{ "wrong UDP",		DOWN(4, UDP, .flaw = 0x8000),
				DOWN(6, UDP, .flaw = 0x8000) },
	{ "wrong echo",		DOWN(4, REPLY, .flaw = 0x4321),
				DOWN(6, REPLY, .flaw = 0x4321) },
	{ "1500 bytes, DF",	DOWN(4, TCP, .len = 1460, .df = true),
				DOWN(6, TCP, .len = 1460) },
	{ "just fits, no DF",	DOWN(4, UDP, .len = 1232),
				DOWN(6, UDP, .len = 1232) },
	/* 4.5 */
	{ "UDP without",	DOWN(4, UDP, .no_sum = true), DOWN(6, UDP) },
	{ "UDP without, odd",	DOWN(4, UDP, .no_sum = true, .len = 33),
				DOWN(6, UDP, .len = 33) },
	{ "UDP without, dropped", DOWN(4, UDP, .no_sum = true),
				.cfg = &cfg_drop_zero,
				.reason = DROP(UDP_ZERO) },
	{ "UDP without, fragment", DOWN(4, UDP, .no_sum = true, .mf = true,
					.cut = 64),
				.reason = DROP(UDP_ZERO) },
	{ "not the first fragment", DOWN(4, UDP, .no_sum = true, .off = 64),
				DOWN(6, UDP, .no_sum = true, .off = 64, EXT(44)) },

	/* Fragments */
	{ "first fragment",	DOWN(4, UDP, .id = 0xffee, .mf = true, .cut = 64),
				DOWN(6, UDP, .id = 0xffee, .mf = true, .cut = 64,
				     EXT(44)) },
	{ "first, TCP",		DOWN(4, TCP, .id = 1, .mf = true, .cut = 64),
				DOWN(6, TCP, .id = 1, .mf = true, .cut = 64,
				     EXT(44)) },
	{ "middle fragment",	DOWN(4, TCP, .id = 1, .mf = true, .off = 24,
				     .cut = 16),
				DOWN(6, TCP, .id = 1, .mf = true, .off = 24,
				     .cut = 16, EXT(44)) },
	{ "last fragment",	DOWN(4, UDP, .id = 1, .off = 64),
				DOWN(6, UDP, .id = 1, .off = 64, EXT(44)) },
	{ "fragment with DF",	DOWN(4, UDP, .id = 1, .len = 1500, .off = 64,
				     .df = true),
				DOWN(6, UDP, .id = 1, .len = 1500, .off = 64,
				     EXT(44)) },
	{ "fragment of echo",	DOWN(4, REPLY, .id = 1, .off = 64),
				.reason = DROP(FRAGMENT) },
	{ "first of echo",	DOWN(4, REPLY, .id = 1, .mf = true, .cut = 64),
				.reason = DROP(FRAGMENT) },
	{ "long, of echo",	DOWN(4, REPLY, .id = 1, .len = 1400, .off = 64),
				.reason = DROP(FRAGMENT) },
	{ "long, without",	DOWN(4, UDP, .id = 1, .len = 1400, .mf = true,
				     .no_sum = true, .cut = 1280),
				.reason = DROP(UDP_ZERO) },

	/* 4.2 and 4.3: errors. */
	{ "host",		TO_CLIENT(4, .type = 3, .code = 1, .in = &q_tcp4),
				TO_CLIENT(6, .type = 1, .code = 0, .in = &q_tcp6) },
	{ "port",		TO_CLIENT(4, .type = 3, .code = 3, .in = &q_udp4),
				TO_CLIENT(6, .type = 1, .code = 4, .in = &q_udp6) },
	{ "UDP without inside",	TO_CLIENT(4, .type = 3, .code = 3, .in = &q_udp_zero4),
				TO_CLIENT(6, .type = 1, .code = 4, .in = &q_udp_zero6) },
	{ "wrong UDP inside",	TO_CLIENT(4, .type = 3, .code = 3, .in = &q_udp_wrong4),
				TO_CLIENT(6, .type = 1, .code = 4, .in = &q_udp_wrong6) },
	{ "about echo",		TO_CLIENT(4, .type = 11, .in = &q_echo4),
				TO_CLIENT(6, .type = 3, .in = &q_echo6) },
	{ "about echo, 8 bytes", TO_CLIENT(4, .type = 11, .in = &q_echo4, .quoted = 28),
				TO_CLIENT(6, .type = 3, .in = &q_echo6, .quoted = 48) },
	{ "about SCTP",		TO_CLIENT(4, .type = 3, .code = 13, .in = &q_sctp4),
				TO_CLIENT(6, .type = 1, .code = 1, .in = &q_sctp6) },
	{ "options inside",	TO_CLIENT(4, .type = 3, .code = 1, .in = &q_tcp_options4),
				TO_CLIENT(6, .type = 1, .code = 0, .in = &q_tcp6) },
	{ "about a fragment",	TO_CLIENT(4, .type = 11, .code = 1, .in = &q_fragment4),
				TO_CLIENT(6, .type = 3, .code = 1, .in = &q_fragment6) },
	{ "protocol",		TO_CLIENT(4, .type = 3, .code = 2, .in = &q_udp4),
				TO_CLIENT(6, .type = 4, .code = 1, .rest = 6,
					  .in = &q_udp6) },
	{ "pointer",		TO_CLIENT(4, .type = 12, .code = 0, .rest = 9 << 24,
					  .in = &q_udp4),
				TO_CLIENT(6, .type = 4, .code = 0, .rest = 6,
					  .in = &q_udp6) },
	{ "bad length",		TO_CLIENT(4, .type = 12, .code = 2, .rest = 2 << 24,
					  .in = &q_udp4),
				TO_CLIENT(6, .type = 4, .code = 0, .rest = 4,
					  .in = &q_udp6) },
	{ "no such pointer",	TO_CLIENT(4, .type = 12, .rest = 4 << 24, .in = &q_udp4),
				.reason = DROP(ICMP_TYPE) },
	{ "precedence",		TO_CLIENT(4, .type = 3, .code = 14, .in = &q_udp4),
				.reason = DROP(ICMP_TYPE) },
	{ "too big",		TO_CLIENT(4, .type = 3, .code = 4, .rest = 1400,
					  .in = &q_tcp_long4, .quoted = 28),
				TO_CLIENT(6, .type = 2, .rest = 1420,
					  .in = &q_tcp_long6, .quoted = 48) },
	{ "too big, bounded",	TO_CLIENT(4, .type = 3, .code = 4, .rest = 1450,
					  .in = &q_tcp_long4, .quoted = 28),
				TO_CLIENT(6, .type = 2, .rest = 1460,
					  .in = &q_tcp_long6, .quoted = 48),
				.cfg = &cfg_mtu },
	{ "too big, plateau",	TO_CLIENT(4, .type = 3, .code = 4,
					  .in = &q_tcp_long4, .quoted = 28),
				TO_CLIENT(6, .type = 2, .rest = 1280,
					  .in = &q_tcp_long6, .quoted = 48) },
	{ "too big, below 1260", TO_CLIENT(4, .type = 3, .code = 4, .rest = 576,
					  .in = &q_tcp4, .quoted = 28),
				TO_CLIENT(6, .type = 2, .rest = 1280,
					  .in = &q_tcp6, .quoted = 48) },
	{ "8 bytes inside",	TO_CLIENT(4, .type = 3, .code = 1, .in = &q_tcp4,
					  .quoted = 28),
				TO_CLIENT(6, .type = 1, .code = 0, .in = &q_tcp6,
					  .quoted = 48) },
	{ "wrong error",	TO_CLIENT(4, .type = 3, .code = 1, .in = &q_tcp4,
					  .flaw = 0x7777),
				TO_CLIENT(6, .type = 1, .code = 0, .in = &q_tcp6,
					  .flaw = 0x7777) },
	/* 1280 - 40 - 8 - 40 bytes of the TCP segment. */
	{ "cut to 1280",	TO_CLIENT(4, .type = 3, .code = 1, .in = &q_tcp_long4),
				TO_CLIENT(6, .type = 1, .code = 0, .in = &q_tcp_long6,
					  .quoted = 1232) },
	{ "wrong and cut",	TO_CLIENT(4, .type = 3, .code = 1, .in = &q_tcp_long4,
					  .flaw = 0xfe),
				TO_CLIENT(6, .type = 1, .code = 0, .in = &q_tcp_long6,
					  .quoted = 1232, .flaw = 0xfe) },
	{ "extension",		TO_CLIENT(4, .type = 11, .rest = 32 << 16, .in = &q_tcp4,
					  .pad = 128 - 70, .extension = 20),
				TO_CLIENT(6, .type = 3, .rest = 16 << 24, .in = &q_tcp6,
					  .pad = 128 - 90, .extension = 20) },
	/* 20 + 108 bytes become 40 + 108, and zeroes up to 152. */
	{ "extension, zeroes",	TO_CLIENT(4, .type = 11, .rest = 32 << 16,
					  .in = &q_tcp_long4, .quoted = 128,
					  .extension = 8),
				TO_CLIENT(6, .type = 3, .rest = 19 << 24,
					  .in = &q_tcp_long6, .quoted = 148,
					  .pad = 4, .extension = 8) },
	/* 1280 - 40 - 8 - 236, in whole words of 8 bytes: 992 */
	{ "extension, cut",	TO_CLIENT(4, .type = 3, .code = 1, .rest = 250 << 16,
					  .in = &q_tcp_long4, .quoted = 1200 - 200,
					  .extension = 236),
				TO_CLIENT(6, .type = 1, .code = 0, .rest = 124 << 24,
					  .in = &q_tcp_long6, .quoted = 992,
					  .extension = 236) },
	/* Too big and parameter problem have no length. */
	{ "extension, too big",	TO_CLIENT(4, .type = 3, .code = 4, .rest = 32 << 16 | 1400,
					  .in = &q_tcp4, .pad = 128 - 70, .extension = 20),
				TO_CLIENT(6, .type = 2, .rest = 1420, .in = &q_tcp6) },
	{ "extension, pointer",	TO_CLIENT(4, .type = 12, .rest = 8 << 24 | 32 << 16,
					  .in = &q_tcp4, .pad = 128 - 70, .extension = 20),
				TO_CLIENT(6, .type = 4, .rest = 7, .in = &q_tcp6) },
	{ "extension, protocol", TO_CLIENT(4, .type = 3, .code = 2, .rest = 32 << 16,
					  .in = &q_tcp4, .pad = 128 - 70, .extension = 20),
				TO_CLIENT(6, .type = 4, .code = 1, .rest = 6,
					  .in = &q_tcp6) },
};

KUNIT_ARRAY_PARAM_DESC(xlat64, cases64, name);
KUNIT_ARRAY_PARAM_DESC(xlat46, cases46, name);

/* What a packet's hosts and ports are in the other family. */
static void ends_of(const struct packet *p, struct nat64_ends *out,
		    struct nat64_ends *in)
{
	set_ends(out, p, p->v == 4);
	if (p->l4 == ERROR)
		set_ends(in, p->in, p->v == 4);
}

static unsigned int translate(struct sk_buff *skb, const struct packet *p,
			      const struct nat64_xlat_cfg *cfg,
			      struct sk_buff_head *parts)
{
	struct nat64_ends out = {}, in = {};
	unsigned int reason;
	struct nat64_pkt pkt;

	if (!cfg)
		cfg = &cfg_default;
	ends_of(p, &out, &in);
	reason = nat64_parse(skb, p->v == 6, &pkt);
	if (reason)
		return reason;
	if (p->v == 6)
		return nat64_xlat_64(skb, &pkt, &out, &in, cfg);
	return nat64_xlat_46(skb, &pkt, &out, &in, cfg, parts);
}

/* A bit field has no type of its own. */
static int summed(const struct sk_buff *skb)
{
	return skb->ip_summed;
}

static void check_state(struct kunit *test, const struct packet *to,
			const struct sk_buff *skb)
{
	unsigned int hlen = to->v == 6 ? 40 + to->n_ext * 8 : 20;

	KUNIT_EXPECT_EQ(test, ntohs(skb->protocol),
			to->v == 6 ? ETH_P_IPV6 : ETH_P_IP);
	KUNIT_EXPECT_EQ(test, skb_network_offset(skb), 0);
	KUNIT_EXPECT_EQ(test, skb_transport_offset(skb), hlen);
	KUNIT_EXPECT_NE(test, summed(skb), CHECKSUM_COMPLETE);
}

/* @got is what @to describes; an identification nobody knows is taken over. */
static void check_bytes(struct kunit *test, const struct packet *to,
			struct sk_buff *skb, const char *what)
{
	u8 *expected = kunit_kzalloc(test, PACKET_MAX, GFP_KERNEL);
	unsigned int len, i;
	u8 *got;

	KUNIT_ASSERT_NOT_NULL(test, expected);
	len = build(test, to, expected);
	KUNIT_EXPECT_EQ_MSG(test, skb->len, len, "%s", what);
	KUNIT_ASSERT_EQ(test, skb_linearize(skb), 0);
	got = skb->data;
	if (to->v == 4 && !to->df && !to->id) {
		struct packet known = *to;

		known.id = got[4] << 8 | got[5];
		len = build(test, &known, expected);
	}
	if (len != skb->len)
		return;
	for (i = 0; i < len; i++)
		if (got[i] != expected[i])
			break;
	KUNIT_EXPECT_EQ_MSG(test, i, len, "%s: byte %u is %02x instead of %02x",
			    what, i, i < len ? got[i] : 0,
			    i < len ? expected[i] : 0);
	kunit_kfree(test, expected);
}

static const char * const shape_names[] = {
	"tight", "roomy", "paged", "cloned", "partial", "complete",
};

static bool may_be_partial(const struct packet *p)
{
	return (p->l4 == TCP || p->l4 == UDP) && !p->off && !p->mf &&
	       !p->flaw && !p->no_sum;
}

static void try_shape(struct kunit *test, const struct xlat_case *c,
		      enum shape shape)
{
	u8 *data = kunit_kzalloc(test, PACKET_MAX, GFP_KERNEL);
	const char *what = shape_names[shape];
	struct sk_buff *skb, *clone = NULL;
	unsigned int len, reason, hlen;
	struct sk_buff_head parts;

	KUNIT_ASSERT_NOT_NULL(test, data);
	__skb_queue_head_init(&parts);
	len = build(test, &c->from, data);
	hlen = c->from.v == 6 ? 40 + c->from.n_ext * 8 :
				20 + c->from.n_options;
	skb = make_skb(test, data, len, shape, 0xff);
	if (shape == CLONED)
		clone = skb_clone(skb, GFP_KERNEL);
	if (shape == PARTIAL)
		make_partial(skb, &c->from, hlen);

	reason = translate(skb, &c->from, c->cfg, &parts);
	KUNIT_EXPECT_EQ_MSG(test, reason, c->reason, "%s", what);
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&parts));
	if (!reason && !c->reason) {
		check_state(test, &c->to, skb);
		if (shape == PARTIAL) {
			KUNIT_EXPECT_EQ(test, summed(skb), CHECKSUM_PARTIAL);
			KUNIT_EXPECT_EQ(test, skb_checksum_help(skb), 0);
		}
		check_bytes(test, &c->to, skb, what);
	}
	if (clone) {
		KUNIT_EXPECT_EQ(test, clone->len, len);
		KUNIT_EXPECT_EQ_MSG(test, memcmp(clone->data, data, len), 0,
				    "the other's packet has changed");
	}
	kfree_skb(skb);
	kfree_skb(clone);
	__skb_queue_purge(&parts);
	kunit_kfree(test, data);
}

static void xlat_packet(struct kunit *test)
{
	const struct xlat_case *c = test->param_value;
	enum shape shape;

	for (shape = 0; shape < N_SHAPES; shape++)
		if (shape != PARTIAL || may_be_partial(&c->from))
			try_shape(test, c, shape);
}

/* Ports are left alone unless told: stateless translation. */
static void xlat_keeps_ports(struct kunit *test)
{
	static const struct packet packets[] = {
		UP(6, TCP), UP(6, UDP), UP(6, REQUEST),
		DOWN(4, TCP), DOWN(4, UDP), DOWN(4, REPLY),
	};
	u8 *data = kunit_kzalloc(test, PACKET_MAX, GFP_KERNEL);
	struct nat64_ends out = {}, in = {};
	struct sk_buff_head parts;
	struct nat64_pkt pkt, again;
	struct sk_buff *skb;
	unsigned int i, len, reason, l4;
	u8 *got;

	KUNIT_ASSERT_NOT_NULL(test, data);
	__skb_queue_head_init(&parts);
	for (i = 0; i < ARRAY_SIZE(packets); i++) {
		const struct packet *p = &packets[i];
		struct packet to = *p;

		len = build(test, p, data);
		skb = make_skb(test, data, len, ROOMY, 0);
		ends_of(p, &out, &in);
		out.ports = false;
		out.sport = htons(9);
		out.dport = htons(9);
		KUNIT_ASSERT_EQ(test, nat64_parse(skb, p->v == 6, &pkt), 0);
		to.v = p->v == 6 ? 4 : 6;
		if (p->v == 6)
			reason = nat64_xlat_64(skb, &pkt, &out, &in,
					       &cfg_default);
		else
			reason = nat64_xlat_46(skb, &pkt, &out, &in,
					       &cfg_default, &parts);
		KUNIT_EXPECT_EQ(test, reason, 0);
		KUNIT_EXPECT_EQ(test, nat64_parse(skb, to.v == 6, &again), 0);
		KUNIT_EXPECT_EQ(test, ntohs(again.out.sport),
				ntohs(pkt.out.sport));
		KUNIT_EXPECT_EQ(test, ntohs(again.out.dport),
				ntohs(pkt.out.dport));
		/* And the checksum is right for them. */
		got = skb->data;
		l4 = again.out.l4;
		len = skb->len - l4;
		KUNIT_EXPECT_EQ(test,
				sum16(got + l4, len,
				      to.v == 4 && p->l4 == REQUEST ? 0 :
				      pseudo_sum(&to, proto_of(&to), len)),
				0xffff);
		kfree_skb(skb);
	}
}

/* A checksum of UDP that comes out as 0 is sent as 0xffff. */
static void xlat_udp_never_zero(struct kunit *test)
{
	static const struct packet from6 = UP(6, UDP, .len = 2);
	static const struct packet from4 = DOWN(4, UDP, .len = 2);
	static const struct packet zero4 = DOWN(4, UDP, .len = 2,
						.no_sum = true);
	static const struct packet * const packets[] = {
		&from6, &from4, &zero4,
	};
	u8 *data = kunit_kzalloc(test, PACKET_MAX, GFP_KERNEL);
	unsigned int i, len, from_l4, to_l4;
	struct sk_buff_head parts;
	struct sk_buff *skb;
	u8 word[2], *got;
	u16 sum;

	KUNIT_ASSERT_NOT_NULL(test, data);
	__skb_queue_head_init(&parts);
	for (i = 0; i < ARRAY_SIZE(packets); i++) {
		const struct packet *p = packets[i];
		struct packet to = *p;

		to.v = p->v == 6 ? 4 : 6;
		to.no_sum = false;
		from_l4 = p->v == 6 ? 40 : 20;
		to_l4 = p->v == 6 ? 20 : 40;
		/* Choose the payload so that the new sum is 0xffff. */
		len = build(test, &to, data);
		sum = data[to_l4 + 6] << 8 | data[to_l4 + 7];
		put16(word, sum);
		sum = sum16(data + to_l4 + 8, 2, sum16(word, 2, 0));
		len = build(test, p, data);
		put16(data + from_l4 + 8, sum);
		put16(data + from_l4 + 6, 0);
		if (!p->no_sum)
			put16(data + from_l4 + 6,
			      ~sum16(data + from_l4, len - from_l4,
				     pseudo_sum(p, 17, len - from_l4)));
		skb = make_skb(test, data, len, ROOMY, 0);
		KUNIT_EXPECT_EQ(test, translate(skb, p, NULL, &parts), 0);
		got = skb->data + to_l4;
		KUNIT_EXPECT_EQ(test, got[6] << 8 | got[7], 0xffff);
		KUNIT_EXPECT_EQ(test,
				sum16(got, 10, pseudo_sum(&to, 17, 10)),
				0xffff);
		kfree_skb(skb);
	}
}

/* UDP without a checksum whose own length is not that of the packet. */
static void xlat_udp_lengths(struct kunit *test)
{
	static const struct packet p = DOWN(4, UDP, .no_sum = true, .len = 20);
	static const struct packet to = DOWN(6, UDP, .len = 20);
	static const u8 lens[] = { 0, 7, 29 };
	u8 *data = kunit_kzalloc(test, PACKET_MAX, GFP_KERNEL);
	struct sk_buff_head parts;
	struct sk_buff *skb;
	unsigned int i, len;

	KUNIT_ASSERT_NOT_NULL(test, data);
	__skb_queue_head_init(&parts);
	len = build(test, &p, data);
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		put16(data + 24, lens[i]);
		skb = make_skb(test, data, len, ROOMY, 0);
		KUNIT_EXPECT_EQ(test, translate(skb, &p, NULL, &parts),
				DROP(TRUNCATED));
		kfree_skb(skb);
	}
	/* Shorter than the packet: the checksum covers that much. */
	put16(data + 24, 18);
	skb = make_skb(test, data, len, ROOMY, 0);
	KUNIT_EXPECT_EQ(test, translate(skb, &p, NULL, &parts), 0);
	KUNIT_EXPECT_EQ(test,
			sum16(skb->data + 40, 18, pseudo_sum(&to, 17, 18)),
			0xffff);
	kfree_skb(skb);
}

/* The identification of packets that may be cut must differ. */
static void xlat_identification(struct kunit *test)
{
	static const struct packet p = UP(6, UDP);
	u8 *data = kunit_kzalloc(test, PACKET_MAX, GFP_KERNEL);
	u16 ids[16], same = 0;
	unsigned int i, len;

	KUNIT_ASSERT_NOT_NULL(test, data);
	len = build(test, &p, data);
	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		struct sk_buff *skb = make_skb(test, data, len, ROOMY, 0);

		KUNIT_ASSERT_EQ(test, translate(skb, &p, NULL, NULL), 0);
		ids[i] = skb->data[4] << 8 | skb->data[5];
		if (i)
			same += ids[i] == ids[i - 1];
		kfree_skb(skb);
	}
	KUNIT_EXPECT_LE(test, same, 2);
}

/* IPv4 packets without DF that are cut for IPv6. */
static const struct cut_case {
	const char *name;
	struct packet p;
	u16 mtu;
	unsigned int n_parts;	/* 1: not cut */
} cut_cases[] = {
	{ "one byte too many",	DOWN(4, UDP, .len = 1233, .id = 5), 1280, 2 },
	{ "TCP of 1500",	DOWN(4, TCP, .len = 1460, .id = 0xffff), 1280, 2 },
	{ "echo",		DOWN(4, REPLY, .len = 3000), 1280, 3 },
	{ "UDP without",	DOWN(4, UDP, .len = 3000, .no_sum = true), 1280, 3 },
	{ "SCTP",		DOWN(4, RAW, .proto = 132, .len = 3000), 1280, 3 },
	{ "wrong UDP",		DOWN(4, UDP, .len = 2000, .flaw = 5), 1280, 2 },
	{ "larger MTU",		DOWN(4, UDP, .len = 3000), 1500, 3 },
	{ "MTU of odd length",	DOWN(4, UDP, .len = 3000), 1499, 3 },
	{ "fits larger MTU",	DOWN(4, UDP, .len = 1452), 1500, 1 },
	{ "options do not count", DOWN(4, UDP, .len = 1232, .options = nops,
				     .n_options = 40), 1280, 1 },
	{ "exact multiples",	DOWN(4, UDP, .len = 2 * 1232 - 8), 1280, 2 },
	{ "first fragment",	DOWN(4, UDP, .len = 3000, .mf = true,
				     .cut = 1480, .id = 7), 1280, 2 },
	{ "middle fragment",	DOWN(4, UDP, .len = 3000, .off = 1480, .mf = true,
				     .cut = 1480, .id = 7), 1280, 2 },
	{ "last fragment",	DOWN(4, TCP, .len = 3000, .off = 1480, .id = 7),
				1280, 2 },
	{ "fragment that fits",	DOWN(4, UDP, .len = 3000, .off = 1480, .mf = true,
				     .cut = 1232, .id = 7), 1280, 1 },
};

KUNIT_ARRAY_PARAM_DESC(cut, cut_cases, name);

static void try_cut(struct kunit *test, const struct cut_case *c,
		    enum shape shape)
{
	const struct nat64_xlat_cfg cfg = {
		.lowest_mtu = c->mtu,
		.udp_zero_compute = true,
	};
	u8 *data = kunit_kzalloc(test, PACKET_MAX, GFP_KERNEL);
	struct sk_buff *skb, *part, *clone = NULL;
	struct packet to = c->p;
	unsigned int len, left, most;
	struct sk_buff_head parts;

	KUNIT_ASSERT_NOT_NULL(test, data);
	__skb_queue_head_init(&parts);
	len = build(test, &c->p, data);
	skb = make_skb(test, data, len, shape, 0xff);
	if (shape == CLONED)
		clone = skb_clone(skb, GFP_KERNEL);
	if (shape == PARTIAL)
		make_partial(skb, &c->p, 20 + c->p.n_options);
	KUNIT_ASSERT_EQ(test, translate(skb, &c->p, &cfg, &parts), 0);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&parts),
			c->n_parts == 1 ? 0 : c->n_parts);
	if (c->n_parts == 1)
		kfree_skb(skb);
	if (clone)
		KUNIT_EXPECT_EQ(test, memcmp(clone->data, data, len), 0);
	kfree_skb(clone);

	to.v = 6;
	to.n_options = 0;
	to.no_sum = false;
	to.ext[0] = 44;
	to.n_ext = 1;
	left = len - 20 - c->p.n_options;
	most = (c->mtu - 48) / 8 * 8;
	while ((part = __skb_dequeue(&parts))) {
		KUNIT_EXPECT_LE(test, part->len, c->mtu);
		to.cut = min(left, most);
		left -= to.cut;
		to.mf = left || c->p.mf;
		check_state(test, &to, part);
		check_bytes(test, &to, part, shape_names[shape]);
		to.off += to.cut;
		kfree_skb(part);
	}
	if (c->n_parts > 1)
		KUNIT_EXPECT_EQ(test, left, 0);
}

static void xlat_cut(struct kunit *test)
{
	const struct cut_case *c = test->param_value;
	enum shape shape;

	for (shape = 0; shape < N_SHAPES; shape++)
		if (shape != PARTIAL || may_be_partial(&c->p))
			try_cut(test, c, shape);
}

/* Super-packets. A wrong type for what they carry is a guest's doing. */
static const struct gso_case {
	const char *name;
	struct packet p;
	unsigned int type;
	unsigned int to_type;
	u16 size;
	bool df;		/* 6 to 4: expected */
	unsigned int reason;
} gso_cases[] = {
	{ "6 TCP, small",	UP(6, TCP, .len = 3000), SKB_GSO_TCPV6,
				SKB_GSO_TCPV4, 1000, false },
	{ "6 TCP, 1220",	UP(6, TCP, .len = 3000), SKB_GSO_TCPV6,
				SKB_GSO_TCPV4, 1220, false },
	{ "6 TCP, 1221: DF",	UP(6, TCP, .len = 3000), SKB_GSO_TCPV6,
				SKB_GSO_TCPV4, 1221, true },
	{ "6 TCP ECN DODGY",	UP(6, TCP, .len = 3000),
				SKB_GSO_TCPV6 | SKB_GSO_TCP_ECN | SKB_GSO_DODGY,
				SKB_GSO_TCPV4 | SKB_GSO_TCP_ECN | SKB_GSO_DODGY,
				1400, true },
	{ "6 UDP",		UP(6, UDP, .len = 3000), SKB_GSO_UDP_L4,
				SKB_GSO_UDP_L4, 1232, false },
	{ "6 UDP: DF",		UP(6, UDP, .len = 3000), SKB_GSO_UDP_L4,
				SKB_GSO_UDP_L4, 1233, true },
	{ "4 TCP",		DOWN(4, TCP, .len = 3000), SKB_GSO_TCPV4,
				SKB_GSO_TCPV6, 1460 },
	{ "4 TCP FIXEDID",	DOWN(4, TCP, .len = 3000, .df = true),
				SKB_GSO_TCPV4 | SKB_GSO_TCP_FIXEDID,
				SKB_GSO_TCPV6, 1460 },
	{ "4 UDP",		DOWN(4, UDP, .len = 3000), SKB_GSO_UDP_L4,
				SKB_GSO_UDP_L4, 1000 },
	{ "4 list",		DOWN(4, UDP, .len = 3000),
				SKB_GSO_UDP_L4 | SKB_GSO_FRAGLIST,
				.size = 1000, .reason = DROP(PROTOCOL) },
	{ "6 UDP tunnel",	UP(6, UDP, .len = 3000),
				SKB_GSO_UDP_TUNNEL_CSUM | SKB_GSO_TCPV4,
				.size = 1000, .reason = DROP(PROTOCOL) },
	{ "4 in 4",		DOWN(4, RAW, .proto = 4, .len = 3000),
				SKB_GSO_IPXIP4 | SKB_GSO_TCPV4,
				.size = 1000, .reason = DROP(PROTOCOL) },
	{ "TCP that is UDP",	DOWN(4, UDP, .len = 3000), SKB_GSO_TCPV4,
				.size = 1000, .reason = DROP(PROTOCOL) },
	{ "UDP that is TCP",	UP(6, TCP, .len = 3000), SKB_GSO_UDP_L4,
				.size = 1000, .reason = DROP(PROTOCOL) },
	{ "TCP that is echo",	UP(6, REQUEST, .len = 3000), SKB_GSO_TCPV6,
				.size = 1000, .reason = DROP(PROTOCOL) },
	{ "TCP that is a fragment", UP(6, TCP, .len = 3000, .mf = true,
				       .cut = 2000, EXT(44)), SKB_GSO_TCPV6,
				.size = 1000, .reason = DROP(PROTOCOL) },
	{ "TCP that is an error", TO_CLIENT(4, .type = 3, .code = 1,
					    .in = &q_tcp4), SKB_GSO_TCPV4,
				.size = 10, .reason = DROP(PROTOCOL) },
};

KUNIT_ARRAY_PARAM_DESC(gso, gso_cases, name);

static void xlat_gso(struct kunit *test)
{
	const struct gso_case *c = test->param_value;
	u8 *data = kunit_kzalloc(test, PACKET_MAX, GFP_KERNEL);
	unsigned int len, hlen, reason, i, check;
	const struct skb_shared_info *shinfo;
	struct sk_buff *skb, *clone;
	struct packet to = c->p;
	struct sk_buff_head parts;
	u16 sum;

	KUNIT_ASSERT_NOT_NULL(test, data);
	__skb_queue_head_init(&parts);
	to.v = c->p.v == 6 ? 4 : 6;
	to.df = to.v == 4 && c->df;
	hlen = to.v == 6 ? 40 : 20;
	check = c->p.l4 == TCP ? 16 : 6;
	/* In turn: nobody else has it; has all of it; has but the payload. */
	for (i = 0; i < 3; i++) {
		len = build(test, &c->p, data);
		skb = make_skb(test, data, len, i ? TIGHT : PAGED, 0);
		if (i == 2)
			__skb_header_release(skb);
		if (!c->reason && i)
			make_partial(skb, &c->p, c->p.v == 6 ? 40 : 20);
		skb_copy_bits(skb, 0, data, len);
		skb_shinfo(skb)->gso_size = c->size;
		skb_shinfo(skb)->gso_type = c->type;
		skb_shinfo(skb)->gso_segs = DIV_ROUND_UP(c->p.len, c->size);
		clone = i ? skb_clone(skb, GFP_KERNEL) : NULL;
		/* As TCP does: the clone is sent, the original kept. */
		if (i == 2)
			swap(skb, clone);

		reason = translate(skb, &c->p, NULL, &parts);
		KUNIT_EXPECT_EQ(test, reason, c->reason);
		KUNIT_EXPECT_TRUE(test, skb_queue_empty(&parts));
		if (!reason && !c->reason) {
			shinfo = skb_shinfo(skb);
			check_state(test, &to, skb);
			KUNIT_EXPECT_EQ(test, shinfo->gso_type, c->to_type);
			KUNIT_EXPECT_EQ(test, shinfo->gso_size, c->size);
			if (i) {
				KUNIT_EXPECT_EQ(test, summed(skb),
						CHECKSUM_PARTIAL);
				KUNIT_EXPECT_EQ(test,
						skb_checksum_start_offset(skb),
						hlen);
				sum = skb->data[hlen + check] << 8 |
				      skb->data[hlen + check + 1];
				KUNIT_EXPECT_EQ(test, sum,
						pseudo_sum(&to, proto_of(&to),
							   skb->len - hlen));
				/* For the comparison; it refuses GSO. */
				skb_shinfo(skb)->gso_size = 0;
				KUNIT_EXPECT_EQ(test, skb_checksum_help(skb),
						0);
			}
			check_bytes(test, &to, skb, "super-packet");
		}
		if (clone) {
			KUNIT_EXPECT_EQ(test, skb_shinfo(clone)->gso_type,
					c->type);
			if (i == 1)
				KUNIT_EXPECT_EQ(test, memcmp(clone->data, data,
							     len), 0);
		}
		kfree_skb(skb);
		kfree_skb(clone);
	}
}

/* Lengths that do not fit the other family's fields. */
static void xlat_too_long(struct kunit *test)
{
	static const struct {
		struct packet p;
		unsigned int len;	/* of the whole packet */
		unsigned int reason;
	} tries[] = {
		{ UP(6, RAW, .proto = 253), 40 + 65515, 0 },
		{ UP(6, RAW, .proto = 253), 40 + 65516, DROP(TRUNCATED) },
		{ UP(6, RAW, .proto = 253), 40 + 65535, DROP(TRUNCATED) },
		{ UP(6, RAW, .proto = 253, EXT(60)), 40 + 65523, 0 },
		{ DOWN(4, RAW, .proto = 253, .df = true), 65535, 0 },
	};
	u8 *data = kunit_kzalloc(test, PACKET_MAX, GFP_KERNEL);
	struct sk_buff_head parts;
	struct sk_buff *skb;
	unsigned int i, len;

	KUNIT_ASSERT_NOT_NULL(test, data);
	__skb_queue_head_init(&parts);
	for (i = 0; i < ARRAY_SIZE(tries); i++) {
		const struct packet *p = &tries[i].p;

		len = build(test, p, data);
		skb = alloc_skb(tries[i].len + 64, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, skb);
		skb_reserve(skb, 64);
		skb_put_data(skb, data, len);
		skb_put_zero(skb, tries[i].len - len);
		put16(skb->data + (p->v == 6 ? 4 : 2),
		      tries[i].len - (p->v == 6 ? 40 : 0));
		KUNIT_EXPECT_EQ(test, translate(skb, p, NULL, &parts),
				tries[i].reason);
		if (!tries[i].reason && p->v == 6)
			KUNIT_EXPECT_EQ(test, ntohs(ip_hdr(skb)->tot_len),
					skb->len);
		if (!tries[i].reason && p->v == 4)
			KUNIT_EXPECT_EQ(test, ntohs(ipv6_hdr(skb)->payload_len),
					skb->len - 40);
		kfree_skb(skb);
	}
}

/* An echo whose checksum is yet to be completed: a guest's. */
static void xlat_echo_partial(struct kunit *test)
{
	static const struct packet packets[] = {
		UP(6, REQUEST), DOWN(4, REPLY),
	};
	u8 *data = kunit_kzalloc(test, PACKET_MAX, GFP_KERNEL);
	struct sk_buff_head parts;
	struct sk_buff *skb;
	unsigned int i, len, l4;
	struct packet to;

	KUNIT_ASSERT_NOT_NULL(test, data);
	__skb_queue_head_init(&parts);
	for (i = 0; i < ARRAY_SIZE(packets); i++) {
		const struct packet *p = &packets[i];

		to = *p;
		to.v = p->v == 6 ? 4 : 6;
		l4 = p->v == 6 ? 40 : 20;
		len = build(test, p, data);
		skb = make_skb(test, data, len, ROOMY, 0);
		put16(skb->data + l4 + 2,
		      p->v == 6 ? pseudo_sum(p, 58, len - l4) : 0);
		skb->ip_summed = CHECKSUM_PARTIAL;
		skb->csum_start = skb_headroom(skb) + l4;
		skb->csum_offset = 2;
		KUNIT_EXPECT_EQ(test, translate(skb, p, NULL, &parts), 0);
		KUNIT_EXPECT_EQ(test, summed(skb), CHECKSUM_NONE);
		check_bytes(test, &to, skb, "partial");
		kfree_skb(skb);
	}
}

/* Asked for from within the headers that go: also a guest's, and nonsense. */
static void xlat_sum_of_headers(struct kunit *test)
{
	static const struct {
		struct packet from, to;
	} cases[] = {
		{ UP(6, UDP), UP(4, UDP) },
		{ UP(6, UDP, EXT(0, 60, 43, 60)), UP(4, UDP) },
		{ UP(6, REQUEST, EXT(60)), UP(4, REQUEST) },
		{ DOWN(4, TCP), DOWN(6, TCP) },
	};
	static const unsigned int starts[] = { 0, 8, 18 };
	u8 *data = kunit_kzalloc(test, PACKET_MAX, GFP_KERNEL);
	struct sk_buff_head parts;
	struct sk_buff *skb;
	unsigned int i, n, len;

	KUNIT_ASSERT_NOT_NULL(test, data);
	__skb_queue_head_init(&parts);
	for (i = 0; i < ARRAY_SIZE(cases) * ARRAY_SIZE(starts); i++) {
		n = i / ARRAY_SIZE(starts);
		len = build(test, &cases[n].from, data);
		skb = make_skb(test, data, len, ROOMY, 0);
		skb->ip_summed = CHECKSUM_PARTIAL;
		skb->csum_start = skb_headroom(skb) +
				  starts[i % ARRAY_SIZE(starts)];
		skb->csum_offset = 2;
		KUNIT_EXPECT_EQ(test, translate(skb, &cases[n].from, NULL,
						&parts), 0);
		KUNIT_EXPECT_EQ(test, summed(skb), CHECKSUM_NONE);
		check_bytes(test, &cases[n].to, skb, "headers");
		kfree_skb(skb);
	}
}

/* Anything at all must leave the kernel in one piece. */
static void xlat_noise(struct kunit *test)
{
	u8 *data = kunit_kzalloc(test, PACKET_MAX, GFP_KERNEL);
	unsigned int round, flips, len, n, passed = 0;
	struct nat64_ends out = {}, in = {};
	struct sk_buff_head parts;
	struct rnd_state rnd;

	KUNIT_ASSERT_NOT_NULL(test, data);
	__skb_queue_head_init(&parts);
	prandom_seed_state(&rnd, 7915);
	for (round = 0; round < 6000; round++) {
		u32 r = prandom_u32_state(&rnd);
		const struct packet *p;
		struct sk_buff *skb, *clone = NULL;
		enum shape shape = (r >> 1) % 3;
		struct nat64_pkt pkt;
		unsigned int reason;

		if (r & 1)
			p = &cases64[(r >> 8) % ARRAY_SIZE(cases64)].from;
		else
			p = &cases46[(r >> 8) % ARRAY_SIZE(cases46)].from;
		len = build(test, p, data);
		for (flips = 0; flips < (r >> 4) % 4; flips++) {
			u32 x = prandom_u32_state(&rnd);

			data[(x >> 8) % min(len, 140U)] = x;
		}
		n = len;
		if (r & 0x80) {
			/* Cut, and the length set right. */
			n = 41 + prandom_u32_state(&rnd) % len;
			n = min(n, len);
			if (p->v == 6)
				put16(data + 4, n - 40);
			else
				put16(data + 2, n);
		}
		skb = make_skb(test, data, n, shape, r);
		if (r & 0x40)
			clone = skb_clone(skb, GFP_KERNEL);
		ends_of(p, &out, &in);
		reason = nat64_parse(skb, p->v == 6, &pkt);
		if (!reason) {
			if (p->v == 6)
				reason = nat64_xlat_64(skb, &pkt, &out, &in,
						       &cfg_default);
			else
				reason = nat64_xlat_46(skb, &pkt, &out, &in,
						       &cfg_default, &parts);
			passed += !reason;
		}
		if (clone)
			KUNIT_EXPECT_EQ(test, memcmp(clone->data, data,
						     skb_headlen(clone)), 0);
		if (skb_queue_empty(&parts))
			kfree_skb(skb);
		__skb_queue_purge(&parts);
		kfree_skb(clone);
	}
	/* It is no test if nothing gets through. */
	KUNIT_EXPECT_GT(test, passed, 1500);
}

static struct kunit_case nat64_xlat_cases[] = {
	{ .run_case = xlat_packet, .name = "xlat_64",
	  .generate_params = xlat64_gen_params },
	{ .run_case = xlat_packet, .name = "xlat_46",
	  .generate_params = xlat46_gen_params },
	KUNIT_CASE(xlat_keeps_ports),
	KUNIT_CASE(xlat_udp_never_zero),
	KUNIT_CASE(xlat_udp_lengths),
	KUNIT_CASE(xlat_identification),
	KUNIT_CASE_PARAM(xlat_cut, cut_gen_params),
	KUNIT_CASE_PARAM(xlat_gso, gso_gen_params),
	KUNIT_CASE(xlat_too_long),
	KUNIT_CASE(xlat_echo_partial),
	KUNIT_CASE(xlat_sum_of_headers),
	KUNIT_CASE(xlat_noise),
	{}
};

static struct kunit_suite nat64_xlat_suite = {
	.name = "ipv6tun_nat64_xlat",
	.test_cases = nat64_xlat_cases,
};

kunit_test_suite(nat64_xlat_suite);
