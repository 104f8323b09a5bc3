// SPDX-License-Identifier: GPL-2.0
/*
 * Completions.
 */
#include <errno.h>
#include <time.h>

#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/preempt.h>

void init_completion(struct completion *completion)
{
	pthread_condattr_t monotonic;

	completion->done = 0;
	pthread_mutex_init(&completion->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&completion->completed, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

void complete(struct completion *completion)
{
	pthread_mutex_lock(&completion->lock);
	completion->done++;
	pthread_cond_signal(&completion->completed);
	pthread_mutex_unlock(&completion->lock);
}

bool completion_done(struct completion *completion)
{
	bool done;

	pthread_mutex_lock(&completion->lock);
	done = completion->done;
	pthread_mutex_unlock(&completion->lock);
	return done;
}

void wait_for_completion(struct completion *completion)
{
	might_sleep();
	pthread_mutex_lock(&completion->lock);
	while (!completion->done)
		pthread_cond_wait(&completion->completed, &completion->lock);
	completion->done--;
	pthread_mutex_unlock(&completion->lock);
}

/* Returns 0 if the time is over, else at least 1. */
unsigned long wait_for_completion_timeout(struct completion *completion,
					  unsigned long timeout)
{
	unsigned long end = jiffies + timeout;
	struct timespec until = {
		.tv_sec = end / HZ,
		.tv_nsec = end % HZ * (1000000000 / HZ),
	};
	bool done;
	int err = 0;

	might_sleep();
	pthread_mutex_lock(&completion->lock);
	while (!completion->done && err != ETIMEDOUT)
		err = pthread_cond_timedwait(&completion->completed,
					     &completion->lock, &until);
	done = completion->done;
	completion->done -= done;
	pthread_mutex_unlock(&completion->lock);
	return done;
}
