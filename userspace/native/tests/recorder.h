/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random operations of a thread on a few keys, one by one and in batches, each
 * recorded as an event in the history of its key.
 */
#ifndef _NATIVE_TESTS_RECORDER_H
#define _NATIVE_TESTS_RECORDER_H

#include "bucketmap.h"
#include "events.h"
#include "mapped.h"

/*
 * Operations on the keys 0 to RECORDED_KEYS - 1 are recorded; those on the
 * FILLER_KEYS that follow are not.
 */
#define RECORDED_KEYS	5
#define FILLER_KEYS	120

/* Events of a recorder for each key. */
#define EVENTS_MAX	1500

/**
 * struct target - the map that recorders use
 * @map: the map
 * @mapping: a mapping of it, for half of the lookups; or NULL
 * @words: number of words of a value
 * @hashes: per key: its hash
 */
struct target {
	struct bucketmap *map;
	struct mapping *mapping;
	u32 words;
	u64 hashes[RECORDED_KEYS];
};

/**
 * struct recorder - the recorded operations of a thread
 * @target: the map
 * @random: state of its random numbers
 * @stamp: the last word that it has written; no other recorder writes it
 * @last: per key: the value that it has read last
 * @events: per key: the events of this round
 * @count: per key: number of events
 */
struct recorder {
	const struct target *target;
	u64 random;
	u64 stamp;
	u64 last[RECORDED_KEYS][HISTORY_WORDS];
	struct event events[RECORDED_KEYS][EVENTS_MAX];
	u32 count[RECORDED_KEYS];
};

void record_round(struct recorder *recorder);
void record_final_values(struct recorder *recorder);

#endif /* _NATIVE_TESTS_RECORDER_H */
