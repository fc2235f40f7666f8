/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an operator configures of NAT64, as one object: readers see all of one
 * configuration or all of the next. To change something, copy, edit, apply.
 */
#ifndef _IPV6TUN_NAT64_CFG_H
#define _IPV6TUN_NAT64_CFG_H

#include <linux/in6.h>
#include <linux/ipv6tun.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#include "addr.h"
#include "parse.h"
#include "ports.h"

struct nat64_eam_table;

#define NAT64_TIMEOUT_MAX	(30 * 24 * 3600)	/* s */
/* Twice as many as prefixes: a new set may differ from the old in all. */
#define NAT64_POOL6_IDS		(2 * IPV6TUN_POOL6_MAX)
#define NAT64_SESSIONS_MAX	(16 * 1024 * 1024)

/**
 * enum nat64_timeout - the settable time-outs
 * @NAT64_TIMEOUT_TCP_EST: established TCP
 * @NAT64_TIMEOUT_TCP_TRANS: TCP that opens or closes
 * @NAT64_TIMEOUT_TCP_SYN: a SYN from IPv4 that waits for one from IPv6
 * @NAT64_TIMEOUT_UDP: UDP
 * @NAT64_TIMEOUT_ICMP: echo
 * @NAT64_TIMEOUT_N: number of the above
 */
enum nat64_timeout {
	NAT64_TIMEOUT_TCP_EST,
	NAT64_TIMEOUT_TCP_TRANS,
	NAT64_TIMEOUT_TCP_SYN,
	NAT64_TIMEOUT_UDP,
	NAT64_TIMEOUT_ICMP,
	NAT64_TIMEOUT_N,
};

/**
 * struct nat64_settings - single values
 * @mode: enum ipv6tun_nat64_mode
 * @filtering: enum ipv6tun_nat64_filtering
 * @udp_zero: enum ipv6tun_nat64_udp_zero
 * @session_events: tell listeners of sessions, not only of BIB entries
 * @has_icmp_source: @icmp_source is in use
 * @lowest_mtu: see struct nat64_xlat_cfg
 * @timeout: seconds, by enum nat64_timeout
 * @max_sessions: the most sessions there may be
 * @icmp_source: IPv4 source addresses for ICMP errors from IPv6 hops that have
 *		 no other (RFC 6791)
 */
struct nat64_settings {
	u8			mode;
	u8			filtering;
	u8			udp_zero;
	bool			session_events;
	bool			has_icmp_source;
	u16			lowest_mtu;
	u32			timeout[NAT64_TIMEOUT_N];
	u32			max_sessions;
	struct nat64_prefix4	icmp_source;
};

/**
 * struct nat64_pool4_range - addresses and ports that BIB entries may use
 * @prefix: the addresses
 * @protos: bit set by enum nat64_l4
 * @min: lowest port, host byte order, at least 1
 * @max: highest port
 */
struct nat64_pool4_range {
	struct nat64_prefix4	prefix;
	u8			protos;
	u16			min;
	u16			max;
};

/**
 * struct nat64_static - a BIB entry the operator made
 * @addr6: IPv6 transport address of the host behind
 * @addr4: IPv4 address it appears under, one of pool4, at whatever port
 * @port6: port with @addr6, network byte order
 * @port4: port with @addr4
 * @l4: enum nat64_l4
 */
struct nat64_static {
	struct in6_addr	addr6;
	__be32		addr4;
	__be16		port6;
	__be16		port4;
	u8		l4;
};

/**
 * struct nat64_eam - an explicit address mapping (RFC 7757)
 * @prefix6: IPv6 prefix
 * @prefix4: IPv4 prefix, not longer in suffix bits than @prefix6's
 */
struct nat64_eam {
	struct nat64_prefix6	prefix6;
	struct nat64_prefix4	prefix4;
};

/**
 * struct nat64_cfg - one configuration
 * @rcu: frees it after its last reader
 * @settings: single values
 * @n_pool6: number of @pool6
 * @pool6: the prefixes, in the order given: the first is used for IPv4
 *	   addresses that come from no session
 * @pool6_id: what sessions call each of @pool6, the same as long as any
 *	      configuration in a row has the prefix; set when applied
 * @by_id: the prefixes by id, length 0 where there is none; set when applied
 * @n_pool4: number of @pool4
 * @pool4: the ranges
 * @n_static: number of @statics
 * @statics: static BIB entries
 * @n_eams: number of @eams
 * @eams: explicit address mappings, in the order given
 * @eam: the same to look up; made when the configuration is applied
 * @ports: the ports of @pool4; made when the configuration is applied
 *
 * Immutable once applied, but for what @ports refers to.
 */
struct nat64_cfg {
	struct rcu_head			rcu;
	struct nat64_settings		settings;
	unsigned int			n_pool6;
	struct nat64_prefix6		pool6[IPV6TUN_POOL6_MAX];
	u8				pool6_id[IPV6TUN_POOL6_MAX];
	struct nat64_prefix6		by_id[NAT64_POOL6_IDS];
	unsigned int			n_pool4;
	struct nat64_pool4_range	pool4[IPV6TUN_POOL4_MAX];
	unsigned int			n_static;
	struct nat64_static		*statics;
	unsigned int			n_eams;
	struct nat64_eam		*eams;
	struct nat64_eam_table		*eam;
	struct nat64_ports		*ports;
};

/*
 * All of these: process context. Those that edit return 0, or a negative errno
 * with @why set to a sentence for the operator; then nothing was changed.
 */
struct nat64_cfg *nat64_cfg_new(void);
struct nat64_cfg *nat64_cfg_copy(const struct nat64_cfg *old);
void nat64_cfg_free(struct nat64_cfg *cfg);

int nat64_cfg_add_pool6(struct nat64_cfg *cfg,
			const struct nat64_prefix6 *prefix, const char **why);
int nat64_cfg_del_pool6(struct nat64_cfg *cfg,
			const struct nat64_prefix6 *prefix, const char **why);
int nat64_cfg_add_pool4(struct nat64_cfg *cfg,
			const struct nat64_pool4_range *range,
			const char **why);
int nat64_cfg_del_pool4(struct nat64_cfg *cfg,
			const struct nat64_pool4_range *range,
			const char **why);
int nat64_cfg_add_eam(struct nat64_cfg *cfg, const struct nat64_eam *eam,
		      const char **why);
int nat64_cfg_del_eam(struct nat64_cfg *cfg, const struct nat64_eam *eam,
		      const char **why);
int nat64_cfg_add_static(struct nat64_cfg *cfg, const struct nat64_static *entry,
			 const char **why);
int nat64_cfg_del_static(struct nat64_cfg *cfg, const struct nat64_static *entry,
			 const char **why);

#endif
