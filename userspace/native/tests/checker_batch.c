// SPDX-License-Identifier: GPL-2.0
/*
 * The checker: batches, of successive keys, so that no key is repeated.
 */
#include <stdlib.h>
#include <string.h>

#include <linux/err.h>
#include <linux/kernel.h>

#include "checker_call.h"

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
	       call_expected(checker, &call), batch->length);
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
	call_check(checker, &call);
}

/**
 * checker_batch_step() - do a step on successive keys in one batch
 * @checker: the map and the model
 * @step: the step
 */
void checker_batch_step(struct checker *checker, const struct step *step)
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
