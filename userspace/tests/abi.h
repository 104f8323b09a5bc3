/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A table of all ioctls of the ABI, each with what a successful call needs, so
 * that a test can make one thing wrong. These tests call the kernel directly,
 * without the library.
 */
#ifndef _BUCKETMAP_TESTS_ABI_H
#define _BUCKETMAP_TESTS_ABI_H

#include "operations.h"
#include "support.h"

#define ABI_KEY_SIZE	16
#define ABI_VALUE_SIZE	24

/*
 * The descriptors that ioctls are called on, and the state that a failing ioctl
 * must not change.
 */
struct abi_fixture {
	int device;
	struct bucketmap *map;
	struct snapshot before;
	char names_before[4096];
};

/**
 * struct abi_ioctl - an ioctl and how to call it
 * @name: its name in the header, without BUCKETMAP_IOC_
 * @number: its ioctl number
 * @size: size of the first version of its structure
 * @known_flags: flags that it accepts; all bits if the structure has an output
 *	in place of flags
 * @on_map: works on a map's descriptor, otherwise on the device's
 * @prepare: sets up what the ioctl needs to succeed, and fills in its
 *	structure, except for the size; NULL for operations
 */
struct abi_ioctl {
	const char *name;
	unsigned long number;
	__u32 size;
	__u32 known_flags;
	int on_map;
	void (*prepare)(struct abi_fixture *fixture, void *argument);
};

/* All ioctls; the last element has no name. */
extern struct abi_ioctl abi_ioctls[];

/* The first element with this ioctl number. */
const struct abi_ioctl *abi_ioctl(unsigned long number);

/* The size of its structure in the first version of the ABI. */
__u32 abi_first_size(const struct abi_ioctl *ioc);

/* The operation of an ioctl, or -1. */
int abi_operation_of(const struct abi_ioctl *ioc);

/* As prepared, it works on a descriptor that is open for reading only. */
int abi_is_read_only(const struct abi_ioctl *ioc);

/* It works on the device and on maps, with different arguments. */
int abi_on_device_and_map(const struct abi_ioctl *ioc);

/* It returns a new descriptor. */
int abi_returns_fd(const struct abi_ioctl *ioc);

/* Stores 20 entries, whose keys differ in the first byte: 0 to 19. */
void abi_fill(struct bucketmap *map);

/* Setup and teardown of each test. */
int abi_setup(void **state);
int abi_teardown(void **state);

#define abi_test(function) \
	cmocka_unit_test_setup_teardown(function, abi_setup, abi_teardown)

/* Returns the result of ioctl(2), or -errno, which it records for abi_returned_error(). */
int raw_ioctl(int fd, unsigned long number, void *argument);

/* Whether an ioctl, by its _IOC_NR, has returned this error in this program. */
int abi_returned_error(unsigned int number, int error);

/*
 * Returns a structure that is ready for its ioctl, in two zeroed pages that end
 * at the guard page.
 */
void *abi_prepare(struct abi_fixture *fixture, const struct abi_ioctl *ioc);

/* Calls the ioctl and closes the descriptor if it returns one. Returns 0 or -errno. */
int abi_call(struct abi_fixture *fixture, const struct abi_ioctl *ioc, void *argument);

/*
 * The ioctl fails with @error and changes nothing: neither the map, the list of
 * names nor the structure.
 */
void assert_call_fails(struct abi_fixture *fixture, const struct abi_ioctl *ioc,
		       void *argument, int error);

/* The first byte of an inaccessible page, which follows two accessible pages. */
unsigned char *abi_guard_page(void);

__u64 abi_pointer(const void *pointer);

#endif /* _BUCKETMAP_TESTS_ABI_H */
