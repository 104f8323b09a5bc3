// SPDX-License-Identifier: GPL-2.0
/*
 * Random operations of a thread, each recorded as an event.
 */
#include "support.h"

#include <string.h>

#include "recorder.h"

/* Entries of a scan. */
#define SCAN_MAX	8

/* Entries of a batch: more than are processed in one group. */
#define BATCH_MAX	40

static u64 draw(struct recorder *recorder, u64 limit)
{
	return native_random(&recorder->random) % limit;
}

/* Operations */

/* Draws an operation and its window. */
static void draw_operation(struct recorder *recorder, struct event *event)
{
	memset(event, 0, sizeof(*event));
	event->kind = draw(recorder, BUCKETMAP_OPERATIONS);
	event->first = draw(recorder, recorder->target->words);
	event->count = 1 + draw(recorder, recorder->target->words - event->first);
	if (bmt_ops[event->kind].window == BMT_WINDOW_NUMBER)
		event->count = 1;
}

static void draw_words(struct recorder *recorder, u32 key, struct event *event)
{
	u32 i;

	for (i = 0; i < event->count; i++) {
		event->given[i] = ++recorder->stamp;
		event->expected[i] = recorder->last[key][event->first + i];
	}
}

static int call(const struct target *target, u64 key, struct event *event)
{
	const struct bucketmap_op op = event_op(event, &key);
	struct bucketmap *map = target->map;
	int ret = -EAGAIN;

	if (target->mapping && event->kind == BUCKETMAP_LOOKUP &&
	    event->given[0] % 2)
		ret = mapping_lookup(target->mapping, key, op.window,
				     event->found);
	if (ret != -EAGAIN)
		return ret;
	return bmt_ops[event->kind].call(map, &op, event->given[0] % 4 ?
						   GFP_KERNEL : GFP_NOWAIT);
}

/* Remembers what an operation has read and left there. */
static void remember(struct recorder *recorder, u32 key, const struct event *event)
{
	const struct bmt_op *op = &bmt_ops[event->kind];

	if (op->effect == BMT_READS && event->result == op->tells)
		memcpy(&recorder->last[key][event->first], event->found,
		       event->count * sizeof(u64));
}

static void finish_event(struct recorder *recorder, u32 key, struct event *event)
{
	remember(recorder, key, event);
	/* Without memory it has no effect, and says nothing about the key. */
	if (event->result == -ENOMEM)
		event->kind = EVENT_NONE;
	recorder->count[key]++;
}

static void use_key(struct recorder *recorder, u32 key)
{
	struct event *event = &recorder->events[key][recorder->count[key]];

	draw_operation(recorder, event);
	draw_words(recorder, key, event);
	event->invoked = history_instant();
	event->result = call(recorder->target, key, event);
	event->returned = history_instant();
	finish_event(recorder, key, event);
}

/* Batches */

/**
 * struct batch - the arrays of a batch
 * @count: number of entries
 * @numbers: numbers of the keys
 * @keys: array of the batch
 * @values: array of the batch
 * @expected: array of the batch
 * @previous: array of the batch
 * @results: array of the batch
 */
struct batch {
	u32 count;
	u32 numbers[BATCH_MAX];
	u64 keys[BATCH_MAX];
	u64 values[BATCH_MAX * HISTORY_WORDS];
	u64 expected[BATCH_MAX * HISTORY_WORDS];
	u64 previous[BATCH_MAX * HISTORY_WORDS];
	s32 results[BATCH_MAX];
};

/* Some of the recorded keys, each at most once, among filler keys. */
static void draw_numbers(struct recorder *recorder, struct batch *batch)
{
	bool taken[RECORDED_KEYS] = { };
	u32 i;

	batch->count = 1 + draw(recorder, BATCH_MAX);
	for (i = 0; i < batch->count; i++) {
		u32 number = draw(recorder, RECORDED_KEYS + 3);

		if (number >= RECORDED_KEYS || taken[number])
			number = RECORDED_KEYS + draw(recorder, FILLER_KEYS);
		else
			taken[number] = true;
		batch->numbers[i] = number;
		batch->keys[i] = number;
	}
}

static int run_batch(struct recorder *recorder, struct event *like,
		     struct batch *batch)
{
	struct bucketmap_op op =
		bmt_op_make(like->kind, event_op(like, NULL).window,
			    batch->keys, batch->values, batch->expected,
			    batch->previous);
	u32 finished;
	int err;

	op.results = batch->results;
	err = bucketmap_batch(recorder->target->map, &op, batch->count,
			      &finished,
			      draw(recorder, 4) ? GFP_KERNEL : GFP_NOWAIT);
	return err || finished != batch->count;
}

/* Each entry of a batch takes effect at some instant during the call. */
static void use_keys(struct recorder *recorder)
{
	struct event like, *event;
	struct batch batch = { };
	u64 invoked, returned;
	u32 i, key;

	draw_operation(recorder, &like);
	draw_numbers(recorder, &batch);
	for (i = 0; i < batch.count; i++) {
		struct event filler = like;

		key = batch.numbers[i];
		event = &filler;
		if (key < RECORDED_KEYS) {
			event = &recorder->events[key][recorder->count[key]];
			*event = like;
		}
		draw_words(recorder, key % RECORDED_KEYS, event);
		memcpy(&batch.values[i * like.count], event->given,
		       like.count * sizeof(u64));
		memcpy(&batch.expected[i * like.count], event->expected,
		       like.count * sizeof(u64));
	}
	invoked = history_instant();
	if (run_batch(recorder, &like, &batch))
		abort();
	returned = history_instant();
	for (i = 0; i < batch.count; i++) {
		key = batch.numbers[i];
		if (key >= RECORDED_KEYS)
			continue;
		event = &recorder->events[key][recorder->count[key]];
		event->invoked = invoked;
		event->returned = returned;
		event->result = batch.results[i];
		memcpy(event->found, &batch.previous[i * like.count],
		       like.count * sizeof(u64));
		finish_event(recorder, key, event);
	}
}

/* Whether a walk from one cursor to the other passes a hash. */
static bool passed(const struct bucketmap_cursor *from,
		   const struct bucketmap_cursor *to, u64 hash)
{
	return hash >= from->position && (to->end || hash < to->position);
}

/* Records an event for each key that a walk has passed. */
static void note_walk(struct recorder *recorder, const struct bucketmap_cursor *from,
		      const struct bucketmap_cursor *to,
		      const struct event *event)
{
	u32 key;

	for (key = 0; key < RECORDED_KEYS; key++)
		if (passed(from, to, recorder->target->hashes[key]))
			recorder->events[key][recorder->count[key]++] = *event;
}

static void clear_some(struct recorder *recorder)
{
	struct bucketmap_cursor from = { }, to;
	struct event event = { .kind = EVENT_CLEAR };

	from.position = native_random(&recorder->random);
	to = from;
	event.invoked = history_instant();
	bucketmap_clear(recorder->target->map, &to);
	event.returned = history_instant();
	note_walk(recorder, &from, &to, &event);
}

/* note_walk() has recorded misses; this turns that of a key into a hit. */
static void note_found(struct recorder *recorder, u64 key, const u64 *value)
{
	struct event *event;

	if (key >= RECORDED_KEYS)
		return;
	event = &recorder->events[key][recorder->count[key] - 1];
	assert_true(event->result == -ENOENT);
	event->result = 0;
	memcpy(event->found, value, recorder->target->words * sizeof(u64));
}

static void scan_some(struct recorder *recorder)
{
	struct bucketmap_cursor from = { }, to;
	u64 keys[SCAN_MAX], values[SCAN_MAX * HISTORY_WORDS];
	u32 capacity = 1 + draw(recorder, SCAN_MAX);
	u32 count, i;
	struct event event = {
		.kind = BUCKETMAP_LOOKUP,
		.count = recorder->target->words,
		.result = -ENOENT,
	};

	from.position = native_random(&recorder->random);
	to = from;
	event.invoked = history_instant();
	if (bucketmap_scan(recorder->target->map, &to, BUCKETMAP_WHOLE, keys, values, capacity,
			   &count))
		abort();
	event.returned = history_instant();
	note_walk(recorder, &from, &to, &event);
	for (i = 0; i < count; i++)
		note_found(recorder, keys[i], &values[i * recorder->target->words]);
}

static bool has_capacity(const struct recorder *recorder)
{
	u32 key;

	for (key = 0; key < RECORDED_KEYS; key++)
		if (recorder->count[key] == EVENTS_MAX)
			return false;
	return true;
}

/**
 * record_round() - do random operations until the events of a key are full
 * @recorder: the recorder
 */
void record_round(struct recorder *recorder)
{
	while (has_capacity(recorder)) {
		u64 lot = draw(recorder, 64);

		if (lot == 0)
			clear_some(recorder);
		else if (lot < 4)
			scan_some(recorder);
		else if (lot < 8)
			use_keys(recorder);
		else
			use_key(recorder, draw(recorder, RECORDED_KEYS));
	}
}

/**
 * record_final_values() - look up all keys once
 * @recorder: a recorder without events
 */
void record_final_values(struct recorder *recorder)
{
	u64 key;

	for (key = 0; key < RECORDED_KEYS; key++) {
		struct event *event = &recorder->events[key][0];

		*event = (struct event){
			.kind = BUCKETMAP_LOOKUP,
			.count = recorder->target->words,
		};
		event->invoked = history_instant();
		event->result = call(recorder->target, key, event);
		event->returned = history_instant();
		recorder->count[key] = 1;
	}
}
