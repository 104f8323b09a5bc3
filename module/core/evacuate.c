// SPDX-License-Identifier: GPL-2.0
/*
 * Evacuation: copy the entries of a bucket to the successor of its table.
 *
 * While a migration runs, map->table is the old table and its next is the new
 * one. The old bucket decides where an entry lives: if it is not flagged
 * EVACUATED, it is authoritative and fully usable. Evacuation copies its
 * entries and then flags it, all with its lock held. Until then no task
 * searches the new table for them. Copies never have to be undone: before the
 * first copy, all overflow records that the copies need are taken from the
 * pool.
 *
 * If the table grows, the entries of a bucket go to 2, 4, ... buckets. These
 * are empty until then, as no other bucket's entries go there, and no other task
 * accesses them, as it finds them only if this bucket is flagged. So their locks
 * are not taken. If the table shrinks, the entries of neighbours go to one
 * bucket, which may already be in use for the neighbours: its lock is held from
 * the search for free slots to the last copy.
 *
 * Barriers
 *  (D) The copies are complete before the flag is set: release of head, pairs
 *      with the acquire of head by readers, and by writers that do not lock the
 *      bucket. To writers that do, its lock hands them over.
 */
#include <linux/bits.h>

#include "core/bucket.h"
#include "core/evacuate.h"

/* A table has at most this many times the buckets of the one before it. */
#define FANOUT_MAX	BIT(BM_RESIZE_ORDERS)

/* Entries whose destinations are remembered, so that they are hashed once. */
#define ROUTED_MAX	64
#define ROUTED_RECORDS	(ROUTED_MAX / BM_SLOTS)

/**
 * struct evacuation - evacuation of one bucket
 * @map: the map
 * @from: the bucket
 * @to: the new table
 * @first: index of the first destination
 * @fanout: number of destinations
 * @hand: link to the overflow records taken from the pool and not used yet
 * @shares: number of entries for each destination
 * @routed: which of the first entries go to each destination: bit i stands for
 *	slot i % BM_SLOTS of record i / BM_SLOTS
 */
struct evacuation {
	struct bucketmap *map;
	const struct bm_bucket *from;
	struct bm_table *to;
	u32 first;
	u32 fanout;
	u32 hand;
	u32 shares[FANOUT_MAX];
	u64 routed[FANOUT_MAX];
};

/* Returns the destination of an entry, as a number below fanout. */
static __always_inline u32 route(const struct evacuation *evac,
				 const struct bm_layout *layout,
				 struct bm_record *record, u32 slot)
{
	u64 hash;

	if (evac->fanout == 1)
		return 0;
	hash = bm_slot_hash(evac->map, layout, record, slot);
	return bm_table_index(evac->to, hash) - evac->first;
}

/*
 * Counts the entries for each destination, and returns their sum. Chains are
 * compact: the slots in use are the first ones.
 */
static __always_inline u32 count_shares(struct evacuation *evac,
					const struct bm_layout *layout)
{
	struct bm_record *record = evac->from->home;
	u32 first = 0, used, slot;

	for (;;) {
		used = bm_tags_count(record->tags);
		for (slot = 0; slot < used; slot++) {
			u32 share = route(evac, layout, record, slot);

			evac->shares[share]++;
			if (first < ROUTED_MAX)
				evac->routed[share] |= BIT_ULL(first + slot);
		}
		if (likely(!bm_head_next(record->head)))
			return first + used;
		record = bm_chain_next(evac->from->table, record);
		first += BM_SLOTS;
	}
}

/* Returns the number of overflow records that a split needs. */
static u32 count_records(const struct evacuation *evac)
{
	u32 records = 0;
	u32 i;

	for (i = 0; i < evac->fanout; i++)
		if (evac->shares[i] > BM_SLOTS)
			records += DIV_ROUND_UP(evac->shares[i], BM_SLOTS) - 1;
	return records;
}

/* Appends one of the taken records to a chain, and returns it. */
static struct bm_record *extend(struct evacuation *evac, struct bm_record *tail)
{
	u32 link = evac->hand;
	struct bm_record *next = bm_pool_record(&evac->to->pool, link);

	evac->hand = bm_head_next(next->head);
	bm_chain_extend(evac->to, tail, link);
	return next;
}

/* The slots of record number @depth that go to a destination, as a bit set. */
static __always_inline u64 routed_slots(const struct evacuation *evac,
					const struct bm_layout *layout,
					struct bm_record *record, u32 depth,
					u32 share)
{
	u32 used, slot;
	u64 slots = 0;

	if (likely(depth < ROUTED_RECORDS))
		return evac->routed[share] >> (depth * BM_SLOTS) &
		       (BIT_ULL(BM_SLOTS) - 1);
	used = bm_tags_count(record->tags);
	for (slot = 0; slot < used; slot++)
		if (route(evac, layout, record, slot) == share)
			slots |= BIT_ULL(slot);
	return slots;
}

/*
 * Appends the entries of one destination to its chain, which ends with @tail.
 * The tags of a record are stored once, when its last entry is complete.
 */
static __always_inline void append_share(struct evacuation *evac,
					 const struct bm_layout *layout,
					 struct bm_record *tail, u32 share)
{
	struct bm_record *record = evac->from->home;
	u32 used = bm_tags_count(tail->tags);
	u64 tags = tail->tags;
	u32 depth = 0;

	for (;;) {
		u64 slots = routed_slots(evac, layout, record, depth, share);

		for (; slots; slots &= slots - 1) {
			u32 slot = __builtin_ctzll(slots);

			if (unlikely(used == BM_SLOTS)) {
				smp_store_release(&tail->tags, tags); /* (B) */
				tail = extend(evac, tail);
				used = 0;
				tags = 0;
			}
			bm_words_copy(bm_slot_key(layout, tail, used),
				      bm_slot_key(layout, record, slot),
				      layout->slot_words);
			tags = bm_tags_with(tags, used++,
					    bm_tags_get(record->tags, slot));
		}
		if (likely(!bm_head_next(record->head)))
			break;
		record = bm_chain_next(evac->from->table, record);
		depth++;
	}
	smp_store_release(&tail->tags, tags); /* (B) in bucket.h */
}

/* Takes the records that a chain needs for the entries that merge into it. */
static __always_inline int take_records(struct evacuation *evac,
					struct bm_record **tail)
{
	u32 records = 1, used, more;

	while (bm_head_next((*tail)->head)) {
		*tail = bm_chain_next(evac->to, *tail);
		records++;
	}
	used = bm_tags_count((*tail)->tags);
	more = DIV_ROUND_UP(used + evac->shares[0], BM_SLOTS);
	if (more <= 1)
		return 0;
	/* shrink.c guarantees this. */
	if (WARN_ON_ONCE(records + more - 1 > BM_CHAIN_MAX))
		return -EMLINK;
	evac->hand = bm_pool_take(&evac->to->pool, more - 1);
	return evac->hand ? 0 : -ENOMEM;
}

/* Copies entries to the bucket that several buckets merge into. */
static __always_inline int merge(struct evacuation *evac,
				 const struct bm_layout *layout)
{
	struct bm_record *tail = bm_table_record(evac->to, layout, evac->first);
	spinlock_t *lock = bm_table_lock(evac->to, evac->first);
	int err;

	spin_lock_nested(lock, SINGLE_DEPTH_NESTING);
	err = take_records(evac, &tail);
	if (!err)
		append_share(evac, layout, tail, 0);
	spin_unlock(lock);
	return err;
}

/* Copies entries to the buckets that a bucket is split into. */
static __always_inline int split(struct evacuation *evac,
				 const struct bm_layout *layout)
{
	u32 records = count_records(evac);
	u32 share;

	if (unlikely(records)) {
		evac->hand = bm_pool_take(&evac->to->pool, records);
		if (!evac->hand)
			return -ENOMEM;
	}
	for (share = 0; share < evac->fanout; share++)
		if (evac->shares[share])
			append_share(evac, layout,
				     bm_table_record(evac->to, layout,
						     evac->first + share),
				     share);
	return 0;
}

/* Copies all entries of a bucket, or none. */
static __always_inline int
copy_entries(struct bucketmap *map, const struct bm_layout *layout,
	     const struct bm_bucket *from, struct bm_table *to, u32 index)
{
	struct evacuation evac __uninitialized;
	int grow = to->order - from->table->order;
	u32 share;

	evac.map = map;
	evac.from = from;
	evac.to = to;
	evac.hand = 0;
	evac.fanout = grow > 0 ? 1U << grow : 1;
	evac.first = grow > 0 ? index << grow : index >> -grow;
	for (share = 0; share < evac.fanout; share++) {
		evac.shares[share] = 0;
		evac.routed[share] = 0;
	}
	if (!count_shares(&evac, layout))
		return 0;
	return evac.fanout == 1 ? merge(&evac, layout) : split(&evac, layout);
}

static noinline int copy_words(struct bucketmap *map,
			       const struct bm_bucket *from,
			       struct bm_table *to, u32 index)
{
	return copy_entries(map, &bm_layout_words, from, to, index);
}

static noinline int copy_any(struct bucketmap *map,
			     const struct bm_bucket *from, struct bm_table *to,
			     u32 index)
{
	return copy_entries(map, &map->layout, from, to, index);
}

/**
 * bm_evacuate() - evacuate a bucket, unless that has been done
 * @map: the map
 * @from: the old table, which has a successor
 * @index: the bucket
 * @evacuator: BM_EVACUATED_BY_*, counted if this call evacuates the bucket
 *
 * Context: process or softirq context, without any bucket's lock held. The
 * caller is in an RCU read section, or holds bm_resize.lock. Takes and releases
 * the lock of the bucket and, if the table shrinks, of its destination.
 * Return: 0 if the bucket is evacuated, by this call or another; -ENOMEM if the
 * new table's pool has too few records; -EMLINK, with a warning, if a chain
 * would get too long. After an error the bucket stays as it is.
 */
int bm_evacuate(struct bucketmap *map, struct bm_table *from, u32 index,
		enum bm_counter evacuator)
{
	struct bm_bucket bucket = {
		.table = from,
		.home = bm_table_home(from, index),
		.lock = bm_table_lock(from, index),
	};
	struct bm_record *home = bucket.home;
	struct bm_table *to = rcu_dereference_raw(from->next);
	int err = 0;

	/* (D) */
	if (smp_load_acquire(&home->head) & BM_HEAD_EVACUATED)
		return 0;
	bm_lock(bucket.lock);
	if (!(home->head & BM_HEAD_EVACUATED)) {
		err = map->layout.words ?
			copy_words(map, &bucket, to, index) :
			copy_any(map, &bucket, to, index);
		if (!err) /* (D) */
			smp_store_release(&home->head,
					  home->head | BM_HEAD_EVACUATED);
		bm_count_here(map, err ? BM_EVACUATION_FAILED : evacuator);
	}
	bm_unlock(bucket.lock);
	return err;
}

/**
 * bm_evacuate_help() - do a writer's share of a migration
 * @map: the map
 * @table: the map's table, which has a successor
 * @hash: hash of the writer's key
 *
 * Evacuates the bucket that the writer needs, and one more. A bucket that
 * cannot be evacuated stays in use, and is left to the worker.
 *
 * Context: process or softirq context, in an RCU read section, without any
 * bucket's lock held.
 */
void bm_evacuate_help(struct bucketmap *map, struct bm_table *table, u64 hash)
{
	u32 buckets = bm_table_buckets(table);
	u32 index;

	bm_evacuate(map, table, bm_table_index(table, hash),
		    BM_EVACUATED_BY_WRITERS);
	if (atomic_read(&table->sweep) >= buckets)
		return;
	index = atomic_fetch_inc(&table->sweep);
	if (index < buckets)
		bm_evacuate(map, table, index, BM_EVACUATED_BY_WRITERS);
}

/**
 * bm_slice_take() - take the next slice of a migration, to evacuate it
 * @from: the old table
 *
 * Context: any.
 * Return: index of the first of BM_SLICE buckets; the number of buckets if all
 * slices are taken.
 */
u32 bm_slice_take(struct bm_table *from)
{
	u32 buckets = bm_table_buckets(from);

	if (atomic_read(&from->sweep) >= buckets)
		return buckets;
	return min_t(u32, atomic_fetch_add(BM_SLICE, &from->sweep), buckets);
}
