/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Read sections of RCU, and how the locks inside of them are taken.
 *
 * They keep the tables: one that is reachable at the beginning of a section is
 * not freed before its end. That is all they are for on PREEMPT_RT. Elsewhere
 * they do more.
 *
 * A reader takes no lock, and its section is short: to disable preemption costs
 * less than to keep note of who was preempted in it.
 *
 * A writer takes locks that softirqs take too, and these spin: a softirq that
 * interrupted the owner of the lock on its own CPU would spin for ever. So
 * softirqs are disabled from before the first lock until after the last.
 *
 * On PREEMPT_RT nothing spins. A spinlock there is a sleeping lock with priority
 * inheritance, and softirqs run in threads: one that needs a lock whose owner it
 * has preempted lends its priority to the owner, and sleeps. There is nothing to
 * disable softirqs for, and it would do harm: a task that disables them waits
 * for all softirq work that was preempted on its CPU, whatever that is for. And
 * to enable them runs softirqs in the task that does it: if it held a lock, they
 * might wait for the task that they run in. So nothing in a section disables or
 * enables softirqs on PREEMPT_RT.
 *
 * What is in a section can be preempted there, even with a lock held. What must
 * not be sees to that itself: counting (bm_count_here()), and the write sections
 * that readers wait for (bm_write_begin()).
 *
 * Code that takes no bucket's lock and is in no hurry uses rcu_read_lock(): a
 * grace period waits for sections of all kinds.
 */
#ifndef _BM_CORE_RCU_H
#define _BM_CORE_RCU_H

#include <linux/kernel.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>

/* Begins a section in which no lock is taken. */
static __always_inline void bm_rcu_read_lock(void)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		rcu_read_lock();
	else
		rcu_read_lock_sched();
}

static __always_inline void bm_rcu_read_unlock(void)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		rcu_read_unlock();
	else
		rcu_read_unlock_sched();
}

/* Begins a section in which locks are taken, by spin_lock() or bm_lock(). */
static __always_inline void bm_rcu_read_lock_bh(void)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		rcu_read_lock();
	else
		rcu_read_lock_bh();
}

static __always_inline void bm_rcu_read_unlock_bh(void)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		rcu_read_unlock();
	else
		rcu_read_unlock_bh();
}

/* Takes a lock of a bucket or of a pool, in a section or outside of one. */
static __always_inline void bm_lock(spinlock_t *lock)
	__acquires(lock)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		spin_lock(lock);
	else
		spin_lock_bh(lock);
}

static __always_inline void bm_unlock(spinlock_t *lock)
	__releases(lock)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		spin_unlock(lock);
	else
		spin_unlock_bh(lock);
}

/*
 * Of a pointer to a table, in a section of any kind: a grace period waits for
 * each.
 */
#define bm_rcu_dereference(table)						\
	rcu_dereference_check(table, rcu_read_lock_bh_held() ||		\
			      rcu_read_lock_sched_held())

#endif /* _BM_CORE_RCU_H */
