/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ways into the router, which differ in what its kernel holds in its hands then.
 */
#ifndef _PACKET_SEND_H
#define _PACKET_SEND_H

#include <linux/virtio_net.h>
#include <stdbool.h>

#include "packet.h"

enum way {
	WAY_CABLE,	/* by the veth of its side */
	WAY_TUN,	/* of a guest, not checked by anybody; no link header */
	WAY_TAP,	/* through GRO, in pieces of a few bytes */
};

/* In the router's namespace, after its devices are there. */
void send_open_router(void);
/* In the one at the other end of its cables. */
void send_open_wire(void);
/*
 * @hdr: offsets from the IP header on. Return whether the kernel took it: it
 * refuses what it takes no guest's word for.
 */
bool send_packet(const struct packet *p, const struct virtio_net_hdr *hdr, enum way way);

/* A listener on all devices of the router, so that each packet is there twice. */
void send_hold_open(void);
void send_hold_drain(void);

#endif
