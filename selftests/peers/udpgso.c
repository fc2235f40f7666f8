// SPDX-License-Identifier: GPL-2.0
/*
 * udpgso: one send of 20 datagrams of 1200 bytes by UDP segmentation offload, from
 * one network namespace to another.
 *
 *	udpgso FROM-NETNS TO-NETNS SOURCE DESTINATION [ADDRESS]
 *
 * With ADDRESS the receiver has that one instead of DESTINATION, as behind a
 * translator.
 *
 * Prints "N of 20" datagrams that arrived, each of the right size and content.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT	103
#endif

#define DATAGRAMS	20
#define LENGTH		1200
#define PORT		5400

union address {
	struct sockaddr sa;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static void die(const char *what)
{
	fprintf(stderr, "udpgso: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void parse(const char *text, unsigned int port, union address *to)
{
	memset(to, 0, sizeof(*to));
	if (inet_pton(AF_INET6, text, &to->v6.sin6_addr) == 1) {
		to->v6.sin6_family = AF_INET6;
		to->v6.sin6_port = htons(port);
	} else if (inet_pton(AF_INET, text, &to->v4.sin_addr) == 1) {
		to->v4.sin_family = AF_INET;
		to->v4.sin_port = htons(port);
	} else {
		die(text);
	}
}

/* A socket in the namespace, bound to the address; "to" gets the address. */
static int open_socket(const char *netns, const char *text, unsigned int port,
		       union address *to)
{
	int fd = open(netns, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(netns);
	close(fd);
	parse(text, port, to);
	fd = socket(to->sa.sa_family, SOCK_DGRAM, 0);
	if (fd < 0 || bind(fd, &to->sa, sizeof(*to)))
		die("bind");
	return fd;
}

int main(int argc, char **argv)
{
	struct timeval wait = { .tv_sec = 2 };
	static unsigned char data[DATAGRAMS * LENGTH], buf[2 * LENGTH];
	union address from, to;
	int size = LENGTH, good = 0, i;
	int tx, rx;

	if (argc != 5 && argc != 6) {
		fprintf(stderr, "usage: udpgso FROM-NETNS TO-NETNS SOURCE DESTINATION [ADDRESS]\n");
		return 2;
	}
	rx = open_socket(argv[2], argv[argc - 1], PORT, &to);
	tx = open_socket(argv[1], argv[3], 0, &from);
	parse(argv[4], PORT, &to);
	if (setsockopt(rx, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) ||
	    setsockopt(tx, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof(size)))
		die("setsockopt");
	for (i = 0; i < DATAGRAMS; i++)
		memset(data + i * LENGTH, i + 1, LENGTH);
	if (sendto(tx, data, sizeof(data), 0, &to.sa, sizeof(to)) != sizeof(data))
		die("sendto");
	for (i = 0; i < DATAGRAMS; i++) {
		ssize_t n = recv(rx, buf, sizeof(buf), 0);

		if (n < 0)
			break;
		if (n == LENGTH && !memcmp(buf, data + i * LENGTH, LENGTH))
			good++;
	}
	printf("%d of %d\n", good, DATAGRAMS);
	return good == DATAGRAMS ? 0 : 1;
}
