/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The network as ../packets.sh builds it: whose addresses these are.
 */
#ifndef _PACKET_NET_H
#define _PACKET_NET_H

#include <stdbool.h>
#include <stdint.h>

/* Where a packet goes in, and where one comes out. */
enum side { UNDERLAY, SIX, FOUR, SIDES };

extern const char *const side_device[SIDES];

struct addr {
	bool is6;
	uint8_t byte[16];	/* of IPv4 the first four */
};

struct addr ip4(uint8_t a, uint8_t b, uint8_t c, uint8_t d);
/* 2001:db8:NET::HOST */
struct addr ip6(uint16_t net, uint32_t host);

/* A path of wan0; those of number 10 and up are watched. */
struct path {
	uint8_t id;
	bool is6;
	bool has_key;
	bool csum;
	bool keepalive;
	uint8_t remote;		/* two paths may share one */
	uint32_t key;
};

#define PLAIN_PATHS	8
#define PATHS		11
extern const struct path paths[PATHS];

/* The outer addresses of a path, and those inside. */
struct addr path_local(const struct path *path);
struct addr path_remote(const struct path *path);
struct addr path_peer(const struct path *path, bool is6);
struct addr path_inside(const struct path *path, bool is6);
struct addr path_host(const struct path *path, bool is6, uint8_t host);
/* The path of an outer packet of the router's, by destination and key; or NULL. */
const struct path *path_find(const struct addr *remote, bool has_key, uint32_t key);

/* IPv6 hosts that have static BIB entries, number 0 to 7; the port is also that of IPv4. */
#define STATIC_HOSTS	8
struct addr static6(unsigned int i);
struct addr static4(unsigned int i);
#define STATIC_PORT	5000

/* Addresses of the explicit address mapping, number 0 to 15. */
struct addr eam6(unsigned int i);
struct addr eam4(unsigned int i);

/* An IPv4 address in pool6: of 96 or of 64 bits. */
struct addr pool6_96(const struct addr *a);
struct addr pool6_64(const struct addr *a);

/* Whether an address, 4 or 16 bytes, is the router's. */
bool own_address(const uint8_t *byte, bool is6);

#endif
