/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Threads that use a map together. With one CPU they take turns and prove
 * little; with two they overlap.
 *
 * Writers do a number of operations, and when they are done, those who watch
 * them are told to stop. Threads count what they find wrong, and the case
 * judges.
 */
#ifndef _BM_KUNIT_THREADS_H
#define _BM_KUNIT_THREADS_H

#include <linux/completion.h>
#include <linux/sched.h>

#include "common.h"

#define MEMBERS_MAX	6
#define THREADS_TIMEOUT	(100 * HZ)

/**
 * struct thread - a thread
 * @threads: those that it belongs to
 * @work: what it does
 * @task: the thread
 * @finished: it has done its work
 * @random: its random numbers
 * @number: first is 0
 * @done: how much it has done
 * @errors: what it found wrong
 * @example: a key that it found wrong
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
 * struct threads - threads that use a map together
 * @test: the case
 * @map: the map
 * @count: how many threads there are
 * @go: all are there and may begin
 * @stop: watchers shall come to an end
 * @inserted: all keys below this were inserted
 * @step: one key of so many is deleted
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
	struct thread list[MEMBERS_MAX];
};

struct threads *threads_of(struct kunit *test, struct bucketmap *map);

/* Makes a thread, each on the next CPU. */
struct thread *threads_add(struct threads *threads, void (*work)(struct thread *thread));

/* Waits for a thread. */
void threads_join(struct threads *threads, struct thread *thread);

/*
 * Lets all begin, waits for the first @writers threads, and stops those that
 * watch them.
 */
void threads_join_all(struct threads *threads, u32 writers);

/* The same, and the worker comes to rest. */
void threads_finish(struct threads *threads, u32 writers);

/*
 * cond_resched() does nothing in a preemptible kernel, and User-mode Linux
 * does not preempt threads that never take a lock.
 */
static inline void let_others_run(void)
{
	if (need_resched())
		schedule();
}

/*
 * To be asked by watchers before each round, and by writers as well. Everybody
 * gets something done, even if the writers were first on the only CPU.
 */
static inline bool going_on(struct thread *thread)
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
