/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an ipv6tun device has dropped, by reason.
 */
#ifndef _PACKET_DROPS_H
#define _PACKET_DROPS_H

#include <stdint.h>

#define MAX_DROPS	64

const char *drop_name(unsigned int id);
unsigned int drop_id(const char *name);
/* The counters of a device of this network namespace, by id; of "none" zeros. */
void read_drops(const char *device, uint64_t *drops);

#endif
