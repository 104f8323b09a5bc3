/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Histories: operations and their results, with the instants before and after by
 * a clock that all threads share, and a checker of their linearizability.
 *
 * Linearizability is guaranteed per key, so there is a history for each key. What
 * an event does to a key is for the caller to say: the end-to-end tests use the
 * checker, too.
 */
#ifndef _NATIVE_TESTS_HISTORY_H
#define _NATIVE_TESTS_HISTORY_H

#include <linux/types.h>
#include <stdbool.h>

#define HISTORY_WORDS	3
#define HISTORY_THREADS	8

/**
 * struct event - an operation on one key
 * @kind: which one
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
	__u32 kind;
	__u8 first;
	__u8 count;
	int result;
	__u64 given[HISTORY_WORDS];
	__u64 expected[HISTORY_WORDS];
	__u64 found[HISTORY_WORDS];
	__u64 invoked;
	__u64 returned;
};

/**
 * struct key_state - a state of a key
 * @present: the key is present
 * @words: its value, all zero if it is absent
 */
struct key_state {
	bool present;
	__u64 words[HISTORY_WORDS];
};

/**
 * struct key_states - all possible states of a key between two rounds
 * @states: the states, without duplicates
 * @count: number of states
 * @capacity: of @states
 */
struct key_states {
	struct key_state *states;
	__u32 count;
	__u32 capacity;
};

/**
 * struct log - events of one thread for one key
 * @events: the events, in order
 * @count: number of events
 */
struct log {
	const struct event *events;
	__u32 count;
};

/*
 * Does to @state what @event does. Returns whether the result of the event agrees
 * with the state before.
 */
typedef bool history_apply(struct key_state *state, const struct event *event);

/**
 * history_check() - check whether a history is linearizable
 * @logs: the log of each thread for the key
 * @threads: number of threads, at most HISTORY_THREADS
 * @possible: possible states before the history; becomes those after it
 * @apply: what events do
 *
 * Return: NULL, or the first event whose result is impossible.
 */
const struct event *history_check(const struct log *logs, __u32 threads,
				  struct key_states *possible,
				  history_apply *apply);

void key_states_begin(struct key_states *possible);
void key_states_end(struct key_states *possible);

#endif /* _NATIVE_TESTS_HISTORY_H */
