// SPDX-License-Identifier: GPL-2.0
/*
 * An ICMP error before and after:
 *
 *	| IP | ICMP | quoted IP | L4 and more | zeroes | extensions |
 *	                        ^
 * What is left of the mark is replaced by headers of other lengths, what is
 * right of it stays where it is, except that zeroes or a cut may move the
 * extensions (RFC 4884).
 */
#include <linux/in.h>
#include <linux/ipv6.h>
#include <linux/ipv6tun.h>
#include <linux/minmax.h>
#include <net/checksum.h>
#include <net/ip6_checksum.h>

#include "error.h"

/**
 * nat64_error_plan() - decide how much of what goes into an ICMP error
 * @frame: what it is to look like
 * @body: bytes of the packet inside there are, from its L4 header on
 * @ext: bytes of extensions there are
 * @layout: set
 *
 * Where not all fits the packet inside is cut first, down to what RFC 4884
 * promises the reader; then the extensions go, as a whole, since they are of
 * no use cut.
 *
 * Context: any.
 */
void nat64_error_plan(const struct nat64_frame *frame, unsigned int body,
		      unsigned int ext, struct nat64_layout *layout)
{
	unsigned int before = frame->hlen + NAT64_ERROR_HLEN;
	unsigned int quoted, room;

	*layout = (struct nat64_layout){};
	if (!frame->unit || before + NAT64_QUOTED_LEAST + ext > frame->limit)
		ext = 0;
	if (!ext) {
		room = frame->limit - before - frame->quoted_hlen;
		layout->body = min(body, room);
		return;
	}
	room = round_down(frame->limit - before - ext, frame->unit);
	quoted = round_up(frame->quoted_hlen + body, frame->unit);
	quoted = clamp(quoted, NAT64_QUOTED_LEAST, room);
	layout->body = min(body, quoted - frame->quoted_hlen);
	layout->pad = quoted - frame->quoted_hlen - layout->body;
	layout->ext = ext;
	layout->length = quoted / frame->unit;
}

/**
 * nat64_error_sum() - what is wrong with the checksum of an ICMP error
 * @skb: the error, as it came
 * @pkt: its headers
 * @fault: set, for nat64_error_spoil()
 *
 * So much of an error changes, and some is cut off, that its checksum has to be
 * computed anew. A wrong one must not get right that way.
 *
 * Context: any.
 * Return: 0, or an IPV6TUN_A_DROPS_NAT64_*.
 */
unsigned int nat64_error_sum(struct sk_buff *skb, const struct nat64_pkt *pkt,
			     __sum16 *fault)
{
	unsigned int len = skb->len - pkt->out.l4;
	const struct ipv6hdr *ip6;
	__wsum sum;

	/* No error is to be segmented, whatever a guest tells. */
	if (skb_is_gso(skb))
		return IPV6TUN_A_DROPS_NAT64_PROTOCOL;
	if (skb->ip_summed == CHECKSUM_PARTIAL && skb_checksum_help(skb))
		return IPV6TUN_A_DROPS_NAT64_NO_MEMORY;
	sum = skb_checksum(skb, pkt->out.l4, len, 0);
	if (pkt->is6) {
		ip6 = (const struct ipv6hdr *)skb->data;
		*fault = csum_ipv6_magic(&ip6->saddr, &ip6->daddr, len,
					 IPPROTO_ICMPV6, sum);
	} else {
		*fault = csum_fold(sum);
	}
	return 0;
}

/**
 * nat64_error_spoil() - make a right checksum as wrong as it was
 * @check: the right one
 * @fault: from nat64_error_sum()
 *
 * Context: any.
 * Return: the checksum to write.
 */
__sum16 nat64_error_spoil(__sum16 check, __sum16 fault)
{
	if (likely(!fault))
		return check;
	return csum16_sub(check, (__force __be16)fault);
}

/* All of it in one piece, ours alone, with room at both ends. */
static bool make_room(struct sk_buff *skb, unsigned int head,
		      unsigned int tail)
{
	if (skb_linearize(skb))
		return false;
	if (!skb_cloned(skb) && skb_headroom(skb) >= head &&
	    skb_tailroom(skb) >= tail)
		return true;
	return !pskb_expand_head(skb, head, tail, GFP_ATOMIC);
}

/**
 * nat64_error_reframe() - make room for other headers in an ICMP error
 * @skb: the error; afterwards linear, writable, skb->data where the new IP
 *	 header is to be, and without a checksum anyone has seen
 * @pkt: its headers
 * @frame: what it is to look like
 * @layout: set to what it has from @frame's headers on
 *
 * Whatever is needed from the headers has to be read before.
 *
 * Context: any.
 * Return: 0, or an IPV6TUN_A_DROPS_NAT64_*.
 */
unsigned int nat64_error_reframe(struct sk_buff *skb,
				 const struct nat64_pkt *pkt,
				 const struct nat64_frame *frame,
				 struct nat64_layout *layout)
{
	unsigned int quoted_end = nat64_parse_quoted(skb, pkt);
	unsigned int hlen, tail, end;
	unsigned int head = 0;
	u8 *body;

	/* Zeroes in front of extensions are not of the packet. */
	end = quoted_end;
	if (quoted_end < skb->len)
		end = min(end, pkt->in.l3 + pkt->in.len);
	nat64_error_plan(frame, end - pkt->in.l4, skb->len - quoted_end,
			 layout);

	hlen = frame->hlen + NAT64_ERROR_HLEN + frame->quoted_hlen;
	end = pkt->in.l4 + layout->body + layout->pad + layout->ext;
	if (hlen > pkt->in.l4)
		head = hlen - pkt->in.l4;
	tail = end > skb->len ? end - skb->len : 0;
	if (!make_room(skb, head, tail))
		return IPV6TUN_A_DROPS_NAT64_NO_MEMORY;

	body = skb->data + pkt->in.l4;
	memmove(body + layout->body + layout->pad, skb->data + quoted_end,
		layout->ext);
	memset(body + layout->body, 0, layout->pad);
	if (tail)
		skb_put(skb, tail);
	else
		skb_trim(skb, end);
	__skb_pull(skb, pkt->in.l4);
	__skb_push(skb, hlen);
	skb->ip_summed = CHECKSUM_NONE;
	return 0;
}
