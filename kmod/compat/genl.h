/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Generic netlink across kernel versions.
 *
 * netlink-gen.c is generated and cannot be changed: Kbuild includes this file
 * ahead of it. The specification is restricted to what the older structures
 * can say (a command is a do or a dump, hooks of dumps only).
 */
#ifndef _IPV6TUN_COMPAT_GENL_H
#define _IPV6TUN_COMPAT_GENL_H

#include <linux/version.h>
#include <net/genetlink.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
/* 6.2 split doit and dumpit of a command into two entries. */
#define genl_split_ops	genl_ops
#define split_ops	ops
#define n_split_ops	n_ops
#endif

#ifndef GENL_MCAST_CAP_NET_ADMIN
/* Named so since 6.7, and in stable kernels since then. */
#define GENL_MCAST_CAP_NET_ADMIN	GENL_UNS_ADMIN_PERM
#endif

#ifndef NLA_POLICY_MAX_LEN
#define NLA_POLICY_MAX_LEN(_len)	{ .type = NLA_BINARY, .len = (_len) }
#endif

/**
 * ipv6tun_genl_dump_attrs() - the attributes of the request behind a dump
 * @cb: the dump
 *
 * Context: in dumpit. Return: the parsed attributes by number. Not to be used
 * for a command whose dump request takes none.
 */
static inline struct nlattr **
ipv6tun_genl_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
	return genl_dumpit_info(cb)->attrs;
#else
	return genl_dumpit_info(cb)->info.attrs;
#endif
}

#endif
