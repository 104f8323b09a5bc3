/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Endless retirement: how many tables a reader may pass, and when a table may be
 * freed. Sequentially consistent. A table has a single bucket.
 *
 * process  is                                          in module/core/
 * worker   publishes, evacuates, retires, in a loop;   worker.c, migrate.c:
 *          or an insert that grows a small table,      evacuate_all(),
 *          under the same mutex                        replace_table(); retire.c
 * reader   lookups in a loop, with pauses anywhere;    read.c: find_home();
 *          a writer takes the same way                 bucket.h: bm_bucket_lock()
 *
 * Checked: no freed table is accessed; the entry is found; no reader passes more
 * than BM_RETIRED_MAX tables in an RCU read section; there is a place for each
 * retired table; the worker never waits indefinitely (no invalid end state).
 *
 * A grace period ends as soon as it may: a later end could do no more harm. The
 * worker may poll, and a poll may say that the grace period has not ended. After
 * waiting for a grace period, the worker frees the table without a poll. Memory
 * of freed tables is reused for new ones.
 *
 * Broken variants: UNBOUNDED (bm_retired_limit() does not wait), POLLED_AGAIN
 * (after the wait, the table is freed only if a poll says so), STATE_TOO_EARLY
 * (the grace period begins before map->table changes), NO_GRACE_PERIOD.
 */

#define TABLES		5
#define NONE		TABLES
#define BM_RETIRED_MAX	2

byte map_table;
byte next[TABLES];
bool live[TABLES];
bool evacuated[TABLES];
bool entry[TABLES];
byte waits[TABLES];		/* readers that its grace period waits for */
byte inside;			/* readers in a read section */
byte retired[BM_RETIRED_MAX];	/* the oldest first, then NONE */

#define BIT		(1 << _pid)

#define EXPIRED(t)	(!waits[t])
#define FULL		(retired[BM_RETIRED_MAX - 1] != NONE)

/* The oldest that was retired. */
inline free_oldest()
{
	live[retired[0]] = false;
	evacuated[retired[0]] = false;
	entry[retired[0]] = false;
	next[retired[0]] = NONE;
	retired[0] = retired[1];
	retired[1] = NONE
}

/* bm_retired_poll(): frees none, or as many as have expired */
inline poll_retired()
{
	if
	:: d_step { retired[0] != NONE && EXPIRED(retired[0]) ->
		    free_oldest() }
	:: skip
	fi
}

/* bm_retired_limit() */
inline limit_retired()
{
	poll_retired();
	poll_retired();
#ifndef UNBOUNDED
	if
	:: FULL ->
		EXPIRED(retired[0]);
#ifdef POLLED_AGAIN
		poll_retired()
#else
		d_step { free_oldest() }
#endif
	:: else
	fi
#else
	/* It drops a table without waiting for its grace period. */
	if
	:: FULL -> d_step { retired[0] = retired[1]; retired[1] = NONE }
	:: else
	fi
#endif
}

/* bm_retire() */
inline retire()
{
	d_step {
#ifndef UNBOUNDED
		assert(!FULL);
#endif
#ifndef NO_GRACE_PERIOD
		waits[old] = inside;
#endif
		if
		:: retired[0] == NONE -> retired[0] = old
		:: else -> retired[1] = old
		fi
	}
}

proctype worker()
{
	byte table, old;

	do
	::
		limit_retired();
		/* A table that is still in use is not free memory. */
		d_step {
			!live[0] || !live[1] || !live[2] || !live[3] ||
			!live[4] ->
			table = (!live[0] -> 0 : (!live[1] -> 1 :
				(!live[2] -> 2 : (!live[3] -> 3 : 4))));
			old = map_table;
			live[table] = true;
			next[table] = NONE;
			next[old] = table
		};
		entry[table] = true;
		evacuated[old] = true;
#ifdef STATE_TOO_EARLY
		retire();
		map_table = table;
#else
		map_table = table;
		retire();
#endif
		d_step { table = 0; old = 0 }
	od
}

proctype reader()
{
	byte table, passed;

	do
	:: d_step { inside = inside | BIT; table = map_table };
		do
		:: d_step {
			evacuated[table] ->
			assert(live[table]);
			table = next[table];
			passed++;
			assert(passed <= BM_RETIRED_MAX)
		   }
		:: d_step { !evacuated[table] -> assert(live[table]) };
			/* The bucket may be evacuated now: that is harmless. */
			d_step { assert(live[table]); assert(entry[table]) };
			break
		od;
		skip;
		d_step {
			inside = inside & ~BIT;
			waits[0] = waits[0] & ~BIT;
			waits[1] = waits[1] & ~BIT;
			waits[2] = waits[2] & ~BIT;
			waits[3] = waits[3] & ~BIT;
			waits[4] = waits[4] & ~BIT;
			table = 0; passed = 0
		}
	od
}

init {
	d_step {
		next[0] = NONE; next[1] = NONE; next[2] = NONE;
		next[3] = NONE; next[4] = NONE;
		retired[0] = NONE; retired[1] = NONE;
		live[0] = true;
		entry[0] = true
	};
	atomic {
		run worker();
		run reader();
		run reader()
	}
}
