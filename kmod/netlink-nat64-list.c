// SPDX-License-Identifier: GPL-2.0
#include <linux/netdevice.h>
#include <linux/sched/signal.h>
#include <linux/timekeeping.h>
#include <net/genetlink.h>

#include "compat/genl.h"
#include "device.h"
#include "nat64/cfg.h"
#include "nat64/instance.h"
#include "netlink-gen.h"
#include "netlink-nat64.h"

/* Entries looked at between two chances for others to run. */
#define WALK_BATCH	1024

/**
 * struct walk_ctx - a list of BIB entries or sessions
 * @nat: the instance; a reference, since its device may go meanwhile
 * @walk: position in its table, unless @is_static
 * @filter: what is wanted
 * @is_static: static BIB entries, from the configuration and in its order
 * @index: position among these
 * @end: all were seen
 * @ifindex: the device
 * @ifname: its name when the list was begun
 *
 * A list needs no RTNL but takes part in RCU, up to WALK_BATCH entries at a
 * time, so that one of any length delays nobody.
 */
struct walk_ctx {
	struct nat64		*nat;
	struct nat64_walk	walk;
	struct nat64_filter	filter;
	bool			is_static;
	unsigned int		index;
	bool			end;
	int			ifindex;
	char			ifname[IFNAMSIZ];
};

static struct walk_ctx *walk_ctx(struct netlink_callback *cb)
{
	return *(struct walk_ctx **)cb->ctx;
}

static int find_nat(struct netlink_callback *cb, const struct nlattr *attr,
		    struct walk_ctx *ctx)
{
	struct net_device *dev;

	dev = dev_get_by_index_rcu(sock_net(cb->skb->sk), nla_get_u32(attr));
	if (!dev) {
		NL_SET_ERR_MSG_ATTR(cb->extack, attr, "no such device");
		return -ENODEV;
	}
	if (!ipv6tun_device_is(dev)) {
		NL_SET_ERR_MSG_ATTR(cb->extack, attr, "not an ipv6tun device");
		return -EOPNOTSUPP;
	}
	ctx->nat = nat64_instance_get(netdev_priv(dev));
	if (!ctx->nat) {
		NL_SET_ERR_MSG_ATTR(cb->extack, attr,
				    "the device has no NAT64");
		return -ENOENT;
	}
	ctx->ifindex = dev->ifindex;
	strscpy(ctx->ifname, dev->name, sizeof(ctx->ifname));
	return 0;
}

/* Begin a list of what @which filters, of the device in attribute @ifindex. */
static int start_walk(struct netlink_callback *cb, int ifindex,
		      const struct ipv6tun_nat64_filter_attrs *which)
{
	struct nlattr **tb = ipv6tun_genl_dump_attrs(cb);
	struct walk_ctx *ctx;
	int err;

	if (NL_REQ_ATTR_CHECK(cb->extack, NULL, tb, ifindex))
		return -EINVAL;
	ctx = kzalloc(sizeof(*ctx), GFP_KERNEL);
	if (!ctx)
		return -ENOMEM;
	err = ipv6tun_netlink_nat64_filter(tb, which, &ctx->filter,
					   cb->extack);
	if (err)
		goto err_free;
	rcu_read_lock();
	err = find_nat(cb, tb[ifindex], ctx);
	rcu_read_unlock();
	if (err)
		goto err_free;
	*(struct walk_ctx **)cb->ctx = ctx;
	return 0;

err_free:
	kfree(ctx);
	return err;
}

static void end_walk(struct netlink_callback *cb)
{
	struct walk_ctx *ctx = walk_ctx(cb);

	if (!ctx->is_static)
		nat64_state_walk_exit(&ctx->walk);
	nat64_instance_put(ctx->nat);
	kfree(ctx);
}

/*
 * Go on with a list until the message is full or the end is reached: @step
 * shows one entry, which must be no longer than @size, and is false at the end.
 */
static int go_on(struct sk_buff *skb, struct netlink_callback *cb, size_t size,
		 bool (*step)(struct sk_buff *skb, struct netlink_callback *cb))
{
	struct walk_ctx *ctx = walk_ctx(cb);
	unsigned int n;

	while (!ctx->end && skb_tailroom(skb) >= size) {
		nat64_state_walk_start(&ctx->walk);
		for (n = 0; n < WALK_BATCH && skb_tailroom(skb) >= size; n++) {
			if (step(skb, cb))
				continue;
			ctx->end = true;
			break;
		}
		nat64_state_walk_stop(&ctx->walk);
		/* With a filter that matches little this takes long. */
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return skb->len;
}

/* Never too long: who calls has made sure of the room. */
static void *put_head(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
			   cb->nlh->nlmsg_seq, &ipv6tun_nl_family, NLM_F_MULTI,
			   cmd);
}

/**
 * ipv6tun_netlink_nat64_bib_size() - room that a message with a BIB entry takes
 *
 * Context: any. Return: bytes, at most.
 */
size_t ipv6tun_netlink_nat64_bib_size(void)
{
	return nlmsg_total_size(GENL_HDRLEN) +
	       nla_total_size(sizeof(u32)) +		/* ifindex */
	       nla_total_size(IFNAMSIZ) +		/* ifname */
	       nla_total_size(sizeof(u8)) +		/* proto */
	       nla_total_size(sizeof(struct in6_addr)) + /* addr6 */
	       nla_total_size(sizeof(u16)) +		/* port6 */
	       nla_total_size(sizeof(struct in_addr)) +	/* addr4 */
	       nla_total_size(sizeof(u16)) +		/* port4 */
	       nla_total_size(0) +			/* static */
	       nla_total_size(sizeof(u32)) +		/* sessions */
	       nla_total_size_64bit(sizeof(u64)) +	/* since */
	       nla_total_size_64bit(sizeof(u64));	/* timestamp */
}

/**
 * ipv6tun_netlink_nat64_put_bib() - write what identifies a BIB entry
 * @skb: the message
 * @bib: the entry; addresses, ports and whether it is static are read
 *
 * Context: any; for a living entry RCU.
 * Return: 0 or -EMSGSIZE.
 */
int ipv6tun_netlink_nat64_put_bib(struct sk_buff *skb,
				  const struct nat64_bib *bib)
{
	if (nla_put_u8(skb, IPV6TUN_A_BIB_PROTO,
		       ipv6tun_netlink_nat64_proto(bib->l4)) ||
	    nla_put_in6_addr(skb, IPV6TUN_A_BIB_ADDR6, &bib->addr6) ||
	    nla_put_u16(skb, IPV6TUN_A_BIB_PORT6, be16_to_cpu(bib->port6)) ||
	    nla_put_in_addr(skb, IPV6TUN_A_BIB_ADDR4, bib->addr4) ||
	    nla_put_u16(skb, IPV6TUN_A_BIB_PORT4, be16_to_cpu(bib->port4)))
		return -EMSGSIZE;
	if (READ_ONCE(bib->is_static) &&
	    nla_put_flag(skb, IPV6TUN_A_BIB_STATIC))
		return -EMSGSIZE;
	return 0;
}

/**
 * ipv6tun_netlink_nat64_since() - when a BIB entry was made
 * @bib: the entry, whose clock stops while the machine is suspended
 *
 * Context: any. Return: ns of CLOCK_BOOTTIME.
 */
u64 ipv6tun_netlink_nat64_since(const struct nat64_bib *bib)
{
	return ktime_to_ns(ktime_mono_to_any(ktime_set(bib->since, 0),
					     TK_OFFS_BOOT));
}

static int fill_bib(struct sk_buff *skb, struct netlink_callback *cb,
		    const struct nat64_bib *bib, bool live)
{
	const struct walk_ctx *ctx = walk_ctx(cb);
	unsigned int sessions;
	void *hdr;

	hdr = put_head(skb, cb, IPV6TUN_CMD_BIB_LIST);
	if (!hdr)
		return -EMSGSIZE;
	/* A list of static entries is one of the configuration. */
	if (!live)
		genl_dump_check_consistent(cb, hdr);
	if (nla_put_u32(skb, IPV6TUN_A_BIB_IFINDEX, ctx->ifindex) ||
	    nla_put_string(skb, IPV6TUN_A_BIB_IFNAME, ctx->ifname) ||
	    ipv6tun_netlink_nat64_put_bib(skb, bib))
		goto err_cancel;
	if (live) {
		sessions = refcount_read(&bib->refs);
		if (sessions && READ_ONCE(bib->is_static))
			sessions--;
		if (nla_put_u32(skb, IPV6TUN_A_BIB_SESSIONS, sessions) ||
		    nla_put_u64_64bit(skb, IPV6TUN_A_BIB_SINCE,
				      ipv6tun_netlink_nat64_since(bib),
				      IPV6TUN_A_BIB_PAD))
			goto err_cancel;
	}
	genlmsg_end(skb, hdr);
	return 0;

err_cancel:
	genlmsg_cancel(skb, hdr);
	return -EMSGSIZE;
}

static bool step_bib(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct walk_ctx *ctx = walk_ctx(cb);
	const struct nat64_bib *bib;

	bib = nat64_state_walk_next_bib(&ctx->walk);
	if (!bib)
		return false;
	if (nat64_state_match_bib(&ctx->filter, bib))
		WARN_ON_ONCE(fill_bib(skb, cb, bib, true));
	return true;
}

static int list_statics(struct sk_buff *skb, struct netlink_callback *cb,
			size_t size)
{
	struct walk_ctx *ctx = walk_ctx(cb);
	const struct nat64_static *entry;
	const struct nat64_cfg *cfg;

	rtnl_lock();
	cb->seq = ipv6tun_netlink_nat64_changes();
	cfg = rtnl_dereference(ctx->nat->cfg);
	for (; ctx->index < cfg->n_static && skb_tailroom(skb) >= size;
	     ctx->index++) {
		struct nat64_bib bib = { .is_static = true };

		entry = &cfg->statics[ctx->index];
		bib.l4 = entry->l4;
		bib.addr6 = entry->addr6;
		bib.addr4 = entry->addr4;
		bib.port6 = entry->port6;
		bib.port4 = entry->port4;
		if (nat64_state_match_bib(&ctx->filter, &bib))
			WARN_ON_ONCE(fill_bib(skb, cb, &bib, false));
	}
	rtnl_unlock();
	return skb->len;
}

/**
 * ipv6tun_nl_bib_list_start() - begin a list of BIB entries
 * @cb: the dump
 *
 * Context: process.
 * Return: 0 or a negative errno.
 */
int ipv6tun_nl_bib_list_start(struct netlink_callback *cb)
{
	struct walk_ctx *ctx;
	int err;

	err = start_walk(cb, IPV6TUN_A_BIB_IFINDEX, &ipv6tun_nat64_bib_filter);
	if (err)
		return err;
	ctx = walk_ctx(cb);
	ctx->is_static = ipv6tun_genl_dump_attrs(cb)[IPV6TUN_A_BIB_STATIC];
	if (!ctx->is_static)
		nat64_state_walk_bibs(&ctx->nat->state, &ctx->walk);
	return 0;
}

/**
 * ipv6tun_nl_bib_list_dumpit() - list BIB entries
 * @skb: where to put them
 * @cb: the dump
 *
 * Context: process.
 * Return: bytes put, 0 at the end, or a negative errno.
 */
int ipv6tun_nl_bib_list_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb)
{
	size_t size = ipv6tun_netlink_nat64_bib_size();

	if (walk_ctx(cb)->is_static)
		return list_statics(skb, cb, size);
	return go_on(skb, cb, size, step_bib);
}

/**
 * ipv6tun_nl_bib_list_done() - end a list of BIB entries
 * @cb: the dump, finished or broken off
 *
 * Context: process.
 * Return: 0.
 */
int ipv6tun_nl_bib_list_done(struct netlink_callback *cb)
{
	end_walk(cb);
	return 0;
}

/**
 * ipv6tun_netlink_nat64_session_size() - room a message with a session takes
 *
 * Context: any. Return: bytes, at most.
 */
size_t ipv6tun_netlink_nat64_session_size(void)
{
	return nlmsg_total_size(GENL_HDRLEN) +
	       nla_total_size(sizeof(u32)) +		/* ifindex */
	       nla_total_size(IFNAMSIZ) +		/* ifname */
	       nla_total_size(sizeof(u8)) +		/* proto */
	       nla_total_size(sizeof(struct in6_addr)) + /* addr6 */
	       nla_total_size(sizeof(u16)) +		/* port6 */
	       nla_total_size(sizeof(struct in6_addr)) + /* remote6 */
	       nla_total_size(sizeof(struct in_addr)) +	/* addr4 */
	       nla_total_size(sizeof(u16)) +		/* port4 */
	       nla_total_size(sizeof(struct in_addr)) +	/* remote4 */
	       nla_total_size(sizeof(u16)) +		/* remote-port */
	       nla_total_size(sizeof(u8)) +		/* state */
	       nla_total_size(sizeof(u32)) +		/* expires */
	       nla_total_size_64bit(sizeof(u64));	/* timestamp */
}

/**
 * ipv6tun_netlink_nat64_put_session() - write what identifies a session
 * @skb: the message
 * @cfg: the configuration
 * @session: the session
 *
 * Context: RCU.
 * Return: 0 or -EMSGSIZE.
 */
int ipv6tun_netlink_nat64_put_session(struct sk_buff *skb,
				      const struct nat64_cfg *cfg,
				      const struct nat64_session *session)
{
	const struct nat64_bib *bib = session->bib;
	struct in6_addr remote6;

	if (nla_put_u8(skb, IPV6TUN_A_SESSION_PROTO,
		       ipv6tun_netlink_nat64_proto(bib->l4)) ||
	    nla_put_in6_addr(skb, IPV6TUN_A_SESSION_ADDR6, &bib->addr6) ||
	    nla_put_u16(skb, IPV6TUN_A_SESSION_PORT6,
			be16_to_cpu(bib->port6)) ||
	    nla_put_in_addr(skb, IPV6TUN_A_SESSION_ADDR4, bib->addr4) ||
	    nla_put_u16(skb, IPV6TUN_A_SESSION_PORT4,
			be16_to_cpu(bib->port4)) ||
	    nla_put_in_addr(skb, IPV6TUN_A_SESSION_REMOTE4, session->remote4))
		return -EMSGSIZE;
	if (nat64_instance_remote6(cfg, session, &remote6) &&
	    nla_put_in6_addr(skb, IPV6TUN_A_SESSION_REMOTE6, &remote6))
		return -EMSGSIZE;
	if (bib->l4 != NAT64_L4_ICMP &&
	    nla_put_u16(skb, IPV6TUN_A_SESSION_REMOTE_PORT,
			be16_to_cpu(session->port)))
		return -EMSGSIZE;
	if (bib->l4 == NAT64_L4_TCP &&
	    nla_put_u8(skb, IPV6TUN_A_SESSION_STATE, READ_ONCE(session->tcp)))
		return -EMSGSIZE;
	return 0;
}

/* Milliseconds until @session ends; 0 if it only has to be taken away. */
static u32 expires_in(const struct nat64_session *session)
{
	u64 at = (u64)READ_ONCE(session->expires) * MSEC_PER_SEC;
	u64 now = ktime_to_ms(ktime_get());

	return at > now ? min_t(u64, at - now, U32_MAX) : 0;
}

static int fill_session(struct sk_buff *skb, struct netlink_callback *cb,
			const struct nat64_session *session)
{
	const struct walk_ctx *ctx = walk_ctx(cb);
	void *hdr;

	hdr = put_head(skb, cb, IPV6TUN_CMD_SESSION_LIST);
	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u32(skb, IPV6TUN_A_SESSION_IFINDEX, ctx->ifindex) ||
	    nla_put_string(skb, IPV6TUN_A_SESSION_IFNAME, ctx->ifname) ||
	    ipv6tun_netlink_nat64_put_session(skb,
					      rcu_dereference(ctx->nat->cfg),
					      session) ||
	    nla_put_u32(skb, IPV6TUN_A_SESSION_EXPIRES, expires_in(session))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

static bool step_session(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct walk_ctx *ctx = walk_ctx(cb);
	const struct nat64_session *session;

	session = nat64_state_walk_next_session(&ctx->walk);
	if (!session)
		return false;
	if (nat64_state_match_session(&ctx->filter, session))
		WARN_ON_ONCE(fill_session(skb, cb, session));
	return true;
}

/**
 * ipv6tun_nl_session_list_start() - begin a list of sessions
 * @cb: the dump
 *
 * Context: process.
 * Return: 0 or a negative errno.
 */
int ipv6tun_nl_session_list_start(struct netlink_callback *cb)
{
	struct walk_ctx *ctx;
	int err;

	err = start_walk(cb, IPV6TUN_A_SESSION_IFINDEX,
			 &ipv6tun_nat64_session_filter);
	if (err)
		return err;
	ctx = walk_ctx(cb);
	nat64_state_walk_sessions(&ctx->nat->state, &ctx->walk);
	return 0;
}

/**
 * ipv6tun_nl_session_list_dumpit() - list sessions
 * @skb: where to put them
 * @cb: the dump
 *
 * Context: process.
 * Return: bytes put, 0 at the end, or a negative errno.
 */
int ipv6tun_nl_session_list_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb)
{
	return go_on(skb, cb, ipv6tun_netlink_nat64_session_size(),
		     step_session);
}

/**
 * ipv6tun_nl_session_list_done() - end a list of sessions
 * @cb: the dump, finished or broken off
 *
 * Context: process.
 * Return: 0.
 */
int ipv6tun_nl_session_list_done(struct netlink_callback *cb)
{
	end_walk(cb);
	return 0;
}
