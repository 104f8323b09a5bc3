// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel API: operations on one key.
 */
#include <linux/export.h>

#include "core/change.h"
#include "core/ops.h"
#include "core/read.h"

static __always_inline int operate(struct bucketmap *map,
				   const struct bucketmap_op *op, gfp_t gfp)
{
	struct bm_key key __uninitialized;

	if (!bm_op_writes(&bm_op_rules[op->operation]))
		return bm_lookup(map, op->keys, op->window, op->previous);
	bm_key_init(map, &key, op->keys);
	return bm_change(map, &key, op, gfp);
}

/**
 * bm_operate() - carry out an operation on an entry
 * @map: the map
 * @op: as for bucketmap_operate(), checked by bm_op_check()
 * @gfp: allocation flags
 *
 * Context: as bucketmap_operate().
 * Return: as bucketmap_operate().
 */
int bm_operate(struct bucketmap *map, const struct bucketmap_op *op, gfp_t gfp)
{
	return operate(map, op, gfp);
}

/*
 * Inlined, so that the compiler drops what an operation does not need. The
 * initializer names all members; otherwise the compiler would clear them first.
 */
static __always_inline int
operate_on(struct bucketmap *map, u32 operation, const void *key,
	   struct bucketmap_window window, const void *value,
	   const void *expected, void *previous, gfp_t gfp)
{
	int err = bm_window_check(map, bm_op_rules[operation].window, &window);
	const struct bucketmap_op op = {
		.operation = operation,
		.window = window,
		.keys = key,
		.values = value,
		.expected = expected,
		.previous = previous,
		.results = NULL,
	};

	return err ? err : operate(map, &op, gfp);
}

/**
 * bucketmap_operate() - carry out an operation on an entry
 * @map: the map
 * @op: the operation, for one key; its results are not used
 * @gfp: allocation flags, for operations that may make an entry
 *
 * The functions below describe each operation and its return values.
 *
 * Context: any but hard interrupts and NMI. Takes and releases locks of
 * buckets, except for BUCKETMAP_LOOKUP. Sleeps only if @gfp permits it.
 * Return: as the function for this operation; -EINVAL for an unknown operation.
 */
int bucketmap_operate(struct bucketmap *map, const struct bucketmap_op *op,
		      gfp_t gfp)
{
	struct bucketmap_op checked = *op;
	int err = bm_op_check(map, &checked.operation, &checked.window);

	return err ? err : operate(map, &checked, gfp);
}
EXPORT_SYMBOL_GPL(bucketmap_operate);

/**
 * bucketmap_store() - write the value of a key, whether it exists or not
 * @map: the map
 * @key: the key, key_size bytes
 * @window: the part of the value to be written; in a new entry, the rest
 *	becomes zero
 * @value: the bytes to be written
 * @gfp: allocation flags
 *
 * Context: any but hard interrupts and NMI. Takes and releases locks of
 * buckets. Sleeps only if @gfp permits it.
 * Return: 0; -EINVAL for a window outside of the value; and if the key is
 * absent: -ENOSPC if the map holds max_entries, including entries that are
 * being made or removed; -EMLINK if too many existing keys collide with @key;
 * -ENOMEM if there is no memory for the entry, or @gfp does not permit to wait
 * for a free slot; -EINTR if a signal arrived while it waited for a free slot,
 * or the task was killed.
 */
int bucketmap_store(struct bucketmap *map, const void *key,
		    struct bucketmap_window window, const void *value,
		    gfp_t gfp)
{
	return operate_on(map, BUCKETMAP_STORE, key, window, value, NULL, NULL,
			  gfp);
}
EXPORT_SYMBOL_GPL(bucketmap_store);

/**
 * bucketmap_insert() - make an entry
 * @map: the map
 * @key: the key, key_size bytes
 * @window: the part of the value to be written; the rest becomes zero
 * @value: the bytes to be written
 * @gfp: allocation flags
 *
 * Context: as bucketmap_store().
 * Return: 0; -EEXIST if the key exists; else as bucketmap_store().
 */
int bucketmap_insert(struct bucketmap *map, const void *key,
		     struct bucketmap_window window, const void *value,
		     gfp_t gfp)
{
	return operate_on(map, BUCKETMAP_INSERT, key, window, value, NULL, NULL,
			  gfp);
}
EXPORT_SYMBOL_GPL(bucketmap_insert);

/**
 * bucketmap_replace() - write the value of an existing key
 * @map: the map
 * @key: the key, key_size bytes
 * @window: the part of the value to be written
 * @value: the bytes to be written
 *
 * Context: any but hard interrupts and NMI. Takes and releases locks of
 * buckets. Does not sleep.
 * Return: 0; -ENOENT if the key is absent; -EINVAL for a window outside of the
 * value.
 */
int bucketmap_replace(struct bucketmap *map, const void *key,
		      struct bucketmap_window window, const void *value)
{
	return operate_on(map, BUCKETMAP_REPLACE, key, window, value, NULL,
			  NULL, 0);
}
EXPORT_SYMBOL_GPL(bucketmap_replace);

/**
 * bucketmap_load_or_store() - read the value of a key, or make an entry
 * @map: the map
 * @key: the key, key_size bytes
 * @window: the part of the value to be read or written
 * @value: the bytes to be written if the key is absent; the rest of the value
 *	becomes zero
 * @previous: becomes the content of the window if the key exists
 * @gfp: allocation flags
 *
 * Context: as bucketmap_store().
 * Return: 1 if the key existed; else as bucketmap_store().
 */
int bucketmap_load_or_store(struct bucketmap *map, const void *key,
			    struct bucketmap_window window, const void *value,
			    void *previous, gfp_t gfp)
{
	return operate_on(map, BUCKETMAP_LOAD_OR_STORE, key, window, value,
			  NULL, previous, gfp);
}
EXPORT_SYMBOL_GPL(bucketmap_load_or_store);

/**
 * bucketmap_swap() - write the value of a key and read the previous one
 * @map: the map
 * @key: the key, key_size bytes
 * @window: the part of the value to be read and written; in a new entry, the
 *	rest becomes zero
 * @value: the bytes to be written
 * @previous: becomes the previous content of the window, if the key existed
 * @gfp: allocation flags
 *
 * Context: as bucketmap_store().
 * Return: 1 if the key existed; else as bucketmap_store().
 */
int bucketmap_swap(struct bucketmap *map, const void *key,
		   struct bucketmap_window window, const void *value,
		   void *previous, gfp_t gfp)
{
	return operate_on(map, BUCKETMAP_SWAP, key, window, value, NULL,
			  previous, gfp);
}
EXPORT_SYMBOL_GPL(bucketmap_swap);

/**
 * bucketmap_delete() - remove an entry
 * @map: the map
 * @key: the key, key_size bytes
 *
 * Context: as bucketmap_replace().
 * Return: 0, or -ENOENT if the key is absent.
 */
int bucketmap_delete(struct bucketmap *map, const void *key)
{
	return operate_on(map, BUCKETMAP_DELETE, key, BUCKETMAP_WHOLE, NULL,
			  NULL, NULL, 0);
}
EXPORT_SYMBOL_GPL(bucketmap_delete);

/**
 * bucketmap_lookup_and_delete() - remove an entry and read its value
 * @map: the map
 * @key: the key, key_size bytes
 * @window: the part of the value to be read
 * @previous: becomes the content of the window
 *
 * Context: as bucketmap_replace().
 * Return: as bucketmap_replace().
 */
int bucketmap_lookup_and_delete(struct bucketmap *map, const void *key,
				struct bucketmap_window window, void *previous)
{
	return operate_on(map, BUCKETMAP_LOOKUP_AND_DELETE, key, window, NULL,
			  NULL, previous, 0);
}
EXPORT_SYMBOL_GPL(bucketmap_lookup_and_delete);

/**
 * bucketmap_compare_and_swap() - write a value if it is the expected one
 * @map: the map
 * @key: the key, key_size bytes
 * @window: the part of the value to be compared and written
 * @expected: the expected content of the window
 * @value: the bytes to be written
 * @previous: becomes the previous content of the window, also if that differs
 *	from @expected; may be NULL, and may be the same memory as @expected
 *
 * Context: as bucketmap_replace().
 * Return: 0; -ECANCELED if the window differs from @expected; else as
 * bucketmap_replace().
 */
int bucketmap_compare_and_swap(struct bucketmap *map, const void *key,
			       struct bucketmap_window window,
			       const void *expected, const void *value,
			       void *previous)
{
	return operate_on(map, BUCKETMAP_COMPARE_AND_SWAP, key, window, value,
			  expected, previous, 0);
}
EXPORT_SYMBOL_GPL(bucketmap_compare_and_swap);

/**
 * bucketmap_compare_and_delete() - remove an entry if its value is the expected
 *	one
 * @map: the map
 * @key: the key, key_size bytes
 * @window: the part of the value to be compared
 * @expected: the expected content of the window
 * @previous: as for bucketmap_compare_and_swap()
 *
 * Context: as bucketmap_replace().
 * Return: as bucketmap_compare_and_swap().
 */
int bucketmap_compare_and_delete(struct bucketmap *map, const void *key,
				 struct bucketmap_window window,
				 const void *expected, void *previous)
{
	return operate_on(map, BUCKETMAP_COMPARE_AND_DELETE, key, window, NULL,
			  expected, previous, 0);
}
EXPORT_SYMBOL_GPL(bucketmap_compare_and_delete);

/**
 * bucketmap_add() - add to a number in the value of a key
 * @map: the map
 * @key: the key, key_size bytes; if it is absent, its value is all zero before
 *	the addition
 * @offset: offset of the number in the value, in bytes; a multiple of 8
 * @delta: what to add, modulo 2^64
 * @previous: becomes the number before the addition; may be NULL
 * @gfp: allocation flags
 *
 * Context: as bucketmap_store().
 * Return: 0; -EINVAL if the number is outside of the value or not aligned; else
 * as bucketmap_store().
 */
int bucketmap_add(struct bucketmap *map, const void *key, u32 offset,
		  u64 delta, u64 *previous, gfp_t gfp)
{
	return operate_on(map, BUCKETMAP_ADD, key,
			  ((struct bucketmap_window){ offset, 0 }), &delta,
			  NULL, previous, gfp);
}
EXPORT_SYMBOL_GPL(bucketmap_add);

/**
 * bucketmap_add_existing() - add to a number in the value of an existing key
 * @map: the map
 * @key: the key, key_size bytes
 * @offset: as for bucketmap_add()
 * @delta: what to add, modulo 2^64
 * @previous: as for bucketmap_add()
 *
 * Context: as bucketmap_replace().
 * Return: 0; -ENOENT if the key is absent; -EINVAL as bucketmap_add().
 */
int bucketmap_add_existing(struct bucketmap *map, const void *key, u32 offset,
			   u64 delta, u64 *previous)
{
	return operate_on(map, BUCKETMAP_ADD_EXISTING, key,
			  ((struct bucketmap_window){ offset, 0 }), &delta,
			  NULL, previous, 0);
}
EXPORT_SYMBOL_GPL(bucketmap_add_existing);

/**
 * bucketmap_max() - raise a number in the value of a key, if it is smaller
 * @map: the map
 * @key: the key, key_size bytes; if it is absent, its value is all zero before
 * @offset: as for bucketmap_add()
 * @number: what the number becomes if it is smaller; both are unsigned
 * @previous: becomes the number before; may be NULL
 * @gfp: allocation flags
 *
 * Context: as bucketmap_store().
 * Return: as bucketmap_add().
 */
int bucketmap_max(struct bucketmap *map, const void *key, u32 offset,
		  u64 number, u64 *previous, gfp_t gfp)
{
	return operate_on(map, BUCKETMAP_MAX, key,
			  ((struct bucketmap_window){ offset, 0 }), &number,
			  NULL, previous, gfp);
}
EXPORT_SYMBOL_GPL(bucketmap_max);

/**
 * bucketmap_max_existing() - raise a number in the value of an existing key, if
 *	it is smaller
 * @map: the map
 * @key: the key, key_size bytes
 * @offset: as for bucketmap_add()
 * @number: as for bucketmap_max()
 * @previous: as for bucketmap_max()
 *
 * Context: as bucketmap_replace().
 * Return: as bucketmap_add_existing().
 */
int bucketmap_max_existing(struct bucketmap *map, const void *key, u32 offset,
			   u64 number, u64 *previous)
{
	return operate_on(map, BUCKETMAP_MAX_EXISTING, key,
			  ((struct bucketmap_window){ offset, 0 }), &number,
			  NULL, previous, 0);
}
EXPORT_SYMBOL_GPL(bucketmap_max_existing);
