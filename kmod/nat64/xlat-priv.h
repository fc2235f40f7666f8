/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What both directions of header translation share. Pure.
 */
#ifndef _IPV6TUN_NAT64_XLAT_PRIV_H
#define _IPV6TUN_NAT64_XLAT_PRIV_H

#include <linux/skbuff.h>
#include <net/checksum.h>
#include <net/ip6_checksum.h>

#include "xlat.h"

/**
 * struct nat64_diff - what a change of addresses does to checksums
 * @l4: new addresses less old ones, for protocols with a pseudo-header in both
 *	families
 * @icmp: what the pseudo-header adds to ICMPv6 and takes from ICMP, but for
 *	  the length
 */
struct nat64_diff {
	__wsum	l4;
	__wsum	icmp;
};

/* The sum of two IPv6 addresses; short code of the architecture does it. */
static inline __wsum nat64_xlat_sum6(const struct in6_addr *src,
				     const struct in6_addr *dst)
{
	return csum_unfold(~csum_ipv6_magic(src, dst, 0, 0, 0));
}

unsigned int nat64_xlat_gso(struct sk_buff *skb, const struct nat64_pkt *pkt);
bool nat64_xlat_summed(struct sk_buff *skb, const struct nat64_hdrs *h);
bool nat64_xlat_partial(const struct sk_buff *skb, const struct nat64_hdrs *h);
void nat64_xlat_l4(u8 *l4, unsigned int room, bool to6,
		   const struct nat64_hdrs *h, const struct nat64_ends *ends,
		   const struct nat64_diff *diff, bool partial);
void nat64_xlat_finish(struct sk_buff *skb, unsigned int hlen, __be16 proto);

#endif
