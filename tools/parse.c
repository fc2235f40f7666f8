// SPDX-License-Identifier: GPL-2.0
/*
 * Words of the command line, strictly read.
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "parse.h"

const char *next_word(struct args *args)
{
	if (!args->n)
		return NULL;
	args->n--;
	return *args->word++;
}

const char *peek_word(const struct args *args)
{
	return args->n ? *args->word : NULL;
}

int end_of_words(const struct args *args)
{
	if (args->n)
		return usage_error("'%s' is not expected here", *args->word);
	return CTL_OK;
}

int parse_value(struct args *args, const char *what, const char **value)
{
	*value = next_word(args);
	if (!*value)
		return usage_error("%s: the value is missing", what);
	return CTL_OK;
}

/* -1 for what is no hexadecimal digit. */
static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/*
 * Digits only, no sign or space; strtoul() would take both. A leading zero is
 * refused: octal to some, decimal to others.
 */
static bool digits(const char *s, unsigned int base, uint32_t *value)
{
	uint64_t sum = 0;

	if (!*s || (base == 10 && s[0] == '0' && s[1]))
		return false;
	for (; *s; s++) {
		int digit = digit_of(*s);

		if (digit < 0 || digit >= (int)base)
			return false;
		sum = sum * base + digit;
		if (sum > UINT32_MAX)
			return false;
	}
	*value = sum;
	return true;
}

static bool has_0x(const char *s)
{
	return s[0] == '0' && (s[1] == 'x' || s[1] == 'X');
}

static bool number(const char *s, uint32_t *value)
{
	return has_0x(s) ? digits(s + 2, 16, value) : digits(s, 10, value);
}

int parse_u32(struct args *args, const char *what, uint32_t min, uint32_t max,
	      uint32_t *value)
{
	const char *word;
	int err;

	err = parse_value(args, what, &word);
	if (err)
		return err;
	if (!number(word, value) || *value < min || *value > max)
		return usage_error("%s: '%s' is not a number from %u to %u",
				   what, word, min, max);
	return CTL_OK;
}

int parse_hex(struct args *args, const char *what, uint32_t *value)
{
	const char *word;
	int err;

	err = parse_value(args, what, &word);
	if (err)
		return err;
	if (!digits(has_0x(word) ? word + 2 : word, 16, value))
		return usage_error("%s: '%s' is not a hexadecimal number of 32 bits",
				   what, word);
	return CTL_OK;
}

int parse_bytes(struct args *args, const char *what, uint8_t *byte, size_t size,
		size_t *len)
{
	const char *word;
	size_t i, n;
	int err;

	err = parse_value(args, what, &word);
	if (err)
		return err;
	n = strspn(word, "0123456789abcdefABCDEF");
	if (word[n])
		return usage_error("%s: '%c' is not a hexadecimal digit", what, word[n]);
	if (!n || n % 2 || n / 2 > size)
		return usage_error("%s: %zu hexadecimal digits are not 1 to %zu bytes",
				   what, n, size);
	*len = n / 2;
	for (i = 0; i < *len; i++)
		byte[i] = digit_of(word[2 * i]) << 4 | digit_of(word[2 * i + 1]);
	return CTL_OK;
}

/* A GRE key is written as a number or, as in "ip tunnel", like an address. */
int parse_key(struct args *args, const char *what, uint32_t *value)
{
	struct in_addr quad;
	const char *word;
	int err;

	err = parse_value(args, what, &word);
	if (err)
		return err;
	if (strchr(word, '.') && inet_pton(AF_INET, word, &quad) == 1)
		*value = ntohl(quad.s_addr);
	else if (!number(word, value))
		return usage_error("%s: '%s' is not a number from 0 to %u, nor a dotted quad",
				   what, word, UINT32_MAX);
	return CTL_OK;
}

int parse_addr(struct args *args, const char *what, struct addr *value)
{
	const char *word;
	int err;

	err = parse_value(args, what, &word);
	if (err)
		return err;
	memset(value, 0, sizeof(*value));
	if (inet_pton(AF_INET, word, value->byte) == 1)
		value->len = 4;
	else if (inet_pton(AF_INET6, word, value->byte) == 1)
		value->len = 16;
	else
		return usage_error("%s: '%s' is not an IPv4 or IPv6 address",
				   what, word);
	return CTL_OK;
}

int parse_prefix(struct args *args, const char *what, unsigned int bytes,
		 struct addr *value, uint8_t *len)
{
	char text[INET6_ADDRSTRLEN];
	const char *word, *slash;
	uint32_t bits = bytes * 8;
	size_t n;
	int err;

	err = parse_value(args, what, &word);
	if (err)
		return err;
	slash = strchr(word, '/');
	n = slash ? (size_t)(slash - word) : strlen(word);
	memset(value, 0, sizeof(*value));
	value->len = bytes;
	snprintf(text, sizeof(text), "%.*s", (int)n, word);
	if (n >= sizeof(text) ||
	    inet_pton(bytes == 4 ? AF_INET : AF_INET6, text, value->byte) != 1 ||
	    (slash && (!digits(slash + 1, 10, &bits) || bits > bytes * 8)))
		return usage_error("%s: '%s' is not an %s prefix", what, word,
				   bytes == 4 ? "IPv4" : "IPv6");
	*len = bits;
	return CTL_OK;
}

int parse_ports(struct args *args, const char *what, uint16_t *min, uint16_t *max)
{
	uint32_t low = 0, high = 0;
	const char *word, *dash;
	char text[8];
	int err;

	err = parse_value(args, what, &word);
	if (err)
		return err;
	dash = strchr(word, '-');
	snprintf(text, sizeof(text), "%.*s", dash ? (int)(dash - word) : 7, word);
	if (!digits(text, 10, &low) || !digits(dash ? dash + 1 : word, 10, &high) ||
	    !low || low > high || high > UINT16_MAX)
		return usage_error("%s: '%s' is not a port or MIN-MAX, from 1 to 65535",
				   what, word);
	*min = low;
	*max = high;
	return CTL_OK;
}

int parse_onoff(struct args *args, const char *what, bool *value)
{
	const char *word;
	int err;

	err = parse_value(args, what, &word);
	if (err)
		return err;
	*value = !strcmp(word, "on");
	if (!*value && strcmp(word, "off"))
		return usage_error("%s: '%s' is neither on nor off", what, word);
	return CTL_OK;
}

int parse_enum(struct args *args, const char *what,
	       const struct spec_enum *names, uint8_t *value)
{
	char list[128] = "";
	const char *word;
	unsigned int i;
	int err;

	err = parse_value(args, what, &word);
	if (err)
		return err;
	for (i = 0; i < names->n; i++) {
		if (!strcmp(word, names->name[i])) {
			*value = i;
			return CTL_OK;
		}
	}
	for (i = 0; i < names->n; i++) {
		size_t len = strlen(list);

		snprintf(list + len, sizeof(list) - len, "%s%s",
			 i ? ", " : "", names->name[i]);
	}
	return usage_error("%s: '%s' is none of %s", what, word, list);
}

int parse_ttl(struct args *args, const char *what, uint8_t *value)
{
	const char *word;
	uint32_t ttl;
	int err;

	err = parse_value(args, what, &word);
	if (err)
		return err;
	if (!strcmp(word, "inherit"))
		ttl = 0;
	else if (!number(word, &ttl) || !ttl || ttl > 255)
		return usage_error("%s: '%s' is neither inherit nor a number from 1 to 255",
				   what, word);
	*value = ttl;
	return CTL_OK;
}

int parse_tos(struct args *args, const char *what, uint8_t *value)
{
	const char *word;
	uint32_t tos;
	int err;

	err = parse_value(args, what, &word);
	if (err)
		return err;
	if (!strcmp(word, "inherit"))
		tos = 1;
	else if (!number(word, &tos) || tos > 252 || tos & 3)
		return usage_error("%s: '%s' is neither inherit nor a multiple of 4 up to 252",
				   what, word);
	*value = tos;
	return CTL_OK;
}

int parse_proto(struct args *args, const char *what, uint8_t *value)
{
	/* Those that have ports, and those one asks for in a lookup. */
	static const struct {
		const char *name;
		uint8_t number;
	} protos[] = {
		{ "icmp", IPPROTO_ICMP },	{ "tcp", IPPROTO_TCP },
		{ "udp", IPPROTO_UDP },		{ "dccp", IPPROTO_DCCP },
		{ "gre", IPPROTO_GRE },		{ "esp", IPPROTO_ESP },
		{ "ah", IPPROTO_AH },		{ "icmpv6", IPPROTO_ICMPV6 },
		{ "ipv6-icmp", IPPROTO_ICMPV6 }, { "sctp", IPPROTO_SCTP },
		{ "udplite", IPPROTO_UDPLITE },
	};
	const char *word;
	uint32_t proto;
	size_t i;
	int err;

	err = parse_value(args, what, &word);
	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(protos); i++) {
		if (!strcmp(word, protos[i].name)) {
			*value = protos[i].number;
			return CTL_OK;
		}
	}
	if (!number(word, &proto) || proto > 255)
		return usage_error("%s: '%s' is no protocol, neither name nor number",
				   what, word);
	*value = proto;
	return CTL_OK;
}

int parse_ifname(struct args *args, const char *what, const char **name)
{
	const char *c;

	*name = next_word(args);
	if (!*name)
		return usage_error("%s: the name of a device is missing", what);
	for (c = *name; *c; c++)
		if (*c == '/' || *c == ':' || (unsigned char)*c <= ' ')
			break;
	if (*c || c == *name || c - *name >= IFNAMSIZ ||
	    !strcmp(*name, ".") || !strcmp(*name, ".."))
		return usage_error("%s: '%s' cannot be the name of a device",
				   what, *name);
	return CTL_OK;
}

int find_word(const char *const *list, unsigned int n, const char *name,
	      unsigned int *position)
{
	for (*position = 0; *position < n; (*position)++)
		if (!strcmp(list[*position], name))
			return CTL_OK;
	return usage_error("'%s' is not expected here", name);
}

char **split_line(char *line, struct args *args)
{
	char *save, *w, **words = NULL;

	args->n = 0;
	for (w = strtok_r(line, " \t\r\n", &save); w && *w != '#';
	     w = strtok_r(NULL, " \t\r\n", &save)) {
		words = xrealloc(words, (args->n + 1) * sizeof(*words));
		words[args->n++] = w;
	}
	args->word = words;
	return words;
}

int parse_once(uint32_t *seen, unsigned int bit, const char *what)
{
	if (*seen & (1U << bit))
		return usage_error("%s: given twice", what);
	*seen |= 1U << bit;
	return CTL_OK;
}
