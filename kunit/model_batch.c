// SPDX-License-Identifier: GPL-2.0
/*
 * A map and a plain model of it: batches, of successive keys, so that no key is
 * repeated.
 */
#include "model.h"

#define UNTOUCHED	12345

/**
 * struct batch - a batch
 * @count: number of entries
 * @length: bytes of each window
 * @keys: column of the batch
 * @values: column of the batch
 * @expected: column of the batch
 * @previous: column of the batch
 * @results: column of the batch
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

/* The columns are as long as the entries need, so that checkers find more. */
static void batch_begin(struct kunit *test, const struct bmt_model *model,
			struct batch *batch)
{
	size_t bytes = (size_t)batch->count * batch->length;
	u32 i;

	batch->keys = bmt_zalloc(test, batch->count *
				 model->map->layout.key_size);
	batch->values = bmt_zalloc(test, bytes);
	batch->expected = bmt_zalloc(test, bytes);
	batch->previous = bmt_zalloc(test, bytes);
	batch->results = bmt_zalloc(test, batch->count * sizeof(s32));
	memset(batch->previous, 0x5a, bytes);
	for (i = 0; i < batch->count; i++)
		batch->results[i] = UNTOUCHED;
}

static void batch_end(struct kunit *test, const struct batch *batch)
{
	kunit_kfree(test, batch->results);
	kunit_kfree(test, batch->previous);
	kunit_kfree(test, batch->expected);
	kunit_kfree(test, batch->values);
	kunit_kfree(test, batch->keys);
}

static u32 batch_id(const struct bmt_model *model, const struct bmt_step *step,
		    u32 i)
{
	return (step->id + i) % model->keys;
}

static void fill_entry(struct bmt_model *model, const struct batch *batch,
		       const struct bmt_step *step, u32 i)
{
	u32 key_size = model->map->layout.key_size;

	bmt_model_prepare(model, step, batch_id(model, step, i));
	memcpy(batch->keys + i * key_size, model->key, key_size);
	memcpy(batch->values + (size_t)i * batch->length, model->given,
	       batch->length);
	memcpy(batch->expected + (size_t)i * batch->length, model->expected,
	       batch->length);
}

static void check_entry(struct kunit *test, struct bmt_model *model,
			const struct batch *batch, const struct bmt_step *step,
			u32 i)
{
	const u8 *previous = batch->previous + (size_t)i * batch->length;
	u32 id = batch_id(model, step, i);
	bool present = model->present[id];
	struct bucketmap_op op = bmt_model_prepare(model, step, id);

	bmt_model_result(test, model, step, id, &op, batch->results[i],
			 previous);
	if (op.previous && !present)
		KUNIT_ASSERT_NULL(test, memchr_inv(previous, 0, batch->length));
}

void bmt_model_batch(struct kunit *test, struct bmt_model *model,
		     const struct bmt_step *step)
{
	u32 value_size = model->map->layout.value_size;
	struct bucketmap_window bytes;
	struct bucketmap_op op;
	struct batch batch = { .count = min(step->batch, model->keys) };
	u32 finished, i;
	bool valid;

	bytes = bmt_model_prepare(model, step, step->id).window;
	valid = bmt_op_bytes(&bmt_ops[step->operation], value_size, &bytes);
	batch.length = valid ? bytes.length : 0;
	batch_begin(test, model, &batch);
	for (i = 0; i < batch.count; i++)
		fill_entry(model, &batch, step, i);
	op = bmt_op_make(step->operation, step->window, batch.keys,
			 batch.values, batch.expected, batch.previous);
	op.results = batch.results;
	KUNIT_ASSERT_EQ(test, valid ? 0 : -EINVAL,
			bucketmap_batch(model->map, &op, batch.count,
					&finished, bmt_step_gfp(step)));
	KUNIT_ASSERT_EQ(test, finished, valid ? batch.count : 0);
	for (i = 0; i < batch.count; i++)
		if (valid)
			check_entry(test, model, &batch, step, i);
		else
			KUNIT_ASSERT_EQ(test, batch.results[i], UNTOUCHED);
	batch_end(test, &batch);
}
