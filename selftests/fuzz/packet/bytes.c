// SPDX-License-Identifier: GPL-2.0
#include "bytes.h"

void put16(uint8_t *at, uint32_t value)
{
	at[0] = value >> 8;
	at[1] = value;
}

void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value);
}

uint32_t get16(const uint8_t *at)
{
	return at[0] << 8 | at[1];
}

uint32_t get32(const uint8_t *at)
{
	return get16(at) << 16 | get16(at + 2);
}

uint16_t sum16(const uint8_t *at, size_t len, uint32_t start)
{
	uint64_t sum = start;
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += get16(at + i);
	if (i < len)
		sum += at[i] << 8;
	while (sum >> 16)
		sum = (sum >> 16) + (sum & 0xffff);
	return sum;
}

uint32_t sum_pseudo(const uint8_t *ip, uint8_t proto, size_t len)
{
	uint32_t start = proto + (len >> 16) + (len & 0xffff);

	if (ip[0] >> 4 == 6)
		return sum16(ip + 8, 32, start);
	return sum16(ip + 12, 8, start);
}
