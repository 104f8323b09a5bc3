// SPDX-License-Identifier: GPL-2.0
/*
 * The layout of the ABI's structures and the numbers of its ioctls, written
 * out. Programs are compiled with them, so they must never change.
 */
#include <assert.h>
#include <stddef.h>

#include "uapi/bucketmap.h"

#define AT(type, member, offset) \
	static_assert(offsetof(struct type, member) == (offset), #type "." #member)
#define SIZE(type, size) \
	static_assert(sizeof(struct type) == (size), #type)

AT(bucketmap_limits, size, 0);
AT(bucketmap_limits, version, 4);
AT(bucketmap_limits, ioctls, 8);
AT(bucketmap_limits, create_flags, 24);
AT(bucketmap_limits, key_size_max, 28);
AT(bucketmap_limits, value_size_max, 32);
AT(bucketmap_limits, max_maps, 36);
AT(bucketmap_limits, maps, 40);
AT(bucketmap_limits, max_bytes, 48);
AT(bucketmap_limits, bytes, 56);
AT(bucketmap_limits, max_maps_per_user, 64);
AT(bucketmap_limits, user_maps, 68);
SIZE(bucketmap_limits, 72);

AT(bucketmap_create, size, 0);
AT(bucketmap_create, flags, 4);
AT(bucketmap_create, key_size, 8);
AT(bucketmap_create, value_size, 12);
AT(bucketmap_create, capacity, 16);
AT(bucketmap_create, max_entries, 24);
AT(bucketmap_create, mode, 32);
AT(bucketmap_create, key_format, 36);
AT(bucketmap_create, value_format, 38);
AT(bucketmap_create, name, 40);
AT(bucketmap_create, key_fields, 104);
AT(bucketmap_create, value_fields, 360);
SIZE(bucketmap_create, 616);

AT(bucketmap_name, size, 0);
AT(bucketmap_name, flags, 4);
AT(bucketmap_name, name, 8);
SIZE(bucketmap_name, 72);

AT(bucketmap_reopen, size, 0);
AT(bucketmap_reopen, flags, 4);
SIZE(bucketmap_reopen, 8);

AT(bucketmap_rights, size, 0);
AT(bucketmap_rights, flags, 4);
AT(bucketmap_rights, mode, 8);
AT(bucketmap_rights, uid, 12);
AT(bucketmap_rights, gid, 16);
AT(bucketmap_rights, reserved, 20);
AT(bucketmap_rights, name, 24);
SIZE(bucketmap_rights, 88);

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
AT(bucketmap_entry, expected, 24);
AT(bucketmap_entry, previous, 32);
AT(bucketmap_entry, offset, 40);
AT(bucketmap_entry, length, 44);
SIZE(bucketmap_entry, 48);

AT(bucketmap_batch, size, 0);
AT(bucketmap_batch, flags, 4);
AT(bucketmap_batch, operation, 8);
AT(bucketmap_batch, reserved, 12);
AT(bucketmap_batch, keys, 16);
AT(bucketmap_batch, values, 24);
AT(bucketmap_batch, expected, 32);
AT(bucketmap_batch, previous, 40);
AT(bucketmap_batch, results, 48);
AT(bucketmap_batch, count, 56);
AT(bucketmap_batch, done, 64);
AT(bucketmap_batch, deadline, 72);
AT(bucketmap_batch, offset, 80);
AT(bucketmap_batch, length, 84);
SIZE(bucketmap_batch, 88);

AT(bucketmap_scan, size, 0);
AT(bucketmap_scan, flags, 4);
AT(bucketmap_scan, position, 8);
AT(bucketmap_scan, keys, 16);
AT(bucketmap_scan, values, 24);
AT(bucketmap_scan, capacity, 32);
AT(bucketmap_scan, count, 36);
AT(bucketmap_scan, offset, 40);
AT(bucketmap_scan, length, 44);
SIZE(bucketmap_scan, 48);

AT(bucketmap_clear, size, 0);
AT(bucketmap_clear, flags, 4);
AT(bucketmap_clear, position, 8);
AT(bucketmap_clear, deadline, 16);
SIZE(bucketmap_clear, 24);

AT(bucketmap_resize, size, 0);
AT(bucketmap_resize, flags, 4);
AT(bucketmap_resize, capacity, 8);
AT(bucketmap_resize, deadline, 16);
SIZE(bucketmap_resize, 24);

AT(bucketmap_wait, size, 0);
AT(bucketmap_wait, flags, 4);
AT(bucketmap_wait, key, 8);
AT(bucketmap_wait, seen, 16);
AT(bucketmap_wait, offset, 24);
AT(bucketmap_wait, length, 28);
AT(bucketmap_wait, deadline, 32);
SIZE(bucketmap_wait, 40);

AT(bucketmap_changes, size, 0);
AT(bucketmap_changes, flags, 4);
AT(bucketmap_changes, changed, 8);
AT(bucketmap_changes, reserved, 12);
SIZE(bucketmap_changes, 16);

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
AT(bucketmap_info, key_format, 76);
AT(bucketmap_info, value_format, 78);
AT(bucketmap_info, name, 80);
AT(bucketmap_info, mappings, 144);
AT(bucketmap_info, lookup_hits, 152);
AT(bucketmap_info, lookup_misses, 160);
AT(bucketmap_info, inserted, 168);
AT(bucketmap_info, overwritten, 176);
AT(bucketmap_info, deleted, 184);
AT(bucketmap_info, refused_full, 192);
AT(bucketmap_info, refused_memory, 200);
AT(bucketmap_info, refused_collisions, 208);
AT(bucketmap_info, grown, 216);
AT(bucketmap_info, shrunk, 224);
AT(bucketmap_info, key_fields, 232);
AT(bucketmap_info, value_fields, 488);
SIZE(bucketmap_info, 744);

#define NUMBER(ioc, number)							\
	static_assert(_IOC_TYPE(BUCKETMAP_IOC_##ioc) == 0xbb &&			\
		      _IOC_NR(BUCKETMAP_IOC_##ioc) == (number) &&		\
		      _IOC_DIR(BUCKETMAP_IOC_##ioc) == (_IOC_READ | _IOC_WRITE), #ioc)

NUMBER(CREATE, 0x00);
NUMBER(OPEN, 0x01);
NUMBER(UNLINK, 0x02);
NUMBER(LIST, 0x03);
NUMBER(LIMITS, 0x04);
NUMBER(REOPEN, 0x05);
NUMBER(RIGHTS, 0x06);
/* operations.h has the numbers of the operations. */
NUMBER(OPERATION(0), 0x20);
NUMBER(BATCH, 0x40);
NUMBER(SCAN, 0x50);
NUMBER(CLEAR, 0x51);
NUMBER(RESIZE, 0x52);
NUMBER(INFO, 0x53);
NUMBER(WAIT, 0x54);
NUMBER(CHANGES, 0x55);
