// SPDX-License-Identifier: GPL-2.0
#include "random.h"

/* SplitMix64 (Steele, Lea and Flood, 2014): any state is a good one to start from. */
static uint64_t next(struct rnd *r)
{
	uint64_t z;

	r->state += 0x9e3779b97f4a7c15ull;
	z = r->state;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

void rnd_start(struct rnd *r, uint32_t seed, uint32_t phase, uint64_t number)
{
	r->state = (uint64_t)seed << 32 | phase;
	r->state = next(r) ^ number;
	/* Neighbouring numbers are to have nothing in common. */
	r->state = next(r);
}

uint32_t rnd32(struct rnd *r)
{
	return next(r) >> 32;
}

uint32_t below(struct rnd *r, uint32_t n)
{
	return (uint64_t)rnd32(r) * n >> 32;
}

uint32_t between(struct rnd *r, uint32_t low, uint32_t high)
{
	return low + below(r, high - low + 1);
}

bool one_in(struct rnd *r, uint32_t n)
{
	return !below(r, n);
}
