/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bucketmap: a concurrent hash map for the kernel.
 *
 * Keys are key_size plain bytes, values value_size plain bytes, both fixed for
 * a map. Every operation on one key is atomic and linearizable; lookups take
 * no lock; the map grows while it is used, one bucket at a time.
 *
 * Conventions:
 *  - All operations on entries may be called from process context, and from
 *    softirq context with interrupts enabled; never from hard interrupts or
 *    NMI, nor under a lock that such a context takes. They sleep only where
 *    they take allocation flags and these permit it. Waiting, resizing, making
 *    and destroying maps sleep.
 *  - @window names the bytes of the value that an operation reads or writes,
 *    BUCKETMAP_WHOLE all of them. Values are copied; no pointer into the map
 *    ever leaves it.
 *  - They return 0 or a negative errno; load_or_store and swap 1 if the key
 *    existed. The map is unchanged after an error.
 *  - @previous may be NULL where what was before is not wanted. It is written
 *    where the key existed and the operation returns 0 or 1, or a comparison
 *    -ECANCELED.
 */
#ifndef _BUCKETMAP_H
#define _BUCKETMAP_H

#include <linux/gfp.h>
#include <linux/types.h>
#include <linux/uidgid.h>

#include "uapi/bucketmap.h"

struct bucketmap;

/* Operations that there are: BUCKETMAP_LOOKUP to BUCKETMAP_ADD. */
#define BUCKETMAP_OPERATIONS	(BUCKETMAP_ADD + 1)

/**
 * struct bucketmap_config - what a map is to be
 * @key_size: bytes of each key, 1 to 256
 * @value_size: bytes of each value, 0 to 4096
 * @flags: BUCKETMAP_CREATE_*
 * @charged: all its memory is charged to the memory cgroup of the task that
 *	creates it, else to nobody
 * @key_format: BUCKETMAP_FORMAT_* of keys, or any other number, for those who
 *	show them
 * @value_format: likewise, of values
 * @capacity: entries to have room for from the start
 * @max_entries: entries never to be exceeded, 0 for no limit
 */
struct bucketmap_config {
	u32 key_size;
	u32 value_size;
	u32 flags;
	bool charged;
	u16 key_format;
	u16 value_format;
	u64 capacity;
	u64 max_entries;
};

/**
 * struct bucketmap_window - a part of a value
 * @offset: first byte
 * @length: bytes; with an offset of 0, 0 stands for the whole value
 */
struct bucketmap_window {
	u32 offset;
	u32 length;
};

#define BUCKETMAP_WHOLE ((struct bucketmap_window){ 0, 0 })

/**
 * struct bucketmap_cursor - how far a scan got
 * @position: next position in hash order
 * @end: nothing is left
 *
 * Zeroed, it stands at the beginning. It stays valid however the map is
 * written to and resized.
 */
struct bucketmap_cursor {
	u64 position;
	bool end;
};

/**
 * struct bucketmap_geometry - how large a map is
 * @count: entries; exact when nobody writes
 * @capacity: entries that it has room for, as it was made or resized last
 * @buckets: buckets of the oldest live table
 * @bytes: memory of the live tables
 */
struct bucketmap_geometry {
	u64 count;
	u64 capacity;
	u64 buckets;
	u64 bytes;
};

/**
 * struct bucketmap_op - an operation and the entries that it is for
 * @operation: BUCKETMAP_LOOKUP to BUCKETMAP_ADD
 * @window: the part of each value; ADD: the number's offset, its length 0
 * @keys: keys, one after the other
 * @values: what the operation takes as value, or NULL where it takes none
 * @expected: what it takes as expected, or NULL where it takes none
 * @previous: takes what it gives as previous; or NULL. A batch writes zeros
 *	for an entry that gives nothing.
 * @results: takes the result of each entry
 *
 * Values, expected and previous are columns of windows; for ADD of u64.
 */
struct bucketmap_op {
	u32 operation;
	struct bucketmap_window window;
	const void *keys;
	const void *values;
	const void *expected;
	void *previous;
	s32 *results;
};

struct bucketmap *bucketmap_create(const struct bucketmap_config *config);
void bucketmap_destroy(struct bucketmap *map);

int bucketmap_lookup(struct bucketmap *map, const void *key,
		     struct bucketmap_window window, void *value);
int bucketmap_store(struct bucketmap *map, const void *key,
		    struct bucketmap_window window, const void *value,
		    gfp_t gfp);
int bucketmap_insert(struct bucketmap *map, const void *key,
		     struct bucketmap_window window, const void *value,
		     gfp_t gfp);
int bucketmap_replace(struct bucketmap *map, const void *key,
		      struct bucketmap_window window, const void *value);
int bucketmap_load_or_store(struct bucketmap *map, const void *key,
			    struct bucketmap_window window, const void *value,
			    void *previous, gfp_t gfp);
int bucketmap_swap(struct bucketmap *map, const void *key,
		   struct bucketmap_window window, const void *value,
		   void *previous, gfp_t gfp);
int bucketmap_delete(struct bucketmap *map, const void *key);
int bucketmap_lookup_and_delete(struct bucketmap *map, const void *key,
				struct bucketmap_window window, void *previous);
int bucketmap_compare_and_swap(struct bucketmap *map, const void *key,
			       struct bucketmap_window window,
			       const void *expected, const void *value,
			       void *previous);
int bucketmap_compare_and_delete(struct bucketmap *map, const void *key,
				 struct bucketmap_window window,
				 const void *expected, void *previous);
int bucketmap_add(struct bucketmap *map, const void *key, u32 offset,
		  u64 delta, u64 *previous, gfp_t gfp);

int bucketmap_operate(struct bucketmap *map,
		      const struct bucketmap_op *op, gfp_t gfp);
int bucketmap_batch(struct bucketmap *map,
		    const struct bucketmap_op *op, u32 count,
		    u32 *finished, gfp_t gfp);
int bucketmap_wait(struct bucketmap *map, const void *key,
		   struct bucketmap_window window, const void *seen,
		   u64 deadline);

int bucketmap_scan(struct bucketmap *map, struct bucketmap_cursor *cursor,
		   void *keys, void *values, u32 capacity, u32 *count);
void bucketmap_clear(struct bucketmap *map, struct bucketmap_cursor *cursor);
int bucketmap_resize(struct bucketmap *map, u64 capacity, u64 deadline);
u64 bucketmap_count(struct bucketmap *map);
void bucketmap_geometry(struct bucketmap *map,
			struct bucketmap_geometry *geometry);

struct bm_instance;

/**
 * struct bucketmap_attachment - a named map that a module of the kernel uses
 * @map: the map, which is not the module's to destroy
 * @key_size: bytes of each key
 * @value_size: bytes of each value
 * @instance: private
 */
struct bucketmap_attachment {
	struct bucketmap *map;
	u32 key_size;
	u32 value_size;
	struct bm_instance *instance;
};

int bucketmap_create_named(struct bucketmap_attachment *attachment,
			   const char *name, umode_t mode,
			   const struct bucketmap_config *config);
int bucketmap_attach(struct bucketmap_attachment *attachment, const char *name,
		     const kuid_t *owner);
void bucketmap_detach(struct bucketmap_attachment *attachment);
int bucketmap_unlink(struct bucketmap_attachment *attachment);

#endif /* _BUCKETMAP_H */
