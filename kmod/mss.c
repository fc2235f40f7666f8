// SPDX-License-Identifier: GPL-2.0
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/tcp.h>

#include "mss.h"

/* Offset of the TCP header of a packet that may have one, or 0. */
static unsigned int tcp_offset(const struct sk_buff *skb)
{
	const struct ipv6hdr *ip6;
	__be16 frag_off = 0;
	int offset;
	u8 proto;

	if (skb->protocol == htons(ETH_P_IP)) {
		if (ip_hdr(skb)->protocol != IPPROTO_TCP ||
		    ip_is_fragment(ip_hdr(skb)))
			return 0;
		return ip_hdrlen(skb);
	}
	ip6 = ipv6_hdr(skb);
	proto = ip6->nexthdr;
	if (proto == IPPROTO_TCP)
		return sizeof(*ip6);
	if (!ipv6_ext_hdr(proto))
		return 0;
	offset = ipv6_skip_exthdr(skb, sizeof(*ip6), &proto, &frag_off);
	return offset < 0 || proto != IPPROTO_TCP || frag_off ? 0 : offset;
}

/* The MSS option in the TCP header of @len bytes at @offset, NULL if none. */
static u8 *find_mss(struct sk_buff *skb, unsigned int offset, unsigned int len)
{
	u8 *opt = skb->data + offset + sizeof(struct tcphdr);
	u8 *end = skb->data + offset + len;

	while (opt < end) {
		if (*opt == TCPOPT_EOL)
			return NULL;
		if (*opt == TCPOPT_NOP) {
			opt++;
			continue;
		}
		if (end - opt < 2 || opt[1] < 2 || opt[1] > end - opt)
			return NULL;
		if (opt[0] == TCPOPT_MSS && opt[1] == TCPOLEN_MSS)
			return opt + 2;
		opt += opt[1];
	}
	return NULL;
}

/*
 * Replace the 16 bits at @opt. The option may begin at an odd offset, and then
 * its bytes are in two words of the checksum, each in the other place.
 */
static void replace_mss(struct sk_buff *skb, unsigned int offset, u8 *opt,
			u16 mss)
{
	struct tcphdr *tcp = (struct tcphdr *)(skb->data + offset);
	bool odd = (opt - (u8 *)tcp) & 1;
	u16 old = opt[0] << 8 | opt[1];

	opt[0] = mss >> 8;
	opt[1] = mss & 0xff;
	inet_proto_csum_replace2(&tcp->check, skb,
				 cpu_to_be16(odd ? swab16(old) : old),
				 cpu_to_be16(odd ? swab16(mss) : mss), false);
}

/**
 * ipv6tun_mss_offered() - whether a packet may carry an MSS option
 * @skb: an IPv4 or IPv6 packet, its IP header linear
 *
 * Context: any. Return: true for a TCP SYN.
 */
bool ipv6tun_mss_offered(const struct sk_buff *skb)
{
	unsigned int offset = tcp_offset(skb);
	const struct tcphdr *tcp;
	struct tcphdr buf;

	if (!offset)
		return false;
	tcp = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	return tcp && tcp->syn;
}

/**
 * ipv6tun_mss_clamp() - lower the MSS a TCP SYN offers to what fits
 * @skb: the SYN, its IP header linear
 * @mtu: of the way, as a packet of this family, bytes
 *
 * RFC 6691: the MSS counts neither IP nor TCP options.
 *
 * Context: any.
 */
void ipv6tun_mss_clamp(struct sk_buff *skb, u32 mtu)
{
	unsigned int offset = tcp_offset(skb);
	unsigned int len, headers;
	const struct tcphdr *tcp;
	struct tcphdr buf;
	u8 *opt;

	tcp = offset ? skb_header_pointer(skb, offset, sizeof(buf), &buf) :
		       NULL;
	if (!tcp)
		return;
	len = tcp->doff * 4;
	if (len < sizeof(*tcp) || skb_ensure_writable(skb, offset + len))
		return;
	opt = find_mss(skb, offset, len);
	if (!opt)
		return;
	headers = sizeof(*tcp) + (skb->protocol == htons(ETH_P_IPV6) ?
				  sizeof(struct ipv6hdr) :
				  sizeof(struct iphdr));
	if (mtu > headers && (opt[0] << 8 | opt[1]) > mtu - headers)
		replace_mss(skb, offset, opt, mtu - headers);
}
