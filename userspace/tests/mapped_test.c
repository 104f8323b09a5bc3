// SPDX-License-Identifier: GPL-2.0
/*
 * What a mapping shows: the header page, table pages and records are as
 * uapi/bucketmap_mapped.h says, lookups find what ioctls have stored, and no
 * page has anything else in it.
 */
#include <string.h>
#include <sys/mman.h>

#include "mapped.h"

static void store_number(struct bucketmap *map, __u64 number)
{
	__u64 value = ~number;

	assert_ok(bucketmap_store(map, &number, &value, 0, 0));
}

static void store_numbers(struct bucketmap *map, __u64 first, __u64 count)
{
	while (count--)
		store_number(map, first++);
}

static struct area *oldest_area(struct mapped *mapped)
{
	struct area *area;

	assert_ok(mapped_area(mapped, load_acquire(&mapped->header->table), &area));
	return area;
}

static void open_mapped(struct mapped *mapped, struct bucketmap *map)
{
	assert_ok(mapped_open(mapped, bucketmap_fd(map)));
}

/* The layout is written down twice: here, and in the module. */
static void check_header(__u32 key_size, __u32 value_size)
{
	const __u32 key_bytes = (key_size + 7) / 8 * 8, value_bytes = (value_size + 7) / 8 * 8;
	struct bucketmap *map = mappable_map(key_size, value_size, 0);
	const struct bucketmap_mapped_header *header;
	struct mapped mapped;

	open_mapped(&mapped, map);
	header = mapped.header;
	assert_int_equal(header->hash, BUCKETMAP_MAPPED_SIPHASH13);
	assert_true(header->hash_key[0] || header->hash_key[1]);
	assert_int_equal(header->key_size, key_size);
	assert_int_equal(header->value_size, value_size);
	assert_int_equal(header->slots, 8);
	assert_int_equal(header->head_offset, 0);
	assert_int_equal(header->tags_offset, 8);
	assert_int_equal(header->slots_offset, 16);
	assert_int_equal(header->key_offset, 0);
	assert_int_equal(header->value_offset, key_bytes);
	assert_int_equal(header->slot_bytes, key_bytes + value_bytes);
	assert_int_equal(header->record_bytes, 16 + 8 * header->slot_bytes);
	mapped_close(&mapped);
	bucketmap_close(map);
}

static void header_describes_records(void **state)
{
	(void)state;
	check_header(8, 8);
	check_header(1, 0);
	check_header(13, 3);
	check_header(256, 4096);
}

static void xxh64_shows_only_its_seed(void **state)
{
	const struct bucketmap_create create = {
		.size = sizeof(create), .flags = BUCKETMAP_CREATE_MAPPABLE | BUCKETMAP_CREATE_XXH64,
		.key_size = 8, .value_size = 8,
	};
	struct bucketmap *map;
	struct mapped mapped;
	__u64 key = 1, value;

	(void)state;
	assert_ok(bucketmap_create(&map, &create));
	store_number(map, key);
	open_mapped(&mapped, map);
	assert_int_equal(mapped.header->hash, BUCKETMAP_MAPPED_XXH64);
	assert_int_equal(mapped.header->hash_key[1], 0);
	assert_ok(mapped_lookup(&mapped, &key, &value));
	assert_int_equal(value, ~key);
	mapped_close(&mapped);
	bucketmap_close(map);
}

/* The parts of an area follow each other in whole pages, and its word has its order. */
static void check_area(struct bucketmap *map, const struct mapped *mapped, const struct area *area)
{
	struct bucketmap_info info = { .size = sizeof(info) };
	const struct bucketmap_mapped_table *page = area->page;
	const __u64 pages = (__u64)getpagesize() - 1;
	__u64 home = (__u64)mapped->header->record_bytes << page->segment_shift;

	assert_ok(bucketmap_info(map, &info));
	assert_int_equal(page->table, area->word);
	assert_int_equal(1ULL << (area->word & BUCKETMAP_MAPPED_ORDER), info.buckets);
	assert_int_equal(1ULL << (page->segment_shift + page->segments_shift), info.buckets);
	assert_int_equal(page->next, 0);
	assert_false((page->records | page->segment_bytes | page->added | page->chunk_bytes |
		      page->bytes | (area->word & BUCKETMAP_MAPPED_OFFSET)) & pages);
	assert_int_equal(page->initial, page->records + home);
	assert_int_equal(page->added,
			 page->records + (page->segment_bytes << page->segments_shift));
	assert_true(page->chunks > page->chunks_initial);
	assert_int_equal(page->bytes, page->added + (page->chunks - page->chunks_initial) *
						    page->chunk_bytes);
}

static void table_page_describes_area(void **state)
{
	static const __u64 capacities[] = { 0, 100, 10000, 1000000 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(capacities); i++) {
		struct bucketmap *map = mappable_map(8, 8, capacities[i]);
		struct mapped mapped;

		open_mapped(&mapped, map);
		check_area(map, &mapped, oldest_area(&mapped));
		mapped_close(&mapped);
		bucketmap_close(map);
	}
}

/* As a program does: while the worker lags behind, only the kernel may know. */
static int look_up(struct bucketmap *map, struct mapped *mapped, const void *key, void *value)
{
	int ret = mapped_lookup(mapped, key, value);

	return ret == -EAGAIN ? bucketmap_lookup(map, key, value, 0, 0) : ret;
}

static void lookups_find_what_was_stored(void **state)
{
	const __u64 count = 20000;
	struct bucketmap *map = mappable_map(8, 8, 0);
	struct mapped mapped;
	__u64 key, value;

	(void)state;
	open_mapped(&mapped, map);
	store_numbers(map, 0, count);
	for (key = 0; key < count; key += 2)
		assert_ok(bucketmap_delete(map, &key));
	for (key = 0; key < 2 * count; key++) {
		int ret = look_up(map, &mapped, &key, &value);

		assert_int_equal(ret, key < count && key % 2 ? 0 : -ENOENT);
		if (!ret)
			assert_int_equal(value, ~key);
	}
	mapped_close(&mapped);
	bucketmap_close(map);
}

/* Keys and values that fill no whole words. */
static void lookups_read_keys_of_any_size(void **state)
{
	struct bucketmap *map = mappable_map(21, 13, 0);
	char key[21] = "", value[13] = "", found[13];
	struct mapped mapped;
	int i;

	(void)state;
	open_mapped(&mapped, map);
	for (i = 0; i < 1000; i++) {
		memset(key, 0, sizeof(key));
		snprintf(key, sizeof(key), "key %d", i);
		snprintf(value, sizeof(value), "value %d", i);
		assert_ok(bucketmap_store(map, key, value, 0, 0));
	}
	for (i = 0; i < 2000; i++) {
		memset(key, 0, sizeof(key));
		snprintf(key, sizeof(key), "key %d", i);
		snprintf(value, sizeof(value), "value %d", i);
		assert_int_equal(look_up(map, &mapped, key, found), i < 1000 ? 0 : -ENOENT);
		if (i < 1000)
			assert_string_equal(found, value);
	}
	mapped_close(&mapped);
	bucketmap_close(map);
}

/* The largest link of a bucket's chain, or 0. */
static __u64 largest_link(const struct mapped *mapped, const struct area *area, __u64 bucket)
{
	const unsigned char *record = mapped_home(mapped, area, bucket);
	__u64 link, largest = 0;

	while ((link = (load(record) & BUCKETMAP_MAPPED_LINK) >> BUCKETMAP_MAPPED_LINK_SHIFT)) {
		largest = link > largest ? link : largest;
		record = mapped_overflow(mapped, area, link - 1);
		assert_non_null(record);
	}
	return largest;
}

/* Addresses of the kernel have the 17 top bits set. No key, value, head or word has here. */
static void assert_no_address(const struct area *area)
{
	__u64 offset, word;

	for (offset = 0; offset < area->bytes; offset += sizeof(word)) {
		word = load(area->start + offset);
		assert_true(word == GONE || word >> 47 != 0x1ffff);
	}
}

/*
 * Two buckets with long chains, made of keys whose hashes begin alike: they need
 * more overflow records than a small table has at first.
 */
static void lookups_follow_overflow_records(void **state)
{
	const __u64 each = 200;
	struct bucketmap *map = mappable_map(8, 8, 0);
	__u64 key, value, last, keys[2][200], count[2] = { 0 };
	const struct area *area;
	struct mapped mapped;

	(void)state;
	open_mapped(&mapped, map);
	for (key = 0; count[0] + count[1] < 2 * each; key++) {
		__u64 start = mapped_hash(mapped.header, &key) >> 54;
		int side = start == 0x3ff;

		if ((start && !side) || count[side] == each)
			continue;
		keys[side][count[side]++] = key;
		value = key + 1;
		assert_ok(bucketmap_store(map, &key, &value, 0, 0));
	}
	area = oldest_area(&mapped);
	last = (1ULL << (area->word & BUCKETMAP_MAPPED_ORDER)) - 1;
	assert_true(largest_link(&mapped, area, 0) > area->page->chunks_initial <<
		    area->page->chunk_shift ||
		    largest_link(&mapped, area, last) > area->page->chunks_initial <<
		    area->page->chunk_shift);
	for (key = 0; key < 2 * each; key++) {
		__u64 *stored = &keys[key / each][key % each];

		assert_ok(look_up(map, &mapped, stored, &value));
		assert_int_equal(value, *stored + 1);
	}
	assert_no_address(area);
	mapped_close(&mapped);
	bucketmap_close(map);
}

/* What may be in a page */

static void assert_zero(const unsigned char *bytes, __u64 size)
{
	while (size--)
		assert_int_equal(*bytes++, 0);
}

/* Keys are below @count, and values are ~key with the top half cleared. */
static void check_record(const struct mapped *mapped, const unsigned char *record, __u64 count)
{
	const struct bucketmap_mapped_header *header = mapped->header;
	__u64 head = load(record + header->head_offset), tags = load(record + header->tags_offset);
	__u32 i;

	assert_int_equal(head & BUCKETMAP_MAPPED_EVACUATED, 0);
	assert_true((head & BUCKETMAP_MAPPED_LINK) >> BUCKETMAP_MAPPED_LINK_SHIFT < count);
	assert_true((head & BUCKETMAP_MAPPED_SEQ) < 8 * count);
	for (i = 0; i < header->slots; i++) {
		const unsigned char *slot = record + header->slots_offset + i * header->slot_bytes;
		__u64 key = load(slot + header->key_offset);

		if ((__u8)(tags >> (8 * i))) {
			assert_true(key < count);
			assert_int_equal(load(slot + header->value_offset), key + 1);
		} else {
			assert_zero(slot, header->slot_bytes);
		}
	}
}

/* The bytes behind @start up to the end of its page. */
static void check_rest_of_page(const void *start, const void *page)
{
	assert_zero(start, (__u64)((const unsigned char *)page + getpagesize() -
				   (const unsigned char *)start));
}

static void check_records(const struct mapped *mapped, const struct area *area, __u64 count)
{
	const struct bucketmap_mapped_table *page = area->page;
	__u64 buckets = 1ULL << (area->word & BUCKETMAP_MAPPED_ORDER), i;
	__u64 initial = (__u64)page->chunks_initial << page->chunk_shift;
	__u64 used = page->initial + (initial >> page->segments_shift) *
				     mapped->header->record_bytes;

	for (i = 0; i < buckets; i++)
		check_record(mapped, mapped_home(mapped, area, i), count);
	for (i = 0; i < initial; i++)
		check_record(mapped, mapped_overflow(mapped, area, i), count);
	if (!page->segments_shift)
		assert_zero(area->start + used, page->added - used);
}

/*
 * Every word of every page is one that the format gives a meaning, and has a
 * value that it can have: so there is no address of the kernel among them. There
 * were deletes, overwrites and migrations before.
 */
static void pages_have_entries_only(void **state)
{
	const __u64 count = 30000;
	struct bucketmap *map = mappable_map(8, 8, 0);
	struct mapped mapped;
	const struct area *area;
	__u64 key;

	(void)state;
	for (key = 0; key < count; key++) {
		__u64 value = key + 1;

		assert_ok(bucketmap_store(map, &key, &value, 0, 0));
	}
	for (key = 0; key < count; key += 3)
		assert_ok(bucketmap_delete(map, &key));
	assert_ok(bucketmap_resize(map, 0, 0));
	open_mapped(&mapped, map);
	area = oldest_area(&mapped);
	check_rest_of_page(mapped.header + 1, mapped.header);
	check_rest_of_page(area->page + 1, area->page);
	check_records(&mapped, area, count);
	mapped_close(&mapped);
	bucketmap_close(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(header_describes_records),
		device_test(xxh64_shows_only_its_seed),
		device_test(table_page_describes_area),
		device_test(lookups_find_what_was_stored),
		device_test(lookups_read_keys_of_any_size),
		device_test(lookups_follow_overflow_records),
		device_test(pages_have_entries_only),
	};

	return run_device_tests(tests);
}
