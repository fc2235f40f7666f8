// SPDX-License-Identifier: GPL-2.0
/*
 * nlfuzz: requests to the ipv6tun family and for links of kind ipv6tun, made by the
 * grammar of the specification, most of them right, many of them wrong in some way.
 *
 *	nlfuzz [-s SEED] [-n MESSAGES] [-w WORKERS] [-d IFINDEX]... [-o IFINDEX]...
 *		[-x IFINDEX]... [-u IFINDEX] MODE
 *
 * MODE is one of
 *	alone		one process; what is refused or asks must not change anything
 *	storm		WORKERS processes at the same time, and one that listens
 *	unprivileged	one without CAP_NET_ADMIN; all that changes something is refused
 *	clean		removes what there is, each thing as it is listed
 *	print WORKER FROM TO	shows messages, sends none
 *
 * -d is a device that stays, the first one with routes; -o one of another kind or another
 * network namespace; -x one that no message must name; -u one that may be the underlay
 * device of paths. Devices 1101 to 1106 are made and removed.
 *
 * A message is the same, but for its sequence number, for the same SEED, WORKER, number
 * and options, whatever went before. WORKER is 0 alone, from 1 in a storm and 100 without
 * privilege.
 *
 * Prints a line for each failure, with the message, and then
 *	command NAME GRANTED REFUSED MUTE	requests; those refused without a word
 *	told NAME HEARD REFUSED KIND		notifications, of configuration or traffic
 *	sum ...
 * The exit status is 1 if there was a failure.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <linux/capability.h>
#include <linux/ipv6tun.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "nl/oracle.h"
#include "nl/state.h"

#define WORKERS_MAX	32
#define UNPRIVILEGED	100
/* A worker that fails so often goes no further. */
#define FAILURES_MAX	20
/* How long a notification may be under way. */
#define DRAIN_US	300000

static uint64_t seed = 1;
static unsigned int messages = 20000, workers = 4;
/* One for each worker; the first is this process's own. */
static struct tallies *sums;

static void die(const char *what)
{
	fprintf(stderr, "nlfuzz: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void worker_open(struct worker *w, uint32_t number, struct tallies *sum)
{
	w->seed = seed;
	w->worker = number;
	w->sum = sum;
	conn_open(&w->genl, NETLINK_GENERIC);
	conn_open(&w->rtnl, NETLINK_ROUTE);
}

static void worker_run(struct worker *w, unsigned int count)
{
	static struct msg m;
	unsigned int i;

	for (i = 0; i < count && w->sum->failures < FAILURES_MAX; i++) {
		msg_make(&m, w->seed, w->worker, i);
		oracle_ask(w, &m, i);
	}
}

static pid_t start(void)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork");
	/* None outlives the one that counts. */
	if (!pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

static void join(struct worker *w, pid_t pid, unsigned int number)
{
	int status;

	if (waitpid(pid, &status, 0) < 0)
		die("wait");
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		oracle_fail(w, NULL, 0, "worker %u ended with status 0x%x", number, status);
}

static void alone(struct worker *w)
{
	static struct state before, after;
	static struct msg m;
	unsigned int i;

	state_take(w, &before);
	for (i = 0; i < messages && w->sum->failures < FAILURES_MAX; i++) {
		enum verdict verdict;
		const char *where;

		msg_make(&m, seed, w->worker, i);
		verdict = oracle_ask(w, &m, i);
		state_take(w, &after);
		where = state_differs(&before, &after);
		state_swap(&before, &after);
		if (!oracle_is_whole(&m) || (verdict == VERDICT_GRANTED && !oracle_reads(&m)))
			continue;
		w->sum->compared++;
		if (where)
			oracle_fail(w, &m, i, "%s, but changed %s",
				    verdict == VERDICT_GRANTED ? "a question" : "refused", where);
	}
}

static bool subscribe(struct worker *w, const char *group)
{
	unsigned int id = conn_family(&w->genl, group);

	if (!id)
		die(group);
	return !mnl_socket_setsockopt(w->genl.nl, NETLINK_ADD_MEMBERSHIP, &id, sizeof(id));
}

/* Hear everything, for ever. What there is no room for, nobody has promised. */
static void listen_on(struct worker *w)
{
	static char buf[65536] __attribute__((aligned(8)));

	for (;;) {
		ssize_t n = mnl_socket_recvfrom(w->genl.nl, buf, sizeof(buf));
		const struct nlmsghdr *nlh;
		int left = n;

		for (nlh = (void *)buf; n > 0 && mnl_nlmsg_ok(nlh, left);
		     nlh = mnl_nlmsg_next(nlh, &left))
			oracle_hear(w, nlh);
	}
}

static pid_t start_listener(void)
{
	struct worker w = { 0 };
	int size = 8 << 20;
	pid_t pid;

	worker_open(&w, 0, &sums[workers + 1]);
	if (!subscribe(&w, IPV6TUN_MCGRP_EVENTS) || !subscribe(&w, IPV6TUN_MCGRP_NAT64))
		die("subscribe");
	setsockopt(mnl_socket_get_fd(w.genl.nl), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	pid = start();
	if (!pid)
		listen_on(&w);
	conn_close(&w.genl);
	conn_close(&w.rtnl);
	return pid;
}

static void storm(struct worker *w)
{
	pid_t listener = start_listener(), pids[WORKERS_MAX];
	unsigned int i;

	for (i = 0; i < workers; i++) {
		struct worker other = { 0 };

		pids[i] = start();
		if (pids[i])
			continue;
		worker_open(&other, i + 1, &sums[i + 1]);
		worker_run(&other, messages / workers);
		exit(0);
	}
	for (i = 0; i < workers; i++)
		join(w, pids[i], i + 1);
	usleep(DRAIN_US);
	if (waitpid(listener, NULL, WNOHANG)) {
		oracle_fail(w, NULL, 0, "the listener has ended");
		return;
	}
	kill(listener, SIGKILL);
	waitpid(listener, NULL, 0);
}

static void drop_privilege(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];
	unsigned int word = CAP_TO_INDEX(CAP_NET_ADMIN), bit = CAP_TO_MASK(CAP_NET_ADMIN);

	if (syscall(SYS_capget, &head, data))
		die("capget");
	data[word].effective &= ~bit;
	data[word].permitted &= ~bit;
	data[word].inheritable &= ~bit;
	if (syscall(SYS_capset, &head, data))
		die("capset");
}

static void unprivileged(struct worker *w)
{
	static struct state before, after;
	const char *where;
	pid_t pid;

	state_take(w, &before);
	pid = start();
	if (!pid) {
		struct worker other = { .unprivileged = true };

		drop_privilege();
		worker_open(&other, UNPRIVILEGED, &sums[1]);
		if (subscribe(&other, IPV6TUN_MCGRP_NAT64))
			oracle_fail(&other, NULL, 0, "group nat64 is open to all");
		worker_run(&other, messages);
		exit(0);
	}
	join(w, pid, UNPRIVILEGED);
	state_take(w, &after);
	where = state_differs(&before, &after);
	if (where)
		oracle_fail(w, NULL, 0, "without privilege, but changed %s", where);
}

static void print(unsigned int worker, unsigned int from, unsigned int to)
{
	static struct msg m;
	char title[64];

	for (; from <= to; from++) {
		msg_make(&m, seed, worker, from);
		snprintf(title, sizeof(title), "worker %u message %u", worker, from);
		msg_print(&m, title);
	}
}

/* Structures of nothing but counters of 64 bits. */
static void add(void *to, const void *from, size_t size)
{
	const uint64_t *in = from;
	uint64_t *out = to;
	size_t i;

	for (i = 0; i < size / sizeof(*in); i++)
		out[i] += in[i];
}

static void report(double seconds)
{
	struct tallies *all = &sums[0];
	unsigned int i;

	for (i = 1; i < workers + 2; i++)
		add(all, &sums[i], sizeof(*all));
	for (i = 0; i < n_ops; i++) {
		const struct tally *t = &all->command[ops[i].cmd];

		if (ops[i].notify || ops[i].event)
			printf("told %s %ju %ju %s\n", ops[i].name, (uintmax_t)t->heard,
			       (uintmax_t)t->refused, ops[i].event ? "traffic" : "configuration");
		else
			printf("command %s %ju %ju %ju\n", ops[i].name, (uintmax_t)t->granted,
			       (uintmax_t)t->refused, (uintmax_t)t->mute);
	}
	for (i = 0; i < LINK_OPS; i++)
		printf("command %s %ju %ju %ju\n", link_op_names[i],
		       (uintmax_t)all->link[i].granted, (uintmax_t)all->link[i].refused,
		       (uintmax_t)all->link[i].mute);
	printf("sum sent %ju dropped %ju ignored %ju strangers %ju ", (uintmax_t)all->sent,
	       (uintmax_t)all->dropped, (uintmax_t)all->ignored, (uintmax_t)all->strangers);
	printf("compared %ju changed %ju lost %ju failures %ju seconds %.1f\n",
	       (uintmax_t)all->compared, (uintmax_t)all->changed, (uintmax_t)all->lost,
	       (uintmax_t)all->failures, seconds);
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static int run(const char *mode)
{
	struct worker w = { 0 };
	double begin = now();

	sums = mmap(NULL, (WORKERS_MAX + 2) * sizeof(*sums), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (sums == MAP_FAILED)
		die("memory");
	worker_open(&w, 0, &sums[0]);
	world.family = conn_family(&w.genl, NULL);
	if (!world.family) {
		fprintf(stderr, "nlfuzz: no family %s\n", IPV6TUN_FAMILY_NAME);
		return 2;
	}
	if (!strcmp(mode, "alone"))
		alone(&w);
	else if (!strcmp(mode, "storm"))
		storm(&w);
	else if (!strcmp(mode, "unprivileged"))
		unprivileged(&w);
	else if (!strcmp(mode, "clean"))
		state_clean(&w);
	else
		return 2;
	report(now() - begin);
	return sums[0].failures ? 1 : 0;
}

static uint64_t number(const char *text, uint64_t min, uint64_t max)
{
	uint64_t n;
	char *end;

	n = strtoull(text, &end, 10);
	if (*end || !*text || n < min || n > max) {
		fprintf(stderr, "nlfuzz: not from %ju to %ju: %s\n", (uintmax_t)min,
			(uintmax_t)max, text);
		exit(2);
	}
	return n;
}

static void add_device(uint32_t *list, unsigned int *n, const char *text)
{
	if (*n == DEVICES_MAX) {
		fprintf(stderr, "nlfuzz: more than %u devices\n", DEVICES_MAX);
		exit(2);
	}
	list[(*n)++] = number(text, 1, INT32_MAX);
}

int main(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "s:n:w:d:o:x:u:")) != -1) {
		switch (c) {
		case 's':
			seed = number(optarg, 0, UINT64_MAX);
			break;
		case 'n':
			messages = number(optarg, 1, 1000000000);
			break;
		case 'w':
			workers = number(optarg, 1, WORKERS_MAX);
			break;
		case 'd':
			add_device(world.steady, &world.n_steady, optarg);
			break;
		case 'o':
			add_device(world.other, &world.n_other, optarg);
			break;
		case 'x':
			add_device(world.spared, &world.n_spared, optarg);
			break;
		case 'u':
			world.under = number(optarg, 1, INT32_MAX);
			break;
		default:
			return 2;
		}
	}
	argv += optind;
	argc -= optind;
	if (argc == 4 && !strcmp(argv[0], "print")) {
		print(number(argv[1], 0, UINT32_MAX), number(argv[2], 0, UINT32_MAX),
		      number(argv[3], 0, UINT32_MAX - 1));
		return 0;
	}
	if (argc == 1)
		return run(argv[0]);
	fputs("usage: nlfuzz [OPTION...] alone|storm|unprivileged|clean|print WORKER FROM TO\n",
	      stderr);
	return 2;
}
