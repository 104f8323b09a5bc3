/* SPDX-License-Identifier: GPL-2.0 */
/* Signals. They do not wake a task that already sleeps. */
#ifndef _NATIVE_LINUX_SCHED_SIGNAL_H
#define _NATIVE_LINUX_SCHED_SIGNAL_H

#include <linux/sched.h>

#include "native/thread.h"

#define signal_pending(task)		(native_signal || native_killed)
#define fatal_signal_pending(task)	native_killed

#endif /* _NATIVE_LINUX_SCHED_SIGNAL_H */
