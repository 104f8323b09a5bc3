/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libbucketmap: bucketmap maps for programs.
 *
 * Conventions:
 *  - A struct bucketmap is one descriptor of one map. It holds no state but the
 *    descriptor, so threads may share it; only closing it needs care.
 *  - Functions return 0 or a negative errno and leave errno to itself. The
 *    errors of each command are listed in uapi/bucketmap.h; listed here is
 *    what the library adds. Calls that a signal interrupts are made again.
 *  - Functions that find or make maps open BUCKETMAP_DEVICE for the time of the
 *    call. They return -ENODEV where there is no such device, that is, where
 *    the module is not loaded, or what open(2) fails with.
 *  - Keys and values are plain bytes of the map's key_size and value_size.
 *    @offset and @length name a window of the value, 0 and 0 the whole of it.
 *  - Memory belongs to the caller; the library keeps no pointer to it.
 */
#ifndef _LIBBUCKETMAP_H
#define _LIBBUCKETMAP_H

#include "uapi/bucketmap.h"

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

struct bucketmap;

/**
 * DOC: Making and finding maps
 */

/**
 * bucketmap_create() - make a map
 * @map: takes the new map, open for reading and writing; the caller closes it
 * @config: what the map shall be. Its size member is sizeof(*config), what the
 *	caller does not set is zero.
 *
 * Return: 0 or a negative errno, -ENOMEM also where the caller has no memory.
 */
int bucketmap_create(struct bucketmap **map, const struct bucketmap_create *config);

/**
 * bucketmap_open() - open a named map
 * @map: takes the map; the caller closes it
 * @name: the map's name
 * @flags: 0 or BUCKETMAP_OPEN_RDONLY
 *
 * Return: 0 or a negative errno, -EINVAL also for a name that is too long.
 */
int bucketmap_open(struct bucketmap **map, const char *name, __u32 flags);

/**
 * bucketmap_from_fd() - take a descriptor that came from elsewhere
 * @map: takes the map; the caller closes it
 * @fd: descriptor of a map, inherited or received. It belongs to @map after
 *	success, to the caller after an error.
 *
 * Return: 0 or a negative errno, -ENOTTY if @fd is no map's.
 */
int bucketmap_from_fd(struct bucketmap **map, int fd);

/**
 * bucketmap_fd() - the map's descriptor
 * @map: the map
 *
 * Return: the descriptor, which still belongs to @map.
 */
int bucketmap_fd(const struct bucketmap *map);

/**
 * bucketmap_close() - close a map's descriptor and free @map
 * @map: the map, or NULL
 */
void bucketmap_close(struct bucketmap *map);

/**
 * bucketmap_unlink() - remove a map's name
 * @name: the map's name
 *
 * Return: 0 or a negative errno, -EINVAL also for a name that is too long.
 */
int bucketmap_unlink(const char *name);

/**
 * bucketmap_list() - call a function for each named map
 * @each: gets a name, valid during the call, and @context. What it returns,
 *	if not 0, ends the list.
 * @context: for @each
 *
 * Return: 0, what @each returned, or a negative errno.
 */
int bucketmap_list(int (*each)(const char *name, void *context), void *context);

/**
 * bucketmap_info() - what a map is, and how it does
 * @map: the map
 * @info: takes the answer. Its size member is sizeof(*info), and all else zero
 *	at first.
 *
 * Return: 0 or a negative errno.
 */
int bucketmap_info(struct bucketmap *map, struct bucketmap_info *info);

/**
 * DOC: Entries
 */

/**
 * bucketmap_lookup() - read a window of a value
 * @map: the map
 * @key: the key
 * @value: takes the window
 * @offset: where in the value the window begins
 * @length: bytes in the window
 *
 * Return: 0 or a negative errno, -ENOENT if the key does not exist.
 */
int bucketmap_lookup(struct bucketmap *map, const void *key,
		     void *value, __u32 offset, __u32 length);

/**
 * bucketmap_store() - write a window of a value, the key existing or not
 * @map: the map
 * @key: the key
 * @value: bytes for the window
 * @offset: where in the value the window begins
 * @length: bytes in the window
 *
 * Return: 0 or a negative errno.
 */
int bucketmap_store(struct bucketmap *map, const void *key,
		    const void *value, __u32 offset, __u32 length);

/**
 * bucketmap_insert() - make an entry
 * @map: the map
 * @key: the key
 * @value: bytes for the window; the value is zero outside of it
 * @offset: where in the value the window begins
 * @length: bytes in the window
 *
 * Return: 0 or a negative errno, -EEXIST if the key exists.
 */
int bucketmap_insert(struct bucketmap *map, const void *key,
		     const void *value, __u32 offset, __u32 length);

/**
 * bucketmap_delete() - remove an entry
 * @map: the map
 * @key: the key
 *
 * Return: 0 or a negative errno, -ENOENT if the key does not exist.
 */
int bucketmap_delete(struct bucketmap *map, const void *key);

/**
 * bucketmap_add() - add to a number inside a value
 * @map: the map
 * @key: the key; it is made, with a value of zeros, if it does not exist
 * @offset: where in the value the number is, a multiple of 8
 * @delta: what to add, modulo 2^64
 * @previous: takes the number before the addition, or NULL
 *
 * Return: 0 or a negative errno.
 */
int bucketmap_add(struct bucketmap *map, const void *key,
		  __u32 offset, __u64 delta, __u64 *previous);

/**
 * DOC: Walking over all entries
 */

/**
 * struct bucketmap_cursor - how far a walk has got
 * @position: what the kernel goes on from
 * @flags: BUCKETMAP_SCAN_END when the walk is over
 *
 * All zero to begin a walk. It may be copied, to go on from there again.
 */
struct bucketmap_cursor {
	__u64 position;
	__u32 flags;
};

/**
 * bucketmap_scan() - the next entries of a walk
 * @map: the map
 * @cursor: where to go on; moved behind what is returned
 * @keys: room for @capacity keys
 * @values: room for @capacity values, or NULL to get the keys only
 * @capacity: entries that there is room for, 1 at least
 * @count: takes the number of entries returned, which may be 0 before the end;
 *	after -ENOBUFS the capacity that the next call needs
 *
 * Return: 0 or a negative errno, @cursor being as before after an error.
 */
int bucketmap_scan(struct bucketmap *map, struct bucketmap_cursor *cursor,
		   void *keys, void *values, __u32 capacity, __u32 *count);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif /* _LIBBUCKETMAP_H */
