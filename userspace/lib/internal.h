/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Declarations shared by the library's files.
 */
#ifndef _LIBBUCKETMAP_INTERNAL_H
#define _LIBBUCKETMAP_INTERNAL_H

#include "bucketmap.h"

struct mapping;

/**
 * struct bucketmap - a map
 * @fd: its descriptor
 * @mapping: what lookups read, or NULL
 */
struct bucketmap {
	int fd;
	struct mapping *mapping;
};

/* Structures carry pointers as 64-bit numbers, also for 32-bit callers. */
static inline __u64 pointer_to_u64(const void *pointer)
{
	return (unsigned long)pointer;
}

static inline void *u64_to_pointer(__u64 number)
{
	return (void *)(unsigned long)number;
}

/* Runs an ioctl. Returns the kernel's result, or -errno. */
int bucketmap_ioctl(int fd, unsigned long number, void *argument);

/*
 * Runs an ioctl on a descriptor of the device, which is opened with @access
 * (O_RDONLY or O_RDWR) if @device is BUCKETMAP_DEVICE_OPEN. Returns likewise.
 */
int bucketmap_device_ioctl(int device, int access, unsigned long number, void *argument);

#endif /* _LIBBUCKETMAP_INTERNAL_H */
