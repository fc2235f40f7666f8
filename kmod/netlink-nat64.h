/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Generic netlink of NAT64. One file for each side: netlink-nat64.c takes
 * configuration, netlink-nat64-show.c tells it, netlink-nat64-list.c lists BIB
 * entries and sessions, netlink-nat64-event.c tells of them as they come and go.
 */
#ifndef _IPV6TUN_NETLINK_NAT64_H
#define _IPV6TUN_NETLINK_NAT64_H

#include <linux/types.h>

#include "nat64/state.h"

struct nat64;
struct netlink_ext_ack;
struct nlattr;
struct sk_buff;

/**
 * struct ipv6tun_nat64_filter_attrs - attributes of one set that make a filter
 * @proto: number of the attribute, as all below
 * @addr6: IPv6 host
 * @addr6_len: how much of it
 * @port6: its port
 * @addr4: IPv4 address it appears as
 * @addr4_len: how much of it
 * @port4: port with that
 * @remote4: IPv4 host, 0 if the set has none
 * @remote4_len: how much of it
 */
struct ipv6tun_nat64_filter_attrs {
	u8	proto;
	u8	addr6;
	u8	addr6_len;
	u8	port6;
	u8	addr4;
	u8	addr4_len;
	u8	port4;
	u8	remote4;
	u8	remote4_len;
};

extern const struct ipv6tun_nat64_filter_attrs ipv6tun_nat64_bib_filter;
extern const struct ipv6tun_nat64_filter_attrs ipv6tun_nat64_session_filter;

u8 ipv6tun_netlink_nat64_proto(u8 l4);
int ipv6tun_netlink_nat64_filter(struct nlattr **tb,
				 const struct ipv6tun_nat64_filter_attrs *which,
				 struct nat64_filter *filter,
				 struct netlink_ext_ack *extack);

unsigned int ipv6tun_netlink_nat64_changes(void);
void ipv6tun_netlink_nat64_notify(const struct nat64 *nat, u8 cmd);

size_t ipv6tun_netlink_nat64_bib_size(void);
int ipv6tun_netlink_nat64_put_bib(struct sk_buff *skb,
				  const struct nat64_bib *bib);
u64 ipv6tun_netlink_nat64_since(const struct nat64_bib *bib);
size_t ipv6tun_netlink_nat64_session_size(void);
int ipv6tun_netlink_nat64_put_session(struct sk_buff *skb,
				      const struct nat64_cfg *cfg,
				      const struct nat64_session *session);

void ipv6tun_netlink_nat64_tell(struct nat64_state *st, enum nat64_event event,
				const struct nat64_bib *bib,
				const struct nat64_session *session);

#endif
