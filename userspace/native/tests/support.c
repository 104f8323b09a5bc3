// SPDX-License-Identifier: GPL-2.0
/*
 * Shared by the tests: the environment, and the core's life.
 */
#include "support.h"
#include "masked.h"

#include "core/core.h"
#include "core/memory.h"

/**
 * test_number() - read a number from the environment
 * @name: its name
 * @otherwise: the default
 *
 * Return: the number.
 */
u64 test_number(const char *name, u64 otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

/**
 * test_seed() - read the seed of all random numbers
 *
 * Return: the seed.
 */
u64 test_seed(void)
{
	return test_number("SEED", 1);
}

/**
 * core_begin() - initialize the core for a group of tests
 * @state: not used
 *
 * Return: 0.
 */
int core_begin(void **state)
{
	(void)state;
	printf("# SEED=%llu\n", test_seed());
	fflush(stdout);
	native_thread_begin();
	return bm_core_init();
}

/**
 * core_end() - shut down the core, and check that it has freed everything
 * @state: not used
 *
 * Return: 0, or 1 if memory is leaked or still counted.
 */
int core_end(void **state)
{
	u64 left, bytes;

	(void)state;
	bm_core_exit();
	native_thread_end();
	left = native_allocations();
	if (left)
		printf("# %llu allocations were never freed\n", left);
	bytes = bm_memory_bytes();
	if (bytes)
		printf("# %llu bytes are still counted\n", bytes);
	return left || bytes;
}

/**
 * make_map() - create a map, and assert that this succeeds
 * @config: its configuration
 *
 * Return: the map.
 */
struct bucketmap *make_map(const struct bucketmap_config *config)
{
	struct bucketmap *map = create_masked(config);

	assert_false(IS_ERR(map));
	return map;
}
