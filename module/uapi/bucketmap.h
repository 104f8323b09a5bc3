/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The ioctl interface of bucketmap: this header is its specification.
 *
 * Two kinds of file descriptor
 * ----------------------------
 * The device, /dev/bucketmap, makes and finds maps. CREATE and OPEN return a
 * new descriptor, closed on exec, on which the commands of that one map work.
 * A command given to the wrong kind of descriptor is unknown there (ENOTTY).
 *
 * A named map lives until its name is unlinked and its last descriptor is
 * closed; a map without a name dies with its last descriptor.
 *
 * Rules for every structure
 * -------------------------
 * - The first member, size, is the size of the structure as the caller knows
 *   it. It only ever grows. A caller's larger structure is accepted when all
 *   that this kernel does not know is zero; a smaller one reads as if the rest
 *   were zero, and only as much as the caller has room for is written back.
 * - Members named reserved must be zero, and unknown flags must not be set.
 * - A pointer is carried in a __u64. A command that fails changes neither the
 *   map nor, unless its text says so, the structure.
 * - Layout is the same for 32-bit and 64-bit callers.
 *
 * Keys, values and windows
 * ------------------------
 * All keys of a map have the same size and so have all values; both are plain
 * bytes. Operations that read or write a value work on a window of it: length
 * bytes from offset on. Offset 0 and length 0 stand for the whole value; at any
 * other offset, the end of the value included, length 0 is an empty window.
 * Where a window is written into an entry that did not exist, the bytes outside
 * of it become zero.
 *
 * Errors that every command may return
 * ------------------------------------
 *   EBADF   the command writes and the descriptor was opened for reading; on
 *           the device, CREATE and UNLINK write
 *   EFAULT  memory that the structure, or a pointer in it, names is not there.
 *           Only where memory for an answer goes away while the command runs,
 *           the map may have changed.
 *   E2BIG   size is larger than this kernel's and the tail is not zero, or
 *           larger than a page
 *   EINVAL  size is smaller than the first version of the structure, a flag
 *           is unknown, a reserved member is not zero, a window does not lie
 *           inside the value
 *   ENOMEM  no memory for the call itself
 *   ENOTTY  the command is unknown on this kind of descriptor; but for the size
 *           encoded in it, its number must be as defined below
 *
 * Others are named with each command. Where two apply, either may be returned.
 */
#ifndef _UAPI_LINUX_BUCKETMAP_H
#define _UAPI_LINUX_BUCKETMAP_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define BUCKETMAP_DEVICE	"/dev/bucketmap"

/* The room for a name, its terminating zero byte included. */
#define BUCKETMAP_NAME_SIZE	64

#define BUCKETMAP_KEY_SIZE_MIN		1
#define BUCKETMAP_KEY_SIZE_MAX		256
#define BUCKETMAP_VALUE_SIZE_MAX	4096

/**
 * DOC: Creating and finding maps (on the device)
 */

/* Keys are trusted: hash them by seeded xxh64 in place of SipHash-2-4. */
#define BUCKETMAP_CREATE_XXH64		0x00000001

/**
 * struct bucketmap_create - BUCKETMAP_IOC_CREATE: make a map
 * @size: size of this structure
 * @flags: BUCKETMAP_CREATE_*
 * @key_size: size of each key in bytes, 1 to 256
 * @value_size: size of each value in bytes, 0 to 4096; 0 makes a set
 * @capacity: entries to have room for from the start, and under which the map
 *	never shrinks; 0 for the smallest table
 * @max_entries: entries that the map never holds more of; 0 for no limit
 * @mode: permission bits (0777 at most), less the caller's umask; a map belongs
 *	to the caller's filesystem user and group, which are the effective ones
 *	unless setfsuid(2) was used
 * @reserved: zero
 * @name: the map's name, ended by a zero byte; empty for a map without one. A
 *	name has no slash, no control character, and is neither "." nor "..".
 *	Bytes behind the zero byte are ignored.
 *
 * Return: a descriptor for reading and writing, or
 *   EEXIST  a map of that name exists
 *   EINVAL  a size out of its range, mode with other bits than 0777, a name
 *	without end or with a byte that it must not have
 *   EMFILE, ENFILE  no descriptor is left
 *   ENOMEM  no memory for the map, or a capacity that no memory can hold
 *   ENOSPC  as many maps exist as the module parameter max_maps permits
 */
struct bucketmap_create {
	__u32 size;
	__u32 flags;
	__u32 key_size;
	__u32 value_size;
	__u64 capacity;
	__u64 max_entries;
	__u32 mode;
	__u32 reserved;
	char name[BUCKETMAP_NAME_SIZE];
};

/* The descriptor is for reading only. */
#define BUCKETMAP_OPEN_RDONLY		0x00000001

/**
 * struct bucketmap_name - BUCKETMAP_IOC_OPEN, BUCKETMAP_IOC_UNLINK
 * @size: size of this structure
 * @flags: OPEN: BUCKETMAP_OPEN_*; UNLINK: zero
 * @name: name of the map, ended by a zero byte
 *
 * OPEN returns a new descriptor of the map. It needs the permission to read
 * and, without BUCKETMAP_OPEN_RDONLY, also to write, by the rules for files.
 * UNLINK removes the name: the map lives on for those who have it open. Only
 * the map's owner, or a caller with CAP_FOWNER, may remove its name.
 *
 * Return: a descriptor (OPEN), 0 (UNLINK), or
 *   EACCES  OPEN: the map's mode does not permit it to the caller
 *   EINVAL  a name that no map can have
 *   EMFILE, ENFILE  OPEN: no descriptor is left
 *   ENOENT  no map has that name
 *   EPERM   UNLINK: the caller does not own the map
 */
struct bucketmap_name {
	__u32 size;
	__u32 flags;
	char name[BUCKETMAP_NAME_SIZE];
};

/**
 * struct bucketmap_list - BUCKETMAP_IOC_LIST: names of the named maps
 * @size: size of this structure
 * @flags: zero
 * @cursor: in: 0 at first, then as the last call left it; out: where to go on
 * @names: array of char[BUCKETMAP_NAME_SIZE] that takes the names
 * @capacity: in: names that the array has room for, 1 at least
 * @count: out: names written; less than @capacity at the end of the list
 *
 * Maps come in the order of their creation. A map that exists from the first
 * call to the last is listed exactly once.
 *
 * Return: 0, or EINVAL for a capacity of 0.
 */
struct bucketmap_list {
	__u32 size;
	__u32 flags;
	__u64 cursor;
	__u64 names;
	__u32 capacity;
	__u32 count;
};

/**
 * DOC: Entries (on a map's descriptor)
 */

/**
 * struct bucketmap_entry - BUCKETMAP_IOC_LOOKUP, _STORE, _INSERT, _DELETE
 * @size: size of this structure
 * @flags: zero
 * @key: points to the key
 * @value: LOOKUP: takes the window of the value; STORE, INSERT: points to the
 *	bytes for it; not used for an empty window; DELETE: zero
 * @offset: where in the value the window begins; DELETE: zero
 * @length: size of the window in bytes; DELETE: zero
 *
 * LOOKUP reads the window. STORE writes it, whether the key exists or not.
 * INSERT writes it if the key does not exist. DELETE removes the entry. Each
 * takes effect at one instant for everybody.
 *
 * Return: 0, or
 *   EEXIST  INSERT: the key exists
 *   ENOENT  LOOKUP, DELETE: the key does not exist
 *   ENOMEM  STORE, INSERT: no memory for a new entry, or too many keys that
 *	collide with this one
 *   ENOSPC  STORE, INSERT: the map holds its max_entries
 */
struct bucketmap_entry {
	__u32 size;
	__u32 flags;
	__u64 key;
	__u64 value;
	__u32 offset;
	__u32 length;
};

/**
 * struct bucketmap_add - BUCKETMAP_IOC_ADD: fetch and add
 * @size: size of this structure
 * @flags: zero
 * @key: points to the key
 * @offset: where in the value the 64-bit number is, in the machine's byte
 *	order; a multiple of 8
 * @reserved: zero
 * @delta: what to add, modulo 2^64; a negative number in two's complement
 * @previous: out: the number before the addition
 *
 * An entry that does not exist is made, its value all zero, and added to.
 *
 * Return: 0, or
 *   EINVAL  the number does not lie inside the value or is not aligned
 *   ENOMEM  no memory for a new entry
 *   ENOSPC  the map holds its max_entries
 */
struct bucketmap_add {
	__u32 size;
	__u32 flags;
	__u64 key;
	__u32 offset;
	__u32 reserved;
	__u64 delta;
	__u64 previous;
};

/* No entry is left behind the cursor. */
#define BUCKETMAP_SCAN_END		0x00000001

/**
 * struct bucketmap_scan - BUCKETMAP_IOC_SCAN: walk over all entries
 * @size: size of this structure
 * @flags: in: zero, or as the last call left it; out: BUCKETMAP_SCAN_END when
 *	the walk is over. With BUCKETMAP_SCAN_END set, nothing is returned.
 * @cursor: in: 0 at first, then as the last call left it; out: where to go on
 * @keys: array that takes the keys, key_size bytes each
 * @values: array that takes the whole values, value_size bytes each; 0 to get
 *	the keys only
 * @capacity: in: entries that the arrays have room for, 1 at least
 * @count: out: entries written; 0 is possible before the end. A signal ends
 *	the call early: it returns what it has, and @cursor has moved.
 *
 * A key that is there from the first call to the last is returned exactly
 * once, no key is returned twice, and each value was the key's at some instant
 * during the call, whatever is written and however the map grows or shrinks
 * meanwhile. The kernel keeps nothing between two calls.
 *
 * Return: 0, also when one of these errors comes after entries were returned,
 * which is then met by the next call; or, with @cursor and @flags as before,
 *   EFAULT  an array is not there
 *   EINVAL  a capacity of 0
 *   ENOBUFS the next entries have equal 64-bit hashes and do not fit together:
 *	@count is the capacity that they need
 */
struct bucketmap_scan {
	__u32 size;
	__u32 flags;
	__u64 cursor;
	__u64 keys;
	__u64 values;
	__u32 capacity;
	__u32 count;
};

/**
 * struct bucketmap_info - BUCKETMAP_IOC_INFO: what a map is, and how it does
 * @size: size of this structure
 * @flags: out: BUCKETMAP_CREATE_* that it was made with
 * @key_size: out: size of each key in bytes
 * @value_size: out: size of each value in bytes
 * @capacity: out: as it was created with
 * @max_entries: out: as it was created with
 * @count: out: entries; exact when nobody writes
 * @buckets: out: buckets of the oldest live table
 * @bytes: out: memory of all live tables
 * @id: out: number of the map, never used again while the module is loaded
 * @mode: out: permission bits
 * @uid: out: owner
 * @gid: out: group
 * @reserved: out: zero
 * @name: out: the map's name; empty when it has none, or no longer
 *
 * On input all members but @size must be zero.
 */
struct bucketmap_info {
	__u32 size;
	__u32 flags;
	__u32 key_size;
	__u32 value_size;
	__u64 capacity;
	__u64 max_entries;
	__u64 count;
	__u64 buckets;
	__u64 bytes;
	__u64 id;
	__u32 mode;
	__u32 uid;
	__u32 gid;
	__u32 reserved;
	char name[BUCKETMAP_NAME_SIZE];
};

/*
 * Command numbers. The kernel goes by the structure's own size member, and
 * ignores the size that is encoded here.
 */
#define BUCKETMAP_IOC_MAGIC	0xBA

#define BUCKETMAP_IOC_CREATE	_IOWR(BUCKETMAP_IOC_MAGIC, 0x00, struct bucketmap_create)
#define BUCKETMAP_IOC_OPEN	_IOWR(BUCKETMAP_IOC_MAGIC, 0x01, struct bucketmap_name)
#define BUCKETMAP_IOC_UNLINK	_IOWR(BUCKETMAP_IOC_MAGIC, 0x02, struct bucketmap_name)
#define BUCKETMAP_IOC_LIST	_IOWR(BUCKETMAP_IOC_MAGIC, 0x03, struct bucketmap_list)

#define BUCKETMAP_IOC_LOOKUP	_IOWR(BUCKETMAP_IOC_MAGIC, 0x20, struct bucketmap_entry)
#define BUCKETMAP_IOC_STORE	_IOWR(BUCKETMAP_IOC_MAGIC, 0x21, struct bucketmap_entry)
#define BUCKETMAP_IOC_INSERT	_IOWR(BUCKETMAP_IOC_MAGIC, 0x22, struct bucketmap_entry)
#define BUCKETMAP_IOC_DELETE	_IOWR(BUCKETMAP_IOC_MAGIC, 0x23, struct bucketmap_entry)
#define BUCKETMAP_IOC_ADD	_IOWR(BUCKETMAP_IOC_MAGIC, 0x24, struct bucketmap_add)
#define BUCKETMAP_IOC_SCAN	_IOWR(BUCKETMAP_IOC_MAGIC, 0x40, struct bucketmap_scan)
#define BUCKETMAP_IOC_INFO	_IOWR(BUCKETMAP_IOC_MAGIC, 0x41, struct bucketmap_info)

#endif /* _UAPI_LINUX_BUCKETMAP_H */
