// SPDX-License-Identifier: GPL-2.0
/*
 * The flow hash: a packet becomes a tuple of two endpoints and what tells
 * flows between them apart, and the tuple becomes a number.
 *
 * skb->hash is not used: it is keyed with a secret drawn at boot, so two
 * routers, or one router before and after a reboot, would disagree.
 *
 * Nothing is pulled, so the packet stays as it is and may be non-linear, and
 * every read is checked against the packet's length. What cannot be read is
 * left out of the tuple: a hash there always is.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_ether.h>
#include <linux/if_tunnel.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/ipv6tun.h>
#include <linux/skbuff.h>
#include <net/gre.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "flow.h"
#include "mix.h"

/*
 * IPv6 extension headers looked through: each kind once, and the destination
 * options twice, make four (RFC 8200, 4.1). Behind more the packet is hashed by
 * its addresses.
 */
#define EXTHDR_MAX	8

/* IPv4 addresses have @hi 0. */
struct endpoint {
	u64	hi;
	u64	lo;
	u16	port;
};

/* What belongs to one flow; everything in host order. */
struct tuple {
	struct endpoint	src;
	struct endpoint	dst;
	u32		extra;	/* ICMP identifier, SPI, GRE key or flow label */
	u8		proto;	/* 0 when hashed without the layer above IP */
};

/* Where the transport header of a packet is. */
struct transport {
	int	off;	/* from skb->data */
	u32	label;	/* IPv6 flow label, 0 without */
	u8	proto;
	bool	found;	/* false: not reached, @off and @proto are not set */
};

/* Injective in each word, given the other. */
static u64 mix(u64 h, u64 word)
{
	h = (h ^ word) * 0x9e3779b97f4a7c15ULL;
	return h ^ (h >> 32);
}

static u64 hash_endpoint(const struct endpoint *e, u32 seed)
{
	u64 h;

	/*
	 * The port is spread over the word first: added to the low bits of the
	 * address it could make up for a difference there.
	 */
	h = (u64)seed * 0xa0761d6478bd642fULL + e->port * 0xe7037ed1a0b428dbULL;
	return mix(mix(h, e->hi), e->lo);
}

static u32 hash_tuple(const struct tuple *t, const struct ipv6tun_flow_cfg *cfg)
{
	u64 a = hash_endpoint(&t->src, cfg->seed);
	u64 b = hash_endpoint(&t->dst, cfg->seed);

	/* Any order will do that does not depend on who is the source. */
	if (cfg->symmetric && a > b)
		swap(a, b);
	return ipv6tun_mix64(mix(a, (u64)t->extra << 8 | t->proto) ^ b);
}

static void set_ipv6_addr(struct endpoint *e, const struct in6_addr *addr)
{
	const __be32 *w = addr->s6_addr32;

	e->hi = (u64)be32_to_cpu(w[0]) << 32 | be32_to_cpu(w[1]);
	e->lo = (u64)be32_to_cpu(w[2]) << 32 | be32_to_cpu(w[3]);
}

/* Walk to the transport header; RFC 8200, 4. */
static void find_transport6(const struct sk_buff *skb, int off, u8 nexthdr,
			    struct transport *tp)
{
	unsigned int i;

	for (i = 0; i <= EXTHDR_MAX; i++) {
		const struct ipv6_opt_hdr *opt;
		struct ipv6_opt_hdr _opt;
		const struct frag_hdr *frag;
		struct frag_hdr _frag;

		switch (nexthdr) {
		case NEXTHDR_HOP:
		case NEXTHDR_ROUTING:
		case NEXTHDR_DEST:
			opt = skb_header_pointer(skb, off, sizeof(_opt), &_opt);
			if (!opt)
				return;
			nexthdr = opt->nexthdr;
			off += ipv6_optlen(opt);
			break;
		case NEXTHDR_FRAGMENT:
			frag = skb_header_pointer(skb, off, sizeof(_frag), &_frag);
			if (!frag)
				return;
			/*
			 * Only the first fragment has ports, so none may use
			 * them. An atomic fragment (RFC 6946) is a whole
			 * datagram and stays with its flow.
			 */
			if (frag->frag_off & htons(IP6_OFFSET | IP6_MF))
				return;
			nexthdr = frag->nexthdr;
			off += sizeof(_frag);
			break;
		default:
			tp->proto = nexthdr;
			tp->off = off;
			tp->found = true;
			return;
		}
	}
}

static bool read_ipv6(const struct sk_buff *skb, int off, struct tuple *t,
		      struct transport *tp)
{
	const struct ipv6hdr *ip6h;
	struct ipv6hdr _ip6h;

	ip6h = skb_header_pointer(skb, off, sizeof(_ip6h), &_ip6h);
	if (!ip6h)
		return false;
	set_ipv6_addr(&t->src, &ip6h->saddr);
	set_ipv6_addr(&t->dst, &ip6h->daddr);
	tp->label = be32_to_cpu(ip6_flowlabel(ip6h));
	tp->found = false;
	find_transport6(skb, off + sizeof(_ip6h), ip6h->nexthdr, tp);
	return true;
}

static bool read_ipv4(const struct sk_buff *skb, int off, struct tuple *t,
		      struct transport *tp)
{
	const struct iphdr *iph;
	struct iphdr _iph;

	iph = skb_header_pointer(skb, off, sizeof(_iph), &_iph);
	if (!iph)
		return false;
	t->src.hi = 0;
	t->src.lo = be32_to_cpu(iph->saddr);
	t->dst.hi = 0;
	t->dst.lo = be32_to_cpu(iph->daddr);
	tp->label = 0;
	tp->proto = iph->protocol;
	tp->off = off + iph->ihl * 4;
	/* Only the first fragment has ports, so none may use them. */
	tp->found = iph->ihl >= 5 && !ip_is_fragment(iph);
	return true;
}

/* Addresses into @t; false if not even these are there, @t is then unchanged. */
static bool read_ip(const struct sk_buff *skb, bool ipv6, int off,
		    struct tuple *t, struct transport *tp)
{
	return ipv6 ? read_ipv6(skb, off, t, tp) : read_ipv4(skb, off, t, tp);
}

/* An ICMP error carries the packet that caused it. */
static bool is_icmp_error(const struct sk_buff *skb, bool ipv6,
			  const struct transport *tp)
{
	const u8 *type;
	u8 _type;

	if (!tp->found || tp->proto != (ipv6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP))
		return false;
	type = skb_header_pointer(skb, tp->off, sizeof(_type), &_type);
	if (!type)
		return false;
	/* All types below 128 are errors: RFC 4443, 2.1. */
	return ipv6 ? !(*type & ICMPV6_INFOMSG_MASK) : icmp_is_err(*type);
}

static void read_ports(const struct sk_buff *skb, int off, struct tuple *t)
{
	const __be16 *ports;
	__be16 _ports[2];

	ports = skb_header_pointer(skb, off, sizeof(_ports), _ports);
	if (!ports)
		return;
	t->src.port = be16_to_cpu(ports[0]);
	t->dst.port = be16_to_cpu(ports[1]);
}

static void read_extra(const struct sk_buff *skb, int off, struct tuple *t)
{
	const __be32 *word;
	__be32 _word;

	word = skb_header_pointer(skb, off, sizeof(_word), &_word);
	if (word)
		t->extra = be32_to_cpu(*word);
}

/* The identifier is the same in a request and its reply. */
static void read_icmp_id(const struct sk_buff *skb, bool ipv6, int off,
			 struct tuple *t)
{
	const struct icmphdr *icmph;
	struct icmphdr _icmph;
	bool echo;

	/* Type and identifier are at the same place in ICMPv6. */
	icmph = skb_header_pointer(skb, off, sizeof(_icmph), &_icmph);
	if (!icmph)
		return;
	if (ipv6)
		echo = icmph->type == ICMPV6_ECHO_REQUEST ||
		       icmph->type == ICMPV6_ECHO_REPLY;
	else
		echo = icmph->type == ICMP_ECHO ||
		       icmph->type == ICMP_ECHOREPLY;
	if (echo)
		t->extra = be16_to_cpu(icmph->un.echo.id);
}

/* Both ends of a GRE tunnel are usually given the same key. */
static void read_gre_key(const struct sk_buff *skb, int off, struct tuple *t)
{
	const struct gre_base_hdr *greh;
	struct gre_base_hdr _greh;

	greh = skb_header_pointer(skb, off, sizeof(_greh), &_greh);
	if (!greh || greh->flags & (GRE_VERSION | GRE_ROUTING) ||
	    !(greh->flags & GRE_KEY))
		return;
	off += sizeof(_greh) + (greh->flags & GRE_CSUM ? 4 : 0);
	read_extra(skb, off, t);
}

/* @directional: may use fields that differ between the directions of a flow. */
static void read_transport(const struct sk_buff *skb, bool ipv6,
			   const struct transport *tp, bool directional,
			   struct tuple *t)
{
	t->proto = tp->proto;
	switch (tp->proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		read_ports(skb, tp->off, t);
		break;
	case IPPROTO_ICMP:
		if (!ipv6)
			read_icmp_id(skb, ipv6, tp->off, t);
		break;
	case IPPROTO_ICMPV6:
		if (ipv6)
			read_icmp_id(skb, ipv6, tp->off, t);
		break;
	case IPPROTO_GRE:
		read_gre_key(skb, tp->off, t);
		break;
	case IPPROTO_ESP:
		if (directional)
			read_extra(skb, tp->off, t);
		break;
	case IPPROTO_AH:
		if (directional)
			read_extra(skb, tp->off + 4, t);
		break;
	}
}

static void read_packet(const struct sk_buff *skb, bool ipv6,
			const struct ipv6tun_flow_cfg *cfg, struct tuple *t)
{
	struct transport tp;
	bool error;

	if (!read_ip(skb, ipv6, skb_network_offset(skb), t, &tp))
		return;

	/*
	 * An error goes to the sender of the packet it carries: it belongs
	 * to the flow opposite to that packet's. One that carries too little
	 * is a packet of its own.
	 */
	error = is_icmp_error(skb, ipv6, &tp) &&
		read_ip(skb, ipv6, tp.off + (int)sizeof(struct icmphdr), t, &tp);

	/* The opposite flow's label is not known, nor is its SPI. */
	if (cfg->policy == IPV6TUN_HASH_FLOWLABEL && !cfg->symmetric &&
	    !error && tp.label)
		t->extra = tp.label;
	else if (cfg->policy != IPV6TUN_HASH_L3 && tp.found)
		read_transport(skb, ipv6, &tp, !cfg->symmetric && !error, t);

	if (error)
		swap(t->src, t->dst);
}

/**
 * ipv6tun_flow_hash() - hash of the flow a packet belongs to
 * @skb: the packet; skb->protocol says which IP header is at
 *	 skb_network_header(). Not changed, need not be linear.
 * @cfg: seed, policy and symmetry
 *
 * By policy:
 *
 * L4: addresses, protocol and ports (TCP, UDP, UDP-Lite, SCTP, DCCP) or what
 * comes nearest: ICMP echo identifier, GRE key, SPI of ESP and AH. Any
 * fragment: addresses alone, so that a datagram stays together.
 *
 * L3: addresses.
 *
 * FLOWLABEL: addresses and flow label (RFC 6438), which fragments have too;
 * L4 where the label is 0, in IPv4, and if @cfg->symmetric, since each
 * direction of a flow has a label of its own.
 *
 * ICMP errors are hashed as the packet they carry would be in the opposite
 * direction, so that they take the path of the flow they are about; with
 * FLOWLABEL that is L4, right if the opposite flow has no label.
 *
 * With @cfg->symmetric both directions of a flow give the same hash; SPIs,
 * which have a direction, are then left out.
 *
 * The result depends on the packet and @cfg alone, not on the machine, its
 * byte order or the kernel version. All bits are equally good.
 *
 * Context: any, the transmit path.
 *
 * Return: the hash; that of an empty tuple for a packet that is not IP or
 * lacks a whole IP header.
 */
u32 ipv6tun_flow_hash(const struct sk_buff *skb,
		      const struct ipv6tun_flow_cfg *cfg)
{
	struct tuple t = {};

	BUILD_BUG_ON(sizeof(struct icmphdr) != sizeof(struct icmp6hdr));

	if (skb->protocol == htons(ETH_P_IPV6))
		read_packet(skb, true, cfg, &t);
	else if (skb->protocol == htons(ETH_P_IP))
		read_packet(skb, false, cfg, &t);
	return hash_tuple(&t, cfg);
}
