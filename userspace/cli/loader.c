// SPDX-License-Identifier: GPL-2.0
/*
 * Storing the entries of a dump in a map.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loader.h"
#include "progress.h"
#include "report.h"
#include "signals.h"

/* What the end of the program leaves done, for messages. */
static const char *what_is_done(const struct loader *loader)
{
	static char done[64];

	if (loader->undone)
		return "not restored";
	snprintf(done, sizeof(done), "loaded %llu entries", loader->loaded);
	return done;
}

static __attribute__((noreturn)) void interrupt_error(const struct loader *loader)
{
	system_error("%s: interrupted; %s", loader->file_name, what_is_done(loader));
}

static __attribute__((noreturn)) void line_error(const struct loader *loader, enum exit_code code,
						 __u64 line, const char *problem)
{
	if (interrupted)
		interrupt_error(loader);
	fail(code, "%s: line %llu: %s; %s", loader->file_name, line, problem,
	     what_is_done(loader));
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
		fail(problem_code(error), "%s: %s; %s", loader->target.name, any_problem(error),
		     what_is_done(loader));
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

static void name_dump(struct loader *loader, const char *name)
{
	loader->file_name = name;
	set_last_words("%s: interrupted; loaded 0 entries", name);
}

/* Takes a file that was opened; NULL if that failed. */
static void take_file(struct loader *loader, FILE *file)
{
	struct stat status;

	if (!file && interrupted)
		interrupt_error(loader);
	if (!file)
		system_error("%s: %s", loader->file_name, strerror(errno));
	loader->reader.file = file;
	loader->begin = -1;
	if (!fstat(fileno(file), &status) && S_ISREG(status.st_mode)) {
		loader->bytes = status.st_size;
		loader->begin = ftello(file);
	}
}

void open_dump(struct loader *loader, const char *name)
{
	name_dump(loader, name ? name : "standard input");
	take_file(loader, name ? fopen(name, "re") : stdin);
}

void open_dump_at(struct loader *loader, int directory, const char *file, const char *path)
{
	int fd;

	name_dump(loader, path);
	fd = openat(directory, file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	take_file(loader, fd < 0 ? NULL : fdopen(fd, "r"));
}

/* A dump that does not describe the map has keys and values as the map has them. */
void read_dump(struct loader *loader, const char *name)
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

void check_dump(struct loader *loader, const char *name)
{
	struct dump_reader *reader = &loader->reader;
	FILE *file = reader->file;

	if (loader->begin < 0) {
		file = make_temporary_file();
		reader->copy = file;
		loader->begin = 0;
	}
	loader->bytes *= 2;
	read_dump(loader, name);
	check_entries(loader);
	if (ferror(file) || fflush(file) || fseeko(file, loader->begin, SEEK_SET))
		system_error("%s: cannot be read again: %s", loader->file_name, strerror(errno));
	read_dump_again(reader, file);
}

static void check_sizes(const struct target *target, const struct dump_reader *reader)
{
	const struct bucketmap_create *config = &reader->attributes.config;

	if (target->key.size != config->key_size || target->value.size != config->value_size)
		unexpected_error("%s: keys of %u and values of %u bytes, but %u and %u in the dump",
				 target->name, target->key.size, target->value.size,
				 config->key_size, config->value_size);
}

void store_dump(struct loader *loader, const char *name, struct bucketmap *map)
{
	struct target *target = &loader->target;

	if (map) {
		adopt_target(target, name, map);
		check_sizes(target, &loader->reader);
	}
	loader->keys = allocate(BATCH_ENTRIES, target->key.size);
	loader->values = allocate(BATCH_ENTRIES, target->value.size);
	loader->results = allocate(BATCH_ENTRIES, sizeof(loader->results[0]));
	load_entries(loader);
	free(loader->results);
	free(loader->values);
	free(loader->keys);
	fclose(loader->reader.file);
}
