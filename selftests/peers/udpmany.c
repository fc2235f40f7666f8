// SPDX-License-Identifier: GPL-2.0
/*
 * udpmany: a packet each of very many UDP flows, or TCP SYNs, or fragments.
 *
 *	udpmany [-n FLOWS] [-r PPS] [-k udp|syn|frag] [-s SEED]
 *		NETNS INTERFACE MAC SOURCE DESTINATION PORT
 *
 * IPv6 packets are written to INTERFACE as they are, to the station MAC. Flow i
 * comes from SOURCE plus i / 60000 and port 2000 plus i % 60000; with -s sources
 * are random in the last 64 bits instead. Prints how many packets were sent.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH	64
#define SPAN	60000

struct frame {
	struct ethhdr eth;
	struct ip6_hdr ip6;
	union {
		struct udphdr udp;
		struct tcphdr tcp;
		struct {
			struct ip6_frag frag;
			uint8_t data[8];
		};
	};
} __attribute__((packed));

enum traffic { KIND_UDP, KIND_SYN, KIND_FRAG };

static void die(const char *what)
{
	fprintf(stderr, "udpmany: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static uint32_t sum(const void *data, size_t len, uint32_t s)
{
	const uint8_t *p = data;

	for (; len > 1; len -= 2, p += 2)
		s += p[0] << 8 | p[1];
	return len ? s + (p[0] << 8) : s;
}

static uint16_t fold(uint32_t s)
{
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return htons(~s & 0xffff);
}

static size_t fill(struct frame *f, enum traffic kind, uint64_t i,
		   const struct in6_addr *source, uint16_t dport, uint64_t *seed)
{
	uint32_t s, proto = kind == KIND_SYN ? IPPROTO_TCP : IPPROTO_UDP;
	uint16_t sport = 2000 + i % SPAN;
	size_t len;

	f->ip6.ip6_src = *source;
	if (*seed) {
		uint64_t r = next_random(seed);

		memcpy(&f->ip6.ip6_src.s6_addr[8], &r, 8);
	} else {
		uint32_t n = ntohl(source->s6_addr32[3]) + i / SPAN;

		f->ip6.ip6_src.s6_addr32[3] = htonl(n);
	}
	if (kind == KIND_FRAG) {
		/* A first fragment that never has a second. */
		f->ip6.ip6_nxt = IPPROTO_FRAGMENT;
		f->frag = (struct ip6_frag){
			.ip6f_nxt = IPPROTO_UDP, .ip6f_offlg = IP6F_MORE_FRAG,
			.ip6f_ident = htonl(i + 1),
		};
		memset(f->data, 0, sizeof(f->data));
		len = sizeof(f->frag) + sizeof(f->data);
		f->ip6.ip6_plen = htons(len);
		return offsetof(struct frame, frag) + len;
	}
	f->ip6.ip6_nxt = proto;
	if (kind == KIND_SYN) {
		len = sizeof(f->tcp);
		f->tcp = (struct tcphdr){
			.source = htons(sport), .dest = htons(dport),
			.seq = htonl(i), .doff = 5, .syn = 1,
			.window = htons(65535),
		};
	} else {
		len = sizeof(f->udp);
		f->udp = (struct udphdr){
			.source = htons(sport), .dest = htons(dport),
			.len = htons(len),
		};
	}
	f->ip6.ip6_plen = htons(len);
	s = sum(&f->ip6.ip6_src, 32, proto + len);
	s = sum(&f->udp, len, s);
	if (kind == KIND_SYN)
		f->tcp.check = fold(s);
	else
		f->udp.check = fold(s) ?: 0xffff;
	return offsetof(struct frame, udp) + len;
}

static uint64_t number(const char *text)
{
	char *end;
	uint64_t n = strtoull(text, &end, 10);

	if (!*text || *end) {
		errno = EINVAL;
		die(text);
	}
	return n;
}

int main(int argc, char **argv)
{
	uint64_t n = 1000, rate = 0, seed = 0, sent = 0, begin, errors = 0;
	struct sockaddr_ll to = { .sll_family = AF_PACKET };
	static struct frame frame[BATCH];
	static struct mmsghdr msg[BATCH];
	static struct iovec iov[BATCH];
	enum traffic kind = KIND_UDP;
	unsigned int mac[6];
	struct in6_addr source, dest;
	uint16_t dport;
	int c, fd, i;

	while ((c = getopt(argc, argv, "n:r:k:s:")) != -1) {
		switch (c) {
		case 'n':
			n = number(optarg);
			break;
		case 'r':
			rate = number(optarg);
			break;
		case 'k':
			kind = !strcmp(optarg, "syn") ? KIND_SYN :
			       !strcmp(optarg, "frag") ? KIND_FRAG : KIND_UDP;
			break;
		case 's':
			seed = number(optarg);
			break;
		default:
			return 2;
		}
	}
	argv += optind;
	if (argc - optind != 6 ||
	    sscanf(argv[2], "%x:%x:%x:%x:%x:%x", &mac[0], &mac[1], &mac[2],
		   &mac[3], &mac[4], &mac[5]) != 6 ||
	    inet_pton(AF_INET6, argv[3], &source) != 1 ||
	    inet_pton(AF_INET6, argv[4], &dest) != 1) {
		fputs("usage: udpmany [-n FLOWS] [-r PPS] [-k udp|syn|frag] [-s SEED]\n"
		      "               NETNS INTERFACE MAC SOURCE DESTINATION PORT\n",
		      stderr);
		return 2;
	}
	dport = number(argv[5]);
	fd = open(argv[0], O_RDONLY);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(argv[0]);
	close(fd);
	fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (fd < 0)
		die("socket");
	to.sll_ifindex = if_nametoindex(argv[1]);
	if (!to.sll_ifindex)
		die(argv[1]);

	for (i = 0; i < BATCH; i++) {
		struct frame *f = &frame[i];
		int b;

		for (b = 0; b < 6; b++)
			f->eth.h_dest[b] = mac[b];
		f->eth.h_proto = htons(ETH_P_IPV6);
		f->ip6.ip6_flow = htonl(6u << 28);
		f->ip6.ip6_hlim = 64;
		f->ip6.ip6_dst = dest;
		iov[i].iov_base = f;
		msg[i].msg_hdr = (struct msghdr){
			.msg_name = &to, .msg_namelen = sizeof(to),
			.msg_iov = &iov[i], .msg_iovlen = 1,
		};
	}

	begin = now_ns();
	while (sent < n) {
		int batch = n - sent < BATCH ? n - sent : BATCH, done;
		struct timespec ts = { };

		for (i = 0; i < batch; i++)
			iov[i].iov_len = fill(&frame[i], kind, sent + i,
					      &source, dport, &seed);
		for (i = 0; i < batch; i += done) {
			done = sendmmsg(fd, msg + i, batch - i, 0);
			if (done <= 0) {
				if (errno != ENOBUFS || ++errors > 1000000)
					die("sendmmsg");
				done = 0;
				usleep(100);
			}
		}
		sent += batch;
		if (rate) {
			uint64_t due = begin + sent * 1000000000ull / rate;
			uint64_t at = now_ns();

			if (at < due) {
				ts.tv_sec = (due - at) / 1000000000;
				ts.tv_nsec = (due - at) % 1000000000;
				nanosleep(&ts, NULL);
			}
		}
	}
	printf("%llu\n", (unsigned long long)sent);
	return 0;
}
