/* SPDX-License-Identifier: GPL-2.0 */
/* Nobody guesses here what he may not read: callers are in the same process. */
#ifndef _NATIVE_LINUX_NOSPEC_H
#define _NATIVE_LINUX_NOSPEC_H

#define array_index_nospec(index, size)	(index)

#endif /* _NATIVE_LINUX_NOSPEC_H */
