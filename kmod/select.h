/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The decision: by which path does a packet leave.
 */
#ifndef _IPV6TUN_SELECT_H
#define _IPV6TUN_SELECT_H

#include "fib.h"

struct ipv6tun_dev;
struct ipv6tun_pathset;
struct sk_buff;

/**
 * struct ipv6tun_choice - a path and how it was arrived at
 * @set: the path set chosen from, NULL if the path was given. RCU.
 * @match: the route, where one was tracked; filled on request only
 * @hash: the flow hash; 0 if there was nothing to choose
 * @bucket: the bucket of @hash
 * @id: the path, 0 for none
 * @why: enum ipv6tun_lookup_why
 * @drop: IPV6TUN_A_DROPS_TX_*, where @id is 0
 */
struct ipv6tun_choice {
	const struct ipv6tun_pathset	*set;
	struct ipv6tun_fib_match	match;
	u32				hash;
	u32				bucket;
	u16				id;
	u8				why;
	u8				drop;
};

void ipv6tun_select(const struct ipv6tun_dev *tun, const struct sk_buff *skb,
		    struct ipv6tun_choice *choice, bool explain);

#endif
