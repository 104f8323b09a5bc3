// SPDX-License-Identifier: GPL-2.0
/*
 * Retired tables that wait for their grace periods.
 */
#include "support.h"

#include <pthread.h>

#include "core/evacuate.h"
#include "maps.h"

/**
 * struct holder - a thread that prolongs a grace period by a read section
 * @held: the thread waits here once it is in the read section
 * @release: it must leave the read section
 */
struct holder {
	pthread_barrier_t held;
	bool release;
};

static void *hold_grace_period(void *argument)
{
	struct holder *holder = argument;

	native_thread_begin();
	rcu_read_lock();
	pthread_barrier_wait(&holder->held);
	while (!READ_ONCE(holder->release))
		sleep_1ms();
	rcu_read_unlock();
	native_thread_end();
	return NULL;
}

/*
 * The map grows while BM_RETIRED_MAX tables wait for their grace periods. Further
 * ones wait until the oldest is freed.
 */
static void map_grows_during_long_grace_period(void **state)
{
	struct holder holder = {};
	struct bucketmap *map = make_filled_map(0, 0);
	pthread_t thread;
	u64 key = 0;

	(void)state;
	pthread_barrier_init(&holder.held, NULL, 2);
	assert_int_equal(pthread_create(&thread, NULL, hold_grace_period, &holder), 0);
	pthread_barrier_wait(&holder.held);
	/* Each round exceeds the table's load limit by one entry. */
	while (READ_ONCE(map->resize.grown) < BM_RETIRED_MAX) {
		u64 most = BM_LOAD_GROW(buckets_of(map)) + 1;

		while (key < most)
			assert_int_equal(insert_key(map, key++), 0);
		await(BM_LOAD_GROW(buckets_of(map)) >= most);
	}
	WRITE_ONCE(holder.release, true);
	pthread_join(thread, NULL);
	while (READ_ONCE(map->resize.grown) < 2 * BM_RETIRED_MAX && key < 2000000)
		assert_int_equal(insert_key(map, key++), 0);
	assert_holds_keys(map, key);
	pthread_barrier_destroy(&holder.held);
	bucketmap_destroy(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(map_grows_during_long_grace_period),
	};

	return run_core_tests(tests);
}
