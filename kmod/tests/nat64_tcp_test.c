// SPDX-License-Identifier: GPL-2.0
/*
 * Unit tests of the TCP state machine: every state, side and segment, as
 * RFC 6146, section 3.5.2.2, has them.
 */
#include <kunit/test.h>

/* The unit under test: symbols need not be exported for tests alone. */
#include "../nat64/tcp.c"

#define KEPT	NAT64_TIMEOUT_N
#define T(s)	IPV6TUN_NAT64_TCP_##s
#define EST	NAT64_TIMEOUT_TCP_EST
#define TRA	NAT64_TIMEOUT_TCP_TRANS

/* For data, SYN, FIN and RST: the state that follows and its time-out. */
static const struct next_case {
	const char *name;
	u8 state;
	bool from6;
	struct {
		u8 state;
		u8 timeout;
	} next[4];
} next_cases[] = {
	{ "closed, 6", T(CLOSED), true,
	  { { T(CLOSED), KEPT }, { T(V6_INIT), TRA },
	    { T(CLOSED), KEPT }, { T(CLOSED), KEPT } } },
	{ "closed, 4", T(CLOSED), false,
	  { { T(CLOSED), KEPT }, { T(V4_INIT), TRA },
	    { T(CLOSED), KEPT }, { T(CLOSED), KEPT } } },
	{ "v4-init, 6", T(V4_INIT), true,
	  { { T(V4_INIT), KEPT }, { T(ESTABLISHED), EST },
	    { T(V4_INIT), KEPT }, { T(V4_INIT), KEPT } } },
	{ "v4-init, 4", T(V4_INIT), false,
	  { { T(V4_INIT), KEPT }, { T(V4_INIT), TRA },
	    { T(V4_INIT), KEPT }, { T(V4_INIT), KEPT } } },
	{ "v6-init, 6", T(V6_INIT), true,
	  { { T(V6_INIT), KEPT }, { T(V6_INIT), TRA },
	    { T(V6_INIT), KEPT }, { T(V6_INIT), KEPT } } },
	{ "v6-init, 4", T(V6_INIT), false,
	  { { T(V6_INIT), KEPT }, { T(ESTABLISHED), EST },
	    { T(V6_INIT), KEPT }, { T(V6_INIT), KEPT } } },
	{ "established, 6", T(ESTABLISHED), true,
	  { { T(ESTABLISHED), EST }, { T(ESTABLISHED), EST },
	    { T(V6_FIN), EST }, { T(TRANS), TRA } } },
	{ "established, 4", T(ESTABLISHED), false,
	  { { T(ESTABLISHED), EST }, { T(ESTABLISHED), EST },
	    { T(V4_FIN), EST }, { T(TRANS), TRA } } },
	{ "v4-fin, 6", T(V4_FIN), true,
	  { { T(V4_FIN), EST }, { T(V4_FIN), EST },
	    { T(V4_FIN_V6_FIN), TRA }, { T(TRANS), TRA } } },
	{ "v4-fin, 4", T(V4_FIN), false,
	  { { T(V4_FIN), EST }, { T(V4_FIN), EST },
	    { T(V4_FIN), EST }, { T(TRANS), TRA } } },
	{ "v6-fin, 6", T(V6_FIN), true,
	  { { T(V6_FIN), EST }, { T(V6_FIN), EST },
	    { T(V6_FIN), EST }, { T(TRANS), TRA } } },
	{ "v6-fin, 4", T(V6_FIN), false,
	  { { T(V6_FIN), EST }, { T(V6_FIN), EST },
	    { T(V4_FIN_V6_FIN), TRA }, { T(TRANS), TRA } } },
	{ "both fin, 6", T(V4_FIN_V6_FIN), true,
	  { { T(V4_FIN_V6_FIN), KEPT }, { T(V6_INIT), TRA },
	    { T(V4_FIN_V6_FIN), KEPT }, { T(V4_FIN_V6_FIN), KEPT } } },
	{ "both fin, 4", T(V4_FIN_V6_FIN), false,
	  { { T(V4_FIN_V6_FIN), KEPT }, { T(V4_INIT), TRA },
	    { T(V4_FIN_V6_FIN), KEPT }, { T(V4_FIN_V6_FIN), KEPT } } },
	{ "trans, 6", T(TRANS), true,
	  { { T(ESTABLISHED), EST }, { T(ESTABLISHED), EST },
	    { T(ESTABLISHED), EST }, { T(TRANS), KEPT } } },
	{ "trans, 4", T(TRANS), false,
	  { { T(ESTABLISHED), EST }, { T(ESTABLISHED), EST },
	    { T(ESTABLISHED), EST }, { T(TRANS), KEPT } } },
};

KUNIT_ARRAY_PARAM_DESC(next, next_cases, name);

static void tcp_next(struct kunit *test)
{
	static const enum nat64_tcp_segment segments[] = {
		NAT64_TCP_DATA, NAT64_TCP_SYN, NAT64_TCP_FIN, NAT64_TCP_RST,
	};
	const struct next_case *c = test->param_value;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(segments); i++) {
		struct nat64_tcp_step step;

		step = nat64_tcp_next(c->state, c->from6, segments[i]);
		KUNIT_EXPECT_EQ_MSG(test, step.state, c->next[i].state,
				    "segment %u", i);
		KUNIT_EXPECT_EQ_MSG(test, step.keep,
				    c->next[i].timeout == KEPT,
				    "segment %u", i);
		if (!step.keep)
			KUNIT_EXPECT_EQ_MSG(test, step.timeout,
					    c->next[i].timeout,
					    "segment %u", i);
	}
}

static void tcp_expire(struct kunit *test)
{
	u8 state;

	for (state = T(CLOSED); state <= T(TRANS); state++) {
		struct nat64_tcp_step step = nat64_tcp_expire(state);

		if (state != T(ESTABLISHED)) {
			KUNIT_EXPECT_EQ(test, step.state, T(CLOSED));
			continue;
		}
		KUNIT_EXPECT_EQ(test, step.state, T(TRANS));
		KUNIT_EXPECT_EQ(test, step.timeout, TRA);
	}
}

static void tcp_classify(struct kunit *test)
{
	struct tcphdr th = { .ack = 1, .psh = 1, .urg = 1, .ece = 1, .cwr = 1 };

	KUNIT_EXPECT_EQ(test, nat64_tcp_classify(&th), NAT64_TCP_DATA);
	th.syn = 1;
	KUNIT_EXPECT_EQ(test, nat64_tcp_classify(&th), NAT64_TCP_SYN);
	th.fin = 1;
	KUNIT_EXPECT_EQ(test, nat64_tcp_classify(&th), NAT64_TCP_FIN);
	th.rst = 1;
	KUNIT_EXPECT_EQ(test, nat64_tcp_classify(&th), NAT64_TCP_RST);
}

static struct kunit_case tcp_cases[] = {
	KUNIT_CASE_PARAM(tcp_next, next_gen_params),
	KUNIT_CASE(tcp_expire),
	KUNIT_CASE(tcp_classify),
	{}
};

static struct kunit_suite tcp_suite = {
	.name = "ipv6tun_nat64_tcp",
	.test_cases = tcp_cases,
};

kunit_test_suite(tcp_suite);
