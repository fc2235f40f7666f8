/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Included before everything else in each file of ipv6tunctl that is built for the
 * fuzzer: what the tool asks of the machine it asks of the files here.
 */
#ifndef RENAME_H
#define RENAME_H

#define main				ctl_main

#define fopen				fuzz_fopen
#define if_nametoindex			fuzz_nametoindex
#define if_indextoname			fuzz_indextoname

#define nl_connect			fuzz_connect
#define nl_send_auto			fuzz_send_auto
#define nl_recvmsgs			fuzz_recvmsgs
#define nl_recvmsgs_default		fuzz_recvmsgs_default
#define nl_socket_add_memberships	fuzz_add_memberships
#define genl_ctrl_resolve		fuzz_ctrl_resolve
#define genl_ctrl_resolve_grp		fuzz_ctrl_resolve_grp

#endif
