// SPDX-License-Identifier: GPL-2.0
/*
 * Checks that only tests are built with; see native/checks.h.
 */
#include <sched.h>

#include <linux/kernel.h>

#include "native/checks.h"
#include "native/random.h"
#include "native/thread.h"

#ifdef NATIVE_CHECKS

/* How long a thread waits at most when it does not give way, in rounds. */
#define WAIT_MAX	4096

/* Looks at the settings again so often while there is nothing to perturb. */
#define IDLE		1024

__thread u32 native_perturb_countdown;
__thread int native_atomic_depth;
__thread u64 native_steps;
u64 native_hash_mask = ~0ULL;

static u32 perturb_mean;
static u64 most_steps;
static __thread u64 perturb_state;

void native_perturb_every(u32 mean)
{
	__atomic_store_n(&perturb_mean, mean, __ATOMIC_RELAXED);
}

/* Half of the times the others get the processor, else some time passes. */
void native_perturb_now(void)
{
	u32 mean = __atomic_load_n(&perturb_mean, __ATOMIC_RELAXED);
	u64 random;
	u32 rounds;

	if (!mean) {
		native_perturb_countdown = IDLE;
		return;
	}
	perturb_state += native_thread;
	random = native_random(&perturb_state);
	native_perturb_countdown = 1 + (u32)random % (2 * mean);
	if (random >> 63) {
		sched_yield();
		return;
	}
	for (rounds = random >> 32 & (WAIT_MAX - 1); rounds; rounds--)
		asm volatile("" ::: "memory");
}

void native_atomic_enter(void)
{
	native_assert(native_thread);
	if (!native_atomic_depth++)
		native_steps = 0;
}

static void note_steps(u64 steps)
{
	u64 most = __atomic_load_n(&most_steps, __ATOMIC_RELAXED);

	while (steps > most &&
	       !__atomic_compare_exchange_n(&most_steps, &most, steps, false,
					    __ATOMIC_RELAXED,
					    __ATOMIC_RELAXED))
		;
}

void native_atomic_leave(void)
{
	native_assert(--native_atomic_depth >= 0);
	if (!native_atomic_depth)
		note_steps(native_steps);
}

u64 native_most_steps(void)
{
	return __atomic_exchange_n(&most_steps, 0, __ATOMIC_RELAXED);
}

void native_might_sleep(void)
{
	native_assert(!native_atomic_depth);
}

#endif
