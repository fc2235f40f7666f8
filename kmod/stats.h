/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Statistics: per path, and per drop reason of the device.
 *
 * A drop reason is the id of its netlink attribute (IPV6TUN_A_DROPS_*), so
 * that the spec, the counter and the name an operator reads are one thing.
 */
#ifndef _IPV6TUN_STATS_H
#define _IPV6TUN_STATS_H

#include <linux/types.h>
#include <linux/u64_stats_sync.h>
#include <linux/ipv6tun.h>

struct sk_buff;
struct ipv6tun_dev;
struct ipv6tun_path;

/**
 * struct ipv6tun_path_stats - per-CPU counters of one path
 * @rx_packets: packets decapsulated
 * @rx_bytes: bytes of their inside packets
 * @tx_packets: packets handed to the underlay
 * @tx_bytes: bytes of their inside packets
 * @rx_dropped: packets for this path that were dropped
 * @tx_dropped: packets chosen for this path that were dropped
 * @syncp: guards the above on 32-bit machines
 */
struct ipv6tun_path_stats {
	u64_stats_t		rx_packets;
	u64_stats_t		rx_bytes;
	u64_stats_t		tx_packets;
	u64_stats_t		tx_bytes;
	u64_stats_t		rx_dropped;
	u64_stats_t		tx_dropped;
	struct u64_stats_sync	syncp;
};

/**
 * struct ipv6tun_drops - per-CPU drop counters of one device
 * @count: by IPV6TUN_A_DROPS_*
 * @syncp: guards the above on 32-bit machines
 */
struct ipv6tun_drops {
	u64_stats_t		count[__IPV6TUN_A_DROPS_MAX];
	struct u64_stats_sync	syncp;
};

/**
 * struct ipv6tun_path_sum - a path's counters over all CPUs
 * @rx_packets: see struct ipv6tun_path_stats, as all below
 * @rx_bytes: bytes received
 * @tx_packets: packets sent
 * @tx_bytes: bytes sent
 * @rx_dropped: receive drops
 * @tx_dropped: transmit drops
 */
struct ipv6tun_path_sum {
	u64	rx_packets;
	u64	rx_bytes;
	u64	tx_packets;
	u64	tx_bytes;
	u64	rx_dropped;
	u64	tx_dropped;
};

void ipv6tun_stats_path_rx(struct ipv6tun_path *path, unsigned int len);
void ipv6tun_stats_path_tx(struct ipv6tun_path *path, unsigned int len);
void ipv6tun_stats_path_sum(const struct ipv6tun_path *path,
			    struct ipv6tun_path_sum *sum);
u64 ipv6tun_stats_drops(const struct ipv6tun_dev *tun, unsigned int reason);
void ipv6tun_count_rx_drop(struct ipv6tun_dev *tun, struct ipv6tun_path *path,
			   const struct sk_buff *skb, unsigned int reason);
void ipv6tun_count_rx_queue_full(struct ipv6tun_path *path);
void ipv6tun_count_nat64_queue_full(struct ipv6tun_dev *tun);
void ipv6tun_count_tx_drop(struct ipv6tun_dev *tun, struct ipv6tun_path *path,
			   const struct sk_buff *skb, unsigned int reason);

#endif
