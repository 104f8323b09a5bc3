// SPDX-License-Identifier: GPL-2.0
/*
 * scan, dump: all entries of a map.
 */
#include <stdio.h>
#include <unistd.h>

#include "command.h"
#include "describe.h"
#include "dumpfile.h"
#include "json.h"
#include "newfile.h"
#include "progress.h"
#include "report.h"
#include "walk.h"

/* Prints all entries, and returns how many. */
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

const struct command scan_command = {
	.name = "scan",
	.operands = "NAME",
	.summary = "print all entries, 'key<TAB>value' per line",
	.details =
		"A key that is there all the time is printed exactly once, and none twice,\n"
		"whatever others do to the map meanwhile.\n",
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

const struct command dump_command = {
	.name = "dump",
	.operands = "NAME [FILE]",
	.summary = "write a map as text, from which load makes it again",
	.details =
		"Writes to standard output without FILE. A FILE that exists is replaced when the\n"
		"dump is complete, and stays as it is if it fails. The first line says what map it is;\n"
		"each line then is an entry, as scan prints it; the last one is 'end' and their\n"
		"number. The order of entries differs from map to map: sort dumps to compare them.\n",
	.run = run_dump,
};
