/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mappings of maps.
 */
#ifndef _BM_DEV_MMAP_H
#define _BM_DEV_MMAP_H

#include <linux/fs.h>

struct bm_instance;

int bm_mmap_init(void);
void bm_mmap_exit(void);

int bm_mmap_prepare(struct bm_instance *instance);
void bm_mmap_release(struct bm_instance *instance);
void bm_mmap_file(struct bm_instance *instance, struct file *file);
int bm_mmap(struct bm_instance *instance, struct vm_area_struct *vma);

#endif /* _BM_DEV_MMAP_H */
