// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The way into the kernel: errors as return values, interrupted commands made
 * again. Those have done nothing yet, or the kernel has left in the argument
 * what it needs to go on. Deadlines are absolute: repeating does not move them.
 */
#include <errno.h>
#include <sys/ioctl.h>

#include "internal.h"

int bucketmap_ioctl(int fd, unsigned long command, void *argument)
{
	int saved_errno = errno;
	int ret;

	do
		ret = ioctl(fd, command, argument);
	while (ret < 0 && errno == EINTR);
	if (ret < 0)
		ret = -errno;
	errno = saved_errno;
	return ret;
}
