/* SPDX-License-Identifier: GPL-2.0 */
/*
 * NAT64 in the data path: what the device is given to send and falls in pool6,
 * pool4 or an EAM entry is translated, and the device receives it again.
 */
#ifndef _IPV6TUN_NAT64_HOOK_H
#define _IPV6TUN_NAT64_HOOK_H

#include <linux/types.h>

#include "state.h"

struct ipv6tun_dev;
struct nat64;
struct sk_buff;

bool nat64_hook_xmit(struct ipv6tun_dev *tun, struct sk_buff *skb);
void nat64_hook_expire_syns(struct nat64 *nat);
void nat64_hook_forget_syns(struct nat64 *nat);
void nat64_hook_probe(struct nat64_state *st,
		      const struct nat64_session *session);

#endif
