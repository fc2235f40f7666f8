// SPDX-License-Identifier: GPL-2.0
/*
 * Values of the command line, read and put into a request.
 */
#include "put.h"

int put_u8(struct req *req, struct args *args, const char *what, int attr,
	   uint8_t min, uint8_t max)
{
	uint32_t value;
	int err;

	err = parse_u32(args, what, min, max, &value);
	if (!err)
		req_put_u8(req, attr, value);
	return err;
}

int put_u16(struct req *req, struct args *args, const char *what, int attr,
	    uint16_t min, uint16_t max)
{
	uint32_t value;
	int err;

	err = parse_u32(args, what, min, max, &value);
	if (!err)
		req_put_u16(req, attr, value);
	return err;
}

int put_u32(struct req *req, struct args *args, const char *what, int attr,
	    uint32_t min, uint32_t max)
{
	uint32_t value;
	int err;

	err = parse_u32(args, what, min, max, &value);
	if (!err)
		req_put_u32(req, attr, value);
	return err;
}

int put_parsed(struct req *req, struct args *args, const char *what, int attr,
	       int (*parse)(struct args *args, const char *what, uint8_t *value))
{
	uint8_t value;
	int err;

	err = parse(args, what, &value);
	if (!err)
		req_put_u8(req, attr, value);
	return err;
}

int put_enum(struct req *req, struct args *args, const char *what, int attr,
	     const struct spec_enum *names)
{
	uint8_t value;
	int err;

	err = parse_enum(args, what, names, &value);
	if (!err)
		req_put_u8(req, attr, value);
	return err;
}

int put_onoff(struct req *req, struct args *args, const char *what, int attr)
{
	bool on;
	int err;

	err = parse_onoff(args, what, &on);
	if (!err)
		req_put_u8(req, attr, on);
	return err;
}

int put_addr(struct req *req, struct args *args, const char *what, int attr)
{
	struct addr value;
	int err;

	err = parse_addr(args, what, &value);
	if (!err)
		req_put_addr(req, attr, &value);
	return err;
}

int put_prefix(struct req *req, struct args *args, const char *what,
	       unsigned int bytes, int attr, int len_attr)
{
	struct addr addr;
	uint8_t len;
	int err;

	err = parse_prefix(args, what, bytes, &addr, &len);
	if (err)
		return err;
	req_put_addr(req, attr, &addr);
	req_put_u8(req, len_attr, len);
	return CTL_OK;
}
