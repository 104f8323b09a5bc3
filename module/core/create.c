// SPDX-License-Identifier: GPL-2.0
/*
 * Maps: creation and destruction, and figures of a map.
 */
#include <linux/export.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "core/map.h"

/* Flags that select a hash. */
#define HASHES	(BUCKETMAP_CREATE_XXH64 | BUCKETMAP_CREATE_SIPHASH24)

/* Runs the workers of all maps. */
struct workqueue_struct *bm_workqueue;

/* Frees a map, complete or not, and its tables. */
static void free_map(struct bucketmap *map)
{
	struct bm_table *table = rcu_dereference_protected(map->table, true);

	while (table) {
		struct bm_table *next;

		next = rcu_dereference_protected(table->next, true);
		bm_table_free(table);
		table = next;
	}
	bm_retired_exit(&map->resize);
	bm_mapped_exit(map);
	percpu_counter_destroy(&map->count);
	free_percpu(map->counters);
	bm_memcg_exit(&map->memcg);
	kfree(map);
}

static enum bm_hash_kind hash_kind(u32 flags)
{
	if (flags & BUCKETMAP_CREATE_XXH64)
		return BM_XXH64;
	return flags & BUCKETMAP_CREATE_SIPHASH24 ? BM_SIPHASH24 : BM_SIPHASH13;
}

static int init_map(struct bucketmap *map,
		    const struct bucketmap_config *config, gfp_t gfp)
{
	struct bm_table *table;
	int err;

	if (config->capacity > BM_CAPACITY_MAX)
		return -ENOMEM;
	map->layout = (struct bm_layout)BM_LAYOUT(config->key_size,
						config->value_size);
	map->capacity = config->capacity;
	map->limited = config->max_entries;
	atomic64_set(&map->credit, config->max_entries);
	bm_resize_init(map);
	bm_watch_init(map);
	err = bm_hash_init(&map->hash, hash_kind(config->flags));
	if (err)
		return err;
	err = percpu_counter_init(&map->count, 0, gfp);
	if (err)
		return err;
	map->counters = alloc_percpu_gfp(struct bm_counters, gfp);
	if (!map->counters)
		return -ENOMEM;
	if (config->flags & BUCKETMAP_CREATE_MAPPABLE) {
		err = bm_mapped_init(map, gfp);
		if (err)
			return err;
	}
	table = bm_table_alloc(&map->layout, map->order_min, NULL, 0, NULL,
			       gfp);
	if (!table)
		return -ENOMEM;
	RCU_INIT_POINTER(map->table, table);
	err = bm_mapped_prepare(map, table, gfp);
	if (err)
		return err;
	bm_mapped_place(map, table);
	bm_mapped_name(map, table);
	return 0;
}

static bool config_valid(const struct bucketmap_config *config)
{
	return !(config->flags & ~BM_CREATE_FLAGS) &&
	       (config->flags & HASHES) != HASHES &&
	       config->key_size >= BUCKETMAP_KEY_SIZE_MIN &&
	       config->key_size <= BUCKETMAP_KEY_SIZE_MAX &&
	       config->value_size <= BUCKETMAP_VALUE_SIZE_MAX &&
	       config->max_entries <= S64_MAX;
}

/**
 * bucketmap_create() - create a map
 * @config: its attributes
 *
 * Context: process context, may sleep.
 * Return: the map, or an ERR_PTR: -EINVAL for a size out of its range, an
 * unknown flag, two hashes, or a max_entries above S64_MAX; -ENOMEM if there is no memory
 * for the map, max_bytes permits no more, or no table can have that capacity;
 * -EINTR if the calling task was killed meanwhile; -ERESTARTSYS if a signal
 * arrived while it waited for random bytes.
 */
struct bucketmap *bucketmap_create(const struct bucketmap_config *config)
{
	struct bm_memcg memcg;
	struct mem_cgroup *before;
	struct bucketmap *map;
	gfp_t gfp = BM_GFP;
	int err = -ENOMEM;

	if (!config_valid(config))
		return ERR_PTR(-EINVAL);
	bm_memcg_init(&memcg, config->charged);
	before = bm_memcg_begin(&memcg, &gfp);
	map = kzalloc(sizeof(*map), gfp);
	if (map) {
		map->memcg = memcg;
		err = init_map(map, config, gfp);
	}
	bm_memcg_end(before);
	/* Allocations of a killed task fail however much memory there is. */
	if (err == -ENOMEM && fatal_signal_pending(current))
		err = -EINTR;
	if (!map) {
		bm_memcg_exit(&memcg);
		return ERR_PTR(err);
	}
	if (err) {
		free_map(map);
		return ERR_PTR(err);
	}
	return map;
}
EXPORT_SYMBOL_GPL(bucketmap_create);

/**
 * bucketmap_destroy() - destroy a map and all its entries
 * @map: the map, which no other task uses or waits on any more
 *
 * Context: process context, sleeps.
 */
void bucketmap_destroy(struct bucketmap *map)
{
	bm_resize_stop(map);
	free_map(map);
}
EXPORT_SYMBOL_GPL(bucketmap_destroy);

/**
 * bucketmap_count() - count the entries of a map
 * @map: the map
 *
 * Context: process or softirq context.
 * Return: number of entries; exact if there are no concurrent writes.
 */
u64 bucketmap_count(struct bucketmap *map)
{
	return percpu_counter_sum_positive(&map->count);
}
EXPORT_SYMBOL_GPL(bucketmap_count);

/**
 * bucketmap_geometry() - return the size of a map
 * @map: the map
 * @geometry: becomes the figures
 *
 * Context: process or softirq context.
 */
void bucketmap_geometry(struct bucketmap *map,
			struct bucketmap_geometry *geometry)
{
	struct bm_table *table;

	geometry->count = bucketmap_count(map);
	geometry->capacity = READ_ONCE(map->capacity);
	geometry->bytes = 0;
	rcu_read_lock();
	table = rcu_dereference(map->table);
	geometry->buckets = bm_table_buckets(table);
	for (; table; table = rcu_dereference(table->next))
		geometry->bytes += bm_table_bytes(table);
	rcu_read_unlock();
}
EXPORT_SYMBOL_GPL(bucketmap_geometry);

/**
 * bucketmap_events() - return what has happened in a map
 * @map: the map
 * @events: becomes the figures, each exact if there are no concurrent
 *	operations
 *
 * Reads counters of all possible CPUs.
 *
 * Context: any.
 */
void bucketmap_events(struct bucketmap *map, struct bucketmap_events *events)
{
	*events = (struct bucketmap_events){
		.lookup_hits = bm_counters_sum(map, BM_LOOKUP_HITS),
		.lookup_misses = bm_counters_sum(map, BM_LOOKUP_MISSES),
		.inserted = bm_counters_sum(map, BM_INSERTED),
		.overwritten = bm_counters_sum(map, BM_OVERWRITTEN),
		.deleted = bm_counters_sum(map, BM_DELETED),
		.refused_full = bm_counters_sum(map, BM_REFUSED_FULL),
		.refused_memory = bm_counters_sum(map, BM_REFUSED_MEMORY),
		.refused_collisions = bm_counters_sum(map, BM_REFUSED_COLLISIONS),
		.grown = READ_ONCE(map->resize.grown),
		.shrunk = READ_ONCE(map->resize.shrunk),
	};
}
EXPORT_SYMBOL_GPL(bucketmap_events);

/**
 * bm_core_init() - initialize what all maps share
 *
 * Context: process context, may sleep.
 * Return: 0, or -ENOMEM.
 */
int bm_core_init(void)
{
	bm_memory_init();
	bm_workqueue = alloc_workqueue("bucketmap", WQ_UNBOUND, 0);
	return bm_workqueue ? 0 : -ENOMEM;
}

/**
 * bm_core_exit() - undo bm_core_init()
 *
 * All maps must be destroyed, with no work or memory of theirs left.
 *
 * Context: process context, sleeps.
 */
void bm_core_exit(void)
{
	destroy_workqueue(bm_workqueue);
	WARN_ON(bm_memory_bytes());
}
