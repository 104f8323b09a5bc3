// SPDX-License-Identifier: GPL-2.0
/*
 * Each operation, in every way in which a call of it can go, does and returns what the
 * model says: on a map, on a set, and at the limit of a map.
 */
#include <errno.h>
#include <string.h>

#include "calls.h"
#include "support.h"

static void assert_entry(const struct call *call, struct bucketmap *map, __u32 value_size)
{
	unsigned char value[MODEL_VALUE_SIZE];

	assert_int_equal(bucketmap_lookup(map, "key1", value, 0, 0),
			 call->after.present ? 0 : -ENOENT);
	if (call->after.present)
		assert_memory_equal(value, call->after.value, value_size);
}

/* Makes all calls, each on a new map. A map with @max_entries is full before the call. */
static void check_calls(__u32 value_size, __u64 max_entries)
{
	int calls = 0;

	for (int i = 0; i < CALLS; i++) {
		struct bucketmap *map;
		struct call call;

		if (!call_number(&call, i, value_size))
			continue;
		if (max_entries)
			call_expect_full(&call);
		map = limited_map(4, value_size, max_entries);
		assert_ok(bucketmap_store(map, call.before.present ? "key1" : "key2",
					  call.before.value, 0, 0));
		if (!call_make(&call, bucketmap_fd(map), "key1"))
			fail_msg("%s", call.text);
		assert_entry(&call, map, value_size);
		assert_int_equal(entry_count(map), call.after.present + !call.before.present);
		bucketmap_close(map);
		calls++;
	}
	print_message("# %d calls\n", calls);
	assert_true(calls > OPERATIONS);
}

static void operations_on_a_map_equal_the_model(void **state)
{
	(void)state;
	check_calls(MODEL_VALUE_SIZE, 0);
}

static void operations_on_a_set_equal_the_model(void **state)
{
	(void)state;
	check_calls(0, 0);
}

static void full_map_refuses_only_new_entries(void **state)
{
	(void)state;
	check_calls(MODEL_VALUE_SIZE, 1);
	check_calls(0, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(operations_on_a_map_equal_the_model),
		device_test(operations_on_a_set_equal_the_model),
		device_test(full_map_refuses_only_new_entries),
	};

	return run_device_tests(tests);
}
