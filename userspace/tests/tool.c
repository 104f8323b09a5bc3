// SPDX-License-Identifier: GPL-2.0
/*
 * Runs the bucketmap tool.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "tool.h"

struct tool_result result;

static const void *next_input = "";
static size_t next_input_size;
static int next_output = -1;
static size_t next_memory_limit;
static void (*next_before_exec)(void);
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

void set_memory_limit(size_t size)
{
	next_memory_limit = size;
}

void set_before_exec(void (*prepare)(void))
{
	next_before_exec = prepare;
}

void set_new_pid_namespace(void)
{
	next_namespaces = CLONE_NEWPID;
}

/* Files in memory: pipes would have to be drained meanwhile. */
static int memory_file(const char *name, const void *content, size_t size)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, content, size, 0), size);
	return fd;
}

static void read_back(int fd, char *text, size_t capacity)
{
	ssize_t size = pread(fd, text, capacity - 1, 0);

	assert_in_range(size, 0, capacity - 2);
	text[size] = '\0';
	close(fd);
}

const char *tool_path(void)
{
	const char *path = getenv("BUCKETMAP_TOOL");

	return path ? path : "bucketmap";
}

static __attribute__((noreturn)) void exec_tool(const char *const argv[],
						int in, int out, int err)
{
	const struct rlimit memory = {
		.rlim_cur = next_memory_limit, .rlim_max = next_memory_limit,
	};

	if (next_memory_limit)
		setrlimit(RLIMIT_AS, &memory);
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	if (next_before_exec)
		next_before_exec();
	execvp(tool_path(), (char *const *)argv);
	perror(tool_path());
	_exit(127);
}

static int exit_status(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int run_tool(const char *const argv[])
{
	int in = memory_file("input", next_input, next_input_size);
	int out = memory_file("output", "", 0);
	int err = memory_file("errors", "", 0);
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (!child)
		exec_tool(argv, in, next_output >= 0 ? next_output : out, err);
	assert_int_equal(waitpid(child, &status, 0), child);
	result.status = exit_status(status);
	close(in);
	read_back(out, result.out, sizeof(result.out));
	read_back(err, result.err, sizeof(result.err));
	set_input("", 0);
	set_output(-1);
	set_memory_limit(0);
	set_before_exec(NULL);
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

pid_t start_tool_on(int in, int out, int err, const char *const argv[])
{
	pid_t child = (pid_t)syscall(SYS_clone, next_namespaces | SIGCHLD, 0, 0, 0, 0);

	if (!child)
		exec_tool(argv, in, out, err);
	next_namespaces = 0;
	set_before_exec(NULL);
	assert_true(child >= 0);
	return child;
}

struct tool_process start_tool(const char *const argv[])
{
	struct tool_process process;
	int in[2], out[2];

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	process.pid = start_tool_on(in[0], out[1], out[1], argv);
	close(in[0]);
	close(out[1]);
	process.in = in[1];
	process.out = fdopen(out[0], "r");
	assert_non_null(process.out);
	return process;
}

const char *next_line(struct tool_process *process)
{
	static char line[4096];

	if (!fgets(line, sizeof(line), process->out))
		return "";
	line[strcspn(line, "\n")] = '\0';
	return line;
}

/* /proc/PID/syscall holds "running", or the number of a system call first. */
static int is_blocked(pid_t pid)
{
	static const int blocking[] = {
		SYS_ioctl, SYS_ppoll, SYS_read, SYS_write, SYS_openat,
		SYS_clock_nanosleep,
#ifdef SYS_poll		/* not on arm64 */
		SYS_poll,
#endif
	};
	char path[64], line[256] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/syscall", (int)pid);
	file = fopen(path, "re");
	assert_non_null(file);
	if (!fgets(line, sizeof(line), file))
		line[0] = '\0';
	fclose(file);
	for (size_t i = 0; i < ARRAY_SIZE(blocking); i++) {
		char *end;

		if (strtol(line, &end, 10) == blocking[i] && end != line && *end == ' ')
			return 1;
	}
	return 0;
}

/*
 * Seen twice in a row, as the process may only have been delayed on its way. It
 * must not exit before that.
 */
void wait_until_process_blocked(pid_t pid)
{
	siginfo_t ended = { 0 };

	for (int seen = 0; seen < 2; ) {
		usleep(20000);
		assert_int_equal(waitid(P_PID, pid, &ended, WEXITED | WNOHANG | WNOWAIT), 0);
		assert_int_equal(ended.si_pid, 0);
		seen = is_blocked(pid) ? seen + 1 : 0;
	}
}

void wait_until_blocked(const struct tool_process *process)
{
	wait_until_process_blocked(process->pid);
}

int wait_for_exit(pid_t pid)
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

int end_tool(struct tool_process *process, int signal)
{
	int status;

	if (signal)
		assert_int_equal(kill(process->pid, signal), 0);
	assert_int_equal(waitpid(process->pid, &status, 0), process->pid);
	fclose(process->out);
	close(process->in);
	return exit_status(status);
}
