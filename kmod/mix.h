/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mixing functions of the flow hash and of the path set.
 *
 * Ours and not the kernel's jhash: which path carries a flow must not depend
 * on the kernel version, and nothing promises that jhash stays as it is. All
 * work on host-endian words, so that big and little endian machines agree.
 * They spread load and resist nobody: a sender who wants its packets on one
 * path needs only one flow for that.
 */
#ifndef _IPV6TUN_MIX_H
#define _IPV6TUN_MIX_H

#include <linux/types.h>

/**
 * ipv6tun_mix32() - make every output bit depend on every input bit
 * @x: the word
 *
 * A bijection: different words stay different. The constants are those of the
 * 32-bit finalizer of MurmurHash3, which is in the public domain.
 *
 * Return: the mixed word; 0 for 0.
 */
static inline u32 ipv6tun_mix32(u32 x)
{
	x ^= x >> 16;
	x *= 0x85ebca6b;
	x ^= x >> 13;
	x *= 0xc2b2ae35;
	x ^= x >> 16;
	return x;
}

/**
 * ipv6tun_mix64() - as ipv6tun_mix32(), for 64 bits
 * @x: the word
 *
 * Return: the mixed word; 0 for 0.
 */
static inline u64 ipv6tun_mix64(u64 x)
{
	x ^= x >> 33;
	x *= 0xff51afd7ed558ccdULL;
	x ^= x >> 33;
	x *= 0xc4ceb9fe1a85ec53ULL;
	x ^= x >> 33;
	return x;
}

#endif
