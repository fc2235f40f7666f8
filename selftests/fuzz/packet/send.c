// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "bytes.h"
#include "die.h"
#include "send.h"

#ifndef PACKET_VNET_HDR
#define PACKET_VNET_HDR		15
#endif

/* The kernel's MAX_SKB_FRAGS is 17, in pages of 4 KiB; the first piece is none. */
#define MAX_PIECES		17
#define PIECE			4096

/* The most that TAP takes, too; what comes in may be longer. */
#define TUN_MTU			65000

static int cable[SIDES] = { -1, -1, -1 }, tun = -1, tap = -1, hold = -1;
static uint8_t router_mac[SIDES][ETH_ALEN], tap_mac[ETH_ALEN];

static void device_ioctl(int fd, const char *name, unsigned long request, struct ifreq *ifr)
{
	snprintf(ifr->ifr_name, IFNAMSIZ, "%s", name);
	if (ioctl(fd, request, ifr))
		die("%s: %s", name, strerror(errno));
}

static void read_mac(int fd, const char *name, uint8_t *mac)
{
	struct ifreq ifr = { };

	device_ioctl(fd, name, SIOCGIFHWADDR, &ifr);
	memcpy(mac, ifr.ifr_hwaddr.sa_data, ETH_ALEN);
}

static int open_tun(int control, const char *name, short flags)
{
	struct ifreq ifr = { .ifr_flags = flags | IFF_NO_PI | IFF_VNET_HDR };
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		die("/dev/net/tun: %s", strerror(errno));
	device_ioctl(fd, name, TUNSETIFF, &ifr);
	memset(&ifr, 0, sizeof(ifr));
	ifr.ifr_mtu = TUN_MTU;
	device_ioctl(control, name, SIOCSIFMTU, &ifr);
	memset(&ifr, 0, sizeof(ifr));
	device_ioctl(control, name, SIOCGIFFLAGS, &ifr);
	ifr.ifr_flags |= IFF_UP;
	device_ioctl(control, name, SIOCSIFFLAGS, &ifr);
	return fd;
}

void send_open_router(void)
{
	int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	enum side side;

	if (control < 0)
		die("socket: %s", strerror(errno));
	for (side = 0; side < SIDES; side++)
		read_mac(control, side_device[side], router_mac[side]);
	tun = open_tun(control, "t0", IFF_TUN);
	tap = open_tun(control, "n0", IFF_TAP | IFF_NAPI | IFF_NAPI_FRAGS);
	read_mac(control, "n0", tap_mac);
	close(control);
}

void send_open_wire(void)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET };
	int one = 1, room = 8 << 20;
	enum side side;

	for (side = 0; side < SIDES; side++) {
		/* Protocol 0: it receives nothing. */
		cable[side] = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
		at.sll_ifindex = if_nametoindex(side_device[side]);
		if (cable[side] < 0 || !at.sll_ifindex ||
		    bind(cable[side], (struct sockaddr *)&at, sizeof(at)) ||
		    setsockopt(cable[side], SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)) ||
		    setsockopt(cable[side], SOL_PACKET, PACKET_VNET_HDR, &one, sizeof(one)))
			die("%s: %s", side_device[side], strerror(errno));
	}
}

static uint16_t ethertype(const struct packet *p)
{
	return p->layer[0].kind == IP6 ? ETH_P_IPV6 : ETH_P_IP;
}

static void fill_link(const struct packet *p, const uint8_t *to, uint8_t *link)
{
	static const uint8_t from[ETH_ALEN] = { 2, 0, 0, 0, 0, 1 };

	memcpy(link, to, ETH_ALEN);
	memcpy(link + ETH_ALEN, from, ETH_ALEN);
	put16(link + 2 * ETH_ALEN, ethertype(p));
}

/* What is wrong with a packet, rather than with its way. */
static bool is_refusal(int error)
{
	return error == EINVAL || error == EMSGSIZE || error == ENOBUFS || error == ENOMEM ||
	       error == EPROTONOSUPPORT || error == EBUSY;
}

static bool by_cable(const struct packet *p, const struct virtio_net_hdr *hdr)
{
	static const uint8_t padding[64];
	uint8_t link[ETH_HLEN];
	struct iovec iov[] = {
		{ (void *)hdr, sizeof(*hdr) },
		{ link, sizeof(link) },
		{ (void *)p->byte, p->len },
		{ (void *)padding, hdr->flags || hdr->gso_type ? 0 : p->trailer },
	};
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = ARRAY_SIZE(iov) };

	fill_link(p, router_mac[p->side], link);
	if (sendmsg(cable[p->side], &msg, 0) >= 0)
		return true;
	if (!is_refusal(errno))
		die("%s: send: %s", side_device[p->side], strerror(errno));
	return false;
}

static bool by_tun(const struct packet *p, const struct virtio_net_hdr *hdr)
{
	struct iovec iov[] = {
		{ (void *)hdr, sizeof(*hdr) },
		{ (void *)p->byte, p->len },
	};

	if (writev(tun, iov, ARRAY_SIZE(iov)) >= 0)
		return true;
	if (!is_refusal(errno))
		die("t0: write: %s", strerror(errno));
	return false;
}

/* The first piece is what the kernel has in one; headers may lie in the others. */
static bool by_tap(const struct packet *p, const struct virtio_net_hdr *hdr)
{
	static uint8_t first[sizeof(*hdr) + ETH_HLEN + PIECE];
	struct iovec iov[MAX_PIECES + 1];
	size_t at = below(p->r, one_in(p->r, 2) ? 8 : 200), n, left;
	unsigned int i, pieces = MAX_PIECES;

	if (at > p->len)
		at = p->len;
	memcpy(first, hdr, sizeof(*hdr));
	fill_link(p, tap_mac, first + sizeof(*hdr));
	memcpy(first + sizeof(*hdr) + ETH_HLEN, p->byte, at);
	iov[0] = (struct iovec){ first, sizeof(*hdr) + ETH_HLEN + at };
	for (i = 1; at < p->len && pieces; i++, pieces--) {
		left = p->len - at;
		n = between(p->r, 1, one_in(p->r, 2) ? 40 : PIECE);
		if (n > left)
			n = left;
		/* The rest has to fit into the other pieces. */
		if (left - n > (pieces - 1) * PIECE)
			n = PIECE;
		iov[i] = (struct iovec){ (void *)(p->byte + at), n };
		at += n;
	}
	if (writev(tap, iov, i) >= 0)
		return true;
	if (!is_refusal(errno))
		die("n0: write: %s", strerror(errno));
	return false;
}

bool send_packet(const struct packet *p, const struct virtio_net_hdr *hdr, enum way way)
{
	struct virtio_net_hdr shifted = *hdr;

	if (way == WAY_TUN)
		return by_tun(p, hdr);
	if (shifted.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM)
		shifted.csum_start += ETH_HLEN;
	if (shifted.hdr_len)
		shifted.hdr_len += ETH_HLEN;
	return way == WAY_TAP ? by_tap(p, &shifted) : by_cable(p, &shifted);
}

void send_hold_open(void)
{
	int size = 8 << 20;

	hold = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, htons(ETH_P_ALL));
	if (hold < 0 || setsockopt(hold, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		die("packet socket: %s", strerror(errno));
}

void send_hold_drain(void)
{
	uint8_t byte;

	while (hold >= 0 && recv(hold, &byte, 1, MSG_TRUNC) >= 0)
		;
}
