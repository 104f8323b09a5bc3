/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Module parameters: tests set them by native_parameter_NAME, those with
 * operations of their own by native_param_NAME as well.
 */
#ifndef _NATIVE_LINUX_MODULEPARAM_H
#define _NATIVE_LINUX_MODULEPARAM_H

/* ulong */
#include <sys/types.h>

struct kernel_param;

struct kernel_param_ops {
	int (*set)(const char *text, const struct kernel_param *param);
	int (*get)(char *buffer, const struct kernel_param *param);
};

struct kernel_param {
	const char *name;
	const struct kernel_param_ops *ops;
	void *arg;
};

int param_set_ulong(const char *text, const struct kernel_param *param);
int param_get_ulong(char *buffer, const struct kernel_param *param);

#define module_param(name, type, mode)					\
	__typeof__(name) *const native_parameter_##name = &name
#define module_param_cb(name, ops, value, mode)				\
	__typeof__(*(value)) *const native_parameter_##name = value;	\
	const struct kernel_param native_param_##name = {		\
		#name, ops, value						\
	}
#define __MODULE_PARM_TYPE(name, type)	_Static_assert(sizeof(type) > 1, #name)
#define MODULE_PARM_DESC(name, text)	_Static_assert(sizeof(text) > 1, #name)

#endif /* _NATIVE_LINUX_MODULEPARAM_H */
