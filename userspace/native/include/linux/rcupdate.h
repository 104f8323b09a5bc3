/* SPDX-License-Identifier: GPL-2.0 */
/*
 * RCU, by liburcu's flavour "memb": a reader writes to a variable of its own
 * and executes no barrier, since membarrier(2) puts them in when a grace period
 * needs them, and it may block or leave at any place without holding up
 * others. "qsbr" readers cost nothing at all, but each thread would have to
 * say time and again that it reads nothing, or no table could be freed: that
 * is no way to use a map. "bp" asks in every read section whether the thread
 * is known already; here native_thread_begin() makes it so.
 *
 * ThreadSanitizer cannot see liburcu's barriers: the end of a read section
 * and of a grace period tell it what they order.
 */
#ifndef _NATIVE_LINUX_RCUPDATE_H
#define _NATIVE_LINUX_RCUPDATE_H

#include <urcu/urcu-memb.h>

/* liburcu has its own for these. */
#undef rcu_assign_pointer
#undef rcu_dereference

#include <linux/atomic.h>

extern char native_grace_period;

static inline void rcu_read_lock(void)
{
	native_atomic_enter();
	urcu_memb_read_lock();
}

static inline void rcu_read_unlock(void)
{
	native_tsan_release(&native_grace_period);
	urcu_memb_read_unlock();
	native_atomic_leave();
}

/* There are no softirqs, and preemption cannot be disabled. */
#define rcu_read_lock_sched()	rcu_read_lock()
#define rcu_read_unlock_sched()	rcu_read_unlock()
#define rcu_read_lock_bh()	rcu_read_lock()
#define rcu_read_unlock_bh()	rcu_read_unlock()

/* GCC makes an acquire of this, which is free on x86 and what TSan wants. */
#define rcu_dereference(pointer) ({					\
	native_perturb();						\
	__atomic_load_n(&(pointer), __ATOMIC_CONSUME);			\
})

#define rcu_dereference_check(pointer, condition)	rcu_dereference(pointer)

#define rcu_dereference_raw(pointer)	rcu_dereference(pointer)

#define rcu_dereference_protected(pointer, condition)			\
	__atomic_load_n(&(pointer), __ATOMIC_RELAXED)

#define rcu_access_pointer(pointer)	READ_ONCE(pointer)

#define rcu_assign_pointer(pointer, value) \
	smp_store_release(&(pointer), value)

#define RCU_INIT_POINTER(pointer, value) \
	__atomic_store_n(&(pointer), value, __ATOMIC_RELAXED)

void synchronize_rcu(void);
unsigned long get_state_synchronize_rcu(void);
unsigned long get_completed_synchronize_rcu(void);
unsigned long start_poll_synchronize_rcu(void);
bool poll_state_synchronize_rcu(unsigned long state);
void cond_synchronize_rcu(unsigned long state);

#endif /* _NATIVE_LINUX_RCUPDATE_H */
