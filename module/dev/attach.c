// SPDX-License-Identifier: GPL-2.0
/*
 * Named maps for other modules of the kernel: they share them with processes,
 * and with each other.
 *
 * The permissions of a map are for processes: the kernel may do everything.
 * Whoever is attached holds a reference to the map, and by the symbols that he
 * uses this module. No locks of its own.
 */
#include <linux/err.h>
#include <linux/export.h>

#include "dev/name.h"
#include "dev/registry.h"

/* A name that a map can have, and not none. */
static int read_name(char name[BUCKETMAP_NAME_SIZE], const char *from)
{
	return *from ? bm_name_read(name, from) : -EINVAL;
}

/* The caller's reference passes to the attachment. */
static void attachment_init(struct bucketmap_attachment *attachment,
			    struct bm_instance *instance)
{
	*attachment = (struct bucketmap_attachment){
		.map = instance->map,
		.key_size = instance->config.key_size,
		.value_size = instance->config.value_size,
		.instance = instance,
	};
}

/**
 * bucketmap_create_named() - make a named map, and attach to it
 * @attachment: to be initialized
 * @name: its name, by the rules of BUCKETMAP_IOC_CREATE
 * @mode: its permission bits, 0777 at most
 * @config: what it shall be; @charged is ignored: nobody pays for it
 *
 * It belongs to root, is not counted as one of root's maps, and lives until its
 * name is unlinked and nobody is attached to it or has it open.
 *
 * Context: process context, sleeps.
 * Return: 0, or
 *   -EEXIST  a map of that name exists
 *   -EINTR   the calling task was killed meanwhile
 *   -EINVAL  a name that no map can have, another bit in @mode, or @config is
 *	out of range
 *   -ENOMEM  no memory
 *   -ENOSPC  as many maps exist as may
 *   -ERESTARTSYS  a signal came while it waited for random bytes
 */
int bucketmap_create_named(struct bucketmap_attachment *attachment,
			   const char *name, umode_t mode,
			   const struct bucketmap_config *config)
{
	struct bucketmap_config uncharged = *config;
	char checked[BUCKETMAP_NAME_SIZE];
	struct bm_instance *instance;
	int err = read_name(checked, name);

	if (err)
		return err;
	if (mode & ~0777)
		return -EINVAL;
	uncharged.charged = false;
	instance = bm_registry_create(&uncharged, checked, INVALID_UID);
	if (IS_ERR(instance))
		return PTR_ERR(instance);
	instance->mode = mode;
	err = bm_registry_publish(instance);
	if (err) {
		bm_registry_put(instance);
		return err;
	}
	attachment_init(attachment, instance);
	return 0;
}
EXPORT_SYMBOL_GPL(bucketmap_create_named);

/**
 * bucketmap_attach() - attach to a named map
 * @attachment: to be initialized
 * @name: its name
 * @owner: the user whose map it must be, or NULL if anybody may have made it
 *
 * Every user who has the device can take a name, and an owner can do with a map
 * what it likes: a caller that relies on what the map holds, or shows it what
 * others must not see, names the owner. Its memory is charged to whom it was,
 * whoever makes entries. Who expects certain sizes compares them with those in
 * @attachment.
 *
 * Context: process context, sleeps.
 * Return: 0, or
 *   -EINVAL  a name that no map can have
 *   -ENOENT  no map has that name
 *   -EPERM   the map is somebody else's
 */
int bucketmap_attach(struct bucketmap_attachment *attachment, const char *name,
		     const kuid_t *owner)
{
	char checked[BUCKETMAP_NAME_SIZE];
	struct bm_instance *instance;
	int err = read_name(checked, name);

	if (err)
		return err;
	instance = bm_registry_find(checked);
	if (IS_ERR(instance))
		return PTR_ERR(instance);
	if (owner && !uid_eq(*owner, instance->owner)) {
		bm_registry_put(instance);
		return -EPERM;
	}
	attachment_init(attachment, instance);
	return 0;
}
EXPORT_SYMBOL_GPL(bucketmap_attach);

/**
 * bucketmap_detach() - give a map up
 * @attachment: an attachment that nobody uses any more
 *
 * Context: process context, sleeps.
 */
void bucketmap_detach(struct bucketmap_attachment *attachment)
{
	bm_registry_put(attachment->instance);
}
EXPORT_SYMBOL_GPL(bucketmap_detach);

/**
 * bucketmap_unlink() - remove the name of a map
 * @attachment: the map, whoever made it
 *
 * The map lives on for those who are attached to it or have it open. Another
 * map that has got its name meanwhile keeps it.
 *
 * Context: process context, sleeps.
 * Return: 0, or -ENOENT if it has no name any more.
 */
int bucketmap_unlink(struct bucketmap_attachment *attachment)
{
	return bm_registry_unlink(attachment->instance);
}
EXPORT_SYMBOL_GPL(bucketmap_unlink);
