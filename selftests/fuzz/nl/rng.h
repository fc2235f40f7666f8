/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random numbers. Each message has a sequence of its own, which begins with the seed, the
 * worker and the message's number: any of them can be made again without those before.
 */
#ifndef _NL_RNG_H
#define _NL_RNG_H

#include <stdbool.h>
#include <stdint.h>

struct rng {
	uint64_t state;
};

/* One step of splitmix64. */
static inline uint64_t rng_next(struct rng *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static inline void rng_start(struct rng *r, uint64_t seed, uint32_t worker, uint32_t number)
{
	r->state = seed;
	r->state = rng_next(r) ^ ((uint64_t)worker << 32 | number);
	r->state = rng_next(r);
}

/* From 0 to @n - 1. */
static inline uint32_t rng_below(struct rng *r, uint32_t n)
{
	return (rng_next(r) >> 32) * n >> 32;
}

static inline bool rng_one_in(struct rng *r, uint32_t n)
{
	return !rng_below(r, n);
}

#endif
