// SPDX-License-Identifier: GPL-2.0
/*
 * pktfuzz: packets into every receive path of the router that packets.sh builds, right
 * ones and damaged ones, and a strict look at all that comes out.
 *
 *	pktfuzz [-f FIRST] [-m MOST] [-s SAMPLE] PHASE SEED COUNT ROUTER-NETNS WIRE-NETNS
 *	pktfuzz -n [-f FIRST] [-m MOST] [-s SAMPLE] PHASE SEED COUNT
 *
 *	-f	the number of the first packet: each depends on seed, phase and number only
 *	-m	at most so many packets go into the sample (default 500)
 *	-s	append some of those that came out right to this pcap file
 *	-n	send nothing: make the packets, and check and sample the right ones
 *
 * The phases:
 *
 *	gre		by the paths, both ways; each packet can be accounted for
 *	nat64		both ways, and ICMP errors; the same
 *	probe		answers to probes, and forged ones; the same
 *	pmtu		ICMP errors about the router's packets
 *	fragments	of all of these, in order, out of order, hostile
 *	offload		with what a guest tells of checksums and segments, right or wrong,
 *			by TUN, TAP and veth, in pieces
 *	clone		all of these while others hold the packets, too
 *	train		super-packets that the cable cuts and the router's GRO joins
 *
 * Prints an object of JSON: packets made, taken and refused by the kernel, those of paths
 * among them; of what came out how many, how many were judged down to their end, how many
 * were wrong; whether any was missed. The wrong ones, up to ten, are on standard error,
 * with the number of the packet each was made of. Status 1 if there was one, 2 if the
 * program could not do its work.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "packet/bytes.h"
#include "packet/capture.h"
#include "packet/check.h"
#include "packet/compose.h"
#include "packet/die.h"
#include "packet/fragment.h"
#include "packet/mutate.h"
#include "packet/sample.h"
#include "packet/send.h"
#include "packet/tag.h"
#include "packet/vnet.h"

/* Sent before what came out is looked at. */
#define BATCH		32
/* When nothing came for so long, nothing is on its way any more; ms. */
#define QUIET		300
#define MOST_SHOWN	10

struct phase {
	const char *name;
	uint8_t weight[KINDS];
	uint8_t damaged;	/* percent */
	uint8_t fragments;	/* percent */
	bool outer;		/* the outer header of GRE may be damaged, too */
	bool whole;		/* none may become a fragment */
	bool once;		/* none may be received by a path twice */
	uint8_t pause;		/* after a batch, ms */
	bool offload;
	bool guests;		/* by all ways, and with wild words */
	bool hold;
	uint16_t longest;
};

static const struct phase phases[] = {
	{
		.name = "gre", .damaged = 55, .longest = 1400, .once = true,
		.weight = { [KIND_GRE] = 3, [KIND_INSIDE] = 1 },
	}, {
		.name = "nat64", .damaged = 50, .longest = 1400, .whole = true,
		.weight = { [KIND_64] = 3, [KIND_46] = 3, [KIND_ERROR64] = 2, [KIND_ERROR46] = 2 },
	}, {
		.name = "probe", .damaged = 30, .longest = 200, .once = true, .pause = 5,
		.weight = { [KIND_PROBE] = 1 },
	}, {
		.name = "pmtu", .damaged = 40, .longest = 1400, .outer = true,
		.weight = { [KIND_PMTU] = 3, [KIND_INSIDE] = 2, [KIND_GRE] = 1 },
	}, {
		.name = "fragments", .damaged = 20, .fragments = 85, .longest = 4000, .outer = true,
		.weight = { [KIND_GRE] = 3, [KIND_INSIDE] = 1, [KIND_64] = 3, [KIND_46] = 3,
			    [KIND_ERROR64] = 1, [KIND_ERROR46] = 1, [KIND_PMTU] = 1 },
	}, {
		.name = "offload", .damaged = 20, .fragments = 5, .longest = 60000,
		.outer = true, .offload = true, .guests = true,
		.weight = { [KIND_GRE] = 3, [KIND_INSIDE] = 2, [KIND_64] = 3, [KIND_46] = 3,
			    [KIND_ERROR64] = 1, [KIND_ERROR46] = 1, [KIND_PMTU] = 1 },
	}, {
		.name = "clone", .damaged = 40, .fragments = 15, .longest = 8000,
		.outer = true, .offload = true, .hold = true,
		.weight = { [KIND_GRE] = 3, [KIND_INSIDE] = 2, [KIND_64] = 3, [KIND_46] = 3,
			    [KIND_ERROR64] = 2, [KIND_ERROR46] = 2, [KIND_PMTU] = 1 },
	}, {
		.name = "train", .damaged = 10, .longest = 30000, .outer = true, .offload = true,
		.weight = { [KIND_GRE] = 1, [KIND_INSIDE] = 2, [KIND_64] = 3, [KIND_46] = 3 },
	},
};

static const struct phase *phase;
static uint32_t seed;
static bool dry;

static struct {
	uint64_t made, sent, refused, path, out, judged, right, wrong;
} count;

void die(const char *format, ...)
{
	va_list args;

	fputs("pktfuzz: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(2);
}

static uint64_t number(const char *text, uint64_t max)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (end == text || *end || errno || value > max)
		die("not a number up to %llu: %s", (unsigned long long)max, text);
	return value;
}

static void enter(const char *netns)
{
	int fd = open(netns, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die("%s: %s", netns, strerror(errno));
	close(fd);
}

/* What came out */

static void show(const char *wrong, const char *device, const struct check *c,
		 const uint8_t *byte, size_t len)
{
	size_t i;

	if (count.wrong > MOST_SHOWN)
		return;
	fprintf(stderr, "%s: %s", device, wrong);
	if (c->known)
		fprintf(stderr, ", of packet %u, flags 0x%x", c->tag.number, c->tag.flags);
	fprintf(stderr, "; %zu bytes:", len);
	for (i = 0; i < len && i < 256; i++)
		fprintf(stderr, "%s%02x", i % 32 ? i % 2 ? "" : " " : "\n  ", byte[i]);
	fputc('\n', stderr);
}

static void account(const char *wrong, const char *device, const struct check *c,
		    const uint8_t *byte, size_t len)
{
	count.out++;
	count.judged += c->all;
	if (wrong) {
		count.wrong++;
		show(wrong, device, c, byte, len);
	} else if (c->all) {
		count.right += c->known && c->tag.flags & TAG_CLEAN;
		if (c->decodes && c->whole)
			sample_offer(byte, len);
	}
}

/* The router sends its probes to the paths that are watched. */
static void learn(const uint8_t *byte, size_t len)
{
	static const uint8_t magic[] = { 0x69, 0x70, 0x36, 0x74 };
	const uint8_t *at = memmem(byte, len, magic, sizeof(magic));

	if (at && (size_t)(byte + len - at) >= PROBE_LEN)
		compose_learn(at);
}

static void take(enum side side, const uint8_t *byte, size_t len, bool whole)
{
	struct check c = { };
	const char *wrong = check_output(&c, side, byte, len, whole, phase->offload);

	account(wrong, side_device[side], &c, byte, len);
	if (side == UNDERLAY)
		learn(byte, len);
}

/* What goes in */

/* What a packet is to be, before it is made. */
struct plan {
	enum kind kind;
	enum way way;
	bool damage;
	bool fragment;
	bool hostile;
	bool offload;
	bool wild;
};

static enum kind any_kind(struct rnd *r)
{
	unsigned int i, sum = 0, n;

	for (i = 0; i < KINDS; i++)
		sum += phase->weight[i];
	n = below(r, sum);
	for (i = 0; n >= phase->weight[i]; i++)
		n -= phase->weight[i];
	return i;
}

static uint8_t make_plan(struct rnd *r, struct plan *plan)
{
	uint8_t flags = 0;

	*plan = (struct plan){ .kind = any_kind(r) };
	plan->damage = below(r, 100) < phase->damaged;
	plan->fragment = below(r, 100) < phase->fragments;
	plan->hostile = plan->fragment && one_in(r, 2);
	if (phase->guests)
		plan->way = one_in(r, 3) ? WAY_CABLE : one_in(r, 2) ? WAY_TUN : WAY_TAP;
	plan->offload = phase->offload && !plan->fragment && !one_in(r, 3);
	plan->wild = phase->guests && !plan->fragment && one_in(r, 3);
	if (plan->offload)
		flags |= TAG_PARTIAL;
	else if (one_in(r, 12))
		flags |= TAG_ZERO;
	/* Of a packet that is damaged the offload's words are wrong, too. */
	if (plan->wild || (plan->offload && plan->damage))
		flags |= TAG_WILD;
	else if (!plan->damage && !plan->hostile)
		flags |= TAG_CLEAN;
	return flags;
}

/* A path's packet to the router: the outer header is what the stack looks at first. */
static size_t damage_from(const struct packet *p)
{
	const struct layer *gre = packet_layer(p, GRE);

	return gre && p->side == UNDERLAY && !phase->outer ? gre->off : 0;
}

static void send_one(const struct packet *p, const struct virtio_net_hdr *hdr,
		     const struct plan *plan)
{
	/* A cable takes no more, but what is to be cut. */
	if (plan->way == WAY_CABLE && p->len > 8000 && !hdr->gso_type)
		return;
	count.made++;
	if (dry)
		return;
	if (!send_packet(p, hdr, plan->way)) {
		count.refused++;
		return;
	}
	count.sent++;
	count.path += plan->kind == KIND_GRE || plan->kind == KIND_PROBE;
}

static void check_made(const struct packet *p)
{
	struct check c;
	const char *wrong;

	if (!dry || !(p->flags & TAG_CLEAN))
		return;
	wrong = check_input(&c, p);
	account(wrong, "made", &c, p->byte, p->len);
}

static bool send_fragments(struct packet *p, const struct plan *plan)
{
	const struct virtio_net_hdr none = { };
	struct fragments parts;
	unsigned int i;

	if (!fragment(p, plan->hostile, &parts))
		return false;
	for (i = 0; i < parts.n; i++) {
		check_made(parts.part[i]);
		send_one(parts.part[i], &none, plan);
	}
	return true;
}

/* Damage, unless it would make what cannot be accounted for. */
static void damage(struct packet *p)
{
	static uint8_t before[MAX_LEN];
	size_t len = p->len, from = damage_from(p);

	memcpy(before, p->byte, len);
	mutate(p, from, from > 0);
	if ((phase->whole && is_fragment(p)) || (phase->once && is_nested(p)) ||
	    made_by_router(p->byte, p->len)) {
		memcpy(p->byte, before, len);
		p->len = len;
	}
}

static void make(uint64_t which)
{
	static struct packet p;
	struct virtio_net_hdr hdr = { };
	struct rnd r, again;
	struct plan plan;
	uint8_t flags;

	rnd_start(&r, seed, phase - phases, which);
	flags = make_plan(&r, &plan);
	p.longest = phase->longest;
	if (plan.fragment && p.longest > 8000)
		p.longest = 8000;
	again = r;
	packet_start(&p, &r, which, flags);
	compose(&p, plan.kind);
	if (flags & TAG_PARTIAL && !vnet_can_complete(&p)) {
		/* The same once more, complete. */
		r = again;
		packet_start(&p, &r, which, flags & ~TAG_PARTIAL);
		compose(&p, plan.kind);
	}
	check_made(&p);
	if (plan.damage)
		damage(&p);
	if (plan.fragment && send_fragments(&p, &plan))
		return;
	if (plan.offload)
		vnet_fill(&p, &hdr);
	if (plan.wild)
		vnet_spoil(&p, &hdr);
	/* Of long ones only so much lies in one piece. */
	if (phase->offload && p.len > 4000 && !hdr.hdr_len && one_in(&r, 2))
		hdr.hdr_len = between(&r, 1, 90);
	send_one(&p, &hdr, &plan);
}

static void run(uint64_t first, uint64_t n)
{
	uint64_t i;

	for (i = 0; i < n; i++) {
		make(first + i);
		if (dry || i % BATCH)
			continue;
		capture_drain(phase->pause, take);
		send_hold_drain();
	}
	if (!dry) {
		capture_drain(QUIET, take);
		send_hold_drain();
	}
}

static void tell(const char *name, uint64_t value)
{
	static char before = '{';

	printf("%c\"%s\":%llu", before, name, (unsigned long long)value);
	before = ',';
}

static void report(void)
{
	enum side side;

	tell("made", count.made);
	tell("sent", count.sent);
	tell("refused", count.refused);
	tell("path", count.path);
	tell("out", count.out);
	tell("judged", count.judged);
	tell("right", count.right);
	tell("wrong", count.wrong);
	tell("lost", dry ? 0 : capture_lost());
	for (side = 0; side < SIDES; side++)
		tell(side_device[side], capture_count(side));
	puts("}");
}

static void usage(void)
{
	fputs("usage: pktfuzz [-n] [-f FIRST] [-m MOST] [-s SAMPLE] PHASE SEED COUNT [NETNS...]\n",
	      stderr);
	exit(2);
}

int main(int argc, char **argv)
{
	const char *sample = NULL;
	uint64_t first = 0, n;
	uint32_t most = 500;
	int option;

	while ((option = getopt(argc, argv, "f:m:ns:")) != -1) {
		switch (option) {
		case 'f':
			first = number(optarg, UINT32_MAX);
			break;
		case 'm':
			most = number(optarg, UINT32_MAX);
			break;
		case 'n':
			dry = true;
			break;
		case 's':
			sample = optarg;
			break;
		default:
			usage();
		}
	}
	argv += optind;
	if (argc - optind != (dry ? 3 : 5))
		usage();
	for (phase = phases; phase < phases + ARRAY_SIZE(phases); phase++)
		if (!strcmp(phase->name, argv[0]))
			break;
	if (phase == phases + ARRAY_SIZE(phases))
		die("no such phase: %s", argv[0]);
	seed = number(argv[1], UINT32_MAX);
	n = number(argv[2], UINT32_MAX);
	/* About half of the packets come out. */
	if (sample)
		sample_open(sample, n / 2 / (most + 1), most);
	if (!dry) {
		enter(argv[3]);
		send_open_router();
		if (phase->hold)
			send_hold_open();
		enter(argv[4]);
		send_open_wire();
		capture_open();
	}
	run(first, n);
	report();
	sample_close();
	return count.wrong > 0;
}
