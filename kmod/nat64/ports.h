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
 * @lock: guards @used and @n_used; softirq
 * @n_used: ports in use, by enum nat64_l4
 * @full: no port of the ranges was free when last looked at, by enum nat64_l4.
 *	  Cleared when one comes back. Read without the lock.
 * @used: bit set for each port in use; NULL until the first is. By enum
 *	  nat64_l4.
 */
struct nat64_addr4 {
	__be32			addr;
	refcount_t		refs;
	spinlock_t		lock;
	u32			n_used[NAT64_L4_N];
	bool			full[NAT64_L4_N];
	unsigned long		*used[NAT64_L4_N];
};

/**
 * struct nat64_port_slot - a range of ports of one address
 * @addr: the address; a reference
 * @min: lowest port, host byte order
 * @max: highest port
 */
struct nat64_port_slot {
	struct nat64_addr4	*addr;
	u16			min;
	u16			max;
};

/**
 * struct nat64_ports - where to look for a port
 * @key: secret that makes choices unpredictable (RFC 6056, section 3.3.3)
 * @simple: no address has two ranges for a protocol
 * @n_addrs: number of @addrs
 * @addrs: all addresses, ascending by host byte order
 * @n_slots: number of @slots, by enum nat64_l4
 * @slots: ranges by protocol, in the order of the addresses
 */
struct nat64_ports {
	u64			key[2];
	bool			simple;
	unsigned int		n_addrs;
	struct nat64_addr4	**addrs;
	unsigned int		n_slots[NAT64_L4_N];
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
