// SPDX-License-Identifier: GPL-2.0
/*
 * The checker: just-in-time linearization, after Wing and Gong and Lowe.
 *
 * It goes through the instants in order, and keeps every configuration that is
 * possible so far: a state of the key, and which of the calls under way have
 * taken effect already. When a call returns it must have taken effect. So each
 * configuration in which it has not is replaced by all that come of letting
 * calls under way take effect, one after the other, this one the last; what a
 * call returned says whether it can. If no configuration is left, there is no
 * order of the calls that explains what they returned.
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

/* What events do to a key */

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

/* An event that finds the key. */
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

/* An event that does not find it. */
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
 * struct configuration - what may be the case at an instant
 * @state: of the key
 * @done: bit i: thread i's call that is under way has taken effect
 */
struct configuration {
	struct key_state state;
	u32 done;
};

/**
 * struct set - configurations, each different from the others
 * @items: the configurations
 * @count: how many
 * @room: room for so many
 */
struct set {
	struct configuration *items;
	u32 count;
	u32 room;
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
	if (set->count == set->room) {
		set->room = set->room ? 2 * set->room : 64;
		set->items = realloc(set->items,
				     set->room * sizeof(*set->items));
	}
	set->items[set->count++] = *item;
}

/**
 * struct search - a history that is gone through
 * @calls: of each thread: the call that is under way, or NULL
 * @threads: how many there are
 * @now: configurations that are possible
 * @tried: those that were looked at since a call returned
 * @next: those that are possible after it has
 */
struct search {
	const struct event *calls[HISTORY_THREADS];
	u32 threads;
	struct set now;
	struct set tried;
	struct set next;
};

/* Adds what comes of letting one more call take effect. */
static void go_on(struct search *search, struct configuration from,
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

/* Returns false if the call of @returning cannot have returned what it did. */
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
	/* It grows meanwhile. */
	for (i = 0; i < search->tried.count; i++)
		go_on(search, search->tried.items[i], returning);
	search->calls[returning] = NULL;
	swap(search->now, search->next);
	return search->now.count;
}

/* The thread whose next instant is the earliest, or the number of threads. */
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

static void believe(struct belief *belief, const struct set *set)
{
	u32 i;

	if (set->count > belief->room) {
		belief->room = set->count;
		belief->states = realloc(belief->states, belief->room *
					 sizeof(*belief->states));
	}
	for (i = 0; i < set->count; i++)
		belief->states[i] = set->items[i].state;
	belief->count = set->count;
}

const struct event *history_check(const struct log *logs, u32 threads,
				  struct belief *belief)
{
	struct search search = { .threads = threads };
	const struct event *wrong;
	u32 i;

	for (i = 0; i < belief->count; i++) {
		struct configuration item = { .state = belief->states[i] };

		add(&search.now, &item);
	}
	wrong = run_search(&search, logs);
	if (!wrong)
		believe(belief, &search.now);
	free(search.now.items);
	free(search.tried.items);
	free(search.next.items);
	return wrong;
}

/**
 * belief_begin() - begin with the belief that a key is absent
 * @belief: to be initialized
 */
void belief_begin(struct belief *belief)
{
	struct configuration absent = { };
	struct set set = { .items = &absent, .count = 1 };

	*belief = (struct belief){ };
	believe(belief, &set);
}

/**
 * belief_end() - the other half of belief_begin()
 * @belief: the belief
 */
void belief_end(struct belief *belief)
{
	free(belief->states);
}

static void print_words(const char *name, const u64 *words, u32 count)
{
	printf(" %s", name);
	while (count--)
		printf(" %llx", *words++);
}

/**
 * event_print() - show an event
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
