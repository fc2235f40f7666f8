/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The underlay side: per network namespace, which GRE packets are whose.
 */
#ifndef _IPV6TUN_UNDERLAY_H
#define _IPV6TUN_UNDERLAY_H

#include <linux/list.h>
#include <linux/rhashtable.h>
#include <linux/types.h>

struct in6_addr;
struct ipv6tun_dev;
struct ipv6tun_path;
struct ipv6tun_path_cfg;
struct net;
struct sk_buff;

/**
 * struct ipv6tun_underlay - what a network namespace knows of its devices
 * @paths: all paths whose outer packets live here, by address pair.
 *	   Written under RTNL, read under RCU.
 * @devices: ipv6tun_dev.underlay_node of the devices sending here. Written
 *	     under RTNL, read under RCU.
 * @no_path: GRE packets no path claimed, handed on to the kernel's own GRE
 */
struct ipv6tun_underlay {
	struct rhltable		paths;
	struct list_head	devices;
	unsigned long __percpu	*no_path;
};

int ipv6tun_underlay_init(void);
void ipv6tun_underlay_exit(void);

struct ipv6tun_underlay *ipv6tun_underlay_of(const struct net *net);
int ipv6tun_underlay_join(struct ipv6tun_dev *tun);
void ipv6tun_underlay_leave(struct ipv6tun_dev *tun);

int ipv6tun_underlay_insert(struct net *net, struct ipv6tun_path *path);
void ipv6tun_underlay_remove(struct net *net, struct ipv6tun_path *path);
const struct ipv6tun_path *
ipv6tun_underlay_conflict(const struct net *net,
			  const struct ipv6tun_path_cfg *cfg,
			  const struct ipv6tun_path *except);
struct rhlist_head *ipv6tun_underlay_find(const struct ipv6tun_underlay *ul,
					  const struct in6_addr *local,
					  const struct in6_addr *remote);
void ipv6tun_underlay_count_no_path(const struct ipv6tun_underlay *ul);
u64 ipv6tun_underlay_no_path(const struct ipv6tun_underlay *ul);

#endif
