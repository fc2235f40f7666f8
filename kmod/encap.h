/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Transmit: from the device to the underlay.
 */
#ifndef _IPV6TUN_ENCAP_H
#define _IPV6TUN_ENCAP_H

#include <linux/netdevice.h>

struct dst_entry;
struct ipv6tun_path;
struct sk_buff;

netdev_tx_t ipv6tun_encap_xmit(struct sk_buff *skb, struct net_device *dev);
void ipv6tun_encap_probe(struct ipv6tun_path *path, struct sk_buff *skb);
struct dst_entry *ipv6tun_encap_route(const struct ipv6tun_path *path);

#endif
