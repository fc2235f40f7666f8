// SPDX-License-Identifier: GPL-2.0
/*
 * What the ipv6tun family tells of devices.
 */
#include <linux/ipv6tun.h>

#include "device.h"

int device_list(uint32_t ifindex, struct objs *reply)
{
	struct req *req;

	if (!ifindex)
		return req_dump(req_genl(IPV6TUN_CMD_DEVICE_LIST, &spec_device), reply);
	req = req_genl(IPV6TUN_CMD_DEVICE_GET, &spec_device);
	req_put_u32(req, IPV6TUN_A_DEVICE_IFINDEX, ifindex);
	return req_do(req, reply);
}

int device_check(uint32_t ifindex)
{
	return ifindex ? device_list(ifindex, NULL) : CTL_OK;
}
