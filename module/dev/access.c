// SPDX-License-Identifier: GPL-2.0
/*
 * Permission checks for maps, by the rules for files. They use the caller's
 * filesystem ids, which are the effective ids unless setfsuid(2) was used.
 *
 * Each check uses one snapshot of the map's rights. No locks of its own.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

#include "dev/access.h"
#include "dev/instance.h"
#include "uapi/bucketmap.h"

/*
 * As for inodes: a capability in a user namespace applies only to maps of users
 * and groups of that namespace.
 */
static bool in_reach(const struct bm_rights *rights)
{
	struct user_namespace *namespace = current_user_ns();

	return kuid_has_mapping(namespace, rights->owner) &&
	       kgid_has_mapping(namespace, rights->group);
}

static bool capable_over(const struct bm_rights *rights, int capability)
{
	return in_reach(rights) && ns_capable(current_user_ns(), capability);
}

/* The same without an audit record, for checks that the caller did not request. */
static bool could_over(const struct bm_rights *rights, int capability)
{
	return in_reach(rights) &&
	       ns_capable_noaudit(current_user_ns(), capability);
}

static bool owns(const struct bm_rights *rights)
{
	return uid_eq(current_fsuid(), rights->owner);
}

static bool mode_grants(const struct bm_rights *rights, umode_t wanted)
{
	umode_t granted = rights->mode;

	if (owns(rights))
		granted >>= 6;
	else if (in_group_p(rights->group))
		granted >>= 3;
	return !(wanted & ~granted);
}

/**
 * bm_access_open() - may the caller open a map?
 * @instance: the map
 * @wanted: BM_ACCESS_*, all of which are needed
 *
 * Context: Process context.
 * Return: 0, or -EACCES.
 */
int bm_access_open(struct bm_instance *instance, umode_t wanted)
{
	const struct bm_rights rights = bm_rights_get(instance);

	if (mode_grants(&rights, wanted))
		return 0;
	if (!(wanted & BM_ACCESS_WRITE) &&
	    capable_over(&rights, CAP_DAC_READ_SEARCH))
		return 0;
	return capable_over(&rights, CAP_DAC_OVERRIDE) ? 0 : -EACCES;
}

/**
 * bm_access_list() - does LIST show a map to the caller?
 * @instance: the map
 *
 * Context: Process context.
 * Return: whether the caller may open it, at least for reading, or may remove
 *	its name.
 */
bool bm_access_list(struct bm_instance *instance)
{
	const struct bm_rights rights = bm_rights_get(instance);

	return owns(&rights) || mode_grants(&rights, BM_ACCESS_READ) ||
	       could_over(&rights, CAP_FOWNER) ||
	       could_over(&rights, CAP_DAC_READ_SEARCH) ||
	       could_over(&rights, CAP_DAC_OVERRIDE);
}

/**
 * bm_access_unlink() - may the caller remove a map's name?
 * @instance: the map
 *
 * Context: Process context.
 * Return: 0, or -EPERM.
 */
int bm_access_unlink(struct bm_instance *instance)
{
	const struct bm_rights rights = bm_rights_get(instance);

	if (owns(&rights) || capable_over(&rights, CAP_FOWNER))
		return 0;
	return -EPERM;
}

static bool may_set_owner(const struct bm_rights *old, kuid_t owner)
{
	if (owns(old) && uid_eq(owner, old->owner))
		return true;
	return capable_over(old, CAP_CHOWN);
}

static bool may_set_group(const struct bm_rights *old, kgid_t group)
{
	if (owns(old) && (gid_eq(group, old->group) || in_group_p(group)))
		return true;
	return capable_over(old, CAP_CHOWN);
}

/**
 * bm_access_rights() - may the caller change a map's mode and owner?
 * @old: its rights
 * @new: the rights that it is to have
 * @flags: BUCKETMAP_RIGHTS_*: which of them are set
 *
 * Context: Process context.
 * Return: 0, or -EPERM.
 */
int bm_access_rights(const struct bm_rights *old, const struct bm_rights *new,
		     u32 flags)
{
	if (flags & BUCKETMAP_RIGHTS_MODE && !owns(old) &&
	    !capable_over(old, CAP_FOWNER))
		return -EPERM;
	if (flags & BUCKETMAP_RIGHTS_UID && !may_set_owner(old, new->owner))
		return -EPERM;
	if (flags & BUCKETMAP_RIGHTS_GID && !may_set_group(old, new->group))
		return -EPERM;
	return 0;
}
