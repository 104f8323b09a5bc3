/* SPDX-License-Identifier: GPL-2.0 */
/* Small arithmetic, and assertions, which abort. */
#ifndef _NATIVE_LINUX_KERNEL_H
#define _NATIVE_LINUX_KERNEL_H

#include <limits.h>

#include <linux/compiler.h>
#include <linux/types.h>

#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define DIV_ROUND_UP_ULL(n, d)	DIV_ROUND_UP((unsigned long long)(n), d)
#define ALIGN(x, to)		(((x) + (to) - 1) & ~((typeof(x))(to) - 1))
#define round_up(x, to)		ALIGN(x, to)
#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

#define min_t(type, a, b) ({						\
	type _a = (a);							\
	type _b = (b);							\
	_a < _b ? _a : _b;						\
})

#define max_t(type, a, b) ({						\
	type _c = (a);							\
	type _d = (b);							\
	_c > _d ? _c : _d;						\
})

#define min(a, b)		min_t(typeof(a), a, b)
#define max(a, b)		max_t(typeof(a), a, b)
#define clamp_t(type, x, low, high) \
	max_t(type, min_t(type, x, high), low)
#define clamp(x, low, high)	clamp_t(typeof(x), x, low, high)

#define swap(a, b) do {							\
	typeof(a) _swapped = (a);					\
	(a) = (b);							\
	(b) = _swapped;							\
} while (0)

#define container_of(pointer, type, member) \
	((type *)((char *)(pointer) - offsetof(type, member)))

static inline unsigned int ilog2(u64 n)
{
	return 63 - __builtin_clzll(n);
}

__attribute__((__noreturn__))
void native_die(const char *what, const char *file, int line);

#define native_assert(condition) do {					\
	if (unlikely(!(condition)))					\
		native_die(#condition, __FILE__, __LINE__);		\
} while (0)

#define WARN_ON(condition) ({						\
	native_assert(!(condition));					\
	false;								\
})

#define WARN_ON_ONCE(condition)	WARN_ON(condition)

#endif /* _NATIVE_LINUX_KERNEL_H */
