// SPDX-License-Identifier: GPL-2.0
/*
 * How much memory a table takes while it grows from empty: what the process
 * holds in pages of its own, less what it held before; and what the table says
 * itself, if it does. Pages count when they have been written to, at the moment
 * of looking: if a resize is under way, both tables count.
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

static void look(const struct bench_peer *peer, void *table, uint64_t entries, uint64_t before)
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
	/* Four looks for each doubling. */
	for (next = FIRST; next <= entries; next += doubled / 4) {
		for (; number < next; number++)
			if (!peer->insert(table, key_of(number), number))
				errx(1, "%s refuses an entry", peer->name);
		look(peer, table, number, before);
		if (next == 2 * doubled)
			doubled = next;
	}
	peer->destroy(table);
	peer->thread_end();
	printf("]}\n");
}
