/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A mapped reader: lookups through pages that are taken out of its mapping while
 * it reads. Sequentially consistent; mapped_order.pml has the barriers.
 *
 * Migrations from each of TABLES tables to the next. A table has one bucket,
 * with a watched key whose value has two words. What a reader uses of a table
 * lies in three pages: the table page, the home record's head, and its slot. With
 * THREADS there are two readers, which share their page tables.
 *
 * process  is                                          in module/
 * worker   publishes, evacuates, names the new table   core/worker.c, migrate.c:
 *          in the header page, takes the old one out   replace_table();
 *          page by page, in any order, and frees it    core/area.c;
 *                                                      dev/mmap.c: take_out()
 * writer   overwrites the value, in a write section    core/bucket.h
 * reader   lookups by uapi/bucketmap_mapped.h, whose   dev/mmap.c:
 *          steps are numbered; faults                  mapping_fault()
 *
 * Checked: both words of the result are of the same write, which had begun when
 * the lookup ended, and no later one was completed when it began; no page of a
 * freed table is mapped; a reader that finds a flag finds the successor; one
 * that finds all ones in a table page finds another table in the header page.
 *
 * Broken variants: UNVALIDATED (no step 4), TRUST_RETIRED (step 4 does not check
 * the flag), TAGS_FIRST (step 3 begins before step 2), NEWEST (step 2 goes to the
 * newest table), NEXT_LATE (the successor is stored after the evacuation),
 * NAMED_LATE (the header page is changed when faults find the old table no more),
 * FAULT_UNLOCKED (take_out() does not wait for faults), FREED_FIRST (a table is
 * freed before it is taken out).
 */

#ifndef TABLES
#define TABLES		3
#endif
#ifndef WRITES
#define WRITES		1
#endif
#define NONE		TABLES
#define ONES		255

/* The pages of a table. */
#define TABLE		0
#define HEAD		1
#define SLOT		2
#define PAGE(t, page)	((t) * 3 + (page))

#define ABSENT		0	/* an access faults */
#define REAL		1
#define GONE		2	/* all ones */

byte map_table;
byte published;			/* the newest table */
byte header;
byte next[TABLES];
bool evacuated[TABLES];
byte seq[TABLES];
byte first[TABLES];		/* the words of the value */
byte second[TABLES];
bool locked[TABLES];
bool freed[TABLES];
byte mapped[3 * TABLES];			/* what the readers have mapped */
byte faults;			/* readers that hold bm_mappings.faults */
byte begun;			/* writes */
byte committed;

inline lock(t)
{
	atomic { !locked[t] -> locked[t] = true }
}

/* All stores of an evacuation are made with the lock held. */
inline evacuate(from)
{
	lock(from);
	first[from + 1] = first[from];
	second[from + 1] = second[from];
	d_step { evacuated[from] = true; locked[from] = false }
}

inline take_out(t)
{
#ifndef FAULT_UNLOCKED
	faults == 0;
#endif
	do
	:: mapped[PAGE(t, TABLE)] != ABSENT ->
	   mapped[PAGE(t, TABLE)] = ABSENT
	:: mapped[PAGE(t, HEAD)] != ABSENT ->
	   mapped[PAGE(t, HEAD)] = ABSENT
	:: mapped[PAGE(t, SLOT)] != ABSENT ->
	   mapped[PAGE(t, SLOT)] = ABSENT
	/* What a fault maps from now on is the page of all ones. */
	:: mapped[PAGE(t, TABLE)] != REAL && mapped[PAGE(t, HEAD)] != REAL &&
	   mapped[PAGE(t, SLOT)] != REAL -> break
	od
}

proctype worker()
{
	byte old;

	do
	:: old < TABLES - 1 ->
#ifndef NEXT_LATE
		next[old] = old + 1;
#endif
		published = old + 1;
		evacuate(old);
#ifdef NEXT_LATE
		next[old] = old + 1;
#endif
#ifndef NAMED_LATE
		header = old + 1;
#endif
		map_table = old + 1;
#ifdef FREED_FIRST
		freed[old] = true;
#endif
#ifdef NAMED_LATE
		header = old + 1;
#endif
		take_out(old);
		freed[old] = true;
		old++
	:: else -> break
	od
}

proctype writer()
{
	byte t, number;

	do
	:: number < WRITES ->
		number++;
		begun = number;
		t = map_table;
		/* bm_bucket_lock() */
		lock(t);
		do
		:: evacuated[t] ->
			d_step { locked[t] = false; t = t + 1 };
			lock(t)
		:: else -> break
		od;
		seq[t] = seq[t] + 1;
		first[t] = number;
		second[t] = number;
		d_step { seq[t] = seq[t] + 1; locked[t] = false };
		committed = number;
		t = 0
	:: else -> break
	od
}

#define LIVE(t)	((t) == map_table || (t) == published)

/* mapping_fault() */
inline fault(t, page)
{
	atomic { faults++; real = LIVE(t) };
	atomic {
		if
		:: mapped[PAGE(t, page)] == ABSENT ->
			mapped[PAGE(t, page)] = (real -> REAL : GONE)
		:: else
		fi;
		real = false;
		faults--
	}
}

/* Loads what a page has, or all ones. */
inline access(t, page, to, what, ones)
{
	do
	:: mapped[PAGE(t, page)] == ABSENT -> fault(t, page)
	:: d_step { mapped[PAGE(t, page)] == REAL ->
		    assert(!freed[t]);
		    to = what }; break
	:: d_step { mapped[PAGE(t, page)] == GONE ->
		    to = ones }; break
	od
}

/* seq and the flag in one word; all ones is the flag, with any seq. */
#define FLAG		128
#define HEAD_OF(t)	(seq[t] | (evacuated[t] -> FLAG : 0))

proctype reader()
{
	byte t, oldest, head, again, a, b;
	bool real;

	oldest = committed;
	/* 1. */
name:	t = header;
#ifdef TAGS_FIRST
	access(t, SLOT, a, first[t], ONES);
#endif
	/* 2. */
search:	access(t, HEAD, head, HEAD_OF(t), ONES);
	if
	:: head & FLAG ->
#ifdef NEWEST
		t = published;
#else
		access(t, TABLE, again, next[t], ONES);
		assert(again != NONE);
		if
		:: again == ONES -> assert(header != t); goto name
		:: else -> t = again
		fi;
#endif
		goto search
	:: head & 1 -> goto search
	:: else
	fi;
	/* 3. */
#ifndef TAGS_FIRST
	access(t, SLOT, a, first[t], ONES);
#endif
	access(t, SLOT, b, second[t], ONES);
	/* 4. */
#ifndef UNVALIDATED
	access(t, HEAD, again, HEAD_OF(t), ONES);
#ifdef TRUST_RETIRED
	if
	:: again != ONES && (again & ~FLAG) != head -> goto search
	:: again == ONES -> goto search
	:: else
	fi;
#else
	if
	:: again != head -> goto search
	:: else
	fi;
#endif
#endif
	/* 5. */
	assert(a == b);
	assert(a >= oldest && a <= begun)
}

init {
	d_step {
		next[0] = NONE; next[1] = NONE; next[TABLES - 1] = NONE
	};
	atomic {
		run worker();
		run writer();
		run reader();
#ifdef THREADS
		run reader()
#endif
	}
}
