// SPDX-License-Identifier: GPL-2.0
/*
 * wait: wait for a change or a state of an entry.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "lib/bucketmap.h"
#include "options.h"
#include "output.h"
#include "report.h"
#include "target.h"

/* What to wait for. */
enum goal {
	CHANGE,
	VALUE,
	ABSENCE,
};

/**
 * struct waiting - a wait in progress
 * @target: the map
 * @operand: the key as the user gave it
 * @key: the key
 * @goal: what to wait for
 * @wanted: the value to wait for
 * @deadline: when to give up, or 0
 * @seen: the value when it was last read
 * @present: whether the key existed then
 */
struct waiting {
	struct target target;
	const char *operand;
	void *key;
	enum goal goal;
	void *wanted;
	__u64 deadline;
	void *seen;
	int present;
};

static void read_value(struct waiting *waiting)
{
	int error;

	begin_read(&waiting->target);
	error = bucketmap_lookup(waiting->target.map, waiting->key, waiting->seen, 0, 0);
	if (error && error != -ENOENT)
		entry_error(&waiting->target, waiting->operand, error);
	waiting->present = !error;
}

static void wait_for_change(struct waiting *waiting)
{
	int error = wait_with_name(&waiting->target, waiting->key,
				   waiting->present ? waiting->seen : NULL, waiting->deadline);

	if (error)
		entry_error(&waiting->target, waiting->operand, error);
	read_value(waiting);
}

static int is_reached(const struct waiting *waiting)
{
	if (waiting->goal == ABSENCE)
		return !waiting->present;
	return waiting->present &&
	       !memcmp(waiting->seen, waiting->wanted, waiting->target.value.size);
}

static void wait_for_goal(struct waiting *waiting)
{
	read_value(waiting);
	if (waiting->goal == CHANGE) {
		wait_for_change(waiting);
		return;
	}
	while (!is_reached(waiting))
		wait_for_change(waiting);
}

static void open_waiting(struct waiting *waiting, char **operands, const char *wanted)
{
	open_target(&waiting->target, operands[0], BUCKETMAP_OPEN_RDONLY);
	waiting->operand = operands[1];
	waiting->key = key_operand(&waiting->target, operands[1]);
	waiting->seen = allocate(1, waiting->target.value.size);
	if (waiting->goal == VALUE)
		waiting->wanted = value_operand(&waiting->target, wanted);
}

static void close_waiting(struct waiting *waiting)
{
	free(waiting->wanted);
	free(waiting->seen);
	free(waiting->key);
	close_target(&waiting->target);
}

static void run_wait(char **operands)
{
	struct waiting waiting = { .goal = CHANGE };
	const char *wanted = NULL, *argument;
	char option;

	while ((option = next_option(&argument))) {
		if (option == 't') {
			waiting.deadline = bucketmap_deadline(seconds_option(option, argument));
			continue;
		}
		if (waiting.goal != CHANGE)
			usage_error("--value and --absent exclude each other");
		waiting.goal = option == 'v' ? VALUE : ABSENCE;
		wanted = argument;
	}
	open_waiting(&waiting, operands, wanted);
	wait_for_goal(&waiting);
	print_value(&waiting.target, waiting.key, waiting.present ? waiting.seen : NULL);
	close_waiting(&waiting);
}

static const struct subcommand_option wait_options[] = {
	{ 'v', "value", "VALUE", "wait until the key has this value" },
	{ 'a', "absent", NULL, "wait until the key does not exist" },
	{ 't', "timeout", "SECONDS", "wait at most this long; then it is an error" },
	{ 0 },
};

const struct subcommand wait_subcommand = {
	.name = "wait",
	.operands = "NAME KEY",
	.summary = "wait for an entry to change, and print its new value",
	.options = wait_options,
	.details =
		"Without --value and --absent, it ends at any change of the entry: when it is made,\n"
		"gets another value, or is removed. It is an error if the map loses its name.\n",
	.run = run_wait,
};
