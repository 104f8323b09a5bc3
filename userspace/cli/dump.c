// SPDX-License-Identifier: GPL-2.0
/*
 * scan, dump: print all entries of a map.
 */
#include <stdio.h>
#include <unistd.h>

#include "subcommand.h"
#include "describe.h"
#include "dumpfile.h"
#include "json.h"
#include "newfile.h"
#include "progress.h"
#include "report.h"
#include "walk.h"

/* Prints all entries, and returns their number. */
static __u64 print_entries(const struct target *target)
{
	struct walk walk;
	__u64 entries = 0;

	begin_walk(&walk, target);
	while (next_entry(&walk)) {
		if (json_output)
			print_json_element(json_entry(target, walk.key, walk.value));
		else
			print_dump_entry(target, walk.key, walk.value);
		if (ferror(stdout))
			flush_output();
		show_progress(walked_part(&walk), ++entries);
	}
	end_walk(&walk);
	return entries;
}

static void run_scan(int argc, char **argv)
{
	struct target target;

	if (argc != 2)
		wrong_usage();
	open_target(&target, argv[1], BUCKETMAP_OPEN_RDONLY);
	if (json_output)
		begin_json_array();
	print_entries(&target);
	if (json_output)
		end_json_array();
	close_target(&target);
}

const struct subcommand scan_subcommand = {
	.name = "scan",
	.operands = "NAME",
	.summary = "print all entries, one 'key<TAB>value' per line",
	.details =
		"A key that exists during the whole scan is printed exactly once, and no key is\n"
		"printed twice, even if the map is written to or resized meanwhile.\n",
	.run = run_scan,
};

static void dump_json(const struct target *target, const struct bucketmap_info *info)
{
	begin_json_object(json_pack("{s:o}", "map", map_as_json(info)), "entries");
	print_entries(target);
	end_json_object();
}

static void dump_text(const struct target *target, const struct bucketmap_info *info)
{
	print_dump_header(info);
	print_dump_end(print_entries(target));
}

static void run_dump(int argc, char **argv)
{
	struct bucketmap_info info;
	struct target target;

	if (argc < 2 || argc > 3)
		wrong_usage();
	open_target(&target, argv[1], BUCKETMAP_OPEN_RDONLY);
	read_map_info(&target, &info);
	if (argc == 3)
		begin_file(argv[2]);
	begin_progress(isatty(STDOUT_FILENO));
	if (json_output)
		dump_json(&target, &info);
	else
		dump_text(&target, &info);
	flush_output();
	if (argc == 3)
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
