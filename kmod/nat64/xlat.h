/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Header translation (RFC 7915): turns a packet of one family into one of the
 * other, given what its addresses and ports become. Knows no state and no
 * configuration but what it is handed. Pure.
 */
#ifndef _IPV6TUN_NAT64_XLAT_H
#define _IPV6TUN_NAT64_XLAT_H

#include <linux/in6.h>
#include <linux/types.h>

#include "parse.h"

struct sk_buff;
struct sk_buff_head;

/**
 * struct nat64_ends - what source and destination of a packet become
 * @src6: IPv6 source, when translating to IPv6
 * @dst6: IPv6 destination, when translating to IPv6
 * @src4: IPv4 source, when translating to IPv4
 * @dst4: IPv4 destination, when translating to IPv4
 * @ports: @sport and @dport replace those of the packet; else they stay
 * @sport: source port, or echo identifier, network byte order
 * @dport: destination port; of an echo the same as @sport
 */
struct nat64_ends {
	union {
		struct {
			struct in6_addr	src6;
			struct in6_addr	dst6;
		};
		struct {
			__be32		src4;
			__be32		dst4;
		};
	};
	bool	ports;
	__be16	sport;
	__be16	dport;
};

/**
 * struct nat64_xlat_cfg - how to translate
 * @lowest_mtu: IPv6 packets made of IPv4 packets without DF get no longer than
 *		this, bytes, at least 1280 (RFC 7915, section 4)
 * @udp_zero_compute: compute the checksum of IPv4 UDP packets that have none,
 *		      else drop them (section 4.5)
 * @mtu6: MTU towards IPv6 of the translator, bounds the MTU told in ICMPv6
 *	  Packet Too Big, bytes (section 4.2); 0 if not known
 * @mtu4: the same towards IPv4, for Fragmentation Needed (section 5.2)
 */
struct nat64_xlat_cfg {
	u16	lowest_mtu;
	bool	udp_zero_compute;
	u32	mtu6;
	u32	mtu4;
};

unsigned int nat64_xlat_64(struct sk_buff *skb, const struct nat64_pkt *pkt,
			   const struct nat64_ends *out,
			   const struct nat64_ends *in,
			   const struct nat64_xlat_cfg *cfg);
unsigned int nat64_xlat_46(struct sk_buff *skb, const struct nat64_pkt *pkt,
			   const struct nat64_ends *out,
			   const struct nat64_ends *in,
			   const struct nat64_xlat_cfg *cfg,
			   struct sk_buff_head *parts);

#endif
