// SPDX-License-Identifier: GPL-2.0
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <net/ipv6.h>

#include "cfg.h"
#include "eam.h"

#define NONE	U32_MAX

/**
 * struct entry - a mapping in one of the two orders
 * @eam: the mapping
 * @parent: index of the next shorter prefix that contains this one, or NONE
 */
struct entry {
	struct nat64_eam	eam;
	u32			parent;
};

/**
 * struct nat64_eam_table - all mappings of a configuration
 * @n: how many
 * @by6: ascending by IPv6 prefix, shorter ones first
 * @by4: ascending by IPv4 prefix, shorter ones first
 *
 * Prefixes nest or are disjoint. The last entry not above an address is
 * therefore the longest match or lies inside it: its parents lead there.
 */
struct nat64_eam_table {
	unsigned int	n;
	struct entry	*by6;
	struct entry	*by4;
};

static int compare6(const void *a, const void *b)
{
	const struct nat64_prefix6 *x = &((const struct entry *)a)->eam.prefix6;
	const struct nat64_prefix6 *y = &((const struct entry *)b)->eam.prefix6;

	return ipv6_addr_cmp(&x->addr, &y->addr) ?: x->len - y->len;
}

static int compare4(const void *a, const void *b)
{
	const struct nat64_prefix4 *x = &((const struct entry *)a)->eam.prefix4;
	const struct nat64_prefix4 *y = &((const struct entry *)b)->eam.prefix4;
	u32 p = be32_to_cpu(x->addr), q = be32_to_cpu(y->addr);

	if (p != q)
		return p < q ? -1 : 1;
	return x->len - y->len;
}

static void find_parents6(struct entry *entries, unsigned int n)
{
	u32 i, up;

	for (i = 0; i < n; i++) {
		up = i ? i - 1 : NONE;
		while (up != NONE &&
		       !nat64_addr_in6(&entries[up].eam.prefix6,
				       &entries[i].eam.prefix6.addr))
			up = entries[up].parent;
		entries[i].parent = up;
	}
}

static void find_parents4(struct entry *entries, unsigned int n)
{
	u32 i, up;

	for (i = 0; i < n; i++) {
		up = i ? i - 1 : NONE;
		while (up != NONE &&
		       !nat64_addr_in4(&entries[up].eam.prefix4,
				       entries[i].eam.prefix4.addr))
			up = entries[up].parent;
		entries[i].parent = up;
	}
}

/**
 * nat64_eam_make() - make mappings fit to be looked up
 * @eams: the mappings, no prefix twice
 * @n: how many
 *
 * Context: process.
 * Return: the table, or NULL without memory.
 */
struct nat64_eam_table *nat64_eam_make(const struct nat64_eam *eams,
				       unsigned int n)
{
	struct nat64_eam_table *table;
	unsigned int i;

	table = kzalloc(sizeof(*table), GFP_KERNEL);
	if (!table)
		return NULL;
	table->n = n;
	table->by6 = kvmalloc_array(max(n, 1U), sizeof(*table->by6), GFP_KERNEL);
	table->by4 = kvmalloc_array(max(n, 1U), sizeof(*table->by4), GFP_KERNEL);
	if (!table->by6 || !table->by4) {
		nat64_eam_free(table);
		return NULL;
	}
	for (i = 0; i < n; i++) {
		table->by6[i].eam = eams[i];
		table->by4[i].eam = eams[i];
	}
	sort(table->by6, n, sizeof(*table->by6), compare6, NULL);
	sort(table->by4, n, sizeof(*table->by4), compare4, NULL);
	find_parents6(table->by6, n);
	find_parents4(table->by4, n);
	return table;
}

/**
 * nat64_eam_free() - forget mappings
 * @table: the table, not in use any more; may be NULL
 *
 * Context: any.
 */
void nat64_eam_free(struct nat64_eam_table *table)
{
	if (!table)
		return;
	kvfree(table->by6);
	kvfree(table->by4);
	kfree(table);
}

static const struct nat64_eam *find6(const struct nat64_eam_table *table,
				     const struct in6_addr *addr)
{
	u32 low = 0, high = table->n, at;

	while (low < high) {
		u32 mid = low + (high - low) / 2;

		if (ipv6_addr_cmp(&table->by6[mid].eam.prefix6.addr, addr) <= 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (at = low - 1; at != NONE; at = table->by6[at].parent)
		if (nat64_addr_in6(&table->by6[at].eam.prefix6, addr))
			return &table->by6[at].eam;
	return NULL;
}

static const struct nat64_eam *find4(const struct nat64_eam_table *table,
				     __be32 addr)
{
	u32 low = 0, high = table->n, at;

	while (low < high) {
		u32 mid = low + (high - low) / 2;

		if (be32_to_cpu(table->by4[mid].eam.prefix4.addr) <=
		    be32_to_cpu(addr))
			low = mid + 1;
		else
			high = mid;
	}
	for (at = low - 1; at != NONE; at = table->by4[at].parent)
		if (nat64_addr_in4(&table->by4[at].eam.prefix4, addr))
			return &table->by4[at].eam;
	return NULL;
}

/**
 * nat64_eam_64() - the IPv4 address of an IPv6 address
 * @table: the mappings
 * @addr6: the IPv6 address
 * @addr4: set to the IPv4 address
 *
 * RFC 7757, section 3.3: the suffix of the IPv4 address is made of the bits
 * that follow the IPv6 prefix, whatever comes after them.
 *
 * Context: any; the caller keeps @table alive.
 * Return: true if a mapping has it.
 */
bool nat64_eam_64(const struct nat64_eam_table *table,
		  const struct in6_addr *addr6, __be32 *addr4)
{
	const struct nat64_eam *eam;
	u32 suffix = 0;
	u8 bits, i;

	if (!table->n)
		return false;
	eam = find6(table, addr6);
	if (!eam)
		return false;
	bits = 32 - eam->prefix4.len;
	for (i = 0; i < bits; i++) {
		u8 at = eam->prefix6.len + i;

		suffix <<= 1;
		suffix |= (addr6->s6_addr[at / 8] >> (7 - at % 8)) & 1;
	}
	*addr4 = eam->prefix4.addr | cpu_to_be32(suffix);
	return true;
}

/**
 * nat64_eam_46() - the IPv6 address of an IPv4 address
 * @table: the mappings
 * @addr4: the IPv4 address
 * @addr6: set to the IPv6 address
 *
 * RFC 7757, section 3.3: what the suffix does not fill is zero.
 *
 * Context: any; the caller keeps @table alive.
 * Return: true if a mapping has it.
 */
bool nat64_eam_46(const struct nat64_eam_table *table, __be32 addr4,
		  struct in6_addr *addr6)
{
	const struct nat64_eam *eam;
	u32 suffix;
	u8 bits, i;

	if (!table->n)
		return false;
	eam = find4(table, addr4);
	if (!eam)
		return false;
	*addr6 = eam->prefix6.addr;
	bits = 32 - eam->prefix4.len;
	suffix = be32_to_cpu(addr4);
	for (i = 0; i < bits; i++) {
		u8 at = eam->prefix6.len + i;

		if ((suffix >> (bits - 1 - i)) & 1)
			addr6->s6_addr[at / 8] |= 0x80 >> (at % 8);
	}
	return true;
}
