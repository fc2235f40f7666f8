/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The path set: which path of a set carries a bucket of flows.
 *
 * Pure logic, no device. The owner of a bucket is a function of the members,
 * their weights and the seed alone (weighted rendezvous hashing over path
 * ids), so a member that leaves moves only its own buckets, and one that
 * returns takes exactly those back. The bucket table is a cache of that
 * function: without one (not built yet, or no memory) the answer is the same,
 * only slower.
 */
#ifndef _IPV6TUN_PATHSET_H
#define _IPV6TUN_PATHSET_H

#include <linux/ipv6tun.h>
#include <linux/rcupdate.h>
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
 * struct ipv6tun_pathset - an immutable set of paths
 * @rcu: defers the free past the last packet
 * @buckets: owner path id of each bucket; NULL until built, and for sets of
 *	     fewer than two members, which need none. Written once.
 * @salt: per member, its id hashed with @seed; lies behind the members
 * @seed: the device's seed
 * @n: number of members
 * @member: the members, ascending by id, each id once
 */
struct ipv6tun_pathset {
	struct rcu_head		rcu;
	u16			*buckets;
	u32			*salt;
	u32			seed;
	u16			n;
	struct ipv6tun_member	member[];
};

struct ipv6tun_pathset *
ipv6tun_pathset_alloc(const struct ipv6tun_member *member, unsigned int n,
		      u32 seed, gfp_t gfp);
int ipv6tun_pathset_build(struct ipv6tun_pathset *set);
void ipv6tun_pathset_free(struct ipv6tun_pathset *set);
void ipv6tun_pathset_free_rcu(struct ipv6tun_pathset *set);
u16 ipv6tun_pathset_owner(const struct ipv6tun_pathset *set, u32 bucket,
			  const unsigned long *alive);

/* The bucket a flow hash falls into. */
static inline u32 ipv6tun_pathset_bucket(u32 hash)
{
	return hash & (IPV6TUN_BUCKETS - 1);
}

u16 ipv6tun_pathset_pick(const struct ipv6tun_pathset *set, u32 bucket,
			 const unsigned long *alive);

#endif
