// SPDX-License-Identifier: GPL-2.0
/*
 * tcpflow: one TCP connection from one network namespace to another that carries
 * BYTES there, then BYTES back, every byte compared.
 *
 *	tcpflow [-n BYTES] [-t SECONDS] [-p PORT] [-b PIECE] [-l ADDRESS]
 *		FROM-NETNS TO-NETNS SOURCE DESTINATION
 *
 * With -l the receiver has another address than the one the sender knows, as
 * behind a translator.
 *
 * One process holds both ends, so that a connection that stalls is reported with
 * how far it came. Writes are of PIECE bytes.
 *
 * The result is one JSON object on stdout:
 *	done			whether everything arrived in time
 *	there, back		bytes that arrived
 *	there_ms, back_ms	how long that took
 *	retrans			segments sent again, both ends
 *	mss_there, mss_back	largest segment of the senders at the end
 * Exit status 0 if done, 1 if not, 2 for another reason.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* A prime, so that the pattern fits no segment size. */
#define PATTERN		65521

union address {
	struct sockaddr sa;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static uint8_t pattern[2 * PATTERN];
static uint64_t deadline;
static size_t piece = 32768;

static void die(const char *what)
{
	fprintf(stderr, "tcpflow: %s: %s\n", what, strerror(errno));
	exit(2);
}

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ull + ts.tv_nsec / 1000000;
}

static int time_left(void)
{
	uint64_t now = now_ms();

	return now < deadline ? (int)(deadline - now) : 0;
}

/* Sockets belong to the namespace they were made in. */
static void enter(const char *netns)
{
	int fd = open(netns, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(netns);
	close(fd);
}

static socklen_t parse(union address *a, const char *text, unsigned int port)
{
	memset(a, 0, sizeof(*a));
	if (inet_pton(AF_INET6, text, &a->v6.sin6_addr) == 1) {
		a->v6.sin6_family = AF_INET6;
		a->v6.sin6_port = htons(port);
		return sizeof(a->v6);
	}
	if (inet_pton(AF_INET, text, &a->v4.sin_addr) == 1) {
		a->v4.sin_family = AF_INET;
		a->v4.sin_port = htons(port);
		return sizeof(a->v4);
	}
	errno = EINVAL;
	die(text);
	return 0;
}

static int open_socket(const char *netns, const char *text, unsigned int port)
{
	union address a;
	socklen_t len = parse(&a, text, port);
	int one = 1;
	int fd;

	enter(netns);
	fd = socket(a.sa.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    bind(fd, &a.sa, len))
		die(text);
	return fd;
}

/* Wait for events on one socket; false when the time is over. */
static bool wait_on(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	return poll(&p, 1, time_left()) > 0;
}

static void set_nonblock(int fd)
{
	if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK))
		die("fcntl");
}

/* Whether both ends were connected in time. */
static bool connect_ends(int from, int listener, const char *to,
			 unsigned int port, int *accepted)
{
	union address a;
	socklen_t len = parse(&a, to, port);

	if (connect(from, &a.sa, len) && errno != EINPROGRESS)
		die("connect");
	if (!wait_on(listener, POLLIN))
		return false;
	*accepted = accept(listener, NULL, NULL);
	if (*accepted < 0)
		die("accept");
	set_nonblock(*accepted);
	return wait_on(from, POLLOUT);
}

static size_t write_some(int fd, uint64_t sent, uint64_t bytes)
{
	size_t len = bytes - sent < piece ? bytes - sent : piece;
	ssize_t n;

	n = send(fd, pattern + sent % PATTERN, len, MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN)
		die("send");
	return n < 0 ? 0 : n;
}

static size_t read_some(int fd, uint64_t received)
{
	static uint8_t buf[PATTERN];
	ssize_t n;

	n = recv(fd, buf, sizeof(buf), 0);
	if (n < 0 && errno != EAGAIN)
		die("recv");
	if (n > 0 && memcmp(buf, pattern + received % PATTERN, n)) {
		fprintf(stderr, "tcpflow: wrong data after byte %llu\n",
			(unsigned long long)received);
		exit(2);
	}
	return n < 0 ? 0 : n;
}

/* Bytes that arrived of those sent from one end to the other. */
static uint64_t transfer(int from, int to, uint64_t bytes, uint64_t *ms)
{
	uint64_t sent = 0, received = 0, begin = now_ms();

	while (received < bytes && time_left()) {
		struct pollfd p[2] = {
			{ .fd = to, .events = POLLIN },
			{ .fd = from, .events = sent < bytes ? POLLOUT : 0 },
		};

		if (poll(p, 2, time_left()) <= 0)
			break;
		if (p[1].revents & POLLOUT)
			sent += write_some(from, sent, bytes);
		if (p[0].revents & POLLIN)
			received += read_some(to, received);
		if (p[0].revents & (POLLERR | POLLHUP) && !(p[0].revents & POLLIN))
			break;
	}
	*ms = now_ms() - begin;
	return received;
}

static struct tcp_info info_of(int fd)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);

	if (fd >= 0 && getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len))
		die("TCP_INFO");
	return info;
}

static unsigned long number(const char *text, unsigned long max)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (!*text || *end || !n || n > max) {
		errno = EINVAL;
		die(text);
	}
	return n;
}

int main(int argc, char **argv)
{
	uint64_t there = 0, back = 0, there_ms = 0, back_ms = 0, bytes = 1000000;
	unsigned int port = 5300, seconds = 10;
	struct tcp_info a, b;
	const char *address = NULL;
	int from, listener, to = -1;
	bool done;
	int c, i;

	while ((c = getopt(argc, argv, "n:t:p:b:l:")) != -1) {
		switch (c) {
		case 'n':
			bytes = number(optarg, 1ul << 40);
			break;
		case 't':
			seconds = number(optarg, 3600);
			break;
		case 'p':
			port = number(optarg, 65534);
			break;
		case 'b':
			piece = number(optarg, PATTERN);
			break;
		case 'l':
			address = optarg;
			break;
		default:
			return 2;
		}
	}
	if (argc - optind != 4) {
		fprintf(stderr,
			"usage: tcpflow [-n BYTES] [-t SECONDS] [-p PORT] [-b PIECE] [-l ADDRESS]\n"
			"               FROM-NETNS TO-NETNS SOURCE DESTINATION\n");
		return 2;
	}
	for (i = 0; i < 2 * PATTERN; i++)
		pattern[i] = (i % PATTERN) * 2654435761u >> 24;

	deadline = now_ms() + seconds * 1000ull;
	listener = open_socket(argv[optind + 1],
			       address ? address : argv[optind + 3], port);
	if (listen(listener, 1))
		die("listen");
	from = open_socket(argv[optind], argv[optind + 2], 0);
	if (connect_ends(from, listener, argv[optind + 3], port, &to)) {
		there = transfer(from, to, bytes, &there_ms);
		if (there == bytes)
			back = transfer(to, from, bytes, &back_ms);
	}
	done = there == bytes && back == bytes;
	a = info_of(from);
	b = info_of(to);
	printf("{\"done\":%s,", done ? "true" : "false");
	printf("\"there\":%llu,\"back\":%llu,", (unsigned long long)there,
	       (unsigned long long)back);
	printf("\"there_ms\":%llu,\"back_ms\":%llu,", (unsigned long long)there_ms,
	       (unsigned long long)back_ms);
	printf("\"retrans\":%u,\"mss_there\":%u,\"mss_back\":%u}\n",
	       a.tcpi_total_retrans + b.tcpi_total_retrans, a.tcpi_snd_mss,
	       b.tcpi_snd_mss);
	return done ? 0 : 1;
}
