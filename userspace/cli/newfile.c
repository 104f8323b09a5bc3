// SPDX-License-Identifier: GPL-2.0
/*
 * Output to a file that is replaced only when the output is complete.
 *
 * The new file is made in the directory of the old one, so that rename(2) can
 * replace it.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include "newfile.h"
#include "report.h"
#include "signals.h"

/* As many symbolic links as the kernel follows. */
#define MAX_LINKS	40

/**
 * struct new_file - a file that is being written
 * @path: path of the new file; NULL if there is none
 * @name: the file that it will replace, as the user calls it
 * @place: path of that file, with symbolic links resolved
 * @directory: descriptor of the directory of both
 */
struct new_file {
	char *_Atomic path;
	const char *name;
	char *place;
	int directory;
};

static struct new_file new_file;

/* Async-signal-safe. */
static void remove_new_file(void)
{
	if (new_file.path)
		unlink(new_file.path);
}

static __attribute__((noreturn)) void file_error(const char *file)
{
	system_error("%s: %s", file, strerror(errno));
}

static char *print_path(const char *directory, const char *name)
{
	char *path = NULL;

	if (asprintf(&path, "%s/%s", directory, name) < 0)
		system_error("out of memory");
	return path;
}

static char *copy_of(const char *text, size_t length)
{
	char *copy = strndup(text, length);

	if (!copy)
		system_error("out of memory");
	return copy;
}

static char *directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return copy_of(".", 1);
	return copy_of(path, slash == path ? 1 : slash - path);
}

static bool is_in_proc(const char *directory)
{
	struct statfs filesystem;

	return !statfs(directory, &filesystem) && filesystem.f_type == PROC_SUPER_MAGIC;
}

/*
 * Returns the path of a file, which need not exist, with symbolic links resolved.
 * NULL for a link of procfs such as /proc/self/fd/1, whose target need not have a
 * name.
 */
static char *follow_links(const char *file)
{
	char *path = copy_of(file, strlen(file));
	char link[PATH_MAX];

	for (int links = 0; links < MAX_LINKS; links++) {
		ssize_t length = readlink(path, link, sizeof(link) - 1);
		char *directory;

		if (length < 0)
			return path;
		link[length] = '\0';
		directory = directory_of(path);
		free(path);
		if (is_in_proc(directory)) {
			free(directory);
			return NULL;
		}
		path = *link == '/' ? copy_of(link, length) : print_path(directory, link);
		free(directory);
	}
	errno = ELOOP;
	file_error(file);
}

/* Whether standard output is already that file. */
static bool is_output(const char *file)
{
	struct stat output, other;

	return !fstat(STDOUT_FILENO, &output) && !stat(file, &other) &&
	       output.st_dev == other.st_dev && output.st_ino == other.st_ino;
}

static void print_to(int fd)
{
	if (fd == STDOUT_FILENO)
		return;
	if (dup2(fd, STDOUT_FILENO) < 0)
		file_error(new_file.name);
	close(fd);
}

static void write_in_place(const char *file)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		file_error(file);
	print_to(fd);
}

/* Gives the new file the owner and mode of the old one; if not possible, only the owner's bits. */
static void take_over_rights(int fd, const struct stat *old)
{
	mode_t mode = old->st_mode & 0777;
	struct stat new;

	if (fstat(fd, &new))
		file_error(new_file.name);
	if ((new.st_uid != old->st_uid || new.st_gid != old->st_gid) &&
	    fchown(fd, old->st_uid, old->st_gid))
		mode &= 0700;
	if (fchmod(fd, mode))
		file_error(new_file.name);
}

/* Keys may be as secret as the map, so only the user may read the file: mode 0600 of mkostemp(). */
static int make_new_file(const char *directory)
{
	char *path = print_path(directory, ".bucketmap-XXXXXX");
	int fd;

	hold_signals();
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		new_file.path = path;
	release_signals();
	if (fd < 0)
		system_error("%s: cannot create a new file in its directory: %s", new_file.name,
			     strerror(errno));
	return fd;
}

/* @old is the file to be replaced, or NULL if there is none. */
static void write_beside(const struct stat *old)
{
	char *directory = directory_of(new_file.place);
	int fd;

	new_file.directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (new_file.directory < 0)
		file_error(new_file.name);
	/* A file that is not writable could be replaced nevertheless. */
	if (old && faccessat(AT_FDCWD, new_file.place, W_OK, AT_EACCESS))
		file_error(new_file.name);
	atexit(remove_new_file);
	clean_up_on_signals(remove_new_file);
	fd = make_new_file(directory);
	if (old)
		take_over_rights(fd, old);
	print_to(fd);
	free(directory);
}

void begin_file(const char *file)
{
	struct stat old;
	bool exists;

	new_file.name = file;
	name_output(file);
	if (is_output(file))
		return;
	new_file.place = follow_links(file);
	exists = !stat(file, &old);
	if (!new_file.place || (exists && !S_ISREG(old.st_mode)))
		write_in_place(file);
	else
		write_beside(exists ? &old : NULL);
}

static void put_in_place(void)
{
	int failed;

	hold_signals();
	failed = rename(new_file.path, new_file.place);
	if (!failed)
		new_file.path = NULL;
	release_signals();
	if (failed)
		file_error(new_file.name);
}

void finish_file(void)
{
	flush_output();
	if (!new_file.path)
		return;
	if (fsync(STDOUT_FILENO))
		file_error(new_file.name);
	put_in_place();
	/* Some file systems do not support fsync() of directories. */
	if (fsync(new_file.directory) && errno != EINVAL)
		file_error(new_file.name);
	close(new_file.directory);
	free(new_file.place);
}
