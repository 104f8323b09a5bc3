// SPDX-License-Identifier: GPL-2.0
/*
 * Signals that nobody wants to be interrupted by: with SA_RESTART, and without
 * a handler when a process is stopped or frozen. The call goes on by itself,
 * with nothing lost and nothing done twice. No library is between these tests
 * and the kernel: it would go on as well.
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
#define OFTEN		500	/* microseconds */
#define TRIES		100

/* Keys that count from 0, what is known of them, and whether a child is in its call. */
struct entries {
	struct bucketmap *map;
	__u64 *keys;
	__u64 *values;
	__u64 *previous;
	__s32 *results;
	atomic_int *begun;
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
		.begun = shared_memory(sizeof(atomic_int)),
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
	munmap(entries->begun, sizeof(atomic_int));
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

/* Each of them once. */
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

static int reserve(struct entries *entries)
{
	return resize(entries, 8 * MANY);
}

/* Calls until signals have come while a call ran, and returns how many there were. */
static int disturbed(struct entries *entries, int (*run)(struct entries *entries),
		     void (*prepare)(struct entries *entries))
{
	for (int i = 0; i < TRIES; i++) {
		int before, ret;

		prepare(entries);
		before = signals_handled;
		restart_every(OFTEN);
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

static void a_batch_is_restarted_and_does_each_entry_once(void **state)
{
	struct entries *entries = new_entries();

	(void)state;
	assert_true(disturbed(entries, add_all, empty) > 0);
	assert_true(all_were_added(entries));
	assert_int_equal(entry_count(entries->map), MANY);
	free_entries(entries);
}

static void a_clear_is_restarted_and_goes_to_its_end(void **state)
{
	struct entries *entries = new_entries();

	(void)state;
	assert_true(disturbed(entries, clear_all, fill) > 0);
	assert_int_equal(entry_count(entries->map), 0);
	free_entries(entries);
}

static void a_resize_is_restarted_and_reserves_all(void **state)
{
	struct entries *entries = new_entries();
	struct bucketmap_info info = { .size = sizeof(info) };

	(void)state;
	fill(entries);
	assert_true(disturbed(entries, reserve, shrink) > 0);
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
	*entries->begun = 1;
	child_check(wait_for_key(entries) == 0);
	child_check(signals_handled > 0);
}

static void sleep_until_begun(struct entries *entries)
{
	while (!*entries->begun)
		sleep_for(NSEC_PER_MSEC);
	sleep_for(20 * NSEC_PER_MSEC);
}

static void a_wait_is_restarted_until_the_key_is_there(void **state)
{
	struct entries *entries = new_entries();
	pid_t child = start_child(wait_with_a_handler, entries);

	(void)state;
	sleep_until_begun(entries);
	for (int i = 0; i < 10; i++) {
		assert_ok(kill(child, SIGUSR2));
		sleep_for(5 * NSEC_PER_MSEC);
		assert_int_equal(waitpid(child, NULL, WNOHANG), 0);
	}
	assert_ok(bucketmap_store(entries->map, entries->keys, entries->values, 0, 0));
	wait_for_success(child);
	free_entries(entries);
}

/* What a child does that is stopped meanwhile. */
static void add_undisturbed(void *context)
{
	struct entries *entries = context;

	*entries->begun = 1;
	child_check(add_all(entries) == 0);
}

static void clear_undisturbed(void *context)
{
	struct entries *entries = context;

	*entries->begun = 1;
	child_check(clear_all(entries) == 0);
}

static void pool_undisturbed(void *context)
{
	struct entries *entries = context;

	*entries->begun = 1;
	child_check(reserve(entries) == 0);
}

static void wait_undisturbed(void *context)
{
	struct entries *entries = context;

	*entries->begun = 1;
	child_check(wait_for_key(entries) == 0);
}

/* Returns whether the child is still there. */
static int stop_and_continue(pid_t child, int *status)
{
	assert_ok(kill(child, SIGSTOP));
	assert_int_equal(waitpid(child, status, WUNTRACED), child);
	if (!WIFSTOPPED(*status))
		return 0;
	assert_ok(kill(child, SIGCONT));
	return 1;
}

/* Stops the child again and again, at most so many times, and sees it succeed. */
static void disturb(struct entries *entries, void (*work)(void *context), int times,
		    void (*finish)(struct entries *entries))
{
	pid_t child;
	int status;

	*entries->begun = 0;
	child = start_child(work, entries);
	while (!*entries->begun)
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

static void make_first(struct entries *entries)
{
	assert_ok(bucketmap_store(entries->map, entries->keys, entries->values, 0, 0));
}

static void nothing_is_lost_when_a_process_is_stopped(void **state)
{
	struct entries *entries = new_entries();
	struct bucketmap_info info = { .size = sizeof(info) };

	(void)state;
	disturb(entries, wait_undisturbed, 10, make_first);
	empty(entries);
	disturb(entries, add_undisturbed, 1000, NULL);
	assert_true(all_were_added(entries));
	assert_int_equal(entry_count(entries->map), MANY);
	disturb(entries, pool_undisturbed, 1000, NULL);
	assert_ok(bucketmap_info(entries->map, &info));
	assert_int_equal(info.capacity, 8 * MANY);
	disturb(entries, clear_undisturbed, 1000, NULL);
	assert_int_equal(entry_count(entries->map), 0);
	free_entries(entries);
}

/* Cgroups: a group with a child in it that is frozen. */

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
	wait_undisturbed(context);
}

static void add_in_group(void *context)
{
	enter_group();
	add_undisturbed(context);
}

static void freeze_often(struct entries *entries, void (*work)(void *context),
			 void (*finish)(struct entries *entries))
{
	pid_t child;

	*entries->begun = 0;
	child = start_child(work, entries);
	while (!*entries->begun)
		sleep_for(NSEC_PER_MSEC);
	for (int i = 0; i < 20; i++) {
		freeze_and_thaw();
		sleep_for(NSEC_PER_MSEC);
	}
	if (finish)
		finish(entries);
	wait_for_success(child);
}

static void nothing_is_lost_when_a_process_is_frozen(void **state)
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
	freeze_often(entries, wait_in_group, make_first);
	empty(entries);
	freeze_often(entries, add_in_group, NULL);
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
		abi_test(a_batch_is_restarted_and_does_each_entry_once),
		abi_test(a_clear_is_restarted_and_goes_to_its_end),
		abi_test(a_resize_is_restarted_and_reserves_all),
		abi_test(a_wait_is_restarted_until_the_key_is_there),
		abi_test(nothing_is_lost_when_a_process_is_stopped),
		abi_test(nothing_is_lost_when_a_process_is_frozen),
	};

	return run_device_tests(tests);
}
