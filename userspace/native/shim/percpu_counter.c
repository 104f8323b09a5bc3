// SPDX-License-Identifier: GPL-2.0
/*
 * Counters with a part in each thread.
 */
#include <linux/percpu_counter.h>

#include <linux/errno.h>

int percpu_counter_init(struct percpu_counter *counter, s64 amount, gfp_t gfp)
{
	spin_lock_init(&counter->lock);
	counter->count = amount;
	counter->counters = alloc_percpu_gfp(s32, gfp);
	return counter->counters ? 0 : -ENOMEM;
}

void percpu_counter_destroy(struct percpu_counter *counter)
{
	free_percpu(counter->counters);
	counter->counters = NULL;
}

/* Adds the calling thread's part and @amount to what all see. */
void native_percpu_counter_fold(struct percpu_counter *counter, s64 amount)
{
	s32 *mine = this_cpu_ptr(counter->counters);

	spin_lock(&counter->lock);
	__atomic_store_n(&counter->count, counter->count + *mine + amount,
			 __ATOMIC_RELAXED);
	__atomic_store_n(mine, 0, __ATOMIC_RELAXED);
	spin_unlock(&counter->lock);
}

s64 percpu_counter_sum(struct percpu_counter *counter)
{
	s64 sum;
	int cpu;

	spin_lock(&counter->lock);
	sum = counter->count;
	for_each_possible_cpu(cpu)
		sum += __atomic_load_n(per_cpu_ptr(counter->counters, cpu),
				       __ATOMIC_RELAXED);
	spin_unlock(&counter->lock);
	return sum;
}
