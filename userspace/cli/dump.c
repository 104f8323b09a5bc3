// SPDX-License-Identifier: GPL-2.0
/*
 * dump: write a map to a file.
 */
#include <stdio.h>
#include <unistd.h>

#include "arguments.h"
#include "describe.h"
#include "dumpfile.h"
#include "json.h"
#include "newfile.h"
#include "progress.h"
#include "report.h"
#include "walk.h"

/* Prints the entries of a walk that has begun, and returns their number. */
static __u64 print_entries(struct walk *walk)
{
	__u64 entries = 0;

	while (next_entry(walk)) {
		if (json_output)
			print_json_element(json_entry(walk->target, walk->key, walk->value));
		else
			print_dump_entry(walk->target, walk->key, walk->value);
		if (ferror(stdout))
			flush_output();
		show_progress(walked_part(walk), ++entries);
	}
	end_walk(walk);
	return entries;
}

static void dump_json(struct walk *walk, const struct bucketmap_info *info)
{
	begin_json_object(json_pack("{s:o}", "map", map_as_json(info)), "entries");
	print_entries(walk);
	end_json_object();
}

static void dump_text(struct walk *walk, const struct bucketmap_info *info)
{
	print_dump_header(info);
	print_dump_end(print_entries(walk));
}

static void run_dump(char **operands)
{
	const char *file = file_operand(operands[1]);
	struct bucketmap_info info;
	struct target target;
	struct walk walk;

	open_target(&target, operands[0], BUCKETMAP_OPEN_RDONLY);
	read_map_info(&target, &info);
	begin_walk(&walk, &target);
	if (file)
		begin_file(file);
	begin_progress(isatty(STDOUT_FILENO));
	if (json_output)
		dump_json(&walk, &info);
	else
		dump_text(&walk, &info);
	flush_output();
	if (file)
		finish_file();
	end_progress();
	close_target(&target);
}

const struct subcommand dump_subcommand = {
	.name = "dump",
	.operands = "NAME [FILE]",
	.summary = "write a map as text, for load to read",
	.details =
		"Without FILE, writes to standard output. An existing FILE is replaced when the dump\n"
		"is complete, and is unchanged if the dump fails. The first line describes the map.\n"
		"Each further line is an entry, as scan prints it. The last line is 'end' and the\n"
		"number of entries. The order of entries differs from map to map: sort dumps to\n"
		"compare them.\n",
	.run = run_dump,
};
