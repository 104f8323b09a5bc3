/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An instance: a map that processes may have open, with an owner, an id and
 * perhaps a name.
 */
#ifndef _BM_DEV_INSTANCE_H
#define _BM_DEV_INSTANCE_H

#include <linux/atomic.h>
#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/uidgid.h>
#include <linux/workqueue.h>

#include "bucketmap.h"

struct bm_quota;
struct dentry;
struct inode;

/**
 * struct bm_mappings - the mappings of a map
 * @inode: its address space has them; NULL if the map is not mappable
 * @tables: keeps huge pages and page tables apart, see mmap.c
 * @faults: excludes page faults, see mmap.c
 * @count: number of mappings
 */
struct bm_mappings {
	struct inode *inode;
	struct rw_semaphore tables;
	struct rw_semaphore faults;
	atomic_t count;
};

/**
 * struct bm_rights - the mode and owner of a map
 * @mode: permission bits
 * @owner: user that owns it
 * @group: its group
 */
struct bm_rights {
	umode_t mode;
	kuid_t owner;
	kgid_t group;
};

/**
 * struct bm_instance - a map that processes may have open
 * @map: the map
 * @config: attributes that it was created with
 * @references: one for each descriptor and attachment, and one while its name
 *	is linked
 * @linked: its name is linked; written under the registry's lock, and read
 *	without it
 * @by_name: node in the tree of linked maps by name
 * @by_id: node in the tree of linked maps by id
 * @rights_lock: guards @rights, which are read and written as a whole
 * @rights: its mode and owner
 * @mappings: its mappings
 * @quota: the user's quota that it counts against, or NULL
 * @id: number, greater than that of all maps published before
 * @debugfs: its directory as debugfs returned it, possibly an error pointer
 * @shown_by_name: the directory has the map's name
 * @update: work that updates the directory
 * @name: padded with zeros; all zero for an unnamed map
 * @key_fields: fields of keys, padded with zeros, for programs that show them
 * @value_fields: fields of values, likewise
 *
 * @map, @config, @quota, @id, @name and the fields do not change after it has
 * been published.
 */
struct bm_instance {
	struct bucketmap *map;
	struct bucketmap_config config;
	refcount_t references;
	bool linked;
	struct rb_node by_name;
	struct rb_node by_id;
	spinlock_t rights_lock;	/* guards rights */
	struct bm_rights rights;
	struct bm_mappings mappings;
	struct bm_quota *quota;
	u64 id;
	struct dentry *debugfs;
	bool shown_by_name;
	struct work_struct update;
	char name[BUCKETMAP_NAME_SIZE];
	char key_fields[BUCKETMAP_FIELDS_SIZE];
	char value_fields[BUCKETMAP_FIELDS_SIZE];
};

/* The rights at one instant. */
static inline struct bm_rights bm_rights_get(struct bm_instance *instance)
{
	struct bm_rights rights;

	spin_lock(&instance->rights_lock);
	rights = instance->rights;
	spin_unlock(&instance->rights_lock);
	return rights;
}

#endif /* _BM_DEV_INSTANCE_H */
