// SPDX-License-Identifier: GPL-2.0
/*
 * The directory with saved maps.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "escape.h"
#include "lib/bucketmap.h"
#include "report.h"
#include "savedir.h"

#define STATE_PREFIX	"state."
#define STATE_NAME_SIZE	sizeof(STATE_PREFIX "XXXXXX")
#define NEW_LINK	CURRENT_STATE ".new"

/**
 * struct saving - the new state
 * @path: path of the directory
 * @directory: its descriptor
 * @current: name of the current state; empty if there is none, or it is not known
 * @name: name of the new state; empty if there is none, or it is current
 * @state: its descriptor
 */
static struct saving {
	const char *path;
	int directory;
	char current[STATE_NAME_SIZE];
	char name[STATE_NAME_SIZE];
	int state;
} saving;

static __attribute__((noreturn)) void directory_error(const char *path)
{
	system_error("%s: %s", path, strerror(errno));
}

static int open_directory(int parent, const char *path)
{
	return openat(parent, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Some file systems do not support fsync() of directories. */
static void sync_directory(int fd, const char *path)
{
	if (fsync(fd) && errno != EINVAL)
		directory_error(path);
}

static void make_directory(const char *path)
{
	int parent, fd;

	if (mkdir(path, 0700)) {
		if (errno != EEXIST)
			directory_error(path);
		return;
	}
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	parent = fd < 0 ? -1 : open_directory(fd, "..");
	if (parent < 0)
		directory_error(path);
	sync_directory(parent, path);
	close(parent);
	close(fd);
}

/* Maps with any owner are restored from here: nobody else may put them here. */
static void check_writers(int fd, const char *path)
{
	struct stat status;

	if (fstat(fd, &status))
		directory_error(path);
	if ((status.st_uid && status.st_uid != geteuid()) || status.st_mode & 022)
		system_error("%s: others may write there; use chmod go-w, or chown root", path);
}

/* Opens a directory and waits for the lock on it. */
static int lock_directory(const char *path, int kind)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		directory_error(path);
	check_writers(fd, path);
	if (flock(fd, kind))
		directory_error(path);
	return fd;
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	return length >= end_length && !strcmp(text + length - end_length, end);
}

static bool is_state(const char *name)
{
	return strlen(name) == STATE_NAME_SIZE - 1 &&
	       !strncmp(name, STATE_PREFIX, strlen(STATE_PREFIX));
}

/* Calls a function for each name in a directory. */
static void each_name(int fd, void (*call)(int fd, const char *name))
{
	int copy = open_directory(fd, ".");
	DIR *entries = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;

	if (!entries) {
		warn("%s: %s", saving.path, strerror(errno));
		return;
	}
	while ((entry = readdir(entries)))
		call(fd, entry->d_name);
	closedir(entries);
}

static void remove_dump(int fd, const char *name)
{
	if (ends_with(name, DUMP_SUFFIX))
		unlinkat(fd, name, 0);
}

static void remove_state(int directory, const char *name)
{
	int fd = open_directory(directory, name);

	if (fd >= 0) {
		each_name(fd, remove_dump);
		close(fd);
	}
	if (unlinkat(directory, name, AT_REMOVEDIR))
		warn("%s/%s: cannot be removed: %s", saving.path, name, strerror(errno));
}

/* Reads which state the link names. Returns 0, or a negative errno: -EINVAL if it names none. */
static int read_link(int directory, char name[STATE_NAME_SIZE])
{
	char target[STATE_NAME_SIZE];
	ssize_t length = readlinkat(directory, CURRENT_STATE, target, sizeof(target));

	if (length < 0)
		return -errno;
	if (length == sizeof(target))
		return -EINVAL;
	target[length] = '\0';
	if (!is_state(target))
		return -EINVAL;
	strcpy(name, target);
	return 0;
}

/* Learns which state is current, if that is there and can be opened. */
static void find_current_state(void)
{
	int fd = -1;

	if (!read_link(saving.directory, saving.current))
		fd = open_directory(saving.directory, saving.current);
	if (fd < 0)
		*saving.current = '\0';
	else
		close(fd);
}

static void remove_if_old(int directory, const char *name)
{
	if (is_state(name) && strcmp(name, saving.current) != 0)
		remove_state(directory, name);
}

/* If the current state is not known, any of them may be the good one. */
static void remove_old_states(void)
{
	if (*saving.current)
		each_name(saving.directory, remove_if_old);
}

static void remove_new_state(void)
{
	if (*saving.name)
		remove_state(saving.directory, saving.name);
}

/*
 * Makes the directory of the new state. By its descriptor, because the path may now
 * name another one, if a user owns the directory above it.
 */
static void make_new_state(void)
{
	unsigned int number;
	int error;

	do {
		if (getrandom(&number, sizeof(number), 0) != sizeof(number))
			system_error("%s: no random number: %s", saving.path, strerror(errno));
		snprintf(saving.name, sizeof(saving.name), STATE_PREFIX "%06x", number & 0xffffff);
		error = mkdirat(saving.directory, saving.name, 0700);
	} while (error && errno == EEXIST);
	if (error)
		directory_error(saving.path);
	atexit(remove_new_state);
	saving.state = open_directory(saving.directory, saving.name);
	if (saving.state < 0)
		directory_error(saving.path);
}

void begin_state(const char *directory)
{
	saving.path = directory;
	make_directory(directory);
	saving.directory = lock_directory(directory, LOCK_EX);
	find_current_state();
	/* What a save that was killed has left may be what fills the file system. */
	remove_old_states();
	make_new_state();
}

/* A map that is removed and created again meanwhile is saved twice: the second dump stays. */
int make_dump_file(const char *name)
{
	char file[ESCAPED_SIZE(BUCKETMAP_NAME_SIZE) + sizeof(DUMP_SUFFIX)];
	int fd;

	escape(file, name);
	strcat(file, DUMP_SUFFIX);
	fd = openat(saving.state, file, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		directory_error(saving.path);
	return fd;
}

void finish_state(void)
{
	sync_directory(saving.state, saving.path);
	sync_directory(saving.directory, saving.path);
	if (unlinkat(saving.directory, NEW_LINK, 0) && errno != ENOENT)
		directory_error(saving.path);
	if (symlinkat(saving.name, saving.directory, NEW_LINK) ||
	    renameat(saving.directory, NEW_LINK, saving.directory, CURRENT_STATE))
		directory_error(saving.path);
	strcpy(saving.current, saving.name);
	*saving.name = '\0';
	sync_directory(saving.directory, saving.path);
	remove_old_states();
	close(saving.state);
	close(saving.directory);
}

/* Copies the name of a state, if there is one, to @name. */
static void find_state(int directory, char name[STATE_NAME_SIZE])
{
	struct dirent **entries;
	int count = scandirat(directory, ".", &entries, NULL, alphasort);

	*name = '\0';
	if (count < 0)
		directory_error(saving.path);
	for (int i = 0; i < count; i++) {
		if (is_state(entries[i]->d_name))
			strcpy(name, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
}

/* Without a link nothing was saved, unless there is a state. */
static void check_no_state(int directory)
{
	const char *path = saving.path;
	char name[STATE_NAME_SIZE];

	find_state(directory, name);
	if (*name)
		unexpected_error("%s/" CURRENT_STATE ": the link to the saved state is missing; "
				 "if it was lost, run 'ln -s %s %s/" CURRENT_STATE "'; "
				 "if the first save was killed, remove %s/%s",
				 path, name, path, path, name);
}

int open_current_state(const char *directory)
{
	int fd = lock_directory(directory, LOCK_SH), error, state;
	char name[STATE_NAME_SIZE];

	saving.path = directory;
	error = read_link(fd, name);
	if (error == -ENOENT) {
		check_no_state(fd);
		return -1;
	}
	if (error == -EINVAL)
		unexpected_error("%s/" CURRENT_STATE ": not a link to a saved state", directory);
	if (error)
		system_error("%s/" CURRENT_STATE ": %s", directory, strerror(-error));
	state = open_directory(fd, name);
	if (state < 0)
		unexpected_error("%s/%s: %s", directory, name, strerror(errno));
	return state;
}
