// SPDX-License-Identifier: GPL-2.0
/*
 * Produces every error that the ABI header documents. The last test compares
 * the errors that the other tests have received with the header's text. Other
 * files test that a failing ioctl changes nothing.
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

static void errors_common_to_all_ioctls(void **state)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	assert_true(null >= 0);
	for (const struct abi_ioctl *ioc = abi_ioctls; ioc->name; ioc++) {
		struct abi_fixture *fixture = *state;
		struct abi_ioctl misplaced = *ioc;
		int closed = dup(fixture->device);
		void *argument = abi_prepare(fixture, ioc);

		close(closed);
		assert_error(raw_ioctl(closed, ioc->number, argument), EBADF);
		assert_error(abi_call(fixture, ioc, NULL), EFAULT);
		*(__u32 *)argument = ~0U;
		assert_error(abi_call(fixture, ioc, argument), E2BIG);
		*(__u32 *)argument = 0;
		assert_error(abi_call(fixture, ioc, argument), EINVAL);
		misplaced.on_map = !ioc->on_map;
		if (abi_on_device_and_map(ioc))
			assert_error(raw_ioctl(null, ioc->number, argument), ENOTTY);
		else
			assert_error(abi_call(fixture, &misplaced, argument), ENOTTY);
	}
	close(null);
}

static struct bucketmap_create *taken_name(void **state)
{
	struct bucketmap_create *create = abi_prepare(*state, abi_ioctl(BUCKETMAP_IOC_CREATE));

	strcpy(create->name, test_name("abi"));
	return create;
}

static void taken_and_absent_names(void **state)
{
	struct abi_fixture *fixture = *state;
	struct bucketmap_name name = { .size = sizeof(name), .name = "no such map" };
	struct bucketmap_rights rights = { .size = sizeof(rights), .name = "no such map" };

	assert_error(raw_ioctl(fixture->device, BUCKETMAP_IOC_CREATE, taken_name(state)), EEXIST);
	assert_error(raw_ioctl(fixture->device, BUCKETMAP_IOC_OPEN, &name), ENOENT);
	assert_error(raw_ioctl(fixture->device, BUCKETMAP_IOC_UNLINK, &name), ENOENT);
	assert_error(raw_ioctl(fixture->device, BUCKETMAP_IOC_RIGHTS, &rights), ENOENT);
}

static void try_without_permission(void *context)
{
	struct abi_fixture *fixture = context;
	struct bucketmap_name name = { .size = sizeof(name) };
	struct bucketmap_rights rights = {
		.size = sizeof(rights), .flags = BUCKETMAP_RIGHTS_MODE, .mode = 0666,
	};

	strcpy(name.name, test_name("abi"));
	strcpy(rights.name, name.name);
	child_check(!setresgid(3000, 3000, 3000));
	child_check(!setresuid(3000, 3000, 3000));
	child_check(raw_ioctl(fixture->device, BUCKETMAP_IOC_OPEN, &name) == -EACCES);
	child_check(raw_ioctl(fixture->device, BUCKETMAP_IOC_UNLINK, &name) == -EPERM);
	child_check(raw_ioctl(fixture->device, BUCKETMAP_IOC_RIGHTS, &rights) == -EPERM);
}

static void missing_permission(void **state)
{
	wait_for_success(start_child(try_without_permission, *state));
}

static void process_file_limit_is_EMFILE(void **state)
{
	struct rlimit limit, none_free;

	assert_ok(getrlimit(RLIMIT_NOFILE, &limit));
	none_free = (struct rlimit) { .rlim_cur = 3, .rlim_max = limit.rlim_max };
	for (const struct abi_ioctl *ioc = abi_ioctls; ioc->name; ioc++) {
		void *argument;
		int ret;

		if (!abi_returns_fd(ioc))
			continue;
		argument = abi_prepare(*state, ioc);
		assert_ok(setrlimit(RLIMIT_NOFILE, &none_free));
		ret = abi_call(*state, ioc, argument);
		assert_ok(setrlimit(RLIMIT_NOFILE, &limit));
		assert_int_equal(ret, -EMFILE);
	}
}

#define FILE_MAX	"/proc/sys/fs/file-max"
#define MAX_MAPS	"/sys/module/bucketmap/parameters/max_maps"
#define MAX_MAPS_PER_USER	"/sys/module/bucketmap/parameters/max_maps_per_user"
#define MAX_BYTES	"/sys/module/bucketmap/parameters/max_bytes"

/* Returns the old number. */
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

/* Arguments of calls that need a new file, which must fail. */
struct file_limit_args {
	int device;
	int map;
	struct bucketmap_create create;
	struct bucketmap_name open;
	struct bucketmap_reopen reopen;
};

/* Not as root, which may exceed the limit. */
static void exceed_system_file_limit(void *context)
{
	struct file_limit_args *args = context;

	child_check(!setresuid(3000, 3000, 3000));
	child_check(raw_ioctl(args->device, BUCKETMAP_IOC_CREATE, &args->create) == -ENFILE);
	child_check(raw_ioctl(args->device, BUCKETMAP_IOC_OPEN, &args->open) == -ENFILE);
	child_check(raw_ioctl(args->map, BUCKETMAP_IOC_REOPEN, &args->reopen) == -ENFILE);
}

static void system_file_limit_is_ENFILE(void **state)
{
	struct abi_fixture *fixture = *state;
	struct file_limit_args args = { .device = fixture->device };
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
	args.create = for_all;
	strcpy(args.create.name, test_name("another"));
	args.open.size = sizeof(args.open);
	strcpy(args.open.name, for_all.name);
	args.map = bucketmap_fd(map);
	args.reopen.size = sizeof(args.reopen);
	old = set_number(FILE_MAX, 0);
	child = start_child(exceed_system_file_limit, &args);
	assert_int_equal(waitpid(child, &status, 0), child);
	set_number(FILE_MAX, old);
	assert_int_equal(status, 0);
	bucketmap_close(map);
}

static void max_maps_is_ENOSPC(void **state)
{
	void *argument = abi_prepare(*state, abi_ioctl(BUCKETMAP_IOC_CREATE));
	unsigned long long old = set_number(MAX_MAPS, 1);
	int ret = abi_call(*state, abi_ioctl(BUCKETMAP_IOC_CREATE), argument);

	set_number(MAX_MAPS, old);
	assert_int_equal(ret, -ENOSPC);
}

static void exceed_user_quota(void *context)
{
	struct abi_fixture *fixture = context;
	struct bucketmap_create create = { .size = sizeof(create), .key_size = 8 };

	child_check(!setresuid(3000, 3000, 3000));
	child_check(raw_ioctl(fixture->device, BUCKETMAP_IOC_CREATE, &create) == -EDQUOT);
}

static void user_quota_is_EDQUOT(void **state)
{
	unsigned long long old = set_number(MAX_MAPS_PER_USER, 0);
	pid_t child = start_child(exceed_user_quota, *state);
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	set_number(MAX_MAPS_PER_USER, old);
	assert_int_equal(status, 0);
}

static void huge_capacities_are_ENOMEM(void **state)
{
	struct bucketmap_create *create;
	struct bucketmap_resize *resize;

	create = abi_prepare(*state, abi_ioctl(BUCKETMAP_IOC_CREATE));
	create->capacity = 1ULL << 60;
	assert_error(abi_call(*state, abi_ioctl(BUCKETMAP_IOC_CREATE), create), ENOMEM);
	resize = abi_prepare(*state, abi_ioctl(BUCKETMAP_IOC_RESIZE));
	resize->capacity = 1ULL << 60;
	assert_error(abi_call(*state, abi_ioctl(BUCKETMAP_IOC_RESIZE), resize), ENOMEM);
}

/* None of these operations takes an expected value. */
static int makes_entries(int operation)
{
	return operations[operation].absent == OP_MAKES;
}

/* Makes a new entry by @operation, in a map with keys and values of 8 bytes. */
static int make_entry(struct bucketmap *map, int operation, __u64 key)
{
	struct bucketmap_entry entry = {
		.size = sizeof(entry), .key = abi_pointer(&key), .value = abi_pointer(&key),
	};

	return raw_ioctl(bucketmap_fd(map), BUCKETMAP_IOC_OPERATION(operation), &entry);
}

/* The same in a colliding_map(). */
static int make_colliding(struct bucketmap *map, int operation, __u64 seed, __u64 number)
{
	const struct colliding_key key = colliding_key(seed, 0, number);
	struct bucketmap_entry entry = {
		.size = sizeof(entry), .key = abi_pointer(&key), .value = abi_pointer(&number),
	};

	return raw_ioctl(bucketmap_fd(map), BUCKETMAP_IOC_OPERATION(operation), &entry);
}

static void absent_and_existing_keys(void **state)
{
	/* abi_fill() has stored it. */
	static const char existing[ABI_KEY_SIZE] = { 1 };
	struct bucketmap_entry *entry;

	for (int operation = 0; operation < OPERATIONS; operation++) {
		const struct abi_ioctl *ioc = abi_ioctl(BUCKETMAP_IOC_OPERATION(operation));

		entry = abi_prepare(*state, ioc);
		entry->key = abi_pointer("0123456789abcdef");
		if (operations[operation].absent == OP_FAILS)
			assert_error(abi_call(*state, ioc, entry), ENOENT);
		entry->key = abi_pointer(existing);
		if (operations[operation].exists == OP_REFUSES)
			assert_error(abi_call(*state, ioc, entry), EEXIST);
	}
}

static void unexpected_value_is_ECANCELED(void **state)
{
	for (int operation = 0; operation < OPERATIONS; operation++) {
		const struct abi_ioctl *ioc = abi_ioctl(BUCKETMAP_IOC_OPERATION(operation));
		struct bucketmap_entry *entry = abi_prepare(*state, ioc);

		if (!operations[operation].expected)
			continue;
		entry->expected = abi_pointer("xxxx");
		assert_error(abi_call(*state, ioc, entry), ECANCELED);
	}
}

static void full_map_is_ENOSPC(void **state)
{
	struct bucketmap *map = limited_map(8, 8, 1);

	(void)state;
	assert_ok(make_entry(map, BUCKETMAP_STORE, 0));
	for (int operation = 0; operation < OPERATIONS; operation++)
		if (makes_entries(operation))
			assert_error(make_entry(map, operation, 1), ENOSPC);
	bucketmap_close(map);
}

static void colliding_keys_are_EMLINK_or_ENOBUFS(void **state)
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
	for (int operation = 0; operation < OPERATIONS; operation++)
		if (makes_entries(operation))
			assert_error(make_colliding(map, operation, seed, number), EMLINK);
	assert_error(raw_ioctl(bucketmap_fd(map), BUCKETMAP_IOC_RESIZE, &resize), EMLINK);
	scan.keys = abi_pointer(abi_guard_page() - sizeof(struct colliding_key));
	do
		ret = raw_ioctl(bucketmap_fd(map), BUCKETMAP_IOC_SCAN, &scan);
	while (!ret && !scan.flags);
	assert_error(ret, ENOBUFS);
	bucketmap_close(map);
}

static void max_bytes_is_ENOMEM(void **state)
{
	struct bucketmap_limits limits = { .size = sizeof(limits) };
	struct bucketmap *map = unnamed_map(8, 8);
	unsigned long long old;
	__u64 key = 0;

	(void)state;
	assert_ok(bucketmap_limits(&limits));
	old = set_number(MAX_BYTES, limits.bytes);
	for (int operation = 0; operation < OPERATIONS; operation++) {
		int ret;

		if (!makes_entries(operation))
			continue;
		do
			ret = make_entry(map, operation, key++);
		while (!ret && key < 100000);
		assert_int_equal(ret, -ENOMEM);
	}
	set_number(MAX_BYTES, old);
	assert_ok(once_granted(make_entry(map, BUCKETMAP_STORE, key)));
	bucketmap_close(map);
}

static void run_realtime_on_cpu(int number)
{
	const struct sched_param priority = { .sched_priority = 1 };
	cpu_set_t cpu;

	CPU_ZERO(&cpu);
	CPU_SET(number % sysconf(_SC_NPROCESSORS_ONLN), &cpu);
	child_check(!sched_setaffinity(0, sizeof(cpu), &cpu));
	child_check(!sched_setscheduler(0, SCHED_FIFO, &priority));
}

/* Realtime tasks occupy both CPUs, so that the worker cannot grow the table in time. */
static void occupy_second_cpu(void *context)
{
	(void)context;
	run_realtime_on_cpu(1);
	for (;;)
		__asm__ volatile("");
}

/*
 * Signals come periodically; one arrives while an entry waits for a larger table. Only the worker
 * makes the tables of a mappable map.
 */
static void make_entries_until_EINTR(void *context)
{
	const struct bucketmap_create create = {
		.size = sizeof(create),
		.flags = BUCKETMAP_CREATE_MAPPABLE,
		.key_size = 8,
		.value_size = 8,
	};
	const int *operation = context;

	run_realtime_on_cpu(0);
	interrupt_every(100);
	for (int i = 0; i < 1000; i++) {
		struct bucketmap *map;
		int ret = 0;

		child_check(!bucketmap_create(&map, &create));
		for (__u64 key = 0; !ret && key < 3000; key++)
			ret = make_entry(map, *operation, key);
		bucketmap_close(map);
		if (ret == -EINTR)
			return;
		child_check(!ret);
	}
}

static void signal_while_entry_waits_for_growth_is_EINTR(void **state)
{
	pid_t busy = start_child(occupy_second_cpu, NULL);

	(void)state;
	for (int operation = 0; operation < OPERATIONS; operation++)
		if (makes_entries(operation))
			wait_for_success(start_child(make_entries_until_EINTR, &operation));
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

/* Calls a long ioctl again and again until a signal arrives while it runs. */
#define INTERRUPT(map, ioc, structure, ...)					\
	do {									\
		struct structure argument;					\
		int ret, tries = 0;						\
										\
		interrupt_every(100);						\
		do {								\
			argument = (struct structure)__VA_ARGS__;		\
			argument.size = sizeof(argument);			\
			ret = raw_ioctl(bucketmap_fd(map), BUCKETMAP_IOC_##ioc, &argument); \
		} while (!ret && ++tries < 1000);				\
		interrupt_every(0);						\
		assert_error(ret, EINTR);					\
	} while (0)

static void signal_during_long_ioctl_is_EINTR(void **state)
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

static void passed_deadline_is_ETIME(void **state)
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

/* The limit that the header documents. */
#define MAX_WAITERS_OF_KEY	1024

/* The WAIT that probes for the limit counts as a waiter itself for a moment. */
static void *wait_for_key(void *map)
{
	const __u64 key = ~0ULL;
	int ret;

	while ((ret = bucketmap_wait(map, &key, NULL, 0, 0,
				     bucketmap_deadline(PATIENCE))) == -EUSERS)
		sleep_for(NSEC_PER_MSEC);
	return (void *)(intptr_t)ret;
}

static void too_many_waiters_of_a_key_are_EUSERS(void **state)
{
	struct bucketmap *map = large_map();
	const __u64 key = ~0ULL;
	struct bucketmap_wait wait = {
		.size = sizeof(wait), .flags = BUCKETMAP_WAIT_ABSENT, .key = abi_pointer(&key),
	};
	pthread_t threads[MAX_WAITERS_OF_KEY];
	pthread_attr_t attributes;
	void *err;
	int ret;

	(void)state;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 64 * 1024);
	for (size_t i = 0; i < MAX_WAITERS_OF_KEY; i++)
		assert_ok(pthread_create(&threads[i], &attributes, wait_for_key, map));
	do {
		wait.deadline = bucketmap_deadline(10 * NSEC_PER_MSEC);
		ret = raw_ioctl(bucketmap_fd(map), BUCKETMAP_IOC_WAIT, &wait);
	} while (ret == -ETIME);
	assert_error(ret, EUSERS);
	assert_ok(bucketmap_store(map, &key, &key, 0, 0));
	for (size_t i = 0; i < MAX_WAITERS_OF_KEY; i++) {
		assert_ok(pthread_join(threads[i], &err));
		assert_null(err);
	}
	bucketmap_close(map);
}

static void failed_allocation_in_BATCH_is_ENOMEM(void **state)
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

static int is_empty(const char *word)
{
	return !strcmp(word, "-");
}

static void operations_are_as_documented(void **state)
{
	int count = 0;

	(void)state;
	for (const struct abi_row *row = abi_rows; row->operation; row++, count++) {
		const struct operation *op = &operations[count];

		print_message("# %s\n", row->operation);
		assert_true(count < OPERATIONS);
		assert_string_equal(row->operation, op->name);
		assert_int_equal(is_empty(row->value), op->value == OP_COLUMN_NO);
		assert_int_equal(is_empty(row->expected), op->expected == OP_COLUMN_NO);
		assert_int_equal(is_empty(row->previous), op->previous == OP_COLUMN_NO);
		assert_int_equal(is_empty(row->window), op->window == OP_WINDOW_NO);
		assert_int_equal(!strcmp(row->window, "yes"), op->window == OP_WINDOW_ANY);
		assert_int_equal(is_empty(row->enoent), op->absent == OP_MAKES);
	}
	assert_int_equal(count, OPERATIONS);
}

/* Errors that these tests cannot produce, and why. */
static int cannot_be_produced(const struct abi_error *error)
{
	/*
	 * CREATE waits only until the kernel's random number generator is
	 * ready, which it has long been.
	 */
	if (error->number == _IOC_NR(BUCKETMAP_IOC_CREATE) && error->error == EINTR)
		return 1;
	return error->number == _IOC_NR(BUCKETMAP_IOC_BATCH) && error->error == ENOMEM &&
	       !fail_nth_available();
}

static void every_documented_error_was_returned(void **state)
{
	int errors = 0, missing = 0;

	(void)state;
	for (const struct abi_error *error = abi_errors; error->ioctl; error++) {
		if (cannot_be_produced(error))
			continue;
		errors++;
		if (!abi_returned_error(error->number, error->error)) {
			print_error("# %s never returned %s\n", error->ioctl, error->name);
			missing++;
		}
	}
	print_message("# %d pairs of an ioctl and an error\n", errors);
	assert_int_equal(missing, 0);
	assert_true(errors > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		abi_test(errors_common_to_all_ioctls),
		abi_test(taken_and_absent_names),
		abi_test(missing_permission),
		abi_test(process_file_limit_is_EMFILE),
		abi_test(system_file_limit_is_ENFILE),
		abi_test(max_maps_is_ENOSPC),
		abi_test(user_quota_is_EDQUOT),
		abi_test(huge_capacities_are_ENOMEM),
		abi_test(absent_and_existing_keys),
		abi_test(unexpected_value_is_ECANCELED),
		abi_test(full_map_is_ENOSPC),
		abi_test(colliding_keys_are_EMLINK_or_ENOBUFS),
		abi_test(max_bytes_is_ENOMEM),
		abi_test(signal_while_entry_waits_for_growth_is_EINTR),
		abi_test(signal_during_long_ioctl_is_EINTR),
		abi_test(passed_deadline_is_ETIME),
		abi_test(too_many_waiters_of_a_key_are_EUSERS),
		abi_test(failed_allocation_in_BATCH_is_ENOMEM),
		abi_test(operations_are_as_documented),
		abi_test(every_documented_error_was_returned),
	};

	return run_device_tests(tests);
}
