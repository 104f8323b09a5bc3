// SPDX-License-Identifier: GPL-2.0
/*
 * wait: until an entry is as it shall be.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "lib/bucketmap.h"
#include "options.h"
#include "output.h"
#include "report.h"
#include "target.h"

/* What is waited for. */
enum goal {
	CHANGE,
	VALUE,
	ABSENCE,
};

/**
 * struct waiting - a wait on its way
 * @target: the map
 * @operand: the key as the user has it
 * @key: the key
 * @goal: what is waited for
 * @wanted: the value that is waited for
 * @deadline: when to give up, or 0
 * @seen: the value when it was last read
 * @present: whether there was one
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

static void look(struct waiting *waiting)
{
	int error = bucketmap_lookup(waiting->target.map, waiting->key, waiting->seen, 0, 0);

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
	look(waiting);
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
	look(waiting);
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

static void run_wait(int argc, char **argv)
{
	struct waiting waiting = { .goal = CHANGE };
	const char *wanted = NULL;
	char option;

	while ((option = next_option(argc, argv))) {
		if (option == 't') {
			waiting.deadline = bucketmap_deadline(seconds_option(option, optarg));
			continue;
		}
		if (waiting.goal != CHANGE)
			usage_error("only one of --value and --absent is possible");
		waiting.goal = option == 'v' ? VALUE : ABSENCE;
		wanted = optarg;
	}
	if (argc - optind != 2)
		wrong_usage();
	open_waiting(&waiting, argv + optind, wanted);
	wait_for_goal(&waiting);
	print_value(&waiting.target, waiting.key, waiting.present ? waiting.seen : NULL);
	close_waiting(&waiting);
}

static const struct command_option wait_options[] = {
	{ 'v', "value", "VALUE", "wait until the key has this value" },
	{ 'a', "absent", NULL, "wait until the key does not exist" },
	{ 't', "timeout", "SECONDS", "wait no longer than that, which is then an error" },
	{ 0 },
};

const struct command wait_command = {
	.name = "wait",
	.operands = "NAME KEY",
	.summary = "wait for an entry to change, and print the value that it has then",
	.options = wait_options,
	.details =
		"Without --value and --absent, any change from how the entry is now ends it: that\n"
		"it is made, gets another value, or is removed. It is an error when the map loses\n"
		"its name. '--' ends the options, for a KEY that begins with '-'.\n",
	.run = run_wait,
};
