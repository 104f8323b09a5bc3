/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Threads that use maps: each registers before it does, and unregisters before it
 * ends.
 */
#ifndef _NATIVE_THREAD_H
#define _NATIVE_THREAD_H

#include <linux/types.h>

/* Number 0 stands for all that are not registered. */
#define NATIVE_THREADS_MAX	64

/* The number of the calling thread, as the kernel numbers CPUs. */
extern __thread unsigned long native_thread;

/* The calling thread works for a workqueue. */
extern __thread bool native_thread_is_worker;

/* A signal is pending: the calling thread does not go to sleep. */
extern __thread bool native_signal;

/* It is a deadly one. */
extern __thread bool native_killed;

void native_thread_begin(void);
void native_thread_end(void);

#endif /* _NATIVE_THREAD_H */
