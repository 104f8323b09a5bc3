// SPDX-License-Identifier: GPL-2.0
/*
 * The layout that programs are compiled with, which must never change: where
 * each member of the ABI's structures lies, written out.
 */
#include <assert.h>
#include <stddef.h>

#include "uapi/bucketmap.h"

#define AT(type, member, offset) \
	static_assert(offsetof(struct type, member) == (offset), #type "." #member)
#define SIZE(type, size) \
	static_assert(sizeof(struct type) == (size), #type)

AT(bucketmap_create, size, 0);
AT(bucketmap_create, flags, 4);
AT(bucketmap_create, key_size, 8);
AT(bucketmap_create, value_size, 12);
AT(bucketmap_create, capacity, 16);
AT(bucketmap_create, max_entries, 24);
AT(bucketmap_create, mode, 32);
AT(bucketmap_create, reserved, 36);
AT(bucketmap_create, name, 40);
SIZE(bucketmap_create, 104);

AT(bucketmap_name, size, 0);
AT(bucketmap_name, flags, 4);
AT(bucketmap_name, name, 8);
SIZE(bucketmap_name, 72);

AT(bucketmap_list, size, 0);
AT(bucketmap_list, flags, 4);
AT(bucketmap_list, cursor, 8);
AT(bucketmap_list, names, 16);
AT(bucketmap_list, capacity, 24);
AT(bucketmap_list, count, 28);
SIZE(bucketmap_list, 32);

AT(bucketmap_entry, size, 0);
AT(bucketmap_entry, flags, 4);
AT(bucketmap_entry, key, 8);
AT(bucketmap_entry, value, 16);
AT(bucketmap_entry, offset, 24);
AT(bucketmap_entry, length, 28);
SIZE(bucketmap_entry, 32);

AT(bucketmap_add, size, 0);
AT(bucketmap_add, flags, 4);
AT(bucketmap_add, key, 8);
AT(bucketmap_add, offset, 16);
AT(bucketmap_add, reserved, 20);
AT(bucketmap_add, delta, 24);
AT(bucketmap_add, previous, 32);
SIZE(bucketmap_add, 40);

AT(bucketmap_scan, size, 0);
AT(bucketmap_scan, flags, 4);
AT(bucketmap_scan, cursor, 8);
AT(bucketmap_scan, keys, 16);
AT(bucketmap_scan, values, 24);
AT(bucketmap_scan, capacity, 32);
AT(bucketmap_scan, count, 36);
SIZE(bucketmap_scan, 40);

AT(bucketmap_info, size, 0);
AT(bucketmap_info, flags, 4);
AT(bucketmap_info, key_size, 8);
AT(bucketmap_info, value_size, 12);
AT(bucketmap_info, capacity, 16);
AT(bucketmap_info, max_entries, 24);
AT(bucketmap_info, count, 32);
AT(bucketmap_info, buckets, 40);
AT(bucketmap_info, bytes, 48);
AT(bucketmap_info, id, 56);
AT(bucketmap_info, mode, 64);
AT(bucketmap_info, uid, 68);
AT(bucketmap_info, gid, 72);
AT(bucketmap_info, reserved, 76);
AT(bucketmap_info, name, 80);
SIZE(bucketmap_info, 144);
