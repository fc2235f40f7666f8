// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "bytes.h"
#include "check.h"
#include "packet.h"

/**
 * struct found - what is behind an IP header
 * @at: offset of what follows it and all extension headers
 * @end: offset of the end that it tells
 * @proto: what follows
 * @fragment: it is a part of a packet
 */
struct found {
	size_t at;
	size_t end;
	uint8_t proto;
	bool fragment;
};

static const char *check_ip4(const struct check *c, const uint8_t *at, size_t len,
			     struct found *f, bool quoted)
{
	size_t hlen, offset;

	if (len < 20)
		return "ends in the IPv4 header";
	hlen = (at[0] & 15) * 4;
	if (hlen < 20 || hlen > len)
		return "IPv4 header length";
	f->end = get16(at + 2);
	if (f->end < hlen || (!quoted && f->end != len))
		return "IPv4 total length";
	/* A router writes into the options while it complains of the packet. */
	if ((!quoted || hlen == 20) && sum16(at, hlen, 0) != 0xffff)
		return "IPv4 header checksum";
	if (!quoted && !at[8])
		return "IPv4 time to live 0";
	offset = (get16(at + 6) & 0x1fff) * 8;
	f->fragment = offset || at[6] & 0x20;
	if (c->all && !quoted && f->fragment && at[6] & 0x20 && (f->end - hlen) % 8)
		return "length of an IPv4 fragment";
	if (c->all && !quoted && offset + f->end - hlen > 65535)
		return "IPv4 fragment beyond the longest packet";
	f->at = hlen;
	f->proto = at[9];
	return NULL;
}

/* Extension headers: only of packets that are to be right. */
static const char *skip_extensions(const uint8_t *at, size_t len, struct found *f)
{
	size_t n, payload;

	for (;;) {
		switch (f->proto) {
		case PROTO_HOPOPTS:
		case PROTO_ROUTING:
		case PROTO_DSTOPTS:
			n = f->at + 2 <= len ? (at[f->at + 1] + 1) * 8 : 0;
			break;
		case PROTO_AH:
			n = f->at + 2 <= len ? (at[f->at + 1] + 2) * 4 : 0;
			break;
		case PROTO_FRAGMENT:
			n = 8;
			break;
		default:
			return NULL;
		}
		if (!n || f->at + n > len)
			return "ends in an IPv6 extension header";
		if (f->proto == PROTO_FRAGMENT) {
			payload = f->end - f->at - 8;
			n = get16(at + f->at + 2);
			if (n & 1 && payload % 8)
				return "length of an IPv6 fragment";
			if ((n & 0xfff8) + payload > 65535)
				return "IPv6 fragment beyond the longest packet";
			f->fragment = n & 0xfff9;
			n = 8;
		}
		f->proto = at[f->at];
		f->at += n;
		/* What follows in a fragment may be cut anywhere. */
		if (f->fragment)
			return NULL;
	}
}

static const char *check_ip6(const struct check *c, const uint8_t *at, size_t len,
			     struct found *f, bool quoted)
{
	const char *wrong;

	if (len < 40)
		return "ends in the IPv6 header";
	f->end = 40 + get16(at + 4);
	f->at = 40;
	f->proto = at[6];
	f->fragment = false;
	/* What a length of 0 means is up to the option, and a router does not care. */
	if (!c->all && f->end == 40 && f->proto == PROTO_HOPOPTS)
		f->end = len;
	if (!quoted && f->end != len)
		return "IPv6 payload length";
	if (!quoted && !at[7])
		return "IPv6 hop limit 0";
	if (!c->all)
		return NULL;
	wrong = skip_extensions(at, len, f);
	/* The headers of one that is quoted may go on beyond what is here. */
	return quoted ? NULL : wrong;
}

static const char *check_headers(struct check *c, const uint8_t *at, size_t len,
				 struct found *f, bool quoted)
{
	const char *wrong;

	if (!len)
		return "nothing at all";
	switch (at[0] >> 4) {
	case 4:
		wrong = check_ip4(c, at, len, f, quoted);
		break;
	case 6:
		wrong = check_ip6(c, at, len, f, quoted);
		break;
	default:
		return "IP version";
	}
	c->decodes &= !f->fragment;
	return wrong;
}

const char *check_quoted(struct check *c, const uint8_t *ip, size_t len, bool padded)
{
	struct found f = { };
	const char *wrong;

	wrong = check_headers(c, ip, len, &f, true);
	if (wrong)
		return wrong;
	/* Its checksum only if all that it covers is here. */
	if (padded || !c->known || !(c->tag.flags & TAG_CLEAN) ||
	    c->tag.flags & TAG_PARTIAL || f.fragment || f.end > len || f.at > f.end)
		return NULL;
	return check_l4(c, ip, f.proto, ip + f.at, f.end - f.at, true);
}

bool made_by_router(const uint8_t *ip, size_t len)
{
	if (len >= 40 && ip[0] >> 4 == 6)
		return own_address(ip + 8, true);
	return len >= 20 && ip[0] >> 4 == 4 && own_address(ip + 12, false);
}

/* Of an inside packet, or one that is no GRE of the router's. */
static const char *check_packet(struct check *c, const uint8_t *at, size_t len, struct found *f)
{
	const char *wrong;

	c->all = (c->known && c->tag.flags & TAG_CLEAN) || made_by_router(at, len);
	wrong = check_headers(c, at, len, f, false);
	if (wrong || !c->all || f->fragment)
		return wrong;
	return check_l4(c, at, f->proto, at + f->at, len - f->at, false);
}

/* What the router itself put around an inside packet: nothing may be wrong with it. */
static const char *check_gre(struct check *c, const uint8_t *ip, const uint8_t *at, size_t len)
{
	struct addr remote = { .is6 = ip[0] >> 4 == 6 };
	const struct path *path;
	bool csum, has_key;
	size_t hlen;
	struct found f = { };

	if (len < 4)
		return "ends in the GRE header";
	csum = at[0] & 0x80;
	has_key = at[0] & 0x20;
	hlen = 4 + 4 * csum + 4 * has_key;
	if (get16(at) & 0x5fff)
		return "GRE flags";
	if (len < hlen)
		return "ends in the GRE header";
	memcpy(remote.byte, ip + (remote.is6 ? 24 : 16), remote.is6 ? 16 : 4);
	path = path_find(&remote, has_key, has_key ? get32(at + hlen - 4) : 0);
	if (!path)
		return "GRE to nobody's key";
	if (path->csum != csum)
		return "GRE checksum is there or not";
	if (csum && c->whole && (sum16(at, len, 0) != 0xffff || get16(at + 6)))
		return "GRE checksum";
	at += hlen;
	len -= hlen;
	if (!len || get16(at - hlen + 2) != (at[0] >> 4 == 6 ? 0x86dd : 0x0800))
		return "GRE protocol";
	return check_packet(c, at, len, &f);
}

const char *check_output(struct check *c, enum side out, const uint8_t *byte, size_t len,
			 bool whole, bool wild)
{
	struct found f = { };
	const char *wrong;

	c->whole = whole;
	c->decodes = true;
	c->known = tag_find(byte, len, &c->tag);
	if (c->known ? c->tag.flags & TAG_WILD : wild) {
		c->all = false;
		return NULL;
	}
	if (out != UNDERLAY || !made_by_router(byte, len))
		return check_packet(c, byte, len, &f);
	c->all = true;
	wrong = check_headers(c, byte, len, &f, false);
	if (wrong || f.fragment)
		return wrong;
	if (f.proto == PROTO_GRE)
		return check_gre(c, byte, byte + f.at, len - f.at);
	return check_l4(c, byte, f.proto, byte + f.at, len - f.at, false);
}

const char *check_input(struct check *c, const struct packet *p)
{
	const struct layer *gre = packet_layer(p, GRE);
	const uint8_t *at = p->byte;
	struct found f = { };
	const char *wrong;

	*c = (struct check){
		.all = true, .known = true, .whole = !(p->flags & TAG_PARTIAL), .decodes = true,
		.tag = { .number = p->number, .flags = p->flags },
	};
	wrong = check_headers(c, at, p->len, &f, false);
	if (wrong || f.fragment)
		return wrong;
	if (gre) {
		at += gre->off;
		if (f.proto != PROTO_GRE || f.at != gre->off)
			return "GRE is not where it was put";
		if (at[0] & 0x80 && sum16(at, p->len - gre->off, 0) != 0xffff)
			return "GRE checksum";
		/* A keepalive has nothing else. */
		if (gre == &p->layer[p->layers - 1])
			return NULL;
		at = p->byte + gre[1].off;
		wrong = check_headers(c, at, p->byte + p->len - at, &f, false);
		if (wrong)
			return wrong;
	}
	return check_l4(c, at, f.proto, at + f.at, p->byte + p->len - at - f.at, false);
}
