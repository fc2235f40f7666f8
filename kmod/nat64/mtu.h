/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the links beyond the translator take.
 */
#ifndef _IPV6TUN_NAT64_MTU_H
#define _IPV6TUN_NAT64_MTU_H

#include <linux/types.h>

struct in6_addr;
struct net_device;

u32 nat64_mtu_4(const struct net_device *dev, __be32 addr);
u32 nat64_mtu_6(const struct net_device *dev, const struct in6_addr *addr);

#endif
