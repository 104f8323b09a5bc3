/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Allocations: counted, made to fail on demand, and limited.
 */
#ifndef _NATIVE_MEMORY_H
#define _NATIVE_MEMORY_H

#include <linux/moduleparam.h>
#include <linux/types.h>

/* Whose allocations fail. */
#define NATIVE_FAIL_SELF	0x1u /* the thread's that asks for it */
#define NATIVE_FAIL_WORKERS	0x2u /* those of workqueues */
#define NATIVE_FAIL_OTHERS	0x4u /* any other thread's */
#define NATIVE_FAIL_ALL		0x7u

/**
 * native_fail_nth() - let one allocation fail
 * @whose: NATIVE_FAIL_*
 * @nth: the next is 1
 */
void native_fail_nth(unsigned int whose, u64 nth);

/**
 * native_fail_randomly() - let allocations fail at random
 * @whose: NATIVE_FAIL_*
 * @one_in: one of so many fails on the average; 1: all of them
 * @seed: says which
 */
void native_fail_randomly(unsigned int whose, u32 one_in, u64 seed);

/**
 * native_fail_no_more() - let allocations succeed again
 *
 * Return: how many failed since they were told to.
 */
u64 native_fail_no_more(void);

/**
 * native_allocations() - count what was allocated and not freed yet
 *
 * Return: allocations, per-CPU ones and whole pages included.
 */
u64 native_allocations(void);

/**
 * native_kill_nth() - let an allocation be disturbed by a deadly signal
 * @nth: the next of this thread's is 1; it succeeds
 *
 * native_fail_no_more() ends this too; it stays killed.
 */
void native_kill_nth(u64 nth);

/**
 * native_attempts() - count allocations
 *
 * Return: those that native_fail_*() or native_kill_nth() have been asked about.
 */
u64 native_attempts(void);

/* Whole pages may be mapped once more (MAP_SHARED). Set it before they are allocated. */
extern bool native_memory_is_shared;

/* The module parameter max_bytes: its value, and how it is set. */
extern unsigned long *const native_parameter_max_bytes;
extern const struct kernel_param native_param_max_bytes;

#endif /* _NATIVE_MEMORY_H */
