// SPDX-License-Identifier: GPL-2.0
/*
 * Operations as processes request them: how their columns are copied between
 * user memory and the kernel.
 *
 * Columns pass through a buffer, because an access to user memory may fault, and
 * the map's locks must not sleep. All input is in the buffer before the map is
 * accessed, and the places of all output are known to be writable by then. No
 * locks.
 */
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "core/core.h"
#include "core/ops.h"
#include "dev/map_file.h"
#include "dev/request.h"

/* Does an operation use that column? */
static bool uses(const struct bm_op_rule *rule, enum bm_column_of column)
{
	static const u8 bits[] = {
		[BM_VALUES] = BM_OP_VALUES,
		[BM_EXPECTED] = BM_OP_EXPECTED,
		[BM_PREVIOUS] = BM_OP_PREVIOUS,
	};

	return rule->columns & bits[column];
}

/* What is not used must be zero. */
static bool excess(const struct bm_request *request,
		   const struct bm_op_rule *rule)
{
	enum bm_column_of i;

	for (i = BM_VALUES; i <= BM_PREVIOUS; i++)
		if (request->columns[i].user && !uses(rule, i))
			return true;
	return (request->window.offset && rule->window == BM_WINDOW_NONE) ||
	       (request->window.length && rule->window != BM_WINDOW_ANY);
}

/**
 * bm_request_check() - check a request, and complete it
 * @request: the request: its operation, window and columns
 * @file: descriptor of the map
 *
 * Context: any.
 * Return: 0, or
 *   -EBADF   the operation writes and @file is not open for writing
 *   -EINVAL  an unknown operation, something that it does not use and that is
 *	not zero, or a window that does not lie inside the value
 */
int bm_request_check(struct bm_request *request, struct file *file)
{
	const struct bm_instance *instance = bm_map_instance(file);
	struct bm_column *columns = request->columns;
	const struct bm_op_rule *rule;
	enum bm_column_of i;
	int err;

	if (request->operation >= BUCKETMAP_OPERATIONS)
		return -EINVAL;
	request->operation = array_index_nospec(request->operation,
						BUCKETMAP_OPERATIONS);
	rule = &bm_op_rules[request->operation];
	if (bm_op_writes(rule) && !(file->f_mode & FMODE_WRITE))
		return -EBADF;
	if (excess(request, rule))
		return -EINVAL;
	err = bm_window_check(instance->map, rule->window, &request->window);
	if (err)
		return err;

	request->rule = rule;
	columns[BM_KEYS].used = true;
	columns[BM_KEYS].bytes = instance->config.key_size;
	for (i = BM_VALUES; i <= BM_PREVIOUS; i++) {
		columns[i].used = uses(rule, i);
		if (i == BM_PREVIOUS && !columns[i].user)
			columns[i].used = false;
		columns[i].bytes = columns[i].used ? request->window.length : 0;
	}
	return 0;
}

/**
 * bm_request_entry_bytes() - how much buffer an entry takes
 * @request: the request, with its columns
 *
 * Context: any.
 * Return: bytes, 1 at least.
 */
u32 bm_request_entry_bytes(const struct bm_request *request)
{
	enum bm_column_of i;
	u32 bytes = 0;

	for (i = 0; i < BM_COLUMNS; i++)
		bytes += request->columns[i].bytes;
	return bytes;
}

/* Columns of numbers are aligned like these. */
static size_t column_size(const struct bm_column *column, u32 capacity)
{
	return ALIGN((size_t)capacity * column->bytes, sizeof(u64));
}

/**
 * bm_request_init() - make the buffer
 * @request: the request, with its columns
 * @capacity: entries that the buffer must hold
 *
 * Context: Process context. May sleep.
 * Return: 0, or -ENOMEM.
 */
int bm_request_init(struct bm_request *request, u32 capacity)
{
	enum bm_column_of i;
	size_t size = 0;
	void *next;

	for (i = 0; i < BM_COLUMNS; i++)
		size += column_size(&request->columns[i], capacity);
	request->buffer = request->small;
	if (size > sizeof(request->small))
		request->buffer = kvmalloc(size, BM_GFP);
	if (!request->buffer)
		return -ENOMEM;

	next = request->buffer;
	for (i = 0; i < BM_COLUMNS; i++) {
		struct bm_column *column = &request->columns[i];

		column->buffer = column->used ? next : NULL;
		next += column_size(column, capacity);
	}
	return 0;
}

/**
 * bm_request_exit() - free the buffer
 * @request: the request, for which bm_request_init() succeeded
 *
 * Context: Process context. May sleep.
 */
void bm_request_exit(struct bm_request *request)
{
	if (request->buffer != request->small)
		kvfree(request->buffer);
}

/**
 * bm_request_op() - express a request as the core does
 * @request: the request, with its buffer
 * @op: takes it
 *
 * Context: any.
 */
void bm_request_op(const struct bm_request *request, struct bucketmap_op *op)
{
	*op = (struct bucketmap_op){
		.operation = request->operation,
		.window = request->window,
		.keys = request->columns[BM_KEYS].buffer,
		.values = request->columns[BM_VALUES].buffer,
		.expected = request->columns[BM_EXPECTED].buffer,
		.previous = request->columns[BM_PREVIOUS].buffer,
		.results = request->columns[BM_RESULTS].buffer,
	};
}

/* How many of the entries are whole, with so many bytes left at the end? */
static u32 whole_entries(const struct bm_column *column, u32 count, size_t left)
{
	if (!left)
		return count;
	return ((size_t)count * column->bytes - left) / column->bytes;
}

/**
 * bm_request_read() - read the next entries from user memory
 * @request: the request, with its buffer
 * @count: entries
 *
 * Context: Process context. May sleep.
 * Return: how many could be read; if 0 of 1, that one is not there.
 */
u32 bm_request_read(const struct bm_request *request, u32 count)
{
	enum bm_column_of i;

	for (i = BM_KEYS; i <= BM_EXPECTED; i++) {
		const struct bm_column *column = &request->columns[i];
		size_t left;

		if (!column->bytes)
			continue;
		left = copy_from_user(column->buffer,
				      u64_to_user_ptr(column->user),
				      (size_t)count * column->bytes);
		count = whole_entries(column, count, left);
	}
	return count;
}

/*
 * How many bytes at the end of a place in user memory cannot be written to? One
 * byte in each page is written back as it is: that is the caller's to give. To
 * do without, as fault_in_safe_writeable() does, needs the lock of the address
 * space and as much time as the operation itself.
 */
static size_t not_writable(char __user *to, size_t size)
{
	size_t checked, step;
	char byte;

	if (!access_ok(to, size))
		return size;
	for (checked = 0; checked < size; checked += step) {
		if (get_user(byte, to + checked) ||
		    put_user(byte, to + checked))
			return size - checked;
		step = PAGE_SIZE - offset_in_page(to + checked);
	}
	return 0;
}

/* Inlined, so that no pointer to a function is followed. */
static __always_inline u32
each_answer(const struct bm_request *request, u32 count,
	    size_t (*left_of)(const struct bm_column *column, size_t size))
{
	enum bm_column_of i;

	for (i = BM_PREVIOUS; i <= BM_RESULTS; i++) {
		const struct bm_column *column = &request->columns[i];
		size_t left;

		if (!column->bytes)
			continue;
		left = left_of(column, (size_t)count * column->bytes);
		count = whole_entries(column, count, left);
	}
	return count;
}

static __always_inline size_t check_answers(const struct bm_column *column,
					    size_t size)
{
	return not_writable(u64_to_user_ptr(column->user), size);
}

static __always_inline size_t write_answers(const struct bm_column *column,
					    size_t size)
{
	return copy_to_user(u64_to_user_ptr(column->user), column->buffer,
			    size);
}

/**
 * bm_request_prepare() - make sure that answers can be written to user memory
 * @request: the request, with its columns
 * @count: entries
 *
 * What is there now stays as it is.
 *
 * Context: Process context. May sleep.
 * Return: how many have a place for their answers; if 0 of 1, that one has not.
 */
u32 bm_request_prepare(const struct bm_request *request, u32 count)
{
	return each_answer(request, count, check_answers);
}

/**
 * bm_request_write() - write the answers of the next entries to user memory
 * @request: the request, with its buffer
 * @count: entries
 *
 * Context: Process context. May sleep.
 * Return: how many could be written; if 0 of 1, its place is not there.
 */
u32 bm_request_write(const struct bm_request *request, u32 count)
{
	return each_answer(request, count, write_answers);
}

/**
 * bm_request_advance() - leave entries behind that are finished
 * @request: the request, with its columns
 * @count: entries
 *
 * Context: any.
 */
void bm_request_advance(struct bm_request *request, u64 count)
{
	enum bm_column_of i;

	for (i = 0; i < BM_COLUMNS; i++)
		request->columns[i].user += count * request->columns[i].bytes;
}
