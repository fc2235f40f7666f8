// SPDX-License-Identifier: GPL-2.0
/*
 * Readers (packets, listings) hold RCU only. Writers: a packet makes BIB
 * entries and sessions, BH disabled; the expiry work, a flush and a new
 * configuration end sessions. There is no lock above those of the hash
 * buckets and of the ports of one address: of two writers, who removes an
 * object from its table is the one who cleans up behind it.
 *
 * A BIB entry lives as long as its sessions, or as it is static. Who takes its
 * count to 0 unlinks it with BH disabled; a packet that finds it meanwhile
 * waits, as it does for one that is not in both tables yet.
 */
#include <linux/jhash.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <net/ipv6.h>
#include <net/net_debug.h>

#include "state.h"

/* How often to look again for an entry that is coming or going. */
#define PATIENCE	1000
/* Entries between two chances for others to run. */
#define WALK_BATCH	128

static struct kmem_cache *bib_cache;
static struct kmem_cache *session_cache;
static struct kmem_cache *contact_cache;

struct key6 {
	struct in6_addr	addr;
	__be16		port;
	u16		l4;
};

struct key4 {
	__be32		addr;
	__be16		port;
	u16		l4;
};

struct session_key {
	const struct nat64_bib	*bib;
	__be32			remote4;
	__be16			port;
	u16			zero;
};

static u32 hash6(const void *data, u32 len, u32 seed)
{
	return jhash2(data, sizeof(struct key6) / sizeof(u32), seed);
}

static u32 hash_bib6(const void *data, u32 len, u32 seed)
{
	const struct nat64_bib *bib = data;
	const struct key6 key = {
		.addr = bib->addr6, .port = bib->port6, .l4 = bib->l4,
	};

	return hash6(&key, sizeof(key), seed);
}

static int compare_bib6(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct nat64_bib *bib = obj;
	const struct key6 *key = arg->key;

	return bib->port6 != key->port || bib->l4 != key->l4 ||
	       !ipv6_addr_equal(&bib->addr6, &key->addr);
}

static const struct rhashtable_params bib6_params = {
	.head_offset	= offsetof(struct nat64_bib, node6),
	.key_len	= sizeof(struct key6),
	.hashfn		= hash6,
	.obj_hashfn	= hash_bib6,
	.obj_cmpfn	= compare_bib6,
	.automatic_shrinking = true,
};

static u32 hash4(const void *data, u32 len, u32 seed)
{
	const u32 *words = data;

	return jhash_2words(words[0], words[1], seed);
}

static u32 hash_bib4(const void *data, u32 len, u32 seed)
{
	const struct nat64_bib *bib = data;
	const struct key4 key = {
		.addr = bib->addr4, .port = bib->port4, .l4 = bib->l4,
	};

	return hash4(&key, sizeof(key), seed);
}

static int compare_bib4(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct nat64_bib *bib = obj;
	const struct key4 *key = arg->key;

	return bib->addr4 != key->addr || bib->port4 != key->port ||
	       bib->l4 != key->l4;
}

static const struct rhashtable_params bib4_params = {
	.head_offset	= offsetof(struct nat64_bib, node4),
	.key_len	= sizeof(struct key4),
	.hashfn		= hash4,
	.obj_hashfn	= hash_bib4,
	.obj_cmpfn	= compare_bib4,
	.automatic_shrinking = true,
};

static u32 hash_session_key(const void *data, u32 len, u32 seed)
{
	const struct session_key *key = data;
	unsigned long bib = (unsigned long)key->bib;

	return jhash_3words((u32)(bib / sizeof(u64)) ^ (u32)((u64)bib >> 32),
			    (__force u32)key->remote4,
			    (__force u32)key->port, seed);
}

static u32 hash_session(const void *data, u32 len, u32 seed)
{
	const struct nat64_session *session = data;
	const struct session_key key = {
		.bib = session->bib, .remote4 = session->remote4,
		.port = session->port,
	};

	return hash_session_key(&key, sizeof(key), seed);
}

static int compare_session(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct nat64_session *session = obj;
	const struct session_key *key = arg->key;

	return session->bib != key->bib || session->remote4 != key->remote4 ||
	       session->port != key->port;
}

static const struct rhashtable_params session_params = {
	.head_offset	= offsetof(struct nat64_session, node),
	.key_len	= sizeof(struct session_key),
	.hashfn		= hash_session_key,
	.obj_hashfn	= hash_session,
	.obj_cmpfn	= compare_session,
	.automatic_shrinking = true,
};

static u32 hash_contact(const void *data, u32 len, u32 seed)
{
	const struct nat64_contact *contact = data;
	const struct session_key key = {
		.bib = contact->bib, .remote4 = contact->remote4,
	};

	return hash_session_key(&key, sizeof(key), seed);
}

static int compare_contact(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct nat64_contact *contact = obj;
	const struct session_key *key = arg->key;

	return contact->bib != key->bib || contact->remote4 != key->remote4;
}

static const struct rhashtable_params contact_params = {
	.head_offset	= offsetof(struct nat64_contact, node),
	.key_len	= sizeof(struct session_key),
	.hashfn		= hash_session_key,
	.obj_hashfn	= hash_contact,
	.obj_cmpfn	= compare_contact,
	.automatic_shrinking = true,
};

static u32 now(void)
{
	return ktime_get_seconds();
}

static void tell(struct nat64_state *st, enum nat64_event event,
		 const struct nat64_bib *bib,
		 const struct nat64_session *session)
{
	if (st->tell)
		st->tell(st, event, bib, session);
}

/* Free: RCU */

static void free_bib(struct rcu_head *rcu)
{
	kmem_cache_free(bib_cache, container_of(rcu, struct nat64_bib, rcu));
}

static void free_session(struct rcu_head *rcu)
{
	kmem_cache_free(session_cache,
			container_of(rcu, struct nat64_session, rcu));
}

static void free_contact(struct rcu_head *rcu)
{
	kmem_cache_free(contact_cache,
			container_of(rcu, struct nat64_contact, rcu));
}

/* Look up */

/**
 * nat64_state_bib6() - the BIB entry of an IPv6 transport address
 * @st: the state
 * @l4: enum nat64_l4
 * @addr: X'
 * @port: x, network byte order
 *
 * Context: RCU.
 * Return: the entry, valid in this RCU section; NULL.
 */
struct nat64_bib *nat64_state_bib6(struct nat64_state *st, u8 l4,
				   const struct in6_addr *addr, __be16 port)
{
	const struct key6 key = { .addr = *addr, .port = port, .l4 = l4 };

	return rhashtable_lookup(&st->bib6, &key, bib6_params);
}

/**
 * nat64_state_bib4() - the BIB entry of an IPv4 transport address
 * @st: the state
 * @l4: enum nat64_l4
 * @addr: T
 * @port: t, network byte order
 *
 * Context: RCU.
 * Return: the entry, valid in this RCU section; NULL.
 */
struct nat64_bib *nat64_state_bib4(struct nat64_state *st, u8 l4, __be32 addr,
				   __be16 port)
{
	const struct key4 key = { .addr = addr, .port = port, .l4 = l4 };

	return rhashtable_lookup(&st->bib4, &key, bib4_params);
}

/**
 * nat64_state_session() - the session of a BIB entry with a remote
 * @st: the state
 * @bib: the BIB entry
 * @remote4: Z
 * @port: z, network byte order
 *
 * Context: RCU.
 * Return: the session, valid in this RCU section, though it may end any time;
 * NULL.
 */
struct nat64_session *nat64_state_session(struct nat64_state *st,
					  const struct nat64_bib *bib,
					  __be32 remote4, __be16 port)
{
	const struct session_key key = {
		.bib = bib, .remote4 = remote4, .port = port,
	};

	return rhashtable_lookup(&st->sessions, &key, session_params);
}

static struct nat64_contact *find_contact(struct nat64_state *st,
					  const struct nat64_bib *bib,
					  __be32 remote4)
{
	const struct session_key key = { .bib = bib, .remote4 = remote4 };

	return rhashtable_lookup(&st->contacts, &key, contact_params);
}

/**
 * nat64_state_contacted() - whether a BIB entry has a session with a remote
 * @st: the state
 * @bib: the BIB entry
 * @remote4: Z, at any port
 *
 * Address-dependent filtering (RFC 6146, section 3.5.1.2). Knows of sessions
 * made while that was set only.
 *
 * Context: RCU.
 * Return: true if it has.
 */
bool nat64_state_contacted(struct nat64_state *st, const struct nat64_bib *bib,
			   __be32 remote4)
{
	return find_contact(st, bib, remote4);
}

/* BIB entries */

/* The last reference: unlink. BH disabled, so that finders wait shortly. */
static void put_bib(struct nat64_state *st, struct nat64_bib *bib)
{
	DEBUG_NET_WARN_ON_ONCE(!in_softirq());
	if (!refcount_dec_and_test(&bib->refs))
		return;
	rhashtable_remove_fast(&st->bib6, &bib->node6, bib6_params);
	rhashtable_remove_fast(&st->bib4, &bib->node4, bib4_params);
	atomic_dec(&st->n_bibs[bib->l4]);
	tell(st, NAT64_EVENT_BIB_DEL, bib, NULL);
	if (bib->ports)
		nat64_ports_put(bib->ports, bib->l4, bib->port4);
	call_rcu(&bib->rcu, free_bib);
}

/*
 * Publish an entry whose port is its own. Until it is in both tables its count
 * is 0 and who finds it waits.
 * Return 0, -EEXIST if its IPv6 side has another entry, or another errno; then
 * the caller still owns the port.
 */
static int link_bib(struct nat64_state *st, struct nat64_bib *bib)
{
	struct nat64_bib *other;
	int err;

	refcount_set(&bib->refs, 0);
	err = rhashtable_lookup_insert_key(&st->bib4,
					   &(struct key4){ bib->addr4,
							   bib->port4,
							   bib->l4 },
					   &bib->node4, bib4_params);
	if (err)
		return err == -EEXIST ? -EBUSY : err;
	other = rhashtable_lookup_get_insert_key(&st->bib6,
						 &(struct key6){ bib->addr6,
								 bib->port6,
								 bib->l4 },
						 &bib->node6, bib6_params);
	if (other) {
		rhashtable_remove_fast(&st->bib4, &bib->node4, bib4_params);
		return IS_ERR(other) ? PTR_ERR(other) : -EEXIST;
	}
	atomic_inc(&st->n_bibs[bib->l4]);
	tell(st, NAT64_EVENT_BIB_ADD, bib, NULL);
	return 0;
}

static struct nat64_bib *new_bib(u8 l4, const struct in6_addr *addr6,
				 __be16 port6, gfp_t gfp)
{
	struct nat64_bib *bib = kmem_cache_zalloc(bib_cache, gfp);

	if (!bib)
		return NULL;
	bib->addr6 = *addr6;
	bib->port6 = port6;
	bib->l4 = l4;
	bib->since = now();
	return bib;
}

static bool is_full(const struct nat64_state *st, const struct nat64_cfg *cfg)
{
	return atomic_read(&st->total) >= cfg->settings.max_sessions;
}

/* Return an entry with a reference, or NULL with @drop set if it is final. */
static struct nat64_bib *try_make_bib(struct nat64_state *st,
				      const struct nat64_cfg *cfg, u8 l4,
				      const struct in6_addr *addr, __be16 port,
				      unsigned int *drop)
{
	struct nat64_bib *bib;
	int err;

	*drop = IPV6TUN_A_DROPS_NAT64_POOL_EXHAUSTED;
	bib = new_bib(l4, addr, port, GFP_ATOMIC);
	if (!bib) {
		*drop = IPV6TUN_A_DROPS_NAT64_NO_MEMORY;
		return NULL;
	}
	bib->ports = nat64_ports_take(cfg->ports, l4, addr, port, &bib->port4);
	if (!bib->ports) {
		kmem_cache_free(bib_cache, bib);
		return NULL;
	}
	bib->addr4 = bib->ports->addr;
	err = link_bib(st, bib);
	if (!err) {
		refcount_set(&bib->refs, 1);
		return bib;
	}
	nat64_ports_put(bib->ports, l4, bib->port4);
	*drop = err == -EEXIST ? 0 : IPV6TUN_A_DROPS_NAT64_NO_MEMORY;
	/* Somebody may have seen it in one of the tables. */
	call_rcu(&bib->rcu, free_bib);
	return NULL;
}

/**
 * nat64_state_make_bib() - the BIB entry of an IPv6 transport address, for a
 *			    new session
 * @st: the state
 * @cfg: the configuration
 * @l4: enum nat64_l4
 * @addr: X'
 * @port: x, network byte order
 * @drop: set to IPV6TUN_A_DROPS_* if there is none
 *
 * RFC 6146, section 3.5.1.1.
 *
 * Context: RCU, BH disabled.
 * Return: the entry, there before or new, with a reference for
 * nat64_state_open(); NULL.
 */
struct nat64_bib *nat64_state_make_bib(struct nat64_state *st,
				       const struct nat64_cfg *cfg, u8 l4,
				       const struct in6_addr *addr, __be16 port,
				       unsigned int *drop)
{
	struct nat64_bib *bib;
	int i;

	for (i = 0; i < PATIENCE; i++) {
		bib = nat64_state_bib6(st, l4, addr, port);
		if (!bib) {
			/* No session would follow, and all be undone. */
			if (unlikely(is_full(st, cfg))) {
				*drop = IPV6TUN_A_DROPS_NAT64_LIMIT;
				return NULL;
			}
			bib = try_make_bib(st, cfg, l4, addr, port, drop);
			if (bib || *drop)
				return bib;
			continue;
		}
		if (unlikely(READ_ONCE(bib->doomed))) {
			*drop = IPV6TUN_A_DROPS_NAT64_NO_SESSION;
			return NULL;
		}
		if (refcount_inc_not_zero(&bib->refs))
			return bib;
		cpu_relax();
	}
	*drop = IPV6TUN_A_DROPS_NAT64_NO_MEMORY;
	return NULL;
}

/* Sessions */

static bool add_contact(struct nat64_state *st, struct nat64_session *session)
{
	const struct session_key key = {
		.bib = session->bib, .remote4 = session->remote4,
	};
	struct nat64_contact *contact, *other;
	int i;

	for (i = 0; i < PATIENCE; i++) {
		contact = find_contact(st, session->bib, session->remote4);
		if (contact && refcount_inc_not_zero(&contact->refs))
			return true;
		if (contact) {
			cpu_relax();
			continue;
		}
		contact = kmem_cache_alloc(contact_cache, GFP_ATOMIC);
		if (!contact)
			return false;
		contact->bib = session->bib;
		contact->remote4 = session->remote4;
		refcount_set(&contact->refs, 1);
		other = rhashtable_lookup_get_insert_key(&st->contacts, &key,
							 &contact->node,
							 contact_params);
		if (!other)
			return true;
		kmem_cache_free(contact_cache, contact);
		if (IS_ERR(other))
			return false;
	}
	return false;
}

static void put_contact(struct nat64_state *st,
			const struct nat64_session *session)
{
	struct nat64_contact *contact;

	rcu_read_lock();
	contact = find_contact(st, session->bib, session->remote4);
	if (contact && refcount_dec_and_test(&contact->refs)) {
		rhashtable_remove_fast(&st->contacts, &contact->node,
				       contact_params);
		call_rcu(&contact->rcu, free_contact);
	}
	rcu_read_unlock();
}

/*
 * Unlink a session that @expires says has ended, which only who set that to 0
 * does. BH disabled, as for put_bib().
 */
static void unlink_session(struct nat64_state *st,
			   struct nat64_session *session)
{
	struct nat64_bib *bib = session->bib;

	rhashtable_remove_fast(&st->sessions, &session->node, session_params);
	atomic_dec(&st->total);
	atomic_dec(&st->n_sessions[bib->l4]);
	tell(st, NAT64_EVENT_SESSION_DEL, bib, session);
	if (session->contact)
		put_contact(st, session);
	call_rcu(&session->rcu, free_session);
	/* Its memory stays until the grace period that began before. */
	put_bib(st, bib);
}

static struct nat64_session *new_session(struct nat64_state *st,
					 const struct nat64_cfg *cfg,
					 struct nat64_bib *bib, __be32 remote4,
					 __be16 port, u8 pool6)
{
	struct nat64_session *session;

	session = kmem_cache_zalloc(session_cache, GFP_ATOMIC);
	if (!session)
		return NULL;
	session->bib = bib;
	session->remote4 = remote4;
	session->port = port;
	session->pool6 = pool6;
	/* Until the packet that opens it has said what it is. */
	session->expires = now() + cfg->settings.timeout[NAT64_TIMEOUT_TCP_SYN];
	if (cfg->settings.filtering ==
	    IPV6TUN_NAT64_FILTERING_ADDRESS_DEPENDENT) {
		if (!add_contact(st, session)) {
			kmem_cache_free(session_cache, session);
			return NULL;
		}
		session->contact = true;
	}
	return session;
}

/* Count a session, as long as there may be one more. */
static bool admit(struct nat64_state *st, const struct nat64_cfg *cfg)
{
	/* The usual refusal, without writing to a line that all share. */
	if (is_full(st, cfg))
		return false;
	if (atomic_inc_return(&st->total) <= cfg->settings.max_sessions)
		return true;
	atomic_dec(&st->total);
	return false;
}

/**
 * nat64_state_open() - the session of a BIB entry with a remote, for a packet
 *			that may open one
 * @st: the state
 * @cfg: the configuration
 * @bib: the BIB entry, a reference, which is taken in any case
 * @remote4: Z
 * @port: z, network byte order
 * @pool6: id of the pool6 prefix that makes Y' of @remote4, or NAT64_VIA_EAM
 * @drop: set to IPV6TUN_A_DROPS_* if there is none
 *
 * Context: RCU, BH disabled.
 * Return: the session, new or just made by another packet; NULL.
 */
struct nat64_session *nat64_state_open(struct nat64_state *st,
				       const struct nat64_cfg *cfg,
				       struct nat64_bib *bib, __be32 remote4,
				       __be16 port, u8 pool6,
				       unsigned int *drop)
{
	const struct session_key key = {
		.bib = bib, .remote4 = remote4, .port = port,
	};
	struct nat64_session *session, *other;

	*drop = IPV6TUN_A_DROPS_NAT64_LIMIT;
	if (!admit(st, cfg))
		goto err_bib;
	*drop = IPV6TUN_A_DROPS_NAT64_NO_MEMORY;
	session = new_session(st, cfg, bib, remote4, port, pool6);
	if (!session)
		goto err_total;
	other = rhashtable_lookup_get_insert_key(&st->sessions, &key,
						 &session->node,
						 session_params);
	if (other)
		goto err_session;
	atomic_inc(&st->n_sessions[bib->l4]);
	tell(st, NAT64_EVENT_SESSION_ADD, bib, session);
	return session;

err_session:
	if (session->contact)
		put_contact(st, session);
	kmem_cache_free(session_cache, session);
	if (IS_ERR(other))
		other = NULL;
	atomic_dec(&st->total);
	put_bib(st, bib);
	return other;
err_total:
	atomic_dec(&st->total);
err_bib:
	put_bib(st, bib);
	return NULL;
}

/**
 * nat64_state_crowded() - whether more than half of the sessions are in use
 * @st: the state
 * @settings: the limit
 *
 * Then those that have not come about do not last: a flood of SYNs must not
 * keep everybody else out for minutes.
 *
 * Context: any. Return: true if so.
 */
bool nat64_state_crowded(const struct nat64_state *st,
			 const struct nat64_settings *settings)
{
	return atomic_read(&st->total) > settings->max_sessions / 2;
}

/**
 * nat64_state_touch() - let a session live on
 * @session: the session
 * @timeout: seconds from now
 *
 * Writes once a second at most, to spare other CPUs the cache line.
 *
 * Context: RCU.
 * Return: false if it has ended meanwhile.
 */
bool nat64_state_touch(struct nat64_session *session, u32 timeout)
{
	u32 ends = now() + timeout;
	u32 old = READ_ONCE(session->expires);

	while (old && old != ends) {
		u32 seen = cmpxchg(&session->expires, old, ends);

		if (seen == old)
			return true;
		old = seen;
	}
	return old;
}

/**
 * nat64_state_tcp() - let a segment change its session
 * @session: a TCP session
 * @settings: the time-outs
 * @from6: the segment came from IPv6
 * @segment: what it is
 *
 * Context: RCU.
 * Return: false if the session has ended meanwhile, or if it is new and the
 * segment does not open one.
 */
bool nat64_state_tcp(struct nat64_session *session,
		     const struct nat64_settings *settings, bool from6,
		     enum nat64_tcp_segment segment)
{
	u32 seen = READ_ONCE(session->tcp);
	struct nat64_tcp_step step;
	bool touched = false;
	u32 old;

	do {
		old = seen;
		step = nat64_tcp_next(old, from6, segment);
		if (step.state == IPV6TUN_NAT64_TCP_CLOSED)
			return false;
		if (step.state != old) {
			seen = cmpxchg(&session->tcp, old, step.state);
			if (seen != old)
				continue;
		}
		if (step.keep && !touched)
			return READ_ONCE(session->expires);
		if (!nat64_state_touch(session,
				       settings->timeout[step.timeout]))
			return false;
		touched = true;
		/*
		 * If a segment on another processor changed the state before
		 * its time-out was set, the state has the wrong one now.
		 */
		old = step.state;
		seen = READ_ONCE(session->tcp);
	} while (seen != old);
	return true;
}

/* Let others run between two batches of a walk. */
static void pause_walk(struct nat64_walk *walk, unsigned int *n)
{
	if (++*n % WALK_BATCH)
		return;
	nat64_state_walk_stop(walk);
	cond_resched();
	nat64_state_walk_start(walk);
}

/* Static BIB entries */

static bool same_entry(const struct nat64_bib *bib,
		       const struct nat64_static *entry)
{
	return bib->l4 == entry->l4 && bib->port6 == entry->port6 &&
	       bib->addr4 == entry->addr4 && bib->port4 == entry->port4 &&
	       ipv6_addr_equal(&bib->addr6, &entry->addr6);
}

static bool is_doomed(const struct nat64_session *session, const void *arg)
{
	return READ_ONCE(session->bib->doomed);
}

/**
 * nat64_state_doom_way() - what stands in the way of a static entry is to go
 * @st: the state
 * @entry: the entry that is to be: the operator wins
 *
 * Context: process, RTNL.
 * Return: true if there is something; nat64_state_end_doomed() ends it, once for
 * many entries.
 */
bool nat64_state_doom_way(struct nat64_state *st,
			  const struct nat64_static *entry)
{
	struct nat64_bib *bib6, *bib4;
	bool found = false;

	rcu_read_lock();
	bib6 = nat64_state_bib6(st, entry->l4, &entry->addr6, entry->port6);
	bib4 = nat64_state_bib4(st, entry->l4, entry->addr4, entry->port4);
	/* One that is the same already becomes static. */
	if (!bib6 || bib6->doomed || !same_entry(bib6, entry)) {
		if (bib6)
			WRITE_ONCE(bib6->doomed, true);
		if (bib4)
			WRITE_ONCE(bib4->doomed, true);
		found = bib6 || bib4;
	}
	rcu_read_unlock();
	return found;
}

/* An entry that packets made already becomes static. */
static bool adopt(struct nat64_state *st, const struct nat64_static *entry)
{
	struct nat64_bib *bib;
	bool same;

	rcu_read_lock();
	bib = nat64_state_bib6(st, entry->l4, &entry->addr6, entry->port6);
	same = bib && !bib->is_static && !bib->doomed &&
	       same_entry(bib, entry) && refcount_inc_not_zero(&bib->refs);
	if (same)
		bib->is_static = true;
	rcu_read_unlock();
	return same;
}

/**
 * nat64_state_add_static() - make a static BIB entry
 * @st: the state
 * @cfg: a configuration whose pool4 has the address
 * @entry: the entry
 *
 * Sessions that stand in the way end.
 *
 * Context: process, RTNL.
 * Return: 0 or a negative errno.
 */
int nat64_state_add_static(struct nat64_state *st, const struct nat64_cfg *cfg,
			   const struct nat64_static *entry)
{
	struct nat64_addr4 *addr = nat64_ports_find(cfg->ports, entry->addr4);
	struct nat64_bib *bib;
	int err = -EBUSY;
	int i;

	if (!addr)
		return -EINVAL;
	bib = new_bib(entry->l4, &entry->addr6, entry->port6, GFP_KERNEL);
	if (!bib)
		return -ENOMEM;
	bib->addr4 = entry->addr4;
	bib->port4 = entry->port4;
	bib->is_static = true;
	/* Packets may make new ones in the way; not for ever. */
	for (i = 0; i < 10; i++) {
		if (adopt(st, entry)) {
			kmem_cache_free(bib_cache, bib);
			return 0;
		}
		if (nat64_state_doom_way(st, entry))
			nat64_state_end_doomed(st);
		if (!nat64_ports_take_one(addr, bib->l4, bib->port4))
			continue;
		bib->ports = addr;
		local_bh_disable();
		rcu_read_lock();
		err = link_bib(st, bib);
		if (!err)
			refcount_set(&bib->refs, 1);
		rcu_read_unlock();
		local_bh_enable();
		if (!err)
			return 0;
		nat64_ports_put(addr, bib->l4, bib->port4);
		/* Somebody may have seen it. */
		synchronize_rcu();
		if (err != -EEXIST && err != -EBUSY)
			break;
	}
	kmem_cache_free(bib_cache, bib);
	return err;
}

/**
 * nat64_state_find_static() - a static BIB entry
 * @st: the state
 * @entry: the entry
 *
 * Context: process, RTNL.
 * Return: the entry, valid until it is doomed; NULL.
 */
struct nat64_bib *nat64_state_find_static(struct nat64_state *st,
					  const struct nat64_static *entry)
{
	struct nat64_bib *bib;

	rcu_read_lock();
	bib = nat64_state_bib6(st, entry->l4, &entry->addr6, entry->port6);
	if (bib && !(bib->is_static && same_entry(bib, entry)))
		bib = NULL;
	rcu_read_unlock();
	/* RTNL keeps what is static. */
	return bib;
}

/**
 * nat64_state_doom_static() - a static BIB entry is to go with its sessions
 * @st: the state
 * @bib: the entry
 *
 * It goes with the last of them: nat64_state_end_doomed(), once for all.
 *
 * Context: process, RTNL.
 */
void nat64_state_doom_static(struct nat64_state *st, struct nat64_bib *bib)
{
	bib->is_static = false;
	WRITE_ONCE(bib->doomed, true);
	local_bh_disable();
	put_bib(st, bib);
	local_bh_enable();
}

/**
 * nat64_state_doom() - some BIB entries are to go with their sessions
 * @st: the state
 * @goes: which of those that are not static; called under RCU
 * @arg: for @goes
 *
 * Context: process, RTNL.
 */
void nat64_state_doom(struct nat64_state *st,
		      bool (*goes)(const struct nat64_bib *bib,
				   const void *arg),
		      const void *arg)
{
	struct nat64_walk walk;
	struct nat64_bib *bib;
	unsigned int n = 0;

	nat64_state_walk_bibs(st, &walk);
	nat64_state_walk_start(&walk);
	while ((bib = nat64_state_walk_next_bib(&walk))) {
		if (!bib->is_static && goes(bib, arg))
			WRITE_ONCE(bib->doomed, true);
		pause_walk(&walk, &n);
	}
	nat64_state_walk_stop(&walk);
	nat64_state_walk_exit(&walk);
}

/**
 * nat64_state_end_doomed() - end the sessions of entries that are to go
 * @st: the state
 *
 * Context: process.
 * Return: number of sessions ended.
 */
u64 nat64_state_end_doomed(struct nat64_state *st)
{
	/* A packet that did not see it yet may be opening one. */
	synchronize_net();
	return nat64_state_end(st, is_doomed, NULL);
}

/* Ends */

/* Return true if the caller is the one to unlink the session. */
static bool end_session(struct nat64_session *session, u32 expires)
{
	return expires && cmpxchg(&session->expires, expires, 0) == expires;
}

/* End a session whatever packets do. Return true if it was us who did. */
static bool end_for_sure(struct nat64_state *st, struct nat64_session *session)
{
	bool ended = false;
	u32 expires;

	local_bh_disable();
	while (!ended && (expires = READ_ONCE(session->expires)))
		ended = end_session(session, expires);
	if (ended)
		unlink_session(st, session);
	local_bh_enable();
	return ended;
}

static u64 end_some(struct nat64_state *st,
		    bool (*ends)(const struct nat64_session *session,
				 const void *arg),
		    const void *arg)
{
	struct nat64_session *session;
	struct nat64_walk walk;
	unsigned int n = 0;
	u64 ended = 0;

	nat64_state_walk_sessions(st, &walk);
	nat64_state_walk_start(&walk);
	while ((session = nat64_state_walk_next_session(&walk))) {
		if (ends(session, arg))
			ended += end_for_sure(st, session);
		pause_walk(&walk, &n);
	}
	nat64_state_walk_stop(&walk);
	nat64_state_walk_exit(&walk);
	return ended;
}

/**
 * nat64_state_end() - end sessions
 * @st: the state
 * @ends: which ones; called under RCU
 * @arg: for @ends
 *
 * BIB entries that have no session left go, unless they are static.
 *
 * Packets may make sessions that are meant again while this runs: only what was
 * there at the start is sure to be ended. Who wants more dooms the BIB entries
 * first.
 *
 * Context: process.
 * Return: number of sessions ended.
 */
u64 nat64_state_end(struct nat64_state *st,
		    bool (*ends)(const struct nat64_session *session,
				 const void *arg),
		    const void *arg)
{
	u64 ended, all = 0;
	int i;

	/* A table that shrinks meanwhile may hide a few from the first walk. */
	for (i = 0; i < 3; i++) {
		ended = end_some(st, ends, arg);
		all += ended;
		if (!ended)
			break;
	}
	return all;
}

/*
 * The time of a session is over: end it, or ask whether it lives, unless a packet
 * has changed @expires meanwhile. BH disabled.
 */
static void expire_one(struct nat64_state *st,
		       const struct nat64_settings *settings,
		       struct nat64_session *session, u32 expires, u32 at)
{
	struct nat64_tcp_step step;
	u32 old;

	if (session->bib->l4 == NAT64_L4_TCP) {
		old = READ_ONCE(session->tcp);
		step = nat64_tcp_expire(old);
		if (step.state != IPV6TUN_NAT64_TCP_CLOSED) {
			/* If a packet came first, that has decided. */
			if (cmpxchg(&session->expires, expires,
				    at + settings->timeout[step.timeout]) !=
			    expires)
				return;
			cmpxchg(&session->tcp, old, step.state);
			if (st->probe)
				st->probe(st, session);
			return;
		}
	}
	if (end_session(session, expires))
		unlink_session(st, session);
}

/**
 * nat64_state_expire() - end the sessions whose time is over
 * @st: the state
 * @settings: the time-outs
 *
 * Context: process. Others may run between any two batches of sessions.
 */
void nat64_state_expire(struct nat64_state *st,
			const struct nat64_settings *settings)
{
	struct nat64_session *session;
	struct nat64_walk walk;
	unsigned int n = 0;
	u32 at = now();
	u32 expires;

	nat64_state_walk_sessions(st, &walk);
	nat64_state_walk_start(&walk);
	while ((session = nat64_state_walk_next_session(&walk))) {
		expires = READ_ONCE(session->expires);
		if (unlikely(expires && (s32)(at - expires) >= 0)) {
			local_bh_disable();
			expire_one(st, settings, session, expires, at);
			local_bh_enable();
		}
		pause_walk(&walk, &n);
	}
	nat64_state_walk_stop(&walk);
	nat64_state_walk_exit(&walk);
}

/* Walks */

/**
 * nat64_state_walk_bibs() - begin a way through all BIB entries
 * @st: the state
 * @walk: the way; nat64_state_walk_exit() ends it
 *
 * Context: process.
 */
void nat64_state_walk_bibs(struct nat64_state *st, struct nat64_walk *walk)
{
	rhashtable_walk_enter(&st->bib6, &walk->iter);
}

/**
 * nat64_state_walk_sessions() - begin a way through all sessions
 * @st: the state
 * @walk: the way; nat64_state_walk_exit() ends it
 *
 * Context: process.
 */
void nat64_state_walk_sessions(struct nat64_state *st, struct nat64_walk *walk)
{
	rhashtable_walk_enter(&st->sessions, &walk->iter);
}

/**
 * nat64_state_walk_start() - go on with a walk
 * @walk: the way
 *
 * Context: process. RCU is held until nat64_state_walk_stop().
 */
void nat64_state_walk_start(struct nat64_walk *walk)
	__acquires(RCU)
{
	/* A walk that begins anew stands nowhere; some kernels forgot to say so. */
	if (rhashtable_walk_start_check(&walk->iter) == -EAGAIN)
		walk->iter.p = NULL;
	/*
	 * When the entry that the walk stood at has gone, others of its chain
	 * that went, too, would be counted against those that are left, and
	 * these be missed. Rather see some again.
	 */
	if (!walk->iter.p)
		walk->iter.skip = 0;
}

/* The next object; a table that grows meanwhile is no end. */
static void *walk_next(struct nat64_walk *walk)
{
	void *obj;

	do {
		obj = rhashtable_walk_next(&walk->iter);
	} while (IS_ERR(obj) && PTR_ERR(obj) == -EAGAIN);
	return obj;
}

/**
 * nat64_state_walk_next_bib() - the next BIB entry of a walk
 * @walk: the way
 *
 * Context: between start and stop.
 * Return: the entry, NULL at the end.
 */
struct nat64_bib *nat64_state_walk_next_bib(struct nat64_walk *walk)
{
	return walk_next(walk);
}

/**
 * nat64_state_walk_next_session() - the next session of a walk
 * @walk: the way
 *
 * Context: between start and stop.
 * Return: the session, NULL at the end.
 */
struct nat64_session *nat64_state_walk_next_session(struct nat64_walk *walk)
{
	return walk_next(walk);
}

/**
 * nat64_state_walk_stop() - pause a walk
 * @walk: the way
 *
 * Context: process.
 */
void nat64_state_walk_stop(struct nat64_walk *walk)
	__releases(RCU)
{
	rhashtable_walk_stop(&walk->iter);
}

/**
 * nat64_state_walk_exit() - end a walk
 * @walk: the way, not between start and stop
 *
 * Context: process.
 */
void nat64_state_walk_exit(struct nat64_walk *walk)
{
	rhashtable_walk_exit(&walk->iter);
}

/**
 * nat64_state_match_bib() - whether a filter means a BIB entry
 * @filter: the filter
 * @bib: the entry
 *
 * Context: RCU. Return: true if it does, whatever remote it wants.
 */
bool nat64_state_match_bib(const struct nat64_filter *filter,
			   const struct nat64_bib *bib)
{
	return (filter->l4 == NAT64_L4_N || filter->l4 == bib->l4) &&
	       (!filter->port6 || filter->port6 == bib->port6) &&
	       (!filter->port4 || filter->port4 == bib->port4) &&
	       (!filter->has6 ||
		nat64_addr_in6(&filter->prefix6, &bib->addr6)) &&
	       (!filter->has4 || nat64_addr_in4(&filter->prefix4, bib->addr4));
}

/**
 * nat64_state_match_session() - whether a filter means a session
 * @filter: the filter
 * @session: the session
 *
 * Context: RCU. Return: true if it does.
 */
bool nat64_state_match_session(const struct nat64_filter *filter,
			       const struct nat64_session *session)
{
	return nat64_state_match_bib(filter, session->bib) &&
	       (!filter->has_remote ||
		nat64_addr_in4(&filter->remote, session->remote4));
}

/* Life and death */

/**
 * nat64_state_init() - make a state without entries
 * @st: the state, zeroed but for its callbacks
 *
 * Context: process.
 * Return: 0 or a negative errno.
 */
int nat64_state_init(struct nat64_state *st)
{
	int err;

	err = rhashtable_init(&st->bib6, &bib6_params);
	if (err)
		return err;
	err = rhashtable_init(&st->bib4, &bib4_params);
	if (err)
		goto err_bib6;
	err = rhashtable_init(&st->sessions, &session_params);
	if (err)
		goto err_bib4;
	err = rhashtable_init(&st->contacts, &contact_params);
	if (err)
		goto err_sessions;
	return 0;

err_sessions:
	rhashtable_destroy(&st->sessions);
err_bib4:
	rhashtable_destroy(&st->bib4);
err_bib6:
	rhashtable_destroy(&st->bib6);
	return err;
}

static bool all(const struct nat64_session *session, const void *arg)
{
	return true;
}

/* Return how many static entries went; see nat64_state_end(). */
static unsigned int drop_statics(struct nat64_state *st)
{
	unsigned int n = 0, dropped = 0;
	struct nat64_walk walk;
	struct nat64_bib *bib;

	nat64_state_walk_bibs(st, &walk);
	nat64_state_walk_start(&walk);
	while ((bib = nat64_state_walk_next_bib(&walk))) {
		if (bib->is_static) {
			bib->is_static = false;
			local_bh_disable();
			put_bib(st, bib);
			local_bh_enable();
			dropped++;
		}
		pause_walk(&walk, &n);
	}
	nat64_state_walk_stop(&walk);
	nat64_state_walk_exit(&walk);
	return dropped;
}

/**
 * nat64_state_clear() - end all sessions and BIB entries
 * @st: the state, which no packet finds any more
 *
 * Context: process.
 */
void nat64_state_clear(struct nat64_state *st)
{
	while (atomic_read(&st->total))
		end_some(st, all, NULL);
	while (drop_statics(st))
		;
}

/**
 * nat64_state_destroy() - give an empty state back
 * @st: the state
 *
 * Context: process.
 */
void nat64_state_destroy(struct nat64_state *st)
{
	rhashtable_destroy(&st->contacts);
	rhashtable_destroy(&st->sessions);
	rhashtable_destroy(&st->bib4);
	rhashtable_destroy(&st->bib6);
}

/**
 * nat64_state_module_init() - make the slab caches
 *
 * Context: process, module load.
 * Return: 0 or -ENOMEM.
 */
int nat64_state_module_init(void)
{
	bib_cache = kmem_cache_create("ipv6tun_bib", sizeof(struct nat64_bib),
				      0, SLAB_ACCOUNT, NULL);
	session_cache = kmem_cache_create("ipv6tun_session",
					  sizeof(struct nat64_session),
					  0, SLAB_ACCOUNT, NULL);
	contact_cache = kmem_cache_create("ipv6tun_contact",
					  sizeof(struct nat64_contact),
					  0, SLAB_ACCOUNT, NULL);
	if (bib_cache && session_cache && contact_cache)
		return 0;
	nat64_state_module_exit();
	return -ENOMEM;
}

/**
 * nat64_state_module_exit() - give the slab caches back
 *
 * Context: process, module unload, after the last RCU callback.
 */
void nat64_state_module_exit(void)
{
	kmem_cache_destroy(contact_cache);
	kmem_cache_destroy(session_cache);
	kmem_cache_destroy(bib_cache);
}
