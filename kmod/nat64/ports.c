// SPDX-License-Identifier: GPL-2.0
#include <linux/bitmap.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "cfg.h"
#include "ports.h"

#define PORTS		65536
#define WELL_KNOWN	1024	/* ports below are a class of their own */

static struct nat64_addr4 *addr4_get(struct nat64_addr4 *addr)
{
	refcount_inc(&addr->refs);
	return addr;
}

static void addr4_put(struct nat64_addr4 *addr)
{
	int l4;

	if (!refcount_dec_and_test(&addr->refs))
		return;
	for (l4 = 0; l4 < NAT64_L4_N; l4++)
		kfree(addr->used[l4]);
	kfree(addr);
}

static struct nat64_addr4 *addr4_new(__be32 ip4)
{
	struct nat64_addr4 *addr = kzalloc(sizeof(*addr), GFP_KERNEL);

	if (!addr)
		return NULL;
	addr->addr = ip4;
	refcount_set(&addr->refs, 1);
	spin_lock_init(&addr->lock);
	return addr;
}

static u32 n_addresses(const struct nat64_prefix4 *prefix)
{
	return 1U << (32 - prefix->len);
}

static int compare(const void *a, const void *b)
{
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	return x < y ? -1 : x > y;
}

/* All addresses of @ranges, ascending, each once; NULL without memory. */
static u32 *list_addresses(const struct nat64_pool4_range *ranges,
			   unsigned int n, unsigned int *count)
{
	unsigned int i, j, all = 0, once = 0;
	u32 *list;

	for (i = 0; i < n; i++)
		all += n_addresses(&ranges[i].prefix);
	list = kvmalloc_array(max(all, 1U), sizeof(*list), GFP_KERNEL);
	if (!list)
		return NULL;
	all = 0;
	for (i = 0; i < n; i++)
		for (j = 0; j < n_addresses(&ranges[i].prefix); j++)
			list[all++] = be32_to_cpu(ranges[i].prefix.addr) + j;
	sort(list, all, sizeof(*list), compare, NULL);
	for (i = 0; i < all; i++)
		if (!once || list[once - 1] != list[i])
			list[once++] = list[i];
	*count = once;
	return list;
}

static int fill_slots(struct nat64_ports *ports, u8 l4,
		      const struct nat64_pool4_range *ranges, unsigned int n)
{
	struct nat64_port_slot *slot;
	unsigned int i, j, count = 0;

	for (i = 0; i < n; i++)
		if (ranges[i].protos & BIT(l4))
			count += n_addresses(&ranges[i].prefix);
	if (!count)
		return 0;
	slot = kvcalloc(count, sizeof(*slot), GFP_KERNEL);
	if (!slot)
		return -ENOMEM;
	ports->slots[l4] = slot;
	ports->n_slots[l4] = count;
	for (i = 0; i < n; i++) {
		u32 first = be32_to_cpu(ranges[i].prefix.addr);

		if (!(ranges[i].protos & BIT(l4)))
			continue;
		for (j = 0; j < n_addresses(&ranges[i].prefix); j++, slot++) {
			slot->addr = nat64_ports_find(ports,
						      cpu_to_be32(first + j));
			slot->min = ranges[i].min;
			slot->max = ranges[i].max;
		}
	}
	return 0;
}

/**
 * nat64_ports_make() - prepare to look for ports
 * @ranges: pool4; no more addresses in all than IPV6TUN_POOL4_ADDRESSES_MAX
 * @n: number of @ranges
 * @old: what it will replace, whose addresses go on in use; may be NULL
 *
 * Context: process.
 * Return: the ports, or NULL without memory.
 */
struct nat64_ports *nat64_ports_make(const struct nat64_pool4_range *ranges,
				     unsigned int n,
				     const struct nat64_ports *old)
{
	struct nat64_ports *ports;
	struct nat64_addr4 *addr;
	unsigned int i, count;
	u32 *list;
	int l4;

	ports = kzalloc(sizeof(*ports), GFP_KERNEL);
	if (!ports)
		return NULL;
	if (old)
		memcpy(ports->key, old->key, sizeof(ports->key));
	else
		get_random_bytes(ports->key, sizeof(ports->key));

	list = list_addresses(ranges, n, &count);
	if (!list)
		goto err_ports;
	ports->addrs = kvcalloc(max(count, 1U), sizeof(*ports->addrs),
				GFP_KERNEL);
	if (!ports->addrs)
		goto err_list;
	for (i = 0; i < count; i++) {
		__be32 ip4 = cpu_to_be32(list[i]);

		addr = old ? nat64_ports_find(old, ip4) : NULL;
		addr = addr ? addr4_get(addr) : addr4_new(ip4);
		if (!addr)
			goto err_list;
		ports->addrs[ports->n_addrs++] = addr;
	}
	for (l4 = 0; l4 < NAT64_L4_N; l4++)
		if (fill_slots(ports, l4, ranges, n))
			goto err_list;
	/*
	 * What one range of an address lacks another may have: whether an
	 * address is full can be remembered only where each has one.
	 */
	ports->simple = true;
	for (l4 = 0; l4 < NAT64_L4_N; l4++)
		if (ports->n_slots[l4] > ports->n_addrs)
			ports->simple = false;
	/* Other ranges may have room where the old ones had none. */
	for (i = 0; i < ports->n_addrs; i++)
		for (l4 = 0; l4 < NAT64_L4_N; l4++)
			WRITE_ONCE(ports->addrs[i]->full[l4], false);
	kvfree(list);
	return ports;

err_list:
	kvfree(list);
err_ports:
	nat64_ports_free(ports);
	return NULL;
}

/**
 * nat64_ports_free() - forget where to look for ports
 * @ports: what nobody uses any more; may be NULL
 *
 * Addresses that BIB entries refer to stay until these are gone.
 *
 * Context: any.
 */
void nat64_ports_free(struct nat64_ports *ports)
{
	unsigned int i;
	int l4;

	if (!ports)
		return;
	for (l4 = 0; l4 < NAT64_L4_N; l4++)
		kvfree(ports->slots[l4]);
	for (i = 0; i < ports->n_addrs; i++)
		addr4_put(ports->addrs[i]);
	kvfree(ports->addrs);
	kfree(ports);
}

/**
 * nat64_ports_find() - an address of pool4
 * @ports: where to look
 * @addr: the address
 *
 * Context: any; the caller keeps @ports alive.
 * Return: the address, no reference; NULL if it is not of pool4.
 */
struct nat64_addr4 *nat64_ports_find(const struct nat64_ports *ports,
				     __be32 addr)
{
	unsigned int low = 0, high = ports->n_addrs;
	u32 wanted = be32_to_cpu(addr);

	while (low < high) {
		unsigned int mid = low + (high - low) / 2;
		u32 is = be32_to_cpu(ports->addrs[mid]->addr);

		if (is == wanted)
			return ports->addrs[mid];
		if (is < wanted)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

/**
 * nat64_ports_has() - whether a BIB entry may have a transport address
 * @ports: where to look
 * @l4: enum nat64_l4
 * @addr: the address
 * @port: the port
 *
 * Context: any; looks at all slots of the protocol, not for each packet.
 * Return: true if a range has it.
 */
bool nat64_ports_has(const struct nat64_ports *ports, u8 l4, __be32 addr,
		     __be16 port)
{
	const struct nat64_port_slot *slot = ports->slots[l4];
	const struct nat64_port_slot *end = slot + ports->n_slots[l4];

	for (; slot < end; slot++)
		if (slot->addr->addr == addr &&
		    ntohs(port) >= slot->min && ntohs(port) <= slot->max)
			return true;
	return false;
}

/* A free port from @low to @high in steps, first from @start on; 0 if none. */
static u32 scan(const unsigned long *used, u32 low, u32 high, u32 start,
		u32 step)
{
	u32 port;

	if (low > high)
		return 0;
	if (step == 1) {
		port = find_next_zero_bit(used, high + 1, start);
		if (port <= high)
			return port;
		port = find_next_zero_bit(used, start, low);
		return port < start ? port : 0;
	}
	for (port = start; port <= high; port += step)
		if (!test_bit(port, used))
			return port;
	for (port = low; port < start; port += step)
		if (!test_bit(port, used))
			return port;
	return 0;
}

/* As scan(), from a place that @hash decides. */
static u32 scan_from(const unsigned long *used, u32 low, u32 high, u32 hash,
		     u32 step)
{
	u32 n;

	if (low > high)
		return 0;
	n = (high - low) / step + 1;
	return scan(used, low, high, low + reciprocal_scale(hash, n) * step,
		    step);
}

/* As scan_from(), UDP even or odd as it was, where there is a choice. */
static u32 choose_within(const unsigned long *used, u32 low, u32 high, u8 l4,
			 u16 wanted, u32 hash)
{
	u32 port = 0;

	if (low > high)
		return 0;
	if (l4 == NAT64_L4_UDP)
		port = scan_from(used, low + ((low ^ wanted) & 1), high, hash,
				 2);
	return port ?: scan_from(used, low, high, hash, 1);
}

/*
 * RFC 4787, REQ-3 and REQ-4, as RFC 6146 asks: below 1024 or not as it was
 * where there is a choice, and for UDP even or odd, as RTP and RTCP want it.
 */
static u32 choose(const unsigned long *used, const struct nat64_port_slot *slot,
		  u8 l4, u16 wanted, u32 hash)
{
	u32 low = slot->min, high = slot->max;
	u32 port;

	if (l4 == NAT64_L4_ICMP)
		return scan_from(used, low, high, hash, 1);
	if (wanted < WELL_KNOWN)
		high = min_t(u32, high, WELL_KNOWN - 1);
	else
		low = max_t(u32, low, WELL_KNOWN);
	port = choose_within(used, low, high, l4, wanted, hash);
	if (!port)
		port = choose_within(used, slot->min, slot->max, l4, wanted,
				     hash);
	return port;
}

static unsigned long *used_bits(struct nat64_addr4 *addr, u8 l4)
{
	lockdep_assert_held(&addr->lock);
	if (!addr->used[l4])
		addr->used[l4] = bitmap_zalloc(PORTS, GFP_ATOMIC);
	return addr->used[l4];
}

static u32 take_from(const struct nat64_port_slot *slot, u8 l4, u16 wanted,
		     u32 hash, bool only)
{
	struct nat64_addr4 *addr = slot->addr;
	unsigned long *used;
	u32 port = 0;

	spin_lock_bh(&addr->lock);
	used = used_bits(addr, l4);
	if (used) {
		port = choose(used, slot, l4, wanted, hash);
		if (port) {
			__set_bit(port, used);
			addr->n_used[l4]++;
			addr4_get(addr);
		} else {
			/* Under the lock, or a port that comes back is missed. */
			WRITE_ONCE(addr->full[l4], only);
		}
	}
	spin_unlock_bh(&addr->lock);
	return port;
}

/**
 * nat64_ports_take() - a port for a new BIB entry
 * @ports: where to look
 * @l4: enum nat64_l4
 * @host: the IPv6 host; gets the same address each time while that has ports
 *	  (RFC 4787, REQ-2)
 * @wanted: its port, network byte order
 * @port: set to the port, network byte order
 *
 * Where the search begins is a keyed hash of host and port, so that nobody who
 * does not know the key can predict it (RFC 6056, section 3.3.3).
 *
 * Context: softirq or process.
 * Return: the address, a reference that nat64_ports_put() gives back; NULL if
 * nothing is free.
 */
struct nat64_addr4 *nat64_ports_take(const struct nat64_ports *ports, u8 l4,
				     const struct in6_addr *host,
				     __be16 wanted, __be16 *port)
{
	const siphash_key_t key = { { ports->key[0], ports->key[1] } };
	unsigned int n = ports->n_slots[l4];
	const struct nat64_port_slot *slot;
	unsigned int first, i;
	u32 found;
	u64 hash;

	if (!n)
		return NULL;
	hash = siphash(host, sizeof(*host), &key);
	first = reciprocal_scale(hash, n);
	hash = siphash_2u64(hash, (__force u16)wanted, &key);
	for (i = 0; i < n; i++) {
		slot = &ports->slots[l4][first];
		first = first + 1 < n ? first + 1 : 0;
		if (READ_ONCE(slot->addr->full[l4]))
			continue;
		found = take_from(slot, l4, ntohs(wanted), hash, ports->simple);
		if (found) {
			*port = htons(found);
			return slot->addr;
		}
	}
	return NULL;
}

/**
 * nat64_ports_take_one() - a certain port, for a static BIB entry
 * @addr: the address
 * @l4: enum nat64_l4
 * @port: the port
 *
 * Context: softirq or process.
 * Return: true if it was free, and then with a reference on @addr.
 */
bool nat64_ports_take_one(struct nat64_addr4 *addr, u8 l4, __be16 port)
{
	unsigned long *used;
	bool free = false;

	spin_lock_bh(&addr->lock);
	used = used_bits(addr, l4);
	if (used && !__test_and_set_bit(ntohs(port), used)) {
		addr->n_used[l4]++;
		addr4_get(addr);
		free = true;
	}
	spin_unlock_bh(&addr->lock);
	return free;
}

/**
 * nat64_ports_put() - give a port back
 * @addr: what it was taken from, with the reference
 * @l4: enum nat64_l4
 * @port: the port
 *
 * Context: softirq or process.
 */
void nat64_ports_put(struct nat64_addr4 *addr, u8 l4, __be16 port)
{
	spin_lock_bh(&addr->lock);
	__clear_bit(ntohs(port), addr->used[l4]);
	addr->n_used[l4]--;
	WRITE_ONCE(addr->full[l4], false);
	spin_unlock_bh(&addr->lock);
	addr4_put(addr);
}
