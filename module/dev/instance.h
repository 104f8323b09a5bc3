/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An instance: a map that processes may hold, with an owner, a number and
 * perhaps a name.
 */
#ifndef _BM_DEV_INSTANCE_H
#define _BM_DEV_INSTANCE_H

#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/uidgid.h>
#include <linux/workqueue.h>

#include "bucketmap.h"

struct bm_quota;
struct dentry;

/**
 * struct bm_instance - a map that processes may hold
 * @map: the map
 * @config: what it was made with
 * @references: one for each descriptor, and one while its name is linked
 * @linked: its name leads to it; written under the registry's lock, and read
 *	without it
 * @by_name: its place among the linked maps, by their names
 * @by_id: and by their ids
 * @mode: permission bits
 * @owner: user
 * @group: group
 * @quota: counts the map as one of a user's, or NULL
 * @id: number, greater than that of all maps published before
 * @debugfs: its directory; what debugfs returned, error pointers included
 * @shown_by_name: that has the map's name
 * @update: makes the directory what it is to be
 * @name: completed by zeroes; all zero for a map without one
 *
 * @map, @config, @mode, @owner, @group, @quota, @id and @name stay as they are once it
 * has been published.
 */
struct bm_instance {
	struct bucketmap *map;
	struct bucketmap_config config;
	refcount_t references;
	bool linked;
	struct rb_node by_name;
	struct rb_node by_id;
	umode_t mode;
	kuid_t owner;
	kgid_t group;
	struct bm_quota *quota;
	u64 id;
	struct dentry *debugfs;
	bool shown_by_name;
	struct work_struct update;
	char name[BUCKETMAP_NAME_SIZE];
};

#endif /* _BM_DEV_INSTANCE_H */
