// SPDX-License-Identifier: GPL-2.0
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/ipv6.h>

#include "compat/genl.h"
#include "device.h"
#include "fib.h"
#include "netlink.h"
#include "netlink-gen.h"
#include "pathset.h"
#include "stats.h"
#include "underlay.h"

static int fill_drops(struct sk_buff *skb, const struct ipv6tun_dev *tun)
{
	struct nlattr *nest;
	int reason;

	nest = nla_nest_start(skb, IPV6TUN_A_DEVICE_DROPS);
	if (!nest)
		return -EMSGSIZE;
	for (reason = IPV6TUN_A_DROPS_PAD + 1; reason <= IPV6TUN_A_DROPS_MAX;
	     reason++)
		if (nla_put_u64_64bit(skb, reason,
				      ipv6tun_stats_drops(tun, reason),
				      IPV6TUN_A_DROPS_PAD))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int fill_device(struct sk_buff *skb, struct ipv6tun_dev *tun)
{
	struct ipv6tun_underlay *ul = ipv6tun_underlay_of(tun->net);
	struct ipv6tun_fib_counts fib;
	unsigned int up;

	ipv6tun_fib_counts(&tun->fib, &fib);
	up = bitmap_weight(tun->paths.alive, IPV6TUN_PATH_MAX + 1);
	if (nla_put_u32(skb, IPV6TUN_A_DEVICE_IFINDEX, tun->dev->ifindex) ||
	    nla_put_string(skb, IPV6TUN_A_DEVICE_IFNAME, tun->dev->name) ||
	    nla_put_u32(skb, IPV6TUN_A_DEVICE_PATHS, tun->paths.n) ||
	    nla_put_u32(skb, IPV6TUN_A_DEVICE_PATHS_UP, up) ||
	    nla_put_u32(skb, IPV6TUN_A_DEVICE_ROUTES, fib.routes) ||
	    nla_put_u32(skb, IPV6TUN_A_DEVICE_SETS, fib.sets) ||
	    nla_put_u64_64bit(skb, IPV6TUN_A_DEVICE_RESYNCS, fib.resyncs,
			      IPV6TUN_A_DEVICE_PAD) ||
	    nla_put_u64_64bit(skb, IPV6TUN_A_DEVICE_PMTU_UPDATES,
			      atomic64_read(&tun->pmtu_updates),
			      IPV6TUN_A_DEVICE_PAD) ||
	    nla_put_u64_64bit(skb, IPV6TUN_A_DEVICE_NO_PATH,
			      ipv6tun_underlay_no_path(ul),
			      IPV6TUN_A_DEVICE_PAD))
		return -EMSGSIZE;
	return fill_drops(skb, tun);
}

static int fill_message(struct sk_buff *skb, struct ipv6tun_dev *tun,
			u32 portid, u32 seq, int flags, u8 cmd)
{
	void *hdr;

	hdr = genlmsg_put(skb, portid, seq, &ipv6tun_nl_family, flags, cmd);
	if (!hdr)
		return -EMSGSIZE;
	if (fill_device(skb, tun)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

static int tell_device(struct sk_buff *reply, struct genl_info *info)
{
	struct ipv6tun_dev *tun;

	tun = ipv6tun_netlink_device(info, IPV6TUN_A_DEVICE_IFINDEX);
	if (IS_ERR(tun))
		return PTR_ERR(tun);
	return fill_message(reply, tun, info->snd_portid, info->snd_seq, 0,
			    IPV6TUN_CMD_DEVICE_GET);
}

/**
 * ipv6tun_nl_device_get_doit() - tell about one device
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: process; takes RTNL.
 * Return: 0 or a negative errno.
 */
int ipv6tun_nl_device_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return ipv6tun_netlink_answer(info, tell_device);
}

/**
 * ipv6tun_nl_device_list_dumpit() - list the devices of a namespace
 * @skb: where to put them
 * @cb: the dump
 *
 * Context: process; takes RTNL for each message.
 * Return: bytes put, 0 at the end.
 */
int ipv6tun_nl_device_list_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb)
{
	int *index = (void *)cb->ctx;
	struct ipv6tun_dev *tun;

	rtnl_lock();
	for (;;) {
		tun = ipv6tun_netlink_next_device(sock_net(skb->sk), 0, index);
		if (!tun || fill_message(skb, tun, NETLINK_CB(cb->skb).portid,
					 cb->nlh->nlmsg_seq, NLM_F_MULTI,
					 IPV6TUN_CMD_DEVICE_LIST))
			break;
		(*index)++;
	}
	rtnl_unlock();
	return skb->len;
}

/* Next hops and paths of a route that one message has room for. */
#define SHOWN_MAX	64

/**
 * struct route_ctx - where a route dump goes on
 * @device: index among the namespace's devices
 * @cursor: the last route shown
 */
struct route_ctx {
	int				device;
	struct ipv6tun_fib_match	cursor;
};

/**
 * struct route_dump - a route dump within one message
 * @skb: the message
 * @cb: the dump
 * @tun: the device
 * @buckets: buckets by path id of @counted; NULL if nobody asked
 * @counted: the set counted last: neighbouring routes often share it
 */
struct route_dump {
	struct sk_buff			*skb;
	struct netlink_callback		*cb;
	struct ipv6tun_dev		*tun;
	u32				*buckets;
	const struct ipv6tun_pathset	*counted;
};

static void count_buckets(struct route_dump *dump,
			  const struct ipv6tun_pathset *set)
{
	/* Pairs with the release that publishes the filled table. */
	const u16 *table = smp_load_acquire(&set->buckets);
	unsigned int i;

	if (!dump->buckets || dump->counted == set)
		return;
	memset(dump->buckets, 0, (IPV6TUN_PATH_MAX + 1) * sizeof(u32));
	if (set->n == 1)
		dump->buckets[set->member[0].id] = IPV6TUN_BUCKETS;
	else if (table)
		for (i = 0; i < IPV6TUN_BUCKETS; i++)
			dump->buckets[READ_ONCE(table[i])]++;
	else
		return;
	dump->counted = set;
}

static int put_member(struct route_dump *dump,
		      const struct ipv6tun_member *member)
{
	struct nlattr *nest;

	nest = nla_nest_start(dump->skb, IPV6TUN_A_ROUTE_MEMBER);
	if (!nest ||
	    nla_put_u32(dump->skb, IPV6TUN_A_MEMBER_ID, member->id) ||
	    nla_put_u32(dump->skb, IPV6TUN_A_MEMBER_WEIGHT, member->weight))
		return -EMSGSIZE;
	if (dump->counted &&
	    nla_put_u32(dump->skb, IPV6TUN_A_MEMBER_BUCKETS,
			dump->buckets[member->id]))
		return -EMSGSIZE;
	nla_nest_end(dump->skb, nest);
	return 0;
}

static int put_members(struct route_dump *dump,
		       const struct ipv6tun_pathset *set)
{
	unsigned int i;

	if (nla_put_u32(dump->skb, IPV6TUN_A_ROUTE_MEMBERS, set ? set->n : 0))
		return -EMSGSIZE;
	if (!set)
		return 0;
	if (dump->counted != set)
		dump->counted = NULL;
	count_buckets(dump, set);
	for (i = 0; i < min_t(unsigned int, set->n, SHOWN_MAX); i++)
		if (put_member(dump, &set->member[i]))
			return -EMSGSIZE;
	return 0;
}

static int put_gateway(struct sk_buff *skb, const struct ipv6tun_fib_gw *gw)
{
	struct nlattr *nest;

	nest = nla_nest_start(skb, IPV6TUN_A_ROUTE_GATEWAY);
	if (!nest ||
	    ipv6tun_netlink_put_addr(skb, IPV6TUN_A_GATEWAY_ADDRESS, &gw->addr,
				     !ipv6_addr_v4mapped(&gw->addr)) ||
	    nla_put_u32(skb, IPV6TUN_A_GATEWAY_WEIGHT, gw->weight))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int fill_route(struct route_dump *dump,
		      const struct ipv6tun_fib_route_info *info)
{
	const struct ipv6tun_fib_match *match = &info->match;
	const struct net_device *dev = dump->tun->dev;
	struct sk_buff *skb = dump->skb;
	bool all_paths = false;
	unsigned int i;

	if (nla_put_u32(skb, IPV6TUN_A_ROUTE_IFINDEX, dev->ifindex) ||
	    nla_put_string(skb, IPV6TUN_A_ROUTE_IFNAME, dev->name) ||
	    nla_put_u32(skb, IPV6TUN_A_ROUTE_TABLE, match->table) ||
	    nla_put_u8(skb, IPV6TUN_A_ROUTE_FAMILY, match->family) ||
	    ipv6tun_netlink_put_addr(skb, IPV6TUN_A_ROUTE_PREFIX,
				     &match->prefix,
				     match->family == AF_INET6) ||
	    nla_put_u8(skb, IPV6TUN_A_ROUTE_PREFIX_LEN, match->plen))
		return -EMSGSIZE;
	for (i = 0; i < min_t(unsigned int, info->n_gw, SHOWN_MAX); i++) {
		if (ipv6_addr_any(&info->gw[i].addr))
			all_paths = true;
		else if (put_gateway(skb, &info->gw[i]))
			return -EMSGSIZE;
	}
	if (all_paths && nla_put_flag(skb, IPV6TUN_A_ROUTE_ALL_PATHS))
		return -EMSGSIZE;
	return put_members(dump, info->set);
}

static int route_cb(const struct ipv6tun_fib_route_info *info, void *arg)
{
	struct route_dump *dump = arg;
	void *hdr;

	hdr = genlmsg_put(dump->skb, NETLINK_CB(dump->cb->skb).portid,
			  dump->cb->nlh->nlmsg_seq, &ipv6tun_nl_family,
			  NLM_F_MULTI, IPV6TUN_CMD_ROUTE_LIST);
	if (!hdr)
		return -EMSGSIZE;
	if (fill_route(dump, info)) {
		genlmsg_cancel(dump->skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(dump->skb, hdr);
	return 0;
}

/**
 * ipv6tun_nl_route_list_dumpit() - list routes and their path sets
 * @skb: where to put them
 * @cb: the dump
 *
 * Context: process; takes RTNL for each message.
 * Return: bytes put, 0 at the end, or a negative errno.
 */
int ipv6tun_nl_route_list_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb)
{
	struct nlattr **attrs = ipv6tun_genl_dump_attrs(cb);
	struct route_ctx *ctx = (void *)cb->ctx;
	struct route_dump dump = {
		.skb	= skb,
		.cb	= cb,
	};
	int ifindex = 0, was;

	BUILD_BUG_ON(sizeof(*ctx) > sizeof(cb->ctx));
	if (attrs[IPV6TUN_A_ROUTE_IFINDEX])
		ifindex = nla_get_u32(attrs[IPV6TUN_A_ROUTE_IFINDEX]);
	if (attrs[IPV6TUN_A_ROUTE_COUNT_BUCKETS]) {
		dump.buckets = kvcalloc(IPV6TUN_PATH_MAX + 1, sizeof(u32),
					GFP_KERNEL);
		if (!dump.buckets)
			return -ENOMEM;
	}

	rtnl_lock();
	for (;;) {
		was = ctx->device;
		dump.tun = ipv6tun_netlink_next_device(sock_net(skb->sk),
						       ifindex, &ctx->device);
		if (ctx->device != was)
			memset(&ctx->cursor, 0, sizeof(ctx->cursor));
		if (!dump.tun ||
		    ipv6tun_fib_walk(&dump.tun->fib, &ctx->cursor, route_cb,
				     &dump))
			break;
		ctx->device++;
		memset(&ctx->cursor, 0, sizeof(ctx->cursor));
	}
	rtnl_unlock();
	kvfree(dump.buckets);
	return skb->len;
}
