// SPDX-License-Identifier: GPL-2.0
/*
 * Lookups and overwrites of entries that are present, in a random order. The low
 * byte of the random number that chooses the key selects the operation.
 */
#include "workload.h"

void mix_burst(struct worker *worker)
{
	const struct bench_peer *peer = worker->run->peer;
	unsigned int reads = worker->run->workload->reads;
	void *table = worker->run->table;

	for (int i = 0; i < BURST; i++) {
		uint64_t random = random_next(&worker->keys.random);
		uint64_t key = key_of(number_next(&worker->keys, random));
		uint64_t value;

		if ((random & 255) < reads)
			worker->missed += !peer->lookup(table, key, &value);
		else
			worker->missed += !peer->store(table, key, random);
	}
}

/* YCSB's workload F: writes to the entry that was read just before. */
void modify_burst(struct worker *worker)
{
	const struct bench_peer *peer = worker->run->peer;
	unsigned int reads = worker->run->workload->reads;
	void *table = worker->run->table;

	for (int i = 0; i < BURST; i++) {
		uint64_t random = random_next(&worker->keys.random);
		uint64_t key = key_of(number_next(&worker->keys, random));
		uint64_t value = 0;

		worker->missed += !peer->lookup(table, key, &value);
		if ((random & 255) >= reads)
			worker->missed += !peer->store(table, key, value + 1);
	}
}
