// SPDX-License-Identifier: GPL-2.0
/*
 * IPv4 to IPv6: RFC 7915, section 4.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/ipv6tun.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>

#include "error.h"
#include "frag.h"
#include "icmp.h"
#include "xlat-priv.h"

/* Most an ICMPv6 error may have: RFC 4443, 2.4. */
#define ERROR_MAX6	1280

/**
 * struct ip6 - the IPv6 header to be
 * @payload_len: bytes
 * @tos: traffic class
 * @ttl: hop limit
 */
struct ip6 {
	u16	payload_len;
	u8	tos;
	u8	ttl;
};

static unsigned int header_len(const struct nat64_hdrs *h)
{
	return sizeof(struct ipv6hdr) +
	       (h->fragment ? sizeof(struct frag_hdr) : 0);
}

/* @at: header_len() bytes */
static void write_ip6(void *at, const struct ip6 *ip,
		      const struct nat64_hdrs *h,
		      const struct nat64_ends *ends)
{
	u8 proto = h->proto == IPPROTO_ICMP ? IPPROTO_ICMPV6 : h->proto;
	struct ipv6hdr *ip6 = at;
	struct frag_hdr *fh;

	ip6_flow_hdr(ip6, ip->tos, 0);
	ip6->payload_len = htons(ip->payload_len);
	ip6->hop_limit = ip->ttl;
	ip6->nexthdr = proto;
	ip6->saddr = ends->src6;
	ip6->daddr = ends->dst6;
	if (likely(!h->fragment))
		return;

	ip6->nexthdr = NEXTHDR_FRAGMENT;
	fh = (struct frag_hdr *)(ip6 + 1);
	fh->nexthdr = proto;
	fh->reserved = 0;
	fh->frag_off = htons(h->frag_off | (h->mf ? IP6_MF : 0));
	fh->identification = htonl(h->ident);
}

/* From the addresses @saddr and @daddr to @ends. */
static void diff_46(const struct iphdr *iph, const struct nat64_ends *ends,
		    struct nat64_diff *diff)
{
	__wsum new = nat64_xlat_sum6(&ends->src6, &ends->dst6);

	diff->l4 = csum_sub(new, csum_add((__force __wsum)iph->saddr,
					  (__force __wsum)iph->daddr));
	diff->icmp = csum_add(new, (__force __wsum)htonl(IPPROTO_ICMPV6));
}

/* IPv6 wants a checksum: RFC 7915, 4.5. The addresses are still the old ones. */
static unsigned int sum_udp(struct sk_buff *skb, const struct nat64_hdrs *h,
			    const struct nat64_xlat_cfg *cfg)
{
	const struct iphdr *iph;
	struct udphdr *uh;
	unsigned int len;
	__wsum sum;

	/* Only the whole packet tells the sum. */
	if (!cfg->udp_zero_compute || h->fragment || skb_is_gso(skb))
		return IPV6TUN_A_DROPS_NAT64_UDP_ZERO;
	/* A packet inside a tunnel gets its own checksum first. */
	if (skb->ip_summed == CHECKSUM_PARTIAL && skb_checksum_help(skb))
		return IPV6TUN_A_DROPS_NAT64_NO_MEMORY;
	iph = (const struct iphdr *)skb->data;
	uh = (struct udphdr *)(skb->data + h->l4);
	len = ntohs(uh->len);
	if (len < sizeof(*uh) || len > skb->len - h->l4)
		return IPV6TUN_A_DROPS_NAT64_TRUNCATED;
	sum = skb_checksum(skb, h->l4, len, 0);
	uh->check = csum_tcpudp_magic(iph->saddr, iph->daddr, len, IPPROTO_UDP,
				      sum);
	if (!uh->check)
		uh->check = CSUM_MANGLED_0;
	return 0;
}

static bool lacks_sum(const struct sk_buff *skb, const struct nat64_hdrs *h)
{
	return h->l4_kind == NAT64_L4_UDP && h->has_ports &&
	       !((const struct udphdr *)(skb->data + h->l4))->check &&
	       !nat64_xlat_partial(skb, h);
}

/* Without DF routers may cut, and IPv6 ones do not: RFC 7915, 4. */
static bool too_long(const struct sk_buff *skb, const struct nat64_hdrs *h,
		     const struct nat64_xlat_cfg *cfg)
{
	return !h->df && !skb_is_gso(skb) &&
	       h->len - h->l4 + header_len(h) > cfg->lowest_mtu;
}

static unsigned int plain_46(struct sk_buff *skb, const struct nat64_hdrs *h,
			     const struct nat64_ends *out,
			     const struct nat64_xlat_cfg *cfg)
{
	const unsigned int hlen = header_len(h);
	const struct iphdr *iph;
	struct nat64_diff diff;
	unsigned int reason;
	struct ip6 ip;

	/* Its checksum would cover a length that only the whole packet tells. */
	if (unlikely(h->fragment && h->l4_kind == NAT64_L4_ICMP))
		return IPV6TUN_A_DROPS_NAT64_FRAGMENT;
	if (unlikely(h->len - h->l4 + hlen > sizeof(struct ipv6hdr) + U16_MAX))
		return IPV6TUN_A_DROPS_NAT64_TRUNCATED;
	if (unlikely(!nat64_xlat_summed(skb, h)))
		return IPV6TUN_A_DROPS_NAT64_NO_MEMORY;
	if (unlikely(lacks_sum(skb, h))) {
		reason = sum_udp(skb, h, cfg);
		if (reason)
			return reason;
	}

	iph = (const struct iphdr *)skb->data;
	ip.payload_len = h->len - h->l4 + hlen - sizeof(struct ipv6hdr);
	ip.tos = iph->tos;
	ip.ttl = iph->ttl;
	diff_46(iph, out, &diff);
	nat64_xlat_l4(skb->data + h->l4, skb->len - h->l4, true, h, out, &diff,
		      nat64_xlat_partial(skb, h));

	__skb_pull(skb, h->l4);
	__skb_push(skb, hlen);
	nat64_xlat_finish(skb, hlen, htons(ETH_P_IPV6));
	write_ip6(skb->data, &ip, h, out);
	return 0;
}

/* Translated as if it were whole, for the parts get their own headers. */
static unsigned int parts_46(struct sk_buff *skb, const struct nat64_hdrs *h,
			     const struct nat64_ends *out,
			     const struct nat64_xlat_cfg *cfg,
			     struct sk_buff_head *parts)
{
	struct nat64_hdrs whole = *h;
	unsigned int reason;

	if (h->fragment && h->l4_kind == NAT64_L4_ICMP)
		return IPV6TUN_A_DROPS_NAT64_FRAGMENT;
	/* No part can have the rest of a partial checksum. */
	if (skb->ip_summed == CHECKSUM_PARTIAL && skb_checksum_help(skb))
		return IPV6TUN_A_DROPS_NAT64_NO_MEMORY;
	if (h->fragment && lacks_sum(skb, h))
		return IPV6TUN_A_DROPS_NAT64_UDP_ZERO;
	whole.fragment = false;
	reason = plain_46(skb, &whole, out, cfg);
	if (reason)
		return reason;
	return nat64_frag_cut(skb, h, cfg->lowest_mtu, parts);
}

static void quoted_46(const struct sk_buff *skb, const struct nat64_hdrs *h,
		      struct ip6 *ip)
{
	const struct iphdr *iph = (const struct iphdr *)(skb->data + h->l3);

	ip->payload_len = h->l3 + h->len - h->l4 + header_len(h) -
			  sizeof(struct ipv6hdr);
	ip->tos = iph->tos;
	ip->ttl = iph->ttl;
}

static void icmp_46(u8 *at, const struct nat64_icmp *icmp, u8 length)
{
	struct icmp6hdr *icmp6 = (struct icmp6hdr *)at;

	memset(icmp6, 0, sizeof(*icmp6));
	icmp6->icmp6_type = icmp->type;
	icmp6->icmp6_code = icmp->code;
	switch (icmp->type) {
	case ICMPV6_PKT_TOOBIG:
		icmp6->icmp6_mtu = htonl(icmp->mtu);
		break;
	case ICMPV6_PARAMPROB:
		icmp6->icmp6_pointer = htonl(icmp->pointer);
		break;
	default:
		at[4] = length;
		break;
	}
}

static unsigned int error_46(struct sk_buff *skb,
			     const struct nat64_pkt *pkt,
			     const struct nat64_ends *out,
			     const struct nat64_ends *in,
			     const struct nat64_xlat_cfg *cfg)
{
	const unsigned int hlen = sizeof(struct ipv6hdr);
	const struct nat64_icmp_mtu mtu = {
		.mtu6 = cfg->mtu6,
		.mtu4 = cfg->mtu4,
		.len = pkt->in.len,
	};
	struct nat64_frame frame = {
		.hlen = hlen,
		.quoted_hlen = header_len(&pkt->in),
		.limit = ERROR_MAX6,
	};
	const struct icmphdr *icmph;
	struct nat64_layout layout;
	const struct iphdr *iph;
	struct icmp6hdr *icmp6;
	struct nat64_icmp icmp;
	struct nat64_diff diff;
	struct ip6 ip, quoted;
	unsigned int reason;
	__sum16 fault;
	__wsum sum;

	reason = nat64_error_sum(skb, pkt, &fault);
	if (reason)
		return reason;
	icmph = (const struct icmphdr *)(skb->data + pkt->out.l4);
	icmp = (struct nat64_icmp){
		.type = icmph->type,
		.code = icmph->code,
		.pointer = ntohl(icmph->un.gateway) >> 24,
		.mtu = ntohs(icmph->un.frag.mtu),
	};
	if (!nat64_icmp_error_46(&icmp, &mtu))
		return IPV6TUN_A_DROPS_NAT64_ICMP_TYPE;
	quoted_46(skb, &pkt->in, &quoted);
	iph = (const struct iphdr *)skb->data;
	ip.tos = iph->tos;
	ip.ttl = iph->ttl;
	iph = (const struct iphdr *)(skb->data + pkt->in.l3);
	diff_46(iph, in, &diff);

	if (nat64_icmp_extensible6(icmp.type))
		frame.unit = 8;
	reason = nat64_error_reframe(skb, pkt, &frame, &layout);
	if (reason)
		return reason;

	icmp6 = (struct icmp6hdr *)(skb->data + hlen);
	nat64_xlat_l4((u8 *)(icmp6 + 1) + frame.quoted_hlen, layout.body, true,
		      &pkt->in, in, &diff, false);
	write_ip6(icmp6 + 1, &quoted, &pkt->in, in);
	icmp_46((u8 *)icmp6, &icmp, layout.length);

	nat64_xlat_finish(skb, hlen, htons(ETH_P_IPV6));
	ip.payload_len = skb->len - hlen;
	write_ip6(skb->data, &ip, &pkt->out, out);
	sum = csum_partial(icmp6, ip.payload_len, 0);
	icmp6->icmp6_cksum = csum_ipv6_magic(&out->src6, &out->dst6,
					     ip.payload_len, IPPROTO_ICMPV6,
					     sum);
	icmp6->icmp6_cksum = nat64_error_spoil(icmp6->icmp6_cksum, fault);
	return 0;
}

/**
 * nat64_xlat_46() - turn an IPv4 packet into an IPv6 packet
 * @skb: the packet, skb->data at its IP header; becomes the IPv6 packet, with
 *	 skb->data, network and transport header there
 * @pkt: its headers, from nat64_parse()
 * @out: its new addresses and ports
 * @in: those of the packet inside, if it is an ICMP error
 * @cfg: settings
 * @parts: empty; gets the fragments, in order, if the packet had to be cut: it
 *	   is then consumed
 *
 * The time to live stays: forwarding to and from the device lowers it. A packet
 * to be segmented is never cut. RFC 7915, section 4.
 *
 * Context: any.
 * Return: 0, or an IPV6TUN_A_DROPS_NAT64_*; the packet is then still the
 * caller's, and of no further use, and @parts empty.
 */
unsigned int nat64_xlat_46(struct sk_buff *skb, const struct nat64_pkt *pkt,
			   const struct nat64_ends *out,
			   const struct nat64_ends *in,
			   const struct nat64_xlat_cfg *cfg,
			   struct sk_buff_head *parts)
{
	const struct nat64_hdrs *h = &pkt->out;
	unsigned int hlen = header_len(h);
	unsigned int reason;

	if (unlikely(h->error))
		return error_46(skb, pkt, out, in, cfg);
	if (unlikely(skb_cow_head(skb, hlen > h->l4 ? hlen - h->l4 : 0)))
		return IPV6TUN_A_DROPS_NAT64_NO_MEMORY;
	reason = nat64_xlat_gso(skb, pkt);
	if (unlikely(reason))
		return reason;
	if (unlikely(too_long(skb, h, cfg)))
		return parts_46(skb, h, out, cfg, parts);
	return plain_46(skb, h, out, cfg);
}
