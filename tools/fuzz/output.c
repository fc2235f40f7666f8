// SPDX-License-Identifier: GPL-2.0
/*
 * What the tool promises of its output, judged without its own code: with -j, JSON
 * texts of RFC 8259 one after the other; else lines without control characters.
 */
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "fuzz.h"

#define DEPTH_MAX	64

/* The text as characters; glibc refuses what is no UTF-8. */
static wchar_t *characters(const char *text, size_t len, size_t *n)
{
	wchar_t *wide = calloc(len + 1, sizeof(*wide));
	char *in = (char *)text, *out = (char *)wide;
	size_t left = len * sizeof(*wide);
	iconv_t cd = iconv_open("WCHAR_T", "UTF-8");

	if (!wide || cd == (iconv_t)-1)
		finding("cannot convert the output\n");
	if (iconv(cd, &in, &len, &out, &left) == (size_t)-1)
		finding("JSON is no UTF-8 at: %.40s\n", in);
	iconv_close(cd);
	*n = (wchar_t *)(void *)out - wide;
	return wide;
}

static bool is_control(wchar_t c)
{
	return c < ' ' || (c >= 0x7f && c < 0xa0);
}

static const wchar_t *skip_space(const wchar_t *s)
{
	while (*s && wcschr(L" \t\n", *s))
		s++;
	return s;
}

static const wchar_t *json_string(const wchar_t *s)
{
	if (*s++ != '"')
		finding("JSON: a string is missing at: %.40ls\n", s - 1);
	for (; *s != '"'; s++) {
		if (is_control(*s))
			finding("JSON: a control character in a string: %#x\n", (unsigned int)*s);
		if (*s != '\\')
			continue;
		s++;
		if (*s == 'u' && wcsspn(s + 1, L"0123456789abcdef") >= 4)
			s += 4;
		else if (*s != '"' && *s != '\\')
			finding("JSON: an escape that is none: %.40ls\n", s);
	}
	return s + 1;
}

static const wchar_t *json_value(const wchar_t *s, int depth);

/* The members of an object or the values of an array, its bracket read. */
static const wchar_t *json_inside(const wchar_t *s, wchar_t end, int depth)
{
	if (depth > DEPTH_MAX)
		finding("JSON: nested too deep\n");
	s = skip_space(s);
	if (*s == end)
		return s + 1;
	for (;;) {
		if (end == '}') {
			s = skip_space(json_string(skip_space(s)));
			if (*s++ != ':')
				finding("JSON: a colon is missing at: %.40ls\n", s - 1);
		}
		s = skip_space(json_value(s, depth + 1));
		if (*s == end)
			return s + 1;
		if (*s++ != ',')
			finding("JSON: a comma is missing at: %.40ls\n", s - 1);
	}
}

/* The tool's numbers are not negative. */
static const wchar_t *json_value(const wchar_t *s, int depth)
{
	size_t digits;

	s = skip_space(s);
	if (*s == '{')
		return json_inside(s + 1, '}', depth);
	if (*s == '[')
		return json_inside(s + 1, ']', depth);
	if (*s == '"')
		return json_string(s);
	if (!wcsncmp(s, L"true", 4))
		return s + 4;
	if (!wcsncmp(s, L"false", 5))
		return s + 5;
	digits = wcsspn(s, L"0123456789");
	if (!digits || (*s == '0' && digits > 1))
		finding("JSON: a value is missing at: %.40ls\n", s);
	return s + digits;
}

void check_json(const char *text, size_t len)
{
	wchar_t *wide;
	const wchar_t *s;
	size_t n;

	wide = characters(text, len, &n);
	if (wcslen(wide) != n)
		finding("JSON: a zero byte\n");
	for (s = skip_space(wide); *s; s = skip_space(s))
		s = json_value(s, 0);
	free(wide);
}

/* Also the control characters of eight bits, which UTF-8 writes with two bytes. */
void check_text(const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t i;

	for (i = 0; i < len; i++)
		if ((s[i] < ' ' && s[i] != '\n') || s[i] == 0x7f ||
		    (s[i] == 0xc2 && i + 1 < len && s[i + 1] >= 0x80 && s[i + 1] < 0xa0))
			finding("text: a control character: %#x, in: %.*s\n", s[i],
				(int)(len - i), text + i);
}
