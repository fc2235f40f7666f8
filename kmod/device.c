// SPDX-License-Identifier: GPL-2.0
#include <linux/if_arp.h>
#include <linux/if_ipv6tun.h>
#include <linux/inetdevice.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/rtnetlink.h>

#include "compat/netdev.h"
#include "device.h"
#include "encap.h"
#include "nat64/instance.h"
#include "netlink.h"
#include "pmtu.h"
#include "reach.h"
#include "underlay.h"

/* The longest outer header: IPv6 and GRE with checksum and key. */
#define HEADROOM	(sizeof(struct ipv6hdr) + 12)
#define MTU_MAX		(IP_MAX_MTU - HEADROOM)

/*
 * Without NETIF_F_GSO_FRAGLIST, which is in NETIF_F_GSO_SOFTWARE: the stack takes
 * lists of packets (rx-gro-list) apart before they come here. Behind an outer header
 * skb_segment_list() would write it before the buffers of all but the first.
 */
#define FEATURES	(NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HIGHDMA | \
			 NETIF_F_HW_CSUM | \
			 (NETIF_F_GSO_SOFTWARE & ~NETIF_F_GSO_FRAGLIST))

static int device_init(struct net_device *dev)
{
	struct ipv6tun_dev *tun = netdev_priv(dev);
	int err;

	err = compat_netdev_tstats_alloc(dev);
	if (err)
		return err;
	tun->drops = netdev_alloc_pcpu_stats(struct ipv6tun_drops);
	if (!tun->drops) {
		err = -ENOMEM;
		goto err_tstats;
	}
	err = gro_cells_init(&tun->gro, dev);
	if (err)
		goto err_drops;
	err = ipv6tun_paths_init(&tun->paths);
	if (err)
		goto err_gro;
	err = ipv6tun_fib_setup(&tun->fib, dev, &tun->paths, tun->flow.seed);
	if (err)
		goto err_paths;
	err = ipv6tun_underlay_join(tun);
	if (err)
		goto err_fib;
	return 0;

err_fib:
	ipv6tun_fib_destroy(&tun->fib);
err_paths:
	ipv6tun_paths_destroy(&tun->paths);
err_gro:
	gro_cells_destroy(&tun->gro);
err_drops:
	free_percpu(tun->drops);
err_tstats:
	compat_netdev_tstats_free(dev);
	return err;
}

/* Unlink: no packet finds the device any more. A grace period follows. */
static void device_uninit(struct net_device *dev)
{
	struct ipv6tun_dev *tun = netdev_priv(dev);

	nat64_instance_destroy(tun);
	ipv6tun_path_flush(tun);
	ipv6tun_underlay_leave(tun);
}

/* Free: the last packet and the last work are through. */
static void device_free(struct net_device *dev)
{
	struct ipv6tun_dev *tun = netdev_priv(dev);

	/* Its reference is gone, its last instructions may not be. */
	cancel_work_sync(&tun->mtu_work);
	cancel_delayed_work_sync(&tun->recheck);
	ipv6tun_health_dev_stop(&tun->health);
	ipv6tun_fib_destroy(&tun->fib);
	ipv6tun_paths_destroy(&tun->paths);
	gro_cells_destroy(&tun->gro);
	free_percpu(tun->drops);
	compat_netdev_tstats_free(dev);
}

static int device_open(struct net_device *dev)
{
	struct inet6_dev *idev = __in6_dev_get(dev);

	/*
	 * A link-local address would be the same for all paths, and useless as
	 * a gateway: the inside addresses are the operator's to set.
	 */
	if (idev)
		idev->cnf.addr_gen_mode = IN6_ADDR_GEN_MODE_NONE;
	ipv6tun_path_device(netdev_priv(dev));
	return 0;
}

static int device_stop(struct net_device *dev)
{
	ipv6tun_path_device(netdev_priv(dev));
	return 0;
}

static int device_change_mtu(struct net_device *dev, int mtu)
{
	struct ipv6tun_dev *tun = netdev_priv(dev);

	/* An administrator who sets the MTU means it to stay. */
	if (!tun->mtu_following)
		WRITE_ONCE(tun->mtu_auto, false);
	WRITE_ONCE(dev->mtu, mtu);
	return 0;
}

static const struct net_device_ops device_ops = {
	.ndo_init		= device_init,
	.ndo_uninit		= device_uninit,
	.ndo_open		= device_open,
	.ndo_stop		= device_stop,
	.ndo_start_xmit		= ipv6tun_encap_xmit,
	.ndo_get_stats64	= dev_get_tstats64,
	.ndo_change_mtu		= device_change_mtu,
};

static const struct device_type device_type = {
	.name = "ipv6tun",
};

/**
 * ipv6tun_device_is() - whether a netdevice is one of ours
 * @dev: the netdevice
 *
 * Context: any.
 * Return: true if its private data is a struct ipv6tun_dev.
 */
bool ipv6tun_device_is(const struct net_device *dev)
{
	return dev->netdev_ops == &device_ops;
}

static void device_setup(struct net_device *dev)
{
	struct ipv6tun_dev *tun = netdev_priv(dev);

	tun->dev = dev;
	tun->flow.policy = IPV6TUN_HASH_L4;
	tun->flow.symmetric = true;
	tun->sets.return_mode = IPV6TUN_RETURN_MODE_IMMEDIATE;
	tun->sets.idle_ms = IPV6TUN_FIB_IDLE_MS;
	tun->sets.forced_ms = IPV6TUN_FIB_FORCED_MS;
	tun->mss_clamp = true;
	tun->mtu_auto = true;
	INIT_WORK(&tun->mtu_work, ipv6tun_pmtu_refresh_work);
	INIT_DELAYED_WORK(&tun->recheck, ipv6tun_reach_recheck);
	ipv6tun_health_dev_init(&tun->health, ipv6tun_netlink_tell);

	dev->netdev_ops = &device_ops;
	dev->needs_free_netdev = true;
	dev->priv_destructor = device_free;
	SET_NETDEV_DEVTYPE(dev, &device_type);
	dev->type = ARPHRD_NONE;
	/*
	 * No neighbours to resolve, no duplicate address to detect. Not
	 * IFF_POINTOPOINT, as there are many on the other side: BIRD would
	 * install the routes of a multihop session without their gateways,
	 * which say what paths to use.
	 */
	dev->flags = IFF_NOARP;
	dev->priv_flags |= IFF_NO_QUEUE;
	/* The path set is that of the route: xmit needs the dst. */
	netif_keep_dst(dev);
	dev->features |= FEATURES;
	dev->hw_features |= FEATURES;
	compat_netdev_set_lltx(dev);
	compat_netdev_setup(dev);
	dev->needed_headroom = LL_MAX_HEADER + HEADROOM;
	dev->mtu = ETH_DATA_LEN - sizeof(struct iphdr) - 4;
	dev->min_mtu = IPV6_MIN_MTU;
	dev->max_mtu = MTU_MAX;
}

static const struct nla_policy device_policy[IFLA_IPV6TUN_MAX + 1] = {
	[IFLA_IPV6TUN_SEED]	 = { .type = NLA_U32 },
	[IFLA_IPV6TUN_HASH]	 = NLA_POLICY_MAX(NLA_U8,
						  IPV6TUN_HASH_FLOWLABEL),
	[IFLA_IPV6TUN_SYMMETRIC] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_IPV6TUN_MSS_CLAMP] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_IPV6TUN_MTU_AUTO]	 = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_IPV6TUN_PATHS]	 = { .type = NLA_REJECT },
	[IFLA_IPV6TUN_RETURN]	 = NLA_POLICY_MAX(NLA_U8,
						  IPV6TUN_RETURN_MODE_IDLE),
	[IFLA_IPV6TUN_RETURN_IDLE] = { .type = NLA_U32 },
	[IFLA_IPV6TUN_RETURN_FORCED] = { .type = NLA_U32 },
};

/* The policy cannot: its bounds are 16 bits wide. */
static int validate_return(struct nlattr *data[],
			   struct netlink_ext_ack *extack)
{
	const struct nlattr *idle, *forced;

	if (!data)
		return 0;
	idle = data[IFLA_IPV6TUN_RETURN_IDLE];
	forced = data[IFLA_IPV6TUN_RETURN_FORCED];
	if (idle && (!nla_get_u32(idle) ||
		     nla_get_u32(idle) > IPV6TUN_FIB_MS_MAX)) {
		NL_SET_ERR_MSG_ATTR(extack, idle,
				    "return-idle is not from 1 ms to a day");
		return -ERANGE;
	}
	if (forced && nla_get_u32(forced) > IPV6TUN_FIB_MS_MAX) {
		NL_SET_ERR_MSG_ATTR(extack, forced,
				    "return-forced is more than a day");
		return -ERANGE;
	}
	return 0;
}

static int device_validate(struct nlattr *tb[], struct nlattr *data[],
			   struct netlink_ext_ack *extack)
{
	if (tb[IFLA_ADDRESS]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_ADDRESS],
				    "an ipv6tun device has no hardware address");
		return -EINVAL;
	}
	/*
	 * The core checks the MTU only after changelink() took effect, too late
	 * to leave everything as it was.
	 */
	if (tb[IFLA_MTU] && (nla_get_u32(tb[IFLA_MTU]) < IPV6_MIN_MTU ||
			     nla_get_u32(tb[IFLA_MTU]) > MTU_MAX)) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_MTU],
				    "MTU is not from 1280 to 65483");
		return -EINVAL;
	}
	if (tb[IFLA_MTU] && data && data[IFLA_IPV6TUN_MTU_AUTO] &&
	    nla_get_u8(data[IFLA_IPV6TUN_MTU_AUTO])) {
		NL_SET_ERR_MSG_ATTR(extack, data[IFLA_IPV6TUN_MTU_AUTO],
				    "the MTU is either given or automatic");
		return -EINVAL;
	}
	return validate_return(data, extack);
}

static void apply_data(struct ipv6tun_dev *tun, struct nlattr *data[])
{
	if (!data)
		return;
	if (data[IFLA_IPV6TUN_SEED])
		WRITE_ONCE(tun->flow.seed,
			   nla_get_u32(data[IFLA_IPV6TUN_SEED]));
	if (data[IFLA_IPV6TUN_HASH])
		WRITE_ONCE(tun->flow.policy,
			   nla_get_u8(data[IFLA_IPV6TUN_HASH]));
	if (data[IFLA_IPV6TUN_SYMMETRIC])
		WRITE_ONCE(tun->flow.symmetric,
			   nla_get_u8(data[IFLA_IPV6TUN_SYMMETRIC]));
	if (data[IFLA_IPV6TUN_MSS_CLAMP])
		WRITE_ONCE(tun->mss_clamp,
			   nla_get_u8(data[IFLA_IPV6TUN_MSS_CLAMP]));
	if (data[IFLA_IPV6TUN_MTU_AUTO])
		WRITE_ONCE(tun->mtu_auto,
			   nla_get_u8(data[IFLA_IPV6TUN_MTU_AUTO]));
	if (data[IFLA_IPV6TUN_RETURN])
		WRITE_ONCE(tun->sets.return_mode,
			   nla_get_u8(data[IFLA_IPV6TUN_RETURN]));
	if (data[IFLA_IPV6TUN_RETURN_IDLE])
		WRITE_ONCE(tun->sets.idle_ms,
			   nla_get_u32(data[IFLA_IPV6TUN_RETURN_IDLE]));
	if (data[IFLA_IPV6TUN_RETURN_FORCED])
		WRITE_ONCE(tun->sets.forced_ms,
			   nla_get_u32(data[IFLA_IPV6TUN_RETURN_FORCED]));
}

static int configure_sets(struct ipv6tun_dev *tun)
{
	struct ipv6tun_fib_cfg cfg = tun->sets;

	cfg.seed = tun->flow.seed;
	return ipv6tun_fib_configure(&tun->fib, &cfg);
}

static int device_newlink(struct net *underlay_net, struct net_device *dev,
			  struct nlattr *tb[], struct nlattr *data[],
			  struct netlink_ext_ack *extack)
{
	struct ipv6tun_dev *tun = netdev_priv(dev);
	int err;

	tun->net = underlay_net;
	if (tb[IFLA_MTU])
		tun->mtu_auto = false;
	apply_data(tun, data);
	err = register_netdevice(dev);
	if (!err)
		configure_sets(tun);
	return err;
}

COMPAT_NEWLINK(device_newlink)

static int device_changelink(struct net_device *dev, struct nlattr *tb[],
			     struct nlattr *data[],
			     struct netlink_ext_ack *extack)
{
	struct ipv6tun_dev *tun = netdev_priv(dev);

	apply_data(tun, data);
	configure_sets(tun);
	ipv6tun_pmtu_follow(tun);
	return 0;
}

static size_t device_get_size(const struct net_device *dev)
{
	return nla_total_size(sizeof(u32)) +	/* IFLA_IPV6TUN_SEED */
	       nla_total_size(sizeof(u8)) +	/* IFLA_IPV6TUN_HASH */
	       nla_total_size(sizeof(u8)) +	/* IFLA_IPV6TUN_SYMMETRIC */
	       nla_total_size(sizeof(u8)) +	/* IFLA_IPV6TUN_MSS_CLAMP */
	       nla_total_size(sizeof(u8)) +	/* IFLA_IPV6TUN_MTU_AUTO */
	       nla_total_size(sizeof(u32)) +	/* IFLA_IPV6TUN_PATHS */
	       nla_total_size(sizeof(u8)) +	/* IFLA_IPV6TUN_RETURN */
	       nla_total_size(sizeof(u32)) +	/* IFLA_IPV6TUN_RETURN_IDLE */
	       nla_total_size(sizeof(u32));	/* IFLA_IPV6TUN_RETURN_FORCED */
}

static int device_fill_info(struct sk_buff *skb, const struct net_device *dev)
{
	const struct ipv6tun_dev *tun = netdev_priv(dev);

	if (nla_put_u32(skb, IFLA_IPV6TUN_SEED, READ_ONCE(tun->flow.seed)) ||
	    nla_put_u8(skb, IFLA_IPV6TUN_HASH, READ_ONCE(tun->flow.policy)) ||
	    nla_put_u8(skb, IFLA_IPV6TUN_SYMMETRIC,
		       READ_ONCE(tun->flow.symmetric)) ||
	    nla_put_u8(skb, IFLA_IPV6TUN_MSS_CLAMP,
		       READ_ONCE(tun->mss_clamp)) ||
	    nla_put_u8(skb, IFLA_IPV6TUN_MTU_AUTO, READ_ONCE(tun->mtu_auto)) ||
	    nla_put_u32(skb, IFLA_IPV6TUN_PATHS, READ_ONCE(tun->paths.n)) ||
	    nla_put_u8(skb, IFLA_IPV6TUN_RETURN,
		       READ_ONCE(tun->sets.return_mode)) ||
	    nla_put_u32(skb, IFLA_IPV6TUN_RETURN_IDLE,
			READ_ONCE(tun->sets.idle_ms)) ||
	    nla_put_u32(skb, IFLA_IPV6TUN_RETURN_FORCED,
			READ_ONCE(tun->sets.forced_ms)))
		return -EMSGSIZE;
	return 0;
}

static struct net *device_get_link_net(const struct net_device *dev)
{
	const struct ipv6tun_dev *tun = netdev_priv(dev);

	return READ_ONCE(tun->net);
}

static struct rtnl_link_ops device_link_ops __read_mostly = {
	.kind		= "ipv6tun",
	.maxtype	= IFLA_IPV6TUN_MAX,
	.policy		= device_policy,
	.priv_size	= sizeof(struct ipv6tun_dev),
	.setup		= device_setup,
	.validate	= device_validate,
	.newlink	= compat_device_newlink,
	.changelink	= device_changelink,
	.get_size	= device_get_size,
	.fill_info	= device_fill_info,
	.get_link_net	= device_get_link_net,
};

/**
 * ipv6tun_device_unregister_all() - delete the devices of a namespace
 * @devices: ipv6tun_underlay.devices
 * @kill: list for unregister_netdevice_many()
 *
 * Context: RTNL.
 */
void ipv6tun_device_unregister_all(struct list_head *devices,
				   struct list_head *kill)
{
	struct ipv6tun_dev *tun;

	ASSERT_RTNL();
	list_for_each_entry(tun, devices, underlay_node)
		unregister_netdevice_queue(tun->dev, kill);
}

/*
 * What comes by one path and goes by another, or is translated and goes on, is no
 * detour. The stack asks the setting for all devices, too, which is not ours.
 */
static void no_redirects(struct net_device *dev)
{
	struct in_device *in_dev = __in_dev_get_rtnl(dev);

	if (in_dev)
		IN_DEV_CONF_SET(in_dev, SEND_REDIRECTS, 0);
}

/*
 * The tracker belongs to the namespace the device is in now. A move between
 * namespaces is an UNREGISTER in one and a REGISTER in the other.
 */
static int device_event(struct notifier_block *nb, unsigned long event,
			void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct ipv6tun_dev *tun = netdev_priv(dev);

	if (!ipv6tun_device_is(dev))
		return NOTIFY_DONE;
	switch (event) {
	case NETDEV_REGISTER:
		no_redirects(dev);
		ipv6tun_fib_start(&tun->fib);
		break;
	case NETDEV_UNREGISTER:
		nat64_instance_leave(tun);
		ipv6tun_fib_stop(&tun->fib);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block device_notifier = {
	.notifier_call = device_event,
};

/**
 * ipv6tun_device_init() - make the link kind known
 *
 * Context: process, module load.
 * Return: 0 or a negative errno.
 */
int __init ipv6tun_device_init(void)
{
	int err;

	err = register_netdevice_notifier(&device_notifier);
	if (err)
		return err;
	err = rtnl_link_register(&device_link_ops);
	if (err)
		unregister_netdevice_notifier(&device_notifier);
	return err;
}

/**
 * ipv6tun_device_exit() - delete all devices and forget the kind
 *
 * Context: process, module unload.
 */
void ipv6tun_device_exit(void)
{
	rtnl_link_unregister(&device_link_ops);
	unregister_netdevice_notifier(&device_notifier);
}
