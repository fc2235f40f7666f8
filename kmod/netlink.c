// SPDX-License-Identifier: GPL-2.0
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>
#include <net/genetlink.h>
#include <net/ipv6.h>

#include "compat/genl.h"
#include "device.h"
#include "health.h"
#include "netlink.h"
#include "netlink-gen.h"
#include "path.h"
#include "pmtu.h"
#include "probe.h"
#include "stats.h"
#include "underlay.h"

#define DEFAULT_TTL	64
#define DEFAULT_WEIGHT	1
#define DEFAULT_HOLD_UP	1000
#define DEFAULT_INTERVAL	1000
#define DEFAULT_MULTIPLIER	3

/**
 * struct list_ctx - where a path dump goes on
 * @device: index among the namespace's devices
 * @id: path id
 */
struct list_ctx {
	int	device;
	u32	id;
};

/**
 * ipv6tun_netlink_do() - do what a request asks for
 * @skb: the request, or the answer to be filled
 * @info: the request, parsed
 * @fn: does it
 *
 * Context: process; takes RTNL.
 * Return: what @fn returns.
 */
int ipv6tun_netlink_do(struct sk_buff *skb, struct genl_info *info,
		       ipv6tun_netlink_fn fn)
{
	int err;

	rtnl_lock();
	err = fn(skb, info);
	rtnl_unlock();
	return err;
}

/**
 * ipv6tun_netlink_answer() - send what a request asks for
 * @info: the request, parsed
 * @fn: fills the answer
 *
 * The answer is allocated first, so that what cannot be told is not done.
 *
 * Context: process; takes RTNL.
 * Return: 0 or a negative errno, of @fn too.
 */
int ipv6tun_netlink_answer(struct genl_info *info, ipv6tun_netlink_fn fn)
{
	struct sk_buff *reply;
	int err;

	reply = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	err = ipv6tun_netlink_do(reply, info, fn);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	return genlmsg_reply(reply, info);
}

/**
 * ipv6tun_netlink_device() - the device a request names
 * @info: the request
 * @attr: its ifindex attribute
 *
 * Context: RTNL.
 * Return: the device, or an ERR_PTR() with the reason told.
 */
struct ipv6tun_dev *ipv6tun_netlink_device(struct genl_info *info, int attr)
{
	struct net_device *dev;

	ASSERT_RTNL();
	if (GENL_REQ_ATTR_CHECK(info, attr)) {
		NL_SET_ERR_MSG(info->extack, "no device given");
		return ERR_PTR(-EINVAL);
	}
	dev = __dev_get_by_index(genl_info_net(info),
				 nla_get_u32(info->attrs[attr]));
	if (!dev) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[attr],
				    "no such device");
		return ERR_PTR(-ENODEV);
	}
	if (!ipv6tun_device_is(dev)) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[attr],
				    "not an ipv6tun device");
		return ERR_PTR(-EOPNOTSUPP);
	}
	return netdev_priv(dev);
}

/**
 * ipv6tun_netlink_next_device() - go through the devices of a dump
 * @net: the namespace
 * @ifindex: the only device wanted, 0 for all
 * @index: index of the first netdevice to look at; set to the one returned
 *
 * By index, for others may come and go between two messages of a dump. If it is not
 * the one asked for, what the caller knows of its place in it is void.
 *
 * Context: RTNL.
 * Return: a device, NULL at the end.
 */
struct ipv6tun_dev *ipv6tun_netlink_next_device(struct net *net, int ifindex,
						int *index)
{
	struct net_device *dev, *first = NULL;

	ASSERT_RTNL();
	for_each_netdev(net, dev) {
		if (!ipv6tun_device_is(dev) || dev->ifindex < *index ||
		    (ifindex && dev->ifindex != ifindex))
			continue;
		if (!first || dev->ifindex < first->ifindex)
			first = dev;
	}
	if (!first)
		return NULL;
	*index = first->ifindex;
	return netdev_priv(first);
}

/**
 * ipv6tun_netlink_get_addr() - read an address
 * @attr: 4 or 16 bytes
 * @addr: the address, IPv4 as v4-mapped
 * @extack: told if it is neither
 *
 * Context: any.
 * Return: 0 or -EINVAL.
 */
int ipv6tun_netlink_get_addr(const struct nlattr *attr, struct in6_addr *addr,
			     struct netlink_ext_ack *extack)
{
	switch (nla_len(attr)) {
	case sizeof(struct in_addr):
		ipv6_addr_set_v4mapped(nla_get_in_addr(attr), addr);
		return 0;
	case sizeof(struct in6_addr):
		*addr = nla_get_in6_addr(attr);
		if (!ipv6_addr_v4mapped(addr))
			return 0;
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "an IPv4-mapped address is no IPv6 address");
		return -EINVAL;
	default:
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "an address has 4 or 16 bytes");
		return -EINVAL;
	}
}

/**
 * ipv6tun_netlink_put_addr() - write an address or prefix
 * @skb: the message
 * @attr: the attribute
 * @addr: the address, IPv4 as v4-mapped
 * @ip6: it is an IPv6 address
 *
 * Context: any.
 * Return: 0 or -EMSGSIZE.
 */
int ipv6tun_netlink_put_addr(struct sk_buff *skb, int attr,
			     const struct in6_addr *addr, bool ip6)
{
	if (ip6)
		return nla_put_in6_addr(skb, attr, addr);
	return nla_put_in_addr(skb, attr, addr->s6_addr32[3]);
}

static int put_addr(struct sk_buff *skb, int attr, const struct in6_addr *addr)
{
	return ipv6tun_netlink_put_addr(skb, attr, addr,
					!ipv6_addr_v4mapped(addr));
}

static int fill_stats(struct sk_buff *skb, const struct ipv6tun_path *path)
{
	struct ipv6tun_path_sum sum;
	struct nlattr *nest;

	ipv6tun_stats_path_sum(path, &sum);
	nest = nla_nest_start(skb, IPV6TUN_A_PATH_STATS);
	if (!nest ||
	    nla_put_u64_64bit(skb, IPV6TUN_A_PATH_STATS_RX_PACKETS,
			      sum.rx_packets, IPV6TUN_A_PATH_STATS_PAD) ||
	    nla_put_u64_64bit(skb, IPV6TUN_A_PATH_STATS_RX_BYTES,
			      sum.rx_bytes, IPV6TUN_A_PATH_STATS_PAD) ||
	    nla_put_u64_64bit(skb, IPV6TUN_A_PATH_STATS_TX_PACKETS,
			      sum.tx_packets, IPV6TUN_A_PATH_STATS_PAD) ||
	    nla_put_u64_64bit(skb, IPV6TUN_A_PATH_STATS_TX_BYTES,
			      sum.tx_bytes, IPV6TUN_A_PATH_STATS_PAD) ||
	    nla_put_u64_64bit(skb, IPV6TUN_A_PATH_STATS_RX_DROPPED,
			      sum.rx_dropped, IPV6TUN_A_PATH_STATS_PAD) ||
	    nla_put_u64_64bit(skb, IPV6TUN_A_PATH_STATS_TX_DROPPED,
			      sum.tx_dropped, IPV6TUN_A_PATH_STATS_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* The inside MTU as of the last packet, or what the underlay device allows. */
static u32 path_mtu(const struct ipv6tun_path *path)
{
	return READ_ONCE(path->mtu) ?: READ_ONCE(path->link_mtu);
}

static int fill_probe(struct sk_buff *skb, const struct ipv6tun_path *path)
{
	const struct ipv6tun_probe_cfg *cfg = &path->cfg.probe;
	struct ipv6tun_probe_stats stats;
	struct nlattr *nest;

	if (nla_put_u8(skb, IPV6TUN_A_PATH_PROBE, cfg->type) ||
	    nla_put_u32(skb, IPV6TUN_A_PATH_INTERVAL, cfg->interval) ||
	    nla_put_u8(skb, IPV6TUN_A_PATH_MULTIPLIER, cfg->multiplier) ||
	    nla_put_u8(skb, IPV6TUN_A_PATH_PASSIVE, cfg->passive))
		return -EMSGSIZE;
	if (cfg->type == IPV6TUN_PROBE_NONE)
		return 0;
	ipv6tun_probe_get(path, &stats);
	nest = nla_nest_start(skb, IPV6TUN_A_PATH_PROBE_STATS);
	if (!nest ||
	    nla_put_u64_64bit(skb, IPV6TUN_A_PROBE_STATS_SENT, stats.sent,
			      IPV6TUN_A_PROBE_STATS_PAD) ||
	    nla_put_u64_64bit(skb, IPV6TUN_A_PROBE_STATS_RECEIVED,
			      stats.received, IPV6TUN_A_PROBE_STATS_PAD) ||
	    nla_put_u64_64bit(skb, IPV6TUN_A_PROBE_STATS_SPARED, stats.spared,
			      IPV6TUN_A_PROBE_STATS_PAD) ||
	    nla_put_u64_64bit(skb, IPV6TUN_A_PROBE_STATS_LATE, stats.late,
			      IPV6TUN_A_PROBE_STATS_PAD) ||
	    nla_put_u32(skb, IPV6TUN_A_PROBE_STATS_LOSS, stats.loss))
		return -EMSGSIZE;
	if (stats.received &&
	    (nla_put_u32(skb, IPV6TUN_A_PROBE_STATS_RTT, stats.rtt) ||
	     nla_put_u32(skb, IPV6TUN_A_PROBE_STATS_RTT_SMOOTHED,
			 stats.rtt_smoothed) ||
	     nla_put_u32(skb, IPV6TUN_A_PROBE_STATS_RTT_MIN, stats.rtt_min) ||
	     nla_put_u32(skb, IPV6TUN_A_PROBE_STATS_RTT_MAX, stats.rtt_max)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int fill_path(struct sk_buff *skb, const struct ipv6tun_path *path)
{
	const struct ipv6tun_path_cfg *cfg = &path->cfg;
	const struct net_device *dev = path->tun->dev;
	struct ipv6tun_health_now now;
	int i;

	if (nla_put_u32(skb, IPV6TUN_A_PATH_IFINDEX, dev->ifindex) ||
	    nla_put_string(skb, IPV6TUN_A_PATH_IFNAME, dev->name) ||
	    nla_put_u32(skb, IPV6TUN_A_PATH_ID, path->id) ||
	    put_addr(skb, IPV6TUN_A_PATH_LOCAL, &cfg->local) ||
	    put_addr(skb, IPV6TUN_A_PATH_REMOTE, &cfg->remote) ||
	    (cfg->has_key && nla_put_u32(skb, IPV6TUN_A_PATH_KEY,
					 be32_to_cpu(cfg->key))) ||
	    nla_put_u8(skb, IPV6TUN_A_PATH_CSUM, cfg->csum) ||
	    nla_put_u8(skb, IPV6TUN_A_PATH_TTL, cfg->ttl) ||
	    nla_put_u8(skb, IPV6TUN_A_PATH_TOS, cfg->tos) ||
	    nla_put_u32(skb, IPV6TUN_A_PATH_UNDERLAY, cfg->underlay) ||
	    nla_put_u32(skb, IPV6TUN_A_PATH_WEIGHT, cfg->weight))
		return -EMSGSIZE;
	for (i = 0; i < cfg->n_peers; i++)
		if (put_addr(skb, IPV6TUN_A_PATH_PEER, &cfg->peer[i]))
			return -EMSGSIZE;
	ipv6tun_health_get(path->health, &now);
	if (nla_put_u8(skb, IPV6TUN_A_PATH_ADMIN, cfg->admin_up) ||
	    fill_probe(skb, path) ||
	    nla_put_u32(skb, IPV6TUN_A_PATH_HOLD_UP, cfg->hold_up) ||
	    nla_put_u8(skb, IPV6TUN_A_PATH_STATE, now.state) ||
	    nla_put_u8(skb, IPV6TUN_A_PATH_REASON, now.reason) ||
	    nla_put_u64_64bit(skb, IPV6TUN_A_PATH_SINCE, now.since,
			      IPV6TUN_A_PATH_PAD) ||
	    nla_put_u64_64bit(skb, IPV6TUN_A_PATH_CHANGES, now.changes,
			      IPV6TUN_A_PATH_PAD) ||
	    nla_put_u32(skb, IPV6TUN_A_PATH_MTU, path_mtu(path)))
		return -EMSGSIZE;
	return fill_stats(skb, path);
}

static int fill_message(struct sk_buff *skb, const struct ipv6tun_path *path,
			u32 portid, u32 seq, int flags, u8 cmd)
{
	void *hdr;

	hdr = genlmsg_put(skb, portid, seq, &ipv6tun_nl_family, flags, cmd);
	if (!hdr)
		return -EMSGSIZE;
	if (fill_path(skb, path)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* Tell listeners of a path's change. RTNL or RCU. */
static void notify(const struct ipv6tun_path *path, u8 cmd, gfp_t gfp)
{
	struct net *net = dev_net(path->tun->dev);
	struct sk_buff *skb;

	if (!genl_has_listeners(&ipv6tun_nl_family, net, IPV6TUN_NLGRP_EVENTS))
		return;
	skb = genlmsg_new(NLMSG_DEFAULT_SIZE, gfp);
	if (!skb)
		return;
	if (fill_message(skb, path, 0, 0, 0, cmd)) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_multicast_netns(&ipv6tun_nl_family, net, skb, 0,
				IPV6TUN_NLGRP_EVENTS, gfp);
}

/**
 * ipv6tun_netlink_tell() - tell listeners whose health has changed
 * @work: &ipv6tun_health_dev.tell
 *
 * Context: process. Takes no RTNL, since who holds it may wait for this.
 */
void ipv6tun_netlink_tell(struct work_struct *work)
{
	struct ipv6tun_health_dev *hd =
		container_of(work, struct ipv6tun_health_dev, tell);
	struct ipv6tun_dev *tun = container_of(hd, struct ipv6tun_dev, health);
	const struct ipv6tun_path *path;
	unsigned int id;

	for_each_set_bit(id, hd->changed, IPV6TUN_PATH_MAX + 1) {
		/* Before the state is read: a change after that comes again. */
		if (!test_and_clear_bit(id, hd->changed))
			continue;
		rcu_read_lock();
		path = rcu_dereference(tun->paths.path[id]);
		if (path)
			notify(path, IPV6TUN_CMD_PATH_STATE_NTF, GFP_ATOMIC);
		rcu_read_unlock();
		cond_resched();
	}
}

static struct ipv6tun_path *find_path(struct ipv6tun_dev *tun,
				      struct genl_info *info)
{
	struct nlattr *attr = info->attrs[IPV6TUN_A_PATH_ID];
	struct ipv6tun_path *path;

	if (GENL_REQ_ATTR_CHECK(info, IPV6TUN_A_PATH_ID)) {
		NL_SET_ERR_MSG(info->extack, "no path id given");
		return ERR_PTR(-EINVAL);
	}
	path = rtnl_dereference(tun->paths.path[nla_get_u32(attr)]);
	if (!path) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "the device has no path of this id");
		return ERR_PTR(-ENOENT);
	}
	return path;
}

/*
 * Whoever gives a path its addresses sends in the underlay's name. The family's
 * own check is of the device's namespace; after a move these differ.
 */
static int may_configure(const struct ipv6tun_dev *tun, struct genl_info *info,
			 struct sk_buff *request)
{
	if (net_eq(tun->net, genl_info_net(info)) ||
	    netlink_ns_capable(request, tun->net->user_ns, CAP_NET_ADMIN))
		return 0;
	NL_SET_ERR_MSG(info->extack,
		       "not permitted in the underlay's network namespace");
	return -EPERM;
}

static bool is_unicast(const struct in6_addr *addr)
{
	__be32 ip4 = addr->s6_addr32[3];

	if (ipv6_addr_v4mapped(addr))
		return !ipv4_is_zeronet(ip4) && !ipv4_is_multicast(ip4) &&
		       !ipv4_is_lbcast(ip4);
	return ipv6_addr_type(addr) & IPV6_ADDR_UNICAST;
}

static int parse_outer_addr(struct genl_info *info, int type,
			    struct in6_addr *addr)
{
	const struct nlattr *attr = info->attrs[type];
	int err;

	if (!attr)
		return 0;
	err = ipv6tun_netlink_get_addr(attr, addr, info->extack);
	if (err)
		return err;
	if (!is_unicast(addr)) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "not a unicast address");
		return -EINVAL;
	}
	return 0;
}

static int parse_outer(struct genl_info *info, struct ipv6tun_path_cfg *cfg)
{
	struct nlattr **attrs = info->attrs;
	const struct nlattr *blame;
	int err;

	err = parse_outer_addr(info, IPV6TUN_A_PATH_LOCAL, &cfg->local);
	if (err)
		return err;
	err = parse_outer_addr(info, IPV6TUN_A_PATH_REMOTE, &cfg->remote);
	if (err)
		return err;
	blame = attrs[IPV6TUN_A_PATH_REMOTE] ?: attrs[IPV6TUN_A_PATH_LOCAL];
	if (ipv6_addr_v4mapped(&cfg->local) !=
	    ipv6_addr_v4mapped(&cfg->remote)) {
		NL_SET_ERR_MSG_ATTR(info->extack, blame,
				    "local and remote are of different families");
		return -EINVAL;
	}
	if (ipv6_addr_equal(&cfg->local, &cfg->remote)) {
		NL_SET_ERR_MSG_ATTR(info->extack, blame,
				    "local and remote are the same address");
		return -EINVAL;
	}
	return 0;
}

static int parse_key(struct genl_info *info, struct ipv6tun_path_cfg *cfg)
{
	struct nlattr **attrs = info->attrs;

	if (attrs[IPV6TUN_A_PATH_KEY] && attrs[IPV6TUN_A_PATH_NO_KEY]) {
		NL_SET_ERR_MSG_ATTR(info->extack, attrs[IPV6TUN_A_PATH_NO_KEY],
				    "key and no-key exclude each other");
		return -EINVAL;
	}
	if (attrs[IPV6TUN_A_PATH_KEY]) {
		cfg->key = cpu_to_be32(nla_get_u32(attrs[IPV6TUN_A_PATH_KEY]));
		cfg->has_key = true;
	} else if (attrs[IPV6TUN_A_PATH_NO_KEY]) {
		cfg->key = 0;
		cfg->has_key = false;
	}
	return 0;
}

static int parse_tos(struct genl_info *info, struct ipv6tun_path_cfg *cfg)
{
	const struct nlattr *attr = info->attrs[IPV6TUN_A_PATH_TOS];
	u8 tos;

	if (!attr)
		return 0;
	tos = nla_get_u8(attr);
	if (tos != IPV6TUN_TOS_INHERIT && (tos & 3)) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "the two low bits of tos are ECN's; 1 inherits");
		return -EINVAL;
	}
	cfg->tos = tos;
	return 0;
}

static int parse_underlay(const struct ipv6tun_dev *tun, struct genl_info *info,
			  struct ipv6tun_path_cfg *cfg)
{
	const struct nlattr *attr = info->attrs[IPV6TUN_A_PATH_UNDERLAY];
	const struct net_device *dev;
	u32 ifindex;

	if (attr) {
		ifindex = nla_get_u32(attr);
		dev = ifindex && ifindex <= INT_MAX ?
		      __dev_get_by_index(tun->net, ifindex) : NULL;
		if (ifindex && !dev) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "no such underlay device");
			return -ENODEV;
		}
		if (dev == tun->dev) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "a device is not its own underlay");
			return -ELOOP;
		}
		cfg->underlay = ifindex;
	}
	if (!cfg->underlay &&
	    (ipv6_addr_type(&cfg->local) & IPV6_ADDR_LINKLOCAL ||
	     ipv6_addr_type(&cfg->remote) & IPV6_ADDR_LINKLOCAL)) {
		attr = attr ?: info->attrs[IPV6TUN_A_PATH_REMOTE];
		NL_SET_ERR_MSG_ATTR(info->extack, attr ?:
				    info->attrs[IPV6TUN_A_PATH_LOCAL],
				    "a link-local address needs an underlay device");
		return -EINVAL;
	}
	return 0;
}

static int parse_peer(const struct ipv6tun_dev *tun, u16 id,
		      struct genl_info *info, const struct nlattr *attr,
		      struct ipv6tun_path_cfg *cfg)
{
	struct in6_addr addr;
	u16 owner;
	int err;
	int i;

	err = ipv6tun_netlink_get_addr(attr, &addr, info->extack);
	if (err)
		return err;
	/* All paths share the device: a link-local address names none. */
	if (!is_unicast(&addr) ||
	    ipv6_addr_type(&addr) & IPV6_ADDR_LINKLOCAL) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "an inside peer is a global unicast address");
		return -EINVAL;
	}
	for (i = 0; i < cfg->n_peers; i++) {
		if (ipv6_addr_equal(&cfg->peer[i], &addr)) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "inside peer given twice");
			return -EINVAL;
		}
	}
	rcu_read_lock();
	owner = ipv6tun_paths_peer(&tun->paths, &addr);
	rcu_read_unlock();
	if (owner && owner != id) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "another path of the device has this inside peer");
		return -EEXIST;
	}
	if (cfg->n_peers == IPV6TUN_PEER_MAX) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "a path has at most 8 inside peers");
		return -E2BIG;
	}
	cfg->peer[cfg->n_peers++] = addr;
	return 0;
}

static int parse_peers(const struct ipv6tun_dev *tun, u16 id,
		       struct genl_info *info, struct ipv6tun_path_cfg *cfg)
{
	struct nlattr **attrs = info->attrs;
	const struct nlattr *attr;
	int rem;
	int err;

	if (attrs[IPV6TUN_A_PATH_PEER] && attrs[IPV6TUN_A_PATH_NO_PEER]) {
		NL_SET_ERR_MSG_ATTR(info->extack, attrs[IPV6TUN_A_PATH_NO_PEER],
				    "peer and no-peer exclude each other");
		return -EINVAL;
	}
	if (!attrs[IPV6TUN_A_PATH_PEER] && !attrs[IPV6TUN_A_PATH_NO_PEER])
		return 0;
	cfg->n_peers = 0;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != IPV6TUN_A_PATH_PEER)
			continue;
		err = parse_peer(tun, id, info, attr, cfg);
		if (err)
			return err;
	}
	return 0;
}

static int parse_probe(const struct ipv6tun_dev *tun, struct genl_info *info,
		       struct ipv6tun_path_cfg *cfg,
		       const struct ipv6tun_path *old)
{
	struct nlattr **attrs = info->attrs;
	struct ipv6tun_probe_cfg *probe = &cfg->probe;
	u64 rate;

	if (attrs[IPV6TUN_A_PATH_PROBE])
		probe->type = nla_get_u8(attrs[IPV6TUN_A_PATH_PROBE]);
	if (attrs[IPV6TUN_A_PATH_INTERVAL])
		probe->interval = nla_get_u32(attrs[IPV6TUN_A_PATH_INTERVAL]);
	if (attrs[IPV6TUN_A_PATH_MULTIPLIER])
		probe->multiplier =
			nla_get_u8(attrs[IPV6TUN_A_PATH_MULTIPLIER]);
	if (attrs[IPV6TUN_A_PATH_PASSIVE])
		probe->passive = nla_get_u8(attrs[IPV6TUN_A_PATH_PASSIVE]);
	if (attrs[IPV6TUN_A_PATH_HOLD_UP])
		cfg->hold_up = nla_get_u32(attrs[IPV6TUN_A_PATH_HOLD_UP]);

	if (probe->type == IPV6TUN_PROBE_ICMP && !cfg->n_peers) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    attrs[IPV6TUN_A_PATH_PROBE] ?:
				    attrs[IPV6TUN_A_PATH_NO_PEER],
				    "an icmp probe needs an inside peer");
		return -EINVAL;
	}
	rate = tun->probe_rate + ipv6tun_probe_rate(probe);
	if (old)
		rate -= ipv6tun_probe_rate(&old->cfg.probe);
	/* What is too much already may still become less. */
	if (rate > 1000ULL * IPV6TUN_PROBE_RATE_MAX && rate > tun->probe_rate) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    attrs[IPV6TUN_A_PATH_INTERVAL] ?:
				    attrs[IPV6TUN_A_PATH_PROBE],
				    "probes of the device would exceed 50000 a second");
		return -ERANGE;
	}
	return 0;
}

/*
 * Change cfg as the request says. Everything is checked here, so that what
 * follows fails for want of memory only.
 */
static int parse_cfg(struct ipv6tun_dev *tun, u16 id, struct genl_info *info,
		     struct ipv6tun_path_cfg *cfg,
		     const struct ipv6tun_path *old)
{
	struct nlattr **attrs = info->attrs;
	int err;

	err = parse_outer(info, cfg);
	if (err)
		return err;
	err = parse_key(info, cfg);
	if (err)
		return err;
	err = parse_tos(info, cfg);
	if (err)
		return err;
	err = parse_underlay(tun, info, cfg);
	if (err)
		return err;
	err = parse_peers(tun, id, info, cfg);
	if (err)
		return err;
	if (attrs[IPV6TUN_A_PATH_CSUM])
		cfg->csum = nla_get_u8(attrs[IPV6TUN_A_PATH_CSUM]);
	if (attrs[IPV6TUN_A_PATH_TTL])
		cfg->ttl = nla_get_u8(attrs[IPV6TUN_A_PATH_TTL]);
	if (attrs[IPV6TUN_A_PATH_WEIGHT])
		cfg->weight = nla_get_u32(attrs[IPV6TUN_A_PATH_WEIGHT]);
	if (attrs[IPV6TUN_A_PATH_ADMIN])
		cfg->admin_up = nla_get_u8(attrs[IPV6TUN_A_PATH_ADMIN]);

	err = parse_probe(tun, info, cfg, old);
	if (err)
		return err;

	if (ipv6tun_underlay_conflict(tun->net, cfg, old)) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    attrs[IPV6TUN_A_PATH_REMOTE] ?:
				    attrs[IPV6TUN_A_PATH_ID],
				    "another path has these addresses, key and underlay");
		return -EEXIST;
	}
	return 0;
}

static int choose_id(const struct ipv6tun_dev *tun, struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[IPV6TUN_A_PATH_ID];
	u32 id;

	if (attr) {
		id = nla_get_u32(attr);
		if (!rtnl_dereference(tun->paths.path[id]))
			return id;
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "the device has a path of this id");
		return -EEXIST;
	}
	for (id = 1; id <= IPV6TUN_PATH_MAX; id++)
		if (!rtnl_dereference(tun->paths.path[id]))
			return id;
	NL_SET_ERR_MSG(info->extack, "the device has 4096 paths, the most it can");
	return -ENOSPC;
}

static int reply_name(struct genl_info *info, const struct ipv6tun_dev *tun,
		      u16 id)
{
	struct sk_buff *skb;
	void *hdr;

	skb = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	hdr = genlmsg_put_reply(skb, info, &ipv6tun_nl_family, 0,
				IPV6TUN_CMD_PATH_ADD);
	if (!hdr ||
	    nla_put_u32(skb, IPV6TUN_A_PATH_IFINDEX, tun->dev->ifindex) ||
	    nla_put_u32(skb, IPV6TUN_A_PATH_ID, id)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return genlmsg_reply(skb, info);
}

static int add_path(struct sk_buff *request, struct genl_info *info)
{
	struct ipv6tun_path_cfg cfg = {
		.weight		= DEFAULT_WEIGHT,
		.ttl		= DEFAULT_TTL,
		.tos		= IPV6TUN_TOS_INHERIT,
		.admin_up	= true,
		.hold_up	= DEFAULT_HOLD_UP,
		.probe		= {
			.interval	= DEFAULT_INTERVAL,
			.multiplier	= DEFAULT_MULTIPLIER,
		},
	};
	struct ipv6tun_health_now told;
	const struct ipv6tun_path *path;
	struct ipv6tun_dev *tun;
	int err;
	int id;

	tun = ipv6tun_netlink_device(info, IPV6TUN_A_PATH_IFINDEX);
	if (IS_ERR(tun))
		return PTR_ERR(tun);
	err = may_configure(tun, info, request);
	if (err)
		return err;
	if (GENL_REQ_ATTR_CHECK(info, IPV6TUN_A_PATH_LOCAL)) {
		NL_SET_ERR_MSG(info->extack, "no local address given");
		return -EINVAL;
	}
	if (GENL_REQ_ATTR_CHECK(info, IPV6TUN_A_PATH_REMOTE)) {
		NL_SET_ERR_MSG(info->extack, "no remote address given");
		return -EINVAL;
	}
	id = choose_id(tun, info);
	if (id < 0)
		return id;
	err = parse_cfg(tun, id, info, &cfg, NULL);
	if (err)
		return err;
	err = ipv6tun_path_add(tun, id, &cfg);
	if (err)
		return err;
	path = rtnl_dereference(tun->paths.path[id]);
	ipv6tun_health_get(path->health, &told);
	notify(path, IPV6TUN_CMD_PATH_ADD_NTF, GFP_KERNEL);
	ipv6tun_health_announce(path->health, &told);
	/* The path exists, whether or not the reply could be made. */
	reply_name(info, tun, id);
	return 0;
}

/**
 * ipv6tun_nl_path_add_doit() - add a path
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: process; takes RTNL.
 * Return: 0 or a negative errno, and then nothing changed.
 */
int ipv6tun_nl_path_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	return ipv6tun_netlink_do(skb, info, add_path);
}

static int set_path(struct sk_buff *request, struct genl_info *info)
{
	struct ipv6tun_path_cfg cfg;
	struct ipv6tun_path *path;
	struct ipv6tun_dev *tun;
	u16 id;
	int err;

	tun = ipv6tun_netlink_device(info, IPV6TUN_A_PATH_IFINDEX);
	if (IS_ERR(tun))
		return PTR_ERR(tun);
	err = may_configure(tun, info, request);
	if (err)
		return err;
	path = find_path(tun, info);
	if (IS_ERR(path))
		return PTR_ERR(path);
	id = path->id;
	cfg = path->cfg;
	err = parse_cfg(tun, id, info, &cfg, path);
	if (err)
		return err;
	err = ipv6tun_path_set(path, &cfg);
	if (err)
		return err;
	notify(rtnl_dereference(tun->paths.path[id]),
	       IPV6TUN_CMD_PATH_SET_NTF, GFP_KERNEL);
	return 0;
}

/**
 * ipv6tun_nl_path_set_doit() - change a path
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: process; takes RTNL.
 * Return: 0 or a negative errno, and then nothing changed.
 */
int ipv6tun_nl_path_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	return ipv6tun_netlink_do(skb, info, set_path);
}

static int del_path(struct sk_buff *request, struct genl_info *info)
{
	struct ipv6tun_path *path;
	struct ipv6tun_dev *tun;
	int err;

	tun = ipv6tun_netlink_device(info, IPV6TUN_A_PATH_IFINDEX);
	if (IS_ERR(tun))
		return PTR_ERR(tun);
	err = may_configure(tun, info, request);
	if (err)
		return err;
	path = find_path(tun, info);
	if (IS_ERR(path))
		return PTR_ERR(path);
	ipv6tun_health_hush(path->health);
	notify(path, IPV6TUN_CMD_PATH_DEL_NTF, GFP_KERNEL);
	ipv6tun_path_del(path);
	return 0;
}

/**
 * ipv6tun_nl_path_del_doit() - remove a path
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: process; takes RTNL.
 * Return: 0 or a negative errno, and then nothing changed.
 */
int ipv6tun_nl_path_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return ipv6tun_netlink_do(skb, info, del_path);
}

static int get_path(struct sk_buff *skb, struct genl_info *info)
{
	struct ipv6tun_path *path;
	struct ipv6tun_dev *tun;

	tun = ipv6tun_netlink_device(info, IPV6TUN_A_PATH_IFINDEX);
	if (IS_ERR(tun))
		return PTR_ERR(tun);
	path = find_path(tun, info);
	if (IS_ERR(path))
		return PTR_ERR(path);
	return fill_message(skb, path, info->snd_portid, info->snd_seq, 0,
			    IPV6TUN_CMD_PATH_GET);
}

/**
 * ipv6tun_nl_path_get_doit() - tell all about one path
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: process; takes RTNL.
 * Return: 0 or a negative errno.
 */
int ipv6tun_nl_path_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return ipv6tun_netlink_answer(info, get_path);
}

static int list_device(struct sk_buff *skb, struct netlink_callback *cb,
		       const struct ipv6tun_dev *tun, u32 *id)
{
	const struct ipv6tun_path *path;
	int err;

	for (; *id <= IPV6TUN_PATH_MAX; (*id)++) {
		path = rtnl_dereference(tun->paths.path[*id]);
		if (!path)
			continue;
		err = fill_message(skb, path, NETLINK_CB(cb->skb).portid,
				   cb->nlh->nlmsg_seq, NLM_F_MULTI,
				   IPV6TUN_CMD_PATH_LIST);
		if (err)
			return err;
	}
	return 0;
}

/**
 * ipv6tun_nl_path_list_dumpit() - list paths
 * @skb: where to put them
 * @cb: the dump
 *
 * Context: process; takes RTNL for each message.
 * Return: bytes put, 0 at the end.
 */
int ipv6tun_nl_path_list_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	struct nlattr **attrs = ipv6tun_genl_dump_attrs(cb);
	struct list_ctx *ctx = (void *)cb->ctx;
	struct ipv6tun_dev *tun;
	int ifindex = 0, was;

	BUILD_BUG_ON(sizeof(*ctx) > sizeof(cb->ctx));
	if (attrs[IPV6TUN_A_PATH_IFINDEX])
		ifindex = nla_get_u32(attrs[IPV6TUN_A_PATH_IFINDEX]);

	rtnl_lock();
	for (;;) {
		was = ctx->device;
		tun = ipv6tun_netlink_next_device(sock_net(skb->sk), ifindex,
						  &ctx->device);
		if (ctx->device != was)
			ctx->id = 0;
		if (!tun || list_device(skb, cb, tun, &ctx->id))
			break;
		ctx->device++;
		ctx->id = 0;
	}
	rtnl_unlock();
	return skb->len;
}

/*
 * As generated, but for what the generator cannot say: who talks to whom is not
 * for everybody to hear.
 */
static const struct genl_multicast_group groups[] = {
	[IPV6TUN_NLGRP_EVENTS]	= { .name = IPV6TUN_MCGRP_EVENTS, },
	[IPV6TUN_NLGRP_NAT64]	= {
		.name	= IPV6TUN_MCGRP_NAT64,
		.flags	= GENL_MCAST_CAP_NET_ADMIN,
	},
};

/**
 * ipv6tun_netlink_init() - make the family known
 *
 * Context: process, module load.
 * Return: 0 or a negative errno.
 */
int __init ipv6tun_netlink_init(void)
{
	ipv6tun_nl_family.mcgrps = groups;
	return genl_register_family(&ipv6tun_nl_family);
}

/**
 * ipv6tun_netlink_exit() - forget the family
 *
 * Context: process, module unload.
 */
void ipv6tun_netlink_exit(void)
{
	genl_unregister_family(&ipv6tun_nl_family);
}
