/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The number of maps of each user, and its limit.
 */
#ifndef _BM_DEV_QUOTA_H
#define _BM_DEV_QUOTA_H

#include <linux/types.h>
#include <linux/uidgid.h>

struct bm_quota;

struct bm_quota *bm_quota_inc(kuid_t user);
void bm_quota_dec(struct bm_quota *quota);
void bm_quota_limits(kuid_t user, u32 *max, u32 *maps);

#endif /* _BM_DEV_QUOTA_H */
