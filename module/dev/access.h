/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Permission checks for maps, by the rules for files.
 */
#ifndef _BM_DEV_ACCESS_H
#define _BM_DEV_ACCESS_H

#include <linux/types.h>

struct bm_instance;
struct bm_rights;

/* Kinds of access: the permission bits of "others". */
#define BM_ACCESS_READ	04
#define BM_ACCESS_WRITE	02

int bm_access_open(struct bm_instance *instance, umode_t wanted);
bool bm_access_list(struct bm_instance *instance);
int bm_access_unlink(struct bm_instance *instance);
int bm_access_rights(const struct bm_rights *old, const struct bm_rights *new,
		     u32 flags);

#endif /* _BM_DEV_ACCESS_H */
