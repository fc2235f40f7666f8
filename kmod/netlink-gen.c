// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/ipv6tun.yaml */
/* YNL-GEN kernel source */
/* To regenerate run: selftests/gen.sh */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink-gen.h"

#include <uapi/linux/ipv6tun.h>

/* Common nested types */
const struct nla_policy ipv6tun_bib_config_nl_policy[IPV6TUN_A_BIB_PORT4 + 1] = {
	[IPV6TUN_A_BIB_PROTO] = { .type = NLA_U8, },
	[IPV6TUN_A_BIB_ADDR6] = NLA_POLICY_EXACT_LEN(16),
	[IPV6TUN_A_BIB_PORT6] = { .type = NLA_U16, },
	[IPV6TUN_A_BIB_ADDR4] = NLA_POLICY_EXACT_LEN(4),
	[IPV6TUN_A_BIB_PORT4] = { .type = NLA_U16, },
};

const struct nla_policy ipv6tun_eam_config_nl_policy[IPV6TUN_A_EAM_PREFIX4_LEN + 1] = {
	[IPV6TUN_A_EAM_PREFIX6] = NLA_POLICY_EXACT_LEN(16),
	[IPV6TUN_A_EAM_PREFIX6_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[IPV6TUN_A_EAM_PREFIX4] = NLA_POLICY_EXACT_LEN(4),
	[IPV6TUN_A_EAM_PREFIX4_LEN] = NLA_POLICY_MAX(NLA_U8, 32),
};

const struct nla_policy ipv6tun_pool4_config_nl_policy[IPV6TUN_A_POOL4_PORT_MAX + 1] = {
	[IPV6TUN_A_POOL4_PREFIX] = NLA_POLICY_EXACT_LEN(4),
	[IPV6TUN_A_POOL4_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U8, 32),
	[IPV6TUN_A_POOL4_PROTOS] = NLA_POLICY_MASK(NLA_U8, 0x7),
	[IPV6TUN_A_POOL4_PORT_MIN] = NLA_POLICY_MIN(NLA_U16, 1),
	[IPV6TUN_A_POOL4_PORT_MAX] = NLA_POLICY_MIN(NLA_U16, 1),
};

const struct nla_policy ipv6tun_pool6_config_nl_policy[IPV6TUN_A_POOL6_PREFIX_LEN + 1] = {
	[IPV6TUN_A_POOL6_PREFIX] = NLA_POLICY_EXACT_LEN(16),
	[IPV6TUN_A_POOL6_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
};

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

/* IPV6TUN_CMD_NAT64_SET - do */
static const struct nla_policy ipv6tun_nat64_set_nl_policy[IPV6TUN_A_NAT64_SESSION_EVENTS + 1] = {
	[IPV6TUN_A_NAT64_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPV6TUN_A_NAT64_MODE] = NLA_POLICY_MAX(NLA_U8, 1),
	[IPV6TUN_A_NAT64_FILTERING] = NLA_POLICY_MAX(NLA_U8, 1),
	[IPV6TUN_A_NAT64_UDP_ZERO] = NLA_POLICY_MAX(NLA_U8, 1),
	[IPV6TUN_A_NAT64_LOWEST_MTU] = NLA_POLICY_MIN(NLA_U16, IPV6TUN_LOWEST_MTU_MIN),
	[IPV6TUN_A_NAT64_TCP_EST] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPV6TUN_A_NAT64_TCP_TRANS] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPV6TUN_A_NAT64_TCP_SYN] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPV6TUN_A_NAT64_UDP] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPV6TUN_A_NAT64_ICMP] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPV6TUN_A_NAT64_MAX_SESSIONS] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPV6TUN_A_NAT64_ICMP_SOURCE] = NLA_POLICY_EXACT_LEN(4),
	[IPV6TUN_A_NAT64_ICMP_SOURCE_LEN] = NLA_POLICY_MAX(NLA_U8, 32),
	[IPV6TUN_A_NAT64_NO_ICMP_SOURCE] = { .type = NLA_FLAG, },
	[IPV6TUN_A_NAT64_SESSION_EVENTS] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* IPV6TUN_CMD_NAT64_DEL - do */
static const struct nla_policy ipv6tun_nat64_del_nl_policy[IPV6TUN_A_NAT64_IFINDEX + 1] = {
	[IPV6TUN_A_NAT64_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* IPV6TUN_CMD_NAT64_GET - do */
static const struct nla_policy ipv6tun_nat64_get_nl_policy[IPV6TUN_A_NAT64_IFINDEX + 1] = {
	[IPV6TUN_A_NAT64_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* IPV6TUN_CMD_NAT64_REPLACE - do */
static const struct nla_policy ipv6tun_nat64_replace_nl_policy[IPV6TUN_A_NAT64_BIB + 1] = {
	[IPV6TUN_A_NAT64_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPV6TUN_A_NAT64_MODE] = NLA_POLICY_MAX(NLA_U8, 1),
	[IPV6TUN_A_NAT64_FILTERING] = NLA_POLICY_MAX(NLA_U8, 1),
	[IPV6TUN_A_NAT64_UDP_ZERO] = NLA_POLICY_MAX(NLA_U8, 1),
	[IPV6TUN_A_NAT64_LOWEST_MTU] = NLA_POLICY_MIN(NLA_U16, IPV6TUN_LOWEST_MTU_MIN),
	[IPV6TUN_A_NAT64_TCP_EST] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPV6TUN_A_NAT64_TCP_TRANS] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPV6TUN_A_NAT64_TCP_SYN] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPV6TUN_A_NAT64_UDP] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPV6TUN_A_NAT64_ICMP] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPV6TUN_A_NAT64_MAX_SESSIONS] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPV6TUN_A_NAT64_ICMP_SOURCE] = NLA_POLICY_EXACT_LEN(4),
	[IPV6TUN_A_NAT64_ICMP_SOURCE_LEN] = NLA_POLICY_MAX(NLA_U8, 32),
	[IPV6TUN_A_NAT64_NO_ICMP_SOURCE] = { .type = NLA_FLAG, },
	[IPV6TUN_A_NAT64_SESSION_EVENTS] = NLA_POLICY_MAX(NLA_U8, 1),
	[IPV6TUN_A_NAT64_POOL6] = NLA_POLICY_NESTED(ipv6tun_pool6_config_nl_policy),
	[IPV6TUN_A_NAT64_POOL4] = NLA_POLICY_NESTED(ipv6tun_pool4_config_nl_policy),
	[IPV6TUN_A_NAT64_EAM] = NLA_POLICY_NESTED(ipv6tun_eam_config_nl_policy),
	[IPV6TUN_A_NAT64_BIB] = NLA_POLICY_NESTED(ipv6tun_bib_config_nl_policy),
};

/* IPV6TUN_CMD_POOL6_ADD - do */
static const struct nla_policy ipv6tun_pool6_add_nl_policy[IPV6TUN_A_POOL6_PREFIX_LEN + 1] = {
	[IPV6TUN_A_POOL6_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPV6TUN_A_POOL6_PREFIX] = NLA_POLICY_EXACT_LEN(16),
	[IPV6TUN_A_POOL6_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
};

/* IPV6TUN_CMD_POOL6_DEL - do */
static const struct nla_policy ipv6tun_pool6_del_nl_policy[IPV6TUN_A_POOL6_PREFIX_LEN + 1] = {
	[IPV6TUN_A_POOL6_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPV6TUN_A_POOL6_PREFIX] = NLA_POLICY_EXACT_LEN(16),
	[IPV6TUN_A_POOL6_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
};

/* IPV6TUN_CMD_POOL6_LIST - dump */
static const struct nla_policy ipv6tun_pool6_list_nl_policy[IPV6TUN_A_POOL6_IFINDEX + 1] = {
	[IPV6TUN_A_POOL6_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* IPV6TUN_CMD_POOL4_ADD - do */
static const struct nla_policy ipv6tun_pool4_add_nl_policy[IPV6TUN_A_POOL4_PORT_MAX + 1] = {
	[IPV6TUN_A_POOL4_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPV6TUN_A_POOL4_PREFIX] = NLA_POLICY_EXACT_LEN(4),
	[IPV6TUN_A_POOL4_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U8, 32),
	[IPV6TUN_A_POOL4_PROTOS] = NLA_POLICY_MASK(NLA_U8, 0x7),
	[IPV6TUN_A_POOL4_PORT_MIN] = NLA_POLICY_MIN(NLA_U16, 1),
	[IPV6TUN_A_POOL4_PORT_MAX] = NLA_POLICY_MIN(NLA_U16, 1),
};

/* IPV6TUN_CMD_POOL4_DEL - do */
static const struct nla_policy ipv6tun_pool4_del_nl_policy[IPV6TUN_A_POOL4_PORT_MAX + 1] = {
	[IPV6TUN_A_POOL4_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPV6TUN_A_POOL4_PREFIX] = NLA_POLICY_EXACT_LEN(4),
	[IPV6TUN_A_POOL4_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U8, 32),
	[IPV6TUN_A_POOL4_PROTOS] = NLA_POLICY_MASK(NLA_U8, 0x7),
	[IPV6TUN_A_POOL4_PORT_MIN] = NLA_POLICY_MIN(NLA_U16, 1),
	[IPV6TUN_A_POOL4_PORT_MAX] = NLA_POLICY_MIN(NLA_U16, 1),
};

/* IPV6TUN_CMD_POOL4_LIST - dump */
static const struct nla_policy ipv6tun_pool4_list_nl_policy[IPV6TUN_A_POOL4_IFINDEX + 1] = {
	[IPV6TUN_A_POOL4_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* IPV6TUN_CMD_EAM_ADD - do */
static const struct nla_policy ipv6tun_eam_add_nl_policy[IPV6TUN_A_EAM_PREFIX4_LEN + 1] = {
	[IPV6TUN_A_EAM_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPV6TUN_A_EAM_PREFIX6] = NLA_POLICY_EXACT_LEN(16),
	[IPV6TUN_A_EAM_PREFIX6_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[IPV6TUN_A_EAM_PREFIX4] = NLA_POLICY_EXACT_LEN(4),
	[IPV6TUN_A_EAM_PREFIX4_LEN] = NLA_POLICY_MAX(NLA_U8, 32),
};

/* IPV6TUN_CMD_EAM_DEL - do */
static const struct nla_policy ipv6tun_eam_del_nl_policy[IPV6TUN_A_EAM_PREFIX4_LEN + 1] = {
	[IPV6TUN_A_EAM_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPV6TUN_A_EAM_PREFIX6] = NLA_POLICY_EXACT_LEN(16),
	[IPV6TUN_A_EAM_PREFIX6_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[IPV6TUN_A_EAM_PREFIX4] = NLA_POLICY_EXACT_LEN(4),
	[IPV6TUN_A_EAM_PREFIX4_LEN] = NLA_POLICY_MAX(NLA_U8, 32),
};

/* IPV6TUN_CMD_EAM_LIST - dump */
static const struct nla_policy ipv6tun_eam_list_nl_policy[IPV6TUN_A_EAM_IFINDEX + 1] = {
	[IPV6TUN_A_EAM_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* IPV6TUN_CMD_BIB_ADD - do */
static const struct nla_policy ipv6tun_bib_add_nl_policy[IPV6TUN_A_BIB_PORT4 + 1] = {
	[IPV6TUN_A_BIB_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPV6TUN_A_BIB_PROTO] = { .type = NLA_U8, },
	[IPV6TUN_A_BIB_ADDR6] = NLA_POLICY_EXACT_LEN(16),
	[IPV6TUN_A_BIB_PORT6] = { .type = NLA_U16, },
	[IPV6TUN_A_BIB_ADDR4] = NLA_POLICY_EXACT_LEN(4),
	[IPV6TUN_A_BIB_PORT4] = { .type = NLA_U16, },
};

/* IPV6TUN_CMD_BIB_DEL - do */
static const struct nla_policy ipv6tun_bib_del_nl_policy[IPV6TUN_A_BIB_PORT4 + 1] = {
	[IPV6TUN_A_BIB_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPV6TUN_A_BIB_PROTO] = { .type = NLA_U8, },
	[IPV6TUN_A_BIB_ADDR6] = NLA_POLICY_EXACT_LEN(16),
	[IPV6TUN_A_BIB_PORT6] = { .type = NLA_U16, },
	[IPV6TUN_A_BIB_ADDR4] = NLA_POLICY_EXACT_LEN(4),
	[IPV6TUN_A_BIB_PORT4] = { .type = NLA_U16, },
};

/* IPV6TUN_CMD_BIB_LIST - dump */
static const struct nla_policy ipv6tun_bib_list_nl_policy[IPV6TUN_A_BIB_STATIC + 1] = {
	[IPV6TUN_A_BIB_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPV6TUN_A_BIB_PROTO] = { .type = NLA_U8, },
	[IPV6TUN_A_BIB_ADDR6] = NLA_POLICY_EXACT_LEN(16),
	[IPV6TUN_A_BIB_ADDR6_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[IPV6TUN_A_BIB_PORT6] = { .type = NLA_U16, },
	[IPV6TUN_A_BIB_ADDR4] = NLA_POLICY_EXACT_LEN(4),
	[IPV6TUN_A_BIB_ADDR4_LEN] = NLA_POLICY_MAX(NLA_U8, 32),
	[IPV6TUN_A_BIB_PORT4] = { .type = NLA_U16, },
	[IPV6TUN_A_BIB_STATIC] = { .type = NLA_FLAG, },
};

/* IPV6TUN_CMD_SESSION_LIST - dump */
static const struct nla_policy ipv6tun_session_list_nl_policy[IPV6TUN_A_SESSION_REMOTE4_LEN + 1] = {
	[IPV6TUN_A_SESSION_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPV6TUN_A_SESSION_PROTO] = { .type = NLA_U8, },
	[IPV6TUN_A_SESSION_ADDR6] = NLA_POLICY_EXACT_LEN(16),
	[IPV6TUN_A_SESSION_ADDR6_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[IPV6TUN_A_SESSION_PORT6] = { .type = NLA_U16, },
	[IPV6TUN_A_SESSION_ADDR4] = NLA_POLICY_EXACT_LEN(4),
	[IPV6TUN_A_SESSION_ADDR4_LEN] = NLA_POLICY_MAX(NLA_U8, 32),
	[IPV6TUN_A_SESSION_PORT4] = { .type = NLA_U16, },
	[IPV6TUN_A_SESSION_REMOTE4] = NLA_POLICY_EXACT_LEN(4),
	[IPV6TUN_A_SESSION_REMOTE4_LEN] = NLA_POLICY_MAX(NLA_U8, 32),
};

/* IPV6TUN_CMD_NAT64_FLUSH - do */
static const struct nla_policy ipv6tun_nat64_flush_nl_policy[IPV6TUN_A_SESSION_REMOTE4_LEN + 1] = {
	[IPV6TUN_A_SESSION_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPV6TUN_A_SESSION_PROTO] = { .type = NLA_U8, },
	[IPV6TUN_A_SESSION_ADDR6] = NLA_POLICY_EXACT_LEN(16),
	[IPV6TUN_A_SESSION_ADDR6_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[IPV6TUN_A_SESSION_PORT6] = { .type = NLA_U16, },
	[IPV6TUN_A_SESSION_ADDR4] = NLA_POLICY_EXACT_LEN(4),
	[IPV6TUN_A_SESSION_ADDR4_LEN] = NLA_POLICY_MAX(NLA_U8, 32),
	[IPV6TUN_A_SESSION_PORT4] = { .type = NLA_U16, },
	[IPV6TUN_A_SESSION_REMOTE4] = NLA_POLICY_EXACT_LEN(4),
	[IPV6TUN_A_SESSION_REMOTE4_LEN] = NLA_POLICY_MAX(NLA_U8, 32),
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
	{
		.cmd		= IPV6TUN_CMD_NAT64_SET,
		.doit		= ipv6tun_nl_nat64_set_doit,
		.policy		= ipv6tun_nat64_set_nl_policy,
		.maxattr	= IPV6TUN_A_NAT64_SESSION_EVENTS,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= IPV6TUN_CMD_NAT64_DEL,
		.doit		= ipv6tun_nl_nat64_del_doit,
		.policy		= ipv6tun_nat64_del_nl_policy,
		.maxattr	= IPV6TUN_A_NAT64_IFINDEX,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= IPV6TUN_CMD_NAT64_GET,
		.doit		= ipv6tun_nl_nat64_get_doit,
		.policy		= ipv6tun_nat64_get_nl_policy,
		.maxattr	= IPV6TUN_A_NAT64_IFINDEX,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= IPV6TUN_CMD_NAT64_LIST,
		.dumpit	= ipv6tun_nl_nat64_list_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= IPV6TUN_CMD_NAT64_REPLACE,
		.doit		= ipv6tun_nl_nat64_replace_doit,
		.policy		= ipv6tun_nat64_replace_nl_policy,
		.maxattr	= IPV6TUN_A_NAT64_BIB,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= IPV6TUN_CMD_POOL6_ADD,
		.doit		= ipv6tun_nl_pool6_add_doit,
		.policy		= ipv6tun_pool6_add_nl_policy,
		.maxattr	= IPV6TUN_A_POOL6_PREFIX_LEN,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= IPV6TUN_CMD_POOL6_DEL,
		.doit		= ipv6tun_nl_pool6_del_doit,
		.policy		= ipv6tun_pool6_del_nl_policy,
		.maxattr	= IPV6TUN_A_POOL6_PREFIX_LEN,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= IPV6TUN_CMD_POOL6_LIST,
		.dumpit		= ipv6tun_nl_pool6_list_dumpit,
		.policy		= ipv6tun_pool6_list_nl_policy,
		.maxattr	= IPV6TUN_A_POOL6_IFINDEX,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= IPV6TUN_CMD_POOL4_ADD,
		.doit		= ipv6tun_nl_pool4_add_doit,
		.policy		= ipv6tun_pool4_add_nl_policy,
		.maxattr	= IPV6TUN_A_POOL4_PORT_MAX,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= IPV6TUN_CMD_POOL4_DEL,
		.doit		= ipv6tun_nl_pool4_del_doit,
		.policy		= ipv6tun_pool4_del_nl_policy,
		.maxattr	= IPV6TUN_A_POOL4_PORT_MAX,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= IPV6TUN_CMD_POOL4_LIST,
		.dumpit		= ipv6tun_nl_pool4_list_dumpit,
		.policy		= ipv6tun_pool4_list_nl_policy,
		.maxattr	= IPV6TUN_A_POOL4_IFINDEX,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= IPV6TUN_CMD_EAM_ADD,
		.doit		= ipv6tun_nl_eam_add_doit,
		.policy		= ipv6tun_eam_add_nl_policy,
		.maxattr	= IPV6TUN_A_EAM_PREFIX4_LEN,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= IPV6TUN_CMD_EAM_DEL,
		.doit		= ipv6tun_nl_eam_del_doit,
		.policy		= ipv6tun_eam_del_nl_policy,
		.maxattr	= IPV6TUN_A_EAM_PREFIX4_LEN,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= IPV6TUN_CMD_EAM_LIST,
		.dumpit		= ipv6tun_nl_eam_list_dumpit,
		.policy		= ipv6tun_eam_list_nl_policy,
		.maxattr	= IPV6TUN_A_EAM_IFINDEX,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= IPV6TUN_CMD_BIB_ADD,
		.doit		= ipv6tun_nl_bib_add_doit,
		.policy		= ipv6tun_bib_add_nl_policy,
		.maxattr	= IPV6TUN_A_BIB_PORT4,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= IPV6TUN_CMD_BIB_DEL,
		.doit		= ipv6tun_nl_bib_del_doit,
		.policy		= ipv6tun_bib_del_nl_policy,
		.maxattr	= IPV6TUN_A_BIB_PORT4,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= IPV6TUN_CMD_BIB_LIST,
		.start		= ipv6tun_nl_bib_list_start,
		.dumpit		= ipv6tun_nl_bib_list_dumpit,
		.done		= ipv6tun_nl_bib_list_done,
		.policy		= ipv6tun_bib_list_nl_policy,
		.maxattr	= IPV6TUN_A_BIB_STATIC,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= IPV6TUN_CMD_SESSION_LIST,
		.start		= ipv6tun_nl_session_list_start,
		.dumpit		= ipv6tun_nl_session_list_dumpit,
		.done		= ipv6tun_nl_session_list_done,
		.policy		= ipv6tun_session_list_nl_policy,
		.maxattr	= IPV6TUN_A_SESSION_REMOTE4_LEN,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= IPV6TUN_CMD_NAT64_FLUSH,
		.doit		= ipv6tun_nl_nat64_flush_doit,
		.policy		= ipv6tun_nat64_flush_nl_policy,
		.maxattr	= IPV6TUN_A_SESSION_REMOTE4_LEN,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
};

static const struct genl_multicast_group ipv6tun_nl_mcgrps[] = {
	[IPV6TUN_NLGRP_EVENTS] = { "events", },
	[IPV6TUN_NLGRP_NAT64] = { "nat64", },
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
