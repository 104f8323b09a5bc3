/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Permission checks for maps, by the rules for files.
 */
#ifndef _BM_DEV_ACCESS_H
#define _BM_DEV_ACCESS_H

#include <linux/types.h>

struct bm_instance;

/* Kinds of access: the permission bits of "others". */
#define BM_ACCESS_READ	04
#define BM_ACCESS_WRITE	02

int bm_access_open(const struct bm_instance *instance, umode_t wanted);
bool bm_access_list(const struct bm_instance *instance);
int bm_access_unlink(const struct bm_instance *instance);

#endif /* _BM_DEV_ACCESS_H */
