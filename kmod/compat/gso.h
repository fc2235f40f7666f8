/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kernel differences in kinds of GSO.
 */
#ifndef _IPV6TUN_COMPAT_GSO_H
#define _IPV6TUN_COMPAT_GSO_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>

/* TCP with accurate ECN is younger than 6.12. */
#ifdef NETIF_F_GSO_ACCECN
#define COMPAT_GSO_TCP_ACCECN	SKB_GSO_TCP_ACCECN
#else
#define COMPAT_GSO_TCP_ACCECN	0
#endif

#endif
