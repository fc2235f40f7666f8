/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The flow hash: which packets belong together.
 *
 * Pure logic: depends on the packet and the configuration only, so that two
 * routers with the same seed, and one router before and after a reload, agree.
 */
#ifndef _IPV6TUN_FLOW_H
#define _IPV6TUN_FLOW_H

#include <linux/types.h>

struct sk_buff;

/**
 * struct ipv6tun_flow_cfg - what makes a flow
 * @seed: the operator's seed; routers that must agree share it
 * @policy: enum ipv6tun_hash: layer 4, layer 3 or IPv6 flow label
 * @symmetric: both directions of a flow give the same hash
 */
struct ipv6tun_flow_cfg {
	u32	seed;
	u8	policy;
	bool	symmetric;
};

u32 ipv6tun_flow_hash(const struct sk_buff *skb,
		      const struct ipv6tun_flow_cfg *cfg);

#endif
