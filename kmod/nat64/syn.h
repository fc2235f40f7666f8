/* SPDX-License-Identifier: GPL-2.0 */
/*
 * IPv4 SYNs that no BIB entry or no filter lets through, kept for a while: if an
 * IPv6 host opens the same connection, it is a simultaneous open (RFC 6146,
 * section 3.5.2.2); else the sender is told (RFC 5382, REQ-4).
 */
#ifndef _IPV6TUN_NAT64_SYN_H
#define _IPV6TUN_NAT64_SYN_H

#include <linux/spinlock.h>
#include <linux/types.h>

struct sk_buff;

#define NAT64_SYN_MAX	256
/* Seconds one waits at most: what hangs on a packet waits with it. */
#define NAT64_SYN_WAIT	30

/**
 * struct nat64_syn - a SYN that waits
 * @skb: the packet; NULL where there is none
 * @remote4: its source Z
 * @addr4: its destination T
 * @remote_port: z, network byte order
 * @port4: t, network byte order
 * @expires: seconds since boot at which its sender is told
 * @drop: IPV6TUN_A_DROPS_*, why it was not let through
 */
struct nat64_syn {
	struct sk_buff	*skb;
	__be32		remote4;
	__be32		addr4;
	__be16		remote_port;
	__be16		port4;
	u32		expires;
	unsigned int	drop;
};

/**
 * struct nat64_syns - the SYNs of an instance that wait
 * @lock: guards all below; softirq
 * @n: how many; read without the lock
 * @syn: where they are, in no order
 */
struct nat64_syns {
	spinlock_t		lock; /* see above */
	unsigned int		n;
	struct nat64_syn	syn[NAT64_SYN_MAX];
};

struct nat64_syns *nat64_syn_make(void);
void nat64_syn_free(struct nat64_syns *syns);
bool nat64_syn_keep(struct nat64_syns *syns, const struct nat64_syn *syn);
bool nat64_syn_meet(struct nat64_syns *syns, struct nat64_syn *syn);
bool nat64_syn_expire(struct nat64_syns *syns, bool all,
		      struct nat64_syn *expired);

#endif
