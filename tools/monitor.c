// SPDX-License-Identifier: GPL-2.0
/*
 * ipv6tunctl monitor: what happens to paths, as it happens.
 */
#include <linux/ipv6tun.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "nl.h"
#include "path.h"
#include "print.h"

/* In text, what happened; in JSON the event has the name of the specification. */
static const char *event_text(unsigned int cmd)
{
	switch (cmd) {
	case IPV6TUN_CMD_PATH_ADD_NTF:
		return "added";
	case IPV6TUN_CMD_PATH_SET_NTF:
		return "changed";
	case IPV6TUN_CMD_PATH_DEL_NTF:
		return "deleted";
	case IPV6TUN_CMD_PATH_STATE_NTF:
		return "state";
	}
	return NULL;
}

static void print_time(void)
{
	char date[32], stamp[48];
	struct timespec now;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(stamp, sizeof(stamp), "%s.%03ldZ", date, now.tv_nsec / 1000000);
	out_string("time", "", stamp);
}

/* One line for each event, each a whole JSON object, written at once. */
static int print_event(const struct obj *obj, void *arg)
{
	const uint32_t *ifindex = arg;

	if (obj && !event_text(obj->cmd))
		return CTL_OK;
	if (obj && *ifindex &&
	    attr_uint(attr_find(obj->attr, obj->len, IPV6TUN_A_PATH_IFINDEX)) != *ifindex)
		return CTL_OK;
	/* An indented object would not be a line; indented text is joined. */
	ctl.pretty = false;
	out_line();
	out_open(NULL);
	print_time();
	if (obj) {
		json_string("event", spec_cmd[obj->cmd]);
		word("%s", event_text(obj->cmd));
		print_path(obj, true);
	} else {
		json_string("event", "lost");
		word("events were lost, see ipv6tunctl show");
	}
	out_close();
	return out_line_end();
}

int cmd_monitor(struct args *args)
{
	uint32_t ifindex = 0;
	const char *dev = NULL;
	int err = CTL_OK;

	if (args->n)
		err = parse_ifname(args, "DEV", &dev);
	if (!err)
		err = end_of_words(args);
	if (!err && dev)
		err = nl_device(dev, &ifindex);
	return err ? err : nl_monitor(print_event, &ifindex);
}
