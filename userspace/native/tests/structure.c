// SPDX-License-Identifier: GPL-2.0
/*
 * Checks the structure of a map that has no other user:
 *  - each entry is in the bucket of its hash, under the tag of its hash;
 *  - chains are compact, and empty slots are zero;
 *  - the overflow records in chains are exactly those taken from the pool;
 *  - there are as many entries as the map reports.
 */
#include "structure.h"

#include "core/bucket.h"
#include "core/core.h"

/**
 * struct walk - progress of the check
 * @map: the map
 * @bucket: the current bucket, which is not locked
 * @index: its number
 * @entries: number of entries found
 * @links: number of overflow records found
 */
struct walk {
	struct bucketmap *map;
	struct bm_bucket bucket;
	u32 index;
	u64 entries;
	u64 links;
};

static const char *slot_fault(const struct walk *walk,
			      struct bm_record *record, u32 slot)
{
	const struct bm_layout *layout = &walk->map->layout;
	const u64 *words = bm_slot_key(layout, record, slot);
	u8 tag = record->tags >> (8 * slot);
	u64 hash;
	u32 i;

	if (!tag) {
		for (i = 0; i < layout->slot_words; i++)
			if (words[i])
				return "an empty slot is not zero";
		return NULL;
	}
	hash = bm_entry_hash(walk->map, record, slot);
	if (tag != bm_tag(hash))
		return "an entry has another entry's tag";
	if (bm_table_index(walk->bucket.table, hash) != walk->index)
		return "an entry is in the wrong bucket";
	return NULL;
}

static const char *record_fault(struct walk *walk, struct bm_record *record)
{
	u32 used = hweight64(bm_tags_used(record->tags));
	bool is_home = record == walk->bucket.home;
	const char *fault = NULL;
	u32 slot;

	if (is_home ? record->head & (BM_HEAD_ODD | BM_HEAD_EVACUATED) :
		      record->head & ~BM_HEAD_NEXT)
		return "a head has a flag or an odd sequence";
	if (used < BM_SLOTS && record->tags >> (8 * used))
		return "there is a hole in a record";
	if (used < BM_SLOTS && bm_head_next(record->head))
		return "there is a hole in a chain";
	if (!used && !is_home)
		return "an overflow record is empty";
	for (slot = 0; slot < BM_SLOTS && !fault; slot++)
		fault = slot_fault(walk, record, slot);
	walk->entries += used;
	walk->links += !is_home;
	return fault;
}

static const char *bucket_fault(struct walk *walk)
{
	struct bm_record *record;
	const char *fault = NULL;

	walk->bucket.home = bm_table_home(walk->bucket.table, walk->index);
	for (record = walk->bucket.home; record && !fault;
	     record = bm_chain_next(walk->bucket.table, record))
		fault = record_fault(walk, record);
	return fault;
}

/**
 * structure_fault() - check the structure of a map
 * @map: the map, which has no other user; an unfinished migration is completed
 *
 * Return: a description of the fault, or NULL.
 */
const char *structure_fault(struct bucketmap *map)
{
	struct walk walk = { .map = map };
	const char *fault = NULL;

	/* A pass that failed is retried after a delay. */
	while (flush_delayed_work(&map->resize.work))
		;
	walk.bucket.table = rcu_dereference_protected(map->table, true);
	if (rcu_access_pointer(walk.bucket.table->next)) {
		if (bucketmap_resize(map, 0, 0))
			return "it cannot be resized";
		walk.bucket.table = rcu_dereference_protected(map->table, true);
	}
	for (; walk.index < bm_table_buckets(walk.bucket.table) && !fault;
	     walk.index++)
		fault = bucket_fault(&walk);
	if (fault)
		return fault;
	if (walk.entries != bucketmap_count(map))
		return "the count is wrong";
	if (walk.links != bm_pool_used(&walk.bucket.table->pool))
		return "an overflow record is lost";
	return NULL;
}
