/* SPDX-License-Identifier: GPL-2.0 */
/* Memory; see native/memory.h for how it is made to fail. */
#ifndef _NATIVE_LINUX_SLAB_H
#define _NATIVE_LINUX_SLAB_H

#include <linux/err.h>
#include <linux/gfp.h>

void *kvmalloc(size_t size, gfp_t gfp);
void *kvmalloc_array(size_t count, size_t size, gfp_t gfp);
void kvfree(const void *memory);

static inline void *kvcalloc(size_t count, size_t size, gfp_t gfp)
{
	return kvmalloc_array(count, size, gfp | __GFP_ZERO);
}

static inline void *kvzalloc(size_t size, gfp_t gfp)
{
	return kvmalloc(size, gfp | __GFP_ZERO);
}

static inline void *kmalloc(size_t size, gfp_t gfp)
{
	return kvmalloc(size, gfp);
}

static inline void *kzalloc(size_t size, gfp_t gfp)
{
	return kvmalloc(size, gfp | __GFP_ZERO);
}

static inline void kfree(const void *memory)
{
	kvfree(memory);
}

#endif /* _NATIVE_LINUX_SLAB_H */
