/* SPDX-License-Identifier: GPL-2.0 */
/* Memory cgroups: there are none, and nobody is charged. */
#ifndef _NATIVE_LINUX_MEMCONTROL_H
#define _NATIVE_LINUX_MEMCONTROL_H

#include <linux/types.h>

struct mem_cgroup;

#define get_mem_cgroup_from_mm(mm)	((struct mem_cgroup *)NULL)

static inline void mem_cgroup_put(struct mem_cgroup *cgroup)
{
}

static inline struct mem_cgroup *set_active_memcg(struct mem_cgroup *cgroup)
{
	return NULL;
}

#endif /* _NATIVE_LINUX_MEMCONTROL_H */
