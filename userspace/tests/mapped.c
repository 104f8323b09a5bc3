// SPDX-License-Identifier: GPL-2.0
/*
 * A reader of mapped maps: see mapped.h. The numbers in mapped_lookup() are the
 * steps in uapi/bucketmap_mapped.h.
 */
#include <string.h>
#include <sys/mman.h>

#include "mapped.h"

#define TRIES	10000

/* Hashing */

#define ROTATE(x, bits)	((x) << (bits) | (x) >> (64 - (bits)))

static __u64 number_at(const unsigned char *bytes, size_t count)
{
	__u64 number = 0;

	while (count--)
		number = number << 8 | bytes[count];
	return number;
}

static void sip_round(__u64 v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = ROTATE(v[1], 13) ^ v[0];
	v[3] = ROTATE(v[3], 16) ^ v[2];
	v[0] = ROTATE(v[0], 32) + v[3];
	v[2] += v[1];
	v[3] = ROTATE(v[3], 21) ^ v[0];
	v[1] = ROTATE(v[1], 17) ^ v[2];
	v[2] = ROTATE(v[2], 32);
}

static void sip_word(__u64 v[4], __u64 word, int rounds)
{
	v[3] ^= word;
	while (rounds--)
		sip_round(v);
	v[0] ^= word;
}

/* SipHash-@rounds-(@rounds + 2). */
static __u64 siphash(const __u64 key[2], const unsigned char *bytes, size_t size, int rounds)
{
	__u64 v[4] = {
		key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d,
		key[0] ^ 0x6c7967656e657261, key[1] ^ 0x7465646279746573,
	};
	size_t i;

	for (i = 0; i + 8 <= size; i += 8)
		sip_word(v, number_at(bytes + i, 8), rounds);
	sip_word(v, number_at(bytes + i, size - i) | (__u64)size << 56, rounds);
	v[2] ^= 0xff;
	for (i = 0; i < (size_t)rounds + 2; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* Of a single word. */
static __u64 xxh64(__u64 seed, const unsigned char *bytes)
{
	const __u64 p1 = 11400714785074694791ULL, p2 = 14029467366897019727ULL;
	const __u64 p3 = 1609587929392839161ULL, p4 = 9650029242287828579ULL;
	__u64 word = number_at(bytes, 8) * p2, hash = seed + 2870177450012600261ULL + 8;

	hash ^= ROTATE(word, 31) * p1;
	hash = ROTATE(hash, 27) * p1 + p4;
	hash = (hash ^ hash >> 33) * p2;
	hash = (hash ^ hash >> 29) * p3;
	return hash ^ hash >> 32;
}

__u64 mapped_hash(const struct bucketmap_mapped_header *header, const void *key)
{
	if (header->hash == BUCKETMAP_MAPPED_SIPHASH13)
		return siphash(header->hash_key, key, header->key_size, 1);
	if (header->hash == BUCKETMAP_MAPPED_SIPHASH24)
		return siphash(header->hash_key, key, header->key_size, 2);
	return header->key_size == 8 ? xxh64(header->hash_key[0], key) : 0;
}

/* Mapping */

static const void *map_range(const struct mapped *mapped, __u64 offset, __u64 bytes)
{
	const void *range = mmap(NULL, bytes, PROT_READ, MAP_SHARED, mapped->fd, (off_t)offset);

	return range == MAP_FAILED ? NULL : range;
}

int mapped_open(struct mapped *mapped, int fd)
{
	memset(mapped, 0, sizeof(*mapped));
	mapped->fd = fd;
	mapped->header = map_range(mapped, 0, (__u64)getpagesize());
	if (!mapped->header)
		return -errno;
	return mapped->header->magic == BUCKETMAP_MAPPED_MAGIC &&
	       mapped->header->version == BUCKETMAP_MAPPED_VERSION ? 0 : -EINVAL;
}

static void forget(struct area *area)
{
	if (area->word)
		munmap((void *)area->start, area->bytes);
	area->word = 0;
}

void mapped_close(struct mapped *mapped)
{
	size_t i;

	for (i = 0; i < AREAS; i++)
		forget(&mapped->areas[i]);
	munmap((void *)mapped->header, (size_t)getpagesize());
}

/* Maps the table page first: it says how large the area is. */
static int map_area(struct mapped *mapped, __u64 word, struct area *area)
{
	__u64 offset = word & BUCKETMAP_MAPPED_OFFSET, bytes;
	const struct bucketmap_mapped_table *page;

	page = map_range(mapped, offset, (__u64)getpagesize());
	if (!page)
		return -errno;
	bytes = load(&page->bytes);
	munmap((void *)page, (size_t)getpagesize());
	if (bytes == GONE)
		return -ESTALE;
	area->start = map_range(mapped, offset, bytes);
	if (!area->start)
		return -errno;
	area->page = (const void *)area->start;
	area->bytes = bytes;
	area->word = word;
	return 0;
}

int mapped_area(struct mapped *mapped, __u64 word, struct area **area)
{
	size_t i;
	int ret;

	for (i = 0; i < AREAS; i++) {
		*area = &mapped->areas[i];
		if ((*area)->word == word)
			return load(&(*area)->page->table) == GONE ? -ESTALE : 0;
	}
	*area = &mapped->areas[mapped->next];
	forget(*area);
	ret = map_area(mapped, word, *area);
	if (!ret)
		mapped->next = (mapped->next + 1) % AREAS;
	return ret;
}

/* Records */

const unsigned char *mapped_home(const struct mapped *mapped, const struct area *area, __u64 bucket)
{
	const struct bucketmap_mapped_table *page = area->page;
	__u32 shift = __atomic_load_n(&page->segment_shift, __ATOMIC_RELAXED);
	__u64 records = load(&page->records), segment_bytes = load(&page->segment_bytes);

	if (records == GONE || segment_bytes == GONE || shift == ~0U)
		return NULL;
	return area->start + records + (bucket >> shift) * segment_bytes +
	       (bucket & ((1ULL << shift) - 1)) * mapped->header->record_bytes;
}

const unsigned char *mapped_overflow(const struct mapped *mapped, const struct area *area,
				     __u64 index)
{
	const struct bucketmap_mapped_table page = *area->page;
	__u64 record_bytes = mapped->header->record_bytes;
	__u64 chunk, in_chunk, segment;

	/* Was the table page taken out while it was copied? */
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (load(&area->page->table) == GONE)
		return NULL;
	chunk = index >> page.chunk_shift;
	in_chunk = index & ((1ULL << page.chunk_shift) - 1);
	if (chunk >= page.chunks)
		return NULL;
	if (chunk >= page.chunks_initial)
		return area->start + page.added +
		       (chunk - page.chunks_initial) * page.chunk_bytes + in_chunk * record_bytes;
	segment = chunk & ((1ULL << page.segments_shift) - 1);
	return area->start + page.initial + segment * page.segment_bytes +
	       ((chunk >> page.segments_shift << page.chunk_shift) + in_chunk) * record_bytes;
}

/* Lookups */

/* A lookup in one bucket. */
struct search {
	const struct mapped *mapped;
	const unsigned char *home;
	__u64 head;
	__u8 tag;
	const unsigned char *key;
	unsigned char *value;
};

/* Step 4: is what was read valid? */
static int is_valid(const struct search *search)
{
	__u64 head;

	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	head = load(search->home + search->mapped->header->head_offset);
	return !((head ^ search->head) & (BUCKETMAP_MAPPED_SEQ | BUCKETMAP_MAPPED_EVACUATED));
}

/* Copies bytes by loads of whole words. */
static void copy_words(unsigned char *to, const unsigned char *words, size_t size)
{
	size_t i, part;

	for (i = 0; i < size; i += part) {
		__u64 word = load(words + i);

		part = size - i < 8 ? size - i : 8;
		memcpy(to + i, &word, part);
	}
}

/* Step 3: is the key in the record? */
static int find_in_record(const struct search *search, const unsigned char *record)
{
	const struct bucketmap_mapped_header *header = search->mapped->header;
	__u64 tags = load_acquire(record + header->tags_offset);
	unsigned char key[BUCKETMAP_KEY_SIZE_MAX];
	__u32 i;

	for (i = 0; i < header->slots; i++) {
		const unsigned char *slot = record + header->slots_offset + i * header->slot_bytes;

		if ((__u8)(tags >> (8 * i)) != search->tag)
			continue;
		copy_words(key, slot + header->key_offset, header->key_size);
		if (memcmp(key, search->key, header->key_size) != 0)
			continue;
		copy_words(search->value, slot + header->value_offset, header->value_size);
		return 1;
	}
	return 0;
}

/* Steps 3 to 5: 0, -ENOENT, -EAGAIN, or -ESTALE if it was not valid. */
static int search_chain(const struct search *search, const struct area *area)
{
	const struct bucketmap_mapped_header *header = search->mapped->header;
	const unsigned char *record = search->home;
	__u64 head = search->head;

	for (;;) {
		int found = find_in_record(search, record);
		__u64 link = (head & BUCKETMAP_MAPPED_LINK) >> BUCKETMAP_MAPPED_LINK_SHIFT;

		if (!is_valid(search))
			return -ESTALE;
		if (found)
			return 0;
		if (!link)
			return -ENOENT;
		record = mapped_overflow(search->mapped, area, link - 1);
		if (!record)
			return -EAGAIN;
		head = load_acquire(record + header->head_offset);
	}
}

/* Steps 2 to 5 in one table: @word becomes the next one to search, or 0. */
static int search_table(struct mapped *mapped, __u64 *word, struct search *search, __u64 hash)
{
	__u64 order = *word & BUCKETMAP_MAPPED_ORDER;
	struct area *area;
	int ret = mapped_area(mapped, *word, &area);

	if (!ret) {
		search->home = mapped_home(mapped, area, hash >> (64 - order));
		ret = search->home ? 0 : -ESTALE;
	}
	if (ret) {
		*word = 0;
		return ret;
	}
	search->head = load_acquire(search->home + mapped->header->head_offset);
	if (search->head & BUCKETMAP_MAPPED_EVACUATED) {
		*word = load(&area->page->next);
		if (!*word)
			return -EAGAIN;
		if (*word == GONE)
			*word = 0;
		return -ESTALE;
	}
	if (search->head & BUCKETMAP_MAPPED_ODD)
		return -ESTALE;
	return search_chain(search, area);
}

int mapped_lookup(struct mapped *mapped, const void *key, void *value)
{
	__u64 hash = mapped_hash(mapped->header, key), word = 0;
	struct search search = {
		.mapped = mapped, .tag = (__u8)hash ? (__u8)hash : 1, .key = key, .value = value,
	};
	int tries, ret;

	for (tries = 0; tries < TRIES; tries++) {
		if (!word)
			word = load_acquire(&mapped->header->table);
		if (!word)
			return -EAGAIN;
		ret = search_table(mapped, &word, &search, hash);
		if (ret != -ESTALE)
			return ret;
	}
	return -EAGAIN;
}

struct bucketmap *mappable_map(__u32 key_size, __u32 value_size, __u64 capacity)
{
	const struct bucketmap_create create = {
		.size = sizeof(create), .flags = BUCKETMAP_CREATE_MAPPABLE,
		.key_size = key_size, .value_size = value_size, .capacity = capacity,
	};
	struct bucketmap *map;

	assert_ok(bucketmap_create(&map, &create));
	return map;
}
