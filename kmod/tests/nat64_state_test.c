// SPDX-License-Identifier: GPL-2.0
/*
 * Unit tests of BIB and session table, with a real configuration and real ports,
 * but no packet and no device.
 */
#include <kunit/test.h>

#include "../nat64/tcp.h"

/* What another processor does between the look at a state and its change. */
static void (*meanwhile)(void);

static struct nat64_tcp_step next_and_race(u8 state, bool from6,
					   enum nat64_tcp_segment segment)
{
	struct nat64_tcp_step step = nat64_tcp_next(state, from6, segment);
	void (*other)(void) = meanwhile;

	meanwhile = NULL;
	if (other)
		other();
	return step;
}

#define nat64_tcp_next next_and_race

/* The unit under test: symbols need not be exported for tests alone. */
#include "../nat64/state.c"

#define HOST(n)		((struct in6_addr){ .s6_addr32 = {		\
				cpu_to_be32(0x20010db8), 0, 0,		\
				cpu_to_be32(n) } })
#define REMOTE(n)	cpu_to_be32(0xc6336400 + (n))

/**
 * struct bed - what a test works with
 * @st: the state
 * @cfg: pool4 is 192.0.2.1, ports 10000 to 10099
 * @events: by enum nat64_event
 */
struct bed {
	struct nat64_state	st;
	struct nat64_cfg	*cfg;
	unsigned int		events[4];
};

static void count_event(struct nat64_state *st, enum nat64_event event,
			const struct nat64_bib *bib,
			const struct nat64_session *session)
{
	container_of(st, struct bed, st)->events[event]++;
}

static int state_setup(struct kunit *test)
{
	struct nat64_pool4_range range = {
		.prefix = { .addr = cpu_to_be32(0xc0000201), .len = 32 },
		.protos = 7, .min = 10000, .max = 10099,
	};
	struct bed *bed = kunit_kzalloc(test, sizeof(*bed), GFP_KERNEL);
	const char *why = "";

	KUNIT_ASSERT_NOT_NULL(test, bed);
	KUNIT_ASSERT_EQ(test, nat64_state_module_init(), 0);
	bed->st.tell = count_event;
	KUNIT_ASSERT_EQ(test, nat64_state_init(&bed->st), 0);
	bed->cfg = nat64_cfg_new();
	KUNIT_ASSERT_NOT_NULL(test, bed->cfg);
	KUNIT_ASSERT_EQ(test, nat64_cfg_add_pool4(bed->cfg, &range, &why), 0);
	bed->cfg->ports = nat64_ports_make(bed->cfg->pool4, 1, NULL);
	KUNIT_ASSERT_NOT_NULL(test, bed->cfg->ports);
	test->priv = bed;
	return 0;
}

static void state_teardown(struct kunit *test)
{
	struct bed *bed = test->priv;
	unsigned int l4;

	nat64_state_clear(&bed->st);
	KUNIT_EXPECT_EQ(test, atomic_read(&bed->st.total), 0);
	for (l4 = 0; l4 < NAT64_L4_N; l4++) {
		KUNIT_EXPECT_EQ(test, atomic_read(&bed->st.n_sessions[l4]), 0);
		KUNIT_EXPECT_EQ(test, atomic_read(&bed->st.n_bibs[l4]), 0);
		KUNIT_EXPECT_EQ(test, bed->cfg->ports->addrs[0]->n_used[l4], 0);
	}
	KUNIT_EXPECT_EQ(test, bed->events[NAT64_EVENT_BIB_ADD],
			bed->events[NAT64_EVENT_BIB_DEL]);
	KUNIT_EXPECT_EQ(test, bed->events[NAT64_EVENT_SESSION_ADD],
			bed->events[NAT64_EVENT_SESSION_DEL]);
	nat64_state_destroy(&bed->st);
	nat64_cfg_free(bed->cfg);
	rcu_barrier();
	nat64_state_module_exit();
}

/* As a packet does it. Return the session, valid as nothing ends it here. */
static struct nat64_session *open_flow(struct bed *bed, u8 l4, u32 host,
				       u16 port, u32 remote, u16 rport,
				       unsigned int *drop)
{
	const struct in6_addr addr = HOST(host);
	struct nat64_session *session = NULL;
	struct nat64_bib *bib;

	local_bh_disable();
	rcu_read_lock();
	bib = nat64_state_make_bib(&bed->st, bed->cfg, l4, &addr, htons(port),
				   drop);
	if (bib)
		session = nat64_state_open(&bed->st, bed->cfg, bib,
					   REMOTE(remote), htons(rport), 0,
					   drop);
	rcu_read_unlock();
	local_bh_enable();
	return session;
}

/* RFC 4787, REQ-1: one mapping whatever the remote; found from both sides. */
static void state_mapping(struct kunit *test)
{
	struct bed *bed = test->priv;
	struct nat64_session *a, *b, *other;
	const struct in6_addr host = HOST(1);
	unsigned int drop;

	a = open_flow(bed, NAT64_L4_UDP, 1, 5000, 1, 53, &drop);
	b = open_flow(bed, NAT64_L4_UDP, 1, 5000, 2, 54, &drop);
	other = open_flow(bed, NAT64_L4_UDP, 1, 5001, 1, 53, &drop);
	KUNIT_ASSERT_NOT_NULL(test, a);
	KUNIT_ASSERT_NOT_NULL(test, b);
	KUNIT_ASSERT_NOT_NULL(test, other);
	KUNIT_EXPECT_PTR_NE(test, a, b);
	KUNIT_EXPECT_PTR_EQ(test, a->bib, b->bib);
	KUNIT_EXPECT_PTR_NE(test, a->bib, other->bib);
	KUNIT_EXPECT_EQ(test, refcount_read(&a->bib->refs), 2);

	rcu_read_lock();
	KUNIT_EXPECT_PTR_EQ(test, nat64_state_bib6(&bed->st, NAT64_L4_UDP,
						   &host, htons(5000)), a->bib);
	KUNIT_EXPECT_PTR_EQ(test, nat64_state_bib4(&bed->st, NAT64_L4_UDP,
						   a->bib->addr4,
						   a->bib->port4), a->bib);
	KUNIT_EXPECT_NULL(test, nat64_state_bib4(&bed->st, NAT64_L4_TCP,
						 a->bib->addr4,
						 a->bib->port4));
	KUNIT_EXPECT_PTR_EQ(test, nat64_state_session(&bed->st, a->bib,
						      REMOTE(2), htons(54)), b);
	KUNIT_EXPECT_NULL(test, nat64_state_session(&bed->st, a->bib,
						    REMOTE(2), htons(53)));
	rcu_read_unlock();

	/* The same flow again is the same session. */
	KUNIT_EXPECT_PTR_EQ(test, open_flow(bed, NAT64_L4_UDP, 1, 5000, 1, 53,
					    &drop), a);
	KUNIT_EXPECT_EQ(test, refcount_read(&a->bib->refs), 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&bed->st.total), 3);
	KUNIT_EXPECT_EQ(test, atomic_read(&bed->st.n_bibs[NAT64_L4_UDP]), 2);
}

static void state_pool_exhausted(struct kunit *test)
{
	struct bed *bed = test->priv;
	unsigned int drop, i;

	for (i = 0; i < 100; i++)
		KUNIT_ASSERT_NOT_NULL(test, open_flow(bed, NAT64_L4_TCP, i,
						      5000, 1, 80, &drop));
	KUNIT_EXPECT_NULL(test, open_flow(bed, NAT64_L4_TCP, 100, 5000, 1, 80,
					  &drop));
	KUNIT_EXPECT_EQ(test, drop, IPV6TUN_A_DROPS_NAT64_POOL_EXHAUSTED);
	/* Who has an entry may go on to other remotes. */
	KUNIT_EXPECT_NOT_NULL(test, open_flow(bed, NAT64_L4_TCP, 7, 5000, 2,
					      80, &drop));
}

static void state_limit(struct kunit *test)
{
	struct bed *bed = test->priv;
	unsigned int drop, i;

	bed->cfg->settings.max_sessions = 10;
	for (i = 0; i < 10; i++)
		KUNIT_ASSERT_NOT_NULL(test, open_flow(bed, NAT64_L4_UDP, 1,
						      5000, i, 80, &drop));
	KUNIT_EXPECT_NULL(test, open_flow(bed, NAT64_L4_UDP, 1, 5000, 10, 80,
					  &drop));
	KUNIT_EXPECT_EQ(test, drop, IPV6TUN_A_DROPS_NAT64_LIMIT);
	/* A BIB entry made for a session that must not be goes with it. */
	KUNIT_EXPECT_NULL(test, open_flow(bed, NAT64_L4_UDP, 2, 5000, 1, 80,
					  &drop));
	KUNIT_EXPECT_EQ(test, atomic_read(&bed->st.n_bibs[NAT64_L4_UDP]), 1);
	KUNIT_EXPECT_EQ(test, bed->cfg->ports->addrs[0]->n_used[NAT64_L4_UDP],
			1);
	/* Better it was never made: a flood would be told to all who listen. */
	KUNIT_EXPECT_EQ(test, bed->events[NAT64_EVENT_BIB_ADD], 1);
}

static bool with_remote(const struct nat64_session *session, const void *arg)
{
	return session->remote4 == *(const __be32 *)arg;
}

static void state_end_some(struct kunit *test)
{
	const __be32 remote = REMOTE(1);
	struct bed *bed = test->priv;
	unsigned int drop, i;

	for (i = 0; i < 50; i++) {
		open_flow(bed, NAT64_L4_UDP, i, 5000, 1, 80, &drop);
		open_flow(bed, NAT64_L4_UDP, i % 25, 5000, 2, 80, &drop);
	}
	KUNIT_EXPECT_EQ(test, nat64_state_end(&bed->st, with_remote, &remote),
			50);
	KUNIT_EXPECT_EQ(test, atomic_read(&bed->st.total), 25);
	KUNIT_EXPECT_EQ(test, atomic_read(&bed->st.n_sessions[NAT64_L4_UDP]), 25);
	KUNIT_EXPECT_EQ(test, atomic_read(&bed->st.n_bibs[NAT64_L4_UDP]), 25);
	KUNIT_EXPECT_EQ(test, bed->cfg->ports->addrs[0]->n_used[NAT64_L4_UDP],
			25);
}

/* Time: UDP ends, established TCP is asked first, what is touched lives. */
static void state_expire(struct kunit *test)
{
	struct bed *bed = test->priv;
	struct nat64_session *udp, *tcp, *alive;
	unsigned int drop;

	udp = open_flow(bed, NAT64_L4_UDP, 1, 5000, 1, 80, &drop);
	tcp = open_flow(bed, NAT64_L4_TCP, 1, 5000, 1, 80, &drop);
	alive = open_flow(bed, NAT64_L4_UDP, 2, 5000, 1, 80, &drop);
	KUNIT_ASSERT_NOT_NULL(test, udp);
	KUNIT_ASSERT_NOT_NULL(test, tcp);
	KUNIT_ASSERT_NOT_NULL(test, alive);
	KUNIT_EXPECT_TRUE(test, nat64_state_tcp(tcp, &bed->cfg->settings, true,
						NAT64_TCP_SYN));
	KUNIT_EXPECT_EQ(test, tcp->tcp, IPV6TUN_NAT64_TCP_V6_INIT);
	KUNIT_EXPECT_TRUE(test, nat64_state_tcp(tcp, &bed->cfg->settings, false,
						NAT64_TCP_SYN));
	KUNIT_EXPECT_EQ(test, tcp->tcp, IPV6TUN_NAT64_TCP_ESTABLISHED);
	KUNIT_EXPECT_TRUE(test, nat64_state_touch(alive, 100));
	WRITE_ONCE(udp->expires, now());
	WRITE_ONCE(tcp->expires, now());

	nat64_state_expire(&bed->st, &bed->cfg->settings);
	KUNIT_EXPECT_EQ(test, atomic_read(&bed->st.total), 2);
	KUNIT_EXPECT_EQ(test, tcp->tcp, IPV6TUN_NAT64_TCP_TRANS);
	KUNIT_EXPECT_GT(test, tcp->expires, now());
	KUNIT_EXPECT_FALSE(test, nat64_state_session(&bed->st, udp->bib,
						     REMOTE(1), htons(80)));
	WRITE_ONCE(tcp->expires, now());
	nat64_state_expire(&bed->st, &bed->cfg->settings);
	KUNIT_EXPECT_EQ(test, atomic_read(&bed->st.total), 1);
}

static struct {
	struct nat64_session	*session;
	const struct nat64_cfg	*cfg;
} racer;

static void fin_from_4(void)
{
	nat64_state_tcp(racer.session, &racer.cfg->settings, false,
			NAT64_TCP_FIN);
}

/* Both sides have closed while a segment of one was looked at: it is soon over. */
static void state_tcp_race(struct kunit *test)
{
	static const struct {
		u8			state;
		enum nat64_tcp_segment	segment;
	} cases[] = {
		{ IPV6TUN_NAT64_TCP_V6_FIN, NAT64_TCP_DATA },
		{ IPV6TUN_NAT64_TCP_V6_FIN, NAT64_TCP_FIN },
		{ IPV6TUN_NAT64_TCP_ESTABLISHED, NAT64_TCP_FIN },
	};
	struct bed *bed = test->priv;
	u32 soon = bed->cfg->settings.timeout[NAT64_TIMEOUT_TCP_TRANS];
	struct nat64_session *session;
	unsigned int drop, i;

	session = open_flow(bed, NAT64_L4_TCP, 1, 5000, 1, 80, &drop);
	KUNIT_ASSERT_NOT_NULL(test, session);
	racer.session = session;
	racer.cfg = bed->cfg;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		WRITE_ONCE(session->tcp, cases[i].state);
		meanwhile = fin_from_4;
		KUNIT_EXPECT_TRUE(test, nat64_state_tcp(session,
							&bed->cfg->settings,
							true,
							cases[i].segment));
		KUNIT_EXPECT_EQ_MSG(test, session->tcp,
				    IPV6TUN_NAT64_TCP_V4_FIN_V6_FIN, "case %u",
				    i);
		KUNIT_EXPECT_LE_MSG(test, session->expires, now() + soon,
				    "case %u", i);
	}
}

static void state_ended_is_not_touched(struct kunit *test)
{
	struct bed *bed = test->priv;
	struct nat64_session *session;
	unsigned int drop;

	session = open_flow(bed, NAT64_L4_UDP, 1, 5000, 1, 80, &drop);
	KUNIT_ASSERT_NOT_NULL(test, session);
	rcu_read_lock();
	KUNIT_EXPECT_TRUE(test, end_session(session, session->expires));
	KUNIT_EXPECT_FALSE(test, nat64_state_touch(session, 100));
	KUNIT_EXPECT_EQ(test, session->expires, 0);
	local_bh_disable();
	unlink_session(&bed->st, session);
	local_bh_enable();
	rcu_read_unlock();
}

static void state_static(struct kunit *test)
{
	const struct nat64_static entry = {
		.addr6 = HOST(1), .port6 = htons(80),
		.addr4 = cpu_to_be32(0xc0000201), .port4 = htons(10007),
		.l4 = NAT64_L4_TCP,
	};
	struct bed *bed = test->priv;
	struct nat64_session *session;
	unsigned int drop, i;

	/* All ports are taken, that one too. */
	for (i = 0; i < 100; i++)
		open_flow(bed, NAT64_L4_TCP, 100 + i, 5000, 1, 80, &drop);
	KUNIT_EXPECT_EQ(test, nat64_state_add_static(&bed->st, bed->cfg,
						     &entry), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&bed->st.total), 99);
	session = open_flow(bed, NAT64_L4_TCP, 1, 80, 9, 4711, &drop);
	KUNIT_ASSERT_NOT_NULL(test, session);
	KUNIT_EXPECT_EQ(test, session->bib->port4, htons(10007));
	KUNIT_EXPECT_TRUE(test, session->bib->is_static);
	KUNIT_EXPECT_PTR_EQ(test, nat64_state_find_static(&bed->st, &entry),
			    session->bib);
	nat64_state_doom_static(&bed->st, session->bib);
	/* No more sessions, and what there are end. */
	KUNIT_EXPECT_NULL(test, open_flow(bed, NAT64_L4_TCP, 1, 80, 9, 4712,
					  &drop));
	KUNIT_EXPECT_EQ(test, nat64_state_end_doomed(&bed->st), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&bed->st.total), 99);
	KUNIT_EXPECT_EQ(test, atomic_read(&bed->st.n_bibs[NAT64_L4_TCP]), 99);
}

/* What a packet made already becomes static, its sessions going on. */
static void state_adopt(struct kunit *test)
{
	struct bed *bed = test->priv;
	struct nat64_session *session;
	struct nat64_static entry;
	unsigned int drop;

	session = open_flow(bed, NAT64_L4_UDP, 1, 80, 9, 4711, &drop);
	KUNIT_ASSERT_NOT_NULL(test, session);
	entry = (struct nat64_static){
		.addr6 = HOST(1), .port6 = htons(80), .l4 = NAT64_L4_UDP,
		.addr4 = session->bib->addr4, .port4 = session->bib->port4,
	};
	KUNIT_EXPECT_EQ(test, nat64_state_add_static(&bed->st, bed->cfg,
						     &entry), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&bed->st.total), 1);
	KUNIT_EXPECT_TRUE(test, session->bib->is_static);
	/* The session's reference and that of being static. */
	KUNIT_EXPECT_EQ(test, refcount_read(&session->bib->refs), 2);
}

static void state_contacts(struct kunit *test)
{
	struct bed *bed = test->priv;
	struct nat64_session *a, *b;
	const struct nat64_bib *bib;
	const __be32 one = REMOTE(1);
	unsigned int drop;

	bed->cfg->settings.filtering =
		IPV6TUN_NAT64_FILTERING_ADDRESS_DEPENDENT;
	a = open_flow(bed, NAT64_L4_UDP, 1, 80, 1, 4711, &drop);
	b = open_flow(bed, NAT64_L4_UDP, 1, 80, 1, 4712, &drop);
	KUNIT_ASSERT_NOT_NULL(test, a);
	KUNIT_ASSERT_NOT_NULL(test, b);
	KUNIT_ASSERT_NOT_NULL(test, open_flow(bed, NAT64_L4_UDP, 1, 80, 2, 1,
					      &drop));
	bib = a->bib;
	rcu_read_lock();
	KUNIT_EXPECT_TRUE(test, nat64_state_contacted(&bed->st, bib,
						      REMOTE(1)));
	KUNIT_EXPECT_FALSE(test, nat64_state_contacted(&bed->st, bib,
						       REMOTE(3)));
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, nat64_state_end(&bed->st, with_remote, &one), 2);
	rcu_read_lock();
	KUNIT_EXPECT_FALSE(test, nat64_state_contacted(&bed->st, bib,
						       REMOTE(1)));
	KUNIT_EXPECT_TRUE(test, nat64_state_contacted(&bed->st, bib,
						      REMOTE(2)));
	rcu_read_unlock();
}

/* More than half, not half: then what has not come about does not last. */
static void state_crowded(struct kunit *test)
{
	struct bed *bed = test->priv;
	struct nat64_settings *settings = &bed->cfg->settings;
	unsigned int drop, i;

	settings->max_sessions = 10;
	for (i = 0; i < 5; i++)
		open_flow(bed, NAT64_L4_TCP, 1, 5000, i, 80, &drop);
	KUNIT_EXPECT_FALSE(test, nat64_state_crowded(&bed->st, settings));
	KUNIT_EXPECT_NOT_NULL(test, open_flow(bed, NAT64_L4_TCP, 1, 5000, i,
					      80, &drop));
	KUNIT_EXPECT_TRUE(test, nat64_state_crowded(&bed->st, settings));
}

/* The promise of 160 bytes for a session with an entry of its own. */
static void state_size(struct kunit *test)
{
	KUNIT_EXPECT_LE(test, sizeof(struct nat64_bib) +
			sizeof(struct nat64_session), 160);
}

static struct kunit_case state_cases[] = {
	KUNIT_CASE(state_mapping),
	KUNIT_CASE(state_pool_exhausted),
	KUNIT_CASE(state_limit),
	KUNIT_CASE(state_end_some),
	KUNIT_CASE(state_expire),
	KUNIT_CASE(state_tcp_race),
	KUNIT_CASE(state_ended_is_not_touched),
	KUNIT_CASE(state_static),
	KUNIT_CASE(state_adopt),
	KUNIT_CASE(state_contacts),
	KUNIT_CASE(state_crowded),
	KUNIT_CASE(state_size),
	{}
};

static struct kunit_suite state_suite = {
	.name = "ipv6tun_nat64_state",
	.init = state_setup,
	.exit = state_teardown,
	.test_cases = state_cases,
};

kunit_test_suite(state_suite);
