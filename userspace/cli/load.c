// SPDX-License-Identifier: GPL-2.0
/*
 * load: store the entries of a dump.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arguments.h"
#include "dumpfile.h"
#include "json.h"
#include "options.h"
#include "progress.h"
#include "report.h"
#include "signals.h"
#include "target.h"

/*
 * Entries to store at a time. Few enough that an interrupt is noticed soon, even
 * if each of them is refused only after the kernel has tried to reclaim memory.
 */
#define BATCH_ENTRIES	256

/**
 * struct loader - a load in progress
 * @target: the map
 * @file_name: name of the file, for messages
 * @bytes: number of bytes to read; 0 if unknown
 * @begin: offset of the dump in the file; negative if it can be read only once
 * @reader: the dump
 * @loaded: number of entries stored
 * @count: number of entries in the columns
 * @lines: column of their line numbers
 * @keys: column of keys
 * @values: column of values
 * @results: column of results
 */
struct loader {
	struct target target;
	const char *file_name;
	__u64 bytes;
	off_t begin;
	struct dump_reader reader;
	__u64 loaded;
	__u32 count;
	__u64 lines[BATCH_ENTRIES];
	char *keys;
	char *values;
	__s32 *results;
};

static __attribute__((noreturn)) void interrupt_error(const struct loader *loader)
{
	system_error("%s: interrupted; loaded %llu entries", loader->file_name, loader->loaded);
}

static __attribute__((noreturn)) void line_error(const struct loader *loader, enum exit_code code,
						 __u64 line, const char *problem)
{
	if (interrupted)
		interrupt_error(loader);
	fail(code, "%s: line %llu: %s; loaded %llu entries",
	     loader->file_name, line, problem, loader->loaded);
}

/* Reports what is wrong in the line that was read last. */
static __attribute__((noreturn)) void read_error(const struct loader *loader, const char *problem)
{
	const struct dump_reader *reader = &loader->reader;
	bool failed = ferror(reader->file) || (reader->copy && ferror(reader->copy));

	line_error(loader, failed ? EXIT_SYSTEM : EXIT_UNEXPECTED, reader->line_number, problem);
}

/* Failed entries do not stop the batch: the first of them is reported, other entries are stored. */
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
		line_error(loader, problem_code(loader->results[failed]),
			   loader->lines[failed],
			   entry_problem(loader->results[failed], loader->target.max_entries));
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
	int error;

	set_last_words("%s: interrupted; loaded %llu entries or more",
		       loader->file_name, loader->loaded);
	error = bucketmap_batch(loader->target.map, &batch);
	check_results(loader, batch.done);
	if (error)
		fail(problem_code(error), "%s: %s; loaded %llu entries", loader->target.name,
		     any_problem(error), loader->loaded);
	loader->count = 0;
}

static void show_load(const struct loader *loader)
{
	double part = -1;

	if (loader->bytes)
		part = (double)loader->reader.bytes / (double)loader->bytes;
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
		loader->lines[loader->count++] = reader->line_number;
		if (loader->count == BATCH_ENTRIES)
			store_batch(loader);
		show_load(loader);
	}
	store_batch(loader);
	if (interrupted)
		interrupt_error(loader);
	if (error)
		read_error(loader, error);
}

static void open_file(struct loader *loader, const char *name)
{
	FILE *file = name ? fopen(name, "re") : stdin;
	struct stat status;

	loader->file_name = name ? name : "standard input";
	set_last_words("%s: interrupted; loaded 0 entries", loader->file_name);
	if (!file && interrupted)
		interrupt_error(loader);
	if (!file)
		system_error("%s: %s", name, strerror(errno));
	loader->reader.file = file;
	loader->begin = -1;
	if (!fstat(fileno(file), &status) && S_ISREG(status.st_mode)) {
		loader->bytes = status.st_size;
		loader->begin = ftello(file);
	}
}

/* A dump that does not describe the map has keys and values as the map has them. */
static void read_header(struct loader *loader, const char *name)
{
	struct dump_reader *reader = &loader->reader;
	struct target *target = &loader->target;
	const char *error = read_dump_header(reader);

	if (error)
		read_error(loader, error);
	if (reader->described)
		return;
	if (!target->map)
		open_target(target, name, 0);
	reader->attributes.key = target->key;
	reader->attributes.value = target->value;
}

/* Creates a file without a name, which exists until it is closed. */
static FILE *make_temporary_file(void)
{
	const char *directory = getenv("TMPDIR");
	char path[PATH_MAX];
	FILE *file;
	int fd;

	snprintf(path, sizeof(path), "%s/bucketmap-XXXXXX",
		 directory && *directory ? directory : "/tmp");
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		system_error("%s: %s", path, strerror(errno));
	unlink(path);
	file = fdopen(fd, "w+");
	if (!file)
		system_error("%s: %s", path, strerror(errno));
	return file;
}

/* Reads all entries and discards them. */
static void check_entries(struct loader *loader)
{
	struct dump_reader *reader = &loader->reader;
	void *key = allocate(1, reader->attributes.key.size);
	void *value = allocate(1, reader->attributes.value.size);
	const char *error = NULL;
	bool end = false;

	while (!error && !end && !interrupted) {
		error = read_dump_entry(reader, key, value, &end);
		show_load(loader);
	}
	if (interrupted)
		interrupt_error(loader);
	if (error)
		read_error(loader, error);
	free(value);
	free(key);
}

/* Ends the program if the dump has an error; otherwise goes back to its beginning. */
static void check_first(struct loader *loader, const char *name)
{
	struct dump_reader *reader = &loader->reader;
	FILE *file = reader->file;

	if (loader->begin < 0) {
		file = make_temporary_file();
		reader->copy = file;
		loader->begin = 0;
	}
	loader->bytes *= 2;
	read_header(loader, name);
	check_entries(loader);
	if (ferror(file) || fflush(file) || fseeko(file, loader->begin, SEEK_SET))
		system_error("%s: cannot be read again: %s", loader->file_name, strerror(errno));
	read_dump_again(reader, file);
}

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

static void prepare_map(struct loader *loader, const char *name)
{
	const struct dump_reader *reader = &loader->reader;
	const struct bucketmap_create *config = &reader->attributes.config;
	struct target *target = &loader->target;

	if (reader->described)
		adopt_target(target, name, find_map(loader, name));
	if (reader->described && (target->key.size != config->key_size ||
				  target->value.size != config->value_size))
		unexpected_error("%s: keys of %u and values of %u bytes, but %u and %u in the dump",
				 name, target->key.size, target->value.size,
				 config->key_size, config->value_size);
	loader->keys = allocate(BATCH_ENTRIES, target->key.size);
	loader->values = allocate(BATCH_ENTRIES, target->value.size);
	loader->results = allocate(BATCH_ENTRIES, sizeof(loader->results[0]));
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
	open_file(&loader, file_operand(operands[1]));
	begin_progress(false);
	if (checked)
		check_first(&loader, operands[0]);
	read_header(&loader, operands[0]);
	prepare_map(&loader, operands[0]);
	load_entries(&loader);
	end_progress();
	finish(&loader);
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
