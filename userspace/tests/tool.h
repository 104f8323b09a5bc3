/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Runs the bucketmap tool: the one that BUCKETMAP_TOOL in the environment
 * names, otherwise the one in PATH.
 */
#ifndef _BUCKETMAP_TESTS_TOOL_H
#define _BUCKETMAP_TESTS_TOOL_H

#include "support.h"

const char *tool_path(void);

/* The message about a map that has as many entries as it may have. */
#define FULL(max_entries) \
	"the map is full (max_entries=" #max_entries "); delete entries, or create it larger"

/* The result of the last run. Texts end with a zero byte. */
struct tool_result {
	int status;		/* exit code, or 128 plus the signal's number */
	char out[4 << 20];
	char err[4096];
};

extern struct tool_result result;

/* The next run's standard input; empty by default. */
void set_input(const void *text, size_t size);

/* The standard output of the next run, instead of result.out. The descriptor is not closed. */
void set_output(int fd);

/* The next run's limit of address space in bytes; unlimited by default. */
void set_memory_limit(size_t size);

/* A function that the next run or start calls in the new process, before exec; none by default. */
void set_before_exec(void (*prepare)(void));

/* Makes the next start process 1 of a PID namespace of its own, as in a container. */
void set_new_pid_namespace(void);

/* Runs the tool; @argv ends with NULL. Returns its status. */
int run_tool(const char *const argv[]);

/* The tool, running in the background. */
struct tool_process {
	pid_t pid;
	int in;			/* the write end of its standard input */
	FILE *out;		/* its standard output and error */
};

struct tool_process start_tool(const char *const argv[]);

/* The same with these as standard input, output and error, which are not closed. */
pid_t start_tool_on(int in, int out, int err, const char *const argv[]);

/* Its next line without the newline, or "" at the end of its output. Valid until the next call. */
const char *next_line(struct tool_process *process);

/* Waits until the tool is blocked in a system call. */
void wait_until_blocked(const struct tool_process *process);
void wait_until_process_blocked(pid_t pid);

/*
 * Waits for a process to exit. This takes well under a second; after ten, the
 * process is killed. Returns its status, or -1 if it was killed.
 */
int wait_for_exit(pid_t pid);

/* Waits for it to exit, after sending it a signal unless that is 0. Returns its status. */
int end_tool(struct tool_process *process, int signal);

#define start(...)	start_tool((const char *const[]) { "bucketmap", __VA_ARGS__, NULL })

#define run(...)	run_tool((const char *const[]) { "bucketmap", __VA_ARGS__, NULL })

/* The last run succeeded, with this output and nothing on stderr. */
void assert_printed(const char *output);

/*
 * The last run failed with @status, no output, and one line on stderr:
 * "bucketmap: " and @message.
 */
void assert_refused(int status, const char *message);

#define assert_prints(output, ...)				\
	do {							\
		run(__VA_ARGS__);				\
		assert_printed(output);				\
	} while (0)

#define assert_refuses(status, message, ...)			\
	do {							\
		run(__VA_ARGS__);				\
		assert_refused(status, message);		\
	} while (0)

#endif /* _BUCKETMAP_TESTS_TOOL_H */
