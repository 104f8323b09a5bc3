/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NATIVE_LINUX_EXPORT_H
#define _NATIVE_LINUX_EXPORT_H

#define EXPORT_SYMBOL_GPL(symbol) _Static_assert(1, "")

#endif /* _NATIVE_LINUX_EXPORT_H */
