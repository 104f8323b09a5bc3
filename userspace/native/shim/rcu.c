// SPDX-License-Identifier: GPL-2.0
/*
 * Grace periods. Those that this file waits for are numbered as they begin:
 * one that began after a state was taken, and has ended, covers the state.
 */
#include <linux/preempt.h>
#include <linux/rcupdate.h>

char native_grace_period;

/* A state of 0 is covered from the beginning. */
static unsigned long begun = 1;
static unsigned long ended = 1;

void synchronize_rcu(void)
{
	unsigned long mine, last;

	might_sleep();
	mine = __atomic_add_fetch(&begun, 1, __ATOMIC_SEQ_CST);
	urcu_memb_synchronize_rcu();
	native_tsan_acquire(&native_grace_period);
	last = __atomic_load_n(&ended, __ATOMIC_RELAXED);
	while (last < mine &&
	       !__atomic_compare_exchange_n(&ended, &last, mine, false,
					    __ATOMIC_SEQ_CST,
					    __ATOMIC_RELAXED))
		;
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
