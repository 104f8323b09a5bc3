/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NATIVE_LINUX_STRINGHASH_H
#define _NATIVE_LINUX_STRINGHASH_H

#include <linux/types.h>

/* FNV-1a; the kernel's depends on the machine. */
static inline u32 full_name_hash(const void *salt, const char *name,
				 unsigned int length)
{
	u32 hash = 2166136261u;

	(void)salt;
	while (length--)
		hash = (hash ^ (u8)*name++) * 16777619u;
	return hash;
}

#endif /* _NATIVE_LINUX_STRINGHASH_H */
