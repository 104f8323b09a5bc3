/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NATIVE_LINUX_PREEMPT_H
#define _NATIVE_LINUX_PREEMPT_H

#include "native/checks.h"

/* There are no softirqs. */
#define in_serving_softirq()		0

/* A thread can always be preempted. */
#define preempt_disable()		native_atomic_enter()
#define preempt_enable()		native_atomic_leave()

#define might_sleep()			native_might_sleep()

/* They do something on PREEMPT_RT only. */
#define preempt_disable_nested()	do { } while (0)
#define preempt_enable_nested()		do { } while (0)

#endif /* _NATIVE_LINUX_PREEMPT_H */
