/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NATIVE_LINUX_BITS_H
#define _NATIVE_LINUX_BITS_H

#define BIT_ULL(bit)	(1ULL << (bit))
#define BIT(n)		(1UL << (n))

#endif /* _NATIVE_LINUX_BITS_H */
