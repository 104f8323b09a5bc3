// SPDX-License-Identifier: GPL-2.0
/*
 * The fuzz target: bytes encode a map and a sequence of steps, which is compared
 * with the plain model. The encoding is the same in all builds.
 *
 *   byte  0     key size
 *         1     value size, an index into a table
 *         2     flags: enum map_flag
 *         3     max_entries, 0 for no limit
 *         4     n: one of n allocations fails, 0 for none
 *   then a byte for each number that is drawn, until none is left
 */
#include "fuzz.h"
#include "masked.h"

#include <stdlib.h>

#include <linux/kernel.h>

#include "core/core.h"
#include "kunit/model.h"
#include "native/checks.h"
#include "native/memory.h"
#include "native/random.h"
#include "native/thread.h"

#define HEAD_BYTES	5

#define KEYS		200

/* More steps would take too long. */
#define STEPS_MAX	2000

enum map_flag {
	MAP_XXH64	= 0x01,
	MAP_COLLIDES	= 0x02,
	MAP_COLLIDES_ALL = 0x04,
};

/**
 * struct input - bytes that are not used yet
 * @bytes: the next one
 * @left: number of bytes
 */
struct input {
	const u8 *bytes;
	size_t left;
};

/* After the last byte, all numbers are 0. */
static u64 draw_byte(void *source, u64 limit)
{
	struct input *input = source;
	u8 byte = 0;

	if (input->left) {
		byte = *input->bytes++;
		input->left--;
	}
	if (limit <= 256)
		return byte % limit;
	/* From 0 to the largest number. */
	limit--;
	return limit / 255 * byte + limit % 255 * byte / 255;
}

static u64 hash_mask(u8 flags)
{
	if (flags & MAP_COLLIDES_ALL)
		return 0;
	return flags & MAP_COLLIDES ? 0xe000000000000007ULL : ~0ULL;
}

static void destroy(void *map)
{
	bucketmap_destroy(map);
}

/* Returns NULL if there is no memory for the map. */
static struct bmt_model *begin(struct kunit *test, const u8 *head)
{
	static const u32 value_sizes[] = {
		0, 1, 4, 7, 8, 9, 15, 16, 24, 31, 64, 100, 256, 1000,
	};
	struct bucketmap_config config = {
		.key_size = 1 + head[0],
		.value_size = value_sizes[head[1] % ARRAY_SIZE(value_sizes)],
		.flags = head[2] & MAP_XXH64 ? BUCKETMAP_CREATE_XXH64 : 0,
		.max_entries = head[3],
	};
	struct bucketmap *map;
	struct bmt_model *model;

	native_seed_hash_keys(1 + head[2]);
	native_hash_mask = hash_mask(head[2]);
	if (head[4])
		native_fail_randomly(NATIVE_FAIL_ALL, head[4], head[3]);
	map = create_masked(&config);
	if (IS_ERR(map))
		return NULL;
	kunit_add_action(test, destroy, map);
	model = bmt_model(test, map, KEYS, head[3] ? head[3] : U32_MAX);
	model->map_steps = true;
	model->collides = native_hash_mask != ~0ULL;
	model->enomem = head[4] || model->collides;
	return model;
}

static void run_input(struct kunit *test)
{
	struct input input = *(const struct input *)test->param_value;
	struct bmt_model *model = begin(test, input.bytes);
	u32 steps;

	if (!model)
		return;
	input.bytes += HEAD_BYTES;
	input.left -= HEAD_BYTES;
	model->draw = draw_byte;
	model->source = &input;
	for (steps = 0; input.left && steps < STEPS_MAX; steps++) {
		if (!draw_byte(&input, 4))
			flush_delayed_work(&model->map->resize.work);
		bmt_model_step(test, model);
	}
	native_fail_no_more();
	bmt_model_verify(test, model);
}

static void prepare(void)
{
	if (native_thread)
		return;
	native_thread_begin();
	if (bm_core_init())
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct input input = { data, size };

	if (size < HEAD_BYTES)
		return 0;
	prepare();
	if (!native_kunit_passes("fuzz", run_input, &input))
		abort();
	native_fail_no_more();
	native_hash_mask = ~0ULL;
	return 0;
}
