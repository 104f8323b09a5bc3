/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Chains, and overflow records that leave one and join another while a reader
 * is among them. Sequentially consistent. Records have a single slot.
 *
 * Two buckets. The first holds SIBLING in its home record and WATCHED in an
 * overflow record, the second one entry. A delete of SIBLING moves WATCHED to
 * the home record and gives the overflow record back; inserts into the second
 * bucket take it.
 *
 * process  is                                          in module/core/
 * deleter  deletes SIBLING                             bucket.h: bm_bucket_remove()
 * inserter two inserts into the other bucket           bucket.h: bm_bucket_free_slot(),
 *                                                      bm_bucket_insert()
 * reader   one lookup of WATCHED                       read.c: search_overflow()
 *
 * Checked: WATCHED, which is always there, is found, and no more records are
 * looked at than its chain ever has: a reader that follows a link of a record
 * that is no longer in its chain could go anywhere, for any time.
 *
 * Broken variants: HOP_UNCHECKED (seq is only compared at the end),
 * END_UNCHECKED (not before a miss is believed), PUT_BEFORE_SECTION (the record
 * is given back before the write section that unlinks it).
 *
 * PUT_INSIDE_SECTION, on the contrary, is not broken as far as readers go: the
 * odd seq is there already. It is against the rule that a section takes no lock.
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
look:	visited++;
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
		goto look
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
