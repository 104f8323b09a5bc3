/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ABI as the tests of it see it: a table of all commands, each with what it
 * takes to call it well, so that each test can spoil one thing. No library is
 * between these tests and the kernel.
 */
#ifndef _BUCKETMAP_TESTS_ABI_H
#define _BUCKETMAP_TESTS_ABI_H

#include "support.h"

#define ABI_KEY_SIZE	16
#define ABI_VALUE_SIZE	24

/* What commands are called on, and what must stay as it is where they fail. */
struct abi_fixture {
	int device;
	struct bucketmap *map;
	struct snapshot before;
	char names_before[4096];
};

/**
 * struct abi_command - a command and its use
 * @name: what the header calls it
 * @number: its ioctl number
 * @size: size of the first version of its structure
 * @known_flags: flags that it takes; all where there is an answer in their place
 * @on_map: works on a map's descriptor, else on the device's
 * @prepare: brings about what the command needs to succeed, and fills in its
 *	structure, but for the size
 */
struct abi_command {
	const char *name;
	unsigned long number;
	__u32 size;
	__u32 known_flags;
	int on_map;
	void (*prepare)(struct abi_fixture *fixture, void *argument);
};

/* All of them, and then one without a name. */
extern const struct abi_command abi_commands[];

/* The first of that number. */
const struct abi_command *abi_command(unsigned long number);

/* What an operation uses of a struct bucketmap_entry, as the table in the header has it. */
struct abi_operation {
	unsigned char value;
	unsigned char expected;
	unsigned char previous;
	unsigned char window;
	unsigned char needs_key; /* returns ENOENT */
	unsigned char writes;
};

extern const struct abi_operation abi_operations[OPERATIONS];

/* The operation that a command is, or -1. */
int abi_operation_of(const struct abi_command *command);

/* As prepared, it needs no descriptor that is open for writing. */
int abi_only_reads(const struct abi_command *command);

/* It works on a device and on a map, and takes something else on each. */
int abi_on_both_kinds(const struct abi_command *command);

/* It returns a new descriptor. */
int abi_makes_descriptor(const struct abi_command *command);

/* Puts 20 entries into the map, whose keys differ in their first byte: 0 to 19. */
void abi_fill(struct bucketmap *map);

/* Setup and teardown of each test. */
int abi_setup(void **state);
int abi_teardown(void **state);

#define abi_test(function) \
	cmocka_unit_test_setup_teardown(function, abi_setup, abi_teardown)

/* Returns what the kernel does, or -errno, which it keeps for abi_has_failed(). */
int raw_ioctl(int fd, unsigned long number, void *argument);

/* Has a command, by the number inside its ioctl number, ever failed so in this program? */
int abi_has_failed(unsigned int number, int error);

/* A structure ready for its command, in zeroed memory of two pages that ends where no page is. */
void *abi_prepare(struct abi_fixture *fixture, const struct abi_command *command);

/* Calls the command, and closes the descriptor if it returns one. Returns 0 or -errno. */
int abi_call(struct abi_fixture *fixture, const struct abi_command *command, void *argument);

/* The command fails so, and nothing is changed by that: not the map, and not the structure. */
void assert_call_fails(struct abi_fixture *fixture, const struct abi_command *command,
		       void *argument, int error);

/* The first byte of a page that is not there; two pages of memory lie before it. */
unsigned char *abi_cliff(void);

__u64 abi_pointer(const void *pointer);

#endif /* _BUCKETMAP_TESTS_ABI_H */
