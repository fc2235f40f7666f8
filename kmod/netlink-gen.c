// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/ipv6tun.yaml */
/* YNL-GEN kernel source */
/* To regenerate run: selftests/gen.sh */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink-gen.h"

#include <uapi/linux/ipv6tun.h>

/* IPV6TUN_CMD_PATH_ADD - do */
static const struct nla_policy ipv6tun_path_add_nl_policy[IPV6TUN_A_PATH_HOLD_UP + 1] = {
	[IPV6TUN_A_PATH_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPV6TUN_A_PATH_ID] = NLA_POLICY_RANGE(NLA_U32, 1, IPV6TUN_PATH_MAX),
	[IPV6TUN_A_PATH_LOCAL] = NLA_POLICY_MAX_LEN(16),
	[IPV6TUN_A_PATH_REMOTE] = NLA_POLICY_MAX_LEN(16),
	[IPV6TUN_A_PATH_KEY] = { .type = NLA_U32, },
	[IPV6TUN_A_PATH_NO_KEY] = { .type = NLA_FLAG, },
	[IPV6TUN_A_PATH_CSUM] = NLA_POLICY_MAX(NLA_U8, 1),
	[IPV6TUN_A_PATH_TTL] = { .type = NLA_U8, },
	[IPV6TUN_A_PATH_TOS] = { .type = NLA_U8, },
	[IPV6TUN_A_PATH_UNDERLAY] = { .type = NLA_U32, },
	[IPV6TUN_A_PATH_WEIGHT] = NLA_POLICY_RANGE(NLA_U32, 1, IPV6TUN_WEIGHT_MAX),
	[IPV6TUN_A_PATH_PEER] = NLA_POLICY_MAX_LEN(16),
	[IPV6TUN_A_PATH_NO_PEER] = { .type = NLA_FLAG, },
	[IPV6TUN_A_PATH_ADMIN] = NLA_POLICY_MAX(NLA_U8, 1),
	[IPV6TUN_A_PATH_PROBE] = NLA_POLICY_MAX(NLA_U8, 2),
	[IPV6TUN_A_PATH_INTERVAL] = NLA_POLICY_RANGE(NLA_U32, IPV6TUN_INTERVAL_MIN, IPV6TUN_INTERVAL_MAX),
	[IPV6TUN_A_PATH_MULTIPLIER] = NLA_POLICY_RANGE(NLA_U8, 1, IPV6TUN_MULTIPLIER_MAX),
	[IPV6TUN_A_PATH_PASSIVE] = NLA_POLICY_MAX(NLA_U8, 1),
	[IPV6TUN_A_PATH_HOLD_UP] = NLA_POLICY_MAX(NLA_U32, IPV6TUN_HOLD_UP_MAX),
};

/* IPV6TUN_CMD_PATH_SET - do */
static const struct nla_policy ipv6tun_path_set_nl_policy[IPV6TUN_A_PATH_HOLD_UP + 1] = {
	[IPV6TUN_A_PATH_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPV6TUN_A_PATH_ID] = NLA_POLICY_RANGE(NLA_U32, 1, IPV6TUN_PATH_MAX),
	[IPV6TUN_A_PATH_LOCAL] = NLA_POLICY_MAX_LEN(16),
	[IPV6TUN_A_PATH_REMOTE] = NLA_POLICY_MAX_LEN(16),
	[IPV6TUN_A_PATH_KEY] = { .type = NLA_U32, },
	[IPV6TUN_A_PATH_NO_KEY] = { .type = NLA_FLAG, },
	[IPV6TUN_A_PATH_CSUM] = NLA_POLICY_MAX(NLA_U8, 1),
	[IPV6TUN_A_PATH_TTL] = { .type = NLA_U8, },
	[IPV6TUN_A_PATH_TOS] = { .type = NLA_U8, },
	[IPV6TUN_A_PATH_UNDERLAY] = { .type = NLA_U32, },
	[IPV6TUN_A_PATH_WEIGHT] = NLA_POLICY_RANGE(NLA_U32, 1, IPV6TUN_WEIGHT_MAX),
	[IPV6TUN_A_PATH_PEER] = NLA_POLICY_MAX_LEN(16),
	[IPV6TUN_A_PATH_NO_PEER] = { .type = NLA_FLAG, },
	[IPV6TUN_A_PATH_ADMIN] = NLA_POLICY_MAX(NLA_U8, 1),
	[IPV6TUN_A_PATH_PROBE] = NLA_POLICY_MAX(NLA_U8, 2),
	[IPV6TUN_A_PATH_INTERVAL] = NLA_POLICY_RANGE(NLA_U32, IPV6TUN_INTERVAL_MIN, IPV6TUN_INTERVAL_MAX),
	[IPV6TUN_A_PATH_MULTIPLIER] = NLA_POLICY_RANGE(NLA_U8, 1, IPV6TUN_MULTIPLIER_MAX),
	[IPV6TUN_A_PATH_PASSIVE] = NLA_POLICY_MAX(NLA_U8, 1),
	[IPV6TUN_A_PATH_HOLD_UP] = NLA_POLICY_MAX(NLA_U32, IPV6TUN_HOLD_UP_MAX),
};

/* IPV6TUN_CMD_PATH_DEL - do */
static const struct nla_policy ipv6tun_path_del_nl_policy[IPV6TUN_A_PATH_ID + 1] = {
	[IPV6TUN_A_PATH_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPV6TUN_A_PATH_ID] = NLA_POLICY_RANGE(NLA_U32, 1, IPV6TUN_PATH_MAX),
};

/* IPV6TUN_CMD_PATH_GET - do */
static const struct nla_policy ipv6tun_path_get_nl_policy[IPV6TUN_A_PATH_ID + 1] = {
	[IPV6TUN_A_PATH_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPV6TUN_A_PATH_ID] = NLA_POLICY_RANGE(NLA_U32, 1, IPV6TUN_PATH_MAX),
};

/* IPV6TUN_CMD_PATH_LIST - dump */
static const struct nla_policy ipv6tun_path_list_nl_policy[IPV6TUN_A_PATH_IFINDEX + 1] = {
	[IPV6TUN_A_PATH_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* IPV6TUN_CMD_DEVICE_GET - do */
static const struct nla_policy ipv6tun_device_get_nl_policy[IPV6TUN_A_DEVICE_IFINDEX + 1] = {
	[IPV6TUN_A_DEVICE_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* IPV6TUN_CMD_ROUTE_LIST - dump */
static const struct nla_policy ipv6tun_route_list_nl_policy[IPV6TUN_A_ROUTE_COUNT_BUCKETS + 1] = {
	[IPV6TUN_A_ROUTE_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPV6TUN_A_ROUTE_COUNT_BUCKETS] = { .type = NLA_FLAG, },
};

/* IPV6TUN_CMD_LOOKUP - do */
static const struct nla_policy ipv6tun_lookup_nl_policy[IPV6TUN_A_LOOKUP_PACKET + 1] = {
	[IPV6TUN_A_LOOKUP_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPV6TUN_A_LOOKUP_FROM] = NLA_POLICY_MAX_LEN(16),
	[IPV6TUN_A_LOOKUP_TO] = NLA_POLICY_MAX_LEN(16),
	[IPV6TUN_A_LOOKUP_PROTO] = { .type = NLA_U8, },
	[IPV6TUN_A_LOOKUP_SPORT] = { .type = NLA_U16, },
	[IPV6TUN_A_LOOKUP_DPORT] = { .type = NLA_U16, },
	[IPV6TUN_A_LOOKUP_FLOW_LABEL] = { .type = NLA_U32, },
	[IPV6TUN_A_LOOKUP_MARK] = { .type = NLA_U32, },
	[IPV6TUN_A_LOOKUP_PACKET] = NLA_POLICY_MAX_LEN(IPV6TUN_PACKET_MAX),
};

/* Ops table for ipv6tun */
static const struct genl_split_ops ipv6tun_nl_ops[] = {
	{
		.cmd		= IPV6TUN_CMD_PATH_ADD,
		.doit		= ipv6tun_nl_path_add_doit,
		.policy		= ipv6tun_path_add_nl_policy,
		.maxattr	= IPV6TUN_A_PATH_HOLD_UP,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= IPV6TUN_CMD_PATH_SET,
		.doit		= ipv6tun_nl_path_set_doit,
		.policy		= ipv6tun_path_set_nl_policy,
		.maxattr	= IPV6TUN_A_PATH_HOLD_UP,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= IPV6TUN_CMD_PATH_DEL,
		.doit		= ipv6tun_nl_path_del_doit,
		.policy		= ipv6tun_path_del_nl_policy,
		.maxattr	= IPV6TUN_A_PATH_ID,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= IPV6TUN_CMD_PATH_GET,
		.doit		= ipv6tun_nl_path_get_doit,
		.policy		= ipv6tun_path_get_nl_policy,
		.maxattr	= IPV6TUN_A_PATH_ID,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= IPV6TUN_CMD_PATH_LIST,
		.dumpit		= ipv6tun_nl_path_list_dumpit,
		.policy		= ipv6tun_path_list_nl_policy,
		.maxattr	= IPV6TUN_A_PATH_IFINDEX,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= IPV6TUN_CMD_DEVICE_GET,
		.doit		= ipv6tun_nl_device_get_doit,
		.policy		= ipv6tun_device_get_nl_policy,
		.maxattr	= IPV6TUN_A_DEVICE_IFINDEX,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= IPV6TUN_CMD_DEVICE_LIST,
		.dumpit	= ipv6tun_nl_device_list_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= IPV6TUN_CMD_ROUTE_LIST,
		.dumpit		= ipv6tun_nl_route_list_dumpit,
		.policy		= ipv6tun_route_list_nl_policy,
		.maxattr	= IPV6TUN_A_ROUTE_COUNT_BUCKETS,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= IPV6TUN_CMD_LOOKUP,
		.doit		= ipv6tun_nl_lookup_doit,
		.policy		= ipv6tun_lookup_nl_policy,
		.maxattr	= IPV6TUN_A_LOOKUP_PACKET,
		.flags		= GENL_CMD_CAP_DO,
	},
};

static const struct genl_multicast_group ipv6tun_nl_mcgrps[] = {
	[IPV6TUN_NLGRP_EVENTS] = { "events", },
};

struct genl_family ipv6tun_nl_family __ro_after_init = {
	.name		= IPV6TUN_FAMILY_NAME,
	.version	= IPV6TUN_FAMILY_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.split_ops	= ipv6tun_nl_ops,
	.n_split_ops	= ARRAY_SIZE(ipv6tun_nl_ops),
	.mcgrps		= ipv6tun_nl_mcgrps,
	.n_mcgrps	= ARRAY_SIZE(ipv6tun_nl_mcgrps),
};
