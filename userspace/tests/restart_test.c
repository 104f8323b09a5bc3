// SPDX-License-Identifier: GPL-2.0
/*
 * Interruptions after which the kernel must restart a call: signals whose handler
 * has SA_RESTART, and stopping or freezing the process. The call completes, nothing
 * is lost and nothing is done twice. These tests call the kernel without the library,
 * which would restart the calls itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "abi.h"

#define MANY		300000
#define PERIOD		500	/* microseconds */
#define TRIES		100

/* Keys from 0 on, the arrays of a batch over them, and a flag that a child is about to call. */
struct entries {
	struct bucketmap *map;
	__u64 *keys;
	__u64 *values;
	__u64 *previous;
	__s32 *results;
	atomic_int *started;
};

static struct entries *new_entries(void)
{
	struct entries *entries = malloc(sizeof(*entries));

	assert_non_null(entries);
	*entries = (struct entries) {
		.map = unnamed_map(8, 8),
		.keys = shared_memory(MANY * sizeof(__u64)),
		.values = shared_memory(MANY * sizeof(__u64)),
		.previous = shared_memory(MANY * sizeof(__u64)),
		.results = shared_memory(MANY * sizeof(__s32)),
		.started = shared_memory(sizeof(atomic_int)),
	};
	for (__u64 i = 0; i < MANY; i++) {
		entries->keys[i] = i;
		entries->values[i] = 1;
	}
	return entries;
}

static void free_entries(struct entries *entries)
{
	munmap(entries->keys, MANY * sizeof(__u64));
	munmap(entries->values, MANY * sizeof(__u64));
	munmap(entries->previous, MANY * sizeof(__u64));
	munmap(entries->results, MANY * sizeof(__s32));
	munmap(entries->started, sizeof(atomic_int));
	bucketmap_close(entries->map);
	free(entries);
}

static int call(struct entries *entries, unsigned long number, void *argument)
{
	return raw_ioctl(bucketmap_fd(entries->map), number, argument);
}

static void empty(struct entries *entries)
{
	struct bucketmap_cursor cursor = { 0 };

	assert_ok(bucketmap_clear(entries->map, &cursor, 0));
	for (size_t i = 0; i < MANY; i++) {
		entries->previous[i] = ~0ULL;
		entries->results[i] = 1;
	}
}

static struct bucketmap_batch additions(const struct entries *entries)
{
	return (struct bucketmap_batch) {
		.size = sizeof(struct bucketmap_batch),
		.operation = BUCKETMAP_ADD,
		.keys = abi_pointer(entries->keys),
		.values = abi_pointer(entries->values),
		.previous = abi_pointer(entries->previous),
		.results = abi_pointer(entries->results),
		.count = MANY,
	};
}

/* Whether each addition took effect exactly once. */
static int all_were_added(struct entries *entries)
{
	for (size_t i = 0; i < MANY; i++)
		if (entries->results[i] || entries->previous[i])
			return 0;
	return 1;
}

static int add_all(struct entries *entries)
{
	struct bucketmap_batch batch = additions(entries), expected = batch;
	int ret = call(entries, BUCKETMAP_IOC_BATCH, &batch);

	expected.done = MANY;
	return ret ? ret : memcmp(&batch, &expected, sizeof(batch));
}

static int clear_all(struct entries *entries)
{
	struct bucketmap_clear clear = { .size = sizeof(clear) };
	int ret = call(entries, BUCKETMAP_IOC_CLEAR, &clear);

	return ret ? ret : clear.flags != BUCKETMAP_SCAN_END;
}

static int resize(struct entries *entries, __u64 capacity)
{
	struct bucketmap_resize argument = { .size = sizeof(argument), .capacity = capacity };

	return call(entries, BUCKETMAP_IOC_RESIZE, &argument);
}

static int wait_for_key(struct entries *entries)
{
	struct bucketmap_wait argument = {
		.size = sizeof(argument),
		.flags = BUCKETMAP_WAIT_ABSENT,
		.key = abi_pointer(entries->keys),
	};

	return call(entries, BUCKETMAP_IOC_WAIT, &argument);
}

static int grow(struct entries *entries)
{
	return resize(entries, 8 * MANY);
}

/* Repeats the call until signals arrive during it, and returns their number; 0 if none ever did. */
static int signals_during(struct entries *entries, int (*run)(struct entries *entries),
			  void (*prepare)(struct entries *entries))
{
	for (int i = 0; i < TRIES; i++) {
		int before, ret;

		prepare(entries);
		before = signals_handled;
		restart_every(PERIOD);
		ret = run(entries);
		restart_every(0);
		assert_ok(ret);
		if (signals_handled > before)
			return signals_handled - before;
	}
	return 0;
}

static void fill(struct entries *entries)
{
	empty(entries);
	assert_ok(add_all(entries));
}

static void shrink(struct entries *entries)
{
	assert_ok(resize(entries, 0));
}

static void restarted_batch_processes_each_entry_once(void **state)
{
	struct entries *entries = new_entries();

	(void)state;
	assert_true(signals_during(entries, add_all, empty) > 0);
	assert_true(all_were_added(entries));
	assert_int_equal(entry_count(entries->map), MANY);
	free_entries(entries);
}

static void restarted_clear_removes_all_entries(void **state)
{
	struct entries *entries = new_entries();

	(void)state;
	assert_true(signals_during(entries, clear_all, fill) > 0);
	assert_int_equal(entry_count(entries->map), 0);
	free_entries(entries);
}

static void restarted_resize_reserves_the_capacity(void **state)
{
	struct entries *entries = new_entries();
	struct bucketmap_info info = { .size = sizeof(info) };

	(void)state;
	fill(entries);
	assert_true(signals_during(entries, grow, shrink) > 0);
	assert_ok(bucketmap_info(entries->map, &info));
	assert_int_equal(info.capacity, 8 * MANY);
	free_entries(entries);
}

static void note_signal(int signal)
{
	(void)signal;
	signals_handled++;
}

static void wait_with_a_handler(void *context)
{
	const struct sigaction restarting = { .sa_handler = note_signal, .sa_flags = SA_RESTART };
	struct entries *entries = context;

	child_check(!sigaction(SIGUSR2, &restarting, NULL));
	*entries->started = 1;
	child_check(wait_for_key(entries) == 0);
	child_check(signals_handled > 0);
}

static void sleep_until_started(struct entries *entries)
{
	while (!*entries->started)
		sleep_for(NSEC_PER_MSEC);
	sleep_for(20 * NSEC_PER_MSEC);
}

static void restarted_wait_lasts_until_the_key_exists(void **state)
{
	struct entries *entries = new_entries();
	pid_t child = start_child(wait_with_a_handler, entries);

	(void)state;
	sleep_until_started(entries);
	for (int i = 0; i < 10; i++) {
		assert_ok(kill(child, SIGUSR2));
		sleep_for(5 * NSEC_PER_MSEC);
		assert_int_equal(waitpid(child, NULL, WNOHANG), 0);
	}
	assert_ok(bucketmap_store(entries->map, entries->keys, entries->values, 0, 0));
	wait_for_success(child);
	free_entries(entries);
}

/* Calls in a child, which the test stops or freezes. */
static void add_in_child(void *context)
{
	struct entries *entries = context;

	*entries->started = 1;
	child_check(add_all(entries) == 0);
}

static void clear_in_child(void *context)
{
	struct entries *entries = context;

	*entries->started = 1;
	child_check(clear_all(entries) == 0);
}

static void resize_in_child(void *context)
{
	struct entries *entries = context;

	*entries->started = 1;
	child_check(grow(entries) == 0);
}

static void wait_in_child(void *context)
{
	struct entries *entries = context;

	*entries->started = 1;
	child_check(wait_for_key(entries) == 0);
}

/* Returns whether the child is still running. */
static int stop_and_continue(pid_t child, int *status)
{
	assert_ok(kill(child, SIGSTOP));
	assert_int_equal(waitpid(child, status, WUNTRACED), child);
	if (!WIFSTOPPED(*status))
		return 0;
	assert_ok(kill(child, SIGCONT));
	return 1;
}

/* Stops and continues the child up to @times times, and checks that it succeeds. */
static void stop_repeatedly(struct entries *entries, void (*work)(void *context), int times,
			    void (*finish)(struct entries *entries))
{
	pid_t child;
	int status;

	*entries->started = 0;
	child = start_child(work, entries);
	while (!*entries->started)
		sleep_for(NSEC_PER_MSEC / 10);
	while (times-- && stop_and_continue(child, &status))
		sleep_for(NSEC_PER_MSEC);
	if (times < 0) {
		if (finish)
			finish(entries);
		assert_int_equal(waitpid(child, &status, 0), child);
	}
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void store_first(struct entries *entries)
{
	assert_ok(bucketmap_store(entries->map, entries->keys, entries->values, 0, 0));
}

static void calls_complete_if_the_process_is_stopped(void **state)
{
	struct entries *entries = new_entries();
	struct bucketmap_info info = { .size = sizeof(info) };

	(void)state;
	stop_repeatedly(entries, wait_in_child, 10, store_first);
	empty(entries);
	stop_repeatedly(entries, add_in_child, 1000, NULL);
	assert_true(all_were_added(entries));
	assert_int_equal(entry_count(entries->map), MANY);
	stop_repeatedly(entries, resize_in_child, 1000, NULL);
	assert_ok(bucketmap_info(entries->map, &info));
	assert_int_equal(info.capacity, 8 * MANY);
	stop_repeatedly(entries, clear_in_child, 1000, NULL);
	assert_int_equal(entry_count(entries->map), 0);
	free_entries(entries);
}

/* A cgroup whose only process, a child, is frozen. */

static char group[64];

static int write_to(const char *file, const char *text)
{
	char path[128];
	int fd;
	ssize_t written;

	snprintf(path, sizeof(path), "%s/%s", group, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	written = write(fd, text, strlen(text));
	close(fd);
	return written == (ssize_t)strlen(text) ? 0 : -1;
}

static int is_frozen(void)
{
	char path[128], line[64];
	int frozen = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/cgroup.events", group);
	file = fopen(path, "re");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		frozen |= !strcmp(line, "frozen 1\n");
	fclose(file);
	return frozen;
}

static void freeze_and_thaw(void)
{
	assert_ok(write_to("cgroup.freeze", "1"));
	while (!is_frozen())
		sleep_for(NSEC_PER_MSEC);
	assert_ok(write_to("cgroup.freeze", "0"));
}

static void enter_group(void)
{
	child_check(!write_to("cgroup.procs", "0"));
}

static void wait_in_group(void *context)
{
	enter_group();
	wait_in_child(context);
}

static void add_in_group(void *context)
{
	enter_group();
	add_in_child(context);
}

static void freeze_repeatedly(struct entries *entries, void (*work)(void *context),
			      void (*finish)(struct entries *entries))
{
	pid_t child;

	*entries->started = 0;
	child = start_child(work, entries);
	while (!*entries->started)
		sleep_for(NSEC_PER_MSEC);
	for (int i = 0; i < 20; i++) {
		freeze_and_thaw();
		sleep_for(NSEC_PER_MSEC);
	}
	if (finish)
		finish(entries);
	wait_for_success(child);
}

static void calls_complete_if_the_process_is_frozen(void **state)
{
	char mount_point[] = "/tmp/cgroup.XXXXXX";
	struct entries *entries;

	(void)state;
	assert_non_null(mkdtemp(mount_point));
	if (mount("cgroup2", mount_point, "cgroup2", 0, NULL)) {
		rmdir(mount_point);
		skip();
	}
	snprintf(group, sizeof(group), "%s/restart.%d", mount_point, getpid());
	assert_ok(mkdir(group, 0700));
	entries = new_entries();
	freeze_repeatedly(entries, wait_in_group, store_first);
	empty(entries);
	freeze_repeatedly(entries, add_in_group, NULL);
	assert_true(all_were_added(entries));
	assert_int_equal(entry_count(entries->map), MANY);
	free_entries(entries);
	assert_ok(rmdir(group));
	assert_ok(umount(mount_point));
	rmdir(mount_point);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		abi_test(restarted_batch_processes_each_entry_once),
		abi_test(restarted_clear_removes_all_entries),
		abi_test(restarted_resize_reserves_the_capacity),
		abi_test(restarted_wait_lasts_until_the_key_exists),
		abi_test(calls_complete_if_the_process_is_stopped),
		abi_test(calls_complete_if_the_process_is_frozen),
	};

	return run_device_tests(tests);
}
