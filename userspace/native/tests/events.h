/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events of the native tests: operations of the core on one key.
 *
 * A scan counts as a lookup of each key in the range that it has walked, a clear
 * as a removal of each.
 */
#ifndef _NATIVE_TESTS_EVENTS_H
#define _NATIVE_TESTS_EVENTS_H

#include "history.h"
#include "kunit/ops.h"

/* The kinds of events: the operations, by their numbers, and these. */
enum event_kind {
	EVENT_CLEAR = BUCKETMAP_OPERATIONS,
	EVENT_NONE,
};

/**
 * history_instant() - read the clock
 *
 * Return: a number that is larger than all previous ones.
 */
u64 history_instant(void);

/**
 * event_op() - make the operation of an event
 * @event: the event, which is not EVENT_CLEAR or EVENT_NONE
 * @key: the key
 *
 * Return: the operation; what it gives goes to @event->found.
 */
struct bucketmap_op event_op(struct event *event, const u64 *key);

/* A history_apply. EVENT_NONE has no effect and no information. */
bool event_apply(struct key_state *state, const struct event *event);

void event_print(const struct event *event);

#endif /* _NATIVE_TESTS_EVENTS_H */
