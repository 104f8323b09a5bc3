// SPDX-License-Identifier: GPL-2.0
/*
 * Named maps for other kernel modules, which share them with processes and with
 * each other.
 *
 * The permissions of a map apply to processes only; kernel modules may do
 * everything. An attachment holds a reference to the map. A module that uses
 * these symbols also holds a reference to this module. No locks of its own.
 */
#include <linux/err.h>
#include <linux/export.h>

#include "dev/name.h"
#include "dev/registry.h"

/* Reads a valid name that is not empty. */
static int read_name(char name[BUCKETMAP_NAME_SIZE], const char *from)
{
	return *from ? bm_name_read(name, from) : -EINVAL;
}

/* The attachment takes over the caller's reference. */
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
 * bucketmap_create_named() - create a named map, and attach to it
 * @attachment: result
 * @name: name of the map, by the rules of BUCKETMAP_IOC_CREATE
 * @mode: its permission bits, 0777 at most
 * @config: its attributes; @charged is ignored: the map is not charged
 *
 * The map belongs to root, but does not count as one of root's maps. It lives
 * until its name is unlinked, the last attachment is detached and the last
 * descriptor is closed.
 *
 * Context: Process context. May sleep.
 * Return: 0, or
 *   -EEXIST  a map of that name exists
 *   -EINTR   the calling task was killed meanwhile
 *   -EINVAL  no map can have that name, @mode has other bits, or @config is out
 *	of range
 *   -ENOMEM  no memory
 *   -ENOSPC  max_maps maps exist
 *   -ERESTARTSYS  a signal arrived while it waited for random bytes
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
	instance->rights.mode = mode;
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
 * @attachment: result
 * @name: name of the map
 * @owner: the user that must own the map, or NULL for any owner
 *
 * Any user that may open the device can take a name, and an owner can change
 * its map at will. So a caller that trusts the contents of the map, or stores
 * data that others must not see, must name the owner. The map's memory is
 * charged to the same memory cgroup as before, also for entries that this
 * caller makes. A caller that expects certain sizes must compare them with
 * those in @attachment.
 *
 * Context: Process context. May sleep.
 * Return: 0, or
 *   -EINVAL  no map can have that name
 *   -ENOENT  no map has that name
 *   -EPERM   the map has another owner
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
	if (owner && !uid_eq(*owner, bm_rights_get(instance).owner)) {
		bm_registry_put(instance);
		return -EPERM;
	}
	attachment_init(attachment, instance);
	return 0;
}
EXPORT_SYMBOL_GPL(bucketmap_attach);

/**
 * bucketmap_detach() - detach from a map
 * @attachment: the attachment; it must not be in use any more
 *
 * Context: Process context. May sleep.
 */
void bucketmap_detach(struct bucketmap_attachment *attachment)
{
	bm_registry_put(attachment->instance);
}
EXPORT_SYMBOL_GPL(bucketmap_detach);

/**
 * bucketmap_unlink() - remove the name of a map
 * @attachment: the map, which need not have been created by the caller
 *
 * Attachments and descriptors of the map stay usable. If another map has got
 * the name meanwhile, it keeps it.
 *
 * Context: Process context. May sleep.
 * Return: 0, or -ENOENT if the map has lost its name.
 */
int bucketmap_unlink(struct bucketmap_attachment *attachment)
{
	return bm_registry_unlink(attachment->instance);
}
EXPORT_SYMBOL_GPL(bucketmap_unlink);
