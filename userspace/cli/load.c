// SPDX-License-Identifier: GPL-2.0
/*
 * load: entries from a dump.
 */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "command.h"
#include "dumpfile.h"
#include "json.h"
#include "progress.h"
#include "report.h"
#include "target.h"

/* Bytes of entries to store at a time, about. */
#define BATCH_BYTES	(256 * 1024)

/**
 * struct loader - a load on its way
 * @target: the map
 * @file_name: the file, for messages
 * @file_size: its size; 0 if it has none
 * @reader: the dump
 * @loaded: entries that are stored
 * @capacity: entries that there is room for in the columns
 * @count: entries in them
 * @first_line: line of the first of them
 * @keys: column of keys
 * @values: column of values
 * @results: column of results
 */
struct loader {
	struct target target;
	const char *file_name;
	__u64 file_size;
	struct dump_reader reader;
	__u64 loaded;
	__u32 capacity;
	__u32 count;
	__u64 first_line;
	char *keys;
	char *values;
	__s32 *results;
};

static atomic_bool interrupted;

static void interrupt(int signal)
{
	(void)signal;
	interrupted = true;
}

/* Reading ends as well, and a second signal ends the program. */
static void catch_signals(void)
{
	const struct sigaction action = { .sa_handler = interrupt, .sa_flags = SA_RESETHAND };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static __attribute__((noreturn)) void line_error(const struct loader *loader, __u64 line,
						 const char *problem)
{
	system_error("%s: line %llu: %s; loaded %llu entries",
		     loader->file_name, line, problem, loader->loaded);
}

/* Entries that failed stop nothing: the first of them is reported, the others are stored. */
static void check_results(struct loader *loader, __u64 finished)
{
	__u64 failed = finished;

	for (__u64 i = finished; i-- > 0;) {
		if (loader->results[i] < 0)
			failed = i;
		else
			loader->loaded++;
	}
	if (failed < finished)
		line_error(loader, loader->first_line + failed,
			   entry_problem(loader->results[failed]));
}

static void store_batch(struct loader *loader)
{
	struct bucketmap_batch batch = {
		.size = sizeof(batch),
		.operation = BUCKETMAP_STORE,
		.keys = (uintptr_t)loader->keys,
		.values = loader->target.value.size ? (uintptr_t)loader->values : 0,
		.results = (uintptr_t)loader->results,
		.count = loader->count,
	};
	int error = bucketmap_batch(loader->target.map, &batch);

	check_results(loader, batch.done);
	if (error)
		system_error("%s: %s; loaded %llu entries", loader->target.name,
			     any_problem(error), loader->loaded);
	loader->count = 0;
}

static void show_load(const struct loader *loader)
{
	double part = -1;

	if (loader->file_size)
		part = (double)loader->reader.bytes / (double)loader->file_size;
	show_progress(part > 1 ? 1 : part, loader->loaded);
}

static void load_entries(struct loader *loader)
{
	struct dump_reader *reader = &loader->reader;
	const char *error = NULL;
	bool end = false;

	while (!interrupted) {
		char *key = loader->keys + (size_t)loader->count * loader->target.key.size;
		char *value = loader->values + (size_t)loader->count * loader->target.value.size;

		error = read_dump_entry(reader, key, value, &end);
		if (error || end)
			break;
		if (!loader->count++)
			loader->first_line = reader->line_number;
		if (loader->count == loader->capacity)
			store_batch(loader);
		show_load(loader);
	}
	store_batch(loader);
	if (interrupted)
		system_error("%s: interrupted; loaded %llu entries",
			     loader->file_name, loader->loaded);
	if (error)
		line_error(loader, reader->line_number, error);
}

static void open_file(struct loader *loader, const char *name)
{
	struct stat status;

	loader->file_name = name ? name : "standard input";
	loader->reader.file = name ? fopen(name, "re") : stdin;
	if (!loader->reader.file)
		system_error("%s: %s", name, strerror(errno));
	if (!fstat(fileno(loader->reader.file), &status) && S_ISREG(status.st_mode))
		loader->file_size = status.st_size;
}

/* Opens the map, or makes it as the dump has it. */
static struct bucketmap *find_map(const struct loader *loader, const char *name)
{
	struct bucketmap_create config = loader->reader.config;
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

static void prepare_map(struct loader *loader, const char *name)
{
	const struct bucketmap_create *config = &loader->reader.config;
	struct target *target = &loader->target;

	adopt_target(target, name, find_map(loader, name));
	if (target->key.size != config->key_size || target->value.size != config->value_size)
		system_error("%s: keys of %u and values of %u bytes, but the dump has %u and %u",
			     name, target->key.size, target->value.size,
			     config->key_size, config->value_size);
	loader->capacity = BATCH_BYTES / (target->key.size + target->value.size);
	loader->keys = allocate(loader->capacity, target->key.size);
	loader->values = allocate(loader->capacity, target->value.size);
	loader->results = allocate(loader->capacity, sizeof(loader->results[0]));
}

static void finish(struct loader *loader)
{
	if (json_output)
		print_json(json_pack("{s:o}", "loaded", json_number(loader->loaded)));
	else
		printf("loaded %llu entries\n", loader->loaded);
	free(loader->results);
	free(loader->values);
	free(loader->keys);
	fclose(loader->reader.file);
	close_target(&loader->target);
}

static void run_load(int argc, char **argv)
{
	/* The line that is being read is too large for a stack. */
	static struct loader loader;
	const char *error;

	if (argc < 2 || argc > 3)
		wrong_usage();
	catch_signals();
	open_file(&loader, argc == 3 ? argv[2] : NULL);
	error = read_dump_header(&loader.reader);
	if (error)
		line_error(&loader, loader.reader.line_number, error);
	prepare_map(&loader, argv[1]);
	begin_progress(false);
	load_entries(&loader);
	end_progress();
	finish(&loader);
}

const struct command load_command = {
	.name = "load",
	.operands = "NAME [FILE]",
	.summary = "store the entries of a dump in a map, which is made if there is none",
	.details =
		"Reads standard input without FILE. A map that exists must have the sizes of the\n"
		"dump; entries of the same keys are overwritten, others stay. A load that fails or\n"
		"is interrupted says how many entries it has stored.\n",
	.run = run_load,
};
