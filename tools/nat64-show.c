// SPDX-License-Identifier: GPL-2.0
/*
 * ipv6tunctl nat64 show: settings, pools, BIB entries and sessions. The last
 * two are printed as they come, there may be millions.
 */
#include <linux/ipv6tun.h>
#include <stdio.h>
#include <string.h>

#include "nat64.h"
#include "path.h"
#include "route.h"

static void text_session_events(const struct nlattr *attr)
{
	word("session-events %s", attr_uint(attr) ? "on" : "off");
}

/*
 * What is shown of an object stands in parts: the device, what is configured,
 * in the words that configure it, and what else is known.
 */
static const struct rule nat64_device[] = {
	{ IPV6TUN_A_NAT64_IFINDEX, .text = text_none },
	{ IPV6TUN_A_NAT64_IFNAME, .label = "" },
	{ 0 },
};

static const struct rule nat64_config[] = {
	{ .attr = IPV6TUN_A_NAT64_MODE },
	{ .attr = IPV6TUN_A_NAT64_FILTERING },
	{ .attr = IPV6TUN_A_NAT64_UDP_ZERO },
	{ .attr = IPV6TUN_A_NAT64_LOWEST_MTU },
	{ .attr = IPV6TUN_A_NAT64_TCP_EST },
	{ .attr = IPV6TUN_A_NAT64_TCP_TRANS },
	{ .attr = IPV6TUN_A_NAT64_TCP_SYN },
	{ .attr = IPV6TUN_A_NAT64_UDP },
	{ .attr = IPV6TUN_A_NAT64_ICMP },
	{ .attr = IPV6TUN_A_NAT64_MAX_SESSIONS },
	{ .attr = IPV6TUN_A_NAT64_ICMP_SOURCE },
	{ IPV6TUN_A_NAT64_ICMP_SOURCE_LEN, .text = text_prefix_len },
	{ IPV6TUN_A_NAT64_SESSION_EVENTS, .text = text_session_events },
	{ 0 },
};

/* A line below the settings, or behind the name of the device. */
static void text_stats(const struct nlattr *nest)
{
	static const struct rule rules[] = {
		{ IPV6TUN_A_NAT64_STATS_TCP_SESSIONS, .label = "sessions tcp" },
		{ IPV6TUN_A_NAT64_STATS_UDP_SESSIONS, .label = "udp" },
		{ IPV6TUN_A_NAT64_STATS_ICMP_SESSIONS, .label = "icmp" },
		{ IPV6TUN_A_NAT64_STATS_TCP_BIBS, .label = "bibs tcp" },
		{ IPV6TUN_A_NAT64_STATS_UDP_BIBS, .label = "udp" },
		{ IPV6TUN_A_NAT64_STATS_ICMP_BIBS, .label = "icmp" },
		{ IPV6TUN_A_NAT64_STATS_TO4_PACKETS, .label = "to4 packets" },
		{ IPV6TUN_A_NAT64_STATS_TO4_BYTES, .label = "bytes" },
		{ IPV6TUN_A_NAT64_STATS_TO6_PACKETS, .label = "to6 packets" },
		{ IPV6TUN_A_NAT64_STATS_TO6_BYTES, .label = "bytes" },
		{ .attr = IPV6TUN_A_NAT64_STATS_LOST_EVENTS },
		{ 0 },
	};

	print_ruled(&spec_nat64_stats, rules, attr_data(nest), attr_len(nest));
}

static void text_stats_below(const struct nlattr *nest)
{
	newline(4);
	text_stats(nest);
}

static const struct rule nat64_state[] = {
	{ IPV6TUN_A_NAT64_STATS, .text = text_stats_below },
	{ 0 },
};

static const struct rule nat64_stats[] = {
	{ IPV6TUN_A_NAT64_STATS, .text = text_stats },
	{ 0 },
};

static const struct rule pool6_device[] = {
	{ IPV6TUN_A_POOL6_IFINDEX, .text = text_none },
	{ IPV6TUN_A_POOL6_IFNAME, .label = "" },
	{ 0 },
};

static const struct rule pool6_config[] = {
	{ IPV6TUN_A_POOL6_PREFIX, .label = "" },
	{ IPV6TUN_A_POOL6_PREFIX_LEN, .text = text_prefix_len },
	{ 0 },
};

/* All is what no word means, too. */
static void text_protos(const struct nlattr *attr)
{
	const struct spec_enum *names = &spec_enum_nat64_proto;
	unsigned int bits = attr_uint(attr), i;

	if (bits == (1U << names->n) - 1) {
		word("proto all");
		return;
	}
	for (i = 0; i < names->n; i++)
		if (bits >> i & 1)
			word("proto %s", names->name[i]);
}

static void text_port_max(const struct nlattr *attr)
{
	glue("-%llu", attr_uint(attr));
}

static const struct rule pool4_device[] = {
	{ IPV6TUN_A_POOL4_IFINDEX, .text = text_none },
	{ IPV6TUN_A_POOL4_IFNAME, .label = "" },
	{ 0 },
};

static const struct rule pool4_config[] = {
	{ IPV6TUN_A_POOL4_PREFIX, .label = "" },
	{ IPV6TUN_A_POOL4_PREFIX_LEN, .text = text_prefix_len },
	{ IPV6TUN_A_POOL4_PROTOS, .text = text_protos },
	{ IPV6TUN_A_POOL4_PORT_MIN, .label = "ports" },
	{ IPV6TUN_A_POOL4_PORT_MAX, .text = text_port_max },
	{ 0 },
};

static const struct rule pool4_state[] = {
	{ .attr = IPV6TUN_A_POOL4_ADDRESSES },
	{ IPV6TUN_A_POOL4_TCP_USED, .label = "used tcp" },
	{ IPV6TUN_A_POOL4_UDP_USED, .label = "udp" },
	{ IPV6TUN_A_POOL4_ICMP_USED, .label = "icmp" },
	{ 0 },
};

static const struct rule eam_device[] = {
	{ IPV6TUN_A_EAM_IFINDEX, .text = text_none },
	{ IPV6TUN_A_EAM_IFNAME, .label = "" },
	{ 0 },
};

static const struct rule eam_config[] = {
	{ IPV6TUN_A_EAM_PREFIX6, .label = "" },
	{ IPV6TUN_A_EAM_PREFIX6_LEN, .text = text_prefix_len },
	{ IPV6TUN_A_EAM_PREFIX4, .label = "" },
	{ IPV6TUN_A_EAM_PREFIX4_LEN, .text = text_prefix_len },
	{ 0 },
};

static void text_proto(const struct nlattr *attr)
{
	word("proto %s", nat64_proto(attr_uint(attr)));
}

static const struct rule bib_device[] = {
	{ IPV6TUN_A_BIB_IFINDEX, .text = text_none },
	{ IPV6TUN_A_BIB_IFNAME, .label = "" },
	{ 0 },
};

static const struct rule bib_config[] = {
	{ IPV6TUN_A_BIB_PROTO, .text = text_proto },
	{ .attr = IPV6TUN_A_BIB_ADDR6 },
	{ .attr = IPV6TUN_A_BIB_PORT6 },
	{ .attr = IPV6TUN_A_BIB_ADDR4 },
	{ .attr = IPV6TUN_A_BIB_PORT4 },
	{ 0 },
};

static const struct rule bib_state[] = {
	{ .attr = IPV6TUN_A_BIB_STATIC },
	{ .attr = IPV6TUN_A_BIB_SESSIONS },
	{ IPV6TUN_A_BIB_SINCE, .text = text_since },
	{ IPV6TUN_A_BIB_TIMESTAMP, .text = text_none },
	{ 0 },
};

static void text_expires(const struct nlattr *attr)
{
	word("expires %llu s", (attr_uint(attr) + 500) / 1000);
}

static const struct rule session_rules[] = {
	{ IPV6TUN_A_SESSION_IFNAME, .label = "" },
	{ IPV6TUN_A_SESSION_PROTO, .text = text_proto },
	{ .attr = IPV6TUN_A_SESSION_ADDR6 },
	{ .attr = IPV6TUN_A_SESSION_PORT6 },
	{ .attr = IPV6TUN_A_SESSION_REMOTE6 },
	{ .attr = IPV6TUN_A_SESSION_ADDR4 },
	{ .attr = IPV6TUN_A_SESSION_PORT4 },
	{ .attr = IPV6TUN_A_SESSION_REMOTE4 },
	{ .attr = IPV6TUN_A_SESSION_REMOTE_PORT },
	{ .attr = IPV6TUN_A_SESSION_STATE },
	{ IPV6TUN_A_SESSION_EXPIRES, .text = text_expires },
	{ 0 },
};

void print_nat64(const struct obj *obj)
{
	print_chosen(&spec_nat64, nat64_device, obj->attr, obj->len);
	print_chosen(&spec_nat64, nat64_config, obj->attr, obj->len);
	print_chosen(&spec_nat64, nat64_state, obj->attr, obj->len);
}

static void print_stats(const struct obj *obj)
{
	print_chosen(&spec_nat64, nat64_device, obj->attr, obj->len);
	print_chosen(&spec_nat64, nat64_stats, obj->attr, obj->len);
}

static void print_pool6(const struct obj *obj)
{
	print_chosen(&spec_pool6, pool6_device, obj->attr, obj->len);
	print_chosen(&spec_pool6, pool6_config, obj->attr, obj->len);
}

static void print_pool4(const struct obj *obj)
{
	print_chosen(&spec_pool4, pool4_device, obj->attr, obj->len);
	print_chosen(&spec_pool4, pool4_config, obj->attr, obj->len);
	print_chosen(&spec_pool4, pool4_state, obj->attr, obj->len);
}

static void print_eam(const struct obj *obj)
{
	print_chosen(&spec_eam, eam_device, obj->attr, obj->len);
	print_chosen(&spec_eam, eam_config, obj->attr, obj->len);
}

void print_bib(const struct obj *obj)
{
	print_chosen(&spec_bib, bib_device, obj->attr, obj->len);
	print_chosen(&spec_bib, bib_config, obj->attr, obj->len);
	print_chosen(&spec_bib, bib_state, obj->attr, obj->len);
}

void print_session(const struct obj *obj)
{
	print_ruled(&spec_session, session_rules, obj->attr, obj->len);
}

/* Device @ifindex, or all that have NAT64 with 0. */
static int nat64_list(uint32_t ifindex, struct objs *reply)
{
	struct req *req;

	if (!ifindex)
		return req_dump(req_genl(IPV6TUN_CMD_NAT64_LIST, &spec_nat64), reply);
	req = req_genl(IPV6TUN_CMD_NAT64_GET, &spec_nat64);
	req_put_u32(req, IPV6TUN_A_NAT64_IFINDEX, ifindex);
	return req_do(req, reply);
}

static int print_objs(const struct objs *objs, void (*print)(const struct obj *obj))
{
	const struct obj *obj;

	out_begin();
	for (obj = objs->first; obj; obj = obj->next) {
		out_open(NULL);
		print(obj);
		out_close();
	}
	return out_end();
}

static int show_instances(uint32_t ifindex, void (*print)(const struct obj *obj))
{
	struct objs reply;
	int err;

	objs_init(&reply);
	err = nat64_list(ifindex, &reply);
	if (!err)
		err = print_objs(&reply, print);
	objs_free(&reply);
	return err;
}

static int show_nat64(uint32_t ifindex)
{
	return show_instances(ifindex, print_nat64);
}

static int show_stats(uint32_t ifindex)
{
	return show_instances(ifindex, print_stats);
}

/* A list of configured objects of device @ifindex, or of all with 0. */
static int config_list(unsigned int cmd, const struct spec_set *set, int attr,
		       uint32_t ifindex, struct objs *reply)
{
	struct req *req = req_genl(cmd, set);

	if (ifindex)
		req_put_u32(req, attr, ifindex);
	return req_dump(req, reply);
}

static int show_list(unsigned int cmd, const struct spec_set *set, int attr,
		     void (*print)(const struct obj *obj), uint32_t ifindex)
{
	struct objs reply;
	int err = CTL_OK;

	objs_init(&reply);
	/* The list of a device without NAT64 would just be empty. */
	if (ifindex)
		err = nat64_list(ifindex, NULL);
	if (!err)
		err = config_list(cmd, set, attr, ifindex, &reply);
	if (!err)
		err = print_objs(&reply, print);
	objs_free(&reply);
	return err;
}

static int show_pool6(uint32_t ifindex)
{
	return show_list(IPV6TUN_CMD_POOL6_LIST, &spec_pool6, IPV6TUN_A_POOL6_IFINDEX,
			 print_pool6, ifindex);
}

static int show_pool4(uint32_t ifindex)
{
	return show_list(IPV6TUN_CMD_POOL4_LIST, &spec_pool4, IPV6TUN_A_POOL4_IFINDEX,
			 print_pool4, ifindex);
}

static int show_eam(uint32_t ifindex)
{
	return show_list(IPV6TUN_CMD_EAM_LIST, &spec_eam, IPV6TUN_A_EAM_IFINDEX,
			 print_eam, ifindex);
}

static int static_list(uint32_t ifindex, struct objs *reply)
{
	struct req *req = req_genl(IPV6TUN_CMD_BIB_LIST, &spec_bib);

	req_put_u32(req, IPV6TUN_A_BIB_IFINDEX, ifindex);
	req_put_flag(req, IPV6TUN_A_BIB_STATIC);
	return req_dump(req, reply);
}

static void print_section(const char *name, const struct spec_set *set,
			  const struct rule *rules, const struct objs *objs)
{
	const struct obj *obj;

	out_list(name);
	for (obj = objs->first; obj; obj = obj->next) {
		word("%s", name);
		out_open(NULL);
		print_chosen(set, rules, obj->attr, obj->len);
		out_close();
	}
	out_list_end();
}

/**
 * struct config - a configuration
 * @nat: its settings
 * @pool6: its prefixes
 * @pool4: its ranges
 * @eam: its explicit address mappings
 * @bib: its static BIB entries
 */
struct config {
	struct objs nat;
	struct objs pool6;
	struct objs pool4;
	struct objs eam;
	struct objs bib;
};

static int get_config(uint32_t ifindex, struct config *config)
{
	int err;

	objs_init(&config->nat);
	objs_init(&config->pool6);
	objs_init(&config->pool4);
	objs_init(&config->eam);
	objs_init(&config->bib);
	err = nat64_list(ifindex, &config->nat);
	if (!err)
		err = config_list(IPV6TUN_CMD_POOL6_LIST, &spec_pool6,
				  IPV6TUN_A_POOL6_IFINDEX, ifindex, &config->pool6);
	if (!err)
		err = config_list(IPV6TUN_CMD_POOL4_LIST, &spec_pool4,
				  IPV6TUN_A_POOL4_IFINDEX, ifindex, &config->pool4);
	if (!err)
		err = config_list(IPV6TUN_CMD_EAM_LIST, &spec_eam,
				  IPV6TUN_A_EAM_IFINDEX, ifindex, &config->eam);
	return err ? err : static_list(ifindex, &config->bib);
}

/* What "nat64 replace" reads. */
static void print_config(const struct config *config)
{
	const struct obj *nat = config->nat.first;

	out_open(NULL);
	json_uint("ifindex", attr_uint(attr_find(nat->attr, nat->len,
						 IPV6TUN_A_NAT64_IFINDEX)));
	json_string("ifname", attr_string(attr_find(nat->attr, nat->len,
						    IPV6TUN_A_NAT64_IFNAME)));
	word("set");
	print_chosen(&spec_nat64, nat64_config, nat->attr, nat->len);
	newline(0);
	print_section("pool6", &spec_pool6, pool6_config, &config->pool6);
	print_section("pool4", &spec_pool4, pool4_config, &config->pool4);
	print_section("eam", &spec_eam, eam_config, &config->eam);
	print_section("bib", &spec_bib, bib_config, &config->bib);
	out_close();
}

static int show_config(uint32_t ifindex)
{
	struct config config;
	int err;

	if (!ifindex)
		return usage_error("DEV: the name of a device is missing");
	err = get_config(ifindex, &config);
	if (!err && config.nat.first) {
		out_begin();
		print_config(&config);
		err = out_end();
	}
	objs_free(&config.nat);
	objs_free(&config.pool6);
	objs_free(&config.pool4);
	objs_free(&config.eam);
	objs_free(&config.bib);
	return err;
}

/**
 * struct stream - a list printed as it comes
 * @print: prints an object
 * @begun: something was printed
 */
struct stream {
	void (*print)(const struct obj *obj);
	bool begun;
};

static int print_one(const struct obj *obj, void *arg)
{
	struct stream *stream = arg;

	/* Not before: a list that is refused prints nothing. */
	if (!stream->begun)
		out_begin();
	stream->begun = true;
	out_open(NULL);
	stream->print(obj);
	out_close();
	/* Nobody reads; the reason is told at the end. */
	return ferror(stdout) ? CTL_REFUSED : CTL_OK;
}

static int stream_device(struct stream *stream, uint32_t ifindex, bool sessions,
			 const struct filter *filter)
{
	struct req *req;

	if (sessions) {
		req = req_genl(IPV6TUN_CMD_SESSION_LIST, &spec_session);
		req_put_u32(req, IPV6TUN_A_SESSION_IFINDEX, ifindex);
		put_session_filter(req, filter);
	} else {
		req = req_genl(IPV6TUN_CMD_BIB_LIST, &spec_bib);
		req_put_u32(req, IPV6TUN_A_BIB_IFINDEX, ifindex);
		put_bib_filter(req, filter);
	}
	return req_stream(req, print_one, stream);
}

static int show_stream(uint32_t ifindex, bool sessions, const struct filter *filter)
{
	struct stream stream = { .print = sessions ? print_session : print_bib };
	struct objs nat;
	struct obj *obj;
	int err = CTL_OK, end;

	objs_init(&nat);
	if (ifindex) {
		/* Old kernels do not say why they refuse to begin a list. */
		err = nat64_list(ifindex, NULL);
		if (!err)
			err = stream_device(&stream, ifindex, sessions, filter);
	} else {
		err = nat64_list(0, &nat);
		for (obj = nat.first; obj && !err; obj = obj->next)
			err = stream_device(&stream,
					    attr_uint(attr_find(obj->attr, obj->len,
								IPV6TUN_A_NAT64_IFINDEX)),
					    sessions, filter);
	}
	objs_free(&nat);
	if (!err && !stream.begun)
		out_begin();
	if (err && !stream.begun)
		return err;
	/* What was begun is ended, so that it is JSON in any case. */
	end = out_end();
	return err ? err : end;
}

int nat64_show(struct args *args)
{
	static const struct {
		const char *name, *command;
		int (*show)(uint32_t ifindex);
	} views[] = {
		{ "pool6", "nat64 show pool6", show_pool6 },
		{ "pool4", "nat64 show pool4", show_pool4 },
		{ "eam", "nat64 show eam", show_eam },
		{ "stats", "nat64 show stats", show_stats },
		{ "config", "nat64 show config", show_config },
		{ "bib", "nat64 show bib", NULL },
		{ "sessions", "nat64 show sessions", NULL },
	};
	int (*show)(uint32_t ifindex) = show_nat64;
	struct filter filter = { 0 };
	const char *dev = NULL;
	bool sessions = false;
	uint32_t ifindex = 0;
	size_t i = ARRAY_SIZE(views);
	int err = CTL_OK;

	/* The first word is a view, or else a device. */
	while (args->n) {
		for (i = 0; i < ARRAY_SIZE(views); i++)
			if (!strcmp(peek_word(args), views[i].name))
				break;
		if (i < ARRAY_SIZE(views) || dev)
			break;
		err = parse_ifname(args, "DEV", &dev);
		if (err)
			return err;
	}
	if (args->n && i < ARRAY_SIZE(views)) {
		next_word(args);
		ctl.command = views[i].command;
		show = views[i].show;
		sessions = !strcmp(views[i].name, "sessions");
	}
	if (!show)
		err = parse_filter(args, &filter, sessions);
	if (!err)
		err = end_of_words(args);
	if (!err && dev)
		err = nl_device(dev, &ifindex);
	if (err)
		return err;
	return show ? show(ifindex) : show_stream(ifindex, sessions, &filter);
}
