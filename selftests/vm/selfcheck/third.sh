# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Two neighbours, and a way to spoil the third reply of one of them.

setup_ns left right
veth left:e0,192.0.2.1/24 right:e0,192.0.2.2/24

# answer_of_the_third NETEM_OPTION...: what happens to the reply to request 3.
answer_of_the_third()
{
	ns right tc qdisc add dev e0 root handle 1: prio
	ns right tc qdisc add dev e0 parent 1:3 netem "$@"
	# The sequence number is the fourth field of an ICMP echo.
	ns right tc filter add dev e0 parent 1: protocol ip u32 \
		match ip protocol 1 0xff match u16 3 0xffff at 26 flowid 1:3
}
