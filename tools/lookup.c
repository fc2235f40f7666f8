// SPDX-License-Identifier: GPL-2.0
/*
 * ipv6tunctl lookup: which path a flow takes.
 */
#include <linux/ipv6tun.h>
#include <string.h>

#include "nl.h"
#include "print.h"
#include "put.h"
#include "route.h"

/* Keywords; the number is the bit in "seen". */
enum word {
	W_FROM, W_TO, W_PROTO, W_SPORT, W_DPORT, W_FLOW_LABEL, W_MARK, W_PACKET,
	W_COUNT
};

static const char *const keywords[] = {
	[W_FROM] = "from", [W_TO] = "to", [W_PROTO] = "proto",
	[W_SPORT] = "sport", [W_DPORT] = "dport",
	[W_FLOW_LABEL] = "flow-label", [W_MARK] = "mark",
	[W_PACKET] = "packet",
};

static int put_packet(struct req *req, struct args *args, const char *what)
{
	uint8_t packet[IPV6TUN_PACKET_MAX];
	size_t len;
	int err;

	err = parse_bytes(args, what, packet, sizeof(packet), &len);
	if (!err)
		req_put(req, IPV6TUN_A_LOOKUP_PACKET, packet, len);
	return err;
}

static int put_word(struct req *req, struct args *args, enum word which)
{
	const char *what = keywords[which];

	switch (which) {
	case W_FROM:
		return put_addr(req, args, what, IPV6TUN_A_LOOKUP_FROM);
	case W_TO:
		return put_addr(req, args, what, IPV6TUN_A_LOOKUP_TO);
	case W_SPORT:
		return put_u16(req, args, what, IPV6TUN_A_LOOKUP_SPORT, 0, UINT16_MAX);
	case W_DPORT:
		return put_u16(req, args, what, IPV6TUN_A_LOOKUP_DPORT, 0, UINT16_MAX);
	case W_FLOW_LABEL:
		return put_u32(req, args, what, IPV6TUN_A_LOOKUP_FLOW_LABEL, 0,
			       0xfffff);
	case W_MARK:
		return put_u32(req, args, what, IPV6TUN_A_LOOKUP_MARK, 0, UINT32_MAX);
	case W_PACKET:
		return put_packet(req, args, what);
	default:
		return put_parsed(req, args, what, IPV6TUN_A_LOOKUP_PROTO, parse_proto);
	}
}

/* Either a packet or both addresses; the mark belongs to neither. */
static int check_words(uint32_t seen)
{
	unsigned int i;

	if (!(seen & (1U << W_PACKET))) {
		if (!(seen & (1U << W_FROM)))
			return usage_error("from is missing");
		if (!(seen & (1U << W_TO)))
			return usage_error("to is missing");
		return CTL_OK;
	}
	for (i = 0; i < W_MARK; i++)
		if (seen & (1U << i))
			return usage_error("%s: is in the packet, too", keywords[i]);
	return CTL_OK;
}

static int put_words(struct req *req, struct args *args)
{
	uint32_t seen = 0;
	const char *name;
	unsigned int i;
	int err;

	while ((name = next_word(args))) {
		for (i = 0; i < W_COUNT; i++)
			if (!strcmp(name, keywords[i]))
				break;
		if (i == W_COUNT)
			return usage_error("'%s' is not expected here", name);
		err = parse_once(&seen, i, name);
		if (!err)
			err = put_word(req, args, i);
		if (err)
			return err;
	}
	return check_words(seen);
}

/* Follows the owner of the bucket. */
static void text_owner_reason(const struct nlattr *attr)
{
	if (attr_uint(attr) == IPV6TUN_PATH_REASON_NONE)
		word("(up)");
	else
		word("(%s)", enum_text(&spec_enum_path_reason, attr_uint(attr)));
}

static void text_hash(const struct nlattr *attr)
{
	word("hash %08x", (unsigned int)attr_uint(attr));
}

/* The question is not repeated in the answer, except in JSON. */
static const struct rule lookup_rules[] = {
	{ IPV6TUN_A_LOOKUP_IFNAME, .label = "" },
	{ .attr = IPV6TUN_A_LOOKUP_ID },
	{ .attr = IPV6TUN_A_LOOKUP_WHY },
	{ IPV6TUN_A_LOOKUP_DROP, .ref = &spec_drops },
	{ IPV6TUN_A_LOOKUP_HASH, .text = text_hash },
	{ .attr = IPV6TUN_A_LOOKUP_BUCKET },
	{ .attr = IPV6TUN_A_LOOKUP_OWNER },
	{ IPV6TUN_A_LOOKUP_OWNER_REASON, .text = text_owner_reason },
	{ .attr = IPV6TUN_A_LOOKUP_GATEWAY },
	{ IPV6TUN_A_LOOKUP_TABLE, .text = text_table },
	{ .attr = IPV6TUN_A_LOOKUP_PREFIX },
	{ IPV6TUN_A_LOOKUP_PREFIX_LEN, .text = text_prefix_len },
	{ IPV6TUN_A_LOOKUP_MEMBER, .label = "member", .nest = member_rules },
	{ 0 },
};

int cmd_lookup(struct args *args)
{
	struct objs reply;
	const char *dev;
	struct req *req;
	uint32_t ifindex;
	int err;

	err = parse_ifname(args, "DEV", &dev);
	if (err)
		return err;
	req = req_genl(IPV6TUN_CMD_LOOKUP, &spec_lookup);
	err = put_words(req, args);
	if (!err)
		err = nl_device(dev, &ifindex);
	if (err) {
		req_free(req);
		return err;
	}
	req_put_u32(req, IPV6TUN_A_LOOKUP_IFINDEX, ifindex);

	objs_init(&reply);
	err = req_do(req, &reply);
	if (!err && reply.first) {
		out_begin();
		out_open(NULL);
		print_ruled(&spec_lookup, lookup_rules, reply.first->attr,
			    reply.first->len);
		out_close();
		err = out_end();
	}
	objs_free(&reply);
	return err;
}
