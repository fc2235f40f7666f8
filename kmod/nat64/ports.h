/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ports of pool4 (RFC 6146, section 3.5; RFC 6056): which are in use, and which
 * a new BIB entry gets.
 *
 * Whether a port is in use belongs to the address and outlives configurations:
 * struct nat64_addr4. In what ranges to look belongs to one configuration:
 * struct nat64_ports. Pure.
 */
#ifndef _IPV6TUN_NAT64_PORTS_H
#define _IPV6TUN_NAT64_PORTS_H

#include <linux/in6.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "parse.h"

struct nat64_pool4_range;

/**
 * struct nat64_addr4 - an IPv4 address of pool4 and its ports
 * @addr: the address, network byte order
 * @refs: configurations and BIB entries that refer to this
 * @lock: guards all below; softirq
 * @n_used: ports in use, by enum nat64_l4
 * @freed: grows when a port comes back, by enum nat64_l4. Read without the
 *	   lock.
 * @used: bit set for each port in use; NULL until the first is. By enum
 *	  nat64_l4.
 */
struct nat64_addr4 {
	__be32			addr;
	refcount_t		refs;
	spinlock_t		lock; /* see above */
	u32			n_used[NAT64_L4_N];
	u32			freed[NAT64_L4_N];
	unsigned long		*used[NAT64_L4_N];
};

/**
 * struct nat64_port_slot - a range of ports of one address
 * @min: lowest port, host byte order
 * @max: highest port
 * @is_full: no port was free when last looked at
 * @full_since: nat64_addr4.freed at that time: if it has grown, look again
 *
 * The last two are written under the lock of the address, read without.
 */
struct nat64_port_slot {
	u16	min;
	u16	max;
	bool	is_full;
	u32	full_since;
};

/**
 * struct nat64_ports - where to look for a port
 * @key: secret that makes choices unpredictable (RFC 6056, section 3.3.3)
 * @n_addrs: number of @addrs
 * @addrs: all addresses, ascending by host byte order
 * @first: for each address the index of its first slot, and one index more
 *	   for the end; by protocol
 * @slots: ranges by protocol, those of one address together
 */
struct nat64_ports {
	u64			key[2];
	unsigned int		n_addrs;
	struct nat64_addr4	**addrs;
	u32			*first[NAT64_L4_N];
	struct nat64_port_slot	*slots[NAT64_L4_N];
};

struct nat64_ports *nat64_ports_make(const struct nat64_pool4_range *ranges,
				     unsigned int n,
				     const struct nat64_ports *old);
void nat64_ports_free(struct nat64_ports *ports);
struct nat64_addr4 *nat64_ports_find(const struct nat64_ports *ports,
				     __be32 addr);
bool nat64_ports_has(const struct nat64_ports *ports, u8 l4, __be32 addr,
		     __be16 port);
struct nat64_addr4 *nat64_ports_take(const struct nat64_ports *ports, u8 l4,
				     const struct in6_addr *host,
				     __be16 wanted, __be16 *port);
bool nat64_ports_take_one(struct nat64_addr4 *addr, u8 l4, __be16 port);
void nat64_ports_put(struct nat64_addr4 *addr, u8 l4, __be16 port);

#endif
