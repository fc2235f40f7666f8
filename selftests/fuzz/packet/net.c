// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "bytes.h"
#include "net.h"
#include "random.h"

const char *const side_device[SIDES] = { "u0", "a0", "b0" };

const struct path paths[PATHS] = {
	{ .id = 1, .remote = 1 },
	{ .id = 2, .remote = 2, .has_key = true, .key = 7 },
	{ .id = 3, .remote = 3, .csum = true },
	{ .id = 4, .remote = 2, .has_key = true, .key = 8, .csum = true },
	{ .id = 5, .remote = 5, .is6 = true },
	{ .id = 6, .remote = 6, .is6 = true, .has_key = true, .key = 7 },
	{ .id = 7, .remote = 7, .is6 = true, .csum = true },
	{ .id = 8, .remote = 6, .is6 = true, .has_key = true, .key = 8, .csum = true },
	{ .id = 10, .remote = 10 },
	{ .id = 11, .remote = 11, .is6 = true, .keepalive = true },
	{ .id = 12, .remote = 12, .is6 = true, .has_key = true, .key = 9, .csum = true },
};

struct addr ip4(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	return (struct addr){ .byte = { a, b, c, d } };
}

struct addr ip6(uint16_t net, uint32_t host)
{
	struct addr a = { .is6 = true, .byte = { 0x20, 0x01, 0x0d, 0xb8 } };

	put16(a.byte + 4, net);
	put32(a.byte + 12, host);
	return a;
}

struct addr path_local(const struct path *path)
{
	return path->is6 ? ip6(0, 1) : ip4(192, 0, 2, 1);
}

struct addr path_remote(const struct path *path)
{
	return path->is6 ? ip6(0, 0x100 + path->remote) : ip4(192, 0, 2, 100 + path->remote);
}

struct addr path_peer(const struct path *path, bool is6)
{
	return is6 ? ip6(0x100 + path->id, 2) : ip4(10, 0, path->id, 2);
}

struct addr path_inside(const struct path *path, bool is6)
{
	return is6 ? ip6(0x100 + path->id, 1) : ip4(10, 0, path->id, 1);
}

struct addr path_host(const struct path *path, bool is6, uint8_t host)
{
	return is6 ? ip6(0x200 + path->id, host) : ip4(10, 1, path->id, host);
}

const struct path *path_find(const struct addr *remote, bool has_key, uint32_t key)
{
	const struct path *path;
	struct addr a;

	for (path = paths; path < paths + PATHS; path++) {
		a = path_remote(path);
		if (a.is6 == remote->is6 && !memcmp(a.byte, remote->byte, a.is6 ? 16 : 4) &&
		    path->has_key == has_key && (!has_key || path->key == key))
			return path;
	}
	return NULL;
}

/* The last two are behind paths 1 and 5. */
struct addr static6(unsigned int i)
{
	if (i >= STATIC_HOSTS - 2)
		return path_host(&paths[i == STATIC_HOSTS - 1 ? 4 : 0], true, 0x50 + i);
	return ip6(0xa, 0x50 + i);
}

struct addr static4(unsigned int i)
{
	return ip4(203, 0, 113, 1 + i);
}

struct addr eam6(unsigned int i)
{
	return ip6(0xea, i);
}

struct addr eam4(unsigned int i)
{
	return ip4(203, 0, 113, 16 + i);
}

struct addr pool6_96(const struct addr *a)
{
	return ip6(0x64, get32(a->byte));
}

/* RFC 6052, section 2.2: byte 8 stays zero. */
struct addr pool6_64(const struct addr *a)
{
	struct addr b = ip6(0x65, 0);

	memcpy(b.byte + 9, a->byte, 4);
	return b;
}

static bool is_one(const uint8_t *byte, const struct addr *a)
{
	return !memcmp(byte, a->byte, a->is6 ? 16 : 4);
}

bool own_address(const uint8_t *byte, bool is6)
{
	const struct addr own[] = {
		ip4(192, 0, 2, 1), ip4(198, 18, 255, 1), ip4(198, 18, 9, 1),
		ip6(0, 1), ip6(0xa, 0xffff0001), ip6(9, 1),
	};
	const struct path *path;
	struct addr a;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(own); i++)
		if (own[i].is6 == is6 && is_one(byte, &own[i]))
			return true;
	for (path = paths; path < paths + PATHS; path++) {
		a = path_inside(path, is6);
		if (is_one(byte, &a))
			return true;
	}
	return false;
}
