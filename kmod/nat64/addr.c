// SPDX-License-Identifier: GPL-2.0
/*
 * IPv4 addresses inside IPv6 addresses (RFC 6052).
 */
#include <linux/inetdevice.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "addr.h"

/* The octet that is always zero: bits 64 to 71, RFC 6052, 2.2. */
#define U_OCTET		8

/* First byte of the address after the prefix. */
static unsigned int first_byte(const struct nat64_prefix6 *prefix)
{
	return prefix->len / 8;
}

/**
 * nat64_addr_prefix_ok() - may a prefix carry IPv4 addresses?
 * @prefix: the prefix
 *
 * RFC 6052, section 2.2: 32, 40, 48, 56, 64 or 96 bits, and bits 64 to 71 are
 * zero. The bits after the prefix must be zero as well.
 *
 * Context: any.
 * Return: true if so.
 */
bool nat64_addr_prefix_ok(const struct nat64_prefix6 *prefix)
{
	unsigned int i;

	switch (prefix->len) {
	case 32:
	case 40:
	case 48:
	case 56:
	case 64:
	case 96:
		break;
	default:
		return false;
	}
	for (i = first_byte(prefix); i < sizeof(prefix->addr); i++)
		if (prefix->addr.s6_addr[i])
			return false;
	return !prefix->addr.s6_addr[U_OCTET];
}

/**
 * nat64_addr_prefix_well_known() - is it 64:ff9b::/96?
 * @prefix: the prefix
 *
 * Such may not carry addresses that are not global: RFC 6052, section 3.1. The
 * prefixes of RFC 8215 (64:ff9b:1::/48) may.
 *
 * Context: any.
 * Return: true if so.
 */
bool nat64_addr_prefix_well_known(const struct nat64_prefix6 *prefix)
{
	const __be32 *w = prefix->addr.s6_addr32;

	return prefix->len == 96 && w[0] == cpu_to_be32(0x0064ff9b) &&
	       !w[1] && !w[2];
}

/**
 * nat64_addr_in4() - is an IPv4 address in a prefix?
 * @prefix: the prefix, of any length
 * @addr: the address
 *
 * Context: any.
 * Return: true if so.
 */
bool nat64_addr_in4(const struct nat64_prefix4 *prefix, __be32 addr)
{
	return !((addr ^ prefix->addr) & inet_make_mask(prefix->len));
}

/**
 * nat64_addr_embed() - make the IPv6 address of an IPv4 address
 * @prefix: the prefix, as nat64_addr_prefix_ok() wants it
 * @addr4: the IPv4 address
 * @addr: set
 *
 * RFC 6052, section 2.3; the suffix is zero.
 *
 * Context: any.
 */
void nat64_addr_embed(const struct nat64_prefix6 *prefix, __be32 addr4,
		      struct in6_addr *addr)
{
	const u8 *byte = (const u8 *)&addr4;
	unsigned int to = first_byte(prefix);
	unsigned int i;

	*addr = prefix->addr;
	if (likely(prefix->len == 96)) {
		addr->s6_addr32[3] = addr4;
		return;
	}
	for (i = 0; i < sizeof(addr4); i++, to++) {
		if (to == U_OCTET)
			to++;
		addr->s6_addr[to] = byte[i];
	}
}

/**
 * nat64_addr_extract() - take the IPv4 address out of an IPv6 address
 * @prefix: the prefix, as nat64_addr_prefix_ok() wants it
 * @addr: the IPv6 address
 * @addr4: set if true is returned
 *
 * RFC 6052, section 2.3. Where bits 64 to 71 or the suffix are not zero the
 * address is refused: two IPv6 addresses would share an IPv4 address, and the
 * answer would come from the one that was not spoken to.
 *
 * Context: any.
 * Return: true if @addr is what nat64_addr_embed() makes of *@addr4.
 */
bool nat64_addr_extract(const struct nat64_prefix6 *prefix,
			const struct in6_addr *addr, __be32 *addr4)
{
	unsigned int from = first_byte(prefix);
	u8 byte[sizeof(*addr4)];
	unsigned int i;

	if (!nat64_addr_in6(prefix, addr))
		return false;
	if (likely(prefix->len == 96)) {
		*addr4 = addr->s6_addr32[3];
		return true;
	}
	if (addr->s6_addr[U_OCTET])
		return false;
	for (i = 0; i < sizeof(byte); i++, from++) {
		if (from == U_OCTET)
			from++;
		byte[i] = addr->s6_addr[from];
	}
	for (i = from; i < sizeof(*addr); i++)
		if (addr->s6_addr[i])
			return false;
	memcpy(addr4, byte, sizeof(byte));
	return true;
}

/**
 * nat64_addr_translatable4() - can a packet go to or come from an address?
 * @addr: the IPv4 address
 *
 * Not "this network", loopback, multicast, the reserved 240.0.0.0/4 and
 * broadcast: no unicast packet between two hosts has them (RFC 6890; RFC 6146,
 * section 3.5 leaves multicast out). Link-local addresses pass: clouds number
 * their paths with them, so routers on the way answer from them, and those
 * answers are ICMP errors to be translated.
 *
 * Context: any.
 * Return: true if so.
 */
bool nat64_addr_translatable4(__be32 addr)
{
	u8 first = be32_to_cpu(addr) >> 24;

	return first && first != 127 && first < 224;
}

/* @len bits of @addr are those of a.b.c.d */
static bool in(u32 addr, u8 a, u8 b, u8 c, unsigned int len)
{
	u32 net = a << 24 | b << 16 | c << 8;

	return !((addr ^ net) >> (32 - len));
}

/**
 * nat64_addr_global4() - is an address unique in the Internet?
 * @addr: the IPv4 address
 *
 * The well-known prefix may not carry others (RFC 6052, section 3.1). What
 * RFC 6890 and the registry it made list as not globally reachable: "this
 * network", private use, shared by carriers, loopback, link-local, protocol
 * assignments, documentation, benchmarks, reserved; and multicast.
 *
 * Context: any.
 * Return: true if so.
 */
bool nat64_addr_global4(__be32 addr)
{
	u32 a = be32_to_cpu(addr);

	if (!nat64_addr_translatable4(addr))
		return false;
	switch (a >> 24) {
	case 10:
		return false;
	case 100:
		return !in(a, 100, 64, 0, 10);
	case 169:
		return !in(a, 169, 254, 0, 16);
	case 172:
		return !in(a, 172, 16, 0, 12);
	case 192:
		/* Two anycast services of 192.0.0.0/24 are global. */
		if (in(a, 192, 0, 0, 24))
			return a == 0xc0000009 || a == 0xc000000a;
		return !in(a, 192, 0, 2, 24) && !in(a, 192, 168, 0, 16);
	case 198:
		return !in(a, 198, 18, 0, 15) && !in(a, 198, 51, 100, 24);
	case 203:
		return !in(a, 203, 0, 113, 24);
	default:
		return true;
	}
}
