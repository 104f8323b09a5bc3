// SPDX-License-Identifier: GPL-2.0
/*
 * The checker of histories accepts what can be and nothing else.
 */
#include "support.h"

#include "history.h"

static bool explained(const struct event *first, u32 first_count,
		      const struct event *second, u32 second_count)
{
	const struct log logs[] = {
		{ .events = first, .count = first_count },
		{ .events = second, .count = second_count },
	};
	const struct event *wrong;
	struct belief belief;

	belief_begin(&belief);
	wrong = history_check(logs, ARRAY_SIZE(logs), &belief);
	belief_end(&belief);
	return !wrong;
}

/* A store of 1, a lookup that finds a number, and one that finds nothing. */
#define STORE_1(from, to) \
	{ .kind = EVENT_STORE, .count = 1, .given = { 1 }, \
	  .invoked = (from), .returned = (to) }
#define FOUND(number, from, to) \
	{ .kind = EVENT_LOOKUP, .count = 1, .found = { number }, \
	  .invoked = (from), .returned = (to) }
#define ABSENT(from, to) \
	{ .kind = EVENT_LOOKUP, .count = 1, .err = -ENOENT, \
	  .invoked = (from), .returned = (to) }

static void a_lookup_during_a_store_may_find_either_value(void **state)
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

static void a_stale_lookup_is_recognized(void **state)
{
	static const struct event store[] = { STORE_1(1, 2) };
	static const struct event absent[] = { ABSENT(3, 4) };
	static const struct event foreign[] = { FOUND(2, 3, 4) };

	(void)state;
	assert_false(explained(store, 1, absent, 1));
	assert_false(explained(store, 1, foreign, 1));
}

static void a_lost_addition_is_recognized(void **state)
{
	static const struct event mine[] = {
		{ .kind = EVENT_ADD, .count = 1, .given = { 1 },
		  .invoked = 1, .returned = 4 },
		FOUND(1, 6, 7),
	};
	static const struct event other[] = {
		{ .kind = EVENT_ADD, .count = 1, .given = { 1 },
		  .invoked = 2, .returned = 3 },
	};

	(void)state;
	assert_false(explained(mine, 2, other, 1));
}

static void two_inserts_that_both_succeed_are_recognized(void **state)
{
	static const struct event mine[] = {
		{ .kind = EVENT_INSERT, .count = 1, .given = { 1 },
		  .invoked = 1, .returned = 4 },
	};
	static const struct event other[] = {
		{ .kind = EVENT_INSERT, .count = 1, .given = { 2 },
		  .invoked = 2, .returned = 3 },
	};

	(void)state;
	assert_false(explained(mine, 1, other, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lookup_during_a_store_may_find_either_value),
		cmocka_unit_test(a_stale_lookup_is_recognized),
		cmocka_unit_test(a_lost_addition_is_recognized),
		cmocka_unit_test(two_inserts_that_both_succeed_are_recognized),
	};

	return run_core_tests(tests);
}
