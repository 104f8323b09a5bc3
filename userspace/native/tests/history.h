/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Histories: operations and their results, with the instants before and after by
 * a clock that all threads share, and a checker of their linearizability.
 *
 * Linearizability is guaranteed per key, so there is a history for each key. A
 * scan counts as a lookup of each key in the range that it has walked, a clear as
 * a removal of each.
 */
#ifndef _NATIVE_TESTS_HISTORY_H
#define _NATIVE_TESTS_HISTORY_H

#include "kunit/ops.h"

#define HISTORY_WORDS	3
#define HISTORY_THREADS	8

/* The kinds of events: the operations, by their numbers, and these. */
enum event_kind {
	EVENT_CLEAR = BUCKETMAP_OPERATIONS,
	EVENT_NONE,
};

/**
 * struct event - an operation on one key
 * @kind: which one; EVENT_NONE for one without effect and information
 * @first: the first word of its window
 * @count: number of words of its window
 * @result: what it returned
 * @given: words to be written
 * @expected: words to be compared with
 * @found: words that it gave
 * @invoked: the instant before
 * @returned: the instant after
 */
struct event {
	u32 kind;
	u8 first;
	u8 count;
	int result;
	u64 given[HISTORY_WORDS];
	u64 expected[HISTORY_WORDS];
	u64 found[HISTORY_WORDS];
	u64 invoked;
	u64 returned;
};

/**
 * struct key_state - a state of a key
 * @present: the key is present
 * @words: its value, all zero if it is absent
 */
struct key_state {
	bool present;
	u64 words[HISTORY_WORDS];
};

/**
 * struct key_states - all possible states of a key between two rounds
 * @states: the states, without duplicates
 * @count: number of states
 * @capacity: of @states
 */
struct key_states {
	struct key_state *states;
	u32 count;
	u32 capacity;
};

/**
 * struct log - events of one thread for one key
 * @events: the events, in order
 * @count: number of events
 */
struct log {
	const struct event *events;
	u32 count;
};

/**
 * history_instant() - read the clock
 *
 * Return: a number that is larger than all previous ones.
 */
u64 history_instant(void);

/**
 * history_check() - check whether a history is linearizable
 * @logs: the log of each thread for the key
 * @threads: number of threads, at most HISTORY_THREADS
 * @possible: possible states before the history; becomes those after it
 *
 * Return: NULL, or the first event whose result is impossible.
 */
const struct event *history_check(const struct log *logs, u32 threads,
				  struct key_states *possible);

void key_states_begin(struct key_states *possible);
void key_states_end(struct key_states *possible);

/**
 * event_op() - make the operation of an event
 * @event: the event, which is not EVENT_CLEAR or EVENT_NONE
 * @key: the key
 *
 * Return: the operation; what it gives goes to @event->found.
 */
struct bucketmap_op event_op(struct event *event, const u64 *key);

void event_print(const struct event *event);

#endif /* _NATIVE_TESTS_HISTORY_H */
