// SPDX-License-Identifier: GPL-2.0
/*
 * A mapping of a map, and a reader of it: see mapped.h.
 */
#include "support.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

#include <linux/mm.h>

#include "core/bucket.h"
#include "mapped.h"

/* Offsets behind these pages are not mapped: only the map can tell. */
#define PAGES	BIT(27)

#define TRIES	1000

/**
 * struct mapping - a mapping of all offsets
 * @map: the map
 * @pages: page table: for each page its address, or NULL if an access faults
 * @faults: as in module/dev/mmap.c
 * @lookups: number of lookups with a result
 */
struct mapping {
	struct bucketmap *map;
	void **pages;
	pthread_rwlock_t faults;
	u64 lookups;
};

static u64 gone[PAGE_SIZE / sizeof(u64)];

/* Called by the worker. */
static void take_out(void *owner, u64 offset, u64 bytes)
{
	struct mapping *mapping = owner;
	u64 page;

	pthread_rwlock_wrlock(&mapping->faults);
	pthread_rwlock_unlock(&mapping->faults);
	for (page = offset / PAGE_SIZE;
	     page < min_t(u64, (offset + bytes) / PAGE_SIZE, PAGES); page++)
		if (READ_ONCE(mapping->pages[page]))
			WRITE_ONCE(mapping->pages[page], NULL);
	/* No processor uses one of the pages any more. */
	synchronize_rcu();
}

struct mapping *mapping_begin(struct bucketmap *map)
{
	struct mapping *mapping = calloc(1, sizeof(*mapping));

	memset(gone, 0xff, sizeof(gone));
	mapping->map = map;
	pthread_rwlock_init(&mapping->faults, NULL);
	mapping->pages = mmap(NULL, PAGES * sizeof(void *), PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert_true(mapping->pages != MAP_FAILED);
	bm_mapped_connect(map, take_out, mapping);
	return mapping;
}

u64 mapping_end(struct mapping *mapping)
{
	u64 lookups = mapping->lookups;

	printf("# %llu mapped lookups\n", lookups);
	munmap(mapping->pages, PAGES * sizeof(void *));
	pthread_rwlock_destroy(&mapping->faults);
	free(mapping);
	return lookups;
}

static void fault(struct mapping *mapping, u64 page)
{
	void *found;

	pthread_rwlock_rdlock(&mapping->faults);
	found = bm_mapped_page(mapping->map, page * PAGE_SIZE);
	/* Pairs with the acquire in load(). */
	smp_store_release(&mapping->pages[page], found ?: gone);
	pthread_rwlock_unlock(&mapping->faults);
}

/* Loads a word. The read section is what a processor has for one access. */
static u64 load(struct mapping *mapping, u64 offset)
{
	u64 page = offset / PAGE_SIZE, word;
	void *start;

	for (;;) {
		bm_rcu_read_lock();
		/* Pairs with the release in fault(). */
		start = smp_load_acquire(&mapping->pages[page]);
		if (start)
			break;
		bm_rcu_read_unlock();
		fault(mapping, page);
	}
	/* (A) to (D), (M): acquire, though not all steps need it. */
	word = smp_load_acquire((u64 *)(start + offset % PAGE_SIZE));
	bm_rcu_read_unlock();
	return word;
}

/* A member of a table page, of one or of half a word. */
#define LOAD_MEMBER(search, member)					\
	member_of(search, offsetof(struct bucketmap_mapped_table, member), \
		  sizeof(((struct bucketmap_mapped_table *)0)->member))

/**
 * struct search - a lookup
 * @mapping: the mapping
 * @key: the key
 * @window: the part of the value
 * @value: becomes the content of the window
 * @word: word of the table
 * @home: offset of the home record
 * @head: its head when it was loaded first
 */
struct search {
	struct mapping *mapping;
	struct bm_key key;
	struct bucketmap_window window;
	void *value;
	u64 word;
	u64 home;
	u64 head;
};

static u64 member_of(const struct search *search, u64 offset, size_t size)
{
	u64 start = search->word & BUCKETMAP_MAPPED_OFFSET, word;

	word = load(search->mapping, start + offset - offset % sizeof(u64));
	if (size == sizeof(word))
		return word;
	return ((u32 *)&word)[offset / sizeof(u32) % 2];
}

/* Did the table page have all members when they were loaded? */
static bool page_is_there(const struct search *search)
{
	/* After the loads of the members. */
	smp_rmb();
	return LOAD_MEMBER(search, table) == search->word;
}

/* Sets the offset of the home record. */
static bool find_home(struct search *search)
{
	u64 start = search->word & BUCKETMAP_MAPPED_OFFSET;
	u64 bucket = search->key.hash >> (64 - (search->word & BUCKETMAP_MAPPED_ORDER));
	u64 records = LOAD_MEMBER(search, records);
	u64 bytes = LOAD_MEMBER(search, segment_bytes);
	u32 shift = LOAD_MEMBER(search, segment_shift);

	if (!page_is_there(search))
		return false;
	search->home = start + records + (bucket >> shift) * bytes +
		       (bucket & ((1ULL << shift) - 1)) *
			       search->mapping->map->layout.record_bytes;
	return true;
}

/* Returns the offset of an overflow record, 0 if it has none. */
static u64 find_overflow(const struct search *search, u64 index)
{
	u64 record_bytes = search->mapping->map->layout.record_bytes;
	u64 start = search->word & BUCKETMAP_MAPPED_OFFSET;
	u64 initial_chunks = LOAD_MEMBER(search, chunks_initial);
	u64 segment_bytes = LOAD_MEMBER(search, segment_bytes);
	u64 chunk_bytes = LOAD_MEMBER(search, chunk_bytes);
	u64 initial = LOAD_MEMBER(search, initial);
	u64 chunks = LOAD_MEMBER(search, chunks);
	u64 added = LOAD_MEMBER(search, added);
	u32 segments = LOAD_MEMBER(search, segments_shift);
	u32 shift = LOAD_MEMBER(search, chunk_shift);
	u64 chunk, rest;

	/* If not, the members are all ones. */
	if (!page_is_there(search))
		return 0;
	chunk = index >> shift;
	rest = index & ((1ULL << shift) - 1);
	if (chunk >= chunks)
		return 0;
	if (chunk >= initial_chunks)
		return start + added + (chunk - initial_chunks) * chunk_bytes +
		       rest * record_bytes;
	return start + initial + (chunk & ((1ULL << segments) - 1)) * segment_bytes +
	       ((chunk >> segments << shift) + rest) * record_bytes;
}

/* Step 4. */
static bool is_valid(const struct search *search)
{
	/* (A) in bucket.h */
	smp_rmb();
	return !((load(search->mapping, search->home) ^ search->head) &
		 (BUCKETMAP_MAPPED_SEQ | BUCKETMAP_MAPPED_EVACUATED));
}

/* Step 3. Windows are whole words here, and keys one. */
static bool find_in_record(struct search *search, u64 record)
{
	const struct bm_layout *layout = &search->mapping->map->layout;
	u64 tags = load(search->mapping, record + 8), i, j;

	for (i = 0; i < 8; i++) {
		u64 slot = record + 16 + i * layout->slot_words * 8;

		if (bm_tags_get(tags, i) != bm_tag(search->key.hash) ||
		    load(search->mapping, slot) != search->key.words[0])
			continue;
		slot += 8 + search->window.offset;
		for (j = 0; j < search->window.length / 8; j++)
			((u64 *)search->value)[j] = load(search->mapping, slot + j * 8);
		return true;
	}
	return false;
}

/* Steps 3 to 5. */
static int search_chain(struct search *search)
{
	u64 record = search->home, head = search->head;

	for (;;) {
		bool found = find_in_record(search, record);
		u64 link = (head & BUCKETMAP_MAPPED_LINK) >> BUCKETMAP_MAPPED_LINK_SHIFT;

		if (!is_valid(search))
			return -ESTALE;
		if (found || !link)
			return found ? 0 : -ENOENT;
		record = find_overflow(search, link - 1);
		if (!record)
			return -EAGAIN;
		head = load(search->mapping, record);
	}
}

/* Step 2, and the rest in that table. */
static int search_table(struct search *search)
{
	u64 next;

	/* Not even the table page may be behind what can be mapped. */
	if ((search->word & BUCKETMAP_MAPPED_OFFSET) / PAGE_SIZE > PAGES / 2)
		return -EAGAIN;
	if (!find_home(search)) {
		search->word = 0;
		return -ESTALE;
	}
	search->head = load(search->mapping, search->home);
	if (search->head & BUCKETMAP_MAPPED_EVACUATED) {
		next = LOAD_MEMBER(search, next);
		/* A bucket is flagged after the successor was named. */
		if (!next)
			abort();
		search->word = next == BUCKETMAP_MAPPED_GONE ? 0 : next;
		return -ESTALE;
	}
	return search->head & BUCKETMAP_MAPPED_ODD ? -ESTALE :
						     search_chain(search);
}

int mapping_lookup(struct mapping *mapping, u64 key,
		   struct bucketmap_window window, void *value)
{
	struct search search = {
		.mapping = mapping, .window = window, .value = value,
	};
	int tries, ret;

	bm_key_init(mapping->map, &search.key, &key);
	for (tries = 0; tries < TRIES; tries++) {
		if (!search.word)
			search.word = load(mapping, offsetof(struct bucketmap_mapped_header,
							     table));
		ret = search_table(&search);
		if (ret == -ESTALE)
			continue;
		if (ret != -EAGAIN)
			__atomic_add_fetch(&mapping->lookups, 1, __ATOMIC_RELAXED);
		return ret;
	}
	return -EAGAIN;
}
