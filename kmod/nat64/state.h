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
#include <linux/workqueue.h>

#include "cfg.h"
#include "parse.h"
#include "ports.h"

/**
 * struct nat64_bib - a BIB entry: (X',x) <--> (T,t)
 * @node6: in nat64_state.bib6, by @addr6, @port6, @l4
 * @node4: in nat64_state.bib4, by @addr4, @port4, @l4
 * @addr6: X', the IPv6 host
 * @addr4: T, what it appears as
 * @port6: x, or echo identifier, network byte order
 * @port4: t
 * @l4: enum nat64_l4
 * @is_static: made by the operator: stays without sessions
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
 * @tcp: enum ipv6tun_nat64_tcp, of TCP sessions
 * @pool6: index of the pool6 prefix that makes Y' of @remote4, or
 *	   NAT64_VIA_EAM
 * @expires: seconds since boot at which it ends, if no packet comes
 * @filter: what lets other ports of @remote4 in, with address-dependent
 *	    filtering; else NULL. A reference.
 * @rcu: frees it
 */
struct nat64_session {
	struct rhash_head	node;
	struct nat64_bib	*bib;
	__be32			remote4;
	__be16			port;
	u8			tcp;
	u8			pool6;
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
 * @filters: remotes that were sent to, for address-dependent filtering
 * @n_bibs: BIB entries by enum nat64_l4
 * @n_sessions: sessions by enum nat64_l4
 * @total: sessions, for the limit
 * @tell: tells listeners, set by the owner
 */
struct nat64_state {
	struct rhashtable	bib6;
	struct rhashtable	bib4;
	struct rhashtable	sessions;
	atomic_t		n_bibs[NAT64_L4_N];
	atomic_t		n_sessions[NAT64_L4_N];
	atomic_t		total;
	nat64_tell		tell;
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
