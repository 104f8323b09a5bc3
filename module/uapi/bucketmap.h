/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The ioctl interface of bucketmap. This header is its specification, and long
 * because all of it stands here.
 *
 * Two kinds of file descriptor
 * ----------------------------
 * The device, /dev/bucketmap, creates and finds maps. CREATE and OPEN return a
 * new descriptor of one map, with close-on-exec set, and the ioctls of that map
 * work on it. An ioctl on the wrong kind of descriptor fails with ENOTTY;
 * UNLINK and RIGHTS work on both. read(2) and write(2) fail on both. poll(2) on a map's
 * descriptor reports POLLIN if CHANGES would report a change, and never
 * POLLOUT.
 *
 * A named map lives until its name is unlinked and its last descriptor is
 * closed. An unnamed map lives until its last descriptor is closed. Maps are
 * kept in memory only: none outlives a reboot or the module. The module cannot
 * be unloaded while a descriptor is open or a map has a name; with its
 * parameter discard_on_unload, names do not prevent it.
 *
 * Where state is kept
 * -------------------
 * - In the map: its entries, its name, owner and mode, and its limits.
 * - In the open file description, in the sense of open(2): whether it is
 *   read-only, and which changes CHANGES and poll(2) have reported. Descriptors
 *   that come from fork(2), dup(2) or passing share one description: a change
 *   that CHANGES reports to one process is not reported to the others. REOPEN
 *   makes a separate description.
 * - In the descriptor: the close-on-exec flag.
 * - In the caller's structure: how far a SCAN, CLEAR or LIST has got. It is
 *   valid on every descriptor of the map, or of the device.
 *
 * Permissions are checked when OPEN makes a description, and are passed on with
 * it. /proc/PID/fdinfo/FD of a map's descriptor has lines that begin with
 * "bucketmap-": id, name, mode, key-size and value-size.
 *
 * There is one namespace of names for the whole machine, whatever namespaces
 * the caller is in. Names are given first come, first served. LIST hides maps
 * from callers that may not read them; OPEN and CREATE do not: from their
 * errors any caller can find out whether a name is taken. Ids, and cursors of
 * LIST, reveal how many maps there have been.
 *
 * Rules for every structure
 * -------------------------
 * - The first member, size, is the size of the structure as the caller knows
 *   it. Structures only grow. A larger structure than this kernel's is accepted
 *   if all bytes that the kernel does not know are zero. A smaller one is read
 *   as if the missing members were zero, and only the members that the caller
 *   has are written back.
 * - Reserved members must be zero, and unknown flags must not be set.
 * - A member marked "out" is only written; its value before the call does not
 *   matter. A member that is unmarked, or marked "in", is only read.
 * - A pointer is carried in a __u64.
 * - The layout is the same for 32-bit and 64-bit callers.
 *
 * What this kernel knows
 * ----------------------
 * Later kernels know more ioctls, operations, flags and members. The version
 * stays the same as long as nothing else changes.
 * - LIMITS has a bit for each ioctl, so for each operation too, and the flags
 *   of CREATE.
 * - Another flag is unknown if it fails with EINVAL.
 * - A member that is read is unknown if a value other than zero fails with
 *   E2BIG. A member marked "out" is unknown if the same value in it does: a
 *   kernel that knows the member does not read it.
 *
 * Failure
 * -------
 * An ioctl that fails has changed neither the map nor a member of the
 * structure. Memory that results are written to may hold anything. Exceptions:
 * - What BATCH and CLEAR have done before they stop stays done. BATCH reports
 *   how much in done, CLEAR in position and flags.
 * - SCAN writes count if it fails with ENOBUFS.
 * - If memory for a result is unmapped during the call, EFAULT may be returned
 *   after the map was changed. If that memory is missing or not writable when
 *   the call begins, the map is not changed.
 *
 * LIST, LIMITS, BATCH, SCAN, CLEAR, INFO and CHANGES write their structure back
 * whenever they have read it, also after an error: then unchanged, except as
 * listed above. So the structure must be writable.
 *
 * Signals and deadlines
 * ---------------------
 * A signal interrupts BATCH, CLEAR, RESIZE, WAIT, CREATE and all operations
 * that can make an entry. The structure is then ready for the same call again,
 * which continues from there. The kernel repeats the call itself after a
 * handler with SA_RESTART, and if no handler runs because the process was
 * stopped, frozen or traced. After a handler without SA_RESTART the ioctl fails
 * with EINTR. A SCAN that is interrupted returns 0 and the entries that it has.
 *
 * A deadline is an absolute time of CLOCK_MONOTONIC in nanoseconds, as the
 * caller reads that clock; 0 means no deadline. An ioctl fails with ETIME when
 * its deadline has passed. If it has passed before the call, nothing is
 * started: to continue after ETIME, set a new deadline.
 *
 * Keys, values and windows
 * ------------------------
 * All keys of a map have the same size, and so have all values. Both are plain
 * bytes. Operations that read or write a value work on a window of it: length
 * bytes starting at offset. Offset 0 with length 0 means the whole value. At
 * any other offset, the end of the value included, length 0 is an empty window.
 * If a window is written to a new entry, the bytes outside the window become
 * zero.
 *
 * A map with a value size of 0 is a set. All windows of a set are empty. A
 * pointer to an empty window may have any value, zero included, and is not
 * used.
 *
 * All inputs of an ioctl are read before its results are written. So value,
 * expected and previous may point to the same memory, or be the same column.
 *
 * Errors that every ioctl may return
 * ----------------------------------
 *   EBADF   the ioctl writes and the descriptor is read-only. On the device,
 *           CREATE, UNLINK and RIGHTS write; on a map, UNLINK, RIGHTS, CLEAR,
 *           RESIZE, and all operations except LOOKUP, alone or in a BATCH
 *   EFAULT  the structure, or memory that a pointer in it refers to, is not
 *           accessible
 *   E2BIG   size is larger than this kernel's and the unknown part is not zero,
 *           or size is larger than BUCKETMAP_STRUCT_SIZE_MAX
 *   EINVAL  size is smaller than the first version of the structure, a flag
 *           is unknown, a reserved member is not zero, or a window does not lie
 *           inside the value
 *   ENOMEM  no memory for the call. All memory of a map is charged to the
 *           memory cgroup of its creator; the tables of all maps together are
 *           limited by the module parameter max_bytes, by default half of the
 *           machine's memory; and no table takes memory that the machine cannot
 *           spare. At each of these limits an entry that needs memory is
 *           refused, and nothing else happens
 *   ENOTTY  this kind of descriptor does not have the ioctl. Its number must be
 *           as defined below, except for the size encoded in it
 *
 * Further errors are listed with each ioctl. If two errors apply, either may be
 * returned.
 */
#ifndef _UAPI_LINUX_BUCKETMAP_H
#define _UAPI_LINUX_BUCKETMAP_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define BUCKETMAP_DEVICE	"/dev/bucketmap"

/* Version of this interface. */
#define BUCKETMAP_ABI_VERSION	1

/* Size of a name, including its terminating zero byte. */
#define BUCKETMAP_NAME_SIZE	64

/* No structure is ever larger. */
#define BUCKETMAP_STRUCT_SIZE_MAX	4096

/* Sizes that every kernel accepts. A later one may accept more: see LIMITS. */
#define BUCKETMAP_KEY_SIZE_MIN		1
#define BUCKETMAP_KEY_SIZE_MAX		256
#define BUCKETMAP_VALUE_SIZE_MAX	4096

/**
 * DOC: Creating and finding maps (on the device)
 */

/**
 * struct bucketmap_limits - BUCKETMAP_IOC_LIMITS: query the module's features,
 *	limits and usage
 * @size: size of this structure
 * @version: out: BUCKETMAP_ABI_VERSION of the module
 * @ioctls: out: bit N is set if the ioctl with the number N exists, on the
 *	device or on a map
 * @create_flags: out: supported BUCKETMAP_CREATE_* flags
 * @key_size_max: out: largest key size in bytes
 * @value_size_max: out: largest value size in bytes
 * @max_maps: out: how many maps may exist at the same time
 * @maps: out: how many maps exist
 * @max_bytes: out: limit of the memory of the tables of all maps in bytes: the
 *	module parameter max_bytes, by default half of the machine's memory; 0
 *	for no limit
 * @bytes: out: memory that these tables use, in bytes
 * @max_maps_per_user: out: how many maps one user may have at the same time
 * @user_maps: out: how many maps the caller's filesystem user has
 *
 * Return: 0.
 */
struct bucketmap_limits {
	__u32 size;
	__u32 version;
	__u64 ioctls[2];
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
 * Keys are hashed with SipHash-1-3 and a random key, unless a flag selects
 * another hash; both flags together are EINVAL.
 *
 * XXH64: seeded xxh64. It is faster, but only safe if no attacker reads the map
 * or chooses its keys: the seed can be computed from a position of SCAN, and
 * colliding keys can be found even without the seed.
 *
 * SIPHASH24: SipHash-2-4, the more conservative variant. It is slower.
 */
#define BUCKETMAP_CREATE_XXH64		0x00000001
#define BUCKETMAP_CREATE_SIPHASH24	0x00000004

/*
 * Descriptors can be mapped, to look keys up without a system call: see
 * bucketmap_mapped.h. Every process that may read the map then learns the key of
 * its hash, and can find keys that collide; a writer that does so slows the map
 * down and is refused with EMLINK at last.
 */
#define BUCKETMAP_CREATE_MAPPABLE	0x00000002

/*
 * How programs that show keys or values to people should format them. The map
 * only remembers the number. The kernel accepts any number and does not use it;
 * a program that does not know a number chooses a format itself.
 */
#define BUCKETMAP_FORMAT_UNKNOWN	0
#define BUCKETMAP_FORMAT_TEXT		1 /* padded with zero bytes */
#define BUCKETMAP_FORMAT_DECIMAL	2 /* unsigned, in the machine's byte order */
#define BUCKETMAP_FORMAT_HEX		3 /* byte by byte */
#define BUCKETMAP_FORMAT_SIGNED		4 /* as DECIMAL, in two's complement */
#define BUCKETMAP_FORMAT_IPV4		5 /* an address in network byte order */
#define BUCKETMAP_FORMAT_IPV6		6 /* likewise */
#define BUCKETMAP_FORMAT_MAC		7 /* likewise */

/*
 * The map also remembers the fields of structs, as text that the kernel does
 * not use: "TYPE[:SIZE]:NAME,...", as bucketmap(1) describes it. An empty text
 * means that the format's number says all.
 */
#define BUCKETMAP_FIELDS_SIZE		256 /* with the terminating zero byte */

/**
 * struct bucketmap_create - BUCKETMAP_IOC_CREATE: create a map
 * @size: size of this structure
 * @flags: BUCKETMAP_CREATE_*
 * @key_size: size of each key in bytes, 1 to 256
 * @value_size: size of each value in bytes, 0 to 4096; 0 makes a set
 * @capacity: how many entries the first table is made for. The map grows and
 *	shrinks by itself, but never below this; 0 for the smallest table.
 * @max_entries: limit of the number of entries; 0 for no limit
 * @mode: permission bits (0777 at most), less the caller's umask. A map belongs
 *	to the caller's filesystem user and group, which are the effective ones
 *	unless setfsuid(2) was used. It counts as one of that user's maps as long
 *	as it lives, whichever processes have it open, also after RIGHTS.
 * @key_format: BUCKETMAP_FORMAT_* of keys
 * @value_format: BUCKETMAP_FORMAT_* of values
 * @name: name of the map, terminated by a zero byte; empty for an unnamed map.
 *	A name has no slash and no control character, and is neither "." nor "..".
 *	Bytes after the zero byte are ignored.
 * @key_fields: fields of keys, terminated by a zero byte, without a control
 *	character; empty for none
 * @value_fields: fields of values, likewise
 *
 * Return: a descriptor for reading and writing, or
 *   EDQUOT  the user already has max_maps_per_user maps (a module parameter),
 *	and the caller does not have CAP_SYS_RESOURCE in the initial user
 *	namespace
 *   EEXIST  a map of that name exists; returned even if EDQUOT or ENOSPC applies
 *   EINTR   a signal arrived while the kernel had no random bytes yet, or a
 *	fatal signal at any time
 *   EINVAL  a size is out of range, two flags select a hash, max_entries is
 *	above 2^63 - 1, mode has bits outside 0777, or the name or fields are
 *	unterminated or have a forbidden byte
 *   EMFILE, ENFILE  no descriptor is available
 *   ENOMEM  no memory for the map, or no memory can hold the capacity
 *   ENOSPC  max_maps maps exist (a module parameter)
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
	char key_fields[BUCKETMAP_FIELDS_SIZE];
	char value_fields[BUCKETMAP_FIELDS_SIZE];
};

/* The descriptor is read-only. */
#define BUCKETMAP_OPEN_RDONLY		0x00000001

/**
 * struct bucketmap_name - BUCKETMAP_IOC_OPEN, BUCKETMAP_IOC_UNLINK: open a map
 *	by its name, or remove the name
 * @size: size of this structure
 * @flags: OPEN: BUCKETMAP_OPEN_*; UNLINK: zero
 * @name: name of the map, terminated by a zero byte. It must be empty for
 *	UNLINK on a map's descriptor, and only there.
 *
 * OPEN returns a new descriptor of the map. It needs read permission and,
 * without BUCKETMAP_OPEN_RDONLY, also write permission, by the rules for files.
 *
 * UNLINK removes the name. Descriptors of the map stay usable. Only the map's
 * owner, or a caller with CAP_FOWNER, may remove the name. Between two calls a
 * name may be given to another map; UNLINK on a map's descriptor removes the
 * name of that map and of no other.
 *
 * Return: a descriptor (OPEN), 0 (UNLINK), or
 *   EACCES  OPEN: the map's mode does not permit the access
 *   EINVAL  no map can have this name
 *   EMFILE, ENFILE  OPEN: no descriptor is available
 *   ENOENT  no map has that name; on a map's descriptor: the map has no name,
 *	or has lost it
 *   EPERM   UNLINK: the caller does not own the map
 */
struct bucketmap_name {
	__u32 size;
	__u32 flags;
	char name[BUCKETMAP_NAME_SIZE];
};

/**
 * struct bucketmap_reopen - BUCKETMAP_IOC_REOPEN: open a map again (on a map's
 *	descriptor)
 * @size: size of this structure
 * @flags: BUCKETMAP_OPEN_*
 *
 * The new descriptor refers to the same map, named or not, through an open file
 * description of its own. Without BUCKETMAP_OPEN_RDONLY this counts as an ioctl
 * that writes, and the new descriptor is for reading and writing; so it never
 * permits more than the old one. The map's mode is not checked.
 *
 * Return: a descriptor, or
 *   EMFILE, ENFILE  no descriptor is available
 */
struct bucketmap_reopen {
	__u32 size;
	__u32 flags;
};

/* Which of the members of struct bucketmap_rights are to be set. */
#define BUCKETMAP_RIGHTS_MODE		0x00000001
#define BUCKETMAP_RIGHTS_UID		0x00000002
#define BUCKETMAP_RIGHTS_GID		0x00000004

/**
 * struct bucketmap_rights - BUCKETMAP_IOC_RIGHTS: change a map's mode and owner
 * @size: size of this structure
 * @flags: BUCKETMAP_RIGHTS_*; members without their flag are ignored
 * @mode: new permission bits (0777 at most)
 * @uid: new owner, as a user id of the caller's user namespace
 * @gid: new group, likewise
 * @reserved: zero
 * @name: name of the map. It must be empty on a map's descriptor, and only
 *	there.
 *
 * The rules are those for files. The owner, or a caller with CAP_FOWNER, may
 * change the mode. The owner may change the group to one that it is in. All
 * else needs CAP_CHOWN. Descriptors keep the access that they were opened with.
 * The map still counts as one of the maps of the user that created it.
 *
 * Return: 0, or
 *   EINVAL  mode has other bits, an id does not exist in the caller's user
 *	namespace, or no map can have this name
 *   ENOENT  no map has that name
 *   EPERM   the caller may not change this
 */
struct bucketmap_rights {
	__u32 size;
	__u32 flags;
	__u32 mode;
	__u32 uid;
	__u32 gid;
	__u32 reserved;
	char name[BUCKETMAP_NAME_SIZE];
};

/**
 * struct bucketmap_list - BUCKETMAP_IOC_LIST: list the names of maps
 * @size: size of this structure
 * @flags: zero
 * @cursor: in: 0 at first, then as the last call left it; out: where to
 *	continue
 * @names: array of char[BUCKETMAP_NAME_SIZE] for the names
 * @capacity: in: number of names that the array can hold, at least 1
 * @count: out: names written; less than @capacity at the end of the list
 *
 * The list has the maps that the caller owns or may open for reading. A caller
 * with CAP_FOWNER, which covers what belongs to users and groups of the
 * caller's user namespace, sees all maps. Names come in the order in which the
 * maps were created. A map that exists from the first call to the last is
 * listed exactly once.
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
 * Each operation takes effect at one instant for all users of the map. For each
 * operation the table shows which members are inputs (in) and results (out),
 * whether it has a window, and whether it returns ENOENT if the key does not
 * exist:
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
 *   ADD_EXISTING        delta   -         number    offset  yes
 *   MAX                 number  -         number    offset  -
 *   MAX_EXISTING        number  -         number    offset  yes
 *
 * Operations without ENOENT make a new entry if the key does not exist.
 */
#define BUCKETMAP_LOOKUP		0 /* read the window */
#define BUCKETMAP_STORE			1 /* write it, whether or not the key exists */
#define BUCKETMAP_INSERT		2 /* write it if the key does not exist */
#define BUCKETMAP_REPLACE		3 /* write it if the key exists */
#define BUCKETMAP_LOAD_OR_STORE		4 /* read it if the key exists, else write */
#define BUCKETMAP_SWAP			5 /* write it, and read the old contents */
#define BUCKETMAP_DELETE		6 /* remove the entry */
#define BUCKETMAP_LOOKUP_AND_DELETE	7 /* remove it, and read the window */
#define BUCKETMAP_COMPARE_AND_SWAP	8 /* write it if it is as expected */
#define BUCKETMAP_COMPARE_AND_DELETE	9 /* remove it if it is as expected */
#define BUCKETMAP_ADD			10 /* add to a 64-bit number, initially 0 */
#define BUCKETMAP_ADD_EXISTING		11 /* add to it if the key exists */
#define BUCKETMAP_MAX			12 /* raise such a number if it is smaller */
#define BUCKETMAP_MAX_EXISTING		13 /* raise it if the key exists */

/**
 * struct bucketmap_entry - BUCKETMAP_IOC_OPERATION(): one operation on one
 *	entry
 * @size: size of this structure
 * @flags: zero
 * @key: points to the key
 * @value: points to the new contents of the window; ADD*: points to a __u64
 *	that is added modulo 2^64, a negative number in two's complement; MAX*:
 *	points to a __u64, which the number becomes if it is smaller, both being
 *	unsigned
 * @expected: points to the contents that the window must have
 * @previous: points to memory for the old contents of the window, or is 0 if
 *	they are not wanted. It is written if the key existed and the operation
 *	succeeds or returns ECANCELED, and otherwise left as it is. ADD*, MAX*:
 *	points to memory for the __u64 before the operation, 0 for a new key
 * @offset: where the window begins in the value; ADD*, MAX*: where the 64-bit
 *	number is, which is in the machine's byte order, a multiple of 8
 * @length: size of the window in bytes
 *
 * Pointers and windows that the operation does not use by the table above must
 * be zero. All operations except LOOKUP need a writable descriptor.
 *
 * MAX* of a number that is not smaller leaves the entry as it is: that is no
 * change to WAIT, CHANGES and poll(2), and does not count as overwritten.
 *
 * A map with max_entries never holds more entries. ENOSPC does not imply that
 * the map was full at some instant: entries that other calls insert or delete
 * count as present while these calls are in progress. An entry whose delete has
 * returned does not count. A caller that expects the map not to be full should
 * retry.
 *
 * Return: 0; for LOAD_OR_STORE and SWAP 1 if the key existed; or
 *   ECANCELED COMPARE_*: the window has other contents
 *   EEXIST  INSERT: the key exists
 *   EINTR   a signal arrived while a new entry waited for the table to grow
 *   EINVAL  ADD*, MAX*: the number does not lie inside the value or is not
 *	aligned
 *   EMLINK  no new entry: too many existing keys collide with this one
 *   ENOENT  the key does not exist
 *   ENOMEM  no memory for a new entry
 *   ENOSPC  no new entry: the map has max_entries entries, counted as described
 *	above
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
 * @operation: BUCKETMAP_LOOKUP or another operation
 * @reserved: zero
 * @keys: column of keys: an array without gaps, key_size bytes each
 * @values: column of the operation's value inputs, each as large as the window:
 *	@length bytes, value_size for the whole value, 8 for ADD* and
 *	MAX*.
 *	Operations without such an input, LOOKUP and DELETE among them, have 0
 *	here: what LOOKUP reads goes to @previous
 * @expected: column of its expected inputs, likewise
 * @previous: column for its previous results, likewise, or 0 if they are not
 *	wanted. Zeros are written for entries without such a result.
 * @results: column of __s32 for the result of each entry: what the ioctl for
 *	one entry returns, or an error as a negative number
 * @count: number of entries in the columns
 * @done: number of entries, from the start of the columns, that are finished:
 *	in: 0 at first, then as the last call left it; out: the new number
 * @deadline: when to stop
 * @offset: where the window begins in each value
 * @length: size of the window in bytes
 *
 * Entries are processed in order, each as an operation of its own. The call
 * starts with the entry number @done, and stops only between two entries.
 * Whatever it returns, the first @done entries are finished and have their
 * results. The others have not been started, whatever @previous and @results
 * hold for them. There is one exception: if memory for results is unmapped
 * during the call, EFAULT may be returned after up to 128 more entries were
 * processed whose results are lost.
 *
 * To continue after the call has stopped, repeat it with the same structure.
 * After ETIME set a new @deadline first; otherwise a loop around the call never
 * ends, because no entry is started once the deadline has passed. The deadline
 * is checked every few entries, and not while an entry waits for the table to
 * grow.
 *
 * An error of an entry is its result and stops nothing. The rules for single
 * entries apply here too: members that the operation does not use must be zero,
 * and all operations except LOOKUP need a writable descriptor.
 *
 * Return: 0 when all entries are finished, or
 *   EFAULT  a column is not accessible at the entry number @done
 *   EINTR   a signal arrived
 *   EINVAL  @done is larger than @count, the operation is unknown, a column is
 *	given that it does not use, @values of LOOKUP for example, or ADD*,
 *	MAX*: there is no aligned number at @offset
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
 * SCAN and CLEAR walk over a map in the order of the 64-bit hashes of its keys.
 * The position is the hash from which the walk continues. It is 0 at first and
 * never decreases. At the end it would be 2^64, for which BUCKETMAP_SCAN_END
 * stands. Hashes are evenly distributed, so position / 2^64 is the fraction of
 * the walk that is done.
 *
 * Position and flags are all the state of a walk. They may be saved and copied,
 * and used on any descriptor of the map, by any process, at any time, whatever
 * is written to the map and however it grows or shrinks. Any number is a valid
 * position.
 *
 * Positions reveal the hashes of keys in the map to a reader. With SipHash, the
 * default, these reveal nothing about other keys: a writer that wants many keys
 * in one place of the table must insert a very large number of keys and see
 * where each lands. With BUCKETMAP_CREATE_XXH64 they reveal the seed.
 */

/* The walk is finished. */
#define BUCKETMAP_SCAN_END		0x00000001

/**
 * struct bucketmap_scan - BUCKETMAP_IOC_SCAN: walk over all entries
 * @size: size of this structure
 * @flags: in: 0 at first, then as the last call left it; out:
 *	BUCKETMAP_SCAN_END when the walk is finished. A call with
 *	BUCKETMAP_SCAN_END returns no entries.
 * @position: in: 0 at first, then as the last call left it; out: where to
 *	continue
 * @keys: array for the keys, key_size bytes each
 * @values: array for the windows of the values, without gaps: @length bytes
 *	each, value_size for the whole value; 0 to read only the keys
 * @capacity: number of entries that the arrays can hold, at least 1
 * @count: out: number of entries written, 0 to @capacity. It may be 0 before
 *	the end, and more than 0 in the call that reaches the end.
 * @offset: where the window begins in each value
 * @length: size of the window in bytes
 *
 * A key that exists from the first call to the last is returned exactly once,
 * and no key is returned twice. Each window is of a value that the key had
 * at some instant during the call. This holds whatever is written and however the map
 * grows or shrinks meanwhile. A walk that continues from an older position
 * returns the entries after that position again.
 *
 * Return: 0, also if one of these errors occurs after entries were returned;
 * the next call then fails with it; or
 *   EFAULT  an array is not accessible
 *   EINVAL  @capacity is 0, or the window does not lie inside the value
 *   ENOBUFS the next entries have equal 64-bit hashes, must be returned
 *	together and do not fit: @count is the @capacity that they need
 */
struct bucketmap_scan {
	__u32 size;
	__u32 flags;
	__u64 position;
	__u64 keys;
	__u64 values;
	__u32 capacity;
	__u32 count;
	__u32 offset;
	__u32 length;
};

/**
 * struct bucketmap_clear - BUCKETMAP_IOC_CLEAR: remove all entries
 * @size: size of this structure
 * @flags: as for SCAN
 * @position: as for SCAN
 * @deadline: when to stop
 *
 * When the walk is finished, every entry that existed when it began, and was
 * not written since, is removed. The entries are not removed at one instant. To
 * continue after the call has stopped, repeat it with the same structure, after
 * ETIME with a new @deadline. With a @position other than 0, entries whose keys
 * have smaller hashes stay. A writable descriptor is needed.
 *
 * Return: 0 at the end, or, with @position and @flags to continue with,
 *   EINTR   a signal arrived
 *   ETIME   the deadline has passed
 */
struct bucketmap_clear {
	__u32 size;
	__u32 flags;
	__u64 position;
	__u64 deadline;
};

/**
 * DOC: The map as a whole (on a map's descriptor)
 */

/**
 * struct bucketmap_resize - BUCKETMAP_IOC_RESIZE: make the table large enough
 *	for a number of entries, or shrink it to fit
 * @size: size of this structure
 * @flags: zero
 * @capacity: how many entries the table is made for, replacing the capacity
 *	that the map was created with or resized to; 0 to fit the entries that
 *	it holds
 * @deadline: when to stop
 *
 * Returns when the map has a table of that capacity. The caller helps to fill
 * the new table. Other users of the map do not wait. An insert may still need
 * memory afterwards, if many entries fall into one place of the table. A
 * writable descriptor is needed.
 *
 * After an error other than EINTR the map has its old capacity. A table that is
 * being filled at that time is completed; then the map shrinks again, as far as
 * capacity and entries permit. If the deadline has passed before the call,
 * nothing is started.
 *
 * Concurrent calls are executed one after the other. INFO reports the capacity
 * that the call in progress requests.
 *
 * Return: 0, or
 *   EINTR   a signal arrived; the map is resized nevertheless, if possible
 *   EMLINK  too many keys collide to fit into a smaller table
 *   ENOMEM  no memory for the table; returned at once if the machine can never
 *	have enough
 *   ETIME   the deadline has passed
 */
struct bucketmap_resize {
	__u32 size;
	__u32 flags;
	__u64 capacity;
	__u64 deadline;
};

/* The key did not exist when the caller last looked. */
#define BUCKETMAP_WAIT_ABSENT		0x00000001

/**
 * struct bucketmap_wait - BUCKETMAP_IOC_WAIT: wait until an entry changes
 * @size: size of this structure
 * @flags: BUCKETMAP_WAIT_ABSENT, or zero
 * @key: points to the key
 * @seen: points to the contents of the window as the caller last saw them; zero
 *	with BUCKETMAP_WAIT_ABSENT
 * @offset: where the window begins in the value; zero with
 *	BUCKETMAP_WAIT_ABSENT
 * @length: size of the window in bytes; zero with BUCKETMAP_WAIT_ABSENT
 * @deadline: when to stop
 *
 * Returns when the contents of the window differ from @seen or the key does not
 * exist; with BUCKETMAP_WAIT_ABSENT, when the key exists. If this is so
 * already, it returns at once. A change that is reverted before the caller runs
 * may be missed.
 *
 * O_NONBLOCK has no effect; with a deadline that has passed, the call only
 * checks and does not sleep. Up to 16384 calls may wait in one map, 1024 of
 * them for the same key. These numbers may change.
 *
 * Return: 0, or
 *   EINTR   a signal arrived
 *   ETIME   the deadline has passed
 *   EUSERS  too many calls wait in the map, or for the key
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
 * struct bucketmap_changes - BUCKETMAP_IOC_CHANGES: has the map changed since
 *	the last call?
 * @size: size of this structure
 * @flags: zero
 * @changed: out: 1 if an entry was made, written or removed since the last call
 *	on this open file description, or if this is the first call; else 0
 * @reserved: zero
 *
 * poll(2) reports the descriptor as readable (POLLIN) as long as this ioctl
 * would report 1. To miss no change, call it, then read the map, then poll. A
 * change wakes all pollers, also those that use EPOLLEXCLUSIVE.
 *
 * Descriptors of one open file description share this state: a call on one of
 * them hides changes from the others.
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
 * struct bucketmap_info - BUCKETMAP_IOC_INFO: query a map's attributes and
 *	usage
 * @size: size of this structure
 * @flags: out: BUCKETMAP_CREATE_* flags that it was created with
 * @key_size: out: size of each key in bytes
 * @value_size: out: size of each value in bytes
 * @capacity: out: as it was created with, or resized to
 * @max_entries: out: as it was created with
 * @count: out: number of entries; exact if no write is in progress
 * @buckets: out: number of buckets of the oldest live table, a power of two. A
 *	map grows when it has more than 6.5 entries per bucket. So it has at
 *	least @capacity / 6.5 buckets, unless a resize is in progress
 * @bytes: out: memory of all live tables in bytes
 * @id: out: number of the map, never reused while the module is loaded
 * @mode: out: permission bits
 * @uid: out: owner, as a user id of the caller's user namespace; the overflow
 *	uid, usually 65534, if the owner has none there
 * @gid: out: group, likewise
 * @key_format: out: BUCKETMAP_FORMAT_* of keys
 * @value_format: out: BUCKETMAP_FORMAT_* of values
 * @name: out: name of the map; empty if it has none, or has lost it
 * @mappings: out: number of mappings that processes have of the map
 * @lookup_hits: out: lookups that found their key
 * @lookup_misses: out: lookups that did not
 * @inserted: out: entries made
 * @overwritten: out: values written in an existing entry
 * @deleted: out: entries removed, CLEAR included
 * @refused_full: out: operations that failed with ENOSPC
 * @refused_memory: out: operations that failed with ENOMEM, because there was
 *	no memory for a new entry
 * @refused_collisions: out: operations that failed with EMLINK
 * @grown: out: how often the table was replaced by a larger one
 * @shrunk: out: how often it was replaced by a smaller one
 * @key_fields: out: fields of keys
 * @value_fields: out: fields of values
 *
 * @lookup_hits to @shrunk count since the map was created, for
 * all its users; alone or in a BATCH is the same. They are exact if no
 * operation is in progress. Lookups are LOOKUP only: other operations, SCAN and
 * WAIT do not count as such, and reads of a mapping are not counted.
 *
 * Of the other members only @capacity, @count, @buckets, @bytes and @mappings
 * change, @mode, @uid and @gid by RIGHTS, and @name by UNLINK.
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
	__u64 mappings;
	__u64 lookup_hits;
	__u64 lookup_misses;
	__u64 inserted;
	__u64 overwritten;
	__u64 deleted;
	__u64 refused_full;
	__u64 refused_memory;
	__u64 refused_collisions;
	__u64 grown;
	__u64 shrunk;
	char key_fields[BUCKETMAP_FIELDS_SIZE];
	char value_fields[BUCKETMAP_FIELDS_SIZE];
};

/*
 * Ioctl numbers: 0x00 and up on the device, 0x20 to 0x3f for operations, 0x40
 * and up for BATCH, 0x50 and up for other ioctls on a map. The kernel uses the
 * size member of the structure, and ignores the size that is encoded in the
 * number.
 */
#define BUCKETMAP_IOC_MAGIC	0xBB

#define BUCKETMAP_IOC_CREATE	_IOWR(BUCKETMAP_IOC_MAGIC, 0x00, struct bucketmap_create)
#define BUCKETMAP_IOC_OPEN	_IOWR(BUCKETMAP_IOC_MAGIC, 0x01, struct bucketmap_name)
#define BUCKETMAP_IOC_UNLINK	_IOWR(BUCKETMAP_IOC_MAGIC, 0x02, struct bucketmap_name)
#define BUCKETMAP_IOC_LIST	_IOWR(BUCKETMAP_IOC_MAGIC, 0x03, struct bucketmap_list)
#define BUCKETMAP_IOC_LIMITS	_IOWR(BUCKETMAP_IOC_MAGIC, 0x04, struct bucketmap_limits)
#define BUCKETMAP_IOC_REOPEN	_IOWR(BUCKETMAP_IOC_MAGIC, 0x05, struct bucketmap_reopen)
#define BUCKETMAP_IOC_RIGHTS	_IOWR(BUCKETMAP_IOC_MAGIC, 0x06, struct bucketmap_rights)

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
#define BUCKETMAP_IOC_ADD_EXISTING BUCKETMAP_IOC_OPERATION(BUCKETMAP_ADD_EXISTING)
#define BUCKETMAP_IOC_MAX BUCKETMAP_IOC_OPERATION(BUCKETMAP_MAX)
#define BUCKETMAP_IOC_MAX_EXISTING BUCKETMAP_IOC_OPERATION(BUCKETMAP_MAX_EXISTING)

#define BUCKETMAP_IOC_BATCH	_IOWR(BUCKETMAP_IOC_MAGIC, 0x40, struct bucketmap_batch)
#define BUCKETMAP_IOC_SCAN	_IOWR(BUCKETMAP_IOC_MAGIC, 0x50, struct bucketmap_scan)
#define BUCKETMAP_IOC_CLEAR	_IOWR(BUCKETMAP_IOC_MAGIC, 0x51, struct bucketmap_clear)
#define BUCKETMAP_IOC_RESIZE	_IOWR(BUCKETMAP_IOC_MAGIC, 0x52, struct bucketmap_resize)
#define BUCKETMAP_IOC_INFO	_IOWR(BUCKETMAP_IOC_MAGIC, 0x53, struct bucketmap_info)
#define BUCKETMAP_IOC_WAIT	_IOWR(BUCKETMAP_IOC_MAGIC, 0x54, struct bucketmap_wait)
#define BUCKETMAP_IOC_CHANGES	_IOWR(BUCKETMAP_IOC_MAGIC, 0x55, struct bucketmap_changes)

#endif /* _UAPI_LINUX_BUCKETMAP_H */
