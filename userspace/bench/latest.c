// SPDX-License-Identifier: GPL-2.0
/*
 * YCSB's workload D: inserts, and lookups that prefer the newest entries. A
 * lookup may run before another thread has finished the insert of its key, so a
 * miss is not an error.
 */
#include "workload.h"

void latest_burst(struct worker *worker)
{
	struct run *run = worker->run;
	const struct bench_peer *peer = run->peer;
	unsigned int reads = run->workload->reads;

	for (int i = 0; i < BURST; i++) {
		uint64_t random = random_next(&worker->keys.random);
		uint64_t number, value;

		if ((random & 255) < reads) {
			number = __atomic_load_n(&run->newest, __ATOMIC_RELAXED) - 1;
			number -= rank_next(&worker->keys);
			peer->lookup(run->table, key_of(number), &value);
		} else {
			number = __atomic_fetch_add(&run->newest, 1, __ATOMIC_RELAXED);
			worker->missed += !peer->insert(run->table, key_of(number), random);
		}
	}
}

void latest_restore(struct worker *worker)
{
	struct run *run = worker->run;

	for (uint64_t number = run->entries + worker->index; number < run->newest;
	     number += run->threads)
		worker->missed += !run->peer->remove(run->table, key_of(number));
}
