// SPDX-License-Identifier: GPL-2.0
/*
 * Operations on windows of values, compared with the model in plain C.
 */
#include <errno.h>
#include <string.h>

#include "abi.h"
#include "model.h"

#define KEYS	8
#define STEPS	60000

/* A map and the model of its entries. */
struct checked {
	struct bucketmap *map;
	struct model_entry model[KEYS];
};

/* Few different bytes, so that comparisons sometimes succeed. */
static void randomize(unsigned char *bytes)
{
	for (int i = 0; i < MODEL_VALUE_SIZE; i++)
		bytes[i] = 'a' + random_below(2);
}

static void randomize_window(struct bucketmap_entry *entry, int operation)
{
	const struct operation *op = &operations[operation];

	if (op->window == OP_WINDOW_NUMBER) {
		entry->offset = 8 * random_below(MODEL_VALUE_SIZE / 8);
	} else if (op->window == OP_WINDOW_ANY) {
		entry->offset = random_below(MODEL_VALUE_SIZE + 1);
		entry->length = random_below(MODEL_VALUE_SIZE - entry->offset + 1);
		/* A comparison of many random bytes would never succeed. */
		if (op->expected && entry->length > 3)
			entry->length = 3;
		if (!entry->offset && !entry->length)
			entry->length = MODEL_VALUE_SIZE;
	}
}

static void random_step(struct checked *checked)
{
	struct model_columns columns = { 0 }, model_columns;
	int operation = random_below(OPERATIONS);
	struct bucketmap_entry entry = { .size = sizeof(entry) };
	struct model_entry *model = &checked->model[random_below(KEYS)];
	__u32 key = model - checked->model;
	int expected;

	randomize(columns.value);
	randomize(columns.expected);
	randomize(columns.previous);
	model_columns = columns;
	randomize_window(&entry, operation);
	model_set_columns(&entry, operation, &model_columns);
	expected = model_operation(model, operation, &entry);
	model_set_columns(&entry, operation, &columns);
	entry.key = abi_pointer(&key);
	if (!entry.offset && entry.length == MODEL_VALUE_SIZE && random_below(2))
		entry.length = 0;
	assert_int_equal(raw_ioctl(bucketmap_fd(checked->map), BUCKETMAP_IOC_OPERATION(operation),
				   &entry), expected);
	assert_memory_equal(&columns, &model_columns, sizeof(columns));
}

static void check_entries(struct checked *checked)
{
	for (__u32 key = 0; key < KEYS; key++) {
		unsigned char value[MODEL_VALUE_SIZE];

		assert_int_equal(bucketmap_lookup(checked->map, &key, value, 0, 0),
				 checked->model[key].present ? 0 : -ENOENT);
		if (checked->model[key].present)
			assert_memory_equal(value, checked->model[key].value, sizeof(value));
	}
}

static void operations_on_random_windows_match_the_model(void **state)
{
	struct checked checked = { .map = unnamed_map(4, MODEL_VALUE_SIZE) };

	(void)state;
	seed_random();
	for (int i = 0; i < STEPS; i++) {
		random_step(&checked);
		if (i % 16 == 0)
			check_entries(&checked);
	}
	check_entries(&checked);
	bucketmap_close(checked.map);
}

/* The ioctl reads the new value from the buffer that it writes the previous one to. */
static void value_and_previous_may_share_a_buffer(void **state)
{
	struct bucketmap *map = unnamed_map(4, 8);
	char both[9] = "newvalue", value[9] = { 0 };

	(void)state;
	assert_ok(bucketmap_store(map, "key1", "oldvalue", 0, 0));
	assert_int_equal(bucketmap_swap(map, "key1", both, both, 0, 0), 1);
	assert_string_equal(both, "oldvalue");
	assert_ok(bucketmap_lookup(map, "key1", value, 0, 0));
	assert_string_equal(value, "newvalue");

	both[0] = 'N';
	both[1] = 'E';
	both[2] = 'W';
	assert_int_equal(bucketmap_swap(map, "key1", both, both, 0, 3), 1);
	assert_string_equal(both, "newvalue");
	assert_int_equal(bucketmap_load_or_store(map, "key1", both, both, 0, 0), 1);
	assert_string_equal(both, "NEWvalue");
	bucketmap_close(map);
}

static void previous_is_unchanged_if_the_key_did_not_exist(void **state)
{
	struct bucketmap *map = unnamed_map(4, 4);
	char previous[4] = "same";

	(void)state;
	assert_int_equal(bucketmap_swap(map, "key1", "val1", previous, 0, 0), 0);
	assert_memory_equal(previous, "same", 4);
	assert_int_equal(bucketmap_load_or_store(map, "key2", "val2", previous, 0, 0), 0);
	assert_memory_equal(previous, "same", 4);
	assert_error(bucketmap_lookup_and_delete(map, "key3", previous, 0, 0), ENOENT);
	assert_memory_equal(previous, "same", 4);
	bucketmap_close(map);
}

/* Writes windows whose words are all equal: a reader must never see different words. */
static void write_equal_words(void *map)
{
	for (__u64 i = 0;; i++) {
		__u64 words[16];

		for (int j = 0; j < 16; j++)
			words[j] = i;
		child_check(!bucketmap_store(map, "key1", words, 64, sizeof(words)));
	}
}

static void readers_never_see_a_torn_window(void **state)
{
	struct bucketmap *map = unnamed_map(4, 256);
	__u64 words[16] = { 0 };
	pid_t writer;

	(void)state;
	assert_ok(bucketmap_store(map, "key1", words, 64, sizeof(words)));
	writer = start_child(write_equal_words, map);
	for (int i = 0; i < 20000; i++) {
		assert_ok(bucketmap_lookup(map, "key1", words, 64, sizeof(words)));
		for (int j = 1; j < 16; j++)
			assert_int_equal(words[j], words[0]);
	}
	stop_child(writer);
	bucketmap_close(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(operations_on_random_windows_match_the_model),
		device_test(value_and_previous_may_share_a_buffer),
		device_test(previous_is_unchanged_if_the_key_did_not_exist),
		device_test(readers_never_see_a_torn_window),
	};

	return run_device_tests(tests);
}
