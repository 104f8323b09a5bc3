/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Insertion without a write section, on a processor that reorders: barriers (B)
 * and (C). section.pml says how accesses are reordered.
 *
 * One bucket whose home record is full. A writer takes an overflow record that
 * was used before, links it and adds an entry to it, while a reader looks up the
 * key of that entry.
 *
 * process  is                                          in module/core/
 * writer   the insert                                  bucket.c: bm_chain_extend();
 *                                                      bucket.h: bm_bucket_insert()
 * reader   one lookup, from the home record into the   read.c: search_overflow()
 *          overflow record
 *
 * Checked: a reader that follows the link finds the overflow record cleared, so
 * no stale link leads it into another chain; an entry that it finds is complete;
 * and the entry of a completed insert is found.
 *
 * Left out: entries in the home record, and seq, which an insert does not change.
 *
 * Broken variants: TAG_RELAXED, TAG_LOAD_RELAXED (B); LINK_RELAXED,
 * LINK_LOAD_RELAXED (C).
 */

#define STALE		7		/* where the record was linked to before */
#define VALUE		5

bool link;				/* in the home record's head */
byte next = STALE;			/* in the overflow record's head */
bool tag;
bool key;
byte value;
bool inserted;

#define BEFORE(those)	((done & (those)) == (those))
#define ACCESS(bit, those, what)					\
	:: d_step { !(done & bit) && BEFORE(those) ->			\
		    what; done = done | bit }

#define NEXT		1
#define LINK		2
#define TAG		4
#define KEY		8
#define DATA		16
#define ALL		31

#ifdef LINK_RELAXED
#define LINK_RELEASE	0
#else
#define LINK_RELEASE	NEXT
#endif
#ifdef TAG_RELAXED
#define TAG_RELEASE	0
#else
#define TAG_RELEASE	(NEXT | LINK | KEY | DATA)
#endif

proctype writer()
{
	byte done;

	do
	ACCESS(NEXT, 0, next = 0)
	ACCESS(LINK, LINK_RELEASE, link = true)
	ACCESS(KEY, 0, key = true)
	ACCESS(DATA, 0, value = VALUE)
	ACCESS(TAG, TAG_RELEASE, tag = true)
	:: done == ALL -> break
	od;
	inserted = true
}

#ifdef LINK_LOAD_RELAXED
#define LINK_ACQUIRE	0
#else
#define LINK_ACQUIRE	LINK
#endif
#ifdef TAG_LOAD_RELAXED
#define TAG_ACQUIRE	0
#else
#define TAG_ACQUIRE	TAG
#endif
#define NEXT_ACQUIRE	(LINK_ACQUIRE | NEXT)

proctype reader()
{
	bool home_link, has_tag, has_key, late;
	byte old_next, data, done;

	late = inserted;
	do
	ACCESS(LINK, 0, home_link = link)
	ACCESS(NEXT, LINK_ACQUIRE, old_next = next)
	ACCESS(TAG, NEXT_ACQUIRE, has_tag = tag)
	ACCESS(KEY, NEXT_ACQUIRE | TAG_ACQUIRE, has_key = key)
	ACCESS(DATA, NEXT_ACQUIRE | TAG_ACQUIRE, data = value)
	:: done == ALL -> break
	od;
	assert(!late || home_link && has_tag && has_key);
	assert(!home_link || old_next == 0);
	assert(!(home_link && has_tag && has_key) || data == VALUE)
}

init {
	atomic {
		run writer();
		run reader()
	}
}
