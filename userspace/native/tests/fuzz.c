// SPDX-License-Identifier: GPL-2.0
/*
 * The fuzz target: bytes encode a map and a sequence of steps, which is compared
 * with a plain model. The encoding is the same in all builds.
 *
 *   byte  0     key size
 *         1     value size, an index into a table
 *         2     flags: enum map_flag
 *         3     max_entries, 0 for no limit
 *         4     n: one of n allocations fails, 0 for none
 *   for each step
 *         0     kind, and flags in the bits above
 *         1     key
 *         2..3  window
 *         4     number
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

#include <linux/kernel.h>

#include "core/core.h"
#include "core/map.h"
#include "native/checks.h"
#include "native/memory.h"
#include "native/random.h"
#include "native/thread.h"
#include "checker.h"
#include "structure.h"

#define HEAD_BYTES	5
#define STEP_BYTES	5

#define KEYS		200
#define BATCH_MAX	40

/* More steps would take too long. */
#define STEPS_MAX	2000

enum map_flag {
	MAP_XXH64	= 0x01,
	MAP_COLLIDES	= 0x02,
	MAP_COLLIDES_ALL = 0x04,
};

enum step_flag {
	STEP_MATCHING	= 0x10,
	STEP_SLEEPS	= 0x20,
	STEP_SETTLES	= 0x40, /* wait for the worker first */
	STEP_BATCHED	= 0x80,
};

static void mismatch(const char *where, const char *what)
{
	fprintf(stderr, "%s: %s\n", where, what);
	abort();
}

static u64 hash_mask(u8 flags)
{
	if (flags & MAP_COLLIDES_ALL)
		return 0;
	return flags & MAP_COLLIDES ? 0xe000000000000007ULL : ~0ULL;
}

static bool begin(struct checker *checker, const u8 *head)
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

	native_seed_hash_keys(1 + head[2]);
	native_hash_mask = hash_mask(head[2]);
	if (head[4])
		native_fail_randomly(NATIVE_FAIL_ALL, head[4], head[3]);
	if (checker_begin(checker, &config, KEYS, mismatch))
		return false;
	checker->enomem_allowed = head[4] || native_hash_mask != ~0ULL;
	return true;
}

static void do_step(struct checker *checker, const u8 *bytes)
{
	u32 size = checker->config.value_size;
	struct step step = {
		.kind = bytes[0] % 16 % STEP_KINDS,
		.key = bytes[1] % KEYS,
		.batch = bytes[0] & STEP_BATCHED ? 1 + bytes[4] % BATCH_MAX : 0,
		.window.offset = bytes[2] * size / 128,
		.window.length = bytes[3] * size / 128,
		.number = bytes[4] * 0x0101010101010101ULL,
		.matching = bytes[0] & STEP_MATCHING,
		.may_sleep = bytes[0] & STEP_SLEEPS,
	};

	if (bytes[0] & STEP_SETTLES)
		flush_delayed_work(&checker->map->resize.work);
	checker_step(checker, &step);
}

static void finish(struct checker *checker)
{
	const char *fault;

	native_fail_no_more();
	checker_verify(checker);
	fault = structure_fault(checker->map);
	if (fault)
		mismatch("structure", fault);
	checker_verify(checker);
	checker_end(checker);
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
	struct checker checker;
	u32 steps;

	if (size < HEAD_BYTES)
		return 0;
	prepare();
	if (begin(&checker, data)) {
		data += HEAD_BYTES;
		size -= HEAD_BYTES;
		for (steps = 0; size >= STEP_BYTES && steps < STEPS_MAX;
		     steps++) {
			do_step(&checker, data);
			data += STEP_BYTES;
			size -= STEP_BYTES;
		}
		finish(&checker);
	}
	native_fail_no_more();
	native_hash_mask = ~0ULL;
	return 0;
}
