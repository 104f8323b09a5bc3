// SPDX-License-Identifier: GPL-2.0
/*
 * The memory of a table while it grows from empty: the private pages of the
 * process, minus those before; and the size that the table reports, if it does. A
 * page counts once it has been written to. Memory is sampled: during a resize, it
 * includes both tables.
 */
#include <err.h>
#include <stdio.h>

#include "growth.h"
#include "keys.h"

#define FIRST	1024

static uint64_t resident(void)
{
	FILE *file = fopen("/proc/self/smaps_rollup", "re");
	unsigned long long kilobytes = 0;
	char line[128];

	if (!file)
		err(1, "smaps_rollup");
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "Anonymous: %llu", &kilobytes) == 1)
			break;
	fclose(file);
	return kilobytes * 1024;
}

static void sample(const struct bench_peer *peer, void *table, uint64_t entries, uint64_t before)
{
	uint64_t counted = peer->bytes ? peer->bytes(table) : 0;
	uint64_t after = resident();

	printf("%s[%llu, %llu, %llu]", entries > FIRST ? ", " : "", (unsigned long long)entries,
	       (unsigned long long)(after > before ? after - before : 0),
	       (unsigned long long)counted);
}

void growth_memory(const struct bench_peer *peer, uint64_t entries)
{
	uint64_t before, next, number = 0;
	uint64_t doubled = FIRST;
	void *table;

	printf("{\"sizes\": [");
	before = resident();
	peer->thread_begin();
	table = peer->create();
	/* Four samples per doubling. */
	for (next = FIRST; next <= entries; next += doubled / 4) {
		for (; number < next; number++)
			if (!peer->insert(table, key_of(number), number))
				errx(1, "%s: an insert failed", peer->name);
		sample(peer, table, number, before);
		if (next == 2 * doubled)
			doubled = next;
	}
	peer->destroy(table);
	peer->thread_end();
	printf("]}\n");
}
