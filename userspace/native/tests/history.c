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
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/kernel.h>

#include "history.h"

static u64 clock_now;

u64 history_instant(void)
{
	return __atomic_fetch_add(&clock_now, 1, __ATOMIC_SEQ_CST);
}

/* Effects of events on a key */

struct bucketmap_op event_op(struct event *event, const u64 *key)
{
	const struct bucketmap_window window = {
		.offset = event->first * sizeof(u64),
		.length = event->count * sizeof(u64),
	};

	return bmt_op_make(event->kind, window, key, event->given,
			   event->expected, event->found);
}

/* Does an operation to a key; returns whether its result agrees. */
static bool apply_op(struct key_state *state, const struct event *event)
{
	struct bmt_entry entry = {
		state->present, sizeof(state->words), (u8 *)state->words,
	};
	struct event wanted = *event;
	const struct bucketmap_op op = event_op(&wanted, NULL);
	bool gives = bmt_op_gives(&bmt_ops[event->kind], state->present);

	wanted.result = bmt_op_apply(&op, &entry, wanted.found);
	state->present = entry.present;
	return event->result == wanted.result &&
	       (!gives || !memcmp(event->found, wanted.found,
				  event->count * sizeof(u64)));
}

static bool apply(struct key_state *state, const struct event *event)
{
	switch (event->kind) {
	case EVENT_NONE:
		return true;
	case EVENT_CLEAR:
		*state = (struct key_state){ };
		return true;
	default:
		return apply_op(state, event);
	}
}

/* Configurations */

/**
 * struct configuration - a possible situation at an instant
 * @state: of the key
 * @done: bit i: thread i's call in progress has taken effect
 */
struct configuration {
	struct key_state state;
	u32 done;
};

/**
 * struct set - a set of configurations
 * @items: the configurations
 * @count: number of them
 * @capacity: of @items
 */
struct set {
	struct configuration *items;
	u32 count;
	u32 capacity;
};

static bool same_state(const struct key_state *a, const struct key_state *b)
{
	return a->present == b->present &&
	       !memcmp(a->words, b->words, sizeof(a->words));
}

static void add(struct set *set, const struct configuration *item)
{
	u32 i;

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
 * @now: configurations that are possible
 * @tried: configurations that are explored for a return
 * @next: configurations that are possible after it
 */
struct search {
	const struct event *calls[HISTORY_THREADS];
	u32 threads;
	struct set now;
	struct set tried;
	struct set next;
};

/* Adds the configurations in which one more call has taken effect. */
static void extend(struct search *search, struct configuration from,
		   u32 returning)
{
	u32 i;

	for (i = 0; i < search->threads; i++) {
		struct configuration to = from;

		if (!search->calls[i] || from.done & 1U << i ||
		    !apply(&to.state, search->calls[i]))
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
static bool take_return(struct search *search, u32 returning)
{
	struct set *set;
	u32 i;

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
	swap(search->now, search->next);
	return search->now.count;
}

/* Returns the thread with the earliest next instant, or search->threads. */
static u32 earliest(const struct search *search, const struct log *logs,
		    const u32 *next)
{
	u32 thread = search->threads;
	u64 instant = U64_MAX;
	u32 i;

	for (i = 0; i < search->threads; i++) {
		const struct event *event = &logs[i].events[next[i]];
		u64 its;

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
	u32 next[HISTORY_THREADS] = { };
	u32 thread;

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
	u32 i;

	if (set->count > possible->capacity) {
		possible->capacity = set->count;
		possible->states = realloc(possible->states, possible->capacity *
					   sizeof(*possible->states));
	}
	for (i = 0; i < set->count; i++)
		possible->states[i] = set->items[i].state;
	possible->count = set->count;
}

const struct event *history_check(const struct log *logs, u32 threads,
				  struct key_states *possible)
{
	struct search search = { .threads = threads };
	const struct event *wrong;
	u32 i;

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

static void print_words(const char *name, const u64 *words, u32 count)
{
	printf(" %s", name);
	while (count--)
		printf(" %llx", *words++);
}

/**
 * event_print() - print an event
 * @event: the event
 */
void event_print(const struct event *event)
{
	const char *name = event->kind == EVENT_CLEAR ? "clear" :
			   event->kind == EVENT_NONE ? "none" :
						       bmt_ops[event->kind].name;

	printf("# %llu..%llu %s [%u,%u)", event->invoked, event->returned,
	       name, event->first, event->first + event->count);
	print_words("given", event->given, event->count);
	print_words("expected", event->expected, event->count);
	printf(" -> %d", event->result);
	print_words("found", event->found, event->count);
	putchar('\n');
}
