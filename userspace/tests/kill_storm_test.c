// SPDX-License-Identifier: GPL-2.0
/*
 * Processes are killed at random instants while they work on one map. Every
 * acknowledged call has taken effect. The interrupted call has taken effect or not,
 * never by half; of a batch, a prefix of the entries has. No other process hangs.
 * KILLS in the environment is the number of processes to kill.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "support.h"

#define KEYS	1024
#define WORDS	8

/*
 * A worker's log in shared memory: the version of each of its keys, 0 if the key
 * does not exist. Each writing call has its own version. The worker logs what it
 * is going to do before the call, and that the kernel acknowledged it after the call.
 */
struct log {
	__u64 versions[KEYS];
	__u64 last_version;
	__u64 calls;
	/* The call in progress: @count keys from @first on get the new version. */
	__u64 first;
	__u64 count;
	__u64 new_version;
	__u64 acknowledged;
};

struct worker {
	struct bucketmap *map;
	struct log *log;
	int slot;
	pid_t process;
};

static void write_single_entry(struct worker *worker);
static void write_batch(struct worker *worker);
static void wait_for_change(struct worker *worker);
static void scan_map(struct worker *worker);
static void resize_map(struct worker *worker);

static void (*const roles[])(struct worker *worker) = {
	write_single_entry, write_single_entry, write_batch, write_batch,
	wait_for_change, scan_map, resize_map,
};

#define WRITERS		4
#define WORKERS		((int)ARRAY_SIZE(roles))

static __u64 key_of(int slot, __u64 index)
{
	return (__u64)slot << 32 | index;
}

struct value {
	__u64 words[WORDS];
};

/* Every word depends on key and version, so that a mix of two values is detected. */
static struct value value_of(__u64 key, __u64 version)
{
	struct value value = { .words = { key, version } };

	for (int i = 2; i < WORDS; i++)
		value.words[i] = ((key << 20 ^ version) + i) * 0x9e3779b97f4a7c15;
	return value;
}

#define INVALID_VERSION	(~0ULL)

/* The version of a value, or INVALID_VERSION if no worker has written such a value. */
static __u64 version_of(__u64 key, const struct value *value)
{
	const struct value expected = value_of(key, value->words[1]);

	return memcmp(value, &expected, sizeof(expected)) ? INVALID_VERSION : value->words[1];
}

static __u64 find_version(struct bucketmap *map, __u64 key)
{
	struct value value;
	int ret = bucketmap_lookup(map, &key, &value, 0, 0);

	if (ret)
		return ret == -ENOENT ? 0 : INVALID_VERSION;
	return version_of(key, &value);
}

/* A kill may fall between any two of these stores, so their order matters. */
static void log_write(__u64 *where, __u64 number)
{
	__atomic_store_n(where, number, __ATOMIC_SEQ_CST);
}

/* Returns the version of the call. */
static __u64 begin_call(struct log *log, __u64 first, __u64 count, int deletes)
{
	log_write(&log->last_version, log->last_version + 1);
	log_write(&log->first, first);
	log_write(&log->new_version, deletes ? 0 : log->last_version);
	log_write(&log->count, count);
	return log->last_version;
}

static void end_call(struct log *log)
{
	log_write(&log->acknowledged, 1);
	for (__u64 i = log->first; i < log->first + log->count; i++)
		log_write(&log->versions[i], log->new_version);
	log_write(&log->calls, log->calls + 1);
	log_write(&log->count, 0);
	log_write(&log->acknowledged, 0);
}

/* One of the operations that succeed on an existing key; @value is the new value. */
static void change_key(struct bucketmap *map, __u64 key, __u64 version, int way,
		       const struct value *value)
{
	const struct value old = value_of(key, version);
	struct value previous;

	switch (way) {
	case 0:
		child_check(!bucketmap_store(map, &key, value, 0, 0));
		break;
	case 1:
		child_check(!bucketmap_replace(map, &key, value, 0, 0));
		break;
	case 2:
		child_check(bucketmap_swap(map, &key, value, &previous, 0, 0) == 1);
		child_check(!memcmp(&previous, &old, sizeof(old)));
		break;
	case 3:
		child_check(!bucketmap_compare_and_swap(map, &key, &old, value, NULL, 0, 0));
		break;
	case 4:
		child_check(!bucketmap_delete(map, &key));
		break;
	case 5:
		child_check(!bucketmap_compare_and_delete(map, &key, &old, NULL, 0, 0));
		break;
	default:
		child_check(!bucketmap_lookup_and_delete(map, &key, &previous, 0, 0));
		child_check(!memcmp(&previous, &old, sizeof(old)));
	}
}

static void create_key(struct bucketmap *map, __u64 key, int way, const struct value *value)
{
	switch (way % 4) {
	case 0:
		child_check(!bucketmap_store(map, &key, value, 0, 0));
		break;
	case 1:
		child_check(!bucketmap_insert(map, &key, value, 0, 0));
		break;
	case 2:
		child_check(!bucketmap_swap(map, &key, value, NULL, 0, 0));
		break;
	default:
		child_check(!bucketmap_load_or_store(map, &key, value, NULL, 0, 0));
	}
}

static void write_single_entry(struct worker *worker)
{
	struct log *log = worker->log;
	__u64 index = random_below(KEYS), key = key_of(worker->slot, index);
	__u64 version = log->versions[index];
	int way = random_below(7);
	struct value value;

	value = value_of(key, begin_call(log, index, 1, version && way >= 4));
	if (version)
		change_key(worker->map, key, version, way, &value);
	else
		create_key(worker->map, key, way, &value);
	end_call(log);
}

static void write_batch(struct worker *worker)
{
	struct log *log = worker->log;
	__u64 first = random_below(KEYS / 2), count = 1 + random_below(KEYS / 2);
	int deletes = !random_below(4);
	__u64 version, keys[KEYS];
	struct value values[KEYS];
	__s32 results[KEYS];
	struct bucketmap_batch batch = {
		.size = sizeof(batch),
		.operation = deletes ? BUCKETMAP_DELETE : BUCKETMAP_STORE,
		.keys = (uintptr_t)keys,
		.values = deletes ? 0 : (uintptr_t)values,
		.results = (uintptr_t)results,
		.count = count,
	};

	version = begin_call(log, first, count, deletes);
	for (__u64 i = 0; i < count; i++) {
		keys[i] = key_of(worker->slot, first + i);
		values[i] = value_of(keys[i], version);
	}
	child_check(!bucketmap_batch(worker->map, &batch));
	for (__u64 i = 0; i < count; i++)
		child_check(results[i] ==
			    (deletes && !log->versions[first + i] ? -ENOENT : 0));
	end_call(log);
}

static void wait_for_change(struct worker *worker)
{
	__u64 key = key_of(random_below(WRITERS), random_below(KEYS));
	__u64 version = find_version(worker->map, key);
	const struct value seen = value_of(key, version);

	child_check(version != INVALID_VERSION);
	child_check(!bucketmap_wait(worker->map, &key, version ? &seen : NULL, 0, 0, 0));
	log_write(&worker->log->calls, worker->log->calls + 1);
}

static void scan_map(struct worker *worker)
{
	struct bucketmap_cursor cursor = { 0 };

	while (!cursor.end) {
		__u64 keys[KEYS];
		struct value values[KEYS];
		__u32 count;

		child_check(!bucketmap_scan(worker->map, &cursor, keys, values, 0, 0, KEYS,
					    &count));
		for (__u32 i = 0; i < count; i++)
			child_check(version_of(keys[i], &values[i]) != INVALID_VERSION);
	}
	log_write(&worker->log->calls, worker->log->calls + 1);
}

static void resize_map(struct worker *worker)
{
	child_check(!bucketmap_resize(worker->map, random_below(2) ? 2000 : 0, 0));
	log_write(&worker->log->calls, worker->log->calls + 1);
}

/*
 * There are more workers than CPUs. They run under SCHED_IDLE; one that is going to be killed
 * gets SCHED_OTHER, so that its exit does not wait for the others.
 */
static void set_policy(pid_t process, int policy)
{
	const struct sched_param parameters = { 0 };

	child_check(!sched_setscheduler(process, policy, &parameters));
}

static void work_forever(void *context)
{
	struct worker *worker = context;

	set_policy(0, SCHED_IDLE);
	for (;;)
		roles[worker->slot](worker);
}

/* The outcomes of interrupted calls. */
struct tally {
	int done;
	int not_started;
	int partial;
};

/*
 * Of the keys of the call, a prefix has the new version and the rest the old one; all have the
 * new version if the call was acknowledged.
 */
static void check_interrupted_call(struct worker *worker, struct tally *tally)
{
	struct log *log = worker->log;
	int new = 0, old = 0;

	if (!log->count)
		return;
	for (__u64 i = log->first; i < log->first + log->count; i++) {
		__u64 found = find_version(worker->map, key_of(worker->slot, i));

		if (found == log->new_version && found != log->versions[i]) {
			assert_int_equal(old, 0);
			new++;
		} else {
			/* Deleting an absent key changes nothing. */
			assert_int_equal(found, log->versions[i]);
			old += found != log->new_version;
		}
		log->versions[i] = found;
	}
	if (log->acknowledged)
		assert_int_equal(old, 0);
	tally->done += !old;
	tally->not_started += old && !new;
	tally->partial += old && new;
	log->count = 0;
	log->acknowledged = 0;
}

static void start(struct worker *worker)
{
	/* Give each child a different sequence of random numbers. */
	random_number();
	worker->process = start_child(work_forever, worker);
}

static void kill_one(struct worker *worker, struct tally *tally)
{
	sleep_for(1000 * random_below(1500));
	set_policy(worker->process, SCHED_OTHER);
	stop_child(worker->process);
	check_interrupted_call(worker, tally);
}

static __u64 assert_all_versions(const struct worker *workers)
{
	__u64 present = 0;

	for (int slot = 0; slot < WRITERS; slot++) {
		for (__u64 i = 0; i < KEYS; i++) {
			__u64 version = workers[slot].log->versions[i];

			assert_int_equal(find_version(workers[slot].map, key_of(slot, i)), version);
			present += !!version;
		}
	}
	return present;
}

static void assert_all_operations_work(struct bucketmap *map)
{
	__u64 key = ~0ULL;
	const struct value one = value_of(key, 1), two = value_of(key, 2);
	struct bucketmap_cursor cursor = { 0 };
	struct value previous;

	assert_ok(bucketmap_insert(map, &key, &one, 0, 0));
	assert_ok(bucketmap_lookup(map, &key, &previous, 0, 0));
	assert_ok(bucketmap_compare_and_swap(map, &key, &one, &two, NULL, 0, 0));
	assert_int_equal(bucketmap_swap(map, &key, &one, &previous, 0, 0), 1);
	assert_int_equal(bucketmap_load_or_store(map, &key, &two, &previous, 0, 0), 1);
	assert_ok(bucketmap_store(map, &key, &two, 0, 0));
	assert_ok(bucketmap_replace(map, &key, &two, 0, 0));
	assert_ok(bucketmap_compare_and_delete(map, &key, &two, NULL, 0, 0));
	assert_ok(bucketmap_add(map, &key, 0, 1, NULL));
	assert_ok(bucketmap_lookup_and_delete(map, &key, &previous, 0, 0));
	assert_error(bucketmap_delete(map, &key), ENOENT);
	assert_ok(bucketmap_resize(map, 5000, bucketmap_deadline(PATIENCE)));
	assert_ok(bucketmap_clear(map, &cursor, bucketmap_deadline(PATIENCE)));
	assert_int_equal(entry_count(map), 0);
}

static __u64 module_references(void)
{
	FILE *file = fopen("/sys/module/bucketmap/refcnt", "re");
	unsigned long long references;

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%llu", &references), 1);
	assert_ok(fclose(file));
	return references;
}

static __u64 maps(void)
{
	struct bucketmap_limits limits = { .size = sizeof(limits) };

	assert_ok(bucketmap_limits(&limits));
	return limits.maps;
}

static void report(const struct worker *workers, const struct tally *tallies)
{
	static const char *const names[] = {
		"single operations", "single operations", "batches", "batches", "waits", "scans",
		"resizes",
	};

	for (int slot = 0; slot < WORKERS; slot++) {
		const struct tally *tally = &tallies[slot];

		print_message("# %s: %llu calls acknowledged", names[slot],
			      workers[slot].log->calls);
		if (slot < WRITERS)
			print_message("; interrupted: %d done, %d not started, %d partial",
				      tally->done, tally->not_started, tally->partial);
		print_message("\n");
	}
}

static void acknowledged_calls_survive_killed_processes(void **state)
{
	int kills = environment_number("KILLS", 1000);
	__u64 references_before = module_references(), maps_before = maps();
	struct bucketmap *map = unnamed_map(8, sizeof(struct value));
	struct log *logs = shared_memory(WORKERS * sizeof(*logs));
	struct worker workers[WORKERS];
	struct tally tallies[WORKERS] = { 0 };
	int partial_batches = 0;

	(void)state;
	seed_random();
	for (int slot = 0; slot < WORKERS; slot++) {
		workers[slot] = (struct worker) {
			.map = map, .log = &logs[slot], .slot = slot,
		};
		start(&workers[slot]);
	}
	for (int i = 0; i < kills; i++) {
		int slot = random_below(WORKERS);

		kill_one(&workers[slot], &tallies[slot]);
		start(&workers[slot]);
	}
	for (int slot = 0; slot < WORKERS; slot++)
		kill_one(&workers[slot], &tallies[slot]);
	print_message("# %d processes killed\n", kills + WORKERS);
	report(workers, tallies);
	for (int slot = 0; slot < WRITERS / 2; slot++)
		assert_int_equal(tallies[slot].partial, 0);
	/* With that many kills, some must interrupt a batch in the middle. */
	for (int slot = WRITERS / 2; slot < WRITERS; slot++)
		partial_batches += tallies[slot].partial;
	assert_true(partial_batches > 0 || kills < 1000);
	assert_int_equal(entry_count(map), assert_all_versions(workers));
	assert_all_operations_work(map);
	bucketmap_close(map);
	assert_int_equal(maps(), maps_before);
	assert_int_equal(module_references(), references_before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(acknowledged_calls_survive_killed_processes),
	};

	return run_device_tests(tests);
}
