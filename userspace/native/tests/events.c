// SPDX-License-Identifier: GPL-2.0
/*
 * Events of the native tests: what the operations of the core do to a key.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "events.h"

static u64 clock_now;

u64 history_instant(void)
{
	return __atomic_fetch_add(&clock_now, 1, __ATOMIC_SEQ_CST);
}

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

bool event_apply(struct key_state *state, const struct event *event)
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
