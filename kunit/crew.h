/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Threads that use a map together. With one CPU they take turns and prove
 * little; with two they overlap.
 *
 * Writers do a number of operations, and when they are done, those who watch
 * them are told to stop. Threads count what they find wrong, and the case
 * judges.
 */
#ifndef _BM_KUNIT_CREW_H
#define _BM_KUNIT_CREW_H

#include <linux/completion.h>
#include <linux/sched.h>

#include "common.h"

#define MEMBERS_MAX	6
#define CREW_TIMEOUT	(100 * HZ)

/**
 * struct member - a thread
 * @crew: those that it belongs to
 * @work: what it does
 * @task: the thread
 * @finished: it has done its work
 * @random: its random numbers
 * @number: first is 0
 * @done: how much it has done
 * @errors: what it found wrong
 * @example: a key that it found wrong
 */
struct member {
	struct crew *crew;
	void (*work)(struct member *member);
	struct task_struct *task;
	struct completion finished;
	struct rnd_state random;
	u32 number;
	u64 done;
	u64 errors;
	u64 example;
};

/**
 * struct crew - threads that use a map together
 * @test: the case
 * @map: the map
 * @count: how many threads there are
 * @go: all are there and may begin
 * @stop: watchers shall come to an end
 * @inserted: all keys below this were inserted
 * @step: one key of so many is deleted
 * @members: the threads
 */
struct crew {
	struct kunit *test;
	struct bucketmap *map;
	u32 count;
	bool go;
	bool stop;
	u64 inserted;
	u32 step;
	struct member members[MEMBERS_MAX];
};

struct crew *crew_of(struct kunit *test, struct bucketmap *map);

/* Makes a thread, each on the next CPU. */
struct member *crew_add(struct crew *crew, void (*work)(struct member *member));

/* Waits for a thread. */
void crew_join(struct crew *crew, struct member *member);

/*
 * Lets all begin, waits for the first @writers threads, and stops those that
 * watch them.
 */
void crew_join_all(struct crew *crew, u32 writers);

/* The same, and the worker comes to rest. */
void crew_finish(struct crew *crew, u32 writers);

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
static inline bool going_on(struct member *member)
{
	let_others_run();
	return !READ_ONCE(member->crew->stop) || !member->done;
}

static inline u32 below(struct member *member, u32 limit)
{
	return prandom_u32_state(&member->random) % limit;
}

static inline void expect(struct member *member, bool right, u64 key)
{
	if (right)
		return;
	member->errors++;
	member->example = key;
}

#endif /* _BM_KUNIT_CREW_H */
