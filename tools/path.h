/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What other subcommands show of paths.
 */
#ifndef PATH_H
#define PATH_H

#include "nl.h"

/* Print a path into the current object and line; @device: its name, too. */
void print_path(const struct obj *obj, bool device);
/* The paths of device @ifindex, or of all with 0. */
int path_list(uint32_t ifindex, struct objs *reply);
/* Text of a time of CLOCK_BOOTTIME, ns: how long ago that is. */
void text_since(const struct nlattr *attr);

#endif
