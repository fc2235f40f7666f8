// SPDX-License-Identifier: GPL-2.0
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <net/dst.h>
#include <net/gso.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "device.h"
#include "encap.h"
#include "mss.h"
#include "path.h"
#include "pathset.h"
#include "pmtu.h"
#include "tell.h"
#include "underlay.h"

/* Inside MTU while no path has a route yet: Ethernet less IPv4 and GRE. */
#define MTU_UNKNOWN	1476

/*
 * What the underlay takes in one piece, however far the packet then gets: the
 * device MTU follows this, not the path MTU, which comes and goes.
 */
static unsigned int link_mtu(const struct ipv6tun_path *path,
			     const struct dst_entry *dst)
{
	unsigned int mtu;

	/* IPsec takes its share of the packet. */
	mtu = dst_xfrm(dst) ? dst_mtu(dst) : READ_ONCE(dst->dev->mtu);
	return mtu > path->hlen ? mtu - path->hlen : 0;
}

static void look_up_link_mtu(struct ipv6tun_path *path)
{
	struct dst_entry *dst = ipv6tun_encap_route(path);

	/* Without a route the last known value is the best guess. */
	if (IS_ERR(dst))
		return;
	WRITE_ONCE(path->link_mtu, link_mtu(path, dst));
	dst_release(dst);
}

static unsigned int smallest_link_mtu(const struct ipv6tun_dev *tun)
{
	const struct ipv6tun_path *path;
	unsigned int least = UINT_MAX;
	unsigned int id, seen;
	u32 mtu;

	for (id = 1, seen = 0; seen < tun->paths.n; id++) {
		path = rtnl_dereference(tun->paths.path[id]);
		if (!path)
			continue;
		seen++;
		mtu = READ_ONCE(path->link_mtu);
		if (path->cfg.admin_up && mtu)
			least = min(least, mtu);
	}
	return least;
}

/**
 * ipv6tun_pmtu_follow() - let the device's MTU follow its paths
 * @tun: the device
 *
 * The smallest of what the paths' underlay devices take, at least IPv6's
 * minimum: below that the outer packets are fragmented instead.
 *
 * Context: RTNL.
 */
void ipv6tun_pmtu_follow(struct ipv6tun_dev *tun)
{
	unsigned int mtu;

	ASSERT_RTNL();
	if (!READ_ONCE(tun->mtu_auto))
		return;
	mtu = smallest_link_mtu(tun);
	if (mtu == UINT_MAX)
		mtu = MTU_UNKNOWN;
	mtu = clamp_t(unsigned int, mtu, IPV6_MIN_MTU, tun->dev->max_mtu);
	if (mtu == tun->dev->mtu)
		return;
	tun->mtu_following = true;
	if (dev_set_mtu(tun->dev, mtu))
		netdev_warn(tun->dev, "cannot set the MTU to %u\n", mtu);
	tun->mtu_following = false;
}

/**
 * ipv6tun_pmtu_refresh_path() - a path is new, or its configuration is
 * @path: the path
 *
 * Context: RTNL.
 */
void ipv6tun_pmtu_refresh_path(struct ipv6tun_path *path)
{
	ASSERT_RTNL();
	look_up_link_mtu(path);
	ipv6tun_pmtu_follow(path->tun);
}

/* The underlay may have changed for every path. */
static void refresh(struct ipv6tun_dev *tun)
{
	struct ipv6tun_path *path;
	unsigned int id, seen;

	for (id = 1, seen = 0; seen < tun->paths.n; id++) {
		path = rtnl_dereference(tun->paths.path[id]);
		if (!path)
			continue;
		seen++;
		look_up_link_mtu(path);
	}
	ipv6tun_pmtu_follow(tun);
}

/**
 * ipv6tun_pmtu_refresh_work() - look at the underlay of all paths again
 * @work: ipv6tun_dev.mtu_work
 *
 * Context: process; takes RTNL.
 */
void ipv6tun_pmtu_refresh_work(struct work_struct *work)
{
	struct ipv6tun_dev *tun = container_of(work, struct ipv6tun_dev,
					       mtu_work);

	rtnl_lock();
	if (tun->dev->reg_state == NETREG_REGISTERED)
		refresh(tun);
	rtnl_unlock();
	dev_put(tun->dev);
}

/**
 * ipv6tun_pmtu_refresh_later() - have ipv6tun_pmtu_refresh_work() run soon
 * @tun: the device
 *
 * Context: any, while the device is up or RTNL is held.
 */
void ipv6tun_pmtu_refresh_later(struct ipv6tun_dev *tun)
{
	dev_hold(tun->dev);
	if (!schedule_work(&tun->mtu_work))
		dev_put(tun->dev);
}

/**
 * ipv6tun_pmtu_note_route() - a sender looked up a path's route afresh
 * @path: the path
 * @dst: its route now
 *
 * Context: RCU, BH disabled.
 */
void ipv6tun_pmtu_note_route(struct ipv6tun_path *path,
			     const struct dst_entry *dst)
{
	u32 mtu = link_mtu(path, dst);

	if (mtu == READ_ONCE(path->link_mtu))
		return;
	WRITE_ONCE(path->link_mtu, mtu);
	ipv6tun_pmtu_refresh_later(path->tun);
}

/*
 * A path MTU exception is per destination, not per path: the sender's next
 * packet to the same destination may take another path of the set, and should
 * not be refused twice. The members are looked at up to a bound; in a larger
 * set the sender is told of this path's MTU and learns the rest in turn.
 */
static unsigned int smallest_mtu(const struct ipv6tun_path *path,
				 const struct ipv6tun_pathset *set,
				 unsigned int mtu)
{
	const struct ipv6tun_path *member;
	unsigned int i;
	u32 its;

	if (!set || set->n > 64)
		return mtu;
	for (i = 0; i < set->n; i++) {
		member = rcu_dereference(path->tun->paths.path[set->member[i].id]);
		its = member ? READ_ONCE(member->mtu) : 0;
		if (its && its < mtu)
			mtu = its;
	}
	return mtu;
}

static bool fits(const struct sk_buff *skb, unsigned int mtu)
{
	if (skb_is_gso(skb))
		return skb_gso_validate_network_len(skb, mtu);
	return skb->len <= mtu;
}

/**
 * ipv6tun_pmtu_fit() - check the size of a packet against its path
 * @path: the path
 * @set: the path set it was chosen from, or NULL
 * @skb: the inside packet
 * @mtu: what the underlay takes now, outer headers included
 *
 * A packet that does not fit is answered with ICMPv6 Packet Too Big or ICMP
 * fragmentation needed; super-packets are judged by their segments. Where IPv6
 * forbids a smaller packet (RFC 8200, section 5) or IPv4 does not forbid
 * fragments, the outer packet is fragmented instead.
 *
 * Context: RCU, BH disabled.
 * Return: enum ipv6tun_fit.
 */
enum ipv6tun_fit ipv6tun_pmtu_fit(struct ipv6tun_path *path,
				  const struct ipv6tun_pathset *set,
				  struct sk_buff *skb, unsigned int mtu)
{
	bool ip6 = skb->protocol == htons(ETH_P_IPV6);
	unsigned int least = ip6 ? IPV6_MIN_MTU : IPV4_MIN_MTU;

	mtu = mtu > path->hlen ? mtu - path->hlen : 0;
	/* Read-mostly: written when it changes only. */
	if (READ_ONCE(path->mtu) != mtu)
		WRITE_ONCE(path->mtu, mtu);
	if (likely(fits(skb, mtu)))
		return IPV6TUN_FIT;
	if (mtu < least) {
		mtu = least;
		if (fits(skb, mtu))
			return IPV6TUN_FIT_FRAGMENT;
	}
	if (!ip6 && !(ip_hdr(skb)->frag_off & htons(IP_DF)))
		return IPV6TUN_FIT_FRAGMENT;

	mtu = max(smallest_mtu(path, set, mtu), least);
	skb_dst_update_pmtu_no_confirm(skb, mtu);
	if (ip6)
		ipv6tun_tell_icmpv6(skb, ICMPV6_PKT_TOOBIG, 0, mtu);
	else
		ipv6tun_tell_icmp(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED,
				  mtu);
	return IPV6TUN_FIT_NOT;
}

/**
 * ipv6tun_pmtu_clamp_mss() - lower the MSS a TCP SYN offers to what fits
 * @path: the path the packet takes or came by
 * @skb: the inside packet, its IP header linear
 *
 * Both directions are clamped: what our side offers and what it is offered.
 *
 * Context: RCU, softirq or BH disabled.
 */
void ipv6tun_pmtu_clamp_mss(struct ipv6tun_path *path, struct sk_buff *skb)
{
	struct ipv6tun_dev *tun = path->tun;
	u32 mtu, learnt;

	if (!READ_ONCE(tun->mss_clamp) || !ipv6tun_mss_offered(skb))
		return;
	mtu = READ_ONCE(tun->dev->mtu);
	learnt = READ_ONCE(path->mtu);
	if (learnt && learnt < mtu)
		mtu = learnt;
	ipv6tun_mss_clamp(skb, mtu);
}

/*
 * May the path have sent a packet that a router of this routing domain complains of?
 * Our own packet is quoted, so its source is our address. Keys are not compared: a
 * router need not quote that far, and the path MTU belongs to the address pair. Nor is
 * the device: the complaint may come back by another one of the domain.
 */
static bool may_be_quoted(const struct ipv6tun_path *path,
			  const struct sk_buff *skb)
{
	struct net_device *dev = NULL;

	if (path->cfg.underlay)
		dev = dev_get_by_index_rcu(path->tun->net, path->cfg.underlay);
	return l3mdev_master_ifindex_rcu(dev) ==
	       l3mdev_master_ifindex_rcu(skb->dev);
}

/*
 * The next path from @pos on that may be quoted, by another underlay than @last: an
 * underlay and an address pair have one path MTU.
 */
static struct ipv6tun_path *next_quoted(struct rhlist_head *pos,
					const struct ipv6tun_path *last,
					const struct sk_buff *skb)
{
	struct ipv6tun_path *path;

	for (; pos; pos = rcu_dereference(pos->next)) {
		path = container_of(pos, struct ipv6tun_path, rx_node);
		if ((!last || path->cfg.underlay != last->cfg.underlay) &&
		    may_be_quoted(path, skb))
			return path;
	}
	return NULL;
}

/**
 * ipv6tun_pmtu_icmp4() - learn from ICMP fragmentation needed
 * @ul: the underlay
 * @skb: an ICMP packet for this host, skb->data at its IP header
 *
 * ip_gre would do the same, but it need not be loaded. The packet goes on up
 * the stack as it is. RFC 1191.
 *
 * Context: softirq, or process with BH enabled; RCU.
 */
void ipv6tun_pmtu_icmp4(const struct ipv6tun_underlay *ul, struct sk_buff *skb)
{
	unsigned int offset = ip_hdrlen(skb);
	struct in6_addr local, remote;
	const struct icmphdr *icmp;
	struct ipv6tun_path *path;
	const struct iphdr *quoted;
	struct rhlist_head *list;
	u32 mtu;

	/* As icmp_unreach(): 2 is never, 3 is what can be verified, GRE cannot. */
	if (READ_ONCE(dev_net(skb->dev)->ipv4.sysctl_ip_no_pmtu_disc) >= 2)
		return;
	if (!pskb_may_pull(skb, offset + sizeof(*icmp) + sizeof(*quoted)))
		return;
	icmp = (struct icmphdr *)(skb->data + offset);
	if (icmp->type != ICMP_DEST_UNREACH || icmp->code != ICMP_FRAG_NEEDED)
		return;
	quoted = (struct iphdr *)(icmp + 1);
	if (quoted->version != 4 || quoted->protocol != IPPROTO_GRE)
		return;
	ipv6_addr_set_v4mapped(quoted->saddr, &local);
	ipv6_addr_set_v4mapped(quoted->daddr, &remote);
	list = ipv6tun_underlay_find(ul, &local, &remote);
	path = next_quoted(list, NULL, skb);
	if (!path || nf_ip_checksum(skb, NF_INET_LOCAL_IN, offset,
				    IPPROTO_ICMP))
		return;

	mtu = ntohs(icmp->un.frag.mtu);
	__skb_pull(skb, offset + sizeof(*icmp));
	for (; path; path = next_quoted(&path->rx_node, path, skb)) {
		ipv4_update_pmtu(skb, path->tun->net, mtu, path->cfg.underlay,
				 IPPROTO_GRE);
		atomic64_inc(&path->tun->pmtu_updates);
	}
	__skb_push(skb, offset + sizeof(*icmp));
}

/**
 * ipv6tun_pmtu_icmp6() - learn from ICMPv6 Packet Too Big
 * @ul: the underlay
 * @skb: an ICMPv6 packet for this host, skb->data at its IPv6 header
 * @offset: of the ICMPv6 header from there
 *
 * As ipv6tun_pmtu_icmp4(). RFC 8201.
 *
 * Context: softirq, or process with BH enabled; RCU.
 */
void ipv6tun_pmtu_icmp6(const struct ipv6tun_underlay *ul, struct sk_buff *skb,
			unsigned int offset)
{
	const struct icmp6hdr *icmp;
	const struct ipv6hdr *quoted;
	struct ipv6tun_path *path;
	struct rhlist_head *list;
	__be32 mtu;

	if (offset < sizeof(struct ipv6hdr) ||
	    !pskb_may_pull(skb, offset + sizeof(*icmp) + sizeof(*quoted)))
		return;
	icmp = (struct icmp6hdr *)(skb->data + offset);
	if (icmp->icmp6_type != ICMPV6_PKT_TOOBIG)
		return;
	quoted = (struct ipv6hdr *)(icmp + 1);
	if (quoted->version != 6 || (quoted->nexthdr != IPPROTO_GRE &&
				     quoted->nexthdr != NEXTHDR_FRAGMENT))
		return;
	list = ipv6tun_underlay_find(ul, &quoted->saddr, &quoted->daddr);
	path = next_quoted(list, NULL, skb);
	if (!path || nf_ip6_checksum(skb, NF_INET_LOCAL_IN, offset,
				     IPPROTO_ICMPV6))
		return;

	mtu = icmp->icmp6_mtu;
	__skb_pull(skb, offset + sizeof(*icmp));
	for (; path; path = next_quoted(&path->rx_node, path, skb)) {
		ip6_update_pmtu(skb, path->tun->net, mtu, path->cfg.underlay, 0,
				sock_net_uid(path->tun->net, NULL));
		atomic64_inc(&path->tun->pmtu_updates);
	}
	__skb_push(skb, offset + sizeof(*icmp));
}
