// SPDX-License-Identifier: GPL-2.0
/*
 * Maps that grow far beyond their first table. At all times they hold the same
 * entries as a plain array.
 */
#include <errno.h>
#include <string.h>

#include "support.h"

#define MANY	100000

static struct bucketmap_info info_of(struct bucketmap *map)
{
	struct bucketmap_info info = { .size = sizeof(info) };

	assert_ok(bucketmap_info(map, &info));
	return info;
}

static void insert_many(struct bucketmap *map)
{
	for (__u64 key = 0; key < MANY; key++) {
		__u64 value = ~key;

		assert_ok(bucketmap_insert(map, &key, &value, 0, 0));
	}
}

static void smallest_table_grows_without_losing_entries(void **state)
{
	struct bucketmap *map = unnamed_map(8, 8);
	__u64 first_buckets = info_of(map).buckets;

	(void)state;
	insert_many(map);
	assert_int_equal(entry_count(map), MANY);
	for (__u64 key = 0; key < MANY; key++) {
		__u64 value;

		assert_ok(bucketmap_lookup(map, &key, &value, 0, 0));
		assert_int_equal(value, ~key);
	}
	assert_true(info_of(map).buckets > first_buckets);
	bucketmap_close(map);
}

static void all_keys_are_found_during_growth(void **state)
{
	struct bucketmap *map = unnamed_map(8, 8);

	(void)state;
	for (__u64 key = 0; key < MANY / 4; key++) {
		__u64 earlier = key * 7919 % (key + 1), value = ~key;

		assert_ok(bucketmap_insert(map, &key, &value, 0, 0));
		assert_ok(bucketmap_lookup(map, &earlier, &value, 0, 0));
		assert_int_equal(value, ~earlier);
		assert_error(bucketmap_insert(map, &earlier, &value, 0, 0), EEXIST);
	}
	bucketmap_close(map);
}

static void emptied_map_can_be_filled_again(void **state)
{
	struct bucketmap *map = unnamed_map(8, 8);
	__u64 value;

	(void)state;
	for (int round = 0; round < 2; round++) {
		insert_many(map);
		for (__u64 key = 0; key < MANY; key++)
			assert_ok(bucketmap_delete(map, &key));
		assert_int_equal(entry_count(map), 0);
		for (__u64 key = 0; key < MANY; key += 97)
			assert_error(bucketmap_lookup(map, &key, &value, 0, 0), ENOENT);
	}
	bucketmap_close(map);
}

static void max_entries_is_enforced_exactly(void **state)
{
	struct bucketmap *map = limited_map(8, 8, MANY / 10);

	(void)state;
	for (__u64 key = 0; key < MANY / 5; key++)
		assert_int_equal(bucketmap_insert(map, &key, &key, 0, 0),
				 key < MANY / 10 ? 0 : -ENOSPC);
	assert_int_equal(entry_count(map), MANY / 10);
	bucketmap_close(map);
}

/* The plain array that a map is compared with. */
#define MODEL_KEYS	400
#define MODEL_STEPS	60000

struct model {
	int present[MODEL_KEYS];
	__u64 value[MODEL_KEYS];
};

static void model_put(struct model *model, __u16 key, __u64 value)
{
	model->present[key] = 1;
	model->value[key] = value;
}

static void random_step(struct bucketmap *map, struct model *model)
{
	__u16 key = random_below(MODEL_KEYS);
	__u64 number = random_number(), read_back = 0;
	int present = model->present[key];

	switch (random_below(5)) {
	case 0:
		assert_ok(bucketmap_store(map, &key, &number, 0, 0));
		model_put(model, key, number);
		break;
	case 1:
		assert_int_equal(bucketmap_insert(map, &key, &number, 0, 0),
				 present ? -EEXIST : 0);
		if (!present)
			model_put(model, key, number);
		break;
	case 2:
		assert_int_equal(bucketmap_delete(map, &key), present ? 0 : -ENOENT);
		model->present[key] = 0;
		break;
	case 3:
		assert_ok(bucketmap_add(map, &key, 0, number, &read_back));
		assert_int_equal(read_back, present ? model->value[key] : 0);
		model_put(model, key, read_back + number);
		break;
	default:
		assert_int_equal(bucketmap_lookup(map, &key, &read_back, 0, 0),
				 present ? 0 : -ENOENT);
		if (present)
			assert_int_equal(read_back, model->value[key]);
	}
}

static void random_operations_match_a_plain_array(void **state)
{
	struct bucketmap *map = unnamed_map(2, 8);
	struct model model = { 0 };
	struct snapshot snapshot;
	size_t present = 0;

	(void)state;
	seed_random();
	for (int i = 0; i < MODEL_STEPS; i++)
		random_step(map, &model);
	for (int key = 0; key < MODEL_KEYS; key++)
		present += model.present[key];
	take_snapshot(&snapshot, map);
	assert_int_equal(snapshot.count, present);
	for (size_t i = 0; i < snapshot.count; i++) {
		__u16 key = ((__u16 *)snapshot.keys)[i];

		assert_true(key < MODEL_KEYS && model.present[key]);
		assert_int_equal(((__u64 *)snapshot.values)[i], model.value[key]);
	}
	free_snapshot(&snapshot);
	bucketmap_close(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(smallest_table_grows_without_losing_entries),
		device_test(all_keys_are_found_during_growth),
		device_test(emptied_map_can_be_filled_again),
		device_test(max_entries_is_enforced_exactly),
		device_test(random_operations_match_a_plain_array),
	};

	return run_device_tests(tests);
}
