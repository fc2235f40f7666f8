/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a guest or a network card tells of a packet: a checksum to complete, segments
 * to cut it into (struct virtio_net_hdr).
 */
#ifndef _PACKET_VNET_H
#define _PACKET_VNET_H

#include <linux/virtio_net.h>

#include "packet.h"

/* Whether the innermost header has a checksum that an offload could complete. */
bool vnet_can_complete(const struct packet *p);
/* Right for the packet; offsets are from its IP header on. */
void vnet_fill(const struct packet *p, struct virtio_net_hdr *hdr);
/* Anything that a guest may tell. */
void vnet_spoil(const struct packet *p, struct virtio_net_hdr *hdr);

#endif
