/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PACKET_DIE_H
#define _PACKET_DIE_H

/* Tell what went wrong with the program's own means, and end: status 2. */
void __attribute__((noreturn, format(printf, 1, 2))) die(const char *format, ...);

#endif
