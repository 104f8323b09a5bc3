// SPDX-License-Identifier: GPL-2.0
/*
 * RIGHTS: changes the mode and owner of a map, by the rules for files.
 *
 * Locks: an instance's rights_lock guards its rights, so that a check sees the
 * owner and the mode of one instant. change_mutex is held while a change is
 * checked and made: nothing that the check has seen changes meanwhile.
 */
#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/uidgid.h>

#include "dev/access.h"
#include "dev/rights.h"

#define RIGHTS_FLAGS	(BUCKETMAP_RIGHTS_MODE | BUCKETMAP_RIGHTS_UID | \
			 BUCKETMAP_RIGHTS_GID)

static DEFINE_MUTEX(change_mutex);

/* Applies what the caller requests to a copy of the rights. */
static int apply(struct bm_rights *rights,
		 const struct bucketmap_rights *change)
{
	struct user_namespace *namespace = current_user_ns();

	if (change->flags & BUCKETMAP_RIGHTS_MODE) {
		if (change->mode & ~0777)
			return -EINVAL;
		rights->mode = change->mode;
	}
	if (change->flags & BUCKETMAP_RIGHTS_UID) {
		rights->owner = make_kuid(namespace, change->uid);
		if (!uid_valid(rights->owner))
			return -EINVAL;
	}
	if (change->flags & BUCKETMAP_RIGHTS_GID) {
		rights->group = make_kgid(namespace, change->gid);
		if (!gid_valid(rights->group))
			return -EINVAL;
	}
	return 0;
}

/**
 * bm_rights_change() - change the rights of a map for a process
 * @instance: the map, of which the caller has a reference
 * @change: what to change
 *
 * Context: Process context. May sleep.
 * Return: 0, or
 *   -EINVAL  a flag or reserved member is set, or mode or ids are invalid
 *   -EPERM   the caller may not change this
 */
int bm_rights_change(struct bm_instance *instance,
		     const struct bucketmap_rights *change)
{
	struct bm_rights old, new;
	int err;

	if (change->flags & ~RIGHTS_FLAGS || change->reserved)
		return -EINVAL;
	mutex_lock(&change_mutex);
	old = bm_rights_get(instance);
	new = old;
	err = apply(&new, change) ?:
	      bm_access_rights(&old, &new, change->flags);
	if (!err) {
		spin_lock(&instance->rights_lock);
		instance->rights = new;
		spin_unlock(&instance->rights_lock);
	}
	mutex_unlock(&change_mutex);
	return err;
}
