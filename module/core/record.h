/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The bucket record: its words, and loads and stores of bytes in them.
 *
 * A bucket is a chain: a home record, followed by overflow records. All records
 * have the same form: a head word, a tags word and eight slots. A slot is a key
 * followed by a value, both rounded up to whole words. Records hold data only:
 * links are indices, and there is no pointer and no lock in a record.
 *
 *   head  bits  0..31  seq: odd while a writer is in a write section of the
 *                      bucket; always 0 in overflow records
 *         bits 32..62  next: index of the next overflow record + 1, 0: none
 *         bit  63      EVACUATED: the entries are in the successor
 *   tags  byte i (bits 8i..8i+7 of the word, on every machine) belongs to
 *         slot i; 0: the slot is empty
 *
 * All words that a lockless reader may load are stored by WRITE_ONCE() or
 * smp_store_release() and loaded by READ_ONCE() or smp_load_acquire(). The
 * holder of the bucket's lock is the only writer, and may use plain loads.
 */
#ifndef _BM_CORE_RECORD_H
#define _BM_CORE_RECORD_H

#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/prefetch.h>
#include <linux/string.h>
#include <linux/types.h>

static_assert(sizeof(long) == sizeof(u64), "64-bit kernels only");

#define BM_SLOTS		8

#define BM_HEAD_SEQ		0x00000000ffffffffULL
#define BM_HEAD_ODD		0x0000000000000001ULL
#define BM_HEAD_NEXT		0x7fffffff00000000ULL
#define BM_HEAD_NEXT_SHIFT	32
#define BM_HEAD_EVACUATED	0x8000000000000000ULL

#define BM_INDEX_MAX		0x7fffffffU

/**
 * struct bm_record - home or overflow record of a bucket
 * @head: seq, next and EVACUATED
 * @tags: one byte for each slot
 * @slots: BM_SLOTS slots of &struct bm_layout.slot_words each
 */
struct bm_record {
	u64 head;
	u64 tags;
	u64 slots[];
};

/**
 * struct bm_layout - sizes of a map's keys, values and records
 * @key_size: bytes of a key
 * @value_size: bytes of a value
 * @key_words: words of a key
 * @slot_words: words of a slot: key and value
 * @record_bytes: bytes of a record
 * @words: the layout equals &bm_layout_words
 */
struct bm_layout {
	u32 key_size;
	u32 value_size;
	u32 key_words;
	u32 slot_words;
	u32 record_bytes;
	bool words;
};

#define BM_WORDS(bytes)		DIV_ROUND_UP(bytes, sizeof(u64))

#define BM_SLOT_WORDS(key_bytes, value_bytes) \
	(BM_WORDS(key_bytes) + BM_WORDS(value_bytes))

#define BM_RECORD_BYTES(key_bytes, value_bytes) \
	(sizeof(struct bm_record) + \
	 BM_SLOTS * sizeof(u64) * BM_SLOT_WORDS(key_bytes, value_bytes))

#define BM_LAYOUT(key_bytes, value_bytes) {				\
	.key_size = (key_bytes),					\
	.value_size = (value_bytes),					\
	.key_words = BM_WORDS(key_bytes),				\
	.slot_words = BM_SLOT_WORDS(key_bytes, value_bytes),		\
	.record_bytes = BM_RECORD_BYTES(key_bytes, value_bytes),	\
	.words = (key_bytes) == sizeof(u64) && (value_bytes) == sizeof(u64), \
}

/*
 * The layout of most maps: keys and values of one word. If it is a compile-time
 * constant, an operation takes half of the instructions, and the CPU reaches
 * the memory accesses of the next operation sooner. So the functions that every
 * operation needs are inlined, take the layout as an argument, and are compiled
 * twice: for this layout and for any.
 */
static const struct bm_layout __maybe_unused bm_layout_words = BM_LAYOUT(8, 8);

static __always_inline u64 *bm_slot_key(const struct bm_layout *layout,
					struct bm_record *record, u32 slot)
{
	return &record->slots[slot * layout->slot_words];
}

static __always_inline u64 *bm_slot_value(const struct bm_layout *layout,
					  struct bm_record *record, u32 slot)
{
	return bm_slot_key(layout, record, slot) + layout->key_words;
}

/*
 * Prefetches the cache lines behind a record's first one. One of them is likely
 * to be needed; this fetches it in parallel with the first line.
 *
 * __always_inline: to GCC 12 a function that only prefetches has no effect, and
 * it drops calls to it.
 */
static __always_inline void bm_record_prefetch(const struct bm_record *record,
					       const struct bm_layout *layout)
{
	const void *line = record;

	if (layout->record_bytes > 2 * SMP_CACHE_BYTES)
		prefetch(line + 2 * SMP_CACHE_BYTES);
	prefetch(line + SMP_CACHE_BYTES);
}

/* Head words */

static inline u32 bm_head_next(u64 head)
{
	return (head & BM_HEAD_NEXT) >> BM_HEAD_NEXT_SHIFT;
}

static inline u64 bm_head_with_next(u64 head, u32 next)
{
	return (head & ~BM_HEAD_NEXT) | (u64)next << BM_HEAD_NEXT_SHIFT;
}

/* The sequence wraps inside its 32 bits. */
static inline u64 bm_head_with_seq(u64 head, u32 seq)
{
	return (head & ~BM_HEAD_SEQ) | seq;
}

/* Tags: eight in a word, searched and changed together. */

#define BM_TAGS_LOW7	0x7f7f7f7f7f7f7f7fULL
#define BM_TAGS_EACH	0x0101010101010101ULL

static inline u8 bm_tag(u64 hash)
{
	return (u8)hash ? (u8)hash : 1;
}

/*
 * Returns the top bit of each byte of @tags that is zero, and no other bit. The
 * shorter test borrows from byte to byte: it also reports a byte of 1 above a
 * zero byte. An empty slot must never be taken for a match.
 */
static inline u64 bm_tags_empty(u64 tags)
{
	return ~(((tags & BM_TAGS_LOW7) + BM_TAGS_LOW7) | tags | BM_TAGS_LOW7);
}

static inline u64 bm_tags_match(u64 tags, u8 tag)
{
	return bm_tags_empty(tags ^ BM_TAGS_EACH * tag);
}

static inline u64 bm_tags_used(u64 tags)
{
	return ~bm_tags_empty(tags) & ~BM_TAGS_LOW7;
}

/* The number of slots in use. Chains are compact: they are the first ones. */
static inline u32 bm_tags_count(u64 tags)
{
	return fls64(bm_tags_used(tags)) / 8;
}

/*
 * The first slot of a set from bm_tags_empty(), bm_tags_match() or
 * bm_tags_used(), which must not be 0.
 */
static inline u32 bm_tags_first(u64 bits)
{
	return __builtin_ctzll(bits) / 8;
}

static inline u8 bm_tags_get(u64 tags, u32 slot)
{
	return tags >> (8 * slot);
}

static inline u64 bm_tags_with(u64 tags, u32 slot, u8 tag)
{
	return (tags & ~(0xffULL << (8 * slot))) | (u64)tag << (8 * slot);
}

#define bm_for_each_slot(slot, bits)					\
	for (; (bits) && ((slot) = bm_tags_first(bits), true);		\
	     (bits) &= (bits) - 1)

/*
 * Windows of values: bytes in words, in memory order. Most windows are one
 * whole word.
 */

/* A word at any address. */
struct bm_unaligned {
	u64 word;
} __packed;

static inline u64 bm_unaligned_load(const void *from)
{
	return ((const struct bm_unaligned *)from)->word;
}

static inline void bm_unaligned_store(void *to, u64 word)
{
	((struct bm_unaligned *)to)->word = word;
}

static inline bool bm_is_one_word(u32 offset, u32 length)
{
	return length == sizeof(u64) && !(offset % sizeof(u64));
}

static inline void bm_words_load(void *to, const u64 *words, u32 offset,
				 u32 length)
{
	u32 skip = offset % sizeof(u64);

	words += offset / sizeof(u64);
	if (bm_is_one_word(offset, length)) {
		bm_unaligned_store(to, READ_ONCE(*words));
		return;
	}
	while (length) {
		u32 part = min_t(u32, length, sizeof(u64) - skip);
		u64 word = READ_ONCE(*words++);

		if (part == sizeof(u64))
			memcpy(to, &word, sizeof(u64));
		else
			memcpy(to, (u8 *)&word + skip, part);
		to += part;
		length -= part;
		skip = 0;
	}
}

/* Does the window hold @bytes? */
static inline bool bm_words_match(const u64 *words, u32 offset,
				  const void *bytes, u32 length)
{
	return !memcmp((const u8 *)words + offset, bytes, length);
}

static inline void bm_words_store(u64 *words, u32 offset, const void *from,
				  u32 length)
{
	u32 skip = offset % sizeof(u64);

	words += offset / sizeof(u64);
	if (bm_is_one_word(offset, length)) {
		WRITE_ONCE(*words, bm_unaligned_load(from));
		return;
	}
	while (length) {
		u32 part = min_t(u32, length, sizeof(u64) - skip);
		u64 word = *words;

		if (part == sizeof(u64))
			memcpy(&word, from, sizeof(u64));
		else
			memcpy((u8 *)&word + skip, from, part);
		WRITE_ONCE(*words++, word);
		from += part;
		length -= part;
		skip = 0;
	}
}

static inline void bm_words_copy(u64 *to, const u64 *from, u32 words)
{
	while (words--)
		WRITE_ONCE(*to++, *from++);
}

static inline void bm_words_zero(u64 *to, u32 words)
{
	while (words--)
		WRITE_ONCE(*to++, 0);
}

/* @count must not be 0. */
static inline bool bm_words_equal(const u64 *words, const u64 *key, u32 count)
{
	do {
		if (READ_ONCE(*words++) != *key++)
			return false;
	} while (--count);
	return true;
}

#endif /* _BM_CORE_RECORD_H */
