/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kernel differences in routing.
 */
#ifndef _IPV6TUN_COMPAT_ROUTE_H
#define _IPV6TUN_COMPAT_ROUTE_H

#include <net/route.h>

/* 6.10 added the accessor that checks types. */
#ifndef dst_rtable
#define dst_rtable(ptr) container_of(ptr, struct rtable, dst)
#endif

#endif
