// SPDX-License-Identifier: GPL-2.0
/*
 * Checks a whole map for consistency.
 */
#include <linux/bitops.h>

#include "common.h"

struct tally {
	u64 entries;
	u64 records;
};

static bool all_zero(const u64 *words, u32 count)
{
	while (count--)
		if (*words++)
			return false;
	return true;
}

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
		return all_zero(key, map->layout.slot_words) ? NULL :
			"an empty slot that is not zero";
	hash = bm_hash_words(&map->hash, key, map->layout.key_size);
	if (tag != bm_tag(hash))
		return "a wrong tag";
	if (bm_table_index(table, hash) != index)
		return "an entry in a wrong bucket";
	return NULL;
}

static const char *record_fault(struct bucketmap *map, struct bm_table *table,
				u32 index, struct bm_record *record, u32 used)
{
	bool home = record == bm_table_home(table, index);
	const char *fault = NULL;
	u32 slot;

	for (slot = 0; slot < BM_SLOTS && !fault; slot++)
		fault = slot_fault(map, table, index, record, slot, used);
	if (fault)
		return fault;
	if (home && record->head & BM_HEAD_ODD)
		return "an odd seq";
	if (!home && record->head & ~BM_HEAD_NEXT)
		return "an overflow record with a seq or a flag";
	if (!home && !used)
		return "an empty overflow record";
	if (bm_head_next(record->head) && used < BM_SLOTS)
		return "a record in the chain that is not full";
	return NULL;
}

static void check_bucket(struct kunit *test, struct bucketmap *map,
			 struct bm_table *table, u32 index,
			 struct tally *tally)
{
	struct bm_record *home = bm_table_home(table, index);
	struct bm_record *record = home;
	u64 entries = 0;

	do {
		u32 used = hweight64(bm_tags_used(record->tags));
		const char *fault = record_fault(map, table, index, record,
						 used);

		if (fault) {
			KUNIT_FAIL(test, "bucket %u of %u has %s", index,
				   bm_table_buckets(table), fault);
			return;
		}
		entries += used;
		tally->records += record != home;
		record = bm_chain_next(table, record);
	} while (record);
	if (!(home->head & BM_HEAD_EVACUATED))
		tally->entries += entries;
}

void bmt_check_map(struct kunit *test, struct bucketmap *map)
{
	struct tally tally = { };
	struct bm_table *table;
	u32 index;

	for (table = bmt_table(map); table; table = bmt_next(table)) {
		tally.records = 0;
		for (index = 0; index < bm_table_buckets(table); index++)
			check_bucket(test, map, table, index, &tally);
		KUNIT_EXPECT_EQ(test, tally.records, bm_pool_used(&table->pool));
	}
	KUNIT_EXPECT_EQ(test, tally.entries, bmt_count(map));
}
