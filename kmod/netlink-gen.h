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

/* Common nested types */
extern const struct nla_policy ipv6tun_bib_config_nl_policy[IPV6TUN_A_BIB_PORT4 + 1];
extern const struct nla_policy ipv6tun_eam_config_nl_policy[IPV6TUN_A_EAM_PREFIX4_LEN + 1];
extern const struct nla_policy ipv6tun_pool4_config_nl_policy[IPV6TUN_A_POOL4_PORT_MAX + 1];
extern const struct nla_policy ipv6tun_pool6_config_nl_policy[IPV6TUN_A_POOL6_PREFIX_LEN + 1];

int ipv6tun_nl_bib_list_start(struct netlink_callback *cb);
int ipv6tun_nl_session_list_start(struct netlink_callback *cb);
int ipv6tun_nl_bib_list_done(struct netlink_callback *cb);
int ipv6tun_nl_session_list_done(struct netlink_callback *cb);

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
int ipv6tun_nl_nat64_set_doit(struct sk_buff *skb, struct genl_info *info);
int ipv6tun_nl_nat64_del_doit(struct sk_buff *skb, struct genl_info *info);
int ipv6tun_nl_nat64_get_doit(struct sk_buff *skb, struct genl_info *info);
int ipv6tun_nl_nat64_list_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int ipv6tun_nl_nat64_replace_doit(struct sk_buff *skb, struct genl_info *info);
int ipv6tun_nl_pool6_add_doit(struct sk_buff *skb, struct genl_info *info);
int ipv6tun_nl_pool6_del_doit(struct sk_buff *skb, struct genl_info *info);
int ipv6tun_nl_pool6_list_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int ipv6tun_nl_pool4_add_doit(struct sk_buff *skb, struct genl_info *info);
int ipv6tun_nl_pool4_del_doit(struct sk_buff *skb, struct genl_info *info);
int ipv6tun_nl_pool4_list_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int ipv6tun_nl_eam_add_doit(struct sk_buff *skb, struct genl_info *info);
int ipv6tun_nl_eam_del_doit(struct sk_buff *skb, struct genl_info *info);
int ipv6tun_nl_eam_list_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int ipv6tun_nl_bib_add_doit(struct sk_buff *skb, struct genl_info *info);
int ipv6tun_nl_bib_del_doit(struct sk_buff *skb, struct genl_info *info);
int ipv6tun_nl_bib_list_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int ipv6tun_nl_session_list_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb);
int ipv6tun_nl_nat64_flush_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	IPV6TUN_NLGRP_EVENTS,
	IPV6TUN_NLGRP_NAT64,
};

extern struct genl_family ipv6tun_nl_family;

#endif /* _LINUX_IPV6TUN_GEN_H */
