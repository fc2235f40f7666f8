// SPDX-License-Identifier: GPL-2.0
/*
 * Output: text for people and JSON for programs, from the same calls.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "nl.h"
#include "print.h"

#define INDENT	4

/* Position in the JSON: depth of nesting, and whether a comma is due. */
static unsigned int depth;
static bool comma;
/* Position in the text, and whether it may take more than one line. */
static bool line_used;
static bool one_line;

static void json_newline(void)
{
	if (ctl.pretty)
		printf("\n%*s", (int)(depth * INDENT), "");
}

/* Bytes of the UTF-8 character at @s, 0 if there is none. */
static size_t utf8_len(const char *s)
{
	static const struct {
		unsigned char mask, lead;
		unsigned int min;
	} form[] = {
		{ 0x80, 0x00, 0 },
		{ 0xe0, 0xc0, 0x80 },
		{ 0xf0, 0xe0, 0x800 },
		{ 0xf8, 0xf0, 0x10000 },
	};
	unsigned int code;
	size_t n, i;

	for (n = 1; n <= ARRAY_SIZE(form); n++)
		if (((unsigned char)*s & form[n - 1].mask) == form[n - 1].lead)
			break;
	if (n > ARRAY_SIZE(form))
		return 0;
	code = (unsigned char)*s & ~form[n - 1].mask;
	for (i = 1; i < n; i++) {
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | ((unsigned char)s[i] & 0x3f);
	}
	/* Longer than need be, a surrogate, or beyond the last one. */
	if (code < form[n - 1].min || (code >= 0xd800 && code < 0xe000) || code > 0x10ffff)
		return 0;
	return n;
}

/*
 * Whether a terminal would obey the character of @n bytes at @s, or with 0 the byte
 * there. Those from U+0080 on have two bytes; terminals without UTF-8 take one.
 */
static bool is_control(const char *s, size_t n)
{
	const unsigned char *c = (const unsigned char *)s;

	if (n == 2)
		return c[0] == 0xc2 && c[1] < 0xa0;
	return *c < ' ' || *c == 0x7f || (!n && *c < 0xa0);
}

/*
 * A device's name may be any bytes. Those that are no characters become the character
 * of their number, for JSON has none but characters.
 */
static void json_quote(const char *s)
{
	size_t n;

	putchar('"');
	for (; *s; s += n ? n : 1) {
		n = utf8_len(s);
		if (*s == '"' || *s == '\\')
			printf("\\%c", *s);
		else if (!n || is_control(s, n))
			/* Of two bytes, the second is the number, too. */
			printf("\\u%04x", (unsigned char)s[n == 2]);
		else
			fwrite(s, 1, n, stdout);
	}
	putchar('"');
}

/* What stands before each value: comma, line, key. */
static void json_start(const char *key)
{
	if (comma)
		putchar(',');
	if (depth)
		json_newline();
	comma = true;
	if (!key)
		return;
	json_quote(key);
	putchar(':');
	if (ctl.pretty)
		putchar(' ');
}

static void json_open(const char *key, char bracket)
{
	json_start(key);
	putchar(bracket);
	depth++;
	comma = false;
}

static void json_close(char bracket)
{
	depth--;
	if (comma)
		json_newline();
	putchar(bracket);
	comma = true;
}

int out_flush(void)
{
	if (fflush(stdout) || ferror(stdout))
		return refused("cannot write: %s", strerror(errno));
	return CTL_OK;
}

void out_begin(void)
{
	depth = 0;
	comma = false;
	line_used = false;
	one_line = false;
	if (ctl.json)
		json_open(NULL, '[');
}

int out_end(void)
{
	if (ctl.json) {
		json_close(']');
		putchar('\n');
	}
	return out_flush();
}

void out_line(void)
{
	depth = 0;
	comma = false;
	line_used = false;
	one_line = true;
}

int out_line_end(void)
{
	if (ctl.json)
		putchar('\n');
	return out_flush();
}

void out_open(const char *key)
{
	if (ctl.json)
		json_open(key, '{');
}

void out_close(void)
{
	if (ctl.json)
		json_close('}');
	else if (line_used)
		newline(0);
}

void out_close_inline(void)
{
	if (ctl.json)
		json_close('}');
}

void out_list(const char *key)
{
	if (ctl.json)
		json_open(key, '[');
}

void out_list_end(void)
{
	if (ctl.json)
		json_close(']');
}

void json_uint(const char *key, unsigned long long value)
{
	if (!ctl.json)
		return;
	json_start(key);
	printf("%llu", value);
}

void json_string(const char *key, const char *value)
{
	if (!ctl.json)
		return;
	json_start(key);
	json_quote(value);
}

void json_bool(const char *key, bool value)
{
	if (!ctl.json)
		return;
	json_start(key);
	fputs(value ? "true" : "false", stdout);
}

/* A device's name is not to command the reader's terminal. */
__attribute__((format(printf, 1, 0)))
static void put_text(const char *fmt, va_list ap)
{
	char buf[512], *s;
	size_t n;

	vsnprintf(buf, sizeof(buf), fmt, ap);
	for (s = buf; *s; s += n ? n : 1) {
		n = utf8_len(s);
		if (is_control(s, n))
			memset(s, '?', n ? n : 1);
	}
	fputs(buf, stdout);
}

void word(const char *fmt, ...)
{
	va_list ap;

	if (ctl.json)
		return;
	if (line_used)
		putchar(' ');
	line_used = true;
	va_start(ap, fmt);
	put_text(fmt, ap);
	va_end(ap);
}

void glue(const char *fmt, ...)
{
	va_list ap;

	if (ctl.json)
		return;
	va_start(ap, fmt);
	put_text(fmt, ap);
	va_end(ap);
}

void newline(unsigned int indent)
{
	/* What is indented goes on with what stands above it. */
	if (ctl.json || (one_line && indent))
		return;
	printf("\n%*s", (int)indent, "");
	line_used = false;
}

static void label_value(const char *label, const char *value)
{
	if (*label)
		word("%s", label);
	word("%s", value);
}

void out_uint(const char *key, const char *label, unsigned long long value)
{
	char buf[24];

	json_uint(key, value);
	snprintf(buf, sizeof(buf), "%llu", value);
	label_value(label, buf);
}

void out_string(const char *key, const char *label, const char *value)
{
	json_string(key, value);
	label_value(label, value);
}

void text_none(const struct nlattr *attr)
{
	(void)attr;
}

const char *addr_text(const struct nlattr *attr)
{
	static char buf[INET6_ADDRSTRLEN];
	int family = attr_len(attr) == 4 ? AF_INET : AF_INET6;

	if ((attr_len(attr) != 4 && attr_len(attr) != 16) ||
	    !inet_ntop(family, attr_data(attr), buf, sizeof(buf)))
		return "?";
	return buf;
}

const char *enum_text(const struct spec_enum *names, unsigned long long value)
{
	static char buf[24];

	if (value < names->n)
		return names->name[value];
	snprintf(buf, sizeof(buf), "%llu", value);
	return buf;
}

static const struct rule *find_rule(const struct rule *rules, unsigned int attr)
{
	static const struct rule none;

	for (; rules && rules->attr; rules++)
		if (rules->attr == attr)
			return rules;
	return &none;
}

static void json_bits(const char *key, const struct spec_enum *names,
		      unsigned long long value)
{
	unsigned int i;

	json_open(key, '[');
	for (i = 0; i < names->n; i++)
		if (value >> i & 1)
			json_string(NULL, names->name[i]);
	json_close(']');
}

/* The value of one attribute that is not a nest. */
static void json_value(const struct spec_attr *spec, const struct rule *rule,
		       const char *key, const struct nlattr *attr)
{
	unsigned long long value;

	switch (spec->type) {
	case SPEC_FLAG:
		json_bool(key, true);
		break;
	case SPEC_BOOL:
		json_bool(key, attr_uint(attr));
		break;
	case SPEC_STRING:
		json_string(key, attr_string(attr));
		break;
	case SPEC_ADDR:
		json_string(key, addr_text(attr));
		break;
	default:
		value = attr_uint(attr);
		if (spec->bits)
			json_bits(key, spec->names, value);
		else if (spec->names && value < spec->names->n)
			json_string(key, spec->names->name[value]);
		else if (rule->ref && value <= rule->ref->max &&
			 rule->ref->attr[value].name)
			json_string(key, rule->ref->attr[value].name);
		else
			json_uint(key, value);
	}
}

static void text_value(const struct spec_attr *spec, const struct rule *rule,
		       const struct nlattr *attr)
{
	const char *label = rule->label ? rule->label : spec->name;
	unsigned long long value;

	if (rule->text) {
		rule->text(attr);
		return;
	}
	if (*label)
		word("%s", label);
	switch (spec->type) {
	case SPEC_FLAG:
		break;
	case SPEC_BOOL:
		word("%s", attr_uint(attr) ? "on" : "off");
		break;
	case SPEC_STRING:
		word("%s", attr_string(attr));
		break;
	case SPEC_ADDR:
		word("%s", addr_text(attr));
		break;
	default:
		value = attr_uint(attr);
		if (spec->names && !spec->bits)
			word("%s", enum_text(spec->names, value));
		else if (rule->ref && value <= rule->ref->max &&
			 rule->ref->attr[value].name)
			word("%s", rule->ref->attr[value].name);
		else
			word("%llu", value);
	}
}

static void print_attr(const struct spec_attr *spec, const struct rule *rule,
		       const char *key, const struct nlattr *attr)
{
	if (spec->type != SPEC_NEST) {
		if (ctl.json)
			json_value(spec, rule, key, attr);
		else
			text_value(spec, rule, attr);
		return;
	}
	if (ctl.json) {
		json_open(key, '{');
		print_attrs(spec->nest, rule->nest, attr_data(attr), attr_len(attr));
		json_close('}');
	} else if (rule->text) {
		rule->text(attr);
	} else {
		const char *label = rule->label ? rule->label : spec->name;

		if (*label)
			word("%s", label);
		print_attrs(spec->nest, rule->nest, attr_data(attr), attr_len(attr));
	}
}

/* All attributes of one type, of which there may be none. */
static void print_type(const struct spec_set *set, unsigned int type,
		       const struct rule *rule, const struct nlattr *attr,
		       size_t len)
{
	const struct spec_attr *spec = &set->attr[type];
	const struct nlattr *a = attr_find(attr, len, type);
	size_t left;

	if (!a || !spec->name)
		return;
	if (!spec->multi) {
		print_attr(spec, rule, spec->name, a);
		return;
	}
	out_list(spec->name);
	for (a = attr, left = len; attr_ok(a, left); a = attr_next(a, &left))
		if (attr_type(a) == type)
			print_attr(spec, rule, NULL, a);
	out_list_end();
}

void print_attrs(const struct spec_set *set, const struct rule *rules,
		 const struct nlattr *attr, size_t len)
{
	unsigned int type;

	/* In the order of the specification, whatever order they came in. */
	for (type = 1; type <= set->max; type++)
		print_type(set, type, find_rule(rules, type), attr, len);
}

void print_ruled(const struct spec_set *set, const struct rule *rules,
		 const struct nlattr *attr, size_t len)
{
	const struct rule *rule;

	if (ctl.json) {
		print_attrs(set, rules, attr, len);
		return;
	}
	for (rule = rules; rule->attr; rule++)
		if (!rule->with || attr_uint(attr_find(attr, len, rule->with)))
			print_type(set, rule->attr, rule, attr, len);
}

void print_chosen(const struct spec_set *set, const struct rule *rules,
		  const struct nlattr *attr, size_t len)
{
	const struct rule *rule;

	for (rule = rules; rule->attr; rule++)
		print_type(set, rule->attr, rule, attr, len);
}
