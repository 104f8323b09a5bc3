// SPDX-License-Identifier: GPL-2.0
/*
 * save and restore that are killed, interrupted, or meet a full file system: the
 * directory has the old state or the new one, complete, and no map is half there.
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "tool.h"

#define MAPS	3

/* As many kills as this or more, evenly spread over the system calls of a save. */
#define KILLS	40

/* Enough entries to be ended in the middle, few enough for the file system. */
#define MANY	8000

/* A small file system, mounted on a directory of its own. */
static char directory[32];

static int mount_small(void **state)
{
	if (require_device(state))
		return -1;
	strcpy(directory, "/tmp/saved.XXXXXX");
	if (!mkdtemp(directory))
		return -1;
	return mount("tmpfs", directory, "tmpfs", 0, "size=512k,mode=700");
}

static int unmount_small(void **state)
{
	int failed = unlink_test_maps(state);

	return umount(directory) || rmdir(directory) || failed;
}

static const char *name_of(int map)
{
	char suffix[16];

	snprintf(suffix, sizeof(suffix), "map%d", map);
	return test_name(suffix);
}

/* Makes the maps anew. The entry 0 of each has the number of the generation. */
static void make_maps(__u64 generation)
{
	const __u32 key = 0;

	assert_ok(unlink_test_maps(NULL));
	for (int i = 0; i < MAPS; i++) {
		struct bucketmap_create config = {
			.size = sizeof(config), .key_size = sizeof(key),
			.value_size = sizeof(generation), .mode = 0600,
		};
		struct bucketmap *map;

		strcpy(config.name, name_of(i));
		assert_ok(bucketmap_create(&map, &config));
		assert_ok(bucketmap_store(map, &key, &generation, 0, 0));
		bucketmap_close(map);
	}
}

static void add_entries(__u32 count)
{
	struct bucketmap *map;
	__u64 value = 1;

	assert_ok(bucketmap_open(&map, name_of(0), 0));
	for (__u32 key = 1; key < count; key++)
		assert_ok(bucketmap_store(map, &key, &value, 0, 0));
	bucketmap_close(map);
}

static __u64 generation_of(int i)
{
	__u64 generation = 0;
	struct bucketmap *map;
	__u32 key = 0;

	assert_ok(bucketmap_open(&map, name_of(i), BUCKETMAP_OPEN_RDONLY));
	assert_ok(bucketmap_lookup(map, &key, &generation, 0, 0));
	bucketmap_close(map);
	return generation;
}

/*
 * Restores, and returns the generation, which all maps have. Maps that other test
 * programs have left exist already.
 */
static __u64 restored_generation(void)
{
	__u64 generation;

	assert_ok(unlink_test_maps(NULL));
	run("restore", directory);
	generation = generation_of(0);
	for (int i = 1; i < MAPS; i++)
		assert_int_equal(generation_of(i), generation);
	return generation;
}

/* The link and the state that it names, and no more. */
static void assert_nothing_is_left(void)
{
	assert_int_equal(names_in(directory), 2);
}

static void trace_me(void)
{
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

/*
 * Runs a save, and sends it a signal at its stop number @last before or after a
 * system call. Returns the number of stops until it ended or got the signal, and
 * sets @status.
 */
static int save_until(int last, int signal, int *status)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), stops = 0;
	pid_t child;

	set_before_exec(trace_me);
	child = start_tool_on(null, null, null,
			      (const char *const[]) { "bucketmap", "save", directory, NULL });
	close(null);
	while (waitpid(child, status, 0) == child && WIFSTOPPED(*status)) {
		if (stops++ < last) {
			assert_int_equal(ptrace(PTRACE_SYSCALL, child, NULL, NULL), 0);
			continue;
		}
		assert_ok(kill(child, signal));
		/* One that is killed is traced no more. */
		ptrace(PTRACE_DETACH, child, NULL, NULL);
	}
	return stops;
}

/* Runs one that no signal ends. Returns the number of its stops. */
static int stops_of_save(void)
{
	int status, stops = save_until(INT32_MAX, 0, &status);

	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	return stops;
}

/* Returns whether it was killed before it ended. */
static bool kill_save(int last)
{
	int status;

	save_until(last, SIGKILL, &status);
	return WIFSIGNALED(status);
}

static void a_save_that_is_killed_leaves_one_of_two_states(void **state)
{
	int last = 1, step, seen[2] = { 0 };
	__u64 generation = 1;

	(void)state;
	make_maps(generation);
	step = stops_of_save() / KILLS + 1;
	assert_int_equal(restored_generation(), generation);
	/* A save after one that was killed removes more, so it has more stops than the first. */
	for (bool killed = true; killed; last += step) {
		__u64 found;

		make_maps(generation + 1);
		killed = kill_save(last);
		found = restored_generation();
		assert_in_range(found, generation, generation + 1);
		seen[found - generation]++;
		generation = found;
	}
	assert_true(seen[0] && seen[1]);
	assert_int_equal(run("save", directory), 0);
	assert_nothing_is_left();
}

static void a_full_file_system_keeps_the_old_state(void **state)
{
	char message[128];

	(void)state;
	make_maps(1);
	assert_int_equal(run("save", directory), 0);
	make_maps(2);
	add_entries(100000);
	snprintf(message, sizeof(message), "save: %s: No space left on device", directory);
	assert_refuses(2, message, "save", directory);
	assert_nothing_is_left();
	assert_int_equal(restored_generation(), 1);
}

/* In the middle of its system calls a save writes the file of the large map. */
static void a_save_that_is_interrupted_removes_the_new_state(void **state)
{
	static const int signals[] = { SIGTERM, SIGINT };
	int middle, status;

	(void)state;
	make_maps(1);
	add_entries(MANY);
	assert_int_equal(run("save", directory), 0);
	middle = stops_of_save() / 2;
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		make_maps(2);
		add_entries(MANY);
		save_until(middle, signals[i], &status);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 2);
		assert_nothing_is_left();
		assert_int_equal(restored_generation(), 1);
	}
}

static bool first_map_exists(void)
{
	struct bucketmap *map;

	if (bucketmap_open(&map, name_of(0), BUCKETMAP_OPEN_RDONLY))
		return false;
	bucketmap_close(map);
	return true;
}

static int wait_for_stop(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, __WALL), pid);
	assert_true(WIFSTOPPED(status));
	return status;
}

/* Starts a restore, and returns the stopped process that has just created the large map. */
static pid_t stop_in_first_map(pid_t *tool)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	unsigned long child;

	set_before_exec(trace_me);
	*tool = start_tool_on(null, null, null,
			      (const char *const[]) { "bucketmap", "restore", directory, NULL });
	close(null);
	wait_for_stop(*tool);
	assert_ok(ptrace(PTRACE_SETOPTIONS, *tool, NULL, PTRACE_O_TRACEFORK));
	assert_ok(ptrace(PTRACE_CONT, *tool, NULL, NULL));
	assert_int_equal(wait_for_stop(*tool) >> 8, SIGTRAP | PTRACE_EVENT_FORK << 8);
	assert_ok(ptrace(PTRACE_GETEVENTMSG, *tool, NULL, &child));
	assert_ok(ptrace(PTRACE_DETACH, *tool, NULL, NULL));
	for (wait_for_stop(child); !first_map_exists(); wait_for_stop(child))
		assert_ok(ptrace(PTRACE_SYSCALL, child, NULL, NULL));
	return child;
}

/* Reads a line "NAME: value" of the status of a process. */
static __u64 status_of(pid_t pid, const char *name, int base)
{
	char path[32], line[256];
	__u64 value = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "re");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		if (!strncmp(line, name, strlen(name)))
			value = strtoull(line + strlen(name) + 1, NULL, base);
	}
	fclose(file);
	return value;
}

/* Sent by the tool, or by the kernel when the tool has ended. */
static void wait_until_signalled(pid_t pid)
{
	const __u64 deadline = bucketmap_deadline(PATIENCE);

	while (!(status_of(pid, "ShdPnd", 16) & 1U << (SIGTERM - 1))) {
		assert_true(time_now() < deadline);
		sleep_for(NSEC_PER_MSEC);
	}
}

/* The tool, by which a user or systemd knows the restore, ends last. */
static void a_restore_that_is_ended_has_removed_the_map(void **state)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP };

	(void)state;
	make_maps(1);
	assert_int_equal(run("save", directory), 0);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		pid_t tool, child;

		assert_ok(unlink_test_maps(NULL));
		child = stop_in_first_map(&tool);
		assert_ok(kill(tool, signals[i]));
		wait_until_signalled(child);
		assert_int_equal(status_of(child, "PPid", 10), tool);
		assert_ok(ptrace(PTRACE_DETACH, child, NULL, NULL));
		assert_int_equal(wait_for_exit(tool), 128 + signals[i]);
		assert_false(first_map_exists());
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(a_save_that_is_killed_leaves_one_of_two_states),
		device_test(a_full_file_system_keeps_the_old_state),
		device_test(a_save_that_is_interrupted_removes_the_new_state),
		device_test(a_restore_that_is_ended_has_removed_the_map),
	};

	return cmocka_run_group_tests(tests, mount_small, unmount_small);
}
