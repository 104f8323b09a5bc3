/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NATIVE_LINUX_LOCKDEP_H
#define _NATIVE_LINUX_LOCKDEP_H

#include <linux/spinlock.h>

#define SINGLE_DEPTH_NESTING	1

#endif /* _NATIVE_LINUX_LOCKDEP_H */
