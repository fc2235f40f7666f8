// SPDX-License-Identifier: GPL-2.0
/*
 * The GRE header, RFC 2784 with the key and sequence number of RFC 2890.
 */
#include <linux/errno.h>
#include <linux/if_tunnel.h>
#include <linux/string.h>
#include <net/gre.h>

#include "gre.h"

/*
 * Bits 1, 4 and 5, counted from the most significant one as the RFCs do: the
 * routing and strict source route bits and the first recursion bit of RFC 1701.
 * RFC 2784, 2.3 wants bits 1 to 5 discarded when set; RFC 2890 gave 2 and 3 to
 * the key and the sequence number. Bits 6 to 12 must be ignored on receipt.
 */
#define GRE_MUST_BE_ZERO	(GRE_ROUTING | GRE_STRICT | cpu_to_be16(0x0400))

/**
 * ipv6tun_gre_hlen() - length of the GRE header we send
 * @csum: with a checksum
 * @key: with a key
 *
 * Return: bytes.
 */
unsigned int ipv6tun_gre_hlen(bool csum, bool key)
{
	return IPV6TUN_GRE_BASE_LEN + (csum ? 4 : 0) + (key ? 4 : 0);
}

/**
 * ipv6tun_gre_parse() - take a GRE header apart
 * @data: the header; any alignment
 * @len: bytes that may be read at @data
 * @gre: filled
 *
 * Validates the header alone: the checksum covers the payload too and is the
 * caller's to verify. A sequence number is skipped, since RFC 2890 makes its
 * use optional. What is wrong with the first four bytes is reported before
 * more are asked for.
 *
 * Context: any.
 *
 * Return: 0, all of @gre is set;
 * -EMSGSIZE if @len is too short, the caller may come again with the
 * @gre->hlen bytes asked for; this happens twice at most;
 * -EPROTONOSUPPORT if the version is not 0 (1 is PPTP, RFC 2637);
 * -EINVAL if a bit is set that RFC 2784, 2.3 wants discarded.
 */
int ipv6tun_gre_parse(const void *data, unsigned int len,
		      struct ipv6tun_gre *gre)
{
	struct gre_base_hdr base;
	unsigned int hlen;

	BUILD_BUG_ON(sizeof(base) != IPV6TUN_GRE_BASE_LEN);

	*gre = (struct ipv6tun_gre){ .hlen = IPV6TUN_GRE_BASE_LEN };
	if (len < sizeof(base))
		return -EMSGSIZE;
	memcpy(&base, data, sizeof(base));

	if (base.flags & GRE_VERSION)
		return -EPROTONOSUPPORT;
	if (base.flags & GRE_MUST_BE_ZERO)
		return -EINVAL;

	gre->proto = base.protocol;
	gre->has_csum = base.flags & GRE_CSUM;
	gre->has_key = base.flags & GRE_KEY;
	hlen = ipv6tun_gre_hlen(gre->has_csum, gre->has_key);
	gre->hlen = hlen + (base.flags & GRE_SEQ ? 4 : 0);
	if (len < gre->hlen)
		return -EMSGSIZE;

	/* The key is the last word of the header without sequence number. */
	if (gre->has_key)
		memcpy(&gre->key, data + hlen - sizeof(gre->key),
		       sizeof(gre->key));
	return 0;
}
