/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Dispatch of ioctls by a table, for both kinds of descriptor.
 */
#ifndef _BM_DEV_IOCTL_H
#define _BM_DEV_IOCTL_H

#include <linux/bits.h>
#include <linux/fs.h>
#include <linux/stddef.h>

#include "uapi/bucketmap.h"

/* The kernel's copy of an ioctl's structure. */
union bm_arguments {
	u32 size;
	struct bucketmap_limits limits;
	struct bucketmap_create create;
	struct bucketmap_name name;
	struct bucketmap_reopen reopen;
	struct bucketmap_rights rights;
	struct bucketmap_list list;
	struct bucketmap_entry entry;
	struct bucketmap_batch batch;
	struct bucketmap_scan scan;
	struct bucketmap_clear clear;
	struct bucketmap_resize resize;
	struct bucketmap_wait wait;
	struct bucketmap_changes changes;
	struct bucketmap_info info;
};

/* The descriptor must be open for writing. */
#define BM_IOCTL_WRITES	BIT(0)

/* The structure is written back to the caller, also after an error. */
#define BM_IOCTL_ANSWERS	BIT(1)

/**
 * struct bm_ioctl - an ioctl
 * @size_min: size of its structure in the first version of the ABI, in bytes
 * @size: size of its structure in this version, in bytes
 * @flags: BM_IOCTL_*
 * @run: executes it, on a structure padded with zeros. @number is its _IOC_NR;
 *	the return value is the result of the call. After an error the structure
 *	is unchanged, unless the ABI says otherwise. After -EINTR it may be called
 *	again with the structure that it has left.
 */
struct bm_ioctl {
	u16 size_min;
	u16 size;
	u32 flags;
	long (*run)(struct file *file, unsigned int number,
		    union bm_arguments *arguments);
};

/**
 * struct bm_ioctls - the ioctls of one kind of descriptor
 * @table: indexed by _IOC_NR; unused numbers have no @run
 * @count: length of the table
 */
struct bm_ioctls {
	const struct bm_ioctl *table;
	unsigned int count;
};

/*
 * An entry of a table of ioctls. "last" is the last member of the structure in
 * the first version of the ABI.
 */
#define BM_IOCTL(name, type, last, how, function)			\
	[_IOC_NR(BUCKETMAP_IOC_##name)] =				\
		BM_IOCTL_ENTRY(type, last, how, function)

#define BM_IOCTL_ENTRY(type, last, how, function) {			\
		.size_min	= offsetofend(struct type, last),	\
		.size		= sizeof(struct type),			\
		.flags		= (how),				\
		.run		= (function),				\
	}

long bm_ioctl_dispatch(const struct bm_ioctls *ioctls, struct file *file,
		       unsigned int number, void __user *user);
void bm_ioctl_known(const struct bm_ioctls *ioctls, u64 *known);

#endif /* _BM_DEV_IOCTL_H */
