/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Per-CPU memory: a page for each thread. Only its thread writes to it, so
 * counting needs no atomic operation.
 */
#ifndef _NATIVE_LINUX_PERCPU_H
#define _NATIVE_LINUX_PERCPU_H

#include <linux/compiler.h>
#include <linux/cpumask.h>
#include <linux/gfp.h>

#define NATIVE_PERCPU_BYTES	4096UL

void *native_alloc_percpu(size_t size, gfp_t gfp);
void free_percpu(void __percpu *memory);

#define alloc_percpu_gfp(type, gfp) \
	((type __percpu *)native_alloc_percpu(sizeof(type), gfp))

#define per_cpu_ptr(pointer, cpu) \
	((typeof(pointer))((char *)(pointer) + (cpu) * NATIVE_PERCPU_BYTES))

#define this_cpu_ptr(pointer)	per_cpu_ptr(pointer, native_thread)

#define this_cpu_add(variable, number) do {				\
	typeof(&(variable)) _mine = this_cpu_ptr(&(variable));		\
									\
	__atomic_store_n(_mine, *_mine + (number), __ATOMIC_RELAXED);	\
} while (0)

#define this_cpu_inc(variable)	this_cpu_add(variable, 1)
#define __this_cpu_inc(variable)	this_cpu_inc(variable)

#endif /* _NATIVE_LINUX_PERCPU_H */
