/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What ICMP and ICMPv6 messages become in the other family (RFC 7915, sections
 * 4.2 and 5.2). Numbers only. Pure.
 */
#ifndef _IPV6TUN_NAT64_ICMP_H
#define _IPV6TUN_NAT64_ICMP_H

#include <linux/types.h>

/**
 * struct nat64_icmp - the part of an ICMP or ICMPv6 message that is mapped
 * @type: type
 * @code: code
 * @pointer: of a Parameter Problem: offset in the packet it complains about,
 *	     bytes
 * @mtu: of Packet Too Big or Fragmentation Needed, bytes
 */
struct nat64_icmp {
	u8	type;
	u8	code;
	u32	pointer;
	u32	mtu;
};

/**
 * struct nat64_icmp_mtu - what the MTU of an error depends on besides itself
 * @mtu6: MTU towards IPv6, bytes, 0 if not known
 * @mtu4: MTU towards IPv4, bytes, 0 if not known
 * @len: length of the packet complained about, as its header says, bytes
 * @frag: bytes of its IPv6 Fragment header, which an IPv4 fragment has not
 */
struct nat64_icmp_mtu {
	u32	mtu6;
	u32	mtu4;
	u32	len;
	u32	frag;
};

bool nat64_icmp_known4(u8 type, bool *error);
bool nat64_icmp_known6(u8 type, bool *error);
u8 nat64_icmp_echo_64(u8 type);
u8 nat64_icmp_echo_46(u8 type);
bool nat64_icmp_error_64(struct nat64_icmp *icmp,
			 const struct nat64_icmp_mtu *mtu);
bool nat64_icmp_error_46(struct nat64_icmp *icmp,
			 const struct nat64_icmp_mtu *mtu);
bool nat64_icmp_extensible4(u8 type);
bool nat64_icmp_extensible6(u8 type);

#endif
