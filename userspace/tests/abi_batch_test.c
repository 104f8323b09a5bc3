// SPDX-License-Identifier: GPL-2.0
/*
 * A batch has the effect of as many single operations. If a column is
 * inaccessible from some entry on, the batch stops exactly there: all earlier
 * entries are done, no later one is begun.
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

/* Each column ends at the end of a mapping of its own, before a guard page. */
struct columns {
	int operation;
	unsigned char *end[COLUMNS];
	unsigned char *begin[COLUMNS];
	size_t stride[COLUMNS];
};

static size_t mapping_size(void)
{
	return 16 * sysconf(_SC_PAGESIZE);
}

static void map_columns(struct columns *columns)
{
	size_t size = mapping_size(), page = sysconf(_SC_PAGESIZE);

	for (int i = 0; i < COLUMNS; i++) {
		unsigned char *memory = mmap(NULL, size + page, PROT_READ | PROT_WRITE,
					     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		assert_ptr_not_equal(memory, MAP_FAILED);
		assert_ok(mprotect(memory + size, page, PROT_NONE));
		columns->end[i] = memory + size;
	}
}

static void unmap_columns(struct columns *columns)
{
	for (int i = 0; i < COLUMNS; i++)
		munmap(columns->end[i] - mapping_size(), mapping_size() + sysconf(_SC_PAGESIZE));
}

/* Sets up the columns that an operation uses, with new random content. */
static void fill_columns(struct columns *columns, int operation)
{
	const struct operation *uses = &operations[operation];
	size_t window = uses->window == OP_WINDOW_NUMBER ? sizeof(__u64) : WINDOW_LENGTH;

	columns->operation = operation;
	columns->stride[KEY] = sizeof(__u32);
	columns->stride[VALUE] = uses->value ? window : 0;
	columns->stride[EXPECTED] = uses->expected ? window : 0;
	columns->stride[PREVIOUS] = uses->previous ? window : 0;
	columns->stride[RESULT] = sizeof(__s32);
	for (int i = 0; i < COLUMNS; i++) {
		columns->begin[i] = columns->end[i] - ENTRIES * columns->stride[i];
		/* Few different bytes, so that some comparisons succeed. */
		for (unsigned char *byte = columns->begin[i]; byte < columns->end[i]; byte++)
			*byte = random_below(2);
	}
	for (int i = 0; i < ENTRIES; i++) {
		__u32 key = random_below(KEYS);

		memcpy(columns->begin[KEY] + i * sizeof(key), &key, sizeof(key));
	}
}

/* Moves a column so that only @entries of it, and @bytes of the next entry, are accessible. */
static void cut_column(struct columns *columns, enum column cut, size_t entries, size_t bytes)
{
	unsigned char *begin = columns->end[cut] - entries * columns->stride[cut] - bytes;

	memmove(begin, columns->begin[cut], columns->end[cut] - begin);
	columns->begin[cut] = begin;
}

static __u64 column_pointer(const struct columns *columns, enum column column)
{
	return columns->stride[column] ? abi_pointer(columns->begin[column]) : 0;
}

static struct bucketmap_batch make_batch(const struct columns *columns)
{
	const struct operation *uses = &operations[columns->operation];

	return (struct bucketmap_batch) {
		.size = sizeof(struct bucketmap_batch),
		.operation = columns->operation,
		.keys = column_pointer(columns, KEY),
		.values = column_pointer(columns, VALUE),
		.expected = column_pointer(columns, EXPECTED),
		.previous = column_pointer(columns, PREVIOUS),
		.results = column_pointer(columns, RESULT),
		.count = ENTRIES,
		.offset = uses->window ? WINDOW_OFFSET : 0,
		.length = uses->window == OP_WINDOW_ANY ? WINDOW_LENGTH : 0,
	};
}

struct checker {
	struct bucketmap *map;
	struct columns columns;
	struct model_entry model[KEYS];
};

static struct checker *new_checker(void)
{
	struct checker *checker = calloc(1, sizeof(*checker));

	assert_non_null(checker);
	seed_random();
	checker->map = unnamed_map(sizeof(__u32), MODEL_VALUE_SIZE);
	map_columns(&checker->columns);
	return checker;
}

static void free_checker(struct checker *checker)
{
	unmap_columns(&checker->columns);
	bucketmap_close(checker->map);
	free(checker);
}

/* Puts about half of the keys into the map and the model. */
static void fill_checker(struct checker *checker)
{
	struct bucketmap_cursor cursor = { 0 };

	assert_ok(bucketmap_clear(checker->map, &cursor, 0));
	for (__u32 key = 0; key < KEYS; key++) {
		struct model_entry *model = &checker->model[key];

		model->present = random_below(2);
		for (int i = 0; i < MODEL_VALUE_SIZE; i++)
			model->value[i] = random_below(2);
		if (model->present)
			assert_ok(bucketmap_insert(checker->map, &key, model->value, 0, 0));
	}
}

/* The expected output columns of the first entries. */
struct outcome {
	unsigned char previous[ENTRIES][sizeof(__u64)];
	__s32 results[ENTRIES];
};

static void predict(struct checker *checker, size_t count, struct outcome *outcome)
{
	const struct columns *columns = &checker->columns;
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
		outcome->results[i] = model_operation(&checker->model[key], columns->operation,
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

static void check_map(const struct checker *checker)
{
	size_t present = 0;

	for (__u32 key = 0; key < KEYS; key++) {
		const struct model_entry *model = &checker->model[key];
		unsigned char value[MODEL_VALUE_SIZE];

		present += model->present;
		assert_int_equal(bucketmap_lookup(checker->map, &key, value, 0, 0),
				 model->present ? 0 : -ENOENT);
		if (model->present)
			assert_memory_equal(value, model->value, sizeof(value));
	}
	assert_int_equal(entry_count(checker->map), present);
}

/* Runs a batch, which must return @ret and do exactly the first @count entries. */
static void run_batch(struct checker *checker, int ret, size_t count)
{
	struct bucketmap_batch batch = make_batch(&checker->columns), before = batch;
	static struct outcome outcome;

	predict(checker, count, &outcome);
	assert_int_equal(raw_ioctl(bucketmap_fd(checker->map), BUCKETMAP_IOC_BATCH, &batch), ret);
	before.done = count;
	assert_memory_equal(&batch, &before, sizeof(batch));
	check_outcome(&checker->columns, count, &outcome);
	check_map(checker);
}

static void batch_equals_single_operations(void **state)
{
	struct checker *checker = new_checker();

	(void)state;
	for (int operation = 0; operation < OPERATIONS; operation++) {
		for (int round = 0; round < 10; round++) {
			fill_checker(checker);
			fill_columns(&checker->columns, operation);
			run_batch(checker, 0, ENTRIES);
		}
	}
	free_checker(checker);
}

/* Counts around possible ends of chunks, whatever their size. */
static const size_t cuts[] = {
	0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 50, 63, 64, 65, 100, 127, 128, 129, 200,
	255, 256, 257, 300, 511, 512, 513, 599,
};

static void check_cuts(struct checker *checker, int operation, enum column column)
{
	for (size_t i = 0; i < ARRAY_SIZE(cuts); i++) {
		fill_checker(checker);
		fill_columns(&checker->columns, operation);
		if (!checker->columns.stride[column])
			return;
		cut_column(&checker->columns, column, cuts[i],
			   random_below(checker->columns.stride[column]));
		run_batch(checker, -EFAULT, cuts[i]);
	}
}

static void inaccessible_column_stops_batch_at_that_entry(void **state)
{
	struct checker *checker = new_checker();

	(void)state;
	for (int operation = 0; operation < OPERATIONS; operation++) {
		for (enum column column = KEY; column < COLUMNS; column++)
			check_cuts(checker, operation, column);
	}
	free_checker(checker);
}

/* Makes the last page of an output column read-only. An entry straddles its start. */
static void check_read_only(struct checker *checker, int operation, enum column column)
{
	size_t page = sysconf(_SC_PAGESIZE);
	struct columns *columns = &checker->columns;
	unsigned char *last_page = columns->end[column] - page;
	size_t before;

	fill_checker(checker);
	fill_columns(columns, operation);
	if (!columns->stride[column])
		return;
	/* The column fits into two pages, and an entry straddles their boundary. */
	before = ENTRIES * columns->stride[column] / 2 + 1;
	columns->begin[column] = last_page - before;
	assert_ok(mprotect(last_page, page, PROT_READ));
	run_batch(checker, -EFAULT, before / columns->stride[column]);
	assert_ok(mprotect(last_page, page, PROT_READ | PROT_WRITE));
}

static void read_only_output_column_stops_batch_at_that_entry(void **state)
{
	struct checker *checker = new_checker();

	(void)state;
	for (int operation = 0; operation < OPERATIONS; operation++) {
		check_read_only(checker, operation, PREVIOUS);
		check_read_only(checker, operation, RESULT);
	}
	free_checker(checker);
}

static void huge_count_stops_at_end_of_columns(void **state)
{
	static const __u64 counts[] = { ENTRIES + 1, 1ULL << 32, 1ULL << 61, 1ULL << 63, ~0ULL };
	struct checker *checker = new_checker();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		struct bucketmap_batch batch;

		fill_checker(checker);
		fill_columns(&checker->columns, BUCKETMAP_LOOKUP);
		batch = make_batch(&checker->columns);
		batch.count = counts[i];
		assert_error(raw_ioctl(bucketmap_fd(checker->map), BUCKETMAP_IOC_BATCH, &batch),
			     EFAULT);
		assert_int_equal(batch.done, ENTRIES);
		assert_int_equal(batch.count, counts[i]);
		check_map(checker);
	}
	free_checker(checker);
}

static void empty_batch_needs_no_columns(void **state)
{
	struct bucketmap *map = unnamed_map(8, 8);

	(void)state;
	for (int operation = 0; operation < OPERATIONS; operation++) {
		struct bucketmap_batch batch = { .size = sizeof(batch), .operation = operation };

		assert_ok(raw_ioctl(bucketmap_fd(map), BUCKETMAP_IOC_BATCH, &batch));
		assert_int_equal(batch.done, 0);
		/* All entries are done already. */
		batch.count = ~0ULL;
		batch.done = ~0ULL;
		assert_ok(raw_ioctl(bucketmap_fd(map), BUCKETMAP_IOC_BATCH, &batch));
		assert_int_equal(batch.done, ~0ULL);
	}
	bucketmap_close(map);
}

/* From any position, each entry is done once. */
static void batch_resumes_at_done(void **state)
{
	struct checker *checker = new_checker();
	struct columns *columns = &checker->columns;
	static struct outcome outcome;

	(void)state;
	for (int operation = 0; operation < OPERATIONS; operation++) {
		for (size_t i = 0; i < ARRAY_SIZE(cuts); i++) {
			struct bucketmap_batch batch;
			int fd = bucketmap_fd(checker->map);

			fill_checker(checker);
			fill_columns(columns, operation);
			batch = make_batch(columns);
			predict(checker, ENTRIES, &outcome);
			batch.count = cuts[i];
			assert_ok(raw_ioctl(fd, BUCKETMAP_IOC_BATCH, &batch));
			assert_int_equal(batch.done, cuts[i]);
			batch.count = ENTRIES;
			assert_ok(raw_ioctl(fd, BUCKETMAP_IOC_BATCH, &batch));
			assert_int_equal(batch.done, ENTRIES);
			check_outcome(columns, ENTRIES, &outcome);
			check_map(checker);
		}
	}
	free_checker(checker);
}

static void done_beyond_count_is_EINVAL(void **state)
{
	const struct abi_ioctl *ioc = abi_ioctl(BUCKETMAP_IOC_BATCH);
	static const __u64 done[] = { 5, 1ULL << 32, ~0ULL };

	for (size_t i = 0; i < ARRAY_SIZE(done); i++) {
		struct bucketmap_batch *batch = abi_prepare(*state, ioc);

		batch->done = done[i];
		assert_call_fails(*state, ioc, batch, EINVAL);
		assert_int_equal(batch->done, done[i]);
	}
}

static void previous_column_is_optional(void **state)
{
	struct checker *checker = new_checker();

	(void)state;
	for (int operation = 0; operation < OPERATIONS; operation++) {
		fill_checker(checker);
		fill_columns(&checker->columns, operation);
		checker->columns.stride[PREVIOUS] = 0;
		run_batch(checker, 0, ENTRIES);
	}
	free_checker(checker);
}

static void unused_columns_are_EINVAL(void **state)
{
	struct checker *checker = new_checker();

	(void)state;
	for (int operation = 0; operation < OPERATIONS; operation++) {
		const struct operation *uses = &operations[operation];
		struct bucketmap_batch good, bad[5];

		fill_checker(checker);
		fill_columns(&checker->columns, operation);
		good = make_batch(&checker->columns);
		for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
			bad[i] = good;
		bad[0].values |= uses->value ? 0 : good.results;
		bad[1].expected |= uses->expected ? 0 : good.results;
		bad[2].previous |= uses->previous ? 0 : good.results;
		bad[3].length |= uses->window == OP_WINDOW_ANY ? 0 : 8;
		bad[4].offset |= uses->window ? 0 : 8;
		for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
			if (!memcmp(&bad[i], &good, sizeof(good)))
				continue;
			assert_error(raw_ioctl(bucketmap_fd(checker->map), BUCKETMAP_IOC_BATCH,
					       &bad[i]), EINVAL);
			check_map(checker);
		}
	}
	free_checker(checker);
}

static void read_only_descriptor_permits_only_LOOKUP(void **state)
{
	struct bucketmap *map = named_map("batch", 8, 8), *reader;

	(void)state;
	assert_ok(bucketmap_open(&reader, test_name("batch"), BUCKETMAP_OPEN_RDONLY));
	for (int operation = 0; operation < OPERATIONS; operation++) {
		struct bucketmap_batch batch = { .size = sizeof(batch), .operation = operation };

		assert_int_equal(raw_ioctl(bucketmap_fd(reader), BUCKETMAP_IOC_BATCH, &batch),
				 op_writes(&operations[operation]) ? -EBADF : 0);
	}
	bucketmap_close(reader);
	bucketmap_close(map);
}

static void full_map_is_a_result_and_does_not_stop_batch(void **state)
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
		abi_test(batch_equals_single_operations),
		abi_test(inaccessible_column_stops_batch_at_that_entry),
		abi_test(read_only_output_column_stops_batch_at_that_entry),
		abi_test(huge_count_stops_at_end_of_columns),
		abi_test(empty_batch_needs_no_columns),
		abi_test(batch_resumes_at_done),
		abi_test(done_beyond_count_is_EINVAL),
		abi_test(previous_column_is_optional),
		abi_test(unused_columns_are_EINVAL),
		abi_test(read_only_descriptor_permits_only_LOOKUP),
		abi_test(full_map_is_a_result_and_does_not_stop_batch),
	};

	return run_device_tests(tests);
}
