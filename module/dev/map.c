// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptors of maps: anonymous inodes, each with a reference to its map in
 * private_data. No locks of its own.
 */
#include <linux/anon_inodes.h>
#include <linux/cred.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/uidgid.h>

#include "dev/map.h"

static long run_info(struct file *file, union bm_arguments *arguments)
{
	const struct bm_instance *instance = bm_map_instance(file);
	struct user_namespace *namespace = current_user_ns();
	struct bucketmap_info *info = &arguments->info;
	struct bucketmap_geometry geometry;

	if (memchr_inv(&info->flags, 0, sizeof(*info) - sizeof(info->size)))
		return -EINVAL;
	bucketmap_geometry(instance->map, &geometry);
	info->flags = instance->config.flags;
	info->key_size = instance->config.key_size;
	info->value_size = instance->config.value_size;
	info->capacity = instance->config.capacity;
	info->max_entries = instance->config.max_entries;
	info->count = geometry.count;
	info->buckets = geometry.buckets;
	info->bytes = geometry.bytes;
	info->id = instance->id;
	info->mode = instance->mode;
	info->uid = from_kuid_munged(namespace, instance->owner);
	info->gid = from_kgid_munged(namespace, instance->group);
	if (READ_ONCE(instance->linked))
		memcpy(info->name, instance->name, sizeof(info->name));
	return 0;
}

static const struct bm_command map_table[] = {
	BM_COMMAND(LOOKUP, bucketmap_entry, length, 0, bm_entry_lookup),
	BM_COMMAND(STORE, bucketmap_entry, length, BM_COMMAND_WRITES,
		   bm_entry_store),
	BM_COMMAND(INSERT, bucketmap_entry, length, BM_COMMAND_WRITES,
		   bm_entry_insert),
	BM_COMMAND(DELETE, bucketmap_entry, length, BM_COMMAND_WRITES,
		   bm_entry_delete),
	BM_COMMAND(ADD, bucketmap_add, previous,
		   BM_COMMAND_WRITES | BM_COMMAND_ANSWERS, bm_entry_add),
	BM_COMMAND(SCAN, bucketmap_scan, count, BM_COMMAND_ANSWERS,
		   bm_scan_run),
	BM_COMMAND(INFO, bucketmap_info, name, BM_COMMAND_ANSWERS, run_info),
};

static const struct bm_commands map_commands = {
	.table	= map_table,
	.count	= ARRAY_SIZE(map_table),
};

static long map_ioctl(struct file *file, unsigned int number,
		      unsigned long user)
{
	return bm_ioctl_dispatch(&map_commands, file, number,
				 (void __user *)user);
}

static int map_release(struct inode *inode, struct file *file)
{
	bm_registry_put(bm_map_instance(file));
	return 0;
}

static const struct file_operations map_operations = {
	.owner		= THIS_MODULE,
	.unlocked_ioctl	= map_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
	.release	= map_release,
};

/**
 * bm_map_file() - make an open file of a map
 * @instance: the map; the caller's reference passes to the file
 * @flags: O_RDONLY or O_RDWR
 *
 * Context: Process context. May sleep.
 * Return: the file, or, with the reference still the caller's,
 *   -ENFILE  the system has no more files
 *   -ENOMEM  no memory
 */
struct file *bm_map_file(struct bm_instance *instance, int flags)
{
	return anon_inode_getfile("[bucketmap]", &map_operations, instance,
				  flags);
}
