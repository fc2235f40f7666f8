// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "fields.h"

uint8_t *put(struct packet *p, size_t len)
{
	uint8_t *at = p->byte + p->len;

	if (len > sizeof(p->byte) - p->len)
		die("packet longer than %d", MAX_LEN);
	memset(at, 0, len);
	p->len += len;
	return at;
}

void write_be(uint8_t *at, unsigned int width, uint32_t value)
{
	while (width--) {
		at[width] = value;
		value >>= 8;
	}
}

uint32_t read_be(const uint8_t *at, unsigned int width)
{
	uint32_t value = 0;

	while (width--)
		value = value << 8 | *at++;
	return value;
}

void add_note(struct packet *p, const char *layer, const char *name, size_t off,
	      unsigned int len, uint32_t mask)
{
	struct note *n = &p->note[p->notes];

	if (p->notes == MAX_NOTES)
		die("too many fields");
	p->notes++;
	n->off = off;
	n->len = len;
	n->mask = mask;
	n->address = false;
	snprintf(n->name, sizeof(n->name), "%s%s.%s", p->depth ? "inner " : "", layer, name);
}

/* The value of a field that may be anything: what came. */
static const uint8_t *wildcard(const struct packet *p, const char *text, size_t off, size_t width)
{
	static const uint8_t none[16];

	if (text[0] != '?' && strcmp(text, "any"))
		return NULL;
	if (!p->expected)
		die("'%s' is for packets that are expected", text);
	return p->actual && off + width <= p->actual_len ? p->actual + off : none;
}

/*
 * Remember the value under the name; "?NAME:..." wants more of it. When it does
 * not fit, the value is replaced by one that makes the comparison fail.
 */
static uint32_t capture(const char *text, uint32_t value)
{
	char name[32], decimal[16], *want;
	unsigned long low, high;
	bool fits;

	if (text[0] != '?')
		return value;
	snprintf(name, sizeof(name), "%s", text + 1);
	want = strchr(name, ':');
	if (want)
		*want++ = '\0';
	snprintf(decimal, sizeof(decimal), "%u", value);
	let(name, decimal);
	if (!want)
		return value;
	if (!strcmp(want, "odd"))
		fits = value & 1;
	else if (!strcmp(want, "even"))
		fits = !(value & 1);
	else if (want[0] == '!')
		fits = value != number(want + 1, UINT32_MAX);
	else if (sscanf(want, "%lu-%lu", &low, &high) == 2)
		fits = value >= low && value <= high;
	else
		die("unknown condition: %s", want);
	return fits ? value : ~value;
}

void set_field(struct packet *p, const struct args *a, const char *name, size_t off,
	       unsigned int width, const char *text, uint32_t value)
{
	const uint8_t *came;

	if (text) {
		came = wildcard(p, text, off, width);
		value = came ? capture(text, read_be(came, width)) :
			number(text, width == 4 ? UINT32_MAX : (1UL << 8 * width) - 1);
	}
	write_be(p->byte + off, width, value);
	add_note(p, a->layer, name, off, width, ~0U);
}

void set_address(struct packet *p, const struct args *a, const char *name, size_t off,
		 unsigned int width, const char *text)
{
	int family = width == 4 ? AF_INET : AF_INET6;
	const uint8_t *came = wildcard(p, text, off, width);
	char printed[INET6_ADDRSTRLEN];

	if (came) {
		memcpy(p->byte + off, came, width);
		if (text[0] == '?')
			let(text + 1, inet_ntop(family, came, printed, sizeof(printed)));
	} else if (inet_pton(family, expand(text), p->byte + off) != 1) {
		die("not an IPv%d address: %s", width == 4 ? 4 : 6, text);
	}
	add_note(p, a->layer, name, off, width, ~0U);
	p->note[p->notes - 1].address = true;
}

void take_args(struct words *w, struct args *a)
{
	char *word;

	*a = (struct args){ .layer = w->word[w->at++] };
	while (w->at < w->n) {
		word = w->word[w->at];
		if (!strcmp(word, "|") || !strcmp(word, "[") || !strcmp(word, "]"))
			break;
		if (strchr(word, '=') && a->n_options < 24)
			a->option[a->n_options++] = word;
		else if (!strchr(word, '=') && a->n_pos < 2)
			a->pos[a->n_pos++] = word;
		else
			die("%s: too many words", a->layer);
		w->at++;
	}
}

char *option(struct args *a, const char *name)
{
	size_t len = strlen(name);
	unsigned int i;
	char *value;

	for (i = 0; i < a->n_options; i++) {
		if (strncmp(a->option[i], name, len) || a->option[i][len] != '=')
			continue;
		value = a->option[i] + len + 1;
		a->option[i] = a->option[--a->n_options];
		return value;
	}
	return NULL;
}

unsigned long option_number(struct args *a, const char *name, unsigned long max,
			    unsigned long value)
{
	char *text = option(a, name);

	return text ? number(text, max) : value;
}

void no_more(const struct args *a, unsigned int n_pos)
{
	if (a->n_options)
		die("%s knows no '%s'", a->layer, a->option[0]);
	if (a->n_pos != n_pos)
		die("%s wants %u words, not %u", a->layer, n_pos, a->n_pos);
}

void put_hex(struct packet *p, const char *hex)
{
	unsigned int value;

	for (; hex[0]; hex += 2) {
		if (!isxdigit(hex[0]) || !isxdigit(hex[1]) || sscanf(hex, "%2x", &value) != 1)
			die("not hexadecimal: %s", hex);
		*put(p, 1) = value;
	}
}

void set_bits(struct packet *p, const struct args *a, const char *name, size_t off,
	      unsigned int width, uint32_t mask, uint32_t value)
{
	uint32_t bits = read_be(p->byte + off, width);

	bits = (bits & ~mask) | (value * (mask & -mask) & mask);
	write_be(p->byte + off, width, bits);
	add_note(p, a->layer, name, off, width, mask);
}
