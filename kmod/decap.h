/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Receive: from the underlay to the device.
 */
#ifndef _IPV6TUN_DECAP_H
#define _IPV6TUN_DECAP_H

#include <linux/netfilter.h>

unsigned int ipv6tun_decap_hook4(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state);
unsigned int ipv6tun_decap_hook6(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state);

#endif
