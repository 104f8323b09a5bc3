// SPDX-License-Identifier: GPL-2.0
/*
 * A map and a plain model of it: their life, steps on many keys, random steps.
 */
#include <stdlib.h>
#include <string.h>

#include <linux/err.h>
#include <linux/kernel.h>

#include "core/map.h"
#include "native/random.h"
#include "checker_call.h"

#define SCAN_MAX	64

/* Entries of a batch: up to some groups and a part of one. */
#define BATCH_MAX	40

/* Returns the number of a key that the map has returned. */
static u32 key_number(struct checker *checker, const u8 *bytes)
{
	u8 expected[BUCKETMAP_KEY_SIZE_MAX];
	u32 key = 0;
	u32 i;

	for (i = 0; i < min_t(u32, checker->config.key_size, sizeof(key)); i++)
		key |= (u32)bytes[i] << (8 * i);
	expect(checker, key < checker->keys);
	checker_make_key(checker, key, expected);
	expect(checker, !memcmp(bytes, expected, checker->config.key_size));
	return key;
}

static void scan_begin(struct checker *checker)
{
	checker->cursor = (struct bucketmap_cursor){ };
	memset(checker->seen, 0, checker->keys * sizeof(*checker->seen));
	memcpy(checker->stayed, checker->present,
	       checker->keys * sizeof(*checker->stayed));
}

static void scan_entry(struct checker *checker, const u8 *key, const u8 *value)
{
	u32 number = key_number(checker, key);

	expect(checker, checker->present[number]);
	expect(checker, !checker->seen[number]);
	expect(checker, !memcmp(value, checker_value(checker, number),
				checker->config.value_size));
	checker->seen[number] = true;
}

static void scan_end(struct checker *checker)
{
	u32 key;

	for (key = 0; key < checker->keys; key++)
		expect(checker, checker->seen[key] || !checker->stayed[key]);
}

/* Continues the scan, and returns whether it has ended. */
static bool scan_step(struct checker *checker, u32 capacity)
{
	u32 key_size = checker->config.key_size;
	u32 value_size = checker->config.value_size;
	u8 *keys, *values;
	u32 count, i;
	int err;

	for (;;) {
		keys = malloc((size_t)capacity * key_size);
		values = malloc((size_t)capacity * value_size);
		err = bucketmap_scan(checker->map, &checker->cursor, keys, values,
				     capacity, &count);
		if (err != -ENOBUFS)
			break;
		expect(checker, count > capacity);
		capacity = count;
		free(keys);
		free(values);
	}
	expect(checker, !err);
	expect(checker, count <= capacity);
	for (i = 0; i < count; i++)
		scan_entry(checker, keys + (size_t)i * key_size,
			   values + (size_t)i * value_size);
	free(keys);
	free(values);
	if (!checker->cursor.end)
		return false;
	scan_end(checker);
	scan_begin(checker);
	return true;
}

static void clear_step(struct checker *checker)
{
	struct bucketmap_cursor cursor = { };
	u32 key;

	while (!cursor.end)
		bucketmap_clear(checker->map, &cursor);
	for (key = 0; key < checker->keys; key++)
		if (checker->present[key])
			checker_remove(checker, key);
	expect(checker, !checker->count);
}

static void resize_step(struct checker *checker, u64 capacity)
{
	int err = bucketmap_resize(checker->map, capacity, 0);

	if (err == -EMLINK)
		expect(checker, checker_may_collide());
	else
		expect(checker, !err || (err == -ENOMEM && checker->enomem_allowed));
}

/**
 * checker_enough() - expect no more lack of memory
 * @checker: the map and its model
 */
void checker_enough(struct checker *checker)
{
	checker->enomem_allowed = false;
	checker->map->resize.refused_until = 0;
}

/**
 * checker_step() - do a step to the map and the model, and compare
 * @checker: the map and the model
 * @step: the step
 */
void checker_step(struct checker *checker, const struct step *step)
{
	switch (step->kind) {
	case STEP_SCAN:
		scan_step(checker, 1 + step->number % SCAN_MAX);
		break;
	case STEP_CLEAR:
		clear_step(checker);
		break;
	case STEP_RESIZE:
		resize_step(checker, step->number % (8 * checker->keys));
		break;
	default:
		if (step->batch)
			checker_batch_step(checker, step);
		else
			checker_key_step(checker, step);
	}
	expect(checker, bucketmap_count(checker->map) == checker->count);
}

/**
 * checker_verify() - compare all keys by lookups and by a scan
 * @checker: the map and the model
 */
void checker_verify(struct checker *checker)
{
	struct step step = { .kind = STEP_LOOKUP };

	for (step.key = 0; step.key < checker->keys; step.key++)
		checker_step(checker, &step);
	scan_begin(checker);
	while (!scan_step(checker, SCAN_MAX))
		;
}

/**
 * checker_begin() - create a map and its model
 * @checker: to be initialized
 * @config: configuration of the map
 * @keys: number of possible keys
 * @mismatch: called when map and model differ
 *
 * Return: 0, or the error of bucketmap_create(); checker_end() must not be called
 * then.
 */
int checker_begin(struct checker *checker, const struct bucketmap_config *config,
		  u32 keys, void (*mismatch)(const char *where, const char *what))
{
	struct bucketmap *map = bucketmap_create(config);

	if (IS_ERR(map))
		return PTR_ERR(map);
	*checker = (struct checker){
		.map = map,
		.config = *config,
		.keys = keys,
		.present = calloc(keys, sizeof(bool)),
		.values = calloc(keys, config->value_size),
		.seen = calloc(keys, sizeof(bool)),
		.stayed = calloc(keys, sizeof(bool)),
		.found = calloc(1, config->value_size + GUARD),
		.given = calloc(1, config->value_size + GUARD),
		.swapped = calloc(1, config->value_size + GUARD),
		.mismatch = mismatch,
	};
	scan_begin(checker);
	return 0;
}

/**
 * checker_end() - destroy a map and its model
 * @checker: the map and the model
 */
void checker_end(struct checker *checker)
{
	bucketmap_destroy(checker->map);
	free(checker->present);
	free(checker->values);
	free(checker->seen);
	free(checker->stayed);
	free(checker->found);
	free(checker->given);
	free(checker->swapped);
}

/* Windows: whole values, aligned, arbitrary, and sometimes invalid ones. */
static struct bucketmap_window draw_window(const struct checker *checker, u64 random)
{
	u32 size = checker->config.value_size;
	struct bucketmap_window window = { };

	if (random % 4 == 0 || !size)
		return window;
	window.offset = (random >> 8) % (size + 1);
	if (random % 4 == 1)
		window.offset &= ~7;
	window.length = (random >> 32) % (size - window.offset + 1);
	if (random % 64 == 3)
		window.length += size;
	return window;
}

/**
 * step_draw() - draw a random step
 * @checker: the checker that it is for
 * @step: the result
 * @random: state of the random numbers
 */
void step_draw(const struct checker *checker, struct step *step, u64 *random)
{
	u64 lot = native_random(random);

	step->kind = lot % STEP_SCAN;
	if (lot >> 32 & 0x3f)
		;
	else if (lot >> 38 & 0xf)
		step->kind = STEP_SCAN;
	else if (lot >> 42 & 0x7)
		step->kind = STEP_RESIZE;
	else if (!(lot >> 45 & 0xf))
		step->kind = STEP_CLEAR;
	step->key = native_random(random) % checker->keys;
	step->batch = lot >> 49 & 0xf ? 0 : 1 + (lot >> 53) % BATCH_MAX;
	step->window = draw_window(checker, native_random(random));
	step->number = native_random(random);
	step->matching = lot >> 63;
	step->may_sleep = lot >> 60 & 3;
}
