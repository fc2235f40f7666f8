// SPDX-License-Identifier: GPL-2.0
/*
 * ipv6tunctl link: the devices, through rtnetlink.
 */
#include <linux/if_ipv6tun.h>
#include <linux/if_link.h>
#include <linux/ipv6tun.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>

#include "nl.h"
#include "print.h"

#define KIND		"ipv6tun"
/* What IP can have at all; the kernel knows what the device can have. */
#define MTU_MIN		68
#define MTU_MAX		65535
/* A day, in milliseconds. */
#define RETURN_MAX	86400000

/* The names are keywords, too, so that an error names what was typed. */
static const struct spec_attr data_attrs[] = {
	[IFLA_IPV6TUN_SEED] = { .name = "seed", .type = SPEC_U32 },
	[IFLA_IPV6TUN_HASH] = {
		.name = "hash", .type = SPEC_U8, .names = &spec_enum_hash,
	},
	[IFLA_IPV6TUN_SYMMETRIC] = { .name = "symmetric", .type = SPEC_BOOL },
	[IFLA_IPV6TUN_MSS_CLAMP] = { .name = "mss-clamp", .type = SPEC_BOOL },
	[IFLA_IPV6TUN_MTU_AUTO] = { .name = "mtu-auto", .type = SPEC_BOOL },
	[IFLA_IPV6TUN_PATHS] = { .name = "paths", .type = SPEC_U32 },
	[IFLA_IPV6TUN_RETURN] = {
		.name = "return", .type = SPEC_U8, .names = &spec_enum_return_mode,
	},
	[IFLA_IPV6TUN_RETURN_IDLE] = { .name = "return-idle", .type = SPEC_U32 },
	[IFLA_IPV6TUN_RETURN_FORCED] = { .name = "return-forced", .type = SPEC_U32 },
};

static const struct spec_set spec_data = { data_attrs, IFLA_IPV6TUN_MAX };

static const struct spec_attr info_attrs[] = {
	[IFLA_INFO_KIND] = { .name = "kind", .type = SPEC_STRING },
	[IFLA_INFO_DATA] = { .name = "data", .type = SPEC_NEST, .nest = &spec_data },
};

static const struct spec_set spec_info = { info_attrs, IFLA_INFO_DATA };

static const struct spec_attr link_attrs[] = {
	[IFLA_IFNAME] = { .name = "ifname", .type = SPEC_STRING },
	[IFLA_MTU] = { .name = "mtu", .type = SPEC_U32 },
	[IFLA_LINKINFO] = { .name = "linkinfo", .type = SPEC_NEST, .nest = &spec_info },
};

static const struct spec_set spec_link = { link_attrs, IFLA_LINKINFO };

/**
 * struct config - words of link add and link set
 * @seen: bit per IFLA_IPV6TUN_* given
 * @mtu: MTU in bytes, 0 if not given
 * @value: the attributes, by number
 * @up: IFF_UP or 0
 * @change: IFF_UP when the state was among the words
 */
struct config {
	uint32_t seen;
	uint32_t mtu;
	uint32_t value[IFLA_IPV6TUN_MAX + 1];
	unsigned int up;
	unsigned int change;
};

static int parse_mtu(struct config *config, struct args *args)
{
	int err;

	/* Both kinds of mtu end up in MTU_AUTO, so this refuses a second one. */
	err = parse_once(&config->seen, IFLA_IPV6TUN_MTU_AUTO, "mtu");
	if (err)
		return err;
	if (args->n && !strcmp(peek_word(args), "auto")) {
		next_word(args);
		config->value[IFLA_IPV6TUN_MTU_AUTO] = 1;
		return CTL_OK;
	}
	config->value[IFLA_IPV6TUN_MTU_AUTO] = 0;
	return parse_u32(args, "mtu", MTU_MIN, MTU_MAX, &config->mtu);
}

static int parse_bool(struct args *args, const char *what, uint32_t *value)
{
	bool on;
	int err;

	err = parse_onoff(args, what, &on);
	if (!err)
		*value = on;
	return err;
}

static int parse_name(struct args *args, const char *what,
		      const struct spec_enum *names, uint32_t *value)
{
	uint8_t number;
	int err;

	err = parse_enum(args, what, names, &number);
	if (!err)
		*value = number;
	return err;
}

/* The value of @attr. */
static int parse_attr(struct config *config, struct args *args, int attr)
{
	const char *what = data_attrs[attr].name;
	uint32_t *value = &config->value[attr];
	int err;

	err = parse_once(&config->seen, attr, what);
	if (err)
		return err;
	switch (attr) {
	case IFLA_IPV6TUN_SEED:
		return parse_hex(args, what, value);
	case IFLA_IPV6TUN_HASH:
	case IFLA_IPV6TUN_RETURN:
		return parse_name(args, what, data_attrs[attr].names, value);
	case IFLA_IPV6TUN_RETURN_IDLE:
		return parse_u32(args, what, 1, RETURN_MAX, value);
	case IFLA_IPV6TUN_RETURN_FORCED:
		return parse_u32(args, what, 0, RETURN_MAX, value);
	default:
		return parse_bool(args, what, value);
	}
}

static int parse_word(struct config *config, struct args *args, const char *name)
{
	/* The attributes that are words, too. */
	static const int attrs[] = {
		IFLA_IPV6TUN_SEED, IFLA_IPV6TUN_HASH, IFLA_IPV6TUN_SYMMETRIC,
		IFLA_IPV6TUN_MSS_CLAMP, IFLA_IPV6TUN_RETURN,
		IFLA_IPV6TUN_RETURN_IDLE, IFLA_IPV6TUN_RETURN_FORCED,
	};
	size_t i;

	if (!strcmp(name, "mtu"))
		return parse_mtu(config, args);
	for (i = 0; i < ARRAY_SIZE(attrs); i++)
		if (!strcmp(name, data_attrs[attrs[i]].name))
			return parse_attr(config, args, attrs[i]);
	if (!strcmp(name, "up") || !strcmp(name, "down")) {
		if (config->change)
			return usage_error("%s: up or down was given before", name);
		config->change = IFF_UP;
		config->up = strcmp(name, "up") ? 0 : IFF_UP;
		return CTL_OK;
	}
	return usage_error("'%s' is not expected here", name);
}

static void put_config(struct req *req, const struct config *config)
{
	void *info, *data;
	int attr;

	if (config->mtu)
		req_put_u32(req, IFLA_MTU, config->mtu);
	info = req_nest(req, IFLA_LINKINFO);
	/* Also makes the kernel refuse to change a device of another kind. */
	req_put_string(req, IFLA_INFO_KIND, KIND);
	data = req_nest(req, IFLA_INFO_DATA);
	for (attr = 1; attr <= IFLA_IPV6TUN_MAX; attr++) {
		if (!(config->seen & (1U << attr)))
			continue;
		if (data_attrs[attr].type == SPEC_U32)
			req_put_u32(req, attr, config->value[attr]);
		else
			req_put_u8(req, attr, config->value[attr]);
	}
	req_nest_end(req, data);
	req_nest_end(req, info);
}

/* The IFLA_INFO_DATA of @obj when it is a device of our kind. */
static const struct nlattr *link_data(const struct obj *obj)
{
	const struct nlattr *info, *kind;

	info = attr_find(obj->attr, obj->len, IFLA_LINKINFO);
	if (!info)
		return NULL;
	kind = attr_find(attr_data(info), attr_len(info), IFLA_INFO_KIND);
	if (strcmp(attr_string(kind), KIND))
		return NULL;
	return attr_find(attr_data(info), attr_len(info), IFLA_INFO_DATA);
}

/* One device by name, or all of our kind when @dev is NULL. */
static int link_get(const char *dev, struct objs *reply)
{
	uint32_t ifindex = 0;
	struct req *req;
	void *info;
	int err;

	if (!dev) {
		req = req_link(RTM_GETLINK, 0, 0, 0, 0, &spec_link);
		info = req_nest(req, IFLA_LINKINFO);
		req_put_string(req, IFLA_INFO_KIND, KIND);
		req_nest_end(req, info);
		return req_dump(req, reply);
	}
	err = nl_ifindex(dev, &ifindex);
	if (err)
		return err;
	req = req_link(RTM_GETLINK, 0, ifindex, 0, 0, &spec_link);
	err = req_do(req, reply);
	if (!err && (!reply->first || !link_data(reply->first)))
		err = refused("%s is not an " KIND " device", dev);
	return err;
}

/*
 * Index of device @dev when it is of our kind. rtnetlink would delete any
 * other, and refuse to change it without a word.
 */
static int link_index(const char *dev, uint32_t *ifindex)
{
	struct objs reply;
	int err;

	objs_init(&reply);
	err = link_get(dev, &reply);
	if (!err)
		*ifindex = ((const struct ifinfomsg *)(const void *)reply.first->head)->ifi_index;
	objs_free(&reply);
	return err;
}

static int link_change(struct args *args, bool add)
{
	struct config config = { 0 };
	uint32_t ifindex = 0;
	const char *dev, *name;
	struct req *req;
	int err;

	err = parse_ifname(args, "DEV", &dev);
	while (!err && (name = next_word(args)))
		err = parse_word(&config, args, name);
	if (!err && !add && !config.seen && !config.change)
		err = usage_error("nothing to change is given");
	if (!err && !add)
		err = link_index(dev, &ifindex);
	if (err)
		return err;

	req = req_link(RTM_NEWLINK, add ? NLM_F_CREATE | NLM_F_EXCL : 0, ifindex,
		       config.up, config.change, &spec_link);
	if (add)
		req_put_string(req, IFLA_IFNAME, dev);
	put_config(req, &config);
	return req_do(req, NULL);
}

static int link_del(struct args *args)
{
	uint32_t ifindex;
	const char *dev;
	int err;

	err = parse_ifname(args, "DEV", &dev);
	if (!err)
		err = end_of_words(args);
	if (!err)
		err = link_index(dev, &ifindex);
	if (err)
		return err;
	return req_do(req_link(RTM_DELLINK, 0, ifindex, 0, 0, &spec_link), NULL);
}

static void text_seed(const struct nlattr *attr)
{
	word("seed %x", (unsigned int)attr_uint(attr));
}

/* That the MTU is automatic stands behind the MTU. */
static const struct rule data_rules[] = {
	{ IFLA_IPV6TUN_SEED, .text = text_seed },
	{ .attr = IFLA_IPV6TUN_HASH },
	{ .attr = IFLA_IPV6TUN_SYMMETRIC },
	{ .attr = IFLA_IPV6TUN_MSS_CLAMP },
	{ .attr = IFLA_IPV6TUN_RETURN },
	{ IFLA_IPV6TUN_RETURN_IDLE, .with = IFLA_IPV6TUN_RETURN },
	{ IFLA_IPV6TUN_RETURN_FORCED, .with = IFLA_IPV6TUN_RETURN },
	{ .attr = IFLA_IPV6TUN_PATHS },
	{ 0 },
};

static void print_link(const struct obj *obj, const struct nlattr *data)
{
	const struct ifinfomsg *ifi = (const void *)obj->head;
	const struct nlattr *automatic;

	json_uint("ifindex", ifi->ifi_index);
	out_string("ifname", "", attr_string(attr_find(obj->attr, obj->len, IFLA_IFNAME)));
	out_string("admin", "", ifi->ifi_flags & IFF_UP ? "up" : "down");
	out_uint("mtu", "mtu", attr_uint(attr_find(obj->attr, obj->len, IFLA_MTU)));
	automatic = attr_find(attr_data(data), attr_len(data), IFLA_IPV6TUN_MTU_AUTO);
	if (attr_uint(automatic))
		word("(auto)");
	print_ruled(&spec_data, data_rules, attr_data(data), attr_len(data));
}

static int link_show(struct args *args)
{
	const struct nlattr *data;
	const char *dev = NULL;
	struct objs reply;
	struct obj *obj;
	int err = CTL_OK;

	if (args->n)
		err = parse_ifname(args, "DEV", &dev);
	if (!err)
		err = end_of_words(args);
	if (err)
		return err;
	objs_init(&reply);
	err = link_get(dev, &reply);
	if (!err) {
		out_begin();
		for (obj = reply.first; obj; obj = obj->next) {
			data = link_data(obj);
			if (!data)
				continue;
			out_open(NULL);
			print_link(obj, data);
			out_close();
		}
		err = out_end();
	}
	objs_free(&reply);
	return err;
}

int cmd_link(struct args *args)
{
	const char *command = next_word(args);

	if (!command || !strcmp(command, "show")) {
		ctl.command = "link show";
		return link_show(args);
	}
	if (!strcmp(command, "add")) {
		ctl.command = "link add";
		return link_change(args, true);
	}
	if (!strcmp(command, "set")) {
		ctl.command = "link set";
		return link_change(args, false);
	}
	if (!strcmp(command, "del")) {
		ctl.command = "link del";
		return link_del(args);
	}
	return usage_error("'%s' is none of add, set, del, show", command);
}
