// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <net/genetlink.h>
#include <net/rtnetlink.h>

#include "device.h"
#include "fib.h"
#include "nat64/state.h"
#include "netlink.h"
#include "probe.h"
#include "reach.h"
#include "underlay.h"

static int __init ipv6tun_init(void)
{
	int err;

	err = nat64_state_module_init();
	if (err)
		return err;
	err = ipv6tun_underlay_init();
	if (err)
		goto err_state;
	err = ipv6tun_fib_init();
	if (err)
		goto err_underlay;
	err = ipv6tun_reach_init();
	if (err)
		goto err_fib;
	err = ipv6tun_probe_init();
	if (err)
		goto err_reach;
	err = ipv6tun_netlink_init();
	if (err)
		goto err_probe;
	err = ipv6tun_device_init();
	if (err)
		goto err_netlink;
	return 0;

err_netlink:
	ipv6tun_netlink_exit();
err_probe:
	ipv6tun_probe_exit();
err_reach:
	ipv6tun_reach_exit();
err_fib:
	ipv6tun_fib_exit();
err_underlay:
	ipv6tun_underlay_exit();
err_state:
	nat64_state_module_exit();
	return err;
}

static void __exit ipv6tun_exit(void)
{
	ipv6tun_device_exit();
	ipv6tun_netlink_exit();
	ipv6tun_probe_exit();
	ipv6tun_reach_exit();
	ipv6tun_fib_exit();
	ipv6tun_underlay_exit();
	/* Paths, sets and sessions are freed by RCU callbacks of this module. */
	rcu_barrier();
	nat64_state_module_exit();
}

module_init(ipv6tun_init);
module_exit(ipv6tun_exit);

MODULE_DESCRIPTION("IPv6 over several GRE paths: one device, per-flow path choice, NAT64");
MODULE_LICENSE("GPL");
MODULE_ALIAS_RTNL_LINK("ipv6tun");
MODULE_ALIAS_GENL_FAMILY("ipv6tun");
