/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libbucketmap: bucketmap maps for programs.
 *
 * Conventions:
 *  - A struct bucketmap is one descriptor of one map. Threads may share it, and
 *    children of fork(2) may use it. Only bucketmap_close() and
 *    bucketmap_use_mapping() must not run at the same time as another call.
 *  - Functions return 0 or a negative errno, and do not change errno. The errors
 *    of each ioctl are listed in uapi/bucketmap.h; this file lists only the
 *    errors that the library adds. A call that a signal interrupts is repeated
 *    and continues where it stopped; no function returns -EINTR.
 *  - Functions that create or find maps open BUCKETMAP_DEVICE for the duration
 *    of the call. They return -ENODEV if there is no such device, that is, if the
 *    module is not loaded, or the error of open(2). Functions with the suffix _at
 *    use the descriptor @device of the device instead, for a process that received
 *    one but cannot open the device, or that opened it before it gave up that
 *    right. BUCKETMAP_DEVICE_OPEN in its place makes them behave like the others.
 *    @device stays open and belongs to the caller. It must be open for writing to
 *    create a map, to remove its name, or to change its mode or owner.
 *  - Keys and values are plain bytes, of the map's key_size and value_size.
 *    @offset and @length define a window of the value; 0 and 0 mean the whole
 *    value.
 *  - Deadlines are absolute times of CLOCK_MONOTONIC in nanoseconds; 0 means no
 *    deadline. Functions with a deadline return -ETIME when it has passed. If it
 *    has passed before the call, nothing is started: to continue, set a new one.
 *  - Memory belongs to the caller; the library keeps no pointer to it.
 */
#ifndef _LIBBUCKETMAP_H
#define _LIBBUCKETMAP_H

#include <stdbool.h>

#include "uapi/bucketmap.h"

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

struct bucketmap;

/* Instead of a descriptor of the device: open BUCKETMAP_DEVICE for the call. */
#define BUCKETMAP_DEVICE_OPEN	(-1)

/* Instead of a user id: any owner. */
#define BUCKETMAP_OWNER_ANY	((__u32)-1)

/**
 * DOC: Creating and finding maps
 *
 * Names are given first come, first served, to any user that may open the device,
 * and an owner can do anything to its map. So a program that finds a map must know
 * the sizes of its keys and values, because calls read and write as many bytes, and
 * must trust its owner. bucketmap_open_or_create() sees to both.
 */

/**
 * bucketmap_limits() - query the module's features, limits and usage
 * @limits: result. The caller sets its size member to sizeof(*limits); the other
 *	members are not read.
 *
 * Return: 0 or a negative errno.
 */
int bucketmap_limits(struct bucketmap_limits *limits);

/**
 * bucketmap_limits_at() - query the module through a descriptor of the device
 * @device: descriptor of the device, or BUCKETMAP_DEVICE_OPEN
 * @limits: as for bucketmap_limits()
 *
 * Return: as bucketmap_limits(), or -EBADF if @device is not open.
 */
int bucketmap_limits_at(int device, struct bucketmap_limits *limits);

/**
 * bucketmap_create() - create a map
 * @map: result: the new map, open for reading and writing; the caller closes it
 * @config: attributes of the map. The caller sets its size member to
 *	sizeof(*config), and unused members to zero.
 *
 * Return: 0 or a negative errno; -ENOMEM also if the caller is out of memory.
 */
int bucketmap_create(struct bucketmap **map, const struct bucketmap_create *config);

/**
 * bucketmap_create_at() - create a map through a descriptor of the device
 * @device: descriptor of the device, or BUCKETMAP_DEVICE_OPEN
 * @map: as for bucketmap_create()
 * @config: as for bucketmap_create()
 *
 * Return: as bucketmap_create(), or -EBADF if @device is not open or is read-only.
 */
int bucketmap_create_at(int device, struct bucketmap **map,
			const struct bucketmap_create *config);

/**
 * bucketmap_open_or_create() - open a map for reading and writing, or create it if no map
 *	has its name
 * @map: result: the map; the caller closes it
 * @config: as for bucketmap_create(); its name must not be empty
 *
 * A map that exists must have the sizes of keys and values in @config, and belong to
 * the caller's effective user or to root. All other attributes in @config are for a
 * new map only. However many programs create the map and remove its name at the same
 * time, the call does not fail with -EEXIST or -ENOENT.
 *
 * Return: 0 or a negative errno; -EMEDIUMTYPE if the map has other sizes, -EPERM if it
 *	belongs to another user, -EINVAL also if the name is empty or not terminated.
 */
int bucketmap_open_or_create(struct bucketmap **map, const struct bucketmap_create *config);

/**
 * bucketmap_open_or_create_at() - the same, through a descriptor of the device
 * @device: descriptor of the device, or BUCKETMAP_DEVICE_OPEN
 * @map: as for bucketmap_open_or_create()
 * @config: as for bucketmap_open_or_create()
 *
 * Return: as bucketmap_open_or_create(), or -EBADF if @device is not open, or is
 *	read-only and the map does not exist.
 */
int bucketmap_open_or_create_at(int device, struct bucketmap **map,
				const struct bucketmap_create *config);

/**
 * bucketmap_open() - open a named map with keys and values of any size
 * @map: result: the map; the caller closes it
 * @name: name of the map
 * @flags: 0 or BUCKETMAP_OPEN_RDONLY
 *
 * For programs that query the sizes with bucketmap_info() and provide memory of
 * these sizes: calls read and write as many bytes as the map's keys and values
 * have, not as many as the caller expects.
 *
 * Return: 0 or a negative errno; -EINVAL also if the name is too long.
 */
int bucketmap_open(struct bucketmap **map, const char *name, __u32 flags);

/**
 * bucketmap_open_sized() - open a named map with keys and values of given sizes
 * @map: result: the map; the caller closes it
 * @name: name of the map
 * @flags: 0 or BUCKETMAP_OPEN_RDONLY
 * @key_size: expected size of each key in bytes
 * @value_size: expected size of each value in bytes
 *
 * For programs whose keys and values have fixed types, and that need not trust the
 * owner of the map.
 *
 * Return: 0 or a negative errno; -EMEDIUMTYPE if the map has other sizes, -EINVAL
 *	also if the name is too long.
 */
int bucketmap_open_sized(struct bucketmap **map, const char *name, __u32 flags,
			 __u32 key_size, __u32 value_size);

/**
 * bucketmap_open_owned() - open a named map with given sizes and of a given owner
 * @map: result: the map; the caller closes it
 * @name: name of the map
 * @flags: 0 or BUCKETMAP_OPEN_RDONLY
 * @key_size: expected size of each key in bytes
 * @value_size: expected size of each value in bytes
 * @owner: user id of the expected owner, or BUCKETMAP_OWNER_ANY
 *
 * Return: as bucketmap_open_sized(), or -EPERM if the map has another owner.
 */
int bucketmap_open_owned(struct bucketmap **map, const char *name, __u32 flags,
			 __u32 key_size, __u32 value_size, __u32 owner);

/**
 * bucketmap_open_at() - open a named map through a descriptor of the device
 * @device: descriptor of the device, or BUCKETMAP_DEVICE_OPEN
 * @map: as for bucketmap_open()
 * @name: as for bucketmap_open()
 * @flags: as for bucketmap_open()
 *
 * Return: as bucketmap_open(), or -EBADF if @device is not open.
 */
int bucketmap_open_at(int device, struct bucketmap **map, const char *name, __u32 flags);

/**
 * bucketmap_from_fd() - use a map's descriptor that was inherited or received
 * @map: result: the map; the caller closes it
 * @fd: descriptor of a map. It belongs to @map after success, and to the caller
 *	after an error.
 *
 * Check it with bucketmap_check() if the descriptor comes from another program: the
 * sizes of keys and values may not be the expected ones.
 *
 * Return: 0 or a negative errno; -ENOTTY if @fd is not a map's descriptor.
 */
int bucketmap_from_fd(struct bucketmap **map, int fd);

/**
 * bucketmap_check() - check the sizes of a map's keys and values, and its owner
 * @map: the map
 * @key_size: expected size of each key in bytes
 * @value_size: expected size of each value in bytes
 * @owner: user id of the expected owner, or BUCKETMAP_OWNER_ANY
 *
 * The sizes never change; the owner may, by bucketmap_chown(). An owner that has no
 * id in the caller's user namespace appears as the overflow user id, usually 65534.
 *
 * Return: 0 or a negative errno; -EMEDIUMTYPE if the sizes are others, -EPERM if the
 *	owner is another.
 */
int bucketmap_check(struct bucketmap *map, __u32 key_size, __u32 value_size, __u32 owner);

/**
 * bucketmap_reopen() - open a map again, with a descriptor of its own
 * @map: result: the map; the caller closes it
 * @from: the map, named or unnamed
 * @flags: 0 or BUCKETMAP_OPEN_RDONLY
 *
 * The new descriptor shares only the map with that of @from: it reports changes
 * independently, and may be read-only. @map uses system calls, also if @from uses
 * a mapping, until bucketmap_use_mapping() is called for it.
 *
 * Return: 0 or a negative errno; -EBADF also if @from is read-only and @flags
 *	does not have BUCKETMAP_OPEN_RDONLY.
 */
int bucketmap_reopen(struct bucketmap **map, struct bucketmap *from, __u32 flags);

/**
 * bucketmap_use_mapping() - look keys up, and scan, without system calls from now on
 * @map: the map, which was created with BUCKETMAP_CREATE_MAPPABLE. No other
 *	thread may use it during the call.
 *
 * bucketmap_lookup(), bucketmap_scan(), and bucketmap_batch() with BUCKETMAP_LOOKUP,
 * then read the map's memory through a mapping, and only ask the kernel if they
 * must. They return the same, except that bad addresses are fatal instead of
 * -EFAULT, and that the map only counts lookups that ask the kernel. A scan may write
 * to its arrays behind the entries that it returns. All other calls are unchanged.
 * If this call fails, all go on to use system calls.
 *
 * Return: 0 or a negative errno; -ENODEV if the map is not mappable, or the
 *	library does not know its format; -EUSERS if it has 16384 mappings.
 */
int bucketmap_use_mapping(struct bucketmap *map);

/**
 * bucketmap_fd() - get a map's descriptor
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
 * @name: name of the map
 *
 * Return: 0 or a negative errno; -EINVAL also if the name is too long.
 */
int bucketmap_unlink(const char *name);

/**
 * bucketmap_unlink_at() - remove a map's name through a descriptor of the device
 * @device: descriptor of the device, or BUCKETMAP_DEVICE_OPEN
 * @name: as for bucketmap_unlink()
 *
 * Return: as bucketmap_unlink(), or -EBADF if @device is not open or is read-only.
 */
int bucketmap_unlink_at(int device, const char *name);

/**
 * bucketmap_unlink_map() - remove the name of this map, and of no other
 * @map: the map, open for writing. If another map has its old name, that map
 *	keeps it.
 *
 * Return: 0 or a negative errno; -ENOENT if @map has no name, or has lost it.
 */
int bucketmap_unlink_map(struct bucketmap *map);

/**
 * bucketmap_chmod() - change a map's permission bits
 * @name: name of the map
 * @mode: new permission bits, from which the umask is not subtracted
 *
 * Return: 0 or a negative errno; -EINVAL also if the name is too long.
 */
int bucketmap_chmod(const char *name, __u32 mode);

/**
 * bucketmap_chmod_at() - change a map's permission bits through a descriptor of the device
 * @device: descriptor of the device, or BUCKETMAP_DEVICE_OPEN
 * @name: as for bucketmap_chmod()
 * @mode: as for bucketmap_chmod()
 *
 * Return: as bucketmap_chmod(), or -EBADF if @device is not open or is read-only.
 */
int bucketmap_chmod_at(int device, const char *name, __u32 mode);

/**
 * bucketmap_chmod_map() - change the permission bits of this map
 * @map: the map, named or not, open for writing
 * @mode: as for bucketmap_chmod()
 *
 * Return: 0 or a negative errno.
 */
int bucketmap_chmod_map(struct bucketmap *map, __u32 mode);

/* Instead of a user or group id: leave it as it is. */
#define BUCKETMAP_ID_KEEP	(~0U)

/**
 * bucketmap_chown() - change a map's owner and group
 * @name: name of the map
 * @uid: new owner, or BUCKETMAP_ID_KEEP
 * @gid: new group, or BUCKETMAP_ID_KEEP
 *
 * Return: 0 or a negative errno; -EINVAL also if the name is too long.
 */
int bucketmap_chown(const char *name, __u32 uid, __u32 gid);

/**
 * bucketmap_chown_at() - change a map's owner and group through a descriptor of the device
 * @device: descriptor of the device, or BUCKETMAP_DEVICE_OPEN
 * @name: as for bucketmap_chown()
 * @uid: as for bucketmap_chown()
 * @gid: as for bucketmap_chown()
 *
 * Return: as bucketmap_chown(), or -EBADF if @device is not open or is read-only.
 */
int bucketmap_chown_at(int device, const char *name, __u32 uid, __u32 gid);

/**
 * bucketmap_chown_map() - change the owner and group of this map
 * @map: the map, named or not, open for writing
 * @uid: as for bucketmap_chown()
 * @gid: as for bucketmap_chown()
 *
 * Return: 0 or a negative errno.
 */
int bucketmap_chown_map(struct bucketmap *map, __u32 uid, __u32 gid);

/**
 * bucketmap_list() - call a function for each named map that the caller owns or
 *	may open for reading; with CAP_FOWNER, for all named maps
 * @each: called with a name, which is valid during the call, and @context. If it
 *	does not return 0, the list ends.
 * @context: passed to @each
 *
 * Return: 0, what @each returned, or a negative errno.
 */
int bucketmap_list(int (*each)(const char *name, void *context), void *context);

/**
 * bucketmap_list_at() - list named maps through a descriptor of the device
 * @device: descriptor of the device, or BUCKETMAP_DEVICE_OPEN
 * @each: as for bucketmap_list()
 * @context: as for bucketmap_list()
 *
 * Return: as bucketmap_list(), or -EBADF if @device is not open.
 */
int bucketmap_list_at(int device, int (*each)(const char *name, void *context), void *context);

/**
 * bucketmap_info() - query a map's attributes and usage, and what has happened
 *	in it
 * @map: the map
 * @info: result. The caller sets its size member to sizeof(*info); the other
 *	members are not read.
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
 * @value: result: contents of the window; or NULL to check only whether the key exists
 * @offset: where the window begins in the value
 * @length: size of the window in bytes
 *
 * Return: 0 or a negative errno; -ENOENT if the key does not exist.
 */
int bucketmap_lookup(struct bucketmap *map, const void *key, void *value,
		     __u32 offset, __u32 length);

/**
 * bucketmap_store() - write a window of a value, whether or not the key exists
 * @map: the map
 * @key: the key
 * @value: new contents of the window; a new entry is zero outside the window
 * @offset: where the window begins in the value
 * @length: size of the window in bytes
 *
 * Return: 0 or a negative errno.
 */
int bucketmap_store(struct bucketmap *map, const void *key, const void *value,
		    __u32 offset, __u32 length);

/**
 * bucketmap_insert() - make a new entry
 * @map: the map
 * @key: the key
 * @value: new contents of the window; a new entry is zero outside the window
 * @offset: where the window begins in the value
 * @length: size of the window in bytes
 *
 * Return: 0 or a negative errno; -EEXIST if the key exists.
 */
int bucketmap_insert(struct bucketmap *map, const void *key, const void *value,
		     __u32 offset, __u32 length);

/**
 * bucketmap_replace() - write a window of an existing entry
 * @map: the map
 * @key: the key
 * @value: new contents of the window
 * @offset: where the window begins in the value
 * @length: size of the window in bytes
 *
 * Return: 0 or a negative errno; -ENOENT if the key does not exist.
 */
int bucketmap_replace(struct bucketmap *map, const void *key, const void *value,
		      __u32 offset, __u32 length);

/**
 * bucketmap_load_or_store() - read a window, or make the entry if the key does not exist
 * @map: the map
 * @key: the key
 * @value: new contents of the window; a new entry is zero outside the window
 * @previous: result: contents of the window if the key existed; or NULL
 * @offset: where the window begins in the value
 * @length: size of the window in bytes
 *
 * Return: 1 if the key existed, 0 if @value was written, or a negative errno.
 */
int bucketmap_load_or_store(struct bucketmap *map, const void *key,
			    const void *value, void *previous, __u32 offset,
			    __u32 length);

/**
 * bucketmap_swap() - write a window, and read its old contents
 * @map: the map
 * @key: the key
 * @value: new contents of the window; a new entry is zero outside the window
 * @previous: result: old contents of the window if the key existed; or NULL. It
 *	may point to the same memory as @value.
 * @offset: where the window begins in the value
 * @length: size of the window in bytes
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
 * Return: 0 or a negative errno; -ENOENT if the key does not exist.
 */
int bucketmap_delete(struct bucketmap *map, const void *key);

/**
 * bucketmap_lookup_and_delete() - remove an entry, and read a window of its value
 * @map: the map
 * @key: the key
 * @previous: result: old contents of the window; or NULL
 * @offset: where the window begins in the value
 * @length: size of the window in bytes
 *
 * Return: 0 or a negative errno; -ENOENT if the key does not exist.
 */
int bucketmap_lookup_and_delete(struct bucketmap *map, const void *key,
				void *previous, __u32 offset, __u32 length);

/**
 * bucketmap_compare_and_swap() - write a window if it is as expected
 * @map: the map
 * @key: the key
 * @expected: contents that the window must have
 * @value: new contents of the window
 * @previous: result: old contents of the window, also if they differ from
 *	@expected; or NULL. It may point to the same memory as @expected or @value.
 * @offset: where the window begins in the value
 * @length: size of the window in bytes
 *
 * Return: 0 or a negative errno; -ECANCELED if the window has other
 *	contents, -ENOENT if the key does not exist.
 */
int bucketmap_compare_and_swap(struct bucketmap *map, const void *key,
			       const void *expected, const void *value,
			       void *previous, __u32 offset, __u32 length);

/**
 * bucketmap_compare_and_delete() - remove an entry if it is as expected
 * @map: the map
 * @key: the key
 * @expected: contents that the window must have
 * @previous: result: old contents of the window, also if they differ from
 *	@expected; or NULL. It may point to the same memory as @expected.
 * @offset: where the window begins in the value
 * @length: size of the window in bytes
 *
 * Return: 0 or a negative errno; -ECANCELED if the window has other
 *	contents, -ENOENT if the key does not exist.
 */
int bucketmap_compare_and_delete(struct bucketmap *map, const void *key,
				 const void *expected, void *previous,
				 __u32 offset, __u32 length);

/**
 * bucketmap_add() - add to a 64-bit number inside a value
 * @map: the map
 * @key: the key; if it does not exist, an entry with a value of zeros is made
 * @offset: where the number is in the value, a multiple of 8
 * @delta: number to add, modulo 2^64
 * @previous: result: the number before the addition, 0 for a new key; or NULL
 *
 * Return: 0 or a negative errno.
 */
int bucketmap_add(struct bucketmap *map, const void *key, __u32 offset,
		  __u64 delta, __u64 *previous);

/**
 * bucketmap_add_existing() - add to a 64-bit number inside the value of an existing entry
 * @map: the map
 * @key: the key
 * @offset: where the number is in the value, a multiple of 8
 * @delta: number to add, modulo 2^64
 * @previous: result: the number before the addition; or NULL
 *
 * Return: 0 or a negative errno; -ENOENT if the key does not exist.
 */
int bucketmap_add_existing(struct bucketmap *map, const void *key, __u32 offset,
			   __u64 delta, __u64 *previous);

/**
 * bucketmap_max() - raise a 64-bit number inside a value, if it is smaller
 * @map: the map
 * @key: the key; if it does not exist, an entry with a value of zeros is made
 * @offset: where the number is in the value, a multiple of 8
 * @number: what the number becomes if it is smaller; both are unsigned
 * @previous: result: the number before, 0 for a new key; or NULL
 *
 * A number that is not smaller stays as it is: this wakes no waiter.
 *
 * Return: 0 or a negative errno.
 */
int bucketmap_max(struct bucketmap *map, const void *key, __u32 offset,
		  __u64 number, __u64 *previous);

/**
 * bucketmap_max_existing() - raise a 64-bit number inside the value of an existing entry
 * @map: the map
 * @key: the key
 * @offset: where the number is in the value, a multiple of 8
 * @number: what the number becomes if it is smaller; both are unsigned
 * @previous: result: the number before; or NULL
 *
 * Return: 0 or a negative errno; -ENOENT if the key does not exist.
 */
int bucketmap_max_existing(struct bucketmap *map, const void *key, __u32 offset,
			   __u64 number, __u64 *previous);

/**
 * bucketmap_batch() - one operation on many entries
 * @map: the map
 * @batch: the operation and the columns. The caller sets its size member to
 *	sizeof(*batch), and unused members to zero. The call sets the done member
 *	to the number of finished entries, and changes nothing else in it.
 *
 * Another call with the same @batch continues with the entries that are not
 * finished. After -ETIME set a new deadline first: no entry is started once the
 * deadline has passed.
 *
 * Return: 0 when all entries are finished, or a negative errno.
 */
int bucketmap_batch(struct bucketmap *map, struct bucketmap_batch *batch);

/**
 * DOC: Walking over all entries
 */

/**
 * struct bucketmap_cursor - how far a walk has got
 * @position: the hash from which the walk continues; position / 2^64 is the
 *	fraction of the walk that is done
 * @end: the walk is finished
 * @reserved: zero
 *
 * Zero it to start a walk. It may be copied, and used on any descriptor of the
 * map, to continue from there again.
 */
struct bucketmap_cursor {
	__u64 position;
	bool end;
	__u8 reserved[7];
};

/**
 * bucketmap_scan() - read the next entries of a walk
 * @map: the map
 * @cursor: where to continue; advanced past the entries that are returned
 * @keys: array for @capacity keys
 * @values: array for @capacity windows, without gaps, or NULL to read only the keys
 * @offset: where the window begins in each value
 * @length: size of the window in bytes
 * @capacity: number of entries that the arrays can hold, at least 1
 * @count: result: number of entries returned, which may be 0 before the end; after
 *	-ENOBUFS the @capacity that the next call needs
 *
 * Return: 0 or a negative errno; -EINVAL also if @cursor has a reserved byte that is
 *	not zero. After an error @cursor is unchanged.
 */
int bucketmap_scan(struct bucketmap *map, struct bucketmap_cursor *cursor,
		   void *keys, void *values, __u32 offset, __u32 length,
		   __u32 capacity, __u32 *count);

/**
 * bucketmap_clear() - remove all entries
 * @map: the map
 * @cursor: where to continue; zero it to start. After -ETIME another call with the
 *	same cursor and a new deadline continues where this one stopped.
 * @deadline: when to stop, or 0
 *
 * Return: 0 when the walk is finished, or a negative errno; -EINVAL if @cursor has a
 *	reserved byte that is not zero.
 */
int bucketmap_clear(struct bucketmap *map, struct bucketmap_cursor *cursor, __u64 deadline);

/**
 * DOC: The map as a whole
 */

/**
 * bucketmap_resize() - set a map's capacity, or shrink the map to fit
 * @map: the map
 * @capacity: how many entries the table is made for from now on; 0 to fit the
 *	entries that the map holds
 * @deadline: when to stop waiting, or 0
 *
 * Return: 0 when the map has its new size, or a negative errno; the capacity is
 *	then unchanged.
 */
int bucketmap_resize(struct bucketmap *map, __u64 capacity, __u64 deadline);

/**
 * DOC: Waiting
 */

/**
 * bucketmap_deadline() - compute a deadline relative to now
 * @nanoseconds: time from now
 *
 * Return: the deadline, at most the largest time of the clock.
 */
__u64 bucketmap_deadline(__u64 nanoseconds);

/**
 * bucketmap_wait() - wait until an entry changes
 * @map: the map
 * @key: the key
 * @seen: contents of the window as the caller last saw them, or NULL if the key did
 *	not exist; @offset and @length must then be 0
 * @offset: where the window begins in the value
 * @length: size of the window in bytes
 * @deadline: when to stop waiting, or 0
 *
 * In a map whose values are empty, any non-NULL @seen means that the key existed.
 * With a deadline that has passed, such as 1, the call only checks and does not
 * sleep.
 *
 * Return: 0 as soon as the contents of the window differ from @seen or the key does
 *	not exist; with a @seen of NULL, as soon as the key exists; or a negative
 *	errno, -EUSERS if too many calls wait for the key, or in the map.
 */
int bucketmap_wait(struct bucketmap *map, const void *key, const void *seen,
		   __u32 offset, __u32 length, __u64 deadline);

/**
 * bucketmap_changes() - has the map changed since the last call?
 * @map: the map
 *
 * After this call poll(2) reports the descriptor as readable (POLLIN) once an entry
 * is made, written or removed. Call it, then read the map, then poll.
 *
 * Return: 1 if the map has changed since the last call, or if this is the first
 *	call; else 0; or a negative errno. Descriptors that share an open file
 *	description also share the last call; bucketmap_reopen() makes a descriptor
 *	that shares none.
 */
int bucketmap_changes(struct bucketmap *map);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif /* _LIBBUCKETMAP_H */
