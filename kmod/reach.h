/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reachability: can the underlay carry the packets of a path?
 */
#ifndef _IPV6TUN_REACH_H
#define _IPV6TUN_REACH_H

struct ipv6tun_path;
struct work_struct;

int ipv6tun_reach_init(void);
void ipv6tun_reach_exit(void);

void ipv6tun_reach_check(struct ipv6tun_path *path);
void ipv6tun_reach_lost_route(struct ipv6tun_path *path);
void ipv6tun_reach_recheck(struct work_struct *work);

#endif
