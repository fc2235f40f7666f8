// SPDX-License-Identifier: GPL-2.0
/*
 * What a message must not do, however wrong it is: touch a device that is spared, take
 * down or remove one that stays, make others than those that come and go, or anything of
 * rtnetlink that is not about links. Nothing here depends on how the message was made.
 */
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "msg.h"

/* Beyond all that the kernel knows; ignored. */
#define HARMLESS_ATTR	0x3ffe

/*
 * The kernel finds 32 bits at multiples of four from the message's start, whatever the
 * lengths of attributes say.
 */
static void spare(struct msg *m)
{
	uint32_t word;
	size_t at;

	for (at = 0; at + sizeof(word) <= m->len; at += sizeof(word)) {
		memcpy(&word, m->byte + at, sizeof(word));
		if (!is_spared(word))
			continue;
		word = NO_DEVICE;
		memcpy(m->byte + at, &word, sizeof(word));
	}
}

static bool may_have(const struct msg *m, int32_t ifindex, unsigned int type)
{
	if (type == IFLA_LINKINFO || type > IFLA_MAX)
		return true;
	/*
	 * Not what moves it to another namespace, or names others by their group. To a
	 * device that exists, its address is an error that the kernel finds too late.
	 */
	return is_volatile(ifindex) && m->nlh.nlmsg_type != RTM_DELLINK &&
	       (type == IFLA_IFNAME || type == IFLA_MTU || type == IFLA_TXQLEN);
}

/* As the kernel goes through them. */
static void fence_attrs(struct msg *m, int32_t ifindex, size_t end)
{
	size_t at = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(struct ifinfomsg));

	while (at + NLA_HDRLEN <= end) {
		struct nlattr *a = (struct nlattr *)(m->byte + at);

		if (a->nla_len < NLA_HDRLEN || at + a->nla_len > end)
			break;
		if (!may_have(m, ifindex, a->nla_type & NLA_TYPE_MASK))
			a->nla_type = HARMLESS_ATTR;
		at += NLA_ALIGN(a->nla_len);
	}
}

static void fence_link(struct msg *m)
{
	struct ifinfomsg *head = (struct ifinfomsg *)(m->byte + NLMSG_HDRLEN);
	uint16_t type = m->nlh.nlmsg_type;

	if (type >= NLMSG_MIN_TYPE && type != RTM_NEWLINK && type != RTM_DELLINK)
		m->nlh.nlmsg_type = 0xffff;
	/* Without the whole header the kernel does nothing. */
	if (m->len < NLMSG_HDRLEN + sizeof(*head))
		return;
	if (!is_volatile(head->ifi_index)) {
		head->ifi_flags = 0;
		head->ifi_change = 0;
		if (type == RTM_DELLINK || m->nlh.nlmsg_flags & NLM_F_CREATE ||
		    head->ifi_index <= 0)
			head->ifi_index = VOLATILE_FIRST;
	}
	fence_attrs(m, head->ifi_index, m->len);
}

void fence(struct msg *m)
{
	/* What is behind the end would be the next message, of whatever kind. */
	if (m->len >= NLMSG_HDRLEN && m->nlh.nlmsg_len >= NLMSG_HDRLEN &&
	    m->nlh.nlmsg_len < m->len)
		m->len = m->nlh.nlmsg_len;
	spare(m);
	if (!m->op)
		fence_link(m);
}
