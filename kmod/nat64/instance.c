// SPDX-License-Identifier: GPL-2.0
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "../compat/fib.h"
#include "../device.h"
#include "eam.h"
#include "hook.h"
#include "instance.h"

/*
 * Looking for what has ended takes one part in EXPIRE_SHARE of a CPU, but is put
 * off by EXPIRE_LATEST at most: a pass that ends very many, or has to wait for a
 * CPU, would else keep the next ones alive for minutes.
 */
#define EXPIRE_SHARE	16
#define EXPIRE_LATEST	(8 * HZ)

static void expire(struct work_struct *work)
{
	struct nat64 *nat = container_of(to_delayed_work(work), struct nat64,
					 expire);
	unsigned long began = jiffies;
	struct nat64_settings settings;

	if (atomic_read(&nat->state.total)) {
		rcu_read_lock();
		settings = rcu_dereference(nat->cfg)->settings;
		rcu_read_unlock();
		nat64_state_expire(&nat->state, &settings);
	}
	nat64_hook_expire_syns(nat);
	queue_delayed_work(compat_unbound_wq, &nat->expire,
			   clamp_t(unsigned long,
				   (jiffies - began) * EXPIRE_SHARE,
				   HZ, EXPIRE_LATEST));
}

/* What is made of a configuration when it is applied. 0 or a negative errno. */
static int prepare(struct nat64_cfg *cfg, const struct nat64_cfg *old,
		   const char **why)
{
	unsigned int i;

	*why = "no memory for the configuration";
	cfg->ports = nat64_ports_make(cfg->pool4, cfg->n_pool4,
				      old ? old->ports : NULL);
	if (!cfg->ports)
		return -ENOMEM;
	cfg->eam = nat64_eam_make(cfg->eams, cfg->n_eams);
	if (!cfg->eam)
		return -ENOMEM;
	for (i = 0; i < cfg->n_static; i++) {
		if (nat64_ports_find(cfg->ports, cfg->statics[i].addr4))
			continue;
		*why = "a static BIB entry has an IPv4 address that is not in pool4";
		return -EINVAL;
	}
	return 0;
}

/*
 * A prefix keeps its id; a new one gets one that no session of the old
 * configuration can bear.
 */
static void assign_ids(struct nat64_cfg *cfg, const struct nat64_cfg *old)
{
	unsigned int i, id;

	memset(cfg->by_id, 0, sizeof(cfg->by_id));
	for (i = 0; i < cfg->n_pool6; i++) {
		cfg->pool6_id[i] = NAT64_POOL6_IDS;
		for (id = 0; old && id < NAT64_POOL6_IDS; id++)
			if (nat64_addr_same6(&old->by_id[id], &cfg->pool6[i]))
				cfg->pool6_id[i] = id;
		if (cfg->pool6_id[i] < NAT64_POOL6_IDS)
			cfg->by_id[cfg->pool6_id[i]] = cfg->pool6[i];
	}
	for (i = 0; i < cfg->n_pool6; i++) {
		if (cfg->pool6_id[i] < NAT64_POOL6_IDS)
			continue;
		for (id = 0; id < NAT64_POOL6_IDS; id++)
			if (!cfg->by_id[id].len &&
			    !(old && old->by_id[id].len))
				break;
		cfg->pool6_id[i] = id;
		cfg->by_id[id] = cfg->pool6[i];
	}
}

/**
 * struct change - from one configuration to the next
 * @old: the one before
 * @new: the one now
 */
struct change {
	const struct nat64_cfg	*old;
	const struct nat64_cfg	*new;
};

static bool bib_not_allowed(const struct nat64_bib *bib, const void *arg)
{
	const struct change *change = arg;

	return change->new->settings.mode != IPV6TUN_NAT64_MODE_STATEFUL ||
	       !nat64_ports_has(change->new->ports, bib->l4, bib->addr4,
				bib->port4);
}

/* Whether the new configuration would make the session otherwise, or not. */
static bool not_allowed(const struct nat64_session *session, const void *arg)
{
	const struct change *change = arg;
	const struct nat64_bib *bib = session->bib;
	struct in6_addr before, after;

	if (change->new->settings.mode != IPV6TUN_NAT64_MODE_STATEFUL)
		return true;
	if (READ_ONCE(bib->doomed))
		return true;
	if (!nat64_instance_remote6(change->new, session, &after))
		return true;
	/* What the old one could not make, the new one has made meanwhile. */
	if (!nat64_instance_remote6(change->old, session, &before))
		return false;
	return memcmp(&before, &after, sizeof(before));
}

/* Remove the entries that are not kept. */
static void drop_statics(struct nat64 *nat, const struct nat64_cfg *cfg)
{
	struct nat64_bib *bib;
	unsigned int i, n = 0;

	for (i = 0; i < cfg->n_static; i++) {
		bib = nat64_state_find_static(&nat->state, &cfg->statics[i]);
		if (!bib || bib->kept)
			continue;
		nat64_state_doom_static(&nat->state, bib);
		n++;
	}
	if (n)
		nat64_state_end_doomed(&nat->state);
}

static void keep_statics(struct nat64 *nat, const struct nat64_cfg *cfg,
			 bool keep)
{
	struct nat64_bib *bib;
	unsigned int i;

	for (i = 0; i < cfg->n_static; i++) {
		bib = nat64_state_find_static(&nat->state, &cfg->statics[i]);
		if (bib)
			bib->kept = keep;
	}
}

static int add_statics(struct nat64 *nat, const struct nat64_cfg *cfg)
{
	bool in_the_way = false;
	unsigned int i;
	int err;

	for (i = 0; i < cfg->n_static; i++)
		if (!nat64_state_find_static(&nat->state, &cfg->statics[i]))
			in_the_way |= nat64_state_doom_way(&nat->state,
							   &cfg->statics[i]);
	if (in_the_way)
		nat64_state_end_doomed(&nat->state);
	for (i = 0; i < cfg->n_static; i++) {
		if (nat64_state_find_static(&nat->state, &cfg->statics[i]))
			continue;
		err = nat64_state_add_static(&nat->state, cfg,
					     &cfg->statics[i]);
		if (err)
			return err;
	}
	return 0;
}

/*
 * The old entries go first: a new one may have the address and port of one of
 * them. If a new one fails, the old ones come back; their ports are free.
 */
static int change_statics(struct nat64 *nat, const struct nat64_cfg *cfg,
			  const struct nat64_cfg *old)
{
	int err;

	keep_statics(nat, cfg, true);
	drop_statics(nat, old);
	keep_statics(nat, cfg, false);
	err = add_statics(nat, cfg);
	if (!err)
		return 0;
	keep_statics(nat, old, true);
	drop_statics(nat, cfg);
	keep_statics(nat, old, false);
	add_statics(nat, old);
	return err;
}

/**
 * nat64_instance_apply() - make a configuration the one in force
 * @nat: the instance
 * @cfg: the configuration; taken in case of success
 * @why: set to the reason of a refusal
 *
 * Sessions that the new configuration would not make, or not alike, end; all
 * others go on.
 *
 * Context: process, RTNL.
 * Return: 0 or a negative errno, and then the configuration is as it was, though
 * sessions of static entries that were to go may have ended.
 */
int nat64_instance_apply(struct nat64 *nat, struct nat64_cfg *cfg,
			 const char **why)
{
	struct nat64_cfg *old = rtnl_dereference(nat->cfg);
	struct change change = { .old = old, .new = cfg };
	int err;

	err = prepare(cfg, old, why);
	if (err)
		goto err_prepare;
	assign_ids(cfg, old);
	err = change_statics(nat, cfg, old);
	if (err) {
		*why = err == -ENOMEM ? "no memory for the static BIB entries" :
		       "traffic keeps making BIB entries in the way of a static one";
		goto err_prepare;
	}
	rcu_assign_pointer(nat->cfg, cfg);
	/* From here on no packet makes a session by the old one. */
	synchronize_net();
	nat64_state_doom(&nat->state, bib_not_allowed, &change);
	synchronize_net();
	nat64_state_end(&nat->state, not_allowed, &change);
	nat64_cfg_free(old);
	return 0;

err_prepare:
	nat64_ports_free(cfg->ports);
	cfg->ports = NULL;
	nat64_eam_free(cfg->eam);
	cfg->eam = NULL;
	return err;
}

/**
 * nat64_instance_make() - the instance of a device
 * @tun: the device
 *
 * Context: process, RTNL.
 * Return: the instance, made with defaults if there was none; an ERR_PTR().
 */
struct nat64 *nat64_instance_make(struct ipv6tun_dev *tun)
{
	struct nat64 *nat = rtnl_dereference(tun->nat64);
	struct nat64_cfg *cfg;
	const char *why;
	int err = -ENOMEM;

	if (nat)
		return nat;
	nat = kzalloc(sizeof(*nat), GFP_KERNEL);
	if (!nat)
		return ERR_PTR(-ENOMEM);
	nat->tun = tun;
	refcount_set(&nat->refs, 1);
	INIT_DELAYED_WORK(&nat->expire, expire);
	nat->logged = jiffies - HZ * NAT64_LOG_INTERVAL;
	nat->syns = nat64_syn_make();
	if (!nat->syns)
		goto err_nat;
	nat->stats = netdev_alloc_pcpu_stats(struct nat64_stats);
	if (!nat->stats)
		goto err_syns;
	cfg = nat64_cfg_new();
	if (!cfg)
		goto err_stats;
	err = prepare(cfg, NULL, &why);
	if (err)
		goto err_cfg;
	RCU_INIT_POINTER(nat->cfg, cfg);
	nat->state.probe = nat64_hook_probe;
	err = nat64_state_init(&nat->state);
	if (err)
		goto err_cfg;
	queue_delayed_work(compat_unbound_wq, &nat->expire, HZ);
	rcu_assign_pointer(tun->nat64, nat);
	return nat;

err_cfg:
	nat64_cfg_free(cfg);
err_stats:
	free_percpu(nat->stats);
err_syns:
	nat64_syn_free(nat->syns);
err_nat:
	kfree(nat);
	return ERR_PTR(err);
}

/**
 * nat64_instance_get() - a reference on the instance of a device
 * @tun: the device
 *
 * Context: RTNL or RCU.
 * Return: the instance, for nat64_instance_put(); NULL if there is none.
 */
struct nat64 *nat64_instance_get(struct ipv6tun_dev *tun)
{
	struct nat64 *nat;

	rcu_read_lock();
	nat = rcu_dereference(tun->nat64);
	if (nat && !refcount_inc_not_zero(&nat->refs))
		nat = NULL;
	rcu_read_unlock();
	return nat;
}

/**
 * nat64_instance_put() - drop a reference
 * @nat: the instance
 *
 * Context: process.
 */
void nat64_instance_put(struct nat64 *nat)
{
	if (!refcount_dec_and_test(&nat->refs))
		return;
	nat64_state_destroy(&nat->state);
	nat64_syn_free(nat->syns);
	nat64_cfg_free(rcu_dereference_protected(nat->cfg, true));
	free_percpu(nat->stats);
	kfree(nat);
}

/**
 * nat64_instance_destroy() - remove the instance of a device with all its state
 * @tun: the device, which need not have one
 *
 * Context: process, RTNL, or the last of the device. Waits for packets.
 */
void nat64_instance_destroy(struct ipv6tun_dev *tun)
{
	struct nat64 *nat = rcu_dereference_protected(tun->nat64, true);

	if (!nat)
		return;
	/* Unlink, wait, free: a listing may hold what is left a while longer. */
	RCU_INIT_POINTER(tun->nat64, NULL);
	synchronize_net();
	cancel_delayed_work_sync(&nat->expire);
	nat64_hook_forget_syns(nat);
	nat64_state_clear(&nat->state);
	nat->tun = NULL;
	nat64_instance_put(nat);
}

/**
 * nat64_instance_leave() - the device leaves its network namespace
 * @tun: the device, which need not have an instance
 *
 * Packets that wait belong to that namespace; sessions move with the device.
 *
 * Context: process, RTNL.
 */
void nat64_instance_leave(struct ipv6tun_dev *tun)
{
	struct nat64 *nat = rtnl_dereference(tun->nat64);

	if (nat)
		nat64_hook_forget_syns(nat);
}

static bool meant(const struct nat64_session *session, const void *filter)
{
	return nat64_state_match_session(filter, session);
}

/**
 * nat64_instance_flush() - end sessions
 * @nat: the instance
 * @filter: which
 *
 * BIB entries without sessions go with them, but for static ones.
 *
 * Context: process, RTNL.
 * Return: number of sessions ended.
 */
u64 nat64_instance_flush(struct nat64 *nat, const struct nat64_filter *filter)
{
	return nat64_state_end(&nat->state, meant, filter);
}

/**
 * nat64_instance_sum() - add up the counters
 * @nat: the instance
 * @sum: where to put them
 *
 * Context: any; the caller keeps @nat alive.
 */
void nat64_instance_sum(const struct nat64 *nat, struct nat64_sum *sum)
{
	int cpu;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const struct nat64_stats *stats = per_cpu_ptr(nat->stats, cpu);
		struct nat64_sum one;
		unsigned int start;

		do {
			start = u64_stats_fetch_begin(&stats->syncp);
			one.packets64 = u64_stats_read(&stats->packets64);
			one.bytes64 = u64_stats_read(&stats->bytes64);
			one.packets46 = u64_stats_read(&stats->packets46);
			one.bytes46 = u64_stats_read(&stats->bytes46);
		} while (u64_stats_fetch_retry(&stats->syncp, start));
		sum->packets64 += one.packets64;
		sum->bytes64 += one.bytes64;
		sum->packets46 += one.packets46;
		sum->bytes46 += one.bytes46;
	}
}

/**
 * nat64_instance_remote6() - the IPv6 address of a session's remote
 * @cfg: the configuration
 * @session: the session
 * @addr: set to Y'
 *
 * Context: RCU.
 * Return: false if @cfg has no address for it any more.
 */
bool nat64_instance_remote6(const struct nat64_cfg *cfg,
			    const struct nat64_session *session,
			    struct in6_addr *addr)
{
	/* Packets change it. */
	u8 pool6 = READ_ONCE(session->pool6);

	if (pool6 == NAT64_VIA_EAM)
		return nat64_eam_46(cfg->eam, session->remote4, addr);
	if (!cfg->by_id[pool6].len)
		return false;
	nat64_addr_embed(&cfg->by_id[pool6], session->remote4, addr);
	return true;
}
