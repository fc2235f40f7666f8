// SPDX-License-Identifier: GPL-2.0
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/rtnetlink.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "decap.h"
#include "device.h"
#include "path.h"
#include "pmtu.h"
#include "underlay.h"

static unsigned int underlay_net_id __read_mostly;

/* The key is the address pair, which begins at cfg.local. */
static_assert(offsetof(struct ipv6tun_path_cfg, remote) ==
	      offsetof(struct ipv6tun_path_cfg, local) +
	      sizeof(struct in6_addr));

static const struct rhashtable_params path_params = {
	.key_len = 2 * sizeof(struct in6_addr),
	.key_offset = offsetof(struct ipv6tun_path, cfg.local),
	.head_offset = offsetof(struct ipv6tun_path, rx_node),
	.automatic_shrinking = true,
};

/*
 * As late as a hook can be: the user's INPUT rules see the outer packet first,
 * and only connection tracking's confirmation comes after us.
 */
static const struct nf_hook_ops underlay_hooks[] = {
	{
		.hook		= ipv6tun_decap_hook4,
		.pf		= NFPROTO_IPV4,
		.hooknum	= NF_INET_LOCAL_IN,
		.priority	= NF_IP_PRI_LAST - 1,
	},
	{
		.hook		= ipv6tun_decap_hook6,
		.pf		= NFPROTO_IPV6,
		.hooknum	= NF_INET_LOCAL_IN,
		.priority	= NF_IP6_PRI_LAST - 1,
	},
};

/**
 * ipv6tun_underlay_of() - a namespace's underlay
 * @net: the namespace
 *
 * Context: any, while @net lives.
 * Return: the underlay; NULL only in the events of a namespace that could not be
 * made, before it got one.
 */
struct ipv6tun_underlay *ipv6tun_underlay_of(const struct net *net)
{
	return net_generic(net, underlay_net_id);
}

/**
 * ipv6tun_underlay_join() - a device begins to use its underlay
 * @tun: the device
 *
 * The first one brings the hooks: a namespace without devices pays nothing.
 *
 * Context: RTNL.
 * Return: 0 or a negative errno.
 */
int ipv6tun_underlay_join(struct ipv6tun_dev *tun)
{
	struct ipv6tun_underlay *ul = ipv6tun_underlay_of(tun->net);
	int err;

	ASSERT_RTNL();
	if (list_empty(&ul->devices)) {
		err = nf_register_net_hooks(tun->net, underlay_hooks,
					    ARRAY_SIZE(underlay_hooks));
		if (err)
			return err;
	}
	list_add_tail_rcu(&tun->underlay_node, &ul->devices);
	return 0;
}

/**
 * ipv6tun_underlay_leave() - a device stops using its underlay
 * @tun: the device, without paths
 *
 * Context: RTNL.
 */
void ipv6tun_underlay_leave(struct ipv6tun_dev *tun)
{
	struct ipv6tun_underlay *ul = ipv6tun_underlay_of(tun->net);

	ASSERT_RTNL();
	list_del_rcu(&tun->underlay_node);
	if (list_empty(&ul->devices))
		nf_unregister_net_hooks(tun->net, underlay_hooks,
					ARRAY_SIZE(underlay_hooks));
}

/**
 * ipv6tun_underlay_insert() - let a path receive
 * @net: the underlay's namespace
 * @path: the path
 *
 * Context: RTNL.
 * Return: 0 or a negative errno.
 */
int ipv6tun_underlay_insert(struct net *net, struct ipv6tun_path *path)
{
	ASSERT_RTNL();
	return rhltable_insert(&ipv6tun_underlay_of(net)->paths,
			       &path->rx_node, path_params);
}

/**
 * ipv6tun_underlay_remove() - stop a path from receiving
 * @net: the underlay's namespace
 * @path: the path; packets that found it before go on until a grace period
 *
 * Context: RTNL.
 */
void ipv6tun_underlay_remove(struct net *net, struct ipv6tun_path *path)
{
	ASSERT_RTNL();
	rhltable_remove(&ipv6tun_underlay_of(net)->paths, &path->rx_node,
			path_params);
}

/**
 * ipv6tun_underlay_find() - paths between two underlay addresses
 * @ul: the underlay
 * @local: our address, the outer destination of what we receive
 * @remote: the other router's
 *
 * Context: RCU.
 * Return: a list for rhl_for_each_entry_rcu(), NULL if there is no such path.
 */
struct rhlist_head *ipv6tun_underlay_find(const struct ipv6tun_underlay *ul,
					  const struct in6_addr *local,
					  const struct in6_addr *remote)
{
	struct in6_addr pair[2] = { *local, *remote };

	return rhltable_lookup((struct rhltable *)&ul->paths, pair,
			       path_params);
}

/**
 * ipv6tun_underlay_conflict() - a path that would receive the same packets
 * @net: the underlay's namespace
 * @cfg: the path to be
 * @except: the path it is to replace, or NULL
 *
 * Context: RTNL.
 * Return: the other path, NULL if there is none.
 */
const struct ipv6tun_path *
ipv6tun_underlay_conflict(const struct net *net,
			  const struct ipv6tun_path_cfg *cfg,
			  const struct ipv6tun_path *except)
{
	const struct ipv6tun_path *path, *found = NULL;
	struct rhlist_head *list, *pos;

	ASSERT_RTNL();
	rcu_read_lock();
	list = ipv6tun_underlay_find(ipv6tun_underlay_of(net), &cfg->local,
				     &cfg->remote);
	rhl_for_each_entry_rcu(path, pos, list, rx_node) {
		if (path != except &&
		    path->cfg.underlay == cfg->underlay &&
		    path->cfg.has_key == cfg->has_key &&
		    (!cfg->has_key || path->cfg.key == cfg->key)) {
			found = path;
			break;
		}
	}
	rcu_read_unlock();
	return found;
}

/**
 * ipv6tun_underlay_count_no_path() - count a GRE packet no path claimed
 * @ul: the underlay
 *
 * Context: softirq.
 */
void ipv6tun_underlay_count_no_path(const struct ipv6tun_underlay *ul)
{
	this_cpu_inc(*ul->no_path);
}

/**
 * ipv6tun_underlay_no_path() - GRE packets no path claimed
 * @ul: the underlay
 *
 * Context: any.
 * Return: the number since the namespace was made.
 */
u64 ipv6tun_underlay_no_path(const struct ipv6tun_underlay *ul)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += *per_cpu_ptr(ul->no_path, cpu);
	return sum;
}

static int __net_init underlay_net_init(struct net *net)
{
	struct ipv6tun_underlay *ul = ipv6tun_underlay_of(net);
	int err;

	INIT_LIST_HEAD(&ul->devices);
	ul->no_path = alloc_percpu(unsigned long);
	if (!ul->no_path)
		return -ENOMEM;
	err = rhltable_init(&ul->paths, &path_params);
	if (err)
		free_percpu(ul->no_path);
	return err;
}

/* Devices that moved elsewhere still end with the underlay they were made in. */
static void __net_exit underlay_net_exit_batch(struct list_head *nets)
{
	struct ipv6tun_underlay *ul;
	LIST_HEAD(kill);
	struct net *net;

	rtnl_lock();
	list_for_each_entry(net, nets, exit_list)
		ipv6tun_device_unregister_all(&ipv6tun_underlay_of(net)->devices,
					      &kill);
	unregister_netdevice_many(&kill);
	rtnl_unlock();

	list_for_each_entry(net, nets, exit_list) {
		ul = ipv6tun_underlay_of(net);
		rhltable_destroy(&ul->paths);
		free_percpu(ul->no_path);
	}
}

static struct pernet_operations underlay_net_ops = {
	.init		= underlay_net_init,
	.exit_batch	= underlay_net_exit_batch,
	.id		= &underlay_net_id,
	.size		= sizeof(struct ipv6tun_underlay),
};

/**
 * ipv6tun_underlay_init() - prepare every namespace
 *
 * Context: process, module load.
 * Return: 0 or a negative errno.
 */
int __init ipv6tun_underlay_init(void)
{
	return register_pernet_device(&underlay_net_ops);
}

/**
 * ipv6tun_underlay_exit() - undo ipv6tun_underlay_init()
 *
 * Context: process, module unload, after the last device.
 */
void ipv6tun_underlay_exit(void)
{
	unregister_pernet_device(&underlay_net_ops);
}
