// SPDX-License-Identifier: GPL-2.0
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "device.h"
#include "gre.h"
#include "health.h"
#include "path.h"
#include "pmtu.h"
#include "probe.h"
#include "reach.h"
#include "underlay.h"

/**
 * struct peer - an inside peer address
 * @node: in ipv6tun_paths.peers
 * @addr: the address, IPv4 as v4-mapped
 * @id: the path that leads to it
 * @rcu: defers the free past the last packet
 */
struct peer {
	struct rhash_head	node;
	struct in6_addr		addr;
	u16			id;
	struct rcu_head		rcu;
};

static const struct rhashtable_params peer_params = {
	.key_len = sizeof_field(struct peer, addr),
	.key_offset = offsetof(struct peer, addr),
	.head_offset = offsetof(struct peer, node),
	.automatic_shrinking = true,
};

/**
 * ipv6tun_paths_init() - prepare an empty path table
 * @paths: the table, zeroed
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int ipv6tun_paths_init(struct ipv6tun_paths *paths)
{
	return rhashtable_init(&paths->peers, &peer_params);
}

/**
 * ipv6tun_paths_destroy() - free an empty path table
 * @paths: the table, after ipv6tun_path_flush() and a grace period
 *
 * Context: process.
 */
void ipv6tun_paths_destroy(struct ipv6tun_paths *paths)
{
	rhashtable_destroy(&paths->peers);
}

/**
 * ipv6tun_paths_peer() - find the path that leads to an inside peer
 * @paths: the table
 * @addr: an inside address, IPv4 as v4-mapped
 *
 * Context: RCU.
 * Return: a path id, 0 if @addr is no inside peer.
 */
u16 ipv6tun_paths_peer(const struct ipv6tun_paths *paths,
		       const struct in6_addr *addr)
{
	const struct peer *peer;

	peer = rhashtable_lookup((struct rhashtable *)&paths->peers, addr,
				 peer_params);
	return peer ? peer->id : 0;
}

/**
 * ipv6tun_paths_weight() - weight of a path, whatever its state
 * @paths: the table
 * @id: path id
 *
 * Context: RCU or RTNL.
 * Return: the configured weight, 0 if there is no such path.
 */
u32 ipv6tun_paths_weight(const struct ipv6tun_paths *paths, u16 id)
{
	const struct ipv6tun_path *path;

	if (id > IPV6TUN_PATH_MAX)
		return 0;
	path = rcu_dereference_rtnl(paths->path[id]);
	return path ? path->cfg.weight : 0;
}

/**
 * ipv6tun_path_is_ip4() - whether a path's underlay is IPv4
 * @path: the path
 *
 * Context: any.
 * Return: true for IPv4, false for IPv6.
 */
bool ipv6tun_path_is_ip4(const struct ipv6tun_path *path)
{
	return ipv6_addr_v4mapped(&path->cfg.remote);
}

static bool has_peer(const struct ipv6tun_path_cfg *cfg,
		     const struct in6_addr *addr)
{
	int i;

	for (i = 0; i < cfg->n_peers; i++)
		if (ipv6_addr_equal(&cfg->peer[i], addr))
			return true;
	return false;
}

static void peer_del(struct ipv6tun_paths *paths, const struct in6_addr *addr)
{
	struct peer *peer;

	peer = rhashtable_lookup_fast(&paths->peers, addr, peer_params);
	if (WARN_ON_ONCE(!peer))
		return;
	rhashtable_remove_fast(&paths->peers, &peer->node, peer_params);
	kfree_rcu(peer, rcu);
}

static int peer_add(struct ipv6tun_paths *paths, u16 id,
		    const struct in6_addr *addr)
{
	struct peer *peer;
	int err;

	peer = kzalloc(sizeof(*peer), GFP_KERNEL_ACCOUNT);
	if (!peer)
		return -ENOMEM;
	peer->addr = *addr;
	peer->id = id;
	err = rhashtable_lookup_insert_fast(&paths->peers, &peer->node,
					    peer_params);
	if (err)
		kfree(peer);
	return err;
}

/* Drop the peers of @cfg that @keep does not list; @keep may be NULL. */
static void peers_del(struct ipv6tun_paths *paths,
		      const struct ipv6tun_path_cfg *cfg,
		      const struct ipv6tun_path_cfg *keep)
{
	int i;

	for (i = 0; i < cfg->n_peers; i++)
		if (!keep || !has_peer(keep, &cfg->peer[i]))
			peer_del(paths, &cfg->peer[i]);
}

/* Add the peers of @cfg that @have does not list; all or none. */
static int peers_add(struct ipv6tun_paths *paths, u16 id,
		     const struct ipv6tun_path_cfg *cfg,
		     const struct ipv6tun_path_cfg *have)
{
	int err;
	int i;

	for (i = 0; i < cfg->n_peers; i++) {
		if (have && has_peer(have, &cfg->peer[i]))
			continue;
		err = peer_add(paths, id, &cfg->peer[i]);
		if (err)
			goto err_unwind;
	}
	return 0;

err_unwind:
	while (i--)
		if (!have || !has_peer(have, &cfg->peer[i]))
			peer_del(paths, &cfg->peer[i]);
	return err;
}

static struct ipv6tun_path *path_alloc(struct ipv6tun_dev *tun, u16 id,
				       const struct ipv6tun_path_cfg *cfg)
{
	struct ipv6tun_path *path;

	path = kzalloc(sizeof(*path), GFP_KERNEL_ACCOUNT);
	if (!path)
		return NULL;
	if (dst_cache_init(&path->dst_cache, GFP_KERNEL_ACCOUNT)) {
		kfree(path);
		return NULL;
	}
	path->cfg = *cfg;
	path->tun = tun;
	path->id = id;
	path->gre_hlen = ipv6tun_gre_hlen(cfg->csum, cfg->has_key);
	path->hlen = path->gre_hlen + (ipv6tun_path_is_ip4(path) ?
				       sizeof(struct iphdr) :
				       sizeof(struct ipv6hdr));
	return path;
}

/* The object alone; its counters may live on in a successor. */
static void path_free(struct ipv6tun_path *path)
{
	dst_cache_destroy(&path->dst_cache);
	kfree(path);
}

static void path_replaced_rcu(struct rcu_head *rcu)
{
	path_free(container_of(rcu, struct ipv6tun_path, rcu));
}

/* What belongs to the path id; NULLs are no harm. */
static void free_lasting(struct ipv6tun_path *path)
{
	kfree(path->watch);
	kfree(path->health);
	free_percpu(path->stats);
}

static void path_deleted_rcu(struct rcu_head *rcu)
{
	struct ipv6tun_path *path = container_of(rcu, struct ipv6tun_path, rcu);

	free_lasting(path);
	path_free(path);
}

/* What belongs to the path id and outlives a reconfiguration. */
static int alloc_lasting(struct ipv6tun_path *path)
{
	path->stats = netdev_alloc_pcpu_stats(struct ipv6tun_path_stats);
	path->health = kzalloc(sizeof(*path->health), GFP_KERNEL_ACCOUNT);
	path->watch = kzalloc(sizeof(*path->watch), GFP_KERNEL_ACCOUNT);
	if (!path->stats || !path->health || !path->watch)
		return -ENOMEM;
	ipv6tun_health_init(path->health, path->tun, path->id);
	ipv6tun_probe_setup(path->watch, path->tun, path->health, path->id);
	return 0;
}

/* The configuration has changed, and with it who has a say. */
static void follow_cfg(struct ipv6tun_path *path, const struct ipv6tun_path *old)
{
	struct ipv6tun_dev *tun = path->tun;
	u64 rate = tun->probe_rate + ipv6tun_probe_rate(&path->cfg.probe);

	if (old)
		rate -= ipv6tun_probe_rate(&old->cfg.probe);
	WRITE_ONCE(tun->probe_rate, rate);
	ipv6tun_reach_check(path);
	ipv6tun_probe_start(path, old);
	ipv6tun_health_configure(path->health, path->cfg.admin_up,
				 path->cfg.hold_up);
	ipv6tun_fib_resolve(&tun->fib, tun->flow.seed);
	ipv6tun_health_raise(tun);
	ipv6tun_pmtu_refresh_path(path);
}

/**
 * ipv6tun_path_add() - add a path to a device
 * @tun: the device
 * @id: a free path id, 1..IPV6TUN_PATH_MAX
 * @cfg: checked configuration; conflicts were looked for by the caller
 *
 * Context: RTNL.
 * Return: 0 or a negative errno, and then nothing changed.
 */
int ipv6tun_path_add(struct ipv6tun_dev *tun, u16 id,
		     const struct ipv6tun_path_cfg *cfg)
{
	struct ipv6tun_paths *paths = &tun->paths;
	struct ipv6tun_path *path;
	int err = -ENOMEM;

	ASSERT_RTNL();
	path = path_alloc(tun, id, cfg);
	if (!path)
		return err;
	err = alloc_lasting(path);
	if (err)
		goto err_lasting;
	err = peers_add(paths, id, cfg, NULL);
	if (err)
		goto err_lasting;
	err = ipv6tun_underlay_insert(tun->net, path);
	if (err)
		goto err_peers;

	rcu_assign_pointer(paths->path[id], path);
	paths->n++;
	follow_cfg(path, NULL);
	return 0;

err_peers:
	peers_del(paths, cfg, NULL);
err_lasting:
	free_lasting(path);
	path_free(path);
	return err;
}

/**
 * ipv6tun_path_set() - reconfigure a path under traffic
 * @old: the path as it is; freed later, the caller must not use it again
 * @cfg: checked configuration
 *
 * Both the old and the new object receive for a moment, so that no packet of
 * either configuration is lost; senders change over between two packets.
 *
 * Context: RTNL.
 * Return: 0 or a negative errno, and then nothing changed.
 */
int ipv6tun_path_set(struct ipv6tun_path *old,
		     const struct ipv6tun_path_cfg *cfg)
{
	struct ipv6tun_dev *tun = old->tun;
	struct ipv6tun_paths *paths = &tun->paths;
	struct ipv6tun_path *path;
	int err;

	ASSERT_RTNL();
	path = path_alloc(tun, old->id, cfg);
	if (!path)
		return -ENOMEM;
	path->stats = old->stats;
	path->health = old->health;
	path->watch = old->watch;
	err = peers_add(paths, path->id, cfg, &old->cfg);
	if (err)
		goto err_path;
	err = ipv6tun_underlay_insert(tun->net, path);
	if (err)
		goto err_peers;

	rcu_assign_pointer(paths->path[path->id], path);
	ipv6tun_underlay_remove(tun->net, old);
	peers_del(paths, &old->cfg, cfg);
	follow_cfg(path, old);
	call_rcu(&old->rcu, path_replaced_rcu);
	return 0;

err_peers:
	/* Take back only what peers_add() added. */
	peers_del(paths, cfg, &old->cfg);
err_path:
	path_free(path);
	return err;
}

/* Unlink: no new packet finds the path. The caller resolves the path sets. */
static void path_unlink(struct ipv6tun_path *path)
{
	struct ipv6tun_dev *tun = path->tun;
	struct ipv6tun_paths *paths = &tun->paths;

	ipv6tun_probe_stop(path->watch);
	ipv6tun_health_forget(path->health);
	WRITE_ONCE(tun->probe_rate, tun->probe_rate -
				    ipv6tun_probe_rate(&path->cfg.probe));
	RCU_INIT_POINTER(paths->path[path->id], NULL);
	paths->n--;
	ipv6tun_underlay_remove(tun->net, path);
	peers_del(paths, &path->cfg, NULL);
}

/**
 * ipv6tun_path_del() - remove a path
 * @path: the path; freed later, the caller must not use it again
 *
 * Context: RTNL.
 */
void ipv6tun_path_del(struct ipv6tun_path *path)
{
	struct ipv6tun_dev *tun = path->tun;

	ASSERT_RTNL();
	path_unlink(path);
	call_rcu(&path->rcu, path_deleted_rcu);
	ipv6tun_fib_resolve(&tun->fib, tun->flow.seed);
	ipv6tun_pmtu_follow(tun);
}

/**
 * ipv6tun_path_device() - the device went up or down
 * @tun: the device
 *
 * A device that is down receives no answer to a probe, which says nothing about
 * the path: probes start anew with the device.
 *
 * Context: RTNL.
 */
void ipv6tun_path_device(struct ipv6tun_dev *tun)
{
	struct ipv6tun_path *path;
	unsigned int id;

	ASSERT_RTNL();
	for (id = 1; id <= IPV6TUN_PATH_MAX; id++) {
		path = rtnl_dereference(tun->paths.path[id]);
		if (path)
			ipv6tun_probe_start(path, NULL);
	}
	ipv6tun_health_raise(tun);
}

/**
 * ipv6tun_path_flush() - remove all paths of a device that goes away
 * @tun: the device, its tracker stopped
 *
 * Context: RTNL.
 */
void ipv6tun_path_flush(struct ipv6tun_dev *tun)
{
	struct ipv6tun_path *path;
	unsigned int id;

	ASSERT_RTNL();
	for (id = 1; id <= IPV6TUN_PATH_MAX && tun->paths.n; id++) {
		path = rtnl_dereference(tun->paths.path[id]);
		if (!path)
			continue;
		path_unlink(path);
		call_rcu(&path->rcu, path_deleted_rcu);
	}
}
