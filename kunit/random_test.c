// SPDX-License-Identifier: GPL-2.0
/*
 * Random sequences of all operations, compared with a plain model.
 */
#include "model.h"

static void check_sizes(struct kunit *test, u32 key_size, u32 value_size)
{
	u32 keys = key_size == 1 ? 256 : value_size == 4096 ? 60 : 300;
	struct bucketmap_config config = {
		.key_size = key_size,
		.value_size = value_size,
	};
	struct bucketmap *map = bmt_map(test, &config);
	struct bmt_model *model = bmt_model(test, map, keys, U32_MAX);

	bmt_model_steps(test, model, 4 * keys);
	bmt_model_verify(test, model);
	bmt_model_scan(test, model, 5, NULL);
	bmt_map_destroy(test, map);
}

static void all_key_and_value_sizes_work(struct kunit *test)
{
	static const u32 key_sizes[] = { 1, 7, 8, 9, 255, 256 };
	static const u32 value_sizes[] = { 0, 1, 7, 8, 9, 4095, 4096 };
	u32 i, j;

	for (i = 0; i < ARRAY_SIZE(key_sizes); i++)
		for (j = 0; j < ARRAY_SIZE(value_sizes); j++)
			check_sizes(test, key_sizes[i], value_sizes[j]);
}

struct random {
	u32 key_size;
	u32 value_size;
	u32 keys;
	u32 most;
	u64 capacity;
	bool held;
};

static const struct random randoms[] = {
	{ 8, 8, 40, U32_MAX, 0, true },
	{ 8, 8, 400, U32_MAX, 26, true },
	{ 8, 8, 1000, U32_MAX, 0, false },
	{ 1, 0, 200, U32_MAX, 26, false },
	{ 2, 3, 3000, U32_MAX, 0, false },
	{ 9, 17, 300, 100, 26, false },
	{ 16, 64, 500, 400, 0, false },
	{ 256, 40, 100, U32_MAX, 0, false },
	{ 20, 1000, 64, 50, 0, false },
};

static void describe(const struct random *random, char *text)
{
	snprintf(text, KUNIT_PARAM_DESC_SIZE,
		 "%u keys of %u bytes, values of %u, %u at most%s",
		 random->keys, random->key_size, random->value_size,
		 random->most, random->held ? ", no worker" : "");
}

KUNIT_ARRAY_PARAM(random, randoms, describe);

static void random_operations_match_model(struct kunit *test)
{
	const struct random *random = test->param_value;
	struct bucketmap_config config = {
		.key_size = random->key_size,
		.value_size = random->value_size,
		.flags = bmt_below(test, 2) ? BUCKETMAP_CREATE_XXH64 : 0,
		.capacity = random->capacity,
		.max_entries = random->most < U32_MAX ? random->most : 0,
	};
	struct bucketmap *map = bmt_map(test, &config);
	struct bmt_model *model;
	u32 round;

	model = bmt_model(test, map, random->keys, random->most);
	model->map_steps = !random->held;
	if (random->held)
		bmt_worker_hold(map);
	for (round = 0; round < 8; round++) {
		bmt_model_steps(test, model, 600);
		bmt_model_check(test, model);
		if (!random->held && bmt_below(test, 2))
			bucketmap_resize(map, bmt_below(test, 2000), 0);
		if (!random->held)
			bmt_settle(test, map);
		bmt_check_map(test, map);
		bmt_model_scan(test, model, 1 + bmt_below(test, 20), NULL);
	}
}

static struct kunit_case random_cases[] = {
	KUNIT_CASE_SLOW(all_key_and_value_sizes_work),
	KUNIT_CASE_PARAM(random_operations_match_model,
			 random_gen_params),
	{}
};

static struct kunit_suite random_suite = {
	.name = "bucketmap_random",
	.suite_init = bmt_suite_init,
	.init = bmt_init,
	.test_cases = random_cases,
};

kunit_test_suite(random_suite);
