/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kernel differences in the events of nexthop objects.
 */
#ifndef _IPV6TUN_COMPAT_NEXTHOP_H
#define _IPV6TUN_COMPAT_NEXTHOP_H

#include <net/nexthop.h>

/* 6.1.176 has the id of a group's next hop beside what it leads to, 6.1.192 in it. */
static inline u32
compat_nh_entry_id(const struct nh_notifier_grp_entry_info *entry)
{
#ifdef COMPAT_NH_SINGLE_HAS_ID
	return entry->nh.id;
#else
	return entry->id;
#endif
}

#endif
