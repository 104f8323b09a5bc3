// SPDX-License-Identifier: GPL-2.0
/*
 * What the machine permits: an array as large as bucketmap's table, of which a
 * lookup loads the same lines as bucketmap's, and compares nothing. It is no
 * table: two keys may share a slot, and nothing is removed. One thread fills it,
 * then it is only read.
 */
#include <err.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "../peer.h"

#define BUCKETS		2
#define SLOTS		8
#define GROUP		32U

struct record {
	uint64_t tags;
	uint64_t slots[SLOTS][2];
	uint64_t next;
};

/**
 * struct array - the array
 * @records: the buckets
 * @buckets: number of buckets, a power of two
 * @shift: number of hash bits that do not select the bucket
 * @entries: number of inserts
 */
struct array {
	struct record *records;
	uint64_t buckets;
	unsigned int shift;
	uint64_t entries;
};

static void nothing(void)
{
}

static void allocate(struct array *array)
{
	size_t bytes = array->buckets * sizeof(*array->records);

	array->records = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			      -1, 0);
	if (array->records == MAP_FAILED)
		err(1, "array");
	madvise(array->records, bytes, MADV_HUGEPAGE);
	array->shift = 64 - __builtin_ctzll(array->buckets);
}

static void release(struct array *array)
{
	munmap(array->records, array->buckets * sizeof(*array->records));
}

static void *create(void)
{
	struct array *array = calloc(1, sizeof(*array));

	if (!array)
		err(1, "array");
	array->buckets = BUCKETS;
	allocate(array);
	return array;
}

static void destroy(void *table)
{
	release(table);
	free(table);
}

/* As bucketmap's load factor. */
static void grow(struct array *array)
{
	if (++array->entries * 2 <= array->buckets * 13)
		return;
	release(array);
	array->buckets *= 2;
	allocate(array);
}

static struct record *record_of(const struct array *array, uint64_t hash)
{
	return &array->records[hash >> array->shift];
}

static bool store(void *table, uint64_t key, uint64_t value)
{
	uint64_t hash = bench_hash(key);
	uint64_t *slot = record_of(table, hash)->slots[hash % SLOTS];

	slot[0] = key;
	slot[1] = value;
	return true;
}

static bool insert(void *table, uint64_t key, uint64_t value)
{
	grow(table);
	return store(table, key, value);
}

static bool read_slot(const struct array *array, uint64_t hash, uint64_t *value)
{
	const struct record *record = record_of(array, hash);

	*value = record->slots[hash % SLOTS][1];
	return !record->tags;
}

static bool lookup(void *table, uint64_t key, uint64_t *value)
{
	return read_slot(table, bench_hash(key), value);
}

static bool lookup_group(const struct array *array, const uint64_t *keys, uint64_t *values,
			 unsigned int count)
{
	uint64_t hashes[GROUP];
	bool found = true;

	for (unsigned int i = 0; i < count; i++) {
		const struct record *record;

		hashes[i] = bench_hash(keys[i]);
		record = record_of(array, hashes[i]);
		__builtin_prefetch(record);
		__builtin_prefetch(record->slots[hashes[i] % SLOTS]);
	}
	for (unsigned int i = 0; i < count; i++)
		found &= read_slot(array, hashes[i], &values[i]);
	return found;
}

static bool lookup_batch(void *table, const uint64_t *keys, uint64_t *values, unsigned int count)
{
	bool found = true;

	for (unsigned int done = 0; done < count; done += GROUP)
		found &= lookup_group(table, keys + done, values + done,
				      count - done < GROUP ? count - done : GROUP);
	return found;
}

static bool remove_nothing(void *table, uint64_t key)
{
	(void)table;
	(void)key;
	errx(1, "nothing is removed from the array");
}

const struct bench_peer array_peer = {
	.name = "array",
	.setup = nothing,
	.thread_begin = nothing,
	.thread_end = nothing,
	.create = create,
	.destroy = destroy,
	.lookup = lookup,
	.lookup_batch = lookup_batch,
	.store = store,
	.insert = insert,
	.remove = remove_nothing,
};
