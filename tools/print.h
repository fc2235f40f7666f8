/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Output: text for people and JSON for programs, from the same calls.
 *
 * Attributes are printed by the tables of spec.h; in JSON always as the
 * specification says, in text as " name value" unless a rule says otherwise.
 */
#ifndef PRINT_H
#define PRINT_H

#include <linux/netlink.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl.h"
#include "spec.h"

/**
 * struct rule - how the text of an attribute differs from " name value"
 * @attr: attribute number; 0 ends an array of rules
 * @label: instead of the name; "" for the value alone
 * @text: prints all of the text
 * @nest: rules for the attributes inside
 * @ref: the value is an attribute number of this set, print its name
 * @with: for print_ruled(): only if this attribute is there and not zero
 */
struct rule {
	unsigned int attr;
	const char *label;
	void (*text)(const struct nlattr *attr);
	const struct rule *nest;
	const struct spec_set *ref;
	unsigned int with;
};

/* For struct rule: no text. */
void text_none(const struct nlattr *attr);

/* The list of objects that is the output of a command. */
void out_begin(void);
/* Also reports a failed write: returns CTL_REFUSED then. */
int out_end(void);
/* The same of what was printed so far. */
int out_flush(void);

/* Instead of them, for one object on a line of its own, written at once. */
void out_line(void);
int out_line_end(void);

/* An object; in text, a line. @key is NULL in a list. */
void out_open(const char *key);
void out_close(void);
/* The end of an object that shares its line with what follows. */
void out_close_inline(void);
void out_list(const char *key);
void out_list_end(void);

/* JSON only. */
void json_uint(const char *key, unsigned long long value);
void json_string(const char *key, const char *value);
void json_bool(const char *key, bool value);

/* Text only. word() puts a space before it unless the line is empty. */
void __printf(1, 2) word(const char *fmt, ...);
void __printf(1, 2) glue(const char *fmt, ...);
void newline(unsigned int indent);

/* Both: a member of the current object, and " label value". */
void out_uint(const char *key, const char *label, unsigned long long value);
void out_string(const char *key, const char *label, const char *value);

/**
 * print_attrs() - print attributes into the current object
 * @set: their names and types
 * @rules: how their text differs, or NULL
 * @attr: the first attribute
 * @len: bytes of all
 */
void print_attrs(const struct spec_set *set, const struct rule *rules,
		 const struct nlattr *attr, size_t len);

/*
 * The same, but in text only the attributes that have a rule, in the order of
 * the rules.
 */
void print_ruled(const struct spec_set *set, const struct rule *rules,
		 const struct nlattr *attr, size_t len);

/* The same, and no others in JSON either. */
void print_chosen(const struct spec_set *set, const struct rule *rules,
		  const struct nlattr *attr, size_t len);

/* The address in @attr as text, in a static buffer. */
const char *addr_text(const struct nlattr *attr);
/* The name of a value of an enum, or its number in a static buffer. */
const char *enum_text(const struct spec_enum *names, unsigned long long value);

#endif
