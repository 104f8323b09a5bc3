// SPDX-License-Identifier: GPL-2.0
/*
 * load: store the entries of a dump.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#include "arguments.h"
#include "json.h"
#include "loader.h"
#include "progress.h"
#include "report.h"
#include "signals.h"

/* Opens the map, or creates it with the attributes from the dump. */
static struct bucketmap *find_map(const struct loader *loader, const char *name)
{
	struct bucketmap_create config = loader->reader.attributes.config;
	struct bucketmap *map;
	int error = bucketmap_open(&map, name, 0);

	if (error == -ENOENT) {
		set_map_name(&config, name);
		error = bucketmap_create(&map, &config);
		if (error)
			create_error(name, error);
	}
	if (error)
		open_error(name, error);
	return map;
}

static void print_loaded(__u64 entries)
{
	if (json_output)
		print_json(json_pack("{s:o}", "loaded", json_number(entries)));
	else
		printf("loaded %llu entries\n", entries);
}

static void run_load(char **operands)
{
	/* Static, because the line buffer is too large for the stack. */
	static struct loader loader;
	const char *argument;
	bool checked = false;
	char option;

	while ((option = next_option(&argument))) {
		if (option == 'c')
			checked = true;
		else
			loader.reader.form = DUMP_TSV;
	}
	catch_interrupts();
	open_dump(&loader, file_operand(operands[1]));
	begin_progress(false);
	if (checked)
		check_dump(&loader, operands[0]);
	read_dump(&loader, operands[0]);
	store_dump(&loader, operands[0],
		   loader.reader.described ? find_map(&loader, operands[0]) : NULL);
	end_progress();
	print_loaded(loader.loaded);
	close_target(&loader.target);
}

static const struct subcommand_option load_options[] = {
	{ 'c', "check-first", NULL, "change nothing if the dump has an error" },
	{ 't', "tsv", NULL, "read lines 'key<TAB>value', as scan prints them" },
	{ 0 },
};

const struct subcommand load_subcommand = {
	.name = "load",
	.operands = "NAME [FILE]",
	.summary = "store the entries of a dump in a map, created if needed",
	.options = load_options,
	.details =
		"The dump is text or JSON, as dump or scan print it. A dump that does not describe\n"
		"the map, as those of scan and with --tsv, needs a map that exists. Without FILE,\n"
		"reads standard input. An existing map must have the key and value sizes of the\n"
		"dump; entries with the same keys are overwritten, others stay. A load that fails or\n"
		"is interrupted prints how many entries it has stored. --check-first reads the dump\n"
		"twice: input that is not a regular file is copied to a temporary file in TMPDIR, or\n"
		"/tmp.\n",
	.run = run_load,
};
