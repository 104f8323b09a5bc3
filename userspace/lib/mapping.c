// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Mapping: the header page at first, then a view of each table when a reader
 * first meets it. See mapping.h.
 *
 * One thread at a time changes views. Others do not wait for it: until it has
 * finished, they ask the kernel. So a thread that dies, or a process that forks
 * meanwhile, holds up nobody.
 */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mapping.h"
#include "uapi/bucketmap.h"

/* Lookups that ask the kernel before a mapping that failed is tried again. */
#define PATIENCE	1000

static void *map_area(const struct mapping *mapping, __u64 word, size_t bytes)
{
	return mmap(NULL, bytes, PROT_READ, MAP_SHARED, mapping->fd,
		    word & BUCKETMAP_MAPPED_OFFSET);
}

/* A late reader finds zeros there. */
static bool map_zeros(unsigned char *start, size_t bytes)
{
	return !bytes || mmap(start, bytes, PROT_READ,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED,
			      -1, 0) != MAP_FAILED;
}

static bool sizes_are_known(const struct bucketmap_mapped_header *header)
{
	return header->key_size >= BUCKETMAP_KEY_SIZE_MIN &&
	       header->key_size <= BUCKETMAP_KEY_SIZE_MAX &&
	       header->value_size <= BUCKETMAP_VALUE_SIZE_MAX &&
	       header->slots && header->slots <= 8;
}

static bool offsets_are_known(const struct bucketmap_mapped_header *header)
{
	__u64 words = header->head_offset | header->tags_offset | header->slots_offset |
		      header->slot_bytes | header->key_offset | header->value_offset |
		      header->record_bytes;
	__u64 key_end = header->key_offset + (__u64)header->key_size;
	__u64 value_end = header->value_offset + (__u64)header->value_size;
	__u64 slots_end = header->slots_offset + (__u64)header->slots * header->slot_bytes;

	return !(words % sizeof(__u64)) && key_end <= header->slot_bytes &&
	       value_end <= header->slot_bytes && slots_end <= header->record_bytes &&
	       header->head_offset < header->record_bytes &&
	       header->tags_offset < header->record_bytes;
}

/* The descriptor may come from a program that is not trusted, or from a newer kernel. */
static bool header_is_known(const struct bucketmap_mapped_header *header)
{
	return header->magic == BUCKETMAP_MAPPED_MAGIC &&
	       header->version == BUCKETMAP_MAPPED_VERSION &&
	       header->hash <= BUCKETMAP_MAPPED_XXH64 &&
	       sizes_are_known(header) && offsets_are_known(header);
}

static void take_header(struct mapping *mapping)
{
	const struct bucketmap_mapped_header *fixed = &mapping->fixed;

	mapping->fixed = *mapping->header;
	mapping->layout = (struct layout){
		.record_bytes = fixed->record_bytes,
		.head_offset = fixed->head_offset,
		.tags_offset = fixed->tags_offset,
		.slots_offset = fixed->slots_offset,
		.slot_bytes = fixed->slot_bytes,
		.key_offset = fixed->key_offset,
		.value_offset = fixed->value_offset,
		.key_words = (fixed->key_size + 7) / 8,
	};
	mapping->words = fixed->key_size == 8 && fixed->value_size == 8 &&
			 !memcmp(&mapping->layout, &layout_words, sizeof(layout_words));
}

/* Words are loaded whole, and offsets have 63 bits. */
static bool machine_is_known(void)
{
	return sizeof(long) == sizeof(__u64);
}

int mapping_open(struct mapping **mapping, int fd)
{
	int saved_errno = errno;
	struct mapping *new_mapping;
	void *page;

	if (!machine_is_known())
		return -ENODEV;
	new_mapping = calloc(1, sizeof(*new_mapping));
	if (!new_mapping) {
		errno = saved_errno;
		return -ENOMEM;
	}
	page = mmap(NULL, sysconf(_SC_PAGESIZE), PROT_READ, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED) {
		int ret = -errno;

		errno = saved_errno;
		free(new_mapping);
		return ret;
	}
	new_mapping->header = page;
	new_mapping->fd = fd;
	take_header(new_mapping);
	new_mapping->latest[0] = new_mapping->views;
	new_mapping->latest[1] = new_mapping->views;
	if (!header_is_known(&new_mapping->fixed)) {
		mapping_close(new_mapping);
		return -ENODEV;
	}
	*mapping = new_mapping;
	return 0;
}

void mapping_close(struct mapping *mapping)
{
	int i;

	if (!mapping)
		return;
	munmap((void *)mapping->header, sysconf(_SC_PAGESIZE));
	for (i = 0; i < VIEWS_MAX; i++)
		if (mapping->views[i].area)
			munmap(mapping->views[i].area, mapping->views[i].reserved);
	free(mapping);
}

/* Returns the number of the view, or VIEWS_MAX if there is none. */
static int find_view(struct mapping *mapping, __u64 word)
{
	int i;

	for (i = 0; i < VIEWS_MAX && load(&mapping->views[i].word); i++)
		if (load_acquire(&mapping->views[i].word) == word) /* (V) */
			return i;
	return VIEWS_MAX;
}

/* Is the view of no use? That of a process that forked may be left half changed. */
static bool is_free(const struct view *view)
{
	return view->word == VIEW_CHANGING || !view->area ||
	       load(&view_page(view)->table) == BUCKETMAP_MAPPED_GONE;
}

/*
 * Chooses a view to be changed: the smallest that is large enough, or a new one.
 * Returns its number, or VIEWS_MAX if there is none.
 */
static int choose_view(struct mapping *mapping, size_t bytes)
{
	int chosen = VIEWS_MAX;
	size_t best = 0;
	int i;

	for (i = 0; i < VIEWS_MAX; i++) {
		const struct view *view = &mapping->views[i];
		size_t reserved = view->area ? view->reserved : SIZE_MAX;

		if (!is_free(view) || reserved < bytes)
			continue;
		if (chosen == VIEWS_MAX || reserved < best) {
			chosen = i;
			best = reserved;
		}
	}
	return chosen;
}

/* Reads what the table page says. Returns false if the table is gone. */
static bool read_table(struct mapping *mapping, __u64 word, struct bucketmap_mapped_table *table)
{
	__u64 *page = map_area(mapping, word, sysconf(_SC_PAGESIZE));
	__u64 words[sizeof(*table) / sizeof(__u64)];

	if (page == MAP_FAILED)
		return false;
	/*
	 * The page is replaced as a whole, and by all ones: it is whole if its first word,
	 * which is loaded last, is as expected.
	 */
	for (size_t i = sizeof(words) / sizeof(*words); i--;)
		words[i] = load_acquire(page + i);
	munmap(page, sysconf(_SC_PAGESIZE));
	memcpy(table, words, sizeof(*table));
	return table->table == word;
}

/*
 * Puts an area in the place of the one that the view has. Late readers are
 * there, so the addresses must not be free for a moment.
 */
static bool replace_area(struct view *view, unsigned char *area, size_t bytes)
{
	if (mremap(area, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, view->area) == MAP_FAILED) {
		map_zeros(view->area, view->reserved);
		munmap(area, bytes);
		return false;
	}
	return map_zeros(view->area + bytes, view->reserved - bytes);
}

static void set_geometry(struct view *view, __u64 word,
			 const struct bucketmap_mapped_table *table)
{
	const struct geometry geometry = {
		.shift = 64 - (word & BUCKETMAP_MAPPED_ORDER),
		.records = table->records,
		.segment_bytes = table->segment_bytes,
		.segment_shift = table->segment_shift,
		.segments_shift = table->segments_shift,
		.initial = table->initial,
		.added = table->added,
		.chunk_bytes = table->chunk_bytes,
		.chunk_shift = table->chunk_shift,
		.chunks_initial = table->chunks_initial,
		.chunks = table->chunks,
	};
	const __u64 *from = (const __u64 *)&geometry;
	__u64 *to = (__u64 *)&view->geometry;

	for (size_t i = 0; i < GEOMETRY_WORDS; i++)
		__atomic_store_n(to + i, from[i], __ATOMIC_RELAXED);
}

/*
 * Powers of two, so that tables of many sizes fit into few views, and aligned to
 * that: huge pages of the table can be mapped there.
 */
static bool reserve_area(struct view *view, size_t bytes)
{
	size_t reserved = sysconf(_SC_PAGESIZE);
	unsigned char *area, *aligned;

	while (reserved < bytes)
		reserved *= 2;
	area = mmap(NULL, 2 * reserved, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		    -1, 0);
	if (area == MAP_FAILED)
		return false;
	aligned = area + (-(uintptr_t)area & (reserved - 1));
	if (aligned > area)
		munmap(area, aligned - area);
	munmap(aligned + reserved, area + reserved - aligned);
	view->area = aligned;
	view->reserved = reserved;
	return true;
}

static bool change_view(struct mapping *mapping, struct view *view, __u64 word,
			const struct bucketmap_mapped_table *table)
{
	unsigned char *area = map_area(mapping, word, table->bytes);

	if (area == MAP_FAILED)
		return false;
	__atomic_store_n(&view->word, VIEW_CHANGING, __ATOMIC_SEQ_CST); /* (W) */
	if (!view->area && !reserve_area(view, table->bytes)) {
		munmap(area, table->bytes);
		return false;
	}
	if (!replace_area(view, area, table->bytes))
		return false;
	set_geometry(view, word, table);
	__atomic_store_n(&view->word, word, __ATOMIC_RELEASE); /* (V) */
	return true;
}

/*
 * Counts the forks between the first process and this one. All threads, and all
 * processes that share memory, have the same number. In a child of a process that
 * forked while it changed a view, nobody changes it.
 */
static unsigned int forks = 1;

static void count_fork(void)
{
	forks++;
}

__attribute__((__constructor__)) static void count_forks(void)
{
	pthread_atfork(NULL, NULL, count_fork);
}

static bool change_begin(struct mapping *mapping)
{
	unsigned int self = forks, changer = 0;

	return __atomic_compare_exchange_n(&mapping->changer, &changer, self, false,
					   __ATOMIC_ACQUIRE, __ATOMIC_RELAXED) ||
	       (changer != self &&
		__atomic_compare_exchange_n(&mapping->changer, &changer, self, false,
					    __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
}

static void change_end(struct mapping *mapping)
{
	__atomic_store_n(&mapping->changer, 0, __ATOMIC_RELEASE);
}

/* A failed attempt to map takes longer than a system call, and slows others down. */
static bool was_refused(struct mapping *mapping, __u64 word)
{
	unsigned int patience = __atomic_load_n(&mapping->patience, __ATOMIC_RELAXED);

	if (load(&mapping->refused) != word || !patience)
		return false;
	__atomic_store_n(&mapping->patience, patience - 1, __ATOMIC_RELAXED);
	return true;
}

static void note_refused(struct mapping *mapping, __u64 word)
{
	__atomic_store_n(&mapping->patience, PATIENCE, __ATOMIC_RELAXED);
	__atomic_store_n(&mapping->refused, word, __ATOMIC_RELAXED);
}

/* Returns the number of the view, or VIEWS_MAX if there is none. */
static int make_view(struct mapping *mapping, __u64 word)
{
	struct bucketmap_mapped_table table;
	int saved_errno = errno;
	int i;

	if (was_refused(mapping, word) || !change_begin(mapping))
		return VIEWS_MAX;
	i = find_view(mapping, word);
	if (i == VIEWS_MAX && read_table(mapping, word, &table)) {
		i = choose_view(mapping, table.bytes);
		if (i < VIEWS_MAX && !change_view(mapping, &mapping->views[i], word, &table))
			i = VIEWS_MAX;
	}
	/* If the table is gone, no lookup needs it any more. */
	if (i == VIEWS_MAX)
		note_refused(mapping, word);
	change_end(mapping);
	errno = saved_errno;
	return i;
}

struct view *mapping_find_view(struct mapping *mapping, __u64 word, bool successor)
{
	struct view *view;
	int i;

	i = find_view(mapping, word);
	if (i == VIEWS_MAX)
		i = make_view(mapping, word);
	if (i == VIEWS_MAX)
		return NULL;
	view = &mapping->views[i];
	__atomic_store_n(&mapping->latest[successor], view, __ATOMIC_RELAXED);
	return view;
}
