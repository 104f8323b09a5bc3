/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Waiting for a key, while its bucket moves, on a processor that reorders. How
 * accesses are reordered is told in section.pml; here a load may also be done
 * early, and a store waits for the loads that decide whether it is done at all.
 * A lock is taken by a load and a store, between which nobody else has it: what
 * is behind the lock comes after the load, and may come before the store.
 *
 * One key, present or absent, and its bucket in an old and in a new table.
 *
 * process  is                                          in module/core/
 * waiter   shows its interest, enters the queue, and   wait.c: wait_for_change(),
 *          sleeps as long as it finds the key as it    has_changed()
 *          was when all began
 * writer   makes or removes the key, and if it has     change.c: try_change();
 *          done so wakes the waiter; there are two     bucket.h: bm_bucket_lock();
 *                                                      changes.c: bm_watch_changed()
 * mover    moves the bucket                            evacuate.c: bm_evacuate()
 *
 * Checked: when all the others are done, a waiter that still sleeps would find
 * the key as it was.
 *
 * Left out: the lock of the shard (entering the queue together with the state,
 * and waking, are one step each, as they are under that lock); deadlines and
 * signals; other keys, and other waiters for this one, among which a writer may
 * give the lock away: those in the queue before that are woken after it.
 *
 * Variants that hold as well: LOOK_AFTER_UNLOCK (the writer looks at the
 * interest when it has unlocked).
 *
 * Broken variants: CHECK_OUTSIDE_LOCK, INTEREST_AFTER_CHECK, ENTER_AFTER_CHECK,
 * LOOK_BEFORE_LOCK (by the writer, at the interest), FLAG_LOAD_RELAXED (by the
 * writer before it locks; (D)), WAIT_ON_TABLE (interest and queue are those of
 * the table that the waiter found the key in).
 */

#define WRITERS		2

bool locked[2];
byte turns[2];			/* how often the lock's word was stored to */
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
bool before;			/* the key was present when all began */
byte ready;			/* writers and movers that are done */

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

/* A round of the loop. It knows the bucket when it has its lock. */
inline look_at_key()
{
	do
	ACCESS(INTEREST, SHOW_AFTER, interest[QUEUE(bucket)]++)
	ACCESS(ENTERED, ENTER_AFTER, queued[QUEUE(bucket)] = true; awake = false)
#ifdef CHECK_OUTSIDE_LOCK
	ACCESS(CHECKED, INTEREST | ENTERED, now = present[evacuated];
	       done = done | LOCKED | UNLOCKED)
#else
#ifdef WAIT_ON_TABLE
	/* The table first, and its queue: from another one it comes back. */
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
	:: look_at_key();
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
#define LOOK		16
#define RELEASED	32
#define WAKE		64
#define ALL		127

#ifdef FLAG_LOAD_RELAXED
#define FLAG_ACQUIRE	0
#else
#define FLAG_ACQUIRE	FLAG
#endif
#ifdef LOOK_BEFORE_LOCK
#define LOOK_AFTER	0
#define LOOKED		LOOK
#define RELEASE		(LOCK_STORE | CHANGE | LOOK)
#else
#ifdef LOOK_AFTER_UNLOCK
#define LOOK_AFTER	RELEASED
#define LOOKED		0
#define RELEASE		(LOCK_STORE | CHANGE)
#else
#define LOOK_AFTER	LOCK_LOAD
#define LOOKED		LOOK
#define RELEASE		(LOCK_STORE | CHANGE | LOOK)
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
#ifdef LOOK_BEFORE_LOCK
	wanted = interest[0] > 0;
	done = LOOK;
#else
	done = 0;
#endif
	if
	/* Before it had the lock it saw no flag. */
	:: d_step { !locked[0] ->
		if
		:: evacuated -> bucket = 1; done = done | FLAG
		:: else ->
			LOCK(0);
			changed = present[0] != to;
			done = done | FLAG | LOCK_LOAD | LOCK_STORE
		fi
	   }
	/* It will have seen one. */
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
		    :: else -> done = FLAG	/* once more */
		    fi }
	ACCESS(LOOK, LOOK_AFTER, wanted = interest[QUEUE(bucket)] > 0)
	ACCESS(CHANGE, LOCK_STORE, present[bucket] = to)
	ACCESS(RELEASED, RELEASE, UNLOCK(bucket))
	:: d_step { STEP(WAKE, LOCK_STORE | LOOK) ->
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

/* Of a bucket without entries nothing is copied, nor is the new one locked. */
proctype mover()
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
		run mover();
		run writer();
		run writer()
	}
end:	ready == WRITERS + 1 && asleep && !awake ->
	assert(present[1] == before)
}
