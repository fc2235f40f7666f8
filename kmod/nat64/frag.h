/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Cutting IPv6 packets that IPv4 would have let routers cut. Pure.
 */
#ifndef _IPV6TUN_NAT64_FRAG_H
#define _IPV6TUN_NAT64_FRAG_H

#include "parse.h"

struct sk_buff;
struct sk_buff_head;

unsigned int nat64_frag_cut(struct sk_buff *skb, const struct nat64_hdrs *h,
			    unsigned int mtu, struct sk_buff_head *parts);

#endif
