// SPDX-License-Identifier: GPL-2.0
/*
 * Which path does a flow take? A packet of the flow is made or given, routed
 * and shown to the code that decides for all packets, then thrown away.
 */
#include <linux/icmpv6.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/dsfield.h>
#include <net/flow_dissector.h>
#include <net/genetlink.h>
#include <net/icmp.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/route.h>

#include "compat/fib.h"
#include "device.h"
#include "fib.h"
#include "health.h"
#include "netlink.h"
#include "netlink-gen.h"
#include "path.h"
#include "pathset.h"
#include "select.h"

/* Paths of a set that the answer shows. */
#define SHOWN_MAX	64

/**
 * struct flow - the flow asked about
 * @packet: the packet given, from its IP header on; NULL to make one
 * @len: bytes of @packet, at least its IP header
 * @from: source, IPv4 as v4-mapped
 * @to: destination
 * @label: IPv6 flow label
 * @mark: packet mark
 * @sport: source port, or ICMP echo identifier
 * @dport: destination port
 * @tos: TOS or traffic class
 * @proto: IP protocol
 */
struct flow {
	const void	*packet;
	unsigned int	len;
	struct in6_addr	from;
	struct in6_addr	to;
	u32		label;
	u32		mark;
	u16		sport;
	u16		dport;
	u8		tos;
	u8		proto;
};

static bool is_ip4(const struct flow *flow)
{
	return ipv6_addr_v4mapped(&flow->to);
}

static u32 get_u32(const struct nlattr *attr)
{
	return attr ? nla_get_u32(attr) : 0;
}

static u16 get_u16(const struct nlattr *attr)
{
	return attr ? nla_get_u16(attr) : 0;
}

/* The fields of a flow, given one by one. */
static int parse_fields(struct genl_info *info, struct flow *flow)
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
	flow->sport = get_u16(attrs[IPV6TUN_A_LOOKUP_SPORT]);
	flow->dport = get_u16(attrs[IPV6TUN_A_LOOKUP_DPORT]);
	flow->proto = attrs[IPV6TUN_A_LOOKUP_PROTO] ?
		      nla_get_u8(attrs[IPV6TUN_A_LOOKUP_PROTO]) : IPPROTO_NONE;
	return 0;
}

/* What a packet says itself cannot be said beside it. */
static int packet_alone(struct genl_info *info)
{
	static const u8 fields[] = {
		IPV6TUN_A_LOOKUP_FROM, IPV6TUN_A_LOOKUP_TO,
		IPV6TUN_A_LOOKUP_PROTO, IPV6TUN_A_LOOKUP_SPORT,
		IPV6TUN_A_LOOKUP_DPORT, IPV6TUN_A_LOOKUP_FLOW_LABEL,
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		if (!info->attrs[fields[i]])
			continue;
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[fields[i]],
				    "a packet and the fields of a flow exclude each other");
		return -EINVAL;
	}
	return 0;
}

/* The header must be whole and right in itself; the rest may be cut off. */
static bool read_ip4(struct flow *flow)
{
	const struct iphdr *iph = flow->packet;
	unsigned int len;

	if (flow->len < sizeof(*iph) || iph->ihl < 5)
		return false;
	len = ntohs(iph->tot_len);
	if (flow->len < iph->ihl * 4 || len < iph->ihl * 4)
		return false;
	/* What follows the packet is a link layer's padding. */
	flow->len = min(flow->len, len);
	ipv6_addr_set_v4mapped(iph->saddr, &flow->from);
	ipv6_addr_set_v4mapped(iph->daddr, &flow->to);
	flow->tos = iph->tos;
	flow->proto = iph->protocol;
	return true;
}

static bool read_ip6(struct flow *flow)
{
	const struct ipv6hdr *ip6 = flow->packet;
	unsigned int len;

	if (flow->len < sizeof(*ip6))
		return false;
	/* No such packet is received (RFC 4291, section 2.5.5.2). */
	if (ipv6_addr_v4mapped(&ip6->saddr) || ipv6_addr_v4mapped(&ip6->daddr))
		return false;
	len = ntohs(ip6->payload_len);
	/* 0 with a jumbo payload (RFC 2675). */
	if (len)
		flow->len = min_t(unsigned int, flow->len, sizeof(*ip6) + len);
	flow->from = ip6->saddr;
	flow->to = ip6->daddr;
	flow->tos = ipv6_get_dsfield(ip6);
	flow->label = ntohl(ip6_flowlabel(ip6));
	flow->proto = ip6->nexthdr;
	return true;
}

static int parse_packet(struct genl_info *info, struct flow *flow)
{
	const struct nlattr *attr = info->attrs[IPV6TUN_A_LOOKUP_PACKET];
	const u8 *version = nla_data(attr);
	int err;

	err = packet_alone(info);
	if (err)
		return err;
	flow->packet = nla_data(attr);
	flow->len = nla_len(attr);
	switch (flow->len ? *version >> 4 : 0) {
	case 4:
		if (read_ip4(flow))
			return 0;
		break;
	case 6:
		if (read_ip6(flow))
			return 0;
		break;
	default:
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "neither an IPv4 nor an IPv6 packet");
		return -EINVAL;
	}
	NL_SET_ERR_MSG_ATTR(info->extack, attr,
			    "the IP header is incomplete or wrong");
	return -EINVAL;
}

static int parse_flow(struct genl_info *info, struct flow *flow)
{
	memset(flow, 0, sizeof(*flow));
	flow->mark = get_u32(info->attrs[IPV6TUN_A_LOOKUP_MARK]);
	if (info->attrs[IPV6TUN_A_LOOKUP_PACKET])
		return parse_packet(info, flow);
	return parse_fields(info, flow);
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

static void put_ip6(struct sk_buff *skb, const struct flow *flow)
{
	struct ipv6hdr *ip6 = skb_put_zero(skb, sizeof(*ip6));

	ip6_flow_hdr(ip6, flow->tos, htonl(flow->label));
	ip6->payload_len = htons(sizeof(struct udphdr));
	ip6->nexthdr = flow->proto;
	ip6->hop_limit = 64;
	ip6->saddr = flow->from;
	ip6->daddr = flow->to;
}

static void put_ip4(struct sk_buff *skb, const struct flow *flow)
{
	struct iphdr *iph = skb_put_zero(skb, sizeof(*iph));

	iph->version = 4;
	iph->ihl = 5;
	iph->tos = flow->tos;
	iph->tot_len = htons(sizeof(*iph) + sizeof(struct udphdr));
	iph->ttl = 64;
	iph->protocol = flow->proto;
	iph->saddr = flow->from.s6_addr32[3];
	iph->daddr = flow->to.s6_addr32[3];
}

static bool is_echo(const struct icmphdr *icmp, u8 proto)
{
	if (proto == IPPROTO_ICMP)
		return icmp->type == ICMP_ECHO || icmp->type == ICMP_ECHOREPLY;
	return icmp->type == ICMPV6_ECHO_REQUEST ||
	       icmp->type == ICMPV6_ECHO_REPLY;
}

/*
 * Protocol and ports of a packet as routing rules see them: behind extension
 * headers, and of fragments none.
 */
static void read_transport(const struct sk_buff *skb, struct flow *flow)
{
	const struct icmphdr *icmp;
	struct flow_keys keys;
	struct icmphdr buf;

	if (!skb_flow_dissect_flow_keys(skb, &keys,
					FLOW_DISSECTOR_F_STOP_AT_ENCAP))
		return;
	flow->proto = keys.basic.ip_proto;
	if (flow->proto != IPPROTO_ICMP && flow->proto != IPPROTO_ICMPV6) {
		flow->sport = ntohs(keys.ports.src);
		flow->dport = ntohs(keys.ports.dst);
		return;
	}
	if (keys.control.flags & FLOW_DIS_IS_FRAGMENT)
		return;
	icmp = skb_header_pointer(skb, keys.control.thoff, sizeof(buf), &buf);
	if (icmp && is_echo(icmp, flow->proto))
		flow->sport = ntohs(icmp->un.echo.id);
}

/*
 * The route as it would be for another host's packet, whose ingress device
 * alone is not known: the rules of the routing table may ask for all else.
 */
static struct dst_entry *route6(const struct ipv6tun_dev *tun, struct net *net,
				const struct flow *flow, bool ports)
{
	struct flowi6 fl6 = {
		.flowi6_oif	= l3mdev_master_ifindex(tun->dev),
		.daddr		= flow->to,
		.saddr		= flow->from,
		.flowlabel	= ip6_make_flowinfo(flow->tos,
						    htonl(flow->label)),
		.flowi6_mark	= flow->mark,
		.flowi6_proto	= flow->proto,
		.fl6_sport	= ports ? htons(flow->sport) : 0,
		.fl6_dport	= ports ? htons(flow->dport) : 0,
	};

	return ip6_route_output(net, NULL, &fl6);
}

static struct dst_entry *route4(const struct ipv6tun_dev *tun, struct net *net,
				const struct flow *flow, bool ports)
{
	struct flowi4 fl4 = {
		.flowi4_oif	= l3mdev_master_ifindex(tun->dev),
		.daddr		= flow->to.s6_addr32[3],
		.saddr		= flow->from.s6_addr32[3],
		.flowi4_mark	= flow->mark,
		.flowi4_proto	= flow->proto,
		/* The flow may be another host's. */
		.flowi4_flags	= FLOWI_FLAG_ANYSRC,
		.fl4_sport	= ports ? htons(flow->sport) : 0,
		.fl4_dport	= ports ? htons(flow->dport) : 0,
	};
	struct rtable *rt;

	compat_fib4_set_tos(&fl4, flow->tos);
	rt = ip_route_output_key(net, &fl4);
	return IS_ERR(rt) ? ERR_CAST(rt) : &rt->dst;
}

static struct dst_entry *route(const struct ipv6tun_dev *tun, struct net *net,
			       const struct flow *flow)
{
	bool ports = flow->proto != IPPROTO_ICMP &&
		     flow->proto != IPPROTO_ICMPV6;

	return is_ip4(flow) ? route4(tun, net, flow, ports) :
			      route6(tun, net, flow, ports);
}

static void fill_packet(struct sk_buff *skb, struct flow *flow)
{
	if (flow->packet) {
		skb_put_data(skb, flow->packet, flow->len);
		read_transport(skb, flow);
		return;
	}
	if (is_ip4(flow))
		put_ip4(skb, flow);
	else
		put_ip6(skb, flow);
	put_transport(skb, flow);
}

/*
 * A routed packet of the flow, as the device would be given it. Of a packet
 * given, @flow gets the transport protocol and ports.
 */
static struct sk_buff *make_packet(const struct ipv6tun_dev *tun,
				   struct flow *flow, struct genl_info *info)
{
	const struct nlattr *to = info->attrs[IPV6TUN_A_LOOKUP_TO] ?:
				  info->attrs[IPV6TUN_A_LOOKUP_PACKET];
	struct dst_entry *dst;
	struct sk_buff *skb;
	int err;

	BUILD_BUG_ON(IPV6TUN_PACKET_MAX <
		     sizeof(struct ipv6hdr) + sizeof(struct udphdr));
	skb = alloc_skb(IPV6TUN_PACKET_MAX, GFP_KERNEL);
	if (!skb)
		return ERR_PTR(-ENOMEM);
	skb_reset_network_header(skb);
	skb->protocol = htons(is_ip4(flow) ? ETH_P_IP : ETH_P_IPV6);
	skb->mark = flow->mark;
	skb->dev = tun->dev;
	fill_packet(skb, flow);
	dst = route(tun, genl_info_net(info), flow);
	if (IS_ERR(dst)) {
		err = PTR_ERR(dst);
		goto err_route;
	}
	skb_dst_set(skb, dst);
	err = dst->error;
	if (err)
		goto err_route;
	if (dst->dev != tun->dev) {
		NL_SET_ERR_MSG_ATTR(info->extack, to,
				    "the route does not lead to this device");
		err = -ENETUNREACH;
		goto err_skb;
	}
	return skb;

err_route:
	NL_SET_ERR_MSG_ATTR(info->extack, to, "no route to the destination");
err_skb:
	kfree_skb(skb);
	return ERR_PTR(err);
}

static int put_request(struct sk_buff *skb, struct genl_info *info,
		       const struct ipv6tun_dev *tun, const struct flow *flow)
{
	bool ip6 = !is_ip4(flow);

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

/* Why does the owner of the bucket not have it? */
static int put_owner(struct sk_buff *skb, const struct ipv6tun_dev *tun,
		     const struct ipv6tun_choice *choice)
{
	struct ipv6tun_health_now now;
	struct ipv6tun_path *path;
	u16 owner;

	owner = ipv6tun_pathset_owner(choice->set, choice->bucket, NULL);
	if (!owner)
		return 0;
	if (nla_put_u32(skb, IPV6TUN_A_LOOKUP_OWNER, owner))
		return -EMSGSIZE;
	path = rcu_dereference(tun->paths.path[owner]);
	if (owner == choice->id || !path)
		return 0;
	ipv6tun_health_get(path->health, &now);
	return nla_put_u8(skb, IPV6TUN_A_LOOKUP_OWNER_REASON, now.reason);
}

static int put_set(struct sk_buff *skb, const struct ipv6tun_dev *tun,
		   const struct ipv6tun_choice *choice)
{
	const struct ipv6tun_pathset *set = choice->set;
	struct nlattr *nest;
	int i;

	if (put_owner(skb, tun, choice) ||
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

static int put_answer(struct sk_buff *skb, const struct ipv6tun_dev *tun,
		      const struct ipv6tun_choice *choice)
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
	return choice->set ? put_set(skb, tun, choice) : 0;
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
	    !put_answer(reply, tun, &choice)) {
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
	return ipv6tun_netlink_answer(info, answer);
}
