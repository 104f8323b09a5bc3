// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptors of maps: anonymous inodes, each with a struct bm_descriptor in
 * private_data. No locks of its own.
 */
#include <linux/anon_inodes.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uidgid.h>

#include "core/core.h"
#include "core/watch.h"
#include "dev/access.h"
#include "dev/map_file.h"
#include "dev/mmap.h"
#include "dev/rights.h"

/* No version has been reported yet. No map ever has this version. */
#define VERSION_NONE	U64_MAX

static long run_info(struct file *file, unsigned int number,
		     union bm_arguments *arguments)
{
	struct bm_instance *instance = bm_map_instance(file);
	const struct bm_rights rights = bm_rights_get(instance);
	struct user_namespace *namespace = current_user_ns();
	struct bucketmap_info *info = &arguments->info;
	struct bucketmap_geometry geometry;
	struct bucketmap_events events;

	bucketmap_geometry(instance->map, &geometry);
	bucketmap_events(instance->map, &events);
	info->flags = instance->config.flags;
	info->key_size = instance->config.key_size;
	info->value_size = instance->config.value_size;
	info->capacity = geometry.capacity;
	info->max_entries = instance->config.max_entries;
	info->count = geometry.count;
	info->buckets = geometry.buckets;
	info->bytes = geometry.bytes;
	info->id = instance->id;
	info->mode = rights.mode;
	info->uid = from_kuid_munged(namespace, rights.owner);
	info->gid = from_kgid_munged(namespace, rights.group);
	info->key_format = instance->config.key_format;
	info->value_format = instance->config.value_format;
	memcpy(info->key_fields, instance->key_fields,
	       sizeof(info->key_fields));
	memcpy(info->value_fields, instance->value_fields,
	       sizeof(info->value_fields));
	if (READ_ONCE(instance->linked))
		memcpy(info->name, instance->name, sizeof(info->name));
	else
		memset(info->name, 0, sizeof(info->name));
	info->mappings = atomic_read(&instance->mappings.count);
	info->lookup_hits = events.lookup_hits;
	info->lookup_misses = events.lookup_misses;
	info->inserted = events.inserted;
	info->overwritten = events.overwritten;
	info->deleted = events.deleted;
	info->refused_full = events.refused_full;
	info->refused_memory = events.refused_memory;
	info->refused_collisions = events.refused_collisions;
	info->grown = events.grown;
	info->shrunk = events.shrunk;
	return 0;
}

static long run_reopen(struct file *file, unsigned int number,
		       union bm_arguments *arguments)
{
	const struct bucketmap_reopen *reopen = &arguments->reopen;
	bool rdonly = reopen->flags & BUCKETMAP_OPEN_RDONLY;
	struct bm_instance *instance = bm_map_instance(file);

	if (reopen->flags & ~BUCKETMAP_OPEN_RDONLY)
		return -EINVAL;
	if (!rdonly && !(file->f_mode & FMODE_WRITE))
		return -EBADF;
	bm_registry_get(instance);
	return bm_map_open(instance, rdonly);
}

/**
 * bm_map_unlink() - remove the name of a map for a process
 * @instance: the map, of which the caller has a reference
 *
 * Context: Process context. May sleep.
 * Return: 0, or
 *   -ENOENT  it has no name, or has lost it
 *   -EPERM   the caller does not own the map
 */
int bm_map_unlink(struct bm_instance *instance)
{
	return bm_access_unlink(instance) ?: bm_registry_unlink(instance);
}

static long run_unlink(struct file *file, unsigned int number,
		       union bm_arguments *arguments)
{
	const struct bucketmap_name *unlink = &arguments->name;

	if (unlink->flags || unlink->name[0])
		return -EINVAL;
	return bm_map_unlink(bm_map_instance(file));
}

static long run_rights(struct file *file, unsigned int number,
		       union bm_arguments *arguments)
{
	const struct bucketmap_rights *change = &arguments->rights;

	if (change->name[0])
		return -EINVAL;
	return bm_rights_change(bm_map_instance(file), change);
}

#define OPERATION_NR(operation)	_IOC_NR(BUCKETMAP_IOC_OPERATION(operation))

/* For BATCH and ioctls on one entry, the operation determines whether they write. */
static const struct bm_ioctl map_table[] = {
	BM_IOCTL(UNLINK, bucketmap_name, name, BM_IOCTL_WRITES,
		 run_unlink),
	BM_IOCTL(REOPEN, bucketmap_reopen, flags, 0, run_reopen),
	BM_IOCTL(RIGHTS, bucketmap_rights, name, BM_IOCTL_WRITES,
		 run_rights),
	[OPERATION_NR(0) ... OPERATION_NR(BUCKETMAP_OPERATIONS - 1)] =
		BM_IOCTL_ENTRY(bucketmap_entry, length, 0, bm_entry_run),
	BM_IOCTL(BATCH, bucketmap_batch, length, BM_IOCTL_ANSWERS,
		 bm_batch_run),
	BM_IOCTL(SCAN, bucketmap_scan, length, BM_IOCTL_ANSWERS,
		 bm_scan_run),
	BM_IOCTL(CLEAR, bucketmap_clear, deadline,
		 BM_IOCTL_WRITES | BM_IOCTL_ANSWERS, bm_clear_run),
	BM_IOCTL(RESIZE, bucketmap_resize, deadline, BM_IOCTL_WRITES,
		 bm_resize_run),
	BM_IOCTL(INFO, bucketmap_info, shrunk, BM_IOCTL_ANSWERS, run_info),
	BM_IOCTL(WAIT, bucketmap_wait, deadline, 0, bm_wait_run),
	BM_IOCTL(CHANGES, bucketmap_changes, reserved, BM_IOCTL_ANSWERS,
		 bm_changes_run),
};

const struct bm_ioctls bm_map_ioctls = {
	.table	= map_table,
	.count	= ARRAY_SIZE(map_table),
};

static long map_ioctl(struct file *file, unsigned int number,
		      unsigned long user)
{
	return bm_ioctl_dispatch(&bm_map_ioctls, file, number,
				 (void __user *)user);
}

static int map_mmap(struct file *file, struct vm_area_struct *vma)
{
	return bm_mmap(bm_map_instance(file), vma);
}

static int map_release(struct inode *inode, struct file *file)
{
	struct bm_descriptor *descriptor = bm_map_descriptor(file);

	if (descriptor->polls)
		bm_changes_end(descriptor->instance->map);
	bm_registry_put(descriptor->instance);
	kfree(descriptor);
	return 0;
}

/* /proc/PID/fdinfo/FD. Its "flags" line shows whether the file is open for writing. */
static void map_show_fdinfo(struct seq_file *seq, struct file *file)
{
	struct bm_instance *instance = bm_map_instance(file);

	seq_printf(seq, "bucketmap-id:\t%llu\n", instance->id);
	/* A name has no control characters, so it fits on one line. */
	seq_printf(seq, "bucketmap-name:\t%s\n",
		   READ_ONCE(instance->linked) ? instance->name : "");
	seq_printf(seq, "bucketmap-mode:\t%04o\n",
		   bm_rights_get(instance).mode);
	seq_printf(seq, "bucketmap-key-size:\t%u\n",
		   instance->config.key_size);
	seq_printf(seq, "bucketmap-value-size:\t%u\n",
		   instance->config.value_size);
}

static const struct file_operations map_operations = {
	.owner		= THIS_MODULE,
	.unlocked_ioctl	= map_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
	.poll		= bm_changes_poll,
	.mmap		= map_mmap,
	.show_fdinfo	= map_show_fdinfo,
	.release	= map_release,
};

static struct file *map_file(struct bm_instance *instance, bool rdonly)
{
	struct bm_descriptor *descriptor;
	struct file *file;

	descriptor = kmalloc(sizeof(*descriptor), BM_GFP);
	if (!descriptor)
		return ERR_PTR(-ENOMEM);
	descriptor->instance = instance;
	descriptor->version = VERSION_NONE;
	descriptor->polls = false;
	file = anon_inode_getfile("[bucketmap]", &map_operations, descriptor,
				  rdonly ? O_RDONLY : O_RDWR);
	if (IS_ERR(file))
		kfree(descriptor);
	else
		bm_mmap_file(instance, file);
	return file;
}

/**
 * bm_map_prepare() - allocate a descriptor of a map, without installing it
 * @instance: the map; the descriptor takes over the caller's reference, which
 *	is dropped on failure
 * @rdonly: the descriptor is read-only
 * @file: result: its open file
 *
 * The caller must complete it with fd_install() or release it with
 * bm_map_cancel().
 *
 * Context: Process context. May sleep.
 * Return: the descriptor, or
 *   -EMFILE, -ENFILE  no descriptor, or file, is available
 *   -ENOMEM  no memory
 */
int bm_map_prepare(struct bm_instance *instance, bool rdonly,
		   struct file **file)
{
	int fd = get_unused_fd_flags(O_CLOEXEC);

	if (fd < 0)
		goto err_fd;
	*file = map_file(instance, rdonly);
	if (IS_ERR(*file))
		goto err_file;
	return fd;

err_file:
	put_unused_fd(fd);
	fd = PTR_ERR(*file);
err_fd:
	bm_registry_put(instance);
	return fd;
}

/**
 * bm_map_cancel() - release a prepared descriptor, and its reference
 * @fd: the descriptor
 * @file: its open file
 *
 * Context: Process context. May sleep.
 */
void bm_map_cancel(int fd, struct file *file)
{
	put_unused_fd(fd);
	fput(file);
}

/**
 * bm_map_open() - open a descriptor of a map
 * @instance: the map; the descriptor takes over the caller's reference, which
 *	is dropped on failure
 * @rdonly: the descriptor is read-only
 *
 * Context: Process context. May sleep.
 * Return: as bm_map_prepare().
 */
int bm_map_open(struct bm_instance *instance, bool rdonly)
{
	struct file *file;
	int fd = bm_map_prepare(instance, rdonly, &file);

	if (fd >= 0)
		fd_install(fd, file);
	return fd;
}
