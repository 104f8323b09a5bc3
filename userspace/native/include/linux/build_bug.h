/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NATIVE_LINUX_BUILD_BUG_H
#define _NATIVE_LINUX_BUILD_BUG_H

/* static_assert() */
#include <assert.h>

#endif /* _NATIVE_LINUX_BUILD_BUG_H */
