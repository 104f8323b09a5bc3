// SPDX-License-Identifier: GPL-2.0
/*
 * A table in shared memory under a robust mutex, as a program would make one: one
 * array, at most half full, that is searched from the place of the key's hash on.
 * A batch takes the mutex once. A user that dies with the mutex leaves a table that
 * this one does not repair.
 */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

#include "table.h"

struct slot {
	uint64_t key;
	uint64_t value;
	uint64_t used;
};

/**
 * struct shared - what is in shared memory
 * @mutex: protects all slots
 * @mask: number of slots, a power of two, less one
 * @slots: the slots
 */
struct shared {
	pthread_mutex_t mutex;
	uint64_t mask;
	struct slot slots[];
};

static struct shared *shared;
static size_t size;

static void must(int error)
{
	if (error)
		errx(1, "mutex: %s", strerror(error));
}

static int create(struct table *table, uint64_t entries)
{
	pthread_mutexattr_t attributes;
	uint64_t slots = 1;

	(void)table;
	if (shared)
		munmap(shared, size);
	while (slots < 2 * entries)
		slots *= 2;
	size = sizeof(*shared) + slots * sizeof(struct slot);
	shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		err(1, "mutex");
	shared->mask = slots - 1;
	must(pthread_mutexattr_init(&attributes));
	must(pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED));
	must(pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST));
	must(pthread_mutex_init(&shared->mutex, &attributes));
	return 0;
}

static void lock(void)
{
	must(pthread_mutex_lock(&shared->mutex));
}

static void unlock(void)
{
	must(pthread_mutex_unlock(&shared->mutex));
}

/* The last steps of MurmurHash3. */
static uint64_t place_of(uint64_t key)
{
	key = (key ^ key >> 33) * 0xff51afd7ed558ccdULL;
	key = (key ^ key >> 33) * 0xc4ceb9fe1a85ec53ULL;
	return (key ^ key >> 33) & shared->mask;
}

/* Returns the slot of the key, or the unused one where it would be. */
static struct slot *find(uint64_t key)
{
	uint64_t place = place_of(key);

	while (shared->slots[place].used && shared->slots[place].key != key)
		place = (place + 1) & shared->mask;
	return &shared->slots[place];
}

static bool lookup_batch(const struct table *table, const uint64_t *keys, uint64_t *values,
			 uint32_t count)
{
	uint32_t found = 0;

	(void)table;
	lock();
	for (uint32_t i = 0; i < count; i++) {
		const struct slot *slot = find(keys[i]);

		values[i] = slot->value;
		found += slot->used;
	}
	unlock();
	return found == count;
}

static bool lookup(void *table, uint64_t key, uint64_t *value)
{
	return lookup_batch(table, &key, value, 1);
}

static bool store_batch(const struct table *table, const uint64_t *keys, const uint64_t *values,
			uint32_t count)
{
	(void)table;
	lock();
	for (uint32_t i = 0; i < count; i++)
		*find(keys[i]) = (struct slot){ keys[i], values[i], 1 };
	unlock();
	return true;
}

static bool store(void *table, uint64_t key, uint64_t value)
{
	return store_batch(table, &key, &value, 1);
}

static bool insert(void *table, uint64_t key, uint64_t value)
{
	struct slot *slot;
	bool absent;

	(void)table;
	lock();
	slot = find(key);
	absent = !slot->used;
	if (absent)
		*slot = (struct slot){ key, value, 1 };
	unlock();
	return absent;
}

/* Moves later slots to the hole, so that a search from the place of their keys meets no hole. */
static void close_hole(uint64_t hole)
{
	for (uint64_t place = (hole + 1) & shared->mask; shared->slots[place].used;
	     place = (place + 1) & shared->mask) {
		uint64_t distance = (place - place_of(shared->slots[place].key)) & shared->mask;

		if (distance < ((place - hole) & shared->mask))
			continue;
		shared->slots[hole] = shared->slots[place];
		hole = place;
	}
	shared->slots[hole].used = 0;
}

static bool remove_key(void *table, uint64_t key)
{
	struct slot *slot;
	bool present;

	(void)table;
	lock();
	slot = find(key);
	present = slot->used;
	if (present)
		close_hole(slot - shared->slots);
	unlock();
	return present;
}

static const struct bench_peer mutex_peer = {
	.lookup = lookup,
	.store = store,
	.insert = insert,
	.remove = remove_key,
};

const struct operations mutex_operations = {
	.single = &mutex_peer,
	.create = create,
	.lookup_batch = lookup_batch,
	.store_batch = store_batch,
};
