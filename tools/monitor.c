// SPDX-License-Identifier: GPL-2.0
/*
 * ipv6tunctl monitor: what happens to paths and to NAT64, as it happens.
 */
#include <linux/ipv6tun.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "nat64.h"
#include "nl.h"
#include "path.h"
#include "print.h"

static void print_path_event(const struct obj *obj)
{
	print_path(obj, true);
}

/**
 * struct event - what is known of a notification
 * @text: what happened, in text; JSON has the name of the specification
 * @print: prints the object
 * @ifindex: attribute with the device
 * @ifname: attribute with the device's name
 * @timestamp: attribute that says when it happened, 0 if none
 */
struct event {
	const char *text;
	void (*print)(const struct obj *obj);
	int ifindex;
	int ifname;
	int timestamp;
};

/**
 * struct watched - the device whose events are wanted
 * @name: its name, NULL for all devices
 * @ifindex: what had that name, or one of the others it may have, at the start
 */
struct watched {
	const char *name;
	uint32_t ifindex;
};

#define PATH_EVENT(_text) \
	{ _text, print_path_event, IPV6TUN_A_PATH_IFINDEX, \
	  IPV6TUN_A_PATH_IFNAME, 0 }
#define NAT64_EVENT(_text) \
	{ _text, print_nat64, IPV6TUN_A_NAT64_IFINDEX, \
	  IPV6TUN_A_NAT64_IFNAME, 0 }
#define BIB_EVENT(_text) \
	{ _text, print_bib, IPV6TUN_A_BIB_IFINDEX, \
	  IPV6TUN_A_BIB_IFNAME, IPV6TUN_A_BIB_TIMESTAMP }
#define SESSION_EVENT(_text) \
	{ _text, print_session, IPV6TUN_A_SESSION_IFINDEX, \
	  IPV6TUN_A_SESSION_IFNAME, IPV6TUN_A_SESSION_TIMESTAMP }

static const struct event events[IPV6TUN_CMD_MAX + 1] = {
	[IPV6TUN_CMD_PATH_ADD_NTF] = PATH_EVENT("added"),
	[IPV6TUN_CMD_PATH_SET_NTF] = PATH_EVENT("changed"),
	[IPV6TUN_CMD_PATH_DEL_NTF] = PATH_EVENT("deleted"),
	[IPV6TUN_CMD_PATH_STATE_NTF] = PATH_EVENT("state"),
	[IPV6TUN_CMD_NAT64_SET_NTF] = NAT64_EVENT("nat64 changed"),
	[IPV6TUN_CMD_NAT64_DEL_NTF] = NAT64_EVENT("nat64 deleted"),
	[IPV6TUN_CMD_BIB_ADD_NTF] = BIB_EVENT("bib added"),
	[IPV6TUN_CMD_BIB_DEL_NTF] = BIB_EVENT("bib deleted"),
	[IPV6TUN_CMD_SESSION_ADD_NTF] = SESSION_EVENT("session added"),
	[IPV6TUN_CMD_SESSION_DEL_NTF] = SESSION_EVENT("session deleted"),
};

/* The time of @timestamp, ns of CLOCK_REALTIME; without it, now. */
static void print_time(const struct nlattr *timestamp)
{
	char date[32], stamp[48];
	struct timespec when;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &when);
	if (timestamp) {
		when.tv_sec = attr_uint(timestamp) / 1000000000;
		when.tv_nsec = attr_uint(timestamp) % 1000000000;
	}
	gmtime_r(&when.tv_sec, &tm);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(stamp, sizeof(stamp), "%s.%03ldZ", date, when.tv_nsec / 1000000);
	out_string("time", "", stamp);
}

static const struct nlattr *find(const struct obj *obj, int attr)
{
	return obj && attr ? attr_find(obj->attr, obj->len, attr) : NULL;
}

/* Made again, a device has another number; renamed, another name. */
static bool is_watched(const struct watched *watched, const struct event *event,
		       const struct obj *obj)
{
	return !watched->name ||
	       attr_uint(find(obj, event->ifindex)) == watched->ifindex ||
	       !strcmp(attr_string(find(obj, event->ifname)), watched->name);
}

/* One line for each event, each a whole JSON object, written at once. */
static int print_event(const struct obj *obj, void *arg)
{
	const struct event none = { 0 }, *event = &none;

	if (obj && obj->cmd < ARRAY_SIZE(events))
		event = &events[obj->cmd];
	if (obj && !event->text)
		return CTL_OK;
	if (obj && !is_watched(arg, event, obj))
		return CTL_OK;
	/* An indented object would not be a line; indented text is joined. */
	ctl.pretty = false;
	out_line();
	out_open(NULL);
	print_time(find(obj, event->timestamp));
	if (obj) {
		json_string("event", spec_cmd[obj->cmd]);
		word("%s", event->text);
		event->print(obj);
	} else {
		json_string("event", "lost");
		word("events were lost, see ipv6tunctl show");
	}
	out_close();
	return out_line_end();
}

int cmd_monitor(struct args *args)
{
	/* What happens to paths is not to get lost among what NAT64 does. */
	const char *group = IPV6TUN_MCGRP_EVENTS;
	struct watched watched = { 0 };
	int err = CTL_OK;

	if (args->n && !strcmp(peek_word(args), "nat64")) {
		next_word(args);
		ctl.command = "monitor nat64";
		group = IPV6TUN_MCGRP_NAT64;
	}
	if (args->n)
		err = parse_ifname(args, "DEV", &watched.name);
	if (!err)
		err = end_of_words(args);
	if (!err && watched.name)
		err = nl_device(watched.name, &watched.ifindex);
	return err ? err : nl_monitor(group, print_event, &watched);
}
