// SPDX-License-Identifier: GPL-2.0
/*
 * Which path does a flow take? A packet of the flow is made, routed and shown
 * to the code that decides for all packets, then thrown away.
 */
#include <linux/icmpv6.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/genetlink.h>
#include <net/icmp.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "device.h"
#include "fib.h"
#include "netlink.h"
#include "netlink-gen.h"
#include "pathset.h"
#include "select.h"

/* Paths of a set that the answer shows. */
#define SHOWN_MAX	64

/**
 * struct flow - the flow asked about
 * @from: source, IPv4 as v4-mapped
 * @to: destination
 * @label: IPv6 flow label
 * @mark: packet mark
 * @sport: source port, or ICMP echo identifier
 * @dport: destination port
 * @proto: IP protocol
 */
struct flow {
	struct in6_addr	from;
	struct in6_addr	to;
	u32		label;
	u32		mark;
	u16		sport;
	u16		dport;
	u8		proto;
};

static u32 get_u32(const struct nlattr *attr)
{
	return attr ? nla_get_u32(attr) : 0;
}

static u16 get_u16(const struct nlattr *attr)
{
	return attr ? nla_get_u16(attr) : 0;
}

static int parse_flow(struct genl_info *info, struct flow *flow)
{
	struct nlattr **attrs = info->attrs;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, IPV6TUN_A_LOOKUP_FROM)) {
		NL_SET_ERR_MSG(info->extack, "no source address given");
		return -EINVAL;
	}
	if (GENL_REQ_ATTR_CHECK(info, IPV6TUN_A_LOOKUP_TO)) {
		NL_SET_ERR_MSG(info->extack, "no destination address given");
		return -EINVAL;
	}
	err = ipv6tun_netlink_get_addr(attrs[IPV6TUN_A_LOOKUP_FROM],
				       &flow->from, info->extack);
	if (err)
		return err;
	err = ipv6tun_netlink_get_addr(attrs[IPV6TUN_A_LOOKUP_TO], &flow->to,
				       info->extack);
	if (err)
		return err;
	if (ipv6_addr_v4mapped(&flow->from) != ipv6_addr_v4mapped(&flow->to)) {
		NL_SET_ERR_MSG_ATTR(info->extack, attrs[IPV6TUN_A_LOOKUP_TO],
				    "source and destination are of different families");
		return -EINVAL;
	}
	flow->label = get_u32(attrs[IPV6TUN_A_LOOKUP_FLOW_LABEL]);
	if (flow->label > 0xfffff) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    attrs[IPV6TUN_A_LOOKUP_FLOW_LABEL],
				    "a flow label has 20 bits");
		return -ERANGE;
	}
	flow->mark = get_u32(attrs[IPV6TUN_A_LOOKUP_MARK]);
	flow->sport = get_u16(attrs[IPV6TUN_A_LOOKUP_SPORT]);
	flow->dport = get_u16(attrs[IPV6TUN_A_LOOKUP_DPORT]);
	flow->proto = attrs[IPV6TUN_A_LOOKUP_PROTO] ?
		      nla_get_u8(attrs[IPV6TUN_A_LOOKUP_PROTO]) : IPPROTO_NONE;
	return 0;
}

/* Ports are the first four bytes of every protocol that has them. */
static void put_transport(struct sk_buff *skb, const struct flow *flow)
{
	struct icmphdr *icmp;
	struct udphdr *ports;

	if (flow->proto == IPPROTO_ICMP || flow->proto == IPPROTO_ICMPV6) {
		icmp = skb_put_zero(skb, sizeof(*icmp));
		icmp->type = flow->proto == IPPROTO_ICMP ? ICMP_ECHO :
							   ICMPV6_ECHO_REQUEST;
		icmp->un.echo.id = htons(flow->sport);
		return;
	}
	ports = skb_put_zero(skb, sizeof(*ports));
	ports->source = htons(flow->sport);
	ports->dest = htons(flow->dport);
}

static struct dst_entry *make6(struct sk_buff *skb, struct net *net,
			       const struct flow *flow)
{
	struct ipv6hdr *ip6 = skb_put_zero(skb, sizeof(*ip6));
	struct flowi6 fl6 = {
		.daddr		= flow->to,
		.saddr		= flow->from,
		.flowlabel	= htonl(flow->label),
		.flowi6_mark	= flow->mark,
		.flowi6_proto	= flow->proto,
	};

	skb->protocol = htons(ETH_P_IPV6);
	ip6_flow_hdr(ip6, 0, htonl(flow->label));
	ip6->payload_len = htons(sizeof(struct udphdr));
	ip6->nexthdr = flow->proto;
	ip6->hop_limit = 64;
	ip6->saddr = flow->from;
	ip6->daddr = flow->to;
	return ip6_route_output(net, NULL, &fl6);
}

static struct dst_entry *make4(struct sk_buff *skb, struct net *net,
			       const struct flow *flow)
{
	struct iphdr *iph = skb_put_zero(skb, sizeof(*iph));
	struct flowi4 fl4 = {
		.daddr		= flow->to.s6_addr32[3],
		.saddr		= flow->from.s6_addr32[3],
		.flowi4_mark	= flow->mark,
		.flowi4_proto	= flow->proto,
		/* The flow may be another host's. */
		.flowi4_flags	= FLOWI_FLAG_ANYSRC,
	};
	struct rtable *rt;

	skb->protocol = htons(ETH_P_IP);
	iph->version = 4;
	iph->ihl = 5;
	iph->tot_len = htons(sizeof(*iph) + sizeof(struct udphdr));
	iph->ttl = 64;
	iph->protocol = flow->proto;
	iph->saddr = fl4.saddr;
	iph->daddr = fl4.daddr;
	rt = ip_route_output_key(net, &fl4);
	return IS_ERR(rt) ? ERR_CAST(rt) : &rt->dst;
}

/* A routed packet of the flow, as the device would be given it. */
static struct sk_buff *make_packet(const struct ipv6tun_dev *tun,
				   const struct flow *flow,
				   struct genl_info *info)
{
	struct net *net = genl_info_net(info);
	struct dst_entry *dst;
	struct sk_buff *skb;
	int err;

	skb = alloc_skb(sizeof(struct ipv6hdr) + sizeof(struct udphdr),
			GFP_KERNEL);
	if (!skb)
		return ERR_PTR(-ENOMEM);
	skb_reset_network_header(skb);
	skb->mark = flow->mark;
	skb->dev = tun->dev;
	dst = ipv6_addr_v4mapped(&flow->to) ? make4(skb, net, flow) :
					      make6(skb, net, flow);
	if (IS_ERR(dst)) {
		err = PTR_ERR(dst);
		goto err_route;
	}
	skb_dst_set(skb, dst);
	err = dst->error;
	if (err)
		goto err_route;
	if (dst->dev != tun->dev) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[IPV6TUN_A_LOOKUP_TO],
				    "the route does not lead to this device");
		err = -ENETUNREACH;
		goto err_skb;
	}
	put_transport(skb, flow);
	return skb;

err_route:
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[IPV6TUN_A_LOOKUP_TO],
			    "no route to the destination");
err_skb:
	kfree_skb(skb);
	return ERR_PTR(err);
}

static int put_request(struct sk_buff *skb, struct genl_info *info,
		       const struct ipv6tun_dev *tun, const struct flow *flow)
{
	bool ip6 = !ipv6_addr_v4mapped(&flow->to);

	if (nla_put_u32(skb, IPV6TUN_A_LOOKUP_IFINDEX, tun->dev->ifindex) ||
	    nla_put_string(skb, IPV6TUN_A_LOOKUP_IFNAME, tun->dev->name) ||
	    ipv6tun_netlink_put_addr(skb, IPV6TUN_A_LOOKUP_FROM, &flow->from,
				     ip6) ||
	    ipv6tun_netlink_put_addr(skb, IPV6TUN_A_LOOKUP_TO, &flow->to,
				     ip6) ||
	    nla_put_u8(skb, IPV6TUN_A_LOOKUP_PROTO, flow->proto) ||
	    nla_put_u16(skb, IPV6TUN_A_LOOKUP_SPORT, flow->sport) ||
	    nla_put_u16(skb, IPV6TUN_A_LOOKUP_DPORT, flow->dport) ||
	    nla_put_u32(skb, IPV6TUN_A_LOOKUP_FLOW_LABEL, flow->label) ||
	    nla_put_u32(skb, IPV6TUN_A_LOOKUP_MARK, flow->mark))
		return -EMSGSIZE;
	return 0;
}

static int put_set(struct sk_buff *skb, const struct ipv6tun_choice *choice)
{
	const struct ipv6tun_pathset *set = choice->set;
	struct nlattr *nest;
	u16 owner;
	int i;

	owner = ipv6tun_pathset_owner(set, choice->bucket, NULL);
	if ((owner && nla_put_u32(skb, IPV6TUN_A_LOOKUP_OWNER, owner)) ||
	    nla_put_u32(skb, IPV6TUN_A_LOOKUP_MEMBERS, set->n))
		return -EMSGSIZE;
	for (i = 0; i < min_t(int, set->n, SHOWN_MAX); i++) {
		nest = nla_nest_start(skb, IPV6TUN_A_LOOKUP_MEMBER);
		if (!nest ||
		    nla_put_u32(skb, IPV6TUN_A_MEMBER_ID, set->member[i].id) ||
		    nla_put_u32(skb, IPV6TUN_A_MEMBER_WEIGHT,
				set->member[i].weight))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int put_route(struct sk_buff *skb, const struct ipv6tun_choice *choice)
{
	const struct ipv6tun_fib_match *match = &choice->match;

	if (nla_put_u32(skb, IPV6TUN_A_LOOKUP_TABLE, match->table) ||
	    ipv6tun_netlink_put_addr(skb, IPV6TUN_A_LOOKUP_PREFIX,
				     &match->prefix,
				     match->family == AF_INET6) ||
	    nla_put_u8(skb, IPV6TUN_A_LOOKUP_PREFIX_LEN, match->plen))
		return -EMSGSIZE;
	return 0;
}

static int put_answer(struct sk_buff *skb, const struct ipv6tun_choice *choice)
{
	int err;

	if (choice->id)
		err = nla_put_u32(skb, IPV6TUN_A_LOOKUP_ID, choice->id);
	else
		err = nla_put_u32(skb, IPV6TUN_A_LOOKUP_DROP, choice->drop);
	if (err ||
	    nla_put_u8(skb, IPV6TUN_A_LOOKUP_WHY,
		       choice->id ? choice->why : IPV6TUN_LOOKUP_WHY_NONE) ||
	    nla_put_u32(skb, IPV6TUN_A_LOOKUP_HASH, choice->hash) ||
	    nla_put_u32(skb, IPV6TUN_A_LOOKUP_BUCKET, choice->bucket))
		return -EMSGSIZE;
	if (choice->match.family && put_route(skb, choice))
		return -EMSGSIZE;
	return choice->set ? put_set(skb, choice) : 0;
}

static int answer(struct sk_buff *reply, struct genl_info *info)
{
	struct ipv6tun_choice choice;
	struct ipv6tun_dev *tun;
	struct sk_buff *packet;
	struct flow flow;
	void *hdr;
	int err;

	tun = ipv6tun_netlink_device(info, IPV6TUN_A_LOOKUP_IFINDEX);
	if (IS_ERR(tun))
		return PTR_ERR(tun);
	err = parse_flow(info, &flow);
	if (err)
		return err;
	packet = make_packet(tun, &flow, info);
	if (IS_ERR(packet))
		return PTR_ERR(packet);

	err = -EMSGSIZE;
	hdr = genlmsg_put_reply(reply, info, &ipv6tun_nl_family, 0,
				IPV6TUN_CMD_LOOKUP);
	rcu_read_lock_bh();
	rcu_read_lock();
	ipv6tun_select(tun, packet, &choice, true);
	if (hdr && !put_request(reply, info, tun, &flow) &&
	    !put_answer(reply, &choice)) {
		genlmsg_end(reply, hdr);
		err = 0;
	}
	rcu_read_unlock();
	rcu_read_unlock_bh();
	kfree_skb(packet);
	return err;
}

/**
 * ipv6tun_nl_lookup_doit() - tell which path a flow takes now
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: process; takes RTNL.
 * Return: 0 or a negative errno.
 */
int ipv6tun_nl_lookup_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply;
	int err;

	reply = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	rtnl_lock();
	err = answer(reply, info);
	rtnl_unlock();
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	return genlmsg_reply(reply, info);
}
