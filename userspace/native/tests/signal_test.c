// SPDX-License-Identifier: GPL-2.0
/*
 * Signals: interrupted batches and waits, and killed tasks.
 */
#include "support.h"

#include <linux/err.h>

#include "core/inspect.h"
#include "core/map.h"
#include "core/evacuate.h"
#include "maps.h"

#define CAPACITY	3000
#define FULL		256	/* entries of a full chain */
#define COUNT		96	/* entries of a batch: three groups */
#define NEW		40	/* an entry of the second group */
#define UNTOUCHED	12345

/*
 * A batch that must wait for a larger table. If the worker answers first, the new
 * entry gets -EMLINK and the batch completes; then try again.
 */
static void signal_ends_batch_between_entries(void **state)
{
	struct bucketmap *map;
	u64 keys[COUNT], key, tries;
	s32 results[COUNT];
	const struct bucketmap_op op = {
		.operation = BUCKETMAP_STORE,
		.keys = keys, .values = keys, .results = results,
	};
	u32 finished, i;
	int err = 0;

	(void)state;
	native_hash_mask = 0;
	map = make_map(&word_config);
	for (key = 0; key < FULL; key++)
		assert_int_equal(insert_key(map, key), 0);
	/* One key is new, all others are present. */
	for (i = 0; i < COUNT; i++)
		keys[i] = i == NEW ? FULL : i;
	native_signal = true;
	for (tries = 0; !err && tries < 10000; tries++) {
		for (i = 0; i < COUNT; i++)
			results[i] = UNTOUCHED;
		err = bucketmap_batch(map, &op, COUNT, &finished,
				      GFP_KERNEL);
		assert_int_equal(finished, err ? NEW : COUNT);
		assert_true(err || results[NEW] == -EMLINK);
	}
	native_signal = false;
	assert_int_equal(err, -EINTR);
	for (i = 0; i < COUNT; i++)
		assert_int_equal(results[i], i < NEW ? 0 : UNTOUCHED);
	assert_int_equal(bucketmap_count(map), FULL);
	bucketmap_destroy(map);
	native_hash_mask = ~0ULL;
}

/* After a kill at any allocation there is at most one more allocation. */
static void killed_task_creates_no_map(void **state)
{
	struct bucketmap_config large = word_config;
	struct bucketmap *map;
	u64 all, nth;

	(void)state;
	large.capacity = CAPACITY;
	native_fail_nth(NATIVE_FAIL_SELF, 0);
	bucketmap_destroy(make_map(&large));
	all = native_attempts();
	/* The table has several segments. */
	assert_true(all > 10);
	for (nth = 1; nth <= all; nth++) {
		native_kill_nth(nth);
		map = bucketmap_create(&large);
		assert_true(native_killed);
		native_killed = false;
		if (!IS_ERR(map)) {
			/* Only if the kill was at the last allocations. */
			assert_in_range(nth, all - 1, all);
			bucketmap_destroy(map);
			continue;
		}
		assert_int_equal(PTR_ERR(map), -EINTR);
		/* Those before the first segment do not check for it. */
		assert_true(nth < 6 || native_attempts() <= nth + 1);
	}
	native_fail_no_more();
}

/* The kernel refuses memory to killed tasks. */
static void killed_task_gets_eintr_instead_of_enomem(void **state)
{
	struct bucketmap *map = make_full_map();

	(void)state;
	native_fail_randomly(NATIVE_FAIL_ALL, 1, 1);
	native_signal = true;
	assert_int_equal(insert_key(map, BM_SLOTS), -ENOMEM);
	native_killed = true;
	assert_int_equal(insert_key(map, BM_SLOTS), -EINTR);
	native_killed = false;
	native_signal = false;
	native_fail_no_more();
	assert_int_equal(bucketmap_count(map), BM_SLOTS);
	map->resize.refused_until = 0;
	assert_int_equal(insert_key(map, BM_SLOTS), 0);
	free_full_map(map);
}

/* Inspection walks all buckets, which may take long; a kill ends it. */
static void killed_task_stops_inspection(void **state)
{
	struct bucketmap *map = make_map(&word_config), *other = make_map(&word_config);
	struct bm_resize_state resize;
	struct bm_chains chains;
	struct bm_table *table;

	(void)state;
	/* Stands for a migration. */
	table = bmt_table(map);
	rcu_assign_pointer(table->next, bmt_table(other));
	native_signal = true;
	assert_int_equal(bm_inspect_chains(other, &chains), 0);
	assert_int_equal(bm_inspect_resize(map, &resize), 0);
	native_killed = true;
	assert_int_equal(bm_inspect_chains(other, &chains), -EINTR);
	assert_int_equal(bm_inspect_resize(map, &resize), -EINTR);
	native_killed = false;
	native_signal = false;
	RCU_INIT_POINTER(table->next, NULL);
	bucketmap_destroy(map);
	bucketmap_destroy(other);
}

static void signal_ends_wait(void **state)
{
	struct bucketmap *map = make_map(&word_config);
	u64 key = 1, seen = 1;

	(void)state;
	native_signal = true;
	assert_int_equal(bucketmap_wait(map, &key, BUCKETMAP_WHOLE, NULL, 0),
			 -EINTR);
	/* A change that has already happened takes precedence. */
	assert_int_equal(bucketmap_wait(map, &key, BUCKETMAP_WHOLE, &seen, 0),
			 0);
	native_signal = false;
	bucketmap_destroy(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(killed_task_creates_no_map),
		cmocka_unit_test(signal_ends_batch_between_entries),
		cmocka_unit_test(killed_task_gets_eintr_instead_of_enomem),
		cmocka_unit_test(killed_task_stops_inspection),
		cmocka_unit_test(signal_ends_wait),
	};

	return run_core_tests(tests);
}
