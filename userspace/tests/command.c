// SPDX-License-Identifier: GPL-2.0
/*
 * Running the bucketmap command.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "command.h"

struct command_result result;

static const void *next_input = "";
static size_t next_input_size;
static int next_output = -1;
static size_t next_memory;
static void (*next_preparation)(void);
static unsigned long next_namespaces;

void set_input(const void *text, size_t size)
{
	next_input = text;
	next_input_size = size;
}

void set_output(int fd)
{
	next_output = fd;
}

void set_memory(size_t size)
{
	next_memory = size;
}

void set_preparation(void (*prepare)(void))
{
	next_preparation = prepare;
}

void set_process_1(void)
{
	next_namespaces = CLONE_NEWPID;
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

const char *command_path(void)
{
	const char *path = getenv("BUCKETMAP_COMMAND");

	return path ? path : "bucketmap";
}

static __attribute__((noreturn)) void exec_command(const char *const argv[],
						   int in, int out, int err)
{
	const struct rlimit memory = { .rlim_cur = next_memory, .rlim_max = next_memory };

	if (next_memory)
		setrlimit(RLIMIT_AS, &memory);
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	if (next_preparation)
		next_preparation();
	execvp(command_path(), (char *const *)argv);
	perror(command_path());
	_exit(127);
}

static int exit_status(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
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
	result.status = exit_status(status);
	close(in);
	read_back(out, result.out, sizeof(result.out));
	read_back(err, result.err, sizeof(result.err));
	set_input("", 0);
	set_output(-1);
	set_memory(0);
	set_preparation(NULL);
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

pid_t start_with(int in, int out, int err, const char *const argv[])
{
	pid_t child = (pid_t)syscall(SYS_clone, next_namespaces | SIGCHLD, 0, 0, 0, 0);

	if (!child)
		exec_command(argv, in, out, err);
	next_namespaces = 0;
	set_preparation(NULL);
	assert_true(child >= 0);
	return child;
}

struct background start_command(const char *const argv[])
{
	struct background background;
	int in[2], out[2];

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	background.pid = start_with(in[0], out[1], out[1], argv);
	close(in[0]);
	close(out[1]);
	background.in = in[1];
	background.out = fdopen(out[0], "r");
	assert_non_null(background.out);
	return background;
}

const char *next_line(struct background *background)
{
	static char line[4096];

	if (!fgets(line, sizeof(line), background->out))
		return "";
	line[strcspn(line, "\n")] = '\0';
	return line;
}

/* As /proc/PID/syscall tells: "running", or the number of a system call first. */
static int is_waiting(pid_t pid)
{
	static const int waits[] = {
		SYS_ioctl, SYS_poll, SYS_ppoll, SYS_read, SYS_write, SYS_openat,
		SYS_clock_nanosleep,
	};
	char path[64], line[256] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/syscall", (int)pid);
	file = fopen(path, "re");
	assert_non_null(file);
	if (!fgets(line, sizeof(line), file))
		line[0] = '\0';
	fclose(file);
	for (size_t i = 0; i < ARRAY_SIZE(waits); i++) {
		char *end;

		if (strtol(line, &end, 10) == waits[i] && end != line && *end == ' ')
			return 1;
	}
	return 0;
}

/* Twice in a row, for it may have been held up on its way. It must not end before that. */
void until_process_waits(pid_t pid)
{
	siginfo_t ended = { 0 };

	for (int seen = 0; seen < 2; ) {
		usleep(20000);
		assert_int_equal(waitid(P_PID, pid, &ended, WEXITED | WNOHANG | WNOWAIT), 0);
		assert_int_equal(ended.si_pid, 0);
		seen = is_waiting(pid) ? seen + 1 : 0;
	}
}

void until_it_waits(const struct background *background)
{
	until_process_waits(background->pid);
}

int end_soon(pid_t pid)
{
	const __u64 deadline = time_now() + 10 * NSEC_PER_SEC;
	int status;

	while (!waitpid(pid, &status, WNOHANG)) {
		if (time_now() > deadline) {
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			return -1;
		}
		usleep(10000);
	}
	return exit_status(status);
}

int end_command(struct background *background, int signal)
{
	int status;

	if (signal)
		assert_int_equal(kill(background->pid, signal), 0);
	assert_int_equal(waitpid(background->pid, &status, 0), background->pid);
	fclose(background->out);
	close(background->in);
	return exit_status(status);
}
