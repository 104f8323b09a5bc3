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
 * @name: name of the new state; empty if there is none, or it is current
 * @state: its descriptor
 */
static struct saving {
	const char *path;
	int directory;
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

/* Reads where the link leads. Returns whether that is a state. */
static bool read_link(int directory, char name[STATE_NAME_SIZE])
{
	ssize_t length = readlinkat(directory, CURRENT_STATE, name, STATE_NAME_SIZE);

	if (length != STATE_NAME_SIZE - 1)
		return false;
	name[length] = '\0';
	return is_state(name);
}

static void remove_if_old(int directory, const char *name)
{
	char current[STATE_NAME_SIZE];

	if (is_state(name) && !(read_link(directory, current) && !strcmp(name, current)))
		remove_state(directory, name);
}

static void remove_new_state(void)
{
	if (*saving.name)
		remove_state(saving.directory, saving.name);
}

void begin_state(const char *directory)
{
	char *path = NULL;

	saving.path = directory;
	make_directory(directory);
	saving.directory = lock_directory(directory, LOCK_EX);
	/* What a save that was killed has left may be what fills the file system. */
	each_name(saving.directory, remove_if_old);
	if (asprintf(&path, "%s/" STATE_PREFIX "XXXXXX", directory) < 0)
		system_error("out of memory");
	if (!mkdtemp(path))
		directory_error(directory);
	strcpy(saving.name, strrchr(path, '/') + 1);
	atexit(remove_new_state);
	free(path);
	saving.state = open_directory(saving.directory, saving.name);
	if (saving.state < 0)
		directory_error(directory);
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
	*saving.name = '\0';
	sync_directory(saving.directory, saving.path);
	each_name(saving.directory, remove_if_old);
	close(saving.state);
	close(saving.directory);
}

int open_current_state(const char *directory)
{
	int fd = lock_directory(directory, LOCK_SH), state;
	char name[STATE_NAME_SIZE];
	struct stat link;

	if (fstatat(fd, CURRENT_STATE, &link, AT_SYMLINK_NOFOLLOW) && errno == ENOENT)
		return -1;
	if (!read_link(fd, name))
		unexpected_error("%s/" CURRENT_STATE ": not a link to a saved state", directory);
	state = open_directory(fd, name);
	if (state < 0)
		unexpected_error("%s/%s: %s", directory, name, strerror(errno));
	return state;
}
