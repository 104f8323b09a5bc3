// SPDX-License-Identifier: GPL-2.0
/*
 * Numbers for threads. A free number is given to another thread, which continues
 * its per-CPU counts: the mutex orders them.
 */
#include <pthread.h>
#include <time.h>

#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "native/thread.h"

__thread unsigned long native_thread;
__thread bool native_thread_is_worker;
__thread bool native_signal;
__thread bool native_killed;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static bool taken[NATIVE_THREADS_MAX] = { true };

/**
 * native_thread_begin() - use maps from now on
 */
void native_thread_begin(void)
{
	unsigned long number = 1;

	native_assert(!native_thread);
	pthread_mutex_lock(&mutex);
	while (number < NATIVE_THREADS_MAX && taken[number])
		number++;
	native_assert(number < NATIVE_THREADS_MAX);
	taken[number] = true;
	pthread_mutex_unlock(&mutex);
	native_thread = number;
	urcu_memb_register_thread();
#ifdef NATIVE_CHECKS
	native_perturb_countdown = 1;
#endif
}

/**
 * native_thread_end() - use maps no more
 */
void native_thread_end(void)
{
	urcu_memb_unregister_thread();
	pthread_mutex_lock(&mutex);
	taken[native_thread] = false;
	pthread_mutex_unlock(&mutex);
	native_thread = 0;
}

/**
 * schedule_timeout_uninterruptible() - sleep
 * @timeout: for how many jiffies
 */
void schedule_timeout_uninterruptible(unsigned long timeout)
{
	struct timespec time = {
		.tv_sec = timeout / HZ,
		.tv_nsec = timeout % HZ * (1000000000 / HZ),
	};

	might_sleep();
	while (nanosleep(&time, &time))
		;
}
