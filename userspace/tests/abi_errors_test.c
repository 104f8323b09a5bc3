// SPDX-License-Identifier: GPL-2.0
/*
 * Every error that the header of the ABI names is produced: the last test here
 * compares what the others got from the kernel with the header's own text.
 * That nothing else happens along with an error is shown in other files.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "abi.h"
#include "abi_errors.h"
#include "colliding.h"
#include "fail_nth.h"

static void errors_of_every_command(void **state)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	assert_true(null >= 0);
	for (const struct abi_command *command = abi_commands; command->name; command++) {
		struct abi_fixture *fixture = *state;
		struct abi_command misplaced = *command;
		int closed = dup(fixture->device);
		void *argument = abi_prepare(fixture, command);

		close(closed);
		assert_error(raw_ioctl(closed, command->number, argument), EBADF);
		assert_error(abi_call(fixture, command, NULL), EFAULT);
		*(__u32 *)argument = ~0U;
		assert_error(abi_call(fixture, command, argument), E2BIG);
		*(__u32 *)argument = 0;
		assert_error(abi_call(fixture, command, argument), EINVAL);
		misplaced.on_map = !command->on_map;
		if (abi_on_both_kinds(command))
			assert_error(raw_ioctl(null, command->number, argument), ENOTTY);
		else
			assert_error(abi_call(fixture, &misplaced, argument), ENOTTY);
	}
	close(null);
}

static struct bucketmap_create *taken_name(void **state)
{
	struct bucketmap_create *create = abi_prepare(*state, abi_command(BUCKETMAP_IOC_CREATE));

	strcpy(create->name, test_name("abi"));
	return create;
}

static void names(void **state)
{
	struct abi_fixture *fixture = *state;
	struct bucketmap_name name = { .size = sizeof(name), .name = "no such map" };

	assert_error(raw_ioctl(fixture->device, BUCKETMAP_IOC_CREATE, taken_name(state)), EEXIST);
	assert_error(raw_ioctl(fixture->device, BUCKETMAP_IOC_OPEN, &name), ENOENT);
	assert_error(raw_ioctl(fixture->device, BUCKETMAP_IOC_UNLINK, &name), ENOENT);
}

static void be_a_stranger(void *context)
{
	struct abi_fixture *fixture = context;
	struct bucketmap_name name = { .size = sizeof(name) };

	strcpy(name.name, test_name("abi"));
	child_check(!setresgid(3000, 3000, 3000));
	child_check(!setresuid(3000, 3000, 3000));
	child_check(raw_ioctl(fixture->device, BUCKETMAP_IOC_OPEN, &name) == -EACCES);
	child_check(raw_ioctl(fixture->device, BUCKETMAP_IOC_UNLINK, &name) == -EPERM);
}

static void rights(void **state)
{
	wait_for_success(start_child(be_a_stranger, *state));
}

static void no_descriptor_is_left_to_the_process(void **state)
{
	struct rlimit limit, none_free;

	assert_ok(getrlimit(RLIMIT_NOFILE, &limit));
	none_free = (struct rlimit) { .rlim_cur = 3, .rlim_max = limit.rlim_max };
	for (const struct abi_command *command = abi_commands; command->name; command++) {
		void *argument;
		int ret;

		if (!abi_makes_descriptor(command))
			continue;
		argument = abi_prepare(*state, command);
		assert_ok(setrlimit(RLIMIT_NOFILE, &none_free));
		ret = abi_call(*state, command, argument);
		assert_ok(setrlimit(RLIMIT_NOFILE, &limit));
		assert_int_equal(ret, -EMFILE);
	}
}

#define FILE_MAX	"/proc/sys/fs/file-max"
#define MAX_MAPS	"/sys/module/bucketmap/parameters/max_maps"
#define MAX_MAPS_PER_USER	"/sys/module/bucketmap/parameters/max_maps_per_user"
#define MAX_BYTES	"/sys/module/bucketmap/parameters/max_bytes"

/* Returns what the file held. */
static unsigned long long set_number(const char *path, unsigned long long number)
{
	FILE *file = fopen(path, "r+e");
	unsigned long long old;

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%llu", &old), 1);
	rewind(file);
	assert_true(fprintf(file, "%llu", number) > 0);
	assert_ok(fclose(file));
	return old;
}

/* Arguments for those who must not open anything any more. */
struct last_files {
	int device;
	int map;
	struct bucketmap_create create;
	struct bucketmap_name open;
	struct bucketmap_reopen reopen;
};

/* Root could have more files. */
static void want_a_file(void *context)
{
	struct last_files *last = context;

	child_check(!setresuid(3000, 3000, 3000));
	child_check(raw_ioctl(last->device, BUCKETMAP_IOC_CREATE, &last->create) == -ENFILE);
	child_check(raw_ioctl(last->device, BUCKETMAP_IOC_OPEN, &last->open) == -ENFILE);
	child_check(raw_ioctl(last->map, BUCKETMAP_IOC_REOPEN, &last->reopen) == -ENFILE);
}

static void no_descriptor_is_left_to_the_system(void **state)
{
	struct abi_fixture *fixture = *state;
	struct last_files last = { .device = fixture->device };
	struct bucketmap_create for_all = {
		.size = sizeof(for_all), .key_size = 8, .mode = 0666,
	};
	struct bucketmap *map;
	unsigned long long old;
	mode_t mask = umask(0);
	pid_t child;
	int status;

	strcpy(for_all.name, test_name("for all"));
	assert_ok(bucketmap_create(&map, &for_all));
	umask(mask);
	last.create = for_all;
	strcpy(last.create.name, test_name("another"));
	last.open.size = sizeof(last.open);
	strcpy(last.open.name, for_all.name);
	last.map = bucketmap_fd(map);
	last.reopen.size = sizeof(last.reopen);
	old = set_number(FILE_MAX, 0);
	child = start_child(want_a_file, &last);
	assert_int_equal(waitpid(child, &status, 0), child);
	set_number(FILE_MAX, old);
	assert_int_equal(status, 0);
	bucketmap_close(map);
}

static void no_map_is_left(void **state)
{
	void *argument = abi_prepare(*state, abi_command(BUCKETMAP_IOC_CREATE));
	unsigned long long old = set_number(MAX_MAPS, 1);
	int ret = abi_call(*state, abi_command(BUCKETMAP_IOC_CREATE), argument);

	set_number(MAX_MAPS, old);
	assert_int_equal(ret, -ENOSPC);
}

static void want_another_map(void *context)
{
	struct abi_fixture *fixture = context;
	struct bucketmap_create create = { .size = sizeof(create), .key_size = 8 };

	child_check(!setresuid(3000, 3000, 3000));
	child_check(raw_ioctl(fixture->device, BUCKETMAP_IOC_CREATE, &create) == -EDQUOT);
}

static void no_map_is_left_to_the_user(void **state)
{
	unsigned long long old = set_number(MAX_MAPS_PER_USER, 0);
	pid_t child = start_child(want_another_map, *state);
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	set_number(MAX_MAPS_PER_USER, old);
	assert_int_equal(status, 0);
}

static void capacities_that_no_memory_can_hold(void **state)
{
	struct bucketmap_create *create;
	struct bucketmap_resize *resize;

	create = abi_prepare(*state, abi_command(BUCKETMAP_IOC_CREATE));
	create->capacity = 1ULL << 60;
	assert_error(abi_call(*state, abi_command(BUCKETMAP_IOC_CREATE), create), ENOMEM);
	resize = abi_prepare(*state, abi_command(BUCKETMAP_IOC_RESIZE));
	resize->capacity = 1ULL << 60;
	assert_error(abi_call(*state, abi_command(BUCKETMAP_IOC_RESIZE), resize), ENOMEM);
}

static const int makers[] = {
	BUCKETMAP_STORE, BUCKETMAP_INSERT, BUCKETMAP_LOAD_OR_STORE, BUCKETMAP_SWAP, BUCKETMAP_ADD,
};

/* A new entry by @operation, in a map with keys and values of 8 bytes. */
static int make_entry(struct bucketmap *map, int operation, __u64 key)
{
	struct bucketmap_entry entry = {
		.size = sizeof(entry), .key = abi_pointer(&key), .value = abi_pointer(&key),
	};

	return raw_ioctl(bucketmap_fd(map), BUCKETMAP_IOC_OPERATION(operation), &entry);
}

/* Likewise, in a colliding_map(). */
static int make_colliding(struct bucketmap *map, int operation, __u64 seed, __u64 number)
{
	const struct colliding_key key = colliding_key(seed, 0, number);
	struct bucketmap_entry entry = {
		.size = sizeof(entry), .key = abi_pointer(&key), .value = abi_pointer(&number),
	};

	return raw_ioctl(bucketmap_fd(map), BUCKETMAP_IOC_OPERATION(operation), &entry);
}

static void keys_that_exist_or_do_not(void **state)
{
	struct bucketmap_entry *entry;

	for (int operation = 0; operation < OPERATIONS; operation++) {
		const struct abi_command *command = abi_command(BUCKETMAP_IOC_OPERATION(operation));

		if (!abi_operations[operation].needs_key)
			continue;
		entry = abi_prepare(*state, command);
		entry->key = abi_pointer("0123456789abcdef");
		assert_error(abi_call(*state, command, entry), ENOENT);
	}
	entry = abi_prepare(*state, abi_command(BUCKETMAP_IOC_STORE));
	assert_error(abi_call(*state, abi_command(BUCKETMAP_IOC_INSERT), entry), EEXIST);
}

static void values_other_than_expected(void **state)
{
	static const int comparing[] = { BUCKETMAP_COMPARE_AND_SWAP, BUCKETMAP_COMPARE_AND_DELETE };

	for (size_t i = 0; i < ARRAY_SIZE(comparing); i++) {
		const struct abi_command *command =
			abi_command(BUCKETMAP_IOC_OPERATION(comparing[i]));
		struct bucketmap_entry *entry = abi_prepare(*state, command);

		entry->expected = abi_pointer("xxxx");
		assert_error(abi_call(*state, command, entry), ECANCELED);
	}
}

static void maps_that_are_full(void **state)
{
	struct bucketmap *map = limited_map(8, 8, 1);

	(void)state;
	assert_ok(make_entry(map, BUCKETMAP_STORE, 0));
	for (size_t i = 0; i < ARRAY_SIZE(makers); i++)
		assert_error(make_entry(map, makers[i], 1), ENOSPC);
	bucketmap_close(map);
}

static void too_many_keys_that_collide(void **state)
{
	struct bucketmap_resize resize = { .size = sizeof(resize) };
	struct bucketmap_scan scan = { .size = sizeof(scan), .capacity = 1 };
	struct bucketmap *map;
	__u64 seed, number;
	int ret;

	(void)state;
	map = colliding_map(10000, &seed);
	for (number = 0; number < COLLIDING_MAX; number++)
		assert_ok(make_colliding(map, BUCKETMAP_STORE, seed, number));
	for (size_t i = 0; i < ARRAY_SIZE(makers); i++)
		assert_error(make_colliding(map, makers[i], seed, number), EMLINK);
	assert_error(raw_ioctl(bucketmap_fd(map), BUCKETMAP_IOC_RESIZE, &resize), EMLINK);
	scan.keys = abi_pointer(abi_cliff() - sizeof(struct colliding_key));
	do
		ret = raw_ioctl(bucketmap_fd(map), BUCKETMAP_IOC_SCAN, &scan);
	while (!ret && !scan.flags);
	assert_error(ret, ENOBUFS);
	bucketmap_close(map);
}

static void all_memory_that_the_module_may_take(void **state)
{
	struct bucketmap_limits limits = { .size = sizeof(limits) };
	struct bucketmap *map = unnamed_map(8, 8);
	unsigned long long old;
	__u64 key = 0;

	(void)state;
	assert_ok(bucketmap_limits(&limits));
	old = set_number(MAX_BYTES, limits.bytes);
	for (size_t i = 0; i < ARRAY_SIZE(makers); i++) {
		int ret;

		do
			ret = make_entry(map, makers[i], key++);
		while (!ret && key < 100000);
		assert_int_equal(ret, -ENOMEM);
	}
	set_number(MAX_BYTES, old);
	assert_ok(once_granted(make_entry(map, BUCKETMAP_STORE, key)));
	bucketmap_close(map);
}

static void stay_on_cpu(int number)
{
	const struct sched_param priority = { .sched_priority = 1 };
	cpu_set_t cpu;

	CPU_ZERO(&cpu);
	CPU_SET(number % sysconf(_SC_NPROCESSORS_ONLN), &cpu);
	child_check(!sched_setaffinity(0, sizeof(cpu), &cpu));
	child_check(!sched_setscheduler(0, SCHED_FIFO, &priority));
}

/* Nobody makes the map larger in time: both CPUs are taken by who is more important. */
static void take_the_second_cpu(void *context)
{
	(void)context;
	stay_on_cpu(1);
	for (;;)
		__asm__ volatile("");
}

/* With a signal every so often, one of them comes while an entry waits for a larger table. */
static void make_entries_until_interrupted(void *context)
{
	const int *operation = context;

	stay_on_cpu(0);
	interrupt_every(100);
	for (int i = 0; i < 1000; i++) {
		struct bucketmap *map = unnamed_map(8, 8);
		int ret = 0;

		for (__u64 key = 0; !ret && key < 3000; key++)
			ret = make_entry(map, *operation, key);
		bucketmap_close(map);
		if (ret == -EINTR)
			return;
		child_check(!ret);
	}
}

static void signals_while_an_entry_waits_for_a_larger_table(void **state)
{
	pid_t busy = start_child(take_the_second_cpu, NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(makers); i++)
		wait_for_success(start_child(make_entries_until_interrupted, (void *)&makers[i]));
	stop_child(busy);
}

#define MANY	100000

static struct bucketmap *large_map(void)
{
	struct bucketmap *map = unnamed_map(8, 8);

	for (__u64 key = 0; key < MANY; key++)
		assert_ok(bucketmap_store(map, &key, &key, 0, 0));
	return map;
}

static __u64 batch_keys[MANY], batch_previous[MANY];
static __s32 batch_results[MANY];

static struct bucketmap_batch large_batch(void)
{
	return (struct bucketmap_batch) {
		.size = sizeof(struct bucketmap_batch),
		.operation = BUCKETMAP_LOOKUP,
		.keys = abi_pointer(batch_keys),
		.previous = abi_pointer(batch_previous),
		.results = abi_pointer(batch_results),
		.count = MANY,
	};
}

/* Calls a long command until a signal comes while it runs. */
#define INTERRUPT(map, command, structure, ...)					\
	do {									\
		struct structure argument;					\
		int ret, tries = 0;						\
										\
		interrupt_every(100);						\
		do {								\
			argument = (struct structure)__VA_ARGS__;		\
			argument.size = sizeof(argument);			\
			ret = raw_ioctl(bucketmap_fd(map), BUCKETMAP_IOC_##command, &argument); \
		} while (!ret && ++tries < 1000);				\
		interrupt_every(0);						\
		assert_error(ret, EINTR);					\
	} while (0)

static void signals(void **state)
{
	struct bucketmap *map = large_map();
	__u64 key = 0;
	int large = 0;

	(void)state;
	INTERRUPT(map, BATCH, bucketmap_batch, large_batch());
	INTERRUPT(map, WAIT, bucketmap_wait,
		  { .key = abi_pointer(&key), .seen = abi_pointer(&key) });
	INTERRUPT(map, RESIZE, bucketmap_resize, { .capacity = (large = !large) ? 4 * MANY : 0 });
	INTERRUPT(map, CLEAR, bucketmap_clear, { 0 });
	bucketmap_close(map);
}

static void deadlines(void **state)
{
	struct bucketmap *map = large_map();
	struct bucketmap_clear clear = { .size = sizeof(clear), .deadline = 1 };
	struct bucketmap_resize resize = { .size = sizeof(resize), .deadline = 1 };
	struct bucketmap_batch batch = large_batch();
	__u64 key = 0;
	struct bucketmap_wait wait = {
		.size = sizeof(wait), .key = abi_pointer(&key), .seen = abi_pointer(&key),
		.deadline = 1,
	};

	(void)state;
	batch.deadline = 1;
	assert_error(raw_ioctl(bucketmap_fd(map), BUCKETMAP_IOC_BATCH, &batch), ETIME);
	assert_error(raw_ioctl(bucketmap_fd(map), BUCKETMAP_IOC_CLEAR, &clear), ETIME);
	resize.capacity = 4 * MANY;
	assert_error(raw_ioctl(bucketmap_fd(map), BUCKETMAP_IOC_RESIZE, &resize), ETIME);
	assert_error(raw_ioctl(bucketmap_fd(map), BUCKETMAP_IOC_WAIT, &wait), ETIME);
	bucketmap_close(map);
}

/* What the header promises. */
#define WAITERS_OF_A_KEY	1024

/* The thread that tries whether another one may wait takes a place for a moment. */
static void *wait_for_key(void *map)
{
	const __u64 key = ~0ULL;
	int ret;

	while ((ret = bucketmap_wait(map, &key, NULL, 0, 0,
				     bucketmap_deadline(PATIENCE))) == -EUSERS)
		sleep_for(NSEC_PER_MSEC);
	return (void *)(intptr_t)ret;
}

static void as_many_wait_as_may(void **state)
{
	struct bucketmap *map = large_map();
	const __u64 key = ~0ULL;
	struct bucketmap_wait wait = {
		.size = sizeof(wait), .flags = BUCKETMAP_WAIT_ABSENT, .key = abi_pointer(&key),
	};
	pthread_t threads[WAITERS_OF_A_KEY];
	pthread_attr_t attributes;
	void *err;
	int ret;

	(void)state;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 64 * 1024);
	for (size_t i = 0; i < WAITERS_OF_A_KEY; i++)
		assert_ok(pthread_create(&threads[i], &attributes, wait_for_key, map));
	do {
		wait.deadline = bucketmap_deadline(10 * NSEC_PER_MSEC);
		ret = raw_ioctl(bucketmap_fd(map), BUCKETMAP_IOC_WAIT, &wait);
	} while (ret == -ETIME);
	assert_error(ret, EUSERS);
	assert_ok(bucketmap_store(map, &key, &key, 0, 0));
	for (size_t i = 0; i < WAITERS_OF_A_KEY; i++) {
		assert_ok(pthread_join(threads[i], &err));
		assert_null(err);
	}
	bucketmap_close(map);
}

static void no_memory_for_a_batch(void **state)
{
	struct bucketmap *map;
	int failed = 1, ret = 0;

	(void)state;
	if (!fail_nth_available())
		skip();
	map = large_map();
	for (unsigned int n = 1; failed && ret != -ENOMEM; n++) {
		struct bucketmap_batch batch = large_batch();

		fail_nth_arm(n);
		ret = raw_ioctl(bucketmap_fd(map), BUCKETMAP_IOC_BATCH, &batch);
		failed = fail_nth_disarm();
	}
	assert_error(ret, ENOMEM);
	bucketmap_close(map);
}

/* Errors that cannot be had here, and why. */
static int out_of_reach(const struct abi_error *error)
{
	/* The kernel has had its random bytes for long. */
	if (error->number == _IOC_NR(BUCKETMAP_IOC_CREATE) && error->error == EINTR)
		return 1;
	return error->number == _IOC_NR(BUCKETMAP_IOC_BATCH) && error->error == ENOMEM &&
	       !fail_nth_available();
}

static void every_error_of_the_header_was_produced(void **state)
{
	int errors = 0, missing = 0;

	(void)state;
	for (const struct abi_error *error = abi_errors; error->command; error++) {
		if (out_of_reach(error))
			continue;
		errors++;
		if (!abi_has_failed(error->number, error->error)) {
			print_error("# %s never returned %s\n", error->command, error->name);
			missing++;
		}
	}
	print_message("# %d pairs of a command and an error\n", errors);
	assert_int_equal(missing, 0);
	assert_true(errors > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		abi_test(errors_of_every_command),
		abi_test(names),
		abi_test(rights),
		abi_test(no_descriptor_is_left_to_the_process),
		abi_test(no_descriptor_is_left_to_the_system),
		abi_test(no_map_is_left),
		abi_test(no_map_is_left_to_the_user),
		abi_test(capacities_that_no_memory_can_hold),
		abi_test(keys_that_exist_or_do_not),
		abi_test(values_other_than_expected),
		abi_test(maps_that_are_full),
		abi_test(too_many_keys_that_collide),
		abi_test(all_memory_that_the_module_may_take),
		abi_test(signals_while_an_entry_waits_for_a_larger_table),
		abi_test(signals),
		abi_test(deadlines),
		abi_test(as_many_wait_as_may),
		abi_test(no_memory_for_a_batch),
		abi_test(every_error_of_the_header_was_produced),
	};

	return run_device_tests(tests);
}
