/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Histories: what was called and what came of it, with the instants before and
 * after by a clock that all threads share, and a checker that asks whether it
 * could have come about one operation after the other.
 *
 * The map's promise is one for each key, so there is a history for each key.
 * A scan counts as one lookup of each key that it came by, and a clear as one
 * removal.
 */
#ifndef _NATIVE_TESTS_HISTORY_H
#define _NATIVE_TESTS_HISTORY_H

#include <linux/types.h>

#define HISTORY_WORDS	3
#define HISTORY_THREADS	8

enum event_kind {
	EVENT_LOOKUP,
	EVENT_STORE,
	EVENT_INSERT,
	EVENT_REPLACE,
	EVENT_LOAD_OR_STORE,
	EVENT_SWAP,
	EVENT_DELETE,
	EVENT_LOOKUP_AND_DELETE,
	EVENT_COMPARE_AND_SWAP,
	EVENT_COMPARE_AND_DELETE,
	EVENT_ADD,
	EVENT_CALLS,
	EVENT_CLEAR = EVENT_CALLS,
	EVENT_NONE,
};

/**
 * struct event - an operation on one key
 * @kind: which; EVENT_NONE for one that had no effect and says nothing
 * @first: the first word of its window
 * @count: words of its window
 * @existed: what the map said about that
 * @err: what it returned
 * @given: words that it was given
 * @expected: words that it was to compare with
 * @found: words that it returned
 * @invoked: the instant before
 * @returned: the instant after
 */
struct event {
	enum event_kind kind;
	u8 first;
	u8 count;
	bool existed;
	int err;
	u64 given[HISTORY_WORDS];
	u64 expected[HISTORY_WORDS];
	u64 found[HISTORY_WORDS];
	u64 invoked;
	u64 returned;
};

/**
 * struct key_state - what a key may be
 * @present: it exists
 * @words: its value, all zero if it does not
 */
struct key_state {
	bool present;
	u64 words[HISTORY_WORDS];
};

/**
 * struct belief - all that a key may be at an instant when nobody uses it
 * @states: each different from the others
 * @count: how many
 * @room: room for so many
 */
struct belief {
	struct key_state *states;
	u32 count;
	u32 room;
};

/**
 * struct log - what one thread did to one key, in order
 * @events: the events
 * @count: how many
 */
struct log {
	const struct event *events;
	u32 count;
};

/**
 * history_instant() - look at the clock
 *
 * Return: a number that is larger than all that were returned before.
 */
u64 history_instant(void);

/**
 * history_check() - could it have been so?
 * @logs: what each thread did to the key
 * @threads: how many there are, HISTORY_THREADS at most
 * @belief: what the key may have been before; becomes what it may be after
 *
 * Return: NULL, or the first event with whose return it becomes impossible.
 */
const struct event *history_check(const struct log *logs, u32 threads,
				  struct belief *belief);

void belief_begin(struct belief *belief);
void belief_end(struct belief *belief);

void event_print(const struct event *event);

#endif /* _NATIVE_TESTS_HISTORY_H */
