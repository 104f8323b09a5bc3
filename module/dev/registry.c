// SPDX-License-Identifier: GPL-2.0
/*
 * The registry: all maps and their names.
 *
 * A map is first created, which takes time and memory and leaves it invisible,
 * and then published, which assigns its id and links its name. It is destroyed
 * with its last reference. The link from its name holds a reference, so a map
 * that the registry finds is alive.
 *
 * Conventions: a name is an array of BUCKETMAP_NAME_SIZE bytes, padded with
 * zeros, and compared as such.
 *
 * Named maps keep the module loaded: what they hold would be lost, and a map
 * that no process has open looks unused. The registry holds one reference to
 * the module for all of them, unless the parameter discard_on_unload is set.
 *
 * Locks: registry_lock guards all static data in this file and the linked state
 * of instances. It is innermost, and held only for a walk down a tree. No
 * memory is allocated or freed and no permission is checked under it: a caller
 * at the limit of a memory cgroup would block all others. The nodes that link a
 * map are part of its instance.
 */
#include <linux/err.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/rbtree.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "core/core.h"
#include "dev/debugfs.h"
#include "dev/mmap.h"
#include "dev/quota.h"
#include "dev/registry.h"

static unsigned int max_maps = 1024;
module_param(max_maps, uint, 0644);
MODULE_PARM_DESC(max_maps, "Maps that may exist at the same time");

static DEFINE_SPINLOCK(registry_lock);
static struct rb_root names = RB_ROOT;	/* linked maps by name */
static struct rb_root ids = RB_ROOT;	/* linked maps by id */
static u64 last_id;
static unsigned int live_maps;		/* including those being created */
static bool discard_on_unload;
static bool module_held;		/* for the linked maps */

/*
 * Takes or drops the reference to the module, whichever is due. Returns 0, or
 * -EBUSY if the module is being removed, which no caller with a reference of
 * its own meets.
 */
static int module_hold(void)
{
	bool hold = !RB_EMPTY_ROOT(&names) && !discard_on_unload;

	lockdep_assert_held(&registry_lock);
	if (hold && !module_held && !try_module_get(THIS_MODULE))
		return -EBUSY;
	if (!hold && module_held)
		module_put(THIS_MODULE);
	module_held = hold;
	return 0;
}

static int discard_set(const char *text, const struct kernel_param *param)
{
	bool before;
	int err;

	spin_lock(&registry_lock);
	before = discard_on_unload;
	err = param_set_bool(text, param);
	if (!err)
		err = module_hold();
	if (err)
		discard_on_unload = before;
	spin_unlock(&registry_lock);
	return err;
}

static const struct kernel_param_ops discard_ops = {
	.flags	= KERNEL_PARAM_OPS_FL_NOARG,
	.set	= discard_set,
	.get	= param_get_bool,
};
module_param_cb(discard_on_unload, &discard_ops, &discard_on_unload, 0644);
__MODULE_PARM_TYPE(discard_on_unload, "bool");
MODULE_PARM_DESC(discard_on_unload,
		 "Named maps do not keep the module loaded, and are lost with it");

static int compare_name(const void *name, const struct rb_node *node)
{
	return memcmp(name, rb_entry(node, struct bm_instance, by_name)->name,
		      BUCKETMAP_NAME_SIZE);
}

static int compare_names(struct rb_node *new, const struct rb_node *node)
{
	return compare_name(rb_entry(new, struct bm_instance, by_name)->name,
			    node);
}

static u64 id_of(const struct rb_node *node)
{
	return rb_entry(node, struct bm_instance, by_id)->id;
}

static bool id_less(struct rb_node *new, const struct rb_node *node)
{
	return id_of(new) < id_of(node);
}

static struct bm_instance *name_lookup(const char *name)
{
	struct rb_node *node;

	lockdep_assert_held(&registry_lock);
	node = rb_find(name, &names, compare_name);
	return node ? rb_entry(node, struct bm_instance, by_name) : NULL;
}

static int name_link(struct bm_instance *instance)
{
	lockdep_assert_held(&registry_lock);
	if (rb_find_add(&instance->by_name, &names, compare_names))
		return -EEXIST;
	rb_add(&instance->by_id, &ids, id_less);
	refcount_inc(&instance->references);
	WRITE_ONCE(instance->linked, true);
	module_hold();
	return 0;
}

/* The caller takes over the reference of the name. */
static void name_unlink(struct bm_instance *instance)
{
	lockdep_assert_held(&registry_lock);
	rb_erase(&instance->by_name, &names);
	rb_erase(&instance->by_id, &ids);
	WRITE_ONCE(instance->linked, false);
	module_hold();
}

/*
 * Checked before a map is created. The name may still be taken before the map
 * is published; publishing then fails.
 */
static bool name_taken(const char *name)
{
	bool taken;

	spin_lock(&registry_lock);
	taken = name[0] && name_lookup(name);
	spin_unlock(&registry_lock);
	return taken;
}

static int live_maps_inc(void)
{
	int err = 0;

	spin_lock(&registry_lock);
	if (live_maps < READ_ONCE(max_maps))
		live_maps++;
	else
		err = -ENOSPC;
	spin_unlock(&registry_lock);
	return err;
}

static void live_maps_dec(void)
{
	spin_lock(&registry_lock);
	live_maps--;
	spin_unlock(&registry_lock);
}

/* Allocates a map that is counted, but has no name, owner or id yet. */
static struct bm_instance *instance_alloc(const struct bucketmap_config *config)
{
	gfp_t gfp = config->charged ? BM_GFP : BM_GFP & ~__GFP_ACCOUNT;
	struct bm_instance *instance;
	int err;

	err = live_maps_inc();
	if (err)
		return ERR_PTR(err);
	err = -ENOMEM;
	instance = kzalloc(sizeof(*instance), gfp);
	if (!instance)
		goto err_live;
	instance->map = bucketmap_create(config);
	if (IS_ERR(instance->map)) {
		err = PTR_ERR(instance->map);
		goto err_map;
	}
	if (config->flags & BUCKETMAP_CREATE_MAPPABLE)
		err = bm_mmap_prepare(instance);
	else
		err = 0;
	if (err)
		goto err_mmap;
	return instance;

err_mmap:
	bucketmap_destroy(instance->map);
err_map:
	kfree(instance);
err_live:
	live_maps_dec();
	return ERR_PTR(err);
}

/**
 * bm_registry_create() - create a map that is not published yet
 * @config: its attributes
 * @name: its name, or an empty name
 * @counted: the user whose quota it counts against, or INVALID_UID for none
 *
 * The map belongs to root, with mode 0. The caller may set owner, group and
 * mode before the map is published.
 *
 * Context: Process context. May sleep.
 * Return: the map, with a reference for the caller, or
 *   -EDQUOT  the user has max_maps_per_user maps
 *   -EEXIST  the name is taken; returned also if -EDQUOT applies
 *   -ENOSPC  there are max_maps maps
 *   or what bucketmap_create() returns, mostly -ENOMEM
 */
struct bm_instance *bm_registry_create(const struct bucketmap_config *config,
				       const char *name, kuid_t counted)
{
	struct bm_quota *quota = NULL;
	struct bm_instance *instance;

	if (name_taken(name))
		return ERR_PTR(-EEXIST);
	if (uid_valid(counted))
		quota = bm_quota_inc(counted);
	if (IS_ERR(quota))
		return ERR_CAST(quota);
	instance = instance_alloc(config);
	if (IS_ERR(instance)) {
		bm_quota_dec(quota);
		return instance;
	}
	instance->config = *config;
	instance->quota = quota;
	spin_lock_init(&instance->rights_lock);
	instance->rights.owner = GLOBAL_ROOT_UID;
	instance->rights.group = GLOBAL_ROOT_GID;
	memcpy(instance->name, name, BUCKETMAP_NAME_SIZE);
	bm_debugfs_prepare(instance);
	refcount_set(&instance->references, 1);
	return instance;
}

/**
 * bm_registry_publish() - assign the id of a map, and link its name
 * @instance: the map, from bm_registry_create()
 *
 * Its directory in debugfs exists when this returns.
 *
 * Context: Process context. May sleep.
 * Return: 0, or -EEXIST if the name was taken meanwhile.
 */
int bm_registry_publish(struct bm_instance *instance)
{
	int err = 0;

	spin_lock(&registry_lock);
	instance->id = ++last_id;
	if (instance->name[0])
		err = name_link(instance);
	if (!err)
		bm_debugfs_update(instance);
	spin_unlock(&registry_lock);
	if (!err)
		bm_debugfs_flush(instance);
	return err;
}

/**
 * bm_registry_put() - drop a reference, and destroy the map if it was the last
 * @instance: the map
 *
 * Context: Process context. May sleep.
 */
void bm_registry_put(struct bm_instance *instance)
{
	if (!refcount_dec_and_test(&instance->references))
		return;
	bm_debugfs_remove(instance);
	bucketmap_destroy(instance->map);
	bm_mmap_release(instance);
	bm_quota_dec(instance->quota);
	kfree(instance);
	live_maps_dec();
}

/**
 * bm_registry_find() - find a map by its name
 * @name: the name
 *
 * Context: Process context.
 * Return: the map, with a reference for the caller, or -ENOENT.
 */
struct bm_instance *bm_registry_find(const char *name)
{
	struct bm_instance *instance;

	spin_lock(&registry_lock);
	instance = name_lookup(name);
	if (instance)
		refcount_inc(&instance->references);
	spin_unlock(&registry_lock);
	return instance ?: ERR_PTR(-ENOENT);
}

/**
 * bm_registry_unlink() - remove the name of a map
 * @instance: the map; the caller holds a reference
 *
 * Its directory in debugfs has freed the name when this returns.
 *
 * Context: Process context. May sleep.
 * Return: 0, or -ENOENT if it has no name, or has lost it.
 */
int bm_registry_unlink(struct bm_instance *instance)
{
	bool linked;

	spin_lock(&registry_lock);
	linked = instance->linked;
	if (linked) {
		name_unlink(instance);
		bm_debugfs_update(instance);
	}
	spin_unlock(&registry_lock);
	if (!linked)
		return -ENOENT;
	bm_debugfs_flush(instance);
	bm_registry_put(instance);
	return 0;
}

/**
 * bm_registry_next() - find the next linked map, in the order of ids
 * @id: id of the previous map, 0 at first
 *
 * Context: Process context.
 * Return: the map, with a reference for the caller, or NULL if there is none.
 */
struct bm_instance *bm_registry_next(u64 id)
{
	struct bm_instance *instance = NULL;
	struct rb_node *node;

	spin_lock(&registry_lock);
	node = ids.rb_node;
	while (node) {
		if (id_of(node) > id) {
			instance = rb_entry(node, struct bm_instance, by_id);
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	if (instance)
		refcount_inc(&instance->references);
	spin_unlock(&registry_lock);
	return instance;
}

/**
 * bm_registry_limits() - get the number of maps, and its limit
 * @max: result: the limit
 * @maps: result: number of maps, including those being created
 *
 * Context: Process context.
 */
void bm_registry_limits(u32 *max, u64 *maps)
{
	spin_lock(&registry_lock);
	*max = READ_ONCE(max_maps);
	*maps = live_maps;
	spin_unlock(&registry_lock);
}

/**
 * bm_registry_exit() - destroy all maps
 *
 * No descriptors exist any more: the remaining maps have only their name, and
 * discard_on_unload is set.
 *
 * Context: Process context, with no other user of the registry. May sleep.
 */
void bm_registry_exit(void)
{
	struct bm_instance *instance;

	while ((instance = bm_registry_next(0))) {
		bm_registry_unlink(instance);
		bm_registry_put(instance);
	}
}
