// SPDX-License-Identifier: GPL-2.0
/*
 * nsrun: runs a program in a network namespace, as "ip netns exec" does.
 *
 *	nsrun NAME PROGRAM [ARGUMENT...]
 *
 * Linked statically and without libraries of its own it starts several times faster,
 * which in an emulated guest is most of what a command costs.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static int complain(const char *what)
{
	fprintf(stderr, "nsrun: %s: %s\n", what, strerror(errno));
	return 255;
}

int main(int argc, char **argv)
{
	char path[256];
	int fd;

	if (argc < 3) {
		fprintf(stderr, "usage: nsrun NAME PROGRAM [ARGUMENT...]\n");
		return 255;
	}
	snprintf(path, sizeof(path), "/run/netns/%s", argv[1]);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		return complain(path);
	/* /sys/class/net is that of the namespace it was mounted in. */
	if (unshare(CLONE_NEWNS) || mount("", "/", "none", MS_SLAVE | MS_REC, NULL))
		return complain("mounts");
	umount2("/sys", MNT_DETACH);
	if (mount(argv[1], "/sys", "sysfs", 0, NULL))
		return complain("/sys");
	execvp(argv[2], argv + 2);
	return complain(argv[2]);
}
