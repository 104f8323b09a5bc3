// SPDX-License-Identifier: GPL-2.0
/*
 * Measuring a workload: threads, each pinned to a CPU of its own, start together
 * and run slices of it. The result is the median of all slices, so that a slice
 * during which something else had the CPU does not count.
 */
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/timekeeping.h>

#include "random.h"
#include "threads.h"

/* Slices that are measured. As many run before them as a warm-up. */
#define SLICES	128

/**
 * struct threads - a measurement
 * @workload: the workload
 * @ready: number of threads that are not yet ready to start
 * @err: error of a thread, or 0
 */
struct threads {
	const struct workload *workload;
	atomic_t ready;
	int err;
};

/**
 * struct member - a thread
 * @group: its group
 * @task: its task
 * @ended: completed when it exits
 * @worker: its part of the workload
 * @slices: nanoseconds of each slice
 */
struct member {
	struct threads *group;
	struct task_struct *task;
	struct completion ended;
	struct worker worker;
	u64 slices[SLICES];
};

static void do_slices(struct member *member)
{
	int i;

	for (i = -SLICES; i < SLICES; i++) {
		u64 began = ktime_get_ns();

		member->group->workload->slice(&member->worker);
		member->slices[max(i, 0)] = ktime_get_ns() - began;
		cond_resched();
	}
}

static int member_run(void *data)
{
	struct member *member = data;
	struct threads *group = member->group;
	int err = 0;

	if (group->workload->prepare)
		err = group->workload->prepare(&member->worker);
	if (err)
		WRITE_ONCE(group->err, err);
	atomic_dec(&group->ready);
	while (atomic_read(&group->ready))
		cond_resched();
	if (!READ_ONCE(group->err))
		do_slices(member);
	if (!err && group->workload->restore)
		group->workload->restore(&member->worker);
	kthread_complete_and_exit(&member->ended, 0);
}

/* Creates the thread, which does not run yet. */
static int member_init(struct member *member, struct threads *group, const struct worker *model,
		       u32 index)
{
	member->group = group;
	init_completion(&member->ended);
	member->worker = *model;
	member->worker.index = index;
	member->worker.random = key_of(index + 1);
	member->task = kthread_create_on_cpu(member_run, member, index, "bench/%u");
	return PTR_ERR_OR_ZERO(member->task);
}

static int members_start(struct member *members, struct threads *group, const struct worker *model)
{
	u32 made;
	int err = 0;

	for (made = 0; made < model->workers; made++) {
		err = member_init(&members[made], group, model, made);
		if (err)
			break;
	}
	while (made--) {
		if (err)
			kthread_stop(members[made].task);
		else
			wake_up_process(members[made].task);
	}
	return err;
}

static int members_wait(struct member *members, const struct threads *group, u32 threads)
{
	u64 missed = 0;
	u32 i;

	for (i = 0; i < threads; i++) {
		wait_for_completion(&members[i].ended);
		missed += members[i].worker.missed;
	}
	return missed ? -EUCLEAN : group->err;
}

static int compare(const void *a, const void *b)
{
	u64 left = *(const u64 *)a, right = *(const u64 *)b;

	return left < right ? -1 : left > right;
}

/* Of all slices of all threads. */
static int median(const struct member *members, u32 threads, u64 *nanoseconds)
{
	u64 *all = kmalloc_array(threads, sizeof(members->slices), GFP_KERNEL);
	u32 i;

	if (!all)
		return -ENOMEM;
	for (i = 0; i < threads; i++)
		memcpy(all + i * SLICES, members[i].slices, sizeof(members->slices));
	sort(all, threads * SLICES, sizeof(*all), compare, NULL);
	*nanoseconds = all[threads * SLICES / 2];
	kfree(all);
	return 0;
}

/**
 * threads_run() - measure a workload
 * @workload: the workload
 * @model: the table, and the number of threads: at most the number of CPUs
 * @picoseconds: set to the time that an operation takes in one thread
 *
 * Return: 0, -EUCLEAN if the table was not as expected, or another negative
 * errno.
 */
int threads_run(const struct workload *workload, const struct worker *model, u64 *picoseconds)
{
	struct member *members = kcalloc(model->workers, sizeof(*members), GFP_KERNEL);
	struct threads group = { .workload = workload, .ready = ATOMIC_INIT(model->workers) };
	u64 slice;
	int err;

	if (!members)
		return -ENOMEM;
	err = members_start(members, &group, model);
	if (!err)
		err = members_wait(members, &group, model->workers);
	if (!err)
		err = median(members, model->workers, &slice);
	if (!err)
		*picoseconds = div_u64(slice * 1000, SLICE_OPERATIONS);
	kfree(members);
	return err;
}
