/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Explicit address mappings (RFC 7757): which IPv6 prefix is which IPv4 prefix,
 * the longest match first. Pure.
 */
#ifndef _IPV6TUN_NAT64_EAM_H
#define _IPV6TUN_NAT64_EAM_H

#include <linux/in6.h>
#include <linux/types.h>

struct nat64_eam;
struct nat64_eam_table;

struct nat64_eam_table *nat64_eam_make(const struct nat64_eam *eams,
				       unsigned int n);
void nat64_eam_free(struct nat64_eam_table *table);
bool nat64_eam_64(const struct nat64_eam_table *table,
		  const struct in6_addr *addr6, __be32 *addr4);
bool nat64_eam_46(const struct nat64_eam_table *table, __be32 addr4,
		  struct in6_addr *addr6);

#endif
