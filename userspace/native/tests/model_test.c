// SPDX-License-Identifier: GPL-2.0
/*
 * Long random sequences of all operations, on maps of many geometries: each
 * result is what a plain model says, and so is the map in the end, also when
 * memory is short.
 *
 * STEPS in the environment says how long a sequence is.
 */
#include "support.h"

#include "checker.h"
#include "structure.h"

#define STEPS		4000
#define PERTURBATION	2000

/* Steps in a row that mostly make entries, or mostly remove them. */
#define PHASE		512

static void mismatch(const char *where, const char *what)
{
	fail_msg("%s: %s", where, what);
}

/* Growing, deletes become inserts; shrinking, writes become deletes. */
static void bend(struct step *step, bool shrinking)
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
			bend(&step, i / PHASE % 2);
		checker_step(checker, &step);
	}
}

/* Ends with the map as the model says, sound inside, and destroyed. */
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
 * @config: what it is made as
 * @keys: how many keys there are
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

static void maps_that_use_siphash_equal_a_plain_model(void **state)
{
	(void)state;
	run_geometries(0);
}

static void maps_that_use_xxh64_equal_a_plain_model(void **state)
{
	(void)state;
	run_geometries(BUCKETMAP_CREATE_XXH64);
}

/* Few hashes for many keys: long chains, and entries that stay together. */
static void maps_whose_keys_collide_equal_a_plain_model(void **state)
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

/* With one hash for all, chains get as long as they may. */
static void a_bucket_that_is_full_refuses_entries_and_nothing_else(void **state)
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

/* The map goes on as if nothing had been when there is memory again. */
static void run_short_of_memory(const struct geometry *geometry,
				unsigned int whose, u32 one_in)
{
	struct checker checker;

	native_seed_hash_keys(test_seed());
	assert_int_equal(checker_begin(&checker, &geometry->config, geometry->keys,
				       mismatch), 0);
	checker.want = true;
	native_fail_randomly(whose, one_in, test_seed());
	run_steps(&checker, test_number("STEPS", STEPS));
	native_fail_no_more();
	checker_enough(&checker);
	run_steps(&checker, PHASE);
	finish(&checker);
}

static void nothing_is_lost_when_allocations_fail_at_random(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(geometries); i++) {
		run_short_of_memory(&geometries[i], NATIVE_FAIL_ALL, 2);
		run_short_of_memory(&geometries[i], NATIVE_FAIL_WORKERS, 1);
		run_short_of_memory(&geometries[i], NATIVE_FAIL_SELF, 3);
	}
}

/* Returns whether the sequence came as far as the nth allocation. */
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
	checker.want = true;
	run_steps(&checker, PHASE);
	checker_step(&checker, &grow);
	failed = native_fail_no_more();
	checker_enough(&checker);
	finish(&checker);
	return failed;
}

/* Seven make a map, and four more another table for it. */
static void nothing_is_lost_whichever_allocation_fails(void **state)
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

static void what_no_map_can_be_is_refused(void **state)
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
		cmocka_unit_test(maps_that_use_siphash_equal_a_plain_model),
		cmocka_unit_test(maps_that_use_xxh64_equal_a_plain_model),
		cmocka_unit_test(maps_whose_keys_collide_equal_a_plain_model),
		cmocka_unit_test(a_bucket_that_is_full_refuses_entries_and_nothing_else),
		cmocka_unit_test(nothing_is_lost_when_allocations_fail_at_random),
		cmocka_unit_test(nothing_is_lost_whichever_allocation_fails),
		cmocka_unit_test(what_no_map_can_be_is_refused),
	};

	native_perturb_every(PERTURBATION);
	return run_core_tests(tests);
}
