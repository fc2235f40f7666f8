// SPDX-License-Identifier: GPL-2.0
#include "bytes.h"
#include "check.h"
#include "packet.h"

static bool sum_is_right(const uint8_t *ip, uint8_t proto, const uint8_t *at, size_t len)
{
	return sum16(at, len, ip ? sum_pseudo(ip, proto, len) : 0) == 0xffff;
}

static const char *check_tcp(const struct check *c, const uint8_t *ip, const uint8_t *at,
			     size_t len)
{
	size_t hlen;

	if (len < 20)
		return "ends in the TCP header";
	hlen = (at[12] >> 4) * 4;
	if (hlen < 20 || hlen > len)
		return "TCP data offset";
	if (c->whole && !sum_is_right(ip, PROTO_TCP, at, len))
		return "TCP checksum";
	return NULL;
}

static const char *check_udp(const struct check *c, const uint8_t *ip, const uint8_t *at,
			     size_t len)
{
	if (len < 8)
		return "ends in the UDP header";
	if (get16(at + 4) != len)
		return "UDP length";
	if (!get16(at + 6))
		return c->known && c->tag.flags & TAG_ZERO ? NULL : "no UDP checksum";
	if (c->whole && !sum_is_right(ip, PROTO_UDP, at, len))
		return "UDP checksum";
	return NULL;
}

/* Which errors there are, and which of them may have extensions: RFC 4884, section 4. */
static bool is_error(bool is6, uint8_t type)
{
	return is6 ? type >= 1 && type <= 4 :
		     type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

static bool is_extensible(bool is6, uint8_t type)
{
	return is6 ? type == 1 || type == 3 : type == 3 || type == 11 || type == 12;
}

static const char *check_error(struct check *c, bool is6, const uint8_t *at, size_t len)
{
	size_t quoted = len - 8, n = is6 ? at[4] * 8 : at[5] * 4;

	if (is_extensible(is6, at[0]) && n) {
		if (n < 128 || n + 4 > quoted)
			return "length of the packet inside an ICMP error";
		if (at[8 + n] >> 4 != 2)
			return "version of ICMP extensions";
		if (get16(at + 8 + n + 2) && sum16(at + 8 + n, quoted - n, 0) != 0xffff)
			return "checksum of ICMP extensions";
		/* Zeroes make it so long: where it was cut cannot be told. */
		return check_quoted(c, at + 8, n, true);
	}
	/*
	 * What is IPv6 now may have been IPv4 with extensions, which IPv6 does not know
	 * for these types: the zeroes before them stay.
	 */
	return check_quoted(c, at + 8, quoted, is6);
}

static const char *check_icmp(struct check *c, const uint8_t *ip, bool is6,
			      const uint8_t *at, size_t len, bool quoted)
{
	if (len < 8)
		return "ends in the ICMP header";
	if (c->whole && !sum_is_right(is6 ? ip : NULL, PROTO_ICMPV6, at, len))
		return "ICMP checksum";
	if (!is_error(is6, at[0]))
		return NULL;
	return quoted ? "ICMP error about an ICMP error" : check_error(c, is6, at, len);
}

const char *check_l4(struct check *c, const uint8_t *ip, uint8_t proto, const uint8_t *at,
		     size_t len, bool quoted)
{
	bool is6 = ip[0] >> 4 == 6;

	switch (proto) {
	case PROTO_TCP:
		return check_tcp(c, ip, at, len);
	case PROTO_UDP:
		return check_udp(c, ip, at, len);
	case PROTO_ICMP:
		return is6 ? NULL : check_icmp(c, ip, false, at, len, quoted);
	case PROTO_ICMPV6:
		return is6 ? check_icmp(c, ip, true, at, len, quoted) : NULL;
	default:
		c->decodes = false;
		return NULL;
	}
}
