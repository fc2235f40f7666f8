/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The TCP session state machine (RFC 6146, section 3.5.2.2). Pure.
 */
#ifndef _IPV6TUN_NAT64_TCP_H
#define _IPV6TUN_NAT64_TCP_H

#include <linux/ipv6tun.h>
#include <linux/types.h>

#include "cfg.h"

/**
 * enum nat64_tcp_segment - what counts about a segment
 * @NAT64_TCP_DATA: none of the below
 * @NAT64_TCP_SYN: it opens
 * @NAT64_TCP_FIN: it closes its direction
 * @NAT64_TCP_RST: it ends all
 */
enum nat64_tcp_segment {
	NAT64_TCP_DATA,
	NAT64_TCP_SYN,
	NAT64_TCP_FIN,
	NAT64_TCP_RST,
};

/**
 * struct nat64_tcp_step - what a segment leads to
 * @state: enum ipv6tun_nat64_tcp
 * @timeout: enum nat64_timeout the session has from now on
 * @keep: the segment leaves the time-out as it is; it is @timeout if the state has
 *	  just begun
 */
struct nat64_tcp_step {
	u8	state;
	u8	timeout;
	bool	keep;
};

struct tcphdr;

enum nat64_tcp_segment nat64_tcp_classify(const struct tcphdr *th);
struct nat64_tcp_step nat64_tcp_next(u8 state, bool from6,
				     enum nat64_tcp_segment segment);
struct nat64_tcp_step nat64_tcp_expire(u8 state);

#endif
