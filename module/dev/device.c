// SPDX-License-Identifier: GPL-2.0
/*
 * The device /dev/bucketmap: CREATE, OPEN, UNLINK, RIGHTS, LIST and LIMITS.
 *
 * A process that can open the node may open maps whose mode permits it, and
 * list these. Creating maps and removing names needs a descriptor open for
 * writing.
 *
 * No locks of its own.
 */
#include <linux/cred.h>
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "core/core.h"
#include "core/memory.h"
#include "dev/access.h"
#include "dev/device.h"
#include "dev/ioctl.h"
#include "dev/map_file.h"
#include "dev/name.h"
#include "dev/quota.h"
#include "dev/registry.h"
#include "dev/rights.h"

static bool fields_valid(const char *fields)
{
	const char *c;

	if (strnlen(fields, BUCKETMAP_FIELDS_SIZE) == BUCKETMAP_FIELDS_SIZE)
		return false;
	for (c = fields; *c; c++)
		if (iscntrl(*c))
			return false;
	return true;
}

static bool create_valid(const struct bucketmap_create *create)
{
	return !(create->flags & ~BM_CREATE_FLAGS) && !(create->mode & ~0777) &&
	       fields_valid(create->key_fields) &&
	       fields_valid(create->value_fields);
}

/* Creates a map that belongs to the caller and is not published yet. */
static struct bm_instance *make_map(const struct bucketmap_create *create)
{
	const struct bucketmap_config config = {
		.key_size	= create->key_size,
		.value_size	= create->value_size,
		.flags		= create->flags,
		.charged	= true,
		.key_format	= create->key_format,
		.value_format	= create->value_format,
		.capacity	= create->capacity,
		.max_entries	= create->max_entries,
	};
	char name[BUCKETMAP_NAME_SIZE];
	struct bm_instance *instance;
	int err;

	if (!create_valid(create))
		return ERR_PTR(-EINVAL);
	err = bm_name_read(name, create->name);
	if (err)
		return ERR_PTR(err);
	instance = bm_registry_create(&config, name, current_fsuid());
	if (IS_ERR(instance))
		return instance;
	instance->rights.mode = create->mode & ~current_umask();
	current_fsuid_fsgid(&instance->rights.owner, &instance->rights.group);
	strscpy_pad(instance->key_fields, create->key_fields,
		    sizeof(instance->key_fields));
	strscpy_pad(instance->value_fields, create->value_fields,
		    sizeof(instance->value_fields));
	return instance;
}

static long run_create(struct file *device, unsigned int number,
		       union bm_arguments *arguments)
{
	struct bm_instance *instance = make_map(&arguments->create);
	struct file *file;
	int err, fd;

	if (IS_ERR(instance))
		return PTR_ERR(instance);
	fd = bm_map_prepare(instance, false, &file);
	if (fd < 0)
		return fd;

	/* Nothing may fail after other processes can find the map. */
	err = bm_registry_publish(instance);
	if (err) {
		bm_map_cancel(fd, file);
		return err;
	}
	fd_install(fd, file);
	return fd;
}

/* Finds the map that an ioctl on the device names. */
static struct bm_instance *find_map(const char *from)
{
	char name[BUCKETMAP_NAME_SIZE];
	int err;

	if (!from[0])
		return ERR_PTR(-EINVAL);
	err = bm_name_read(name, from);
	return err ? ERR_PTR(err) : bm_registry_find(name);
}

static long run_open(struct file *device, unsigned int number,
		     union bm_arguments *arguments)
{
	const struct bucketmap_name *open = &arguments->name;
	bool rdonly = open->flags & BUCKETMAP_OPEN_RDONLY;
	struct bm_instance *instance;
	int err;

	if (open->flags & ~BUCKETMAP_OPEN_RDONLY)
		return -EINVAL;
	instance = find_map(open->name);
	if (IS_ERR(instance))
		return PTR_ERR(instance);
	err = bm_access_open(instance, rdonly ? BM_ACCESS_READ :
			     BM_ACCESS_READ | BM_ACCESS_WRITE);
	if (err) {
		bm_registry_put(instance);
		return err;
	}
	return bm_map_open(instance, rdonly);
}

static long run_unlink(struct file *device, unsigned int number,
		       union bm_arguments *arguments)
{
	const struct bucketmap_name *unlink = &arguments->name;
	struct bm_instance *instance;
	int err;

	if (unlink->flags)
		return -EINVAL;
	instance = find_map(unlink->name);
	if (IS_ERR(instance))
		return PTR_ERR(instance);
	/* -ENOENT if it has lost its name meanwhile: no map had it for a moment. */
	err = bm_map_unlink(instance);
	bm_registry_put(instance);
	return err;
}

static long run_rights(struct file *device, unsigned int number,
		       union bm_arguments *arguments)
{
	const struct bucketmap_rights *change = &arguments->rights;
	struct bm_instance *instance = find_map(change->name);
	int err;

	if (IS_ERR(instance))
		return PTR_ERR(instance);
	err = bm_rights_change(instance, change);
	bm_registry_put(instance);
	return err;
}

/*
 * Gets the name of the next map, or an empty one if the caller must not see it.
 * The reference to the map is dropped before user memory is accessed: a page
 * fault may take long, and would keep another user's map alive for that time.
 */
static bool list_next(u64 *cursor, char *name)
{
	struct bm_instance *instance = bm_registry_next(*cursor);

	if (!instance)
		return false;
	*cursor = instance->id;
	if (bm_access_list(instance))
		memcpy(name, instance->name, BUCKETMAP_NAME_SIZE);
	else
		name[0] = '\0';
	bm_registry_put(instance);
	return true;
}

/*
 * A list that ends early would look complete. So only a fatal signal interrupts
 * it, after which the result is not used.
 */
static long run_list(struct file *device, unsigned int number,
		     union bm_arguments *arguments)
{
	struct bucketmap_list *list = &arguments->list;
	char name[BUCKETMAP_NAME_SIZE];
	u64 cursor = list->cursor;
	u32 count = 0;
	void __user *to;

	if (list->flags || !list->capacity)
		return -EINVAL;
	while (count < list->capacity && list_next(&cursor, name)) {
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
		if (!name[0])
			continue;
		to = u64_to_user_ptr(list->names + (u64)count * sizeof(name));
		if (copy_to_user(to, name, sizeof(name)))
			return -EFAULT;
		count++;
	}
	list->cursor = cursor;
	list->count = count;
	return 0;
}

static const struct bm_ioctls device_ioctls;

static long run_limits(struct file *device, unsigned int number,
		       union bm_arguments *arguments)
{
	struct bucketmap_limits *limits = &arguments->limits;

	limits->version = BUCKETMAP_ABI_VERSION;
	memset(limits->ioctls, 0, sizeof(limits->ioctls));
	bm_ioctl_known(&device_ioctls, limits->ioctls);
	bm_ioctl_known(&bm_map_ioctls, limits->ioctls);
	limits->create_flags = BM_CREATE_FLAGS;
	limits->key_size_max = BUCKETMAP_KEY_SIZE_MAX;
	limits->value_size_max = BUCKETMAP_VALUE_SIZE_MAX;
	bm_registry_limits(&limits->max_maps, &limits->maps);
	limits->max_bytes = bm_memory_max_bytes();
	limits->bytes = bm_memory_bytes();
	bm_quota_limits(current_fsuid(), &limits->max_maps_per_user,
			&limits->user_maps);
	return 0;
}

static const struct bm_ioctl device_table[] = {
	BM_IOCTL(CREATE, bucketmap_create, name, BM_IOCTL_WRITES,
		 run_create),
	BM_IOCTL(OPEN, bucketmap_name, name, 0, run_open),
	BM_IOCTL(UNLINK, bucketmap_name, name, BM_IOCTL_WRITES,
		 run_unlink),
	BM_IOCTL(RIGHTS, bucketmap_rights, name, BM_IOCTL_WRITES,
		 run_rights),
	BM_IOCTL(LIST, bucketmap_list, count, BM_IOCTL_ANSWERS, run_list),
	BM_IOCTL(LIMITS, bucketmap_limits, user_maps, BM_IOCTL_ANSWERS,
		 run_limits),
};

static const struct bm_ioctls device_ioctls = {
	.table	= device_table,
	.count	= ARRAY_SIZE(device_table),
};

static long device_ioctl(struct file *file, unsigned int number,
			 unsigned long user)
{
	return bm_ioctl_dispatch(&device_ioctls, file, number,
				 (void __user *)user);
}

static const struct file_operations device_operations = {
	.owner		= THIS_MODULE,
	.unlocked_ioctl	= device_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
};

static struct miscdevice device_misc = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "bucketmap",
	.mode	= 0660,
	.fops	= &device_operations,
};

/**
 * bm_device_init() - register the device
 *
 * Context: Process context, after all other initialization: the device may be
 * used from here on. May sleep.
 * Return: 0, or what misc_register() returns.
 */
int __init bm_device_init(void)
{
	return misc_register(&device_misc);
}

/**
 * bm_device_exit() - unregister the device
 *
 * Context: Process context; the device is not open. May sleep.
 */
void bm_device_exit(void)
{
	misc_deregister(&device_misc);
}
