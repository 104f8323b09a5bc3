// SPDX-License-Identifier: GPL-2.0
/*
 * restore: create the maps of a directory that save has written.
 *
 * Each map is restored by a process of its own, so that one that fails, which ends
 * the process, leaves the others alone.
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arguments.h"
#include "escape.h"
#include "json.h"
#include "loader.h"
#include "progress.h"
#include "report.h"
#include "savedir.h"
#include "signals.h"

/* The exit status of a process that finds that its map exists, which is no failure. */
#define EXIT_EXISTS	(EXIT_TIMEOUT + 1)

/**
 * struct restored - what a restore has done
 * @maps: number of maps restored
 * @existing: number of maps that existed and were left alone
 * @status: the exit status of the first map that failed
 */
struct restored {
	__u64 maps;
	__u64 existing;
	int status;
};

/* Whether maps that exist are left alone without an error. */
static bool leave_existing;

/* The map that is being filled, or NULL. */
static struct bucketmap *_Atomic unfinished;

/* Async-signal-safe. */
static void remove_unfinished(void)
{
	if (unfinished)
		bucketmap_unlink_map(unfinished);
}

/* Until the map has all entries, it belongs to the caller, and no user may open it. */
static struct bucketmap *make_map(const struct attributes *attributes, const char *name)
{
	struct bucketmap_create config = attributes->config;
	struct bucketmap *map;
	int error;

	config.mode = 0;
	set_map_name(&config, name);
	atexit(remove_unfinished);
	clean_up_on_signals(remove_unfinished);
	hold_signals();
	error = bucketmap_create(&map, &config);
	if (!error)
		unfinished = map;
	release_signals();
	if (error)
		create_error(name, error);
	return map;
}

/* The mode comes last: with it others may open the map. */
static void give_rights(const struct target *target, const struct attributes *attributes)
{
	struct bucketmap_info info;
	__u32 uid = attributes->uid, gid = attributes->gid;
	int error = 0;

	read_map_info(target, &info);
	if (uid != info.uid || gid != info.gid)
		error = bucketmap_chown_map(target->map, uid == info.uid ? BUCKETMAP_ID_KEEP : uid,
					    gid == info.gid ? BUCKETMAP_ID_KEEP : gid);
	if (error == -EPERM)
		system_error("%s: only root may give it to user %u and group %u; not restored",
			     target->name, uid, gid);
	if (!error)
		error = bucketmap_chmod_map(target->map, attributes->config.mode);
	if (error)
		rights_error(target->name, error);
	unfinished = NULL;
}

/* Takes the name of the map from that of its file. */
static void take_name(const char *path, const char *file, char name[BUCKETMAP_NAME_SIZE])
{
	char word[NAME_MAX + 1];

	snprintf(word, strlen(file) - strlen(DUMP_SUFFIX) + 1, "%s", file);
	if (!unescape(name, BUCKETMAP_NAME_SIZE, word) || !is_name(name))
		unexpected_error("%s: not the file of a saved map; not restored", path);
}

/*
 * Ends the process if the map exists. One with mode 0 may lack entries, because the
 * restore that filled it was killed.
 */
static void end_if_exists(const char *name)
{
	struct target target = { .name = name };
	struct bucketmap_info info;
	int error = bucketmap_open(&target.map, name, BUCKETMAP_OPEN_RDONLY);

	if (error == -ENOENT)
		return;
	if (error)
		open_error(name, error);
	read_map_info(&target, &info);
	if (!info.mode)
		unexpected_error("%s: a map of this name exists, but has mode 0; "
				 "a killed restore may have left it; remove it, or chmod it", name);
	exit(EXIT_EXISTS);
}

/* The file is in the directory @state. Its path is for messages. */
static void restore_map(int state, const char *file, const char *path)
{
	/* Static, because the line buffer is too large for the stack. */
	static struct loader loader;
	const struct dump_reader *reader = &loader.reader;
	char name[BUCKETMAP_NAME_SIZE];

	take_name(path, file, name);
	if (leave_existing)
		end_if_exists(name);
	loader.undone = true;
	open_dump_at(&loader, state, file, path);
	begin_progress(false);
	check_dump(&loader, name);
	if (reader->form != DUMP_TEXT || !reader->has_sum)
		unexpected_error("%s: not a saved map, or truncated; not restored", path);
	read_dump(&loader, name);
	store_dump(&loader, name, make_map(&reader->attributes, name));
	give_rights(&loader.target, &reader->attributes);
	end_progress();
	close_target(&loader.target);
}

/* The process that restores a map, or 0. */
static pid_t _Atomic restoring;

/* Async-signal-safe. When this process has ended, no map is half there. */
static void end_restoring(void)
{
	if (restoring) {
		kill(restoring, SIGTERM);
		waitpid(restoring, NULL, 0);
	}
}

static pid_t begin_restoring(void)
{
	pid_t child;

	hold_signals();
	child = fork();
	restoring = child > 0 ? child : 0;
	release_signals();
	return child;
}

/* Returns the status of the process. It keeps its number while it may get a signal. */
static int wait_for_restoring(void)
{
	siginfo_t ended;
	int status;

	while (waitid(P_PID, restoring, &ended, WEXITED | WNOWAIT) && errno == EINTR)
		;
	hold_signals();
	waitpid(restoring, &status, 0);
	restoring = 0;
	release_signals();
	return status;
}

/* Restores a map in a new process, which ends before this one does. Returns the exit status. */
static int restore_apart(int state, const char *file, const char *path)
{
	pid_t parent = getpid(), child = begin_restoring();
	int status;

	if (child < 0)
		system_error("%s: %s", path, strerror(errno));
	if (!child) {
		/* If the parent is killed, it cannot do that. */
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (getppid() != parent)
			exit(EXIT_SYSTEM);
		restore_map(state, file, path);
		exit(EXIT_DONE);
	}
	status = wait_for_restoring();
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	warn("%s: ended by signal %d; not restored", path, WTERMSIG(status));
	return EXIT_SYSTEM;
}

static int is_dump(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name), suffix = strlen(DUMP_SUFFIX);

	return length >= suffix && !strcmp(entry->d_name + length - suffix, DUMP_SUFFIX);
}

static void count_map(struct restored *restored, int status)
{
	if (status == EXIT_DONE)
		restored->maps++;
	else if (status == EXIT_EXISTS)
		restored->existing++;
	else if (restored->status == EXIT_DONE)
		restored->status = status;
}

static void restore_all(const char *directory, int state, struct restored *restored)
{
	struct dirent **files;
	int count = scandirat(state, ".", &files, is_dump, alphasort);

	if (count < 0)
		system_error("%s: %s", directory, strerror(errno));
	for (int i = 0; i < count; i++) {
		const char *file = files[i]->d_name;
		char *path = NULL;

		if (asprintf(&path, "%s/" CURRENT_STATE "/%s", directory, file) < 0)
			system_error("out of memory");
		count_map(restored, restore_apart(state, file, path));
		free(path);
		free(files[i]);
	}
	free(files);
}

static void print_restored(const struct restored *restored)
{
	if (json_output && leave_existing)
		print_json(json_pack("{s:o,s:o}", "restored", json_number(restored->maps),
				     "existing", json_number(restored->existing)));
	else if (json_output)
		print_json(json_pack("{s:o}", "restored", json_number(restored->maps)));
	else if (leave_existing)
		printf("restored %llu maps, %llu existed\n", restored->maps, restored->existing);
	else
		printf("restored %llu maps\n", restored->maps);
}

static void run_restore(char **operands)
{
	struct restored restored = { .status = EXIT_DONE };
	const char *argument;
	int state;

	while (next_option(&argument))
		leave_existing = true;
	/* A process whose end is ignored leaves no status. */
	signal(SIGCHLD, SIG_DFL);
	clean_up_on_signals(end_restoring);
	state = open_current_state(operands[0]);
	if (state >= 0)
		restore_all(operands[0], state, &restored);
	print_restored(&restored);
	flush_output();
	if (restored.status != EXIT_DONE)
		exit(restored.status);
}

static const struct subcommand_option restore_options[] = {
	{ 'e', "existing", NULL, "do not fail if a map exists" },
	{ 0 },
};

const struct subcommand restore_subcommand = {
	.name = "restore",
	.operands = "DIR",
	.summary = "create the maps that save has written to a directory",
	.options = restore_options,
	.details =
		"Each map gets its entries, then its owner and its mode. One that exists is left as\n"
		"it is, and one whose file is damaged is not created: this is reported, and the\n"
		"others are restored. Only root may give maps to other users. With --existing, the\n"
		"file of a map that exists is not read, and such maps are only counted. One with\n"
		"mode 0 is a failure nevertheless: a restore that was killed may have left it.\n",
	.run = run_restore,
};
