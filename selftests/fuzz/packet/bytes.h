/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers in packets, and the Internet checksum (RFC 1071).
 */
#ifndef _PACKET_BYTES_H
#define _PACKET_BYTES_H

#include <stddef.h>
#include <stdint.h>

void put16(uint8_t *at, uint32_t value);
void put32(uint8_t *at, uint32_t value);
uint32_t get16(const uint8_t *at);
uint32_t get32(const uint8_t *at);

/* The sum of @len bytes and of @start, folded to 16 bits, not inverted. */
uint16_t sum16(const uint8_t *at, size_t len, uint32_t start);
/* The pseudo-header of the IP header at @ip, for sum16() to start with. */
uint32_t sum_pseudo(const uint8_t *ip, uint8_t proto, size_t len);

#endif
