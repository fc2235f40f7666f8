// SPDX-License-Identifier: GPL-2.0
/*
 * Taking packets apart. All that is read is checked against the packet first
 * and made linear, so the translator may then write it: pointers are taken
 * anew after every look further in, which may move the packet.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/ipv6tun.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "icmp.h"
#include "parse.h"

#define TRUNCATED	IPV6TUN_A_DROPS_NAT64_TRUNCATED

/*
 * Extension headers looked through. RFC 8200, 4.1 has each once and destination
 * options twice; an unbounded chain would cost time for nothing.
 */
#define EXTHDR_MAX	8

/* Extension headers known to exist, but not to us. */
#define PROTO_HIP	139
#define PROTO_SHIM6	140

/* What RFC 792 promises of the L4 header of a packet inside an ICMP error. */
#define QUOTED_L4_LEN	8

/**
 * struct cursor - where the parser is
 * @skb: the packet
 * @end: first byte, from skb->data, that is not the packet's
 * @quoted: the packet is the one inside an ICMP error, and may lack its end
 */
struct cursor {
	struct sk_buff	*skb;
	unsigned int	end;
	bool		quoted;
};

/* @len bytes at @off, or NULL. Invalidates all pointers got before. */
static inline void *look(const struct cursor *c, unsigned int off,
			 unsigned int len)
{
	if (unlikely(off + len > c->end || !pskb_may_pull(c->skb, off + len)))
		return NULL;
	return c->skb->data + off;
}

static unsigned int read_tcp(const struct cursor *c, struct nat64_hdrs *h)
{
	const struct tcphdr *th;
	unsigned int len;

	th = look(c, h->l4, c->quoted ? QUOTED_L4_LEN : sizeof(*th));
	if (!th)
		return TRUNCATED;
	h->l4_kind = NAT64_L4_TCP;
	h->has_ports = true;
	h->sport = th->source;
	h->dport = th->dest;
	/* What a quoted one has beyond the ports may be missing. */
	if (c->quoted)
		return 0;
	len = th->doff * 4;
	if (len < sizeof(*th) || !look(c, h->l4, len))
		return TRUNCATED;
	return 0;
}

static unsigned int read_udp(const struct cursor *c, struct nat64_hdrs *h)
{
	const struct udphdr *uh = look(c, h->l4, sizeof(*uh));

	if (!uh)
		return TRUNCATED;
	h->l4_kind = NAT64_L4_UDP;
	h->has_ports = true;
	h->sport = uh->source;
	h->dport = uh->dest;
	return 0;
}

static unsigned int read_icmp(const struct cursor *c, bool is6,
			      struct nat64_hdrs *h)
{
	const struct icmphdr *icmph;
	bool error;

	/* Type, code and identifier of ICMPv6 are at the same place. */
	BUILD_BUG_ON(sizeof(struct icmphdr) != sizeof(struct icmp6hdr));
	BUILD_BUG_ON(sizeof(struct icmphdr) != NAT64_ERROR_HLEN);

	icmph = look(c, h->l4, sizeof(*icmph));
	if (!icmph)
		return TRUNCATED;
	if (!(is6 ? nat64_icmp_known6(icmph->type, &error) :
		    nat64_icmp_known4(icmph->type, &error)))
		return IPV6TUN_A_DROPS_NAT64_ICMP_TYPE;
	h->l4_kind = NAT64_L4_ICMP;
	if (!error) {
		h->has_ports = true;
		h->sport = icmph->un.echo.id;
		h->dport = icmph->un.echo.id;
		return 0;
	}
	/* No error is ever sent about an error: RFC 1122, RFC 4443. */
	if (c->quoted)
		return IPV6TUN_A_DROPS_NAT64_ICMP_TYPE;
	/* Its checksum could not be told, nor the packet inside be found. */
	if (h->fragment)
		return IPV6TUN_A_DROPS_NAT64_FRAGMENT;
	h->error = true;
	return 0;
}

static unsigned int read_l4(const struct cursor *c, bool is6,
			    struct nat64_hdrs *h)
{
	h->l4_kind = NAT64_L4_OTHER;
	switch (h->proto) {
	case IPPROTO_TCP:
		if (h->first)
			return read_tcp(c, h);
		h->l4_kind = NAT64_L4_TCP;
		return 0;
	case IPPROTO_UDP:
		if (h->first)
			return read_udp(c, h);
		h->l4_kind = NAT64_L4_UDP;
		return 0;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		/* The other family's ICMP would become this one's own. */
		if (h->proto != (is6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP))
			return IPV6TUN_A_DROPS_NAT64_PROTOCOL;
		if (h->first)
			return read_icmp(c, is6, h);
		h->l4_kind = NAT64_L4_ICMP;
		return 0;
	/* Goes one hop only: RFC 7915, 4.2. */
	case IPPROTO_IGMP:
	/* An IPv4 payload must not turn into extension headers. */
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_FRAGMENT:
	case IPPROTO_DSTOPTS:
	case IPPROTO_MH:
	case PROTO_HIP:
	case PROTO_SHIM6:
		return IPV6TUN_A_DROPS_NAT64_PROTOCOL;
	default:
		return 0;
	}
}

/*
 * What a fragment must be to fit a packet. Without the check an offset near
 * the end makes a packet longer than any (RFC 791).
 */
static bool fragment_ok(const struct nat64_hdrs *h, unsigned int payload)
{
	if (h->mf && (payload % 8 || !payload))
		return false;
	return h->frag_off + payload <= IP_MAX_MTU;
}

/* An unexpired source route: RFC 7915, 4.1. */
static bool source_routed(const u8 *opt, unsigned int len)
{
	unsigned int optlen;

	while (len) {
		switch (opt[0]) {
		case IPOPT_END:
			return false;
		case IPOPT_NOOP:
			opt++;
			len--;
			continue;
		}
		/* The rest is not options but has no effect on us either. */
		if (len < 2 || opt[1] < 2 || opt[1] > len)
			return false;
		optlen = opt[1];
		if ((opt[0] == IPOPT_LSRR || opt[0] == IPOPT_SSRR) &&
		    optlen > 2 && opt[2] <= optlen)
			return true;
		opt += optlen;
		len -= optlen;
	}
	return false;
}

/*
 * Bytes the packet has by its header. The lengths of a GSO packet may be too
 * large for their fields, which are then 0.
 */
static unsigned int told_len(const struct cursor *c, unsigned int told,
			     unsigned int hlen)
{
	if (told == hlen && skb_is_gso(c->skb) && !c->quoted)
		return c->skb->len;
	return told;
}

/* The packet ends where its header says: link layers pad. */
static unsigned int trim(struct cursor *c, const struct nat64_hdrs *h)
{
	if (c->quoted) {
		c->end = min(c->end, h->l3 + h->len);
		return 0;
	}
	if (h->len > c->skb->len)
		return TRUNCATED;
	if (likely(h->len == c->skb->len))
		return 0;
	if (skb_is_gso(c->skb))
		return TRUNCATED;
	if (pskb_trim_rcsum(c->skb, h->len))
		return IPV6TUN_A_DROPS_NAT64_NO_MEMORY;
	c->end = h->len;
	return 0;
}

static unsigned int read_ip4(struct cursor *c, struct nat64_hdrs *h)
{
	const struct iphdr *iph = look(c, h->l3, sizeof(*iph));
	unsigned int hlen, reason;

	if (!iph)
		return TRUNCATED;
	hlen = iph->ihl * 4;
	if (iph->version != 4 || hlen < sizeof(*iph))
		return TRUNCATED;
	h->len = iph->tot_len ? ntohs(iph->tot_len) : told_len(c, 0, 0);
	if (h->len < hlen)
		return TRUNCATED;
	h->l4 = h->l3 + hlen;
	h->proto = iph->protocol;
	h->df = iph->frag_off & htons(IP_DF);
	h->mf = iph->frag_off & htons(IP_MF);
	h->frag_off = (ntohs(iph->frag_off) & IP_OFFSET) * 8;
	h->ident = ntohs(iph->id);
	h->fragment = h->mf || h->frag_off;
	h->first = !h->frag_off;

	reason = trim(c, h);
	if (reason)
		return reason;
	if (hlen > sizeof(*iph)) {
		iph = look(c, h->l3, hlen);
		if (!iph)
			return TRUNCATED;
		if (source_routed((u8 *)(iph + 1), hlen - sizeof(*iph)))
			return IPV6TUN_A_DROPS_NAT64_SOURCE_ROUTE;
	}
	if (h->fragment && !fragment_ok(h, h->len - hlen))
		return IPV6TUN_A_DROPS_NAT64_FRAGMENT;
	return read_l4(c, false, h);
}

static void read_fragment(const struct frag_hdr *fh, struct nat64_hdrs *h)
{
	h->mf = fh->frag_off & htons(IP6_MF);
	h->frag_off = ntohs(fh->frag_off) & IP6_OFFSET;
	h->ident = ntohl(fh->identification);
	h->fragment = h->mf || h->frag_off;
	h->first = !h->frag_off;
}

/*
 * Skip extension headers as RFC 7915, 5.1 and 5.1.1 say. Those after a Fragment
 * header are refused: they may be cut anywhere and count in the offset.
 */
static unsigned int skip_extensions(const struct cursor *c,
				    struct nat64_hdrs *h, u8 nexthdr)
{
	const struct ipv6_rt_hdr *rt;
	const struct ipv6_opt_hdr *opt;
	unsigned int hdrlen;
	unsigned int i;

	for (i = 0; i <= EXTHDR_MAX; i++) {
		switch (nexthdr) {
		case NEXTHDR_HOP:
			/* First or nowhere: RFC 8200, 4.1. */
			if (i)
				return IPV6TUN_A_DROPS_NAT64_EXT_HEADER;
			fallthrough;
		case NEXTHDR_DEST:
		case NEXTHDR_ROUTING:
			if (h->fh)
				return IPV6TUN_A_DROPS_NAT64_EXT_HEADER;
			opt = look(c, h->l4, sizeof(*opt));
			if (!opt)
				return TRUNCATED;
			hdrlen = ipv6_optlen(opt);
			opt = look(c, h->l4, hdrlen);
			if (!opt)
				return TRUNCATED;
			rt = (const struct ipv6_rt_hdr *)opt;
			if (nexthdr == NEXTHDR_ROUTING && rt->segments_left)
				return IPV6TUN_A_DROPS_NAT64_SOURCE_ROUTE;
			nexthdr = opt->nexthdr;
			h->l4 += hdrlen;
			break;
		case NEXTHDR_FRAGMENT:
			if (h->fh)
				return IPV6TUN_A_DROPS_NAT64_EXT_HEADER;
			opt = look(c, h->l4, sizeof(struct frag_hdr));
			if (!opt)
				return TRUNCATED;
			read_fragment((const struct frag_hdr *)opt, h);
			h->fh = h->l4;
			nexthdr = opt->nexthdr;
			h->l4 += sizeof(struct frag_hdr);
			break;
		case NEXTHDR_AUTH:
			if (h->fh)
				return IPV6TUN_A_DROPS_NAT64_EXT_HEADER;
			fallthrough;
		default:
			h->proto = nexthdr;
			return 0;
		case NEXTHDR_MOBILITY:
		case PROTO_HIP:
		case PROTO_SHIM6:
			return IPV6TUN_A_DROPS_NAT64_EXT_HEADER;
		}
	}
	return IPV6TUN_A_DROPS_NAT64_EXT_HEADER;
}

static unsigned int read_ip6(struct cursor *c, struct nat64_hdrs *h)
{
	const struct ipv6hdr *ip6 = look(c, h->l3, sizeof(*ip6));
	unsigned int reason;

	if (!ip6 || ip6->version != 6)
		return TRUNCATED;
	h->len = told_len(c, sizeof(*ip6) + ntohs(ip6->payload_len),
			  sizeof(*ip6));
	/* RFC 2675; RFC 7915 has no say in them, and IPv4 no room. */
	if (h->len == sizeof(*ip6) && ip6->nexthdr == NEXTHDR_HOP)
		return IPV6TUN_A_DROPS_NAT64_EXT_HEADER;
	h->l4 = h->l3 + sizeof(*ip6);
	h->first = true;

	reason = trim(c, h);
	if (reason)
		return reason;
	/* Trimming may have moved the packet. */
	ip6 = (const struct ipv6hdr *)(c->skb->data + h->l3);
	reason = skip_extensions(c, h, ip6->nexthdr);
	if (reason)
		return reason;
	if (h->l3 + h->len < h->l4)
		return TRUNCATED;
	if (h->fragment && !fragment_ok(h, h->l3 + h->len - h->l4))
		return IPV6TUN_A_DROPS_NAT64_FRAGMENT;
	return read_l4(c, true, h);
}

/**
 * nat64_parse_quoted() - where the packet inside an ICMP error ends
 * @skb: the error; its ICMP header is linear
 * @pkt: its headers
 *
 * Extensions may follow (RFC 4884). A length attribute that tells of more than
 * there is, or of less than there must be, counts as none.
 *
 * Context: any.
 * Return: offset from skb->data, bytes; skb->len if there are no extensions.
 */
unsigned int nat64_parse_quoted(const struct sk_buff *skb,
				const struct nat64_pkt *pkt)
{
	const u8 *icmp = skb->data + pkt->out.l4;
	unsigned int start = pkt->out.l4 + NAT64_ERROR_HLEN;
	unsigned int len = 0;

	/* In words of 32 bits, in ICMPv6 of 64. */
	if (pkt->is6 && nat64_icmp_extensible6(icmp[0]))
		len = icmp[4] * 8;
	else if (!pkt->is6 && nat64_icmp_extensible4(icmp[0]))
		len = icmp[5] * 4;
	return len >= NAT64_QUOTED_LEAST && start + len <= skb->len ?
	       start + len : skb->len;
}

/**
 * nat64_parse() - take a packet apart
 * @skb: the packet, skb->data at its IP header. Padding behind it is cut off;
 *	 the headers become linear, so pointers into it are void.
 * @is6: it is IPv6, else IPv4; the version field must agree
 * @pkt: filled
 *
 * Checks all that translation relies on: lengths, extension headers and
 * options, fragments, that the L4 header is whole, and that an ICMP message has
 * a counterpart, as far as its type tells; the same of the packet inside an
 * ICMP error, which may be cut off after 8 bytes of L4. RFC 7915.
 *
 * Context: any.
 * Return: 0, or an IPV6TUN_A_DROPS_NAT64_*; @pkt is then undefined, but for
 * @pkt->out.l4 after IPV6TUN_A_DROPS_NAT64_SOURCE_ROUTE: where the routing
 * header of an IPv6 packet is, which an ICMPv6 Parameter Problem is to tell.
 */
unsigned int nat64_parse(struct sk_buff *skb, bool is6, struct nat64_pkt *pkt)
{
	struct cursor c = { .skb = skb, .end = skb->len };
	unsigned int reason;

	pkt->is6 = is6;
	pkt->out = (struct nat64_hdrs){ };
	reason = is6 ? read_ip6(&c, &pkt->out) : read_ip4(&c, &pkt->out);
	if (reason || likely(!pkt->out.error))
		return reason;

	pkt->in = (struct nat64_hdrs){ };
	c.end = nat64_parse_quoted(skb, pkt);
	c.quoted = true;
	pkt->in.l3 = pkt->out.l4 + NAT64_ERROR_HLEN;
	return is6 ? read_ip6(&c, &pkt->in) : read_ip4(&c, &pkt->in);
}
