/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sleeping locks, as mutexes of pthreads.
 */
#ifndef _NATIVE_LINUX_MUTEX_H
#define _NATIVE_LINUX_MUTEX_H

#include <pthread.h>
#include <stdbool.h>

struct mutex {
	pthread_mutex_t lock;
};

static inline void mutex_init(struct mutex *mutex)
{
	pthread_mutex_init(&mutex->lock, NULL);
}

static inline void mutex_lock(struct mutex *mutex)
{
	pthread_mutex_lock(&mutex->lock);
}

static inline int mutex_trylock(struct mutex *mutex)
{
	return !pthread_mutex_trylock(&mutex->lock);
}

static inline bool mutex_is_locked(struct mutex *mutex)
{
	if (pthread_mutex_trylock(&mutex->lock))
		return true;
	pthread_mutex_unlock(&mutex->lock);
	return false;
}

static inline void mutex_unlock(struct mutex *mutex)
{
	pthread_mutex_unlock(&mutex->lock);
}

#endif /* _NATIVE_LINUX_MUTEX_H */
