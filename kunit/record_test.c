// SPDX-License-Identifier: GPL-2.0
/*
 * Operations on the words of a record, each compared with a plain loop.
 */
#include <linux/bitops.h>

#include "common.h"

/* Bytes that a wrong comparison of eight tags at a time would confuse. */
static u8 special(u8 tag, u32 which)
{
	const u8 bytes[] = {
		tag, tag ^ 1, tag + 1, tag - 1, tag ^ 0x80, tag ^ 0x7f,
		0, 1, 2, 0x7f, 0x80, 0x81, 0xfe, 0xff,
	};

	return bytes[which % ARRAY_SIZE(bytes)];
}

#define SPECIALS	14

/* The top bit of each byte of @tags that equals @tag. */
static u64 plain_match(u64 tags, u8 tag)
{
	u64 bits = 0;
	u32 slot;

	for (slot = 0; slot < BM_SLOTS; slot++)
		if ((tags >> (8 * slot) & 0xff) == tag)
			bits |= 0x80ULL << (8 * slot);
	return bits;
}

/* Returns how many functions on @tags differ from the plain loop. */
static u32 differences(u64 tags, u8 tag)
{
	u64 all = 0x8080808080808080ULL;

	return (bm_tags_match(tags, tag) != plain_match(tags, tag)) +
	       (bm_tags_empty(tags) != plain_match(tags, 0)) +
	       (bm_tags_used(tags) != (all & ~plain_match(tags, 0)));
}

static u64 special_tags(struct kunit *test, u8 tag)
{
	u64 tags = 0;
	u32 slot;

	for (slot = 0; slot < BM_SLOTS; slot++)
		tags = tags << 8 | special(tag, bmt_below(test, SPECIALS));
	return tags;
}

static void tags_match_equals_plain_loop(struct kunit *test)
{
	u32 wrong = 0;
	u32 tag, i;

	for (tag = 1; tag < 256; tag++)
		for (i = 0; i < 400; i++)
			wrong += differences(special_tags(test, tag), tag) +
				 differences(bmt_random(test), tag);
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

static void tags_match_ignores_neighbouring_tags(struct kunit *test)
{
	u32 wrong = 0;
	u32 tag, slot, low, high;

	for (tag = 1; tag < 256; tag++)
		for (slot = 0; slot < BM_SLOTS - 1; slot++)
			for (low = 0; low < SPECIALS; low++)
				for (high = 0; high < SPECIALS; high++) {
					u64 two = special(tag, high) << 8 |
						  special(tag, low);

					wrong += differences(two << (8 * slot),
							     tag);
				}
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

static void tags_set_and_get_single_slots(struct kunit *test)
{
	u32 i, slot, other;

	for (i = 0; i < 1000; i++) {
		u64 tags = bmt_random(test);
		u8 tag = bmt_below(test, 256);
		u64 changed;

		slot = bmt_below(test, BM_SLOTS);
		changed = bm_tags_with(tags, slot, tag);
		KUNIT_ASSERT_EQ(test, bm_tags_get(changed, slot), tag);
		for (other = 0; other < BM_SLOTS; other++)
			if (other != slot)
				KUNIT_ASSERT_EQ(test,
						bm_tags_get(changed, other),
						bm_tags_get(tags, other));
	}
}

/* Used slots come first, as in chains. */
static void used_slots_are_counted(struct kunit *test)
{
	u32 i, used, slot;

	for (i = 0; i < 1000; i++) {
		u64 tags = 0;

		used = bmt_below(test, BM_SLOTS + 1);
		for (slot = 0; slot < used; slot++)
			tags = bm_tags_with(tags, slot,
					    1 + bmt_below(test, 255));
		KUNIT_ASSERT_EQ(test, bm_tags_count(tags), used);
	}
}

static void slots_are_visited_once_in_ascending_order(struct kunit *test)
{
	u32 set, slot;

	for (set = 0; set < 256; set++) {
		u64 tags = 0;
		u32 visited = 0;
		int before = -1;
		u64 bits;

		for (slot = 0; slot < BM_SLOTS; slot++)
			if (set & BIT(slot))
				tags = bm_tags_with(tags, slot, slot + 1);
		bits = bm_tags_used(tags);
		if (bits)
			KUNIT_ASSERT_EQ(test, bm_tags_first(bits), __ffs(set));
		bm_for_each_slot(slot, bits) {
			KUNIT_ASSERT_GT(test, (int)slot, before);
			before = slot;
			visited |= BIT(slot);
		}
		KUNIT_ASSERT_EQ(test, visited, set);
	}
}

static void tag_is_never_zero(struct kunit *test)
{
	u32 low;

	for (low = 0; low < 256; low++) {
		u64 hash = bmt_random(test) << 8 | low;

		KUNIT_EXPECT_EQ(test, bm_tag(hash), low ? low : 1);
	}
}

static void seq_wraps_without_changing_other_fields(struct kunit *test)
{
	u64 head = BM_HEAD_EVACUATED | BM_HEAD_NEXT | 0xffffffff;

	head = bm_head_with_seq(head, head + 1);
	KUNIT_EXPECT_EQ(test, head, BM_HEAD_EVACUATED | BM_HEAD_NEXT);
	head = bm_head_with_seq(0xfffffffe, 0xffffffff);
	KUNIT_EXPECT_EQ(test, head, 0xffffffff);
	head = bm_head_with_seq(head, head + 1);
	KUNIT_EXPECT_EQ(test, head, 0);
}

static void next_and_seq_do_not_overlap(struct kunit *test)
{
	u32 i;

	for (i = 0; i < 1000; i++) {
		u64 head = bmt_random(test);
		u32 next = bmt_random(test) & BM_INDEX_MAX;
		u64 changed = bm_head_with_next(head, next);

		KUNIT_ASSERT_EQ(test, bm_head_next(changed), next);
		KUNIT_ASSERT_EQ(test, changed & ~BM_HEAD_NEXT,
				head & ~BM_HEAD_NEXT);
	}
	KUNIT_EXPECT_EQ(test, BM_HEAD_SEQ ^ BM_HEAD_NEXT ^ BM_HEAD_EVACUATED,
			~0ULL);
	KUNIT_EXPECT_EQ(test, bm_head_next(BM_HEAD_NEXT), BM_INDEX_MAX);
}

#define WINDOW_BYTES	40

static void window_load_equals_memcpy(struct kunit *test)
{
	u8 bytes[WINDOW_BYTES], got[WINDOW_BYTES + 1], wanted[WINDOW_BYTES + 1];
	u64 words[WINDOW_BYTES / sizeof(u64)];
	u32 offset, length;

	prandom_bytes_state(test->priv, bytes, sizeof(bytes));
	memcpy(words, bytes, sizeof(bytes));
	for (offset = 0; offset <= WINDOW_BYTES; offset++)
		for (length = 0; length <= WINDOW_BYTES - offset; length++) {
			memset(got, 0xa5, sizeof(got));
			memset(wanted, 0xa5, sizeof(wanted));
			memcpy(wanted, bytes + offset, length);
			bm_words_load(got, words, offset, length);
			KUNIT_ASSERT_MEMEQ(test, got, wanted, sizeof(got));
		}
}

static void window_store_equals_memcpy(struct kunit *test)
{
	u8 from[WINDOW_BYTES], wanted[WINDOW_BYTES];
	u64 words[WINDOW_BYTES / sizeof(u64)];
	u32 offset, length;

	prandom_bytes_state(test->priv, from, sizeof(from));
	for (offset = 0; offset <= WINDOW_BYTES; offset++)
		for (length = 0; length <= WINDOW_BYTES - offset; length++) {
			prandom_bytes_state(test->priv, wanted,
					    sizeof(wanted));
			memcpy(words, wanted, sizeof(wanted));
			memcpy(wanted + offset, from, length);
			bm_words_store(words, offset, from, length);
			KUNIT_ASSERT_MEMEQ(test, (u8 *)words, wanted,
					   sizeof(wanted));
		}
}

static void words_are_copied_zeroed_and_compared(struct kunit *test)
{
	u64 from[5], to[5];
	u32 count, i;

	prandom_bytes_state(test->priv, from, sizeof(from));
	for (count = 1; count <= ARRAY_SIZE(to); count++) {
		memset(to, 0xff, sizeof(to));
		bm_words_copy(to, from, count);
		KUNIT_EXPECT_TRUE(test, bm_words_equal(to, from, count));
		for (i = 0; i < ARRAY_SIZE(to); i++)
			KUNIT_EXPECT_EQ(test, to[i],
					i < count ? from[i] : ~0ULL);
		for (i = 0; i < count; i++) {
			to[i] ^= 1ULL << bmt_below(test, 64);
			KUNIT_EXPECT_FALSE(test,
					   bm_words_equal(to, from, count));
			to[i] = from[i];
		}
		bm_words_zero(to, count);
		for (i = 0; i < ARRAY_SIZE(to); i++)
			KUNIT_EXPECT_EQ(test, to[i], i < count ? 0 : ~0ULL);
	}
}

static void slots_do_not_overlap(struct kunit *test)
{
	struct bm_record *record = kunit_kzalloc(test, 1024, GFP_KERNEL);
	u32 key_size, value_size, slot;

	KUNIT_ASSERT_NOT_NULL(test, record);
	for (key_size = 1; key_size <= 20; key_size++)
		for (value_size = 0; value_size <= 20; value_size++) {
			u32 key_bytes = round_up(key_size, 8);
			u32 slot_bytes = key_bytes + round_up(value_size, 8);
			struct bm_layout layout;

			layout = (struct bm_layout)BM_LAYOUT(key_size, value_size);
			KUNIT_ASSERT_EQ(test, layout.record_bytes,
					16 + BM_SLOTS * slot_bytes);
			for (slot = 0; slot < BM_SLOTS; slot++) {
				ulong key = (ulong)bm_slot_key(&layout, record,
							       slot);
				ulong value = (ulong)bm_slot_value(&layout,
								   record,
								   slot);

				KUNIT_ASSERT_EQ(test, key - (ulong)record,
						16 + slot * slot_bytes);
				KUNIT_ASSERT_EQ(test, value, key + key_bytes);
			}
		}
}

static struct kunit_case record_cases[] = {
	KUNIT_CASE(tags_match_equals_plain_loop),
	KUNIT_CASE(tags_match_ignores_neighbouring_tags),
	KUNIT_CASE(tags_set_and_get_single_slots),
	KUNIT_CASE(used_slots_are_counted),
	KUNIT_CASE(slots_are_visited_once_in_ascending_order),
	KUNIT_CASE(tag_is_never_zero),
	KUNIT_CASE(seq_wraps_without_changing_other_fields),
	KUNIT_CASE(next_and_seq_do_not_overlap),
	KUNIT_CASE(window_load_equals_memcpy),
	KUNIT_CASE(window_store_equals_memcpy),
	KUNIT_CASE(words_are_copied_zeroed_and_compared),
	KUNIT_CASE(slots_do_not_overlap),
	{}
};

static struct kunit_suite record_suite = {
	.name = "bucketmap_record",
	.suite_init = bmt_suite_init,
	.init = bmt_init,
	.test_cases = record_cases,
};

kunit_test_suite(record_suite);
