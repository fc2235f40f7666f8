// SPDX-License-Identifier: GPL-2.0
/*
 * Probes: is there anybody at the other end of a path?
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/ktime.h>
#include <linux/netdevice.h>
#include <linux/random.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <net/addrconf.h>
#include <net/gre.h>
#include <net/if_inet6.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>

#include "compat/random.h"
#include "compat/timer.h"
#include "device.h"
#include "encap.h"
#include "gre.h"
#include "health.h"
#include "path.h"
#include "probe.h"
#include "schedule.h"
#include "stats.h"

#define PROBE_MAGIC	0x69703674
/* Network control, CS6: what keeps a network alive goes first. */
#define PROBE_TOS	0xc0
#define PROBE_TTL	64
/* The choice of a source goes through all addresses of the device. */
#define SOURCE_WAIT	(HZ / 5)

/**
 * struct payload - what a probe carries, behind the ICMP or GRE header
 * @magic: PROBE_MAGIC, tells it from anybody's ping
 * @id: path id
 * @seq: number of the probe
 * @time: CLOCK_MONOTONIC when it was sent, ns
 * @hash: keyed hash of the three
 */
struct payload {
	__be32	magic;
	__be32	id;
	__be64	seq;
	__be64	time;
	__be64	hash;
} __packed;

static u64 hash_of(const struct ipv6tun_watch *watch, u64 seq, u64 time)
{
	return siphash_3u64(watch->id, seq, time, &watch->key);
}

static void fill_payload(const struct ipv6tun_watch *watch,
			 struct payload *payload)
{
	u64 now = ktime_get_ns();

	payload->magic = htonl(PROBE_MAGIC);
	payload->id = htonl(watch->id);
	payload->seq = cpu_to_be64(watch->seq);
	payload->time = cpu_to_be64(now);
	payload->hash = cpu_to_be64(hash_of(watch, watch->seq, now));
}

static struct sk_buff *alloc_probe(const struct ipv6tun_path *path,
				   unsigned int len)
{
	struct net_device *dev = path->tun->dev;
	struct sk_buff *skb;

	skb = alloc_skb(LL_MAX_HEADER + dev->needed_headroom + len,
			GFP_ATOMIC | __GFP_NOWARN);
	if (!skb)
		return NULL;
	skb_reserve(skb, LL_MAX_HEADER + dev->needed_headroom);
	skb->dev = dev;
	skb->priority = TC_PRIO_CONTROL;
	skb_reset_network_header(skb);
	return skb;
}

static void put_ip4(struct sk_buff *skb, const struct in6_addr *from,
		    const struct in6_addr *to, u8 proto, unsigned int len)
{
	struct iphdr *iph = skb_put_zero(skb, sizeof(*iph));

	skb->protocol = htons(ETH_P_IP);
	iph->version = 4;
	iph->ihl = 5;
	iph->tos = PROBE_TOS;
	iph->tot_len = htons(sizeof(*iph) + len);
	iph->frag_off = htons(IP_DF);
	iph->ttl = PROBE_TTL;
	iph->protocol = proto;
	iph->saddr = from->s6_addr32[3];
	iph->daddr = to->s6_addr32[3];
	ip_send_check(iph);
}

static void put_ip6(struct sk_buff *skb, const struct in6_addr *from,
		    const struct in6_addr *to, u8 proto, unsigned int len)
{
	struct ipv6hdr *ip6 = skb_put_zero(skb, sizeof(*ip6));

	skb->protocol = htons(ETH_P_IPV6);
	ip6_flow_hdr(ip6, PROBE_TOS, 0);
	ip6->payload_len = htons(len);
	ip6->nexthdr = proto;
	ip6->hop_limit = PROBE_TTL;
	ip6->saddr = *from;
	ip6->daddr = *to;
}

/* RFC 792 and RFC 4443, section 4.1. */
static struct sk_buff *make_echo(const struct ipv6tun_watch *watch,
				 const struct ipv6tun_path *path)
{
	const unsigned int len = sizeof(struct icmphdr) +
				 sizeof(struct payload);
	const struct in6_addr *peer = &path->cfg.peer[0];
	bool ip4 = ipv6_addr_v4mapped(peer);
	struct payload payload;
	struct icmphdr *icmp;
	struct sk_buff *skb;

	BUILD_BUG_ON(sizeof(struct icmphdr) != sizeof(struct icmp6hdr));
	skb = alloc_probe(path, sizeof(struct ipv6hdr) + len);
	if (!skb)
		return NULL;
	if (ip4)
		put_ip4(skb, &watch->source, peer, IPPROTO_ICMP, len);
	else
		put_ip6(skb, &watch->source, peer, IPPROTO_ICMPV6, len);
	skb_set_transport_header(skb, skb->len);
	icmp = skb_put_zero(skb, sizeof(*icmp));
	icmp->type = ip4 ? ICMP_ECHO : ICMPV6_ECHO_REQUEST;
	icmp->un.echo.id = htons(watch->id);
	icmp->un.echo.sequence = htons(watch->seq);
	fill_payload(watch, &payload);
	skb_put_data(skb, &payload, sizeof(payload));
	if (ip4)
		icmp->checksum = ip_compute_csum(icmp, len);
	else
		icmp->checksum = csum_ipv6_magic(&watch->source, peer, len,
						 IPPROTO_ICMPV6,
						 csum_partial(icmp, len, 0));
	return skb;
}

/*
 * What the peer forwards is a GRE packet from itself to us whose protocol is 0,
 * as routers that know this keepalive send it; with the key of the path, so
 * that it finds the path again.
 */
static struct sk_buff *make_keepalive(const struct ipv6tun_watch *watch,
				      const struct ipv6tun_path *path)
{
	const struct ipv6tun_path_cfg *cfg = &path->cfg;
	unsigned int hlen = ipv6tun_gre_hlen(false, cfg->has_key);
	unsigned int len = hlen + sizeof(struct payload);
	struct gre_base_hdr *gre;
	struct payload payload;
	struct sk_buff *skb;

	skb = alloc_probe(path, sizeof(struct ipv6hdr) + len);
	if (!skb)
		return NULL;
	if (ipv6tun_path_is_ip4(path))
		put_ip4(skb, &cfg->remote, &cfg->local, IPPROTO_GRE, len);
	else
		put_ip6(skb, &cfg->remote, &cfg->local, IPPROTO_GRE, len);
	skb_set_transport_header(skb, skb->len);
	gre = skb_put_zero(skb, hlen);
	if (cfg->has_key) {
		gre->flags = GRE_KEY;
		memcpy(gre + 1, &cfg->key, sizeof(cfg->key));
	}
	fill_payload(watch, &payload);
	skb_put_data(skb, &payload, sizeof(payload));
	return skb;
}

/* Our address towards the inside peer, chosen as the stack would. */
static bool choose_source(struct ipv6tun_watch *watch,
			  const struct ipv6tun_path *path)
{
	struct net_device *dev = path->tun->dev;
	const struct in6_addr *peer = &path->cfg.peer[0];
	int gen = atomic_read(&path->tun->addr_gen);
	__be32 addr;

	if (watch->source_gen == gen)
		return !ipv6_addr_any(&watch->source);
	/* A burst of new addresses must not cost one choice each. */
	if (watch->source_age &&
	    time_before(jiffies, watch->source_age + SOURCE_WAIT))
		return !ipv6_addr_any(&watch->source);

	watch->source_gen = gen;
	watch->source_age = jiffies ?: 1;
	if (ipv6_addr_v4mapped(peer)) {
		addr = inet_select_addr(dev, peer->s6_addr32[3],
					RT_SCOPE_UNIVERSE);
		if (addr)
			ipv6_addr_set_v4mapped(addr, &watch->source);
		else
			watch->source = in6addr_any;
	} else if (ipv6_dev_get_saddr(dev_net(dev), dev, peer, 0,
				      &watch->source)) {
		watch->source = in6addr_any;
	}
	return !ipv6_addr_any(&watch->source);
}

static struct sk_buff *make_probe(struct ipv6tun_watch *watch,
				  const struct ipv6tun_path *path)
{
	struct sk_buff *skb = NULL;

	watch->seq++;
	__clear_bit(watch->seq % IPV6TUN_PROBE_WINDOW, watch->answered);
	if (path->cfg.probe.type == IPV6TUN_PROBE_KEEPALIVE)
		skb = make_keepalive(watch, path);
	else if (choose_source(watch, path))
		skb = make_echo(watch, path);
	if (skb)
		watch->stats.sent++;
	return skb;
}

/*
 * Was there life since the last time? If this host ran the timer late, answers
 * may lie in a queue of its own: then the path gets another interval, though
 * not for ever.
 */
static bool failed(struct ipv6tun_watch *watch,
		   const struct ipv6tun_path *path, u64 late)
{
	u32 multiplier = path->cfg.probe.multiplier;

	if (watch->heard) {
		watch->heard = false;
		watch->missed = 0;
		watch->excused = 0;
		return false;
	}
	if (!watch->seq)
		return false;
	if (late > (u64)path->cfg.probe.interval * (NSEC_PER_MSEC / 2) &&
	    watch->excused < 2 * multiplier) {
		watch->excused++;
		watch->stats.late++;
		return false;
	}
	return ++watch->missed >= multiplier;
}

static bool received_since(struct ipv6tun_watch *watch,
			   const struct ipv6tun_path *path)
{
	struct ipv6tun_path_sum sum;
	bool more;

	ipv6tun_stats_path_sum(path, &sum);
	more = sum.rx_packets != watch->rx_seen;
	watch->rx_seen = sum.rx_packets;
	return more;
}

static void run(struct ipv6tun_watch *watch, struct ipv6tun_path *path,
		u64 late)
{
	struct sk_buff *skb = NULL;
	bool down, life = false;

	if (!(READ_ONCE(path->tun->dev->flags) & IFF_UP))
		return;

	spin_lock(&watch->lock);
	if (path->cfg.probe.passive && received_since(watch, path)) {
		watch->heard = true;
		life = true;
	}
	down = failed(watch, path, late);
	if (life)
		watch->stats.spared++;
	else
		skb = make_probe(watch, path);
	spin_unlock(&watch->lock);

	if (down && READ_ONCE(watch->health->probe) ==
		    IPV6TUN_PATH_REASON_NONE)
		ipv6tun_health_probe(watch->health,
				     IPV6TUN_PATH_REASON_PROBE);
	else if (life && READ_ONCE(watch->health->probe) !=
			 IPV6TUN_PATH_REASON_NONE)
		ipv6tun_health_probe(watch->health,
				     IPV6TUN_PATH_REASON_NONE);
	if (skb)
		ipv6tun_encap_probe(path, skb);
}

static u64 slack(const struct ipv6tun_path *path)
{
	return ipv6tun_schedule_slack(path->cfg.probe.interval);
}

static enum hrtimer_restart probe_timer(struct hrtimer *timer)
{
	struct ipv6tun_watch *watch = container_of(timer, struct ipv6tun_watch,
						   timer);
	ktime_t now = hrtimer_cb_get_time(timer);
	enum hrtimer_restart again = HRTIMER_NORESTART;
	ktime_t due = hrtimer_get_expires(timer);
	struct ipv6tun_path *path;
	ktime_t next;
	s64 late;

	rcu_read_lock();
	path = rcu_dereference(watch->tun->paths.path[watch->id]);
	if (path) {
		late = ktime_to_ns(ktime_sub(now, due));
		run(watch, path, max(late, 0LL));
		next = ipv6tun_schedule_next(path->cfg.probe.interval,
					     path->cfg.probe.multiplier, due,
					     now);
		hrtimer_set_expires_range_ns(timer,
					     ktime_sub_ns(next, slack(path)),
					     slack(path));
		again = HRTIMER_RESTART;
	}
	rcu_read_unlock();
	return again;
}

/* The answer to a probe, whose payload is at @offset. */
static int take_answer(struct ipv6tun_watch *watch, u64 seq, u64 time)
{
	u64 now = ktime_get_ns();
	struct ipv6tun_probe_stats *stats = &watch->stats;
	u32 rtt;

	if (seq > watch->seq || watch->seq - seq >= IPV6TUN_PROBE_WINDOW ||
	    __test_and_set_bit(seq % IPV6TUN_PROBE_WINDOW, watch->answered))
		return IPV6TUN_A_DROPS_RX_PROBE_REPLAYED;

	rtt = div_u64(now - time, NSEC_PER_USEC);
	if (!stats->received++) {
		stats->rtt_smoothed = rtt;
		stats->rtt_min = rtt;
	} else {
		stats->rtt_smoothed += ((s32)rtt -
					(s32)stats->rtt_smoothed) / 8;
		stats->rtt_min = min(stats->rtt_min, rtt);
	}
	stats->rtt = rtt;
	stats->rtt_max = max(stats->rtt_max, rtt);
	watch->heard = true;
	return 0;
}

static bool ours(struct ipv6tun_watch *watch, const struct payload *payload)
{
	u64 seq = be64_to_cpu(payload->seq);
	u64 time = be64_to_cpu(payload->time);

	return be64_to_cpu(payload->hash) == hash_of(watch, seq, time);
}

static int answer(struct ipv6tun_path *path, const struct sk_buff *skb,
		  unsigned int offset)
{
	struct ipv6tun_watch *watch = path->watch;
	struct ipv6tun_path *other;
	struct payload buf;
	const struct payload *payload;
	int err = IPV6TUN_A_DROPS_RX_PROBE_FORGED;
	u32 id;

	payload = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!payload || payload->magic != htonl(PROBE_MAGIC))
		return IPV6TUN_PROBE_OTHER;

	id = ntohl(payload->id);
	if (id != path->id) {
		other = id <= IPV6TUN_PATH_MAX ?
			rcu_dereference(path->tun->paths.path[id]) : NULL;
		if (other) {
			spin_lock_bh(&other->watch->lock);
			if (ours(other->watch, payload))
				err = IPV6TUN_A_DROPS_RX_PROBE_PATH;
			spin_unlock_bh(&other->watch->lock);
		}
		return err;
	}

	spin_lock_bh(&watch->lock);
	if (ours(watch, payload))
		err = take_answer(watch, be64_to_cpu(payload->seq),
				  be64_to_cpu(payload->time));
	spin_unlock_bh(&watch->lock);
	if (!err && READ_ONCE(watch->health->probe) !=
		    IPV6TUN_PATH_REASON_NONE)
		ipv6tun_health_probe(watch->health,
				     IPV6TUN_PATH_REASON_NONE);
	return err;
}

/**
 * ipv6tun_probe_echo() - take an answer to an icmp probe
 * @path: the path it came by
 * @skb: a checked inside packet, at its IP header
 *
 * Neither the ICMP checksum nor the source is looked at: the hash says more.
 *
 * Context: softirq, RCU.
 * Return: 0 if it was the answer, IPV6TUN_A_DROPS_RX_PROBE_* if it pretends to
 * be, IPV6TUN_PROBE_OTHER for any other packet.
 */
int ipv6tun_probe_echo(struct ipv6tun_path *path, const struct sk_buff *skb)
{
	const struct icmphdr *icmp;
	unsigned int offset;
	struct icmphdr buf;
	u8 type;

	if (skb->protocol == htons(ETH_P_IPV6)) {
		if (ipv6_hdr(skb)->nexthdr != IPPROTO_ICMPV6)
			return IPV6TUN_PROBE_OTHER;
		offset = sizeof(struct ipv6hdr);
		type = ICMPV6_ECHO_REPLY;
	} else {
		if (ip_hdr(skb)->protocol != IPPROTO_ICMP ||
		    ip_is_fragment(ip_hdr(skb)))
			return IPV6TUN_PROBE_OTHER;
		offset = ip_hdrlen(skb);
		type = ICMP_ECHOREPLY;
	}
	icmp = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!icmp || icmp->type != type || icmp->code)
		return IPV6TUN_PROBE_OTHER;
	return answer(path, skb, offset + sizeof(*icmp));
}

/**
 * ipv6tun_probe_keepalive() - take a keepalive that came back
 * @path: the path it came by
 * @skb: a GRE packet of protocol 0
 * @offset: of the payload from skb->data
 *
 * Context: softirq, RCU.
 * Return: as ipv6tun_probe_echo().
 */
int ipv6tun_probe_keepalive(struct ipv6tun_path *path,
			    const struct sk_buff *skb, unsigned int offset)
{
	return answer(path, skb, offset);
}

/**
 * ipv6tun_probe_rate() - cost of a probe
 * @cfg: how a path is watched
 *
 * Context: any.
 * Return: probes in 1000 seconds, rounded up.
 */
u32 ipv6tun_probe_rate(const struct ipv6tun_probe_cfg *cfg)
{
	if (cfg->type == IPV6TUN_PROBE_NONE)
		return 0;
	return DIV_ROUND_UP(1000 * MSEC_PER_SEC, cfg->interval);
}

/**
 * ipv6tun_probe_setup() - prepare the probe of a new path
 * @watch: zeroed
 * @tun: the device
 * @health: health of the path, which outlives the probe
 * @id: path id
 *
 * Context: process.
 */
void ipv6tun_probe_setup(struct ipv6tun_watch *watch, struct ipv6tun_dev *tun,
			 struct ipv6tun_health *health, u16 id)
{
	/* In softirq: a probe is sent and received there, too. */
	compat_hrtimer_setup(&watch->timer, probe_timer, CLOCK_MONOTONIC,
			     HRTIMER_MODE_ABS_SOFT);
	spin_lock_init(&watch->lock);
	watch->tun = tun;
	watch->health = health;
	watch->id = id;
	/* Never a key that somebody could know. */
	get_random_bytes(&watch->key, sizeof(watch->key));
}

/* Whether a probe that runs can go on after the change as if nothing was. */
static bool same_target(const struct ipv6tun_path_cfg *a,
			const struct ipv6tun_path_cfg *b)
{
	return a->probe.type == b->probe.type &&
	       a->admin_up == b->admin_up &&
	       ipv6_addr_equal(&a->local, &b->local) &&
	       ipv6_addr_equal(&a->remote, &b->remote) &&
	       (a->probe.type != IPV6TUN_PROBE_ICMP ||
		ipv6_addr_equal(&a->peer[0], &b->peer[0]));
}

/**
 * ipv6tun_probe_start() - watch a path as it is configured
 * @path: the path, published
 * @old: the one it replaces, NULL for a new path or a device that went up or
 *	 down
 *
 * A path that carries traffic goes on doing so until the new probe has had its
 * chances; a new path waits for the first answer.
 *
 * Context: RTNL.
 */
void ipv6tun_probe_start(const struct ipv6tun_path *path,
			 const struct ipv6tun_path *old)
{
	struct ipv6tun_watch *watch = path->watch;
	u8 verdict = IPV6TUN_PATH_REASON_NONE;
	ktime_t now = ktime_get(), next;
	u32 first;

	ASSERT_RTNL();
	hrtimer_cancel(&watch->timer);
	if (path->cfg.probe.type == IPV6TUN_PROBE_NONE ||
	    !path->cfg.admin_up || !netif_running(path->tun->dev)) {
		ipv6tun_health_probe(watch->health, verdict);
		return;
	}

	if (old && same_target(&old->cfg, &path->cfg)) {
		/*
		 * When it would have been, for the last one has until then to be
		 * answered; not later than the new interval says.
		 */
		next = ktime_add_ms(now, path->cfg.probe.interval);
		if (ktime_before(hrtimer_get_softexpires(&watch->timer), next))
			next = hrtimer_get_softexpires(&watch->timer);
	} else {
		if (!test_bit(path->id, path->tun->paths.alive))
			verdict = IPV6TUN_PATH_REASON_PROBE_WAIT;
		spin_lock_bh(&watch->lock);
		get_random_bytes(&watch->key, sizeof(watch->key));
		watch->seq = 0;
		watch->heard = false;
		watch->missed = 0;
		watch->excused = 0;
		watch->source_age = 0;
		watch->source_gen = atomic_read(&path->tun->addr_gen) - 1;
		memset(&watch->stats, 0, sizeof(watch->stats));
		spin_unlock_bh(&watch->lock);
		ipv6tun_health_probe(watch->health, verdict);
		/* Soon, since a new path waits, but not all at the same time. */
		first = compat_random_below(min(path->cfg.probe.interval, 100U) *
					    USEC_PER_MSEC);
		next = ktime_add_us(now, first);
	}
	hrtimer_start_range_ns(&watch->timer, next, slack(path),
			       HRTIMER_MODE_ABS_SOFT);
}

/**
 * ipv6tun_probe_stop() - stop watching
 * @watch: the probe; its timer does not run any more on return
 *
 * Context: RTNL.
 */
void ipv6tun_probe_stop(struct ipv6tun_watch *watch)
{
	hrtimer_cancel(&watch->timer);
}

/* Unanswered probes of the window that should have been answered by now. */
static u32 loss_of(const struct ipv6tun_watch *watch, u32 interval)
{
	u64 n = min_t(u64, watch->seq, IPV6TUN_PROBE_WINDOW);
	u64 skip = div_u64(2ULL * watch->stats.rtt_smoothed,
			   interval * USEC_PER_MSEC) + 1;
	u32 lost = 0;
	u64 age;

	if (n <= skip)
		return 0;
	for (age = skip; age < n; age++)
		lost += !test_bit((watch->seq - age) % IPV6TUN_PROBE_WINDOW,
				  watch->answered);
	return div_u64(lost * 1000ULL, n - skip);
}

/**
 * ipv6tun_probe_get() - what the probes found
 * @path: the path
 * @stats: filled
 *
 * Context: RCU or RTNL.
 */
void ipv6tun_probe_get(const struct ipv6tun_path *path,
		       struct ipv6tun_probe_stats *stats)
{
	struct ipv6tun_watch *watch = path->watch;

	spin_lock_bh(&watch->lock);
	*stats = watch->stats;
	stats->loss = loss_of(watch, path->cfg.probe.interval);
	spin_unlock_bh(&watch->lock);
}

static void addresses_changed(const struct net_device *dev)
{
	struct ipv6tun_dev *tun;

	if (!ipv6tun_device_is(dev))
		return;
	tun = netdev_priv(dev);
	atomic_inc(&tun->addr_gen);
}

static int inetaddr_event(struct notifier_block *nb, unsigned long event,
			  void *ptr)
{
	const struct in_ifaddr *ifa = ptr;

	addresses_changed(ifa->ifa_dev->dev);
	return NOTIFY_DONE;
}

static int inet6addr_event(struct notifier_block *nb, unsigned long event,
			   void *ptr)
{
	const struct inet6_ifaddr *ifa = ptr;

	addresses_changed(ifa->idev->dev);
	return NOTIFY_DONE;
}

static struct notifier_block inetaddr_notifier = {
	.notifier_call = inetaddr_event,
};

static struct notifier_block inet6addr_notifier = {
	.notifier_call = inet6addr_event,
};

/**
 * ipv6tun_probe_init() - follow the addresses of the devices
 *
 * Context: process, module load.
 * Return: 0 or a negative errno.
 */
int __init ipv6tun_probe_init(void)
{
	int err;

	err = register_inetaddr_notifier(&inetaddr_notifier);
	if (err)
		return err;
	err = register_inet6addr_notifier(&inet6addr_notifier);
	if (err)
		unregister_inetaddr_notifier(&inetaddr_notifier);
	return err;
}

/**
 * ipv6tun_probe_exit() - undo ipv6tun_probe_init()
 *
 * Context: process, module unload.
 */
void ipv6tun_probe_exit(void)
{
	unregister_inet6addr_notifier(&inet6addr_notifier);
	unregister_inetaddr_notifier(&inetaddr_notifier);
}
