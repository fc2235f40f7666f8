// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "tag.h"
#include "vnet.h"

#ifndef VIRTIO_NET_HDR_GSO_UDP_L4
#define VIRTIO_NET_HDR_GSO_UDP_L4	5
#endif

/* Segments of 8 bytes are the least there are; of a long packet that would be thousands. */
#define MOST_SEGMENTS	100

static const struct layer *innermost(const struct packet *p)
{
	return &p->layer[p->layers - 1];
}

bool vnet_can_complete(const struct packet *p)
{
	const struct layer *l = innermost(p);
	const struct layer *gre = packet_layer(p, GRE);

	if (l->kind < TCP || l->kind > ICMP6)
		return false;
	/* GRE's own checksum would cover one that is not complete. */
	return !gre || !(p->byte[gre->off] & 0x80);
}

/* Only what is one TCP or UDP packet behind a single IP header. */
static bool can_segment(const struct packet *p)
{
	const struct layer *l = innermost(p);

	return p->layers == 2 && (l->kind == TCP || l->kind == UDP);
}

static void fill_gso(const struct packet *p, struct virtio_net_hdr *hdr)
{
	const struct layer *l = innermost(p);
	size_t thlen = l->kind == TCP ? (p->byte[l->off + 12] >> 4) * 4 : 8;
	uint32_t size = one_in(p->r, 4) ? between(p->r, 8, 64) : between(p->r, 100, 1400);
	size_t least;

	/* It may have been cut. */
	if (p->len < l->off + thlen + 32)
		return;
	least = (p->len - l->off - thlen) / MOST_SEGMENTS + 1;
	if (size < least)
		size = least;
	hdr->hdr_len = l->off + thlen;
	hdr->gso_size = size;
	if (l->kind == TCP)
		hdr->gso_type = p->layer[0].kind == IP6 ? VIRTIO_NET_HDR_GSO_TCPV6 :
							  VIRTIO_NET_HDR_GSO_TCPV4;
	else if (one_in(p->r, 8))
		hdr->gso_type = VIRTIO_NET_HDR_GSO_UDP;
	else
		hdr->gso_type = VIRTIO_NET_HDR_GSO_UDP_L4;
	/* Fragments begin at multiples of eight. */
	if (hdr->gso_type == VIRTIO_NET_HDR_GSO_UDP)
		hdr->gso_size = (size + 7) & ~7;
}

void vnet_fill(const struct packet *p, struct virtio_net_hdr *hdr)
{
	const struct layer *l = innermost(p);

	memset(hdr, 0, sizeof(*hdr));
	if (!(p->flags & TAG_PARTIAL) || !vnet_can_complete(p))
		return;
	hdr->flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	hdr->csum_start = l->off;
	hdr->csum_offset = l->kind == TCP ? 16 : l->kind == UDP ? 6 : 2;
	hdr->hdr_len = l->off + hdr->csum_offset + 2;
	if (can_segment(p) && !one_in(p->r, 4))
		fill_gso(p, hdr);
}

static uint16_t any_size(const struct packet *p)
{
	switch (below(p->r, 8)) {
	case 0:
		return below(p->r, 9);
	case 1:
		return p->len;
	case 2:
		return p->len + 1;
	case 3:
		return 0xffff - below(p->r, 3);
	case 4:
		return rnd32(p->r);
	default:
		return between(p->r, 8, 1500);
	}
}

static uint16_t any_offset(const struct packet *p)
{
	if (one_in(p->r, 3))
		return p->layer[below(p->r, p->layers)].off;
	if (one_in(p->r, 8))
		return p->len + below(p->r, 16) - 8;
	return one_in(p->r, 8) ? rnd32(p->r) : below(p->r, p->len < 120 ? p->len + 4 : 120);
}

/*
 * What af_packet and tun let through; the rest is refused with EINVAL. Nothing but
 * TCPv4, TCPv6 and UDP is known to either, and flags beyond the checksum's are of the
 * other direction.
 */
void vnet_spoil(const struct packet *p, struct virtio_net_hdr *hdr)
{
	static const uint8_t types[] = { 0, 1, 1, 3, 4, 4, 5, 0x81, 0x84, 2, 0xff };
	static const uint16_t offsets[] = { 16, 16, 6, 6, 2, 0, 4, 10 };
	unsigned int n = between(p->r, 1, 3);

	while (n--) {
		switch (below(p->r, 6)) {
		case 0:
			hdr->gso_type = types[ANY(p->r, types)];
			if (!hdr->gso_size)
				hdr->gso_size = any_size(p);
			break;
		case 1:
			hdr->gso_size = any_size(p);
			break;
		case 2:
			hdr->flags |= VIRTIO_NET_HDR_F_NEEDS_CSUM;
			hdr->csum_start = any_offset(p);
			if (!hdr->csum_offset)
				hdr->csum_offset = offsets[ANY(p->r, offsets)];
			break;
		case 3:
			hdr->csum_offset = offsets[ANY(p->r, offsets)];
			if (one_in(p->r, 6))
				hdr->csum_offset = rnd32(p->r);
			break;
		case 4:
			hdr->hdr_len = any_offset(p);
			break;
		default:
			hdr->flags = below(p->r, 8);
			break;
		}
	}
	/* A long packet in segments of a few bytes would be nothing but slow. */
	if (hdr->gso_type && hdr->gso_size && p->len / hdr->gso_size > MOST_SEGMENTS)
		hdr->gso_size = p->len / MOST_SEGMENTS + 1;
}
