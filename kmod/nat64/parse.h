/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a packet is, as far as translation cares: where its headers lie, its
 * ports, and the packet inside an ICMP error. Pure.
 */
#ifndef _IPV6TUN_NAT64_PARSE_H
#define _IPV6TUN_NAT64_PARSE_H

#include <linux/types.h>

struct sk_buff;

/**
 * enum nat64_l4 - protocols that have BIB entries and sessions of their own
 * @NAT64_L4_TCP: TCP
 * @NAT64_L4_UDP: UDP
 * @NAT64_L4_ICMP: ICMP and ICMPv6 echo; the identifier is the port
 * @NAT64_L4_N: number of the above
 * @NAT64_L4_OTHER: anything else, translated without state only
 */
enum nat64_l4 {
	NAT64_L4_TCP,
	NAT64_L4_UDP,
	NAT64_L4_ICMP,
	NAT64_L4_N,
	NAT64_L4_OTHER = NAT64_L4_N,
};

/**
 * struct nat64_hdrs - one IP packet: the whole one, or that in an ICMP error
 * @l3: offset of the IP header from skb->data, bytes
 * @l4: offset of what follows the IP header and all extension headers
 * @fh: offset of the IPv6 Fragment header, 0 if there is none
 * @len: bytes from @l3 to the end the IP header tells; of the packet inside an
 *	 ICMP error more than what is there
 * @proto: protocol number of what is at @l4
 * @l4_kind: enum nat64_l4
 * @fragment: it is a part of a packet: offset or more-fragments set. Not
 *	      with an atomic fragment (RFC 6946).
 * @first: it has the L4 header: offset 0
 * @mf: more fragments follow
 * @df: IPv4 don't-fragment
 * @joined: fragments were put together to make it; not the parser's to know
 * @frag_off: offset of the fragment, bytes
 * @ident: fragment identification, IPv4 in the low 16 bits, host byte order
 * @has_ports: @sport and @dport are meaningful
 * @error: an ICMP error, which has a packet inside
 * @sport: source port; of an echo the identifier, as @dport. Network byte order.
 * @dport: destination port
 */
struct nat64_hdrs {
	u16		l3;
	u16		l4;
	u16		fh;
	u32		len;
	u8		proto;
	u8		l4_kind;
	bool		fragment;
	bool		first;
	bool		mf;
	bool		df;
	bool		joined;
	u16		frag_off;
	u32		ident;
	bool		has_ports;
	bool		error;
	__be16		sport;
	__be16		dport;
};

/**
 * struct nat64_pkt - a packet taken apart
 * @is6: IPv6, else IPv4
 * @out: the packet itself; @out.l3 is 0
 * @in: the packet inside, if @out.error
 */
struct nat64_pkt {
	bool			is6;
	struct nat64_hdrs	out;
	struct nat64_hdrs	in;
};

/* Length of the header of an ICMP or ICMPv6 error, before the packet inside. */
#define NAT64_ERROR_HLEN	8
/* With extensions the packet inside an ICMP error has no less: RFC 4884, 4.1 to 4.6. */
#define NAT64_QUOTED_LEAST	128u

unsigned int nat64_parse(struct sk_buff *skb, bool is6, struct nat64_pkt *pkt);
unsigned int nat64_parse_quoted(const struct sk_buff *skb,
				const struct nat64_pkt *pkt);

#endif
