/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NATIVE_LINUX_OVERFLOW_H
#define _NATIVE_LINUX_OVERFLOW_H

#define struct_size(pointer, member, count) \
	(sizeof(*(pointer)) + sizeof(*(pointer)->member) * (size_t)(count))

#endif /* _NATIVE_LINUX_OVERFLOW_H */
