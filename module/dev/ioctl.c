// SPDX-License-Identifier: GPL-2.0
/*
 * Dispatch of ioctl commands by a table.
 *
 * Everything that the ABI promises for all commands is kept here, once: which
 * commands a descriptor knows, structures that grow, their sizes, and what is
 * written back. User memory may change while it is read: the size is read once
 * and that reading is what counts from then on.
 */
#include <linux/nospec.h>
#include <linux/uaccess.h>

#include "dev/ioctl.h"

/* All of an ioctl number but the size that is encoded in it. */
#define NUMBER_MASK	(~(unsigned int)IOCSIZE_MASK)

static const struct bm_command *command_find(const struct bm_commands *commands,
					     unsigned int number)
{
	unsigned int index = _IOC_NR(number);
	const struct bm_command *command;

	if (index >= commands->count)
		return NULL;
	command = &commands->table[array_index_nospec(index, commands->count)];
	if (!command->run || (command->number ^ number) & NUMBER_MASK)
		return NULL;
	return command;
}

static int arguments_read(const struct bm_command *command, void __user *user,
			  union bm_arguments *arguments)
{
	u32 size;
	int err;

	if (get_user(size, (u32 __user *)user))
		return -EFAULT;
	if (size > BUCKETMAP_STRUCT_SIZE_MAX)
		return -E2BIG;
	if (size < command->size_min)
		return -EINVAL;
	err = copy_struct_from_user(arguments, command->size, user, size);
	if (err)
		return err;
	arguments->size = size;
	return 0;
}

static int arguments_write(const struct bm_command *command, void __user *user,
			   const union bm_arguments *arguments)
{
	size_t bytes = min_t(size_t, arguments->size, command->size);

	return copy_to_user(user, arguments, bytes) ? -EFAULT : 0;
}

/**
 * bm_ioctl_dispatch() - carry out an ioctl command
 * @commands: what the descriptor knows
 * @file: the descriptor
 * @number: the command
 * @user: its structure in user memory
 *
 * A command that answers may have changed something already when its answer
 * finds no memory. So its structure is written back, unchanged, before it runs.
 *
 * A signal that ends a command early repeats it, unless it has a handler
 * without SA_RESTART: so nothing is lost by being stopped, frozen or traced.
 *
 * Context: Process context. May sleep.
 * Return: what the command returns, -ERESTARTSYS in place of -EINTR, or
 *   -ENOTTY  it is not one of @commands
 *   -EBADF   it writes and @file is not open for writing
 *   -EFAULT  @user is not there, or may not be written to
 *   -EINVAL  the structure is smaller than in its first version
 *   -E2BIG   the structure is larger than any, or has more than this
 *	version knows and that is not zero
 */
long bm_ioctl_dispatch(const struct bm_commands *commands, struct file *file,
		       unsigned int number, void __user *user)
{
	const struct bm_command *command = command_find(commands, number);
	union bm_arguments arguments __uninitialized;
	bool answers;
	long result;
	int err;

	if (!command)
		return -ENOTTY;
	if (command->flags & BM_COMMAND_WRITES && !(file->f_mode & FMODE_WRITE))
		return -EBADF;

	answers = command->flags & BM_COMMAND_ANSWERS;
	err = arguments_read(command, user, &arguments);
	if (!err && answers)
		err = arguments_write(command, user, &arguments);
	if (err)
		return err;

	result = command->run(file, _IOC_NR(command->number), &arguments);
	/* What is written back now goes on where it was when it is repeated. */
	if (result == -EINTR)
		result = -ERESTARTSYS;
	if (answers)
		err = arguments_write(command, user, &arguments);
	return err ?: result;
}

/**
 * bm_ioctl_known() - tell which commands there are
 * @commands: the commands of one kind of descriptor
 * @known: bit N is set if one of them has the number N; the others stay
 *
 * Context: any.
 */
void bm_ioctl_known(const struct bm_commands *commands, u64 *known)
{
	unsigned int i;

	for (i = 0; i < commands->count; i++)
		if (commands->table[i].run)
			known[i / 64] |= BIT_ULL(i % 64);
}
