// SPDX-License-Identifier: GPL-2.0
#include <linux/in.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "cfg.h"
#include "eam.h"

/* RFC 6146, section 4, and RFC 5508 for echo. Seconds. */
static const struct nat64_settings defaults = {
	.mode		= IPV6TUN_NAT64_MODE_STATEFUL,
	.filtering	= IPV6TUN_NAT64_FILTERING_ENDPOINT_INDEPENDENT,
	.udp_zero	= IPV6TUN_NAT64_UDP_ZERO_COMPUTE,
	.lowest_mtu	= IPV6_MIN_MTU,
	.timeout	= {
		[NAT64_TIMEOUT_TCP_EST]	  = 2 * 3600 + 4 * 60,
		[NAT64_TIMEOUT_TCP_TRANS] = 4 * 60,
		[NAT64_TIMEOUT_TCP_SYN]	  = 6,
		[NAT64_TIMEOUT_UDP]	  = 5 * 60,
		[NAT64_TIMEOUT_ICMP]	  = 60,
	},
	.max_sessions	= 1024 * 1024,
};

static int refuse(const char **why, const char *text, int err)
{
	*why = text;
	return err;
}

/**
 * nat64_cfg_new() - a configuration with nothing but defaults
 *
 * Context: process.
 * Return: the configuration, NULL without memory.
 */
struct nat64_cfg *nat64_cfg_new(void)
{
	struct nat64_cfg *cfg = kvzalloc(sizeof(*cfg), GFP_KERNEL);

	if (cfg)
		cfg->settings = defaults;
	return cfg;
}

/*
 * A copy of @n things of @size, with room as grow() expects; NULL for none.
 * False without memory.
 */
static bool copy_array(void *to, const void *from, unsigned int n, size_t size)
{
	void **copy = to;

	*copy = NULL;
	if (!n)
		return true;
	*copy = kvmalloc_array(roundup_pow_of_two(n), size, GFP_KERNEL);
	if (*copy)
		memcpy(*copy, from, n * size);
	return *copy;
}

/**
 * nat64_cfg_copy() - a configuration to edit
 * @old: the one to begin with
 *
 * Context: process; the caller keeps @old alive.
 * Return: the copy, not applied; NULL without memory.
 */
struct nat64_cfg *nat64_cfg_copy(const struct nat64_cfg *old)
{
	struct nat64_cfg *cfg = kvmalloc(sizeof(*cfg), GFP_KERNEL);

	if (!cfg)
		return NULL;
	*cfg = *old;
	cfg->eam = NULL;
	cfg->ports = NULL;
	cfg->statics = NULL;
	cfg->eams = NULL;
	if (!copy_array(&cfg->statics, old->statics, old->n_static,
			sizeof(*old->statics)) ||
	    !copy_array(&cfg->eams, old->eams, old->n_eams,
			sizeof(*old->eams))) {
		nat64_cfg_free(cfg);
		return NULL;
	}
	return cfg;
}

/**
 * nat64_cfg_free() - free a configuration that nobody reads
 * @cfg: the configuration; may be NULL
 *
 * Context: process.
 */
void nat64_cfg_free(struct nat64_cfg *cfg)
{
	if (!cfg)
		return;
	nat64_ports_free(cfg->ports);
	nat64_eam_free(cfg->eam);
	kvfree(cfg->statics);
	kvfree(cfg->eams);
	kvfree(cfg);
}

/*
 * Room for one more in an array of a configuration, whose size is always a
 * power of two not below @n; the old one is freed.
 */
static void *grow(void *array, unsigned int n, size_t size)
{
	void *more;

	/* By doubling: a file of many lines is not to be copied each time. */
	if (n && (n & (n - 1)))
		return array;
	more = kvmalloc_array(n ? 2 * n : 1, size, GFP_KERNEL);
	if (!more)
		return NULL;
	if (n)
		memcpy(more, array, n * size);
	kvfree(array);
	return more;
}

static bool overlap6(const struct nat64_prefix6 *a,
		     const struct nat64_prefix6 *b)
{
	return nat64_addr_in6(a->len < b->len ? a : b,
			      a->len < b->len ? &b->addr : &a->addr);
}

static bool overlap4(const struct nat64_prefix4 *a,
		     const struct nat64_prefix4 *b)
{
	return nat64_addr_in4(a->len < b->len ? a : b,
			      a->len < b->len ? b->addr : a->addr);
}

static bool same4(const struct nat64_prefix4 *a, const struct nat64_prefix4 *b)
{
	return a->len == b->len && a->addr == b->addr;
}

/**
 * nat64_cfg_add_pool6() - add a prefix to pool6
 * @cfg: the configuration
 * @prefix: the prefix
 * @why: set to the reason of a refusal
 *
 * Context: process. Return: 0 or a negative errno.
 */
int nat64_cfg_add_pool6(struct nat64_cfg *cfg,
			const struct nat64_prefix6 *prefix, const char **why)
{
	unsigned int i;

	if (!nat64_addr_prefix_ok(prefix))
		return refuse(why, "not a length of RFC 6052, or bits 64 to 71 are not zero",
			      -EINVAL);
	for (i = 0; i < cfg->n_pool6; i++) {
		if (nat64_addr_same6(&cfg->pool6[i], prefix))
			return refuse(why, "pool6 has this prefix", -EEXIST);
		if (overlap6(&cfg->pool6[i], prefix))
			return refuse(why, "overlaps another prefix of pool6",
				      -EINVAL);
	}
	if (cfg->n_pool6 == IPV6TUN_POOL6_MAX)
		return refuse(why, "pool6 is full", -ENOSPC);
	cfg->pool6[cfg->n_pool6++] = *prefix;
	return 0;
}

/**
 * nat64_cfg_del_pool6() - take a prefix from pool6
 * @cfg: the configuration
 * @prefix: the prefix
 * @why: set to the reason of a refusal
 *
 * Context: process. Return: 0 or a negative errno.
 */
int nat64_cfg_del_pool6(struct nat64_cfg *cfg,
			const struct nat64_prefix6 *prefix, const char **why)
{
	unsigned int i;

	for (i = 0; i < cfg->n_pool6; i++) {
		if (!nat64_addr_same6(&cfg->pool6[i], prefix))
			continue;
		cfg->n_pool6--;
		memmove(&cfg->pool6[i], &cfg->pool6[i + 1],
			(cfg->n_pool6 - i) * sizeof(*prefix));
		return 0;
	}
	return refuse(why, "pool6 has no such prefix", -ENOENT);
}

static unsigned int n_addresses(const struct nat64_prefix4 *prefix)
{
	return 1U << (32 - prefix->len);
}

/**
 * nat64_cfg_add_pool4() - add addresses and ports to pool4
 * @cfg: the configuration
 * @range: addresses, protocols and ports
 * @why: set to the reason of a refusal
 *
 * Ranges may share addresses as long as they differ in ports or protocols.
 *
 * Context: process. Return: 0 or a negative errno.
 */
int nat64_cfg_add_pool4(struct nat64_cfg *cfg,
			const struct nat64_pool4_range *range,
			const char **why)
{
	unsigned int total = 0, i;

	if (!range->protos || range->protos >> NAT64_L4_N)
		return refuse(why, "protocols are tcp, udp and icmp", -EINVAL);
	if (!range->min || range->min > range->max)
		return refuse(why, "ports are from 1 to 65535, the lowest first",
			      -EINVAL);
	if (range->prefix.len < 20)
		return refuse(why, "pool4 has room for 4096 addresses",
			      -ENOSPC);
	for (i = 0; i < cfg->n_pool4; i++) {
		const struct nat64_pool4_range *other = &cfg->pool4[i];

		total += n_addresses(&other->prefix);
		if (overlap4(&other->prefix, &range->prefix) &&
		    other->protos & range->protos &&
		    other->min <= range->max && range->min <= other->max)
			return refuse(why, "pool4 has some of these ports",
				      -EEXIST);
	}
	for (i = 0; i < cfg->n_eams; i++)
		if (overlap4(&cfg->eams[i].prefix4, &range->prefix))
			return refuse(why, "an EAM entry has some of these addresses",
				      -EINVAL);
	if (cfg->n_pool4 == IPV6TUN_POOL4_MAX)
		return refuse(why, "pool4 has room for 256 ranges", -ENOSPC);
	if (total + n_addresses(&range->prefix) > IPV6TUN_POOL4_ADDRESSES_MAX)
		return refuse(why, "pool4 has room for 4096 addresses",
			      -ENOSPC);
	cfg->pool4[cfg->n_pool4++] = *range;
	return 0;
}

/**
 * nat64_cfg_del_pool4() - take addresses and ports from pool4
 * @cfg: the configuration
 * @range: a range as it was added
 * @why: set to the reason of a refusal
 *
 * Context: process. Return: 0 or a negative errno.
 */
int nat64_cfg_del_pool4(struct nat64_cfg *cfg,
			const struct nat64_pool4_range *range,
			const char **why)
{
	unsigned int i;

	for (i = 0; i < cfg->n_pool4; i++) {
		const struct nat64_pool4_range *other = &cfg->pool4[i];

		if (!same4(&other->prefix, &range->prefix) ||
		    other->protos != range->protos ||
		    other->min != range->min || other->max != range->max)
			continue;
		cfg->n_pool4--;
		memmove(&cfg->pool4[i], &cfg->pool4[i + 1],
			(cfg->n_pool4 - i) * sizeof(*range));
		return 0;
	}
	return refuse(why, "pool4 has no such range", -ENOENT);
}

/**
 * nat64_cfg_add_eam() - add an explicit address mapping
 * @cfg: the configuration
 * @eam: the mapping (RFC 7757, section 3.1)
 * @why: set to the reason of a refusal
 *
 * Context: process. Return: 0 or a negative errno.
 */
int nat64_cfg_add_eam(struct nat64_cfg *cfg, const struct nat64_eam *eam,
		      const char **why)
{
	struct nat64_eam *eams;
	unsigned int i;

	if (32 - eam->prefix4.len > 128 - eam->prefix6.len)
		return refuse(why, "the IPv6 prefix has no room for the suffix of the IPv4 prefix",
			      -EINVAL);
	/* Answers to hosts of pool4 would go to the host of the entry. */
	for (i = 0; i < cfg->n_pool4; i++)
		if (overlap4(&cfg->pool4[i].prefix, &eam->prefix4))
			return refuse(why, "pool4 has some of these IPv4 addresses",
				      -EINVAL);
	for (i = 0; i < cfg->n_eams; i++) {
		if (nat64_addr_same6(&cfg->eams[i].prefix6, &eam->prefix6))
			return refuse(why, "another EAM entry has this IPv6 prefix",
				      -EEXIST);
		if (same4(&cfg->eams[i].prefix4, &eam->prefix4))
			return refuse(why, "another EAM entry has this IPv4 prefix",
				      -EEXIST);
	}
	if (cfg->n_eams == IPV6TUN_EAM_MAX)
		return refuse(why, "there are 16384 EAM entries", -ENOSPC);
	eams = grow(cfg->eams, cfg->n_eams, sizeof(*eams));
	if (!eams)
		return refuse(why, "no memory for the EAM entry", -ENOMEM);
	cfg->eams = eams;
	cfg->eams[cfg->n_eams++] = *eam;
	return 0;
}

/**
 * nat64_cfg_del_eam() - remove an explicit address mapping
 * @cfg: the configuration
 * @eam: the mapping
 * @why: set to the reason of a refusal
 *
 * Context: process. Return: 0 or a negative errno.
 */
int nat64_cfg_del_eam(struct nat64_cfg *cfg, const struct nat64_eam *eam,
		      const char **why)
{
	unsigned int i;

	for (i = 0; i < cfg->n_eams; i++) {
		if (!nat64_addr_same6(&cfg->eams[i].prefix6, &eam->prefix6) ||
		    !same4(&cfg->eams[i].prefix4, &eam->prefix4))
			continue;
		cfg->n_eams--;
		memmove(&cfg->eams[i], &cfg->eams[i + 1],
			(cfg->n_eams - i) * sizeof(*eam));
		return 0;
	}
	return refuse(why, "there is no such EAM entry", -ENOENT);
}

/**
 * nat64_cfg_add_static() - add a static BIB entry
 * @cfg: the configuration
 * @entry: the entry
 * @why: set to the reason of a refusal
 *
 * Context: process. Return: 0 or a negative errno.
 */
int nat64_cfg_add_static(struct nat64_cfg *cfg, const struct nat64_static *entry,
			 const char **why)
{
	struct nat64_static *statics;
	unsigned int i;

	/* An echo identifier may be anything. */
	if (entry->l4 != NAT64_L4_ICMP && (!entry->port6 || !entry->port4))
		return refuse(why, "a port is from 1 to 65535", -EINVAL);
	for (i = 0; i < cfg->n_static; i++) {
		const struct nat64_static *other = &cfg->statics[i];

		if (other->l4 != entry->l4)
			continue;
		if (other->port6 == entry->port6 &&
		    ipv6_addr_equal(&other->addr6, &entry->addr6))
			return refuse(why, "another static entry has this IPv6 address and port",
				      -EEXIST);
		if (other->port4 == entry->port4 &&
		    other->addr4 == entry->addr4)
			return refuse(why, "another static entry has this IPv4 address and port",
				      -EEXIST);
	}
	if (cfg->n_static == IPV6TUN_STATIC_MAX)
		return refuse(why, "there are 16384 static BIB entries",
			      -ENOSPC);
	statics = grow(cfg->statics, cfg->n_static, sizeof(*statics));
	if (!statics)
		return refuse(why, "no memory for the BIB entry", -ENOMEM);
	cfg->statics = statics;
	cfg->statics[cfg->n_static++] = *entry;
	return 0;
}

/**
 * nat64_cfg_del_static() - remove a static BIB entry
 * @cfg: the configuration
 * @entry: the entry
 * @why: set to the reason of a refusal
 *
 * Context: process. Return: 0 or a negative errno.
 */
int nat64_cfg_del_static(struct nat64_cfg *cfg, const struct nat64_static *entry,
			 const char **why)
{
	unsigned int i;

	for (i = 0; i < cfg->n_static; i++) {
		const struct nat64_static *other = &cfg->statics[i];

		if (other->l4 != entry->l4 || other->port6 != entry->port6 ||
		    other->port4 != entry->port4 ||
		    other->addr4 != entry->addr4 ||
		    !ipv6_addr_equal(&other->addr6, &entry->addr6))
			continue;
		cfg->n_static--;
		memmove(&cfg->statics[i], &cfg->statics[i + 1],
			(cfg->n_static - i) * sizeof(*entry));
		return 0;
	}
	return refuse(why, "there is no such static BIB entry", -ENOENT);
}
