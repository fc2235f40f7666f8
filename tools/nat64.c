// SPDX-License-Identifier: GPL-2.0
/*
 * ipv6tunctl nat64: the configuration of NAT64. One reader for each object
 * serves its command and its line in a file for "nat64 replace".
 */
#include <errno.h>
#include <linux/ipv6tun.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nat64.h"
#include "put.h"

#define TIMEOUT_MAX	(30 * 86400)
#define SESSIONS_MAX	(16 * 1024 * 1024)
#define MTU_MAX		65535

/* IP protocol numbers, in the order of the specification's names. */
static const uint8_t protos[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP };

const char *nat64_proto(unsigned long long number)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(protos); i++)
		if (protos[i] == number)
			return spec_enum_nat64_proto.name[i];
	return "?";
}

static int parse_proto_number(struct args *args, const char *what, uint8_t *number)
{
	uint8_t i;
	int err;

	err = parse_enum(args, what, &spec_enum_nat64_proto, &i);
	if (!err)
		*number = protos[i];
	return err;
}

static int parse_port(struct args *args, const char *what, uint16_t *port)
{
	uint32_t value;
	int err;

	err = parse_u32(args, what, 1, UINT16_MAX, &value);
	if (!err)
		*port = value;
	return err;
}

/* Settings; the position of a word is its bit in "seen". */
enum setting {
	S_MODE, S_FILTERING, S_UDP_ZERO, S_LOWEST_MTU, S_TCP_EST, S_TCP_TRANS,
	S_TCP_SYN, S_UDP, S_ICMP, S_MAX_SESSIONS, S_ICMP_SOURCE,
	S_SESSION_EVENTS, S_COUNT
};

static const char *const settings[] = {
	[S_MODE] = "mode", [S_FILTERING] = "filtering",
	[S_UDP_ZERO] = "udp-zero", [S_LOWEST_MTU] = "lowest-mtu",
	[S_TCP_EST] = "tcp-est", [S_TCP_TRANS] = "tcp-trans",
	[S_TCP_SYN] = "tcp-syn", [S_UDP] = "udp", [S_ICMP] = "icmp",
	[S_MAX_SESSIONS] = "max-sessions", [S_ICMP_SOURCE] = "icmp-source",
	[S_SESSION_EVENTS] = "session-events",
};

static int put_icmp_source(struct req *req, struct args *args, const char *what)
{
	if (args->n && !strcmp(peek_word(args), "none")) {
		next_word(args);
		req_put_flag(req, IPV6TUN_A_NAT64_NO_ICMP_SOURCE);
		return CTL_OK;
	}
	return put_prefix(req, args, what, 4, IPV6TUN_A_NAT64_ICMP_SOURCE,
			  IPV6TUN_A_NAT64_ICMP_SOURCE_LEN);
}

static int put_setting(struct req *req, struct args *args, enum setting which)
{
	const char *what = settings[which];

	switch (which) {
	case S_MODE:
		return put_enum(req, args, what, IPV6TUN_A_NAT64_MODE,
				&spec_enum_nat64_mode);
	case S_FILTERING:
		return put_enum(req, args, what, IPV6TUN_A_NAT64_FILTERING,
				&spec_enum_nat64_filtering);
	case S_UDP_ZERO:
		return put_enum(req, args, what, IPV6TUN_A_NAT64_UDP_ZERO,
				&spec_enum_nat64_udp_zero);
	case S_LOWEST_MTU:
		return put_u16(req, args, what, IPV6TUN_A_NAT64_LOWEST_MTU,
			       IPV6TUN_LOWEST_MTU_MIN, MTU_MAX);
	case S_TCP_EST:
		return put_u32(req, args, what, IPV6TUN_A_NAT64_TCP_EST, 1,
			       TIMEOUT_MAX);
	case S_TCP_TRANS:
		return put_u32(req, args, what, IPV6TUN_A_NAT64_TCP_TRANS, 1,
			       TIMEOUT_MAX);
	case S_TCP_SYN:
		return put_u32(req, args, what, IPV6TUN_A_NAT64_TCP_SYN, 1,
			       TIMEOUT_MAX);
	case S_UDP:
		return put_u32(req, args, what, IPV6TUN_A_NAT64_UDP, 1,
			       TIMEOUT_MAX);
	case S_ICMP:
		return put_u32(req, args, what, IPV6TUN_A_NAT64_ICMP, 1,
			       TIMEOUT_MAX);
	case S_MAX_SESSIONS:
		return put_u32(req, args, what, IPV6TUN_A_NAT64_MAX_SESSIONS, 1,
			       SESSIONS_MAX);
	case S_ICMP_SOURCE:
		return put_icmp_source(req, args, what);
	default:
		return put_onoff(req, args, what, IPV6TUN_A_NAT64_SESSION_EVENTS);
	}
}

/* All that is left are settings; @seen: those that were given before, too. */
static int put_settings(struct req *req, struct args *args, uint32_t *seen)
{
	const char *name;
	unsigned int i;
	int err;

	while ((name = next_word(args))) {
		err = find_word(settings, S_COUNT, name, &i);
		if (!err)
			err = parse_once(seen, i, name);
		if (!err)
			err = put_setting(req, args, i);
		if (err)
			return err;
	}
	return CTL_OK;
}

static int put_pool6(struct req *req, struct args *args)
{
	return put_prefix(req, args, "pool6", 16, IPV6TUN_A_POOL6_PREFIX,
			  IPV6TUN_A_POOL6_PREFIX_LEN);
}

static int parse_protos(struct args *args, const char *what, uint8_t *bits)
{
	uint8_t i;
	int err;

	if (args->n && !strcmp(peek_word(args), "all")) {
		next_word(args);
		*bits = (1U << ARRAY_SIZE(protos)) - 1;
		return CTL_OK;
	}
	err = parse_enum(args, what, &spec_enum_nat64_proto, &i);
	if (!err)
		*bits |= 1U << i;
	return err;
}

static int put_pool4(struct req *req, struct args *args)
{
	uint16_t min = 0, max = 0;
	uint32_t seen = 0;
	const char *name;
	uint8_t bits = 0;
	int err;

	err = put_prefix(req, args, "pool4", 4, IPV6TUN_A_POOL4_PREFIX,
			 IPV6TUN_A_POOL4_PREFIX_LEN);
	while (!err && (name = next_word(args))) {
		if (!strcmp(name, "proto")) {
			err = parse_protos(args, name, &bits);
		} else if (!strcmp(name, "ports")) {
			err = parse_once(&seen, 0, name);
			if (!err)
				err = parse_ports(args, name, &min, &max);
		} else {
			err = usage_error("'%s' is not expected here", name);
		}
	}
	if (err)
		return err;
	if (bits)
		req_put_u8(req, IPV6TUN_A_POOL4_PROTOS, bits);
	if (max) {
		req_put_u16(req, IPV6TUN_A_POOL4_PORT_MIN, min);
		req_put_u16(req, IPV6TUN_A_POOL4_PORT_MAX, max);
	}
	return CTL_OK;
}

static int put_eam(struct req *req, struct args *args)
{
	int err;

	err = put_prefix(req, args, "PREFIX6", 16, IPV6TUN_A_EAM_PREFIX6,
			 IPV6TUN_A_EAM_PREFIX6_LEN);
	if (err)
		return err;
	return put_prefix(req, args, "PREFIX4", 4, IPV6TUN_A_EAM_PREFIX4,
			  IPV6TUN_A_EAM_PREFIX4_LEN);
}

/* Words of a BIB entry, and of filters; the position is the bit in "seen". */
enum field {
	F_PROTO, F_ADDR6, F_PORT6, F_ADDR4, F_PORT4, F_REMOTE4, F_COUNT
};

static const char *const fields[] = {
	[F_PROTO] = "proto", [F_ADDR6] = "addr6", [F_PORT6] = "port6",
	[F_ADDR4] = "addr4", [F_PORT4] = "port4", [F_REMOTE4] = "remote4",
};

static int put_host(struct req *req, struct args *args, const char *what,
		    unsigned int bytes, int attr)
{
	struct addr addr;
	int err;

	err = parse_addr(args, what, &addr);
	if (err)
		return err;
	if (addr.len != bytes)
		return usage_error("%s: not an %s address", what,
				   bytes == 4 ? "IPv4" : "IPv6");
	req_put_addr(req, attr, &addr);
	return CTL_OK;
}

static int put_field(struct req *req, struct args *args, enum field which)
{
	const char *what = fields[which];
	uint16_t port;
	uint8_t proto;
	int err;

	switch (which) {
	case F_PROTO:
		err = parse_proto_number(args, what, &proto);
		if (!err)
			req_put_u8(req, IPV6TUN_A_BIB_PROTO, proto);
		return err;
	case F_ADDR6:
		return put_host(req, args, what, 16, IPV6TUN_A_BIB_ADDR6);
	case F_ADDR4:
		return put_host(req, args, what, 4, IPV6TUN_A_BIB_ADDR4);
	default:
		err = parse_port(args, what, &port);
		if (!err)
			req_put_u16(req, which == F_PORT6 ? IPV6TUN_A_BIB_PORT6 :
				    IPV6TUN_A_BIB_PORT4, port);
		return err;
	}
}

/* A static BIB entry: all fields but the remote, in any order. */
static int put_bib(struct req *req, struct args *args)
{
	uint32_t seen = 0;
	const char *name;
	unsigned int i;
	int err;

	while ((name = next_word(args))) {
		err = find_word(fields, F_REMOTE4, name, &i);
		if (!err)
			err = parse_once(&seen, i, name);
		if (!err)
			err = put_field(req, args, i);
		if (err)
			return err;
	}
	for (i = 0; i < F_REMOTE4; i++)
		if (!(seen & (1U << i)))
			return usage_error("%s is missing", fields[i]);
	return CTL_OK;
}

static int parse_field(struct args *args, struct filter *f, enum field which)
{
	const char *what = fields[which];

	switch (which) {
	case F_PROTO:
		return parse_proto_number(args, what, &f->proto);
	case F_ADDR6:
		return parse_prefix(args, what, 16, &f->addr6, &f->addr6_len);
	case F_PORT6:
		return parse_port(args, what, &f->port6);
	case F_ADDR4:
		return parse_prefix(args, what, 4, &f->addr4, &f->addr4_len);
	case F_PORT4:
		return parse_port(args, what, &f->port4);
	default:
		return parse_prefix(args, what, 4, &f->remote4, &f->remote4_len);
	}
}

int parse_filter(struct args *args, struct filter *filter, bool remote)
{
	const char *name;
	unsigned int i;
	int err;

	memset(filter, 0, sizeof(*filter));
	while ((name = next_word(args))) {
		err = find_word(fields, remote ? F_COUNT : F_REMOTE4, name, &i);
		if (!err)
			err = parse_once(&filter->seen, i, name);
		if (!err)
			err = parse_field(args, filter, i);
		if (err)
			return err;
	}
	return CTL_OK;
}

/**
 * struct filter_attrs - a filter's attributes in one set
 * @addr: of the addresses, by enum field, as all below
 * @len: of the lengths of their prefixes
 * @value: of protocol and ports
 */
struct filter_attrs {
	uint8_t addr[F_COUNT];
	uint8_t len[F_COUNT];
	uint8_t value[F_COUNT];
};

static void put_filter(struct req *req, const struct filter *f,
		       const struct filter_attrs *attrs)
{
	const struct addr *addr[F_COUNT] = {
		[F_ADDR6] = &f->addr6, [F_ADDR4] = &f->addr4,
		[F_REMOTE4] = &f->remote4,
	};
	const uint8_t len[F_COUNT] = {
		[F_ADDR6] = f->addr6_len, [F_ADDR4] = f->addr4_len,
		[F_REMOTE4] = f->remote4_len,
	};
	unsigned int i;

	for (i = 0; i < F_COUNT; i++) {
		if (!(f->seen & (1U << i)))
			continue;
		if (addr[i]) {
			req_put_addr(req, attrs->addr[i], addr[i]);
			req_put_u8(req, attrs->len[i], len[i]);
		} else if (i == F_PROTO) {
			req_put_u8(req, attrs->value[i], f->proto);
		} else {
			req_put_u16(req, attrs->value[i],
				    i == F_PORT6 ? f->port6 : f->port4);
		}
	}
}

void put_bib_filter(struct req *req, const struct filter *filter)
{
	static const struct filter_attrs attrs = {
		.addr = {
			[F_ADDR6] = IPV6TUN_A_BIB_ADDR6,
			[F_ADDR4] = IPV6TUN_A_BIB_ADDR4,
		},
		.len = {
			[F_ADDR6] = IPV6TUN_A_BIB_ADDR6_LEN,
			[F_ADDR4] = IPV6TUN_A_BIB_ADDR4_LEN,
		},
		.value = {
			[F_PROTO] = IPV6TUN_A_BIB_PROTO,
			[F_PORT6] = IPV6TUN_A_BIB_PORT6,
			[F_PORT4] = IPV6TUN_A_BIB_PORT4,
		},
	};

	put_filter(req, filter, &attrs);
}

void put_session_filter(struct req *req, const struct filter *filter)
{
	static const struct filter_attrs attrs = {
		.addr = {
			[F_ADDR6] = IPV6TUN_A_SESSION_ADDR6,
			[F_ADDR4] = IPV6TUN_A_SESSION_ADDR4,
			[F_REMOTE4] = IPV6TUN_A_SESSION_REMOTE4,
		},
		.len = {
			[F_ADDR6] = IPV6TUN_A_SESSION_ADDR6_LEN,
			[F_ADDR4] = IPV6TUN_A_SESSION_ADDR4_LEN,
			[F_REMOTE4] = IPV6TUN_A_SESSION_REMOTE4_LEN,
		},
		.value = {
			[F_PROTO] = IPV6TUN_A_SESSION_PROTO,
			[F_PORT6] = IPV6TUN_A_SESSION_PORT6,
			[F_PORT4] = IPV6TUN_A_SESSION_PORT4,
		},
	};

	put_filter(req, filter, &attrs);
}

/**
 * struct object - what is added and removed one by one
 * @name: its word
 * @add: words of the command, for errors
 * @del: words of the command that removes
 * @cmd_add: generic netlink command
 * @cmd_del: the one that removes
 * @set: its attributes
 * @ifindex: the one with the device
 * @nest: the one that holds it in a request to replace all
 * @put: reads its words into a request
 */
struct object {
	const char *name;
	const char *add;
	const char *del;
	unsigned int cmd_add;
	unsigned int cmd_del;
	const struct spec_set *set;
	int ifindex;
	int nest;
	int (*put)(struct req *req, struct args *args);
};

static const struct object objects[] = {
	{
		"pool6", "nat64 pool6 add", "nat64 pool6 del",
		IPV6TUN_CMD_POOL6_ADD, IPV6TUN_CMD_POOL6_DEL, &spec_pool6,
		IPV6TUN_A_POOL6_IFINDEX, IPV6TUN_A_NAT64_POOL6, put_pool6,
	},
	{
		"pool4", "nat64 pool4 add", "nat64 pool4 del",
		IPV6TUN_CMD_POOL4_ADD, IPV6TUN_CMD_POOL4_DEL, &spec_pool4,
		IPV6TUN_A_POOL4_IFINDEX, IPV6TUN_A_NAT64_POOL4, put_pool4,
	},
	{
		"eam", "nat64 eam add", "nat64 eam del",
		IPV6TUN_CMD_EAM_ADD, IPV6TUN_CMD_EAM_DEL, &spec_eam,
		IPV6TUN_A_EAM_IFINDEX, IPV6TUN_A_NAT64_EAM, put_eam,
	},
	{
		"bib", "nat64 bib add", "nat64 bib del",
		IPV6TUN_CMD_BIB_ADD, IPV6TUN_CMD_BIB_DEL, &spec_bib,
		IPV6TUN_A_BIB_IFINDEX, IPV6TUN_A_NAT64_BIB, put_bib,
	},
};

/*
 * Send @req, whose words were read with result @err, about device @dev. The
 * device is looked for last, so that wrong words are reported without one.
 */
static int request(struct req *req, int err, const char *dev, int attr,
		   struct objs *reply)
{
	uint32_t ifindex;

	if (!err)
		err = nl_device(dev, &ifindex);
	if (err) {
		req_free(req);
		return err;
	}
	req_put_u32(req, attr, ifindex);
	return req_do(req, reply);
}

static int change_object(struct args *args, const struct object *object)
{
	const char *command = next_word(args), *dev;
	struct req *req;
	bool add;
	int err;

	if (!command)
		return usage_error("%s: add or del is missing", object->name);
	if (strcmp(command, "add") && strcmp(command, "del"))
		return usage_error("%s: '%s' is none of add, del", object->name,
				   command);
	add = !strcmp(command, "add");
	ctl.command = add ? object->add : object->del;
	err = parse_ifname(args, "DEV", &dev);
	if (err)
		return err;
	req = req_genl(add ? object->cmd_add : object->cmd_del, object->set);
	err = object->put(req, args);
	if (!err)
		err = end_of_words(args);
	return request(req, err, dev, object->ifindex, NULL);
}

static int nat64_set(struct args *args)
{
	uint32_t seen = 0;
	struct req *req;
	const char *dev;
	int err;

	err = parse_ifname(args, "DEV", &dev);
	if (err)
		return err;
	req = req_genl(IPV6TUN_CMD_NAT64_SET, &spec_nat64);
	/* None at all is right: the device gets NAT64 with defaults. */
	err = put_settings(req, args, &seen);
	return request(req, err, dev, IPV6TUN_A_NAT64_IFINDEX, NULL);
}

static int nat64_del(struct args *args)
{
	struct req *req;
	const char *dev;
	int err;

	err = parse_ifname(args, "DEV", &dev);
	if (!err)
		err = end_of_words(args);
	if (err)
		return err;
	req = req_genl(IPV6TUN_CMD_NAT64_DEL, &spec_nat64);
	return request(req, CTL_OK, dev, IPV6TUN_A_NAT64_IFINDEX, NULL);
}

static int nat64_flush(struct args *args)
{
	static const struct rule rules[] = {
		{ IPV6TUN_A_SESSION_ENDED, .label = "sessions ended" },
		{ 0 },
	};
	struct filter filter;
	struct objs reply;
	struct req *req;
	const char *dev;
	int err;

	err = parse_ifname(args, "DEV", &dev);
	if (!err)
		err = parse_filter(args, &filter, true);
	if (err)
		return err;
	req = req_genl(IPV6TUN_CMD_NAT64_FLUSH, &spec_session);
	put_session_filter(req, &filter);
	objs_init(&reply);
	err = request(req, CTL_OK, dev, IPV6TUN_A_SESSION_IFINDEX, &reply);
	if (!err && reply.first) {
		out_begin();
		out_open(NULL);
		print_ruled(&spec_session, rules, reply.first->attr, reply.first->len);
		out_close();
		err = out_end();
	}
	objs_free(&reply);
	return err;
}

/* One line of a file: settings, or an object. */
static int put_line(struct req *req, struct args *args, uint32_t *seen)
{
	const char *name = next_word(args);
	void *nest;
	size_t i;
	int err;

	if (!strcmp(name, "set"))
		return put_settings(req, args, seen);
	for (i = 0; i < ARRAY_SIZE(objects); i++) {
		if (strcmp(name, objects[i].name))
			continue;
		nest = req_nest(req, objects[i].nest);
		err = objects[i].put(req, args);
		req_nest_end(req, nest);
		return err ? err : end_of_words(args);
	}
	return usage_error("'%s' is none of set, pool6, pool4, eam, bib", name);
}

static int put_file(struct req *req, FILE *file)
{
	uint32_t seen = 0;
	size_t size = 0;
	char *line = NULL;
	int err = CTL_OK;

	while (!err) {
		ssize_t len = getline(&line, &size, file);
		struct args args = { 0 };
		char **words;

		if (len < 0)
			break;
		ctl.line++;
		if (memchr(line, 0, len)) {
			err = usage_error("the line contains a zero byte");
			break;
		}
		words = split_line(line, &args);
		req_line(req, ctl.file, ctl.line);
		if (args.n)
			err = put_line(req, &args, &seen);
		free(words);
	}
	if (!err && ferror(file))
		err = usage_error("cannot read: %s", strerror(errno));
	free(line);
	return err;
}

static int nat64_replace(struct args *args)
{
	const char *dev, *name;
	const struct ctl old = ctl;
	struct req *req;
	FILE *file;
	int err;

	err = parse_ifname(args, "DEV", &dev);
	if (!err)
		err = parse_value(args, "FILE", &name);
	if (!err)
		err = end_of_words(args);
	if (err)
		return err;
	file = strcmp(name, "-") ? fopen(name, "re") : stdin;
	if (!file)
		return usage_error("%s: %s", name, strerror(errno));
	req = req_genl_large(IPV6TUN_CMD_NAT64_REPLACE, &spec_nat64);
	ctl.file = name;
	ctl.line = 0;
	err = put_file(req, file);
	if (file != stdin)
		fclose(file);
	ctl.file = old.file;
	ctl.line = old.line;
	req_line(req, NULL, 0);
	return request(req, err, dev, IPV6TUN_A_NAT64_IFINDEX, NULL);
}

int cmd_nat64(struct args *args)
{
	static const struct {
		const char *name, *command;
		int (*run)(struct args *args);
	} commands[] = {
		{ "set", "nat64 set", nat64_set },
		{ "del", "nat64 del", nat64_del },
		{ "replace", "nat64 replace", nat64_replace },
		{ "flush", "nat64 flush", nat64_flush },
		{ "show", "nat64 show", nat64_show },
	};
	const char *name = args->n ? next_word(args) : "show";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(objects); i++)
		if (!strcmp(name, objects[i].name))
			return change_object(args, &objects[i]);
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(name, commands[i].name))
			continue;
		ctl.command = commands[i].command;
		return commands[i].run(args);
	}
	return usage_error("'%s' is none of set, del, pool6, pool4, eam, bib, replace, flush, show",
			   name);
}
