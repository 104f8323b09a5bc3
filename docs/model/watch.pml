/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Waiting for a key while its bucket is evacuated, on a processor that reorders.
 * section.pml says how accesses are reordered; here a load may also be done
 * early, and a store waits for the loads that decide whether it is done at all.
 * Taking a lock is a load and a store, between which no other process takes it:
 * accesses after it come after the load, and may come before the store.
 *
 * One key, present or absent, and its bucket in an old and in a new table.
 *
 * process  is                                          in module/core/
 * waiter   registers its interest, enters the queue,   wait.c: wait_for_change(),
 *          and sleeps as long as it finds the key as   has_changed()
 *          it was at the beginning
 * writer   adds or removes the key, and if it has      change.c: try_change();
 *          done so wakes the waiter; there are two     bucket.h: bm_bucket_lock();
 *                                                      changes.c: bm_watch_changed()
 * evacuator evacuates the bucket                       evacuate.c: bm_evacuate()
 *
 * Checked: when all other processes are done and the waiter still sleeps, the key
 * is as it was at the beginning.
 *
 * Left out: the lock of the shard (entering the queue and setting the state are
 * one step, and so is waking, as they are under that lock); deadlines and
 * signals; other keys, and other waiters for this one: a writer may release the
 * lock while it wakes them, and then continues with those that were queued before.
 *
 * Variants that hold as well: INTEREST_AFTER_UNLOCK (the writer loads interest
 * after the unlock).
 *
 * Broken variants: CHECK_OUTSIDE_LOCK, INTEREST_AFTER_CHECK, ENTER_AFTER_CHECK,
 * INTEREST_BEFORE_LOCK (loaded by the writer), FLAG_LOAD_RELAXED (by the writer
 * before it locks; (D)), WAIT_ON_TABLE (interest and queue belong to the table in
 * which the waiter has found the key).
 */

#define WRITERS		2

bool locked[2];
byte turns[2];			/* number of stores to the lock's word */
bool present[2];
bool evacuated;			/* of the old bucket */

#ifdef WAIT_ON_TABLE
#define QUEUE(b)	b
#else
#define QUEUE(b)	0
#endif
byte interest[2];
bool queued[2];
bool awake = true;		/* in the kernel: the state TASK_RUNNING */
bool asleep;
bool before;			/* the key was present at the beginning */
byte ready;			/* writers and the evacuator that are done */

#define LOCK(b)		locked[b] = true; turns[b]++
#define UNLOCK(b)	locked[b] = false; turns[b]++

#define BEFORE(those)	((done & (those)) == (those))
#define STEP(bit, those)	!(done & bit) && BEFORE(those)
#define ACCESS(bit, those, what)					\
	:: d_step { STEP(bit, those) -> what; done = done | bit }

/* The waiter */

#define INTEREST	1
#define ENTERED		2
#define LOCKED		4
#define CHECKED		8
#define UNLOCKED	16

#ifdef INTEREST_AFTER_CHECK
#define SHOWN		CHECKED
#define SHOW_AFTER	UNLOCKED
#else
#define SHOWN		INTEREST
#define SHOW_AFTER	0
#endif
#ifdef ENTER_AFTER_CHECK
#define IN_QUEUE	CHECKED
#define ENTER_AFTER	UNLOCKED
#else
#define IN_QUEUE	ENTERED
#define ENTER_AFTER	0
#endif

/* A round of the loop. The waiter knows the bucket when it has its lock. */
inline check_key()
{
	do
	ACCESS(INTEREST, SHOW_AFTER, interest[QUEUE(bucket)]++)
	ACCESS(ENTERED, ENTER_AFTER, queued[QUEUE(bucket)] = true; awake = false)
#ifdef CHECK_OUTSIDE_LOCK
	ACCESS(CHECKED, INTEREST | ENTERED, now = present[evacuated];
	       done = done | LOCKED | UNLOCKED)
#else
#ifdef WAIT_ON_TABLE
	/* First the queue of the table; if the bucket is evacuated, start over. */
	:: d_step { STEP(LOCKED, INTEREST | ENTERED) && !locked[bucket] ->
		    if
		    :: !bucket && evacuated ->
			interest[0]--; queued[0] = false; awake = true;
			bucket = 1; done = 0
		    :: else -> LOCK(bucket); done = done | LOCKED
		    fi }
#else
	:: d_step { STEP(LOCKED, 0) && !locked[evacuated] ->
		    bucket = evacuated; LOCK(bucket); done = done | LOCKED }
#endif
	ACCESS(CHECKED, LOCKED, now = present[bucket])
	ACCESS(UNLOCKED, SHOWN | IN_QUEUE | LOCKED | CHECKED, UNLOCK(bucket))
#endif
	:: done == (INTEREST | ENTERED | LOCKED | CHECKED | UNLOCKED) -> break
	od
}

proctype waiter()
{
	byte bucket, done;
	bool now;

	do
	:: check_key();
		if
		:: now != before -> break
		:: now == before
		fi;
		asleep = true;
end:		d_step { awake -> asleep = false; now = false; done = INTEREST }
	od;
	skip;
	d_step { queued[QUEUE(bucket)] = false; awake = true }
}

/* The writers */

#define FLAG		1
#define LOCK_LOAD	2
#define LOCK_STORE	4
#define CHANGE		8
#define LOAD		16
#define RELEASED	32
#define WAKE		64
#define ALL		127

#ifdef FLAG_LOAD_RELAXED
#define FLAG_ACQUIRE	0
#else
#define FLAG_ACQUIRE	FLAG
#endif
#ifdef INTEREST_BEFORE_LOCK
#define LOAD_AFTER	0
#define LOADED		LOAD
#define RELEASE		(LOCK_STORE | CHANGE | LOAD)
#else
#ifdef INTEREST_AFTER_UNLOCK
#define LOAD_AFTER	RELEASED
#define LOADED		0
#define RELEASE		(LOCK_STORE | CHANGE)
#else
#define LOAD_AFTER	LOCK_LOAD
#define LOADED		LOAD
#define RELEASE		(LOCK_STORE | CHANGE | LOAD)
#endif
#endif

proctype writer()
{
	byte bucket, turn, done;
	bool to, changed, wanted;

	if
	:: to = true
	:: to = false
	fi;
again:
#ifdef INTEREST_BEFORE_LOCK
	wanted = interest[0] > 0;
	done = LOAD;
#else
	done = 0;
#endif
	if
	/* The writer has seen no flag before it got the lock. */
	:: d_step { !locked[0] ->
		if
		:: evacuated -> bucket = 1; done = done | FLAG
		:: else ->
			LOCK(0);
			changed = present[0] != to;
			done = done | FLAG | LOCK_LOAD | LOCK_STORE
		fi
	   }
	/* The writer guesses that it sees the flag. */
	:: bucket = 1
	fi;
	do
	:: STEP(FLAG, 0) ->
		if
		:: evacuated -> done = done | FLAG
		:: !evacuated -> bucket = 0; goto again
		fi
	:: d_step { STEP(LOCK_LOAD, FLAG_ACQUIRE) && !locked[bucket] ->
		    turn = turns[bucket]; done = done | LOCK_LOAD }
	:: d_step { STEP(LOCK_STORE, FLAG | LOCK_LOAD) ->
		    if
		    :: turns[bucket] == turn ->
			LOCK(bucket);
			changed = present[bucket] != to;
			done = done | LOCK_STORE
		    :: else -> done = FLAG	/* retry */
		    fi }
	ACCESS(LOAD, LOAD_AFTER, wanted = interest[QUEUE(bucket)] > 0)
	ACCESS(CHANGE, LOCK_STORE, present[bucket] = to)
	ACCESS(RELEASED, RELEASE, UNLOCK(bucket))
	:: d_step { STEP(WAKE, LOCK_STORE | LOAD) ->
		    if
		    :: changed && wanted && queued[QUEUE(bucket)] ->
			queued[QUEUE(bucket)] = false; awake = true
		    :: else
		    fi;
		    done = done | WAKE }
	:: done == ALL -> break
	od;
	ready++
}

/* If the bucket is empty, the new one is not locked. */
proctype evacuator()
{
	d_step { !locked[0] -> LOCK(0) };
	if
	:: present[0] ->
		d_step { !locked[1] -> LOCK(1) };
		present[1] = true;
		d_step { UNLOCK(1) }
	:: else
	fi;
	evacuated = true;			/* (D) */
	d_step { UNLOCK(0) };
	ready++
}

init {
	if
	:: before = true; present[0] = true
	:: skip
	fi;
	atomic {
		run waiter();
		run evacuator();
		run writer();
		run writer()
	}
end:	ready == WRITERS + 1 && asleep && !awake ->
	assert(present[1] == before)
}
