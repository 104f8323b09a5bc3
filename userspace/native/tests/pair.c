// SPDX-License-Identifier: GPL-2.0
/*
 * A map and a plain model of it.
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
#include "pair.h"

#define GUARD		8
#define GUARD_BYTE	0xa5

#define SCAN_MAX	64

/* A batch of one to so many keys: some groups, and a part of one. */
#define BATCH_MAX	40

/* The steps to one key have the numbers that operations have. */
static_assert((int)STEP_LOOKUP == BUCKETMAP_LOOKUP, "");
static_assert((int)STEP_LOAD_OR_STORE == BUCKETMAP_LOAD_OR_STORE, "");
static_assert((int)STEP_SCAN == BUCKETMAP_OPERATIONS, "");

#define PLACE_(line)	#line
#define PLACE(line)	PLACE_(line)

#define expect(pair, condition) do {					\
	if (!(condition))						\
		(pair)->mismatch(__FILE__ ":" PLACE(__LINE__), #condition);	\
} while (0)

/* Keys and values */

/* A key begins with its number, and the rest follows from that. */
static void make_key(const struct pair *pair, u32 key, u8 *bytes)
{
	u64 state = key;
	u32 i;

	for (i = 0; i < pair->config.key_size; i++)
		bytes[i] = i < sizeof(key) ? key >> (8 * i) :
					     native_random(&state);
}

/* Returns the number of a key that came from the map. */
static u32 key_number(struct pair *pair, const u8 *bytes)
{
	u8 expected[BUCKETMAP_KEY_SIZE_MAX];
	u32 key = 0;
	u32 i;

	for (i = 0; i < min_t(u32, pair->config.key_size, sizeof(key)); i++)
		key |= (u32)bytes[i] << (8 * i);
	expect(pair, key < pair->keys);
	make_key(pair, key, expected);
	expect(pair, !memcmp(bytes, expected, pair->config.key_size));
	return key;
}

static u8 *model_value(const struct pair *pair, u32 key)
{
	return pair->values + (size_t)key * pair->config.value_size;
}

static void make_bytes(u8 *bytes, u32 count, u64 state)
{
	while (count--)
		*bytes++ = native_random(&state);
}

static void guard(struct pair *pair, u32 length)
{
	memset(pair->found + length, GUARD_BYTE, GUARD);
}

static bool guarded(const struct pair *pair, u32 length)
{
	u32 i;

	for (i = 0; i < GUARD; i++)
		if (pair->found[length + i] != GUARD_BYTE)
			return false;
	return true;
}

/* Returns false for a window that the map must refuse. */
static bool resolve(const struct pair *pair, struct bucketmap_window *window)
{
	u32 size = pair->config.value_size;

	if (!window->offset && !window->length)
		window->length = size;
	return (u64)window->offset + window->length <= size;
}

/* The model */

static void model_remove(struct pair *pair, u32 key)
{
	pair->present[key] = false;
	pair->stayed[key] = false;
	pair->count--;
}

static void model_write(struct pair *pair, u32 key,
			struct bucketmap_window window, const void *bytes)
{
	u8 *value = model_value(pair, key);

	if (!pair->present[key]) {
		memset(value, 0, pair->config.value_size);
		pair->present[key] = true;
		pair->count++;
	}
	if (window.length)
		memcpy(value + window.offset, bytes, window.length);
}

/* May more keys collide than a bucket can take? */
static bool may_collide(void)
{
	return native_hash_mask != ~0ULL;
}

/* Is this how making an entry may fail? The model is not changed then. */
static bool refused(const struct pair *pair, const struct step *step, int err)
{
	if (err == -ENOMEM)
		return pair->want || !step->may_sleep;
	if (err == -EMLINK)
		return may_collide();
	return err == -ENOSPC && pair->count == pair->config.max_entries;
}

static bool full(const struct pair *pair)
{
	return pair->config.max_entries &&
	       pair->count == pair->config.max_entries;
}

/* Steps */

/**
 * struct call - a step on its way
 * @step: the step
 * @batched: a batch has done it: what came of it is in @result, and what it
 *	found in the pair's @found
 * @result: what came of it
 * @number: number of the key
 * @key: the key's bytes
 * @window: the window, resolved
 * @valid: the window is right
 * @there: the key is present
 * @value: the model's value, from the window on
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
	bool there;
	const u8 *value;
	gfp_t gfp;
};

/* What comes of a call: of its own, or of the batch that has done it. */
#define outcome(call, own)	((call)->batched ? (call)->result : (own))

/* What was found must be what the window of the model holds. */
static void expect_found(struct pair *pair, const struct call *call)
{
	expect(pair, !memcmp(pair->found, call->value, call->window.length));
	expect(pair, guarded(pair, call->window.length));
}

/* Judges a call that writes to a key, or makes it. */
static void expect_written(struct pair *pair, const struct call *call, int err)
{
	if (!call->there && err) {
		expect(pair, refused(pair, call->step, err));
		return;
	}
	expect(pair, !err);
	expect(pair, call->there || !full(pair));
	model_write(pair, call->number, call->window, pair->given);
}

static void do_lookup(struct pair *pair, const struct call *call)
{
	int err = outcome(call, bucketmap_lookup(pair->map, call->key,
						 call->step->window,
						 pair->found));

	expect(pair, err == (call->there ? 0 : -ENOENT));
	if (!err)
		expect_found(pair, call);
}

static void do_store(struct pair *pair, const struct call *call)
{
	expect_written(pair, call,
		       outcome(call, bucketmap_store(pair->map, call->key,
						     call->step->window,
						     pair->given, call->gfp)));
}

static void do_insert(struct pair *pair, const struct call *call)
{
	int err = outcome(call, bucketmap_insert(pair->map, call->key,
						 call->step->window,
						 pair->given, call->gfp));

	if (call->there)
		expect(pair, err == -EEXIST);
	else
		expect_written(pair, call, err);
}

static void do_replace(struct pair *pair, const struct call *call)
{
	int err = outcome(call, bucketmap_replace(pair->map, call->key,
						  call->step->window,
						  pair->given));

	expect(pair, err == (call->there ? 0 : -ENOENT));
	if (!err)
		model_write(pair, call->number, call->window, pair->given);
}

static void do_load_or_store(struct pair *pair, const struct call *call)
{
	int ret = outcome(call, bucketmap_load_or_store(pair->map, call->key,
							call->step->window,
							pair->given,
							pair->found,
							call->gfp));

	if (!call->there) {
		expect_written(pair, call, ret);
		return;
	}
	expect(pair, ret == 1);
	expect_found(pair, call);
}

static void do_swap(struct pair *pair, const struct call *call)
{
	int ret = outcome(call, bucketmap_swap(pair->map, call->key,
					       call->step->window, pair->given,
					       pair->found, call->gfp));

	if (call->there) {
		expect(pair, ret == 1);
		expect_found(pair, call);
	}
	expect_written(pair, call, ret == 1 ? 0 : ret);
}

static void do_delete(struct pair *pair, const struct call *call)
{
	int err = outcome(call, bucketmap_delete(pair->map, call->key));

	expect(pair, err == (call->there ? 0 : -ENOENT));
	if (!err)
		model_remove(pair, call->number);
}

static void do_lookup_and_delete(struct pair *pair, const struct call *call)
{
	int err = outcome(call, bucketmap_lookup_and_delete(pair->map,
							    call->key,
							    call->step->window,
							    pair->found));

	expect(pair, err == (call->there ? 0 : -ENOENT));
	if (err)
		return;
	expect_found(pair, call);
	model_remove(pair, call->number);
}

/* What a comparison is with: @given, or what is there. */
static const void *expected_bytes(const struct pair *pair,
				  const struct call *call)
{
	return call->step->matching && call->there ? call->value : pair->given;
}

static int expected_error(const struct pair *pair, const struct call *call)
{
	if (!call->there)
		return -ENOENT;
	return memcmp(expected_bytes(pair, call), call->value,
		      call->window.length) ? -ECANCELED : 0;
}

/* Where a call by itself has what it expects and, afterwards, what was there. */
static void *expected_and_found(struct pair *pair, const struct call *call)
{
	if (!call->batched)
		memcpy(pair->found, expected_bytes(pair, call),
		       call->window.length);
	return pair->found;
}

static void expect_compared(struct pair *pair, const struct call *call)
{
	if (call->there)
		expect_found(pair, call);
}

static void do_compare_and_swap(struct pair *pair, const struct call *call)
{
	void *both = expected_and_found(pair, call);
	int expected = expected_error(pair, call);

	memset(pair->swapped, (u8)call->step->number, call->window.length);
	expect(pair, expected ==
	       outcome(call,
		       bucketmap_compare_and_swap(pair->map, call->key,
						  call->step->window,
						  both, pair->swapped, both)));
	expect_compared(pair, call);
	if (!expected)
		model_write(pair, call->number, call->window, pair->swapped);
}

static void do_compare_and_delete(struct pair *pair, const struct call *call)
{
	void *both = expected_and_found(pair, call);
	int expected = expected_error(pair, call);

	expect(pair, expected ==
	       outcome(call,
		       bucketmap_compare_and_delete(pair->map, call->key,
						    call->step->window,
						    both, both)));
	expect_compared(pair, call);
	if (!expected)
		model_remove(pair, call->number);
}

static bool holds_number(const struct pair *pair, u32 offset)
{
	return offset % sizeof(u64) == 0 &&
	       (u64)offset + sizeof(u64) <= pair->config.value_size;
}

/* The offset alone counts, and the number is a word of this machine. */
static void do_add(struct pair *pair, const struct call *call)
{
	u64 before = 0, after, previous;
	int err = outcome(call, bucketmap_add(pair->map, call->key,
					      call->window.offset,
					      call->step->number,
					      (u64 *)pair->found, call->gfp));

	if (!holds_number(pair, call->window.offset)) {
		expect(pair, err == -EINVAL);
		return;
	}
	memcpy(&previous, pair->found, sizeof(previous));
	if (call->there)
		memcpy(&before, call->value, sizeof(before));
	after = before + call->step->number;
	memcpy(pair->given, &after, sizeof(after));
	expect_written(pair, call, err);
	expect(pair, err || previous == before);
}

static void (*const judges[])(struct pair *pair, const struct call *call) = {
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

/* Deletes have no window, additions just an offset. */
static void call_begin(struct pair *pair, struct call *call,
		       const struct step *step, u32 number)
{
	*call = (struct call){
		.step = step,
		.number = number,
		.window = step->window,
		.there = pair->present[number],
		.gfp = step->may_sleep ? GFP_KERNEL : GFP_NOWAIT,
	};
	call->valid = resolve(pair, &call->window);
	if (step->kind == STEP_ADD) {
		call->window.length = sizeof(u64);
		call->valid = holds_number(pair, call->window.offset);
	} else if (step->kind == STEP_DELETE) {
		call->window = (struct bucketmap_window){ };
		call->valid = true;
	}
	make_key(pair, number, call->key);
	call->value = model_value(pair, number) + call->window.offset;
	make_bytes(pair->given, pair->config.value_size,
		   step->number + number);
	guard(pair, call->valid ? call->window.length : 0);
}

static void key_step(struct pair *pair, const struct step *step)
{
	struct call call;

	call_begin(pair, &call, step, step->key);
	if (call.valid || step->kind == STEP_ADD) {
		judges[step->kind](pair, &call);
		return;
	}
	expect(pair, bucketmap_lookup(pair->map, call.key, step->window,
				      pair->found) == -EINVAL);
	expect(pair, bucketmap_store(pair->map, call.key, step->window,
				     pair->given, call.gfp) == -EINVAL);
}

/* Batches: of keys that follow each other, so that none comes twice. */

#define UNTOUCHED	12345

/**
 * struct batch - columns of a batch
 * @count: entries
 * @length: bytes of each window
 * @keys: a column
 * @values: a column
 * @expected: a column
 * @previous: a column
 * @results: a column
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

static void batch_begin(const struct pair *pair, struct batch *batch, u32 count)
{
	size_t bytes = (size_t)count * (pair->config.value_size + sizeof(u64));
	u32 i;

	*batch = (struct batch){
		.count = count,
		.keys = malloc(count * pair->config.key_size),
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

static u32 batch_key(const struct pair *pair, const struct step *step, u32 i)
{
	return (step->key + i) % pair->keys;
}

static void fill_entry(struct pair *pair, struct batch *batch,
		       const struct step *step, u32 i)
{
	struct call call;
	u8 *value;

	call_begin(pair, &call, step, batch_key(pair, step, i));
	if (!call.valid)
		return;
	batch->length = call.window.length;
	value = batch->values + (size_t)i * batch->length;
	memcpy(batch->keys + i * pair->config.key_size, call.key,
	       pair->config.key_size);
	memcpy(batch->expected + (size_t)i * batch->length,
	       expected_bytes(pair, &call), batch->length);
	if (step->kind == STEP_ADD)
		memcpy(value, &step->number, sizeof(step->number));
	else if (step->kind == STEP_COMPARE_AND_SWAP)
		memset(value, (u8)step->number, batch->length);
	else
		memcpy(value, pair->given, batch->length);
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

static void judge_entry(struct pair *pair, const struct batch *batch,
			const struct step *step, u32 i)
{
	const u8 *previous = batch->previous + (size_t)i * batch->length;
	struct call call;

	call_begin(pair, &call, step, batch_key(pair, step, i));
	call.batched = true;
	call.result = batch->results[i];
	memcpy(pair->found, previous, batch->length);
	if (!gives_previous(step->kind))
		expect(pair, all_are(previous, batch->length, GUARD_BYTE));
	else if (!call.there)
		expect(pair, all_are(previous, batch->length, 0));
	judges[step->kind](pair, &call);
}

static void batch_step(struct pair *pair, const struct step *step)
{
	const gfp_t gfp = step->may_sleep ? GFP_KERNEL : GFP_NOWAIT;
	bool previous = gives_previous(step->kind);
	struct bucketmap_columns columns = {
		.operation = step->kind,
		.window = step->window,
	};
	struct batch batch;
	struct call call;
	u32 finished, i;
	int err;

	batch_begin(pair, &batch, min(step->batch, pair->keys));
	for (i = 0; i < batch.count; i++)
		fill_entry(pair, &batch, step, i);
	if (step->kind == STEP_ADD)
		columns.window.length = 0;
	else if (step->kind == STEP_DELETE)
		columns.window = BUCKETMAP_WHOLE;
	columns.keys = batch.keys;
	columns.values = batch.values;
	columns.previous = previous ? batch.previous : NULL;
	columns.results = batch.results;
	if (step->kind == STEP_COMPARE_AND_SWAP ||
	    step->kind == STEP_COMPARE_AND_DELETE)
		columns.expected = batch.expected;
	err = bucketmap_batch(pair->map, &columns, batch.count, &finished, gfp);
	call_begin(pair, &call, step, step->key);
	expect(pair, err == (call.valid ? 0 : -EINVAL));
	expect(pair, finished == (err ? 0 : batch.count));
	for (i = 0; i < batch.count; i++)
		if (err)
			expect(pair, batch.results[i] == UNTOUCHED);
		else
			judge_entry(pair, &batch, step, i);
	batch_end(&batch);
}

/* Scans */

static void scan_begin(struct pair *pair)
{
	pair->cursor = (struct bucketmap_cursor){ };
	memset(pair->seen, 0, pair->keys * sizeof(*pair->seen));
	memcpy(pair->stayed, pair->present,
	       pair->keys * sizeof(*pair->stayed));
}

static void scan_entry(struct pair *pair, const u8 *key, const u8 *value)
{
	u32 number = key_number(pair, key);

	expect(pair, pair->present[number]);
	expect(pair, !pair->seen[number]);
	expect(pair, !memcmp(value, model_value(pair, number),
			     pair->config.value_size));
	pair->seen[number] = true;
}

static void scan_end(struct pair *pair)
{
	u32 key;

	for (key = 0; key < pair->keys; key++)
		expect(pair, pair->seen[key] || !pair->stayed[key]);
}

/* Goes on with the scan, and returns whether that was its end. */
static bool scan_step(struct pair *pair, u32 capacity)
{
	u32 key_size = pair->config.key_size;
	u32 value_size = pair->config.value_size;
	u8 *keys, *values;
	u32 count, i;
	int err;

	for (;;) {
		keys = malloc((size_t)capacity * key_size);
		values = malloc((size_t)capacity * value_size);
		err = bucketmap_scan(pair->map, &pair->cursor, keys, values,
				     capacity, &count);
		if (err != -ENOBUFS)
			break;
		expect(pair, count > capacity);
		capacity = count;
		free(keys);
		free(values);
	}
	expect(pair, !err);
	expect(pair, count <= capacity);
	for (i = 0; i < count; i++)
		scan_entry(pair, keys + (size_t)i * key_size,
			   values + (size_t)i * value_size);
	free(keys);
	free(values);
	if (!pair->cursor.end)
		return false;
	scan_end(pair);
	scan_begin(pair);
	return true;
}

static void clear_step(struct pair *pair)
{
	struct bucketmap_cursor cursor = { };
	u32 key;

	while (!cursor.end)
		bucketmap_clear(pair->map, &cursor);
	for (key = 0; key < pair->keys; key++)
		if (pair->present[key])
			model_remove(pair, key);
	expect(pair, !pair->count);
}

static void resize_step(struct pair *pair, u64 capacity)
{
	int err = bucketmap_resize(pair->map, capacity, 0);

	if (err == -EMLINK)
		expect(pair, may_collide());
	else
		expect(pair, !err || (err == -ENOMEM && pair->want));
}

/**
 * pair_enough() - there is enough memory from now on
 * @pair: the map and its model
 */
void pair_enough(struct pair *pair)
{
	pair->want = false;
	pair->map->resize.refused_until = 0;
}

/**
 * pair_step() - do a step to the map and to the model
 * @pair: both of them
 * @step: what to do
 */
void pair_step(struct pair *pair, const struct step *step)
{
	switch (step->kind) {
	case STEP_SCAN:
		scan_step(pair, 1 + step->number % SCAN_MAX);
		break;
	case STEP_CLEAR:
		clear_step(pair);
		break;
	case STEP_RESIZE:
		resize_step(pair, step->number % (8 * pair->keys));
		break;
	default:
		if (step->batch)
			batch_step(pair, step);
		else
			key_step(pair, step);
	}
	expect(pair, bucketmap_count(pair->map) == pair->count);
}

/**
 * pair_verify() - compare all keys, by lookups and by a scan
 * @pair: the map and the model
 */
void pair_verify(struct pair *pair)
{
	struct step step = { .kind = STEP_LOOKUP };

	for (step.key = 0; step.key < pair->keys; step.key++)
		pair_step(pair, &step);
	scan_begin(pair);
	while (!scan_step(pair, SCAN_MAX))
		;
}

/**
 * pair_begin() - make a map and its model
 * @pair: to be initialized
 * @config: what it shall be
 * @keys: how many keys there may be
 * @mismatch: called when both differ
 *
 * Return: 0, or what bucketmap_create() said; there is nothing to be ended
 * then.
 */
int pair_begin(struct pair *pair, const struct bucketmap_config *config,
	       u32 keys, void (*mismatch)(const char *where, const char *what))
{
	struct bucketmap *map = bucketmap_create(config);

	if (IS_ERR(map))
		return PTR_ERR(map);
	*pair = (struct pair){
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
	scan_begin(pair);
	return 0;
}

/**
 * pair_end() - destroy both
 * @pair: the map and the model
 */
void pair_end(struct pair *pair)
{
	bucketmap_destroy(pair->map);
	free(pair->present);
	free(pair->values);
	free(pair->seen);
	free(pair->stayed);
	free(pair->found);
	free(pair->given);
	free(pair->swapped);
}

/* Windows: whole, a word, any, and now and then a wrong one. */
static struct bucketmap_window draw_window(const struct pair *pair, u64 random)
{
	u32 size = pair->config.value_size;
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
 * step_draw() - draw a step by lot
 * @pair: the pair that it is for
 * @step: becomes the step
 * @random: state of the random numbers
 */
void step_draw(const struct pair *pair, struct step *step, u64 *random)
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
	step->key = native_random(random) % pair->keys;
	step->batch = lot >> 49 & 0xf ? 0 : 1 + (lot >> 53) % BATCH_MAX;
	step->window = draw_window(pair, native_random(random));
	step->number = native_random(random);
	step->matching = lot >> 63;
	step->may_sleep = lot >> 60 & 3;
}
