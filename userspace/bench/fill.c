// SPDX-License-Identifier: GPL-2.0
/*
 * Inserting entries from number 0 on. The numbers are dealt out to the threads in turn.
 */
#include <err.h>

#include "growth.h"
#include "keys.h"
#include "threads.h"

struct fill {
	void *table;
	uint64_t entries;
};

static void fill(struct member *member)
{
	const struct bench_peer *peer = member->group->peer;
	struct fill *fill = member->group->context;

	for (uint64_t number = member->index; number < fill->entries;
	     number += member->group->threads)
		if (!peer->insert(fill->table, key_of(number), number))
			errx(1, "%s: an insert failed", peer->name);
}

/* Returns the seconds that it took. */
double growth_fill(const struct bench_peer *peer, void *table, uint64_t entries,
		   unsigned int threads)
{
	struct fill context = { .table = table, .entries = entries };
	struct threads group = {
		.threads = threads,
		.peer = peer,
		.work = fill,
		.context = &context,
	};

	threads_run(&group);
	return group.seconds;
}
