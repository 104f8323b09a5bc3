/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bucketmap: a concurrent hash map for the kernel.
 *
 * Keys are plain bytes of size key_size, values plain bytes of size value_size;
 * both sizes are fixed for a map. Every operation on one key is atomic and
 * linearizable. Lookups take no lock. The map grows while it is in use, one
 * bucket at a time.
 *
 * Conventions:
 *  - @window selects the bytes of the value that an operation reads or writes;
 *    BUCKETMAP_WHOLE selects all of them. Values are copied: no pointer into a
 *    map is ever returned.
 *  - Functions that return int return 0 or a negative errno; load_or_store and
 *    swap return 1 if the key existed. After an error the map is unchanged.
 *    bucketmap_create() alone returns a pointer: a map or an ERR_PTR, never
 *    NULL. The kernel-doc of each function has all its errors; those to be
 *    handled are below.
 *  - @previous may be NULL if the old contents are not wanted. It is written if
 *    the key existed and the operation returns 0, 1, or, for a comparison,
 *    -ECANCELED.
 *
 * Contexts, one of which is given for each function:
 *  - atomic: process context, and softirq context with interrupts enabled. Not
 *    hard interrupt or NMI context, nor under a lock that such a context takes.
 *    Does not sleep.
 *  - by @gfp: the same, with allocation flags that do not permit sleeping, as
 *    GFP_ATOMIC; process context, and may sleep, with flags that do.
 *  - process: process context. May sleep.
 */
#ifndef _BUCKETMAP_H
#define _BUCKETMAP_H

#include <linux/gfp.h>
#include <linux/types.h>
#include <linux/uidgid.h>

#include "uapi/bucketmap.h"

struct bucketmap;

/* Number of operations, the last one's plus 1. */
#define BUCKETMAP_OPERATIONS	(BUCKETMAP_MAX_EXISTING + 1)

/**
 * struct bucketmap_config - attributes of a new map
 * @key_size: size of each key in bytes, 1 to 256
 * @value_size: size of each value in bytes, 0 to 4096
 * @flags: BUCKETMAP_CREATE_*
 * @charged: charge all memory of the map to the memory cgroup of the task that
 *	creates it; otherwise it is not charged
 * @key_format: BUCKETMAP_FORMAT_* of keys, or any other number, for programs
 *	that show them
 * @value_format: likewise, of values
 * @capacity: how many entries the first table is made for
 * @max_entries: limit of the number of entries, 0 for no limit
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
 * @length: size in bytes; with an offset of 0, 0 means the whole value
 */
struct bucketmap_window {
	u32 offset;
	u32 length;
};

#define BUCKETMAP_WHOLE ((struct bucketmap_window){ 0, 0 })

/**
 * struct bucketmap_cursor - how far a walk has got
 * @position: the hash from which the walk continues
 * @end: the walk is finished
 *
 * Zero it to start a walk. It stays valid however the map is written to and
 * resized.
 */
struct bucketmap_cursor {
	u64 position;
	bool end;
};

/**
 * struct bucketmap_geometry - size of a map
 * @count: number of entries; exact if no write is in progress
 * @capacity: as it was created with, or resized to
 * @buckets: number of buckets of the oldest live table
 * @bytes: memory of all live tables in bytes
 */
struct bucketmap_geometry {
	u64 count;
	u64 capacity;
	u64 buckets;
	u64 bytes;
};

/**
 * struct bucketmap_events - what has happened in a map since it was created
 * @lookup_hits: lookups that found their key
 * @lookup_misses: lookups that did not
 * @inserted: entries made
 * @overwritten: values changed in an existing entry
 * @deleted: entries removed
 * @refused_full: operations that failed with -ENOSPC
 * @refused_memory: operations that failed with -ENOMEM
 * @refused_collisions: operations that failed with -EMLINK
 * @grown: how often the table was replaced by a larger one
 * @shrunk: how often it was replaced by a smaller one
 */
struct bucketmap_events {
	u64 lookup_hits;
	u64 lookup_misses;
	u64 inserted;
	u64 overwritten;
	u64 deleted;
	u64 refused_full;
	u64 refused_memory;
	u64 refused_collisions;
	u64 grown;
	u64 shrunk;
};

/**
 * struct bucketmap_op - an operation and the entries that it applies to
 * @operation: BUCKETMAP_LOOKUP and so on
 * @window: the part of each value; for additions the offset of the number, with
 *	length 0; DELETE does not use it, but it must lie inside the value
 * @keys: column of keys: an array without gaps
 * @values: column of the operation's value inputs, or NULL if it has none
 * @expected: column of its expected inputs, or NULL if it has none
 * @previous: column for its previous results, or NULL. A batch writes zeros for
 *	entries without such a result.
 * @results: column for the result of each entry
 *
 * @values, @expected and @previous are columns of windows; for additions, of
 * u64.
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

/*
 * Process. Returns the map, or an ERR_PTR: -EINVAL for attributes out of range,
 * -ENOMEM, -EINTR, -ERESTARTSYS. Never NULL.
 */
struct bucketmap *bucketmap_create(const struct bucketmap_config *config);

/* Process. Nothing may use or wait on the map any more. @map is not NULL. */
void bucketmap_destroy(struct bucketmap *map);

/*
 * Atomic. 0; -ENOENT if the key is absent; -EINVAL for a window outside of the
 * value, here and below. @value may be NULL, to see whether the key exists.
 */
int bucketmap_lookup(struct bucketmap *map, const void *key,
		     struct bucketmap_window window, void *value);

/*
 * By @gfp. 0; -EINVAL; and if there must be a new entry: -ENOSPC if the map has
 * max_entries, -EMLINK if too many keys collide, -ENOMEM, -EINTR if it slept.
 */
int bucketmap_store(struct bucketmap *map, const void *key,
		    struct bucketmap_window window, const void *value,
		    gfp_t gfp);

/* By @gfp. 0; -EEXIST if the key exists; else as bucketmap_store(). */
int bucketmap_insert(struct bucketmap *map, const void *key,
		     struct bucketmap_window window, const void *value,
		     gfp_t gfp);

/* Atomic. 0; -ENOENT if the key is absent; -EINVAL. */
int bucketmap_replace(struct bucketmap *map, const void *key,
		      struct bucketmap_window window, const void *value);

/* By @gfp. 1 if the key existed; else as bucketmap_store(). */
int bucketmap_load_or_store(struct bucketmap *map, const void *key,
			    struct bucketmap_window window, const void *value,
			    void *previous, gfp_t gfp);

/* By @gfp. 1 if the key existed; else as bucketmap_store(). */
int bucketmap_swap(struct bucketmap *map, const void *key,
		   struct bucketmap_window window, const void *value,
		   void *previous, gfp_t gfp);

/* Atomic. 0; -ENOENT if the key is absent. */
int bucketmap_delete(struct bucketmap *map, const void *key);

/* Atomic. 0; -ENOENT if the key is absent; -EINVAL. */
int bucketmap_lookup_and_delete(struct bucketmap *map, const void *key,
				struct bucketmap_window window, void *previous);

/* Atomic. 0; -ECANCELED if the window has other contents; -ENOENT; -EINVAL. */
int bucketmap_compare_and_swap(struct bucketmap *map, const void *key,
			       struct bucketmap_window window,
			       const void *expected, const void *value,
			       void *previous);

/* Atomic. 0; -ECANCELED if the window has other contents; -ENOENT; -EINVAL. */
int bucketmap_compare_and_delete(struct bucketmap *map, const void *key,
				 struct bucketmap_window window,
				 const void *expected, void *previous);

/* By @gfp. As bucketmap_store(); -EINVAL also if @offset is not aligned. */
int bucketmap_add(struct bucketmap *map, const void *key, u32 offset,
		  u64 delta, u64 *previous, gfp_t gfp);

/* Atomic. As bucketmap_replace(); -EINVAL also if @offset is not aligned. */
int bucketmap_add_existing(struct bucketmap *map, const void *key, u32 offset,
			   u64 delta, u64 *previous);

/* By @gfp. As bucketmap_add(). */
int bucketmap_max(struct bucketmap *map, const void *key, u32 offset,
		  u64 number, u64 *previous, gfp_t gfp);

/* Atomic. As bucketmap_add_existing(). */
int bucketmap_max_existing(struct bucketmap *map, const void *key, u32 offset,
			   u64 number, u64 *previous);

/* By @gfp. As the function of the operation; -EINVAL if that is unknown. */
int bucketmap_operate(struct bucketmap *map,
		      const struct bucketmap_op *op, gfp_t gfp);

/*
 * By @gfp. 0 when all entries have results; -EINVAL, with none done; -EINTR,
 * with @done of them done. An error of one entry is its result.
 */
int bucketmap_batch(struct bucketmap *map,
		    const struct bucketmap_op *op, u32 count,
		    u32 *done, gfp_t gfp);

/*
 * Process. 0; -EINTR; -ETIME; -EUSERS if too many wait; -ENOMEM; -EINVAL. @seen
 * is NULL if the key was absent.
 */
int bucketmap_wait(struct bucketmap *map, const void *key,
		   struct bucketmap_window window, const void *seen,
		   u64 deadline);

/*
 * Atomic. 0, with @count set, which may be 0 before the end; -EINVAL; -ENOBUFS
 * if @capacity is less than the @count that is then set. @values may be NULL.
 */
int bucketmap_scan(struct bucketmap *map, struct bucketmap_cursor *cursor,
		   struct bucketmap_window window, void *keys, void *values,
		   u32 capacity, u32 *count);

/* Atomic. A step: to be called until @cursor->end is set. */
void bucketmap_clear(struct bucketmap *map, struct bucketmap_cursor *cursor);

/* Process. 0; -ENOMEM; -EMLINK; -EINTR; -ETIME. */
int bucketmap_resize(struct bucketmap *map, u64 capacity, u64 deadline);

/* Atomic. The number of entries. */
u64 bucketmap_count(struct bucketmap *map);

/* Atomic. */
void bucketmap_geometry(struct bucketmap *map,
			struct bucketmap_geometry *geometry);

/* Atomic. */
void bucketmap_events(struct bucketmap *map, struct bucketmap_events *events);

struct bm_instance;

/**
 * struct bucketmap_attachment - a named map that a kernel module uses
 * @map: the map; the module must not destroy it
 * @key_size: size of each key in bytes
 * @value_size: size of each value in bytes
 * @instance: private
 */
struct bucketmap_attachment {
	struct bucketmap *map;
	u32 key_size;
	u32 value_size;
	struct bm_instance *instance;
};

/*
 * Process. 0; -EEXIST if the name is taken; -EINVAL; -ENOSPC if there are
 * max_maps maps; -ENOMEM, -EINTR, -ERESTARTSYS. @attachment is written on
 * success only.
 */
int bucketmap_create_named(struct bucketmap_attachment *attachment,
			   const char *name, umode_t mode,
			   const struct bucketmap_config *config);

/*
 * Process. 0; -ENOENT if no map has the name; -EPERM if @owner, unless it is
 * NULL, is not its owner; -EINVAL. @attachment is written on success only.
 */
int bucketmap_attach(struct bucketmap_attachment *attachment, const char *name,
		     const kuid_t *owner);

/* Process. Nothing may use the attachment any more. */
void bucketmap_detach(struct bucketmap_attachment *attachment);

/* Process. 0; -ENOENT if the map has lost its name. */
int bucketmap_unlink(struct bucketmap_attachment *attachment);

#endif /* _BUCKETMAP_H */
