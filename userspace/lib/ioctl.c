// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The way into the kernel: errors as return values, interrupted calls made
 * again. A command that was interrupted has done nothing yet.
 */
#include <errno.h>
#include <sys/ioctl.h>

#include "internal.h"

int bucketmap_ioctl(int fd, unsigned long command, void *argument)
{
	int saved_errno = errno;
	int ret;

	do {
		ret = ioctl(fd, command, argument);
		if (ret < 0)
			ret = -errno;
	} while (ret == -EINTR);

	errno = saved_errno;
	return ret;
}
