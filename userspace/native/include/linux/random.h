/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NATIVE_LINUX_RANDOM_H
#define _NATIVE_LINUX_RANDOM_H

#include <stddef.h>

#include <linux/types.h>

int get_random_bytes_wait(void *bytes, size_t size);

static inline u32 get_random_u32(void)
{
	u32 number;

	get_random_bytes_wait(&number, sizeof(number));
	return number;
}

#endif /* _NATIVE_LINUX_RANDOM_H */
