// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * System calls: returns errors as values, and repeats interrupted ioctls. These
 * have done nothing yet, or the kernel has updated the argument so that the call
 * continues. Deadlines are absolute, so repeating does not extend them.
 */
#include <errno.h>
#include <sys/ioctl.h>

#include "internal.h"

int bucketmap_ioctl(int fd, unsigned long number, void *argument)
{
	int saved_errno = errno;
	int ret;

	do
		ret = ioctl(fd, number, argument);
	while (ret < 0 && errno == EINTR);
	if (ret < 0)
		ret = -errno;
	errno = saved_errno;
	return ret;
}
