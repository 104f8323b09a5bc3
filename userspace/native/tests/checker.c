// SPDX-License-Identifier: GPL-2.0
/*
 * A map and a plain model of it: single operations, batches, scans.
 *
 * The file is long because single operations and batches share the checks of
 * results, and because the fuzzer links the checker as one file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/kernel.h>

#include "core/map.h"
#include "native/checks.h"
#include "native/random.h"
#include "checker.h"

#define GUARD		8
#define GUARD_BYTE	0xa5

#define SCAN_MAX	64

/* Entries of a batch: up to some groups and a part of one. */
#define BATCH_MAX	40

/* Steps on one key have the numbers of operations. */
static_assert((int)STEP_LOOKUP == BUCKETMAP_LOOKUP, "");
static_assert((int)STEP_LOAD_OR_STORE == BUCKETMAP_LOAD_OR_STORE, "");
static_assert((int)STEP_SCAN == BUCKETMAP_OPERATIONS, "");

#define PLACE_(line)	#line
#define PLACE(line)	PLACE_(line)

#define expect(checker, condition) do {					\
	if (!(condition))						\
		(checker)->mismatch(__FILE__ ":" PLACE(__LINE__), #condition);	\
} while (0)

/* Keys and values */

/* A key begins with its number, which determines the rest. */
static void make_key(const struct checker *checker, u32 key, u8 *bytes)
{
	u64 state = key;
	u32 i;

	for (i = 0; i < checker->config.key_size; i++)
		bytes[i] = i < sizeof(key) ? key >> (8 * i) :
					     native_random(&state);
}

/* Returns the number of a key that the map has returned. */
static u32 key_number(struct checker *checker, const u8 *bytes)
{
	u8 expected[BUCKETMAP_KEY_SIZE_MAX];
	u32 key = 0;
	u32 i;

	for (i = 0; i < min_t(u32, checker->config.key_size, sizeof(key)); i++)
		key |= (u32)bytes[i] << (8 * i);
	expect(checker, key < checker->keys);
	make_key(checker, key, expected);
	expect(checker, !memcmp(bytes, expected, checker->config.key_size));
	return key;
}

static u8 *model_value(const struct checker *checker, u32 key)
{
	return checker->values + (size_t)key * checker->config.value_size;
}

static void make_bytes(u8 *bytes, u32 count, u64 state)
{
	while (count--)
		*bytes++ = native_random(&state);
}

static void guard(struct checker *checker, u32 length)
{
	memset(checker->found + length, GUARD_BYTE, GUARD);
}

static bool guarded(const struct checker *checker, u32 length)
{
	u32 i;

	for (i = 0; i < GUARD; i++)
		if (checker->found[length + i] != GUARD_BYTE)
			return false;
	return true;
}

/* Resolves a window; returns false if the map must refuse it. */
static bool resolve(const struct checker *checker, struct bucketmap_window *window)
{
	u32 size = checker->config.value_size;

	if (!window->offset && !window->length)
		window->length = size;
	return (u64)window->offset + window->length <= size;
}

/* The model */

static void model_remove(struct checker *checker, u32 key)
{
	checker->present[key] = false;
	checker->stayed[key] = false;
	checker->count--;
}

static void model_write(struct checker *checker, u32 key,
			struct bucketmap_window window, const void *bytes)
{
	u8 *value = model_value(checker, key);

	if (!checker->present[key]) {
		memset(value, 0, checker->config.value_size);
		checker->present[key] = true;
		checker->count++;
	}
	if (window.length)
		memcpy(value + window.offset, bytes, window.length);
}

/* Whether more keys may collide than fit into a bucket. */
static bool may_collide(void)
{
	return native_hash_mask != ~0ULL;
}

/* Whether adding an entry may fail with @err, which leaves the model unchanged. */
static bool refused(const struct checker *checker, const struct step *step, int err)
{
	if (err == -ENOMEM)
		return checker->enomem_allowed || !step->may_sleep;
	if (err == -EMLINK)
		return may_collide();
	return err == -ENOSPC && checker->count == checker->config.max_entries;
}

static bool full(const struct checker *checker)
{
	return checker->config.max_entries &&
	       checker->count == checker->config.max_entries;
}

/* Steps */

/**
 * struct call - a call for one key
 * @step: the step that it belongs to
 * @batched: a batch has made it: its result is in @result, and what it has found
 *	in the checker's @found
 * @result: its result
 * @number: number of the key
 * @key: the key's bytes
 * @window: the resolved window
 * @valid: the window is valid
 * @present: the key is present
 * @value: the model's value, from the start of the window
 * @gfp: allocation flags
 */
struct call {
	const struct step *step;
	bool batched;
	int result;
	u32 number;
	u8 key[BUCKETMAP_KEY_SIZE_MAX];
	struct bucketmap_window window;
	bool valid;
	bool present;
	const u8 *value;
	gfp_t gfp;
};

/* The result of a call: that of the batch, or of @own, which is evaluated. */
#define result_of(call, own)	((call)->batched ? (call)->result : (own))

/* The value found must equal the window of the model. */
static void expect_found(struct checker *checker, const struct call *call)
{
	expect(checker, !memcmp(checker->found, call->value, call->window.length));
	expect(checker, guarded(checker, call->window.length));
}

/* Checks the result of a call that overwrites or adds an entry. */
static void expect_written(struct checker *checker, const struct call *call, int err)
{
	if (!call->present && err) {
		expect(checker, refused(checker, call->step, err));
		return;
	}
	expect(checker, !err);
	expect(checker, call->present || !full(checker));
	model_write(checker, call->number, call->window, checker->given);
}

static void do_lookup(struct checker *checker, const struct call *call)
{
	int err = result_of(call, bucketmap_lookup(checker->map, call->key,
						   call->step->window,
						   checker->found));

	expect(checker, err == (call->present ? 0 : -ENOENT));
	if (!err)
		expect_found(checker, call);
}

static void do_store(struct checker *checker, const struct call *call)
{
	expect_written(checker, call,
		       result_of(call, bucketmap_store(checker->map, call->key,
						       call->step->window,
						       checker->given, call->gfp)));
}

static void do_insert(struct checker *checker, const struct call *call)
{
	int err = result_of(call, bucketmap_insert(checker->map, call->key,
						   call->step->window,
						   checker->given, call->gfp));

	if (call->present)
		expect(checker, err == -EEXIST);
	else
		expect_written(checker, call, err);
}

static void do_replace(struct checker *checker, const struct call *call)
{
	int err = result_of(call, bucketmap_replace(checker->map, call->key,
						    call->step->window,
						    checker->given));

	expect(checker, err == (call->present ? 0 : -ENOENT));
	if (!err)
		model_write(checker, call->number, call->window, checker->given);
}

static void do_load_or_store(struct checker *checker, const struct call *call)
{
	int ret = result_of(call, bucketmap_load_or_store(checker->map, call->key,
							  call->step->window,
							  checker->given,
							  checker->found,
							  call->gfp));

	if (!call->present) {
		expect_written(checker, call, ret);
		return;
	}
	expect(checker, ret == 1);
	expect_found(checker, call);
}

static void do_swap(struct checker *checker, const struct call *call)
{
	int ret = result_of(call, bucketmap_swap(checker->map, call->key,
						 call->step->window, checker->given,
						 checker->found, call->gfp));

	if (call->present) {
		expect(checker, ret == 1);
		expect_found(checker, call);
	}
	expect_written(checker, call, ret == 1 ? 0 : ret);
}

static void do_delete(struct checker *checker, const struct call *call)
{
	int err = result_of(call, bucketmap_delete(checker->map, call->key));

	expect(checker, err == (call->present ? 0 : -ENOENT));
	if (!err)
		model_remove(checker, call->number);
}

static void do_lookup_and_delete(struct checker *checker, const struct call *call)
{
	int err = result_of(call, bucketmap_lookup_and_delete(checker->map,
							      call->key,
							      call->step->window,
							      checker->found));

	expect(checker, err == (call->present ? 0 : -ENOENT));
	if (err)
		return;
	expect_found(checker, call);
	model_remove(checker, call->number);
}

/* The value that a comparison expects: @given, or the current value. */
static const void *expected_bytes(const struct checker *checker,
				  const struct call *call)
{
	return call->step->matching && call->present ? call->value : checker->given;
}

static int expected_error(const struct checker *checker, const struct call *call)
{
	if (!call->present)
		return -ENOENT;
	return memcmp(expected_bytes(checker, call), call->value,
		      call->window.length) ? -ECANCELED : 0;
}

/* A single call uses one buffer for the expected value and the one found. */
static void *expected_and_found(struct checker *checker, const struct call *call)
{
	if (!call->batched)
		memcpy(checker->found, expected_bytes(checker, call),
		       call->window.length);
	return checker->found;
}

static void expect_compared(struct checker *checker, const struct call *call)
{
	if (call->present)
		expect_found(checker, call);
}

static void do_compare_and_swap(struct checker *checker, const struct call *call)
{
	void *buffer = expected_and_found(checker, call);
	int expected = expected_error(checker, call);

	memset(checker->swapped, (u8)call->step->number, call->window.length);
	expect(checker, expected ==
	       result_of(call,
			 bucketmap_compare_and_swap(checker->map, call->key,
						    call->step->window,
						    buffer, checker->swapped, buffer)));
	expect_compared(checker, call);
	if (!expected)
		model_write(checker, call->number, call->window, checker->swapped);
}

static void do_compare_and_delete(struct checker *checker, const struct call *call)
{
	void *buffer = expected_and_found(checker, call);
	int expected = expected_error(checker, call);

	expect(checker, expected ==
	       result_of(call,
			 bucketmap_compare_and_delete(checker->map, call->key,
						      call->step->window,
						      buffer, buffer)));
	expect_compared(checker, call);
	if (!expected)
		model_remove(checker, call->number);
}

static bool holds_number(const struct checker *checker, u32 offset)
{
	return offset % sizeof(u64) == 0 &&
	       (u64)offset + sizeof(u64) <= checker->config.value_size;
}

/* Only the offset of the window is used; numbers have native byte order. */
static void do_add(struct checker *checker, const struct call *call)
{
	u64 before = 0, after, previous;
	int err = result_of(call, bucketmap_add(checker->map, call->key,
						call->window.offset,
						call->step->number,
						(u64 *)checker->found, call->gfp));

	if (!holds_number(checker, call->window.offset)) {
		expect(checker, err == -EINVAL);
		return;
	}
	memcpy(&previous, checker->found, sizeof(previous));
	if (call->present)
		memcpy(&before, call->value, sizeof(before));
	after = before + call->step->number;
	memcpy(checker->given, &after, sizeof(after));
	expect_written(checker, call, err);
	expect(checker, err || previous == before);
}

static void (*const do_call[])(struct checker *checker, const struct call *call) = {
	[STEP_LOOKUP]			= do_lookup,
	[STEP_STORE]			= do_store,
	[STEP_INSERT]			= do_insert,
	[STEP_REPLACE]			= do_replace,
	[STEP_LOAD_OR_STORE]		= do_load_or_store,
	[STEP_SWAP]			= do_swap,
	[STEP_DELETE]			= do_delete,
	[STEP_LOOKUP_AND_DELETE]	= do_lookup_and_delete,
	[STEP_COMPARE_AND_SWAP]		= do_compare_and_swap,
	[STEP_COMPARE_AND_DELETE]	= do_compare_and_delete,
	[STEP_ADD]			= do_add,
};

/* Deletes have no window, additions only an offset. */
static void call_begin(struct checker *checker, struct call *call,
		       const struct step *step, u32 number)
{
	*call = (struct call){
		.step = step,
		.number = number,
		.window = step->window,
		.present = checker->present[number],
		.gfp = step->may_sleep ? GFP_KERNEL : GFP_NOWAIT,
	};
	call->valid = resolve(checker, &call->window);
	if (step->kind == STEP_ADD) {
		call->window.length = sizeof(u64);
		call->valid = holds_number(checker, call->window.offset);
	} else if (step->kind == STEP_DELETE) {
		call->window = (struct bucketmap_window){ };
		call->valid = true;
	}
	make_key(checker, number, call->key);
	call->value = model_value(checker, number) + call->window.offset;
	make_bytes(checker->given, checker->config.value_size,
		   step->number + number);
	guard(checker, call->valid ? call->window.length : 0);
}

static void key_step(struct checker *checker, const struct step *step)
{
	struct call call;

	call_begin(checker, &call, step, step->key);
	if (call.valid || step->kind == STEP_ADD) {
		do_call[step->kind](checker, &call);
		return;
	}
	expect(checker, bucketmap_lookup(checker->map, call.key, step->window,
					 checker->found) == -EINVAL);
	expect(checker, bucketmap_store(checker->map, call.key, step->window,
					checker->given, call.gfp) == -EINVAL);
}

/* Batches, of successive keys, so that no key is repeated. */

#define UNTOUCHED	12345

/**
 * struct batch - the arrays of a batch
 * @count: number of entries
 * @length: bytes of each window
 * @keys: array of the batch
 * @values: array of the batch
 * @expected: array of the batch
 * @previous: array of the batch
 * @results: array of the batch
 */
struct batch {
	u32 count;
	u32 length;
	u8 *keys;
	u8 *values;
	u8 *expected;
	u8 *previous;
	s32 *results;
};

static void batch_begin(const struct checker *checker, struct batch *batch, u32 count)
{
	size_t bytes = (size_t)count * (checker->config.value_size + sizeof(u64));
	u32 i;

	*batch = (struct batch){
		.count = count,
		.keys = malloc(count * checker->config.key_size),
		.values = malloc(bytes),
		.expected = malloc(bytes),
		.previous = malloc(bytes),
		.results = malloc(count * sizeof(s32)),
	};
	memset(batch->previous, GUARD_BYTE, bytes);
	for (i = 0; i < count; i++)
		batch->results[i] = UNTOUCHED;
}

static void batch_end(struct batch *batch)
{
	free(batch->keys);
	free(batch->values);
	free(batch->expected);
	free(batch->previous);
	free(batch->results);
}

static u32 batch_key(const struct checker *checker, const struct step *step, u32 i)
{
	return (step->key + i) % checker->keys;
}

static void fill_entry(struct checker *checker, struct batch *batch,
		       const struct step *step, u32 i)
{
	struct call call;
	u8 *value;

	call_begin(checker, &call, step, batch_key(checker, step, i));
	if (!call.valid)
		return;
	batch->length = call.window.length;
	value = batch->values + (size_t)i * batch->length;
	memcpy(batch->keys + i * checker->config.key_size, call.key,
	       checker->config.key_size);
	memcpy(batch->expected + (size_t)i * batch->length,
	       expected_bytes(checker, &call), batch->length);
	if (step->kind == STEP_ADD)
		memcpy(value, &step->number, sizeof(step->number));
	else if (step->kind == STEP_COMPARE_AND_SWAP)
		memset(value, (u8)step->number, batch->length);
	else
		memcpy(value, checker->given, batch->length);
}

static bool gives_previous(enum step_kind kind)
{
	return kind == STEP_LOOKUP || kind == STEP_LOAD_OR_STORE ||
	       kind == STEP_SWAP || kind == STEP_LOOKUP_AND_DELETE ||
	       kind == STEP_COMPARE_AND_SWAP ||
	       kind == STEP_COMPARE_AND_DELETE || kind == STEP_ADD;
}

static bool all_are(const u8 *bytes, u32 count, u8 byte)
{
	while (count--)
		if (*bytes++ != byte)
			return false;
	return true;
}

static void check_entry(struct checker *checker, const struct batch *batch,
			const struct step *step, u32 i)
{
	const u8 *previous = batch->previous + (size_t)i * batch->length;
	struct call call;

	call_begin(checker, &call, step, batch_key(checker, step, i));
	call.batched = true;
	call.result = batch->results[i];
	memcpy(checker->found, previous, batch->length);
	if (!gives_previous(step->kind))
		expect(checker, all_are(previous, batch->length, GUARD_BYTE));
	else if (!call.present)
		expect(checker, all_are(previous, batch->length, 0));
	do_call[step->kind](checker, &call);
}

static void batch_step(struct checker *checker, const struct step *step)
{
	const gfp_t gfp = step->may_sleep ? GFP_KERNEL : GFP_NOWAIT;
	bool previous = gives_previous(step->kind);
	struct bucketmap_op op = {
		.operation = step->kind,
		.window = step->window,
	};
	struct batch batch;
	struct call call;
	u32 finished, i;
	int err;

	batch_begin(checker, &batch, min(step->batch, checker->keys));
	for (i = 0; i < batch.count; i++)
		fill_entry(checker, &batch, step, i);
	if (step->kind == STEP_ADD)
		op.window.length = 0;
	else if (step->kind == STEP_DELETE)
		op.window = BUCKETMAP_WHOLE;
	op.keys = batch.keys;
	op.values = batch.values;
	op.previous = previous ? batch.previous : NULL;
	op.results = batch.results;
	if (step->kind == STEP_COMPARE_AND_SWAP ||
	    step->kind == STEP_COMPARE_AND_DELETE)
		op.expected = batch.expected;
	err = bucketmap_batch(checker->map, &op, batch.count, &finished, gfp);
	call_begin(checker, &call, step, step->key);
	expect(checker, err == (call.valid ? 0 : -EINVAL));
	expect(checker, finished == (err ? 0 : batch.count));
	for (i = 0; i < batch.count; i++)
		if (err)
			expect(checker, batch.results[i] == UNTOUCHED);
		else
			check_entry(checker, &batch, step, i);
	batch_end(&batch);
}

/* Scans */

static void scan_begin(struct checker *checker)
{
	checker->cursor = (struct bucketmap_cursor){ };
	memset(checker->seen, 0, checker->keys * sizeof(*checker->seen));
	memcpy(checker->stayed, checker->present,
	       checker->keys * sizeof(*checker->stayed));
}

static void scan_entry(struct checker *checker, const u8 *key, const u8 *value)
{
	u32 number = key_number(checker, key);

	expect(checker, checker->present[number]);
	expect(checker, !checker->seen[number]);
	expect(checker, !memcmp(value, model_value(checker, number),
				checker->config.value_size));
	checker->seen[number] = true;
}

static void scan_end(struct checker *checker)
{
	u32 key;

	for (key = 0; key < checker->keys; key++)
		expect(checker, checker->seen[key] || !checker->stayed[key]);
}

/* Continues the scan, and returns whether it has ended. */
static bool scan_step(struct checker *checker, u32 capacity)
{
	u32 key_size = checker->config.key_size;
	u32 value_size = checker->config.value_size;
	u8 *keys, *values;
	u32 count, i;
	int err;

	for (;;) {
		keys = malloc((size_t)capacity * key_size);
		values = malloc((size_t)capacity * value_size);
		err = bucketmap_scan(checker->map, &checker->cursor, keys, values,
				     capacity, &count);
		if (err != -ENOBUFS)
			break;
		expect(checker, count > capacity);
		capacity = count;
		free(keys);
		free(values);
	}
	expect(checker, !err);
	expect(checker, count <= capacity);
	for (i = 0; i < count; i++)
		scan_entry(checker, keys + (size_t)i * key_size,
			   values + (size_t)i * value_size);
	free(keys);
	free(values);
	if (!checker->cursor.end)
		return false;
	scan_end(checker);
	scan_begin(checker);
	return true;
}

static void clear_step(struct checker *checker)
{
	struct bucketmap_cursor cursor = { };
	u32 key;

	while (!cursor.end)
		bucketmap_clear(checker->map, &cursor);
	for (key = 0; key < checker->keys; key++)
		if (checker->present[key])
			model_remove(checker, key);
	expect(checker, !checker->count);
}

static void resize_step(struct checker *checker, u64 capacity)
{
	int err = bucketmap_resize(checker->map, capacity, 0);

	if (err == -EMLINK)
		expect(checker, may_collide());
	else
		expect(checker, !err || (err == -ENOMEM && checker->enomem_allowed));
}

/**
 * checker_enough() - expect no more lack of memory
 * @checker: the map and its model
 */
void checker_enough(struct checker *checker)
{
	checker->enomem_allowed = false;
	checker->map->resize.refused_until = 0;
}

/**
 * checker_step() - do a step to the map and the model, and compare
 * @checker: the map and the model
 * @step: the step
 */
void checker_step(struct checker *checker, const struct step *step)
{
	switch (step->kind) {
	case STEP_SCAN:
		scan_step(checker, 1 + step->number % SCAN_MAX);
		break;
	case STEP_CLEAR:
		clear_step(checker);
		break;
	case STEP_RESIZE:
		resize_step(checker, step->number % (8 * checker->keys));
		break;
	default:
		if (step->batch)
			batch_step(checker, step);
		else
			key_step(checker, step);
	}
	expect(checker, bucketmap_count(checker->map) == checker->count);
}

/**
 * checker_verify() - compare all keys by lookups and by a scan
 * @checker: the map and the model
 */
void checker_verify(struct checker *checker)
{
	struct step step = { .kind = STEP_LOOKUP };

	for (step.key = 0; step.key < checker->keys; step.key++)
		checker_step(checker, &step);
	scan_begin(checker);
	while (!scan_step(checker, SCAN_MAX))
		;
}

/**
 * checker_begin() - create a map and its model
 * @checker: to be initialized
 * @config: configuration of the map
 * @keys: number of possible keys
 * @mismatch: called when map and model differ
 *
 * Return: 0, or the error of bucketmap_create(); checker_end() must not be called
 * then.
 */
int checker_begin(struct checker *checker, const struct bucketmap_config *config,
		  u32 keys, void (*mismatch)(const char *where, const char *what))
{
	struct bucketmap *map = bucketmap_create(config);

	if (IS_ERR(map))
		return PTR_ERR(map);
	*checker = (struct checker){
		.map = map,
		.config = *config,
		.keys = keys,
		.present = calloc(keys, sizeof(bool)),
		.values = calloc(keys, config->value_size),
		.seen = calloc(keys, sizeof(bool)),
		.stayed = calloc(keys, sizeof(bool)),
		.found = calloc(1, config->value_size + GUARD),
		.given = calloc(1, config->value_size + GUARD),
		.swapped = calloc(1, config->value_size + GUARD),
		.mismatch = mismatch,
	};
	scan_begin(checker);
	return 0;
}

/**
 * checker_end() - destroy a map and its model
 * @checker: the map and the model
 */
void checker_end(struct checker *checker)
{
	bucketmap_destroy(checker->map);
	free(checker->present);
	free(checker->values);
	free(checker->seen);
	free(checker->stayed);
	free(checker->found);
	free(checker->given);
	free(checker->swapped);
}

/* Windows: whole values, aligned, arbitrary, and sometimes invalid ones. */
static struct bucketmap_window draw_window(const struct checker *checker, u64 random)
{
	u32 size = checker->config.value_size;
	struct bucketmap_window window = { };

	if (random % 4 == 0 || !size)
		return window;
	window.offset = (random >> 8) % (size + 1);
	if (random % 4 == 1)
		window.offset &= ~7;
	window.length = (random >> 32) % (size - window.offset + 1);
	if (random % 64 == 3)
		window.length += size;
	return window;
}

/**
 * step_draw() - draw a random step
 * @checker: the checker that it is for
 * @step: the result
 * @random: state of the random numbers
 */
void step_draw(const struct checker *checker, struct step *step, u64 *random)
{
	u64 lot = native_random(random);

	step->kind = lot % STEP_SCAN;
	if (lot >> 32 & 0x3f)
		;
	else if (lot >> 38 & 0xf)
		step->kind = STEP_SCAN;
	else if (lot >> 42 & 0x7)
		step->kind = STEP_RESIZE;
	else if (!(lot >> 45 & 0xf))
		step->kind = STEP_CLEAR;
	step->key = native_random(random) % checker->keys;
	step->batch = lot >> 49 & 0xf ? 0 : 1 + (lot >> 53) % BATCH_MAX;
	step->window = draw_window(checker, native_random(random));
	step->number = native_random(random);
	step->matching = lot >> 63;
	step->may_sleep = lot >> 60 & 3;
}
