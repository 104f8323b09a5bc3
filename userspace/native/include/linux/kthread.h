/* SPDX-License-Identifier: GPL-2.0 */
/* Threads: pthreads that use maps. They run on any CPU. */
#ifndef _NATIVE_LINUX_KTHREAD_H
#define _NATIVE_LINUX_KTHREAD_H

#include <linux/err.h>
#include <linux/sched.h>

struct task_struct *native_kthread_create(int (*function)(void *data),
					  void *data);

/* It begins when it is woken. */
#define kthread_create(function, data, name, ...) \
	native_kthread_create(function, data)

#define kthread_run_on_cpu(function, data, cpu, name) ({		\
	struct task_struct *_task = native_kthread_create(function, data);	\
									\
	(void)(cpu);							\
	wake_up_process(_task);						\
	_task;								\
})

/* Waits for the end of its function, and returns what that does. */
int kthread_stop(struct task_struct *task);

#endif /* _NATIVE_LINUX_KTHREAD_H */
