/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets for another program to read: a pcap file of IP packets without link header.
 */
#ifndef _PACKET_SAMPLE_H
#define _PACKET_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

/* Append to the file; one in @stride of those offered, @most at most. */
void sample_open(const char *name, uint32_t stride, uint32_t most);
void sample_offer(const uint8_t *byte, size_t len);
void sample_close(void);

#endif
