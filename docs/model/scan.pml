/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guarantee of scans across migrations. Sequentially consistent: everything is
 * done with the bucket's lock held.
 *
 * Hashes have two bits, 0 to 3. There are three tables of the orders FIRST, SECOND
 * and THIRD; their content is given by hash. The keys with the hashes 0, 2 and 3
 * are always present; that with the hash 1 comes and goes.
 *
 * process  is                                          in module/core/
 * scanner  one scan, from the first call to the last   scan.c: scan_bucket(),
 *          bucket by bucket, stopping anywhere within  bucket.h: bm_bucket_lock(),
 *          one as if the caller's buffer were full     bm_bucket_last()
 * churner  deletes and inserts the key of hash 1       change.c: try_change()
 * worker   migrates twice                              worker.c: resize_step();
 *                                                      evacuate.c: bm_evacuate()
 *
 * Checked: a key is present at the instant when it is emitted; no key is emitted
 * twice; at the end all keys that were always present have been emitted.
 *
 * Left out: that entries with equal hashes are emitted together, which concerns
 * scan_bucket() alone, and retirement.
 *
 * Broken variant: UNFILTERED (the range of the bucket in which the scanner ends,
 * instead of the intersection of the ranges of all buckets on the way).
 */

#ifndef FIRST
#define FIRST		1
#define SECOND		0
#define THIRD		1
#endif

#define TABLES		3
#define HASHES		4
#define CHURNED		1

#define ORDER(t)	(t == 0 -> FIRST : (t == 1 -> SECOND : THIRD))
#define INDEX(t, h)	((h) >> (2 - ORDER(t)))
#define BUCKET(t, h)	(HASHES * (t) + INDEX(t, h))
#define AT(t, h)	(HASHES * (t) + (h))
/* The last hash of @h's range in a table of the order. */
#define LAST(h, order)	((h) | (3 >> (order)))

byte map_table;
byte newest;
bool locked[TABLES * HASHES];
bool evacuated[TABLES * HASHES];
bool entry[TABLES * HASHES];	/* by hash */
bool there = true;		/* the key of hash 1 */
byte emitted[HASHES];		/* how often */

/* bm_bucket_lock(), then with the lock held @what */
#define LOCK_BUCKET(h)							\
	table = map_table;						\
	order = 0;							\
	do								\
	:: d_step {							\
		!locked[BUCKET(table, h)] ->				\
		order = (ORDER(table) > order -> ORDER(table) : order);	\
		flagged = evacuated[BUCKET(table, h)];			\
		locked[BUCKET(table, h)] = !flagged;			\
		table = table + flagged					\
	   };								\
		if							\
		:: !flagged -> break					\
		:: flagged						\
		fi							\
	od;								\
	skip

#define UNLOCK_BUCKET(h)						\
	locked[BUCKET(table, h)] = false;				\
	table = 0;							\
	order = 0

inline emit(h)
{
	if
	:: h >= cursor && h <= upto && entry[AT(table, h)] ->
		assert(emitted[h] == 0);
		assert(h != CHURNED || there);
		emitted[h]++
	:: else
	fi
}

proctype scanner()
{
	byte cursor, table, order, last, upto;
	bool flagged;

	do
	:: cursor == HASHES -> break
	:: cursor < HASHES ->
		LOCK_BUCKET(cursor);
#ifdef UNFILTERED
		last = LAST(cursor, ORDER(table));
#else
		last = LAST(cursor, order);
#endif
		/* The whole range, or up to an entry. */
		upto = cursor;
		do
		:: upto == last -> break
		:: upto < last -> upto++
		:: entry[AT(table, upto)] -> break
		od;
		skip;
		d_step {
			emit(0);
			emit(1);
			emit(2);
			emit(3);
			UNLOCK_BUCKET(cursor);
			cursor = upto + 1;
			upto = 0;
			last = 0
		}
	od;
	assert(emitted[0] && emitted[2] && emitted[3])
}

proctype churner()
{
	byte table, order, changes;
	bool flagged;

	do
	:: changes == 3 -> break
	:: changes < 3 ->
		LOCK_BUCKET(CHURNED);
		d_step {
			assert(entry[AT(table, CHURNED)] == there);
			there = !there;
			entry[AT(table, CHURNED)] = there;
			UNLOCK_BUCKET(CHURNED);
			changes++
		}
	od
}

/* Copies the entry of a hash, if it is in the bucket, under its new lock. */
inline copy(h)
{
	if
	:: INDEX(map_table, h) == index && entry[AT(map_table, h)] ->
		d_step {
			!locked[BUCKET(newest, h)] ->
			assert(!evacuated[BUCKET(newest, h)]);
			entry[AT(newest, h)] = true
		}
	:: else
	fi
}

proctype worker()
{
	byte index;

	do
	:: map_table == TABLES - 1 -> break
	:: map_table < TABLES - 1 ->
		newest = map_table + 1;
		index = 0;
		do
		:: index == 1 << ORDER(map_table) -> break
		:: else ->
			d_step {
				!locked[HASHES * map_table + index] ->
				locked[HASHES * map_table + index] = true
			};
			copy(0);
			copy(1);
			copy(2);
			copy(3);
			d_step {
				evacuated[HASHES * map_table + index] = true;
				locked[HASHES * map_table + index] = false;
				index++
			}
		od;
		map_table = newest
	od
}

init {
	atomic {
		entry[0] = true;
		entry[1] = true;
		entry[2] = true;
		entry[3] = true;
		run scanner();
		run churner();
		run worker()
	}
}
