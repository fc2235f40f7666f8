/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The MSS option of TCP SYNs.
 */
#ifndef _IPV6TUN_MSS_H
#define _IPV6TUN_MSS_H

#include <linux/types.h>

struct sk_buff;

bool ipv6tun_mss_offered(const struct sk_buff *skb);
void ipv6tun_mss_clamp(struct sk_buff *skb, u32 mtu);

#endif
