/* SPDX-License-Identifier: GPL-2.0 */
/* References to the tasks of kthread_create(). */
#ifndef _NATIVE_LINUX_SCHED_TASK_H
#define _NATIVE_LINUX_SCHED_TASK_H

#include <linux/sched.h>

void get_task_struct(struct task_struct *task);
void put_task_struct(struct task_struct *task);

#endif /* _NATIVE_LINUX_SCHED_TASK_H */
