// SPDX-License-Identifier: GPL-2.0
/*
 * save: write all named maps to a directory.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"
#include "dumpfile.h"
#include "json.h"
#include "progress.h"
#include "report.h"
#include "savedir.h"
#include "signals.h"
#include "walk.h"

/**
 * struct saver - a save in progress
 * @directory: the directory, for messages
 * @maps: number of maps saved
 * @unreadable: number of maps that the caller may not read
 */
struct saver {
	const char *directory;
	__u64 maps;
	__u64 unreadable;
};

static void check_interrupt(const struct saver *saver)
{
	if (interrupted)
		system_error("%s: interrupted; what was saved before stays", saver->directory);
}

/* Prints what is printed from now on to a file. */
static void print_to(int fd)
{
	if (dup2(fd, STDOUT_FILENO) < 0)
		output_error();
	close(fd);
}

static void print_saved_map(const struct saver *saver, const struct target *target,
			    const struct bucketmap_info *info)
{
	struct walk walk;
	__u64 entries = 0;

	print_saved_header(info);
	begin_walk(&walk, target);
	while (next_entry(&walk)) {
		check_interrupt(saver);
		print_dump_entry(target, walk.key, walk.value);
		if (ferror(stdout))
			flush_output();
		show_progress(walked_part(&walk), ++entries);
	}
	end_walk(&walk);
	print_saved_end(entries);
	flush_output();
	if (fsync(STDOUT_FILENO))
		output_error();
}

static void save_open_map(struct saver *saver, const char *name, struct bucketmap *map)
{
	struct bucketmap_info info;
	struct target target;

	adopt_target(&target, name, map);
	read_map_info(&target, &info);
	print_to(make_dump_file(name));
	name_output(saver->directory);
	print_saved_map(saver, &target, &info);
	close_target(&target);
	saver->maps++;
}

static int save_map(const char *name, void *context)
{
	struct saver *saver = context;
	struct bucketmap *map;
	int error = bucketmap_open(&map, name, BUCKETMAP_OPEN_RDONLY);

	check_interrupt(saver);
	if (error == -EACCES) {
		warn("%s: permission denied by the map's mode; chmod it, or remove it", name);
		saver->unreadable++;
	} else if (error && error != -ENOENT) {
		/* One that does not exist was removed after it was listed. */
		open_error(name, error);
	} else if (!error) {
		save_open_map(saver, name, map);
	}
	return 0;
}

static void print_saved(__u64 maps)
{
	if (json_output)
		print_json(json_pack("{s:o}", "saved", json_number(maps)));
	else
		printf("saved %llu maps\n", maps);
}

static void run_save(char **operands)
{
	struct saver saver = { .directory = operands[0] };
	int output, error;

	catch_interrupts();
	set_last_words("%s: interrupted; what was saved before stays", saver.directory);
	begin_state(saver.directory);
	output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
	if (output < 0)
		output_error();
	begin_progress(false);
	error = bucketmap_list(save_map, &saver);
	check_interrupt(&saver);
	if (error)
		device_error(O_RDONLY, error);
	/* The new state would replace older dumps of these maps. */
	if (saver.unreadable)
		system_error("%s: nothing saved, as you may not read %llu maps; "
			     "what was saved before stays", saver.directory, saver.unreadable);
	finish_state();
	end_progress();
	print_to(output);
	name_output("standard output");
	print_saved(saver.maps);
	flush_output();
}

const struct subcommand save_subcommand = {
	.name = "save",
	.operands = "DIR",
	.summary = "write all named maps to a directory, for restore to read",
	.details =
		"DIR is created if it does not exist. It has the dump of each map that you may read,\n"
		"with its owner and mode. What was saved there before is replaced when all of the\n"
		"new dumps are complete and on the disk, and stays if the save fails or is killed.\n"
		"It fails if you own a map that you may not read.\n",
	.run = run_save,
};
