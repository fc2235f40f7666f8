// SPDX-License-Identifier: GPL-2.0
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/genetlink.h>

#include "compat/genl.h"
#include "device.h"
#include "nat64/addr.h"
#include "nat64/cfg.h"
#include "nat64/instance.h"
#include "netlink.h"
#include "netlink-gen.h"
#include "netlink-nat64.h"

static int put_gauges(struct sk_buff *skb, const struct nat64_state *st)
{
	static const u8 bibs[NAT64_L4_N] = {
		[NAT64_L4_TCP]	= IPV6TUN_A_NAT64_STATS_TCP_BIBS,
		[NAT64_L4_UDP]	= IPV6TUN_A_NAT64_STATS_UDP_BIBS,
		[NAT64_L4_ICMP]	= IPV6TUN_A_NAT64_STATS_ICMP_BIBS,
	};
	static const u8 sessions[NAT64_L4_N] = {
		[NAT64_L4_TCP]	= IPV6TUN_A_NAT64_STATS_TCP_SESSIONS,
		[NAT64_L4_UDP]	= IPV6TUN_A_NAT64_STATS_UDP_SESSIONS,
		[NAT64_L4_ICMP]	= IPV6TUN_A_NAT64_STATS_ICMP_SESSIONS,
	};
	int i;

	for (i = 0; i < NAT64_L4_N; i++)
		if (nla_put_u32(skb, bibs[i], atomic_read(&st->n_bibs[i])) ||
		    nla_put_u32(skb, sessions[i],
				atomic_read(&st->n_sessions[i])))
			return -EMSGSIZE;
	return 0;
}

static int put_stats(struct sk_buff *skb, const struct nat64 *nat)
{
	struct nat64_sum sum;
	struct nlattr *nest;

	nat64_instance_sum(nat, &sum);
	nest = nla_nest_start(skb, IPV6TUN_A_NAT64_STATS);
	if (!nest ||
	    nla_put_u64_64bit(skb, IPV6TUN_A_NAT64_STATS_TO4_PACKETS,
			      sum.packets64, IPV6TUN_A_NAT64_STATS_PAD) ||
	    nla_put_u64_64bit(skb, IPV6TUN_A_NAT64_STATS_TO4_BYTES,
			      sum.bytes64, IPV6TUN_A_NAT64_STATS_PAD) ||
	    nla_put_u64_64bit(skb, IPV6TUN_A_NAT64_STATS_TO6_PACKETS,
			      sum.packets46, IPV6TUN_A_NAT64_STATS_PAD) ||
	    nla_put_u64_64bit(skb, IPV6TUN_A_NAT64_STATS_TO6_BYTES,
			      sum.bytes46, IPV6TUN_A_NAT64_STATS_PAD) ||
	    put_gauges(skb, &nat->state) ||
	    nla_put_u64_64bit(skb, IPV6TUN_A_NAT64_STATS_LOST_EVENTS,
			      atomic64_read(&nat->lost_events),
			      IPV6TUN_A_NAT64_STATS_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_settings(struct sk_buff *skb, const struct nat64_settings *s)
{
	const u32 *timeout = s->timeout;

	if (nla_put_u8(skb, IPV6TUN_A_NAT64_MODE, s->mode) ||
	    nla_put_u8(skb, IPV6TUN_A_NAT64_FILTERING, s->filtering) ||
	    nla_put_u8(skb, IPV6TUN_A_NAT64_UDP_ZERO, s->udp_zero) ||
	    nla_put_u16(skb, IPV6TUN_A_NAT64_LOWEST_MTU, s->lowest_mtu) ||
	    nla_put_u32(skb, IPV6TUN_A_NAT64_TCP_EST,
			timeout[NAT64_TIMEOUT_TCP_EST]) ||
	    nla_put_u32(skb, IPV6TUN_A_NAT64_TCP_TRANS,
			timeout[NAT64_TIMEOUT_TCP_TRANS]) ||
	    nla_put_u32(skb, IPV6TUN_A_NAT64_TCP_SYN,
			timeout[NAT64_TIMEOUT_TCP_SYN]) ||
	    nla_put_u32(skb, IPV6TUN_A_NAT64_UDP,
			timeout[NAT64_TIMEOUT_UDP]) ||
	    nla_put_u32(skb, IPV6TUN_A_NAT64_ICMP,
			timeout[NAT64_TIMEOUT_ICMP]) ||
	    nla_put_u32(skb, IPV6TUN_A_NAT64_MAX_SESSIONS, s->max_sessions) ||
	    nla_put_u8(skb, IPV6TUN_A_NAT64_SESSION_EVENTS, s->session_events))
		return -EMSGSIZE;
	if (s->has_icmp_source &&
	    (nla_put_in_addr(skb, IPV6TUN_A_NAT64_ICMP_SOURCE,
			     s->icmp_source.addr) ||
	     nla_put_u8(skb, IPV6TUN_A_NAT64_ICMP_SOURCE_LEN,
			s->icmp_source.len)))
		return -EMSGSIZE;
	return 0;
}

/* RTNL, or @nat cannot go otherwise. */
static int fill_nat(struct sk_buff *skb, const struct nat64 *nat, u32 portid,
		    u32 seq, int flags, u8 cmd)
{
	const struct net_device *dev = nat->tun->dev;
	void *hdr;

	hdr = genlmsg_put(skb, portid, seq, &ipv6tun_nl_family, flags, cmd);
	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u32(skb, IPV6TUN_A_NAT64_IFINDEX, dev->ifindex) ||
	    nla_put_string(skb, IPV6TUN_A_NAT64_IFNAME, dev->name) ||
	    put_settings(skb, &rtnl_dereference(nat->cfg)->settings) ||
	    put_stats(skb, nat)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * ipv6tun_netlink_nat64_notify() - tell listeners of a change of configuration
 * @nat: the instance
 * @cmd: IPV6TUN_CMD_NAT64_SET_NTF or _DEL_NTF
 *
 * Context: RTNL.
 */
void ipv6tun_netlink_nat64_notify(const struct nat64 *nat, u8 cmd)
{
	struct net *net = dev_net(nat->tun->dev);
	struct sk_buff *skb;

	if (!genl_has_listeners(&ipv6tun_nl_family, net, IPV6TUN_NLGRP_EVENTS))
		return;
	skb = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return;
	if (fill_nat(skb, nat, 0, 0, 0, cmd)) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_multicast_netns(&ipv6tun_nl_family, net, skb, 0,
				IPV6TUN_NLGRP_EVENTS, GFP_KERNEL);
}

static int get_nat(struct sk_buff *reply, struct genl_info *info)
{
	struct ipv6tun_dev *tun;
	struct nat64 *nat;

	tun = ipv6tun_netlink_device(info, IPV6TUN_A_NAT64_IFINDEX);
	if (IS_ERR(tun))
		return PTR_ERR(tun);
	nat = rtnl_dereference(tun->nat64);
	if (!nat) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[IPV6TUN_A_NAT64_IFINDEX],
				    "the device has no NAT64");
		return -ENOENT;
	}
	return fill_nat(reply, nat, info->snd_portid, info->snd_seq, 0,
			IPV6TUN_CMD_NAT64_GET);
}

/**
 * ipv6tun_nl_nat64_get_doit() - tell settings and counters of a device
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: process; takes RTNL.
 * Return: 0 or a negative errno.
 */
int ipv6tun_nl_nat64_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return ipv6tun_netlink_answer(info, get_nat);
}

/**
 * ipv6tun_nl_nat64_list_dumpit() - list the devices that have NAT64
 * @skb: where to put them
 * @cb: the dump
 *
 * Context: process; takes RTNL for each message.
 * Return: bytes put, 0 at the end.
 */
int ipv6tun_nl_nat64_list_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb)
{
	int *index = (void *)cb->ctx;
	struct ipv6tun_dev *tun;
	struct nat64 *nat;

	rtnl_lock();
	for (;; (*index)++) {
		tun = ipv6tun_netlink_next_device(sock_net(skb->sk), 0, index);
		if (!tun)
			break;
		nat = rtnl_dereference(tun->nat64);
		if (nat && fill_nat(skb, nat, NETLINK_CB(cb->skb).portid,
				    cb->nlh->nlmsg_seq, NLM_F_MULTI,
				    IPV6TUN_CMD_NAT64_LIST))
			break;
	}
	rtnl_unlock();
	return skb->len;
}

/**
 * struct list - one kind of configured objects, to be listed
 * @count: how many there are
 * @fill: put one of them
 * @cmd: the command
 * @ifindex: attribute with the device, in request and reply
 * @ifname: attribute with its name
 */
struct list {
	unsigned int	(*count)(const struct nat64_cfg *cfg);
	int		(*fill)(struct sk_buff *skb,
				const struct nat64_cfg *cfg, unsigned int i);
	u8		cmd;
	u8		ifindex;
	u8		ifname;
};

/**
 * struct list_ctx - where a list goes on
 * @device: index among the namespace's devices
 * @index: of the object
 */
struct list_ctx {
	int		device;
	unsigned int	index;
};

static int list_one(struct sk_buff *skb, struct netlink_callback *cb,
		    const struct list *list, const struct ipv6tun_dev *tun,
		    const struct nat64_cfg *cfg, unsigned int i)
{
	void *hdr;

	hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			  &ipv6tun_nl_family, NLM_F_MULTI, list->cmd);
	if (!hdr)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, hdr);
	if (nla_put_u32(skb, list->ifindex, tun->dev->ifindex) ||
	    nla_put_string(skb, list->ifname, tun->dev->name) ||
	    list->fill(skb, cfg, i)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

static int list_device(struct sk_buff *skb, struct netlink_callback *cb,
		       const struct list *list, const struct ipv6tun_dev *tun,
		       unsigned int *index)
{
	const struct nat64 *nat = rtnl_dereference(tun->nat64);
	const struct nat64_cfg *cfg;
	int err;

	if (!nat)
		return 0;
	cfg = rtnl_dereference(nat->cfg);
	for (; *index < list->count(cfg); (*index)++) {
		err = list_one(skb, cb, list, tun, cfg, *index);
		if (err)
			return err;
	}
	return 0;
}

static int list_config(struct sk_buff *skb, struct netlink_callback *cb,
		       const struct list *list)
{
	const struct nlattr *attr = ipv6tun_genl_dump_attrs(cb)[list->ifindex];
	struct list_ctx *ctx = (void *)cb->ctx;
	int ifindex = attr ? nla_get_u32(attr) : 0;
	struct ipv6tun_dev *tun;
	int was;

	BUILD_BUG_ON(sizeof(*ctx) > sizeof(cb->ctx));
	rtnl_lock();
	/* Whoever reads is told if the next message is of another list. */
	cb->seq = ipv6tun_netlink_nat64_changes();
	for (;;) {
		was = ctx->device;
		tun = ipv6tun_netlink_next_device(sock_net(skb->sk), ifindex,
						  &ctx->device);
		if (ctx->device != was)
			ctx->index = 0;
		if (!tun || list_device(skb, cb, list, tun, &ctx->index))
			break;
		ctx->device++;
		ctx->index = 0;
	}
	rtnl_unlock();
	return skb->len;
}

static unsigned int count_pool6(const struct nat64_cfg *cfg)
{
	return cfg->n_pool6;
}

static int fill_pool6(struct sk_buff *skb, const struct nat64_cfg *cfg,
		      unsigned int i)
{
	const struct nat64_prefix6 *prefix = &cfg->pool6[i];

	if (nla_put_in6_addr(skb, IPV6TUN_A_POOL6_PREFIX, &prefix->addr) ||
	    nla_put_u8(skb, IPV6TUN_A_POOL6_PREFIX_LEN, prefix->len))
		return -EMSGSIZE;
	return 0;
}

/**
 * ipv6tun_nl_pool6_list_dumpit() - list pool6
 * @skb: where to put it
 * @cb: the dump
 *
 * Context: process; takes RTNL for each message.
 * Return: bytes put, 0 at the end.
 */
int ipv6tun_nl_pool6_list_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb)
{
	static const struct list list = {
		.count		= count_pool6,
		.fill		= fill_pool6,
		.cmd		= IPV6TUN_CMD_POOL6_LIST,
		.ifindex	= IPV6TUN_A_POOL6_IFINDEX,
		.ifname		= IPV6TUN_A_POOL6_IFNAME,
	};

	return list_config(skb, cb, &list);
}

static unsigned int count_pool4(const struct nat64_cfg *cfg)
{
	return cfg->n_pool4;
}

/* Another range may have ports of the same addresses: they are counted, too. */
static void count_used(const struct nat64_ports *ports,
		       const struct nat64_prefix4 *prefix,
		       u32 used[NAT64_L4_N])
{
	unsigned int i;
	int l4;

	for (i = 0; ports && i < ports->n_addrs; i++) {
		if (!nat64_addr_in4(prefix, ports->addrs[i]->addr))
			continue;
		for (l4 = 0; l4 < NAT64_L4_N; l4++)
			used[l4] += READ_ONCE(ports->addrs[i]->n_used[l4]);
	}
}

static int fill_pool4(struct sk_buff *skb, const struct nat64_cfg *cfg,
		      unsigned int i)
{
	const struct nat64_pool4_range *range = &cfg->pool4[i];
	u32 used[NAT64_L4_N] = { 0 };

	count_used(cfg->ports, &range->prefix, used);
	if (nla_put_in_addr(skb, IPV6TUN_A_POOL4_PREFIX, range->prefix.addr) ||
	    nla_put_u8(skb, IPV6TUN_A_POOL4_PREFIX_LEN, range->prefix.len) ||
	    nla_put_u8(skb, IPV6TUN_A_POOL4_PROTOS, range->protos) ||
	    nla_put_u16(skb, IPV6TUN_A_POOL4_PORT_MIN, range->min) ||
	    nla_put_u16(skb, IPV6TUN_A_POOL4_PORT_MAX, range->max) ||
	    nla_put_u32(skb, IPV6TUN_A_POOL4_ADDRESSES,
			1U << (32 - range->prefix.len)) ||
	    nla_put_u32(skb, IPV6TUN_A_POOL4_TCP_USED, used[NAT64_L4_TCP]) ||
	    nla_put_u32(skb, IPV6TUN_A_POOL4_UDP_USED, used[NAT64_L4_UDP]) ||
	    nla_put_u32(skb, IPV6TUN_A_POOL4_ICMP_USED, used[NAT64_L4_ICMP]))
		return -EMSGSIZE;
	return 0;
}

/**
 * ipv6tun_nl_pool4_list_dumpit() - list pool4
 * @skb: where to put it
 * @cb: the dump
 *
 * Context: process; takes RTNL for each message.
 * Return: bytes put, 0 at the end.
 */
int ipv6tun_nl_pool4_list_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb)
{
	static const struct list list = {
		.count		= count_pool4,
		.fill		= fill_pool4,
		.cmd		= IPV6TUN_CMD_POOL4_LIST,
		.ifindex	= IPV6TUN_A_POOL4_IFINDEX,
		.ifname		= IPV6TUN_A_POOL4_IFNAME,
	};

	return list_config(skb, cb, &list);
}

static unsigned int count_eam(const struct nat64_cfg *cfg)
{
	return cfg->n_eams;
}

static int fill_eam(struct sk_buff *skb, const struct nat64_cfg *cfg,
		    unsigned int i)
{
	const struct nat64_eam *eam = &cfg->eams[i];

	if (nla_put_in6_addr(skb, IPV6TUN_A_EAM_PREFIX6, &eam->prefix6.addr) ||
	    nla_put_u8(skb, IPV6TUN_A_EAM_PREFIX6_LEN, eam->prefix6.len) ||
	    nla_put_in_addr(skb, IPV6TUN_A_EAM_PREFIX4, eam->prefix4.addr) ||
	    nla_put_u8(skb, IPV6TUN_A_EAM_PREFIX4_LEN, eam->prefix4.len))
		return -EMSGSIZE;
	return 0;
}

/**
 * ipv6tun_nl_eam_list_dumpit() - list explicit address mappings
 * @skb: where to put them
 * @cb: the dump
 *
 * Context: process; takes RTNL for each message.
 * Return: bytes put, 0 at the end.
 */
int ipv6tun_nl_eam_list_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb)
{
	static const struct list list = {
		.count		= count_eam,
		.fill		= fill_eam,
		.cmd		= IPV6TUN_CMD_EAM_LIST,
		.ifindex	= IPV6TUN_A_EAM_IFINDEX,
		.ifname		= IPV6TUN_A_EAM_IFNAME,
	};

	return list_config(skb, cb, &list);
}
