// SPDX-License-Identifier: GPL-2.0
/*
 * ICMP and ICMPv6: the tables of RFC 7915, sections 4.2 and 5.2.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/kernel.h>
#include <linux/stddef.h>

#include "icmp.h"

/* A header without options or extension headers gets that much longer. */
#define GROWTH		(sizeof(struct ipv6hdr) - sizeof(struct iphdr))

/* No IPv6 path is narrower, so nobody is told less: RFC 7915, section 6. */
#define LEAST_MTU6	1280u

/**
 * nat64_icmp_known4() - is there anything to translate an ICMP type to?
 * @type: the type
 * @error: set to whether it is an error, which has a packet inside
 *
 * Errors may still be refused for their code. Source quench and redirect have
 * no counterpart; the others left out are obsolete or go one hop only.
 *
 * Context: any.
 * Return: true if so.
 */
bool nat64_icmp_known4(u8 type, bool *error)
{
	switch (type) {
	case ICMP_ECHO:
	case ICMP_ECHOREPLY:
		*error = false;
		return true;
	case ICMP_DEST_UNREACH:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETERPROB:
		*error = true;
		return true;
	default:
		return false;
	}
}

/**
 * nat64_icmp_known6() - is there anything to translate an ICMPv6 type to?
 * @type: the type
 * @error: set to whether it is an error, which has a packet inside
 *
 * Neighbour and multicast listener discovery go one hop only.
 *
 * Context: any.
 * Return: true if so.
 */
bool nat64_icmp_known6(u8 type, bool *error)
{
	switch (type) {
	case ICMPV6_ECHO_REQUEST:
	case ICMPV6_ECHO_REPLY:
		*error = false;
		return true;
	case ICMPV6_DEST_UNREACH:
	case ICMPV6_PKT_TOOBIG:
	case ICMPV6_TIME_EXCEED:
	case ICMPV6_PARAMPROB:
		*error = true;
		return true;
	default:
		return false;
	}
}

/**
 * nat64_icmp_echo_64() - ICMP type of an ICMPv6 echo
 * @type: ICMPV6_ECHO_REQUEST or ICMPV6_ECHO_REPLY
 *
 * Context: any.
 * Return: the type.
 */
u8 nat64_icmp_echo_64(u8 type)
{
	return type == ICMPV6_ECHO_REQUEST ? ICMP_ECHO : ICMP_ECHOREPLY;
}

/**
 * nat64_icmp_echo_46() - ICMPv6 type of an ICMP echo
 * @type: ICMP_ECHO or ICMP_ECHOREPLY
 *
 * Context: any.
 * Return: the type.
 */
u8 nat64_icmp_echo_46(u8 type)
{
	return type == ICMP_ECHO ? ICMPV6_ECHO_REQUEST : ICMPV6_ECHO_REPLY;
}

/* RFC 7915, figure 6. */
static bool pointer_64(u32 *pointer)
{
	switch (*pointer) {
	case 0:			/* version and traffic class */
	case 1:			/* traffic class and flow label */
		return true;
	case 4 ... 5:		/* payload length */
		*pointer = offsetof(struct iphdr, tot_len);
		return true;
	case 6:			/* next header */
		*pointer = offsetof(struct iphdr, protocol);
		return true;
	case 7:			/* hop limit */
		*pointer = offsetof(struct iphdr, ttl);
		return true;
	case 8 ... 23:
		*pointer = offsetof(struct iphdr, saddr);
		return true;
	case 24 ... 39:
		*pointer = offsetof(struct iphdr, daddr);
		return true;
	default:
		return false;
	}
}

/* RFC 7915, figure 3. */
static bool pointer_46(u32 *pointer)
{
	switch (*pointer) {
	case 0:			/* version and header length */
	case 1:			/* type of service */
		return true;
	case 2 ... 3:		/* total length */
		*pointer = offsetof(struct ipv6hdr, payload_len);
		return true;
	case 8:			/* time to live */
		*pointer = offsetof(struct ipv6hdr, hop_limit);
		return true;
	case 9:			/* protocol */
		*pointer = offsetof(struct ipv6hdr, nexthdr);
		return true;
	case 12 ... 15:
		*pointer = offsetof(struct ipv6hdr, saddr);
		return true;
	case 16 ... 19:
		*pointer = offsetof(struct ipv6hdr, daddr);
		return true;
	default:
		return false;
	}
}

static bool unreach_64(struct nat64_icmp *icmp)
{
	switch (icmp->code) {
	case ICMPV6_NOROUTE:
	case ICMPV6_NOT_NEIGHBOUR:	/* beyond scope of source address */
	case ICMPV6_ADDR_UNREACH:
		icmp->code = ICMP_HOST_UNREACH;
		break;
	case ICMPV6_ADM_PROHIBITED:
		icmp->code = ICMP_HOST_ANO;
		break;
	case ICMPV6_PORT_UNREACH:
		icmp->code = ICMP_PORT_UNREACH;
		break;
	default:
		return false;
	}
	icmp->type = ICMP_DEST_UNREACH;
	return true;
}

static bool paramprob_64(struct nat64_icmp *icmp)
{
	switch (icmp->code) {
	case ICMPV6_HDR_FIELD:
		icmp->type = ICMP_PARAMETERPROB;
		icmp->code = 0;
		return pointer_64(&icmp->pointer);
	case ICMPV6_UNK_NEXTHDR:
		icmp->type = ICMP_DEST_UNREACH;
		icmp->code = ICMP_PROT_UNREACH;
		return true;
	default:
		return false;
	}
}

static u32 mtu_64(u32 told, const struct nat64_icmp_mtu *m)
{
	u32 mtu = max(told, LEAST_MTU6);

	if (m->mtu6)
		mtu = min(mtu, max(m->mtu6, LEAST_MTU6));
	mtu -= GROWTH + m->frag;
	if (m->mtu4)
		mtu = min(mtu, m->mtu4);
	return min_t(u32, mtu, U16_MAX);
}

/**
 * nat64_icmp_error_64() - turn an ICMPv6 error into an ICMP error
 * @icmp: the ICMPv6 error, becomes the ICMP error
 * @mtu: what the MTU depends on
 *
 * RFC 7915, section 5.2. An MTU below IPv6's least one is taken as that: such
 * a router wanted a Fragment header, which IPv4 does not need.
 *
 * Context: any.
 * Return: false if there is no counterpart; @icmp is then undefined.
 */
bool nat64_icmp_error_64(struct nat64_icmp *icmp,
			 const struct nat64_icmp_mtu *mtu)
{
	switch (icmp->type) {
	case ICMPV6_DEST_UNREACH:
		return unreach_64(icmp);
	case ICMPV6_PKT_TOOBIG:
		icmp->type = ICMP_DEST_UNREACH;
		icmp->code = ICMP_FRAG_NEEDED;
		icmp->mtu = mtu_64(icmp->mtu, mtu);
		return true;
	case ICMPV6_TIME_EXCEED:
		icmp->type = ICMP_TIME_EXCEEDED;
		return true;
	case ICMPV6_PARAMPROB:
		return paramprob_64(icmp);
	default:
		return false;
	}
}

/* The MTUs that were common when routers did not tell theirs: RFC 1191, 7. */
static u32 plateau(u32 len)
{
	static const u16 plateaus[] = {
		65535, 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(plateaus); i++)
		if (plateaus[i] < len)
			return plateaus[i];
	return 68;
}

static u32 mtu_46(u32 told, const struct nat64_icmp_mtu *m)
{
	u32 mtu = (told ?: plateau(m->len)) + GROWTH;

	if (m->mtu4)
		mtu = min_t(u32, mtu, m->mtu4 + GROWTH);
	if (m->mtu6)
		mtu = min(mtu, m->mtu6);
	return max(mtu, LEAST_MTU6);
}

static bool unreach_46(struct nat64_icmp *icmp,
		       const struct nat64_icmp_mtu *mtu)
{
	u8 code = icmp->code;

	icmp->type = ICMPV6_DEST_UNREACH;
	switch (code) {
	case ICMP_NET_UNREACH:
	case ICMP_HOST_UNREACH:
	case ICMP_SR_FAILED:
	case ICMP_NET_UNKNOWN:
	case ICMP_HOST_UNKNOWN:
	case ICMP_HOST_ISOLATED:
	case ICMP_NET_UNR_TOS:
	case ICMP_HOST_UNR_TOS:
		icmp->code = ICMPV6_NOROUTE;
		return true;
	case ICMP_PROT_UNREACH:
		icmp->type = ICMPV6_PARAMPROB;
		icmp->code = ICMPV6_UNK_NEXTHDR;
		icmp->pointer = offsetof(struct ipv6hdr, nexthdr);
		return true;
	case ICMP_PORT_UNREACH:
		icmp->code = ICMPV6_PORT_UNREACH;
		return true;
	case ICMP_FRAG_NEEDED:
		icmp->type = ICMPV6_PKT_TOOBIG;
		icmp->code = 0;
		icmp->mtu = mtu_46(icmp->mtu, mtu);
		return true;
	case ICMP_NET_ANO:
	case ICMP_HOST_ANO:
	case ICMP_PKT_FILTERED:
	case ICMP_PREC_CUTOFF:
		icmp->code = ICMPV6_ADM_PROHIBITED;
		return true;
	default:
		return false;
	}
}

/**
 * nat64_icmp_error_46() - turn an ICMP error into an ICMPv6 error
 * @icmp: the ICMP error, becomes the ICMPv6 error
 * @mtu: what the MTU depends on
 *
 * RFC 7915, section 4.2.
 *
 * Context: any.
 * Return: false if there is no counterpart; @icmp is then undefined.
 */
bool nat64_icmp_error_46(struct nat64_icmp *icmp,
			 const struct nat64_icmp_mtu *mtu)
{
	switch (icmp->type) {
	case ICMP_DEST_UNREACH:
		return unreach_46(icmp, mtu);
	case ICMP_TIME_EXCEEDED:
		icmp->type = ICMPV6_TIME_EXCEED;
		return true;
	case ICMP_PARAMETERPROB:
		/* 0: at the pointer, 2: a bad length there */
		if (icmp->code != 0 && icmp->code != 2)
			return false;
		icmp->type = ICMPV6_PARAMPROB;
		icmp->code = ICMPV6_HDR_FIELD;
		return pointer_46(&icmp->pointer);
	default:
		return false;
	}
}

/**
 * nat64_icmp_extensible4() - may an ICMP error carry extensions?
 * @type: its type
 *
 * Those have a length attribute: RFC 4884, section 4.
 *
 * Context: any.
 * Return: true if so.
 */
bool nat64_icmp_extensible4(u8 type)
{
	return type == ICMP_DEST_UNREACH || type == ICMP_TIME_EXCEEDED ||
	       type == ICMP_PARAMETERPROB;
}

/**
 * nat64_icmp_extensible6() - may an ICMPv6 error carry extensions?
 * @type: its type
 *
 * Context: any.
 * Return: true if so.
 */
bool nat64_icmp_extensible6(u8 type)
{
	return type == ICMPV6_DEST_UNREACH || type == ICMPV6_TIME_EXCEED;
}
