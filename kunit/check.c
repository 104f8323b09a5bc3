// SPDX-License-Identifier: GPL-2.0
/*
 * Checks a whole map for consistency.
 */
#include <linux/bitops.h>
#include <linux/string.h>

#include "common.h"

struct tally {
	u64 entries;
	u64 records;
};

static const char *slot_fault(struct bucketmap *map, struct bm_table *table,
			      u32 index, struct bm_record *record, u32 slot,
			      u32 used)
{
	u64 *key = bm_slot_key(&map->layout, record, slot);
	u8 tag = bm_tags_get(record->tags, slot);
	bool beyond = slot >= used;
	u64 hash;

	if (!tag != beyond)
		return "an empty slot before one in use";
	if (!tag)
		return memchr_inv(key, 0, map->layout.slot_words * 8) ?
			"an empty slot that is not zero" : NULL;
	hash = bm_hash_words(&map->hash, key, map->layout.key_size);
	if (tag != bm_tag(hash))
		return "a wrong tag";
	if (bm_table_index(table, hash) != index)
		return "an entry in a wrong bucket";
	return NULL;
}

static const char *head_fault(struct bm_table *table, u64 head, bool home,
			      u32 used)
{
	if (home && head & BM_HEAD_ODD)
		return "an odd seq";
	if (home && head & BM_HEAD_EVACUATED && !bmt_next(table))
		return "an evacuated bucket without a successor";
	if (!home && head & ~BM_HEAD_NEXT)
		return "an overflow record with a seq or a flag";
	if (!home && !used)
		return "an empty overflow record";
	if (bm_head_next(head) && used < BM_SLOTS)
		return "a record in the chain that is not full";
	return NULL;
}

static const char *record_fault(struct bucketmap *map, struct bm_table *table,
				u32 index, struct bm_record *record, u32 used)
{
	bool home = record == bm_table_home(table, index);
	const char *fault = head_fault(table, record->head, home, used);
	u32 slot;

	for (slot = 0; slot < BM_SLOTS && !fault; slot++)
		fault = slot_fault(map, table, index, record, slot, used);
	return fault;
}

static const char *bucket_fault(struct bucketmap *map, struct bm_table *table,
				u32 index, struct tally *tally)
{
	struct bm_record *home = bm_table_home(table, index);
	struct bm_record *record = home;
	u64 entries = 0;

	do {
		u32 used = hweight64(bm_tags_used(record->tags));
		const char *fault = record_fault(map, table, index, record,
						 used);

		if (fault)
			return fault;
		entries += used;
		tally->records += record != home;
		record = bm_chain_next(table, record);
	} while (record);
	if (!(home->head & BM_HEAD_EVACUATED))
		tally->entries += entries;
	return NULL;
}

static const char *table_fault(struct bucketmap *map, struct bm_table *table,
			       struct tally *tally)
{
	const char *fault = NULL;
	u32 index;

	tally->records = 0;
	for (index = 0; index < bm_table_buckets(table) && !fault; index++)
		fault = bucket_fault(map, table, index, tally);
	if (!fault && tally->records != bm_pool_used(&table->pool))
		fault = "an overflow record that is in no chain";
	return fault;
}

const char *bmt_map_fault(struct bucketmap *map)
{
	const char *fault = NULL;
	struct tally tally = { };
	struct bm_table *table;

	for (table = bmt_table(map); table && !fault; table = bmt_next(table))
		fault = table_fault(map, table, &tally);
	if (!fault && tally.entries != bmt_count(map))
		fault = "another number of entries than it counts";
	return fault;
}

void bmt_check_map(struct kunit *test, struct bucketmap *map)
{
	const char *fault = bmt_map_fault(map);

	if (fault)
		KUNIT_FAIL(test, "the map has %s", fault);
}
