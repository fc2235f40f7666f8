// SPDX-License-Identifier: GPL-2.0
/*
 * IPv6 routers do not cut packets and a sender of IPv4 without DF does not
 * listen to ICMP: the translator has to cut. RFC 7915, section 4.
 */
#include <linux/err.h>
#include <linux/ipv6.h>
#include <linux/ipv6tun.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/ipv6.h>

#include "frag.h"

/**
 * nat64_frag_cut() - cut an IPv6 packet
 * @skb: the packet, an IPv6 header without extension headers; consumed if cut
 * @h: the IPv4 packet it was, which may be a fragment itself: the parts then
 *     take its place
 * @mtu: most bytes of a part, at least 1280
 * @parts: empty; gets the parts, in order
 *
 * Context: any.
 * Return: 0, or an IPV6TUN_A_DROPS_NAT64_*: @skb is then the caller's and
 * @parts empty.
 */
unsigned int nat64_frag_cut(struct sk_buff *skb, const struct nat64_hdrs *h,
			    unsigned int mtu, struct sk_buff_head *parts)
{
	const unsigned int hlen = sizeof(struct ipv6hdr);
	struct ipv6hdr *ip6 = ipv6_hdr(skb);
	struct ip6_frag_state state;
	struct frag_hdr *fh;
	struct sk_buff *part;

	ip6_frag_init(skb, hlen, mtu - hlen - sizeof(struct frag_hdr), 0,
		      LL_MAX_HEADER, &ip6->nexthdr, ip6->nexthdr,
		      htonl(h->ident), &state);
	state.offset = h->frag_off;
	do {
		part = ip6_frag_next(skb, &state);
		if (IS_ERR(part)) {
			__skb_queue_purge(parts);
			return IPV6TUN_A_DROPS_NAT64_NO_MEMORY;
		}
		__skb_queue_tail(parts, part);
	} while (state.left);
	if (h->mf) {
		fh = (struct frag_hdr *)(skb_network_header(part) + hlen);
		fh->frag_off |= htons(IP6_MF);
	}
	consume_skb(skb);
	return 0;
}
