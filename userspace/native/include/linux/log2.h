/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NATIVE_LINUX_LOG2_H
#define _NATIVE_LINUX_LOG2_H

#include <linux/types.h>

static inline bool is_power_of_2(unsigned long number)
{
	return number && !(number & (number - 1));
}

#endif /* _NATIVE_LINUX_LOG2_H */
