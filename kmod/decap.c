// SPDX-License-Identifier: GPL-2.0
/*
 * The hooks sit in LOCAL_IN because ip_gre and ip6_gre own the protocol slots:
 * what a path matches is taken (NF_STOLEN), everything else goes on to them
 * (NF_ACCEPT). A hook runs with skb->data at the outer IP header; IPv4 arrives
 * reassembled, IPv6 does not.
 */
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/addrconf.h>
#include <net/gro_cells.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip_tunnels.h>
#include <net/ipv6.h>
#include <net/ipv6_frag.h>
#include <net/l3mdev.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>
#include <net/xfrm.h>

#include "decap.h"
#include "device.h"
#include "gre.h"
#include "path.h"
#include "pmtu.h"
#include "probe.h"
#include "stats.h"
#include "underlay.h"

/**
 * struct outer - what the outer headers say
 * @local: outer destination, IPv4 as v4-mapped
 * @remote: outer source
 * @offset: of the GRE header from skb->data
 * @iif: device the packet came in by, before any VRF
 * @l3mdev: ifindex of its VRF, or 0
 * @tos: TOS or traffic class
 * @family: AF_INET or AF_INET6
 */
struct outer {
	struct in6_addr	local;
	struct in6_addr	remote;
	unsigned int	offset;
	int		iif;
	int		l3mdev;
	u8		tos;
	u8		family;
};

static bool policy_ok(struct sk_buff *skb, u8 family)
{
	if (family == AF_INET)
		return xfrm4_policy_check(NULL, XFRM_POLICY_IN, skb);
	return xfrm6_policy_check(NULL, XFRM_POLICY_IN, skb);
}

/* A path without an underlay device uses the main routing domain only. */
static bool came_by_underlay(const struct ipv6tun_path *path,
			     const struct outer *outer)
{
	if (!path->cfg.underlay)
		return !outer->l3mdev;
	return path->cfg.underlay == outer->iif ||
	       path->cfg.underlay == outer->l3mdev;
}

/* Of two that may have it, the one bound to the device itself does. */
static struct ipv6tun_path *match_path(struct rhlist_head *list,
				       const struct outer *outer,
				       const struct ipv6tun_gre *gre)
{
	struct ipv6tun_path *path, *found = NULL;
	struct rhlist_head *pos;

	rhl_for_each_entry_rcu(path, pos, list, rx_node) {
		if (path->cfg.has_key != gre->has_key ||
		    (gre->has_key && path->cfg.key != gre->key) ||
		    !came_by_underlay(path, outer))
			continue;
		if (path->cfg.underlay == outer->iif)
			return path;
		found = path;
	}
	return found;
}

/* The device to blame for a packet whose key could not be read or matched. */
static struct ipv6tun_path *first_path(struct rhlist_head *list,
				       const struct outer *outer)
{
	struct ipv6tun_path *path;
	struct rhlist_head *pos;

	rhl_for_each_entry_rcu(path, pos, list, rx_node) {
		if (came_by_underlay(path, outer))
			return path;
	}
	return NULL;
}

static unsigned int parse_reason(int err)
{
	switch (err) {
	case -EMSGSIZE:
		return IPV6TUN_A_DROPS_RX_GRE_TRUNCATED;
	case -EPROTONOSUPPORT:
		return IPV6TUN_A_DROPS_RX_GRE_VERSION;
	default:
		return IPV6TUN_A_DROPS_RX_GRE_FLAGS;
	}
}

static bool is_own4(const struct net_device *dev, __be32 addr)
{
	const struct in_device *in_dev = __in_dev_get_rcu(dev);
	const struct in_ifaddr *ifa;

	if (!in_dev)
		return false;
	in_dev_for_each_ifa_rcu(ifa, in_dev)
		if (ifa->ifa_local == addr)
			return true;
	return false;
}

/*
 * An inside peer of another path that speaks to one of our inside addresses:
 * it would impersonate a BGP neighbour. What goes further is let through, for
 * a router with several paths to us sends its own packets, ICMP errors above
 * all, by the path of their flow, not by the one of their source address.
 */
static bool spoofed(const struct ipv6tun_path *path, const struct sk_buff *skb)
{
	const struct net_device *dev = path->tun->dev;
	struct in6_addr addr;
	u16 id;

	if (skb->protocol == htons(ETH_P_IPV6))
		addr = ipv6_hdr(skb)->saddr;
	else
		ipv6_addr_set_v4mapped(ip_hdr(skb)->saddr, &addr);
	id = ipv6tun_paths_peer(&path->tun->paths, &addr);
	if (likely(!id || id == path->id))
		return false;
	if (skb->protocol == htons(ETH_P_IPV6))
		return ipv6_chk_addr(dev_net(dev), &ipv6_hdr(skb)->daddr, dev,
				     1);
	return is_own4(dev, ip_hdr(skb)->daddr);
}

/* The options of an IPv4 header count: what reads them comes after us. */
static bool header4_whole(struct sk_buff *skb)
{
	return ip_hdrlen(skb) >= sizeof(struct iphdr) &&
	       pskb_may_pull(skb, ip_hdrlen(skb));
}

/*
 * Check and strip the GRE header of a packet that is ours, then the inside IP
 * header. skb->data is at the GRE header.
 * Return 0 or an IPV6TUN_A_DROPS_RX_*.
 */
static unsigned int open_packet(struct ipv6tun_path *path, struct sk_buff *skb,
				const struct outer *outer,
				const struct ipv6tun_gre *gre)
{
	struct ipv6tun_dev *tun = path->tun;
	u8 inner_tos;
	int version;

	if (!(READ_ONCE(tun->dev->flags) & IFF_UP))
		return IPV6TUN_A_DROPS_RX_DEVICE_DOWN;
	/*
	 * A path that is down for us may still bring packets: whether to send
	 * on it was the other side's choice.
	 */
	if (!path->cfg.admin_up)
		return IPV6TUN_A_DROPS_RX_PATH_DOWN;
	if (!policy_ok(skb, outer->family))
		return IPV6TUN_A_DROPS_RX_POLICY;

	if (path->cfg.csum && !gre->has_csum)
		return IPV6TUN_A_DROPS_RX_GRE_CSUM;
	/* So far the headers were read wherever they lie. */
	if (!pskb_may_pull(skb, outer->offset + gre->hlen))
		return IPV6TUN_A_DROPS_RX_NO_MEMORY;
	skb_pull_rcsum(skb, outer->offset);
	if (gre->has_csum) {
		if (skb_checksum_simple_validate(skb))
			return IPV6TUN_A_DROPS_RX_GRE_CSUM;
		skb_checksum_try_convert(skb, IPPROTO_GRE, null_compute_pseudo);
	}
	if (gre->proto != htons(ETH_P_IPV6) && gre->proto != htons(ETH_P_IP))
		return IPV6TUN_A_DROPS_RX_GRE_PROTO;
	if (iptunnel_pull_header(skb, gre->hlen, gre->proto,
				 !net_eq(tun->net, dev_net(tun->dev))))
		return IPV6TUN_A_DROPS_RX_NO_MEMORY;

	skb->dev = tun->dev;
	skb->pkt_type = PACKET_HOST;
	skb_reset_mac_header(skb);
	skb_reset_mac_len(skb);
	skb_reset_network_header(skb);
	if (!pskb_inet_may_pull(skb))
		return IPV6TUN_A_DROPS_RX_INNER_TRUNCATED;
	version = gre->proto == htons(ETH_P_IPV6) ? 6 : 4;
	if (ip_hdr(skb)->version != version)
		return IPV6TUN_A_DROPS_RX_INNER_VERSION;
	if (version == 4 && !header4_whole(skb))
		return IPV6TUN_A_DROPS_RX_INNER_TRUNCATED;
	if (spoofed(path, skb))
		return IPV6TUN_A_DROPS_RX_SPOOFED;

	inner_tos = version == 6 ? ipv6_get_dsfield(ipv6_hdr(skb)) :
				   ip_hdr(skb)->tos;
	if (INET_ECN_decapsulate(skb, outer->tos, inner_tos) > 1)
		return IPV6TUN_A_DROPS_RX_ECN;
	return 0;
}

static void deliver(struct ipv6tun_path *path, struct sk_buff *skb)
{
	struct ipv6tun_dev *tun = path->tun;
	unsigned int len;

	ipv6tun_pmtu_clamp_mss(path, skb);
	/* The skb is gone after gro_cells_receive(). */
	len = skb->len;
	if (gro_cells_receive(&tun->gro, skb) == NET_RX_DROP) {
		ipv6tun_count_rx_queue_full(path);
		return;
	}
	dev_sw_netstats_rx_add(tun->dev, len);
	ipv6tun_stats_path_rx(path, len);
}

static unsigned int decap_bh(const struct ipv6tun_underlay *ul,
			     struct sk_buff *skb, const struct outer *outer)
{
	struct ipv6tun_path *path;
	struct ipv6tun_gre gre;
	struct rhlist_head *list;
	unsigned int reason;
	unsigned int len;
	const void *head;
	u8 buf[IPV6TUN_GRE_MAX_LEN];
	int probe;
	int err;

	list = ipv6tun_underlay_find(ul, &outer->local, &outer->remote);
	if (!list || !first_path(list, outer)) {
		ipv6tun_underlay_count_no_path(ul);
		return NF_ACCEPT;
	}

	len = min_t(unsigned int, skb->len - outer->offset, sizeof(buf));
	head = skb_header_pointer(skb, outer->offset, len, buf);
	err = head ? ipv6tun_gre_parse(head, len, &gre) : -EMSGSIZE;
	if (err) {
		path = first_path(list, outer);
		reason = parse_reason(err);
		ipv6tun_count_rx_drop(path->tun, path, skb, reason);
		/* Version 1 is PPTP's, whose owner may be listening. */
		return err == -EPROTONOSUPPORT ? NF_ACCEPT : NF_DROP;
	}

	path = match_path(list, outer, &gre);
	if (!path) {
		/* Native GRE may share the address pair under this key. */
		path = first_path(list, outer);
		ipv6tun_count_rx_drop(path->tun, NULL, skb,
				      IPV6TUN_A_DROPS_RX_KEY_MISMATCH);
		return NF_ACCEPT;
	}

	probe = IPV6TUN_PROBE_OTHER;
	if (!gre.proto && path->cfg.probe.type == IPV6TUN_PROBE_KEEPALIVE)
		probe = ipv6tun_probe_keepalive(path, skb,
						outer->offset + gre.hlen);
	if (probe == IPV6TUN_PROBE_OTHER) {
		reason = open_packet(path, skb, outer, &gre);
		/* With probes on any path: an answer may go astray. */
		if (!reason && READ_ONCE(path->tun->probe_rate))
			probe = ipv6tun_probe_echo(path, skb);
	}
	if (probe >= 0)
		reason = probe;

	if (reason) {
		ipv6tun_count_rx_drop(path->tun, path, skb, reason);
		kfree_skb(skb);
	} else if (probe == IPV6TUN_PROBE_OTHER) {
		deliver(path, skb);
	} else {
		/* The device counts what it sent, too. */
		dev_sw_netstats_rx_add(path->tun->dev, skb->len);
		consume_skb(skb);
	}
	return NF_STOLEN;
}

/*
 * A packet that user space had (NFQUEUE) comes back in its process, with BH enabled;
 * receive queues and counters are those of a softirq.
 */
static unsigned int decap(const struct ipv6tun_underlay *ul,
			  struct sk_buff *skb, const struct outer *outer)
{
	unsigned int verdict;

	local_bh_disable();
	verdict = decap_bh(ul, skb, outer);
	local_bh_enable();
	return verdict;
}

/**
 * ipv6tun_decap_hook4() - look at a packet for this host, IPv4
 * @priv: unused
 * @skb: the packet, at its IP header, reassembled
 * @state: the hook's circumstances
 *
 * RFC 2784, RFC 2890.
 *
 * Context: softirq, or process with BH enabled; RCU.
 * Return: an NF_* verdict.
 */
unsigned int ipv6tun_decap_hook4(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	const struct ipv6tun_underlay *ul = ipv6tun_underlay_of(state->net);
	const struct iphdr *iph = ip_hdr(skb);
	struct outer outer;

	if (iph->protocol == IPPROTO_ICMP) {
		ipv6tun_pmtu_icmp4(ul, skb);
		return NF_ACCEPT;
	}
	if (iph->protocol != IPPROTO_GRE)
		return NF_ACCEPT;

	ipv6_addr_set_v4mapped(iph->daddr, &outer.local);
	ipv6_addr_set_v4mapped(iph->saddr, &outer.remote);
	outer.offset = ip_hdrlen(skb);
	outer.iif = IPCB(skb)->iif;
	outer.l3mdev = l3mdev_master_ifindex_rcu(skb->dev);
	outer.tos = iph->tos;
	outer.family = AF_INET;
	return decap(ul, skb, &outer);
}

/*
 * Reassemble the fragments of what may be ours. Doing it here, for GRE between
 * the addresses of a path only, spares the namespace a reassembly of all its
 * forwarded traffic.
 * Return NF_ACCEPT to go on with a whole packet.
 */
static unsigned int defrag6(const struct ipv6tun_underlay *ul,
			    struct sk_buff *skb,
			    const struct nf_hook_state *state)
{
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);
	struct frag_hdr buf, *fh;
	unsigned int offset = 0;
	int err;

	/* Common case: no extension header at all. */
	if (ip6->nexthdr == IPPROTO_GRE || ip6->nexthdr == IPPROTO_ICMPV6)
		return NF_ACCEPT;
	if (ipv6_find_hdr(skb, &offset, NEXTHDR_FRAGMENT, NULL, NULL) < 0)
		return NF_ACCEPT;
	fh = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!fh || (fh->nexthdr != IPPROTO_GRE && fh->nexthdr != NEXTHDR_DEST))
		return NF_ACCEPT;
	if (!ipv6tun_underlay_find(ul, &ip6->daddr, &ip6->saddr))
		return NF_ACCEPT;

	err = nf_ct_frag6_gather(state->net, skb, IP6_DEFRAG_LOCAL_DELIVER);
	if (err == -EINPROGRESS)
		return NF_STOLEN;
	return err ? NF_DROP : NF_ACCEPT;
}

/**
 * ipv6tun_decap_hook6() - look at a packet for this host, IPv6
 * @priv: unused
 * @skb: the packet, at its IPv6 header
 * @state: the hook's circumstances
 *
 * Extension headers before GRE are skipped: ip6_gre sends a destination option
 * by default (RFC 2473, section 4.1.1).
 *
 * Context: softirq, or process with BH enabled; RCU.
 * Return: an NF_* verdict.
 */
unsigned int ipv6tun_decap_hook6(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	const struct ipv6tun_underlay *ul = ipv6tun_underlay_of(state->net);
	const struct ipv6hdr *ip6;
	unsigned int offset = 0;
	unsigned int verdict;
	struct outer outer;
	int proto;

	verdict = defrag6(ul, skb, state);
	if (verdict != NF_ACCEPT)
		return verdict;

	proto = ipv6_find_hdr(skb, &offset, -1, NULL, NULL);
	if (proto == IPPROTO_ICMPV6)
		ipv6tun_pmtu_icmp6(ul, skb, offset);
	if (proto != IPPROTO_GRE)
		return NF_ACCEPT;

	ip6 = ipv6_hdr(skb);
	outer.local = ip6->daddr;
	outer.remote = ip6->saddr;
	outer.offset = offset;
	outer.iif = IP6CB(skb)->iif;
	outer.l3mdev = l3mdev_master_ifindex_rcu(skb->dev);
	outer.tos = ipv6_get_dsfield(ip6);
	outer.family = AF_INET6;
	return decap(ul, skb, &outer);
}
