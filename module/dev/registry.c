// SPDX-License-Identifier: GPL-2.0
/*
 * The registry: which maps there are, and which names lead to them.
 *
 * A map is created, which costs time and memory but shows it to nobody, and
 * then published, which gives it its id and links its name. It is destroyed
 * with its last reference. The link from its name is a reference too, so what
 * the registry finds is alive.
 *
 * Conventions: a name is an array of BUCKETMAP_NAME_SIZE bytes, completed by
 * zeroes, and as such a key of the map of names, whose values are ids.
 *
 * Locks: registry_mutex guards everything static in here and the linked state
 * of instances. It is taken with no lock held; inside of it come those of
 * debugfs directories, of xarrays and of the core. User memory is never touched
 * and no map is created or destroyed under it.
 */
#include <linux/err.h>
#include <linux/lockdep.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "core/core.h"
#include "dev/access.h"
#include "dev/registry.h"
#include "obs/debugfs.h"

static unsigned int max_maps = 1024;
module_param(max_maps, uint, 0644);
MODULE_PARM_DESC(max_maps, "Maps that may exist at the same time");

static DEFINE_MUTEX(registry_mutex);
static struct bucketmap *names;
static DEFINE_XARRAY(linked_instances);	/* by id */
static u64 last_id;
static unsigned int live_maps;		/* and those being created */

static struct bm_instance *name_lookup(const char *name)
{
	u64 id;

	lockdep_assert_held(&registry_mutex);
	if (bucketmap_lookup(names, name, BUCKETMAP_WHOLE, &id))
		return NULL;
	return xa_load(&linked_instances, id);
}

static int name_link(struct bm_instance *instance)
{
	int err;

	lockdep_assert_held(&registry_mutex);
	/* Nobody shall wait for a larger table while he holds the mutex. */
	err = bucketmap_insert(names, instance->name, BUCKETMAP_WHOLE,
			       &instance->id, BM_GFP & ~__GFP_FS);
	if (err)
		return err;
	err = xa_insert(&linked_instances, instance->id, instance, BM_GFP);
	if (err) {
		bucketmap_delete(names, instance->name);
		return err;
	}
	refcount_inc(&instance->references);
	WRITE_ONCE(instance->linked, true);
	return 0;
}

/* The caller takes over the reference that the name held. */
static void name_unlink(struct bm_instance *instance)
{
	lockdep_assert_held(&registry_mutex);
	bucketmap_delete(names, instance->name);
	xa_erase(&linked_instances, instance->id);
	WRITE_ONCE(instance->linked, false);
	bm_debugfs_unname(instance);
}

/*
 * Before anything is paid for: is there room for a map of that name? The name
 * may be taken until the map is published, which then fails.
 */
static int room_take(const char *name)
{
	int err = 0;

	mutex_lock(&registry_mutex);
	if (name[0] && name_lookup(name))
		err = -EEXIST;
	else if (live_maps >= READ_ONCE(max_maps))
		err = -ENOSPC;
	else
		live_maps++;
	mutex_unlock(&registry_mutex);
	return err;
}

static void room_give(void)
{
	mutex_lock(&registry_mutex);
	live_maps--;
	mutex_unlock(&registry_mutex);
}

/**
 * bm_registry_create() - make a map that nobody sees yet
 * @config: what it shall be
 * @name: its name, or an empty one
 *
 * Whom it belongs to, who may use it and how it is shown is for the caller to
 * say, before it is published. Until then it is root's alone.
 *
 * Context: Process context. Takes and releases the registry's mutex. May sleep.
 * Return: the map, with a reference for the caller, or
 *   -EEXIST  the name is taken
 *   -EINVAL  @config is out of range
 *   -ENOMEM  no memory
 *   -ENOSPC  there are max_maps maps
 */
struct bm_instance *bm_registry_create(const struct bucketmap_config *config,
				       const char *name)
{
	gfp_t gfp = config->charged ? BM_GFP : BM_GFP & ~__GFP_ACCOUNT;
	struct bm_instance *instance;
	int err;

	err = room_take(name);
	if (err)
		return ERR_PTR(err);
	instance = kzalloc(sizeof(*instance), gfp);
	if (!instance) {
		err = -ENOMEM;
		goto err_room;
	}
	instance->map = bucketmap_create(config);
	if (IS_ERR(instance->map)) {
		err = PTR_ERR(instance->map);
		goto err_map;
	}
	instance->config = *config;
	instance->owner = GLOBAL_ROOT_UID;
	instance->group = GLOBAL_ROOT_GID;
	memcpy(instance->name, name, BUCKETMAP_NAME_SIZE);
	refcount_set(&instance->references, 1);
	return instance;

err_map:
	kfree(instance);
err_room:
	room_give();
	return ERR_PTR(err);
}

/**
 * bm_registry_publish() - give a map its number, and let its name lead to it
 * @instance: the map, as bm_registry_create() made it
 *
 * Context: Process context. Takes and releases the registry's mutex. May sleep.
 * Return: 0, or
 *   -EEXIST  the name was taken meanwhile
 *   -ENOMEM  no memory
 */
int bm_registry_publish(struct bm_instance *instance)
{
	int err = 0;

	mutex_lock(&registry_mutex);
	instance->id = ++last_id;
	if (instance->name[0])
		err = name_link(instance);
	if (!err)
		bm_debugfs_add(instance);
	mutex_unlock(&registry_mutex);
	return err;
}

/**
 * bm_registry_put() - give a reference back, and destroy the map if it was the
 *	last
 * @instance: the map
 *
 * Context: Process context. Takes and releases the registry's mutex. May sleep.
 */
void bm_registry_put(struct bm_instance *instance)
{
	if (!refcount_dec_and_test(&instance->references))
		return;
	bm_debugfs_remove(instance);
	bucketmap_destroy(instance->map);
	kfree(instance);
	room_give();
}

/**
 * bm_registry_find() - find a map by its name
 * @name: the name
 *
 * Context: Process context. Takes and releases the registry's mutex. May sleep.
 * Return: the map, with a reference for the caller, or -ENOENT.
 */
struct bm_instance *bm_registry_find(const char *name)
{
	struct bm_instance *instance;

	mutex_lock(&registry_mutex);
	instance = name_lookup(name);
	if (instance)
		refcount_inc(&instance->references);
	mutex_unlock(&registry_mutex);
	return instance ?: ERR_PTR(-ENOENT);
}

/**
 * bm_registry_unlink() - remove a name
 * @name: the name
 *
 * Context: Process context. Takes and releases the registry's mutex. May sleep.
 * Return: 0, or
 *   -ENOENT  no map has that name
 *   -EPERM   the caller does not own the map
 */
int bm_registry_unlink(const char *name)
{
	struct bm_instance *instance;
	int err = -ENOENT;

	mutex_lock(&registry_mutex);
	instance = name_lookup(name);
	if (instance)
		err = bm_access_unlink(instance);
	if (!err)
		name_unlink(instance);
	mutex_unlock(&registry_mutex);
	if (!err)
		bm_registry_put(instance);
	return err;
}

/**
 * bm_registry_unname() - remove the name of a map, whosoever it is
 * @instance: the map, of which the caller has a reference
 *
 * Context: Process context. Takes and releases the registry's mutex. May sleep.
 * Return: 0, or -ENOENT if it has no name any more.
 */
int bm_registry_unname(struct bm_instance *instance)
{
	bool linked;

	mutex_lock(&registry_mutex);
	linked = instance->linked;
	if (linked)
		name_unlink(instance);
	mutex_unlock(&registry_mutex);
	if (!linked)
		return -ENOENT;
	bm_registry_put(instance);
	return 0;
}

/**
 * bm_registry_next() - find the next of the linked maps, in order of their ids
 * @cursor: id of the one before, 0 at first; becomes the id of the one found
 * @name: takes its name
 *
 * Context: Process context. Takes and releases the registry's mutex. May sleep.
 * Return: whether there is one.
 */
bool bm_registry_next(u64 *cursor, char *name)
{
	struct bm_instance *instance;
	unsigned long id = *cursor;

	mutex_lock(&registry_mutex);
	instance = xa_find_after(&linked_instances, &id, ULONG_MAX, XA_PRESENT);
	if (instance) {
		memcpy(name, instance->name, BUCKETMAP_NAME_SIZE);
		*cursor = id;
	}
	mutex_unlock(&registry_mutex);
	return instance;
}

/**
 * bm_registry_limits() - tell how many maps there are, and may be
 * @max: becomes how many there may be
 * @maps: becomes how many there are, those being created included
 *
 * Context: Process context. Takes and releases the registry's mutex. May sleep.
 */
void bm_registry_limits(u32 *max, u64 *maps)
{
	mutex_lock(&registry_mutex);
	*max = READ_ONCE(max_maps);
	*maps = live_maps;
	mutex_unlock(&registry_mutex);
}

/**
 * bm_registry_init() - make the registry ready
 *
 * Context: Process context, after the core was initialized. May sleep.
 * Return: 0, or what bucketmap_create() returns, -ENOMEM above all.
 */
int __init bm_registry_init(void)
{
	static const struct bucketmap_config config = {
		.key_size	= BUCKETMAP_NAME_SIZE,
		.value_size	= sizeof(u64),
	};

	names = bucketmap_create(&config);
	return PTR_ERR_OR_ZERO(names);
}

/**
 * bm_registry_exit() - destroy all maps
 *
 * Nobody holds a descriptor any more: maps that are left have only their name.
 *
 * Context: Process context, without any other user of the registry. May sleep.
 */
void bm_registry_exit(void)
{
	struct bm_instance *instance;
	unsigned long id;

	xa_for_each(&linked_instances, id, instance) {
		mutex_lock(&registry_mutex);
		name_unlink(instance);
		mutex_unlock(&registry_mutex);
		bm_registry_put(instance);
	}
	bucketmap_destroy(names);
}
