/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attributes that stable kernels got one by one, so that no version tells.
 */
#ifndef _IPV6TUN_COMPAT_COMPILER_H
#define _IPV6TUN_COMPAT_COMPILER_H

#include <linux/compiler.h>

#ifndef __counted_by
#define __counted_by(member)
#endif

#endif
