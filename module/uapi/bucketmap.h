/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The ioctl interface of bucketmap: this header is its specification.
 *
 * Two kinds of file descriptor
 * ----------------------------
 * The device, /dev/bucketmap, makes and finds maps. CREATE and OPEN return a
 * new descriptor, closed on exec, on which the commands of that one map work.
 * A command given to the wrong kind of descriptor is unknown there (ENOTTY);
 * UNLINK is known on both. read(2) and write(2) fail on both. poll(2) on a map's
 * descriptor reports POLLIN, when CHANGES has something to tell, and never
 * POLLOUT.
 *
 * A named map lives until its name is unlinked and its last descriptor is
 * closed; a map without a name dies with its last descriptor.
 *
 * What belongs to what
 * --------------------
 * - To the map: its entries, its name, owner and mode, and its limits.
 * - To the open file description, as open(2) has it: whether it is for reading
 *   only, and what CHANGES and poll(2) have told. fork(2), dup(2) and passing a
 *   descriptor give others the same one: a change that one of them is told of
 *   by CHANGES is hidden from the rest. REOPEN gives each its own.
 * - To the descriptor: that it is closed on exec.
 * - To nobody: how far a SCAN, a CLEAR or a LIST has got. That is in the
 *   caller's structure, and good on every descriptor of the map, or device.
 *
 * Permissions are looked at when a description is made, by OPEN, and go with it
 * to whoever gets it. /proc/PID/fdinfo/FD tells of a map's descriptor, in lines
 * that begin with "bucketmap-": id, name, mode, key-size and value-size.
 *
 * Names are one namespace for the whole machine, whatever namespaces a caller
 * is in, and whoever comes first has a name. LIST is discreet, OPEN and CREATE
 * are not: by their errors anybody finds out whether a name is taken. Ids, and
 * cursors of LIST, tell anybody how many maps there have been.
 *
 * Rules for every structure
 * -------------------------
 * - The first member, size, is the size of the structure as the caller knows
 *   it. It only ever grows. A caller's larger structure is accepted when all
 *   that this kernel does not know is zero; a smaller one reads as if the rest
 *   were zero, and only as much as the caller has room for is written back.
 * - Members named reserved must be zero, and unknown flags must not be set.
 * - A member marked "out" is only written: what it holds before the call does
 *   not matter. A member that is not marked, or marked "in", is only read.
 * - A pointer is carried in a __u64.
 * - Layout is the same for 32-bit and 64-bit callers.
 *
 * Failure
 * -------
 * A command that fails has changed neither the map nor a member of the
 * structure. Memory for answers may hold anything then. The exceptions:
 * - What BATCH and CLEAR have done before they are stopped is done. BATCH says
 *   how much that is in done, CLEAR in cursor and flags.
 * - SCAN writes count when it fails with ENOBUFS.
 * - If memory for an answer goes away while a command runs, EFAULT may come
 *   after the map was changed. If that memory is not there, or not writable,
 *   when the command begins, the map is not changed.
 *
 * LIST, LIMITS, BATCH, SCAN, CLEAR, INFO and CHANGES write their structure
 * back whenever they have read it, after an error as well: then with what it
 * held, but for these exceptions. So it must be writable.
 *
 * Signals and deadlines
 * ---------------------
 * A signal ends these commands early: BATCH, CLEAR, RESIZE, WAIT, CREATE and
 * all operations that make an entry. What is in the structure then is right
 * for making the very same call again, and it goes on where it was. The kernel
 * does so by itself after a handler with SA_RESTART, and where no handler runs
 * because the process was stopped, frozen or traced. After a handler without
 * SA_RESTART the command fails with EINTR. A SCAN that a signal ends returns 0
 * and what it has.
 *
 * A deadline is a time of CLOCK_MONOTONIC, as the caller reads that clock, in
 * nanoseconds; 0 is none. A command fails with ETIME when it has passed. A
 * call with a deadline that has passed already begins nothing: to go on after
 * ETIME, set a new one.
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
 * A map whose values have no bytes is a set. All windows of a set are empty. A
 * pointer to an empty window may hold anything, zero included, and nothing is
 * read or written there.
 *
 * What a command takes is read before what it gives is written. So value,
 * expected and previous may point to the same memory, or be the same column.
 *
 * Errors that every command may return
 * ------------------------------------
 *   EBADF   the command writes and the descriptor is for reading only. On the
 *           device, CREATE and UNLINK write; on a map, all operations but
 *           LOOKUP, BATCH of these, CLEAR and RESIZE
 *   EFAULT  memory that the structure, or a pointer in it, names is not there
 *   E2BIG   size is larger than this kernel's and what it does not know is not
 *           zero, or size is larger than BUCKETMAP_STRUCT_SIZE_MAX
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
 * @bytes: out: bytes that they take
 * @max_maps_per_user: out: maps that one user may have at the same time
 * @user_maps: out: maps that the caller's filesystem user has
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
	__u32 max_maps_per_user;
	__u32 user_maps;
};

/*
 * Keys are trusted: hash them by seeded xxh64 in place of SipHash-2-4. That is
 * faster, and for maps that nobody who means harm reads or puts keys into: from
 * a cursor of SCAN the seed can be computed, and keys that collide can be found
 * even without it.
 */
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
 * @capacity: entries that the table has room for from the start. The map grows
 *	and shrinks by itself, and never below this; 0 for the smallest table.
 * @max_entries: entries that the map never holds more of; 0 for no limit
 * @mode: permission bits (0777 at most), less the caller's umask; a map belongs
 *	to the caller's filesystem user and group, which are the effective ones
 *	unless setfsuid(2) was used. It is one of that user's maps as long as it
 *	lives, whoever has it open.
 * @key_format: BUCKETMAP_FORMAT_* of keys
 * @value_format: BUCKETMAP_FORMAT_* of values
 * @name: the map's name, ended by a zero byte; empty for a map without one. A
 *	name has no slash, no control character, and is neither "." nor "..".
 *	Bytes behind the zero byte are ignored.
 *
 * Return: a descriptor for reading and writing, or
 *   EDQUOT  the user has as many maps as the module parameter max_maps_per_user
 *	permits, and the caller has no CAP_SYS_RESOURCE in the initial user
 *	namespace
 *   EEXIST  a map of that name exists, also for who could have no other map
 *   EINTR   a signal came, and the kernel has no random bytes yet, or a deadly
 *	one
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
 * @name: name of the map, ended by a zero byte; empty for UNLINK on a map's
 *	descriptor, and only there
 *
 * OPEN returns a new descriptor of the map. It needs the permission to read
 * and, without BUCKETMAP_OPEN_RDONLY, also to write, by the rules for files.
 * UNLINK removes the name: the map lives on for those who have it open. Only
 * the map's owner, or a caller with CAP_FOWNER, may remove its name. Between two
 * calls a name may get another map: on a map's descriptor, UNLINK removes the
 * name of that map and of no other.
 *
 * Return: a descriptor (OPEN), 0 (UNLINK), or
 *   EACCES  OPEN: the map's mode does not permit it to the caller
 *   EINVAL  a name that no map can have
 *   EMFILE, ENFILE  OPEN: no descriptor is left
 *   ENOENT  no map has that name; on a map's descriptor: the map has no name,
 *	or no longer
 *   EPERM   UNLINK: the caller does not own the map
 */
struct bucketmap_name {
	__u32 size;
	__u32 flags;
	char name[BUCKETMAP_NAME_SIZE];
};

/**
 * struct bucketmap_reopen - BUCKETMAP_IOC_REOPEN: open a map once more (on a
 *	map's descriptor)
 * @size: size of this structure
 * @flags: BUCKETMAP_OPEN_*
 *
 * The new descriptor is of the same map, which may have no name, and of an open
 * file description of its own. It permits no more than the one that it is made
 * from, and no less where BUCKETMAP_OPEN_RDONLY is not given: without that flag
 * the command writes. The map's mode is not looked at.
 *
 * Return: a descriptor, or
 *   EMFILE, ENFILE  no descriptor is left
 */
struct bucketmap_reopen {
	__u32 size;
	__u32 flags;
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
 * Names that the caller is told are those of maps that it owns or may open for
 * reading; with CAP_FOWNER, which reaches what belongs to users and groups of
 * the caller's user namespace, all. They come in the order of their creation. A
 * map that exists from the first call to the last is listed exactly once.
 *
 * Return: 0, or EINVAL for a @capacity of 0.
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
 *
 * Each operation takes effect at one instant for everybody. What it takes (in)
 * and gives (out), whether it has a window, and whether it returns ENOENT for a
 * key that does not exist:
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
 *
 * The others make an entry for a key that does not exist.
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
 * @previous: points to where to write what the window held, or is 0 if that is
 *	not wanted. It is written if the key existed and the operation succeeds
 *	or returns ECANCELED, and else left as it is. ADD: points to where to
 *	write the __u64 that was there before the addition, 0 for a new key
 * @offset: where in the value the window begins; ADD: where the 64-bit number
 *	is, in the machine's byte order, a multiple of 8
 * @length: size of the window in bytes
 *
 * What the operation does not use by the table above, pointers and the window,
 * must be zero. All but LOOKUP need a descriptor for writing.
 *
 * A map with max_entries never holds more. But ENOSPC does not say that it was
 * full at some instant: entries that others insert or delete count as present
 * while these calls are under way. An entry whose delete has returned does not
 * count. A caller that has reason to expect room tries again.
 *
 * Return: 0, LOAD_OR_STORE and SWAP 1 if the key existed, or
 *   ECANCELED COMPARE_*: the window holds something else
 *   EEXIST  INSERT: the key exists
 *   EINTR   a signal came while a new entry waited for the table to grow
 *   EINVAL  ADD: the number does not lie inside the value or is not aligned
 *   EMLINK  no new entry: too many keys that are there collide with this one
 *   ENOENT  the key does not exist
 *   ENOMEM  no memory for a new entry
 *   ENOSPC  no new entry: the map has its max_entries, counted as said above
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
 * @keys: column of keys: an array without gaps, key_size bytes each
 * @values: column of what the operation takes as value, each as large as the
 *	window: @length bytes, value_size for the whole value, 8 for ADD
 * @expected: column of what it takes as expected, likewise
 * @previous: column for what it gives as previous, likewise, or 0 if that is
 *	not wanted. Entries that give nothing get zeros.
 * @results: column of __s32 that takes the result of each entry: what the
 *	command for one entry returns, or an error as a negative number
 * @count: entries in the columns
 * @done: entries that are finished, from the beginning of the columns on: in: 0
 *	at first, then as the last call left it; out: so many now
 * @deadline: when to stop
 * @offset: where in each value the window begins
 * @length: size of the window in bytes
 *
 * Entries are worked on in their order, each an operation of its own. The call
 * begins with the entry number @done, and stops only between two entries.
 * Whatever it returns, the first @done entries are finished and have their
 * results; the others have not been begun, whatever their places in @previous
 * and @results hold. Only if memory for answers goes away while the call runs,
 * EFAULT may come after up to 128 more entries were carried out, whose answers
 * are lost.
 *
 * A call that was stopped is made again with the same structure: it goes on
 * with what is left. After ETIME that takes a new @deadline, or a loop around
 * the call never ends: once the deadline has passed, no entry is begun. The
 * deadline is looked at every few entries, and not while an entry waits for the
 * table to grow.
 *
 * The error of an entry is its result and stops nothing. What is said of single
 * entries holds for these as well: what the operation does not use must be
 * zero, and all but LOOKUP need a descriptor for writing.
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

/**
 * DOC: Walks (on a map's descriptor)
 *
 * SCAN and CLEAR go through a map in the order of its keys' 64-bit hashes. The
 * cursor is a position in that order. It is 0 at first and never falls; at the
 * end it stands for 2^64, which BUCKETMAP_SCAN_END says in its place. Hashes
 * are spread evenly: cursor / 2^64 is how much of the walk is done.
 *
 * The cursor is all there is to a walk. It may be kept and copied, and used on
 * any descriptor of the map, by any process, at any time, whatever is written
 * meanwhile and however the map grows or shrinks. Any number is a position.
 *
 * A reader learns from cursors the hashes of keys that are in the map. With
 * SipHash, the default, they say nothing of other keys: a writer that wants many
 * keys in one place of the table has to insert very many more, and see where
 * each comes. With BUCKETMAP_CREATE_XXH64 they give the seed away.
 */

/* The walk is over. */
#define BUCKETMAP_SCAN_END		0x00000001

/**
 * struct bucketmap_scan - BUCKETMAP_IOC_SCAN: walk over all entries
 * @size: size of this structure
 * @flags: in: 0 at first, then as the last call left it; out:
 *	BUCKETMAP_SCAN_END when the walk is over. A call with
 *	BUCKETMAP_SCAN_END returns nothing.
 * @cursor: in: 0 at first, then as the last call left it; out: where to go on
 * @keys: array that takes the keys, key_size bytes each
 * @values: array that takes the whole values, value_size bytes each; 0 to get
 *	the keys only
 * @capacity: entries that the arrays have room for, 1 at least
 * @count: out: entries written: anything up to @capacity, 0 included, before the
 *	end as well as in the call that comes to it
 *
 * A key that is there from the first call to the last is returned exactly
 * once, no key is returned twice, and each value was the key's at some instant
 * during the call, whatever is written and however the map grows or shrinks
 * meanwhile. Gone on with from an older cursor, a walk returns what lies behind
 * that once more.
 *
 * Return: 0, also when one of these errors comes after entries were returned,
 * which is then met by the next call; or
 *   EFAULT  an array is not there
 *   EINVAL  a @capacity of 0
 *   ENOBUFS the next entries have equal 64-bit hashes and do not fit together:
 *	@count is the @capacity that they need
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
 * struct bucketmap_clear - BUCKETMAP_IOC_CLEAR: remove all entries
 * @size: size of this structure
 * @flags: as for SCAN
 * @cursor: as for SCAN
 * @deadline: when to stop
 *
 * When the walk is over, every entry that was there when it began, and was not
 * written to since, is gone. It is not one instant for all of them. A call that
 * was stopped is made again with the same structure, after ETIME with a new
 * @deadline: it goes on where it was. With another cursor than 0, entries whose
 * keys have smaller hashes stay. It needs a descriptor for writing.
 *
 * Return: 0 at the end, or, with @cursor and @flags to go on with,
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
 * DOC: The map as a whole (on a map's descriptor)
 */

/**
 * struct bucketmap_resize - BUCKETMAP_IOC_RESIZE: pool, or shrink to fit
 * @size: size of this structure
 * @flags: zero
 * @capacity: entries that the map has room for from now on, in place of what it
 *	was created with or resized to; 0 for just those that it holds
 * @deadline: when to stop
 *
 * Returns when the map has a table for so many entries, which the caller helps
 * to fill. Others use the map meanwhile, and do not wait. Entries may need more
 * memory nevertheless, where many come to lie in one place of the table. It
 * needs a descriptor for writing.
 *
 * After an error but EINTR the capacity is what it was before. A table that is
 * being filled then is completed; after that the map shrinks again, as the
 * capacity and its entries permit. With a deadline that has passed already,
 * nothing is begun.
 *
 * Calls at the same time are carried out one after the other. INFO tells the
 * capacity that the one under way asks for.
 *
 * Return: 0, or
 *   EINTR   a signal came; the map is resized nevertheless, if that can be
 *   EMLINK  so many keys collide that they do not fit into a smaller table
 *   ENOMEM  no memory for that table; said at once where the machine can never
 *	have it
 *   ETIME   the deadline has passed
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
 * @deadline: when to stop
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
 *	call on this open file description, or this is the first one; else 0
 * @reserved: zero
 *
 * poll(2) says that the descriptor is readable (POLLIN) as long as this would
 * answer 1. Call it, then look at the map, then poll: no change is missed. All
 * who poll are woken, with EPOLLEXCLUSIVE as well.
 *
 * Descriptors that share an open file description share this as well: a call on
 * one of them hides changes from the others.
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
 * @buckets: out: buckets of the oldest live table, a power of two. A map grows
 *	when it has more than 6.5 entries for each bucket: so it has
 *	@capacity / 6.5 buckets at least, unless it is being resized
 * @bytes: out: memory of all live tables
 * @id: out: number of the map, never used again while the module is loaded
 * @mode: out: permission bits
 * @uid: out: owner, by its number in the caller's user namespace; the overflow
 *	user, mostly 65534, if it has none there
 * @gid: out: group, likewise
 * @key_format: out: BUCKETMAP_FORMAT_* of keys
 * @value_format: out: BUCKETMAP_FORMAT_* of values
 * @name: out: the map's name; empty when it has none, or no longer
 *
 * Only @capacity, @count, @buckets, @bytes and, once, @name ever change.
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
 * by the structure's own size member, and ignores the size that is encoded
 * here.
 */
#define BUCKETMAP_IOC_MAGIC	0xBB

#define BUCKETMAP_IOC_CREATE	_IOWR(BUCKETMAP_IOC_MAGIC, 0x00, struct bucketmap_create)
#define BUCKETMAP_IOC_OPEN	_IOWR(BUCKETMAP_IOC_MAGIC, 0x01, struct bucketmap_name)
#define BUCKETMAP_IOC_UNLINK	_IOWR(BUCKETMAP_IOC_MAGIC, 0x02, struct bucketmap_name)
#define BUCKETMAP_IOC_LIST	_IOWR(BUCKETMAP_IOC_MAGIC, 0x03, struct bucketmap_list)
#define BUCKETMAP_IOC_LIMITS	_IOWR(BUCKETMAP_IOC_MAGIC, 0x04, struct bucketmap_limits)
#define BUCKETMAP_IOC_REOPEN	_IOWR(BUCKETMAP_IOC_MAGIC, 0x05, struct bucketmap_reopen)

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
