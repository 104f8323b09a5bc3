// SPDX-License-Identifier: GPL-2.0
/*
 * Long random sequences of all operations on maps of many geometries: each result
 * and the final content match a plain model, also when allocations fail.
 *
 * STEPS in the environment sets the length of a sequence.
 */
#include "support.h"
#include "masked.h"

#include "kunit/model.h"

#define STEPS		4000
#define MORE_STEPS	512
#define PERTURBATION	2000

/**
 * struct sequence - a map to be tested, and how
 * @config: its configuration
 * @keys: number of keys
 * @whose: whose allocations fail while the steps are done
 * @one_in: one of so many of them fails, 0 for none
 * @collides: so many keys have one hash that a bucket cannot hold them
 * @nth: this allocation fails, also of those that make the map; 0 for none
 * @steps: number of steps, 0 for what STEPS says
 */
struct sequence {
	struct bucketmap_config config;
	u32 keys;
	unsigned int whose;
	u32 one_in;
	bool collides;
	u64 nth;
	u64 steps;
};

/* Allocations that failed in the last sequence. */
static u64 failed;

static void destroy(void *map)
{
	bucketmap_destroy(map);
}

/* Returns NULL if there is no memory for the map. */
static struct bmt_model *make_model(struct kunit *test, const struct sequence *sequence)
{
	u64 most = sequence->config.max_entries;
	struct bmt_model *model;
	struct bucketmap *map;

	if (sequence->nth)
		native_fail_nth(NATIVE_FAIL_ALL, sequence->nth);
	map = create_masked(&sequence->config);
	if (IS_ERR(map)) {
		KUNIT_ASSERT_EQ(test, PTR_ERR(map), -ENOMEM);
		KUNIT_ASSERT_TRUE(test, sequence->nth);
		return NULL;
	}
	kunit_add_action(test, destroy, map);
	model = bmt_model(test, map, sequence->keys, most ? most : U32_MAX);
	model->map_steps = true;
	model->enomem = sequence->nth || sequence->one_in;
	model->collides = sequence->collides;
	return model;
}

/* The steps while allocations may fail; a resize needs more than most steps. */
static void do_steps(struct kunit *test, struct bmt_model *model,
		     const struct sequence *sequence)
{
	if (sequence->one_in)
		native_fail_randomly(sequence->whose, sequence->one_in, test_seed());
	bmt_model_steps(test, model, sequence->steps ? sequence->steps :
				     test_number("STEPS", STEPS));
	if (sequence->nth)
		bmt_model_resize(test, model, 3000);
}

/* When memory is available again, the map works as before. */
static void run_sequence(struct kunit *test)
{
	const struct sequence *sequence = test->param_value;
	struct bmt_model *model;

	KUNIT_ASSERT_EQ(test, bmt_init(test), 0);
	native_seed_hash_keys(test_seed());
	model = make_model(test, sequence);
	if (model)
		do_steps(test, model, sequence);
	failed = native_fail_no_more();
	if (!model)
		return;
	if (model->enomem) {
		model->enomem = false;
		model->map->resize.refused_until = 0;
		bmt_model_steps(test, model, MORE_STEPS);
	}
	if (!native_hash_mask)
		KUNIT_ASSERT_LE(test, model->count, BM_CHAIN_MAX * BM_SLOTS);
	bmt_model_verify(test, model);
}

static void check(const struct sequence *sequence)
{
	assert_true(native_kunit_passes("model", run_sequence, sequence));
}

static const struct sequence geometries[] = {
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
		struct sequence sequence = geometries[i];

		sequence.config.flags |= flags;
		check(&sequence);
	}
}

static void siphash13_maps_match_model(void **state)
{
	(void)state;
	run_geometries(0);
}

static void siphash24_maps_match_model(void **state)
{
	(void)state;
	run_geometries(BUCKETMAP_CREATE_SIPHASH24);
}

static void xxh64_maps_match_model(void **state)
{
	(void)state;
	run_geometries(BUCKETMAP_CREATE_XXH64);
}

/* Few hashes for many keys: long chains, and entries that no table separates. */
static void maps_with_colliding_keys_match_model(void **state)
{
	static const struct sequence unlimited = {
		{ .key_size = 8, .value_size = 16 }, 200, .collides = true,
	};
	static const struct sequence limited = {
		{ .key_size = 8, .value_size = 16, .max_entries = 64 }, 200,
		.collides = true,
	};
	static const u64 masks[] = {
		0xe000000000000003ULL, 0x00000000000000ffULL,
		0xff00000000000000ULL, 0x8000000000000000ULL,
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(masks); i++) {
		native_hash_mask = masks[i];
		check(&unlimited);
		check(&limited);
	}
	native_hash_mask = ~0ULL;
}

/* With one hash for all keys, the chain reaches its limit. */
static void full_bucket_refuses_only_new_entries(void **state)
{
	static const struct sequence sequence = {
		{ .key_size = 8, .value_size = 8 }, 600, .collides = true,
	};

	(void)state;
	native_hash_mask = 0;
	check(&sequence);
	native_hash_mask = ~0ULL;
}

static void random_allocation_failures_lose_nothing(void **state)
{
	static const struct {
		unsigned int whose;
		u32 one_in;
	} failures[] = {
		{ NATIVE_FAIL_ALL, 2 }, { NATIVE_FAIL_WORKERS, 1 }, { NATIVE_FAIL_SELF, 3 },
	};
	u64 total = 0;
	size_t i, j;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(geometries); i++)
		for (j = 0; j < ARRAY_SIZE(failures); j++) {
			struct sequence sequence = geometries[i];

			sequence.whose = failures[j].whose;
			sequence.one_in = failures[j].one_in;
			check(&sequence);
			total += failed;
		}
	assert_true(total);
}

/* A new map takes seven allocations, another table four. */
static void failure_of_each_allocation_loses_nothing(void **state)
{
	struct sequence sequence = {
		{ .key_size = 8, .value_size = 32 }, 500, .steps = 512,
	};

	(void)state;
	do {
		sequence.nth++;
		check(&sequence);
	} while (failed);
	assert_true(sequence.nth > 11);
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
		cmocka_unit_test(siphash13_maps_match_model),
		cmocka_unit_test(siphash24_maps_match_model),
		cmocka_unit_test(xxh64_maps_match_model),
		cmocka_unit_test(maps_with_colliding_keys_match_model),
		cmocka_unit_test(full_bucket_refuses_only_new_entries),
		cmocka_unit_test(random_allocation_failures_lose_nothing),
		cmocka_unit_test(failure_of_each_allocation_loses_nothing),
		cmocka_unit_test(invalid_configs_are_refused),
	};

	*native_parameter_kunit_seed = test_seed();
	native_perturb_every(PERTURBATION);
	return run_core_tests(tests);
}
