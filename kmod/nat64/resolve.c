// SPDX-License-Identifier: GPL-2.0
#include <linux/icmp.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/ipv6tun.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/ipv6.h>

#include "../device.h"
#include "../stats.h"
#include "eam.h"
#include "instance.h"
#include "resolve.h"
#include "route.h"
#include "syn.h"

static bool is_stateful(const struct nat64_cfg *cfg)
{
	return cfg->settings.mode == IPV6TUN_NAT64_MODE_STATEFUL;
}

/* Addresses without state */

/* By a mapping; most configurations have none. */
static bool eam_64(const struct nat64_cfg *cfg, const struct in6_addr *addr6,
		   __be32 *addr4)
{
	return cfg->n_eams && nat64_eam_64(cfg->eam, addr6, addr4);
}

static bool eam_46(const struct nat64_cfg *cfg, __be32 addr4,
		   struct in6_addr *addr6)
{
	return cfg->n_eams && nat64_eam_46(cfg->eam, addr4, addr6);
}

/*
 * The IPv4 address inside a pool6 address. RFC 6052, section 3.1: the
 * well-known prefix is for global IPv4 addresses only.
 * Return false if @addr is not in pool6; *@ok whether there is such an address.
 */
static bool pool6_extract(const struct nat64_cfg *cfg,
			  const struct in6_addr *addr, __be32 *addr4, u8 *id,
			  bool *ok)
{
	const struct nat64_prefix6 *prefix;
	unsigned int i;

	for (i = 0; i < cfg->n_pool6; i++) {
		prefix = &cfg->pool6[i];
		if (!nat64_addr_in6(prefix, addr))
			continue;
		*id = cfg->pool6_id[i];
		*ok = nat64_addr_extract(prefix, addr, addr4) &&
		      nat64_addr_translatable4(*addr4) &&
		      (!nat64_addr_prefix_well_known(prefix) ||
		       nat64_addr_global4(*addr4));
		return true;
	}
	return false;
}

/*
 * The IPv6 address of an IPv4 address of which no session tells. RFC 7757, section
 * 4: to another IPv6 host, one that is reached through here by its IPv4 address has
 * that one, or the answers would not come back through here.
 */
static bool embed(const struct nat64_job *job, __be32 addr4,
		  struct in6_addr *addr, u8 *id)
{
	const struct nat64_cfg *cfg = job->cfg;

	if (eam_46(cfg, addr4, addr) &&
	    (!cfg->n_pool6 || !nat64_route_returns4(job->nat->tun->dev, addr4))) {
		*id = NAT64_VIA_EAM;
		return true;
	}
	if (!cfg->n_pool6 || !nat64_addr_translatable4(addr4) ||
	    (nat64_addr_prefix_well_known(&cfg->pool6[0]) &&
	     !nat64_addr_global4(addr4)))
		return false;
	*id = cfg->pool6_id[0];
	nat64_addr_embed(&cfg->pool6[0], addr4, addr);
	return true;
}

/*
 * The IPv6 address of a hop that an IPv4 ICMP error comes from. RFC 7915, section
 * 4.1: for the sake of those who search for errors, also of one that may not be
 * spoken to, such as a private address under the well-known prefix.
 */
static bool embed_hop(const struct nat64_job *job, __be32 addr4, u8 pool6,
		      struct in6_addr *addr)
{
	const struct nat64_cfg *cfg = job->cfg;

	if (eam_46(cfg, addr4, addr))
		return true;
	if (pool6 != NAT64_VIA_EAM && cfg->by_id[pool6].len) {
		nat64_addr_embed(&cfg->by_id[pool6], addr4, addr);
		return true;
	}
	if (!cfg->n_pool6)
		return false;
	nat64_addr_embed(&cfg->pool6[0], addr4, addr);
	return true;
}

/* Sessions */

static u32 idle_timeout(const struct nat64_cfg *cfg, u8 l4)
{
	return cfg->settings.timeout[l4 == NAT64_L4_UDP ? NAT64_TIMEOUT_UDP :
							 NAT64_TIMEOUT_ICMP];
}

static bool is_half_open(const struct nat64_session *session)
{
	u32 state = READ_ONCE(session->tcp);

	return state == IPV6TUN_NAT64_TCP_V4_INIT ||
	       state == IPV6TUN_NAT64_TCP_V6_INIT;
}

/*
 * Let a packet keep its session alive.
 * Return false if the session has ended, or the packet opens none.
 */
static bool use_session(const struct nat64_job *job, struct nat64_session *session,
			bool from6)
{
	const struct nat64_settings *settings = &job->cfg->settings;
	const struct nat64_hdrs *h = &job->pkt.out;
	const struct tcphdr *th;

	if (h->l4_kind != NAT64_L4_TCP)
		return nat64_state_touch(session,
					 idle_timeout(job->cfg, h->l4_kind));
	th = (const struct tcphdr *)(job->skb->data + h->l4);
	if (!nat64_state_tcp(session, settings, from6, nat64_tcp_classify(th)))
		return false;
	if (unlikely(th->syn) && is_half_open(session) &&
	    nat64_state_crowded(&job->nat->state, settings))
		nat64_state_touch(session,
				  settings->timeout[NAT64_TIMEOUT_TCP_SYN]);
	return true;
}

/* Whether the packet may open a session: TCP does by SYN only. */
static bool opens(const struct nat64_job *job)
{
	const struct nat64_hdrs *h = &job->pkt.out;

	return h->l4_kind != NAT64_L4_TCP ||
	       nat64_tcp_classify((const struct tcphdr *)
				  (job->skb->data + h->l4)) == NAT64_TCP_SYN;
}

/* Of an echo both ports of a packet are its identifier; a session has one. */
static __be16 remote_port(const struct nat64_hdrs *h, __be16 port)
{
	return h->l4_kind == NAT64_L4_ICMP ? 0 : port;
}

/* Whether a session just opened from IPv6 is one that IPv4 opened, too. */
static bool meets_syn(const struct nat64_job *job, const struct nat64_session *session)
{
	struct nat64_syn syn = {
		.remote4 = session->remote4, .remote_port = session->port,
		.addr4 = session->bib->addr4, .port4 = session->bib->port4,
	};

	if (job->pkt.out.l4_kind != NAT64_L4_TCP ||
	    !nat64_syn_meet(job->nat->syns, &syn))
		return false;
	ipv6tun_count_tx_drop(job->nat->tun, NULL, syn.skb, syn.drop);
	kfree_skb(syn.skb);
	return true;
}

/*
 * The session of an IPv6 packet, RFC 6146, section 3.5. The usual one is found
 * by two look-ups.
 */
static unsigned int session64(struct nat64_job *job)
{
	const struct nat64_hdrs *h = &job->pkt.out;
	struct nat64_state *st = &job->nat->state;
	const struct in6_addr *host = &ipv6_hdr(job->skb)->saddr;
	__be16 port = remote_port(h, h->dport);
	struct nat64_session *session;
	struct nat64_bib *bib;
	unsigned int drop;

	bib = nat64_state_bib6(st, h->l4_kind, host, h->sport);
	session = bib ? nat64_state_session(st, bib, job->out.dst4, port) :
			NULL;
	if (!session || unlikely(!use_session(job, session, true))) {
		if (!opens(job))
			return IPV6TUN_A_DROPS_NAT64_TCP_STATE;
		bib = nat64_state_make_bib(st, job->cfg, h->l4_kind, host,
					   h->sport, &drop);
		if (!bib)
			return drop;
		session = nat64_state_open(st, job->cfg, bib, job->out.dst4,
					   port, job->pool6, &drop);
		if (!session)
			return drop;
		if (meets_syn(job, session))
			nat64_state_tcp(session, &job->cfg->settings, false,
					NAT64_TCP_SYN);
		/* Of one that ends right now a second packet makes another. */
		if (!use_session(job, session, true))
			return IPV6TUN_A_DROPS_NAT64_NO_SESSION;
		bib = session->bib;
	}
	/* Of two prefixes to the same host the answers have the last one used. */
	if (unlikely(READ_ONCE(session->pool6) != job->pool6))
		WRITE_ONCE(session->pool6, job->pool6);
	job->out.src4 = bib->addr4;
	job->out.ports = true;
	job->out.sport = bib->port4;
	job->out.dport = h->l4_kind == NAT64_L4_ICMP ? bib->port4 : h->dport;
	return 0;
}

/* As session64(), of an IPv4 packet. */
static unsigned int session46(struct nat64_job *job)
{
	const struct nat64_hdrs *h = &job->pkt.out;
	const struct iphdr *iph = ip_hdr(job->skb);
	struct nat64_state *st = &job->nat->state;
	__be16 port = remote_port(h, h->sport);
	struct nat64_session *session;
	struct in6_addr remote6;
	struct nat64_bib *bib;
	unsigned int drop;
	u8 pool6;

	bib = nat64_state_bib4(st, h->l4_kind, iph->daddr, h->dport);
	if (!bib)
		return IPV6TUN_A_DROPS_NAT64_NO_BIB;
	session = nat64_state_session(st, bib, iph->saddr, port);
	if (!session || unlikely(!use_session(job, session, false))) {
		if (job->cfg->settings.filtering ==
		    IPV6TUN_NAT64_FILTERING_ADDRESS_DEPENDENT &&
		    !bib->is_static &&
		    !nat64_state_contacted(st, bib, iph->saddr))
			return IPV6TUN_A_DROPS_NAT64_FILTERED;
		if (!opens(job))
			return IPV6TUN_A_DROPS_NAT64_TCP_STATE;
		if (!embed(job, iph->saddr, &remote6, &pool6))
			return IPV6TUN_A_DROPS_NAT64_ADDRESS;
		if (READ_ONCE(bib->doomed) ||
		    !refcount_inc_not_zero(&bib->refs))
			return IPV6TUN_A_DROPS_NAT64_NO_BIB;
		session = nat64_state_open(st, job->cfg, bib, iph->saddr, port,
					   pool6, &drop);
		if (!session)
			return drop;
		/* It may be one that waited, sent once more. */
		meets_syn(job, session);
		if (!use_session(job, session, false))
			return IPV6TUN_A_DROPS_NAT64_NO_SESSION;
	}
	if (!nat64_instance_remote6(job->cfg, session, &job->out.src6))
		return IPV6TUN_A_DROPS_NAT64_ADDRESS;
	job->out.dst6 = bib->addr6;
	job->out.ports = true;
	job->out.dport = bib->port6;
	job->out.sport = h->l4_kind == NAT64_L4_ICMP ? bib->port6 : h->sport;
	return 0;
}

/* ICMP errors: the packet inside went the other way, by the same session. */

/* IPv4 source of an ICMPv6 error; the one of the flow if it has no other. */
static __be32 hop4(const struct nat64_job *job, __be32 flow)
{
	const struct nat64_settings *settings = &job->cfg->settings;
	const struct in6_addr *hop = &ipv6_hdr(job->skb)->saddr;
	u32 suffix;
	__be32 addr;
	bool ok;
	u8 id;

	if (eam_64(job->cfg, hop, &addr))
		return addr;
	if (!is_stateful(job->cfg) &&
	    pool6_extract(job->cfg, hop, &addr, &id, &ok) && ok)
		return addr;
	if (!settings->has_icmp_source)
		return flow;
	/*
	 * RFC 6791, section 5, recommends any at random. The same for the same
	 * hop lets a traceroute be read.
	 */
	suffix = ipv6_addr_hash(hop);
	if (settings->icmp_source.len)
		suffix &= (u32)((1ULL << (32 - settings->icmp_source.len)) - 1);
	return settings->icmp_source.addr | cpu_to_be32(suffix);
}

/* Addresses of a packet inside without state. Return whether both have one. */
static bool stateless_inner64(struct nat64_job *job, const struct ipv6hdr *ip6)
{
	bool src, dst, ok = true;
	u8 id;

	src = eam_64(job->cfg, &ip6->saddr, &job->in.src4) ||
	      (pool6_extract(job->cfg, &ip6->saddr, &job->in.src4, &id, &ok) &&
	       ok);
	dst = eam_64(job->cfg, &ip6->daddr, &job->in.dst4) ||
	      (!is_stateful(job->cfg) &&
	       pool6_extract(job->cfg, &ip6->daddr, &job->in.dst4, &id, &ok) &&
	       ok);
	return src && dst;
}

static unsigned int error64(struct nat64_job *job)
{
	const struct nat64_hdrs *h = &job->pkt.in;
	struct nat64_state *st = &job->nat->state;
	const struct ipv6hdr *ip6;
	struct nat64_bib *bib;
	bool ok = false;
	u8 id;

	ip6 = (const struct ipv6hdr *)(job->skb->data + h->l3);
	if (stateless_inner64(job, ip6)) {
		job->out.src4 = hop4(job, job->in.dst4);
		return 0;
	}
	if (!is_stateful(job->cfg))
		return IPV6TUN_A_DROPS_NAT64_ADDRESS;
	if (!h->has_ports || h->l4_kind >= NAT64_L4_N)
		return IPV6TUN_A_DROPS_NAT64_NO_SESSION;
	if (!eam_64(job->cfg, &ip6->saddr, &job->in.src4) &&
	    !(pool6_extract(job->cfg, &ip6->saddr, &job->in.src4, &id, &ok) &&
	      ok))
		return IPV6TUN_A_DROPS_NAT64_ADDRESS;
	bib = nat64_state_bib6(st, h->l4_kind, &ip6->daddr, h->dport);
	if (!bib || !nat64_state_session(st, bib, job->in.src4,
					 remote_port(h, h->sport)))
		return IPV6TUN_A_DROPS_NAT64_NO_SESSION;
	job->in.dst4 = bib->addr4;
	job->in.ports = true;
	job->in.dport = bib->port4;
	job->in.sport = h->l4_kind == NAT64_L4_ICMP ? bib->port4 : h->sport;
	job->out.src4 = hop4(job, bib->addr4);
	/* To whom the session says, RFC 6146, section 3.7. */
	job->out.dst4 = job->in.src4;
	return 0;
}

static bool stateless_inner46(struct nat64_job *job, const struct iphdr *iph)
{
	bool src;
	u8 id;

	src = eam_46(job->cfg, iph->saddr, &job->in.src6) ||
	      (!is_stateful(job->cfg) &&
	       embed(job, iph->saddr, &job->in.src6, &id));
	return src && embed(job, iph->daddr, &job->in.dst6, &id);
}

static unsigned int error46(struct nat64_job *job)
{
	const struct nat64_hdrs *h = &job->pkt.in;
	struct nat64_state *st = &job->nat->state;
	__be32 hop = ip_hdr(job->skb)->saddr;
	struct nat64_session *session;
	const struct iphdr *iph;
	struct nat64_bib *bib;

	iph = (const struct iphdr *)(job->skb->data + h->l3);
	if (stateless_inner46(job, iph)) {
		/* Sent to an address that only sessions have. */
		if (!job->dst_known)
			return IPV6TUN_A_DROPS_NAT64_NO_SESSION;
		if (!embed_hop(job, hop, NAT64_VIA_EAM, &job->out.src6))
			return IPV6TUN_A_DROPS_NAT64_ADDRESS;
		return 0;
	}
	if (!is_stateful(job->cfg))
		return IPV6TUN_A_DROPS_NAT64_ADDRESS;
	if (!h->has_ports || h->l4_kind >= NAT64_L4_N)
		return IPV6TUN_A_DROPS_NAT64_NO_SESSION;
	bib = nat64_state_bib4(st, h->l4_kind, iph->saddr, h->sport);
	session = bib ? nat64_state_session(st, bib, iph->daddr,
					    remote_port(h, h->dport)) : NULL;
	if (!session)
		return IPV6TUN_A_DROPS_NAT64_NO_SESSION;
	if (!nat64_instance_remote6(job->cfg, session, &job->in.dst6) ||
	    !embed_hop(job, hop, session->pool6, &job->out.src6))
		return IPV6TUN_A_DROPS_NAT64_ADDRESS;
	job->in.src6 = bib->addr6;
	job->in.ports = true;
	job->in.sport = bib->port6;
	job->in.dport = h->l4_kind == NAT64_L4_ICMP ? bib->port6 : h->dport;
	job->out.dst6 = bib->addr6;
	return 0;
}

/**
 * nat64_resolve() - what addresses and ports become
 * @job: a packet that is wanted, and taken apart; @out and @in are set
 *
 * RFC 6146, sections 3.4 to 3.7.
 *
 * Context: RCU, BH disabled.
 * Return: 0 or IPV6TUN_A_DROPS_*.
 */
unsigned int nat64_resolve(struct nat64_job *job)
{
	const struct nat64_hdrs *h = &job->pkt.out;

	if (h->error)
		return job->pkt.is6 ? error64(job) : error46(job);
	if (job->src_known && job->dst_known)
		return 0;
	if (!is_stateful(job->cfg) || (!job->pkt.is6 && job->dst_known))
		return IPV6TUN_A_DROPS_NAT64_ADDRESS;
	/* What reassembly could make nothing of. */
	if (h->fragment)
		return IPV6TUN_A_DROPS_NAT64_FRAGMENT;
	if (!h->has_ports || h->l4_kind >= NAT64_L4_N)
		return IPV6TUN_A_DROPS_NAT64_PROTOCOL;
	return job->pkt.is6 ? session64(job) : session46(job);
}

/* Which packets */

/*
 * Whether the destination is ours to translate, and what is known without
 * state. *@drop is set if it is ours and cannot be translated.
 */
static bool wanted6(struct nat64_job *job, unsigned int *drop)
{
	const struct ipv6hdr *ip6 = ipv6_hdr(job->skb);
	const struct nat64_cfg *cfg = job->cfg;
	__be32 addr;
	bool ok;
	u8 id;

	if (eam_64(cfg, &ip6->daddr, &job->out.dst4)) {
		job->pool6 = NAT64_VIA_EAM;
	} else {
		if (!pool6_extract(cfg, &ip6->daddr, &job->out.dst4,
				   &job->pool6, &ok))
			return false;
		if (!ok)
			*drop = IPV6TUN_A_DROPS_NAT64_ADDRESS;
	}
	job->dst_known = true;
	if (eam_64(cfg, &ip6->saddr, &addr)) {
		job->src_known = true;
		job->out.src4 = addr;
	} else if (pool6_extract(cfg, &ip6->saddr, &addr, &id, &ok)) {
		if (is_stateful(cfg))
			*drop = IPV6TUN_A_DROPS_NAT64_LOOP;
		else if (!ok)
			*drop = IPV6TUN_A_DROPS_NAT64_ADDRESS;
		job->src_known = true;
		job->out.src4 = addr;
	}
	return true;
}

/*
 * Whether the IPv4 source has an IPv6 address without state. The hop an ICMP
 * error comes from need not.
 */
static bool source4(struct nat64_job *job, const struct iphdr *iph,
		    unsigned int *drop)
{
	u8 id;

	if (embed(job, iph->saddr, &job->out.src6, &id))
		return true;
	if (iph->protocol != IPPROTO_ICMP)
		*drop = IPV6TUN_A_DROPS_NAT64_ADDRESS;
	return false;
}

static bool wanted4(struct nat64_job *job, unsigned int *drop)
{
	const struct iphdr *iph = ip_hdr(job->skb);
	const struct nat64_cfg *cfg = job->cfg;
	u8 id;

	if (eam_46(cfg, iph->daddr, &job->out.dst6)) {
		job->dst_known = true;
		job->src_known = source4(job, iph, drop);
		return true;
	}
	if (!nat64_ports_find(cfg->ports, iph->daddr))
		return false;
	if (is_stateful(cfg))
		return true;
	/* Without state pool4 says which addresses are those of IPv6 hosts. */
	if (!embed(job, iph->daddr, &job->out.dst6, &id)) {
		*drop = IPV6TUN_A_DROPS_NAT64_ADDRESS;
		return true;
	}
	job->dst_known = true;
	job->src_known = source4(job, iph, drop);
	return true;
}

/**
 * nat64_resolve_wanted() - whether a packet is one to translate
 * @job: the packet, not taken apart yet; what is known without state is set
 * @drop: set to IPV6TUN_A_DROPS_* if it is, and cannot be
 *
 * Context: RCU.
 * Return: true if its destination is ours to translate.
 */
bool nat64_resolve_wanted(struct nat64_job *job, unsigned int *drop)
{
	if (job->skb->protocol == htons(ETH_P_IPV6))
		return wanted6(job, drop);
	return wanted4(job, drop);
}
