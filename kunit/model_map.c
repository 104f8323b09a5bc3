// SPDX-License-Identifier: GPL-2.0
/*
 * A map and a plain model of it: scans, clears and resizes, and checks of the
 * whole map.
 */
#include "model.h"

static u32 key_id(const u8 *key, u32 size)
{
	u32 id = 0;
	u32 i;

	for (i = 0; i < min_t(u32, size, 4); i++)
		id |= (u32)key[i] << (8 * i);
	return id;
}

static void scan_begin(struct bmt_model *model)
{
	model->cursor = (struct bucketmap_cursor){ };
	model->least = 0;
	memset(model->seen, 0, model->keys * sizeof(bool));
	memcpy(model->stayed, model->present, model->keys * sizeof(bool));
}

static void check_scanned(struct kunit *test, struct bmt_model *model,
			  const u8 *bytes, const u8 *value)
{
	const struct bm_layout *layout = &model->map->layout;
	u32 id = key_id(bytes, layout->key_size);
	struct bm_key key;

	KUNIT_ASSERT_LT(test, id, model->keys);
	bmt_key_bytes(model->key, layout->key_size, id);
	KUNIT_ASSERT_MEMEQ(test, bytes, model->key, layout->key_size);
	KUNIT_ASSERT_FALSE(test, model->seen[id]);
	KUNIT_ASSERT_TRUE_MSG(test, model->present[id], "key %u", id);
	KUNIT_ASSERT_MEMEQ(test, value,
			   model->values + (size_t)id * layout->value_size,
			   layout->value_size);
	bm_key_init(model->map, &key, bytes);
	KUNIT_ASSERT_GE(test, key.hash, model->least);
	model->least = key.hash;
	model->seen[id] = true;
}

static void check_complete(struct kunit *test, const struct bmt_model *model)
{
	u32 id;

	for (id = 0; id < model->keys; id++)
		KUNIT_ASSERT_TRUE_MSG(test,
				      model->seen[id] || !model->stayed[id],
				      "key %u", id);
}

/**
 * struct buffers - where a scan puts entries
 * @capacity: number of entries
 * @keys: their keys
 * @values: their values
 */
struct buffers {
	u32 capacity;
	u8 *keys;
	u8 *values;
};

static void buffers_begin(struct kunit *test, const struct bm_layout *layout,
			  struct buffers *buffers, u32 capacity)
{
	size_t count = capacity;

	buffers->capacity = capacity;
	buffers->keys = bmt_zalloc(test, count * layout->key_size);
	buffers->values = bmt_zalloc(test, count * layout->value_size);
}

static void buffers_end(struct kunit *test, const struct buffers *buffers)
{
	kunit_kfree(test, buffers->values);
	kunit_kfree(test, buffers->keys);
}

/* Continues the scan, with larger buffers if entries with one hash need them. */
static void scan_some(struct kunit *test, struct bmt_model *model,
		      struct buffers *buffers)
{
	const struct bm_layout *layout = &model->map->layout;
	u32 count, i;
	int err;

	for (;;) {
		err = bucketmap_scan(model->map, &model->cursor,
				     BUCKETMAP_WHOLE, buffers->keys,
				     buffers->values, buffers->capacity,
				     &count);
		if (err != -ENOBUFS || !model->collides)
			break;
		KUNIT_ASSERT_GT(test, count, buffers->capacity);
		buffers_end(test, buffers);
		buffers_begin(test, layout, buffers, count);
	}
	KUNIT_ASSERT_EQ(test, err, 0);
	KUNIT_ASSERT_LE(test, count, buffers->capacity);
	for (i = 0; i < count; i++)
		check_scanned(test, model,
			      buffers->keys + (size_t)i * layout->key_size,
			      buffers->values + (size_t)i * layout->value_size);
	if (model->cursor.end)
		check_complete(test, model);
}

/* Continues the scan. If it has ended, it begins again. */
void bmt_model_scan_step(struct kunit *test, struct bmt_model *model,
			 u32 capacity)
{
	struct buffers buffers;

	if (model->cursor.end)
		scan_begin(model);
	buffers_begin(test, &model->map->layout, &buffers, capacity);
	scan_some(test, model, &buffers);
	buffers_end(test, &buffers);
}

/*
 * @between is called after each call of bucketmap_scan(). It must not change
 * keys or values: the scan must return exactly what the model holds.
 */
void bmt_model_scan(struct kunit *test, struct bmt_model *model, u32 capacity,
		    void (*between)(struct kunit *test,
				    struct bmt_model *model))
{
	struct buffers buffers;

	scan_begin(model);
	buffers_begin(test, &model->map->layout, &buffers, capacity);
	do {
		scan_some(test, model, &buffers);
		if (between)
			between(test, model);
	} while (!model->cursor.end);
	buffers_end(test, &buffers);
}

void bmt_model_clear(struct kunit *test, struct bmt_model *model)
{
	struct bucketmap_cursor cursor = { };
	u32 id;

	while (!cursor.end)
		bucketmap_clear(model->map, &cursor);
	for (id = 0; id < model->keys; id++)
		bmt_model_set(model, id, false);
	KUNIT_ASSERT_EQ(test, model->count, 0);
}

void bmt_model_resize(struct kunit *test, struct bmt_model *model,
		      u64 capacity)
{
	int err = bucketmap_resize(model->map, capacity, 0);

	if (err == -EMLINK)
		KUNIT_ASSERT_TRUE(test, model->collides);
	else if (err == -ENOMEM)
		KUNIT_ASSERT_TRUE(test, model->enomem);
	else
		KUNIT_ASSERT_EQ(test, err, 0);
}

void bmt_model_verify(struct kunit *test, struct bmt_model *model)
{
	bmt_model_check(test, model);
	bmt_settle(test, model->map);
	bmt_check_map(test, model->map);
	bmt_model_check(test, model);
	bmt_model_scan(test, model, 64, NULL);
}
