/* SPDX-License-Identifier: GPL-2.0 */
/* There are no softirqs, but sleeping is forbidden where they are disabled. */
#ifndef _NATIVE_LINUX_BOTTOM_HALF_H
#define _NATIVE_LINUX_BOTTOM_HALF_H

#include <linux/preempt.h>

#define local_bh_disable()	preempt_disable()
#define local_bh_enable()	preempt_enable()

#endif /* _NATIVE_LINUX_BOTTOM_HALF_H */
