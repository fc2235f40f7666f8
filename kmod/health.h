/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Health: whether a path carries traffic, and why not.
 *
 * Four have a say: the administrator, the device, the underlay, the probe. What
 * they say is put together here, at once and in any context; a path that falls
 * is taken out of use within the call. A path comes back from process context
 * alone, after its hold-up time and after the path sets were told, so that
 * flows can stay where they are.
 */
#ifndef _IPV6TUN_HEALTH_H
#define _IPV6TUN_HEALTH_H

#include <linux/ipv6tun.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct ipv6tun_dev;

/**
 * struct ipv6tun_health - the health of one path
 * @lock: protects all below. Inside no other lock but RTNL; BH disabled.
 * @tun: the device
 * @id: path id
 * @admin_up: the administrator wants the path to carry traffic
 * @announced: listeners know of the path and are told of changes
 * @underlay: what is wrong with the underlay, enum ipv6tun_path_reason
 * @probe: what the probe has against the path, enum ipv6tun_path_reason
 * @state: enum ipv6tun_path_state
 * @reason: enum ipv6tun_path_reason, why @state
 * @flaps: failures that followed each other within a minute
 * @hold_up: time to work before carrying traffic again, ms
 * @changes: how often @state changed
 * @since: CLOCK_BOOTTIME of the last change of @state, ns
 * @failed: CLOCK_BOOTTIME of the last failure, ns, 0 for never
 * @returns: CLOCK_BOOTTIME when the path may carry traffic again, ns; 0 while
 *	     it does or may not
 *
 * Belongs to a path id: handed on when the path is reconfigured, freed with
 * the last path after a grace period.
 */
struct ipv6tun_health {
	spinlock_t		lock; /* see above */
	struct ipv6tun_dev	*tun;
	u16			id;
	bool			admin_up;
	bool			announced;
	u8			underlay;
	u8			probe;
	u8			state;
	u8			reason;
	u8			flaps;
	u32			hold_up;
	u64			changes;
	u64			since;
	u64			failed;
	u64			returns;
};

/**
 * struct ipv6tun_health_dev - what a device does about the health of its paths
 * @waiting: bit per path id: may come back once its time has come
 * @changed: bit per path id: listeners are to be told
 * @raise: brings paths of @waiting back
 * @tell: tells listeners; its function is the netlink layer's
 */
struct ipv6tun_health_dev {
	DECLARE_BITMAP(waiting, IPV6TUN_PATH_MAX + 1);
	DECLARE_BITMAP(changed, IPV6TUN_PATH_MAX + 1);
	struct delayed_work	raise;
	struct work_struct	tell;
};

/**
 * struct ipv6tun_health_now - a consistent view of a path's health
 * @state: enum ipv6tun_path_state
 * @reason: enum ipv6tun_path_reason
 * @changes: how often @state changed
 * @since: CLOCK_BOOTTIME of the last change of @state, ns
 */
struct ipv6tun_health_now {
	u8	state;
	u8	reason;
	u64	changes;
	u64	since;
};

void ipv6tun_health_dev_init(struct ipv6tun_health_dev *hd,
			     work_func_t tell);
void ipv6tun_health_dev_stop(struct ipv6tun_health_dev *hd);
void ipv6tun_health_init(struct ipv6tun_health *health,
			 struct ipv6tun_dev *tun, u16 id);
void ipv6tun_health_forget(struct ipv6tun_health *health);
void ipv6tun_health_announce(struct ipv6tun_health *health,
			     const struct ipv6tun_health_now *told);
void ipv6tun_health_hush(struct ipv6tun_health *health);
void ipv6tun_health_configure(struct ipv6tun_health *health, bool admin_up,
			      u32 hold_up);
void ipv6tun_health_underlay(struct ipv6tun_health *health, u8 reason);
void ipv6tun_health_probe(struct ipv6tun_health *health, u8 reason);
void ipv6tun_health_raise(struct ipv6tun_dev *tun);
void ipv6tun_health_get(struct ipv6tun_health *health,
			struct ipv6tun_health_now *now);

#endif
