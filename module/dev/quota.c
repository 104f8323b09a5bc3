// SPDX-License-Identifier: GPL-2.0
/*
 * The number of maps of each user, and its limit. A user has an element in the
 * tree as long as it has maps. Users are identified by their kuid.
 *
 * Locks: quota_lock guards the counts. It is innermost. Elements are allocated
 * before it is taken.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/moduleparam.h>
#include <linux/rbtree.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "core/core.h"
#include "dev/quota.h"

static unsigned int max_maps_per_user = 256;
module_param(max_maps_per_user, uint, 0644);
MODULE_PARM_DESC(max_maps_per_user, "Maps that one user may have at the same time");

/**
 * struct bm_quota - a user that has maps
 * @node: node in the tree of users
 * @user: the user
 * @maps: number of its maps, at least 1
 */
struct bm_quota {
	struct rb_node node;
	kuid_t user;
	unsigned int maps;
};

static DEFINE_SPINLOCK(quota_lock);
static struct rb_root users = RB_ROOT;

static kuid_t user_of(const struct rb_node *node)
{
	return rb_entry(node, struct bm_quota, node)->user;
}

static bool user_less(struct rb_node *new, const struct rb_node *node)
{
	return uid_lt(user_of(new), user_of(node));
}

static int compare_user(const void *key, const struct rb_node *node)
{
	const kuid_t *user = key;

	if (uid_eq(*user, user_of(node)))
		return 0;
	return uid_lt(*user, user_of(node)) ? -1 : 1;
}

/* Under quota_lock. Returns NULL for a user without maps. */
static struct bm_quota *quota_find(kuid_t user)
{
	struct rb_node *node = rb_find(&user, &users, compare_user);

	return node ? rb_entry(node, struct bm_quota, node) : NULL;
}

/* No audit record: most callers need no exception. */
static unsigned int limit_of_caller(void)
{
	if (ns_capable_noaudit(&init_user_ns, CAP_SYS_RESOURCE))
		return UINT_MAX;
	return READ_ONCE(max_maps_per_user);
}

/**
 * bm_quota_inc() - count one more map of a user
 * @user: the user; the limit depends on the caller's capabilities
 *
 * Context: Process context. May sleep.
 * Return: the quota, for bm_quota_dec(), or
 *   -EDQUOT  the user has max_maps_per_user maps, and the caller does not have
 *	CAP_SYS_RESOURCE in the initial user namespace
 *   -ENOMEM  no memory
 */
struct bm_quota *bm_quota_inc(kuid_t user)
{
	unsigned int limit = limit_of_caller();
	struct bm_quota *fresh, *quota;

	fresh = kzalloc(sizeof(*fresh), BM_GFP);
	if (!fresh)
		return ERR_PTR(-ENOMEM);
	fresh->user = user;
	spin_lock(&quota_lock);
	quota = quota_find(user);
	if ((quota ? quota->maps : 0) >= limit) {
		quota = ERR_PTR(-EDQUOT);
	} else {
		if (!quota) {
			rb_add(&fresh->node, &users, user_less);
			swap(quota, fresh);
		}
		quota->maps++;
	}
	spin_unlock(&quota_lock);
	kfree(fresh);
	return quota;
}

/**
 * bm_quota_dec() - count one map less
 * @quota: what bm_quota_inc() returned for the map, or NULL for a map that is
 *	not counted
 *
 * Context: Process context.
 */
void bm_quota_dec(struct bm_quota *quota)
{
	if (!quota)
		return;
	spin_lock(&quota_lock);
	if (--quota->maps)
		quota = NULL;
	else
		rb_erase(&quota->node, &users);
	spin_unlock(&quota_lock);
	kfree(quota);
}

/**
 * bm_quota_limits() - get the number of maps of a user, and the limit
 * @user: the user
 * @max: result: limit for every user
 * @maps: result: number of maps of this user, including those being created
 *
 * Context: Process context.
 */
void bm_quota_limits(kuid_t user, u32 *max, u32 *maps)
{
	struct bm_quota *quota;

	spin_lock(&quota_lock);
	quota = quota_find(user);
	*max = READ_ONCE(max_maps_per_user);
	*maps = quota ? quota->maps : 0;
	spin_unlock(&quota_lock);
}
