/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a reader reaches a new table and the entries that were copied to it, on a
 * processor that reorders: barriers (D) and (E). section.pml says how accesses
 * are reordered.
 *
 * An old table with one bucket, which holds the watched key, and a new one. The
 * bucket is evacuated by the worker or by a writer that helps.
 *
 * process  is                                          in module/core/
 * worker   allocates and publishes the new table,      worker.c, migrate.c:
 *          evacuates the bucket or waits until that    replace_table();
 *          is done, and makes map->table point to the  evacuate.c: bm_evacuate()
 *          new table; or an insert that grows a small  grow.c: grow()
 *          table, under the same mutex
 * helper   evacuates the bucket if the worker does     evacuate.c: bm_evacuate()
 *          not
 * reader   one lookup that ends in the new table,      read.c: find_home(),
 *          by way of the old one or directly           search_chain()
 * writer   one write that ends there, without the old  bucket.h: bm_bucket_lock()
 *          bucket's lock
 *
 * Checked: the reader and the writer find the new table complete, and the entry
 * in it. (If they find the bucket not flagged they find the entry there:
 * protocol.pml.)
 *
 * The lock of the bucket in the new table is left out. It orders nothing for the
 * writer: an evacuation without entries for that bucket does not take it
 * (watch.pml).
 *
 * Broken variants: FLAG_RELAXED, FLAG_LOAD_RELAXED (D), CHECK_RELAXED (the same
 * in the writer); NEXT_RELAXED, MAP_RELAXED, NO_DEREFERENCE (E).
 */

bool map_table;			/* map->table is the new table */
bool next;			/* old->next is the new table */
bool evacuated;			/* in the old bucket's head */
bool complete;			/* the new table's heads are initialized */
bool tag;			/* the copy's */
bool value;
bool helped;			/* the helper evacuates the bucket */

#define BEFORE(those)	((done & (those)) == (those))
#define ACCESS(bit, those, what)					\
	:: d_step { !(done & bit) && BEFORE(those) ->			\
		    what; done = done | bit }

#define COMPLETE	1
#define NEXT		2
#define VALUE		4
#define TAG		8
#define FLAG		16
#define MAP		32
#define ALL		63
#define COPY		(VALUE | TAG | FLAG)

#ifdef FLAG_RELAXED
#define FLAG_RELEASE	0
#else
#define FLAG_RELEASE	(COMPLETE | NEXT | VALUE | TAG)
#endif
#ifdef NEXT_RELAXED
#define NEXT_RELEASE	0
#else
#define NEXT_RELEASE	COMPLETE
#endif
#ifdef MAP_RELAXED
#define MAP_RELEASE	0
#else
#define MAP_RELEASE	(COMPLETE | NEXT | COPY)
#endif

proctype worker()
{
	byte done;

	if
	:: helped = true; done = COPY
	:: skip
	fi;
	do
	ACCESS(COMPLETE, 0, complete = true)
	ACCESS(NEXT, NEXT_RELEASE, next = true)
	ACCESS(VALUE, 0, value = true)
	ACCESS(TAG, VALUE, tag = true)		/* (B), see insert.pml */
	ACCESS(FLAG, FLAG_RELEASE, evacuated = true)
	/* The worker sees its own flag before others do. */
	:: d_step { !(done & MAP) && BEFORE(MAP_RELEASE) &&
		    (evacuated || !helped) ->
		    map_table = true; done = done | MAP }
	:: done == ALL -> break
	od
}

proctype helper()
{
	byte done = COMPLETE | NEXT;

end:	next && helped ->
	assert(complete);
	do
	ACCESS(VALUE, 0, value = true)
	ACCESS(TAG, VALUE, tag = true)
	ACCESS(FLAG, FLAG_RELEASE, evacuated = true)
	:: done == (COMPLETE | NEXT | COPY) -> break
	od
}

#ifdef NO_DEREFERENCE
#define DEREFERENCE(it)	0
#else
#define DEREFERENCE(it)	it
#endif
#ifdef FLAG_LOAD_RELAXED
#define FLAG_ACQUIRE	0
#else
#define FLAG_ACQUIRE	FLAG
#endif
#define NEW_HEAD	(DEREFERENCE(MAP) | DEREFERENCE(NEXT) | FLAG_ACQUIRE)

proctype reader()
{
	bool map, flag, successor, head, has_tag, data, direct;
	byte done;

	if
	:: direct = true; done = FLAG | NEXT
	:: skip
	fi;
	do
	ACCESS(MAP, 0, map = map_table)
	ACCESS(FLAG, DEREFERENCE(MAP), flag = evacuated)
	ACCESS(NEXT, DEREFERENCE(MAP) | FLAG_ACQUIRE, successor = next)
	ACCESS(COMPLETE, NEW_HEAD, head = complete)
	ACCESS(TAG, NEW_HEAD | COMPLETE, has_tag = tag)	/* (A) acquire */
	ACCESS(VALUE, NEW_HEAD | COMPLETE | TAG, data = value)
	:: done == ALL -> break
	od;
	if
	:: map != direct			/* a wrong guess */
	:: map == direct && !direct && !flag	/* stays in the old table */
	:: else ->
		assert(direct || successor);
		assert(head);
		assert(has_tag && data)
	fi
}

#ifdef CHECK_RELAXED
#define CHECK_ACQUIRE	0
#else
#define CHECK_ACQUIRE	FLAG
#endif
#define CHECKED		(DEREFERENCE(MAP) | DEREFERENCE(NEXT) | CHECK_ACQUIRE)

/* A writer checks the flag only if there is a successor. */
proctype writer()
{
	bool map, flag, successor, lock, has_tag, data, direct;
	byte done;

	if
	:: direct = true; done = FLAG | NEXT
	:: skip
	fi;
	do
	ACCESS(MAP, 0, map = map_table)
	ACCESS(NEXT, DEREFERENCE(MAP), successor = next)
	ACCESS(FLAG, DEREFERENCE(MAP), flag = evacuated)
	ACCESS(COMPLETE, CHECKED, lock = complete)
	ACCESS(TAG, CHECKED | COMPLETE, has_tag = tag)
	ACCESS(VALUE, CHECKED | COMPLETE, data = value)
	:: done == ALL -> break
	od;
	if
	:: map != direct			/* a wrong guess */
	:: map == direct && !direct && !(successor && flag)
	:: else ->
		assert(lock);
		assert(has_tag && data)
	fi
}

init {
	atomic {
		run worker();
		run helper();
		run writer();
		run reader()
	}
}
