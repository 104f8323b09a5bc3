// SPDX-License-Identifier: GPL-2.0
/*
 * Grace periods. Those that are polled for are numbered as they begin: one
 * that began after a state was taken, and has ended, covers the state. Those that
 * somebody waits for are not: as in the kernel, where they may be expedited, a
 * poll may say of what was waited for that it is not over.
 */
#include <stdlib.h>

#include <linux/kernel.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>

char native_grace_period;

/* A state of 0 is covered from the beginning. */
static unsigned long begun = 1;
static unsigned long ended = 1;

static unsigned long begin(void)
{
	return __atomic_add_fetch(&begun, 1, __ATOMIC_SEQ_CST);
}

static void end(unsigned long number)
{
	unsigned long last = __atomic_load_n(&ended, __ATOMIC_RELAXED);

	native_tsan_acquire(&native_grace_period);
	while (last < number &&
	       !__atomic_compare_exchange_n(&ended, &last, number, false,
					    __ATOMIC_SEQ_CST,
					    __ATOMIC_RELAXED))
		;
}

void synchronize_rcu(void)
{
	might_sleep();
	urcu_memb_synchronize_rcu();
	native_tsan_acquire(&native_grace_period);
}

unsigned long get_state_synchronize_rcu(void)
{
	smp_mb(); /* What was written before is covered. */
	return __atomic_load_n(&begun, __ATOMIC_SEQ_CST);
}

unsigned long get_completed_synchronize_rcu(void)
{
	return 0;
}

bool poll_state_synchronize_rcu(unsigned long state)
{
	return __atomic_load_n(&ended, __ATOMIC_SEQ_CST) > state;
}

void cond_synchronize_rcu(unsigned long state)
{
	might_sleep();
	if (!poll_state_synchronize_rcu(state))
		synchronize_rcu();
}

/**
 * struct poll - a grace period that is polled
 * @rcu: called when it has passed
 * @number: its number
 */
struct poll {
	struct rcu_head rcu;
	unsigned long number;
};

/* The thread that calls this is liburcu's. */
static void end_poll(struct rcu_head *rcu)
{
	struct poll *poll = container_of(rcu, struct poll, rcu);

	native_tsan_acquire(poll);
	end(poll->number);
	free(poll);
}

unsigned long start_poll_synchronize_rcu(void)
{
	struct poll *poll = malloc(sizeof(*poll));
	unsigned long state = get_state_synchronize_rcu();

	native_assert(poll);
	poll->number = begin();
	native_tsan_release(poll);
	urcu_memb_call_rcu(&poll->rcu, end_poll);
	return state;
}
