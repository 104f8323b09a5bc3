// SPDX-License-Identifier: GPL-2.0
/*
 * Threads that use a map together.
 */
#include <linux/cpumask.h>
#include <linux/kthread.h>
#include <linux/sched/task.h>

#include "crew.h"

struct crew *crew_of(struct kunit *test, struct bucketmap *map)
{
	struct crew *crew = kunit_kzalloc(test, sizeof(*crew), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, crew);
	crew->test = test;
	crew->map = map;
	return crew;
}

static int run_member(void *data)
{
	struct member *member = data;

	while (!READ_ONCE(member->crew->go))
		schedule();
	member->work(member);
	complete(&member->finished);
	return 0;
}

struct member *crew_add(struct crew *crew, void (*work)(struct member *member))
{
	struct member *member = &crew->members[crew->count];
	u32 cpu = cpumask_local_spread(crew->count, NUMA_NO_NODE);

	member->crew = crew;
	member->work = work;
	member->number = crew->count;
	init_completion(&member->finished);
	prandom_seed_state(&member->random, bmt_random(crew->test));
	member->task = kthread_run_on_cpu(run_member, member, cpu, "bmt/%u");
	KUNIT_ASSERT_FALSE(crew->test, IS_ERR(member->task));
	get_task_struct(member->task);
	crew->count++;
	return member;
}

void crew_join(struct crew *crew, struct member *member)
{
	if (!wait_for_completion_timeout(&member->finished, CREW_TIMEOUT)) {
		KUNIT_FAIL(crew->test, "thread %u is late", member->number);
		WRITE_ONCE(crew->stop, true);
		wait_for_completion(&member->finished);
	}
	kthread_stop(member->task);
	put_task_struct(member->task);
	KUNIT_EXPECT_EQ_MSG(crew->test, member->errors, 0,
			    "thread %u, for example key %llu", member->number,
			    member->example);
}

void crew_join_all(struct crew *crew, u32 writers)
{
	u32 i;

	WRITE_ONCE(crew->go, true);
	for (i = 0; i < crew->count; i++) {
		if (i == writers)
			WRITE_ONCE(crew->stop, true);
		crew_join(crew, &crew->members[i]);
	}
}

void crew_finish(struct crew *crew, u32 writers)
{
	crew_join_all(crew, writers);
	bmt_settle(crew->test, crew->map);
}
