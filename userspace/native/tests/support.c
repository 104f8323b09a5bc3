// SPDX-License-Identifier: GPL-2.0
/*
 * What the tests share.
 */
#include "support.h"

#include "core/core.h"
#include "core/memory.h"

/**
 * test_number() - a number that may be set in the environment
 * @name: its name
 * @otherwise: what it is if it is not set
 *
 * Return: the number.
 */
u64 test_number(const char *name, u64 otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

/**
 * test_seed() - what all that is random follows from
 *
 * Return: the seed.
 */
u64 test_seed(void)
{
	return test_number("SEED", 1);
}

/**
 * core_begin() - prepare the core for a group of tests
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
 * core_end() - put it away, with nothing left of it
 * @state: not used
 *
 * Return: 0, or 1 if some memory was not given back, or not counted so.
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
 * make_map() - make a map, which must succeed
 * @config: what it shall be
 *
 * Return: the map.
 */
struct bucketmap *make_map(const struct bucketmap_config *config)
{
	struct bucketmap *map = bucketmap_create(config);

	assert_false(IS_ERR(map));
	return map;
}
