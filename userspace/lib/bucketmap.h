/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libbucketmap: bucketmap maps for programs.
 *
 * Conventions:
 *  - A struct bucketmap is one descriptor of one map. It holds no state but the
 *    descriptor, so threads may share it; only closing it needs care.
 *  - Functions return 0 or a negative errno and leave errno to itself. The
 *    errors of each command are listed in uapi/bucketmap.h; listed here is
 *    what the library adds. Calls that a signal interrupts are made again, and
 *    go on where they were: no function returns -EINTR.
 *  - Functions that find or make maps open BUCKETMAP_DEVICE for the time of the
 *    call. They return -ENODEV where there is no such device, that is, where
 *    the module is not loaded, or what open(2) fails with. Those whose names end
 *    in _at use a descriptor of the device instead, @device, that was passed to
 *    a process that cannot open it, or was opened before it gave up that right;
 *    BUCKETMAP_DEVICE_OPEN makes them like the others. It stays open, and the
 *    caller's. To make a map or remove a name, it must be open for writing.
 *  - Keys and values are plain bytes of the map's key_size and value_size.
 *    @offset and @length name a window of the value, 0 and 0 the whole of it.
 *  - Deadlines are nanoseconds of CLOCK_MONOTONIC, 0 for none. After one has
 *    passed, functions that take one return -ETIME. With one that has passed
 *    already, nothing is begun: to go on takes a new one.
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

/* In place of a descriptor of the device: to open BUCKETMAP_DEVICE. */
#define BUCKETMAP_DEVICE_OPEN	(-1)

/**
 * DOC: Making and finding maps
 */

/**
 * bucketmap_limits() - what the module can do, and how much of it is in use
 * @limits: takes the answer. Its size member is sizeof(*limits) at first; what
 *	else it holds does not matter.
 *
 * Return: 0 or a negative errno.
 */
int bucketmap_limits(struct bucketmap_limits *limits);

/**
 * bucketmap_limits_at() - what the module can do, on a device
 * @device: its descriptor, or BUCKETMAP_DEVICE_OPEN
 * @limits: as for bucketmap_limits()
 *
 * Return: as bucketmap_limits(), or -EBADF if @device is not open.
 */
int bucketmap_limits_at(int device, struct bucketmap_limits *limits);

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
 * bucketmap_create_at() - make a map, on a device
 * @device: its descriptor, or BUCKETMAP_DEVICE_OPEN
 * @map: as for bucketmap_create()
 * @config: as for bucketmap_create()
 *
 * Return: as bucketmap_create(), or -EBADF if @device is not open, or for reading only.
 */
int bucketmap_create_at(int device, struct bucketmap **map,
			const struct bucketmap_create *config);

/**
 * bucketmap_open() - open a named map, whatever the sizes of its keys and values
 * @map: takes the map; the caller closes it
 * @name: the map's name
 * @flags: 0 or BUCKETMAP_OPEN_RDONLY
 *
 * For programs that ask bucketmap_info() for the sizes, and provide memory of
 * these: calls read and write as many bytes as the map has, not as many as the
 * caller expects.
 *
 * Return: 0 or a negative errno, -EINVAL also for a name that is too long.
 */
int bucketmap_open(struct bucketmap **map, const char *name, __u32 flags);

/**
 * bucketmap_open_sized() - open a named map that has the expected sizes
 * @map: takes the map; the caller closes it
 * @name: the map's name
 * @flags: 0 or BUCKETMAP_OPEN_RDONLY
 * @key_size: bytes of each key
 * @value_size: bytes of each value
 *
 * For programs that are built for keys and values of certain types.
 *
 * Return: 0 or a negative errno, -EMEDIUMTYPE if the map has other sizes;
 *	-EINVAL also for a name that is too long.
 */
int bucketmap_open_sized(struct bucketmap **map, const char *name, __u32 flags,
			 __u32 key_size, __u32 value_size);

/**
 * bucketmap_open_at() - open a named map, on a device
 * @device: its descriptor, or BUCKETMAP_DEVICE_OPEN
 * @map: as for bucketmap_open()
 * @name: as for bucketmap_open()
 * @flags: as for bucketmap_open()
 *
 * Return: as bucketmap_open(), or -EBADF if @device is not open.
 */
int bucketmap_open_at(int device, struct bucketmap **map, const char *name, __u32 flags);

/**
 * bucketmap_from_fd() - take a descriptor that came from elsewhere
 * @map: takes the map; the caller closes it
 * @fd: descriptor of a map, inherited or received. It belongs to @map after
 *	success, to the caller after an error.
 *
 * bucketmap_info() tells the sizes of its keys and values: do not take them for
 * granted where the descriptor comes from somebody else.
 *
 * Return: 0 or a negative errno, -ENOTTY if @fd is no map's.
 */
int bucketmap_from_fd(struct bucketmap **map, int fd);

/**
 * bucketmap_reopen() - open a map once more
 * @map: takes the new map; the caller closes it
 * @from: the map, which may have no name
 * @flags: 0 or BUCKETMAP_OPEN_RDONLY
 *
 * The new descriptor shares nothing with that of @from but the map: it is told
 * of changes by itself, and may be for reading only.
 *
 * Return: 0 or a negative errno, -EBADF also if @from is for reading only and
 *	@flags do not say so.
 */
int bucketmap_reopen(struct bucketmap **map, struct bucketmap *from, __u32 flags);

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
 * bucketmap_unlink_at() - remove a map's name, on a device
 * @device: its descriptor, or BUCKETMAP_DEVICE_OPEN
 * @name: as for bucketmap_unlink()
 *
 * Return: as bucketmap_unlink(), or -EBADF if @device is not open, or for reading only.
 */
int bucketmap_unlink_at(int device, const char *name);

/**
 * bucketmap_unlink_map() - remove the name of a map, and of no other
 * @map: the map, open for writing. Another that has got its name meanwhile
 *	keeps it.
 *
 * Return: 0 or a negative errno, -ENOENT if @map has no name, or no longer.
 */
int bucketmap_unlink_map(struct bucketmap *map);

/**
 * bucketmap_list() - call a function for each named map that the caller owns or
 *	may open for reading; with CAP_FOWNER, for all
 * @each: gets a name, valid during the call, and @context. What it returns,
 *	if not 0, ends the list.
 * @context: for @each
 *
 * Return: 0, what @each returned, or a negative errno.
 */
int bucketmap_list(int (*each)(const char *name, void *context), void *context);

/**
 * bucketmap_list_at() - call a function for each named map, on a device
 * @device: its descriptor, or BUCKETMAP_DEVICE_OPEN
 * @each: as for bucketmap_list()
 * @context: as for bucketmap_list()
 *
 * Return: as bucketmap_list(), or -EBADF if @device is not open.
 */
int bucketmap_list_at(int device, int (*each)(const char *name, void *context), void *context);

/**
 * bucketmap_info() - what a map is, and how it does
 * @map: the map
 * @info: takes the answer. Its size member is sizeof(*info) at first; what else
 *	it holds does not matter.
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
 * @value: takes the window, or NULL to learn only whether the key exists
 * @offset: where in the value the window begins
 * @length: bytes in the window
 *
 * Return: 0 or a negative errno, -ENOENT if the key does not exist.
 */
int bucketmap_lookup(struct bucketmap *map, const void *key, void *value,
		     __u32 offset, __u32 length);

/**
 * bucketmap_store() - write a window of a value, the key existing or not
 * @map: the map
 * @key: the key
 * @value: bytes for the window; the value of a new entry is zero outside of it
 * @offset: where in the value the window begins
 * @length: bytes in the window
 *
 * Return: 0 or a negative errno.
 */
int bucketmap_store(struct bucketmap *map, const void *key, const void *value,
		    __u32 offset, __u32 length);

/**
 * bucketmap_insert() - make an entry
 * @map: the map
 * @key: the key
 * @value: bytes for the window; the value of a new entry is zero outside of it
 * @offset: where in the value the window begins
 * @length: bytes in the window
 *
 * Return: 0 or a negative errno, -EEXIST if the key exists.
 */
int bucketmap_insert(struct bucketmap *map, const void *key, const void *value,
		     __u32 offset, __u32 length);

/**
 * bucketmap_replace() - write a window of a value that exists
 * @map: the map
 * @key: the key
 * @value: bytes for the window
 * @offset: where in the value the window begins
 * @length: bytes in the window
 *
 * Return: 0 or a negative errno, -ENOENT if the key does not exist.
 */
int bucketmap_replace(struct bucketmap *map, const void *key, const void *value,
		      __u32 offset, __u32 length);

/**
 * bucketmap_load_or_store() - read a window, or make the entry
 * @map: the map
 * @key: the key
 * @value: bytes for the window; the value of a new entry is zero outside of it
 * @previous: takes the window if the key existed, or NULL
 * @offset: where in the value the window begins
 * @length: bytes in the window
 *
 * Return: 1 if the key existed, 0 if @value was written, or a negative errno.
 */
int bucketmap_load_or_store(struct bucketmap *map, const void *key,
			    const void *value, void *previous, __u32 offset,
			    __u32 length);

/**
 * bucketmap_swap() - write a window, and read what it was
 * @map: the map
 * @key: the key
 * @value: bytes for the window; the value of a new entry is zero outside of it
 * @previous: takes what the window held if the key existed, or NULL; it may
 *	point to the same memory as @value
 * @offset: where in the value the window begins
 * @length: bytes in the window
 *
 * Return: 1 if the key existed, 0 if the entry is new, or a negative errno.
 */
int bucketmap_swap(struct bucketmap *map, const void *key, const void *value,
		   void *previous, __u32 offset, __u32 length);

/**
 * bucketmap_delete() - remove an entry
 * @map: the map
 * @key: the key
 *
 * Return: 0 or a negative errno, -ENOENT if the key does not exist.
 */
int bucketmap_delete(struct bucketmap *map, const void *key);

/**
 * bucketmap_lookup_and_delete() - remove an entry, and read its value
 * @map: the map
 * @key: the key
 * @previous: takes what the window held, or NULL
 * @offset: where in the value the window begins
 * @length: bytes in the window
 *
 * Return: 0 or a negative errno, -ENOENT if the key does not exist.
 */
int bucketmap_lookup_and_delete(struct bucketmap *map, const void *key,
				void *previous, __u32 offset, __u32 length);

/**
 * bucketmap_compare_and_swap() - write a window if it is as expected
 * @map: the map
 * @key: the key
 * @expected: bytes that the window must hold
 * @value: bytes for the window
 * @previous: takes what the window held, also where that is something else, or
 *	NULL; it may point to the same memory as @expected or @value
 * @offset: where in the value the window begins
 * @length: bytes in the window
 *
 * Return: 0 or a negative errno, -ECANCELED if the window holds something
 *	else, -ENOENT if the key does not exist.
 */
int bucketmap_compare_and_swap(struct bucketmap *map, const void *key,
			       const void *expected, const void *value,
			       void *previous, __u32 offset, __u32 length);

/**
 * bucketmap_compare_and_delete() - remove an entry if it is as expected
 * @map: the map
 * @key: the key
 * @expected: bytes that the window must hold
 * @previous: takes what the window held, also where that is something else, or
 *	NULL; it may point to the same memory as @expected
 * @offset: where in the value the window begins
 * @length: bytes in the window
 *
 * Return: 0 or a negative errno, -ECANCELED if the window holds something
 *	else, -ENOENT if the key does not exist.
 */
int bucketmap_compare_and_delete(struct bucketmap *map, const void *key,
				 const void *expected, void *previous,
				 __u32 offset, __u32 length);

/**
 * bucketmap_add() - add to a number inside a value
 * @map: the map
 * @key: the key; it is made, with a value of zeros, if it does not exist
 * @offset: where in the value the number is, a multiple of 8
 * @delta: what to add, modulo 2^64
 * @previous: takes the number before the addition, 0 for a new key; or NULL
 *
 * Return: 0 or a negative errno.
 */
int bucketmap_add(struct bucketmap *map, const void *key, __u32 offset,
		  __u64 delta, __u64 *previous);

/**
 * bucketmap_batch() - one operation on many entries
 * @map: the map
 * @batch: as struct bucketmap_batch has it. Its size member is sizeof(*batch),
 *	what the caller does not set is zero. Afterwards its done member says
 *	how many entries are finished, and nothing else in it has changed.
 *
 * Made again with what it has left in @batch, the call goes on with the entries
 * that are not finished. After -ETIME that takes a new deadline: one that has
 * passed lets no entry begin.
 *
 * Return: 0 when all entries are finished, or a negative errno.
 */
int bucketmap_batch(struct bucketmap *map, struct bucketmap_batch *batch);

/**
 * DOC: Walking over all entries
 */

/**
 * struct bucketmap_cursor - how far a walk has got
 * @position: a position in the order of the keys' hashes; / 2^64, it is how much
 *	of the walk is done
 * @flags: BUCKETMAP_SCAN_END when the walk is over
 *
 * All zero to begin a walk. It may be copied, to go on from there again, on any
 * descriptor of the map.
 */
struct bucketmap_cursor {
	__u64 position;
	__u32 flags;
};

/**
 * bucketmap_scan() - the next entries of a walk
 * @map: the map
 * @cursor: where to go on; moved behind what is returned
 * @keys: array for @capacity keys
 * @values: array for @capacity values, or NULL to get the keys only
 * @capacity: entries that there is room for, 1 at least
 * @count: takes the number of entries returned, which may be 0 before the end;
 *	after -ENOBUFS the room that the next call needs
 *
 * Return: 0 or a negative errno, @cursor being as before after an error.
 */
int bucketmap_scan(struct bucketmap *map, struct bucketmap_cursor *cursor,
		   void *keys, void *values, __u32 capacity, __u32 *count);

/**
 * bucketmap_clear() - remove all entries
 * @map: the map
 * @cursor: where to go on; all zero to begin. After -ETIME another call with it,
 *	and with a new deadline, goes on where this one was.
 * @deadline: when to stop, or 0
 *
 * Return: 0 when the walk is over, or a negative errno.
 */
int bucketmap_clear(struct bucketmap *map, struct bucketmap_cursor *cursor, __u64 deadline);

/**
 * DOC: The map as a whole
 */

/**
 * bucketmap_resize() - reserve room, or shrink to fit
 * @map: the map
 * @capacity: entries that the map shall have room for from now on; 0 for those
 *	that it holds
 * @deadline: when to wait no longer, or 0
 *
 * Return: 0 when the map has its new size, or a negative errno: the capacity is
 *	then what it was before.
 */
int bucketmap_resize(struct bucketmap *map, __u64 capacity, __u64 deadline);

/**
 * DOC: Waiting
 */

/**
 * bucketmap_deadline() - a time from now
 * @nanoseconds: how far from now
 *
 * Return: the deadline. A time beyond the end of the clock becomes its end.
 */
__u64 bucketmap_deadline(__u64 nanoseconds);

/**
 * bucketmap_wait() - wait until an entry has changed
 * @map: the map
 * @key: the key
 * @seen: what the window held when it was last seen, or NULL if the key did not
 *	exist then; the window must then be 0 and 0
 * @offset: where in the value the window begins
 * @length: bytes in the window
 * @deadline: when to wait no longer, or 0
 *
 * In a map whose values are empty, any pointer but NULL says that the key existed.
 * With a deadline that has passed, 1 say, it only looks.
 *
 * Return: 0 as soon as the window holds something else, or the key is there or
 *	not as it was not before, or a negative errno; -EUSERS if too many wait
 *	for the key, or in the map.
 */
int bucketmap_wait(struct bucketmap *map, const void *key, const void *seen,
		   __u32 offset, __u32 length, __u64 deadline);

/**
 * bucketmap_changes() - begin to look for changes
 * @map: the map
 *
 * After this call poll(2) says that the descriptor is readable (POLLIN) when an
 * entry is made, changed or removed. Call it, look at the map, then poll.
 *
 * Return: 1 if the map has changed since the last call on this descriptor, or
 *	one that shares its open file description, or this is the first, 0 if
 *	not, or a negative errno. bucketmap_reopen() makes one that shares none.
 */
int bucketmap_changes(struct bucketmap *map);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif /* _LIBBUCKETMAP_H */
