// SPDX-License-Identifier: GPL-2.0
#include <linux/netdevice.h>
#include <linux/skbuff.h>

#include "device.h"
#include "path.h"
#include "stats.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/**
 * ipv6tun_stats_path_rx() - count a packet received on a path
 * @path: the path
 * @len: bytes of the inside packet
 *
 * Context: softirq.
 */
void ipv6tun_stats_path_rx(struct ipv6tun_path *path, unsigned int len)
{
	struct ipv6tun_path_stats *stats = this_cpu_ptr(path->stats);

	u64_stats_update_begin(&stats->syncp);
	u64_stats_inc(&stats->rx_packets);
	u64_stats_add(&stats->rx_bytes, len);
	u64_stats_update_end(&stats->syncp);
}

/**
 * ipv6tun_stats_path_tx() - count a packet sent on a path
 * @path: the path
 * @len: bytes of the inside packet
 *
 * Context: BH disabled.
 */
void ipv6tun_stats_path_tx(struct ipv6tun_path *path, unsigned int len)
{
	struct ipv6tun_path_stats *stats = this_cpu_ptr(path->stats);

	u64_stats_update_begin(&stats->syncp);
	u64_stats_inc(&stats->tx_packets);
	u64_stats_add(&stats->tx_bytes, len);
	u64_stats_update_end(&stats->syncp);
}

/**
 * ipv6tun_stats_path_sum() - add up a path's counters
 * @path: the path
 * @sum: where to put them
 *
 * Context: any; the caller holds RTNL or RCU for @path.
 */
void ipv6tun_stats_path_sum(const struct ipv6tun_path *path,
			    struct ipv6tun_path_sum *sum)
{
	int cpu;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const struct ipv6tun_path_stats *stats;
		struct ipv6tun_path_sum one;
		unsigned int start;

		stats = per_cpu_ptr(path->stats, cpu);
		do {
			start = u64_stats_fetch_begin(&stats->syncp);
			one.rx_packets = u64_stats_read(&stats->rx_packets);
			one.rx_bytes = u64_stats_read(&stats->rx_bytes);
			one.tx_packets = u64_stats_read(&stats->tx_packets);
			one.tx_bytes = u64_stats_read(&stats->tx_bytes);
			one.rx_dropped = u64_stats_read(&stats->rx_dropped);
			one.tx_dropped = u64_stats_read(&stats->tx_dropped);
		} while (u64_stats_fetch_retry(&stats->syncp, start));

		sum->rx_packets += one.rx_packets;
		sum->rx_bytes += one.rx_bytes;
		sum->tx_packets += one.tx_packets;
		sum->tx_bytes += one.tx_bytes;
		sum->rx_dropped += one.rx_dropped;
		sum->tx_dropped += one.tx_dropped;
	}
}

/**
 * ipv6tun_stats_drops() - add up one drop counter of a device
 * @tun: the device
 * @reason: IPV6TUN_A_DROPS_*
 *
 * Context: any.
 * Return: packets dropped for @reason since the device was made.
 */
u64 ipv6tun_stats_drops(const struct ipv6tun_dev *tun, unsigned int reason)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct ipv6tun_drops *drops;
		unsigned int start;
		u64 one;

		drops = per_cpu_ptr(tun->drops, cpu);
		do {
			start = u64_stats_fetch_begin(&drops->syncp);
			one = u64_stats_read(&drops->count[reason]);
		} while (u64_stats_fetch_retry(&drops->syncp, start));
		sum += one;
	}
	return sum;
}

static void count_reason(struct ipv6tun_dev *tun, unsigned int reason)
{
	struct ipv6tun_drops *drops = this_cpu_ptr(tun->drops);

	u64_stats_update_begin(&drops->syncp);
	u64_stats_inc(&drops->count[reason]);
	u64_stats_update_end(&drops->syncp);
}

static void count_path_rx_drop(struct ipv6tun_path *path)
{
	struct ipv6tun_path_stats *stats = this_cpu_ptr(path->stats);

	u64_stats_update_begin(&stats->syncp);
	u64_stats_inc(&stats->rx_dropped);
	u64_stats_update_end(&stats->syncp);
}

/**
 * ipv6tun_count_rx_queue_full() - count a packet gro_cells refused and freed
 * @path: the path it came by
 *
 * gro_cells_receive() counted it for the device already.
 *
 * Context: softirq.
 */
void ipv6tun_count_rx_queue_full(struct ipv6tun_path *path)
{
	count_reason(path->tun, IPV6TUN_A_DROPS_RX_QUEUE_FULL);
	count_path_rx_drop(path);
}

/**
 * ipv6tun_count_nat64_queue_full() - count a translated packet netif_rx()
 *				      refused and freed
 * @tun: the device
 *
 * netif_rx() counted it for the device already.
 *
 * Context: BH disabled.
 */
void ipv6tun_count_nat64_queue_full(struct ipv6tun_dev *tun)
{
	count_reason(tun, IPV6TUN_A_DROPS_NAT64_QUEUE_FULL);
}

/**
 * ipv6tun_count_rx_drop() - count a packet that is about to be dropped
 * @tun: the device it was for
 * @path: the path it came by, NULL if that could not be told
 * @skb: the packet, for the tracepoint
 * @reason: IPV6TUN_A_DROPS_RX_*
 *
 * The caller frees @skb. The device's rx_dropped includes these.
 *
 * Context: softirq.
 */
void ipv6tun_count_rx_drop(struct ipv6tun_dev *tun, struct ipv6tun_path *path,
			   const struct sk_buff *skb, unsigned int reason)
{
	trace_ipv6tun_drop(tun->dev, path ? path->id : 0, skb, reason);
	count_reason(tun, reason);
	dev_core_stats_rx_dropped_inc(tun->dev);
	if (path)
		count_path_rx_drop(path);
}

/**
 * ipv6tun_count_tx_drop() - count a packet that is about to be dropped
 * @tun: the device it was sent to
 * @path: the path chosen for it, NULL if none was
 * @skb: the packet, for the tracepoint
 * @reason: IPV6TUN_A_DROPS_TX_*
 *
 * The caller frees @skb. The device's tx_dropped includes these.
 *
 * Context: BH disabled.
 */
void ipv6tun_count_tx_drop(struct ipv6tun_dev *tun, struct ipv6tun_path *path,
			   const struct sk_buff *skb, unsigned int reason)
{
	trace_ipv6tun_drop(tun->dev, path ? path->id : 0, skb, reason);
	count_reason(tun, reason);
	dev_core_stats_tx_dropped_inc(tun->dev);
	if (path) {
		struct ipv6tun_path_stats *stats = this_cpu_ptr(path->stats);

		u64_stats_update_begin(&stats->syncp);
		u64_stats_inc(&stats->tx_dropped);
		u64_stats_update_end(&stats->syncp);
	}
}
