/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The registry: maps with an owner, an id and possibly a name.
 */
#ifndef _BM_DEV_REGISTRY_H
#define _BM_DEV_REGISTRY_H

#include "dev/instance.h"

struct bm_instance *bm_registry_create(const struct bucketmap_config *config,
				       const char *name, kuid_t counted);
int bm_registry_publish(struct bm_instance *instance);

/* Takes another reference; the caller already holds one. */
static inline void bm_registry_get(struct bm_instance *instance)
{
	refcount_inc(&instance->references);
}

void bm_registry_put(struct bm_instance *instance);
struct bm_instance *bm_registry_find(const char *name);
int bm_registry_unlink(struct bm_instance *instance);
struct bm_instance *bm_registry_next(u64 id);
void bm_registry_limits(u32 *max, u64 *maps);

void bm_registry_exit(void);

#endif /* _BM_DEV_REGISTRY_H */
