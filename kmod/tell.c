// SPDX-License-Identifier: GPL-2.0
#include <linux/icmpv6.h>
#include <linux/skbuff.h>
#include <net/icmp.h>
#include <net/sock.h>

#include "tell.h"

/*
 * The stack sends ICMP with its socket locked. An error about such a packet
 * finds the lock taken and is given up, on a debug kernel for one processor
 * with an alarm: it is not even tried.
 */
static bool is_stacks_own(const struct sk_buff *skb)
{
	const struct sock *sk = skb->sk;

	return sk && sk_fullsock(sk) && sk->sk_kern_sock &&
	       (sk->sk_protocol == IPPROTO_ICMP ||
		sk->sk_protocol == IPPROTO_ICMPV6);
}

/**
 * ipv6tun_tell_icmp() - send an ICMP error to the sender of an IPv4 packet
 * @skb: the packet, as it was given to the device
 * @type: ICMP type
 * @code: ICMP code
 * @info: what type and code want, host byte order; the MTU, bytes
 *
 * The stack limits the rate.
 *
 * Context: RCU, BH disabled.
 */
void ipv6tun_tell_icmp(struct sk_buff *skb, int type, int code, u32 info)
{
	if (!is_stacks_own(skb))
		icmp_ndo_send(skb, type, code, htonl(info));
}

/**
 * ipv6tun_tell_icmpv6() - send an ICMPv6 error to the sender of an IPv6 packet
 * @skb: the packet, as it was given to the device
 * @type: ICMPv6 type
 * @code: ICMPv6 code
 * @info: what type and code want: the MTU, bytes, or a pointer
 *
 * The stack limits the rate.
 *
 * Context: RCU, BH disabled.
 */
void ipv6tun_tell_icmpv6(struct sk_buff *skb, int type, int code, u32 info)
{
	if (!is_stacks_own(skb))
		icmpv6_ndo_send(skb, type, code, info);
}
