// SPDX-License-Identifier: GPL-2.0
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <net/ipv6.h>

#include "device.h"
#include "flow.h"
#include "pathset.h"
#include "select.h"

static void inside_destination(const struct sk_buff *skb, struct in6_addr *addr)
{
	if (skb->protocol == htons(ETH_P_IPV6))
		*addr = ipv6_hdr(skb)->daddr;
	else
		ipv6_addr_set_v4mapped(ip_hdr(skb)->daddr, addr);
}

static void pick(const struct ipv6tun_dev *tun, const struct sk_buff *skb,
		 struct ipv6tun_choice *choice, bool explain)
{
	const struct ipv6tun_pathset *set = choice->set;

	/* A set of one needs no hash. */
	if (set->n > 1) {
		choice->hash = ipv6tun_flow_hash(skb, &tun->flow);
		choice->bucket = ipv6tun_pathset_bucket(choice->hash);
	}
	if (explain)
		choice->id = ipv6tun_pathset_peek(set, choice->bucket,
						  tun->paths.alive);
	else
		choice->id = ipv6tun_pathset_pick(set, choice->bucket,
						  tun->paths.alive);
	if (!choice->id)
		choice->drop = tun->paths.n ? IPV6TUN_A_DROPS_TX_PATH_DOWN :
					      IPV6TUN_A_DROPS_TX_NO_PATH;
}

/*
 * What is for the inside peer itself has no other path. It is sent even on one
 * whose probes fail, so that a routing daemon, or a ping, sees it come back.
 */
static void pin_to_peer(const struct ipv6tun_dev *tun, u16 id,
			struct ipv6tun_choice *choice)
{
	const struct ipv6tun_path *path = rcu_dereference(tun->paths.path[id]);

	if (path && path->cfg.admin_up)
		choice->id = id;
	else
		choice->drop = IPV6TUN_A_DROPS_TX_PATH_DOWN;
}

static void pin(const struct ipv6tun_dev *tun, u16 id,
		struct ipv6tun_choice *choice)
{
	if (test_bit(id, tun->paths.alive))
		choice->id = id;
	else
		choice->drop = IPV6TUN_A_DROPS_TX_PATH_DOWN;
}

/**
 * ipv6tun_select() - choose the path of a packet
 * @tun: the device the packet was routed to
 * @skb: the packet, its IP header linear, with the route it came by
 * @choice: the decision
 * @explain: fill @choice->match and compute the hash in every case
 *
 * In order: traffic to an inside peer goes by that peer's path before any
 * route is asked, so that no announced prefix can divert a BGP session; then
 * the paths of the route that led here; then the path of the next hop; a route
 * without a next hop may use every path of the device.
 *
 * Context: RCU, BH disabled.
 */
void ipv6tun_select(const struct ipv6tun_dev *tun, const struct sk_buff *skb,
		    struct ipv6tun_choice *choice, bool explain)
{
	struct in6_addr addr;
	u16 id;

	memset(choice, 0, sizeof(*choice));
	if (explain) {
		choice->hash = ipv6tun_flow_hash(skb, &tun->flow);
		choice->bucket = ipv6tun_pathset_bucket(choice->hash);
	}

	inside_destination(skb, &addr);
	id = ipv6tun_paths_peer(&tun->paths, &addr);
	if (id) {
		choice->why = IPV6TUN_LOOKUP_WHY_INSIDE_PEER;
		pin_to_peer(tun, id, choice);
		return;
	}

	choice->set = ipv6tun_fib_set(&tun->fib, skb, &addr,
				      explain ? &choice->match : NULL);
	if (choice->set) {
		choice->why = IPV6TUN_LOOKUP_WHY_ROUTE;
		pick(tun, skb, choice, explain);
		return;
	}

	if (!ipv6_addr_any(&addr)) {
		id = ipv6tun_paths_peer(&tun->paths, &addr);
		choice->why = IPV6TUN_LOOKUP_WHY_GATEWAY;
		if (id)
			pin(tun, id, choice);
		else
			choice->drop = IPV6TUN_A_DROPS_TX_NO_PATH;
		return;
	}

	choice->set = ipv6tun_fib_all(&tun->fib);
	choice->why = IPV6TUN_LOOKUP_WHY_ALL_PATHS;
	if (choice->set)
		pick(tun, skb, choice, explain);
	else
		choice->drop = IPV6TUN_A_DROPS_TX_NO_PATH;
}
