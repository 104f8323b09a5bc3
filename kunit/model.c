// SPDX-License-Identifier: GPL-2.0
/*
 * A plain model of a map: an array with an element for each possible key. Each
 * step is done to both, and the results must be equal.
 */
#include "common.h"

static void *model_zalloc(struct kunit *test, size_t bytes)
{
	void *buffer = kunit_kzalloc(test, bytes + 1, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buffer);
	return buffer;
}

struct bmt_model *bmt_model(struct kunit *test, struct bucketmap *map,
			    u32 keys, u32 most)
{
	struct bmt_model *model = model_zalloc(test, sizeof(*model));
	u32 value_size = map->layout.value_size;

	model->map = map;
	model->keys = keys;
	model->most = most;
	model->present = model_zalloc(test, keys * sizeof(bool));
	model->values = model_zalloc(test, keys * value_size);
	model->seen = model_zalloc(test, keys);
	model->key = model_zalloc(test, map->layout.key_size);
	model->value = model_zalloc(test, value_size);
	model->got = model_zalloc(test, value_size);
	model->filling = true;
	return model;
}

/* Keys differ in their first four bytes, or in all if they are shorter. */
void bmt_key_bytes(u8 *key, u32 size, u32 id)
{
	u32 i;

	for (i = 0; i < size; i++)
		key[i] = i < 4 ? id >> (8 * i) : id * 31 + i * 7;
}

static u32 key_id(const u8 *key, u32 size)
{
	u32 id = 0;
	u32 i;

	for (i = 0; i < min_t(u32, size, 4); i++)
		id |= (u32)key[i] << (8 * i);
	return id;
}

static u8 *model_value(struct bmt_model *model, u32 id)
{
	return model->values + (size_t)id * model->map->layout.value_size;
}

static struct bucketmap_window random_window(struct kunit *test, u32 size)
{
	u32 offset = bmt_below(test, 4) ? bmt_below(test, size + 1) : 0;
	u32 length = bmt_below(test, size - offset + 1);

	if (!bmt_below(test, 3))
		length = size - offset;
	return (struct bucketmap_window){ offset, length };
}

static u32 window_length(const struct bmt_model *model,
			 struct bucketmap_window window)
{
	if (window.offset || window.length)
		return window.length;
	return model->map->layout.value_size;
}

static void step_lookup(struct kunit *test, struct bmt_model *model, u32 id,
			struct bucketmap_window window)
{
	int err = bucketmap_lookup(model->map, model->key, window, model->got);

	KUNIT_ASSERT_EQ(test, err, model->present[id] ? 0 : -ENOENT);
	if (!err)
		KUNIT_ASSERT_MEMEQ(test, model->got,
				   model_value(model, id) + window.offset,
				   window_length(model, window));
}

/* The result that is expected from an operation that may add an entry. */
static int make_result(const struct bmt_model *model, u32 id, int present)
{
	if (model->present[id])
		return present;
	return model->count < model->most ? 0 : -ENOSPC;
}

static void model_write(struct bmt_model *model, u32 id, u32 offset,
			const void *bytes, u32 length)
{
	if (!model->present[id])
		memset(model_value(model, id), 0,
		       model->map->layout.value_size);
	model->count += !model->present[id];
	model->present[id] = true;
	memcpy(model_value(model, id) + offset, bytes, length);
}

static void step_store(struct kunit *test, struct bmt_model *model, u32 id,
		       struct bucketmap_window window)
{
	int wanted = make_result(model, id, 0);

	KUNIT_ASSERT_EQ(test, wanted,
			bucketmap_store(model->map, model->key, window,
					model->value, GFP_KERNEL));
	if (!wanted)
		model_write(model, id, window.offset, model->value,
			    window_length(model, window));
}

static void step_insert(struct kunit *test, struct bmt_model *model, u32 id,
			struct bucketmap_window window)
{
	int wanted = make_result(model, id, -EEXIST);

	KUNIT_ASSERT_EQ(test, wanted,
			bucketmap_insert(model->map, model->key, window,
					 model->value, GFP_KERNEL));
	if (!wanted)
		model_write(model, id, window.offset, model->value,
			    window_length(model, window));
}

static void model_remove(struct bmt_model *model, u32 id)
{
	model->count -= model->present[id];
	model->present[id] = false;
}

/* If the key is present, @got must hold the window's previous content. */
static void expect_previous(struct kunit *test, struct bmt_model *model,
			    u32 id, struct bucketmap_window window)
{
	if (model->present[id])
		KUNIT_ASSERT_MEMEQ(test, model->got,
				   model_value(model, id) + window.offset,
				   window_length(model, window));
}

static void step_delete(struct kunit *test, struct bmt_model *model, u32 id,
			struct bucketmap_window window)
{
	int err = bucketmap_delete(model->map, model->key);

	KUNIT_ASSERT_EQ(test, err, model->present[id] ? 0 : -ENOENT);
	model_remove(model, id);
}

static void step_replace(struct kunit *test, struct bmt_model *model, u32 id,
			 struct bucketmap_window window)
{
	int err = bucketmap_replace(model->map, model->key, window,
				    model->value);

	KUNIT_ASSERT_EQ(test, err, model->present[id] ? 0 : -ENOENT);
	if (!err)
		model_write(model, id, window.offset, model->value,
			    window_length(model, window));
}

static void step_load_or_store(struct kunit *test, struct bmt_model *model,
			       u32 id, struct bucketmap_window window)
{
	int wanted = make_result(model, id, 1);

	KUNIT_ASSERT_EQ(test, wanted,
			bucketmap_load_or_store(model->map, model->key, window,
						model->value, model->got,
						GFP_KERNEL));
	expect_previous(test, model, id, window);
	if (!wanted)
		model_write(model, id, window.offset, model->value,
			    window_length(model, window));
}

static void step_swap(struct kunit *test, struct bmt_model *model, u32 id,
		      struct bucketmap_window window)
{
	int wanted = make_result(model, id, 1);

	KUNIT_ASSERT_EQ(test, wanted,
			bucketmap_swap(model->map, model->key, window,
				       model->value, model->got, GFP_KERNEL));
	expect_previous(test, model, id, window);
	if (wanted >= 0)
		model_write(model, id, window.offset, model->value,
			    window_length(model, window));
}

static void step_lookup_and_delete(struct kunit *test,
				   struct bmt_model *model, u32 id,
				   struct bucketmap_window window)
{
	int err = bucketmap_lookup_and_delete(model->map, model->key, window,
					      model->got);

	KUNIT_ASSERT_EQ(test, err, model->present[id] ? 0 : -ENOENT);
	expect_previous(test, model, id, window);
	model_remove(model, id);
}

/*
 * Fills @got with the current content of the window, or with content that
 * differs in one bit. Returns the expected result of the comparison.
 */
static int make_expected(struct kunit *test, struct bmt_model *model, u32 id,
			 struct bucketmap_window window)
{
	u32 length = window_length(model, window);
	u32 at;

	memcpy(model->got, model_value(model, id) + window.offset, length);
	if (!model->present[id])
		return -ENOENT;
	if (!length || bmt_below(test, 2))
		return 0;
	at = bmt_below(test, length);
	model->got[at] ^= 1U << bmt_below(test, 8);
	return -ECANCELED;
}

/* If the key is present, @got has been replaced by what was found. */
static void expect_got(struct kunit *test, struct bmt_model *model, u32 id,
		       struct bucketmap_window window)
{
	if (model->present[id])
		KUNIT_ASSERT_MEMEQ(test, model->got,
				   model_value(model, id) + window.offset,
				   window_length(model, window));
}

static void step_compare_and_swap(struct kunit *test, struct bmt_model *model,
				  u32 id, struct bucketmap_window window)
{
	int wanted = make_expected(test, model, id, window);

	KUNIT_ASSERT_EQ(test, wanted,
			bucketmap_compare_and_swap(model->map, model->key,
						   window, model->got,
						   model->value, model->got));
	expect_got(test, model, id, window);
	if (!wanted)
		model_write(model, id, window.offset, model->value,
			    window_length(model, window));
}

static void step_compare_and_delete(struct kunit *test,
				    struct bmt_model *model, u32 id,
				    struct bucketmap_window window)
{
	int wanted = make_expected(test, model, id, window);

	KUNIT_ASSERT_EQ(test, wanted,
			bucketmap_compare_and_delete(model->map, model->key,
						     window, model->got,
						     model->got));
	expect_got(test, model, id, window);
	if (!wanted)
		model_remove(model, id);
}

static void step_add(struct kunit *test, struct bmt_model *model, u32 id,
		     struct bucketmap_window window)
{
	u32 words = model->map->layout.value_size / sizeof(u64);
	u32 offset = words ? bmt_below(test, words) * sizeof(u64) : 0;
	int wanted = words ? make_result(model, id, 0) : -EINVAL;
	u64 delta = bmt_random(test);
	u64 number = 0;
	u64 previous;

	KUNIT_ASSERT_EQ(test, wanted,
			bucketmap_add(model->map, model->key, offset, delta,
				      &previous, GFP_KERNEL));
	if (wanted)
		return;
	if (model->present[id])
		memcpy(&number, model_value(model, id) + offset,
		       sizeof(number));
	KUNIT_ASSERT_EQ(test, previous, number);
	number += delta;
	model_write(model, id, offset, &number, sizeof(number));
}

typedef void (*step_fn)(struct kunit *test, struct bmt_model *model, u32 id,
			struct bucketmap_window window);

static const step_fn steps[] = {
	step_lookup, step_store, step_insert, step_replace,
	step_load_or_store, step_swap, step_delete, step_lookup_and_delete,
	step_compare_and_swap, step_compare_and_delete, step_add,
};

/* One random operation; half of the steps insert or delete, by @filling. */
void bmt_model_step(struct kunit *test, struct bmt_model *model)
{
	const struct bm_layout *layout = &model->map->layout;
	u32 id = bmt_below(test, model->keys);
	step_fn step = steps[bmt_below(test, ARRAY_SIZE(steps))];

	bmt_key_bytes(model->key, layout->key_size, id);
	prandom_bytes_state(test->priv, model->value, layout->value_size);
	if (!bmt_below(test, 200))
		model->filling = !model->filling;
	if (bmt_below(test, 2))
		step = model->filling ? step_insert : step_delete;
	step(test, model, id, random_window(test, layout->value_size));
}

void bmt_model_steps(struct kunit *test, struct bmt_model *model, u32 steps)
{
	while (steps--)
		bmt_model_step(test, model);
}

void bmt_model_check(struct kunit *test, struct bmt_model *model)
{
	const struct bm_layout *layout = &model->map->layout;
	u32 id;

	KUNIT_ASSERT_EQ(test, bmt_count(model->map), model->count);
	for (id = 0; id < model->keys; id++) {
		bmt_key_bytes(model->key, layout->key_size, id);
		step_lookup(test, model, id, BUCKETMAP_WHOLE);
	}
}

static void check_scanned(struct kunit *test, struct bmt_model *model,
			  const u8 *bytes, const u8 *value, u64 *least)
{
	const struct bm_layout *layout = &model->map->layout;
	u32 id = key_id(bytes, layout->key_size);
	struct bm_key key;

	KUNIT_ASSERT_LT(test, id, model->keys);
	KUNIT_ASSERT_EQ_MSG(test, model->seen[id], 0, "key %u", id);
	KUNIT_ASSERT_TRUE_MSG(test, model->present[id], "key %u", id);
	KUNIT_ASSERT_MEMEQ(test, value, model_value(model, id),
			   layout->value_size);
	bm_key_init(model->map, &key, bytes);
	KUNIT_ASSERT_GE(test, key.hash, *least);
	*least = key.hash;
	model->seen[id]++;
}

/*
 * @between is called after each call of bucketmap_scan(). It must not change
 * keys or values: the scan must return exactly what the model holds.
 */
void bmt_model_scan(struct kunit *test, struct bmt_model *model, u32 capacity,
		    void (*between)(struct kunit *test,
				    struct bmt_model *model))
{
	const struct bm_layout *layout = &model->map->layout;
	struct bucketmap_cursor cursor = { };
	u8 *keys = model_zalloc(test, capacity * layout->key_size);
	u8 *values = model_zalloc(test, capacity * layout->value_size);
	u32 met = 0;
	u32 i, count;
	u64 least = 0;

	memset(model->seen, 0, model->keys);
	while (!cursor.end) {
		KUNIT_ASSERT_EQ(test, 0,
				bucketmap_scan(model->map, &cursor, keys,
					       values, capacity, &count));
		KUNIT_ASSERT_LE(test, count, capacity);
		for (i = 0; i < count; i++)
			check_scanned(test, model,
				      keys + i * layout->key_size,
				      values + i * layout->value_size, &least);
		met += count;
		if (between)
			between(test, model);
	}
	KUNIT_ASSERT_EQ(test, met, model->count);
	kunit_kfree(test, values);
	kunit_kfree(test, keys);
}
