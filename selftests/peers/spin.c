// SPDX-License-Identifier: GPL-2.0
/*
 * spin: how much of the processors is left.
 *
 *	spin SECONDS
 *
 * One process on each processor counts for so long; prints the sum of all counts.
 * What the kernel does in interrupts meanwhile is missing from it, whatever its
 * own statistics say.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* Batches of a few microseconds, so that looking at the clock costs little. */
static uint64_t count_until(double end)
{
	volatile unsigned int i;
	uint64_t n = 0;

	while (now() < end) {
		for (i = 0; i < 10000; i++)
			;
		n++;
	}
	return n;
}

static void work(int cpu, int out, double end)
{
	cpu_set_t set;
	uint64_t n;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		_exit(1);
	n = count_until(end);
	_exit(write(out, &n, sizeof(n)) != sizeof(n));
}

int main(int argc, char **argv)
{
	int cpus = sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t n, sum = 0;
	int i, p[2], status;
	double end;

	if (argc != 2 || pipe(p)) {
		fprintf(stderr, "usage: spin SECONDS\n");
		return 2;
	}
	end = now() + atof(argv[1]);
	for (i = 0; i < cpus; i++) {
		pid_t pid = fork();

		if (pid < 0)
			return 2;
		if (!pid)
			work(i, p[1], end);
	}
	for (i = 0; i < cpus; i++) {
		if (wait(&status) < 0 || status || read(p[0], &n, sizeof(n)) != sizeof(n))
			return 2;
		sum += n;
	}
	printf("%llu\n", (unsigned long long)sum);
	return 0;
}
