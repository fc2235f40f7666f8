// SPDX-License-Identifier: GPL-2.0
/*
 * Proof that the test bed can fail: does something wrong when loaded, nothing
 * else. Never part of the product; only selftests/run --splat and --self-check
 * build it. All but "warn" need the checkers of the debug kernel.
 */
#include <linux/init.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

static char *kind = "warn";
module_param(kind, charp, 0);
MODULE_PARM_DESC(kind, "warn, oob, uaf, lock, rcu, sleep, shift or leak");

/* Not known to the compiler, which would otherwise see the mistake. */
static int one = 1;
module_param(one, int, 0);

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);
static DEFINE_SPINLOCK(spin); /* held while sleeping, wrongly */
static LIST_HEAD(list);

struct item {
	struct list_head node;
};

static void out_of_bounds(void)
{
	u8 *p = kmalloc(32, GFP_KERNEL);

	if (!p)
		return;
	OPTIMIZER_HIDE_VAR(p);
	WRITE_ONCE(p[31 + one], 1);
	kfree(p);
}

static void use_after_free(void)
{
	u8 *p = kmalloc(32, GFP_KERNEL);

	if (!p)
		return;
	kfree(p);
	OPTIMIZER_HIDE_VAR(p);
	WRITE_ONCE(p[one], 1);
}

static void lock_order(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);
	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

static void walk_without_rcu(void)
{
	struct item *item;

	list_for_each_entry_rcu(item, &list, node)
		pr_info("item\n");
}

static void sleep_in_atomic(void)
{
	spin_lock(&spin);
	might_sleep();
	spin_unlock(&spin);
}

static void shift_too_far(void)
{
	int by = 31 + one;

	OPTIMIZER_HIDE_VAR(by);
	pr_info("shifted: %d\n", 1 << by);
}

/* Several: a stale pointer to one may lie about somewhere. */
static void leak(void)
{
	int i;

	for (i = 0; i < 50; i++) {
		void *p = kmalloc(200, GFP_KERNEL);

		OPTIMIZER_HIDE_VAR(p);
	}
}

static int __init splat_init(void)
{
	if (!strcmp(kind, "warn"))
		WARN(1, "splat on purpose\n");
	else if (!strcmp(kind, "oob"))
		out_of_bounds();
	else if (!strcmp(kind, "uaf"))
		use_after_free();
	else if (!strcmp(kind, "lock"))
		lock_order();
	else if (!strcmp(kind, "rcu"))
		walk_without_rcu();
	else if (!strcmp(kind, "sleep"))
		sleep_in_atomic();
	else if (!strcmp(kind, "shift"))
		shift_too_far();
	else if (!strcmp(kind, "leak"))
		leak();
	else
		return -EINVAL;
	return 0;
}

static void __exit splat_exit(void)
{
}

module_init(splat_init);
module_exit(splat_exit);
MODULE_DESCRIPTION("Does wrong on purpose, to test the test bed");
MODULE_LICENSE("GPL");
