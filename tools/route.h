/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rules for the text of routes, path sets and lookups.
 */
#ifndef ROUTE_H
#define ROUTE_H

#include "print.h"

extern const struct rule gateway_rules[];
extern const struct rule member_rules[];

void text_table(const struct nlattr *attr);
void text_prefix_len(const struct nlattr *attr);

#endif
