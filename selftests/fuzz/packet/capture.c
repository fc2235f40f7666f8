// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "bytes.h"
#include "capture.h"
#include "die.h"

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING	23
#endif

#define FRAMES		16
/* The longest is a packet of 64 KiB that nobody cut, and its link header. */
#define FRAME		(ETH_HLEN + 65535 + 1)
#define ROOM		(64 << 20)

static struct pollfd wire[SIDES];
static uint64_t count[SIDES];

void capture_open(void)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	int one = 1, room = ROOM;
	enum side side;
	int fd;

	for (side = 0; side < SIDES; side++) {
		/* Protocol 0: nothing of other devices until it is bound. */
		fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		at.sll_ifindex = if_nametoindex(side_device[side]);
		if (fd < 0 || !at.sll_ifindex ||
		    setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof(one)) ||
		    setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &one, sizeof(one)) ||
		    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) ||
		    bind(fd, (struct sockaddr *)&at, sizeof(at)))
			die("%s: %s", side_device[side], strerror(errno));
		wire[side] = (struct pollfd){ .fd = fd, .events = POLLIN };
	}
}

static bool is_whole(struct msghdr *msg)
{
	const struct tpacket_auxdata *aux;
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);

	if (!c || c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA)
		return true;
	aux = (const struct tpacket_auxdata *)CMSG_DATA(c);
	return !(aux->tp_status & TP_STATUS_CSUMNOTREADY);
}

static void take_frames(enum side side, capture_take take)
{
	static uint8_t frame[FRAMES][FRAME];
	static union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	} control[FRAMES];
	struct mmsghdr msg[FRAMES];
	struct iovec iov[FRAMES];
	uint32_t type;
	int i, n;

	do {
		memset(msg, 0, sizeof(msg));
		for (i = 0; i < FRAMES; i++) {
			iov[i] = (struct iovec){ frame[i], FRAME };
			msg[i].msg_hdr.msg_iov = &iov[i];
			msg[i].msg_hdr.msg_iovlen = 1;
			msg[i].msg_hdr.msg_control = &control[i];
			msg[i].msg_hdr.msg_controllen = sizeof(control[i]);
		}
		n = recvmmsg(wire[side].fd, msg, FRAMES, MSG_DONTWAIT, NULL);
		if (n < 0 && errno != EAGAIN && errno != EINTR && errno != ENETDOWN)
			die("%s: receive: %s", side_device[side], strerror(errno));
		for (i = 0; i < n; i++) {
			count[side]++;
			if (msg[i].msg_len < ETH_HLEN)
				continue;
			type = get16(frame[i] + 2 * ETH_ALEN);
			if (type == ETH_P_IP || type == ETH_P_IPV6)
				take(side, frame[i] + ETH_HLEN, msg[i].msg_len - ETH_HLEN,
				     is_whole(&msg[i].msg_hdr));
		}
	} while (n == FRAMES);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ll + t.tv_nsec / 1000000;
}

void capture_drain(int ms, capture_take take)
{
	/* A router that sends of its own accord is never quiet. */
	int64_t end = now_ms() + 10 * ms;
	enum side side;

	do {
		for (side = 0; side < SIDES; side++)
			take_frames(side, take);
	} while (ms && now_ms() < end && poll(wire, SIDES, ms) > 0);
}

uint64_t capture_count(enum side side)
{
	return count[side];
}

uint64_t capture_lost(void)
{
	struct tpacket_stats stats;
	socklen_t len;
	uint64_t lost = 0;
	enum side side;

	for (side = 0; side < SIDES; side++) {
		len = sizeof(stats);
		if (getsockopt(wire[side].fd, SOL_PACKET, PACKET_STATISTICS, &stats, &len))
			die("%s: %s", side_device[side], strerror(errno));
		lost += stats.tp_drops;
	}
	return lost;
}
