// SPDX-License-Identifier: GPL-2.0
/*
 * Buckets: the rules, and what few operations need. What every operation does
 * is in bucket.h.
 *
 * A chain is compact: all its records but the last are full, and the slots in
 * use come first in each. So an insert looks for room in the last record only,
 * and a chain is never longer than its entries need.
 *
 * Lock order: a bucket of the old table, then one bucket of its successor
 * (SINGLE_DEPTH_NESTING), then a pool. Softirqs use maps too: rcu.h says
 * what that means.
 *
 * Barriers
 *  (A) The write section: head gets an odd seq, smp_wmb(), the stores, head
 *      gets the next even seq by a release. smp_wmb() pairs with the
 *      smp_rmb() (A) in read.c: a reader that saw one of the stores then finds
 *      that seq has changed. The release pairs with the reader's acquire of
 *      head: a reader that starts from the even seq sees all the stores.
 *  (B) An entry is complete before its tag is there: release of tags, pairs
 *      with the reader's acquire of tags.
 *  (C) An overflow record is empty and complete before there is a link to it:
 *      release of the head that holds the link, pairs with the reader's
 *      acquire of that head.
 */
#include <linux/errno.h>

#include "core/bucket.h"
#include "core/shrink.h"

/**
 * bm_entry_hash() - compute the hash of an entry
 * @map: the map
 * @record: its record
 * @slot: its slot
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
 * bm_chain_extend() - link an empty record to the end of a chain
 * @table: the table
 * @tail: the last record of the chain
 * @link: link to a record that was taken from the pool
 *
 * Context: the bucket's lock is held.
 */
void bm_chain_extend(const struct bm_table *table, struct bm_record *tail,
		     u32 link)
{
	WRITE_ONCE(bm_pool_record(table, link)->head, 0);
	/* (C) */
	smp_store_release(&tail->head, bm_head_with_next(tail->head, link));
}

/**
 * bm_chain_take() - take a record for a chain whose records are all full
 * @bucket: the bucket
 * @place: last record of the chain
 * @link: becomes the link to that record
 *
 * Context: the bucket's lock is held.
 * Return: 0, -EAGAIN when the pool is empty, or -EMLINK when the chain is
 * as long as it may be.
 */
int bm_chain_take(const struct bm_bucket *bucket,
		  const struct bm_place *place, u32 *link)
{
	if (!bm_chain_opens(bucket->table, place->depth + 1))
		return -EMLINK;
	*link = bm_pool_take(bucket->table, 1);
	return *link ? 0 : -EAGAIN;
}
