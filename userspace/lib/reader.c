// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Lookups in a mapped map, by the steps of uapi/bucketmap_mapped.h.
 *
 * There are two copies of the code: for keys and values of 8 bytes, whose layout
 * the compiler knows, and for all others.
 */
#include <errno.h>
#include <string.h>

#include "bucket.h"
#include "hash.h"
#include "reader.h"

#define VALUE_WORDS	(BUCKETMAP_VALUE_SIZE_MAX / 8)

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
		const unsigned char *slot = first_slot(record, layout, match);

		if (added && is_doubtful(slot, layout, first_word(layout, lookup),
					 end_word(layout, lookup)))
			return ASK;
		if (!key_equals(slot, layout, lookup))
			continue;
		copy_value(slot, layout, lookup, value);
		return FOUND;
	}
	return ABSENT;
}

static __always_inline enum outcome
search_bucket(const struct bucket *bucket, const struct layout *layout,
	      const struct lookup *lookup, __u64 *value)
{
	const unsigned char *record = bucket->home;
	__u64 link = bucket->head;
	bool added = false;
	__u32 i;

	for (i = 0; i < CHAIN_MAX; i++) {
		enum outcome outcome = search_record(record, layout, lookup, value, added);

		if (!is_unchanged(bucket, layout))
			return AGAIN;
		if (outcome != ABSENT || !(link & BUCKETMAP_MAPPED_LINK))
			return outcome;
		outcome = next_record(bucket, layout, &link, &record, &added);
		if (outcome != FOUND)
			return outcome;
	}
	return ASK;
}

static __always_inline enum outcome
attempt(struct mapping *mapping, const struct layout *layout, const struct lookup *lookup,
	__u64 *value)
{
	struct bucket bucket;
	enum outcome outcome = find_bucket(mapping, layout, lookup->hash, &bucket);

	return outcome == FOUND ? search_bucket(&bucket, layout, lookup, value) : outcome;
}

static __always_inline int
look_up(struct mapping *mapping, const struct layout *layout, const struct lookup *lookup,
	__u64 *value)
{
	__u32 i;

	for (i = 0; i < ATTEMPTS; i++) {
		switch (attempt(mapping, layout, lookup, value)) {
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

/*
 * Asks for the home records in the oldest live table, and then for the slots that
 * their tags select: one or two cache lines for each key. Nothing depends on what is
 * read here.
 */
static void prefetch_slots(struct mapping *mapping, const struct lookup *lookups, __u32 count)
{
	const struct layout *layout = &mapping->layout;
	__u64 word = load_acquire(&mapping->header->table);
	const struct table table = {
		.view = word ? mapping_view(mapping, word, false) : NULL,
		.word = word,
	};
	const unsigned char *records[READER_GROUP];
	__u32 i;

	if (!table.view)
		return;
	for (i = 0; i < count; i++) {
		records[i] = home_record(&table, layout, lookups[i].hash);
		if (!records[i])
			return;
		__builtin_prefetch(records[i]);
	}
	for (i = 0; i < count; i++) {
		__u64 tags = load(word_at(records[i], layout->tags_offset));
		__u64 match = match_tags(tags, lookups[i].tags);

		if (match)
			__builtin_prefetch(first_slot(records[i], layout, match));
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
	prefetch_slots(mapping, lookups, count);
	for (i = 0; i < count; i++) {
		unsigned char *window = columns->values ?
					columns->values + (size_t)i * columns->length : NULL;

		columns->results[i] = end_lookup(mapping, &lookups[i], window, columns->offset,
						 columns->length);
	}
}
