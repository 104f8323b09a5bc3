// SPDX-License-Identifier: GPL-2.0
/*
 * Memory of a map that is mapped: whichever way a process with mappings ends,
 * nothing stays charged to its memcg, and no page is missing afterwards.
 *
 * The process is alone in the memcg "creator". It has created a map, has mapped
 * two generations of tables, and has accessed all of their pages.
 */
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "groups.h"
#include "mapped.h"

#define VALUE_SIZE	248
#define CAPACITY	30000
#define ROUNDS		20

/* The larger table alone, which has 2 * CAPACITY entries. */
#define MAP_BYTES	(2 * CAPACITY * VALUE_SIZE)

/* How far the process has come. */
enum phase { BEGINS, HOLDS, MAY_END, HANDED_OVER };

struct holder {
	void (*end)(struct holder *holder);
	pid_t process;
	pid_t heir;	/* has inherited the mappings, if any */
	atomic_int phase;
	struct mapped mapped;
};

static void wait_for_phase(struct holder *holder, int phase)
{
	while (atomic_load(&holder->phase) < phase)
		usleep(1000);
}

static void touch_all(const struct area *area)
{
	__u64 offset;

	for (offset = 0; offset < area->bytes; offset += (__u64)getpagesize())
		load(area->start + offset);
}

static void map_and_touch_oldest(struct holder *holder)
{
	struct area *area;

	child_check(!mapped_area(&holder->mapped, load_acquire(&holder->mapped.header->table),
				 &area));
	touch_all(area);
}

static void hold_mappings(void *context)
{
	const struct bucketmap_create config = {
		.size = sizeof(config), .flags = BUCKETMAP_CREATE_MAPPABLE,
		.key_size = 8, .value_size = VALUE_SIZE, .capacity = CAPACITY, .mode = 0600,
	};
	struct holder *holder = context;
	struct bucketmap *map;

	child_check(!enter_group("creator"));
	child_check(!bucketmap_create(&map, &config));
	child_check(!mapped_open(&holder->mapped, bucketmap_fd(map)));
	map_and_touch_oldest(holder);
	child_check(!bucketmap_resize(map, 2 * CAPACITY, 0));
	map_and_touch_oldest(holder);
	/* The first table is retired now. */
	touch_all(&holder->mapped.areas[0]);
	atomic_store(&holder->phase, HOLDS);
	wait_for_phase(holder, MAY_END);
	holder->end(holder);
}

/* Starts the process. Its memory is charged when this returns. */
static void start_holder(struct holder *holder, void (*end)(struct holder *holder))
{
	memset(holder, 0, sizeof(*holder));
	holder->end = end;
	holder->process = start_child(hold_mappings, holder);
	wait_for_phase(holder, HOLDS);
	assert_true(charged_to("creator") > MAP_BYTES);
}

static __u64 charged_tables(void)
{
	return group_number("creator", "memory.stat", "vmalloc ");
}

/* Of tables nothing, of other memory what is charged in advance. */
static void assert_nothing_is_charged(void)
{
	__u64 deadline = bucketmap_deadline(PATIENCE);

	while (charged_tables() && time_now() < deadline)
		sleep_for(50 * NSEC_PER_MSEC);
	assert_int_equal(charged_tables(), 0);
	assert_charge_falls_to("creator", 0);
}

/* Ways to end */

static void sleep_until_killed(struct holder *holder)
{
	(void)holder;
	for (;;)
		pause();
}

static void exit_at_once(struct holder *holder)
{
	(void)holder;
	_exit(0);
}

static void exec_sleeper(struct holder *holder)
{
	(void)holder;
	execl("/proc/self/exe", "mapped_memory_test", "sleep", (char *)NULL);
	_exit(1);
}

/* Ends after a child has inherited its mappings. */
static void leave_to_child(struct holder *holder)
{
	pid_t child = fork();

	child_check(child >= 0);
	if (!child) {
		holder->heir = getpid();
		atomic_store(&holder->phase, HANDED_OVER);
		sleep_until_killed(holder);
	}
	_exit(0);
}

/* Tests */

static void killed_process_leaves_no_charge(void **state)
{
	struct holder *holder = shared_memory(sizeof(*holder));

	(void)state;
	skip_without_groups();
	start_holder(holder, sleep_until_killed);
	stop_child(holder->process);
	assert_nothing_is_charged();
	munmap(holder, sizeof(*holder));
}

static void process_that_does_not_unmap_leaves_no_charge(void **state)
{
	struct holder *holder = shared_memory(sizeof(*holder));

	(void)state;
	skip_without_groups();
	start_holder(holder, exit_at_once);
	atomic_store(&holder->phase, MAY_END);
	wait_for_success(holder->process);
	assert_nothing_is_charged();
	munmap(holder, sizeof(*holder));
}

/* The process goes on: exec() has taken its mappings and its descriptor. */
static void exec_leaves_no_charge(void **state)
{
	struct holder *holder = shared_memory(sizeof(*holder));

	(void)state;
	skip_without_groups();
	start_holder(holder, exec_sleeper);
	atomic_store(&holder->phase, MAY_END);
	assert_nothing_is_charged();
	stop_child(holder->process);
	munmap(holder, sizeof(*holder));
}

/* An inherited mapping keeps the map, until its process ends as well. */
static void map_of_forked_process_is_charged_until_its_child_ends(void **state)
{
	struct holder *holder = shared_memory(sizeof(*holder));

	(void)state;
	skip_without_groups();
	start_holder(holder, leave_to_child);
	atomic_store(&holder->phase, MAY_END);
	wait_for_success(holder->process);
	wait_for_phase(holder, HANDED_OVER);
	assert_true(charged_to("creator") > MAP_BYTES);
	assert_ok(kill(holder->heir, SIGKILL));
	assert_nothing_is_charged();
	munmap(holder, sizeof(*holder));
}

static __u64 free_memory(void)
{
	FILE *file = fopen("/proc/meminfo", "re");
	__u64 kib = 0;
	char line[128];

	assert_non_null(file);
	while (fgets(line, sizeof(line), file) && sscanf(line, "MemFree: %llu", &kib) != 1)
		;
	fclose(file);
	assert_true(kib);
	return kib * 1024;
}

/*
 * The pages of all rounds together are many times those of one. What others use
 * meanwhile is less than those of one.
 */
static void killed_processes_leave_no_page(void **state)
{
	struct holder *holder = shared_memory(sizeof(*holder));
	__u64 before = 0, deadline;
	int i;

	(void)state;
	skip_without_groups();
	for (i = 0; i <= ROUNDS; i++) {
		start_holder(holder, sleep_until_killed);
		stop_child(holder->process);
		assert_nothing_is_charged();
		if (!i)
			before = free_memory();
	}
	deadline = bucketmap_deadline(PATIENCE);
	while (free_memory() + MAP_BYTES < before && time_now() < deadline)
		sleep_for(50 * NSEC_PER_MSEC);
	assert_true(free_memory() + MAP_BYTES >= before);
	munmap(holder, sizeof(*holder));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		memcg_test(killed_process_leaves_no_charge),
		memcg_test(process_that_does_not_unmap_leaves_no_charge),
		memcg_test(exec_leaves_no_charge),
		memcg_test(map_of_forked_process_is_charged_until_its_child_ends),
		memcg_test(killed_processes_leave_no_page),
	};

	(void)argv;
	/* exec_sleeper() */
	if (argc > 1)
		sleep_until_killed(NULL);
	return run_memcg_tests(tests);
}
