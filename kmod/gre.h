/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The GRE header, RFC 2784 with the key and sequence number of RFC 2890.
 *
 * Pure logic: bytes in, fields out.
 */
#ifndef _IPV6TUN_GRE_H
#define _IPV6TUN_GRE_H

#include <linux/types.h>

/* Flags and protocol, the part every GRE header has. */
#define IPV6TUN_GRE_BASE_LEN	4
/* Base, checksum, key and sequence number: the longest header we accept. */
#define IPV6TUN_GRE_MAX_LEN	16

/**
 * struct ipv6tun_gre - a parsed GRE header
 * @proto: protocol type of the payload, an Ethertype
 * @key: the key, valid if @has_key
 * @has_csum: checksum present
 * @has_key: key present
 * @hlen: bytes of the header, also set when more bytes are needed
 */
struct ipv6tun_gre {
	__be16	proto;
	__be32	key;
	bool	has_csum;
	bool	has_key;
	u8	hlen;
};

int ipv6tun_gre_parse(const void *data, unsigned int len,
		      struct ipv6tun_gre *gre);
unsigned int ipv6tun_gre_hlen(bool csum, bool key);

#endif
