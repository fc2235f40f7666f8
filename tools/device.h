/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the ipv6tun family tells of devices.
 */
#ifndef DEVICE_H
#define DEVICE_H

#include "nl.h"

/* Device @ifindex, or all with 0. */
int device_list(uint32_t ifindex, struct objs *reply);
/*
 * Complain unless @ifindex is 0 or a device of our kind. A list of the paths
 * or routes of another device would just be empty.
 */
int device_check(uint32_t ifindex);

#endif
