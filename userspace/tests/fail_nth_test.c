// SPDX-License-Identifier: GPL-2.0
/*
 * Every allocation of every ioctl fails once. The ioctl returns a documented error
 * and has changed nothing, or it succeeds completely. Skipped on kernels without
 * fault injection.
 */
#include <errno.h>
#include <string.h>

#include "abi.h"
#include "fail_nth.h"

/* More than any call makes. */
#define MAX_ALLOCATIONS	1000

static int is_documented(const struct abi_ioctl *command, int ret)
{
	return ret == -ENOMEM ||
	       (abi_returns_fd(command) && (ret == -ENFILE || ret == -EMFILE));
}

/* Returns whether an allocation failed. */
static int call_with_failure(struct abi_fixture *fixture, const struct abi_ioctl *command,
			     unsigned int number)
{
	void *argument = abi_prepare(fixture, command);
	int ret, failed;

	fail_nth_arm(number);
	ret = abi_call(fixture, command, argument);
	failed = fail_nth_disarm();
	if (ret) {
		print_message("# %s: allocation %u failed: %d\n", command->name, number, ret);
		assert_true(failed);
		assert_true(is_documented(command, ret));
		assert_map_unchanged(&fixture->before, fixture->map);
	}
	/* With memory available, the same call succeeds. */
	assert_ok(once_granted(abi_call(fixture, command, abi_prepare(fixture, command))));
	return failed;
}

static void every_ioctl_survives_failure_of_each_allocation(void **state)
{
	unsigned int failures = 0;

	if (!fail_nth_available())
		skip();
	for (const struct abi_ioctl *command = abi_ioctls; command->name; command++) {
		unsigned int number = 1;

		while (call_with_failure(*state, command, number)) {
			assert_true(++number < MAX_ALLOCATIONS);
			failures++;
		}
	}
	print_message("# %u allocations failed\n", failures);
	assert_true(failures > 0);
}

/* So large that the kernel allocates buffers for them. */
static unsigned char old_value[BUCKETMAP_VALUE_SIZE_MAX], new_value[BUCKETMAP_VALUE_SIZE_MAX];
static unsigned char previous_value[BUCKETMAP_VALUE_SIZE_MAX];

/* Returns whether an allocation failed. */
static int operate_with_failure(struct bucketmap *map, int operation, unsigned int number)
{
	const struct operation *uses = &operations[operation];
	struct bucketmap_entry entry = {
		.size = sizeof(entry),
		.key = abi_pointer(uses->exists == OP_REFUSES ? "new1" : "old1"),
		.value = uses->value ? abi_pointer(new_value) : 0,
		.expected = uses->expected ? abi_pointer(old_value) : 0,
		.previous = uses->previous ? abi_pointer(previous_value) : 0,
	};
	int ret, failed;

	bucketmap_delete(map, "new1");
	assert_ok(bucketmap_store(map, "old1", old_value, 0, 0));
	fail_nth_arm(number);
	ret = raw_ioctl(bucketmap_fd(map), BUCKETMAP_IOC_OPERATION(operation), &entry);
	failed = fail_nth_disarm();
	if (ret < 0) {
		assert_true(failed);
		assert_error(ret, ENOMEM);
		assert_int_equal(entry_count(map), 1);
		assert_ok(bucketmap_lookup(map, "old1", previous_value, 0, 0));
		assert_memory_equal(previous_value, old_value, sizeof(old_value));
	}
	return failed;
}

static void large_value_operations_survive_failure_of_each_allocation(void **state)
{
	unsigned int failures = 0;
	struct bucketmap *map;

	(void)state;
	if (!fail_nth_available())
		skip();
	map = unnamed_map(4, BUCKETMAP_VALUE_SIZE_MAX);
	memset(old_value, 'o', sizeof(old_value));
	memset(new_value, 'n', sizeof(new_value));
	for (int operation = 0; operation < OPERATIONS; operation++) {
		unsigned int number = 1;

		while (operate_with_failure(map, operation, number)) {
			assert_true(++number < MAX_ALLOCATIONS);
			failures++;
		}
	}
	print_message("# %u allocations failed\n", failures);
	assert_true(failures > 0);
	bucketmap_close(map);
}

/* The entries are large, so that the batch soon has to allocate memory for them. */
#define ENTRIES		300
#define VALUE_SIZE	1000

static unsigned char values[ENTRIES][VALUE_SIZE];
static __u64 keys[ENTRIES];
static __s32 results[ENTRIES];

/* Exactly the entries whose result is 0 are in the map. */
static void assert_results(struct bucketmap *map, __u64 finished)
{
	__u64 present = 0;

	for (__u64 i = 0; i < ENTRIES; i++) {
		unsigned char value[VALUE_SIZE];
		int ret = bucketmap_lookup(map, &keys[i], value, 0, 0);

		if (i < finished && !results[i]) {
			assert_ok(ret);
			assert_memory_equal(value, values[i], VALUE_SIZE);
			present++;
		} else {
			assert_true(i >= finished || results[i] == -ENOMEM);
			assert_error(ret, ENOENT);
		}
	}
	assert_int_equal(entry_count(map), present);
}

static int batch_with_failure(unsigned int number)
{
	struct bucketmap *map = unnamed_map(8, VALUE_SIZE);
	struct bucketmap_batch batch = {
		.size = sizeof(batch),
		.operation = BUCKETMAP_INSERT,
		.keys = abi_pointer(keys),
		.values = abi_pointer(values),
		.results = abi_pointer(results),
		.count = ENTRIES,
	};
	int ret, failed;

	fail_nth_arm(number);
	ret = raw_ioctl(bucketmap_fd(map), BUCKETMAP_IOC_BATCH, &batch);
	failed = fail_nth_disarm();
	assert_true(ret == 0 || ret == -ENOMEM);
	if (!ret)
		assert_int_equal(batch.done, ENTRIES);
	assert_results(map, batch.done);
	bucketmap_close(map);
	return failed;
}

static void growing_batch_survives_failure_of_each_allocation(void **state)
{
	unsigned int number = 1;

	(void)state;
	if (!fail_nth_available())
		skip();
	for (size_t i = 0; i < ENTRIES; i++) {
		keys[i] = i;
		memset(values[i], i, VALUE_SIZE);
	}
	while (batch_with_failure(number))
		assert_true(++number < MAX_ALLOCATIONS);
	print_message("# %u allocations failed\n", number - 1);
	assert_true(number > 1);
}

/* The first allocation of each insertion fails, if it makes one. */
static void map_is_usable_after_failed_insertions(void **state)
{
	__u64 present = 0, refused = 0;
	struct bucketmap *map;

	(void)state;
	if (!fail_nth_available())
		skip();
	map = unnamed_map(8, VALUE_SIZE);
	for (__u64 key = 0; key < 2000; key++) {
		int ret;

		fail_nth_arm(1);
		ret = bucketmap_insert(map, &key, values[0], 0, 0);
		fail_nth_disarm();
		assert_true(!ret || ret == -ENOMEM);
		present += !ret;
		refused += !!ret;
	}
	print_message("# %llu refused\n", refused);
	assert_int_equal(entry_count(map), present);
	for (__u64 key = 0; key < 2000; key++)
		assert_ok(once_granted(bucketmap_store(map, &key, values[0], 0, 0)));
	assert_int_equal(entry_count(map), 2000);
	bucketmap_close(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		abi_test(every_ioctl_survives_failure_of_each_allocation),
		abi_test(large_value_operations_survive_failure_of_each_allocation),
		abi_test(growing_batch_survives_failure_of_each_allocation),
		abi_test(map_is_usable_after_failed_insertions),
	};

	return run_device_tests(tests);
}
