// SPDX-License-Identifier: GPL-2.0
#include <linux/if_ipv6tun.h>
#include <string.h>

#include "table.h"

#include "nl-table.h"

const unsigned int n_ops = ARRAY_SIZE(ops);

#define DAY_MS	86400000

static const struct attr_spec link_attrs[] = {
	{ .name = "seed", .kind = KIND_U32, .type = IFLA_IPV6TUN_SEED, .max = UINT32_MAX },
	{ .name = "hash", .kind = KIND_U8, .type = IFLA_IPV6TUN_HASH,
	  .max = IPV6TUN_HASH_FLOWLABEL },
	{ .name = "symmetric", .kind = KIND_U8, .type = IFLA_IPV6TUN_SYMMETRIC, .max = 1 },
	{ .name = "mss-clamp", .kind = KIND_U8, .type = IFLA_IPV6TUN_MSS_CLAMP, .max = 1 },
	{ .name = "mtu-auto", .kind = KIND_U8, .type = IFLA_IPV6TUN_MTU_AUTO, .max = 1 },
	{ .name = "return", .kind = KIND_U8, .type = IFLA_IPV6TUN_RETURN,
	  .max = IPV6TUN_RETURN_MODE_IDLE },
	{ .name = "return-idle", .kind = KIND_U32, .type = IFLA_IPV6TUN_RETURN_IDLE, .min = 1,
	  .max = DAY_MS },
	{ .name = "return-forced", .kind = KIND_U32, .type = IFLA_IPV6TUN_RETURN_FORCED,
	  .max = DAY_MS },
	{ .name = "paths", .kind = KIND_U32, .type = IFLA_IPV6TUN_PATHS, .max = UINT32_MAX },
};

const struct set_spec link_set = {
	.name = "link", .attr = link_attrs, .n = ARRAY_SIZE(link_attrs),
};

const struct op_spec *op_of(unsigned int cmd)
{
	unsigned int i;

	for (i = 0; i < n_ops; i++)
		if (ops[i].cmd == cmd)
			return &ops[i];
	return NULL;
}

const struct op_spec *op_named(const char *name)
{
	unsigned int i;

	for (i = 0; i < n_ops; i++)
		if (!strcmp(ops[i].name, name))
			return &ops[i];
	return NULL;
}

const struct attr_spec *attr_of(const struct set_spec *set, unsigned int type)
{
	unsigned int i;

	for (i = 0; i < set->n; i++)
		if (set->attr[i].type == type)
			return &set->attr[i];
	return NULL;
}

const struct attr_spec *attr_named(const struct set_spec *set, const char *name)
{
	unsigned int i;

	for (i = 0; i < set->n; i++)
		if (!strcmp(set->attr[i].name, name))
			return &set->attr[i];
	return NULL;
}

static bool listed(const uint16_t *list, unsigned int n, unsigned int type)
{
	while (n--)
		if (list[n] == type)
			return true;
	return false;
}

bool in_request(const struct op_spec *op, unsigned int type)
{
	return listed(op->request, op->n_request, type);
}

bool in_reply(const struct op_spec *op, unsigned int type)
{
	return listed(op->reply, op->n_reply, type);
}

/* What a request that changes something can have. */
bool is_config(const struct set_spec *set, unsigned int type)
{
	unsigned int i;

	for (i = 0; i < n_ops; i++)
		if (ops[i].set == set && ops[i].admin && !ops[i].dump &&
		    in_request(&ops[i], type))
			return true;
	return false;
}
