// SPDX-License-Identifier: GPL-2.0
/*
 * A map and a plain model of it: their life, random steps, and operations on
 * one key.
 */
#include "model.h"

#define GUARD_BYTE	0xa5

/* Entries of a batch: up to some groups and a part of one. */
#define BATCH_MAX	40

#define SCAN_MAX	64

void *bmt_zalloc(struct kunit *test, size_t bytes)
{
	void *buffer = kunit_kzalloc(test, bytes ?: 1, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buffer);
	return buffer;
}

static u64 draw_of_case(void *source, u64 limit)
{
	return bmt_random(source) % limit;
}

struct bmt_model *bmt_model(struct kunit *test, struct bucketmap *map,
			    u32 keys, u32 most)
{
	struct bmt_model *model = bmt_zalloc(test, sizeof(*model));
	u32 value_size = map->layout.value_size;
	size_t buffer = max_t(size_t, value_size, sizeof(u64));

	model->map = map;
	model->keys = keys;
	model->most = most;
	model->filling = true;
	model->draw = draw_of_case;
	model->source = test;
	model->cursor.end = true;
	model->present = bmt_zalloc(test, keys * sizeof(bool));
	model->values = bmt_zalloc(test, (size_t)keys * value_size);
	model->seen = bmt_zalloc(test, keys * sizeof(bool));
	model->stayed = bmt_zalloc(test, keys * sizeof(bool));
	model->key = bmt_zalloc(test, map->layout.key_size);
	model->given = bmt_zalloc(test, buffer);
	model->expected = bmt_zalloc(test, buffer);
	model->found = bmt_zalloc(test, buffer + BMT_GUARD);
	model->previous = bmt_zalloc(test, buffer);
	return model;
}

/* Keys differ in their first four bytes, or in all if they are shorter. */
void bmt_key_bytes(u8 *key, u32 size, u32 id)
{
	u32 i;

	for (i = 0; i < size; i++)
		key[i] = i < 4 ? id >> (8 * i) : id * 31 + i * 7;
}

static u8 *model_value(struct bmt_model *model, u32 id)
{
	return model->values + (size_t)id * model->map->layout.value_size;
}

void bmt_model_set(struct bmt_model *model, u32 id, bool present)
{
	u32 value_size = model->map->layout.value_size;

	model->count += present - model->present[id];
	model->present[id] = present;
	if (present)
		return;
	model->stayed[id] = false;
	memset(model_value(model, id), 0, value_size);
}

/* Calls and their results */

/* A value that is not to match differs in one bit. */
static void make_expected(struct bmt_model *model, const struct bmt_step *step,
			  u32 id, struct bucketmap_window bytes)
{
	memcpy(model->expected, model_value(model, id) + bytes.offset,
	       bytes.length);
	if (!step->matching && bytes.length)
		model->expected[step->number % bytes.length] ^=
			1 << (step->number >> 32) % 8;
}

struct bucketmap_op bmt_model_prepare(struct bmt_model *model,
				      const struct bmt_step *step, u32 id)
{
	const struct bm_layout *layout = &model->map->layout;
	struct bucketmap_op op;
	struct rnd_state random;

	bmt_key_bytes(model->key, layout->key_size, id);
	op = bmt_op_make(step->operation, step->window, model->key,
			 model->given, model->expected, model->found);
	if (op.values) {
		prandom_seed_state(&random, step->number + id);
		prandom_bytes_state(&random, model->given,
				    max_t(size_t, layout->value_size,
					  sizeof(u64)));
	}
	if (op.expected) {
		struct bucketmap_window bytes = op.window;

		if (bmt_op_bytes(&bmt_ops[op.operation], layout->value_size,
				 &bytes))
			make_expected(model, step, id, bytes);
	}
	return op;
}

/*
 * The result of an operation on an absent key that would make an entry, unless
 * it succeeds.
 */
static bool is_refused(struct kunit *test, const struct bmt_model *model,
		       const struct bmt_step *step, int result)
{
	bool full = model->count >= model->most;

	if (result == -ENOMEM)
		return model->enomem || !step->may_sleep;
	if (result == -EMLINK)
		return model->collides;
	if (result == -ENOSPC)
		return full;
	KUNIT_ASSERT_FALSE(test, full);
	return false;
}

void bmt_model_result(struct kunit *test, struct bmt_model *model,
		      const struct bmt_step *step, u32 id,
		      const struct bucketmap_op *op, int result,
		      const void *found)
{
	const struct bmt_op *rule = &bmt_ops[op->operation];
	u32 value_size = model->map->layout.value_size;
	struct bucketmap_window bytes = op->window;
	bool valid = bmt_op_bytes(rule, value_size, &bytes);
	bool present = model->present[id];
	struct bmt_entry entry = {
		present, value_size, model_value(model, id),
	};
	int wanted;

	if (valid && rule->creates && !present &&
	    is_refused(test, model, step, result))
		return;
	wanted = bmt_op_apply(op, &entry, model->previous);
	KUNIT_ASSERT_EQ_MSG(test, result, wanted, "%s, key %u", rule->name, id);
	bmt_model_set(model, id, entry.present);
	if (valid && bmt_op_gives(rule, present))
		KUNIT_ASSERT_MEMEQ_MSG(test, (const u8 *)found,
				       model->previous, bytes.length,
				       "%s, key %u", rule->name, id);
}

static void check_guard(struct kunit *test, const u8 *guard)
{
	u32 i;

	for (i = 0; i < BMT_GUARD; i++)
		KUNIT_ASSERT_EQ(test, guard[i], GUARD_BYTE);
}

/* A comparison has one buffer for what it expects and what it finds. */
static void key_step(struct kunit *test, struct bmt_model *model,
		     const struct bmt_step *step)
{
	struct bucketmap_op op = bmt_model_prepare(model, step, step->id);
	const struct bmt_op *rule = &bmt_ops[op.operation];
	u32 value_size = model->map->layout.value_size;
	struct bucketmap_window bytes = op.window;
	struct bucketmap_op call = op;
	u32 length = 0;
	int result;

	if (bmt_op_bytes(rule, value_size, &bytes))
		length = bytes.length;
	memset(model->found + length, GUARD_BYTE, BMT_GUARD);
	if (op.expected) {
		memcpy(model->found, model->expected, length);
		call.expected = model->found;
	}
	result = rule->call(model->map, &call, bmt_step_gfp(step));
	bmt_model_result(test, model, step, step->id, &op, result,
			 model->found);
	check_guard(test, model->found + length);
}

/* Random steps */

static u64 draw(struct bmt_model *model, u64 limit)
{
	return model->draw(model->source, limit);
}

/* Whole values, aligned windows, any windows, and sometimes invalid ones. */
static struct bucketmap_window draw_window(struct bmt_model *model)
{
	u32 size = model->map->layout.value_size;
	struct bucketmap_window window = { };

	if (!draw(model, 4))
		return window;
	window.offset = draw(model, size + 1);
	if (draw(model, 2))
		window.offset &= ~7;
	window.length = draw(model, 3) ? draw(model, size - window.offset + 1) :
					 size - window.offset;
	if (!draw(model, 64))
		window.length += size;
	return window;
}

/* Most removals become inserts while filling, and the reverse otherwise. */
static u32 draw_operation(struct bmt_model *model)
{
	u32 operation = draw(model, BUCKETMAP_OPERATIONS);
	const struct bmt_op *op = &bmt_ops[operation];

	if (!draw(model, 400))
		model->filling = !model->filling;
	if (!draw(model, 4))
		return operation;
	if (model->filling && op->effect == BMT_REMOVES)
		return BUCKETMAP_INSERT;
	if (!model->filling && op->creates)
		return BUCKETMAP_DELETE;
	return operation;
}

static void draw_step(struct bmt_model *model, struct bmt_step *step)
{
	step->operation = draw_operation(model);
	step->id = draw(model, model->keys);
	step->batch = draw(model, 16) ? 0 : 1 + draw(model, BATCH_MAX);
	step->window = draw_window(model);
	step->number = draw(model, U64_MAX);
	step->matching = draw(model, 2);
	step->may_sleep = draw(model, 4);
}

/* Returns whether there was a step on the whole map. */
static bool map_step(struct kunit *test, struct bmt_model *model)
{
	if (!model->map_steps || draw(model, 64))
		return false;
	if (draw(model, 16))
		bmt_model_scan_step(test, model, 1 + draw(model, SCAN_MAX));
	else if (draw(model, 8))
		bmt_model_resize(test, model, draw(model, 8ULL * model->keys));
	else
		bmt_model_clear(test, model);
	return true;
}

void bmt_model_step(struct kunit *test, struct bmt_model *model)
{
	struct bmt_step step;

	if (!map_step(test, model)) {
		draw_step(model, &step);
		if (step.batch)
			bmt_model_batch(test, model, &step);
		else
			key_step(test, model, &step);
	}
	KUNIT_ASSERT_EQ(test, bucketmap_count(model->map), model->count);
}

void bmt_model_steps(struct kunit *test, struct bmt_model *model, u32 steps)
{
	while (steps--)
		bmt_model_step(test, model);
}

void bmt_model_check(struct kunit *test, struct bmt_model *model)
{
	struct bmt_step step = { .operation = BUCKETMAP_LOOKUP };

	KUNIT_ASSERT_EQ(test, bmt_count(model->map), model->count);
	for (step.id = 0; step.id < model->keys; step.id++)
		key_step(test, model, &step);
}
