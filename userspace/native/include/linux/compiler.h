/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Marked accesses are C11's relaxed ones: a compiler must leave them whole and
 * ThreadSanitizer knows them.
 */
#ifndef _NATIVE_LINUX_COMPILER_H
#define _NATIVE_LINUX_COMPILER_H

#include <linux/types.h>

#include "native/checks.h"

#define __maybe_unused		__attribute__((__unused__))
#define noinline		__attribute__((__noinline__))
#define __aligned(bytes)	__attribute__((__aligned__(bytes)))
#define __packed		__attribute__((__packed__))
#define __uninitialized

/* None of the kernel's options is on. */
#define IS_ENABLED(option)	0

#define likely(condition)	__builtin_expect(!!(condition), 1)
#define unlikely(condition)	__builtin_expect(!!(condition), 0)

#define READ_ONCE(x) ({							\
	native_perturb();						\
	native_step();							\
	__atomic_load_n(&(x), __ATOMIC_RELAXED);			\
})

#define WRITE_ONCE(x, value) do {					\
	native_perturb();						\
	__atomic_store_n(&(x), (value), __ATOMIC_RELAXED);		\
} while (0)

/* What it stands around is a relaxed access here. */
#define data_race(expression)	(expression)

#endif /* _NATIVE_LINUX_COMPILER_H */
