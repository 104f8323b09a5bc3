// SPDX-License-Identifier: GPL-2.0
/*
 * What the tests know of operations.
 */
#include <kunit/test.h>
#include <linux/string.h>

#include "ops.h"

static int call_lookup(struct bucketmap *map, const struct bucketmap_op *op,
		       gfp_t gfp)
{
	return bucketmap_lookup(map, op->keys, op->window, op->previous);
}

static int call_store(struct bucketmap *map, const struct bucketmap_op *op,
		      gfp_t gfp)
{
	return bucketmap_store(map, op->keys, op->window, op->values, gfp);
}

static int call_insert(struct bucketmap *map, const struct bucketmap_op *op,
		       gfp_t gfp)
{
	return bucketmap_insert(map, op->keys, op->window, op->values, gfp);
}

static int call_replace(struct bucketmap *map, const struct bucketmap_op *op,
			gfp_t gfp)
{
	return bucketmap_replace(map, op->keys, op->window, op->values);
}

static int call_load_or_store(struct bucketmap *map,
			      const struct bucketmap_op *op, gfp_t gfp)
{
	return bucketmap_load_or_store(map, op->keys, op->window, op->values,
				       op->previous, gfp);
}

static int call_swap(struct bucketmap *map, const struct bucketmap_op *op,
		     gfp_t gfp)
{
	return bucketmap_swap(map, op->keys, op->window, op->values,
			      op->previous, gfp);
}

static int call_delete(struct bucketmap *map, const struct bucketmap_op *op,
		       gfp_t gfp)
{
	return bucketmap_delete(map, op->keys);
}

static int call_lookup_and_delete(struct bucketmap *map,
				  const struct bucketmap_op *op, gfp_t gfp)
{
	return bucketmap_lookup_and_delete(map, op->keys, op->window,
					   op->previous);
}

static int call_compare_and_swap(struct bucketmap *map,
				 const struct bucketmap_op *op, gfp_t gfp)
{
	return bucketmap_compare_and_swap(map, op->keys, op->window,
					  op->expected, op->values,
					  op->previous);
}

static int call_compare_and_delete(struct bucketmap *map,
				   const struct bucketmap_op *op, gfp_t gfp)
{
	return bucketmap_compare_and_delete(map, op->keys, op->window,
					    op->expected, op->previous);
}

static u64 number_of(const struct bucketmap_op *op)
{
	u64 number;

	memcpy(&number, op->values, sizeof(number));
	return number;
}

static int call_add(struct bucketmap *map, const struct bucketmap_op *op,
		    gfp_t gfp)
{
	return bucketmap_add(map, op->keys, op->window.offset, number_of(op),
			     op->previous, gfp);
}

static int call_add_existing(struct bucketmap *map,
			     const struct bucketmap_op *op, gfp_t gfp)
{
	return bucketmap_add_existing(map, op->keys, op->window.offset,
				      number_of(op), op->previous);
}

static int call_max(struct bucketmap *map, const struct bucketmap_op *op,
		    gfp_t gfp)
{
	return bucketmap_max(map, op->keys, op->window.offset, number_of(op),
			     op->previous, gfp);
}

static int call_max_existing(struct bucketmap *map,
			     const struct bucketmap_op *op, gfp_t gfp)
{
	return bucketmap_max_existing(map, op->keys, op->window.offset,
				      number_of(op), op->previous);
}

const struct bmt_op bmt_ops[BUCKETMAP_OPERATIONS] = {
	[BUCKETMAP_LOOKUP] = {
		.name = "lookup",
		.call = call_lookup,
		.columns = BMT_PREVIOUS,
		.effect = BMT_READS,
	},
	[BUCKETMAP_STORE] = {
		.name = "store",
		.call = call_store,
		.columns = BMT_VALUES,
		.effect = BMT_WRITES,
		.creates = true,
	},
	[BUCKETMAP_INSERT] = {
		.name = "insert",
		.call = call_insert,
		.columns = BMT_VALUES,
		.effect = BMT_REFUSES,
		.creates = true,
	},
	[BUCKETMAP_REPLACE] = {
		.name = "replace",
		.call = call_replace,
		.columns = BMT_VALUES,
		.effect = BMT_WRITES,
	},
	[BUCKETMAP_LOAD_OR_STORE] = {
		.name = "load or store",
		.call = call_load_or_store,
		.columns = BMT_VALUES | BMT_PREVIOUS,
		.effect = BMT_READS,
		.creates = true,
		.tells = true,
	},
	[BUCKETMAP_SWAP] = {
		.name = "swap",
		.call = call_swap,
		.columns = BMT_VALUES | BMT_PREVIOUS,
		.effect = BMT_WRITES,
		.creates = true,
		.tells = true,
	},
	[BUCKETMAP_DELETE] = {
		.name = "delete",
		.call = call_delete,
		.window = BMT_WINDOW_NONE,
		.effect = BMT_REMOVES,
	},
	[BUCKETMAP_LOOKUP_AND_DELETE] = {
		.name = "lookup and delete",
		.call = call_lookup_and_delete,
		.columns = BMT_PREVIOUS,
		.effect = BMT_REMOVES,
	},
	[BUCKETMAP_COMPARE_AND_SWAP] = {
		.name = "compare and swap",
		.call = call_compare_and_swap,
		.columns = BMT_VALUES | BMT_EXPECTED | BMT_PREVIOUS,
		.effect = BMT_WRITES,
	},
	[BUCKETMAP_COMPARE_AND_DELETE] = {
		.name = "compare and delete",
		.call = call_compare_and_delete,
		.columns = BMT_EXPECTED | BMT_PREVIOUS,
		.effect = BMT_REMOVES,
	},
	[BUCKETMAP_ADD] = {
		.name = "add",
		.call = call_add,
		.columns = BMT_VALUES | BMT_PREVIOUS,
		.window = BMT_WINDOW_NUMBER,
		.effect = BMT_ADDS,
		.creates = true,
	},
	[BUCKETMAP_ADD_EXISTING] = {
		.name = "add existing",
		.call = call_add_existing,
		.columns = BMT_VALUES | BMT_PREVIOUS,
		.window = BMT_WINDOW_NUMBER,
		.effect = BMT_ADDS,
	},
	[BUCKETMAP_MAX] = {
		.name = "max",
		.call = call_max,
		.columns = BMT_VALUES | BMT_PREVIOUS,
		.window = BMT_WINDOW_NUMBER,
		.effect = BMT_RAISES,
		.creates = true,
	},
	[BUCKETMAP_MAX_EXISTING] = {
		.name = "max existing",
		.call = call_max_existing,
		.columns = BMT_VALUES | BMT_PREVIOUS,
		.window = BMT_WINDOW_NUMBER,
		.effect = BMT_RAISES,
	},
};

struct bucketmap_op bmt_op_make(u32 operation, struct bucketmap_window window,
				const void *key, const void *values,
				const void *expected, void *previous)
{
	const struct bmt_op *op = &bmt_ops[operation];

	if (op->window == BMT_WINDOW_NUMBER)
		window.length = 0;
	else if (op->window == BMT_WINDOW_NONE)
		window = BUCKETMAP_WHOLE;
	return (struct bucketmap_op){
		.operation = operation,
		.window = window,
		.keys = key,
		.values = op->columns & BMT_VALUES ? values : NULL,
		.expected = op->columns & BMT_EXPECTED ? expected : NULL,
		.previous = op->columns & BMT_PREVIOUS ? previous : NULL,
	};
}

bool bmt_op_bytes(const struct bmt_op *op, u32 value_size,
		  struct bucketmap_window *window)
{
	bool valid = true;

	if (op->window == BMT_WINDOW_NONE) {
		*window = (struct bucketmap_window){ };
	} else if (op->window == BMT_WINDOW_NUMBER) {
		valid = !window->length && window->offset % sizeof(u64) == 0;
		window->length = sizeof(u64);
	} else if (!window->offset && !window->length) {
		window->length = value_size;
	}
	return valid && (u64)window->offset + window->length <= value_size;
}

/* What an operation writes, to a new entry too, whose value is all zero. */
static void write_window(const struct bmt_op *op, u8 *at, const void *values,
			 u32 length)
{
	u64 number, value;

	if (op->window != BMT_WINDOW_NUMBER) {
		memcpy(at, values, length);
		return;
	}
	memcpy(&number, at, sizeof(number));
	memcpy(&value, values, sizeof(value));
	number = op->effect == BMT_ADDS ? number + value : max(number, value);
	memcpy(at, &number, sizeof(number));
}

static int apply_absent(const struct bucketmap_op *op, struct bmt_entry *entry,
			u8 *at, u32 length)
{
	const struct bmt_op *rule = &bmt_ops[op->operation];

	if (!rule->creates)
		return -ENOENT;
	entry->present = true;
	write_window(rule, at, op->values, length);
	return 0;
}

static int apply_present(const struct bucketmap_op *op,
			 struct bmt_entry *entry, u8 *at, u32 length)
{
	const struct bmt_op *rule = &bmt_ops[op->operation];

	if (rule->columns & BMT_EXPECTED && memcmp(at, op->expected, length))
		return -ECANCELED;
	switch (rule->effect) {
	case BMT_READS:
		break;
	case BMT_REFUSES:
		return -EEXIST;
	case BMT_WRITES:
	case BMT_ADDS:
	case BMT_RAISES:
		write_window(rule, at, op->values, length);
		break;
	case BMT_REMOVES:
		entry->present = false;
		memset(entry->value, 0, entry->value_size);
		break;
	}
	return rule->tells;
}

int bmt_op_apply(const struct bucketmap_op *op, struct bmt_entry *entry,
		 void *previous)
{
	struct bucketmap_window bytes = op->window;
	u8 *at;

	if (!bmt_op_bytes(&bmt_ops[op->operation], entry->value_size, &bytes))
		return -EINVAL;
	at = entry->value + bytes.offset;
	memcpy(previous, at, bytes.length);
	if (entry->present)
		return apply_present(op, entry, at, bytes.length);
	return apply_absent(op, entry, at, bytes.length);
}

int bmt_op_apply_number(const struct bucketmap_op *op, bool *present,
			u64 *number)
{
	struct bmt_entry entry = { *present, sizeof(*number), (u8 *)number };
	u64 previous;
	int result = bmt_op_apply(op, &entry, &previous);

	*present = entry.present;
	return result;
}

bool bmt_op_gives(const struct bmt_op *op, bool present)
{
	return op->columns & BMT_PREVIOUS &&
	       (present || (op->creates && !op->tells));
}

void bmt_op_describe(const struct bmt_op *op, char *text)
{
	strscpy(text, op->name, KUNIT_PARAM_DESC_SIZE);
}
