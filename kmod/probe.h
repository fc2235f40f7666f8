/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Probes: is there anybody at the other end of a path?
 *
 * One-sided: what answers is any IP stack, and no user space is in the loop.
 * "icmp" is an echo request to an inside peer of the path. "keepalive" is a GRE
 * packet addressed to us inside one addressed to the peer, which forwards it
 * back as it would any packet.
 *
 * A probe carries its number, the time it was sent, and a keyed hash of both,
 * so only who saw the probe can answer it, and only once.
 */
#ifndef _IPV6TUN_PROBE_H
#define _IPV6TUN_PROBE_H

#include <linux/hrtimer.h>
#include <linux/in6.h>
#include <linux/ipv6tun.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct ipv6tun_dev;
struct ipv6tun_health;
struct ipv6tun_path;
struct sk_buff;

/* Probes back that an answer is still taken. */
#define IPV6TUN_PROBE_WINDOW	256

/**
 * struct ipv6tun_probe_cfg - how a path is watched
 * @type: enum ipv6tun_probe
 * @multiplier: unanswered probes in a row that take the path down
 * @passive: received packets count as life
 * @interval: ms
 */
struct ipv6tun_probe_cfg {
	u8	type;
	u8	multiplier;
	bool	passive;
	u32	interval;
};

/**
 * struct ipv6tun_probe_stats - what the probes found
 * @sent: probes sent
 * @received: probes answered
 * @spared: probes not sent as traffic was received
 * @late: times this host was too late to judge
 * @rtt: last round-trip time, microseconds, as all below
 * @rtt_smoothed: as RFC 6298 smoothes it
 * @rtt_min: shortest
 * @rtt_max: longest
 * @loss: of the last probes, in 1/1000; computed when asked for
 */
struct ipv6tun_probe_stats {
	u64	sent;
	u64	received;
	u64	spared;
	u64	late;
	u32	rtt;
	u32	rtt_smoothed;
	u32	rtt_min;
	u32	rtt_max;
	u32	loss;
};

/**
 * struct ipv6tun_watch - the probe of one path
 * @timer: sends and judges, in softirq; runs while the path is watched
 * @tun: the device
 * @health: where the verdict goes
 * @id: path id
 * @lock: protects all below. Inside no other lock; BH disabled.
 * @key: of the hash; new whenever the probe is set up anew
 * @seq: number of the last probe sent
 * @answered: bit per probe, by number modulo the window
 * @missed: times in a row the timer found no sign of life
 * @excused: of these, times that were not counted since the timer was late
 * @heard: a sign of life since the timer last ran
 * @rx_seen: packets received on the path when the timer last ran
 * @source: our inside address, IPv4 as v4-mapped; :: while there is none
 * @source_gen: state of the device's addresses @source was chosen from
 * @source_age: jiffies when it was chosen
 * @stats: what was found
 *
 * Belongs to a path id, like its health.
 */
struct ipv6tun_watch {
	struct hrtimer			timer;
	struct ipv6tun_dev		*tun;
	struct ipv6tun_health		*health;
	u16				id;

	spinlock_t			lock; /* see above */
	siphash_key_t			key;
	u64				seq;
	DECLARE_BITMAP(answered, IPV6TUN_PROBE_WINDOW);
	u32				missed;
	u32				excused;
	bool				heard;
	u64				rx_seen;
	struct in6_addr			source;
	int				source_gen;
	unsigned long			source_age;
	struct ipv6tun_probe_stats	stats;
};

int ipv6tun_probe_init(void);
void ipv6tun_probe_exit(void);

void ipv6tun_probe_setup(struct ipv6tun_watch *watch, struct ipv6tun_dev *tun,
			 struct ipv6tun_health *health, u16 id);
void ipv6tun_probe_start(const struct ipv6tun_path *path,
			 const struct ipv6tun_path *old);
void ipv6tun_probe_stop(struct ipv6tun_watch *watch);
u32 ipv6tun_probe_rate(const struct ipv6tun_probe_cfg *cfg);
void ipv6tun_probe_get(const struct ipv6tun_path *path,
		       struct ipv6tun_probe_stats *stats);

/* Not a probe's answer: the packet is somebody else's. */
#define IPV6TUN_PROBE_OTHER	(-1)

int ipv6tun_probe_echo(struct ipv6tun_path *path, const struct sk_buff *skb);
int ipv6tun_probe_keepalive(struct ipv6tun_path *path,
			    const struct sk_buff *skb, unsigned int offset);

#endif
