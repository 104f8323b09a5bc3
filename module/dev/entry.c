// SPDX-License-Identifier: GPL-2.0
/*
 * Commands on one entry: LOOKUP, STORE, INSERT, DELETE and ADD.
 *
 * Everything is checked, and everything that the map shall take is in kernel
 * memory, before the map is touched. Bytes pass through a buffer because user
 * memory may fault and the map's locks do not sleep. No locks of its own.
 */
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "core/core.h"
#include "dev/map.h"

/* Bytes of a window that are worth a place on the stack. */
#define SMALL_WINDOW	128

/* The bytes of a window, on the stack as long as they are few. */
struct window_buffer {
	void *bytes;
	u64 small[SMALL_WINDOW / sizeof(u64)];
};

static int buffer_init(struct window_buffer *buffer, u32 length)
{
	buffer->bytes = buffer->small;
	if (length > sizeof(buffer->small))
		buffer->bytes = kvmalloc(length, BM_GFP);
	return buffer->bytes ? 0 : -ENOMEM;
}

static void buffer_exit(struct window_buffer *buffer)
{
	if (buffer->bytes != buffer->small)
		kvfree(buffer->bytes);
}

/* A key, in words. */
struct key_buffer {
	u64 words[BUCKETMAP_KEY_SIZE_MAX / sizeof(u64)];
};

static int key_read(const struct bm_instance *instance, u64 from,
		    struct key_buffer *key)
{
	if (copy_from_user(key->words, u64_to_user_ptr(from),
			   instance->config.key_size))
		return -EFAULT;
	return 0;
}

static int window_length(const struct bm_instance *instance,
			 struct bucketmap_window window, u32 *length)
{
	u32 value_size = instance->config.value_size;

	if (window.offset > value_size ||
	    window.length > value_size - window.offset)
		return -EINVAL;
	*length = window.offset || window.length ? window.length : value_size;
	return 0;
}

/**
 * bm_entry_lookup() - BUCKETMAP_IOC_LOOKUP
 * @file: descriptor of the map
 * @arguments: struct bucketmap_entry
 *
 * Context: Process context. May sleep.
 * Return: 0, or
 *   -EFAULT  the key or the place for the value is not there
 *   -EINVAL  a flag, or a window that does not lie inside the value
 *   -ENOENT  the key does not exist
 *   -ENOMEM  no memory for the call
 */
long bm_entry_lookup(struct file *file, union bm_arguments *arguments)
{
	const struct bucketmap_entry *entry = &arguments->entry;
	const struct bucketmap_window window = { entry->offset, entry->length };
	struct bm_instance *instance = bm_map_instance(file);
	struct window_buffer value;
	struct key_buffer key;
	u32 length;
	int err;

	if (entry->flags)
		return -EINVAL;
	err = window_length(instance, window, &length);
	if (!err)
		err = key_read(instance, entry->key, &key);
	if (!err)
		err = buffer_init(&value, length);
	if (err)
		return err;
	err = bucketmap_lookup(instance->map, key.words, window, value.bytes);
	if (!err &&
	    copy_to_user(u64_to_user_ptr(entry->value), value.bytes, length))
		err = -EFAULT;
	buffer_exit(&value);
	return err;
}

typedef int (*write_fn)(struct bucketmap *map, const void *key,
			struct bucketmap_window window, const void *value,
			gfp_t gfp);

static int entry_write(struct file *file, const struct bucketmap_entry *entry,
		       write_fn write)
{
	const struct bucketmap_window window = { entry->offset, entry->length };
	struct bm_instance *instance = bm_map_instance(file);
	struct window_buffer value;
	struct key_buffer key;
	u32 length;
	int err;

	if (entry->flags)
		return -EINVAL;
	err = window_length(instance, window, &length);
	if (!err)
		err = key_read(instance, entry->key, &key);
	if (!err)
		err = buffer_init(&value, length);
	if (err)
		return err;
	if (copy_from_user(value.bytes, u64_to_user_ptr(entry->value), length))
		err = -EFAULT;
	else
		err = write(instance->map, key.words, window, value.bytes,
			    BM_GFP);
	buffer_exit(&value);
	return err;
}

/**
 * bm_entry_store() - BUCKETMAP_IOC_STORE
 * @file: descriptor of the map
 * @arguments: struct bucketmap_entry
 *
 * Context: Process context. May sleep.
 * Return: 0, or
 *   -EFAULT  the key or the value is not there
 *   -EINVAL  a flag, or a window that does not lie inside the value
 *   -ENOMEM  no memory for the call, or for a new entry
 *   -ENOSPC  the map is full
 */
long bm_entry_store(struct file *file, union bm_arguments *arguments)
{
	return entry_write(file, &arguments->entry, bucketmap_store);
}

/**
 * bm_entry_insert() - BUCKETMAP_IOC_INSERT
 * @file: descriptor of the map
 * @arguments: struct bucketmap_entry
 *
 * Context: Process context. May sleep.
 * Return: 0, or
 *   -EEXIST  the key exists
 *   -EFAULT  the key or the value is not there
 *   -EINVAL  a flag, or a window that does not lie inside the value
 *   -ENOMEM  no memory for the call, or for a new entry
 *   -ENOSPC  the map is full
 */
long bm_entry_insert(struct file *file, union bm_arguments *arguments)
{
	return entry_write(file, &arguments->entry, bucketmap_insert);
}

/**
 * bm_entry_delete() - BUCKETMAP_IOC_DELETE
 * @file: descriptor of the map
 * @arguments: struct bucketmap_entry
 *
 * Context: Process context. May sleep.
 * Return: 0, or
 *   -EFAULT  the key is not there
 *   -EINVAL  a flag, or a member that must be zero
 *   -ENOENT  the key does not exist
 */
long bm_entry_delete(struct file *file, union bm_arguments *arguments)
{
	const struct bucketmap_entry *entry = &arguments->entry;
	struct bm_instance *instance = bm_map_instance(file);
	struct key_buffer key;
	int err;

	if (entry->flags || entry->value || entry->offset || entry->length)
		return -EINVAL;
	err = key_read(instance, entry->key, &key);
	if (err)
		return err;
	return bucketmap_delete(instance->map, key.words);
}

/**
 * bm_entry_add() - BUCKETMAP_IOC_ADD
 * @file: descriptor of the map
 * @arguments: struct bucketmap_add
 *
 * Context: Process context. May sleep.
 * Return: 0, or
 *   -EFAULT  the key is not there
 *   -EINVAL  a flag, a reserved member, or no aligned number at the offset
 *   -ENOMEM  no memory for a new entry
 *   -ENOSPC  the map is full
 */
long bm_entry_add(struct file *file, union bm_arguments *arguments)
{
	struct bm_instance *instance = bm_map_instance(file);
	struct bucketmap_add *add = &arguments->add;
	struct key_buffer key;
	int err;

	if (add->flags || add->reserved)
		return -EINVAL;
	err = key_read(instance, add->key, &key);
	if (err)
		return err;
	return bucketmap_add(instance->map, key.words, add->offset, add->delta,
			     &add->previous, BM_GFP);
}
