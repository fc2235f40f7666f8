/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Attributes of an ipv6tun device in rtnetlink (IFLA_LINKINFO, kind ipv6tun).
 * Paths are configured with generic netlink, see linux/ipv6tun.h.
 */
#ifndef _UAPI_LINUX_IF_IPV6TUN_H
#define _UAPI_LINUX_IF_IPV6TUN_H

/**
 * enum - what IFLA_INFO_DATA of an ipv6tun device contains
 * @IFLA_IPV6TUN_UNSPEC: not used
 * @IFLA_IPV6TUN_SEED: u32, seed of the flow hash and of the bucket tables;
 *	routers that shall choose alike share it. Default 0.
 * @IFLA_IPV6TUN_HASH: u8, enum ipv6tun_hash: what makes a flow. Default
 *	IPV6TUN_HASH_L4.
 * @IFLA_IPV6TUN_SYMMETRIC: u8, 1: both directions of a flow have the same
 *	hash, 0: they need not. Default 1.
 * @IFLA_IPV6TUN_MSS_CLAMP: u8, 1: the MSS option of TCP SYNs is lowered to
 *	what fits the path, 0: it is left alone. Default 1.
 * @IFLA_IPV6TUN_MTU_AUTO: u8, 1: the MTU of the device follows the paths'
 *	underlay, 0: it stays as set. Setting the MTU clears it. Default 1.
 * @IFLA_IPV6TUN_PATHS: u32, number of paths. Read only.
 * @IFLA_IPV6TUN_RETURN: u8, enum ipv6tun_return_mode: when flows go back to a
 *	path that works again. Default IPV6TUN_RETURN_MODE_IMMEDIATE.
 * @IFLA_IPV6TUN_RETURN_IDLE: u32, ms: with IPV6TUN_RETURN_MODE_IDLE, how long
 *	a bucket must be without a packet before it goes back, 1 to 86400000.
 *	Default 10000.
 * @IFLA_IPV6TUN_RETURN_FORCED: u32, ms: with IPV6TUN_RETURN_MODE_IDLE, after
 *	how long it goes back in any case, up to 86400000, 0 for never. Default
 *	120000.
 */
enum {
	IFLA_IPV6TUN_UNSPEC,
	IFLA_IPV6TUN_SEED,
	IFLA_IPV6TUN_HASH,
	IFLA_IPV6TUN_SYMMETRIC,
	IFLA_IPV6TUN_MSS_CLAMP,
	IFLA_IPV6TUN_MTU_AUTO,
	IFLA_IPV6TUN_PATHS,
	IFLA_IPV6TUN_RETURN,
	IFLA_IPV6TUN_RETURN_IDLE,
	IFLA_IPV6TUN_RETURN_FORCED,

	__IFLA_IPV6TUN_MAX,
	IFLA_IPV6TUN_MAX = (__IFLA_IPV6TUN_MAX - 1)
};

#endif /* _UAPI_LINUX_IF_IPV6TUN_H */
