/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mappings of maps without a kernel: what module/dev/mmap.c does, in a process.
 *
 * The library's mmap(), mremap() and munmap() get here (--wrap), if they are
 * about MAPPED_DEVICE_FD or what was mapped by it. An access to a page that is
 * not mapped yet raises SIGSEGV, whose handler is the page fault: it asks
 * bm_mapped_page(), and maps that page a second time, or one of all ones.
 */
#ifndef _NATIVE_TESTS_MAPPED_DEVICE_H
#define _NATIVE_TESTS_MAPPED_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct bucketmap;

/* The descriptor of the map. No open file has it. */
#define MAPPED_DEVICE_FD	(-1000)

bool mapped_device_exists(void);
void mapped_device_begin(struct bucketmap *map);
void mapped_device_end(void);

/* From now on, the device cannot be mapped, or can be again. */
void mapped_device_refuse(bool refuse);

/* Returns how often it was to be mapped while it could not. */
unsigned int mapped_device_refused(void);

/* What --wrap makes of the system calls. */
void *__real_mmap(void *start, size_t bytes, int protection, int flags, int fd, off_t offset);
void *__real_mremap(void *start, size_t bytes, size_t new_bytes, int flags, ...);
int __real_munmap(void *start, size_t bytes);
void *__wrap_mmap(void *start, size_t bytes, int protection, int flags, int fd, off_t offset);
void *__wrap_mremap(void *start, size_t bytes, size_t new_bytes, int flags, void *place);
int __wrap_munmap(void *start, size_t bytes);

#endif /* _NATIVE_TESTS_MAPPED_DEVICE_H */
