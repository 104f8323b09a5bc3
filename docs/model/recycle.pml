/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Chains, and overflow records that leave one chain and join another while a
 * reader walks them. Sequentially consistent. Records have a single slot.
 *
 * Two buckets. The first holds SIBLING in its home record and WATCHED in an
 * overflow record, the second one entry. A delete of SIBLING moves WATCHED to
 * the home record and returns the overflow record to the pool; inserts into the
 * second bucket take it.
 *
 * process  is                                          in module/core/
 * deleter  deletes SIBLING                             bucket.h: bm_bucket_remove()
 * inserter two inserts into the other bucket           bucket.h: bm_bucket_free_slot(),
 *                                                      bm_bucket_insert()
 * reader   one lookup of WATCHED                       read.c: search_overflow()
 *
 * Checked: WATCHED, which is always present, is found, and the reader visits no
 * more records than its chain ever has. A reader that follows a link of a record
 * that has left its chain could go anywhere, for any time.
 *
 * Broken variants: HOP_UNCHECKED (seq is compared only at the end),
 * END_UNCHECKED (seq is not compared before a miss is returned),
 * PUT_BEFORE_SECTION (the record is returned to the pool before the write section
 * that unlinks it).
 *
 * PUT_INSIDE_SECTION is not broken for readers, as seq is odd already. But it
 * violates the rule that no lock is taken in a write section.
 */

#define NONE		0
#define SIBLING		1
#define WATCHED		2
#define OTHER		3

/* Records; a link is the record's number, or 0. */
#define FIRST		0
#define SECOND		1
#define OVERFLOW	2
#define SPARE		3
#define RECORDS		4

byte key[RECORDS];
byte next[RECORDS];
byte seq;			/* the first bucket's */
byte free_list;

inline pool_put(record)
{
	d_step { next[record] = free_list; free_list = record }
}

proctype deleter()
{
#ifdef PUT_BEFORE_SECTION
	pool_put(OVERFLOW);
#endif
	seq++;
	key[FIRST] = WATCHED;
	key[OVERFLOW] = NONE;
#ifdef PUT_INSIDE_SECTION
	pool_put(OVERFLOW);
#endif
	d_step { next[FIRST] = 0; seq++ };	/* one word */
#ifndef PUT_BEFORE_SECTION
#ifndef PUT_INSIDE_SECTION
	pool_put(OVERFLOW)
#endif
#endif
}

proctype inserter()
{
	byte tail = SECOND;
	byte record;

	do
	:: d_step {
		free_list ->
		record = free_list;
		free_list = next[record];
		next[record] = 0
	   };
		next[tail] = record;
		tail = record;
		key[record] = OTHER
	:: break
	od
}

#define CHANGED		(seq != head)

proctype reader()
{
	byte head, link, record, visited;

try:	atomic {
		!(seq & 1) -> head = seq; link = next[FIRST];
		record = FIRST;
		visited = 0
	};
visit:	visited++;
	assert(visited <= 2);
	if
	:: atomic { key[record] == WATCHED -> goto hit }
	:: key[record] != WATCHED
	fi;
#ifndef HOP_UNCHECKED
#ifdef END_UNCHECKED
	if
	:: link && CHANGED -> goto try
	:: else
	fi;
#else
	if
	:: CHANGED -> goto try
	:: else
	fi;
#endif
#endif
	if
	:: link ->
		atomic { record = link; link = next[record] };
		goto visit
	:: else
	fi;
#ifdef HOP_UNCHECKED
	if
	:: CHANGED -> goto try
	:: else
	fi;
#endif
	assert(false);		/* a miss */
hit:	if
	:: CHANGED -> goto try
	:: else
	fi
}

init {
	atomic {
		key[FIRST] = SIBLING;
		next[FIRST] = OVERFLOW;
		key[OVERFLOW] = WATCHED;
		key[SECOND] = OTHER;
		free_list = SPARE;
		run deleter();
		run inserter();
		run reader()
	}
}
