/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Generic netlink: the operations of Documentation/netlink/specs/ipv6tun.yaml.
 *
 * One file for each object of the API: netlink.c has paths, netlink-show.c the
 * device and its routes, netlink-lookup.c the question where a flow goes; those
 * of NAT64 are in netlink-nat64.h.
 */
#ifndef _IPV6TUN_NETLINK_H
#define _IPV6TUN_NETLINK_H

#include <linux/types.h>

struct genl_info;
struct in6_addr;
struct ipv6tun_dev;
struct ipv6tun_path;
struct ipv6tun_pathset;
struct net;
struct net_device;
struct netlink_ext_ack;
struct nlattr;
struct sk_buff;
struct work_struct;

int ipv6tun_netlink_init(void);
void ipv6tun_netlink_exit(void);
void ipv6tun_netlink_tell(struct work_struct *work);

/**
 * typedef ipv6tun_netlink_fn - what a request asks for
 * @skb: the request, or the answer to be filled
 * @info: the request, parsed
 *
 * Context: RTNL. Return: 0 or a negative errno.
 */
typedef int (*ipv6tun_netlink_fn)(struct sk_buff *skb, struct genl_info *info);

int ipv6tun_netlink_do(struct sk_buff *skb, struct genl_info *info,
		       ipv6tun_netlink_fn fn);
int ipv6tun_netlink_answer(struct genl_info *info, ipv6tun_netlink_fn fn);
struct ipv6tun_dev *ipv6tun_netlink_device(struct genl_info *info, int attr);
struct ipv6tun_dev *ipv6tun_netlink_next_device(struct net *net, int ifindex,
						int *index);
int ipv6tun_netlink_get_addr(const struct nlattr *attr, struct in6_addr *addr,
			     struct netlink_ext_ack *extack);
int ipv6tun_netlink_put_addr(struct sk_buff *skb, int attr,
			     const struct in6_addr *addr, bool ip6);

#endif
