/* SPDX-License-Identifier: GPL-2.0 */
/*
 * IPv4 addresses inside IPv6 addresses (RFC 6052). Pure.
 */
#ifndef _IPV6TUN_NAT64_ADDR_H
#define _IPV6TUN_NAT64_ADDR_H

#include <linux/in6.h>
#include <linux/types.h>
#include <net/ipv6.h>

/**
 * struct nat64_prefix6 - an IPv6 prefix
 * @addr: the prefix, its host bits zero
 * @len: bits
 */
struct nat64_prefix6 {
	struct in6_addr	addr;
	u8		len;
};

/**
 * struct nat64_prefix4 - an IPv4 prefix
 * @addr: the prefix, its host bits zero, network byte order
 * @len: bits
 */
struct nat64_prefix4 {
	__be32	addr;
	u8	len;
};

/**
 * nat64_addr_in6() - is an address in a prefix?
 * @prefix: the prefix, of any length
 * @addr: the address
 *
 * Context: any.
 * Return: true if so.
 */
static inline bool nat64_addr_in6(const struct nat64_prefix6 *prefix,
				  const struct in6_addr *addr)
{
	return ipv6_prefix_equal(&prefix->addr, addr, prefix->len);
}

/**
 * nat64_addr_same6() - are two prefixes the same?
 * @a: one
 * @b: the other
 *
 * Context: any.
 * Return: true if so.
 */
static inline bool nat64_addr_same6(const struct nat64_prefix6 *a,
				    const struct nat64_prefix6 *b)
{
	return a->len == b->len && ipv6_addr_equal(&a->addr, &b->addr);
}

bool nat64_addr_prefix_ok(const struct nat64_prefix6 *prefix);
bool nat64_addr_prefix_well_known(const struct nat64_prefix6 *prefix);
bool nat64_addr_in4(const struct nat64_prefix4 *prefix, __be32 addr);
bool nat64_addr_extract(const struct nat64_prefix6 *prefix,
			const struct in6_addr *addr, __be32 *addr4);
void nat64_addr_embed(const struct nat64_prefix6 *prefix, __be32 addr4,
		      struct in6_addr *addr);
bool nat64_addr_translatable4(__be32 addr);
bool nat64_addr_global4(__be32 addr);

#endif
