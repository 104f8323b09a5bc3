// SPDX-License-Identifier: GPL-2.0
/*
 * Long batches: signals, deadlines and SIGKILL stop them between two entries,
 * other tasks run meanwhile, and the library resumes a batch that a signal has
 * stopped.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include "abi.h"

#define MANY	1000000

/* A batch that adds 1 to keys that count from 0. */
struct additions {
	struct bucketmap *map;
	__u64 *keys;
	__u64 *deltas;
	__u64 *previous;
	__s32 *results;
	size_t count;
};

static struct additions *new_additions(size_t count, __u64 distinct_keys)
{
	struct additions *additions = malloc(sizeof(*additions));

	assert_non_null(additions);
	*additions = (struct additions) {
		.map = unnamed_map(8, 8),
		.keys = shared_memory(count * sizeof(__u64)),
		.deltas = shared_memory(count * sizeof(__u64)),
		.previous = shared_memory(count * sizeof(__u64)),
		.results = shared_memory(count * sizeof(__s32)),
		.count = count,
	};
	for (size_t i = 0; i < count; i++) {
		additions->keys[i] = i % distinct_keys;
		additions->deltas[i] = 1;
		additions->previous[i] = ~0ULL;
		additions->results[i] = 1;
	}
	return additions;
}

static void free_additions(struct additions *additions)
{
	munmap(additions->keys, additions->count * sizeof(__u64));
	munmap(additions->deltas, additions->count * sizeof(__u64));
	munmap(additions->previous, additions->count * sizeof(__u64));
	munmap(additions->results, additions->count * sizeof(__s32));
	bucketmap_close(additions->map);
	free(additions);
}

static struct bucketmap_batch batch_of(const struct additions *additions)
{
	return (struct bucketmap_batch) {
		.size = sizeof(struct bucketmap_batch),
		.operation = BUCKETMAP_ADD,
		.keys = abi_pointer(additions->keys),
		.values = abi_pointer(additions->deltas),
		.previous = abi_pointer(additions->previous),
		.results = abi_pointer(additions->results),
		.count = additions->count,
	};
}

/* With distinct keys: exactly the first @count entries are done, each once. */
static void assert_done(const struct additions *additions, size_t count)
{
	assert_int_equal(entry_count(additions->map), count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(additions->results[i], 0);
		assert_int_equal(additions->previous[i], 0);
	}
}

static void signal_stops_batch_between_entries(void **state)
{
	struct additions *additions = new_additions(MANY / 5, MANY);
	struct bucketmap_batch batch = batch_of(additions), before = batch;
	int fd = bucketmap_fd(additions->map), stops = 0, ret;

	(void)state;
	interrupt_every(300);
	do {
		ret = raw_ioctl(fd, BUCKETMAP_IOC_BATCH, &batch);
		assert_int_equal(entry_count(additions->map), batch.done);
		before.done = batch.done;
		assert_memory_equal(&batch, &before, sizeof(batch));
		stops += ret == -EINTR;
	} while (ret == -EINTR);
	interrupt_every(0);
	assert_ok(ret);
	assert_true(stops > 0);
	assert_int_equal(batch.done, additions->count);
	assert_done(additions, batch.done);
	free_additions(additions);
}

static void deadline_stops_batch_between_entries(void **state)
{
	struct additions *additions = new_additions(MANY / 5, MANY);
	struct bucketmap_batch batch = batch_of(additions);
	int fd = bucketmap_fd(additions->map), stops = 0, ret;

	(void)state;
	do {
		batch.deadline = bucketmap_deadline(NSEC_PER_MSEC);
		ret = raw_ioctl(fd, BUCKETMAP_IOC_BATCH, &batch);
		assert_int_equal(entry_count(additions->map), batch.done);
		stops += ret == -ETIME;
	} while (ret == -ETIME);
	assert_ok(ret);
	assert_true(stops > 0);
	assert_done(additions, batch.done);
	free_additions(additions);
}

static void passed_deadline_starts_no_entry(void **state)
{
	struct additions *additions = new_additions(10, 10);
	struct bucketmap_batch batch = batch_of(additions);

	(void)state;
	batch.deadline = 1;
	assert_error(raw_ioctl(bucketmap_fd(additions->map), BUCKETMAP_IOC_BATCH, &batch), ETIME);
	assert_int_equal(batch.done, 0);
	assert_int_equal(entry_count(additions->map), 0);
	free_additions(additions);
}

static void library_resumes_after_signals(void **state)
{
	struct additions *additions = new_additions(MANY / 5, MANY);
	struct bucketmap_batch batch = batch_of(additions);
	struct bucketmap_batch before = batch;

	(void)state;
	interrupt_every(300);
	assert_ok(bucketmap_batch(additions->map, &batch));
	interrupt_every(0);
	before.done = before.count;
	assert_memory_equal(&batch, &before, sizeof(batch));
	assert_done(additions, additions->count);
	free_additions(additions);
}

static void library_resumes_in_every_column(void **state)
{
	enum { COUNT = 100000, VALUE = 6, OFFSET = 1, WINDOW = 3 };
	struct bucketmap *map = unnamed_map(4, VALUE);
	unsigned char *values = calloc(COUNT, WINDOW), *expected = calloc(COUNT, WINDOW);
	__u32 *keys = calloc(COUNT, sizeof(*keys));
	__s32 *results = calloc(COUNT, sizeof(*results));
	struct bucketmap_batch batch = {
		.size = sizeof(batch),
		.operation = BUCKETMAP_COMPARE_AND_SWAP,
		.keys = abi_pointer(keys),
		.values = abi_pointer(values),
		.expected = abi_pointer(expected),
		.results = abi_pointer(results),
		.count = COUNT,
		.offset = OFFSET,
		.length = WINDOW,
	};

	(void)state;
	assert_non_null(values);
	assert_non_null(expected);
	assert_non_null(keys);
	assert_non_null(results);
	/* Each comparison changes the only entry to what the next one expects. */
	assert_ok(bucketmap_store(map, &keys[0], "\0\0\0\0\0\0", 0, 0));
	for (__u32 i = 0; i < COUNT; i++) {
		const __u32 next = i + 1;

		memcpy(expected + i * WINDOW, &i, WINDOW);
		memcpy(values + i * WINDOW, &next, WINDOW);
		results[i] = 1;
	}
	interrupt_every(200);
	assert_ok(bucketmap_batch(map, &batch));
	interrupt_every(0);
	assert_int_equal(batch.done, COUNT);
	for (int i = 0; i < COUNT; i++)
		assert_int_equal(results[i], 0);
	free(results);
	free(keys);
	free(expected);
	free(values);
	bucketmap_close(map);
}

static void library_reports_entries_done(void **state)
{
	struct additions *additions = new_additions(100, 100);
	struct bucketmap_batch batch = batch_of(additions);

	(void)state;
	batch.operation = OPERATIONS;
	assert_error(bucketmap_batch(additions->map, &batch), EINVAL);
	assert_int_equal(batch.done, 0);
	batch = batch_of(additions);
	batch.deadline = 1;
	assert_error(bucketmap_batch(additions->map, &batch), ETIME);
	assert_int_equal(batch.done, 0);
	batch = batch_of(additions);
	batch.results = abi_pointer(abi_guard_page() - 10 * sizeof(__s32));
	assert_error(bucketmap_batch(additions->map, &batch), EFAULT);
	assert_int_equal(batch.done, 10);
	assert_int_equal(entry_count(additions->map), 10);
	free_additions(additions);
}

#define LOAD(offset)	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)
#define IS_NOT(number, skip)	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, skip)
#define RETURN(action)	BPF_STMT(BPF_RET | BPF_K, action)

/* From now on, seccomp fails BATCH with @error before it reaches the module. */
static int forbid_batches(int error)
{
	struct sock_filter filter[] = {
		LOAD(offsetof(struct seccomp_data, nr)),
		IS_NOT(__NR_ioctl, 3),
		LOAD(offsetof(struct seccomp_data, args[1])),
		IS_NOT((__u32)BUCKETMAP_IOC_BATCH, 1),
		RETURN(SECCOMP_RET_ERRNO | error),
		RETURN(SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { ARRAY_SIZE(filter), filter };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

#define NO_SECCOMP	77

struct forbidden {
	struct additions *additions;
	int error;
	__u64 done;
};

static void try_forbidden_batch(void *context)
{
	struct forbidden *forbidden = context;
	struct bucketmap_batch batch = batch_of(forbidden->additions), before;

	batch.done = forbidden->done;
	before = batch;
	if (forbid_batches(forbidden->error))
		_exit(NO_SECCOMP);
	child_check(bucketmap_batch(forbidden->additions->map, &batch) == -forbidden->error);
	child_check(!memcmp(&batch, &before, sizeof(batch)));
}

static void library_reports_nothing_done_if_seccomp_refuses(void **state)
{
	static const int errors[] = { EPERM, EACCES, ENOTTY, EFAULT, ENOMEM };
	struct additions *additions = new_additions(100, 100);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		struct forbidden forbidden = { additions, errors[i], i };
		pid_t child = start_child(try_forbidden_batch, &forbidden);
		int status;

		assert_int_equal(waitpid(child, &status, 0), child);
		if (WIFEXITED(status) && WEXITSTATUS(status) == NO_SECCOMP)
			skip();
		assert_int_equal(status, 0);
	}
	assert_int_equal(entry_count(additions->map), 0);
	free_additions(additions);
}

static void stay_on_first_cpu(void)
{
	cpu_set_t first;

	CPU_ZERO(&first);
	CPU_SET(0, &first);
	child_check(!sched_setaffinity(0, sizeof(first), &first));
}

static void run_batches_forever(void *context)
{
	struct additions *additions = context;

	stay_on_first_cpu();
	for (;;) {
		struct bucketmap_batch batch = batch_of(additions);

		child_check(!raw_ioctl(bucketmap_fd(additions->map), BUCKETMAP_IOC_BATCH, &batch));
	}
}

static void wait_for_entries(struct bucketmap *map)
{
	while (!entry_count(map))
		sleep_for(NSEC_PER_MSEC);
}

/* The sum of all values, which is the number of additions done. */
static __u64 additions_done(struct bucketmap *map)
{
	struct snapshot snapshot;
	__u64 sum = 0;

	take_snapshot(&snapshot, map);
	for (size_t i = 0; i < snapshot.count; i++)
		sum += ((__u64 *)snapshot.values)[i];
	free_snapshot(&snapshot);
	return sum;
}

static void batch_of_a_million_can_be_killed(void **state)
{
	struct additions *additions = new_additions(MANY, 100);
	pid_t child = start_child(run_batches_forever, additions);

	(void)state;
	wait_for_entries(additions->map);
	stop_child(child);
	/* It was killed before the end of its first batch. */
	assert_in_range(additions_done(additions->map), 1, MANY - 1);
	free_additions(additions);
}

struct shared_cpu {
	struct additions *additions;
	__u64 *naps;
};

static void take_naps(void *context)
{
	struct shared_cpu *shared_cpu = context;

	stay_on_first_cpu();
	for (;;) {
		sleep_for(NSEC_PER_MSEC);
		++*shared_cpu->naps;
	}
}

static void run_one_batch(void *context)
{
	struct shared_cpu *shared_cpu = context;
	struct bucketmap_batch batch = batch_of(shared_cpu->additions);
	__u64 naps;

	stay_on_first_cpu();
	naps = *shared_cpu->naps;
	child_check(!raw_ioctl(bucketmap_fd(shared_cpu->additions->map), BUCKETMAP_IOC_BATCH,
			       &batch));
	child_check(*shared_cpu->naps >= naps + 10);
}

static void other_tasks_run_during_batch_of_a_million(void **state)
{
	struct shared_cpu shared_cpu = {
		.additions = new_additions(MANY, 100),
		.naps = shared_memory(sizeof(__u64)),
	};
	pid_t napper = start_child(take_naps, &shared_cpu);

	(void)state;
	wait_for_success(start_child(run_one_batch, &shared_cpu));
	stop_child(napper);
	free_additions(shared_cpu.additions);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(signal_stops_batch_between_entries),
		device_test(deadline_stops_batch_between_entries),
		device_test(passed_deadline_starts_no_entry),
		device_test(library_resumes_after_signals),
		device_test(library_resumes_in_every_column),
		device_test(library_reports_entries_done),
		device_test(library_reports_nothing_done_if_seccomp_refuses),
		device_test(batch_of_a_million_can_be_killed),
		device_test(other_tasks_run_during_batch_of_a_million),
	};

	return run_device_tests(tests);
}
