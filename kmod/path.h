/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Paths: the GRE paths of a device, and who their inside peers are.
 *
 * Lifetime: a path object is immutable in its configuration. "path set" makes
 * a new object that takes over the id, the counters and the state, publishes
 * it, and frees the old one after a grace period. So the data path reads a
 * consistent path without a lock, and path sets name paths by id and need no
 * change when one is reconfigured.
 */
#ifndef _IPV6TUN_PATH_H
#define _IPV6TUN_PATH_H

#include <linux/in6.h>
#include <linux/ipv6tun.h>
#include <linux/rhashtable.h>
#include <linux/types.h>
#include <net/dst_cache.h>

#include "pathset.h"
#include "probe.h"
#include "stats.h"

struct ipv6tun_dev;
struct ipv6tun_health;

/* tos: copy the inside packet's DSCP; ECN always follows RFC 6040. */
#define IPV6TUN_TOS_INHERIT	1
/* ttl: copy the inside packet's hop limit. */
#define IPV6TUN_TTL_INHERIT	0

/**
 * struct ipv6tun_path_cfg - what the operator says of a path
 * @local: outer source; an IPv4 underlay as v4-mapped
 * @remote: outer destination, of the same family
 * @key: GRE key, valid if @has_key
 * @underlay: ifindex the outer packets are bound to, or a VRF's; 0 for none
 * @weight: share of the flows, 1..IPV6TUN_WEIGHT_MAX
 * @ttl: outer hop limit, or IPV6TUN_TTL_INHERIT
 * @tos: outer DSCP with zero ECN bits, or IPV6TUN_TOS_INHERIT
 * @csum: send a GRE checksum
 * @has_key: send and expect @key
 * @admin_up: the operator wants it to carry traffic
 * @hold_up: how long it has to work again before it carries traffic, ms
 * @probe: how it is watched
 * @n_peers: number of inside peers
 * @peer: inside peers, IPv4 as v4-mapped
 */
struct ipv6tun_path_cfg {
	struct in6_addr	local;
	struct in6_addr	remote;
	__be32		key;
	int		underlay;
	u32		weight;
	u8		ttl;
	u8		tos;
	bool		csum;
	bool		has_key;
	bool		admin_up;
	u32		hold_up;
	struct ipv6tun_probe_cfg probe;
	u8		n_peers;
	struct in6_addr	peer[IPV6TUN_PEER_MAX];
};

/**
 * struct ipv6tun_path - one GRE path
 * @rx_node: in the underlay's table, by address pair. RTNL, read under RCU.
 * @cfg: its configuration, immutable
 * @tun: its device, which outlives it
 * @id: path id, 1..IPV6TUN_PATH_MAX
 * @hlen: bytes of outer IP header and GRE header
 * @gre_hlen: bytes of the GRE header alone
 * @link_mtu: largest inside packet the underlay device takes in one piece;
 *	      0 while no route was seen. Written by any sender, WRITE_ONCE.
 * @mtu: largest inside packet this path takes now, path MTU discovery of the
 *	 underlay included; 0 until the first packet. As @link_mtu.
 * @out_ifindex: device of the underlay route last seen. As @link_mtu.
 * @health: whether it carries traffic; handed on when it is reconfigured, as
 *	    are the two below
 * @watch: its probe
 * @stats: per-CPU counters
 * @dst_cache: per-CPU route to @cfg.remote
 * @rcu: defers the free past the last packet
 */
struct ipv6tun_path {
	struct rhlist_head		rx_node;
	struct ipv6tun_path_cfg		cfg;
	struct ipv6tun_dev		*tun;
	u16				id;
	u8				hlen;
	u8				gre_hlen;
	u32				link_mtu;
	u32				mtu;
	int				out_ifindex;
	struct ipv6tun_health		*health;
	struct ipv6tun_watch		*watch;
	struct ipv6tun_path_stats __percpu *stats;
	struct dst_cache		dst_cache;
	struct rcu_head			rcu;
};

/**
 * struct ipv6tun_paths - the paths of one device
 * @path: by path id; slot 0 stays empty. Written under RTNL, read under RCU.
 * @peers: inside peer address -> path id. Written under RTNL, read under RCU.
 * @alive: bit per path id: the path carries traffic now. Atomic bits, written
 *	   by health.c alone, read by every sender.
 * @n: number of paths. RTNL.
 */
struct ipv6tun_paths {
	struct ipv6tun_path __rcu	*path[IPV6TUN_PATH_MAX + 1];
	struct rhashtable		peers;
	DECLARE_BITMAP(alive, IPV6TUN_PATH_MAX + 1);
	unsigned int			n;
};

int ipv6tun_paths_init(struct ipv6tun_paths *paths);
void ipv6tun_paths_destroy(struct ipv6tun_paths *paths);
u16 ipv6tun_paths_peer(const struct ipv6tun_paths *paths,
		       const struct in6_addr *addr);
u32 ipv6tun_paths_weight(const struct ipv6tun_paths *paths, u16 id);

bool ipv6tun_path_is_ip4(const struct ipv6tun_path *path);
int ipv6tun_path_add(struct ipv6tun_dev *tun, u16 id,
		     const struct ipv6tun_path_cfg *cfg);
int ipv6tun_path_set(struct ipv6tun_path *old,
		     const struct ipv6tun_path_cfg *cfg);
void ipv6tun_path_del(struct ipv6tun_path *path);
void ipv6tun_path_device(struct ipv6tun_dev *tun);
void ipv6tun_path_flush(struct ipv6tun_dev *tun);

#endif
