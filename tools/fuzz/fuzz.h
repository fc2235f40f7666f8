/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the fuzz target share. fuzz.c describes an input.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>

/* The main() of the tool. */
int ctl_main(int argc, char **argv);

/* Say what is wrong and end as on a crash, so that the input is kept. */
void __attribute__((noreturn, format(printf, 1, 2))) finding(const char *fmt, ...);

/* The lines that the kernel will answer with. They stay where they are. */
void kernel_begin(const char *answers);

/* Complain unless what the tool has printed is what it promises. */
void check_json(const char *text, size_t len);
void check_text(const char *text, size_t len);

#endif
