/* SPDX-License-Identifier: GPL-2.0 */
/*
 * RCU read sections, and the locks that are taken inside of them.
 *
 * A read section keeps tables alive: a table that is reachable at its beginning
 * is not freed before its end. On PREEMPT_RT this is all it does, by
 * rcu_read_lock(). Without PREEMPT_RT it does more:
 *
 * A reader takes no lock, and its section is short. To disable preemption costs
 * less than the tracking of preempted readers, so it uses
 * rcu_read_lock_sched().
 *
 * A writer takes spinlocks that softirqs take too. A softirq that interrupted
 * the lock's owner on the same CPU would spin forever. So softirqs are disabled
 * from before the first lock until after the last.
 *
 * On PREEMPT_RT spinlocks do not spin: they are sleeping locks with priority
 * inheritance, and softirqs run in threads. A softirq that needs a lock whose
 * owner it has preempted lends its priority to the owner, and sleeps. So there
 * is no reason to disable softirqs, and it would do harm: a task that disables
 * them waits for all softirq work that was preempted on its CPU. And enabling
 * them runs softirqs in the task that enables them: if it held a lock, they
 * might wait for the task that they run in. So on PREEMPT_RT, code in a read
 * section neither disables nor enables softirqs.
 *
 * On PREEMPT_RT, code in a read section can be preempted, even with a lock
 * held. Two places must not be: bm_count_here() counts by bm_count() there, and
 * bm_write_begin() disables preemption, as readers wait for write sections.
 *
 * Code that takes no bucket's lock and is not on a fast path uses
 * rcu_read_lock(): a grace period waits for read sections of all kinds.
 */
#ifndef _BM_CORE_RCU_H
#define _BM_CORE_RCU_H

#include <linux/kernel.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>

/* Begins a read section in which no lock is taken. */
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

/*
 * Begins a read section in which locks are taken, by spin_lock() or bm_lock().
 */
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

/* Takes a lock of a bucket or a pool, inside or outside of a read section. */
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

/* rcu_dereference() of a pointer to a table, in a read section of any kind. */
#define bm_rcu_dereference(table)						\
	rcu_dereference_check(table, rcu_read_lock_bh_held() ||		\
			      rcu_read_lock_sched_held())

#endif /* _BM_CORE_RCU_H */
