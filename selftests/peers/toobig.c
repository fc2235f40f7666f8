// SPDX-License-Identifier: GPL-2.0
/*
 * toobig: one ICMP fragmentation needed or ICMPv6 Packet Too Big, well formed
 * or forged badly.
 *
 *	toobig [-c] [-p PROTOCOL] [-q BYTES] SOURCE DESTINATION MTU FROM TO
 *
 * Sent as SOURCE to DESTINATION, it complains of a packet FROM .. TO, whose first
 * BYTES behind the IP header it quotes (default 8, all zero: a plain GRE header).
 *	-c	the checksum is wrong
 *	-p	protocol of the quoted packet (default 47, GRE)
 */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define QUOTE_MAX	1024
/* The length the quoted packet claims. */
#define QUOTED_LEN	1500

struct options {
	bool bad_csum;
	uint8_t proto;
	size_t quote;
	uint32_t mtu;
	const char *addr[4];	/* SOURCE, DESTINATION, FROM, TO */
};

static uint32_t sum16(const void *data, size_t len, uint32_t sum)
{
	const uint8_t *p = data;
	size_t i;

	for (i = 0; i < len; i++)
		sum += i & 1 ? p[i] : p[i] << 8;
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum & 0xffff);
}

static void parse_addr(int family, const char *text, void *to)
{
	if (inet_pton(family, text, to) != 1)
		errx(1, "bad address: %s", text);
}

/* The kernel fills in what is zero of an IPv4 header: length, id, checksum. */
static size_t build4(const struct options *o, uint8_t *packet)
{
	struct iphdr *ip = (struct iphdr *)packet;
	struct icmphdr *icmp = (struct icmphdr *)(ip + 1);
	struct iphdr *quoted = (struct iphdr *)(icmp + 1);
	size_t len = sizeof(*icmp) + sizeof(*quoted) + o->quote;

	ip->version = 4;
	ip->ihl = 5;
	ip->ttl = 64;
	ip->protocol = IPPROTO_ICMP;
	parse_addr(AF_INET, o->addr[0], &ip->saddr);
	parse_addr(AF_INET, o->addr[1], &ip->daddr);

	quoted->version = 4;
	quoted->ihl = 5;
	quoted->ttl = 60;
	quoted->tot_len = htons(QUOTED_LEN);
	quoted->frag_off = htons(IP_DF);
	quoted->protocol = o->proto;
	parse_addr(AF_INET, o->addr[2], &quoted->saddr);
	parse_addr(AF_INET, o->addr[3], &quoted->daddr);
	quoted->check = fold(sum16(quoted, sizeof(*quoted), 0));

	icmp->type = ICMP_DEST_UNREACH;
	icmp->code = ICMP_FRAG_NEEDED;
	icmp->un.frag.mtu = htons(o->mtu);
	icmp->checksum = fold(sum16(icmp, len, 0));
	if (o->bad_csum)
		icmp->checksum ^= htons(0x0100);
	return sizeof(*ip) + len;
}

static size_t build6(const struct options *o, uint8_t *packet)
{
	struct ip6_hdr *ip = (struct ip6_hdr *)packet;
	struct icmp6_hdr *icmp = (struct icmp6_hdr *)(ip + 1);
	struct ip6_hdr *quoted = (struct ip6_hdr *)(icmp + 1);
	size_t len = sizeof(*icmp) + sizeof(*quoted) + o->quote;
	uint32_t sum;

	ip->ip6_flow = htonl(6u << 28);
	ip->ip6_plen = htons(len);
	ip->ip6_nxt = IPPROTO_ICMPV6;
	ip->ip6_hlim = 64;
	parse_addr(AF_INET6, o->addr[0], &ip->ip6_src);
	parse_addr(AF_INET6, o->addr[1], &ip->ip6_dst);

	quoted->ip6_flow = htonl(6u << 28);
	quoted->ip6_plen = htons(QUOTED_LEN);
	quoted->ip6_nxt = o->proto;
	quoted->ip6_hlim = 60;
	parse_addr(AF_INET6, o->addr[2], &quoted->ip6_src);
	parse_addr(AF_INET6, o->addr[3], &quoted->ip6_dst);

	icmp->icmp6_type = ICMP6_PACKET_TOO_BIG;
	icmp->icmp6_mtu = htonl(o->mtu);
	/* The pseudo header: both addresses, length, next header. */
	sum = sum16(&ip->ip6_src, 32, len + IPPROTO_ICMPV6);
	icmp->icmp6_cksum = fold(sum16(icmp, len, sum));
	if (o->bad_csum)
		icmp->icmp6_cksum ^= htons(0x0100);
	return sizeof(*ip) + len;
}

static void send_packet(const struct options *o)
{
	bool ip6 = strchr(o->addr[0], ':');
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in sin = { .sin_family = AF_INET };
	static uint8_t packet[128 + QUOTE_MAX] __attribute__((aligned(8)));
	ssize_t sent;
	size_t len;
	int fd;

	/* IPPROTO_RAW: the header is ours, in both families. */
	fd = socket(ip6 ? AF_INET6 : AF_INET, SOCK_RAW, IPPROTO_RAW);
	if (fd < 0)
		err(1, "socket");
	if (ip6) {
		parse_addr(AF_INET6, o->addr[1], &sin6.sin6_addr);
		len = build6(o, packet);
		sent = sendto(fd, packet, len, 0, (struct sockaddr *)&sin6,
			      sizeof(sin6));
	} else {
		parse_addr(AF_INET, o->addr[1], &sin.sin_addr);
		len = build4(o, packet);
		sent = sendto(fd, packet, len, 0, (struct sockaddr *)&sin,
			      sizeof(sin));
	}
	if (sent != (ssize_t)len)
		err(1, "sendto");
	close(fd);
}

static unsigned long parse_number(const char *text, unsigned long max)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (!*text || *end || n > max)
		errx(1, "bad number: %s", text);
	return n;
}

int main(int argc, char **argv)
{
	struct options o = { .proto = IPPROTO_GRE, .quote = 8 };
	int c;

	while ((c = getopt(argc, argv, "cp:q:")) != -1) {
		switch (c) {
		case 'c':
			o.bad_csum = true;
			break;
		case 'p':
			o.proto = parse_number(optarg, 255);
			break;
		case 'q':
			o.quote = parse_number(optarg, QUOTE_MAX);
			break;
		default:
			return 1;
		}
	}
	if (argc - optind != 5)
		errx(1, "usage: toobig [-c] [-p PROTOCOL] [-q BYTES] %s",
		     "SOURCE DESTINATION MTU FROM TO");
	o.addr[0] = argv[optind];
	o.addr[1] = argv[optind + 1];
	o.mtu = parse_number(argv[optind + 2], UINT32_MAX);
	o.addr[2] = argv[optind + 3];
	o.addr[3] = argv[optind + 4];
	send_packet(&o);
	return 0;
}
