// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Scans of a mapped map, as the kernel's: by hashes in ascending order, entries of
 * equal hashes together, so that a cursor is good for both. A step reads the bucket
 * that is authoritative for the cursor, writes its entries behind those that the
 * caller has, and counts them only if the bucket has not changed meanwhile.
 *
 * There are two copies of the code, as for lookups.
 */
#include <string.h>

#include "bucket.h"
#include "hash.h"
#include "scanner.h"

/* Slots of a record. */
#define SLOTS_MAX	8

/* An entry to be written: its hash, and the slot that it is in. */
struct pick {
	__u64 hash;
	const unsigned char *slot;
};

/**
 * struct step - the entries of one bucket
 * @first: smallest hash that is wanted
 * @last: largest hash that the bucket is authoritative for, or that fits
 * @first_word: first word that is wanted of a value
 * @end_word: the word behind the last one
 * @count: number of entries
 * @picks: the entries, by ascending hash
 */
struct step {
	__u64 first;
	__u64 last;
	__u32 first_word;
	__u32 end_word;
	__u32 count;
	struct pick picks[CHAIN_MAX * SLOTS_MAX];
};

/* Copies bytes of words that may change meanwhile: each word is loaded whole. */
static __always_inline void
copy_bytes(unsigned char *to, const __u64 *from, __u32 offset, __u32 length)
{
	while (length) {
		__u64 word = load(from + offset / sizeof(word));
		__u32 within = offset % sizeof(word);
		__u32 part = sizeof(word) - within;

		if (part > length)
			part = length;
		/* Most words are wanted as a whole, which takes one store. */
		if (part == sizeof(word))
			memcpy(to, &word, sizeof(word));
		else
			memcpy(to, (unsigned char *)&word + within, part);
		to += part;
		offset += part;
		length -= part;
	}
}

static __always_inline __u64
slot_hash(const struct mapping *mapping, const struct layout *layout, const unsigned char *slot)
{
	const struct bucketmap_mapped_header *fixed = &mapping->fixed;
	__u32 bytes = layout == &layout_words ? sizeof(__u64) : fixed->key_size;
	__u64 key[KEY_WORDS];

	copy_bytes((unsigned char *)key, word_at(slot, layout->key_offset), 0,
		   layout->key_words * sizeof(__u64));
	return hash_words(fixed->hash, fixed->hash_key, key, bytes);
}

static __always_inline void
pick(struct step *step, __u64 hash, const unsigned char *slot)
{
	__u32 at;

	for (at = step->count++; at && step->picks[at - 1].hash > hash; at--)
		step->picks[at] = step->picks[at - 1];
	step->picks[at] = (struct pick){ hash, slot };
}

/* Picks the entries of a record, which lies in an added chunk or not. Returns FOUND or ASK. */
static __always_inline enum outcome
pick_entries(struct step *step, const struct mapping *mapping, const struct layout *layout,
	     const unsigned char *record, bool added)
{
	__u64 tags = load_acquire(word_at(record, layout->tags_offset));

	if (added && tags == BUCKETMAP_MAPPED_GONE)
		return ASK;
	while (tags) {
		const unsigned char *slot = first_slot(record, layout, tags);
		__u64 hash;

		/* Before the key is read: all ones may become what is there. */
		if (added && is_doubtful(slot, layout, step->first_word, step->end_word))
			return ASK;
		hash = slot_hash(mapping, layout, slot);
		if (hash >= step->first && hash <= step->last)
			pick(step, hash, slot);
		tags &= ~(0xffULL << (__builtin_ctzll(tags) & ~7));
	}
	return FOUND;
}

static __always_inline enum outcome
pick_bucket(struct step *step, const struct mapping *mapping, const struct layout *layout,
	    const struct bucket *bucket)
{
	const unsigned char *record = bucket->home;
	__u64 link = bucket->head;
	bool added = false;
	__u32 i;

	for (i = 0; i < CHAIN_MAX; i++) {
		enum outcome outcome = pick_entries(step, mapping, layout, record, added);

		if (!is_unchanged(bucket, layout))
			return AGAIN;
		if (outcome != FOUND || !(link & BUCKETMAP_MAPPED_LINK))
			return outcome;
		outcome = next_record(bucket, layout, &link, &record, &added);
		if (outcome != FOUND)
			return outcome;
	}
	return ASK;
}

static __always_inline void
write_entry(const struct scanner *scanner, const struct layout *layout, __u32 key_size,
	    const unsigned char *slot, __u32 at)
{
	copy_bytes(scanner->keys + (size_t)at * key_size, word_at(slot, layout->key_offset), 0,
		   key_size);
	if (scanner->values)
		copy_bytes(scanner->values + (size_t)at * scanner->length,
			   word_at(slot, layout->value_offset), scanner->offset, scanner->length);
}

/*
 * Drops the largest picks until the others fit, but entries of one hash only together.
 * The step then ends where they do. Returns false if none would be left.
 */
static bool fit_picks(struct step *step, __u32 capacity)
{
	__u32 count = capacity;

	if (step->count <= capacity)
		return true;
	while (count && step->picks[count - 1].hash == step->picks[count].hash)
		count--;
	if (!count)
		return false;
	step->count = count;
	step->last = step->picks[count - 1].hash;
	return true;
}

static void pass(struct scanner *scanner, __u64 hash)
{
	scanner->position = hash + 1;
	scanner->end = !scanner->position;
}

/* Reads one bucket. Returns FOUND if the position was moved, AGAIN or ASK. */
static __always_inline enum outcome
scan_bucket(struct mapping *mapping, const struct layout *layout, struct scanner *scanner,
	    struct step *step)
{
	__u32 key_size = layout == &layout_words ? sizeof(__u64) : mapping->fixed.key_size;
	struct bucket bucket;
	enum outcome outcome = find_bucket(mapping, layout, scanner->position, &bucket);
	__u32 i;

	if (outcome != FOUND)
		return outcome;
	step->first = scanner->position;
	step->last = scanner->position | ~0ULL >> bucket.order;
	step->count = 0;
	outcome = pick_bucket(step, mapping, layout, &bucket);
	if (outcome != FOUND)
		return outcome;
	if (!fit_picks(step, scanner->capacity - scanner->count))
		return ASK;
	for (i = 0; i < step->count; i++)
		write_entry(scanner, layout, key_size, step->picks[i].slot, scanner->count + i);
	if (!is_unchanged(&bucket, layout))
		return AGAIN;
	scanner->count += step->count;
	pass(scanner, step->last);
	return FOUND;
}

static __always_inline void
scan(struct mapping *mapping, const struct layout *layout, struct scanner *scanner)
{
	__u32 attempts = 0;
	struct step step;

	step.first_word = scanner->offset / sizeof(__u64);
	step.end_word = scanner->values ?
			(scanner->offset + scanner->length + 7) / sizeof(__u64) : step.first_word;
	while (!scanner->end && scanner->count < scanner->capacity && attempts < ATTEMPTS) {
		switch (scan_bucket(mapping, layout, scanner, &step)) {
		case FOUND:
			attempts = 0;
			break;
		case AGAIN:
			attempts++;
			break;
		default:
			return;
		}
	}
}

void scanner_scan(struct mapping *mapping, struct scanner *scanner)
{
	if (mapping->words)
		scan(mapping, &layout_words, scanner);
	else
		scan(mapping, &mapping->layout, scanner);
}
