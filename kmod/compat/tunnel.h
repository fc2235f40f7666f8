/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kernel differences in the IP tunnel helpers.
 */
#ifndef _IPV6TUN_COMPAT_TUNNEL_H
#define _IPV6TUN_COMPAT_TUNNEL_H

#include <linux/version.h>
#include <net/gre.h>
#include <net/ip6_tunnel.h>
#include <net/ip_tunnels.h>

/* 6.10 turned the GRE flags from a __be16 into a bitmap. */
static inline void compat_gre_build_header(struct sk_buff *skb, int hlen,
					   bool csum, bool has_key,
					   __be16 proto, __be32 key)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
	__be16 flags = 0;

	if (csum)
		flags |= TUNNEL_CSUM;
	if (has_key)
		flags |= TUNNEL_KEY;
#else
	IP_TUNNEL_DECLARE_FLAGS(flags) = { };

	if (csum)
		__set_bit(IP_TUNNEL_CSUM_BIT, flags);
	if (has_key)
		__set_bit(IP_TUNNEL_KEY_BIT, flags);
#endif
	gre_build_header(skb, hlen, flags, proto, key, 0);
}

/* 6.18 added the initial flags of the control block. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
#define compat_iptunnel_xmit(rt, skb, src, dst, proto, tos, ttl, df, xnet) \
	iptunnel_xmit(NULL, rt, skb, src, dst, proto, tos, ttl, df, xnet)
#define compat_ip6tunnel_xmit(skb, dev) \
	ip6tunnel_xmit(NULL, skb, dev)
#else
#define compat_iptunnel_xmit(rt, skb, src, dst, proto, tos, ttl, df, xnet) \
	iptunnel_xmit(NULL, rt, skb, src, dst, proto, tos, ttl, df, xnet, 0)
#define compat_ip6tunnel_xmit(skb, dev) \
	ip6tunnel_xmit(NULL, skb, dev, 0)
#endif

#endif
