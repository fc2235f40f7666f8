// SPDX-License-Identifier: GPL-2.0
#include <linux/tcp.h>

#include "tcp.h"

#define STEP(s, t)	((struct nat64_tcp_step)			\
			 { .state = IPV6TUN_NAT64_TCP_##s,		\
			   .timeout = NAT64_TIMEOUT_TCP_##t })
#define KEEP(s)		((struct nat64_tcp_step)			\
			 { .state = (s), .keep = true,			\
			   .timeout = NAT64_TIMEOUT_TCP_TRANS })

/**
 * nat64_tcp_classify() - what counts about a segment
 * @th: its header
 *
 * A RST wins over all: whoever takes it is through with the connection.
 *
 * Context: any. Return: the kind.
 */
enum nat64_tcp_segment nat64_tcp_classify(const struct tcphdr *th)
{
	if (th->rst)
		return NAT64_TCP_RST;
	if (th->fin)
		return NAT64_TCP_FIN;
	if (th->syn)
		return NAT64_TCP_SYN;
	return NAT64_TCP_DATA;
}

static struct nat64_tcp_step established(bool from6,
					 enum nat64_tcp_segment segment)
{
	switch (segment) {
	case NAT64_TCP_FIN:
		/* Until the other side closes too, it may go on for long. */
		return from6 ? STEP(V6_FIN, EST) : STEP(V4_FIN, EST);
	case NAT64_TCP_RST:
		return STEP(TRANS, TRANS);
	default:
		return STEP(ESTABLISHED, EST);
	}
}

static struct nat64_tcp_step one_fin(u8 state, bool closed_by_6, bool from6,
				     enum nat64_tcp_segment segment)
{
	if (segment == NAT64_TCP_FIN && from6 != closed_by_6)
		return STEP(V4_FIN_V6_FIN, TRANS);
	/* The RFC is silent, and hours would pass for nothing. */
	if (segment == NAT64_TCP_RST)
		return STEP(TRANS, TRANS);
	return (struct nat64_tcp_step){ .state = state,
					.timeout = NAT64_TIMEOUT_TCP_EST };
}

/**
 * nat64_tcp_next() - state and time-out after a segment
 * @state: enum ipv6tun_nat64_tcp; CLOSED for the first segment of a session
 * @from6: it came from IPv6, else from IPv4
 * @segment: what it is
 *
 * RFC 6146, section 3.5.2.2, with three departures: a RST after one side's FIN
 * ends the session soon; a SYN after both sides' FIN begins anew; and what opens
 * nothing has no session even where a BIB entry exists.
 *
 * Context: any.
 * Return: what follows. CLOSED: the segment opens nothing.
 */
struct nat64_tcp_step nat64_tcp_next(u8 state, bool from6,
				     enum nat64_tcp_segment segment)
{
	switch (state) {
	case IPV6TUN_NAT64_TCP_CLOSED:
		if (segment != NAT64_TCP_SYN)
			return KEEP(IPV6TUN_NAT64_TCP_CLOSED);
		return from6 ? STEP(V6_INIT, TRANS) : STEP(V4_INIT, TRANS);
	case IPV6TUN_NAT64_TCP_V4_INIT:
		if (segment != NAT64_TCP_SYN)
			return KEEP(state);
		return from6 ? STEP(ESTABLISHED, EST) : STEP(V4_INIT, TRANS);
	case IPV6TUN_NAT64_TCP_V6_INIT:
		if (segment != NAT64_TCP_SYN)
			return KEEP(state);
		return from6 ? STEP(V6_INIT, TRANS) : STEP(ESTABLISHED, EST);
	case IPV6TUN_NAT64_TCP_ESTABLISHED:
		return established(from6, segment);
	case IPV6TUN_NAT64_TCP_V4_FIN:
		return one_fin(state, false, from6, segment);
	case IPV6TUN_NAT64_TCP_V6_FIN:
		return one_fin(state, true, from6, segment);
	case IPV6TUN_NAT64_TCP_V4_FIN_V6_FIN:
		/* RFC 5382, REQ-2: the ports may be used again at once. */
		if (segment == NAT64_TCP_SYN)
			return from6 ? STEP(V6_INIT, TRANS) :
				       STEP(V4_INIT, TRANS);
		return KEEP(state);
	case IPV6TUN_NAT64_TCP_TRANS:
	default:
		/* Whoever sends on after a RST did not take it. */
		if (segment == NAT64_TCP_RST)
			return KEEP(IPV6TUN_NAT64_TCP_TRANS);
		return STEP(ESTABLISHED, EST);
	}
}

/**
 * nat64_tcp_expire() - state after the time-out
 * @state: enum ipv6tun_nat64_tcp
 *
 * Context: any.
 * Return: CLOSED if the session ends; else it goes on with the new time-out,
 * and a probe is due to the IPv6 host (section 3.5.2.2, ESTABLISHED).
 */
struct nat64_tcp_step nat64_tcp_expire(u8 state)
{
	if (state == IPV6TUN_NAT64_TCP_ESTABLISHED)
		return STEP(TRANS, TRANS);
	return KEEP(IPV6TUN_NAT64_TCP_CLOSED);
}
