// SPDX-License-Identifier: GPL-2.0
/*
 * Events of NAT64: who was reachable as what, and when, for whoever has to be
 * able to tell later. Nothing is made while nobody listens; what could not be
 * told is counted.
 */
#include <linux/netdevice.h>
#include <linux/timekeeping.h>
#include <net/genetlink.h>

#include "device.h"
#include "nat64/cfg.h"
#include "nat64/instance.h"
#include "netlink-gen.h"
#include "netlink-nat64.h"

static const u8 commands[] = {
	[NAT64_EVENT_BIB_ADD]		= IPV6TUN_CMD_BIB_ADD_NTF,
	[NAT64_EVENT_BIB_DEL]		= IPV6TUN_CMD_BIB_DEL_NTF,
	[NAT64_EVENT_SESSION_ADD]	= IPV6TUN_CMD_SESSION_ADD_NTF,
	[NAT64_EVENT_SESSION_DEL]	= IPV6TUN_CMD_SESSION_DEL_NTF,
};

static int fill_bib(struct sk_buff *skb, const struct net_device *dev,
		    const struct nat64_bib *bib)
{
	if (nla_put_u32(skb, IPV6TUN_A_BIB_IFINDEX, dev->ifindex) ||
	    nla_put_string(skb, IPV6TUN_A_BIB_IFNAME, dev->name) ||
	    ipv6tun_netlink_nat64_put_bib(skb, bib) ||
	    nla_put_u64_64bit(skb, IPV6TUN_A_BIB_SINCE,
			      ipv6tun_netlink_nat64_since(bib),
			      IPV6TUN_A_BIB_PAD) ||
	    nla_put_u64_64bit(skb, IPV6TUN_A_BIB_TIMESTAMP,
			      ktime_get_real_ns(), IPV6TUN_A_BIB_PAD))
		return -EMSGSIZE;
	return 0;
}

static int fill_session(struct sk_buff *skb, const struct net_device *dev,
			const struct nat64_cfg *cfg,
			const struct nat64_session *session)
{
	if (nla_put_u32(skb, IPV6TUN_A_SESSION_IFINDEX, dev->ifindex) ||
	    nla_put_string(skb, IPV6TUN_A_SESSION_IFNAME, dev->name) ||
	    ipv6tun_netlink_nat64_put_session(skb, cfg, session) ||
	    nla_put_u64_64bit(skb, IPV6TUN_A_SESSION_TIMESTAMP,
			      ktime_get_real_ns(), IPV6TUN_A_SESSION_PAD))
		return -EMSGSIZE;
	return 0;
}

/* RCU. Return: the message, NULL if it could not be made. */
static struct sk_buff *make(const struct nat64 *nat, enum nat64_event event,
			    const struct nat64_bib *bib,
			    const struct nat64_session *session)
{
	const struct net_device *dev = nat->tun->dev;
	struct sk_buff *skb;
	void *hdr;
	int err;

	skb = nlmsg_new(session ? ipv6tun_netlink_nat64_session_size() :
				  ipv6tun_netlink_nat64_bib_size(), GFP_ATOMIC);
	if (!skb)
		return NULL;
	hdr = genlmsg_put(skb, 0, 0, &ipv6tun_nl_family, 0, commands[event]);
	if (!hdr)
		goto err_free;
	if (session)
		err = fill_session(skb, dev, rcu_dereference(nat->cfg),
				   session);
	else
		err = fill_bib(skb, dev, bib);
	if (err)
		goto err_free;
	genlmsg_end(skb, hdr);
	return skb;

err_free:
	nlmsg_free(skb);
	return NULL;
}

/**
 * ipv6tun_netlink_nat64_tell() - tell listeners of a BIB entry or session
 * @st: the state it is or was in
 * @event: what happened
 * @bib: the BIB entry
 * @session: the session, NULL for events of BIB entries
 *
 * Context: any. The device of the instance must not have gone.
 */
void ipv6tun_netlink_nat64_tell(struct nat64_state *st, enum nat64_event event,
				const struct nat64_bib *bib,
				const struct nat64_session *session)
{
	struct nat64 *nat = container_of(st, struct nat64, state);
	struct net *net = dev_net(nat->tun->dev);
	struct sk_buff *skb;
	int err = -ENOMEM;

	if (!genl_has_listeners(&ipv6tun_nl_family, net, IPV6TUN_NLGRP_NAT64))
		return;
	rcu_read_lock();
	if (session && !rcu_dereference(nat->cfg)->settings.session_events)
		goto unlock;
	skb = make(nat, event, bib, session);
	/* -ESRCH: the last listener has just left. */
	if (skb)
		err = genlmsg_multicast_netns(&ipv6tun_nl_family, net, skb, 0,
					      IPV6TUN_NLGRP_NAT64, GFP_ATOMIC);
	if (err && err != -ESRCH)
		atomic64_inc(&nat->lost_events);
unlock:
	rcu_read_unlock();
}
