// SPDX-License-Identifier: GPL-2.0
/*
 * ipv6tunctl path: the GRE paths of a device.
 */
#include <linux/ipv6tun.h>
#include <net/if.h>
#include <string.h>
#include <time.h>

#include "device.h"
#include "nl.h"
#include "path.h"
#include "print.h"
#include "put.h"

/* Keywords of path add and path set; the number is the bit in "seen". */
enum word {
	W_ID, W_LOCAL, W_REMOTE, W_KEY, W_CSUM, W_TTL, W_TOS, W_UNDERLAY,
	W_WEIGHT, W_PEER, W_NO_PEER, W_ADMIN, W_PROBE, W_INTERVAL, W_MULTIPLIER,
	W_PASSIVE, W_HOLD_UP,
	W_COUNT
};

/* What the text does not tell: path add has it without a word. */
#define HOLD_UP_DEFAULT	1000

static const char *const keywords[] = {
	[W_ID] = "id", [W_LOCAL] = "local", [W_REMOTE] = "remote",
	[W_KEY] = "key", [W_CSUM] = "csum", [W_TTL] = "ttl", [W_TOS] = "tos",
	[W_UNDERLAY] = "underlay", [W_WEIGHT] = "weight", [W_PEER] = "peer",
	[W_ADMIN] = "admin", [W_PROBE] = "probe", [W_INTERVAL] = "interval",
	[W_MULTIPLIER] = "multiplier", [W_PASSIVE] = "passive",
	[W_HOLD_UP] = "hold-up",
};

#define SEEN(seen, bit)	((seen) & (1U << (bit)))

/* Take the next word when it is @name. */
static bool take(struct args *args, const char *name)
{
	if (!args->n || strcmp(peek_word(args), name))
		return false;
	next_word(args);
	return true;
}

/* The word alone means on. */
static int put_csum(struct req *req, struct args *args)
{
	bool off = take(args, "off");

	if (!off)
		take(args, "on");
	req_put_u8(req, IPV6TUN_A_PATH_CSUM, !off);
	return CTL_OK;
}

static int put_key(struct req *req, struct args *args, const char *what)
{
	uint32_t key;
	int err;

	if (take(args, "none")) {
		req_put_flag(req, IPV6TUN_A_PATH_NO_KEY);
		return CTL_OK;
	}
	err = parse_key(args, what, &key);
	if (!err)
		req_put_u32(req, IPV6TUN_A_PATH_KEY, key);
	return err;
}

static int put_underlay(struct req *req, struct args *args, const char *what)
{
	uint32_t ifindex = 0;
	const char *name;
	int err;

	if (!take(args, "none")) {
		err = parse_ifname(args, what, &name);
		if (err)
			return err;
		err = nl_ifindex(name, &ifindex);
		if (err)
			return err;
	}
	req_put_u32(req, IPV6TUN_A_PATH_UNDERLAY, ifindex);
	return CTL_OK;
}

static int put_peer(struct req *req, struct args *args, const char *what,
		    uint32_t *seen, unsigned int *peers)
{
	if (!take(args, "none")) {
		*seen |= 1U << W_PEER;
		if (++*peers > IPV6TUN_PEER_MAX)
			return usage_error("%s: more than %u given", what,
					   IPV6TUN_PEER_MAX);
		return put_addr(req, args, what, IPV6TUN_A_PATH_PEER);
	}
	req_put_flag(req, IPV6TUN_A_PATH_NO_PEER);
	return parse_once(seen, W_NO_PEER, what);
}

static int put_word(struct req *req, struct args *args, enum word which,
		    uint32_t *seen, unsigned int *peers)
{
	const char *what = keywords[which];
	int err;

	if (which == W_PEER)
		return put_peer(req, args, what, seen, peers);
	err = parse_once(seen, which, what);
	if (err)
		return err;
	switch (which) {
	case W_ID:
		return put_u32(req, args, what, IPV6TUN_A_PATH_ID, 1,
			       IPV6TUN_PATH_MAX);
	case W_LOCAL:
		return put_addr(req, args, what, IPV6TUN_A_PATH_LOCAL);
	case W_REMOTE:
		return put_addr(req, args, what, IPV6TUN_A_PATH_REMOTE);
	case W_KEY:
		return put_key(req, args, what);
	case W_CSUM:
		return put_csum(req, args);
	case W_TTL:
		return put_parsed(req, args, what, IPV6TUN_A_PATH_TTL,
				  parse_ttl);
	case W_TOS:
		return put_parsed(req, args, what, IPV6TUN_A_PATH_TOS,
				  parse_tos);
	case W_UNDERLAY:
		return put_underlay(req, args, what);
	case W_WEIGHT:
		return put_u32(req, args, what, IPV6TUN_A_PATH_WEIGHT, 1,
			       IPV6TUN_WEIGHT_MAX);
	case W_PROBE:
		return put_enum(req, args, what, IPV6TUN_A_PATH_PROBE,
				&spec_enum_probe);
	case W_INTERVAL:
		return put_u32(req, args, what, IPV6TUN_A_PATH_INTERVAL,
			       IPV6TUN_INTERVAL_MIN, IPV6TUN_INTERVAL_MAX);
	case W_MULTIPLIER:
		return put_u8(req, args, what, IPV6TUN_A_PATH_MULTIPLIER, 1,
			      IPV6TUN_MULTIPLIER_MAX);
	case W_PASSIVE:
		return put_onoff(req, args, what, IPV6TUN_A_PATH_PASSIVE);
	case W_HOLD_UP:
		return put_u32(req, args, what, IPV6TUN_A_PATH_HOLD_UP, 0,
			       IPV6TUN_HOLD_UP_MAX);
	default:
		return put_enum(req, args, what, IPV6TUN_A_PATH_ADMIN,
				&spec_enum_path_admin);
	}
}

/* Read the words of add, set and del into @req; @seen tells which came. */
static int put_words(struct req *req, struct args *args, uint32_t allowed,
		     uint32_t *seen)
{
	unsigned int peers = 0, i;
	const char *name;
	int err;

	*seen = 0;
	while ((name = next_word(args))) {
		for (i = 0; i < W_COUNT; i++)
			if (keywords[i] && SEEN(allowed, i) &&
			    !strcmp(name, keywords[i]))
				break;
		if (i == W_COUNT)
			return usage_error("'%s' is not expected here", name);
		err = put_word(req, args, i, seen, &peers);
		if (err)
			return err;
	}
	if (SEEN(*seen, W_PEER) && SEEN(*seen, W_NO_PEER))
		return usage_error("peer: both an address and none given");
	return CTL_OK;
}

static int path_change(struct args *args, unsigned int cmd, uint32_t allowed,
		       uint32_t required)
{
	struct objs reply;
	struct req *req;
	const char *dev;
	uint32_t ifindex, seen;
	unsigned int i;
	int err;

	err = parse_ifname(args, "DEV", &dev);
	if (err)
		return err;
	req = req_genl(cmd, &spec_path);
	err = put_words(req, args, allowed, &seen);
	for (i = 0; !err && i < W_COUNT; i++)
		if (SEEN(required, i) && !SEEN(seen, i))
			err = usage_error("%s is missing", keywords[i]);
	if (!err && cmd == IPV6TUN_CMD_PATH_SET && seen == 1U << W_ID)
		err = usage_error("nothing to change is given");
	/* Last, so that wrong words are reported without a device, too. */
	if (!err)
		err = nl_device(dev, &ifindex);
	if (err) {
		req_free(req);
		return err;
	}
	req_put_u32(req, IPV6TUN_A_PATH_IFINDEX, ifindex);

	objs_init(&reply);
	err = req_do(req, &reply);
	/* Tell the id that the kernel chose. */
	if (!err && cmd == IPV6TUN_CMD_PATH_ADD && !SEEN(seen, W_ID) && reply.first) {
		out_begin();
		out_open(NULL);
		print_path(reply.first, false);
		out_close();
		err = out_end();
	}
	objs_free(&reply);
	return err;
}

static void text_csum(const struct nlattr *attr)
{
	if (attr_uint(attr))
		word("csum");
}

static void text_ttl(const struct nlattr *attr)
{
	if (attr_uint(attr))
		word("ttl %u", (unsigned int)attr_uint(attr));
	else
		word("ttl inherit");
}

static void text_tos(const struct nlattr *attr)
{
	if (attr_uint(attr) == 1)
		word("tos inherit");
	else
		word("tos 0x%02x", (unsigned int)attr_uint(attr));
}

static void text_underlay(const struct nlattr *attr)
{
	char name[IF_NAMESIZE];

	if (!attr_uint(attr))
		return;
	/* It may be gone, or in the namespace the device was made in. */
	if (if_indextoname(attr_uint(attr), name))
		word("underlay %s", name);
	else
		word("underlay if%u", (unsigned int)attr_uint(attr));
}

static void text_admin(const struct nlattr *attr)
{
	if (attr_uint(attr) != IPV6TUN_PATH_ADMIN_UP)
		word("admin down");
}

static void text_passive(const struct nlattr *attr)
{
	if (attr_uint(attr))
		word("passive on");
}

static void text_hold_up(const struct nlattr *attr)
{
	if (attr_uint(attr) != HOLD_UP_DEFAULT)
		word("hold-up %u", (unsigned int)attr_uint(attr));
}

static void text_reason(const struct nlattr *attr)
{
	if (attr_uint(attr) != IPV6TUN_PATH_REASON_NONE)
		word("(%s)", enum_text(&spec_enum_path_reason, attr_uint(attr)));
}

void text_since(const struct nlattr *attr)
{
	struct timespec now;
	uint64_t age, ns;

	clock_gettime(CLOCK_BOOTTIME, &now);
	ns = now.tv_sec * 1000000000ULL + now.tv_nsec;
	age = ns > attr_uint(attr) ? (ns - attr_uint(attr)) / 1000000000ULL : 0;
	if (age >= 86400)
		word("for %ud%02u:%02u:%02u", (unsigned int)(age / 86400),
		     (unsigned int)(age / 3600 % 24), (unsigned int)(age / 60 % 60),
		     (unsigned int)(age % 60));
	else
		word("for %02u:%02u:%02u", (unsigned int)(age / 3600),
		     (unsigned int)(age / 60 % 60), (unsigned int)(age % 60));
}

static void text_changes(const struct nlattr *attr)
{
	if (ctl.stats)
		word("changes %llu", attr_uint(attr));
}

static void text_stats(const struct nlattr *attr)
{
	static const struct rule rules[] = {
		{ IPV6TUN_A_PATH_STATS_RX_PACKETS, .label = "rx packets" },
		{ IPV6TUN_A_PATH_STATS_RX_BYTES, .label = "bytes" },
		{ IPV6TUN_A_PATH_STATS_TX_PACKETS, .label = "tx packets" },
		{ IPV6TUN_A_PATH_STATS_TX_BYTES, .label = "bytes" },
		{ 0 },
	};

	if (!ctl.stats)
		return;
	newline(4);
	print_attrs(&spec_path_stats, rules, attr_data(attr), attr_len(attr));
}

/* The unit of the value is in the specification, that of the text is not. */
static void print_ms(const struct nlattr *nest, int attr)
{
	const struct nlattr *a = attr_find(attr_data(nest), attr_len(nest), attr);

	if (a)
		word("%s %llu.%03llu ms", spec_probe_stats.attr[attr].name,
		     attr_uint(a) / 1000, attr_uint(a) % 1000);
}

static void text_loss(const struct nlattr *attr)
{
	word("loss %llu.%llu%%", attr_uint(attr) / 10, attr_uint(attr) % 10);
}

static void text_probe_short(const struct nlattr *nest)
{
	print_ms(nest, IPV6TUN_A_PROBE_STATS_RTT);
	text_loss(attr_find(attr_data(nest), attr_len(nest),
			    IPV6TUN_A_PROBE_STATS_LOSS));
}

static void text_probe_stats(const struct nlattr *nest)
{
	static const struct rule rules[] = {
		{ IPV6TUN_A_PROBE_STATS_SENT, .label = "probes sent" },
		{ .attr = IPV6TUN_A_PROBE_STATS_RECEIVED },
		{ .attr = IPV6TUN_A_PROBE_STATS_SPARED },
		{ .attr = IPV6TUN_A_PROBE_STATS_LATE },
		{ IPV6TUN_A_PROBE_STATS_LOSS, .text = text_loss },
		{ 0 },
	};

	if (!ctl.stats) {
		text_probe_short(nest);
		return;
	}
	newline(4);
	print_ruled(&spec_probe_stats, rules, attr_data(nest), attr_len(nest));
	print_ms(nest, IPV6TUN_A_PROBE_STATS_RTT);
	print_ms(nest, IPV6TUN_A_PROBE_STATS_RTT_SMOOTHED);
	print_ms(nest, IPV6TUN_A_PROBE_STATS_RTT_MIN);
	print_ms(nest, IPV6TUN_A_PROBE_STATS_RTT_MAX);
}

/* The line up to the state can be given to "path add" again. */
static const struct rule path_rules[] = {
	{ .attr = IPV6TUN_A_PATH_ID },
	{ .attr = IPV6TUN_A_PATH_LOCAL },
	{ .attr = IPV6TUN_A_PATH_REMOTE },
	{ .attr = IPV6TUN_A_PATH_KEY },
	{ IPV6TUN_A_PATH_CSUM, .text = text_csum },
	{ IPV6TUN_A_PATH_TTL, .text = text_ttl },
	{ IPV6TUN_A_PATH_TOS, .text = text_tos },
	{ IPV6TUN_A_PATH_UNDERLAY, .text = text_underlay },
	{ .attr = IPV6TUN_A_PATH_WEIGHT },
	{ .attr = IPV6TUN_A_PATH_PEER },
	{ IPV6TUN_A_PATH_PROBE, .with = IPV6TUN_A_PATH_PROBE },
	{ IPV6TUN_A_PATH_INTERVAL, .with = IPV6TUN_A_PATH_PROBE },
	{ IPV6TUN_A_PATH_MULTIPLIER, .with = IPV6TUN_A_PATH_PROBE },
	{ IPV6TUN_A_PATH_PASSIVE, .text = text_passive, .with = IPV6TUN_A_PATH_PROBE },
	{ IPV6TUN_A_PATH_HOLD_UP, .text = text_hold_up },
	{ IPV6TUN_A_PATH_ADMIN, .text = text_admin },
	{ .attr = IPV6TUN_A_PATH_STATE },
	{ IPV6TUN_A_PATH_REASON, .text = text_reason },
	{ IPV6TUN_A_PATH_SINCE, .text = text_since },
	{ IPV6TUN_A_PATH_CHANGES, .text = text_changes },
	{ .attr = IPV6TUN_A_PATH_MTU },
	{ IPV6TUN_A_PATH_PROBE_STATS, .text = text_probe_stats },
	{ IPV6TUN_A_PATH_STATS, .text = text_stats },
	{ 0 },
};

void print_path(const struct obj *obj, bool device)
{
	/* In text the name is the first word, in JSON it is always there. */
	if (device)
		word("%s", attr_string(attr_find(obj->attr, obj->len,
						 IPV6TUN_A_PATH_IFNAME)));
	print_ruled(&spec_path, path_rules, obj->attr, obj->len);
}

int path_list(uint32_t ifindex, struct objs *reply)
{
	struct req *req = req_genl(IPV6TUN_CMD_PATH_LIST, &spec_path);

	if (ifindex)
		req_put_u32(req, IPV6TUN_A_PATH_IFINDEX, ifindex);
	return req_dump(req, reply);
}

static int path_get(uint32_t ifindex, uint32_t id, struct objs *reply)
{
	struct req *req = req_genl(IPV6TUN_CMD_PATH_GET, &spec_path);

	req_put_u32(req, IPV6TUN_A_PATH_IFINDEX, ifindex);
	req_put_u32(req, IPV6TUN_A_PATH_ID, id);
	return req_do(req, reply);
}

static int path_show(struct args *args)
{
	uint32_t ifindex = 0, id = 0;
	const char *dev = NULL;
	struct objs reply;
	struct obj *obj;
	int err = CTL_OK;

	if (args->n)
		err = parse_ifname(args, "DEV", &dev);
	if (!err && dev && take(args, "id"))
		err = parse_u32(args, "id", 1, IPV6TUN_PATH_MAX, &id);
	if (!err)
		err = end_of_words(args);
	if (!err && dev)
		err = nl_device(dev, &ifindex);
	if (err)
		return err;

	objs_init(&reply);
	if (id) {
		err = path_get(ifindex, id, &reply);
	} else {
		err = device_check(ifindex);
		if (!err)
			err = path_list(ifindex, &reply);
	}
	if (!err) {
		out_begin();
		for (obj = reply.first; obj; obj = obj->next) {
			out_open(NULL);
			print_path(obj, true);
			out_close();
		}
		err = out_end();
	}
	objs_free(&reply);
	return err;
}

int cmd_path(struct args *args)
{
	const uint32_t all = (1U << W_COUNT) - 1, id = 1U << W_ID;
	const char *command = next_word(args);

	if (!command || !strcmp(command, "show")) {
		ctl.command = "path show";
		return path_show(args);
	}
	if (!strcmp(command, "add")) {
		ctl.command = "path add";
		return path_change(args, IPV6TUN_CMD_PATH_ADD, all,
				   1U << W_LOCAL | 1U << W_REMOTE);
	}
	if (!strcmp(command, "set")) {
		ctl.command = "path set";
		return path_change(args, IPV6TUN_CMD_PATH_SET, all, id);
	}
	if (!strcmp(command, "del")) {
		ctl.command = "path del";
		return path_change(args, IPV6TUN_CMD_PATH_DEL, id, id);
	}
	return usage_error("'%s' is none of add, set, del, show", command);
}
