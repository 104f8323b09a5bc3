/* SPDX-License-Identifier: GPL-2.0 */
/* No barrier against speculation: callers may read all memory of the process. */
#ifndef _NATIVE_LINUX_NOSPEC_H
#define _NATIVE_LINUX_NOSPEC_H

#define array_index_nospec(index, size)	(index)

#endif /* _NATIVE_LINUX_NOSPEC_H */
