/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Barriers and atomic operations. Those that return something are fully
 * ordered, as the kernel's are.
 */
#ifndef _NATIVE_LINUX_ATOMIC_H
#define _NATIVE_LINUX_ATOMIC_H

#include <linux/compiler.h>

#define smp_mb()	__atomic_thread_fence(__ATOMIC_SEQ_CST)

#define smp_rmb() do {							\
	native_perturb();						\
	__atomic_thread_fence(__ATOMIC_ACQUIRE);			\
} while (0)

#define smp_wmb() do {							\
	__atomic_thread_fence(__ATOMIC_RELEASE);			\
	native_perturb();						\
} while (0)

#define smp_load_acquire(pointer) ({					\
	native_perturb();						\
	native_step();							\
	__atomic_load_n(pointer, __ATOMIC_ACQUIRE);			\
})

#define smp_store_release(pointer, value) do {				\
	native_perturb();						\
	__atomic_store_n(pointer, value, __ATOMIC_RELEASE);		\
	native_perturb();						\
} while (0)

#define xchg(pointer, value)						\
	__atomic_exchange_n(pointer, value, __ATOMIC_SEQ_CST)

#define cmpxchg(pointer, expected, value) ({				\
	__typeof__(*(pointer)) _old = (expected);			\
									\
	__atomic_compare_exchange_n(pointer, &_old, value, false,	\
				    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);	\
	_old;								\
})

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	s64 counter;
} atomic64_t;

static inline int atomic_read(const atomic_t *atomic)
{
	return __atomic_load_n(&atomic->counter, __ATOMIC_RELAXED);
}

static inline void atomic_set(atomic_t *atomic, int number)
{
	__atomic_store_n(&atomic->counter, number, __ATOMIC_RELAXED);
}

static inline int atomic_fetch_add(int number, atomic_t *atomic)
{
	return __atomic_fetch_add(&atomic->counter, number, __ATOMIC_SEQ_CST);
}

static inline int atomic_fetch_inc(atomic_t *atomic)
{
	return atomic_fetch_add(1, atomic);
}

static inline void atomic_inc(atomic_t *atomic)
{
	__atomic_fetch_add(&atomic->counter, 1, __ATOMIC_RELAXED);
}

static inline void atomic_dec(atomic_t *atomic)
{
	__atomic_fetch_sub(&atomic->counter, 1, __ATOMIC_RELAXED);
}

static inline int atomic_inc_return(atomic_t *atomic)
{
	return atomic_fetch_add(1, atomic) + 1;
}

static inline bool atomic_add_unless(atomic_t *atomic, int number, int unless)
{
	int old = atomic_read(atomic);

	while (old != unless &&
	       !__atomic_compare_exchange_n(&atomic->counter, &old,
					    old + number, false,
					    __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
		;
	return old != unless;
}

static inline s64 atomic64_read(const atomic64_t *atomic)
{
	return __atomic_load_n(&atomic->counter, __ATOMIC_RELAXED);
}

static inline void atomic64_set(atomic64_t *atomic, s64 number)
{
	__atomic_store_n(&atomic->counter, number, __ATOMIC_RELAXED);
}

static inline void atomic64_inc(atomic64_t *atomic)
{
	__atomic_fetch_add(&atomic->counter, 1, __ATOMIC_RELAXED);
}

static inline s64 atomic64_fetch_or(s64 bits, atomic64_t *atomic)
{
	return __atomic_fetch_or(&atomic->counter, bits, __ATOMIC_SEQ_CST);
}

static inline s64 atomic64_cmpxchg(atomic64_t *atomic, s64 old, s64 number)
{
	__atomic_compare_exchange_n(&atomic->counter, &old, number, false,
				    __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
	return old;
}

static inline bool atomic64_try_cmpxchg(atomic64_t *atomic, s64 *old, s64 number)
{
	return __atomic_compare_exchange_n(&atomic->counter, old, number, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

static inline void atomic64_sub(s64 number, atomic64_t *atomic)
{
	__atomic_fetch_sub(&atomic->counter, number, __ATOMIC_RELAXED);
}

/* Returns what it is then, or would be: negative if it was left as it is. */
static inline s64 atomic64_dec_if_positive(atomic64_t *atomic)
{
	s64 old = atomic64_read(atomic);

	while (old > 0 &&
	       !__atomic_compare_exchange_n(&atomic->counter, &old, old - 1,
					    false, __ATOMIC_SEQ_CST,
					    __ATOMIC_RELAXED))
		;
	return old - 1;
}

#endif /* _NATIVE_LINUX_ATOMIC_H */
