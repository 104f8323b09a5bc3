/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters that are exact when added up, and otherwise as far off as the
 * kernel's: each thread keeps what is less than a batch to itself.
 */
#ifndef _NATIVE_LINUX_PERCPU_COUNTER_H
#define _NATIVE_LINUX_PERCPU_COUNTER_H

#include <linux/percpu.h>
#include <linux/spinlock.h>

struct percpu_counter {
	spinlock_t lock; /* protects @count, and folding into it */
	s64 count;
	s32 __percpu *counters;
};

int percpu_counter_init(struct percpu_counter *counter, s64 amount, gfp_t gfp);
void percpu_counter_destroy(struct percpu_counter *counter);
void native_percpu_counter_fold(struct percpu_counter *counter, s64 amount);
s64 percpu_counter_sum(struct percpu_counter *counter);

static inline void percpu_counter_add_batch(struct percpu_counter *counter,
					    s64 amount, s32 batch)
{
	s32 *mine = this_cpu_ptr(counter->counters);
	s64 sum = *mine + amount;

	if (unlikely(sum >= batch || sum <= -batch))
		native_percpu_counter_fold(counter, amount);
	else
		__atomic_store_n(mine, sum, __ATOMIC_RELAXED);
}

static inline s64 percpu_counter_sum_positive(struct percpu_counter *counter)
{
	s64 sum = percpu_counter_sum(counter);

	return sum < 0 ? 0 : sum;
}

static inline s64 percpu_counter_read_positive(struct percpu_counter *counter)
{
	s64 count = READ_ONCE(counter->count);

	return count < 0 ? 0 : count;
}

#endif /* _NATIVE_LINUX_PERCPU_COUNTER_H */
