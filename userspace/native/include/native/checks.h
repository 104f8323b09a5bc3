/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the shim does for tests, and not at all without NATIVE_CHECKS:
 *  - native_perturb(), wherever threads could meet, lets a thread now and then
 *    wait for the others, so that they do meet there;
 *  - sleeping in a read section or under a spinlock aborts;
 *  - what is done in such a section is counted, in steps;
 *  - hashes can be made to collide.
 */
#ifndef _NATIVE_CHECKS_H
#define _NATIVE_CHECKS_H

#include <linux/types.h>

#ifdef NATIVE_CHECKS

extern __thread u32 native_perturb_countdown;
extern __thread int native_atomic_depth;
extern __thread u64 native_steps;
extern u64 native_hash_mask;

void native_perturb_now(void);
void native_atomic_enter(void);
void native_atomic_leave(void);
void native_might_sleep(void);

static inline void native_perturb(void)
{
	if (!--native_perturb_countdown)
		native_perturb_now();
}

/* A load that may lead to one more object: a record, a table, a waiter. */
static inline void native_step(void)
{
	native_steps++;
}

static inline u64 native_hash(u64 hash)
{
	return hash & native_hash_mask;
}

/**
 * native_most_steps() - tell how much is done at once
 *
 * Of a read section, or of the time for which a lock is held outside of one,
 * whichever thread it was that did most; counted anew from now on.
 *
 * Return: the steps.
 */
u64 native_most_steps(void);

/**
 * native_perturb_every() - let threads wait for each other
 * @mean: after so many marked accesses on the average; 0 for never
 */
void native_perturb_every(u32 mean);

#else

static inline void native_perturb(void) { }
static inline void native_step(void) { }
static inline void native_atomic_enter(void) { }
static inline void native_atomic_leave(void) { }
static inline void native_might_sleep(void) { }

static inline u64 native_hash(u64 hash)
{
	return hash;
}

#endif

/* ThreadSanitizer learns from these what liburcu's own barriers order. */
#ifdef NATIVE_TSAN
#include <sanitizer/tsan_interface.h>

static inline void native_tsan_release(void *what)
{
	__tsan_release(what);
}

static inline void native_tsan_acquire(void *what)
{
	__tsan_acquire(what);
}
#else
static inline void native_tsan_release(void *what)
{
	(void)what;
}

static inline void native_tsan_acquire(void *what)
{
	(void)what;
}
#endif

#endif /* _NATIVE_CHECKS_H */
