/* SPDX-License-Identifier: GPL-2.0 */
/* The module, which has one parameter that can be found: max_bytes. */
#ifndef _NATIVE_LINUX_MODULE_H
#define _NATIVE_LINUX_MODULE_H

#include <linux/moduleparam.h>

#include "native/memory.h"

struct module {
	const struct kernel_param *kp;
	unsigned int num_kp;
};

#define THIS_MODULE							\
	(&(struct module){ .kp = &native_param_max_bytes, .num_kp = 1 })

#define kernel_param_lock(module)	((void)(module))
#define kernel_param_unlock(module)	((void)(module))

#endif /* _NATIVE_LINUX_MODULE_H */
