/* SPDX-License-Identifier: GPL-2.0 */
/* Module parameters: tests set them by native_parameter_NAME. */
#ifndef _NATIVE_LINUX_MODULEPARAM_H
#define _NATIVE_LINUX_MODULEPARAM_H

#define module_param(name, type, mode)					\
	__typeof__(name) *const native_parameter_##name = &name
#define MODULE_PARM_DESC(name, text)	_Static_assert(sizeof(text) > 1, #name)

#endif /* _NATIVE_LINUX_MODULEPARAM_H */
