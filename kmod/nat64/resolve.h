/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether a packet is one to translate, and what its addresses and ports become:
 * by EAM entries, by pool6, or by its session, which a packet may open.
 */
#ifndef _IPV6TUN_NAT64_RESOLVE_H
#define _IPV6TUN_NAT64_RESOLVE_H

#include <linux/types.h>

#include "parse.h"
#include "xlat.h"

struct nat64;
struct nat64_cfg;
struct sk_buff;

/**
 * struct nat64_job - a packet on its way through
 * @nat: the instance
 * @cfg: its configuration, RCU
 * @skb: the packet
 * @pkt: the packet taken apart
 * @out: what its addresses and ports become
 * @in: the same of the packet inside an ICMP error
 * @src_known: @out has the source, found without state
 * @dst_known: @out has the destination, found without state
 * @pool6: id of the pool6 prefix that the IPv6 destination matched, or
 *	   NAT64_VIA_EAM
 */
struct nat64_job {
	struct nat64			*nat;
	const struct nat64_cfg		*cfg;
	struct sk_buff			*skb;
	struct nat64_pkt		pkt;
	struct nat64_ends		out;
	struct nat64_ends		in;
	bool				src_known;
	bool				dst_known;
	u8				pool6;
};

bool nat64_resolve_wanted(struct nat64_job *job, unsigned int *drop);
unsigned int nat64_resolve(struct nat64_job *job);

#endif
