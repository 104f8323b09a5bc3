/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Dispatch of ioctl commands by a table, for both kinds of descriptor.
 */
#ifndef _BM_DEV_IOCTL_H
#define _BM_DEV_IOCTL_H

#include <linux/bits.h>
#include <linux/fs.h>
#include <linux/stddef.h>

#include "uapi/bucketmap.h"

/* The kernel's copy of a command's structure. */
union bm_arguments {
	u32 size;
	struct bucketmap_limits limits;
	struct bucketmap_create create;
	struct bucketmap_name name;
	struct bucketmap_reopen reopen;
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
#define BM_COMMAND_WRITES	BIT(0)

/* The structure is written back to the caller, whatever the result is. */
#define BM_COMMAND_ANSWERS	BIT(1)

/**
 * struct bm_command - a command
 * @number: its ioctl number
 * @size_min: bytes of its structure in the first version of the ABI
 * @size: bytes of its structure in this version
 * @flags: BM_COMMAND_*
 * @run: carries it out, on a structure completed by zeroes. It is given its
 *	_IOC_NR, and what it returns is the result of the call. An error leaves
 *	what is to be written back as it was, unless the ABI says otherwise.
 *	After -EINTR it may be called again with what it has left.
 */
struct bm_command {
	unsigned int number;
	u16 size_min;
	u16 size;
	u32 flags;
	long (*run)(struct file *file, unsigned int number,
		    union bm_arguments *arguments);
};

/**
 * struct bm_commands - the commands of one kind of descriptor
 * @table: by the number in _IOC_NR; without a @run where that is not used
 * @count: length of the table
 */
struct bm_commands {
	const struct bm_command *table;
	unsigned int count;
};

/*
 * A command in its place in a table. Its structure, of that type, ended with
 * the member last in the first version of the ABI.
 */
#define BM_COMMAND(name, type, last, how, function)			\
	[_IOC_NR(BUCKETMAP_IOC_##name)] = {				\
		.number		= BUCKETMAP_IOC_##name,			\
		.size_min	= offsetofend(struct type, last),	\
		.size		= sizeof(struct type),			\
		.flags		= (how),				\
		.run		= (function),				\
	}

long bm_ioctl_dispatch(const struct bm_commands *commands, struct file *file,
		       unsigned int number, void __user *user);
void bm_ioctl_known(const struct bm_commands *commands, u64 *known);

#endif /* _BM_DEV_IOCTL_H */
