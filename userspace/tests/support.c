// SPDX-License-Identifier: GPL-2.0
/*
 * Code shared by the tests.
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#include "support.h"

int require_device(void **state)
{
	(void)state;
	if (access(BUCKETMAP_DEVICE, R_OK | W_OK)) {
		print_error("%s: %s\n", BUCKETMAP_DEVICE, strerror(errno));
		return -1;
	}
	return 0;
}

static const char *test_prefix(void)
{
	static char prefix[32];
	static pid_t owner;

	if (!owner) {
		owner = getpid();
		snprintf(prefix, sizeof(prefix), "test.%d.", owner);
	}
	return prefix;
}

int is_test_map(const char *name)
{
	return !strncmp(name, test_prefix(), strlen(test_prefix()));
}

/* Returns 1 to stop the listing: names are not removed while they are listed. */
static int find_test_map(const char *name, void *found)
{
	if (!is_test_map(name))
		return 0;
	strcpy(found, name);
	return 1;
}

int unlink_test_maps(void **state)
{
	char name[BUCKETMAP_NAME_SIZE];
	int ret;

	(void)state;
	do {
		ret = bucketmap_list(find_test_map, name);
		if (ret == 1 && bucketmap_unlink(name))
			return -1;
	} while (ret == 1);
	return ret;
}

const char *test_name(const char *suffix)
{
	static char name[BUCKETMAP_NAME_SIZE];

	snprintf(name, sizeof(name), "%s%s", test_prefix(), suffix);
	return name;
}

static struct bucketmap *make_map(const struct bucketmap_create *config)
{
	struct bucketmap *map;

	assert_ok(bucketmap_create(&map, config));
	return map;
}

struct bucketmap *unnamed_map(__u32 key_size, __u32 value_size)
{
	return limited_map(key_size, value_size, 0);
}

struct bucketmap *limited_map(__u32 key_size, __u32 value_size, __u64 max_entries)
{
	struct bucketmap_create config = {
		.size = sizeof(config),
		.key_size = key_size,
		.value_size = value_size,
		.max_entries = max_entries,
		.mode = 0600,
	};

	return make_map(&config);
}

struct bucketmap *mapped_map(__u32 key_size, __u32 value_size, __u32 flags)
{
	const struct bucketmap_create config = {
		.size = sizeof(config),
		.flags = BUCKETMAP_CREATE_MAPPABLE | flags,
		.key_size = key_size,
		.value_size = value_size,
		.mode = 0600,
	};
	struct bucketmap *map = make_map(&config);

	assert_ok(bucketmap_use_mapping(map));
	return map;
}

struct bucketmap *named_map(const char *suffix, __u32 key_size, __u32 value_size)
{
	struct bucketmap_create config = {
		.size = sizeof(config),
		.key_size = key_size,
		.value_size = value_size,
		.mode = 0600,
	};

	strcpy(config.name, test_name(suffix));
	return make_map(&config);
}

__u64 entry_count(struct bucketmap *map)
{
	struct bucketmap_info info = { .size = sizeof(info) };

	assert_ok(bucketmap_info(map, &info));
	return info.count;
}

pid_t start_child(void (*work)(void *context), void *context)
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (!child) {
		/* The child must not outlive the test, however that ends. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		work(context);
		_exit(0);
	}
	return child;
}

void wait_for_success(pid_t child)
{
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* Kills a child that runs forever, and checks that it had not failed before. */
void stop_child(pid_t child)
{
	int status;

	assert_ok(kill(child, SIGKILL));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

__u64 time_now(void)
{
	struct timespec now;

	assert_ok(clock_gettime(CLOCK_MONOTONIC, &now));
	return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

void sleep_for(__u64 nanoseconds)
{
	struct timespec duration = {
		.tv_sec = nanoseconds / NSEC_PER_SEC,
		.tv_nsec = nanoseconds % NSEC_PER_SEC,
	};

	while (nanosleep(&duration, &duration) && errno == EINTR)
		;
}

atomic_int signals_handled;

static void count_signal(int signal)
{
	(void)signal;
	signals_handled++;
}

static void signal_every(unsigned int microseconds, int flags)
{
	const struct sigaction counting = { .sa_handler = count_signal, .sa_flags = flags };
	const struct sigevent event = {
		.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1,
	};
	const struct timespec period = { .tv_nsec = 1000L * microseconds };
	const struct itimerspec interval = { period, period };
	static timer_t timer;
	static int timer_exists;

	assert_ok(sigaction(SIGUSR1, &counting, NULL));
	if (!timer_exists) {
		assert_ok(timer_create(CLOCK_MONOTONIC, (struct sigevent *)&event, &timer));
		timer_exists = 1;
	}
	assert_ok(timer_settime(timer, 0, &interval, NULL));
}

void interrupt_every(unsigned int microseconds)
{
	signal_every(microseconds, 0);
}

void restart_every(unsigned int microseconds)
{
	signal_every(microseconds, SA_RESTART);
}

__u64 environment_number(const char *name, __u64 standard)
{
	const char *text = getenv(name);

	return text && *text ? strtoull(text, NULL, 0) : standard;
}

void *shared_memory(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(memory, MAP_FAILED);
	return memory;
}

static __u64 random_state;

void seed_random(void)
{
	random_state = environment_number("SEED", time(NULL));
	print_message("# SEED=%llu\n", random_state);
}

/* splitmix64 */
__u64 random_number(void)
{
	__u64 z = random_state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

__u64 random_below(__u64 limit)
{
	return random_number() % limit;
}

void take_snapshot(struct snapshot *snapshot, struct bucketmap *map)
{
	struct bucketmap_info info = { .size = sizeof(info) };
	struct bucketmap_cursor cursor = { 0 };
	size_t capacity;
	__u32 count;

	assert_ok(bucketmap_info(map, &info));
	*snapshot = (struct snapshot) {
		.key_size = info.key_size,
		.value_size = info.value_size,
	};
	/* One more than expected, to detect a map that returns too many entries. */
	capacity = info.count + 1;
	snapshot->keys = malloc(capacity * info.key_size);
	snapshot->values = malloc(capacity * info.value_size + 1);
	assert_non_null(snapshot->keys);
	assert_non_null(snapshot->values);

	while (!cursor.end) {
		assert_true(snapshot->count < capacity);
		assert_ok(bucketmap_scan(map, &cursor,
					 snapshot->keys + snapshot->count * info.key_size,
					 snapshot->values + snapshot->count * info.value_size, 0, 0,
					 capacity - snapshot->count, &count));
		snapshot->count += count;
	}
}

void free_snapshot(struct snapshot *snapshot)
{
	free(snapshot->values);
	free(snapshot->keys);
}

void assert_map_unchanged(const struct snapshot *before, struct bucketmap *map)
{
	struct snapshot now;

	take_snapshot(&now, map);
	assert_int_equal(now.count, before->count);
	assert_int_equal(entry_count(map), before->count);
	assert_memory_equal(now.keys, before->keys, now.count * now.key_size);
	assert_memory_equal(now.values, before->values, now.count * now.value_size);
	free_snapshot(&now);
}

int names_in(const char *directory)
{
	DIR *entries = opendir(directory);
	int count = 0;

	assert_non_null(entries);
	while (readdir(entries))
		count++;
	closedir(entries);
	return count - 2;
}
