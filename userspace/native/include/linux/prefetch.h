/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NATIVE_LINUX_PREFETCH_H
#define _NATIVE_LINUX_PREFETCH_H

#define prefetch(pointer)	__builtin_prefetch(pointer)
#define prefetchw(pointer)	__builtin_prefetch(pointer, 1)

#endif /* _NATIVE_LINUX_PREFETCH_H */
