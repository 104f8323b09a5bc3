// SPDX-License-Identifier: GPL-2.0
/*
 * Batches do what as many single operations would, and where a column ends
 * they stop there exactly: what lies before is done, what follows is not begun.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "abi.h"
#include "model.h"

#define ENTRIES		600
#define KEYS		50
#define WINDOW_OFFSET	8
#define WINDOW_LENGTH	3

enum column { KEY, VALUE, EXPECTED, PREVIOUS, RESULT, COLUMNS };

/* Each column lies at the end of memory of its own, behind which nothing is. */
struct columns {
	int operation;
	unsigned char *end[COLUMNS];
	unsigned char *begin[COLUMNS];
	size_t stride[COLUMNS];
};

static size_t column_room(void)
{
	return 16 * sysconf(_SC_PAGESIZE);
}

static void map_columns(struct columns *columns)
{
	size_t room = column_room(), page = sysconf(_SC_PAGESIZE);

	for (int i = 0; i < COLUMNS; i++) {
		unsigned char *memory = mmap(NULL, room + page, PROT_READ | PROT_WRITE,
					     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		assert_ptr_not_equal(memory, MAP_FAILED);
		assert_ok(mprotect(memory + room, page, PROT_NONE));
		columns->end[i] = memory + room;
	}
}

static void unmap_columns(struct columns *columns)
{
	for (int i = 0; i < COLUMNS; i++)
		munmap(columns->end[i] - column_room(), column_room() + sysconf(_SC_PAGESIZE));
}

/* Which columns an operation has, filled anew. */
static void fill_columns(struct columns *columns, int operation)
{
	const struct abi_operation *uses = &abi_operations[operation];
	size_t window = uses->window ? WINDOW_LENGTH : sizeof(__u64);

	columns->operation = operation;
	columns->stride[KEY] = sizeof(__u32);
	columns->stride[VALUE] = uses->value ? window : 0;
	columns->stride[EXPECTED] = uses->expected ? window : 0;
	columns->stride[PREVIOUS] = uses->previous ? window : 0;
	columns->stride[RESULT] = sizeof(__s32);
	for (int i = 0; i < COLUMNS; i++) {
		columns->begin[i] = columns->end[i] - ENTRIES * columns->stride[i];
		/* Few different bytes, so that comparisons succeed now and then. */
		for (unsigned char *byte = columns->begin[i]; byte < columns->end[i]; byte++)
			*byte = random_below(2);
	}
	for (int i = 0; i < ENTRIES; i++) {
		__u32 key = random_below(KEYS);

		memcpy(columns->begin[KEY] + i * sizeof(key), &key, sizeof(key));
	}
}

/* Moves a column so that @there entries of it, and @bytes of the next one, are in memory. */
static void cut_column(struct columns *columns, enum column cut, size_t there, size_t bytes)
{
	unsigned char *begin = columns->end[cut] - there * columns->stride[cut] - bytes;

	memmove(begin, columns->begin[cut], columns->end[cut] - begin);
	columns->begin[cut] = begin;
}

static __u64 column_pointer(const struct columns *columns, enum column column)
{
	return columns->stride[column] ? abi_pointer(columns->begin[column]) : 0;
}

static struct bucketmap_batch make_batch(const struct columns *columns)
{
	const struct abi_operation *uses = &abi_operations[columns->operation];

	return (struct bucketmap_batch) {
		.size = sizeof(struct bucketmap_batch),
		.operation = columns->operation,
		.keys = column_pointer(columns, KEY),
		.values = column_pointer(columns, VALUE),
		.expected = column_pointer(columns, EXPECTED),
		.previous = column_pointer(columns, PREVIOUS),
		.results = column_pointer(columns, RESULT),
		.count = ENTRIES,
		.offset = uses->window || columns->operation == BUCKETMAP_ADD ? WINDOW_OFFSET : 0,
		.length = uses->window ? WINDOW_LENGTH : 0,
	};
}

struct pair {
	struct bucketmap *map;
	struct columns columns;
	struct model_entry model[KEYS];
};

static struct pair *new_pair(void)
{
	struct pair *pair = calloc(1, sizeof(*pair));

	assert_non_null(pair);
	seed_random();
	pair->map = unnamed_map(sizeof(__u32), MODEL_VALUE_SIZE);
	map_columns(&pair->columns);
	return pair;
}

static void free_pair(struct pair *pair)
{
	unmap_columns(&pair->columns);
	bucketmap_close(pair->map);
	free(pair);
}

/* Half of the keys, in the map and in the model. */
static void fill_pair(struct pair *pair)
{
	struct bucketmap_cursor cursor = { 0 };

	assert_ok(bucketmap_clear(pair->map, &cursor, 0));
	for (__u32 key = 0; key < KEYS; key++) {
		struct model_entry *model = &pair->model[key];

		model->present = random_below(2);
		for (int i = 0; i < MODEL_VALUE_SIZE; i++)
			model->value[i] = random_below(2);
		if (model->present)
			assert_ok(bucketmap_insert(pair->map, &key, model->value, 0, 0));
	}
}

/* What the columns of the first entries are to hold afterwards. */
struct outcome {
	unsigned char previous[ENTRIES][sizeof(__u64)];
	__s32 results[ENTRIES];
};

static void predict(struct pair *pair, size_t count, struct outcome *outcome)
{
	const struct columns *columns = &pair->columns;
	const struct bucketmap_batch batch = make_batch(columns);

	memset(outcome, 0, sizeof(*outcome));
	for (size_t i = 0; i < count; i++) {
		const struct bucketmap_entry entry = {
			.value = abi_pointer(columns->begin[VALUE] + i * columns->stride[VALUE]),
			.expected = abi_pointer(columns->begin[EXPECTED] +
						i * columns->stride[EXPECTED]),
			.previous = abi_pointer(outcome->previous[i]),
			.offset = batch.offset,
			.length = batch.length,
		};
		__u32 key;

		memcpy(&key, columns->begin[KEY] + i * sizeof(key), sizeof(key));
		outcome->results[i] = model_operation(&pair->model[key], columns->operation,
						      &entry);
	}
}

static void check_outcome(const struct columns *columns, size_t count,
			  const struct outcome *outcome)
{
	for (size_t i = 0; i < count; i++) {
		__s32 result;

		memcpy(&result, columns->begin[RESULT] + i * sizeof(result), sizeof(result));
		assert_int_equal(result, outcome->results[i]);
		assert_memory_equal(columns->begin[PREVIOUS] + i * columns->stride[PREVIOUS],
				    outcome->previous[i], columns->stride[PREVIOUS]);
	}
}

static void check_map(const struct pair *pair)
{
	size_t present = 0;

	for (__u32 key = 0; key < KEYS; key++) {
		const struct model_entry *model = &pair->model[key];
		unsigned char value[MODEL_VALUE_SIZE];

		present += model->present;
		assert_int_equal(bucketmap_lookup(pair->map, &key, value, 0, 0),
				 model->present ? 0 : -ENOENT);
		if (model->present)
			assert_memory_equal(value, model->value, sizeof(value));
	}
	assert_int_equal(entry_count(pair->map), present);
}

/* The batch ends with @ret after @count entries, of which it did all and no more. */
static void run_batch(struct pair *pair, int ret, size_t count)
{
	struct bucketmap_batch batch = make_batch(&pair->columns), before = batch;
	static struct outcome outcome;

	predict(pair, count, &outcome);
	assert_int_equal(raw_ioctl(bucketmap_fd(pair->map), BUCKETMAP_IOC_BATCH, &batch), ret);
	before.done = count;
	assert_memory_equal(&batch, &before, sizeof(batch));
	check_outcome(&pair->columns, count, &outcome);
	check_map(pair);
}

static void a_batch_does_what_single_operations_would(void **state)
{
	struct pair *pair = new_pair();

	(void)state;
	for (int operation = 0; operation < OPERATIONS; operation++) {
		for (int round = 0; round < 10; round++) {
			fill_pair(pair);
			fill_columns(&pair->columns, operation);
			run_batch(pair, 0, ENTRIES);
		}
	}
	free_pair(pair);
}

/* Places around which chunks may end, whatever their size. */
static const size_t cuts[] = {
	0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 50, 63, 64, 65, 100, 127, 128, 129, 200,
	255, 256, 257, 300, 511, 512, 513, 599,
};

static void check_cuts(struct pair *pair, int operation, enum column column)
{
	for (size_t i = 0; i < ARRAY_SIZE(cuts); i++) {
		fill_pair(pair);
		fill_columns(&pair->columns, operation);
		if (!pair->columns.stride[column])
			return;
		cut_column(&pair->columns, column, cuts[i],
			   random_below(pair->columns.stride[column]));
		run_batch(pair, -EFAULT, cuts[i]);
	}
}

static void a_column_that_ends_stops_the_batch_there(void **state)
{
	struct pair *pair = new_pair();

	(void)state;
	for (int operation = 0; operation < OPERATIONS; operation++) {
		for (enum column column = KEY; column < COLUMNS; column++)
			check_cuts(pair, operation, column);
	}
	free_pair(pair);
}

/* The last page of a column for answers, which begins somewhere in the middle of an entry. */
static void check_read_only(struct pair *pair, int operation, enum column column)
{
	size_t page = sysconf(_SC_PAGESIZE);
	struct columns *columns = &pair->columns;
	unsigned char *wall = columns->end[column] - page;
	size_t before;

	fill_pair(pair);
	fill_columns(columns, operation);
	if (!columns->stride[column])
		return;
	/* All of it fits into two pages, and an entry lies across their border. */
	before = ENTRIES * columns->stride[column] / 2 + 1;
	columns->begin[column] = wall - before;
	assert_ok(mprotect(wall, page, PROT_READ));
	run_batch(pair, -EFAULT, before / columns->stride[column]);
	assert_ok(mprotect(wall, page, PROT_READ | PROT_WRITE));
}

static void a_column_for_answers_that_cannot_be_written_stops_the_batch_there(void **state)
{
	struct pair *pair = new_pair();

	(void)state;
	for (int operation = 0; operation < OPERATIONS; operation++) {
		check_read_only(pair, operation, PREVIOUS);
		check_read_only(pair, operation, RESULT);
	}
	free_pair(pair);
}

static void a_count_beyond_all_memory_ends_with_the_columns(void **state)
{
	static const __u64 counts[] = { ENTRIES + 1, 1ULL << 32, 1ULL << 61, 1ULL << 63, ~0ULL };
	struct pair *pair = new_pair();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		struct bucketmap_batch batch;

		fill_pair(pair);
		fill_columns(&pair->columns, BUCKETMAP_LOOKUP);
		batch = make_batch(&pair->columns);
		batch.count = counts[i];
		assert_error(raw_ioctl(bucketmap_fd(pair->map), BUCKETMAP_IOC_BATCH, &batch),
			     EFAULT);
		assert_int_equal(batch.done, ENTRIES);
		assert_int_equal(batch.count, counts[i]);
		check_map(pair);
	}
	free_pair(pair);
}

static void a_batch_of_nothing_needs_no_columns(void **state)
{
	struct bucketmap *map = unnamed_map(8, 8);

	(void)state;
	for (int operation = 0; operation < OPERATIONS; operation++) {
		struct bucketmap_batch batch = { .size = sizeof(batch), .operation = operation };

		assert_ok(raw_ioctl(bucketmap_fd(map), BUCKETMAP_IOC_BATCH, &batch));
		assert_int_equal(batch.done, 0);
		/* All of it is done already. */
		batch.count = ~0ULL;
		batch.done = ~0ULL;
		assert_ok(raw_ioctl(bucketmap_fd(map), BUCKETMAP_IOC_BATCH, &batch));
		assert_int_equal(batch.done, ~0ULL);
	}
	bucketmap_close(map);
}

/* Wherever it was: each entry is done once. */
static void a_batch_goes_on_where_it_was(void **state)
{
	struct pair *pair = new_pair();
	struct columns *columns = &pair->columns;
	static struct outcome outcome;

	(void)state;
	for (int operation = 0; operation < OPERATIONS; operation++) {
		for (size_t i = 0; i < ARRAY_SIZE(cuts); i++) {
			struct bucketmap_batch batch;
			int fd = bucketmap_fd(pair->map);

			fill_pair(pair);
			fill_columns(columns, operation);
			batch = make_batch(columns);
			predict(pair, ENTRIES, &outcome);
			batch.count = cuts[i];
			assert_ok(raw_ioctl(fd, BUCKETMAP_IOC_BATCH, &batch));
			assert_int_equal(batch.done, cuts[i]);
			batch.count = ENTRIES;
			assert_ok(raw_ioctl(fd, BUCKETMAP_IOC_BATCH, &batch));
			assert_int_equal(batch.done, ENTRIES);
			check_outcome(columns, ENTRIES, &outcome);
			check_map(pair);
		}
	}
	free_pair(pair);
}

static void more_done_than_there_is_is_EINVAL(void **state)
{
	const struct abi_command *command = abi_command(BUCKETMAP_IOC_BATCH);
	static const __u64 done[] = { 5, 1ULL << 32, ~0ULL };

	for (size_t i = 0; i < ARRAY_SIZE(done); i++) {
		struct bucketmap_batch *batch = abi_prepare(*state, command);

		batch->done = done[i];
		assert_call_fails(*state, command, batch, EINVAL);
		assert_int_equal(batch->done, done[i]);
	}
}

static void previous_need_not_be_wanted(void **state)
{
	struct pair *pair = new_pair();

	(void)state;
	for (int operation = 0; operation < OPERATIONS; operation++) {
		fill_pair(pair);
		fill_columns(&pair->columns, operation);
		pair->columns.stride[PREVIOUS] = 0;
		run_batch(pair, 0, ENTRIES);
	}
	free_pair(pair);
}

static void columns_that_an_operation_does_not_use_are_EINVAL(void **state)
{
	struct pair *pair = new_pair();

	(void)state;
	for (int operation = 0; operation < OPERATIONS; operation++) {
		const struct abi_operation *uses = &abi_operations[operation];
		struct bucketmap_batch good, bad[5];

		fill_pair(pair);
		fill_columns(&pair->columns, operation);
		good = make_batch(&pair->columns);
		for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
			bad[i] = good;
		bad[0].values |= uses->value ? 0 : good.results;
		bad[1].expected |= uses->expected ? 0 : good.results;
		bad[2].previous |= uses->previous ? 0 : good.results;
		bad[3].length |= uses->window ? 0 : 8;
		bad[4].offset |= uses->window || operation == BUCKETMAP_ADD ? 0 : 8;
		for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
			if (!memcmp(&bad[i], &good, sizeof(good)))
				continue;
			assert_error(raw_ioctl(bucketmap_fd(pair->map), BUCKETMAP_IOC_BATCH,
					       &bad[i]), EINVAL);
			check_map(pair);
		}
	}
	free_pair(pair);
}

static void a_readers_descriptor_permits_LOOKUP_only(void **state)
{
	struct bucketmap *map = named_map("batch", 8, 8), *reader;

	(void)state;
	assert_ok(bucketmap_open(&reader, test_name("batch"), BUCKETMAP_OPEN_RDONLY));
	for (int operation = 0; operation < OPERATIONS; operation++) {
		struct bucketmap_batch batch = { .size = sizeof(batch), .operation = operation };

		assert_int_equal(raw_ioctl(bucketmap_fd(reader), BUCKETMAP_IOC_BATCH, &batch),
				 operation == BUCKETMAP_LOOKUP ? 0 : -EBADF);
	}
	bucketmap_close(reader);
	bucketmap_close(map);
}

static void a_full_map_is_a_result_and_no_end(void **state)
{
	struct bucketmap *map = limited_map(8, 8, 10);
	__u64 keys[20], values[20] = { 0 };
	__s32 results[20];
	struct bucketmap_batch batch = {
		.size = sizeof(batch),
		.operation = BUCKETMAP_INSERT,
		.keys = abi_pointer(keys),
		.values = abi_pointer(values),
		.results = abi_pointer(results),
		.count = ARRAY_SIZE(keys),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		keys[i] = i;
	assert_ok(raw_ioctl(bucketmap_fd(map), BUCKETMAP_IOC_BATCH, &batch));
	assert_int_equal(batch.done, ARRAY_SIZE(keys));
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		assert_int_equal(results[i], i < 10 ? 0 : -ENOSPC);
	bucketmap_close(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		abi_test(a_batch_does_what_single_operations_would),
		abi_test(a_column_that_ends_stops_the_batch_there),
		abi_test(a_column_for_answers_that_cannot_be_written_stops_the_batch_there),
		abi_test(a_count_beyond_all_memory_ends_with_the_columns),
		abi_test(a_batch_of_nothing_needs_no_columns),
		abi_test(a_batch_goes_on_where_it_was),
		abi_test(more_done_than_there_is_is_EINVAL),
		abi_test(previous_need_not_be_wanted),
		abi_test(columns_that_an_operation_does_not_use_are_EINVAL),
		abi_test(a_readers_descriptor_permits_LOOKUP_only),
		abi_test(a_full_map_is_a_result_and_no_end),
	};

	return run_device_tests(tests);
}
