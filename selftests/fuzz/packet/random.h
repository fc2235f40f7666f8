/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random numbers that are the same on every machine. Each packet has a sequence of
 * its own, of seed, phase and number, so that one can be made again without those
 * before it.
 */
#ifndef _PACKET_RANDOM_H
#define _PACKET_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

struct rnd {
	uint64_t state;
};

void rnd_start(struct rnd *r, uint32_t seed, uint32_t phase, uint64_t number);
uint32_t rnd32(struct rnd *r);
/* 0 to @n - 1 */
uint32_t below(struct rnd *r, uint32_t n);
/* @low to @high */
uint32_t between(struct rnd *r, uint32_t low, uint32_t high);
/* True once in @n times. */
bool one_in(struct rnd *r, uint32_t n);

/* An index of an array. */
#define ANY(r, list)	below(r, ARRAY_SIZE(list))

#endif
