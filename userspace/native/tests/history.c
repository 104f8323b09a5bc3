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

static bool window_holds(const struct key_state *state,
			 const struct event *event, const u64 *words)
{
	return !memcmp(&state->words[event->first], words,
		       event->count * sizeof(u64));
}

static void write_window(struct key_state *state, const struct event *event,
			 const u64 *words)
{
	state->present = true;
	memcpy(&state->words[event->first], words, event->count * sizeof(u64));
}

static void remove_key(struct key_state *state)
{
	memset(state, 0, sizeof(*state));
}

static bool apply_add(struct key_state *state, const struct event *event)
{
	if (event->err || state->words[event->first] != event->found[0])
		return false;
	state->present = true;
	state->words[event->first] += event->given[0];
	return true;
}

/* Applies an event to a present key; returns whether its result agrees. */
static bool apply_present(struct key_state *state, const struct event *event)
{
	switch (event->kind) {
	case EVENT_LOOKUP:
		return !event->err && window_holds(state, event, event->found);
	case EVENT_INSERT:
		return event->err == -EEXIST;
	case EVENT_STORE:
	case EVENT_REPLACE:
		write_window(state, event, event->given);
		return !event->err;
	case EVENT_LOAD_OR_STORE:
		return !event->err && event->existed &&
		       window_holds(state, event, event->found);
	case EVENT_SWAP:
		if (event->err || !event->existed ||
		    !window_holds(state, event, event->found))
			return false;
		write_window(state, event, event->given);
		return true;
	case EVENT_DELETE:
		remove_key(state);
		return !event->err;
	case EVENT_LOOKUP_AND_DELETE:
		if (event->err || !window_holds(state, event, event->found))
			return false;
		remove_key(state);
		return true;
	case EVENT_COMPARE_AND_SWAP:
		if (!window_holds(state, event, event->found))
			return false;
		if (!window_holds(state, event, event->expected))
			return event->err == -ECANCELED;
		write_window(state, event, event->given);
		return !event->err;
	case EVENT_COMPARE_AND_DELETE:
		if (!window_holds(state, event, event->found))
			return false;
		if (!window_holds(state, event, event->expected))
			return event->err == -ECANCELED;
		remove_key(state);
		return !event->err;
	case EVENT_ADD:
		return apply_add(state, event);
	case EVENT_CLEAR:
		remove_key(state);
		return true;
	case EVENT_NONE:
		return true;
	}
	return false;
}

/* Applies an event to an absent key; returns whether its result agrees. */
static bool apply_absent(struct key_state *state, const struct event *event)
{
	switch (event->kind) {
	case EVENT_STORE:
	case EVENT_INSERT:
		write_window(state, event, event->given);
		return !event->err;
	case EVENT_LOAD_OR_STORE:
	case EVENT_SWAP:
		write_window(state, event, event->given);
		return !event->err && !event->existed;
	case EVENT_ADD:
		return apply_add(state, event);
	case EVENT_CLEAR:
	case EVENT_NONE:
		return true;
	default:
		return event->err == -ENOENT;
	}
}

static bool apply(struct key_state *state, const struct event *event)
{
	return state->present ? apply_present(state, event) :
				apply_absent(state, event);
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
	static const char *const names[] = {
		"lookup", "store", "insert", "replace", "load_or_store",
		"swap", "delete", "lookup_and_delete", "compare_and_swap",
		"compare_and_delete", "add", "clear", "none",
	};

	printf("# %llu..%llu %s [%u,%u)", event->invoked, event->returned,
	       names[event->kind], event->first, event->first + event->count);
	print_words("given", event->given, event->count);
	print_words("expected", event->expected, event->count);
	printf(" -> %d%s", event->err, event->existed ? " existed" : "");
	print_words("found", event->found, event->count);
	putchar('\n');
}
