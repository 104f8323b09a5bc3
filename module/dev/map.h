/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Descriptors of maps, and the commands on them.
 */
#ifndef _BM_DEV_MAP_H
#define _BM_DEV_MAP_H

#include <linux/fs.h>

#include "dev/ioctl.h"
#include "dev/registry.h"

static inline struct bm_instance *bm_map_instance(struct file *file)
{
	return file->private_data;
}

struct file *bm_map_file(struct bm_instance *instance, int flags);

/* entry.c */
long bm_entry_lookup(struct file *file, union bm_arguments *arguments);
long bm_entry_store(struct file *file, union bm_arguments *arguments);
long bm_entry_insert(struct file *file, union bm_arguments *arguments);
long bm_entry_delete(struct file *file, union bm_arguments *arguments);
long bm_entry_add(struct file *file, union bm_arguments *arguments);

/* scan.c */
long bm_scan_run(struct file *file, union bm_arguments *arguments);

#endif /* _BM_DEV_MAP_H */
