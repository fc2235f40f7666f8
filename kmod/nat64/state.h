/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state of stateful translation (RFC 6146, section 3): Binding Information
 * Base and session table of one instance. Knows no packet and no device.
 */
#ifndef _IPV6TUN_NAT64_STATE_H
#define _IPV6TUN_NAT64_STATE_H

#include <linux/atomic.h>
#include <linux/in6.h>
#include <linux/refcount.h>
#include <linux/rhashtable.h>
#include <linux/types.h>

#include "cfg.h"
#include "parse.h"
#include "ports.h"
#include "tcp.h"

/**
 * struct nat64_bib - a BIB entry: (X',x) <--> (T,t)
 * @node6: in nat64_state.bib6, by @addr6, @port6, @l4
 * @node4: in nat64_state.bib4, by @addr4, @port4, @l4
 * @addr6: X', the IPv6 host
 * @addr4: T, what it appears as
 * @port6: x, or echo identifier, network byte order
 * @port4: t
 * @l4: enum nat64_l4
 * @is_static: made by the operator: stays without sessions. RTNL.
 * @kept: a static entry that the next configuration has, too. RTNL.
 * @doomed: goes with its sessions, and takes no more
 * @refs: sessions, and one for being static. Who takes it to 0 unlinks.
 * @since: seconds since boot when it was made
 * @ports: where @port4 goes back to; NULL if @addr4 is not of pool4. A reference.
 * @rcu: frees it
 */
struct nat64_bib {
	struct rhash_head	node6;
	struct rhash_head	node4;
	struct in6_addr		addr6;
	__be32			addr4;
	__be16			port6;
	__be16			port4;
	u8			l4;
	bool			is_static;
	bool			kept;
	bool			doomed;
	refcount_t		refs;
	u32			since;
	struct nat64_addr4	*ports;
	struct rcu_head		rcu;
};

/**
 * struct nat64_session - a session of a BIB entry with one remote
 * @node: in nat64_state.sessions, by @bib, @remote4, @port
 * @bib: its BIB entry; holds a reference
 * @remote4: Z, the IPv4 host
 * @port: z, network byte order; of an echo 0
 * @pool6: id of the pool6 prefix that makes Y' of @remote4, or NAT64_VIA_EAM
 * @contact: there is a contact for it, see struct nat64_contact
 * @tcp: enum ipv6tun_nat64_tcp, of TCP sessions. Changed by cmpxchg().
 * @expires: seconds since boot at which it ends, if no packet comes; 0 once
 *	     it has ended. Changed by cmpxchg() only.
 * @rcu: frees it
 */
struct nat64_session {
	struct rhash_head	node;
	struct nat64_bib	*bib;
	__be32			remote4;
	__be16			port;
	u8			pool6;
	bool			contact;
	u32			tcp;
	u32			expires;
	struct rcu_head		rcu;
};

#define NAT64_VIA_EAM	0xff

/**
 * struct nat64_filter - which BIB entries and sessions are meant
 * @l4: enum nat64_l4, NAT64_L4_N for all
 * @has6: only with an IPv6 host in @prefix6
 * @has4: only with an IPv4 address T in @prefix4
 * @has_remote: only sessions with an IPv4 host Z in @remote
 * @port6: only with this port x, 0 for all, network byte order
 * @port4: only with this port t, 0 for all
 * @prefix6: see @has6
 * @prefix4: see @has4
 * @remote: see @has_remote
 */
struct nat64_filter {
	u8			l4;
	bool			has6;
	bool			has4;
	bool			has_remote;
	__be16			port6;
	__be16			port4;
	struct nat64_prefix6	prefix6;
	struct nat64_prefix4	prefix4;
	struct nat64_prefix4	remote;
};

/**
 * enum nat64_event - what listeners are told of
 * @NAT64_EVENT_BIB_ADD: a BIB entry was made
 * @NAT64_EVENT_BIB_DEL: a BIB entry is gone
 * @NAT64_EVENT_SESSION_ADD: a session was made
 * @NAT64_EVENT_SESSION_DEL: a session is gone
 */
enum nat64_event {
	NAT64_EVENT_BIB_ADD,
	NAT64_EVENT_BIB_DEL,
	NAT64_EVENT_SESSION_ADD,
	NAT64_EVENT_SESSION_DEL,
};

/**
 * struct nat64_contact - a remote that a BIB entry has sessions with
 * @node: in nat64_state.contacts, by @bib, @remote4
 * @bib: the BIB entry; no reference, the sessions have one
 * @remote4: Z
 * @refs: sessions. Who takes it to 0 unlinks.
 * @rcu: frees it
 *
 * Made while filtering is address-dependent only: answers "has T:t a session
 * with any port of Z" without a walk.
 */
struct nat64_contact {
	struct rhash_head	node;
	const struct nat64_bib	*bib;
	__be32			remote4;
	refcount_t		refs;
	struct rcu_head		rcu;
};

struct nat64_state;

/* Tells listeners; @session is NULL for BIB events. Softirq or process. */
typedef void (*nat64_tell)(struct nat64_state *st, enum nat64_event event,
			   const struct nat64_bib *bib,
			   const struct nat64_session *session);

/**
 * struct nat64_state - BIB and session table
 * @bib6: BIB entries by IPv6 side
 * @bib4: BIB entries by IPv4 side
 * @sessions: the sessions
 * @contacts: remotes with sessions, for address-dependent filtering
 * @n_bibs: BIB entries by enum nat64_l4
 * @n_sessions: sessions by enum nat64_l4
 * @total: sessions, for the limit
 * @tell: tells listeners, set by the owner; may be NULL
 * @probe: asks the IPv6 host whether a TCP session is still alive, set by the
 *	   owner; may be NULL
 */
struct nat64_state {
	struct rhashtable	bib6;
	struct rhashtable	bib4;
	struct rhashtable	sessions;
	struct rhashtable	contacts;
	atomic_t		n_bibs[NAT64_L4_N];
	atomic_t		n_sessions[NAT64_L4_N];
	atomic_t		total;
	nat64_tell		tell;
	void			(*probe)(struct nat64_state *st,
					 const struct nat64_session *session);
};

/**
 * struct nat64_walk - a way through all BIB entries or sessions
 * @iter: position
 *
 * enter, then any number of (start, next..., stop), then exit. Between stop and
 * start the walker may sleep. An entry may be seen twice if the table grows.
 */
struct nat64_walk {
	struct rhashtable_iter	iter;
};

int nat64_state_module_init(void);
void nat64_state_module_exit(void);
int nat64_state_init(struct nat64_state *st);
void nat64_state_clear(struct nat64_state *st);
void nat64_state_destroy(struct nat64_state *st);

/* Look-ups: RCU. */
struct nat64_bib *nat64_state_bib6(struct nat64_state *st, u8 l4,
				   const struct in6_addr *addr, __be16 port);
struct nat64_bib *nat64_state_bib4(struct nat64_state *st, u8 l4, __be32 addr,
				   __be16 port);
struct nat64_session *nat64_state_session(struct nat64_state *st,
					  const struct nat64_bib *bib,
					  __be32 remote4, __be16 port);
bool nat64_state_contacted(struct nat64_state *st, const struct nat64_bib *bib,
			   __be32 remote4);

/* Changes by packets: RCU, BH disabled. */
struct nat64_bib *nat64_state_make_bib(struct nat64_state *st,
				       const struct nat64_cfg *cfg, u8 l4,
				       const struct in6_addr *addr, __be16 port,
				       unsigned int *drop);
struct nat64_session *nat64_state_open(struct nat64_state *st,
				       const struct nat64_cfg *cfg,
				       struct nat64_bib *bib, __be32 remote4,
				       __be16 port, u8 pool6,
				       unsigned int *drop);
bool nat64_state_crowded(const struct nat64_state *st,
			 const struct nat64_settings *settings);
bool nat64_state_touch(struct nat64_session *session, u32 timeout);
bool nat64_state_tcp(struct nat64_session *session,
		     const struct nat64_settings *settings, bool from6,
		     enum nat64_tcp_segment segment);

/* Changes by the operator and by time: process. */
bool nat64_state_doom_way(struct nat64_state *st,
			  const struct nat64_static *entry);
int nat64_state_add_static(struct nat64_state *st, const struct nat64_cfg *cfg,
			   const struct nat64_static *entry);
struct nat64_bib *nat64_state_find_static(struct nat64_state *st,
					  const struct nat64_static *entry);
void nat64_state_doom_static(struct nat64_state *st, struct nat64_bib *bib);
void nat64_state_doom(struct nat64_state *st,
		      bool (*goes)(const struct nat64_bib *bib,
				   const void *arg),
		      const void *arg);
u64 nat64_state_end_doomed(struct nat64_state *st);
void nat64_state_expire(struct nat64_state *st,
			const struct nat64_settings *settings);
u64 nat64_state_end(struct nat64_state *st,
		    bool (*ends)(const struct nat64_session *session,
				 const void *arg),
		    const void *arg);

void nat64_state_walk_bibs(struct nat64_state *st, struct nat64_walk *walk);
void nat64_state_walk_sessions(struct nat64_state *st, struct nat64_walk *walk);
void nat64_state_walk_start(struct nat64_walk *walk);
struct nat64_bib *nat64_state_walk_next_bib(struct nat64_walk *walk);
struct nat64_session *nat64_state_walk_next_session(struct nat64_walk *walk);
void nat64_state_walk_stop(struct nat64_walk *walk);
void nat64_state_walk_exit(struct nat64_walk *walk);

bool nat64_state_match_bib(const struct nat64_filter *filter,
			   const struct nat64_bib *bib);
bool nat64_state_match_session(const struct nat64_filter *filter,
			       const struct nat64_session *session);

#endif
