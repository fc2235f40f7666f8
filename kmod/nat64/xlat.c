// SPDX-License-Identifier: GPL-2.0
/*
 * Header translation: what both directions share.
 *
 * Whatever lies before the L4 header is replaced; L4 itself is changed in
 * place and never moves, so neither do the offsets from skb->head that a
 * partial checksum has.
 */
#include <linux/icmp.h>
#include <linux/in.h>
#include <linux/ipv6tun.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#include "compat/gso.h"
#include "icmp.h"
#include "xlat-priv.h"

#define GSO_TCP		(SKB_GSO_TCPV4 | SKB_GSO_TCPV6)

/*
 * Kinds of GSO that know nothing of the network header, or only its family. Not
 * lists of packets, where the headers of the first would be all that changes.
 */
#define GSO_KNOWN	(GSO_TCP | SKB_GSO_TCP_ECN | SKB_GSO_TCP_FIXEDID |	\
			 COMPAT_GSO_TCP_ACCECN | SKB_GSO_UDP_L4 |		\
			 SKB_GSO_SCTP | SKB_GSO_DODGY)

static void swap_tcp(struct skb_shared_info *shinfo, bool to6)
{
	if (!(shinfo->gso_type & GSO_TCP))
		return;
	shinfo->gso_type &= ~(GSO_TCP | SKB_GSO_TCP_FIXEDID);
	shinfo->gso_type |= to6 ? SKB_GSO_TCPV6 : SKB_GSO_TCPV4;
}

/* Guests may tell anything. */
static bool gso_ok(unsigned int type, const struct nat64_hdrs *h)
{
	/* The type of a tunnel's packet tells of the packet inside. */
	if (type & ~GSO_KNOWN || h->fragment)
		return false;
	if (type & GSO_TCP)
		return h->l4_kind == NAT64_L4_TCP;
	if (type & SKB_GSO_UDP_L4)
		return h->l4_kind == NAT64_L4_UDP;
	return h->l4_kind == NAT64_L4_OTHER;
}

/**
 * nat64_xlat_gso() - make a packet that is to be segmented one of the other
 *		      family
 * @skb: the packet, not translated yet
 * @pkt: its headers
 *
 * Not for lists of packets that have a header each (SKB_GSO_FRAGLIST): the device
 * does not take any. gso_size stays: it is the MSS both ends agreed
 * on. The shared info belongs to all clones, so a packet that has any gets its
 * own.
 *
 * Context: any.
 * Return: 0, or an IPV6TUN_A_DROPS_NAT64_*.
 */
unsigned int nat64_xlat_gso(struct sk_buff *skb, const struct nat64_pkt *pkt)
{
	if (likely(!skb_is_gso(skb)))
		return 0;
	if (!gso_ok(skb_shinfo(skb)->gso_type, &pkt->out))
		return IPV6TUN_A_DROPS_NAT64_PROTOCOL;
	if (skb_unclone(skb, GFP_ATOMIC))
		return IPV6TUN_A_DROPS_NAT64_NO_MEMORY;
	swap_tcp(skb_shinfo(skb), !pkt->is6);
	return 0;
}

/**
 * nat64_xlat_summed() - leave no checksum to be completed that cannot be
 * @skb: the packet
 * @h: its headers
 *
 * One family has a pseudo-header and the other has none, so a partial checksum of
 * an ICMP message would have to become another kind. Nobody makes such messages but
 * guests, and few. A guest may also ask for one from somewhere in the headers that
 * go: it gets none, as when the stack takes headers off.
 *
 * Context: any.
 * Return: false if there is no memory.
 */
bool nat64_xlat_summed(struct sk_buff *skb, const struct nat64_hdrs *h)
{
	if (skb->ip_summed == CHECKSUM_PARTIAL &&
	    skb_checksum_start_offset(skb) < (int)h->l4)
		skb->ip_summed = CHECKSUM_NONE;
	return h->l4_kind != NAT64_L4_ICMP ||
	       skb->ip_summed != CHECKSUM_PARTIAL || !skb_checksum_help(skb);
}

/**
 * nat64_xlat_partial() - is the L4 checksum yet to be completed?
 * @skb: the packet
 * @h: its headers
 *
 * A partial checksum further in, of a packet in a UDP tunnel, is none of ours.
 *
 * Context: any.
 * Return: true if the checksum field has the sum of the pseudo-header only.
 */
bool nat64_xlat_partial(const struct sk_buff *skb, const struct nat64_hdrs *h)
{
	return skb->ip_summed == CHECKSUM_PARTIAL &&
	       skb_checksum_start_offset(skb) == h->l4;
}

/*
 * Incremental, RFC 1624: a packet whose checksum is wrong arrives with a wrong
 * one.
 */
static void update(u8 *at, __wsum diff, bool partial)
{
	__sum16 *check = (__sum16 *)at;

	if (partial)
		*check = ~csum_fold(csum_add(csum_unfold(*check), diff));
	else
		*check = csum_fold(csum_add(~csum_unfold(*check), diff));
}

/* The same two bytes of TCP and UDP. */
static __wsum set_ports(u8 *l4, const struct nat64_ends *ends)
{
	__be16 *ports = (__be16 *)l4;
	__wsum diff;

	if (!ends->ports)
		return 0;
	diff = csum_sub((__force __wsum)ends->sport, (__force __wsum)ports[0]);
	diff = csum_add(diff, (__force __wsum)ends->dport);
	diff = csum_sub(diff, (__force __wsum)ports[1]);
	ports[0] = ends->sport;
	ports[1] = ends->dport;
	return diff;
}

static void set_udp(u8 *l4, const struct nat64_ends *ends, __wsum diff,
		    bool partial)
{
	struct udphdr *uh = (struct udphdr *)l4;
	__wsum ports = set_ports(l4, ends);

	/* None: legal in IPv4, and in IPv6 by RFC 6935. */
	if (!uh->check && !partial)
		return;
	if (!partial)
		diff = csum_add(diff, ports);
	update((u8 *)&uh->check, diff, partial);
	if (!uh->check)
		uh->check = CSUM_MANGLED_0;
}

static void set_tcp(u8 *l4, unsigned int room, const struct nat64_ends *ends,
		    __wsum diff, bool partial)
{
	struct tcphdr *th = (struct tcphdr *)l4;
	__wsum ports = set_ports(l4, ends);

	if (unlikely(room < offsetofend(struct tcphdr, check)))
		return;
	if (!partial)
		diff = csum_add(diff, ports);
	update((u8 *)&th->check, diff, partial);
}

static void set_echo(u8 *l4, bool to6, const struct nat64_hdrs *h,
		     const struct nat64_ends *ends, __wsum diff)
{
	struct icmphdr *icmph = (struct icmphdr *)l4;
	__be16 old = htons(icmph->type << 8);
	__be16 new;

	icmph->type = to6 ? nat64_icmp_echo_46(icmph->type) :
			    nat64_icmp_echo_64(icmph->type);
	new = htons(icmph->type << 8);
	diff = csum_add(diff, csum_sub((__force __wsum)new,
				       (__force __wsum)old));
	if (ends->ports) {
		diff = csum_add(diff, csum_sub((__force __wsum)ends->sport,
					       (__force __wsum)icmph->un.echo.id));
		icmph->un.echo.id = ends->sport;
	}
	update((u8 *)&icmph->checksum, diff, false);
}

/**
 * nat64_xlat_l4() - change ports and checksum
 * @l4: the L4 header, writable
 * @room: bytes there; less than a header inside an ICMP error only
 * @to6: from IPv4 to IPv6, else back
 * @h: what it was
 * @ends: new ports, or identifier
 * @diff: change of the addresses
 * @partial: the checksum is of the pseudo-header only
 *
 * Protocols other than TCP, UDP and ICMP echo stay as they are, as does all of
 * a fragment but the first. RFC 7915, sections 4.5 and 5.5.
 *
 * Context: any.
 */
void nat64_xlat_l4(u8 *l4, unsigned int room, bool to6,
		   const struct nat64_hdrs *h, const struct nat64_ends *ends,
		   const struct nat64_diff *diff, bool partial)
{
	__wsum icmp, len;

	if (unlikely(!h->has_ports))
		return;
	switch (h->l4_kind) {
	case NAT64_L4_TCP:
		set_tcp(l4, room, ends, diff->l4, partial);
		break;
	case NAT64_L4_UDP:
		set_udp(l4, ends, diff->l4, partial);
		break;
	case NAT64_L4_ICMP:
		len = (__force __wsum)htonl(h->l3 + h->len - h->l4);
		icmp = to6 ? csum_add(diff->icmp, len) :
			     csum_sub(diff->icmp, len);
		set_echo(l4, to6, h, ends, icmp);
		break;
	}
}

/**
 * nat64_xlat_finish() - the headers are written, adjust what describes them
 * @skb: the packet, skb->data at its new IP header
 * @hlen: bytes before the L4 header
 * @proto: ETH_P_IP or ETH_P_IPV6, network byte order
 *
 * Context: any.
 */
void nat64_xlat_finish(struct sk_buff *skb, unsigned int hlen, __be16 proto)
{
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, hlen);
	skb->protocol = proto;
	/* Of the old ports and addresses. */
	skb_clear_hash(skb);
	/* In front of the old header, maybe where the new one is now. */
	skb_metadata_clear(skb);
	/* The sum of the old headers too. Who wants it computes it anew. */
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->ip_summed = CHECKSUM_NONE;
}
