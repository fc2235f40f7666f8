// SPDX-License-Identifier: GPL-2.0
/*
 * A packet is taken if its destination is one of ours to translate. Then:
 * whether both addresses translate without state; if not, fragments are put
 * together and the session is found or made; the header is translated; the
 * device receives the result. Nothing is sent from here but by the stack,
 * which routes, filters and counts the result like any other packet.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/gso.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>
#include <net/ipv6_frag.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>

#include "../device.h"
#include "../mss.h"
#include "../stats.h"
#include "../tell.h"
#include "hook.h"
#include "instance.h"
#include "resolve.h"
#include "route.h"
#include "xlat.h"

/*
 * Reassembly queues of our own, apart from those of connection tracking in the
 * same namespace: the ones of bridges in the last of its zones.
 */
#define DEFRAG4_USER	(IP_DEFRAG_CONNTRACK_BRIDGE_IN + USHRT_MAX)
#define DEFRAG6_USER	(IP6_DEFRAG_CONNTRACK_BRIDGE_IN + USHRT_MAX)

/* Whether an IPv6 packet is a fragment, and not an atomic one (RFC 6946). */
static bool is_fragment6(const struct sk_buff *skb)
{
	const struct frag_hdr *fh;
	unsigned int offset = 0;
	struct frag_hdr buf;

	/* Common case: no extension header at all. */
	switch (ipv6_hdr(skb)->nexthdr) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_ICMPV6:
		return false;
	}
	if (ipv6_find_hdr(skb, &offset, NEXTHDR_FRAGMENT, NULL, NULL) < 0)
		return false;
	fh = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	return fh && fh->frag_off & htons(IP6_OFFSET | IP6_MF);
}

/*
 * Put fragments together, as ports are in the first only.
 * Return 0 with a whole packet, 1 if it was put together just now; -EINPROGRESS
 * if the fragment was kept, another errno if it was freed.
 */
static int defrag(struct sk_buff *skb, struct net *net, bool is6)
{
	int err;

	if (is6) {
		if (!is_fragment6(skb))
			return 0;
		err = nf_ct_frag6_gather(net, skb, DEFRAG6_USER);
		if (err == -EINPROGRESS)
			return err;
		/* One that overlaps another comes back without its headers. */
		__skb_push(skb, -skb_network_offset(skb));
		/* What nothing can be made of is still ours to refuse. */
		return err ? 0 : 1;
	}
	if (!ip_is_fragment(ip_hdr(skb)))
		return 0;
	err = ip_defrag(net, skb, DEFRAG4_USER);
	return err ? err : 1;
}

/* Where the routing header that is not used up tells how much is left of it. */
static u32 segments_left(const struct sk_buff *skb)
{
	int flags = IP6_FH_F_SKIP_RH;
	unsigned short fragoff;
	unsigned int offset = 0;

	if (ipv6_find_hdr(skb, &offset, NEXTHDR_ROUTING, &fragoff, &flags) < 0)
		return 0;
	return offset + offsetof(struct ipv6_rt_hdr, segments_left);
}

/* Answers to those who ask in vain; their rate is limited by the stack. */
static void refuse(struct sk_buff *skb, bool is6, unsigned int drop)
{
	switch (drop) {
	case IPV6TUN_A_DROPS_NAT64_POOL_EXHAUSTED:
	case IPV6TUN_A_DROPS_NAT64_LIMIT:
		if (is6)
			ipv6tun_tell_icmpv6(skb, ICMPV6_DEST_UNREACH,
					    ICMPV6_ADDR_UNREACH, 0);
		else
			ipv6tun_tell_icmp(skb, ICMP_DEST_UNREACH,
					  ICMP_PKT_FILTERED, 0);
		break;
	case IPV6TUN_A_DROPS_NAT64_ADDRESS:
		/* RFC 7915, sections 4.4 and 5.4. */
		if (is6)
			ipv6tun_tell_icmpv6(skb, ICMPV6_DEST_UNREACH,
					    ICMPV6_ADM_PROHIBITED, 0);
		else
			ipv6tun_tell_icmp(skb, ICMP_DEST_UNREACH,
					  ICMP_PKT_FILTERED, 0);
		break;
	case IPV6TUN_A_DROPS_NAT64_PROTOCOL:
		/* RFC 6146, section 3.4. */
		if (is6)
			ipv6tun_tell_icmpv6(skb, ICMPV6_DEST_UNREACH,
					    ICMPV6_PORT_UNREACH, 0);
		else
			ipv6tun_tell_icmp(skb, ICMP_DEST_UNREACH,
					  ICMP_PROT_UNREACH, 0);
		break;
	case IPV6TUN_A_DROPS_NAT64_NO_BIB:
		ipv6tun_tell_icmp(skb, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
		break;
	case IPV6TUN_A_DROPS_NAT64_FILTERED:
		ipv6tun_tell_icmp(skb, ICMP_DEST_UNREACH, ICMP_PKT_FILTERED,
				  0);
		break;
	case IPV6TUN_A_DROPS_NAT64_SOURCE_ROUTE:
		/* RFC 7915, sections 4.1 and 5.1. */
		if (is6)
			ipv6tun_tell_icmpv6(skb, ICMPV6_PARAMPROB,
					    ICMPV6_HDR_FIELD,
					    segments_left(skb));
		else
			ipv6tun_tell_icmp(skb, ICMP_DEST_UNREACH,
					  ICMP_SR_FAILED, 0);
		break;
	}
}

static bool is_bare_syn(const struct nat64_job *job)
{
	const struct nat64_hdrs *h = &job->pkt.out;
	const struct tcphdr *th;

	if (h->l4_kind != NAT64_L4_TCP)
		return false;
	th = (const struct tcphdr *)(job->skb->data + h->l4);
	return nat64_tcp_classify(th) == NAT64_TCP_SYN && !th->ack;
}

/*
 * An IPv4 SYN that is not let through may be half of a simultaneous open, and is
 * not answered at once (RFC 5382, REQ-4).
 * Return true if it was taken.
 */
static bool keep_syn(const struct nat64_job *job, unsigned int drop)
{
	const struct iphdr *iph = ip_hdr(job->skb);
	const struct nat64_syn syn = {
		.skb = job->skb,
		.remote4 = iph->saddr, .remote_port = job->pkt.out.sport,
		.addr4 = iph->daddr, .port4 = job->pkt.out.dport,
		.expires = ktime_get_seconds() + min_t(u32, NAT64_SYN_WAIT,
				job->cfg->settings.timeout[NAT64_TIMEOUT_TCP_SYN]),
		.drop = drop,
	};

	return nat64_syn_keep(job->nat->syns, &syn);
}

/* The operator should know, but not by each packet. */
static void log_full(struct nat64 *nat, unsigned int drop)
{
	unsigned long last = READ_ONCE(nat->logged);

	if (time_before(jiffies, last + HZ * NAT64_LOG_INTERVAL) ||
	    cmpxchg(&nat->logged, last, jiffies) != last)
		return;
	if (drop == IPV6TUN_A_DROPS_NAT64_LIMIT)
		netdev_warn(nat->tun->dev,
			    "NAT64: the limit on sessions is reached\n");
	else
		netdev_warn(nat->tun->dev,
			    "NAT64: pool4 has no free port for a new host\n");
}

/* Giving back */

/*
 * By the queue that loopback and veth use, rather than through GRO: what comes
 * by hosts' offloads or a network card has been aggregated already.
 */
static void reenter(struct ipv6tun_dev *tun, struct sk_buff *skb)
{
	unsigned int len = skb->len;

	skb_scrub_packet(skb, false);
	skb_orphan(skb);
	skb_clear_hash(skb);
	skb_clear_tstamp(skb);
	skb->dev = tun->dev;
	skb->encapsulation = 0;
	skb->pkt_type = PACKET_HOST;
	skb_reset_mac_header(skb);
	skb_reset_mac_len(skb);
	if (netif_rx(skb) == NET_RX_DROP) {
		/* Freed and counted for the device already. */
		ipv6tun_count_nat64_queue_full(tun);
		return;
	}
	dev_sw_netstats_rx_add(tun->dev, len);
}

static void count(struct nat64 *nat, bool is6, unsigned int len)
{
	struct nat64_stats *stats = this_cpu_ptr(nat->stats);

	u64_stats_update_begin(&stats->syncp);
	if (is6) {
		u64_stats_inc(&stats->packets64);
		u64_stats_add(&stats->bytes64, len);
	} else {
		u64_stats_inc(&stats->packets46);
		u64_stats_add(&stats->bytes46, len);
	}
	u64_stats_update_end(&stats->syncp);
}

/*
 * The links that a packet which was too big would have gone on by: RFC 7915,
 * sections 4.2 and 5.2. Other packets need not know.
 */
static void find_mtus(const struct ipv6tun_dev *tun, const struct nat64_job *job,
		      const struct sk_buff *skb, struct nat64_xlat_cfg *cfg)
{
	const u8 *inner = skb->data + job->pkt.in.l3;
	const struct icmphdr *icmph;

	if (likely(!job->pkt.out.error))
		return;
	/* Type and code of ICMPv6 are at the same place. */
	icmph = (const struct icmphdr *)(skb->data + job->pkt.out.l4);
	if (job->pkt.is6) {
		if (icmph->type != ICMPV6_PKT_TOOBIG)
			return;
		cfg->mtu4 = nat64_route_mtu4(tun->dev, job->out.dst4);
		cfg->mtu6 = nat64_route_mtu6(tun->dev,
					     &((const struct ipv6hdr *)inner)->daddr);
	} else {
		if (icmph->type != ICMP_DEST_UNREACH ||
		    icmph->code != ICMP_FRAG_NEEDED)
			return;
		cfg->mtu4 = nat64_route_mtu4(tun->dev,
					     ((const struct iphdr *)inner)->daddr);
		cfg->mtu6 = nat64_route_mtu6(tun->dev, &job->out.dst6);
	}
}

/*
 * What a TCP SYN may offer in its new family, or 0. Segments that answer it come
 * the other way: as IPv4 by the IPv4 side, 20 bytes longer by the IPv6 side.
 */
static u32 syn_mtu(const struct ipv6tun_dev *tun, const struct nat64_job *job,
		   const struct sk_buff *skb)
{
	const struct nat64_hdrs *h = &job->pkt.out;
	const u32 longer = sizeof(struct ipv6hdr) - sizeof(struct iphdr);
	u32 mtu4, mtu6;

	if (h->l4_kind != NAT64_L4_TCP || !h->has_ports ||
	    likely(!((const struct tcphdr *)(skb->data + h->l4))->syn) ||
	    !READ_ONCE(tun->mss_clamp))
		return 0;
	if (job->pkt.is6) {
		mtu4 = nat64_route_mtu4(tun->dev, job->out.dst4);
		mtu6 = nat64_route_mtu6(tun->dev, &ipv6_hdr(skb)->saddr);
		return mtu4 && mtu6 ? min(mtu4, mtu6 - longer) : 0;
	}
	mtu4 = nat64_route_mtu4(tun->dev, ip_hdr(skb)->saddr);
	mtu6 = nat64_route_mtu6(tun->dev, &job->out.dst6);
	return mtu4 && mtu6 ? min(mtu4 + longer, mtu6) : 0;
}

/* Translate a packet whose ends are known. Return as nat64_resolve(). */
static unsigned int translate(struct ipv6tun_dev *tun, struct nat64_job *job,
			      struct sk_buff *skb)
{
	const struct nat64_settings *settings = &job->cfg->settings;
	struct nat64_xlat_cfg cfg = {
		.lowest_mtu	  = settings->lowest_mtu,
		.udp_zero_compute =
			settings->udp_zero == IPV6TUN_NAT64_UDP_ZERO_COMPUTE,
	};
	const struct nat64_ends *in = job->pkt.out.error ? &job->in : NULL;
	unsigned int len = skb->len;
	struct sk_buff_head parts;
	struct sk_buff *part;
	unsigned int drop;
	u32 mtu;

	mtu = syn_mtu(tun, job, skb);
	find_mtus(tun, job, skb, &cfg);
	__skb_queue_head_init(&parts);
	if (job->pkt.is6)
		drop = nat64_xlat_64(skb, &job->pkt, &job->out, in, &cfg);
	else
		drop = nat64_xlat_46(skb, &job->pkt, &job->out, in, &cfg,
				     &parts);
	if (drop)
		return drop;
	if (unlikely(mtu) && skb_queue_empty(&parts))
		ipv6tun_mss_clamp(skb, mtu);
	count(job->nat, job->pkt.is6, len);
	dev_sw_netstats_tx_add(tun->dev, 1, len);
	if (skb_queue_empty(&parts)) {
		reenter(tun, skb);
		return 0;
	}
	while ((part = __skb_dequeue(&parts)))
		reenter(tun, part);
	return 0;
}

/* Super-packets that cannot be translated whole: such as are to be fragmented. */
static bool needs_segments(const struct nat64_job *job)
{
	const struct sk_buff *skb = job->skb;

	if (!skb_is_gso(skb))
		return false;
	return !job->pkt.is6 && !job->pkt.out.df &&
	       !skb_gso_validate_network_len(skb,
					     job->cfg->settings.lowest_mtu +
					     sizeof(struct iphdr) -
					     sizeof(struct ipv6hdr));
}

/* Return as nat64_resolve(); 0 if the packet was taken, in whatever number of parts. */
static unsigned int translate_segments(struct ipv6tun_dev *tun, struct nat64_job *job)
{
	struct sk_buff *segs, *seg, *next;
	unsigned int drop;

	segs = skb_gso_segment(job->skb, 0);
	if (IS_ERR_OR_NULL(segs))
		return IPV6TUN_A_DROPS_NAT64_NO_MEMORY;
	consume_skb(job->skb);
	skb_list_walk_safe(segs, seg, next) {
		skb_mark_not_on_list(seg);
		drop = nat64_parse(seg, job->pkt.is6, &job->pkt);
		if (!drop)
			drop = translate(tun, job, seg);
		if (drop) {
			ipv6tun_count_tx_drop(tun, NULL, seg, drop);
			kfree_skb(seg);
		}
	}
	return 0;
}

/**
 * nat64_hook_xmit() - translate a packet, if it is one to translate
 * @tun: the device it is sent to
 * @skb: the packet, its IP header in reach
 *
 * RFC 6146, section 3.
 *
 * Context: RCU, BH disabled.
 * Return: true if the packet was taken, translated or not.
 */
bool nat64_hook_xmit(struct ipv6tun_dev *tun, struct sk_buff *skb)
{
	struct nat64 *nat = rcu_dereference(tun->nat64);
	bool is6 = skb->protocol == htons(ETH_P_IPV6);
	unsigned int drop = 0;
	struct nat64_job job;
	bool known = true;
	int joined = 0;

	if (!nat)
		return false;
	job.nat = nat;
	job.cfg = rcu_dereference(nat->cfg);
	job.skb = skb;
	job.src_known = false;
	job.dst_known = false;
	job.out.ports = false;
	job.in.ports = false;
	if (!nat64_resolve_wanted(&job, &drop))
		return false;

	/* Without state each fragment is translated by itself. */
	if (!drop && job.cfg->settings.mode == IPV6TUN_NAT64_MODE_STATEFUL &&
	    !(job.src_known && job.dst_known)) {
		joined = defrag(skb, dev_net(tun->dev), is6);
		if (joined < 0)
			return true;
	}
	if (!drop) {
		drop = nat64_parse(skb, is6, &job.pkt);
		/* Not a protocol to tell of, such as IGMP: RFC 7915, 4.2. */
		known = drop != IPV6TUN_A_DROPS_NAT64_PROTOCOL;
	}
	if (joined) {
		/* Whoever sent it in parts may get it in parts. */
		job.pkt.out.joined = true;
		job.pkt.out.df = false;
	}
	if (!drop)
		drop = nat64_resolve(&job);
	if (!drop)
		drop = needs_segments(&job) ? translate_segments(tun, &job) :
					      translate(tun, &job, skb);
	if (likely(!drop))
		return true;
	switch (drop) {
	case IPV6TUN_A_DROPS_NAT64_FILTERED:
	case IPV6TUN_A_DROPS_NAT64_NO_BIB:
		if (!is_bare_syn(&job)) {
			refuse(skb, is6, drop);
			break;
		}
		if (keep_syn(&job, drop))
			return true;
		break;
	case IPV6TUN_A_DROPS_NAT64_LIMIT:
	case IPV6TUN_A_DROPS_NAT64_POOL_EXHAUSTED:
		log_full(nat, drop);
		fallthrough;
	default:
		if (known)
			refuse(skb, is6, drop);
	}
	ipv6tun_count_tx_drop(tun, NULL, skb, drop);
	kfree_skb(skb);
	return true;
}

/* A SYN has waited, for whatever came of it. BH disabled. */
static void drop_syn(const struct nat64 *nat, const struct nat64_syn *syn)
{
	ipv6tun_count_tx_drop(nat->tun, NULL, syn->skb, syn->drop);
	kfree_skb(syn->skb);
}

/**
 * nat64_hook_expire_syns() - tell the senders of SYNs that waited in vain
 * @nat: the instance
 *
 * Context: process.
 */
void nat64_hook_expire_syns(struct nat64 *nat)
{
	struct nat64_syn syn;

	local_bh_disable();
	rcu_read_lock();
	while (nat64_syn_expire(nat->syns, false, &syn)) {
		ipv6tun_tell_icmp(syn.skb, ICMP_DEST_UNREACH,
				  ICMP_PORT_UNREACH, 0);
		drop_syn(nat, &syn);
	}
	rcu_read_unlock();
	local_bh_enable();
}

/**
 * nat64_hook_forget_syns() - drop the SYNs that wait; nobody is told
 * @nat: the instance
 *
 * A packet that waits holds a route and maybe a connection of its namespace, which
 * could not end before.
 *
 * Context: process.
 */
void nat64_hook_forget_syns(struct nat64 *nat)
{
	struct nat64_syn syn;

	local_bh_disable();
	while (nat64_syn_expire(nat->syns, true, &syn))
		drop_syn(nat, &syn);
	local_bh_enable();
}

/**
 * nat64_hook_probe() - ask the IPv6 host of a TCP session whether it lives
 * @st: the state of the instance
 * @session: the session
 *
 * RFC 6146, section 3.5.2.2: a segment with ACK that neither side expects. A
 * host that still has the connection answers, which keeps the session; one that
 * has not answers with a RST.
 *
 * Context: RCU, BH disabled.
 */
void nat64_hook_probe(struct nat64_state *st,
		      const struct nat64_session *session)
{
	struct nat64 *nat = container_of(st, struct nat64, state);
	const struct nat64_bib *bib = session->bib;
	struct in6_addr remote6;
	struct ipv6hdr *ip6;
	struct tcphdr *th;
	struct sk_buff *skb;

	if (!nat64_instance_remote6(rcu_dereference(nat->cfg), session,
				    &remote6))
		return;
	skb = alloc_skb(LL_MAX_HEADER + sizeof(*ip6) + sizeof(*th), GFP_ATOMIC);
	if (!skb)
		return;
	skb_reserve(skb, LL_MAX_HEADER);
	skb_reset_network_header(skb);
	ip6 = skb_put_zero(skb, sizeof(*ip6));
	skb_set_transport_header(skb, sizeof(*ip6));
	th = skb_put_zero(skb, sizeof(*th));
	ip6->version = 6;
	ip6->payload_len = htons(sizeof(*th));
	ip6->nexthdr = IPPROTO_TCP;
	ip6->hop_limit = 64;
	ip6->saddr = remote6;
	ip6->daddr = bib->addr6;
	th->source = session->port;
	th->dest = bib->port6;
	th->doff = sizeof(*th) / 4;
	th->ack = 1;
	th->check = csum_ipv6_magic(&ip6->saddr, &ip6->daddr, sizeof(*th),
				    IPPROTO_TCP,
				    csum_partial(th, sizeof(*th), 0));
	skb->protocol = htons(ETH_P_IPV6);
	reenter(nat->tun, skb);
}
