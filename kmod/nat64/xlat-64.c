// SPDX-License-Identifier: GPL-2.0
/*
 * IPv6 to IPv4: RFC 7915, section 5.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/ipv6tun.h>
#include <linux/random.h>
#include <linux/skbuff.h>
#include <net/gso.h>
#include <net/dsfield.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "error.h"
#include "icmp.h"
#include "xlat-priv.h"

/* IPv4 length of the longest packet that every IPv6 path takes. */
#define LEAST_MTU4	1260

/* Most an ICMP error should have: RFC 1812, 4.3.2.3. */
#define ERROR_MAX4	576

/**
 * struct ip4 - the IPv4 header to be
 * @tot_len: bytes
 * @ident: identification, host byte order
 * @frag_off: flags and offset, network byte order
 * @tos: type of service
 * @ttl: time to live
 * @proto: protocol
 */
struct ip4 {
	u16	tot_len;
	u16	ident;
	__be16	frag_off;
	u8	tos;
	u8	ttl;
	u8	proto;
};

/* RFC 7915, 5.1.1: as the Fragment header has it; routers may fragment on. */
static void set_fragment(struct ip4 *ip, const struct nat64_hdrs *h)
{
	ip->ident = h->ident;
	ip->frag_off = htons(h->frag_off / 8 | (h->mf ? IP_MF : 0));
}

/* Whether the packet, in segments if it is to be cut, is longer than that. */
static bool longer_than_least(const struct sk_buff *skb, unsigned int len)
{
	if (unlikely(skb_is_gso(skb)))
		return !skb_gso_validate_network_len(skb, LEAST_MTU4);
	return len > LEAST_MTU4;
}

/*
 * RFC 7915, 5.1. What is longer than 1260 bytes learns the path MTU as IPv6
 * does. What is not longer might have to cross an IPv4 link narrower than any
 * of IPv6, about which its sender would not hear: it may be fragmented, as may
 * what was sent in fragments, and needs an identification. A random one needs no
 * state shared by CPUs.
 */
static void set_whole(struct ip4 *ip, bool df)
{
	ip->ident = df ? 0 : get_random_u16();
	ip->frag_off = df ? htons(IP_DF) : 0;
}

static void write_ip4(void *at, const struct ip4 *ip,
		      const struct nat64_ends *ends)
{
	struct iphdr *iph = at;

	iph->version = 4;
	iph->ihl = sizeof(*iph) / 4;
	iph->tos = ip->tos;
	iph->tot_len = htons(ip->tot_len);
	iph->id = htons(ip->ident);
	iph->frag_off = ip->frag_off;
	iph->ttl = ip->ttl;
	iph->protocol = ip->proto == IPPROTO_ICMPV6 ? IPPROTO_ICMP : ip->proto;
	iph->saddr = ends->src4;
	iph->daddr = ends->dst4;
	ip_send_check(iph);
}

/* From the IPv6 header at @ip6 to @ends. */
static void diff_64(const struct ipv6hdr *ip6, const struct nat64_ends *ends,
		    struct nat64_diff *diff)
{
	__wsum old = nat64_xlat_sum6(&ip6->saddr, &ip6->daddr);

	diff->l4 = csum_sub(csum_add((__force __wsum)ends->src4,
				     (__force __wsum)ends->dst4), old);
	diff->icmp = csum_sub(0, csum_add(old, (__force __wsum)
					 htonl(IPPROTO_ICMPV6)));
}

static unsigned int plain_64(struct sk_buff *skb, const struct nat64_hdrs *h,
			     const struct nat64_ends *out)
{
	const unsigned int hlen = sizeof(struct iphdr);
	const struct ipv6hdr *ip6;
	struct nat64_diff diff;
	struct ip4 ip;

	/* Its checksum covers a length that only the whole packet tells. */
	if (unlikely(h->fragment && h->l4_kind == NAT64_L4_ICMP))
		return IPV6TUN_A_DROPS_NAT64_FRAGMENT;
	if (unlikely(h->len - h->l4 + hlen > IP_MAX_MTU))
		return IPV6TUN_A_DROPS_NAT64_TRUNCATED;
	if (unlikely(!nat64_xlat_summed(skb, h)))
		return IPV6TUN_A_DROPS_NAT64_NO_MEMORY;

	ip6 = (const struct ipv6hdr *)skb->data;
	ip.tot_len = h->len - h->l4 + hlen;
	ip.tos = ipv6_get_dsfield(ip6);
	ip.ttl = ip6->hop_limit;
	ip.proto = h->proto;
	diff_64(ip6, out, &diff);
	nat64_xlat_l4(skb->data + h->l4, skb->len - h->l4, false, h, out,
		      &diff, nat64_xlat_partial(skb, h));

	__skb_pull(skb, h->l4 - hlen);
	nat64_xlat_finish(skb, hlen, htons(ETH_P_IP));
	if (unlikely(h->fh))
		set_fragment(&ip, h);
	else
		set_whole(&ip,
			  !h->joined && longer_than_least(skb, ip.tot_len));
	write_ip4(skb->data, &ip, out);
	return 0;
}

/*
 * The header of the packet inside. It was made of an IPv4 header of which the
 * identification is lost, unless it was a fragment.
 */
static bool quoted_64(const struct sk_buff *skb, const struct nat64_hdrs *h,
		      struct ip4 *ip)
{
	const struct ipv6hdr *ip6 =
		(const struct ipv6hdr *)(skb->data + h->l3);
	unsigned int len = h->l3 + h->len - h->l4 + sizeof(struct iphdr);

	if (len > IP_MAX_MTU)
		return false;
	*ip = (struct ip4){
		.tot_len = len,
		.tos = ipv6_get_dsfield(ip6),
		.ttl = ip6->hop_limit,
		.proto = h->proto,
	};
	if (h->fh)
		set_fragment(ip, h);
	else if (len > LEAST_MTU4)
		ip->frag_off = htons(IP_DF);
	return true;
}

static void icmp_64(u8 *at, const struct nat64_icmp *icmp, u8 length)
{
	struct icmphdr *icmph = (struct icmphdr *)at;

	memset(icmph, 0, sizeof(*icmph));
	icmph->type = icmp->type;
	icmph->code = icmp->code;
	if (icmp->type == ICMP_PARAMETERPROB)
		at[4] = icmp->pointer;
	at[5] = length;
	if (icmp->type == ICMP_DEST_UNREACH && icmp->code == ICMP_FRAG_NEEDED)
		icmph->un.frag.mtu = htons(icmp->mtu);
}

static unsigned int error_64(struct sk_buff *skb,
			     const struct nat64_pkt *pkt,
			     const struct nat64_ends *out,
			     const struct nat64_ends *in,
			     const struct nat64_xlat_cfg *cfg)
{
	const unsigned int hlen = sizeof(struct iphdr);
	const struct nat64_icmp_mtu mtu = {
		.mtu6 = cfg->mtu6,
		.mtu4 = cfg->mtu4,
		.len = pkt->in.len,
		.frag = pkt->in.fh ? sizeof(struct frag_hdr) : 0,
	};
	struct nat64_frame frame = {
		.hlen = hlen,
		.quoted_hlen = hlen,
		.limit = ERROR_MAX4,
	};
	const struct icmp6hdr *icmp6;
	struct nat64_layout layout;
	const struct ipv6hdr *ip6;
	struct nat64_icmp icmp;
	struct nat64_diff diff;
	struct icmphdr *icmph;
	struct ip4 ip, quoted;
	unsigned int reason;
	__sum16 fault;

	reason = nat64_error_sum(skb, pkt, &fault);
	if (reason)
		return reason;
	icmp6 = (const struct icmp6hdr *)(skb->data + pkt->out.l4);
	icmp = (struct nat64_icmp){
		.type = icmp6->icmp6_type,
		.code = icmp6->icmp6_code,
		.pointer = ntohl(icmp6->icmp6_pointer),
		.mtu = ntohl(icmp6->icmp6_mtu),
	};
	if (!nat64_icmp_error_64(&icmp, &mtu))
		return IPV6TUN_A_DROPS_NAT64_ICMP_TYPE;
	if (!quoted_64(skb, &pkt->in, &quoted))
		return IPV6TUN_A_DROPS_NAT64_TRUNCATED;
	ip6 = (const struct ipv6hdr *)skb->data;
	ip.tos = ipv6_get_dsfield(ip6);
	ip.ttl = ip6->hop_limit;
	ip.proto = pkt->out.proto;
	ip6 = (const struct ipv6hdr *)(skb->data + pkt->in.l3);
	diff_64(ip6, in, &diff);

	if (nat64_icmp_extensible4(icmp.type))
		frame.unit = 4;
	reason = nat64_error_reframe(skb, pkt, &frame, &layout);
	if (reason)
		return reason;

	icmph = (struct icmphdr *)(skb->data + hlen);
	nat64_xlat_l4((u8 *)(icmph + 1) + hlen, layout.body, false, &pkt->in,
		      in, &diff, false);
	write_ip4(icmph + 1, &quoted, in);
	icmp_64((u8 *)icmph, &icmp, layout.length);
	icmph->checksum = csum_fold(csum_partial(icmph, skb->len - hlen, 0));
	icmph->checksum = nat64_error_spoil(icmph->checksum, fault);

	nat64_xlat_finish(skb, hlen, htons(ETH_P_IP));
	ip.tot_len = skb->len;
	if (pkt->out.fh)
		set_fragment(&ip, &pkt->out);
	else
		set_whole(&ip, false);
	write_ip4(skb->data, &ip, out);
	return 0;
}

/**
 * nat64_xlat_64() - turn an IPv6 packet into an IPv4 packet
 * @skb: the packet, skb->data at its IP header; becomes the IPv4 packet, with
 *	 skb->data, network and transport header there
 * @pkt: its headers, from nat64_parse()
 * @out: its new addresses and ports
 * @in: those of the packet inside, if it is an ICMP error
 * @cfg: settings
 *
 * The hop limit stays: forwarding to and from the device lowers it. RFC 7915,
 * section 5.
 *
 * Context: any.
 * Return: 0, or an IPV6TUN_A_DROPS_NAT64_*; the packet is then still the
 * caller's, and of no further use.
 */
unsigned int nat64_xlat_64(struct sk_buff *skb, const struct nat64_pkt *pkt,
			   const struct nat64_ends *out,
			   const struct nat64_ends *in,
			   const struct nat64_xlat_cfg *cfg)
{
	unsigned int reason;

	if (unlikely(pkt->out.error))
		return error_64(skb, pkt, out, in, cfg);
	if (unlikely(skb_cow_head(skb, 0)))
		return IPV6TUN_A_DROPS_NAT64_NO_MEMORY;
	reason = nat64_xlat_gso(skb, pkt);
	if (unlikely(reason))
		return reason;
	return plain_64(skb, &pkt->out, out);
}
