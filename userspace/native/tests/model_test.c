// SPDX-License-Identifier: GPL-2.0
/*
 * Long random sequences of all operations on maps of many geometries: each result
 * and the final content match a plain model, also when allocations fail.
 *
 * STEPS in the environment sets the length of a sequence.
 */
#include "support.h"

#include "checker.h"
#include "structure.h"

#define STEPS		4000
#define PERTURBATION	2000

/* Length of a phase: steps mostly add entries in one, remove them in the next. */
#define PHASE		512

static void mismatch(const char *where, const char *what)
{
	fail_msg("%s: %s", where, what);
}

/* While growing, deletes become inserts; while shrinking, writes become deletes. */
static void adjust_step(struct step *step, bool shrinking)
{
	switch (step->kind) {
	case STEP_DELETE:
	case STEP_LOOKUP_AND_DELETE:
	case STEP_COMPARE_AND_DELETE:
		if (!shrinking)
			step->kind = STEP_INSERT;
		break;
	case STEP_STORE:
	case STEP_INSERT:
	case STEP_LOAD_OR_STORE:
	case STEP_SWAP:
	case STEP_ADD:
		if (shrinking)
			step->kind = STEP_DELETE;
		break;
	default:
		break;
	}
}

static void run_steps(struct checker *checker, u64 steps)
{
	u64 random = test_seed();
	u64 i;

	for (i = 0; i < steps; i++) {
		struct step step;

		step_draw(checker, &step, &random);
		if (native_random(&random) % 4)
			adjust_step(&step, i / PHASE % 2);
		checker_step(checker, &step);
	}
}

/* Checks the content and the structure of the map, and destroys it. */
static void finish(struct checker *checker)
{
	const char *fault;

	checker_verify(checker);
	fault = structure_fault(checker->map);
	if (fault)
		fail_msg("%s", fault);
	checker_verify(checker);
	checker_end(checker);
}

static void run_sequence(const struct bucketmap_config *config, u32 keys)
{
	struct checker checker;

	native_seed_hash_keys(test_seed());
	assert_int_equal(checker_begin(&checker, config, keys, mismatch), 0);
	run_steps(&checker, test_number("STEPS", STEPS));
	finish(&checker);
}

/**
 * struct geometry - a map to be tested
 * @config: its configuration
 * @keys: number of keys
 */
struct geometry {
	struct bucketmap_config config;
	u32 keys;
};

static const struct geometry geometries[] = {
	{ { .key_size = 8, .value_size = 8 }, 1000 },
	{ { .key_size = 1, .value_size = 0 }, 256 },
	{ { .key_size = 3, .value_size = 1 }, 300 },
	{ { .key_size = 7, .value_size = 24, .capacity = 500 }, 700 },
	{ { .key_size = 8, .value_size = 8, .max_entries = 100 }, 200 },
	{ { .key_size = 16, .value_size = 100 }, 400 },
	{ { .key_size = 33, .value_size = 9, .max_entries = 37 }, 64 },
	{ { .key_size = 256, .value_size = 4096 }, 150 },
};

static void run_geometries(u32 flags)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(geometries); i++) {
		struct bucketmap_config config = geometries[i].config;

		config.flags |= flags;
		run_sequence(&config, geometries[i].keys);
	}
}

static void siphash_maps_match_model(void **state)
{
	(void)state;
	run_geometries(0);
}

static void xxh64_maps_match_model(void **state)
{
	(void)state;
	run_geometries(BUCKETMAP_CREATE_XXH64);
}

/* Few hashes for many keys: long chains, and entries that no table separates. */
static void maps_with_colliding_keys_match_model(void **state)
{
	static const struct bucketmap_config config = {
		.key_size = 8, .value_size = 16,
	};
	static const struct bucketmap_config limited = {
		.key_size = 8, .value_size = 16, .max_entries = 64,
	};
	static const u64 masks[] = {
		0xe000000000000003ULL, 0x00000000000000ffULL,
		0xff00000000000000ULL, 0x8000000000000000ULL,
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(masks); i++) {
		native_hash_mask = masks[i];
		run_sequence(&config, 200);
		run_sequence(&limited, 200);
	}
	native_hash_mask = ~0ULL;
}

/* With one hash for all keys, the chain reaches its limit. */
static void full_bucket_refuses_only_new_entries(void **state)
{
	static const struct bucketmap_config config = {
		.key_size = 8, .value_size = 8,
	};
	struct checker checker;

	(void)state;
	native_hash_mask = 0;
	assert_int_equal(checker_begin(&checker, &config, 600, mismatch), 0);
	run_steps(&checker, test_number("STEPS", STEPS));
	assert_true(checker.count <= 256);
	finish(&checker);
	native_hash_mask = ~0ULL;
}

/* When memory is available again, the map works as before. */
static void run_short_of_memory(const struct geometry *geometry,
				unsigned int whose, u32 one_in)
{
	struct checker checker;

	native_seed_hash_keys(test_seed());
	assert_int_equal(checker_begin(&checker, &geometry->config, geometry->keys,
				       mismatch), 0);
	checker.enomem_allowed = true;
	native_fail_randomly(whose, one_in, test_seed());
	run_steps(&checker, test_number("STEPS", STEPS));
	native_fail_no_more();
	checker_enough(&checker);
	run_steps(&checker, PHASE);
	finish(&checker);
}

static void random_allocation_failures_lose_nothing(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(geometries); i++) {
		run_short_of_memory(&geometries[i], NATIVE_FAIL_ALL, 2);
		run_short_of_memory(&geometries[i], NATIVE_FAIL_WORKERS, 1);
		run_short_of_memory(&geometries[i], NATIVE_FAIL_SELF, 3);
	}
}

/* Returns whether the sequence reached the nth allocation. */
static bool run_without_nth(const struct geometry *geometry, u64 nth)
{
	static const struct step grow = {
		.kind = STEP_RESIZE, .number = 3000,
	};
	struct checker checker;
	bool failed;

	native_seed_hash_keys(test_seed());
	native_fail_nth(NATIVE_FAIL_ALL, nth);
	if (checker_begin(&checker, &geometry->config, geometry->keys, mismatch))
		return native_fail_no_more();
	checker.enomem_allowed = true;
	run_steps(&checker, PHASE);
	checker_step(&checker, &grow);
	failed = native_fail_no_more();
	checker_enough(&checker);
	finish(&checker);
	return failed;
}

/* A new map takes seven allocations, another table four. */
static void failure_of_each_allocation_loses_nothing(void **state)
{
	static const struct geometry geometry = {
		{ .key_size = 8, .value_size = 32 }, 500,
	};
	u64 nth;

	(void)state;
	for (nth = 1; run_without_nth(&geometry, nth); nth++)
		;
	assert_true(nth > 11);
}

static void invalid_configs_are_refused(void **state)
{
	static const struct bucketmap_config wrong[] = {
		{ .key_size = 0, .value_size = 8 },
		{ .key_size = 257, .value_size = 8 },
		{ .key_size = 8, .value_size = 4097 },
		{ .key_size = 8, .value_size = 8, .flags = 0x80000000 },
		{ .key_size = 8, .value_size = 8, .max_entries = U64_MAX },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(PTR_ERR(bucketmap_create(&wrong[i])), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(siphash_maps_match_model),
		cmocka_unit_test(xxh64_maps_match_model),
		cmocka_unit_test(maps_with_colliding_keys_match_model),
		cmocka_unit_test(full_bucket_refuses_only_new_entries),
		cmocka_unit_test(random_allocation_failures_lose_nothing),
		cmocka_unit_test(failure_of_each_allocation_loses_nothing),
		cmocka_unit_test(invalid_configs_are_refused),
	};

	native_perturb_every(PERTURBATION);
	return run_core_tests(tests);
}
