/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names and types of netlink attributes, as tables.
 *
 * Those of generic netlink come from the YAML specification (spec-gen.c),
 * those of rtnetlink are in link.c.
 */
#ifndef SPEC_H
#define SPEC_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Zero is an attribute that is unused or padding. Bytes are only ever asked
 * with, never told.
 */
enum spec_type {
	SPEC_NONE,
	SPEC_FLAG,
	SPEC_BOOL,
	SPEC_U8,
	SPEC_U16,
	SPEC_U32,
	SPEC_U64,
	SPEC_STRING,
	SPEC_ADDR,
	SPEC_BYTES,
	SPEC_NEST,
};

/**
 * struct spec_enum - names of the values of an enum, from 0
 * @name: the names
 * @n: how many there are
 */
struct spec_enum {
	const char *const *name;
	unsigned int n;
};

struct spec_set;

/**
 * struct spec_attr - what is known of an attribute
 * @name: the name it has in the specification, and as key in JSON
 * @doc: its meaning, one line
 * @type: enum spec_type
 * @multi: the attribute may occur more than once
 * @names: for an integer that is an enum, the names of its values
 * @bits: the integer is a set of bits, @names are theirs
 * @nest: for a nest, the attributes inside
 */
struct spec_attr {
	const char *name;
	const char *doc;
	uint8_t type;
	bool multi;
	bool bits;
	const struct spec_enum *names;
	const struct spec_set *nest;
};

/**
 * struct spec_set - an attribute space
 * @attr: by attribute number
 * @max: highest attribute number
 */
struct spec_set {
	const struct spec_attr *attr;
	unsigned int max;
};

extern const struct spec_enum spec_enum_hash;
extern const struct spec_enum spec_enum_path_admin;
extern const struct spec_enum spec_enum_path_state;
extern const struct spec_enum spec_enum_path_reason;
extern const struct spec_enum spec_enum_probe;
extern const struct spec_enum spec_enum_return_mode;
extern const struct spec_enum spec_enum_lookup_why;
extern const struct spec_enum spec_enum_nat64_mode;
extern const struct spec_enum spec_enum_nat64_filtering;
extern const struct spec_enum spec_enum_nat64_udp_zero;
extern const struct spec_enum spec_enum_nat64_tcp;
extern const struct spec_enum spec_enum_nat64_proto;

extern const struct spec_set spec_probe_stats;
extern const struct spec_set spec_path_stats;
extern const struct spec_set spec_path;
extern const struct spec_set spec_drops;
extern const struct spec_set spec_device;
extern const struct spec_set spec_gateway;
extern const struct spec_set spec_member;
extern const struct spec_set spec_route;
extern const struct spec_set spec_lookup;
extern const struct spec_set spec_nat64_stats;
extern const struct spec_set spec_pool6;
extern const struct spec_set spec_pool4;
extern const struct spec_set spec_eam;
extern const struct spec_set spec_bib;
extern const struct spec_set spec_session;
extern const struct spec_set spec_nat64;

/* Names of the commands and notifications, by number, to IPV6TUN_CMD_MAX. */
extern const char *const spec_cmd[];

#endif
