// SPDX-License-Identifier: GPL-2.0
/*
 * Health: whether a path carries traffic, and why not.
 */
#include <linux/bitmap.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

#include "compat/fib.h"
#include "device.h"
#include "fib.h"
#include "health.h"
#include "path.h"

/* A failure sooner than this after the return makes the hold-up time double. */
#define FLAP_WINDOW	(60ULL * NSEC_PER_SEC)
/* The longest hold-up time that doubling leads to. */
#define HOLD_UP_MAX	(60ULL * NSEC_PER_SEC)
/* Doublings that lead from 1 ms beyond it. */
#define FLAPS_MAX	16

static void raise_work(struct work_struct *work)
{
	struct ipv6tun_health_dev *hd =
		container_of(to_delayed_work(work), struct ipv6tun_health_dev,
			     raise);

	ipv6tun_health_raise(container_of(hd, struct ipv6tun_dev, health));
}

/**
 * ipv6tun_health_dev_init() - prepare a device
 * @hd: the device's part, zeroed
 * @tell: work function that tells the listeners of the paths in
 *	  &ipv6tun_health_dev.changed
 *
 * Context: process.
 */
void ipv6tun_health_dev_init(struct ipv6tun_health_dev *hd, work_func_t tell)
{
	INIT_DELAYED_WORK(&hd->raise, raise_work);
	INIT_WORK(&hd->tell, tell);
}

/**
 * ipv6tun_health_dev_stop() - end all work of a device
 * @hd: the device's part; no path is left, and none that anybody still reads
 *
 * Context: process.
 */
void ipv6tun_health_dev_stop(struct ipv6tun_health_dev *hd)
{
	cancel_delayed_work_sync(&hd->raise);
	cancel_work_sync(&hd->tell);
}

/**
 * ipv6tun_health_init() - health of a new path: down, and silent
 * @health: zeroed
 * @tun: the device
 * @id: path id
 *
 * Context: process.
 */
void ipv6tun_health_init(struct ipv6tun_health *health,
			 struct ipv6tun_dev *tun, u16 id)
{
	spin_lock_init(&health->lock);
	health->tun = tun;
	health->id = id;
	health->state = IPV6TUN_PATH_STATE_DOWN;
	health->reason = IPV6TUN_PATH_REASON_ADMIN;
	health->since = ktime_get_boottime_ns();
}

static bool none_alive(const struct ipv6tun_dev *tun)
{
	return bitmap_empty(tun->paths.alive, IPV6TUN_PATH_MAX + 1);
}

static void tell(struct ipv6tun_health *health)
{
	struct ipv6tun_health_dev *hd = &health->tun->health;

	if (!health->announced)
		return;
	set_bit(health->id, hd->changed);
	queue_work(compat_unbound_wq, &hd->tell);
}

static void change_state(struct ipv6tun_health *health, u8 state, u8 reason,
			 u64 now)
{
	health->state = state;
	health->reason = reason;
	health->since = now;
	health->changes++;
	tell(health);
}

/* The work finds out when: others may be waiting for longer, or less long. */
static void raise_soon(struct ipv6tun_health *health)
{
	struct ipv6tun_health_dev *hd = &health->tun->health;

	set_bit(health->id, hd->waiting);
	mod_delayed_work(compat_unbound_wq, &hd->raise, 0);
}

static void fall(struct ipv6tun_health *health, u8 reason, u64 now)
{
	bool again = health->failed && now - health->since < FLAP_WINDOW;
	struct ipv6tun_dev *tun = health->tun;

	/* First of all: the next packet goes elsewhere. */
	clear_bit(health->id, tun->paths.alive);
	change_state(health, IPV6TUN_PATH_STATE_DOWN, reason, now);
	if (reason != IPV6TUN_PATH_REASON_ADMIN &&
	    reason != IPV6TUN_PATH_REASON_DEVICE) {
		health->flaps = again ? min(health->flaps + 1, FLAPS_MAX) : 0;
		health->failed = now;
	}
	ipv6tun_fib_paths_changed(&tun->fib);
	/* Now those on trial are needed. */
	if (none_alive(tun))
		mod_delayed_work(compat_unbound_wq, &tun->health.raise, 0);
}

/* How long the path has to work before it is trusted. */
static u64 hold_up_of(const struct ipv6tun_health *health)
{
	switch (health->reason) {
	case IPV6TUN_PATH_REASON_ADMIN:
	case IPV6TUN_PATH_REASON_DEVICE:
	case IPV6TUN_PATH_REASON_PROBE_WAIT:
		return 0;
	}
	if (!health->failed)
		return 0;
	return min(((u64)health->hold_up * NSEC_PER_MSEC) << health->flaps,
		   HOLD_UP_MAX);
}

/* Put together what everybody says. &ipv6tun_health.lock. */
static void judge(struct ipv6tun_health *health)
{
	u64 now = ktime_get_boottime_ns();
	u8 reason;
	u64 wait;

	if (!health->admin_up)
		reason = IPV6TUN_PATH_REASON_ADMIN;
	else if (!netif_running(health->tun->dev))
		reason = IPV6TUN_PATH_REASON_DEVICE;
	else
		reason = health->underlay ?: health->probe;
	if (reason != IPV6TUN_PATH_REASON_NONE) {
		health->returns = 0;
		if (health->state == IPV6TUN_PATH_STATE_UP) {
			fall(health, reason, now);
		} else if (health->reason != reason) {
			health->reason = reason;
			tell(health);
		}
		return;
	}
	if (health->state == IPV6TUN_PATH_STATE_UP || health->returns)
		return;
	/* Better a path on trial than none. */
	wait = none_alive(health->tun) ? 0 : hold_up_of(health);
	health->returns = now + wait;
	if (wait) {
		health->reason = IPV6TUN_PATH_REASON_HOLD_UP;
		tell(health);
	}
	raise_soon(health);
}

/**
 * ipv6tun_health_forget() - the path goes away
 * @health: its health; nothing is told of it any more
 *
 * Context: RTNL.
 */
void ipv6tun_health_forget(struct ipv6tun_health *health)
{
	spin_lock_bh(&health->lock);
	health->announced = false;
	health->admin_up = false;
	judge(health);
	spin_unlock_bh(&health->lock);
}

/**
 * ipv6tun_health_announce() - from now on listeners are told of changes
 * @health: of a path they know
 * @told: its health at some time before they were told of the path
 *
 * They are told at once if it is not the same any more: what they know may be either.
 *
 * Context: RTNL.
 */
void ipv6tun_health_announce(struct ipv6tun_health *health,
			     const struct ipv6tun_health_now *told)
{
	spin_lock_bh(&health->lock);
	health->announced = true;
	if (health->changes != told->changes || health->reason != told->reason)
		tell(health);
	spin_unlock_bh(&health->lock);
}

/**
 * ipv6tun_health_hush() - from now on listeners are told of no change
 * @health: of a path whose removal they are told of next
 *
 * What has changed before is told when this returns.
 *
 * Context: RTNL. Waits for &ipv6tun_health_dev.tell.
 */
void ipv6tun_health_hush(struct ipv6tun_health *health)
{
	spin_lock_bh(&health->lock);
	health->announced = false;
	spin_unlock_bh(&health->lock);
	flush_work(&health->tun->health.tell);
}

/**
 * ipv6tun_health_configure() - what the administrator says
 * @health: health of the path
 * @admin_up: the path shall carry traffic
 * @hold_up: how long it has to work before it does so again, ms
 *
 * Context: RTNL; the caller lets ipv6tun_health_raise() follow.
 */
void ipv6tun_health_configure(struct ipv6tun_health *health, bool admin_up,
			      u32 hold_up)
{
	spin_lock_bh(&health->lock);
	health->admin_up = admin_up;
	health->hold_up = hold_up;
	judge(health);
	spin_unlock_bh(&health->lock);
}

/**
 * ipv6tun_health_underlay() - what the underlay says
 * @health: health of the path
 * @reason: enum ipv6tun_path_reason, none if all is well
 *
 * Context: any but hard interrupts.
 */
void ipv6tun_health_underlay(struct ipv6tun_health *health, u8 reason)
{
	spin_lock_bh(&health->lock);
	health->underlay = reason;
	judge(health);
	spin_unlock_bh(&health->lock);
}

/**
 * ipv6tun_health_probe() - what the probe says
 * @health: health of the path
 * @reason: enum ipv6tun_path_reason, none if all is well
 *
 * Context: any but hard interrupts.
 */
void ipv6tun_health_probe(struct ipv6tun_health *health, u8 reason)
{
	spin_lock_bh(&health->lock);
	health->probe = reason;
	judge(health);
	spin_unlock_bh(&health->lock);
}

/* When the path may come back, 0 if it may not. */
static u64 returns_at(struct ipv6tun_dev *tun, unsigned int id)
{
	const struct ipv6tun_path *path;
	u64 returns = 0;

	rcu_read_lock();
	path = rcu_dereference(tun->paths.path[id]);
	if (path) {
		spin_lock_bh(&path->health->lock);
		returns = path->health->returns;
		spin_unlock_bh(&path->health->lock);
	}
	rcu_read_unlock();
	return returns;
}

/* Let the path carry traffic, unless something came in between. */
static void come_back(struct ipv6tun_dev *tun, unsigned int id)
{
	const struct ipv6tun_path *path;
	struct ipv6tun_health *health;

	rcu_read_lock();
	path = rcu_dereference(tun->paths.path[id]);
	if (path) {
		health = path->health;
		spin_lock_bh(&health->lock);
		/* It may have failed meanwhile, and be on trial once more. */
		if (health->returns &&
		    (health->returns <= ktime_get_boottime_ns() ||
		     none_alive(tun))) {
			health->returns = 0;
			change_state(health, IPV6TUN_PATH_STATE_UP,
				     IPV6TUN_PATH_REASON_NONE,
				     ktime_get_boottime_ns());
			set_bit(id, tun->paths.alive);
		}
		spin_unlock_bh(&health->lock);
	}
	rcu_read_unlock();
}

/**
 * ipv6tun_health_raise() - bring back the paths whose time has come
 * @tun: the device
 *
 * Context: process, with or without RTNL.
 */
void ipv6tun_health_raise(struct ipv6tun_dev *tun)
{
	struct ipv6tun_health_dev *hd = &tun->health;
	u64 now = ktime_get_boottime_ns();
	u64 next = U64_MAX;
	bool raised = false;
	unsigned int id;
	u64 returns;

	/* That they fell is told before that they are back. */
	flush_work(&hd->tell);
	for_each_set_bit(id, hd->waiting, IPV6TUN_PATH_MAX + 1) {
		/* Who sets it again meanwhile also starts the work again. */
		clear_bit(id, hd->waiting);
		returns = returns_at(tun, id);
		if (!returns)
			continue;
		if (returns > now && !none_alive(tun)) {
			set_bit(id, hd->waiting);
			next = min(next, returns);
			continue;
		}
		ipv6tun_fib_path_returns(&tun->fib, id);
		come_back(tun, id);
		raised = true;
	}
	if (raised)
		ipv6tun_fib_paths_changed(&tun->fib);
	if (next != U64_MAX)
		queue_delayed_work(compat_unbound_wq, &hd->raise,
				   nsecs_to_jiffies(next - now) + 1);
}

/**
 * ipv6tun_health_get() - a consistent view
 * @health: health of the path
 * @now: filled
 *
 * Context: any but hard interrupts.
 */
void ipv6tun_health_get(struct ipv6tun_health *health,
			struct ipv6tun_health_now *now)
{
	spin_lock_bh(&health->lock);
	now->state = health->state;
	now->reason = health->reason;
	now->changes = health->changes;
	now->since = health->since;
	spin_unlock_bh(&health->lock);
}
