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
/*
 * Addresses tried for one BIB entry. With so many in a row full, the pool is as
 * good as exhausted, and who asks in vain must not cost more.
 */
#define TRIES		64

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

static bool has_address(const struct nat64_pool4_range *range, u8 l4,
			__be32 addr)
{
	return range->protos & BIT(l4) && nat64_addr_in4(&range->prefix, addr);
}

static int fill_slots(struct nat64_ports *ports, u8 l4,
		      const struct nat64_pool4_range *ranges, unsigned int n)
{
	struct nat64_port_slot *slots;
	unsigned int i, j, count = 0;

	for (i = 0; i < n; i++)
		if (ranges[i].protos & BIT(l4))
			count += n_addresses(&ranges[i].prefix);
	ports->first[l4] = kvcalloc(ports->n_addrs + 1, sizeof(u32),
				    GFP_KERNEL);
	ports->slots[l4] = kvcalloc(max(count, 1U), sizeof(*slots),
				    GFP_KERNEL);
	if (!ports->first[l4] || !ports->slots[l4])
		return -ENOMEM;
	slots = ports->slots[l4];
	count = 0;
	for (i = 0; i < ports->n_addrs; i++) {
		ports->first[l4][i] = count;
		for (j = 0; j < n; j++) {
			if (!has_address(&ranges[j], l4, ports->addrs[i]->addr))
				continue;
			slots[count].min = ranges[j].min;
			slots[count].max = ranges[j].max;
			count++;
		}
	}
	ports->first[l4][i] = count;
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
	for (l4 = 0; l4 < NAT64_L4_N; l4++) {
		kvfree(ports->first[l4]);
		kvfree(ports->slots[l4]);
	}
	for (i = 0; i < ports->n_addrs; i++)
		addr4_put(ports->addrs[i]);
	kvfree(ports->addrs);
	kfree(ports);
}

/* Index of an address of pool4, -1 if it is none. */
static int find_index(const struct nat64_ports *ports, __be32 addr)
{
	unsigned int low = 0, high = ports->n_addrs;
	u32 wanted = be32_to_cpu(addr);

	while (low < high) {
		unsigned int mid = low + (high - low) / 2;
		u32 is = be32_to_cpu(ports->addrs[mid]->addr);

		if (is == wanted)
			return mid;
		if (is < wanted)
			low = mid + 1;
		else
			high = mid;
	}
	return -1;
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
	int i = find_index(ports, addr);

	return i < 0 ? NULL : ports->addrs[i];
}

/**
 * nat64_ports_has() - whether a BIB entry may have a transport address
 * @ports: where to look
 * @l4: enum nat64_l4
 * @addr: the address
 * @port: the port
 *
 * Context: any; the caller keeps @ports alive.
 * Return: true if a range has it.
 */
bool nat64_ports_has(const struct nat64_ports *ports, u8 l4, __be32 addr,
		     __be16 port)
{
	const struct nat64_port_slot *slot, *end;
	int i = find_index(ports, addr);

	if (i < 0)
		return false;
	slot = &ports->slots[l4][ports->first[l4][i]];
	end = &ports->slots[l4][ports->first[l4][i + 1]];
	for (; slot < end; slot++)
		if (ntohs(port) >= slot->min && ntohs(port) <= slot->max)
			return true;
	return false;
}

/* Every port, or those that are even or odd. */
#define ANY	(~0UL)
#define EVEN	(~0UL / 3)
#define ODD	(EVEN << 1)

/* The first free port from @low to @high, as a word at a time has them; or 0. */
static u32 scan(const unsigned long *used, u32 low, u32 high,
		unsigned long wanted)
{
	u32 at;

	for (at = low; at <= high; at = round_down(at, BITS_PER_LONG) +
						BITS_PER_LONG) {
		unsigned long free = ~used[at / BITS_PER_LONG] & wanted;

		free &= ~0UL << (at % BITS_PER_LONG);
		if (free) {
			at = round_down(at, BITS_PER_LONG) + __ffs(free);
			return at <= high ? at : 0;
		}
	}
	return 0;
}

/* As scan(), from a place that @hash decides and round to it. */
static u32 scan_from(const unsigned long *used, u32 low, u32 high,
		     unsigned long wanted, u32 hash)
{
	u32 start;

	if (low > high)
		return 0;
	start = low + reciprocal_scale(hash, high - low + 1);
	return scan(used, start, high, wanted) ?:
	       (start > low ? scan(used, low, start - 1, wanted) : 0);
}

/**
 * struct wish - what a port should be like
 * @low: lowest
 * @high: highest
 * @parity: ANY, EVEN or ODD
 */
struct wish {
	u16		low;
	u16		high;
	unsigned long	parity;
};

/*
 * RFC 4787, REQ-3 and REQ-4, as RFC 6146 asks: below 1024 or not as it was, and
 * for UDP even or odd, as RTP and RTCP want it; where there is no such port, as
 * much of that as there is.
 * Return the number of wishes, the dearest first.
 */
static unsigned int make_wishes(struct wish *wish, u8 l4, u16 wanted)
{
	const u16 low = wanted < WELL_KNOWN ? 1 : WELL_KNOWN;
	const u16 high = wanted < WELL_KNOWN ? WELL_KNOWN - 1 : U16_MAX;
	const unsigned long parity = wanted & 1 ? ODD : EVEN;
	unsigned int n = 0;

	if (l4 == NAT64_L4_UDP)
		wish[n++] = (struct wish){ low, high, parity };
	if (l4 != NAT64_L4_ICMP)
		wish[n++] = (struct wish){ low, high, ANY };
	if (l4 == NAT64_L4_UDP)
		wish[n++] = (struct wish){ 1, U16_MAX, parity };
	wish[n++] = (struct wish){ 1, U16_MAX, ANY };
	return n;
}

static unsigned long *used_bits(struct nat64_addr4 *addr, u8 l4)
{
	lockdep_assert_held(&addr->lock);
	if (!addr->used[l4])
		addr->used[l4] = bitmap_zalloc(PORTS, GFP_ATOMIC);
	return addr->used[l4];
}

static bool is_full(const struct nat64_addr4 *addr, u8 l4,
		    const struct nat64_port_slot *slot)
{
	return READ_ONCE(slot->is_full) &&
	       READ_ONCE(slot->full_since) == READ_ONCE(addr->freed[l4]);
}

/*
 * A port of one address, by the first wish that any of its ranges fulfils;
 * or 0. The usual answer of a full address needs no lock.
 */
static u32 take_from(struct nat64_addr4 *addr, struct nat64_port_slot *slots,
		     unsigned int n, u8 l4, u16 wanted, u32 hash)
{
	unsigned int n_wishes, i, j;
	struct wish wish[4];
	unsigned long *used;
	u32 port = 0;

	for (i = 0; i < n && is_full(addr, l4, &slots[i]); i++)
		;
	if (i == n)
		return 0;
	n_wishes = make_wishes(wish, l4, wanted);
	spin_lock_bh(&addr->lock);
	used = used_bits(addr, l4);
	for (i = 0; used && !port && i < n_wishes; i++)
		for (j = 0; !port && j < n; j++)
			port = scan_from(used, max(slots[j].min, wish[i].low),
					 min(slots[j].max, wish[i].high),
					 wish[i].parity, hash);
	if (port) {
		__set_bit(port, used);
		addr->n_used[l4]++;
		addr4_get(addr);
	} else if (used) {
		/* Under the lock, or a port that comes back is missed. */
		for (j = 0; j < n; j++) {
			WRITE_ONCE(slots[j].full_since, addr->freed[l4]);
			WRITE_ONCE(slots[j].is_full, true);
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
	unsigned int n = ports->n_addrs, tries = 0, at, i;
	u32 found;
	u64 hash;

	if (!n)
		return NULL;
	hash = siphash(host, sizeof(*host), &key);
	at = reciprocal_scale(hash, n);
	hash = siphash_2u64(hash, (__force u16)wanted, &key);
	for (i = 0; i < n && tries < TRIES; i++, at++) {
		u32 first, n_slots;

		if (at == n)
			at = 0;
		first = ports->first[l4][at];
		n_slots = ports->first[l4][at + 1] - first;
		if (!n_slots)
			continue;
		found = take_from(ports->addrs[at], &ports->slots[l4][first],
				  n_slots, l4, ntohs(wanted), hash);
		if (found) {
			*port = htons(found);
			return ports->addrs[at];
		}
		tries++;
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
	WRITE_ONCE(addr->freed[l4], addr->freed[l4] + 1);
	spin_unlock_bh(&addr->lock);
	addr4_put(addr);
}
