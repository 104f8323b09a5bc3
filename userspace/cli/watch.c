// SPDX-License-Identifier: GPL-2.0
/*
 * watch: print the changes of a map, or of one entry.
 */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "arguments.h"
#include "json.h"
#include "lib/bucketmap.h"
#include "options.h"
#include "output.h"
#include "report.h"
#include "snapshot.h"

static void print_change(const struct target *target, enum change change,
			 const void *key, const void *value)
{
	static const char signs[] = { '+', '*', '-' };
	static const char *const names[] = { "made", "changed", "removed" };

	if (json_output) {
		print_json(json_pack("{s:s, s:o, s:o}", "change", names[change],
				     "key", json_bytes(key, target->key),
				     "value", json_bytes(value, target->value)));
		return;
	}
	printf("%c ", signs[change]);
	print_bytes(key, target->key, '\t');
	print_bytes(value, target->value, '\n');
}

static void swap_snapshots(struct snapshot *a, struct snapshot *b)
{
	struct snapshot old = *a;

	*a = *b;
	*b = old;
}

static void check_changes(const struct target *target)
{
	int changed = bucketmap_changes(target->map);

	if (changed < 0)
		map_error(target->name, changed);
}

static void pause_for(const struct target *target, __u64 interval)
{
	while (interval) {
		__u64 part = interval < CHECK_NAME_AFTER ? interval : CHECK_NAME_AFTER;
		const struct timespec pause = {
			.tv_sec = (time_t)(part / NSEC_PER_SEC),
			.tv_nsec = (long)(part % NSEC_PER_SEC),
		};

		check_name(target);
		nanosleep(&pause, NULL);
		interval -= part;
	}
}

/* Waits for a change. Ends the program if the map loses its name. */
static void poll_changes(const struct target *target)
{
	struct pollfd changes = { .fd = bucketmap_fd(target->map), .events = POLLIN };

	do {
		check_name(target);
	} while (!poll(&changes, 1, CHECK_NAME_AFTER / NSEC_PER_MSEC));
}

static __attribute__((noreturn))
void watch_map(const struct target *target, __u64 interval, bool from_nothing)
{
	struct snapshot before = { 0 }, after = { 0 };

	check_changes(target);
	if (!from_nothing)
		take_snapshot(&before, target);
	for (;;) {
		take_snapshot(&after, target);
		compare_snapshots(target, &before, &after, print_change);
		flush_output();
		swap_snapshots(&before, &after);
		pause_for(target, interval);
		poll_changes(target);
		check_changes(target);
	}
}

static void read_entry(const struct target *target, const void *key, struct snapshot *entry)
{
	int error;

	begin_read(target);
	error = bucketmap_lookup(target->map, key, entry->entries + target->key.size, 0, 0);
	if (error && error != -ENOENT)
		map_error(target->name, error);
	memcpy(entry->entries, key, target->key.size);
	entry->count = !error;
}

static struct snapshot make_entry(const struct target *target)
{
	return (struct snapshot) {
		.capacity = 1,
		.entries = allocate(1, target->key.size + target->value.size),
	};
}

static __attribute__((noreturn))
void watch_entry(const struct target *target, const void *key, bool from_nothing)
{
	struct snapshot before = make_entry(target), after = make_entry(target);
	int error;

	if (!from_nothing)
		read_entry(target, key, &before);
	for (;;) {
		read_entry(target, key, &after);
		compare_snapshots(target, &before, &after, print_change);
		flush_output();
		swap_snapshots(&before, &after);
		error = wait_with_name(target, key,
				       before.count ? before.entries + target->key.size : NULL, 0);
		if (error)
			map_error(target->name, error);
	}
}

static void run_watch(char **operands)
{
	__u64 interval = NSEC_PER_SEC;
	bool from_nothing = false;
	const char *argument;
	struct target target;
	char option;

	while ((option = next_option(&argument))) {
		if (option == 'i')
			interval = interval_option(option, argument);
		else
			from_nothing = true;
	}
	open_target(&target, operands[0], BUCKETMAP_OPEN_RDONLY);
	if (operands[1])
		watch_entry(&target, key_operand(&target, operands[1]), from_nothing);
	watch_map(&target, interval, from_nothing);
}

static const struct subcommand_option watch_options[] = {
	{ 'a', "all", NULL, "first print existing entries, as if they were made now" },
	{ 'i', "interval", "SECONDS", "time between two scans of a whole map; default 1" },
	{ 0 },
};

const struct subcommand watch_subcommand = {
	.name = "watch",
	.operands = "NAME [KEY]",
	.summary = "print changes of a map or an entry until interrupted",
	.options = watch_options,
	.details =
		"Each line is '+' (made), '*' (changed) or '-' (removed), a space, and the entry\n"
		"as scan prints it; a removed entry with its last value. In JSON each change is an\n"
		"object on one line. Changes at the same time, or within the interval, are reported\n"
		"as one. Watching a whole map needs memory for two copies of it, and a scan after\n"
		"each change. Watching one KEY costs almost nothing while it does not change. It is\n"
		"an error if the map loses its name.\n",
	.run = run_watch,
};
