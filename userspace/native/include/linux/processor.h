/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NATIVE_LINUX_PROCESSOR_H
#define _NATIVE_LINUX_PROCESSOR_H

#include "native/checks.h"

static inline void cpu_relax(void)
{
	native_perturb();
#if defined(__x86_64__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	asm volatile("yield" ::: "memory");
#else
	asm volatile("" ::: "memory");
#endif
}

#endif /* _NATIVE_LINUX_PROCESSOR_H */
