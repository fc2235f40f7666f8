/* SPDX-License-Identifier: GPL-2.0 */
/*
 * NAT64 of one device: configuration, state and counters.
 */
#ifndef _IPV6TUN_NAT64_INSTANCE_H
#define _IPV6TUN_NAT64_INSTANCE_H

#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/u64_stats_sync.h>
#include <linux/workqueue.h>

#include "cfg.h"
#include "state.h"
#include "syn.h"

struct ipv6tun_dev;

/* Seconds between two lines to the log. */
#define NAT64_LOG_INTERVAL	60

/**
 * struct nat64_stats - per-CPU counters
 * @packets64: packets translated from IPv6 to IPv4
 * @bytes64: bytes of them, as they came
 * @packets46: packets translated from IPv4 to IPv6
 * @bytes46: bytes of them
 * @syncp: guards the above on 32-bit machines
 */
struct nat64_stats {
	u64_stats_t		packets64;
	u64_stats_t		bytes64;
	u64_stats_t		packets46;
	u64_stats_t		bytes46;
	struct u64_stats_sync	syncp;
};

/**
 * struct nat64_sum - the counters over all CPUs
 * @packets64: see struct nat64_stats, as all below
 * @bytes64: bytes from IPv6
 * @packets46: packets from IPv4
 * @bytes46: bytes from IPv4
 */
struct nat64_sum {
	u64	packets64;
	u64	bytes64;
	u64	packets46;
	u64	bytes46;
};

/**
 * struct nat64 - NAT64 of one device
 * @tun: the device
 * @cfg: the configuration; never NULL. RTNL, readers RCU.
 * @state: BIB and sessions
 * @stats: per-CPU counters
 * @syns: IPv4 SYNs that wait for one from IPv6
 * @logged: jiffies when the operator was last told of a full pool or table
 * @lost_events: events that could not be told
 * @expire: takes away what has ended
 * @refs: the device's reference and those of who goes through @state without
 *	  RTNL. The tables of @state and @cfg live until the last is dropped; by
 *	  then @tun may be gone.
 */
struct nat64 {
	struct ipv6tun_dev		*tun;
	struct nat64_cfg __rcu		*cfg;
	struct nat64_state		state;
	struct nat64_stats __percpu	*stats;
	struct nat64_syns		*syns;
	unsigned long			logged;
	atomic64_t			lost_events;
	struct delayed_work		expire;
	refcount_t			refs;
};

/*
 * All: process context, RTNL. Return 0 or a negative errno with @why set to a
 * sentence for the operator; then nothing was changed.
 */

/* The instance of a device, made with defaults if there is none; ERR_PTR(). */
struct nat64 *nat64_instance_make(struct ipv6tun_dev *tun);
/* Remove the instance with all its state. Waits for readers. */
void nat64_instance_destroy(struct ipv6tun_dev *tun);
void nat64_instance_leave(struct ipv6tun_dev *tun);
/*
 * Make @cfg the configuration; taken in case of success. Sessions and BIB
 * entries that it does not allow end, all others go on.
 */
int nat64_instance_apply(struct nat64 *nat, struct nat64_cfg *cfg,
			 const char **why);
/* End what @filter means; static BIB entries stay, their sessions do not. */
u64 nat64_instance_flush(struct nat64 *nat, const struct nat64_filter *filter);
void nat64_instance_sum(const struct nat64 *nat, struct nat64_sum *sum);

/*
 * A reference on the instance of a device, for longer than RTNL or RCU is held;
 * NULL if it has none. RTNL or RCU.
 */
struct nat64 *nat64_instance_get(struct ipv6tun_dev *tun);
/* Drop it. Process context, may sleep. */
void nat64_instance_put(struct nat64 *nat);

/*
 * The IPv6 address of @session's IPv4 host; false if @cfg does not make one any
 * longer. RCU.
 */
bool nat64_instance_remote6(const struct nat64_cfg *cfg,
			    const struct nat64_session *session,
			    struct in6_addr *addr);

#endif
