/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The operations on entries, as the header of the ABI specifies them. This is the only
 * list of them in the end-to-end tests. It is apart from the module's operation table
 * on purpose: the tests check the one against the other. Programs that have neither
 * the library nor cmocka use it as well.
 */
#ifndef _BUCKETMAP_TESTS_OPERATIONS_H
#define _BUCKETMAP_TESTS_OPERATIONS_H

#include "uapi/bucketmap.h"

/* The words of the table below. */
enum op_column { OP_COLUMN_NO, OP_COLUMN_IN, OP_COLUMN_OUT };
enum op_window { OP_WINDOW_NO, OP_WINDOW_ANY, OP_WINDOW_NUMBER };
enum op_absent { OP_FAILS, OP_MAKES };
enum op_exists { OP_READS, OP_REFUSES, OP_KEEPS, OP_WRITES, OP_REMOVES };

/**
 * struct operation - what an operation takes, does and returns
 * @name: its name in the header, without BUCKETMAP_
 * @ioctl: number of its ioctl
 * @value: it takes a value: IN, otherwise NO, which is 0
 * @expected: it takes an expected value, likewise
 * @previous: it gives the previous value: OUT, otherwise NO
 * @window: it works on ANY window; on a NUMBER, a __u64; or it has NO window
 * @absent: if the key does not exist, it MAKES an entry, or FAILS with ENOENT
 * @exists: if the key exists, it READS the entry, REFUSES with EEXIST, KEEPS the entry
 *	as it is, WRITES the window or the number, or REMOVES the entry
 * @returns: what it returns if it succeeds and the key existed
 * @becomes: what a number becomes; a new entry has the number 0 before
 */
struct operation {
	const char *name;
	unsigned long ioctl;
	enum op_column value;
	enum op_column expected;
	enum op_column previous;
	enum op_window window;
	enum op_absent absent;
	enum op_exists exists;
	int returns;
	__u64 (*becomes)(__u64 number, __u64 value);
};

static inline __u64 op_sum(__u64 number, __u64 value)
{
	return number + value;
}

static inline __u64 op_larger(__u64 number, __u64 value)
{
	return number > value ? number : value;
}

/* A number that is written out, which the header must have. */
#define OP_SAME(written, number)						\
	((number) + 0 * sizeof(char[(written) == (number) ? 1 : -1]))

#define OP_ROW(op, nr, value, expected, previous, window, absent, exists, returns, becomes) \
	[(nr) - 0x20] = {							\
		#op, OP_SAME(BUCKETMAP_IOC_OPERATION((nr) - 0x20), BUCKETMAP_IOC_##op), \
		OP_COLUMN_##value, OP_COLUMN_##expected, OP_COLUMN_##previous,	\
		OP_WINDOW_##window, OP_##absent, OP_##exists, returns, becomes	\
	}

/* By their numbers. The second column is the _IOC_NR of the ioctl. */
static const struct operation operations[] = {
	/*     name                    value, expected, previous; window; absent, exists, returns */
	OP_ROW(LOOKUP,             0x20, NO, NO, OUT, ANY,    FAILS, READS,   0, 0),
	OP_ROW(STORE,              0x21, IN, NO, NO,  ANY,    MAKES, WRITES,  0, 0),
	OP_ROW(INSERT,             0x22, IN, NO, NO,  ANY,    MAKES, REFUSES, 0, 0),
	OP_ROW(REPLACE,            0x23, IN, NO, NO,  ANY,    FAILS, WRITES,  0, 0),
	OP_ROW(LOAD_OR_STORE,      0x24, IN, NO, OUT, ANY,    MAKES, KEEPS,   1, 0),
	OP_ROW(SWAP,               0x25, IN, NO, OUT, ANY,    MAKES, WRITES,  1, 0),
	OP_ROW(DELETE,             0x26, NO, NO, NO,  NO,     FAILS, REMOVES, 0, 0),
	OP_ROW(LOOKUP_AND_DELETE,  0x27, NO, NO, OUT, ANY,    FAILS, REMOVES, 0, 0),
	OP_ROW(COMPARE_AND_SWAP,   0x28, IN, IN, OUT, ANY,    FAILS, WRITES,  0, 0),
	OP_ROW(COMPARE_AND_DELETE, 0x29, NO, IN, OUT, ANY,    FAILS, REMOVES, 0, 0),
	OP_ROW(ADD,                0x2a, IN, NO, OUT, NUMBER, MAKES, WRITES,  0, op_sum),
	OP_ROW(ADD_EXISTING,       0x2b, IN, NO, OUT, NUMBER, FAILS, WRITES,  0, op_sum),
	OP_ROW(MAX,                0x2c, IN, NO, OUT, NUMBER, MAKES, WRITES,  0, op_larger),
	OP_ROW(MAX_EXISTING,       0x2d, IN, NO, OUT, NUMBER, FAILS, WRITES,  0, op_larger),
};

#define OPERATIONS	((int)(sizeof(operations) / sizeof(struct operation)))

/* Does it write to the map, if it succeeds? */
static inline int op_writes(const struct operation *op)
{
	return op->exists != OP_READS;
}

#endif /* _BUCKETMAP_TESTS_OPERATIONS_H */
