// SPDX-License-Identifier: GPL-2.0
/*
 * failns: makes a network namespace, again and again, the first time without the
 * kernel's first allocation, then without a later one, until none fails.
 *
 *	failns STEP
 *
 * Only each STEP'th allocation has its turn. Needs a kernel with fault injection.
 * Prints how many namespaces were not made.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FAILED = 1, MADE, UNABLE };

/* In a process of its own: without allocation @n. */
static int try_without(int n)
{
	char buf[16];
	int fd, err;

	fd = open("/proc/self/fail-nth", O_RDWR | O_CLOEXEC);
	if (fd < 0 || dprintf(fd, "%d", n) < 0)
		return UNABLE;
	err = unshare(CLONE_NEWNET) ? errno : 0;
	/* What is left of the number: zero if it came to that. */
	memset(buf, 0, sizeof(buf));
	if (pread(fd, buf, sizeof(buf) - 1, 0) < 0)
		return UNABLE;
	if (err)
		return FAILED;
	return atoi(buf) ? MADE : 0;
}

int main(int argc, char **argv)
{
	int n, step, status, failed = 0;

	step = argc > 1 ? atoi(argv[1]) : 1;
	if (step < 1)
		step = 1;
	for (n = 1; n < 10000; n += step) {
		pid_t pid = fork();

		if (!pid)
			_exit(try_without(n));
		if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) {
			perror("failns");
			return 1;
		}
		switch (WEXITSTATUS(status)) {
		case FAILED:
			failed++;
			break;
		case MADE:
			printf("%d\n", failed);
			return 0;
		case UNABLE:
			fprintf(stderr, "failns: no fault injection\n");
			return 1;
		}
	}
	fprintf(stderr, "failns: no end\n");
	return 1;
}
