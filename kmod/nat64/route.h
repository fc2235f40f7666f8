/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the FIB says of the addresses on both sides.
 */
#ifndef _IPV6TUN_NAT64_ROUTE_H
#define _IPV6TUN_NAT64_ROUTE_H

#include <linux/types.h>

struct in6_addr;
struct net_device;

u32 nat64_route_mtu4(const struct net_device *dev, __be32 addr);
u32 nat64_route_mtu6(const struct net_device *dev, const struct in6_addr *addr);
bool nat64_route_returns4(const struct net_device *dev, __be32 addr);

#endif
