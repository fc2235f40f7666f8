/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ipv6tunctl nat64: what nat64.c (configuration) and nat64-show.c share.
 */
#ifndef NAT64_H
#define NAT64_H

#include "nl.h"
#include "print.h"

/**
 * struct filter - which BIB entries or sessions are meant
 * @seen: bits of the words given, by their position among all
 * @proto: IP protocol number
 * @addr6: IPv6 host, as all below if its word was given
 * @addr6_len: bits of @addr6 that count
 * @port6: its port
 * @addr4: IPv4 address it appears as
 * @addr4_len: bits of @addr4 that count
 * @port4: port with that
 * @remote4: IPv4 host
 * @remote4_len: bits of @remote4 that count
 */
struct filter {
	uint32_t seen;
	uint8_t proto;
	struct addr addr6;
	uint8_t addr6_len;
	uint16_t port6;
	struct addr addr4;
	uint8_t addr4_len;
	uint16_t port4;
	struct addr remote4;
	uint8_t remote4_len;
};

/* Read a filter up to the end of the words; @remote: "remote4" is allowed. */
int parse_filter(struct args *args, struct filter *filter, bool remote);
/* Put it into a request for BIB entries, or for sessions. */
void put_bib_filter(struct req *req, const struct filter *filter);
void put_session_filter(struct req *req, const struct filter *filter);

/* Name of a protocol that BIB entries may have. */
const char *nat64_proto(unsigned long long number);

/* "nat64 show", its words not yet read. */
int nat64_show(struct args *args);

/* For events: print into the current object and line. */
void print_nat64(const struct obj *obj);
void print_bib(const struct obj *obj);
void print_session(const struct obj *obj);

#endif
