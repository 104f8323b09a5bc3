// SPDX-License-Identifier: GPL-2.0
/*
 * Buckets: functions that few operations need. See bucket.h for the rules and
 * for the functions that every operation needs.
 */
#include <linux/errno.h>

#include "core/bucket.h"

/**
 * bm_entry_hash() - compute the hash of an entry
 * @map: the map
 * @record: the entry's record
 * @slot: the entry's slot
 *
 * Context: the bucket's lock is held.
 * Return: the hash.
 */
u64 bm_entry_hash(const struct bucketmap *map, struct bm_record *record,
		  u32 slot)
{
	return bm_slot_hash(map, &map->layout, record, slot);
}

/* Chains */

/**
 * bm_chain_extend() - append an empty record to a chain
 * @table: the table
 * @tail: the last record of the chain
 * @link: link to the record, from bm_pool_take()
 *
 * Context: the bucket's lock is held.
 */
void bm_chain_extend(const struct bm_table *table, struct bm_record *tail,
		     u32 link)
{
	WRITE_ONCE(bm_pool_record(&table->pool, link)->head, 0);
	/* (C) in bucket.h */
	smp_store_release(&tail->head, bm_head_with_next(tail->head, link));
}

/*
 * May a chain of @records records get longer? If only the gate of shrink.c
 * forbids it, opens the gate.
 */
static bool chain_opens(struct bm_table *table, u32 records)
{
	u32 limit = READ_ONCE(table->chain_max);

	while (records >= (limit & ~BM_CHAIN_GATE)) {
		u32 seen;

		if (!(limit & BM_CHAIN_GATE) || records >= BM_CHAIN_MAX)
			return false;
		seen = cmpxchg(&table->chain_max, limit, BM_CHAIN_MAX);
		if (seen == limit)
			return true;
		limit = seen;
	}
	return true;
}

/**
 * bm_chain_take() - take an overflow record for a chain that is full
 * @bucket: the bucket
 * @place: the last record of the chain
 * @link: becomes the link to the new record
 *
 * Context: the bucket's lock is held.
 * Return: 0, -EAGAIN if the pool is empty, or -EMLINK if the chain has its
 * maximum length.
 */
int bm_chain_take(const struct bm_bucket *bucket,
		  const struct bm_place *place, u32 *link)
{
	if (!chain_opens(bucket->table, place->depth + 1))
		return -EMLINK;
	*link = bm_pool_take(&bucket->table->pool, 1);
	return *link ? 0 : -EAGAIN;
}
