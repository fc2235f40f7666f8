// SPDX-License-Identifier: GPL-2.0
/* Unit tests of when paths are probed. */
#include <kunit/test.h>

/* The unit under test: symbols need not be exported for tests alone. */
#include "../schedule.c"

#define MS	((s64)NSEC_PER_MSEC)
/* Of a clock that runs for long. */
#define DUE	(1000000 * MS + 12345)

static const struct next_case {
	const char *name;
	u32 interval;
	u32 multiplier;
	s64 late;
	s64 next;
} next_cases[] = {
	{ "on time", 100, 3, 0, 100 * MS },
	{ "with others", 100, 3, -6 * MS, 100 * MS },
	{ "a little late", 100, 3, 1 * MS, 100 * MS },
	{ "late by half", 100, 3, 50 * MS, 100 * MS },
	{ "late by more", 100, 3, 50 * MS + 1, 200 * MS },
	{ "late by one", 100, 3, 100 * MS, 200 * MS },
	{ "late by many", 100, 3, 1234 * MS, 1300 * MS },
	{ "late by many and more", 100, 3, 1260 * MS, 1400 * MS },
	{ "one chance, on time", 100, 1, 0, 100 * MS },
	{ "one chance, with others", 100, 1, -6 * MS, 100 * MS },
	{ "one chance, a little late", 100, 1, 6 * MS, 100 * MS },
	{ "one chance, late", 100, 1, 7 * MS, 200 * MS },
	{ "shortest", 5, 3, 2 * MS, 5 * MS },
	{ "shortest, late", 5, 3, 3 * MS, 10 * MS },
	{ "longest, asleep for a month", 30000, 3, 2592000001LL * MS,
	  2592030000LL * MS },
};

KUNIT_ARRAY_PARAM_DESC(next, next_cases, name);

static void schedule_next(struct kunit *test)
{
	const struct next_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test,
			ipv6tun_schedule_next(c->interval, c->multiplier, DUE,
					      DUE + c->late) - DUE, c->next);
}

/* A machine that stood still sends all probes at once, but only this time. */
static void schedule_stays_apart(struct kunit *test)
{
	const s64 now = DUE + 777 * MS;
	int i;

	for (i = 0; i < 100; i++) {
		s64 due = DUE + i * MS;
		s64 wait = ipv6tun_schedule_next(100, 3, due, now) - now;

		KUNIT_EXPECT_GE(test, wait, 50 * MS);
		KUNIT_EXPECT_LT(test, wait, 150 * MS);
		/* Each has the place within an interval that it had. */
		KUNIT_EXPECT_EQ(test, (now + wait - due) % (100 * MS), 0);
	}
}

static struct kunit_case schedule_cases[] = {
	KUNIT_CASE_PARAM(schedule_next, next_gen_params),
	KUNIT_CASE(schedule_stays_apart),
	{}
};

static struct kunit_suite schedule_suite = {
	.name = "ipv6tun_schedule",
	.test_cases = schedule_cases,
};

kunit_test_suite(schedule_suite);
