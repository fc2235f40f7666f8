// SPDX-License-Identifier: GPL-2.0
/* Generated from Documentation/netlink/specs/ipv6tun.yaml */
/* by selftests/gen.sh; do not edit. */

#include <linux/ipv6tun.h>

#include "spec.h"

static const char *const hash_names[] = {
	"l4",
	"l3",
	"flowlabel",
};

const struct spec_enum spec_enum_hash = {
	hash_names, 3,
};

static const char *const path_admin_names[] = {
	"down",
	"up",
};

const struct spec_enum spec_enum_path_admin = {
	path_admin_names, 2,
};

static const char *const path_state_names[] = {
	"down",
	"up",
};

const struct spec_enum spec_enum_path_state = {
	path_state_names, 2,
};

static const char *const path_reason_names[] = {
	"none",
	"admin",
	"underlay",
	"device",
	"carrier",
	"route",
	"neighbour",
	"probe",
	"probe-wait",
	"hold-up",
};

const struct spec_enum spec_enum_path_reason = {
	path_reason_names, 10,
};

static const char *const probe_names[] = {
	"none",
	"icmp",
	"keepalive",
};

const struct spec_enum spec_enum_probe = {
	probe_names, 3,
};

static const char *const return_mode_names[] = {
	"immediate",
	"idle",
};

const struct spec_enum spec_enum_return_mode = {
	return_mode_names, 2,
};

static const char *const lookup_why_names[] = {
	"none",
	"inside-peer",
	"route",
	"gateway",
	"all-paths",
};

const struct spec_enum spec_enum_lookup_why = {
	lookup_why_names, 5,
};

static const char *const nat64_mode_names[] = {
	"stateful",
	"stateless",
};

const struct spec_enum spec_enum_nat64_mode = {
	nat64_mode_names, 2,
};

static const char *const nat64_filtering_names[] = {
	"endpoint-independent",
	"address-dependent",
};

const struct spec_enum spec_enum_nat64_filtering = {
	nat64_filtering_names, 2,
};

static const char *const nat64_udp_zero_names[] = {
	"drop",
	"compute",
};

const struct spec_enum spec_enum_nat64_udp_zero = {
	nat64_udp_zero_names, 2,
};

static const char *const nat64_tcp_names[] = {
	"closed",
	"v4-init",
	"v6-init",
	"established",
	"v4-fin",
	"v6-fin",
	"v4-fin-v6-fin",
	"trans",
};

const struct spec_enum spec_enum_nat64_tcp = {
	nat64_tcp_names, 8,
};

static const char *const nat64_proto_names[] = {
	"tcp",
	"udp",
	"icmp",
};

const struct spec_enum spec_enum_nat64_proto = {
	nat64_proto_names, 3,
};

static const struct spec_attr probe_stats_attrs[] = {
	[IPV6TUN_A_PROBE_STATS_SENT] = {
		.name = "sent",
		.doc =
"Probes sent.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_PROBE_STATS_RECEIVED] = {
		.name = "received",
		.doc =
"Probes answered.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_PROBE_STATS_SPARED] = {
		.name = "spared",
		.doc =
"Probes not sent because received traffic counted as life.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_PROBE_STATS_LATE] = {
		.name = "late",
		.doc =
"Times this host was too late to judge, and gave the path another interval.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_PROBE_STATS_LOSS] = {
		.name = "loss",
		.doc =
"Share of the last 256 probes that went unanswered, in 1/1000. Those still on their way are left out.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_PROBE_STATS_RTT] = {
		.name = "rtt",
		.doc =
"Round-trip time of the last answered probe, microseconds.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_PROBE_STATS_RTT_SMOOTHED] = {
		.name = "rtt-smoothed",
		.doc =
"Round-trip time, smoothed as in RFC 6298, microseconds.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_PROBE_STATS_RTT_MIN] = {
		.name = "rtt-min",
		.doc =
"Shortest round-trip time, microseconds.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_PROBE_STATS_RTT_MAX] = {
		.name = "rtt-max",
		.doc =
"Longest round-trip time, microseconds.",
		.type = SPEC_U32,
	},
};

const struct spec_set spec_probe_stats = {
	probe_stats_attrs, IPV6TUN_A_PROBE_STATS_MAX,
};

static const struct spec_attr path_stats_attrs[] = {
	[IPV6TUN_A_PATH_STATS_RX_PACKETS] = {
		.name = "rx-packets",
		.doc =
"Inside packets received.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_PATH_STATS_RX_BYTES] = {
		.name = "rx-bytes",
		.doc =
"Bytes of the inside packets received.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_PATH_STATS_TX_PACKETS] = {
		.name = "tx-packets",
		.doc =
"Inside packets sent.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_PATH_STATS_TX_BYTES] = {
		.name = "tx-bytes",
		.doc =
"Bytes of the inside packets sent.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_PATH_STATS_RX_DROPPED] = {
		.name = "rx-dropped",
		.doc =
"Packets from the path that were dropped.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_PATH_STATS_TX_DROPPED] = {
		.name = "tx-dropped",
		.doc =
"Packets for the path that were dropped.",
		.type = SPEC_U64,
	},
};

const struct spec_set spec_path_stats = {
	path_stats_attrs, IPV6TUN_A_PATH_STATS_MAX,
};

static const struct spec_attr path_attrs[] = {
	[IPV6TUN_A_PATH_IFINDEX] = {
		.name = "ifindex",
		.doc =
"Index of the ipv6tun device.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_PATH_IFNAME] = {
		.name = "ifname",
		.doc =
"Name of the ipv6tun device. Read only.",
		.type = SPEC_STRING,
	},
	[IPV6TUN_A_PATH_ID] = {
		.name = "id",
		.doc =
"Path id. Decides with the weight which flows the path gets, so two routers that shall agree give the same path the same id. The kernel takes the lowest free one when path-add has none.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_PATH_LOCAL] = {
		.name = "local",
		.doc =
"Outer source address, 4 or 16 bytes in network byte order.",
		.type = SPEC_ADDR,
	},
	[IPV6TUN_A_PATH_REMOTE] = {
		.name = "remote",
		.doc =
"Outer destination address, of the same length as local.",
		.type = SPEC_ADDR,
	},
	[IPV6TUN_A_PATH_KEY] = {
		.name = "key",
		.doc =
"GRE key (RFC 2890) of both directions, host byte order.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_PATH_NO_KEY] = {
		.name = "no-key",
		.doc =
"Remove the key. Excludes key.",
		.type = SPEC_FLAG,
	},
	[IPV6TUN_A_PATH_CSUM] = {
		.name = "csum",
		.doc =
"1 to send the GRE checksum and to require it of what is received, 0 to send none and to accept packets with and without.",
		.type = SPEC_U8,
	},
	[IPV6TUN_A_PATH_TTL] = {
		.name = "ttl",
		.doc =
"TTL or hop limit of the outer header, 0 to inherit the inner one.",
		.type = SPEC_U8,
	},
	[IPV6TUN_A_PATH_TOS] = {
		.name = "tos",
		.doc =
"TOS or traffic class of the outer header. 1 to inherit the inner one, else the DSCP with the two low bits zero. ECN is always handled as RFC 6040 says.",
		.type = SPEC_U8,
	},
	[IPV6TUN_A_PATH_UNDERLAY] = {
		.name = "underlay",
		.doc =
"Index of the device (or VRF) that outer packets use, 0 to let the routing table decide.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_PATH_WEIGHT] = {
		.name = "weight",
		.doc =
"Relative share of the flows.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_PATH_PEER] = {
		.name = "peer",
		.doc =
"Inside peer address, 4 or 16 bytes in network byte order. Packets to it always take this path, and routes through it as next hop mean this path. The list given replaces the whole list of the path.",
		.type = SPEC_ADDR,
		.multi = true,
	},
	[IPV6TUN_A_PATH_NO_PEER] = {
		.name = "no-peer",
		.doc =
"Remove all inside peers. Excludes peer.",
		.type = SPEC_FLAG,
	},
	[IPV6TUN_A_PATH_ADMIN] = {
		.name = "admin",
		.doc =
"What the administrator wants.",
		.type = SPEC_U8,
		.names = &spec_enum_path_admin,
	},
	[IPV6TUN_A_PATH_STATE] = {
		.name = "state",
		.doc =
"Whether the path carries traffic now. Read only.",
		.type = SPEC_U8,
		.names = &spec_enum_path_state,
	},
	[IPV6TUN_A_PATH_REASON] = {
		.name = "reason",
		.doc =
"Why the state is what it is. Read only.",
		.type = SPEC_U8,
		.names = &spec_enum_path_reason,
	},
	[IPV6TUN_A_PATH_SINCE] = {
		.name = "since",
		.doc =
"Time of the last change of state, ns of CLOCK_BOOTTIME. Read only.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_PATH_MTU] = {
		.name = "mtu",
		.doc =
"Largest inside packet the path takes now, bytes. Read only.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_PATH_STATS] = {
		.name = "stats",
		.doc =
"Counters. Read only.",
		.type = SPEC_NEST,
		.nest = &spec_path_stats,
	},
	[IPV6TUN_A_PATH_PROBE] = {
		.name = "probe",
		.doc =
"How the path is watched. Default none.",
		.type = SPEC_U8,
		.names = &spec_enum_probe,
	},
	[IPV6TUN_A_PATH_INTERVAL] = {
		.name = "interval",
		.doc =
"Time between two probes, ms. Default 1000.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_PATH_MULTIPLIER] = {
		.name = "multiplier",
		.doc =
"Unanswered probes in a row that take the path down. Default 3.",
		.type = SPEC_U8,
	},
	[IPV6TUN_A_PATH_PASSIVE] = {
		.name = "passive",
		.doc =
"1 to count any packet received on the path as life and to spare the probe then, 0 to count answers only. Default 0, since a packet received says nothing of the way there.",
		.type = SPEC_U8,
	},
	[IPV6TUN_A_PATH_HOLD_UP] = {
		.name = "hold-up",
		.doc =
"Time a path must work again before it carries traffic, ms. Doubles with each failure less than a minute after the path came back, up to a minute. Default 1000.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_PATH_CHANGES] = {
		.name = "changes",
		.doc =
"How often the path went up or down. Read only.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_PATH_PROBE_STATS] = {
		.name = "probe-stats",
		.doc =
"What the probes found. Absent without probes. Read only.",
		.type = SPEC_NEST,
		.nest = &spec_probe_stats,
	},
};

const struct spec_set spec_path = {
	path_attrs, IPV6TUN_A_PATH_MAX,
};

static const struct spec_attr drops_attrs[] = {
	[IPV6TUN_A_DROPS_RX_GRE_TRUNCATED] = {
		.name = "rx-gre-truncated",
		.doc =
"The packet ends inside the GRE header.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_RX_GRE_VERSION] = {
		.name = "rx-gre-version",
		.doc =
"The GRE version is not 0 (RFC 2784, section 2.3.1).",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_RX_GRE_FLAGS] = {
		.name = "rx-gre-flags",
		.doc =
"A GRE flag is set that a receiver must not accept, e.g. the routing bit of RFC 1701 (RFC 2784, section 2.3).",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_RX_GRE_CSUM] = {
		.name = "rx-gre-csum",
		.doc =
"The GRE checksum is wrong, or missing where the path requires it.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_RX_GRE_PROTO] = {
		.name = "rx-gre-proto",
		.doc =
"The GRE payload is neither IPv4 nor IPv6.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_RX_KEY_MISMATCH] = {
		.name = "rx-key-mismatch",
		.doc =
"The outer addresses are those of a path, but the key is another, or missing, or unexpected.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_RX_INNER_TRUNCATED] = {
		.name = "rx-inner-truncated",
		.doc =
"The inside IP header is incomplete, or longer than the packet.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_RX_INNER_VERSION] = {
		.name = "rx-inner-version",
		.doc =
"The inside IP version is not what the GRE header announces.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_RX_SPOOFED] = {
		.name = "rx-spoofed",
		.doc =
"The inside source address is an inside peer of another path, and the destination is an address of the device.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_RX_ECN] = {
		.name = "rx-ecn",
		.doc =
"The outer header says congestion experienced, the inside packet is not ECN capable (RFC 6040, section 4.2).",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_RX_PATH_DOWN] = {
		.name = "rx-path-down",
		.doc =
"The administrator has set the path down.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_RX_DEVICE_DOWN] = {
		.name = "rx-device-down",
		.doc =
"The ipv6tun device is down.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_RX_QUEUE_FULL] = {
		.name = "rx-queue-full",
		.doc =
"The receive queue of the CPU is full.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_RX_POLICY] = {
		.name = "rx-policy",
		.doc =
"An IPsec policy for the outer packet does not allow it.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_RX_NO_MEMORY] = {
		.name = "rx-no-memory",
		.doc =
"Memory was missing.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_TX_NOT_IP] = {
		.name = "tx-not-ip",
		.doc =
"The packet is neither IPv4 nor IPv6.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_TX_TRUNCATED] = {
		.name = "tx-truncated",
		.doc =
"The packet ends inside its IP header.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_TX_NO_PATH] = {
		.name = "tx-no-path",
		.doc =
"No path serves the route of the packet.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_TX_PATH_DOWN] = {
		.name = "tx-path-down",
		.doc =
"All paths that may serve are down.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_TX_NO_ROUTE] = {
		.name = "tx-no-route",
		.doc =
"The underlay has no route to the remote.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_TX_LOOP] = {
		.name = "tx-loop",
		.doc =
"The route to the remote leads into the device itself.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_TX_TOO_BIG] = {
		.name = "tx-too-big",
		.doc =
"The packet exceeds the MTU of its path. The sender was told, as far as the rate limit of ICMP errors permits.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_TX_NO_MEMORY] = {
		.name = "tx-no-memory",
		.doc =
"No memory for the outer header.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_RX_PROBE_FORGED] = {
		.name = "rx-probe-forged",
		.doc =
"Looks like the answer to a probe, but we did not send that probe.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_RX_PROBE_REPLAYED] = {
		.name = "rx-probe-replayed",
		.doc =
"The answer to a probe that was answered, or is too old.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_RX_PROBE_PATH] = {
		.name = "rx-probe-path",
		.doc =
"The answer to a probe came back by another path.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_NAT64_TRUNCATED] = {
		.name = "nat64-truncated",
		.doc =
"The packet to translate ends inside its headers, or its lengths disagree.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_NAT64_PROTOCOL] = {
		.name = "nat64-protocol",
		.doc =
"The protocol to translate has no ports, and so no BIB entry.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_NAT64_ICMP_TYPE] = {
		.name = "nat64-icmp-type",
		.doc =
"The ICMP message to translate has no counterpart in the other family (RFC 7915, sections 4.2 and 5.2).",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_NAT64_SOURCE_ROUTE] = {
		.name = "nat64-source-route",
		.doc =
"The packet to translate has a source route that is not used up (RFC 7915, sections 4.1 and 5.1).",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_NAT64_EXT_HEADER] = {
		.name = "nat64-ext-header",
		.doc =
"The packet to translate has an IPv6 extension header that must not be skipped, or too many.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_NAT64_UDP_ZERO] = {
		.name = "nat64-udp-zero",
		.doc =
"An IPv4 UDP packet has no checksum and the settings say drop.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_NAT64_FRAGMENT] = {
		.name = "nat64-fragment",
		.doc =
"A fragment that cannot be translated: of ICMP without state, or one that fits no packet.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_NAT64_ADDRESS] = {
		.name = "nat64-address",
		.doc =
"An address of the packet has no counterpart: not one to translate, or the prefix does not allow it (RFC 6052, section 3.1).",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_NAT64_LOOP] = {
		.name = "nat64-loop",
		.doc =
"The IPv6 source is in pool6: the packet was translated before (RFC 6146, section 3.5).",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_NAT64_NO_BIB] = {
		.name = "nat64-no-bib",
		.doc =
"The IPv4 destination and port have no BIB entry.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_NAT64_NO_SESSION] = {
		.name = "nat64-no-session",
		.doc =
"An ICMP error that belongs to no session.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_NAT64_FILTERED] = {
		.name = "nat64-filtered",
		.doc =
"The IPv4 source has not been sent to, and filtering is address-dependent.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_NAT64_TCP_STATE] = {
		.name = "nat64-tcp-state",
		.doc =
"A TCP segment of no session which does not open one.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_NAT64_POOL_EXHAUSTED] = {
		.name = "nat64-pool-exhausted",
		.doc =
"All ports of pool4 that may serve are in use.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_NAT64_LIMIT] = {
		.name = "nat64-limit",
		.doc =
"The limit on sessions is reached.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_NAT64_NO_MEMORY] = {
		.name = "nat64-no-memory",
		.doc =
"No memory to translate the packet.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DROPS_NAT64_QUEUE_FULL] = {
		.name = "nat64-queue-full",
		.doc =
"The receive queue of the CPU is full.",
		.type = SPEC_U64,
	},
};

const struct spec_set spec_drops = {
	drops_attrs, IPV6TUN_A_DROPS_MAX,
};

static const struct spec_attr device_attrs[] = {
	[IPV6TUN_A_DEVICE_IFINDEX] = {
		.name = "ifindex",
		.doc =
"Index of the ipv6tun device.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_DEVICE_IFNAME] = {
		.name = "ifname",
		.doc =
"Name of the ipv6tun device. Read only.",
		.type = SPEC_STRING,
	},
	[IPV6TUN_A_DEVICE_PATHS] = {
		.name = "paths",
		.doc =
"Number of paths.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_DEVICE_PATHS_UP] = {
		.name = "paths-up",
		.doc =
"Number of paths that carry traffic now.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_DEVICE_ROUTES] = {
		.name = "routes",
		.doc =
"Number of routes that lead to the device.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_DEVICE_SETS] = {
		.name = "sets",
		.doc =
"Number of different path sets these routes use.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_DEVICE_RESYNCS] = {
		.name = "resyncs",
		.doc =
"How often the routes were read anew from the routing tables.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DEVICE_PMTU_UPDATES] = {
		.name = "pmtu-updates",
		.doc =
"How often an ICMP error of the underlay lowered the MTU of a path.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DEVICE_NO_PATH] = {
		.name = "no-path",
		.doc =
"GRE packets of this network namespace that no path of any ipv6tun device claimed, handed on to the kernel's own GRE.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_DEVICE_DROPS] = {
		.name = "drops",
		.doc =
"Packets dropped, by reason.",
		.type = SPEC_NEST,
		.nest = &spec_drops,
	},
};

const struct spec_set spec_device = {
	device_attrs, IPV6TUN_A_DEVICE_MAX,
};

static const struct spec_attr gateway_attrs[] = {
	[IPV6TUN_A_GATEWAY_ADDRESS] = {
		.name = "address",
		.doc =
"Address of the next hop, 4 or 16 bytes in network byte order.",
		.type = SPEC_ADDR,
	},
	[IPV6TUN_A_GATEWAY_WEIGHT] = {
		.name = "weight",
		.doc =
"Weight of the next hop in the route.",
		.type = SPEC_U32,
	},
};

const struct spec_set spec_gateway = {
	gateway_attrs, IPV6TUN_A_GATEWAY_MAX,
};

static const struct spec_attr member_attrs[] = {
	[IPV6TUN_A_MEMBER_ID] = {
		.name = "id",
		.doc =
"Path id.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_MEMBER_WEIGHT] = {
		.name = "weight",
		.doc =
"Weight of the path in the set, next hop weight times path weight.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_MEMBER_BUCKETS] = {
		.name = "buckets",
		.doc =
"Number of buckets the path owns while all paths of the set are up. Absent until the bucket table is built.",
		.type = SPEC_U32,
	},
};

const struct spec_set spec_member = {
	member_attrs, IPV6TUN_A_MEMBER_MAX,
};

static const struct spec_attr route_attrs[] = {
	[IPV6TUN_A_ROUTE_IFINDEX] = {
		.name = "ifindex",
		.doc =
"Index of the ipv6tun device.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_ROUTE_IFNAME] = {
		.name = "ifname",
		.doc =
"Name of the ipv6tun device.",
		.type = SPEC_STRING,
	},
	[IPV6TUN_A_ROUTE_TABLE] = {
		.name = "table",
		.doc =
"Routing table.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_ROUTE_FAMILY] = {
		.name = "family",
		.doc =
"AF_INET or AF_INET6.",
		.type = SPEC_U8,
	},
	[IPV6TUN_A_ROUTE_PREFIX] = {
		.name = "prefix",
		.doc =
"Destination prefix, 4 or 16 bytes in network byte order.",
		.type = SPEC_ADDR,
	},
	[IPV6TUN_A_ROUTE_PREFIX_LEN] = {
		.name = "prefix-len",
		.doc =
"Length of the prefix, bits.",
		.type = SPEC_U8,
	},
	[IPV6TUN_A_ROUTE_GATEWAY] = {
		.name = "gateway",
		.doc =
"The next hops of the route that lead to the device. The first 64 at most.",
		.type = SPEC_NEST,
		.multi = true,
		.nest = &spec_gateway,
	},
	[IPV6TUN_A_ROUTE_ALL_PATHS] = {
		.name = "all-paths",
		.doc =
"The route has no next hop, so any path of the device may serve.",
		.type = SPEC_FLAG,
	},
	[IPV6TUN_A_ROUTE_MEMBERS] = {
		.name = "members",
		.doc =
"Number of paths in the set.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_ROUTE_MEMBER] = {
		.name = "member",
		.doc =
"The paths of the set, ascending by id. The first 64 at most.",
		.type = SPEC_NEST,
		.multi = true,
		.nest = &spec_member,
	},
	[IPV6TUN_A_ROUTE_COUNT_BUCKETS] = {
		.name = "count-buckets",
		.doc =
"In a request, ask for the number of buckets of each member.",
		.type = SPEC_FLAG,
	},
};

const struct spec_set spec_route = {
	route_attrs, IPV6TUN_A_ROUTE_MAX,
};

static const struct spec_attr lookup_attrs[] = {
	[IPV6TUN_A_LOOKUP_IFINDEX] = {
		.name = "ifindex",
		.doc =
"Index of the ipv6tun device.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_LOOKUP_IFNAME] = {
		.name = "ifname",
		.doc =
"Name of the ipv6tun device.",
		.type = SPEC_STRING,
	},
	[IPV6TUN_A_LOOKUP_FROM] = {
		.name = "from",
		.doc =
"Inside source address, 4 or 16 bytes in network byte order.",
		.type = SPEC_ADDR,
	},
	[IPV6TUN_A_LOOKUP_TO] = {
		.name = "to",
		.doc =
"Inside destination address, of the same length as from.",
		.type = SPEC_ADDR,
	},
	[IPV6TUN_A_LOOKUP_PROTO] = {
		.name = "proto",
		.doc =
"IP protocol number.",
		.type = SPEC_U8,
	},
	[IPV6TUN_A_LOOKUP_SPORT] = {
		.name = "sport",
		.doc =
"Source port, host byte order; the identifier of an ICMP echo.",
		.type = SPEC_U16,
	},
	[IPV6TUN_A_LOOKUP_DPORT] = {
		.name = "dport",
		.doc =
"Destination port, host byte order.",
		.type = SPEC_U16,
	},
	[IPV6TUN_A_LOOKUP_FLOW_LABEL] = {
		.name = "flow-label",
		.doc =
"IPv6 flow label, host byte order, at most 0xfffff.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_LOOKUP_MARK] = {
		.name = "mark",
		.doc =
"Packet mark, for routing rules.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_LOOKUP_ID] = {
		.name = "id",
		.doc =
"Path the flow takes. Absent when there is none.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_LOOKUP_WHY] = {
		.name = "why",
		.doc =
"What decided the path.",
		.type = SPEC_U8,
		.names = &spec_enum_lookup_why,
	},
	[IPV6TUN_A_LOOKUP_DROP] = {
		.name = "drop",
		.doc =
"When there is no path, the number of the reason in the drops attribute set.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_LOOKUP_HASH] = {
		.name = "hash",
		.doc =
"Hash of the flow.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_LOOKUP_BUCKET] = {
		.name = "bucket",
		.doc =
"Bucket of the flow.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_LOOKUP_OWNER] = {
		.name = "owner",
		.doc =
"Path that owns the bucket while all paths of the set are up. Another than id while it is down.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_LOOKUP_GATEWAY] = {
		.name = "gateway",
		.doc =
"Next hop the routing table gave, 4 or 16 bytes.",
		.type = SPEC_ADDR,
	},
	[IPV6TUN_A_LOOKUP_TABLE] = {
		.name = "table",
		.doc =
"Routing table of the route.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_LOOKUP_PREFIX] = {
		.name = "prefix",
		.doc =
"Prefix of the route, 4 or 16 bytes in network byte order.",
		.type = SPEC_ADDR,
	},
	[IPV6TUN_A_LOOKUP_PREFIX_LEN] = {
		.name = "prefix-len",
		.doc =
"Length of the prefix, bits.",
		.type = SPEC_U8,
	},
	[IPV6TUN_A_LOOKUP_MEMBERS] = {
		.name = "members",
		.doc =
"Number of paths in the set.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_LOOKUP_MEMBER] = {
		.name = "member",
		.doc =
"The paths of the set, ascending by id. The first 64 at most.",
		.type = SPEC_NEST,
		.multi = true,
		.nest = &spec_member,
	},
	[IPV6TUN_A_LOOKUP_PACKET] = {
		.name = "packet",
		.doc =
"A packet of the flow, from its IPv4 or IPv6 header on, instead of from, to, proto, sport, dport and flow-label. Of a longer one the first 512 bytes.",
		.type = SPEC_BYTES,
	},
	[IPV6TUN_A_LOOKUP_OWNER_REASON] = {
		.name = "owner-reason",
		.doc =
"Why the owner is in its state, where it is another path than id. With none, the owner is up again and the bucket has not gone back yet.",
		.type = SPEC_U8,
		.names = &spec_enum_path_reason,
	},
};

const struct spec_set spec_lookup = {
	lookup_attrs, IPV6TUN_A_LOOKUP_MAX,
};

static const struct spec_attr nat64_stats_attrs[] = {
	[IPV6TUN_A_NAT64_STATS_TO4_PACKETS] = {
		.name = "to4-packets",
		.doc =
"Packets translated from IPv6 to IPv4.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_NAT64_STATS_TO4_BYTES] = {
		.name = "to4-bytes",
		.doc =
"Bytes of them, as they came.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_NAT64_STATS_TO6_PACKETS] = {
		.name = "to6-packets",
		.doc =
"Packets translated from IPv4 to IPv6.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_NAT64_STATS_TO6_BYTES] = {
		.name = "to6-bytes",
		.doc =
"Bytes of them, as they came.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_NAT64_STATS_TCP_BIBS] = {
		.name = "tcp-bibs",
		.doc =
"BIB entries of TCP.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_NAT64_STATS_UDP_BIBS] = {
		.name = "udp-bibs",
		.doc =
"BIB entries of UDP.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_NAT64_STATS_ICMP_BIBS] = {
		.name = "icmp-bibs",
		.doc =
"BIB entries of ICMP echo.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_NAT64_STATS_TCP_SESSIONS] = {
		.name = "tcp-sessions",
		.doc =
"Sessions of TCP.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_NAT64_STATS_UDP_SESSIONS] = {
		.name = "udp-sessions",
		.doc =
"Sessions of UDP.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_NAT64_STATS_ICMP_SESSIONS] = {
		.name = "icmp-sessions",
		.doc =
"Sessions of ICMP echo.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_NAT64_STATS_LOST_EVENTS] = {
		.name = "lost-events",
		.doc =
"Events of the group nat64 that could not be told: no memory, or a listener that asked for it (NETLINK_BROADCAST_ERROR) was too slow.",
		.type = SPEC_U64,
	},
};

const struct spec_set spec_nat64_stats = {
	nat64_stats_attrs, IPV6TUN_A_NAT64_STATS_MAX,
};

static const struct spec_attr pool6_attrs[] = {
	[IPV6TUN_A_POOL6_IFINDEX] = {
		.name = "ifindex",
		.doc =
"Index of the ipv6tun device.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_POOL6_IFNAME] = {
		.name = "ifname",
		.doc =
"Name of the ipv6tun device. Read only.",
		.type = SPEC_STRING,
	},
	[IPV6TUN_A_POOL6_PREFIX] = {
		.name = "prefix",
		.doc =
"The prefix, 16 bytes in network byte order.",
		.type = SPEC_ADDR,
	},
	[IPV6TUN_A_POOL6_PREFIX_LEN] = {
		.name = "prefix-len",
		.doc =
"Length of the prefix, bits: 32, 40, 48, 56, 64 or 96.",
		.type = SPEC_U8,
	},
};

const struct spec_set spec_pool6 = {
	pool6_attrs, IPV6TUN_A_POOL6_MAX,
};

static const struct spec_attr pool4_attrs[] = {
	[IPV6TUN_A_POOL4_IFINDEX] = {
		.name = "ifindex",
		.doc =
"Index of the ipv6tun device.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_POOL4_IFNAME] = {
		.name = "ifname",
		.doc =
"Name of the ipv6tun device. Read only.",
		.type = SPEC_STRING,
	},
	[IPV6TUN_A_POOL4_PREFIX] = {
		.name = "prefix",
		.doc =
"The addresses as a prefix, 4 bytes in network byte order.",
		.type = SPEC_ADDR,
	},
	[IPV6TUN_A_POOL4_PREFIX_LEN] = {
		.name = "prefix-len",
		.doc =
"Length of the prefix, bits.",
		.type = SPEC_U8,
	},
	[IPV6TUN_A_POOL4_PROTOS] = {
		.name = "protos",
		.doc =
"Protocols the range is for. Default all.",
		.type = SPEC_U8,
		.names = &spec_enum_nat64_proto,
		.bits = true,
	},
	[IPV6TUN_A_POOL4_PORT_MIN] = {
		.name = "port-min",
		.doc =
"Lowest port, host byte order. Default 1024.",
		.type = SPEC_U16,
	},
	[IPV6TUN_A_POOL4_PORT_MAX] = {
		.name = "port-max",
		.doc =
"Highest port, host byte order. Default 65535.",
		.type = SPEC_U16,
	},
	[IPV6TUN_A_POOL4_ADDRESSES] = {
		.name = "addresses",
		.doc =
"Number of addresses. Read only.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_POOL4_TCP_USED] = {
		.name = "tcp-used",
		.doc =
"TCP ports of these addresses in use. Read only.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_POOL4_UDP_USED] = {
		.name = "udp-used",
		.doc =
"UDP ports of these addresses in use. Read only.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_POOL4_ICMP_USED] = {
		.name = "icmp-used",
		.doc =
"Echo identifiers of these addresses in use. Read only.",
		.type = SPEC_U32,
	},
};

const struct spec_set spec_pool4 = {
	pool4_attrs, IPV6TUN_A_POOL4_MAX,
};

static const struct spec_attr eam_attrs[] = {
	[IPV6TUN_A_EAM_IFINDEX] = {
		.name = "ifindex",
		.doc =
"Index of the ipv6tun device.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_EAM_IFNAME] = {
		.name = "ifname",
		.doc =
"Name of the ipv6tun device. Read only.",
		.type = SPEC_STRING,
	},
	[IPV6TUN_A_EAM_PREFIX6] = {
		.name = "prefix6",
		.doc =
"IPv6 prefix, 16 bytes in network byte order.",
		.type = SPEC_ADDR,
	},
	[IPV6TUN_A_EAM_PREFIX6_LEN] = {
		.name = "prefix6-len",
		.doc =
"Length of the IPv6 prefix, bits.",
		.type = SPEC_U8,
	},
	[IPV6TUN_A_EAM_PREFIX4] = {
		.name = "prefix4",
		.doc =
"IPv4 prefix, 4 bytes in network byte order.",
		.type = SPEC_ADDR,
	},
	[IPV6TUN_A_EAM_PREFIX4_LEN] = {
		.name = "prefix4-len",
		.doc =
"Length of the IPv4 prefix, bits.",
		.type = SPEC_U8,
	},
};

const struct spec_set spec_eam = {
	eam_attrs, IPV6TUN_A_EAM_MAX,
};

static const struct spec_attr bib_attrs[] = {
	[IPV6TUN_A_BIB_IFINDEX] = {
		.name = "ifindex",
		.doc =
"Index of the ipv6tun device.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_BIB_IFNAME] = {
		.name = "ifname",
		.doc =
"Name of the ipv6tun device. Read only.",
		.type = SPEC_STRING,
	},
	[IPV6TUN_A_BIB_PROTO] = {
		.name = "proto",
		.doc =
"IP protocol number: 6 for TCP, 17 for UDP, 1 for ICMP echo.",
		.type = SPEC_U8,
	},
	[IPV6TUN_A_BIB_ADDR6] = {
		.name = "addr6",
		.doc =
"Address of the IPv6 host, 16 bytes in network byte order.",
		.type = SPEC_ADDR,
	},
	[IPV6TUN_A_BIB_ADDR6_LEN] = {
		.name = "addr6-len",
		.doc =
"In a filter, the bits of addr6 that count. Default 128.",
		.type = SPEC_U8,
	},
	[IPV6TUN_A_BIB_PORT6] = {
		.name = "port6",
		.doc =
"Its port, or echo identifier, host byte order.",
		.type = SPEC_U16,
	},
	[IPV6TUN_A_BIB_ADDR4] = {
		.name = "addr4",
		.doc =
"IPv4 address it appears as, 4 bytes in network byte order.",
		.type = SPEC_ADDR,
	},
	[IPV6TUN_A_BIB_ADDR4_LEN] = {
		.name = "addr4-len",
		.doc =
"In a filter, the bits of addr4 that count. Default 32.",
		.type = SPEC_U8,
	},
	[IPV6TUN_A_BIB_PORT4] = {
		.name = "port4",
		.doc =
"IPv4 port, or echo identifier, host byte order.",
		.type = SPEC_U16,
	},
	[IPV6TUN_A_BIB_STATIC] = {
		.name = "static",
		.doc =
"The operator made the entry. In a filter, only these.",
		.type = SPEC_FLAG,
	},
	[IPV6TUN_A_BIB_SESSIONS] = {
		.name = "sessions",
		.doc =
"Number of its sessions. Read only.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_BIB_SINCE] = {
		.name = "since",
		.doc =
"When the entry was made, ns of CLOCK_BOOTTIME. Read only.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_BIB_TIMESTAMP] = {
		.name = "timestamp",
		.doc =
"In an event, when it happened, ns of CLOCK_REALTIME.",
		.type = SPEC_U64,
	},
};

const struct spec_set spec_bib = {
	bib_attrs, IPV6TUN_A_BIB_MAX,
};

static const struct spec_attr session_attrs[] = {
	[IPV6TUN_A_SESSION_IFINDEX] = {
		.name = "ifindex",
		.doc =
"Index of the ipv6tun device.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_SESSION_IFNAME] = {
		.name = "ifname",
		.doc =
"Name of the ipv6tun device. Read only.",
		.type = SPEC_STRING,
	},
	[IPV6TUN_A_SESSION_PROTO] = {
		.name = "proto",
		.doc =
"IP protocol number: 6 for TCP, 17 for UDP, 1 for ICMP echo.",
		.type = SPEC_U8,
	},
	[IPV6TUN_A_SESSION_ADDR6] = {
		.name = "addr6",
		.doc =
"Address of the IPv6 host, 16 bytes in network byte order.",
		.type = SPEC_ADDR,
	},
	[IPV6TUN_A_SESSION_ADDR6_LEN] = {
		.name = "addr6-len",
		.doc =
"In a filter, the bits of addr6 that count. Default 128.",
		.type = SPEC_U8,
	},
	[IPV6TUN_A_SESSION_PORT6] = {
		.name = "port6",
		.doc =
"Its port, or echo identifier, host byte order.",
		.type = SPEC_U16,
	},
	[IPV6TUN_A_SESSION_REMOTE6] = {
		.name = "remote6",
		.doc =
"Address that the IPv6 host knows the IPv4 host by. Absent when that is configured no longer.",
		.type = SPEC_ADDR,
	},
	[IPV6TUN_A_SESSION_ADDR4] = {
		.name = "addr4",
		.doc =
"IPv4 address that the IPv6 host appears as.",
		.type = SPEC_ADDR,
	},
	[IPV6TUN_A_SESSION_ADDR4_LEN] = {
		.name = "addr4-len",
		.doc =
"In a filter, the bits of addr4 that count. Default 32.",
		.type = SPEC_U8,
	},
	[IPV6TUN_A_SESSION_PORT4] = {
		.name = "port4",
		.doc =
"IPv4 port, or echo identifier, host byte order.",
		.type = SPEC_U16,
	},
	[IPV6TUN_A_SESSION_REMOTE4] = {
		.name = "remote4",
		.doc =
"Address of the IPv4 host, 4 bytes in network byte order.",
		.type = SPEC_ADDR,
	},
	[IPV6TUN_A_SESSION_REMOTE4_LEN] = {
		.name = "remote4-len",
		.doc =
"In a filter, the bits of remote4 that count. Default 32.",
		.type = SPEC_U8,
	},
	[IPV6TUN_A_SESSION_REMOTE_PORT] = {
		.name = "remote-port",
		.doc =
"Port of the IPv4 host, host byte order. Absent with ICMP echo.",
		.type = SPEC_U16,
	},
	[IPV6TUN_A_SESSION_STATE] = {
		.name = "state",
		.doc =
"State of a TCP session.",
		.type = SPEC_U8,
		.names = &spec_enum_nat64_tcp,
	},
	[IPV6TUN_A_SESSION_EXPIRES] = {
		.name = "expires",
		.doc =
"Time until the session ends if no packet comes, ms.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_SESSION_TIMESTAMP] = {
		.name = "timestamp",
		.doc =
"In an event, when it happened, ns of CLOCK_REALTIME.",
		.type = SPEC_U64,
	},
	[IPV6TUN_A_SESSION_ENDED] = {
		.name = "ended",
		.doc =
"In the reply to a flush, how many sessions it ended.",
		.type = SPEC_U64,
	},
};

const struct spec_set spec_session = {
	session_attrs, IPV6TUN_A_SESSION_MAX,
};

static const struct spec_attr nat64_attrs[] = {
	[IPV6TUN_A_NAT64_IFINDEX] = {
		.name = "ifindex",
		.doc =
"Index of the ipv6tun device.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_NAT64_IFNAME] = {
		.name = "ifname",
		.doc =
"Name of the ipv6tun device. Read only.",
		.type = SPEC_STRING,
	},
	[IPV6TUN_A_NAT64_MODE] = {
		.name = "mode",
		.doc =
"What becomes of addresses that no EAM entry has. Default stateful.",
		.type = SPEC_U8,
		.names = &spec_enum_nat64_mode,
	},
	[IPV6TUN_A_NAT64_FILTERING] = {
		.name = "filtering",
		.doc =
"Who may send to a BIB entry. Default endpoint-independent.",
		.type = SPEC_U8,
		.names = &spec_enum_nat64_filtering,
	},
	[IPV6TUN_A_NAT64_UDP_ZERO] = {
		.name = "udp-zero",
		.doc =
"What becomes of UDP packets without a checksum. Default compute.",
		.type = SPEC_U8,
		.names = &spec_enum_nat64_udp_zero,
	},
	[IPV6TUN_A_NAT64_LOWEST_MTU] = {
		.name = "lowest-mtu",
		.doc =
"IPv6 packets made of IPv4 packets that may be fragmented get no longer than this, bytes. Default 1280.",
		.type = SPEC_U16,
	},
	[IPV6TUN_A_NAT64_TCP_EST] = {
		.name = "tcp-est",
		.doc =
"Time-out of established TCP sessions, s. Default 7440. At most 2592000.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_NAT64_TCP_TRANS] = {
		.name = "tcp-trans",
		.doc =
"Time-out of TCP sessions that open or close, s. Default 240. At most 2592000.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_NAT64_TCP_SYN] = {
		.name = "tcp-syn",
		.doc =
"How long a SYN from IPv4 waits for one from IPv6, s; 30 at most. Also the time-out of TCP that opens while more than half of max-sessions are in use. Default 6. At most 2592000.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_NAT64_UDP] = {
		.name = "udp",
		.doc =
"Time-out of UDP sessions, s. Default 300. At most 2592000.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_NAT64_ICMP] = {
		.name = "icmp",
		.doc =
"Time-out of echo sessions, s. Default 60. At most 2592000.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_NAT64_MAX_SESSIONS] = {
		.name = "max-sessions",
		.doc =
"The most sessions there may be, up to 16777216. Default 1048576.",
		.type = SPEC_U32,
	},
	[IPV6TUN_A_NAT64_ICMP_SOURCE] = {
		.name = "icmp-source",
		.doc =
"IPv4 source addresses, as a prefix, of ICMP errors from IPv6 hops that have no other (RFC 6791). Default none.",
		.type = SPEC_ADDR,
	},
	[IPV6TUN_A_NAT64_ICMP_SOURCE_LEN] = {
		.name = "icmp-source-len",
		.doc =
"Length of the prefix of icmp-source, bits. Default 32.",
		.type = SPEC_U8,
	},
	[IPV6TUN_A_NAT64_NO_ICMP_SOURCE] = {
		.name = "no-icmp-source",
		.doc =
"Remove icmp-source. Excludes icmp-source.",
		.type = SPEC_FLAG,
	},
	[IPV6TUN_A_NAT64_SESSION_EVENTS] = {
		.name = "session-events",
		.doc =
"1 to tell the group nat64 of sessions, too, and not only of BIB entries. Default 0.",
		.type = SPEC_U8,
	},
	[IPV6TUN_A_NAT64_STATS] = {
		.name = "stats",
		.doc =
"Counters and gauges. Read only.",
		.type = SPEC_NEST,
		.nest = &spec_nat64_stats,
	},
	[IPV6TUN_A_NAT64_POOL6] = {
		.name = "pool6",
		.doc =
"In nat64-replace, a prefix of pool6. The first one serves IPv4 addresses that come from no session.",
		.type = SPEC_NEST,
		.multi = true,
		.nest = &spec_pool6,
	},
	[IPV6TUN_A_NAT64_POOL4] = {
		.name = "pool4",
		.doc =
"In nat64-replace, a range of pool4.",
		.type = SPEC_NEST,
		.multi = true,
		.nest = &spec_pool4,
	},
	[IPV6TUN_A_NAT64_EAM] = {
		.name = "eam",
		.doc =
"In nat64-replace, an explicit address mapping.",
		.type = SPEC_NEST,
		.multi = true,
		.nest = &spec_eam,
	},
	[IPV6TUN_A_NAT64_BIB] = {
		.name = "bib",
		.doc =
"In nat64-replace, a static BIB entry.",
		.type = SPEC_NEST,
		.multi = true,
		.nest = &spec_bib,
	},
};

const struct spec_set spec_nat64 = {
	nat64_attrs, IPV6TUN_A_NAT64_MAX,
};

const char *const spec_cmd[] = {
	[IPV6TUN_CMD_PATH_ADD] = "path-add",
	[IPV6TUN_CMD_PATH_SET] = "path-set",
	[IPV6TUN_CMD_PATH_DEL] = "path-del",
	[IPV6TUN_CMD_PATH_GET] = "path-get",
	[IPV6TUN_CMD_PATH_LIST] = "path-list",
	[IPV6TUN_CMD_DEVICE_GET] = "device-get",
	[IPV6TUN_CMD_DEVICE_LIST] = "device-list",
	[IPV6TUN_CMD_ROUTE_LIST] = "route-list",
	[IPV6TUN_CMD_LOOKUP] = "lookup",
	[IPV6TUN_CMD_PATH_ADD_NTF] = "path-add-ntf",
	[IPV6TUN_CMD_PATH_SET_NTF] = "path-set-ntf",
	[IPV6TUN_CMD_PATH_DEL_NTF] = "path-del-ntf",
	[IPV6TUN_CMD_PATH_STATE_NTF] = "path-state-ntf",
	[IPV6TUN_CMD_NAT64_SET] = "nat64-set",
	[IPV6TUN_CMD_NAT64_DEL] = "nat64-del",
	[IPV6TUN_CMD_NAT64_GET] = "nat64-get",
	[IPV6TUN_CMD_NAT64_LIST] = "nat64-list",
	[IPV6TUN_CMD_NAT64_REPLACE] = "nat64-replace",
	[IPV6TUN_CMD_POOL6_ADD] = "pool6-add",
	[IPV6TUN_CMD_POOL6_DEL] = "pool6-del",
	[IPV6TUN_CMD_POOL6_LIST] = "pool6-list",
	[IPV6TUN_CMD_POOL4_ADD] = "pool4-add",
	[IPV6TUN_CMD_POOL4_DEL] = "pool4-del",
	[IPV6TUN_CMD_POOL4_LIST] = "pool4-list",
	[IPV6TUN_CMD_EAM_ADD] = "eam-add",
	[IPV6TUN_CMD_EAM_DEL] = "eam-del",
	[IPV6TUN_CMD_EAM_LIST] = "eam-list",
	[IPV6TUN_CMD_BIB_ADD] = "bib-add",
	[IPV6TUN_CMD_BIB_DEL] = "bib-del",
	[IPV6TUN_CMD_BIB_LIST] = "bib-list",
	[IPV6TUN_CMD_SESSION_LIST] = "session-list",
	[IPV6TUN_CMD_NAT64_FLUSH] = "nat64-flush",
	[IPV6TUN_CMD_NAT64_SET_NTF] = "nat64-set-ntf",
	[IPV6TUN_CMD_NAT64_DEL_NTF] = "nat64-del-ntf",
	[IPV6TUN_CMD_BIB_ADD_NTF] = "bib-add-ntf",
	[IPV6TUN_CMD_BIB_DEL_NTF] = "bib-del-ntf",
	[IPV6TUN_CMD_SESSION_ADD_NTF] = "session-add-ntf",
	[IPV6TUN_CMD_SESSION_DEL_NTF] = "session-del-ntf",
};
