// SPDX-License-Identifier: GPL-2.0
/*
 * ipv6tunctl show: devices with their paths, routes, path sets, drops.
 */
#include <linux/ipv6tun.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "nl.h"
#include "path.h"
#include "print.h"
#include "route.h"

void text_table(const struct nlattr *attr)
{
	switch (attr_uint(attr)) {
	case RT_TABLE_MAIN:
		word("table main");
		break;
	case RT_TABLE_LOCAL:
		word("table local");
		break;
	case RT_TABLE_DEFAULT:
		word("table default");
		break;
	default:
		word("table %llu", attr_uint(attr));
	}
}

/* Follows the prefix. */
void text_prefix_len(const struct nlattr *attr)
{
	glue("/%llu", attr_uint(attr));
}

const struct rule gateway_rules[] = {
	{ IPV6TUN_A_GATEWAY_ADDRESS, .label = "" },
	{ 0 },
};

const struct rule member_rules[] = {
	{ IPV6TUN_A_MEMBER_ID, .label = "" },
	{ 0 },
};

static const struct rule route_rules[] = {
	{ IPV6TUN_A_ROUTE_IFINDEX, .text = text_none },
	{ IPV6TUN_A_ROUTE_IFNAME, .label = "" },
	{ IPV6TUN_A_ROUTE_TABLE, .text = text_table },
	{ IPV6TUN_A_ROUTE_FAMILY, .text = text_none },
	{ IPV6TUN_A_ROUTE_PREFIX_LEN, .text = text_prefix_len },
	{ IPV6TUN_A_ROUTE_GATEWAY, .nest = gateway_rules },
	{ IPV6TUN_A_ROUTE_MEMBERS, .label = "paths" },
	{ IPV6TUN_A_ROUTE_MEMBER, .label = "path", .nest = member_rules },
	{ 0 },
};

/* Add an attribute at the end of @obj. */
static void append(struct obj *obj, const struct nlattr *attr)
{
	size_t len = NLA_ALIGN(attr->nla_len);

	obj->attr = xrealloc(obj->attr, obj->len + len);
	memset((char *)obj->attr + obj->len, 0, len);
	memcpy((char *)obj->attr + obj->len, attr, attr->nla_len);
	obj->len += len;
}

static int route_list(uint32_t ifindex, bool buckets, struct objs *routes)
{
	struct req *req;
	int err;

	err = device_check(ifindex);
	if (err)
		return err;
	req = req_genl(IPV6TUN_CMD_ROUTE_LIST, &spec_route);
	if (ifindex)
		req_put_u32(req, IPV6TUN_A_ROUTE_IFINDEX, ifindex);
	if (buckets)
		req_put_flag(req, IPV6TUN_A_ROUTE_COUNT_BUCKETS);
	return req_dump(req, routes);
}

static int show_routes(uint32_t ifindex)
{
	struct objs routes;
	struct obj *obj;
	int err;

	objs_init(&routes);
	err = route_list(ifindex, ctl.stats, &routes);
	if (!err) {
		out_begin();
		for (obj = routes.first; obj; obj = obj->next) {
			out_open(NULL);
			print_attrs(&spec_route, route_rules, obj->attr, obj->len);
			out_close();
		}
		err = out_end();
	}
	objs_free(&routes);
	return err;
}

/*
 * What makes a set: the device and the next hops, or the lack of them. Their
 * paths follow from that. The number of paths tells apart sets whose next hops
 * differ behind those that are listed.
 */
static bool is_set_key(unsigned int type)
{
	return type == IPV6TUN_A_ROUTE_IFINDEX ||
	       type == IPV6TUN_A_ROUTE_GATEWAY ||
	       type == IPV6TUN_A_ROUTE_ALL_PATHS ||
	       type == IPV6TUN_A_ROUTE_MEMBERS;
}

static bool is_route_only(unsigned int type)
{
	return type == IPV6TUN_A_ROUTE_TABLE ||
	       type == IPV6TUN_A_ROUTE_FAMILY ||
	       type == IPV6TUN_A_ROUTE_PREFIX ||
	       type == IPV6TUN_A_ROUTE_PREFIX_LEN;
}

/**
 * struct set - routes with the same path set
 * @chain: next set in the bucket of the hash table
 * @next: next set in the order of first appearance
 * @key: the attributes is_set_key() tells of
 * @obj: the attributes to show
 * @routes: number of routes
 */
struct set {
	struct set *chain;
	struct set *next;
	struct obj key;
	struct obj obj;
	unsigned long long routes;
};

static uint32_t hash_bytes(const void *data, size_t len)
{
	const uint8_t *byte = data;
	uint32_t hash = 2166136261u;

	while (len--)
		hash = (hash ^ *byte++) * 16777619u;
	return hash;
}

/* Sort @route into its set; a new set is linked at *@last, which moves on. */
static void add_route(struct set **table, size_t size, const struct obj *route,
		      struct set ***last)
{
	struct set *set, **bucket;
	struct obj key = { 0 };
	const struct nlattr *a;
	size_t left;

	for (a = route->attr, left = route->len; attr_ok(a, left); a = attr_next(a, &left))
		if (is_set_key(attr_type(a)))
			append(&key, a);
	bucket = &table[hash_bytes(key.attr, key.len) % size];
	for (set = *bucket; set; set = set->chain)
		if (set->key.len == key.len &&
		    (!key.len || !memcmp(set->key.attr, key.attr, key.len)))
			break;
	if (set) {
		free(key.attr);
	} else {
		set = xalloc(sizeof(*set));
		set->key = key;
		set->chain = *bucket;
		*bucket = set;
		for (a = route->attr, left = route->len; attr_ok(a, left);
		     a = attr_next(a, &left))
			if (!is_route_only(attr_type(a)))
				append(&set->obj, a);
		**last = set;
		*last = &set->next;
	}
	set->routes++;
}

static void print_sets(struct set *first)
{
	struct set *set, *next;

	out_begin();
	for (set = first; set; set = next) {
		next = set->next;
		out_open(NULL);
		print_attrs(&spec_route, route_rules, set->obj.attr, set->obj.len);
		out_uint("routes", "routes", set->routes);
		out_close();
		free(set->key.attr);
		free(set->obj.attr);
		free(set);
	}
}

static int show_sets(uint32_t ifindex)
{
	struct set *first = NULL, **last = &first, **table;
	struct objs routes;
	struct obj *obj;
	int err;

	objs_init(&routes);
	err = route_list(ifindex, true, &routes);
	if (!err) {
		table = xalloc((routes.n + 1) * sizeof(*table));
		for (obj = routes.first; obj; obj = obj->next)
			add_route(table, routes.n + 1, obj, &last);
		free(table);
		print_sets(first);
		err = out_end();
	}
	objs_free(&routes);
	return err;
}

/* A line for each counter that is not zero; with -s all, with their meaning. */
static void text_drops(const char *ifname, const struct nlattr *drops)
{
	const struct nlattr *a;
	unsigned int type;

	for (type = 1; type <= spec_drops.max; type++) {
		const struct spec_attr *spec = &spec_drops.attr[type];

		a = attr_find(attr_data(drops), attr_len(drops), type);
		if (!a || (!attr_uint(a) && !ctl.stats))
			continue;
		word("%s %s %llu", ifname, spec->name, attr_uint(a));
		if (ctl.stats) {
			newline(4);
			word("%s", spec->doc);
		}
		newline(0);
	}
}

static int show_drops(uint32_t ifindex)
{
	const struct nlattr *drops;
	struct objs devices;
	struct obj *obj;
	int err;

	objs_init(&devices);
	err = device_list(ifindex, &devices);
	if (!err) {
		out_begin();
		for (obj = devices.first; obj; obj = obj->next) {
			const char *ifname = attr_string(attr_find(obj->attr, obj->len,
								   IPV6TUN_A_DEVICE_IFNAME));

			drops = attr_find(obj->attr, obj->len, IPV6TUN_A_DEVICE_DROPS);
			out_open(NULL);
			json_uint("ifindex", attr_uint(attr_find(obj->attr, obj->len,
								 IPV6TUN_A_DEVICE_IFINDEX)));
			json_string("ifname", ifname);
			if (drops) {
				out_open("drops");
				if (ctl.json)
					print_attrs(&spec_drops, NULL, attr_data(drops),
						    attr_len(drops));
				else
					text_drops(ifname, drops);
				out_close();
			}
			out_close();
		}
		err = out_end();
	}
	objs_free(&devices);
	return err;
}

static void text_sum(const struct nlattr *drops)
{
	const struct nlattr *a;
	unsigned long long sum = 0;
	size_t left;

	for (a = attr_data(drops), left = attr_len(drops); attr_ok(a, left);
	     a = attr_next(a, &left))
		sum += attr_uint(a);
	word("dropped %llu", sum);
}

static const struct rule device_rules[] = {
	{ IPV6TUN_A_DEVICE_IFINDEX, .text = text_none },
	{ IPV6TUN_A_DEVICE_IFNAME, .label = "" },
	{ IPV6TUN_A_DEVICE_PATHS_UP, .label = "up" },
	{ IPV6TUN_A_DEVICE_DROPS, .text = text_sum },
	{ 0 },
};

static int show_devices(uint32_t ifindex)
{
	struct objs devices, paths;
	struct obj *obj, *path;
	int err;

	objs_init(&devices);
	objs_init(&paths);
	err = device_list(ifindex, &devices);
	if (!err)
		err = path_list(ifindex, &paths);
	if (!err) {
		out_begin();
		for (obj = devices.first; obj; obj = obj->next) {
			unsigned long long index = attr_uint(attr_find(obj->attr, obj->len,
							     IPV6TUN_A_DEVICE_IFINDEX));

			out_open(NULL);
			print_attrs(&spec_device, device_rules, obj->attr, obj->len);
			out_list("path");
			for (path = paths.first; path; path = path->next) {
				if (attr_uint(attr_find(path->attr, path->len,
							IPV6TUN_A_PATH_IFINDEX)) != index)
					continue;
				newline(2);
				out_open(NULL);
				print_path(path, false);
				out_close_inline();
			}
			out_list_end();
			out_close();
		}
		err = out_end();
	}
	objs_free(&devices);
	objs_free(&paths);
	return err;
}

int cmd_show(struct args *args)
{
	static const struct {
		const char *name, *command;
		int (*show)(uint32_t ifindex);
	} views[] = {
		{ "sets", "show sets", show_sets },
		{ "routes", "show routes", show_routes },
		{ "drops", "show drops", show_drops },
	};
	int (*show)(uint32_t ifindex) = show_devices;
	uint32_t ifindex = 0;
	const char *dev = NULL;
	size_t i;
	int err = CTL_OK;

	for (i = 0; args->n && i < ARRAY_SIZE(views); i++) {
		if (strcmp(peek_word(args), views[i].name))
			continue;
		next_word(args);
		ctl.command = views[i].command;
		show = views[i].show;
		break;
	}
	if (args->n)
		err = parse_ifname(args, "DEV", &dev);
	if (!err)
		err = end_of_words(args);
	if (!err && dev)
		err = nl_device(dev, &ifindex);
	return err ? err : show(ifindex);
}
