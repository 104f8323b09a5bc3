// SPDX-License-Identifier: GPL-2.0
/*
 * Waiting for a spinlock.
 */
#include <sched.h>

#include <linux/spinlock.h>

/* Rounds before the processor is given away. */
#define ROUNDS	256

void native_spin(spinlock_t *lock)
{
	do {
		int rounds;

		for (rounds = 0; native_is_locked(lock); rounds++) {
			if (rounds < ROUNDS)
				cpu_relax();
			else
				sched_yield();
		}
	} while (__atomic_exchange_n(&lock->locked, 1, __ATOMIC_ACQUIRE));
}
