// SPDX-License-Identifier: GPL-2.0
/*
 * WAIT: wait until an entry changes.
 */
#include "core/watch.h"
#include "core/window.h"
#include "dev/deadline.h"
#include "dev/map_file.h"
#include "dev/request.h"

/**
 * bm_wait_run() - BUCKETMAP_IOC_WAIT
 * @file: descriptor of the map
 * @number: BUCKETMAP_IOC_WAIT
 * @arguments: struct bucketmap_wait
 *
 * Context: Process context. May sleep.
 * Return: 0, or
 *   -EFAULT  the key, or seen, is not accessible
 *   -EINTR   a signal arrived
 *   -EINVAL  an unknown flag is set, the window does not lie inside the value,
 *	or there is a window or seen with BUCKETMAP_WAIT_ABSENT
 *   -ENOMEM  no memory for the call
 *   -ETIME   the deadline has passed
 *   -EUSERS  too many calls wait for the key, or in the map
 */
long bm_wait_run(struct file *file, unsigned int number,
		 union bm_arguments *arguments)
{
	const struct bucketmap_wait *wait = &arguments->wait;
	const struct bm_instance *instance = bm_map_instance(file);
	struct bucketmap_window window = { wait->offset, wait->length };
	bool absent = wait->flags & BUCKETMAP_WAIT_ABSENT;
	struct bm_request request = {
		.columns[BM_KEYS] = { wait->key, instance->config.key_size,
				      true },
	};
	int err;

	if (wait->flags & ~BUCKETMAP_WAIT_ABSENT ||
	    (absent && (wait->seen || wait->offset || wait->length)))
		return -EINVAL;
	err = bm_window_resolve(instance->map, &window);
	if (err)
		return err;
	if (!absent)
		request.columns[BM_EXPECTED] =
			(struct bm_column){ wait->seen, window.length, true };
	err = bm_request_init(&request, 1);
	if (err)
		return err;
	if (!bm_request_read(&request, 1))
		err = -EFAULT;
	else
		err = bm_wait(instance->map, request.columns[BM_KEYS].buffer,
			      window, request.columns[BM_EXPECTED].buffer,
			      bm_deadline(wait->deadline));
	bm_request_exit(&request);
	return err;
}
