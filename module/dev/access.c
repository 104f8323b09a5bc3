// SPDX-License-Identifier: GPL-2.0
/*
 * Permission checks for maps, by the rules for files. They use the caller's
 * filesystem ids, which are the effective ids unless setfsuid(2) was used.
 *
 * Owner, group and mode of a map never change after it is published. No locks.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

#include "dev/access.h"
#include "dev/registry.h"

/*
 * As for inodes: a capability in a user namespace applies only to maps of users
 * and groups of that namespace.
 */
static bool in_reach(const struct bm_instance *instance)
{
	struct user_namespace *namespace = current_user_ns();

	return kuid_has_mapping(namespace, instance->owner) &&
	       kgid_has_mapping(namespace, instance->group);
}

static bool capable_over(const struct bm_instance *instance, int capability)
{
	return in_reach(instance) && ns_capable(current_user_ns(), capability);
}

/* The same without an audit record, for checks that the caller did not request. */
static bool could_over(const struct bm_instance *instance, int capability)
{
	return in_reach(instance) &&
	       ns_capable_noaudit(current_user_ns(), capability);
}

static bool owns(const struct bm_instance *instance)
{
	return uid_eq(current_fsuid(), instance->owner);
}

static bool mode_grants(const struct bm_instance *instance, umode_t wanted)
{
	umode_t granted = instance->mode;

	if (owns(instance))
		granted >>= 6;
	else if (in_group_p(instance->group))
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
int bm_access_open(const struct bm_instance *instance, umode_t wanted)
{
	if (mode_grants(instance, wanted))
		return 0;
	if (!(wanted & BM_ACCESS_WRITE) &&
	    capable_over(instance, CAP_DAC_READ_SEARCH))
		return 0;
	return capable_over(instance, CAP_DAC_OVERRIDE) ? 0 : -EACCES;
}

/**
 * bm_access_list() - does LIST show a map to the caller?
 * @instance: the map
 *
 * Context: Process context.
 * Return: whether the caller may open it, at least for reading, or may remove
 *	its name.
 */
bool bm_access_list(const struct bm_instance *instance)
{
	return owns(instance) || mode_grants(instance, BM_ACCESS_READ) ||
	       could_over(instance, CAP_FOWNER) ||
	       could_over(instance, CAP_DAC_READ_SEARCH) ||
	       could_over(instance, CAP_DAC_OVERRIDE);
}

/**
 * bm_access_unlink() - may the caller remove a map's name?
 * @instance: the map
 *
 * Context: Process context.
 * Return: 0, or -EPERM.
 */
int bm_access_unlink(const struct bm_instance *instance)
{
	if (owns(instance) || capable_over(instance, CAP_FOWNER))
		return 0;
	return -EPERM;
}
