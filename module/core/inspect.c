// SPDX-License-Identifier: GPL-2.0
/*
 * Inspection of a map while it is in use. The figures are not one snapshot:
 * they are taken at different instants.
 */
#include <linux/sched/signal.h>

#include "core/bucket.h"
#include "core/inspect.h"

/* Buckets that are inspected in one RCU read section. */
#define PIECE	4096

/* Counts the entries of a bucket with hashes from @first to @last. */
static u64 count_entries(struct bucketmap *map, const struct bm_bucket *bucket,
			 u64 first, u64 last)
{
	struct bm_record *record = bucket->home;
	u64 entries = 0;

	do {
		u64 used = bm_tags_used(record->tags);
		u32 slot;

		bm_for_each_slot(slot, used) {
			u64 hash = bm_entry_hash(map, record, slot);

			entries += hash >= first && hash <= last;
		}
		record = bm_chain_next(bucket->table, record);
	} while (record);
	return entries;
}

static u64 count_records(struct bucketmap *map)
{
	struct bm_table *table;
	u64 records = 0;

	rcu_read_lock();
	for (table = rcu_dereference(map->table); table;
	     table = rcu_dereference(table->next))
		records += bm_pool_used(&table->pool);
	rcu_read_unlock();
	return records;
}

/**
 * bm_inspect_chains() - count the entries of each bucket
 * @map: the map
 * @chains: becomes the figures
 *
 * Walks in hash order, as a scan does, so each entry is counted once. While the
 * table shrinks, evacuated entries still count for the buckets that they were
 * evacuated from.
 *
 * Context: process context, sleeps. Takes and releases each bucket's lock.
 * Return: 0, or -EINTR if the task was killed.
 */
int bm_inspect_chains(struct bucketmap *map, struct bm_chains *chains)
{
	u64 position = 0;

	memset(chains, 0, sizeof(*chains));
	chains->records = count_records(map);
	do {
		struct bm_bucket bucket;
		u64 entries, last;

		bm_rcu_read_lock_bh();
		bm_bucket_lock(map, &map->layout, position, &bucket);
		last = bm_bucket_last(&bucket, position);
		entries = count_entries(map, &bucket, position, last);
		bm_bucket_unlock(&bucket);
		bm_rcu_read_unlock_bh();
		chains->histogram[min_t(u64, entries, BM_CHAINS_MAX - 1)]++;
		chains->longest = max(chains->longest, entries);
		position = last + 1;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	} while (position);
	return 0;
}

/*
 * Counts the evacuated buckets of the map's oldest table. If the table is
 * replaced meanwhile, all of them are evacuated. Returns 0 or -EINTR.
 */
static int count_evacuated(struct bucketmap *map, u64 buckets, u64 *evacuated)
{
	u64 index = 0;

	while (index < buckets) {
		u64 end = min(index + PIECE, buckets);
		struct bm_table *table;

		rcu_read_lock();
		table = rcu_dereference(map->table);
		if (bm_table_buckets(table) != buckets) {
			rcu_read_unlock();
			*evacuated = buckets;
			return 0;
		}
		for (; index < end; index++)
			if (READ_ONCE(bm_table_home(table, index)->head) &
			    BM_HEAD_EVACUATED)
				++*evacuated;
		rcu_read_unlock();
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return 0;
}

/**
 * bm_inspect_resize() - describe current and past migrations
 * @map: the map
 * @state: becomes the figures
 *
 * If a migration runs, this reads the head of each bucket.
 *
 * Context: process context, sleeps.
 * Return: 0, or -EINTR if the task was killed.
 */
int bm_inspect_resize(struct bucketmap *map, struct bm_resize_state *state)
{
	const struct bm_resize *resize = &map->resize;
	struct bm_table *table, *next;
	int err = 0;

	memset(state, 0, sizeof(*state));
	rcu_read_lock();
	table = rcu_dereference(map->table);
	next = rcu_dereference(table->next);
	state->running = next;
	state->from_buckets = bm_table_buckets(table);
	state->to_buckets = bm_table_buckets(next ? next : table);
	rcu_read_unlock();
	if (state->running)
		err = count_evacuated(map, state->from_buckets, &state->evacuated);
	state->grown = READ_ONCE(resize->grown);
	state->shrunk = READ_ONCE(resize->shrunk);
	state->failed = READ_ONCE(resize->failed);
	state->evacuated_by_worker = bm_counters_sum(map, BM_EVACUATED_BY_WORKER);
	state->evacuated_by_writers = bm_counters_sum(map, BM_EVACUATED_BY_WRITERS);
	state->longest_step_ns = READ_ONCE(resize->step_ns);
	state->longest_allocation_ns = READ_ONCE(resize->allocation_ns);
	return err;
}
