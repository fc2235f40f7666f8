// SPDX-License-Identifier: GPL-2.0
/*
 * Proof that the test bed can fail: warns when loaded, does nothing else.
 * Never part of the product; only selftests/run --splat builds it.
 */
#include <linux/init.h>
#include <linux/module.h>

static int __init splat_init(void)
{
	WARN(1, "splat on purpose\n");
	return 0;
}

static void __exit splat_exit(void)
{
}

module_init(splat_init);
module_exit(splat_exit);
MODULE_DESCRIPTION("Warns on purpose, to test the test bed");
MODULE_LICENSE("GPL");
