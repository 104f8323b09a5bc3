/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The debugfs files of each map.
 */
#ifndef _BM_DEV_DEBUGFS_H
#define _BM_DEV_DEBUGFS_H

struct bm_instance;

void bm_debugfs_prepare(struct bm_instance *instance);
void bm_debugfs_update(struct bm_instance *instance);
void bm_debugfs_flush(struct bm_instance *instance);
void bm_debugfs_remove(struct bm_instance *instance);

int bm_debugfs_init(void);
void bm_debugfs_exit(void);

#endif /* _BM_DEV_DEBUGFS_H */
