/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's names for integers, and its annotations, which say nothing here. */
#ifndef _NATIVE_LINUX_TYPES_H
#define _NATIVE_LINUX_TYPES_H

#include_next <linux/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s8 s8;
typedef __s16 s16;
typedef __s32 s32;
typedef __s64 s64;

typedef unsigned int gfp_t;
typedef unsigned short umode_t;

#define U32_MAX		UINT32_MAX
#define U64_MAX		UINT64_MAX
#define S64_MAX		INT64_MAX

#define __rcu
#define __percpu
#define __acquires(lock)
#define __releases(lock)

#endif /* _NATIVE_LINUX_TYPES_H */
