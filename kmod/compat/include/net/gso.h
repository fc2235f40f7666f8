/* SPDX-License-Identifier: GPL-2.0 */
/*
 * 6.5 moved the GSO functions out of skbuff.h. This directory is searched
 * after the kernel's own: only a kernel without <net/gso.h> finds this one.
 */
#ifndef _IPV6TUN_COMPAT_NET_GSO_H
#define _IPV6TUN_COMPAT_NET_GSO_H

#include <linux/skbuff.h>

#endif
