/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The buckets of a mapped map: which one is authoritative for a hash, what its
 * records hold, and whether all that was read of it was there at one instant. By
 * the steps of uapi/bucketmap_mapped.h.
 *
 * The barriers are those of the header: the load of header->table, of heads, tags
 * and successors is an acquire, and an acquire fence precedes the loads that
 * check what was read.
 *
 * Functions are inlined where a lookup needs them, and @layout is a constant in
 * those of the usual layout.
 */
#ifndef _LIBBUCKETMAP_BUCKET_H
#define _LIBBUCKETMAP_BUCKET_H

#include <string.h>

#include "mapping.h"
#include "uapi/bucketmap.h"

/* Attempts before the kernel is asked. An attempt may follow as many successors. */
#define ATTEMPTS	100
#define SUCCESSORS	16

/* More records than any chain has. */
#define CHAIN_MAX	64

/* Words of the largest key. */
#define KEY_WORDS	(BUCKETMAP_KEY_SIZE_MAX / 8)

/* A table: the view that shows it, and its word. */
struct table {
	const struct view *view;
	__u64 word;
};

/**
 * struct bucket - a bucket that is authoritative for a hash
 * @table: its table
 * @home: its home record
 * @head: the head of that, when it was loaded first
 * @order: largest order of the tables on the way here. A search for any hash that
 *	has as many first bits in common with this one would have come here too
 */
struct bucket {
	struct table table;
	const unsigned char *home;
	__u64 head;
	__u64 order;
};

/* MOVED: the bucket was evacuated, the successor has its entries. */
enum outcome {
	FOUND,
	ABSENT,
	MOVED,
	AGAIN,
	ASK,
};

static __always_inline const __u64 *
word_at(const unsigned char *record, __u32 offset)
{
	return (const __u64 *)(record + offset);
}

static __always_inline bool
is_shown(const struct table *table)
{
	return view_is(table->view, table->word);
}

/* Finds the home record. Returns NULL if the view shows another table now. */
static __always_inline const unsigned char *
home_record(const struct table *table, const struct layout *layout, __u64 hash)
{
	const struct geometry *geometry = &table->view->geometry;
	__u64 bucket = hash >> load(&geometry->shift);
	__u64 segment_shift = load(&geometry->segment_shift);
	__u64 segment = (bucket >> segment_shift) * load(&geometry->segment_bytes);
	__u64 index = bucket & ((1ULL << segment_shift) - 1);
	__u64 offset = load(&geometry->records) + segment + index * layout->record_bytes;

	return is_shown(table) ? table->view->area + offset : NULL;
}

/* Returns an offset, 0 if the record is not in the mapping. */
static inline __u64
overflow_offset(const struct geometry *geometry, const struct layout *layout, __u64 head)
{
	__u64 record = ((head & BUCKETMAP_MAPPED_LINK) >> BUCKETMAP_MAPPED_LINK_SHIFT) - 1;
	__u64 chunk = record >> geometry->chunk_shift;
	__u64 index = record & ((1ULL << geometry->chunk_shift) - 1);

	if (chunk >= geometry->chunks)
		return 0;
	if (chunk >= geometry->chunks_initial) {
		chunk -= geometry->chunks_initial;
		return geometry->added + chunk * geometry->chunk_bytes +
		       index * layout->record_bytes;
	}
	index += (chunk >> geometry->segments_shift) << geometry->chunk_shift;
	chunk &= (1ULL << geometry->segments_shift) - 1;
	return geometry->initial + chunk * geometry->segment_bytes + index * layout->record_bytes;
}

/*
 * Finds the overflow record that a head links to. Sets @record to NULL if it is
 * not in the mapping, and @added if it lies in a chunk that was added to the
 * table. Returns false if the view shows another table now.
 */
static inline bool
overflow_record(const struct table *table, const struct layout *layout, __u64 head,
		const unsigned char **record, bool *added)
{
	const __u64 *from = (const __u64 *)&table->view->geometry;
	__u64 words[GEOMETRY_WORDS];
	struct geometry geometry;
	__u64 offset;

	for (size_t i = 0; i < GEOMETRY_WORDS; i++)
		words[i] = load(from + i);
	if (!is_shown(table))
		return false;
	memcpy(&geometry, words, sizeof(geometry));
	offset = overflow_offset(&geometry, layout, head);
	*record = offset ? table->view->area + offset : NULL;
	*added = offset >= geometry.added;
	return true;
}

/* Records */

/* The slot of the lowest byte that is set in @tags. */
static __always_inline const unsigned char *
first_slot(const unsigned char *record, const struct layout *layout, __u64 tags)
{
	return record + layout->slots_offset + (__builtin_ctzll(tags) / 8) * layout->slot_bytes;
}

static inline bool has_ones(const __u64 *words, __u32 first, __u32 end)
{
	for (; first < end; first++)
		if (load(words + first) == BUCKETMAP_MAPPED_GONE)
			return true;
	return false;
}

/*
 * Can these words of a slot be a page that was accessed before the chunk was added?
 * Then that page may read as all ones for good. A word of any other value is there.
 * [@first, @end) are the words of the value that are wanted.
 */
static inline bool
is_doubtful(const unsigned char *slot, const struct layout *layout, __u32 first, __u32 end)
{
	return has_ones(word_at(slot, layout->key_offset), 0, layout->key_words) ||
	       has_ones(word_at(slot, layout->value_offset), first, end);
}

/* Buckets */

/*
 * Has nothing been changed in the bucket since its head was loaded? It may have been
 * evacuated, and the view may show another table. The head is loaded first: it may
 * be one of another table, and then the view says so.
 */
static __always_inline bool
is_unchanged(const struct bucket *bucket, const struct layout *layout)
{
	__u64 head;
	bool same;

	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	head = load(word_at(bucket->home, layout->head_offset));
	same = !((head ^ bucket->head) & (BUCKETMAP_MAPPED_SEQ | BUCKETMAP_MAPPED_EVACUATED));
	return is_shown(&bucket->table) && same;
}

/*
 * Goes on from a record, by its head @link, to the next one. Before that nothing may
 * have changed. Sets @added if the record lies in a chunk that was added to the
 * table. Returns FOUND, AGAIN or ASK.
 */
static inline enum outcome
next_record(const struct bucket *bucket, const struct layout *layout, __u64 *link,
	    const unsigned char **record, bool *added)
{
	if (!overflow_record(&bucket->table, layout, *link, record, added))
		return AGAIN;
	if (!*record)
		return ASK;
	*link = load_acquire(word_at(*record, layout->head_offset));
	return *link == BUCKETMAP_MAPPED_GONE ? ASK : FOUND;
}

/* Finds the bucket in a table. If the outcome is MOVED, sets @word to the successor's. */
static __always_inline enum outcome
find_in_table(struct mapping *mapping, const struct layout *layout, __u64 hash, __u64 *word,
	      bool successor, struct bucket *bucket)
{
	const struct table table = {
		.view = mapping_view(mapping, *word, successor),
		.word = *word,
	};

	if (!table.view)
		return ASK;
	bucket->table = table;
	bucket->home = home_record(&table, layout, hash);
	if (!bucket->home)
		return AGAIN;
	if (bucket->order < (table.word & BUCKETMAP_MAPPED_ORDER))
		bucket->order = table.word & BUCKETMAP_MAPPED_ORDER;
	bucket->head = load_acquire(word_at(bucket->home, layout->head_offset));
	if (bucket->head & BUCKETMAP_MAPPED_EVACUATED) {
		*word = load_acquire(&view_page(table.view)->next);
		return *word != BUCKETMAP_MAPPED_GONE && is_shown(&table) ? MOVED : AGAIN;
	}
	return bucket->head & BUCKETMAP_MAPPED_ODD ? AGAIN : FOUND;
}

/*
 * Finds the bucket that is authoritative for a hash: begins at the oldest live table,
 * and follows its successors. Returns FOUND, AGAIN or ASK.
 */
static __always_inline enum outcome
find_bucket(struct mapping *mapping, const struct layout *layout, __u64 hash,
	    struct bucket *bucket)
{
	__u64 word = load_acquire(&mapping->header->table);
	__u32 i;

	bucket->order = 0;
	for (i = 0; i < SUCCESSORS && word; i++) {
		enum outcome outcome = find_in_table(mapping, layout, hash, &word, i, bucket);

		if (outcome != MOVED)
			return outcome;
	}
	return ASK;
}

#endif /* _LIBBUCKETMAP_BUCKET_H */
