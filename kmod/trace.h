/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints: one for each decision an operator may have to explain.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM ipv6tun

#if !defined(_IPV6TUN_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _IPV6TUN_TRACE_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/tracepoint.h>

/* A packet is dropped; reason is its IPV6TUN_A_DROPS_* attribute id. */
TRACE_EVENT(ipv6tun_drop,
	    TP_PROTO(const struct net_device *dev, u16 path,
		     const struct sk_buff *skb, unsigned int reason),
	    TP_ARGS(dev, path, skb, reason),
	    TP_STRUCT__entry(__field(int, ifindex)
			     __field(const void *, skbaddr)
			     __field(unsigned int, len)
			     __field(unsigned int, reason)
			     __field(u16, path)
			     __field(u16, protocol)),
	    TP_fast_assign(__entry->ifindex = dev->ifindex;
			   __entry->skbaddr = skb;
			   __entry->len = skb->len;
			   __entry->reason = reason;
			   __entry->path = path;
			   __entry->protocol = ntohs(skb->protocol);),
	    TP_printk("ifindex=%d path=%u skbaddr=%p len=%u protocol=0x%04x reason=%u",
		      __entry->ifindex, __entry->path, __entry->skbaddr,
		      __entry->len, __entry->protocol, __entry->reason)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
