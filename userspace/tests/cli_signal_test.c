// SPDX-License-Identifier: GPL-2.0
/*
 * A signal ends the tool soon, whatever it waits for or does, and however it
 * was started.
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "tool.h"

/* So many that their output does not fit into a pipe. */
#define ENTRIES		20000

static const char *map_name;
static char fifo[64];

static int make_map(void **state)
{
	struct bucketmap *map;

	if (require_device(state))
		return -1;
	map = named_map("signal", 4, 8);
	map_name = test_name("signal");
	for (int i = 0; i < ENTRIES; i++) {
		if (bucketmap_add(map, &i, 0, 1, NULL))
			return -1;
	}
	bucketmap_close(map);
	snprintf(fifo, sizeof(fifo), "/tmp/bucketmap-fifo-%d", getpid());
	return mkfifo(fifo, 0600);
}

static int remove_map(void **state)
{
	return unlink(fifo) || unlink_test_maps(state);
}

/* Stands for the name of the map. */
static const char the_map[] = "";

/* Command lines that block: on an entry, a timer, input or output. */
static const char *const waiting[][8] = {
	{ "wait", the_map, "none" },
	{ "wait", the_map, "none", "-t", "600" },
	{ "watch", the_map, "none" },
	{ "watch", the_map, "-i", "600" },
	{ "watch", the_map, "-a" },
	{ "top", the_map, "-w", "-i", "600" },
	{ "top", the_map, "-n", "20000" },
	{ "stats", the_map, "-w", "-i", "600" },
	{ "-j", "stats", "-i", "600" },
	{ "count-words", the_map },
	{ "count-words", the_map, fifo },
	{ "load", the_map },
	{ "load", "--check-first", the_map },
	{ "load", the_map, fifo },
	{ "dump", the_map },
	{ "dump", the_map, fifo },
	{ "-j", "dump", the_map },
	{ "scan", the_map },
	{ "-j", "scan", the_map },
};

static struct tool_process start_waiting(const char *const words[8])
{
	const char *argv[16] = { "bucketmap" };
	struct tool_process process;

	for (size_t i = 0; i < 8; i++)
		argv[i + 1] = words[i] == the_map ? map_name : words[i];
	process = start_tool(argv);
	wait_until_blocked(&process);
	return process;
}

static void assert_signal_ends(struct tool_process *process, const char *const words[8])
{
	int status;

	assert_int_equal(kill(process->pid, SIGTERM), 0);
	status = wait_for_exit(process->pid);
	if (status == -1)
		print_error("# %s %s %s goes on\n", words[0], words[1], words[2] ? words[2] : "");
	assert_int_not_equal(status, -1);
	assert_int_not_equal(status, 0);
	fclose(process->out);
	close(process->in);
}

static void signal_ends_blocked_tool(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(waiting); i++) {
		struct tool_process process = start_waiting(waiting[i]);

		assert_signal_ends(&process, waiting[i]);
	}
}

/* The kernel discards signals that process 1 does not handle. */
static void signal_ends_process_1_of_a_container(void **state)
{
	(void)state;
	/* The debug kernels have no PID namespaces. */
	if (access("/proc/self/ns/pid", F_OK))
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(waiting); i++) {
		struct tool_process process;

		set_new_pid_namespace();
		process = start_waiting(waiting[i]);
		assert_signal_ends(&process, waiting[i]);
	}
}

static void block_signals(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
}

static void signal_ends_tool_started_with_signals_blocked(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(waiting); i++) {
		struct tool_process process;

		set_before_exec(block_signals);
		process = start_waiting(waiting[i]);
		assert_signal_ends(&process, waiting[i]);
	}
}

static void ignore_signals(void)
{
	signal(SIGTERM, SIG_IGN);
}

static void ignored_signal_stays_ignored(void **state)
{
	struct tool_process load;

	(void)state;
	set_before_exec(ignore_signals);
	load = start("load", map_name);
	wait_until_blocked(&load);
	assert_int_equal(kill(load.pid, SIGTERM), 0);
	wait_until_blocked(&load);
	assert_int_equal(end_tool(&load, SIGINT), 2);
}

/* The output to a terminal that accepts no more, as after Ctrl-S. */
static void signal_ends_view_on_stopped_terminal(void **state)
{
	const struct winsize size = { .ws_row = 20000, .ws_col = 80 };
	const char *const argv[] = { "bucketmap", "top", map_name, "-w", "-n", "20000", NULL };
	int master, slave;
	pid_t child;

	(void)state;
	/* On a test machine, devpts may not be mounted. */
	mkdir("/dev/pts", 0755);
	if (access("/dev/pts/ptmx", F_OK))
		assert_int_equal(mount("devpts", "/dev/pts", "devpts", 0, "ptmxmode=666"), 0);
	master = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(master >= 0);
	assert_int_equal(unlockpt(master), 0);
	slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(slave >= 0);
	assert_int_equal(ioctl(slave, TIOCSWINSZ, &size), 0);
	child = start_tool_on(slave, slave, slave, argv);
	wait_until_process_blocked(child);
	assert_int_equal(kill(child, SIGTERM), 0);
	assert_int_not_equal(wait_for_exit(child), -1);
	close(slave);
	close(master);
}

/* A subcommand may also finish before the signal arrives. */
static void signal_ends_busy_tool(void **state)
{
	static const char *const busy[][8] = {
		{ "resize", the_map, "4000000" },
		{ "clear", the_map },
		{ "create", "test.large", "-k", "8", "-v", "8", "-c", "4000000" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(busy); i++) {
		const char *argv[16] = { "bucketmap" };
		struct tool_process process;

		for (size_t j = 0; j < 8; j++)
			argv[j + 1] = busy[i][j] == the_map ? map_name : busy[i][j];
		process = start_tool(argv);
		usleep(20000);
		assert_int_equal(kill(process.pid, SIGTERM), 0);
		assert_int_not_equal(wait_for_exit(process.pid), -1);
		fclose(process.out);
		close(process.in);
	}
	bucketmap_unlink("test.large");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signal_ends_blocked_tool),
		cmocka_unit_test(signal_ends_process_1_of_a_container),
		cmocka_unit_test(signal_ends_tool_started_with_signals_blocked),
		cmocka_unit_test(ignored_signal_stays_ignored),
		cmocka_unit_test(signal_ends_view_on_stopped_terminal),
		cmocka_unit_test(signal_ends_busy_tool),
	};

	return cmocka_run_group_tests(tests, make_map, remove_map);
}
