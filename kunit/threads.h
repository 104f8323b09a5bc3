/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Threads that share a map. On one CPU they take turns, which proves little; on
 * two they overlap.
 *
 * Writers do a fixed number of operations; when they are done, the other threads
 * are stopped. Threads count errors, and threads_join() fails the case if there
 * are any.
 */
#ifndef _BM_KUNIT_THREADS_H
#define _BM_KUNIT_THREADS_H

#include <linux/completion.h>
#include <linux/sched.h>

#include "common.h"

#define THREADS_MAX	6
#define THREADS_TIMEOUT	(100 * HZ)

/**
 * struct thread - a thread
 * @threads: the group that it belongs to
 * @work: its function
 * @task: its task
 * @finished: completed when @work has returned
 * @random: state of its random numbers
 * @number: its index in the group
 * @done: number of operations done
 * @errors: number of errors found
 * @example: the key of the last error
 */
struct thread {
	struct threads *threads;
	void (*work)(struct thread *thread);
	struct task_struct *task;
	struct completion finished;
	struct rnd_state random;
	u32 number;
	u64 done;
	u64 errors;
	u64 example;
};

/**
 * struct threads - threads that share a map
 * @test: the case
 * @map: the map
 * @count: number of threads
 * @go: all threads exist and may begin
 * @stop: threads other than the writers must end
 * @inserted: all keys below this are inserted
 * @step: every key that is a multiple of this is deleted
 * @list: the threads
 */
struct threads {
	struct kunit *test;
	struct bucketmap *map;
	u32 count;
	bool go;
	bool stop;
	u64 inserted;
	u32 step;
	struct thread list[THREADS_MAX];
};

struct threads *threads_of(struct kunit *test, struct bucketmap *map);

/* Starts a thread on the next CPU. */
struct thread *threads_add(struct threads *threads, void (*work)(struct thread *thread));

/* Waits for a thread, and fails the case if it found errors. */
void threads_join(struct threads *threads, struct thread *thread);

/*
 * Lets all threads begin, waits for the first @writers threads, and stops the
 * others.
 */
void threads_join_all(struct threads *threads, u32 writers);

/* The same, and settles the worker. */
void threads_finish(struct threads *threads, u32 writers);

/*
 * cond_resched() is a no-op in a preemptible kernel, and User-mode Linux does
 * not preempt threads that never take a lock.
 */
static inline void let_others_run(void)
{
	if (need_resched())
		schedule();
}

/*
 * Every thread checks this before each round. It is true at least once, so that
 * each thread does something even if the writers run first on the only CPU.
 */
static inline bool keep_going(struct thread *thread)
{
	let_others_run();
	return !READ_ONCE(thread->threads->stop) || !thread->done;
}

static inline u32 below(struct thread *thread, u32 limit)
{
	return prandom_u32_state(&thread->random) % limit;
}

static inline void expect(struct thread *thread, bool right, u64 key)
{
	if (right)
		return;
	thread->errors++;
	thread->example = key;
}

#endif /* _BM_KUNIT_THREADS_H */
