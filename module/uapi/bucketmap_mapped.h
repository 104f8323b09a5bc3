/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The mapped map: how a process looks keys up without a system call. This
 * header is the specification of what mmap(2) of a map's descriptor shows.
 *
 * Mapping
 * -------
 * A map that was created with BUCKETMAP_CREATE_MAPPABLE can be mapped by every
 * process that has a descriptor of it, read-only ones included. A mapping is
 * shared and read-only for good: mprotect(2) makes it neither writable nor
 * executable. It counts as a descriptor of the map: the map lives until it is
 * unmapped. Children of fork(2) inherit it. mmap(2) fails with
 *
 *   EACCES  the mapping would be writable or executable; for the latter, newer
 *	kernels say EPERM
 *   EINVAL  it would not be shared (MAP_SHARED)
 *   ENODEV  the map was not created as mappable
 *   ENXIO   it would reach beyond the newest table
 *   EUSERS  the map has 16384 mappings, a number that may change. This is also
 *	what munmap(2) and others fail with if they would split a mapping then
 *
 * A descriptor is like a sparse file. At offset 0 is the header page, a struct
 * bucketmap_mapped_header. Behind it each table of the map has an area of its
 * own, which no other table ever gets: a map replaces its table as it grows and
 * shrinks. An area begins with the table page, a struct bucketmap_mapped_table,
 * and goes on with the records of the table. All areas, and all parts of the
 * mapping, begin at multiples of the page size.
 *
 * A table has a word: the offset of its area, with the table's order, log2 of
 * its buckets, in the low bits. The offset is also its generation: it is never
 * reused, and a newer table has a larger one. The header page has the word of
 * the oldest live table. A table page has the table's own word, and that of its
 * successor from the beginning of the migration on.
 *
 * The table page says how large the area is. So a reader maps one page first,
 * and then the area. It copies what it needs of the page, and then checks, after
 * an acquire fence, that the page still has the table's word.
 *
 * All ones
 * --------
 * A table that was replaced is retired: its area is taken out of all mappings at
 * once. From then on it reads as all ones. A word of the header page or of a
 * table page is never all ones otherwise. All ones as the head of a record is an
 * evacuated bucket, and leads a reader to the table page, and by the all ones
 * there back to the header page. So a reader needs no lock and pins nothing, and
 * no access to a mapping ever fails.
 *
 * A record may lie in several pages, and these are not taken out at the same
 * instant: a reader may see the old head, and all ones in a slot. By then the
 * bucket has been flagged EVACUATED for long. That is why a reader checks the
 * flag after it has read, too.
 *
 * A chunk that is not added yet reads as all ones, too. A page of it that was
 * accessed before then may go on to do so in that mapping, although the chunk is
 * there, and at any time show what is there. So a reader that meets a word of all
 * ones in an added chunk, as a head, as tags, or in a slot whose tag matches,
 * cannot know, and uses LOOKUP. It looks for all ones in a slot before it uses
 * what it has loaded of it.
 *
 * Records
 * -------
 * A table has 1 << order buckets. The bucket of a key is the top order bits of
 * its hash. A bucket is a chain: a home record, and overflow records linked by
 * index. All records have the same form, and hold data only:
 *
 *   head   bits  0..31  BUCKETMAP_MAPPED_SEQ: odd while a write is in progress.
 *			 Only home records have it
 *	    bits 32..62  link: index of the next record of the chain + 1, or 0
 *	    bit  63	 BUCKETMAP_MAPPED_EVACUATED: the entries are in the
 *			 successor. Only home records have it
 *   tags   byte i (bits 8i..8i+7, on every machine) belongs to slot i: 0 if the
 *	    slot is empty, else the low byte of the hash, or 1 if that is 0
 *   slots  a key, then a value, each padded with zeros to whole words
 *
 * The hash is that of the key_size bytes of the key: SipHash-1-3 or SipHash-2-4
 * with the key hash_key[0] (k0), hash_key[1] (k1), or xxh64 with the seed
 * hash_key[0]. It is a number; its bits do not depend on the machine.
 *
 * Where records are, from the beginning of the area:
 *
 *   home record of bucket b
 *	records + (b >> segment_shift) * segment_bytes
 *		+ (b & ((1 << segment_shift) - 1)) * record_bytes
 *   overflow record i, with c = i >> chunk_shift, r = i & ((1 << chunk_shift) - 1)
 *	c < chunks_initial: one of segment s = c & ((1 << segments_shift) - 1):
 *	  initial + s * segment_bytes
 *		+ (((c >> segments_shift) << chunk_shift) + r) * record_bytes
 *	c < chunks:
 *	  added + (c - chunks_initial) * chunk_bytes + r * record_bytes
 *	else it is not in the mapping
 *
 * A lookup
 * --------
 * Words are loaded whole, by relaxed atomic loads if not otherwise noted.
 *
 * 1. Load header.table (acquire). 0: no table can be mapped, use LOOKUP.
 * 2. Load the head of the key's home record in that table (acquire).
 *    EVACUATED: load next of the table page.
 *	all ones: the table is retired, go to 1;
 *	0: the successor cannot be mapped, use LOOKUP;
 *	else go to 2 with that table, and not with any newer one.
 *    seq odd: go to 2.
 * 3. Load the tags (acquire). For each slot whose tag matches, compare the key.
 *    If it is equal, copy the value.
 * 4. Acquire fence; load the head of the home record again. If seq has changed,
 *    or EVACUATED is set now: go to 2. This goes for a miss as well.
 * 5. If the key was found, this is the result. Else take the link of the record
 *    (of a home record, from the head that was loaded in 2). 0: the key is
 *    absent. Else load the head of the next record (acquire), which has the
 *    link for the next step, and go on with its tags at 3. A link to a record
 *    that is not in the mapping: use LOOKUP.
 *
 * A reader that gets no result in a bounded number of tries uses LOOKUP. It must
 * never report a key as absent that it could not check.
 *
 * A scan
 * ------
 * Buckets hold ranges of hashes, so a scan goes through these in ascending order, as
 * SCAN does, and from any position that SCAN returns. For the position it does 1 and
 * 2. It then reads all entries of the chain as in 3 to 5, and takes those whose hashes
 * lie between the position and
 *
 *   position | ~0 >> order
 *
 * with the largest order of all tables that it came through since 1: a bucket of a
 * smaller table has entries of several buckets of a larger one, and not all of these
 * need be evacuated yet. If the check of 4 succeeds after all of it was copied, the
 * next position is behind that hash. Else nothing was read.
 *
 * 64-bit programs only: words are loaded whole, and offsets have 63 bits.
 *
 * Versions
 * --------
 * A reader that finds another version than BUCKETMAP_MAPPED_VERSION, or a hash
 * that it does not know, does not understand the mapping, and uses system calls.
 * Maps of one kernel may have different versions. Within a version, structures
 * may get more members where they have zeros now, and slots may get more words:
 * so a reader takes record_bytes, slot_bytes and all offsets from the header.
 */
#ifndef _UAPI_LINUX_BUCKETMAP_MAPPED_H
#define _UAPI_LINUX_BUCKETMAP_MAPPED_H

#include <linux/types.h>

/* The bytes "bucketmp" on a little-endian machine. */
#define BUCKETMAP_MAPPED_MAGIC		0x706d74656b637562ULL
#define BUCKETMAP_MAPPED_VERSION	1

/* What is no longer there reads as this. */
#define BUCKETMAP_MAPPED_GONE		(~0ULL)

/* The word of a table. */
#define BUCKETMAP_MAPPED_ORDER		0x000000000000003fULL
#define BUCKETMAP_MAPPED_OFFSET		0x7ffffffffffff000ULL

/* The head of a record. */
#define BUCKETMAP_MAPPED_SEQ		0x00000000ffffffffULL
#define BUCKETMAP_MAPPED_ODD		0x0000000000000001ULL
#define BUCKETMAP_MAPPED_LINK		0x7fffffff00000000ULL
#define BUCKETMAP_MAPPED_LINK_SHIFT	32
#define BUCKETMAP_MAPPED_EVACUATED	0x8000000000000000ULL

/* How keys are hashed. */
#define BUCKETMAP_MAPPED_SIPHASH13	0
#define BUCKETMAP_MAPPED_SIPHASH24	1
#define BUCKETMAP_MAPPED_XXH64		2

/**
 * struct bucketmap_mapped_header - the header page
 * @magic: BUCKETMAP_MAPPED_MAGIC
 * @version: BUCKETMAP_MAPPED_VERSION
 * @hash: BUCKETMAP_MAPPED_SIPHASH13, BUCKETMAP_MAPPED_SIPHASH24 or
 *	BUCKETMAP_MAPPED_XXH64
 * @hash_key: the key of the hash; with xxh64 the second word is 0
 * @key_size: bytes of a key
 * @value_size: bytes of a value
 * @record_bytes: bytes of a record
 * @slots: slots of a record, at most 8
 * @head_offset: where the head is in a record
 * @tags_offset: where the tags are in a record
 * @slots_offset: where the first slot is in a record
 * @slot_bytes: bytes of a slot
 * @key_offset: where the key is in a slot
 * @value_offset: where the value is in a slot
 * @table: word of the oldest live table; 0 if it cannot be mapped
 *
 * Only @table changes.
 */
struct bucketmap_mapped_header {
	__u64 magic;
	__u32 version;
	__u32 hash;
	__u64 hash_key[2];
	__u32 key_size;
	__u32 value_size;
	__u32 record_bytes;
	__u32 slots;
	__u32 head_offset;
	__u32 tags_offset;
	__u32 slots_offset;
	__u32 slot_bytes;
	__u32 key_offset;
	__u32 value_offset;
	__u64 table;
};

/**
 * struct bucketmap_mapped_table - the table page
 * @table: the table's own word
 * @next: word of the successor. It is 0 at first, and written once, before any
 *	bucket is flagged EVACUATED. It stays 0 if the successor cannot be mapped
 * @bytes: size of the area, from the table page on
 * @records: where the first home record is in the area
 * @segment_bytes: from the first home record of a segment to that of the next
 * @initial: where the first overflow record is in the area
 * @added: where the chunks are that are added to the table
 * @chunk_bytes: from one added chunk to the next
 * @segment_shift: log2 of the buckets of a segment
 * @segments_shift: log2 of the number of segments
 * @chunk_shift: log2 of the overflow records of a chunk
 * @chunks_initial: chunks that lie in segments
 * @chunks: chunks that can be mapped, those that lie in segments and those that
 *	may be added
 * @reserved: zero
 *
 * Only @next changes.
 */
struct bucketmap_mapped_table {
	__u64 table;
	__u64 next;
	__u64 bytes;
	__u64 records;
	__u64 segment_bytes;
	__u64 initial;
	__u64 added;
	__u64 chunk_bytes;
	__u32 segment_shift;
	__u32 segments_shift;
	__u32 chunk_shift;
	__u32 chunks_initial;
	__u32 chunks;
	__u32 reserved;
};

#endif /* _UAPI_LINUX_BUCKETMAP_MAPPED_H */
