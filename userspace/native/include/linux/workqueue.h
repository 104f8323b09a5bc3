/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Workqueues with a few threads each. As in the kernel, a work is pending once
 * at most, never runs on two threads at the same time, and may be queued again
 * while it runs.
 */
#ifndef _NATIVE_LINUX_WORKQUEUE_H
#define _NATIVE_LINUX_WORKQUEUE_H

#include <linux/errno.h>
#include <linux/kernel.h>

#define WQ_UNBOUND	0x1u

struct workqueue_struct;
struct work_struct;

typedef void (*work_func_t)(struct work_struct *work);

/**
 * struct work_struct - a work; all but @func is protected by one mutex
 * @func: what it does
 * @next: the next one in its queue
 * @wq: where it is pending or runs, or did last
 * @due: when it will be ready to run, as jiffies are counted
 * @pending: it is in @wq's queue
 * @cancels: callers of cancel_*_sync() that it must not be queued under
 * @starts: how often it began to run
 */
struct work_struct {
	work_func_t func;
	struct work_struct *next;
	struct workqueue_struct *wq;
	unsigned long due;
	bool pending;
	unsigned int cancels;
	unsigned long starts;
};

struct delayed_work {
	struct work_struct work;
};

#define INIT_WORK(pointer, function) \
	(*(pointer) = (struct work_struct){ .func = (function) })
#define INIT_DELAYED_WORK(pointer, function) \
	INIT_WORK(&(pointer)->work, function)

#define INIT_WORK_ONSTACK(pointer, function)	INIT_WORK(pointer, function)
#define destroy_work_on_stack(pointer)		((void)(pointer))

#define to_delayed_work(pointer) \
	container_of(pointer, struct delayed_work, work)

struct workqueue_struct *alloc_workqueue(const char *name, unsigned int flags,
					 int max_active);
void destroy_workqueue(struct workqueue_struct *wq);

bool queue_work(struct workqueue_struct *wq, struct work_struct *work);
bool queue_delayed_work(struct workqueue_struct *wq,
			struct delayed_work *dwork, unsigned long delay);
bool mod_delayed_work(struct workqueue_struct *wq,
		      struct delayed_work *dwork, unsigned long delay);
bool delayed_work_pending(struct delayed_work *dwork);
/* There from the first use to the end of the program. */
#define system_unbound_wq	native_system_wq()
struct workqueue_struct *native_system_wq(void);

bool flush_work(struct work_struct *work);
bool flush_delayed_work(struct delayed_work *dwork);
bool cancel_delayed_work_sync(struct delayed_work *dwork);

#endif /* _NATIVE_LINUX_WORKQUEUE_H */
