/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Descriptors of maps, and their ioctls.
 */
#ifndef _BM_DEV_MAP_FILE_H
#define _BM_DEV_MAP_FILE_H

#include <linux/fs.h>
#include <linux/poll.h>

#include "dev/ioctl.h"
#include "dev/registry.h"

/**
 * struct bm_descriptor - state of an open file of a map
 * @instance: the map; the file holds a reference
 * @version: version of the map that CHANGES reported last
 * @polls: CHANGES was called
 */
struct bm_descriptor {
	struct bm_instance *instance;
	u64 version;
	bool polls;
};

static inline struct bm_descriptor *bm_map_descriptor(struct file *file)
{
	return file->private_data;
}

static inline struct bm_instance *bm_map_instance(struct file *file)
{
	return bm_map_descriptor(file)->instance;
}

extern const struct bm_ioctls bm_map_ioctls;

int bm_map_prepare(struct bm_instance *instance, bool rdonly,
		   struct file **file);
void bm_map_cancel(int fd, struct file *file);
int bm_map_open(struct bm_instance *instance, bool rdonly);
int bm_map_unlink(struct bm_instance *instance);

/* ioctl_batch.c */
long bm_batch_run(struct file *file, unsigned int number,
		  union bm_arguments *arguments);

/* ioctl_changes.c */
long bm_changes_run(struct file *file, unsigned int number,
		    union bm_arguments *arguments);
__poll_t bm_changes_poll(struct file *file, poll_table *wait);

/* ioctl_clear.c */
long bm_clear_run(struct file *file, unsigned int number,
		  union bm_arguments *arguments);

/* ioctl_entry.c */
long bm_entry_run(struct file *file, unsigned int number,
		  union bm_arguments *arguments);

/* ioctl_resize.c */
long bm_resize_run(struct file *file, unsigned int number,
		   union bm_arguments *arguments);

/* Updates BUCKETMAP_SCAN_END in the flags that SCAN and CLEAR write back. */
static inline void bm_scan_flags(__u32 *flags,
				 const struct bucketmap_cursor *cursor)
{
	*flags &= ~BUCKETMAP_SCAN_END;
	if (cursor->end)
		*flags |= BUCKETMAP_SCAN_END;
}

/* ioctl_scan.c */
long bm_scan_run(struct file *file, unsigned int number,
		 union bm_arguments *arguments);

/* ioctl_wait.c */
long bm_wait_run(struct file *file, unsigned int number,
		 union bm_arguments *arguments);

#endif /* _BM_DEV_MAP_FILE_H */
