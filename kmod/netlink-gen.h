/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/ipv6tun.yaml */
/* YNL-GEN kernel header */
/* To regenerate run: selftests/gen.sh */

#ifndef _LINUX_IPV6TUN_GEN_H
#define _LINUX_IPV6TUN_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/ipv6tun.h>

int ipv6tun_nl_path_add_doit(struct sk_buff *skb, struct genl_info *info);
int ipv6tun_nl_path_set_doit(struct sk_buff *skb, struct genl_info *info);
int ipv6tun_nl_path_del_doit(struct sk_buff *skb, struct genl_info *info);
int ipv6tun_nl_path_get_doit(struct sk_buff *skb, struct genl_info *info);
int ipv6tun_nl_path_list_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int ipv6tun_nl_device_get_doit(struct sk_buff *skb, struct genl_info *info);
int ipv6tun_nl_device_list_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb);
int ipv6tun_nl_route_list_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int ipv6tun_nl_lookup_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	IPV6TUN_NLGRP_EVENTS,
};

extern struct genl_family ipv6tun_nl_family;

#endif /* _LINUX_IPV6TUN_GEN_H */
