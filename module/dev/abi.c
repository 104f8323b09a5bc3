// SPDX-License-Identifier: GPL-2.0
/*
 * Compile-time checks of the ABI.
 *
 * Each structure begins with its size member and has the size given here, a
 * multiple of 8. Each member follows the previous one without a gap. Because
 * this holds with 64-bit numbers aligned to 8 bytes, it also holds for 32-bit
 * callers, which may align them to 4. So the layout is the same for both.
 */
#include <linux/build_bug.h>
#include <linux/stddef.h>

#include "uapi/bucketmap.h"
#include "uapi/bucketmap_mapped.h"

#define ABI_SIZE(type, bytes)						\
	static_assert(offsetof(struct type, size) == 0 &&		\
		      sizeof(struct type) == (bytes) &&			\
		      sizeof(struct type) % 8 == 0)

#define ABI_NEXT(type, before, member)					\
	static_assert(offsetof(struct type, member) ==			\
		      offsetofend(struct type, before))

#define ABI_LAST(type, member)						\
	static_assert(sizeof(struct type) == offsetofend(struct type, member))

ABI_SIZE(bucketmap_limits, 72);
ABI_NEXT(bucketmap_limits, size, version);
ABI_NEXT(bucketmap_limits, version, ioctls);
ABI_NEXT(bucketmap_limits, ioctls, create_flags);
ABI_NEXT(bucketmap_limits, create_flags, key_size_max);
ABI_NEXT(bucketmap_limits, key_size_max, value_size_max);
ABI_NEXT(bucketmap_limits, value_size_max, max_maps);
ABI_NEXT(bucketmap_limits, max_maps, maps);
ABI_NEXT(bucketmap_limits, maps, max_bytes);
ABI_NEXT(bucketmap_limits, max_bytes, bytes);
ABI_NEXT(bucketmap_limits, bytes, max_maps_per_user);
ABI_NEXT(bucketmap_limits, max_maps_per_user, user_maps);
ABI_LAST(bucketmap_limits, user_maps);

ABI_SIZE(bucketmap_create, 616);
ABI_NEXT(bucketmap_create, size, flags);
ABI_NEXT(bucketmap_create, flags, key_size);
ABI_NEXT(bucketmap_create, key_size, value_size);
ABI_NEXT(bucketmap_create, value_size, capacity);
ABI_NEXT(bucketmap_create, capacity, max_entries);
ABI_NEXT(bucketmap_create, max_entries, mode);
ABI_NEXT(bucketmap_create, mode, key_format);
ABI_NEXT(bucketmap_create, key_format, value_format);
ABI_NEXT(bucketmap_create, value_format, name);
ABI_NEXT(bucketmap_create, name, key_fields);
ABI_NEXT(bucketmap_create, key_fields, value_fields);
ABI_LAST(bucketmap_create, value_fields);

ABI_SIZE(bucketmap_name, 72);
ABI_NEXT(bucketmap_name, size, flags);
ABI_NEXT(bucketmap_name, flags, name);
ABI_LAST(bucketmap_name, name);

ABI_SIZE(bucketmap_reopen, 8);
ABI_NEXT(bucketmap_reopen, size, flags);
ABI_LAST(bucketmap_reopen, flags);

ABI_SIZE(bucketmap_rights, 88);
ABI_NEXT(bucketmap_rights, size, flags);
ABI_NEXT(bucketmap_rights, flags, mode);
ABI_NEXT(bucketmap_rights, mode, uid);
ABI_NEXT(bucketmap_rights, uid, gid);
ABI_NEXT(bucketmap_rights, gid, reserved);
ABI_NEXT(bucketmap_rights, reserved, name);
ABI_LAST(bucketmap_rights, name);

ABI_SIZE(bucketmap_list, 32);
ABI_NEXT(bucketmap_list, size, flags);
ABI_NEXT(bucketmap_list, flags, cursor);
ABI_NEXT(bucketmap_list, cursor, names);
ABI_NEXT(bucketmap_list, names, capacity);
ABI_NEXT(bucketmap_list, capacity, count);
ABI_LAST(bucketmap_list, count);

ABI_SIZE(bucketmap_entry, 48);
ABI_NEXT(bucketmap_entry, size, flags);
ABI_NEXT(bucketmap_entry, flags, key);
ABI_NEXT(bucketmap_entry, key, value);
ABI_NEXT(bucketmap_entry, value, expected);
ABI_NEXT(bucketmap_entry, expected, previous);
ABI_NEXT(bucketmap_entry, previous, offset);
ABI_NEXT(bucketmap_entry, offset, length);
ABI_LAST(bucketmap_entry, length);

ABI_SIZE(bucketmap_batch, 88);
ABI_NEXT(bucketmap_batch, size, flags);
ABI_NEXT(bucketmap_batch, flags, operation);
ABI_NEXT(bucketmap_batch, operation, reserved);
ABI_NEXT(bucketmap_batch, reserved, keys);
ABI_NEXT(bucketmap_batch, keys, values);
ABI_NEXT(bucketmap_batch, values, expected);
ABI_NEXT(bucketmap_batch, expected, previous);
ABI_NEXT(bucketmap_batch, previous, results);
ABI_NEXT(bucketmap_batch, results, count);
ABI_NEXT(bucketmap_batch, count, done);
ABI_NEXT(bucketmap_batch, done, deadline);
ABI_NEXT(bucketmap_batch, deadline, offset);
ABI_NEXT(bucketmap_batch, offset, length);
ABI_LAST(bucketmap_batch, length);

ABI_SIZE(bucketmap_scan, 48);
ABI_NEXT(bucketmap_scan, size, flags);
ABI_NEXT(bucketmap_scan, flags, position);
ABI_NEXT(bucketmap_scan, position, keys);
ABI_NEXT(bucketmap_scan, keys, values);
ABI_NEXT(bucketmap_scan, values, capacity);
ABI_NEXT(bucketmap_scan, capacity, count);
ABI_NEXT(bucketmap_scan, count, offset);
ABI_NEXT(bucketmap_scan, offset, length);
ABI_LAST(bucketmap_scan, length);

ABI_SIZE(bucketmap_clear, 24);
ABI_NEXT(bucketmap_clear, size, flags);
ABI_NEXT(bucketmap_clear, flags, position);
ABI_NEXT(bucketmap_clear, position, deadline);
ABI_LAST(bucketmap_clear, deadline);

ABI_SIZE(bucketmap_resize, 24);
ABI_NEXT(bucketmap_resize, size, flags);
ABI_NEXT(bucketmap_resize, flags, capacity);
ABI_NEXT(bucketmap_resize, capacity, deadline);
ABI_LAST(bucketmap_resize, deadline);

ABI_SIZE(bucketmap_wait, 40);
ABI_NEXT(bucketmap_wait, size, flags);
ABI_NEXT(bucketmap_wait, flags, key);
ABI_NEXT(bucketmap_wait, key, seen);
ABI_NEXT(bucketmap_wait, seen, offset);
ABI_NEXT(bucketmap_wait, offset, length);
ABI_NEXT(bucketmap_wait, length, deadline);
ABI_LAST(bucketmap_wait, deadline);

ABI_SIZE(bucketmap_changes, 16);
ABI_NEXT(bucketmap_changes, size, flags);
ABI_NEXT(bucketmap_changes, flags, changed);
ABI_NEXT(bucketmap_changes, changed, reserved);
ABI_LAST(bucketmap_changes, reserved);

ABI_SIZE(bucketmap_info, 744);
ABI_NEXT(bucketmap_info, size, flags);
ABI_NEXT(bucketmap_info, flags, key_size);
ABI_NEXT(bucketmap_info, key_size, value_size);
ABI_NEXT(bucketmap_info, value_size, capacity);
ABI_NEXT(bucketmap_info, capacity, max_entries);
ABI_NEXT(bucketmap_info, max_entries, count);
ABI_NEXT(bucketmap_info, count, buckets);
ABI_NEXT(bucketmap_info, buckets, bytes);
ABI_NEXT(bucketmap_info, bytes, id);
ABI_NEXT(bucketmap_info, id, mode);
ABI_NEXT(bucketmap_info, mode, uid);
ABI_NEXT(bucketmap_info, uid, gid);
ABI_NEXT(bucketmap_info, gid, key_format);
ABI_NEXT(bucketmap_info, key_format, value_format);
ABI_NEXT(bucketmap_info, value_format, name);
ABI_NEXT(bucketmap_info, name, mappings);
ABI_NEXT(bucketmap_info, mappings, lookup_hits);
ABI_NEXT(bucketmap_info, lookup_hits, lookup_misses);
ABI_NEXT(bucketmap_info, lookup_misses, inserted);
ABI_NEXT(bucketmap_info, inserted, overwritten);
ABI_NEXT(bucketmap_info, overwritten, deleted);
ABI_NEXT(bucketmap_info, deleted, refused_full);
ABI_NEXT(bucketmap_info, refused_full, refused_memory);
ABI_NEXT(bucketmap_info, refused_memory, refused_collisions);
ABI_NEXT(bucketmap_info, refused_collisions, grown);
ABI_NEXT(bucketmap_info, grown, shrunk);
ABI_NEXT(bucketmap_info, shrunk, key_fields);
ABI_NEXT(bucketmap_info, key_fields, value_fields);
ABI_LAST(bucketmap_info, value_fields);

/*
 * LIMITS has one bit per ioctl number. For clang such a number is no integer
 * constant expression, but it may be an index.
 */
static_assert(sizeof((char []){ [_IOC_NR(BUCKETMAP_IOC_CHANGES)] = 0 }) <=
	      8 * sizeof_field(struct bucketmap_limits, ioctls));

/* What is mapped has no size member: its version says what it is. */
#define ABI_MAPPED(type, first, bytes)					\
	static_assert(offsetof(struct type, first) == 0 &&		\
		      sizeof(struct type) == (bytes))

ABI_MAPPED(bucketmap_mapped_header, magic, 80);
ABI_NEXT(bucketmap_mapped_header, magic, version);
ABI_NEXT(bucketmap_mapped_header, version, hash);
ABI_NEXT(bucketmap_mapped_header, hash, hash_key);
ABI_NEXT(bucketmap_mapped_header, hash_key, key_size);
ABI_NEXT(bucketmap_mapped_header, key_size, value_size);
ABI_NEXT(bucketmap_mapped_header, value_size, record_bytes);
ABI_NEXT(bucketmap_mapped_header, record_bytes, slots);
ABI_NEXT(bucketmap_mapped_header, slots, head_offset);
ABI_NEXT(bucketmap_mapped_header, head_offset, tags_offset);
ABI_NEXT(bucketmap_mapped_header, tags_offset, slots_offset);
ABI_NEXT(bucketmap_mapped_header, slots_offset, slot_bytes);
ABI_NEXT(bucketmap_mapped_header, slot_bytes, key_offset);
ABI_NEXT(bucketmap_mapped_header, key_offset, value_offset);
ABI_NEXT(bucketmap_mapped_header, value_offset, table);
ABI_LAST(bucketmap_mapped_header, table);

ABI_MAPPED(bucketmap_mapped_table, table, 88);
ABI_NEXT(bucketmap_mapped_table, table, next);
ABI_NEXT(bucketmap_mapped_table, next, bytes);
ABI_NEXT(bucketmap_mapped_table, bytes, records);
ABI_NEXT(bucketmap_mapped_table, records, segment_bytes);
ABI_NEXT(bucketmap_mapped_table, segment_bytes, initial);
ABI_NEXT(bucketmap_mapped_table, initial, added);
ABI_NEXT(bucketmap_mapped_table, added, chunk_bytes);
ABI_NEXT(bucketmap_mapped_table, chunk_bytes, segment_shift);
ABI_NEXT(bucketmap_mapped_table, segment_shift, segments_shift);
ABI_NEXT(bucketmap_mapped_table, segments_shift, chunk_shift);
ABI_NEXT(bucketmap_mapped_table, chunk_shift, chunks_initial);
ABI_NEXT(bucketmap_mapped_table, chunks_initial, chunks);
ABI_NEXT(bucketmap_mapped_table, chunks, reserved);
ABI_LAST(bucketmap_mapped_table, reserved);
