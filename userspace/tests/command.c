// SPDX-License-Identifier: GPL-2.0
/*
 * Running the bucketmap command.
 */
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "command.h"

struct command_result result;

static const void *next_input = "";
static size_t next_input_size;
static int next_output = -1;

void set_input(const void *text, size_t size)
{
	next_input = text;
	next_input_size = size;
}

void set_output(int fd)
{
	next_output = fd;
}

/* Files in memory, as pipes would need somebody to drain them. */
static int memory_file(const char *name, const void *content, size_t size)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, content, size, 0), size);
	return fd;
}

static void read_back(int fd, char *text, size_t room)
{
	ssize_t size = pread(fd, text, room - 1, 0);

	assert_in_range(size, 0, room - 2);
	text[size] = '\0';
	close(fd);
}

static __attribute__((noreturn)) void exec_command(const char *const argv[],
						   int in, int out, int err)
{
	const char *path = getenv("BUCKETMAP_COMMAND");

	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	execvp(path ? path : "bucketmap", (char *const *)argv);
	perror(path);
	_exit(127);
}

int run_command(const char *const argv[])
{
	int in = memory_file("input", next_input, next_input_size);
	int out = memory_file("output", "", 0);
	int err = memory_file("errors", "", 0);
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (!child)
		exec_command(argv, in, next_output >= 0 ? next_output : out, err);
	assert_int_equal(waitpid(child, &status, 0), child);
	result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	close(in);
	read_back(out, result.out, sizeof(result.out));
	read_back(err, result.err, sizeof(result.err));
	set_input("", 0);
	set_output(-1);
	return result.status;
}

void assert_printed(const char *output)
{
	assert_string_equal(result.err, "");
	assert_string_equal(result.out, output);
	assert_int_equal(result.status, 0);
}

void assert_refused(int status, const char *message)
{
	char line[sizeof(result.err)];

	snprintf(line, sizeof(line), "bucketmap: %s\n", message);
	assert_string_equal(result.err, line);
	assert_string_equal(result.out, "");
	assert_int_equal(result.status, status);
}
