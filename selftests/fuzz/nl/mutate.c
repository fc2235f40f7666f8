// SPDX-License-Identifier: GPL-2.0
/*
 * What can be wrong with a request. An attribute is changed while it is the last, so that
 * its length is free; what is around it comes later and is right again.
 */
#include <linux/genetlink.h>
#include <string.h>

#include "msg.h"

#define DEPTH_MAX	64

static void fill(struct rng *r, void *data, size_t len)
{
	uint8_t *byte = data;

	while (len--)
		*byte++ = rng_next(r);
}

static struct nlattr *at_offset(struct msg *m, size_t at)
{
	return (struct nlattr *)(m->byte + at);
}

/* Make the last attribute one of @len bytes, new ones zero. */
static void resize(struct msg *m, size_t at, size_t len)
{
	struct nlattr *last = at_offset(m, at);
	size_t was = last->nla_len, is = NLA_HDRLEN + len;

	if (at + NLA_ALIGN(is) > MSG_ROOM)
		return;
	if (is > was)
		memset(m->byte + at + was, 0, NLA_ALIGN(is) - was);
	last->nla_len = is;
	m->nlh.nlmsg_len = at + NLA_ALIGN(is);
}

static void wrong_type(struct msg *m, size_t at)
{
	struct rng *r = &m->rng;
	struct nlattr *last = at_offset(m, at);
	unsigned int type = last->nla_type & NLA_TYPE_MASK;

	switch (rng_below(r, 4)) {
	case 0:
		type = 0;
		break;
	case 1:
		type += rng_one_in(r, 2) ? 1 : -1;
		break;
	case 2:
		type = rng_below(r, 64);
		break;
	default:
		type = rng_next(r);
	}
	last->nla_type = (last->nla_type & ~NLA_TYPE_MASK) | (type & NLA_TYPE_MASK);
	msg_note(m, "type");
}

static void wrong_flags(struct msg *m, size_t at)
{
	at_offset(m, at)->nla_type ^= rng_below(&m->rng, 4) ? NLA_F_NESTED : NLA_F_NET_BYTEORDER;
	msg_note(m, "flags of the type");
}

static void wrong_length(struct msg *m, size_t at)
{
	struct rng *r = &m->rng;
	size_t len = at_offset(m, at)->nla_len - NLA_HDRLEN;

	if (len && rng_one_in(r, 2)) {
		resize(m, at, rng_below(r, len));
		msg_note(m, "shorter");
	} else {
		resize(m, at, len + 1 + rng_below(r, rng_one_in(r, 8) ? 1000 : 12));
		msg_note(m, "longer");
	}
}

/* The attribute says another length than that of its bytes. */
static void untrue_length(struct msg *m, size_t at)
{
	static const uint16_t lens[] = { 0, 1, 3, 4, 5, 7, 8, 255, 4096, 32768, 65532, 65535 };
	struct nlattr *last = at_offset(m, at);
	struct rng *r = &m->rng;

	if (rng_one_in(r, 2))
		last->nla_len = lens[rng_below(r, ARRAY_SIZE(lens))];
	else if (rng_one_in(r, 2))
		last->nla_len += 1 + rng_below(r, 8);
	else
		last->nla_len--;
	msg_note(m, "untrue length");
}

static void twice(struct msg *m, size_t at)
{
	char copy[1024];
	size_t len = m->nlh.nlmsg_len - at;

	if (len > sizeof(copy))
		return;
	memcpy(copy, m->byte + at, len);
	/* The same, or another value. */
	if (len > NLA_HDRLEN && rng_one_in(&m->rng, 2))
		copy[NLA_HDRLEN] ^= 1;
	msg_raw(m, copy, len);
	msg_note(m, "twice");
}

static void unknown(struct msg *m)
{
	static const uint16_t types[] = { 40, 63, 64, 255, 256, 1000, 0x3fff };
	struct rng *r = &m->rng;
	uint8_t data[16];

	fill(r, data, sizeof(data));
	msg_put(m, types[rng_below(r, ARRAY_SIZE(types))], data, rng_below(r, sizeof(data)));
	msg_note(m, "unknown attribute");
}

/* One that is only told, or for other requests; a string has no end. */
static void foreign(struct msg *m, const struct set_spec *set)
{
	struct rng *r = &m->rng;
	const struct attr_spec *a = &set->attr[rng_below(r, set->n)];
	char data[] = "wan0wan0wan0wan0wan0";
	size_t len = 1 << rng_below(r, 4);

	if (a->kind == KIND_STRING)
		len = 1 + rng_below(r, sizeof(data) - 1);
	msg_put(m, a->type, data, len);
	msg_note(m, "another attribute");
}

/* Put the last attribute into nests of its own type. */
static void nested(struct msg *m, size_t at, unsigned int depth)
{
	unsigned int type = at_offset(m, at)->nla_type & NLA_TYPE_MASK;

	while (depth--) {
		struct nlattr *nest = at_offset(m, at);
		size_t len = m->nlh.nlmsg_len - at;

		if (m->nlh.nlmsg_len + NLA_HDRLEN > MSG_ROOM)
			break;
		memmove(m->byte + at + NLA_HDRLEN, nest, len);
		nest->nla_type = type | NLA_F_NESTED;
		nest->nla_len = NLA_HDRLEN + len;
		m->nlh.nlmsg_len += NLA_HDRLEN;
	}
	msg_note(m, "nested");
}

/* A device that is none, or not one for this. */
static uint32_t wrong_device(struct rng *r)
{
	static const uint32_t devices[] = { 0, 1, NO_DEVICE, 0x7fffffff, 0x80000000, 0xffffffff };
	unsigned int i = rng_below(r, ARRAY_SIZE(devices) + world.n_other);

	return i < world.n_other ? world.other[i] : devices[i - world.n_other];
}

static uint64_t wrong_number(struct rng *r, const struct attr_spec *a)
{
	switch (rng_below(r, 5)) {
	case 0:
		return a->min - 1;
	case 1:
		return a->max + 1;
	case 2:
		return 0;
	case 3:
		return UINT64_MAX;
	default:
		return rng_next(r);
	}
}

/* An address that cannot be a host's. */
static void wrong_address(struct rng *r, uint8_t *data, size_t len)
{
	static const uint8_t mapped[] = { [10] = 0xff, 0xff, 192, 0, 2, 1 };

	switch (rng_below(r, 6)) {
	case 0:
		memset(data, 0, len);
		break;
	case 1:
		memset(data, 0xff, len);
		break;
	case 2:
		*data = len == 4 ? 127 : 0;
		break;
	case 3:
		*data = len == 4 ? 239 : 0xff;
		break;
	case 4:
		memcpy(data, mapped, len < sizeof(mapped) ? len : sizeof(mapped));
		break;
	default:
		data[rng_below(r, len)] ^= 1 << rng_below(r, 8);
	}
}

static void wrong_value(struct msg *m, const struct attr_spec *a, size_t at)
{
	uint8_t *data = (uint8_t *)m->byte + at + NLA_HDRLEN;
	size_t len = at_offset(m, at)->nla_len - NLA_HDRLEN;
	struct rng *r = &m->rng;
	uint64_t value;

	msg_note(m, "value");
	if (!len) {
		resize(m, at, 1);
	} else if (!strcmp(a->name, "ifindex")) {
		value = wrong_device(r);
		memcpy(data, &value, 4);
	} else if (a->kind <= KIND_U64) {
		/* The low bytes are first where this runs. */
		value = wrong_number(r, a);
		memcpy(data, &value, len < 8 ? len : 8);
	} else if (a->kind <= KIND_ADDR6) {
		wrong_address(r, data, len);
	} else {
		fill(r, data + rng_below(r, len), 1);
	}
}

void mutate_last(struct msg *m, const struct set_spec *set, const struct attr_spec *a, size_t at)
{
	struct rng *r = &m->rng;

	/* It had no room. */
	if (m->nlh.nlmsg_len <= at)
		return;
	switch (rng_below(r, 15)) {
	case 0:
		wrong_type(m, at);
		break;
	case 1:
		wrong_flags(m, at);
		break;
	case 2:
	case 3:
		wrong_length(m, at);
		break;
	case 4:
		untrue_length(m, at);
		break;
	case 5:
	case 6:
		m->nlh.nlmsg_len = at;
		msg_note(m, "missing");
		break;
	case 7:
		twice(m, at);
		break;
	case 8:
		unknown(m);
		break;
	case 9:
		foreign(m, set);
		break;
	case 10:
		nested(m, at, 1);
		break;
	case 11:
		nested(m, at, 2 + rng_below(r, DEPTH_MAX - 1));
		break;
	default:
		wrong_value(m, a, at);
	}
}

static void wrong_command(struct msg *m)
{
	struct genlmsghdr *head = (struct genlmsghdr *)(m->byte + NLMSG_HDRLEN);
	struct rng *r = &m->rng;

	if (!m->op)
		return;
	switch (rng_below(r, 4)) {
	case 0:
		head->cmd = rng_next(r);
		break;
	case 1:
		/* Allowed: a version says nothing yet. */
		head->version = rng_next(r);
		break;
	case 2:
		head->reserved = 1 + rng_below(r, 0xffff);
		break;
	default:
		head->cmd = ops[rng_below(r, n_ops)].cmd;
	}
	msg_note(m, "command or version");
}

static void wrong_header(struct msg *m)
{
	static const uint16_t flags[] = {
		NLM_F_REQUEST, NLM_F_MULTI, NLM_F_ACK, NLM_F_ACK, NLM_F_ECHO, NLM_F_DUMP_INTR,
		NLM_F_DUMP_FILTERED, NLM_F_ROOT, NLM_F_MATCH, NLM_F_DUMP, NLM_F_DUMP,
		NLM_F_REPLACE | NLM_F_CREATE, NLM_F_ATOMIC, 0x8000, 0xfff0,
	};
	static const uint16_t types[] = {
		NLMSG_NOOP, NLMSG_ERROR, NLMSG_DONE, NLMSG_OVERRUN, 4, 15, 0xffff,
	};
	struct rng *r = &m->rng;

	if (rng_below(r, 4)) {
		m->nlh.nlmsg_flags ^= flags[rng_below(r, ARRAY_SIZE(flags))];
		msg_note(m, "flags");
	} else {
		m->nlh.nlmsg_type = types[rng_below(r, ARRAY_SIZE(types))];
		msg_note(m, "type of the message");
	}
}

static void wrong_end(struct msg *m)
{
	static const uint32_t lens[] = { 0, 1, 15, 16, 17, 19, 20, 21, 24, 65535, 0xffffffff };
	struct rng *r = &m->rng;
	uint8_t rest[12];

	switch (rng_below(r, 5)) {
	case 0:
		m->len = 1 + rng_below(r, m->len);
		msg_note(m, "cut off");
		break;
	case 1:
		m->len = NLMSG_HDRLEN + rng_below(r, m->len - NLMSG_HDRLEN + 1);
		m->nlh.nlmsg_len = m->len;
		msg_note(m, "ends early");
		break;
	case 2:
		m->nlh.nlmsg_len = lens[rng_below(r, ARRAY_SIZE(lens))];
		msg_note(m, "untrue length of the message");
		break;
	case 3:
		if (rng_one_in(r, 2))
			m->nlh.nlmsg_len += 1 + rng_below(r, 8);
		else
			m->nlh.nlmsg_len--;
		msg_note(m, "untrue length of the message");
		break;
	default:
		fill(r, rest, sizeof(rest));
		msg_raw(m, rest, 1 + rng_below(r, sizeof(rest)));
		m->len = m->nlh.nlmsg_len;
		msg_note(m, "bytes behind");
	}
}

static void wrong_bytes(struct msg *m)
{
	size_t head = NLMSG_HDRLEN + GENL_HDRLEN;
	struct rng *r = &m->rng;
	unsigned int n = 1 + rng_below(r, 4);

	if (m->len <= head)
		return;
	while (n--)
		m->byte[head + rng_below(r, m->len - head)] = rng_next(r);
	msg_note(m, "bytes");
}

void mutate_message(struct msg *m)
{
	switch (rng_below(&m->rng, 4)) {
	case 0:
		wrong_command(m);
		break;
	case 1:
		wrong_header(m);
		break;
	case 2:
		/* After another end, lengths are no more what they were. */
		if (m->len == m->nlh.nlmsg_len && m->len > NLMSG_HDRLEN)
			wrong_end(m);
		break;
	default:
		wrong_bytes(m);
	}
}
