// SPDX-License-Identifier: GPL-2.0
#include <linux/ipv6tun.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <net/dst.h>

#include "syn.h"

/**
 * nat64_syn_make() - room for SYNs that wait
 *
 * Context: process. Return: none yet; NULL without memory.
 */
struct nat64_syns *nat64_syn_make(void)
{
	struct nat64_syns *syns = kzalloc(sizeof(*syns), GFP_KERNEL);

	if (syns)
		spin_lock_init(&syns->lock);
	return syns;
}

/**
 * nat64_syn_free() - give the room for SYNs back
 * @syns: what no packet finds any more; may be NULL
 *
 * Context: process.
 */
void nat64_syn_free(struct nat64_syns *syns)
{
	int i;

	if (!syns)
		return;
	for (i = 0; i < NAT64_SYN_MAX; i++)
		kfree_skb(syns->syn[i].skb);
	kfree(syns);
}

static struct nat64_syn *find(struct nat64_syns *syns,
			      const struct nat64_syn *wanted)
{
	struct nat64_syn *syn;

	lockdep_assert_held(&syns->lock);
	for (syn = syns->syn; syn < syns->syn + NAT64_SYN_MAX; syn++)
		if (syn->skb && syn->remote4 == wanted->remote4 &&
		    syn->addr4 == wanted->addr4 &&
		    syn->remote_port == wanted->remote_port &&
		    syn->port4 == wanted->port4)
			return syn;
	return NULL;
}

/**
 * nat64_syn_keep() - keep a SYN
 * @syns: where
 * @syn: the SYN; its packet is taken if it is kept
 *
 * Context: softirq.
 * Return: false if there is no room, or it is kept already.
 */
bool nat64_syn_keep(struct nat64_syns *syns, const struct nat64_syn *syn)
{
	/* A scan of pool4 leaves half of the room to what a BIB entry waits for. */
	unsigned int most = syn->drop == IPV6TUN_A_DROPS_NAT64_NO_BIB ?
			    NAT64_SYN_MAX / 2 : NAT64_SYN_MAX;
	bool kept = false;
	int i;

	spin_lock_bh(&syns->lock);
	if (syns->n < most && !find(syns, syn)) {
		for (i = 0; syns->syn[i].skb; i++)
			;
		/* It may wait for longer than its socket and the route live. */
		skb_orphan(syn->skb);
		skb_dst_force(syn->skb);
		syns->syn[i] = *syn;
		WRITE_ONCE(syns->n, syns->n + 1);
		kept = true;
	}
	spin_unlock_bh(&syns->lock);
	return kept;
}

/* Its packet is the caller's, who also counts it. */
static void take(struct nat64_syns *syns, struct nat64_syn *syn,
		 struct nat64_syn *taken)
{
	lockdep_assert_held(&syns->lock);
	*taken = *syn;
	syn->skb = NULL;
	WRITE_ONCE(syns->n, syns->n - 1);
}

/**
 * nat64_syn_meet() - whether a SYN from IPv6 meets one that waits
 * @syns: where they wait
 * @syn: the connection; set to the one that waited, whose packet is the
 *	 caller's
 *
 * The one that waited is done with: its sender gets the other's.
 *
 * Context: softirq.
 * Return: true if there was one.
 */
bool nat64_syn_meet(struct nat64_syns *syns, struct nat64_syn *syn)
{
	struct nat64_syn *found;

	if (likely(!READ_ONCE(syns->n)))
		return false;
	spin_lock_bh(&syns->lock);
	found = find(syns, syn);
	if (found)
		take(syns, found, syn);
	spin_unlock_bh(&syns->lock);
	return found;
}

/**
 * nat64_syn_expire() - take out one that has waited long enough
 * @syns: where they wait
 * @all: take out any
 * @expired: set to it; its packet is the caller's
 *
 * Context: process or softirq.
 * Return: false if there is none.
 */
bool nat64_syn_expire(struct nat64_syns *syns, bool all,
		      struct nat64_syn *expired)
{
	u32 now = ktime_get_seconds();
	struct nat64_syn *syn;
	bool found = false;

	if (!READ_ONCE(syns->n))
		return false;
	spin_lock_bh(&syns->lock);
	for (syn = syns->syn; syn < syns->syn + NAT64_SYN_MAX; syn++) {
		if (!syn->skb || (!all && (s32)(now - syn->expires) < 0))
			continue;
		take(syns, syn, expired);
		found = true;
		break;
	}
	spin_unlock_bh(&syns->lock);
	return found;
}
