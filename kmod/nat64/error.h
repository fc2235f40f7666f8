/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ICMP errors: room for the longer or shorter headers of the other family, and
 * the checksum. Pure.
 */
#ifndef _IPV6TUN_NAT64_ERROR_H
#define _IPV6TUN_NAT64_ERROR_H

#include <linux/skbuff.h>

#include "parse.h"

/**
 * struct nat64_frame - what an ICMP error is to look like
 * @hlen: length of its IP header, bytes
 * @quoted_hlen: length of the IP header of the packet inside, with extension
 *		 headers, bytes
 * @limit: most bytes it may have in all
 * @unit: what the length attribute of RFC 4884 counts in, bytes; 0 if its type
 *	  has none
 */
struct nat64_frame {
	unsigned int	hlen;
	unsigned int	quoted_hlen;
	unsigned int	limit;
	unsigned int	unit;
};

/**
 * struct nat64_layout - what goes into an ICMP error
 * @body: bytes of the packet inside from its L4 header on
 * @pad: zeroes after it
 * @ext: bytes of extensions
 * @length: length attribute, 0 if there are no extensions
 */
struct nat64_layout {
	unsigned int	body;
	unsigned int	pad;
	unsigned int	ext;
	u8		length;
};

void nat64_error_plan(const struct nat64_frame *frame, unsigned int body,
		      unsigned int ext, struct nat64_layout *layout);
unsigned int nat64_error_sum(struct sk_buff *skb, const struct nat64_pkt *pkt,
			     __sum16 *fault);
unsigned int nat64_error_reframe(struct sk_buff *skb,
				 const struct nat64_pkt *pkt,
				 const struct nat64_frame *frame,
				 struct nat64_layout *layout);
__sum16 nat64_error_spoil(__sum16 check, __sum16 fault);

#endif
