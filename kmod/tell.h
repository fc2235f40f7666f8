/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ICMP errors to the senders of inside packets.
 */
#ifndef _IPV6TUN_TELL_H
#define _IPV6TUN_TELL_H

#include <linux/types.h>

struct sk_buff;

void ipv6tun_tell_icmp(struct sk_buff *skb, int type, int code, u32 info);
void ipv6tun_tell_icmpv6(struct sk_buff *skb, int type, int code, u32 info);

#endif
