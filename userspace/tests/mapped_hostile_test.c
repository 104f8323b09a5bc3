// SPDX-License-Identifier: GPL-2.0
/*
 * Readers that do to a mapped map whatever a mapping permits: they keep every
 * generation of its tables mapped, spin on its pages, and read retired tables all
 * the time. While they do, writers and resizes come to their end, and the memory
 * of retired tables is freed. And no signal ends such a reader.
 *
 * The readers are in the memcg "creator", with their page tables. The test has
 * created the map, so the map is charged to the test's memcg, "inserter".
 */
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#include "groups.h"
#include "mapped.h"

#define VALUE_SIZE	248
#define CAPACITY	10000
#define ROUNDS		30
#define KEYS		100	/* that each round writes */
#define READERS_MAX	3

/* Tables that a resize may go through, and more. */
#define GENERATIONS_MAX	(8 * ROUNDS)

/* What a reader tells the test. */
struct progress {
	_Atomic __u64 accesses;
	_Atomic __u64 newest;	/* word of the newest table that it has mapped */
};

struct generation {
	const unsigned char *start;
	__u64 bytes;
};

struct reader {
	void (*access)(struct reader *reader);
	struct progress *progress;
	struct mapped mapped;
	struct generation generations[GENERATIONS_MAX];
	size_t count;
	__u64 random;
};

struct value {
	__u64 number;
	unsigned char rest[VALUE_SIZE - sizeof(__u64)];
};

/* Readers */

static const unsigned char *map_part(const struct reader *reader, __u64 word, __u64 bytes)
{
	void *start = mmap(NULL, bytes, PROT_READ, MAP_SHARED, reader->mapped.fd,
			   (off_t)(word & BUCKETMAP_MAPPED_OFFSET));

	child_check(start != MAP_FAILED);
	return start;
}

/* Returns whether the table was still there. */
static int map_generation(struct reader *reader, __u64 word)
{
	const struct bucketmap_mapped_table *page;
	struct generation *generation = &reader->generations[reader->count];
	__u64 offset;

	child_check(reader->count < GENERATIONS_MAX);
	page = (const void *)map_part(reader, word, (__u64)getpagesize());
	generation->bytes = load(&page->bytes);
	munmap((void *)page, (size_t)getpagesize());
	if (generation->bytes == GONE)
		return 0;
	generation->start = map_part(reader, word, generation->bytes);
	for (offset = 0; offset < generation->bytes; offset += (__u64)getpagesize())
		load(generation->start + offset);
	reader->count++;
	return 1;
}

static void read_word_of(struct reader *reader, const struct generation *generation)
{
	reader->random = reader->random * 6364136223846793005ULL + 1442695040888963407ULL;
	load(generation->start + (reader->random >> 20) % (generation->bytes / 8) * 8);
}

static void access_nothing(struct reader *reader)
{
	(void)reader;
}

static void access_newest(struct reader *reader)
{
	read_word_of(reader, &reader->generations[reader->count - 1]);
}

static void access_any(struct reader *reader)
{
	read_word_of(reader, &reader->generations[(reader->random >> 40) % reader->count]);
}

/* Maps each table that the header page names, and unmaps none. */
static void read_until_killed(void *context)
{
	struct reader *reader = context;
	__u64 word;

	/* cmocka has handlers, which would go on with the test. */
	signal(SIGBUS, SIG_DFL);
	signal(SIGSEGV, SIG_DFL);
	child_check(!enter_group("creator"));
	for (;;) {
		word = load_acquire(&reader->mapped.header->table);
		if (word != reader->progress->newest && map_generation(reader, word))
			reader->progress->newest = word;
		if (reader->count)
			reader->access(reader);
		reader->progress->accesses++;
	}
}

/* What must go on meanwhile */

static void wait_for_progress(const struct progress *progress, __u64 accesses)
{
	const __u64 deadline = bucketmap_deadline(PATIENCE);

	while (progress->accesses <= accesses) {
		assert_true(time_now() < deadline);
		sleep_for(NSEC_PER_MSEC);
	}
}

/* Returns when the reader has mapped the oldest table. */
static void wait_for_newest(const struct mapped *mapped, const struct progress *progress)
{
	const __u64 deadline = bucketmap_deadline(PATIENCE);

	while (progress->newest != load_acquire(&mapped->header->table)) {
		assert_true(time_now() < deadline);
		sleep_for(NSEC_PER_MSEC);
	}
}

static void write_and_read_back(struct bucketmap *map, __u64 round)
{
	struct value value = { 0 };
	__u64 key;

	for (key = 0; key < KEYS; key++) {
		value.number = round * KEYS + key;
		assert_ok(bucketmap_store(map, &key, &value, 0, 0));
	}
	for (key = 0; key < KEYS; key++) {
		assert_ok(bucketmap_lookup(map, &key, &value, 0, 0));
		assert_int_equal(value.number, round * KEYS + key);
	}
}

static void write_and_resize(struct bucketmap *map, const struct mapped *mapped,
			     const struct progress *progress, size_t readers)
{
	__u64 round;
	size_t i;

	for (round = 0; round < ROUNDS; round++) {
		assert_ok(bucketmap_resize(map, round % 2 ? CAPACITY : 2 * CAPACITY, 0));
		write_and_read_back(map, round);
		for (i = 0; i < readers; i++)
			wait_for_newest(mapped, &progress[i]);
	}
}

static __u64 mapping_count(struct bucketmap *map)
{
	struct bucketmap_info info = { .size = sizeof(info) };

	assert_ok(bucketmap_info(map, &info));
	return info.mappings;
}

static void check_readers(void (*const access[])(struct reader *reader), size_t readers)
{
	struct progress *progress = shared_memory(READERS_MAX * sizeof(*progress));
	struct bucketmap *map = mappable_map(8, VALUE_SIZE, CAPACITY);
	struct reader *reader = calloc(1, sizeof(*reader));
	pid_t children[READERS_MAX];
	__u64 charged;
	size_t i;

	assert_non_null(reader);
	assert_ok(mapped_open(&reader->mapped, bucketmap_fd(map)));
	write_and_read_back(map, 0);
	assert_ok(bucketmap_resize(map, CAPACITY, 0));
	charged = charged_to("inserter");
	for (i = 0; i < readers; i++) {
		reader->access = access[i];
		reader->progress = &progress[i];
		children[i] = start_child(read_until_killed, reader);
		wait_for_newest(&reader->mapped, &progress[i]);
	}
	write_and_resize(map, &reader->mapped, progress, readers);
	assert_true(mapping_count(map) >= readers * ROUNDS);
	/* The readers go on, and have all generations mapped. */
	assert_charge_falls_to("inserter", charged);
	for (i = 0; i < readers; i++)
		wait_for_progress(&progress[i], progress[i].accesses);
	for (i = 0; i < readers; i++)
		stop_child(children[i]);
	mapped_close(&reader->mapped);
	assert_int_equal(mapping_count(map), 0);
	free(reader);
	munmap(progress, READERS_MAX * sizeof(*progress));
	bucketmap_close(map);
}

static void reader_that_keeps_all_generations_pins_nothing(void **state)
{
	static void (*const access[])(struct reader *reader) = { access_nothing };

	(void)state;
	skip_without_groups();
	check_readers(access, ARRAY_SIZE(access));
}

static void reader_that_spins_on_pages_stops_nothing(void **state)
{
	static void (*const access[])(struct reader *reader) = { access_newest };

	(void)state;
	skip_without_groups();
	check_readers(access, ARRAY_SIZE(access));
}

static void reader_of_retired_tables_lives_and_pins_nothing(void **state)
{
	static void (*const access[])(struct reader *reader) = { access_any };

	(void)state;
	skip_without_groups();
	check_readers(access, ARRAY_SIZE(access));
}

static void hostile_readers_together_do_no_more(void **state)
{
	static void (*const access[])(struct reader *reader) = {
		access_nothing, access_newest, access_any,
	};

	(void)state;
	skip_without_groups();
	check_readers(access, ARRAY_SIZE(access));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		memcg_test(reader_that_keeps_all_generations_pins_nothing),
		memcg_test(reader_that_spins_on_pages_stops_nothing),
		memcg_test(reader_of_retired_tables_lives_and_pins_nothing),
		memcg_test(hostile_readers_together_do_no_more),
	};

	return run_memcg_tests(tests);
}
