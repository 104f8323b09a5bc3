// SPDX-License-Identifier: GPL-2.0
/*
 * The linearizability checker: just-in-time linearization, after Wing and Gong
 * and Lowe.
 *
 * It processes the invocations and returns in order of time and keeps all
 * configurations that are possible so far: a state of the key, and the set of
 * calls in progress that have taken effect. When a call returns it must have
 * taken effect. So each configuration in which it has not is replaced by all
 * those that result from letting calls in progress take effect, one after the
 * other, this one last. A call can take effect in a state only if its result
 * agrees with it. If no configuration is left, no order of the calls explains
 * their results.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "history.h"

/* Configurations */

/**
 * struct configuration - a possible situation at an instant
 * @state: of the key
 * @done: bit i: thread i's call in progress has taken effect
 */
struct configuration {
	struct key_state state;
	__u32 done;
};

/**
 * struct set - a set of configurations
 * @items: the configurations
 * @count: number of them
 * @capacity: of @items
 */
struct set {
	struct configuration *items;
	__u32 count;
	__u32 capacity;
};

static bool same_state(const struct key_state *a, const struct key_state *b)
{
	return a->present == b->present &&
	       !memcmp(a->words, b->words, sizeof(a->words));
}

static void add(struct set *set, const struct configuration *item)
{
	__u32 i;

	for (i = 0; i < set->count; i++)
		if (set->items[i].done == item->done &&
		    same_state(&set->items[i].state, &item->state))
			return;
	if (set->count == set->capacity) {
		set->capacity = set->capacity ? 2 * set->capacity : 64;
		set->items = realloc(set->items,
				     set->capacity * sizeof(*set->items));
	}
	set->items[set->count++] = *item;
}

/**
 * struct search - the check of a history
 * @calls: per thread: the call in progress, or NULL
 * @threads: number of threads
 * @apply: what events do
 * @now: configurations that are possible
 * @tried: configurations that are explored for a return
 * @next: configurations that are possible after it
 */
struct search {
	const struct event *calls[HISTORY_THREADS];
	__u32 threads;
	history_apply *apply;
	struct set now;
	struct set tried;
	struct set next;
};

/* Adds the configurations in which one more call has taken effect. */
static void extend(struct search *search, struct configuration from,
		   __u32 returning)
{
	__u32 i;

	for (i = 0; i < search->threads; i++) {
		struct configuration to = from;

		if (!search->calls[i] || from.done & 1U << i ||
		    !search->apply(&to.state, search->calls[i]))
			continue;
		to.done |= 1U << i;
		if (i == returning) {
			to.done &= ~(1U << i);
			add(&search->next, &to);
		} else {
			add(&search->tried, &to);
		}
	}
}

/* Returns false if the result of the call of @returning is impossible. */
static bool take_return(struct search *search, __u32 returning)
{
	struct set *set, previous;
	__u32 i;

	search->tried.count = 0;
	search->next.count = 0;
	for (i = 0; i < search->now.count; i++) {
		struct configuration item = search->now.items[i];
		bool done = item.done & 1U << returning;

		item.done &= ~(1U << returning);
		set = done ? &search->next : &search->tried;
		add(set, &item);
	}
	/* The set grows during the loop. */
	for (i = 0; i < search->tried.count; i++)
		extend(search, search->tried.items[i], returning);
	search->calls[returning] = NULL;
	previous = search->now;
	search->now = search->next;
	search->next = previous;
	return search->now.count;
}

/* Returns the thread with the earliest next instant, or search->threads. */
static __u32 earliest(const struct search *search, const struct log *logs,
		      const __u32 *next)
{
	__u32 thread = search->threads;
	__u64 instant = UINT64_MAX;
	__u32 i;

	for (i = 0; i < search->threads; i++) {
		const struct event *event = &logs[i].events[next[i]];
		__u64 its;

		if (next[i] == logs[i].count)
			continue;
		its = search->calls[i] ? event->returned : event->invoked;
		if (its < instant) {
			instant = its;
			thread = i;
		}
	}
	return thread;
}

static const struct event *run_search(struct search *search,
				      const struct log *logs)
{
	__u32 next[HISTORY_THREADS] = { };
	__u32 thread;

	while ((thread = earliest(search, logs, next)) < search->threads) {
		const struct event *event = &logs[thread].events[next[thread]];

		if (!search->calls[thread]) {
			search->calls[thread] = event;
			continue;
		}
		if (!take_return(search, thread))
			return event;
		next[thread]++;
	}
	return NULL;
}

static void key_states_set(struct key_states *possible, const struct set *set)
{
	__u32 i;

	if (set->count > possible->capacity) {
		possible->capacity = set->count;
		possible->states = realloc(possible->states, possible->capacity *
					   sizeof(*possible->states));
	}
	for (i = 0; i < set->count; i++)
		possible->states[i] = set->items[i].state;
	possible->count = set->count;
}

const struct event *history_check(const struct log *logs, __u32 threads,
				  struct key_states *possible,
				  history_apply *apply)
{
	struct search search = { .threads = threads, .apply = apply };
	const struct event *wrong;
	__u32 i;

	for (i = 0; i < possible->count; i++) {
		struct configuration item = { .state = possible->states[i] };

		add(&search.now, &item);
	}
	wrong = run_search(&search, logs);
	if (!wrong)
		key_states_set(possible, &search.now);
	free(search.now.items);
	free(search.tried.items);
	free(search.next.items);
	return wrong;
}

/**
 * key_states_begin() - initialize a set of states: the key is absent
 * @possible: the set
 */
void key_states_begin(struct key_states *possible)
{
	struct configuration absent = { };
	struct set set = { .items = &absent, .count = 1 };

	*possible = (struct key_states){ };
	key_states_set(possible, &set);
}

/**
 * key_states_end() - free a set of states
 * @possible: the set
 */
void key_states_end(struct key_states *possible)
{
	free(possible->states);
}
