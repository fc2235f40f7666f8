/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The grammar: what the specification says of commands and attributes. The tables are
 * generated at build time, see ../gen-table.py.
 */
#ifndef _NL_TABLE_H
#define _NL_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* An address has 4 or 16 bytes, unless the kind says which. */
enum attr_kind {
	KIND_PAD,
	KIND_FLAG,
	KIND_U8,
	KIND_U16,
	KIND_U32,
	KIND_U64,
	KIND_STRING,
	KIND_ADDR,
	KIND_ADDR4,
	KIND_ADDR6,
	KIND_BYTES,
	KIND_NEST,
};

struct set_spec;

struct attr_spec {
	const char *name;
	const struct set_spec *nest;
	uint64_t min, max;	/* of a number; of bytes, how many */
	uint16_t type;
	uint8_t kind;
	bool multi;		/* may occur more than once */
};

struct set_spec {
	const char *name;
	const struct attr_spec *attr;
	unsigned int n;
};

struct op_spec {
	const char *name;
	const struct set_spec *set;
	const uint16_t *request, *reply;	/* types of their attributes */
	unsigned int n_request, n_reply;
	uint8_t cmd;
	bool dump;		/* a list; else it does something, or is only told: */
	bool notify;		/* of a change of configuration */
	bool event;		/* of what traffic brings */
	bool admin;		/* needs CAP_NET_ADMIN */
};

extern const struct op_spec ops[];
extern const unsigned int n_ops;

/* What IFLA_INFO_DATA of a device has; rtnetlink is not in the specification. */
extern const struct set_spec link_set;

/* NULL if there is none. */
const struct op_spec *op_of(unsigned int cmd);
const struct op_spec *op_named(const char *name);
const struct attr_spec *attr_of(const struct set_spec *set, unsigned int type);
const struct attr_spec *attr_named(const struct set_spec *set, const char *name);
/* Whether a request (reply) of the command has such an attribute. */
bool in_request(const struct op_spec *op, unsigned int type);
bool in_reply(const struct op_spec *op, unsigned int type);
/* Whether it is something that can be configured, rather than only told. */
bool is_config(const struct set_spec *set, unsigned int type);

#endif
