// SPDX-License-Identifier: GPL-2.0
/*
 * Processes do all operations on very few keys by ioctls, threads of another
 * process look the keys up through a mapping, and the map is resized all the time.
 * For every key there must be an order of the operations that agrees with the
 * instants of their invocations and returns and explains all results.
 *
 * The test proceeds in rounds. Between two rounds the map is not used: all
 * histories are checked and discarded, and only the possible states of the keys
 * are kept. OPERATIONS says how many operations each case checks.
 */
#include <pthread.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "model.h"
#include "native/tests/history.h"
#include "support.h"

#define STANDARD_OPERATIONS	100000

#define KEYS		5	/* from 0 on; those that follow are fillers */
#define FILLERS		120
#define WRITERS		2	/* processes */
#define READERS		2	/* threads of one process */
#define RECORDERS	(WRITERS + READERS)
#define EVENTS_MAX	1000	/* of a recorder, for each key, in a round */

/* An operation that was refused memory: it has no effect and no information. */
#define KIND_NONE	OPERATIONS

/* The operations of one writer or reader in this round. */
struct recorder {
	struct event events[KEYS][EVENTS_MAX];
	__u32 count[KEYS];
};

/* Memory of all processes. */
struct shared {
	_Atomic __u64 clock;
	_Atomic __u32 round;	/* all recorders begin it when it is increased */
	_Atomic __u32 busy;	/* recorders that have not finished it */
	struct recorder recorders[RECORDERS];
};

/* A writer or a reader. */
struct task {
	struct shared *shared;
	struct bucketmap *map;
	struct recorder *recorder;
	__u32 words;			/* of a value */
	__u64 random;
	__u64 stamp;			/* the last word that it has written; others write others */
	__u64 last[KEYS][HISTORY_WORDS];	/* what it has read last */
};

static __u64 draw(struct task *task, __u64 limit)
{
	__u64 random = task->random;

	random ^= random << 13;
	random ^= random >> 7;
	random ^= random << 17;
	task->random = random;
	return (random >> 32) % limit;
}

static __u64 instant(struct task *task)
{
	return atomic_fetch_add(&task->shared->clock, 1);
}

/* Events */

static struct event *next_event(struct task *task, __u64 key)
{
	struct event *event = &task->recorder->events[key][task->recorder->count[key]];

	memset(event, 0, sizeof(*event));
	return event;
}

static void draw_window(struct task *task, struct event *event)
{
	event->first = (__u8)draw(task, task->words);
	event->count = 1 + (__u8)draw(task, task->words - event->first);
	if (operations[event->kind].window == OP_WINDOW_NUMBER)
		event->count = 1;
}

/* A history_apply by the model of the end-to-end tests. */
static bool apply(struct key_state *state, const struct event *event)
{
	struct model_entry model = { .present = state->present };
	struct model_columns columns = { .value = { 0 } };
	struct bucketmap_entry entry = { .offset = event->first * 8U, .length = event->count * 8U };
	int result;

	if (event->kind == KIND_NONE)
		return true;
	memcpy(model.value, state->words, sizeof(state->words));
	memcpy(columns.value, event->given, sizeof(event->given));
	memcpy(columns.expected, event->expected, sizeof(event->expected));
	model_set_columns(&entry, (int)event->kind, &columns);
	result = model_operation(&model, (int)event->kind, &entry);
	state->present = model.present;
	memset(state->words, 0, sizeof(state->words));
	if (model.present)
		memcpy(state->words, model.value, sizeof(state->words));
	return result == event->result &&
	       !memcmp(columns.previous, event->found, sizeof(event->found));
}

/* Writers */

static int call(struct task *task, __u64 key, struct event *event)
{
	const struct operation *op = &operations[event->kind];
	struct bucketmap_entry entry = {
		.size = sizeof(entry),
		.key = (uintptr_t)&key,
		.value = op->value ? (uintptr_t)event->given : 0,
		.expected = op->expected ? (uintptr_t)event->expected : 0,
		.previous = op->previous ? (uintptr_t)event->found : 0,
	};
	int ret;

	if (op->window != OP_WINDOW_NO)
		entry.offset = event->first * 8U;
	if (op->window == OP_WINDOW_ANY)
		entry.length = event->count * 8U;
	ret = ioctl(bucketmap_fd(task->map), op->ioctl, &entry);
	return ret < 0 ? -errno : ret;
}

static void change_key(struct task *task, __u64 key)
{
	struct event *event = next_event(task, key);
	__u32 i;

	event->kind = (__u32)draw(task, (__u64)OPERATIONS);
	draw_window(task, event);
	for (i = 0; i < event->count; i++) {
		event->given[i] = ++task->stamp;
		event->expected[i] = task->last[key][event->first + i];
	}
	event->invoked = instant(task);
	event->result = call(task, key, event);
	event->returned = instant(task);
	if (event->result >= 0 && operations[event->kind].previous)
		memcpy(&task->last[key][event->first], event->found, event->count * sizeof(__u64));
	if (event->result == -ENOMEM)
		event->kind = KIND_NONE;
	task->recorder->count[key]++;
}

/* Readers */

static void look_up_key(struct task *task, __u64 key)
{
	struct event *event = next_event(task, key);

	event->kind = BUCKETMAP_LOOKUP;
	draw_window(task, event);
	event->invoked = instant(task);
	event->result = bucketmap_lookup(task->map, &key, event->found, event->first * 8U,
					 event->count * 8U);
	event->returned = instant(task);
	task->recorder->count[key]++;
}

/* All keys in a batch: each lookup takes effect at some instant during the call. */
static void look_up_all(struct task *task)
{
	__u64 keys[KEYS], found[KEYS][HISTORY_WORDS] = { { 0 } }, invoked, key;
	__s32 results[KEYS];
	struct bucketmap_batch batch = {
		.size = sizeof(batch),
		.operation = BUCKETMAP_LOOKUP,
		.keys = (uintptr_t)keys,
		.previous = (uintptr_t)found,
		.results = (uintptr_t)results,
		.count = KEYS,
	};

	for (key = 0; key < KEYS; key++)
		keys[key] = key;
	invoked = instant(task);
	child_check(!bucketmap_batch(task->map, &batch) && batch.done == KEYS);
	for (key = 0; key < KEYS; key++) {
		struct event *event = next_event(task, key);

		event->kind = BUCKETMAP_LOOKUP;
		event->count = (__u8)task->words;
		event->result = results[key];
		memcpy(event->found, (__u64 *)found + key * task->words,
		       task->words * sizeof(__u64));
		event->invoked = invoked;
		event->returned = instant(task);
		task->recorder->count[key]++;
	}
}

static void read_keys(struct task *task)
{
	if (draw(task, 16))
		look_up_key(task, draw(task, KEYS));
	else
		look_up_all(task);
}

static void write_keys(struct task *task)
{
	change_key(task, draw(task, KEYS));
}

/* Rounds, as a recorder has part in them */

static int has_room(const struct recorder *recorder)
{
	__u64 key;

	for (key = 0; key < KEYS; key++)
		if (recorder->count[key] == EVENTS_MAX)
			return 0;
	return 1;
}

static void record_rounds(struct task *task, void (*work)(struct task *task))
{
	struct shared *shared = task->shared;
	__u32 round;

	for (round = 0;; round++) {
		while (atomic_load(&shared->round) == round)
			usleep(100);
		while (has_room(task->recorder))
			work(task);
		atomic_fetch_sub(&shared->busy, 1);
	}
}

static void write_until_killed(void *context)
{
	record_rounds(context, write_keys);
}

static void *read_in_thread(void *context)
{
	record_rounds(context, read_keys);
	return NULL;
}

static void read_until_killed(void *context)
{
	struct task *tasks = context;
	pthread_t threads[READERS];
	int i;

	child_check(!bucketmap_use_mapping(tasks->map));
	for (i = 0; i < READERS; i++)
		child_check(!pthread_create(&threads[i], NULL, read_in_thread, &tasks[i]));
	pthread_join(threads[0], NULL);
}

/* Rounds, as the test sees them */

static void store_fillers(struct bucketmap *map, int remove)
{
	const __u64 value[HISTORY_WORDS] = { 0 };
	__u64 key;

	for (key = KEYS; key < KEYS + FILLERS; key++)
		if (remove)
			bucketmap_delete(map, &key);
		else
			assert_ok(bucketmap_store(map, &key, value, 0, 0));
}

/* Resizes the map and changes fillers until all recorders are done. */
static void run_round(struct shared *shared, struct bucketmap *map)
{
	const __u64 deadline = bucketmap_deadline(10 * PATIENCE);
	__u64 i;

	for (i = 0; i < RECORDERS; i++)
		memset(shared->recorders[i].count, 0, sizeof(shared->recorders[i].count));
	atomic_store(&shared->busy, RECORDERS);
	atomic_fetch_add(&shared->round, 1);
	for (i = 0; atomic_load(&shared->busy); i++) {
		/* A recorder that has failed never finishes. */
		assert_true(time_now() < deadline);
		assert_ok(bucketmap_resize(map, random_below(4) * FILLERS, 0));
		if (i % 4 == 0)
			store_fillers(map, i % 8 == 4);
	}
}

static void print_event(const char *what, const struct event *event)
{
	const char *name = event->kind == KIND_NONE ? "none" : operations[event->kind].name;

	fprintf(stderr, "# %s: %llu..%llu %s [%u,%u) given %llx expected %llx -> %d found %llx\n",
		what, event->invoked, event->returned, name, event->first,
		event->first + event->count, event->given[0], event->expected[0], event->result,
		event->found[0]);
}

static void print_context(const struct log *logs, const struct event *wrong)
{
	__u32 i, j;

	print_event("no order explains", wrong);
	for (i = 0; i < RECORDERS; i++)
		for (j = 0; j < logs[i].count; j++)
			if (logs[i].events[j].returned + 60 > wrong->invoked &&
			    logs[i].events[j].invoked < wrong->returned)
				print_event("at that time", &logs[i].events[j]);
}

/* How many operations were checked, and lookups among them. */
struct checked {
	__u64 operations;
	__u64 lookups;
};

static void count_events(struct checked *checked, const struct log *log)
{
	__u32 i;

	checked->operations += log->count;
	for (i = 0; i < log->count; i++)
		checked->lookups += log->events[i].kind == BUCKETMAP_LOOKUP;
}

static void check_key(const struct shared *shared, __u64 key, struct key_states *possible,
		      struct checked *checked)
{
	struct log logs[RECORDERS];
	const struct event *wrong;
	__u32 i;

	for (i = 0; i < RECORDERS; i++) {
		logs[i].events = shared->recorders[i].events[key];
		logs[i].count = shared->recorders[i].count[key];
		count_events(checked, &logs[i]);
	}
	wrong = history_check(logs, RECORDERS, possible, apply);
	if (wrong)
		print_context(logs, wrong);
	assert_null(wrong);
}

/* The map counts lookups by system calls, and no others. */
static void print_checked(const struct checked *checked, struct bucketmap *map)
{
	struct bucketmap_info info = { .size = sizeof(info) };
	__u64 asked;

	assert_ok(bucketmap_info(map, &info));
	asked = info.lookup_hits + info.lookup_misses;
	print_message("# %llu operations checked, %llu of them lookups by a mapping\n",
		      checked->operations, checked->lookups - asked);
	assert_true(asked < checked->lookups);
}

/* Tests */

static void make_tasks(struct task *tasks, struct shared *shared, struct bucketmap *map,
		       __u32 words)
{
	__u64 i;

	for (i = 0; i < RECORDERS; i++)
		tasks[i] = (struct task){
			.shared = shared, .map = map, .recorder = &shared->recorders[i],
			.words = words, .random = random_number() | 1, .stamp = (i + 1) << 48,
		};
}

static struct bucketmap *history_map(__u32 words)
{
	const struct bucketmap_create config = {
		.size = sizeof(config), .flags = BUCKETMAP_CREATE_MAPPABLE,
		.key_size = 8, .value_size = words * 8, .mode = 0600,
	};
	struct bucketmap *map;

	assert_ok(bucketmap_create(&map, &config));
	return map;
}

static void check_linearizable(__u32 words)
{
	const __u64 wanted = environment_number("OPERATIONS", STANDARD_OPERATIONS);
	struct shared *shared = shared_memory(sizeof(*shared));
	struct bucketmap *map = history_map(words);
	struct key_states possible[KEYS];
	struct task tasks[RECORDERS];
	pid_t children[WRITERS + 1];
	struct checked checked = { 0 };
	__u64 key;
	int i;

	seed_random();
	make_tasks(tasks, shared, map, words);
	for (i = 0; i < WRITERS; i++)
		children[i] = start_child(write_until_killed, &tasks[i]);
	children[WRITERS] = start_child(read_until_killed, &tasks[WRITERS]);
	for (key = 0; key < KEYS; key++)
		key_states_begin(&possible[key]);
	while (checked.operations < wanted) {
		run_round(shared, map);
		for (key = 0; key < KEYS; key++)
			check_key(shared, key, &possible[key], &checked);
	}
	for (key = 0; key < KEYS; key++)
		key_states_end(&possible[key]);
	for (i = 0; i <= WRITERS; i++)
		stop_child(children[i]);
	print_checked(&checked, map);
	munmap(shared, sizeof(*shared));
	bucketmap_close(map);
}

static void mapped_lookups_of_one_word_are_linearizable(void **state)
{
	(void)state;
	check_linearizable(1);
}

static void mapped_lookups_of_several_words_are_linearizable(void **state)
{
	(void)state;
	check_linearizable(HISTORY_WORDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(mapped_lookups_of_one_word_are_linearizable),
		device_test(mapped_lookups_of_several_words_are_linearizable),
	};

	return run_device_tests(tests);
}
