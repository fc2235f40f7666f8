// SPDX-License-Identifier: GPL-2.0
#include <linux/netdevice.h>
#include <net/dst.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>
#include <net/route.h>

#include "route.h"

/* The route, or an error pointer. */
static struct rtable *route4(const struct net_device *dev, __be32 addr)
{
	struct flowi4 fl4 = {
		.flowi4_oif = l3mdev_master_ifindex_rcu(dev),
		.daddr = addr,
	};

	return ip_route_output_key(dev_net(dev), &fl4);
}

/**
 * nat64_route_mtu4() - MTU of the next hop towards an IPv4 address
 * @dev: the device that translates; the address is looked up where it routes
 * @addr: the address, network byte order
 *
 * Context: RCU. Makes a route look-up, so for rare packets only.
 * Return: the MTU, bytes; 0 without a route.
 */
u32 nat64_route_mtu4(const struct net_device *dev, __be32 addr)
{
	struct rtable *rt = route4(dev, addr);
	u32 mtu;

	if (IS_ERR(rt))
		return 0;
	mtu = dst_mtu(&rt->dst);
	ip_rt_put(rt);
	return mtu;
}

/**
 * nat64_route_mtu6() - MTU of the next hop towards an IPv6 address
 * @dev: the device that translates; the address is looked up where it routes
 * @addr: the address
 *
 * Context: RCU. Makes a route look-up, so for rare packets only.
 * Return: the MTU, bytes; 0 without a route.
 */
u32 nat64_route_mtu6(const struct net_device *dev, const struct in6_addr *addr)
{
	struct flowi6 fl6 = {
		.flowi6_oif = l3mdev_master_ifindex_rcu(dev),
		.daddr = *addr,
	};
	struct dst_entry *dst = ip6_route_output(dev_net(dev), NULL, &fl6);
	u32 mtu = dst->error ? 0 : dst_mtu(dst);

	dst_release(dst);
	return mtu;
}

/**
 * nat64_route_returns4() - whether what is sent to an IPv4 address is translated
 * @dev: the device that translates
 * @addr: the address, network byte order
 *
 * Context: RCU. Makes a route look-up, so for addresses with an EAM entry only.
 * Return: true if its route leads to @dev: the address is one of an IPv6 host.
 */
bool nat64_route_returns4(const struct net_device *dev, __be32 addr)
{
	struct rtable *rt = route4(dev, addr);
	bool returns;

	if (IS_ERR(rt))
		return false;
	returns = rt->dst.dev == dev;
	ip_rt_put(rt);
	return returns;
}
