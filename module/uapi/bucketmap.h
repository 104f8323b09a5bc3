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
 *   What a member marked "out" holds before the call does not matter.
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
 *           larger than BUCKETMAP_STRUCT_SIZE_MAX
 *   EINVAL  size is smaller than the first version of the structure, a flag
 *           is unknown, a reserved member is not zero, a window does not lie
 *           inside the value
 *   ENOMEM  no memory for the call. All memory of a map is charged to the
 *           memory cgroup of its creator; the tables of all maps together take
 *           no more than the module parameter max_bytes permits, half of the
 *           machine's memory unless it is given; and no table takes what the
 *           machine cannot spare. At each of these limits an entry that needs
 *           memory is refused, and nothing else happens
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

/* Version of this interface. */
#define BUCKETMAP_ABI_VERSION	1

/* Room for a name, its terminating zero byte included. */
#define BUCKETMAP_NAME_SIZE	64

/* No structure is ever larger. */
#define BUCKETMAP_STRUCT_SIZE_MAX	4096

#define BUCKETMAP_KEY_SIZE_MIN		1
#define BUCKETMAP_KEY_SIZE_MAX		256
#define BUCKETMAP_VALUE_SIZE_MAX	4096

/**
 * DOC: Creating and finding maps (on the device)
 */

/**
 * struct bucketmap_limits - BUCKETMAP_IOC_LIMITS: what this module can do
 * @size: size of this structure
 * @version: out: BUCKETMAP_ABI_VERSION of the module
 * @commands: out: bit N is set if the command with the number N is known, on
 *	the device or on a map
 * @create_flags: out: BUCKETMAP_CREATE_* that are known
 * @key_size_max: out: bytes of the largest key
 * @value_size_max: out: bytes of the largest value
 * @max_maps: out: maps that may exist at the same time
 * @maps: out: maps that exist
 * @max_bytes: out: bytes that the tables of all maps together may take: the
 *	module parameter max_bytes, and half of the machine's memory if that is
 *	not given; 0 for no limit
 * @bytes: out: bytes that they take, the module's own table of names included
 *
 * Return: 0.
 */
struct bucketmap_limits {
	__u32 size;
	__u32 version;
	__u64 commands[2];
	__u32 create_flags;
	__u32 key_size_max;
	__u32 value_size_max;
	__u32 max_maps;
	__u64 maps;
	__u64 max_bytes;
	__u64 bytes;
};

/* Keys are trusted: hash them by seeded xxh64 in place of SipHash-2-4. */
#define BUCKETMAP_CREATE_XXH64		0x00000001

/*
 * How keys or values are shown to people: a tag that the map remembers for the
 * programs that do so. The kernel takes any number and makes no use of it; a
 * program that does not know one shows what it likes best.
 */
#define BUCKETMAP_FORMAT_UNKNOWN	0
#define BUCKETMAP_FORMAT_TEXT		1 /* completed by zero bytes */
#define BUCKETMAP_FORMAT_DECIMAL	2 /* unsigned, in the machine's byte order */
#define BUCKETMAP_FORMAT_HEX		3 /* byte by byte */

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
 * @key_format: BUCKETMAP_FORMAT_* of keys
 * @value_format: BUCKETMAP_FORMAT_* of values
 * @name: the map's name, ended by a zero byte; empty for a map without one. A
 *	name has no slash, no control character, and is neither "." nor "..".
 *	Bytes behind the zero byte are ignored.
 *
 * Return: a descriptor for reading and writing, or
 *   EEXIST  a map of that name exists
 *   EINTR   a signal came, and the kernel has no random bytes yet
 *   EINVAL  a size out of its range, max_entries above 2^63 - 1, mode with other
 *	bits than 0777, a name without end or with a byte that it must not have
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
	__u16 key_format;
	__u16 value_format;
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
 * @room: in: names that the array has room for, 1 at least
 * @count: out: names written; less than @room at the end of the list
 *
 * Maps come in the order of their creation. A map that exists from the first
 * call to the last is listed exactly once.
 *
 * Return: 0, or EINVAL for a @room of 0.
 */
struct bucketmap_list {
	__u32 size;
	__u32 flags;
	__u64 cursor;
	__u64 names;
	__u32 room;
	__u32 count;
};

/**
 * DOC: Entries (on a map's descriptor)
 *
 * Each operation takes effect at one instant for everybody. Which columns it
 * uses, and whether it returns ENOENT for a key that does not exist:
 *
 *   operation           value   expected  previous  window  ENOENT
 *   LOOKUP              -       -         out       yes     yes
 *   STORE               in      -         -         yes     -
 *   INSERT              in      -         -         yes     -
 *   REPLACE             in      -         -         yes     yes
 *   LOAD_OR_STORE       in      -         out       yes     -
 *   SWAP                in      -         out       yes     -
 *   DELETE              -       -         -         -       yes
 *   LOOKUP_AND_DELETE   -       -         out       yes     yes
 *   COMPARE_AND_SWAP    in      in        out       yes     yes
 *   COMPARE_AND_DELETE  -       in        out       yes     yes
 *   ADD                 delta   -         number    offset  -
 */
#define BUCKETMAP_LOOKUP		0 /* read the window */
#define BUCKETMAP_STORE			1 /* write it, the key existing or not */
#define BUCKETMAP_INSERT		2 /* write it if the key does not exist */
#define BUCKETMAP_REPLACE		3 /* write it if the key exists */
#define BUCKETMAP_LOAD_OR_STORE		4 /* read it if the key exists, else write */
#define BUCKETMAP_SWAP			5 /* write it, and read what it was */
#define BUCKETMAP_DELETE		6 /* remove the entry */
#define BUCKETMAP_LOOKUP_AND_DELETE	7 /* remove it, and read the window */
#define BUCKETMAP_COMPARE_AND_SWAP	8 /* write it if it is as expected */
#define BUCKETMAP_COMPARE_AND_DELETE	9 /* remove the entry if it is */
#define BUCKETMAP_ADD			10 /* add to a 64-bit number, 0 at first */

/**
 * struct bucketmap_entry - BUCKETMAP_IOC_LOOKUP to BUCKETMAP_IOC_ADD: one
 *	operation on one entry
 * @size: size of this structure
 * @flags: zero
 * @key: points to the key
 * @value: points to bytes for the window; ADD: to a __u64 that is added modulo
 *	2^64, a negative number in two's complement
 * @expected: points to what the window must hold
 * @previous: takes what the window held, if the key existed, after ECANCELED as
 *	well; 0 if that is not wanted; ADD: takes the __u64 before the addition
 * @offset: where in the value the window begins; ADD: where the 64-bit number
 *	is, in the machine's byte order, a multiple of 8
 * @length: size of the window in bytes
 *
 * What an operation does not use, by the table above, must be zero. A pointer
 * to an empty window is not used.
 *
 * Return: 0, LOAD_OR_STORE and SWAP 1 if the key existed, or
 *   ECANCELED COMPARE_*: the window holds something else
 *   EEXIST  INSERT: the key exists
 *   EINTR   a signal came while a new entry waited for room
 *   EINVAL  ADD: the number does not lie inside the value or is not aligned
 *   ENOENT  the key does not exist
 *   ENOMEM  no memory for a new entry, or too many keys that collide with it
 *   ENOSPC  no new entry: the map holds its max_entries
 */
struct bucketmap_entry {
	__u32 size;
	__u32 flags;
	__u64 key;
	__u64 value;
	__u64 expected;
	__u64 previous;
	__u32 offset;
	__u32 length;
};

/**
 * struct bucketmap_batch - BUCKETMAP_IOC_BATCH: one operation on many entries
 * @size: size of this structure
 * @flags: zero
 * @operation: BUCKETMAP_LOOKUP to BUCKETMAP_ADD
 * @reserved: zero
 * @keys: column of keys, key_size bytes each
 * @values: column of what the operation takes as value, without gaps
 * @expected: column of what it takes as expected
 * @previous: column for what it gives as previous, or 0 if that is not wanted;
 *	all zero for a key that did not exist
 * @results: column of __s32 that takes the result of each entry: what the
 *	command for one entry returns, or a negative errno
 * @count: entries in the columns
 * @done: entries that are finished: in: 0 at first, then as the last call left
 *	it; out: so many from the beginning of the columns on
 * @deadline: CLOCK_MONOTONIC in nanoseconds, looked at every few entries, and
 *	not while one waits for room; 0 for none
 * @offset: where in each value the window begins
 * @length: size of the window in bytes
 *
 * Entries are worked on in their order, each an operation of its own. The call
 * begins with the entry number @done and stops only between two entries:
 * whatever it returns, the first @done ones are finished and their results are
 * written, the others have not been begun, whatever their places in @previous
 * and @results hold. So a call that was stopped is made again with the very
 * same structure. Where memory for answers goes away while the call runs, EFAULT
 * may come after one more entry was finished. An error of an entry is its result
 * and stops nothing. What a single entry may not use must be zero here as well.
 *
 * A descriptor for reading permits LOOKUP only (EBADF).
 *
 * Return: 0 when all entries are finished, or
 *   EFAULT  some column is not there for the entry number @done
 *   EINTR   a signal came
 *   EINVAL  @done is larger than @count; an unknown operation; ADD: no aligned
 *	number at @offset
 *   ENOMEM  no memory for the call
 *   ETIME   the deadline has passed
 */
struct bucketmap_batch {
	__u32 size;
	__u32 flags;
	__u32 operation;
	__u32 reserved;
	__u64 keys;
	__u64 values;
	__u64 expected;
	__u64 previous;
	__u64 results;
	__u64 count;
	__u64 done;
	__u64 deadline;
	__u32 offset;
	__u32 length;
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
 * @room: in: entries that the arrays have room for, 1 at least
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
 *   EINVAL  a @room of 0
 *   ENOBUFS the next entries have equal 64-bit hashes and do not fit together:
 *	@count is the room that they need
 */
struct bucketmap_scan {
	__u32 size;
	__u32 flags;
	__u64 cursor;
	__u64 keys;
	__u64 values;
	__u32 room;
	__u32 count;
};

/**
 * struct bucketmap_clear - BUCKETMAP_IOC_CLEAR: remove all entries
 * @size: size of this structure
 * @flags: as for SCAN
 * @cursor: as for SCAN
 * @deadline: CLOCK_MONOTONIC in nanoseconds; 0 for none
 *
 * When the walk is over, every entry that was there when it began, and was not
 * written to since, is gone. It is not one instant for all of them. A call that
 * was stopped can be made again and goes on where it was: @cursor and @flags
 * are written back after each of these errors.
 *
 * Return: 0 at the end, or
 *   EINTR   a signal came
 *   ETIME   the deadline has passed
 */
struct bucketmap_clear {
	__u32 size;
	__u32 flags;
	__u64 cursor;
	__u64 deadline;
};

/**
 * struct bucketmap_resize - BUCKETMAP_IOC_RESIZE: reserve, or shrink to fit
 * @size: size of this structure
 * @flags: zero
 * @capacity: entries that the map shall have room for from now on, instead of
 *	what it was created with; 0 for just those that it holds
 * @deadline: CLOCK_MONOTONIC in nanoseconds; 0 for none
 *
 * Returns when the map has a table of that size. Nobody else waits meanwhile.
 *
 * Return: 0, or
 *   EINTR   a signal came; the map is resized nevertheless
 *   ENOMEM  no memory for that table; the map gets it when it needs it. Also
 *	for a capacity that no memory can hold, which changes nothing
 *   ETIME   the deadline has passed; the map is resized nevertheless
 */
struct bucketmap_resize {
	__u32 size;
	__u32 flags;
	__u64 capacity;
	__u64 deadline;
};

/* The key was absent when it was last seen. */
#define BUCKETMAP_WAIT_ABSENT		0x00000001

/**
 * struct bucketmap_wait - BUCKETMAP_IOC_WAIT: wait until an entry has changed
 * @size: size of this structure
 * @flags: BUCKETMAP_WAIT_ABSENT, or zero
 * @key: points to the key
 * @seen: points to what the window held when it was last seen; zero with
 *	BUCKETMAP_WAIT_ABSENT
 * @offset: where in the value the window begins; zero with
 *	BUCKETMAP_WAIT_ABSENT
 * @length: size of the window in bytes; zero with BUCKETMAP_WAIT_ABSENT
 * @deadline: CLOCK_MONOTONIC in nanoseconds; 0 for none
 *
 * Returns as soon as the window holds something else, or the key is absent;
 * with BUCKETMAP_WAIT_ABSENT as soon as the key exists. If that is so already,
 * at once. A change that goes away again before the caller runs may be missed.
 *
 * It waits on a descriptor with O_NONBLOCK, too: with a deadline that has
 * passed it only looks. Up to 16384 calls may wait in a map, 1024 of them for
 * the same key; numbers that may change.
 *
 * Return: 0, or
 *   EINTR   a signal came
 *   ETIME   the deadline has passed
 *   EUSERS  so many wait in the map, or for the key, that no more may
 */
struct bucketmap_wait {
	__u32 size;
	__u32 flags;
	__u64 key;
	__u64 seen;
	__u32 offset;
	__u32 length;
	__u64 deadline;
};

/**
 * struct bucketmap_changes - BUCKETMAP_IOC_CHANGES: begin to look for changes
 * @size: size of this structure
 * @flags: zero
 * @changed: out: 1 if an entry was made, written or removed since the last
 *	call on this descriptor, or this is the first one; else 0
 * @reserved: zero
 *
 * poll(2) says that the descriptor is readable (POLLIN) as long as this would
 * answer 1. Call it, then look at the map, then poll: no change is missed. All
 * who poll are woken, with EPOLLEXCLUSIVE as well.
 *
 * Return: 0.
 */
struct bucketmap_changes {
	__u32 size;
	__u32 flags;
	__u32 changed;
	__u32 reserved;
};

/**
 * struct bucketmap_info - BUCKETMAP_IOC_INFO: what a map is, and how it does
 * @size: size of this structure
 * @flags: out: BUCKETMAP_CREATE_* that it was made with
 * @key_size: out: size of each key in bytes
 * @value_size: out: size of each value in bytes
 * @capacity: out: as it was created with, or resized to
 * @max_entries: out: as it was created with
 * @count: out: entries; exact when nobody writes
 * @buckets: out: buckets of the oldest live table
 * @bytes: out: memory of all live tables
 * @id: out: number of the map, never used again while the module is loaded
 * @mode: out: permission bits
 * @uid: out: owner
 * @gid: out: group
 * @key_format: out: BUCKETMAP_FORMAT_* of keys
 * @value_format: out: BUCKETMAP_FORMAT_* of values
 * @name: out: the map's name; empty when it has none, or no longer
 *
 * Return: 0.
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
	__u16 key_format;
	__u16 value_format;
	char name[BUCKETMAP_NAME_SIZE];
};

/*
 * Command numbers: of the device from 0x00 on, of operations 0x20 to 0x3f, of
 * BATCH from 0x40 on, of other commands on a map from 0x50 on. The kernel goes
 * by the structure's own size member, and ignores the size that is encoded here.
 */
#define BUCKETMAP_IOC_MAGIC	0xBB

#define BUCKETMAP_IOC_CREATE	_IOWR(BUCKETMAP_IOC_MAGIC, 0x00, struct bucketmap_create)
#define BUCKETMAP_IOC_OPEN	_IOWR(BUCKETMAP_IOC_MAGIC, 0x01, struct bucketmap_name)
#define BUCKETMAP_IOC_UNLINK	_IOWR(BUCKETMAP_IOC_MAGIC, 0x02, struct bucketmap_name)
#define BUCKETMAP_IOC_LIST	_IOWR(BUCKETMAP_IOC_MAGIC, 0x03, struct bucketmap_list)
#define BUCKETMAP_IOC_LIMITS	_IOWR(BUCKETMAP_IOC_MAGIC, 0x04, struct bucketmap_limits)

#define BUCKETMAP_IOC_OPERATION(operation) \
	_IOWR(BUCKETMAP_IOC_MAGIC, 0x20 + (operation), struct bucketmap_entry)
#define BUCKETMAP_IOC_LOOKUP BUCKETMAP_IOC_OPERATION(BUCKETMAP_LOOKUP)
#define BUCKETMAP_IOC_STORE BUCKETMAP_IOC_OPERATION(BUCKETMAP_STORE)
#define BUCKETMAP_IOC_INSERT BUCKETMAP_IOC_OPERATION(BUCKETMAP_INSERT)
#define BUCKETMAP_IOC_REPLACE BUCKETMAP_IOC_OPERATION(BUCKETMAP_REPLACE)
#define BUCKETMAP_IOC_LOAD_OR_STORE BUCKETMAP_IOC_OPERATION(BUCKETMAP_LOAD_OR_STORE)
#define BUCKETMAP_IOC_SWAP BUCKETMAP_IOC_OPERATION(BUCKETMAP_SWAP)
#define BUCKETMAP_IOC_DELETE BUCKETMAP_IOC_OPERATION(BUCKETMAP_DELETE)
#define BUCKETMAP_IOC_LOOKUP_AND_DELETE BUCKETMAP_IOC_OPERATION(BUCKETMAP_LOOKUP_AND_DELETE)
#define BUCKETMAP_IOC_COMPARE_AND_SWAP BUCKETMAP_IOC_OPERATION(BUCKETMAP_COMPARE_AND_SWAP)
#define BUCKETMAP_IOC_COMPARE_AND_DELETE BUCKETMAP_IOC_OPERATION(BUCKETMAP_COMPARE_AND_DELETE)
#define BUCKETMAP_IOC_ADD BUCKETMAP_IOC_OPERATION(BUCKETMAP_ADD)

#define BUCKETMAP_IOC_BATCH	_IOWR(BUCKETMAP_IOC_MAGIC, 0x40, struct bucketmap_batch)
#define BUCKETMAP_IOC_SCAN	_IOWR(BUCKETMAP_IOC_MAGIC, 0x50, struct bucketmap_scan)
#define BUCKETMAP_IOC_CLEAR	_IOWR(BUCKETMAP_IOC_MAGIC, 0x51, struct bucketmap_clear)
#define BUCKETMAP_IOC_RESIZE	_IOWR(BUCKETMAP_IOC_MAGIC, 0x52, struct bucketmap_resize)
#define BUCKETMAP_IOC_INFO	_IOWR(BUCKETMAP_IOC_MAGIC, 0x53, struct bucketmap_info)
#define BUCKETMAP_IOC_WAIT	_IOWR(BUCKETMAP_IOC_MAGIC, 0x54, struct bucketmap_wait)
#define BUCKETMAP_IOC_CHANGES	_IOWR(BUCKETMAP_IOC_MAGIC, 0x55, struct bucketmap_changes)

#endif /* _UAPI_LINUX_BUCKETMAP_H */
