// SPDX-License-Identifier: GPL-2.0
/*
 * The checker of histories accepts linearizable histories and no others.
 */
#include "support.h"

#include "events.h"

static bool explained(const struct event *first, u32 first_count,
		      const struct event *second, u32 second_count)
{
	const struct log logs[] = {
		{ .events = first, .count = first_count },
		{ .events = second, .count = second_count },
	};
	const struct event *wrong;
	struct key_states possible;

	key_states_begin(&possible);
	wrong = history_check(logs, ARRAY_SIZE(logs), &possible, event_apply);
	key_states_end(&possible);
	return !wrong;
}

/* A store of 1, a lookup that finds a number, and one that misses. */
#define STORE_1(from, to) \
	{ .kind = BUCKETMAP_STORE, .count = 1, .given = { 1 }, \
	  .invoked = (from), .returned = (to) }
#define FOUND(number, from, to) \
	{ .kind = BUCKETMAP_LOOKUP, .count = 1, .found = { number }, \
	  .invoked = (from), .returned = (to) }
#define ABSENT(from, to) \
	{ .kind = BUCKETMAP_LOOKUP, .count = 1, .result = -ENOENT, \
	  .invoked = (from), .returned = (to) }

static void lookup_during_store_may_find_either_value(void **state)
{
	static const struct event store[] = { STORE_1(1, 4) };
	static const struct event absent[] = { ABSENT(2, 3) };
	static const struct event present[] = { FOUND(1, 2, 3) };
	static const struct event there_then_absent[] = {
		FOUND(1, 2, 3), ABSENT(5, 6),
	};

	(void)state;
	assert_true(explained(store, 1, absent, 1));
	assert_true(explained(store, 1, present, 1));
	assert_false(explained(store, 1, there_then_absent, 2));
}

static void stale_lookup_is_detected(void **state)
{
	static const struct event store[] = { STORE_1(1, 2) };
	static const struct event absent[] = { ABSENT(3, 4) };
	static const struct event foreign[] = { FOUND(2, 3, 4) };

	(void)state;
	assert_false(explained(store, 1, absent, 1));
	assert_false(explained(store, 1, foreign, 1));
}

static void lost_addition_is_detected(void **state)
{
	static const struct event mine[] = {
		{ .kind = BUCKETMAP_ADD, .count = 1, .given = { 1 },
		  .invoked = 1, .returned = 4 },
		FOUND(1, 6, 7),
	};
	static const struct event other[] = {
		{ .kind = BUCKETMAP_ADD, .count = 1, .given = { 1 },
		  .invoked = 2, .returned = 3 },
	};

	(void)state;
	assert_false(explained(mine, 2, other, 1));
}

static void addition_that_makes_an_entry_is_detected(void **state)
{
	static const struct event absent[] = { ABSENT(1, 2) };
	static const struct event add[] = {
		{ .kind = BUCKETMAP_ADD_EXISTING, .count = 1, .given = { 1 },
		  .invoked = 3, .returned = 4 },
	};

	(void)state;
	assert_false(explained(absent, 1, add, 1));
}

static void double_insert_is_detected(void **state)
{
	static const struct event mine[] = {
		{ .kind = BUCKETMAP_INSERT, .count = 1, .given = { 1 },
		  .invoked = 1, .returned = 4 },
	};
	static const struct event other[] = {
		{ .kind = BUCKETMAP_INSERT, .count = 1, .given = { 2 },
		  .invoked = 2, .returned = 3 },
	};

	(void)state;
	assert_false(explained(mine, 1, other, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lookup_during_store_may_find_either_value),
		cmocka_unit_test(stale_lookup_is_detected),
		cmocka_unit_test(lost_addition_is_detected),
		cmocka_unit_test(addition_that_makes_an_entry_is_detected),
		cmocka_unit_test(double_insert_is_detected),
	};

	return run_core_tests(tests);
}
