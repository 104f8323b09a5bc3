// SPDX-License-Identifier: GPL-2.0
/*
 * The ioctls of operations: one operation on one entry.
 */
#include "core/core.h"
#include "core/ops.h"
#include "dev/map_file.h"
#include "dev/request.h"

/**
 * bm_entry_run() - BUCKETMAP_IOC_OPERATION()
 * @file: descriptor of the map
 * @number: _IOC_NR of the ioctl
 * @arguments: struct bucketmap_entry
 *
 * Context: Process context. May sleep.
 * Return: as bucketmap_operate(), or
 *   -EBADF   the operation writes and @file is not open for writing
 *   -EFAULT  the key, an input or the memory for a result is not accessible
 *   -EINVAL  a flag or a member that the operation does not use is set, the
 *	window does not lie inside the value, or a number that is not aligned
 *   -ENOMEM  no memory for the call
 */
long bm_entry_run(struct file *file, unsigned int number,
		  union bm_arguments *arguments)
{
	const struct bucketmap_entry *entry = &arguments->entry;
	struct bucketmap_op op;
	struct bm_request request = {
		.operation = number - _IOC_NR(BUCKETMAP_IOC_OPERATION(0)),
		.window = { entry->offset, entry->length },
		.columns = {
			[BM_KEYS].user		= entry->key,
			[BM_VALUES].user	= entry->value,
			[BM_EXPECTED].user	= entry->expected,
			[BM_PREVIOUS].user	= entry->previous,
		},
	};
	int result;

	if (entry->flags)
		return -EINVAL;
	result = bm_request_check(&request, file);
	if (!result)
		result = bm_request_init(&request, 1);
	if (result)
		return result;

	bm_request_op(&request, &op);
	if (!bm_request_read(&request, 1) ||
	    (bm_op_writes(request.rule) && !bm_request_prepare(&request, 1)))
		result = -EFAULT;
	else
		result = bm_operate(bm_map_instance(file)->map, &op, BM_GFP);
	if (bm_op_gave_previous(request.rule, result) &&
	    !bm_request_write(&request, 1))
		result = -EFAULT;
	bm_request_exit(&request);
	return result;
}
