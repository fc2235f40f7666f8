/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packet sizes: the device's MTU, path MTU from the underlay, and what the
 * inside is told of both.
 */
#ifndef _IPV6TUN_PMTU_H
#define _IPV6TUN_PMTU_H

#include <linux/types.h>

struct dst_entry;
struct ipv6tun_dev;
struct ipv6tun_path;
struct ipv6tun_pathset;
struct ipv6tun_underlay;
struct sk_buff;
struct work_struct;

/**
 * enum ipv6tun_fit - how a packet fits a path
 * @IPV6TUN_FIT: in one piece
 * @IPV6TUN_FIT_FRAGMENT: the outer packet has to be fragmented
 * @IPV6TUN_FIT_NOT: not at all; the sender was told
 */
enum ipv6tun_fit {
	IPV6TUN_FIT,
	IPV6TUN_FIT_FRAGMENT,
	IPV6TUN_FIT_NOT,
};

void ipv6tun_pmtu_follow(struct ipv6tun_dev *tun);
void ipv6tun_pmtu_refresh_path(struct ipv6tun_path *path);
void ipv6tun_pmtu_refresh_later(struct ipv6tun_dev *tun);
void ipv6tun_pmtu_refresh_work(struct work_struct *work);
void ipv6tun_pmtu_note_route(struct ipv6tun_path *path,
			     const struct dst_entry *dst);
enum ipv6tun_fit ipv6tun_pmtu_fit(struct ipv6tun_path *path,
				  const struct ipv6tun_pathset *set,
				  struct sk_buff *skb, unsigned int mtu);
void ipv6tun_pmtu_clamp_mss(struct ipv6tun_path *path, struct sk_buff *skb);
void ipv6tun_pmtu_icmp4(const struct ipv6tun_underlay *ul,
			struct sk_buff *skb);
void ipv6tun_pmtu_icmp6(const struct ipv6tun_underlay *ul, struct sk_buff *skb,
			unsigned int offset);

#endif
