// SPDX-License-Identifier: GPL-2.0
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <net/addrconf.h>
#include <net/dst_cache.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "compat/fib.h"
#include "compat/route.h"
#include "compat/tunnel.h"
#include "device.h"
#include "encap.h"
#include "flow.h"
#include "nat64/hook.h"
#include "path.h"
#include "pmtu.h"
#include "reach.h"
#include "select.h"
#include "stats.h"
#include "tell.h"

/**
 * struct outer - what the outer header will say
 * @tos: TOS or traffic class, ECN included
 * @ttl: TTL or hop limit
 * @fragment: the outer packet may be fragmented
 */
struct outer {
	u8	tos;
	u8	ttl;
	bool	fragment;
};

static u8 fixed_tos(const struct ipv6tun_path *path)
{
	return path->cfg.tos == IPV6TUN_TOS_INHERIT ? 0 : path->cfg.tos;
}

static struct rtable *route4(const struct ipv6tun_path *path, __be32 *saddr)
{
	struct flowi4 fl4 = {
		.daddr		= path->cfg.remote.s6_addr32[3],
		.saddr		= path->cfg.local.s6_addr32[3],
		.flowi4_oif	= path->cfg.underlay,
		.flowi4_proto	= IPPROTO_GRE,
	};

	compat_fib4_set_tos(&fl4, fixed_tos(path));
	*saddr = fl4.saddr;
	return ip_route_output_key(path->tun->net, &fl4);
}

/*
 * For IPv4 the route look-up asks that. A packet from an address that has gone to
 * another host, as with VRRP, would be answered there.
 */
static bool local6_is_ours(const struct ipv6tun_path *path)
{
	struct net *net = path->tun->net;
	struct net_device *dev = NULL;
	bool ours;

	rcu_read_lock();
	if (path->cfg.underlay)
		dev = dev_get_by_index_rcu(net, path->cfg.underlay);
	ours = ipv6_chk_addr_and_flags(net, &path->cfg.local, dev, false, 0,
				       IFA_F_TENTATIVE);
	rcu_read_unlock();
	return ours;
}

static struct dst_entry *route6(const struct ipv6tun_path *path)
{
	struct flowi6 fl6 = {
		.daddr		= path->cfg.remote,
		.saddr		= path->cfg.local,
		.flowi6_oif	= path->cfg.underlay,
		.flowi6_proto	= IPPROTO_GRE,
		.flowlabel	= ip6_make_flowinfo(fixed_tos(path), 0),
	};

	if (!local6_is_ours(path))
		return ERR_PTR(-EADDRNOTAVAIL);
	return ip6_dst_lookup_flow(path->tun->net, NULL, &fl6, NULL);
}

/**
 * ipv6tun_encap_route() - the underlay route of a path, not from the cache
 * @path: the path
 *
 * Context: RTNL or RCU.
 * Return: a dst the caller releases, or an ERR_PTR().
 */
struct dst_entry *ipv6tun_encap_route(const struct ipv6tun_path *path)
{
	struct rtable *rt;
	__be32 saddr;

	if (!ipv6tun_path_is_ip4(path))
		return route6(path);
	rt = route4(path, &saddr);
	return IS_ERR(rt) ? ERR_CAST(rt) : &rt->dst;
}

/* The cached route of the path, renewed when the underlay's routing changed. */
static struct dst_entry *cached_route(struct ipv6tun_path *path)
{
	struct dst_entry *dst;
	struct rtable *rt;
	__be32 saddr;

	dst = dst_cache_get(&path->dst_cache);
	if (likely(dst))
		return dst;

	if (ipv6tun_path_is_ip4(path)) {
		rt = route4(path, &saddr);
		if (IS_ERR(rt))
			return ERR_CAST(rt);
		dst = &rt->dst;
		dst_cache_set_ip4(&path->dst_cache, dst, saddr);
	} else {
		dst = route6(path);
		if (IS_ERR(dst))
			return dst;
		dst_cache_set_ip6(&path->dst_cache, dst, &path->cfg.local);
	}
	ipv6tun_pmtu_note_route(path, dst);
	return dst;
}

static bool inside_ok(struct sk_buff *skb, unsigned int *drop)
{
	if (skb->protocol != htons(ETH_P_IPV6) &&
	    skb->protocol != htons(ETH_P_IP)) {
		*drop = IPV6TUN_A_DROPS_TX_NOT_IP;
		return false;
	}
	if (!pskb_inet_may_pull(skb)) {
		*drop = IPV6TUN_A_DROPS_TX_TRUNCATED;
		return false;
	}
	if (ip_hdr(skb)->version !=
	    (skb->protocol == htons(ETH_P_IPV6) ? 6 : 4)) {
		*drop = IPV6TUN_A_DROPS_TX_NOT_IP;
		return false;
	}
	return true;
}

/* No silent black hole: the sender learns that there is no way. */
static void tell_unreachable(struct sk_buff *skb)
{
	if (skb->protocol == htons(ETH_P_IPV6))
		ipv6tun_tell_icmpv6(skb, ICMPV6_DEST_UNREACH,
				    ICMPV6_ADDR_UNREACH, 0);
	else
		ipv6tun_tell_icmp(skb, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
}

static void fill_outer(const struct ipv6tun_path *path,
		       const struct sk_buff *skb, struct outer *outer)
{
	u8 inner_tos, inner_ttl;

	if (skb->protocol == htons(ETH_P_IPV6)) {
		inner_tos = ipv6_get_dsfield(ipv6_hdr(skb));
		inner_ttl = ipv6_hdr(skb)->hop_limit;
	} else {
		inner_tos = ip_hdr(skb)->tos;
		inner_ttl = ip_hdr(skb)->ttl;
	}
	outer->tos = path->cfg.tos == IPV6TUN_TOS_INHERIT ? inner_tos :
							    path->cfg.tos;
	/*
	 * RFC 6040, section 4.1, normal mode: a copy, CE included, which
	 * INET_ECN_encapsulate() would replace as RFC 3168 had it.
	 */
	outer->tos = (outer->tos & ~INET_ECN_MASK) |
		     (inner_tos & INET_ECN_MASK);
	outer->ttl = path->cfg.ttl == IPV6TUN_TTL_INHERIT ? inner_ttl :
							    path->cfg.ttl;
}

static void send4(struct ipv6tun_path *path, struct sk_buff *skb,
		  struct dst_entry *dst, const struct outer *outer, bool xnet)
{
	compat_iptunnel_xmit(dst_rtable(dst), skb,
			     path->cfg.local.s6_addr32[3],
			     path->cfg.remote.s6_addr32[3], IPPROTO_GRE,
			     outer->tos, outer->ttl,
			     outer->fragment ? 0 : htons(IP_DF), xnet);
}

/*
 * The flow label carries the flow's entropy, so that the underlay may balance
 * over links of its own (RFC 6438).
 */
static void send6(struct ipv6tun_path *path, struct sk_buff *skb,
		  struct dst_entry *dst, const struct outer *outer, bool xnet,
		  u32 hash)
{
	struct ipv6hdr *ip6;

	skb_scrub_packet(skb, xnet);
	skb_clear_hash_if_not_l4(skb);
	skb_dst_set(skb, dst);
	skb->ignore_df = outer->fragment;

	skb_push(skb, sizeof(*ip6));
	skb_reset_network_header(skb);
	ip6 = ipv6_hdr(skb);
	/* The bucket is the hash's low bits: the label takes the high ones. */
	ip6_flow_hdr(ip6, outer->tos,
		     htonl(hash >> 12) & IPV6_FLOWLABEL_MASK);
	ip6->hop_limit = outer->ttl;
	ip6->nexthdr = IPPROTO_GRE;
	ip6->saddr = path->cfg.local;
	ip6->daddr = path->cfg.remote;
	compat_ip6tunnel_xmit(skb, skb->dev);
}

/*
 * Encapsulate and send on the chosen path; takes skb in any case.
 * Return 0 or an IPV6TUN_A_DROPS_TX_*, and then skb is still the caller's.
 */
static unsigned int send_on(struct ipv6tun_dev *tun, struct ipv6tun_path *path,
			    const struct ipv6tun_choice *choice,
			    struct sk_buff *skb)
{
	bool xnet = !net_eq(tun->net, dev_net(tun->dev));
	bool ip4 = ipv6tun_path_is_ip4(path);
	__be16 proto = skb->protocol;
	struct outer outer = { };
	struct dst_entry *dst;
	unsigned int reason;
	u32 hash;

	dst = cached_route(path);
	if (IS_ERR(dst)) {
		ipv6tun_reach_lost_route(path);
		return IPV6TUN_A_DROPS_TX_NO_ROUTE;
	}
	reason = IPV6TUN_A_DROPS_TX_LOOP;
	if (dst->dev == tun->dev)
		goto err_dst;

	reason = IPV6TUN_A_DROPS_TX_TOO_BIG;
	switch (ipv6tun_pmtu_fit(path, choice->set, skb, dst_mtu(dst))) {
	case IPV6TUN_FIT:
		break;
	case IPV6TUN_FIT_FRAGMENT:
		outer.fragment = true;
		break;
	case IPV6TUN_FIT_NOT:
		goto err_dst;
	}
	/* By what the path takes now, which was just looked at. */
	ipv6tun_pmtu_clamp_mss(path, skb);

	reason = IPV6TUN_A_DROPS_TX_NO_MEMORY;
	if (skb_cow_head(skb, LL_RESERVED_SPACE(dst->dev) + dst->header_len +
			 path->hlen))
		goto err_dst;
	fill_outer(path, skb, &outer);
	hash = choice->hash;
	if (!ip4 && !hash)
		hash = ipv6tun_flow_hash(skb, &tun->flow);
	if (iptunnel_handle_offloads(skb, path->cfg.csum ? SKB_GSO_GRE_CSUM :
							   SKB_GSO_GRE))
		goto err_dst;
	compat_gre_build_header(skb, path->gre_hlen, path->cfg.csum,
				path->cfg.has_key, proto, path->cfg.key);

	if (ip4)
		send4(path, skb, dst, &outer, xnet);
	else
		send6(path, skb, dst, &outer, xnet, hash);
	return 0;

err_dst:
	dst_release(dst);
	return reason;
}

/**
 * ipv6tun_encap_xmit() - ndo_start_xmit of the device
 * @skb: an inside packet, with the route it came by
 * @dev: the device
 *
 * RFC 2784, RFC 2890, RFC 6040. Lockless: several CPUs run here at once.
 *
 * Context: BH disabled.
 * Return: NETDEV_TX_OK, always; the packet was taken.
 */
netdev_tx_t ipv6tun_encap_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct ipv6tun_dev *tun = netdev_priv(dev);
	struct ipv6tun_path *path = NULL;
	struct ipv6tun_choice choice;
	unsigned int drop;
	unsigned int len;

	rcu_read_lock();
	if (!inside_ok(skb, &drop))
		goto err_drop;

	if (rcu_access_pointer(tun->nat64) && nat64_hook_xmit(tun, skb)) {
		rcu_read_unlock();
		return NETDEV_TX_OK;
	}

	ipv6tun_select(tun, skb, &choice, false);
	if (choice.id)
		path = rcu_dereference(tun->paths.path[choice.id]);
	if (unlikely(!path)) {
		/* The path may have gone since the bit was read. */
		drop = choice.drop ?: IPV6TUN_A_DROPS_TX_PATH_DOWN;
		tell_unreachable(skb);
		goto err_drop;
	}
	/* The skb is gone when it was sent. */
	len = skb->len;
	drop = send_on(tun, path, &choice, skb);
	if (unlikely(drop)) {
		if (drop == IPV6TUN_A_DROPS_TX_NO_ROUTE)
			tell_unreachable(skb);
		goto err_drop;
	}
	ipv6tun_stats_path_tx(path, len);
	rcu_read_unlock();
	return NETDEV_TX_OK;

err_drop:
	ipv6tun_count_tx_drop(tun, path, skb, drop);
	rcu_read_unlock();
	kfree_skb(skb);
	return NETDEV_TX_OK;
}

/**
 * ipv6tun_encap_probe() - send a probe
 * @path: the path, whatever its state
 * @skb: the probe, an inside packet; taken
 *
 * Counted neither as traffic of the path nor, if dropped, as a drop: the probe
 * has counters of its own, and finding that a path does not work is its task.
 *
 * Context: RCU, BH disabled.
 */
void ipv6tun_encap_probe(struct ipv6tun_path *path, struct sk_buff *skb)
{
	const struct ipv6tun_choice choice = { .id = path->id };

	if (send_on(path->tun, path, &choice, skb))
		kfree_skb(skb);
}
