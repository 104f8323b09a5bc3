// SPDX-License-Identifier: GPL-2.0
/*
 * native PEER: measures a kind of table. It reads commands from standard input
 * until its end, and answers each by a line of JSON.
 *
 *	fill ENTRIES RANKS			makes the table for "run"
 *	run WORKLOAD KEYS THREADS SECONDS	KEYS: uniform or zipf
 *	grow ENTRIES THREADS SECONDS		growth from empty, repeated
 *	latency ENTRIES THREADS			latency of inserts during a growth
 *	memory ENTRIES				memory during a growth
 *	sizes KEY_SIZE VALUE_SIZE ENTRIES SECONDS	bucketmap with these sizes
 *
 * Each kind of table has a process of its own, which waits while others are
 * measured. So they take turns, and share neither an allocator nor threads.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpus.h"
#include "growth.h"
#include "threads.h"
#include "workload.h"

static const struct bench_peer *const peers[] = {
	&bucketmap_xxh64_peer,
	&bucketmap_siphash_peer,
	&mapped_peer,
	&rculfhash_peer,
	&libcuckoo_peer,
	&tbb_peer,
	&boost_peer,
	&absl_peer,
	&array_peer,
	NULL,
};

static struct run filled;

static const struct bench_peer *find_peer(const char *name)
{
	for (const struct bench_peer *const *peer = peers; *peer; peer++)
		if (!strcmp((*peer)->name, name))
			return *peer;
	errx(2, "no table '%s'", name);
}

static void *create(const struct bench_peer *peer)
{
	void *table;

	peer->thread_begin();
	table = peer->create();
	peer->thread_end();
	return table;
}

static void destroy(const struct bench_peer *peer, void *table)
{
	peer->thread_begin();
	peer->destroy(table);
	peer->thread_end();
}

static void fill(const struct bench_peer *peer, uint64_t entries, const char *ranks)
{
	filled.peer = peer;
	filled.entries = entries;
	filled.ranks = keys_load_ranks(ranks);
	filled.table = create(peer);
	printf("{\"seconds\": %f}\n", growth_fill(peer, filled.table, entries, 1));
}

static void run(const char *workload, const char *keys, unsigned int threads, double seconds)
{
	struct run measured = filled;

	if (!filled.table)
		errx(1, "no table: fill one first");
	measured.keys = keys_kind(keys);
	measured.workload = workload_find(workload);
	measured.threads = threads;
	measured.nanoseconds = seconds * 1e9;
	seconds = workload_run(&measured);
	printf("{\"operations\": %llu, \"seconds\": %f, \"missed\": %llu}\n",
	       (unsigned long long)measured.operations, seconds,
	       (unsigned long long)measured.missed);
}

static void grow(const struct bench_peer *peer, uint64_t entries, unsigned int threads,
		 double seconds)
{
	uint64_t end = now_ns() + seconds * 1e9;
	uint64_t operations = 0;
	double taken = 0;

	do {
		void *table = create(peer);

		taken += growth_fill(peer, table, entries, threads);
		operations += entries;
		destroy(peer, table);
	} while (now_ns() < end);
	printf("{\"operations\": %llu, \"seconds\": %f, \"missed\": 0}\n",
	       (unsigned long long)operations, taken);
}

static void run_command(const struct bench_peer *peer, const char *line)
{
	unsigned long long entries;
	unsigned int threads, key_size, value_size;
	char word[64], keys[16], path[4096];
	double seconds;

	if (sscanf(line, "fill %llu %4095s", &entries, path) == 2)
		fill(peer, entries, path);
	else if (sscanf(line, "run %63s %15s %u %lf", word, keys, &threads, &seconds) == 4)
		run(word, keys, threads, seconds);
	else if (sscanf(line, "grow %llu %u %lf", &entries, &threads, &seconds) == 3)
		grow(peer, entries, threads, seconds);
	else if (sscanf(line, "latency %llu %u", &entries, &threads) == 2)
		growth_latency(peer, entries, threads);
	else if (sscanf(line, "memory %llu", &entries) == 1)
		growth_memory(peer, entries);
	else if (sscanf(line, "sizes %u %u %llu %lf", &key_size, &value_size, &entries,
			&seconds) == 4)
		sizes_run(peer, key_size, value_size, entries, seconds);
	else
		errx(2, "unknown command: %s", line);
}

int main(int argc, char **argv)
{
	const struct bench_peer *peer;
	char line[8192];

	if (argc != 2)
		errx(2, "usage: native PEER");
	peer = find_peer(argv[1]);
	peer->setup();
	while (fgets(line, sizeof(line), stdin)) {
		run_command(peer, line);
		if (fflush(stdout))
			err(1, "answer");
	}
	return 0;
}
