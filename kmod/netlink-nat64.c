// SPDX-License-Identifier: GPL-2.0
/*
 * NAT64 is configured by editing a copy of the configuration and applying that:
 * whatever is wrong with a request is found before anything has changed.
 */
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>

#include "compat/genl.h"
#include "device.h"
#include "nat64/addr.h"
#include "nat64/cfg.h"
#include "nat64/instance.h"
#include "netlink.h"
#include "netlink-gen.h"
#include "netlink-nat64.h"

#define DEFAULT_PORT_MIN	1024
#define DEFAULT_PORT_MAX	65535
#define ALL_PROTOS		(IPV6TUN_NAT64_PROTO_TCP | \
				 IPV6TUN_NAT64_PROTO_UDP | \
				 IPV6TUN_NAT64_PROTO_ICMP)

/* Bits of a pool4 range mean the same in a request and in a configuration. */
static_assert(BIT(NAT64_L4_TCP) == IPV6TUN_NAT64_PROTO_TCP);
static_assert(BIT(NAT64_L4_UDP) == IPV6TUN_NAT64_PROTO_UDP);
static_assert(BIT(NAT64_L4_ICMP) == IPV6TUN_NAT64_PROTO_ICMP);

/*
 * Counts changes of any configuration, so that a list that was changed between
 * two messages can be told from one that was not. RTNL.
 */
static unsigned int changes = 1;

/**
 * struct locals - IPv4 addresses of this host
 * @n: how many
 * @addr: the addresses, network byte order
 */
struct locals {
	unsigned int	n;
	__be32		addr[];
};

/**
 * struct input - what an object is read from
 * @tb: attributes by number
 * @nest: the nest they are in, NULL if none
 * @locals: addresses that cannot be used
 * @extack: told what is wrong
 */
struct input {
	struct nlattr		**tb;
	const struct nlattr	*nest;
	const struct locals	*locals;
	struct netlink_ext_ack	*extack;
};

/* Changes a configuration as the request says. */
typedef int (*edit_fn)(const struct input *in, struct nat64_cfg *cfg);

const struct ipv6tun_nat64_filter_attrs ipv6tun_nat64_bib_filter = {
	.proto		= IPV6TUN_A_BIB_PROTO,
	.addr6		= IPV6TUN_A_BIB_ADDR6,
	.addr6_len	= IPV6TUN_A_BIB_ADDR6_LEN,
	.port6		= IPV6TUN_A_BIB_PORT6,
	.addr4		= IPV6TUN_A_BIB_ADDR4,
	.addr4_len	= IPV6TUN_A_BIB_ADDR4_LEN,
	.port4		= IPV6TUN_A_BIB_PORT4,
};

const struct ipv6tun_nat64_filter_attrs ipv6tun_nat64_session_filter = {
	.proto		= IPV6TUN_A_SESSION_PROTO,
	.addr6		= IPV6TUN_A_SESSION_ADDR6,
	.addr6_len	= IPV6TUN_A_SESSION_ADDR6_LEN,
	.port6		= IPV6TUN_A_SESSION_PORT6,
	.addr4		= IPV6TUN_A_SESSION_ADDR4,
	.addr4_len	= IPV6TUN_A_SESSION_ADDR4_LEN,
	.port4		= IPV6TUN_A_SESSION_PORT4,
	.remote4	= IPV6TUN_A_SESSION_REMOTE4,
	.remote4_len	= IPV6TUN_A_SESSION_REMOTE4_LEN,
};

/**
 * ipv6tun_netlink_nat64_changes() - number of the present configuration
 *
 * Context: RTNL.
 * Return: a number that differs, and is not 0, after each change.
 */
unsigned int ipv6tun_netlink_nat64_changes(void)
{
	ASSERT_RTNL();
	return changes;
}

/*
 * The macros of netlink.h want the text where they are used; here it often
 * comes from below. It is always a constant of this module.
 */
static int refuse(struct netlink_ext_ack *extack, const struct nlattr *attr,
		  int err, const char *why)
{
	if (!extack)
		return err;
	extack->_msg = why;
	if (attr)
		NL_SET_BAD_ATTR(extack, attr);
	return err;
}

static int refuse_attr(const struct input *in, int attr, int err,
		       const char *why)
{
	return refuse(in->extack, in->tb[attr] ?: in->nest, err, why);
}

static int need(const struct input *in, int attr)
{
	return NL_REQ_ATTR_CHECK(in->extack, in->nest, in->tb, attr) ?
	       -EINVAL : 0;
}

/**
 * ipv6tun_netlink_nat64_proto() - IP protocol number of a kind of sessions
 * @l4: enum nat64_l4
 *
 * Context: any. Return: the number; of echo that of ICMP, not ICMPv6.
 */
u8 ipv6tun_netlink_nat64_proto(u8 l4)
{
	static const u8 protos[NAT64_L4_N] = {
		[NAT64_L4_TCP]	= IPPROTO_TCP,
		[NAT64_L4_UDP]	= IPPROTO_UDP,
		[NAT64_L4_ICMP]	= IPPROTO_ICMP,
	};

	return protos[l4];
}

static int get_l4(const struct nlattr *attr, u8 *l4,
		  struct netlink_ext_ack *extack)
{
	u8 proto = nla_get_u8(attr);

	for (*l4 = 0; *l4 < NAT64_L4_N; (*l4)++)
		if (ipv6tun_netlink_nat64_proto(*l4) == proto)
			return 0;
	return refuse(extack, attr, -EINVAL,
		      "none of 6 (TCP), 17 (UDP) and 1 (ICMP)");
}

/* A prefix whose length is @def if @len is not given. */
static int get_prefix6(const struct nlattr *addr, const struct nlattr *len,
		       struct nat64_prefix6 *prefix, u8 def,
		       struct netlink_ext_ack *extack)
{
	struct in6_addr masked;

	prefix->addr = nla_get_in6_addr(addr);
	prefix->len = len ? nla_get_u8(len) : def;
	ipv6_addr_prefix(&masked, &prefix->addr, prefix->len);
	if (ipv6_addr_equal(&masked, &prefix->addr))
		return 0;
	return refuse(extack, addr, -EINVAL,
		      "the prefix has bits set beyond its length");
}

static int get_prefix4(const struct nlattr *addr, const struct nlattr *len,
		       struct nat64_prefix4 *prefix, u8 def,
		       struct netlink_ext_ack *extack)
{
	prefix->addr = nla_get_in_addr(addr);
	prefix->len = len ? nla_get_u8(len) : def;
	if (!(prefix->addr & ~inet_make_mask(prefix->len)))
		return 0;
	return refuse(extack, addr, -EINVAL,
		      "the prefix has bits set beyond its length");
}

/* The length without the address means nothing. */
static int lone_len(struct nlattr **tb, int addr, int len,
		    struct netlink_ext_ack *extack)
{
	if (tb[addr] || !tb[len])
		return 0;
	return refuse(extack, tb[len], -EINVAL,
		      "a length without an address");
}

static int get_port(const struct nlattr *attr, __be16 *port,
		    struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	*port = cpu_to_be16(nla_get_u16(attr));
	return *port ? 0 : refuse(extack, attr, -ERANGE,
				  "a port is from 1 to 65535");
}

/**
 * ipv6tun_netlink_nat64_filter() - read which sessions are meant
 * @tb: the request's attributes by number
 * @which: those that make the filter
 * @filter: the filter, matches all that the request does not exclude
 * @extack: told what is wrong
 *
 * Context: any.
 * Return: 0 or a negative errno.
 */
int ipv6tun_netlink_nat64_filter(struct nlattr **tb,
				 const struct ipv6tun_nat64_filter_attrs *which,
				 struct nat64_filter *filter,
				 struct netlink_ext_ack *extack)
{
	int err;

	*filter = (struct nat64_filter){ .l4 = NAT64_L4_N };
	if (tb[which->proto]) {
		err = get_l4(tb[which->proto], &filter->l4, extack);
		if (err)
			return err;
	}
	err = lone_len(tb, which->addr6, which->addr6_len, extack) ?:
	      lone_len(tb, which->addr4, which->addr4_len, extack) ?:
	      get_port(tb[which->port6], &filter->port6, extack) ?:
	      get_port(tb[which->port4], &filter->port4, extack);
	if (err)
		return err;
	if (tb[which->addr6]) {
		filter->has6 = true;
		err = get_prefix6(tb[which->addr6], tb[which->addr6_len],
				  &filter->prefix6, 128, extack);
		if (err)
			return err;
	}
	if (tb[which->addr4]) {
		filter->has4 = true;
		err = get_prefix4(tb[which->addr4], tb[which->addr4_len],
				  &filter->prefix4, 32, extack);
		if (err)
			return err;
	}
	if (!which->remote4)
		return 0;
	err = lone_len(tb, which->remote4, which->remote4_len, extack);
	if (err || !tb[which->remote4])
		return err;
	filter->has_remote = true;
	return get_prefix4(tb[which->remote4], tb[which->remote4_len],
			   &filter->remote, 32, extack);
}

static bool overlap4(const struct nat64_prefix4 *a, __be32 addr, u8 len)
{
	__be32 mask = inet_make_mask(min(a->len, len));

	return !((a->addr ^ addr) & mask);
}

/* All addresses of the prefix can be those of a host. */
static bool is_unicast4(const struct nat64_prefix4 *prefix)
{
	return !overlap4(prefix, htonl(INADDR_ANY), 8) &&
	       !overlap4(prefix, htonl(INADDR_LOOPBACK), 8) &&
	       !overlap4(prefix, htonl(INADDR_UNSPEC_GROUP), 4) &&
	       !overlap4(prefix, htonl(INADDR_BROADCAST), 32);
}

static bool is_unicast6(const struct nat64_prefix6 *prefix)
{
	int type = ipv6_addr_type(&prefix->addr);

	return type & IPV6_ADDR_UNICAST &&
	       !(type & (IPV6_ADDR_LOOPBACK | IPV6_ADDR_LINKLOCAL));
}

/* Those of @dev, at @addr if that is there. Return: how many. */
static unsigned int locals_of(const struct net_device *dev, __be32 *addr)
{
	const struct in_device *in_dev = __in_dev_get_rtnl(dev);
	const struct in_ifaddr *ifa;
	unsigned int n = 0;

	if (!in_dev)
		return 0;
	in_dev_for_each_ifa_rtnl(ifa, in_dev) {
		if (addr)
			addr[n] = ifa->ifa_local;
		n++;
	}
	return n;
}

/*
 * What is translated comes in again with its new source, and this host's own
 * addresses are martian sources. Those of another VRF are not this host's.
 * RTNL. Return: to be freed with kvfree(), NULL without memory.
 */
static struct locals *find_locals(const struct ipv6tun_dev *tun)
{
	int master = l3mdev_master_ifindex(tun->dev);
	struct net *net = dev_net(tun->dev);
	struct locals *locals;
	struct net_device *dev;
	unsigned int n = 0;

	ASSERT_RTNL();
	for_each_netdev(net, dev)
		n += locals_of(dev, NULL);
	locals = kvmalloc(struct_size(locals, addr, n), GFP_KERNEL);
	if (!locals)
		return NULL;
	locals->n = 0;
	for_each_netdev(net, dev)
		if (l3mdev_master_ifindex(dev) == master)
			locals->n += locals_of(dev, locals->addr + locals->n);
	return locals;
}

static bool has_local(const struct locals *locals,
		      const struct nat64_prefix4 *prefix)
{
	unsigned int i;

	for (i = 0; i < locals->n; i++)
		if (nat64_addr_in4(prefix, locals->addr[i]))
			return true;
	return false;
}

static int check4(const struct input *in, int attr,
		  const struct nat64_prefix4 *prefix)
{
	if (!is_unicast4(prefix))
		return refuse_attr(in, attr, -EINVAL,
				   "not a unicast address");
	if (has_local(in->locals, prefix))
		return refuse_attr(in, attr, -EADDRINUSE,
				   "an address of this host");
	return 0;
}

static int parse_pool6(const struct input *in, struct nat64_prefix6 *prefix)
{
	return need(in, IPV6TUN_A_POOL6_PREFIX) ?:
	       need(in, IPV6TUN_A_POOL6_PREFIX_LEN) ?:
	       get_prefix6(in->tb[IPV6TUN_A_POOL6_PREFIX],
			   in->tb[IPV6TUN_A_POOL6_PREFIX_LEN], prefix, 0,
			   in->extack);
}

static int add_pool6(const struct input *in, struct nat64_cfg *cfg)
{
	struct nat64_prefix6 prefix;
	const char *why = NULL;
	int err;

	err = parse_pool6(in, &prefix);
	if (err)
		return err;
	if (!is_unicast6(&prefix))
		return refuse_attr(in, IPV6TUN_A_POOL6_PREFIX, -EINVAL,
				   "not a global unicast prefix");
	err = nat64_cfg_add_pool6(cfg, &prefix, &why);
	return err ? refuse_attr(in, IPV6TUN_A_POOL6_PREFIX, err, why) : 0;
}

static int del_pool6(const struct input *in, struct nat64_cfg *cfg)
{
	struct nat64_prefix6 prefix;
	const char *why = NULL;
	int err;

	err = parse_pool6(in, &prefix);
	if (err)
		return err;
	err = nat64_cfg_del_pool6(cfg, &prefix, &why);
	return err ? refuse_attr(in, IPV6TUN_A_POOL6_PREFIX, err, why) : 0;
}

static int parse_pool4(const struct input *in, struct nat64_pool4_range *range)
{
	struct nlattr **tb = in->tb;
	int err;

	err = need(in, IPV6TUN_A_POOL4_PREFIX) ?:
	      need(in, IPV6TUN_A_POOL4_PREFIX_LEN) ?:
	      get_prefix4(tb[IPV6TUN_A_POOL4_PREFIX],
			  tb[IPV6TUN_A_POOL4_PREFIX_LEN], &range->prefix, 0,
			  in->extack);
	if (err)
		return err;
	range->protos = ALL_PROTOS;
	range->min = DEFAULT_PORT_MIN;
	range->max = DEFAULT_PORT_MAX;
	if (tb[IPV6TUN_A_POOL4_PROTOS])
		range->protos = nla_get_u8(tb[IPV6TUN_A_POOL4_PROTOS]);
	if (!range->protos)
		return refuse_attr(in, IPV6TUN_A_POOL4_PROTOS, -EINVAL,
				   "no protocol given");
	if (tb[IPV6TUN_A_POOL4_PORT_MIN])
		range->min = nla_get_u16(tb[IPV6TUN_A_POOL4_PORT_MIN]);
	if (tb[IPV6TUN_A_POOL4_PORT_MAX])
		range->max = nla_get_u16(tb[IPV6TUN_A_POOL4_PORT_MAX]);
	if (range->min > range->max)
		return refuse_attr(in, tb[IPV6TUN_A_POOL4_PORT_MAX] ?
				   IPV6TUN_A_POOL4_PORT_MAX :
				   IPV6TUN_A_POOL4_PORT_MIN, -ERANGE,
				   "the lowest port is above the highest");
	return 0;
}

static int add_pool4(const struct input *in, struct nat64_cfg *cfg)
{
	struct nat64_pool4_range range;
	const char *why = NULL;
	int err;

	err = parse_pool4(in, &range) ?:
	      check4(in, IPV6TUN_A_POOL4_PREFIX, &range.prefix);
	if (err)
		return err;
	err = nat64_cfg_add_pool4(cfg, &range, &why);
	return err ? refuse_attr(in, IPV6TUN_A_POOL4_PREFIX, err, why) : 0;
}

static int del_pool4(const struct input *in, struct nat64_cfg *cfg)
{
	struct nat64_pool4_range range;
	const char *why = NULL;
	int err;

	err = parse_pool4(in, &range);
	if (err)
		return err;
	err = nat64_cfg_del_pool4(cfg, &range, &why);
	return err ? refuse_attr(in, IPV6TUN_A_POOL4_PREFIX, err, why) : 0;
}

static int parse_eam(const struct input *in, struct nat64_eam *eam)
{
	struct nlattr **tb = in->tb;

	return need(in, IPV6TUN_A_EAM_PREFIX6) ?:
	       need(in, IPV6TUN_A_EAM_PREFIX6_LEN) ?:
	       need(in, IPV6TUN_A_EAM_PREFIX4) ?:
	       need(in, IPV6TUN_A_EAM_PREFIX4_LEN) ?:
	       get_prefix6(tb[IPV6TUN_A_EAM_PREFIX6],
			   tb[IPV6TUN_A_EAM_PREFIX6_LEN], &eam->prefix6, 0,
			   in->extack) ?:
	       get_prefix4(tb[IPV6TUN_A_EAM_PREFIX4],
			   tb[IPV6TUN_A_EAM_PREFIX4_LEN], &eam->prefix4, 0,
			   in->extack);
}

static int add_eam(const struct input *in, struct nat64_cfg *cfg)
{
	const char *why = NULL;
	struct nat64_eam eam;
	int err;

	err = parse_eam(in, &eam) ?:
	      check4(in, IPV6TUN_A_EAM_PREFIX4, &eam.prefix4);
	if (err)
		return err;
	if (!is_unicast6(&eam.prefix6))
		return refuse_attr(in, IPV6TUN_A_EAM_PREFIX6, -EINVAL,
				   "not a global unicast prefix");
	err = nat64_cfg_add_eam(cfg, &eam, &why);
	return err ? refuse_attr(in, IPV6TUN_A_EAM_PREFIX6, err, why) : 0;
}

static int del_eam(const struct input *in, struct nat64_cfg *cfg)
{
	const char *why = NULL;
	struct nat64_eam eam;
	int err;

	err = parse_eam(in, &eam);
	if (err)
		return err;
	err = nat64_cfg_del_eam(cfg, &eam, &why);
	return err ? refuse_attr(in, IPV6TUN_A_EAM_PREFIX6, err, why) : 0;
}

/* An echo identifier may be 0, a port not. */
static int static_port(const struct input *in, int attr, u8 l4, __be16 *port)
{
	*port = cpu_to_be16(nla_get_u16(in->tb[attr]));
	if (*port || l4 == NAT64_L4_ICMP)
		return 0;
	return refuse_attr(in, attr, -ERANGE, "a port is from 1 to 65535");
}

static int parse_static(const struct input *in, struct nat64_static *entry)
{
	static const u8 needed[] = {
		IPV6TUN_A_BIB_PROTO, IPV6TUN_A_BIB_ADDR6, IPV6TUN_A_BIB_PORT6,
		IPV6TUN_A_BIB_ADDR4, IPV6TUN_A_BIB_PORT4,
	};
	int err;
	int i;

	for (i = 0; i < ARRAY_SIZE(needed); i++) {
		err = need(in, needed[i]);
		if (err)
			return err;
	}
	err = get_l4(in->tb[IPV6TUN_A_BIB_PROTO], &entry->l4, in->extack);
	if (err)
		return err;
	entry->addr6 = nla_get_in6_addr(in->tb[IPV6TUN_A_BIB_ADDR6]);
	entry->addr4 = nla_get_in_addr(in->tb[IPV6TUN_A_BIB_ADDR4]);
	return static_port(in, IPV6TUN_A_BIB_PORT6, entry->l4, &entry->port6) ?:
	       static_port(in, IPV6TUN_A_BIB_PORT4, entry->l4, &entry->port4);
}

static int add_static(const struct input *in, struct nat64_cfg *cfg)
{
	struct nat64_static entry = { 0 };
	struct nat64_prefix6 host6;
	struct nat64_prefix4 host4;
	const char *why = NULL;
	int err;

	err = parse_static(in, &entry);
	if (err)
		return err;
	host6 = (struct nat64_prefix6){ entry.addr6, 128 };
	host4 = (struct nat64_prefix4){ entry.addr4, 32 };
	if (!is_unicast6(&host6))
		return refuse_attr(in, IPV6TUN_A_BIB_ADDR6, -EINVAL,
				   "not a global unicast address");
	err = check4(in, IPV6TUN_A_BIB_ADDR4, &host4);
	if (err)
		return err;
	err = nat64_cfg_add_static(cfg, &entry, &why);
	return err ? refuse_attr(in, IPV6TUN_A_BIB_ADDR6, err, why) : 0;
}

static int del_static(const struct input *in, struct nat64_cfg *cfg)
{
	struct nat64_static entry = { 0 };
	const char *why = NULL;
	int err;

	err = parse_static(in, &entry);
	if (err)
		return err;
	err = nat64_cfg_del_static(cfg, &entry, &why);
	return err ? refuse_attr(in, IPV6TUN_A_BIB_ADDR6, err, why) : 0;
}

static int parse_timeouts(const struct input *in, struct nat64_settings *s)
{
	static const u8 attrs[NAT64_TIMEOUT_N] = {
		[NAT64_TIMEOUT_TCP_EST]		= IPV6TUN_A_NAT64_TCP_EST,
		[NAT64_TIMEOUT_TCP_TRANS]	= IPV6TUN_A_NAT64_TCP_TRANS,
		[NAT64_TIMEOUT_TCP_SYN]		= IPV6TUN_A_NAT64_TCP_SYN,
		[NAT64_TIMEOUT_UDP]		= IPV6TUN_A_NAT64_UDP,
		[NAT64_TIMEOUT_ICMP]		= IPV6TUN_A_NAT64_ICMP,
	};
	u32 value;
	int i;

	for (i = 0; i < NAT64_TIMEOUT_N; i++) {
		if (!in->tb[attrs[i]])
			continue;
		value = nla_get_u32(in->tb[attrs[i]]);
		if (value > NAT64_TIMEOUT_MAX)
			return refuse_attr(in, attrs[i], -ERANGE,
					   "a time-out is at most 30 days");
		s->timeout[i] = value;
	}
	return 0;
}

static int parse_icmp_source(const struct input *in, struct nat64_settings *s)
{
	struct nlattr **tb = in->tb;
	int err;

	if (tb[IPV6TUN_A_NAT64_NO_ICMP_SOURCE]) {
		if (tb[IPV6TUN_A_NAT64_ICMP_SOURCE])
			return refuse_attr(in, IPV6TUN_A_NAT64_NO_ICMP_SOURCE,
					   -EINVAL,
					   "icmp-source and no-icmp-source exclude each other");
		s->has_icmp_source = false;
		memset(&s->icmp_source, 0, sizeof(s->icmp_source));
	}
	err = lone_len(tb, IPV6TUN_A_NAT64_ICMP_SOURCE,
		       IPV6TUN_A_NAT64_ICMP_SOURCE_LEN, in->extack);
	if (err || !tb[IPV6TUN_A_NAT64_ICMP_SOURCE])
		return err;
	s->has_icmp_source = true;
	return get_prefix4(tb[IPV6TUN_A_NAT64_ICMP_SOURCE],
			   tb[IPV6TUN_A_NAT64_ICMP_SOURCE_LEN],
			   &s->icmp_source, 32, in->extack) ?:
	       check4(in, IPV6TUN_A_NAT64_ICMP_SOURCE, &s->icmp_source);
}

static int edit_settings(const struct input *in, struct nat64_cfg *cfg)
{
	struct nat64_settings *s = &cfg->settings;
	struct nlattr **tb = in->tb;
	int err;

	if (tb[IPV6TUN_A_NAT64_MODE])
		s->mode = nla_get_u8(tb[IPV6TUN_A_NAT64_MODE]);
	if (tb[IPV6TUN_A_NAT64_FILTERING])
		s->filtering = nla_get_u8(tb[IPV6TUN_A_NAT64_FILTERING]);
	if (tb[IPV6TUN_A_NAT64_UDP_ZERO])
		s->udp_zero = nla_get_u8(tb[IPV6TUN_A_NAT64_UDP_ZERO]);
	if (tb[IPV6TUN_A_NAT64_SESSION_EVENTS])
		s->session_events =
			nla_get_u8(tb[IPV6TUN_A_NAT64_SESSION_EVENTS]);
	if (tb[IPV6TUN_A_NAT64_LOWEST_MTU])
		s->lowest_mtu = nla_get_u16(tb[IPV6TUN_A_NAT64_LOWEST_MTU]);
	if (tb[IPV6TUN_A_NAT64_MAX_SESSIONS])
		s->max_sessions =
			nla_get_u32(tb[IPV6TUN_A_NAT64_MAX_SESSIONS]);
	if (s->max_sessions > NAT64_SESSIONS_MAX)
		return refuse_attr(in, IPV6TUN_A_NAT64_MAX_SESSIONS, -ERANGE,
				   "more than 16777216 sessions");
	err = parse_timeouts(in, s);
	if (err)
		return err;
	return parse_icmp_source(in, s);
}

/* What nat64-replace has in nests. */
static const struct {
	const struct nla_policy	*policy;
	int			max;
	edit_fn			add;
} nests[] = {
	[IPV6TUN_A_NAT64_POOL6] = {
		ipv6tun_pool6_config_nl_policy, IPV6TUN_A_POOL6_PREFIX_LEN,
		add_pool6,
	},
	[IPV6TUN_A_NAT64_POOL4] = {
		ipv6tun_pool4_config_nl_policy, IPV6TUN_A_POOL4_PORT_MAX,
		add_pool4,
	},
	[IPV6TUN_A_NAT64_EAM] = {
		ipv6tun_eam_config_nl_policy, IPV6TUN_A_EAM_PREFIX4_LEN,
		add_eam,
	},
	[IPV6TUN_A_NAT64_BIB] = {
		ipv6tun_bib_config_nl_policy, IPV6TUN_A_BIB_PORT4,
		add_static,
	},
};

static int add_nest(const struct input *in, const struct nlattr *attr,
		    struct nat64_cfg *cfg)
{
	struct nlattr *tb[IPV6TUN_A_BIB_MAX + 1];
	struct input inner = *in;
	int type = nla_type(attr);
	int err;

	static_assert((int)IPV6TUN_A_BIB_MAX >= (int)IPV6TUN_A_POOL6_MAX);
	static_assert((int)IPV6TUN_A_BIB_MAX >= (int)IPV6TUN_A_POOL4_MAX);
	static_assert((int)IPV6TUN_A_BIB_MAX >= (int)IPV6TUN_A_EAM_MAX);
	if (type >= ARRAY_SIZE(nests) || !nests[type].add)
		return 0;
	err = nla_parse_nested(tb, nests[type].max, attr, nests[type].policy,
			       in->extack);
	if (err)
		return err;
	inner.tb = tb;
	inner.nest = attr;
	return nests[type].add(&inner, cfg);
}

/* The instance of a device, which must have one. */
static struct nat64 *find_nat(struct ipv6tun_dev *tun, struct genl_info *info,
			      int ifindex)
{
	struct nat64 *nat = rtnl_dereference(tun->nat64);

	if (nat)
		return nat;
	refuse(info->extack, info->attrs[ifindex], -ENOENT,
	       "the device has no NAT64");
	return ERR_PTR(-ENOENT);
}

/* Make @cfg, which is taken in any case, the configuration of @tun. RTNL. */
static int apply(struct ipv6tun_dev *tun, struct nat64_cfg *cfg,
		 struct netlink_ext_ack *extack)
{
	struct nat64 *nat = rtnl_dereference(tun->nat64);
	const char *why = NULL;
	bool made = !nat;
	int err;

	if (made) {
		nat = nat64_instance_make(tun);
		if (IS_ERR(nat)) {
			nat64_cfg_free(cfg);
			return PTR_ERR(nat);
		}
		/* Nothing is there yet that could be told. */
		nat->state.tell = ipv6tun_netlink_nat64_tell;
	}
	err = nat64_instance_apply(nat, cfg, &why);
	if (err) {
		nat64_cfg_free(cfg);
		if (made)
			nat64_instance_destroy(tun);
		return refuse(extack, NULL, err, why);
	}
	if (!++changes)
		changes = 1;
	ipv6tun_netlink_nat64_notify(nat, IPV6TUN_CMD_NAT64_SET_NTF);
	return 0;
}

/*
 * Edit the configuration of the device that attribute @ifindex names; @create
 * one if it has none.
 */
static int edit(struct genl_info *info, int ifindex, bool create, edit_fn fn)
{
	struct input in = { .tb = info->attrs, .extack = info->extack };
	struct ipv6tun_dev *tun;
	struct locals *locals;
	struct nat64_cfg *cfg;
	struct nat64 *nat;
	int err;

	tun = ipv6tun_netlink_device(info, ifindex);
	if (IS_ERR(tun))
		return PTR_ERR(tun);
	nat = rtnl_dereference(tun->nat64);
	if (!nat && !create)
		return PTR_ERR(find_nat(tun, info, ifindex));
	locals = find_locals(tun);
	if (!locals)
		return -ENOMEM;
	cfg = nat ? nat64_cfg_copy(rtnl_dereference(nat->cfg)) :
		    nat64_cfg_new();
	in.locals = locals;
	err = cfg ? fn(&in, cfg) : -ENOMEM;
	kvfree(locals);
	if (err) {
		nat64_cfg_free(cfg);
		return err;
	}
	return apply(tun, cfg, info->extack);
}

static int edit_locked(struct genl_info *info, int ifindex, bool create,
		       edit_fn fn)
{
	int err;

	rtnl_lock();
	err = edit(info, ifindex, create, fn);
	rtnl_unlock();
	return err;
}

/**
 * ipv6tun_nl_nat64_set_doit() - change settings, or give a device NAT64
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: process; takes RTNL.
 * Return: 0 or a negative errno, and then nothing changed.
 */
int ipv6tun_nl_nat64_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	return edit_locked(info, IPV6TUN_A_NAT64_IFINDEX, true, edit_settings);
}

/**
 * ipv6tun_nl_pool6_add_doit() - add a prefix to pool6
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: process; takes RTNL.
 * Return: 0 or a negative errno, and then nothing changed.
 */
int ipv6tun_nl_pool6_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	return edit_locked(info, IPV6TUN_A_POOL6_IFINDEX, true, add_pool6);
}

/**
 * ipv6tun_nl_pool6_del_doit() - remove a prefix from pool6
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: process; takes RTNL.
 * Return: 0 or a negative errno, and then nothing changed.
 */
int ipv6tun_nl_pool6_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return edit_locked(info, IPV6TUN_A_POOL6_IFINDEX, false, del_pool6);
}

/**
 * ipv6tun_nl_pool4_add_doit() - add a range to pool4
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: process; takes RTNL.
 * Return: 0 or a negative errno, and then nothing changed.
 */
int ipv6tun_nl_pool4_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	return edit_locked(info, IPV6TUN_A_POOL4_IFINDEX, true, add_pool4);
}

/**
 * ipv6tun_nl_pool4_del_doit() - remove a range from pool4
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: process; takes RTNL.
 * Return: 0 or a negative errno, and then nothing changed.
 */
int ipv6tun_nl_pool4_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return edit_locked(info, IPV6TUN_A_POOL4_IFINDEX, false, del_pool4);
}

/**
 * ipv6tun_nl_eam_add_doit() - add an explicit address mapping
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: process; takes RTNL.
 * Return: 0 or a negative errno, and then nothing changed.
 */
int ipv6tun_nl_eam_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	return edit_locked(info, IPV6TUN_A_EAM_IFINDEX, true, add_eam);
}

/**
 * ipv6tun_nl_eam_del_doit() - remove an explicit address mapping
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: process; takes RTNL.
 * Return: 0 or a negative errno, and then nothing changed.
 */
int ipv6tun_nl_eam_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return edit_locked(info, IPV6TUN_A_EAM_IFINDEX, false, del_eam);
}

/**
 * ipv6tun_nl_bib_add_doit() - add a static BIB entry
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: process; takes RTNL.
 * Return: 0 or a negative errno, and then nothing changed.
 */
int ipv6tun_nl_bib_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	return edit_locked(info, IPV6TUN_A_BIB_IFINDEX, true, add_static);
}

/**
 * ipv6tun_nl_bib_del_doit() - remove a static BIB entry
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: process; takes RTNL.
 * Return: 0 or a negative errno, and then nothing changed.
 */
int ipv6tun_nl_bib_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return edit_locked(info, IPV6TUN_A_BIB_IFINDEX, false, del_static);
}

/* What the request says, and defaults for the rest. ERR_PTR(). */
static struct nat64_cfg *build(struct genl_info *info,
			       const struct locals *locals)
{
	struct input in = {
		.tb	= info->attrs,
		.locals	= locals,
		.extack	= info->extack,
	};
	const struct nlattr *attr;
	struct nat64_cfg *cfg;
	int err;
	int rem;

	cfg = nat64_cfg_new();
	if (!cfg)
		return ERR_PTR(-ENOMEM);
	err = edit_settings(&in, cfg);
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (err)
			break;
		err = add_nest(&in, attr, cfg);
		cond_resched();
	}
	if (!err)
		return cfg;
	nat64_cfg_free(cfg);
	return ERR_PTR(err);
}

/*
 * A request may be of tens of thousands of objects, so it is read without RTNL:
 * it needs nothing of the device but the addresses that cannot be used. One
 * that this host gets meanwhile, or later, is refused by nobody.
 */
static int replace(struct genl_info *info)
{
	struct locals *locals = NULL;
	struct ipv6tun_dev *tun;
	struct nat64_cfg *cfg;
	int err;

	rtnl_lock();
	tun = ipv6tun_netlink_device(info, IPV6TUN_A_NAT64_IFINDEX);
	if (!IS_ERR(tun))
		locals = find_locals(tun);
	rtnl_unlock();
	if (IS_ERR(tun))
		return PTR_ERR(tun);
	if (!locals)
		return -ENOMEM;
	cfg = build(info, locals);
	kvfree(locals);
	if (IS_ERR(cfg))
		return PTR_ERR(cfg);

	rtnl_lock();
	tun = ipv6tun_netlink_device(info, IPV6TUN_A_NAT64_IFINDEX);
	if (IS_ERR(tun)) {
		nat64_cfg_free(cfg);
		err = PTR_ERR(tun);
	} else {
		err = apply(tun, cfg, info->extack);
	}
	rtnl_unlock();
	return err;
}

/**
 * ipv6tun_nl_nat64_replace_doit() - make this the whole configuration
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: process; takes RTNL.
 * Return: 0 or a negative errno, and then nothing changed.
 */
int ipv6tun_nl_nat64_replace_doit(struct sk_buff *skb, struct genl_info *info)
{
	return replace(info);
}

static int del_nat(struct sk_buff *request, struct genl_info *info)
{
	struct ipv6tun_dev *tun;
	struct nat64 *nat;

	tun = ipv6tun_netlink_device(info, IPV6TUN_A_NAT64_IFINDEX);
	if (IS_ERR(tun))
		return PTR_ERR(tun);
	nat = find_nat(tun, info, IPV6TUN_A_NAT64_IFINDEX);
	if (IS_ERR(nat))
		return PTR_ERR(nat);
	ipv6tun_netlink_nat64_notify(nat, IPV6TUN_CMD_NAT64_DEL_NTF);
	nat64_instance_destroy(tun);
	if (!++changes)
		changes = 1;
	return 0;
}

/**
 * ipv6tun_nl_nat64_del_doit() - take NAT64 from a device
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: process; takes RTNL.
 * Return: 0 or a negative errno, and then nothing changed.
 */
int ipv6tun_nl_nat64_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return ipv6tun_netlink_do(skb, info, del_nat);
}

static int flush(struct sk_buff *reply, struct genl_info *info)
{
	struct nat64_filter filter;
	struct ipv6tun_dev *tun;
	struct nat64 *nat;
	void *hdr;
	u64 ended;
	int err;

	tun = ipv6tun_netlink_device(info, IPV6TUN_A_SESSION_IFINDEX);
	if (IS_ERR(tun))
		return PTR_ERR(tun);
	nat = find_nat(tun, info, IPV6TUN_A_SESSION_IFINDEX);
	if (IS_ERR(nat))
		return PTR_ERR(nat);
	err = ipv6tun_netlink_nat64_filter(info->attrs,
					   &ipv6tun_nat64_session_filter,
					   &filter, info->extack);
	if (err)
		return err;
	hdr = genlmsg_put_reply(reply, info, &ipv6tun_nl_family, 0,
				IPV6TUN_CMD_NAT64_FLUSH);
	if (!hdr || nla_put_u32(reply, IPV6TUN_A_SESSION_IFINDEX,
				tun->dev->ifindex))
		return -EMSGSIZE;
	ended = nat64_instance_flush(nat, &filter);
	if (nla_put_u64_64bit(reply, IPV6TUN_A_SESSION_ENDED, ended,
			      IPV6TUN_A_SESSION_PAD))
		return -EMSGSIZE;
	genlmsg_end(reply, hdr);
	return 0;
}

/**
 * ipv6tun_nl_nat64_flush_doit() - end sessions
 * @skb: the request
 * @info: the request, parsed
 *
 * Context: process; takes RTNL.
 * Return: 0 or a negative errno, and then no session was ended.
 */
int ipv6tun_nl_nat64_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	return ipv6tun_netlink_answer(info, flush);
}
