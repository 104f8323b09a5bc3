// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Lookups in a mapped map, by the steps of uapi/bucketmap_mapped.h.
 *
 * There are two copies of the code: for keys and values of 8 bytes, whose layout
 * the compiler knows, and for all others.
 *
 * The barriers are those of the header: the load of header->table, of heads, tags
 * and successors is an acquire, and an acquire fence precedes the loads that
 * check what was read.
 */
#include <errno.h>
#include <string.h>

#include "hash.h"
#include "reader.h"
#include "uapi/bucketmap.h"

#define KEY_WORDS	(BUCKETMAP_KEY_SIZE_MAX / 8)
#define VALUE_WORDS	(BUCKETMAP_VALUE_SIZE_MAX / 8)

/* Attempts before the kernel is asked. An attempt may follow as many successors. */
#define ATTEMPTS	100
#define SUCCESSORS	16

/* More records than any chain has. */
#define CHAIN_MAX	64

/**
 * struct lookup - a key that is looked up
 * @hash: its hash
 * @tags: its tag, in each byte
 * @first: first word of the value that is wanted
 * @end: the word behind the last one that is wanted
 * @key: the key, padded with zeros
 *
 * For values of a word, @first and @end are not used.
 */
struct lookup {
	__u64 hash;
	__u64 tags;
	__u32 first;
	__u32 end;
	__u64 key[KEY_WORDS];
};

/* A table: the view that shows it, and its word. */
struct table {
	const struct view *view;
	__u64 word;
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

/* Tables */

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
static __u64 overflow_offset(const struct geometry *geometry, const struct layout *layout,
			     __u64 head)
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
static bool overflow_record(const struct table *table, const struct layout *layout, __u64 head,
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

/* Returns the top bit of each byte of @tags that equals that of @wanted. */
static __always_inline __u64
match_tags(__u64 tags, __u64 wanted)
{
	const __u64 low = 0x7f7f7f7f7f7f7f7fULL;
	__u64 differ = tags ^ wanted;

	return ~(((differ & low) + low) | differ | low);
}

static __always_inline bool
key_equals(const unsigned char *slot, const struct layout *layout, const struct lookup *lookup)
{
	const __u64 *key = word_at(slot, layout->key_offset);
	__u32 i;

	for (i = 0; i < layout->key_words; i++)
		if (load(key + i) != lookup->key[i])
			return false;
	return true;
}

static __always_inline __u32 first_word(const struct layout *layout, const struct lookup *lookup)
{
	return layout == &layout_words ? 0 : lookup->first;
}

static __always_inline __u32 end_word(const struct layout *layout, const struct lookup *lookup)
{
	return layout == &layout_words ? 1 : lookup->end;
}

static __always_inline void
copy_value(const unsigned char *slot, const struct layout *layout, const struct lookup *lookup,
	   __u64 *value)
{
	const __u64 *from = word_at(slot, layout->value_offset);
	__u32 i;

	for (i = first_word(layout, lookup); i < end_word(layout, lookup); i++)
		value[i] = load(from + i);
}

static bool has_ones(const __u64 *words, __u32 first, __u32 end)
{
	for (; first < end; first++)
		if (load(words + first) == BUCKETMAP_MAPPED_GONE)
			return true;
	return false;
}

/*
 * Can these words of a slot be a page that was accessed before the chunk was added?
 * Then that page may read as all ones for good. A word of any other value is there.
 */
static bool is_doubtful(const unsigned char *slot, const struct layout *layout,
			const struct lookup *lookup)
{
	return has_ones(word_at(slot, layout->key_offset), 0, layout->key_words) ||
	       has_ones(word_at(slot, layout->value_offset), first_word(layout, lookup),
			end_word(layout, lookup));
}

/* Searches a record, which lies in an added chunk or not. */
static __always_inline enum outcome
search_record(const unsigned char *record, const struct layout *layout,
	      const struct lookup *lookup, __u64 *value, bool added)
{
	__u64 tags = load_acquire(word_at(record, layout->tags_offset));
	__u64 match;

	if (added && tags == BUCKETMAP_MAPPED_GONE)
		return ASK;
	for (match = match_tags(tags, lookup->tags); match; match &= match - 1) {
		const unsigned char *slot = record + layout->slots_offset +
					    (__builtin_ctzll(match) / 8) * layout->slot_bytes;

		if (added && is_doubtful(slot, layout, lookup))
			return ASK;
		if (!key_equals(slot, layout, lookup))
			continue;
		copy_value(slot, layout, lookup, value);
		return FOUND;
	}
	return ABSENT;
}

/*
 * Has nothing been changed in the bucket since @head was loaded? It may have been
 * evacuated, and the view may show another table. The head is loaded first: it may
 * be one of another table, and then the view says so.
 */
static __always_inline bool
is_unchanged(const struct table *table, const __u64 *home_head, __u64 head)
{
	bool same;

	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	same = !((load(home_head) ^ head) & (BUCKETMAP_MAPPED_SEQ | BUCKETMAP_MAPPED_EVACUATED));
	return is_shown(table) && same;
}

static __always_inline enum outcome
search_bucket(const struct table *table, const struct layout *layout, const unsigned char *record,
	      __u64 head, const struct lookup *lookup, __u64 *value)
{
	const __u64 *home_head = word_at(record, layout->head_offset);
	__u64 link = head;
	bool added = false;
	__u32 i;

	for (i = 0; i < CHAIN_MAX; i++) {
		enum outcome outcome = search_record(record, layout, lookup, value, added);

		if (!is_unchanged(table, home_head, head))
			return AGAIN;
		if (outcome != ABSENT || !(link & BUCKETMAP_MAPPED_LINK))
			return outcome;
		if (!overflow_record(table, layout, link, &record, &added))
			return AGAIN;
		if (!record)
			return ASK;
		link = load_acquire(word_at(record, layout->head_offset));
		if (link == BUCKETMAP_MAPPED_GONE)
			return ASK;
	}
	return ASK;
}

/* Searches a table. If the outcome is MOVED, sets @word to that of the successor. */
static __always_inline enum outcome
search_table(struct mapping *mapping, const struct layout *layout, const struct lookup *lookup,
	     __u64 *value, __u64 *word, bool successor)
{
	const struct table table = {
		.view = mapping_view(mapping, *word, successor),
		.word = *word,
	};
	const unsigned char *record;
	__u64 head;

	if (!table.view)
		return ASK;
	record = home_record(&table, layout, lookup->hash);
	if (!record)
		return AGAIN;
	head = load_acquire(word_at(record, layout->head_offset));
	if (head & BUCKETMAP_MAPPED_EVACUATED) {
		*word = load_acquire(&view_page(table.view)->next);
		return *word != BUCKETMAP_MAPPED_GONE && is_shown(&table) ? MOVED : AGAIN;
	}
	if (head & BUCKETMAP_MAPPED_ODD)
		return AGAIN;
	return search_bucket(&table, layout, record, head, lookup, value);
}

/* Begins at the oldest live table, and follows its successors. */
static __always_inline enum outcome
search_tables(struct mapping *mapping, const struct layout *layout, const struct lookup *lookup,
	      __u64 *value)
{
	__u64 word = load_acquire(&mapping->header->table);
	__u32 i;

	for (i = 0; i < SUCCESSORS && word; i++) {
		enum outcome outcome = search_table(mapping, layout, lookup, value, &word, i);

		if (outcome != MOVED)
			return outcome;
	}
	return ASK;
}

static __always_inline int
look_up(struct mapping *mapping, const struct layout *layout, const struct lookup *lookup,
	__u64 *value)
{
	__u32 i;

	for (i = 0; i < ATTEMPTS; i++) {
		switch (search_tables(mapping, layout, lookup, value)) {
		case FOUND:
			return 0;
		case ABSENT:
			return -ENOENT;
		case ASK:
			return READER_ASK;
		case MOVED:
		case AGAIN:
			break;
		}
	}
	return READER_ASK;
}

/* Keys and windows */

static __always_inline void
lookup_key(struct lookup *lookup, const struct mapping *mapping, const struct layout *layout,
	   const void *key)
{
	const struct bucketmap_mapped_header *fixed = &mapping->fixed;
	__u32 bytes = layout == &layout_words ? sizeof(__u64) : fixed->key_size;
	__u64 tag;

	lookup->key[layout->key_words - 1] = 0;
	memcpy(lookup->key, key, bytes);
	lookup->hash = hash_words(fixed->hash, fixed->hash_key, lookup->key, bytes);
	tag = lookup->hash & 0xff;
	lookup->tags = (tag ? tag : 1) * 0x0101010101010101ULL;
}

bool reader_window(const struct mapping *mapping, __u32 *offset, __u32 *length)
{
	__u32 size = mapping->fixed.value_size;

	if (!*offset && !*length)
		*length = size;
	return *offset <= size && *length <= size - *offset;
}

/* Looks a key up, and copies the window of its value. */
static __always_inline int
read_window(struct mapping *mapping, const struct layout *layout, struct lookup *lookup,
	    void *window, __u32 offset, __u32 length)
{
	__u64 value[VALUE_WORDS];
	int ret;

	lookup->first = offset / sizeof(__u64);
	lookup->end = window ? (offset + length + 7) / sizeof(__u64) : lookup->first;
	ret = look_up(mapping, layout, lookup, value);
	if (!ret && window)
		memcpy(window, (unsigned char *)value + offset, length);
	return ret;
}

static __always_inline int
read_word(struct mapping *mapping, struct lookup *lookup, void *window, __u32 offset,
	  __u32 length)
{
	__u64 value;
	int ret;

	ret = look_up(mapping, &layout_words, lookup, &value);
	if (ret || !window)
		return ret;
	if (length == sizeof(value))
		memcpy(window, &value, sizeof(value));
	else
		memcpy(window, (unsigned char *)&value + offset, length);
	return 0;
}

/* A function of its own, for its large buffer. */
static __attribute__((__noinline__)) int
read_any(struct mapping *mapping, struct lookup *lookup, void *window, __u32 offset,
	 __u32 length)
{
	return read_window(mapping, &mapping->layout, lookup, window, offset, length);
}

static __always_inline void
begin_lookup(struct lookup *lookup, const struct mapping *mapping, const void *key)
{
	if (mapping->words)
		lookup_key(lookup, mapping, &layout_words, key);
	else
		lookup_key(lookup, mapping, &mapping->layout, key);
}

static __always_inline int
end_lookup(struct mapping *mapping, struct lookup *lookup, void *window, __u32 offset,
	   __u32 length)
{
	if (mapping->words)
		return read_word(mapping, lookup, window, offset, length);
	return read_any(mapping, lookup, window, offset, length);
}

int reader_lookup(struct mapping *mapping, const void *key, void *value, __u32 offset,
		  __u32 length)
{
	struct lookup lookup;

	begin_lookup(&lookup, mapping, key);
	return end_lookup(mapping, &lookup, value, offset, length);
}

/* Many keys */

/* Asks for the cache lines of the home records in the oldest live table. */
static void prefetch_records(struct mapping *mapping, const struct lookup *lookups, __u32 count)
{
	__u64 word = load_acquire(&mapping->header->table);
	const struct table table = {
		.view = word ? mapping_view(mapping, word, false) : NULL,
		.word = word,
	};
	__u32 i;

	if (!table.view)
		return;
	for (i = 0; i < count; i++) {
		const unsigned char *record = home_record(&table, &mapping->layout,
							  lookups[i].hash);

		if (!record)
			return;
		__builtin_prefetch(record);
		__builtin_prefetch(record + 64);
		__builtin_prefetch(record + mapping->layout.record_bytes - 1);
	}
}

void reader_lookup_group(struct mapping *mapping, const struct reader_columns *columns,
			 __u32 count)
{
	struct lookup lookups[READER_GROUP];
	__u32 i;

	for (i = 0; i < count; i++)
		begin_lookup(&lookups[i], mapping,
			     columns->keys + (size_t)i * mapping->fixed.key_size);
	prefetch_records(mapping, lookups, count);
	for (i = 0; i < count; i++) {
		unsigned char *window = columns->values ?
					columns->values + (size_t)i * columns->length : NULL;

		columns->results[i] = end_lookup(mapping, &lookups[i], window, columns->offset,
						 columns->length);
	}
}
