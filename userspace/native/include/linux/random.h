/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NATIVE_LINUX_RANDOM_H
#define _NATIVE_LINUX_RANDOM_H

#include <stddef.h>

int get_random_bytes_wait(void *bytes, size_t size);

#endif /* _NATIVE_LINUX_RANDOM_H */
