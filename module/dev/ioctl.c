// SPDX-License-Identifier: GPL-2.0
/*
 * Dispatch of ioctls by a table.
 *
 * This file implements the parts of the ABI that all ioctls have in common:
 * which ioctls a descriptor has, structures that grow, their sizes, and what is
 * written back. User memory may change while it is read, so the size is read
 * only once.
 */
#include <linux/nospec.h>
#include <linux/uaccess.h>

#include "dev/ioctl.h"

/* All ioctls have these bits in their numbers; the size does not matter. */
#define NUMBER_BITS	_IOC(_IOC_READ | _IOC_WRITE, BUCKETMAP_IOC_MAGIC, 0, 0)
#define NUMBER_MASK	(~(unsigned int)(IOCSIZE_MASK | _IOC_NRMASK))

static const struct bm_ioctl *ioctl_find(const struct bm_ioctls *ioctls,
					 unsigned int number)
{
	unsigned int index = _IOC_NR(number);
	const struct bm_ioctl *ioctl;

	if ((number & NUMBER_MASK) != NUMBER_BITS || index >= ioctls->count)
		return NULL;
	ioctl = &ioctls->table[array_index_nospec(index, ioctls->count)];
	return ioctl->run ? ioctl : NULL;
}

static int arguments_read(const struct bm_ioctl *ioctl, void __user *user,
			  union bm_arguments *arguments)
{
	u32 size;
	int err;

	if (get_user(size, (u32 __user *)user))
		return -EFAULT;
	if (size > BUCKETMAP_STRUCT_SIZE_MAX)
		return -E2BIG;
	if (size < ioctl->size_min)
		return -EINVAL;
	err = copy_struct_from_user(arguments, ioctl->size, user, size);
	if (err)
		return err;
	arguments->size = size;
	return 0;
}

static int arguments_write(const struct bm_ioctl *ioctl, void __user *user,
			   const union bm_arguments *arguments)
{
	size_t bytes = min_t(size_t, arguments->size, ioctl->size);

	return copy_to_user(user, arguments, bytes) ? -EFAULT : 0;
}

/**
 * bm_ioctl_dispatch() - execute an ioctl
 * @ioctls: the ioctls of the descriptor
 * @file: the descriptor
 * @number: number of the ioctl
 * @user: its structure in user memory
 *
 * An ioctl with BM_IOCTL_ANSWERS may have changed the map before its results
 * are written. So its structure is written back unchanged before it runs, to
 * find out whether it is writable.
 *
 * An ioctl that a signal interrupts is repeated, unless the signal has a
 * handler without SA_RESTART: no progress is lost if the process is stopped,
 * frozen or traced.
 *
 * Context: Process context. May sleep.
 * Return: what the ioctl returns, with -ERESTARTSYS instead of -EINTR, or
 *   -ENOTTY  it is not one of @ioctls
 *   -EBADF   it writes and @file is not open for writing
 *   -EFAULT  @user is not accessible, or not writable
 *   -EINVAL  the structure is smaller than its first version
 *   -E2BIG   the structure is larger than the largest possible one, or the part
 *	that this version does not know is not zero
 */
long bm_ioctl_dispatch(const struct bm_ioctls *ioctls, struct file *file,
		       unsigned int number, void __user *user)
{
	const struct bm_ioctl *ioctl = ioctl_find(ioctls, number);
	union bm_arguments arguments __uninitialized;
	bool answers;
	long result;
	int err;

	if (!ioctl)
		return -ENOTTY;
	if (ioctl->flags & BM_IOCTL_WRITES && !(file->f_mode & FMODE_WRITE))
		return -EBADF;

	answers = ioctl->flags & BM_IOCTL_ANSWERS;
	err = arguments_read(ioctl, user, &arguments);
	if (!err && answers)
		err = arguments_write(ioctl, user, &arguments);
	if (err)
		return err;

	result = ioctl->run(file, _IOC_NR(number), &arguments);
	/* A repeated call continues from the structure that is written now. */
	if (result == -EINTR)
		result = -ERESTARTSYS;
	if (answers)
		err = arguments_write(ioctl, user, &arguments);
	return err ?: result;
}

/**
 * bm_ioctl_known() - report which ioctls exist
 * @ioctls: the ioctls of one kind of descriptor
 * @known: bit N is set if one of them has the number N; other bits are
 *	unchanged
 *
 * Context: any.
 */
void bm_ioctl_known(const struct bm_ioctls *ioctls, u64 *known)
{
	unsigned int i;

	for (i = 0; i < ioctls->count; i++)
		if (ioctls->table[i].run)
			known[i / 64] |= BIT_ULL(i % 64);
}
