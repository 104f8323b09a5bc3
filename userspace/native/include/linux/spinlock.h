/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Spinlocks: test, test and set. A task that spins for long yields the processor, as the
 * owner may be preempted. The size is the kernel's, so that figures about memory
 * are right.
 */
#ifndef _NATIVE_LINUX_SPINLOCK_H
#define _NATIVE_LINUX_SPINLOCK_H

#include <linux/kernel.h>
#include <linux/processor.h>

typedef struct {
	u32 locked;
} spinlock_t;

#define SINGLE_DEPTH_NESTING	1

void native_spin(spinlock_t *lock);

static inline void spin_lock_init(spinlock_t *lock)
{
	lock->locked = 0;
}

static inline void spin_lock(spinlock_t *lock)
{
	native_perturb();
	native_atomic_enter();
	if (unlikely(__atomic_exchange_n(&lock->locked, 1, __ATOMIC_ACQUIRE)))
		native_spin(lock);
}

static inline void spin_unlock(spinlock_t *lock)
{
	native_perturb();
	__atomic_store_n(&lock->locked, 0, __ATOMIC_RELEASE);
	native_atomic_leave();
}

static inline bool native_is_locked(const spinlock_t *lock)
{
	return __atomic_load_n(&lock->locked, __ATOMIC_RELAXED);
}

#define spin_lock_bh(lock)		spin_lock(lock)
#define spin_unlock_bh(lock)		spin_unlock(lock)
#define spin_lock_nested(lock, depth)	spin_lock(lock)

#define lockdep_assert_held(lock)	native_assert(native_is_locked(lock))

#endif /* _NATIVE_LINUX_SPINLOCK_H */
