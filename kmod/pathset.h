/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The path set: which path of a set carries a bucket of flows.
 *
 * Pure logic, no device. The owner of a bucket is a function of the members
 * that are alive, their weights and the seed (weighted rendezvous hashing over
 * path ids), so a member that dies moves only its own buckets, and one that
 * returns is the owner of exactly those again.
 *
 * Membership is configuration, and changes with it; life is a bitmap that every
 * packet reads, and changes in softirq. A set does not change when a path dies.
 *
 * What a return does is up to the device:
 *   immediate  The path of a bucket is its owner, at every time and on every
 *		router with the same paths and seed. The table holds the owners
 *		with all members alive and is never written again.
 *   idle	A living path keeps its buckets until they were not used for a
 *		while, or until a time-out. The table holds the assignment as it
 *		is. Such a set is settling as long as buckets wait for their
 *		owner; only then do packets note when they use a bucket.
 * Without a table (not built yet, no memory, too many sets) a set works as in
 * immediate mode, only slower.
 *
 * Readers under RCU: ipv6tun_pathset_pick(), _owner(), _has(). The writers of
 * one set's table, ipv6tun_pathset_build(), _refresh() and _settle(), are
 * serialised by the caller; so is what writes the chain of predecessors,
 * ipv6tun_pathset_follow() and _leave(), if need be by another lock.
 */
#ifndef _IPV6TUN_PATHSET_H
#define _IPV6TUN_PATHSET_H

#include <linux/ipv6tun.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/types.h>

/*
 * The bounds are part of the API. Path ids are 1..IPV6TUN_PATH_MAX, 0 means
 * "no path". With IPV6TUN_BUCKETS buckets, shares are within 1 % of the weights
 * at 5 standard deviations.
 */

/**
 * struct ipv6tun_member - one path of a set
 * @id: path id, 1..IPV6TUN_PATH_MAX
 * @weight: relative share, at least 1
 */
struct ipv6tun_member {
	u16	id;
	u32	weight;
};

/**
 * struct ipv6tun_return - how a path that returns gets its buckets back
 * @mode: enum ipv6tun_return_mode
 * @idle: jiffies a bucket must not have been used for, at least 1
 * @forced: jiffies from the beginning of settling after which all buckets that
 *	    still wait go home, used or not; 0 for never
 */
struct ipv6tun_return {
	u8	mode;
	u32	idle;
	u32	forced;
};

/**
 * struct ipv6tun_settling - buckets on their way to their owners
 * @rcu: defers the free past the last packet
 * @since: jiffies when the first of them began to wait. Paths that return
 *	   later share its time-out: a flapping path cannot defer it.
 * @used: jiffies when each bucket was last used; written by every sender
 * @waiting: the buckets whose owner is not the path they are assigned to
 */
struct ipv6tun_settling {
	struct rcu_head	rcu;
	u32		since;
	u32		used[IPV6TUN_BUCKETS];
	DECLARE_BITMAP(waiting, IPV6TUN_BUCKETS);
};

/* Predecessors an unbuilt set remembers, the predecessors' own included. */
#define IPV6TUN_PREV_MAX	2

/**
 * struct ipv6tun_pathset - a set of paths; members and weights are immutable
 * @rcu: defers the free past the last packet
 * @refs: holders: whoever publishes the set, its successor, works busy with it
 * @buckets: path id of each bucket; NULL until built, and for sets of fewer
 *	     than two members, which need none. Entries change in idle mode.
 * @settling: NULL unless buckets wait for their owner. Written by the table's
 *	      writers, read under RCU.
 * @prev: the set this one replaces, whose assignment counts until @buckets is
 *	  built; or NULL. A strong reference. Read under RCU.
 * @seen: bit per member, which were alive when @buckets was last gone through;
 *	  lies behind the members
 * @salt: per member, its id hashed with @seed; lies behind @seen
 * @seed: the device's seed
 * @waiting: number of buckets that wait. Read without a lock.
 * @visited: for the owner of the set: last round of refreshing it was part of
 * @ticked: for the owner of the set: last round of settling it was part of
 * @n: number of members
 * @idle: @buckets is kept by the rules of idle mode
 * @stale: @buckets may name dead paths although @seen says otherwise
 * @member: the members, ascending by id, each id once
 *
 * @seen, @idle, @stale belong to the writers of @buckets.
 */
struct ipv6tun_pathset {
	struct rcu_head			rcu;
	refcount_t			refs;
	u16				*buckets;
	struct ipv6tun_settling		*settling;
	struct ipv6tun_pathset		*prev;
	unsigned long			*seen;
	u32				*salt;
	u32				seed;
	u32				waiting;
	u32				visited;
	u32				ticked;
	u16				n;
	bool				idle;
	bool				stale;
	struct ipv6tun_member		member[];
};

struct ipv6tun_pathset *
ipv6tun_pathset_alloc(const struct ipv6tun_member *member, unsigned int n,
		      u32 seed, gfp_t gfp);
struct ipv6tun_pathset *ipv6tun_pathset_get(struct ipv6tun_pathset *set);
void ipv6tun_pathset_put(struct ipv6tun_pathset *set);
void ipv6tun_pathset_follow(struct ipv6tun_pathset *set,
			    struct ipv6tun_pathset *prev);
void ipv6tun_pathset_leave(struct ipv6tun_pathset *set);

int ipv6tun_pathset_build(struct ipv6tun_pathset *set,
			  const unsigned long *alive,
			  const struct ipv6tun_return *rule, u32 now);
int ipv6tun_pathset_refresh(struct ipv6tun_pathset *set,
			    const unsigned long *alive,
			    const struct ipv6tun_return *rule, u32 now);
u32 ipv6tun_pathset_settle(struct ipv6tun_pathset *set,
			   const unsigned long *alive,
			   const struct ipv6tun_return *rule, u32 now,
			   u32 *delay);
bool ipv6tun_pathset_dirty(const struct ipv6tun_pathset *set, u16 id,
			   const unsigned long *alive);

bool ipv6tun_pathset_has(const struct ipv6tun_pathset *set, u16 id);
u16 ipv6tun_pathset_owner(const struct ipv6tun_pathset *set, u32 bucket,
			  const unsigned long *alive);

/* The bucket a flow hash falls into. */
static inline u32 ipv6tun_pathset_bucket(u32 hash)
{
	return hash & (IPV6TUN_BUCKETS - 1);
}

u16 ipv6tun_pathset_pick(const struct ipv6tun_pathset *set, u32 bucket,
			 const unsigned long *alive);
u16 ipv6tun_pathset_peek(const struct ipv6tun_pathset *set, u32 bucket,
			 const unsigned long *alive);

#endif
