/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a mapped reader reaches a new table, and notices that an old one is gone,
 * on a processor that reorders: barriers (M) and (N), and the fence of a lookup.
 * section.pml says how accesses are reordered.
 *
 * An old table with one bucket, which holds the watched key, and a new one.
 *
 * process  is                                          in module/
 * worker   makes the new table and its table page,     core/worker.c, migrate.c:
 *          names it in the old table page, evacuates   replace_table();
 *          the bucket, names it in the header page,    core/area.c: (M);
 *          and takes the old table out                 dev/mmap.c: take_out()
 * reader   one lookup by uapi/bucketmap_mapped.h
 *
 * Checked: a reader that starts at the new table, or follows the old bucket's
 * flag, finds the new table complete and the entry in it; one that follows the
 * flag finds the successor's word; one that reads all ones in a slot of the old
 * table does not take it for the value.
 *
 * That the old table is taken out after all the rest needs no barrier of its
 * own: it takes locks that page faults take too, and waits until all processors
 * have forgotten the pages.
 *
 * Broken variants: NAME_RELAXED, NAME_LOAD_RELAXED (M, the header page);
 * NEXT_RELAXED, FLAG_RELAXED, FLAG_LOAD_RELAXED (M, the successor); NO_FENCE
 * (step 4 loads the head before step 3 has loaded the slot).
 */

bool name;			/* the header page names the new table */
bool next;			/* the old table page names it */
bool evacuated;			/* in the old bucket's head */
bool complete;			/* the new table and its page */
bool tag;			/* the copy's */
bool value;
bool gone;			/* the old table's slot is all ones */

#define BEFORE(those)	((done & (those)) == (those))
#define ACCESS(bit, those, what)					\
	:: d_step { !(done & bit) && BEFORE(those) ->			\
		    what; done = done | bit }

#define COMPLETE	1
#define NEXT		2
#define VALUE		4
#define TAG		8
#define FLAG		16
#define NAME		32
#define OUT		64
#define ALL		127

#ifdef FLAG_RELAXED
#define FLAG_RELEASE	0
#elif defined(NEXT_RELAXED)
#define FLAG_RELEASE	(COMPLETE | VALUE | TAG)
#else
#define FLAG_RELEASE	(COMPLETE | NEXT | VALUE | TAG)
#endif
#ifdef NAME_RELAXED
#define NAME_RELEASE	0
#else
#define NAME_RELEASE	(COMPLETE | NEXT | VALUE | TAG | FLAG)
#endif

proctype worker()
{
	byte done;

	do
	ACCESS(COMPLETE, 0, complete = true)
	ACCESS(NEXT, 0, next = true)
	ACCESS(VALUE, 0, value = true)
	ACCESS(TAG, VALUE, tag = true)		/* (B), see insert.pml */
	ACCESS(FLAG, FLAG_RELEASE, evacuated = true)
	ACCESS(NAME, NAME_RELEASE, name = true)
	ACCESS(OUT, ALL & ~OUT, gone = true)
	:: done == ALL -> break
	od
}

#ifdef NAME_LOAD_RELAXED
#define NAME_ACQUIRE	0
#else
#define NAME_ACQUIRE	NAME
#endif
#ifdef FLAG_LOAD_RELAXED
#define FLAG_ACQUIRE	0
#else
#define FLAG_ACQUIRE	FLAG
#endif

/* A lookup that ends in the new table. */
proctype reader()
{
	bool named, flag, successor, head, has_tag, data, direct;
	byte done = OUT;

	if
	:: direct = true; done = OUT | FLAG | NEXT
	:: skip
	fi;
	do
	ACCESS(NAME, 0, named = name)
	ACCESS(FLAG, NAME_ACQUIRE, flag = evacuated)
	ACCESS(NEXT, NAME_ACQUIRE | FLAG_ACQUIRE, successor = next)
	ACCESS(COMPLETE, NAME_ACQUIRE | FLAG_ACQUIRE, head = complete)
	ACCESS(TAG, NAME_ACQUIRE | FLAG_ACQUIRE | COMPLETE, has_tag = tag)
	ACCESS(VALUE, NAME_ACQUIRE | FLAG_ACQUIRE | COMPLETE | TAG,
	       data = value)
	:: done == ALL -> break
	od;
	if
	:: named != direct			/* a wrong guess */
	:: named == direct && !direct && !flag	/* stays in the old table */
	:: else ->
		assert(direct || successor);
		assert(head);
		assert(has_tag && data)
	fi
}

#define HEAD		1
#define SLOT		2
#define AGAIN		4
#ifdef NO_FENCE
#define FENCE		0
#else
#define FENCE		SLOT
#endif

/* A lookup that ends in the old table. */
proctype stale()
{
	bool flag, ones, flag_again;
	byte done;

	do
	ACCESS(HEAD, 0, flag = evacuated)
	ACCESS(SLOT, HEAD, ones = gone)			/* (A) acquire */
	ACCESS(AGAIN, HEAD | FENCE, flag_again = evacuated)
	:: done == (HEAD | SLOT | AGAIN) -> break
	od;
	assert(flag || flag_again || !ones)
}

init {
	atomic {
		run worker();
		run reader();
		run stale()
	}
}
