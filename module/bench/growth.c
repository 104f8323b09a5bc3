// SPDX-License-Identifier: GPL-2.0
/*
 * Tables that grow from empty: time and memory. Memory is sampled: during a
 * resize, it includes both tables.
 */
#include <linux/err.h>
#include <linux/math64.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>

#include "growth.h"
#include "random.h"

/* Four samples per doubling: powers of the fourth root of two, in millionths. */
#define MEMORY_FIRST	1024
static const u32 memory_steps[] = { 1000000, 1189207, 1414214, 1681793 };

/**
 * growth_fill() - insert entries
 * @peer: kind of the table
 * @table: the table
 * @first: number of the first entry
 * @last: number of the last entry, plus one
 *
 * Return: 0, or -ENOMEM if an insert fails.
 */
int growth_fill(const struct bench_peer *peer, void *table, u64 first, u64 last)
{
	for (; first < last; first++) {
		if (!peer->insert(table, key_of(first), first))
			return -ENOMEM;
		if (!(first % 1024))
			cond_resched();
	}
	return 0;
}

/**
 * growth_time() - measure the time of a growth from empty
 * @peer: kind of the table
 * @entries: entries to grow to
 * @picoseconds: set to the time of an insert
 *
 * Return: 0 or a negative errno.
 */
int growth_time(const struct bench_peer *peer, u64 entries, u64 *picoseconds)
{
	void *table = peer->create();
	u64 began;
	int err;

	if (IS_ERR(table))
		return PTR_ERR(table);
	began = ktime_get_ns();
	err = growth_fill(peer, table, 0, entries);
	*picoseconds = div64_u64((ktime_get_ns() - began) * 1000, entries);
	peer->destroy(table);
	return err;
}

/**
 * growth_memory() - sample the memory of a table while it grows
 * @peer: kind of the table
 * @entries: entries to grow to
 * @sample: called for each size
 * @context: argument of @sample
 *
 * Return: 0 or a negative errno.
 */
int growth_memory(const struct bench_peer *peer, u64 entries,
		  void (*sample)(void *context, u64 entries, u64 bytes), void *context)
{
	void *table = peer->create();
	u64 made = 0, next = MEMORY_FIRST;
	u32 samples = 0;
	int err = 0;

	if (IS_ERR(table))
		return PTR_ERR(table);
	while (!err && next <= entries) {
		err = growth_fill(peer, table, made, next);
		sample(context, next, peer->bytes(table));
		made = next;
		samples++;
		next = div_u64(((u64)MEMORY_FIRST << samples / 4) *
			       memory_steps[samples % 4], 1000000);
	}
	peer->destroy(table);
	return err;
}
